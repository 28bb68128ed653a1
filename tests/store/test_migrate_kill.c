/* A migration killed with kill -9 again and again comes to its end, and nothing is lost or twice.
 */
#define _XOPEN_SOURCE 700

#include "base/limits.h"
#include "store/migrate.h"
#include "store/version.h"
#include "tests/store/store_fixture.h"
#include "tests/test.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define OLD     TB_TABLE_HUB_AGENT
#define NEW     TB_TABLE_HUB_SESSION
#define MADE_UP (TB_SCHEMA_VERSION - 1)
#define SLICES  8
#define ROWS    (SLICES * TB_MIGRATE_ROWS)

static tb_err move(tb_txn *txn, tb_migration_at *at, bool *out_done)
{
    return tb_migrate_rows(txn, OLD, NEW, NULL, at, out_done);
}

static const tb_migration steps[] = {{MADE_UP, move}};

/* Reports each commit; whoever reads kills. */
static void report(void *context, const tb_migration_news *news)
{
    const int *to = context;
    if (write(*to, &news->rows, sizeof news->rows) != (ssize_t)sizeof news->rows) {
        _exit(1);
    }
}

static void work(store_fixture *f, int reports)
{
    assert_ok(tb_store_open_older(f->path, &f->options, &f->store));
    tb_err err = tb_migrate(f->store, &f->arena, steps, 1, report, &reports);
    tb_store_close(f->store);
    _exit(err == TB_OK ? 0 : 1);
}

/* Killed after its nth report, or ended by itself; true when it ended. */
static bool run(store_fixture *f, unsigned reports, uint64_t *last)
{
    int ends[2];
    int status = 0;
    uint64_t rows;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        work(f, ends[1]);
    }
    close(ends[1]);
    for (unsigned i = 0; read(ends[0], &rows, sizeof rows) == (ssize_t)sizeof rows; i++) {
        assert_true(rows >= *last);
        *last = rows;
        if (i + 1 == reports) {
            assert_int_equal(kill(child, SIGKILL), 0);
        }
    }
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return WIFEXITED(status);
}

static void a_migration_killed_again_and_again_ends_with_every_row_once(void **state)
{
    store_fixture *f = *state;
    char key[16];
    begin(f);
    for (unsigned i = 0; i < ROWS; i++) {
        (void)snprintf(key, sizeof key, "%08u", i);
        put(f, OLD, key, key);
    }
    assert_ok(tb_store_schema_put(f->txn, MADE_UP));
    commit(f);
    tb_store_close(f->store);
    f->store = NULL;

    /* it is refused by whoever does not migrate */
    assert_int_equal(tb_store_open(f->path, &f->options, &f->store), TB_ERR_OLDER);
    uint64_t last = 0;
    unsigned kills = 0;
    while (!run(f, 1 + kills % 2, &last)) {
        kills++;
        assert_true(kills <= SLICES + 2);
    }
    assert_true(kills >= 3);

    assert_ok(tb_store_open(f->path, &f->options, &f->store));
    begin(f);
    assert_int_equal(tb_store_rows(f->txn, OLD), 0);
    assert_int_equal(tb_store_rows(f->txn, NEW), ROWS);
    for (unsigned i = 0; i < ROWS; i++) {
        (void)snprintf(key, sizeof key, "%08u", i);
        expect(f, NEW, key, key);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(a_migration_killed_again_and_again_ends_with_every_row_once,
                                    store_fixture_open,
                                    store_fixture_close),
};

TB_RUN("store/migrate_kill", tests)

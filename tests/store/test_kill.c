/* A process that is killed at any moment loses nothing it had been told was committed. */
#define _XOPEN_SOURCE 700

#include "base/pack.h"
#include "base/random.h"
#include "store/store.h"
#include "tests/store/store_fixture.h"
#include "tests/test.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 60
#define TABLE  TB_TABLE_HUB_GROUP
#define KEPT   40 /* rows; older ones are deleted in the same transaction */

static tb_bytes key_of(uint64_t number, uint8_t buffer[8])
{
    tb_writer w;
    tb_bytes key = {0};

    tb_writer_init(&w, buffer, 8);
    tb_put_u64(&w, number);
    assert_ok(tb_writer_bytes(&w, &key));
    return key;
}

static tb_bytes value_of(uint64_t number, uint8_t *buffer, size_t capacity)
{
    uint8_t seed[32] = {0};
    tb_random random;

    memcpy(seed, &number, sizeof number);
    tb_random_seed(&random, seed);
    tb_random_bytes(&random, buffer, capacity);
    return tb_bytes_of(buffer, 1 + (size_t)(number * 997 % capacity));
}

static void write_row(tb_txn *txn, uint64_t number)
{
    uint8_t key[8];
    uint8_t value[9000];

    assert_ok(tb_store_put(txn, TABLE, key_of(number, key), value_of(number, value, sizeof value)));
    if (number > KEPT) {
        assert_ok(tb_store_del(txn, TABLE, key_of(number - KEPT, key)));
    }
}

/* Commits row after row and reports each once its commit has returned, until it is killed. */
static void work(store_fixture *f, uint64_t number, int reports)
{
    assert_ok(tb_store_open(f->path, &f->options, &f->store));
    for (;; number++) {
        begin(f);
        write_row(f->txn, number);
        commit(f);
        if (write(reports, &number, sizeof number) != (ssize_t)sizeof number) {
            _exit(1);
        }
    }
}

/* The highest number the worker reported before and after it was killed. */
static uint64_t kill_after(store_fixture *f, uint64_t from, unsigned reports_wanted)
{
    int ends[2];
    uint64_t reported = from - 1;
    uint64_t number;

    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        work(f, from, ends[1]);
    }
    close(ends[1]);
    while (read(ends[0], &number, sizeof number) == (ssize_t)sizeof number) {
        reported = number;
        if (reports_wanted-- == 0) {
            kill(child, SIGKILL);
        }
    }
    close(ends[0]);
    assert_int_equal(waitpid(child, NULL, 0), child);
    return reported;
}

/* Everything reported is there, whole; at most the one commit that was going on besides. */
static uint64_t expect_reported(store_fixture *f, uint64_t reported)
{
    uint8_t key[8];
    uint8_t expected[9000];
    tb_bytes value;
    uint64_t rows;

    assert_ok(tb_store_open(f->path, &f->options, &f->store));
    begin(f);
    uint64_t highest = reported;
    if (tb_store_get(f->txn, TABLE, key_of(reported + 1, key), &value) == TB_OK) {
        highest++;
    }
    uint64_t lowest = highest > KEPT ? highest - KEPT + 1 : 1;
    for (uint64_t number = lowest; number <= highest; number++) {
        assert_ok(tb_store_get(f->txn, TABLE, key_of(number, key), &value));
        assert_true(tb_bytes_equal(value, value_of(number, expected, sizeof expected)));
    }
    assert_int_equal(tb_store_rows(f->txn, TABLE), highest - lowest + 1);
    assert_ok(tb_store_scrub(f->txn, &rows));
    abandon(f);
    tb_store_close(f->store);
    f->store = NULL;
    return highest;
}

static void what_was_reported_survives_any_kill(void **state)
{
    store_fixture *f = *state;
    uint64_t highest = 0;

    tb_store_close(f->store);
    f->store = NULL;
    for (unsigned round = 0; round < ROUNDS; round++) {
        uint64_t reported = kill_after(f, highest + 1, round % 7);
        highest = expect_reported(f, reported);
    }
    assert_true(highest >= ROUNDS);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(
        what_was_reported_survives_any_kill, store_fixture_open, store_fixture_close),
};

TB_RUN("store/kill", tests)

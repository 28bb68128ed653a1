/* The log of short turns: what is in it is committed, once, whatever becomes of the process, of the
 * turn behind it, or of the file. */
#define _GNU_SOURCE

#include "tests/store/turns.h"

#include "base/limits.h"
#include "store/backup.h"
#include "store/migrate.h"
#include "store/turn_log.h"
#include "store/version.h"
#include "tests/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RECORD_HEAD 48u

static struct {
    uint8_t file[TB_TURN_LOG_BYTES];
} here;

static struct stat status_of(const store_fixture *f, const char *name)
{
    struct stat status;
    char path[300];
    in(f, name, path);
    assert_int_equal(stat(path, &status), 0);
    return status;
}

static void read_log(const store_fixture *f)
{
    char path[300];
    in(f, TB_TURN_LOG_FILE, path);
    int fd = open(path, O_RDONLY);
    assert_int_equal(read(fd, here.file, sizeof here.file), (ssize_t)sizeof here.file);
    (void)close(fd);
}

static void write_log(const store_fixture *f, size_t size)
{
    char path[300];
    in(f, TB_TURN_LOG_FILE, path);
    int fd = open(path, O_WRONLY | O_TRUNC);
    assert_int_equal(write(fd, here.file, size), (ssize_t)size);
    (void)close(fd);
}

/* What another process does with the store before it is killed. */
static void in_one_that_is_killed(store_fixture *f, void (*work)(store_fixture *f))
{
    int status = 0;
    closed(f);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        opened(f);
        work(f);
        (void)raise(SIGKILL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void three_turns(store_fixture *f)
{
    begin(f);
    put(f, T, "k", "1");
    put(f, OTHER, "gone", "soon");
    commit(f);
    turn(f, "k", "2");
    begin(f);
    put(f, T, "k", "3");
    del(f, OTHER, "gone");
    commit(f);
}

static void expect_turns(store_fixture *f, int turns)
{
    static const char *const k[] = {NULL, "1", "2", "3"};
    begin(f);
    expect(f, T, "k", k[turns]);
    expect(f, OTHER, "gone", turns == 1 || turns == 2 ? "soon" : NULL);
    abandon(f);
}

/* ---- into the log ---- */

static void a_short_turn_writes_the_log_and_no_page(void **state)
{
    store_fixture *f = *state;
    struct stat before = status_of(f, "data.mdb");
    turn(f, "k", "a short turn");
    struct stat after = status_of(f, "data.mdb");
    assert_int_equal(before.st_mtim.tv_sec, after.st_mtim.tv_sec);
    assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    assert_false(tb_store_settled(f->store));
    read_log(f);
    assert_non_null(memmem(here.file, sizeof here.file, "a short turn", 12));
    assert_int_equal(status_of(f, TB_TURN_LOG_FILE).st_mode & 0777, 0600);
    assert_ok(tb_store_settle(f->store));
    assert_true(tb_store_settled(f->store));
    begin(f);
    expect(f, T, "k", "a short turn");
}

static void a_longer_turn_takes_those_in_the_log_along(void **state)
{
    store_fixture *f = *state;
    turn(f, "k", "short");
    large_turn(f, "l", "long");
    assert_true(tb_store_settled(f->store));
    store_fixture_reopen(f);
    begin(f);
    expect(f, T, "k", "short");
    expect(f, T, "l", "long");
}

static void many_turns(store_fixture *f)
{
    char key[16];
    unsigned times = 0;
    for (unsigned i = 0; i < 3 * TB_TURN_LOG_BYTES / TB_TURN_LOG_BLOCK; i++) {
        (void)snprintf(key, sizeof key, "%u", i);
        turn(f, key, key);
        times += tb_store_settled(f->store) ? 1 : 0;
    }
    assert_int_equal(times, 2);
}

static void a_log_that_is_full_begins_anew(void **state)
{
    store_fixture *f = *state;
    char key[16];
    in_one_that_is_killed(f, many_turns);
    opened(f);
    begin(f);
    for (unsigned i = 0; i < 3 * TB_TURN_LOG_BYTES / TB_TURN_LOG_BLOCK; i++) {
        (void)snprintf(key, sizeof key, "%u", i);
        expect(f, T, key, key);
    }
}

static void above_the_watermark_turns_go_into_the_tables(void **state)
{
    store_fixture *f = *state;
    bool above = false;
    for (unsigned i = 0; !above; i++) {
        char key[16];
        (void)snprintf(key, sizeof key, "%u", i);
        begin(f);
        assert_ok(tb_store_put(f->txn, T, tb_bytes_str(key), tb_bytes_of(turns_large, 30000)));
        above = tb_store_above_watermark(f->txn);
        commit(f);
    }
    assert_true(tb_store_settled(f->store));
    turn(f, "k", "short");
    assert_true(tb_store_settled(f->store));
}

/* A program of that schema would not look there. */
static void an_older_store_has_no_turn_in_the_log_until_it_is_migrated(void **state)
{
    static const tb_migration steps[] = {{TB_SCHEMA_VERSION - 1, NULL}};
    store_fixture *f = *state;
    begin(f);
    assert_ok(tb_store_schema_put(f->txn, TB_SCHEMA_VERSION - 1));
    commit(f);
    closed(f);
    assert_ok(tb_store_open_older(f->path, &f->options, &f->store));
    turn(f, "k", "older");
    assert_true(tb_store_settled(f->store));
    assert_ok(tb_migrate(f->store, &f->arena, steps, 1, NULL, NULL));
    assert_true(tb_store_settled(f->store));
    turn(f, "k", "of this schema");
    assert_false(tb_store_settled(f->store));
    store_fixture_reopen(f);
    begin(f);
    expect(f, T, "k", "of this schema");
}

/* ---- out of the log ---- */

static void what_a_killed_process_left_is_there(void **state)
{
    store_fixture *f = *state;
    in_one_that_is_killed(f, three_turns);
    opened(f);
    expect_turns(f, 3);
    store_fixture_reopen(f);
    expect_turns(f, 3);
}

static void a_record_that_is_not_whole_was_not_written(void **state)
{
    store_fixture *f = *state;
    static uint8_t whole[TB_TURN_LOG_BYTES];
    in_one_that_is_killed(f, three_turns);
    read_log(f);
    memcpy(whole, here.file, sizeof whole);
    const size_t third = 2 * (size_t)TB_TURN_LOG_BLOCK;
    char data[300], kept[310];
    in(f, "data.mdb", data);
    (void)snprintf(kept, sizeof kept, "%s.kept", data);
    assert_int_equal(rename(data, kept), 0);
    for (size_t at = 0; at < RECORD_HEAD + 40; at++) {
        char command[700];
        (void)snprintf(command, sizeof command, "cp '%s' '%s'", kept, data);
        assert_int_equal(system(command), 0);
        memcpy(here.file, whole, sizeof whole);
        here.file[third + at] ^= 0x10;
        write_log(f, sizeof here.file);
        opened(f);
        expect_turns(f, 2);
        tb_store_close(f->store);
        f->store = NULL;
    }
    assert_int_equal(rename(kept, data), 0);
    memcpy(here.file, whole, sizeof whole);
    write_log(f, third + RECORD_HEAD + 3);
    opened(f);
    expect_turns(f, 2);
}

static void twice_the_same(store_fixture *f)
{
    turn(f, "k", "1");
    large_turn(f, "k", "2");
}

static void records_that_the_tables_have_are_not_given_again(void **state)
{
    store_fixture *f = *state;
    in_one_that_is_killed(f, twice_the_same);
    read_log(f);
    assert_memory_equal(here.file, "TBTURN1\n", 8); /* the first turn stands there still */
    opened(f);
    begin(f);
    expect(f, T, "k", "2");
}

static void records_of_an_opening_before_are_not_given(void **state)
{
    store_fixture *f = *state;
    in_one_that_is_killed(f, three_turns);
    read_log(f);
    opened(f);
    turn(f, "k", "later");
    tb_store_close(f->store);
    write_log(f, sizeof here.file);
    opened(f);
    begin(f);
    expect(f, T, "k", "later");
}

/* A record as `make` has it behind those of a killed process. */
static void with_a_record(store_fixture *f, void (*make)(tb_turn_log *log))
{
    tb_turn_log log;
    in_one_that_is_killed(f, three_turns);
    int folder = open(f->path, O_RDONLY | O_DIRECTORY);
    assert_true(folder >= 0 && tb_turn_log_make(&log));
    assert_ok(tb_turn_log_open(&log, folder));
    assert_ok(tb_turn_log_read(&log, folder));
    assert_int_equal(log.count, 3);
    make(&log);
    assert_ok(tb_turn_log_write(&log));
    tb_turn_log_free(&log);
    (void)close(folder);
    assert_int_equal(tb_store_open(f->path, &f->options, &f->store), TB_ERR_CORRUPT);
    assert_null(f->store);
}

static void nonsense(tb_turn_log *log)
{
    tb_put_u8(&log->changes, 9);
}

static void a_row_that_goes_twice(tb_turn_log *log)
{
    tb_turn_log_note(log, "HUB_DUE", tb_bytes_str("gone"), NULL);
}

static void a_record_whose_changes_make_no_sense_is_told(void **state)
{
    with_a_record(*state, nonsense);
}

static void a_record_that_does_not_follow_the_tables_is_told(void **state)
{
    with_a_record(*state, a_row_that_goes_twice);
}

/* ---- the turn behind ---- */

static void an_abandoned_turn_leaves_those_in_the_log(void **state)
{
    store_fixture *f = *state;
    for (unsigned given = 0; given < 2; given++) {
        turn(f, "k", given == 0 ? "1" : "2");
        begin(f);
        put(f, T, "abandoned", "x");
        put(f, TB_TABLE_DOCUMENT, "abandoned", "x");
        if (given == 1) {
            assert_int_equal(tb_store_rows(f->txn, T), 2); /* LMDB has been given it */
        }
        abandon(f);
        begin(f);
        expect(f, T, "k", given == 0 ? "1" : "2");
        expect(f, T, "abandoned", NULL);
        expect(f, TB_TABLE_DOCUMENT, "abandoned", NULL);
        abandon(f);
        assert_false(tb_store_settled(f->store));
    }
}

static void a_turn_without_room_leaves_those_in_the_log(void **state)
{
    store_fixture *f = *state;
    tb_err err = TB_OK;
    turn(f, "k", "1");
    begin(f);
    for (unsigned i = 0; err == TB_OK; i++) {
        char key[16];
        (void)snprintf(key, sizeof key, "%u", i);
        err = tb_store_put(f->txn, T, tb_bytes_str(key), tb_bytes_of(turns_large, 30000));
    }
    assert_int_equal(err, TB_ERR_FULL);
    err = tb_store_commit(f->txn);
    f->txn = NULL;
    assert_int_equal(err, TB_ERR_FULL);
    turn(f, "l", "2");
    store_fixture_reopen(f);
    begin(f);
    expect(f, T, "k", "1");
    expect(f, T, "l", "2");
    expect(f, T, "0", NULL);
}

/* A process that holds a snapshot: no page that the tables let go is free to be used. */
static pid_t pin_pages(const store_fixture *f)
{
    int ready[2];
    uint8_t byte = 0;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        tb_store *look = NULL;
        tb_txn *txn;
        assert_ok(tb_store_look(f->path, TB_STORE_BROKER, &look));
        assert_ok(tb_store_begin_read(look, &(tb_arena){0}, &txn));
        (void)!write(ready[1], &byte, 1);
        for (;;) {
            (void)pause();
        }
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    (void)close(ready[0]);
    (void)close(ready[1]);
    return child;
}

static void end(pid_t child)
{
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

/* Turns, each settled, until there is no page: for a settling if all goes well, which takes more of
 * them than a turn does. */
static void turns_until_nothing_settles(store_fixture *f)
{
    tb_err err;
    do {
        begin(f);
        put(f, T, "k", "said");
        err = tb_store_commit(f->txn);
        f->txn = NULL;
        if (err == TB_ERR_FULL) {
            return;
        }
        assert_ok(err);
        assert_ok(tb_store_settle(f->store));
    } while (tb_store_settled(f->store));
    turn(f, "k", "said last");
}

/* As many pages first, so that another step of the work is the one that finds none. */
static bool left_in_the_log(store_fixture *f, unsigned pages)
{
    begin(f);
    assert_ok(tb_store_put(f->txn, OTHER, tb_bytes_str("pages"),
                           tb_bytes_of(turns_large, (pages + 1) * 4096)));
    commit(f);
    in_one_that_is_killed(f, turns_until_nothing_settles);
    opened(f);
    return !tb_store_settled(f->store);
}

static void what_finds_no_page_stays_in_the_log_until_it_does(void **state)
{
    store_fixture *f = *state;
    pid_t reader = 0;
    bool left = false;
    for (unsigned pages = 0; !left && pages < 8; pages++) {
        tb_store_close(f->store); /* whose lock the reader would share */
        reader = pin_pages(f);
        opened(f);
        left = left_in_the_log(f, pages);
        if (!left) {
            end(reader);
        }
    }
    assert_true(left);
    begin(f);
    expect(f, T, "k", "said last");
    abandon(f);
    turn(f, "m", "said after that");
    assert_ok(tb_store_settle(f->store));
    assert_false(tb_store_settled(f->store));
    end(reader);
    assert_ok(tb_store_settle(f->store));
    assert_true(tb_store_settled(f->store));
    store_fixture_reopen(f);
    begin(f);
    expect(f, T, "k", "said last");
    expect(f, T, "m", "said after that");
}

/* ---- from outside ---- */

static void a_copy_has_what_is_in_the_log(void **state)
{
    store_fixture *f = *state;
    tb_backup backup = {.kind = TB_STORE_BROKER};
    char copy[300], data[320];
    in_one_that_is_killed(f, three_turns);
    in(f, "copy", copy);
    assert_ok(tb_store_backup(f->path, copy, &backup));
    assert_int_equal(backup.rows, 3 + 1); /* META's, and k */
    (void)snprintf(data, sizeof data, "%s/data.mdb", copy);
    assert_int_equal(unlink(data), 0);
    assert_int_equal(rmdir(copy), 0);
    opened(f);
    expect_turns(f, 3);
}

/* Holds the store, unsettled, for a while; then settles and stays until it is killed. */
static pid_t holder(store_fixture *f, long holds_ms)
{
    int ready[2];
    uint8_t byte = 0;
    struct timespec while_it_holds = {holds_ms / 1000, holds_ms % 1000 * 1000000L};
    closed(f);
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        opened(f);
        three_turns(f);
        (void)!write(ready[1], &byte, 1);
        (void)nanosleep(&while_it_holds, NULL);
        assert_ok(tb_store_settle(f->store));
        for (;;) {
            (void)pause();
        }
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    (void)close(ready[0]);
    (void)close(ready[1]);
    return child;
}

static void look_at(store_fixture *f, const char *k)
{
    tb_store *look = NULL;
    tb_bytes value;
    tb_txn *txn;
    assert_ok(tb_store_look(f->path, TB_STORE_BROKER, &look));
    assert_ok(tb_store_begin_read(look, &f->arena, &txn));
    assert_ok(tb_store_get(txn, T, tb_bytes_str("k"), &value));
    assert_true(tb_bytes_equal(value, tb_bytes_str(k)));
    tb_store_abort(txn);
    tb_store_close(look);
}

static void who_only_looks_waits_until_the_holder_settles(void **state)
{
    store_fixture *f = *state;
    pid_t child = holder(f, 300);
    look_at(f, "3");
    end(child);
    opened(f);
}

static void who_only_looks_at_a_store_that_nobody_holds_sees_all(void **state)
{
    store_fixture *f = *state;
    in_one_that_is_killed(f, three_turns);
    look_at(f, "3");
    opened(f);
    expect_turns(f, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, store_fixture_open, store_fixture_close)

static const struct CMUnitTest tests[] = {
    TEST(a_short_turn_writes_the_log_and_no_page),
    TEST(a_longer_turn_takes_those_in_the_log_along),
    TEST(a_log_that_is_full_begins_anew),
    TEST(above_the_watermark_turns_go_into_the_tables),
    TEST(an_older_store_has_no_turn_in_the_log_until_it_is_migrated),
    TEST(what_a_killed_process_left_is_there),
    TEST(a_record_that_is_not_whole_was_not_written),
    TEST(records_that_the_tables_have_are_not_given_again),
    TEST(records_of_an_opening_before_are_not_given),
    TEST(a_record_whose_changes_make_no_sense_is_told),
    TEST(a_record_that_does_not_follow_the_tables_is_told),
    TEST(an_abandoned_turn_leaves_those_in_the_log),
    TEST(a_turn_without_room_leaves_those_in_the_log),
    TEST(what_finds_no_page_stays_in_the_log_until_it_does),
    TEST(a_copy_has_what_is_in_the_log),
    TEST(who_only_looks_waits_until_the_holder_settles),
    TEST(who_only_looks_at_a_store_that_nobody_holds_sees_all),
};

TB_RUN("store/turn_log", tests)

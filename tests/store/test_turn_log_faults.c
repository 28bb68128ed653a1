/* The log of short turns while calls fail: whichever write or flush is the last of a process or
 * fails, what a commit returned for is there, once and in its order, and nothing else. */
#define _GNU_SOURCE

#include "tests/store/turns.h"

#include "base/limits.h"
#include "store/backup.h"
#include "store/turn_log.h"
#include "store/version.h"
#include "tests/test.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <lmdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECTOR 512u
#define LOOKS  60u

/* ---- calls that fail ---- */

enum {
    AS_EVER,
    FAILS,
    DONE_AND_FAILS,
    ENDS,
    TORN_AND_ENDS,
    WAYS
};

static struct {
    int way;
    unsigned nth;      /* the call of which it does */
    unsigned calls;    /* of writes and flushes of a store's files, since the beginning */
    unsigned of_log;   /* writes of the log, since it was set */
    bool log_is_full;  /* no block more for the log: the disk is full */
    bool no_beginning; /* LMDB begins no transaction */
    unsigned commits;  /* of LMDB, since it was set */
    unsigned no_room;  /* the commit that finds no page; UINT_MAX: each */
    void (*at_lock)(int folder);
} here;

static bool of(int fd, const char *name)
{
    char link[64];
    char path[400];
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    path[size > 0 ? size : 0] = '\0';
    return strstr(path, "/tests/store-") != NULL && strstr(path, name) != NULL;
}

static bool now_it_is(int fd)
{
    return here.way != AS_EVER && of(fd, "") && !of(fd, "lock.mdb") && ++here.calls == here.nth;
}

static ssize_t put_at(int fd, const void *data, size_t size, off_t at)
{
    return (ssize_t)syscall(SYS_pwrite64, fd, data, size, at);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at)
{
    bool of_log = of(fd, TB_TURN_LOG_FILE);
    here.of_log += of_log ? 1 : 0;
    if (here.log_is_full && of_log) {
        errno = ENOSPC;
        return -1;
    }
    if (!now_it_is(fd)) {
        return put_at(fd, data, size, at);
    }
    if (here.way == TORN_AND_ENDS) {
        (void)put_at(fd, data, size / 2 / SECTOR * SECTOR, at);
    } else if (here.way == DONE_AND_FAILS) {
        (void)put_at(fd, data, size, at);
    }
    if (here.way >= ENDS) {
        (void)raise(SIGKILL);
    }
    errno = EIO;
    return -1;
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    if (!now_it_is(fd)) {
        return (ssize_t)syscall(SYS_writev, fd, parts, count);
    }
    if (here.way == TORN_AND_ENDS || here.way == DONE_AND_FAILS) {
        (void)syscall(SYS_writev, fd, parts, here.way == TORN_AND_ENDS ? (count + 1) / 2 : count);
    }
    if (here.way >= ENDS) {
        (void)raise(SIGKILL);
    }
    errno = EIO;
    return -1;
}

static int flush(int fd)
{
    if (!now_it_is(fd)) {
        return (int)syscall(SYS_fdatasync, fd);
    }
    if (here.way >= ENDS) {
        (void)raise(SIGKILL);
    }
    errno = EIO;
    return -1;
}

int fdatasync(int fd)
{
    return flush(fd);
}

int fsync(int fd)
{
    return flush(fd);
}

int fallocate(int fd, int mode, off_t at, off_t size)
{
    if (here.log_is_full && of(fd, TB_TURN_LOG_FILE)) {
        errno = ENOSPC;
        return -1;
    }
    return (int)syscall(SYS_fallocate, fd, mode, at, size);
}

int flock(int fd, int how)
{
    void (*at_lock)(int folder) = here.at_lock;
    if (at_lock != NULL && (how & LOCK_EX) != 0) {
        here.at_lock = NULL;
        at_lock(fd);
    }
    return (int)syscall(SYS_flock, fd, how);
}

int mdb_txn_begin(MDB_env *env, MDB_txn *parent, unsigned flags, MDB_txn **out)
{
    static int (*real)(MDB_env * env, MDB_txn * parent, unsigned flags, MDB_txn **out);
    if (here.no_beginning) {
        return ENOMEM;
    }
    if (real == NULL) {
        void *found = dlsym(RTLD_NEXT, "mdb_txn_begin");
        memcpy(&real, &found, sizeof real);
    }
    return real(env, parent, flags, out);
}

int mdb_txn_commit(MDB_txn *txn)
{
    static int (*real)(MDB_txn * txn);
    if (here.no_room != 0 && (++here.commits == here.no_room || here.no_room == UINT_MAX)) {
        mdb_txn_abort(txn);
        return MDB_MAP_FULL;
    }
    if (real == NULL) {
        void *found = dlsym(RTLD_NEXT, "mdb_txn_commit");
        memcpy(&real, &found, sizeof real);
    }
    return real(txn);
}

/* ---- what a process does ---- */

static void expect_row(store_fixture *f, const char *key, const char *value)
{
    begin(f);
    expect(f, T, key, value);
    abandon(f);
}

/* Of another process, which is killed at its end. The store is not open in this one. */
static void in_one_that_is_killed(store_fixture *f, void (*work)(store_fixture *f))
{
    int status = 0;
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

static void one_turn(store_fixture *f)
{
    turn(f, "k", "1");
}

/* ---- any call ---- */

/* Of turns one behind the other: each writes its number, and the row of its number in place of that
 * of the one before. Shared with the process that does them. */
typedef struct numbers {
    unsigned tried;
    volatile unsigned done;
    unsigned calls;
    unsigned lost;
    unsigned failed;
} numbers;

static numbers *shared_numbers(void)
{
    numbers *n = mmap(NULL, sizeof *n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(n != MAP_FAILED);
    return n;
}

static void text_of(unsigned number, char out[16])
{
    (void)snprintf(out, 16, "%u", number);
}

static bool numbered(store_fixture *f, numbers *n)
{
    char before[16], number[16];
    tb_err err;
    text_of(n->done, before);
    text_of(n->done + 1, number);
    begin(f);
    put(f, T, "k", number);
    put(f, OTHER, number, number);
    err = n->done == 0 ? TB_OK : tb_store_del(f->txn, OTHER, tb_bytes_str(before));
    if (err == TB_OK && n->done % 6 == 5) {
        err = tb_store_put(f->txn, T, tb_bytes_str("large"), tb_bytes_of(turns_large, LARGE + 1));
    }
    n->tried = n->done + 1;
    err = err == TB_OK ? tb_store_commit(f->txn) : err;
    f->txn = NULL;
    n->done += err == TB_OK ? 1 : 0;
    return err == TB_OK;
}

static bool abandoned(store_fixture *f)
{
    tb_arena_reset(&f->arena);
    if (tb_store_begin(f->store, &f->arena, &f->txn) != TB_OK) {
        return false;
    }
    put(f, T, "abandoned", "x");
    (void)tb_store_rows(f->txn, T);
    abandon(f);
    return true;
}

static void work(store_fixture *f, numbers *n, unsigned turns)
{
    bool goes_on = true;
    for (unsigned i = 0; goes_on && i < turns; i++) {
        goes_on = numbered(f, n);
        if (goes_on && i % 4 == 1) {
            goes_on = abandoned(f) && numbered(f, n);
        }
        if (goes_on && i % 8 == 3) {
            goes_on = tb_store_settle(f->store) == TB_OK;
        }
    }
}

static void in_a_process(store_fixture *f, numbers *n, int way, unsigned nth, unsigned turns)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        here.way = way;
        here.nth = nth;
        if (tb_store_open(f->path, &f->options, &f->store) == TB_OK) {
            work(f, n, turns);
            if (f->txn == NULL) {
                tb_store_close(f->store);
            }
        }
        n->calls = here.calls;
        (void)raise(SIGKILL);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static unsigned number_in(tb_txn *txn)
{
    tb_bytes value;
    char text[16] = "";
    tb_err err = tb_store_get(txn, T, tb_bytes_str("k"), &value);
    if (err == TB_OK) {
        memcpy(text, value.data, value.size);
    }
    assert_true(err == TB_OK || err == TB_ERR_NOT_FOUND);
    return (unsigned)strtoul(text, NULL, 10);
}

static void expect_numbers(store_fixture *f, numbers *n)
{
    char text[16];
    opened(f);
    begin(f);
    unsigned found = number_in(f->txn);
    assert_in_range(found, n->done, n->tried);
    text_of(found, text);
    expect(f, OTHER, text, found > 0 ? text : NULL);
    assert_int_equal(tb_store_rows(f->txn, OTHER), found > 0 ? 1 : 0);
    expect(f, T, "abandoned", NULL);
    abandon(f);
    closed(f);
    n->done = found;
    n->tried = found;
}

static void whatever_call_fails_or_is_the_last_no_turn_is_lost(void **state)
{
    store_fixture *f = *state;
    numbers *n = shared_numbers();
    closed(f);
    for (int way = FAILS; way < WAYS; way++) {
        bool failed = true;
        for (unsigned nth = 1; failed; nth++) {
            n->calls = nth;
            in_a_process(f, n, way, nth, 8);
            failed = n->calls >= nth;
            in_a_process(f, n, way, 1 + nth % 12, 0); /* and while it is opened again */
            expect_numbers(f, n);
        }
    }
    assert_in_range(n->done, 100, UINT_MAX);
    assert_int_equal(munmap(n, sizeof *n), 0);
    opened(f);
}

/* ---- from outside ---- */

/* Another process opens the store, and writes over each page that nobody reads. */
static void writes_much(store_fixture *f)
{
    for (unsigned i = 0; i < 40; i++) {
        char value[16];
        text_of(i, value);
        large_turn(f, "k", value);
    }
}

static void who_looks_keeps_what_it_sees_though_it_took_the_log_itself(void **state)
{
    store_fixture *f = *state;
    tb_store *look = NULL;
    tb_bytes value;
    tb_txn *txn;
    closed(f);
    in_one_that_is_killed(f, one_turn);
    assert_ok(tb_store_look(f->path, TB_STORE_BROKER, &look));
    assert_ok(tb_store_begin_read(look, &f->arena, &txn));
    in_one_that_is_killed(f, writes_much);
    assert_ok(tb_store_get(txn, T, tb_bytes_str("k"), &value));
    assert_true(tb_bytes_equal(value, tb_bytes_str("1")));
    tb_store_abort(txn);
    tb_store_close(look);
    opened(f);
    expect_row(f, "k", "39");
}

/* Until it is killed. A look that takes the log holds the store meanwhile. */
static void hold(store_fixture *f, numbers *n)
{
    tb_err err;
    do {
        err = tb_store_open(f->path, &f->options, &f->store);
    } while (err == TB_ERR_BUSY);
    if (err == TB_OK) {
        begin(f);
        unsigned found = number_in(f->txn);
        abandon(f);
        n->lost += found < n->done ? 1 : 0;
        n->done = found;
        work(f, n, UINT_MAX);
    }
    n->failed++;
    _exit(1);
}

/* Holders one behind the other, each killed after a moment. */
static pid_t holders(store_fixture *f, numbers *n)
{
    pid_t child = fork();
    assert_true(child >= 0);
    pid_t itself = getpid();
    for (unsigned i = 0; child == 0;) {
        pid_t holder = fork();
        if (holder == 0) {
            (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (getppid() != itself) {
                _exit(1);
            }
            hold(f, n);
        }
        (void)usleep((20 + i++ * 37 % 130) * 1000);
        (void)kill(holder, SIGKILL);
        (void)waitpid(holder, NULL, 0);
    }
    return child;
}

static void who_looks_while_holders_are_killed_sees_all_that_was_said(void **state)
{
    store_fixture *f = *state;
    numbers *n = shared_numbers();
    closed(f);
    pid_t child = holders(f, n);
    for (unsigned i = 0; i < LOOKS || n->done < 4 * LOOKS; i++) {
        tb_store *look = NULL;
        tb_txn *txn;
        char text[16];
        (void)usleep(i * 7919 % 23 * 1000);
        unsigned said = n->done;
        tb_err err = tb_store_look(f->path, TB_STORE_BROKER, &look);
        assert_ok(err);
        tb_arena_reset(&f->arena);
        assert_ok(tb_store_begin_read(look, &f->arena, &txn));
        unsigned seen = number_in(txn);
        assert_in_range(seen, said, UINT_MAX);
        f->txn = txn;
        text_of(seen, text);
        assert_int_equal(tb_store_rows(txn, OTHER), seen > 0 ? 1 : 0);
        expect(f, OTHER, text, seen > 0 ? text : NULL);
        abandon(f);
        tb_store_close(look);
    }
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(n->lost, 0);
    assert_int_equal(n->failed, 0);
    assert_int_equal(munmap(n, sizeof *n), 0);
    while (tb_store_open(f->path, &f->options, &f->store) == TB_ERR_BUSY) {
        (void)usleep(1000); /* the last of them is about to be gone */
    }
}

static store_fixture *at_lock;

static void holder_says_more(int folder)
{
    (void)folder;
    tb_turn_log log;
    int there = open(at_lock->path, O_RDONLY | O_DIRECTORY);
    assert_true(there >= 0 && tb_turn_log_make(&log));
    assert_ok(tb_turn_log_open(&log, there));
    assert_ok(tb_turn_log_read(&log, there));
    assert_int_equal(log.count, 1);
    static const uint8_t stored[8 + 4] = {0x5d, 0, 0, 0, 0, 0, 0, 0, 'm', 'o', 'r', 'e'};
    tb_bytes row = tb_bytes_of(stored, sizeof stored);
    tb_turn_log_note(&log, "HUB_GROUP", tb_bytes_str("more"), &row);
    assert_ok(tb_turn_log_write(&log));
    tb_turn_log_free(&log);
    (void)close(there);
}

/* A holder that is killed between the look at its log and the look whether it is there. */
static void who_looks_takes_what_was_said_before_the_holder_was_gone(void **state)
{
    store_fixture *f = *state;
    tb_store *look = NULL;
    closed(f);
    in_one_that_is_killed(f, one_turn);
    at_lock = f;
    here.at_lock = holder_says_more;
    assert_ok(tb_store_look(f->path, TB_STORE_BROKER, &look));
    tb_store_close(look);
    opened(f);
    begin(f);
    assert_int_equal(tb_store_rows(f->txn, T), 2);
}

/* ---- tables of another moment beside the log ---- */

static void keep_a_copy(const store_fixture *f)
{
    char copy[300];
    tb_backup backup = {.kind = TB_STORE_BROKER};
    in(f, "copy", copy);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        _exit(tb_store_backup(f->path, copy, &backup) == TB_OK ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* As a person does it: the tables alone. */
static void put_back_the_copy(const store_fixture *f)
{
    char copy[320], data[300];
    in(f, "copy/data.mdb", copy);
    in(f, "data.mdb", data);
    assert_int_equal(rename(copy, data), 0);
    in(f, "copy", copy);
    assert_int_equal(rmdir(copy), 0);
}

static void turns_behind_a_copy_and_a_large_one(store_fixture *f)
{
    keep_a_copy(f);
    large_turn(f, "k", "2");
    turn(f, "l", "behind 2");
}

static void turns_of_a_copy_that_took_the_log(store_fixture *f)
{
    turn(f, "k", "1");
    keep_a_copy(f);
    turn(f, "k", "2");
    assert_ok(tb_store_settle(f->store));
    turn(f, "l", "behind 2");
}

static void put_back(store_fixture *f, void (*turns)(store_fixture *f))
{
    closed(f);
    in_one_that_is_killed(f, turns);
    put_back_the_copy(f);
    opened(f);
    begin(f);
    expect(f, T, "l", NULL);
    abandon(f);
}

static void a_log_beside_tables_that_were_before_a_large_turn_is_none_of_theirs(void **state)
{
    put_back(*state, turns_behind_a_copy_and_a_large_one);
    expect_row(*state, "k", NULL);
}

static void a_log_beside_a_copy_that_took_another_log_is_none_of_its(void **state)
{
    put_back(*state, turns_of_a_copy_that_took_the_log);
    expect_row(*state, "k", "1");
}

/* Whichever call fails: a store that was restored says so. */
static void a_restore_that_is_told_as_done_has_marked_the_store(void **state)
{
    store_fixture *f = *state;
    char copy[300], fresh[300], command[700];
    tb_backup backup = {.kind = TB_STORE_BROKER};
    unsigned done = 0;
    turn(f, "k", "1");
    closed(f);
    in(f, "copy", copy);
    in(f, "fresh", fresh);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", fresh);
    keep_a_copy(f);
    for (unsigned nth = 1; done < 2; nth++) {
        tb_store *store = NULL;
        tb_time at = 0;
        tb_txn *txn;
        here.way = FAILS;
        here.nth = nth;
        here.calls = 0;
        tb_err err = tb_store_restore(copy, fresh, f->options.quota_bytes, 7, &backup);
        here.way = AS_EVER;
        if (err == TB_OK) {
            assert_ok(tb_store_open(fresh, &f->options, &store));
            tb_arena_reset(&f->arena);
            assert_ok(tb_store_begin(store, &f->arena, &txn));
            assert_ok(tb_store_restored(txn, &at));
            assert_int_equal(at, 7);
            tb_store_abort(txn);
            tb_store_close(store);
            done++;
        }
        assert_int_equal(system(command), 0);
    }
    (void)snprintf(command, sizeof command, "rm -rf '%s'", copy);
    assert_int_equal(system(command), 0);
    opened(f);
}

/* ---- a disk that is full ---- */

static void cut_the_log(const store_fixture *f, off_t size)
{
    char path[300];
    in(f, TB_TURN_LOG_FILE, path);
    assert_int_equal(truncate(path, size), 0);
}

static void a_log_for_which_the_disk_has_no_room_is_done_without(void **state)
{
    store_fixture *f = *state;
    closed(f);
    in_one_that_is_killed(f, one_turn);
    cut_the_log(f, TB_TURN_LOG_BLOCK);
    here.log_is_full = true;
    opened(f);
    expect_row(f, "k", "1");
    turn(f, "k", "2");
    assert_true(tb_store_settled(f->store));
    closed(f);
    here.log_is_full = false;
    opened(f);
    expect_row(f, "k", "2");
    turn(f, "k", "3");
    assert_false(tb_store_settled(f->store));
}

static void holes_in_the_log_are_filled_when_it_is_opened(void **state)
{
    store_fixture *f = *state;
    struct stat status;
    char path[300];
    closed(f);
    cut_the_log(f, 0);
    cut_the_log(f, TB_TURN_LOG_BYTES);
    opened(f);
    in(f, TB_TURN_LOG_FILE, path);
    assert_int_equal(stat(path, &status), 0);
    assert_true(status.st_blocks * 512 >= TB_TURN_LOG_BYTES);
}

/* What was read may have been on no disk yet, and what follows stands on it. */
static void the_last_of_what_stays_in_the_log_is_written_again(void **state)
{
    store_fixture *f = *state;
    closed(f);
    in_one_that_is_killed(f, one_turn);
    here.no_room = UINT_MAX;
    here.of_log = 0;
    opened(f);
    assert_false(tb_store_settled(f->store));
    assert_int_equal(here.of_log, 1);
    turn(f, "l", "2");
    closed(f);
    here.no_room = 0;
    opened(f);
    expect_row(f, "k", "1");
    expect_row(f, "l", "2");
}

/* ---- tables without room ---- */

static void a_turn_without_room_is_not_there_and_all_others_are(void **state)
{
    store_fixture *f = *state;
    char number[16], last[16] = "";
    for (unsigned nth = 1; nth < 12; nth++) {
        here.no_room = nth % 4 + 1;
        here.commits = 0;
        for (unsigned i = 0; i < 6; i++) {
            text_of(100 * nth + i, number);
            begin(f);
            put(f, T, "k", number);
            if (i % 3 == 2) {
                assert_ok(tb_store_put(f->txn, OTHER, tb_bytes_str("large"),
                                       tb_bytes_of(turns_large, LARGE + 1)));
            }
            tb_err err = tb_store_commit(f->txn);
            f->txn = NULL;
            assert_true(err == TB_OK || err == TB_ERR_FULL);
            (void)memcpy(last, err == TB_OK ? number : last, sizeof last);
            expect_row(f, "k", last[0] == '\0' ? NULL : last);
            assert_ok(nth % 3 == i ? tb_store_settle(f->store) : TB_OK);
        }
        here.no_room = nth % 2 == 0 ? UINT_MAX : 0; /* at the end too */
        closed(f);
        here.no_room = 0;
        opened(f);
        expect_row(f, "k", last);
    }
}

static void a_store_that_cannot_give_its_log_again_says_so_and_keeps_it(void **state)
{
    store_fixture *f = *state;
    turn(f, "k", "1");
    here.no_room = UINT_MAX;
    here.no_beginning = true;
    assert_int_equal(tb_store_settle(f->store), TB_ERR_IO);
    here.no_room = 0;
    here.no_beginning = false;
    assert_int_equal(tb_store_begin(f->store, &f->arena, &f->txn), TB_ERR_IO);
    store_fixture_reopen(f);
    expect_row(f, "k", "1");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, store_fixture_open, store_fixture_close)

static const struct CMUnitTest tests[] = {
    TEST(whatever_call_fails_or_is_the_last_no_turn_is_lost),
    TEST(who_looks_keeps_what_it_sees_though_it_took_the_log_itself),
    TEST(who_looks_while_holders_are_killed_sees_all_that_was_said),
    TEST(who_looks_takes_what_was_said_before_the_holder_was_gone),
    TEST(a_log_beside_tables_that_were_before_a_large_turn_is_none_of_theirs),
    TEST(a_log_beside_a_copy_that_took_another_log_is_none_of_its),
    TEST(a_restore_that_is_told_as_done_has_marked_the_store),
    TEST(a_log_for_which_the_disk_has_no_room_is_done_without),
    TEST(holes_in_the_log_are_filled_when_it_is_opened),
    TEST(the_last_of_what_stays_in_the_log_is_written_again),
    TEST(a_turn_without_room_is_not_there_and_all_others_are),
    TEST(a_store_that_cannot_give_its_log_again_says_so_and_keeps_it),
};

TB_RUN("store/turn_log_faults", tests)

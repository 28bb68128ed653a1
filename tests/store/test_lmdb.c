/* What the LMDB form adds: it stays, it is one process's, and it notices rot. */
#define _GNU_SOURCE

#include "base/limits.h"
#include "store/row_sum.h"
#include "store/store.h"
#include "store/store_lmdb_late.h"
#include "store/version.h"
#include "tests/store/store_fixture.h"
#include "tests/test.h"

#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define T TB_TABLE_HUB_AGENT

static struct stat status_of(const store_fixture *f, const char *file)
{
    char path[300];
    struct stat status;

    snprintf(path, sizeof path, "%s/%s", f->path, file);
    assert_int_equal(stat(path, &status), 0);
    return status;
}

static void what_is_committed_is_there_after_a_restart(void **state)
{
    store_fixture *f = *state;

    begin(f);
    put(f, T, "k", "v");
    commit(f);
    begin(f);
    put(f, T, "lost", "v");
    abandon(f);
    store_fixture_reopen(f);
    begin(f);
    expect(f, T, "k", "v");
    expect(f, T, "lost", NULL);
}

static void a_second_open_in_the_same_process_is_busy(void **state)
{
    store_fixture *f = *state;
    tb_store *second = NULL;

    assert_int_equal(tb_store_open(f->path, &f->options, &second), TB_ERR_BUSY);
    assert_null(second);
    begin(f);
    put(f, T, "k", "still ours");
    commit(f);
}

static void a_second_process_is_refused_until_the_first_has_closed(void **state)
{
    store_fixture *f = *state;

    for (int round = 0; round < 2; round++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            tb_store *second = NULL;
            _exit((int)tb_store_open(f->path, &f->options, &second));
        }
        int status = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), round == 0 ? TB_ERR_BUSY : TB_OK);
        tb_store_close(f->store);
        f->store = NULL;
    }
}

static void a_store_of_the_other_kind_is_another_version(void **state)
{
    store_fixture *f = *state;
    tb_store_options other = {TB_QUOTA_BYTES_MIN, TB_STORE_AGENT};
    tb_store *store = NULL;

    tb_store_close(f->store);
    f->store = NULL;
    assert_int_equal(tb_store_open(f->path, &other, &store), TB_ERR_VERSION);
    assert_null(store);
    assert_ok(tb_store_open(f->path, &f->options, &f->store));
}

static void a_newer_schema_is_another_version(void **state)
{
    static const uint8_t newer[] = {0, 0, 0, TB_SCHEMA_VERSION + 1};
    store_fixture *f = *state;
    tb_store *store = NULL;
    tb_bytes name = tb_bytes_str("schema");

    begin(f);
    assert_ok(tb_store_put(f->txn, TB_TABLE_META, name, tb_bytes_of(newer, sizeof newer)));
    commit(f);
    tb_store_close(f->store);
    f->store = NULL;
    assert_int_equal(tb_store_open(f->path, &f->options, &store), TB_ERR_VERSION);
}

static void a_store_without_its_schema_row_is_corrupt(void **state)
{
    store_fixture *f = *state;
    tb_store *store = NULL;

    begin(f);
    del(f, TB_TABLE_META, "schema");
    commit(f);
    tb_store_close(f->store);
    f->store = NULL;
    assert_int_equal(tb_store_open(f->path, &f->options, &store), TB_ERR_CORRUPT);
}

static void only_its_owner_may_read_it(void **state)
{
    store_fixture *f = *state;

    assert_int_equal(status_of(f, ".").st_mode & 0777, 0700);
    assert_int_equal(status_of(f, "data.mdb").st_mode & 0777, 0600);
    assert_int_equal(status_of(f, "lock.mdb").st_mode & 0777, 0600);
}

static void the_quota_is_allocated_at_creation(void **state)
{
    store_fixture *f = *state;
    struct stat status = status_of(f, "data.mdb");

    assert_true((uint64_t)status.st_blocks * 512 >= TB_QUOTA_BYTES_MIN);
}

static void a_larger_quota_is_allocated_when_opened_again(void **state)
{
    store_fixture *f = *state;
    uint64_t used;
    uint64_t quota;

    f->options.quota_bytes = 2 * TB_QUOTA_BYTES_MIN;
    store_fixture_reopen(f);
    assert_true((uint64_t)status_of(f, "data.mdb").st_blocks * 512 >= 2 * TB_QUOTA_BYTES_MIN);
    begin(f);
    tb_store_usage(f->txn, &used, &quota);
    assert_int_equal(quota, 2 * TB_QUOTA_BYTES_MIN);
}

static void a_quota_no_disk_has_is_full(void **state)
{
    store_fixture *f = *state;
    tb_store_options huge = {UINT64_C(1) << 46, TB_STORE_BROKER};
    tb_store *store = NULL;

    tb_store_close(f->store);
    f->store = NULL;
    assert_int_equal(tb_store_open(f->path, &huge, &store), TB_ERR_FULL);
    assert_null(store);
}

static void a_path_that_is_no_folder_is_an_io_error(void **state)
{
    store_fixture *f = *state;
    char path[300];
    tb_store *store = NULL;

    snprintf(path, sizeof path, "%s/data.mdb", f->path);
    assert_int_equal(tb_store_open(path, &f->options, &store), TB_ERR_IO);
    snprintf(path, sizeof path, "%s/no/such/place", f->path);
    assert_int_equal(tb_store_open(path, &f->options, &store), TB_ERR_IO);
}

static void a_file_that_is_no_store_is_corrupt(void **state)
{
    store_fixture *f = *state;
    char path[300];
    char rubbish[8192];
    tb_store *store = NULL;

    tb_store_close(f->store);
    f->store = NULL;
    memset(rubbish, 'x', sizeof rubbish);
    snprintf(path, sizeof path, "%s/data.mdb", f->path);
    int file = open(path, O_WRONLY | O_TRUNC);
    assert_true(file >= 0);
    assert_int_equal(write(file, rubbish, sizeof rubbish), sizeof rubbish);
    close(file);
    assert_int_equal(tb_store_open(f->path, &f->options, &store), TB_ERR_CORRUPT);
}

/* Finds text in the data file and overwrites it; the store is closed meanwhile. */
static void overwrite_on_disk(store_fixture *f, const char *text, const char *with)
{
    char path[300];
    size_t size = TB_QUOTA_BYTES_MIN;
    char *content = calloc(1, size);
    unsigned found = 0;

    assert_non_null(content);
    tb_store_close(f->store);
    f->store = NULL;
    snprintf(path, sizeof path, "%s/data.mdb", f->path);
    int file = open(path, O_RDWR);
    assert_true(file >= 0);
    ssize_t got = pread(file, content, size, 0);
    assert_true(got > 0);
    for (size_t i = 0; i + strlen(text) <= (size_t)got; i++) {
        if (memcmp(content + i, text, strlen(text)) == 0) {
            assert_int_equal(pwrite(file, with, strlen(with), (off_t)i), strlen(with));
            found++;
        }
    }
    assert_true(found > 0);
    close(file);
    free(content);
    assert_ok(tb_store_open(f->path, &f->options, &f->store));
}

static void a_value_that_rotted_reads_as_corrupt_and_can_be_deleted(void **state)
{
    store_fixture *f = *state;
    tb_bytes key;
    tb_bytes value;
    uint64_t rows;

    begin(f);
    put(f, T, "a", "the original value");
    put(f, T, "b", "another");
    commit(f);
    overwrite_on_disk(f, "original", "origami!");

    begin(f);
    assert_int_equal(tb_store_get(f->txn, T, tb_bytes_str("a"), &value), TB_ERR_CORRUPT);
    assert_int_equal(tb_store_scrub(f->txn, &rows), TB_ERR_CORRUPT);
    expect(f, T, "b", "another");
    tb_err err = tb_store_seek(f->txn, T, tb_bytes_str(""), tb_bytes_str(""), &key, &value);
    assert_int_equal(err, TB_ERR_CORRUPT);
    assert_true(tb_bytes_equal(key, tb_bytes_str("a")));
    assert_ok(tb_store_del(f->txn, T, key));
    commit(f);
    begin(f);
    assert_ok(tb_store_scrub(f->txn, &rows));
}

/* Of a page's rows: a text may stand in what it does not use, too. */
static bool holds(const uint8_t page[4096], const char *text)
{
    uint16_t flags;
    uint16_t upper; /* where its rows begin */
    memcpy(&flags, page + 10, 2);
    memcpy(&upper, page + 14, 2);
    return flags == 2 && upper < 4096 &&
           memmem(page + upper, 4096u - upper, text, strlen(text)) != NULL;
}

/* The leaves that hold a text are no leaves any more. */
static void spoil_leaves(store_fixture *f, const char *text)
{
    char path[300];
    uint8_t page[4096];
    const uint8_t no_kind[2] = {0, 0};
    unsigned found = 0;

    tb_store_close(f->store);
    f->store = NULL;
    snprintf(path, sizeof path, "%s/data.mdb", f->path);
    int file = open(path, O_RDWR);
    for (off_t at = 0; pread(file, page, sizeof page, at) == (ssize_t)sizeof page; at += 4096) {
        if (holds(page, text)) {
            assert_int_equal(pwrite(file, no_kind, 2, at + 10), 2); /* behind number and padding */
            found++;
        }
    }
    close(file);
    assert_true(found > 1);
    assert_ok(tb_store_open(f->path, &f->options, &f->store));
}

/* No key is known that could be passed or set aside. */
static void a_page_that_contradicts_another_is_an_io_error(void **state)
{
    store_fixture *f = *state;
    char key[16];
    tb_bytes found;
    tb_bytes value;

    begin(f);
    for (unsigned i = 0; i < 400; i++) {
        snprintf(key, sizeof key, "%u", i);
        put(f, T, key, "one of many leaves of the table");
    }
    commit(f);
    spoil_leaves(f, "one of many leaves");
    begin(f);
    assert_int_equal(tb_store_get(f->txn, T, tb_bytes_str("7"), &value), TB_ERR_IO);
    tb_bytes all = tb_bytes_str("");
    assert_int_equal(tb_store_seek(f->txn, T, all, all, &found, &value), TB_ERR_IO);
    assert_int_equal(tb_store_last(f->txn, T, all, tb_bytes_str("7"), &found, &value), TB_ERR_IO);
    assert_int_equal(tb_store_del(f->txn, T, tb_bytes_str("7")), TB_ERR_IO);
}

static void a_key_that_rotted_reads_as_corrupt(void **state)
{
    store_fixture *f = *state;
    tb_bytes value;

    begin(f);
    put(f, T, "party one", "value");
    commit(f);
    overwrite_on_disk(f, "party one", "party two");
    begin(f);
    assert_int_equal(tb_store_get(f->txn, T, tb_bytes_str("party two"), &value), TB_ERR_CORRUPT);
    expect(f, T, "party one", NULL);
}

/* Moves the stored bytes of one row under another key or into another table, below the store. */
static void move_row(store_fixture *f, const char *table, const char *key)
{
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi from;
    MDB_dbi to;
    char original[] = "original";
    char moved[64];
    MDB_val k = {strlen(original), original};
    MDB_val v;

    tb_store_close(f->store);
    f->store = NULL;
    strcpy(moved, key);
    MDB_val m = {strlen(moved), moved};
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 4), 0);
    assert_int_equal(mdb_env_set_mapsize(env, TB_QUOTA_BYTES_MIN), 0);
    assert_int_equal(mdb_env_open(env, f->path, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, "HUB_AGENT", 0, &from), 0);
    assert_int_equal(mdb_dbi_open(txn, table, MDB_CREATE, &to), 0);
    assert_int_equal(mdb_get(txn, from, &k, &v), 0);
    assert_int_equal(v.mv_size, 8 + strlen("value"));
    assert_int_equal(mdb_put(txn, to, &m, &v, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
    assert_ok(tb_store_open(f->path, &f->options, &f->store));
}

static void a_row_put_in_anothers_place_reads_as_corrupt(void **state)
{
    store_fixture *f = *state;
    tb_bytes value;

    begin(f);
    put(f, T, "original", "value");
    commit(f);
    move_row(f, "HUB_AGENT", "elsewhere");
    begin(f);
    expect(f, T, "original", "value");
    assert_int_equal(tb_store_get(f->txn, T, tb_bytes_str("elsewhere"), &value), TB_ERR_CORRUPT);
    abandon(f);

    move_row(f, "HUB_DUE", "original");
    begin(f);
    tb_err err = tb_store_get(f->txn, TB_TABLE_HUB_DUE, tb_bytes_str("original"), &value);
    assert_int_equal(err, TB_ERR_CORRUPT);
}

/* Tables are made by their first row: each that is there costs every commit a part of a page. */

static void a_table_whose_first_row_was_not_committed_is_not_there(void **state)
{
    store_fixture *f = *state;
    const tb_table other = TB_TABLE_HUB_DUE;
    tb_bytes none = tb_bytes_of(NULL, 0);
    tb_bytes key;
    tb_bytes value;

    for (int i = 0; i < 2; i++) {
        begin(f);
        expect(f, other, "k", NULL);
        assert_int_equal(tb_store_rows(f->txn, other), 0);
        assert_int_equal(tb_store_del(f->txn, other, tb_bytes_str("k")), TB_ERR_NOT_FOUND);
        put(f, other, "k", "v");
        assert_int_equal(tb_store_seek(f->txn, other, none, none, &key, &value), TB_OK);
        abandon(f);
    }
    begin(f);
    expect(f, other, "k", NULL);
    put(f, other, "k", "kept");
    put(f, T, "k", "kept");
    commit(f);
    store_fixture_reopen(f);
    begin(f);
    expect(f, other, "k", "kept");
    expect(f, T, "k", "kept");
}

static void who_only_looks_sees_a_table_that_came_since(void **state)
{
    store_fixture *f = *state;
    tb_store *look = NULL;
    tb_txn *txn = NULL;
    tb_bytes value;

    assert_ok(tb_store_look(f->path, f->options.kind, &look));
    for (int i = 0; i < 3; i++) {
        assert_ok(tb_store_begin_read(look, &f->arena, &txn));
        tb_err err = tb_store_get(txn, TB_TABLE_HUB_DUE, tb_bytes_str("k"), &value);
        assert_int_equal(err, i == 0 ? TB_ERR_NOT_FOUND : TB_OK);
        tb_store_abort(txn);
        begin(f);
        put(f, TB_TABLE_HUB_DUE, "k", "v");
        commit(f);
        assert_ok(tb_store_settle(f->store));
    }
    tb_store_close(look);
}

/* Rows kept for later. */

#define MANY 20000u /* more than are kept for later at once */

static tb_bytes numbered_key(unsigned number, uint8_t out[4])
{
    out[0] = (uint8_t)(number >> 24);
    out[1] = (uint8_t)(number >> 16);
    out[2] = (uint8_t)(number >> 8);
    out[3] = (uint8_t)number;
    return tb_bytes_of(out, 4);
}

/* Puts rows 0 to count - 1, each under its number times a factor prime to count. */
static void put_numbered(store_fixture *f, unsigned count, unsigned factor, size_t bytes)
{
    static uint8_t value[TB_LATE_STORED_BYTES_MAX];
    uint8_t buffer[4];

    for (unsigned i = 0; i < count; i++) {
        tb_bytes key = numbered_key((unsigned)((uint64_t)i * factor % count), buffer);
        memset(value, buffer[3], bytes);
        assert_int_equal(tb_store_put(f->txn, T, key, tb_bytes_of(value, bytes)), TB_OK);
    }
}

static uint64_t used_now(store_fixture *f)
{
    uint64_t used;
    uint64_t quota;

    begin(f);
    tb_store_usage(f->txn, &used, &quota);
    abandon(f);
    return used;
}

static void rows_of_a_turn_fill_pages_in_whatever_order_they_are_put(void **state)
{
    store_fixture *f = *state;
    uint64_t empty = used_now(f);

    begin(f);
    put_numbered(f, 2000, 1, 300);
    commit(f);
    uint64_t in_order = used_now(f) - empty;

    begin(f);
    put_numbered(f, 2000, 1, 0);
    assert_int_equal(tb_store_rows(f->txn, T), 2000);
    for (unsigned i = 0; i < 2000; i++) {
        uint8_t buffer[4];
        assert_int_equal(tb_store_del(f->txn, T, numbered_key(i, buffer)), TB_OK);
    }
    commit(f);
    begin(f);
    put_numbered(f, 2000, 1237, 300);
    commit(f);
    assert_in_range(used_now(f) - empty, in_order / 2, in_order + in_order / 20);
}

static void more_rows_than_are_kept_for_later_are_all_there(void **state)
{
    store_fixture *f = *state;
    uint8_t buffer[4];
    tb_bytes value;

    _Static_assert(MANY > TB_LATE_ROWS_MAX, "or no list is full");
    _Static_assert(30 * 100 * 1800 > TB_LATE_BYTES_MAX, "nor the room for bytes");
    begin(f);
    put_numbered(f, MANY, 7919, 20);
    for (unsigned i = 0; i < 30; i++) {
        put_numbered(f, 100, 7, 1800);
    }
    assert_int_equal(tb_store_rows(f->txn, T), MANY);
    commit(f);
    begin(f);
    for (unsigned i = 0; i < MANY; i++) {
        size_t mark = tb_arena_mark(tb_txn_arena(f->txn));
        assert_int_equal(tb_store_get(f->txn, T, numbered_key(i, buffer), &value), TB_OK);
        assert_int_equal(value.size, i < 100 ? 1800 : 20);
        assert_int_equal(value.data[value.size - 1], i & 0xff);
        tb_arena_release(tb_txn_arena(f->txn), mark);
    }
}

static void a_row_has_its_newest_value_whether_it_is_kept_for_later_or_too_large(void **state)
{
    store_fixture *f = *state;
    static uint8_t bytes[5000];
    static const size_t sizes[] = {10,
                                   TB_LATE_STORED_BYTES_MAX - TB_ROW_SUM_BYTES,
                                   TB_LATE_STORED_BYTES_MAX - TB_ROW_SUM_BYTES + 1,
                                   sizeof bytes,
                                   0,
                                   sizeof bytes,
                                   7};
    tb_bytes key = tb_bytes_str("k");
    tb_bytes value;

    begin(f);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        assert_int_equal(tb_store_put(f->txn, T, key, tb_bytes_of(bytes, sizes[i])), TB_OK);
        assert_int_equal(tb_store_get(f->txn, T, key, &value), TB_OK);
        assert_int_equal(value.size, sizes[i]);
    }
    assert_int_equal(tb_store_del(f->txn, T, key), TB_OK);
    assert_int_equal(tb_store_get(f->txn, T, key, &value), TB_ERR_NOT_FOUND);
    put(f, T, "k", "again");
    commit(f);
    begin(f);
    expect(f, T, "k", "again");
}

static void what_is_kept_for_later_counts_as_used(void **state)
{
    store_fixture *f = *state;
    uint64_t before = used_now(f);
    uint64_t used;
    uint64_t quota;

    begin(f);
    put_numbered(f, 1000, 1, 1000);
    tb_store_usage(f->txn, &used, &quota);
    assert_true(used >= before + 1000 * 1000);
}

static void a_transaction_that_wrote_nothing_leaves_the_file_alone(void **state)
{
    store_fixture *f = *state;
    struct stat before = status_of(f, "data.mdb");

    for (int i = 0; i < 3; i++) {
        begin(f);
        expect(f, T, "k", NULL);
        assert_int_equal(tb_store_del(f->txn, T, tb_bytes_str("k")), TB_ERR_NOT_FOUND);
        commit(f);
    }
    struct stat after = status_of(f, "data.mdb");
    assert_int_equal(before.st_mtim.tv_sec, after.st_mtim.tv_sec);
    assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
}

static void a_write_after_the_store_was_killed_finds_all_that_was_committed(void **state)
{
    store_fixture *f = *state;

    tb_store_close(f->store);
    f->store = NULL;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        assert_ok(tb_store_open(f->path, &f->options, &f->store));
        begin(f);
        put(f, T, "committed", "1");
        commit(f);
        begin(f);
        put(f, T, "unfinished", "2");
        abort();
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_ok(tb_store_open(f->path, &f->options, &f->store));
    begin(f);
    expect(f, T, "committed", "1");
    expect(f, T, "unfinished", NULL);
    put(f, T, "next", "3");
    commit(f);
}

/* In a process of its own, as whoever looks is: one file must never be open twice in one. */
static int look_from_outside(const char *path, uint32_t kind, const char *key)
{
    pid_t child = fork();
    if (child == 0) {
        tb_store *store = NULL;
        tb_txn *txn = NULL;
        tb_arena arena;
        tb_bytes value;
        static uint8_t block[4096];
        tb_arena_init(&arena, block, sizeof block);
        tb_err err = tb_store_look(path, kind, &store);
        if (err == TB_OK) {
            err = tb_store_begin_read(store, &arena, &txn);
        }
        if (err == TB_OK) {
            err = tb_store_get(txn, T, tb_bytes_str(key), &value);
            tb_store_abort(txn);
        }
        tb_store_close(store);
        _exit((int)err);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void who_only_looks_sees_what_is_committed_and_disturbs_nobody(void **state)
{
    store_fixture *f = *state;
    begin(f);
    put(f, T, "k", "v");
    commit(f);
    assert_ok(tb_store_settle(f->store));
    begin(f);
    put(f, T, "unfinished", "v");
    assert_int_equal(look_from_outside(f->path, TB_STORE_BROKER, "k"), TB_OK);
    assert_int_equal(look_from_outside(f->path, TB_STORE_BROKER, "unfinished"), TB_ERR_NOT_FOUND);
    assert_int_equal(look_from_outside(f->path, TB_STORE_AGENT, "k"), TB_ERR_VERSION);
    assert_int_equal(look_from_outside("/nowhere/at/all", TB_STORE_BROKER, "k"), TB_ERR_NOT_FOUND);
    commit(f);
    begin(f);
    expect(f, T, "unfinished", "v");
}

static void who_only_looks_at_an_older_store_is_told_so(void **state)
{
    store_fixture *f = *state;
    begin(f);
    put(f, T, "k", "v");
    assert_ok(tb_store_schema_put(f->txn, 1));
    commit(f);
    assert_ok(tb_store_settle(f->store));
    assert_int_equal(look_from_outside(f->path, TB_STORE_BROKER, "k"), TB_ERR_OLDER);
    assert_int_equal(look_from_outside(f->path, TB_STORE_AGENT, "k"), TB_ERR_VERSION);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, store_fixture_open, store_fixture_close)

static const struct CMUnitTest tests[] = {
    TEST(what_is_committed_is_there_after_a_restart),
    TEST(a_second_open_in_the_same_process_is_busy),
    TEST(a_second_process_is_refused_until_the_first_has_closed),
    TEST(a_store_of_the_other_kind_is_another_version),
    TEST(a_newer_schema_is_another_version),
    TEST(a_store_without_its_schema_row_is_corrupt),
    TEST(only_its_owner_may_read_it),
    TEST(who_only_looks_sees_what_is_committed_and_disturbs_nobody),
    TEST(who_only_looks_at_an_older_store_is_told_so),
    TEST(the_quota_is_allocated_at_creation),
    TEST(a_larger_quota_is_allocated_when_opened_again),
    TEST(a_quota_no_disk_has_is_full),
    TEST(a_path_that_is_no_folder_is_an_io_error),
    TEST(a_file_that_is_no_store_is_corrupt),
    TEST(a_value_that_rotted_reads_as_corrupt_and_can_be_deleted),
    TEST(a_key_that_rotted_reads_as_corrupt),
    TEST(a_page_that_contradicts_another_is_an_io_error),
    TEST(a_row_put_in_anothers_place_reads_as_corrupt),
    TEST(a_table_whose_first_row_was_not_committed_is_not_there),
    TEST(who_only_looks_sees_a_table_that_came_since),
    TEST(rows_of_a_turn_fill_pages_in_whatever_order_they_are_put),
    TEST(more_rows_than_are_kept_for_later_are_all_there),
    TEST(a_row_has_its_newest_value_whether_it_is_kept_for_later_or_too_large),
    TEST(what_is_kept_for_later_counts_as_used),
    TEST(a_transaction_that_wrote_nothing_leaves_the_file_alone),
    TEST(a_write_after_the_store_was_killed_finds_all_that_was_committed),
};

TB_RUN("store/lmdb", tests)

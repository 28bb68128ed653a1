/* Backup and restore: a copy is one moment of the store, whole or not there at all. */
#define _GNU_SOURCE

#include "store/backup.h"

#include "base/limits.h"
#include "store/version.h"
#include "tests/store/store_fixture.h"
#include "tests/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LARGE    (16ull * 1024 * 1024)
#define RESTORED 1700000000123

typedef struct kept {
    store_fixture *f;
    char copy[256];
    char fresh[256];
} kept;

static kept here;

/* A closed store of rows; nothing of it is open in this process. */
static int set_up(void **state)
{
    store_fixture *f;
    if (store_fixture_open(state) != 0) {
        return -1;
    }
    f = *state;
    here = (kept){.f = f};
    (void)snprintf(here.copy, sizeof here.copy, "%.240s.copy", f->path);
    (void)snprintf(here.fresh, sizeof here.fresh, "%.240s.fresh", f->path);
    begin(f);
    put(f, TB_TABLE_HUB_GROUP, "one", "a value");
    put(f, TB_TABLE_DOCUMENT, "two", "another");
    commit(f);
    tb_store_close(f->store);
    f->store = NULL;
    return 0;
}

static void remove_folder(const char *path)
{
    char command[400];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", path);
    assert_int_equal(system(command), 0);
}

static int tear_down(void **state)
{
    remove_folder(here.copy);
    remove_folder(here.fresh);
    if (here.f->store == NULL) { /* what the fixture closes */
        here.f->options.quota_bytes = LARGE;
        remove_folder(here.f->path);
        assert_ok(tb_store_open(here.f->path, &here.f->options, &here.f->store));
    }
    return store_fixture_close(state);
}

static tb_backup of_kind(uint32_t kind)
{
    return (tb_backup){.kind = kind};
}

static tb_err back_up(void)
{
    tb_backup backup = of_kind(TB_STORE_BROKER);
    return tb_store_backup(here.f->path, here.copy, &backup);
}

static tb_err restore(uint64_t quota)
{
    tb_backup backup = of_kind(TB_STORE_BROKER);
    return tb_store_restore(here.copy, here.fresh, quota, RESTORED, &backup);
}

/* The fixture looks into the restored store from now on. */
static void open_fresh(void)
{
    remove_folder(here.f->path);
    (void)snprintf(here.f->path, sizeof here.f->path, "%s", here.fresh);
    here.f->options.quota_bytes = LARGE;
    assert_ok(tb_store_open(here.f->path, &here.f->options, &here.f->store));
}

static bool exists(const char *folder, const char *name)
{
    char path[400];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

static void what_was_kept_is_there_after_a_restore_and_marked(void **state)
{
    (void)state;
    store_fixture *f = here.f;
    tb_backup backup = of_kind(TB_STORE_BROKER);
    tb_time at = 0;
    assert_ok(tb_store_backup(f->path, here.copy, &backup));
    assert_int_equal(backup.rows, 5); /* and what META says of schema, kind and turns */
    assert_false(exists(here.copy, "data.mdb.tmp"));
    assert_ok(restore(LARGE));
    assert_false(exists(here.fresh, "restoring"));
    open_fresh();
    begin(f);
    expect(f, TB_TABLE_HUB_GROUP, "one", "a value");
    expect(f, TB_TABLE_DOCUMENT, "two", "another");
    assert_ok(tb_store_restored(f->txn, &at));
    abandon(f);
    assert_int_equal(at, RESTORED);
    begin(f);
    put(f, TB_TABLE_HUB_GROUP, "three", "goes on");
    commit(f);
}

static void a_store_that_was_never_restored_has_no_mark(void **state)
{
    (void)state;
    tb_time at;
    assert_ok(tb_store_open(here.f->path, &here.f->options, &here.f->store));
    begin(here.f);
    assert_int_equal(tb_store_restored(here.f->txn, &at), TB_ERR_NOT_FOUND);
    abandon(here.f);
}

static void text_of(unsigned number, char out[32])
{
    (void)snprintf(out, 32, "count %u", number);
}

/* Two rows that only ever change together, until it is killed. */
static void write_pairs(int ready)
{
    store_fixture *f = here.f;
    char text[32];
    assert_ok(tb_store_open(f->path, &f->options, &f->store));
    for (unsigned i = 1;; i++) {
        text_of(i, text);
        begin(f);
        put(f, TB_TABLE_HUB_GROUP, "pair", text);
        put(f, TB_TABLE_META, "pair", text);
        commit(f);
        if (write(ready, &i, sizeof i) != (ssize_t)sizeof i) {
            _exit(1);
        }
    }
}

static void a_copy_taken_while_another_process_writes_is_one_moment_of_it(void **state)
{
    (void)state;
    store_fixture *f = here.f;
    int pipe_of[2];
    unsigned seen = 0;
    tb_bytes one;
    tb_bytes other;
    assert_int_equal(pipe(pipe_of), 0);
    pid_t writer = fork();
    assert_true(writer >= 0);
    if (writer == 0) {
        (void)close(pipe_of[0]);
        write_pairs(pipe_of[1]);
    }
    (void)close(pipe_of[1]);
    while (seen < 3) {
        assert_int_equal(read(pipe_of[0], &seen, sizeof seen), sizeof seen);
    }
    tb_err err = back_up();
    assert_int_equal(kill(writer, SIGKILL), 0);
    assert_int_equal(waitpid(writer, NULL, 0), writer);
    (void)close(pipe_of[0]);
    assert_ok(err);
    assert_ok(restore(LARGE));
    open_fresh();
    begin(f);
    assert_ok(tb_store_get(f->txn, TB_TABLE_HUB_GROUP, tb_bytes_str("pair"), &one));
    assert_ok(tb_store_get(f->txn, TB_TABLE_META, tb_bytes_str("pair"), &other));
    assert_true(tb_bytes_equal(one, other));
    abandon(f);
}

static void nothing_is_overwritten(void **state)
{
    (void)state;
    assert_ok(back_up());
    assert_int_equal(back_up(), TB_ERR_BUSY);
    assert_ok(restore(LARGE));
    assert_int_equal(restore(LARGE), TB_ERR_BUSY);
}

static void a_store_in_use_is_not_restored_onto(void **state)
{
    (void)state;
    tb_backup backup = of_kind(TB_STORE_BROKER);
    assert_ok(back_up());
    assert_int_equal(tb_store_restore(here.copy, here.f->path, LARGE, RESTORED, &backup),
                     TB_ERR_BUSY);
}

static void what_is_not_there_or_of_another_kind_is_refused(void **state)
{
    (void)state;
    tb_backup agent = of_kind(TB_STORE_AGENT);
    assert_int_equal(restore(LARGE), TB_ERR_NOT_FOUND);
    assert_int_equal(tb_store_backup(here.fresh, here.copy, &agent), TB_ERR_NOT_FOUND);
    assert_false(exists(here.copy, ""));
    assert_int_equal(tb_store_backup(here.f->path, here.copy, &agent), TB_ERR_VERSION);
    assert_false(exists(here.copy, "data.mdb"));
    assert_ok(back_up());
    assert_int_equal(tb_store_restore(here.copy, here.fresh, LARGE, RESTORED, &agent),
                     TB_ERR_VERSION);
    assert_false(exists(here.fresh, "data.mdb"));
}

static void a_store_of_an_older_schema_is_kept_and_restored_as_it_is(void **state)
{
    (void)state;
    store_fixture *f = here.f;
    uint32_t schema = 0;
    assert_ok(tb_store_open(f->path, &f->options, &f->store));
    begin(f);
    assert_ok(tb_store_schema_put(f->txn, 1));
    commit(f);
    tb_store_close(f->store);
    f->store = NULL;
    assert_ok(back_up());
    assert_ok(restore(LARGE));
    remove_folder(f->path);
    (void)snprintf(f->path, sizeof f->path, "%s", here.fresh);
    f->options.quota_bytes = LARGE;
    assert_int_equal(tb_store_open(f->path, &f->options, &f->store), TB_ERR_OLDER);
    f->store = NULL;
    assert_ok(tb_store_open_older(f->path, &f->options, &f->store));
    begin(f);
    assert_ok(tb_store_schema(f->txn, &schema));
    abandon(f);
    assert_int_equal(schema, 1);
}

static void what_attempts_that_were_cut_short_left_behind_is_no_hindrance(void **state)
{
    (void)state;
    char path[400];
    assert_int_equal(mkdir(here.copy, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/data.mdb.tmp", here.copy);
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "half a copy", 11), 11);
    (void)close(fd);
    assert_ok(back_up());

    assert_int_equal(mkdir(here.fresh, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/restoring", here.fresh);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/restoring/data.mdb", here.fresh);
    fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "half a store", 12), 12);
    (void)close(fd);
    assert_ok(restore(LARGE));
    open_fresh();
    begin(here.f);
    expect(here.f, TB_TABLE_HUB_GROUP, "one", "a value");
    abandon(here.f);
}

/* One bit in the only row with this text, in a file. */
static void damage(const char *folder, const char *text)
{
    char path[400];
    static char block[1 << 20];
    (void)snprintf(path, sizeof path, "%s/data.mdb", folder);
    int fd = open(path, O_RDWR);
    ssize_t size = pread(fd, block, sizeof block, 0);
    char *found = NULL;
    for (char *at = block; (at = memmem(at, (size_t)(block + size - at), text, strlen(text)));
         at++) {
        *at ^= 1; /* every copy of the page, old ones too */
        found = at;
    }
    assert_non_null(found);
    assert_int_equal(pwrite(fd, block, (size_t)size, 0), size);
    (void)close(fd);
}

static void a_damaged_row_makes_no_backup(void **state)
{
    (void)state;
    damage(here.f->path, "a value");
    assert_int_equal(back_up(), TB_ERR_CORRUPT);
    assert_false(exists(here.copy, "data.mdb"));
    assert_false(exists(here.copy, "data.mdb.tmp"));
}

static void a_damaged_backup_makes_no_store(void **state)
{
    (void)state;
    tb_backup backup = of_kind(TB_STORE_BROKER);
    assert_ok(back_up());
    assert_ok(tb_store_verify(here.copy, &backup));
    damage(here.copy, "another");
    assert_int_equal(tb_store_verify(here.copy, &backup), TB_ERR_CORRUPT);
    assert_int_equal(restore(LARGE), TB_ERR_CORRUPT);
    assert_false(exists(here.fresh, "data.mdb"));
}

/* The smallest quota that leaves room for new work beside so many bytes. */
static uint64_t least_quota(uint64_t bytes)
{
    uint64_t quota = TB_QUOTA_BYTES_MIN;
    while (bytes > quota / 100 * TB_WATERMARK_PERCENT) {
        quota += 100;
    }
    return quota;
}

static void a_quota_without_room_for_new_work_is_refused_at_its_edge(void **state)
{
    (void)state;
    store_fixture *f = here.f;
    static char value[60001];
    char key[16];
    tb_backup backup = of_kind(TB_STORE_BROKER);
    f->options.quota_bytes = LARGE;
    assert_ok(tb_store_open(f->path, &f->options, &f->store));
    memset(value, 'v', sizeof value - 1);
    for (unsigned i = 0; i < 64; i++) {
        (void)snprintf(key, sizeof key, "large %u", i);
        begin(f);
        put(f, TB_TABLE_HUB_GROUP, key, value);
        commit(f);
    }
    tb_store_close(f->store);
    f->store = NULL;
    assert_ok(tb_store_backup(f->path, here.copy, &backup));
    uint64_t least = least_quota(backup.bytes);
    assert_true(least > TB_QUOTA_BYTES_MIN);
    assert_int_equal(restore(least - 100), TB_ERR_LIMIT);
    assert_false(exists(here.fresh, "data.mdb"));
    assert_ok(restore(least));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    TEST(what_was_kept_is_there_after_a_restore_and_marked),
    TEST(a_store_that_was_never_restored_has_no_mark),
    TEST(a_copy_taken_while_another_process_writes_is_one_moment_of_it),
    TEST(nothing_is_overwritten),
    TEST(a_store_in_use_is_not_restored_onto),
    TEST(what_is_not_there_or_of_another_kind_is_refused),
    TEST(a_store_of_an_older_schema_is_kept_and_restored_as_it_is),
    TEST(what_attempts_that_were_cut_short_left_behind_is_no_hindrance),
    TEST(a_damaged_row_makes_no_backup),
    TEST(a_damaged_backup_makes_no_store),
    TEST(a_quota_without_room_for_new_work_is_refused_at_its_edge),
};

TB_RUN("store/backup", tests)

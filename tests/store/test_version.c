/* What a store says of itself: its schema, its kind, when it was restored; and a migration on a
 * disk that fails. */
#define _XOPEN_SOURCE 700

#include "base/limits.h"
#include "store/migrate.h"
#include "store/version.h"
#include "tests/store/store_fixture.h"
#include "tests/test.h"

#define SCHEMA TB_STORE_SCHEMA_KEY

static tb_err same_version(store_fixture *f, uint32_t kind)
{
    begin(f);
    tb_err err = tb_store_same_version(f->txn, kind);
    abandon(f);
    return err;
}

/* A broker's store of that schema. */
static void say(store_fixture *f, uint32_t schema)
{
    begin(f);
    assert_ok(tb_store_schema_put(f->txn, schema));
    commit(f);
}

static void a_store_is_of_one_kind_and_of_this_schema(void **state)
{
    store_fixture *f = *state;
    say(f, TB_SCHEMA_VERSION);
    assert_ok(same_version(f, TB_STORE_BROKER));
    assert_int_equal(same_version(f, TB_STORE_AGENT), TB_ERR_VERSION);
    say(f, TB_SCHEMA_VERSION - 1);
    assert_int_equal(same_version(f, TB_STORE_BROKER), TB_ERR_OLDER);
    assert_int_equal(same_version(f, TB_STORE_AGENT), TB_ERR_VERSION);
    say(f, TB_SCHEMA_VERSION + 1);
    assert_int_equal(same_version(f, TB_STORE_BROKER), TB_ERR_VERSION);
}

static void what_a_store_says_of_itself_is_whole_or_the_store_is_broken(void **state)
{
    static const char *const rows[] = {SCHEMA, "kind"};
    store_fixture *f = *state;
    for (size_t i = 0; i < 2; i++) {
        say(f, TB_SCHEMA_VERSION);
        begin(f);
        tb_bytes kept;
        assert_ok(tb_store_get(f->txn, TB_TABLE_META, tb_bytes_str(rows[i]), &kept));
        const uint8_t four[5] = {kept.data[0], kept.data[1], kept.data[2], kept.data[3]};
        tb_bytes bad[] = {tb_bytes_of(four, 3), tb_bytes_of(four, 5), tb_bytes_of(four, 0)};
        abandon(f);
        for (size_t b = 0; b < 3; b++) {
            begin(f);
            assert_ok(tb_store_put(f->txn, TB_TABLE_META, tb_bytes_str(rows[i]), bad[b]));
            commit(f);
            assert_int_equal(same_version(f, TB_STORE_BROKER), TB_ERR_CORRUPT);
        }
        assert_ok(tb_store_mem_damage(f->store, TB_TABLE_META, tb_bytes_str(rows[i])));
        assert_int_equal(same_version(f, TB_STORE_BROKER), TB_ERR_CORRUPT);
        begin(f);
        del(f, TB_TABLE_META, rows[i]);
        commit(f);
        assert_int_equal(same_version(f, TB_STORE_BROKER), TB_ERR_CORRUPT);
        begin(f);
        assert_ok(tb_store_put(f->txn, TB_TABLE_META, tb_bytes_str(rows[i]), tb_bytes_of(four, 4)));
        commit(f);
        assert_ok(same_version(f, TB_STORE_BROKER));
    }
}

static void when_it_was_restored_is_known_once_it_was(void **state)
{
    store_fixture *f = *state;
    tb_time at = 0;
    begin(f);
    assert_int_equal(tb_store_restored(f->txn, &at), TB_ERR_NOT_FOUND);
    assert_ok(tb_store_mark_restored(f->txn, 1424044740000));
    assert_ok(tb_store_restored(f->txn, &at));
    assert_true(at == 1424044740000);
    put(f, TB_TABLE_META, "restored", "seven b");
    assert_int_equal(tb_store_restored(f->txn, &at), TB_ERR_CORRUPT);
    assert_true(at == 1424044740000);
}

/* ---- a migration on a disk that fails ---- */

static tb_err one_more(tb_txn *txn, tb_migration_at *at, bool *out_done)
{
    (void)txn;
    *out_done = ++at->rows == 3;
    return TB_OK;
}

static tb_err migrate(store_fixture *f)
{
    static const tb_migration steps[] = {{TB_SCHEMA_VERSION - 1, one_more}};
    return tb_migrate(f->store, &f->arena, steps, 1, NULL, NULL);
}

/* With no room it goes on later; after anything else of a commit nobody knows what is on disk. */
static void a_slice_that_is_not_stored_ends_a_migration_as_it_must(void **state)
{
    store_fixture *f = *state;
    say(f, TB_SCHEMA_VERSION - 1);
    tb_store_mem_fail_commit(f->store, 2, TB_ERR_FULL);
    assert_int_equal(migrate(f), TB_ERR_FULL);
    tb_store_mem_fail_commit(f->store, 1, TB_ERR_CORRUPT);
    assert_int_equal(migrate(f), TB_ERR_IO);
    tb_store_mem_fail_commit(f->store, 2, TB_ERR_IO); /* the last of three */
    assert_int_equal(migrate(f), TB_ERR_IO);
    assert_int_equal(same_version(f, TB_STORE_BROKER), TB_ERR_OLDER);
    assert_ok(migrate(f));
    assert_ok(same_version(f, TB_STORE_BROKER));
}

static void progress_that_rotted_is_a_broken_store(void **state)
{
    store_fixture *f = *state;
    say(f, TB_SCHEMA_VERSION - 1);
    tb_store_mem_fail_commit(f->store, 2, TB_ERR_FULL);
    assert_int_equal(migrate(f), TB_ERR_FULL);
    assert_ok(tb_store_mem_damage(f->store, TB_TABLE_META, tb_bytes_str("migration")));
    assert_int_equal(migrate(f), TB_ERR_CORRUPT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, store_fixture_open, store_fixture_close)

static const struct CMUnitTest tests[] = {
    TEST(a_store_is_of_one_kind_and_of_this_schema),
    TEST(what_a_store_says_of_itself_is_whole_or_the_store_is_broken),
    TEST(when_it_was_restored_is_known_once_it_was),
    TEST(a_slice_that_is_not_stored_ends_a_migration_as_it_must),
    TEST(progress_that_rotted_is_a_broken_store),
};

TB_RUN("store/version", tests)

/* Rows' checksums in both forms, and a store that has the older one. */
#include "base/limits.h"
#include "store/backup.h"
#include "store/row_sum.h"
#include "store/version.h"
#include "tests/store/store_fixture.h"
#include "tests/test.h"

#include <lmdb.h>
#include <sodium.h>
#include <stdio.h>

#define T TB_TABLE_HUB_AGENT

static const tb_row_sum_form forms[] = {TB_ROW_SUM_XXH3, TB_ROW_SUM_SIPHASH};

static uint64_t sum_of(tb_row_sum_form form, const char *table, const char *key, const char *value)
{
    uint8_t named[TB_ROW_SUM_BYTES];
    uint8_t sum[TB_ROW_SUM_BYTES];
    uint64_t out = 0;

    tb_row_sum_table(table, named);
    tb_row_sum(form, named, tb_bytes_str(key), tb_bytes_str(value), sum);
    for (size_t i = 0; i < sizeof sum; i++) {
        out = out << 8 | sum[i];
    }
    return out;
}

/* What lies on disks: a library that hashes differently would call every store damaged. */
static void the_sums_stay_what_they_are(void **state)
{
    (void)state;
    assert_int_equal(sum_of(TB_ROW_SUM_SIPHASH, "META", "schema", "x"),
                     UINT64_C(0xa68cd907e840fee9));
    assert_int_equal(sum_of(TB_ROW_SUM_XXH3, "META", "schema", "x"), UINT64_C(0xb1624e7f3c9c776a));
    assert_int_equal(sum_of(TB_ROW_SUM_XXH3, "", "", ""), UINT64_C(0xf43f568d87bc2699));
}

static void table_key_and_value_all_count(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        uint64_t sum = sum_of(forms[i], "META", "key", "value");
        assert_true(sum == sum_of(forms[i], "META", "key", "value"));
        assert_true(sum != sum_of(forms[i], "META2", "key", "value"));
        assert_true(sum != sum_of(forms[i], "META", "kez", "value"));
        assert_true(sum != sum_of(forms[i], "META", "key", "valuf"));
        assert_true(sum != sum_of(forms[i], "META", "keyv", "alue"));
        assert_true(sum != sum_of(forms[i], "META", "", "keyvalue"));
        assert_true(sum != sum_of(forms[i], "META", "keyvalue", ""));
    }
}

/* As a store made before XXH3 has them: SipHash-2-4 of the value under 8 bytes of the table's name
 * and 8 of the key. */
static void older_sum(const char *table, MDB_val k, MDB_val v, uint8_t out[8])
{
    static const uint8_t no_key[16];
    uint8_t row[16] = {0};

    crypto_shorthash(row, (const uint8_t *)table, strlen(table), no_key);
    crypto_shorthash(row + 8, k.mv_data, k.mv_size, row);
    crypto_shorthash(out, (const uint8_t *)v.mv_data + 8, v.mv_size - 8, row);
}

static void make_older(MDB_txn *txn, const char *table)
{
    MDB_dbi dbi;
    MDB_cursor *cursor;
    MDB_val k;
    MDB_val v;
    char row[256];

    assert_int_equal(mdb_dbi_open(txn, table, 0, &dbi), 0);
    assert_int_equal(mdb_cursor_open(txn, dbi, &cursor), 0);
    while (mdb_cursor_get(cursor, &k, &v, MDB_NEXT) == 0) {
        assert_true(v.mv_size <= sizeof row);
        memcpy(row, v.mv_data, v.mv_size);
        older_sum(table, k, v, (uint8_t *)row);
        MDB_val changed = {v.mv_size, row};
        assert_int_equal(mdb_cursor_put(cursor, &k, &changed, MDB_CURRENT), 0);
    }
    mdb_cursor_close(cursor);
}

/* Below the store; "k" of table T is there, every other row META's. */
static void make_store_older(store_fixture *f, bool meta)
{
    MDB_env *env;
    MDB_txn *txn;

    tb_store_close(f->store);
    f->store = NULL;
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 2), 0);
    assert_int_equal(mdb_env_set_mapsize(env, TB_QUOTA_BYTES_MIN), 0);
    assert_int_equal(mdb_env_open(env, f->path, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    make_older(txn, "HUB_AGENT");
    if (meta) {
        make_older(txn, "META");
    }
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
    assert_ok(tb_store_open(f->path, &f->options, &f->store));
}

static void an_older_store_goes_on_with_its_own_sums(void **state)
{
    store_fixture *f = *state;
    tb_backup backup = {.kind = TB_STORE_BROKER};
    uint64_t rows;

    begin(f);
    put(f, T, "k", "before");
    commit(f);
    make_store_older(f, true);
    begin(f);
    expect(f, T, "k", "before");
    put(f, T, "l", "after");
    commit(f);
    store_fixture_reopen(f);
    begin(f);
    expect(f, T, "k", "before");
    expect(f, T, "l", "after");
    assert_ok(tb_store_scrub(f->txn, &rows));
    assert_int_equal(rows, 5);
    abandon(f);
    assert_ok(tb_store_verify(f->path, &backup));
    assert_int_equal(backup.rows, 5);
}

/* The form is the store's, not the row's. */
static void a_row_of_the_other_form_is_damaged(void **state)
{
    store_fixture *f = *state;
    tb_bytes value;

    begin(f);
    put(f, T, "k", "before");
    commit(f);
    make_store_older(f, false);
    begin(f);
    assert_int_equal(tb_store_get(f->txn, T, tb_bytes_str("k"), &value), TB_ERR_CORRUPT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, store_fixture_open, store_fixture_close)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(the_sums_stay_what_they_are),
        TEST(table_key_and_value_all_count),
        TEST(an_older_store_goes_on_with_its_own_sums),
        TEST(a_row_of_the_other_form_is_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

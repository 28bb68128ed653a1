/* What only the memory form can do: fail on request, rot, and be copied. */
#include "store/store.h"
#include "tests/store/store_fixture.h"
#include "tests/test.h"

#define T TB_TABLE_HUB_AGENT

static tb_err try_commit(store_fixture *f)
{
    tb_txn *txn = f->txn;

    f->txn = NULL;
    return tb_store_commit(txn);
}

static void the_nth_commit_that_wrote_fails_and_keeps_nothing(void **state)
{
    store_fixture *f = *state;

    tb_store_mem_fail_commit(f->store, 2, TB_ERR_IO);
    begin(f);
    put(f, T, "first", "1");
    assert_ok(try_commit(f));
    begin(f);
    assert_ok(try_commit(f));
    begin(f);
    put(f, T, "second", "2");
    del(f, T, "first");
    assert_int_equal(try_commit(f), TB_ERR_IO);
    begin(f);
    expect(f, T, "first", "1");
    expect(f, T, "second", NULL);
    put(f, T, "third", "3");
    assert_ok(try_commit(f));
}

static void a_lower_limit_makes_it_full_at_once(void **state)
{
    store_fixture *f = *state;

    begin(f);
    put(f, T, "k", "a value");
    commit(f);
    tb_store_mem_limit(f->store, 1);
    begin(f);
    assert_int_equal(tb_store_put(f->txn, T, tb_bytes_str("more"), tb_bytes_str("")), TB_ERR_FULL);
    assert_int_equal(try_commit(f), TB_ERR_FULL);
    begin(f);
    put(f, T, "k", "shorter");
    del(f, T, "k");
    assert_ok(try_commit(f));
}

static void a_damaged_row_reads_as_corrupt_until_written_and_shows_its_key(void **state)
{
    store_fixture *f = *state;
    tb_bytes key;
    tb_bytes value;
    uint64_t rows;

    begin(f);
    put(f, T, "a", "1");
    put(f, T, "b", "2");
    commit(f);
    assert_ok(tb_store_mem_damage(f->store, T, tb_bytes_str("a")));
    assert_int_equal(tb_store_mem_damage(f->store, T, tb_bytes_str("x")), TB_ERR_NOT_FOUND);

    begin(f);
    assert_int_equal(tb_store_get(f->txn, T, tb_bytes_str("a"), &value), TB_ERR_CORRUPT);
    tb_err err = tb_store_seek(f->txn, T, tb_bytes_str(""), tb_bytes_str(""), &key, &value);
    assert_int_equal(err, TB_ERR_CORRUPT);
    assert_true(tb_bytes_equal(key, tb_bytes_str("a")));
    assert_ok(tb_store_next(f->txn, T, tb_bytes_str(""), key, &key, &value));
    assert_true(tb_bytes_equal(key, tb_bytes_str("b")));
    assert_int_equal(tb_store_scrub(f->txn, &rows), TB_ERR_CORRUPT);

    put(f, T, "a", "whole again");
    expect(f, T, "a", "whole again");
    abandon(f);
    begin(f);
    assert_int_equal(tb_store_get(f->txn, T, tb_bytes_str("a"), &value), TB_ERR_CORRUPT);
    del(f, T, "a");
    assert_ok(tb_store_scrub(f->txn, &rows));
}

static void a_clone_is_the_committed_store_and_lives_on_its_own(void **state)
{
    store_fixture *f = *state;
    tb_store *copy = NULL;
    tb_store *original = f->store;

    begin(f);
    put(f, T, "k", "then");
    commit(f);
    assert_ok(tb_store_mem_clone(f->store, &copy));
    begin(f);
    put(f, T, "k", "now");
    commit(f);

    f->store = copy;
    begin(f);
    expect(f, T, "k", "then");
    put(f, T, "own", "x");
    commit(f);
    f->store = original;
    begin(f);
    expect(f, T, "k", "now");
    expect(f, T, "own", NULL);
    abandon(f);
    tb_store_close(copy);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, store_fixture_open, store_fixture_close)

static const struct CMUnitTest tests[] = {
    TEST(the_nth_commit_that_wrote_fails_and_keeps_nothing),
    TEST(a_lower_limit_makes_it_full_at_once),
    TEST(a_damaged_row_reads_as_corrupt_until_written_and_shows_its_key),
    TEST(a_clone_is_the_committed_store_and_lives_on_its_own),
};

TB_RUN("store/mem", tests)

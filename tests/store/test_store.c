/* What the port promises, whichever form is linked. */
#include "base/limits.h"
#include "store/store.h"
#include "tests/store/store_fixture.h"
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>

#define T TB_TABLE_HUB_AGENT
#define U TB_TABLE_HUB_DUE

typedef tb_err walk(tb_txn *, tb_table, tb_bytes, tb_bytes, tb_bytes *, tb_bytes *);

/* found NULL: no such row. */
static void
expect_walk(store_fixture *f, walk *verb, const char *prefix, const char *at, const char *found)
{
    tb_bytes key;
    tb_bytes value;
    tb_err err = verb(f->txn, T, tb_bytes_str(prefix), tb_bytes_str(at), &key, &value);

    if (found == NULL) {
        assert_int_equal(err, TB_ERR_NOT_FOUND);
        return;
    }
    assert_ok(err);
    assert_int_equal(key.size, strlen(found));
    assert_memory_equal(key.data, found, key.size);
    assert_int_equal(value.size, key.size + 1);
    assert_int_equal(value.data[0], '=');
    assert_memory_equal(value.data + 1, found, key.size);
}

static void put_rows(store_fixture *f, const char *const *keys)
{
    char value[64] = "=";

    for (; *keys != NULL; keys++) {
        strcpy(value + 1, *keys);
        put(f, T, *keys, value);
    }
}

static void what_was_put_is_read_in_the_same_transaction_and_after_its_commit(void **state)
{
    store_fixture *f = *state;

    begin(f);
    put(f, T, "a", "one");
    expect(f, T, "a", "one");
    commit(f);

    begin(f);
    expect(f, T, "a", "one");
    expect(f, T, "b", NULL);
}

static void an_abandoned_transaction_leaves_everything_as_it_was(void **state)
{
    store_fixture *f = *state;

    begin(f);
    put(f, T, "kept", "1");
    put(f, T, "changed", "old");
    commit(f);

    begin(f);
    put(f, T, "changed", "new and longer");
    put(f, T, "changed", "newer");
    put(f, T, "added", "x");
    del(f, T, "kept");
    put(f, U, "elsewhere", "");
    abandon(f);

    begin(f);
    expect(f, T, "kept", "1");
    expect(f, T, "changed", "old");
    expect(f, T, "added", NULL);
    expect(f, U, "elsewhere", NULL);
    assert_int_equal(tb_store_rows(f->txn, T), 2);
}

static void a_key_means_something_else_in_another_table(void **state)
{
    store_fixture *f = *state;

    begin(f);
    put(f, T, "k", "in t");
    put(f, U, "k", "in u");
    expect(f, T, "k", "in t");
    del(f, T, "k");
    expect(f, U, "k", "in u");
}

static void a_put_replaces_with_shorter_longer_and_empty_values(void **state)
{
    static const char *const values[] = {"middle", "", "s", "very much longer than before", ""};
    store_fixture *f = *state;

    begin(f);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        put(f, T, "k", values[i]);
        expect(f, T, "k", values[i]);
    }
    assert_int_equal(tb_store_rows(f->txn, T), 1);
}

static void deleting_what_is_absent_says_so(void **state)
{
    store_fixture *f = *state;

    begin(f);
    assert_int_equal(tb_store_del(f->txn, T, tb_bytes_str("k")), TB_ERR_NOT_FOUND);
    assert_false(tb_txn_wrote(f->txn));
    put(f, T, "k", "");
    del(f, T, "k");
    assert_int_equal(tb_store_del(f->txn, T, tb_bytes_str("k")), TB_ERR_NOT_FOUND);
    assert_int_equal(tb_store_rows(f->txn, T), 0);
}

static void a_key_outside_its_bounds_is_a_limit(void **state)
{
    store_fixture *f = *state;
    uint8_t bytes[TB_KEY_BYTES_MAX + 1] = {1};
    tb_bytes longest = tb_bytes_of(bytes, TB_KEY_BYTES_MAX);
    tb_bytes too_long = tb_bytes_of(bytes, sizeof bytes);
    tb_bytes none = tb_bytes_of(NULL, 0);
    tb_bytes value;

    begin(f);
    assert_ok(tb_store_put(f->txn, T, longest, none));
    assert_ok(tb_store_get(f->txn, T, longest, &value));
    assert_int_equal(tb_store_put(f->txn, T, too_long, none), TB_ERR_LIMIT);
    assert_int_equal(tb_store_put(f->txn, T, none, none), TB_ERR_LIMIT);
    assert_int_equal(tb_store_get(f->txn, T, too_long, &value), TB_ERR_LIMIT);
    assert_int_equal(tb_store_get(f->txn, T, none, &value), TB_ERR_LIMIT);
    assert_int_equal(tb_store_del(f->txn, T, too_long), TB_ERR_LIMIT);
    assert_int_equal(tb_store_del(f->txn, T, none), TB_ERR_LIMIT);
    assert_ok(tb_store_del(f->txn, T, longest));
    commit(f);
}

static void seek_finds_the_first_row_at_or_behind_within_the_prefix(void **state)
{
    static const char *const rows[] = {"a", "b", "b1", "b3", "c", NULL};
    store_fixture *f = *state;

    begin(f);
    put_rows(f, rows);
    expect_walk(f, tb_store_seek, "", "", "a");
    expect_walk(f, tb_store_seek, "b", "", "b");
    expect_walk(f, tb_store_seek, "b", "b", "b");
    expect_walk(f, tb_store_seek, "b", "b1", "b1");
    expect_walk(f, tb_store_seek, "b", "b2", "b3");
    expect_walk(f, tb_store_seek, "b", "b4", NULL);
    expect_walk(f, tb_store_seek, "b", "c", NULL);
    expect_walk(f, tb_store_seek, "", "b4", "c");
    expect_walk(f, tb_store_seek, "", "d", NULL);
    expect_walk(f, tb_store_seek, "b2", "", NULL);
}

static void next_walks_the_prefix_in_order_and_ends(void **state)
{
    static const char *const rows[] = {"a", "b", "b1", "b3", "c", NULL};
    store_fixture *f = *state;

    begin(f);
    put_rows(f, rows);
    expect_walk(f, tb_store_next, "", "", "a");
    expect_walk(f, tb_store_next, "", "a", "b");
    expect_walk(f, tb_store_next, "b", "a", "b");
    expect_walk(f, tb_store_next, "b", "b", "b1");
    expect_walk(f, tb_store_next, "b", "b1", "b3");
    expect_walk(f, tb_store_next, "b", "b2", "b3");
    expect_walk(f, tb_store_next, "b", "b3", NULL);
    expect_walk(f, tb_store_next, "", "b3", "c");
    expect_walk(f, tb_store_next, "", "c", NULL);
}

static void last_finds_the_last_row_at_or_before_within_the_prefix(void **state)
{
    static const char *const rows[] = {"a", "b", "b1", "b3", "c", NULL};
    store_fixture *f = *state;

    begin(f);
    put_rows(f, rows);
    expect_walk(f, tb_store_last, "b", "b9", "b3");
    expect_walk(f, tb_store_last, "b", "b3", "b3");
    expect_walk(f, tb_store_last, "b", "b2", "b1");
    expect_walk(f, tb_store_last, "b", "b", "b");
    expect_walk(f, tb_store_last, "b", "c", "b3");
    expect_walk(f, tb_store_last, "b", "zz", "b3");
    expect_walk(f, tb_store_last, "b", "a", NULL);
    expect_walk(f, tb_store_last, "", "z", "c");
    expect_walk(f, tb_store_last, "", "bz", "b3");
    expect_walk(f, tb_store_last, "", "", NULL);
    expect_walk(f, tb_store_last, "b2", "z", NULL);
    expect_walk(f, tb_store_last, "\xff", "\xff", NULL);
    put(f, T, "\xff\xff", "=\xff\xff");
    expect_walk(f, tb_store_last, "\xff", "\xff\xff\x01", "\xff\xff");
    expect_walk(f, tb_store_last, "c", "\xff\xff\x01", "c");
}

static void last_looks_before_what_is_behind_a_prefix_whatever_its_end(void **state)
{
    static const char *const rows[] = {"a\xff", "a\xff\x01", "a\xff\xff", "b", NULL};
    store_fixture *f = *state;

    begin(f);
    put_rows(f, rows);
    expect_walk(f, tb_store_last, "a\xff", "c", "a\xff\xff");
    expect_walk(f, tb_store_last, "a\xff\xff", "\xff", "a\xff\xff");
    expect_walk(f, tb_store_last, "a\xff\xff\xff", "b", NULL);
}

static void walks_of_an_empty_table_find_nothing(void **state)
{
    store_fixture *f = *state;

    begin(f);
    expect_walk(f, tb_store_seek, "", "", NULL);
    expect_walk(f, tb_store_next, "", "", NULL);
    expect_walk(f, tb_store_last, "", "z", NULL);
}

static void a_walk_that_deletes_as_it_goes_visits_every_row_once(void **state)
{
    store_fixture *f = *state;
    char key[16];
    tb_bytes at;
    tb_bytes value;
    int visited = 0;

    begin(f);
    for (int i = 0; i < 2000; i++) {
        snprintf(key, sizeof key, "k%05d", i);
        put(f, T, key, "some value that takes a little room");
    }
    commit(f);

    begin(f);
    tb_err err = tb_store_seek(f->txn, T, tb_bytes_str("k"), tb_bytes_str(""), &at, &value);
    while (err == TB_OK) {
        snprintf(key, sizeof key, "k%05d", visited);
        assert_true(tb_bytes_equal(at, tb_bytes_str(key)));
        visited++;
        assert_ok(tb_store_del(f->txn, T, at));
        err = tb_store_next(f->txn, T, tb_bytes_str("k"), at, &at, &value);
    }
    assert_int_equal(err, TB_ERR_NOT_FOUND);
    assert_int_equal(visited, 2000);
    assert_int_equal(tb_store_rows(f->txn, T), 0);
    commit(f);
}

static void what_was_read_outlives_later_writes_of_the_turn(void **state)
{
    store_fixture *f = *state;
    tb_bytes read;
    char key[16];

    begin(f);
    put(f, T, "k", "the first value");
    assert_ok(tb_store_get(f->txn, T, tb_bytes_str("k"), &read));
    put(f, T, "k", "another");
    for (int i = 0; i < 500; i++) {
        snprintf(key, sizeof key, "j%d", i);
        put(f, T, key, "pages move");
    }
    del(f, T, "k");
    commit(f);
    assert_true(tb_bytes_equal(read, tb_bytes_str("the first value")));
}

static void large_values_come_back_whole(void **state)
{
    store_fixture *f = *state;
    size_t size = 300 * 1024;
    uint8_t *value = malloc(size);
    tb_bytes read;

    assert_non_null(value);
    for (size_t i = 0; i < size; i++) {
        value[i] = (uint8_t)(i * 7 + i / 251);
    }
    begin(f);
    assert_ok(tb_store_put(f->txn, T, tb_bytes_str("k"), tb_bytes_of(value, size)));
    commit(f);
    begin(f);
    assert_ok(tb_store_get(f->txn, T, tb_bytes_str("k"), &read));
    assert_true(tb_bytes_equal(read, tb_bytes_of(value, size)));
    free(value);
}

static void an_exhausted_arena_is_a_limit_and_not_a_missing_row(void **state)
{
    store_fixture *f = *state;
    uint8_t block[16];
    tb_arena small;
    tb_bytes key;
    tb_bytes value;

    begin(f);
    put(f, T, "k", "a value longer than the small arena");
    commit(f);

    tb_arena_init(&small, block, sizeof block);
    assert_ok(tb_store_begin(f->store, &small, &f->txn));
    assert_int_equal(tb_store_get(f->txn, T, tb_bytes_str("k"), &value), TB_ERR_LIMIT);
    tb_err err = tb_store_seek(f->txn, T, tb_bytes_str(""), tb_bytes_str(""), &key, &value);
    assert_int_equal(err, TB_ERR_LIMIT);
}

static void a_transaction_that_wrote_nothing_says_so(void **state)
{
    store_fixture *f = *state;

    begin(f);
    expect(f, T, "k", NULL);
    assert_false(tb_txn_wrote(f->txn));
    put(f, T, "k", "");
    assert_true(tb_txn_wrote(f->txn));
    commit(f);
    begin(f);
    assert_false(tb_txn_wrote(f->txn));
    commit(f);
}

static void a_snapshot_reads_what_is_committed(void **state)
{
    store_fixture *f = *state;

    begin(f);
    put(f, T, "k", "v");
    commit(f);
    tb_arena_reset(&f->arena);
    assert_ok(tb_store_begin_read(f->store, &f->arena, &f->txn));
    expect(f, T, "k", "v");
    assert_int_equal(tb_store_rows(f->txn, T), 1);
    commit(f);
}

static tb_err put_block(store_fixture *f, unsigned number, tb_bytes block)
{
    char key[16];

    snprintf(key, sizeof key, "b%06u", number);
    return tb_store_put(f->txn, T, tb_bytes_str(key), block);
}

static void a_full_store_refuses_and_keeps_what_it_has(void **state)
{
    static uint8_t bytes[3000];
    store_fixture *f = *state;
    tb_bytes block = tb_bytes_of(bytes, sizeof bytes);
    tb_bytes value;
    unsigned number = 0;

    begin(f);
    put(f, T, "before", "1");
    commit(f);

    begin(f);
    tb_err err = TB_OK;
    while (err == TB_OK) {
        err = put_block(f, number++, block);
    }
    assert_int_equal(err, TB_ERR_FULL);
    assert_int_equal(tb_store_put(f->txn, U, tb_bytes_str("k"), block), TB_ERR_FULL);
    assert_int_equal(tb_store_get(f->txn, T, tb_bytes_str("before"), &value), TB_ERR_FULL);
    tb_txn *txn = f->txn;
    f->txn = NULL;
    assert_int_equal(tb_store_commit(txn), TB_ERR_FULL);

    begin(f);
    expect(f, T, "before", "1");
    assert_int_equal(tb_store_rows(f->txn, T), 1);
    put(f, T, "after", "2");
    commit(f);
}

/* Fills up to the watermark, a few rows per commit. */
static unsigned fill_to_watermark(store_fixture *f, tb_bytes block)
{
    unsigned number = 0;
    bool above = false;

    while (!above) {
        begin(f);
        for (int i = 0; i < 8; i++) {
            assert_ok(put_block(f, number++, block));
        }
        above = tb_store_above_watermark(f->txn);
        commit(f);
    }
    return number;
}

static void at_the_watermark_there_is_room_to_drain(void **state)
{
    static uint8_t bytes[3000];
    store_fixture *f = *state;
    tb_bytes block = tb_bytes_of(bytes, sizeof bytes);
    char key[16];
    uint64_t used;
    uint64_t quota;

    for (int round = 0; round < 3; round++) {
        unsigned rows = fill_to_watermark(f, block);
        begin(f);
        tb_store_usage(f->txn, &used, &quota);
        assert_true(used > quota / 100 * TB_WATERMARK_PERCENT && used < quota);
        assert_true(used > (uint64_t)rows * sizeof bytes);
        abandon(f);

        for (unsigned i = 0; i < rows; i++) {
            begin(f);
            snprintf(key, sizeof key, "b%06u", i);
            del(f, T, key);
            put(f, U, key, "a receipt for it");
            commit(f);
        }
        begin(f);
        assert_false(tb_store_above_watermark(f->txn));
        tb_store_usage(f->txn, &used, &quota);
        assert_true(used < quota / 4);
        for (unsigned i = 0; i < rows; i++) {
            snprintf(key, sizeof key, "b%06u", i);
            del(f, U, key);
        }
        commit(f);
    }
}

static void usage_sees_what_the_open_transaction_wrote(void **state)
{
    static uint8_t bytes[100000];
    store_fixture *f = *state;
    uint64_t before;
    uint64_t after;
    uint64_t quota;

    begin(f);
    tb_store_usage(f->txn, &before, &quota);
    assert_int_equal(quota, TB_QUOTA_BYTES_MIN);
    assert_ok(put_block(f, 1, tb_bytes_of(bytes, sizeof bytes)));
    tb_store_usage(f->txn, &after, &quota);
    assert_true(after >= before + sizeof bytes);
}

static void a_scrub_counts_every_row_of_every_table(void **state)
{
    store_fixture *f = *state;
    uint64_t at_first;
    uint64_t rows;

    begin(f);
    assert_ok(tb_store_scrub(f->txn, &at_first));
    for (int i = 0; i < 300; i++) {
        char key[16];
        snprintf(key, sizeof key, "%d", i);
        put(f, i % 3 == 0 ? U : T, key, "value");
    }
    commit(f);
    assert_ok(tb_store_begin_read(f->store, &f->arena, &f->txn));
    assert_ok(tb_store_scrub(f->txn, &rows));
    assert_int_equal(rows, at_first + 300);
}

static void a_quota_below_the_smallest_is_refused(void **state)
{
    store_fixture *f = *state;
    tb_store_options options = {TB_QUOTA_BYTES_MIN - 1, TB_STORE_BROKER};
    tb_store *store = NULL;

    assert_int_equal(tb_store_open(f->path, &options, &store), TB_ERR_LIMIT);
    assert_null(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, store_fixture_open, store_fixture_close)

static const struct CMUnitTest tests[] = {
    TEST(what_was_put_is_read_in_the_same_transaction_and_after_its_commit),
    TEST(an_abandoned_transaction_leaves_everything_as_it_was),
    TEST(a_key_means_something_else_in_another_table),
    TEST(a_put_replaces_with_shorter_longer_and_empty_values),
    TEST(deleting_what_is_absent_says_so),
    TEST(a_key_outside_its_bounds_is_a_limit),
    TEST(seek_finds_the_first_row_at_or_behind_within_the_prefix),
    TEST(next_walks_the_prefix_in_order_and_ends),
    TEST(last_finds_the_last_row_at_or_before_within_the_prefix),
    TEST(last_looks_before_what_is_behind_a_prefix_whatever_its_end),
    TEST(walks_of_an_empty_table_find_nothing),
    TEST(a_walk_that_deletes_as_it_goes_visits_every_row_once),
    TEST(what_was_read_outlives_later_writes_of_the_turn),
    TEST(large_values_come_back_whole),
    TEST(an_exhausted_arena_is_a_limit_and_not_a_missing_row),
    TEST(a_transaction_that_wrote_nothing_says_so),
    TEST(a_snapshot_reads_what_is_committed),
    TEST(a_full_store_refuses_and_keeps_what_it_has),
    TEST(at_the_watermark_there_is_room_to_drain),
    TEST(usage_sees_what_the_open_transaction_wrote),
    TEST(a_scrub_counts_every_row_of_every_table),
    TEST(a_quota_below_the_smallest_is_refused),
};

TB_RUN("store", tests)

/* A made-up older schema: its rows lie in HUB_AGENT under "old…" and are to lie under "new…".
 *
 * The store's own version counts down from TB_SCHEMA_VERSION: MADE_UP is one below it.
 */
#define _XOPEN_SOURCE 700

#include "base/limits.h"
#include "base/pack.h"
#include "store/migrate.h"
#include "store/version.h"
#include "tests/store/store_fixture.h"
#include "tests/test.h"

#include <stdio.h>

#define OLD     TB_TABLE_HUB_AGENT
#define NEW     TB_TABLE_HUB_SESSION
#define MADE_UP (TB_SCHEMA_VERSION - 1)
/* Three slices and a bit. */
#define ROWS (3 * TB_MIGRATE_ROWS + 7)

static void make_older(store_fixture *f, unsigned rows, uint32_t schema)
{
    char key[16];
    begin(f);
    for (unsigned i = 0; i < rows; i++) {
        (void)snprintf(key, sizeof key, "old%06u", i);
        put(f, OLD, key, key + 3);
    }
    assert_ok(tb_store_schema_put(f->txn, schema));
    commit(f);
}

/* "old000001" -> "new000001"; what does not begin so belongs to nothing. */
static tb_err place(tb_txn *txn, tb_bytes key, tb_bytes value, tb_bytes *out_key)
{
    (void)value;
    if (key.size < 3 || memcmp(key.data, "old", 3) != 0) {
        return TB_ERR_NOT_FOUND;
    }
    uint8_t *copy = tb_arena_alloc(tb_txn_arena(txn), key.size);
    if (copy == NULL) {
        return TB_ERR_LIMIT;
    }
    memcpy(copy, key.data, key.size);
    memcpy(copy, "new", 3);
    *out_key = tb_bytes_of(copy, key.size);
    return TB_OK;
}

/* Slices left until the process is as good as dead; negative: it never dies. */
static int lives = -1;

static tb_err move(tb_txn *txn, tb_migration_at *at, bool *out_done)
{
    if (lives == 0) {
        return TB_ERR_BUSY; /* stands for the end of the process */
    }
    lives--;
    return tb_migrate_rows(txn, OLD, NEW, place, at, out_done);
}

static const tb_migration steps[] = {{MADE_UP, move}};

typedef struct heard {
    unsigned times;
    tb_migration_news last;
} heard;

static void hear(void *context, const tb_migration_news *news)
{
    heard *h = context;
    h->times++;
    h->last = *news;
}

static void expect_moved(store_fixture *f, unsigned rows)
{
    char key[16];
    uint32_t schema;
    begin(f);
    assert_ok(tb_store_schema(f->txn, &schema));
    assert_int_equal(schema, TB_SCHEMA_VERSION);
    assert_int_equal(tb_store_rows(f->txn, OLD), 0);
    assert_int_equal(tb_store_rows(f->txn, NEW), rows);
    for (unsigned i = 0; i < rows; i++) {
        (void)snprintf(key, sizeof key, "new%06u", i);
        expect(f, NEW, key, key + 3);
    }
    tb_bytes value;
    assert_int_equal(tb_store_get(f->txn, TB_TABLE_META, tb_bytes_str("migration"), &value),
                     TB_ERR_NOT_FOUND);
    abandon(f);
}

static void a_store_of_this_schema_is_left_alone(void **state)
{
    store_fixture *f = *state;
    heard h = {0};
    begin(f);
    put(f, OLD, "old000000", "stays");
    commit(f);
    assert_ok(tb_migrate(f->store, &f->arena, steps, 1, hear, &h));
    assert_int_equal(h.times, 0);
    begin(f);
    expect(f, OLD, "old000000", "stays");
}

static void every_row_comes_to_its_new_place_and_each_commit_is_told(void **state)
{
    store_fixture *f = *state;
    heard h = {0};
    make_older(f, ROWS, MADE_UP);
    lives = -1;
    assert_ok(tb_migrate(f->store, &f->arena, steps, 1, hear, &h));
    assert_int_equal(h.times, 4);
    assert_true(h.last.done);
    assert_int_equal(h.last.from, MADE_UP);
    assert_int_equal(h.last.rows, ROWS);
    assert_int_equal(h.last.left_out, 0);
    expect_moved(f, ROWS);
}

static void what_was_interrupted_goes_on_where_it_stopped(void **state)
{
    store_fixture *f = *state;
    heard h = {0};
    make_older(f, ROWS, MADE_UP);
    lives = 2;
    assert_int_equal(tb_migrate(f->store, &f->arena, steps, 1, hear, &h), TB_ERR_BUSY);
    assert_int_equal(h.times, 2);
    begin(f);
    assert_int_equal(tb_store_rows(f->txn, NEW), 2 * TB_MIGRATE_ROWS);
    uint32_t schema;
    assert_ok(tb_store_schema(f->txn, &schema));
    assert_int_equal(schema, MADE_UP);
    abandon(f);

    lives = -1;
    assert_ok(tb_migrate(f->store, &f->arena, steps, 1, hear, &h));
    assert_int_equal(h.last.rows, ROWS);
    expect_moved(f, ROWS);
}

static void a_row_that_belongs_to_nothing_is_left_out_and_counted(void **state)
{
    store_fixture *f = *state;
    heard h = {0};
    make_older(f, 3, MADE_UP);
    begin(f);
    put(f, OLD, "zzz", "nobody's");
    commit(f);
    lives = -1;
    assert_ok(tb_migrate(f->store, &f->arena, steps, 1, hear, &h));
    assert_int_equal(h.last.left_out, 1);
    assert_int_equal(h.last.rows, 4);
    expect_moved(f, 3);
}

static tb_err never(tb_txn *txn, tb_migration_at *at, bool *out_done)
{
    (void)txn;
    (void)at;
    (void)out_done;
    fail_msg("a step that is not from the store's schema was run");
    return TB_ERR_CORRUPT;
}

static void steps_follow_one_another_and_one_may_change_nothing(void **state)
{
    static const tb_migration two[] = {
        {MADE_UP, NULL}, {MADE_UP - 1, move}, {TB_SCHEMA_VERSION, never}};
    store_fixture *f = *state;
    heard h = {0};
    make_older(f, 5, MADE_UP - 1);
    lives = -1;
    assert_ok(tb_migrate(f->store, &f->arena, two, 3, hear, &h));
    assert_int_equal(h.times, 2);
    assert_int_equal(h.last.from, MADE_UP);
    expect_moved(f, 5);
}

static void a_schema_no_step_leads_from_is_refused_and_untouched(void **state)
{
    store_fixture *f = *state;
    make_older(f, 2, TB_SCHEMA_VERSION + 1);
    assert_int_equal(tb_migrate(f->store, &f->arena, steps, 1, NULL, NULL), TB_ERR_VERSION);
    begin(f);
    assert_ok(tb_store_schema_put(f->txn, MADE_UP - 1));
    commit(f);
    assert_int_equal(tb_migrate(f->store, &f->arena, steps, 1, NULL, NULL), TB_ERR_VERSION);
    begin(f);
    assert_int_equal(tb_store_rows(f->txn, OLD), 2);
}

/* step, phase, rows, left out, key */
static void put_progress(store_fixture *f, uint32_t step, size_t key_size, size_t size)
{
    uint8_t buffer[28 + TB_KEY_BYTES_MAX + 2] = {0};
    tb_writer w;
    tb_writer_init(&w, buffer, sizeof buffer);
    tb_put_u32(&w, step);
    tb_put_u32(&w, 0);
    tb_put_u64(&w, 0);
    tb_put_u64(&w, 0);
    tb_put_u32(&w, (uint32_t)key_size);
    begin(f);
    assert_ok(
        tb_store_put(f->txn, TB_TABLE_META, tb_bytes_str("migration"), tb_bytes_of(buffer, size)));
    commit(f);
}

static void progress_of_another_step_or_that_does_not_read_is_a_broken_store(void **state)
{
    store_fixture *f = *state;
    make_older(f, 2, MADE_UP);
    lives = -1;
    put_progress(f, MADE_UP - 1, 0, 28);
    assert_int_equal(tb_migrate(f->store, &f->arena, steps, 1, NULL, NULL), TB_ERR_CORRUPT);
    put_progress(f, MADE_UP, 0, 27); /* cut short */
    assert_int_equal(tb_migrate(f->store, &f->arena, steps, 1, NULL, NULL), TB_ERR_CORRUPT);
    put_progress(f, MADE_UP, 0, 29); /* and one more */
    assert_int_equal(tb_migrate(f->store, &f->arena, steps, 1, NULL, NULL), TB_ERR_CORRUPT);
    put_progress(f, MADE_UP, TB_KEY_BYTES_MAX + 1, 28 + TB_KEY_BYTES_MAX + 1);
    assert_int_equal(tb_migrate(f->store, &f->arena, steps, 1, NULL, NULL), TB_ERR_CORRUPT);
    put_progress(f, MADE_UP, TB_KEY_BYTES_MAX, 28 + TB_KEY_BYTES_MAX);
    assert_ok(tb_migrate(f->store, &f->arena, steps, 1, NULL, NULL));
    expect_moved(f, 2);
}

static void a_store_that_does_not_say_its_schema_is_broken(void **state)
{
    store_fixture *f = *state;
    begin(f);
    put(f, TB_TABLE_META, TB_STORE_SCHEMA_KEY, "?");
    commit(f);
    assert_int_equal(tb_migrate(f->store, &f->arena, steps, 1, NULL, NULL), TB_ERR_CORRUPT);
    begin(f);
    del(f, TB_TABLE_META, TB_STORE_SCHEMA_KEY);
    commit(f);
    assert_int_equal(tb_migrate(f->store, &f->arena, steps, 1, NULL, NULL), TB_ERR_CORRUPT);
}

static tb_err no_room_to_place(tb_txn *txn, tb_bytes key, tb_bytes value, tb_bytes *out_key)
{
    (void)txn;
    (void)value;
    *out_key = key;
    return TB_ERR_LIMIT;
}

static tb_err move_unplaced(tb_txn *txn, tb_migration_at *at, bool *out_done)
{
    return tb_migrate_rows(txn, OLD, NEW, no_room_to_place, at, out_done);
}

static tb_err move_as_they_are(tb_txn *txn, tb_migration_at *at, bool *out_done)
{
    return tb_migrate_rows(txn, OLD, NEW, NULL, at, out_done);
}

static void an_error_of_a_place_ends_it_and_leaves_every_row(void **state)
{
    static const tb_migration unplaced[] = {{MADE_UP, move_unplaced}};
    store_fixture *f = *state;
    make_older(f, 2, MADE_UP);
    assert_int_equal(tb_migrate(f->store, &f->arena, unplaced, 1, NULL, NULL), TB_ERR_LIMIT);
    begin(f);
    assert_int_equal(tb_store_rows(f->txn, OLD), 2);
    assert_int_equal(tb_store_rows(f->txn, NEW), 0);
}

static void rows_may_keep_their_keys_and_nobody_need_be_told(void **state)
{
    static const tb_migration kept[] = {{MADE_UP, move_as_they_are}};
    store_fixture *f = *state;
    make_older(f, 2, MADE_UP);
    assert_ok(tb_migrate(f->store, &f->arena, kept, 1, NULL, NULL));
    begin(f);
    assert_int_equal(tb_store_rows(f->txn, OLD), 0);
    expect(f, NEW, "old000001", "000001");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, store_fixture_open, store_fixture_close)

static const struct CMUnitTest tests[] = {
    TEST(a_store_of_this_schema_is_left_alone),
    TEST(every_row_comes_to_its_new_place_and_each_commit_is_told),
    TEST(what_was_interrupted_goes_on_where_it_stopped),
    TEST(a_row_that_belongs_to_nothing_is_left_out_and_counted),
    TEST(steps_follow_one_another_and_one_may_change_nothing),
    TEST(a_schema_no_step_leads_from_is_refused_and_untouched),
    TEST(progress_of_another_step_or_that_does_not_read_is_a_broken_store),
    TEST(a_store_that_does_not_say_its_schema_is_broken),
    TEST(an_error_of_a_place_ends_it_and_leaves_every_row),
    TEST(rows_may_keep_their_keys_and_nobody_need_be_told),
};

TB_RUN("store/migrate", tests)

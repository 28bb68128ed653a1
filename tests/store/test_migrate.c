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

static void progress_of_another_step_is_a_broken_store(void **state)
{
    static const uint8_t strange[28] = {0, 0, 0, 99};
    store_fixture *f = *state;
    make_older(f, 2, MADE_UP);
    begin(f);
    assert_ok(tb_store_put(f->txn, TB_TABLE_META, tb_bytes_str("migration"),
                           tb_bytes_of(strange, sizeof strange)));
    commit(f);
    lives = -1;
    assert_int_equal(tb_migrate(f->store, &f->arena, steps, 1, NULL, NULL), TB_ERR_CORRUPT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, store_fixture_open, store_fixture_close)

static const struct CMUnitTest tests[] = {
    TEST(a_store_of_this_schema_is_left_alone),
    TEST(every_row_comes_to_its_new_place_and_each_commit_is_told),
    TEST(what_was_interrupted_goes_on_where_it_stopped),
    TEST(a_row_that_belongs_to_nothing_is_left_out_and_counted),
    TEST(steps_follow_one_another_and_one_may_change_nothing),
    TEST(a_schema_no_step_leads_from_is_refused_and_untouched),
    TEST(progress_of_another_step_is_a_broken_store),
};

TB_RUN("store/migrate", tests)

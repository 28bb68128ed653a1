/* A store as the program of schema 2 wrote it: its duties are kept under their debtors from now on,
 * and are what they were.
 */
#include "tests/agents/world.h"

#include <stdio.h>

#include "agents/migrate.h"
#include "agents/rows_duty.h"
#include "store/version.h"

#define OWNER "bureau.44"
/* As in tests/agents/schema2/store.txt. */
#define DUTIES     6
#define DUES       5
#define LINE_BYTES 32768

static tb_table table_of(const char *name)
{
    static const char *const names[] = {
#define NAME(table, key, value, when) #table,
        TB_TABLES(NAME)
#undef NAME
    };
    for (int i = 0; i < TB_TABLE_COUNT; i++) {
        if (strcmp(names[i], name) == 0) {
            return (tb_table)i;
        }
    }
    fail_msg("no such table: %s", name);
    return TB_TABLE_META;
}

static tb_bytes unhex(const char *text, uint8_t *out)
{
    size_t size = strcmp(text, "-") == 0 ? 0 : strlen(text) / 2;
    assert_true(size == 0 || tb_hex_parse(tb_bytes_str(text), out, size));
    return tb_bytes_of(out, size);
}

static tb_txn *begin(world_agent *a)
{
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    return txn;
}

static void read_store(tb_txn *txn)
{
    static char line[LINE_BYTES];
    static uint8_t key[LINE_BYTES / 2];
    static uint8_t value[LINE_BYTES / 2];
    FILE *file = fopen(TB_SOURCE_DIR "/tests/agents/schema2/store.txt", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        if (line[0] == '#') {
            continue;
        }
        char *name = strtok(line, " \n");
        char *left = strtok(NULL, " \n");
        char *right = strtok(NULL, " \n");
        assert_non_null(right);
        assert_ok(tb_store_put(txn, table_of(name), unhex(left, key), unhex(right, value)));
    }
    assert_int_equal(fclose(file), 0);
}

static int setup(void **state)
{
    assert_int_equal(world_setup(state), 0);
    world *w = *state;
    world_campaign(w, "tests/agents/schema2/campaign.yaml");
    w->clock += 3600 * 1000;
    world_agent *a = who(w, OWNER);
    tb_store_options options = {TB_QUOTA_BYTES_MIN, TB_STORE_AGENT};
    tb_store_close(a->store);
    assert_ok(tb_store_open("", &options, &a->store));
    tb_txn *txn = begin(a);
    uint32_t schema;
    read_store(txn);
    assert_ok(tb_store_schema(txn, &schema));
    assert_int_equal(schema, 2);
    assert_int_equal(tb_store_check_version(txn, TB_STORE_AGENT), TB_ERR_OLDER);
    assert_int_equal(tb_store_rows(txn, TB_TABLE_DUTY), DUTIES);
    assert_ok(tb_store_commit(txn));
    return 0;
}

static void count_slices(void *context, const tb_migration_news *news)
{
    unsigned *slices = context;
    assert_int_equal(news->left_out, 0);
    (*slices)++;
}

static void migrate(world *w)
{
    world_agent *a = who(w, OWNER);
    unsigned slices = 0;
    assert_ok(world_migrate(a, count_slices, &slices));
    assert_true(slices >= 4);
}

static void every_duty_is_kept_under_its_debtor(void **state)
{
    world *w = *state;
    migrate(w);
    tb_txn *txn = begin(who(w, OWNER));
    assert_ok(tb_store_check_version(txn, TB_STORE_AGENT));
    assert_int_equal(tb_store_rows(txn, TB_TABLE_MIGRATION), 0);
    assert_int_equal(tb_store_rows(txn, TB_TABLE_DUTY), DUTIES);
    assert_int_equal(tb_store_rows(txn, TB_TABLE_DUTY_DUE), DUES);
    tb_bytes all = tb_bytes_of(NULL, 0);
    tb_bytes key;
    tb_bytes value;
    unsigned of[TB_DUTY_RELEASED + 1] = {0};
    tb_err err = tb_store_seek(txn, TB_TABLE_DUTY, all, all, &key, &value);
    for (; err == TB_OK; err = tb_store_next(txn, TB_TABLE_DUTY, all, key, &key, &value)) {
        tb_duty_row row;
        assert_ok(tb_duty_decode(key, value, &row));
        assert_true(strcmp(row.key.debtor.text, "bureau.33") == 0 ||
                    strcmp(row.key.debtor.text, "bureau.11") == 0);
        assert_string_equal(row.creditor.text, OWNER);
        of[row.state]++;
    }
    assert_int_equal(err, TB_ERR_NOT_FOUND);
    assert_int_equal(of[TB_DUTY_ON_TIME], 3);
    assert_int_equal(of[TB_DUTY_OPEN], 2);
    assert_int_equal(of[TB_DUTY_LAPSED], 1);
    tb_store_abort(txn);
    check_world(w);
}

static void what_was_listed_is_listed_and_judging_goes_on(void **state)
{
    world *w = *state;
    migrate(w);
    assert_int_equal(duties_at(w, OWNER).count, 3);
    at_time(w, OWNER, "2015-02-20T09:00:00+08:00");
    judge_due(w, OWNER);
    tb_local_duties duties = duties_at(w, OWNER);
    assert_int_equal(duties.count, 3);
    for (size_t i = 0; i < duties.count; i++) {
        assert_int_equal(duties.lines[i].state, TB_DUTY_LAPSED);
    }
    check_world(w);
}

static void a_quota_too_small_loses_nothing_and_a_larger_one_goes_on(void **state)
{
    world *w = *state;
    world_agent *a = who(w, OWNER);
    uint64_t used;
    uint64_t quota;
    tb_txn *txn = begin(a);
    tb_store_usage(txn, &used, &quota);
    tb_store_abort(txn);
    tb_store_mem_limit(a->store, used);
    assert_int_equal(world_migrate(a, NULL, NULL), TB_ERR_FULL);
    tb_store_mem_limit(a->store, quota);
    migrate(w);
    check_world(w);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, world_teardown)

static const struct CMUnitTest tests[] = {
    T(every_duty_is_kept_under_its_debtor),
    T(what_was_listed_is_listed_and_judging_goes_on),
    T(a_quota_too_small_loses_nothing_and_a_larger_one_goes_on),
};

TB_RUN("agents/migrate_duty", tests)

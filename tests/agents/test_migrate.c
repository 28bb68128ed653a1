/* A store as the program of schema 1 wrote it becomes one of this schema, and nothing of it is
 * lost.
 */
#include "tests/agents/edited.h"
#include "tests/agents/world.h"

#include <stdio.h>

#include "agents/migrate.h"
#include "agents/rows_case.h"
#include "agents/rows_link.h"
#include "store/version.h"

#define OWNER "bureau.44"
/* As in tests/agents/schema1/store.txt. */
#define EVENTS_SIDE 2
#define EVENTS_HELD 1
#define OPENINGS    10
#define LINE_BYTES  32768

static struct {
    tb_campaign_loaded *campaign;
    const tb_campaign *list[1];
    tb_campaigns all;
} installed;

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

static void put_line(tb_txn *txn, char *line)
{
    static uint8_t key[LINE_BYTES / 2];
    static uint8_t value[LINE_BYTES / 2];
    char *name = strtok(line, " \n");
    char *left = strtok(NULL, " \n");
    char *right = strtok(NULL, " \n");
    assert_non_null(right);
    assert_ok(tb_store_put(txn, table_of(name), unhex(left, key), unhex(right, value)));
}

static tb_txn *begin(world_agent *a)
{
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    return txn;
}

/* The owner's store becomes the one in the file. */
static int setup(void **state)
{
    static char line[LINE_BYTES];
    assert_int_equal(world_setup(state), 0);
    world *w = *state;
    installed.campaign = edited("tests/agents/schema1/campaign.yaml", NULL);
    installed.list[0] = tb_campaign_loaded_get(installed.campaign);
    installed.all = (tb_campaigns){installed.list, 1};
    for (size_t i = 0; i < w->agent_count; i++) {
        w->agents[i].agent.campaigns = &installed.all;
    }
    w->clock += 3600 * 1000;

    world_agent *a = who(w, OWNER);
    tb_store_options options = {TB_QUOTA_BYTES_MIN, TB_STORE_AGENT};
    tb_store_close(a->store);
    assert_ok(tb_store_open("", &options, &a->store));
    tb_txn *txn = begin(a);
    FILE *file = fopen(TB_SOURCE_DIR "/tests/agents/schema1/store.txt", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        assert_non_null(strchr(line, '\n'));
        if (line[0] != '#') {
            put_line(txn, line);
        }
    }
    assert_int_equal(fclose(file), 0);
    uint32_t schema;
    assert_ok(tb_store_schema(txn, &schema));
    assert_int_equal(schema, 1);
    assert_int_equal(tb_store_check_version(txn, TB_STORE_AGENT), TB_ERR_OLDER);
    assert_ok(tb_store_commit(txn));
    return 0;
}

static int teardown(void **state)
{
    int code = world_teardown(state);
    tb_campaign_loaded_free(installed.campaign);
    return code;
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
    assert_true(slices >= 6);
}

static void every_invariant_holds_afterwards(void **state)
{
    world *w = *state;
    migrate(w);
    world_agent *a = who(w, OWNER);
    tb_txn *txn = begin(a);
    assert_ok(tb_store_check_version(txn, TB_STORE_AGENT));
    assert_int_equal(tb_store_rows(txn, TB_TABLE_MIGRATION), 0);
    assert_int_equal(tb_store_rows(txn, TB_TABLE_OPENING), OPENINGS);
    assert_int_equal(tb_store_rows(txn, TB_TABLE_EVENT_ID), EVENTS_SIDE + EVENTS_HELD);
    tb_store_abort(txn);
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

/* The id of the case whose text says this. */
static bool find(world *w, const char *text)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_CASES};
    const tb_local_answer *answer = ask(w, OWNER, &request);
    assert_int_equal(answer->kind, TB_ANSWER_CASES);
    for (size_t i = 0; i < answer->cases.count; i++) {
        const tb_local_summary *s = &answer->cases.cases[i];
        for (size_t f = 0; f < s->field_count; f++) {
            if (tb_bytes_equal(s->fields[f].value, tb_bytes_str(text))) {
                w->case_id = s->case_id;
                return true;
            }
        }
    }
    return false;
}

static void everything_that_could_be_read_still_can(void **state)
{
    world *w = *state;
    migrate(w);
    assert_true(find(w, "first answer"));
    assert_string_equal(value_at(w, OWNER, "note"), "with a note");
    assert_string_equal(value_at(w, OWNER, "inner"), "between us");
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = w->case_id};
    const tb_local_answer *answer = ask(w, OWNER, &request);
    assert_int_equal(answer->case_.event_count, 5);
    for (size_t i = 0; i < answer->case_.event_count; i++) {
        assert_int_equal(answer->case_.events[i].unread_count, 0);
    }
    assert_true(find(w, "second question"));
    assert_true(find(w, "third question"));
    assert_int_equal(summary_at(w, OWNER).held_back, 1);
    assert_true(find(w, "fourth question"));
}

static void work_goes_on_with_a_case_of_the_older_schema(void **state)
{
    world *w = *state;
    migrate(w);
    assert_true(find(w, "second question"));
    assert_int_equal(acts(w, OWNER, "take", "inner=after the change"), TB_ACCEPTED);
    assert_int_equal(acts(w, OWNER, "answer", "text=second answer"), TB_ACCEPTED);
    assert_string_equal(value_at(w, OWNER, "text"), "second answer");
    check_world(w);
}

static void what_the_older_schema_kept_is_still_proven(void **state)
{
    world *w = *state;
    migrate(w);
    assert_true(find(w, "first answer"));
    tb_txn *txn = begin(who(w, OWNER));
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row row;
    size_t proven = 0;
    tb_err err = tb_event_first(txn, &w->case_id, TB_CLASS_CHAIN, &walk, &key, &row);
    for (; err == TB_OK; err = tb_event_next(txn, &walk, &key, &row)) {
        tb_proof_row proof;
        bool named = false;
        assert_ok(tb_proof_get(txn, &row.sender, &row.incarnation, row.notice, &proof));
        for (size_t i = 0; i < proof.id_count; i++) {
            named = named || tb_digest_equal(&proof.ids[i], &key.event);
        }
        assert_true(named);
        proven++;
    }
    assert_int_equal(err, TB_ERR_NOT_FOUND);
    assert_int_equal(proven, 4);
    tb_store_abort(txn);
}

/* The author's notice is all a store of schema 1 knows of how a held event came. */
static void a_held_event_counts_against_its_author(void **state)
{
    world *w = *state;
    migrate(w);
    tb_txn *txn = begin(who(w, OWNER));
    tb_bytes all = {NULL, 0};
    tb_bytes key;
    tb_bytes value;
    assert_ok(tb_store_seek(txn, TB_TABLE_HELD, all, all, &key, &value));
    static const tb_digest none;
    tb_digest missing;
    tb_digest held;
    tb_digest taken;
    tb_party giver;
    tb_event_key place;
    tb_event_row row;
    uint64_t count;
    memcpy(missing.bytes, key.data, TB_DIGEST_BYTES);
    memcpy(held.bytes, key.data + TB_DIGEST_BYTES, TB_DIGEST_BYTES);
    assert_ok(tb_event_find(txn, &held, &place, &row));
    assert_ok(tb_held_of(txn, &row.sender, &count));
    assert_int_equal(count, EVENTS_HELD);
    assert_ok(tb_held_next(txn, &missing, &none, &taken, &giver, &key));
    assert_true(tb_digest_equal(&taken, &held));
    assert_true(tb_party_equal(&giver, &row.sender));
    tb_store_abort(txn);
}

static void what_is_due_is_so_for_the_present_incarnation(void **state)
{
    world *w = *state;
    world_agent *a = who(w, OWNER);
    uint8_t older[8 + TB_PARTY_BYTES + 1] = {[7] = 42};
    tb_incarnation present;
    tb_stream stream;
    tb_time due;
    memcpy(older + 8, "police.44", 9);
    older[sizeof older - 1] = TB_LANE_NORMAL;
    tb_txn *txn = begin(a);
    assert_ok(tb_store_put(txn, TB_TABLE_OUTBOX_DUE, tb_bytes_of(older, sizeof older),
                           tb_bytes_of(NULL, 0)));
    assert_ok(tb_store_commit(txn));
    migrate(w);
    txn = begin(a);
    assert_ok(tb_meta_incarnation(txn, &present));
    assert_int_equal(tb_store_rows(txn, TB_TABLE_OUTBOX_DUE), 1);
    assert_ok(tb_outbox_due_first(txn, &due, &stream));
    assert_int_equal(due, 42);
    assert_int_equal(tb_incarnation_compare(&stream.incarnation, &present), 0);
    assert_string_equal(stream.recipient.text, "police.44");
    assert_int_equal(stream.lane, TB_LANE_NORMAL);
    tb_store_abort(txn);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    T(every_invariant_holds_afterwards),
    T(a_quota_too_small_loses_nothing_and_a_larger_one_goes_on),
    T(everything_that_could_be_read_still_can),
    T(work_goes_on_with_a_case_of_the_older_schema),
    T(what_the_older_schema_kept_is_still_proven),
    T(a_held_event_counts_against_its_author),
    T(what_is_due_is_so_for_the_present_incarnation),
};

TB_RUN("agents/migrate", tests)

/* The check of casework's tables finds what is wrong, whatever row it is in. */
#include "tests/agents/bent_rows.h"
#include "tests/agents/world.h"

#include "agents/check_case.h"
#include "agents/measures.h"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

/* a number in no segment */
#define NOWHERE                                                                                    \
    "number=13900001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

/* the bureau's own find */
#define FOUND                                                                                      \
    "number=13800001235|source=inspection|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+"  \
    "08:00"

static tb_txn *begin(world_agent *a)
{
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    return txn;
}

static size_t faults_at(world *w, const char *id)
{
    world_agent *a = who(w, id);
    tb_txn *txn = begin(a);
    tb_bytes list[TB_CHECK_FAULTS_MAX];
    tb_faults faults = {.arena = &a->arena, .list = list};
    tb_err err = tb_check_cases(&a->agent, txn, &faults);
    tb_store_abort(txn);
    assert_ok(err);
    return faults.count;
}

/* A bureau with a case of some events, one that it has told nobody of, and a held event. */
static world_agent *busy_bureau(world *w)
{
    assert_int_equal(opens(w, "police.33", NOWHERE), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "police.33", "remark", "comment=x"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "decide", "home_province=44|home_basis=other"),
                     TB_ACCEPTED);
    letter_to(w, "police.33")->gone = true; /* who do not hear of it yet */
    tb_case_id kept = w->case_id;
    assert_int_equal(opens(w, "bureau.33", FOUND), TB_ACCEPTED); /* told to nobody yet */
    assert_int_equal(lying(w), 0);
    who(w, "bureau.33")->agent.campaigns = &w->none;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    w->case_id = kept;
    who(w, "bureau.33")->agent.campaigns = &w->campaigns;
    assert_int_equal(faults_at(w, "bureau.33"), 0);
    return who(w, "bureau.33");
}

static void every_lost_row_is_noticed(void **state)
{
    world *w = *state;
    world_agent *a = busy_bureau(w);
    static const tb_table tables[] = {
        TB_TABLE_CASE,  TB_TABLE_CASE_MINE, TB_TABLE_EVENT,       TB_TABLE_EVENT_ID,
        TB_TABLE_LOOSE, TB_TABLE_HELD,      TB_TABLE_FIELD_INDEX,
    };
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        tb_store *copy;
        tb_store *kept = a->store;
        tb_bytes key;
        tb_bytes value;
        tb_bytes all = {0};
        assert_ok(tb_store_mem_clone(kept, &copy));
        a->store = copy;
        tb_txn *txn = begin(a);
        tb_err err = tb_store_seek(txn, tables[i], all, all, &key, &value);
        if (err == TB_OK) {
            err = tb_store_del(txn, tables[i], key);
        }
        assert_ok(tb_store_commit(txn));
        if (err != TB_OK) {
            fail_msg("table %u has no row to lose", (unsigned)tables[i]);
        }
        if (faults_at(w, "bureau.33") == 0) {
            fail_msg("nobody missed a row of table %u", (unsigned)tables[i]);
        }
        tb_store_close(copy);
        a->store = kept;
    }
}

static void whatever_a_row_is_the_check_goes_to_its_end(void **state)
{
    world *w = *state;
    (void)busy_bureau(w);
    assert_true(bend_rows(who(w, "bureau.33")->store, &who(w, "bureau.33")->arena,
                          &who(w, "bureau.33")->agent) > 50);
    assert_int_equal(faults_at(w, "bureau.33"), 0);
}

static void a_row_that_says_something_else_is_noticed(void **state)
{
    world *w = *state;
    world_agent *a = busy_bureau(w);
    tb_txn *txn = begin(a);
    tb_case_row row;
    assert_ok(tb_case_get(txn, &w->case_id, &row));
    row.view.state = tb_bytes_str("closed");
    assert_ok(tb_case_put(txn, &row, &a->id));
    assert_ok(tb_store_commit(txn));
    assert_int_equal(faults_at(w, "bureau.33"), 1);
}

/* In each of its bytes, though its checksum fits: told, and no case is worked out from it. */
static void an_event_that_is_not_what_its_id_says_is_noticed(void **state)
{
    world *w = *state;
    world_agent *a = busy_bureau(w);
    tb_txn *txn = begin(a);
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row row;
    assert_ok(tb_event_first(txn, &w->case_id, TB_CLASS_CHAIN, &walk, &key, &row));
    assert_ok(tb_arena_copy(&w->memory, row.event, &row.event));
    tb_store_abort(txn);
    uint8_t *changed = tb_arena_alloc(&w->memory, row.event.size);
    assert_non_null(changed);
    memcpy(changed, row.event.data, row.event.size);
    for (size_t i = 0; i < row.event.size; i++) {
        tb_store *kept = a->store;
        changed[i] ^= 1;
        tb_event_row other = row;
        other.event = tb_bytes_of(changed, row.event.size);
        assert_ok(tb_store_mem_clone(kept, &a->store));
        txn = begin(a);
        assert_ok(tb_event_put(txn, &key, &other));
        assert_ok(tb_store_commit(txn));
        assert_true(faults_at(w, "bureau.33") > 0);
        /* counted anew it is damage, if the chain can be read at all */
        txn = begin(a);
        assert_ok(tb_measures_touch_case(&a->agent, txn, &w->case_id));
        tb_err err = tb_measures_settle(&a->agent, txn, 1);
        assert_true(err == TB_OK || err == TB_ERR_CORRUPT);
        tb_store_abort(txn);
        tb_store_close(a->store);
        a->store = kept;
        changed[i] ^= 1;
    }
}

/* Its row was another by one byte: what comes beside the case is judged by its own version. */
static void a_case_of_a_version_not_here_takes_a_side_event(void **state)
{
    world *w = *state;
    world_agent *a = busy_bureau(w);
    tb_txn *txn = begin(a);
    tb_case_row row;
    assert_ok(tb_case_get(txn, &w->case_id, &row));
    row.campaign_version = 9;
    assert_ok(tb_case_put(txn, &row, &a->id));
    assert_ok(tb_store_commit(txn));
    assert_int_equal(acts(w, "police.33", "remark", "comment=x"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(lying(w), 0);
}

static void an_opening_that_is_not_ours_to_read_is_noticed(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "order", "ordered=cm.44"), TB_REFUSED_STATE);
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "order", "ordered=cm.44"), TB_ACCEPTED);
    deliver_all(w);

    /* somebody slips the operator what only police and bureaus may read */
    world_agent *bureau = who(w, "bureau.33");
    tb_txn *txn = begin(bureau);
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row row;
    tb_opening opening;
    assert_ok(tb_event_first(txn, &w->case_id, TB_CLASS_CHAIN, &walk, &key, &row));
    assert_ok(tb_opening_get(txn, &key, tb_bytes_str("lead"), &opening));
    assert_ok(tb_arena_copy(&w->memory, opening.content, &opening.content));
    opening.group = tb_bytes_str("lead");
    tb_store_abort(txn);
    assert_int_equal(faults_at(w, "cm.44"), 0);
    txn = begin(who(w, "cm.44"));
    assert_ok(tb_opening_put(txn, &key, &opening));
    assert_ok(tb_store_commit(txn));
    assert_int_equal(faults_at(w, "cm.44"), 1);
}

/* The walk over all cases goes on behind it. */
static void an_event_of_no_class_is_noticed(void **state)
{
    world *w = *state;
    world_agent *police = who(w, "police.33");
    uint8_t key[sizeof(tb_case_id) + 1 + 8 + 4 + TB_DIGEST_BYTES];
    memset(key, UINT8_MAX, sizeof key);
    memset(key, 1, sizeof(tb_case_id));
    tb_txn *txn = begin(police);
    assert_ok(tb_store_put(txn, TB_TABLE_EVENT, tb_bytes_of(key, sizeof key), tb_bytes_str("?")));
    assert_ok(tb_store_commit(txn));
    assert_true(faults_at(w, "police.33") > 0);
}

static void a_damaged_row_is_told_by_its_key_and_those_behind_it_are_looked_at(void **state)
{
    static const char *const told[] = {"a REQUEST row does not decode: 01",
                                       "a row fails its checksum: 02",
                                       "a REQUEST row does not decode: 03"};
    static const uint8_t keys[] = {1, 2, 3};
    world *w = *state;
    world_agent *police = who(w, "police.33");
    tb_txn *txn = begin(police);
    for (size_t i = 0; i < 3; i++) {
        assert_ok(tb_store_put(txn, TB_TABLE_REQUEST, tb_bytes_of(keys + i, 1), tb_bytes_str("?")));
    }
    assert_ok(tb_store_commit(txn));
    assert_ok(tb_store_mem_damage(police->store, TB_TABLE_REQUEST, tb_bytes_of(keys + 1, 1)));
    tb_bytes *faults;
    size_t count;
    txn = begin(police);
    assert_ok(tb_agent_check(&police->agent, txn, &faults, &count));
    tb_store_abort(txn);
    assert_int_equal(count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_true(tb_bytes_equal(faults[i], tb_bytes_str(told[i])));
    }
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(every_lost_row_is_noticed),
    IN_A_WORLD(whatever_a_row_is_the_check_goes_to_its_end),
    IN_A_WORLD(a_row_that_says_something_else_is_noticed),
    IN_A_WORLD(an_event_that_is_not_what_its_id_says_is_noticed),
    IN_A_WORLD(a_case_of_a_version_not_here_takes_a_side_event),
    IN_A_WORLD(an_opening_that_is_not_ours_to_read_is_noticed),
    IN_A_WORLD(an_event_of_no_class_is_noticed),
    IN_A_WORLD(a_damaged_row_is_told_by_its_key_and_those_behind_it_are_looked_at),
};

TB_RUN("casework check", tests)

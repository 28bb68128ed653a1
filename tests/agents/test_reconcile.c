/* domain.md, scenario 9, with its own figures: 120 sent, 118 received at the cut-off, and the two
 * are listed; told apart by province, held against arrived marks, and settled by a person. */
#include "tests/agents/world.h"

#include "agents/measures.h"
#include "agents/reconcile.h"
#include "tests/store/failing.h"

#define LATE     2
#define RECEIVED (failing_awake() ? 1u : 118u)
#define SENT     (RECEIVED + LATE)

static void settled(world *w, const char *party)
{
    world_agent *a = who(w, party);
    tb_err err = TB_OK;
    for (unsigned turns = 0; err == TB_OK && turns < 100; turns++) {
        tb_txn *txn;
        tb_time at;
        tb_arena_reset(&a->arena);
        assert_ok(tb_store_begin(a->store, &a->arena, &txn));
        assert_ok(tb_measures_tick(&a->agent, txn));
        err = tb_measures_due(&a->agent, txn, &at);
        assert_ok(tb_store_commit(txn));
    }
    assert_int_equal(err, TB_ERR_NOT_FOUND);
}

static const tb_local_answer *
asks(world *w, const char *party, const char *of, const char *with, bool sent)
{
    tb_local_request request = {.kind = TB_REQUEST_RECONCILE};
    settled(w, party);
    request.reconcile = (tb_local_reconcile){.campaign = tb_bytes_str("black-card"),
                                             .report = tb_bytes_str("quarterly"),
                                             .period = tb_bytes_str("2015-Q1"),
                                             .reconcile = tb_bytes_str("forwarded"),
                                             .sent = sent};
    assert_true(*of == '\0' || tb_party_parse(tb_bytes_str(of), &request.reconcile.of));
    assert_true(*with == '\0' || tb_party_parse(tb_bytes_str(with), &request.reconcile.with));
    return ask(w, party, &request);
}

static size_t reasons(const tb_local_reconciled *r, tb_reconciled_reason reason)
{
    size_t count = 0;
    for (size_t i = 0; i < r->count; i++) {
        count += r->lines[i].reason == reason;
    }
    return count;
}

static void forward_one(world *w)
{
    assert_int_equal(opens(w, "police.33",
                           "number=13800001234|source=police_case|offence=telecom_fraud|"
                           "reported_at=2015-02-09T11:39:00+08:00"),
                     TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
}

/* The last two are signed for after the quarter. */
static void quarter(world *w, tb_case_id late[LATE])
{
    at_time(w, "police.33", "2015-03-30T10:00:00+08:00");
    at_time(w, "bureau.33", "2015-03-30T10:00:00+08:00");
    at_time(w, "bureau.44", "2015-03-31T10:00:00+08:00");
    for (unsigned i = 0; i < RECEIVED; i++) {
        forward_one(w);
        deliver_all(w);
        assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
        deliver_all(w);
    }
    for (unsigned i = 0; i < LATE; i++) {
        forward_one(w);
        deliver_all(w);
        late[i] = w->case_id;
    }
    at_time(w, "bureau.44", "2015-04-02T10:00:00+08:00");
    for (unsigned i = 0; i < LATE; i++) {
        w->case_id = late[i];
        assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    }
    deliver_all(w);
}

static void of_120_sent_and_118_received_at_the_cut_off_the_two_are_listed(void **state)
{
    world *w = *state;
    tb_case_id late[LATE];
    quarter(w, late);
    const tb_local_reconciled *here =
        &asks(w, "bureau.33", "bureau.33", "bureau.44", true)->reconciled;
    assert_int_equal(w->answer.kind, TB_ANSWER_RECONCILED);
    assert_int_equal(here->count, SENT);
    assert_int_equal(reasons(here, TB_RECONCILED_BOTH), RECEIVED);
    assert_int_equal(reasons(here, TB_RECONCILED_IN_TRANSIT), LATE);
    for (size_t i = 0; i < here->count; i++) {
        bool apart = tb_case_equal(&here->lines[i].case_id, &late[0]) ||
                     tb_case_equal(&here->lines[i].case_id, &late[1]);
        assert_int_equal(here->lines[i].reason != TB_RECONCILED_BOTH, apart);
        assert_true(here->lines[i].arrived);
    }
    /* from the other side: 118, all of them counted by both; and by province: nothing to another */
    const tb_local_reconciled *there =
        &asks(w, "bureau.44", "bureau.44", "bureau.33", false)->reconciled;
    assert_int_equal(there->count, RECEIVED);
    assert_int_equal(reasons(there, TB_RECONCILED_BOTH), RECEIVED);
    assert_int_equal(asks(w, "bureau.33", "bureau.33", "bureau.11", true)->reconciled.count, 0);
}

static void what_no_mark_covers_and_nobody_acted_on_is_not_arrived(void **state)
{
    world *w = *state;
    at_time(w, "bureau.33", "2015-03-30T10:00:00+08:00");
    forward_one(w); /* its letter is left lying */
    const tb_local_reconciled *here =
        &asks(w, "bureau.33", "bureau.33", "bureau.44", true)->reconciled;
    assert_int_equal(here->count, 1);
    assert_int_equal(here->lines[0].reason, TB_RECONCILED_NOT_ARRIVED);
    assert_false(here->lines[0].arrived);
    /* the other side answers: not the home province */
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "wrong_home", "wrong_home_reason=other"), TB_ACCEPTED);
    deliver_all(w);
    here = &asks(w, "bureau.33", "bureau.33", "bureau.44", true)->reconciled;
    assert_int_equal(here->lines[0].reason, TB_RECONCILED_REFUSED);
}

static void a_difference_is_settled_by_either_party_with_a_reason_both_see(void **state)
{
    world *w = *state;
    tb_case_id late[LATE];
    quarter(w, late);
    w->case_id = late[0];
    assert_int_equal(acts(w, "bureau.44", "explain_difference", ""), TB_REFUSED_FIELD_MISSING);
    assert_int_equal(
        acts(w, "bureau.44", "explain_difference", "difference_note=4月2日签收,计入二季度"),
        TB_ACCEPTED);
    deliver_all(w);
    const tb_local_reconciled *here =
        &asks(w, "bureau.33", "bureau.33", "bureau.44", true)->reconciled;
    size_t count = 0;
    for (size_t i = 0; i < here->count; i++) {
        const tb_local_reconciled_line *line = &here->lines[i];
        if (line->settled_at != 0) {
            assert_true(tb_case_equal(&line->case_id, &late[0]));
            assert_string_equal(line->settled_by.text, "bureau.44");
            assert_true(tb_bytes_equal(line->settled, tb_bytes_str("4月2日签收,计入二季度")));
            assert_int_equal(line->reason, TB_RECONCILED_IN_TRANSIT); /* it stays what it was */
            count++;
        }
    }
    assert_int_equal(count, 1);
    check_world(w);
}

static void headquarters_sees_of_a_pair_what_the_two_settled_and_nothing_else(void **state)
{
    world *w = *state;
    tb_case_id late[LATE];
    quarter(w, late);
    assert_int_equal(asks(w, "headquarters", "bureau.33", "bureau.44", true)->reconciled.count, 0);
    w->case_id = late[0];
    assert_int_equal(
        acts(w, "bureau.44", "explain_difference", "difference_note=4月2日签收,计入二季度"),
        TB_ACCEPTED);
    deliver_all(w);
    const tb_local_reconciled *told =
        &asks(w, "headquarters", "bureau.33", "bureau.44", true)->reconciled;
    assert_int_equal(w->answer.kind, TB_ANSWER_RECONCILED);
    assert_int_equal(told->count, 1);
    assert_true(tb_case_equal(&told->lines[0].case_id, &late[0]));
    assert_int_equal(told->lines[0].reason, TB_RECONCILED_SETTLED);
    assert_string_equal(told->lines[0].settled_by.text, "bureau.44");
    assert_true(told->lines[0].settled_at != 0);
    assert_true(tb_bytes_equal(told->lines[0].settled, tb_bytes_str("4月2日签收,计入二季度")));
    /* not of the pair the other way round, nor of another */
    assert_int_equal(asks(w, "headquarters", "bureau.44", "bureau.33", true)->reconciled.count, 0);
    assert_int_equal(asks(w, "headquarters", "bureau.33", "bureau.11", true)->reconciled.count, 0);
    check_world(w);
}

static void where_nobody_is_named_each_line_says_between_whom_it_is(void **state)
{
    world *w = *state;
    tb_case_id late[SENT - RECEIVED];
    quarter(w, late);
    const tb_local_reconciled *all = &asks(w, "bureau.33", "bureau.33", "", true)->reconciled;
    assert_int_equal(all->count, SENT);
    for (size_t i = 0; i < all->count; i++) {
        assert_string_equal(all->lines[i].of.text, "bureau.33");
        assert_string_equal(all->lines[i].with.text, "bureau.44");
    }
    assert_int_equal(reasons(all, TB_RECONCILED_IN_TRANSIT), SENT - RECEIVED);
    w->case_id = late[1];
    assert_int_equal(acts(w, "bureau.33", "explain_difference", "difference_note=在途"),
                     TB_ACCEPTED);
    deliver_all(w);
    const tb_local_reconciled *told = &asks(w, "headquarters", "", "", true)->reconciled;
    assert_int_equal(told->count, 1);
    assert_string_equal(told->lines[0].of.text, "bureau.33");
    assert_string_equal(told->lines[0].with.text, "bureau.44");
    assert_true(tb_case_equal(&told->lines[0].case_id, &late[1]));
    /* any two is headquarters' to ask, and not of a certain one */
    assert_int_equal(asks(w, "bureau.33", "", "", true)->code, TB_REFUSED_RECONCILE_OF);
    assert_int_equal(asks(w, "headquarters", "", "bureau.44", true)->code, TB_REFUSED_RECONCILE_OF);
    check_world(w);
}

static void only_ones_own_side_is_listed(void **state)
{
    world *w = *state;
    assert_int_equal(asks(w, "bureau.33", "bureau.44", "bureau.33", true)->code,
                     TB_REFUSED_RECONCILE_OF);
    assert_int_equal(asks(w, "bureau.33", "bureau.33", "bureau.99", true)->code,
                     TB_REFUSED_UNKNOWN_PARTY);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    TEST(of_120_sent_and_118_received_at_the_cut_off_the_two_are_listed),
    TEST(what_no_mark_covers_and_nobody_acted_on_is_not_arrived),
    TEST(a_difference_is_settled_by_either_party_with_a_reason_both_see),
    TEST(headquarters_sees_of_a_pair_what_the_two_settled_and_nothing_else),
    TEST(where_nobody_is_named_each_line_says_between_whom_it_is),
    TEST(only_ones_own_side_is_listed),
};

TB_RUN("agents/reconcile", tests)

/* A party without a line: what is addressed to it waits, and reaches it when it joins. */
#include <stdio.h>

#include "agents/offline.h"

#include "tests/agents/bent_rows.h"
#include "tests/agents/world.h"
#include "tests/store/failing.h"

#define SUBMIT                                                                                     \
    "number=1380000%04u|reported_at=2015-02-09T11:39:00+08:00|offence=telecom_fraud|"              \
    "source=police_case|police_case_ref=A1"

static tb_directory_party *party(world *w, const char *id)
{
    for (size_t i = 0; i < w->directory.party_count; i++) {
        if (strcmp(w->parties[i].id.text, id) == 0) {
            return &w->parties[i];
        }
    }
    fail_msg("nobody is called %s", id);
    return NULL;
}

static void order_of(world *w, unsigned number)
{
    char fields[256];
    assert_true(snprintf(fields, sizeof fields, SUBMIT, number) < (int)sizeof fields);
    assert_int_equal(opens(w, "police.33", fields), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "order", "ordered=cm.44"), TB_ACCEPTED);
}

static uint64_t rows(world *w, const char *id, tb_table table)
{
    world_agent *a = who(w, id);
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    uint64_t count = tb_store_rows(txn, table);
    tb_store_abort(txn);
    return count;
}

static void order(world *w)
{
    order_of(w, 4567);
}

/* The tick of the agent, as far as it concerns parties without a line. What it makes is sent with
 * the next request. */
static void settle(world *w, const char *id)
{
    world_agent *a = who(w, id);
    tb_txn *txn;
    bool due;
    turn_of(w, id, tb_offline_tick);
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin_read(a->store, &a->arena, &txn));
    assert_ok(tb_offline_due(&a->agent, txn, &due));
    assert_false(due);
    tb_store_abort(txn);
}

static void joins(world *w, const char *id)
{
    tb_directory_party *p = party(w, id);
    p->state = TB_PARTY_ACTIVE;
    p->key_count = 1;
    w->directory.version++;
}

static void lose_all(world *w)
{
    for (size_t i = 0; i < w->letter_count; i++) {
        w->letters[i].gone = true;
    }
}

static size_t side_events(world *w, const char *id)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = w->case_id};
    const tb_local_answer *answer = ask(w, id, &request);
    size_t count = 0;
    for (size_t i = 0; i < answer->case_.event_count; i++) {
        count += answer->case_.events[i].kind == TB_EVENT_SIDE ? 1 : 0;
    }
    return count;
}

static void what_it_can_open_is_sealed_at_once(void **state)
{
    world *w = *state;
    party(w, "cm.44")->state = TB_PARTY_OFF_LINE;
    order(w);
    assert_non_null(letter_to(w, "cm.44")); /* numbered and sealed, like any other */
    assert_int_equal(rows(w, "bureau.44", TB_TABLE_OFFLINE), 1);
    joins(w, "cm.44");
    settle(w, "bureau.44");
    assert_int_equal(rows(w, "bureau.44", TB_TABLE_OFFLINE), 0);
    deliver_all(w);
    assert_string_equal(state_at(w, "cm.44"), "verifying");
    check_world(w);
}

static void without_a_key_its_history_waits_and_comes_when_it_joins(void **state)
{
    world *w = *state;
    party(w, "cm.44")->state = TB_PARTY_OFF_LINE;
    party(w, "cm.44")->key_count = 0;
    order(w);
    assert_null(letter_to(w, "cm.44"));
    assert_string_equal(holder_at(w, "bureau.44"), "cm.44");
    check_world(w);

    joins(w, "cm.44");
    settle(w, "bureau.44");
    assert_int_equal(rows(w, "bureau.44", TB_TABLE_OFFLINE), 0);
    deliver_all(w);
    assert_string_equal(state_at(w, "cm.44"), "verifying");
    assert_string_equal(holder_at(w, "cm.44"), "cm.44");
    assert_string_equal(value_at(w, "cm.44", "number"), "13800004567");
    assert_string_equal(value_at(w, "cm.44", "offence"), ""); /* not its to read */
    assert_int_equal(acts(w, "cm.44", "result",
                          "verify_result=unidentified|action=shutdown|action_at=2015-02-09T12:00:"
                          "00+08:00"),
                     TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(state_at(w, "bureau.44"), "verified");
    check_world(w);
}

/* Nobody could be sealed to when it was made: no notice proves it, so it goes as new. */
static void what_no_notice_carries_yet_goes_along_when_it_joins(void **state)
{
    world *w = *state;
    tb_directory_party *operator= party(w, "cm.44");
    operator->state = TB_PARTY_OFF_LINE;
    operator->key_count = 0;
    order(w);
    lose_all(w);
    tb_directory_party *others[] = {party(w, "bureau.33"), party(w, "police.33")};
    unsigned keys[] = {(unsigned)others[0]->key_count, (unsigned)others[1]->key_count};
    others[0]->key_count = others[1]->key_count = 0;
    assert_int_equal(acts(w, "bureau.44", "take_back", "take_over_reason=other"), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "order", "ordered=cm.44"), TB_ACCEPTED);
    assert_int_equal(lying(w), 0);
    assert_true(rows(w, "bureau.44", TB_TABLE_LOOSE) > 0);
    others[0]->key_count = keys[0];
    others[1]->key_count = keys[1];
    joins(w, "cm.44");
    settle(w, "bureau.44");
    assert_int_equal(rows(w, "bureau.44", TB_TABLE_LOOSE), 0);
    deliver_all(w);
    assert_int_equal(summary_at(w, "cm.44").term, 2);
    assert_string_equal(state_at(w, "cm.44"), "verifying");
    assert_string_equal(holder_at(w, "cm.44"), "cm.44");
    check_world(w);
}

static size_t lying_to(const world *w, const char *id)
{
    size_t count = 0;
    for (size_t i = 0; i < w->letter_count; i++) {
        count += !w->letters[i].gone && strcmp(w->letters[i].to.text, id) == 0;
    }
    return count;
}

/* What was said while nobody could be sealed to is more than one notice holds, in bytes. */
static void what_waited_goes_in_as_many_notices_as_it_takes(void **state)
{
    world *w = *state;
    char comment[4096] = "comment=";
    memset(comment + 8, 'x', 3600);
    order_of(w, 4567);
    deliver_all(w);
    tb_directory_party *others[] = {party(w, "bureau.33"), party(w, "police.33"),
                                    party(w, "cm.44")};
    unsigned keys[3];
    for (size_t i = 0; i < 3; i++) {
        keys[i] = (unsigned)others[i]->key_count;
        others[i]->key_count = 0;
    }
    assert_int_equal(acts(w, "bureau.44", "take_back", "take_over_reason=other"), TB_ACCEPTED);
    for (unsigned i = 0; i < 30; i++) {
        assert_int_equal(acts(w, "bureau.44", "remark", comment), TB_ACCEPTED);
    }
    assert_int_equal(lying(w), 0);
    assert_int_equal(rows(w, "bureau.44", TB_TABLE_LOOSE), 31);
    for (size_t i = 0; i < 3; i++) {
        others[i]->key_count = keys[i];
    }
    assert_int_equal(acts(w, "bureau.44", "order", "ordered=cm.44"), TB_ACCEPTED);
    assert_int_equal(lying_to(w, "cm.44"), 2);
    assert_int_equal(rows(w, "bureau.44", TB_TABLE_LOOSE), 0);
    deliver_all(w);
    assert_int_equal(side_events(w, "cm.44"), 30);
    assert_string_equal(holder_at(w, "cm.44"), "cm.44");
    check_world(w);
}

/* It is given what was addressed to it, as far as it was, and with the case what was said beside
 * it: of its own nothing. */
static void its_history_is_what_it_was_to_know(void **state)
{
    world *w = *state;
    order(w);
    deliver_all(w);
    assert_int_equal(acts(w, "cm.44", "result",
                          "verify_result=wrong_home|action=none|"
                          "action_at=2015-02-09T12:00:00+08:00"),
                     TB_ACCEPTED);
    deliver_all(w);
    party(w, "cm.44")->state = TB_PARTY_OFF_LINE;
    party(w, "cm.44")->key_count = 0;
    assert_int_equal(acts(w, "bureau.44", "order", "ordered=cm.44"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "police.33", "remark", "comment=请尽快"), TB_ACCEPTED);
    deliver_all(w);
    uint64_t ordered = summary_at(w, "bureau.44").number;
    assert_int_equal(acts(w, "bureau.44", "take_back", "take_over_reason=other"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "order", "ordered=cm.44"), TB_ACCEPTED);
    deliver_all(w);
    uint64_t head = summary_at(w, "bureau.44").number;
    assert_true(head > ordered);
    joins(w, "cm.44");
    settle(w, "bureau.44");
    deliver_all(w);
    assert_int_equal(summary_at(w, "cm.44").number, head);
    assert_string_equal(holder_at(w, "cm.44"), "cm.44");
    assert_int_equal(side_events(w, "cm.44"), 1);
    check_world(w);
}

/* Taken back before it joined: it learns as much as the last event for it, and holds nothing. */
static void who_holds_the_case_no_more_is_given_no_side_events(void **state)
{
    world *w = *state;
    party(w, "cm.44")->state = TB_PARTY_OFF_LINE;
    party(w, "cm.44")->key_count = 0;
    order(w);
    deliver_all(w);
    assert_int_equal(acts(w, "police.33", "remark", "comment=请尽快"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "take_back", "take_over_reason=other"), TB_ACCEPTED);
    uint64_t known = summary_at(w, "bureau.44").number;
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "order", "ordered=ct.44"), TB_ACCEPTED);
    deliver_all(w);
    assert_true(summary_at(w, "bureau.44").number > known);
    joins(w, "cm.44");
    settle(w, "bureau.44");
    deliver_all(w);
    assert_int_equal(summary_at(w, "cm.44").number, known);
    assert_string_equal(holder_at(w, "cm.44"), "bureau.44");
    assert_int_equal(side_events(w, "cm.44"), 0);
    check_world(w);
}

/* On the case by what was said beside it alone: it is given the chain up to there, and no more. */
static void what_is_said_beside_a_case_comes_with_what_it_follows(void **state)
{
    world *w = *state;
    party(w, "headquarters")->state = TB_PARTY_OFF_LINE;
    party(w, "headquarters")->key_count = 0;
    order(w);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "supervise",
                          "supervised=cm.44|report_by=2015-03-20|supervision=请报告"),
                     TB_ACCEPTED);
    uint64_t known = summary_at(w, "bureau.44").number;
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "take_back", "take_over_reason=other"), TB_ACCEPTED);
    deliver_all(w);
    joins(w, "headquarters");
    settle(w, "bureau.44");
    deliver_all(w);
    assert_int_equal(summary_at(w, "headquarters").number, known);
    assert_string_equal(state_at(w, "headquarters"), "verifying");
    assert_int_equal(side_events(w, "headquarters"), 1);
    assert_int_equal(rows(w, "headquarters", TB_TABLE_HELD), 0);
    check_world(w);
}

/* More than one notice holds. */
static void a_long_history_comes_in_several_notices(void **state)
{
    world *w = *state;
    const unsigned times = failing_awake() ? 1 : 32;
    party(w, "cm.44")->state = TB_PARTY_OFF_LINE;
    party(w, "cm.44")->key_count = 0;
    order(w);
    for (unsigned i = 0; i < times; i++) {
        assert_int_equal(acts(w, "bureau.44", "take_back", "take_over_reason=other"), TB_ACCEPTED);
        assert_int_equal(acts(w, "bureau.44", "order", "ordered=cm.44"), TB_ACCEPTED);
    }
    deliver_all(w);
    joins(w, "cm.44");
    settle(w, "bureau.44");
    assert_int_equal(lying(w), failing_awake() ? 1 : 2);
    deliver_all(w);
    assert_int_equal(summary_at(w, "cm.44").number, 5 + 2 * times);
    assert_string_equal(holder_at(w, "cm.44"), "cm.44");
    check_world(w);
}

/* The hub takes no notice whose life is over, so what it said goes in a new one. */
static void what_expired_before_it_joined_is_given_again_once(void **state)
{
    world *w = *state;
    party(w, "cm.44")->state = TB_PARTY_OFF_LINE;
    order(w);
    letter_to(w, "cm.44")->gone = true;
    deliver_all(w);
    w->clock += TB_NOTICE_LIFE_MS - 1;
    joins(w, "cm.44");
    party(w, "cm.44")->state = TB_PARTY_OFF_LINE;
    settle(w, "bureau.44");
    assert_null(letter_to(w, "cm.44")); /* off-line it goes by bundle */
    w->clock += 1;
    joins(w, "cm.44");
    settle(w, "bureau.44");
    assert_int_equal(rows(w, "bureau.44", TB_TABLE_OFFLINE), 0);
    assert_non_null(letter_to(w, "cm.44"));
    deliver_all(w);
    assert_string_equal(state_at(w, "cm.44"), "verifying");
    assert_string_equal(holder_at(w, "cm.44"), "cm.44");
    w->directory.version++;
    settle(w, "bureau.44");
    assert_int_equal(lying(w), 0);
    check_world(w);
}

static void a_key_while_it_is_off_line_is_enough_to_seal(void **state)
{
    world *w = *state;
    party(w, "cm.44")->state = TB_PARTY_OFF_LINE;
    party(w, "cm.44")->key_count = 0;
    order(w);
    party(w, "cm.44")->key_count = 1;
    w->directory.version++;
    settle(w, "bureau.44");
    assert_non_null(letter_to(w, "cm.44"));
    assert_int_equal(rows(w, "bureau.44", TB_TABLE_OFFLINE), 1); /* a letter still lists it */
    deliver_all(w);
    assert_string_equal(state_at(w, "cm.44"), "verifying");
}

static void a_share_that_is_used_up_holds_back_nothing_for_it(void **state)
{
    world *w = *state;
    party(w, "cm.44")->state = TB_PARTY_OFF_LINE;
    world_agent *a = who(w, "bureau.44");
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    assert_ok(tb_closed_put(txn, &party(w, "cm.44")->id, true));
    bool ready = false;
    assert_ok(tb_link_ready(&a->agent, txn, &party(w, "cm.44")->id, 1, &ready));
    assert_true(ready);
    party(w, "cm.44")->state = TB_PARTY_ACTIVE;
    assert_ok(tb_link_ready(&a->agent, txn, &party(w, "cm.44")->id, 1, &ready));
    assert_false(ready);
    tb_store_abort(txn);
}

/* However many cases wait for it: so many a tick, and none is left. */
static void many_cases_are_given_over_several_ticks(void **state)
{
    world *w = *state;
    const unsigned count = failing_awake() ? 2 : 40;
    party(w, "cm.44")->state = TB_PARTY_OFF_LINE;
    party(w, "cm.44")->key_count = 0;
    for (unsigned i = 0; i < count; i++) {
        order_of(w, i);
        deliver_all(w);
    }
    assert_int_equal(rows(w, "bureau.44", TB_TABLE_OFFLINE), count);
    joins(w, "cm.44");
    unsigned ticks = 0;
    while (rows(w, "bureau.44", TB_TABLE_OFFLINE) > 0) {
        turn_of(w, "bureau.44", tb_offline_tick);
        assert_true(++ticks < count);
    }
    assert_true(ticks > 1 || failing_awake());
    settle(w, "bureau.44");
    deliver_all(w);
    assert_string_equal(holder_at(w, "cm.44"), "cm.44");
}

static void whatever_a_row_of_an_off_line_party_is_the_check_goes_to_its_end(void **state)
{
    world *w = *state;
    party(w, "cm.44")->state = TB_PARTY_OFF_LINE;
    order(w);
    world_agent *a = who(w, "bureau.44");
    assert_true(bend_rows(a->store, &a->arena, &a->agent) > 50);
    check_world(w);
}

#define T(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    T(what_it_can_open_is_sealed_at_once),
    T(without_a_key_its_history_waits_and_comes_when_it_joins),
    T(what_no_notice_carries_yet_goes_along_when_it_joins),
    T(what_waited_goes_in_as_many_notices_as_it_takes),
    T(its_history_is_what_it_was_to_know),
    T(who_holds_the_case_no_more_is_given_no_side_events),
    T(what_is_said_beside_a_case_comes_with_what_it_follows),
    T(a_long_history_comes_in_several_notices),
    T(what_expired_before_it_joined_is_given_again_once),
    T(a_key_while_it_is_off_line_is_enough_to_seal),
    T(a_share_that_is_used_up_holds_back_nothing_for_it),
    T(many_cases_are_given_over_several_ticks),
    T(whatever_a_row_of_an_off_line_party_is_the_check_goes_to_its_end),
};

TB_RUN("agents/offline", tests)

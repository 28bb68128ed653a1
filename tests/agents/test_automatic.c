/* What an agent does by itself: after a while in a state, or where its party has switched it on. */
#include "tests/agents/bent_rows.h"
#include "tests/agents/edited.h"
#include "tests/agents/people.h"

#include <stdio.h>

#include "agents/automatic.h"
#include "agents/clock.h"

#define POLICE "police.33"
#define BUREAU "bureau.33"
#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"
#define ACCEPT "        en: accept\n        kind: chain\n"

static tb_campaign_loaded *loaded;
static const tb_campaign *only[1];
static tb_campaigns campaigns;

/* The bureau's acceptance is automatic, as said. */
static void with(world *w, const char *automatic)
{
    char text[400];
    (void)snprintf(text, sizeof text, ACCEPT "        automatic: %s\n", automatic);
    const char *const edits[] = {ACCEPT, text, NULL};
    loaded = edited("ops/campaigns/black-card.yaml", edits);
    only[0] = tb_campaign_loaded_get(loaded);
    campaigns = (tb_campaigns){only, 1};
    for (size_t i = 0; i < w->agent_count; i++) {
        w->agents[i].agent.campaigns = &campaigns;
    }
}

static int teardown(void **state)
{
    int code = world_teardown(state);
    tb_campaign_loaded_free(loaded);
    loaded = NULL;
    return code;
}

/* A case at the bureau since noon on a Friday. */
static void submitted(world *w)
{
    at_time(w, POLICE, "2015-03-06T12:00:00+08:00");
    at_time(w, BUREAU, "2015-03-06T12:00:00+08:00");
    assert_int_equal(opens(w, POLICE, LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(state_at(w, BUREAU), "submitted");
}

static tb_err run(tb_step *step)
{
    tb_err err = tb_clock_now(step->agent, step->txn, step->now.real, &step->now);
    return err == TB_OK ? tb_automatic_tick(step) : err;
}

static void ticks(world *w)
{
    turn_of(w, BUREAU, run);
}

#define NOT_YET INT64_MAX

static tb_time due; /* 0: at once */

static tb_err read_due(tb_step *step)
{
    tb_err err = tb_automatic_due(step->agent, step->txn, &due);
    due = err == TB_ERR_NOT_FOUND ? NOT_YET : due;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_time due_of(world *w)
{
    turn_of(w, BUREAU, read_due);
    return due;
}

static uint64_t rows(world *w, tb_table table)
{
    world_agent *a = who(w, BUREAU);
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin_read(a->store, &a->arena, &txn));
    uint64_t count = tb_store_rows(txn, table);
    tb_store_abort(txn);
    return count;
}

static tb_refusal turn_switch(world *w, const char *action, bool on)
{
    tb_local_request request = {.kind = TB_REQUEST_SET_SWITCH};
    w->requests++;
    memcpy(request.id.bytes, &w->requests, sizeof w->requests);
    request.set_switch.campaign = tb_bytes_str("black-card");
    request.set_switch.action = tb_bytes_str(action);
    request.set_switch.on = on;
    return ask(w, BUREAU, &request)->code;
}

static void what_is_due_at_once_is_done_with_the_next_tick(void **state)
{
    world *w = *state;
    with(w, "{after: {hours: 0}}");
    submitted(w);
    ticks(w);
    assert_string_equal(state_at(w, BUREAU), "accepted");
    assert_true(tb_bytes_equal(last_event(w, BUREAU).account, tb_bytes_str("agent")));
    deliver_all(w);
    assert_string_equal(state_at(w, POLICE), "accepted");
    assert_int_equal(rows(w, TB_TABLE_AUTOMATIC), 0);
    check_world(w);
}

static void hours_count_from_when_the_case_came(void **state)
{
    world *w = *state;
    with(w, "{after: {hours: 5}}");
    submitted(w);
    at_time(w, BUREAU, "2015-03-06T16:59:59+08:00");
    ticks(w);
    assert_string_equal(state_at(w, BUREAU), "submitted");
    at_time(w, BUREAU, "2015-03-06T17:00:00+08:00");
    ticks(w);
    assert_string_equal(state_at(w, BUREAU), "accepted");
}

static void working_days_are_over_when_the_last_one_has_ended(void **state)
{
    world *w = *state;
    with(w, "{after: {working_days: 2}}");
    submitted(w); /* Friday; Monday and Tuesday are the two */
    at_time(w, BUREAU, "2015-03-10T23:59:59+08:00");
    ticks(w);
    assert_string_equal(state_at(w, BUREAU), "submitted");
    at_time(w, BUREAU, "2015-03-11T00:00:00+08:00");
    ticks(w);
    assert_string_equal(state_at(w, BUREAU), "accepted");
}

static void it_is_withdrawn_when_the_state_changes(void **state)
{
    world *w = *state;
    with(w, "{after: {hours: 5}}");
    submitted(w);
    assert_int_equal(rows(w, TB_TABLE_AUTOMATIC), 1);
    assert_int_equal(acts(w, BUREAU, "return", "return_reason=incomplete"), TB_ACCEPTED);
    assert_int_equal(rows(w, TB_TABLE_AUTOMATIC), 0);
    at_time(w, BUREAU, "2015-03-07T12:00:00+08:00");
    ticks(w);
    assert_string_equal(state_at(w, BUREAU), "returned");
    check_world(w);
}

static void while_the_link_may_not_sign_nothing_is_done(void **state)
{
    world *w = *state;
    with(w, "{after: {hours: 0}}");
    submitted(w);
    link_up(w, BUREAU, false);
    ticks(w);
    assert_string_equal(state_at(w, BUREAU), "submitted");
    link_up(w, BUREAU, true);
    at_time(w, BUREAU, "2015-03-06T12:02:00+08:00");
    ticks(w);
    assert_string_equal(state_at(w, BUREAU), "accepted");
}

static void with_a_full_store_nothing_is_done_until_there_is_room(void **state)
{
    world *w = *state;
    with(w, "{after: {hours: 0}}");
    submitted(w);
    store_full(w, BUREAU, true);
    ticks(w);
    assert_int_equal(due_of(w), NOT_YET);
    assert_string_equal(state_at(w, BUREAU), "submitted");
    store_full(w, BUREAU, false);
    assert_int_equal(due_of(w), 0);
    ticks(w);
    assert_string_equal(state_at(w, BUREAU), "accepted");
}

/* In an exercise nothing is due that the civil clock has not come to; outside by the real clock. */
static void in_an_exercise_it_is_due_by_the_civil_clock(void **state)
{
    world *w = *state;
    with(w, "{after: {hours: 1}}");
    submitted(w);
    assert_int_equal(due_of(w), NOT_YET);
    at_time(w, BUREAU, "2015-03-06T13:00:00+08:00");
    assert_int_equal(due_of(w), 0);
    w->directory.exercise = false;
    assert_true(due_of(w) > 0 && due_of(w) < NOT_YET);
    w->directory.exercise = true;
}

static void of_a_campaign_that_is_not_here_now_it_is_looked_at_later(void **state)
{
    world *w = *state;
    with(w, "{after: {hours: 0}}");
    submitted(w);
    who(w, BUREAU)->agent.campaigns = &w->none;
    ticks(w);
    assert_int_equal(rows(w, TB_TABLE_AUTOMATIC), 1);
    who(w, BUREAU)->agent.campaigns = &campaigns;
    ticks(w);
    assert_string_equal(state_at(w, BUREAU), "submitted"); /* not again at once */
    at_time(w, BUREAU, "2015-03-07T12:00:00+08:00");
    ticks(w);
    assert_string_equal(state_at(w, BUREAU), "accepted");
}

static void what_can_be_switched_is_off_until_the_party_wants_it(void **state)
{
    world *w = *state;
    with(w, "{switch: true}");
    submitted(w);
    ticks(w);
    assert_string_equal(state_at(w, BUREAU), "submitted");
    tb_local_request request = {.kind = TB_REQUEST_LIST_SWITCHES};
    const tb_local_answer *answer = ask(w, BUREAU, &request);
    assert_int_equal(answer->switches.count, 2); /* and passing on, as shipped */
    assert_true(tb_bytes_equal(answer->switches.lines[0].action, tb_bytes_str("accept")));
    assert_false(answer->switches.lines[0].on);
    assert_false(answer->switches.lines[1].on);
    check_world(w);

    assert_int_equal(turn_switch(w, "accept", true), TB_ACCEPTED);
    assert_true(w->answer.switches.lines[0].on);
    assert_false(w->answer.switches.lines[1].on);
    ticks(w);
    assert_string_equal(state_at(w, BUREAU), "accepted");
    assert_int_equal(turn_switch(w, "return", true), TB_REFUSED_NOT_SWITCHED);
}

static void switched_off_again_it_waits(void **state)
{
    world *w = *state;
    with(w, "{after: {hours: 5}, switch: true}");
    assert_int_equal(turn_switch(w, "accept", true), TB_ACCEPTED);
    submitted(w);
    assert_int_equal(turn_switch(w, "accept", false), TB_ACCEPTED);
    at_time(w, BUREAU, "2015-03-07T12:00:00+08:00");
    ticks(w);
    assert_string_equal(state_at(w, BUREAU), "submitted");
    check_world(w);
    assert_int_equal(turn_switch(w, "accept", true), TB_ACCEPTED);
    ticks(w);
    assert_string_equal(state_at(w, BUREAU), "accepted");
}

static void many_are_done_in_slices(void **state)
{
    world *w = *state;
    with(w, "{switch: true}");
    for (unsigned i = 0; i < TB_AUTOMATIC_TICK_MAX + 3; i++) {
        submitted(w);
    }
    assert_int_equal(turn_switch(w, "accept", true), TB_ACCEPTED);
    ticks(w);
    assert_int_equal(rows(w, TB_TABLE_AUTOMATIC), 3);
    ticks(w);
    assert_int_equal(rows(w, TB_TABLE_AUTOMATIC), 0);
    check_world(w);
}

static void whatever_a_row_of_what_is_done_by_itself_is_the_check_goes_to_its_end(void **state)
{
    world *w = *state;
    with(w, "{after: {hours: 5}}");
    submitted(w);
    world_agent *a = who(w, "bureau.33");
    assert_true(bend_rows(a->store, &a->arena, &a->agent) > 50);
    check_world(w);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(what_is_due_at_once_is_done_with_the_next_tick),
    IN_A_WORLD(hours_count_from_when_the_case_came),
    IN_A_WORLD(working_days_are_over_when_the_last_one_has_ended),
    IN_A_WORLD(it_is_withdrawn_when_the_state_changes),
    IN_A_WORLD(while_the_link_may_not_sign_nothing_is_done),
    IN_A_WORLD(with_a_full_store_nothing_is_done_until_there_is_room),
    IN_A_WORLD(in_an_exercise_it_is_due_by_the_civil_clock),
    IN_A_WORLD(of_a_campaign_that_is_not_here_now_it_is_looked_at_later),
    IN_A_WORLD(what_can_be_switched_is_off_until_the_party_wants_it),
    IN_A_WORLD(switched_off_again_it_waits),
    IN_A_WORLD(many_are_done_in_slices),
    IN_A_WORLD(whatever_a_row_of_what_is_done_by_itself_is_the_check_goes_to_its_end),
};

TB_RUN("automatic", tests)

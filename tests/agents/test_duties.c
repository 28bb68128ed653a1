/* Duties follow the chain, lapse by their creditor's word, and a lapse is a ground to take over. */
#include "messages/parts.h"
#include "tests/agents/world.h"

#include <stdio.h>

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

#define MONDAY   "2015-02-09T11:39:00+08:00"
#define DUE      "2015-02-10T23:59:59+08:00" /* one working day */
#define IN_GRACE "2015-02-11T00:14:59+08:00"
#define LAPSED   "2015-02-11T00:15:00+08:00"
#define OVERDUE  "take_over_reason=overdue"

static const char *everybody[] = {"police.33", "bureau.33", "bureau.44"};

/* Forwarded on Monday; the home bureau has it and does nothing. */
static void forward(world *w)
{
    for (size_t i = 0; i < 3; i++) {
        at_time(w, everybody[i], MONDAY);
    }
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
}

static void lapse(world *w)
{
    forward(w);
    at_time(w, "bureau.33", LAPSED);
    judge_due(w, "bureau.33");
}

/* The state of the newest duty of this name that is listed; 0: none is. */
static tb_duty_state duty_at(world *w, const char *party, const char *duty)
{
    tb_local_duties duties = duties_at(w, party);
    for (size_t i = duties.count; i > 0; i--) {
        if (tb_bytes_equal(duties.lines[i - 1].duty, tb_bytes_str(duty))) {
            return duties.lines[i - 1].state;
        }
    }
    return (tb_duty_state)0;
}

static void who_owes_what_to_whom_is_known_to_all(void **state)
{
    world *w = *state;
    forward(w);
    for (size_t i = 0; i < 3; i++) {
        tb_local_duties duties = duties_at(w, everybody[i]);
        assert_int_equal(duties.count, 1); /* accepting was done in time */
        const tb_local_duty_line *line = &duties.lines[0];
        assert_true(tb_bytes_equal(line->duty, tb_bytes_str("sign_for")));
        assert_string_equal(line->debtor.text, "bureau.44");
        assert_string_equal(line->creditor.text, "bureau.33");
        assert_true(tb_bytes_equal(line->from_action, tb_bytes_str("forward")));
        assert_int_equal(line->state, TB_DUTY_OPEN);
        assert_true(line->by_default);
        tb_time due;
        assert_true(tb_time_parse(tb_bytes_str("2015-02-11T00:00:00+08:00"), &due));
        assert_int_equal(line->due, due - 1);
    }
    check_world(w);
}

static void nobody_lapses_before_due_and_grace_have_passed(void **state)
{
    world *w = *state;
    forward(w);
    static const char *times[] = {DUE, IN_GRACE};
    for (size_t i = 0; i < 2; i++) {
        at_time(w, "bureau.33", times[i]);
        judge_due(w, "bureau.33");
        assert_int_equal(lying(w), 0);
        assert_int_equal(duty_at(w, "bureau.33", "sign_for"), TB_DUTY_OPEN);
    }
    at_time(w, "bureau.33", LAPSED);
    judge_due(w, "bureau.33");
    assert_int_equal(duty_at(w, "bureau.33", "sign_for"), TB_DUTY_LAPSED);
    assert_true(lying(w) > 0);
    check_world(w);
}

static void only_the_creditors_agent_records_a_lapse(void **state)
{
    world *w = *state;
    forward(w);
    static const char *others[] = {"police.33", "bureau.44"};
    for (size_t i = 0; i < 2; i++) {
        at_time(w, others[i], LAPSED);
        judge_due(w, others[i]);
        assert_int_equal(lying(w), 0);
        assert_int_equal(acts(w, others[i], "lapse",
                              "lapsed_duty=sign_for|lapsed_due=2015-02-10T23:59:59+08:00"),
                         TB_REFUSED_LAPSE_BY_AGENT);
    }
    assert_int_equal(
        acts(w, "bureau.33", "lapse", "lapsed_duty=sign_for|lapsed_due=2015-02-10T23:59:59+08:00"),
        TB_REFUSED_LAPSE_BY_AGENT);
}

static void a_lapse_is_signed_once_and_told_to_all(void **state)
{
    world *w = *state;
    lapse(w);
    deliver_all(w);
    judge_due(w, "bureau.33");
    assert_int_equal(lying(w), 0);
    static const char *all[] = {"police.33", "bureau.33", "bureau.44", "headquarters"};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(duty_at(w, all[i], "sign_for"), TB_DUTY_LAPSED);
        assert_int_equal(summary_at(w, all[i]).stalled, TB_STALL_LAPSED);
    }
    check_world(w);
}

static void what_is_done_in_time_is_owed_no_more(void **state)
{
    world *w = *state;
    forward(w);
    at_time(w, "bureau.44", DUE);
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    deliver_all(w);
    at_time(w, "bureau.33", LAPSED);
    judge_due(w, "bureau.33");
    assert_int_equal(lying(w), 0);
    assert_int_equal(duty_at(w, "bureau.33", "sign_for"), 0);
    check_world(w);
}

static void what_is_done_late_is_no_ground_any_more(void **state)
{
    world *w = *state;
    lapse(w);
    deliver_all(w);
    at_time(w, "bureau.44", LAPSED);
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(duty_at(w, "bureau.33", "sign_for"), 0);
    assert_int_equal(summary_at(w, "bureau.33").stalled, TB_STALL_NONE);
    assert_int_equal(acts(w, "bureau.33", "take_over", OVERDUE), TB_REFUSED_NO_LAPSE);
    check_world(w);
}

static void without_a_lapse_nobody_takes_over_for_being_overdue(void **state)
{
    world *w = *state;
    forward(w);
    at_time(w, "bureau.33", IN_GRACE);
    assert_int_equal(acts(w, "bureau.33", "take_over", OVERDUE), TB_REFUSED_NO_LAPSE);
    assert_int_equal(acts(w, "bureau.33", "take_over", "take_over_reason=other"), TB_ACCEPTED);
}

static void a_handover_not_signed_for_ends_in_take_over(void **state)
{
    world *w = *state;
    lapse(w);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "take_over", OVERDUE), TB_ACCEPTED);
    deliver_all(w);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(holder_at(w, everybody[i]), "bureau.33");
        assert_string_equal(state_at(w, everybody[i]), "accepted");
        assert_int_equal(summary_at(w, everybody[i]).term, 2);
        assert_int_equal(summary_at(w, everybody[i]).stalled, TB_STALL_NONE);
        /* that it lapsed stays on record */
        tb_local_duties duties = duties_at(w, everybody[i]);
        assert_int_equal(duties.count, 1);
        assert_int_equal(duties.lines[0].state, TB_DUTY_LAPSED);
        assert_true(duties.lines[0].ended != 0);
    }
    check_world(w);
    /* forwarded again, it is owed again, from then on */
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(duty_at(w, "bureau.44", "sign_for"), TB_DUTY_OPEN);
    at_time(w, "bureau.44", LAPSED);
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(duties_at(w, "bureau.33").count, 1);
    check_world(w);
}

static void a_take_over_waits_where_its_lapse_has_not_come(void **state)
{
    world *w = *state;
    lapse(w);
    letter *record = letter_to(w, "police.33");
    assert_non_null(record);
    record->gone = true;
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "take_over", OVERDUE), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(summary_at(w, "police.33").held_back, 1);
    assert_string_equal(state_at(w, "police.33"), "forwarded");
    check_world(w);
    assert_int_equal(deliver(w, record), TB_ACCEPTED);
    assert_int_equal(summary_at(w, "police.33").held_back, 0);
    assert_string_equal(state_at(w, "police.33"), "accepted");
    check_world(w);
}

/* Its record is lost on the way for good: whoever passed the take-over on is asked for it. */
static void the_lapse_a_take_over_waits_for_is_asked_for_and_resent(void **state)
{
    world *w = *state;
    lapse(w);
    letter_to(w, "police.33")->gone = true;
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "take_over", OVERDUE), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(summary_at(w, "police.33").held_back, 1);
    tick(w, "police.33", TB_GAP_ASK_MS);
    deliver_all(w);
    tick(w, "bureau.33", 0);
    deliver_all(w);
    assert_int_equal(summary_at(w, "police.33").held_back, 0);
    assert_string_equal(state_at(w, "police.33"), "accepted");
    assert_int_equal(alarms_at(w, "police.33"), 0);
    check_world(w);
}

static void who_joins_later_is_given_the_ground_with_the_take_over(void **state)
{
    world *w = *state;
    lapse(w);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "take_over", OVERDUE), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "order", "ordered=cm.44"), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(state_at(w, "cm.44"), "verifying");
    assert_int_equal(summary_at(w, "cm.44").held_back, 0);
    assert_int_equal(duty_at(w, "cm.44", "verify"), TB_DUTY_OPEN);
    check_world(w);
}

/* The letter's take-over as a party would make it that has no lapse: it lists an event of the chain
 * instead. */
static void list_as_ground(world *w, letter *l, tb_digest event_id)
{
    tb_event event = event_in(w, l);
    assert_int_equal(event.kind, TB_EVENT_TAKE_OVER);
    event.seen = &event_id;
    event.seen_count = 1;
    put_event(w, l, &event);
    assert_ok(tb_part_passed_encode(NULL, 0, &w->memory, &l->passed));
}

/* It will never be a lapse: as soon as that is known, the take-over is not waited with. */
static void a_take_over_whose_ground_is_an_event_of_the_chain_is_refused(void **state)
{
    world *w = *state;
    for (size_t i = 0; i < 3; i++) {
        at_time(w, everybody[i], MONDAY);
    }
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    letter *forwarded = letter_to(w, "police.33");
    forwarded->gone = true;
    deliver_all(w);
    at_time(w, "bureau.33", LAPSED);
    judge_due(w, "bureau.33");
    letter_to(w, "police.33")->gone = true;
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "take_over", OVERDUE), TB_ACCEPTED);
    letter *taken = letter_to(w, "police.33");
    list_as_ground(w, taken, forwarded->ids[0]);
    assert_int_equal(deliver(w, taken), TB_ACCEPTED);
    assert_int_equal(summary_at(w, "police.33").held_back, 1);
    assert_int_equal(deliver(w, forwarded), TB_ACCEPTED);
    assert_string_equal(state_at(w, "police.33"), "forwarded");
    assert_int_equal(summary_at(w, "police.33").held_back, 0);
    assert_int_equal(alarms_at(w, "police.33"), 1);
    check_world(w);
}

static void an_order_not_answered_is_taken_back_by_who_gave_it(void **state)
{
    world *w = *state;
    forward(w);
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "order", "ordered=cm.44"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "take_back", OVERDUE), TB_REFUSED_NO_LAPSE);
    at_time(w, "bureau.44", "2015-02-17T00:15:00+08:00"); /* five working days after Monday */
    judge_due(w, "bureau.44");
    deliver_all(w);
    /* a lapse of this duty is a ground for taking back, and for nothing else */
    assert_int_equal(acts(w, "bureau.33", "take_over", OVERDUE), TB_REFUSED_NO_LAPSE);
    assert_int_equal(acts(w, "bureau.44", "take_back", OVERDUE), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(state_at(w, "cm.44"), "to_order");
    assert_string_equal(holder_at(w, "bureau.33"), "bureau.44");
    check_world(w);
}

static void days_off_are_counted_by_the_creditors_calendar(void **state)
{
    world *w = *state;
    int64_t tuesday = 0;
    assert_true(tb_day_parse(tb_bytes_str("2015-02-10"), &tuesday));
    tb_calendar_day days[] = {{tuesday, false}};
    tb_calendar calendar = {.version = 3, .days = days, .count = 1};
    who(w, "bureau.33")->agent.calendar = &calendar;
    forward(w);
    at_time(w, "bureau.33", LAPSED);
    judge_due(w, "bureau.33");
    assert_int_equal(duty_at(w, "bureau.33", "sign_for"), TB_DUTY_OPEN);
    at_time(w, "bureau.33", "2015-02-12T00:15:00+08:00");
    judge_due(w, "bureau.33");
    assert_int_equal(duty_at(w, "bureau.33", "sign_for"), TB_DUTY_LAPSED);
    who(w, "bureau.33")->agent.calendar = NULL;
}

static void nothing_is_judged_while_the_hub_may_hold_more(void **state)
{
    world *w = *state;
    forward(w);
    at_time(w, "bureau.33", LAPSED);
    who(w, "bureau.33")->agent.times.heard = w->clock + TB_DUTY_QUIET_MS;
    judge_due(w, "bureau.33");
    assert_int_equal(duty_at(w, "bureau.33", "sign_for"), TB_DUTY_OPEN);
    judge_due(w, "bureau.33");
    assert_int_equal(duty_at(w, "bureau.33", "sign_for"), TB_DUTY_LAPSED);
}

static void with_the_link_down_a_lapse_is_recorded_later(void **state)
{
    world *w = *state;
    forward(w);
    at_time(w, "bureau.33", LAPSED);
    link_up(w, "bureau.33", false);
    judge_due(w, "bureau.33");
    assert_int_equal(duty_at(w, "bureau.33", "sign_for"), TB_DUTY_OPEN);
    assert_int_equal(lying(w), 0);
    link_up(w, "bureau.33", true);
    at_time(w, "bureau.33", "2015-02-11T00:16:00+08:00");
    judge_due(w, "bureau.33");
    assert_int_equal(duty_at(w, "bureau.33", "sign_for"), TB_DUTY_LAPSED);
    check_world(w);
}

/* The home signed for it in time, and the record of the lapse crossed that on the way. */
static void a_lapse_that_crosses_a_timely_act_has_no_effect(void **state)
{
    world *w = *state;
    forward(w);
    at_time(w, "bureau.44", DUE);
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    at_time(w, "bureau.33", LAPSED);
    judge_due(w, "bureau.33");
    assert_int_equal(duty_at(w, "bureau.33", "sign_for"), TB_DUTY_LAPSED);
    deliver_all(w);
    assert_int_equal(duty_at(w, "bureau.33", "sign_for"), 0);
    assert_int_equal(duty_at(w, "bureau.44", "sign_for"), 0);
    assert_int_equal(acts(w, "bureau.33", "take_over", OVERDUE), TB_REFUSED_NO_LAPSE);
    /* the police was told of the lapse alone; it learns better with the next event it is given */
    assert_int_equal(duty_at(w, "police.33", "sign_for"), TB_DUTY_LAPSED);
    assert_int_equal(acts(w, "bureau.44", "wrong_home", "wrong_home_reason=other"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "return", "return_reason=incomplete"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(duty_at(w, "police.33", "sign_for"), 0);
    check_world(w);
}

/* ---- whatever happens ---- */

#define HISTORIES 12
#define STEPS     160

static uint64_t roll(uint64_t *dice, uint64_t sides)
{
    *dice = *dice * 6364136223846793005ull + 1442695040888963407ull;
    return (*dice >> 33) % sides;
}

static void later(world *w, const char *party, uint64_t hours)
{
    tb_local_duties known = duties_at(w, party);
    tb_local_request request = {.kind = TB_REQUEST_LIST_DUTIES};
    request.time = known.civil + (tb_time)hours * 3600 * 1000;
    assert_int_equal(ask(w, party, &request)->code, TB_ACCEPTED);
}

/* Somebody does something, hears something, looks at the clock; most of it is refused. */
static void something(world *w, uint64_t *dice)
{
    static const char *const moves[][2] = {
        {"accept", ""},
        {"forward", ""},
        {"sign_for", ""},
        {"wrong_home", "wrong_home_reason=other"},
        {"decide", "home_province=44|home_basis=other"},
        {"decide_home", "home_province=44|home_basis=other"},
        {"order", "ordered=cm.44"},
        {"result", "verify_result=not_ours"},
        {"return", "return_reason=incomplete"},
        {"resubmit", ""},
        {"remark", "comment=x"},
        {"take_over", "take_over_reason=other"},
        {"take_over", OVERDUE},
        {"take_back", OVERDUE},
    };
    static const char *const people[] = {"police.33", "bureau.33", "bureau.44", "cm.44",
                                         "headquarters"};
    const char *party = people[roll(dice, 5)];
    letter *l;
    switch (roll(dice, 4)) {
    case 0:
        later(w, party, roll(dice, 12));
        judge_due(w, party);
        return;
    case 1:
        l = letter_to(w, party);
        for (unsigned i = 0; l != NULL && i < 4; i++, l = letter_to(w, party)) {
            (void)deliver(w, l);
        }
        return;
    default: {
        size_t move = roll(dice, sizeof moves / sizeof moves[0]);
        if (summary_at(w, party).number > 0) {
            (void)acts(w, party, moves[move][0], moves[move][1]);
        }
        return;
    }
    }
}

/* check_world makes every duty anew and compares. */
static void after_any_history_duties_are_what_the_chain_says(void **state)
{
    world *w = *state;
    static const char *const people[] = {"police.33", "bureau.33", "bureau.44", "cm.44",
                                         "headquarters"};
    for (size_t i = 0; i < 5; i++) {
        at_time(w, people[i], MONDAY);
    }
    size_t lapsed = 0;
    for (uint64_t seed = 1; seed <= HISTORIES; seed++) {
        uint64_t dice = seed * 7919;
        char lead[256];
        (void)snprintf(lead, sizeof lead,
                       "number=138000020%02u|source=police_case|offence=other|reported_at=2015-02-"
                       "09T11:39:00+08:00",
                       (unsigned)seed);
        assert_int_equal(opens(w, "police.33", lead), TB_ACCEPTED);
        for (unsigned i = 0; i < STEPS; i++) {
            something(w, &dice);
        }
        check_world(w);
        while (lying(w) > 0) {
            for (size_t i = 0; i < w->letter_count; i++) {
                if (!w->letters[i].gone) {
                    (void)deliver(w, &w->letters[i]);
                }
            }
        }
        check_world(w);
    }
    for (size_t i = 0; i < 5; i++) {
        tb_local_duties duties = duties_at(w, people[i]);
        for (size_t j = 0; j < duties.count; j++) {
            lapsed += duties.lines[j].state == TB_DUTY_LAPSED;
        }
    }
    assert_true(lapsed > 0); /* or nothing was tried */
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(who_owes_what_to_whom_is_known_to_all),
    IN_A_WORLD(nobody_lapses_before_due_and_grace_have_passed),
    IN_A_WORLD(only_the_creditors_agent_records_a_lapse),
    IN_A_WORLD(a_lapse_is_signed_once_and_told_to_all),
    IN_A_WORLD(what_is_done_in_time_is_owed_no_more),
    IN_A_WORLD(what_is_done_late_is_no_ground_any_more),
    IN_A_WORLD(without_a_lapse_nobody_takes_over_for_being_overdue),
    IN_A_WORLD(a_handover_not_signed_for_ends_in_take_over),
    IN_A_WORLD(a_take_over_waits_where_its_lapse_has_not_come),
    IN_A_WORLD(a_take_over_whose_ground_is_an_event_of_the_chain_is_refused),
    IN_A_WORLD(the_lapse_a_take_over_waits_for_is_asked_for_and_resent),
    IN_A_WORLD(who_joins_later_is_given_the_ground_with_the_take_over),
    IN_A_WORLD(an_order_not_answered_is_taken_back_by_who_gave_it),
    IN_A_WORLD(days_off_are_counted_by_the_creditors_calendar),
    IN_A_WORLD(nothing_is_judged_while_the_hub_may_hold_more),
    IN_A_WORLD(with_the_link_down_a_lapse_is_recorded_later),
    IN_A_WORLD(a_lapse_that_crosses_a_timely_act_has_no_effect),
    IN_A_WORLD(after_any_history_duties_are_what_the_chain_says),
};

TB_RUN("duties", tests)

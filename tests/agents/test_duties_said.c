/* What the creditor's agent says of a duty besides its lapse: a reminder before, an escalation
 * after, and that a lapse is withdrawn. Each once, by it alone, in office hours. */
#include "agents/duties.h"
#include "agents/office.h"
#include "tests/agents/bent_rows.h"
#include "tests/agents/world.h"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

#define MONDAY "2015-02-09T11:39:00+08:00"

/* Five working days: due on Monday the 16th at 24:00, reminded of on Friday the 13th. */
#define BEFORE_HOURS "2015-02-13T08:59:59+08:00"
#define OPENS        "2015-02-13T09:00:00+08:00"
#define CLOSED       "2015-02-13T17:00:00+08:00"
#define NEXT_OPENS   "2015-02-16T09:00:00+08:00"
#define EVENING      "2015-02-16T17:00:00+08:00" /* of the last day: it cannot wait for the next */
#define LAPSED       "2015-02-17T00:15:00+08:00"
/* Three working days after it was due: Thursday the 19th, no holidays being known. */
#define NOT_YET   "2015-02-19T08:59:59+08:00"
#define ESCALATED "2015-02-19T09:00:00+08:00"

static const char *const all[] = {"police.33", "bureau.33", "bureau.44", "cm.44", "headquarters"};

static void order(world *w)
{
    for (size_t i = 0; i < 5; i++) {
        at_time(w, all[i], MONDAY);
    }
    order_for(w, LEAD);
    deliver_all(w);
}

static void judge_at(world *w, const char *party, const char *time)
{
    at_time(w, party, time);
    judge_due(w, party);
}

/* The newest duty of the name that is listed; NULL: none is. */
static const tb_local_duty_line *line_at(world *w, const char *party, const char *duty)
{
    tb_local_duties duties = duties_at(w, party);
    for (size_t i = duties.count; i > 0; i--) {
        if (tb_bytes_equal(duties.lines[i - 1].duty, tb_bytes_str(duty))) {
            return &duties.lines[i - 1];
        }
    }
    return NULL;
}

static tb_time instant(const char *text)
{
    tb_time t = 0;
    assert_true(tb_time_parse(tb_bytes_str(text), &t));
    return t;
}

static void who_owes_it_is_reminded_once_in_office_hours(void **state)
{
    world *w = *state;
    order(w);
    judge_at(w, "bureau.44", BEFORE_HOURS);
    assert_int_equal(lying(w), 0);
    judge_at(w, "bureau.44", OPENS);
    assert_true(lying(w) > 0);
    deliver_all(w);
    judge_due(w, "bureau.44");
    judge_at(w, "bureau.44", NEXT_OPENS);
    assert_int_equal(lying(w), 0);
    assert_true(line_at(w, "bureau.44", "verify")->reminded == instant(OPENS));
    assert_true(line_at(w, "cm.44", "verify")->reminded == instant(OPENS));
    assert_int_equal(line_at(w, "cm.44", "verify")->state, TB_DUTY_OPEN);
    assert_true(line_at(w, "bureau.33", "verify")->reminded == 0); /* none of its business */
    check_world(w);
}

static void outside_office_hours_a_reminder_waits_for_the_next(void **state)
{
    world *w = *state;
    order(w);
    judge_at(w, "bureau.44", CLOSED);
    assert_int_equal(lying(w), 0);
    judge_at(w, "bureau.44", NEXT_OPENS);
    assert_true(line_at(w, "bureau.44", "verify")->reminded == instant(NEXT_OPENS));
    check_world(w);
}

static void a_reminder_does_not_wait_until_it_is_of_no_use(void **state)
{
    world *w = *state;
    order(w);
    judge_at(w, "bureau.44", EVENING);
    assert_true(line_at(w, "bureau.44", "verify")->reminded == instant(EVENING));
}

static void what_is_overdue_is_not_reminded_of_any_more(void **state)
{
    world *w = *state;
    order(w);
    judge_at(w, "bureau.44", LAPSED);
    const tb_local_duty_line *line = line_at(w, "bureau.44", "verify");
    assert_int_equal(line->state, TB_DUTY_LAPSED);
    assert_true(line->reminded == 0);
}

static void what_is_done_is_neither_reminded_of_nor_escalated(void **state)
{
    world *w = *state;
    order(w);
    assert_int_equal(acts(w, "cm.44", "result", "verify_result=not_ours"), TB_ACCEPTED);
    deliver_all(w);
    judge_at(w, "bureau.44", OPENS);
    judge_at(w, "bureau.44", ESCALATED);
    assert_int_equal(lying(w), 0);
    check_world(w);
}

static tb_err set_office(tb_step *step)
{
    const tb_office early = {.from = 8 * 60 + 59, .to = 9 * 60};
    return tb_office_put(step->agent, step->txn, &early);
}

static void a_party_sets_its_own_office_hours(void **state)
{
    world *w = *state;
    turn_of(w, "bureau.44", set_office);
    order(w);
    judge_at(w, "bureau.44", BEFORE_HOURS); /* in its hours now */
    assert_true(line_at(w, "bureau.44", "verify")->reminded == instant(BEFORE_HOURS));
}

/* A request of its people, as `tongbao due --office` makes it. */
static void opens_from(world *w, const char *party, unsigned from, unsigned to)
{
    tb_local_request request = {.kind = TB_REQUEST_SET_OFFICE,
                                .set_office = {.from = from, .to = to}};
    static uint8_t counter;
    request.id.bytes[0] = ++counter;
    request.id.bytes[1] = 0x0F;
    assert_int_equal(ask(w, party, &request)->kind, TB_ANSWER_OFFICE);
}

static void other_office_hours_move_what_is_planned_already(void **state)
{
    world *w = *state;
    order(w);
    judge_at(w, "bureau.44", BEFORE_HOURS); /* planned for nine o'clock */
    assert_int_equal(lying(w), 0);
    opens_from(w, "bureau.44", 10 * 60, 17 * 60);
    judge_at(w, "bureau.44", OPENS);
    assert_int_equal(lying(w), 0);
    judge_at(w, "bureau.44", "2015-02-13T09:59:59+08:00");
    assert_int_equal(lying(w), 0);
    opens_from(w, "bureau.44", 9 * 60 + 30, 17 * 60); /* earlier again: at once */
    judge_due(w, "bureau.44");
    assert_true(line_at(w, "bureau.44", "verify")->reminded ==
                instant("2015-02-13T09:59:59+08:00"));
    deliver_all(w);
    judge_due(w, "bureau.44");
    assert_int_equal(lying(w), 0); /* and once */
    check_world(w);
}

static void a_lapse_is_escalated_once_to_headquarters(void **state)
{
    world *w = *state;
    order(w);
    judge_at(w, "bureau.44", LAPSED);
    deliver_all(w);
    judge_at(w, "bureau.44", NOT_YET);
    assert_int_equal(lying(w), 0);
    assert_true(line_at(w, "headquarters", "verify")->escalated == 0);
    judge_at(w, "bureau.44", ESCALATED);
    assert_true(lying(w) > 0);
    deliver_all(w);
    judge_due(w, "bureau.44");
    assert_int_equal(lying(w), 0);
    static const char *const told[] = {"bureau.44", "cm.44", "headquarters"};
    for (size_t i = 0; i < 3; i++) {
        const tb_local_duty_line *line = line_at(w, told[i], "verify");
        assert_true(line->escalated == instant(ESCALATED));
        assert_int_equal(line->state, TB_DUTY_LAPSED);
    }
    check_world(w);
}

static void only_the_creditors_agent_says_it(void **state)
{
    world *w = *state;
    order(w);
    static const char *const words[] = {"remind_due", "escalate", "withdraw_lapse"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(acts(w, "bureau.44", words[i],
                              "lapsed_duty=verify|lapsed_due=2015-02-16T23:59:59+08:00|"
                              "lapsed_debtor=cm.44"),
                         TB_REFUSED_LAPSE_BY_AGENT);
    }
    judge_at(w, "cm.44", OPENS);
    judge_at(w, "bureau.33", OPENS);
    assert_int_equal(lying(w), 0);
}

static void the_lapse_of_what_was_done_in_time_is_withdrawn_and_both_records_stay(void **state)
{
    world *w = *state;
    order(w);
    at_time(w, "cm.44", EVENING);
    assert_int_equal(acts(w, "cm.44", "result", "verify_result=not_ours"), TB_ACCEPTED);
    judge_at(w, "bureau.44", LAPSED);
    assert_int_equal(line_at(w, "bureau.44", "verify")->state, TB_DUTY_LAPSED);
    deliver_all(w);
    assert_null(line_at(w, "bureau.44", "verify")); /* owed no more */
    judge_due(w, "bureau.44");
    assert_true(lying(w) > 0);
    deliver_all(w);
    judge_due(w, "bureau.44");
    assert_int_equal(lying(w), 0);
    static const char *const told[] = {"bureau.44", "cm.44"};
    for (size_t i = 0; i < 2; i++) {
        tb_local_request request = {.kind = TB_REQUEST_EXPLAIN_DUTIES, .case_id = w->case_id};
        const tb_local_explained *explained = &ask(w, told[i], &request)->explained;
        bool found = false;
        for (size_t d = 0; d < explained->count; d++) {
            const tb_local_duty_line *line = &explained->duties[d].line;
            if (tb_bytes_equal(line->duty, tb_bytes_str("verify"))) {
                found = true;
                assert_int_equal(line->state, TB_DUTY_ON_TIME);
                assert_false(tb_digest_zero(&line->lapse));
                assert_true(line->withdrawn == instant(LAPSED));
            }
        }
        assert_true(found);
    }
    check_world(w);
}

static tb_err made_anew(tb_step *step)
{
    tb_case_id id = {{0}};
    tb_case_row row;
    tb_path path;
    tb_err err = tb_case_after(step->txn, &id, false, &id);
    if (err == TB_OK) {
        err = tb_case_load(step->agent, step->txn, &id, &row);
    }
    if (err != TB_OK || row.view.type == NULL) { /* its row names a version that is not here */
        return err;
    }
    err = tb_chain_to_head(step->txn, &row, &path);
    return err == TB_OK ? tb_duties_anew(step->agent, step->txn, &path, &row) : err;
}

static void what_was_said_is_not_said_again_when_the_duties_are_made_anew(void **state)
{
    world *w = *state;
    order(w);
    judge_at(w, "bureau.44", OPENS);
    deliver_all(w);
    turn_of(w, "bureau.44", made_anew);
    judge_due(w, "bureau.44");
    assert_int_equal(lying(w), 0);
    assert_true(line_at(w, "bureau.44", "verify")->reminded == instant(OPENS));
    judge_at(w, "bureau.44", LAPSED);
    judge_at(w, "bureau.44", ESCALATED);
    deliver_all(w);
    turn_of(w, "bureau.44", made_anew);
    judge_due(w, "bureau.44");
    assert_int_equal(lying(w), 0);
    check_world(w);
}

static void with_the_link_down_it_is_said_later(void **state)
{
    world *w = *state;
    order(w);
    link_up(w, "bureau.44", false);
    judge_at(w, "bureau.44", OPENS);
    assert_true(line_at(w, "bureau.44", "verify")->reminded == 0);
    link_up(w, "bureau.44", true);
    judge_at(w, "bureau.44", "2015-02-13T09:01:00+08:00");
    assert_true(line_at(w, "bureau.44", "verify")->reminded ==
                instant("2015-02-13T09:01:00+08:00"));
}

static const tb_local_explained_duty *explained_at(world *w, const char *party, const char *duty)
{
    tb_local_request request = {.kind = TB_REQUEST_EXPLAIN_DUTIES, .case_id = w->case_id};
    const tb_local_explained *explained = &ask(w, party, &request)->explained;
    for (size_t i = 0; i < explained->count; i++) {
        if (tb_bytes_equal(explained->duties[i].line.duty, tb_bytes_str(duty))) {
            return &explained->duties[i];
        }
    }
    fail_msg("no duty %s", duty);
    return NULL;
}

/* The order is due on Monday the 16th; by the newer calendar that day is off. */
static void a_newer_calendar_redates_open_duties_by_a_signed_event_of_the_creditor(void **state)
{
    world *w = *state;
    int64_t monday = tb_day_of(instant(NEXT_OPENS));
    tb_calendar_day off[] = {{monday, false}};
    tb_calendar first = {.version = 1};
    tb_calendar second = {.version = 2, .days = off, .count = 1};
    tb_time was = tb_day_start(monday + 1) - 1;
    who(w, "bureau.44")->agent.calendar = &first;
    order(w);
    judge_due(w, "bureau.44");
    who(w, "bureau.44")->agent.calendar = &second;
    assert_true(line_at(w, "bureau.44", "verify")->due == was); /* not before it says so */
    turn_of(w, "bureau.44", made_anew);
    assert_true(line_at(w, "bureau.44", "verify")->due == was);
    judge_due(w, "bureau.44");
    assert_true(lying(w) > 0);
    deliver_all(w);
    static const char *const told[] = {"bureau.44", "cm.44"};
    for (size_t i = 0; i < 2; i++) {
        const tb_local_explained_duty *d = explained_at(w, told[i], "verify");
        assert_int_equal(d->line.due, tb_day_start(monday + 2) - 1);
        assert_int_equal(d->was_due, tb_day_start(monday + 1) - 1000); /* said to the second */
        assert_int_equal(d->redated, instant(MONDAY));
        assert_int_equal(d->calendar, 2);
    }
    turn_of(w, "bureau.44", made_anew);
    judge_due(w, "bureau.44");
    assert_int_equal(lying(w), 0);    /* once */
    judge_at(w, "bureau.44", LAPSED); /* by the older one */
    assert_int_equal(line_at(w, "bureau.44", "verify")->state, TB_DUTY_OPEN);
    judge_at(w, "bureau.44", "2015-02-18T00:15:00+08:00");
    assert_int_equal(line_at(w, "bureau.44", "verify")->state, TB_DUTY_LAPSED);
    check_world(w);
}

static void a_calendar_by_which_nothing_changes_redates_nothing(void **state)
{
    world *w = *state;
    tb_calendar first = {.version = 1};
    tb_calendar second = {.version = 2};
    who(w, "bureau.44")->agent.calendar = &first;
    order(w);
    who(w, "bureau.44")->agent.calendar = &second;
    judge_due(w, "bureau.44");
    judge_due(w, "bureau.44");
    assert_int_equal(lying(w), 0);
    assert_int_equal(explained_at(w, "bureau.44", "verify")->redated, 0);
}

static void whatever_a_row_of_what_was_said_is_the_check_goes_to_its_end(void **state)
{
    world *w = *state;
    order(w);
    judge_at(w, "bureau.44", LAPSED);
    deliver_all(w);
    judge_at(w, "bureau.44", ESCALATED);
    deliver_all(w);
    world_agent *a = who(w, "bureau.44");
    assert_true(bend_rows(a->store, &a->arena, &a->agent) > 50);
    check_world(w);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(who_owes_it_is_reminded_once_in_office_hours),
    IN_A_WORLD(outside_office_hours_a_reminder_waits_for_the_next),
    IN_A_WORLD(a_reminder_does_not_wait_until_it_is_of_no_use),
    IN_A_WORLD(what_is_overdue_is_not_reminded_of_any_more),
    IN_A_WORLD(what_is_done_is_neither_reminded_of_nor_escalated),
    IN_A_WORLD(a_party_sets_its_own_office_hours),
    IN_A_WORLD(other_office_hours_move_what_is_planned_already),
    IN_A_WORLD(a_lapse_is_escalated_once_to_headquarters),
    IN_A_WORLD(only_the_creditors_agent_says_it),
    IN_A_WORLD(the_lapse_of_what_was_done_in_time_is_withdrawn_and_both_records_stay),
    IN_A_WORLD(what_was_said_is_not_said_again_when_the_duties_are_made_anew),
    IN_A_WORLD(with_the_link_down_it_is_said_later),
    IN_A_WORLD(a_newer_calendar_redates_open_duties_by_a_signed_event_of_the_creditor),
    IN_A_WORLD(a_calendar_by_which_nothing_changes_redates_nothing),
    IN_A_WORLD(whatever_a_row_of_what_was_said_is_the_check_goes_to_its_end),
};

TB_RUN("duties_said", tests)

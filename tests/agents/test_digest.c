/* What is overdue is told once as it begins, once a working day, and once as it is over. */
#include "agents/clock.h"
#include "agents/digest.h"
#include "tests/agents/world.h"

#include <stdio.h>

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

#define MONDAY    "2015-02-09T11:39:00+08:00"
#define TUESDAY   "2015-02-10T09:00:00+08:00" /* it is due at 24:00 */
#define EVENING   "2015-02-10T18:00:00+08:00"
#define LAPSED    "2015-02-11T00:15:00+08:00"
#define WEDNESDAY "2015-02-11T09:00:00+08:00"
#define LATER     "2015-02-11T15:00:00+08:00"
#define THURSDAY  "2015-02-12T09:00:00+08:00"
#define FRIDAY    "2015-02-13T09:00:00+08:00"

static char said[4096];

static tb_err listen(tb_step *step)
{
    tb_effects_reset(step->effects);
    tb_err err = tb_clock_now(step->agent, step->txn, step->now.real, &step->now);
    if (err == TB_OK) {
        err = tb_digest_tick(step);
    }
    (void)tb_effects_print(step->effects, said, sizeof said);
    tb_effects_reset(step->effects);
    return err;
}

static const char *told(world *w, const char *party, const char *time)
{
    at_time(w, party, time);
    turn_of(w, party, listen);
    return said;
}

static bool silent(const char *text)
{
    return strstr(text, "event=digest") == NULL && strstr(text, "event=overdue") == NULL;
}

static void judge_at(world *w, const char *party, const char *time)
{
    at_time(w, party, time);
    judge_due(w, party);
    deliver_all(w);
}

static void forward(world *w)
{
    static const char *const everybody[] = {"police.33", "bureau.33", "bureau.44"};
    for (size_t i = 0; i < 3; i++) {
        at_time(w, everybody[i], MONDAY);
    }
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
}

static void the_debtor_is_told_once_a_day_and_as_it_begins_and_is_over(void **state)
{
    world *w = *state;
    forward(w);
    assert_true(silent(told(w, "bureau.44", MONDAY))); /* the first look tells nothing */
    assert_non_null(strstr(told(w, "bureau.44", TUESDAY), "event=digest overdue=0 due_today=1"));
    assert_null(strstr(said, "event=overdue"));
    assert_true(silent(told(w, "bureau.44", EVENING)));
    assert_true(silent(told(w, "bureau.44", LAPSED)));
    (void)told(w, "bureau.44", WEDNESDAY);
    assert_non_null(strstr(said, "event=overdue_begins"));
    assert_non_null(strstr(said, "event=digest overdue=1 due_today=0"));
    assert_true(silent(told(w, "bureau.44", LATER)));
    (void)told(w, "bureau.44", THURSDAY);
    assert_null(strstr(said, "event=overdue_begins"));
    assert_non_null(strstr(said, "event=digest overdue=1"));
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    (void)told(w, "bureau.44", FRIDAY);
    assert_non_null(strstr(said, "event=overdue_over"));
    assert_null(strstr(said, "event=digest"));
    check_world(w);
}

static tb_local_due_counts counts(world *w, const char *party, const char *time)
{
    at_time(w, party, time);
    tb_local_request request = {.kind = TB_REQUEST_STATUS};
    const tb_local_answer *answer = ask(w, party, &request);
    assert_int_equal(answer->kind, TB_ANSWER_STATUS);
    return answer->status.duties;
}

/* overdue, today, next working day, urgent; owed, escalated */
static void reads(const tb_local_due_counts *n, const char *expected)
{
    char text[64];
    (void)snprintf(text, sizeof text, "%u %u %u %u; %u %u", (unsigned)n->overdue,
                   (unsigned)n->today, (unsigned)n->next_day, (unsigned)n->urgent,
                   (unsigned)n->owed, (unsigned)n->escalated);
    assert_string_equal(text, expected);
    assert_false(n->more);
}

static void a_clerk_sees_first_what_is_overdue_due_and_owed(void **state)
{
    world *w = *state;
    forward(w);
    tb_local_due_counts n = counts(w, "bureau.44", MONDAY);
    reads(&n, "0 0 1 0; 0 0"); /* signing for it, by Tuesday 24:00 */
    n = counts(w, "bureau.44", "2015-02-10T00:00:00+08:00");
    reads(&n, "0 1 0 0; 0 0");
    n = counts(w, "bureau.44", "2015-02-10T23:59:59+08:00");
    reads(&n, "0 1 0 0; 0 0");
    n = counts(w, "bureau.44", "2015-02-11T00:00:00+08:00");
    reads(&n, "1 0 0 0; 0 0");
    n = counts(w, "bureau.33", "2015-02-11T00:00:00+08:00");
    reads(&n, "0 0 0 0; 1 0"); /* it was forwarded there in time, and waits for the signature */
    n = counts(w, "headquarters", "2015-02-11T00:00:00+08:00");
    reads(&n, "0 0 0 0; 0 0");
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    deliver_all(w);
    n = counts(w, "bureau.44", "2015-02-11T00:00:00+08:00");
    reads(&n, "0 0 0 0; 0 0");
    n = counts(w, "bureau.33", "2015-02-11T00:00:00+08:00");
    reads(&n, "0 0 0 0; 0 0");
}

static void the_next_working_day_is_behind_the_weekend(void **state)
{
    world *w = *state;
    static const char *const everybody[] = {"police.33", "bureau.33", "bureau.44"};
    for (size_t i = 0; i < 3; i++) {
        at_time(w, everybody[i], "2015-02-13T11:00:00+08:00"); /* a Friday */
    }
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    tb_local_due_counts n = counts(w, "bureau.33", "2015-02-13T17:55:00+08:00");
    reads(&n, "0 0 1 0; 0 0"); /* to accept it, by Monday 24:00 */
    tb_time end;
    assert_true(tb_time_parse(tb_bytes_str("2015-02-17T00:00:00+08:00"), &end));
    assert_int_equal(n.until, end);
}

static void urgent_cases_are_counted_apart(void **state)
{
    world *w = *state;
    at_time(w, "police.33", MONDAY);
    at_time(w, "bureau.33", MONDAY);
    tb_local_request request = {.kind = TB_REQUEST_OPEN_CASE};
    request.id.bytes[0] = 0x77;
    request.open.campaign = tb_bytes_str("black-card");
    request.open.case_type = tb_bytes_str("notice");
    request.open.lane = TB_LANE_URGENT;
    request.open.field_count = fields_of(w, LEAD, &request.open.fields);
    assert_int_equal(ask(w, "police.33", &request)->code, TB_ACCEPTED);
    deliver_all(w);
    tb_local_due_counts n = counts(w, "bureau.33", MONDAY);
    reads(&n, "0 0 1 1; 0 0");
}

/* Three working days after the lapse headquarters hears of it, and it is its own to look at. */
static void what_is_escalated_is_counted_and_listed_where_it_was_escalated_to(void **state)
{
    world *w = *state;
    forward(w);
    judge_at(w, "bureau.33", LAPSED);
    tb_local_due_counts n = counts(w, "headquarters", LAPSED);
    reads(&n, "0 0 0 0; 0 0"); /* it knows of the lapse, which is between others still */
    judge_at(w, "bureau.33", "2015-02-13T09:00:00+08:00");
    n = counts(w, "headquarters", FRIDAY);
    reads(&n, "0 0 0 0; 0 1");
    tb_local_request request = {.kind = TB_REQUEST_LIST_DUTIES, .duties = {.concerns = true}};
    assert_int_equal(ask(w, "headquarters", &request)->duties.count, 1);
    assert_int_equal(ask(w, "bureau.44", &request)->duties.count, 1);
    assert_int_equal(ask(w, "bureau.33", &request)->duties.count, 1);
    at_time(w, "police.33", FRIDAY);
    request.duties.concerns = false;
    assert_true(ask(w, "police.33", &request)->duties.count > 0); /* it is on the case */
    request.duties.concerns = true;
    assert_int_equal(ask(w, "police.33", &request)->duties.count, 0);
    (void)told(w, "headquarters", FRIDAY); /* the first look tells nothing */
    assert_non_null(strstr(told(w, "headquarters", "2015-02-16T09:00:00+08:00"),
                           "event=digest overdue=0 due_today=0 escalated=1"));
    /* it is done late, on which nobody tells headquarters but the creditor's agent */
    at_time(w, "bureau.44", "2015-02-16T10:00:00+08:00");
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    deliver_all(w);
    judge_at(w, "bureau.33", "2015-02-16T10:00:00+08:00");
    n = counts(w, "headquarters", "2015-02-16T10:00:00+08:00");
    reads(&n, "0 0 0 0; 0 0");
    assert_int_equal(ask(w, "headquarters", &request)->duties.count, 0);
    judge_at(w, "bureau.33", "2015-02-17T10:00:00+08:00");
    assert_int_equal(lying(w), 0); /* once */
    check_world(w);
}

static tb_err lapse_noted(tb_step *step)
{
    tb_effects_reset(step->effects);
    tb_err err = tb_digest_lapsed(step);
    (void)tb_effects_print(step->effects, said, sizeof said);
    tb_effects_reset(step->effects);
    return err;
}

static void the_first_lapse_recorded_is_told_at_once_and_no_other(void **state)
{
    world *w = *state;
    forward(w);
    turn_of(w, "bureau.33", lapse_noted);
    assert_non_null(strstr(said, "event=overdue_begins"));
    turn_of(w, "bureau.33", lapse_noted);
    assert_true(silent(said));
}

static tb_err open_at_eight(tb_step *step)
{
    const tb_office early = {.from = 480, .to = 1020};
    return tb_office_put(step->agent, step->txn, &early);
}

static tb_err open_at_ten(tb_step *step)
{
    const tb_office late = {.from = 600, .to = 1020};
    return tb_office_put(step->agent, step->txn, &late);
}

static void with_other_office_hours_the_next_digest_comes_as_they_begin(void **state)
{
    world *w = *state;
    forward(w);
    (void)told(w, "bureau.44", MONDAY);
    turn_of(w, "bureau.44", open_at_ten);
    assert_true(silent(told(w, "bureau.44", TUESDAY)));
    turn_of(w, "bureau.44", open_at_eight); /* they have begun already, and today's is due */
    assert_non_null(strstr(told(w, "bureau.44", TUESDAY), "event=digest overdue=0 due_today=1"));
    turn_of(w, "bureau.44", open_at_ten); /* today's was told */
    assert_true(silent(told(w, "bureau.44", "2015-02-10T10:00:00+08:00")));
    assert_true(silent(told(w, "bureau.44", WEDNESDAY)));
    assert_false(silent(told(w, "bureau.44", "2015-02-11T10:00:00+08:00")));
}

static void who_is_not_concerned_is_told_nothing(void **state)
{
    world *w = *state;
    forward(w);
    (void)told(w, "police.33", MONDAY);
    assert_true(silent(told(w, "police.33", WEDNESDAY)));
    assert_true(silent(told(w, "police.33", THURSDAY)));
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(the_debtor_is_told_once_a_day_and_as_it_begins_and_is_over),
    IN_A_WORLD(a_clerk_sees_first_what_is_overdue_due_and_owed),
    IN_A_WORLD(the_next_working_day_is_behind_the_weekend),
    IN_A_WORLD(urgent_cases_are_counted_apart),
    IN_A_WORLD(what_is_escalated_is_counted_and_listed_where_it_was_escalated_to),
    IN_A_WORLD(the_first_lapse_recorded_is_told_at_once_and_no_other),
    IN_A_WORLD(with_other_office_hours_the_next_digest_comes_as_they_begin),
    IN_A_WORLD(who_is_not_concerned_is_told_nothing),
};

TB_RUN("digest", tests)

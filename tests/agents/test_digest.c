/* What is overdue is told once as it begins, once a working day, and once as it is over. */
#include "agents/clock.h"
#include "agents/digest.h"
#include "tests/agents/world.h"

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
    turn_with(w, party, listen);
    return said;
}

static bool silent(const char *text)
{
    return strstr(text, "event=digest") == NULL && strstr(text, "event=overdue") == NULL;
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
    turn_with(w, "bureau.33", lapse_noted);
    assert_non_null(strstr(said, "event=overdue_begins"));
    turn_with(w, "bureau.33", lapse_noted);
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
    turn_with(w, "bureau.44", open_at_ten);
    assert_true(silent(told(w, "bureau.44", TUESDAY)));
    turn_with(w, "bureau.44", open_at_eight); /* they have begun already, and today's is due */
    assert_non_null(strstr(told(w, "bureau.44", TUESDAY), "event=digest overdue=0 due_today=1"));
    turn_with(w, "bureau.44", open_at_ten); /* today's was told */
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
    IN_A_WORLD(the_first_lapse_recorded_is_told_at_once_and_no_other),
    IN_A_WORLD(with_other_office_hours_the_next_digest_comes_as_they_begin),
    IN_A_WORLD(who_is_not_concerned_is_told_nothing),
};

TB_RUN("digest", tests)

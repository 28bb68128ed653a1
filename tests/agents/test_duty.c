/* Limits of duties: hours, days and working days, to the millisecond. */
#include "tests/test.h"

#include "agents/campaign/duty.h"

static tb_time at(const char *text)
{
    tb_time out;
    assert_true(tb_time_parse(tb_bytes_str(text), &out));
    return out;
}

static void a_case_whose_version_is_not_here_has_no_duty_that_is_known(void **state)
{
    tb_duty_def duties[] = {{.id = "verify"}};
    const tb_case_type type = {.duties = duties, .duty_count = 1};
    (void)state;
    assert_ptr_equal(tb_case_type_duty(&type, tb_bytes_str("verify")), &duties[0]);
    assert_null(tb_case_type_duty(&type, tb_bytes_str("trace")));
    assert_null(tb_case_type_duty(NULL, tb_bytes_str("verify")));
}

static void hours_run_from_the_event(void **state)
{
    (void)state;
    tb_duty_def duty = {.hours = 24};
    tb_time from = at("2015-02-13T11:39:00.500+08:00");
    assert_int_equal(tb_duty_due(&duty, from, NULL), at("2015-02-14T11:39:00.500+08:00"));
}

static void day_limits_begin_with_the_next_day_and_end_at_midnight(void **state)
{
    (void)state;
    tb_duty_def duty = {.days = 1};
    tb_time end = at("2015-02-15T00:00:00+08:00") - 1;
    assert_int_equal(tb_duty_due(&duty, at("2015-02-13T00:00:00+08:00"), NULL), end);
    assert_int_equal(tb_duty_due(&duty, at("2015-02-13T23:59:59.999+08:00"), NULL), end);
    duty.days = 20;
    assert_int_equal(tb_duty_due(&duty, at("2015-02-13T12:00:00+08:00"), NULL),
                     at("2015-03-06T00:00:00+08:00") - 1);
}

static void working_days_pass_over_days_off(void **state)
{
    (void)state;
    tb_duty_def duty = {.working_days = 1};
    /* Friday: the next working day is Monday */
    assert_int_equal(tb_duty_due(&duty, at("2015-02-13T11:39:00+08:00"), NULL),
                     at("2015-02-17T00:00:00+08:00") - 1);
    /* a Sunday that is worked, and a Monday that is not */
    int64_t sunday = tb_day_of(at("2015-02-15T12:00:00+08:00"));
    tb_calendar_day days[] = {{sunday, true}, {sunday + 1, false}};
    tb_calendar calendar = {.version = 1, .days = days, .count = 2};
    assert_int_equal(tb_duty_due(&duty, at("2015-02-13T11:39:00+08:00"), &calendar),
                     at("2015-02-16T00:00:00+08:00") - 1);
    duty.working_days = 2;
    assert_int_equal(tb_duty_due(&duty, at("2015-02-13T11:39:00+08:00"), &calendar),
                     at("2015-02-18T00:00:00+08:00") - 1);
}

static void a_limit_may_be_a_day_whenever_the_duty_began(void **state)
{
    (void)state;
    tb_time end = at("2015-08-21T00:00:00+08:00") - 1;
    tb_duty_def duty = {.due_date = "2015-08-20"};
    assert_int_equal(tb_duty_due(&duty, at("2015-07-16T08:00:00+08:00"), NULL), end);
    assert_int_equal(tb_duty_due(&duty, at("2015-08-21T08:00:00+08:00"), NULL), end); /* over */
    tb_duty_def staged = {.stage = "check", .stage_end = "2015-08-31"};
    assert_int_equal(tb_duty_due(&staged, at("2015-07-16T08:00:00+08:00"), NULL),
                     at("2015-09-01T00:00:00+08:00") - 1);
}

static void a_period_limit_is_a_day_of_the_month_after(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        unsigned day;
        const char *behind;
    } rows[] = {
        {"2015-03-31T23:59:59+08:00", 15, "2015-04-16T00:00:00+08:00"},
        {"2015-04-01T00:00:00+08:00", 15, "2015-05-16T00:00:00+08:00"},
        {"2015-12-05T12:00:00+08:00", 15, "2016-01-16T00:00:00+08:00"},
        {"2015-01-10T12:00:00+08:00", 31, "2015-03-01T00:00:00+08:00"}, /* February's last */
        {"2016-01-10T12:00:00+08:00", 30, "2016-03-01T00:00:00+08:00"},
        {"2014-12-31T23:30:00+08:00", 1, "2015-01-02T00:00:00+08:00"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tb_duty_def duty = {.monthly = {.day = rows[i].day}};
        assert_int_equal(tb_duty_due(&duty, at(rows[i].from), NULL), at(rows[i].behind) - 1);
    }
}

/* 四(二): 每季度第一个月的15日前, for the quarter before. */
static void or_a_day_of_the_quarter_after(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        const char *behind;
    } rows[] = {
        {"2015-01-01T00:00:00+08:00", "2015-04-16T00:00:00+08:00"},
        {"2015-03-31T23:59:59+08:00", "2015-04-16T00:00:00+08:00"},
        {"2015-04-01T00:00:00+08:00", "2015-07-16T00:00:00+08:00"},
        {"2015-12-31T23:59:59+08:00", "2016-01-16T00:00:00+08:00"},
    };
    tb_duty_def duty = {.quarterly = {.month = 1, .day = 15}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(tb_duty_due(&duty, at(rows[i].from), NULL), at(rows[i].behind) - 1);
    }
    tb_duty_def third = {.quarterly = {.month = 3, .day = 31}};
    assert_int_equal(tb_duty_due(&third, at("2015-11-11T00:00:00+08:00"), NULL),
                     at("2016-04-01T00:00:00+08:00") - 1);
}

static void grace_is_never_less_than_what_storing_may_take(void **state)
{
    (void)state;
    tb_duty_def duty = {.hours = 1};
    assert_int_equal(tb_duty_grace(&duty), TB_DUTY_GRACE_MS);
    duty.grace_hours = 2;
    assert_int_equal(tb_duty_grace(&duty), 2 * 3600 * 1000);
}

static void a_default_counts_once_adopted_for_what_begins_from_that_day(void **state)
{
    (void)state;
    tb_duty_def duty = {.days = 1, .by_default = true};
    tb_time first = at("2015-06-01T00:00:00+08:00");
    assert_false(tb_duty_scores(&duty, first));
    duty.adopted = (tb_adoption){.document_no = "a1", .from = "2015-06-01"};
    assert_false(tb_duty_adopted(&duty, first - 1));
    assert_false(tb_duty_scores(&duty, first - 1));
    assert_true(tb_duty_adopted(&duty, first));
    assert_true(tb_duty_scores(&duty, first));
    tb_duty_def law = {.days = 1};
    assert_false(tb_duty_adopted(&law, first));
    assert_true(tb_duty_scores(&law, first));
}

static void a_reminder_comes_before_and_an_escalation_after_the_due_day(void **state)
{
    (void)state;
    tb_time due = at("2015-02-17T00:00:00+08:00") - 1; /* Monday */
    tb_duty_def duty = {.remind = {.working_days = 1}, .escalate = {.working_days = 1}};
    assert_int_equal(tb_duty_remind_at(&duty, due, NULL), at("2015-02-13T00:00:00+08:00"));
    assert_int_equal(tb_duty_escalate_at(&duty, due, NULL), at("2015-02-17T00:00:00+08:00"));
    duty = (tb_duty_def){.remind = {.days = 2}, .escalate = {.days = 2}};
    assert_int_equal(tb_duty_remind_at(&duty, due, NULL), at("2015-02-14T00:00:00+08:00"));
    assert_int_equal(tb_duty_escalate_at(&duty, due, NULL), at("2015-02-18T00:00:00+08:00"));
    duty = (tb_duty_def){.remind = {.hours = 4}, .escalate = {.hours = 4}};
    assert_int_equal(tb_duty_remind_at(&duty, due, NULL), due - 4 * 3600 * 1000);
    assert_int_equal(tb_duty_escalate_at(&duty, due, NULL), due + 4 * 3600 * 1000);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_default_counts_once_adopted_for_what_begins_from_that_day),
    cmocka_unit_test(a_reminder_comes_before_and_an_escalation_after_the_due_day),
    cmocka_unit_test(a_case_whose_version_is_not_here_has_no_duty_that_is_known),
    cmocka_unit_test(hours_run_from_the_event),
    cmocka_unit_test(day_limits_begin_with_the_next_day_and_end_at_midnight),
    cmocka_unit_test(working_days_pass_over_days_off),
    cmocka_unit_test(a_limit_may_be_a_day_whenever_the_duty_began),
    cmocka_unit_test(a_period_limit_is_a_day_of_the_month_after),
    cmocka_unit_test(or_a_day_of_the_quarter_after),
    cmocka_unit_test(grace_is_never_less_than_what_storing_may_take),
};

TB_RUN("agents/duty", tests)

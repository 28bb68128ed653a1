/* Inspections by bureaus and by operators of their own channels (三(二)7), as shipped. */
#include "tests/agents/judge_fixture.h"

#define WHAT "province=33|inspected_on=2015-05-20|points_checked=109"

static int setup(void **state)
{
    static country here;
    country_setup(&here, "black-card");
    country_begin(&here, "inspection");
    country_time(&here, "2015-05-25");
    *state = &here;
    return 0;
}

static int teardown(void **state)
{
    country_teardown(*state);
    return 0;
}

static void a_resale_operator_reports_what_it_found_at_its_own_channels(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "resale.1", "report",
                        "inspection_kind=self_check|" WHAT
                        "|points_in_breach=37|online_checked=59|findings=线上24处违规"));
    assert_string_equal(holder_of(c), "headquarters");
    assert_string_equal(told(c), "bureau.33 headquarters");
    assert_accepted(act(c, "headquarters", "note", ""));
    assert_string_equal(state_of(c), "noted");
    assert_string_equal(told(c), "bureau.33 resale.1");
}

static void each_reports_its_own_kind_and_no_more_breaches_than_points(void **state)
{
    country *c = *state;
    assert_accepted(
        attempt(c, "bureau.33", "report", "inspection_kind=periodic|" WHAT "|points_in_breach=0"));
    assert_int_equal(
        attempt(c, "bureau.33", "report", "inspection_kind=self_check|" WHAT "|points_in_breach=0"),
        TB_REFUSED_ROLE);
    assert_int_equal(
        attempt(c, "resale.1", "report", "inspection_kind=periodic|" WHAT "|points_in_breach=0"),
        TB_REFUSED_ROLE);
    assert_int_equal(
        attempt(c, "bureau.33", "report", "inspection_kind=periodic|" WHAT "|points_in_breach=110"),
        TB_REFUSED_ABOVE);
    assert_int_equal(
        attempt(c, "police.33", "report", "inspection_kind=periodic|" WHAT "|points_in_breach=0"),
        TB_REFUSED_ROLE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    TEST(a_resale_operator_reports_what_it_found_at_its_own_channels),
    TEST(each_reports_its_own_kind_and_no_more_breaches_than_points),
};

TB_RUN("agents/inspection", tests)

/* The example of ops/campaigns/README.md, played. */
#include "tests/agents/judge_fixture.h"

static int setup(void **state)
{
    static country here;
    country_setup(&here, "example");
    *state = &here;
    return 0;
}

static int teardown(void **state)
{
    country_teardown(*state);
    return 0;
}

static void a_lead_goes_to_the_regulator_of_its_place_and_comes_back(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "bureau.33", "refer", "province=33|name=一号店|address=文三路"));
    assert_string_equal(state_of(c), "referred");
    assert_string_equal(holder_of(c), "market.33");
    assert_accepted(act(c, "market.33", "sign_for", ""));
    assert_string_equal(told(c), "bureau.33");
    assert_accepted(act(c, "market.33", "answer", "finding=unlicensed|measure=责令停业"));
    assert_string_equal(holder_of(c), "bureau.33");
    assert_accepted(act(c, "bureau.33", "close", ""));
    assert_string_equal(state_of(c), "closed");
}

static void who_trades_without_a_licence_is_dealt_with_before_the_answer(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "bureau.33", "refer", "province=33|name=一号店"));
    assert_accepted(act(c, "market.33", "sign_for", ""));
    assert_int_equal(attempt(c, "market.33", "answer", "finding=unlicensed"),
                     TB_REFUSED_FIELD_MISSING);
    assert_accepted(attempt(c, "market.33", "answer", "finding=licensed"));
}

static void only_a_bureau_refers_and_only_from_its_own_place(void **state)
{
    country *c = *state;
    assert_int_equal(attempt(c, "police.33", "refer", "province=33|name=店"), TB_REFUSED_ROLE);
    assert_int_not_equal(attempt(c, "bureau.33", "refer", "province=44|name=店"), TB_ACCEPTED);
}

static void an_overdue_lead_is_taken_over_once_its_lapse_is_on_record(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "bureau.33", "refer", "province=33|name=一号店"));
    assert_int_equal(attempt(c, "headquarters", "take_over", ""), TB_REFUSED_FIELD_MISSING);
    assert_int_equal(attempt(c, "headquarters", "take_over", "take_over_reason=overdue"),
                     TB_REFUSED_NO_LAPSE);
    assert_accepted(act(c, "headquarters", "take_over", "take_over_reason=party_off"));
    assert_string_equal(state_of(c), "answered");
    assert_string_equal(holder_of(c), "bureau.33");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(
        a_lead_goes_to_the_regulator_of_its_place_and_comes_back, setup, teardown),
    cmocka_unit_test_setup_teardown(
        who_trades_without_a_licence_is_dealt_with_before_the_answer, setup, teardown),
    cmocka_unit_test_setup_teardown(
        only_a_bureau_refers_and_only_from_its_own_place, setup, teardown),
    cmocka_unit_test_setup_teardown(
        an_overdue_lead_is_taken_over_once_its_lapse_is_on_record, setup, teardown),
};

TB_RUN("agents/example", tests)

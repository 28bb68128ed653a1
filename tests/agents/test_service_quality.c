/* ops/campaigns/service-quality.yaml, played: each task's path, and what it refuses. */
#include "tests/agents/judge_fixture.h"

#include "agents/campaign/duty.h"

static const country_row areas[] = {
    {"dept.33", "department", "33"},
    {"drc.33", "local_drc", "33"},
    {"drc.44", "local_drc", "44"},
    {"mr.33", "local_mr", "33"},
    {"mr.44", "local_mr", "44"},
    {"ndrc", "ndrc", ""},
    {"samr", "samr", ""},
};

static int setup(void **state)
{
    static country here;
    country_setup_of(&here, "service-quality", areas, sizeof areas / sizeof areas[0]);
    country_time(&here, "2019-05-10");
    *state = &here;
    return 0;
}

static int teardown(void **state)
{
    country_teardown(*state);
    return 0;
}

static bool is_owed(country *c, const char *id)
{
    const tb_duty_def *duty = tb_case_type_duty(c->view.type, tb_bytes_str(id));
    return tb_duty_owed(duty, &c->view, &c->directory, c->at);
}

static void a_problem_is_notified_to_the_agency_of_the_place_and_answered(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "mr.33", "notify",
                        "found_in=33|place=44|agency=market|service_field=commerce|problem="
                        "false_claims|found_at=2019-05-09|name=某网店|facts=虚假宣传"));
    assert_string_equal(holder_of(c), "mr.44");
    assert_true(is_owed(c, "sign_for"));
    assert_false(is_owed(c, "sign_for_drc"));
    assert_accepted(act(c, "mr.44", "sign_for", ""));
    assert_int_equal(attempt(c, "mr.44", "reply", "result=penalised|handling=罚款"),
                     TB_REFUSED_FIELD_MISSING);
    assert_accepted(act(c, "mr.44", "reply", "result=penalised|handling=罚款|document_no=粤1号"));
    assert_string_equal(holder_of(c), "mr.33");
    assert_accepted(act(c, "mr.33", "close", ""));
    assert_string_equal(told(c), "mr.44");
}

static void by_department_too_and_again_when_it_was_the_wrong_one(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "drc.44", "notify",
                        "found_in=44|place=33|agency=department|service_field=education|problem="
                        "price|found_at=2019-05-09|name=某机构|facts=乱收费"));
    assert_string_equal(holder_of(c), "dept.33");
    assert_true(is_owed(c, "sign_for_dept"));
    assert_accepted(act(c, "dept.33", "sign_for", ""));
    assert_accepted(act(c, "dept.33", "reply", "result=not_here|handling=不属本部门"));
    assert_accepted(act(c, "drc.44", "send_again", "place=33|agency=market"));
    assert_string_equal(holder_of(c), "mr.33");
    assert_int_equal(attempt(c, "dept.33", "sign_for", ""), TB_REFUSED_NOT_HOLDER);
}

static void nobody_notifies_in_the_name_of_another_place(void **state)
{
    country *c = *state;
    assert_int_equal(attempt(c, "mr.33", "notify",
                             "found_in=44|place=44|agency=market|service_field=commerce|problem="
                             "price|found_at=2019-05-09|name=某|facts=某"),
                     TB_REFUSED_JURISDICTION);
    assert_int_equal(attempt(c, "samr", "notify",
                             "found_in=33|place=44|agency=market|service_field=commerce|problem="
                             "price|found_at=2019-05-09|name=某|facts=某"),
                     TB_REFUSED_ROLE);
}

static void joint_enforcement_is_asked_for_agreed_and_reported(void **state)
{
    country *c = *state;
    country_begin(c, "joint_enforcement");
    assert_int_equal(
        attempt(c, "mr.33", "request", "asked=mr.33|service_field=tourism|matter=联合检查"),
        TB_REFUSED_CONDITION);
    assert_accepted(
        act(c, "mr.33", "request", "asked=mr.44|service_field=tourism|matter=联合检查|targets=20"));
    assert_int_equal(attempt(c, "mr.44", "respond", "answer=declined"), TB_REFUSED_FIELD_MISSING);
    assert_accepted(act(c, "mr.44", "respond", "answer=agreed"));
    assert_true(is_owed(c, "report_result"));
    assert_int_equal(attempt(c, "mr.44", "report_result",
                             "result=breach|result_note=查实|checked=20|breaches=21"),
                     TB_REFUSED_ABOVE);
    assert_accepted(
        act(c, "mr.44", "report_result", "result=breach|result_note=查实|checked=20|breaches=3"));
    assert_accepted(act(c, "mr.33", "close", ""));
}

static void who_declines_owes_no_result(void **state)
{
    country *c = *state;
    country_begin(c, "joint_enforcement");
    assert_accepted(act(c, "mr.33", "request", "asked=mr.44|service_field=tourism|matter=检查"));
    assert_accepted(act(c, "mr.44", "respond", "answer=declined|reason=力量不足"));
    assert_string_equal(state_of(c), "declined");
    assert_false(is_owed(c, "report_result"));
}

static void who_is_asked_first_answers_the_consumer(void **state)
{
    country *c = *state;
    static const char complaint[] = "received_in=33|place=44|way=phone|service_field=after_sales|"
                                    "problem=guarantee|received_at=2019-05-10|name=某店|content="
                                    "拒绝退换";
    country_begin(c, "complaint");
    assert_accepted(act(c, "mr.33", "receive", complaint));
    assert_accepted(act(c, "mr.33", "transfer", ""));
    assert_string_equal(holder_of(c), "mr.44");
    assert_accepted(act(c, "mr.44", "handle", "result=mediated|handling=已退款|paid=300"));
    assert_string_equal(holder_of(c), "mr.33");
    assert_accepted(act(c, "mr.33", "answer", ""));
    assert_accepted(act(c, "mr.33", "close", "published=1"));
    country_begin(c, "complaint");
    assert_accepted(act(c, "mr.44", "receive",
                        "received_in=44|place=44|way=web|service_field=catering|problem=price|"
                        "received_at=2019-05-10|name=某店|content=收费"));
    assert_int_equal(attempt(c, "mr.44", "transfer", ""), TB_REFUSED_CONDITION);
}

static void a_serious_breach_is_listed_measured_and_repaired(void **state)
{
    country *c = *state;
    country_begin(c, "credit_breach");
    assert_accepted(act(c, "mr.33", "propose",
                        "area=33|kind=repeated|service_field=finance|name=某公司|uscc="
                        "914403001922038216|basis=三次处罚"));
    assert_int_equal(attempt(c, "mr.33", "list", "listed_at=2019-05-10"), TB_REFUSED_ROLE);
    assert_accepted(act(c, "samr", "list", "listed_at=2019-05-10"));
    assert_string_equal(holder_of(c), "drc.33");
    assert_accepted(act(c, "drc.33", "feed_back", "measure=restricted|measure_at=2019-05-10"));
    assert_accepted(act(c, "samr", "repair", "repaired_at=2019-05-10|repair_basis=已改正"));
    assert_string_equal(told(c), "drc.33 mr.33 ndrc");
}

static void a_monitoring_result_is_used_by_the_15th_of_the_next_quarter(void **state)
{
    country *c = *state;
    country_begin(c, "monitoring");
    assert_int_equal(attempt(c, "mr.33", "issue",
                             "area=33|service_field=health|period_from=2019-01-01|period_to=2019-"
                             "03-31|score=1001|samples=1|method=一"),
                     TB_REFUSED_COUNT_RANGE);
    assert_accepted(act(c, "mr.33", "issue",
                        "area=33|service_field=health|period_from=2019-01-01|period_to=2019-03-31|"
                        "score=815|samples=400|method=通用方法1.0"));
    const tb_duty_def *use = tb_case_type_duty(c->view.type, tb_bytes_str("use"));
    tb_time behind;
    assert_true(tb_time_parse(tb_bytes_str("2019-07-16T00:00:00+08:00"), &behind));
    assert_int_equal(tb_duty_due(use, c->at, NULL), behind - 1);
    assert_accepted(act(c, "drc.33", "use", "use=supply"));
}

static void of_the_seven_steps_one_may_be_left_out_and_none_comes_before_its_turn(void **state)
{
    country *c = *state;
    static const char done[] = "done_at=2019-05-10|note=已完成";
    country_begin(c, "field_action");
    assert_accepted(act(c, "mr.33", "choose", "area=33|service_field=tourism|note=整治"));
    assert_int_equal(attempt(c, "mr.33", "close", "note=无"), TB_REFUSED_STATE);
    assert_accepted(act(c, "mr.33", "spot_check", done)); /* without monitoring */
    assert_int_equal(attempt(c, "mr.33", "monitor", done), TB_REFUSED_STATE);
    assert_accepted(act(c, "mr.33", "summon", done));
    assert_accepted(act(c, "mr.33", "expose", "done_at=2019-05-10|reference=公告1号"));
    assert_int_equal(attempt(c, "mr.33", "survey", done), TB_REFUSED_STATE);
    assert_accepted(act(c, "mr.33", "regulate", done));
    assert_accepted(act(c, "mr.33", "set_models", done));
    assert_accepted(act(c, "mr.33", "close", "note=整治结束"));
    assert_string_equal(told(c), "samr");
}

static void local_plans_go_to_the_ministry_of_who_files_them(void **state)
{
    country *c = *state;
    country_begin(c, "local_plan");
    static const char plan[] = "area=33|kind=action_plan|adopted_at=2019-03-20|document_no=浙1号";
    assert_accepted(act(c, "mr.33", "file", plan));
    assert_string_equal(holder_of(c), "samr");
    assert_accepted(act(c, "samr", "return", "comment=请细化"));
    assert_accepted(act(c, "mr.33", "refile", "gist=细化后"));
    assert_string_equal(holder_of(c), "samr");
    assert_accepted(act(c, "samr", "accept", ""));
    country_begin(c, "local_plan");
    assert_accepted(act(c, "drc.33", "file", plan));
    assert_string_equal(holder_of(c), "ndrc");
}

/* Scenario 14: there are no thresholds and no quarterly reports; progress is reported on two days. */
static void scenario_14_two_dated_reports_and_neither_thresholds_nor_quarters(void **state)
{
    country *c = *state;
    unsigned faults = 0;
    assert_ok(tb_campaign_check(tb_bytes_of(c->text, c->text_size), NULL, NULL, &faults));
    assert_int_equal(faults, 0);
    assert_int_equal(c->campaign->case_type_count, 11);
    for (unsigned i = 0; i < c->campaign->case_type_count; i++) {
        const tb_case_type *type = &c->campaign->case_types[i];
        for (unsigned j = 0; j < type->duty_count; j++) {
            /* the plan has no figure; some have the day that a party named */
            assert_true(type->duties[j].by_default || type->duties[j].due_field != NULL);
        }
    }
    assert_int_equal(c->campaign->report_count, 2);
    for (unsigned i = 0; i < c->campaign->report_count; i++) {
        const tb_report_def *report = &c->campaign->reports[i];
        assert_int_equal(report->judged_count, 0);
        assert_int_equal(report->every, TB_EVERY_NONE);
        assert_int_equal(report->date_count, 2);
        assert_string_equal(report->dates[0], "2019-11-30");
        assert_string_equal(report->dates[1], "2020-11-30");
    }
    assert_string_equal(c->campaign->from, "2019-01-01");
    assert_string_equal(c->campaign->to, "2020-12-31");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
static const struct CMUnitTest tests[] = {
    TEST(a_problem_is_notified_to_the_agency_of_the_place_and_answered),
    TEST(by_department_too_and_again_when_it_was_the_wrong_one),
    TEST(nobody_notifies_in_the_name_of_another_place),
    TEST(joint_enforcement_is_asked_for_agreed_and_reported),
    TEST(who_declines_owes_no_result),
    TEST(who_is_asked_first_answers_the_consumer),
    TEST(a_serious_breach_is_listed_measured_and_repaired),
    TEST(a_monitoring_result_is_used_by_the_15th_of_the_next_quarter),
    TEST(of_the_seven_steps_one_may_be_left_out_and_none_comes_before_its_turn),
    TEST(local_plans_go_to_the_ministry_of_who_files_them),
    TEST(scenario_14_two_dated_reports_and_neither_thresholds_nor_quarters),
};

TB_RUN("agents/service_quality", tests)

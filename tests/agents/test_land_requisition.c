/* ops/campaigns/land-requisition.yaml, played: its main path, its stages, and what it refuses. */
#include "tests/agents/judge_fixture.h"

#include <stdio.h>

#include "agents/campaign/duty.h"
#include "agents/campaign/lookup.h"
#include "agents/campaign/stages.h"

static const country_row town[] = {
    {"agri", "agri_centre", ""},        {"county", "superior", ""},
    {"finance", "finance_office", ""},  {"government", "town_gov", ""},
    {"labour", "labour_office", ""},    {"land", "land_office", ""},
    {"supervision", "supervision", ""}, {"village.1", "village", ""},
    {"village.2", "village", ""},
};

static int setup(void **state)
{
    static country here;
    country_setup_of(&here, "land-requisition", town, sizeof town / sizeof town[0]);
    country_time(&here, "2015-07-20");
    *state = &here;
    return 0;
}

static int teardown(void **state)
{
    country_teardown(*state);
    return 0;
}

static void find(country *c, const char *item)
{
    char fields[256];
    (void)snprintf(fields, sizeof fields,
                   "item=%s|unit=village.1|found_by=self_check|found_at=2015-07-20|era=current|"
                   "description=补偿款未付清|households=12|grave=0",
                   item);
    assert_accepted(act(c, "village.1", "find", fields));
}

static void lead_to_ledger(country *c, const char *item, const char *by)
{
    find(c, item);
    assert_accepted(act(c, "village.1", "report", ""));
    assert_accepted(act(c, by, "register", "ledger_no=台账001"));
}

static tb_timing timing_of(country *c, const char *action)
{
    return tb_action_timing(c->campaign, tb_case_type_action(c->view.type, tb_bytes_str(action)),
                            c->at);
}

/* The due time of a duty begun by the last act; fails unless it is owed by whom. */
static tb_time due_of(country *c, const char *id, const char *debtor, const char *creditor)
{
    const tb_duty_def *duty = tb_case_type_duty(c->view.type, tb_bytes_str(id));
    tb_party owes;
    tb_party to;
    assert_non_null(duty);
    assert_true(tb_duty_begins(duty, c->event.action));
    assert_true(tb_duty_owed(duty, &c->view, &c->directory, c->at));
    size_t first = 0;
    assert_true(tb_duty_parties(duty, &c->view, &c->directory, &first, &owes, &to));
    assert_string_equal(owes.text, debtor);
    assert_string_equal(to.text, creditor);
    return tb_duty_due(duty, c->at, NULL);
}

static bool is_owed(country *c, const char *id)
{
    const tb_duty_def *duty = tb_case_type_duty(c->view.type, tb_bytes_str(id));
    return tb_duty_owed(duty, &c->view, &c->directory, c->at);
}

static tb_time end_of(const char *day)
{
    return tb_date_end(day);
}

static void a_problem_goes_to_its_leading_unit_and_is_struck_off_once_verified(void **state)
{
    country *c = *state;
    find(c, "1.3");
    assert_string_equal(holder_of(c), "village.1");
    assert_accepted(act(c, "village.1", "report", ""));
    assert_string_equal(holder_of(c), "land");
    assert_accepted(act(c, "land", "register", "ledger_no=国土001"));
    assert_string_equal(holder_of(c), "village.1");
    country_time(c, "2015-09-10");
    assert_accepted(act(c, "village.1", "form_opinion", "opinion=限期补缴|responsible=村主任"));
    assert_accepted(act(c, "village.1", "finish", "measure=已补缴|done_at=2015-09-10"));
    assert_string_equal(holder_of(c), "supervision");
    country_time(c, "2015-09-20");
    assert_int_equal(attempt(c, "supervision", "strike_off", ""), TB_REFUSED_STATE);
    assert_accepted(act(c, "supervision", "verify", "verdict=unsettled|verify_note=尚欠三户"));
    assert_string_equal(holder_of(c), "village.1");
    assert_accepted(act(c, "village.1", "finish", "measure=已全部补缴|done_at=2015-09-20"));
    assert_accepted(act(c, "supervision", "verify", "verdict=settled"));
    assert_accepted(act(c, "supervision", "strike_off", ""));
    assert_string_equal(state_of(c), "struck_off");
    assert_string_equal(told(c), "government land village.1");
}

static void every_item_has_its_leading_and_its_supporting_units(void **state)
{
    country *c = *state;
    static const struct {
        const char *item;
        const char *lead;
        const char *support; /* the first */
        size_t supports;
    } rows[] = {
        {"1.1", "land", "village.1", 1},    {"1.4", "land", "village.1", 1},
        {"2.1", "labour", "land", 3},       {"2.4", "labour", "land", 3},
        {"3.1", "village.1", "finance", 2}, {"3.10", "village.1", "finance", 2},
    };
    const tb_position *support = tb_case_type_position(c->view.type, tb_bytes_str("support"));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tb_party lead;
        tb_party list[4];
        country_forget(c);
        find(c, rows[i].item);
        assert_true(tb_position_party(&c->view, &c->directory, "lead", &lead));
        assert_string_equal(lead.text, rows[i].lead);
        assert_int_equal(tb_lookup_parties(&c->view, &c->directory, support, list, 4),
                         rows[i].supports);
        assert_string_equal(list[0].text, rows[i].support);
    }
}

/* Every supporting unit that the table names owes its opinion to the leading one. */
static void each_supporting_unit_owes_an_opinion(void **state)
{
    country *c = *state;
    static const struct {
        const char *item;
        const char *by; /* who enters it in the ledger */
        const char *lead;
        const char *support[3];
    } rows[] = {
        {"1.2", "land", "land", {"village.1"}},
        {"2.1", "labour", "labour", {"land", "agri", "village.1"}},
        {"3.2", "land", "village.1", {"finance", "land"}},
    };
    for (size_t i = 0; i < 3; i++) {
        country_forget(c);
        country_time(c, "2015-07-20");
        lead_to_ledger(c, rows[i].item, rows[i].by);
        assert_int_equal(due_of(c, "opinion", rows[i].support[0], rows[i].lead),
                         end_of("2015-07-27"));
        const tb_duty_def *duty = tb_case_type_duty(c->view.type, tb_bytes_str("opinion"));
        size_t at = 0;
        tb_party debtor;
        tb_party creditor;
        for (size_t s = 0; s < 3 && rows[i].support[s] != NULL; s++) {
            assert_true(tb_duty_parties(duty, &c->view, &c->directory, &at, &debtor, &creditor));
            assert_string_equal(debtor.text, rows[i].support[s]);
            assert_accepted(attempt(c, debtor.text, "comment", "comment=已核对"));
        }
        assert_false(tb_duty_parties(duty, &c->view, &c->directory, &at, &debtor, &creditor));
    }
    assert_int_equal(attempt(c, "agri", "comment", "comment=x"), TB_REFUSED_ROLE);
}

/* L8: one act tells them all, and each owes its own receipt. */
static void a_notice_is_circulated_to_all_and_each_signs_for_it(void **state)
{
    country *c = *state;
    static const char *const duties[] = {"villages_sign", "land_sign", "labour_sign", "agri_sign",
                                         "finance_sign"};
    country_begin(c, "circular");
    country_time(c, "2015-10-26");
    static const char content[] = "circular_no=〔2015〕1号|title=进展通报|content=已销号3个";
    assert_int_equal(attempt(c, "village.1", "circulate", content), TB_REFUSED_ROLE);
    assert_accepted(act(c, "supervision", "circulate", content));
    assert_string_equal(told(c), "agri finance government labour land village.1 village.2");
    for (size_t i = 0; i < 5; i++) {
        assert_true(is_owed(c, duties[i]));
    }
    const tb_duty_def *duty = tb_case_type_duty(c->view.type, tb_bytes_str("villages_sign"));
    size_t at = 0;
    tb_party debtor;
    tb_party creditor;
    assert_true(tb_duty_parties(duty, &c->view, &c->directory, &at, &debtor, &creditor));
    assert_string_equal(debtor.text, "village.1");
    assert_true(tb_duty_parties(duty, &c->view, &c->directory, &at, &debtor, &creditor));
    assert_string_equal(debtor.text, "village.2");
    assert_accepted(attempt(c, "village.2", "sign_for", ""));
    assert_int_equal(attempt(c, "county", "sign_for", ""), TB_REFUSED_ROLE);
}

static void the_labour_office_reports_how_many_are_insured(void **state)
{
    country *c = *state;
    country_begin(c, "insurance_report");
    country_time(c, "2015-12-30");
    assert_int_equal(attempt(c, "labour", "file", "period=2015-12-31|practice=x|filled_by=x"),
                     TB_REFUSED_FIELD_MISSING);
    assert_accepted(act(c, "labour", "file",
                        "period=2015-12-31|early_covered=420/420@2015-12-30|new_covered=71/71|"
                        "practice=全部参保|filled_by=劳保所"));
    assert_string_equal(holder_of(c), "government");
    const tb_report_def *report = tb_campaign_report(c->campaign, tb_bytes_str("insurance"));
    assert_non_null(report);
    assert_int_equal(report->measure_count, 2);
    assert_int_equal(report->date_count, 2);
}

static void focus_3_is_led_by_the_village_and_collected_by_the_land_office(void **state)
{
    country *c = *state;
    lead_to_ledger(c, "3.2", "land");
    assert_string_equal(holder_of(c), "village.1");
    country_forget(c);
    find(c, "3.2");
    assert_accepted(act(c, "village.1", "report", ""));
    assert_string_equal(holder_of(c), "land");
    assert_int_equal(attempt(c, "labour", "register", "ledger_no=1"), TB_REFUSED_ROLE);
}

/* Scenario 13. */
static void scenario_13_focus_3_is_late_on_21_august_and_focus_1_in_time_on_31_august(void **state)
{
    country *c = *state;
    find(c, "3.3");
    assert_false(is_owed(c, "report"));
    tb_time due = due_of(c, "report_focus3", "village.1", "supervision");
    assert_int_equal(due, end_of("2015-08-20"));
    country_time(c, "2015-08-20T23:59:59+08:00");
    assert_true(c->at <= due);
    country_time(c, "2015-08-21T00:00:00+08:00");
    assert_true(c->at > due); /* late by its own limit, though the stage runs on */
    assert_int_equal(timing_of(c, "report"), TB_TIMING_IN_STAGE);

    country_forget(c);
    country_time(c, "2015-07-20");
    find(c, "1.2");
    assert_false(is_owed(c, "report_focus3"));
    due = due_of(c, "report", "village.1", "supervision");
    assert_int_equal(due, end_of("2015-08-31"));
    country_time(c, "2015-08-31T23:59:59+08:00");
    assert_true(c->at <= due);
    assert_int_equal(timing_of(c, "report"), TB_TIMING_IN_STAGE);
    assert_accepted(act(c, "village.1", "report", ""));
}

static void scenario_13_what_is_dated_31_october_is_in_no_stage_and_late(void **state)
{
    country *c = *state;
    lead_to_ledger(c, "1.1", "land");
    country_time(c, "2015-09-05");
    assert_accepted(act(c, "village.1", "form_opinion", "opinion=整改|responsible=村主任"));
    country_time(c, "2015-10-30T23:59:59+08:00");
    assert_int_equal(timing_of(c, "finish"), TB_TIMING_IN_STAGE);
    country_time(c, "2015-10-31");
    assert_int_equal(timing_of(c, "finish"), TB_TIMING_LATE);
    for (unsigned i = 0; i < c->campaign->stage_count; i++) {
        assert_false(tb_stage_holds(&c->campaign->stages[i], c->at));
    }
    assert_accepted(act(c, "village.1", "finish", "measure=已整改|done_at=2015-10-31"));
}

static void before_their_stages_nothing_is_reported_finished_or_summed_up(void **state)
{
    country *c = *state;
    country_time(c, "2015-07-15");
    assert_accepted(act(c, "village.1", "find",
                        "item=1.1|unit=village.1|found_by=self_check|found_at=2015-07-15|era="
                        "current|description=无"));
    assert_int_equal(attempt(c, "village.1", "report", ""), TB_REFUSED_STAGE);
    country_begin(c, "filing");
    country_time(c, "2015-10-31");
    assert_int_equal(attempt(c, "village.1", "file_summary", "kind=summary|gist=总结"),
                     TB_REFUSED_STAGE);
    country_time(c, "2015-12-21");
    assert_accepted(attempt(c, "village.1", "file_summary", "kind=summary|gist=总结"));
    assert_int_equal(timing_of(c, "file_summary"), TB_TIMING_LATE);
}

static void duties_end_with_the_stage_and_an_extension_begins_another(void **state)
{
    country *c = *state;
    lead_to_ledger(c, "2.1", "labour");
    assert_int_equal(due_of(c, "rectify", "village.1", "supervision"), end_of("2015-10-30"));
    country_time(c, "2015-10-20");
    assert_accepted(act(c, "village.1", "form_opinion", "opinion=补保|responsible=村主任"));
    assert_accepted(act(c, "village.1", "ask_extension", "extension_reason=名单复核"));
    assert_int_equal(attempt(c, "supervision", "extend", ""), TB_REFUSED_ROLE);
    assert_accepted(act(c, "government", "extend", ""));
    assert_int_equal(due_of(c, "rectify_extended", "village.1", "supervision"),
                     end_of("2015-12-20"));
}

static void concealment_has_an_end_of_its_own(void **state)
{
    country *c = *state;
    static const char found[] = "item=3.4|unit=village.2|found_by=petition|found_at=2015-07-20|era="
                                "earlier|concealed=1|description=以租代征";
    country_time(c, "2015-09-15");
    assert_int_equal(attempt(c, "village.2", "expose", found), TB_REFUSED_ROLE);
    assert_int_equal(attempt(c, "supervision", "expose",
                             "item=3.4|unit=village.2|found_by=self_check|found_at=2015-07-20|era="
                             "earlier|concealed=1|description=以租代征"),
                     TB_REFUSED_CONDITION);
    assert_accepted(act(c, "supervision", "expose", found));
    assert_string_equal(state_of(c), "exposed");
    assert_string_equal(holder_of(c), "village.2");
    assert_accepted(act(c, "village.2", "form_opinion", "opinion=清退|responsible=村主任"));
    assert_accepted(act(c, "village.2", "finish", "measure=已清退|done_at=2015-09-15"));
    assert_accepted(act(c, "supervision", "verify", "verdict=settled"));
    assert_accepted(act(c, "supervision", "strike_off", ""));
    assert_string_equal(state_of(c), "struck_off_concealed");
}

static void a_grave_breach_is_inquired_into_and_referred(void **state)
{
    country *c = *state;
    lead_to_ledger(c, "3.2", "land");
    assert_int_equal(attempt(c, "village.1", "ask_inquiry", ""), TB_REFUSED_CONDITION);
    assert_accepted(
        act(c, "village.1", "form_opinion", "opinion=涉嫌挪用|responsible=村主任|grave=1"));
    assert_accepted(act(c, "village.1", "ask_inquiry", ""));
    assert_string_equal(holder_of(c), "supervision");
    assert_accepted(
        act(c, "supervision", "conclude_inquiry",
            "inquiry_result=judiciary|inquiry_note=涉嫌犯罪|referral_no=移〔2015〕1号"));
    assert_string_equal(state_of(c), "transferred");
}

static void what_is_not_allowed_is_refused(void **state)
{
    country *c = *state;
    /* another's problem */
    assert_int_equal(attempt(c, "village.2", "find",
                             "item=1.1|unit=village.1|found_by=self_check|found_at=2015-07-20|era="
                             "current|description=无"),
                     TB_REFUSED_CONDITION);
    /* a day that has not come */
    assert_int_equal(attempt(c, "village.1", "find",
                             "item=1.1|unit=village.1|found_by=self_check|found_at=2015-07-21|era="
                             "current|description=无"),
                     TB_REFUSED_FUTURE);
    /* an item that is none */
    assert_int_equal(attempt(c, "village.1", "find",
                             "item=4.1|unit=village.1|found_by=self_check|found_at=2015-07-20|era="
                             "current|description=无"),
                     TB_REFUSED_CHOICE);
    find(c, "1.1");
    assert_int_equal(attempt(c, "village.2", "report", ""), TB_REFUSED_ROLE);
    assert_accepted(act(c, "village.1", "report", ""));
    assert_int_equal(attempt(c, "land", "return", ""), TB_REFUSED_FIELD_MISSING);
    assert_accepted(act(c, "land", "return", "return_reason=incomplete"));
    assert_accepted(act(c, "village.1", "report", "description=补充材料后上报"));
}

static void a_petition_is_assigned_answered_and_closed(void **state)
{
    country *c = *state;
    country_begin(c, "petition");
    assert_int_equal(attempt(c, "county", "receive",
                             "source=superior|subject=compensation|received_at=2015-07-20|content="
                             "补偿"),
                     TB_REFUSED_FIELD_MISSING); /* the number of the assignment */
    assert_accepted(act(c, "county", "receive",
                        "source=superior|subject=compensation|received_at=2015-07-20|content=补偿|"
                        "assigned_no=交〔2015〕7号|people=5"));
    assert_string_equal(holder_of(c), "government");
    assert_accepted(act(c, "government", "assign", "unit=village.1"));
    assert_int_equal(due_of(c, "settle", "village.1", "government"), end_of("2015-09-18"));
    assert_accepted(act(c, "village.1", "settle", "result=supported|handling=已支付|satisfied=1"));
    assert_accepted(act(c, "government", "close", ""));
    assert_string_equal(told(c), "county supervision village.1");
}

static void accountability_and_emergencies_take_their_course(void **state)
{
    country *c = *state;
    country_begin(c, "accountability");
    assert_accepted(
        act(c, "supervision", "propose", "unit=village.2|ground=concealed|facts=隐瞒不报"));
    assert_int_equal(attempt(c, "government", "decide",
                             "sanction=discipline|decision=警告|decided_at=2015-07-20"),
                     TB_REFUSED_FIELD_MISSING); /* the document */
    assert_accepted(act(c, "government", "decide",
                        "sanction=discipline|decision=警告|decided_at=2015-07-20|document_no=纪1"));
    assert_accepted(act(c, "supervision", "carry_out", ""));

    country_begin(c, "emergency");
    assert_accepted(act(c, "village.1", "alarm",
                        "kind=gathering|happened_at=2015-07-20T10:00:00+08:00|situation=聚集"));
    assert_int_equal(due_of(c, "respond", "government", "village.1"), c->at + 3600000);
    assert_accepted(act(c, "government", "respond", "instruction=就地稳控"));
    assert_accepted(act(c, "village.1", "update", "situation=人员减少|people=20"));
    assert_accepted(
        act(c, "village.1", "settle", "settled_at=2015-07-20T11:00:00+08:00|situation=已散去"));
    assert_accepted(act(c, "government", "close", ""));
}

static void who_is_insured_cannot_be_more_than_who_is_to_be(void **state)
{
    country *c = *state;
    country_begin(c, "filing");
    country_time(c, "2015-11-20");
    assert_int_equal(attempt(c, "village.1", "file_summary",
                             "kind=summary|gist=总结|early_due=10|early_insured=11"),
                     TB_REFUSED_ABOVE);
    assert_accepted(act(c, "village.1", "file_summary",
                        "kind=summary|gist=总结|early_due=10|early_insured=10"));
    assert_accepted(act(c, "government", "return", "comment=请补充"));
    assert_accepted(act(c, "village.1", "refile", "gist=补充后的总结"));
    assert_accepted(act(c, "government", "accept", ""));
}

static void another_year_is_another_definition(void **state)
{
    (void)state;
    country c;
    country_setup_of(&c, "land-requisition", town, sizeof town / sizeof town[0]);
    assert_string_equal(c.campaign->from, "2015-07-16");
    assert_string_equal(c.campaign->title.zh, "征地拆迁专项治理（2015年）");
    country_teardown(&c);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
static const struct CMUnitTest tests[] = {
    TEST(a_problem_goes_to_its_leading_unit_and_is_struck_off_once_verified),
    TEST(every_item_has_its_leading_and_its_supporting_units),
    TEST(each_supporting_unit_owes_an_opinion),
    TEST(a_notice_is_circulated_to_all_and_each_signs_for_it),
    TEST(the_labour_office_reports_how_many_are_insured),
    TEST(focus_3_is_led_by_the_village_and_collected_by_the_land_office),
    TEST(scenario_13_focus_3_is_late_on_21_august_and_focus_1_in_time_on_31_august),
    TEST(scenario_13_what_is_dated_31_october_is_in_no_stage_and_late),
    TEST(before_their_stages_nothing_is_reported_finished_or_summed_up),
    TEST(duties_end_with_the_stage_and_an_extension_begins_another),
    TEST(concealment_has_an_end_of_its_own),
    TEST(a_grave_breach_is_inquired_into_and_referred),
    TEST(what_is_not_allowed_is_refused),
    TEST(a_petition_is_assigned_answered_and_closed),
    TEST(accountability_and_emergencies_take_their_course),
    TEST(who_is_insured_cannot_be_more_than_who_is_to_be),
    cmocka_unit_test(another_year_is_another_definition),
};

TB_RUN("agents/land_requisition", tests)

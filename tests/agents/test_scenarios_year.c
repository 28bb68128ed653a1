/* Scenarios 8, 10, 14 and 15 of the plans (domain.md §7): the quarterly reports of all thirty-four
 * reporters, the 90 % that is judged unrounded, the progress reports of seventy-four, and a case
 * that outlives the campaign. */
#include "tests/agents/measured.h"

#include <stdio.h>

#define BUREAUS   31
#define REPORTERS (BUREAUS + 3)
#define PLAIN     "main_work=三项措施|filled_by=李明"

/* ascending */
static const char *const codes[BUREAUS] = {
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41",
    "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65"};

static int setup(void **state)
{
    static char bureaus[BUREAUS][12];
    static world_person people[REPORTERS + 4];
    size_t count = 0;
    int code = world_setup(state);
    for (size_t i = 0; i < BUREAUS; i++) {
        (void)snprintf(bureaus[i], sizeof bureaus[i], "bureau.%s", codes[i]);
        people[count++] = (world_person){bureaus[i], "bureau", codes[i], "通信管理局"};
    }
    static const world_person others[] = {
        {"cm", "operator_group", "", "中国移动"},
        {"cm.33", "operator", "33", "浙江移动"},
        {"ct", "operator_group", "", "中国电信"},
        {"cu", "operator_group", "", "中国联通"},
        {"headquarters", "headquarters", "", "专项办"},
        {"police.33", "police", "33", "浙江省公安厅"},
        {"resale.1", "resale", "", "转售企业一"},
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        people[count++] = others[i];
    }
    world_people(*state, people, count);
    return code;
}

static void
scenario_8_on_time_to_the_last_second_late_with_the_next_and_missing_in_34_rows(void **state)
{
    world *w = *state;
    assert_int_equal(files_at(w, "bureau.13", "2015-04-15T23:59:59+08:00", "period=2015-Q1|" PLAIN),
                     TB_ACCEPTED);
    assert_int_equal(files_at(w, "cm", "2015-04-16T00:00:00+08:00", "period=2015-Q1|" PLAIN),
                     TB_ACCEPTED);
    deliver_all(w);
    at_time(w, "headquarters", "2015-04-20T09:00:00+08:00");
    tb_local_reports all = reports_at(w, "headquarters", "2015-Q1");
    assert_int_equal(all.count, REPORTERS); /* everybody who owes it, whoever has filed */
    assert_int_equal(report_of(&all, "bureau.13")->timeliness, TB_TIMELINESS_ON_TIME);
    assert_int_equal(report_of(&all, "bureau.13")->days_late, 0);
    assert_int_equal(report_of(&all, "cm")->timeliness, TB_TIMELINESS_LATE);
    assert_int_equal(report_of(&all, "cm")->days_late, 1);
    assert_int_equal(report_of(&all, "bureau.65")->timeliness, TB_TIMELINESS_MISSING);
    assert_int_equal(report_of(&all, "bureau.65")->state, TB_REPORT_DUE);
    size_t missing = 0;
    for (size_t i = 0; i < all.count; i++) {
        missing += all.lines[i].timeliness == TB_TIMELINESS_MISSING;
    }
    assert_int_equal(missing, REPORTERS - 2);
    assert_int_equal(reports_at(w, "bureau.13", "2015-Q1").count, 1); /* others see their own */
    assert_int_equal(reports_at(w, "police.33", "2015-Q1").count, 0);
    tb_local_reports later = reports_at(w, "headquarters", "2015-Q4");
    assert_int_equal(report_of(&later, "bureau.13")->state, TB_REPORT_NOT_DUE);
    assert_int_equal(report_of(&later, "bureau.13")->timeliness, TB_TIMELINESS_OPEN);
}

/* How a rate filed for the last quarter is judged; 0: it is not. */
static tb_threshold_verdict judged(world *w, const char *party, const char *rate)
{
    char fields[200];
    (void)snprintf(fields, sizeof fields, "period=2015-Q4|" PLAIN "|%s", rate);
    assert_int_equal(files_at(w, party, "2016-01-10T09:00:00+08:00", fields), TB_ACCEPTED);
    deliver_all(w);
    tb_local_request request = {.kind = TB_REQUEST_GET_REPORT};
    request.get_report.case_id = w->case_id;
    const tb_local_answer *answer = ask(w, "headquarters", &request);
    assert_int_equal(answer->kind, TB_ANSWER_REPORT);
    return answer->report.judged_count == 0 ? 0 : answer->report.judged[0].verdict;
}

static void scenario_10_ninety_per_cent_passes_and_a_hundredth_less_fails(void **state)
{
    world *w = *state;
    assert_int_equal(judged(w, "cm", "real_name_rate=9000/10000@2015-12-31"), TB_VERDICT_REACHED);
    assert_int_equal(judged(w, "ct", "real_name_rate=8999/10000@2015-12-31"),
                     TB_VERDICT_NOT_REACHED);
    /* 89.999996 %, which nobody may write as 90 % */
    assert_int_equal(judged(w, "cu", "real_name_rate=22499999/25000000@2015-12-31"),
                     TB_VERDICT_NOT_REACHED);
    assert_int_equal(judged(w, "bureau.33", "real_name_rate=5000/10000@2015-12-31"), 0);
    /* a resale operator owes no report, so nothing of it is judged */
    assert_int_equal(files_at(w, "resale.1", "2016-01-10T09:00:00+08:00", "period=2015-Q4|" PLAIN),
                     TB_REFUSED_ROLE);
    tb_local_reports all = reports_at(w, "headquarters", "2015-Q4");
    assert_int_equal(all.count, REPORTERS);
}

#define AREAS 37

static void scenario_14_progress_is_owed_by_74_parties_on_two_days(void **state)
{
    static const char *const days[] = {"2019-11-30", "2020-11-30"};
    static char ids[2][AREAS][12];
    static world_person people[2 * AREAS + 2];
    world *w = *state;
    size_t count = 0;
    for (size_t kind = 0; kind < 2; kind++) {
        for (size_t i = 0; i < AREAS; i++) {
            (void)snprintf(ids[kind][i], sizeof ids[kind][i], "%s.%u", kind == 0 ? "drc" : "mr",
                           11 + (unsigned)i);
            people[count++] = (world_person){ids[kind][i], kind == 0 ? "local_drc" : "local_mr",
                                             strchr(ids[kind][i], '.') + 1, ""};
            if (kind == 0 && i == AREAS - 1) {
                people[count++] = (world_person){"ministry1", "samr", "", "市场监管总局"};
                people[count++] = (world_person){"ministry2", "ndrc", "", "国家发展改革委"};
            }
        }
    }
    world_campaign(w, "ops/campaigns/service-quality.yaml");
    world_people(w, people, count);
    for (size_t d = 0; d < 2; d++) {
        assert_int_equal(reports_at(w, "ministry1", days[d]).count, AREAS);
        assert_int_equal(reports_at(w, "ministry2", days[d]).count, AREAS);
    }
}

static void done(world *w, const char *party, const char *action, const char *fields)
{
    tb_refusal code = acts(w, party, action, fields);
    if (code != TB_ACCEPTED) {
        fail_msg("%s %s: %s", party, action, tb_refusal_key(code));
    }
    deliver_all(w);
}

static void scenario_15_a_case_of_the_last_day_is_worked_on_in_the_next_year(void **state)
{
    world *w = *state;
    at_time(w, "police.33", "2015-12-31T23:50:00+08:00");
    assert_int_equal(opens(w, "police.33",
                           "number=13900001234|source=police_case|offence=telecom_fraud|reported_"
                           "at=2015-12-31T23:40:00+08:00"),
                     TB_ACCEPTED);
    deliver_all(w);
    tb_case_id id = w->case_id;
    static const char *const parties[] = {"police.33", "bureau.33", "cm.33", "headquarters"};
    for (size_t i = 0; i < 4; i++) {
        at_time(w, parties[i], "2016-01-05T09:00:00+08:00");
    }
    done(w, "bureau.33", "accept", "");
    done(w, "bureau.33", "decide", "home_province=33|home_basis=operator_reply");
    done(w, "bureau.33", "order", "ordered=cm.33");
    done(w, "cm.33", "result", "verify_result=not_in_use|action=none");
    done(w, "bureau.33", "pass_on", "");
    done(w, "bureau.33", "close", "");
    assert_string_equal(state_at(w, "police.33"), "closed");
    /* nothing new is taken on: what is reported after the window goes back */
    assert_int_equal(opens(w, "police.33",
                           "number=13800009999|source=police_case|offence=telecom_fraud|reported_"
                           "at=2016-01-05T08:00:00+08:00"),
                     TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_REFUSED_CONDITION);

    /* the case was received in the last quarter, whose report is due in the new year */
    tb_local_reports open = reports_at(w, "headquarters", "2015-Q4");
    assert_int_equal(report_of(&open, "bureau.33")->state, TB_REPORT_DUE);
    assert_int_equal(report_of(&open, "bureau.33")->timeliness, TB_TIMELINESS_OPEN);
    assert_int_equal(files_at(w, "bureau.33", "2016-01-15T23:59:59+08:00", "period=2015-Q4|" PLAIN),
                     TB_ACCEPTED);
    assert_int_equal(files_at(w, "bureau.11", "2016-01-16T00:00:00+08:00", "period=2015-Q4|" PLAIN),
                     TB_ACCEPTED);
    deliver_all(w);
    tb_local_reports all = reports_at(w, "headquarters", "2015-Q4");
    assert_int_equal(report_of(&all, "bureau.33")->timeliness, TB_TIMELINESS_ON_TIME);
    assert_int_equal(report_of(&all, "bureau.11")->timeliness, TB_TIMELINESS_LATE);
    settle_all(w);
    assert_int_equal(figure_at(w, "bureau.33", "received_from_police", "", "2015-10", "2015-12"),
                     1);
    assert_int_equal(figure_at(w, "bureau.33", "closed_notices", "", "2015-10", "2015-12"), 0);
    assert_int_equal(figure_at(w, "bureau.33", "closed_notices", "", "2016-01", "2016-03"), 1);
    w->case_id = id;
    check_world(w);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(scenario_8_on_time_to_the_last_second_late_with_the_next_and_missing_in_34_rows),
    IN_A_WORLD(scenario_10_ninety_per_cent_passes_and_a_hundredth_less_fails),
    IN_A_WORLD(scenario_14_progress_is_owed_by_74_parties_on_two_days),
    IN_A_WORLD(scenario_15_a_case_of_the_last_day_is_worked_on_in_the_next_year),
};

TB_RUN("scenarios_year", tests)

/* Reports as cases: filing, what is owed and how it stands, and what a figure opens to. */
#include "tests/agents/measured.h"

#include "agents/campaign/figures.h"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

static tb_campaign_loaded *second;
static const tb_campaign *campaign;

static int setup(void **state)
{
    int code = world_setup(state);
    world *w = *state;
    second = measured_campaign(2);
    campaign = tb_campaign_loaded_get(second);
    w->campaigns = (tb_campaigns){&campaign, 1};
    return code;
}

static int teardown(void **state)
{
    int code = world_teardown(state);
    tb_campaign_loaded_free(second);
    return code;
}

static const tb_local_report *report_at(world *w, const char *party, const char *measure)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_REPORT};
    request.get_report.case_id = w->case_id;
    request.get_report.measure = tb_bytes_str(measure);
    const tb_local_answer *answer = ask(w, party, &request);
    assert_int_equal(answer->kind, TB_ANSWER_REPORT);
    return &answer->report;
}

static const tb_local_figure *
figure(const tb_local_report *report, const char *measure, const char *group)
{
    for (size_t i = 0; i < report->figure_count; i++) {
        if (tb_bytes_equal(report->figures[i].measure, tb_bytes_str(measure)) &&
            tb_bytes_equal(report->figures[i].group, tb_bytes_str(group))) {
            return &report->figures[i];
        }
    }
    fail_msg("the report has no figure %s/%s", measure, group);
    return NULL;
}

static void says(tb_bytes value, const char *expected)
{
    if (!tb_bytes_equal(value, tb_bytes_str(expected))) {
        fail_msg("'%.*s' is not '%s'", (int)value.size, (const char *)value.data, expected);
    }
}

static void one_forwarded(world *w)
{
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
}

static void filed_figures_are_counted_signed_and_stay_when_the_counters_move_on(void **state)
{
    world *w = *state;
    one_forwarded(w);
    one_forwarded(w);
    assert_int_equal(files_at(w, "bureau.33", "2015-04-02T09:00:00+08:00",
                              "period=2015-Q1|practice=三项措施|real_name_rate=8999/10000"),
                     TB_ACCEPTED);
    deliver_all(w);
    const tb_local_report *at_hq = report_at(w, "headquarters", "");
    says(figure(at_hq, "forwarded", "")->period, "2");
    says(figure(at_hq, "forwarded", "44")->period, "2");
    says(figure(at_hq, "numbers", "")->period, "1");
    says(figure(at_hq, "forwarded", "")->previous, "0");
    says(figure(at_hq, "real_name_rate", "")->period, "8999/10000");
    says(at_hq->texts[0].value, "三项措施");
    says(figure(at_hq, "forwarded", "")->now, ""); /* it does not count at headquarters */
    /* a case is taken over: what it forwarded no longer counts, what was filed stands */
    tb_case_id report = w->case_id;
    tb_local_report before = *report_at(w, "bureau.33", "forwarded");
    assert_int_equal(before.behind_count, 2);
    w->case_id = before.behind[0].case_id;
    assert_int_equal(before.behind[0].number, 3);
    w->case_id = report;
    one_forwarded(w);
    at_time(w, "bureau.33", "2015-04-03T09:00:00+08:00");
    settle_all(w);
    w->case_id = report;
    const tb_local_report *now = report_at(w, "bureau.33", "");
    says(figure(now, "forwarded", "")->period, "2");
    says(figure(now, "forwarded", "")->now, "2"); /* forwarded in April, so of another quarter */
}

static void a_return_gives_a_new_date_and_leaves_timeliness_as_it_is(void **state)
{
    world *w = *state;
    assert_int_equal(files_at(w, "bureau.33", "2015-04-16T00:00:00+08:00", "period=2015-Q1"),
                     TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "headquarters", "return", "again_by=2015-04-30"), TB_ACCEPTED);
    deliver_all(w);
    tb_local_reports all = reports_at(w, "headquarters", "2015-Q1");
    assert_int_equal(report_of(&all, "bureau.33")->state, TB_REPORT_RETURNED);
    says(report_of(&all, "bureau.33")->again_by, "2015-04-30");
    assert_int_equal(acts(w, "bureau.33", "revise", "practice=x"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "headquarters", "accept", ""), TB_ACCEPTED);
    deliver_all(w);
    all = reports_at(w, "bureau.33", "2015-Q1");
    const tb_local_report_line *line = report_of(&all, "bureau.33");
    assert_int_equal(line->state, TB_REPORT_ACCEPTED);
    assert_int_equal(line->timeliness, TB_TIMELINESS_LATE);
    assert_int_equal(line->history_count, 4);
    assert_int_equal(line->history[1].state, TB_REPORT_RETURNED);
    assert_int_equal(line->history[2].state, TB_REPORT_REVISED);
}

static void a_zero_return_is_filed_like_any_other(void **state)
{
    world *w = *state;
    assert_int_equal(files_at(w, "bureau.11", "2015-04-02T09:00:00+08:00", "period=2015-Q1"),
                     TB_ACCEPTED);
    deliver_all(w);
    const tb_local_report *report = report_at(w, "headquarters", "");
    says(figure(report, "forwarded", "")->period, "0");
    says(figure(report, "slowest", "")->period, "-");
}

static void what_may_not_be_filed_is_refused_with_what_to_do(void **state)
{
    world *w = *state;
    static const char time[] = "2015-04-02T09:00:00+08:00";
    assert_int_equal(files_at(w, "bureau.33", "2015-03-31T23:59:58+08:00", "period=2015-Q1"),
                     TB_REFUSED_REPORT_EARLY);
    assert_int_equal(files_at(w, "bureau.33", time, "period=2014-Q4"), TB_REFUSED_REPORT_PERIOD);
    assert_int_equal(files_at(w, "bureau.33", time, "period=2015-Q1|figures=forwarded=9 9 9\n"),
                     TB_REFUSED_REPORT_FIGURES);
    assert_int_equal(files_at(w, "bureau.33", time, "period=2015-Q1|real_name_rate=90%"),
                     TB_REFUSED_FIELD_INVALID);
    assert_int_equal(files_at(w, "police.33", time, "period=2015-Q1"), TB_REFUSED_ROLE);
    assert_int_equal(files_at(w, "bureau.33", time, "period=2015-Q1"), TB_ACCEPTED);
    tb_case_id first = w->case_id;
    char hex[2 * TB_CASE_ID_BYTES + 1];
    tb_hex(first.bytes, TB_CASE_ID_BYTES, hex);
    assert_int_equal(files_at(w, "bureau.33", time, "period=2015-Q1"), TB_REFUSED_REPORT_FILED);
    says(w->answer.detail, hex);
}

static void the_rate_is_judged_unrounded_and_only_where_the_plan_judges_it(void **state)
{
    world *w = *state;
    static const struct {
        const char *party;
        const char *rate;
        tb_threshold_verdict verdict;
    } rows[] = {{"bureau.11", "real_name_rate=900/1000", TB_VERDICT_REACHED},
                {"bureau.33", "real_name_rate=89996/100000", TB_VERDICT_NOT_REACHED},
                {"bureau.44", "practice=x", TB_VERDICT_NO_FIGURE}};
    for (size_t i = 0; i < 3; i++) {
        char fields[128] = "period=2015-Q1|";
        strcat(fields, rows[i].rate);
        assert_int_equal(files_at(w, rows[i].party, "2015-04-02T09:00:00+08:00", fields),
                         TB_ACCEPTED);
        deliver_all(w);
        const tb_local_report *report = report_at(w, "headquarters", "");
        assert_int_equal(report->judged_count, 1);
        assert_int_equal(report->judged[0].verdict, rows[i].verdict);
    }
}

static void a_draft_shows_the_period_before_and_files_nothing(void **state)
{
    world *w = *state;
    one_forwarded(w);
    settle_all(w);
    at_time(w, "bureau.33", "2015-05-04T09:00:00+08:00");
    tb_local_request request = {.kind = TB_REQUEST_GET_REPORT};
    request.get_report.report = tb_bytes_str("quarterly");
    request.get_report.period = tb_bytes_str("2015-Q2");
    const tb_local_answer *answer = ask(w, "bureau.33", &request);
    assert_int_equal(answer->kind, TB_ANSWER_REPORT);
    says(figure(&answer->report, "forwarded", "")->period, "0");
    says(figure(&answer->report, "forwarded", "")->previous, "1");
    says(figure(&answer->report, "forwarded", "")->year, "1");
    assert_true(tb_case_zero(&answer->report.line.case_id));
    request.get_report.period = tb_bytes_str("2016-Q2");
    assert_int_equal(ask(w, "bureau.33", &request)->code, TB_REFUSED_REPORT_PERIOD);
    request.get_report.report = tb_bytes_str("weekly");
    assert_int_equal(ask(w, "bureau.33", &request)->code, TB_REFUSED_REPORT_UNKNOWN);
    request.get_report.report = tb_bytes_str("quarterly");
    request.get_report.period = tb_bytes_str("2015-Q2");
    assert_int_equal(ask(w, "police.33", &request)->code, TB_REFUSED_REPORT_NOT_OWED);
}

static void a_figure_opens_to_its_events_page_by_page(void **state)
{
    world *w = *state;
    for (unsigned i = 0; i < 3; i++) {
        one_forwarded(w);
    }
    settle_all(w);
    tb_local_request request = {.kind = TB_REQUEST_GET_REPORT};
    request.get_report.report = tb_bytes_str("quarterly");
    request.get_report.period = tb_bytes_str("2015-Q1");
    request.get_report.measure = tb_bytes_str("forwarded");
    request.get_report.group = tb_bytes_str("44");
    request.get_report.limit = 2;
    tb_local_report first = ask(w, "bureau.33", &request)->report;
    assert_int_equal(first.behind_count, 2);
    request.get_report.after = first.next;
    tb_local_report rest = ask(w, "bureau.33", &request)->report;
    assert_int_equal(rest.behind_count, 1);
    assert_int_equal(rest.next.size, 0);
    says(rest.behind[0].action, "forward");
    request.get_report.after = tb_bytes_of(NULL, 0);
    request.get_report.group = tb_bytes_str("11");
    assert_int_equal(ask(w, "bureau.33", &request)->report.behind_count, 0);
    request.get_report.measure = tb_bytes_str("nothing");
    assert_int_equal(ask(w, "bureau.33", &request)->code, TB_REFUSED_MEASURE_UNKNOWN);
}

/* In this world nobody signs: proofs are made up, which is what verifying must find. */
static void a_case_whose_signatures_are_made_up_does_not_verify(void **state)
{
    world *w = *state;
    one_forwarded(w);
    tb_local_request request = {.kind = TB_REQUEST_VERIFY};
    request.verify.case_id = w->case_id;
    tb_local_verified verified = ask(w, "bureau.44", &request)->verified;
    assert_int_equal(verified.events, 3);
    assert_int_equal(verified.signatures, 3);
    assert_int_equal(verified.wrong, 3);
    assert_int_equal(verified.fault_count, 3);
    request.verify.case_id.bytes[15] ^= 1;
    assert_int_equal(ask(w, "bureau.44", &request)->code, TB_REFUSED_UNKNOWN_CASE);
    request.verify.case_id.bytes[15] ^= 1;
    request.verify.report = true;
    assert_int_equal(ask(w, "bureau.44", &request)->code, TB_REFUSED_REPORT_UNKNOWN);
}

/* ---- who sees what ---- */

/* Another version came; what was filed stays readable, and its figures are shown where the newest
 * definition still has their measure. */
static void
what_was_filed_under_a_former_definition_is_shown_as_far_as_its_measures_go(void **state)
{
    world *w = *state;
    tb_campaign_loaded *later = measured_campaign(4);
    const tb_campaign *both[] = {campaign, tb_campaign_loaded_get(later)};
    one_forwarded(w);
    assert_int_equal(files_at(w, "bureau.33", "2015-04-02T09:00:00+08:00", "period=2015-Q1"),
                     TB_ACCEPTED);
    deliver_all(w);
    says(figure(report_at(w, "bureau.33", ""), "forwarded", "")->period, "1");
    size_t owed = reports_at(w, "bureau.33", "2015-Q1").count;
    w->campaigns = (tb_campaigns){both, 2};
    settle(w, "bureau.33");
    const tb_local_report *report = report_at(w, "bureau.33", "");
    for (size_t i = 0; i < report->figure_count; i++) {
        assert_false(tb_bytes_equal(report->figures[i].measure, tb_bytes_str("forwarded")));
    }
    says(figure(report, "received", "")->period, "1");
    says(figure(report, "sent_on", "44")->now, "1"); /* not filed, and counted now */
    assert_int_equal(reports_at(w, "bureau.33", "2015-Q1").count, owed); /* not once a version */
    tb_local_request request = {.kind = TB_REQUEST_LIST_REPORTS};
    request.list_reports.campaign = tb_bytes_str("another");
    assert_int_equal(ask(w, "bureau.33", &request)->reports.count, 0);
    request.list_reports.campaign = tb_bytes_str("black-card");
    request.list_reports.report = tb_bytes_str("weekly");
    assert_int_equal(ask(w, "bureau.33", &request)->reports.count, 0);
    tb_local_request draft = {.kind = TB_REQUEST_GET_REPORT};
    draft.get_report.campaign = tb_bytes_str("another");
    draft.get_report.report = tb_bytes_str("quarterly");
    draft.get_report.period = tb_bytes_str("2015-Q2");
    assert_int_equal(ask(w, "bureau.33", &draft)->code, TB_REFUSED_REPORT_UNKNOWN);
    w->campaigns = (tb_campaigns){&campaign, 1};
    tb_campaign_loaded_free(later);
}

/* Outside exercises a report is in time by the hub's stamp; until that is here nobody can say. */
static void timeliness_goes_by_the_hubs_stamp_and_is_open_without_it(void **state)
{
    world *w = *state;
    assert_int_equal(files_at(w, "bureau.33", "2015-04-02T09:00:00+08:00", "period=2015-Q1"),
                     TB_ACCEPTED);
    deliver_all(w);
    w->directory.exercise = false;
    tb_local_reports all = reports_at(w, "headquarters", "2015-Q1");
    assert_int_equal(report_of(&all, "bureau.33")->timeliness, TB_TIMELINESS_OPEN);
    tb_time at;
    assert_true(tb_time_parse(tb_bytes_str("2015-04-16T00:00:00+08:00"), &at));
    stamp_first(w, "bureau.33", "headquarters", at);
    all = reports_at(w, "headquarters", "2015-Q1");
    assert_int_equal(report_of(&all, "bureau.33")->timeliness, TB_TIMELINESS_LATE);
    assert_int_equal(report_of(&all, "bureau.33")->days_late, 1);
}

/* A directory that no longer has this party: it owes nothing, and nothing is shown to it. */
static void who_is_in_no_directory_owes_nothing_and_sees_nothing(void **state)
{
    world *w = *state;
    tb_directory without = w->directory;
    without.party_count = 0;
    settle(w, "bureau.33");
    who(w, "bureau.33")->agent.directory = &without;
    assert_int_equal(reports_at(w, "bureau.33", "2015-Q1").count, 0);
    tb_local_request draft = {.kind = TB_REQUEST_GET_REPORT};
    draft.get_report.report = tb_bytes_str("quarterly");
    draft.get_report.period = tb_bytes_str("2015-Q1");
    assert_int_equal(ask(w, "bureau.33", &draft)->code, TB_REFUSED_REPORT_NOT_OWED);
    who(w, "bureau.33")->agent.directory = &w->directory;
}

static void of_a_case_that_is_no_report_or_not_here_nothing_is_shown(void **state)
{
    world *w = *state;
    one_forwarded(w);
    tb_local_request request = {.kind = TB_REQUEST_GET_REPORT};
    request.get_report.case_id = w->case_id;
    assert_int_equal(ask(w, "bureau.33", &request)->code, TB_REFUSED_REPORT_UNKNOWN);
    assert_int_equal(ask(w, "bureau.11", &request)->code, TB_REFUSED_UNKNOWN_CASE);
    who(w, "bureau.33")->agent.campaigns = &w->none;
    assert_int_equal(ask(w, "bureau.33", &request)->code, TB_REFUSED_REPORT_UNKNOWN);
    /* what is declared opens to no event */
    who(w, "bureau.33")->agent.campaigns = &w->campaigns;
    settle(w, "bureau.33");
    request = (tb_local_request){.kind = TB_REQUEST_GET_REPORT};
    request.get_report.report = tb_bytes_str("quarterly");
    request.get_report.period = tb_bytes_str("2015-Q1");
    request.get_report.measure = tb_bytes_str("real_name_rate");
    assert_int_equal(ask(w, "bureau.33", &request)->code, TB_REFUSED_MEASURE_UNKNOWN);
}

/* The shipped campaign adds up what is typed; of nothing found nothing is counted. */
static void amounts_are_added_up_and_nought_opens_to_nothing(void **state)
{
    world *w = *state;
    static const char *const found[] = {"points_checked=120|points_in_breach=7",
                                        "points_checked=30|points_in_breach=0"};
    w->campaigns = (tb_campaigns){&w->campaign, 1};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(
            opens_type(w, "bureau.33", "joint_inspection", "planned_on=2015-02-10|places=x"),
            TB_ACCEPTED);
        assert_int_equal(acts(w, "bureau.33", "carry_out", found[i]), TB_ACCEPTED);
    }
    settle(w, "bureau.33");
    assert_int_equal(figure_at(w, "bureau.33", "points_checked", "", "2015-02", "2015-02"), 150);
    assert_int_equal(figure_at(w, "bureau.33", "points_in_breach", "", "2015-02", "2015-02"), 7);
    tb_local_request request = {.kind = TB_REQUEST_GET_REPORT};
    request.get_report.report = tb_bytes_str("quarterly");
    request.get_report.period = tb_bytes_str("2015-Q1");
    request.get_report.measure = tb_bytes_str("points_in_breach");
    assert_int_equal(ask(w, "bureau.33", &request)->report.behind_count, 1);
    request.get_report.measure = tb_bytes_of(NULL, 0);
    const tb_local_report *report = &ask(w, "bureau.33", &request)->report;
    says(figure(report, "breach_share", "")->period, "7/150");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    TEST(filed_figures_are_counted_signed_and_stay_when_the_counters_move_on),
    TEST(a_return_gives_a_new_date_and_leaves_timeliness_as_it_is),
    TEST(a_zero_return_is_filed_like_any_other),
    TEST(what_may_not_be_filed_is_refused_with_what_to_do),
    TEST(the_rate_is_judged_unrounded_and_only_where_the_plan_judges_it),
    TEST(a_draft_shows_the_period_before_and_files_nothing),
    TEST(a_figure_opens_to_its_events_page_by_page),
    TEST(a_case_whose_signatures_are_made_up_does_not_verify),
    TEST(what_was_filed_under_a_former_definition_is_shown_as_far_as_its_measures_go),
    TEST(timeliness_goes_by_the_hubs_stamp_and_is_open_without_it),
    TEST(who_is_in_no_directory_owes_nothing_and_sees_nothing),
    TEST(of_a_case_that_is_no_report_or_not_here_nothing_is_shown),
    TEST(amounts_are_added_up_and_nought_opens_to_nothing),
};

TB_RUN("reports", tests)

/* Figures in cases that the agent counts, lapses among them, and the score sheets that follow: the
 * evaluation of ops/campaigns/black-card.yaml, once headquarters has adopted the limit of a
 * verification. */
#include "tests/agents/measured.h"

#include <stdio.h>

#include "agents/campaign/scores.h"
#include "agents/rows_measure.h"

#define LEAD                                                                                       \
    "number=1380000%04u|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

#define FEBRUARY  "2015-02-09T11:39:00+08:00" /* before the limit was adopted */
#define MARCH     "2015-03-09T11:39:00+08:00"
#define IN_TIME   "2015-03-16T17:00:00+08:00" /* of the five working days from MARCH */
#define LATE      "2015-03-20T09:00:00+08:00"
#define DECEMBER  "2015-12-07T09:00:00+08:00"
#define EVALUATES "evaluated=cm.44|period=2015-11-30|basis=全年情况"
#define RESULT    "verify_result=identified|action=none|registration_state=real"

static tb_campaign_loaded *adopted;
static const tb_campaign *campaign;

static int setup(void **state)
{
    static const char *const edits[] = {"until: [result], working_days: 5, default: true,",
                                        "until: [result], working_days: 5, default: true, adopted: "
                                        "{document_no: 专项办〔2015〕3号, "
                                        "from: \"2015-03-01\"},",
                                        NULL};
    int code = world_setup(state);
    world *w = *state;
    adopted = edited("ops/campaigns/black-card.yaml", edits);
    campaign = tb_campaign_loaded_get(adopted);
    w->campaigns = (tb_campaigns){&campaign, 1};
    return code;
}

static int teardown(void **state)
{
    int code = world_teardown(state);
    tb_campaign_loaded_free(adopted);
    return code;
}

static void ordered_at(world *w, const char *time)
{
    static const char *const all[] = {"police.33", "bureau.33", "bureau.44", "cm.44",
                                      "headquarters"};
    for (size_t i = 0; i < 5; i++) {
        at_time(w, all[i], time);
    }
    static unsigned serial = 1000; /* each case of a number of its own */
    char lead[200];
    (void)snprintf(lead, sizeof lead, LEAD, ++serial);
    order_for(w, lead);
    deliver_all(w);
}

static void verified_at(world *w, const char *time)
{
    at_time(w, "cm.44", time);
    assert_int_equal(acts(w, "cm.44", "result", RESULT), TB_ACCEPTED);
    deliver_all(w);
}

static void lapses_at(world *w, const char *time)
{
    at_time(w, "bureau.44", time);
    judge_due(w, "bureau.44");
    deliver_all(w);
}

/* One that lapsed under the default, one under the adopted limit, each verified afterwards. */
static void two_lapse(world *w)
{
    ordered_at(w, FEBRUARY);
    lapses_at(w, "2015-02-17T00:15:00+08:00");
    verified_at(w, "2015-02-20T09:00:00+08:00");
    ordered_at(w, MARCH);
    lapses_at(w, "2015-03-17T00:15:00+08:00");
    verified_at(w, LATE);
}

static tb_refusal evaluates(world *w, const char *fields)
{
    at_time(w, "bureau.44", DECEMBER);
    settle(w, "bureau.44");
    return opens_type(w, "bureau.44", "evaluation", fields);
}

static const tb_local_score *score_at(world *w, const char *party, const char *id)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = w->case_id};
    const tb_local_answer *answer = ask(w, party, &request);
    assert_int_equal(answer->kind, TB_ANSWER_CASE);
    for (size_t i = 0; i < answer->case_.score_count; i++) {
        if (tb_bytes_equal(answer->case_.scores[i].id, tb_bytes_str(id))) {
            return &answer->case_.scores[i];
        }
    }
    fail_msg("no row %s", id);
    return NULL;
}

static const tb_local_case_figure *figure_of(world *w, const char *field, const char *after)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_FIGURE};
    request.get_figure = (tb_local_get_figure){
        .case_id = w->case_id, .field = tb_bytes_str(field), .after = tb_bytes_str(after)};
    settle(w, "bureau.44");
    const tb_local_answer *answer = ask(w, "bureau.44", &request);
    assert_int_equal(answer->kind, TB_ANSWER_FIGURE);
    return &answer->figure;
}

static void the_agent_counts_what_an_evaluation_says_and_the_event_keeps_it(void **state)
{
    world *w = *state;
    two_lapse(w);
    assert_int_equal(evaluates(w, EVALUATES), TB_ACCEPTED);
    assert_string_equal(value_at(w, "bureau.44", "verified"), "2");
    assert_string_equal(value_at(w, "bureau.44", "lapses"), "2");
    assert_string_equal(value_at(w, "bureau.44", "lapses_scoring"), "1");
    assert_string_equal(value_at(w, "bureau.44", "breaches"), "0");
    const tb_local_case_figure *figure = figure_of(w, "verified", "");
    assert_int_equal(figure->behind_count, 2);
    assert_true(tb_bytes_equal(figure->figure.period, tb_bytes_str("2")));
    assert_true(tb_bytes_equal(figure->figure.group, tb_bytes_str("cm.44")));
    check_measures(w);
    check_world(w);
}

/* One more result of the operator in February in the counters, or that one off again. */
static void bend_counters(world *w, bool add)
{
    world_agent *a = who(w, "bureau.44");
    tb_txn *txn;
    const tb_measured row = {.measure = tb_bytes_str("verified_by_operator"),
                             .group = tb_bytes_str("cm.44"),
                             .month = 2015 * 12 + 1,
                             .kind = TB_MEASURED_AMOUNT,
                             .amount = 1};
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    assert_ok(tb_measure_give(txn, tb_bytes_str("black-card"), &row, add));
    assert_ok(tb_store_commit(txn));
}

static bool verification_tells(world *w, const char *fault)
{
    tb_local_request request = {.kind = TB_REQUEST_VERIFY};
    request.verify.case_id = w->case_id;
    settle(w, "bureau.44");
    const tb_local_answer *answer = ask(w, "bureau.44", &request);
    assert_int_equal(answer->kind, TB_ANSWER_VERIFIED);
    bool told = false;
    for (size_t i = 0; i < answer->verified.fault_count; i++) {
        told = told || tb_bytes_equal(answer->verified.faults[i], tb_bytes_str(fault));
    }
    return told;
}

#define FALSE_FIGURE                                                                               \
    "figure verified (运营企业核查办结, verified by operators): stated 3; its events make up 2"

static void a_figure_that_a_case_states_wrongly_is_told_by_name(void **state)
{
    world *w = *state;
    two_lapse(w);
    bend_counters(w, true);
    assert_int_equal(evaluates(w, EVALUATES), TB_ACCEPTED);
    assert_string_equal(value_at(w, "bureau.44", "verified"), "3");
    bend_counters(w, false);
    assert_true(verification_tells(w, FALSE_FIGURE));
    assert_int_equal(evaluates(w, EVALUATES), TB_ACCEPTED); /* another, of what is counted */
    assert_string_equal(value_at(w, "bureau.44", "verified"), "2");
    assert_false(verification_tells(w, FALSE_FIGURE));
}

static void nobody_types_a_counted_figure(void **state)
{
    world *w = *state;
    assert_int_equal(evaluates(w, EVALUATES "|verified=40"), TB_REFUSED_FIGURE_TYPED);
    assert_true(tb_bytes_equal(w->answer.detail, tb_bytes_str("verified")));
}

static void a_figure_is_taken_once_its_period_is_over(void **state)
{
    world *w = *state;
    assert_int_equal(evaluates(w, "evaluated=cm.44|period=2015-12|basis=b"),
                     TB_REFUSED_FIGURE_EARLY);
    assert_int_equal(evaluates(w, "evaluated=cm.44|period=2015-11-29|basis=b"),
                     TB_REFUSED_FIGURE_PERIOD); /* no month's last day */
    assert_int_equal(evaluates(w, "evaluated=cm.44|basis=b"), TB_REFUSED_FIGURE_PERIOD);
    assert_int_equal(evaluates(w, "period=2015-11-30|basis=b"), TB_REFUSED_FIGURE_ABOUT);
    assert_int_equal(evaluates(w, "evaluated=cm.44|period=2015-11|basis=b"), TB_ACCEPTED);
    assert_string_equal(value_at(w, "bureau.44", "verified"), "0");
}

static void a_lapse_under_a_default_limit_is_shown_and_does_not_score(void **state)
{
    world *w = *state;
    ordered_at(w, FEBRUARY);
    lapses_at(w, "2015-02-17T00:15:00+08:00");
    assert_int_equal(evaluates(w, EVALUATES), TB_ACCEPTED);
    assert_true(tb_bytes_equal(score_at(w, "bureau.44", "lapses")->value, tb_bytes_str("1")));
    assert_int_equal(score_at(w, "bureau.44", "lapses")->verdict, TB_SCORE_SHOWN);
    assert_int_equal(score_at(w, "bureau.44", "timely")->verdict, TB_SCORE_MET);
    check_measures(w);
}

static void of_two_lapses_the_one_under_the_adopted_limit_fails_the_sheet(void **state)
{
    world *w = *state;
    two_lapse(w);
    assert_int_equal(evaluates(w, EVALUATES), TB_ACCEPTED);
    assert_true(tb_bytes_equal(score_at(w, "bureau.44", "lapses")->value, tb_bytes_str("2")));
    assert_true(tb_bytes_equal(score_at(w, "bureau.44", "timely")->value, tb_bytes_str("1")));
    assert_int_equal(score_at(w, "bureau.44", "timely")->verdict, TB_SCORE_NOT_MET);
    /* it opens to the record itself */
    const tb_local_case_figure *figure = figure_of(w, "lapses_scoring", "");
    assert_int_equal(figure->behind_count, 1);
    assert_int_equal(figure->behind[0].number, 0);
    assert_true(tb_bytes_equal(figure->behind[0].action, tb_bytes_str("lapse")));
    check_measures(w);
}

static void a_withdrawn_lapse_counts_in_nothing_any_more(void **state)
{
    world *w = *state;
    ordered_at(w, MARCH);
    tb_case_id notice = w->case_id;
    at_time(w, "cm.44", IN_TIME);
    assert_int_equal(acts(w, "cm.44", "result", RESULT), TB_ACCEPTED); /* its letter lies */
    at_time(w, "bureau.44", "2015-03-17T00:15:00+08:00");
    judge_due(w, "bureau.44");
    settle(w, "bureau.44");
    assert_int_equal(figure_at(w, "bureau.44", "operator_lapses", "cm.44", "2015-03", "2015-03"),
                     1);
    assert_int_equal(
        figure_at(w, "bureau.44", "operator_lapses_scoring", "cm.44", "2015-03", "2015-03"), 1);
    assert_int_equal(evaluates(w, EVALUATES), TB_ACCEPTED);
    assert_int_equal(score_at(w, "bureau.44", "timely")->verdict, TB_SCORE_NOT_MET);
    tb_case_id evaluation = w->case_id;
    w->case_id = notice;
    deliver_all(w);
    judge_due(w, "bureau.44"); /* withdraws it */
    deliver_all(w);
    settle_all(w);
    assert_int_equal(figure_at(w, "bureau.44", "operator_lapses", "cm.44", "2015-03", "2015-03"),
                     0);
    assert_int_equal(figure_at(w, "bureau.44", "operator_lapses_scoring", "", "2015-03", "2015-03"),
                     0);
    /* the signed figure stays, and what is so now stands beside it */
    w->case_id = evaluation;
    const tb_local_case_figure *figure = figure_of(w, "lapses_scoring", "");
    assert_true(tb_bytes_equal(figure->figure.period, tb_bytes_str("1")));
    assert_true(tb_bytes_equal(figure->figure.now, tb_bytes_str("0")));
    assert_int_equal(figure->behind_count, 0);
    assert_int_equal(evaluates(w, EVALUATES), TB_ACCEPTED);
    assert_int_equal(score_at(w, "bureau.44", "timely")->verdict, TB_SCORE_MET);
    check_measures(w);
    check_world(w);
}

static void a_lapse_counts_at_who_recorded_it_alone(void **state)
{
    world *w = *state;
    ordered_at(w, MARCH);
    lapses_at(w, "2015-03-17T00:15:00+08:00");
    settle_all(w);
    static const char *const others[] = {"bureau.33", "cm.44", "police.33", "headquarters"};
    assert_int_equal(figure_at(w, "bureau.44", "operator_lapses", "", "2015-03", "2015-03"), 1);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(figure_at(w, others[i], "operator_lapses", "", "2015-03", "2015-03"), 0);
    }
}

static void only_who_stated_a_figure_opens_it(void **state)
{
    world *w = *state;
    assert_int_equal(evaluates(w, EVALUATES), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "conclude", "verdict=satisfactory"), TB_ACCEPTED);
    deliver_all(w);
    tb_local_request request = {.kind = TB_REQUEST_GET_FIGURE};
    request.get_figure =
        (tb_local_get_figure){.case_id = w->case_id, .field = tb_bytes_str("verified")};
    assert_int_equal(ask(w, "headquarters", &request)->code, TB_REFUSED_FIGURE_OF);
    request.get_figure.field = tb_bytes_str("basis");
    assert_int_equal(ask(w, "bureau.44", &request)->code, TB_REFUSED_FIGURE_UNKNOWN);
    request.get_figure.case_id.bytes[0] ^= 1;
    assert_int_equal(ask(w, "bureau.44", &request)->code, TB_REFUSED_UNKNOWN_CASE);
    /* and everybody who has the case sees the same sheet */
    assert_int_equal(score_at(w, "headquarters", "timely")->verdict, TB_SCORE_MET);
}

/* ---- nationally, by what was filed ---- */

static tb_refusal files(world *w, const char *group, const char *rate)
{
    char fields[300];
    (void)snprintf(fields, sizeof fields,
                   "period=2015-Q4|main_work=m|filled_by=f|outlets_with_readers=8/10|%s", rate);
    tb_refusal code = files_at(w, group, "2016-01-12T09:00:00+08:00", fields);
    deliver_all(w);
    return code;
}

static tb_refusal evaluates_group(world *w, const char *group)
{
    char fields[200];
    (void)snprintf(fields, sizeof fields, "evaluated=%s|network=CM|period=2015-Q4|basis=b", group);
    at_time(w, "headquarters", "2016-01-29T09:00:00+08:00");
    settle(w, "headquarters");
    return opens_type(w, "headquarters", "national_evaluation", fields);
}

static const world_person groups[] = {
    {"bureau.33", "bureau", "33", "浙江省通信管理局"},
    {"group.cm", "operator_group", "", "中国移动"},
    {"group.ct", "operator_group", "", "中国电信"},
    {"group.cu", "operator_group", "", "中国联通"},
    {"headquarters", "headquarters", "", "专项办"},
};

static void ninety_per_cent_is_met_and_89_996_is_not_and_nothing_is_rounded(void **state)
{
    world *w = *state;
    world_people(w, groups, sizeof groups / sizeof groups[0]);
    assert_int_equal(files(w, "group.cm", "real_name_rate=90/100@2015-12-31"), TB_ACCEPTED);
    assert_int_equal(files(w, "group.cu", "real_name_rate=89996/100000@2015-12-31"), TB_ACCEPTED);
    assert_int_equal(evaluates_group(w, "group.cm"), TB_ACCEPTED);
    assert_true(tb_bytes_equal(score_at(w, "headquarters", "real_name_rate")->value,
                               tb_bytes_str("90/100")));
    assert_int_equal(score_at(w, "headquarters", "real_name_rate")->verdict, TB_SCORE_MET);
    assert_true(score_at(w, "headquarters", "real_name_rate")->declared);
    assert_false(score_at(w, "headquarters", "shut_down")->declared);
    assert_int_equal(evaluates_group(w, "group.cu"), TB_ACCEPTED);
    assert_int_equal(score_at(w, "headquarters", "real_name_rate")->verdict, TB_SCORE_NOT_MET);
    assert_int_equal(score_at(w, "headquarters", "outlets_with_readers")->verdict, TB_SCORE_SHOWN);
    /* it opens to the filing it was taken from */
    tb_local_request request = {.kind = TB_REQUEST_GET_FIGURE};
    request.get_figure =
        (tb_local_get_figure){.case_id = w->case_id, .field = tb_bytes_str("real_name_rate")};
    const tb_local_answer *answer = ask(w, "headquarters", &request);
    assert_int_equal(answer->kind, TB_ANSWER_FIGURE);
    assert_int_equal(answer->figure.behind_count, 1);
    assert_true(tb_bytes_equal(answer->figure.behind[0].group, tb_bytes_str("group.cu")));
    assert_true(tb_bytes_equal(answer->figure.filed_in, tb_bytes_str("quarterly")));
}

static void what_nobody_filed_is_no_ground_for_an_evaluation(void **state)
{
    world *w = *state;
    world_people(w, groups, sizeof groups / sizeof groups[0]);
    assert_int_equal(evaluates_group(w, "group.ct"), TB_REFUSED_FIGURE_NOT_FILED);
    assert_true(tb_bytes_equal(w->answer.detail, tb_bytes_str("real_name_rate")));
}

static const tb_local_verified *verified_at_headquarters(world *w)
{
    tb_local_request request = {.kind = TB_REQUEST_VERIFY};
    request.verify.case_id = w->case_id;
    settle(w, "headquarters");
    const tb_local_answer *answer = ask(w, "headquarters", &request);
    assert_int_equal(answer->kind, TB_ANSWER_VERIFIED);
    for (size_t i = 0; i < answer->verified.fault_count; i++) { /* proofs of a world are made up */
        tb_bytes fault = answer->verified.faults[i];
        assert_true(fault.size < 7 || memcmp(fault.data, "figure ", 7) != 0);
    }
    return &answer->verified;
}

/* However many cases are here: what was filed is not counted from them. */
static void
a_stated_figure_is_held_against_what_was_filed_and_corrected_by_what_is_revised(void **state)
{
    world *w = *state;
    world_people(w, groups, sizeof groups / sizeof groups[0]);
    assert_int_equal(files(w, "group.cm", "real_name_rate=90/100@2015-12-31"), TB_ACCEPTED);
    tb_case_id report = w->case_id;
    assert_int_equal(evaluates_group(w, "group.cm"), TB_ACCEPTED);
    tb_case_id evaluation = w->case_id;
    who(w, "headquarters")->agent.recount_at_once = 1;
    assert_int_equal(verified_at_headquarters(w)->corrected, 0);
    w->clock += 1000;
    w->case_id = report;
    assert_int_equal(acts(w, "headquarters", "return", "return_note=x|return_due=2016-02-12"),
                     TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "group.cm", "revise",
                          "main_work=m|filled_by=f|outlets_with_readers=8/10|real_name_rate=80/"
                          "100@2015-12-31"),
                     TB_ACCEPTED);
    deliver_all(w);
    w->case_id = evaluation;
    assert_int_equal(verified_at_headquarters(w)->corrected, 1);
    assert_int_equal(w->answer.verified.recounted_of, 0);
}

/* ---- a sheet by itself ---- */

static tb_score_verdict verdict(const tb_score_def *score, const char *of, const char *to)
{
    const tb_field fields[] = {{tb_bytes_str("a"), tb_bytes_str(of)},
                               {tb_bytes_str("b"), tb_bytes_str(to)}};
    tb_figure_value value;
    return tb_score_judge(score, fields, 2, &value);
}

static void thresholds_include_themselves_from_both_sides(void **state)
{
    (void)state;
    tb_threshold ninety = {90, 100};
    tb_threshold tenth = {10, 100};
    const tb_score_def least = {.of = "a", .to = "b", .at_least = &ninety};
    const tb_score_def most = {.of = "a", .to = "b", .at_most = &tenth};
    const tb_score_def shown = {.of = "a"};
    assert_int_equal(verdict(&least, "9000", "10000"), TB_SCORE_MET);
    assert_int_equal(verdict(&least, "8999", "10000"), TB_SCORE_NOT_MET);
    assert_int_equal(verdict(&least, "899999999999999999", "999999999999999999"),
                     TB_SCORE_NOT_MET); /* a hair below, and nothing overflows */
    assert_int_equal(verdict(&most, "1000", "10000"), TB_SCORE_MET);
    assert_int_equal(verdict(&most, "1001", "10000"), TB_SCORE_NOT_MET);
    assert_int_equal(verdict(&most, "0", "0"), TB_SCORE_NO_FIGURE);
    assert_int_equal(verdict(&least, "", "10000"), TB_SCORE_NO_FIGURE);
    assert_int_equal(verdict(&shown, "7", ""), TB_SCORE_SHOWN);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    T(the_agent_counts_what_an_evaluation_says_and_the_event_keeps_it),
    T(a_figure_that_a_case_states_wrongly_is_told_by_name),
    T(nobody_types_a_counted_figure),
    T(a_figure_is_taken_once_its_period_is_over),
    T(a_lapse_under_a_default_limit_is_shown_and_does_not_score),
    T(of_two_lapses_the_one_under_the_adopted_limit_fails_the_sheet),
    T(a_withdrawn_lapse_counts_in_nothing_any_more),
    T(a_lapse_counts_at_who_recorded_it_alone),
    T(only_who_stated_a_figure_opens_it),
    T(ninety_per_cent_is_met_and_89_996_is_not_and_nothing_is_rounded),
    T(what_nobody_filed_is_no_ground_for_an_evaluation),
    T(a_stated_figure_is_held_against_what_was_filed_and_corrected_by_what_is_revised),
    cmocka_unit_test(thresholds_include_themselves_from_both_sides),
};

TB_RUN("agents/evaluation", tests)

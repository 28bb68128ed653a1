/* The national summary: put together from what was filed, missing rows missing, and the total of
 * what adds up alone. */
#include "tests/agents/world.h"

#include <stdio.h>

#include "agents/reports.h"

#define FILED                                                                                      \
    "|main_work=排查社会营销渠道|filled_by=张三|publicity_items=3|real_name_rate=9000/10000"
#define SUMMED "period=2015-Q1|main_work=全国情况|filled_by=李四"
#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

static void settled(world *w, const char *party)
{
    world_agent *a = who(w, party);
    tb_err err = TB_OK;
    for (unsigned turns = 0; err == TB_OK && turns < 100; turns++) {
        tb_txn *txn;
        tb_time at;
        tb_arena_reset(&a->arena);
        assert_ok(tb_store_begin(a->store, &a->arena, &txn));
        assert_ok(tb_measures_tick(&a->agent, txn));
        err = tb_measures_due(&a->agent, txn, &at);
        assert_ok(tb_store_commit(txn));
    }
    assert_int_equal(err, TB_ERR_NOT_FOUND);
}

static void
files(world *w, const char *party, const char *type, const char *time, const char *fields)
{
    at_time(w, party, time);
    settled(w, party);
    assert_int_equal(opens_type(w, party, type, fields), TB_ACCEPTED);
    deliver_all(w);
}

static const char *value_of(world *w, const char *party, const char *measure, const char *group)
{
    static char out[64];
    tb_local_request request = {.kind = TB_REQUEST_GET_REPORT};
    request.get_report.case_id = w->case_id;
    const tb_local_answer *answer = ask(w, party, &request);
    assert_int_equal(answer->kind, TB_ANSWER_REPORT);
    for (size_t i = 0; i < answer->report.figure_count; i++) {
        const tb_local_figure *f = &answer->report.figures[i];
        if (tb_bytes_equal(f->measure, tb_bytes_str(measure)) &&
            tb_bytes_equal(f->group, tb_bytes_str(group))) {
            (void)snprintf(out, sizeof out, "%.*s", (int)f->period.size,
                           (const char *)f->period.data);
            return out;
        }
    }
    fail_msg("no figure %s/%s", measure, group);
    return "";
}

static void two_bureaus_filed(world *w)
{
    for (int i = 0; i < 2; i++) {
        assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
        deliver_all(w);
        assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
        assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
        deliver_all(w);
    }
    files(w, "bureau.33", "quarterly_report", "2015-04-02T09:00:00+08:00", "period=2015-Q1" FILED);
    files(w, "bureau.44", "quarterly_report", "2015-04-03T09:00:00+08:00",
          "period=2015-Q1|main_work=x|filled_by=y|publicity_items=4|real_name_rate=500/1000");
}

static void rows_are_what_each_filed_and_who_filed_nothing_is_missing(void **state)
{
    world *w = *state;
    two_bureaus_filed(w);
    files(w, "headquarters", "national_summary", "2015-04-29T09:00:00+08:00", SUMMED);
    assert_string_equal(value_of(w, "headquarters", "forwarded", "bureau.33"), "2");
    assert_string_equal(value_of(w, "headquarters", "forwarded", "bureau.44"), "0");
    assert_string_equal(value_of(w, "headquarters", "forwarded", "bureau.11"), "-");
    assert_string_equal(value_of(w, "headquarters", "forwarded", ""), "2");
    assert_string_equal(value_of(w, "headquarters", "publicity_items", ""), "7");
    assert_string_equal(value_of(w, "headquarters", "publicity_items", "bureau.11"), "-");
    /* ratios by their parts, never by averaging: 9500 of 11000 */
    assert_string_equal(value_of(w, "headquarters", "real_name_rate", ""), "9500/11000");
    /* a median of medians is none */
    assert_string_equal(value_of(w, "headquarters", "hours_to_inform", ""), "-");
}

static void numbers_add_up_nationally_because_only_their_home_bureau_counts_them(void **state)
{
    world *w = *state;
    const tb_campaign *campaign = w->campaign;
    assert_true(tb_measure_adds_up(
        campaign, tb_campaign_measure(campaign, tb_bytes_str("numbers_shut_down"))));
    assert_false(tb_measure_adds_up(
        campaign, tb_campaign_measure(campaign, tb_bytes_str("hours_to_shut_down"))));
    /* counted where a number is found instead, one number would count in two provinces */
    tb_measure elsewhere = *tb_campaign_measure(campaign, tb_bytes_str("numbers_shut_down"));
    elsewhere.at = "discovery";
    assert_false(tb_measure_adds_up(campaign, &elsewhere));
    elsewhere.at = NULL;
    assert_false(tb_measure_adds_up(campaign, &elsewhere));
}

static void
a_late_report_comes_in_by_revising_and_the_issued_summary_reaches_everybody(void **state)
{
    world *w = *state;
    two_bureaus_filed(w);
    files(w, "headquarters", "national_summary", "2015-04-20T09:00:00+08:00", SUMMED);
    tb_case_id summary = w->case_id;
    files(w, "bureau.11", "quarterly_report", "2015-04-25T09:00:00+08:00",
          "period=2015-Q1|main_work=x|filled_by=y|publicity_items=5");
    w->case_id = summary;
    assert_string_equal(value_of(w, "headquarters", "publicity_items", "bureau.11"), "-");
    at_time(w, "headquarters", "2015-04-28T09:00:00+08:00");
    assert_int_equal(acts(w, "headquarters", "revise", ""), TB_ACCEPTED);
    assert_string_equal(value_of(w, "headquarters", "publicity_items", "bureau.11"), "5");
    assert_string_equal(value_of(w, "headquarters", "publicity_items", ""), "12");
    assert_int_equal(acts(w, "headquarters", "issue", "document_no=1号"), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(state_at(w, "bureau.33"), "issued");
    assert_string_equal(value_of(w, "bureau.44", "publicity_items", ""), "12");
    check_world(w);
}

static const tb_local_verified *verified(world *w)
{
    tb_local_request request = {.kind = TB_REQUEST_VERIFY};
    request.verify = (tb_local_verify){.case_id = w->case_id, .report = true};
    settled(w, "headquarters");
    const tb_local_answer *answer = ask(w, "headquarters", &request);
    assert_int_equal(answer->kind, TB_ANSWER_VERIFIED);
    for (size_t i = 0; i < answer->verified.fault_count; i++) { /* proofs of a world are made up */
        tb_bytes fault = answer->verified.faults[i];
        assert_true(fault.size < 7 || memcmp(fault.data, "figure ", 7) != 0);
    }
    return &answer->verified;
}

/* However many cases are here: nothing of a summary is counted from cases. */
static void a_summary_is_held_against_what_was_filed_and_what_came_later_corrects_it(void **state)
{
    world *w = *state;
    two_bureaus_filed(w);
    files(w, "headquarters", "national_summary", "2015-04-20T09:00:00+08:00", SUMMED);
    tb_case_id summary = w->case_id;
    who(w, "headquarters")->agent.recount_at_once = 1;
    assert_int_equal(verified(w)->corrected, 0);
    files(w, "bureau.11", "quarterly_report", "2015-04-25T09:00:00+08:00",
          "period=2015-Q1|main_work=x|filled_by=y|publicity_items=5");
    w->case_id = summary;
    uint64_t corrected = verified(w)->corrected;
    assert_true(corrected >= 2); /* the bureau's line and the nation's, of each measure */
    assert_int_equal(w->answer.verified.recounted_of, 0);
    w->clock += 1000;
    assert_int_equal(acts(w, "headquarters", "revise", ""), TB_ACCEPTED);
    assert_int_equal(verified(w)->corrected, 0);
}

static void only_headquarters_owes_it_and_once(void **state)
{
    world *w = *state;
    two_bureaus_filed(w);
    assert_int_equal(opens_type(w, "bureau.33", "national_summary", SUMMED), TB_REFUSED_ROLE);
    files(w, "headquarters", "national_summary", "2015-04-20T09:00:00+08:00", SUMMED);
    assert_int_equal(opens_type(w, "headquarters", "national_summary", SUMMED),
                     TB_REFUSED_REPORT_FILED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    TEST(rows_are_what_each_filed_and_who_filed_nothing_is_missing),
    TEST(numbers_add_up_nationally_because_only_their_home_bureau_counts_them),
    TEST(a_late_report_comes_in_by_revising_and_the_issued_summary_reaches_everybody),
    TEST(a_summary_is_held_against_what_was_filed_and_what_came_later_corrects_it),
    TEST(only_headquarters_owes_it_and_once),
};

TB_RUN("agents/summary", tests)

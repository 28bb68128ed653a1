/* Verifying what one count cannot hold: so many groups that there is no memory for them. An agent
 * counts in slices then; who has nothing but what was exported holds what is stated against its
 * counters. */
#include "tests/agents/measured.h"

#include <stdio.h>

#include "agents/recount.h"
#include "agents/recounting.h"
#include "agents/rows_measure.h"
#include "agents/verify.h"

#define BUREAU    "bureau.33"
#define TEXTS     6
#define PAIRS     (TEXTS * TEXTS)
#define CASES     30
#define DECEMBER  "2015-12-07T09:00:00+08:00"
#define EVALUATES "evaluated=cm.33|basis=全年情况|period=2015-Q1"

/* Open fields of the lead, in which every case says something else. */
static const char *const texts[TEXTS] = {"lead_no",     "batch_no",        "document_no",
                                         "police_unit", "police_case_ref", "found_place"};

/* What the sheet of an evaluation counts, and a measure for each two of the texts. */
#define SHEET                                                                                      \
    "\nmeasures:\n"                                                                                \
    "  - {id: received, zh: 收到, en: received, case_type: notice, counts: [submit],\n"          \
    "     at: discovery}\n"                                                                        \
    "  - {id: verified_by_operator, zh: 核查, en: verified, case_type: notice,\n"                \
    "     counts: [result], by: [ordered]}\n"                                                      \
    "  - {id: shut_down_by_operator, zh: 关停, en: shut down, case_type: notice,\n"              \
    "     counts: [shut_down], by: [ordered]}\n"                                                   \
    "  - {id: breaches_by_network, zh: 渠道, en: channels, case_type: channel_case,\n"           \
    "     counts: [find_breach], by: [concerned]}\n"                                               \
    "  - {id: operator_lapses, zh: 超期, en: lapses, case_type: notice, lapses: [verify]}\n"     \
    "  - {id: operator_lapses_scoring, zh: 计入, en: scoring, case_type: notice,\n"              \
    "     lapses: [verify], scoring: true}\n"
#define REPORT                                                                                     \
    "reports:\n  - {id: quarterly, zh: 季度报告, en: quarterly report,\n"                      \
    "     case_type: quarterly_report, owed_by: [bureau], to: headquarters, every: quarter,\n"     \
    "     first: 2015-Q1, last: 2015-Q4, due: {months_after: 1, day: 15},\n"                       \
    "     text: [main_work], measures: [received]}\n\ncommon:\n"

static tb_campaign_loaded *loaded;
static const tb_campaign *campaign;

static tb_campaign_loaded *with_pairs(void)
{
    static char measures[16 * 1024];
    size_t size = sizeof measures;
    size_t at = (size_t)snprintf(measures, size, SHEET);
    for (unsigned i = 0; i < PAIRS; i++) {
        at += (size_t)snprintf(measures + at, size - at,
                               "  - {id: pair_%u, zh: 件, en: n, case_type: notice, counts: "
                               "[submit], at: discovery, by: [%s, %s]}\n",
                               i, texts[i / TEXTS], texts[i % TEXTS]);
    }
    at += (size_t)snprintf(measures + at, size - at, REPORT);
    assert_true(at < size);
    const char *const edits[] = {
        "\nmeasures:\n[...]\ncommon:\n",
        measures,
        "group: lead, aliases: [编号",
        "aliases: [编号",
        "group: lead, aliases: [批次",
        "aliases: [批次",
        "group: lead, aliases: [文号",
        "aliases: [文号",
        "group: lead, aliases: [公安机关, 办案单位",
        "aliases: [公安机关, 办案单位",
        "group: lead, aliases: [案号",
        "aliases: [案号",
        "group: lead, aliases: [地点",
        "aliases: [地点",
        NULL,
    };
    return edited("ops/campaigns/black-card.yaml", edits);
}

/* The texts end so: as long as a part of a group may be, or short. */
static void reported(world *w, unsigned cases, const char *end)
{
    for (unsigned i = 0; i < cases; i++) {
        char lead[600];
        size_t at =
            (size_t)snprintf(lead, sizeof lead,
                             "number=1380000%04u|source=police_case|offence=telecom_fraud|reported_"
                             "at=2015-02-09T11:39:00+08:00",
                             i + 1);
        for (unsigned t = 0; t < TEXTS; t++) {
            at += (size_t)snprintf(lead + at, sizeof lead - at, "|%s=%c%04u%s", texts[t],
                                   'a' + (int)t, i + 1, end);
        }
        assert_true(at < sizeof lead);
        assert_int_equal(opens(w, "police.33", lead), TB_ACCEPTED);
        deliver_all(w);
    }
    settle(w, BUREAU);
}

static int setup(void **state)
{
    int code = world_setup(state);
    world *w = *state;
    loaded = with_pairs();
    campaign = tb_campaign_loaded_get(loaded);
    w->campaigns = (tb_campaigns){&campaign, 1};
    return code;
}

static int setup_long(void **state)
{
    int code = setup(state);
    reported(*state, CASES, "abcdefghijklmnopqrstuvwxyz");
    return code;
}

static int teardown(void **state)
{
    int code = world_teardown(state);
    tb_campaign_loaded_free(loaded);
    return code;
}

/* One more in the counters of February, or that one off again. */
static void bend_counters(world *w, const char *measure, const char *group, bool add)
{
    world_agent *a = who(w, BUREAU);
    const tb_measured row = {.measure = tb_bytes_str(measure),
                             .group = tb_bytes_str(group),
                             .month = 2015 * 12 + 1,
                             .kind = TB_MEASURED_AMOUNT,
                             .amount = 1};
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    assert_ok(tb_measure_give(txn, tb_bytes_str("black-card"), &row, add));
    assert_ok(tb_store_commit(txn));
}

static void filed_as_bent(world *w, bool bent)
{
    if (bent) {
        bend_counters(w, "received", "", true);
    }
    assert_int_equal(
        files_at(w, BUREAU, "2015-04-02T09:00:00+08:00", "period=2015-Q1|main_work=x|filled_by=y"),
        TB_ACCEPTED);
    if (bent) {
        bend_counters(w, "received", "", false);
    }
}

static void evaluated_as_bent(world *w, bool bent)
{
    at_time(w, BUREAU, DECEMBER);
    if (bent) {
        bend_counters(w, "verified_by_operator", "cm.33", true);
    }
    assert_int_equal(opens_type(w, BUREAU, "evaluation", EVALUATES), TB_ACCEPTED);
    if (bent) {
        bend_counters(w, "verified_by_operator", "cm.33", false);
    }
}

/* ---- what a verification says ---- */

static tb_local_verified verdict;

static bool told(const char *fault)
{
    for (size_t i = 0; i < verdict.fault_count; i++) {
        if (tb_bytes_equal(verdict.faults[i], tb_bytes_str(fault))) {
            return true;
        }
    }
    return false;
}

static size_t figures_told(void)
{
    size_t count = 0;
    for (size_t i = 0; i < verdict.fault_count; i++) {
        count += verdict.faults[i].size > 7 && memcmp(verdict.faults[i].data, "figure ", 7) == 0;
    }
    return count;
}

static void ask_once(world *w, bool report)
{
    tb_local_request request = {.kind = TB_REQUEST_VERIFY};
    request.verify = (tb_local_verify){.case_id = w->case_id, .report = report};
    settle(w, BUREAU);
    const tb_local_answer *answer = ask(w, BUREAU, &request);
    assert_int_equal(answer->kind, TB_ANSWER_VERIFIED);
    verdict = answer->verified;
}

/* Until it is told. */
static void asked(world *w, bool report)
{
    ask_once(w, report);
    for (unsigned ticks = 0; verdict.recounted_of > 0; ticks++) {
        assert_in_range(ticks, 0, 10);
        turn_of(w, BUREAU, tb_recounting_tick);
        ask_once(w, report);
    }
}

static struct {
    tb_case_id id;
    bool report;
    bool recounts;
    tb_local_answer answer;
} exported;

/* As who has a file of evidence, which is all that there is. */
static tb_err verify_exported(tb_step *step)
{
    const tb_verify_with with = {.recounts = exported.recounts, .alone = true};
    exported.answer = (tb_local_answer){.code = TB_ACCEPTED};
    return exported.report ? tb_verify_report(step, &exported.id, &with, &exported.answer)
                           : tb_verify_case(step, &exported.id, &with, &exported.answer);
}

static void verified_alone(world *w, bool report, bool recounts)
{
    exported.id = w->case_id;
    exported.report = report;
    exported.recounts = recounts;
    settle(w, BUREAU);
    turn_of(w, BUREAU, verify_exported);
    assert_int_equal(exported.answer.kind, TB_ANSWER_VERIFIED);
    verdict =
        exported.answer.verified; /* its faults lie in the agent's arena, until its next turn */
}

/* ---- tests ---- */

#define TOO_MUCH_RECEIVED                                                                          \
    "figure received (收到, received): stated 31 31 0; its events make up 30 30 0"
#define TOO_MUCH_VERIFIED "figure verified (核查, verified): stated 1; its events make up 0"

static void no_count_holds_it(world *w)
{
    world_agent *a = who(w, BUREAU);
    tb_txn *txn;
    tb_recounted counted;
    const tb_recount_of of = {.campaign = campaign, .first = 2015 * 12, .last = 2015 * 12 + 2};
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    assert_ok(tb_recounted_init(&a->arena, &counted));
    assert_ok(tb_recount(&a->agent, txn, &of, UINT64_MAX, &counted));
    assert_false(counted.whole);
    tb_store_abort(txn);
}

static void one_count_does_not_hold_so_much_text_of_groups(void **state)
{
    no_count_holds_it(*state);
}

static void one_count_does_not_hold_so_many_groups(void **state)
{
    reported(*state, 4096 / PAIRS + 1, "");
    no_count_holds_it(*state);
}

static void a_report_is_counted_in_slices_then(void **state)
{
    world *w = *state;
    filed_as_bent(w, false);
    ask_once(w, true);
    assert_int_equal(verdict.recounted_of, CASES + 1);
    asked(w, true);
    assert_int_equal(figures_told(), 0);
    assert_int_equal(verdict.corrected, 0);
}

static void what_a_report_states_wrongly_is_told_then(void **state)
{
    world *w = *state;
    filed_as_bent(w, true);
    asked(w, true);
    assert_int_equal(figures_told(), 1);
    assert_true(told(TOO_MUCH_RECEIVED));
}

static void what_a_case_states_wrongly_is_told_then(void **state)
{
    world *w = *state;
    evaluated_as_bent(w, false);
    asked(w, false);
    assert_int_equal(figures_told(), 0);
    evaluated_as_bent(w, true);
    ask_once(w, false);
    assert_int_equal(verdict.recounted_of, CASES + 2);
    asked(w, false);
    assert_int_equal(figures_told(), 1);
    assert_true(told(TOO_MUCH_VERIFIED));
}

static void who_has_what_was_exported_holds_a_report_against_the_counters(void **state)
{
    world *w = *state;
    filed_as_bent(w, true);
    verified_alone(w, true, true);
    assert_int_equal(verdict.recounted_of, 0);
    assert_int_equal(figures_told(), 1);
    assert_true(told(TOO_MUCH_RECEIVED));
    verified_alone(w, true, false);
    assert_int_equal(figures_told(), 0); /* nobody asked for that */
}

static void who_has_what_was_exported_holds_a_case_against_the_counters(void **state)
{
    world *w = *state;
    evaluated_as_bent(w, true);
    verified_alone(w, false, true);
    assert_int_equal(verdict.recounted_of, 0);
    assert_int_equal(figures_told(), 1);
    assert_true(told(TOO_MUCH_VERIFIED));
    verified_alone(w, false, false);
    assert_int_equal(figures_told(), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_long, teardown)

static const struct CMUnitTest tests[] = {
    TEST(one_count_does_not_hold_so_much_text_of_groups),
    cmocka_unit_test_setup_teardown(one_count_does_not_hold_so_many_groups, setup, teardown),
    TEST(a_report_is_counted_in_slices_then),
    TEST(what_a_report_states_wrongly_is_told_then),
    TEST(what_a_case_states_wrongly_is_told_then),
    TEST(who_has_what_was_exported_holds_a_report_against_the_counters),
    TEST(who_has_what_was_exported_holds_a_case_against_the_counters),
};

TB_RUN("agents/verify_much", tests)

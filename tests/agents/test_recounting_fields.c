/* Figures that a case states, counted anew in slices: each of its fields that is counted, over the
 * months it is about, comes to the verdict that one look through all cases comes to. */
#include "tests/agents/measured.h"

#include <stdio.h>

#include "agents/recounting.h"
#include "agents/rows_measure.h"

#define BUREAU "bureau.44"
#define LEAD                                                                                       \
    "number=1380000%04u|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"
#define RESULT    "verify_result=identified|action=none|registration_state=real"
#define FEBRUARY  "2015-02-09T11:39:00+08:00"
#define DECEMBER  "2015-12-07T09:00:00+08:00"
#define EVALUATES "evaluated=cm.44|basis=全年情况|period=2015-Q1|month=2015-01|next=2015-Q2"

/* Beside what the shipped sheet counts: over a month that begins as the period does, over the
 * quarter behind it, what was filed and not counted, and a figure of a period that is not named. */
#define BY_OPERATOR "about: evaluated, over: "
#define MORE_FIELDS                                                                                \
    "over: period}\n"                                                                              \
    "      - {id: month, zh: 月份, en: month, type: period}\n"                                   \
    "      - {id: next, zh: 下一期间, en: next period, type: period}\n"                        \
    "      - {id: never, zh: 其他期间, en: other period, type: period}\n"                      \
    "      - {id: in_month, zh: 本月, en: in the month, type: count, compute: measure,\n"        \
    "         measure: verified_by_operator, " BY_OPERATOR "month}\n"                              \
    "      - {id: in_next, zh: 下期, en: in the next, type: count, compute: measure,\n"          \
    "         measure: verified_by_operator, " BY_OPERATOR "next}\n"                               \
    "      - {id: in_never, zh: 他期, en: in another, type: count, compute: measure,\n"          \
    "         measure: verified_by_operator, " BY_OPERATOR "never}\n"                              \
    "      - {id: rate, zh: 实名率, en: rate, type: declared, compute: measure,\n"              \
    "         measure: real_name_rate, filed_in: quarterly, " BY_OPERATOR "period}\n"              \
    "      - {id: basis, zh: 评估依据"
#define MORE_SET                                                                                   \
    "          - {field: lapses_scoring, required: true}\n"                                        \
    "          - {field: month}\n"                                                                 \
    "          - {field: next}\n"                                                                  \
    "          - {field: in_month}\n"                                                              \
    "          - {field: in_next}\n"                                                               \
    "          - {field: basis, required: true}\n"

static tb_campaign_loaded *loaded;
static const tb_campaign *campaign;

static int setup(void **state)
{
    static const char *const edits[] = {
        "over: period}\n      - {id: basis, zh: 评估依据",
        MORE_FIELDS,
        "          - {field: lapses_scoring, required: true}\n"
        "          - {field: basis, required: true}\n",
        MORE_SET,
        NULL,
    };
    int code = world_setup(state);
    world *w = *state;
    loaded = edited("ops/campaigns/black-card.yaml", edits);
    campaign = tb_campaign_loaded_get(loaded);
    w->campaigns = (tb_campaigns){&campaign, 1};
    return code;
}

static int teardown(void **state)
{
    int code = world_teardown(state);
    tb_campaign_loaded_free(loaded);
    return code;
}

static tb_txn *begin(world_agent *a)
{
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    return txn;
}

/* ---- what there is to count ---- */

/* The result lies there, and is delivered with whatever comes next. */
static void one_on_its_way(world *w)
{
    static const char *const all[] = {"police.33", "bureau.33", "bureau.44", "cm.44"};
    static unsigned serial;
    char lead[200];
    for (size_t i = 0; i < 4; i++) {
        at_time(w, all[i], FEBRUARY);
    }
    (void)snprintf(lead, sizeof lead, LEAD, ++serial);
    order_for(w, lead);
    deliver_all(w);
    assert_int_equal(acts(w, "cm.44", "result", RESULT), TB_ACCEPTED);
}

static void one_verified(world *w)
{
    one_on_its_way(w);
    deliver_all(w);
}

static void evaluated(world *w)
{
    at_time(w, BUREAU, DECEMBER);
    settle(w, BUREAU);
    assert_int_equal(opens_type(w, BUREAU, "evaluation", EVALUATES), TB_ACCEPTED);
    w->clock += 1000;
    deliver_all(w);
}

/* One more result of the operator in its counters in this month, or that one off again. */
static void bend_counters(world *w, unsigned month, bool add)
{
    const tb_measured row = {.measure = tb_bytes_str("verified_by_operator"),
                             .group = tb_bytes_str("cm.44"),
                             .month = (tb_month)(2015 * 12 + month - 1),
                             .kind = TB_MEASURED_AMOUNT,
                             .amount = 1};
    tb_txn *txn = begin(who(w, BUREAU));
    assert_ok(tb_measure_give(txn, tb_bytes_str("black-card"), &row, add));
    assert_ok(tb_store_commit(txn));
}

/* ---- what a verification says ---- */

static const tb_local_verified *asked(world *w)
{
    tb_local_request request = {.kind = TB_REQUEST_VERIFY};
    request.verify.case_id = w->case_id;
    settle(w, BUREAU);
    const tb_local_answer *answer = ask(w, BUREAU, &request);
    assert_int_equal(answer->kind, TB_ANSWER_VERIFIED);
    return &answer->verified;
}

static bool is_worked_on(world *w)
{
    tb_txn *txn = begin(who(w, BUREAU));
    tb_recounting_row row;
    tb_bytes key;
    tb_err err = tb_recounting_first(txn, &key, &row);
    tb_store_abort(txn);
    assert_true(err == TB_OK || err == TB_ERR_NOT_FOUND);
    return err == TB_OK;
}

static size_t figures_told(const tb_local_verified *v)
{
    size_t count = 0;
    for (size_t i = 0; i < v->fault_count; i++) {
        count += v->faults[i].size > 7 && memcmp(v->faults[i].data, "figure ", 7) == 0;
    }
    return count;
}

/* In slices, with the verdict that is come to at once. */
static const tb_local_verified *verified(world *w)
{
    const tb_local_verified *v = asked(w);
    size_t told = figures_told(v);
    uint64_t wrong = v->wrong;
    uint64_t corrected = v->corrected;
    who(w, BUREAU)->agent.recount_at_once = 1;
    v = asked(w);
    assert_true(v->recounted_of > 0);
    assert_int_equal(figures_told(v), 0); /* nothing is said before it is known */
    for (unsigned ticks = 0; is_worked_on(w); ticks++) {
        assert_in_range(ticks, 0, 100);
        turn_of(w, BUREAU, tb_recounting_tick);
    }
    v = asked(w);
    who(w, BUREAU)->agent.recount_at_once = 0;
    assert_int_equal(v->recounted_of, 0);
    assert_int_equal(figures_told(v), told);
    assert_int_equal(v->wrong, wrong);
    assert_int_equal(v->corrected, corrected);
    check_measures(w);
    return v;
}

static bool told(const tb_local_verified *v, const char *fault)
{
    for (size_t i = 0; i < v->fault_count; i++) {
        if (tb_bytes_equal(v->faults[i], tb_bytes_str(fault))) {
            return true;
        }
    }
    return false;
}

/* ---- tests ---- */

/* What the one recount over these months says of a field; "-": nothing. */
static const char *said_of(world *w, tb_month first, tb_month last, const char *field)
{
    static char said[64];
    world_agent *a = who(w, BUREAU);
    tb_txn *txn = begin(a);
    tb_case_row row;
    tb_recounting_row job;
    tb_bytes text;
    assert_ok(tb_case_load(&a->agent, txn, &w->case_id, &row));
    const tb_recounting_key key = {w->case_id, row.view.head, first, last};
    assert_ok(tb_recounting_get(txn, &key, &job));
    assert_int_equal(job.phase, TB_RECOUNTING_OVER);
    bool says = tb_recounting_result(&job, tb_bytes_str(field), &text);
    text = says ? text : tb_bytes_str("-");
    (void)snprintf(said, sizeof said, "%.*s", (int)text.size, (const char *)text.data);
    tb_store_abort(txn);
    return said;
}

#define MONTH(m) ((tb_month)(2015 * 12 + (m)-1))

static void each_counted_field_is_counted_over_its_own_months(void **state)
{
    world *w = *state;
    one_verified(w);
    one_verified(w);
    evaluated(w);
    assert_string_equal(value_at(w, BUREAU, "verified"), "2");
    assert_string_equal(value_at(w, BUREAU, "in_month"), "0");
    assert_string_equal(value_at(w, BUREAU, "in_next"), "0");
    assert_int_equal(figures_told(verified(w)), 0);
    assert_string_equal(said_of(w, MONTH(1), MONTH(3), "verified"), "2");
    assert_string_equal(said_of(w, MONTH(1), MONTH(3), "shut_down"), "0");
    assert_string_equal(said_of(w, MONTH(1), MONTH(3), "lapses_scoring"), "0");
    static const char *const not_its[] = {"in_month", "in_next", "in_never", "rate", "basis", ""};
    for (size_t i = 0; i < sizeof not_its / sizeof not_its[0]; i++) {
        assert_string_equal(said_of(w, MONTH(1), MONTH(3), not_its[i]), "-");
    }
    assert_string_equal(said_of(w, MONTH(1), MONTH(1), "in_month"), "0");
    assert_string_equal(said_of(w, MONTH(1), MONTH(1), "verified"), "-");
    assert_string_equal(said_of(w, MONTH(4), MONTH(6), "in_next"), "0");
    assert_string_equal(said_of(w, MONTH(4), MONTH(6), "verified"), "-");
    check_world(w);
}

static void what_a_field_states_wrongly_is_told_by_its_name(void **state)
{
    world *w = *state;
    one_verified(w);
    bend_counters(w, 2, true);
    bend_counters(w, 4, true);
    evaluated(w);
    bend_counters(w, 2, false);
    bend_counters(w, 4, false);
    const tb_local_verified *v = verified(w);
    assert_int_equal(figures_told(v), 2);
    assert_true(told(v, "figure verified (运营企业核查办结, verified by operators): stated 2; its "
                        "events make up 1"));
    assert_true(told(v, "figure in_next (运营企业核查办结, verified by operators): stated 1; its "
                        "events make up 0"));
}

static void what_came_after_it_was_stated_is_a_correction(void **state)
{
    world *w = *state;
    one_verified(w);
    one_on_its_way(w);
    evaluated(w);
    const tb_local_verified *v = verified(w);
    assert_int_equal(figures_told(v), 0);
    assert_int_equal(v->corrected, 1);
}

/* As it is of a field that only a newer definition counts. */
static void a_result_that_says_nothing_of_a_field_is_told(void **state)
{
    world *w = *state;
    one_verified(w);
    evaluated(w);
    assert_false(told(verified(w), "its figures do not read"));
    world_agent *a = who(w, BUREAU);
    tb_txn *txn = begin(a);
    tb_case_row row;
    tb_recounting_row job;
    assert_ok(tb_case_load(&a->agent, txn, &w->case_id, &row));
    const tb_recounting_key key = {w->case_id, row.view.head, MONTH(1), MONTH(1)};
    assert_ok(tb_recounting_get(txn, &key, &job));
    job.result.size = 1; /* its form */
    assert_ok(tb_recounting_put(txn, &job));
    assert_ok(tb_store_commit(txn));
    a->agent.recount_at_once = 1;
    assert_true(told(asked(w), "its figures do not read"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    TEST(each_counted_field_is_counted_over_its_own_months),
    TEST(what_a_field_states_wrongly_is_told_by_its_name),
    TEST(what_came_after_it_was_stated_is_a_correction),
    TEST(a_result_that_says_nothing_of_a_field_is_told),
};

TB_RUN("agents/recounting_fields", tests)

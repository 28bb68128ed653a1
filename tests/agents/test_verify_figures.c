/* What a party states is held against its events: a reporter whose counters were bent signs wrong
 * figures, and each is told with its name, what was stated and what the events make up. What later
 * events changed is a correction and no fault. In this world proofs are made up, so that faults of
 * events are told too; here only those of figures are looked at. */
#include <stdio.h>

#include "tests/agents/measured.h"

#include "agents/recount.h"
#include "agents/recounting.h"
#include "agents/rows_measure.h"

#define LEAD                                                                                       \
    "number=1380000%04u|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"
#define FEBRUARY (2015 * 12 + 1)
#define APRIL    (2015 * 12 + 3)
#define OCTOBER  (2014 * 12 + 9)

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

static unsigned serial;

static tb_case_id one_forwarded(world *w)
{
    char lead[200];
    (void)snprintf(lead, sizeof lead, LEAD, ++serial);
    assert_int_equal(opens(w, "police.33", lead), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    return w->case_id;
}

/* ---- what a verification says ---- */

static const tb_local_verified *asked(world *w, const char *party, bool report)
{
    tb_local_request request = {.kind = TB_REQUEST_VERIFY};
    request.verify.case_id = w->case_id;
    request.verify.report = report;
    settle(w, party);
    const tb_local_answer *answer = ask(w, party, &request);
    assert_int_equal(answer->kind, TB_ANSWER_VERIFIED);
    return &answer->verified;
}

static void count_to_the_end(world *w, const char *party)
{
    for (unsigned ticks = 0; asked(w, party, true)->recounted_of > 0; ticks++) {
        assert_in_range(ticks, 0, 1000);
        turn_with(w, party, tb_recounting_tick);
    }
}

typedef struct verdict {
    char text[16 * 1024];
} verdict;

static verdict verdict_of(const tb_local_verified *v)
{
    verdict out = {""};
    size_t used = 0;
    assert_true(v->wrong == v->fault_count); /* all are told */
    for (size_t i = 0; i < v->fault_count; i++) {
        int more = snprintf(out.text + used, sizeof out.text - used, "%.*s\n",
                            (int)v->faults[i].size, (const char *)v->faults[i].data);
        assert_in_range(more, 1, sizeof out.text - used - 1);
        used += (size_t)more;
    }
    (void)snprintf(out.text + used, sizeof out.text - used, "corrected %llu\n",
                   (unsigned long long)v->corrected);
    return out;
}

/* At once; and a party that may look through no case at once comes to the same verdict in slices.
 */
static const tb_local_verified *verified(world *w, const char *party, bool report)
{
    world_agent *a = who(w, party);
    verdict at_once = verdict_of(asked(w, party, report));
    a->agent.recount_at_once = 1;
    count_to_the_end(w, party);
    verdict in_slices = verdict_of(asked(w, party, report));
    assert_string_equal(in_slices.text, at_once.text);
    a->agent.recount_at_once = 0;
    return asked(w, party, report);
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

static size_t figures_told(const tb_local_verified *v)
{
    size_t count = 0;
    for (size_t i = 0; i < v->fault_count; i++) {
        count += v->faults[i].size > 7 && memcmp(v->faults[i].data, "figure ", 7) == 0;
    }
    return count;
}

static void expect(const tb_local_verified *v, const char *name, const char *const says[4])
{
    for (size_t i = 0; i < 4 && says[i] != NULL; i++) {
        if (!told(v, says[i])) {
            for (size_t f = 0; f < v->fault_count; f++) {
                print_error("%.*s\n", (int)v->faults[f].size, (const char *)v->faults[f].data);
            }
            fail_msg("%s was bent; not told: %s", name, says[i]);
        }
    }
}

/* ---- counters bent before the filing ---- */

static tb_measured row_of(const char *measure, const char *group, tb_month month)
{
    return (tb_measured){.measure = tb_bytes_str(measure),
                         .group = tb_bytes_str(group),
                         .month = month,
                         .kind = TB_MEASURED_AMOUNT,
                         .amount = 1};
}

typedef struct bend {
    const char *name;
    const char *measure;
    const char *group;
    tb_month month;
    tb_measured_kind kind;
    bool add;
    const char *says[4];
} bend;

/* Two numbers were forwarded in February 2015 by the province 33 to 44. */
static const bend bends[] = {
    {"one more in the period",
     "forwarded",
     "44",
     FEBRUARY,
     TB_MEASURED_AMOUNT,
     true,
     {"figure forwarded (转出, forwarded): stated 3 3 0; its events make up 2 2 0",
      "figure forwarded/44 (转出, forwarded): stated 3 3 0; its events make up 2 2 0"}},
    {"one less in the period",
     "forwarded",
     "44",
     FEBRUARY,
     TB_MEASURED_AMOUNT,
     false,
     {"figure forwarded (转出, forwarded): stated 1 1 0; its events make up 2 2 0",
      "figure forwarded/44 (转出, forwarded): stated 1 1 0; its events make up 2 2 0"}},
    {"one of a group that never occurred",
     "forwarded",
     "62",
     FEBRUARY,
     TB_MEASURED_AMOUNT,
     true,
     {"figure forwarded (转出, forwarded): stated 3 3 0; its events make up 2 2 0",
      "figure forwarded/62 (转出, forwarded): stated 1 1 0; its events make up -"}},
    {"the annex's period before",
     "forwarded",
     "44",
     OCTOBER,
     TB_MEASURED_AMOUNT,
     true,
     {"figure forwarded (转出, forwarded): stated 2 2 1; its events make up 2 2 0"}},
    {"a distinct value",
     "numbers",
     "44",
     FEBRUARY,
     TB_MEASURED_DISTINCT,
     true,
     {"figure numbers (号码数, numbers): stated 3 3 0; its events make up 2 2 0"}},
    {"hours",
     "slowest",
     "",
     FEBRUARY,
     TB_MEASURED_HOURS,
     true,
     {"figure slowest (最长用时, longest): stated 99 99 -; its events make up 0 0 -"}},
    {"a numerator",
     "verified",
     "",
     FEBRUARY,
     TB_MEASURED_AMOUNT,
     true,
     {"figure share (核实率, share): stated 1/2 1/2 0/0; its events make up 0/2 0/2 0/0"}},
    {"a denominator",
     "submitted",
     "",
     FEBRUARY,
     TB_MEASURED_AMOUNT,
     true,
     {"figure share (核实率, share): stated 0/3 0/3 0/0; its events make up 0/2 0/2 0/0"}},
};

static void bend_counters(world *w, const bend *b, bool add)
{
    world_agent *a = who(w, "bureau.33");
    tb_txn *txn;
    tb_measured row = row_of(b->measure, b->group, b->month);
    row.kind = b->kind;
    row.bucket = 99;
    row.value[0] = 7;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    assert_ok(tb_measure_give(txn, tb_bytes_str("black-card"), &row, add));
    assert_ok(tb_store_commit(txn));
}

static void each_stated_figure_that_was_bent_is_told_by_name(void **state)
{
    world *w = *state;
    (void)one_forwarded(w);
    (void)one_forwarded(w);
    for (size_t i = 0; i < sizeof bends / sizeof bends[0]; i++) {
        bend_counters(w, &bends[i], bends[i].add);
        tb_refusal said = i == 0 ? files_at(w, "bureau.33", "2015-04-02T09:00:00+08:00",
                                            "period=2015-Q1|real_name_rate=9/10@2015-03-31")
                                 : acts(w, "bureau.33", "revise", "practice=x");
        assert_int_equal(said, TB_ACCEPTED);
        deliver_all(w);
        bend_counters(w, &bends[i], !bends[i].add); /* nobody finds it in the counters now */
        const tb_local_verified *v = verified(w, "bureau.33", true);
        expect(v, bends[i].name, bends[i].says);
        assert_int_equal(v->corrected, 0);
        assert_int_equal(acts(w, "headquarters", "return", "again_by=2015-12-01"), TB_ACCEPTED);
        deliver_all(w);
    }
    assert_int_equal(acts(w, "bureau.33", "revise", "practice=x"), TB_ACCEPTED);
    assert_int_equal(figures_told(verified(w, "bureau.33", true)), 0);
}

/* Whoever has the report alone cannot count; but he sees that a whole is not its parts. */
static void a_whole_that_is_not_its_parts_is_told_at_headquarters(void **state)
{
    world *w = *state;
    static const bend whole = {"a whole",          "forwarded", "",    FEBRUARY,
                               TB_MEASURED_AMOUNT, true,        {NULL}};
    static const char *const says[4] = {
        "figure forwarded (转出, forwarded): stated 3 3 0; its parts make up 2 2 0"};
    (void)one_forwarded(w);
    (void)one_forwarded(w);
    bend_counters(w, &whole, true);
    assert_int_equal(files_at(w, "bureau.33", "2015-04-02T09:00:00+08:00", "period=2015-Q1"),
                     TB_ACCEPTED);
    deliver_all(w);
    bend_counters(w, &whole, false);
    const tb_local_verified *v = verified(w, "headquarters", true);
    assert_true(v->attested);
    expect(v, whole.name, says);
    assert_int_equal(figures_told(v), 1);
    assert_int_equal(acts(w, "headquarters", "return", "again_by=2015-12-01"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "revise", "practice=x"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(figures_told(verified(w, "headquarters", true)), 0);
}

/* ---- events in the list a figure opens to ---- */

typedef void bend_list_fn(tb_txn *txn, const tb_measured *row);

static const tb_bytes black_card = {(const uint8_t *)"black-card", 10};

static void removed(tb_txn *txn, const tb_measured *row)
{
    assert_ok(tb_measured_drop(txn, black_card, row));
}

/* The acceptance before it, as if it had forwarded too. */
static void doubled(tb_txn *txn, const tb_measured *row)
{
    tb_measured twin = *row;
    twin.number--;
    assert_ok(tb_measured_add(txn, black_card, &twin));
}

static void of_another_period(tb_txn *txn, const tb_measured *row)
{
    tb_measured moved = *row;
    moved.month = APRIL;
    assert_ok(tb_measured_drop(txn, black_card, row));
    assert_ok(tb_measured_add(txn, black_card, &moved));
}

/* The home bureau counts that. */
static void of_another_party(tb_txn *txn, const tb_measured *row)
{
    tb_measured theirs = *row;
    theirs.measure = tb_bytes_str("forwarded_in");
    theirs.group = tb_bytes_str("33,44");
    assert_ok(tb_measured_add(txn, black_card, &theirs));
}

static const struct {
    const char *name;
    bend_list_fn *fn;
    const char *says[4];
} lists[] = {
    {"removed",
     removed,
     {"figure forwarded (转出, forwarded): stated 1 1 0; its events make up 2 2 0"}},
    {"doubled",
     doubled,
     {"figure forwarded (转出, forwarded): stated 3 3 0; its events make up 2 2 0"}},
    {"of another period",
     of_another_period,
     {"figure forwarded (转出, forwarded): stated 1 1 0; its events make up 2 2 0"}},
    {"of another party",
     of_another_party,
     {"figure forwarded_in (转入, forwarded to us): stated 1 1 0; its events make up 0 0 0",
      "figure forwarded_in/33,44 (转入, forwarded to us): stated 1 1 0; its events make up -"}},
};

static tb_txn *begin(world_agent *a)
{
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    return txn;
}

static void bend_list(world *w, const tb_case_id *id, bend_list_fn *fn)
{
    world_agent *a = who(w, "bureau.33");
    tb_txn *txn = begin(a);
    tb_measured row;
    assert_ok(tb_measured_get(txn, id, 3, tb_bytes_str("forwarded"), &row));
    fn(txn, &row);
    assert_ok(tb_store_commit(txn));
}

static void count_anew(world *w, const tb_case_id *id)
{
    world_agent *a = who(w, "bureau.33");
    tb_txn *txn = begin(a);
    assert_ok(tb_measure_stale_put(txn, id));
    assert_ok(tb_store_commit(txn));
    settle(w, "bureau.33");
}

static void an_event_taken_out_of_a_list_or_put_into_it_is_told_with_its_figure(void **state)
{
    world *w = *state;
    (void)one_forwarded(w);
    tb_case_id bent = one_forwarded(w);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        settle(w, "bureau.33");
        bend_list(w, &bent, lists[i].fn);
        tb_refusal said =
            i == 0 ? files_at(w, "bureau.33", "2015-04-02T09:00:00+08:00", "period=2015-Q1")
                   : acts(w, "bureau.33", "revise", "practice=x");
        assert_int_equal(said, TB_ACCEPTED);
        deliver_all(w);
        expect(verified(w, "bureau.33", true), lists[i].name, lists[i].says);
        assert_int_equal(acts(w, "headquarters", "return", "again_by=2015-12-01"), TB_ACCEPTED);
        deliver_all(w);
        count_anew(w, &bent);
        /* what was filed stays wrong when the list is right again */
        expect(verified(w, "bureau.33", true), lists[i].name, lists[i].says);
    }
}

/* ---- corrections ---- */

static void what_came_after_a_filing_is_a_correction_and_no_fault(void **state)
{
    world *w = *state;
    char lead[200];
    (void)one_forwarded(w);
    (void)snprintf(lead, sizeof lead, LEAD, ++serial);
    assert_int_equal(opens(w, "police.33", lead), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    /* it is under way to bureau.44 when that files */
    assert_int_equal(files_at(w, "bureau.44", "2015-04-02T09:00:00+08:00", "period=2015-Q1"),
                     TB_ACCEPTED);
    assert_int_equal(verified(w, "bureau.44", true)->corrected, 0);
    w->clock += 1000;
    deliver_all(w);
    settle(w, "bureau.44");
    assert_int_equal(figure_at(w, "bureau.44", "forwarded_in", "", "2015-02", "2015-02"), 2);
    const tb_local_verified *v = verified(w, "bureau.44", true);
    assert_int_equal(figures_told(v), 0);
    assert_int_equal(v->corrected, 3); /* the figure, its group, and the share it is over */
}

/* ---- in slices ---- */

#define MANY (TB_RECOUNT_SLICE + 2)

static void many_filed(world *w, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        (void)one_forwarded(w);
    }
    settle(w, "bureau.33");
    assert_int_equal(files_at(w, "bureau.33", "2015-04-02T09:00:00+08:00", "period=2015-Q1"),
                     TB_ACCEPTED);
    w->clock += 1000;
    deliver_all(w);
    who(w, "bureau.33")->agent.recount_at_once = count;
}

/* Events of this world have no keys, so that there are more faults than are told. */
static void is_as_at_once(world *w, const char *party)
{
    const tb_local_verified *v = asked(w, party, true);
    uint64_t wrong = v->wrong;
    uint64_t corrected = v->corrected;
    assert_int_equal(v->recounted_of, 0);
    who(w, party)->agent.recount_at_once = 0;
    v = asked(w, party, true);
    assert_int_equal(wrong, v->wrong);
    assert_int_equal(corrected, v->corrected);
    who(w, party)->agent.recount_at_once = MANY;
}

static const tb_local_report *shown(world *w, const char *party)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_REPORT};
    request.get_report.case_id = w->case_id;
    const tb_local_answer *answer = ask(w, party, &request);
    assert_int_equal(answer->kind, TB_ANSWER_REPORT);
    return &answer->report;
}

/* The report's own case is one of them. */
static void more_cases_than_one_question_looks_through_are_counted_in_slices(void **state)
{
    world *w = *state;
    many_filed(w, MANY);
    const tb_local_verified *v = asked(w, "bureau.33", true);
    assert_int_equal(v->recounted, 0);
    assert_int_equal(v->recounted_of, MANY + 1);
    turn_with(w, "bureau.33", tb_recounting_tick);
    check_world(w); /* between its slices */
    assert_int_equal(shown(w, "bureau.33")->recounted, TB_RECOUNT_SLICE);
    assert_int_equal(shown(w, "bureau.33")->recounted_of, MANY + 1);
    /* what comes meanwhile is none of what was stated */
    tb_case_id report = w->case_id;
    (void)one_forwarded(w);
    w->case_id = report;
    world_restart(w, "bureau.33");
    who(w, "bureau.33")->agent.recount_at_once = MANY;
    assert_int_equal(asked(w, "bureau.33", true)->recounted, TB_RECOUNT_SLICE);
    count_to_the_end(w, "bureau.33");
    is_as_at_once(w, "bureau.33");
    assert_true(asked(w, "bureau.33", true)->corrected > 0);
    assert_int_equal(shown(w, "bureau.33")->recounted_of, 0);
    check_world(w);
    for (unsigned i = 0; i < 4; i++) {
        turn_with(w, "bureau.33", tb_recounting_tick);
    }
    tb_txn *txn = begin(who(w, "bureau.33"));
    tb_time at;
    assert_int_equal(tb_recounting_due(&who(w, "bureau.33")->agent, txn, &at), TB_ERR_NOT_FOUND);
    tb_store_abort(txn);
    check_world(w);
}

static void as_many_cases_as_one_question_looks_through_are_counted_at_once(void **state)
{
    world *w = *state;
    many_filed(w, 2);
    who(w, "bureau.33")->agent.recount_at_once = 3;
    assert_int_equal(asked(w, "bureau.33", true)->recounted_of, 0);
}

/* What somebody typed is said to be proved by nothing, at who filed it and at headquarters. */
static void declared_figures_are_told_apart_from_what_is_proved(void **state)
{
    world *w = *state;
    (void)one_forwarded(w);
    assert_int_equal(files_at(w, "bureau.33", "2015-04-02T09:00:00+08:00", "period=2015-Q1"),
                     TB_ACCEPTED);
    assert_int_equal(verified(w, "bureau.33", true)->declared, 0);
    assert_int_equal(files_at(w, "bureau.44", "2015-04-02T09:00:00+08:00",
                              "period=2015-Q1|real_name_rate=8999/10000"),
                     TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(verified(w, "bureau.44", true)->declared, 1);
    assert_int_equal(asked(w, "headquarters", true)->declared, 1);
}

/* A case of a version by which it was no report yet states nothing, though the newest has figures.
 */
static void a_case_from_before_it_was_a_report_states_no_figures(void **state)
{
    world *w = *state;
    static const char *const before[] = {
        "\nmeasures:\n[...]\ncommon:\n", "\ncommon:\n",
        "          - {field: figures, required: true}\n          - {field: real_name_rate}",
        "          - {field: real_name_rate}", NULL};
    static const char *const newer[] = {"version: 1", "version: 2", NULL};
    tb_campaign_loaded *loaded[] = {edited("ops/campaigns/black-card.yaml", before),
                                    edited("ops/campaigns/black-card.yaml", newer)};
    const tb_campaign *versions[] = {tb_campaign_loaded_get(loaded[0]),
                                     tb_campaign_loaded_get(loaded[1])};
    w->campaigns = (tb_campaigns){versions, 1};
    assert_int_equal(
        opens_type(w, "bureau.33", "quarterly_report", "period=2015-Q1|main_work=x|filled_by=y"),
        TB_ACCEPTED);
    deliver_all(w);
    w->campaigns.count = 2;
    assert_int_equal(figures_told(verified(w, "bureau.33", true)), 0);
    assert_int_equal(asked(w, "headquarters", true)->corrected, 0);
    w->campaigns = w->none;
    tb_campaign_loaded_free(loaded[0]);
    tb_campaign_loaded_free(loaded[1]);
}

/* What was counted by a definition that is not the newest any more says nothing. */
static void a_new_definition_has_a_recount_begin_again(void **state)
{
    world *w = *state;
    many_filed(w, MANY);
    (void)asked(w, "bureau.33", true);
    turn_with(w, "bureau.33", tb_recounting_tick);
    assert_int_equal(asked(w, "bureau.33", true)->recounted, TB_RECOUNT_SLICE);
    tb_campaign third = *campaign;
    third.version++;
    const tb_campaign *versions[] = {campaign, &third};
    w->campaigns = (tb_campaigns){versions, 2};
    settle_all(w);
    turn_with(w, "bureau.33", tb_recounting_tick);
    assert_int_equal(asked(w, "bureau.33", true)->recounted, 0);
    count_to_the_end(w, "bureau.33");
    is_as_at_once(w, "bureau.33");
    check_world(w);
    w->campaigns = (tb_campaigns){&campaign, 1};
}

/* ---- how much one question may cost ---- */

static void a_recount_goes_as_far_as_it_may_and_says_whether_that_was_all(void **state)
{
    world *w = *state;
    (void)one_forwarded(w);
    (void)one_forwarded(w);
    settle(w, "bureau.33");
    world_agent *a = who(w, "bureau.33");
    tb_txn *txn = begin(a);
    tb_recounted counted;
    const tb_recount_of of = {.campaign = campaign, .first = FEBRUARY, .last = FEBRUARY};
    uint64_t total;
    assert_ok(tb_recounted_init(&a->arena, &counted));
    assert_ok(tb_recount(&a->agent, txn, &of, 2, &counted));
    assert_true(counted.whole);
    assert_ok(tb_recounted_total(&counted, tb_campaign_measure(campaign, tb_bytes_str("forwarded")),
                                 tb_bytes_str("44"), FEBRUARY, FEBRUARY, &total));
    assert_int_equal(total, 2);
    /* of a measure that is not told apart there is nothing of a group */
    const tb_measure *whole = tb_campaign_measure(campaign, tb_bytes_str("submitted"));
    tb_bytes group;
    assert_ok(tb_recounted_total(&counted, whole, tb_bytes_str("44"), FEBRUARY, FEBRUARY, &total));
    assert_int_equal(total, 0);
    assert_int_equal(tb_recounted_group_next(&counted, whole, tb_bytes_of(NULL, 0), &group),
                     TB_ERR_NOT_FOUND);
    assert_ok(tb_recount(&a->agent, txn, &of, 1, &counted));
    assert_false(counted.whole);
    counted.capacity = 3; /* as if there were no room for more entries */
    assert_ok(tb_recount(&a->agent, txn, &of, 2, &counted));
    assert_false(counted.whole);
    tb_store_abort(txn);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    TEST(each_stated_figure_that_was_bent_is_told_by_name),
    TEST(a_whole_that_is_not_its_parts_is_told_at_headquarters),
    TEST(an_event_taken_out_of_a_list_or_put_into_it_is_told_with_its_figure),
    TEST(what_came_after_a_filing_is_a_correction_and_no_fault),
    TEST(more_cases_than_one_question_looks_through_are_counted_in_slices),
    TEST(as_many_cases_as_one_question_looks_through_are_counted_at_once),
    TEST(declared_figures_are_told_apart_from_what_is_proved),
    TEST(a_case_from_before_it_was_a_report_states_no_figures),
    TEST(a_new_definition_has_a_recount_begin_again),
    TEST(a_recount_goes_as_far_as_it_may_and_says_whether_that_was_all),
};

TB_RUN("verify figures", tests)

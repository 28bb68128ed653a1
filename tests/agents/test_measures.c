/* Figures follow what the cases do: where a party stands, in the month of the event's own time. */
#include "tests/agents/bent_rows.h"
#include "tests/agents/measured.h"

#include "agents/measures.h"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

static tb_campaign_loaded *second;
static tb_campaign_loaded *third;
static const tb_campaign *list[3];

static int setup(void **state)
{
    int code = world_setup(state);
    world *w = *state;
    second = measured_campaign(2);
    third = measured_campaign(3);
    list[0] = w->campaign;
    list[1] = tb_campaign_loaded_get(second);
    list[2] = tb_campaign_loaded_get(third);
    w->campaigns = (tb_campaigns){list, 2};
    return code;
}

static int teardown(void **state)
{
    int code = world_teardown(state);
    tb_campaign_loaded_free(second);
    tb_campaign_loaded_free(third);
    return code;
}

static void everybody_at(world *w, const char *time)
{
    for (size_t i = 0; i < w->agent_count; i++) {
        at_time(w, w->agents[i].id.text, time);
    }
}

static void forwarded(world *w)
{
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
}

static void ordered(world *w)
{
    forwarded(w);
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "order", "ordered=cm.44"), TB_ACCEPTED);
    deliver_all(w);
}

static void an_event_counts_where_its_party_stands_and_under_its_group(void **state)
{
    world *w = *state;
    forwarded(w);
    settle_all(w);
    assert_int_equal(figure_at(w, "bureau.33", "forwarded", "", "2015-02", "2015-02"), 1);
    assert_int_equal(figure_at(w, "bureau.33", "forwarded", "44", "2015-02", "2015-02"), 1);
    assert_int_equal(figure_at(w, "bureau.33", "forwarded", "33", "2015-02", "2015-02"), 0);
    assert_int_equal(figure_at(w, "bureau.33", "forwarded_in", "", "2015-02", "2015-02"), 0);
    assert_int_equal(figure_at(w, "bureau.44", "forwarded", "", "2015-02", "2015-02"), 0);
    assert_int_equal(figure_at(w, "bureau.44", "forwarded_in", "33,44", "2015-02", "2015-02"), 1);
    assert_int_equal(figure_at(w, "bureau.33", "received", "police_case", "2015-01", "2015-03"), 1);
    check_measures(w);
}

static void an_event_counts_in_the_month_of_its_own_time_in_china(void **state)
{
    world *w = *state;
    everybody_at(w, "2015-03-31T23:59:59+08:00");
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    everybody_at(w, "2015-04-01T00:00:00+08:00");
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    settle_all(w);
    assert_int_equal(figure_at(w, "bureau.33", "received", "", "2015-03", "2015-03"), 1);
    assert_int_equal(figure_at(w, "bureau.33", "received", "", "2015-04", "2015-04"), 1);
    assert_int_equal(figure_at(w, "bureau.33", "received", "", "2015-01", "2015-04"), 2);
}

static void what_a_take_over_leaves_aside_counts_no_more(void **state)
{
    world *w = *state;
    ordered(w);
    assert_int_equal(acts(w, "cm.44", "result",
                          "verify_result=unidentified|action=shutdown|action_at=2015-02-10T10:00:"
                          "00+08:00"),
                     TB_ACCEPTED);
    settle_all(w);
    assert_int_equal(figure_at(w, "cm.44", "verified", "", "2015-02", "2015-02"), 1);
    assert_int_equal(acts(w, "bureau.33", "take_over", "take_over_reason=other"), TB_ACCEPTED);
    deliver_all(w);
    settle_all(w);
    assert_int_equal(figure_at(w, "cm.44", "verified", "", "2015-02", "2015-02"), 0);
    assert_int_equal(figure_at(w, "bureau.44", "verified", "", "2015-02", "2015-02"), 0);
    check_measures(w);
}

static void one_number_counts_once_in_its_month_its_quarter_and_its_year(void **state)
{
    world *w = *state;
    forwarded(w);
    everybody_at(w, "2015-03-02T09:00:00+08:00");
    forwarded(w);
    everybody_at(w, "2015-05-04T09:00:00+08:00");
    forwarded(w);
    settle_all(w);
    assert_int_equal(figure_at(w, "bureau.33", "numbers", "", "2015-02", "2015-02"), 1);
    assert_int_equal(figure_at(w, "bureau.33", "numbers", "", "2015-03", "2015-03"), 1);
    assert_int_equal(figure_at(w, "bureau.33", "numbers", "", "2015-01", "2015-03"), 1);
    assert_int_equal(figure_at(w, "bureau.33", "numbers", "", "2015-04", "2015-06"), 1);
    assert_int_equal(figure_at(w, "bureau.33", "numbers", "44", "2015-01", "2015-12"), 1);
    /* a span that no total is kept for, and one over two years */
    assert_int_equal(figure_at(w, "bureau.33", "numbers", "", "2015-03", "2015-05"), 1);
    assert_int_equal(figure_at(w, "bureau.33", "numbers", "", "2014-11", "2015-05"), 1);
    assert_int_equal(figure_at(w, "bureau.33", "numbers", "", "2015-06", "2016-05"), 0);
    check_measures(w);
}

static void hours_are_those_between_two_events_of_one_case(void **state)
{
    world *w = *state;
    uint32_t tenths;
    assert_int_equal(hours_at(w, "bureau.33", "slowest", "2015-02", "2015-02", &tenths), 0);
    everybody_at(w, "2015-02-10T08:00:00+08:00");
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    everybody_at(w, "2015-02-10T10:35:59+08:00");
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    settle_all(w);
    assert_int_equal(hours_at(w, "bureau.33", "slowest", "2015-02", "2015-02", &tenths), 1);
    assert_int_equal(tenths, 25);
}

static void whatever_a_row_of_figures_is_the_check_goes_to_its_end(void **state)
{
    world *w = *state;
    ordered(w);
    settle_all(w);
    assert_true(bend_rows(who(w, "bureau.33")->store, &who(w, "bureau.33")->arena,
                          &who(w, "bureau.33")->agent) > 50);
    check_measures(w);
}

/* The opening of w->case_id does not read any more. */
static void spoil_opening(world *w, const char *id)
{
    world_agent *a = who(w, id);
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row row;
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    assert_ok(tb_event_first(txn, &w->case_id, TB_CLASS_CHAIN, &walk, &key, &row));
    assert_ok(tb_store_put(txn, TB_TABLE_EVENT, walk.key, tb_bytes_str("bad")));
    assert_ok(tb_measure_stale_put(txn, &w->case_id));
    assert_ok(tb_store_commit(txn));
}

/* Counting is part of every turn: it goes on without the case, then and under a new definition. */
static void a_case_that_does_not_read_keeps_what_it_gave_and_fails_no_turn(void **state)
{
    world *w = *state;
    forwarded(w);
    settle_all(w);
    spoil_opening(w, "bureau.33");
    everybody_at(w, "2015-03-02T09:00:00+08:00");
    forwarded(w);
    settle_all(w);
    assert_int_equal(figure_at(w, "bureau.33", "received", "", "2015-02", "2015-02"), 1);
    assert_int_equal(figure_at(w, "bureau.33", "received", "", "2015-03", "2015-03"), 1);
    w->campaigns = (tb_campaigns){list, 3};
    settle_all(w);
    assert_int_equal(figure_at(w, "bureau.33", "homes", "", "2015-01", "2015-03"), 1);
}

/* Outside exercises the hub's stamp dates an event: 21 minutes after the author's clock, its own.
 */
static void a_figure_waits_for_the_hubs_stamp_and_counts_in_its_month(void **state)
{
    world *w = *state;
    tb_time before;
    tb_time stored;
    assert_true(tb_time_parse(tb_bytes_str("2015-03-31T23:59:00+08:00"), &before));
    assert_true(tb_time_parse(tb_bytes_str("2015-04-01T00:20:00+08:00"), &stored));
    w->directory.exercise = false;
    w->clock = before;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    settle_all(w);
    assert_int_equal(figure_at(w, "bureau.33", "received", "", "2015-03", "2015-04"), 0);
    check_measures(w);
    stamp_first(w, "police.33", "bureau.33", stored);
    settle_all(w);
    assert_int_equal(figure_at(w, "bureau.33", "received", "", "2015-03", "2015-03"), 0);
    assert_int_equal(figure_at(w, "bureau.33", "received", "", "2015-04", "2015-04"), 1);
    check_measures(w);
}

static void another_definition_has_everything_counted_anew_and_until_then_is_not_ready(void **state)
{
    world *w = *state;
    forwarded(w);
    settle_all(w);
    w->campaigns = (tb_campaigns){list, 3};
    world_agent *a = who(w, "bureau.33");
    tb_txn *txn;
    bool ready;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    assert_ok(tb_measures_ready(&a->agent, txn, list[2], &ready));
    tb_store_abort(txn);
    assert_false(ready);
    settle_all(w);
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    assert_ok(tb_measures_ready(&a->agent, txn, list[2], &ready));
    tb_store_abort(txn);
    assert_true(ready);
    /* distinct numbers now, and cases opened under the version before count too */
    assert_int_equal(figure_at(w, "bureau.33", "forwarded", "", "2015-01", "2015-03"), 1);
    assert_int_equal(figure_at(w, "police.33", "submitted", "", "2015-02", "2015-02"), 1);
    assert_int_equal(figure_at(w, "bureau.33", "submitted", "", "2015-02", "2015-02"), 0);
    /* of an open field; and hours where their party stands alone */
    uint32_t tenths;
    assert_int_equal(figure_at(w, "bureau.33", "homes", "", "2015-01", "2015-03"), 1);
    assert_int_equal(hours_at(w, "bureau.33", "on_its_way", "2015-02", "2015-02", &tenths), 0);
    assert_int_equal(hours_at(w, "bureau.44", "on_its_way", "2015-02", "2015-02", &tenths), 1);
    check_measures(w);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    TEST(an_event_counts_where_its_party_stands_and_under_its_group),
    TEST(an_event_counts_in_the_month_of_its_own_time_in_china),
    TEST(what_a_take_over_leaves_aside_counts_no_more),
    TEST(one_number_counts_once_in_its_month_its_quarter_and_its_year),
    TEST(hours_are_those_between_two_events_of_one_case),
    TEST(whatever_a_row_of_figures_is_the_check_goes_to_its_end),
    TEST(a_case_that_does_not_read_keeps_what_it_gave_and_fails_no_turn),
    TEST(a_figure_waits_for_the_hubs_stamp_and_counts_in_its_month),
    TEST(another_definition_has_everything_counted_anew_and_until_then_is_not_ready),
};

TB_RUN("measures", tests)

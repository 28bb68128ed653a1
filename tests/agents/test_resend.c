/* Missing events: asked for after a while, of whom, how often; and what a peer is given again. */
#include "agents/gap.h"
#include "messages/parts.h"
#include "tests/agents/bent_rows.h"
#include "tests/agents/world.h"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=other|reported_at=2015-02-09T11:39:00+08:00"

static bool says(tb_bytes text, const char *what)
{
    for (size_t at = 0; at + strlen(what) <= text.size; at++) {
        if (memcmp(text.data + at, what, strlen(what)) == 0) {
            return true;
        }
    }
    return false;
}

static void submit(world *w)
{
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
}

/* The bureau accepts and forwards; the police lose the first of the two. */
static void lose_one(world *w)
{
    submit(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    letter_to(w, "police.33")->gone = true;
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    assert_int_equal(deliver(w, letter_to(w, "police.33")), TB_ACCEPTED);
    assert_int_equal(summary_at(w, "police.33").held_back, 1);
    deliver_all(w);
}

static tb_resend asked(world *w, const letter *l)
{
    tb_resend resend;
    assert_non_null(l);
    assert_true(l->resend);
    assert_int_equal(tb_resend_decode(l->asks, &w->memory, &resend), TB_ACCEPTED);
    return resend;
}

static uint64_t rows(world *w, const char *id, tb_table table)
{
    world_agent *a = who(w, id);
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    uint64_t count = tb_store_rows(txn, table);
    tb_store_abort(txn);
    return count;
}

static void a_missing_event_is_asked_of_its_giver_after_a_while_and_heals_the_case(void **state)
{
    world *w = *state;
    lose_one(w);
    tick(w, "police.33", TB_GAP_ASK_MS - 2000);
    assert_int_equal(lying(w), 0);
    tick(w, "police.33", 2000);
    assert_int_equal(lying(w), 1);
    letter *ask = letter_to(w, "bureau.33");
    tb_resend resend = asked(w, ask);
    assert_true(resend.ask);
    assert_false(tb_digest_zero(&resend.event));
    assert_int_equal(deliver(w, ask), TB_ACCEPTED);
    tick(w, "bureau.33", 0);
    deliver_all(w);
    tb_local_summary summary = summary_at(w, "police.33");
    assert_int_equal(summary.number, 3);
    assert_int_equal(summary.held_back, 0);
    /* Nothing is asked any more. */
    tick(w, "police.33", 100 * TB_GAP_ASK_MS);
    assert_int_equal(lying(w), 0);
    assert_int_equal(rows(w, "police.33", TB_TABLE_GAP), 0);
    assert_int_equal(rows(w, "police.33", TB_TABLE_GAP_DUE), 0);
    assert_int_equal(rows(w, "bureau.33", TB_TABLE_ANSWERING), 0);
    check_world(w);
}

static void a_gap_that_came_while_the_clock_was_ahead_is_asked_for_as_soon(void **state)
{
    enum {
        DAY = 24 * 3600 * 1000
    };
    world *w = *state;
    w->clock += DAY;
    lose_one(w);
    w->clock -= DAY;
    tick(w, "police.33", 1000);
    assert_int_equal(lying(w), 0);
    tick(w, "police.33", TB_GAP_ASK_MS);
    assert_int_equal(lying(w), 1);
    assert_true(asked(w, letter_to(w, "bureau.33")).ask);
    check_world(w);
}

static void trace_says_whom_it_was_asked_of_and_when(void **state)
{
    world *w = *state;
    lose_one(w);
    char hex[2 * TB_CASE_ID_BYTES + 1];
    tb_hex(w->case_id.bytes, TB_CASE_ID_BYTES, hex);
    tb_local_request request = {.kind = TB_REQUEST_TRACE, .trace = tb_bytes_str(hex)};
    const tb_local_answer *answer = ask(w, "police.33", &request);
    const tb_local_trace_line *line = &answer->traced.lines[answer->traced.count - 1];
    assert_int_equal(line->where, TB_WHERE_HELD_BACK);
    assert_true(says(line->why_en, "will be asked for"));
    tick(w, "police.33", TB_GAP_ASK_MS);
    answer = ask(w, "police.33", &request);
    line = &answer->traced.lines[answer->traced.count - 1];
    assert_true(line->last_attempt > 0);
    assert_true(line->next_attempt > line->last_attempt);
    assert_true(says(line->why_en, "Asked for: bureau.33"));
    assert_true(says(line->why_zh, "已请求补发"));
}

static void who_does_not_answer_is_followed_by_others_and_asking_ends(void **state)
{
    world *w = *state;
    lose_one(w);
    unsigned asks = 0;
    unsigned of_bureau = 0;
    for (int i = 0; i < 100; i++) {
        tick(w, "police.33", TB_GAP_ASK_MS);
        for (size_t l = 0; l < w->letter_count; l++) {
            letter *one = &w->letters[l];
            if (!one->gone) {
                assert_true(asked(w, one).ask);
                of_bureau += strcmp(one->to.text, "bureau.33") == 0 ? 1 : 0;
                asks++;
                one->gone = true; /* nobody hears it */
            }
        }
    }
    assert_int_equal(asks, TB_GAP_ASKS_MAX);
    assert_true(of_bureau >= 1 && of_bureau < asks);
    assert_true(alarms_at(w, "police.33") > 0);
    assert_int_equal(summary_at(w, "police.33").held_back, 1);
    check_world(w);
}

static void an_answer_without_the_event_has_the_next_one_asked_at_once(void **state)
{
    world *w = *state;
    lose_one(w);
    tick(w, "police.33", TB_GAP_ASK_MS);
    letter *ask = letter_to(w, "bureau.33");
    tb_resend resend = asked(w, ask);
    ask->gone = true;
    /* As from a party that lost it too. */
    world_agent *police = who(w, "police.33");
    tb_txn *txn;
    tb_arena_reset(&police->arena);
    assert_ok(tb_store_begin(police->store, &police->arena, &txn));
    tb_now now = {w->clock, w->clock};
    assert_ok(tb_gap_answered(txn, now, &resend.event, &who(w, "bureau.33")->id));
    assert_ok(tb_store_commit(txn));
    tick(w, "police.33", 0);
    assert_int_equal(lying(w), 1);
    assert_null(letter_to(w, "bureau.33"));
}

/* Sends an ask of its own making. */
static void
ask_for(world *w, const char *from, const char *to, const tb_case_id *id, const tb_digest *event)
{
    tb_resend resend = {.ask = true, .case_id = *id, .event = *event};
    letter *l = &w->letters[w->letter_count++];
    tb_entry entry = {.recipient = who(w, to)->id, .number = 1};
    tb_header header = {
        .suite = 1,
        .hub = who(w, from)->agent.hub,
        .sender = who(w, from)->id,
        .incarnation = {1, {1}},
        .notice = 999,
        .lane = TB_LANE_NORMAL,
        .kind = TB_NOTICE_RESEND,
        .made = w->clock,
        .expires = w->clock + 1,
        .directory_version = 1,
        .entries = &entry,
        .entry_count = 1,
    };
    *l = (letter){.to = who(w, to)->id, .resend = true};
    assert_ok(tb_header_encode(&header, &w->memory, &l->header));
    assert_ok(tb_resend_encode(&resend, &w->memory, &l->asks));
    assert_ok(tb_part_events_encode(NULL, 0, &w->memory, &l->events));
    assert_ok(tb_part_openings_encode(NULL, 0, &w->memory, &l->openings));
    assert_ok(tb_part_passed_encode(NULL, 0, &w->memory, &l->passed));
    assert_int_equal(deliver(w, l), TB_ACCEPTED);
    tick(w, to, 0);
}

static size_t passed_in(world *w, const letter *l)
{
    tb_passed *passed;
    size_t count;
    assert_int_equal(tb_part_passed_decode(l->passed, &w->memory, &passed, &count), TB_ACCEPTED);
    return count;
}

static size_t passed_to(world *w, const char *id)
{
    size_t events = 0;
    for (size_t i = 0; i < w->letter_count; i++) {
        letter *l = &w->letters[i];
        if (!l->gone && strcmp(l->to.text, id) == 0) {
            events += passed_in(w, l);
        }
    }
    return events;
}

static void nobody_is_given_a_case_it_was_not_shown(void **state)
{
    world *w = *state;
    submit(w);
    tb_digest head = summary_at(w, "bureau.33").head;
    ask_for(w, "bureau.44", "bureau.33", &w->case_id, &head);
    assert_int_equal(lying(w), 1);
    assert_int_equal(passed_in(w, letter_to(w, "bureau.44")), 0);
    assert_int_equal(asked(w, letter_to(w, "bureau.44")).to, 999);
    check_world(w);
}

static void an_ask_for_everything_gives_only_the_askers_cases_and_what_it_may_read(void **state)
{
    static const tb_case_id none;
    static const tb_digest no_event;
    world *w = *state;
    submit(w);
    ask_for(w, "police.33", "bureau.33", &none, &no_event);
    assert_int_equal(passed_to(w, "police.33"), 1);
    deliver_all(w); /* known already: nothing happens twice */
    assert_int_equal(summary_at(w, "police.33").number, 1);
    assert_int_equal(alarms_at(w, "police.33"), 0);
    /* Another bureau is on none of them. */
    ask_for(w, "bureau.44", "bureau.33", &none, &no_event);
    assert_int_equal(lying(w), 1);
    assert_int_equal(passed_in(w, letter_to(w, "bureau.44")), 0);
    check_world(w);
}

/* Headquarters is on the case by what is said beside it alone; with that it was given the chain. */
static void what_a_side_event_brought_along_is_given_again_with_it(void **state)
{
    static const tb_case_id none;
    static const tb_digest no_event;
    world *w = *state;
    submit(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "supervise",
                          "supervised=police.33|report_by=2015-03-20|supervision=请报告"),
                     TB_ACCEPTED);
    letter_to(w, "headquarters")->gone = true;
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(state_at(w, "headquarters"), "");
    ask_for(w, "headquarters", "bureau.33", &none, &no_event);
    assert_int_equal(passed_to(w, "headquarters"), 3);
    deliver_all(w);
    assert_int_equal(summary_at(w, "headquarters").number, 2);
    assert_string_equal(state_at(w, "headquarters"), "accepted");
    assert_int_equal(summary_at(w, "headquarters").held_back, 0);
    assert_int_equal(rows(w, "headquarters", TB_TABLE_HELD), 0);
    check_world(w);
}

/* Nobody was found by cm.44, and bureau.44 has the number shut down: the last that cm.44 is shown.
 */
static void shut_down(world *w)
{
    assert_int_equal(acts(w, "cm.44", "result",
                          "verify_result=unidentified|action=shutdown|"
                          "action_at=2015-02-09T12:00:00+08:00"),
                     TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "shut_down", ""), TB_ACCEPTED);
    deliver_all(w);
}

/* The operator held the case; what was said later follows an event that nobody showed it. */
static void a_side_event_that_follows_what_was_not_shown_is_not_given(void **state)
{
    static const tb_case_id none;
    static const tb_digest no_event;
    world *w = *state;
    order_for(w, LEAD);
    deliver_all(w);
    assert_int_equal(acts(w, "police.33", "remark", "comment=请尽快"), TB_ACCEPTED);
    deliver_all(w);
    shut_down(w);
    uint64_t shown = summary_at(w, "cm.44").number;
    ask_for(w, "cm.44", "bureau.44", &none, &no_event);
    size_t before = passed_to(w, "cm.44");
    assert_true(before > shown); /* the chain, and the remark that came while it held the case */
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "answer", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_true(summary_at(w, "bureau.44").number > shown);
    assert_int_equal(acts(w, "bureau.44", "remark", "comment=已核实"), TB_ACCEPTED);
    deliver_all(w);
    ask_for(w, "cm.44", "bureau.44", &none, &no_event);
    assert_int_equal(passed_to(w, "cm.44"), before);
    deliver_all(w);
    assert_int_equal(rows(w, "cm.44", TB_TABLE_HELD), 0);
    check_world(w);
}

/* As if it followed the head that the bureau has, which its author has learnt of and was not shown.
 */
static void let_follow(world *w, letter *l, const char *at)
{
    tb_opening *openings;
    size_t count;
    tb_local_summary now = summary_at(w, at);
    tb_event event = event_in(w, l);
    event.previous = now.head;
    event.from_state = tb_bytes_str(state_at(w, at));
    event.to_state = event.from_state;
    event.holder = now.holder;
    put_event(w, l, &event);
    assert_int_equal(tb_part_openings_decode(l->openings, &w->memory, &openings, &count),
                     TB_ACCEPTED);
    for (size_t i = 0; i < count; i++) {
        openings[i].event = l->ids[0];
    }
    assert_ok(tb_part_openings_encode(openings, count, &w->memory, &l->openings));
}

/* The operator names an event that nobody showed it: for that it is given nothing more. */
static void what_an_own_side_event_follows_shows_its_author_nothing(void **state)
{
    static const tb_case_id none;
    static const tb_digest no_event;
    world *w = *state;
    order_for(w, LEAD);
    deliver_all(w);
    shut_down(w);
    ask_for(w, "cm.44", "bureau.44", &none, &no_event);
    size_t shown = passed_to(w, "cm.44");
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "answer", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "cm.44", "remark", "comment=x"), TB_ACCEPTED);
    letter *l = letter_to(w, "bureau.44");
    let_follow(w, l, "bureau.44");
    assert_int_equal(deliver(w, l), TB_ACCEPTED);
    assert_int_equal(summary_at(w, "bureau.44").held_back, 0);
    deliver_all(w);
    ask_for(w, "cm.44", "bureau.44", &none, &no_event);
    assert_int_equal(passed_to(w, "cm.44"), shown + 1); /* its own, and no more of the chain */
}

/* Headquarters was told beside a case what it follows; then a take-over left that aside. */
static void what_a_side_event_follows_goes_with_it_when_it_was_left_aside(void **state)
{
    static const tb_case_id none;
    static const tb_digest no_event;
    world *w = *state;
    letter *result = answer_under_way(w, LEAD);
    assert_int_equal(acts(w, "cm.44", "report_back", "supervision=已核"), TB_ACCEPTED);
    letter_to(w, "headquarters")->gone = true;
    assert_int_equal(acts(w, "bureau.44", "take_back", "take_over_reason=other"), TB_ACCEPTED);
    assert_int_equal(deliver(w, result), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(state_at(w, "headquarters"), "");
    ask_for(w, "headquarters", "cm.44", &none, &no_event);
    deliver_all(w);
    assert_int_equal(rows(w, "headquarters", TB_TABLE_HELD), 0);
    assert_string_equal(state_at(w, "headquarters"), state_at(w, "bureau.44"));
    check_world(w);
}

static void one_ask_replaces_another_and_single_ones_are_bounded(void **state)
{
    static const tb_case_id none;
    world *w = *state;
    submit(w);
    link_up(w, "bureau.33", false); /* nothing is answered */
    for (unsigned i = 0; i < TB_ANSWERING_MAX + 5; i++) {
        tb_digest event = {{1}};
        memcpy(event.bytes + 1, &i, sizeof i);
        ask_for(w, "police.33", "bureau.33", &none, &event);
    }
    assert_int_equal(rows(w, "bureau.33", TB_TABLE_ANSWERING), TB_ANSWERING_MAX);
    static const tb_digest no_event;
    ask_for(w, "police.33", "bureau.33", &none, &no_event);
    ask_for(w, "police.33", "bureau.33", &none, &no_event);
    assert_int_equal(rows(w, "bureau.33", TB_TABLE_ANSWERING), TB_ANSWERING_MAX + 1);
}

/* Every agency lost everything at once, and a turn has little memory. */
static void however_many_ask_for_everything_a_turn_can_answer(void **state)
{
    static const tb_case_id none;
    static const tb_digest no_event;
    static const char *const askers[] = {"bureau.11", "bureau.44", "cm.33",
                                         "cm.44",     "police.33", "police.11"};
    world *w = *state;
    for (unsigned i = 0; i < 60; i++) {
        submit(w);
        assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
        deliver_all(w);
    }
    world_agent *bureau = who(w, "bureau.33");
    bureau->arena.size = TB_AGENT_ARENA_BYTES / 64;
    link_up(w, "bureau.33", false);
    for (size_t i = 0; i < sizeof askers / sizeof askers[0]; i++) {
        ask_for(w, askers[i], "bureau.33", &none, &no_event);
    }
    link_up(w, "bureau.33", true);
    for (unsigned turns = 0; rows(w, "bureau.33", TB_TABLE_ANSWERING) > 0; turns++) {
        assert_true(turns < 200);
        tick(w, "bureau.33", 1000);
    }
    size_t events = 0;
    for (size_t i = 0; i < w->letter_count; i++) {
        letter *l = &w->letters[i];
        events += !l->gone && strcmp(l->to.text, "police.33") == 0 ? passed_in(w, l) : 0;
    }
    assert_int_equal(events, 2 * 60);
}

/* As if so many events of the bureau were held back already. */
static void held_already(world *w, const char *at, uint64_t count)
{
    world_agent *a = who(w, at);
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    assert_ok(tb_meta_number_put(txn, "held by bureau.33", count));
    assert_ok(tb_store_commit(txn));
}

static tb_refusal held_with(world *w, uint64_t before)
{
    submit(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    letter_to(w, "police.33")->gone = true;
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    held_already(w, "police.33", before);
    return deliver(w, letter_to(w, "police.33"));
}

static void one_givers_gaps_are_bounded_at_the_bound(void **state)
{
    world *w = *state;
    assert_int_equal(held_with(w, TB_HELD_BACK_GIVER_MAX - 1), TB_ACCEPTED);
    assert_int_equal(summary_at(w, "police.33").held_back, 1);
}

static void one_givers_gaps_are_bounded_past_the_bound(void **state)
{
    world *w = *state;
    assert_int_equal(held_with(w, TB_HELD_BACK_GIVER_MAX), TB_REFUSED_CANNOT_APPLY);
    assert_int_equal(summary_at(w, "police.33").held_back, 0);
    assert_int_equal(rows(w, "police.33", TB_TABLE_GAP), 0);
}

static void whatever_a_row_of_a_gap_is_the_check_goes_to_its_end(void **state)
{
    world *w = *state;
    lose_one(w);
    tick(w, "police.33", TB_GAP_ASK_MS);
    letter_to(w, "bureau.33")->gone = true;
    world_agent *a = who(w, "police.33");
    assert_true(bend_rows(a->store, &a->arena, &a->agent) > 50);
    check_world(w);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_WORLD(a_missing_event_is_asked_of_its_giver_after_a_while_and_heals_the_case),
    IN_WORLD(a_gap_that_came_while_the_clock_was_ahead_is_asked_for_as_soon),
    IN_WORLD(trace_says_whom_it_was_asked_of_and_when),
    IN_WORLD(who_does_not_answer_is_followed_by_others_and_asking_ends),
    IN_WORLD(an_answer_without_the_event_has_the_next_one_asked_at_once),
    IN_WORLD(nobody_is_given_a_case_it_was_not_shown),
    IN_WORLD(an_ask_for_everything_gives_only_the_askers_cases_and_what_it_may_read),
    IN_WORLD(what_a_side_event_brought_along_is_given_again_with_it),
    IN_WORLD(a_side_event_that_follows_what_was_not_shown_is_not_given),
    IN_WORLD(what_an_own_side_event_follows_shows_its_author_nothing),
    IN_WORLD(what_a_side_event_follows_goes_with_it_when_it_was_left_aside),
    IN_WORLD(one_ask_replaces_another_and_single_ones_are_bounded),
    IN_WORLD(however_many_ask_for_everything_a_turn_can_answer),
    IN_WORLD(one_givers_gaps_are_bounded_at_the_bound),
    IN_WORLD(one_givers_gaps_are_bounded_past_the_bound),
    IN_WORLD(whatever_a_row_of_a_gap_is_the_check_goes_to_its_end),
};

TB_RUN("agents/resend", tests)

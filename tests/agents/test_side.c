#include "tests/agents/world.h"
#include "tests/store/failing.h"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

static const tb_local_event *side_at(world *w, const char *id)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = w->case_id};
    const tb_local_answer *answer = ask(w, id, &request);
    for (size_t i = 0; i < answer->case_.event_count; i++) {
        if (answer->case_.events[i].kind == TB_EVENT_SIDE) {
            return &answer->case_.events[i];
        }
    }
    return NULL;
}

static tb_case_row row_at(world *w, const char *id)
{
    world_agent *a = who(w, id);
    tb_txn *txn;
    tb_case_row row;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    assert_ok(tb_case_get(txn, &w->case_id, &row));
    tb_store_abort(txn);
    return row;
}

static void submit(world *w)
{
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
}

static void a_remark_goes_to_the_holder_and_counts_from_its_next_event(void **state)
{
    world *w = *state;
    submit(w);
    assert_int_equal(acts(w, "police.33", "remark", "comment=请尽快"), TB_ACCEPTED);
    deliver_all(w);
    const tb_local_event *side = side_at(w, "bureau.33");
    assert_non_null(side);
    assert_int_equal(side->field_count, 1);
    assert_int_equal(row_at(w, "bureau.33").unseen_count, 1);
    assert_int_equal(summary_at(w, "bureau.33").number, 1);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(row_at(w, "bureau.33").unseen_count, 0);
    deliver_all(w);
    assert_int_equal(row_at(w, "police.33").unseen_count, 0);
    check_world(w);
}

static void a_remark_is_handed_over_with_the_case(void **state)
{
    world *w = *state;
    submit(w);
    assert_int_equal(acts(w, "police.33", "remark", "comment=请尽快"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    const tb_local_event *side = side_at(w, "bureau.44");
    assert_non_null(side);
    assert_int_equal(side->field_count, 1);
    check_world(w);
}

static void a_late_remark_follows_the_case_to_its_holder(void **state)
{
    world *w = *state;
    submit(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    /* the police has not heard of it and writes to the bureau it knows */
    assert_int_equal(acts(w, "police.33", "remark", "comment=请尽快"), TB_ACCEPTED);
    deliver_all(w);
    assert_non_null(side_at(w, "bureau.44"));
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(row_at(w, "bureau.33").unseen_count, 0);
    assert_int_equal(row_at(w, "bureau.44").unseen_count, 0);
    check_world(w);
}

static void a_late_remark_waits_for_the_link(void **state)
{
    world *w = *state;
    submit(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "police.33", "remark", "comment=请尽快"), TB_ACCEPTED);
    link_up(w, "bureau.33", false);
    deliver_all(w);
    link_up(w, "bureau.33", true);
    deliver_all(w);
    assert_non_null(side_at(w, "bureau.44"));
    check_world(w);
}

static void the_holders_own_remark_goes_with_its_next_notice(void **state)
{
    world *w = *state;
    submit(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "remark", "comment=已联系"), TB_ACCEPTED);
    check_world(w);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_non_null(side_at(w, "bureau.44"));
    check_world(w);
}

static void remarks(world *w, const char *party, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(acts(w, party, "remark", "comment=已联系"), TB_ACCEPTED);
    }
}

/* Whoever writes one more is told, whoever sends one more is refused, and the case goes on. */
static void a_case_takes_so_many_side_events_and_is_handed_over_with_all_of_them(void **state)
{
    world *w = *state;
    if (failing_awake()) {
        return; /* no way of it is new */
    }
    submit(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    deliver_all(w);
    remarks(w, "bureau.33", TB_UNSEEN_MAX);
    assert_int_equal(acts(w, "bureau.33", "remark", "comment=再补充"), TB_REFUSED_SIDE_MANY);
    remarks(w, "police.33", 1);
    assert_int_equal(deliver(w, letter_to(w, "bureau.33")), TB_REFUSED_SIDE_MANY);

    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(state_at(w, "bureau.44"), "forwarded");
    /* with the one that its new holder was sent as a copy */
    assert_int_equal(row_at(w, "bureau.44").unseen_count, TB_UNSEEN_MAX - TB_SEEN_MAX + 1);
    remarks(w, "bureau.33", 1);
    deliver_all(w);
    check_world(w);
}

/* What its next holder wrote meanwhile does not keep the case from it. */
static void who_is_handed_a_case_takes_what_it_brings_beyond_that(void **state)
{
    enum {
        EACH = 600
    };
    world *w = *state;
    if (failing_awake()) {
        return; /* no way of it is new */
    }
    submit(w);
    remarks(w, "police.33", EACH);
    remarks(w, "bureau.33", EACH);
    assert_int_equal(acts(w, "bureau.33", "return", "return_reason=incomplete"), TB_ACCEPTED);
    for (letter *l = letter_to(w, "police.33"); l != NULL; l = letter_to(w, "police.33")) {
        assert_int_equal(deliver(w, l), TB_ACCEPTED);
    }
    assert_string_equal(holder_at(w, "police.33"), "police.33");
    assert_int_equal(row_at(w, "police.33").unseen_count, 2 * EACH - TB_SEEN_MAX);
    assert_int_equal(acts(w, "police.33", "remark", "comment=请尽快"), TB_REFUSED_SIDE_MANY);
    deliver_all(w);
    check_world(w);
}

/* What it follows was left aside by a take-over; the next holder is not given that branch. */
static void a_remark_on_what_was_left_aside_goes_to_no_next_holder(void **state)
{
    world *w = *state;
    letter *result = answer_under_way(w, LEAD);
    assert_int_equal(acts(w, "cm.44", "remark", "comment=归属有误"), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "take_back", "take_over_reason=other"), TB_ACCEPTED);
    assert_int_equal(deliver(w, result), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(row_at(w, "bureau.44").unseen_count, 1);
    assert_int_equal(acts(w, "bureau.44", "wrong_home", "wrong_home_reason=not_our_segment"),
                     TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(holder_at(w, "bureau.33"), "bureau.33");
    assert_int_equal(acts(w, "bureau.33", "decide", "home_province=11|home_basis=other"),
                     TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(holder_at(w, "bureau.11"), "bureau.11");
    assert_int_equal(summary_at(w, "bureau.11").held_back, 0);
    assert_int_equal(summary_at(w, "bureau.33").held_back, 0);
    check_world(w);
}

/* A side event follows the chain; what follows a side event would be waited with for ever. */
static void a_remark_on_a_remark_is_refused_and_not_held(void **state)
{
    world *w = *state;
    submit(w);
    assert_int_equal(acts(w, "police.33", "remark", "comment=请尽快"), TB_ACCEPTED);
    tb_digest first = letter_to(w, "bureau.33")->ids[0];
    deliver_all(w);
    assert_int_equal(acts(w, "police.33", "remark", "comment=再次提请"), TB_ACCEPTED);
    tb_event second = event_in(w, letter_to(w, "bureau.33"));
    second.previous = first;
    put_event(w, letter_to(w, "bureau.33"), &second);
    assert_int_equal(deliver(w, letter_to(w, "bureau.33")), TB_REFUSED_MALFORMED);
    assert_int_equal(summary_at(w, "bureau.33").held_back, 0);
    assert_int_equal(row_at(w, "bureau.33").unseen_count, 1);
    check_world(w);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(a_remark_goes_to_the_holder_and_counts_from_its_next_event),
    IN_A_WORLD(a_remark_is_handed_over_with_the_case),
    IN_A_WORLD(a_late_remark_follows_the_case_to_its_holder),
    IN_A_WORLD(a_late_remark_waits_for_the_link),
    IN_A_WORLD(the_holders_own_remark_goes_with_its_next_notice),
    IN_A_WORLD(a_case_takes_so_many_side_events_and_is_handed_over_with_all_of_them),
    IN_A_WORLD(who_is_handed_a_case_takes_what_it_brings_beyond_that),
    IN_A_WORLD(a_remark_on_what_was_left_aside_goes_to_no_next_holder),
    IN_A_WORLD(a_remark_on_a_remark_is_refused_and_not_held),
};

TB_RUN("side", tests)

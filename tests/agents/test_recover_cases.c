/* What may be done with cases while a party recovers. */
#include "agents/rows_recover.h"
#include "tests/agents/world.h"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=other|reported_at=2015-02-09T11:39:00+08:00"

static tb_txn *begin(world *w, const char *id)
{
    world_agent *a = who(w, id);
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    return txn;
}

/* A recovery that waits for one peer, or none. */
static void recovering(world *w, const char *id, tb_recovery_state state)
{
    tb_txn *txn = begin(w, id);
    tb_recovery_row row = {.state = state,
                           .old = {1, {1}},
                           .started = w->clock,
                           .due = w->clock + 1000000,
                           .account = tb_bytes_str("li"),
                           .reason = tb_bytes_str("disk")};
    assert_ok(tb_recovery_put(txn, &row));
    assert_ok(tb_store_commit(txn));
}

static tb_refusal release(world *w, const char *id, const tb_case_id *case_id, const char *reason)
{
    tb_local_request request = {.kind = TB_REQUEST_RECOVER};
    w->requests++;
    memcpy(request.id.bytes, &w->requests, sizeof w->requests);
    request.recover.release = *case_id;
    request.recover.reason = tb_bytes_str(reason);
    return ask(w, id, &request)->code;
}

static void an_old_case_waits_as_a_draft_and_goes_out_when_all_have_ended(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    recovering(w, "bureau.33", TB_RECOVERY_ASKING);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_true(w->answer.draft);
    assert_non_null(strstr((const char *)tb_refusal_en(TB_REFUSED_RECOVERING), "--release"));
    assert_true(w->answer.detail.size > 0);
    assert_int_equal(summary_at(w, "bureau.33").number, 1);
    assert_int_equal(lying(w), 0);
    tick(w, "bureau.33", 5000);
    assert_int_equal(summary_at(w, "bureau.33").number, 1);
    recovering(w, "bureau.33", TB_RECOVERY_ENDED);
    tick(w, "bureau.33", 5000);
    assert_int_equal(summary_at(w, "bureau.33").number, 2);
    check_world(w);
}

static void an_officer_releases_one_case_with_a_reason(void **state)
{
    static const tb_case_id unknown = {{9}};
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    tb_case_id id = w->case_id;
    assert_int_equal(release(w, "bureau.33", &id, "urgent"), TB_REFUSED_NOT_RECOVERING);
    recovering(w, "bureau.33", TB_RECOVERY_ASKING);
    assert_int_equal(release(w, "bureau.33", &id, ""), TB_REFUSED_REASON_MISSING);
    assert_int_equal(release(w, "bureau.33", &unknown, "urgent"), TB_REFUSED_UNKNOWN_CASE);
    assert_int_equal(release(w, "bureau.33", &id, "urgent"), TB_ACCEPTED);
    assert_int_equal(w->answer.recovery.released_count, 1);
    assert_true(tb_bytes_equal(w->answer.recovery.released[0].reason, tb_bytes_str("urgent")));
    w->case_id = id;
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_false(w->answer.draft);
    check_world(w);
}

/* The bureau's hub stored something of the lost time until then. */
static void lost_until(world *w, tb_time at)
{
    tb_txn *txn = begin(w, "bureau.33");
    assert_ok(tb_meta_number_put(txn, "lost until", (uint64_t)at));
    assert_ok(tb_store_commit(txn));
}

/* The hub brings it, and stored it then. */
static void deliver_stored(world *w, tb_time at)
{
    letter *l = letter_to(w, "bureau.33");
    tb_signed_line stamp = stamp_of(w, l, at);
    tb_txn *txn = begin(w, "bureau.33");
    assert_ok(tb_stamp_put(txn, &stamp));
    assert_ok(tb_store_commit(txn));
    assert_int_equal(deliver(w, l), TB_ACCEPTED);
}

static void new_cases_are_free_whoever_opened_them(void **state)
{
    world *w = *state;
    recovering(w, "police.33", TB_RECOVERY_ASKING);
    recovering(w, "bureau.33", TB_RECOVERY_ASKING);
    lost_until(w, w->clock - 1);
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    assert_false(w->answer.draft);
    deliver_stored(w, w->clock);
    assert_int_equal(acts(w, "police.33", "remark", "comment=补充"), TB_ACCEPTED);
    assert_false(w->answer.draft);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_false(w->answer.draft);
    check_world(w);
}

/* It may have been taken and acted on, and the mark never have come to the hub. */
static void what_the_hub_stored_in_the_lost_time_is_not_new(void **state)
{
    world *w = *state;
    recovering(w, "bureau.33", TB_RECOVERY_ASKING);
    tb_time until = w->clock;
    lost_until(w, until);
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_stored(w, until);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_true(w->answer.draft);
    /* by hand, without a stamp: nobody knows when it was stored */
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_true(w->answer.draft);
    check_world(w);
}

static void an_agent_that_is_not_stopped_has_nothing_to_recover(void **state)
{
    world *w = *state;
    tb_local_request request = {.kind = TB_REQUEST_RECOVER, .id = {{7}}};
    request.recover.reason = tb_bytes_str("why not");
    assert_int_equal(ask(w, "bureau.33", &request)->code, TB_REFUSED_NOTHING_TO_RECOVER);
    request = (tb_local_request){.kind = TB_REQUEST_GET_RECOVERY};
    assert_int_equal(ask(w, "bureau.33", &request)->recovery.state, TB_RECOVERY_NONE);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_WORLD(an_old_case_waits_as_a_draft_and_goes_out_when_all_have_ended),
    IN_WORLD(an_officer_releases_one_case_with_a_reason),
    IN_WORLD(new_cases_are_free_whoever_opened_them),
    IN_WORLD(what_the_hub_stored_in_the_lost_time_is_not_new),
    IN_WORLD(an_agent_that_is_not_stopped_has_nothing_to_recover),
};

TB_RUN("agents/recover_cases", tests)

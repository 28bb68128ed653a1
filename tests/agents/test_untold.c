/* A refusal may be lost behind its commit: what begins a session tells it again. */
#include "base/limits.h"
#include "tests/agents/peer.h"
#include "tests/test.h"

static int set_up(void **state)
{
    town *t = town_make();
    town_link(t, &t->a);
    town_link(t, &t->b);
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    town_free(*state);
    return 0;
}

/* ct.33 does not like what it is told; what it says of it. */
static tb_frame refused(town *t)
{
    t->b.disliked = "bad";
    peer_say(t, &t->a, "ct.33 bad");
    tb_frame sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    town_deliver(t, &sent, &t->b);
    return peer_frame(t, &t->b, TB_FRAME_REFUSED, 0);
}

static void the_next_sessions_tell_it_again_and_then_no_more(void **state)
{
    town *t = *state;
    tb_frame first = refused(t);
    for (int i = 0; i < TB_UNTOLD_SESSIONS; i++) {
        assert_int_equal(peer_rows(t, &t->b, TB_TABLE_UNTOLD), 1);
        peer_forget(&t->b);
        town_link(t, &t->b);
        tb_frame again = peer_frame(t, &t->b, TB_FRAME_REFUSED, 0);
        assert_true(tb_bytes_equal(again.refused.line.encoded, first.refused.line.encoded));
        assert_true(tb_bytes_equal(again.refused.header, first.refused.header));
        assert_int_equal(peer_count(t, &t->b, TB_FRAME_REFUSED), 1);
    }
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_UNTOLD), 0);
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_REFUSAL), 1);
    peer_forget(&t->b);
    town_link(t, &t->b);
    assert_int_equal(peer_count(t, &t->b, TB_FRAME_REFUSED), 0);
    peer_check(t, &t->b);
}

/* Killed behind its commit: the frame never left. */
static void a_restarted_agent_tells_what_it_had_committed(void **state)
{
    town *t = *state;
    (void)refused(t);
    peer_forget(&t->b);
    town_restart(t, &t->b);
    town_link(t, &t->b);
    assert_int_equal(peer_frame(t, &t->b, TB_FRAME_REFUSED, 0).refused.code, TB_REFUSED_ROLE);
}

static void while_it_is_told_hello_is_said_sooner(void **state)
{
    town *t = *state;
    (void)refused(t);
    peer_forget(&t->b);
    tb_time passed = 0;
    while (peer_count(t, &t->b, TB_FRAME_HELLO) == 0) {
        tb_frame beat = {.kind = TB_FRAME_BEAT};
        peer_tick(t, &t->b, TB_BEAT_MS);
        town_send(t, &t->b, &beat);
        passed += TB_BEAT_MS;
        assert_true(passed < TB_GREET_IDLE_MS);
    }
    assert_true(passed >= TB_GREET_AGAIN_MS);
}

static void refuses(town *t, peer *from)
{
    peer_forget(from);
    peer_say(t, from, "ct.33 bad");
    tb_frame sent = peer_frame(t, from, TB_FRAME_SUBMIT, 0);
    town_deliver(t, &sent, &t->b);
}

static size_t told(town *t, const peer *whom)
{
    size_t count = 0;
    for (size_t i = 0; i < peer_count(t, &t->b, TB_FRAME_REFUSED); i++) {
        tb_frame frame = peer_frame(t, &t->b, TB_FRAME_REFUSED, i);
        count += tb_party_equal(&frame.refused.line.line.stream.sender, &whom->agent.self);
    }
    return count;
}

/* bureau.33 stands before hq, and would go first for ever. */
static void who_makes_many_refusals_keeps_no_others_back(void **state)
{
    town *t = *state;
    town_link(t, &t->c);
    t->b.disliked = "bad";
    for (unsigned i = 0; i < TB_UNTOLD_A_SESSION + 8; i++) {
        refuses(t, &t->a);
    }
    refuses(t, &t->c);
    for (int i = 0; i < TB_UNTOLD_SESSIONS; i++) {
        peer_forget(&t->b);
        town_link(t, &t->b);
        assert_int_equal(told(t, &t->c), 1);
        assert_in_range(told(t, &t->a), 1, TB_UNTOLD_A_SESSION - 1);
    }
    for (unsigned i = 0; peer_rows(t, &t->b, TB_TABLE_UNTOLD) > 0; i++) {
        peer_forget(&t->b);
        town_link(t, &t->b);
        assert_int_equal(told(t, &t->c), 0);
        assert_in_range(i, 0, TB_UNTOLD_A_SESSION);
    }
    peer_check(t, &t->b);
}

static void a_row_that_does_not_read_is_set_aside_and_the_next_session_is_confirmed(void **state)
{
    town *t = *state;
    uint8_t key[TB_PARTY_BYTES + 16 + 8] = {1};
    (void)refused(t);
    tb_txn *txn;
    tb_arena_reset(&t->b.node.arena);
    assert_ok(tb_store_begin(t->b.node.store, &t->b.node.arena, &txn));
    assert_ok(
        tb_store_put(txn, TB_TABLE_UNTOLD, tb_bytes_of(key, sizeof key), tb_bytes_str("bad")));
    assert_ok(tb_store_commit(txn));
    town_link(t, &t->b);
    peer_tick(t, &t->b, 0);
    assert_int_equal(peer_alarm(t, &t->b), TB_REFUSED_ROW_UNREADABLE);
    peer_forget(&t->b);
    town_link(t, &t->b);
    assert_int_equal(peer_link(t, &t->b).state, TB_LINK_CONFIRMED);
    assert_int_equal(peer_count(t, &t->b, TB_FRAME_REFUSED), 1);
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_SET_ASIDE), 1);
}

#define IN_TOWN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    IN_TOWN(the_next_sessions_tell_it_again_and_then_no_more),
    IN_TOWN(a_restarted_agent_tells_what_it_had_committed),
    IN_TOWN(while_it_is_told_hello_is_said_sooner),
    IN_TOWN(who_makes_many_refusals_keeps_no_others_back),
    IN_TOWN(a_row_that_does_not_read_is_set_aside_and_the_next_session_is_confirmed),
};

TB_RUN("agents/untold", tests)

/* What expires before it left: signed as expired by its sender, and a filler in its place. */
#include "agents/outbox.h"
#include "tests/agents/peer.h"
#include "tests/messages/samples.h"
#include "tests/test.h"

static int set_up(void **state)
{
    town *t = town_make();
    town_link(t, &t->a);
    /* The share is closed: what is said stays here. */
    tb_frame closed = {.kind = TB_FRAME_CLOSED};
    closed.share = sample_party("ct.33");
    peer_say(t, &t->a, "ct.33 one");
    town_send(t, &t->a, &closed);
    peer_forget(&t->a);
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    town_free(*state);
    return 0;
}

static void open_share(town *t)
{
    tb_frame open = {.kind = TB_FRAME_OPEN};
    open.share = sample_party("ct.33");
    town_send(t, &t->a, &open);
}

static void before_its_end_a_notice_goes_as_it_is(void **state)
{
    town *t = *state;
    t->now += TB_NOTICE_LIFE_MS - 1;
    open_share(t);
    tb_frame sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    assert_null(sent.carry.groups[0].items[0].refusal);
}

static void what_is_over_goes_as_a_filler_and_is_told_here(void **state)
{
    town *t = *state;
    t->now += TB_NOTICE_LIFE_MS;
    open_share(t);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_SUBMIT), 0);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_REFUSED), 0);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_REFUSAL), 1);
    peer_tick(t, &t->a, 0);
    tb_frame sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    const tb_item *item = &sent.carry.groups[0].items[0];
    assert_non_null(item->refusal);
    assert_int_equal(item->refusal->line.code, TB_REFUSED_EXPIRED);
    assert_string_equal(item->refusal->root.signer.text, "bureau.33");
    assert_int_equal(item->body.size, 0);
    peer_check(t, &t->a);

    /* Its recipient takes the number without content, and what follows arrives. */
    town_link(t, &t->b);
    town_deliver(t, &sent, &t->b);
    assert_string_equal(peer_applied(t, &t->b), "");
    assert_int_equal(peer_frame(t, &t->b, TB_FRAME_TAKEN, 0).lines.lines[0].line.to, 1);
    town_store(t, &t->a, &sent.carry.groups[0]);
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 two");
    tb_frame next = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    town_deliver(t, &next, &t->b);
    assert_string_equal(peer_applied(t, &t->b), "two");
}

/* The key that signed the filler was stolen later: up to the cut the number counts, and is empty.
 */
static void a_filler_below_a_later_cut_is_still_taken(void **state)
{
    town *t = *state;
    t->now += TB_NOTICE_LIFE_MS;
    open_share(t);
    peer_tick(t, &t->a, 0);
    tb_frame sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    const tb_item *item = &sent.carry.groups[0].items[0];
    assert_non_null(item->refusal);
    tb_stream stream = tb_group_stream(&sent.carry.groups[0]);
    tb_cut_mark mark = {stream.incarnation, stream.recipient, stream.lane, 1, item->digest};
    tb_cut cut = {stream.sender, t->a.agent.keys.sign_id, t->now, TB_CUT_STOLEN, &mark, 1};
    tb_directory *next = tb_arena_alloc(&t->paper, sizeof *next);
    (void)town_next_directory(t, &cut, 1, next);
    t->b.agent.directory = next;
    town_link(t, &t->b);
    town_deliver(t, &sent, &t->b);
    assert_int_equal(peer_alarm(t, &t->b), TB_ACCEPTED);
    assert_int_equal(peer_frame(t, &t->b, TB_FRAME_TAKEN, 0).lines.lines[0].line.to, 1);
}

#define IN_TOWN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    IN_TOWN(before_its_end_a_notice_goes_as_it_is),
    IN_TOWN(what_is_over_goes_as_a_filler_and_is_told_here),
    IN_TOWN(a_filler_below_a_later_cut_is_still_taken),
};

TB_RUN("agents/outbox_expired", tests)

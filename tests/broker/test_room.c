/* Room: shares that close and open, and a store at its watermark. */
#include "tests/broker/fixture.h"

#define BODY 900

static parcel make_big(world *w, size_t from, size_t to)
{
    return make(w, at(w, from), &to, 1, TB_LANE_NORMAL, 1, BODY);
}

/* Parcels of one notice each, sent until the hub says Closed; how many were stored. */
static size_t fill(world *w, size_t from, size_t to, parcel *kept)
{
    for (size_t n = 0; n < 100; n++) {
        *kept = make_big(w, from, to);
        say_submit(w, at(w, from), kept);
        turn(w);
        for (size_t i = 0; i < w->inbox_count; i++) {
            if (w->inbox[i].frame->kind == TB_FRAME_CLOSED) {
                forget_all(w);
                return n;
            }
        }
        forget_all(w);
    }
    fail_msg("the share is never used up");
    return 0;
}

static void a_share_takes_groups_until_it_is_used_and_one_past_its_edge(void **state)
{
    world *w = *state;
    parcel last;
    world_limits(w, 4000, TB_CREDIT_BYTES);
    link_up(w, at(w, A));
    size_t stored = fill(w, A, B, &last);
    size_t one = last.groups[0].items[0].header_bytes.size + BODY;
    assert_int_equal(stored, (4000 + one - 1) / one); /* soft by one */
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), stored);
}

static void a_share_of_exactly_what_is_kept_is_used_up(void **state)
{
    world *w = *state;
    party probe = *at(w, A);
    size_t to = B;
    parcel p = make(w, &probe, &to, 1, TB_LANE_NORMAL, 1, BODY);
    uint64_t one = p.groups[0].items[0].header_bytes.size + BODY;
    parcel last;
    world_limits(w, 2 * one, TB_CREDIT_BYTES);
    link_up(w, at(w, A));
    assert_int_equal(fill(w, A, B, &last), 2);
}

static void one_recipient_is_closed_while_others_go_on(void **state)
{
    world *w = *state;
    parcel last;
    world_limits(w, 2000, TB_CREDIT_BYTES);
    link_up(w, at(w, A));
    link_up(w, at(w, D));
    fill(w, A, B, &last);
    const size_t both[] = {B, C};
    parcel p = make(w, at(w, A), both, 2, TB_LANE_URGENT, 1, 100);
    say_submit(w, at(w, A), &p);
    parcel other = make_big(w, D, B);
    say_submit(w, at(w, D), &other);
    turn(w);
    tb_frame *closed = expect(w, at(w, A), TB_FRAME_CLOSED);
    assert_memory_equal(closed->share.text, "b", 2);
    tb_frame *stored = expect(w, at(w, A), TB_FRAME_STORED);
    assert_int_equal(stored->lines.count, 1);
    assert_memory_equal(stored->lines.lines[0].line.stream.recipient.text, "c", 2);
    expect(w, at(w, D), TB_FRAME_STORED); /* another sender's share is its own */
}

static void it_opens_when_half_is_free_and_the_same_header_is_taken_then(void **state)
{
    world *w = *state;
    const size_t both[] = {B, C};
    parcel last;
    world_limits(w, 4000, TB_CREDIT_BYTES);
    link_up(w, at(w, A));
    fill(w, A, B, &last);
    parcel p = make(w, at(w, A), both, 2, TB_LANE_URGENT, 1, 100);
    say_submit(w, at(w, A), &p);
    turn(w);
    forget_all(w);

    link_up(w, at(w, B));
    take_all(w, at(w, B));
    turn(w);
    tb_frame *open = expect(w, at(w, A), TB_FRAME_OPEN);
    assert_memory_equal(open->share.text, "b", 2);
    forget_all(w);
    say_submit(w, at(w, A), &last);
    say_submit(w, at(w, A), &p);
    turn(w);
    tb_frame *stored = expect(w, at(w, A), TB_FRAME_STORED);
    assert_int_equal(stored->lines.count, 3); /* last to B, p to B, and C's line again */
    assert_int_equal(take_all(w, at(w, B)), 2);
}

static void a_closed_pair_is_named_in_welcome(void **state)
{
    world *w = *state;
    parcel last;
    world_limits(w, 2000, TB_CREDIT_BYTES);
    link_up(w, at(w, A));
    fill(w, A, B, &last);
    tb_welcome *welcome = link_up(w, at(w, A));
    assert_int_equal(welcome->closed_count, 1);
    assert_memory_equal(welcome->closed[0].text, "b", 2);
}

static void what_follows_a_closed_group_is_not_called_a_gap(void **state)
{
    world *w = *state;
    parcel last;
    world_limits(w, 2000, TB_CREDIT_BYTES);
    link_up(w, at(w, A));
    fill(w, A, B, &last);
    parcel next = make_big(w, A, B);
    say_submit(w, at(w, A), &last);
    say_submit(w, at(w, A), &next);
    turn(w);
    expect(w, at(w, A), TB_FRAME_CLOSED);
    expect_nothing(w, at(w, A));
    say_submit(w, at(w, A), &next);
    turn(w);
    expect(w, at(w, A), TB_FRAME_CLOSED);
    expect_nothing(w, at(w, A));
}

static void a_store_above_its_watermark_refuses_and_drains(void **state)
{
    world *w = *state;
    size_t to = B;
    link_up(w, at(w, A));
    tb_store_mem_limit(w->node.store, 200 * 1000);
    size_t stored = 0;
    tb_frame *answer = NULL;
    do {
        parcel p = make(w, at(w, A), &to, 1, TB_LANE_NORMAL, 4, 2000);
        say_submit(w, at(w, A), &p);
        turn(w);
        answer = w->inbox[0].frame;
        stored += answer->kind == TB_FRAME_STORED ? 1 : 0;
        forget_all(w);
        assert_true(stored < 100);
    } while (answer->kind == TB_FRAME_STORED);
    assert_int_equal(answer->kind, TB_FRAME_REFUSED);
    assert_int_equal(answer->refused.code, TB_REFUSED_STORE_FULL);
    assert_false(answer->refused.has_line);
    assert_true(answer->refused.header.size > 0);
    assert_true(stored > 5);

    link_up(w, at(w, B));
    assert_int_equal(take_all(w, at(w, B)), 4 * stored);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 0);
    parcel p = make_one(w, at(w, A), C, 1);
    forget_all(w);
    say_submit(w, at(w, A), &p);
    turn(w);
    expect(w, at(w, A), TB_FRAME_STORED);
}

static void many_groups_are_trimmed_in_slices(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    for (int i = 0; i < 200; i++) {
        parcel p = make_one(w, at(w, A), B, 1);
        say_submit(w, at(w, A), &p);
    }
    turn(w);
    for (int i = 0; i < 200; i++) {
        parcel p = make_one(w, at(w, A), B, 1);
        say_submit(w, at(w, A), &p);
    }
    turn(w);
    link_up(w, at(w, B));
    assert_int_equal(take_all(w, at(w, B)), 400);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 144);
    tick(w, 0);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 0);
    assert_int_equal(rows(w, TB_TABLE_HUB_SHARE), 0);
}

static const struct CMUnitTest tests[] = {
    WORLD_TEST(a_share_takes_groups_until_it_is_used_and_one_past_its_edge),
    WORLD_TEST(a_share_of_exactly_what_is_kept_is_used_up),
    WORLD_TEST(one_recipient_is_closed_while_others_go_on),
    WORLD_TEST(it_opens_when_half_is_free_and_the_same_header_is_taken_then),
    WORLD_TEST(a_closed_pair_is_named_in_welcome),
    WORLD_TEST(what_follows_a_closed_group_is_not_called_a_gap),
    WORLD_TEST(a_store_above_its_watermark_refuses_and_drains),
    WORLD_TEST(many_groups_are_trimmed_in_slices),
};

TB_RUN("broker/room", tests)

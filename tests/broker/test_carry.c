/* What the hub is for: a notice is stored, delivered, taken, and its sender hears of each. */
#include "tests/broker/fixture.h"

/* One stored line, of these numbers. */
static const tb_signed_line *expect_stored(world *w, size_t to, uint64_t from, uint64_t upto)
{
    tb_frame *frame = expect(w, at(w, to), TB_FRAME_STORED);
    assert_int_equal(frame->lines.count, 1);
    const tb_signed_line *line = &frame->lines.lines[0];
    assert_int_equal(line->line.kind, TB_LINE_STORED);
    assert_int_equal(line->line.from, from);
    assert_int_equal(line->line.to, upto);
    assert_int_equal(
        tb_signed_line_verify(line, &w->directory.hub, &w->hub_sign.public_key, &w->broker.roots),
        TB_ACCEPTED);
    return line;
}

static void expect_arrived(world *w, size_t to, uint64_t upto)
{
    tb_frame *frame = expect(w, at(w, to), TB_FRAME_STORED);
    const tb_signed_line *line = &frame->lines.lines[frame->lines.count - 1];
    assert_int_equal(line->line.kind, TB_LINE_ARRIVED);
    assert_int_equal(line->line.to, upto);
}

static void a_notice_is_stored_delivered_taken_and_its_sender_hears_of_it(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    parcel p = make_one(w, at(w, A), B, 3);
    say_submit(w, at(w, A), &p);
    turn(w);

    expect_stored(w, A, 1, 3);
    assert_int_equal(take_all(w, at(w, B)), 3);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 1);
    turn(w);

    expect_arrived(w, A, 3);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 0);
    assert_int_equal(rows(w, TB_TABLE_HUB_PLACE), 0);
    assert_int_equal(rows(w, TB_TABLE_HUB_SHARE), 0);
    expect_nothing(w, at(w, A));
    expect_nothing(w, at(w, B));
}

static void all_lines_of_a_turn_have_one_root(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    parcel to_b = make_one(w, at(w, A), B, 1);
    parcel to_c = make_one(w, at(w, A), C, 2);
    parcel back = make_one(w, at(w, B), A, 1);
    say_submit(w, at(w, A), &to_b);
    say_submit(w, at(w, A), &to_c);
    say_submit(w, at(w, B), &back);
    turn(w);

    tb_frame *a = expect(w, at(w, A), TB_FRAME_STORED);
    tb_frame *b = expect(w, at(w, B), TB_FRAME_STORED);
    assert_int_equal(a->lines.count, 2);
    assert_int_equal(b->lines.count, 1);
    assert_int_equal(a->lines.lines[0].root.count, 3);
    assert_memory_equal(&a->lines.lines[0].root.root, &b->lines.lines[0].root.root,
                        sizeof(tb_digest));
}

static void a_recipient_that_comes_later_gets_what_was_stored_urgent_first(void **state)
{
    world *w = *state;
    size_t to = B;
    link_up(w, at(w, A));
    parcel normal = make_one(w, at(w, A), B, 2);
    parcel urgent = make(w, at(w, A), &to, 1, TB_LANE_URGENT, 1, 64);
    say_submit(w, at(w, A), &normal);
    turn(w);
    say_submit(w, at(w, A), &urgent);
    turn(w);

    link_up(w, at(w, B));
    tb_frame *deliver = expect(w, at(w, B), TB_FRAME_DELIVER);
    assert_int_equal(deliver->carry.group_count, 2);
    assert_int_equal(deliver->carry.groups[0].lane, TB_LANE_URGENT);
    assert_int_equal(deliver->carry.groups[1].lane, TB_LANE_NORMAL);
    assert_true(take(w, at(w, B), &deliver->carry.groups[0], &deliver->carry));
    assert_true(take(w, at(w, B), &deliver->carry.groups[1], &deliver->carry));
}

static void a_shared_body_is_kept_once_until_the_last_recipient_has_it(void **state)
{
    world *w = *state;
    const size_t to[] = {B, C, D};
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    parcel p = make(w, at(w, A), to, 3, TB_LANE_NORMAL, 2, 1000);
    say_submit(w, at(w, A), &p);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_BODY), 2);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 3);

    assert_int_equal(take_all(w, at(w, B)), 2);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_BODY), 2);
    link_up(w, at(w, C));
    assert_int_equal(take_all(w, at(w, C)), 2);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_BODY), 2);
    link_up(w, at(w, D));
    assert_int_equal(take_all(w, at(w, D)), 2);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_BODY), 0);
    assert_int_equal(rows(w, TB_TABLE_HUB_BODY_USE), 0);
}

static void what_is_not_taken_is_delivered_again_and_less_often_each_time(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    parcel p = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &p);
    turn(w);
    expect(w, at(w, B), TB_FRAME_DELIVER);

    tick(w, TB_RESEND_AFTER_MS - 1);
    turn(w);
    expect_nothing(w, at(w, B));
    tick(w, 1);
    turn(w);
    expect(w, at(w, B), TB_FRAME_DELIVER);
    tick(w, TB_RESEND_AFTER_MS);
    turn(w);
    expect_nothing(w, at(w, B));
    tick(w, TB_RESEND_AFTER_MS);
    turn(w);
    assert_int_equal(take_all(w, at(w, B)), 1);
    turn(w);
    tick(w, 10 * TB_RESEND_AFTER_MS);
    turn(w);
    expect_nothing(w, at(w, B));
}

static void a_missing_number_at_the_recipient_begins_delivery_again(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    tick(w, 2000);
    turn(w);
    parcel first = make_one(w, at(w, A), B, 1);
    parcel second = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &first);
    turn(w);
    expect(w, at(w, B), TB_FRAME_DELIVER); /* lost */
    say_submit(w, at(w, A), &second);
    turn(w);
    assert_int_equal(take_all(w, at(w, B)), 0); /* says again */
    turn(w);
    assert_int_equal(take_all(w, at(w, B)), 2);
}

static void no_more_than_the_credit_is_on_its_way(void **state)
{
    world *w = *state;
    world_limits(w, TB_SHARE_BYTES, 2000);
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    size_t to = B;
    for (int i = 0; i < 6; i++) {
        parcel p = make(w, at(w, A), &to, 1, TB_LANE_NORMAL, 1, 700);
        say_submit(w, at(w, A), &p);
    }
    turn(w);
    size_t rounds = 0;
    size_t taken = 0;
    while (taken < 6) {
        size_t some = take_all(w, at(w, B));
        assert_in_range(some, 1, 3);
        taken += some;
        rounds++;
        turn(w);
    }
    assert_in_range(rounds, 2, 6);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 0);
}

static void credit_that_a_sender_frees_by_a_mark_it_shows_delivers_at_once(void **state)
{
    world *w = *state;
    world_limits(w, TB_SHARE_BYTES, 1000);
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    size_t to = B;
    for (int i = 0; i < 2; i++) {
        parcel p = make(w, at(w, A), &to, 1, TB_LANE_NORMAL, 1, 900);
        say_submit(w, at(w, A), &p);
    }
    turn(w);
    tb_frame *deliver = expect(w, at(w, B), TB_FRAME_DELIVER);
    assert_int_equal(deliver->carry.group_count, 1);
    assert_true(take(w, at(w, B), &deliver->carry.groups[0], &deliver->carry)); /* Taken is lost */
    tb_line mark = arrived_line(w, at(w, B), A, TB_LANE_NORMAL);
    tb_signed_line shown = sign_line(w, at(w, B), &mark);
    tb_frame hello = {.kind = TB_FRAME_HELLO};
    hello.hello.party = at(w, A)->id;
    hello.hello.incarnation = at(w, A)->incarnation;
    hello.hello.protocol_min = hello.hello.protocol_max = 1;
    hello.hello.arrived = &shown;
    hello.hello.arrived_count = 1;
    say(w, at(w, A), &hello);
    turn(w);
    expect(w, at(w, B), TB_FRAME_DELIVER);
}

static void a_late_urgent_notice_overtakes_waiting_ones(void **state)
{
    world *w = *state;
    world_limits(w, TB_SHARE_BYTES, 1000);
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    size_t to = B;
    for (int i = 0; i < 4; i++) {
        parcel p = make(w, at(w, A), &to, 1, TB_LANE_BULK, 1, 900);
        say_submit(w, at(w, A), &p);
    }
    turn(w);
    parcel urgent = make(w, at(w, A), &to, 1, TB_LANE_URGENT, 1, 100);
    say_submit(w, at(w, A), &urgent);
    turn(w);
    assert_int_equal(take_all(w, at(w, B)), 1);
    turn(w);
    tb_frame *deliver = expect(w, at(w, B), TB_FRAME_DELIVER);
    assert_int_equal(deliver->carry.groups[0].lane, TB_LANE_URGENT);
}

static void an_arrived_mark_of_before_changes_nothing(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    parcel first = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &first);
    turn(w);
    take_all(w, at(w, B));
    turn(w);
    tb_line old = arrived_line(w, at(w, B), A, TB_LANE_NORMAL);
    parcel second = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &second);
    turn(w);
    take_all(w, at(w, B));
    turn(w);
    forget_all(w);
    say_taken(w, at(w, B), &old, 1, false);
    turn(w);
    expect_nothing(w, at(w, A));
    expect_nothing(w, at(w, B));
}

static void stamps_carry_the_exercise_clock_only_in_exercises(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &p);
    turn(w);
    const tb_signed_line *line = expect_stored(w, A, 1, 1);
    assert_int_equal(line->line.at, w->now.real);
    assert_int_equal(line->line.civil, 0);
}

static void the_exercise_clock_only_moves_forward_and_survives_a_restart(void **state)
{
    world *w = *state;
    const tb_time spring = INT64_C(1423453140000);
    w->directory.exercise = true;
    link_up(w, at(w, A));
    tb_frame beat = {.kind = TB_FRAME_BEAT, .civil = spring};
    say(w, at(w, A), &beat);
    beat.civil = spring - 1000;
    say(w, at(w, A), &beat);
    parcel p = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &p);
    turn(w);
    assert_int_equal(w->inbox[0].frame->civil, spring);
    assert_int_equal(expect_stored(w, A, 1, 1)->line.civil, spring);
    world_restart(w);
    link_up(w, at(w, A));
    p = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &p);
    turn(w);
    assert_int_equal(expect_stored(w, A, 2, 2)->line.civil, spring);
}

static void a_group_as_large_as_a_frame_takes_is_delivered_to_all_its_recipients(void **state)
{
    world *w = *state;
    const size_t to[] = {B, C};
    link_up(w, at(w, A));
    parcel p = make(w, at(w, A), to, 2, TB_LANE_NORMAL, 4, 254 * 1024);
    for (size_t i = 0; i < 2; i++) {
        parcel one = p;
        one.group_count = 1;
        one.groups[0] = p.groups[i];
        say_submit(w, at(w, A), &one);
    }
    turn(w);
    link_up(w, at(w, B));
    link_up(w, at(w, C));
    assert_int_equal(take_all(w, at(w, B)), 4);
    assert_int_equal(take_all(w, at(w, C)), 4);
}

static const struct CMUnitTest tests[] = {
    WORLD_TEST(a_notice_is_stored_delivered_taken_and_its_sender_hears_of_it),
    WORLD_TEST(all_lines_of_a_turn_have_one_root),
    WORLD_TEST(a_recipient_that_comes_later_gets_what_was_stored_urgent_first),
    WORLD_TEST(a_shared_body_is_kept_once_until_the_last_recipient_has_it),
    WORLD_TEST(what_is_not_taken_is_delivered_again_and_less_often_each_time),
    WORLD_TEST(a_missing_number_at_the_recipient_begins_delivery_again),
    WORLD_TEST(no_more_than_the_credit_is_on_its_way),
    WORLD_TEST(credit_that_a_sender_frees_by_a_mark_it_shows_delivers_at_once),
    WORLD_TEST(a_late_urgent_notice_overtakes_waiting_ones),
    WORLD_TEST(an_arrived_mark_of_before_changes_nothing),
    WORLD_TEST(stamps_carry_the_exercise_clock_only_in_exercises),
    WORLD_TEST(the_exercise_clock_only_moves_forward_and_survives_a_restart),
    WORLD_TEST(a_group_as_large_as_a_frame_takes_is_delivered_to_all_its_recipients),
};

TB_RUN("broker/carry", tests)

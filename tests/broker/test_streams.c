/* Numbers: what is repeated, missing, out of order or said twice with other content. */
#include "tests/broker/fixture.h"
#include "tests/store/failing.h"

static void a_repeated_group_gets_the_same_line_and_has_no_second_effect(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 3);
    say_submit(w, at(w, A), &p);
    turn(w);
    tb_frame *first = expect(w, at(w, A), TB_FRAME_STORED);
    say_submit(w, at(w, A), &p);
    say_submit(w, at(w, A), &p);
    turn(w);
    tb_frame *second = expect(w, at(w, A), TB_FRAME_STORED);
    assert_int_equal(second->lines.count, 1);
    assert_false(second->lines.again);
    assert_int_equal(second->lines.lines[0].encoded.size, first->lines.lines[0].encoded.size);
    assert_memory_equal(second->lines.lines[0].encoded.data, first->lines.lines[0].encoded.data,
                        first->lines.lines[0].encoded.size);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 1);
}

static void a_group_replayed_a_thousand_times_is_there_once(void **state)
{
    world *w = *state;
    int times = failing_awake() ? 2 : 1000;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 3);
    for (int i = 0; i <= times; i++) {
        say_submit(w, at(w, A), &p);
        turn(w);
        tb_frame *stored = expect(w, at(w, A), TB_FRAME_STORED);
        assert_int_equal(stored->lines.count, 1);
        assert_int_equal(stored->lines.lines[0].line.to, 3);
        forget_all(w);
    }
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 1);
    assert_int_equal(rows(w, TB_TABLE_ALARM), 0);
}

static void the_same_group_twice_in_one_turn_is_stored_once(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 3);
    say_submit(w, at(w, A), &p);
    say_submit(w, at(w, A), &p);
    turn(w);
    assert_int_equal(expect(w, at(w, A), TB_FRAME_STORED)->lines.count, 1);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 1);
}

static void a_gap_is_answered_with_again_and_nothing_is_stored(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel first = make_one(w, at(w, A), B, 2);
    parcel second = make_one(w, at(w, A), B, 2);
    parcel third = make_one(w, at(w, A), B, 2);
    say_submit(w, at(w, A), &first);
    turn(w);
    forget_all(w);
    say_submit(w, at(w, A), &third);
    turn(w);
    tb_frame *stored = expect(w, at(w, A), TB_FRAME_STORED);
    assert_true(stored->lines.again);
    assert_int_equal(stored->lines.lines[0].line.to, 2);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 1);

    say_submit(w, at(w, A), &second);
    say_submit(w, at(w, A), &third);
    turn(w);
    assert_int_equal(expect(w, at(w, A), TB_FRAME_STORED)->lines.count, 2);
}

static void groups_out_of_order_in_one_turn_are_not_stored_out_of_order(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel first = make_one(w, at(w, A), B, 1);
    parcel second = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &second);
    say_submit(w, at(w, A), &first);
    turn(w);
    assert_true(expect(w, at(w, A), TB_FRAME_STORED)->lines.again);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 0);
    say_submit(w, at(w, A), &first);
    say_submit(w, at(w, A), &second);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 2);
}

/* A party as it was: what it makes next uses the same numbers again. */
static parcel make_other(world *w, const party *before, size_t to, size_t count)
{
    party copy = *before;
    return make_one(w, &copy, to, count);
}

static void another_content_under_a_stored_number_is_a_fork(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel other = make_other(w, at(w, A), B, 1);
    parcel p = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &p);
    turn(w);
    forget_all(w);
    say_submit(w, at(w, A), &other);
    turn(w);
    tb_frame *refused = expect(w, at(w, A), TB_FRAME_REFUSED);
    assert_int_equal(refused->refused.code, TB_REFUSED_FORK);
    expect_bye(w, at(w, A), TB_REFUSED_FORK);
    assert_int_equal(rows(w, TB_TABLE_ALARM), 1);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 1);
    assert_int_equal(rows(w, TB_TABLE_HUB_SESSION), 0);
}

static void a_fork_in_the_middle_of_what_is_held_is_seen_too(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel other = make_other(w, at(w, A), B, 2);
    parcel p = make_one(w, at(w, A), B, 4);
    say_submit(w, at(w, A), &p);
    turn(w);
    forget_all(w);
    say_submit(w, at(w, A), &other);
    turn(w);
    assert_int_equal(expect(w, at(w, A), TB_FRAME_REFUSED)->refused.code, TB_REFUSED_FORK);
}

static void a_next_number_that_does_not_link_is_a_fork(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    party before = *at(w, A);
    parcel p = make_one(w, at(w, A), B, 1);
    make_one(w, &before, B, 1);
    parcel on_other = make_one(w, &before, B, 1); /* number 2 behind another number 1 */
    say_submit(w, at(w, A), &p);
    turn(w);
    forget_all(w);
    say_submit(w, at(w, A), &on_other);
    turn(w);
    assert_int_equal(expect(w, at(w, A), TB_FRAME_REFUSED)->refused.code, TB_REFUSED_FORK);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 1);
}

static void one_body_name_with_two_contents_is_a_fork(void **state)
{
    world *w = *state;
    const size_t both[] = {B, C};
    link_up(w, at(w, A));
    parcel p = make(w, at(w, A), both, 2, TB_LANE_NORMAL, 1, 100);
    p.group_count = 1;
    say_submit(w, at(w, A), &p);
    turn(w);
    forget_all(w);
    at(w, A)->notices = 0;
    const size_t others[] = {C, D};
    at(w, A)->out[C][1] = (position){0};
    parcel other = make(w, at(w, A), others, 2, TB_LANE_NORMAL, 1, 100);
    say_submit(w, at(w, A), &other);
    turn(w);
    assert_int_equal(expect(w, at(w, A), TB_FRAME_REFUSED)->refused.code, TB_REFUSED_FORK);
}

static void streams_of_one_sender_do_not_wait_for_each_other(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    make_one(w, at(w, A), B, 1); /* never sent: a gap towards B */
    parcel to_b = make_one(w, at(w, A), B, 1);
    parcel to_c = make_one(w, at(w, A), C, 1);
    say_submit(w, at(w, A), &to_b);
    say_submit(w, at(w, A), &to_c);
    turn(w);
    tb_frame *stored = expect(w, at(w, A), TB_FRAME_STORED);
    assert_true(stored->lines.again);
    assert_int_equal(stored->lines.count, 1);
    assert_memory_equal(stored->lines.lines[0].line.stream.recipient.text, "c", 2);
}

/* A hub that lost its store */

static void a_lost_store_resumes_from_the_arrived_marks_the_sender_shows(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    parcel first = make_one(w, at(w, A), B, 3);
    say_submit(w, at(w, A), &first);
    turn(w);
    take_all(w, at(w, B));
    tb_line mark = arrived_line(w, at(w, B), A, TB_LANE_NORMAL);
    turn(w);

    world_lose_store(w);
    at(w, A)->peer = w->next_peer++;
    tb_signed_line shown = sign_line(w, at(w, B), &mark);
    tb_frame hello = {.kind = TB_FRAME_HELLO};
    hello.hello.party = at(w, A)->id;
    hello.hello.incarnation = at(w, A)->incarnation;
    hello.hello.protocol_min = hello.hello.protocol_max = 1;
    hello.hello.arrived = &shown;
    hello.hello.arrived_count = 1;
    say(w, at(w, A), &hello);
    turn(w);
    tb_welcome *welcome = &expect(w, at(w, A), TB_FRAME_WELCOME)->welcome;
    assert_int_equal(welcome->arrived_count, 1);
    assert_int_equal(welcome->stored_count, 0);
    forget_all(w);

    parcel second = make_one(w, at(w, A), B, 2);
    say_submit(w, at(w, A), &second);
    turn(w);
    assert_int_equal(expect(w, at(w, A), TB_FRAME_STORED)->lines.lines[0].line.to, 5);
    link_up(w, at(w, B));
    assert_int_equal(take_all(w, at(w, B)), 2);
}

/* Stored and taken, but the mark does not reach the hub before it loses its store. */
static parcel taken_unknown_to_the_hub(world *w)
{
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    parcel p = make_one(w, at(w, A), B, 3);
    say_submit(w, at(w, A), &p);
    turn(w);
    take_all(w, at(w, B));
    w->input_count = 0;
    world_lose_store(w);
    link_up(w, at(w, B)); /* says where it stands */
    link_up(w, at(w, A));
    return p;
}

static void a_lost_store_is_filled_again_by_a_sender_that_does_not_know_more(void **state)
{
    world *w = *state;
    parcel first = taken_unknown_to_the_hub(w);
    say_submit(w, at(w, A), &first);
    turn(w);
    assert_int_equal(expect(w, at(w, A), TB_FRAME_STORED)->lines.lines[0].line.from, 1);
    assert_int_equal(take_all(w, at(w, B)), 0); /* a repeat: the mark is said again */
    turn(w);
    assert_int_equal(expect(w, at(w, A), TB_FRAME_STORED)->lines.lines[0].line.kind,
                     TB_LINE_ARRIVED);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 0);
    assert_int_equal(rows(w, TB_TABLE_ALARM), 0);
}

static void a_lost_store_goes_on_from_where_the_recipient_stands(void **state)
{
    world *w = *state;
    (void)taken_unknown_to_the_hub(w);
    parcel second = make_one(w, at(w, A), B, 2);
    say_submit(w, at(w, A), &second);
    turn(w);
    assert_true(noted(w, "event=base"));
    assert_int_equal(expect(w, at(w, A), TB_FRAME_STORED)->lines.lines[0].line.from, 4);
    assert_int_equal(take_all(w, at(w, B)), 2);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 0);
}

static void a_lost_store_takes_the_recipients_signed_word_after_its_hello(void **state)
{
    world *w = *state;
    (void)taken_unknown_to_the_hub(w);
    tb_line mark = arrived_line(w, at(w, B), A, TB_LANE_NORMAL);
    say_taken(w, at(w, B), &mark, 1, false);
    turn(w);
    assert_int_equal(expect(w, at(w, A), TB_FRAME_STORED)->lines.lines[0].line.to, 3);
    assert_int_equal(rows(w, TB_TABLE_ALARM), 0);
}

static void a_recipient_that_lies_about_where_it_stands_is_not_believed(void **state)
{
    world *w = *state;
    at(w, B)->in[A][1].number = 1;
    memset(&at(w, B)->in[A][1].digest, 0x77, sizeof(tb_digest));
    link_up(w, at(w, B));
    at(w, B)->in[A][1] = (position){0};
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &p);
    turn(w);
    assert_int_equal(expect(w, at(w, A), TB_FRAME_STORED)->lines.lines[0].line.to, 1);
    expect_nothing(w, at(w, A)); /* its word is not held against the sender */
    assert_int_equal(rows(w, TB_TABLE_ALARM), 1);
    assert_int_equal(take_all(w, at(w, B)), 1);
}

static void an_arrived_mark_for_what_was_never_stored_is_an_alarm(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    at(w, B)->in[A][1].number = 9;
    memset(&at(w, B)->in[A][1].digest, 0x77, sizeof(tb_digest));
    tb_line line = arrived_line(w, at(w, B), A, TB_LANE_NORMAL);
    say_taken(w, at(w, B), &line, 1, false);
    turn(w);
    expect_nothing(w, at(w, A));
    assert_int_equal(rows(w, TB_TABLE_ALARM), 1);
}

static void an_arrived_mark_with_another_digest_is_an_alarm_and_ends_no_session(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    parcel p = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &p);
    turn(w);
    take_all(w, at(w, B));
    forget_all(w);
    w->input_count = 0;
    memset(&at(w, B)->in[A][1].digest, 0x77, sizeof(tb_digest));
    tb_line line = arrived_line(w, at(w, B), A, TB_LANE_NORMAL);
    say_taken(w, at(w, B), &line, 1, false);
    turn(w);
    expect_nothing(w, at(w, B));
    expect_nothing(w, at(w, A));
    assert_int_equal(rows(w, TB_TABLE_ALARM), 1);
    assert_int_equal(rows(w, TB_TABLE_HUB_SESSION), 2);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 1);
}

static void what_the_recipient_already_holds_is_not_kept(void **state)
{
    world *w = *state;
    const size_t to[] = {B, C};
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    parcel p = make(w, at(w, A), to, 2, TB_LANE_NORMAL, 1, 100);
    parcel to_b = p;
    to_b.group_count = 1;
    say_submit(w, at(w, A), &to_b);
    turn(w);
    take_all(w, at(w, B));
    w->input_count = 0;
    tb_line mark = arrived_line(w, at(w, B), A, TB_LANE_NORMAL);

    world_lose_store(w);
    party *b = at(w, B);
    position held = b->in[A][1];
    b->in[A][1] = (position){0};
    link_up(w, b);
    b->in[A][1] = held;
    link_up(w, at(w, A));
    say_submit(w, at(w, A), &p);
    say_taken(w, b, &mark, 1, false); /* in the very turn that stores it again */
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 1); /* C's */
    assert_int_equal(rows(w, TB_TABLE_HUB_BODY), 1);
}

static const struct CMUnitTest tests[] = {
    WORLD_TEST(a_repeated_group_gets_the_same_line_and_has_no_second_effect),
    WORLD_TEST(a_group_replayed_a_thousand_times_is_there_once),
    WORLD_TEST(the_same_group_twice_in_one_turn_is_stored_once),
    WORLD_TEST(a_gap_is_answered_with_again_and_nothing_is_stored),
    WORLD_TEST(groups_out_of_order_in_one_turn_are_not_stored_out_of_order),
    WORLD_TEST(another_content_under_a_stored_number_is_a_fork),
    WORLD_TEST(a_fork_in_the_middle_of_what_is_held_is_seen_too),
    WORLD_TEST(a_next_number_that_does_not_link_is_a_fork),
    WORLD_TEST(one_body_name_with_two_contents_is_a_fork),
    WORLD_TEST(streams_of_one_sender_do_not_wait_for_each_other),
    WORLD_TEST(a_lost_store_resumes_from_the_arrived_marks_the_sender_shows),
    WORLD_TEST(a_lost_store_is_filled_again_by_a_sender_that_does_not_know_more),
    WORLD_TEST(a_lost_store_goes_on_from_where_the_recipient_stands),
    WORLD_TEST(a_lost_store_takes_the_recipients_signed_word_after_its_hello),
    WORLD_TEST(a_recipient_that_lies_about_where_it_stands_is_not_believed),
    WORLD_TEST(an_arrived_mark_for_what_was_never_stored_is_an_alarm),
    WORLD_TEST(an_arrived_mark_with_another_digest_is_an_alarm_and_ends_no_session),
    WORLD_TEST(what_the_recipient_already_holds_is_not_kept),
};

TB_RUN("broker/streams", tests)

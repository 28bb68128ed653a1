/* What one frame can make the hub verify is bounded: roots and bytes of a Submit, lines of a Taken
 * and of a Hello; and what the hub holds it does not verify again. */
#include "tests/broker/fixture.h"

/* So many notices from A, each stored and delivered by itself; the marks B would sign for them. */
static void lines_of_b(world *w, size_t count, tb_line *lines)
{
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    for (size_t i = 0; i < count; i++) {
        parcel p = make_one(w, at(w, A), B, 1);
        say_submit(w, at(w, A), &p);
        turn(w);
        take_all(w, at(w, B));
        lines[i] = arrived_line(w, at(w, B), A, TB_LANE_NORMAL);
        w->input_count = 0;
    }
}

/* Each line is signed by itself here. */
static void of_many_roots_in_one_taken_the_lines_under_the_first_count(void **state)
{
    world *w = *state;
    tb_line lines[2 * TB_FRAME_ROOTS_MAX + 1];
    lines_of_b(w, 2 * TB_FRAME_ROOTS_MAX + 1, lines);
    say_taken(w, at(w, B), lines, TB_FRAME_ROOTS_MAX, false);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), TB_FRAME_ROOTS_MAX + 1);
    say_taken(w, at(w, B), &lines[TB_FRAME_ROOTS_MAX], TB_FRAME_ROOTS_MAX + 1, false);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 1);
    assert_int_equal(rows(w, TB_TABLE_HUB_SESSION), 2);
    say_taken(w, at(w, B), &lines[2 * TB_FRAME_ROOTS_MAX], 1, false);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 0);
}

/* A comes back with these marks; how many the hub then holds of its streams. */
static size_t marks_after_hello(world *w, tb_signed_line *lines, size_t count)
{
    at(w, A)->peer = w->next_peer++;
    tb_frame hello = {.kind = TB_FRAME_HELLO};
    hello.hello.party = at(w, A)->id;
    hello.hello.incarnation = at(w, A)->incarnation;
    hello.hello.protocol_min = hello.hello.protocol_max = 1;
    hello.hello.arrived = lines;
    hello.hello.arrived_count = count;
    forget_all(w);
    say(w, at(w, A), &hello);
    turn(w);
    return expect(w, at(w, A), TB_FRAME_WELCOME)->welcome.arrived_count;
}

static tb_signed_line spoilt(tb_signed_line line)
{
    line.root.signature[5] ^= 1;
    return line;
}

static void behind_a_mark_that_does_not_verify_hello_shows_nothing(void **state)
{
    world *w = *state;
    tb_signed_line marks[2];
    link_up(w, at(w, A));
    for (size_t i = 0; i < 2; i++) {
        parcel p = make_one(w, at(w, A), B + i, 1);
        link_up(w, at(w, B + i));
        say_submit(w, at(w, A), &p);
        turn(w);
        take_all(w, at(w, B + i));
        tb_line line = arrived_line(w, at(w, B + i), A, TB_LANE_NORMAL);
        marks[i] = sign_line(w, at(w, B + i), &line);
    }
    world_lose_store(w);

    tb_signed_line bad_first[] = {spoilt(marks[0]), marks[1]};
    assert_int_equal(marks_after_hello(w, bad_first, 2), 0);
    tb_signed_line bad_last[] = {marks[1], spoilt(marks[0])};
    assert_int_equal(marks_after_hello(w, bad_last, 2), 1);
    /* What is held is not verified again, so that it stands in nothing's way. */
    tb_signed_line known_first[] = {spoilt(marks[1]), marks[0]};
    assert_int_equal(marks_after_hello(w, known_first, 2), 2);
}

/* So many groups, one after the other in one stream, each under its own root, in one frame. */
static void say_groups(world *w, party *from, size_t count, size_t body_bytes, tb_group *groups)
{
    for (size_t i = 0; i < count; i++) {
        groups[i] = make(w, from, &(size_t){B}, 1, TB_LANE_NORMAL, 1, body_bytes).groups[0];
    }
    tb_frame frame = {.kind = TB_FRAME_SUBMIT};
    frame.carry.groups = groups;
    frame.carry.group_count = count;
    say(w, from, &frame);
}

static void of_many_roots_in_one_frame_the_first_are_taken_and_the_rest_is_asked_for(void **state)
{
    world *w = *state;
    tb_group groups[TB_FRAME_ROOTS_MAX + 1];
    link_up(w, at(w, A));
    say_groups(w, at(w, A), TB_FRAME_ROOTS_MAX, 64, groups);
    turn(w);
    assert_false(expect(w, at(w, A), TB_FRAME_STORED)->lines.again);
    say_groups(w, at(w, A), TB_FRAME_ROOTS_MAX + 1, 64, groups);
    turn(w);
    tb_lines *stored = &expect(w, at(w, A), TB_FRAME_STORED)->lines;
    assert_true(stored->again);
    assert_int_equal(stored->lines[stored->count - 1].line.to, 2 * TB_FRAME_ROOTS_MAX);
    tb_frame rest = {.kind = TB_FRAME_SUBMIT};
    rest.carry.groups = &groups[TB_FRAME_ROOTS_MAX];
    rest.carry.group_count = 1;
    say(w, at(w, A), &rest);
    turn(w);
    stored = &expect(w, at(w, A), TB_FRAME_STORED)->lines;
    assert_int_equal(stored->lines[0].line.to, 2 * TB_FRAME_ROOTS_MAX + 1);
}

/* Said again whole, the frame is taken to its end: what is held already does not count. */
static void of_a_large_frame_so_many_bytes_are_taken_and_the_rest_is_asked_for(void **state)
{
    world *w = *state;
    tb_group groups[3];
    link_up(w, at(w, A));
    say_groups(w, at(w, A), 3, TB_FRAME_LOOKED_BYTES / 2, groups);
    turn(w);
    tb_lines *stored = &expect(w, at(w, A), TB_FRAME_STORED)->lines;
    assert_true(stored->again);
    assert_int_equal(stored->lines[stored->count - 1].line.to, 2);
    tb_frame whole = {.kind = TB_FRAME_SUBMIT};
    whole.carry.groups = groups;
    whole.carry.group_count = 3;
    say(w, at(w, A), &whole);
    turn(w);
    stored = &expect(w, at(w, A), TB_FRAME_STORED)->lines;
    assert_false(stored->again);
    assert_int_equal(stored->lines[stored->count - 1].line.to, 3);
}

static void spoil(parcel *p)
{
    p->groups[0].root.signature[3] ^= 1;
    p->groups[0].items[0].body.size /= 2;
}

/* Who repeats himself does not have the same proof judged again and again. */
static void a_repeat_of_what_is_held_is_answered_without_being_proven_again(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel first = make_one(w, at(w, A), B, 2);
    parcel second = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &first);
    say_submit(w, at(w, A), &second);
    turn(w);
    spoil(&first);
    spoil(&second);
    for (size_t i = 0; i < 2; i++) {
        forget_all(w);
        say_submit(w, at(w, A), i == 0 ? &first : &second);
        turn(w);
        tb_lines *stored = &expect(w, at(w, A), TB_FRAME_STORED)->lines;
        assert_int_equal(stored->count, 1);
        assert_int_equal(stored->lines[0].line.to, 3);
        assert_false(stored->again);
    }
    assert_int_equal(rows(w, TB_TABLE_ALARM), 0);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 2);
}

/* A part of a group that is held, or one beyond it, is proven like any other. */
static void what_is_held_otherwise_is_proven(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    party before = *at(w, A);
    parcel part = make_one(w, &before, B, 1); /* number 1 with another content */
    parcel p = make_one(w, at(w, A), B, 2);
    say_submit(w, at(w, A), &p);
    turn(w);
    forget_all(w);
    spoil(&part);
    say_submit(w, at(w, A), &part);
    turn(w);
    expect_bye(w, at(w, A), TB_REFUSED_SIGNATURE);
    assert_int_equal(rows(w, TB_TABLE_ALARM), 1);
}

static const struct CMUnitTest tests[] = {
    WORLD_TEST(of_many_roots_in_one_frame_the_first_are_taken_and_the_rest_is_asked_for),
    WORLD_TEST(of_a_large_frame_so_many_bytes_are_taken_and_the_rest_is_asked_for),
    WORLD_TEST(a_repeat_of_what_is_held_is_answered_without_being_proven_again),
    WORLD_TEST(what_is_held_otherwise_is_proven),
    WORLD_TEST(of_many_roots_in_one_taken_the_lines_under_the_first_count),
    WORLD_TEST(behind_a_mark_that_does_not_verify_hello_shows_nothing),
};

TB_RUN("broker/frame_work", tests)

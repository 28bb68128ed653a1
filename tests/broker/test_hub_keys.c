/* What the hub signed after the directory had taken its key: said again under the new one. */
#include "tests/broker/fixture.h"

/* The directory gives the hub other keys and ends the former ones at a time. */
static tb_sign_pair take_key(world *w, tb_time until)
{
    static tb_former_hub_keys former;
    tb_directory changed = w->directory;
    tb_sign_pair sign;
    former = (tb_former_hub_keys){changed.hub_keys, until, TB_CUT_ROTATION};
    changed.former = &former;
    changed.former_count = 1;
    tb_sign_pair_make(&sign, &w->random);
    tb_seal_pair_make(&w->hub_transport, &w->random);
    changed.hub_keys.sign.key = sign.public_key;
    changed.hub_keys.sign.id = tb_key_id_of(TB_PURPOSE_SIGN, &sign.public_key);
    changed.hub_keys.transport.key = w->hub_transport.public_key;
    changed.hub_keys.transport.id =
        tb_key_id_of(TB_PURPOSE_TRANSPORT, &w->hub_transport.public_key);
    tb_frame frame = {.kind = TB_FRAME_DOCUMENT};
    frame.document = world_next_directory(w, &changed);
    link_up(w, at(w, E));
    say(w, at(w, E), &frame);
    turn(w);
    world_reload(w);
    return sign;
}

/* And the hub starts with them. */
static void new_keys(world *w, tb_time until)
{
    w->hub_sign = take_key(w, until);
    world_restart(w);
}

static bool counts(const world *w, const tb_signed_line *line)
{
    return tb_directory_hub_key_at(&w->directory, &line->root.key, line->line.at) != NULL;
}

static void what_was_stamped_too_late_is_stamped_anew_and_delivered(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 2);
    say_submit(w, at(w, A), &p);
    turn(w);
    expect(w, at(w, A), TB_FRAME_STORED);
    new_keys(w, w->now.real - 1);
    tick(w, 1000);
    turn(w);
    tb_welcome *welcome = link_up(w, at(w, A));
    assert_int_equal(welcome->stored_count, 1);
    assert_true(counts(w, &welcome->stored[0]));
    say_submit(w, at(w, A), &p);
    turn(w);
    assert_true(counts(w, &expect(w, at(w, A), TB_FRAME_STORED)->lines.lines[0]));
    link_up(w, at(w, B));
    assert_int_equal(take_all(w, at(w, B)), 2);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 0);
}

static void what_was_stamped_in_time_stays_as_it_is(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &p);
    turn(w);
    expect(w, at(w, A), TB_FRAME_STORED);
    tb_time stamped = w->now.real;
    new_keys(w, stamped);
    tick(w, 1000);
    turn(w);
    tb_welcome *welcome = link_up(w, at(w, A));
    assert_int_equal(welcome->stored[0].line.at, stamped);
    assert_true(counts(w, &welcome->stored[0]));
    link_up(w, at(w, B));
    tb_frame *frame = expect(w, at(w, B), TB_FRAME_DELIVER);
    assert_int_equal(frame->carry.groups[0].stamp.line.at, stamped);
}

static void what_was_refused_too_late_is_refused_anew_and_filled(void **state)
{
    world *w = *state;
    w->directory.parties[B].state = TB_PARTY_ENDED;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &p);
    turn(w);
    assert_false(counts(w, &expect(w, at(w, A), TB_FRAME_REFUSED)->refused.line) &&
                 w->directory.former_count > 0);
    new_keys(w, w->now.real - 1);
    w->directory.parties[B].state = TB_PARTY_ACTIVE;
    tick(w, 1000);
    turn(w);
    tb_welcome *welcome = link_up(w, at(w, A));
    assert_int_equal(welcome->refused_count, 1);
    assert_true(counts(w, &welcome->refused[0].line));
    p.groups[0].items[0].refusal = &welcome->refused[0].line;
    p.groups[0].items[0].body = tb_bytes_of(NULL, 0);
    say_submit(w, at(w, A), &p);
    turn(w);
    expect(w, at(w, A), TB_FRAME_STORED);
    link_up(w, at(w, B));
    assert_int_equal(take_all(w, at(w, B)), 1);
}

/* A filler that the hub made in a kept group. */
static void what_the_hub_filled_too_late_is_filled_anew(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &p);
    turn(w);
    expect(w, at(w, A), TB_FRAME_STORED);
    tick(w, TB_NOTICE_LIFE_MS);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 1);
    forget_all(w);
    new_keys(w, w->now.real - 1);
    tick(w, 1000);
    turn(w);
    link_up(w, at(w, B));
    tb_frame *frame = expect(w, at(w, B), TB_FRAME_DELIVER);
    const tb_signed_line *filler = frame->carry.groups[0].items[0].refusal;
    assert_true(counts(w, filler));
    assert_true(counts(w, &frame->carry.groups[0].stamp));
    assert_int_equal(
        tb_signed_line_verify(filler, &w->directory.hub, &w->hub_sign.public_key, &w->broker.roots),
        TB_ACCEPTED);
}

static void without_its_key_the_hub_promises_nothing(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 1);
    (void)take_key(w, w->now.real + 1000);
    forget_all(w);
    tick(w, 1001);
    say_submit(w, at(w, A), &p);
    turn(w);
    assert_true(noted(w, "event=hub_key_taken"));
    expect_nothing(w, at(w, A));
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 0);
}

static const struct CMUnitTest tests[] = {
    WORLD_TEST(without_its_key_the_hub_promises_nothing),
    WORLD_TEST(what_was_stamped_too_late_is_stamped_anew_and_delivered),
    WORLD_TEST(what_was_stamped_in_time_stays_as_it_is),
    WORLD_TEST(what_was_refused_too_late_is_refused_anew_and_filled),
    WORLD_TEST(what_the_hub_filled_too_late_is_filled_anew),
};

TB_RUN("broker/hub_keys", tests)

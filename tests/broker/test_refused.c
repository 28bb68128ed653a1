/* What is refused by a signed line, and the fillers that stand in its place. */
#include "tests/broker/fixture.h"

static void set_state(world *w, size_t place, tb_party_state state)
{
    w->directory.parties[place].state = state;
}

/* What A submits for B in a new session. */
static parcel submitted(world *w, size_t count)
{
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, count);
    say_submit(w, at(w, A), &p);
    turn(w);
    return p;
}

/* The parcel with fillers where refusals were signed, in the form the sender submits. */
static void fill_in(world *w, parcel *p, size_t item, const tb_signed_line *line)
{
    tb_signed_line *kept = tb_arena_alloc(&w->arena, sizeof *kept);
    *kept = *line;
    p->groups[0].items[item].refusal = kept;
    p->groups[0].items[item].body = tb_bytes_of(NULL, 0);
}

static void every_number_to_a_party_that_is_not_active_is_refused_by_a_signed_line(void **state)
{
    world *w = *state;
    set_state(w, B, TB_PARTY_ENDED);
    parcel p = submitted(w, 2);
    for (uint64_t number = 1; number <= 2; number++) {
        tb_refused *refused = &expect(w, at(w, A), TB_FRAME_REFUSED)->refused;
        assert_int_equal(refused->code, TB_REFUSED_NOT_ACTIVE);
        assert_true(refused->has_line);
        assert_int_equal(refused->line.line.from, number);
        assert_int_equal(tb_signed_line_verify(&refused->line, &w->directory.hub,
                                               &w->hub_sign.public_key, &w->broker.roots),
                         TB_ACCEPTED);
    }
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 0);
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 2);
    say_submit(w, at(w, A), &p);
    turn(w);
    expect(w, at(w, A), TB_FRAME_REFUSED);
    expect(w, at(w, A), TB_FRAME_REFUSED);
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 2);
}

static void fillers_take_the_place_of_refused_numbers_and_arrive(void **state)
{
    world *w = *state;
    set_state(w, B, TB_PARTY_ENDED);
    parcel p = submitted(w, 2);
    fill_in(w, &p, 0, &expect(w, at(w, A), TB_FRAME_REFUSED)->refused.line);
    fill_in(w, &p, 1, &expect(w, at(w, A), TB_FRAME_REFUSED)->refused.line);
    say_submit(w, at(w, A), &p);
    turn(w);
    assert_int_equal(expect(w, at(w, A), TB_FRAME_STORED)->lines.lines[0].line.to, 2);

    set_state(w, B, TB_PARTY_ACTIVE);
    parcel next = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &next);
    turn(w);
    expect(w, at(w, A), TB_FRAME_STORED);
    link_up(w, at(w, B));
    assert_int_equal(take_all(w, at(w, B)), 3);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 0);
}

static void a_refused_number_stays_refused_when_its_recipient_becomes_active(void **state)
{
    world *w = *state;
    set_state(w, B, TB_PARTY_ENDED);
    parcel p = submitted(w, 1);
    forget_all(w);
    set_state(w, B, TB_PARTY_ACTIVE);
    say_submit(w, at(w, A), &p);
    turn(w);
    assert_int_equal(expect(w, at(w, A), TB_FRAME_REFUSED)->refused.line.line.from, 1);
    expect_nothing(w, at(w, A));
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 0);
}

static void standing_refusals_are_told_in_welcome(void **state)
{
    world *w = *state;
    set_state(w, B, TB_PARTY_ENDED);
    (void)submitted(w, 2);
    tb_welcome *welcome = link_up(w, at(w, A));
    assert_int_equal(welcome->refused_count, 2);
    assert_int_equal(welcome->refused[1].line.line.from, 2);
}

/* However many stand: Welcome has the first, the others follow until each was told once. */
static void every_standing_refusal_is_told_after_welcome(void **state)
{
    enum {
        EACH = 600,
        MANY = 2 * EACH
    };
    static bool told[PARTIES][EACH + 1];
    world *w = *state;
    memset(told, 0, sizeof told);
    link_up(w, at(w, A));
    for (size_t to = B; to <= C; to++) {
        set_state(w, to, TB_PARTY_ENDED);
        parcel p = make_one(w, at(w, A), to, EACH);
        say_submit(w, at(w, A), &p);
        turn(w);
        forget_all(w);
    }
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), MANY);

    tb_welcome *welcome = link_up(w, at(w, A));
    size_t count = welcome->refused_count;
    for (size_t i = 0; i < welcome->refused_count; i++) {
        const tb_line *line = &welcome->refused[i].line.line;
        told[place_of(w, &line->stream.recipient)][line->from] = true;
    }
    for (size_t turns = 0; turns < 100; turns++) {
        size_t in_turn = 0;
        forget_all(w);
        tick(w, 50);
        turn(w);
        for (size_t i = 0; i < w->inbox_count; i++) {
            if (w->inbox[i].frame->kind == TB_FRAME_REFUSED) {
                const tb_line *line = &w->inbox[i].frame->refused.line.line;
                bool *at_number = &told[place_of(w, &line->stream.recipient)][line->from];
                assert_false(*at_number);
                *at_number = true;
                in_turn++;
            }
        }
        assert_true(in_turn <= 64); /* what the queue of a connection takes */
        count += in_turn;
    }
    assert_int_equal(count, MANY);
}

static void what_is_for_a_party_off_line_stays_with_its_sender(void **state)
{
    world *w = *state;
    set_state(w, B, TB_PARTY_OFF_LINE);
    parcel p = submitted(w, 2);
    assert_true(tb_party_equal(&expect(w, at(w, A), TB_FRAME_CLOSED)->share, &at(w, B)->id));
    expect_nothing(w, at(w, A));
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 0);
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 0);
    assert_int_equal(rows(w, TB_TABLE_HUB_SHARE), 0);

    set_state(w, B, TB_PARTY_ACTIVE);
    say_submit(w, at(w, A), &p);
    turn(w);
    assert_int_equal(expect(w, at(w, A), TB_FRAME_STORED)->lines.lines[0].line.to, 2);
    link_up(w, at(w, B));
    assert_int_equal(take_all(w, at(w, B)), 2);
}

static void a_recipient_the_directory_does_not_know_leaves_no_row(void **state)
{
    world *w = *state;
    party stranger = *at(w, E);
    link_up(w, at(w, A));
    stranger.id.text[0] = 'z';
    party kept = *at(w, E);
    *at(w, E) = stranger;
    parcel p = make_one(w, at(w, A), E, 1);
    *at(w, E) = kept;
    say_submit(w, at(w, A), &p);
    turn(w);
    assert_int_equal(expect(w, at(w, A), TB_FRAME_REFUSED)->refused.code, TB_REFUSED_UNKNOWN_PARTY);
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 0);
    assert_int_equal(rows(w, TB_TABLE_HUB_STREAM), 0);
}

static tb_line refusal_of(world *w, const parcel *p, size_t item, tb_refusal code)
{
    tb_line line;
    memset(&line, 0, sizeof line);
    line.kind = TB_LINE_REFUSED;
    line.stream = tb_group_stream(&p->groups[0]);
    line.from = tb_group_number(&p->groups[0], item);
    line.digest = p->groups[0].items[item].digest;
    line.code = code;
    line.at = w->now.real;
    return line;
}

/* What a party says of the first number of the parcel's stream. */
static void say_refused(world *w, size_t by, const parcel *p, tb_refusal code)
{
    tb_line line = refusal_of(w, p, 0, code);
    tb_frame frame = {.kind = TB_FRAME_REFUSED};
    frame.refused.has_line = true;
    frame.refused.line = sign_line(w, at(w, by), &line);
    frame.refused.code = code;
    say(w, at(w, by), &frame);
}

static void an_expired_notice_is_filled_by_its_sender(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 2);
    tb_line line = refusal_of(w, &p, 0, TB_REFUSED_EXPIRED);
    tb_signed_line signed_line = sign_line(w, at(w, A), &line);
    fill_in(w, &p, 0, &signed_line);
    say_submit(w, at(w, A), &p);
    turn(w);
    expect(w, at(w, A), TB_FRAME_STORED);
    link_up(w, at(w, B));
    assert_int_equal(take_all(w, at(w, B)), 2);
}

static void a_filler_signed_by_the_wrong_party_is_refused(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 1);
    tb_line line = refusal_of(w, &p, 0, TB_REFUSED_CANNOT_APPLY); /* only B may say so */
    tb_signed_line signed_line = sign_line(w, at(w, A), &line);
    fill_in(w, &p, 0, &signed_line);
    say_submit(w, at(w, A), &p);
    turn(w);
    expect_bye(w, at(w, A), TB_REFUSED_SIGNATURE);
}

static void a_recipients_refusal_is_kept_and_passed_to_the_sender(void **state)
{
    world *w = *state;
    link_up(w, at(w, B));
    parcel p = submitted(w, 1);
    take_all(w, at(w, B));
    forget_all(w);
    say_refused(w, B, &p, TB_REFUSED_CANNOT_OPEN);
    turn(w);
    assert_int_equal(expect(w, at(w, A), TB_FRAME_REFUSED)->refused.code, TB_REFUSED_CANNOT_OPEN);
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 1); /* the sender may not have heard */
    tb_welcome *welcome = link_up(w, at(w, A));
    assert_int_equal(welcome->refused_count, 1);
    w->now.real += TB_NOTICE_LIFE_MS;
    tick(w, 0);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 0);
}

static void a_stream_refused_as_forked_is_delivered_no_more_and_keeps_no_other_back(void **state)
{
    world *w = *state;
    world_limits(w, 64 * 1024, 4 * 1024); /* one of A's notices uses up the credit */
    const size_t to_b[] = {B};
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    link_up(w, at(w, C));
    parcel first = make(w, at(w, A), to_b, 1, TB_LANE_NORMAL, 1, 8 * 1024);
    parcel second = make(w, at(w, A), to_b, 1, TB_LANE_NORMAL, 1, 8 * 1024);
    say_submit(w, at(w, A), &first);
    turn(w);
    expect(w, at(w, B), TB_FRAME_DELIVER);
    say_refused(w, B, &first, TB_REFUSED_FORK);
    turn(w);
    say_submit(w, at(w, A), &second);
    parcel other = make_one(w, at(w, C), B, 1);
    say_submit(w, at(w, C), &other);
    turn(w);
    forget_all(w);
    tick(w, TB_RESEND_AFTER_MS + 1); /* what is out and was not taken is out no more */
    turn(w);
    tb_frame *delivered = expect(w, at(w, B), TB_FRAME_DELIVER);
    assert_int_equal(delivered->carry.group_count, 1);
    assert_true(tb_party_equal(&delivered->carry.groups[0].root.signer, &at(w, C)->id));
    expect_nothing(w, at(w, B));

    link_up(w, at(w, B)); /* nor in its next session */
    delivered = expect(w, at(w, B), TB_FRAME_DELIVER);
    assert_int_equal(delivered->carry.group_count, 1);
    assert_true(tb_party_equal(&delivered->carry.groups[0].root.signer, &at(w, C)->id));
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 3); /* evidence, and the sender's own share */
}

static void a_refused_fork_is_delivered_again_when_its_refusal_has_ended(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    parcel p = make_one(w, at(w, A), B, 1);
    p.groups[0].items[0].header.expires = w->now.real + 2 * TB_NOTICE_LIFE_MS;
    say_submit(w, at(w, A), &p);
    turn(w);
    say_refused(w, B, &p, TB_REFUSED_FORK);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 1);
    w->now.real += TB_NOTICE_LIFE_MS;
    tick(w, 0);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 0);
    forget_all(w);
    link_up(w, at(w, B));
    expect(w, at(w, B), TB_FRAME_DELIVER);
}

static void a_refusal_in_anothers_name_ends_the_session(void **state)
{
    world *w = *state;
    link_up(w, at(w, C));
    parcel p = submitted(w, 1);
    forget_all(w);
    say_refused(w, C, &p, TB_REFUSED_CANNOT_OPEN);
    turn(w);
    expect_bye(w, at(w, C), TB_REFUSED_NOT_SPEAKER);
    expect_nothing(w, at(w, A));
}

static void a_refusal_without_a_line_under_no_key_or_a_cut_one_ends_the_session(void **state)
{
    world *w = *state;
    static const tb_refusal codes[] = {TB_REFUSED_MALFORMED, TB_REFUSED_UNKNOWN_KEY,
                                       TB_REFUSED_UNKNOWN_KEY, TB_REFUSED_KEY_REVOKED};
    parcel p = submitted(w, 1);
    tb_cut cut = {at(w, B)->id, at(w, B)->sign_id, w->now.real - 1, 3, NULL, 0};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        link_up(w, at(w, B));
        forget_all(w);
        tb_line line = refusal_of(w, &p, 0, TB_REFUSED_CANNOT_OPEN);
        tb_frame frame = {.kind = TB_FRAME_REFUSED};
        frame.refused.has_line = i > 0;
        frame.refused.line = sign_line(w, at(w, B), &line);
        frame.refused.line.root.key =
            i == 1   ? at(w, A)->sign_id
            : i == 2 ? tb_key_id_of(TB_PURPOSE_SEAL, &at(w, B)->seal.public_key)
                     : at(w, B)->sign_id;
        frame.refused.code = TB_REFUSED_CANNOT_OPEN;
        w->directory.cuts = i == 3 ? &cut : NULL;
        w->directory.cut_count = i == 3;
        say(w, at(w, B), &frame);
        turn(w);
        expect_bye(w, at(w, B), codes[i]);
        expect_nothing(w, at(w, A));
        assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 0);
    }
}

/* What the hub itself refused stays its word, whatever the recipient says of it later. */
static void the_hubs_own_refusal_is_not_replaced(void **state)
{
    world *w = *state;
    set_state(w, B, TB_PARTY_ENDED);
    parcel p = submitted(w, 1);
    fill_in(w, &p, 0, &expect(w, at(w, A), TB_FRAME_REFUSED)->refused.line);
    say_submit(w, at(w, A), &p);
    set_state(w, B, TB_PARTY_ACTIVE);
    turn(w);
    link_up(w, at(w, B));
    forget_all(w);
    say_refused(w, B, &p, TB_REFUSED_DROPPED);
    turn(w);
    tb_welcome *welcome = link_up(w, at(w, A));
    assert_int_equal(welcome->refused_count, 1);
    assert_int_equal(welcome->refused[0].line.line.code, TB_REFUSED_NOT_ACTIVE);
}

static void a_refusal_of_what_was_never_stored_is_an_alarm_and_not_kept(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    parcel p = make_one(w, at(w, A), B, 1);
    say_refused(w, B, &p, TB_REFUSED_CANNOT_OPEN);
    turn(w);
    assert_true(noted(w, "event=notice_refused sender=a recipient=b number=1 code=cannot_open"));
    assert_true(noted(w, "event=alarm party=b code=refused_unstored"));
    assert_int_equal(rows(w, TB_TABLE_ALARM), 1);
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 0);
    expect_nothing(w, at(w, B));
}

/* The hub lost its store; the recipient's Hello said how far it is. */
static void a_refusal_of_what_the_recipients_hello_showed_is_no_alarm(void **state)
{
    world *w = *state;
    link_up(w, at(w, B));
    parcel p = submitted(w, 3);
    take_all(w, at(w, B));
    w->input_count = 0;
    world_lose_store(w);
    link_up(w, at(w, B));
    forget_all(w);
    say_refused(w, B, &p, TB_REFUSED_CANNOT_OPEN);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_ALARM), 0);
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 0);
    expect_nothing(w, at(w, B));
}

/* A filler is as good as its signer's key is at the recipient. */
static void a_filler_under_a_key_that_is_none_to_sign_with_is_refused(void **state)
{
    world *w = *state;
    for (int seal = 0; seal < 2; seal++) {
        link_up(w, at(w, A));
        parcel p = make_one(w, at(w, A), B, 1);
        tb_line line = refusal_of(w, &p, 0, TB_REFUSED_EXPIRED);
        tb_signed_line signed_line = sign_line(w, at(w, A), &line);
        signed_line.root.key =
            seal ? tb_key_id_of(TB_PURPOSE_SEAL, &at(w, A)->seal.public_key) : at(w, B)->sign_id;
        fill_in(w, &p, 0, &signed_line);
        say_submit(w, at(w, A), &p);
        turn(w);
        expect_bye(w, at(w, A), TB_REFUSED_SIGNATURE);
        at(w, A)->out[B][TB_LANE_NORMAL - TB_LANE_FIRST] = (position){0};
        assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 0);
    }
}

static const struct CMUnitTest tests[] = {
    WORLD_TEST(every_number_to_a_party_that_is_not_active_is_refused_by_a_signed_line),
    WORLD_TEST(fillers_take_the_place_of_refused_numbers_and_arrive),
    WORLD_TEST(a_refused_number_stays_refused_when_its_recipient_becomes_active),
    WORLD_TEST(standing_refusals_are_told_in_welcome),
    WORLD_TEST(every_standing_refusal_is_told_after_welcome),
    WORLD_TEST(what_is_for_a_party_off_line_stays_with_its_sender),
    WORLD_TEST(a_recipient_the_directory_does_not_know_leaves_no_row),
    WORLD_TEST(an_expired_notice_is_filled_by_its_sender),
    WORLD_TEST(a_filler_signed_by_the_wrong_party_is_refused),
    WORLD_TEST(a_recipients_refusal_is_kept_and_passed_to_the_sender),
    WORLD_TEST(a_stream_refused_as_forked_is_delivered_no_more_and_keeps_no_other_back),
    WORLD_TEST(a_refused_fork_is_delivered_again_when_its_refusal_has_ended),
    WORLD_TEST(a_refusal_in_anothers_name_ends_the_session),
    WORLD_TEST(a_refusal_without_a_line_under_no_key_or_a_cut_one_ends_the_session),
    WORLD_TEST(the_hubs_own_refusal_is_not_replaced),
    WORLD_TEST(a_refusal_of_what_was_never_stored_is_an_alarm_and_not_kept),
    WORLD_TEST(a_refusal_of_what_the_recipients_hello_showed_is_no_alarm),
    WORLD_TEST(a_filler_under_a_key_that_is_none_to_sign_with_is_refused),
};

TB_RUN("broker/refused", tests)

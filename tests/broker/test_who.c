/* Who may speak: forged, foreign, unknown, revoked and replayed. */
#include "tests/broker/fixture.h"

/* The parcel, said by a party, ends its session for this reason and leaves an alarm and no row. */
static void expect_rejected(world *w, party *by, const parcel *p, tb_refusal code)
{
    say_submit(w, by, p);
    turn(w);
    expect_bye(w, by, code);
    expect_nothing(w, by);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 0);
    assert_int_equal(rows(w, TB_TABLE_HUB_STREAM), 0);
    assert_int_equal(rows(w, TB_TABLE_ALARM), 1);
}

static void a_party_cannot_submit_in_the_name_of_another(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    party forged = *at(w, B);
    parcel p = make_one(w, &forged, C, 1); /* even with a good signature: a replay by a third */
    expect_rejected(w, at(w, A), &p, TB_REFUSED_NOT_SPEAKER);
}

static void a_forged_signature_is_refused(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 2);
    p.groups[0].root.signature[5] ^= 1;
    expect_rejected(w, at(w, A), &p, TB_REFUSED_SIGNATURE);
}

static void a_header_of_another_hub_is_refused(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 1);
    p.groups[0].items[0].header.hub.bytes[0] ^= 1;
    sign_again(w, at(w, A), &p);
    expect_rejected(w, at(w, A), &p, TB_REFUSED_WRONG_HUB);
}

static void an_unknown_signing_key_is_refused(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    party other = *at(w, A);
    tb_sign_pair_make(&other.sign, &w->random);
    other.sign_id = tb_key_id_of(TB_PURPOSE_SIGN, &other.sign.public_key);
    parcel p = make_one(w, &other, B, 1);
    expect_rejected(w, at(w, A), &p, TB_REFUSED_UNKNOWN_KEY);
}

static void items_in_the_wrong_place_of_the_tree_are_refused(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 2);
    parcel q = make_one(w, at(w, A), C, 2);
    p.groups[0].root = q.groups[0].root;
    expect_rejected(w, at(w, A), &p, TB_REFUSED_PROOF);
}

static void a_body_that_is_not_the_headers_is_refused(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 2);
    tb_bytes body = p.groups[0].items[0].body;
    p.groups[0].items[0].body = p.groups[0].items[1].body;
    p.groups[0].items[1].body = body;
    expect_rejected(w, at(w, A), &p, TB_REFUSED_PROOF);
}

static void a_missing_shared_body_is_refused(void **state)
{
    world *w = *state;
    const size_t to[] = {B, C};
    link_up(w, at(w, A));
    parcel p = make(w, at(w, A), to, 2, TB_LANE_NORMAL, 2, 64);
    p.body_count = 1;
    expect_rejected(w, at(w, A), &p, TB_REFUSED_MALFORMED);
}

static void a_newer_incarnation_than_the_sessions_is_refused(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    party newer = *at(w, A);
    newer.incarnation.counter = 2;
    parcel p = make_one(w, &newer, B, 1);
    expect_rejected(w, at(w, A), &p, TB_REFUSED_OLD_INCARNATION);
}

static void a_frame_for_another_hub_ends_the_session(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    tb_frame frame = {.kind = TB_FRAME_BEAT, .protocol = TB_PROTOCOL};
    tb_bytes bytes;
    memset(&frame.hub, 0x55, sizeof frame.hub);
    assert_ok(tb_frame_encode(&frame, &w->arena, &bytes));
    say_bytes(w, at(w, A), bytes);
    turn(w);
    expect_bye(w, at(w, A), TB_REFUSED_WRONG_HUB);
}

static void garbage_ends_the_session_and_harms_nobody_else(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    parcel p = make_one(w, at(w, B), C, 1);
    say_bytes(w, at(w, A), tb_bytes_str("\x08\x01\xff\xff\xff\xff"));
    say_submit(w, at(w, B), &p);
    turn(w);
    expect_bye(w, at(w, A), TB_REFUSED_MALFORMED);
    expect(w, at(w, B), TB_FRAME_STORED);
}

static void a_taken_line_signed_by_another_is_refused(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    link_up(w, at(w, C));
    parcel p = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &p);
    turn(w);
    take_all(w, at(w, B));
    w->input_count = 0;
    tb_line line = arrived_line(w, at(w, B), A, TB_LANE_NORMAL);
    say_taken(w, at(w, C), &line, 1, false); /* in B's name */
    turn(w);
    expect_bye(w, at(w, C), TB_REFUSED_NOT_SPEAKER);

    tb_frame frame = {.kind = TB_FRAME_TAKEN};
    tb_signed_line forged = sign_line(w, at(w, C), &line);
    frame.lines.lines = &forged;
    frame.lines.count = 1;
    say(w, at(w, B), &frame); /* B shows C's signature */
    turn(w);
    expect_bye(w, at(w, B), TB_REFUSED_NOT_SPEAKER);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 1);
}

/* A directory that revokes A's keys, cut at one number towards B. */
static void revoke_a(world *w, uint64_t upto)
{
    static tb_cut_mark mark;
    static tb_cut cuts[1];
    tb_directory changed = w->directory;
    mark = (tb_cut_mark){at(w, A)->incarnation, at(w, B)->id, TB_LANE_NORMAL, upto, {{1}}};
    cuts[0] = (tb_cut){at(w, A)->id, at(w, A)->sign_id, w->now.real, 3, &mark, upto > 0 ? 1 : 0};
    changed.cuts = cuts;
    changed.cut_count = 1;
    tb_document document = world_next_directory(w, &changed);
    tb_frame frame = {.kind = TB_FRAME_DOCUMENT};
    frame.document = document;
    say(w, at(w, E), &frame);
}

static void a_cut_key_signs_up_to_its_cut_and_not_beyond(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    link_up(w, at(w, E));
    parcel good = make_one(w, at(w, A), B, 2);
    parcel beyond = make_one(w, at(w, A), B, 1);
    revoke_a(w, 2);
    turn(w);
    assert_int_equal(w->reloads, 1);
    world_reload(w);
    forget_all(w);
    say_submit(w, at(w, A), &good);
    turn(w);
    expect(w, at(w, A), TB_FRAME_STORED);
    say_submit(w, at(w, A), &beyond);
    turn(w);
    expect_bye(w, at(w, A), TB_REFUSED_KEY_REVOKED);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 1);
}

static void what_a_cut_leaves_bad_is_not_delivered_and_stops_nobody_else(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    link_up(w, at(w, C));
    link_up(w, at(w, E));
    parcel good = make_one(w, at(w, A), B, 2);
    parcel beyond = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &good);
    say_submit(w, at(w, A), &beyond);
    turn(w);
    revoke_a(w, 2);
    turn(w);
    world_reload(w);
    parcel other = make_one(w, at(w, C), B, 1);
    say_submit(w, at(w, C), &other);
    turn(w);
    forget_all(w);
    link_up(w, at(w, B));
    tb_frame *frame = expect(w, at(w, B), TB_FRAME_DELIVER);
    assert_int_equal(frame->carry.group_count, 2);
    assert_int_equal(tb_group_number(&frame->carry.groups[0], 0), 1);
    assert_true(tb_party_equal(&frame->carry.groups[1].root.signer, &at(w, C)->id));
    expect_nothing(w, at(w, B));
}

static void a_filler_whose_word_is_under_a_cut_key_is_refused(void **state)
{
    world *w = *state;
    link_up(w, at(w, B));
    link_up(w, at(w, E));
    parcel p = make_one(w, at(w, B), A, 1); /* A refused it, under a key that is stolen by now */
    tb_line line = {
        .kind = TB_LINE_REFUSED,
        .stream = tb_group_stream(&p.groups[0]),
        .from = 1,
        .digest = p.groups[0].items[0].digest,
        .at = w->now.real,
        .code = TB_REFUSED_CANNOT_OPEN,
    };
    tb_signed_line word = sign_line(w, at(w, A), &line);
    p.groups[0].items[0].refusal = &word;
    p.groups[0].items[0].body = tb_bytes_of(NULL, 0);
    revoke_a(w, 0);
    turn(w);
    world_reload(w);
    forget_all(w);
    say_submit(w, at(w, B), &p);
    turn(w);
    expect_bye(w, at(w, B), TB_REFUSED_SIGNATURE);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 0);
}

/* A notice expired before it left, said its sender, under a key that was stolen later: up to the
 * cut the number is as good as one with content. */
static void what_a_sender_let_expire_below_its_cut_still_arrives(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    link_up(w, at(w, E));
    parcel p = make_one(w, at(w, A), B, 1);
    tb_line line = {
        .kind = TB_LINE_REFUSED,
        .stream = tb_group_stream(&p.groups[0]),
        .from = 1,
        .digest = p.groups[0].items[0].digest,
        .at = w->now.real,
        .code = TB_REFUSED_EXPIRED,
    };
    tb_signed_line word = sign_line(w, at(w, A), &line);
    p.groups[0].items[0].refusal = &word;
    p.groups[0].items[0].body = tb_bytes_of(NULL, 0);
    revoke_a(w, 1);
    turn(w);
    world_reload(w);
    forget_all(w);
    say_submit(w, at(w, A), &p);
    turn(w);
    expect(w, at(w, A), TB_FRAME_STORED);
    link_up(w, at(w, B));
    assert_int_equal(take_all(w, at(w, B)), 1);
}

static void a_cut_holds_in_the_very_turn_that_brings_it(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    link_up(w, at(w, E));
    parcel p = make_one(w, at(w, A), B, 1);
    revoke_a(w, 0);
    say_submit(w, at(w, A), &p);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 0);
}

/* A mark of A's stream to B, as B's Taken says it; each fault in its turn. */
static void a_taken_line_that_is_no_mark_or_under_no_key_of_its_own_ends_the_session(void **state)
{
    world *w = *state;
    static const tb_refusal codes[] = {TB_REFUSED_MALFORMED, TB_REFUSED_UNKNOWN_KEY,
                                       TB_REFUSED_UNKNOWN_KEY, TB_REFUSED_KEY_REVOKED};
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    parcel p = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &p);
    turn(w);
    const tb_carry *carry = &expect(w, at(w, B), TB_FRAME_DELIVER)->carry;
    assert_true(take(w, at(w, B), &carry->groups[0], carry));
    tb_line mark = arrived_line(w, at(w, B), A, TB_LANE_NORMAL);
    tb_cut cut = {at(w, B)->id, at(w, B)->sign_id, w->now.real - 1, 3, NULL, 0};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        link_up(w, at(w, B));
        forget_all(w);
        tb_line line = mark;
        line.to = i == 0 ? 0 : mark.to;
        line.digest = i == 0 ? (tb_digest){{0}} : mark.digest;
        tb_signed_line said = sign_line(w, at(w, B), &line);
        said.root.key = i == 1   ? at(w, A)->sign_id
                        : i == 2 ? tb_key_id_of(TB_PURPOSE_SEAL, &at(w, B)->seal.public_key)
                                 : at(w, B)->sign_id;
        w->directory.cuts = i == 3 ? &cut : NULL;
        w->directory.cut_count = i == 3;
        tb_frame frame = {.kind = TB_FRAME_TAKEN};
        frame.lines.lines = &said;
        frame.lines.count = 1;
        say(w, at(w, B), &frame);
        turn(w);
        expect_bye(w, at(w, B), codes[i]);
        assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 1);
    }
}

static void items_of_a_group_that_do_not_follow_one_another_are_refused(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 2);
    p.groups[0].items[1].header.entries[0].previous.bytes[0] ^= 1;
    sign_again(w, at(w, A), &p);
    expect_rejected(w, at(w, A), &p, TB_REFUSED_PROOF);
}

static void a_shared_body_of_another_notice_or_content_is_refused(void **state)
{
    world *w = *state;
    static const tb_refusal codes[] = {TB_REFUSED_MALFORMED, TB_REFUSED_MALFORMED,
                                       TB_REFUSED_PROOF};
    const size_t to[] = {B, C};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        world_lose_store(w);
        link_up(w, at(w, A));
        memset(at(w, A)->out, 0, sizeof at(w, A)->out);
        parcel p = make(w, at(w, A), to, 2, TB_LANE_NORMAL, 1, 300);
        tb_shared_body *body = &p.bodies[0];
        if (i == 0) {
            body->incarnation.random[0] ^= 1;
        } else if (i == 1) {
            body->sender = at(w, D)->id;
        } else {
            body->body = tb_bytes_of(body->body.data, body->body.size - 1);
        }
        expect_rejected(w, at(w, A), &p, codes[i]);
    }
}

/* What an agent shows in Hello and is not its own to show is left aside, and the session begins. */
static void marks_shown_in_hello_that_are_not_ones_own_are_left_aside(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &p);
    turn(w);
    tb_line line = {.kind = TB_LINE_ARRIVED,
                    .stream = tb_group_stream(&p.groups[0]),
                    .to = 1,
                    .digest = p.groups[0].items[0].digest,
                    .at = w->now.real};
    tb_signed_line arrived = sign_line(w, at(w, B), &line);
    tb_stream stream = tb_group_stream(&p.groups[0]);
    tb_stream unknown = stream;
    assert_true(tb_party_parse(tb_bytes_str("nobody"), &unknown.sender));
    unknown.recipient = at(w, C)->id;
    tb_stream_at taken[] = {{stream, 1, line.digest}, {unknown, 1, line.digest}};
    tb_frame frame = {.kind = TB_FRAME_HELLO};
    frame.hello.party = at(w, C)->id; /* A's mark of B is shown by C, and what C would hold */
    frame.hello.incarnation = at(w, C)->incarnation;
    frame.hello.protocol_min = frame.hello.protocol_max = 1;
    frame.hello.arrived = &arrived;
    frame.hello.arrived_count = 1;
    frame.hello.taken = taken;
    frame.hello.taken_count = 2;
    at(w, C)->peer = w->next_peer++;
    say(w, at(w, C), &frame);
    turn(w);
    expect(w, at(w, C), TB_FRAME_WELCOME);
    assert_true(noted(w, "event=mark_ignored party=c"));
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 1);
    assert_int_equal(rows(w, TB_TABLE_HUB_STREAM), 1);
}

static const struct CMUnitTest tests[] = {
    WORLD_TEST(a_party_cannot_submit_in_the_name_of_another),
    WORLD_TEST(a_forged_signature_is_refused),
    WORLD_TEST(a_header_of_another_hub_is_refused),
    WORLD_TEST(an_unknown_signing_key_is_refused),
    WORLD_TEST(items_in_the_wrong_place_of_the_tree_are_refused),
    WORLD_TEST(a_body_that_is_not_the_headers_is_refused),
    WORLD_TEST(a_missing_shared_body_is_refused),
    WORLD_TEST(a_newer_incarnation_than_the_sessions_is_refused),
    WORLD_TEST(a_frame_for_another_hub_ends_the_session),
    WORLD_TEST(garbage_ends_the_session_and_harms_nobody_else),
    WORLD_TEST(a_taken_line_signed_by_another_is_refused),
    WORLD_TEST(a_cut_key_signs_up_to_its_cut_and_not_beyond),
    WORLD_TEST(what_a_cut_leaves_bad_is_not_delivered_and_stops_nobody_else),
    WORLD_TEST(a_filler_whose_word_is_under_a_cut_key_is_refused),
    WORLD_TEST(what_a_sender_let_expire_below_its_cut_still_arrives),
    WORLD_TEST(a_cut_holds_in_the_very_turn_that_brings_it),
    WORLD_TEST(a_taken_line_that_is_no_mark_or_under_no_key_of_its_own_ends_the_session),
    WORLD_TEST(items_of_a_group_that_do_not_follow_one_another_are_refused),
    WORLD_TEST(a_shared_body_of_another_notice_or_content_is_refused),
    WORLD_TEST(marks_shown_in_hello_that_are_not_ones_own_are_left_aside),
};

TB_RUN("broker/who", tests)

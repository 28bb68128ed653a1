#include "agents/inbox.h"
#include "messages/event.h"
#include "tests/agents/peer.h"
#include "tests/messages/samples.h"
#include "tests/test.h"

/* a tells b, b tells hq and passes on what a said; hq has it. */
static int set_up(void **state)
{
    town *t = town_make();
    static const char *const texts[] = {"hq other", "ct.33 one", "ct.33 two", "hq more"};
    town_link_all(t);
    peer_say_all(t, &t->a, texts, 4);
    town_relay(t, &t->a, &t->b);
    peer_say(t, &t->b, "hq three pass=one");
    town_relay(t, &t->b, &t->c);
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    town_free(*state);
    return 0;
}

/* What hq makes of it when from passes it on. */
static tb_refusal judge(town *t, const char *from, const tb_passed *passed)
{
    tb_step step = {.agent = &t->c.agent, .arena = &t->paper};
    tb_party party = sample_party(from);
    return tb_inbox_check_passed(&step, &party, passed, NULL);
}

/* The same where an event beyond a cut is no fault. */
static tb_refusal judge_resent(town *t, const char *from, const tb_passed *passed, bool *out_beyond)
{
    tb_step step = {.agent = &t->c.agent, .arena = &t->paper};
    tb_party party = sample_party(from);
    return tb_inbox_check_passed(&step, &party, passed, out_beyond);
}

static void an_earlier_event_proves_itself_without_whoever_passes_it_on(void **state)
{
    town *t = *state;
    assert_string_equal(peer_applied(t, &t->c), "three ^one");
    tb_passed passed = town_passed(t, &t->c);
    assert_true(passed.stamp.size > 0);
    assert_true(passed.path_count > 0);
    assert_int_equal(judge(t, "ct.33", &passed), TB_ACCEPTED);
    peer_check(t, &t->b);
    peer_check(t, &t->c);
}

static void any_bent_piece_of_the_proof_refuses_it(void **state)
{
    town *t = *state;
    tb_passed passed = town_passed(t, &t->c);
    passed.index ^= 1;
    assert_int_equal(judge(t, "ct.33", &passed), TB_REFUSED_PROOF);
    passed = town_passed(t, &t->c);
    passed.path[0].bytes[0] ^= 1;
    assert_int_equal(judge(t, "ct.33", &passed), TB_REFUSED_PROOF);
    passed = town_passed(t, &t->c);
    passed.path_count--;
    assert_int_equal(judge(t, "ct.33", &passed), TB_REFUSED_PROOF);
    passed = town_passed(t, &t->c);
    passed.ids[0].bytes[0] ^= 1;
    assert_int_equal(judge(t, "ct.33", &passed), TB_REFUSED_PROOF);
    passed = town_passed(t, &t->c);
    passed.root.signature[0] ^= 1;
    assert_int_equal(judge(t, "ct.33", &passed), TB_REFUSED_SIGNATURE);
    passed = town_passed(t, &t->c);
    passed.root.signer = sample_party("ct.33");
    assert_int_equal(judge(t, "ct.33", &passed), TB_REFUSED_SIGNATURE);
}

static void an_event_its_notice_does_not_name_is_refused(void **state)
{
    town *t = *state;
    tb_passed passed = town_passed(t, &t->c);
    tb_event event;
    assert_int_equal(tb_event_decode(passed.event, &t->paper, &event), TB_ACCEPTED);
    event.account = tb_bytes_str("another");
    assert_ok(tb_event_encode(&event, &t->paper, &passed.event));
    assert_int_equal(judge(t, "ct.33", &passed), TB_REFUSED_PROOF);
}

static void a_stamp_must_be_the_hubs_and_of_this_notice(void **state)
{
    town *t = *state;
    tb_signed_line stamp;
    tb_passed passed = town_passed(t, &t->c);
    assert_int_equal(tb_signed_line_decode(passed.stamp, &t->paper, &stamp), TB_ACCEPTED);
    tb_signed_line own = town_line_by(t, &stamp.line, &t->b);
    assert_ok(tb_signed_line_encode(&own, &t->paper, &passed.stamp));
    assert_int_equal(judge(t, "ct.33", &passed), TB_REFUSED_NOT_SPEAKER);

    tb_line other = stamp.line;
    other.from = other.to = 7;
    tb_signed_line late = town_line(t, &other);
    assert_ok(tb_signed_line_encode(&late, &t->paper, &passed.stamp));
    assert_int_equal(judge(t, "ct.33", &passed), TB_REFUSED_PROOF);
    other = stamp.line;
    other.digest.bytes[0] ^= 1;
    other.to = 1; /* the number itself, with another header's digest */
    tb_signed_line swapped = town_line(t, &other);
    assert_ok(tb_signed_line_encode(&swapped, &t->paper, &passed.stamp));
    assert_int_equal(judge(t, "ct.33", &passed), TB_REFUSED_PROOF);
    passed.stamp = tb_bytes_of(NULL, 0);
    assert_int_equal(judge(t, "ct.33", &passed), TB_ACCEPTED);
}

/* Of each condition on a stamp, one that breaks it alone. */
static void a_stamp_of_another_notice_proves_nothing(void **state)
{
    town *t = *state;
    tb_passed passed = town_passed(t, &t->c);
    tb_signed_line stamp;
    assert_int_equal(tb_signed_line_decode(passed.stamp, &t->paper, &stamp), TB_ACCEPTED);
    tb_line lines[7];
    for (size_t i = 0; i < 7; i++) {
        lines[i] = stamp.line;
    }
    lines[0].stream.recipient = sample_party("nobody");
    lines[1].stream.sender = sample_party("hq");
    lines[2].stream.lane = TB_LANE_URGENT;
    lines[3].stream.incarnation.counter++;
    lines[4].from = lines[4].to = stamp.line.to + 1; /* begins behind it */
    lines[5].digest.bytes[0] ^= 1;
    lines[5].to = 1; /* the number itself, with another header */
    lines[6].kind = TB_LINE_ARRIVED;
    lines[6].from = 0;
    for (size_t i = 0; i < 7; i++) {
        tb_signed_line other = town_line(t, &lines[i]);
        assert_ok(tb_signed_line_encode(&other, &t->paper, &passed.stamp));
        assert_int_equal(judge(t, "ct.33", &passed), TB_REFUSED_PROOF);
    }
    passed.stamp = tb_bytes_str("no line");
    assert_int_equal(judge(t, "ct.33", &passed), TB_REFUSED_MALFORMED);
}

static void an_event_or_a_notice_of_another_hub_is_refused(void **state)
{
    town *t = *state;
    tb_header header;
    tb_event event;
    tb_bytes encoded;
    tb_passed passed = town_passed(t, &t->c);
    assert_int_equal(tb_event_decode(passed.event, &t->paper, &event), TB_ACCEPTED);
    passed = town_prove(t, passed.event, passed.header);
    assert_int_equal(judge(t, "ct.33", &passed), TB_ACCEPTED);
    event.hub.bytes[0] ^= 1;
    assert_ok(tb_event_encode(&event, &t->paper, &encoded));
    passed = town_prove(t, encoded, passed.header);
    assert_int_equal(judge(t, "ct.33", &passed), TB_REFUSED_WRONG_HUB);
    passed = town_prove(t, tb_bytes_str("no event"), passed.header);
    assert_int_equal(judge(t, "ct.33", &passed), TB_REFUSED_MALFORMED);

    passed = town_passed(t, &t->c);
    assert_int_equal(tb_header_decode(passed.header, &t->paper, &header), TB_ACCEPTED);
    header.hub.bytes[0] ^= 1;
    assert_ok(tb_header_encode(&header, &t->paper, &passed.header));
    assert_int_equal(judge(t, "ct.33", &passed), TB_REFUSED_WRONG_HUB);
    passed.header = tb_bytes_str("no header");
    assert_int_equal(judge(t, "ct.33", &passed), TB_REFUSED_MALFORMED);
}

static void an_opening_the_event_did_not_commit_to_is_refused(void **state)
{
    town *t = *state;
    tb_passed passed = town_passed(t, &t->c);
    tb_opening opening = {.group = tb_bytes_str("number"), .content = tb_bytes_str("x")};
    passed.openings = &opening;
    passed.opening_count = 1;
    assert_int_equal(judge(t, "ct.33", &passed), TB_REFUSED_CANNOT_OPEN); /* of another event */
    opening.event = tb_event_id(passed.event);
    assert_int_equal(judge(t, "ct.33", &passed), TB_REFUSED_CANNOT_OPEN);
}

static void a_root_that_is_not_the_headers_signs_nothing(void **state)
{
    town *t = *state;
    tb_passed passed = town_passed(t, &t->c);
    passed.root.tree = TB_TREE_LINES;
    assert_int_equal(judge(t, "ct.33", &passed), TB_REFUSED_SIGNATURE);
    passed = town_passed(t, &t->c);
    passed.root.key.bytes[0] ^= 1;
    assert_int_equal(judge(t, "ct.33", &passed), TB_REFUSED_SIGNATURE);
    passed = town_passed(t, &t->c);
    passed.root.incarnation.counter++;
    assert_int_equal(judge(t, "ct.33", &passed), TB_REFUSED_SIGNATURE);
    /* under a key its sender never had, or has for something else */
    tb_header header;
    const tb_key_id keys[] = {{{1}}, t->a.agent.keys.seal_id[0]};
    for (size_t i = 0; i < 2; i++) {
        passed = town_passed(t, &t->c);
        assert_int_equal(tb_header_decode(passed.header, &t->paper, &header), TB_ACCEPTED);
        header.signing_key = keys[i];
        assert_ok(tb_header_encode(&header, &t->paper, &passed.header));
        passed = town_prove(t, passed.event, passed.header);
        assert_int_equal(judge(t, "ct.33", &passed), TB_REFUSED_UNKNOWN_KEY);
    }
}

static void under_a_cut_key_it_counts_only_up_to_the_passers_own_stream(void **state)
{
    town *t = *state;
    tb_passed passed = town_passed(t, &t->c);
    tb_directory next;
    tb_cut_mark mark = {
        .incarnation = town_stream(&t->a, "ct.33").incarnation,
        .recipient = sample_party("ct.33"),
        .lane = TB_LANE_NORMAL,
        .number = 1,
        .digest = sample_digest(1),
    };
    tb_cut cut = {
        sample_party("bureau.33"), t->a.agent.keys.sign_id, TOWN_TIME, TB_CUT_STOLEN, &mark, 1};
    (void)town_next_directory(t, &cut, 1, &next);
    t->c.agent.directory = &next;
    assert_int_equal(judge(t, "ct.33", &passed), TB_ACCEPTED);
    assert_int_equal(judge(t, "bureau.33", &passed), TB_REFUSED_KEY_REVOKED);
    bool beyond = true;
    assert_int_equal(judge_resent(t, "ct.33", &passed, &beyond), TB_ACCEPTED);
    assert_false(beyond);
    assert_int_equal(judge_resent(t, "bureau.33", &passed, &beyond), TB_ACCEPTED);
    assert_true(beyond);
    passed.ids = NULL; /* what else is wrong with it is a fault all the same */
    passed.id_count = 0;
    assert_int_equal(judge_resent(t, "bureau.33", &passed, &beyond), TB_REFUSED_PROOF);
    passed = town_passed(t, &t->c);

    cut.mark_count = 0;
    (void)town_next_directory(t, &cut, 1, &next);
    assert_int_equal(judge(t, "ct.33", &passed), TB_REFUSED_KEY_REVOKED);
}

static void a_bent_proof_refuses_the_notice_that_carries_it(void **state)
{
    town *t = *state;
    t->b.agent.directory = &t->directory;
    /* hq does not know the key any more: nothing passed on under it counts. */
    tb_directory next = t->directory;
    tb_directory_party parties[3];
    memcpy(parties, next.parties, sizeof parties);
    next.parties = parties + 1;
    next.party_count = 2;
    t->c.agent.directory = &next;
    peer_say(t, &t->b, "hq four pass=two");
    tb_frame sent = peer_frame(t, &t->b, TB_FRAME_SUBMIT, 0);
    town_deliver(t, &sent, &t->c);
    assert_string_equal(peer_applied(t, &t->c), "three ^one");
    tb_frame refused = peer_frame(t, &t->c, TB_FRAME_REFUSED, 0);
    assert_int_equal(refused.refused.line.line.code, TB_REFUSED_UNKNOWN_PARTY);
}

#define IN_TOWN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    IN_TOWN(an_earlier_event_proves_itself_without_whoever_passes_it_on),
    IN_TOWN(any_bent_piece_of_the_proof_refuses_it),
    IN_TOWN(an_event_its_notice_does_not_name_is_refused),
    IN_TOWN(a_stamp_must_be_the_hubs_and_of_this_notice),
    IN_TOWN(a_stamp_of_another_notice_proves_nothing),
    IN_TOWN(an_event_or_a_notice_of_another_hub_is_refused),
    IN_TOWN(an_opening_the_event_did_not_commit_to_is_refused),
    IN_TOWN(a_root_that_is_not_the_headers_signs_nothing),
    IN_TOWN(under_a_cut_key_it_counts_only_up_to_the_passers_own_stream),
    IN_TOWN(a_bent_proof_refuses_the_notice_that_carries_it),
};

TB_RUN("agents/inbox_passed", tests)

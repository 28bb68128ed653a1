#include "agents/marks.h"

#include "tests/agents/peer.h"
#include "tests/messages/samples.h"
#include "tests/test.h"

static int set_up(void **state)
{
    *state = town_make();
    return 0;
}

static int tear_down(void **state)
{
    town_free(*state);
    return 0;
}

static void send_line(town *t, peer *p, const tb_signed_line *line)
{
    tb_signed_line one = *line;
    tb_frame frame = {.kind = TB_FRAME_STORED};
    frame.lines.lines = &one;
    frame.lines.count = 1;
    town_send(t, p, &frame);
}

/* One notice from a to ct.33, submitted. */
static tb_group one_notice(town *t)
{
    town_link(t, &t->a);
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 one");
    tb_frame frame = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    peer_forget(&t->a);
    return frame.carry.groups[0];
}

static void a_stored_mark_is_kept_with_its_stamp(void **state)
{
    town *t = *state;
    tb_group group = one_notice(t);
    town_store(t, &t->a, &group);
    tb_stream_out_row row = peer_stream_out(t, &t->a, "ct.33");
    assert_int_equal(row.stored, 1);
    assert_int_equal(row.arrived, 0);
    assert_int_equal(row.flight_count, 0);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_STAMP), 1);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_OUTBOX), 1);
    peer_check(t, &t->a);
}

static void an_arrived_mark_trims_the_outbox(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    town_link(t, &t->b);
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33,hq both");
    tb_frame frame = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    town_relay(t, &t->a, &t->b);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").arrived, 1);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").due, 0);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_OUTBOX), 1);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_OUTBOX_BODY), 1);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_OUTBOX_DUE), 1);
    peer_check(t, &t->a);

    tb_line line = town_arrived_line(t, &frame.carry.groups[1]);
    tb_signed_line arrived = town_line_by(t, &line, &t->c);
    send_line(t, &t->a, &arrived);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_OUTBOX), 0);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_OUTBOX_BODY), 0);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_OUTBOX_DUE), 0);
    peer_check(t, &t->a);
}

static void a_mark_nobody_may_make_is_an_alarm_and_no_mark(void **state)
{
    town *t = *state;
    tb_group group = one_notice(t);
    tb_line arrived = town_arrived_line(t, &group);
    tb_line stored = town_stored_line(t, &group);
    tb_signed_line by_hub = town_line(t, &arrived);
    tb_signed_line by_other = town_line_by(t, &arrived, &t->c);
    tb_signed_line by_party = town_line_by(t, &stored, &t->b);

    send_line(t, &t->a, &by_hub);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_NOT_SPEAKER);
    send_line(t, &t->a, &by_other);
    send_line(t, &t->a, &by_party);
    tb_signed_line bent = town_line(t, &stored);
    bent.root.signature[3] ^= 1;
    send_line(t, &t->a, &bent);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_SIGNATURE);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").stored, 0);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").arrived, 0);
    assert_int_equal(peer_link(t, &t->a).fence, TB_ACCEPTED);
}

static void a_mark_above_our_numbers_fences(void **state)
{
    town *t = *state;
    tb_group group = one_notice(t);
    tb_line line = town_stored_line(t, &group);
    line.to = 5;
    tb_signed_line stored = town_line(t, &line);
    send_line(t, &t->a, &stored);
    assert_int_equal(peer_link(t, &t->a).fence, TB_REFUSED_MARKS_BACK);
    peer_say(t, &t->a, "ct.33 two");
    assert_true(peer_noted(&t->a, "event=draft"));
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_OUTBOX), 1);
}

static void the_hubs_mark_of_another_header_fences(void **state)
{
    town *t = *state;
    tb_group group = one_notice(t);
    tb_line line = town_stored_line(t, &group);
    line.digest.bytes[0] ^= 1;
    tb_signed_line stored = town_line(t, &line);
    send_line(t, &t->a, &stored);
    assert_int_equal(peer_link(t, &t->a).fence, TB_REFUSED_MARKS_BACK);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_OUTBOX), 1);
}

static void a_recipients_mark_of_another_header_stops_nobody(void **state)
{
    town *t = *state;
    tb_group group = one_notice(t);
    tb_line line = town_arrived_line(t, &group);
    line.digest.bytes[0] ^= 1;
    tb_signed_line arrived = town_line_by(t, &line, &t->b);
    send_line(t, &t->a, &arrived);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_FORK);
    assert_int_equal(peer_link(t, &t->a).fence, TB_ACCEPTED);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").arrived, 0);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_OUTBOX), 1);
}

static void a_mark_under_a_cut_key_does_not_count(void **state)
{
    town *t = *state;
    tb_group group = one_notice(t);
    tb_cut cut = {.party = sample_party("ct.33"), .at = TOWN_TIME, .reason = TB_CUT_STOLEN};
    cut.key = t->b.agent.keys.sign_id;
    tb_directory next;
    (void)town_next_directory(t, &cut, 1, &next);
    t->a.agent.directory = &next;

    tb_line line = town_arrived_line(t, &group);
    tb_signed_line arrived = town_line_by(t, &line, &t->b);
    send_line(t, &t->a, &arrived);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_KEY_REVOKED);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_OUTBOX), 1);
}

static void a_gap_at_the_hub_sends_again_once(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 one");
    peer_say(t, &t->a, "ct.33 two");
    peer_say(t, &t->a, "ct.33 three");
    tb_frame first = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    tb_line line = town_stored_line(t, &first.carry.groups[0]);
    tb_signed_line stored = town_line(t, &line);
    tb_frame again = {.kind = TB_FRAME_STORED};
    again.lines.lines = &stored;
    again.lines.count = 1;
    again.lines.again = true;
    peer_forget(&t->a);
    t->now += 100;
    town_send(t, &t->a, &again);
    town_send(t, &t->a, &again);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_SUBMIT), 1);
    tb_frame resent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    assert_int_equal(resent.carry.group_count, 2);
    assert_int_equal(tb_group_number(&resent.carry.groups[0], 0), 2);
    peer_check(t, &t->a);
}

static void what_the_hub_refused_goes_again_as_a_filler(void **state)
{
    town *t = *state;
    tb_group group = one_notice(t);
    tb_line line = {
        .kind = TB_LINE_REFUSED,
        .stream = tb_group_stream(&group),
        .from = 1,
        .digest = group.items[0].digest,
        .at = t->now,
        .code = TB_REFUSED_NOT_ACTIVE,
    };
    tb_frame frame = {.kind = TB_FRAME_REFUSED};
    frame.refused.has_line = true;
    frame.refused.line = town_line(t, &line);
    frame.refused.code = TB_REFUSED_NOT_ACTIVE;
    town_send(t, &t->a, &frame);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_REFUSAL), 1);

    tb_frame filled = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    const tb_item *item = &filled.carry.groups[0].items[0];
    assert_non_null(item->refusal);
    assert_int_equal(item->refusal->line.code, TB_REFUSED_NOT_ACTIVE);
    assert_int_equal(item->body.size, 0);
    assert_true(tb_digest_equal(&item->digest, &group.items[0].digest));

    town_link(t, &t->b);
    peer_forget(&t->b);
    town_deliver(t, &filled, &t->b);
    assert_string_equal(peer_applied(t, &t->b), "");
    assert_int_equal(peer_frame(t, &t->b, TB_FRAME_TAKEN, 0).lines.lines[0].line.to, 1);
    peer_check(t, &t->a);
    peer_check(t, &t->b);
}

/* The hub signs that it refused number from of the group's stream with this header. */
static void hub_refuses(town *t, const tb_group *group, uint64_t from, const tb_digest *digest)
{
    tb_line line = {
        .kind = TB_LINE_REFUSED,
        .stream = tb_group_stream(group),
        .from = from,
        .digest = *digest,
        .at = t->now,
        .code = TB_REFUSED_NOT_ACTIVE,
    };
    tb_frame frame = {.kind = TB_FRAME_REFUSED};
    frame.refused.has_line = true;
    frame.refused.line = town_line(t, &line);
    frame.refused.code = TB_REFUSED_NOT_ACTIVE;
    peer_forget(&t->a);
    town_send(t, &t->a, &frame);
}

/* A hub that signs what never was makes nobody send what nobody can read. */
static void a_refusal_of_another_header_or_number_is_shown_and_fills_nothing(void **state)
{
    town *t = *state;
    tb_group group = one_notice(t);
    tb_digest other = group.items[0].digest;
    other.bytes[0] ^= 1;
    hub_refuses(t, &group, 1, &other);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_NOT_ACTIVE);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_REFUSAL), 0);
    hub_refuses(t, &group, 2, &group.items[0].digest);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_REFUSAL), 0);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_SUBMIT), 0);
    hub_refuses(t, &group, 1, &group.items[0].digest);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_REFUSAL), 1);
    tb_frame filled = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    assert_non_null(filled.carry.groups[0].items[0].refusal);
    peer_check(t, &t->a);
}

/* b signs that it refused the header's notice, for a key it retired. */
static void refuses(town *t, const tb_stream *stream, const tb_header *header)
{
    tb_frame frame = {.kind = TB_FRAME_REFUSED};
    assert_ok(tb_header_encode(header, &t->paper, &frame.refused.header));
    tb_line line = {
        .kind = TB_LINE_REFUSED,
        .stream = *stream,
        .from = 1,
        .digest = tb_header_digest(frame.refused.header),
        .at = t->now,
        .code = TB_REFUSED_KEY_RETIRED,
    };
    frame.refused.has_line = true;
    frame.refused.line = town_line_by(t, &line, &t->b);
    frame.refused.code = TB_REFUSED_KEY_RETIRED;
    town_send(t, &t->a, &frame);
}

/* Whoever signs refusals of notices that never were, or were not its own, fills no table. */
static void only_what_was_sent_to_it_can_be_refused_by_a_recipient(void **state)
{
    town *t = *state;
    tb_group group = one_notice(t);
    tb_stream stream = tb_group_stream(&group);
    tb_header header = group.items[0].header;
    for (uint64_t i = 0; i < 3; i++) {
        header.notice = 1000 + i;
        refuses(t, &stream, &header);
    }
    peer_forget(&t->a);
    peer_say(t, &t->a, "hq other");
    tb_frame other = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    refuses(t, &stream, &other.carry.groups[0].items[0].header);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_REFUSAL), 0);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_RESEAL), 0);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_KEY_RETIRED);
    refuses(t, &stream, &group.items[0].header);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_REFUSAL), 1);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_RESEAL), 1);
    peer_check(t, &t->a);
}

static void a_refusal_after_arrival_finds_its_notice(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    town_link(t, &t->b);
    t->b.disliked = "bad";
    peer_forget(&t->a);
    peer_forget(&t->b);
    peer_say(t, &t->a, "ct.33 bad");
    town_relay(t, &t->a, &t->b);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_OUTBOX), 0);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_REFUSAL), 1);
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_REFUSAL), 1);

    tb_refusal_row row;
    tb_stream stream = town_stream(&t->a, "ct.33");
    tb_txn *txn = NULL;
    assert_ok(tb_store_begin_read(t->a.store, &t->paper, &txn));
    assert_ok(tb_refusal_get(txn, &stream, 1, &row));
    tb_store_abort(txn);
    assert_int_equal(row.code, TB_REFUSED_ROLE);
    assert_false(tb_digest_zero(&row.event));
    peer_check(t, &t->a);
}

static void marks_of_many_groups_land_in_any_order(void **state)
{
    town *t = *state;
    tb_group groups[5];
    town_link(t, &t->a);
    peer_forget(&t->a);
    for (size_t i = 0; i < 5; i++) {
        peer_say(t, &t->a, "ct.33 more");
        groups[i] = peer_frame(t, &t->a, TB_FRAME_SUBMIT, i).carry.groups[0];
    }
    tb_line late = town_arrived_line(t, &groups[3]);
    tb_signed_line arrived = town_line_by(t, &late, &t->b);
    send_line(t, &t->a, &arrived);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").stored, 4);
    town_store(t, &t->a, &groups[1]);
    tb_line early = town_arrived_line(t, &groups[0]);
    arrived = town_line_by(t, &early, &t->b);
    send_line(t, &t->a, &arrived);
    tb_stream_out_row row = peer_stream_out(t, &t->a, "ct.33");
    assert_int_equal(row.stored, 4);
    assert_int_equal(row.arrived, 4);
    assert_int_equal(row.flight_count, 1);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_OUTBOX), 1);
    peer_check(t, &t->a);
}

static void a_stamp_that_comes_behind_the_arrived_mark_is_kept(void **state)
{
    town *t = *state;
    tb_group group = one_notice(t);
    tb_line line = town_arrived_line(t, &group);
    tb_signed_line arrived = town_line_by(t, &line, &t->b);
    send_line(t, &t->a, &arrived);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_STAMP), 0);
    town_store(t, &t->a, &group);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_STAMP), 1);
    peer_check(t, &t->a);
}

/* A Welcome with the hub's stored mark of the group and its recipient's arrived one. */
static void welcome_with_both(town *t, const tb_group *group)
{
    tb_line arrived = town_arrived_line(t, group);
    tb_signed_line shown = town_line_by(t, &arrived, &t->b);
    tb_line stored = town_stored_line(t, group);
    tb_signed_line kept = town_line(t, &stored);
    tb_frame welcome = {.kind = TB_FRAME_WELCOME};
    welcome.welcome.protocol = TB_PROTOCOL;
    welcome.welcome.hub_incarnation = t->hub_run;
    welcome.welcome.stored = &kept;
    welcome.welcome.stored_count = 1;
    welcome.welcome.arrived = &shown;
    welcome.welcome.arrived_count = 1;
    town_send(t, &t->a, &welcome);
}

/* Without its stamp a notice has no date, and what it reports counts in no figure. */
static void a_stamp_that_was_lost_is_kept_from_the_next_welcome(void **state)
{
    town *t = *state;
    tb_group group = one_notice(t);
    tb_line line = town_arrived_line(t, &group);
    tb_signed_line arrived = town_line_by(t, &line, &t->b);
    send_line(t, &t->a, &arrived);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").stored, 1);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_STAMP), 0);
    for (int i = 0; i < 2; i++) {
        peer_step(t, &t->a, TB_INPUT_LINK, tb_bytes_of(NULL, 0));
        welcome_with_both(t, &group);
        assert_int_equal(peer_rows(t, &t->a, TB_TABLE_STAMP), 1);
    }
    peer_check(t, &t->a);
}

/* The frame that passes it on may be lost while the session lives, kept alive by beats. */
static void an_arrived_mark_that_was_lost_is_asked_for_with_hello(void **state)
{
    town *t = *state;
    tb_group group = one_notice(t);
    town_store(t, &t->a, &group);
    peer_forget(&t->a);
    tb_time passed = 0;
    while (peer_count(t, &t->a, TB_FRAME_HELLO) == 0) {
        tb_frame beat = {.kind = TB_FRAME_BEAT};
        peer_tick(t, &t->a, TB_BEAT_MS);
        town_send(t, &t->a, &beat);
        passed += TB_BEAT_MS;
        assert_true(passed < TB_MARK_ALARM_MS);
    }
    assert_true(passed >= TB_MARK_ASK_MS);

    welcome_with_both(t, &group);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").arrived, 1);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_OUTBOX), 0);
    assert_int_equal(peer_alarm(t, &t->a), TB_ACCEPTED);
    peer_check(t, &t->a);
}

static void a_mark_that_stays_out_is_an_alarm_that_names_the_recipient(void **state)
{
    town *t = *state;
    tb_group group = one_notice(t);
    town_store(t, &t->a, &group);
    peer_tick(t, &t->a, TB_RESEND_AFTER_MS);
    t->now += TB_MARK_ALARM_MS;
    tb_frame beat = {.kind = TB_FRAME_BEAT};
    town_send(t, &t->a, &beat);
    peer_tick(t, &t->a, 0);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_GAP);
    assert_true(peer_noted(&t->a, "party=ct.33"));
    peer_check(t, &t->a);
}

#define IN_TOWN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* ---- who may say what, and of what ---- */

static void send_refused(town *t, const tb_signed_line *line, tb_bytes header)
{
    tb_frame frame = {.kind = TB_FRAME_REFUSED};
    frame.refused.has_line = true;
    frame.refused.line = *line;
    frame.refused.header = header;
    frame.refused.code = line->line.code != TB_ACCEPTED ? line->line.code : TB_REFUSED_ROLE;
    peer_forget(&t->a);
    town_send(t, &t->a, &frame);
}

static void whoever_signs_a_mark_must_be_known_with_a_key_for_it(void **state)
{
    town *t = *state;
    tb_group group = one_notice(t);
    tb_line stored = town_stored_line(t, &group);
    tb_signed_line line = town_line(t, &stored);
    line.root.key.bytes[0] ^= 1;
    send_line(t, &t->a, &line);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_UNKNOWN_KEY);
    /* a recipient that is in no directory; nothing was ever sent to it */
    tb_line arrived = town_arrived_line(t, &group);
    assert_true(tb_party_parse(tb_bytes_str("nobody.9"), &arrived.stream.recipient));
    line = town_line_by(t, &arrived, &t->b);
    line.root.signer = arrived.stream.recipient;
    send_line(t, &t->a, &line);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_UNKNOWN_PARTY);
    arrived = town_arrived_line(t, &group);
    line = town_line_by(t, &arrived, &t->b);
    line.root.key = tb_key_id_of(TB_PURPOSE_SEAL, &t->b.seal.public_key);
    send_line(t, &t->a, &line);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_UNKNOWN_KEY);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").arrived, 0);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").stored, 0);
}

static void a_mark_of_anothers_stream_is_an_alarm(void **state)
{
    town *t = *state;
    tb_group group = one_notice(t);
    tb_line line = town_stored_line(t, &group);
    line.stream.sender = t->c.agent.self; /* another's stream */
    tb_signed_line said = town_line(t, &line);
    send_line(t, &t->a, &said);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_NOT_SPEAKER);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_STREAM_OUT), 1);
}

/* A group is submitted whole, but a mark may end inside it. */
static void a_mark_may_end_inside_a_group(void **state)
{
    town *t = *state;
    static const char *const texts[] = {"ct.33 one", "ct.33 two", "ct.33 three"};
    town_link(t, &t->a);
    peer_forget(&t->a);
    peer_say_all(t, &t->a, texts, 3);
    tb_group group = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0).carry.groups[0];
    assert_int_equal(group.item_count, 3);
    tb_line line = town_stored_line(t, &group);
    line.to = 1;
    line.digest = group.items[0].digest;
    tb_signed_line stored = town_line(t, &line);
    send_line(t, &t->a, &stored);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").stored, 1);
    assert_int_equal(peer_link(t, &t->a).fence, TB_ACCEPTED);
    line.from = line.to = 2;
    line.digest = group.items[0].digest; /* not that of the second */
    stored = town_line(t, &line);
    send_line(t, &t->a, &stored);
    assert_int_equal(peer_link(t, &t->a).fence, TB_REFUSED_MARKS_BACK);
    peer_check(t, &t->a);
}

static void a_late_stamp_that_nobody_may_give_is_an_alarm(void **state)
{
    town *t = *state;
    tb_group group = one_notice(t);
    tb_line line = town_arrived_line(t, &group);
    tb_signed_line arrived = town_line_by(t, &line, &t->b);
    send_line(t, &t->a, &arrived);
    tb_line stored = town_stored_line(t, &group);
    tb_signed_line bent = town_line(t, &stored);
    bent.root.signature[3] ^= 1;
    send_line(t, &t->a, &bent);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_SIGNATURE);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_STAMP), 0);
}

/* Of a mark that is held already another may come under another key; what it says must be the same,
 * and newer. */
static void a_held_mark_is_replaced_only_by_the_same_signed_later_by_its_signer(void **state)
{
    town *t = *state;
    tb_group group = one_notice(t);
    tb_line line = town_arrived_line(t, &group);
    line.to = 0; /* nothing has arrived: nothing is held */
    line.digest = (tb_digest){{0}};
    tb_signed_line said = town_line_by(t, &line, &t->b);
    send_line(t, &t->a, &said);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").arrived_line.size, 0);
    line = town_arrived_line(t, &group);
    said = town_line_by(t, &line, &t->b);
    send_line(t, &t->a, &said);
    tb_bytes held = peer_stream_out(t, &t->a, "ct.33").arrived_line;
    static const struct {
        tb_time later;
        uint8_t digest; /* bits of its first byte that are others */
        tb_refusal alarm;
    } rows[] = {{-1, 0, TB_ACCEPTED}, {1, 1, TB_ACCEPTED}, {1, 0, TB_REFUSED_UNKNOWN_KEY}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tb_line other = line;
        other.at += rows[i].later;
        other.digest.bytes[0] ^= rows[i].digest;
        said = town_line_by(t, &other, &t->b);
        said.root.key.bytes[0] ^= 1;
        send_line(t, &t->a, &said);
        assert_int_equal(peer_alarm(t, &t->a), rows[i].alarm);
        assert_true(tb_bytes_equal(peer_stream_out(t, &t->a, "ct.33").arrived_line, held));
    }
}

/* ---- refusals ---- */

static void without_a_line_the_hub_says_only_how_it_is(void **state)
{
    town *t = *state;
    (void)one_notice(t);
    tb_frame frame = {.kind = TB_FRAME_REFUSED};
    frame.refused.code = TB_REFUSED_TOO_LARGE;
    town_send(t, &t->a, &frame);
    assert_true(peer_noted(&t->a, "event=hub_refused code=too_large"));
    assert_true(t->a.agent.times.hub_full == 0);
    frame.refused.code = TB_REFUSED_STORE_FULL;
    town_send(t, &t->a, &frame);
    assert_true(t->a.agent.times.hub_full == t->now);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_REFUSAL), 0);
}

/* A header as the refuser shows it, and the line that refuses it; each field of the header that a
 * refusal must agree with is another in its turn. */
static void a_refusal_must_be_of_the_header_as_we_sent_it(void **state)
{
    town *t = *state;
    tb_group group = one_notice(t);
    const tb_header *ours = &group.items[0].header;
    for (int which = 0; which < 6; which++) {
        tb_header header = *ours;
        tb_line line = {.kind = TB_LINE_REFUSED,
                        .stream = tb_group_stream(&group),
                        .from = 1,
                        .at = t->now,
                        .code = TB_REFUSED_ROLE};
        tb_entry entry = header.entries[0];
        header.entries = &entry;
        switch (which) {
        case 0:
            header.lane = TB_LANE_URGENT;
            break;
        case 1:
            header.sender = t->c.agent.self;
            break;
        case 2:
            header.incarnation.random[0] ^= 1;
            break;
        case 3:
            entry.number = 2;
            break;
        case 4:
            header.made++; /* our number, and other words */
            break;
        default:
            entry.recipient = t->c.agent.self;
        }
        tb_bytes shown;
        assert_ok(tb_header_encode(&header, &t->paper, &shown));
        line.digest = tb_header_digest(shown);
        tb_signed_line said = town_line_by(t, &line, &t->b);
        send_refused(t, &said, shown);
        assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_ROLE);
        assert_int_equal(peer_rows(t, &t->a, TB_TABLE_REFUSAL), 0);
    }
    /* a header that is shown and is not the one refused does not count: the line's own digest does
     */
    tb_header other = *ours;
    other.made++;
    tb_bytes shown;
    assert_ok(tb_header_encode(&other, &t->paper, &shown));
    tb_line line = {.kind = TB_LINE_REFUSED,
                    .stream = tb_group_stream(&group),
                    .from = 1,
                    .digest = group.items[0].digest,
                    .at = t->now,
                    .code = TB_REFUSED_ROLE};
    tb_signed_line said = town_line_by(t, &line, &t->b);
    send_refused(t, &said, shown);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_REFUSAL), 1);
    peer_check(t, &t->a);
}

/* The hub may refuse what it stored before: then its number exists, and nothing goes again. */
static void what_the_hub_stored_needs_no_filler(void **state)
{
    town *t = *state;
    tb_group group = one_notice(t);
    town_store(t, &t->a, &group);
    hub_refuses(t, &group, 1, &group.items[0].digest);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_REFUSAL), 1);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_SUBMIT), 0);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").refused, 0);
}

static void a_refusal_by_nobody_of_our_notice_or_of_anothers_is_an_alarm(void **state)
{
    town *t = *state;
    tb_group group = one_notice(t);
    tb_line line = {.kind = TB_LINE_REFUSED,
                    .stream = tb_group_stream(&group),
                    .from = 1,
                    .digest = group.items[0].digest,
                    .at = t->now,
                    .code = TB_REFUSED_ROLE};
    tb_signed_line said = town_line_by(t, &line, &t->c); /* whom it was not for */
    send_refused(t, &said, tb_bytes_of(NULL, 0));
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_NOT_SPEAKER);
    line.stream.sender = t->c.agent.self;
    said = town_line(t, &line);
    send_refused(t, &said, tb_bytes_of(NULL, 0));
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_PROTOCOL);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_REFUSAL), 0);
}

static const struct CMUnitTest tests[] = {
    IN_TOWN(a_stored_mark_is_kept_with_its_stamp),
    IN_TOWN(an_arrived_mark_trims_the_outbox),
    IN_TOWN(a_mark_nobody_may_make_is_an_alarm_and_no_mark),
    IN_TOWN(a_mark_above_our_numbers_fences),
    IN_TOWN(the_hubs_mark_of_another_header_fences),
    IN_TOWN(a_recipients_mark_of_another_header_stops_nobody),
    IN_TOWN(a_mark_under_a_cut_key_does_not_count),
    IN_TOWN(a_gap_at_the_hub_sends_again_once),
    IN_TOWN(a_refusal_of_another_header_or_number_is_shown_and_fills_nothing),
    IN_TOWN(what_the_hub_refused_goes_again_as_a_filler),
    IN_TOWN(only_what_was_sent_to_it_can_be_refused_by_a_recipient),
    IN_TOWN(a_refusal_after_arrival_finds_its_notice),
    IN_TOWN(marks_of_many_groups_land_in_any_order),
    IN_TOWN(a_stamp_that_comes_behind_the_arrived_mark_is_kept),
    IN_TOWN(a_stamp_that_was_lost_is_kept_from_the_next_welcome),
    IN_TOWN(an_arrived_mark_that_was_lost_is_asked_for_with_hello),
    IN_TOWN(a_mark_that_stays_out_is_an_alarm_that_names_the_recipient),
    IN_TOWN(whoever_signs_a_mark_must_be_known_with_a_key_for_it),
    IN_TOWN(a_mark_of_anothers_stream_is_an_alarm),
    IN_TOWN(a_mark_may_end_inside_a_group),
    IN_TOWN(a_late_stamp_that_nobody_may_give_is_an_alarm),
    IN_TOWN(a_held_mark_is_replaced_only_by_the_same_signed_later_by_its_signer),
    IN_TOWN(without_a_line_the_hub_says_only_how_it_is),
    IN_TOWN(a_refusal_must_be_of_the_header_as_we_sent_it),
    IN_TOWN(what_the_hub_stored_needs_no_filler),
    IN_TOWN(a_refusal_by_nobody_of_our_notice_or_of_anothers_is_an_alarm),
};

TB_RUN("agents/marks", tests)

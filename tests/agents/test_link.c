#include "agents/link.h"

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

static tb_frame welcome_of(town *t)
{
    tb_frame frame = {.kind = TB_FRAME_WELCOME};
    frame.welcome.protocol = TB_PROTOCOL;
    frame.welcome.hub_incarnation = t->hub_run;
    return frame;
}

/* Connection up and a Welcome with one line of one kind. */
static void welcome_with(town *t, peer *p, tb_signed_line *line, tb_line_kind kind, bool taken)
{
    tb_frame frame = welcome_of(t);
    peer_step(t, p, TB_INPUT_LINK, tb_bytes_of(NULL, 0));
    if (kind == TB_LINE_STORED) {
        frame.welcome.stored = line;
        frame.welcome.stored_count = 1;
    } else if (taken) {
        frame.welcome.taken = line;
        frame.welcome.taken_count = 1;
    } else {
        frame.welcome.arrived = line;
        frame.welcome.arrived_count = 1;
    }
    town_send(t, p, &frame);
}

static void bye(town *t, peer *p, tb_refusal code)
{
    tb_frame frame = {.kind = TB_FRAME_BYE};
    frame.bye.code = code;
    town_send(t, p, &frame);
}

static void hello_says_who_and_where_it_stands(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    town_link(t, &t->b);
    peer_forget(&t->a);
    peer_forget(&t->b);
    peer_say(t, &t->a, "ct.33 one");
    town_relay(t, &t->a, &t->b);
    peer_step(t, &t->a, TB_INPUT_GONE, tb_bytes_of(NULL, 0));
    assert_int_equal(peer_link(t, &t->a).state, TB_LINK_DOWN);
    peer_step(t, &t->a, TB_INPUT_LINK, tb_bytes_of(NULL, 0));
    peer_step(t, &t->b, TB_INPUT_LINK, tb_bytes_of(NULL, 0));

    tb_hello ours = peer_frame(t, &t->a, TB_FRAME_HELLO, 0).hello;
    tb_hello theirs = peer_frame(t, &t->b, TB_FRAME_HELLO, 0).hello;
    assert_string_equal(ours.party.text, "bureau.33");
    assert_int_equal(ours.incarnation.counter, 1);
    assert_int_equal(ours.arrived_count, 1);
    assert_int_equal(ours.arrived[0].line.to, 1);
    assert_int_equal(ours.taken_count, 0);
    assert_int_equal(ours.document_count, 1);
    assert_true(tb_digest_equal(&ours.documents[0].digest, &t->directory.digest));
    assert_int_equal(theirs.taken_count, 1);
    assert_int_equal(theirs.taken[0].number, 1);
}

static void hello_is_said_again_while_welcome_stays_out(void **state)
{
    town *t = *state;
    peer_step(t, &t->a, TB_INPUT_LINK, tb_bytes_of(NULL, 0));
    peer_tick(t, &t->a, 2999);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_HELLO), 1);
    peer_tick(t, &t->a, 1);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_HELLO), 2);
    peer_step(t, &t->a, TB_INPUT_GONE, tb_bytes_of(NULL, 0));
    peer_tick(t, &t->a, 10000);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_HELLO), 2);
}

static void a_beat_goes_out_when_nothing_else_did_and_silence_ends_in_hello(void **state)
{
    town *t = *state;
    tb_frame beat = {.kind = TB_FRAME_BEAT};
    town_link(t, &t->a);
    peer_forget(&t->a);
    peer_tick(t, &t->a, TB_BEAT_MS - 1);
    assert_int_equal(t->a.sent_count, 0);
    peer_tick(t, &t->a, 1);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_BEAT), 1);
    town_send(t, &t->a, &beat);
    peer_tick(t, &t->a, TB_SILENT_MS - 1);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_HELLO), 0);
    peer_tick(t, &t->a, 1);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_HELLO), 1);
    assert_int_equal(peer_link(t, &t->a).state, TB_LINK_GREETING);
}

static void an_old_copy_is_fenced_by_its_own_stream_and_signs_nothing(void **state)
{
    town *t = *state;
    tb_store *old = NULL;
    town_link(t, &t->a);
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 one");
    assert_ok(tb_store_mem_clone(t->a.store, &old));
    peer_say(t, &t->a, "ct.33 two");
    tb_frame two = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 1);
    tb_line line = town_stored_line(t, &two.carry.groups[0]);
    tb_signed_line stored = town_line(t, &line);

    tb_store_close(t->a.store);
    t->a.store = old;
    t->a.node.store = old;
    town_restart(t, &t->a);
    welcome_with(t, &t->a, &stored, TB_LINE_STORED, false);
    assert_int_equal(peer_link(t, &t->a).fence, TB_REFUSED_MARKS_BACK);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_MARKS_BACK);
    assert_true(peer_noted(&t->a, "code=marks_back"));
    assert_int_equal(t->a.releases, 1);
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 never");
    peer_tick(t, &t->a, TB_RESEND_AFTER_MS);
    assert_int_equal(t->a.sent_count, 0);

    /* A restart does not take the fence away. */
    town_restart(t, &t->a);
    town_link(t, &t->a);
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 never");
    assert_int_equal(t->a.sent_count, 0);
    assert_int_equal(peer_link(t, &t->a).fence, TB_REFUSED_MARKS_BACK);
}

static tb_signed_line arrived_above(town *t, peer *by, const char *recipient)
{
    tb_line line = {
        .kind = TB_LINE_ARRIVED,
        .stream = town_stream(&t->a, recipient),
        .to = 3,
        .digest = sample_digest(5),
        .at = t->now,
    };
    return town_line_by(t, &line, by);
}

static void one_recipients_mark_above_ours_is_an_alarm_and_no_fence(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    peer_forget(&t->a);
    tb_signed_line arrived = arrived_above(t, &t->b, "ct.33");
    welcome_with(t, &t->a, &arrived, TB_LINE_ARRIVED, false);
    assert_int_equal(peer_link(t, &t->a).fence, TB_ACCEPTED);
    assert_int_equal(peer_link(t, &t->a).state, TB_LINK_CONFIRMED);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_GAP);
    /* Nor does it when it comes outside a Welcome. */
    tb_frame stored = {.kind = TB_FRAME_STORED};
    stored.lines.lines = &arrived;
    stored.lines.count = 1;
    town_send(t, &t->a, &stored);
    assert_int_equal(peer_link(t, &t->a).fence, TB_ACCEPTED);
    peer_check(t, &t->a);
}

static void two_recipients_marks_above_ours_say_that_the_store_went_back(void **state)
{
    town *t = *state;
    tb_frame frame = welcome_of(t);
    tb_signed_line both[2] = {arrived_above(t, &t->b, "ct.33"), arrived_above(t, &t->c, "hq")};
    town_link(t, &t->a);
    peer_step(t, &t->a, TB_INPUT_LINK, tb_bytes_of(NULL, 0));
    frame.welcome.arrived = both;
    frame.welcome.arrived_count = 2;
    town_send(t, &t->a, &frame);
    assert_int_equal(peer_link(t, &t->a).fence, TB_REFUSED_MARKS_BACK);
}

static void a_recipients_false_mark_in_welcome_is_an_alarm_and_no_fence(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    peer_say(t, &t->a, "ct.33 one");
    tb_line line = {
        .kind = TB_LINE_ARRIVED,
        .stream = town_stream(&t->a, "ct.33"),
        .to = 1,
        .digest = sample_digest(5),
        .at = t->now,
    };
    tb_signed_line arrived = town_line_by(t, &line, &t->b);
    welcome_with(t, &t->a, &arrived, TB_LINE_ARRIVED, false);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_FORK);
    assert_int_equal(peer_link(t, &t->a).fence, TB_ACCEPTED);
    assert_int_equal(peer_link(t, &t->a).state, TB_LINK_CONFIRMED);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_OUTBOX), 1);
}

static void an_old_copy_is_fenced_by_its_own_mark(void **state)
{
    town *t = *state;
    tb_line line = {
        .kind = TB_LINE_ARRIVED,
        .stream = town_stream(&t->a, "ct.33"),
        .to = 3,
        .digest = sample_digest(5),
        .at = t->now,
    };
    tb_signed_line forged = town_line_by(t, &line, &t->c);
    welcome_with(t, &t->b, &forged, TB_LINE_ARRIVED, true);
    assert_int_equal(peer_link(t, &t->b).fence, TB_ACCEPTED);
    assert_int_equal(peer_alarm(t, &t->b), TB_REFUSED_NOT_SPEAKER);

    tb_signed_line taken = town_line_by(t, &line, &t->b);
    welcome_with(t, &t->b, &taken, TB_LINE_ARRIVED, true);
    assert_int_equal(peer_link(t, &t->b).fence, TB_REFUSED_MARKS_BACK);
}

static void a_fenced_agent_takes_nothing(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 one");
    tb_frame sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    town_link(t, &t->b);
    bye(t, &t->b, TB_REFUSED_TWO_COPIES);
    peer_forget(&t->b);
    town_deliver(t, &sent, &t->b);
    assert_int_equal(t->b.sent_count, 0);
    assert_string_equal(peer_applied(t, &t->b), "");
}

static void a_hub_that_lost_its_disk_is_an_alarm_and_sending_resumes(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    town_link(t, &t->b);
    peer_forget(&t->a);
    peer_forget(&t->b);
    peer_say(t, &t->a, "ct.33 one");
    town_relay(t, &t->a, &t->b);
    peer_say(t, &t->a, "ct.33 two");
    tb_frame two = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    town_store(t, &t->a, &two.carry.groups[0]);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").stored, 2);
    peer_step(t, &t->a, TB_INPUT_GONE, tb_bytes_of(NULL, 0));
    peer_forget(&t->a);

    town_link(t, &t->a);
    assert_int_equal(peer_link(t, &t->a).fence, TB_ACCEPTED);
    assert_true(peer_noted(&t->a, "event=hub_went_back"));
    assert_int_equal(peer_frame(t, &t->a, TB_FRAME_HELLO, 0).hello.arrived[0].line.to, 1);
    tb_frame again = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    assert_int_equal(tb_group_number(&again.carry.groups[0], 0), 2);
    peer_check(t, &t->a);
}

/* A Welcome that had no room for the stream's stored mark accuses nobody; what is sent again until
 * the mark comes is what has not arrived. */
static void a_mark_that_only_follows_is_no_reason_for_an_alarm(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    town_link(t, &t->b);
    peer_say(t, &t->a, "ct.33 one");
    town_relay(t, &t->a, &t->b);
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 two");
    tb_frame two = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    town_store(t, &t->a, &two.carry.groups[0]);
    tb_line line = town_stored_line(t, &two.carry.groups[0]);
    tb_signed_line stored = town_line(t, &line);
    peer_step(t, &t->a, TB_INPUT_GONE, tb_bytes_of(NULL, 0));
    peer_step(t, &t->a, TB_INPUT_LINK, tb_bytes_of(NULL, 0));
    peer_forget(&t->a);

    tb_frame welcome = welcome_of(t);
    welcome.welcome.more = true;
    town_send(t, &t->a, &welcome);
    assert_false(peer_noted(&t->a, "event=hub_went_back"));
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_ALARM), 0);
    tb_frame again = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    assert_int_equal(tb_group_number(&again.carry.groups[0], 0), 2);
    tb_frame follows = {.kind = TB_FRAME_STORED, .lines = {&stored, 1, false}};
    town_send(t, &t->a, &follows);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").stored, 2);
    peer_check(t, &t->a);
}

static void after_a_restart_sending_goes_on_behind_the_hubs_mark(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 one");
    peer_say(t, &t->a, "ct.33 two");
    tb_frame one = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    tb_line line = town_stored_line(t, &one.carry.groups[0]);
    tb_signed_line stored = town_line(t, &line);
    town_restart(t, &t->a);
    peer_say(t, &t->a, "ct.33 early");
    assert_int_equal(t->a.sent_count, 0);
    welcome_with(t, &t->a, &stored, TB_LINE_STORED, false);
    tb_frame again = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    assert_int_equal(again.carry.group_count, 1);
    assert_int_equal(tb_group_number(&again.carry.groups[0], 0), 2);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").stored, 1);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_STAMP), 1);
    peer_check(t, &t->a);
}

static void two_copies_and_old_runs_are_fenced_until_a_welcome(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    bye(t, &t->a, TB_REFUSED_OLD_INCARNATION);
    assert_int_equal(peer_link(t, &t->a).fence, TB_REFUSED_OLD_INCARNATION);
    peer_forget(&t->a);
    peer_tick(t, &t->a, 29999);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_HELLO), 0);
    peer_tick(t, &t->a, 1);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_HELLO), 1);
    tb_frame welcome = welcome_of(t);
    town_send(t, &t->a, &welcome);
    assert_int_equal(peer_link(t, &t->a).fence, TB_ACCEPTED);
    assert_int_equal(peer_link(t, &t->a).state, TB_LINK_CONFIRMED);
}

static void a_hub_without_our_session_gets_hello_at_once(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    peer_forget(&t->a);
    t->now += 5000;
    bye(t, &t->a, TB_REFUSED_NO_SESSION);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_HELLO), 1);
    assert_int_equal(peer_link(t, &t->a).state, TB_LINK_GREETING);
    bye(t, &t->a, TB_REFUSED_NO_SESSION);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_HELLO), 1);
}

static void a_frame_of_another_hub_ends_the_session(void **state)
{
    town *t = *state;
    tb_frame beat = {.kind = TB_FRAME_BEAT};
    town_link(t, &t->a);
    peer_forget(&t->a);
    beat.hub = sample_digest(1);
    town_send(t, &t->a, &beat);
    assert_int_equal(peer_frame(t, &t->a, TB_FRAME_BYE, 0).bye.code, TB_REFUSED_WRONG_HUB);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_WRONG_HUB);
    assert_int_equal(peer_link(t, &t->a).state, TB_LINK_DOWN);
}

static void bytes_that_are_no_frame_end_the_session(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    peer_forget(&t->a);
    peer_step(t, &t->a, TB_INPUT_FRAME, tb_bytes_str("\xff\xff nonsense"));
    assert_int_equal(peer_frame(t, &t->a, TB_FRAME_BYE, 0).bye.code, TB_REFUSED_MALFORMED);
    assert_int_equal(peer_link(t, &t->a).state, TB_LINK_DOWN);
}

static void a_newer_directory_is_kept_and_an_unsigned_one_is_not(void **state)
{
    town *t = *state;
    tb_directory next;
    tb_frame frame = {.kind = TB_FRAME_DOCUMENT};
    frame.document = town_next_directory(t, NULL, 0, &next);
    frame.document.signature[0] ^= 1;
    town_link(t, &t->a);
    town_send(t, &t->a, &frame);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_DOCUMENT), 1);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_SIGNATURE);
    frame.document.signature[0] ^= 1;
    town_send(t, &t->a, &frame);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_DOCUMENT), 2);
    town_send(t, &t->a, &frame);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_DOCUMENT), 2);
    assert_false(t->a.stopped);
}

static void two_signed_directories_of_one_version_stop_the_agent(void **state)
{
    town *t = *state;
    tb_directory first;
    tb_directory second;
    tb_cut cut = {.party = sample_party("ct.33"), .at = TOWN_TIME, .reason = TB_CUT_LOST};
    cut.key = t->b.agent.keys.sign_id;
    tb_frame frame = {.kind = TB_FRAME_DOCUMENT};
    town_link(t, &t->a);
    frame.document = town_next_directory(t, NULL, 0, &first);
    town_send(t, &t->a, &frame);
    frame.document = town_next_directory(t, &cut, 1, &second);
    town_send(t, &t->a, &frame);
    assert_true(t->a.stopped);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_DIRECTORY_OLD);
}

/* Of one version there is one document; only two signed directories leave nobody to ask. */
static void another_document_of_a_known_version_is_refused_and_stops_nobody(void **state)
{
    town *t = *state;
    tb_directory first;
    tb_directory second;
    tb_cut cut = {.party = sample_party("ct.33"), .at = TOWN_TIME, .reason = TB_CUT_LOST};
    cut.key = t->b.agent.keys.sign_id;
    tb_frame frame = {.kind = TB_FRAME_DOCUMENT};
    town_link(t, &t->a);
    frame.document = town_next_directory(t, NULL, 0, &first);
    town_send(t, &t->a, &frame);
    frame.document = town_next_directory(t, &cut, 1, &second);
    frame.document.signature[0] ^= 1; /* signed by nobody */
    town_send(t, &t->a, &frame);
    assert_false(t->a.stopped);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_DIRECTORY_OLD);

    tb_document table = {.kind = TB_DOCUMENT_TABLE,
                         .name = tb_bytes_str("calendar"),
                         .version = 2,
                         .content = tb_bytes_str("two"),
                         .signer_key = t->document.signer_key};
    tb_document_sign(&table, &t->directory.hub, &t->authority);
    frame.document = table;
    uint64_t before = peer_rows(t, &t->a, TB_TABLE_DOCUMENT);
    town_send(t, &t->a, &frame);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_DOCUMENT), before + 1);
    table.content = tb_bytes_str("another");
    tb_document_sign(&table, &t->directory.hub, &t->authority);
    frame.document = table;
    town_send(t, &t->a, &frame);
    assert_false(t->a.stopped);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_DOCUMENT), before + 1);
    /* one that is older and was missed fills its place; it is asked of the hub no more */
    table.version = 1;
    tb_document_sign(&table, &t->directory.hub, &t->authority);
    frame.document = table;
    town_send(t, &t->a, &frame);
    assert_false(t->a.stopped);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_DOCUMENT), before + 1);
}

static bool finds_faults(const tb_document *document, tb_arena *arena, tb_bytes *out_detail)
{
    (void)document;
    (void)arena;
    *out_detail = tb_bytes_str("line 1");
    return false;
}

static void a_document_too_long_or_with_faults_is_not_kept(void **state)
{
    static uint8_t bytes[TB_DOCUMENT_BYTES_MAX + 1];
    static tb_effects effects;
    town *t = *state;
    tb_refusal refused;
    tb_bytes detail;
    tb_document document = {
        .kind = TB_DOCUMENT_TABLE, .name = tb_bytes_str("calendar"), .version = 1};
    document.signer_key = t->document.signer_key;
    tb_now now = {t->now, t->now};
    const struct {
        size_t name, content;
        tb_document_kind kind;
        tb_refusal code;
    } cases[] = {
        {TB_NAME_BYTES_MAX + 1, 1, TB_DOCUMENT_TABLE, TB_REFUSED_TOO_LARGE},
        {1, TB_DOCUMENT_BYTES_MAX + 1, TB_DOCUMENT_TABLE, TB_REFUSED_TOO_LARGE},
        {TB_NAME_BYTES_MAX, TB_DOCUMENT_BYTES_MAX, TB_DOCUMENT_TABLE, TB_ACCEPTED},
        {1, 1, TB_DOCUMENT_CAMPAIGN, TB_REFUSED_CAMPAIGN_FAULTY},
    };
    memset(bytes, 'c', sizeof bytes);
    t->a.agent.judge_campaign = finds_faults;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tb_txn *txn;
        document.kind = cases[i].kind;
        document.name = tb_bytes_of(bytes, cases[i].name);
        document.content = tb_bytes_of(bytes, cases[i].content);
        if (cases[i].code != TB_REFUSED_TOO_LARGE) {
            tb_document_sign(&document, &t->directory.hub, &t->authority);
        }
        tb_arena_reset(&t->a.node.arena);
        tb_effects_reset(&effects);
        assert_ok(tb_store_begin(t->a.store, &t->a.node.arena, &txn));
        assert_ok(
            tb_document_install(&t->a.agent, txn, now, &document, &effects, &refused, &detail));
        assert_int_equal(refused, cases[i].code);
        assert_int_equal(tb_store_rows(txn, TB_TABLE_DOCUMENT), refused == TB_ACCEPTED ? 2 : 1);
        tb_store_abort(txn);
    }
}

/* A line in the list of another kind, or about a stream that is not ours. */
static void what_a_welcome_shows_in_the_wrong_place_is_an_alarm(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    town_link(t, &t->b);
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 one");
    tb_frame sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    tb_line stored = town_stored_line(t, &sent.carry.groups[0]);
    tb_line arrived = town_arrived_line(t, &sent.carry.groups[0]);
    tb_signed_line line = town_line_by(t, &arrived, &t->b);
    welcome_with(t, &t->a, &line, TB_LINE_STORED, false);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_PROTOCOL);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").arrived, 0);
    line = town_line(t, &stored);
    welcome_with(t, &t->a, &line, TB_LINE_ARRIVED, false);
    welcome_with(t, &t->a, &line, TB_LINE_ARRIVED, true);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").arrived, 0);
    stored.stream.sender = sample_party("hq");
    line = town_line(t, &stored);
    welcome_with(t, &t->a, &line, TB_LINE_STORED, false);
    arrived.stream.sender = sample_party("hq");
    line = town_line_by(t, &arrived, &t->b);
    welcome_with(t, &t->a, &line, TB_LINE_ARRIVED, false);
    welcome_with(t, &t->a, &line, TB_LINE_ARRIVED, true);
    assert_int_equal(peer_link(t, &t->a).fence, TB_ACCEPTED);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").stored, 0);
}

static void what_is_newer_here_is_offered_to_the_hub(void **state)
{
    town *t = *state;
    tb_frame welcome = welcome_of(t);
    peer_step(t, &t->a, TB_INPUT_LINK, tb_bytes_of(NULL, 0));
    town_send(t, &t->a, &welcome);
    tb_frame offered = peer_frame(t, &t->a, TB_FRAME_DOCUMENT, 0);
    assert_int_equal(offered.document.version, 1);
    assert_true(tb_bytes_equal(offered.document.content, t->document.content));
    peer_forget(&t->a);
    town_link(t, &t->a);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_DOCUMENT), 0);
}

static void a_welcome_nobody_asked_for_confirms_nothing(void **state)
{
    town *t = *state;
    tb_frame welcome = welcome_of(t);
    town_send(t, &t->a, &welcome);
    assert_int_equal(peer_link(t, &t->a).state, TB_LINK_DOWN);
}

static void a_store_of_another_party_is_refused(void **state)
{
    town *t = *state;
    tb_random random = t->random;
    tb_refusal refused = TB_ACCEPTED;
    tb_txn *txn = NULL;
    tb_agent other = t->a.agent;
    other.self = sample_party("hq");
    assert_ok(tb_store_begin(t->a.store, &t->paper, &txn));
    assert_ok(tb_agent_start(&other, txn, &random, &refused));
    assert_int_equal(refused, TB_REFUSED_NOT_SPEAKER);
    other = t->a.agent;
    other.hub.bytes[0] ^= 1;
    assert_ok(tb_agent_start(&other, txn, &random, &refused));
    assert_int_equal(refused, TB_REFUSED_WRONG_HUB);
    tb_store_abort(txn);
}

#define IN_TOWN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    IN_TOWN(hello_says_who_and_where_it_stands),
    IN_TOWN(hello_is_said_again_while_welcome_stays_out),
    IN_TOWN(a_beat_goes_out_when_nothing_else_did_and_silence_ends_in_hello),
    IN_TOWN(an_old_copy_is_fenced_by_its_own_stream_and_signs_nothing),
    IN_TOWN(one_recipients_mark_above_ours_is_an_alarm_and_no_fence),
    IN_TOWN(two_recipients_marks_above_ours_say_that_the_store_went_back),
    IN_TOWN(a_recipients_false_mark_in_welcome_is_an_alarm_and_no_fence),
    IN_TOWN(an_old_copy_is_fenced_by_its_own_mark),
    IN_TOWN(a_fenced_agent_takes_nothing),
    IN_TOWN(a_hub_that_lost_its_disk_is_an_alarm_and_sending_resumes),
    IN_TOWN(a_mark_that_only_follows_is_no_reason_for_an_alarm),
    IN_TOWN(after_a_restart_sending_goes_on_behind_the_hubs_mark),
    IN_TOWN(two_copies_and_old_runs_are_fenced_until_a_welcome),
    IN_TOWN(a_hub_without_our_session_gets_hello_at_once),
    IN_TOWN(a_frame_of_another_hub_ends_the_session),
    IN_TOWN(bytes_that_are_no_frame_end_the_session),
    IN_TOWN(a_newer_directory_is_kept_and_an_unsigned_one_is_not),
    IN_TOWN(two_signed_directories_of_one_version_stop_the_agent),
    IN_TOWN(another_document_of_a_known_version_is_refused_and_stops_nobody),
    IN_TOWN(a_document_too_long_or_with_faults_is_not_kept),
    IN_TOWN(what_a_welcome_shows_in_the_wrong_place_is_an_alarm),
    IN_TOWN(what_is_newer_here_is_offered_to_the_hub),
    IN_TOWN(a_welcome_nobody_asked_for_confirms_nothing),
    IN_TOWN(a_store_of_another_party_is_refused),
};

TB_RUN("agents/link", tests)

/* A new incarnation: which base it takes, whom it asks, and what its first headers say. */
#include "agents/recovery.h"
#include "messages/parts.h"
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

static tb_signed_line arrived(town *t, const peer *by, const tb_stream *stream, uint64_t to)
{
    tb_line line = {
        .kind = TB_LINE_ARRIVED,
        .stream = *stream,
        .to = to,
        .digest = sample_digest(5),
        .at = t->now,
    };
    return town_line_by(t, &line, by);
}

static tb_signed_line stored(town *t, const tb_stream *stream, uint64_t to, uint8_t digest)
{
    tb_line line = {
        .kind = TB_LINE_STORED,
        .stream = *stream,
        .from = to,
        .to = to,
        .digest = sample_digest(digest),
        .at = t->now,
    };
    return town_line(t, &line);
}

static tb_frame welcome(town *t)
{
    tb_frame frame = {.kind = TB_FRAME_WELCOME};
    frame.welcome.protocol = TB_PROTOCOL;
    frame.welcome.hub_incarnation = t->hub_run;
    return frame;
}

static void bye(town *t, peer *p, tb_refusal code)
{
    tb_frame frame = {.kind = TB_FRAME_BYE};
    frame.bye.code = code;
    town_send(t, p, &frame);
}

static tb_recovery_row recovery(town *t, peer *p)
{
    tb_recovery_row row;
    tb_txn *txn = peer_look(t, p);
    assert_ok(tb_recovery_get(txn, &row));
    tb_store_abort(txn);
    return row;
}

/* a is fenced: the hub holds number 3 of its stream to ct.33, of which it knows nothing. */
static tb_stream fenced(town *t)
{
    tb_stream stream = town_stream(&t->a, "ct.33");
    tb_signed_line line = stored(t, &stream, 3, 5);
    tb_frame frame = welcome(t);
    peer_step(t, &t->a, TB_INPUT_LINK, tb_bytes_of(NULL, 0));
    frame.welcome.stored = &line;
    frame.welcome.stored_count = 1;
    town_send(t, &t->a, &frame);
    assert_int_equal(peer_link(t, &t->a).fence, TB_REFUSED_MARKS_BACK);
    peer_forget(&t->a);
    return stream;
}

static void an_officers_act_makes_a_new_incarnation_and_says_hello(void **state)
{
    town *t = *state;
    (void)fenced(t);
    peer_say(t, &t->a, "recover ");
    assert_true(peer_noted(&t->a, "code=reason_missing"));
    assert_int_equal(peer_link(t, &t->a).fence, TB_REFUSED_MARKS_BACK);
    peer_say(t, &t->a, "recover disk");
    assert_int_equal(peer_link(t, &t->a).fence, TB_ACCEPTED);
    tb_frame hello = peer_frame(t, &t->a, TB_FRAME_HELLO, 0);
    assert_true(hello.hello.recovering);
    assert_int_equal(hello.hello.incarnation.counter, 2);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_GREETING);
    /* Nothing is signed before the Welcome. */
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 early");
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_SUBMIT), 0);
    peer_say(t, &t->a, "recover again");
    assert_true(peer_noted(&t->a, "code=nothing_to_recover"));
}

static void a_higher_counter_is_taken_only_before_the_first_welcome(void **state)
{
    town *t = *state;
    (void)fenced(t);
    peer_say(t, &t->a, "recover disk");
    peer_forget(&t->a);
    t->now += TB_RECONNECT_MS;
    bye(t, &t->a, TB_REFUSED_OLD_INCARNATION);
    assert_int_equal(peer_link(t, &t->a).fence, TB_ACCEPTED);
    assert_int_equal(peer_frame(t, &t->a, TB_FRAME_HELLO, 0).hello.incarnation.counter, 3);
    tb_frame frame = welcome(t);
    town_send(t, &t->a, &frame);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ENDED); /* nobody stands above it */
    bye(t, &t->a, TB_REFUSED_OLD_INCARNATION);
    assert_int_equal(peer_link(t, &t->a).fence, TB_REFUSED_OLD_INCARNATION);
}

/* The ask in the nth Submit since peer_forget: opened as its recipient would. */
static bool asks(town *t, peer *p, const char *of)
{
    for (size_t i = 0; i < peer_count(t, p, TB_FRAME_SUBMIT); i++) {
        tb_frame frame = peer_frame(t, p, TB_FRAME_SUBMIT, i);
        for (size_t g = 0; g < frame.carry.group_count; g++) {
            const tb_group *group = &frame.carry.groups[g];
            if (strcmp(group->recipient.text, of) == 0 &&
                group->items[0].header.kind == TB_NOTICE_RESEND) {
                return true;
            }
        }
    }
    return false;
}

static void exactly_the_peers_that_stand_above_the_copy_are_asked(void **state)
{
    town *t = *state;
    tb_stream stream = fenced(t);
    tb_stream in = town_stream(&t->c, "bureau.33");
    peer_say(t, &t->a, "recover disk");
    tb_signed_line lines[1] = {stored(t, &stream, 3, 5)};
    tb_frame frame = welcome(t);
    frame.welcome.stored = lines;
    frame.welcome.stored_count = 1;
    peer_forget(&t->a);
    town_send(t, &t->a, &frame);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ASKING);
    peer_tick(t, &t->a, 0);
    assert_true(asks(t, &t->a, "ct.33"));
    assert_false(asks(t, &t->a, "hq"));
    /* The other direction counts as well, in a later Welcome too. */
    tb_signed_line own = arrived(t, &t->a, &in, 7);
    frame.welcome.taken = &own;
    frame.welcome.taken_count = 1;
    peer_step(t, &t->a, TB_INPUT_LINK, tb_bytes_of(NULL, 0));
    peer_forget(&t->a);
    town_send(t, &t->a, &frame);
    assert_int_equal(peer_link(t, &t->a).fence, TB_ACCEPTED);
    peer_tick(t, &t->a, 0);
    assert_true(asks(t, &t->a, "hq"));
    peer_check(t, &t->a);
}

static void the_base_as_recipient_is_its_own_mark_and_nothing_old_is_taken(void **state)
{
    town *t = *state;
    (void)fenced(t);
    town_link(t, &t->c);
    peer_forget(&t->c);
    peer_say(t, &t->c, "bureau.33 one");
    tb_frame one = peer_frame(t, &t->c, TB_FRAME_SUBMIT, 0);
    peer_say(t, &t->c, "bureau.33 two");
    tb_frame two = peer_frame(t, &t->c, TB_FRAME_SUBMIT, 1);
    tb_line mark = town_arrived_line(t, &one.carry.groups[0]);
    tb_signed_line own = town_line_by(t, &mark, &t->a);

    peer_say(t, &t->a, "recover disk");
    tb_frame frame = welcome(t);
    frame.welcome.taken = &own;
    frame.welcome.taken_count = 1;
    town_send(t, &t->a, &frame);
    town_deliver(t, &one, &t->a);
    assert_string_equal(peer_applied(t, &t->a), "");
    town_deliver(t, &two, &t->a);
    assert_string_equal(peer_applied(t, &t->a), "two");
    peer_check(t, &t->a);
}

static void the_first_header_names_where_the_old_stream_ended(void **state)
{
    town *t = *state;
    tb_stream stream = fenced(t);
    peer_say(t, &t->a, "recover disk");
    tb_signed_line line = stored(t, &stream, 3, 5);
    tb_frame frame = welcome(t);
    frame.welcome.stored = &line;
    frame.welcome.stored_count = 1;
    town_send(t, &t->a, &frame);
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 anew");
    tb_frame sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    const tb_header *first = &sent.carry.groups[0].items[0].header;
    assert_int_equal(first->incarnation.counter, 2);
    assert_int_equal(first->entries[0].number, 1);
    assert_true(first->has_old);
    assert_int_equal(first->old_incarnation.counter, 1);
    assert_int_equal(first->old_mark_count, 1);
    assert_int_equal(first->old_marks[0].number, 3);
    assert_int_equal(first->old_marks[0].digest.bytes[0], 5);
    /* Only the first. */
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 second");
    sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    assert_false(sent.carry.groups[0].items[0].header.has_old);
    peer_check(t, &t->a);
}

static void another_header_at_the_old_streams_end_is_an_alarm_at_its_recipient(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    town_link(t, &t->b);
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 one");
    town_relay(t, &t->a, &t->b);
    tb_stream stream = town_stream(&t->a, "ct.33");
    /* The hub tells a that its stream ended with another header of that number. */
    bye(t, &t->a, TB_REFUSED_TWO_COPIES);
    peer_say(t, &t->a, "recover copied");
    tb_signed_line line = stored(t, &stream, 1, 9);
    tb_frame frame = welcome(t);
    frame.welcome.stored = &line;
    frame.welcome.stored_count = 1;
    town_send(t, &t->a, &frame);
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 anew");
    tb_frame sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    assert_int_equal(peer_alarm(t, &t->b), TB_ACCEPTED);
    town_deliver(t, &sent, &t->b);
    assert_int_equal(peer_alarm(t, &t->b), TB_REFUSED_FORK);
    assert_string_equal(peer_applied(t, &t->b), "one anew");
}

static void what_the_copy_still_has_of_the_old_stream_goes_on_being_sent(void **state)
{
    town *t = *state;
    tb_stream stream = town_stream(&t->a, "ct.33");
    tb_stream other = town_stream(&t->a, "hq");
    town_link(t, &t->a);
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 one");
    tb_frame one = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    bye(t, &t->a, TB_REFUSED_TWO_COPIES);
    peer_say(t, &t->a, "recover copied");
    tb_signed_line line = stored(t, &other, 4, 5);
    tb_frame frame = welcome(t);
    frame.welcome.stored = &line;
    frame.welcome.stored_count = 1;
    peer_forget(&t->a);
    town_send(t, &t->a, &frame);
    tb_frame again = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    assert_true(tb_digest_equal(&again.carry.groups[0].items[0].digest,
                                &one.carry.groups[0].items[0].digest));
    peer_check(t, &t->a);
    /* Again after a while, until it has arrived. */
    peer_forget(&t->a);
    peer_tick(t, &t->a, TB_RESEND_AFTER_MS);
    assert_true(peer_count(t, &t->a, TB_FRAME_SUBMIT) > 0);
    tb_line mark = town_arrived_line(t, &one.carry.groups[0]);
    tb_signed_line by_b = town_line_by(t, &mark, &t->b);
    tb_frame marks = {.kind = TB_FRAME_STORED};
    marks.lines.lines = &by_b;
    marks.lines.count = 1;
    town_send(t, &t->a, &marks);
    peer_check(t, &t->a);
    (void)stream;
}

#define IN_TOWN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    IN_TOWN(an_officers_act_makes_a_new_incarnation_and_says_hello),
    IN_TOWN(a_higher_counter_is_taken_only_before_the_first_welcome),
    IN_TOWN(exactly_the_peers_that_stand_above_the_copy_are_asked),
    IN_TOWN(the_base_as_recipient_is_its_own_mark_and_nothing_old_is_taken),
    IN_TOWN(the_first_header_names_where_the_old_stream_ended),
    IN_TOWN(another_header_at_the_old_streams_end_is_an_alarm_at_its_recipient),
    IN_TOWN(what_the_copy_still_has_of_the_old_stream_goes_on_being_sent),
};

TB_RUN("agents/recover", tests)

/* A new incarnation: which base it takes, whom it asks, and what its first headers say. */
#include "agents/recovery.h"
#include "agents/rows_case.h"
#include "messages/parts.h"
#include "tests/agents/recovering.h"
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

static void bye(town *t, peer *p, tb_refusal code)
{
    tb_frame frame = {.kind = TB_FRAME_BYE};
    frame.bye.code = code;
    town_send(t, p, &frame);
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

/* What does not fit a Welcome follows in Stored frames: it must be lost and asked for all the same.
 */
static void marks_that_follow_a_welcome_belong_to_it(void **state)
{
    town *t = *state;
    tb_stream out = fenced(t);
    tb_stream in = town_stream(&t->c, "bureau.33");
    peer_say(t, &t->a, "recover disk");
    tb_frame frame = welcome(t);
    town_send(t, &t->a, &frame);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ENDED); /* as far as it knows */
    tb_signed_line lines[2] = {arrived(t, &t->a, &in, 7), stored(t, &out, 3, 5)};
    tb_frame more = {.kind = TB_FRAME_STORED};
    more.lines.lines = lines;
    more.lines.count = 2;
    peer_forget(&t->a);
    town_send(t, &t->a, &more);
    assert_int_equal(peer_link(t, &t->a).fence, TB_ACCEPTED);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ASKING);
    peer_tick(t, &t->a, 0);
    assert_true(asks(t, &t->a, "hq"));
    assert_true(asks(t, &t->a, "ct.33"));
    peer_check(t, &t->a);
}

/* An old stream of which an empty store has no row, shown once the recovery is over. */
static void an_old_stream_that_is_not_here_does_not_keep_the_link_down(void **state)
{
    town *t = *state;
    tb_stream out = fenced(t);
    peer_say(t, &t->a, "recover disk");
    tb_frame frame = welcome(t);
    town_send(t, &t->a, &frame);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ENDED);
    t->now += 1000;
    peer_step(t, &t->a, TB_INPUT_LINK, tb_bytes_of(NULL, 0));
    tb_signed_line line = stored(t, &out, 3, 5);
    frame.welcome.stored = &line;
    frame.welcome.stored_count = 1;
    town_send(t, &t->a, &frame);
    assert_int_equal(peer_link(t, &t->a).state, TB_LINK_CONFIRMED);
    peer_check(t, &t->a);
}

/* a has a new signing key, and its former one was stolen. */
static void steal_key(town *t)
{
    static tb_sign_pair fresh;
    static tb_cut cut;
    static tb_directory next;
    static tb_directory_party parties[3];
    static tb_directory_key keys[8];
    tb_directory_party *self = &parties[0];
    (void)town_next_directory(t, &cut, 0, &next);
    memcpy(parties, next.parties, sizeof parties);
    assert_string_equal(self->id.text, "bureau.33");
    assert_true(self->key_count < 8);
    memcpy(keys, self->keys, self->key_count * sizeof *keys);
    tb_sign_pair_make(&fresh, &t->random);
    tb_directory_key *key = &keys[self->key_count++];
    *key = (tb_directory_key){.purpose = TB_PURPOSE_SIGN, .key = fresh.public_key};
    key->id = tb_key_id_of(TB_PURPOSE_SIGN, &fresh.public_key);
    self->keys = keys;
    cut = (tb_cut){self->id, t->a.agent.keys.sign_id, t->now, TB_CUT_STOLEN, NULL, 0};
    next.parties = parties;
    next.cuts = &cut;
    next.cut_count = 1;
    t->a.agent.directory = &next;
    t->a.agent.keys.sign = &fresh;
    t->a.agent.keys.sign_id = key->id;
}

/* The machine was stolen with its key: what the hub was told under that key is gone from hub and
 * sender alike, so that it is where the stream goes on, whoever said it. */
static void a_mark_under_its_own_stolen_key_is_still_the_base(void **state)
{
    town *t = *state;
    town_link(t, &t->c);
    peer_forget(&t->c);
    peer_say(t, &t->c, "bureau.33 one");
    tb_frame one = peer_frame(t, &t->c, TB_FRAME_SUBMIT, 0);
    peer_say(t, &t->c, "bureau.33 two");
    tb_frame two = peer_frame(t, &t->c, TB_FRAME_SUBMIT, 1);
    tb_line mark = town_arrived_line(t, &one.carry.groups[0]);
    tb_signed_line own = town_line_by(t, &mark, &t->a);
    steal_key(t);

    tb_frame frame = welcome(t);
    frame.welcome.taken = &own;
    frame.welcome.taken_count = 1;
    peer_step(t, &t->a, TB_INPUT_LINK, tb_bytes_of(NULL, 0));
    town_send(t, &t->a, &frame);
    assert_int_equal(peer_link(t, &t->a).fence, TB_REFUSED_MARKS_BACK);
    peer_say(t, &t->a, "recover stolen");
    peer_forget(&t->a);
    town_send(t, &t->a, &frame);
    assert_int_equal(peer_link(t, &t->a).fence, TB_ACCEPTED);
    peer_tick(t, &t->a, 0);
    assert_true(asks(t, &t->a, "hq"));
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

/* The incarnation that an empty store makes up was never used; what counts is what is shown. */
static void after_an_empty_store_the_incarnation_that_is_shown_is_named(void **state)
{
    town *t = *state;
    tb_stream stream = fenced(t);
    peer_say(t, &t->a, "recover disk");
    stream.incarnation.random[0] ^= 1;
    tb_signed_line line = stored(t, &stream, 3, 5);
    tb_frame frame = welcome(t);
    frame.welcome.stored = &line;
    frame.welcome.stored_count = 1;
    town_send(t, &t->a, &frame);
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 anew");
    tb_frame sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    const tb_header *first = &sent.carry.groups[0].items[0].header;
    assert_true(first->has_old);
    assert_memory_equal(first->old_incarnation.random, stream.incarnation.random, 8);
    assert_int_equal(first->old_mark_count, 1);
    assert_int_equal(first->old_marks[0].number, 3);
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

static tb_stream_out_row out_row(town *t, const tb_stream *stream)
{
    tb_stream_out_row row;
    tb_txn *txn = peer_look(t, &t->a);
    assert_ok(tb_stream_out_get(txn, stream, &row));
    tb_store_abort(txn);
    return row;
}

/* Stopped and recovered in the turn in which staff said something: what was said is numbered under
 * the name it was said under, before the new one is taken, and goes out as it is. */
static void what_was_said_in_the_same_turn_keeps_the_old_name(void **state)
{
    town *t = *state;
    tb_frame stop = {.kind = TB_FRAME_BYE, .protocol = TB_PROTOCOL, .hub = t->directory.hub};
    stop.bye.code = TB_REFUSED_TWO_COPIES;
    tb_bytes bytes;
    tb_stream stream = town_stream(&t->a, "ct.33");
    town_link(t, &t->a);
    assert_ok(tb_frame_encode(&stop, &t->paper, &bytes));
    tb_input inputs[] = {
        {.kind = TB_INPUT_LOCAL, .peer = 1, .bytes = tb_bytes_str("ct.33 one")},
        {.kind = TB_INPUT_FRAME, .bytes = bytes},
        {.kind = TB_INPUT_LOCAL, .peer = 1, .bytes = tb_bytes_str("recover copied")},
    };
    peer_turn(t, &t->a, inputs, 3);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_GREETING);
    assert_int_equal(town_stream(&t->a, "ct.33").incarnation.counter, 2);
    assert_int_equal(out_row(t, &stream).number, 1);
    tb_frame frame = welcome(t);
    peer_forget(&t->a);
    town_send(t, &t->a, &frame);
    tb_frame sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    assert_int_equal(sent.carry.groups[0].items[0].header.incarnation.counter, 1);
    peer_check(t, &t->a);
}

/* a has sent two notices, of which the first has arrived; it is stopped, and recovers. */
static tb_frame two_of_which_one_arrived(town *t)
{
    town_link(t, &t->a);
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 one");
    tb_frame one = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    tb_line line = town_arrived_line(t, &one.carry.groups[0]);
    tb_signed_line mark = town_line_by(t, &line, &t->b);
    tb_frame marks = {.kind = TB_FRAME_STORED};
    marks.lines.lines = &mark;
    marks.lines.count = 1;
    town_send(t, &t->a, &marks);
    peer_say(t, &t->a, "ct.33 two");
    bye(t, &t->a, TB_REFUSED_TWO_COPIES);
    peer_say(t, &t->a, "recover copied");
    return one;
}

/* The hub holds another second notice: the stream is given up behind what has arrived. */
static void a_stream_in_which_the_hub_holds_other_headers_is_given_up_behind_its_mark(void **state)
{
    town *t = *state;
    tb_stream stream = town_stream(&t->a, "ct.33");
    tb_frame one = two_of_which_one_arrived(t);
    tb_signed_line line = stored(t, &stream, 2, 9);
    tb_frame frame = welcome(t);
    frame.welcome.stored = &line;
    frame.welcome.stored_count = 1;
    town_send(t, &t->a, &frame);
    tb_stream_out_row row = out_row(t, &stream);
    assert_int_equal(row.number, 1);
    assert_int_equal(row.arrived, 1);
    assert_true(tb_digest_equal(&row.digest, &one.carry.groups[0].items[0].digest));
    peer_check(t, &t->a);
}

/* Its recipient alone says so: its word against ours, an alarm, and our copy stands. */
static void a_recipient_that_signed_for_another_header_is_an_alarm(void **state)
{
    town *t = *state;
    tb_stream stream = town_stream(&t->a, "ct.33");
    (void)two_of_which_one_arrived(t);
    tb_signed_line by_b = arrived(t, &t->b, &stream, 2);
    tb_frame frame = welcome(t);
    frame.welcome.arrived = &by_b;
    frame.welcome.arrived_count = 1;
    town_send(t, &t->a, &frame);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_FORK);
    assert_int_equal(out_row(t, &stream).number, 2);
    assert_int_equal(out_row(t, &stream).arrived, 1);
}

/* What the hub never said it had stored of our copy may be another's there: that is where a peer is
 * asked from. */
static void only_what_was_stored_of_the_copy_is_surely_held_by_all(void **state)
{
    town *t = *state;
    tb_stream stream = town_stream(&t->a, "ct.33");
    (void)two_of_which_one_arrived(t);
    tb_signed_line line = stored(t, &stream, 5, 9);
    tb_frame frame = welcome(t);
    frame.welcome.stored = &line;
    frame.welcome.stored_count = 1;
    town_send(t, &t->a, &frame);
    tb_stream_at *held;
    size_t count;
    bool named = false;
    tb_txn *txn = peer_look(t, &t->a);
    assert_ok(tb_recovery_held(&t->a.agent, txn, &t->b.agent.self, &held, &count));
    for (size_t i = 0; i < count; i++) {
        if (tb_stream_equal(&held[i].stream, &stream)) {
            named = true;
            assert_int_equal(held[i].number, 1);
            assert_true(tb_digest_zero(&held[i].digest)); /* the copy has no row of that number */
        }
    }
    tb_store_abort(txn);
    assert_true(named);
}

/* An own mark below what is lost of a stream already is no news. */
static void a_lower_mark_of_what_is_lost_asks_nobody_again(void **state)
{
    town *t = *state;
    (void)fenced(t);
    tb_stream in = town_stream(&t->c, "bureau.33");
    tb_lost_row lost = {.have = 2, .base = 9};
    tb_asked_row asked = {.asked = t->now, .notice = 7, .due = t->now + 1000};
    peer_say(t, &t->a, "recover disk");
    tb_txn *txn;
    tb_arena_reset(&t->a.node.arena);
    assert_ok(tb_store_begin(t->a.store, &t->a.node.arena, &txn));
    assert_ok(tb_lost_put(txn, &t->a.agent.self, &in, &lost));
    assert_ok(tb_asked_put(txn, &t->c.agent.self, &asked));
    assert_ok(tb_store_commit(txn));
    tb_signed_line own = arrived(t, &t->a, &in, 7);
    tb_frame frame = welcome(t);
    frame.welcome.taken = &own;
    frame.welcome.taken_count = 1;
    town_send(t, &t->a, &frame);
    txn = peer_look(t, &t->a);
    assert_ok(tb_asked_get(txn, &t->c.agent.self, &asked));
    assert_ok(tb_lost_get(txn, &t->a.agent.self, &in, &lost));
    tb_store_abort(txn);
    assert_int_equal(asked.notice, 7);
    assert_int_equal(lost.have, 2);
    assert_int_equal(lost.base, 9);
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

static void a_gap_that_stays_has_the_hub_asked_for_the_marks(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    town_link(t, &t->b);
    peer_forget(&t->a);
    peer_forget(&t->b);
    peer_say(t, &t->a, "ct.33 one");
    peer_say(t, &t->a, "ct.33 two");
    tb_frame two = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 1);
    town_deliver(t, &two, &t->b);
    t->now += TB_GAP_HELLO_MS - 1;
    town_deliver(t, &two, &t->b);
    assert_int_equal(peer_count(t, &t->b, TB_FRAME_HELLO), 0);
    t->now += 1;
    town_deliver(t, &two, &t->b);
    assert_int_equal(peer_count(t, &t->b, TB_FRAME_HELLO), 1);
    assert_int_equal(peer_link(t, &t->b).state, TB_LINK_GREETING);
    assert_string_equal(peer_applied(t, &t->b), "");
}

/* The hub had lost its disk too and knew of nothing; the recipient shows its mark later. */
static void a_mark_that_comes_when_all_has_ended_is_shown(void **state)
{
    town *t = *state;
    tb_stream stream = fenced(t);
    tb_frame frame = welcome(t);
    peer_say(t, &t->a, "recover disk");
    town_send(t, &t->a, &frame);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ENDED);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_MARKS_BACK);
    t->now += TB_RECONNECT_MS; /* in another session than that whose Welcome seemed to end it */
    peer_step(t, &t->a, TB_INPUT_LINK, tb_bytes_of(NULL, 0));
    town_send(t, &t->a, &frame);
    tb_signed_line by_b = arrived(t, &t->b, &stream, 4);
    tb_frame marks = {.kind = TB_FRAME_STORED};
    marks.lines.lines = &by_b;
    marks.lines.count = 1;
    town_send(t, &t->a, &marks);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_GAP);
    assert_int_equal(peer_link(t, &t->a).fence, TB_ACCEPTED);
    uint64_t alarms = peer_rows(t, &t->a, TB_TABLE_ALARM);
    town_send(t, &t->a, &marks);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_ALARM), alarms);
    peer_check(t, &t->a);
}

/* ---- with a new key ---- */

/* As if casework had an own event in its first notice. */
static void put_event(town *t)
{
    tb_proof_row proof;
    tb_event_key key = {.class = TB_CLASS_SIDE, .term = 1};
    tb_stream stream = town_stream(&t->a, "ct.33");
    tb_event_row row = {.event = tb_bytes_str("one"),
                        .standing = TB_STANDING_EFFECTIVE,
                        .lane = TB_LANE_NORMAL,
                        .sender = t->a.agent.self,
                        .incarnation = stream.incarnation,
                        .notice = 1};
    tb_txn *txn;
    tb_arena_reset(&t->a.node.arena);
    assert_ok(tb_store_begin(t->a.store, &t->a.node.arena, &txn));
    assert_ok(tb_proof_head(txn, &t->a.agent.self, &stream.incarnation, 1, &proof));
    assert_int_equal(proof.id_count, 1);
    key.event = proof.ids[0];
    key.case_id = proof.case_id;
    assert_ok(tb_event_put(txn, &key, &row));
    assert_ok(tb_store_commit(txn));
}

/* a's key was cut before anything it signed, and a has a new one. */
static void new_key(town *t)
{
    static tb_cut cut;
    static tb_sign_pair fresh;
    tb_directory next;
    tb_directory_party *a = &t->directory.parties[0];
    tb_directory_key *keys = tb_arena_array(&t->paper, 4, sizeof *keys);
    cut = (tb_cut){.party = a->id, .key = a->keys[0].id, .at = t->now, .reason = TB_CUT_LOST};
    tb_sign_pair_make(&fresh, &t->random);
    memcpy(keys, a->keys, 3 * sizeof *keys);
    keys[3] = keys[2];
    keys[2] = keys[1];
    keys[1] = (tb_directory_key){TB_PURPOSE_SIGN, fresh.public_key,
                                 tb_key_id_of(TB_PURPOSE_SIGN, &fresh.public_key), 0, 0};
    a->keys = keys;
    a->key_count = 4;
    t->document = town_next_directory(t, &cut, 1, &next);
    tb_frame frame = {.kind = TB_FRAME_DOCUMENT, .document = t->document};
    town_send(t, &t->a, &frame);
    t->directory = next;
    t->a.sign = fresh;
    t->a.agent.keys.sign_id = keys[1].id;
    town_restart(t, &t->a);
}

static void what_the_hub_took_behind_the_cut_is_signed_anew_once_recovered(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 one");
    tb_frame one = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    town_store(t, &t->a, &one.carry.groups[0]);
    put_event(t);
    new_key(t);
    tb_line line = town_stored_line(t, &one.carry.groups[0]);
    tb_signed_line by_hub = town_line(t, &line);
    tb_frame frame = welcome(t);
    frame.welcome.stored = &by_hub;
    frame.welcome.stored_count = 1;
    peer_step(t, &t->a, TB_INPUT_LINK, tb_bytes_of(NULL, 0));
    town_send(t, &t->a, &frame);
    assert_int_equal(peer_link(t, &t->a).fence, TB_REFUSED_MARKS_BACK);
    peer_say(t, &t->a, "recover rotated");
    town_send(t, &t->a, &frame);
    assert_int_equal(peer_link(t, &t->a).fence, TB_ACCEPTED);
    assert_true(peer_noted(&t->a, "event=signed_anew notices=1 first=1"));
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_LOOSE), 1); /* its next notice signs it */
    peer_check(t, &t->a);
}

#define IN_TOWN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    IN_TOWN(an_officers_act_makes_a_new_incarnation_and_says_hello),
    IN_TOWN(a_higher_counter_is_taken_only_before_the_first_welcome),
    IN_TOWN(exactly_the_peers_that_stand_above_the_copy_are_asked),
    IN_TOWN(an_old_stream_that_is_not_here_does_not_keep_the_link_down),
    IN_TOWN(marks_that_follow_a_welcome_belong_to_it),
    IN_TOWN(a_mark_under_its_own_stolen_key_is_still_the_base),
    IN_TOWN(the_base_as_recipient_is_its_own_mark_and_nothing_old_is_taken),
    IN_TOWN(the_first_header_names_where_the_old_stream_ended),
    IN_TOWN(after_an_empty_store_the_incarnation_that_is_shown_is_named),
    IN_TOWN(another_header_at_the_old_streams_end_is_an_alarm_at_its_recipient),
    IN_TOWN(what_was_said_in_the_same_turn_keeps_the_old_name),
    IN_TOWN(a_stream_in_which_the_hub_holds_other_headers_is_given_up_behind_its_mark),
    IN_TOWN(a_recipient_that_signed_for_another_header_is_an_alarm),
    IN_TOWN(only_what_was_stored_of_the_copy_is_surely_held_by_all),
    IN_TOWN(a_lower_mark_of_what_is_lost_asks_nobody_again),
    IN_TOWN(what_the_copy_still_has_of_the_old_stream_goes_on_being_sent),
    IN_TOWN(a_gap_that_stays_has_the_hub_asked_for_the_marks),
    IN_TOWN(a_mark_that_comes_when_all_has_ended_is_shown),
    IN_TOWN(what_the_hub_took_behind_the_cut_is_signed_anew_once_recovered),
};

TB_RUN("agents/recover", tests)

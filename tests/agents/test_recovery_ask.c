/* Whom a recovering agent asks again, and what the answers leave open. */
#include "agents/outbox_work.h"
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

static tb_asked_row asked_row(town *t, const char *of)
{
    tb_asked_row row;
    tb_party party = sample_party(of);
    tb_txn *txn = peer_look(t, &t->a);
    assert_ok(tb_asked_get(txn, &party, &row));
    tb_store_abort(txn);
    return row;
}

static tb_txn *write_txn(town *t)
{
    tb_txn *txn;
    tb_arena_reset(&t->a.node.arena);
    assert_ok(tb_store_begin(t->a.store, &t->a.node.arena, &txn));
    return txn;
}

/* As whoever took the newest ask says: it has come in the first notice of this incarnation. */
static tb_stream_at holding_ask(town *t)
{
    return (tb_stream_at){town_stream(&t->a, "ct.33"), 1, sample_digest(8)};
}

/* ct.33 ends its answer, holding so much of the stream. */
static void ends(town *t, const tb_stream *stream, uint64_t held)
{
    static tb_effects effects;
    tb_stream_at at[2] = {{*stream, held, sample_digest(7)}, holding_ask(t)};
    tb_resend end = {.to = asked_row(t, "ct.33").notice, .from = at, .from_count = 2};
    tb_party other = sample_party("ct.33");
    tb_now now = {t->now, t->now};
    tb_effects_reset(&effects);
    tb_txn *txn = write_txn(t);
    assert_ok(tb_recovery_answer(&t->a.agent, txn, now, &other, &end, &effects));
    assert_ok(tb_store_commit(txn));
}

/* a recovers and has asked ct.33; the hub holds up to 9 of the stream, the recipient signed to 6.
 */
static tb_stream asking(town *t)
{
    tb_stream stream = fenced(t);
    peer_say(t, &t->a, "recover disk");
    tb_signed_line by_hub = stored(t, &stream, 9, 5);
    tb_signed_line by_b = arrived(t, &t->b, &stream, 6);
    tb_frame frame = welcome(t);
    frame.welcome.stored = &by_hub;
    frame.welcome.stored_count = 1;
    frame.welcome.arrived = &by_b;
    frame.welcome.arrived_count = 1;
    town_send(t, &t->a, &frame);
    peer_tick(t, &t->a, 0);
    assert_int_not_equal(asked_row(t, "ct.33").notice, 0);
    return stream;
}

static void a_full_answer_ends_it(void **state)
{
    town *t = *state;
    tb_stream stream = asking(t);
    ends(t, &stream, 9);
    assert_int_equal(asked_row(t, "ct.33").missing, 0);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ENDED);
    peer_check(t, &t->a);
}

static uint64_t lost_until(town *t)
{
    uint64_t until;
    tb_txn *txn = peer_look(t, &t->a);
    assert_ok(tb_meta_number(txn, "lost until", &until));
    tb_store_abort(txn);
    return until;
}

/* What the hub stored later than all it has of the lost time is new (test_recover_cases.c). */
static void who_was_asked_while_the_clock_was_ahead_is_looked_at_as_soon(void **state)
{
    enum {
        DAY = 24 * 3600 * 1000
    };
    town *t = *state;
    t->now += DAY;
    tb_stream stream = asking(t);
    ends(t, &stream, 6); /* the hub may deliver the rest yet: asked again */
    t->now -= DAY;
    uint64_t first = asked_row(t, "ct.33").notice;
    peer_tick(t, &t->a, 1000);
    assert_int_equal(asked_row(t, "ct.33").notice, first);
    peer_tick(t, &t->a, TB_RECOVER_AGAIN_MS);
    assert_int_not_equal(asked_row(t, "ct.33").notice, first);
}

static void until_when_the_lost_time_went_is_the_hubs_word(void **state)
{
    town *t = *state;
    tb_stream stream = asking(t);
    tb_time said = stored(t, &stream, 9, 5).line.at;
    assert_true(said > 0);
    assert_true(lost_until(t) == (uint64_t)said);
    peer_check(t, &t->a);
}

/* A hub that lost its disk shows what the recipients showed it, without a time. */
static void what_only_its_recipient_bears_out_was_lost_at_any_time(void **state)
{
    town *t = *state;
    tb_stream stream = fenced(t);
    peer_say(t, &t->a, "recover disk");
    tb_signed_line by_b = arrived(t, &t->b, &stream, 6);
    tb_frame frame = welcome(t);
    frame.welcome.arrived = &by_b;
    frame.welcome.arrived_count = 1;
    town_send(t, &t->a, &frame);
    assert_true(lost_until(t) == UINT64_MAX);
}

/* As if the recovery had ended, and the copy were found out again. */
static void put_ended_and_fenced(tb_txn *txn)
{
    tb_recovery_row row;
    assert_ok(tb_recovery_get(txn, &row));
    row.state = TB_RECOVERY_ENDED;
    tb_link_row link = {.state = TB_LINK_CONFIRMED, .fence = TB_REFUSED_MARKS_BACK};
    assert_ok(tb_recovery_put(txn, &row));
    assert_ok(tb_link_put(txn, &link));
}

/* Or whoever recovers a second time would take no case for new until all have ended. */
static void when_an_earlier_recovery_lost_something_says_nothing_of_the_next(void **state)
{
    town *t = *state;
    what_only_its_recipient_bears_out_was_lost_at_any_time(state);
    tb_txn *txn = write_txn(t);
    put_ended_and_fenced(txn);
    assert_ok(tb_store_commit(txn));
    peer_say(t, &t->a, "recover once more");
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_GREETING);
    assert_true(lost_until(t) == 0);
}

static void whom_an_earlier_recovery_asked_and_does_not_read_stops_no_other(void **state)
{
    town *t = *state;
    tb_bytes all = {NULL, 0};
    tb_bytes key;
    tb_bytes value;
    when_an_earlier_recovery_lost_something_says_nothing_of_the_next(state);
    tb_txn *txn = write_txn(t);
    put_ended_and_fenced(txn);
    tb_party whom = t->b.agent.self;
    assert_ok(tb_asked_put(txn, &whom, &(tb_asked_row){.asked = 1}));
    assert_ok(tb_store_seek(txn, TB_TABLE_ASKED, all, all, &key, &value));
    uint8_t at[TB_KEY_BYTES_MAX];
    memcpy(at, key.data, key.size);
    key = tb_bytes_of(at, key.size);
    assert_ok(tb_store_commit(txn));
    assert_ok(tb_store_mem_damage(t->a.store, TB_TABLE_ASKED, key));
    peer_say(t, &t->a, "recover once more");
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_GREETING);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_ASKED), 0);
}

static void what_the_hub_may_still_deliver_is_waited_for_a_bounded_number_of_times(void **state)
{
    town *t = *state;
    tb_stream stream = asking(t);
    for (unsigned i = 0; i < TB_RECOVER_ASKS_MAX; i++) {
        ends(t, &stream, 6);
        assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ASKING);
        assert_int_equal(asked_row(t, "ct.33").notice, 0);
        peer_tick(t, &t->a, TB_RECOVER_AGAIN_MS - 1);
        assert_int_equal(asked_row(t, "ct.33").notice, 0);
        peer_tick(t, &t->a, 1);
        assert_int_not_equal(asked_row(t, "ct.33").notice, 0);
    }
    ends(t, &stream, 6);
    assert_int_equal(asked_row(t, "ct.33").missing, 3);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ENDED);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_CONTENT_LOST);
    peer_check(t, &t->a);
}

static void what_was_signed_for_and_nobody_holds_is_lost_at_once(void **state)
{
    town *t = *state;
    tb_stream stream = asking(t);
    ends(t, &stream, 5);
    assert_int_equal(asked_row(t, "ct.33").missing, 4);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ENDED);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_CONTENT_LOST);
}

static void an_end_of_another_ask_ends_nothing(void **state)
{
    town *t = *state;
    tb_stream stream = asking(t);
    tb_party other = sample_party("ct.33");
    tb_txn *txn = write_txn(t);
    tb_asked_row row;
    assert_ok(tb_asked_get(txn, &other, &row));
    row.notice += 1;
    assert_ok(tb_asked_put(txn, &other, &row));
    assert_ok(tb_store_commit(txn));
    static tb_effects effects;
    tb_stream_at at[2] = {{stream, 9, sample_digest(7)}, holding_ask(t)};
    tb_resend end = {.to = row.notice - 1, .from = at, .from_count = 2};
    tb_now now = {t->now, t->now};
    tb_effects_reset(&effects);
    txn = write_txn(t);
    assert_ok(tb_recovery_answer(&t->a.agent, txn, now, &other, &end, &effects));
    assert_ok(tb_store_commit(txn));
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ASKING);
}

/* Recovered again while peers are still asked, or before the Welcome that shows whom to ask more:
 * who had not ended is asked anew, who had is not. */
static void recovers_once_more(town *t, tb_recovery_state in)
{
    (void)fenced(t);
    peer_say(t, &t->a, "recover disk");
    tb_asked_row asked = {.asked = t->now, .last = t->now, .notice = 7, .due = t->now + 1000};
    tb_asked_row done = {.asked = t->now, .last = t->now, .notice = 8, .ended = t->now};
    tb_txn *txn;
    tb_arena_reset(&t->paper);
    assert_ok(tb_store_begin(t->a.store, &t->paper, &txn));
    tb_recovery_row row;
    assert_ok(tb_recovery_get(txn, &row));
    row.state = in;
    row.due = asked.due;
    assert_ok(tb_recovery_put(txn, &row));
    assert_ok(tb_asked_put(txn, &t->b.agent.self, &asked));
    assert_ok(tb_asked_put(txn, &t->c.agent.self, &done));
    tb_link_row link = {.state = TB_LINK_CONFIRMED, .fence = TB_REFUSED_MARKS_BACK};
    assert_ok(tb_link_put(txn, &link));
    assert_ok(tb_store_commit(txn));
    peer_say(t, &t->a, "recover once more");
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_GREETING);
    txn = peer_look(t, &t->a);
    assert_ok(tb_asked_get(txn, &t->b.agent.self, &asked));
    assert_ok(tb_asked_get(txn, &t->c.agent.self, &done));
    tb_store_abort(txn);
    assert_int_equal(asked.notice, 0);
    assert_true(asked.due == t->now);
    assert_int_equal(done.notice, 8);
    assert_true(done.ended != 0);
}

static void who_recovers_once_more_asks_again_whoever_had_not_ended(void **state)
{
    recovers_once_more(*state, TB_RECOVERY_ASKING);
}

static void who_recovers_before_the_first_welcome_asks_again_whoever_had_not_ended(void **state)
{
    recovers_once_more(*state, TB_RECOVERY_GREETING);
}

static void answered(town *t, const char *by, const tb_resend *resend)
{
    static tb_effects effects;
    tb_party from = sample_party(by);
    tb_effects_reset(&effects);
    tb_txn *txn = write_txn(t);
    assert_ok(
        tb_recovery_answer(&t->a.agent, txn, (tb_now){t->now, t->now}, &from, resend, &effects));
    assert_ok(tb_store_commit(txn));
}

/* What comes from who was not asked, has ended, or when nothing is asked for, changes nothing. */
static void an_answer_counts_from_who_was_asked_and_has_not_ended(void **state)
{
    town *t = *state;
    tb_stream_at at = {town_stream(&t->a, "ct.33"), 9, sample_digest(7)};
    tb_resend end = {.to = 1, .from = &at, .from_count = 1};
    answered(t, "ct.33", &end); /* no recovery */
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_NONE);
    tb_stream stream = asking(t);
    answered(t, "hq", &end); /* never asked */
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_ASKED), 1);
    tb_resend some = {.from_count = 0}; /* one of its notices, and not the end */
    answered(t, "ct.33", &some);
    assert_true(asked_row(t, "ct.33").heard == t->now);
    assert_true(asked_row(t, "ct.33").ended == 0);
    ends(t, &stream, 9);
    tb_time ended = asked_row(t, "ct.33").ended;
    t->now += 1000;
    answered(t, "ct.33", &some);
    assert_true(asked_row(t, "ct.33").ended == ended);
    assert_true(asked_row(t, "ct.33").heard != t->now);
}

/* Two recoveries from one backup count their notices alike: an end of the first that comes in the
 * second says nothing of what was lost since. */
static void an_end_of_what_an_earlier_incarnation_asked_ends_nothing(void **state)
{
    town *t = *state;
    tb_stream stream = asking(t);
    tb_stream_at at[2] = {{stream, 9, sample_digest(7)}, holding_ask(t)};
    tb_resend end = {.to = asked_row(t, "ct.33").notice, .from = at, .from_count = 2};
    assert_true(at[1].stream.incarnation.counter > 1);
    at[1].stream.incarnation.counter--;
    answered(t, "ct.33", &end);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ASKING);
    assert_true(asked_row(t, "ct.33").heard == t->now);
    at[1] = holding_ask(t);
    at[1].number = 0;
    answered(t, "ct.33", &end);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ASKING);
    at[1].number = 1;
    answered(t, "ct.33", &end);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ENDED);
    peer_check(t, &t->a);
}

/* So many streams with one peer that an ask or an end cannot name all: what is not named is asked
 * for from its beginning, and an end that is full is taken for what it says. */
static void more_streams_than_an_ask_names_end_a_recovery_all_the_same(void **state)
{
    static tb_stream_at full[TB_HELD_STREAMS_MAX];
    town *t = *state;
    tb_stream stream = asking(t);
    tb_txn *txn = write_txn(t);
    for (unsigned i = 0; i < TB_HELD_STREAMS_MAX + 1; i++) {
        tb_stream in = {t->b.agent.self, {i + 1, {7}}, t->a.agent.self, TB_LANE_BULK};
        tb_stream_in_row row = {.number = 5, .digest = sample_digest(3)};
        assert_ok(tb_stream_in_put(txn, &in, &row));
        if (i < TB_HELD_STREAMS_MAX) {
            full[i] = (tb_stream_at){in, 5, sample_digest(3)};
        }
    }
    tb_stream_at *held;
    size_t count;
    assert_ok(tb_recovery_held(&t->a.agent, txn, &t->b.agent.self, &held, &count));
    assert_int_equal(count, TB_HELD_STREAMS_MAX);
    tb_store_abort(txn);
    full[0] = (tb_stream_at){stream, 9, sample_digest(7)};
    tb_resend end = {
        .to = asked_row(t, "ct.33").notice, .from = full, .from_count = TB_HELD_STREAMS_MAX - 1};
    answered(t, "ct.33", &end);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ASKING);
    end.from_count = TB_HELD_STREAMS_MAX;
    answered(t, "ct.33", &end);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ENDED);
}

/* Of a stream that an end does not name its author holds nothing. */
static void an_end_that_does_not_name_a_stream_leaves_all_of_it_missing(void **state)
{
    town *t = *state;
    (void)asking(t);
    tb_stream_at ask = holding_ask(t);
    tb_resend end = {.to = asked_row(t, "ct.33").notice, .from = &ask, .from_count = 1};
    answered(t, "ct.33", &end);
    assert_int_equal(asked_row(t, "ct.33").missing, 9);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_CONTENT_LOST);
}

/* Who recovers itself may hold nothing by its copy of the stream that an ask came in: its end names
 * it all the same, or the asker would not know it for an end of its own ask. */
static void an_end_names_the_stream_that_the_ask_came_in(void **state)
{
    town *t = *state;
    tb_stream_at list[TB_HELD_STREAMS_MAX];
    size_t count = 0;
    tb_txn *txn = write_txn(t);
    tb_stream stream = {
        .sender = t->b.agent.self, .recipient = t->a.agent.self, .lane = TB_LANE_NORMAL};
    for (uint64_t incarnation = 2; incarnation <= 3; incarnation++) {
        stream.incarnation.counter = incarnation;
        tb_stream_in_row row = {.number = incarnation == 2 ? 7 : 1};
        assert_ok(tb_stream_in_put(txn, &stream, &row));
    }
    for (unsigned times = 0; times < 2; times++) {
        assert_ok(tb_recovery_name_asker(&t->a.agent, txn, &t->b.agent.self, list, &count));
        assert_int_equal(count, 1);
        assert_true(tb_stream_equal(&list[0].stream, &stream));
        assert_int_equal(list[0].number, 1);
    }
    tb_store_abort(txn);
}

/* Where a takes a notice of ct.33's stream in this turn; its row is put at the end of it. */
static void takes(tb_step *step, tb_stream *stream, uint64_t incarnation, uint64_t number)
{
    tb_taken *taken;
    stream->incarnation.counter = incarnation;
    assert_ok(tb_work_taken(step, stream, &taken));
    taken->row.number = number;
    taken->moved = true;
}

static uint64_t named(const tb_stream_at *list, size_t count, const tb_stream *stream)
{
    uint64_t number = 0;
    for (size_t i = 0; i < count; i++) {
        if (tb_stream_equal(&list[i].stream, stream)) {
            assert_int_equal(number, 0);
            number = list[i].number;
        }
    }
    return number;
}

/* An ask may be taken and answered in one turn. */
static void what_is_held_counts_what_this_turn_took(void **state)
{
    town *t = *state;
    tb_effects effects;
    tb_step step;
    tb_stream_at *list;
    tb_stream_at asker[TB_HELD_STREAMS_MAX];
    size_t count;
    size_t askers = 0;
    tb_txn *txn = write_txn(t);
    tb_stream stream = {
        .sender = t->b.agent.self, .recipient = t->a.agent.self, .lane = TB_LANE_NORMAL};
    tb_stream_in_row row = {.number = 7};
    stream.incarnation.counter = 2;
    assert_ok(tb_stream_in_put(txn, &stream, &row));
    tb_effects_reset(&effects);
    assert_ok(
        tb_step_make(&t->a.agent, txn, (tb_now){t->now, t->now}, &t->random, &effects, &step));
    takes(&step, &stream, 2, 9);
    takes(&step, &stream, 4, 0); /* refused: nothing of it is held */
    takes(&step, &stream, 1, 2); /* and a recovery takes over a mark of it in the same turn */
    row.number = 5;
    assert_ok(tb_stream_in_put(txn, &stream, &row));
    stream.sender = t->c.agent.self;
    takes(&step, &stream, 5, 3);
    stream.sender = t->b.agent.self;
    takes(&step, &stream, 3, 1);
    assert_ok(tb_recovery_held(&t->a.agent, txn, &t->b.agent.self, &list, &count));
    assert_int_equal(named(list, count, &stream), 1);
    assert_ok(tb_recovery_name_asker(&t->a.agent, txn, &t->b.agent.self, asker, &askers));
    assert_int_equal(askers, 1);
    assert_int_equal(named(asker, askers, &stream), 1);
    stream.incarnation.counter = 2;
    assert_int_equal(named(list, count, &stream), 9);
    stream.incarnation.counter = 1;
    assert_int_equal(named(list, count, &stream), 5);
    stream.incarnation.counter = 4;
    assert_int_equal(named(list, count, &stream), 0);
    stream = (tb_stream){.sender = t->c.agent.self,
                         .incarnation = {.counter = 5},
                         .recipient = t->a.agent.self,
                         .lane = TB_LANE_NORMAL};
    assert_int_equal(named(list, count, &stream), 0);
    tb_store_abort(txn);
    tb_agent_forget(&t->a.agent);
}

/* Every row of a table at a does not read any more, and one has a key that does not. */
static void spoil(town *t, tb_table table)
{
    tb_bytes all = {NULL, 0};
    tb_bytes key;
    tb_bytes value;
    tb_txn *txn = write_txn(t);
    tb_err err = tb_store_seek(txn, table, all, all, &key, &value);
    while (err == TB_OK) {
        assert_ok(tb_store_put(txn, table, key, tb_bytes_str("bad")));
        err = tb_store_next(txn, table, all, key, &key, &value);
    }
    assert_int_equal(err, TB_ERR_NOT_FOUND);
    assert_ok(tb_store_put(txn, table, tb_bytes_str("key"), tb_bytes_str("bad")));
    assert_ok(tb_store_commit(txn));
}

/* Nobody knows any more what was asked of it, so that it is asked again. */
static void whose_row_does_not_read_is_asked_again(void **state)
{
    town *t = *state;
    tb_stream stream = asking(t);
    tb_stream_at at[2] = {{stream, 9, sample_digest(7)}, holding_ask(t)};
    tb_resend end = {.to = asked_row(t, "ct.33").notice, .from = at, .from_count = 2};
    spoil(t, TB_TABLE_ASKED);
    answered(t, "ct.33", &end);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ASKING);
    peer_tick(t, &t->a, TB_RECOVER_AGAIN_MS);
    assert_true(asked_row(t, "ct.33").notice > end.to);
    ends(t, &stream, 9);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ENDED);
    /* and a mark above it that is shown anew asks whom it does not read of */
    spoil(t, TB_TABLE_ASKED);
    tb_signed_line more = stored(t, &stream, 12, 6);
    tb_frame frame = {.kind = TB_FRAME_STORED};
    frame.lines.lines = &more;
    frame.lines.count = 1;
    town_send(t, &t->a, &frame);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ASKING);
    assert_int_equal(asked_row(t, "ct.33").notice, 0);
}

/* What was lost of a stream is not known any more: the end sets it aside with an alarm, and an ask
 * names nothing of it. */
static void what_was_lost_of_a_stream_and_does_not_read_stops_no_recovery(void **state)
{
    town *t = *state;
    tb_stream stream = asking(t);
    tb_stream_at *held;
    size_t count;
    tb_txn *txn;
    spoil(t, TB_TABLE_LOST);
    txn = peer_look(t, &t->a);
    assert_ok(tb_recovery_held(&t->a.agent, txn, &t->b.agent.self, &held, &count));
    for (size_t i = 0; i < count; i++) {
        assert_false(tb_stream_equal(&held[i].stream, &stream));
    }
    tb_store_abort(txn);
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 anew urgent"); /* whose first header names the old streams' ends */
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_SUBMIT), 1);
    ends(t, &stream, 9);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ENDED);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_ROW_UNREADABLE);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_SET_ASIDE), 1);
}

static void who_takes_part_no_more_is_not_waited_for(void **state)
{
    town *t = *state;
    (void)asking(t);
    for (size_t i = 0; i < t->directory.party_count; i++) {
        if (tb_party_equal(&t->directory.parties[i].id, &t->b.agent.self)) {
            t->directory.parties[i].state = TB_PARTY_ENDED;
        }
    }
    peer_tick(t, &t->a, TB_RECOVER_AGAIN_MS);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ENDED);
    assert_int_equal(asked_row(t, "ct.33").missing, 9);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_CONTENT_LOST);
}

/* A mark in a frame of the session, after its Welcome. */
static void shown(town *t, tb_signed_line *line)
{
    tb_frame frame = {.kind = TB_FRAME_STORED};
    frame.lines.lines = line;
    frame.lines.count = 1;
    town_send(t, &t->a, &frame);
}

static tb_lost_row lost_row(town *t, const tb_stream *stream)
{
    tb_lost_row row;
    tb_txn *txn = peer_look(t, &t->a);
    assert_ok(tb_lost_get(txn, &t->a.agent.self, stream, &row));
    tb_store_abort(txn);
    return row;
}

static void a_higher_mark_asks_again_for_what_is_lost_beyond_the_one_before(void **state)
{
    town *t = *state;
    tb_stream stream = asking(t);
    uint64_t first = asked_row(t, "ct.33").notice;
    /* before an answer: what the first ask was for is still lost */
    tb_signed_line more = stored(t, &stream, 12, 6);
    shown(t, &more);
    assert_int_equal(lost_row(t, &stream).have, 0);
    assert_int_equal(lost_row(t, &stream).base, 12);
    assert_int_equal(lost_row(t, &stream).arrived, 6);
    assert_int_equal(asked_row(t, "ct.33").notice, 0);
    peer_tick(t, &t->a, 0);
    assert_true(asked_row(t, "ct.33").notice > first);
    ends(t, &stream, 12);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ENDED);
    /* and after one: what it gave is not */
    tb_signed_line yet = stored(t, &stream, 14, 7);
    shown(t, &yet);
    assert_int_equal(lost_row(t, &stream).base, 14);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ASKING);
    peer_tick(t, &t->a, 0);
    ends(t, &stream, 13);
    assert_int_equal(asked_row(t, "ct.33").notice, 0); /* the hub may give it the last one yet */
    peer_check(t, &t->a);
}

static void set_state(town *t, const peer *p, tb_party_state to)
{
    for (size_t i = 0; i < t->directory.party_count; i++) {
        if (tb_party_equal(&t->directory.parties[i].id, &p->agent.self)) {
            t->directory.parties[i].state = to;
        }
    }
}

/* It was ended before it was asked a second time. */
static void whom_nothing_was_left_of_is_asked_again_when_a_mark_shows_more(void **state)
{
    town *t = *state;
    tb_stream stream = asking(t);
    ends(t, &stream, 6);
    assert_int_equal(asked_row(t, "ct.33").notice, 0);
    set_state(t, &t->b, TB_PARTY_ENDED);
    peer_tick(t, &t->a, TB_RECOVER_AGAIN_MS);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ENDED);
    set_state(t, &t->b, TB_PARTY_ACTIVE);
    tb_signed_line more = stored(t, &stream, 12, 6);
    shown(t, &more);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ASKING);
    assert_true(asked_row(t, "ct.33").ended == 0);
}

/* Asked by an earlier directory, in which there were more parties. */
static void parties_that_are_gone_end_a_slice_of_them_a_turn(void **state)
{
    town *t = *state;
    (void)asking(t);
    tb_txn *txn = write_txn(t);
    for (unsigned i = 0; i < 17; i++) {
        char name[] = "aa.00"; /* before the others */
        tb_asked_row row = {.due = 1};
        name[3] = (char)('0' + i / 10);
        name[4] = (char)('0' + i % 10);
        tb_party gone = sample_party(name);
        assert_ok(tb_asked_put(txn, &gone, &row));
    }
    tb_recovery_row row;
    assert_ok(tb_recovery_get(txn, &row));
    row.due = 1;
    assert_ok(tb_recovery_put(txn, &row));
    assert_ok(tb_store_commit(txn));
    peer_tick(t, &t->a, 1);
    assert_true(asked_row(t, "aa.15").ended != 0);
    assert_true(asked_row(t, "aa.16").ended == 0);
    assert_true(recovery(t, &t->a).due == 1);
    peer_tick(t, &t->a, 1);
    assert_true(asked_row(t, "aa.16").ended != 0);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ASKING); /* of ct.33 */
}

/* Off-line and without a key: it may come back. */
static void who_cannot_be_sealed_to_is_looked_at_again(void **state)
{
    town *t = *state;
    tb_stream stream = asking(t);
    ends(t, &stream, 6);
    tb_directory_party *away = NULL;
    for (size_t i = 0; i < t->directory.party_count; i++) {
        away = tb_party_equal(&t->directory.parties[i].id, &t->b.agent.self)
                   ? &t->directory.parties[i]
                   : away;
    }
    tb_directory_party before = *away;
    away->state = TB_PARTY_OFF_LINE;
    away->key_count = 0;
    peer_tick(t, &t->a, TB_RECOVER_AGAIN_MS);
    assert_int_equal(recovery(t, &t->a).state, TB_RECOVERY_ASKING);
    assert_int_equal(asked_row(t, "ct.33").notice, 0);
    assert_true(asked_row(t, "ct.33").due == t->now + TB_RECOVER_AGAIN_MS);
    *away = before;
    peer_tick(t, &t->a, TB_RECOVER_AGAIN_MS);
    assert_int_not_equal(asked_row(t, "ct.33").notice, 0);
}

/* It took our ask and says nothing: asked again after a silence, and not while the link is down. */
static void who_took_the_ask_and_is_silent_is_asked_again(void **state)
{
    town *t = *state;
    (void)asking(t);
    uint64_t first = asked_row(t, "ct.33").notice;
    tb_frame sent =
        peer_frame(t, &t->a, TB_FRAME_SUBMIT, peer_count(t, &t->a, TB_FRAME_SUBMIT) - 1);
    town_store(t, &t->a, &sent.carry.groups[0]);
    peer_tick(t, &t->a, 6 * TB_RECOVER_AGAIN_MS);
    assert_int_equal(asked_row(t, "ct.33").notice, first); /* it has not arrived yet */
    tb_line line = town_arrived_line(t, &sent.carry.groups[0]);
    tb_frame frame = {.kind = TB_FRAME_STORED};
    tb_signed_line mark = town_line_by(t, &line, &t->b);
    frame.lines.lines = &mark;
    frame.lines.count = 1;
    town_send(t, &t->a, &frame);
    peer_tick(t, &t->a, TB_RECOVER_AGAIN_MS);
    assert_true(asked_row(t, "ct.33").notice > first);
    assert_true(asked_row(t, "ct.33").last == t->now);
}

#define IN_TOWN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    IN_TOWN(a_full_answer_ends_it),
    IN_TOWN(who_was_asked_while_the_clock_was_ahead_is_looked_at_as_soon),
    IN_TOWN(until_when_the_lost_time_went_is_the_hubs_word),
    IN_TOWN(what_only_its_recipient_bears_out_was_lost_at_any_time),
    IN_TOWN(when_an_earlier_recovery_lost_something_says_nothing_of_the_next),
    IN_TOWN(whom_an_earlier_recovery_asked_and_does_not_read_stops_no_other),
    IN_TOWN(what_the_hub_may_still_deliver_is_waited_for_a_bounded_number_of_times),
    IN_TOWN(what_was_signed_for_and_nobody_holds_is_lost_at_once),
    IN_TOWN(an_end_of_another_ask_ends_nothing),
    IN_TOWN(who_recovers_once_more_asks_again_whoever_had_not_ended),
    IN_TOWN(who_recovers_before_the_first_welcome_asks_again_whoever_had_not_ended),
    IN_TOWN(a_higher_mark_asks_again_for_what_is_lost_beyond_the_one_before),
    IN_TOWN(whom_nothing_was_left_of_is_asked_again_when_a_mark_shows_more),
    IN_TOWN(parties_that_are_gone_end_a_slice_of_them_a_turn),
    IN_TOWN(who_cannot_be_sealed_to_is_looked_at_again),
    IN_TOWN(an_answer_counts_from_who_was_asked_and_has_not_ended),
    IN_TOWN(an_end_of_what_an_earlier_incarnation_asked_ends_nothing),
    IN_TOWN(more_streams_than_an_ask_names_end_a_recovery_all_the_same),
    IN_TOWN(an_end_that_does_not_name_a_stream_leaves_all_of_it_missing),
    IN_TOWN(an_end_names_the_stream_that_the_ask_came_in),
    IN_TOWN(what_is_held_counts_what_this_turn_took),
    IN_TOWN(whose_row_does_not_read_is_asked_again),
    IN_TOWN(what_was_lost_of_a_stream_and_does_not_read_stops_no_recovery),
    IN_TOWN(who_takes_part_no_more_is_not_waited_for),
    IN_TOWN(who_took_the_ask_and_is_silent_is_asked_again),
};

TB_RUN("agents/recovery_ask", tests)

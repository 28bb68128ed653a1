#include "tests/agents/peer.h"

#include "tests/messages/samples.h"
#include "tests/store/failing.h"
#include "tests/test.h"

/* ---- an agent ---- */

/* With faults awake, every call on the way to it fails once. */
static void look_for_the_deadline(peer *p)
{
    tb_txn *txn;
    tb_time at;
    tb_err err;
    do {
        failing_start(p->store, &p->node.arena, &p->agent, sizeof p->agent);
        tb_arena_reset(&p->node.arena);
        assert_ok(tb_store_begin_read(p->store, &p->node.arena, &txn));
        err = tb_agent_deadline(&p->agent, txn, &at);
    } while (failing_again(txn, err));
    assert_true(err == TB_OK || err == TB_ERR_NOT_FOUND);
    tb_store_abort(txn);
}

/* Input by input, as after a turn that ended with an error; of one alone the calls may fail. */
static void turn_each(peer *p, const tb_input *inputs, size_t count)
{
    tb_err err;
    static peer before;
    bool failed = false;
    before = *p;
    do {
        if (count == 1) {
            failing_start(p->store, &p->node.arena, &p->agent, sizeof p->agent);
        }
        err = tb_turn_each(&p->node, inputs, count);
        failed = count == 1 && failing_again(NULL, err);
        if (failed) {
            p->agent = before.agent;
            p->releases = before.releases;
            p->resends = before.resends;
        }
    } while (failed);
    assert_ok(err);
}

void peer_turn(town *t, peer *p, tb_input *inputs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        inputs[i].now = (tb_now){t->now, t->now};
    }
    /* What an agent did last and what failed to be applied it keeps in memory, on purpose: sends
     * may be lost, and the turn is played again with the notice queued. */
    static peer before;
    bool failed;
    tb_err err;
    before = *p;
    do {
        failing_start(p->store, &p->node.arena, &p->agent, sizeof p->agent);
        err = tb_turn(&p->node, inputs, count);
        failed = failing_again(NULL, err);
        if (failed) {
            p->agent = before.agent;
            p->releases = before.releases;
            p->resends = before.resends;
        }
    } while (failed);
    if (err != TB_OK) {
        turn_each(p, inputs, count);
    }
    if (failing_awake()) {
        look_for_the_deadline(p);
    }
}

void peer_step(town *t, peer *p, tb_input_kind kind, tb_bytes bytes)
{
    tb_input input = {.kind = kind, .bytes = bytes};
    peer_turn(t, p, &input, 1);
}

void peer_say(town *t, peer *p, const char *text)
{
    tb_input input = {.kind = TB_INPUT_LOCAL, .peer = 1, .bytes = tb_bytes_str(text)};
    peer_turn(t, p, &input, 1);
}

void peer_say_all(town *t, peer *p, const char *const *texts, size_t count)
{
    tb_input inputs[TB_BATCH_MAX];
    assert_true(count <= TB_BATCH_MAX);
    for (size_t i = 0; i < count; i++) {
        inputs[i] = (tb_input){.kind = TB_INPUT_LOCAL, .peer = 1, .bytes = tb_bytes_str(texts[i])};
    }
    peer_turn(t, p, inputs, count);
}

void peer_tick(town *t, peer *p, tb_time later)
{
    t->now += later;
    peer_step(t, p, TB_INPUT_TICK, tb_bytes_of(NULL, 0));
}

void peer_forget(peer *p)
{
    p->sent_count = 0;
    memset(p->notes, 0, sizeof p->notes);
}

tb_frame peer_frame_at(const town *t, const peer *p, size_t i)
{
    tb_frame frame;
    (void)t;
    tb_refusal refused = tb_frame_decode(p->sent[i], &town_here()->paper, &frame);
    assert_int_equal(refused, TB_ACCEPTED);
    return frame;
}

size_t peer_count(const town *t, const peer *p, tb_frame_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < p->sent_count; i++) {
        count += peer_frame_at(t, p, i).kind == kind ? 1 : 0;
    }
    return count;
}

tb_frame peer_frame(town *t, const peer *p, tb_frame_kind kind, size_t nth)
{
    for (size_t i = 0; i < p->sent_count; i++) {
        tb_frame frame = peer_frame_at(t, p, i);
        if (frame.kind == kind && nth-- == 0) {
            return frame;
        }
    }
    fail_msg("no such frame of kind %d among %zu", (int)kind, p->sent_count);
    return (tb_frame){.kind = kind};
}

tb_txn *peer_look(town *t, peer *p)
{
    tb_txn *txn = NULL;
    assert_ok(tb_store_begin_read(p->store, &t->paper, &txn));
    return txn;
}

const char *peer_applied(town *t, peer *p)
{
    tb_bytes value = {NULL, 0};
    tb_txn *txn = peer_look(t, p);
    tb_err err = tb_store_get(txn, TB_TABLE_META, tb_bytes_str(PEER_APPLIED), &value);
    char *text = tb_arena_alloc(&t->paper, value.size + 1);
    assert_true(err == TB_OK || err == TB_ERR_NOT_FOUND);
    if (err == TB_OK) {
        memcpy(text, value.data, value.size);
    }
    tb_store_abort(txn);
    return text;
}

bool peer_noted(const peer *p, const char *text)
{
    return strstr(p->notes, text) != NULL;
}

uint64_t peer_rows(town *t, peer *p, tb_table table)
{
    tb_txn *txn = peer_look(t, p);
    uint64_t rows = tb_store_rows(txn, table);
    tb_store_abort(txn);
    return rows;
}

tb_stream_out_row peer_stream_out(town *t, peer *p, const char *recipient)
{
    tb_stream_out_row row;
    tb_txn *txn = peer_look(t, p);
    tb_stream stream = {p->agent.self, {0}, sample_party(recipient), TB_LANE_NORMAL};
    assert_ok(tb_meta_incarnation(txn, &stream.incarnation));
    assert_ok(tb_stream_out_get(txn, &stream, &row));
    tb_store_abort(txn);
    return row;
}

tb_link_row peer_link(town *t, peer *p)
{
    tb_link_row row;
    tb_txn *txn = peer_look(t, p);
    assert_ok(tb_link_get(txn, &row));
    tb_store_abort(txn);
    return row;
}

tb_refusal peer_alarm(town *t, peer *p)
{
    tb_alarm_row row = {.code = TB_ACCEPTED};
    uint64_t number = 0;
    tb_txn *txn = peer_look(t, p);
    tb_err err = tb_alarm_last(txn, UINT64_MAX, &number, &row);
    assert_true(err == TB_OK || err == TB_ERR_NOT_FOUND);
    tb_store_abort(txn);
    return row.code;
}

void peer_check(town *t, peer *p)
{
    tb_bytes *faults = NULL;
    size_t count = 0;
    tb_txn *txn;
    tb_err err;
    do {
        size_t mark = tb_arena_mark(&t->paper);
        failing_start(p->store, &t->paper, &p->agent, sizeof p->agent);
        txn = peer_look(t, p);
        err = tb_agent_check(&p->agent, txn, &faults, &count);
        if (err != TB_OK) {
            tb_arena_release(&t->paper, mark);
        }
    } while (failing_again(txn, err));
    assert_ok(err);
    for (size_t i = 0; i < count; i++) {
        print_error("%.*s\n", (int)faults[i].size, (const char *)faults[i].data);
    }
    assert_int_equal(count, 0);
    tb_store_abort(txn);
}

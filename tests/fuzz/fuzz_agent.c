/* An agent's core fed with a row of things a hub, peers and staff may do, in any order: honest
 * frames, frames again, bent or made up, bundles likewise, lines about any number, ticks and
 * restarts. Behind every turn all
 * invariants of its tables hold (peer_check). */
#include "tests/test.h"

#include "agents/bundle.h"
#include "tests/agents/peer.h"
#include "tests/fuzz/fuzz.h"

#define STEPS_MAX 40
#define SENT_MAX  200
#define KEPT_MAX  32

typedef struct play {
    town *t;
    fuzz_choices choices;
    tb_bytes kept[KEPT_MAX]; /* frames that were sent once */
    size_t kept_count;
} play;

static peer *any_peer(play *p)
{
    peer *all[] = {&p->t->a, &p->t->b, &p->t->c};
    return all[fuzz_below(&p->choices, 3)];
}

static void say(play *p)
{
    static const char *const texts[] = {"hq one", "ct.33 two", "bureau.33 three", "hq four",
                                        "ct.33 five"};
    peer *from = any_peer(p);
    const char *text = texts[fuzz_below(&p->choices, 5)];
    size_t to = (size_t)(strchr(text, ' ') - text);
    if (strncmp(text, from->agent.self.text, to) != 0) {
        peer_say(p->t, from, text);
    }
}

static void keep_sent(play *p, const peer *from)
{
    for (size_t i = 0; i < from->sent_count && p->kept_count < KEPT_MAX; i++) {
        p->kept[p->kept_count++] = from->sent[i];
    }
}

static void relay(play *p)
{
    peer *from = any_peer(p);
    peer *to = any_peer(p);
    if (from != to) {
        keep_sent(p, from);
        keep_sent(p, to);
        town_relay(p->t, from, to);
    }
}

/* A copy with one byte changed. */
static tb_bytes bend(play *p, tb_bytes from)
{
    uint8_t *bytes = tb_arena_alloc(&p->t->paper, from.size + 1);
    assert_non_null(bytes);
    if (from.size > 0) {
        size_t at = (size_t)(fuzz_byte(&p->choices) << 8 | fuzz_byte(&p->choices)) % from.size;
        memcpy(bytes, from.data, from.size);
        bytes[at] ^= (uint8_t)(1 + fuzz_byte(&p->choices));
    }
    return tb_bytes_of(bytes, from.size);
}

/* A frame of somebody to somebody, perhaps with one byte changed. */
static void replay(play *p, bool bent)
{
    if (p->kept_count > 0) {
        tb_bytes frame = p->kept[fuzz_below(&p->choices, p->kept_count)];
        frame = bent ? bend(p, frame) : frame;
        peer_step(p->t, any_peer(p), TB_INPUT_FRAME, frame);
    }
}

/* ---- removable media ---- */

static tb_step begin(play *p, peer *at, tb_txn **txn, tb_effects *effects)
{
    tb_step step;
    tb_now now = {p->t->now, p->t->now};
    tb_arena_reset(&at->node.arena);
    tb_effects_reset(effects);
    assert_ok(tb_store_begin(at->store, &at->node.arena, txn));
    assert_ok(tb_step_make(&at->agent, *txn, now, &p->t->random, effects, &step));
    return step;
}

/* A bundle of somebody for somebody; empty when there is nothing to carry. */
static tb_bytes carry_out(play *p)
{
    static tb_effects effects;
    tb_txn *txn;
    peer *from = any_peer(p);
    tb_local_export_bundle wish = {any_peer(p)->agent.self, {NULL, 0}};
    tb_local_answer answer = {.code = TB_ACCEPTED};
    tb_bytes file = {NULL, 0};
    tb_step step = begin(p, from, &txn, &effects);
    assert_ok(tb_bundle_export(&step, &wish, &answer));
    if (answer.code == TB_ACCEPTED) {
        assert_ok(tb_arena_copy(&p->t->paper, answer.bundle.content, &file));
    }
    assert_false(tb_txn_wrote(txn));
    tb_store_abort(txn);
    return file;
}

/* What is refused changes nothing, but for a fork, which is kept as evidence. */
static void bring_in(play *p, tb_bytes file)
{
    static tb_effects effects;
    tb_txn *txn;
    peer *to = any_peer(p);
    tb_now now = {p->t->now, p->t->now};
    tb_local_answer answer = {.code = TB_ACCEPTED};
    tb_step step = begin(p, to, &txn, &effects);
    assert_ok(tb_bundle_import(&step, file, &answer));
    assert_ok(tb_agent_close(&to->agent, txn, now, &p->t->random, &effects));
    if (answer.code != TB_ACCEPTED && answer.code != TB_REFUSED_FORK) {
        assert_false(tb_txn_wrote(txn));
    }
    for (size_t i = 0; i < effects.count && to->sent_count < PEER_SENT_MAX; i++) {
        if (effects.list[i].kind == TB_EFFECT_SEND) {
            assert_ok(tb_arena_copy(&p->t->paper, effects.list[i].bytes, &to->sent[to->sent_count++]));
        }
    }
    assert_ok(tb_store_commit(txn));
}

static void carry(play *p, bool bent)
{
    tb_bytes file = carry_out(p);
    bring_in(p, bent ? bend(p, file) : file);
}

/* The hub, or a peer, signs a line about any number of a stream. */
static void tell_line(play *p)
{
    peer *from = any_peer(p);
    peer *to = any_peer(p);
    if (from == to) {
        return;
    }
    tb_line line = {.kind = (tb_line_kind)(1 + fuzz_below(&p->choices, 4)),
                    .stream = town_stream(from, to->agent.self.text),
                    .to = 1 + fuzz_byte(&p->choices) % 8u,
                    .at = p->t->now};
    line.from = line.kind == TB_LINE_STORED || line.kind == TB_LINE_REFUSED ? line.to : 0;
    line.to = line.kind == TB_LINE_REFUSED ? 0 : line.to;
    line.digest.bytes[0] = fuzz_byte(&p->choices);
    line.code = line.kind == TB_LINE_REFUSED ? TB_REFUSED_EXPIRED : TB_ACCEPTED;
    tb_signed_line made =
        fuzz_below(&p->choices, 2) == 0 ? town_line(p->t, &line) : town_line_by(p->t, &line, to);
    tb_frame frame = {.kind = line.kind == TB_LINE_REFUSED ? TB_FRAME_REFUSED : TB_FRAME_STORED};
    tb_bytes bytes;
    frame.protocol = TB_PROTOCOL;
    frame.hub = p->t->directory.hub;
    if (frame.kind == TB_FRAME_REFUSED) {
        frame.refused.has_line = true;
        frame.refused.line = made;
        frame.refused.code = line.code;
    } else {
        frame.lines.lines = &made;
        frame.lines.count = 1;
    }
    if (tb_frame_encode(&frame, &p->t->paper, &bytes) == TB_OK) {
        peer_step(p->t, from, TB_INPUT_FRAME, bytes);
    }
}

static void step(play *p)
{
    town *t = p->t;
    switch (fuzz_below(&p->choices, 13)) {
    case 0:
        town_link(t, any_peer(p));
        break;
    case 1:
    case 2:
        say(p);
        break;
    case 3:
    case 4:
        relay(p);
        break;
    case 5:
        replay(p, false);
        break;
    case 6:
        replay(p, true);
        break;
    case 7:
        tell_line(p);
        break;
    case 8:
        peer_tick(t, any_peer(p), fuzz_byte(&p->choices) * INT64_C(977));
        break;
    case 9:
        peer_step(t, any_peer(p), TB_INPUT_FRAME, fuzz_bytes(&p->choices, fuzz_byte(&p->choices)));
        break;
    case 10:
        carry(p, false);
        break;
    case 11:
        carry(p, true);
        break;
    default:
        if (fuzz_below(&p->choices, 2) == 0) {
            town_restart(t, any_peer(p));
        } else {
            peer_step(t, any_peer(p), TB_INPUT_GONE, tb_bytes_of(NULL, 0));
        }
        break;
    }
    peer *all[] = {&t->a, &t->b, &t->c};
    for (size_t i = 0; i < 3; i++) {
        peer_check(t, all[i]);
        if (all[i]->sent_count > SENT_MAX) {
            peer_forget(all[i]);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static play p;
    memset(&p, 0, sizeof p);
    p.choices = (fuzz_choices){data, size};
    p.t = town_make();
    for (size_t i = 0; i < STEPS_MAX && p.choices.size > 0; i++) {
        step(&p);
    }
    town_free(p.t);
    return 0;
}

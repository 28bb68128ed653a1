#include "base/mutant.h"
#include "broker/handlers.h"

/* Delivery again waits 3 s, then 6, 12, 24 while nothing is taken: a busy party is not helped by
 * repeats. */
#define REPEATS_MAX 3

static tb_bytes session_key(const tb_live_party *party)
{
    return tb_bytes_of(party->id.text, TB_PARTY_BYTES);
}

tb_err tb_hub_arm(tb_broker *b, tb_live_party *party, tb_time at)
{
    TB_ASSERT(party->linked);

    tb_running *t = &b->running;
    if (party->session.due != 0 && party->session.due <= at) {
        return TB_OK;
    }

    if (party->session.due != 0) {
        tb_err err = tb_due_del(t->txn, party->session.due, TB_DUE_SESSION, session_key(party));
        if (err != TB_OK) {
            return err;
        }
    }
    party->session.due = at;
    party->changed = true;
    return tb_due_put(t->txn, at, TB_DUE_SESSION, session_key(party));
}

tb_err tb_hub_forget_session(tb_broker *b, tb_live_party *party)
{
    tb_running *t = &b->running;
    if (!party->linked) {
        return TB_OK;
    }

    if (party->session.due != 0) {
        tb_err err = tb_due_del(t->txn, party->session.due, TB_DUE_SESSION, session_key(party));
        if (err != TB_OK) {
            return err;
        }
    }
    tb_err err = tb_hub_session_del(t->txn, &party->id);
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    party->linked = false;
    party->changed = false;
    party->welcome = NULL;
    party->deliver = false;
    memset(&party->session, 0, sizeof party->session);
    return TB_OK;
}

static tb_err
say_bye(tb_broker *b, tb_live_party *party, uint64_t peer, uint32_t protocol, const tb_bye *bye)
{
    tb_running *t = &b->running;
    tb_refusal code = bye->code;
    if (party->dismissed == peer) {
        return TB_OK;
    }

    tb_frame frame;
    memset(&frame, 0, sizeof frame);
    frame.kind = TB_FRAME_BYE;
    frame.bye = *bye;
    tb_err err = tb_running_send_as(b, peer, protocol, &frame);
    if (err != TB_OK) {
        return err;
    }
    party->dismissed = peer;
    tb_effects_note(t->effects, t->arena, TB_LEVEL_INFO, "event=bye party=%p peer=%u code=%s",
                    &party->id, peer, tb_refusal_key(code));

    if (party->linked && party->session.peer == peer) {
        return tb_hub_forget_session(b, party);
    }
    return TB_OK;
}

tb_err tb_hub_dismiss(tb_broker *b, tb_live_party *party, uint64_t peer, tb_refusal code)
{
    tb_bye bye = {.code = code, .reason = tb_bytes_str(tb_refusal_en(code))};
    return say_bye(b, party, peer, TB_PROTOCOL, &bye);
}

/* Whether this incarnation may speak; the newest is kept. */
static tb_err admit(tb_broker *b,
                    tb_live_party *party,
                    const tb_incarnation *incarnation,
                    const tb_key_id *key,
                    tb_refusal *out_refused)
{
    tb_running *t = &b->running;
    tb_hub_agent agent;
    tb_err err = tb_hub_agent_get(t->txn, &party->id, &agent);
    if (err != TB_OK) {
        return err;
    }

    *out_refused = TB_ACCEPTED;
    bool lifted = agent.fenced && memcmp(&agent.fenced_key, key, sizeof *key) != 0;
    if (incarnation->counter < agent.incarnation.counter) {
        *out_refused = TB_REFUSED_OLD_INCARNATION;
        return TB_OK;
    }
    if (incarnation->counter == agent.incarnation.counter && !lifted &&
        !TB_MUTANT(INCARNATION_IGNORED)) {
        bool same = tb_incarnation_compare(incarnation, &agent.incarnation) == 0;
        if (same && !agent.fenced) {
            return TB_OK;
        }
        *out_refused = TB_REFUSED_TWO_COPIES;
        agent.fenced = true;
        agent.fenced_key = *key;
        return tb_hub_agent_put(t->txn, &party->id, &agent);
    }
    agent.incarnation = *incarnation;
    agent.fenced = false;
    return tb_hub_agent_put(t->txn, &party->id, &agent);
}

/* A Hello that must not begin a session; with two copies the one that has a session ends too. */
static tb_err turn_away(tb_broker *b, tb_live_party *party, uint64_t peer, tb_refusal code)
{
    bool known = code == TB_REFUSED_OLD_INCARNATION;
    if (!known) {
        tb_bytes none = {NULL, 0};
        tb_err err = tb_hub_raise(b, &party->id, code, none, none);
        if (err != TB_OK) {
            return err;
        }
    }
    if (code == TB_REFUSED_TWO_COPIES && party->linked && party->session.peer != peer) {
        tb_err err = tb_hub_dismiss(b, party, party->session.peer, code);
        if (err != TB_OK) {
            return err;
        }
    }
    return tb_hub_dismiss(b, party, peer, code);
}

/* No protocol in common: the agent is told both ranges, and which side to upgrade, in a frame that
 * it can read. */
static tb_err
turn_away_foreign(tb_broker *b, tb_live_party *party, uint64_t peer, const tb_hello *hello)
{
    tb_running *t = &b->running;
    tb_protocol_range theirs = {hello->protocol_min, hello->protocol_max};
    tb_bye bye = {
        .code = TB_REFUSED_PROTOCOL, .protocol_min = b->speaks.min, .protocol_max = b->speaks.max};
    tb_bytes zh;
    tb_bytes none = {NULL, 0};
    tb_err err = tb_protocol_words(theirs, b->speaks, t->arena, &zh, &bye.reason);
    if (err == TB_OK) {
        err = tb_hub_raise(b, &party->id, bye.code, none, none);
    }
    if (err != TB_OK) {
        return err;
    }
    tb_effects_note(t->effects, t->arena, TB_LEVEL_WARN,
                    "event=protocol party=%p agent_min=%u agent_max=%u ours_min=%u ours_max=%u "
                    "upgrade=%s",
                    &party->id, (uint64_t)theirs.min, (uint64_t)theirs.max, (uint64_t)b->speaks.min,
                    (uint64_t)b->speaks.max, theirs.max < b->speaks.min ? "agent" : "hub");
    return say_bye(b, party, peer, hello->protocol_min, &bye);
}

static tb_err begin(
    tb_broker *b, tb_live_party *party, uint64_t peer, const tb_hello *hello, const tb_key_id *key)
{
    tb_running *t = &b->running;
    if (party->linked && party->session.peer != peer) {
        tb_err err = tb_hub_dismiss(b, party, party->session.peer, TB_REFUSED_SUPERSEDED);
        if (err != TB_OK) {
            return err;
        }
    }
    tb_err err = tb_hub_forget_session(b, party);
    if (err != TB_OK) {
        return err;
    }

    party->linked = true;
    if (party->dismissed == peer) {
        party->dismissed = 0;
    }
    party->session.peer = peer;
    party->session.incarnation = hello->incarnation;
    party->session.key = *key;
    party->session.heard = t->now.real;
    party->session.beat = t->now.real + TB_BEAT_MS;
    tb_hub_deliver_again(b, party);
    party->welcome = hello;
    tb_effects_note(t->effects, t->arena, TB_LEVEL_INFO, "event=linked party=%p peer=%u",
                    &party->id, peer);
    return tb_hub_arm(b, party, party->session.beat);
}

tb_err tb_hub_hello(tb_broker *b, tb_live_party *party, uint64_t peer, const tb_hello *hello)
{
    tb_running *t = &b->running;
    tb_key_id key;
    tb_key_id before;
    bool heard = tb_hub_transport(t->directory, &party->id, &key);
    TB_ASSERT(heard); /* else no frame of it is looked at */
    if (t->directory_taken && (!tb_hub_transport(b->directory, &party->id, &before) ||
                               memcmp(&key, &before, sizeof key) != 0)) {
        /* The shell knew the connection by a key that a directory of this very turn replaced. */
        return turn_away(b, party, peer, TB_REFUSED_KEY_REVOKED);
    }
    if (!tb_party_equal(&hello->party, &party->id)) {
        return turn_away(b, party, peer, TB_REFUSED_NOT_SPEAKER);
    }
    tb_protocol_range theirs = {hello->protocol_min, hello->protocol_max};
    if (tb_protocol_common(theirs, b->speaks) == 0) {
        return turn_away_foreign(b, party, peer, hello);
    }
    if (hello->incarnation.counter == 0) {
        return turn_away(b, party, peer, TB_REFUSED_MALFORMED);
    }

    tb_refusal refused;
    tb_err err = admit(b, party, &hello->incarnation, &key, &refused);
    if (err != TB_OK) {
        return err;
    }
    if (refused != TB_ACCEPTED) {
        return turn_away(b, party, peer, refused);
    }
    err = begin(b, party, peer, hello, &key);
    if (err != TB_OK) {
        return err;
    }
    return tb_hub_hello_marks(b, party, hello);
}

static tb_time wait_of(const tb_hub_session *session)
{
    uint32_t repeats = session->repeats < REPEATS_MAX ? session->repeats : REPEATS_MAX;
    return (tb_time)TB_RESEND_AFTER_MS << repeats;
}

static tb_err beat(tb_broker *b, tb_live_party *party)
{
    tb_frame frame;
    memset(&frame, 0, sizeof frame);
    frame.kind = TB_FRAME_BEAT;
    party->session.beat = b->running.now.real + TB_BEAT_MS;
    party->changed = true;
    return tb_running_send(b, party->session.peer, &frame);
}

static tb_time earlier(tb_time a, tb_time b)
{
    return a < b ? a : b;
}

static tb_err tend(tb_broker *b, tb_live_party *party)
{
    tb_running *t = &b->running;
    tb_hub_session *session = &party->session;
    tb_time now = t->now.real;
    if (now - session->heard >= TB_SILENT_MS) {
        tb_effects_note(t->effects, t->arena, TB_LEVEL_INFO, "event=silent party=%p peer=%u",
                        &party->id, session->peer);
        return tb_hub_dismiss(b, party, session->peer, TB_REFUSED_NO_SESSION);
    }
    /* After the clock went back a far beat, or progress in the future, is as good as due. */
    if (session->beat <= now || session->beat > now + TB_BEAT_MS) {
        tb_err err = beat(b, party);
        if (err != TB_OK) {
            return err;
        }
    }
    session->heard = earlier(session->heard, now);
    session->progress = earlier(session->progress, now);
    if (session->in_flight > 0 && now - session->progress >= wait_of(session)) {
        uint32_t repeats = session->repeats + 1;
        tb_effects_note(t->effects, t->arena, TB_LEVEL_DEBUG,
                        "event=deliver_again party=%p bytes=%u", &party->id, session->in_flight);
        tb_hub_deliver_again(b, party);
        session->repeats = repeats;
    }
    party->deliver = true;
    if (session->telling) {
        tb_err err = tb_hub_tell_more(b, party);
        if (err != TB_OK) {
            return err;
        }
    }

    tb_time next = earlier(session->beat, session->heard + TB_SILENT_MS);
    if (session->in_flight > 0) {
        next = earlier(next, session->progress + wait_of(session));
    }
    return tb_hub_arm(b, party, next);
}

tb_err tb_hub_session_due(tb_broker *b, const tb_due *due)
{
    TB_ASSERT(due->size == TB_PARTY_BYTES);

    tb_party id;
    memcpy(id.text, due->key, TB_PARTY_BYTES);
    tb_live_party *party;
    tb_err err = tb_running_party(b, &id, &party);
    if (err != TB_OK) {
        return err;
    }
    if (!party->linked || party->session.due != due->at) {
        return TB_OK;
    }

    party->session.due = 0;
    party->changed = true;
    return tend(b, party);
}

tb_err tb_hub_sessions_close(tb_broker *b)
{
    tb_running *t = &b->running;
    for (tb_live_party *p = t->parties; p != NULL; p = p->next) {
        if (!p->linked || !p->changed) {
            continue;
        }
        tb_err err = tb_hub_session_put(t->txn, &p->id, &p->session);
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

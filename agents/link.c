#include "agents/link.h"
#include "base/mutant.h"

#include "agents/clock.h"
#include "agents/draft.h"
#include "agents/inbox.h"
#include "agents/marks.h"
#include "agents/outbox.h"
#include "agents/recovery.h"
#include "agents/set_back.h"
#include "base/text.h"
#include "messages/protocol.h"

/* What decoding a frame may need of the arena. */
#define FRAME_ROOM_FACTOR 16
#define FRAME_ROOM_LEAST  (64u * 1024)
/* After a Bye that a new Hello would not mend at once. */
#define HELLO_PAUSE_MS 30000
/* After one that it would, and while Welcome stays out. */
#define HELLO_AGAIN_MS 3000

tb_err tb_step_make(
    tb_agent *agent, tb_txn *txn, tb_now now, tb_random *random, tb_effects *effects, tb_step *out)
{
    tb_step step = {agent, txn, tb_txn_arena(txn), now, random, effects, {0}};
    tb_err err = tb_meta_incarnation(txn, &step.incarnation);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }

    *out = step;
    return TB_OK;
}

/* ---- sending ---- */

tb_err tb_link_send(tb_step *step, tb_frame *frame)
{
    tb_bytes bytes;
    frame->protocol = frame->kind == TB_FRAME_HELLO ? tb_protocol_spoken().min : TB_PROTOCOL;
    frame->hub = step->agent->hub;
    tb_err err = tb_clock_shown(step->agent, step->txn, &frame->civil);
    if (err == TB_OK) {
        err = tb_frame_encode(frame, step->arena, &bytes);
    }
    if (err != TB_OK) {
        return err;
    }

    step->agent->times.sent = step->now.real;
    return tb_effects_send(step->effects, 0, bytes);
}

static tb_err set_state(tb_step *step, tb_link_state state)
{
    tb_link_row row;
    tb_err err = tb_link_get(step->txn, &row);
    if (err != TB_OK || row.state == state) {
        return err;
    }

    row.state = state;
    row.since = step->now.real;
    return tb_link_put(step->txn, &row);
}

tb_err tb_link_greet(tb_step *step)
{
    tb_err err = tb_link_hello(step);
    if (err != TB_OK) {
        return err;
    }

    step->agent->times.hello = step->now.real;
    step->agent->times.gap = 0;
    step->agent->times.heard = step->now.real;
    step->agent->times.ask = false;
    return set_state(step, TB_LINK_GREETING);
}

tb_err tb_link_end(tb_step *step, tb_refusal code)
{
    tb_frame frame = {.kind = TB_FRAME_BYE};
    frame.bye.code = code;
    frame.bye.reason = tb_bytes_str(tb_refusal_en(code));
    tb_err err = tb_link_send(step, &frame);
    if (err != TB_OK) {
        return err;
    }

    step->agent->times.hello_after = step->now.real + HELLO_PAUSE_MS;
    tb_effects_note(step->effects, step->arena, TB_LEVEL_ERROR, "event=session_ended code=%s",
                    tb_refusal_key(code));
    return set_state(step, TB_LINK_DOWN);
}

/* ---- state ---- */

tb_err tb_link_may_sign(tb_txn *txn, bool *out)
{
    tb_link_row row;
    tb_err err = tb_link_get(txn, &row);
    if (err != TB_OK) {
        return err;
    }

    *out = row.state == TB_LINK_CONFIRMED && row.fence == TB_ACCEPTED;
    return TB_OK;
}

tb_err tb_link_fenced(tb_txn *txn, bool *out)
{
    tb_link_row row;
    tb_err err = tb_link_get(txn, &row);
    if (err == TB_OK) {
        *out = row.fence != TB_ACCEPTED;
    }
    return err;
}

tb_err tb_link_fence(tb_step *step, tb_refusal why, const tb_stream *stream, uint64_t number)
{
    tb_link_row row;
    tb_alarm_row alarm = {
        .code = why,
        .at = step->now.real,
        .party = step->agent->self,
        .stream = *stream,
        .number = number,
        .text = tb_bytes_str(tb_refusal_en(why)),
    };
    tb_err err = tb_link_get(step->txn, &row);
    /* Marks that went back stay the reason: only recovery takes that away. */
    if (TB_MUTANT(MARKS_BACK_IGNORED)) {
        return err;
    }
    if (err == TB_OK && row.fence != why && row.fence != TB_REFUSED_MARKS_BACK &&
        row.fence != TB_REFUSED_KEY_CUT) {
        row.fence = why;
        row.since = step->now.real;
        err = tb_link_put(step->txn, &row);
        if (err == TB_OK && why != TB_REFUSED_KEY_CUT) {
            err = tb_drafts_went_back(step->txn);
        }
    }
    if (err != TB_OK) {
        return err;
    }
    return tb_alarm_raise(step->agent, step->txn, &alarm, step->effects);
}

tb_err tb_link_up(tb_step *step)
{
    step->agent->times = (tb_link_times){.connected = true};
    return tb_link_greet(step);
}

tb_err tb_link_down(tb_step *step)
{
    step->agent->times = (tb_link_times){.connected = false};
    return set_state(step, TB_LINK_DOWN);
}

/* A clock that was set back must not make us wait for it. */
static void not_ahead(tb_time *at, tb_time latest)
{
    if (!TB_MUTANT(CLOCK_BACK)) {
        (void)tb_not_ahead(at, latest);
    }
}

static void clamp(tb_link_times *times, tb_time now)
{
    not_ahead(&times->hello, now);
    not_ahead(&times->hello_after, now + HELLO_PAUSE_MS);
    not_ahead(&times->sent, now);
    not_ahead(&times->heard, now);
    not_ahead(&times->drafts, now);
}

tb_err tb_link_tick(tb_step *step)
{
    tb_link_times *times = &step->agent->times;
    tb_time now = step->now.real;
    tb_link_row row;
    tb_err err = tb_link_get(step->txn, &row);
    if (err != TB_OK || !times->connected) {
        return err;
    }
    clamp(times, now);
    if (row.state == TB_LINK_CONFIRMED && !times->ask && now - times->heard < TB_SILENT_MS) {
        if (now - times->sent < TB_BEAT_MS) {
            return TB_OK;
        }
        tb_frame beat = {.kind = TB_FRAME_BEAT};
        return tb_link_send(step, &beat);
    }
    bool waiting = row.state == TB_LINK_GREETING && now - times->hello < HELLO_AGAIN_MS;
    if (waiting || now < times->hello_after) {
        return TB_OK;
    }
    return tb_link_greet(step);
}

tb_err tb_link_greet_again(tb_step *step)
{
    tb_agent *agent = step->agent;
    bool outstanding = tb_store_rows(step->txn, TB_TABLE_OUTBOX) > 0 ||
                       tb_store_rows(step->txn, TB_TABLE_DRAFT) > 0 ||
                       tb_store_rows(step->txn, TB_TABLE_UNTOLD) > 0;
    tb_time wait = outstanding ? TB_GREET_AGAIN_MS : TB_GREET_IDLE_MS;
    if (!agent->times.connected || TB_MUTANT(GREETS_ONCE) ||
        step->now.real - agent->times.hello < wait) {
        return TB_OK;
    }
    if (agent->pending.count > 0 || agent->work != NULL) {
        agent->times.ask = true; /* the next tick begins with it: each may end with work */
        return TB_OK;
    }
    return tb_link_greet(step);
}

tb_err tb_link_due(tb_agent *agent, tb_txn *txn, tb_time *out)
{
    const tb_link_times *times = &agent->times;
    tb_link_row row;
    tb_err err = tb_link_get(txn, &row);
    if (err != TB_OK) {
        return err;
    }
    if (!times->connected) {
        return TB_ERR_NOT_FOUND;
    }

    if (row.state == TB_LINK_CONFIRMED && times->ask) {
        *out = times->hello_after;
        return TB_OK;
    }
    if (row.state == TB_LINK_CONFIRMED) {
        tb_time beat = times->sent + TB_BEAT_MS;
        tb_time silent = times->heard + TB_SILENT_MS;
        *out = beat < silent ? beat : silent; /* a beat is soon enough to see who greets again */
        return TB_OK;
    }
    tb_time again = times->hello + HELLO_AGAIN_MS;
    *out = row.state == TB_LINK_GREETING && again > times->hello_after ? again : times->hello_after;
    return TB_OK;
}

/* ---- frames ---- */

/* The hub and this agent have no protocol in common: an alarm, shown by status, says which side is
 * to be upgraded, in the language of who reads it and in the other. */
static tb_err told_protocol(tb_step *step, const tb_bye *bye)
{
    tb_protocol_range hub = {bye->protocol_min, bye->protocol_max};
    tb_alarm_row alarm = {
        .code = TB_REFUSED_PROTOCOL,
        .at = step->now.real,
        .party = {TB_HUB_PARTY},
        .number = (uint64_t)hub.min << 32 | hub.max, /* another range is another alarm */
        .text = bye->reason,
        .stream = {.lane = TB_LANE_NORMAL},
    };
    tb_bytes zh;
    tb_bytes en;
    tb_err err = TB_OK;
    if (hub.max > 0 && tb_protocol_common(hub, tb_protocol_spoken()) == 0) {
        err = tb_protocol_words(tb_protocol_spoken(), hub, step->arena, &zh, &en);
        if (err == TB_OK) {
            tb_text both;
            tb_text_init(&both, step->arena, zh.size + en.size + 4);
            tb_text_bytes(&both, zh);
            tb_text_str(&both, " / ");
            tb_text_bytes(&both, en);
            err = tb_text_done(&both, &alarm.text);
        }
    }
    if (err != TB_OK) {
        return err;
    }
    tb_effects_note(step->effects, step->arena, TB_LEVEL_ERROR,
                    "event=protocol ours_min=%u ours_max=%u hub_min=%u hub_max=%u upgrade=%s",
                    (uint64_t)tb_protocol_spoken().min, (uint64_t)tb_protocol_spoken().max,
                    (uint64_t)hub.min, (uint64_t)hub.max,
                    tb_protocol_spoken().max < hub.min ? "agent" : "hub");
    return tb_alarm_raise(step->agent, step->txn, &alarm, step->effects);
}

static tb_err take_bye(tb_step *step, const tb_bye *bye)
{
    tb_stream none = {.sender = step->agent->self, .incarnation = step->incarnation};
    tb_time now = step->now.real;
    tb_err err = TB_OK;

    none.lane = TB_LANE_NORMAL;
    tb_effects_note(step->effects, step->arena, TB_LEVEL_WARN, "event=bye code=%s",
                    tb_refusal_key(bye->code));
    if (bye->code == TB_REFUSED_PROTOCOL) {
        err = told_protocol(step, bye);
    }
    bool higher = false;
    if (bye->code == TB_REFUSED_TWO_COPIES || bye->code == TB_REFUSED_OLD_INCARNATION) {
        err = tb_recovery_higher(step, bye->code, &higher);
        if (err == TB_OK && !higher) {
            err = tb_link_fence(step, bye->code, &none, 0);
        }
    }
    if (err != TB_OK) {
        return err;
    }
    step->agent->times.hello_after = bye->code == TB_REFUSED_NO_SESSION || higher
                                         ? step->agent->times.hello + TB_RECONNECT_MS
                                     : bye->code == TB_ACCEPTED ? now + HELLO_AGAIN_MS
                                                                : now + HELLO_PAUSE_MS;
    err = set_state(step, TB_LINK_DOWN);
    if (err != TB_OK || now < step->agent->times.hello_after) {
        return err;
    }
    return tb_link_greet(step);
}

static tb_err take_document(tb_step *step, const tb_document *document)
{
    tb_refusal refused = TB_ACCEPTED;
    tb_bytes detail;
    tb_err err = tb_document_install(step->agent, step->txn, step->now, document, step->effects,
                                     &refused, &detail);
    if (err != TB_OK || refused == TB_ACCEPTED) {
        return err;
    }

    tb_alarm_row alarm = {
        .code = refused,
        .at = step->now.real,
        .number = document->version,
        .digest = tb_document_digest(document),
        .text = detail.size > 0 ? detail : document->name,
    };
    alarm.stream.lane = TB_LANE_NORMAL;
    return tb_alarm_raise(step->agent, step->txn, &alarm, step->effects);
}

static tb_err open_share(tb_step *step, const tb_party *recipient)
{
    tb_err err = tb_outbox_opened(step, recipient);
    bool may_sign = false;
    if (err == TB_OK) {
        err = tb_link_may_sign(step->txn, &may_sign);
    }
    if (err != TB_OK || !may_sign) {
        return err;
    }
    return tb_drafts_release(step->agent, step->txn, step->now, step->random, step->effects);
}

/* What only a session may say; before Welcome and when fenced it is not heard. */
static tb_err in_session(tb_step *step, const tb_frame *frame)
{
    bool may_sign = false;
    tb_err err = tb_link_may_sign(step->txn, &may_sign);
    if (err != TB_OK || !may_sign) {
        return err;
    }

    switch (frame->kind) {
    case TB_FRAME_STORED:
        return tb_marks_lines(step, &frame->lines);
    case TB_FRAME_DELIVER:
        return tb_inbox_deliver(step, &frame->carry);
    case TB_FRAME_REFUSED:
        return tb_marks_refused(step, &frame->refused);
    case TB_FRAME_CLOSED:
        return tb_outbox_closed(step, &frame->share);
    case TB_FRAME_OPEN:
        return open_share(step, &frame->share);
    case TB_FRAME_HELLO:
    case TB_FRAME_WELCOME:
    case TB_FRAME_SUBMIT:
    case TB_FRAME_TAKEN:
    case TB_FRAME_DOCUMENT:
    case TB_FRAME_BEAT:
    case TB_FRAME_BYE:
        break;
    }
    TB_UNREACHABLE();
}

static tb_err dispatch(tb_step *step, const tb_frame *frame)
{
    switch (frame->kind) {
    case TB_FRAME_WELCOME:
        return tb_link_welcome(step, &frame->welcome);
    case TB_FRAME_STORED:
    case TB_FRAME_DELIVER:
    case TB_FRAME_REFUSED:
    case TB_FRAME_CLOSED:
    case TB_FRAME_OPEN:
        return in_session(step, frame);
    case TB_FRAME_DOCUMENT:
        return take_document(step, &frame->document);
    case TB_FRAME_BEAT:
        return TB_OK;
    case TB_FRAME_BYE:
        return take_bye(step, &frame->bye);
    case TB_FRAME_HELLO:
    case TB_FRAME_SUBMIT:
    case TB_FRAME_TAKEN:
        return tb_link_end(step, TB_REFUSED_PROTOCOL);
    }
    TB_UNREACHABLE();
}

/* Something that says it is the hub and does not speak as one. */
static tb_err refuse_frame(tb_step *step, tb_refusal code)
{
    tb_alarm_row alarm = {.code = code, .at = step->now.real, .party = {TB_HUB_PARTY}};
    alarm.stream.lane = TB_LANE_NORMAL;
    tb_err err = tb_alarm_raise(step->agent, step->txn, &alarm, step->effects);
    if (err != TB_OK) {
        return err;
    }

    return tb_link_end(step, code);
}

/* For people who ask how old our copy of something is, after a restart too. */
static tb_err note_heard(tb_step *step)
{
    tb_link_times *times = &step->agent->times;
    if (times->noted != 0 && times->noted <= times->heard &&
        times->heard - times->noted < TB_HEARD_NOTE_MS) {
        return TB_OK;
    }
    times->noted = times->heard;
    return tb_meta_number_put(step->txn, TB_META_HEARD, (uint64_t)times->heard);
}

tb_err tb_link_frame(tb_step *step, tb_bytes bytes)
{
    tb_frame frame;
    clamp(&step->agent->times, step->now.real);
    /* Want of memory in a crowded turn is not the hub's fault: the frame is played again alone. */
    if (step->arena->size - step->arena->used < FRAME_ROOM_LEAST + bytes.size * FRAME_ROOM_FACTOR) {
        return TB_ERR_LIMIT;
    }
    tb_refusal refused = tb_frame_decode(bytes, step->arena, &frame);
    if (refused == TB_ACCEPTED && !tb_digest_equal(&frame.hub, &step->agent->hub)) {
        refused = TB_REFUSED_WRONG_HUB;
    }
    if (refused != TB_ACCEPTED) {
        return refuse_frame(step, refused);
    }

    step->agent->times.heard = step->now.real;
    tb_err err = note_heard(step);
    if (err == TB_OK) {
        err = tb_clock_move(step->agent, step->txn, frame.civil);
    }
    if (err == TB_OK) {
        err = tb_clock_now(step->agent, step->txn, step->now.real, &step->now);
    }
    if (err != TB_OK) {
        return err;
    }
    return dispatch(step, &frame);
}

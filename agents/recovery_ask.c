/* recovery_ask - asking the peers that stand above our copy, and what their answers leave open. */
#include "agents/outbox.h"
#include "agents/recovery.h"
#include "agents/set_aside.h"
#include "agents/set_back.h"
#include "base/text.h"

/* Peers asked in one turn. */
#define ASKS_A_TURN 16
/* A peer that took our ask and says nothing for so long is asked again. */
#define SILENT_MS (6 * TB_RECOVER_AGAIN_MS)

/* ---- the end of it ---- */

/* The earliest time some peer is to be looked at; 0 when all have ended. */
static tb_err next_due(tb_txn *txn, tb_time *out)
{
    tb_bytes cursor = {NULL, 0};
    tb_err err = TB_OK;
    tb_time least = 0;
    while (err == TB_OK) {
        tb_party peer;
        tb_asked_row asked;
        err = tb_asked_each(txn, &cursor, &peer, &asked);
        if (err == TB_OK && asked.ended == 0 && (least == 0 || asked.due < least)) {
            least = asked.due;
        }
    }
    *out = least;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_recovery_settle(tb_txn *txn, tb_now now, tb_effects *effects)
{
    tb_recovery_row row;
    tb_err err = tb_recovery_get(txn, &row);
    if (err == TB_OK) {
        err = next_due(txn, &row.due);
    }
    if (err != TB_OK) {
        return err;
    }
    if (row.due == 0 && row.state == TB_RECOVERY_ASKING) {
        row.state = TB_RECOVERY_ENDED;
        row.ended = now.real;
        tb_effects_note(effects, tb_txn_arena(txn), TB_LEVEL_INFO, "event=recovered");
    }
    return tb_recovery_put(txn, &row);
}

/* ---- answers ---- */

static uint64_t held_of(const tb_resend *resend, const tb_stream *stream)
{
    for (size_t i = 0; i < resend->from_count; i++) {
        if (tb_stream_equal(&resend->from[i].stream, stream)) {
            return resend->from[i].number;
        }
    }
    return 0;
}

typedef struct verdict {
    uint64_t missing; /* signed for by their recipient, and resent by nobody */
    uint64_t waiting; /* stored by the hub: the peer may be given them yet */
} verdict;

/* What an answer leaves open. What it closes is held again. */
static tb_err weigh(tb_agent *agent,
                    tb_txn *txn,
                    tb_now now,
                    const tb_party *peer,
                    const tb_resend *resend,
                    tb_effects *effects,
                    verdict *out)
{
    tb_bytes cursor = {NULL, 0};
    tb_err err = TB_OK;
    *out = (verdict){0, 0};
    while (err == TB_OK) {
        tb_stream stream;
        tb_lost_row row;
        err = tb_lost_next(txn, &agent->self, peer, &cursor, &stream, &row);
        if (err == TB_ERR_CORRUPT) { /* nobody can say what it left open */
            err = tb_set_aside(agent, txn, now, TB_TABLE_LOST, cursor, effects);
            continue;
        }
        if (err != TB_OK) {
            break;
        }
        uint64_t theirs = held_of(resend, &stream);
        uint64_t resent = theirs > row.have ? theirs : row.have;
        bool ours = tb_party_equal(&stream.sender, &agent->self);
        uint64_t signed_for = ours ? row.arrived : row.base;
        if (resent >= row.base) {
            row.have = row.base;
            row.have_digest = row.base_digest;
            err = tb_lost_put(txn, &agent->self, &stream, &row);
        } else if (resent < signed_for) {
            out->missing += row.base - resent;
        } else {
            out->waiting += row.base - resent;
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err alarm_missing(tb_agent *agent,
                            tb_txn *txn,
                            tb_now now,
                            const tb_party *peer,
                            uint64_t count,
                            tb_effects *effects)
{
    tb_text text;
    tb_alarm_row alarm = {
        .code = TB_REFUSED_CONTENT_LOST,
        .at = now.real,
        .party = *peer,
        .number = count,
        .stream = {.lane = TB_LANE_NORMAL},
    };
    tb_text_init(&text, tb_txn_arena(txn), 160);
    tb_text_u64(&text, count);
    tb_text_str(&text, " notices between this party and ");
    tb_text_bytes(&text, tb_party_bytes(peer));
    tb_text_str(&text, " are held by neither any more; what only they said is lost.");
    tb_err err = tb_text_done(&text, &alarm.text);
    return err == TB_OK ? tb_alarm_raise(agent, txn, &alarm, effects) : err;
}

static tb_err end_answer(tb_agent *agent,
                         tb_txn *txn,
                         tb_now now,
                         const tb_party *peer,
                         const tb_resend *resend,
                         tb_asked_row *asked,
                         tb_effects *effects)
{
    verdict left;
    tb_err err = weigh(agent, txn, now, peer, resend, effects, &left);
    if (err != TB_OK) {
        return err;
    }
    if (left.waiting > 0 && asked->short_answers < TB_RECOVER_ASKS_MAX) {
        asked->short_answers++;
        asked->notice = 0; /* asked anew when due */
        asked->due = now.real + TB_RECOVER_AGAIN_MS;
        return tb_asked_put(txn, peer, asked);
    }
    asked->ended = now.real;
    asked->due = 0;
    asked->missing = left.missing + left.waiting;
    err = tb_asked_put(txn, peer, asked);
    if (err == TB_OK && asked->missing > 0) {
        err = alarm_missing(agent, txn, now, peer, asked->missing, effects);
    }
    return err;
}

/* Whether an end is one of what this incarnation asked: an ask of an earlier one may have had the
 * same notice number, and its answer be under way yet. Whoever took our ask holds something of a
 * stream of ours of now, and its end says so, unless there are too many to say. */
static tb_err has_our_ask(const tb_agent *agent, tb_txn *txn, const tb_resend *resend, bool *out)
{
    tb_incarnation now;
    tb_err err = tb_meta_incarnation(txn, &now);
    *out = resend->from_count == TB_HELD_STREAMS_MAX;
    for (size_t i = 0; err == TB_OK && !*out && i < resend->from_count; i++) {
        const tb_stream *stream = &resend->from[i].stream;
        *out = tb_party_equal(&stream->sender, &agent->self) &&
               tb_incarnation_compare(&stream->incarnation, &now) == 0 &&
               resend->from[i].number > 0;
    }
    return err;
}

tb_err tb_recovery_answer(tb_agent *agent,
                          tb_txn *txn,
                          tb_now now,
                          const tb_party *peer,
                          const tb_resend *resend,
                          tb_effects *effects)
{
    bool active;
    tb_asked_row asked;
    tb_err err = tb_recovery_active(txn, &active);
    if (err != TB_OK || !active) {
        return err;
    }
    err = tb_asked_get(txn, peer, &asked);
    if (err != TB_OK || asked.ended != 0) { /* one that does not read is asked again */
        return err == TB_ERR_NOT_FOUND || err == TB_ERR_CORRUPT ? TB_OK : err;
    }
    asked.heard = now.real;
    bool ends = resend->to > 0 && resend->to == asked.notice;
    if (ends) {
        err = has_our_ask(agent, txn, resend, &ends);
    }
    if (err != TB_OK) {
        return err;
    }
    err = ends ? end_answer(agent, txn, now, peer, resend, &asked, effects)
               : tb_asked_put(txn, peer, &asked);
    return err == TB_OK ? tb_recovery_settle(txn, now, effects) : err;
}

/* ---- asking ---- */

static tb_err send_ask(tb_step *step, const tb_party *peer, tb_asked_row *asked)
{
    tb_resend resend = {.ask = true};
    tb_outgoing_reader reader = {.recipient = *peer};
    tb_outgoing outgoing = {
        .lane = TB_LANE_NORMAL, .kind = TB_NOTICE_RESEND, .readers = &reader, .reader_count = 1};
    tb_err err = tb_recovery_held(step->agent, step->txn, peer, &resend.from, &resend.from_count);
    if (err == TB_OK) {
        err = tb_resend_encode(&resend, step->arena, &outgoing.resend);
    }
    uint64_t notice = 0;
    if (err == TB_OK) {
        err = tb_outbox_add(step->agent, step->txn, &outgoing, &notice);
    }
    if (err != TB_OK || notice == 0) {
        return err; /* not in the directory, or not active: it may come back */
    }
    asked->asked = asked->asked == 0 ? step->now.real : asked->asked;
    asked->last = step->now.real;
    asked->notice = notice;
    tb_effects_note(step->effects, step->arena, TB_LEVEL_INFO, "event=asked_to_resend of=%p", peer);
    return TB_OK;
}

/* Everything we sent the peer has arrived, so our ask has. */
static tb_err ask_arrived(tb_step *step, const tb_party *peer, bool *out)
{
    tb_stream stream = {step->agent->self, step->incarnation, *peer, TB_LANE_NORMAL};
    tb_stream_out_row row;
    tb_err err = tb_stream_out_get(step->txn, &stream, &row);
    *out = err == TB_OK && row.arrived >= row.number;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* A party that takes part no more can resend nothing. */
static bool gone_for_good(const tb_agent *agent, const tb_party *peer)
{
    const tb_directory_party *party = tb_directory_find(agent->directory, peer);
    return party == NULL || party->state == TB_PARTY_ENDED;
}

static tb_err look_after(tb_step *step, const tb_party *peer, tb_asked_row *asked)
{
    tb_time now = step->now.real;
    tb_time newest = asked->heard > asked->last ? asked->heard : asked->last;
    bool arrived = false;
    if (gone_for_good(step->agent, peer)) {
        static const tb_resend nothing;
        asked->short_answers = TB_RECOVER_ASKS_MAX;
        return end_answer(step->agent, step->txn, step->now, peer, &nothing, asked, step->effects);
    }
    tb_err err = ask_arrived(step, peer, &arrived);
    if (err != TB_OK) {
        return err;
    }
    asked->due = now + TB_RECOVER_AGAIN_MS;
    bool wanted = asked->notice == 0 || (arrived && now - newest >= SILENT_MS);
    bool ready = false;
    if (wanted) {
        err = tb_link_ready(step->agent, step->txn, peer, 1, &ready);
    }
    if (err == TB_OK && ready) {
        err = send_ask(step, peer, asked);
    }
    return err == TB_OK ? tb_asked_put(step->txn, peer, asked) : err;
}

tb_err tb_recovery_tick(tb_step *step)
{
    tb_recovery_row row;
    tb_bytes cursor = {NULL, 0};
    size_t left = ASKS_A_TURN;
    tb_err err = tb_recovery_get(step->txn, &row);
    if (err != TB_OK || row.state != TB_RECOVERY_ASKING || row.due > step->now.real) {
        return err;
    }
    while (err == TB_OK && left > 0) {
        tb_party peer;
        tb_asked_row asked;
        err = tb_asked_each(step->txn, &cursor, &peer, &asked);
        if (err == TB_OK && asked.ended == 0 && asked.due <= step->now.real) {
            err = look_after(step, &peer, &asked);
            left--;
        }
    }
    return err == TB_OK || err == TB_ERR_NOT_FOUND
               ? tb_recovery_settle(step->txn, step->now, step->effects)
               : err;
}

tb_err tb_recovery_set_back(tb_step *step, bool *moved)
{
    tb_recovery_row row;
    tb_bytes cursor = {NULL, 0};
    tb_time now = step->now.real;
    bool any = false;
    tb_err err = tb_recovery_get(step->txn, &row);
    if (err != TB_OK || row.state != TB_RECOVERY_ASKING) {
        return err;
    }
    while (err == TB_OK) {
        tb_party peer;
        tb_asked_row asked;
        err = tb_asked_each(step->txn, &cursor, &peer, &asked);
        if (err != TB_OK) {
            break;
        }
        bool ahead = tb_not_ahead(&asked.asked, now);
        ahead = tb_not_ahead(&asked.last, now) || ahead;
        ahead = tb_not_ahead(&asked.heard, now) || ahead;
        ahead = tb_not_ahead(&asked.due, now + TB_RECOVER_AGAIN_MS) || ahead;
        err = ahead ? tb_asked_put(step->txn, &peer, &asked) : TB_OK;
        any = any || ahead;
    }
    *moved = *moved || any;
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    return any ? tb_recovery_settle(step->txn, step->now, step->effects) : TB_OK;
}

tb_err tb_recovery_due(tb_txn *txn, tb_time *out)
{
    tb_recovery_row row;
    tb_err err = tb_recovery_get(txn, &row);
    if (err != TB_OK || row.state != TB_RECOVERY_ASKING || row.due == 0) {
        return err == TB_OK ? TB_ERR_NOT_FOUND : err;
    }
    *out = row.due;
    return TB_OK;
}

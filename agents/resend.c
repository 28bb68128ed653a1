#include "agents/resend.h"

#include "agents/campaign/scene.h"
#include "agents/casework.h"
#include "agents/gap.h"
#include "agents/recovery.h"
#include "agents/rows_reseal.h"
#include "agents/set_aside.h"

/* Asks looked at in one turn; those that must wait cost next to nothing. */
#define ASKS_A_TURN 16
/* One notice for a retired key after the other, followed so far. */
#define SEALED_ANEW_MAX 16
/* Nothing could be done: a share is closed, or too much of an answer is outstanding. */
#define WAIT_MS 1000
/* Answers take this part of a turn's memory: the rest is for sealing them. What is left over waits
 * for the next turn, so that no ask, however much it asks for, makes one that cannot succeed. */
#define MEMORY_PART 8

/* ---- asking ---- */

tb_err tb_resend_ask_event(tb_step *step,
                           const tb_digest *event,
                           const tb_case_id *case_id,
                           const tb_party *of,
                           uint64_t *out_notice)
{
    tb_resend resend = {.ask = true, .event = *event, .case_id = *case_id};
    tb_outgoing_reader reader = {.recipient = *of};
    tb_outgoing outgoing = {
        .lane = TB_LANE_NORMAL, .kind = TB_NOTICE_RESEND, .readers = &reader, .reader_count = 1};
    tb_err err = tb_resend_encode(&resend, step->arena, &outgoing.resend);
    return err == TB_OK ? tb_outbox_add(step->agent, step->txn, &outgoing, out_notice) : err;
}

/* ---- what comes ---- */

static tb_err keep_ask(
    tb_agent *agent, tb_txn *txn, tb_now now, const tb_incoming *incoming, const tb_resend *resend)
{
    tb_answering_name name = {incoming->header->sender, resend->event};
    tb_answering_row row = {
        .notice = incoming->header->notice,
        .since = now.real,
        .ask = incoming->resend,
    };
    size_t waiting;
    tb_err err = tb_answering_count(txn, &name.asker, TB_ANSWERING_MAX, &waiting);
    if (err != TB_OK || (waiting >= TB_ANSWERING_MAX && !tb_digest_zero(&name.event))) {
        return err; /* asked again, when there is room */
    }
    agent->resend_after = now.real;
    return tb_answering_put(txn, &name, &row);
}

tb_err tb_resend_take(tb_agent *agent,
                      tb_txn *txn,
                      tb_now now,
                      const tb_incoming *incoming,
                      tb_effects *effects,
                      tb_refusal *out_refused)
{
    tb_resend resend;
    *out_refused = tb_resend_decode(incoming->resend, tb_txn_arena(txn), &resend);
    if (*out_refused != TB_ACCEPTED) {
        return TB_OK;
    }
    if (resend.ask) {
        return keep_ask(agent, txn, now, incoming, &resend);
    }
    if (resend.to > 0 && !tb_digest_zero(&resend.event)) {
        return tb_gap_answered(txn, now, &resend.event, &incoming->header->sender);
    }
    return tb_recovery_answer(agent, txn, now, &incoming->header->sender, &resend, effects);
}

/* ---- which cases ---- */

typedef struct notice_name {
    tb_party sender;
    tb_incarnation incarnation;
    uint64_t notice;
} notice_name;

static uint64_t named(const tb_resend *ask, const tb_stream *stream)
{
    for (size_t i = 0; i < ask->from_count; i++) {
        if (tb_stream_equal(&ask->from[i].stream, stream)) {
            return ask->from[i].number;
        }
    }
    return 0;
}

/* Whether a notice is one between the two, above what the asker named. */
static tb_err is_above(
    tb_step *step, const notice_name *name, const tb_party *asker, const tb_resend *ask, bool *out)
{
    const tb_party *self = &step->agent->self;
    tb_proof_row proof;
    tb_header header;
    *out = false;
    tb_err err = tb_proof_head(step->txn, &name->sender, &name->incarnation, name->notice, &proof);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    if (tb_header_decode(proof.header, step->arena, &header) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    bool ours = tb_party_equal(&name->sender, self);
    const tb_entry *entry = tb_header_entry(&header, ours ? asker : self);
    if (entry != NULL) {
        tb_stream stream = {header.sender, header.incarnation, entry->recipient, header.lane};
        *out = entry->number > named(ask, &stream);
    }
    return TB_OK;
}

/* The notice an event was given in was lost, or the one it was sealed anew in since. */
static tb_err was_lost(
    tb_step *step, const tb_event_row *row, const tb_party *asker, const tb_resend *ask, bool *out)
{
    notice_name name = {row->sender, row->incarnation, row->notice};
    bool ours = tb_party_equal(&row->sender, &step->agent->self);
    *out = false;
    if (row->notice == 0 || (!ours && !tb_party_equal(&row->sender, asker))) {
        return TB_OK;
    }
    tb_err err = is_above(step, &name, asker, ask, out);
    for (unsigned i = 0; err == TB_OK && ours && !*out && i < SEALED_ANEW_MAX; i++) {
        tb_reseal_key key = {name.incarnation, name.notice, *asker};
        tb_resealed_row anew;
        err = tb_resealed_get(step->txn, &key, &anew);
        if (err != TB_OK || anew.notice == 0) {
            return err == TB_ERR_NOT_FOUND ? TB_OK : err;
        }
        name.incarnation = anew.incarnation;
        name.notice = anew.notice;
        err = is_above(step, &name, asker, ask, out);
    }
    return err;
}

static tb_err any_lost(
    tb_step *step, const tb_case_id *id, const tb_party *asker, const tb_resend *ask, bool *out)
{
    *out = false;
    for (uint8_t class = TB_CLASS_CHAIN; class <= TB_CLASS_SIDE && !*out; class ++) {
        tb_event_walk walk;
        tb_event_key key;
        tb_event_row row;
        tb_err err = tb_event_first(step->txn, id, class, &walk, &key, &row);
        while (err == TB_OK && !*out) {
            err = was_lost(step, &row, asker, ask, out);
            if (err == TB_OK && !*out) {
                err = tb_event_next(step->txn, &walk, &key, &row);
            }
        }
        if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
            return err;
        }
    }
    return TB_OK;
}

/* ---- answering ---- */

static tb_err send_end(tb_step *step,
                       const tb_answering_name *name,
                       const tb_answering_row *row,
                       const tb_case_id *case_id,
                       tb_lane lane)
{
    tb_resend end = {.event = name->event, .case_id = *case_id, .to = row->notice};
    tb_outgoing_reader reader = {.recipient = name->asker};
    tb_outgoing outgoing = {
        .lane = lane, .kind = TB_NOTICE_RESEND, .readers = &reader, .reader_count = 1};
    tb_err err = TB_OK;
    if (tb_digest_zero(&name->event)) {
        err = tb_recovery_held(step->agent, step->txn, &name->asker, &end.from, &end.from_count);
        err = err == TB_OK ? tb_recovery_name_asker(step->agent, step->txn, &name->asker, end.from,
                                                    &end.from_count)
                           : err;
    }
    if (err == TB_OK) {
        err = tb_resend_encode(&end, step->arena, &outgoing.resend);
    }
    uint64_t notice;
    if (err == TB_OK) {
        err = tb_outbox_add(step->agent, step->txn, &outgoing, &notice);
    }
    return err == TB_OK ? tb_answering_del(step->txn, name) : err;
}

/* The case up to the missing event, or only the end when it is not here. */
static tb_err
answer_event(tb_step *step, const tb_answering_name *name, const tb_answering_row *row)
{
    tb_event_key key = {.class = TB_CLASS_CHAIN};
    tb_event_row event = {.lane = TB_LANE_NORMAL};
    tb_resend ask;
    size_t events = 0;
    if (tb_resend_decode(row->ask, step->arena, &ask) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    tb_err err = tb_event_of_case(step->txn, &ask.case_id, &name->event, &key, &event);
    if (err == TB_OK && event.standing != TB_STANDING_HELD_BACK) {
        uint64_t upto = key.class == TB_CLASS_CHAIN ? key.number : 0;
        err = tb_resend_case(step, &key.case_id, &name->asker, upto, event.lane, &events);
    }
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    tb_effects_note(step->effects, step->arena, TB_LEVEL_INFO, "event=resent to=%p events=%u",
                    &name->asker, (uint64_t)events);
    return send_end(step, name, row, &key.case_id, event.lane);
}

static void note_resent(tb_step *step, const tb_party *asker, size_t events)
{
    if (events > 0) {
        tb_effects_note(step->effects, step->arena, TB_LEVEL_INFO, "event=resent to=%p events=%u",
                        asker, (uint64_t)events);
    }
}

static bool has_memory(const tb_step *step)
{
    return step->arena->used < step->arena->size / MEMORY_PART;
}

/* The cases behind the cursor, a slice; the end behind the last. */
static tb_err answer_all(tb_step *step, const tb_answering_name *name, tb_answering_row *row)
{
    tb_resend ask;
    static const tb_case_id none;
    size_t sent = 0;
    size_t resent = 0;
    if (tb_resend_decode(row->ask, step->arena, &ask) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    for (size_t looked = 0;
         looked < TB_RESEND_LOOKED_A_TURN && sent < TB_RESEND_CASES_A_TURN && has_memory(step);
         looked++) {
        tb_case_id id;
        bool lost;
        size_t mark = tb_arena_mark(step->arena);
        tb_err err = tb_case_after(step->txn, &row->after, false, &id);
        if (err == TB_ERR_NOT_FOUND) {
            note_resent(step, &name->asker, resent);
            tb_effects_note(step->effects, step->arena, TB_LEVEL_INFO, "event=resent_all to=%p",
                            &name->asker);
            return send_end(step, name, row, &none, TB_LANE_BULK);
        }
        if (err == TB_OK) {
            err = any_lost(step, &id, &name->asker, &ask, &lost);
        }
        size_t events = 0;
        if (err == TB_OK && lost) {
            err = tb_resend_case(step, &id, &name->asker, 0, TB_LANE_BULK, &events);
        } else if (err == TB_OK) {
            tb_arena_release(step->arena, mark);
        }
        if (err != TB_OK) {
            return err;
        }
        sent += events > 0 ? 1 : 0;
        resent += events;
        row->after = id;
    }
    note_resent(step, &name->asker, resent);
    return tb_answering_put(step->txn, name, row);
}

/* What was resent and has not arrived holds the next piece back. */
static tb_err has_room(tb_step *step, const tb_party *asker, bool *out)
{
    tb_stream stream = {step->agent->self, step->incarnation, *asker, TB_LANE_BULK};
    tb_stream_out_row row;
    tb_err err = tb_link_ready(step->agent, step->txn, asker, 1, out);
    if (err != TB_OK || !*out) {
        return err;
    }
    err = tb_stream_out_get(step->txn, &stream, &row);
    if (err == TB_OK) {
        *out = row.number - row.arrived < TB_RESEND_OUTSTANDING_MAX;
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err answer(tb_step *step, const tb_answering_name *name, tb_answering_row *row, bool *out)
{
    const tb_directory_party *party = tb_directory_find(step->agent->directory, &name->asker);
    if (!tb_party_reachable(party)) { /* who is off-line is answered in a bundle */
        return tb_answering_del(step->txn, name);
    }
    tb_err err = has_room(step, &name->asker, out);
    if (err != TB_OK || !*out) {
        return err;
    }
    return tb_digest_zero(&name->event) ? answer_all(step, name, row)
                                        : answer_event(step, name, row);
}

tb_err tb_resend_tick(tb_step *step)
{
    tb_answering_name name = step->agent->resend_behind;
    bool any = false;
    if (tb_store_rows(step->txn, TB_TABLE_ANSWERING) == 0 ||
        step->now.real < step->agent->resend_after) {
        return TB_OK;
    }
    if (tb_store_above_watermark(step->txn)) {
        step->agent->resend_after = step->now.real + WAIT_MS; /* an answer is new work */
        return TB_OK;
    }
    for (size_t i = 0; i < ASKS_A_TURN; i++) {
        tb_answering_row row;
        bool done = false;
        if (!has_memory(step)) {
            any = true; /* the next turn has its own */
            break;
        }
        tb_bytes key;
        tb_err err = tb_answering_after(step->txn, &name, &name, &row, &key);
        if (err == TB_ERR_NOT_FOUND) {
            memset(&name, 0, sizeof name);
            break;
        }
        if (err == TB_OK || err == TB_ERR_CORRUPT) {
            tb_hand_take(step->agent, TB_TABLE_ANSWERING, key);
        }
        if (err == TB_OK) {
            err = answer(step, &name, &row, &done);
        }
        if (err != TB_OK) {
            return err;
        }
        any = any || done;
    }
    step->agent->resend_behind = name;
    step->agent->resend_after = step->now.real + (any ? 0 : WAIT_MS);
    return TB_OK;
}

tb_err tb_resend_due(const tb_agent *agent, tb_txn *txn, tb_time *out)
{
    if (tb_store_rows(txn, TB_TABLE_ANSWERING) == 0) {
        return TB_ERR_NOT_FOUND;
    }
    *out = agent->resend_after;
    return TB_OK;
}

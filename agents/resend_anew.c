/* resend_anew - own events in notices that nobody will take any more: another copy of this agent
 * used their numbers. The events are as good as ever, so they go out in notices of the present
 * incarnation; whoever knows them already loses nothing. */
#include "agents/casework.h"
#include "agents/chain.h"
#include "agents/measures.h"
#include "agents/resend.h"

/* Notices a turn takes for this; more are left out, with an alarm. */
#define ANEW_MAX (TB_LEAVES_MAX / 2)

static tb_err alarm_left_out(tb_step *step, const tb_stream *stream, uint64_t from)
{
    tb_alarm_row alarm = {
        .code = TB_REFUSED_TOO_LARGE,
        .at = step->now.real,
        .party = stream->recipient,
        .stream = *stream,
        .number = from,
        .text =
            tb_bytes_str("Too many notices of the old copy would go out anew at once; from this "
                         "number on their recipient must be asked which it lacks."),
    };
    return tb_alarm_raise(step->agent, step->txn, &alarm, step->effects);
}

static tb_err
send_event(tb_step *step, const tb_party *reader, const tb_event_key *key, tb_event_row *row)
{
    tb_case_row owner;
    tb_opening *openings;
    size_t count;
    tb_err err = tb_case_load(step->agent, step->txn, &key->case_id, &owner);
    if (err == TB_OK) {
        err = tb_openings_of(step->txn, key, &openings, &count);
    }
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    tb_outgoing_reader to = {.recipient = *reader};
    tb_bytes event = row->event;
    tb_digest id = key->event;
    tb_outgoing outgoing = {
        .lane = row->lane,
        .kind = TB_NOTICE_CASEWORK,
        .case_id = key->case_id,
        .events = &event,
        .ids = &id,
        .event_count = 1,
        .openings = openings,
        .opening_count = count,
        .readers = &to,
        .reader_count = 1,
    };
    uint32_t readable = tb_case_readable(step->agent, &owner.view, reader);
    to.opens = tb_arena_array(step->arena, count + 1, sizeof *to.opens);
    outgoing.events = tb_arena_array(step->arena, 1, sizeof *outgoing.events);
    outgoing.ids = tb_arena_array(step->arena, 1, sizeof *outgoing.ids);
    if (to.opens == NULL || outgoing.events == NULL || outgoing.ids == NULL) {
        return TB_ERR_LIMIT;
    }
    outgoing.events[0] = event;
    outgoing.ids[0] = id;
    for (size_t i = 0; i < count; i++) {
        to.opens[i] = (tb_case_group_bit(&owner.view, openings[i].group) & readable) != 0;
    }
    uint64_t notice;
    err = tb_outbox_add(step->agent, step->txn, &outgoing, &notice);
    if (err != TB_OK || notice == 0) {
        return err;
    }
    row->incarnation = step->incarnation;
    row->notice = notice;
    err = tb_event_update(step->txn, key, row);
    return err == TB_OK ? tb_measures_touch_case(step->agent, step->txn, &key->case_id) : err;
}

static tb_err send_notice(tb_step *step, const tb_stream *stream, uint64_t notice)
{
    tb_proof_row proof;
    tb_err err = tb_proof_head(step->txn, &stream->sender, &stream->incarnation, notice, &proof);
    for (size_t i = 0; err == TB_OK && i < proof.id_count; i++) {
        tb_event_key key;
        tb_event_row row;
        err = tb_event_of_case(step->txn, &proof.case_id, &proof.ids[i], &key, &row);
        if (err == TB_OK && tb_party_equal(&row.sender, &step->agent->self)) {
            err = send_event(step, &stream->recipient, &key, &row);
        }
        err = err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_resend_anew(tb_step *step, const tb_stream *stream, uint64_t behind)
{
    uint64_t at = 0;
    for (;;) {
        tb_outbox_row kept;
        tb_group group;
        tb_err err = tb_outbox_after(step->txn, stream, at, &kept);
        if (err == TB_ERR_NOT_FOUND) {
            return TB_OK;
        }
        tb_bytes encoded = {NULL, 0};
        if (err == TB_OK) {
            err = tb_outbox_group(step->txn, stream, &kept, &encoded);
        }
        if (err == TB_OK && tb_group_decode(encoded, step->arena, &group) != TB_ACCEPTED) {
            err = TB_ERR_CORRUPT;
        }
        for (size_t i = 0; err == TB_OK && i < group.item_count; i++) {
            if (kept.from + i <= behind) {
                continue;
            }
            if (step->agent->pending.count >= ANEW_MAX) {
                return alarm_left_out(step, stream, kept.from + i);
            }
            err = send_notice(step, stream, group.items[i].header.notice);
        }
        if (err != TB_OK) {
            return err;
        }
        at = kept.to;
    }
}

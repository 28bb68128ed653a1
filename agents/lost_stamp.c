#include "agents/lost_stamp.h"

#include "agents/casework.h"
#include "agents/resend.h"
#include "agents/set_aside.h"
#include "base/mutant.h"

/* The link or a share stands against it: looked at again. */
#define WAIT_MS 3000
/* Nothing waits longer: what is due later was noted before the clock was set back. */
#define LONGEST_MS (TB_STAMP_ASK_MS * (TB_STAMP_ASKS_MAX + 1))

/* The event of a notice that the recipient took: any will do. */
static tb_err event_of(tb_step *step, const tb_header *header, tb_lost_stamp_row *row, bool *out)
{
    tb_proof_row proof;
    tb_event_key key;
    tb_event_row event;
    *out = false;
    tb_err err =
        tb_proof_head(step->txn, &header->sender, &header->incarnation, header->notice, &proof);
    if (err == TB_OK && proof.id_count > 0) {
        err = tb_event_find(step->txn, &proof.ids[0], &key, &event);
        *out = err == TB_OK;
        row->event = proof.ids[0];
        row->case_id = key.case_id;
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err note(tb_step *step, const tb_stream *stream, const tb_outbox_row *group)
{
    tb_signed_line stamp;
    tb_bytes encoded;
    tb_group sent;
    tb_lost_stamp_row row = {
        .stream = *stream, .number = group->to, .due = step->now.real + TB_STAMP_ASK_MS};
    tb_err err = tb_stamp_get(step->txn, stream, group->to, &stamp, &encoded);
    if (err != TB_ERR_NOT_FOUND || TB_MUTANT(STAMP_UNASKED)) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    err = tb_outbox_group(step->txn, stream, group, &encoded);
    if (err == TB_OK && tb_group_decode(encoded, step->arena, &sent) != TB_ACCEPTED) {
        err = TB_ERR_CORRUPT;
    }
    bool found = false;
    for (size_t i = 0; err == TB_OK && i < sent.item_count && !found; i++) {
        if (sent.items[i].refusal == NULL) { /* of a filler the recipient has no event */
            err = event_of(step, &sent.items[i].header, &row, &found);
        }
    }
    return err == TB_OK && found ? tb_lost_stamp_put(step->txn, &row) : err;
}

/* The group is needed for nothing else any more: were it no longer readable, its mark, and with it
 * every session, would fail for the sake of a stamp. */
tb_err tb_lost_stamp_note(tb_step *step, const tb_stream *stream, const tb_outbox_row *group)
{
    tb_err err = note(step, stream, group);
    if (err == TB_ERR_CORRUPT) {
        tb_effects_note(step->effects, step->arena, TB_LEVEL_WARN,
                        "event=no_stamp recipient=%p number=%u", &stream->recipient, group->to);
        return TB_OK;
    }
    return err;
}

static tb_err ask(tb_step *step, tb_lost_stamp_row *row)
{
    bool ready;
    uint64_t notice = 0;
    row->due = step->now.real + WAIT_MS;
    tb_err err = tb_link_ready(step->agent, step->txn, &row->stream.recipient, 1, &ready);
    if (err == TB_OK && ready) {
        err =
            tb_resend_ask_event(step, &row->event, &row->case_id, &row->stream.recipient, &notice);
    }
    if (err != TB_OK || notice == 0) {
        return err;
    }
    row->asked++;
    row->due = step->now.real + TB_STAMP_ASK_MS * (row->asked + 1);
    return TB_OK;
}

/* The row is deleted, and put again where there is more to do. */
static tb_err look_at(tb_step *step, tb_lost_stamp_row *row)
{
    tb_signed_line stamp;
    tb_bytes packed;
    tb_err err = tb_lost_stamp_del(step->txn, row);
    if (err == TB_OK) {
        err = tb_stamp_get(step->txn, &row->stream, row->number, &stamp, &packed);
        if (err != TB_ERR_NOT_FOUND) {
            return err;
        }
        err = TB_OK;
    }
    if (err == TB_OK && row->asked == TB_STAMP_ASKS_MAX) {
        tb_effects_note(step->effects, step->arena, TB_LEVEL_WARN,
                        "event=no_stamp recipient=%p number=%u", &row->stream.recipient,
                        row->number);
        return TB_OK;
    }
    if (err == TB_OK) {
        err = ask(step, row);
    }
    return err == TB_OK ? tb_lost_stamp_put(step->txn, row) : err;
}

tb_err tb_lost_stamp_tick(tb_step *step)
{
    for (size_t i = 0; i < TB_STAMP_ASKS_A_TURN; i++) {
        tb_lost_stamp_row row;
        tb_bytes key;
        tb_err err = tb_lost_stamp_first(step->txn, &step->agent->self, &row, &key);
        if (err == TB_OK && row.due > step->now.real && row.due <= step->now.real + LONGEST_MS) {
            return TB_OK;
        }
        if (err == TB_OK || err == TB_ERR_CORRUPT) {
            tb_hand_take(step->agent, TB_TABLE_STAMP_LOST, key);
        }
        if (err == TB_OK) {
            err = look_at(step, &row);
        }
        if (err != TB_OK) {
            return err == TB_ERR_NOT_FOUND ? TB_OK : err;
        }
    }
    return TB_OK;
}

tb_err tb_lost_stamp_due(const tb_agent *agent, tb_txn *txn, tb_time *out)
{
    tb_lost_stamp_row row;
    tb_bytes key;
    tb_err err = tb_lost_stamp_first(txn, &agent->self, &row, &key);
    *out = err == TB_OK ? row.due : 0;
    return err == TB_ERR_CORRUPT ? TB_OK : err; /* at once: it is set aside */
}

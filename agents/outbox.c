#include "agents/outbox.h"
#include "base/mutant.h"

#include "agents/campaign/scene.h"
#include "agents/freshness.h"
#include "agents/offline.h"

static const tb_directory_key *sealing_key(const tb_directory_party *party)
{
    if (!tb_party_reachable(party)) {
        return NULL;
    }
    return tb_directory_current(party, TB_PURPOSE_SEAL);
}

/* Takes the readers that can be sealed to; the others are somebody's mistake in the directory. */
static tb_err
take_readers(tb_agent *agent, tb_arena *arena, const tb_outgoing *outgoing, tb_pending_notice *out)
{
    TB_ASSERT(outgoing->reader_count <= TB_ENTRIES_MAX);
    size_t count = 0;
    tb_outgoing_reader *readers =
        tb_arena_array(arena, outgoing->reader_count + 1, sizeof *readers);
    const tb_directory_party **parties =
        tb_arena_array(arena, outgoing->reader_count + 1, sizeof *parties);
    if (readers == NULL || parties == NULL) {
        return TB_ERR_LIMIT;
    }

    for (size_t i = 0; i < outgoing->reader_count; i++) {
        const tb_party *recipient = &outgoing->readers[i].recipient;
        TB_ASSERT(i == 0 || memcmp(outgoing->readers[i - 1].recipient.text, recipient->text,
                                   TB_PARTY_BYTES) < 0);
        const tb_directory_party *party = tb_directory_find(agent->directory, recipient);
        if (sealing_key(party) != NULL) {
            readers[count] = outgoing->readers[i];
            parties[count++] = party;
        }
    }
    out->outgoing = *outgoing;
    out->outgoing.readers = readers;
    out->outgoing.reader_count = count;
    out->parties = parties;
    return TB_OK;
}

tb_err
tb_outbox_add(tb_agent *agent, tb_txn *txn, const tb_outgoing *outgoing, uint64_t *out_notice)
{
    tb_pending *pending = &agent->pending;
    tb_pending_notice notice = {.notice = 0};
    if (pending->count == TB_LEAVES_MAX) {
        return TB_ERR_LIMIT;
    }
    tb_err err = take_readers(agent, tb_txn_arena(txn), outgoing, &notice);
    if (err != TB_OK) {
        return err;
    }
    if (notice.outgoing.reader_count == 0) {
        *out_notice = 0;
        return TB_OK;
    }
    if (pending->last_notice == 0) {
        err = tb_meta_number(txn, "notice", &pending->last_notice);
        if (err != TB_OK) {
            return err;
        }
    }
    void *list = pending->list;
    err = tb_work_room(tb_txn_arena(txn), &list, pending->count, &pending->capacity, sizeof notice);
    if (err != TB_OK) {
        return err;
    }

    pending->list = list;
    notice.notice = ++pending->last_notice;
    pending->list[pending->count++] = notice;
    *out_notice = notice.notice;
    return TB_OK;
}

/* Nothing is submitted for a party that is off-line, so no share can be used up. */
static tb_err ready_for(tb_agent *agent, tb_txn *txn, const tb_party *recipient, bool *out)
{
    bool closed = false;
    bool first = false;
    tb_err err = TB_OK;
    if (!tb_offline_is(agent, recipient)) {
        err = tb_closed_get(txn, recipient, &closed);
    }
    bool sealed = sealing_key(tb_directory_find(agent->directory, recipient)) != NULL;
    if (err == TB_OK && !closed && agent->stale && sealed) {
        err = tb_first_time(txn, recipient, &first);
    }
    *out = err == TB_OK && !closed && !first;
    return err;
}

tb_err
tb_link_ready(tb_agent *agent, tb_txn *txn, const tb_party *recipients, size_t count, bool *out)
{
    bool ready = false;
    tb_err err = tb_link_may_sign(txn, &ready);
    for (size_t i = 0; err == TB_OK && ready && i < count; i++) {
        err = ready_for(agent, txn, &recipients[i], &ready);
    }
    *out = err == TB_OK && ready;
    return err == TB_ERR_CORRUPT ? TB_OK : err;
}

void tb_outbox_rewind(tb_stream_out_row *row, tb_time now)
{
    row->submitted = row->stored;
    row->flight_count = 0;
    row->rewound = now;
}

tb_time tb_outbox_due_of(const tb_stream_out_row *row, tb_time now)
{
    if (row->arrived >= row->number) {
        return 0;
    }
    if (row->flight_count > 0) {
        return row->active + TB_RESEND_AFTER_MS;
    }
    return now + TB_MARK_ASK_MS;
}

static tb_stream own_stream(const tb_step *step, const tb_party *recipient, tb_lane lane)
{
    tb_stream stream = {
        .sender = step->agent->self,
        .incarnation = step->incarnation,
        .recipient = *recipient,
        .lane = lane,
    };
    return stream;
}

/* Stored by the hub and not marked by the recipient: one of the two holds it back. */
static tb_err alarm_missing(tb_step *step, const tb_stream *stream, const tb_stream_out_row *row)
{
    tb_alarm_row alarm = {
        .code = TB_REFUSED_GAP,
        .at = step->now.real,
        .party = stream->recipient,
        .stream = *stream,
        .number = row->stored,
        .text =
            tb_bytes_str("No arrived mark for what the hub stored: the recipient is away, or the "
                         "hub holds it or its mark back."),
    };
    return tb_alarm_raise(step->agent, step->txn, &alarm, step->effects);
}

/* The frame that passed the mark on may have been lost while the session lived: the Welcome to a
 * new Hello shows it. When that brought nothing either, it is an alarm. */
static tb_err miss_mark(tb_step *step, const tb_stream *stream, const tb_stream_out_row *row)
{
    tb_link_times *times = &step->agent->times;
    tb_time missing = step->now.real - row->active;
    if (missing >= TB_MARK_ASK_MS && step->now.real - times->hello >= TB_MARK_ASK_MS) {
        times->ask = true;
    }
    return missing >= TB_MARK_ALARM_MS ? alarm_missing(step, stream, row) : TB_OK;
}

/* One stream whose time has come. */
static tb_err look_again(tb_step *step, const tb_stream *stream, tb_stream_out_row *row)
{
    tb_time now = step->now.real;
    tb_time kept_due = row->due;
    tb_err err = TB_OK;
    if (row->flight_count > 0 && now - row->active >= TB_RESEND_AFTER_MS &&
        !TB_MUTANT(NEVER_AGAIN)) {
        tb_effects_note(step->effects, step->arena, TB_LEVEL_INFO,
                        "event=resend recipient=%p behind=%u submitted=%u", &stream->recipient,
                        row->stored, row->submitted);
        tb_outbox_rewind(row, now);
    } else if (row->flight_count == 0 && row->arrived < row->stored &&
               !tb_offline_is(step->agent, &stream->recipient)) {
        err = miss_mark(step, stream, row);
    }
    row->due = tb_outbox_due_of(row, now);
    if (row->due != 0 && row->due <= now) {
        row->due = now + TB_RESEND_AFTER_MS;
    }
    if (err == TB_OK) {
        err = tb_stream_out_put(step->txn, stream, kept_due, row);
    }
    return err == TB_OK ? tb_work_send(step, stream) : err;
}

/* A due row whose stream cannot be read must not stop the others for ever. */
static tb_err look_at(tb_step *step, tb_time due, const tb_stream *stream)
{
    tb_stream_out_row row;
    tb_err err = tb_stream_out_get(step->txn, stream, &row);
    if (err == TB_OK && row.due == due) {
        return look_again(step, stream, &row);
    }
    if (err != TB_OK && err != TB_ERR_NOT_FOUND && err != TB_ERR_CORRUPT) {
        return err;
    }

    tb_effects_note(step->effects, step->arena, TB_LEVEL_ERROR,
                    "event=row_corrupt table=STREAM_OUT recipient=%p", &stream->recipient);
    return tb_outbox_due_drop(step->txn, stream, due);
}

tb_err tb_outbox_tick(tb_step *step)
{
    /* The due row moves on each time, so this ends; the bound is for a clock that jumped. */
    for (size_t i = 0; i < TB_FRAME_GROUPS_MAX; i++) {
        tb_time due;
        tb_stream stream;
        tb_err err = tb_outbox_due_first(step->txn, &due, &stream);
        if (err == TB_ERR_NOT_FOUND || (err == TB_OK && due > step->now.real)) {
            return TB_OK;
        }
        if (err != TB_OK) {
            return err;
        }

        stream.sender = step->agent->self;
        err = look_at(step, due, &stream);
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

tb_err tb_outbox_closed(tb_step *step, const tb_party *recipient)
{
    tb_err err = tb_closed_put(step->txn, recipient, true);
    if (err != TB_OK) {
        return err;
    }

    tb_effects_note(step->effects, step->arena, TB_LEVEL_WARN, "event=share_closed recipient=%p",
                    recipient);
    return TB_OK;
}

tb_err tb_outbox_opened(tb_step *step, const tb_party *recipient)
{
    tb_err err = tb_closed_put(step->txn, recipient, false);
    if (err != TB_OK) {
        return err;
    }
    tb_effects_note(step->effects, step->arena, TB_LEVEL_INFO, "event=share_open recipient=%p",
                    recipient);

    for (int lane = TB_LANE_FIRST; lane <= TB_LANE_LAST; lane++) {
        tb_stream stream = own_stream(step, recipient, (tb_lane)lane);
        tb_stream_out_row row;
        err = tb_stream_out_get(step->txn, &stream, &row);
        if (err == TB_ERR_NOT_FOUND) {
            continue;
        }
        if (err == TB_OK) {
            tb_outbox_rewind(&row, step->now.real);
            err = tb_stream_out_put(step->txn, &stream, row.due, &row);
        }
        if (err == TB_OK) {
            err = tb_work_send(step, &stream);
        }
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

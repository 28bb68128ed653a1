#include "agents/marks.h"
#include "base/mutant.h"

#include "agents/lost_stamp.h"
#include "agents/outbox.h"
#include "agents/recovery.h"
#include "agents/reseal.h"

/* How many own notices back a refused header is looked for by its digest, when the hub sends none;
 * and how many in one turn, so that whoever refuses much does not keep us busy. */
#define REFUSED_LOOK_BACK 4096
#define LOOK_BACK_A_TURN  (2 * REFUSED_LOOK_BACK)

/* ---- who signed ---- */

tb_refusal tb_marks_by_hub(tb_step *step, const tb_signed_line *line)
{
    tb_agent *agent = step->agent;
    if (!tb_bytes_equal(tb_party_bytes(&line->root.signer), tb_bytes_str(TB_HUB_PARTY))) {
        return TB_REFUSED_NOT_SPEAKER;
    }
    const tb_directory_key *key =
        tb_directory_hub_key_at(agent->directory, &line->root.key, line->line.at);
    if (key == NULL) {
        return TB_REFUSED_UNKNOWN_KEY;
    }
    return tb_signed_line_verify(line, &agent->hub, &key->key, &agent->roots);
}

tb_refusal tb_marks_by_party(tb_step *step, const tb_signed_line *line, const tb_party *party)
{
    tb_agent *agent = step->agent;
    if (!tb_party_equal(&line->root.signer, party)) {
        return TB_REFUSED_NOT_SPEAKER;
    }
    if (tb_directory_find(agent->directory, party) == NULL) {
        return TB_REFUSED_UNKNOWN_PARTY;
    }
    const tb_directory_key *key =
        tb_directory_signing_key(agent->directory, party, &line->root.key);
    if (key == NULL) {
        return TB_REFUSED_UNKNOWN_KEY;
    }
    if (!tb_directory_line_counts(agent->directory, party, &line->root.key, line->line.at)) {
        return TB_REFUSED_KEY_REVOKED;
    }
    if (TB_MUTANT(MARK_UNVERIFIED)) {
        return TB_ACCEPTED;
    }
    return tb_signed_line_verify(line, &agent->hub, &key->key, &agent->roots);
}

tb_err tb_marks_alarm(tb_step *step, tb_refusal code, const tb_signed_line *line)
{
    tb_alarm_row alarm = {
        .code = code,
        .at = step->now.real,
        .party = line->root.signer,
        .stream = line->line.stream,
        .number = line->line.kind == TB_LINE_REFUSED ? line->line.from : line->line.to,
        .digest = line->line.digest,
    };
    return tb_alarm_raise(step->agent, step->txn, &alarm, step->effects);
}

/* ---- what it says about our copy ---- */

/* One notice of a group in the outbox. */
static tb_err item_of(tb_step *step,
                      const tb_stream *stream,
                      const tb_outbox_row *kept,
                      uint64_t number,
                      tb_item *out)
{
    tb_bytes encoded;
    tb_group group;
    tb_err err = tb_outbox_group(step->txn, stream, kept, &encoded);
    if (err != TB_OK) {
        return err;
    }
    if (tb_group_decode(encoded, step->arena, &group) != TB_ACCEPTED ||
        number - kept->from >= group.item_count) {
        return TB_ERR_CORRUPT;
    }
    *out = group.items[number - kept->from];
    return TB_OK;
}

static tb_err digest_of(tb_step *step, const tb_stream *stream, uint64_t number, tb_digest *out)
{
    tb_outbox_row kept;
    tb_err err = tb_outbox_holding(step->txn, stream, number, &kept);
    if (err != TB_OK) {
        return err;
    }
    if (kept.to == number) {
        *out = kept.digest;
        return TB_OK;
    }
    tb_item item;
    err = item_of(step, stream, &kept, number, &item);
    if (err == TB_OK) {
        *out = item.digest;
    }
    return err;
}

tb_err tb_marks_compare(tb_step *step,
                        const tb_line *line,
                        const tb_stream_out_row *row,
                        tb_mark_verdict *out)
{
    if (line->to > row->number) {
        *out = TB_MARK_ABOVE;
        return TB_OK;
    }
    tb_digest ours = row->digest;
    bool known = line->to == row->number;
    for (size_t i = 0; i < row->flight_count && !known; i++) {
        known = row->flights[i].to == line->to;
        ours = row->flights[i].digest;
    }
    if (!known) {
        tb_err err = digest_of(step, &line->stream, line->to, &ours);
        if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
            return err;
        }
        known = err == TB_OK;
    }
    *out = known && !tb_digest_equal(&ours, &line->digest) ? TB_MARK_DIFFERS : TB_MARK_HOLDS;
    return TB_OK;
}

/* One party's word that we sent more than we know of. Without the hub's or another's it is no
 * reason to stop: whoever signs falsely could stop anybody. */
static tb_err alarm_alone(tb_step *step, const tb_signed_line *line)
{
    tb_alarm_row alarm = {
        .code = TB_REFUSED_GAP,
        .at = step->now.real,
        .party = line->root.signer,
        .stream = line->line.stream,
        .number = line->line.to,
        .digest = line->line.digest,
        .text =
            tb_bytes_str("A recipient signed a mark above what this party sent, and nobody else "
                         "says so; ask that recipient."),
    };
    return tb_alarm_raise(step->agent, step->txn, &alarm, step->effects);
}

tb_err tb_marks_object(
    tb_step *step, const tb_signed_line *line, tb_mark_verdict verdict, bool alone, bool *out_back)
{
    if (tb_incarnation_compare(&line->line.stream.incarnation, &step->incarnation) < 0) {
        return tb_recovery_sent(step, line, verdict);
    }
    if (line->line.kind == TB_LINE_ARRIVED && verdict == TB_MARK_DIFFERS) {
        return tb_marks_alarm(step, TB_REFUSED_FORK, line);
    }
    if (line->line.kind == TB_LINE_ARRIVED && alone) {
        return alarm_alone(step, line);
    }

    *out_back = true;
    return tb_link_fence(step, TB_REFUSED_MARKS_BACK, &line->line.stream, line->line.to);
}

/* ---- stored ---- */

/* Drops from what is in flight everything up to the stored mark. */
static void land(tb_stream_out_row *row)
{
    size_t kept = 0;
    for (size_t i = 0; i < row->flight_count; i++) {
        if (row->flights[i].to > row->stored) {
            row->flights[kept++] = row->flights[i];
        }
    }
    row->flight_count = kept;
    if (row->submitted < row->stored) {
        row->submitted = row->stored;
    }
}

/* A mark above the row's. */
static tb_err take_stored(tb_step *step, const tb_signed_line *line, tb_stream_out_row *row)
{
    tb_time kept_due = row->due;
    row->stored = line->line.to;
    row->active = step->now.real;
    land(row);
    tb_err err = tb_stamp_put(step->txn, line);
    if (err == TB_OK) {
        err = tb_stream_out_put(step->txn, &line->line.stream, kept_due, row);
    }
    if (err != TB_OK || row->submitted >= row->number) {
        return err;
    }
    return tb_work_send(step, &line->line.stream);
}

/* ---- arrived ---- */

tb_err tb_marks_trim(tb_step *step, const tb_stream *stream, uint64_t upto)
{
    for (;;) {
        tb_outbox_row kept;
        tb_err err = tb_outbox_after(step->txn, stream, 0, &kept);
        if (err == TB_ERR_NOT_FOUND || (err == TB_OK && kept.to > upto)) {
            return TB_OK;
        }
        if (err == TB_OK) {
            err = tb_lost_stamp_note(step, stream, &kept);
        }
        for (size_t i = 0; err == TB_OK && i < kept.shared_count; i++) {
            err = tb_outbox_body_drop(step->txn, &stream->incarnation, kept.shared[i]);
        }
        if (err == TB_OK) {
            err = tb_outbox_del(step->txn, stream, kept.from);
        }
        if (err != TB_OK) {
            return err;
        }
    }
}

/* Likewise. */
static tb_err take_arrived(tb_step *step, const tb_signed_line *line, tb_stream_out_row *row)
{
    tb_time kept_due = row->due;
    tb_err err = tb_signed_line_encode(line, step->arena, &row->arrived_line);
    if (err != TB_OK) {
        return err;
    }
    row->arrived = line->line.to;
    row->active = step->now.real;
    if (row->stored < row->arrived) {
        row->stored = row->arrived;
        land(row);
    }
    if (row->arrived >= row->number) {
        row->due = 0;
    }
    err = tb_marks_trim(step, &line->line.stream, row->arrived);
    if (err == TB_OK) {
        err = tb_stream_out_put(step->txn, &line->line.stream, kept_due, row);
    }
    if (err != TB_OK || row->submitted >= row->number) {
        return err;
    }
    return tb_work_send(step, &line->line.stream);
}

/* ---- a line ---- */

static tb_refusal judge_line(tb_step *step, const tb_signed_line *line)
{
    if (!tb_party_equal(&line->line.stream.sender, &step->agent->self)) {
        return TB_REFUSED_NOT_SPEAKER;
    }
    switch (line->line.kind) {
    case TB_LINE_STORED:
        return tb_marks_by_hub(step, line);
    case TB_LINE_ARRIVED:
        return tb_marks_by_party(step, line, &line->line.stream.recipient);
    case TB_LINE_REFUSED:
    case TB_LINE_RESENT:
        return TB_REFUSED_PROTOCOL;
    }
    TB_UNREACHABLE();
}

/* The mark is old, but its stamp may not be known yet. What changes nothing costs no verification.
 */
static tb_err late_stamp(tb_step *step, const tb_signed_line *line)
{
    tb_signed_line kept;
    tb_bytes packed;
    tb_err err = tb_stamp_get(step->txn, &line->line.stream, line->line.to, &kept, &packed);
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    tb_refusal refused = judge_line(step, line);
    if (refused != TB_ACCEPTED) {
        return tb_marks_alarm(step, refused, line);
    }
    return tb_stamp_put(step->txn, line);
}

/* The mark we hold, signed anew after its signer's keys changed: kept in the old one's place, so
 * that what we show a hub counts. */
static tb_err renew(tb_step *step, const tb_signed_line *line, tb_stream_out_row *row)
{
    tb_signed_line held;
    if (line->line.to != row->arrived || row->arrived_line.size == 0) {
        return TB_OK;
    }
    if (tb_signed_line_decode(row->arrived_line, step->arena, &held) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    if (tb_key_id_equal(&held.root.key, &line->root.key) || line->line.at < held.line.at ||
        !tb_digest_equal(&held.line.digest, &line->line.digest)) {
        return TB_OK;
    }
    tb_refusal refused = judge_line(step, line);
    if (refused != TB_ACCEPTED) {
        return tb_marks_alarm(step, refused, line);
    }
    tb_err err = tb_signed_line_encode(line, step->arena, &row->arrived_line);
    return err == TB_OK ? tb_stream_out_put(step->txn, &line->line.stream, row->due, row) : err;
}

tb_err tb_marks_line(tb_step *step, const tb_signed_line *line)
{
    tb_stream_out_row row;
    tb_mark_verdict verdict = TB_MARK_ABOVE;
    tb_err err = tb_stream_out_get(step->txn, &line->line.stream, &row);
    if (err == TB_ERR_NOT_FOUND) {
        memset(&row, 0, sizeof row);
    } else if (err != TB_OK) {
        return err;
    }
    bool stored = line->line.kind == TB_LINE_STORED;
    if (line->line.to <= (stored ? row.stored : row.arrived)) {
        return stored ? late_stamp(step, line) : renew(step, line, &row);
    }
    tb_refusal refused = judge_line(step, line);
    if (refused != TB_ACCEPTED) {
        return tb_marks_alarm(step, refused, line);
    }
    err = tb_marks_compare(step, &line->line, &row, &verdict);
    if (err != TB_OK) {
        return err;
    }

    if (verdict != TB_MARK_HOLDS) {
        bool back;
        return tb_marks_object(step, line, verdict, true, &back);
    }
    if (stored && TB_MUTANT(OUTBOX_TRIMS_STORED)) {
        err = tb_marks_trim(step, &line->line.stream, line->line.to);
    }
    if (err != TB_OK) {
        return err;
    }
    return stored ? take_stored(step, line, &row) : take_arrived(step, line, &row);
}

/* The hub misses a number: send again behind its mark, but not for every frame that says so. */
static tb_err send_again(tb_step *step, const tb_stream *stream)
{
    tb_stream_out_row row;
    tb_err err = tb_stream_out_get(step->txn, stream, &row);
    if (err == TB_ERR_NOT_FOUND) {
        return TB_OK;
    }
    if (err != TB_OK || row.flight_count == 0 ||
        step->now.real - row.rewound < TB_RESEND_AFTER_MS) {
        return err;
    }

    tb_outbox_rewind(&row, step->now.real);
    err = tb_stream_out_put(step->txn, stream, row.due, &row);
    if (err != TB_OK) {
        return err;
    }
    return tb_work_send(step, stream);
}

tb_err tb_marks_lines(tb_step *step, const tb_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        bool own = lines->lines[i].line.kind == TB_LINE_ARRIVED &&
                   tb_party_equal(&lines->lines[i].line.stream.recipient, &step->agent->self);
        tb_err err =
            own ? tb_link_own_mark(step, &lines->lines[i]) : tb_marks_line(step, &lines->lines[i]);
        if (err == TB_OK && lines->again && lines->lines[i].line.kind == TB_LINE_STORED) {
            err = send_again(step, &lines->lines[i].line.stream);
        }
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

/* ---- refused ---- */

/* Whether the line is about a notice with this header of ours. A line that names another number
 * than the header has would make a filler that nobody can read. */
static bool is_about(const tb_line *line, const tb_header *header)
{
    const tb_entry *entry = tb_header_entry(header, &line->stream.recipient);
    return entry != NULL && entry->number == line->from && header->lane == line->stream.lane &&
           tb_party_equal(&header->sender, &line->stream.sender) &&
           tb_incarnation_compare(&header->incarnation, &line->stream.incarnation) == 0;
}

/* Among our newest notices, by the digest of its header. */
static tb_err look_back(tb_step *step, const tb_line *line, uint64_t *out)
{
    tb_work *work;
    uint64_t newest = 0;
    tb_err err = tb_work_of(step, &work);
    if (err == TB_OK) {
        err = tb_meta_number(step->txn, "notice", &newest);
    }
    for (unsigned i = 0;
         err == TB_OK && i < REFUSED_LOOK_BACK && newest > 0 && work->looked < LOOK_BACK_A_TURN;
         i++, newest--) {
        tb_proof_row proof;
        work->looked++;
        err = tb_proof_head(step->txn, &line->stream.sender, &line->stream.incarnation, newest,
                            &proof);
        tb_digest digest = err == TB_OK ? tb_header_digest(proof.header) : (tb_digest){{0}};
        if (err == TB_OK && tb_digest_equal(&digest, &line->digest)) {
            tb_header header;
            *out = newest;
            return tb_header_decode(proof.header, step->arena, &header) == TB_ACCEPTED &&
                           is_about(line, &header)
                       ? TB_OK
                       : TB_ERR_NOT_FOUND;
        }
        err = err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    return err == TB_OK ? TB_ERR_NOT_FOUND : err;
}

/* The header somebody showed is of a notice that we sent it, under this number. */
static tb_err
is_ours(tb_step *step, const tb_line *line, const tb_header *header, tb_bytes shown, bool *out)
{
    tb_proof_row proof;
    *out = false;
    if (!tb_party_equal(&header->sender, &step->agent->self) || !is_about(line, header)) {
        return TB_OK;
    }
    tb_err err =
        tb_proof_head(step->txn, &header->sender, &header->incarnation, header->notice, &proof);
    *out = err == TB_OK && tb_bytes_equal(proof.header, shown);
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* The notice number behind a refused header: from the header shown, the outbox, or the proofs.
 * TB_ERR_NOT_FOUND: it is of none that we know of. */
static tb_err notice_of(tb_step *step, const tb_refused *refused, uint64_t *out)
{
    const tb_line *line = &refused->line.line;
    tb_header header;
    if (refused->header.size > 0) {
        tb_digest digest = tb_header_digest(refused->header);
        if (tb_digest_equal(&digest, &line->digest) &&
            tb_header_decode(refused->header, step->arena, &header) == TB_ACCEPTED) {
            bool ours;
            tb_err err = is_ours(step, line, &header, refused->header, &ours);
            if (err == TB_OK && ours) {
                *out = header.notice;
            }
            return err != TB_OK || ours ? err : TB_ERR_NOT_FOUND;
        }
    }
    tb_outbox_row kept;
    tb_err err = tb_outbox_holding(step->txn, &line->stream, line->from, &kept);
    if (err == TB_OK) {
        tb_item item;
        err = item_of(step, &line->stream, &kept, line->from, &item);
        if (err != TB_OK) {
            return err;
        }
        /* Another header than ours: in its place a filler that says so would be malformed. */
        if (!tb_digest_equal(&item.digest, &line->digest)) {
            return TB_ERR_NOT_FOUND;
        }
        *out = item.header.notice;
        return TB_OK;
    }
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }

    return look_back(step, line, out);
}

/* A number the hub refused must exist all the same: the group goes again, with a filler for it. */
static tb_err fill_later(tb_step *step, const tb_line *line)
{
    tb_stream_out_row row;
    tb_err err = tb_stream_out_get(step->txn, &line->stream, &row);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    if (line->from <= row.stored || line->from > row.number) {
        return TB_OK;
    }
    if (line->from > row.refused) {
        row.refused = line->from;
    }
    tb_outbox_rewind(&row, step->now.real);
    err = tb_stream_out_put(step->txn, &line->stream, row.due, &row);
    if (err != TB_OK) {
        return err;
    }
    return tb_work_send(step, &line->stream);
}

static tb_err keep_refusal(tb_step *step, const tb_refused *refused, uint64_t notice)
{
    const tb_line *line = &refused->line.line;
    tb_refusal_row row = {
        .code = line->code,
        .lane = line->stream.lane,
        .number = line->from,
        .at = line->at,
        .event = line->event,
    };
    tb_err err = tb_signed_line_encode(&refused->line, step->arena, &row.line);
    if (err == TB_OK) {
        err = tb_refusal_put(step->txn, &line->stream, notice, &row);
    }
    if (err != TB_OK) {
        return err;
    }

    tb_effects_note(step->effects, step->arena, TB_LEVEL_WARN,
                    "event=refused by=%p recipient=%p notice=%u number=%u code=%s",
                    &refused->line.root.signer, &line->stream.recipient, notice, line->from,
                    tb_refusal_key(line->code));
    return TB_OK;
}

tb_err tb_marks_refused(tb_step *step, const tb_refused *refused)
{
    const tb_signed_line *line = &refused->line;
    if (!refused->has_line) {
        if (refused->code == TB_REFUSED_STORE_FULL) {
            step->agent->times.hub_full = step->now.real;
        }
        tb_effects_note(step->effects, step->arena, TB_LEVEL_WARN, "event=hub_refused code=%s",
                        tb_refusal_key(refused->code));
        return TB_OK;
    }
    tb_refusal by_hub = tb_marks_by_hub(step, line);
    tb_refusal judged = by_hub;
    if (judged != TB_ACCEPTED) {
        judged = tb_marks_by_party(step, line, &line->line.stream.recipient);
    }
    if (line->line.kind != TB_LINE_REFUSED ||
        !tb_party_equal(&line->line.stream.sender, &step->agent->self)) {
        judged = TB_REFUSED_PROTOCOL;
    }
    if (judged != TB_ACCEPTED) {
        return tb_marks_alarm(step, judged, line);
    }

    uint64_t notice = 0;
    tb_err err = notice_of(step, refused, &notice);
    if (err == TB_ERR_NOT_FOUND) {
        return tb_marks_alarm(step, line->line.code, line);
    }
    if (err == TB_OK) {
        err = keep_refusal(step, refused, notice);
    }
    if (err == TB_OK && by_hub != TB_ACCEPTED && tb_reseal_heals(line->line.code)) {
        err = tb_reseal_note(step, &line->line.stream, notice);
    }
    if (err != TB_OK || by_hub != TB_ACCEPTED) {
        return err;
    }
    return fill_later(step, &line->line);
}

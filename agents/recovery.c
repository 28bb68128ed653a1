#include "agents/recovery.h"

#include "agents/outbox.h"
#include "agents/resend.h"

/* META: note_until. */
#define LOST_UNTIL "lost until"

/* ---- beginning ---- */

tb_err tb_recovery_active(tb_txn *txn, bool *out)
{
    tb_recovery_row row;
    tb_err err = tb_recovery_get(txn, &row);
    if (err != TB_OK) {
        return err;
    }

    *out = row.state == TB_RECOVERY_GREETING || row.state == TB_RECOVERY_ASKING;
    return TB_OK;
}

tb_err tb_recovery_hears(tb_txn *txn, bool *out)
{
    tb_recovery_row row;
    tb_link_row link;
    tb_err err = tb_recovery_active(txn, out);
    if (err == TB_OK && !*out) {
        err = tb_recovery_get(txn, &row);
    }
    if (err != TB_OK || *out) {
        return err;
    }
    err = tb_link_get(txn, &link);
    if (err != TB_OK) {
        return err;
    }
    *out = row.state == TB_RECOVERY_ENDED && link.state == TB_LINK_CONFIRMED &&
           row.ended >= link.since;
    return TB_OK;
}

static tb_err renew(tb_step *step)
{
    step->incarnation.counter++;
    tb_random_bytes(step->random, step->incarnation.random, sizeof step->incarnation.random);
    return tb_meta_incarnation_put(step->txn, &step->incarnation);
}

/* Whom to ask follows from the marks of the next Welcome; whoever was asked before and has not
 * ended is asked again. */
static tb_err ask_anew(tb_step *step)
{
    tb_bytes cursor = {NULL, 0};
    tb_err err = TB_OK;
    while (err == TB_OK) {
        tb_party peer;
        tb_asked_row asked;
        err = tb_asked_each(step->txn, &cursor, &peer, &asked);
        if (err == TB_OK && asked.ended == 0) {
            asked = (tb_asked_row){.due = step->now.real};
            err = tb_asked_put(step->txn, &peer, &asked);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* Whom an earlier recovery asked, and until when it had lost something. */
static tb_err forget_earlier(tb_txn *txn)
{
    tb_err err = tb_asked_clear(txn);
    return err == TB_OK ? tb_meta_number_put(txn, LOST_UNTIL, 0) : err;
}

tb_err tb_recovery_begin(tb_step *step, tb_bytes account, tb_bytes reason, tb_refusal *out_refused)
{
    tb_link_row link;
    tb_recovery_row before;
    tb_err err = tb_link_get(step->txn, &link);
    if (err == TB_OK) {
        err = tb_recovery_get(step->txn, &before);
    }
    if (err != TB_OK) {
        return err;
    }
    *out_refused = link.fence == TB_ACCEPTED ? TB_REFUSED_NOTHING_TO_RECOVER
                   : reason.size == 0        ? TB_REFUSED_REASON_MISSING
                                             : TB_ACCEPTED;
    if (*out_refused != TB_ACCEPTED) {
        return TB_OK;
    }
    if (step->agent->pending.count > 0) {
        return TB_ERR_LIMIT; /* notices of this turn bear the old name: the request is played alone
                              */
    }

    bool again = before.state == TB_RECOVERY_GREETING || before.state == TB_RECOVERY_ASKING;
    tb_recovery_row row = {
        .state = TB_RECOVERY_GREETING,
        .old = step->incarnation,
        .started = step->now.real,
        .account = account,
        .reason = reason,
    };
    err = again ? ask_anew(step) : forget_earlier(step->txn);
    if (err == TB_OK) {
        err = renew(step);
    }
    if (err == TB_OK) {
        err = tb_recovery_put(step->txn, &row);
    }
    if (err == TB_OK) {
        link.fence = TB_ACCEPTED;
        link.state = TB_LINK_DOWN;
        link.since = step->now.real;
        err = tb_link_put(step->txn, &link);
    }
    if (err != TB_OK) {
        return err;
    }
    tb_effects_note(step->effects, step->arena, TB_LEVEL_WARN,
                    "event=recovering incarnation=%u before=%u", step->incarnation.counter,
                    row.old.counter);
    return step->agent->times.connected ? tb_link_greet(step) : TB_OK;
}

tb_err tb_recovery_higher(tb_step *step, tb_refusal why, bool *out_taken)
{
    tb_recovery_row row;
    tb_err err = tb_recovery_get(step->txn, &row);
    *out_taken = err == TB_OK && row.state == TB_RECOVERY_GREETING;
    if (err != TB_OK || !*out_taken) {
        return err;
    }
    tb_effects_note(step->effects, step->arena, TB_LEVEL_WARN,
                    "event=higher_incarnation counter=%u code=%s", step->incarnation.counter + 1,
                    tb_refusal_key(why));
    return renew(step);
}

/* ---- what was lost ---- */

/* A peer is to be asked, or asked again for more. */
static tb_err ask_soon(tb_step *step, const tb_party *peer)
{
    tb_asked_row asked;
    tb_recovery_row row;
    tb_err err = tb_recovery_get(step->txn, &row);
    if (err == TB_OK) {
        err = tb_asked_get(step->txn, peer, &asked);
    }
    if (err == TB_OK && asked.notice == 0 && asked.ended == 0) {
        return TB_OK;
    }
    if (err == TB_ERR_NOT_FOUND || err == TB_ERR_CORRUPT) {
        asked = (tb_asked_row){.asked = 0};
    } else if (err != TB_OK) {
        return err;
    }
    asked.notice = 0;
    asked.ended = 0;
    asked.missing = 0;
    asked.due = step->now.real;
    row.due = step->now.real;
    if (row.state == TB_RECOVERY_ENDED) {
        row.state = TB_RECOVERY_ASKING;
        row.ended = 0;
    }
    err = tb_asked_put(step->txn, peer, &asked);
    return err == TB_OK ? tb_recovery_put(step->txn, &row) : err;
}

/* Remembers a mark above our copy; *out_news: nothing as high was known. */
static tb_err note_lost(tb_step *step,
                        const tb_signed_line *line,
                        uint64_t have,
                        const tb_digest *have_digest,
                        bool *out_news)
{
    const tb_line *mark = &line->line;
    const tb_party *self = &step->agent->self;
    tb_lost_row row;
    tb_err err = tb_lost_get(step->txn, self, &mark->stream, &row);
    bool known = err == TB_OK;
    if (err == TB_ERR_NOT_FOUND || err == TB_ERR_CORRUPT) {
        row = (tb_lost_row){.have = have, .have_digest = *have_digest};
    } else if (err != TB_OK) {
        return err;
    }
    if (known && row.have >= row.base) { /* what was lost before has been resent */
        row.have = have;
        row.have_digest = *have_digest;
    }
    *out_news = !known || mark->to > row.base;
    if (mark->to > row.base) {
        row.base = mark->to;
        row.base_digest = mark->digest;
    }
    if (mark->kind == TB_LINE_ARRIVED && mark->to > row.arrived) {
        row.arrived = mark->to;
    }
    return tb_lost_put(step->txn, self, &mark->stream, &row);
}

/* The copy of the stream is given up behind its arrived mark: the hub holds other headers there. */
static tb_err give_up(tb_step *step, const tb_signed_line *line, tb_stream_out_row *row)
{
    tb_time kept_due = row->due;
    tb_signed_line arrived;
    tb_err err = tb_resend_anew(step, &line->line.stream, row->arrived);
    if (err == TB_OK) {
        err = tb_marks_trim(step, &line->line.stream, row->number);
    }
    if (err != TB_OK) {
        return err;
    }
    memset(&row->digest, 0, sizeof row->digest);
    if (row->arrived_line.size > 0 &&
        tb_signed_line_decode(row->arrived_line, step->arena, &arrived) == TB_ACCEPTED) {
        row->digest = arrived.line.digest;
    }
    row->number = row->stored = row->submitted = row->arrived;
    row->flight_count = 0;
    row->due = 0;
    return tb_stream_out_put(step->txn, &line->line.stream, kept_due, row);
}

/* Its recipient holds more of the stream than our copy: nothing of it is left to be sent. */
static tb_err adopt(tb_step *step, const tb_signed_line *line, tb_stream_out_row *row)
{
    tb_time kept_due = row->due;
    tb_err err = tb_marks_trim(step, &line->line.stream, row->number);
    if (err == TB_OK) {
        err = tb_signed_line_encode(line, step->arena, &row->arrived_line);
    }
    if (err != TB_OK) {
        return err;
    }
    row->number = row->stored = row->submitted = row->arrived = line->line.to;
    row->digest = line->line.digest;
    row->flight_count = 0;
    row->due = 0;
    row->active = step->now.real;
    return tb_stream_out_put(step->txn, &line->line.stream, kept_due, row);
}

/* The hub holds all of our copy; what arrived of it is another matter. */
static tb_err all_stored(tb_step *step, const tb_signed_line *line, tb_stream_out_row *row)
{
    tb_time kept_due = row->due;
    if (row->number == 0) {
        return TB_OK;
    }
    row->stored = row->submitted = row->number;
    row->flight_count = 0;
    row->active = step->now.real;
    return tb_stream_out_put(step->txn, &line->line.stream, kept_due, row);
}

/* Nobody is asked any more, and going on in the cases may fork them: people must know. */
static tb_err alarm_late(tb_step *step, const tb_signed_line *line)
{
    tb_alarm_row alarm = {
        .code = TB_REFUSED_GAP,
        .at = step->now.real,
        .party = line->root.signer,
        .stream = line->line.stream,
        .number = line->line.to,
        .digest = line->line.digest,
        .text = tb_bytes_str("A recipient signed for more than the old copy of this party holds, "
                             "and said so only after the recovery had ended; look at the cases "
                             "shared with it before acting on them."),
    };
    return tb_alarm_raise(step->agent, step->txn, &alarm, step->effects);
}

/* Until when the hub stored something of the lost time, by its own clock. What only a recipient
 * bears out (the hub lost its disk) has no such time. */
static tb_err note_until(tb_step *step, const tb_signed_line *line, bool news)
{
    uint64_t until = 0;
    uint64_t now = line->line.at > 0 ? (uint64_t)line->line.at : 0;
    tb_err err = tb_meta_number(step->txn, LOST_UNTIL, &until);
    if (line->line.kind == TB_LINE_ARRIVED) {
        now = news ? UINT64_MAX : 0;
    }
    return err == TB_OK && now > until ? tb_meta_number_put(step->txn, LOST_UNTIL, now) : err;
}

tb_err tb_recovery_sent(tb_step *step, const tb_signed_line *line, tb_mark_verdict verdict)
{
    bool arrived = line->line.kind == TB_LINE_ARRIVED;
    bool active = false;
    bool news = false;
    tb_stream_out_row row;
    if (arrived && verdict == TB_MARK_DIFFERS) {
        return tb_marks_alarm(step, TB_REFUSED_FORK, line); /* its word against ours */
    }
    tb_err err = tb_recovery_hears(step->txn, &active);
    if (err == TB_OK) {
        err = tb_stream_out_get(step->txn, &line->line.stream, &row);
    }
    if (err == TB_ERR_NOT_FOUND) {
        memset(&row, 0, sizeof row);
        err = TB_OK;
    } else if (err != TB_OK) {
        return err;
    }
    if (active) {
        static const tb_digest unknown;
        /* Only what the hub took of our copy is surely what everybody else holds. */
        uint64_t have = verdict == TB_MARK_DIFFERS ? row.arrived : row.stored;
        const tb_digest *digest = have == row.number ? &row.digest : &unknown;
        err = note_lost(step, line, have, digest, &news);
        if (err == TB_OK) {
            err = note_until(step, line, news);
        }
        if (err == TB_OK && news) {
            err = ask_soon(step, &line->line.stream.recipient);
        }
    } else if (arrived) {
        err = alarm_late(step, line);
    }
    if (err != TB_OK) {
        return err;
    }
    if (verdict == TB_MARK_DIFFERS) {
        return give_up(step, line, &row);
    }
    /* What our copy never saw stored may have been pushed aside by another copy's numbers. */
    err = tb_resend_anew(step, &line->line.stream, row.stored);
    if (err != TB_OK) {
        return err;
    }
    return arrived ? adopt(step, line, &row) : all_stored(step, line, &row);
}

tb_err tb_recovery_taken(tb_step *step, const tb_signed_line *line)
{
    bool news = false;
    tb_stream_in_row row;
    tb_err err = tb_stream_in_get(step->txn, &line->line.stream, &row);
    if (err == TB_ERR_NOT_FOUND) {
        row = (tb_stream_in_row){.number = 0};
    } else if (err != TB_OK) {
        return err;
    }
    err = note_lost(step, line, row.number, &row.digest, &news);
    if (err == TB_OK && news) {
        err = ask_soon(step, &line->line.stream.sender);
    }
    if (err == TB_OK) {
        row.number = line->line.to;
        row.digest = line->line.digest;
        err = tb_signed_line_encode(line, step->arena, &row.line);
    }
    return err == TB_OK ? tb_stream_in_put(step->txn, &line->line.stream, &row) : err;
}

/* ---- the end of it ---- */

tb_err tb_recovery_welcomed(tb_step *step)
{
    tb_recovery_row row;
    tb_err err = tb_recovery_get(step->txn, &row);
    if (err != TB_OK || row.state != TB_RECOVERY_GREETING) {
        return err;
    }
    row.state = TB_RECOVERY_ASKING;
    err = tb_recovery_put(step->txn, &row);
    return err == TB_OK ? tb_recovery_settle(step->txn, step->now, step->effects) : err;
}

/* ---- cases ---- */

tb_err tb_recovery_blocks(tb_txn *txn, const tb_case_id *case_id, bool *out)
{
    tb_incarnation incarnation;
    tb_free_row row;
    tb_err err = tb_recovery_active(txn, out);
    if (err != TB_OK || !*out) {
        return err;
    }
    err = tb_meta_incarnation(txn, &incarnation);
    if (err == TB_OK) {
        err = tb_free_get(txn, &incarnation, case_id, &row);
    }
    *out = err == TB_ERR_NOT_FOUND;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err make_free(tb_txn *txn, const tb_case_id *case_id, const tb_free_row *row)
{
    tb_incarnation incarnation;
    tb_err err = tb_meta_incarnation(txn, &incarnation);
    return err == TB_OK ? tb_free_put(txn, &incarnation, case_id, row) : err;
}

tb_err tb_recovery_free(tb_txn *txn, tb_now now, const tb_case_id *case_id, tb_free_why why)
{
    bool active;
    tb_free_row row = {.why = why, .at = now.real};
    tb_err err = tb_recovery_active(txn, &active);
    return err == TB_OK && active ? make_free(txn, case_id, &row) : err;
}

tb_err tb_recovery_free_new(tb_txn *txn, tb_now now, const tb_case_id *case_id, tb_time stored)
{
    uint64_t until = 0;
    tb_err err = tb_meta_number(txn, LOST_UNTIL, &until);
    return err == TB_OK && stored > 0 && (uint64_t)stored > until
               ? tb_recovery_free(txn, now, case_id, TB_FREE_NEW)
               : err;
}

tb_err tb_recovery_release(tb_step *step,
                           const tb_case_id *case_id,
                           tb_bytes account,
                           tb_bytes reason,
                           tb_refusal *out_refused)
{
    bool active;
    tb_bytes value;
    tb_free_row row = {TB_FREE_RELEASED, step->now.real, account, reason};
    tb_err err = tb_recovery_active(step->txn, &active);
    if (err != TB_OK) {
        return err;
    }
    *out_refused = !active            ? TB_REFUSED_NOT_RECOVERING
                   : reason.size == 0 ? TB_REFUSED_REASON_MISSING
                                      : TB_ACCEPTED;
    if (*out_refused != TB_ACCEPTED) {
        return TB_OK;
    }
    err = tb_store_get(step->txn, TB_TABLE_CASE, tb_bytes_of(case_id->bytes, TB_CASE_ID_BYTES),
                       &value);
    if (err == TB_ERR_NOT_FOUND) {
        *out_refused = TB_REFUSED_UNKNOWN_CASE;
        return TB_OK;
    }
    if (err == TB_OK) {
        err = make_free(step->txn, case_id, &row);
    }
    if (err != TB_OK) {
        return err;
    }
    tb_effects_note(step->effects, step->arena, TB_LEVEL_WARN, "event=case_released case=%x",
                    tb_bytes_of(case_id->bytes, TB_CASE_ID_BYTES));
    return TB_OK;
}

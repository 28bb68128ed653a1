#include "agents/recovery.h"

#include "agents/outbox.h"
#include "agents/resend.h"
#include "base/text.h"

/* Peers asked in one turn. */
#define ASKS_A_TURN 16
/* A peer that took our ask and says nothing for so long is asked again. */
#define SILENT_MS (6 * TB_RECOVER_AGAIN_MS)

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
        err = tb_asked_next(step->txn, &cursor, &peer, &asked);
        if (err == TB_OK && asked.ended == 0) {
            asked = (tb_asked_row){.due = step->now.real};
            err = tb_asked_put(step->txn, &peer, &asked);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
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
    err = again ? ask_anew(step) : tb_asked_clear(step->txn);
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
    if (err == TB_ERR_NOT_FOUND) {
        asked = (tb_asked_row){.asked = 0};
    } else if (err != TB_OK) {
        return err;
    }
    asked.notice = 0;
    asked.ended = 0;
    asked.missing = 0;
    asked.due = step->now.real;
    row.due = step->now.real;
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
    if (err == TB_ERR_NOT_FOUND) {
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

tb_err tb_recovery_sent(tb_step *step, const tb_signed_line *line, tb_mark_verdict verdict)
{
    bool arrived = line->line.kind == TB_LINE_ARRIVED;
    bool active = false;
    bool news = false;
    tb_stream_out_row row;
    if (arrived && verdict == TB_MARK_DIFFERS) {
        return tb_marks_alarm(step, TB_REFUSED_FORK, line); /* its word against ours */
    }
    tb_err err = tb_recovery_active(step->txn, &active);
    if (err == TB_OK) {
        err = tb_stream_out_get(step->txn, &line->line.stream, &row);
    }
    if (err == TB_ERR_NOT_FOUND) {
        memset(&row, 0, sizeof row);
    } else if (err != TB_OK) {
        return err;
    }
    if (active) {
        uint64_t have = verdict == TB_MARK_DIFFERS ? row.arrived : row.number;
        err = note_lost(step, line, have, &row.digest, &news);
        if (err == TB_OK && news) {
            err = ask_soon(step, &line->line.stream.recipient);
        }
    }
    if (err != TB_OK) {
        return err;
    }
    if (verdict == TB_MARK_DIFFERS) {
        return give_up(step, line, &row);
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

/* The earliest time some peer is to be looked at; 0 when all have ended. */
static tb_err next_due(tb_txn *txn, tb_time *out)
{
    tb_bytes cursor = {NULL, 0};
    tb_err err = TB_OK;
    tb_time least = 0;
    while (err == TB_OK) {
        tb_party peer;
        tb_asked_row asked;
        err = tb_asked_next(txn, &cursor, &peer, &asked);
        if (err == TB_OK && asked.ended == 0 && (least == 0 || asked.due < least)) {
            least = asked.due;
        }
    }
    *out = least;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err settle(tb_txn *txn, tb_now now, tb_effects *effects)
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

tb_err tb_recovery_welcomed(tb_step *step)
{
    tb_recovery_row row;
    tb_err err = tb_recovery_get(step->txn, &row);
    if (err != TB_OK || row.state != TB_RECOVERY_GREETING) {
        return err;
    }
    row.state = TB_RECOVERY_ASKING;
    err = tb_recovery_put(step->txn, &row);
    return err == TB_OK ? settle(step->txn, step->now, step->effects) : err;
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
static tb_err
weigh(tb_agent *agent, tb_txn *txn, const tb_party *peer, const tb_resend *resend, verdict *out)
{
    tb_bytes cursor = {NULL, 0};
    tb_err err = TB_OK;
    *out = (verdict){0, 0};
    while (err == TB_OK) {
        tb_stream stream;
        tb_lost_row row;
        err = tb_lost_next(txn, &agent->self, peer, &cursor, &stream, &row);
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
    tb_err err = weigh(agent, txn, peer, resend, &left);
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
    if (err != TB_OK || asked.ended != 0) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    asked.heard = now.real;
    bool ends = resend->to > 0 && resend->to == asked.notice;
    err = ends ? end_answer(agent, txn, now, peer, resend, &asked, effects)
               : tb_asked_put(txn, peer, &asked);
    return err == TB_OK ? settle(txn, now, effects) : err;
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

static tb_err look_after(tb_step *step, const tb_party *peer, tb_asked_row *asked)
{
    tb_time now = step->now.real;
    tb_time newest = asked->heard > asked->last ? asked->heard : asked->last;
    bool arrived = false;
    tb_err err = ask_arrived(step, peer, &arrived);
    if (err != TB_OK) {
        return err;
    }
    asked->due = now + TB_RECOVER_AGAIN_MS;
    bool wanted = asked->notice == 0 || (arrived && now - newest >= SILENT_MS);
    if (wanted && tb_link_ready(step->agent, step->txn, peer, 1)) {
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
        err = tb_asked_next(step->txn, &cursor, &peer, &asked);
        if (err == TB_OK && asked.ended == 0 && asked.due <= step->now.real) {
            err = look_after(step, &peer, &asked);
            left--;
        }
    }
    return err == TB_OK || err == TB_ERR_NOT_FOUND ? settle(step->txn, step->now, step->effects)
                                                   : err;
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

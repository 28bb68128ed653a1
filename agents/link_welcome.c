/* link_welcome - Hello, and what Welcome says about our own copy.
 *
 * Every mark somebody else signed about our streams, and every arrived mark of our own that the hub
 * kept, must find our copy at or above it. One that does not proves that our store went back:
 * fenced, until an officer recovers; then the same marks are the base (recovery.h). A hub that
 * shows less than it once signed has lost something itself: alarm, and sending goes on behind the
 * higher of its mark and the recipient's.
 */
#include "agents/draft.h"
#include "agents/link.h"
#include "agents/marks.h"
#include "agents/outbox.h"
#include "agents/own_anew.h"
#include "agents/own_cut.h"
#include "agents/recovery.h"
#include "agents/set_aside.h"
#include "agents/untold.h"
#include "base/mutant.h"
#include "messages/protocol.h"

/* Lines in a Hello: a frame holds no more of them, and the hub lacks them only after losing its
 * disk. */
#define HELLO_ARRIVED_MAX 640
#define HELLO_TAKEN_MAX   2048

/* ---- Hello ---- */

static tb_err put_arrived(tb_step *step, tb_hello *hello)
{
    tb_bytes cursor = {NULL, 0};
    size_t capacity = 0;
    tb_err err = TB_OK;

    while (err == TB_OK && hello->arrived_count < HELLO_ARRIVED_MAX) {
        tb_stream stream;
        tb_stream_out_row row;
        void *list = hello->arrived;
        err = tb_stream_out_next(step->txn, &cursor, &stream, &row);
        if (err != TB_OK || row.arrived_line.size == 0) {
            continue;
        }
        err = tb_work_room(step->arena, &list, hello->arrived_count, &capacity,
                           sizeof *hello->arrived);
        if (err != TB_OK) {
            continue;
        }
        hello->arrived = list;
        if (tb_signed_line_decode(row.arrived_line, step->arena,
                                  &hello->arrived[hello->arrived_count++]) != TB_ACCEPTED) {
            err = TB_ERR_CORRUPT;
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err put_taken(tb_step *step, tb_hello *hello)
{
    tb_bytes cursor = {NULL, 0};
    size_t capacity = 0;
    tb_err err = TB_OK;

    while (err == TB_OK && hello->taken_count < HELLO_TAKEN_MAX) {
        tb_stream stream;
        tb_stream_in_row row;
        void *list = hello->taken;
        err = tb_stream_in_next(step->txn, &step->agent->self, &cursor, &stream, &row);
        if (err == TB_OK) {
            err = tb_work_room(step->arena, &list, hello->taken_count, &capacity,
                               sizeof *hello->taken);
        }
        if (err == TB_OK) {
            hello->taken = list;
            hello->taken[hello->taken_count++] = (tb_stream_at){stream, row.number, row.digest};
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_link_hello(tb_step *step)
{
    tb_frame frame = {.kind = TB_FRAME_HELLO};
    tb_hello *hello = &frame.hello;
    hello->party = step->agent->self;
    hello->incarnation = step->incarnation;
    hello->protocol_min = tb_protocol_spoken().min;
    hello->protocol_max = tb_protocol_spoken().max;
    tb_err err = tb_documents_here(step->txn, &hello->documents, &hello->document_count);
    if (err == TB_OK) {
        err = put_arrived(step, hello);
    }
    if (err == TB_OK) {
        err = put_taken(step, hello);
    }
    if (err == TB_OK) {
        err = tb_recovery_active(step->txn, &hello->recovering);
    }
    if (err != TB_OK) {
        return err;
    }
    return tb_link_send(step, &frame);
}

/* ---- Welcome ---- */

static const tb_signed_line *
line_of(const tb_signed_line *lines, size_t count, const tb_stream *stream)
{
    for (size_t i = 0; i < count; i++) {
        if (tb_stream_equal(&lines[i].line.stream, stream)) {
            return &lines[i];
        }
    }
    return NULL;
}

/* A mark of a stream we send: does our copy agree? *out_back: it does not. */
static tb_err
check_sent(tb_step *step, const tb_signed_line *line, bool alone, bool *out_back, bool *out_above)
{
    tb_stream_out_row row;
    tb_mark_verdict verdict;
    tb_err err = tb_stream_out_get(step->txn, &line->line.stream, &row);
    if (err == TB_ERR_NOT_FOUND) {
        memset(&row, 0, sizeof row);
    } else if (err != TB_OK) {
        return err;
    }
    err = tb_marks_compare(step, &line->line, &row, &verdict);
    if (err != TB_OK) {
        return err;
    }

    *out_above = verdict == TB_MARK_ABOVE;
    return verdict == TB_MARK_HOLDS ? TB_OK : tb_marks_object(step, line, verdict, alone, out_back);
}

static tb_err check_stored(tb_step *step, const tb_welcome *welcome, bool *out_back)
{
    tb_err err = TB_OK;
    bool above;
    for (size_t i = 0; err == TB_OK && i < welcome->stored_count; i++) {
        const tb_signed_line *line = &welcome->stored[i];
        tb_refusal refused = tb_marks_by_hub(step, line);
        if (line->line.kind != TB_LINE_STORED ||
            !tb_party_equal(&line->line.stream.sender, &step->agent->self)) {
            refused = TB_REFUSED_PROTOCOL;
        }
        err = refused == TB_ACCEPTED ? check_sent(step, line, false, out_back, &above)
                                     : tb_marks_alarm(step, refused, line);
    }
    return err;
}

/* Two recipients that say so independently are believed; one alone is not. */
static tb_err check_arrived(tb_step *step, const tb_welcome *welcome, bool *out_back)
{
    tb_err err = TB_OK;
    const tb_party *first = NULL;
    for (size_t i = 0; err == TB_OK && i < welcome->arrived_count; i++) {
        const tb_signed_line *line = &welcome->arrived[i];
        tb_refusal refused = tb_marks_by_party(step, line, &line->line.stream.recipient);
        if (line->line.kind != TB_LINE_ARRIVED ||
            !tb_party_equal(&line->line.stream.sender, &step->agent->self)) {
            refused = TB_REFUSED_PROTOCOL;
        }
        if (refused != TB_ACCEPTED) {
            err = tb_marks_alarm(step, refused, line);
            continue;
        }
        bool above = false;
        bool alone = !*out_back && (first == NULL || tb_party_equal(first, &line->root.signer));
        err = check_sent(step, line, alone, out_back, &above);
        bool present =
            tb_incarnation_compare(&line->line.stream.incarnation, &step->incarnation) == 0;
        first = above && present && first == NULL ? &line->root.signer : first;
        if (err == TB_OK && !above && !*out_back) {
            err = tb_marks_line(step, line);
        }
    }
    return err;
}

/* Under a key of ours that was stolen a mark proves nothing about us. But hub and sender went by it
 * and keep nothing at or below it, so that it is where the stream goes on all the same. */
static tb_refusal check_own(tb_step *step, const tb_signed_line *line)
{
    tb_agent *agent = step->agent;
    tb_refusal refused = tb_marks_by_party(step, line, &agent->self);
    if (refused != TB_REFUSED_KEY_REVOKED) {
        return refused;
    }
    const tb_directory_party *self = tb_directory_find(agent->directory, &agent->self);
    const tb_directory_key *key = tb_directory_key_of(self, &line->root.key);
    return tb_signed_line_verify(line, &agent->hub, &key->key, &agent->roots);
}

/* We signed that we hold up to there. */
static tb_err own_mark(tb_step *step, const tb_signed_line *line, bool *out_back)
{
    tb_refusal refused = check_own(step, line);
    if (line->line.kind != TB_LINE_ARRIVED ||
        !tb_party_equal(&line->line.stream.recipient, &step->agent->self)) {
        refused = TB_REFUSED_PROTOCOL;
    }
    if (refused != TB_ACCEPTED) {
        return tb_marks_alarm(step, refused, line);
    }
    tb_stream_in_row row;
    bool recovering = false;
    tb_err err = tb_stream_in_get(step->txn, &line->line.stream, &row);
    bool lost = err == TB_ERR_NOT_FOUND;
    if (err == TB_OK) {
        lost = line->line.to > row.number ||
               (line->line.to == row.number && !tb_digest_equal(&line->line.digest, &row.digest));
    } else if (!lost) {
        return err;
    }
    if (!lost) {
        return TB_OK;
    }
    err = tb_recovery_hears(step->txn, &recovering);
    if (err != TB_OK) {
        return err;
    }
    if (recovering) {
        return tb_recovery_taken(step, line);
    }
    *out_back = true;
    return tb_link_fence(step, TB_REFUSED_MARKS_BACK, &line->line.stream, line->line.to);
}

tb_err tb_link_own_mark(tb_step *step, const tb_signed_line *line)
{
    bool back;
    return own_mark(step, line, &back);
}

static tb_err check_taken(tb_step *step, const tb_welcome *welcome, bool *out_back)
{
    tb_err err = TB_OK;
    for (size_t i = 0; err == TB_OK && i < welcome->taken_count; i++) {
        err = own_mark(step, &welcome->taken[i], out_back);
    }
    return err;
}

/* Where sending goes on: behind the higher of the hub's stored mark and the recipient's arrived
 * mark. A stored mark that only follows is none yet, and nothing is said of it: what is sent again
 * until it comes changes nothing. */
static tb_err set_base(tb_step *step,
                       const tb_signed_line *stored,
                       bool follows,
                       const tb_stream *stream,
                       tb_stream_out_row *row)
{
    uint64_t shown = stored == NULL ? 0 : stored->line.to;
    shown =
        shown < row->number ? shown : row->number; /* an old stream may be longer than our copy */
    uint64_t base = shown > row->arrived ? shown : row->arrived;
    tb_time kept_due = row->due;
    bool went_back = shown < row->stored && !follows;
    bool news = base != row->stored || row->submitted != base || row->flight_count > 0;
    tb_err err = TB_OK;

    if (went_back) {
        tb_effects_note(step->effects, step->arena, TB_LEVEL_ERROR,
                        "event=hub_went_back recipient=%p stored=%u shown=%u", &stream->recipient,
                        row->stored, shown);
    }
    if (went_back && base < row->stored) {
        tb_alarm_row alarm = {
            .code = TB_REFUSED_GAP,
            .at = step->now.real,
            .party = {TB_HUB_PARTY},
            .stream = *stream,
            .number = row->stored,
            .text = tb_bytes_str("The hub shows a stored mark below one it signed; sending again."),
        };
        err = tb_alarm_raise(step->agent, step->txn, &alarm, step->effects);
    }
    if (err == TB_OK && stored != NULL && stored->line.to == shown) {
        /* It may have been lost, and the number be known as stored from its recipient's mark. */
        err = tb_stamp_put(step->txn, stored);
    }
    if (err != TB_OK) {
        return err;
    }
    row->stored = base;
    if (!TB_MUTANT(WELCOME_NOT_HEEDED)) {
        tb_outbox_rewind(row, step->now.real);
    }
    if (news) {
        err = tb_stream_out_put(step->txn, stream, kept_due, row);
    }
    if (err != TB_OK || row->submitted >= row->number) {
        return err;
    }
    return tb_work_send(step, stream);
}

static tb_err set_bases(tb_step *step, const tb_welcome *welcome)
{
    tb_bytes cursor = {NULL, 0};
    tb_err err = TB_OK;

    while (err == TB_OK) {
        tb_stream stream;
        tb_stream_out_row row;
        err = tb_stream_out_next(step->txn, &cursor, &stream, &row);
        if (err != TB_OK) {
            break;
        }
        stream.sender = step->agent->self;
        if (row.arrived >= row.number &&
            tb_incarnation_compare(&stream.incarnation, &step->incarnation) != 0) {
            continue; /* of an old incarnation, and over */
        }
        const tb_signed_line *stored = line_of(welcome->stored, welcome->stored_count, &stream);
        if (stored != NULL && tb_marks_by_hub(step, stored) != TB_ACCEPTED) {
            stored = NULL;
        }
        err = set_base(step, stored, stored == NULL && welcome->more, &stream, &row);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err set_shares(tb_step *step, const tb_welcome *welcome)
{
    tb_err err = tb_closed_clear(step->txn);
    for (size_t i = 0; err == TB_OK && i < welcome->closed_count; i++) {
        err = tb_closed_put(step->txn, &welcome->closed[i], true);
    }
    for (size_t i = 0; err == TB_OK && i < welcome->refused_count; i++) {
        err = tb_marks_refused(step, &welcome->refused[i]);
    }
    return err;
}

static tb_err confirm(tb_step *step, const tb_welcome *welcome, tb_link_row *row)
{
    row->state = TB_LINK_CONFIRMED;
    row->since = step->now.real;
    row->fence = TB_ACCEPTED;
    tb_err err = tb_link_put(step->txn, row);
    if (err == TB_OK) {
        err = set_bases(step, welcome);
    }
    if (err == TB_OK) {
        err = set_shares(step, welcome);
    }
    if (err != TB_OK) {
        return err;
    }

    tb_effects_note(step->effects, step->arena, TB_LEVEL_INFO, "event=linked streams=%u",
                    (uint64_t)welcome->stored_count);
    err = tb_own_marks_renew(step);
    if (err == TB_OK) {
        err = tb_hand_work(step, tb_untold_show);
    }
    if (err != TB_OK) {
        return err;
    }
    return tb_drafts_release(step->agent, step->txn, step->now, step->random, step->effects);
}

tb_err tb_link_welcome(tb_step *step, const tb_welcome *welcome)
{
    tb_link_row row;
    bool back = false;
    tb_err err = tb_link_get(step->txn, &row);
    if (err != TB_OK || row.state != TB_LINK_GREETING) {
        return err;
    }
    tb_protocol_range chosen = {welcome->protocol, welcome->protocol};
    if (tb_protocol_common(chosen, tb_protocol_spoken()) == 0) {
        return tb_link_end(step, TB_REFUSED_PROTOCOL);
    }
    err = check_stored(step, welcome, &back);
    if (err == TB_OK) {
        err = check_arrived(step, welcome, &back);
    }
    if (err == TB_OK) {
        err = check_taken(step, welcome, &back);
    }
    if (err == TB_OK && !back && row.fence != TB_REFUSED_MARKS_BACK) {
        err = tb_own_anew(step, welcome, &back);
    }
    if (err == TB_OK) {
        err = tb_documents_offer(step, welcome->documents, welcome->document_count);
    }
    bool cut = false;
    if (err == TB_OK) {
        err = tb_link_get(step->txn, &row);
    }
    if (err == TB_OK) {
        err = tb_own_cut_stands(step->agent, step->txn, &cut);
    }
    if (err != TB_OK) {
        return err;
    }
    if (cut && row.fence != TB_REFUSED_MARKS_BACK) {
        row.fence = TB_REFUSED_KEY_CUT;
    }

    if (back || row.fence == TB_REFUSED_MARKS_BACK || row.fence == TB_REFUSED_KEY_CUT) {
        /* A session it is, but one in which we only listen: documents still come. */
        row.state = TB_LINK_CONFIRMED;
        row.since = step->now.real;
        return tb_link_put(step->txn, &row);
    }
    err = tb_recovery_welcomed(step);
    return err == TB_OK ? confirm(step, welcome, &row) : err;
}

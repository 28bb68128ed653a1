/* marks - what hub and recipients signed about the streams we send.
 *
 *     stored    by the hub: holds everything up to n. Frees the window; each line is also a stamp.
 *     arrived   by the recipient: holds everything up to n. Trims the outbox.
 *     refused   by the hub (the number goes again as a filler) or by the recipient (it arrived)
 *
 * A mark counts only when its signature verifies under a key of who may say it, and when its digest
 * is that of our own header of that number. A mark above our own numbers, or the hub's of another
 * header, says that our store went back.
 */
#ifndef TB_MARKS_H
#define TB_MARKS_H

#include "agents/link.h"

/* A Stored frame. */
tb_err tb_marks_lines(tb_step *step, const tb_lines *lines) TB_MUST_USE;
/* One line about a stream we send, stored or arrived. */
tb_err tb_marks_line(tb_step *step, const tb_signed_line *line) TB_MUST_USE;
tb_err tb_marks_refused(tb_step *step, const tb_refused *refused) TB_MUST_USE;

/* Whether a line is signed by the hub, or by a party with a key that is not cut. */
tb_refusal tb_marks_by_hub(tb_step *step, const tb_signed_line *line) TB_MUST_USE;
tb_refusal
tb_marks_by_party(tb_step *step, const tb_signed_line *line, const tb_party *party) TB_MUST_USE;
/* marks_covering.c: the newest arrived marks, each a packed SignedLine as it is stored, that cover a
 * notice: of one that another party sent, none. Of a stream in `seen` none is taken again, as far as
 * there is room to remember. TB_ERR_CORRUPT: the header does not decode. */
typedef struct tb_marks_seen {
    tb_stream *streams;
    size_t count;
    size_t room;
} tb_marks_seen;
typedef tb_err tb_marks_covering_fn(void *context, tb_bytes line);
tb_err tb_marks_covering(tb_step *step,
                         tb_bytes header,
                         tb_marks_seen *seen,
                         tb_marks_covering_fn *take,
                         void *context) TB_MUST_USE;
/* Alarm about a line that does not hold. */
tb_err tb_marks_alarm(tb_step *step, tb_refusal code, const tb_signed_line *line) TB_MUST_USE;

/* What a mark of a stream we send means for our own copy. */
typedef enum tb_mark_verdict {
    TB_MARK_HOLDS, /* our header of that number has that digest, or it is too old to be compared */
    TB_MARK_ABOVE, /* we have no such number */
    TB_MARK_DIFFERS, /* our header of that number is another one */
} tb_mark_verdict;
tb_err tb_marks_compare(tb_step *step,
                        const tb_line *line,
                        const tb_stream_out_row *row,
                        tb_mark_verdict *out) TB_MUST_USE;
/* A mark that does not hold. A recipient's word that our header is another one is its word against
 * ours, and alone its word that we sent more than we know of: an alarm that names it, and nothing
 * it could stop us with. Of an older incarnation than ours a mark says where that stream ended
 * (recovery.h). Anything else says that our store went back: fenced, and *out_back is set. */
tb_err tb_marks_object(tb_step *step,
                       const tb_signed_line *line,
                       tb_mark_verdict verdict,
                       bool alone,
                       bool *out_back) TB_MUST_USE;
/* Takes the groups of a stream up to a number out of the outbox. */
tb_err tb_marks_trim(tb_step *step, const tb_stream *stream, uint64_t upto) TB_MUST_USE;

#endif

/* frame_peek - whose groups a Deliver frame carries, and how many notices a Submit frame, without
 * decoding it: what a shell may ask before there is a turn. Nothing here is checked; a peer may
 * write what it likes, and the turn judges.
 */
#ifndef TB_FRAME_PEEK_H
#define TB_FRAME_PEEK_H

#include "base/base.h"
#include "base/ids.h"

typedef struct tb_peeked {
    tb_party sender; /* who signed the groups; zero where none is named */
    size_t bytes;    /* of its groups that follow each other */
} tb_peeked;

/* At most max of them, in the frame's order; what comes behind counts in the last one's bytes. 0
 * for a frame that carries nothing or does not read. max is at least 1. */
size_t tb_frame_peek(tb_bytes frame, tb_peeked *out, size_t max);
/* Whether it is a Submit, and how many notices are in it: items, or bodies where there are more; a
 * filler whose line has another root than the one before it counts for TB_FILLER_ITEMS. What
 * follows where it does not read counts for nothing; nor does the decoder read it. */
bool tb_frame_submits(tb_bytes frame, size_t *out_notices);

#endif

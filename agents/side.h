/* side - events beside the chain: remark, remind, supervise, requests (design §9).
 *
 * A side event names the head its author saw, has no number and changes nothing. It counts from the
 * holder's next event, which lists it in `seen`. It goes to the holder its author knows; who handed
 * the case over passes it on, with the hand-over or, when it comes later, on its own.
 */
#ifndef TB_SIDE_H
#define TB_SIDE_H

#include "agents/apply.h"

/* An arrival of that kind; as tb_place_event. */
tb_err tb_side_place(tb_apply *apply, const tb_arrival *arrival, tb_place_verdict *out) TB_MUST_USE;

/* Adds a side event to those no event of the chain lists yet. The row is not yet put. */
tb_err tb_side_add(tb_arena *arena, tb_case_row *row, const tb_digest *id) TB_MUST_USE;

/* Notes on their rows that an event of the chain lists these. */
tb_err tb_side_seen(tb_txn *txn, const tb_event *event) TB_MUST_USE;

#endif

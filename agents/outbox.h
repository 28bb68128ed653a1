/* outbox - notices this agent has promised and some recipient has not yet acknowledged.
 *
 *     (added) --close: seal, number, sign--> OUTBOX --Submit--> in flight --stored mark--> held by
 * the hub ^                   |                          |
 *                                              +--- due, again ----+      arrived mark: (gone)
 *
 * A turn's notices become one tree with one signature; per recipient and lane they are grouped, and
 * a group is submitted, stored, delivered and taken whole. At most TB_WINDOW_BYTES of a stream are
 * in flight, and at most TB_SUBMIT_BYTES leave in one turn: what is left over is due at once.
 */
#ifndef TB_OUTBOX_H
#define TB_OUTBOX_H

#include "agents/link.h"
#include "agents/outbox_work.h"

/* Bytes of one stream without stored mark. */
#define TB_WINDOW_BYTES (4u * 1024 * 1024)
/* Bytes submitted in one turn: each costs about three times its size in the turn's memory. */
#define TB_SUBMIT_BYTES (8u * 1024 * 1024)

/* The end of the turn: makes what was added into groups, then sends on what may go. */
tb_err tb_outbox_close(tb_step *step) TB_MUST_USE;
/* Streams that are due: again behind the mark when one is missing. */
tb_err tb_outbox_tick(tb_step *step) TB_MUST_USE;
/* The recipient's share is used up, or free again. */
tb_err tb_outbox_closed(tb_step *step, const tb_party *recipient) TB_MUST_USE;
tb_err tb_outbox_opened(tb_step *step, const tb_party *recipient) TB_MUST_USE;

/* Forgets what was in flight: the next pump starts behind the mark. */
void tb_outbox_rewind(tb_stream_out_row *row, tb_time now);
/* When a stream is looked at again, from its row; 0 when every number arrived. */
tb_time tb_outbox_due_of(const tb_stream_out_row *row, tb_time now);

/* outbox_send.c: submits what the window, the shares and the turn allow, of every stream in the
 * work. */
tb_err tb_outbox_pump(tb_step *step) TB_MUST_USE;

/* outbox_send.c: a group out of the store with its shared bodies, and fillers for what was refused.
 */
tb_err tb_outbox_read(tb_step *step,
                      const tb_stream *stream,
                      const tb_stream_out_row *row,
                      tb_outbox_row *kept,
                      tb_made *out) TB_MUST_USE;

/* One notice of the turn, on its way through outbox_close.c. */
typedef struct tb_pending_notice {
    tb_outgoing outgoing;
    uint64_t notice;
    const tb_directory_party **parties; /* per reader */
    /* set at the end of the turn */
    tb_header header;
    tb_bytes header_bytes;
    tb_digest digest;
    tb_bytes body;
    uint32_t leaf;
} tb_pending_notice;

/* What sealing a turn shares: one ephemeral pair, one agreement per recipient (by directory place).
 */
typedef struct tb_sealing {
    tb_seal_pair ephemeral;
    tb_agreement **agreements;
} tb_sealing;

/* outbox_seal.c: the sealed body of a notice. */
tb_err tb_outbox_seal(tb_step *step, tb_sealing *sealing, tb_pending_notice *notice) TB_MUST_USE;

#endif

/* lost_stamp - the hub's stamp on a group of ours that has arrived, and that never came here.
 *
 *     arrived, no stamp --> STAMP_LOST --TB_STAMP_ASK_MS--> its recipient is asked for an event of it,
 *     longer each time --> the stamp comes with the answer: (gone)
 *                      --> TB_STAMP_ASKS_MAX asks: (gone), noted
 *
 * A Stored frame may be lost, or the hub may end between its commit and the frame; the next Welcome
 * shows the newest stamp of each stream alone. The recipient was given it with the notices (design
 * §7), and what it resends goes with it. One event is enough: a stamp covers its whole group.
 */
#ifndef TB_LOST_STAMP_H
#define TB_LOST_STAMP_H

#include "agents/link.h"
#include "agents/rows_link.h"

/* A group leaves the outbox since it has arrived. Notes it when no stamp covers it and it reads. */
tb_err tb_lost_stamp_note(tb_step *step, const tb_stream *stream, const tb_outbox_row *group)
    TB_MUST_USE;
/* Asks for what is due; a bounded number. Only where tb_link_may_sign. */
tb_err tb_lost_stamp_tick(tb_step *step) TB_MUST_USE;
/* TB_ERR_NOT_FOUND: none is missing. */
tb_err tb_lost_stamp_due(const tb_agent *agent, tb_txn *txn, tb_time *out) TB_MUST_USE;

#endif

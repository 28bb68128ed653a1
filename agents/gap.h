/* gap - a missing event that held back events wait for, and whom it was asked of (design.md §9).
 *
 *     held back --TB_GAP_ASK_MS--> asked of its giver --longer each time--> of others on the case
 *
 * Kept beside HELD: the row of a missing event goes when the event is here, or nothing waits for it
 * any more. Bounded in number (TB_GAP_ASKS_MAX), in rate (TB_GAP_ASKS_A_TURN) and by what is held.
 */
#ifndef TB_GAP_H
#define TB_GAP_H

#include "agents/link.h"
#include "agents/rows_recover.h"

/* An event is held back: what it waits for will be asked for. */
tb_err tb_gap_open(tb_txn *txn,
                   tb_now now,
                   const tb_digest *missing,
                   const tb_party *giver,
                   const tb_case_id *case_id) TB_MUST_USE;
/* A party asked has ended its answer: if the event is still missing, the next one is asked soon. */
tb_err
tb_gap_answered(tb_txn *txn, tb_now now, const tb_digest *missing, const tb_party *by) TB_MUST_USE;
tb_err tb_gap_tick(tb_step *step) TB_MUST_USE;
/* None waits longer than it would from now; *moved is set when one did. */
tb_err tb_gap_set_back(tb_step *step, bool *moved) TB_MUST_USE;
/* TB_ERR_NOT_FOUND: nothing is missing. */
tb_err tb_gap_due(tb_txn *txn, tb_time *out) TB_MUST_USE;

#endif

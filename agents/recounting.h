/* recounting - 重新统计中: stated figures counted anew where more cases are here than one question
 * may look through (TB_RECOUNT_CASES_MAX), a slice a tick, in a row of their own (RECOUNT).
 *
 *     asked for         --> counts:  TB_RECOUNT_SLICE cases a tick, in the order of their ids
 *     every case seen   --> clears:  the result is kept, its totals go, a slice a tick
 *     totals gone       --> over
 *     a definition of another version comes meanwhile --> its totals go, and it counts again
 *
 * It counts each case as it was when the figures were stated (as_of.h): what comes in between the
 * slices changes nothing, so the result is that of one moment. Totals are in tables, not in memory:
 * a million cases need no more of that than one. A restart goes on where the last slice ended.
 * Nothing is counted while the store is above its watermark, nor while the campaign is not
 * installed; others go on meanwhile.
 */
#ifndef TB_RECOUNTING_H
#define TB_RECOUNTING_H

#include "agents/link.h"
#include "agents/rows_recounting.h"

/* How far the recount of these figures is; it is begun where there is none yet, or where that was
 * by other measures. campaign: its newest version here. The caller may write. */
tb_err tb_recounting_ask(tb_txn *txn,
                         const tb_campaign *campaign,
                         const tb_recounting_key *key,
                         const tb_as_of *as_of,
                         tb_recounting_row *out) TB_MUST_USE;

/* Of a row with its result: the figures of a report, or (field: its id) what the cases made up of
 * one field of the case. False: it says nothing of it. */
bool tb_recounting_result(const tb_recounting_row *row, tb_bytes field, tb_bytes *out);

/* The row it works on it takes in hand (set_aside.h). */
tb_err tb_recounting_tick(tb_step *step) TB_MUST_USE;
/* TB_ERR_NOT_FOUND: the tick has nothing to do; otherwise it has, now. */
tb_err tb_recounting_due(const tb_agent *agent, tb_txn *txn, tb_time *out) TB_MUST_USE;

#endif

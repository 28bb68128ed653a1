/* dispute - events that are in a chain here, and turn out to be signed beyond a cut.
 *
 *     a directory with a new cut --> CUT_SCAN --every event of that key looked at--> (gone)
 *     an event beyond the cut in a chain: it and all behind it are disputed, without effect from
 *     then on; the case stands where it stood before, frozen like a fork, until a take-over settles
 *     it: then they are overtaken. One that was left aside for them does so at once
 *
 * What is up to the cut keeps its effect. Every party judges by the same cut and the same headers,
 * so all end with the same chain. A case whose opening event is beyond the cut has nothing to stand
 * on: all of it is disputed, and it can only be opened anew.
 */
#ifndef TB_DISPUTE_H
#define TB_DISPUTE_H

#include "agents/apply.h"
#include "agents/chain.h"
#include "agents/link.h"

/* A directory takes the place of another: a scan for every signing key cut since. */
tb_err
tb_dispute_begin(tb_txn *txn, const tb_directory *before, const tb_directory *next) TB_MUST_USE;
/* A slice of the scans that are under way. */
tb_err tb_dispute_tick(tb_step *step) TB_MUST_USE;
/* At once while one is under way; else TB_ERR_NOT_FOUND. That of our own former key waits for the
 * first Welcome under the new one, which signs anew what nobody has taken (own_anew.h). */
tb_err tb_dispute_due(const tb_agent *agent, tb_txn *txn, tb_time *out) TB_MUST_USE;

/* Whether the notice that proves a stored event counts under the directory in force. */
tb_err tb_dispute_counts(const tb_agent *agent, tb_txn *txn, const tb_event_row *row, bool *out)
    TB_MUST_USE;
/* dispute_resume.c */

/* Whether every event of a path counts. */
tb_err
tb_dispute_path(const tb_agent *agent, tb_txn *txn, const tb_path *path, bool *out) TB_MUST_USE;
/* Makes the take-over that rules, among those left aside whose whole path counts,
 * the chain again with what followed it. row is the case cut back, not put. *out_resumed: there was
 * one. */
tb_err tb_dispute_resume(tb_step *step, tb_case_row *row, bool *out_resumed) TB_MUST_USE;
/* Whether the case's opening event is disputed. */
tb_err tb_dispute_opening(tb_txn *txn, const tb_case_row *row, bool *out) TB_MUST_USE;

#endif

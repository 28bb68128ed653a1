/* paper - a paper answer that arrived: was its party off-line when it was entered.
 *
 * Whether a party was off-line is judged by the directory version the event names (design §13), so
 * that everybody comes to the same verdict whenever the event reaches it. The judge knows the
 * directory in force; here are the others.
 */
#ifndef TB_PAPER_H
#define TB_PAPER_H

#include "agents/apply.h"
#include "agents/link.h"

/* What an event waits for that names a directory version this party has not got yet. */
tb_digest tb_paper_directory(void);

/* Of an event that enters a paper answer. Accepted, or paper_party and not_active in
 * apply->objection; *out_waits, and not fine, when the directory version it names is newer than any
 * here. A version older than this party's first is taken at its author's word: it signed it. */
tb_err
tb_paper_check(tb_apply *apply, const tb_event *event, bool *out_waits, bool *out_fine) TB_MUST_USE;

/* Places what waited for a directory, once one has come. */
tb_err tb_paper_tick(tb_step *step) TB_MUST_USE;
/* Whether tb_paper_tick has something to do now. */
tb_err tb_paper_due(const tb_agent *agent, tb_txn *txn, bool *out) TB_MUST_USE;

#endif

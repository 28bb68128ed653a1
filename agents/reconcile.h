/* reconcile - 对账: the cases behind one side of what two parties say of each other, each with why
 * the other side does not count it.
 *
 *     both            the other side counts it in the same period
 *     in_transit      it counts it, in another period: on its way at the cut-off
 *     refused         it acted on it otherwise
 *     not_arrived     no arrived mark covers the notice, and nothing came of it
 *     missing         it arrived, and nothing was heard
 *     settled         asked of two others, at who is told the report: one of them settled it, and
 *                     its act, which the definition copies there, came with the case
 *
 * All of it follows from the case and the streams as this party has them. A difference is settled
 * by the side act the definition names (settled_by), with its reason, by either party: signed, kept
 * with the case, and shown with who and why.
 */
#ifndef TB_RECONCILE_H
#define TB_RECONCILE_H

#include "agents/link.h"
#include "messages/local.h"

/* Without another party (`with`) the cases of each are listed, every line saying between whom; who
 * is told the report asks so of any two at once, naming none. Refused: report_unknown,
 * report_period, reconcile_of (asked of another party than this one, and the report is not owed to
 * this one; or of any party with a certain one), unknown_party. Of a whole against its parts no case
 * is listed. */
tb_err tb_query_reconciled(const tb_agent *agent,
                           tb_txn *txn,
                           const tb_local_reconcile *wish,
                           tb_local_answer *answer) TB_MUST_USE;

#endif

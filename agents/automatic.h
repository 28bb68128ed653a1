/* automatic - what an agent does by itself with a case its party holds: the campaign says which
 * action, from which state, after how long (tb_automatic), and the agent signs it as its party's
 * act, under the account "agent".
 *
 *     case comes to a state of `from`, held here --> row, with the time it is due
 *     the state or the holder changes            --> row gone
 *     due, and the link may sign                 --> the action, if its conditions hold and no
 *                                                    request on the case waits for its answer; else
 *                                                    it is looked at again a day later
 *     switched off by the party                  --> dormant until it is switched on
 *
 * Rows survive a restart. In an exercise the clock stands still: what is due at once is done at
 * once, what is due later when somebody moves the clock.
 */
#ifndef TB_AUTOMATIC_H
#define TB_AUTOMATIC_H

#include "agents/link.h"
#include "agents/rows_automatic.h"
#include "agents/rows_case.h"

/* The case is as this row says now. */
tb_err tb_automatic_follow(const tb_agent *agent, tb_txn *txn, const tb_case_row *row) TB_MUST_USE;

/* Does what is due, a bounded number; the link may sign. */
tb_err tb_automatic_tick(tb_step *step) TB_MUST_USE;
/* Real time at which the tick has something to do. TB_ERR_NOT_FOUND: nothing that time alone brings
 * about. */
tb_err tb_automatic_due(const tb_agent *agent, tb_txn *txn, tb_time *out) TB_MUST_USE;

/* Switches an action on or off for this party; what waits for it goes on with the next ticks.
 * Refused as not_switched where no installed version of the campaign lets the party choose. */
tb_err tb_automatic_switch(const tb_agent *agent,
                           tb_txn *txn,
                           tb_now now,
                           tb_bytes account,
                           const tb_local_switch *wanted,
                           tb_local_answer *answer) TB_MUST_USE;
/* Every action that can be switched, in the newest version of each campaign here. */
tb_err tb_query_switches(const tb_agent *agent, tb_txn *txn, tb_local_answer *answer) TB_MUST_USE;

/* AUTOMATIC_DUE is in step with AUTOMATIC. */
struct tb_faults;
tb_err tb_check_automatic_rows(tb_txn *txn, struct tb_faults *faults) TB_MUST_USE;

#endif

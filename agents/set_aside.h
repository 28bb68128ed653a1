/* set_aside - a waiting row that a tick cannot work with must not fail every tick for ever.
 *
 *     in hand --TB_ERR_CORRUPT: the turn is aborted--> bad --the next tick--> SET_ASIDE, alarm
 *
 * A tick takes each row of its table in hand before it reads it. When that, or what the row leads
 * to, does not read, nothing of the turn is kept but the agent's memory of what it had in hand; the
 * next tick moves the row, as it is, to SET_ASIDE, and the one after goes on without it. What the
 * row stood for is not done any more: that needs people, so it is an alarm. `tongbao check` tells
 * what is missing.
 */
#ifndef TB_SET_ASIDE_H
#define TB_SET_ASIDE_H

#include "agents/link.h"

/* The row, and with it a second that is of no use without the first. */
void tb_hand_take(tb_agent *agent, tb_table table, tb_bytes key);
void tb_hand_too(tb_agent *agent, tb_table table, tb_bytes key);

/* A part of a tick that takes rows in hand. On TB_ERR_CORRUPT the row is remembered. */
tb_err tb_hand_work(tb_step *step, tb_err (*part)(tb_step *step)) TB_MUST_USE;
/* Before any part of a tick: sets aside what made the one before it fail. *out_any: it did, and the
 * tick ends there, or a second such row would take it back. */
tb_err tb_hand_aside(tb_step *step, bool *out_any) TB_MUST_USE;

/* Where nothing of the turn has to be given up: moves the row as it is, also when its value does
 * not read at all, with the alarm. */
tb_err tb_set_aside(tb_agent *agent,
                    tb_txn *txn,
                    tb_now now,
                    tb_table table,
                    tb_bytes key,
                    tb_effects *effects) TB_MUST_USE;

#endif

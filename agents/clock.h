/* clock - civil time at an agent.
 *
 * Outside exercises civil time is real time. In an exercise (演练) it stands still and only moves
 * forward, to the largest time seen in a frame or a local request (design §13); META keeps it.
 */
#ifndef TB_CLOCK_H
#define TB_CLOCK_H

#include "agents/agent.h"

/* Whether an exercise may be at this time: within TB_EXERCISE_MARGIN_MS of the dates of some
 * campaign installed here. With none installed any time will do. */
bool tb_clock_near(const tb_agent *agent, tb_time civil);

/* Moves the exercise clock to at least civil. Outside exercises, and for times that are none (not
 * after 0, past year 9999) or not near, nothing happens: the clock never goes back, so one wrong
 * frame would spoil the exercise for everybody. */
tb_err tb_clock_move(tb_agent *agent, tb_txn *txn, tb_time civil) TB_MUST_USE;

/* Now, as people and machine mean it. An exercise that was told no time yet uses the real one. */
tb_err tb_clock_now(tb_agent *agent, tb_txn *txn, tb_time real, tb_now *out) TB_MUST_USE;

/* What goes into frames and lines: 0 outside exercises and while no time was told. */
tb_err tb_clock_shown(tb_agent *agent, tb_txn *txn, tb_time *out) TB_MUST_USE;

#endif

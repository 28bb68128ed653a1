/* effective - 生效时间: the time an event counts from (design §10).
 *
 * Its own, if the hub stored it within TB_STAMP_WINDOW_MS after that; else the stored time, so that
 * nobody gains by setting a clock back. An exercise's clock stands still and has nothing to do with
 * the hub's: there it is always the event's own.
 */
#ifndef TB_EFFECTIVE_H
#define TB_EFFECTIVE_H

#include "agents/casework.h"

/* row is the event's; at its own time. *out_known false: no stamp is here yet, and *out is at. */
tb_err tb_effective_time(const tb_agent *agent,
                         tb_txn *txn,
                         const tb_event_row *row,
                         tb_time at,
                         tb_time *out,
                         bool *out_known) TB_MUST_USE;

/* The same by the stored time where that is known already; 0: no stamp is here, or none counts. */
tb_time tb_effective_by(const tb_agent *agent, tb_time at, tb_time stored, bool *out_known);

#endif

/* unanswered - 已通报未答复: what this party notified others of and has not been answered, by age
 * and by who has it now. The view that matters most.
 *
 * A case counts as notified where this party opened it or handed it on. It is answered once an
 * action whose receipt is "answered" has reached this party, or it is closed; while it is back with
 * this party it waits for nobody else. Everything else is unanswered, at its holder.
 */
#ifndef TB_UNANSWERED_H
#define TB_UNANSWERED_H

#include "agents/casework.h"

/* One page of cases, counted; its `next` is where the next page goes on, zero on the last. */
tb_err tb_query_unanswered(const tb_agent *agent,
                           tb_txn *txn,
                           tb_now now,
                           const tb_local_get_unanswered *wanted,
                           tb_local_answer *answer) TB_MUST_USE;

#endif

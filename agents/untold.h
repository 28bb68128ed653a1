/* untold - refusals of ours that the hub may not have.
 *
 *     refused --> UNTOLD, told --a session begins--> shown again --TB_UNTOLD_SESSIONS--> (gone)
 *
 * The mark moves with the refusal (it arrived), so the hub delivers the notice no more, and nothing
 * answers a Refused frame: were it lost, or the agent killed behind its commit, the sender would
 * never be told why (promise 1). What the hub has already it keeps as it is.
 */
#ifndef TB_UNTOLD_H
#define TB_UNTOLD_H

#include "agents/link.h"
#include "agents/outbox_work.h"

/* A refusal with a REFUSAL row of ours. */
tb_err tb_untold_note(tb_step *step, const tb_refusing *refusing) TB_MUST_USE;
/* A session is confirmed: a bounded number is signed and told again at the end of this turn, the
 * senders in turn. The row it works on it takes in hand (set_aside.h). */
tb_err tb_untold_show(tb_step *step) TB_MUST_USE;

#endif

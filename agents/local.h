/* local - what the people's programs ask of this agent over its local socket.
 *
 *     request -> decode -> exercise clock -> asked before? -> act, or look -> answer
 *
 * Acts are asked under a request id: what was accepted is kept in the act's own transaction and
 * repeated word for word. Looking changes nothing and needs no id.
 */
#ifndef TB_AGENT_LOCAL_H
#define TB_AGENT_LOCAL_H

#include "agents/agent.h"

/* One request; the answer is an effect to input->peer. A request that does not decode is answered
 * with bad_request under a zero id. */
tb_err tb_local_step(tb_agent *agent,
                     tb_txn *txn,
                     const tb_input *input,
                     tb_random *random,
                     tb_effects *effects) TB_MUST_USE;

/* tb_dropped_fn: a request that could not be carried out is answered all the same: store_full for
 * want of space, not_done with the error for anything else. Nothing of it is stored, so it may be
 * asked again under the same id. */
void tb_local_dropped(
    void *logic, const tb_input *input, tb_err why, tb_arena *arena, tb_effects *effects);

#endif

/* status - how this agent is: linked or fenced and why, what waits, what was alarmed. */
#ifndef TB_STATUS_H
#define TB_STATUS_H

#include "agents/agent.h"
#include "messages/local.h"

tb_err
tb_status(const tb_agent *agent, tb_txn *txn, tb_now now, tb_local_answer *answer) TB_MUST_USE;

#endif

/* trace - where a notice is, for every recipient, since when, and in one plain sentence why.
 *
 *     draft -> outbox -> stored -> arrived -> signed for -> answered
 *                  \        \          \
 *                   expired  refused    held back, quarantined
 *
 * What the link knows (marks, stamps, refusals) and what the case says (the receipt the campaign
 * names for an action) together; the later one speaks.
 */
#ifndef TB_TRACE_H
#define TB_TRACE_H

#include "agents/agent.h"
#include "messages/local.h"

/* id: a case or event in hex, or a notice "party/incarnation/number". */
tb_err tb_trace(const tb_agent *agent,
                tb_txn *txn,
                tb_now now,
                tb_bytes id,
                tb_local_answer *answer) TB_MUST_USE;
/* Notices sent and received, by party and number. */
tb_err tb_trace_notices(const tb_agent *agent,
                        tb_txn *txn,
                        const tb_local_list_notices *wanted,
                        tb_local_answer *answer) TB_MUST_USE;

#endif

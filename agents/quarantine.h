/* quarantine - what a person does with notices that were set aside (design §4).
 *
 *     set aside --retry, applies--> (done), and its sender is told "applied_later"
 *               --retry, the rules refuse it--> (done), refused for that code
 *               --retry, fails again--> set aside, one attempt more
 *               --drop, with a reason--> a record of who and why; its sender is told "dropped"
 *
 * A retry that fails aborts its turn like any other input; when the same request is played again it
 * counts the attempt instead of trying once more.
 */
#ifndef TB_AGENT_QUARANTINE_H
#define TB_AGENT_QUARANTINE_H

#include "agents/agent.h"
#include "messages/local.h"

/* A page of what is set aside and then of what was dropped; or the one notice page->id names:
 * not_set_aside when there is none. */
tb_err
tb_quarantine_list(tb_txn *txn, const tb_local_page *page, tb_local_answer *answer) TB_MUST_USE;

/* Retry or drop. Refused as not_set_aside, reason_missing, not_linked; cannot_apply after a retry
 * that failed, with the error as detail. */
tb_err tb_quarantine_settle(tb_agent *agent,
                            tb_txn *txn,
                            tb_now now,
                            tb_random *random,
                            const tb_local_request *request,
                            tb_effects *effects,
                            tb_local_answer *answer) TB_MUST_USE;

#endif

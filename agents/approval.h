/* approval - 审核, 签发: an act that the campaign wants approved is kept until other accounts of
 * this party have done so; only then it is judged again and made.
 *
 *     act by a clerk --> to review (待审核) --approved--> to sign (待签发) --approved--> event, or
 *                              |                              |        a draft for the link, or
 *                              +---------- sent back ---------+        returned: what changed
 *
 * Which steps an action asks for says the campaign (tb_action.approval). What waits is a DRAFT row.
 * Nobody approves what he made or approved already; a deputy (代理) acts with the posts of who is
 * absent, within the declared days, and it is shown for whom. At an agent without accounts nobody
 * can be told from another, and acts are made at once. The event says who by codes (event.h).
 */
#ifndef TB_APPROVAL_H
#define TB_APPROVAL_H

#include "agents/accounts.h"
#include "agents/draft.h"

/* The step that an act still waits for; TB_STEP_MADE: none. */
tb_approval_step tb_approval_next(tb_txn *txn, const tb_action *action, const tb_wish *wish);

/* Of an act that the campaign allows: says in the outcome what it still waits for; refuses one that
 * nobody here could approve. */
tb_err tb_approval_ask(tb_txn *txn,
                       tb_now now,
                       const tb_action *action,
                       const tb_wish *wish,
                       tb_outcome *outcome) TB_MUST_USE;

/* Whether somebody could do it: an open account with the post, or a deputy of one, that has no part
 * in the act yet. */
tb_err tb_approval_possible(
    tb_txn *txn, tb_now now, tb_approval_step step, const tb_wish *wish, bool *out) TB_MUST_USE;

/* Approves or sends back; the answer is what became of the act. *out_settled: the step was taken,
 * even where the answer is a refusal: the case has changed, and the act went back to its author. */
tb_err tb_approve(tb_agent *agent,
                  tb_txn *txn,
                  tb_now now,
                  tb_random *random,
                  const tb_asker *asker,
                  const tb_local_approve *wanted,
                  tb_effects *effects,
                  bool *out_settled,
                  tb_local_answer *answer) TB_MUST_USE;

/* approval_query.c: what waits and what was sent back, by number. asker says which he may approve.
 */
tb_err tb_query_approvals(const tb_agent *agent,
                          tb_txn *txn,
                          tb_now now,
                          const tb_asker *asker,
                          const tb_local_list_approvals *list,
                          tb_local_answer *answer) TB_MUST_USE;
/* Into what is shown of an event, without names. */
tb_err tb_approvals_show(tb_arena *arena,
                         const tb_approval *approvals,
                         size_t count,
                         tb_local_event *shown) TB_MUST_USE;
/* The names behind the codes of this party's own events. */
tb_err
tb_approval_name_events(const tb_agent *agent, tb_txn *txn, tb_local_case *shown) TB_MUST_USE;
/* How many acts wait for approval. */
tb_err tb_approvals_count(tb_txn *txn, uint64_t *out) TB_MUST_USE;

/* Whether the account may do the step now, and for whom as a deputy (empty: in its own post). */
tb_err tb_approval_may(tb_txn *txn,
                       tb_now now,
                       const tb_account_row *account,
                       tb_approval_step step,
                       const tb_wish *wish,
                       tb_refusal *out_refused,
                       tb_bytes *out_absent) TB_MUST_USE;

#endif

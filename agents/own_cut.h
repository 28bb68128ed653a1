/* own_cut - what a change of this party's own keys asks of its agent (design §6).
 *
 *     key cut      where every stream we send stands: what a revocation or rotation names
 *     key cut --final   and from then on nothing is signed under this key: acts are drafts
 *     new keys     the marks we stand by are signed again, so that nobody needs the old key's word
 */
#ifndef TB_OWN_CUT_H
#define TB_OWN_CUT_H

#include "agents/link.h"
#include "messages/local.h"

/* The newest number and digest of every stream of ours, older runs' too. More streams than a cut
 * can name: the answer's code is too_large. */
tb_err tb_own_cut(tb_agent *agent, tb_txn *txn, tb_local_answer *answer) TB_MUST_USE;
/* Fences with key_cut until the agent runs with another signing key. */
tb_err tb_own_cut_final(tb_agent *agent, tb_txn *txn, tb_now now) TB_MUST_USE;
/* Whether the cut of the very key in use was printed as final. */
tb_err tb_own_cut_stands(const tb_agent *agent, tb_txn *txn, bool *out) TB_MUST_USE;

/* Whether no Welcome has confirmed this agent under its signing key yet. */
tb_err tb_own_first_welcome(const tb_agent *agent, tb_txn *txn, bool *out) TB_MUST_USE;
/* Once under a new signing key, when the link is confirmed: every arrived mark of ours is signed
 * anew in this turn. */
tb_err tb_own_marks_renew(tb_step *step) TB_MUST_USE;

#endif

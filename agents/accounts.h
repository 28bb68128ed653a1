/* accounts - 账号: who asks this agent to act, and whether his posts (岗位) allow it.
 *
 *     no account here           --> whoever opens the socket may act, under the name he gives
 *                                   (exercises and tests; `tongbao status` says so)
 *     the account's key signed  --> that account                        (messages/local_proof.c)
 *     the socket's user is      --> the account bound to him, unless he named another one
 *     bound to an account
 *     anybody else              --> may look, not act: refused, and recorded
 *
 * Looking needs no account: the folder of the socket says who may come near it. The first account
 * must be an officer's; from then on officers manage the others.
 */
#ifndef TB_ACCOUNTS_H
#define TB_ACCOUNTS_H

#include "agents/agent.h"
#include "agents/rows_account.h"

/* Who asks. known false: an agent without accounts, or a request that only looks. */
typedef struct tb_asker {
    bool known;
    tb_account_row row;
    tb_bytes code; /* stands in events; without accounts the name that was given */
} tb_asker;

/* The posts any of which a request needs; 0: it only looks. */
uint32_t tb_account_needed(const tb_local_request *request);

/* Finds out who asks. *out_refused TB_ACCEPTED, or why not: then it is recorded as an alarm.
 * encoded is the request as it came, person the input's. */
tb_err tb_account_admit(tb_agent *agent,
                        tb_txn *txn,
                        tb_now now,
                        const tb_local_request *request,
                        tb_bytes encoded,
                        uint64_t person,
                        tb_effects *effects,
                        tb_asker *out,
                        tb_refusal *out_refused) TB_MUST_USE;

/* Likewise for a request that only looks, where it matters who does: nothing is refused. */
tb_err tb_account_recognise(tb_txn *txn,
                            const tb_local_request *request,
                            tb_bytes encoded,
                            uint64_t person,
                            tb_asker *out) TB_MUST_USE;

/* account_change.c: adds, changes, makes a deputy of, or closes an account; the answer is that
 * account, or a refusal. asker is who does it. */
tb_err tb_account_change_one(tb_txn *txn,
                             tb_now now,
                             const tb_asker *asker,
                             const tb_local_change_account *change,
                             tb_local_answer *answer) TB_MUST_USE;

/* All of them. */
tb_err tb_query_accounts(tb_txn *txn, tb_local_answer *answer) TB_MUST_USE;

/* The person's name behind a code of this party's events; empty where it is none. */
tb_err tb_account_name_of(tb_txn *txn, tb_bytes code, tb_bytes *out) TB_MUST_USE;

#endif

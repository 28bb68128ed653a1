/* answers - actions that answer a request (请求): to withdraw, to reopen, to restore.
 *
 * A request is a side event that the holder must answer by an action the campaign names
 * (tb_action.answered_by). Such an action is possible only while a request of that kind waits; only
 * who acts can know that, so others take it as it comes.
 */
#ifndef TB_ANSWERS_H
#define TB_ANSWERS_H

#include "agents/chain.h"

/* Whether the action answers requests and none that it answers waits. */
tb_err tb_answer_unasked(tb_txn *txn, const tb_case_row *row, const tb_action *action, bool *out)
    TB_MUST_USE;

/* Whether any request on the case waits for its answer. */
tb_err tb_request_waits(tb_txn *txn, const tb_case_row *row, bool *out) TB_MUST_USE;

/* The number of the first event of the path, from the one that lists a request on, that is among
 * the actions which answer it; 0: none is. listed 0: no event lists it yet. */
uint64_t tb_answer_in(const tb_path *path,
                      uint64_t listed,
                      const char *const *actions,
                      unsigned count,
                      size_t *out_at);

#endif

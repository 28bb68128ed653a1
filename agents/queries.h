/* queries - what people may look at: cases, what may be done with them, the directory, documents.
 *
 * Each fills the answer's body or its refusal, and writes nothing. Lists come in pages: `next` is
 * where the next page starts; a page is bounded in rows, in rows looked at, and in bytes.
 */
#ifndef TB_QUERIES_H
#define TB_QUERIES_H

#include "agents/casework.h"

/* The case with all its events, drafts of this party's staff last. */
tb_err tb_query_case(const tb_agent *agent,
                     tb_txn *txn,
                     const tb_case_id *id,
                     tb_local_answer *answer) TB_MUST_USE;
tb_err tb_query_cases(const tb_agent *agent,
                      tb_txn *txn,
                      const tb_local_list *list,
                      tb_local_answer *answer) TB_MUST_USE;

/* queries_about.c */

/* What this party may do with a case now; with a zero id, what it may open. */
tb_err tb_query_acts(const tb_agent *agent,
                     tb_now now,
                     tb_txn *txn,
                     const tb_case_id *id,
                     tb_local_answer *answer) TB_MUST_USE;
/* The campaigns installed here, every version. */
tb_err tb_query_campaigns(
    const tb_agent *agent, tb_txn *txn, tb_time civil, tb_local_answer *answer) TB_MUST_USE;
tb_err tb_query_directory(const tb_agent *agent, tb_txn *txn, tb_local_answer *answer) TB_MUST_USE;
tb_err tb_query_document(tb_txn *txn,
                         const tb_local_get_document *wanted,
                         tb_local_answer *answer) TB_MUST_USE;

#endif

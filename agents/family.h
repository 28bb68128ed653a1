/* family - what belongs to a case besides its own steps: which case opened it and which it opened,
 * from the field by which a case knows its parent, as far as that can be read here; and what each
 * of many owes on it (会签, receipts), done or not.
 */
#ifndef TB_FAMILY_H
#define TB_FAMILY_H

#include "agents/casework.h"

tb_err tb_query_family(const tb_agent *agent,
                       tb_txn *txn,
                       const tb_case_id *id,
                       tb_local_answer *answer) TB_MUST_USE;

#endif

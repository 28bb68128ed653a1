/* linked - repeats: other cases here with the same value in a field the campaign links by.
 *
 * Which fields link is said by the LINKED_* tests of the case type, whether a case must be waited
 * for by the judge (tb_case_leads). Only cases known at this party count: the campaign asks where
 * all cases of one value come together.
 */
#ifndef TB_LINKED_H
#define TB_LINKED_H

#include "agents/casework.h"

typedef struct tb_linked {
    tb_local_knowledge known;
    bool found; /* a case that leads, or else one that is closed */
    tb_case_id first;
} tb_linked;

/* values are those of the act, which go before what the case says so far. Nothing is looked up for
 * an action that neither asks for linked cases nor has a field to name one. */
tb_err tb_linked_find(const tb_agent *agent,
                      tb_txn *txn,
                      const tb_case_row *row,
                      const tb_action *action,
                      const tb_field *values,
                      size_t value_count,
                      tb_linked *out) TB_MUST_USE;

#endif

/* as_of - a case as it was known when some figure was stated, so that what came later is told from
 * what was stated wrongly.
 *
 * At an agent that is what its store had recorded by then. Who has only exported material knows
 * no such order, and goes by the hub's stamps: what was stored by then counts as known. (An event
 * that the hub had stored and the party had not yet taken is the one thing the two see
 * differently.)
 */
#ifndef TB_AS_OF_H
#define TB_AS_OF_H

#include "agents/chain.h"

typedef struct tb_as_of {
    tb_time at;       /* real: stored by the hub, or made by this party, by then; and */
    bool here;        /* this is the store of an agent: */
    tb_time recorded; /* recorded here by then */
} tb_as_of;

/* The moments at which the event of this row, of this party, may have been made: when its notice
 * was, and when the hub stored that. */
tb_err tb_as_of_event(tb_txn *txn, const tb_event_row *row, bool here, tb_as_of out[2]) TB_MUST_USE;
tb_err tb_known_as_of(const tb_agent *agent,
                      tb_txn *txn,
                      const tb_event_row *row,
                      const tb_as_of *as_of,
                      bool *out) TB_MUST_USE;
/* The path that ruled then, and the case behind it; row is the case now. TB_ERR_NOT_FOUND: nothing
 * of it was known. */
tb_err tb_case_as_of(const tb_agent *agent,
                     tb_txn *txn,
                     const tb_case_row *row,
                     const tb_as_of *as_of,
                     tb_path *out_path,
                     tb_case_row *out) TB_MUST_USE;

/* The newest value of a field on a path, open or in a group that is open here, and the event that
 * says it. Empty, and NULL, where none does. */
tb_err tb_path_value(tb_txn *txn,
                     const tb_path *path,
                     tb_bytes field,
                     tb_bytes *out,
                     const tb_chain_event **out_event) TB_MUST_USE;

#endif

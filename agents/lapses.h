/* lapses - 超期未办结 as the ground of a take-over.
 *
 * A take-over whose reason asks for a lapse counts only when it lists, among the side events it has
 * seen, a lapse of a duty that ends in it. So everybody who judges it finds the same record: signed
 * by the creditor, based on this very chain, and the debtor has not acted since. Whoever has the
 * take-over and not yet the lapse holds it back until that comes.
 */
#ifndef TB_LAPSES_H
#define TB_LAPSES_H

#include "agents/chain.h"

typedef struct tb_ground {
    bool found;
    bool missing; /* not found, and an event that is listed is not here yet */
    tb_digest first_missing;
} tb_ground;

/* Whether one of the side events listed is a ground for the action (a take-over's id), built on the
 * head of a path. at: the case at that head; its type is not NULL. */
tb_err tb_lapse_ground(const tb_agent *agent,
                       tb_txn *txn,
                       const tb_path *path,
                       const tb_case_view *at,
                       tb_bytes action,
                       const tb_digest *listed,
                       size_t count,
                       tb_ground *out) TB_MUST_USE;

/* Whether any duty of the type ends in the action: otherwise no lapse need be looked for. */
bool tb_lapse_may_ground(const tb_case_type *type, tb_bytes action);

#endif

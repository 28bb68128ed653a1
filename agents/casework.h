/* casework - cases as they stand: what a row says after an event, what people see of it.
 *
 *     acts.c      a person's act -> judged -> event -> row -> notice or draft
 *     apply.c     a notice's events -> judged -> row, or held back, forked, overtaken, refused
 *     openings.c  what was opened of an event: does it read, is it its group's, was it ours to read
 *     chain.c     walking and switching chains: forks and take-overs
 *     side.c      remarks and the like, beside the chain
 *     held.c      events that wait for what comes before them
 *     passing.c   who has been shown what, and what goes with a notice
 *     linked.c    other cases with the same indexed value
 *
 * All of it works on a tb_case_row in memory; whoever changes one puts it back.
 */
#ifndef TB_CASEWORK_H
#define TB_CASEWORK_H

#include "agents/agent.h"
#include "agents/rows_case.h"
#include "base/effects.h"

/* The row with its campaign and type found among those installed. TB_ERR_NOT_FOUND: no such case.
 */
tb_err tb_case_load(const tb_agent *agent, tb_txn *txn, const tb_case_id *id, tb_case_row *out)
    TB_MUST_USE;

/* What the row says after an event that was judged. Copies what it changes, so that a copy of the
 * row made before still says what was before. The campaign must be installed. */
tb_err tb_case_fold(const tb_agent *agent,
                    tb_arena *arena,
                    tb_case_row *row,
                    const tb_event *event,
                    const tb_digest *id) TB_MUST_USE;

/* Likewise without who was shown what and which side events were seen: for whom the view is enough,
 * a fraction of the work. */
tb_err tb_case_fold_view(const tb_agent *agent,
                         tb_arena *arena,
                         tb_case_row *row,
                         const tb_event *event,
                         const tb_digest *id) TB_MUST_USE;

/* Says in the groups of another version of the case's type what its knowers could read. */
tb_err tb_case_regroup(tb_arena *arena,
                       tb_case_row *row,
                       const tb_case_type *from,
                       const tb_case_type *to) TB_MUST_USE;

/* What a party has been shown; zero when it has seen nothing. */
tb_knower tb_case_knower(const tb_case_row *row, const tb_party *party);

/* A bit per field group of the case type that the party may read now. */
uint32_t tb_case_readable(const tb_agent *agent, const tb_case_view *view, const tb_party *party);
/* The bit of a group; 0 when the type has no such group. */
uint32_t tb_case_group_bit(const tb_case_view *view, tb_bytes group);

/* Keeps FIELD_INDEX in step with what an event of the chain set, as far as it is open here. */
tb_err tb_case_index(tb_txn *txn, tb_case_row *row, const tb_event *event, const tb_digest *id)
    TB_MUST_USE;
/* Takes every FIELD_INDEX row of the case away. */
tb_err tb_case_unindex(tb_txn *txn, tb_case_row *row) TB_MUST_USE;
/* The key prefix of the cases with this value; empty when the value is too long to index. */
tb_err tb_case_index_prefix(
    tb_arena *arena, tb_bytes campaign, tb_bytes field, tb_bytes value, tb_bytes *out) TB_MUST_USE;

/* What people see of a case: open fields and openings, the newest value each. */
tb_err tb_case_summary(const tb_agent *agent,
                       tb_txn *txn,
                       const tb_case_row *row,
                       tb_local_summary *out) TB_MUST_USE;
/* Tells local watchers, if there are any. Left out when the turn already has much to tell: an
 * effect may be lost. */
tb_err tb_case_changed(const tb_agent *agent,
                       tb_txn *txn,
                       const tb_case_row *row,
                       tb_effects *effects) TB_MUST_USE;

#endif

/* measures - 指标: what the cases here give to the figures of reports, counted as they move.
 *
 *     a case's chain grows, switches, is cut or moves to another version,
 *     or more of it can be read here      --> tb_measures_touch: the case is stale
 *     a stamp comes that dates an event   --> tb_measure_stamped (rows_measure.h): likewise
 *     end of the turn, and tick           --> tb_measures_settle: stale cases are counted anew
 *     a definition with other measures    --> tick: every case of the campaign, in slices
 *
 * What a case gives follows from its chain, its openings and its stamps alone (measure_case.c);
 * settling compares that with the rows and changes what differs, so that withdrawn events,
 * take-overs, cuts and late stamps need no rules of their own. Measures are those of the newest
 * version installed, whatever version a case is judged by.
 */
#ifndef TB_MEASURES_H
#define TB_MEASURES_H

#include "agents/as_of.h"
#include "agents/chain.h"
#include "agents/rows_measure.h"

/* The case may give something else from now on. Costs nothing where its campaign measures
 * nothing. */
tb_err tb_measures_touch(const tb_agent *agent, tb_txn *txn, const tb_case_row *row) TB_MUST_USE;
tb_err tb_measures_touch_case(const tb_agent *agent, tb_txn *txn, const tb_case_id *id) TB_MUST_USE;

/* Counts stale cases anew, at most so many. */
tb_err tb_measures_settle(const tb_agent *agent, tb_txn *txn, size_t most) TB_MUST_USE;

/* A slice of what is left: stale cases, and a full recount under a new definition. */
tb_err tb_measures_tick(const tb_agent *agent, tb_txn *txn) TB_MUST_USE;
/* TB_ERR_NOT_FOUND: the tick has nothing to do; otherwise it has, now. */
tb_err tb_measures_due(const tb_agent *agent, tb_txn *txn, tb_time *out) TB_MUST_USE;

/* Whether every case was counted by the measures of this version. */
tb_err tb_measures_counted(tb_txn *txn, const tb_campaign *newest, bool *out) TB_MUST_USE;
/* Whether the figures of a campaign are those of everything here: nothing is stale, and the
 * measures of its newest version are counted to the end. */
tb_err tb_measures_ready(const tb_agent *agent, tb_txn *txn, const tb_campaign *campaign, bool *out)
    TB_MUST_USE;

/* measure_case.c: what a case gives now, by number and measure, in the arena. note: remember which
 * stamps and directories would change that. as_of: what it gave then; NULL: now. *out_certain false:
 * it was judged under a directory that is not here, and a recount may differ. */
tb_err tb_measure_case(const tb_agent *agent,
                       tb_txn *txn,
                       const tb_case_row *row,
                       const tb_campaign *campaign,
                       const tb_as_of *as_of,
                       bool note,
                       tb_measured **out,
                       size_t *out_count,
                       bool *out_certain) TB_MUST_USE;
/* measure_lapses.c: the lapses of a loaded case that this party recorded as creditor and that stand,
 * or stood then: neither withdrawn nor of what was done in time after all. In the arena. */
typedef struct tb_standing_lapse {
    tb_chain_event record; /* the side event */
    tb_bytes duty;
    tb_party debtor;
    bool scores; /* under the plan's limit, or one headquarters adopted for what began then */
} tb_standing_lapse;
tb_err tb_standing_lapses(const tb_agent *agent,
                          tb_txn *txn,
                          const tb_case_row *row,
                          const tb_as_of *as_of,
                          tb_standing_lapse **out,
                          size_t *out_count) TB_MUST_USE;

/* The event a row of MEASURED_IN stands for. TB_ERR_NOT_FOUND: it is not here any more. */
tb_err tb_measured_event(tb_txn *txn,
                         tb_bytes measure,
                         const tb_measured_place *place,
                         tb_event_key *out_key,
                         tb_event_row *out) TB_MUST_USE;

/* The order rows of a case stand in. */
int tb_measured_compare(const tb_measured *a, const tb_measured *b);

#endif

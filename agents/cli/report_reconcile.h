/* report_reconcile - 对账: what one reporter says it sent another against what that one received.
 *
 * Headquarters holds the filed figures of every pair against each other. For one pair, either party
 * lists from its own store the cases behind its sides of the figures, each with the reason why the
 * other side will not count it in the period.
 */
#ifndef TB_REPORT_RECONCILE_H
#define TB_REPORT_RECONCILE_H

#include "agents/campaign/period.h"
#include "agents/cli/arguments.h"
#include "agents/cli/book.h"
#include "agents/cli/cli.h"
#include "agents/cli/json.h"

typedef struct tb_reconciling {
    tb_book *book;
    const tb_campaign *campaign;
    const tb_report_def *report;
    const tb_reconcile_def *def;
    const tb_period *period;
    tb_party of; /* this party; only with tb_report_reconcile_with */
    tb_party with;
    json_t *told; /* array: with --json each adds what it found; else each prints it */
} tb_reconciling;

/* A measure as the parties of a role filed it, summed. */
typedef struct tb_sum_side {
    const char *measure;
    const char *role;
} tb_sum_side;

/* report_sums.c: at headquarters. Two measures of choice, def and the parties are not used; or by
 * the definition, a whole against its parts: the parts of a party are those whose parent in the
 * directory it is; where there are no such parts, all wholes together against all parts. Who filed
 * nothing is named. */
int tb_report_reconcile_sums(const tb_reconciling *reconciling,
                             const tb_sum_side *left,
                             const tb_sum_side *right);
int tb_report_reconcile_whole(const tb_reconciling *reconciling);
int tb_report_reconcile_pairs(const tb_reconciling *reconciling);
/* with empty: each of the others. */
int tb_report_reconcile_with(const tb_reconciling *reconciling);
/* The reason a person named: in_transit, refused, missing, not_arrived. */
bool tb_report_reason(const char *word, tb_reconciled_reason *out);

/* report_settle.c: at one of two parties. What is said stands in the words from the third on. One
 * case; or all that nobody settled yet behind its side of the period's differences with one other
 * party, or with each; reason NULL: whatever the reason. Says how many were settled. */
int tb_report_settle_case(tb_book *book, const tb_case_id *id, const tb_words *words);
int tb_report_settle_period(tb_reconciling *reconciling, const char *reason, const tb_words *words);

#endif

/* report_reconcile - 对账: what one reporter says it sent another against what that one received.
 *
 * Headquarters holds the filed figures of every pair against each other. For one pair, either party
 * lists from its own store the cases behind its sides of the figures, each with the reason why the
 * other side will not count it in the period.
 */
#ifndef TB_REPORT_RECONCILE_H
#define TB_REPORT_RECONCILE_H

#include "agents/campaign/period.h"
#include "agents/cli/book.h"
#include "agents/cli/cli.h"

typedef struct tb_reconciling {
    tb_book *book;
    const tb_campaign *campaign;
    const tb_report_def *report;
    const tb_reconcile_def *def;
    const tb_period *period;
    tb_party of; /* this party; only with tb_report_reconcile_with */
    tb_party with;
} tb_reconciling;

/* A measure as the parties of a role filed it, summed. */
typedef struct tb_sum_side {
    const char *measure;
    const char *role;
} tb_sum_side;

/* report_sums.c: at headquarters; def and the parties are not used. Who filed nothing is named. */
int tb_report_reconcile_sums(const tb_reconciling *reconciling,
                             const tb_sum_side *left,
                             const tb_sum_side *right);
/* Both print, and give the command's exit code. */
int tb_report_reconcile_pairs(const tb_reconciling *reconciling);
int tb_report_reconcile_with(const tb_reconciling *reconciling);

#endif

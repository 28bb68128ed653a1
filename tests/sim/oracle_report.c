/* oracle_report - every report equals a recount: what a bureau's quarterly report would say now of
 * the cases found in its province, against its chains counted event by event, by hand.
 *
 * An event enters counters when its stamp is known (design.md §10). A stamp that was lost is asked
 * for, so that all are there at the end; but where somebody lies or runs twice who need not answer.
 */
#include "agents/passing.h"
#include "agents/reports.h"
#include "agents/rows_case.h"
#include "agents/rows_link.h"
#include "tests/sim/ledger.h"

/* What the discovery bureau counts (domain.md, quarterly report), by the act that makes it. */
static const struct {
    const char *measure;
    const char *action;
} counted[] = {
    {"received_from_police", "submit"}, /* of cases the police found */
    {"found_otherwise", "submit"},      /* of the others */
    {"forwarded", "forward"},           {"informed", "pass_on"}, {"closed_notices", "close"},
};
#define COUNTED (sizeof counted / sizeof counted[0])

static bool counts(const sim *s, const sim_lead *lead, size_t which, tb_bytes action)
{
    bool police = s->nodes[lead->submitter].role == SIM_POLICE;
    return tb_bytes_equal(action, tb_bytes_str(counted[which].action)) && (which != 0 || police) &&
           (which != 1 || !police);
}

/* Nobody has it: the hub or somebody lies, it never left to who was away, or whoever had it beside
 * the hub has lost its store. */
static bool may_lack_stamp(sim *s, const sim_lead *lead, tb_txn *txn, const tb_event_row *row)
{
    tb_proof_row proof;
    tb_header header;
    bool lost = row->notice != 0 &&
                tb_proof_head(txn, &row->sender, &row->incarnation, row->notice, &proof) == TB_OK &&
                tb_header_reread(proof.header, tb_txn_arena(txn), &header) == TB_ACCEPTED;
    for (size_t i = 0; lost && i < header.entry_count; i++) {
        lost = sim_party(s, &header.entries[i].recipient)->store_replaced;
    }
    return lost || s->nodes[SIM_HUB].was_hostile || sim_somebody_apart(s) ||
           (s->passed && lead->spoiled);
}

static void recount_case(sim *s, const sim_lead *lead, tb_txn *txn, uint64_t totals[COUNTED])
{
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row row;
    tb_event event;
    tb_err err = tb_event_first(txn, &lead->case_id, TB_CLASS_CHAIN, &walk, &key, &row);
    while (err == TB_OK) {
        tb_time stored = 0;
        bool effective = row.standing == TB_STANDING_EFFECTIVE &&
                         tb_event_decode(row.event, tb_txn_arena(txn), &event) == TB_ACCEPTED &&
                         tb_pass_stored(txn, &row, &stored) == TB_OK;
        for (size_t i = 0; effective && i < COUNTED; i++) {
            bool one = counts(s, lead, i, event.action);
            totals[i] += one && stored != 0;
            s->stats.reported += one && stored != 0;
            if (one && stored == 0 && !may_lack_stamp(s, lead, txn, &row)) {
                sim_fail(s, "report: event %llu of L%zu has no stamp",
                         (unsigned long long)key.number, (size_t)(lead - s->leads));
            }
            s->stats.undated += one && stored == 0;
        }
        err = tb_event_next(txn, &walk, &key, &row);
    }
}

static uint64_t reported(const tb_figure *figures, size_t count, const char *measure)
{
    for (size_t i = 0; i < count; i++) {
        if (tb_bytes_equal(figures[i].measure, tb_bytes_str(measure)) &&
            figures[i].group.size == 0) {
            return figures[i].values[TB_FIGURE_PERIOD].numerator;
        }
    }
    return 0;
}

static void check_bureau(sim *s, sim_node *n, const tb_report_def *report, const tb_period *period)
{
    uint64_t totals[COUNTED] = {0};
    tb_figure *figures = NULL;
    size_t count = 0;
    tb_txn *txn = sim_look(s, n);
    tb_err err =
        tb_report_figures(&n->agent, txn, NULL, s->campaign, report, period, &figures, &count);
    for (size_t i = 0; err == TB_OK && i < s->lead_count; i++) {
        const sim_lead *lead = &s->leads[i];
        if (lead->has_case && strcmp(lead->found, n->province) == 0) {
            recount_case(s, lead, txn, totals);
        }
    }
    for (size_t i = 0; err == TB_OK && i < COUNTED; i++) {
        uint64_t says = reported(figures, count, counted[i].measure);
        if (says != totals[i]) {
            sim_fail(s, "report: %s reports %llu %s and a recount gives %llu", n->id.text,
                     (unsigned long long)says, counted[i].measure, (unsigned long long)totals[i]);
        }
    }
    if (err != TB_OK) {
        sim_fail(s, "report: %s cannot make its report: %s", n->id.text, tb_err_text(err));
    }
    tb_store_abort(txn);
}

void sim_check_reports(sim *s)
{
    tb_period period;
    const tb_report_def *report = tb_campaign_report(s->campaign, tb_bytes_str("quarterly"));
    TB_ASSERT(report != NULL && tb_period_parse(tb_bytes_str("2015-Q1"), &period));
    for (size_t i = 1; i < s->node_count && !s->failed; i++) {
        sim_node *n = &s->nodes[i];
        if (n->role == SIM_BUREAU && !n->was_hostile && !n->doubled) {
            check_bureau(s, n, report, &period);
        }
    }
}

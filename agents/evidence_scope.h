/* evidence_scope - which other cases belong into a subject's evidence: those its figures are
 * counted from, those a summary puts together, all that a campaign closed.
 *
 * The same is asked by who exports and, of a store that evidence was taken into, by who verifies:
 * what nothing of it stands on is a stranger there (tb_evidence_strangers, evidence.h).
 */
#ifndef TB_EVIDENCE_SCOPE_H
#define TB_EVIDENCE_SCOPE_H

#include "agents/campaign/period.h"
#include "agents/evidence.h"
#include "agents/measures.h"
#include "agents/rows_case.h"

/* Moments at which one case states figures. */
#define TB_EVIDENCE_STATED_MAX 4

typedef struct tb_evidence_scope {
    tb_step *step;
    tb_case_row row; /* of the subject */
    bool archive;    /* of a campaign instead of a case */
    bool alone;      /* nothing is exported: this is a store that evidence was taken into */
    bool counted;    /* something of this party's own that stands on others: */
    const tb_report_def *summed; /* on filings of this report, or NULL */
    tb_bytes summed_period;
    tb_month first; /* on what counts in these months; none where last is 0 */
    tb_month last;
    /* or counted when it was stated: what came since may have ended it */
    tb_as_of stated[TB_EVIDENCE_STATED_MAX];
    size_t stated_count;
} tb_evidence_scope;

/* Of a case, or of a report with its figures; step and alone are set. Refused: unknown_case,
 * report_unknown. */
tb_err tb_evidence_scope_case(tb_evidence_scope *scope,
                              const tb_case_id *subject,
                              bool report,
                              tb_refusal *out) TB_MUST_USE;
/* Of a campaign, which is archived when its last day is over; what is open then lives on. Refused:
 * unknown_campaign, campaign_running. */
tb_refusal tb_evidence_scope_archive(tb_evidence_scope *scope, tb_bytes campaign) TB_MUST_USE;

/* Whether the case gives anything to the campaign's figures in the months the subject speaks of, or
 * gave it when they were stated; is a filing that it sums up; or belongs to the archive. */
tb_err tb_evidence_gives(tb_evidence_scope *scope, const tb_case_id *id, bool *out) TB_MUST_USE;

#endif

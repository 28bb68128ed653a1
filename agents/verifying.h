/* verifying - what the parts of a verification share (verify.h): verify.c proves events,
 * verify_figures.c what is stated of them, verify_parts.c that this does not contradict itself.
 */
#ifndef TB_VERIFYING_H
#define TB_VERIFYING_H

#include "agents/case_figure.h"
#include "agents/marks.h"
#include "agents/prover.h"
#include "agents/rows_recounting.h"
#include "agents/verify.h"

typedef struct tb_verifying {
    tb_step *step;
    tb_prover *prover;
    tb_marks_seen marked;
    const tb_verify_with *with;
    tb_recounted *now; /* NULL: nothing was counted yet */
    tb_recounted *then;
    tb_recounting_key awaited; /* the count in slices that was told of last */
    tb_local_verified out;
} tb_verifying;

/* One more thing that is wrong, of an event or (NULL) of the whole. */
tb_err tb_verify_fault(tb_verifying *v, const tb_digest *event, const char *what) TB_MUST_USE;
/* Proves one stored event and counts it. */
tb_err
tb_verify_event(tb_verifying *v, const tb_event_key *key, const tb_event_row *row) TB_MUST_USE;

/* Proves every event behind one counted figure, of a group or (empty) of all, and that its total is
 * the sum of them, where it is one. */
tb_err tb_verify_total(tb_verifying *v,
                       const tb_campaign *campaign,
                       const tb_measure *measure,
                       const tb_period *period,
                       tb_bytes group) TB_MUST_USE;
/* That the parts of each figure of a report, whosever it is, make up its whole, wherever they stand,
 * and no figure stands there twice; and of the text that states them. */
tb_err tb_verify_parts_of(tb_verifying *v, const tb_campaign *campaign, tb_bytes text) TB_MUST_USE;
tb_err
tb_verify_parts(tb_verifying *v, const tb_case_row *row, const tb_campaign *campaign) TB_MUST_USE;
/* A fault of a figure: "figure NAME (TITLES): stated VALUE" and, against it, COUNTED or PARTS. */
tb_err tb_verify_tell(tb_verifying *v,
                      tb_bytes name,
                      const tb_measure *measure,
                      tb_bytes stated,
                      const char *against,
                      tb_bytes counted) TB_MUST_USE;
/* The three values of a line, and what it is called. */
tb_err tb_verify_line(tb_arena *arena, const tb_figure *figure, tb_bytes *out_name, tb_bytes *out)
    TB_MUST_USE;

/* The figures of a report of this party: their events, their sums, and what was stated. */
tb_err tb_verify_figures(tb_verifying *v,
                         const tb_case_row *row,
                         const tb_campaign *campaign,
                         const tb_report_def *report,
                         const tb_period *period) TB_MUST_USE;
/* Every field of COMPUTE_MEASURE that the case states, likewise where this party stated it. */
tb_err tb_verify_stated(tb_verifying *v, const tb_case_row *row) TB_MUST_USE;

#endif

/* verify - 核验: proving a case, or a report and what its figures open to, from what is stored
 * here.
 *
 * Every event is proved as if a stranger had just passed it on (prover.h): its id and its
 * notice's header, the path to the signed root, the signature under the key the directory has,
 * cuts, the hub's stamp, and every field group that is open here against its commitment; of what
 * this party sent, the arrived marks too, as `verify FILE` proves them. Nothing is believed because
 * it is in the store. The record of a lapse is held against what it says besides (lapse_check.h).
 */
#ifndef TB_VERIFY_H
#define TB_VERIFY_H

#include "agents/link.h"
#include "agents/rows_case.h"
#include "messages/local.h"

/* Events behind a report's figures that are proved; more are counted as not looked at. */
#define TB_VERIFY_BEHIND_MAX 20000

/* What a fault says of a figure, for who shows it: FIGURE name STATED value COUNTED (or PARTS, or
 * AGAIN) value. */
#define TB_VERIFY_FIGURE  "figure "
#define TB_VERIFY_STATED  ": stated "
#define TB_VERIFY_COUNTED "; its events make up "
#define TB_VERIFY_PARTS   "; its parts make up "
#define TB_VERIFY_AGAIN   "; and once more "

typedef struct tb_verify_with {
    bool recounts; /* that stated figures are what the cases here made up when they were stated */
    bool alone; /* nothing is here but what was exported for it: all of it is counted, and what was
                   known when goes by stamps (as_of.h) */
    tb_bytes
        shown; /* a report's figures as something unproven shows them, where nothing else does */
} tb_verify_with;

/* The case; and at who stated its counted figures (case_figure.h), every event behind them, and
 * that these make up what is counted now, and made up what was stated. Of a report its case alone:
 * its figures are told as attested. */
tb_err tb_verify_case(tb_step *step,
                      const tb_case_id *id,
                      const tb_verify_with *with,
                      tb_local_answer *answer) TB_MUST_USE;
/* The report's case, and that its figures do not contradict one another; and at the reporter, every
 * event behind its counted figures, that they make up what is counted now, and that cases made up
 * each stated figure when it was filed. What has changed since is counted as corrected; where an
 * agent has too many cases to count at once, it says how far it has come (recounting.h), and
 * decides when it is asked again. */
tb_err tb_verify_report(tb_step *step,
                        const tb_case_id *id,
                        const tb_verify_with *with,
                        tb_local_answer *answer) TB_MUST_USE;

#endif

/* verify - 核验: proving a case, or a report and what its figures open to, from what is stored
 * here.
 *
 * Every event is proved as if a stranger had just passed it on (prover.h): its id and its
 * notice's header, the path to the signed root, the signature under the key the directory has,
 * cuts, the hub's stamp, and every field group that is open here against its commitment; of what this
 * party sent, the arrived marks too, as `verify FILE` proves them. Nothing is
 * believed because it is in the store. The record of a lapse is held against what it says besides
 * (lapse_check.h).
 */
#ifndef TB_VERIFY_H
#define TB_VERIFY_H

#include "agents/link.h"
#include "agents/rows_case.h"
#include "messages/local.h"

/* Events behind a report's figures that are proved; more are counted as not looked at. */
#define TB_VERIFY_BEHIND_MAX 20000

tb_err tb_verify_case(tb_step *step, const tb_case_id *id, tb_local_answer *answer) TB_MUST_USE;
/* The report's case; and at the reporter, every event behind its counted figures, and that they
 * make up the figures counted now. recounts: and that these are the figures that were filed, for
 * who has only what was exported for it; at an agent cases go on after a report is filed, and what
 * changed is shown as a correction. */
tb_err tb_verify_report(tb_step *step,
                        const tb_case_id *id,
                        bool recounts,
                        tb_local_answer *answer) TB_MUST_USE;

#endif

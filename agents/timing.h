/* timing - whether an act is shown as late for its stage, or as not counted
 * (agents/campaign/stages.h says by which days): by its effective time, as far as that is known
 * here. */
#ifndef TB_TIMING_H
#define TB_TIMING_H

#include "agents/casework.h"
#include "messages/local.h"

/* row is the event's; case_type the id of its case's type. TB_IN_TIME where the campaign is not
 * here. */
tb_err tb_event_timing(const tb_agent *agent,
                       tb_txn *txn,
                       const tb_event *event,
                       const tb_event_row *row,
                       tb_bytes case_type,
                       tb_shown_timing *out) TB_MUST_USE;

#endif

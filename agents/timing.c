#include "agents/timing.h"

#include "agents/campaign/stages.h"
#include "agents/effective.h"

static const tb_action *action_of(const tb_campaign *campaign, tb_bytes case_type, tb_bytes id)
{
    const tb_case_type *type = campaign != NULL ? tb_campaign_case_type(campaign, case_type) : NULL;
    return type != NULL ? tb_case_type_action(type, id) : NULL;
}

tb_err tb_event_timing(const tb_agent *agent,
                       tb_txn *txn,
                       const tb_event *event,
                       const tb_event_row *row,
                       tb_bytes case_type,
                       tb_shown_timing *out)
{
    const tb_campaign *campaign =
        tb_campaigns_find(agent->campaigns, event->campaign, event->campaign_version);
    const tb_action *action = action_of(campaign, case_type, event->action);
    *out = TB_IN_TIME;
    if (action == NULL || (action->stage_count == 0 && campaign->counts_until == NULL)) {
        return TB_OK;
    }
    tb_time at;
    bool known;
    tb_err err = tb_effective_time(agent, txn, row, event->at, &at, &known);
    if (err != TB_OK) {
        return err;
    }
    tb_timing timing = tb_action_timing(campaign, action, at);
    if (timing == TB_TIMING_LATE || timing == TB_TIMING_REFUSED) {
        *out = TB_IN_NO_STAGE; /* refused: in time by its own clock, and stored outside */
    } else if (!tb_time_counts(campaign, action, at)) {
        *out = TB_NOT_COUNTED;
    }
    return TB_OK;
}

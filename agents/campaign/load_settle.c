/* load_settle - what a definition says in its own words, as the judge reads it. */
#include "agents/campaign/load_settle.h"

void tb_campaign_settle(tb_campaign *campaign)
{
    for (unsigned t = 0; t < campaign->case_type_count; t++) {
        tb_case_type *type = &campaign->case_types[t];
        for (unsigned a = 0; a < type->action_count; a++) {
            if (type->actions[a].kind == TB_ACTION_REQUEST) {
                type->actions[a].kind = TB_ACTION_SIDE;
                type->actions[a].request = true;
            }
        }
    }
}

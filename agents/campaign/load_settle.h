/* load_settle - what a definition says in its own words, as the judge reads it. Private to load*.c.
 */
#ifndef TB_CAMPAIGN_LOAD_SETTLE_H
#define TB_CAMPAIGN_LOAD_SETTLE_H

#include "agents/campaign/campaign.h"

/* A `kind: request` is a side action with `request` set. Once, after reading. */
void tb_campaign_settle(tb_campaign *campaign);

#endif

/* load_settle - what a definition says in its own words, as the judge reads it. Private to load*.c.
 */
#ifndef TB_CAMPAIGN_LOAD_SETTLE_H
#define TB_CAMPAIGN_LOAD_SETTLE_H

#include "agents/campaign/load_common.h"

/* A `kind: request` is a side action with `request` set; what is said once for many case types
 * stands in each of them; a field TB_LAPSE_DUTY without `choices` has a code list of its case
 * type's duties. Once, after reading. */
void tb_campaign_settle(const tb_settling *s);

#endif

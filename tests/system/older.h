/* older - makes the store of an agent, or of "hub", one of an older or of a newer schema; its
 * daemon must not run. */
#ifndef TB_SYSTEM_OLDER_H
#define TB_SYSTEM_OLDER_H

#include "tests/system/hub.h"

/* An agent's, as the program of schema 1 kept it: openings under event ids, an EVENT_ID row for
 * every event, groups inside the rows of the outbox. */
void older_make(const sys_hub *hub, const char *name);

/* The schema's number alone. */
void older_number(const sys_hub *hub, const char *name, uint32_t schema);
/* What it is now. */
uint32_t older_schema(const sys_hub *hub, const char *name);

/* Takes the newest version of a campaign away from the hub, as if it knew nothing of the campaign.
 */
void older_hub_without(const sys_hub *hub, const char *campaign, uint32_t version);

#endif

/* hub_run - a hub of real processes whose every write, flush and message is recorded. */
#ifndef TB_POWER_HUB_RUN_H
#define TB_POWER_HUB_RUN_H

#include "tests/system/hub.h"

/* A broker and two agents work for a while and end; their records are <folder>/<name>.rec, name
 * being "hub" or a party. */
#define RUN_SENDER    "bureau.11"
#define RUN_RECIPIENT "hq"

void hub_run(sys_hub *hub);
void hub_run_record(const sys_hub *hub, const char *name, char out[SYS_PATH]);

#endif

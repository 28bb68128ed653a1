/* foreign - peers that speak another version of the link protocol than this build. */
#ifndef TB_SYSTEM_FOREIGN_H
#define TB_SYSTEM_FOREIGN_H

#include "messages/link.h"
#include "tests/system/hub.h"

/* An agent of the party that speaks min to max says Hello to the running hub, in min. What the hub
 * answers lives until the next call. */
void foreign_agent(sys_hub *hub, const char *party, uint32_t min, uint32_t max, tb_frame *out);

/* Stands in the hub's place, with its keys, until somebody says Hello, and answers Bye as a hub
 * that speaks min to max. It stays until it is closed: what a peer has not read when its connection
 * ends may be lost. What was said lives until the next call. */
typedef struct foreign_hub foreign_hub;
foreign_hub *foreign_hub_open(sys_hub *hub, uint32_t min, uint32_t max, tb_frame *out_hello);
void foreign_hub_close(foreign_hub *foreign);

#endif

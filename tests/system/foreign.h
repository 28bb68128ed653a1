/* foreign - peers that speak for themselves: of another version of the link protocol than this
 * build, or with manners of their own (tests/network/flooder.c). */
#ifndef TB_SYSTEM_FOREIGN_H
#define TB_SYSTEM_FOREIGN_H

#include <czmq.h>

#include "messages/directory.h"
#include "messages/link.h"
#include "tests/system/hub.h"

/* The directory a hub's folder holds, in this memory. */
void foreign_directory(const sys_hub *hub, tb_arena *arena, tb_directory *out);
/* A socket with the transport keys of a key file, not connected. */
zsock_t *foreign_socket(const sys_hub *hub, int type, const char *key);

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

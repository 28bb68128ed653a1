/* local - the hub's own socket for its people: a ROUTER in a folder that is theirs alone. */
#ifndef TB_BROKER_LOCAL_H
#define TB_BROKER_LOCAL_H

#include "base/base.h"

#include <czmq.h>

typedef struct tb_hub_socket {
    zsock_t *router; /* NULL: not asked for */
    void *handle;
} tb_hub_socket;

/* False: stderr says why. */
bool tb_hub_socket_open(tb_hub_socket *local, const char *path);
void tb_hub_socket_close(tb_hub_socket *local);
/* The next request without waiting; the caller closes the message. */
bool tb_hub_socket_receive(tb_hub_socket *local, uint64_t *out_peer, zmq_msg_t *out);
/* A caller that is gone loses the answer. */
void tb_hub_socket_answer(tb_hub_socket *local, uint64_t peer, tb_bytes answer);

#endif

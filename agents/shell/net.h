/* net - the agent's two sockets: a CURVE DEALER to the hub and a ROUTER for its own people.
 *
 * Nothing waits in memory here but what the bounds of the sockets allow: what is sent to a hub that
 * is not there is lost, and goes again from the store.
 */
#ifndef TB_AGENT_NET_H
#define TB_AGENT_NET_H

#include <czmq.h>

#include "messages/directory.h"

typedef struct tb_agent_net {
    zsock_t *hub;
    void *hub_handle;
    void *events; /* PAIR on the hub socket's monitor */
    zsock_t *local;
    void *local_handle;
    const char *endpoint;
    const tb_seal_pair *transport; /* our client keys */
    tb_public_key server;          /* the hub's key the socket was opened for */
    unsigned openings;             /* hub sockets made: names the monitors apart */
    unsigned failed_handshakes;    /* in a row */
    bool use_spare;
} tb_agent_net;

/* False: stderr says why. */
bool tb_agent_net_open_local(tb_agent_net *net, const char *path) TB_MUST_USE;
bool tb_agent_net_open_hub(tb_agent_net *net, const tb_directory *directory) TB_MUST_USE;
void tb_agent_net_close(tb_agent_net *net);

typedef enum tb_net_event {
    TB_NET_NOTHING,
    TB_NET_UP,
    TB_NET_DOWN,
} tb_net_event;
/* The next change of the connection, without waiting. */
tb_net_event tb_agent_net_event(tb_agent_net *net);
/* True when the hub keeps refusing our handshake under the key in use and the directory has
 * another. */
bool tb_agent_net_wants_other_key(const tb_agent_net *net, const tb_directory *directory);

/* Whether the directory still names the key the socket was opened for, as the hub's or the spare.
 */
bool tb_agent_net_key_named(const tb_agent_net *net, const tb_directory *directory);

/* The next message without waiting; the caller closes it. */
bool tb_agent_net_from_hub(tb_agent_net *net, zmq_msg_t *out);
/* *out_person: the system's number of who connected, plus 1; 0: not known. */
bool tb_agent_net_from_local(tb_agent_net *net,
                             uint64_t *out_peer,
                             uint64_t *out_person,
                             zmq_msg_t *out);
void tb_agent_net_to_hub(tb_agent_net *net, tb_bytes frame);
/* False: the caller is gone. */
bool tb_agent_net_to_local(tb_agent_net *net, uint64_t peer, tb_bytes answer);

#endif

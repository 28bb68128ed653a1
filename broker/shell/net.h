/* net - the hub's socket: a CURVE ROUTER whose every option is set before it is bound.
 *
 * What comes in is one frame behind the routing id, from a connection whose key is known;
 * everything else is dropped and counted. What goes out may be lost.
 */
#ifndef TB_BROKER_NET_H
#define TB_BROKER_NET_H

#include "broker/shell/speakers.h"
#include "messages/keys.h"

#include <czmq.h>

typedef struct tb_net {
    zsock_t *router;
    void *handle; /* of libzmq, for single messages */
    zactor_t *zap;
    uint64_t dropped;    /* messages of a form no agent of ours sends, or by nobody known */
    tb_party dropped_of; /* whose the last of them was; zero: of nobody known */
} tb_net;

/* A message and who sent it; ends with tb_net_release. */
typedef struct tb_received {
    uint64_t peer;
    tb_party party;
    zmq_msg_t message;
} tb_received;

/* Binds the ZAP actor, then the socket. False: stderr says why. */
bool tb_net_open(tb_net *net,
                 const char *endpoint,
                 const tb_seal_pair *transport,
                 const tb_speakers *speakers);
void tb_net_close(tb_net *net);
/* Connects as a stranger and without CURVE; true when both were refused. */
bool tb_net_self_test(const tb_net *net, const tb_public_key *transport);

/* Before the first message of a turn: hears which connections have something. While messages wait
 * the library itself asks only once in a hundred, and who floods would be heard alone till then. */
void tb_net_look(tb_net *net);
/* The next good message without waiting; false when there is none. Drops at most a bounded number
 * on the way. */
bool tb_net_receive(tb_net *net, const tb_speakers *speakers, tb_received *out);
/* What was in from, which is as after tb_net_release, is in to. */
void tb_net_move(tb_received *to, tb_received *from);
void tb_net_release(tb_received *received);
/* Never waits; a peer that is gone or full loses the frame. */
void tb_net_send(tb_net *net, uint64_t peer, const void *frame, size_t size);

#endif

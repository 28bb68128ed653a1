#include "broker/shell/net.h"

#include "base/limits.h"
#include "broker/shell/zap.h"

/* ZMQ_ZAP_ENFORCE_DOMAIN: a draft name in zmq.h, a working option of the library; czmq's setter is
 * empty. */
#define ENFORCE_DOMAIN 93
/* Messages waiting per connection; the queue that counts is the store. */
#define QUEUE_MESSAGES 64
#define HANDSHAKE_MS   3000
#define BACKLOG        512
/* Bad messages dropped in one call before the loop gets its turn. */
#define DROPS_MAX 64
/* The form of an automatic routing id: a zero byte and a number. Others are chosen by the peer. */
#define ROUTING_ID_BYTES 5

static bool set_options(tb_net *net, const tb_seal_pair *transport)
{
    zsock_t *router = net->router;
    int one = 1;
    int enforced = 0;
    size_t size = sizeof enforced;

    zsock_set_linger(router, 0);
    zsock_set_router_mandatory(router, 1);
    zsock_set_sndtimeo(router, 0);
    zsock_set_sndhwm(router, QUEUE_MESSAGES);
    zsock_set_rcvhwm(router, QUEUE_MESSAGES);
    zsock_set_maxmsgsize(router, TB_FRAME_BYTES_MAX);
    zsock_set_handshake_ivl(router, HANDSHAKE_MS);
    zsock_set_backlog(router, BACKLOG);
    zsock_set_curve_server(router, 1);
    zsock_set_curve_publickey_bin(router, transport->public_key.bytes);
    zsock_set_curve_secretkey_bin(router, transport->secret);
    zsock_set_zap_domain(router, TB_ZAP_DOMAIN);
    return zmq_setsockopt(net->handle, ENFORCE_DOMAIN, &one, sizeof one) == 0 &&
           zmq_getsockopt(net->handle, ENFORCE_DOMAIN, &enforced, &size) == 0 && enforced == 1 &&
           zsock_curve_server(router) == 1;
}

bool tb_net_open(tb_net *net,
                 const char *endpoint,
                 const tb_seal_pair *transport,
                 const tb_speakers *speakers)
{
    memset(net, 0, sizeof *net);
    net->zap = tb_zap_start(speakers);
    if (net->zap == NULL) {
        fprintf(stderr, "level=error event=start what=\"the ZAP handler does not start\"\n");
        return false;
    }
    net->router = zsock_new(ZMQ_ROUTER);
    if (net->router == NULL) {
        fprintf(stderr, "level=error event=start what=\"no socket\"\n");
        return false;
    }
    net->handle = zsock_resolve(net->router);
    if (!set_options(net, transport)) {
        fprintf(stderr, "level=error event=start what=\"this libzmq does not take the options that "
                        "keep strangers out\"\n");
        return false;
    }
    if (zsock_bind(net->router, "%s", endpoint) == -1) {
        fprintf(stderr, "level=error event=start what=\"cannot listen on %s: %s\"\n", endpoint,
                zmq_strerror(zmq_errno()));
        return false;
    }
    return true;
}

void tb_net_close(tb_net *net)
{
    zsock_destroy(&net->router);
    zactor_destroy(&net->zap);
}

static bool peer_of(zmq_msg_t *id, uint64_t *out)
{
    const uint8_t *bytes = zmq_msg_data(id);
    if (zmq_msg_size(id) != ROUTING_ID_BYTES || bytes[0] != 0) {
        return false;
    }

    *out = (uint64_t)bytes[1] << 24 | (uint64_t)bytes[2] << 16 | (uint64_t)bytes[3] << 8 | bytes[4];
    *out += 1; /* 0 is nobody */
    return true;
}

/* The authenticated key is on every frame but the first, which loses it when the socket is polled.
 */
static const tb_party *speaker_of(const tb_speakers *speakers, const zmq_msg_t *last)
{
    const char *key = zmq_msg_gets(last, "User-Id");
    return key == NULL || key[0] == '\0' ? NULL : tb_speakers_find(speakers, key);
}

/* The rest of a message that is dropped, frame after frame. */
static void discard_rest(tb_net *net, const tb_speakers *speakers, const zmq_msg_t *message)
{
    bool more = zmq_msg_more(message) != 0;
    while (more) {
        zmq_msg_t part;
        zmq_msg_init(&part);
        more = zmq_msg_recv(&part, net->handle, ZMQ_DONTWAIT) >= 0 && zmq_msg_more(&part) != 0;
        const tb_party *party = speaker_of(speakers, &part);
        if (party != NULL) {
            net->dropped_of = *party;
        }
        zmq_msg_close(&part);
    }
}

/* One whole message off the socket: -1 none there, 0 dropped, 1 good. */
static int receive_one(tb_net *net, const tb_speakers *speakers, tb_received *out)
{
    zmq_msg_t id;
    zmq_msg_init(&id);
    if (zmq_msg_recv(&id, net->handle, ZMQ_DONTWAIT) < 0) {
        zmq_msg_close(&id);
        return -1;
    }
    bool known = peer_of(&id, &out->peer) && zmq_msg_more(&id) != 0;
    if (!known) {
        net->dropped_of = (tb_party){0};
        discard_rest(net, speakers, &id);
        zmq_msg_close(&id);
        return 0;
    }
    zmq_msg_close(&id);

    zmq_msg_init(&out->message);
    if (zmq_msg_recv(&out->message, net->handle, ZMQ_DONTWAIT) < 0) {
        zmq_msg_close(&out->message);
        return 0;
    }
    const tb_party *party = speaker_of(speakers, &out->message);
    if (party == NULL || zmq_msg_more(&out->message) != 0) {
        memset(&net->dropped_of, 0, sizeof net->dropped_of);
        if (party != NULL) {
            net->dropped_of = *party;
        }
        discard_rest(net, speakers, &out->message);
        zmq_msg_close(&out->message);
        return 0;
    }
    out->party = *party;
    return 1;
}

void tb_net_look(tb_net *net)
{
    int events;
    size_t size = sizeof events;
    (void)zmq_getsockopt(net->handle, ZMQ_EVENTS, &events, &size);
}

bool tb_net_receive(tb_net *net, const tb_speakers *speakers, tb_received *out)
{
    for (int i = 0; i < DROPS_MAX; i++) {
        int got = receive_one(net, speakers, out);
        if (got != 0) {
            return got == 1;
        }
        net->dropped++;
    }
    return false;
}

void tb_net_move(tb_received *to, tb_received *from)
{
    to->peer = from->peer;
    to->party = from->party;
    zmq_msg_init(&to->message);
    zmq_msg_move(&to->message, &from->message);
    zmq_msg_close(&from->message);
}

void tb_net_release(tb_received *received)
{
    zmq_msg_close(&received->message);
}

void tb_net_send(tb_net *net, uint64_t peer, const void *frame, size_t size)
{
    uint64_t number = peer - 1;
    uint8_t id[ROUTING_ID_BYTES] = {0, (uint8_t)(number >> 24), (uint8_t)(number >> 16),
                                    (uint8_t)(number >> 8), (uint8_t)number};
    if (zmq_send(net->handle, id, sizeof id, ZMQ_DONTWAIT | ZMQ_SNDMORE) < 0) {
        return;
    }
    (void)zmq_send(net->handle, frame, size, ZMQ_DONTWAIT);
}

#include "agents/shell/net.h"

#include <sys/stat.h>

#include "base/limits.h"

#define HANDSHAKE_MS   3000
#define QUEUE_MESSAGES 1000
/* Refused handshakes in a row before the other hub key is tried. */
#define FAILURES_MAX 3
/* The form of an automatic routing id: a zero byte and a number. */
#define ROUTING_ID_BYTES 5
#define MONITOR_NAME_MAX 40
/* Messages of another form dropped in one call. */
#define DROPS_MAX 64

#define WATCHED                                                                                    \
    (ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED |                                      \
     ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |                  \
     ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)

static bool fail(const char *what, const char *which)
{
    fprintf(stderr, "level=error event=start what=\"%s\" where=%s why=\"%s\"\n", what, which,
            zmq_strerror(zmq_errno()));
    return false;
}

/* ---- local ---- */

/* The folder is made for this agent's people alone: owner and group. */
static bool make_folder(const char *path)
{
    char folder[256];
    const char *slash = strrchr(path, '/');
    size_t size = slash == NULL ? 0 : (size_t)(slash - path);
    if (size == 0 || size >= sizeof folder) {
        return true;
    }
    memcpy(folder, path, size);
    folder[size] = '\0';

    return mkdir(folder, 0750) == 0 || errno == EEXIST;
}

bool tb_agent_net_open_local(tb_agent_net *net, const char *path)
{
    if (!make_folder(path)) {
        return fail("cannot make the folder of the local socket", path);
    }
    net->local = zsock_new(ZMQ_ROUTER);
    if (net->local == NULL) {
        return fail("no socket", path);
    }
    net->local_handle = zsock_resolve(net->local);
    zsock_set_linger(net->local, 0);
    zsock_set_router_mandatory(net->local, 1);
    zsock_set_sndtimeo(net->local, 0);
    zsock_set_sndhwm(net->local, QUEUE_MESSAGES);
    zsock_set_rcvhwm(net->local, QUEUE_MESSAGES);
    zsock_set_maxmsgsize(net->local, TB_LOCAL_BYTES_MAX);
    zsock_set_handshake_ivl(net->local, HANDSHAKE_MS);
    mode_t before = umask(0117);
    int bound = zsock_bind(net->local, "ipc://%s", path);
    (void)umask(before);
    return bound == -1 ? fail("cannot listen", path) : true;
}

/* ---- hub ---- */

/* The library's thread writes what happens into a pair of sockets, and waits for ever once nobody
 * reads there: it is told to stop writing before the reader goes. */
static void close_hub(tb_agent_net *net)
{
    if (net->hub != NULL) {
        (void)zmq_socket_monitor(net->hub_handle, NULL, 0);
    }
    if (net->events != NULL) {
        (void)zmq_close(net->events);
        net->events = NULL;
    }
    zsock_destroy(&net->hub);
}

static bool watch(tb_agent_net *net)
{
    char name[MONITOR_NAME_MAX];
    (void)snprintf(name, sizeof name, "inproc://hub-%u", net->openings);
    if (zmq_socket_monitor(net->hub_handle, name, WATCHED) != 0) {
        return false;
    }
    net->events = zmq_socket(zsys_init(), ZMQ_PAIR);
    return net->events != NULL && zmq_connect(net->events, name) == 0;
}

static void set_options(zsock_t *hub, const tb_seal_pair *client, const tb_public_key *server)
{
    zsock_set_linger(hub, 0);
    zsock_set_immediate(hub, 1);
    zsock_set_sndtimeo(hub, 0);
    zsock_set_sndhwm(hub, QUEUE_MESSAGES);
    zsock_set_rcvhwm(hub, QUEUE_MESSAGES);
    zsock_set_maxmsgsize(hub, TB_FRAME_BYTES_MAX);
    zsock_set_handshake_ivl(hub, HANDSHAKE_MS);
    /* The library adds a random part of the interval to every wait. */
    zsock_set_reconnect_ivl(hub, TB_RECONNECT_MS);
    zsock_set_reconnect_ivl_max(hub, TB_RECONNECT_MAX_MS);
    zsock_set_curve_publickey_bin(hub, client->public_key.bytes);
    zsock_set_curve_secretkey_bin(hub, client->secret);
    zsock_set_curve_serverkey_bin(hub, server->bytes);
}

bool tb_agent_net_open_hub(tb_agent_net *net, const tb_directory *directory)
{
    bool spare = net->use_spare && directory->has_spare;
    const tb_hub_keys *keys = spare ? &directory->spare : &directory->hub_keys;
    close_hub(net);
    net->openings++;
    net->failed_handshakes = 0;
    net->hub = zsock_new(ZMQ_DEALER);
    if (net->hub == NULL) {
        return fail("no socket", net->endpoint);
    }
    net->hub_handle = zsock_resolve(net->hub);
    net->server = keys->transport.key;
    set_options(net->hub, net->transport, &keys->transport.key);
    if (!watch(net)) {
        return fail("cannot watch the connection", net->endpoint);
    }
    return zsock_connect(net->hub, "%s", net->endpoint) == 0
               ? true
               : fail("cannot connect", net->endpoint);
}

void tb_agent_net_close(tb_agent_net *net)
{
    close_hub(net);
    zsock_destroy(&net->local);
}

tb_net_event tb_agent_net_event(tb_agent_net *net)
{
    zmq_msg_t message;
    uint16_t event = 0;
    zmq_msg_init(&message);
    if (zmq_msg_recv(&message, net->events, ZMQ_DONTWAIT) < 0) {
        zmq_msg_close(&message);
        return TB_NET_NOTHING;
    }
    if (zmq_msg_size(&message) >= sizeof event) {
        memcpy(&event, zmq_msg_data(&message), sizeof event);
    }
    while (zmq_msg_more(&message)) {
        if (zmq_msg_recv(&message, net->events, ZMQ_DONTWAIT) < 0) {
            break;
        }
    }
    zmq_msg_close(&message);

    if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
        net->failed_handshakes = 0;
        return TB_NET_UP;
    }
    if (event != ZMQ_EVENT_DISCONNECTED) {
        net->failed_handshakes++;
    }
    return TB_NET_DOWN;
}

bool tb_agent_net_wants_other_key(const tb_agent_net *net, const tb_directory *directory)
{
    return directory->has_spare && net->failed_handshakes >= FAILURES_MAX;
}

bool tb_agent_net_key_named(const tb_agent_net *net, const tb_directory *directory)
{
    const tb_public_key *first = &directory->hub_keys.transport.key;
    const tb_public_key *spare = &directory->spare.transport.key;
    return memcmp(first->bytes, net->server.bytes, sizeof *first) == 0 ||
           (directory->has_spare && memcmp(spare->bytes, net->server.bytes, sizeof *spare) == 0);
}

/* ---- messages ---- */

static void discard_rest(void *handle, zmq_msg_t *message)
{
    while (zmq_msg_more(message)) {
        if (zmq_msg_recv(message, handle, ZMQ_DONTWAIT) < 0) {
            return;
        }
    }
}

bool tb_agent_net_from_hub(tb_agent_net *net, zmq_msg_t *out)
{
    for (int i = 0; i < DROPS_MAX; i++) {
        zmq_msg_init(out);
        if (zmq_msg_recv(out, net->hub_handle, ZMQ_DONTWAIT) < 0) {
            zmq_msg_close(out);
            return false;
        }
        if (!zmq_msg_more(out)) {
            return true;
        }
        discard_rest(net->hub_handle, out);
        zmq_msg_close(out);
    }
    return false;
}

/* The user of the process at the other end (SO_PEERCRED), plus 1; 0 where the library does not say.
 * It writes "name:uid:gid:pid", and the name is not ours to choose: counted from the end. */
static uint64_t person_of(zmq_msg_t *message)
{
    const char *address = zmq_msg_gets(message, "Peer-Address");
    const char *at = address == NULL ? NULL : address + strlen(address);
    for (int colons = 0; at != NULL && colons < 3;) {
        if (at == address) {
            return 0;
        }
        colons += *--at == ':';
    }
    char *end = NULL;
    unsigned long uid = at == NULL ? 0 : strtoul(at + 1, &end, 10);
    return end == NULL || end == at + 1 || *end != ':' || uid > UINT32_MAX ? 0 : uid + 1;
}

static bool peer_of(zmq_msg_t *id, uint64_t *out)
{
    const uint8_t *bytes = zmq_msg_data(id);
    if (zmq_msg_size(id) != ROUTING_ID_BYTES || bytes[0] != 0) {
        return false;
    }

    *out =
        ((uint64_t)bytes[1] << 24 | (uint64_t)bytes[2] << 16 | (uint64_t)bytes[3] << 8 | bytes[4]) +
        1;
    return true;
}

bool tb_agent_net_from_local(tb_agent_net *net,
                             uint64_t *out_peer,
                             uint64_t *out_person,
                             zmq_msg_t *out)
{
    for (int i = 0; i < DROPS_MAX; i++) {
        zmq_msg_t id;
        zmq_msg_init(&id);
        if (zmq_msg_recv(&id, net->local_handle, ZMQ_DONTWAIT) < 0) {
            zmq_msg_close(&id);
            return false;
        }
        bool known = peer_of(&id, out_peer) && zmq_msg_more(&id);
        if (!known) {
            discard_rest(net->local_handle, &id);
            zmq_msg_close(&id);
            continue;
        }
        zmq_msg_close(&id);
        zmq_msg_init(out);
        if (zmq_msg_recv(out, net->local_handle, ZMQ_DONTWAIT) >= 0 && !zmq_msg_more(out)) {
            *out_person = person_of(out); /* the frame with the routing id does not always say */
            return true;
        }
        discard_rest(net->local_handle, out);
        zmq_msg_close(out);
    }
    return false;
}

void tb_agent_net_to_hub(tb_agent_net *net, tb_bytes frame)
{
    if (net->hub != NULL) {
        (void)zmq_send(net->hub_handle, frame.data, frame.size, ZMQ_DONTWAIT);
    }
}

bool tb_agent_net_to_local(tb_agent_net *net, uint64_t peer, tb_bytes answer)
{
    uint64_t number = peer - 1;
    uint8_t id[ROUTING_ID_BYTES] = {0, (uint8_t)(number >> 24), (uint8_t)(number >> 16),
                                    (uint8_t)(number >> 8), (uint8_t)number};
    if (zmq_send(net->local_handle, id, sizeof id, ZMQ_DONTWAIT | ZMQ_SNDMORE) < 0) {
        return zmq_errno() == EAGAIN;
    }
    (void)zmq_send(net->local_handle, answer.data, answer.size, ZMQ_DONTWAIT);
    return true;
}

#include "broker/shell/local.h"

#include <sys/stat.h>

#include "base/limits.h"

/* What opens a connection and says nothing is closed after so long. */
#define HANDSHAKE_MS     3000
#define QUEUE_MESSAGES   100
#define ROUTING_ID_BYTES 5
#define DROPS_MAX        16

static bool fail(const char *what, const char *path)
{
    fprintf(stderr, "level=error event=start what=\"%s\" where=%s why=\"%s\"\n", what, path,
            zmq_strerror(zmq_errno()));
    return false;
}

/* The folder is made for the hub's people alone: owner and group. */
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

bool tb_hub_socket_open(tb_hub_socket *local, const char *path)
{
    if (!make_folder(path)) {
        return fail("cannot make the folder of the local socket", path);
    }
    local->router = zsock_new(ZMQ_ROUTER);
    if (local->router == NULL) {
        return fail("no socket", path);
    }
    local->handle = zsock_resolve(local->router);
    zsock_set_linger(local->router, 0);
    zsock_set_router_mandatory(local->router, 1);
    zsock_set_sndtimeo(local->router, 0);
    zsock_set_sndhwm(local->router, QUEUE_MESSAGES);
    zsock_set_rcvhwm(local->router, QUEUE_MESSAGES);
    zsock_set_maxmsgsize(local->router, TB_LOCAL_BYTES_MAX);
    zsock_set_handshake_ivl(local->router, HANDSHAKE_MS);
    mode_t before = umask(0117);
    int bound = zsock_bind(local->router, "ipc://%s", path);
    (void)umask(before);
    return bound == -1 ? fail("cannot listen", path) : true;
}

void tb_hub_socket_close(tb_hub_socket *local)
{
    zsock_destroy(&local->router);
    local->handle = NULL;
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

static void discard_rest(void *handle, zmq_msg_t *message)
{
    while (zmq_msg_more(message)) {
        if (zmq_msg_recv(message, handle, ZMQ_DONTWAIT) < 0) {
            return;
        }
    }
}

/* -1 nothing there, 0 dropped, 1 good. */
static int receive_one(void *handle, uint64_t *out_peer, zmq_msg_t *out)
{
    zmq_msg_t id;
    zmq_msg_init(&id);
    if (zmq_msg_recv(&id, handle, ZMQ_DONTWAIT) < 0) {
        zmq_msg_close(&id);
        return -1;
    }
    bool known = peer_of(&id, out_peer) && zmq_msg_more(&id);
    if (!known) {
        discard_rest(handle, &id);
        zmq_msg_close(&id);
        return 0;
    }
    zmq_msg_close(&id);
    zmq_msg_init(out);
    if (zmq_msg_recv(out, handle, ZMQ_DONTWAIT) >= 0 && !zmq_msg_more(out)) {
        return 1;
    }
    discard_rest(handle, out);
    zmq_msg_close(out);
    return 0;
}

bool tb_hub_socket_receive(tb_hub_socket *local, uint64_t *out_peer, zmq_msg_t *out)
{
    for (int i = 0; local->handle != NULL && i < DROPS_MAX; i++) {
        int got = receive_one(local->handle, out_peer, out);
        if (got != 0) {
            return got == 1;
        }
    }
    return false;
}

void tb_hub_socket_answer(tb_hub_socket *local, uint64_t peer, tb_bytes answer)
{
    uint64_t number = peer - 1;
    uint8_t id[ROUTING_ID_BYTES] = {0, (uint8_t)(number >> 24), (uint8_t)(number >> 16),
                                    (uint8_t)(number >> 8), (uint8_t)number};
    if (local->handle != NULL &&
        zmq_send(local->handle, id, sizeof id, ZMQ_DONTWAIT | ZMQ_SNDMORE) >= 0) {
        (void)zmq_send(local->handle, answer.data, answer.size, ZMQ_DONTWAIT);
    }
}

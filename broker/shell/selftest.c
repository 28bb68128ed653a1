/* selftest - before anybody is served: a stranger and a client without CURVE must both be refused.
 */
#include "broker/shell/net.h"

/* A handshake takes about a millisecond; a busy machine gets more. */
#define PATIENCE_MS 5000

/* A client that must not get in, and the monitor that tells what became of it. */
typedef struct stranger {
    zsock_t *socket;
    zactor_t *monitor;
} stranger;

static bool begin(stranger *s, const char *endpoint, const tb_public_key *server)
{
    s->socket = zsock_new(ZMQ_DEALER);
    s->monitor = s->socket == NULL ? NULL : zactor_new(zmonitor, s->socket);
    if (s->monitor == NULL) {
        return false;
    }
    zstr_sendx(s->monitor, "LISTEN", "HANDSHAKE_SUCCEEDED", "HANDSHAKE_FAILED_NO_DETAIL",
               "HANDSHAKE_FAILED_PROTOCOL", "HANDSHAKE_FAILED_AUTH", "DISCONNECTED", NULL);
    zstr_sendx(s->monitor, "START", NULL);
    zsock_wait(s->monitor);

    zsock_set_linger(s->socket, 0);
    if (server != NULL) {
        zcert_t *thrown_away = zcert_new();
        zcert_apply(thrown_away, s->socket);
        zcert_destroy(&thrown_away);
        zsock_set_curve_serverkey_bin(s->socket, server->bytes);
    }
    return zsock_connect(s->socket, "%s", endpoint) == 0;
}

/* Refused: the handshake failed, or the connection ended before it succeeded. */
static bool refused(stranger *s)
{
    zsock_set_rcvtimeo(s->monitor, PATIENCE_MS);
    zmsg_t *message = zmsg_recv(s->monitor);
    char *event = message == NULL ? NULL : zmsg_popstr(message);
    bool out = event != NULL && strcmp(event, "HANDSHAKE_SUCCEEDED") != 0;
    zstr_free(&event);
    zmsg_destroy(&message);
    return out;
}

static void end(stranger *s)
{
    zactor_destroy(&s->monitor);
    zsock_destroy(&s->socket);
}

/* Where a client on this machine finds what is bound. */
static bool reachable(const tb_net *net, char *out, size_t size)
{
    char *bound = zsock_last_endpoint(net->router);
    const char *any = "tcp://0.0.0.0:";
    bool fits = bound != NULL && strlen(bound) + 16 < size;
    if (fits && strncmp(bound, any, strlen(any)) == 0) {
        snprintf(out, size, "tcp://127.0.0.1:%s", bound + strlen(any));
    } else if (fits) {
        snprintf(out, size, "%s", bound);
    }
    free(bound);
    return fits;
}

bool tb_net_self_test(const tb_net *net, const tb_public_key *transport)
{
    char endpoint[512];
    if (!reachable(net, endpoint, sizeof endpoint)) {
        return false;
    }

    stranger unknown = {NULL, NULL};
    stranger plain = {NULL, NULL};
    bool begun = begin(&unknown, endpoint, transport) && begin(&plain, endpoint, NULL);
    bool good = begun && refused(&unknown) && refused(&plain);
    end(&plain);
    end(&unknown);
    return good;
}

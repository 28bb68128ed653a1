#include "broker/shell/zap.h"

#define REPLACE "REPLACE"
/* Refused connections are printed at most this often; a client with a wrong key comes ten times a
 * second. */
#define PRINT_EVERY_MS 1000

typedef struct keeper {
    zsock_t *requests;
    tb_speakers *speakers;
    int64_t printed; /* when a refusal was last printed */
    size_t silent;   /* refusals since then */
} keeper;

/* One request, RFC 27: version, id, domain, address, routing id, mechanism, credentials. */
typedef struct request {
    char *version;
    char *id;
    char *domain;
    char *address;
    char *routing_id;
    char *mechanism;
    zframe_t *key;
} request;

static request read_request(zmsg_t *message)
{
    request r;
    r.version = zmsg_popstr(message);
    r.id = zmsg_popstr(message);
    r.domain = zmsg_popstr(message);
    r.address = zmsg_popstr(message);
    r.routing_id = zmsg_popstr(message);
    r.mechanism = zmsg_popstr(message);
    r.key = zmsg_pop(message);
    return r;
}

static void free_request(request *r)
{
    zstr_free(&r->version);
    zstr_free(&r->id);
    zstr_free(&r->domain);
    zstr_free(&r->address);
    zstr_free(&r->routing_id);
    zstr_free(&r->mechanism);
    zframe_destroy(&r->key);
}

static bool is(const char *text, const char *wanted)
{
    return text != NULL && strcmp(text, wanted) == 0;
}

/* The key as text when its owner may connect. */
static bool admit(const keeper *self, const request *r, char key[TB_Z85_KEY_BYTES])
{
    if (!is(r->version, "1.0") || !is(r->domain, TB_ZAP_DOMAIN) || !is(r->mechanism, "CURVE")) {
        return false;
    }
    if (r->key == NULL || zframe_size(r->key) != 32) {
        return false;
    }
    return zmq_z85_encode(key, zframe_data(r->key), 32) != NULL &&
           tb_speakers_find(self->speakers, key) != NULL;
}

static void print_refused(keeper *self, const request *r)
{
    int64_t now = zclock_mono();
    if (self->printed != 0 && now - self->printed < PRINT_EVERY_MS) {
        self->silent++;
        return;
    }

    fprintf(stderr, "level=warn event=connection_refused address=%s mechanism=%s not_printed=%zu\n",
            r->address == NULL ? "-" : r->address, is(r->mechanism, "CURVE") ? "CURVE" : "other",
            self->silent);
    self->printed = now;
    self->silent = 0;
}

static void answer(keeper *self)
{
    zmsg_t *message = zmsg_recv(self->requests);
    if (message == NULL) {
        return;
    }

    request r = read_request(message);
    char key[TB_Z85_KEY_BYTES] = "";
    bool admitted = admit(self, &r, key);
    if (!admitted) {
        print_refused(self, &r);
    }
    zsock_send(self->requests, "sssssb", "1.0", r.id == NULL ? "" : r.id, admitted ? "200" : "400",
               admitted ? "OK" : "refused", admitted ? key : "", "", (size_t)0);
    free_request(&r);
    zmsg_destroy(&message);
}

/* False when the actor is to end. */
static bool obey(keeper *self, zsock_t *pipe)
{
    char *command = NULL;
    void *list = NULL;
    if (zsock_recv(pipe, "sp", &command, &list) != 0) {
        return false;
    }

    bool goes_on = is(command, REPLACE) && list != NULL;
    if (goes_on) {
        tb_speakers_free(self->speakers);
        self->speakers = list;
    }
    zstr_free(&command);
    return goes_on;
}

static void run(zsock_t *pipe, void *speakers)
{
    keeper self = {zsock_new(ZMQ_REP), speakers, 0, 0};
    bool bound = self.requests != NULL && zsock_bind(self.requests, "inproc://zeromq.zap.01") == 0;
    zpoller_t *poller = bound ? zpoller_new(pipe, self.requests, NULL) : NULL;
    zsock_signal(pipe, 0); /* for zactor_new, which does not look at it */
    zsock_signal(pipe, poller == NULL ? 1 : 0);
    while (poller != NULL) {
        void *ready = zpoller_wait(poller, -1);
        if (ready == self.requests) {
            answer(&self);
        } else if (ready != pipe || !obey(&self, pipe)) {
            break;
        }
    }
    zpoller_destroy(&poller);
    zsock_destroy(&self.requests);
    tb_speakers_free(self.speakers);
}

zactor_t *tb_zap_start(const tb_speakers *speakers)
{
    tb_speakers *copy = tb_speakers_copy(speakers);
    zactor_t *zap = copy == NULL ? NULL : zactor_new(run, copy);
    if (zap != NULL && zsock_wait(zap) != 0) {
        zactor_destroy(&zap);
    }
    return zap;
}

bool tb_zap_replace(zactor_t *zap, const tb_speakers *speakers)
{
    tb_speakers *copy = tb_speakers_copy(speakers);
    if (copy == NULL) {
        return false;
    }
    if (zsock_send(zap, "sp", REPLACE, copy) != 0) {
        tb_speakers_free(copy);
        return false;
    }
    return true;
}

#include "broker/shell/zap.h"

#define REPLACE "REPLACE"
#define WATCH   "WATCH"
/* Where the ROUTER tells of handshakes that failed before anybody was asked. */
#define HANDSHAKES "inproc://tongbao.handshakes"
#define FAILED     (ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL)
/* Refused connections are printed at most this often; a client with a wrong key comes ten times a
 * second. */
#define PRINT_EVERY_MS 1000

/* A line that may come often: the newest, and how many came that were not printed. */
typedef struct seldom {
    char text[128];
    int64_t printed; /* when one last was */
    size_t waiting;
} seldom;

typedef struct keeper {
    zsock_t *requests;
    zsock_t *handshakes; /* NULL until they are watched */
    zpoller_t *poller;
    tb_speakers *speakers;
    seldom refused;
    seldom bent;   /* handshakes that are none of ours */
    seldom silent; /* or that stopped on the way */
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

/* What has waited long enough. */
static void print_due(seldom *line)
{
    int64_t now = zclock_mono();
    if (line->waiting > 0 && (line->printed == 0 || now - line->printed >= PRINT_EVERY_MS)) {
        fprintf(stderr, "level=warn %s not_printed=%zu\n", line->text, line->waiting - 1);
        line->printed = now;
        line->waiting = 0;
    }
}

static void tell_refused(keeper *self, const request *r)
{
    (void)snprintf(self->refused.text, sizeof self->refused.text,
                   "event=connection_refused address=%.64s mechanism=%s",
                   r->address == NULL ? "-" : r->address,
                   is(r->mechanism, "CURVE") ? "CURVE" : "other");
    self->refused.waiting++;
}

/* A client without CURVE, with bytes that are none of the protocol's, or that fell silent: libzmq
 * ends it without asking. Whose it was the library does not say. */
static void tell_failed(keeper *self)
{
    zmsg_t *message = zmsg_recv(self->handshakes);
    zframe_t *first = message == NULL ? NULL : zmsg_first(message);
    uint16_t event = 0;
    if (first != NULL && zframe_size(first) >= sizeof event) {
        memcpy(&event, zframe_data(first), sizeof event);
    }
    if (event == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL) {
        (void)snprintf(self->bent.text, sizeof self->bent.text,
                       "event=handshake_failed why=protocol");
        self->bent.waiting++;
    } else if (event == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL) {
        (void)snprintf(self->silent.text, sizeof self->silent.text,
                       "event=handshake_failed why=silent_or_gone");
        self->silent.waiting++;
    }
    zmsg_destroy(&message);
}

static bool watch(keeper *self)
{
    self->handshakes = zsock_new(ZMQ_PAIR);
    return self->handshakes != NULL && zsock_connect(self->handshakes, HANDSHAKES) == 0 &&
           zpoller_add(self->poller, self->handshakes) == 0;
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
        tell_refused(self, &r);
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
    } else if (is(command, WATCH) && self->handshakes == NULL) {
        goes_on = watch(self);
    }
    zstr_free(&command);
    return goes_on;
}

static void run(zsock_t *pipe, void *speakers)
{
    keeper self = {.requests = zsock_new(ZMQ_REP), .speakers = speakers};
    bool bound = self.requests != NULL && zsock_bind(self.requests, "inproc://zeromq.zap.01") == 0;
    self.poller = bound ? zpoller_new(pipe, self.requests, NULL) : NULL;
    zsock_signal(pipe, 0); /* for zactor_new, which does not look at it */
    zsock_signal(pipe, self.poller == NULL ? 1 : 0);
    while (self.poller != NULL) {
        bool waits = self.refused.waiting > 0 || self.bent.waiting > 0 || self.silent.waiting > 0;
        void *ready = zpoller_wait(self.poller, waits ? PRINT_EVERY_MS : -1);
        if (ready == self.requests) {
            answer(&self);
        } else if (ready != NULL && ready == self.handshakes) {
            tell_failed(&self);
        } else if (ready != NULL && (ready != pipe || !obey(&self, pipe))) {
            break;
        } else if (ready == NULL && !zpoller_expired(self.poller)) {
            break;
        }
        print_due(&self.refused);
        print_due(&self.bent);
        print_due(&self.silent);
    }
    zpoller_destroy(&self.poller);
    zsock_destroy(&self.handshakes);
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

bool tb_zap_watch(zactor_t *zap, zsock_t *router)
{
    return zmq_socket_monitor(zsock_resolve(router), HANDSHAKES, FAILED) == 0 &&
           zsock_send(zap, "sp", WATCH, NULL) == 0;
}

/* An actor that ends says so in its pipe, and says nothing else. */
bool tb_zap_answers(zactor_t *zap)
{
    return (zsock_events(zap) & ZMQ_POLLIN) == 0;
}

/* The hub's socket by itself: who gets in, and that nobody does once nobody says who may. */
#define _POSIX_C_SOURCE 200809L

#include "broker/shell/net.h"

#include "broker/shell/zap.h"
#include "tests/test.h"

#define PATIENCE_MS 5000

typedef struct door {
    tb_net net;
    tb_seal_pair hub;
    tb_seal_pair member;
    tb_speakers *speakers;
    char *endpoint;
} door;

static int set_up(void **state)
{
    static door d;
    static const uint8_t seed[32] = {3};
    tb_random random;
    setenv("ZSYS_SIGHANDLER", "false", 1);
    memset(&d, 0, sizeof d);
    tb_random_seed(&random, seed);
    tb_seal_pair_make(&d.hub, &random);
    tb_seal_pair_make(&d.member, &random);
    d.speakers = calloc(1, sizeof *d.speakers + sizeof d.speakers->list[0]);
    assert_non_null(d.speakers);
    d.speakers->count = 1;
    assert_true(tb_party_parse(tb_bytes_str("bureau.11"), &d.speakers->list[0].party));
    assert_non_null(zmq_z85_encode(d.speakers->list[0].key, d.member.public_key.bytes, 32));
    assert_true(tb_net_open(&d.net, "tcp://127.0.0.1:*", &d.hub, d.speakers));
    d.endpoint = zsock_last_endpoint(d.net.router);
    *state = &d;
    return 0;
}

static int tear_down(void **state)
{
    door *d = *state;
    free(d->endpoint);
    tb_net_close(&d->net);
    tb_speakers_free(d->speakers);
    zsys_shutdown(); /* where the door was bound is free again when it returns */
    return 0;
}

/* What becomes of the handshake of a client with the member's key. */
static bool gets_in(const door *d)
{
    zsock_t *socket = zsock_new(ZMQ_DEALER);
    zactor_t *monitor = zactor_new(zmonitor, socket);
    zstr_sendx(monitor, "LISTEN", "HANDSHAKE_SUCCEEDED", "HANDSHAKE_FAILED_NO_DETAIL",
               "HANDSHAKE_FAILED_PROTOCOL", "HANDSHAKE_FAILED_AUTH", "DISCONNECTED", NULL);
    zstr_sendx(monitor, "START", NULL);
    zsock_wait(monitor);
    zsock_set_rcvtimeo(monitor, PATIENCE_MS);
    zsock_set_linger(socket, 0);
    zsock_set_curve_publickey_bin(socket, d->member.public_key.bytes);
    zsock_set_curve_secretkey_bin(socket, d->member.secret);
    zsock_set_curve_serverkey_bin(socket, d->hub.public_key.bytes);
    assert_int_equal(zsock_connect(socket, "%s", d->endpoint), 0);
    char *event = zstr_recv(monitor);
    bool in = event != NULL && strcmp(event, "HANDSHAKE_SUCCEEDED") == 0;
    zstr_free(&event);
    zactor_destroy(&monitor);
    zsock_destroy(&socket);
    return in;
}

static void a_member_gets_in_while_somebody_says_who_may(void **state)
{
    assert_true(gets_in(*state));
}

/* Without the enforced domain libzmq would let everybody in. */
static void when_nobody_says_who_may_get_in_nobody_does(void **state)
{
    door *d = *state;
    zactor_destroy(&d->net.zap);
    assert_false(gets_in(d));
}

/* The hub ends then, with a line in its log, and is started again. */
static void a_door_that_nobody_keeps_is_noticed(void **state)
{
    door *d = *state;
    assert_true(gets_in(d));
    assert_true(tb_zap_answers(d->net.zap));
    assert_int_equal(zsock_send(d->net.zap, "sp", "END", NULL),
                     0); /* what it does not know ends it */
    for (int i = 0; i < 1000 && tb_zap_answers(d->net.zap); i++) {
        zpoller_t *poller = zpoller_new(zactor_sock(d->net.zap), NULL);
        (void)zpoller_wait(poller, PATIENCE_MS);
        zpoller_destroy(&poller);
    }
    assert_false(tb_zap_answers(d->net.zap));
    assert_false(gets_in(d));
}

static void a_member_that_is_taken_off_the_list_gets_in_no_more(void **state)
{
    door *d = *state;
    assert_true(gets_in(d));
    d->speakers->count = 0;
    assert_true(tb_zap_replace(d->net.zap, d->speakers));
    assert_false(gets_in(d));
}

#define NET_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    NET_TEST(a_member_gets_in_while_somebody_says_who_may),
    NET_TEST(when_nobody_says_who_may_get_in_nobody_does),
    NET_TEST(a_door_that_nobody_keeps_is_noticed),
    NET_TEST(a_member_that_is_taken_off_the_list_gets_in_no_more),
};

TB_RUN("broker/net", tests)

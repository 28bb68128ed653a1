/* The hub's process: who gets in, what it survives, and how it ends. */
#define _POSIX_C_SOURCE 200809L

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <czmq.h>

#include "keyfile/exercise.h"
#include "keyfile/keyfile.h"
#include "messages/link.h"
#include "tests/test.h"

#define PATIENCE_MS 10000
#define PATH_SIZE   512

typedef struct hub {
    char folder[PATH_SIZE];
    pid_t process;
    FILE *log;
    char endpoint[PATH_SIZE];
    tb_digest id;
    tb_public_key transport;
    uint8_t *memory;
    tb_arena arena;
} hub;

static void path_in(const hub *h, const char *name, char out[PATH_SIZE])
{
    assert_true(snprintf(out, PATH_SIZE, "%s/%s", h->folder, name) < PATH_SIZE);
}

/* Starts the program; its stderr is h->log. */
static void spawn(hub *h, const char *key)
{
    char store[PATH_SIZE];
    char keys[PATH_SIZE];
    char directory[PATH_SIZE];
    int ends[2];
    path_in(h, "store", store);
    path_in(h, key, keys);
    path_in(h, "directory/directory.2.doc", directory);
    assert_int_equal(pipe(ends), 0);
    h->process = fork();
    assert_true(h->process >= 0);
    if (h->process == 0) {
        dup2(ends[1], 2);
        close(ends[0]);
        execl(TB_BINARY_DIR "/bin/tongbao-broker", "tongbao-broker", "--store", store, "--key",
              keys, "--directory", directory, "--listen", "tcp://127.0.0.1:*", "--quota", "16M",
              (char *)NULL);
        _exit(99);
    }
    close(ends[1]);
    h->log = fdopen(ends[0], "r");
    assert_non_null(h->log);
}

/* Reads the log up to a line with this text; false at its end. */
static bool wait_for(hub *h, const char *text, char line[PATH_SIZE])
{
    while (fgets(line, PATH_SIZE, h->log) != NULL) {
        if (strstr(line, text) != NULL) {
            return true;
        }
    }
    return false;
}

static int exit_code(hub *h)
{
    int status = 0;
    assert_int_equal(waitpid(h->process, &status, 0), h->process);
    h->process = 0;
    fclose(h->log);
    h->log = NULL;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void read_directory(hub *h)
{
    char path[PATH_SIZE];
    tb_document document;
    tb_directory directory;
    path_in(h, "directory/directory.2.doc", path);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    uint8_t *bytes = tb_arena_alloc(&h->arena, 1024 * 1024);
    size_t size = fread(bytes, 1, 1024 * 1024, file);
    fclose(file);
    assert_int_equal(tb_document_decode(tb_bytes_of(bytes, size), &h->arena, &document),
                     TB_ACCEPTED);
    assert_int_equal(tb_directory_decode(document.content, &h->arena, &directory), TB_ACCEPTED);
    h->id = directory.hub;
    h->transport = directory.hub_keys.transport.key;
}

static int set_up(void **state)
{
    static hub h;
    tb_problem problem;
    size_t parties;
    memset(&h, 0, sizeof h);
    setenv("ZSYS_SIGHANDLER", "false", 1);
    h.memory = malloc(32 * 1024 * 1024);
    tb_arena_init(&h.arena, h.memory, 32 * 1024 * 1024);
    snprintf(h.folder, sizeof h.folder, "%s/hub.XXXXXX", TB_BINARY_DIR);
    assert_non_null(mkdtemp(h.folder));
    if (!tb_exercise_make(h.folder, TB_SOURCE_DIR "/ops/tables/provinces.csv", 1,
                          INT64_C(1700000000000), &parties, &problem)) {
        fail_msg("%s", problem.en);
    }
    read_directory(&h);
    spawn(&h, "keys/hub.key");
    char line[PATH_SIZE];
    assert_true(wait_for(&h, "event=ready", line));
    char *listen = strstr(line, "listen=");
    assert_non_null(listen);
    snprintf(h.endpoint, sizeof h.endpoint, "%.*s", (int)strcspn(listen + 7, "\n"), listen + 7);
    *state = &h;
    return 0;
}

static int tear_down(void **state)
{
    hub *h = *state;
    char command[PATH_SIZE + 16];
    if (h->process > 0) {
        kill(h->process, SIGKILL);
        (void)exit_code(h);
    }
    free(h->memory);
    snprintf(command, sizeof command, "rm -rf '%s'", h->folder);
    return system(command);
}

/* A client with a key; NULL for one without CURVE. */
static zsock_t *client(const hub *h, const tb_seal_pair *pair, const char *routing_id)
{
    zsock_t *socket = zsock_new(ZMQ_DEALER);
    assert_non_null(socket);
    zsock_set_linger(socket, 0);
    zsock_set_rcvtimeo(socket, PATIENCE_MS);
    if (pair != NULL) {
        zsock_set_curve_publickey_bin(socket, pair->public_key.bytes);
        zsock_set_curve_secretkey_bin(socket, pair->secret);
        zsock_set_curve_serverkey_bin(socket, h->transport.bytes);
    }
    if (routing_id != NULL) {
        zsock_set_identity(socket, routing_id);
    }
    assert_int_equal(zsock_connect(socket, "%s", h->endpoint), 0);
    return socket;
}

static zsock_t *party_client(const hub *h, const char *name, const char *routing_id)
{
    char path[PATH_SIZE];
    char file[PATH_SIZE / 4];
    tb_keyfile keys;
    tb_problem problem;
    snprintf(file, sizeof file, "keys/%s.key", name);
    path_in(h, file, path);
    assert_true(tb_keyfile_read(path, &keys, &problem));
    zsock_t *socket = client(h, &keys.secrets->transport, routing_id);
    tb_keyfile_wipe(&keys);
    return socket;
}

static void send_hello(hub *h, zsock_t *socket, const char *name)
{
    tb_frame frame = {.protocol = TB_PROTOCOL, .hub = h->id, .kind = TB_FRAME_HELLO};
    tb_bytes bytes;
    assert_true(tb_party_parse(tb_bytes_str(name), &frame.hello.party));
    frame.hello.incarnation.counter = 1;
    frame.hello.protocol_min = frame.hello.protocol_max = 1;
    assert_ok(tb_frame_encode(&frame, &h->arena, &bytes));
    zframe_t *out = zframe_new(bytes.data, bytes.size);
    assert_int_equal(zframe_send(&out, socket, 0), 0);
}

static tb_frame_kind next_kind(hub *h, zsock_t *socket)
{
    tb_frame frame;
    zframe_t *in = zframe_recv(socket);
    assert_non_null(in);
    assert_int_equal(
        tb_frame_decode(tb_bytes_of(zframe_data(in), zframe_size(in)), &h->arena, &frame),
        TB_ACCEPTED);
    zframe_destroy(&in);
    return frame.kind;
}

static void expect_welcome(hub *h, const char *name)
{
    zsock_t *socket = party_client(h, name, NULL);
    send_hello(h, socket, name);
    assert_int_equal(next_kind(h, socket), TB_FRAME_WELCOME);
    zsock_destroy(&socket);
}

static void an_enrolled_party_is_welcomed(void **state)
{
    expect_welcome(*state, "bureau.11");
}

/* What a monitor says first of the handshake. */
static char *first_event(hub *h, const tb_seal_pair *pair)
{
    zsock_t *socket = zsock_new(ZMQ_DEALER);
    zactor_t *monitor = zactor_new(zmonitor, socket);
    zstr_sendx(monitor, "LISTEN", "HANDSHAKE_SUCCEEDED", "HANDSHAKE_FAILED_NO_DETAIL",
               "HANDSHAKE_FAILED_PROTOCOL", "HANDSHAKE_FAILED_AUTH", "DISCONNECTED", NULL);
    zstr_sendx(monitor, "START", NULL);
    zsock_wait(monitor);
    zsock_set_linger(socket, 0);
    if (pair != NULL) {
        zsock_set_curve_publickey_bin(socket, pair->public_key.bytes);
        zsock_set_curve_secretkey_bin(socket, pair->secret);
        zsock_set_curve_serverkey_bin(socket, h->transport.bytes);
    }
    assert_int_equal(zsock_connect(socket, "%s", h->endpoint), 0);
    zmsg_t *message = zmsg_recv(monitor);
    char *event = zmsg_popstr(message);
    zmsg_destroy(&message);
    zactor_destroy(&monitor);
    zsock_destroy(&socket);
    return event;
}

static void a_stranger_and_a_client_without_curve_are_refused(void **state)
{
    hub *h = *state;
    uint8_t seed[32] = {9};
    tb_random random;
    tb_seal_pair stranger;
    tb_random_seed(&random, seed);
    tb_seal_pair_make(&stranger, &random);
    char *event = first_event(h, &stranger);
    assert_string_not_equal(event, "HANDSHAKE_SUCCEEDED");
    zstr_free(&event);
    event = first_event(h, NULL);
    assert_string_not_equal(event, "HANDSHAKE_SUCCEEDED");
    zstr_free(&event);
    expect_welcome(h, "hq");
}

static void garbage_and_odd_messages_do_not_stop_it(void **state)
{
    hub *h = *state;
    uint8_t junk[3000];
    zsock_t *socket = party_client(h, "ct.11", NULL);
    memset(junk, 0xa5, sizeof junk);
    for (size_t size = 0; size < sizeof junk; size += 97) {
        zframe_t *frame = zframe_new(junk, size);
        assert_int_equal(zframe_send(&frame, socket, 0), 0);
    }
    for (int i = 0; i < 300; i++) {
        zframe_t *frame = zframe_new(junk, 10);
        assert_int_equal(zframe_send(&frame, socket, i < 299 ? ZFRAME_MORE : 0), 0);
    }
    assert_int_equal(next_kind(h, socket), TB_FRAME_BYE);
    expect_welcome(h, "hq");
    zsock_destroy(&socket);
}

static void a_connection_that_chooses_its_routing_id_is_not_heard(void **state)
{
    hub *h = *state;
    zsock_t *chooser = party_client(h, "ct.11", "bureau.11");
    send_hello(h, chooser, "ct.11");
    expect_welcome(h, "hq");
    zsock_set_rcvtimeo(chooser, 0);
    assert_null(zframe_recv(chooser));
    zsock_destroy(&chooser);
}

static void a_key_speaks_for_its_own_party_only(void **state)
{
    hub *h = *state;
    zsock_t *socket = party_client(h, "ct.11", NULL);
    send_hello(h, socket, "bureau.11");
    assert_int_equal(next_kind(h, socket), TB_FRAME_BYE);
    zsock_destroy(&socket);
}

static void a_signal_ends_it_cleanly(void **state)
{
    hub *h = *state;
    char line[PATH_SIZE];
    kill(h->process, SIGTERM);
    assert_true(wait_for(h, "event=ended code=0", line));
    assert_int_equal(exit_code(h), 0);
}

static void a_second_one_on_the_same_store_is_turned_away(void **state)
{
    hub *h = *state;
    hub second = *h;
    spawn(&second, "keys/hub.key");
    assert_int_equal(exit_code(&second), 75);
}

static void keys_the_directory_does_not_name_are_turned_away(void **state)
{
    hub *h = *state;
    hub second = *h;
    spawn(&second, "keys/hq.key");
    assert_int_equal(exit_code(&second), 65);
}

static void after_kill_it_starts_again_on_its_store(void **state)
{
    hub *h = *state;
    char line[PATH_SIZE];
    expect_welcome(h, "hq");
    kill(h->process, SIGKILL);
    (void)exit_code(h);
    spawn(h, "keys/hub.key");
    assert_true(wait_for(h, "event=ready", line));
    char *listen = strstr(line, "listen=");
    assert_non_null(listen);
    snprintf(h->endpoint, sizeof h->endpoint, "%.*s", (int)strcspn(listen + 7, "\n"), listen + 7);
    expect_welcome(h, "hq");
}

#define SHELL_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    SHELL_TEST(an_enrolled_party_is_welcomed),
    SHELL_TEST(a_stranger_and_a_client_without_curve_are_refused),
    SHELL_TEST(garbage_and_odd_messages_do_not_stop_it),
    SHELL_TEST(a_connection_that_chooses_its_routing_id_is_not_heard),
    SHELL_TEST(a_key_speaks_for_its_own_party_only),
    SHELL_TEST(a_signal_ends_it_cleanly),
    SHELL_TEST(a_second_one_on_the_same_store_is_turned_away),
    SHELL_TEST(keys_the_directory_does_not_name_are_turned_away),
    SHELL_TEST(after_kill_it_starts_again_on_its_store),
};

TB_RUN("broker/shell", tests)

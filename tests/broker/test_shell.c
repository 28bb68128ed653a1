/* The hub's process: who gets in, what it survives, and how it ends. */
#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
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
    char line[PATH_SIZE];
    uint8_t seed[32] = {9};
    tb_random random;
    tb_seal_pair stranger;
    tb_random_seed(&random, seed);
    tb_seal_pair_make(&stranger, &random);
    char *event = first_event(h, &stranger);
    assert_string_not_equal(event, "HANDSHAKE_SUCCEEDED");
    zstr_free(&event);
    assert_true(wait_for(h, "event=connection_refused address=127.0.0.1 mechanism=CURVE", line));
    event = first_event(h, NULL);
    assert_string_not_equal(event, "HANDSHAKE_SUCCEEDED");
    zstr_free(&event);
    /* Whether for the protocol's sake: the client knows it as well, and may hang up first. */
    assert_true(wait_for(h, "event=handshake_failed", line));
    expect_welcome(h, "hq");
}

/* Somebody else sits where the hub should, or has its address: neither hears the other. */
static void a_client_that_takes_another_for_the_hub_gets_nowhere(void **state)
{
    hub *h = *state;
    char line[PATH_SIZE];
    uint8_t seed[32] = {8};
    tb_random random;
    tb_seal_pair member;
    tb_seal_pair other;
    hub elsewhere = *h;
    tb_random_seed(&random, seed);
    tb_seal_pair_make(&member, &random);
    tb_seal_pair_make(&other, &random);
    elsewhere.transport = other.public_key;
    char *event = first_event(&elsewhere, &member);
    assert_string_not_equal(event, "HANDSHAKE_SUCCEEDED");
    zstr_free(&event);
    assert_true(wait_for(h, "event=handshake_failed", line));
    expect_welcome(h, "hq");
}

/* ---- bytes of a stranger's own ---- */

static int dial(const hub *h)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_port = htons((uint16_t)strtoul(strrchr(h->endpoint, ':') + 1, NULL, 10));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* A ZMTP 3.1 greeting under some mechanism; then, as if it had been taken, READY of a client that
 * says itself whose it is, and its message. */
static void speak_as(int fd, const char *mechanism, const char *user)
{
    uint8_t greeting[64] = {0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1};
    uint8_t ready[256] = {4, 0, 5, 'R', 'E', 'A', 'D', 'Y'};
    size_t size = 8;
    const char *const properties[] = {"Socket-Type", "DEALER", "User-Id", user};
    memcpy(greeting + 12, mechanism, strlen(mechanism));
    for (size_t i = 0; i < 4; i += 2) {
        ready[size++] = (uint8_t)strlen(properties[i]);
        memcpy(ready + size, properties[i], strlen(properties[i]));
        size += strlen(properties[i]) + 3;
        ready[size++] = (uint8_t)strlen(properties[i + 1]);
        memcpy(ready + size, properties[i + 1], strlen(properties[i + 1]));
        size += strlen(properties[i + 1]);
    }
    ready[1] = (uint8_t)(size - 2);
    static const uint8_t message[] = {0, 2, 'h', 'i'};
    (void)send(fd, greeting, sizeof greeting, MSG_NOSIGNAL);
    (void)send(fd, ready, size, MSG_NOSIGNAL);
    (void)send(fd, message, sizeof message, MSG_NOSIGNAL);
}

/* The hub closes it, and never says anything behind its own greeting. */
static void expect_closed(int fd)
{
    uint8_t answer[512];
    size_t got = 0;
    ssize_t size;
    struct timeval patience = {PATIENCE_MS / 1000, 0};
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    while ((size = recv(fd, answer, sizeof answer, 0)) > 0) {
        got += (size_t)size;
    }
    assert_true(size == 0 || errno == ECONNRESET);
    assert_in_range(got, 0, 64);
    (void)close(fd);
}

static void a_client_that_says_itself_who_it_is_is_not_heard_under_null_or_plain(void **state)
{
    hub *h = *state;
    char line[PATH_SIZE];
    char user[41];
    char path[PATH_SIZE];
    tb_keyfile keys;
    tb_problem problem;
    path_in(h, "keys/bureau.11.key", path);
    assert_true(tb_keyfile_read(path, &keys, &problem));
    assert_non_null(zmq_z85_encode(user, keys.secrets->transport.public_key.bytes, 32));
    tb_keyfile_wipe(&keys);
    static const char *const mechanisms[] = {"NULL", "PLAIN"};
    for (size_t i = 0; i < 2; i++) {
        int fd = dial(h);
        speak_as(fd, mechanisms[i], user);
        expect_closed(fd);
    }
    assert_true(wait_for(h, "event=handshake_failed why=protocol", line));
    expect_welcome(h, "hq");
}

static void a_connection_that_says_nothing_is_closed_and_told(void **state)
{
    hub *h = *state;
    char line[PATH_SIZE];
    int fd = dial(h);
    expect_closed(fd);
    assert_true(wait_for(h, "event=handshake_failed why=silent_or_gone", line));
    expect_welcome(h, "hq");
}

static void garbage_and_odd_messages_do_not_stop_it(void **state)
{
    hub *h = *state;
    char line[PATH_SIZE];
    uint8_t junk[3000];
    zsock_t *socket = party_client(h, "ct.11", NULL);
    memset(junk, 0xa5, sizeof junk);
    for (size_t size = 0; size < sizeof junk; size += 97) {
        zframe_t *frame = zframe_new(junk, size);
        assert_int_equal(zframe_send(&frame, socket, 0), 0);
    }
    assert_int_equal(next_kind(h, socket), TB_FRAME_BYE);
    assert_true(wait_for(h, "event=alarm party=ct.11 code=malformed", line));
    expect_welcome(h, "hq");
    zsock_destroy(&socket);
}

#define FRAMES 300000

static void a_message_of_very_many_frames_is_dropped_and_told(void **state)
{
    hub *h = *state;
    char line[PATH_SIZE];
    zsock_t *socket = party_client(h, "ct.11", NULL);
    for (int i = 0; i < FRAMES; i++) {
        zframe_t *frame = zframe_new("xxxxxxxxxx", 10);
        assert_int_equal(zframe_send(&frame, socket, i < FRAMES - 1 ? ZFRAME_MORE : 0), 0);
    }
    assert_true(wait_for(h, "event=messages_dropped count=1 party=ct.11", line));
    expect_welcome(h, "hq");
    zsock_destroy(&socket);
}

static void a_connection_that_chooses_its_routing_id_is_not_heard(void **state)
{
    hub *h = *state;
    char line[PATH_SIZE];
    zsock_t *chooser = party_client(h, "ct.11", "bureau.11");
    send_hello(h, chooser, "ct.11");
    expect_welcome(h, "hq");
    zsock_set_rcvtimeo(chooser, 0);
    assert_null(zframe_recv(chooser));
    assert_true(wait_for(h, "event=messages_dropped count=1 party=ct.11", line));
    zsock_destroy(&chooser);
}

static void a_key_speaks_for_its_own_party_only(void **state)
{
    hub *h = *state;
    char line[PATH_SIZE];
    zsock_t *socket = party_client(h, "ct.11", NULL);
    send_hello(h, socket, "bureau.11");
    assert_int_equal(next_kind(h, socket), TB_FRAME_BYE);
    assert_true(wait_for(h, "event=alarm party=ct.11 code=not_speaker", line));
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
    SHELL_TEST(a_client_that_takes_another_for_the_hub_gets_nowhere),
    SHELL_TEST(a_client_that_says_itself_who_it_is_is_not_heard_under_null_or_plain),
    SHELL_TEST(a_connection_that_says_nothing_is_closed_and_told),
    SHELL_TEST(garbage_and_odd_messages_do_not_stop_it),
    SHELL_TEST(a_message_of_very_many_frames_is_dropped_and_told),
    SHELL_TEST(a_connection_that_chooses_its_routing_id_is_not_heard),
    SHELL_TEST(a_key_speaks_for_its_own_party_only),
    SHELL_TEST(a_signal_ends_it_cleanly),
    SHELL_TEST(a_second_one_on_the_same_store_is_turned_away),
    SHELL_TEST(keys_the_directory_does_not_name_are_turned_away),
    SHELL_TEST(after_kill_it_starts_again_on_its_store),
};

TB_RUN("broker/shell", tests)

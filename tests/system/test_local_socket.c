/* Who may open an agent's local socket and means no good, or is another program: half a message,
 * one too large, bytes of no protocol, and more silent connections than the agent has descriptors.
 * Its staff and the hub notice nothing. */
#include "tests/system/hub.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <czmq.h>

#define A "bureau.11"
#define B "hq"

static int dial(const sys_agent *agent)
{
    char path[SYS_PATH];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    sys_socket(agent->hub, agent->name, path);
    assert_true(strlen(path) < sizeof address.sun_path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    (void)connect(fd, (const struct sockaddr *)&address, sizeof address);
    return fd;
}

static zsock_t *client(const sys_agent *agent)
{
    char path[SYS_PATH];
    sys_socket(agent->hub, agent->name, path);
    zsock_t *socket = zsock_new(ZMQ_DEALER);
    zsock_set_linger(socket, 0);
    zsock_set_rcvtimeo(socket, SYS_PATIENCE_MS);
    assert_int_equal(zsock_connect(socket, "ipc://%s", path), 0);
    return socket;
}

static void a_notice_arrives(sys_agent *from, sys_agent *to, const char *text)
{
    tb_local_acted acted = sys_send(from, to->party, text);
    SYS_AWAIT(sys_where(from, &acted.event, to->party, NULL) == TB_WHERE_ARRIVED);
}

/* A ZMTP greeting and READY under NULL, then as much of a message as is told. */
static void half_a_message(const sys_agent *agent, size_t of_it)
{
    uint8_t bytes[256] = {0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0, 'N', 'U', 'L', 'L'};
    static const uint8_t ready[] = {4,   28,  5,   'R', 'E', 'A', 'D', 'Y', 11,  'S',
                                    'o', 'c', 'k', 'e', 't', '-', 'T', 'y', 'p', 'e',
                                    0,   0,   0,   6,   'D', 'E', 'A', 'L', 'E', 'R'};
    static const uint8_t message[] = {0, 100, 10, 3, 'a', 'b', 'c'}; /* says 100 bytes */
    int fd = dial(agent);
    memcpy(bytes + 64, ready, sizeof ready);
    memcpy(bytes + 64 + sizeof ready, message, sizeof message);
    (void)send(fd, bytes, 64 + sizeof ready + of_it, MSG_NOSIGNAL);
    (void)close(fd);
}

static void what_is_no_request_is_answered_or_dropped_and_changes_nothing(void **state)
{
    sys_hub *hub = *state;
    static uint8_t large[TB_LOCAL_BYTES_MAX + 1];
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    a_notice_arrives(a, b, "before");
    for (size_t i = 0; i <= 7; i++) {
        half_a_message(a, i);
    }
    memset(large, 0xff, sizeof large);
    static const size_t sizes[] = {0, 1, 1000, TB_LOCAL_BYTES_MAX, TB_LOCAL_BYTES_MAX + 1};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        zsock_t *socket = client(a);
        zframe_t *frame = zframe_new(large, sizes[i]);
        assert_int_equal(zframe_send(&frame, socket, 0), 0);
        if (sizes[i] <= TB_LOCAL_BYTES_MAX) {
            zframe_t *answer = zframe_recv(socket); /* in words */
            assert_true(answer != NULL && zframe_size(answer) > 20);
            zframe_destroy(&answer);
        }
        zsock_destroy(&socket);
    }
    zsock_t *socket = client(a);
    for (int i = 0; i < 1000; i++) {
        zframe_t *frame = zframe_new("x", 1);
        assert_int_equal(zframe_send(&frame, socket, i < 999 ? ZFRAME_MORE : 0), 0);
    }
    zsock_destroy(&socket);
    a_notice_arrives(a, b, "after");
    assert_true(sys_status(a)->linked && sys_sound(a));
    assert_int_equal(sys_times(b, "before") + sys_times(b, "after"), 2);
}

static void silent_connections_beyond_all_descriptors_keep_nobody_from_work(void **state)
{
    enum {
        SILENT = 1000
    };
    static int fds[SILENT];
    sys_hub *hub = *state;
    struct rlimit few = {128, 128};
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    a_notice_arrives(a, b, "before");
    assert_int_equal(prlimit(a->pid, RLIMIT_NOFILE, &few, NULL), 0);
    for (int i = 0; i < SILENT; i++) {
        fds[i] = dial(a);
    }
    a_notice_arrives(a, b, "among the silent");
    a_notice_arrives(b, a, "and back");
    for (int i = 0; i < SILENT; i++) {
        (void)close(fds[i]);
    }
    SYS_AWAIT(sys_log_says(hub, a->name, "event=connections_closed count="));
    zsock_t *socket = client(a); /* gets in again */
    zframe_t *frame = zframe_new("x", 1);
    assert_int_equal(zframe_send(&frame, socket, 0), 0);
    zframe_t *answer = zframe_recv(socket);
    assert_non_null(answer);
    zframe_destroy(&answer);
    zsock_destroy(&socket);
    assert_true(sys_status(a)->linked && sys_sound(a) && sys_sound(b));
}

/* Another system user finds neither: the folder is its owner's and group's, and so is the socket.
 */
static void nobody_but_owner_and_group_can_open_it(void **state)
{
    sys_hub *hub = *state;
    char path[SYS_PATH];
    struct stat found;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_socket(hub, a->name, path);
    assert_int_equal(stat(path, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0660);
    sys_socket(hub, "hub", path);
    assert_int_equal(stat(path, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0660);
}

#define LOCAL_TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    LOCAL_TEST(what_is_no_request_is_answered_or_dropped_and_changes_nothing),
    LOCAL_TEST(silent_connections_beyond_all_descriptors_keep_nobody_from_work),
    LOCAL_TEST(nobody_but_owner_and_group_can_open_it),
};

TB_RUN("system local socket", tests)

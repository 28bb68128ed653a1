/* Strangers at the hub's door: whatever bytes they send, half a greeting or a bent handshake, the
 * hub goes on serving its members, keeps its memory, and closes what stays silent. */
#include "tests/system/hub.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/random.h"

#define A "bureau.11"
#define B "hq"

#define STRANGERS      400
#define BYTES_MAX      8192
#define MEMORY_KB_MORE (128u * 1024) /* with sanitizers, which keep freed blocks for a while */

static tb_random chance;

static uint32_t any(uint32_t below)
{
    uint32_t value = 0;
    tb_random_bytes(&chance, &value, sizeof value);
    return value % below;
}

static int dial(const sys_hub *hub)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_port = htons((uint16_t)strtoul(strrchr(hub->endpoint, ':') + 1, NULL, 10));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    struct timeval patience = {5, 0};
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* A ZMTP 3.1 greeting of a CURVE client, then a HELLO command of the right length: what a stranger
 * who knows the protocol would begin with. */
static size_t handshake(uint8_t bytes[BYTES_MAX])
{
    static const uint8_t signature[12] = {0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1};
    static const char command[] = "\x05HELLO\x01";
    memset(bytes, 0, 64);
    memcpy(bytes, signature, sizeof signature);
    memcpy(bytes + 12, "CURVE", 5);
    bytes[64] = 4; /* a short command */
    bytes[65] = 200;
    memcpy(bytes + 66, command, 7);
    bytes[73] = 0;
    tb_random_bytes(&chance, bytes + 74, 192);
    return 266;
}

/* One visit: random bytes, or a handshake that is cut, bent or followed by random bytes. */
static void visit(const sys_hub *hub)
{
    uint8_t bytes[BYTES_MAX];
    uint8_t answer[512];
    int fd = dial(hub);
    size_t size = handshake(bytes);
    switch (any(4)) {
    case 0:
        size = 1 + any(BYTES_MAX - 1);
        tb_random_bytes(&chance, bytes, size);
        break;
    case 1:
        size = 1 + any((uint32_t)size);
        break;
    case 2:
        bytes[any((uint32_t)size)] ^= (uint8_t)(1 + any(255));
        break;
    default:
        tb_random_bytes(&chance, bytes + size, 1024);
        size += 1024;
        break;
    }
    (void)send(fd, bytes, size, MSG_NOSIGNAL);
    if (any(2) == 0) {
        (void)recv(fd, answer, sizeof answer, MSG_DONTWAIT);
    }
    (void)close(fd);
}

static size_t descriptors(pid_t pid)
{
    size_t count = 0;
    char path[64];
    for (int fd = 0; fd < 4096; fd++) {
        (void)snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)pid, fd);
        count += faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ? 1 : 0;
    }
    return count;
}

static void a_notice_arrives(sys_agent *from, sys_agent *to, const char *text)
{
    tb_local_acted acted = sys_send(from, to->party, text);
    SYS_AWAIT(sys_where(from, &acted.event, to->party, NULL) == TB_WHERE_ARRIVED);
}

static void garbage_from_strangers_changes_nothing_for_members(void **state)
{
    static const uint8_t seed[32] = {5};
    sys_hub *hub = *state;
    tb_random_seed(&chance, seed);
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    a_notice_arrives(a, b, "before");
    for (int i = 0; i < STRANGERS / 4; i++) {
        visit(hub); /* pools and caches are as large as they get */
    }
    size_t before = sys_memory_kb(hub->broker);
    size_t open_before = descriptors(hub->broker);
    for (int i = 0; i < STRANGERS; i++) {
        char text[32];
        visit(hub);
        if (i % 50 == 0) {
            (void)snprintf(text, sizeof text, "between %d", i);
            a_notice_arrives(a, b, text);
        }
    }
    SYS_AWAIT(descriptors(hub->broker) <= open_before);
    assert_true(sys_memory_kb(hub->broker) < before + MEMORY_KB_MORE);
    a_notice_arrives(b, a, "after");
    assert_int_equal(kill(hub->broker, 0), 0);
    assert_true(sys_sound(a) && sys_sound(b));
}

/* A connection to the hub's own socket while no descriptor is left: libzmq would end the process.
 */
static int dial_local(const sys_hub *hub)
{
    char path[SYS_PATH];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    sys_socket(hub, "hub", path);
    assert_true(strlen(path) < sizeof address.sun_path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* More silent connections than the hub has descriptors for: those who are linked keep their
 * service, and when the silent ones are gone, new ones get in again. */
static void silent_connections_beyond_all_descriptors_cost_members_nothing(void **state)
{
    enum {
        SILENT = 160
    };
    static int fds[SILENT];
    sys_hub *hub = *state;
    struct rlimit few = {96, 96};
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    assert_int_equal(prlimit(hub->broker, RLIMIT_NOFILE, &few, NULL), 0);
    for (int i = 0; i < SILENT; i++) {
        fds[i] = dial(hub);
    }
    int local = dial_local(hub);
    for (int i = 0; i < 5; i++) {
        char text[32];
        (void)snprintf(text, sizeof text, "among the silent %d", i);
        a_notice_arrives(a, b, text);
    }
    /* The hub closes what does not finish its handshake. */
    SYS_AWAIT(descriptors(hub->broker) < 80);
    for (int i = 0; i < SILENT; i++) {
        (void)close(fds[i]);
    }
    (void)close(local);
    SYS_AWAIT(sys_log_says(hub, "hub", "event=connections_closed count="));
    SYS_AWAIT(sys_log_says(hub, "hub", "event=handshake_failed why=silent_or_gone"));
    sys_agent *c = sys_agent_linked(hub, "ct.11");
    a_notice_arrives(a, c, "to the newcomer");
    assert_true(sys_sound(a) && sys_sound(b) && sys_sound(c));
}

#define NETWORK_TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    NETWORK_TEST(garbage_from_strangers_changes_nothing_for_members),
    NETWORK_TEST(silent_connections_beyond_all_descriptors_cost_members_nothing),
};

TB_RUN("network/garbage", tests)

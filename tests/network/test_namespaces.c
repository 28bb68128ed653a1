/* The hub in one network namespace, an agent in another, a veth pair between them: packets lost,
 * connections reset, one direction silent, a slow line. Needs root; otherwise it is left out.
 *
 * The hub and the agent are started by this test, which moves itself into the namespace a child
 * shall have; the local sockets are files and reach across.
 */
#include "tests/system/hub.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#define A "bureau.11"
#define B "hq"

typedef struct places {
    sys_hub *hub;
    sys_agent *a; /* elsewhere */
    sys_agent *b; /* beside the hub */
    int home;     /* this process's own namespace */
    char name[2][24];
    unsigned sent;
} places;

static places here;

/* Not ip -n: it makes mounts, and these want a root that is a mount itself. */
#define IN "nsenter --net=/run/netns/%s "

static int run(const char *form, ...) __attribute__((format(printf, 1, 2)));

static int run(const char *form, ...)
{
    char command[512];
    va_list values;
    va_start(values, form);
    int size = vsnprintf(command, sizeof command - 20, form, values);
    va_end(values);
    assert_true(size > 0 && size < (int)sizeof command - 20);
    memcpy(command + size, " >/dev/null 2>&1", 17);
    return system(command);
}

/* Children that are started from now on live there; -1: at home. */
static void enter(int place)
{
    char path[64];
    int fd = here.home;
    if (place >= 0) {
        (void)snprintf(path, sizeof path, "/run/netns/%s", here.name[place]);
        fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    assert_true(fd >= 0);
    assert_int_equal(setns(fd, CLONE_NEWNET), 0);
    if (place >= 0) {
        (void)close(fd);
    }
}

static bool make_places(void)
{
    int pid = (int)getpid();
    (void)snprintf(here.name[0], sizeof here.name[0], "tb-hub-%d", pid);
    (void)snprintf(here.name[1], sizeof here.name[1], "tb-agent-%d", pid);
    here.home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    return here.home >= 0 && run("ip netns add %s", here.name[0]) == 0 &&
           run("ip netns add %s", here.name[1]) == 0 &&
           run(IN "ip link add tb0 type veth peer name tb1 netns %s", here.name[0], here.name[1]) ==
               0 &&
           run(IN "ip addr add 10.77.0.1/24 dev tb0", here.name[0]) == 0 &&
           run(IN "ip addr add 10.77.0.2/24 dev tb1", here.name[1]) == 0 &&
           run(IN "ip link set tb0 up", here.name[0]) == 0 &&
           run(IN "ip link set tb1 up", here.name[1]) == 0 &&
           run(IN "ip link set lo up", here.name[0]) == 0;
}

static void unmake_places(void)
{
    (void)run("ip netns del %s", here.name[0]);
    (void)run("ip netns del %s", here.name[1]);
    (void)close(here.home);
}

static bool can(void)
{
    return geteuid() == 0 && run("ip netns list") == 0 && run("nft --version") == 0 &&
           run("tc -V") == 0;
}

static int set_up(void **state)
{
    void *made = NULL;
    memset(&here, 0, sizeof here);
    *state = &here;
    if (!can()) {
        return 0;
    }
    assert_true(make_places());
    if (sys_set_up(&made) != 0) {
        return -1;
    }
    here.hub = made;
    (void)snprintf(here.hub->endpoint, sizeof here.hub->endpoint, "tcp://10.77.0.1:%d", 20777);
    enter(0);
    sys_broker_start(here.hub);
    here.b = sys_agent_add(here.hub, B, NULL);
    sys_agent_start(here.b);
    enter(1);
    here.a = sys_agent_add(here.hub, A, NULL);
    sys_agent_start(here.a);
    enter(-1);
    SYS_AWAIT(sys_status(here.a)->linked && sys_status(here.b)->linked);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (here.hub == NULL) {
        return 0;
    }
    void *hub = here.hub;
    int code = sys_tear_down(&hub);
    unmake_places();
    return code;
}

/* Why it is left out is said, once a test. */
static bool left_out(void)
{
    if (here.hub == NULL) {
        print_message("left out: needs root, ip, nft and tc\n");
        return true;
    }
    return false;
}

static void rules(const char *at_input)
{
    assert_int_equal(run(IN "nft 'flush ruleset'", here.name[0]), 0);
    if (at_input != NULL) {
        assert_int_equal(run(IN "nft 'add table inet t; "
                                "add chain inet t i { type filter hook input priority 0; }; "
                                "add rule inet t i iifname tb0 %s'",
                             here.name[0], at_input),
                         0);
    }
}

static void send_some(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        char text[32];
        (void)snprintf(text, sizeof text, "number %u", ++here.sent);
        const tb_local_answer *answer =
            i % 2 == 0 ? sys_send_any(here.a, B, text) : sys_send_any(here.b, A, text);
        assert_int_equal(answer->code, TB_ACCEPTED);
    }
}

static bool drained(sys_agent *agent)
{
    const tb_local_status *status = sys_status(agent);
    return status->outbox == 0 && status->drafts == 0;
}

/* TCP's own patience is longer than a test's: three times. */
static void all_arrives_once(void)
{
    for (int i = 0; i < 2; i++) {
        int64_t until = sys_now_ms() + SYS_PATIENCE_MS;
        while (!(drained(here.a) && drained(here.b)) && sys_now_ms() < until) {
            sys_pause();
        }
    }
    SYS_AWAIT(drained(here.a) && drained(here.b));
    for (unsigned i = 1; i <= here.sent; i++) {
        char text[32];
        (void)snprintf(text, sizeof text, "number %u", i);
        assert_int_equal(sys_times(here.a, text), 1);
        assert_int_equal(sys_times(here.b, text), 1);
    }
    assert_int_equal(sys_status(here.a)->alarms, 0);
    assert_int_equal(sys_status(here.b)->alarms, 0);
    assert_true(sys_sound(here.a) && sys_sound(here.b));
}

static void a_tenth_of_all_packets_lost_loses_no_notice(void **state)
{
    (void)state;
    if (left_out()) {
        return;
    }
    rules("numgen random mod 100 < 10 drop");
    send_some(12);
    rules(NULL);
    all_arrives_once();
}

static void resets_lose_no_notice(void **state)
{
    (void)state;
    if (left_out()) {
        return;
    }
    for (int i = 0; i < 5; i++) {
        rules("meta l4proto tcp reject with tcp reset");
        send_some(2);
        rules(NULL);
        send_some(1);
    }
    all_arrives_once();
}

static void one_way_silence_loses_no_notice(void **state)
{
    (void)state;
    if (left_out()) {
        return;
    }
    rules("drop"); /* A hears the hub, the hub does not hear A */
    send_some(6);
    SYS_AWAIT(sys_status(here.a)->outbox > 0 || sys_status(here.a)->drafts > 0);
    rules(NULL);
    all_arrives_once();
}

static void a_line_of_64_kbit_carries_all(void **state)
{
    (void)state;
    if (left_out()) {
        return;
    }
    assert_int_equal(run(IN "tc qdisc add dev tb1 root tbf rate 64kbit burst 4kb "
                            "latency 400ms",
                         here.name[1]),
                     0);
    send_some(10);
    all_arrives_once();
}

#define NETWORK_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    NETWORK_TEST(a_tenth_of_all_packets_lost_loses_no_notice),
    NETWORK_TEST(resets_lose_no_notice),
    NETWORK_TEST(one_way_silence_loses_no_notice),
    NETWORK_TEST(a_line_of_64_kbit_carries_all),
};

TB_RUN("network/namespaces", tests)

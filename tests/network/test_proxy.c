/* Bad lines between agents and the hub: everything that was answered arrives once all the same, and
 * nobody is accused of it. */
#include "tests/network/proxy.h"
#include "tests/system/hub.h"

#define A "bureau.11"
#define B "hq"

typedef struct town {
    sys_hub *hub;
    proxy line; /* between A and the hub */
    sys_agent *a;
    sys_agent *b;
    unsigned sent;
} town;

static town the_town;

static uint16_t port_of(const sys_hub *hub)
{
    return (uint16_t)strtoul(strrchr(hub->endpoint, ':') + 1, NULL, 10);
}

static int set_up(void **state)
{
    void *made = NULL;
    if (sys_set_up(&made) != 0) {
        return -1;
    }
    memset(&the_town, 0, sizeof the_town);
    the_town.hub = made;
    sys_broker_start(the_town.hub);
    assert_true(proxy_start(&the_town.line, port_of(the_town.hub)));
    the_town.a = sys_agent_add(the_town.hub, A, NULL);
    (void)snprintf(the_town.a->endpoint, sizeof the_town.a->endpoint, "tcp://127.0.0.1:%u",
                   (unsigned)the_town.line.port);
    sys_agent_start(the_town.a);
    the_town.b = sys_agent_linked(the_town.hub, B);
    SYS_AWAIT(sys_status(the_town.a)->linked);
    *state = &the_town;
    return 0;
}

static int tear_down(void **state)
{
    town *t = *state;
    void *hub = t->hub;
    proxy_end(&t->line);
    return sys_tear_down(&hub);
}

static void send_some(town *t, unsigned count)
{
    char text[32];
    for (unsigned i = 0; i < count; i++) {
        (void)snprintf(text, sizeof text, "number %u", ++t->sent);
        const tb_local_answer *answer =
            i % 2 == 0 ? sys_send_any(t->a, B, text) : sys_send_any(t->b, A, text);
        assert_int_equal(answer->code, TB_ACCEPTED);
    }
}

static bool drained(sys_agent *agent)
{
    const tb_local_status *status = sys_status(agent);
    return status->linked && status->outbox == 0 && status->drafts == 0;
}

static void all_arrives_once(town *t)
{
    SYS_AWAIT(drained(t->a) && drained(t->b));
    SYS_AWAIT(sys_status(t->a)->cases == t->sent && sys_status(t->b)->cases == t->sent);
    for (unsigned i = 1; i <= t->sent; i++) {
        char text[32];
        (void)snprintf(text, sizeof text, "number %u", i);
        assert_int_equal(sys_times(t->a, text), 1);
        assert_int_equal(sys_times(t->b, text), 1);
    }
    assert_int_equal(sys_status(t->a)->alarms, 0);
    assert_int_equal(sys_status(t->b)->alarms, 0);
    assert_true(sys_sound(t->a) && sys_sound(t->b));
}

static void a_line_that_delays_costs_time_only(void **state)
{
    town *t = *state;
    atomic_store(&t->line.delay_ms, 150);
    send_some(t, 12);
    all_arrives_once(t);
}

static void frames_in_single_bytes_are_put_together(void **state)
{
    town *t = *state;
    atomic_store(&t->line.slice_bytes, 1);
    send_some(t, 6);
    all_arrives_once(t);
    /* A new handshake too. */
    proxy_cut_all(&t->line);
    SYS_AWAIT(atomic_load(&t->line.cuts) > 0);
    send_some(t, 4);
    all_arrives_once(t);
}

static void a_slow_line_carries_all_in_time(void **state)
{
    town *t = *state;
    atomic_store(&t->line.bytes_a_second, 64 * 1024 / 8);
    send_some(t, 8);
    all_arrives_once(t);
}

static void cuts_in_the_middle_of_frames_lose_nothing(void **state)
{
    town *t = *state;
    for (int i = 0; i < 20; i++) {
        unsigned long before = atomic_load(&t->line.cuts);
        atomic_store(&t->line.cut_after, 1 + i * 173);
        send_some(t, 2);
        SYS_AWAIT(atomic_load(&t->line.cuts) > before);
    }
    all_arrives_once(t);
}

/* The hub hears nothing of A and A goes on hearing the hub; then the other way round. */
static void one_way_silence_ends_well(void **state)
{
    town *t = *state;
    atomic_store(&t->line.swallow_up, true);
    send_some(t, 4);
    SYS_AWAIT(sys_status(t->a)->outbox > 0 || sys_status(t->a)->drafts > 0);
    proxy_heal(&t->line);
    proxy_cut_all(&t->line);
    all_arrives_once(t);
    atomic_store(&t->line.swallow_down, true);
    send_some(t, 4);
    proxy_heal(&t->line);
    proxy_cut_all(&t->line);
    all_arrives_once(t);
}

/* A connection whose other end is gone without a word; meanwhile the others go on. */
static void a_half_open_connection_holds_up_nobody_else(void **state)
{
    town *t = *state;
    sys_agent *c = sys_agent_linked(t->hub, "ct.11");
    atomic_store(&t->line.silent, true);
    (void)sys_send_any(t->b, A, "to the silent one");
    for (int i = 0; i < 5; i++) {
        char text[32];
        (void)snprintf(text, sizeof text, "round it %d", i);
        tb_local_acted acted = sys_send(t->b, "ct.11", text);
        SYS_AWAIT(sys_where(t->b, &acted.event, "ct.11", NULL) == TB_WHERE_ARRIVED);
    }
    proxy_heal(&t->line);
    proxy_cut_all(&t->line);
    SYS_AWAIT(sys_times(t->a, "to the silent one") == 1);
    SYS_AWAIT(drained(t->b));
    assert_int_equal(sys_status(t->b)->alarms, 0);
    assert_true(sys_sound(t->a) && sys_sound(t->b) && sys_sound(c));
}

#define NETWORK_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    NETWORK_TEST(a_line_that_delays_costs_time_only),
    NETWORK_TEST(frames_in_single_bytes_are_put_together),
    NETWORK_TEST(a_slow_line_carries_all_in_time),
    NETWORK_TEST(cuts_in_the_middle_of_frames_lose_nothing),
    NETWORK_TEST(one_way_silence_ends_well),
    NETWORK_TEST(a_half_open_connection_holds_up_nobody_else),
};

TB_RUN("network/proxy", tests)

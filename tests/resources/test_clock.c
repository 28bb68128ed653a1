/* Clocks that step by a day, forwards and back, at the hub or at an agent, with the monotonic clock
 * or without it: what is answered arrives once, and nothing stands still afterwards. */
#include "tests/resources/with_shim.h"

#include <unistd.h>

#define A "bureau.11"
#define B "hq"

#define DAY_MS (24ll * 3600 * 1000)

static void set_clock(const sys_hub *hub, long long real_ms, long long monotonic_ms)
{
    char path[SYS_PATH];
    char fresh[SYS_PATH];
    sys_path(hub, path, "clock");
    sys_path(hub, fresh, "clock.new");
    FILE *file = fopen(fresh, "w");
    assert_non_null(file);
    assert_true(fprintf(file, "%lld %lld\n", real_ms, monotonic_ms) > 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(rename(fresh, path), 0);
}

static void behind_the_shim(const sys_hub *hub)
{
    char path[SYS_PATH];
    sys_path(hub, path, "clock");
    assert_int_equal(setenv("TONGBAO_SHIM_CLOCK", path, 1), 0);
    with_shim();
}

static void both_ways(sys_agent *a, sys_agent *b, unsigned *sent)
{
    char text[32];
    for (int i = 0; i < 2; i++) {
        (void)snprintf(text, sizeof text, "number %u", ++*sent);
        assert_int_equal(sys_send_any(a, B, text)->code, TB_ACCEPTED);
        (void)snprintf(text, sizeof text, "number %u", ++*sent);
        assert_int_equal(sys_send_any(b, A, text)->code, TB_ACCEPTED);
    }
    SYS_AWAIT(sys_status(a)->cases == *sent && sys_status(b)->cases == *sent);
    SYS_AWAIT(sys_status(a)->outbox == 0 && sys_status(b)->outbox == 0);
}

/* A monotonic clock does not go back; the wall clock may. */
static void steps(sys_hub *hub, bool at_hub, bool monotonic)
{
    static const long long walk[] = {0, DAY_MS, -DAY_MS, 3600 * 1000, 0};
    unsigned sent = 0;
    long long ahead = 0;
    set_clock(hub, 0, 0);
    if (at_hub) {
        behind_the_shim(hub);
    }
    sys_broker_start(hub);
    without_shim();
    sys_agent *b = sys_agent_linked(hub, B);
    if (!at_hub) {
        behind_the_shim(hub);
    }
    sys_agent *a = sys_agent_linked(hub, A);
    without_shim();
    for (size_t i = 0; i < sizeof walk / sizeof walk[0]; i++) {
        ahead = monotonic && walk[i] > ahead ? walk[i] : ahead;
        set_clock(hub, walk[i], ahead);
        both_ways(a, b, &sent);
    }
    for (unsigned i = 1; i <= sent; i++) {
        char text[32];
        (void)snprintf(text, sizeof text, "number %u", i);
        assert_int_equal(sys_times(a, text), 1);
        assert_int_equal(sys_times(b, text), 1);
    }
    assert_false(sys_status(a)->fenced || sys_status(b)->fenced);
    /* Time that was not there is nobody's fault. */
    assert_int_equal(sys_status(a)->alarms, 0);
    assert_int_equal(sys_status(b)->alarms, 0);
    assert_true(sys_sound(a) && sys_sound(b));
}

static void the_hubs_wall_clock_steps_by_a_day(void **state)
{
    steps(*state, true, false);
}

static void both_clocks_of_the_hub_step_by_a_day(void **state)
{
    steps(*state, true, true);
}

static void an_agents_wall_clock_steps_by_a_day(void **state)
{
    steps(*state, false, false);
}

static void both_clocks_of_an_agent_step_by_a_day(void **state)
{
    steps(*state, false, true);
}

#define RESOURCE_TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    RESOURCE_TEST(the_hubs_wall_clock_steps_by_a_day),
    RESOURCE_TEST(both_clocks_of_the_hub_step_by_a_day),
    RESOURCE_TEST(an_agents_wall_clock_steps_by_a_day),
    RESOURCE_TEST(both_clocks_of_an_agent_step_by_a_day),
};

TB_RUN("resources/clock", tests)

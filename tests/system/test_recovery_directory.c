/* The directory's own time, and a hub that shows an older one than there is. */
#include "tests/system/authority.h"

#define A "bureau.11"
#define B "hq"

static void a_hub_that_comes_back_with_an_old_directory_is_given_the_newest(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_broker_stop(hub, SIGTERM);
    sys_store_keep(hub, "hub", "hub.old");
    sys_broker_start(hub);
    SYS_AWAIT(sys_status(a)->linked);
    auth_new_keys(hub, B, "b.new");
    auth_cut(a, false, "unused");
    char cut[SYS_PATH];
    sys_path(hub, cut, "b.new.cut");
    FILE *file = fopen(cut, "wb");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    auth_rotate(hub, B, "b.new", "stolen");
    auth_install(hub, a);
    SYS_AWAIT(sys_status(a)->directory_version == 3);
    sys_broker_stop(hub, SIGKILL);
    sys_store_put_back(hub, "hub", "hub.old");
    hub->directory = 2;
    sys_broker_start(hub);
    /* The stolen key gets no session at the hub that had forgotten the theft. */
    sys_agent *thief = sys_agent_add(hub, B, NULL);
    SYS_AWAIT(sys_status(a)->linked);
    sys_agent_start(thief);
    (void)sys_send_any(thief, A, "by the thief");
    SYS_AWAIT(sys_log_says(hub, "hub", "event=directory version=3"));
    assert_int_equal(sys_times(a, "by the thief"), 0);
    assert_true(sys_sound(a));
}

#define SYSTEM_TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    SYSTEM_TEST(a_hub_that_comes_back_with_an_old_directory_is_given_the_newest),
};

TB_RUN("system/recovery_directory", tests)

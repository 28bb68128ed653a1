/* The hub's keys are lost with its disk: the spare keys of the directory take over. */
#include "tests/system/authority.h"

#define A "bureau.11"
#define B "hq"
#define C "ct.11"

static void use_spare(sys_hub *hub, const char *reason)
{
    char authority[SYS_PATH];
    char directory[SYS_PATH];
    sys_path(hub, authority, "keys/authority.key");
    sys_path(hub, directory, "directory");
    auth_must(hub, sys_tongbao(hub, "directory", "hub", "--use-spare", "--reason", reason,
                               "--authority", authority, "--dir", directory, NULL));
    hub->directory++;
}

static void a_hub_that_lost_disk_and_keys_goes_on_under_the_spare(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_agent *c = sys_agent_linked(hub, C);
    sys_agent_stop(c, SIGTERM);
    tb_local_acted first = sys_send(a, B, "arrived before");
    tb_local_acted waits = sys_send(a, C, "only stored");
    SYS_AWAIT(sys_where(a, &first.event, B, NULL) == TB_WHERE_ARRIVED);
    SYS_AWAIT(sys_where(a, &waits.event, C, NULL) == TB_WHERE_STORED);
    sys_broker_stop(hub, SIGKILL);
    sys_store_lose(hub, "hub");

    use_spare(hub, "lost");
    (void)snprintf(hub->broker_key, sizeof hub->broker_key, "spare");
    sys_broker_start(hub);
    SYS_AWAIT(sys_status(a)->linked && sys_status(a)->directory_version == 3);
    SYS_AWAIT(sys_status(b)->linked && sys_status(b)->directory_version == 3);
    sys_agent_start(c);
    SYS_AWAIT(sys_times(c, "only stored") == 1);
    SYS_AWAIT(sys_where(a, &waits.event, C, NULL) == TB_WHERE_ARRIVED);
    (void)sys_send(a, B, "under the spare");
    SYS_AWAIT(sys_times(b, "under the spare") == 1);
    SYS_AWAIT(sys_status(a)->outbox == 0);
    assert_int_equal(sys_times(b, "arrived before"), 1);
    /* No stamp of the former key is doubted: the only alarms are that the hub went back. */
    assert_false(sys_alarmed(b, "unknown_key") || sys_alarmed(a, "unknown_key"));
    assert_false(sys_status(a)->fenced || sys_status(b)->fenced || sys_status(c)->fenced);
    assert_true(sys_sound(a) && sys_sound(b) && sys_sound(c));

    /* Everybody comes back without the hub's former keys, too. */
    sys_agent_stop(b, SIGKILL);
    sys_agent_start(b);
    SYS_AWAIT(sys_status(b)->linked);
}

/* The former key's own store: old lines under it are shown again and still count. */
static void lines_of_the_former_key_still_count(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *c = sys_agent_add(hub, C, NULL);
    tb_local_acted waits = sys_send(a, C, "stamped under the former key");
    SYS_AWAIT(sys_where(a, &waits.event, C, NULL) == TB_WHERE_STORED);
    sys_broker_stop(hub, SIGTERM);
    use_spare(hub, "rotation");
    (void)snprintf(hub->broker_key, sizeof hub->broker_key, "spare");
    sys_broker_start(hub);
    sys_agent_start(c); /* with the newest directory from the start */
    SYS_AWAIT(sys_times(c, "stamped under the former key") == 1);
    SYS_AWAIT(sys_status(a)->outbox == 0);
    assert_int_equal(sys_status(a)->alarms, 0);
    assert_int_equal(sys_status(c)->alarms, 0);
    assert_true(sys_sound(a) && sys_sound(c));
}

/* The newest directory comes by hand and names no further spare: who is linked leaves the former key
 * at once and finds the hub under the new one. */
static void who_is_linked_leaves_a_key_that_the_directory_took_from_the_hub(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    use_spare(hub, "stolen");
    auth_install(hub, a);
    SYS_AWAIT(sys_status(a)->directory_version == 3 && sys_status(b)->directory_version == 3);
    SYS_AWAIT(!sys_status(a)->linked && !sys_status(b)->linked);
    sys_broker_stop(hub, SIGTERM);
    (void)snprintf(hub->broker_key, sizeof hub->broker_key, "spare");
    sys_broker_start(hub);
    SYS_AWAIT(sys_status(a)->linked && sys_status(b)->linked);
    (void)sys_send(a, B, "under the new key");
    SYS_AWAIT(sys_times(b, "under the new key") == 1);
    assert_true(sys_sound(a) && sys_sound(b));
}

#define SYSTEM_TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    SYSTEM_TEST(a_hub_that_lost_disk_and_keys_goes_on_under_the_spare),
    SYSTEM_TEST(who_is_linked_leaves_a_key_that_the_directory_took_from_the_hub),
    SYSTEM_TEST(lines_of_the_former_key_still_count),
};

TB_RUN("system/recovery_hub_keys", tests)

/* A stolen key speaks for its party until the directory that revokes it: then never again, on live
 * connections too, while everybody else goes on. */
#include "tests/system/hub.h"

#define A "bureau.11"
#define B "hq"
#define C "police.11"

/* Revokes every key of a party and hands the new directory to one agent, as a person would. */
static void revoke_all(sys_hub *hub, const char *party, sys_agent *through)
{
    char authority[SYS_PATH];
    char directory[SYS_PATH];
    char newest[SYS_PATH];
    char sock[SYS_PATH];
    sys_path(hub, authority, "keys/authority.key");
    sys_path(hub, directory, "directory");
    sys_path(hub, newest, "newest.doc");
    assert_true(snprintf(sock, sizeof sock, "%s/%s.sock", hub->run, through->name) < SYS_PATH);
    if (sys_tongbao(hub, "directory", "revoke", party, "--key", "all", "--reason", "stolen",
                    "--authority", authority, "--dir", directory, NULL) != 0 ||
        sys_tongbao(hub, "directory", "publish", "--dir", directory, "--out", newest, NULL) != 0 ||
        sys_tongbao(hub, "--socket", sock, "directory", "install", newest, NULL) != 0) {
        fail_msg("%s", hub->output);
    }
}

static void a_live_connection_with_a_revoked_key_reaches_nobody(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_agent *c = sys_agent_linked(hub, C);
    (void)sys_send(a, B, "before the theft was noticed");
    SYS_AWAIT(sys_times(b, "before the theft was noticed") == 1);

    revoke_all(hub, A, c);
    SYS_AWAIT(sys_status(c)->directory_version == 3);
    SYS_AWAIT(sys_status(b)->directory_version == 3);
    (void)sys_send_any(a, B, "by the thief");
    (void)sys_send(c, B, "by an honest party");
    SYS_AWAIT(sys_times(b, "by an honest party") == 1);
    assert_int_equal(sys_times(b, "by the thief"), 0);

    /* Nor on a new connection. */
    sys_agent_stop(a, SIGKILL);
    sys_agent_start(a);
    (void)sys_send_any(a, B, "by the thief, again");
    (void)sys_send(c, B, "by an honest party, again");
    SYS_AWAIT(sys_times(b, "by an honest party, again") == 1);
    assert_false(sys_status(a)->linked);
    assert_int_equal(sys_times(b, "by the thief"), 0);
    assert_int_equal(sys_times(b, "by the thief, again"), 0);
    assert_true(sys_sound(b) && sys_sound(c));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_live_connection_with_a_revoked_key_reaches_nobody,
                                        sys_set_up, sys_tear_down),
    };
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests_name("system/revoked", tests, NULL, NULL);
}

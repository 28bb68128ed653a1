/* The directory's own time, and a hub that shows an older one than there is. */
#include "tests/system/authority.h"

#include <time.h>

#define A "bureau.11"
#define B "hq"
#define C "ct.11"

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

static bool warned_of(sys_agent *agent, tb_refusal code)
{
    const tb_local_status *status = sys_status(agent);
    for (size_t i = 0; i < status->warning_count; i++) {
        if (status->warnings[i].code == code) {
            return true;
        }
    }
    return false;
}

static tb_time in_real_ms(tb_time more)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (tb_time)now.tv_sec * 1000 + more;
}

static void past_its_time_nothing_is_sealed_to_a_first_time_recipient(void **state)
{
    sys_hub *hub = *state;
    char sock[SYS_PATH];
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_agent *c = sys_agent_linked(hub, C);
    (void)sys_send(a, B, "before");
    SYS_AWAIT(sys_times(b, "before") == 1);
    assert_int_equal(sys_status(a)->warning_count, 0);
    auth_renew(hub, in_real_ms(6ll * 24 * 3600 * 1000));
    auth_install(hub, a);
    SYS_AWAIT(warned_of(a, TB_REFUSED_DIRECTORY_ENDING));
    SYS_AWAIT(sys_log_says(hub, A, "event=directory_ending days=7"));

    auth_renew(hub, in_real_ms(3000));
    auth_install(hub, a);
    SYS_AWAIT(sys_status(a)->directory_version == 4 && sys_status(b)->directory_version == 4);
    SYS_AWAIT(warned_of(a, TB_REFUSED_DIRECTORY_STALE));
    SYS_AWAIT(sys_alarmed(a, "directory_stale"));
    (void)sys_send(a, B, "to whom it wrote before");
    const tb_local_answer *answer = sys_send_any(a, C, "for the first time");
    assert_true(answer->code == TB_ACCEPTED && answer->draft);
    assert_non_null(memmem(answer->detail.data, answer->detail.size, "first time", 10));
    SYS_AWAIT(sys_times(b, "to whom it wrote before") == 1);
    assert_int_equal(sys_times(c, "for the first time"), 0);
    auth_socket(a, sock);
    auth_must(hub, sys_tongbao(hub, "--socket", sock, "status", NULL));
    assert_non_null(strstr(hub->output, "单位名录已过有效期"));

    /* The newest directory lets it go, without anybody's doing. */
    auth_renew(hub, in_real_ms(300ll * 24 * 3600 * 1000));
    auth_install(hub, b);
    SYS_AWAIT(sys_times(c, "for the first time") == 1);
    SYS_AWAIT(sys_status(a)->drafts == 0 && sys_status(a)->warning_count == 0);
    assert_true(sys_sound(a) && sys_sound(b) && sys_sound(c));
}

#define SYSTEM_TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    SYSTEM_TEST(a_hub_that_comes_back_with_an_old_directory_is_given_the_newest),
    SYSTEM_TEST(past_its_time_nothing_is_sealed_to_a_first_time_recipient),
};

TB_RUN("system/recovery_directory", tests)

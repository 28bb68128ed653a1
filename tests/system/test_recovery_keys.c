/* An agency lost its keys, with notices under way that were sealed to them. */
#include "tests/system/authority.h"

#include <sys/stat.h>

#define A "bureau.11"
#define B "hq"
#define C "police.11"

/* B's keys are gone, its store is not: what waits for it cannot be opened. */
static void senders_seal_anew_by_themselves_what_a_lost_key_cannot_open(void **state)
{
    sys_hub *hub = *state;
    tb_local_trace_line line;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_agent *c = sys_agent_linked(hub, C);
    (void)sys_send(b, A, "of the old keys");
    SYS_AWAIT(sys_times(a, "of the old keys") == 1);
    sys_agent_stop(b, SIGTERM);
    tb_local_acted waits = sys_send(a, B, "waits at the hub");
    SYS_AWAIT(sys_where(a, &waits.event, B, NULL) == TB_WHERE_STORED);
    sys_agent_stop(a, SIGTERM); /* learns of the new keys last */

    auth_new_keys(hub, B, "b.new");
    auth_cut_of_hub(hub, B, "b.new");
    auth_rotate(hub, B, "b.new", "lost");
    auth_install(hub, c);
    auth_restart(b, "b.new", NULL);
    SYS_AWAIT(sys_status(b)->linked && !sys_status(b)->fenced);
    SYS_AWAIT(sys_log_says(hub, B, "code=key_retired"));
    assert_int_equal(sys_times(b, "waits at the hub"), 0);

    sys_agent_start(a);
    SYS_AWAIT(sys_times(b, "waits at the hub") == 1);
    SYS_AWAIT(sys_status(a)->outbox == 0);
    SYS_AWAIT(sys_where(a, &waits.event, B, &line) == TB_WHERE_ARRIVED);
    assert_non_null(memmem(line.why_en.data, line.why_en.size, "sealed anew", 11));
    assert_non_null(memmem(line.why_zh.data, line.why_zh.size, "重新加密", strlen("重新加密")));
    assert_true(sys_log_says(hub, A, "event=sealed_anew"));
    (void)sys_send(a, B, "to the new keys");
    SYS_AWAIT(sys_times(b, "to the new keys") == 1);
    assert_int_equal(sys_times(b, "waits at the hub"), 1);
    assert_true(sys_sound(a) && sys_sound(b) && sys_sound(c));
}

/* An ordinary change: the old file still opens, and ends when its time is over. */
static void an_old_key_opens_what_was_under_way_and_is_then_destroyed(void **state)
{
    sys_hub *hub = *state;
    char old[SYS_PATH];
    struct stat status;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_agent *c = sys_agent_linked(hub, C);
    auth_new_keys(hub, B, "b.new");
    auth_cut(b, true, "b.new");
    sys_agent_stop(b, SIGTERM);
    tb_local_acted waits = sys_send(a, B, "sealed to the old key");
    SYS_AWAIT(sys_where(a, &waits.event, B, NULL) == TB_WHERE_STORED);
    auth_rotate(hub, B, "b.new", "rotation");
    auth_install(hub, c);
    sys_path(hub, old, "keys/%s.key", B);
    assert_int_equal(stat(old, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);

    auth_restart(b, "b.new", B);
    SYS_AWAIT(sys_times(b, "sealed to the old key") == 1);
    assert_false(sys_log_says(hub, B, "code=key_retired"));
    assert_int_equal(stat(old, &status), 0);
    /* With its time over the file is gone, and the log says so. */
    (void)snprintf(b->old_key_life, sizeof b->old_key_life, "1");
    auth_restart(b, "b.new", B);
    SYS_AWAIT(sys_log_says(hub, B, "event=old_key_destroyed"));
    SYS_AWAIT(stat(old, &status) != 0);
    /* And its absence keeps nobody from starting. */
    auth_restart(b, "b.new", B);
    SYS_AWAIT(sys_status(b)->linked);
    assert_true(sys_sound(a) && sys_sound(b) && sys_sound(c));
}

/* A lost its keys with work in its outbox; the hub's marks, or its own store, are the cut. */
static void lose_keys_with_a_backlog(sys_hub *hub, bool own_store)
{
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_agent *c = sys_agent_linked(hub, C);
    (void)sys_send(a, B, "arrived before");
    SYS_AWAIT(sys_times(b, "arrived before") == 1);
    (void)kill(hub->broker, SIGSTOP);
    tb_local_acted waits = sys_send(a, B, "waits in the outbox");
    (void)sys_send(a, B, "and another");
    sys_agent_stop(a, SIGKILL);
    sys_broker_stop(hub, SIGKILL); /* with what it had not read yet */
    sys_broker_start(hub);
    SYS_AWAIT(sys_status(b)->linked && sys_status(c)->linked);
    auth_new_keys(hub, A, "a.new");
    if (own_store) {
        auth_cut_of_store(hub, A, "a.new");
    } else {
        auth_cut_of_hub(hub, A, "a.new");
    }
    auth_rotate(hub, A, "a.new", "lost");
    auth_install(hub, c);
    SYS_AWAIT(sys_status(c)->directory_version == 3);
    auth_restart(a, "a.new", NULL);
    SYS_AWAIT(sys_status(a)->linked && !sys_status(a)->fenced);
    SYS_AWAIT(sys_times(b, "waits in the outbox") == 1 && sys_times(b, "and another") == 1);
    SYS_AWAIT(sys_status(a)->outbox == 0);
    SYS_AWAIT(sys_where(a, &waits.event, B, NULL) == TB_WHERE_ARRIVED);
    assert_int_equal(sys_log_says(hub, A, "event=signed_anew"), !own_store);
    (void)sys_send(a, B, "afterwards");
    SYS_AWAIT(sys_times(b, "afterwards") == 1);
    assert_int_equal(sys_times(b, "waits in the outbox"), 1);
    assert_int_equal(sys_status(b)->cases, 4);
    assert_true(sys_sound(a) && sys_sound(b) && sys_sound(c));
}

static void what_waits_behind_a_cut_of_the_hubs_marks_is_signed_anew(void **state)
{
    lose_keys_with_a_backlog(*state, false);
}

static void a_cut_out_of_its_own_store_lets_the_backlog_go_as_it_is(void **state)
{
    lose_keys_with_a_backlog(*state, true);
}

/* A stolen key's marks count for nothing, so the owner signs them again with the new one: a hub
 * that lost its disk can go on from what a sender shows it, while the recipient is away. */
static void marks_of_a_stolen_key_are_signed_anew(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_agent *c = sys_agent_linked(hub, C);
    tb_local_acted first = sys_send(a, B, "taken by the stolen key");
    SYS_AWAIT(sys_where(a, &first.event, B, NULL) == TB_WHERE_ARRIVED);
    auth_new_keys(hub, B, "b.new");
    (void)sys_send(b, A, "so that there is a cut");
    SYS_AWAIT(sys_times(a, "so that there is a cut") == 1);
    auth_cut(b, true, "b.new");
    auth_rotate(hub, B, "b.new", "stolen");
    auth_install(hub, c);
    auth_restart(b, "b.new", NULL);
    SYS_AWAIT(sys_status(b)->linked && !sys_status(b)->fenced);
    (void)sys_send(b, C, "everything before this is said");
    SYS_AWAIT(sys_times(c, "everything before this is said") == 1);

    sys_agent_stop(b, SIGTERM);
    sys_broker_stop(hub, SIGKILL);
    sys_store_lose(hub, "hub");
    sys_broker_start(hub);
    SYS_AWAIT(sys_status(a)->linked);
    tb_local_acted next = sys_send(a, B, "behind the mark");
    SYS_AWAIT(sys_where(a, &next.event, B, NULL) == TB_WHERE_STORED);
    sys_agent_start(b);
    SYS_AWAIT(sys_times(b, "behind the mark") == 1);
    assert_int_equal(sys_times(b, "taken by the stolen key"), 1);
    assert_true(sys_sound(a) && sys_sound(b) && sys_sound(c));
}

#define SYSTEM_TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    SYSTEM_TEST(senders_seal_anew_by_themselves_what_a_lost_key_cannot_open),
    SYSTEM_TEST(what_waits_behind_a_cut_of_the_hubs_marks_is_signed_anew),
    SYSTEM_TEST(a_cut_out_of_its_own_store_lets_the_backlog_go_as_it_is),
    SYSTEM_TEST(marks_of_a_stolen_key_are_signed_anew),
    SYSTEM_TEST(an_old_key_opens_what_was_under_way_and_is_then_destroyed),
};

TB_RUN("system/recovery_keys", tests)

/* A party's keys are changed while notices of it are under way: what was numbered before the cut
 * arrives and counts, what the old keys sign behind it reaches nobody, whenever it comes. */
#include "tests/system/authority.h"

#define A "bureau.11"
#define B "hq"
#define C "police.11"

/* Notices wait at the hub for a recipient that is away, and in the outbox of one without a line. */
static void a_rotation_loses_nothing_that_is_under_way(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_agent *c = sys_agent_linked(hub, C);
    (void)sys_send(a, B, "arrived before");
    (void)sys_send(b, A, "taken by the old keys");
    SYS_AWAIT(sys_times(b, "arrived before") == 1 && sys_times(a, "taken by the old keys") == 1);
    sys_agent_stop(b, SIGTERM);
    tb_local_acted waits = sys_send(a, B, "waits at the hub");
    SYS_AWAIT(sys_where(a, &waits.event, B, NULL) == TB_WHERE_STORED);
    (void)kill(hub->broker, SIGSTOP);
    (void)sys_send(a, B, "waits in the outbox");

    auth_new_keys(hub, A, "a.new");
    auth_cut(a, true, "a.new");
    /* Nothing more is signed under the old key: the act waits. */
    const tb_local_answer *answer = sys_send_any(a, B, "under the new key");
    assert_true(answer->code == TB_ACCEPTED && answer->draft);
    sys_agent_stop(a, SIGKILL);
    (void)kill(hub->broker, SIGCONT);
    auth_rotate(hub, A, "a.new", "rotation");
    auth_install(hub, c);
    SYS_AWAIT(sys_status(c)->directory_version == 3);
    auth_restart(a, "a.new", A);
    SYS_AWAIT(sys_status(a)->linked && !sys_status(a)->fenced);
    assert_int_equal(sys_status(a)->alarms, 0);

    sys_agent_start(b);
    SYS_AWAIT(sys_times(b, "waits at the hub") == 1 && sys_times(b, "waits in the outbox") == 1);
    SYS_AWAIT(sys_times(b, "under the new key") == 1);
    SYS_AWAIT(sys_status(a)->outbox == 0 && sys_status(a)->drafts == 0);
    (void)sys_send(b, A, "to the new keys");
    SYS_AWAIT(sys_times(a, "to the new keys") == 1);
    assert_int_equal(sys_times(b, "arrived before"), 1);
    assert_int_equal(sys_status(b)->cases, 6);
    assert_true(sys_sound(a) && sys_sound(b) && sys_sound(c));

    /* A hub that lost its disk is shown marks that count. */
    sys_broker_stop(hub, SIGKILL);
    sys_store_lose(hub, "hub");
    sys_broker_start(hub);
    SYS_AWAIT(sys_status(a)->linked && sys_status(b)->linked);
    (void)sys_send(b, A, "through an empty hub");
    SYS_AWAIT(sys_times(a, "through an empty hub") == 1 && sys_status(b)->outbox == 0);
    assert_true(sys_sound(a) && sys_sound(b));
}

/* The store is gone with the key: the hub's marks are the cut, and a thief's later notices nothing. */
static void what_a_stolen_key_signs_beyond_the_cut_is_refused_whenever_it_comes(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_agent *c = sys_agent_linked(hub, C);
    sys_agent_stop(b, SIGTERM);
    tb_local_acted good = sys_send(a, B, "before the theft");
    SYS_AWAIT(sys_where(a, &good.event, B, NULL) == TB_WHERE_STORED);
    /* The cut is printed beside the running hub, and beside one that stands still. */
    auth_cut_of_hub(hub, A, "a.new");
    tb_local_acted bad = sys_send(a, B, "by the thief");
    SYS_AWAIT(sys_where(a, &bad.event, B, NULL) == TB_WHERE_STORED);
    auth_new_keys(hub, A, "a.new");
    auth_rotate(hub, A, "a.new", "stolen");
    auth_install(hub, c);
    SYS_AWAIT(sys_status(c)->directory_version == 3);

    sys_agent_start(b);
    SYS_AWAIT(sys_times(b, "before the theft") == 1);
    (void)sys_send(c, B, "by an honest party");
    SYS_AWAIT(sys_times(b, "by an honest party") == 1);
    assert_int_equal(sys_times(b, "by the thief"), 0);
    assert_true(sys_sound(b) && sys_sound(c));
}

static void the_cut_of_a_hub_that_stands_still_is_the_same(void **state)
{
    sys_hub *hub = *state;
    char running[SYS_OUTPUT_BYTES];
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    (void)sys_send(a, B, "one");
    SYS_AWAIT(sys_times(b, "one") == 1);
    auth_cut_of_hub(hub, A, "running");
    memcpy(running, hub->output, sizeof running);
    assert_non_null(strstr(running, " hq normal 1 "));
    sys_broker_stop(hub, SIGTERM);
    auth_cut_of_hub(hub, A, "still");
    assert_string_equal(hub->output, running);
    /* The party's own agent says the same. */
    auth_cut(a, false, "own");
    char own[SYS_PATH];
    sys_path(hub, own, "own.cut");
    const char *line = strrchr(running, '#');
    assert_non_null(line);
    line = strchr(line, '\n') + 1;
    assert_true(sys_file_holds(own, line, strlen(line)));
    /* Nobody's marks are a sentence, not a cut. */
    char store[SYS_PATH];
    sys_path(hub, store, "stores/hub");
    assert_int_equal(sys_tongbao_broker(hub, "cut", "ct.11", "--store", store, NULL), 65);
}

#define SYSTEM_TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    SYSTEM_TEST(a_rotation_loses_nothing_that_is_under_way),
    SYSTEM_TEST(what_a_stolen_key_signs_beyond_the_cut_is_refused_whenever_it_comes),
    SYSTEM_TEST(the_cut_of_a_hub_that_stands_still_is_the_same),
};

TB_RUN("system/recovery_cut", tests)

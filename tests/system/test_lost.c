/* Disks that are lost or come back old: the hub's and an agent's. */
#include "tests/system/hub.h"

#define A "bureau.11"
#define B "hq"
#define C "ct.11"

static void the_hub_loses_its_disk_and_all_arrives_once(void **state)
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
    sys_broker_start(hub);
    sys_agent_start(c);
    SYS_AWAIT(sys_times(c, "only stored") == 1);
    SYS_AWAIT(sys_where(a, &waits.event, C, NULL) == TB_WHERE_ARRIVED);
    /* Streams go on behind what was. */
    (void)sys_send(a, B, "afterwards");
    (void)sys_send(a, C, "afterwards");
    SYS_AWAIT(sys_times(b, "afterwards") == 1 && sys_times(c, "afterwards") == 1);
    SYS_AWAIT(sys_status(a)->outbox == 0);
    assert_int_equal(sys_times(b, "arrived before"), 1);
    assert_int_equal(sys_status(b)->cases, 2);
    assert_int_equal(sys_status(c)->cases, 2);
    assert_true(sys_status(a)->alarms > 0);
    assert_true(sys_alarmed(a, "hub"));
    assert_false(sys_status(a)->fenced || sys_status(b)->fenced || sys_status(c)->fenced);
    assert_true(sys_sound(a) && sys_sound(b) && sys_sound(c));
}

static void the_hub_comes_back_old_and_resumes(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    tb_local_acted first = sys_send(a, B, "first");
    SYS_AWAIT(sys_where(a, &first.event, B, NULL) == TB_WHERE_ARRIVED);
    sys_broker_stop(hub, SIGTERM);
    sys_store_keep(hub, "hub", "hub.old");
    sys_broker_start(hub);
    SYS_AWAIT(sys_status(a)->linked && sys_status(b)->linked);
    tb_local_acted second = sys_send(a, B, "second");
    SYS_AWAIT(sys_where(a, &second.event, B, NULL) == TB_WHERE_ARRIVED);
    sys_agent_stop(b, SIGTERM);
    tb_local_acted third = sys_send(a, B, "third");
    SYS_AWAIT(sys_where(a, &third.event, B, NULL) == TB_WHERE_STORED);

    sys_broker_stop(hub, SIGKILL);
    sys_store_put_back(hub, "hub", "hub.old");
    sys_broker_start(hub);
    SYS_AWAIT(sys_status(a)->linked);
    (void)sys_send(a, B, "fourth");
    sys_agent_start(b);
    SYS_AWAIT(sys_times(b, "third") == 1 && sys_times(b, "fourth") == 1);
    SYS_AWAIT(sys_status(a)->outbox == 0);
    assert_int_equal(sys_times(b, "first"), 1);
    assert_int_equal(sys_times(b, "second"), 1);
    assert_int_equal(sys_status(b)->cases, 4);
    assert_true(sys_alarmed(a, "hub"));
    assert_false(sys_status(a)->fenced || sys_status(b)->fenced);
    assert_true(sys_sound(a) && sys_sound(b));
}

/* What `tongbao status` prints for an agent. */
static const char *printed_status(sys_agent *agent)
{
    char socket[SYS_PATH];
    (void)snprintf(socket, sizeof socket, "%.300s/%s.sock", agent->hub->run, agent->name);
    assert_int_equal(
        sys_tongbao(agent->hub, "status", "--lang", "en", "--socket", socket, (char *)NULL), 0);
    return agent->hub->output;
}

/* Signs nothing: an act stays a draft or is refused, and the recipient hears nothing of it. */
static void signs_nothing(sys_agent *agent, const char *text)
{
    const tb_local_answer *answer = sys_send_any(agent, B, text);
    assert_true(answer->draft || answer->code != TB_ACCEPTED);
}

static void an_agent_on_an_old_copy_signs_nothing_and_names_the_command(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_agent *c = sys_agent_linked(hub, C);
    tb_local_acted first = sys_send(a, B, "first");
    SYS_AWAIT(sys_where(a, &first.event, B, NULL) == TB_WHERE_ARRIVED);
    sys_agent_stop(a, SIGTERM);
    sys_store_keep(hub, A, "old");
    sys_agent_start(a);
    SYS_AWAIT(sys_status(a)->linked);
    tb_local_acted second = sys_send(a, B, "second");
    SYS_AWAIT(sys_where(a, &second.event, B, NULL) == TB_WHERE_ARRIVED);

    sys_agent_stop(a, SIGKILL);
    sys_store_put_back(hub, A, "old");
    sys_agent_start(a);
    SYS_AWAIT(sys_status(a)->fenced);
    assert_int_equal(sys_status(a)->code, TB_REFUSED_MARKS_BACK);
    assert_non_null(strstr(printed_status(a), "tongbao recover"));
    signs_nothing(a, "from an old copy");
    /* A restart changes nothing of it. */
    sys_agent_stop(a, SIGKILL);
    sys_agent_start(a);
    assert_true(sys_status(a)->fenced);
    signs_nothing(a, "from an old copy, again");
    /* Others go on, and what they send round the fenced one comes after all it might have sent. */
    (void)sys_send(c, B, "from another");
    SYS_AWAIT(sys_times(b, "from another") == 1);
    assert_int_equal(sys_times(b, "from an old copy"), 0);
    assert_int_equal(sys_times(b, "from an old copy, again"), 0);
    assert_int_equal(sys_status(b)->cases, 3);
    assert_int_equal(sys_status(b)->alarms, 0);
    assert_true(sys_sound(a) && sys_sound(b));
}

static void a_recipient_on_an_old_copy_is_fenced_too(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_agent_stop(b, SIGTERM);
    sys_store_keep(hub, B, "old");
    sys_agent_start(b);
    tb_local_acted first = sys_send(a, B, "first");
    SYS_AWAIT(sys_where(a, &first.event, B, NULL) == TB_WHERE_ARRIVED);

    sys_agent_stop(b, SIGKILL);
    sys_store_put_back(hub, B, "old");
    sys_agent_start(b);
    SYS_AWAIT(sys_status(b)->fenced);
    assert_int_equal(sys_status(b)->code, TB_REFUSED_MARKS_BACK);
    assert_non_null(strstr(printed_status(b), "tongbao recover"));
}

static void two_copies_of_one_agent_are_both_fenced(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *twin = sys_agent_add(hub, A, "twin");
    sys_agent_start(twin);
    SYS_AWAIT(sys_status(a)->fenced && sys_status(twin)->fenced);
    assert_int_equal(sys_status(a)->code, TB_REFUSED_TWO_COPIES);
    assert_int_equal(sys_status(twin)->code, TB_REFUSED_TWO_COPIES);
    signs_nothing(a, "from one");
    signs_nothing(twin, "from the other");
    assert_non_null(strstr(printed_status(a), "Two copies"));
    assert_true(sys_log_says(hub, "hub", "two_copies"));
}

/* The same store twice: the newer session works, and what the older copy lacks fences it. */
static void a_copied_store_never_makes_a_fork(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    tb_local_acted first = sys_send(a, B, "first");
    SYS_AWAIT(sys_where(a, &first.event, B, NULL) == TB_WHERE_ARRIVED);
    sys_agent_stop(a, SIGTERM);
    sys_store_keep(hub, A, "twin");
    sys_agent_start(a);
    SYS_AWAIT(sys_status(a)->linked);
    sys_agent *twin = sys_agent_add(hub, A, "twin");
    sys_agent_start(twin);
    SYS_AWAIT(sys_status(twin)->linked);
    tb_local_acted second = sys_send(twin, B, "from the twin");
    SYS_AWAIT(sys_where(twin, &second.event, B, NULL) == TB_WHERE_ARRIVED);
    SYS_AWAIT(!sys_status(a)->linked);
    signs_nothing(a, "from the first");
    sys_agent_stop(twin, SIGTERM);
    sys_agent_stop(a, SIGTERM);
    sys_agent_start(a);
    SYS_AWAIT(sys_status(a)->fenced);
    assert_int_equal(sys_status(a)->code, TB_REFUSED_MARKS_BACK);
    assert_int_equal(sys_status(b)->cases, 2);
    assert_int_equal(sys_status(b)->alarms, 0);
}

#define SYSTEM_TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    SYSTEM_TEST(the_hub_loses_its_disk_and_all_arrives_once),
    SYSTEM_TEST(the_hub_comes_back_old_and_resumes),
    SYSTEM_TEST(an_agent_on_an_old_copy_signs_nothing_and_names_the_command),
    SYSTEM_TEST(a_recipient_on_an_old_copy_is_fenced_too),
    SYSTEM_TEST(two_copies_of_one_agent_are_both_fenced),
    SYSTEM_TEST(a_copied_store_never_makes_a_fork),
};

TB_RUN("system/lost", tests)

/* Resend: who is asked, what waits meanwhile, and what happens when somebody is away or dies. */
#include "tests/system/recovery.h"

/* A bureau whose store goes back to before everything but one case; the hub runs. */
static void set_back(sys_hub *hub, sys_agent *a)
{
    sys_agent_stop(a, SIGKILL);
    sys_store_put_back(hub, A, "old");
    sys_agent_start(a);
    SYS_AWAIT(sys_status(a)->fenced);
}

static void keep_old(sys_hub *hub, sys_agent *a)
{
    sys_agent_stop(a, SIGTERM);
    sys_store_keep(hub, A, "old");
    sys_agent_start(a);
    SYS_AWAIT(sys_status(a)->linked);
}

static const tb_local_answer *prepared(sys_agent *a, const tb_case_id *id)
{
    return question_act(a, id, "ask", NULL);
}

static void a_party_that_is_away_answers_later_and_cases_wait_until_released(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_agent *c = sys_agent_linked(hub, C);
    tb_case_id one = question_prepare(a, C, "one").case_id;
    tb_case_id two = question_prepare(a, C, "two").case_id;
    keep_old(hub, a);
    can_act(a, B, b, "lost here");
    sys_agent_stop(b, SIGTERM);
    set_back(hub, a);
    recover(a);
    SYS_AWAIT(sys_status(a)->recovery.state == 2);

    /* A case of the old copy waits as a draft, and says why. */
    const tb_local_answer *answer = prepared(a, &one);
    assert_int_equal(answer->code, TB_ACCEPTED);
    assert_true(answer->draft);
    assert_non_null(memmem(answer->detail.data, answer->detail.size, "--release", 9));
    answer = prepared(a, &two);
    assert_true(answer->draft);
    char two_hex[2 * TB_CASE_ID_BYTES + 1];
    char socket[SYS_PATH];
    tb_hex(two.bytes, TB_CASE_ID_BYTES, two_hex);
    (void)snprintf(socket, sizeof socket, "%.300s/%s.sock", hub->run, a->name);
    assert_int_equal(
        sys_tongbao(hub, "trace", two_hex, "--lang", "en", "--socket", socket, (char *)NULL), 0);
    assert_non_null(strstr(hub->output, "recovering"));
    /* A new one may be opened, and acted on. */
    tb_case_id fresh = question_prepare(a, C, "three").case_id;
    answer = prepared(a, &fresh);
    assert_int_equal(answer->code, TB_ACCEPTED);
    assert_false(answer->draft);
    /* Who has not ended, in words. */
    assert_int_equal(recover_words(a, NULL, NULL, NULL, NULL), 0);
    assert_non_null(strstr(hub->output, "1 of 1 parties asked have not ended"));
    assert_non_null(strstr(hub->output, "no answer since"));
    /* An officer releases one, with a reason. */
    char hex[2 * TB_CASE_ID_BYTES + 1];
    tb_hex(one.bytes, TB_CASE_ID_BYTES, hex);
    assert_int_equal(recover_words(a, "--release", hex, NULL, NULL), 1);
    assert_int_equal(recover_words(a, "--release", hex, "--reason", "the limit ends today"), 0);
    assert_non_null(strstr(hub->output, "the limit ends today"));
    SYS_AWAIT(sys_times(c, "one") == 1); /* its draft goes out */
    assert_int_equal(sys_times(c, "two"), 0);

    sys_agent_start(b);
    SYS_AWAIT(recovered(a));
    assert_int_equal(sys_times(a, "lost here"), 1);
    SYS_AWAIT(sys_times(c, "two") == 1); /* drafts were kept through it */
    SYS_AWAIT(sys_status(a)->drafts == 0);
    assert_int_equal(sys_times(c, "one"), 1);
    assert_int_equal(recover_words(a, "--release", hex, "--reason", "again"), 1);
    assert_int_equal(sys_status(b)->alarms, 0);
    assert_int_equal(sys_status(c)->alarms, 0);
    assert_true(sys_sound(a) && sys_sound(b) && sys_sound(c));
}

#define MANY 40

static void many_cases_come_back_though_both_ends_die_on_the_way(void **state)
{
    sys_hub *hub = *state;
    char text[32];
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    can_act(a, B, b, "first");
    keep_old(hub, a);
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(text, sizeof text, "lost %d", i);
        (void)(i % 2 == 0 ? sys_send(a, B, text) : sys_send(b, A, text));
    }
    SYS_AWAIT(sys_status(a)->cases == MANY + 1 && sys_status(b)->cases == MANY + 1);
    SYS_AWAIT(sys_status(a)->outbox == 0 && sys_status(b)->outbox == 0);
    set_back(hub, a);
    sys_agent_stop(b, SIGTERM);
    recover(a);
    SYS_AWAIT(sys_status(a)->recovery.state == 2);
    sys_agent_stop(a, SIGKILL);
    sys_agent_start(a);
    sys_agent_start(b);
    SYS_AWAIT(sys_status(a)->cases > 1);
    sys_agent_stop(b, SIGKILL);
    sys_broker_stop(hub, SIGKILL);
    sys_agent_stop(a, SIGKILL);
    sys_broker_start(hub);
    sys_agent_start(a);
    sys_agent_start(b);
    SYS_AWAIT(recovered(a));
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(text, sizeof text, "lost %d", i);
        assert_int_equal(sys_times(a, text), 1);
    }
    assert_int_equal(sys_status(a)->cases, MANY + 1);
    assert_true(same_cases(a, b));
    can_act(a, B, b, "afterwards");
    can_act(b, A, a, "and back");
    assert_true(sys_sound(a) && sys_sound(b));
}

static void what_waits_at_the_hub_is_delivered_behind_the_base(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    keep_old(hub, a);
    can_act(b, A, a, "taken and lost");
    sys_agent_stop(b, SIGTERM);
    /* Stored at the hub, not arrived: our own, which the old copy does not know. */
    tb_local_acted waits = sys_send(a, B, "on its way");
    SYS_AWAIT(sys_where(a, &waits.event, B, NULL) == TB_WHERE_STORED);
    sys_agent_start(b);
    SYS_AWAIT(sys_times(b, "on its way") == 1);
    sys_agent_stop(a, SIGKILL);
    (void)sys_send(b, A, "waits at the hub");
    sys_store_put_back(hub, A, "old");
    sys_agent_start(a);
    SYS_AWAIT(sys_status(a)->fenced);
    assert_int_equal(sys_times(a, "waits at the hub"), 0);
    recover(a);
    SYS_AWAIT(recovered(a));
    SYS_AWAIT(sys_times(a, "waits at the hub") == 1);
    assert_int_equal(sys_times(a, "taken and lost"), 1);
    assert_int_equal(sys_times(a, "on its way"), 1);
    assert_true(same_cases(a, b));
    assert_int_equal(sys_status(b)->alarms, 0);
    assert_true(sys_sound(a) && sys_sound(b));
}

/* A second time, from a copy that is older than the first recovery. */
static void an_agent_can_recover_again(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    keep_old(hub, a);
    can_act(a, B, b, "first");
    set_back(hub, a);
    recover(a);
    SYS_AWAIT(recovered(a));
    can_act(a, B, b, "second");
    can_act(b, A, a, "third");
    set_back(hub, a);
    recover(a);
    SYS_AWAIT(recovered(a));
    assert_int_equal(sys_times(a, "first"), 1);
    assert_int_equal(sys_times(a, "second"), 1);
    assert_int_equal(sys_times(a, "third"), 1);
    can_act(a, B, b, "fourth");
    can_act(b, A, a, "fifth");
    assert_true(same_cases(a, b));
    assert_int_equal(sys_status(b)->alarms, 0);
    assert_true(sys_sound(a) && sys_sound(b));
}

#define SYSTEM_TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    SYSTEM_TEST(a_party_that_is_away_answers_later_and_cases_wait_until_released),
    SYSTEM_TEST(many_cases_come_back_though_both_ends_die_on_the_way),
    SYSTEM_TEST(what_waits_at_the_hub_is_delivered_behind_the_base),
    SYSTEM_TEST(an_agent_can_recover_again),
};

TB_RUN("system/recovery_resend", tests)

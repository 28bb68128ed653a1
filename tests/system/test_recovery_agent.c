/* An agent that comes back wrong: on an old copy, a snapshot, an empty store, or twice. */
#include "tests/system/recovery.h"

/* A case that was asked of the other side; its id. */
static tb_case_id asked_case(sys_agent *from, const char *to, const char *text)
{
    tb_local_acted made = question_prepare(from, to, text);
    tb_case_id id = made.case_id;
    const tb_local_answer *answer = question_act(from, &id, "ask", NULL);
    assert_int_equal(answer->code, TB_ACCEPTED);
    assert_false(answer->draft);
    return id;
}

static bool in_state(sys_agent *agent, const tb_case_id *id, const char *state)
{
    char here[TB_NAME_BYTES_MAX + 1];
    return strcmp(question_state(agent, id, here), state) == 0;
}

static void answer_case(sys_agent *agent, const tb_case_id *id, const char *text)
{
    assert_int_equal(question_act(agent, id, "take", NULL)->code, TB_ACCEPTED);
    assert_int_equal(question_act(agent, id, "answer", text)->code, TB_ACCEPTED);
}

static void an_old_copy_recovers_and_both_sides_hold_the_same(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_agent *c = sys_agent_linked(hub, C);
    (void)sys_send(a, B, "first");
    tb_case_id question = asked_case(a, B, "how many");
    SYS_AWAIT(in_state(b, &question, "asked"));
    SYS_AWAIT(sys_status(a)->outbox == 0);
    sys_agent_stop(a, SIGTERM);
    sys_store_keep(hub, A, "old");
    sys_agent_start(a);
    SYS_AWAIT(sys_status(a)->linked);
    (void)sys_send(a, B, "second");
    (void)sys_send(b, A, "third");
    answer_case(b, &question, "forty");
    SYS_AWAIT(in_state(a, &question, "answered") && sys_times(a, "third") == 1);
    SYS_AWAIT(sys_status(a)->outbox == 0 && sys_status(b)->outbox == 0);

    sys_agent_stop(a, SIGKILL);
    sys_store_put_back(hub, A, "old");
    sys_agent_start(a);
    SYS_AWAIT(sys_status(a)->fenced);
    assert_int_equal(recover_words(a, "--reason", "", NULL, NULL), 1);
    recover(a);
    SYS_AWAIT(recovered(a));
    assert_true(was_asked(a, B));
    assert_false(was_asked(a, C));
    assert_int_equal(sys_times(a, "first"), 1);
    assert_int_equal(sys_times(a, "second"), 1);
    assert_int_equal(sys_times(a, "third"), 1);
    assert_true(in_state(a, &question, "answered"));
    assert_int_equal(sys_times(a, "forty"), 1);
    assert_true(same_cases(a, b));

    can_act(a, B, b, "fourth");
    can_act(b, A, a, "fifth");
    can_act(a, C, c, "sixth");
    assert_int_equal(sys_status(b)->alarms, 0);
    assert_int_equal(sys_status(c)->alarms, 0);
    assert_int_equal(sys_status(a)->held_back, 0);
    assert_true(sys_sound(a) && sys_sound(b) && sys_sound(c));
    /* A restart finds nothing to complain of. */
    sys_agent_stop(a, SIGKILL);
    sys_agent_start(a);
    SYS_AWAIT(recovered(a));
    assert_int_equal(recover_words(a, "--reason", "once more", NULL, NULL), 1);
    assert_non_null(strstr(hub->output, "nothing to recover"));
}

static void an_empty_store_with_its_keys_gets_everything_back_once(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_agent *c = sys_agent_linked(hub, C);
    (void)sys_send(a, B, "first");
    (void)sys_send(b, A, "second");
    (void)sys_send(c, A, "third");
    tb_case_id question = asked_case(a, B, "how many");
    SYS_AWAIT(in_state(b, &question, "asked"));
    answer_case(b, &question, "forty");
    SYS_AWAIT(in_state(a, &question, "answered"));
    SYS_AWAIT(sys_times(a, "second") == 1 && sys_times(a, "third") == 1);
    SYS_AWAIT(sys_status(a)->outbox == 0 && sys_status(b)->outbox == 0);
    SYS_AWAIT(sys_status(c)->outbox == 0);

    sys_agent_stop(a, SIGKILL);
    sys_store_lose(hub, A);
    (void)sys_send(b, A, "sent while it was away");
    sys_agent_start(a);
    SYS_AWAIT(sys_status(a)->fenced);
    assert_int_equal(sys_status(a)->cases, 0);
    recover(a);
    SYS_AWAIT(recovered(a));
    SYS_AWAIT(sys_times(a, "sent while it was away") == 1);
    assert_int_equal(sys_times(a, "first"), 1);
    assert_int_equal(sys_times(a, "second"), 1);
    assert_int_equal(sys_times(a, "third"), 1);
    assert_true(same_case(a, b, &question));
    assert_true(was_asked(a, B) && was_asked(a, C));
    assert_int_equal(sys_status(a)->cases, 5);
    can_act(a, B, b, "afterwards");
    can_act(a, C, c, "afterwards to another");
    can_act(c, A, a, "and back");
    assert_int_equal(sys_status(b)->alarms, 0);
    assert_int_equal(sys_status(c)->alarms, 0);
    assert_true(sys_sound(a) && sys_sound(b) && sys_sound(c));
}

static void what_only_the_lost_store_held_is_shown_as_lost(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    tb_field fields[3] = {{tb_bytes_str("memo"), tb_bytes_str("for ourselves")},
                          {tb_bytes_str("text"), tb_bytes_str("how many")},
                          {tb_bytes_str("to"), tb_bytes_str(B)}};
    tb_local_request open = {.kind = TB_REQUEST_OPEN_CASE};
    open.open.campaign = tb_bytes_str("question");
    open.open.case_type = tb_bytes_str("question");
    open.open.fields = fields;
    open.open.field_count = 3;
    const tb_local_answer *answer = sys_ask(a, &open);
    assert_int_equal(answer->code, TB_ACCEPTED);
    tb_case_id id = answer->acted.case_id;
    assert_int_equal(question_act(a, &id, "ask", NULL)->code, TB_ACCEPTED);
    SYS_AWAIT(in_state(b, &id, "asked"));
    SYS_AWAIT(sys_status(a)->outbox == 0);

    sys_agent_stop(a, SIGKILL);
    sys_store_lose(hub, A);
    sys_agent_start(a);
    SYS_AWAIT(sys_status(a)->fenced);
    recover(a);
    SYS_AWAIT(recovered(a));
    assert_int_equal(sys_times(a, "how many"), 1);
    assert_int_equal(sys_times(a, "for ourselves"), 0);
    char hex[2 * TB_CASE_ID_BYTES + 1];
    char socket[SYS_PATH];
    tb_hex(id.bytes, TB_CASE_ID_BYTES, hex);
    (void)snprintf(socket, sizeof socket, "%.300s/%s.sock", hub->run, a->name);
    assert_int_equal(
        sys_tongbao(hub, "case", "show", hex, "--lang", "zh", "--socket", socket, (char *)NULL), 0);
    assert_non_null(strstr(hub->output, "内容已失"));
    assert_non_null(strstr(hub->output, "内部备注"));
    assert_int_equal(
        sys_tongbao(hub, "case", "show", hex, "--json", "--socket", socket, (char *)NULL), 0);
    assert_non_null(strstr(hub->output, "lost_fields"));
    assert_non_null(strstr(hub->output, "memo"));
    /* The other side may not read it and is told nothing of a loss. */
    (void)snprintf(socket, sizeof socket, "%.300s/%s.sock", hub->run, b->name);
    assert_int_equal(
        sys_tongbao(hub, "case", "show", hex, "--lang", "zh", "--socket", socket, (char *)NULL), 0);
    assert_null(strstr(hub->output, "内容已失"));
}

static void both_sides_on_snapshots_of_running_stores_agree_again(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_agent *c = sys_agent_linked(hub, C);
    char text[32];
    for (int i = 0; i < 6; i++) {
        (void)snprintf(text, sizeof text, "before %d", i);
        (void)sys_send(a, B, text);
        (void)sys_send(b, A, text);
    }
    tb_case_id question = asked_case(a, B, "how many");
    /* Stopped in the middle of it, copied, and gone on: what a snapshot of a machine is. */
    sys_agent_stop(a, SIGKILL);
    sys_store_keep(hub, A, "snapshot.a");
    sys_agent_start(a);
    SYS_AWAIT(in_state(b, &question, "asked"));
    (void)sys_send(b, C, "to another");
    sys_agent_stop(b, SIGKILL);
    sys_store_keep(hub, B, "snapshot.b");
    sys_agent_start(b);
    SYS_AWAIT(sys_status(a)->linked && sys_status(b)->linked);
    answer_case(b, &question, "forty");
    (void)sys_send(a, C, "behind the snapshot");
    (void)sys_send(c, B, "behind the snapshot too");
    SYS_AWAIT(in_state(a, &question, "answered"));
    SYS_AWAIT(sys_times(c, "behind the snapshot") == 1 && sys_times(c, "to another") == 1);
    SYS_AWAIT(sys_times(b, "behind the snapshot too") == 1);
    SYS_AWAIT(sys_status(a)->outbox == 0 && sys_status(b)->outbox == 0);
    SYS_AWAIT(sys_status(c)->outbox == 0);

    sys_agent_stop(a, SIGKILL);
    sys_agent_stop(b, SIGKILL);
    sys_store_put_back(hub, A, "snapshot.a");
    sys_store_put_back(hub, B, "snapshot.b");
    sys_agent_start(a);
    sys_agent_start(b);
    SYS_AWAIT(sys_status(a)->fenced && sys_status(b)->fenced);
    recover(a);
    recover(b);
    SYS_AWAIT(recovered(a) && recovered(b));
    for (int i = 0; i < 6; i++) {
        (void)snprintf(text, sizeof text, "before %d", i);
        SYS_AWAIT(sys_times(a, text) == 2 && sys_times(b, text) == 2);
    }
    assert_int_equal(sys_times(a, "behind the snapshot"), 1);
    assert_int_equal(sys_times(b, "behind the snapshot too"), 1);
    assert_int_equal(sys_times(b, "to another"), 1);
    /* The answer was lost on both sides: the case stands alike, and can be answered again. */
    SYS_AWAIT(same_case(a, b, &question));
    assert_true(in_state(b, &question, "asked"));
    assert_true(sys_alarmed(a, "lost") && sys_alarmed(b, "lost"));
    answer_case(b, &question, "forty-one");
    SYS_AWAIT(in_state(a, &question, "answered"));
    assert_true(same_case(a, b, &question));
    can_act(a, B, b, "afterwards");
    can_act(b, A, a, "and back");
    assert_true(sys_sound(a) && sys_sound(b) && sys_sound(c));
}

static void of_two_copies_the_one_that_recovers_goes_on(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    can_act(a, B, b, "first");
    sys_agent_stop(a, SIGTERM);
    sys_store_keep(hub, A, "twin");
    sys_agent_start(a);
    SYS_AWAIT(sys_status(a)->linked);
    sys_agent *twin = sys_agent_add(hub, A, "twin");
    sys_agent_start(twin);
    SYS_AWAIT(sys_status(twin)->linked);
    can_act(twin, B, b, "from the twin");
    can_act(b, A, twin, "to the twin");
    /* The first one has the connection again, and lacks what the twin did. */
    sys_agent_stop(a, SIGKILL);
    sys_agent_start(a);
    SYS_AWAIT(sys_status(a)->fenced);
    recover(a);
    SYS_AWAIT(recovered(a));
    assert_int_equal(sys_times(a, "from the twin"), 1);
    assert_int_equal(sys_times(a, "to the twin"), 1);
    can_act(a, B, b, "from the one that recovered");
    /* The twin is refused from now on. */
    sys_agent_stop(twin, SIGKILL);
    sys_agent_start(twin);
    SYS_AWAIT(sys_status(twin)->fenced);
    assert_int_equal(sys_status(twin)->code, TB_REFUSED_OLD_INCARNATION);
    const tb_local_answer *answer = sys_send_any(twin, B, "too late");
    assert_true(answer->draft || answer->code != TB_ACCEPTED);
    can_act(a, B, b, "undisturbed");
    assert_int_equal(sys_times(b, "too late"), 0);
    assert_int_equal(sys_status(b)->alarms, 0);
    assert_true(same_cases(a, b));
    assert_true(sys_sound(a) && sys_sound(b));
}

/* Another copy uses the number of a notice that this one signed and nobody took, and so many more.
 */
static void pushed_aside(sys_hub *hub, int more)
{
    char text[32];
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    can_act(a, B, b, "first");
    sys_agent_stop(a, SIGTERM);
    sys_store_keep(hub, A, "twin");
    sys_agent_start(a);
    SYS_AWAIT(sys_status(a)->linked);
    /* The hub hears nothing of it any more. */
    assert_int_equal(kill(hub->broker, SIGSTOP), 0);
    (void)sys_send(a, B, "signed and not taken");
    sys_agent_stop(a, SIGKILL);
    assert_int_equal(kill(hub->broker, SIGKILL), 0);
    sys_broker_stop(hub, SIGKILL);
    sys_broker_start(hub);
    sys_agent *twin = sys_agent_add(hub, A, "twin");
    sys_agent_start(twin);
    SYS_AWAIT(sys_status(twin)->linked);
    can_act(twin, B, b, "under the same number");
    for (int i = 0; i < more; i++) {
        (void)snprintf(text, sizeof text, "further %d", i);
        can_act(twin, B, b, text);
    }
    sys_agent_stop(twin, SIGTERM);
    sys_agent_start(a);
    SYS_AWAIT(sys_status(a)->fenced);
    assert_int_equal(sys_times(b, "signed and not taken"), 0);
    recover(a);
    SYS_AWAIT(recovered(a));
    SYS_AWAIT(sys_times(b, "signed and not taken") == 1);
    assert_int_equal(sys_times(a, "under the same number"), 1);
    SYS_AWAIT(same_cases(a, b));
    assert_int_equal(sys_status(b)->alarms, 0);
    can_act(b, A, a, "and back");
    assert_true(sys_sound(a) && sys_sound(b));
}

static void what_a_copy_signed_and_nobody_took_goes_out_anew(void **state)
{
    pushed_aside(*state, 0);
}

static void it_goes_out_anew_too_when_the_other_copy_went_further(void **state)
{
    pushed_aside(*state, 2);
}

static void a_hub_and_an_agent_that_both_came_back_old_find_it_out(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    can_act(a, B, b, "first");
    sys_agent_stop(b, SIGTERM);
    sys_broker_stop(hub, SIGTERM);
    sys_store_keep(hub, B, "old.agent");
    sys_store_keep(hub, "hub", "old.hub");
    sys_broker_start(hub);
    sys_agent_start(b);
    SYS_AWAIT(sys_status(a)->linked && sys_status(b)->linked);
    can_act(a, B, b, "second");
    can_act(a, B, b, "third");
    can_act(b, A, a, "fourth");

    sys_agent_stop(a, SIGTERM);
    sys_agent_stop(b, SIGKILL);
    sys_broker_stop(hub, SIGKILL);
    sys_store_put_back(hub, B, "old.agent");
    sys_store_put_back(hub, "hub", "old.hub");
    sys_broker_start(hub);
    sys_agent_start(b);
    SYS_AWAIT(sys_status(b)->linked);
    assert_false(sys_status(b)->fenced); /* nobody has shown it anything yet */
    sys_agent_start(a);
    SYS_AWAIT(sys_status(a)->linked);
    (void)sys_send(a, B, "fifth");
    SYS_AWAIT(sys_status(b)->fenced);
    recover(b);
    SYS_AWAIT(recovered(b));
    SYS_AWAIT(sys_times(b, "fifth") == 1);
    assert_int_equal(sys_times(b, "second"), 1);
    assert_int_equal(sys_times(b, "third"), 1);
    SYS_AWAIT(sys_times(b, "fourth") == 1);
    SYS_AWAIT(same_cases(a, b));
    can_act(b, A, a, "afterwards");
    assert_true(sys_sound(a) && sys_sound(b));
}

static void two_fresh_copies_are_fenced_until_one_recovers(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    can_act(a, B, b, "first");
    sys_agent *twin = sys_agent_add(hub, A, "twin"); /* an empty store with the same keys */
    sys_agent_start(twin);
    SYS_AWAIT(sys_status(a)->fenced && sys_status(twin)->fenced);
    recover(a);
    SYS_AWAIT(recovered(a));
    can_act(a, B, b, "second");
    assert_int_equal(sys_status(a)->recovery.asked_count, 0); /* its copy lacked nothing */
    sys_agent_stop(twin, SIGKILL);
    sys_agent_start(twin);
    SYS_AWAIT(sys_status(twin)->fenced);
    assert_int_equal(sys_status(twin)->code, TB_REFUSED_OLD_INCARNATION);
    assert_true(same_cases(a, b));
}

#define SYSTEM_TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    SYSTEM_TEST(an_old_copy_recovers_and_both_sides_hold_the_same),
    SYSTEM_TEST(an_empty_store_with_its_keys_gets_everything_back_once),
    SYSTEM_TEST(what_only_the_lost_store_held_is_shown_as_lost),
    SYSTEM_TEST(both_sides_on_snapshots_of_running_stores_agree_again),
    SYSTEM_TEST(of_two_copies_the_one_that_recovers_goes_on),
    SYSTEM_TEST(what_a_copy_signed_and_nobody_took_goes_out_anew),
    SYSTEM_TEST(it_goes_out_anew_too_when_the_other_copy_went_further),
    SYSTEM_TEST(a_hub_and_an_agent_that_both_came_back_old_find_it_out),
    SYSTEM_TEST(two_fresh_copies_are_fenced_until_one_recovers),
};

TB_RUN("system/recovery_agent", tests)

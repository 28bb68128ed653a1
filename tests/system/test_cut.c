/* The link is cut for a while: acts become drafts, and afterwards events or come back. */
#include "tests/system/question.h"

#define A "bureau.11"
#define B "hq"

static void acts_without_a_link_are_drafts_and_go_out_later(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_broker_stop(hub, SIGKILL);
    SYS_AWAIT(!sys_status(a)->linked);
    const tb_local_answer *answer = sys_send_any(a, B, "while it was cut");
    assert_int_equal(answer->code, TB_ACCEPTED);
    assert_true(answer->draft);
    assert_int_equal(sys_status(a)->drafts, 1);
    assert_int_equal(sys_status(a)->outbox, 0);
    /* A draft is on disk, too. */
    sys_agent_stop(a, SIGKILL);
    sys_agent_start(a);
    assert_int_equal(sys_status(a)->drafts, 1);

    sys_broker_start(hub);
    SYS_AWAIT(sys_times(b, "while it was cut") == 1);
    SYS_AWAIT(sys_status(a)->drafts == 0 && sys_status(a)->outbox == 0);
    assert_true(sys_sound(a) && sys_sound(b));
}

/* A hub that stands still and does not close: acts are signed, kept, and arrive when it goes on. */
static void a_hub_that_stands_still_loses_nothing(void **state)
{
    sys_hub *hub = *state;
    char text[32];
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    (void)kill(hub->broker, SIGSTOP);
    for (int i = 0; i < 10; i++) {
        (void)snprintf(text, sizeof text, "number %d", i);
        assert_int_equal(sys_send_any(a, B, text)->code, TB_ACCEPTED);
    }
    assert_int_equal(sys_status(b)->cases, 0);
    (void)kill(hub->broker, SIGCONT);
    SYS_AWAIT(sys_status(b)->cases == 10);
    SYS_AWAIT(sys_status(a)->outbox == 0);
    assert_true(sys_sound(a) && sys_sound(b));
}

/* The stored answer of an earlier request. */
static const tb_local_answer *answer_of(sys_agent *agent, const tb_request_id *id)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_REQUEST, .request = *id};
    return sys_ask(agent, &request);
}

static void a_draft_on_a_case_that_changed_comes_back_with_what_changed(void **state)
{
    sys_hub *hub = *state;
    char here[TB_NAME_BYTES_MAX + 1];
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    tb_local_acted acted = question_prepare(a, B, "what is known?");
    sys_broker_stop(hub, SIGKILL);
    SYS_AWAIT(!sys_status(a)->linked);
    /* Two of its staff do the same on the same head. */
    const tb_local_answer *answer = question_act(a, &acted.case_id, "ask", NULL);
    tb_request_id first = answer->id;
    assert_true(answer->code == TB_ACCEPTED && answer->draft);
    answer = question_act(a, &acted.case_id, "ask", NULL);
    tb_request_id second = answer->id;
    assert_true(answer->code == TB_ACCEPTED && answer->draft);
    assert_string_equal(question_state(a, &acted.case_id, here), "prepared");

    sys_broker_start(hub);
    SYS_AWAIT(strcmp(question_state(b, &acted.case_id, here), "asked") == 0);
    answer = answer_of(a, &first);
    assert_int_equal(answer->code, TB_ACCEPTED);
    assert_false(answer->draft);
    answer = answer_of(a, &second);
    assert_int_equal(answer->code, TB_REFUSED_CHANGED);
    assert_true(answer->detail.size > 0);
    print_message("what changed: %.*s\n", (int)answer->detail.size,
                  (const char *)answer->detail.data);
    assert_true(sys_sound(a) && sys_sound(b));
}

#define SYSTEM_TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    SYSTEM_TEST(acts_without_a_link_are_drafts_and_go_out_later),
    SYSTEM_TEST(a_hub_that_stands_still_loses_nothing),
    SYSTEM_TEST(a_draft_on_a_case_that_changed_comes_back_with_what_changed),
};

TB_RUN("system/cut", tests)

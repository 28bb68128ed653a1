/* Where a notice is, in each phase of its life, as people read it. */
#include "tests/system/question.h"

#define A "bureau.11"
#define B "hq"

/* It is there, since a time, with a sentence in both languages that holds these words. */
static void
shown(sys_agent *agent, const tb_digest *event, tb_where where, const char *zh, const char *en)
{
    tb_local_trace_line line = {.where = (tb_where)0};
    SYS_AWAIT(sys_where(agent, event, B, &line) == where);
    assert_true(line.since > 0);
    if (memmem(line.why_en.data, line.why_en.size, en, strlen(en)) == NULL ||
        memmem(line.why_zh.data, line.why_zh.size, zh, strlen(zh)) == NULL) {
        fail_msg("%.*s / %.*s", (int)line.why_en.size, (const char *)line.why_en.data,
                 (int)line.why_zh.size, (const char *)line.why_zh.data);
    }
    /* The command says the same. */
    char hex[2 * TB_DIGEST_BYTES + 1];
    char socket[SYS_PATH];
    tb_hex(event->bytes, TB_DIGEST_BYTES, hex);
    (void)snprintf(socket, sizeof socket, "%.300s/%s.sock", agent->hub->run, agent->name);
    assert_int_equal(
        sys_tongbao(agent->hub, "trace", hex, "--json", "--socket", socket, (char *)NULL), 0);
    if (strstr(agent->hub->output, en) == NULL) {
        fail_msg("trace says %s", agent->hub->output);
    }
}

static void every_phase_has_its_sentence(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    tb_local_acted opened = question_prepare(a, B, "what is known?");
    sys_agent_stop(b, SIGTERM);
    (void)kill(hub->broker, SIGSTOP);
    const tb_local_answer *answer = question_act(a, &opened.case_id, "ask", NULL);
    assert_int_equal(answer->kind, TB_ANSWER_ACTED);
    tb_digest asked = answer->acted.event;
    shown(a, &asked, TB_WHERE_OUTBOX, "发往协同平台", "On its way to the hub");
    sys_broker_stop(hub, SIGKILL);
    SYS_AWAIT(!sys_status(a)->linked);
    shown(a, &asked, TB_WHERE_OUTBOX, "连接未建立", "The link to the hub is down");
    sys_broker_start(hub);
    shown(a, &asked, TB_WHERE_STORED, "在平台等候", "is not connected or has not taken it yet");
    sys_agent_start(b);
    shown(a, &asked, TB_WHERE_ARRIVED, "尚待其办理", "its staff have not taken it on yet");
    assert_int_equal(question_act(b, &opened.case_id, "take", NULL)->code, TB_ACCEPTED);
    shown(a, &asked, TB_WHERE_SIGNED_FOR, "签收", "signed for it at");
    assert_int_equal(question_act(b, &opened.case_id, "answer", "nothing")->code, TB_ACCEPTED);
    shown(a, &asked, TB_WHERE_ANSWERED, "答复", "answered at");
    assert_true(sys_sound(a) && sys_sound(b));
}

static void what_is_not_known_is_said(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    char socket[SYS_PATH];
    (void)snprintf(socket, sizeof socket, "%.300s/%s.sock", hub->run, a->name);
    assert_int_equal(sys_tongbao(hub, "trace", "00112233445566778899aabbccddeeff", "--socket",
                                 socket, (char *)NULL),
                     1);
    assert_true(strlen(hub->output) > 10);
}

#define SYSTEM_TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    SYSTEM_TEST(every_phase_has_its_sentence),
    SYSTEM_TEST(what_is_not_known_is_said),
};

TB_RUN("system/trace", tests)

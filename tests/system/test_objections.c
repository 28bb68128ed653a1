/* An objection and a restored card on real processes: the corrected answer travels the whole way,
 * and each side sees it. The campaign is as shipped. */
#include "tests/system/hub.h"

#define POLICE   "police.11"
#define BUREAU   "bureau.11"
#define HOME     "bureau.12"
#define OPERATOR "ct.12"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-03-02T08:00:00+" \
    "08:00"

typedef struct parties {
    sys_agent *police;
    sys_agent *bureau;
    sys_agent *home;
    sys_agent *operator;
} parties;

static void act(sys_agent *agent, const tb_case_id *id, const char *action, const char *fields)
{
    const tb_local_answer *answer = sys_act(agent, id, action, fields);
    if (answer->code != TB_ACCEPTED || answer->draft) {
        fail_msg("%s %s: %s%s", agent->name, action, tb_refusal_key(answer->code),
                 answer->draft ? ", a draft" : "");
    }
}

/* A card shut down in the other province, of which the police were informed. */
static tb_case_id informed(sys_hub *hub, parties *p)
{
    sys_document(hub, "campaign", "black-card", TB_SOURCE_DIR "/ops/campaigns/black-card.yaml");
    sys_document(hub, "table", "calendar", TB_BINARY_DIR "/tables/calendar.table");
    sys_broker_start(hub);
    p->police = sys_agent_linked(hub, POLICE);
    p->bureau = sys_agent_linked(hub, BUREAU);
    p->home = sys_agent_linked(hub, HOME);
    p->operator= sys_agent_linked(hub, OPERATOR);
    const tb_local_answer *answer = sys_open(p->police, "black-card", "notice", LEAD);
    assert_int_equal(answer->code, TB_ACCEPTED);
    tb_case_id id = answer->acted.case_id;
    SYS_AWAIT(sys_state_is(p->bureau, &id, "submitted", BUREAU));
    act(p->bureau, &id, "accept", "");
    act(p->bureau, &id, "decide", "home_province=12|home_basis=operator_reply");
    act(p->bureau, &id, "forward", "");
    SYS_AWAIT(sys_state_is(p->home, &id, "forwarded", HOME));
    act(p->home, &id, "sign_for", "");
    act(p->home, &id, "order", "ordered=" OPERATOR);
    SYS_AWAIT(sys_state_is(p->operator, & id, "verifying", OPERATOR));
    act(p->operator, & id, "result",
        "verify_result=unidentified|action=shutdown|action_at=2015-03-02T08:30:00+08:00");
    SYS_AWAIT(sys_state_is(p->home, &id, "verified", HOME));
    act(p->home, &id, "shut_down", "");
    act(p->home, &id, "answer", "");
    SYS_AWAIT(sys_state_is(p->bureau, &id, "answered", BUREAU));
    act(p->bureau, &id, "pass_on", "");
    SYS_AWAIT(sys_state_is(p->police, &id, "informed", BUREAU));
    return id;
}

/* How many requests a case shows to an agent, of one kind. */
static size_t requests(sys_agent *agent, const tb_case_id *id, const char *action)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = *id};
    const tb_local_answer *answer = sys_ask(agent, &request);
    size_t count = 0;
    for (size_t i = 0; answer->kind == TB_ANSWER_CASE && i < answer->case_.event_count; i++) {
        count += tb_bytes_equal(answer->case_.events[i].action, tb_bytes_str(action));
    }
    return count;
}

static void the_police_object_and_then_the_card_is_restored_on_request(void **state)
{
    sys_hub *hub = *state;
    parties p;
    char hex[2 * TB_CASE_ID_BYTES + 1];
    tb_case_id id = informed(hub, &p);
    tb_hex(id.bytes, TB_CASE_ID_BYTES, hex);

    /* an objection, as a clerk types it, with the home bureau away */
    sys_agent_stop(p.home, SIGKILL);
    assert_int_equal(sys_tongbao_at(p.police, "case", "act", hex, "提出异议",
                                    "异议理由=对核实结果有异议", "请求说明=机主已到案", NULL),
                     0);
    SYS_AWAIT(requests(p.bureau, &id, "object") == 1);
    assert_int_equal(sys_tongbao_at(p.bureau, "due", "--mine", NULL), 0);
    assert_non_null(strstr(hub->output, "refer the objection to the home bureau"));
    act(p.bureau, &id, "refer_back", "review_ground=objection|objection_reason=result_doubted");
    sys_agent_start(p.home);
    SYS_AWAIT(sys_state_is(p.home, &id, "reviewing", HOME));
    SYS_AWAIT(sys_status(p.home)->linked);
    assert_int_equal(requests(p.home, &id, "object"), 1); /* with the reason of the police */
    act(p.home, &id, "uphold", "review_note=经复核无误");
    SYS_AWAIT(sys_state_is(p.bureau, &id, "answered", BUREAU));
    act(p.bureau, &id, "pass_on", "");
    SYS_AWAIT(sys_state_is(p.police, &id, "informed", BUREAU));
    act(p.police, &id, "acknowledge", "");
    act(p.bureau, &id, "close", "");
    SYS_AWAIT(sys_state_is(p.police, &id, "closed", BUREAU));

    /* the subscriber registers, and his operator asks */
    act(p.operator, & id, "ask_restore", "restore_basis=registered");
    SYS_AWAIT(requests(p.bureau, &id, "ask_restore") == 1);
    act(p.bureau, &id, "refer_back", "review_ground=restore|restore_basis=registered");
    SYS_AWAIT(sys_state_is(p.home, &id, "reviewing", HOME));
    act(p.home, &id, "order_restore", "restore_basis=registered");
    SYS_AWAIT(sys_state_is(p.operator, & id, "restoring", OPERATOR));
    act(p.operator, & id, "restore",
        "action=restored|action_at=2015-03-02T09:30:00+08:00|registration_state=real");
    SYS_AWAIT(sys_state_is(p.home, &id, "restored", HOME));
    act(p.home, &id, "answer", "");
    SYS_AWAIT(sys_state_is(p.bureau, &id, "answered", BUREAU));
    act(p.bureau, &id, "pass_on", "");
    SYS_AWAIT(sys_state_is(p.police, &id, "informed", BUREAU));
    assert_int_equal(sys_tongbao_at(p.police, "case", "show", hex, NULL), 0);
    assert_non_null(strstr(hub->output, "restored"));
    assert_int_equal(requests(p.police, &id, "pass_on"), 3);
    assert_true(sys_sound(p.police) && sys_sound(p.bureau) && sys_sound(p.home) &&
                sys_sound(p.operator));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(
        the_police_object_and_then_the_card_is_restored_on_request, sys_set_up_two, sys_tear_down),
};

TB_RUN("system/objections", tests)

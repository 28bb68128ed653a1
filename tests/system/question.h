/* question - acts of the campaign question.yaml on an agent. */
#ifndef TB_SYSTEM_QUESTION_H
#define TB_SYSTEM_QUESTION_H

#include "tests/system/hub.h"

/* A case of one's own, not yet asked of anybody. */
static inline tb_local_acted question_prepare(sys_agent *agent, const char *to, const char *text)
{
    tb_field fields[2] = {{tb_bytes_str("to"), tb_bytes_str(to)},
                          {tb_bytes_str("text"), tb_bytes_str(text)}};
    tb_local_request request = {.kind = TB_REQUEST_OPEN_CASE};
    request.open.campaign = tb_bytes_str("question");
    request.open.case_type = tb_bytes_str("question");
    request.open.fields = fields;
    request.open.field_count = 2;
    const tb_local_answer *answer = sys_ask(agent, &request);
    assert_int_equal(answer->code, TB_ACCEPTED);
    assert_int_equal(answer->kind, TB_ANSWER_ACTED);
    return answer->acted;
}

/* One act on the newest head; text is NULL where the action has none. */
static inline const tb_local_answer *
question_act(sys_agent *agent, const tb_case_id *id, const char *action, const char *text)
{
    tb_field field = {tb_bytes_str("text"), tb_bytes_str(text == NULL ? "" : text)};
    tb_local_request request = {.kind = TB_REQUEST_ACT};
    request.act.case_id = *id;
    request.act.action = tb_bytes_str(action);
    request.act.fields = &field;
    request.act.field_count = text == NULL ? 0 : 1;
    return sys_ask(agent, &request);
}

/* The state of a case here, in out; empty when it is not known here. */
static inline const char *
question_state(sys_agent *agent, const tb_case_id *id, char out[TB_NAME_BYTES_MAX + 1])
{
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = *id};
    const tb_local_answer *answer = sys_ask(agent, &request);
    tb_bytes state = {NULL, 0};
    if (answer->code == TB_ACCEPTED && answer->kind == TB_ANSWER_CASE) {
        state = answer->case_.summary.state;
    }
    (void)snprintf(out, TB_NAME_BYTES_MAX + 1, "%.*s", (int)state.size, (const char *)state.data);
    return out;
}

#endif

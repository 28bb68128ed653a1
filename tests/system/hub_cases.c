/* hub_cases - opening cases at an agent, acting on them and looking at them. */
#include "tests/system/hub.h"

#include <stdio.h>

void sys_tell_time(sys_agent *agent, const char *time)
{
    assert_true(tb_time_parse(tb_bytes_str(time), &agent->client.time));
    (void)sys_status(agent);
}

/* "id=value|id=value", in a buffer that lives until the next call. */
static size_t fields_of(const char *text, tb_field fields[TB_FIELDS_MAX])
{
    static char copy[4096];
    assert_true(snprintf(copy, sizeof copy, "%s", text) < (int)sizeof copy);
    size_t count = 0;
    for (char *at = copy; *at != '\0';) {
        char *stop = at + strcspn(at, "|");
        char *equals = memchr(at, '=', (size_t)(stop - at));
        assert_true(equals != NULL && count < TB_FIELDS_MAX);
        fields[count].id = tb_bytes_of(at, (size_t)(equals - at));
        fields[count++].value = tb_bytes_of(equals + 1, (size_t)(stop - equals) - 1);
        at = *stop == '\0' ? stop : stop + 1;
    }
    return count;
}

const tb_local_answer *
sys_open(sys_agent *agent, const char *campaign, const char *type, const char *fields)
{
    tb_field list[TB_FIELDS_MAX];
    tb_local_request request = {.kind = TB_REQUEST_OPEN_CASE};
    request.open.campaign = tb_bytes_str(campaign);
    request.open.case_type = tb_bytes_str(type);
    request.open.field_count = fields_of(fields, list);
    request.open.fields = list;
    return sys_ask(agent, &request);
}

const tb_local_answer *
sys_act(sys_agent *agent, const tb_case_id *id, const char *action, const char *fields)
{
    tb_field list[TB_FIELDS_MAX];
    tb_local_request request = {.kind = TB_REQUEST_ACT};
    request.act.case_id = *id;
    request.act.action = tb_bytes_str(action);
    request.act.field_count = fields_of(fields, list);
    request.act.fields = list;
    return sys_ask(agent, &request);
}

static const tb_local_answer *look(sys_agent *agent, const tb_case_id *id)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = *id};
    return sys_ask(agent, &request);
}

tb_local_summary sys_case(sys_agent *agent, const tb_case_id *id)
{
    const tb_local_answer *answer = look(agent, id);
    return answer->kind == TB_ANSWER_CASE ? answer->case_.summary : (tb_local_summary){0};
}

bool sys_state_is(sys_agent *agent, const tb_case_id *id, const char *state, const char *holder)
{
    tb_local_summary summary = sys_case(agent, id);
    return tb_bytes_equal(summary.state, tb_bytes_str(state)) &&
           strcmp(summary.holder.text, holder) == 0;
}

size_t sys_standing(sys_agent *agent, const tb_case_id *id, tb_standing standing)
{
    const tb_local_answer *answer = look(agent, id);
    size_t count = 0;
    for (size_t i = 0; answer->kind == TB_ANSWER_CASE && i < answer->case_.event_count; i++) {
        count += answer->case_.events[i].standing == standing;
    }
    return count;
}

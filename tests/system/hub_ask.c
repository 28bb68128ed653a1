/* hub_ask - what an agent of the hub is asked over its local socket, and what it says of itself. */
#include "tests/system/hub.h"

#include <string.h>
#include <sys/random.h>

const tb_local_answer *
sys_ask_once(sys_agent *agent, tb_local_request *request, const tb_request_id *id)
{
    tb_client *client = &agent->client;
    assert_true(agent->talks);
    tb_arena_reset(&client->arena);
    client->has_id = true;
    client->id = *id;
    switch (tb_client_ask(client, request, &agent->answer)) {
    case TB_ASKED_ANSWERED:
        return &agent->answer;
    case TB_ASKED_NONSENSE:
        fail_msg("%s gave an answer that does not decode", agent->name);
        break;
    case TB_ASKED_NOTHING:
        break;
    }
    return NULL;
}

const tb_local_answer *sys_ask(sys_agent *agent, tb_local_request *request)
{
    tb_request_id id;
    assert_int_equal(getrandom(id.bytes, sizeof id.bytes, 0), sizeof id.bytes);
    int64_t until = sys_now_ms() + SYS_PATIENCE_MS;
    const tb_local_answer *answer = sys_ask_once(agent, request, &id);
    while (answer == NULL) {
        if (sys_now_ms() > until) {
            fail_msg("%s does not answer", agent->name);
        }
        answer = sys_ask_once(agent, request, &id);
    }
    return answer;
}

const tb_local_status *sys_status(sys_agent *agent)
{
    tb_local_request request = {.kind = TB_REQUEST_STATUS};
    const tb_local_answer *answer = sys_ask(agent, &request);
    assert_int_equal(answer->kind, TB_ANSWER_STATUS);
    return &answer->status;
}

static tb_local_request note(tb_field fields[2], const char *to, const char *text)
{
    fields[0] = (tb_field){tb_bytes_str("to"), tb_bytes_str(to)};
    fields[1] = (tb_field){tb_bytes_str("text"), tb_bytes_str(text)};
    tb_local_request request = {.kind = TB_REQUEST_OPEN_CASE};
    request.open.campaign = tb_bytes_str("relay");
    request.open.case_type = tb_bytes_str("note");
    request.open.fields = fields;
    request.open.field_count = 2;
    return request;
}

const tb_local_answer *sys_send_any(sys_agent *agent, const char *to, const char *text)
{
    tb_field fields[2];
    tb_local_request request = note(fields, to, text);
    return sys_ask(agent, &request);
}

const tb_local_answer *
sys_send_once(sys_agent *agent, const char *to, const char *text, const tb_request_id *id)
{
    tb_field fields[2];
    tb_local_request request = note(fields, to, text);
    return sys_ask_once(agent, &request, id);
}

tb_local_acted sys_send(sys_agent *agent, const char *to, const char *text)
{
    const tb_local_answer *answer = sys_send_any(agent, to, text);
    if (answer->code != TB_ACCEPTED || answer->kind != TB_ANSWER_ACTED || answer->draft) {
        fail_msg("%s could not send \"%s\": %s%s", agent->name, text, tb_refusal_key(answer->code),
                 answer->draft ? ", a draft" : "");
    }
    return answer->acted;
}

tb_where
sys_where(sys_agent *agent, const tb_digest *event, const char *recipient, tb_local_trace_line *out)
{
    char hex[2 * TB_DIGEST_BYTES + 1];
    tb_hex(event->bytes, TB_DIGEST_BYTES, hex);
    tb_local_request request = {.kind = TB_REQUEST_TRACE, .trace = tb_bytes_str(hex)};
    const tb_local_answer *answer = sys_ask(agent, &request);
    for (size_t i = 0; answer->kind == TB_ANSWER_TRACED && i < answer->traced.count; i++) {
        const tb_local_trace_line *line = &answer->traced.lines[i];
        if (strcmp(line->recipient.text, recipient) == 0) {
            if (out != NULL) {
                *out = *line;
            }
            return line->where;
        }
    }
    return (tb_where)0;
}

static size_t times_in(const tb_local_summary *summary, tb_bytes text)
{
    size_t times = 0;
    for (size_t i = 0; i < summary->field_count; i++) {
        times += tb_bytes_equal(summary->fields[i].value, text) ? 1 : 0;
    }
    return times;
}

size_t sys_times(sys_agent *agent, const char *text)
{
    size_t times = 0;
    uint8_t after[64];
    size_t size = 0;
    do {
        tb_local_request request = {.kind = TB_REQUEST_LIST_CASES};
        request.list.after = tb_bytes_of(after, size);
        const tb_local_answer *answer = sys_ask(agent, &request);
        assert_int_equal(answer->kind, TB_ANSWER_CASES);
        for (size_t i = 0; i < answer->cases.count; i++) {
            times += times_in(&answer->cases.cases[i], tb_bytes_str(text));
        }
        size = answer->cases.next.size;
        assert_true(size <= sizeof after);
        memcpy(after, answer->cases.next.data == NULL ? after : answer->cases.next.data, size);
    } while (size > 0);
    return times;
}

bool sys_sound(sys_agent *agent)
{
    tb_local_request request = {.kind = TB_REQUEST_CHECK};
    const tb_local_answer *answer = sys_ask(agent, &request);
    assert_int_equal(answer->kind, TB_ANSWER_CHECKED);
    for (size_t i = 0; i < answer->checked.fault_count; i++) {
        print_error("%s: %.*s\n", agent->name, (int)answer->checked.faults[i].size,
                    (const char *)answer->checked.faults[i].data);
    }
    return answer->checked.fault_count == 0;
}

bool sys_alarmed(sys_agent *agent, const char *text)
{
    const tb_local_status *status = sys_status(agent);
    for (size_t i = 0; i < status->alarm_text_count; i++) {
        const tb_bytes *said = &status->alarm_texts[i];
        if (memmem(said->data, said->size, text, strlen(text)) != NULL) {
            return true;
        }
    }
    return false;
}

/* recovery - an agent's officer recovers it, and what everybody may expect afterwards. */
#ifndef TB_SYSTEM_RECOVERY_H
#define TB_SYSTEM_RECOVERY_H

#include "tests/system/question.h"

#define A "bureau.11"
#define B "hq"
#define C "ct.11"

/* `tongbao recover` at an agent, with up to four further words; its exit code. */
static inline int
recover_words(sys_agent *agent, const char *w1, const char *w2, const char *w3, const char *w4)
{
    char socket[SYS_PATH];
    const char *words[4] = {w1, w2, w3, w4};
    (void)snprintf(socket, sizeof socket, "%.300s/%s.sock", agent->hub->run, agent->name);
    return sys_tongbao(agent->hub, "recover", "--lang", "en", "--socket", socket, words[0],
                       words[1], words[2], words[3], (char *)NULL);
}

static inline void recover(sys_agent *agent)
{
    int code = recover_words(agent, "--reason", "the disk was replaced", NULL, NULL);
    if (code != 0) {
        fail_msg("%s could not recover: %s", agent->name, agent->hub->output);
    }
}

/* Everybody who was asked has ended. */
static inline bool recovered(sys_agent *agent)
{
    const tb_local_status *status = sys_status(agent);
    return status->linked && !status->fenced && status->recovery.state == 3;
}

/* Whether a party was asked to resend. */
static inline bool was_asked(sys_agent *agent, const char *party)
{
    const tb_local_status *status = sys_status(agent);
    for (size_t i = 0; i < status->recovery.asked_count; i++) {
        if (strcmp(status->recovery.asked[i].party.text, party) == 0) {
            return true;
        }
    }
    return false;
}

/* Both hold the case alike: state, head, number, holder and every event. */
static inline bool same_case(sys_agent *one, sys_agent *other, const tb_case_id *id)
{
    static tb_digest events[64];
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = *id};
    const tb_local_answer *answer = sys_ask(one, &request);
    if (answer->code != TB_ACCEPTED) {
        return false;
    }
    tb_local_summary here = answer->case_.summary;
    size_t count = answer->case_.event_count;
    assert_true(count <= 64);
    for (size_t i = 0; i < count; i++) {
        events[i] = answer->case_.events[i].event;
        if (answer->case_.events[i].standing != TB_STANDING_EFFECTIVE) {
            return false;
        }
    }
    answer = sys_ask(other, &request);
    if (answer->code != TB_ACCEPTED || answer->case_.event_count != count ||
        !tb_digest_equal(&answer->case_.summary.head, &here.head) ||
        !tb_party_equal(&answer->case_.summary.holder, &here.holder)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!tb_digest_equal(&events[i], &answer->case_.events[i].event)) {
            return false;
        }
    }
    return true;
}

#define CASES_MAX 128

/* The ids of all cases of an agent. */
static inline size_t case_ids(sys_agent *agent, tb_case_id out[CASES_MAX])
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_CASES};
    request.list.limit = CASES_MAX;
    const tb_local_answer *answer = sys_ask(agent, &request);
    assert_int_equal(answer->kind, TB_ANSWER_CASES);
    assert_int_equal(answer->cases.next.size, 0);
    for (size_t i = 0; i < answer->cases.count; i++) {
        out[i] = answer->cases.cases[i].case_id;
    }
    return answer->cases.count;
}

/* Two parties that are the only ones on their cases hold the same ones, alike. */
static inline bool same_cases(sys_agent *one, sys_agent *other)
{
    static tb_case_id here[CASES_MAX];
    static tb_case_id there[CASES_MAX];
    size_t count = case_ids(one, here);
    if (case_ids(other, there) != count) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!tb_case_equal(&here[i], &there[i]) || !same_case(one, other, &here[i])) {
            return false;
        }
    }
    return true;
}

/* An act is signed at once and arrives. */
static inline void can_act(sys_agent *from, const char *to, sys_agent *at, const char *text)
{
    tb_local_acted sent = sys_send(from, to, text);
    SYS_AWAIT(sys_times(at, text) == 1);
    SYS_AWAIT(sys_where(from, &sent.event, to, NULL) == TB_WHERE_ARRIVED);
}

#endif

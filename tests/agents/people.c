#include "tests/agents/people.h"

static void new_id(world *w, tb_local_request *request)
{
    w->requests++;
    memcpy(request->id.bytes, &w->requests, sizeof w->requests);
}

void user(world *w, unsigned uid)
{
    w->person = uid == 0 ? 0 : uid + 1;
}

tb_refusal
change_account(world *w, const char *party, tb_account_change what, const tb_local_account *account)
{
    tb_local_request request = {.kind = TB_REQUEST_CHANGE_ACCOUNT};
    new_id(w, &request);
    request.change_account = (tb_local_change_account){what, *account};
    return ask(w, party, &request)->code;
}

tb_refusal hire(world *w, const char *party, const char *name, uint32_t posts, unsigned uid)
{
    tb_local_account account = {.name = tb_bytes_str(name),
                                .title = tb_bytes_str(name),
                                .posts = posts,
                                .has_uid = true,
                                .uid = uid};
    return change_account(w, party, TB_ACCOUNT_ADD, &account);
}

void staff(world *w, const char *party)
{
    user(w, 1);
    assert_int_equal(hire(w, party, "officer", TB_POST_OFFICER, 1), TB_ACCEPTED);
    assert_int_equal(hire(w, party, "clerk", TB_POST_CLERK, 2), TB_ACCEPTED);
    assert_int_equal(hire(w, party, "clerk2", TB_POST_CLERK | TB_POST_REVIEWER, 3), TB_ACCEPTED);
    assert_int_equal(hire(w, party, "reviewer", TB_POST_REVIEWER, 4), TB_ACCEPTED);
    assert_int_equal(hire(w, party, "signer", TB_POST_SIGNER, 5), TB_ACCEPTED);
    user(w, 2);
}

static tb_refusal
settle(world *w, const char *party, unsigned uid, uint64_t number, bool back, const char *reason)
{
    uint64_t before = w->person;
    tb_local_request request = {.kind = TB_REQUEST_APPROVE};
    new_id(w, &request);
    request.approve = (tb_local_approve){number, back, tb_bytes_str(reason)};
    user(w, uid);
    tb_refusal code = ask(w, party, &request)->code;
    w->person = before;
    return code;
}

tb_refusal approve(world *w, const char *party, unsigned uid, uint64_t number)
{
    return settle(w, party, uid, number, false, "");
}

tb_refusal send_back(world *w, const char *party, unsigned uid, uint64_t number, const char *reason)
{
    return settle(w, party, uid, number, true, reason);
}

tb_local_approvals approvals_at(world *w, const char *party)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_APPROVALS};
    const tb_local_answer *answer = ask(w, party, &request);
    assert_int_equal(answer->code, TB_ACCEPTED);
    return answer->approvals;
}

tb_local_event last_event(world *w, const char *party)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = w->case_id};
    const tb_local_answer *answer = ask(w, party, &request);
    assert_int_equal(answer->code, TB_ACCEPTED);
    tb_local_event last = {.number = 0};
    for (size_t i = 0; i < answer->case_.event_count; i++) {
        const tb_local_event *event = &answer->case_.events[i];
        if (event->number >= last.number && event->standing == TB_STANDING_EFFECTIVE) {
            last = *event;
        }
    }
    return last;
}

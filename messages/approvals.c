/* approvals - who at the actor reviewed and signed an event, in its open part (event.h). */
#include "messages/case.pb-c.h"
#include "messages/event_wire.h"
#include "messages/wire.h"

tb_refusal tb_wire_read_approvals(Tongbao__Wire__Approval *const *in,
                                  size_t count,
                                  tb_arena *arena,
                                  tb_approval **out)
{
    if (count > TB_APPROVALS_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    tb_approval *list = tb_arena_array(arena, count + 1, sizeof *list);
    if (list == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t least = i == 0 ? TB_STEP_REVIEW : (uint32_t)list[i - 1].step + 1;
        if (in[i]->step < least || in[i]->step > TB_STEP_SIGN || in[i]->account.len == 0 ||
            !tb_wire_text(in[i]->account, TB_ACCOUNT_BYTES_MAX, &list[i].account) ||
            !tb_wire_text(in[i]->absent, TB_ACCOUNT_BYTES_MAX, &list[i].absent) ||
            !tb_wire_time(in[i]->at_ms, &list[i].at)) {
            return TB_REFUSED_MALFORMED;
        }
        list[i].step = (tb_approval_step)in[i]->step;
    }
    *out = list;
    return TB_ACCEPTED;
}

Tongbao__Wire__Approval **
tb_wire_write_approvals(const tb_approval *in, size_t count, tb_arena *arena)
{
    TB_ASSERT(count <= TB_APPROVALS_MAX);
    Tongbao__Wire__Approval **list =
        tb_wire_messages(&tongbao__wire__approval__descriptor, count, arena);
    for (size_t i = 0; list != NULL && i < count; i++) {
        TB_ASSERT(i == 0 || in[i - 1].step < in[i].step);
        list[i]->step = (uint32_t)in[i].step;
        list[i]->account = tb_wire_of(in[i].account);
        list[i]->absent = tb_wire_of(in[i].absent);
        list[i]->at_ms = in[i].at;
    }
    return list;
}

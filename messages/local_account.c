/* local_account - accounts, and acts that wait for approval, as people's programs and the agent say
 * them (local.h). */
#include "messages/local.pb-c.h"
#include "messages/local_wire.h"

typedef Tongbao__Local__AccountLine wire_account;
typedef Tongbao__Local__Approval wire_approval;
typedef Tongbao__Local__ApprovalLine wire_line;

/* ---- accounts ---- */

static bool read_account(const wire_account *in, tb_local_account *out)
{
    out->posts = in->posts;
    out->has_uid = in->has_uid != 0;
    out->uid = in->uid;
    out->has_key = in->key.len > 0;
    return (in->posts & ~TB_POST_ALL) == 0 &&
           tb_wire_text(in->name, TB_ACCOUNT_BYTES_MAX, &out->name) &&
           tb_wire_text(in->code, TB_ACCOUNT_BYTES_MAX, &out->code) &&
           tb_wire_text(in->title, TB_TITLE_BYTES_MAX, &out->title) &&
           tb_wire_text(in->phone, TB_ACCOUNT_BYTES_MAX, &out->phone) &&
           tb_wire_fixed_or_zero(in->key, out->key, sizeof out->key) &&
           tb_wire_text(in->absent, TB_ACCOUNT_BYTES_MAX, &out->absent) &&
           tb_wire_text(in->from, TB_NAME_BYTES_MAX, &out->from) &&
           tb_wire_text(in->to, TB_NAME_BYTES_MAX, &out->to) &&
           tb_wire_time(in->made_ms, &out->made) &&
           tb_wire_text(in->made_by, TB_ACCOUNT_BYTES_MAX, &out->made_by) &&
           tb_wire_time(in->closed_ms, &out->closed);
}

static void write_account(const tb_local_account *in, wire_account *out)
{
    out->name = tb_wire_of(in->name);
    out->code = tb_wire_of(in->code);
    out->title = tb_wire_of(in->title);
    out->phone = tb_wire_of(in->phone);
    out->posts = in->posts;
    out->has_uid = in->has_uid;
    out->uid = in->uid;
    if (in->has_key) {
        out->key = tb_wire_raw(in->key, sizeof in->key);
    }
    out->absent = tb_wire_of(in->absent);
    out->from = tb_wire_of(in->from);
    out->to = tb_wire_of(in->to);
    out->made_ms = in->made;
    out->made_by = tb_wire_of(in->made_by);
    out->closed_ms = in->closed;
}

bool tb_local_read_change_account(const Tongbao__Local__ChangeAccount *in,
                                  tb_local_change_account *out)
{
    out->what = (tb_account_change)in->what;
    return in->what >= TB_ACCOUNT_ADD && in->what <= TB_ACCOUNT_CLOSE && in->account != NULL &&
           read_account(in->account, &out->account);
}

bool tb_local_write_change_account(const tb_local_change_account *in,
                                   tb_arena *arena,
                                   Tongbao__Local__ChangeAccount *out)
{
    tongbao__local__change_account__init(out);
    out->what = (uint32_t)in->what;
    out->account = tb_arena_alloc(arena, sizeof *out->account);
    if (out->account == NULL) {
        return false;
    }
    tongbao__local__account_line__init(out->account);
    write_account(&in->account, out->account);
    return true;
}

tb_refusal
tb_local_read_accounts(const Tongbao__Local__Accounts *in, tb_arena *arena, tb_local_accounts *out)
{
    out->count = in->n_accounts;
    out->lines = tb_arena_array(arena, in->n_accounts + 1, sizeof *out->lines);
    if (out->lines == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    for (size_t i = 0; i < in->n_accounts; i++) {
        if (!read_account(in->accounts[i], &out->lines[i])) {
            return TB_REFUSED_REQUEST;
        }
    }
    return TB_ACCEPTED;
}

bool tb_local_write_accounts(const tb_local_accounts *in,
                             tb_arena *arena,
                             Tongbao__Local__Accounts *out)
{
    tongbao__local__accounts__init(out);
    out->n_accounts = in->count;
    out->accounts = tb_wire_messages(&tongbao__local__account_line__descriptor, in->count, arena);
    for (size_t i = 0; out->accounts != NULL && i < in->count; i++) {
        write_account(&in->lines[i], out->accounts[i]);
    }
    return out->accounts != NULL;
}

/* ---- approvals ---- */

bool tb_local_read_list_approvals(const Tongbao__Local__ListApprovals *in,
                                  tb_local_list_approvals *out)
{
    out->limit = in->limit;
    return tb_wire_number_or_zero(in->number, &out->number) &&
           tb_wire_number_or_zero(in->after, &out->after);
}

void tb_local_write_list_approvals(const tb_local_list_approvals *in,
                                   Tongbao__Local__ListApprovals *out)
{
    tongbao__local__list_approvals__init(out);
    out->number = in->number;
    out->after = in->after;
    out->limit = in->limit;
}

bool tb_local_read_approve(const Tongbao__Local__Approve *in, tb_local_approve *out)
{
    out->back = in->back != 0;
    return tb_wire_number(in->number, &out->number) &&
           tb_wire_text(in->reason, TB_REASON_BYTES_MAX / 2, &out->reason);
}

void tb_local_write_approve(const tb_local_approve *in, Tongbao__Local__Approve *out)
{
    tongbao__local__approve__init(out);
    out->number = in->number;
    out->back = in->back;
    out->reason = tb_wire_of(in->reason);
}

static bool read_step(uint32_t in, tb_approval_step *out)
{
    *out = (tb_approval_step)in;
    return in <= TB_STEP_SIGN;
}

static bool read_approval(const wire_approval *in, tb_local_approval *out)
{
    return read_step(in->step, &out->step) && tb_local_text(in->account, &out->account) &&
           tb_local_text(in->name, &out->name) && tb_local_text(in->absent, &out->absent) &&
           tb_local_text(in->absent_name, &out->absent_name) && tb_wire_time(in->at_ms, &out->at);
}

static void write_approval(const tb_local_approval *in, wire_approval *out)
{
    out->step = (uint32_t)in->step;
    out->account = tb_wire_of(in->account);
    out->name = tb_wire_of(in->name);
    out->absent = tb_wire_of(in->absent);
    out->absent_name = tb_wire_of(in->absent_name);
    out->at_ms = in->at;
}

tb_refusal tb_local_read_signed(Tongbao__Local__Approval *const *in,
                                size_t count,
                                tb_arena *arena,
                                tb_local_approval **out)
{
    tb_local_approval *list = tb_arena_array(arena, count + 1, sizeof *list);
    if (list == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    for (size_t i = 0; i < count; i++) {
        if (!read_approval(in[i], &list[i])) {
            return TB_REFUSED_REQUEST;
        }
    }
    *out = list;
    return TB_ACCEPTED;
}

Tongbao__Local__Approval **
tb_local_write_signed(const tb_local_approval *in, size_t count, tb_arena *arena)
{
    Tongbao__Local__Approval **list =
        tb_wire_messages(&tongbao__local__approval__descriptor, count, arena);
    for (size_t i = 0; list != NULL && i < count; i++) {
        write_approval(&in[i], list[i]);
    }
    return list;
}

static tb_refusal read_line(const wire_line *in, tb_arena *arena, tb_local_approval_line *out)
{
    out->may = in->may != 0;
    out->field_count = in->n_fields;
    out->approval_count = in->n_approvals;
    if (in->made == NULL || !read_approval(in->made, &out->made) ||
        !tb_wire_number(in->number, &out->number) || !read_step(in->waits, &out->waits) ||
        !tb_wire_fixed_or_zero(in->case_id, out->case_id.bytes, TB_CASE_ID_BYTES) ||
        !tb_local_text(in->campaign, &out->campaign) ||
        !tb_local_text(in->case_type, &out->case_type) ||
        !tb_local_text(in->action, &out->action) || !tb_local_text(in->title_zh, &out->title_zh) ||
        !tb_local_text(in->title_en, &out->title_en) || !tb_local_text(in->detail, &out->detail) ||
        !tb_wire_code_or_none(in->code, &out->code)) {
        return TB_REFUSED_REQUEST;
    }
    tb_refusal refusal = tb_local_read_values(in->fields, in->n_fields, arena, &out->fields);
    return refusal == TB_ACCEPTED
               ? tb_local_read_signed(in->approvals, in->n_approvals, arena, &out->approvals)
               : refusal;
}

tb_refusal tb_local_read_approvals(const Tongbao__Local__Approvals *in,
                                   tb_arena *arena,
                                   tb_local_approvals *out)
{
    out->more = in->more != 0;
    out->count = in->n_approvals;
    out->lines = tb_arena_array(arena, in->n_approvals + 1, sizeof *out->lines);
    if (out->lines == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    for (size_t i = 0; i < in->n_approvals; i++) {
        out->lines[i] = (tb_local_approval_line){0};
        tb_refusal refusal = read_line(in->approvals[i], arena, &out->lines[i]);
        if (refusal != TB_ACCEPTED) {
            return refusal;
        }
    }
    return TB_ACCEPTED;
}

static bool write_line(const tb_local_approval_line *in, tb_arena *arena, wire_line *out)
{
    out->number = in->number;
    out->waits = (uint32_t)in->waits;
    out->case_id = tb_wire_raw_or_none(in->case_id.bytes, TB_CASE_ID_BYTES);
    out->campaign = tb_wire_of(in->campaign);
    out->case_type = tb_wire_of(in->case_type);
    out->action = tb_wire_of(in->action);
    out->title_zh = tb_wire_of(in->title_zh);
    out->title_en = tb_wire_of(in->title_en);
    out->detail = tb_wire_of(in->detail);
    out->code = (uint32_t)in->code;
    out->may = in->may;
    out->n_fields = in->field_count;
    out->fields = tb_local_write_values(in->fields, in->field_count, arena);
    out->n_approvals = in->approval_count;
    out->approvals = tb_local_write_signed(in->approvals, in->approval_count, arena);
    wire_approval **made = tb_local_write_signed(&in->made, 1, arena);
    if (made == NULL || out->fields == NULL || out->approvals == NULL) {
        return false;
    }
    out->made = made[0];
    return true;
}

bool tb_local_write_approvals(const tb_local_approvals *in,
                              tb_arena *arena,
                              Tongbao__Local__Approvals *out)
{
    tongbao__local__approvals__init(out);
    out->more = in->more;
    out->n_approvals = in->count;
    out->approvals = tb_wire_messages(&tongbao__local__approval_line__descriptor, in->count, arena);
    for (size_t i = 0; out->approvals != NULL && i < in->count; i++) {
        if (!write_line(&in->lines[i], arena, out->approvals[i])) {
            return false;
        }
    }
    return out->approvals != NULL;
}

/* ---- what agents do by themselves ---- */

bool tb_local_read_switch(const Tongbao__Local__Switch *in, tb_local_switch *out)
{
    out->on = in->on != 0;
    return tb_wire_name(in->campaign, &out->campaign) && tb_wire_name(in->action, &out->action) &&
           tb_local_text(in->title_zh, &out->title_zh) &&
           tb_local_text(in->title_en, &out->title_en);
}

void tb_local_write_switch(const tb_local_switch *in, Tongbao__Local__Switch *out)
{
    tongbao__local__switch__init(out);
    out->campaign = tb_wire_of(in->campaign);
    out->action = tb_wire_of(in->action);
    out->on = in->on;
    out->title_zh = tb_wire_of(in->title_zh);
    out->title_en = tb_wire_of(in->title_en);
}

tb_refusal
tb_local_read_switches(const Tongbao__Local__Switches *in, tb_arena *arena, tb_local_switches *out)
{
    out->count = in->n_switches;
    out->lines = tb_arena_array(arena, in->n_switches + 1, sizeof *out->lines);
    if (out->lines == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    for (size_t i = 0; i < in->n_switches; i++) {
        if (!tb_local_read_switch(in->switches[i], &out->lines[i])) {
            return TB_REFUSED_REQUEST;
        }
    }
    return TB_ACCEPTED;
}

bool tb_local_write_switches(const tb_local_switches *in,
                             tb_arena *arena,
                             Tongbao__Local__Switches *out)
{
    tongbao__local__switches__init(out);
    out->n_switches = in->count;
    out->switches = tb_wire_messages(&tongbao__local__switch__descriptor, in->count, arena);
    for (size_t i = 0; out->switches != NULL && i < in->count; i++) {
        tb_local_write_switch(&in->lines[i], out->switches[i]);
    }
    return out->switches != NULL;
}

/* local_lists - requests and answers about lists, their gate, and cases that opened each other
 * (local.h). */
#include "messages/local.pb-c.h"
#include "messages/local_wire.h"

typedef Tongbao__Local__ListLine wire_line;
typedef Tongbao__Local__EntryLine wire_entry;
typedef Tongbao__Local__Verdict wire_verdict;
typedef Tongbao__Local__Relative wire_relative;

static tb_refusal checked(bool good)
{
    return good ? TB_ACCEPTED : TB_REFUSED_REQUEST;
}

/* One empty message of a type; NULL when memory ends. */
static void *fresh(const ProtobufCMessageDescriptor *type, tb_arena *arena)
{
    void **one = tb_wire_messages(type, 1, arena);
    return one != NULL ? one[0] : NULL;
}

/* ---- requests ---- */

bool tb_local_read_show_list(const Tongbao__Local__ShowList *in, tb_local_show_list *out)
{
    out->limit = in->limit;
    return tb_local_text(in->list, &out->list) &&
           tb_wire_fixed_or_zero(in->entry, out->entry.bytes, TB_CASE_ID_BYTES) &&
           tb_wire_blob(in->after, TB_LOCAL_BYTES_MAX, &out->after);
}

Tongbao__Local__ShowList *tb_local_write_show_list(const tb_local_show_list *in, tb_arena *arena)
{
    Tongbao__Local__ShowList *out = fresh(&tongbao__local__show_list__descriptor, arena);
    if (out != NULL) {
        out->list = tb_wire_of(in->list);
        out->entry = tb_wire_raw_or_none(in->entry.bytes, TB_CASE_ID_BYTES);
        out->after = tb_wire_of(in->after);
        out->limit = in->limit;
    }
    return out;
}

tb_refusal tb_local_read_check_list(const Tongbao__Local__CheckList *in,
                                    tb_arena *arena,
                                    tb_local_check_list *out)
{
    if (in->n_applicants > TB_APPLICANTS_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    if (!tb_local_text(in->list, &out->list) || !tb_local_text(in->province, &out->province)) {
        return TB_REFUSED_REQUEST;
    }
    out->count = in->n_applicants;
    out->applicants = tb_arena_array(arena, out->count + 1, sizeof *out->applicants);
    if (out->applicants == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    for (size_t i = 0; i < out->count; i++) {
        const Tongbao__Local__Applicant *one = in->applicants[i];
        if (one->n_fields > TB_FIELDS_MAX) {
            return TB_REFUSED_TOO_LARGE;
        }
        out->applicants[i].field_count = one->n_fields;
        tb_refusal code =
            tb_local_read_values(one->fields, one->n_fields, arena, &out->applicants[i].fields);
        if (code != TB_ACCEPTED) {
            return code;
        }
    }
    return TB_ACCEPTED;
}

Tongbao__Local__CheckList *tb_local_write_check_list(const tb_local_check_list *in, tb_arena *arena)
{
    Tongbao__Local__CheckList *out = fresh(&tongbao__local__check_list__descriptor, arena);
    if (out == NULL) {
        return NULL;
    }
    out->list = tb_wire_of(in->list);
    out->province = tb_wire_of(in->province);
    out->n_applicants = in->count;
    out->applicants = tb_wire_messages(&tongbao__local__applicant__descriptor, in->count, arena);
    for (size_t i = 0; out->applicants != NULL && i < in->count; i++) {
        Tongbao__Local__Applicant *one = out->applicants[i];
        one->n_fields = in->applicants[i].field_count;
        one->fields =
            tb_local_write_values(in->applicants[i].fields, in->applicants[i].field_count, arena);
        if (one->fields == NULL) {
            return NULL;
        }
    }
    return out->applicants != NULL ? out : NULL;
}

/* ---- a list, and its entries ---- */

static bool read_line(const wire_line *in, tb_local_list_line *out)
{
    if (in == NULL) {
        return false;
    }
    out->national = in->national != 0;
    out->listed = in->listed;
    out->removed = in->removed;
    out->linked = in->linked != 0;
    return tb_local_text(in->campaign, &out->campaign) && tb_local_text(in->list, &out->list) &&
           tb_local_text(in->title_zh, &out->title_zh) &&
           tb_local_text(in->title_en, &out->title_en) && tb_wire_time(in->heard_ms, &out->heard) &&
           tb_wire_time(in->now_ms, &out->now);
}

static void write_line(const tb_local_list_line *in, wire_line *out)
{
    out->campaign = tb_wire_of(in->campaign);
    out->list = tb_wire_of(in->list);
    out->title_zh = tb_wire_of(in->title_zh);
    out->title_en = tb_wire_of(in->title_en);
    out->national = in->national;
    out->listed = in->listed;
    out->removed = in->removed;
    out->heard_ms = in->heard;
    out->now_ms = in->now;
    out->linked = in->linked;
}

static tb_refusal read_entry(const wire_entry *in, tb_arena *arena, tb_local_entry *out)
{
    out->standing = (tb_list_standing)in->standing;
    out->field_count = in->n_fields;
    out->confirmed_count = in->n_confirmed;
    out->outstanding_count = in->n_outstanding;
    bool good = tb_wire_fixed(in->case_id, out->case_id.bytes, TB_CASE_ID_BYTES) &&
                in->standing >= TB_LIST_LISTED && in->standing <= TB_LIST_REMOVED &&
                tb_local_text(in->state, &out->state) &&
                tb_local_text(in->province, &out->province) &&
                tb_wire_time(in->listed_ms, &out->listed) &&
                tb_wire_party(in->listed_by, &out->listed_by) &&
                tb_wire_time(in->removed_ms, &out->removed) &&
                tb_wire_party_or_none(in->removed_by, &out->removed_by);
    tb_refusal code = checked(good);
    if (code == TB_ACCEPTED) {
        code = tb_local_read_values(in->fields, in->n_fields, arena, &out->fields);
    }
    if (code == TB_ACCEPTED) {
        code = tb_local_read_parties(in->confirmed, in->n_confirmed, arena, &out->confirmed);
    }
    if (code == TB_ACCEPTED) {
        code = tb_local_read_parties(in->outstanding, in->n_outstanding, arena, &out->outstanding);
    }
    return code;
}

static tb_refusal
read_entries(wire_entry *const *in, size_t count, tb_arena *arena, tb_local_entry **out)
{
    tb_local_entry *entries = tb_arena_array(arena, count + 1, sizeof *entries);
    if (entries == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    for (size_t i = 0; i < count; i++) {
        tb_refusal code = read_entry(in[i], arena, &entries[i]);
        if (code != TB_ACCEPTED) {
            return code;
        }
    }
    *out = entries;
    return TB_ACCEPTED;
}

static bool write_entry(const tb_local_entry *in, tb_arena *arena, wire_entry *out)
{
    out->case_id = tb_wire_raw(in->case_id.bytes, TB_CASE_ID_BYTES);
    out->standing = (uint32_t)in->standing;
    out->state = tb_wire_of(in->state);
    out->province = tb_wire_of(in->province);
    out->listed_ms = in->listed;
    out->listed_by = tb_wire_of_party(&in->listed_by);
    out->removed_ms = in->removed;
    out->removed_by = tb_wire_of_party(&in->removed_by);
    out->n_fields = in->field_count;
    out->fields = tb_local_write_values(in->fields, in->field_count, arena);
    out->n_confirmed = in->confirmed_count;
    out->confirmed = tb_local_write_parties(in->confirmed, in->confirmed_count, arena);
    out->n_outstanding = in->outstanding_count;
    out->outstanding = tb_local_write_parties(in->outstanding, in->outstanding_count, arena);
    return out->fields != NULL && out->confirmed != NULL && out->outstanding != NULL;
}

static wire_entry **write_entries(const tb_local_entry *in, size_t count, tb_arena *arena)
{
    wire_entry **out = tb_wire_messages(&tongbao__local__entry_line__descriptor, count, arena);
    for (size_t i = 0; out != NULL && i < count; i++) {
        if (!write_entry(&in[i], arena, out[i])) {
            return NULL;
        }
    }
    return out;
}

/* ---- answers ---- */

tb_refusal
tb_local_read_lists(const Tongbao__Local__Lists *in, tb_arena *arena, tb_local_lists *out)
{
    bool good = true;
    out->count = in->n_lists;
    out->lines = tb_arena_array(arena, out->count + 1, sizeof *out->lines);
    if (out->lines == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    for (size_t i = 0; good && i < out->count; i++) {
        good = read_line(in->lists[i], &out->lines[i]);
    }
    return checked(good);
}

Tongbao__Local__Lists *tb_local_write_lists(const tb_local_lists *in, tb_arena *arena)
{
    Tongbao__Local__Lists *out = fresh(&tongbao__local__lists__descriptor, arena);
    if (out == NULL) {
        return NULL;
    }
    out->n_lists = in->count;
    out->lists = tb_wire_messages(&tongbao__local__list_line__descriptor, in->count, arena);
    for (size_t i = 0; out->lists != NULL && i < in->count; i++) {
        write_line(&in->lines[i], out->lists[i]);
    }
    return out->lists != NULL ? out : NULL;
}

tb_refusal tb_local_read_shown_list(const Tongbao__Local__ShownList *in,
                                    tb_arena *arena,
                                    tb_local_shown_list *out)
{
    out->count = in->n_entries;
    tb_refusal code = read_entries(in->entries, in->n_entries, arena, &out->entries);
    return code == TB_ACCEPTED ? checked(read_line(in->list, &out->list) &&
                                         tb_wire_blob(in->next, TB_LOCAL_BYTES_MAX, &out->next))
                               : code;
}

Tongbao__Local__ShownList *tb_local_write_shown_list(const tb_local_shown_list *in, tb_arena *arena)
{
    Tongbao__Local__ShownList *out = fresh(&tongbao__local__shown_list__descriptor, arena);
    if (out == NULL) {
        return NULL;
    }
    out->list = fresh(&tongbao__local__list_line__descriptor, arena);
    out->n_entries = in->count;
    out->entries = write_entries(in->entries, in->count, arena);
    out->next = tb_wire_of(in->next);
    if (out->list == NULL || out->entries == NULL) {
        return NULL;
    }
    write_line(&in->list, out->list);
    return out;
}

static tb_refusal read_verdict(const wire_verdict *in, tb_arena *arena, tb_local_verdict *out)
{
    out->verdict = (tb_gate)in->verdict;
    out->count = in->n_entries;
    if (in->verdict > TB_GATE_LISTED || !tb_wire_code_or_none(in->code, &out->code) ||
        !tb_local_text(in->detail, &out->detail)) {
        return TB_REFUSED_REQUEST;
    }
    return read_entries(in->entries, in->n_entries, arena, &out->entries);
}

tb_refusal
tb_local_read_verdicts(const Tongbao__Local__Verdicts *in, tb_arena *arena, tb_local_verdicts *out)
{
    out->count = in->n_verdicts;
    out->verdicts = tb_arena_array(arena, out->count + 1, sizeof *out->verdicts);
    if (out->verdicts == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    tb_refusal code =
        checked(read_line(in->list, &out->list) && tb_local_text(in->province, &out->province));
    for (size_t i = 0; code == TB_ACCEPTED && i < out->count; i++) {
        code = read_verdict(in->verdicts[i], arena, &out->verdicts[i]);
    }
    return code;
}

Tongbao__Local__Verdicts *tb_local_write_verdicts(const tb_local_verdicts *in, tb_arena *arena)
{
    Tongbao__Local__Verdicts *out = fresh(&tongbao__local__verdicts__descriptor, arena);
    if (out == NULL) {
        return NULL;
    }
    out->list = fresh(&tongbao__local__list_line__descriptor, arena);
    out->n_verdicts = in->count;
    out->verdicts = tb_wire_messages(&tongbao__local__verdict__descriptor, in->count, arena);
    out->province = tb_wire_of(in->province);
    if (out->list == NULL || out->verdicts == NULL) {
        return NULL;
    }
    write_line(&in->list, out->list);
    for (size_t i = 0; i < in->count; i++) {
        const tb_local_verdict *one = &in->verdicts[i];
        out->verdicts[i]->verdict = (uint32_t)one->verdict;
        out->verdicts[i]->code = (uint32_t)one->code;
        out->verdicts[i]->detail = tb_wire_of(one->detail);
        out->verdicts[i]->n_entries = one->count;
        out->verdicts[i]->entries = write_entries(one->entries, one->count, arena);
        if (out->verdicts[i]->entries == NULL) {
            return NULL;
        }
    }
    return out;
}

static bool read_relative(const wire_relative *in, tb_local_relative *out)
{
    out->known = in->known != 0;
    return tb_wire_fixed(in->case_id, out->case_id.bytes, TB_CASE_ID_BYTES) &&
           tb_local_text(in->case_type, &out->case_type) && tb_local_text(in->state, &out->state) &&
           tb_wire_party_or_none(in->holder, &out->holder);
}

static void write_relative(const tb_local_relative *in, wire_relative *out)
{
    out->case_id = tb_wire_raw(in->case_id.bytes, TB_CASE_ID_BYTES);
    out->case_type = tb_wire_of(in->case_type);
    out->state = tb_wire_of(in->state);
    out->holder = tb_wire_of_party(&in->holder);
    out->known = in->known;
}

static bool read_owed(const Tongbao__Local__Owed *in, tb_arena *arena, tb_local_owed *out)
{
    out->state = (tb_duty_state)in->state;
    out->field_count = in->n_fields;
    return in->state >= TB_DUTY_OPEN && in->state <= TB_DUTY_RELEASED &&
           tb_local_text(in->duty, &out->duty) && tb_local_text(in->title_zh, &out->title_zh) &&
           tb_local_text(in->title_en, &out->title_en) && tb_wire_party(in->debtor, &out->debtor) &&
           tb_wire_time(in->due_ms, &out->due) && tb_wire_time(in->ended_ms, &out->ended) &&
           tb_local_read_values(in->fields, in->n_fields, arena, &out->fields) == TB_ACCEPTED;
}

static bool write_owed(const tb_local_family *in, tb_arena *arena, Tongbao__Local__Family *out)
{
    out->n_owed = in->owed_count;
    out->owed = tb_wire_messages(&tongbao__local__owed__descriptor, in->owed_count, arena);
    for (size_t i = 0; out->owed != NULL && i < in->owed_count; i++) {
        const tb_local_owed *one = &in->owed[i];
        out->owed[i]->duty = tb_wire_of(one->duty);
        out->owed[i]->title_zh = tb_wire_of(one->title_zh);
        out->owed[i]->title_en = tb_wire_of(one->title_en);
        out->owed[i]->debtor = tb_wire_of_party(&one->debtor);
        out->owed[i]->state = (uint32_t)one->state;
        out->owed[i]->due_ms = one->due;
        out->owed[i]->ended_ms = one->ended;
        out->owed[i]->n_fields = one->field_count;
        out->owed[i]->fields = tb_local_write_values(one->fields, one->field_count, arena);
        if (out->owed[i]->fields == NULL) {
            return false;
        }
    }
    return out->owed != NULL;
}

tb_refusal
tb_local_read_family(const Tongbao__Local__Family *in, tb_arena *arena, tb_local_family *out)
{
    out->count = in->n_children;
    out->children = tb_arena_array(arena, out->count + 1, sizeof *out->children);
    if (out->children == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    out->owed_count = in->n_owed;
    out->owed = tb_arena_array(arena, out->owed_count + 1, sizeof *out->owed);
    if (out->owed == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    bool good = tb_local_text(in->campaign, &out->campaign) &&
                tb_local_text(in->case_type, &out->case_type) &&
                (in->parent == NULL || read_relative(in->parent, &out->parent));
    for (size_t i = 0; good && i < out->count; i++) {
        good = read_relative(in->children[i], &out->children[i]);
    }
    for (size_t i = 0; good && i < out->owed_count; i++) {
        good = read_owed(in->owed[i], arena, &out->owed[i]);
    }
    return checked(good);
}

Tongbao__Local__Family *tb_local_write_family(const tb_local_family *in, tb_arena *arena)
{
    Tongbao__Local__Family *out = fresh(&tongbao__local__family__descriptor, arena);
    if (out == NULL) {
        return NULL;
    }
    out->campaign = tb_wire_of(in->campaign);
    out->case_type = tb_wire_of(in->case_type);
    out->n_children = in->count;
    out->children = tb_wire_messages(&tongbao__local__relative__descriptor, in->count, arena);
    if (out->children == NULL || !write_owed(in, arena, out)) {
        return NULL;
    }
    for (size_t i = 0; i < in->count; i++) {
        write_relative(&in->children[i], out->children[i]);
    }
    if (!tb_case_zero(&in->parent.case_id)) {
        out->parent = fresh(&tongbao__local__relative__descriptor, arena);
        if (out->parent == NULL) {
            return NULL;
        }
        write_relative(&in->parent, out->parent);
    }
    return out;
}

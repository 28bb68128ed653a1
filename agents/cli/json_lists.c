/* Lists, the gate and cases that opened each other, as JSON; the keys are those of
 * messages/local.proto. */
#include "agents/cli/json.h"
#include "agents/cli/list.h"

static void put(json_t *object, const char *key, json_t *value)
{
    (void)json_object_set_new(object, key, value);
}

static json_t *line(const tb_local_list_line *l)
{
    json_t *o = json_object();
    put(o, "list", tb_json_text(l->list));
    put(o, "campaign", tb_json_text(l->campaign));
    put(o, "title_zh", tb_json_text(l->title_zh));
    put(o, "title_en", tb_json_text(l->title_en));
    put(o, "scope", json_string(l->national ? "national" : "province"));
    put(o, "listed", json_integer((json_int_t)l->listed));
    put(o, "removed", json_integer((json_int_t)l->removed));
    put(o, "heard_at", tb_json_time(l->heard));
    put(o, "age_ms", l->heard == 0 ? json_null() : json_integer((json_int_t)(l->now - l->heard)));
    put(o, "linked", json_boolean(l->linked));
    return o;
}

static json_t *parties(const tb_party *list, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        (void)json_array_append_new(array, tb_json_party(&list[i]));
    }
    return array;
}

static json_t *entry(const tb_local_entry *e)
{
    json_t *o = json_object();
    put(o, "entry", tb_json_hex_of(e->case_id.bytes, TB_CASE_ID_BYTES));
    put(o, "standing", json_string(e->standing == TB_LIST_LISTED ? "listed" : "removed"));
    put(o, "state", tb_json_text(e->state));
    put(o, "province", tb_json_text(e->province));
    put(o, "listed_at", tb_json_time(e->listed));
    put(o, "listed_by", tb_json_party(&e->listed_by));
    put(o, "removed_at", tb_json_time(e->removed));
    put(o, "removed_by", tb_json_party(&e->removed_by));
    put(o, "fields", tb_json_fields(e->fields, e->field_count));
    put(o, "confirmed", parties(e->confirmed, e->confirmed_count));
    put(o, "outstanding", parties(e->outstanding, e->outstanding_count));
    return o;
}

static json_t *entries(const tb_local_entry *list, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        (void)json_array_append_new(array, entry(&list[i]));
    }
    return array;
}

json_t *tb_json_lists(const tb_local_lists *lists)
{
    json_t *o = json_object();
    json_t *array = json_array();
    for (size_t i = 0; i < lists->count; i++) {
        (void)json_array_append_new(array, line(&lists->lines[i]));
    }
    put(o, "lists", array);
    return o;
}

json_t *tb_json_shown_list(const tb_local_shown_list *shown)
{
    json_t *o = line(&shown->list);
    put(o, "entries", entries(shown->entries, shown->count));
    put(o, "next",
        shown->next.size == 0 ? json_null() : tb_json_hex_of(shown->next.data, shown->next.size));
    return o;
}

static json_t *verdict(const tb_local_verdict *v)
{
    json_t *o = json_object();
    put(o, "verdict", json_string(tb_gate_key(v->verdict)));
    put(o, "entries", entries(v->entries, v->count));
    if (v->code != TB_ACCEPTED) {
        put(o, "refused", tb_json_refusal(v->code, v->detail));
    }
    return o;
}

json_t *tb_json_verdicts(const tb_local_verdicts *verdicts)
{
    json_t *o = line(&verdicts->list);
    json_t *array = json_array();
    (void)json_object_del(o, "listed"); /* not counted for a question at the gate */
    (void)json_object_del(o, "removed");
    put(o, "province", tb_json_text(verdicts->province));
    for (size_t i = 0; i < verdicts->count; i++) {
        (void)json_array_append_new(array, verdict(&verdicts->verdicts[i]));
    }
    put(o, "verdicts", array);
    return o;
}

static json_t *relative(const tb_local_relative *r)
{
    json_t *o = json_object();
    put(o, "case_id", tb_json_hex_of(r->case_id.bytes, TB_CASE_ID_BYTES));
    put(o, "known", json_boolean(r->known));
    put(o, "case_type", r->known ? tb_json_text(r->case_type) : json_null());
    put(o, "state", r->known ? tb_json_text(r->state) : json_null());
    put(o, "holder", tb_json_party(&r->holder));
    return o;
}

static json_t *owed(const tb_local_family *family)
{
    static const char *const states[] = {"", "open", "on_time", "late", "lapsed", "released"};
    json_t *array = json_array();
    for (size_t i = 0; i < family->owed_count; i++) {
        const tb_local_owed *one = &family->owed[i];
        json_t *o = json_object();
        put(o, "duty", tb_json_text(one->duty));
        put(o, "debtor", tb_json_party(&one->debtor));
        put(o, "state", json_string(states[one->state]));
        put(o, "due_at", tb_json_time(one->due));
        put(o, "ended_at", tb_json_time(one->ended));
        put(o, "fields", tb_json_fields(one->fields, one->field_count));
        (void)json_array_append_new(array, o);
    }
    return array;
}

json_t *tb_json_family(const tb_local_family *family)
{
    json_t *o = json_object();
    json_t *array = json_array();
    for (size_t i = 0; i < family->count; i++) {
        (void)json_array_append_new(array, relative(&family->children[i]));
    }
    put(o, "parent",
        tb_case_zero(&family->parent.case_id) ? json_null() : relative(&family->parent));
    put(o, "children", array);
    put(o, "owed_by_each", owed(family));
    return o;
}

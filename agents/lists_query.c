/* lists_query - what people see of lists, and the gate: may this one be appointed?
 *
 * Everything is read from our own copy, so the gate answers while the line is down; how old the
 * copy is goes with every answer. The gate looks keys up and never walks the list.
 */
#include "agents/campaign/scene.h"
#include "agents/chain.h"
#include "agents/link.h"
#include "agents/lists.h"

#define PAGE_DEFAULT 50
#define PAGE_MAX     200
/* Entries shown for one applicant. */
#define HITS_MAX 8
/* Cases looked at under one key: of other provinces, most of them. */
#define LOOKED_MAX 64

/* ---- a list ---- */

static tb_bytes text_of(const char *text)
{
    return text == NULL ? tb_bytes_of(NULL, 0) : tb_bytes_str(text);
}

static tb_err heard_at(const tb_agent *agent, tb_txn *txn, tb_time *out, bool *out_linked)
{
    tb_link_row link;
    uint64_t noted;
    tb_err err = tb_link_get(txn, &link);
    if (err == TB_OK) {
        err = tb_meta_number(txn, TB_META_HEARD, &noted);
    }
    if (err != TB_OK) {
        return err;
    }
    *out_linked = link.state == TB_LINK_CONFIRMED;
    *out = agent->times.heard > (tb_time)noted ? agent->times.heard : (tb_time)noted;
    return TB_OK;
}

static tb_err line_of(const tb_agent *agent,
                      tb_txn *txn,
                      tb_now now,
                      const tb_campaign *campaign,
                      const tb_list_def *list,
                      bool count,
                      tb_local_list_line *out)
{
    *out = (tb_local_list_line){
        .campaign = tb_bytes_str(campaign->id),
        .list = tb_bytes_str(list->id),
        .title_zh = text_of(list->title.zh),
        .title_en = text_of(list->title.en),
        .national = list->scope == TB_LIST_NATIONAL,
        .now = now.real,
    };
    tb_list_entry entry = {.case_id = {{0}}};
    while (count) {
        tb_err err = tb_list_next(txn, out->campaign, out->list, &entry.case_id, &entry);
        if (err == TB_ERR_NOT_FOUND) {
            break;
        }
        if (err != TB_OK) {
            return err;
        }
        out->listed += entry.standing == TB_LIST_LISTED;
        out->removed += entry.standing == TB_LIST_REMOVED;
    }
    return heard_at(agent, txn, &out->heard, &out->linked);
}

tb_err tb_query_lists(const tb_agent *agent, tb_txn *txn, tb_now now, tb_local_answer *answer)
{
    size_t room = 0;
    for (size_t i = 0; i < agent->campaigns->count; i++) {
        room += agent->campaigns->list[i]->list_count;
    }
    tb_local_lists lists = {tb_arena_array(tb_txn_arena(txn), room + 1, sizeof *lists.lines), 0};
    if (lists.lines == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < agent->campaigns->count; i++) {
        const tb_campaign *campaign = agent->campaigns->list[i];
        bool newest = tb_campaigns_newest(agent->campaigns, tb_bytes_str(campaign->id)) == campaign;
        for (unsigned l = 0; newest && l < campaign->list_count; l++) {
            tb_err err = line_of(agent, txn, now, campaign, &campaign->lists[l], true,
                                 &lists.lines[lists.count++]);
            if (err != TB_OK) {
                return err;
            }
        }
    }
    answer->kind = TB_ANSWER_LISTS;
    answer->lists = lists;
    return TB_OK;
}

/* ---- entries ---- */

static tb_err show_entry(const tb_agent *agent,
                         tb_txn *txn,
                         const tb_list_entry *entry,
                         tb_case_row *row,
                         tb_local_entry *out)
{
    tb_local_summary summary;
    tb_err err = tb_case_load(agent, txn, &entry->case_id, row);
    if (err == TB_OK) {
        err = tb_case_summary(agent, txn, row, &summary);
    }
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }
    *out = (tb_local_entry){
        .case_id = entry->case_id,
        .standing = entry->standing,
        .state = row->view.state,
        .province = entry->province,
        .listed = entry->listed,
        .listed_by = entry->listed_by,
        .removed = entry->removed,
        .removed_by = entry->removed_by,
        .fields = summary.fields,
        .field_count = summary.field_count,
    };
    return TB_OK;
}

/* Whether a party has done the receipt for this removal: a side event that saw it. */
static tb_err has_confirmed(tb_txn *txn,
                            const tb_list_entry *entry,
                            const char *receipt,
                            const tb_party *party,
                            bool *out)
{
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row stored;
    *out = false;
    tb_err err = tb_event_first(txn, &entry->case_id, TB_CLASS_SIDE, &walk, &key, &stored);
    while (err == TB_OK && !*out) {
        tb_event event;
        tb_event_key based;
        tb_event_row base;
        err = tb_chain_decode(txn, &stored, &event);
        if (err != TB_OK) {
            return err;
        }
        if (stored.standing == TB_STANDING_EFFECTIVE &&
            tb_bytes_equal(event.action, tb_bytes_str(receipt)) &&
            tb_party_equal(tb_event_author(&event), party)) {
            err = tb_event_in_case(txn, &entry->case_id, TB_CLASS_CHAIN, 0, &event.previous, &based,
                                   &base);
            *out = err == TB_OK && based.number >= entry->removed_number;
        }
        if (err == TB_OK && !*out) {
            err = tb_event_next(txn, &walk, &key, &stored);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* A removal is open until every subscriber has returned its receipt for it. */
static tb_err show_receipts(const tb_agent *agent,
                            tb_txn *txn,
                            const tb_list_def *list,
                            const tb_list_entry *entry,
                            const tb_case_row *row,
                            tb_local_entry *out)
{
    if (list->removed_receipt == NULL || entry->removed_number == 0 || row->view.type == NULL) {
        return TB_OK;
    }
    tb_party *all = tb_arena_array(tb_txn_arena(txn), 2 * TB_ADDRESSEES_MAX, sizeof *all);
    if (all == NULL) {
        return TB_ERR_LIMIT;
    }
    out->confirmed = all;
    out->outstanding = all + TB_ADDRESSEES_MAX;
    for (unsigned i = 0; i < list->subscriber_count; i++) {
        size_t at = 0;
        tb_party party;
        while (tb_position_next(&row->view, agent->directory, list->subscribers[i], &at, &party)) {
            const tb_directory_party *found = tb_directory_find(agent->directory, &party);
            bool there;
            if (tb_party_equal(&party, &entry->removed_by) || !tb_party_reachable(found)) {
                continue; /* who removed it knows */
            }
            tb_err err = has_confirmed(txn, entry, list->removed_receipt, &party, &there);
            if (err != TB_OK) {
                return err;
            }
            if (there) {
                out->confirmed_count =
                    tb_scene_insert_party(out->confirmed, out->confirmed_count, &party);
            } else {
                out->outstanding_count =
                    tb_scene_insert_party(out->outstanding, out->outstanding_count, &party);
            }
        }
    }
    return TB_OK;
}

static tb_err show_one(const tb_agent *agent,
                       tb_txn *txn,
                       const tb_list_def *list,
                       const tb_list_entry *entry,
                       tb_local_shown_list *shown)
{
    tb_case_row row;
    tb_local_entry *out = &shown->entries[shown->count];
    tb_err err = show_entry(agent, txn, entry, &row, out);
    if (err == TB_OK) {
        err = show_receipts(agent, txn, list, entry, &row, out);
    }
    shown->count += err == TB_OK;
    return err;
}

static tb_err show_page(const tb_agent *agent,
                        tb_txn *txn,
                        const tb_list_def *list,
                        const tb_local_show_list *show,
                        size_t limit,
                        tb_local_shown_list *shown)
{
    tb_list_entry entry = {.case_id = {{0}}};
    if (show->after.size == TB_CASE_ID_BYTES) {
        memcpy(entry.case_id.bytes, show->after.data, TB_CASE_ID_BYTES);
    }
    while (shown->count < limit) {
        tb_err err =
            tb_list_next(txn, shown->list.campaign, shown->list.list, &entry.case_id, &entry);
        if (err == TB_ERR_NOT_FOUND) {
            return TB_OK;
        }
        if (err == TB_OK) {
            err = show_one(agent, txn, list, &entry, shown);
        }
        if (err != TB_OK) {
            return err;
        }
    }
    return tb_arena_copy(tb_txn_arena(txn), tb_bytes_of(entry.case_id.bytes, TB_CASE_ID_BYTES),
                         &shown->next);
}

tb_err tb_query_list(const tb_agent *agent,
                     tb_txn *txn,
                     tb_now now,
                     const tb_local_show_list *show,
                     tb_local_answer *answer)
{
    const tb_campaign *campaign = NULL;
    const tb_list_def *list = tb_lists_find(agent, show->list, &campaign);
    size_t limit = show->limit == 0 ? PAGE_DEFAULT : show->limit;
    limit = limit > PAGE_MAX ? PAGE_MAX : limit;
    tb_local_shown_list shown = {
        .entries = tb_arena_array(tb_txn_arena(txn), limit + 1, sizeof *shown.entries)};
    if (shown.entries == NULL) {
        return TB_ERR_LIMIT;
    }
    if (list == NULL || (show->after.size != 0 && show->after.size != TB_CASE_ID_BYTES)) {
        answer->code = list == NULL ? TB_REFUSED_LIST_UNKNOWN : TB_REFUSED_REQUEST;
        return TB_OK;
    }
    tb_err err = line_of(agent, txn, now, campaign, list, true, &shown.list);
    if (err == TB_OK && tb_case_zero(&show->entry)) {
        err = show_page(agent, txn, list, show, limit, &shown);
    } else if (err == TB_OK) {
        tb_list_entry entry;
        err = tb_list_get(txn, shown.list.campaign, shown.list.list, &show->entry, &entry);
        if (err == TB_ERR_NOT_FOUND) {
            answer->code = TB_REFUSED_LIST_ENTRY;
            return TB_OK;
        }
        err = err == TB_OK ? show_one(agent, txn, list, &entry, &shown) : err;
    }
    answer->kind = TB_ANSWER_SHOWN_LIST;
    answer->shown_list = shown;
    return err;
}

/* ---- the gate ---- */

typedef struct gate {
    const tb_agent *agent;
    tb_txn *txn;
    const tb_campaign *campaign;
    const tb_case_type *type;
    const tb_list_def *list;
    tb_bytes province; /* empty: wherever */
} gate;

static bool lists_here(const gate *g, const tb_list_entry *entry)
{
    return g->list->scope == TB_LIST_NATIONAL || tb_bytes_equal(entry->province, g->province);
}

static bool is_there(const tb_local_verdict *out, const tb_case_id *id)
{
    for (size_t i = 0; i < out->count; i++) {
        if (tb_case_equal(&out->entries[i].case_id, id)) {
            return true;
        }
    }
    return false;
}

static tb_err look_up(const gate *g, const tb_list_mark *mark, bool whole, tb_local_verdict *out)
{
    tb_bytes cursor = tb_bytes_of(NULL, 0);
    tb_bytes campaign = tb_bytes_str(g->campaign->id);
    tb_bytes list = tb_bytes_str(g->list->id);
    for (unsigned looked = 0; looked < LOOKED_MAX && out->count < HITS_MAX; looked++) {
        tb_case_id id;
        tb_list_entry entry;
        tb_case_row row;
        tb_err err = tb_list_found(g->txn, campaign, list, mark, whole, &cursor, &id);
        if (err == TB_OK) {
            err = tb_list_get(g->txn, campaign, list, &id, &entry);
            err = err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
        } else if (err == TB_ERR_NOT_FOUND) {
            return TB_OK;
        }
        if (err == TB_OK && lists_here(g, &entry) && !is_there(out, &id)) {
            err = show_entry(g->agent, g->txn, &entry, &row, &out->entries[out->count]);
            out->count += err == TB_OK;
        }
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

static bool searched_by(const tb_list_def *list, tb_bytes field)
{
    for (unsigned i = 0; i < list->key_count; i++) {
        if (tb_names_hold(list->keys[i].fields, list->keys[i].count, field)) {
            return true;
        }
    }
    return list->possible.name != NULL &&
           (tb_bytes_equal(tb_bytes_str(list->possible.name), field) ||
            tb_bytes_equal(tb_bytes_str(list->possible.place), field));
}

/* The values as entries have them; a code in *out->code when one cannot be. */
static tb_err
read_values(const gate *g, const tb_local_applicant *who, tb_field *values, tb_local_verdict *out)
{
    for (size_t i = 0; i < who->field_count; i++) {
        const tb_field_def *def = tb_case_type_field(g->type, who->fields[i].id);
        values[i].id = who->fields[i].id;
        out->detail = values[i].id;
        if (def == NULL || !searched_by(g->list, values[i].id)) {
            out->code = TB_REFUSED_FIELD_UNKNOWN;
            return TB_OK;
        }
        tb_err err = TB_OK;
        values[i].value = tb_bytes_of(NULL, 0);
        if (who->fields[i].value.size > 0) {
            err = tb_list_value(g->campaign, def, who->fields[i].value, tb_txn_arena(g->txn),
                                &values[i].value, &out->code);
        }
        if (err != TB_OK || out->code != TB_ACCEPTED) {
            return err;
        }
    }
    out->detail = tb_bytes_of(NULL, 0);
    return TB_OK;
}

static tb_err
search(const gate *g, const tb_field *values, size_t count, tb_local_verdict *out)
{
    tb_arena *arena = tb_txn_arena(g->txn);
    bool asked = false;
    bool whole;
    for (unsigned i = 0; i < g->list->key_count && i < TB_LIST_KEYS_MAX; i++) {
        tb_list_mark mark = {.number = (uint8_t)i};
        tb_err err =
            tb_list_key_of(g->type, &g->list->keys[i], values, count, arena, &mark.value);
        if (err == TB_OK && mark.value.size > 0) {
            asked = true;
            err = look_up(g, &mark, true, out);
        }
        if (err != TB_OK) {
            return err;
        }
    }
    out->verdict = out->count > 0 ? TB_GATE_LISTED : TB_GATE_NOT_FOUND;
    tb_list_mark likely = {.number = TB_LIST_POSSIBLE};
    tb_err err =
        tb_list_possible_of(&g->list->possible, values, count, arena, &likely.value, &whole);
    if (err == TB_OK && likely.value.size > 0 && out->count == 0) {
        err = look_up(g, &likely, whole, out);
        out->verdict = out->count > 0 ? TB_GATE_POSSIBLE : TB_GATE_NOT_FOUND;
    }
    if (err == TB_OK && !asked && likely.value.size == 0) {
        out->verdict = 0;
        out->code = TB_REFUSED_LIST_KEY;
    }
    return err;
}

static tb_err judge(const gate *g, const tb_local_applicant *who, tb_local_verdict *out)
{
    tb_arena *arena = tb_txn_arena(g->txn);
    tb_field *values = tb_arena_array(arena, who->field_count + 1, sizeof *values);
    *out = (tb_local_verdict){.entries = tb_arena_array(arena, HITS_MAX, sizeof *out->entries)};
    if (values == NULL || out->entries == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_err err = read_values(g, who, values, out);
    return err == TB_OK && out->code == TB_ACCEPTED ? search(g, values, who->field_count, out)
                                                    : err;
}

tb_err tb_query_gate(const tb_agent *agent,
                     tb_txn *txn,
                     tb_now now,
                     const tb_local_check_list *check,
                     tb_local_answer *answer)
{
    gate g = {.agent = agent, .txn = txn, .province = check->province};
    g.list = tb_lists_find(agent, check->list, &g.campaign);
    if (g.list == NULL) {
        answer->code = TB_REFUSED_LIST_UNKNOWN;
        return TB_OK;
    }
    g.type = tb_campaign_case_type(g.campaign, tb_bytes_str(g.list->case_type));
    const tb_directory_party *self = tb_directory_find(agent->directory, &agent->self);
    if (g.list->scope == TB_LIST_NATIONAL) {
        g.province = tb_bytes_of(NULL, 0);
    } else if (g.province.size == 0 && self != NULL) {
        g.province = self->jurisdiction;
    }
    if (g.list->scope == TB_LIST_PROVINCE && g.province.size == 0) {
        answer->code = TB_REFUSED_LIST_PROVINCE;
        return TB_OK;
    }
    tb_local_verdicts out = {
        .province = g.province,
        .verdicts = tb_arena_array(tb_txn_arena(txn), check->count + 1, sizeof *out.verdicts)};
    if (out.verdicts == NULL || g.type == NULL) {
        return out.verdicts == NULL ? TB_ERR_LIMIT : TB_ERR_CORRUPT;
    }
    tb_err err = line_of(agent, txn, now, g.campaign, g.list, false, &out.list);
    for (size_t i = 0; err == TB_OK && i < check->count; i++) {
        err = judge(&g, &check->applicants[i], &out.verdicts[out.count++]);
    }
    answer->kind = TB_ANSWER_VERDICTS;
    answer->verdicts = out;
    return err;
}

/* lists_query - what people see of lists: which there are, their entries, and of one taken off who
 * has returned the receipt. How old our copy is goes with every answer.
 */
#include "agents/campaign/scene.h"
#include "agents/chain.h"
#include "agents/link.h"
#include "agents/lists.h"

#define PAGE_DEFAULT 50
#define PAGE_MAX     200

/* ---- a list ---- */

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

tb_err tb_lists_line(const tb_agent *agent,
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
        .title_zh = tb_campaign_text(list->title.zh),
        .title_en = tb_campaign_text(list->title.en),
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
            tb_err err = tb_lists_line(agent, txn, now, campaign, &campaign->lists[l], true,
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

tb_err tb_lists_show(const tb_agent *agent,
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
static tb_err has_confirmed(
    tb_txn *txn, const tb_list_entry *entry, const char *receipt, const tb_party *party, bool *out)
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
    tb_err err = tb_lists_show(agent, txn, entry, &row, out);
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
    tb_err err = tb_lists_line(agent, txn, now, campaign, list, true, &shown.list);
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

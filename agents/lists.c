#include "agents/lists.h"

#include "agents/campaign/scene.h"
#include "agents/chain.h"
#include "agents/import/utf8.h"

#define HOUR_MS (3600ll * 1000)

const tb_list_def *
tb_lists_find(const tb_agent *agent, tb_bytes id, const tb_campaign **out_campaign)
{
    for (size_t i = 0; i < agent->campaigns->count; i++) {
        tb_bytes name = tb_bytes_str(agent->campaigns->list[i]->id);
        const tb_campaign *newest = tb_campaigns_newest(agent->campaigns, name);
        const tb_list_def *found = newest != NULL ? tb_campaign_list(newest, id) : NULL;
        if (found != NULL) {
            *out_campaign = newest;
            return found;
        }
    }
    return NULL;
}

bool tb_lists_any(const tb_agent *agent)
{
    for (size_t i = 0; i < agent->campaigns->count; i++) {
        if (agent->campaigns->list[i]->list_count > 0) {
            return true;
        }
    }
    return false;
}

static bool concerns(const tb_list_def *list, const tb_case_row *row)
{
    return tb_bytes_equal(tb_bytes_str(list->case_type), row->case_type);
}

static bool lists_in(const tb_list_def *list, tb_bytes state)
{
    return tb_names_hold(list->listed_in, list->listed_count, state);
}

static bool removes_in(const tb_list_def *list, tb_bytes state)
{
    return tb_names_hold(list->removed_in, list->removed_count, state);
}

/* ---- one entry ---- */

/* An entry that was never listed is not taken off either. */
static void step(const tb_list_def *list, const tb_event *event, tb_list_entry *entry)
{
    bool is = entry->listed != 0 && entry->removed == 0;
    if (lists_in(list, event->to_state) && !is) {
        entry->listed = event->at;
        entry->listed_by = *tb_event_author(event);
        entry->removed = 0;
        entry->removed_by = (tb_party){{0}};
        entry->removed_number = 0;
    } else if (is && !lists_in(list, event->to_state)) {
        /* whatever ends it, it lists no more; a state in neither is no removal people wait for */
        entry->removed = event->at;
        entry->removed_by = *tb_event_author(event);
        entry->removed_number = removes_in(list, event->to_state) ? event->number : 0;
    }
}

static tb_err
follow_chain(tb_txn *txn, const tb_case_row *row, const tb_list_def *list, tb_list_entry *entry)
{
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row stored;
    tb_err err = tb_event_first(txn, &row->id, TB_CLASS_CHAIN, &walk, &key, &stored);
    while (err == TB_OK) {
        tb_event event;
        if (stored.standing == TB_STANDING_EFFECTIVE) {
            err = tb_chain_decode(txn, &stored, &event);
            if (err != TB_OK) {
                return err;
            }
            step(list, &event, entry);
        }
        err = tb_event_next(txn, &walk, &key, &stored);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err add_marks(const tb_case_type *type,
                        const tb_list_def *list,
                        const tb_local_summary *summary,
                        tb_arena *arena,
                        tb_list_entry *entry)
{
    entry->marks = tb_arena_array(arena, TB_LIST_KEYS_MAX + 1, sizeof *entry->marks);
    if (entry->marks == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_err err = TB_OK;
    TB_ASSERT(list->key_count <= TB_LIST_KEYS_MAX);
    for (unsigned i = 0; err == TB_OK && i < list->key_count; i++) {
        tb_list_mark *mark = &entry->marks[entry->mark_count];
        mark->number = (uint8_t)i;
        err = tb_list_key_of(type, &list->keys[i], summary->fields, summary->field_count, arena,
                             &mark->value);
        entry->mark_count += err == TB_OK && mark->value.size > 0;
    }
    tb_list_mark *likely = &entry->marks[entry->mark_count];
    bool whole = false;
    likely->number = TB_LIST_POSSIBLE;
    if (err == TB_OK) {
        err = tb_list_possible_of(&list->possible, summary->fields, summary->field_count, arena,
                                  &likely->value, &whole);
    }
    entry->mark_count += err == TB_OK && likely->value.size > 0;
    return err;
}

tb_err tb_lists_entry(const tb_agent *agent,
                      tb_txn *txn,
                      const tb_case_row *row,
                      const tb_list_def *list,
                      tb_list_entry *out,
                      bool *out_is)
{
    TB_ASSERT(row->view.type != NULL);
    tb_list_entry entry = {
        .campaign = row->campaign, .list = tb_bytes_str(list->id), .case_id = row->id};
    tb_local_summary summary;
    tb_err err = follow_chain(txn, row, list, &entry);
    *out_is = err == TB_OK && entry.listed != 0;
    if (!*out_is) {
        return err;
    }
    entry.standing = entry.removed == 0 ? TB_LIST_LISTED : TB_LIST_REMOVED;
    if (list->province != NULL) {
        entry.province = tb_case_view_field(&row->view, tb_bytes_str(list->province));
    }
    if (entry.standing == TB_LIST_LISTED) {
        err = tb_case_summary(agent, txn, row, &summary);
        if (err == TB_OK) {
            err = add_marks(row->view.type, list, &summary, tb_txn_arena(txn), &entry);
        }
    }
    *out = entry;
    return err;
}

tb_err tb_lists_follow(const tb_agent *agent, tb_txn *txn, const tb_case_row *row)
{
    const tb_campaign *campaign = row->view.campaign;
    tb_err err = TB_OK;
    for (unsigned i = 0;
         campaign != NULL && row->view.type != NULL && err == TB_OK && i < campaign->list_count;
         i++) {
        const tb_list_def *list = &campaign->lists[i];
        tb_list_entry entry;
        bool is;
        if (!concerns(list, row)) {
            continue;
        }
        err = tb_lists_entry(agent, txn, row, list, &entry, &is);
        if (err == TB_OK) {
            err = is ? tb_list_put(txn, &entry)
                     : tb_list_del(txn, row->campaign, tb_bytes_str(list->id), &row->id);
        }
    }
    return err;
}

/* ---- the brake ---- */

static bool recent(tb_time at, const tb_party *by, const tb_party *self, tb_time since)
{
    return at >= since && tb_party_equal(by, self);
}

/* Whether this party has listed or removed so many already. */
static tb_err is_over(const tb_agent *agent,
                      tb_txn *txn,
                      tb_time now,
                      tb_bytes campaign,
                      const tb_list_def *list,
                      bool *out)
{
    tb_time since = now - (tb_time)list->brake.hours * HOUR_MS;
    unsigned done = 0;
    tb_list_entry entry = {.case_id = {{0}}};
    *out = false;
    while (!*out) {
        tb_err err = tb_list_next(txn, campaign, tb_bytes_str(list->id), &entry.case_id, &entry);
        if (err != TB_OK) {
            return err == TB_ERR_NOT_FOUND ? TB_OK : err;
        }
        done += recent(entry.listed, &entry.listed_by, &agent->self, since);
        done += entry.removed != 0 && recent(entry.removed, &entry.removed_by, &agent->self, since);
        *out = done >= list->brake.count;
    }
    return TB_OK;
}

/* Somebody else's name, however it is written. */
static bool is_confirmed(tb_bytes account, const tb_field *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (tb_bytes_equal(values[i].id, tb_bytes_str(TB_LIST_CONFIRMED))) {
            tb_bytes name = tb_utf8_trim(values[i].value);
            return name.size > 0 && !tb_utf8_same(name, account);
        }
    }
    return false;
}

tb_err tb_lists_brake(const tb_agent *agent,
                      tb_txn *txn,
                      tb_now now,
                      const tb_case_row *before,
                      tb_bytes to_state,
                      tb_bytes account,
                      const tb_field *values,
                      size_t count,
                      const tb_list_def **out_list)
{
    const tb_campaign *campaign = before->view.campaign;
    const tb_case_type *type = before->view.type;
    *out_list = NULL;
    for (unsigned i = 0; *out_list == NULL && i < campaign->list_count; i++) {
        const tb_list_def *list = &campaign->lists[i];
        bool was = lists_in(list, before->view.state);
        bool changes = was != lists_in(list, to_state);
        bool over = false;
        if (list->brake.count == 0 || strcmp(list->case_type, type->id) != 0 || !changes ||
            is_confirmed(account, values, count)) {
            continue;
        }
        tb_err err = is_over(agent, txn, now.civil, tb_bytes_str(campaign->id), list, &over);
        if (err != TB_OK) {
            return err;
        }
        *out_list = over ? list : NULL;
    }
    return TB_OK;
}

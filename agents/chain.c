#include "agents/chain.h"

tb_err tb_chain_decode(tb_txn *txn, const tb_event_row *row, tb_event *out)
{
    return tb_reread_error(tb_event_reread(row->event, tb_txn_arena(txn), out));
}

tb_err tb_chain_path(
    tb_txn *txn, const tb_case_id *case_id, uint64_t number, const tb_digest *tip, tb_path *out)
{
    tb_event_key key;
    tb_event_row row;
    tb_err err = tb_event_in_case(txn, case_id, TB_CLASS_CHAIN, number, tip, &key, &row);
    if (err != TB_OK) {
        return err;
    }
    if (key.number == 0 || key.number > tb_store_rows(txn, TB_TABLE_EVENT)) {
        return TB_ERR_CORRUPT; /* no chain here is that long */
    }
    tb_path path = {.count = (size_t)key.number};
    path.list = tb_arena_array(tb_txn_arena(txn), path.count, sizeof *path.list);
    if (path.list == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_digest id = *tip;
    for (size_t left = path.count; left > 0; left--) {
        tb_chain_event *at = &path.list[left - 1];
        err = tb_event_in_case(txn, case_id, TB_CLASS_CHAIN, left, &id, &at->key, &at->row);
        if (err == TB_OK) {
            err = tb_chain_decode(txn, &at->row, &at->event);
        }
        if (err != TB_OK) {
            return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
        }
        if (at->event.number != left) {
            return TB_ERR_CORRUPT;
        }
        at->id = id;
        id = at->event.previous;
    }
    *out = path;
    return TB_OK;
}

tb_err tb_chain_to_head(tb_txn *txn, const tb_case_row *row, tb_path *out)
{
    return tb_chain_path(txn, &row->id, row->view.number, &row->view.head, out);
}

tb_err tb_chain_replay(const tb_agent *agent,
                       tb_txn *txn,
                       const tb_path *path,
                       size_t count,
                       const tb_case_row *now,
                       tb_case_row *out)
{
    TB_ASSERT(count <= path->count);
    tb_case_row row = {
        .id = now->id,
        .lane = now->lane,
        .mine = now->mine,
        .indexed = now->indexed,
        .indexed_count = now->indexed_count,
        .unseen = now->unseen,
        .unseen_count = now->unseen_count,
    };
    for (size_t i = 0; i < count; i++) {
        tb_err err =
            tb_case_fold(agent, tb_txn_arena(txn), &row, &path->list[i].event, &path->list[i].id);
        if (err != TB_OK) {
            return err;
        }
    }
    *out = row;
    return TB_OK;
}

static bool on_path(const tb_path *path, const tb_event_key *key)
{
    return key->number >= 1 && key->number <= path->count &&
           tb_digest_equal(&path->list[key->number - 1].id, &key->event);
}

static tb_err set_standings(tb_txn *txn, const tb_case_id *id, const tb_path *path)
{
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row row;
    tb_err err = tb_event_first(txn, id, TB_CLASS_CHAIN, &walk, &key, &row);
    while (err == TB_OK) {
        tb_standing standing = on_path(path, &key) ? TB_STANDING_EFFECTIVE : TB_STANDING_OVERTAKEN;
        if (row.standing != TB_STANDING_HELD_BACK && row.standing != standing) {
            row.standing = standing;
            err = tb_event_update(txn, &key, &row);
            if (err != TB_OK) {
                return err;
            }
        }
        err = tb_event_next(txn, &walk, &key, &row);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static uint64_t listed_at(const tb_path *path, const tb_digest *side)
{
    for (size_t i = 0; i < path->count; i++) {
        const tb_event *event = &path->list[i].event;
        for (size_t j = 0; j < event->seen_count; j++) {
            if (tb_digest_equal(&event->seen[j], side)) {
                return event->number;
            }
        }
    }
    return 0;
}

/* Which side events count follows from the chain that is in effect now. */
static tb_err set_seen(tb_txn *txn, const tb_path *path, tb_case_row *row)
{
    tb_digest *unseen = NULL;
    size_t count = 0;
    size_t capacity = 0;
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row side;
    tb_err err = tb_event_first(txn, &row->id, TB_CLASS_SIDE, &walk, &key, &side);
    while (err == TB_OK) {
        uint64_t seen = listed_at(path, &key.event);
        if (side.seen != seen) {
            side.seen = seen;
            err = tb_event_update(txn, &key, &side);
            if (err != TB_OK) {
                return err;
            }
        }
        if (seen == 0 && side.standing == TB_STANDING_EFFECTIVE) {
            if (count == capacity) {
                capacity = capacity * 2 + 8;
                tb_digest *longer = tb_arena_array(tb_txn_arena(txn), capacity, sizeof *longer);
                if (longer == NULL) {
                    return TB_ERR_LIMIT;
                }
                if (count > 0) {
                    memcpy(longer, unseen, count * sizeof *longer);
                }
                unseen = longer;
            }
            unseen[count++] = key.event;
        }
        err = tb_event_next(txn, &walk, &key, &side);
    }
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    row->unseen = unseen;
    row->unseen_count = count;
    return TB_OK;
}

static tb_err index_path(tb_txn *txn, const tb_path *path, tb_case_row *row)
{
    for (size_t i = 0; i < path->count; i++) {
        tb_err err = tb_case_index(txn, row, &path->list[i].event, &path->list[i].id);
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

tb_err tb_chain_index(tb_txn *txn, tb_case_row *row)
{
    tb_path path;
    tb_err err = tb_chain_to_head(txn, row, &path);
    if (err == TB_OK) {
        err = tb_case_unindex(txn, row);
    }
    return err == TB_OK ? index_path(txn, &path, row) : err;
}

tb_err tb_chain_switch(const tb_agent *agent, tb_txn *txn, const tb_path *path, tb_case_row *row)
{
    tb_err err = tb_case_unindex(txn, row);
    if (err != TB_OK) {
        return err;
    }
    tb_case_row fresh;
    err = tb_chain_replay(agent, txn, path, path->count, row, &fresh);
    if (err != TB_OK) {
        return err;
    }
    err = set_standings(txn, &row->id, path);
    if (err != TB_OK) {
        return err;
    }
    err = set_seen(txn, path, &fresh);
    if (err != TB_OK) {
        return err;
    }
    err = index_path(txn, path, &fresh);
    if (err != TB_OK) {
        return err;
    }
    *row = fresh;
    return TB_OK;
}

const tb_chain_event *tb_chain_ruling(const tb_path *path)
{
    for (size_t i = path->count; i > 0; i--) {
        if (path->list[i - 1].event.kind == TB_EVENT_TAKE_OVER) {
            return &path->list[i - 1];
        }
    }
    return NULL;
}

static unsigned named_at(const tb_agent *agent, const tb_case_view *before, const tb_event *event)
{
    const tb_action *action = tb_case_type_action(before->type, event->action);
    if (action == NULL) {
        return TB_ACTIONS_MAX;
    }
    const tb_directory *directory = tb_agent_directory(agent, event->directory_version);
    for (unsigned i = 0; i < action->by_count; i++) {
        if (tb_position_holds(before, directory, action->by[i], &event->actor)) {
            return i;
        }
    }
    return TB_ACTIONS_MAX;
}

bool tb_chain_precedes(const tb_agent *agent,
                       const tb_case_view *before_a,
                       const tb_chain_event *a,
                       const tb_case_view *before_b,
                       const tb_chain_event *b)
{
    unsigned a_at = named_at(agent, before_a, &a->event);
    unsigned b_at = named_at(agent, before_b, &b->event);
    if (a_at != b_at) {
        return a_at < b_at;
    }
    return memcmp(a->id.bytes, b->id.bytes, TB_DIGEST_BYTES) < 0;
}

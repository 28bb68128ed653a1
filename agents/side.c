#include "agents/side.h"

#include "agents/chain.h"
#include "agents/draft.h"
#include "agents/duties.h"
#include "agents/passing.h"

tb_err tb_side_add(tb_arena *arena, tb_case_row *row, const tb_digest *id)
{
    tb_digest *list = tb_arena_array(arena, row->unseen_count + 1, sizeof *list);
    if (list == NULL) {
        return TB_ERR_LIMIT;
    }
    if (row->unseen_count > 0) {
        memcpy(list, row->unseen, row->unseen_count * sizeof *list);
    }
    list[row->unseen_count++] = *id;
    row->unseen = list;
    return TB_OK;
}

tb_err tb_side_seen(tb_txn *txn, const tb_event *event)
{
    for (size_t i = 0; i < event->seen_count; i++) {
        tb_event_key key;
        tb_event_row row;
        tb_err err =
            tb_event_in_case(txn, &event->case_id, TB_CLASS_SIDE, 0, &event->seen[i], &key, &row);
        if (err == TB_ERR_NOT_FOUND) {
            continue;
        }
        if (err != TB_OK) {
            return err;
        }
        row.seen = event->number;
        err = tb_event_update(txn, &key, &row);
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

/* The number of the chain event that lists it, when that came first. */
static tb_err listed_by(tb_apply *apply, const tb_case_row *row, const tb_digest *id, uint64_t *out)
{
    *out = 0;
    tb_path path;
    tb_err err = tb_chain_to_head(apply->txn, row, &path);
    if (err != TB_OK) {
        return err;
    }
    for (size_t i = 0; i < path.count; i++) {
        const tb_event *event = &path.list[i].event;
        for (size_t j = 0; j < event->seen_count; j++) {
            if (tb_digest_equal(&event->seen[j], id)) {
                *out = event->number;
            }
        }
    }
    return TB_OK;
}

static tb_err refuse(tb_apply *apply, tb_refusal code, tb_place_verdict *out)
{
    apply->objection = (tb_objection){.code = code};
    *out = TB_PLACE_REFUSED;
    return TB_OK;
}

static bool addressed_here(const tb_apply *apply, const tb_event *event)
{
    for (size_t i = 0; i < event->addressee_count; i++) {
        if (tb_party_equal(&event->addressees[i], &apply->agent->self)) {
            return true;
        }
    }
    return false;
}

/* It was meant for the holder its author knew, which is not us any more. Whoever sent it here as
 * the holder knows it already. */
static tb_err send_after(tb_apply *apply, const tb_case_row *row, const tb_arrival *arrival)
{
    const tb_party *holder = &row->view.holder;
    if (!addressed_here(apply, &arrival->event) || tb_party_equal(holder, &apply->agent->self) ||
        tb_party_equal(holder, &arrival->giver) || tb_party_equal(holder, &arrival->event.actor)) {
        return TB_OK;
    }
    tb_knower shown = tb_case_knower(row, &apply->agent->self);
    if (shown.handed == 0 && !tb_party_equal(&row->view.opener, &apply->agent->self)) {
        return TB_OK; /* never held it: a copy */
    }
    bool ready;
    tb_err err = tb_link_ready(apply->agent, apply->txn, holder, 1, &ready);
    if (err != TB_OK) {
        return err;
    }
    if (!ready) {
        return tb_draft_side(apply->txn, apply->now, &row->id, &arrival->id);
    }
    return tb_pass_side(apply->agent, apply->txn, row, &arrival->id);
}

static tb_err store(tb_apply *apply, tb_case_row *row, const tb_arrival *arrival)
{
    tb_err err = tb_place_put(apply, arrival, TB_STANDING_EFFECTIVE);
    uint64_t seen = 0;
    if (err == TB_OK) {
        err = listed_by(apply, row, &arrival->id, &seen);
    }
    if (err == TB_OK && seen > 0) {
        tb_event_row side;
        err = tb_event_get(apply->txn, &arrival->key, &side);
        if (err == TB_OK) {
            side.seen = seen;
            err = tb_event_update(apply->txn, &arrival->key, &side);
        }
    } else if (err == TB_OK) {
        err = tb_side_add(apply->arena, row, &arrival->id);
    }
    if (err == TB_OK) {
        err = tb_duties_beside(apply->agent, apply->txn, row, &arrival->event, &arrival->id);
    }
    if (err == TB_OK) {
        err = tb_case_put(apply->txn, row, &apply->agent->self);
    }
    return err == TB_OK ? tb_apply_touch(apply, &row->id) : err;
}

/* What it is said to follow is here and is no event of the chain: it will never fit, and is not
 * waited for. */
static tb_err follows_side(tb_apply *apply, const tb_event *event, bool *out)
{
    tb_event_key key;
    tb_event_row row;
    tb_err err = tb_event_in_case(apply->txn, &event->case_id, TB_CLASS_SIDE, 0, &event->previous,
                                  &key, &row);
    *out = err == TB_OK;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_side_place(tb_apply *apply, const tb_arrival *arrival, tb_place_verdict *out)
{
    tb_event_key key;
    tb_event_row previous;
    tb_err err = tb_event_in_case(apply->txn, &arrival->event.case_id, TB_CLASS_CHAIN, 0,
                                  &arrival->event.previous, &key, &previous);
    bool never = false;
    if (err == TB_ERR_NOT_FOUND) {
        err = follows_side(apply, &arrival->event, &never);
        err = err == TB_OK ? TB_ERR_NOT_FOUND : err;
    }
    if (never) {
        return refuse(apply, TB_REFUSED_MALFORMED, out);
    }
    if (err == TB_ERR_NOT_FOUND || (err == TB_OK && previous.standing == TB_STANDING_HELD_BACK)) {
        apply->missing = arrival->event.previous;
        *out = TB_PLACE_WAITS;
        return TB_OK;
    }
    if (err != TB_OK) {
        return err;
    }
    if (arrival->event.term != key.term || arrival->event.number != 0) {
        return refuse(apply, TB_REFUSED_MALFORMED, out);
    }
    tb_case_row row;
    err = tb_case_load(apply->agent, apply->txn, &key.case_id, &row);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }
    bool held_here = tb_party_equal(&row.view.holder, &apply->agent->self);
    if (row.unseen_count >= (held_here ? TB_UNSEEN_MAX : TB_UNSEEN_ELSEWHERE_MAX)) {
        return refuse(apply, TB_REFUSED_SIDE_MANY, out);
    }
    tb_case_row then = row;
    if (!tb_digest_equal(&row.view.head, &key.event)) {
        tb_path path;
        err = tb_chain_path(apply->txn, &key.case_id, key.number, &key.event, &path);
        if (err == TB_OK) {
            err = tb_chain_replay(apply->agent, apply->txn, &path, path.count, &row, &then);
        }
        if (err != TB_OK) {
            return err;
        }
    }
    if (arrival->event.campaign_version != then.campaign_version ||
        !tb_bytes_equal(arrival->event.campaign, then.campaign)) {
        return refuse(apply, TB_REFUSED_MALFORMED, out);
    }
    const tb_directory *directory =
        tb_agent_directory(apply->agent, arrival->event.directory_version);
    err = tb_judge_event(&then.view, directory, &arrival->event, apply->arena, &apply->objection);
    if (err != TB_OK || apply->objection.code != TB_ACCEPTED) {
        *out = TB_PLACE_REFUSED;
        return err;
    }
    *out = TB_PLACE_KEPT;
    err = store(apply, &row, arrival);
    return err == TB_OK ? send_after(apply, &row, arrival) : err;
}

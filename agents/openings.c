/* openings - what was opened of an event: does it read, is it what its group may hold, and was it
 * this party's to read.
 *
 * Whoever cannot read a group takes its event for what the open part says. So must whoever can, or
 * the chains would differ: what is wrong with a group's content drops the content, with an alarm,
 * and leaves the event where it is.
 */
#include "agents/apply.h"
#include "agents/campaign/judge.h"
#include "agents/chain.h"
#include "agents/measures.h"

/* ---- what it holds ---- */

/* What decoding a group may take of the turn's memory, several times over. */
#define ROOM_LEAST  (64u * 1024)
#define ROOM_FACTOR 24

/* That a turn has no memory left says nothing of the group: it is tried again in a smaller turn. */
static bool has_room(const tb_arena *arena, tb_bytes content)
{
    return arena->size - arena->used >= ROOM_LEAST + content.size * ROOM_FACTOR;
}

tb_err
tb_opening_reads(tb_apply *apply, const tb_arrival *arrival, const tb_opening *opening, bool *out)
{
    tb_field *fields;
    size_t count;
    size_t mark = tb_arena_mark(apply->arena);
    if (!has_room(apply->arena, opening->content)) {
        return TB_ERR_LIMIT;
    }
    *out = tb_group_fields_decode(opening->content, apply->arena, &fields, &count) == TB_ACCEPTED;
    tb_arena_release(apply->arena, mark);
    return *out ? TB_OK
                : tb_apply_alarm(apply, TB_REFUSED_MALFORMED, arrival,
                                 "A field group of an event does not read, though it is what its "
                                 "author committed to; it was dropped.");
}

/* The type of the arrival's case by the version the event names; NULL: not here. */
static tb_err type_of(tb_apply *apply, const tb_arrival *arrival, const tb_case_type **out)
{
    const tb_event *event = &arrival->event;
    const tb_campaign *campaign =
        tb_campaigns_find(apply->agent->campaigns, event->campaign, event->campaign_version);
    tb_case_row row = {.case_type = event->case_type};
    tb_err err = event->number == 1 ? TB_OK : tb_case_get(apply->txn, &arrival->key.case_id, &row);
    *out = err == TB_OK && campaign != NULL ? tb_campaign_case_type(campaign, row.case_type) : NULL;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_openings_judge(tb_apply *apply, const tb_arrival *arrival)
{
    tb_opening *openings;
    size_t count;
    const tb_case_type *type = NULL;
    if (arrival->event.commitment_count == 0) {
        return TB_OK;
    }
    tb_err err = type_of(apply, arrival, &type);
    if (err != TB_OK || type == NULL) {
        return err;
    }
    err = tb_openings_of(apply->txn, &arrival->key, &openings, &count);
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        tb_field *fields;
        size_t field_count;
        size_t mark = tb_arena_mark(apply->arena);
        if (!has_room(apply->arena, openings[i].content)) {
            return TB_ERR_LIMIT;
        }
        bool fine = tb_group_fields_decode(openings[i].content, apply->arena, &fields,
                                           &field_count) == TB_ACCEPTED &&
                    tb_judge_sealed(type, &arrival->event, openings[i].group, fields, field_count);
        tb_arena_release(apply->arena, mark);
        if (fine) {
            continue;
        }
        err = tb_opening_del(apply->txn, &arrival->key, openings[i].group);
        if (err == TB_OK) {
            err = tb_apply_alarm(apply, TB_REFUSED_FIELD_INVALID, arrival,
                                 "A field group of an event holds what the rules do not let its "
                                 "author put there; it was dropped.");
        }
    }
    return err;
}

/* ---- whose it is ---- */

static bool may_read_now(const tb_apply *apply, const tb_case_row *row, tb_bytes group)
{
    return tb_may_read(&row->view, apply->agent->directory, group, &apply->agent->self);
}

/* Whether the group was this party's to read at any time of the chain. */
static tb_err could_ever_read(tb_apply *apply, const tb_case_row *row, tb_bytes group, bool *out)
{
    *out = may_read_now(apply, row, group);
    if (*out) {
        return TB_OK;
    }
    tb_path path;
    tb_err err = tb_chain_to_head(apply->txn, row, &path);
    tb_case_row then;
    if (err == TB_OK) {
        err = tb_chain_replay(apply->agent, apply->txn, &path, 0, row, &then);
    }
    for (size_t i = 0; err == TB_OK && i < path.count && !*out; i++) {
        const tb_chain_event *next = &path.list[i];
        err = tb_case_fold(apply->agent, apply->arena, &then, &next->event, &next->id);
        if (err == TB_OK) {
            *out = may_read_now(apply, &then, group);
        }
    }
    return err;
}

tb_err tb_openings_settle(tb_apply *apply, const tb_event_key *event)
{
    tb_opening *openings;
    size_t count;
    tb_err err = tb_openings_of(apply->txn, event, &openings, &count);
    if (err != TB_OK || count == 0) {
        return err;
    }
    tb_arrival arrival = {.id = event->event, .key = *event};
    tb_event_row stored;
    err = tb_event_get(apply->txn, event, &stored);
    if (err == TB_OK &&
        tb_event_decode(stored.event, apply->arena, &arrival.event) != TB_ACCEPTED) {
        err = TB_ERR_CORRUPT;
    }
    tb_case_row row;
    if (err == TB_OK) {
        err = tb_case_load(apply->agent, apply->txn, &arrival.key.case_id, &row);
    }
    if (err == TB_ERR_NOT_FOUND || (err == TB_OK && row.view.type == NULL) ||
        (err == TB_OK && tb_party_equal(&arrival.event.actor, &apply->agent->self))) {
        return TB_OK; /* held back: settled when it is placed; or our own */
    }
    bool dropped = false;
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        bool ours;
        err = could_ever_read(apply, &row, openings[i].group, &ours);
        if (err == TB_OK && !ours) {
            dropped = true;
            err = tb_opening_del(apply->txn, event, openings[i].group);
            if (err == TB_OK) {
                err = tb_apply_alarm(apply, TB_REFUSED_ROLE, &arrival,
                                     "A field group was opened to this party that is not its to "
                                     "read; it was dropped.");
            }
        }
    }
    if (err != TB_OK || !dropped) {
        return err;
    }
    err = tb_chain_index(apply->txn, &row);
    if (err == TB_OK) {
        err = tb_measures_touch(apply->agent, apply->txn, &row);
    }
    return err == TB_OK ? tb_case_put(apply->txn, &row, &apply->agent->self) : err;
}

#include "agents/acts_making.h"

#include "agents/aside.h"
#include "agents/automatic.h"
#include "agents/chain.h"
#include "agents/document_numbers.h"
#include "agents/duties.h"
#include "agents/effective.h"
#include "agents/lists.h"
#include "agents/measures.h"
#include "agents/passing.h"
#include "agents/side.h"
#include "messages/table.h"

static tb_err commit_groups(tb_acting *a, tb_event *event, tb_opening **out)
{
    size_t count = a->ruling.group_count;
    tb_opening *openings = tb_arena_array(a->arena, count + 1, sizeof *openings);
    event->commitments = tb_arena_array(a->arena, count + 1, sizeof *event->commitments);
    if (openings == NULL || event->commitments == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < count; i++) {
        const struct tb_ruling_group *group = &a->ruling.groups[i];
        openings[i].group = group->group;
        tb_random_bytes(a->random, openings[i].random, sizeof openings[i].random);
        tb_err err = tb_group_fields_encode(group->fields, group->field_count, a->arena,
                                            &openings[i].content);
        if (err != TB_OK) {
            return err;
        }
        event->commitments[i].group = group->group;
        event->commitments[i].digest = tb_commitment_of(&openings[i], &event->hub, &event->case_id);
    }
    event->commitment_count = count;
    *out = openings;
    return TB_OK;
}

static tb_event_kind kind_of(const tb_action *action)
{
    switch (action->kind) {
    case TB_ACTION_OPEN:
    case TB_ACTION_CHAIN:
        return TB_EVENT_CHAIN;
    case TB_ACTION_SIDE:
    case TB_ACTION_REQUEST:
        return TB_EVENT_SIDE;
    case TB_ACTION_TAKE_OVER:
        return TB_EVENT_TAKE_OVER;
    case TB_ACTION_VERSION:
        return TB_EVENT_VERSION;
    }
    TB_UNREACHABLE();
}

/* Place in the chain: what comes before it, its number and term. */
static void link_event(const tb_acting *a, tb_event *event)
{
    const tb_case_view *view = &a->row.view;
    event->case_id = a->row.id;
    event->previous = view->head;
    event->term = view->term;
    if (a->wish->opens) {
        event->case_type = tb_bytes_str(view->type->id);
        event->term = 1;
    }
    if (event->kind == TB_EVENT_TAKE_OVER) {
        event->term++;
    }
    if (event->kind == TB_EVENT_SIDE) {
        return;
    }
    event->number = view->number + 1;
    event->seen = a->row.unseen;
    event->seen_count = a->row.unseen_count < TB_SEEN_MAX ? a->row.unseen_count : TB_SEEN_MAX;
}

/* The head's effective time, so that one wrong clock does not drag the case along. */
static tb_err head_time(tb_acting *a, tb_time *out)
{
    *out = a->row.at;
    if (a->wish->opens) {
        return TB_OK;
    }
    tb_event_key key;
    tb_event_row row;
    bool known;
    tb_err err = tb_event_in_case(a->txn, &a->row.id, TB_CLASS_CHAIN, a->row.view.number,
                                  &a->row.view.head, &key, &row);
    if (err == TB_OK) {
        err = tb_effective_time(a->agent, a->txn, &row, a->row.at, out, &known);
    }
    return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
}

tb_err tb_acting_time(tb_acting *a, tb_time *out)
{
    tb_time before;
    tb_err err = head_time(a, &before);
    if (err == TB_OK) {
        *out = a->now.civil > before ? a->now.civil : before;
    }
    return err;
}

static tb_err make_event(tb_acting *a, tb_event *event, tb_opening **out_openings)
{
    const tb_case_view *view = &a->row.view;
    const tb_campaign *campaign = a->moves_to != NULL ? a->moves_to : view->campaign;
    tb_time at = view->at; /* the time it was judged by */
    tb_err err = at == 0 ? tb_acting_time(a, &at) : TB_OK;
    if (err != TB_OK) {
        return err;
    }
    *event = (tb_event){
        .suite = 1,
        .hub = a->agent->hub,
        .kind = kind_of(a->action),
        .campaign = tb_bytes_str(campaign->id),
        .campaign_version = campaign->version,
        .directory_version = a->agent->directory->version,
        .actor = a->agent->self,
        .account = a->wish->account,
        .action = tb_bytes_str(a->action->id),
        .from_state = view->state,
        .to_state = a->ruling.to_state,
        .holder = a->ruling.holder,
        .at = at,
        .addressees = a->ruling.addressees,
        .addressee_count = a->ruling.addressee_count,
        .fields = a->ruling.open_fields,
        .field_count = a->ruling.open_count,
        .on_behalf = a->wish->paper.on_behalf,
        .paper_no = a->wish->paper.number,
        .paper_date = a->wish->paper.date,
        .approvals = a->wish->approvals,
        .approval_count = a->wish->approval_count,
    };
    link_event(a, event);
    if (a->segments > 0) {
        event->tables = tb_arena_alloc(a->arena, sizeof *event->tables);
        if (event->tables == NULL) {
            return TB_ERR_LIMIT;
        }
        event->tables[0] = (tb_table_version){tb_bytes_str(TB_TABLE_SEGMENTS), a->segments};
        event->table_count = 1;
    }
    return commit_groups(a, event, out_openings);
}

/* ---- taking effect ---- */

static tb_err store_openings(tb_acting *a, const tb_passing *sent)
{
    tb_err err = TB_OK;
    for (size_t i = 0; err == TB_OK && i < sent->event->commitment_count; i++) {
        sent->openings[i].event = sent->key.event;
        err = tb_opening_put(a->txn, &sent->key, &sent->openings[i]);
    }
    return err;
}

static tb_err advance(tb_acting *a, const tb_event *event, const tb_digest *id, tb_case_row *after)
{
    tb_err err = TB_OK;
    switch (event->kind) {
    case TB_EVENT_SIDE:
        err = tb_side_add(a->arena, after, id);
        if (err == TB_OK) {
            err = tb_duties_beside(a->agent, a->txn, after, event, id);
        }
        break;
    case TB_EVENT_TAKE_OVER: {
        tb_path path;
        err = tb_chain_path(a->txn, &after->id, event->number, id, &path);
        if (err == TB_OK) {
            err = tb_chain_switch(a->agent, a->txn, &path, after);
        }
        if (err == TB_OK) {
            err = tb_duties_anew(a->agent, a->txn, &path, after);
        }
        break;
    }
    case TB_EVENT_CHAIN:
    case TB_EVENT_VERSION:
        err = tb_case_fold(a->agent, a->arena, after, event, id);
        if (err == TB_OK) {
            err = event->kind == TB_EVENT_VERSION ? tb_chain_index(a->txn, after)
                                                  : tb_case_index(a->txn, after, event, id);
        }
        if (err == TB_OK) {
            err = tb_side_seen(a->txn, event);
        }
        if (err == TB_OK) {
            err = tb_duties_follow(a->agent, a->txn, after, event, id);
        }
        break;
    }
    if (err == TB_OK && event->kind != TB_EVENT_SIDE) {
        err = tb_measures_touch(a->agent, a->txn, after);
    }
    if (err == TB_OK) {
        err = tb_automatic_follow(a->agent, a->txn, after);
    }
    return err == TB_OK ? tb_case_put(a->txn, after, &a->agent->self) : err;
}

/* Two openings that say the same at one instant are two cases, and a case is named by its opening:
 * the later one says a millisecond more. It happens where nothing sealed tells them apart (what
 * seals a group is random) and the clock stands still, in an exercise; times there are told in
 * seconds, so no limit is passed. */
static tb_err encode_apart(tb_acting *a, tb_event *event, tb_bytes *out, tb_digest *out_id)
{
    for (;;) {
        size_t mark = tb_arena_mark(a->arena);
        tb_err err = tb_event_encode(event, a->arena, out);
        if (err != TB_OK) {
            return err;
        }
        *out_id = tb_event_id(*out);
        if (!a->wish->opens || event->commitment_count > 0) {
            return TB_OK;
        }
        tb_event_key key = tb_event_key_of(event, out_id);
        tb_case_row twin;
        err = tb_case_get(a->txn, &key.case_id, &twin);
        if (err != TB_OK) {
            return err == TB_ERR_NOT_FOUND ? TB_OK : err;
        }
        tb_arena_release(a->arena, mark);
        event->at++;
    }
}

/* The event's row is put last, when it is known which notice carries it. */
tb_err tb_acting_take_effect(tb_acting *a, tb_outcome *out)
{
    tb_event event;
    tb_event_row row = {
        .standing = TB_STANDING_EFFECTIVE,
        .lane = a->row.lane,
        .recorded = a->now.real,
        .sender = a->agent->self,
    };
    tb_passing sent = {.event = &event, .row = &row};
    tb_digest id;
    tb_err err = make_event(a, &event, &sent.openings);
    if (err == TB_OK) {
        err = encode_apart(a, &event, &row.event, &id);
    }
    if (err != TB_OK) {
        return err;
    }
    sent.key = tb_event_key_of(&event, &id);
    tb_case_row before = a->row;
    tb_case_row after = a->row;
    err = store_openings(a, &sent);
    if (err == TB_OK) {
        err = tb_document_number_note(a->agent, a->txn, &event);
    }
    if (err == TB_OK && event.kind != TB_EVENT_CHAIN && event.kind != TB_EVENT_SIDE) {
        err = tb_event_put(a->txn, &sent.key, &row); /* the chain is walked from it */
    }
    if (err == TB_OK) {
        err = advance(a, &event, &id, &after);
    }
    if (err == TB_OK && event.kind == TB_EVENT_VERSION) {
        err = tb_case_regroup(a->arena, &before, a->row.view.type, after.view.type);
    }
    if (err == TB_OK) {
        err = event.addressee_count > 0 ? tb_pass_event(a->agent, a->txn, &before, &after, &sent)
                                        : tb_loose_add(a->txn, &sent.key);
    }
    if (err == TB_OK) {
        err = tb_event_put(a->txn, &sent.key, &row);
    }
    if (err == TB_OK && event.kind == TB_EVENT_TAKE_OVER) {
        err = tb_aside_note(a->agent, a->txn, &sent.key, &event);
    }
    if (err != TB_OK) {
        return err;
    }
    out->case_id = sent.key.case_id;
    out->event = id;
    out->number = event.number;
    out->state = after.view.state;
    err = tb_lists_follow(a->agent, a->txn, &after);
    if (err != TB_OK) {
        return err;
    }
    return tb_case_changed(a->agent, a->txn, &after, a->effects);
}

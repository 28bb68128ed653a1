/* passing_again - events that a recipient was given before and could not open, given again.
 *
 * With an event goes all of its chain before it: what a party was shown follows from the chain, so
 * that what the first notice passed on need not be remembered. A recipient that holds an event
 * takes nothing of it twice; of its own it is given those that are named: it lost them, and was
 * being resent them. Each event goes under the proof of the notice that first carried it.
 */
#include "agents/passing.h"

#include "agents/chain.h"
#include "agents/rows_link.h"
#include "agents/rows_reseal.h"
#include "messages/parts.h"

/* As much as a notice of earlier events holds, bytes. */
#define AGAIN_BYTES_MAX (96 * 1024)

typedef struct again {
    tb_agent *agent;
    tb_txn *txn;
    tb_arena *arena;
    const tb_party *recipient;
    tb_lane lane;
    tb_case_id case_id;
    const tb_digest *named;
    size_t named_count;
    tb_passed *list;
    tb_digest *ids;
    size_t count;
    size_t bytes;
    uint64_t notice; /* the newest made */
} again;

static tb_err send_list(again *a)
{
    if (a->count == 0) {
        return TB_OK;
    }
    tb_resend resend = {.case_id = a->case_id};
    tb_outgoing_reader reader = {
        .recipient = *a->recipient, .passed = a->list, .passed_count = a->count};
    tb_outgoing outgoing = {
        .lane = a->lane, .kind = TB_NOTICE_RESEND, .readers = &reader, .reader_count = 1};
    tb_incarnation incarnation;
    uint64_t notice = 0;
    tb_err err = tb_resend_encode(&resend, a->arena, &outgoing.resend);
    if (err == TB_OK) {
        err = tb_outbox_add(a->agent, a->txn, &outgoing, &notice);
    }
    if (err == TB_OK) {
        err = tb_meta_incarnation(a->txn, &incarnation);
    }
    if (err == TB_OK && notice > 0) {
        err = tb_ahead_put(a->txn, &incarnation, notice, &a->case_id, a->ids, a->count);
        a->notice = notice;
    }
    /* the outbox keeps the list until the end of the turn */
    a->list = NULL;
    a->count = 0;
    a->bytes = 0;
    return err;
}

static tb_err make_room(again *a)
{
    if (a->list != NULL) {
        return TB_OK;
    }
    a->list = tb_arena_array(a->arena, TB_PASSED_MAX, sizeof *a->list);
    a->ids = tb_arena_array(a->arena, TB_PASSED_MAX, sizeof *a->ids);
    return a->list == NULL || a->ids == NULL ? TB_ERR_LIMIT : TB_OK;
}

static bool is_named(const again *a, const tb_digest *event)
{
    for (size_t i = 0; i < a->named_count; i++) {
        if (tb_digest_equal(&a->named[i], event)) {
            return true;
        }
    }
    return false;
}

static tb_err add_openings(
    again *a, const tb_case_view *view, const tb_event_key *key, uint32_t readable, tb_passed *p)
{
    tb_opening *openings;
    size_t count;
    tb_err err = tb_openings_of(a->txn, key, &openings, &count);
    if (err != TB_OK) {
        return err;
    }
    p->openings = tb_arena_array(a->arena, count + 1, sizeof *p->openings);
    if (p->openings == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < count; i++) {
        if ((tb_case_group_bit(view, openings[i].group) & readable) != 0) {
            p->openings[p->opening_count++] = openings[i];
        }
    }
    return TB_OK;
}

/* One event; what no notice proves the recipient was never given. */
static tb_err give(again *a,
                   const tb_event_key *key,
                   const tb_event_row *row,
                   const tb_event *event,
                   const tb_case_view *view,
                   uint32_t readable)
{
    tb_passed passed = {.event = row->event};
    bool proven = false;
    if (tb_party_equal(&event->actor, a->recipient)) {
        if (!is_named(a, &key->event)) {
            return TB_OK;
        }
        readable = UINT32_MAX; /* whatever was ever shown here of its own */
    }
    tb_err err = tb_pass_proof(a->txn, row, &passed, &proven);
    if (err != TB_OK || !proven) {
        return err;
    }
    err = add_openings(a, view, key, readable, &passed);
    size_t more = tb_passed_bytes(&passed);
    if (err == TB_OK &&
        (a->count == TB_PASSED_MAX || (a->count > 0 && a->bytes + more > AGAIN_BYTES_MAX))) {
        err = send_list(a);
    }
    if (err == TB_OK) {
        err = make_room(a);
    }
    if (err != TB_OK) {
        return err;
    }
    a->ids[a->count] = key->event;
    a->list[a->count++] = passed;
    a->bytes += more;
    return TB_OK;
}

/* The chain up to and with an event. What the recipient may read is as it was when that event
 * addressed it. */
static tb_err give_chain(again *a, const tb_case_row *owner, const tb_event_key *tip, tb_path *path)
{
    tb_case_row then;
    tb_err err = tb_chain_path(a->txn, &owner->id, tip->number, &tip->event, path);
    if (err == TB_OK) {
        err = tb_chain_replay(a->agent, a->txn, path, path->count, owner, &then);
    }
    if (err != TB_OK) {
        return err;
    }
    uint32_t readable = tb_case_readable(a->agent, &then.view, a->recipient);
    for (size_t i = 0; err == TB_OK && i < path->count; i++) {
        const tb_chain_event *at = &path->list[i];
        err = give(a, &at->key, &at->row, &at->event, &then.view, readable);
    }
    return err;
}

static tb_err
give_alone(again *a, const tb_case_row *owner, const tb_event_key *key, const tb_event_row *row)
{
    tb_event event;
    tb_err err = tb_chain_decode(a->txn, row, &event);
    if (err != TB_OK) {
        return err;
    }
    uint32_t readable = tb_case_readable(a->agent, &owner->view, a->recipient);
    return give(a, key, row, &event, &owner->view, readable);
}

static tb_err find(again *a,
                   const tb_case_id *case_id,
                   const tb_digest *id,
                   tb_event_key *out_key,
                   tb_event_row *out)
{
    tb_err err = tb_event_in_case(a->txn, case_id, TB_CLASS_CHAIN, 0, id, out_key, out);
    if (err == TB_ERR_NOT_FOUND) {
        err = tb_event_in_case(a->txn, case_id, TB_CLASS_SIDE, 0, id, out_key, out);
    }
    return err;
}

static bool on_path(const tb_path *path, const tb_event_key *key)
{
    return key->number >= 1 && key->number <= path->count &&
           tb_digest_equal(&path->list[key->number - 1].id, &key->event);
}

/* What is named beside the chain that was given: side events, and what stands on another branch. */
static tb_err give_beside(again *a, const tb_case_row *owner, const tb_path *given)
{
    tb_err err = TB_OK;
    for (size_t i = 0; err == TB_OK && i < a->named_count; i++) {
        tb_event_key key;
        tb_event_row row;
        err = find(a, &owner->id, &a->named[i], &key, &row);
        if (err == TB_OK && row.standing != TB_STANDING_HELD_BACK && !on_path(given, &key)) {
            err = give_alone(a, owner, &key, &row);
        }
        err = err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    return err;
}

/* The event of the chain that brings along what an event needs: itself, or what a side event
 * follows. TB_ERR_NOT_FOUND: there is none here that may go. */
static tb_err tip_of(again *a, const tb_case_row *owner, const tb_digest *id, tb_event_key *out)
{
    tb_event_row row;
    tb_event event;
    tb_err err = find(a, &owner->id, id, out, &row);
    if (err == TB_OK && row.standing == TB_STANDING_HELD_BACK) {
        return TB_ERR_NOT_FOUND;
    }
    if (err != TB_OK || out->class == TB_CLASS_CHAIN) {
        return err;
    }
    err = tb_chain_decode(a->txn, &row, &event);
    if (err == TB_OK) {
        err = tb_event_in_case(a->txn, &owner->id, TB_CLASS_CHAIN, 0, &event.previous, out, &row);
    }
    return err == TB_OK && row.standing != TB_STANDING_EFFECTIVE ? TB_ERR_NOT_FOUND : err;
}

/* The newest event of the chain brings all before it along; the others go one by one. */
static tb_err give_all(again *a, const tb_case_row *owner)
{
    tb_event_key tip = {.number = 0};
    tb_path given = {.count = 0};
    for (size_t i = 0; i < a->named_count; i++) {
        tb_event_key key;
        tb_err err = tip_of(a, owner, &a->named[i], &key);
        if (err == TB_OK && key.number > tip.number) {
            tip = key;
        }
        if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
            return err;
        }
    }
    tb_err err = tip.number > 0 ? give_chain(a, owner, &tip, &given) : TB_OK;
    return err == TB_OK ? give_beside(a, owner, &given) : err;
}

tb_err tb_pass_again(tb_agent *agent,
                     tb_txn *txn,
                     const tb_party *recipient,
                     const tb_case_id *case_id,
                     const tb_digest *events,
                     size_t count,
                     tb_lane lane,
                     uint64_t *out_notice)
{
    again a = {.agent = agent,
               .txn = txn,
               .arena = tb_txn_arena(txn),
               .recipient = recipient,
               .lane = lane,
               .case_id = *case_id,
               .named = events,
               .named_count = count};
    tb_case_row owner;
    *out_notice = 0;
    tb_err err = tb_case_load(agent, txn, case_id, &owner);
    if (err != TB_OK || owner.view.type == NULL) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    err = give_all(&a, &owner);
    if (err == TB_OK) {
        err = send_list(&a);
    }
    *out_notice = a.notice;
    return err;
}

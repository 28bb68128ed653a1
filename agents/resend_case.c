/* resend_case - one case, as far as a peer was shown it: who may be given what again. */
#include "agents/chain.h"
#include "agents/dispute.h"
#include "agents/outbox_work.h"
#include "agents/passing.h"
#include "agents/resend.h"
#include "agents/rows_reseal.h"

/* Earlier events in one notice, bytes. */
#define PASSED_BYTES_MAX (96 * 1024)

/* Events of branches left aside that one peer is given again, beside those it was named in. */
#define ASIDE_MAX 256

_Static_assert(PASSED_BYTES_MAX + TB_EVENT_BYTES_MAX + TB_HEADER_BYTES_MAX < TB_BODY_BYTES_MAX,
               "a notice fits a body");

typedef struct on_chain {
    tb_digest id;
    uint64_t number;
} on_chain;

typedef struct giving {
    tb_step *step;
    const tb_party *peer;
    tb_case_row row;
    tb_knower shown;
    uint32_t readable;
    uint64_t upto;
    tb_lane lane;
    tb_passed *list;
    size_t count;
    size_t bytes;
    size_t events;
    on_chain *chain; /* the events that count */
    size_t chain_count;
    size_t chain_capacity;
    tb_digest *beside; /* what side events that the peer was given follow */
    size_t beside_count;
    size_t beside_capacity;
    tb_digest *aside; /* what precedes events off the chain that the peer was shown */
    size_t aside_count;
} giving;

static bool addressed(const tb_event *event, const tb_party *party)
{
    for (size_t i = 0; i < event->addressee_count; i++) {
        if (tb_party_equal(&event->addressees[i], party)) {
            return true;
        }
    }
    return false;
}

static bool among(const tb_digest *list, size_t count, const tb_digest *event)
{
    for (size_t i = 0; i < count; i++) {
        if (tb_digest_equal(&list[i], event)) {
            return true;
        }
    }
    return false;
}

static bool meant_for(const giving *g, const tb_event *event)
{
    return tb_party_equal(&event->actor, g->peer) || addressed(event, g->peer);
}

/* Of what is disputed only the chain goes, by which the peer knows that the case is frozen. */
static bool goes(const tb_event_key *key, const tb_event_row *row)
{
    return row->standing != TB_STANDING_HELD_BACK &&
           (row->standing != TB_STANDING_DISPUTED || key->class != TB_CLASS_SIDE);
}

static bool follows_shown(const giving *g, const tb_event *event)
{
    for (size_t i = 0; i < g->chain_count; i++) {
        if (tb_digest_equal(&g->chain[i].id, &event->previous)) {
            return g->chain[i].number <= g->shown.upto;
        }
    }
    return among(g->aside, g->aside_count, &event->previous);
}

/* Its own, what was addressed to it, and what everybody addressed is given: all that came before;
 * of the side events those it was given when the case was handed to it. One that follows what the
 * peer was not shown it was not given either, and would wait there for ever. */
static bool
was_shown(const giving *g, const tb_event_key *key, const tb_event_row *row, const tb_event *event)
{
    if (!goes(key, row)) {
        return false;
    }
    if (meant_for(g, event)) {
        return true;
    }
    if (key->class == TB_CLASS_CHAIN) {
        return (row->standing == TB_STANDING_EFFECTIVE && key->number <= g->shown.upto) ||
               among(g->aside, g->aside_count, &key->event);
    }
    bool held_it = g->shown.handed > 0 || tb_party_equal(&g->row.view.holder, g->peer);
    return held_it && follows_shown(g, event);
}

/* Should its recipient have retired the key it is sealed to, it goes again. */
static tb_err remember(giving *g, uint64_t notice)
{
    tb_digest ids[TB_PASSED_MAX];
    for (size_t i = 0; i < g->count; i++) {
        ids[i] = tb_event_id(g->list[i].event);
    }
    return tb_ahead_put(g->step->txn, &g->step->incarnation, notice, &g->row.id, ids, g->count);
}

static tb_err flush(giving *g)
{
    tb_resend resend = {.case_id = g->row.id};
    tb_outgoing_reader reader = {
        .recipient = *g->peer, .passed = g->list, .passed_count = g->count};
    tb_outgoing outgoing = {
        .lane = g->lane, .kind = TB_NOTICE_RESEND, .readers = &reader, .reader_count = 1};
    uint64_t notice = 0;
    if (g->count == 0) {
        return TB_OK;
    }
    tb_err err = tb_resend_encode(&resend, g->step->arena, &outgoing.resend);
    if (err == TB_OK) {
        err = tb_outbox_add(g->step->agent, g->step->txn, &outgoing, &notice);
    }
    if (err == TB_OK && notice > 0) {
        err = remember(g, notice);
    }
    g->list = tb_arena_array(g->step->arena, TB_PASSED_MAX, sizeof *g->list);
    g->count = 0;
    g->bytes = 0;
    return err == TB_OK && g->list == NULL ? TB_ERR_LIMIT : err;
}

/* The openings the peer may read; of its own event all that were ever shown here. */
static tb_err
put_openings(giving *g, const tb_event_key *key, const tb_event *event, tb_passed *passed)
{
    tb_opening *all;
    size_t count;
    bool own = tb_party_equal(&event->actor, g->peer);
    tb_err err = tb_openings_of(g->step->txn, key, &all, &count);
    if (err != TB_OK || count == 0) {
        return err;
    }
    passed->openings = tb_arena_array(g->step->arena, count, sizeof *passed->openings);
    if (passed->openings == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < count; i++) {
        if (own || (tb_case_group_bit(&g->row.view, all[i].group) & g->readable) != 0) {
            passed->openings[passed->opening_count++] = all[i];
        }
    }
    return TB_OK;
}

static tb_err give(giving *g, const tb_event_key *key, const tb_event_row *row)
{
    tb_event event;
    tb_passed passed;
    bool proven = false;
    tb_err err = tb_chain_decode(g->step->txn, row, &event);
    if (err != TB_OK || !was_shown(g, key, row, &event)) {
        return err;
    }
    err = tb_pass_proof(g->step->txn, row, &passed, &proven);
    if (err == TB_OK && proven) {
        err = put_openings(g, key, &event, &passed);
    }
    if (err != TB_OK || !proven) {
        return err;
    }
    size_t more = tb_passed_bytes(&passed);
    if (g->count == TB_PASSED_MAX || (g->count > 0 && g->bytes + more > PASSED_BYTES_MAX)) {
        err = flush(g);
        if (err != TB_OK) {
            return err;
        }
    }
    g->list[g->count++] = passed;
    g->bytes += more;
    g->events++;
    return TB_OK;
}

/* What came before an event that is no longer on the chain to the head. */
static tb_err add_branch(giving *g, const tb_event_key *tip)
{
    tb_path path;
    tb_err err = tb_chain_path(g->step->txn, &tip->case_id, tip->number, &tip->event, &path);
    for (size_t i = 0; err == TB_OK && i < path.count && g->aside_count < ASIDE_MAX; i++) {
        const tb_chain_event *before = &path.list[i];
        if (!among(g->aside, g->aside_count, &before->key.event)) {
            g->aside[g->aside_count++] = before->key.event;
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err; /* what is not here cannot be given */
}

/* The take-over that rules was passed on to the parties of what it left aside (agents/aside.h). */
static tb_err add_ruling(giving *g)
{
    tb_path path;
    tb_err err = tb_chain_to_head(g->step->txn, &g->row, &path);
    const tb_chain_event *ruling = err == TB_OK ? tb_chain_ruling(&path) : NULL;
    return ruling == NULL ? err : add_branch(g, &ruling->key);
}

static tb_err note_beside(giving *g, const tb_event *event)
{
    void *list = g->beside;
    bool own = tb_party_equal(&event->actor, g->peer);
    if (own || !addressed(event, g->peer) || among(g->beside, g->beside_count, &event->previous)) {
        return TB_OK;
    }
    tb_err err = tb_work_room(g->step->arena, &list, g->beside_count, &g->beside_capacity,
                              sizeof *g->beside);
    if (err != TB_OK) {
        return err;
    }
    g->beside = list;
    g->beside[g->beside_count++] = event->previous;
    return TB_OK;
}

/* What the side events follow that address the peer: it was given the chain up to there. Its own
 * say nothing: whoever has learnt of an event's id could name it. */
static tb_err find_beside(giving *g)
{
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row row;
    tb_err err = tb_event_first(g->step->txn, &g->row.id, TB_CLASS_SIDE, &walk, &key, &row);
    while (err == TB_OK) {
        tb_event event;
        if (goes(&key, &row)) {
            err = tb_chain_decode(g->step->txn, &row, &event);
            err = err == TB_OK ? note_beside(g, &event) : err;
        }
        if (err == TB_OK) {
            err = tb_event_next(g->step->txn, &walk, &key, &row);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* With an event off the chain that the peer has, or has lost, goes what it builds on, or it would
 * wait for that for ever. */
static tb_err look_off(giving *g, const tb_event_key *key, const tb_event_row *row, bool beside)
{
    tb_event event;
    tb_err err = tb_chain_decode(g->step->txn, row, &event);
    return err == TB_OK && (beside || meant_for(g, &event)) ? add_branch(g, key) : err;
}

static tb_err note_chain(giving *g, const tb_event_key *key, bool beside)
{
    void *list = g->chain;
    tb_err err =
        tb_work_room(g->step->arena, &list, g->chain_count, &g->chain_capacity, sizeof *g->chain);
    if (err != TB_OK) {
        return err;
    }
    g->chain = list;
    g->chain[g->chain_count++] = (on_chain){key->event, key->number};
    g->shown.upto = beside && key->number > g->shown.upto ? key->number : g->shown.upto;
    return TB_OK;
}

/* How far the peer was given the chain, and what beside it. Where a take-over left something aside,
 * the take-over goes as well, or that would count again there. */
static tb_err find_shown(giving *g)
{
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row row;
    tb_err err = find_beside(g);
    if (err == TB_OK) {
        err = tb_event_first(g->step->txn, &g->row.id, TB_CLASS_CHAIN, &walk, &key, &row);
    }
    while (err == TB_OK) {
        bool beside = among(g->beside, g->beside_count, &key.event);
        if (row.standing == TB_STANDING_EFFECTIVE) {
            err = note_chain(g, &key, beside);
        } else if (row.standing != TB_STANDING_HELD_BACK) {
            err = look_off(g, &key, &row, beside);
        }
        if (err == TB_OK) {
            err = tb_event_next(g->step->txn, &walk, &key, &row);
        }
    }
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    return g->aside_count > 0 ? add_ruling(g) : TB_OK;
}

static tb_err give_class(giving *g, uint8_t class)
{
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row row;
    tb_err err = tb_event_first(g->step->txn, &g->row.id, class, &walk, &key, &row);
    while (err == TB_OK) {
        if (class == TB_CLASS_SIDE || g->upto == 0 || key.number <= g->upto) {
            err = give(g, &key, &row);
        }
        if (err == TB_OK) {
            err = tb_event_next(g->step->txn, &walk, &key, &row);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_resend_case(tb_step *step,
                      const tb_case_id *case_id,
                      const tb_party *peer,
                      uint64_t upto,
                      tb_lane lane,
                      size_t *out_events)
{
    giving g = {.step = step, .peer = peer, .upto = upto, .lane = lane};
    *out_events = 0;
    tb_err err = tb_case_load(step->agent, step->txn, case_id, &g.row);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    bool groundless;
    err = tb_dispute_opening(step->txn, &g.row, &groundless);
    if (err != TB_OK || groundless) {
        return err; /* it counts for nobody, whatever follows */
    }
    g.shown = tb_case_knower(&g.row, peer);
    g.readable = tb_case_readable(step->agent, &g.row.view, peer) | g.shown.groups;
    g.list = tb_arena_array(step->arena, TB_PASSED_MAX, sizeof *g.list);
    g.aside = tb_arena_array(step->arena, ASIDE_MAX, sizeof *g.aside);
    if (g.list == NULL || g.aside == NULL) {
        return TB_ERR_LIMIT;
    }
    err = find_shown(&g);
    if (err == TB_OK) {
        err = give_class(&g, TB_CLASS_CHAIN);
    }
    if (err == TB_OK) {
        err = give_class(&g, TB_CLASS_SIDE);
    }
    if (err == TB_OK) {
        err = flush(&g);
    }
    *out_events = g.events;
    return err;
}

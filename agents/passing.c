#include "agents/passing.h"
#include "base/mutant.h"

#include "agents/chain.h"
#include "agents/measures.h"
#include "agents/offline.h"
#include "agents/rows_link.h"
#include "agents/rows_reseal.h"
#include "messages/parts.h"

/* Earlier events in one notice, for all its readers, and new events with their openings, bytes. */
#define PASSED_BYTES_MAX (96 * 1024)
#define EVENTS_BYTES_MAX (96 * 1024)

_Static_assert(PASSED_BYTES_MAX + EVENTS_BYTES_MAX < TB_BODY_BYTES_MAX, "a notice fits a body");

typedef struct item {
    tb_event_key key;
    tb_event_row row;
    tb_event event;
    tb_opening *openings;
    size_t opening_count;
    bool opened;
    bool wanted; /* by some reader */
    bool fresh;  /* goes among the notice's own events */
    bool proven;
    tb_passed passed; /* without openings; when proven */
} item;

typedef struct parcel {
    tb_agent *agent;
    tb_txn *txn;
    tb_arena *arena;
    const tb_case_row *before;
    const tb_case_row *after;
    const tb_passing *sent;
    size_t passed_max; /* bytes for one reader */
    item *items;       /* chain first, then side events */
    size_t count;
    size_t capacity;
} parcel;

/* ---- collecting ---- */

static tb_err add_item(parcel *p, item **out)
{
    if (p->count == p->capacity) {
        size_t capacity = p->capacity == 0 ? 1 : p->capacity * 2 + 8;
        item *longer = tb_arena_array(p->arena, capacity, sizeof *longer);
        if (longer == NULL) {
            return TB_ERR_LIMIT;
        }
        if (p->count > 0) {
            memcpy(longer, p->items, p->count * sizeof *longer);
        }
        p->items = longer;
        p->capacity = capacity;
    }
    *out = &p->items[p->count++];
    return TB_OK;
}

static tb_err collect_class(parcel *p, uint8_t class)
{
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row row;
    tb_err err = tb_event_first(p->txn, &p->after->id, class, &walk, &key, &row);
    while (err == TB_OK) {
        if (row.standing == TB_STANDING_EFFECTIVE &&
            (p->sent == NULL || !tb_digest_equal(&key.event, &p->sent->key.event))) {
            item *it;
            err = add_item(p, &it);
            if (err != TB_OK) {
                return err;
            }
            *it = (item){.key = key, .row = row};
        }
        err = tb_event_next(p->txn, &walk, &key, &row);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* Decoded only when somebody may need it: most readers were shown everything before. */
static tb_err open_item(parcel *p, item *it)
{
    if (it->opened) {
        return TB_OK;
    }
    tb_err err = tb_chain_decode(p->txn, &it->row, &it->event);
    if (err == TB_OK && it->event.commitment_count > 0) {
        err = tb_openings_of(p->txn, &it->key, &it->openings, &it->opening_count);
    }
    it->opened = err == TB_OK;
    return err;
}

static bool addressed(const tb_event *event, const tb_party *party)
{
    for (size_t i = 0; i < event->addressee_count; i++) {
        if (tb_party_equal(&event->addressees[i], party)) {
            return true;
        }
    }
    return false;
}

static bool opens_any(const parcel *p, const item *it, uint32_t groups)
{
    for (size_t i = 0; i < it->opening_count; i++) {
        if ((tb_case_group_bit(&p->after->view, it->openings[i].group) & groups) != 0) {
            return true;
        }
    }
    return false;
}

/* Whether the take-over that lists a side event is new to a reader: the side event may be its
 * ground, without which nobody can judge it (agents/lapses.h). */
static tb_err grounds_new(parcel *p, const item *side, const tb_knower *shown, bool *out)
{
    *out = false;
    uint64_t lister = side->row.seen;
    if (lister == 0 || lister <= shown->upto) {
        return TB_OK;
    }
    if (lister == p->sent->event->number && p->sent->event->kind != TB_EVENT_SIDE) {
        *out = p->sent->event->kind == TB_EVENT_TAKE_OVER;
        return TB_OK;
    }
    for (size_t i = 0; i < p->count; i++) {
        if (p->items[i].key.class == TB_CLASS_CHAIN && p->items[i].key.number == lister) {
            tb_err err = open_item(p, &p->items[i]);
            *out = err == TB_OK && p->items[i].event.kind == TB_EVENT_TAKE_OVER;
            return err;
        }
    }
    return TB_OK;
}

/* The number of the event of the chain that a side event follows; 0: a take-over has left it aside,
 * and whoever is not given that branch would wait for it for ever. */
static uint64_t follows(const parcel *p, const tb_event *side)
{
    for (size_t i = 0; i < p->count; i++) {
        const tb_event_key *key = &p->items[i].key;
        if (key->class == TB_CLASS_CHAIN && tb_digest_equal(&key->event, &side->previous)) {
            return key->number;
        }
    }
    return 0;
}

/* Whether a reader is to be given an earlier event. */
static tb_err lacks(parcel *p, item *it, const tb_party *reader, uint32_t readable, bool *out)
{
    *out = false;
    tb_knower shown = tb_case_knower(p->before, reader);
    bool side = it->key.class == TB_CLASS_SIDE;
    bool becomes_holder = tb_party_equal(&p->after->view.holder, reader) &&
                          !tb_party_equal(&p->before->view.holder, reader);
    uint32_t gained = readable & ~shown.groups;
    bool grounds = false;
    tb_err err = side ? grounds_new(p, it, &shown, &grounds) : TB_OK;
    if (err != TB_OK ||
        (side ? !becomes_holder && !grounds : it->key.number <= shown.upto && gained == 0)) {
        return err;
    }
    err = open_item(p, it);
    if (err != TB_OK || tb_party_equal(&it->event.actor, reader)) {
        return err;
    }
    if (side) {
        *out = (grounds || it->row.seen == 0 || it->row.seen > shown.handed) &&
               !addressed(&it->event, reader) && follows(p, &it->event) > 0;
    } else {
        *out = it->key.number > shown.upto || opens_any(p, it, gained);
    }
    return TB_OK;
}

/* Decides what goes as new and finds proofs for the rest. An own event goes as new while no
 * finished notice proves it; readers that know it lose nothing. */
static tb_err sort_items(parcel *p)
{
    const tb_event *event = p->sent->event;
    for (size_t r = 0; r < event->addressee_count; r++) {
        uint32_t readable = tb_case_readable(p->agent, &p->after->view, &event->addressees[r]);
        for (size_t i = 0; i < p->count; i++) {
            bool wanted;
            tb_err err = lacks(p, &p->items[i], &event->addressees[r], readable, &wanted);
            if (err != TB_OK) {
                return err;
            }
            p->items[i].wanted |= wanted;
        }
    }
    for (size_t i = 0; i < p->count; i++) {
        item *it = &p->items[i];
        it->fresh = it->row.notice == 0;
        tb_err err = it->fresh || it->wanted ? open_item(p, it) : TB_OK;
        if (err == TB_OK && it->wanted && !it->fresh) {
            err = tb_pass_proof(p->txn, &it->row, &it->passed, &it->proven);
            it->fresh = !it->proven && tb_party_equal(&it->event.actor, &p->agent->self);
        }
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

/* ---- one reader ---- */

static tb_err readable_openings(parcel *p, const item *it, uint32_t readable, tb_passed *passed)
{
    passed->openings = tb_arena_array(p->arena, it->opening_count + 1, sizeof *passed->openings);
    if (passed->openings == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < it->opening_count; i++) {
        bool may = (tb_case_group_bit(&p->after->view, it->openings[i].group) & readable) != 0;
        if (may || TB_MUTANT(READERS_IGNORED)) {
            passed->openings[passed->opening_count++] = it->openings[i];
        }
    }
    return TB_OK;
}

/* Such a notice has no new events: what it passed on is kept, should it have to go again. */
static tb_err remember_ahead(parcel *p, uint64_t notice, const tb_passed *passed, size_t count)
{
    tb_digest ids[TB_PASSED_MAX];
    tb_incarnation incarnation;
    TB_ASSERT(count <= TB_PASSED_MAX);
    tb_err err = tb_meta_incarnation(p->txn, &incarnation);
    for (size_t i = 0; i < count; i++) {
        ids[i] = tb_event_id(passed[i].event);
    }
    return err == TB_OK ? tb_ahead_put(p->txn, &incarnation, notice, &p->after->id, ids, count)
                        : err;
}

static tb_err send_ahead(parcel *p, const tb_party *reader, tb_passed *passed, size_t count)
{
    tb_resend resend = {.case_id = p->after->id};
    tb_outgoing_reader one = {.recipient = *reader, .passed = passed, .passed_count = count};
    tb_outgoing outgoing = {
        .lane = p->after->lane, .kind = TB_NOTICE_RESEND, .readers = &one, .reader_count = 1};
    tb_err err = tb_resend_encode(&resend, p->arena, &outgoing.resend);
    if (err != TB_OK) {
        return err;
    }
    uint64_t notice = 0;
    err = tb_outbox_add(p->agent, p->txn, &outgoing, &notice);
    return err == TB_OK && notice > 0 ? remember_ahead(p, notice, passed, count) : err;
}

/* Room for as many as there may be; most readers lack nothing. */
static tb_err fresh_list(parcel *p, tb_outgoing_reader *reader)
{
    size_t room = p->count < TB_PASSED_MAX ? p->count : TB_PASSED_MAX;
    reader->passed = tb_arena_array(p->arena, room, sizeof *reader->passed);
    reader->passed_count = 0;
    return reader->passed == NULL ? TB_ERR_LIMIT : TB_OK;
}

/* What one reader lacks. More than fits with the event goes ahead, in notices of its own. */
static tb_err fill_reader(parcel *p, tb_outgoing_reader *reader, uint32_t readable)
{
    size_t bytes = 0;
    for (size_t i = 0; i < p->count; i++) {
        item *it = &p->items[i];
        if (!it->proven) {
            continue; /* new, known to everybody, or its author alone can prove it */
        }
        bool wanted;
        tb_err err = lacks(p, it, &reader->recipient, readable, &wanted);
        if (err != TB_OK) {
            return err;
        }
        if (!wanted) {
            continue;
        }
        tb_passed passed = it->passed;
        err = readable_openings(p, it, readable, &passed);
        if (err == TB_OK && reader->passed == NULL) {
            err = fresh_list(p, reader);
        }
        if (err != TB_OK) {
            return err;
        }
        size_t more = tb_passed_bytes(&passed);
        if (reader->passed_count == TB_PASSED_MAX ||
            (reader->passed_count > 0 && bytes + more > p->passed_max)) {
            err = send_ahead(p, &reader->recipient, reader->passed, reader->passed_count);
            if (err == TB_OK) {
                err = fresh_list(p, reader);
            }
            if (err != TB_OK) {
                return err;
            }
            bytes = 0;
        }
        reader->passed[reader->passed_count++] = passed;
        bytes += more;
    }
    if (bytes <= p->passed_max) {
        return TB_OK;
    }
    tb_err err = send_ahead(p, &reader->recipient, reader->passed, reader->passed_count);
    reader->passed_count = 0;
    return err;
}

/* ---- the notice ---- */

typedef struct load {
    item **items;
    size_t count;
    size_t opening_count;
    size_t bytes;
} load;

static tb_err put_events(parcel *p, const load *l, tb_outgoing *outgoing)
{
    outgoing->events = tb_arena_array(p->arena, l->count, sizeof *outgoing->events);
    outgoing->ids = tb_arena_array(p->arena, l->count, sizeof *outgoing->ids);
    outgoing->openings = tb_arena_array(p->arena, l->opening_count + 1, sizeof *outgoing->openings);
    if (outgoing->events == NULL || outgoing->ids == NULL || outgoing->openings == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < l->count; i++) {
        const item *it = l->items[i];
        outgoing->events[outgoing->event_count] = it->row.event;
        outgoing->ids[outgoing->event_count++] = it->key.event;
        for (size_t j = 0; j < it->opening_count; j++) {
            outgoing->openings[outgoing->opening_count++] = it->openings[j];
        }
    }
    return TB_OK;
}

static tb_err set_opens(parcel *p, tb_outgoing *outgoing)
{
    for (size_t r = 0; r < outgoing->reader_count; r++) {
        tb_outgoing_reader *reader = &outgoing->readers[r];
        uint32_t readable = tb_case_readable(p->agent, &p->after->view, &reader->recipient);
        reader->opens =
            tb_arena_array(p->arena, outgoing->opening_count + 1, sizeof *reader->opens);
        if (reader->opens == NULL) {
            return TB_ERR_LIMIT;
        }
        for (size_t i = 0; i < outgoing->opening_count; i++) {
            reader->opens[i] =
                (tb_case_group_bit(&p->after->view, outgoing->openings[i].group) & readable) != 0 ||
                TB_MUTANT(READERS_IGNORED);
        }
    }
    return TB_OK;
}

/* Nobody could be sealed to: the events wait for the next notice of the case. */
static tb_err stay_loose(parcel *p, const load *l)
{
    for (size_t i = 0; i < l->count; i++) {
        const item *it = l->items[i];
        if (it->row.notice == 0) {
            tb_err err = tb_loose_add(p->txn, &it->key);
            if (err != TB_OK) {
                return err;
            }
        }
    }
    return TB_OK;
}

static tb_err mark_proven(parcel *p, const load *l, uint64_t notice)
{
    if (notice == 0) {
        return stay_loose(p, l);
    }
    tb_incarnation incarnation;
    tb_err err = tb_meta_incarnation(p->txn, &incarnation);
    for (size_t i = 0; err == TB_OK && i < l->count; i++) {
        item *it = l->items[i];
        if (it->row.notice != 0) {
            continue;
        }
        it->row.sender = p->agent->self;
        it->row.incarnation = incarnation;
        it->row.notice = notice;
        if (p->sent != NULL && tb_digest_equal(&it->key.event, &p->sent->key.event)) {
            *p->sent->row = it->row;
        } else {
            err = tb_event_update(p->txn, &it->key, &it->row);
        }
        if (err == TB_OK) { /* from now on a stamp dates it */
            err = tb_measures_touch_case(p->agent, p->txn, &it->key.case_id);
        }
    }
    return err;
}

static tb_err send_load(parcel *p, const load *l, tb_outgoing_reader *readers, size_t reader_count)
{
    tb_outgoing outgoing = {
        .lane = p->after->lane,
        .kind = TB_NOTICE_CASEWORK,
        .case_id = p->after->id,
        .readers = readers,
        .reader_count = reader_count,
    };
    tb_err err = put_events(p, l, &outgoing);
    if (err == TB_OK) {
        err = set_opens(p, &outgoing);
    }
    uint64_t notice;
    if (err == TB_OK) {
        err = tb_outbox_add(p->agent, p->txn, &outgoing, &notice);
    }
    return err == TB_OK ? mark_proven(p, l, notice) : err;
}

static size_t item_bytes(const item *it)
{
    size_t size = it->row.event.size;
    for (size_t i = 0; i < it->opening_count; i++) {
        size += it->openings[i].content.size + 2 * TB_DIGEST_BYTES + TB_NAME_BYTES_MAX;
    }
    return size;
}

/* Chain order, at most a notice's worth at a time; earlier events go with the first. */
static tb_err send_all(parcel *p, tb_outgoing_reader *readers, size_t reader_count)
{
    load l = {.items = tb_arena_array(p->arena, TB_NOTICE_EVENTS_MAX, sizeof(item *))};
    if (l.items == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < p->count; i++) {
        if (!p->items[i].fresh) {
            continue;
        }
        if (l.count == TB_NOTICE_EVENTS_MAX ||
            (l.count > 0 && l.bytes + item_bytes(&p->items[i]) > EVENTS_BYTES_MAX)) {
            tb_err err = send_load(p, &l, readers, reader_count);
            if (err != TB_OK) {
                return err;
            }
            for (size_t r = 0; r < reader_count; r++) {
                readers[r].passed_count = 0;
            }
            l.count = 0;
            l.opening_count = 0;
            l.bytes = 0;
        }
        l.items[l.count++] = &p->items[i];
        l.opening_count += p->items[i].opening_count;
        l.bytes += item_bytes(&p->items[i]);
    }
    TB_ASSERT(l.count > 0);
    return send_load(p, &l, readers, reader_count);
}

/* Whether anything but the event itself may have to go: mostly everybody knows all that came
 * before. */
static tb_err find_more(parcel *p, bool *out_chain, bool *out_side)
{
    const tb_event *event = p->sent->event;
    *out_chain = false;
    *out_side = false;
    if (p->before->view.number == 0) {
        return TB_OK;
    }
    for (size_t r = 0; r < event->addressee_count; r++) {
        tb_knower shown = tb_case_knower(p->before, &event->addressees[r]);
        uint32_t readable = tb_case_readable(p->agent, &p->after->view, &event->addressees[r]);
        *out_chain |= shown.upto < p->before->view.number || (readable & ~shown.groups) != 0;
    }
    *out_side = *out_chain || event->kind == TB_EVENT_TAKE_OVER ||
                !tb_party_equal(&p->before->view.holder, &p->after->view.holder);
    if (tb_store_rows(p->txn, TB_TABLE_LOOSE) > 0) {
        tb_digest *loose;
        size_t count;
        tb_err err = tb_loose_of(p->txn, &p->after->id, true, &loose, &count);
        if (err != TB_OK) {
            return err;
        }
        *out_chain |= count > 0;
        *out_side |= count > 0;
    }
    return TB_OK;
}

static tb_err has_side(const parcel *p, bool *out)
{
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row row;
    tb_err err = tb_event_first(p->txn, &p->after->id, TB_CLASS_SIDE, &walk, &key, &row);
    *out = err == TB_OK;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err collect(parcel *p)
{
    bool chain;
    bool side;
    tb_err err = find_more(p, &chain, &side);
    if (err == TB_OK && side && !chain) {
        err = has_side(p, &chain); /* what they follow is looked at */
    }
    if (err == TB_OK && chain) {
        err = collect_class(p, TB_CLASS_CHAIN);
    }
    if (err == TB_OK && side) {
        err = collect_class(p, TB_CLASS_SIDE);
    }
    item *self = NULL;
    if (err == TB_OK) {
        err = add_item(p, &self);
    }
    if (err != TB_OK) {
        return err;
    }
    *self = (item){
        .key = p->sent->key,
        .row = *p->sent->row,
        .event = *p->sent->event,
        .openings = p->sent->openings,
        .opening_count = p->sent->event->commitment_count,
        .opened = true,
    };
    return sort_items(p);
}

tb_err tb_pass_event(tb_agent *agent,
                     tb_txn *txn,
                     const tb_case_row *before,
                     const tb_case_row *after,
                     const tb_passing *sent)
{
    const tb_event *event = sent->event;
    TB_ASSERT(event->addressee_count > 0);
    TB_ASSERT(event->addressee_count <= TB_ENTRIES_MAX);
    parcel p = {
        .agent = agent,
        .txn = txn,
        .arena = tb_txn_arena(txn),
        .before = before,
        .after = after,
        .sent = sent,
        .passed_max = PASSED_BYTES_MAX / event->addressee_count,
    };
    tb_err err = collect(&p);
    if (err != TB_OK) {
        return err;
    }
    tb_outgoing_reader *readers = tb_arena_array(p.arena, event->addressee_count, sizeof *readers);
    if (readers == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t r = 0; r < event->addressee_count; r++) {
        readers[r].recipient = event->addressees[r];
        uint32_t readable = tb_case_readable(agent, &after->view, &readers[r].recipient);
        err = fill_reader(&p, &readers[r], readable);
        if (err != TB_OK) {
            return err;
        }
    }
    err = send_all(&p, readers, event->addressee_count);
    return err == TB_OK ? tb_offline_note(agent, txn, &sent->key, event, sent->row->notice != 0)
                        : err;
}

/* Likewise of one side event alone. */
static tb_err follows_aside(parcel *p, item *it, bool *out)
{
    tb_event_key key;
    tb_event_row row;
    tb_err err = tb_chain_decode(p->txn, &it->row, &it->event);
    if (err == TB_OK) {
        err = tb_event_in_case(p->txn, &p->after->id, TB_CLASS_CHAIN, 0, &it->event.previous, &key,
                               &row);
    }
    *out = err == TB_OK && row.standing != TB_STANDING_EFFECTIVE;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_pass_side(tb_agent *agent, tb_txn *txn, const tb_case_row *row, const tb_digest *side)
{
    parcel p = {
        .agent = agent, .txn = txn, .arena = tb_txn_arena(txn), .before = row, .after = row};
    item it = {0};
    bool waits = false;
    tb_err err = tb_event_in_case(txn, &row->id, TB_CLASS_SIDE, 0, side, &it.key, &it.row);
    if (err == TB_OK) {
        err = follows_aside(&p, &it, &waits);
    }
    if (err != TB_OK || waits) {
        return err;
    }
    err = tb_openings_of(txn, &it.key, &it.openings, &it.opening_count);
    if (err == TB_OK) {
        err = tb_pass_proof(txn, &it.row, &it.passed, &it.proven);
    }
    if (err != TB_OK || !it.proven) {
        return err;
    }
    uint32_t readable = tb_case_readable(agent, &row->view, &row->view.holder);
    err = readable_openings(&p, &it, readable, &it.passed);
    if (err != TB_OK) {
        return err;
    }
    tb_passed *passed = tb_arena_alloc(p.arena, sizeof *passed);
    if (passed == NULL) {
        return TB_ERR_LIMIT;
    }
    *passed = it.passed;
    return send_ahead(&p, &row->view.holder, passed, 1);
}

/* ---- a party that can be reached at last ---- */

/* How far a party is given the chain: as its events say, and up to what a side event that
 * addresses it follows. */
static tb_err reach(parcel *p, const tb_party *party, uint64_t *out)
{
    *out = tb_case_knower(p->after, party).upto;
    for (size_t i = 0; i < p->count; i++) {
        item *it = &p->items[i];
        tb_err err = open_item(p, it);
        if (err != TB_OK) {
            return err;
        }
        if (it->key.class == TB_CLASS_SIDE && addressed(&it->event, party)) {
            uint64_t upto = follows(p, &it->event);
            *out = upto > *out ? upto : *out;
        }
    }
    return TB_OK;
}

/* What of the case was addressed to it: its proofs, and what is new with this notice. */
static tb_err sort_history(parcel *p, const tb_party *party)
{
    uint64_t upto;
    bool holds = tb_party_equal(&p->after->view.holder, party);
    tb_err err = reach(p, party, &upto);
    for (size_t i = 0; err == TB_OK && i < p->count; i++) {
        item *it = &p->items[i];
        if (it->key.class == TB_CLASS_SIDE) {
            uint64_t number = follows(p, &it->event);
            it->wanted = (holds || addressed(&it->event, party)) && number > 0 && number <= upto;
        } else {
            it->wanted = it->key.number <= upto;
        }
        it->wanted = it->wanted && !tb_party_equal(&it->event.actor, party);
        if (it->wanted) {
            err = tb_pass_proof(p->txn, &it->row, &it->passed, &it->proven);
        }
        it->fresh = it->row.notice == 0;
    }
    return err;
}

/* Proven events, as many as a notice takes at a time. */
static tb_err send_proven(parcel *p, const tb_party *party, uint32_t readable)
{
    tb_outgoing_reader reader = {.recipient = *party};
    size_t bytes = 0;
    tb_err err = TB_OK;
    for (size_t i = 0; err == TB_OK && i < p->count; i++) {
        item *it = &p->items[i];
        if (!it->wanted || !it->proven) {
            continue;
        }
        tb_passed passed = it->passed;
        err = readable_openings(p, it, readable, &passed);
        bool full = reader.passed_count == TB_PASSED_MAX ||
                    (reader.passed_count > 0 && bytes + tb_passed_bytes(&passed) > p->passed_max);
        if (err == TB_OK && full) {
            err = send_ahead(p, party, reader.passed, reader.passed_count);
            reader.passed = NULL;
            bytes = 0;
        }
        if (err == TB_OK && reader.passed == NULL) {
            err = fresh_list(p, &reader);
        }
        if (err == TB_OK) {
            reader.passed[reader.passed_count++] = passed;
            bytes += tb_passed_bytes(&passed);
        }
    }
    if (err != TB_OK || reader.passed == NULL) {
        return err;
    }
    return send_ahead(p, party, reader.passed, reader.passed_count);
}

tb_err tb_pass_history(tb_agent *agent, tb_txn *txn, const tb_case_row *row, const tb_party *party)
{
    parcel p = {.agent = agent,
                .txn = txn,
                .arena = tb_txn_arena(txn),
                .before = row,
                .after = row,
                .passed_max = PASSED_BYTES_MAX};
    tb_err err = collect_class(&p, TB_CLASS_CHAIN);
    if (err == TB_OK) {
        err = collect_class(&p, TB_CLASS_SIDE);
    }
    if (err == TB_OK) {
        err = sort_history(&p, party);
    }
    if (err == TB_OK) {
        err = send_proven(&p, party, tb_case_readable(agent, &row->view, party));
    }
    bool fresh = false;
    for (size_t i = 0; i < p.count; i++) {
        fresh = fresh || p.items[i].fresh;
    }
    if (err != TB_OK || !fresh) {
        return err;
    }
    tb_digest *loose;
    size_t count;
    tb_outgoing_reader reader = {.recipient = *party};
    err = tb_loose_of(txn, &row->id, true, &loose, &count);
    return err == TB_OK ? send_all(&p, &reader, 1) : err;
}

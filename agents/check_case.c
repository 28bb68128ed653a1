#include "agents/check_case.h"

#include "agents/automatic.h"
#include "agents/chain.h"
#include "agents/check_rows.h"
#include "agents/document_numbers.h"
#include "agents/draft.h"
#include "agents/lists.h"
#include "agents/requests.h"
#include "base/pack.h"
#include "base/text.h"

tb_err tb_fault(tb_faults *faults, const char *what, tb_bytes about)
{
    if (faults->count == TB_CHECK_FAULTS_MAX) {
        faults->more++;
        return TB_OK;
    }
    tb_text text;
    tb_text_init(&text, faults->arena, strlen(what) + 2 * about.size + 4);
    tb_text_str(&text, what);
    if (about.size > 0) {
        tb_text_str(&text, ": ");
        tb_text_hex(&text, about);
    }
    tb_err err = tb_text_done(&text, &faults->list[faults->count]);
    faults->count += err == TB_OK;
    return err;
}

typedef struct checking {
    const tb_agent *agent;
    tb_txn *txn;
    tb_arena *arena;
    tb_faults *faults;
    /* of the case being looked at */
    tb_case_row row;
    bool known; /* it has a CASE row and its campaign is installed */
    tb_path path;
    uint32_t ever; /* groups this party could read at any time of the chain */
    bool aside;    /* events were left aside: what they let us read is not in the chain any more */
    /* totals */
    uint64_t events;
    uint64_t by_id; /* of them, side events and held ones */
    uint64_t held;
    uint64_t loose; /* own events in effect that no notice carries */
    uint64_t mine;
    uint64_t indexed;
    bool unknown;  /* of some case the index is not counted: no campaign, or a row does not read */
    bool unwalked; /* an EVENT row did not decode: what is counted along events says nothing */
} checking;

static tb_bytes of_case(const checking *c)
{
    return tb_bytes_of(c->row.id.bytes, TB_CASE_ID_BYTES);
}

static tb_bytes of_event(const tb_digest *id)
{
    return tb_bytes_of(id->bytes, TB_DIGEST_BYTES);
}

/* ---- the case row ---- */

/* Whether two rows say the same; who may read what may have changed with the directory since. */
static tb_err same_row(checking *c, tb_case_row *fresh, bool *out)
{
    fresh->frozen = c->row.frozen;
    *out = fresh->knower_count == c->row.knower_count;
    for (size_t i = 0; *out && i < fresh->knower_count; i++) {
        fresh->knowers[i].groups = c->row.knowers[i].groups;
    }
    tb_bytes kept;
    tb_bytes made;
    tb_err err = tb_case_encode(&c->row, c->arena, &kept);
    if (err == TB_OK) {
        err = tb_case_encode(fresh, c->arena, &made);
    }
    if (err == TB_OK) {
        *out = *out && tb_bytes_equal(kept, made);
    }
    return err;
}

static tb_err look_aside(checking *c)
{
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row row;
    c->aside = false;
    tb_err err = tb_event_first(c->txn, &c->row.id, TB_CLASS_CHAIN, &walk, &key, &row);
    while (err == TB_OK) {
        c->aside = c->aside || row.standing == TB_STANDING_DISPUTED ||
                   row.standing == TB_STANDING_OVERTAKEN;
        err = tb_event_next(c->txn, &walk, &key, &row);
    }
    return tb_fault_is(err) ? TB_OK : err; /* what does not decode check_events tells */
}

static tb_err check_chain(checking *c)
{
    tb_err err = tb_chain_to_head(c->txn, &c->row, &c->path);
    if (tb_fault_is(err)) {
        c->known = false;
        return tb_fault(c->faults, "the chain of a case has a gap", of_case(c));
    }
    tb_case_row fresh = {
        .id = c->row.id,
        .lane = c->row.lane,
        .mine = c->row.mine,
        .indexed = c->row.indexed,
        .indexed_count = c->row.indexed_count,
        .unseen = c->row.unseen,
        .unseen_count = c->row.unseen_count,
    };
    c->ever = 0;
    for (size_t i = 0; err == TB_OK && i < c->path.count; i++) {
        const tb_chain_event *event = &c->path.list[i];
        /* A chain that is disputed from its opening on has nothing to go back to. */
        bool groundless = c->row.frozen && c->path.list[0].row.standing == TB_STANDING_DISPUTED;
        if (event->row.standing != (groundless ? TB_STANDING_DISPUTED : TB_STANDING_EFFECTIVE)) {
            err =
                tb_fault(c->faults, "an event of the chain is not in effect", of_event(&event->id));
        }
        tb_digest content = tb_event_id(event->row.event);
        if (!tb_digest_equal(&content, &event->id)) {
            c->known = false; /* nothing follows from it; check_event tells of it */
            return err;
        }
        if (err == TB_OK) {
            err = tb_case_fold(c->agent, c->arena, &fresh, &event->event, &event->id);
        }
        c->ever |= tb_case_readable(c->agent, &fresh.view, &c->agent->self);
    }
    bool same = true;
    if (err == TB_OK) {
        err = same_row(c, &fresh, &same);
    }
    return err == TB_OK && !same
               ? tb_fault(c->faults, "a case row is not what its events say", of_case(c))
               : err;
}

static tb_err check_mine(checking *c)
{
    tb_bytes value;
    tb_err err = tb_store_get(c->txn, TB_TABLE_CASE_MINE, of_case(c), &value);
    bool there = err == TB_OK;
    if (err != TB_OK && !tb_fault_is(err)) {
        return err;
    }
    bool mine = !c->row.closed && tb_party_equal(&c->row.view.holder, &c->agent->self);
    c->mine += mine;
    return err != TB_ERR_CORRUPT && mine == there
               ? TB_OK
               : tb_fault(c->faults, "CASE_MINE does not fit the case's holder", of_case(c));
}

static tb_bytes shown(const tb_local_summary *summary, tb_bytes field)
{
    for (size_t i = 0; i < summary->field_count; i++) {
        if (tb_bytes_equal(summary->fields[i].id, field)) {
            return summary->fields[i].value;
        }
    }
    return tb_bytes_of(NULL, 0);
}

static tb_err check_index(checking *c)
{
    tb_local_summary summary;
    tb_err err = tb_case_summary(c->agent, c->txn, &c->row, &summary);
    if (tb_fault_is(err)) {
        c->unknown = true; /* an opening that does not decode: check_openings tells */
        return TB_OK;
    }
    for (size_t i = 0; err == TB_OK && i < c->row.indexed_count; i++) {
        const tb_indexed *indexed = &c->row.indexed[i];
        if (!tb_bytes_equal(indexed->value, shown(&summary, indexed->field))) {
            err = tb_fault(c->faults, "an indexed value is not the newest", of_case(c));
        }
        tb_bytes prefix;
        if (err == TB_OK) {
            err = tb_case_index_prefix(c->arena, c->row.campaign, indexed->field, indexed->value,
                                       &prefix);
        }
        if (err != TB_OK || prefix.size == 0) {
            continue;
        }
        c->indexed++;
        uint8_t *key = tb_arena_alloc(c->arena, prefix.size + TB_CASE_ID_BYTES);
        if (key == NULL) {
            return TB_ERR_LIMIT;
        }
        memcpy(key, prefix.data, prefix.size);
        memcpy(key + prefix.size, c->row.id.bytes, TB_CASE_ID_BYTES);
        tb_bytes value;
        err = tb_store_get(c->txn, TB_TABLE_FIELD_INDEX,
                           tb_bytes_of(key, prefix.size + TB_CASE_ID_BYTES), &value);
        if (tb_fault_is(err)) {
            err = tb_fault(c->faults, "a FIELD_INDEX row is missing or damaged", of_case(c));
        }
    }
    return err;
}

static tb_err check_unseen(checking *c)
{
    tb_err err = TB_OK;
    for (size_t i = 0; err == TB_OK && i < c->row.unseen_count; i++) {
        tb_event_key key;
        tb_event_row row;
        err = tb_event_in_case(c->txn, &c->row.id, TB_CLASS_SIDE, 0, &c->row.unseen[i], &key, &row);
        bool fine = err == TB_OK && row.seen == 0 && row.standing == TB_STANDING_EFFECTIVE;
        if (tb_fault_is(err) || (err == TB_OK && !fine)) {
            err = tb_fault(c->faults, "a side event of the case is not as its row says",
                           of_event(&c->row.unseen[i]));
        }
    }
    return err;
}

static tb_err check_case(checking *c, const tb_case_id *id)
{
    tb_err err = tb_case_load(c->agent, c->txn, id, &c->row);
    c->known = err == TB_OK && c->row.view.type != NULL;
    if (err == TB_ERR_CORRUPT) {
        return tb_fault(c->faults, "a CASE row does not decode",
                        tb_bytes_of(id->bytes, TB_CASE_ID_BYTES));
    }
    if (err == TB_OK) {
        err = check_mine(c);
    }
    if (err != TB_OK || !c->known) {
        c->unknown = true;
        return err;
    }
    err = look_aside(c);
    if (err == TB_OK) {
        err = check_chain(c);
    }
    if (err == TB_OK && c->known) {
        err = check_index(c);
    }
    return err == TB_OK ? check_unseen(c) : err;
}

/* ---- events ---- */

static tb_err
check_openings(checking *c, const tb_event_key *key, const tb_event_row *row, const tb_event *event)
{
    tb_opening *openings;
    size_t count;
    tb_err err = tb_openings_of(c->txn, key, &openings, &count);
    if (tb_fault_is(err)) {
        return tb_fault(c->faults, "an opening does not decode", of_event(&key->event));
    }
    bool own = tb_party_equal(&event->actor, &c->agent->self);
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        if (!tb_opening_matches(&openings[i], event)) {
            err = tb_fault(c->faults, "an opening does not match its commitment",
                           of_event(&key->event));
        }
        bool readable = (tb_case_group_bit(&c->row.view, openings[i].group) & c->ever) != 0;
        if (err == TB_OK && !own && c->known && !c->aside &&
            row->standing == TB_STANDING_EFFECTIVE && !readable) {
            err = tb_fault(c->faults, "an opening is here that this party may not read",
                           of_event(&key->event));
        }
    }
    return err;
}

static tb_err
check_place(checking *c, const tb_event_key *key, const tb_event_row *row, bool has_case)
{
    if (row->standing == TB_STANDING_HELD_BACK) {
        c->held++;
        return TB_OK;
    }
    if (!has_case) {
        return tb_fault(c->faults, "an event has no case", of_event(&key->event));
    }
    bool in_chain =
        c->known && key->class == TB_CLASS_CHAIN && row->standing == TB_STANDING_EFFECTIVE;
    if (in_chain && (key->number == 0 || key->number > c->path.count ||
                     !tb_digest_equal(&c->path.list[key->number - 1].id, &key->event))) {
        return tb_fault(c->faults, "an event in effect is not on the chain", of_event(&key->event));
    }
    return TB_OK;
}

static bool same_place(const tb_event_key *a, const tb_event_key *b)
{
    return a->class == b->class && a->number == b->number && a->term == b->term &&
           tb_case_equal(&a->case_id, &b->case_id);
}

/* Of a side event, and of one that is held back. */
static tb_err check_event_id(checking *c, const tb_event_key *key)
{
    tb_bytes place;
    tb_event_key found;
    c->by_id++;
    tb_err err = tb_store_get(c->txn, TB_TABLE_EVENT_ID, of_event(&key->event), &place);
    if (err == TB_OK) {
        err = tb_event_key_decode(place, &found);
    }
    return tb_fault_is(err) || (err == TB_OK && !same_place(&found, key))
               ? tb_fault(c->faults, "EVENT_ID does not lead to its event", of_event(&key->event))
               : err;
}

static tb_err
check_event(checking *c, const tb_event_key *key, const tb_event_row *row, bool has_case)
{
    c->events++;
    tb_event event;
    tb_digest id = tb_event_id(row->event);
    if (!tb_digest_equal(&id, &key->event) ||
        tb_event_decode(row->event, c->arena, &event) != TB_ACCEPTED) {
        return tb_fault(c->faults, "an event is not what its id says", of_event(&key->event));
    }
    tb_event_key made = tb_event_key_of(&event, &id);
    tb_err err = TB_OK;
    if (tb_event_found_by_id(key, row)) {
        err = check_event_id(c, key);
    }
    if (err != TB_OK) {
        return err;
    }
    if (!same_place(&made, key)) {
        err = tb_fault(c->faults, "an event lies under a key that is not its own", of_event(&id));
    }
    bool own = tb_party_equal(&event.actor, &c->agent->self);
    c->loose += own && row->notice == 0 && row->standing == TB_STANDING_EFFECTIVE;
    bool noted = true;
    if (err == TB_OK) {
        err = tb_document_number_noted(c->agent, c->txn, &event, &noted);
    }
    if (err == TB_OK && !noted) {
        err = tb_fault(c->faults, "a document number of an own event could be given again",
                       of_event(&id));
    }
    if (err == TB_OK) {
        err = check_place(c, key, row, has_case);
    }
    return err == TB_OK ? check_openings(c, key, row, &event) : err;
}

static tb_err check_events(checking *c, const tb_case_id *id, bool has_case)
{
    for (uint8_t class = TB_CLASS_CHAIN; class <= TB_CLASS_SIDE; class ++) {
        tb_event_walk walk;
        tb_event_key key;
        tb_event_row row;
        tb_err err = tb_event_first(c->txn, id, class, &walk, &key, &row);
        while (err == TB_OK) {
            err = check_event(c, &key, &row, has_case);
            if (err == TB_OK) {
                err = tb_event_next(c->txn, &walk, &key, &row);
            }
        }
        if (err == TB_ERR_CORRUPT) { /* what lies behind it cannot be walked */
            err = tb_fault(c->faults, "an EVENT row does not decode",
                           tb_bytes_of(id->bytes, TB_CASE_ID_BYTES));
            c->unknown = true;
            c->unwalked = true;
        } else if (err == TB_ERR_NOT_FOUND) {
            err = TB_OK;
        }
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

/* ---- all cases, with or without a CASE row ---- */

/* The first case behind an id that has events or a row. */
static tb_err next_case(checking *c, const tb_case_id *after, tb_case_id *out, bool *out_has_case)
{
    /* Behind every key of that case, also one whose class is none. */
    uint8_t from[sizeof(tb_event_key) + 1];
    memset(from, UINT8_MAX, sizeof from);
    memcpy(from, after->bytes, TB_CASE_ID_BYTES);
    tb_bytes key;
    tb_bytes value;
    tb_case_id in_events;
    tb_err events = tb_store_seek(c->txn, TB_TABLE_EVENT, tb_bytes_of(NULL, 0),
                                  tb_bytes_of(from, sizeof from), &key, &value);
    if (events == TB_OK || events == TB_ERR_CORRUPT) { /* the key of what rotted is known */
        tb_event_key decoded;
        events = tb_event_key_decode(key, &decoded);
        in_events = decoded.case_id;
    }
    tb_case_id in_cases;
    tb_err cases = tb_case_after(c->txn, after, false, &in_cases);
    if (events != TB_OK && (events != TB_ERR_NOT_FOUND || cases != TB_OK)) {
        return events == TB_ERR_NOT_FOUND ? cases : events;
    }
    if (cases != TB_OK && cases != TB_ERR_NOT_FOUND) {
        return cases;
    }
    if (events != TB_OK ||
        (cases == TB_OK && memcmp(in_cases.bytes, in_events.bytes, TB_CASE_ID_BYTES) <= 0)) {
        *out = in_cases;
        *out_has_case = true;
        return TB_OK;
    }
    *out = in_events;
    *out_has_case = false;
    return TB_OK;
}

/* A case at a time gives its memory back, unless it has a fault to tell. */
static tb_err check_all(checking *c)
{
    tb_case_id at = {{0}};
    for (;;) {
        size_t mark = tb_arena_mark(c->arena);
        size_t faults = c->faults->count;
        bool has_case = false;
        tb_err err = next_case(c, &at, &at, &has_case);
        if (err != TB_OK) {
            return err == TB_ERR_NOT_FOUND ? TB_OK : err;
        }
        c->known = false;
        c->row = (tb_case_row){.id = at};
        if (has_case) {
            err = check_case(c, &at);
        }
        if (err == TB_OK) {
            err = check_events(c, &at, has_case);
        }
        if (err != TB_OK) {
            return err;
        }
        if (c->faults->count == faults) {
            tb_arena_release(c->arena, mark);
        }
    }
}

/* ---- what waits ---- */

static tb_err check_held(void *context, tb_bytes key, tb_bytes value)
{
    checking *c = context;
    tb_event_key found;
    tb_event_row row;
    tb_digest held;
    (void)value;
    if (key.size != 2 * TB_DIGEST_BYTES) {
        return tb_fault(c->faults, "a HELD row does not decode", key);
    }
    memcpy(held.bytes, key.data + TB_DIGEST_BYTES, TB_DIGEST_BYTES);
    tb_err err = tb_event_find(c->txn, &held, &found, &row);
    return tb_fault_is(err) || (err == TB_OK && row.standing != TB_STANDING_HELD_BACK)
               ? tb_fault(c->faults, "a HELD row names an event that does not wait", key)
               : err;
}

/* The event a LOOSE row names: its key says where to look. */
static tb_err loose_event(checking *c, tb_bytes key, tb_bytes value, tb_event_row *out)
{
    tb_event_key found;
    tb_digest id;
    tb_case_id case_id;
    if (value.size != TB_DIGEST_BYTES || key.size != TB_CASE_ID_BYTES + 8) {
        return TB_ERR_CORRUPT;
    }
    memcpy(id.bytes, value.data, TB_DIGEST_BYTES);
    memcpy(case_id.bytes, key.data, TB_CASE_ID_BYTES);
    bool side = (key.data[TB_CASE_ID_BYTES] & 0x80) != 0; /* TB_LOOSE_SIDE */
    return tb_event_in_case(c->txn, &case_id, side ? TB_CLASS_SIDE : TB_CLASS_CHAIN, 0, &id, &found,
                            out);
}

static tb_err check_loose(void *context, tb_bytes key, tb_bytes value)
{
    checking *c = context;
    tb_event_row row;
    tb_err err = loose_event(c, key, value, &row);
    bool fine = err == TB_OK && row.notice == 0 && tb_party_equal(&row.sender, &c->agent->self);
    return tb_fault_is(err) || (err == TB_OK && !fine)
               ? tb_fault(c->faults, "a LOOSE row names an event that is not loose", key)
               : err;
}

static tb_err check_draft(void *context, tb_bytes key, tb_bytes value)
{
    checking *c = context;
    tb_draft_row row;
    tb_reader r;
    tb_reader_init(&r, key);
    uint64_t number = tb_get_u64(&r);
    return tb_reader_done(&r) && tb_draft_decode(number, value, c->arena, &row) == TB_OK
               ? TB_OK
               : tb_fault(c->faults, "a DRAFT row does not decode", key);
}

static tb_err check_request(void *context, tb_bytes key, tb_bytes value)
{
    checking *c = context;
    tb_request_row row;
    return key.size == sizeof(tb_request_id) && tb_request_decode(value, &row) == TB_OK
               ? TB_OK
               : tb_fault(c->faults, "a REQUEST row does not decode", key);
}

static tb_err check_waiting(checking *c)
{
    static const struct {
        tb_table table;
        tb_row_look *look;
    } all[] = {{TB_TABLE_HELD, check_held},
               {TB_TABLE_LOOSE, check_loose},
               {TB_TABLE_DRAFT, check_draft},
               {TB_TABLE_REQUEST, check_request}};
    tb_err err = TB_OK;
    for (size_t i = 0; err == TB_OK && i < sizeof all / sizeof all[0]; i++) {
        err = tb_check_rows(c->txn, c->faults, all[i].table, tb_bytes_of(NULL, 0), all[i].look, c);
    }
    return err;
}

static tb_err check_total(checking *c, tb_table table, uint64_t counted, const char *what)
{
    return tb_store_rows(c->txn, table) == counted
               ? TB_OK
               : tb_fault(c->faults, what, tb_bytes_of(NULL, 0));
}

tb_err tb_check_cases(const tb_agent *agent, tb_txn *txn, tb_faults *faults)
{
    checking c = {.agent = agent, .txn = txn, .arena = tb_txn_arena(txn), .faults = faults};
    tb_err err = check_all(&c);
    if (err == TB_OK) {
        err = check_waiting(&c);
    }
    if (err == TB_OK) {
        err = tb_check_duties_rows(txn, faults);
    }
    if (err == TB_OK) {
        err = tb_check_lists(agent, txn, faults);
    }
    if (err == TB_OK) {
        err = tb_check_automatic_rows(txn, faults);
    }
    if (err == TB_OK && !c.unwalked) {
        err = check_total(&c, TB_TABLE_EVENT, c.events, "EVENT has rows of no case");
    }
    if (err == TB_OK && !c.unwalked) {
        err = check_total(&c, TB_TABLE_EVENT_ID, c.by_id,
                          "EVENT_ID has more or fewer rows than side events and held ones");
    }
    if (err == TB_OK && !c.unwalked) {
        err =
            check_total(&c, TB_TABLE_HELD, c.held, "HELD has more or fewer rows than events wait");
    }
    if (err == TB_OK) {
        err = check_total(&c, TB_TABLE_CASE_MINE, c.mine,
                          "CASE_MINE has more or fewer rows than cases are held");
    }
    if (err == TB_OK && !c.unknown) {
        err = check_total(&c, TB_TABLE_FIELD_INDEX, c.indexed,
                          "FIELD_INDEX has more rows than indexed values");
    }
    if (err == TB_OK && tb_store_rows(txn, TB_TABLE_LOOSE) < c.loose) {
        err = tb_fault(faults, "an own event in no notice is not in LOOSE", tb_bytes_of(NULL, 0));
    }
    return err;
}

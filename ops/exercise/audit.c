/* audit - opens every party's store after the run and compares them, believing none of the programs.
 *
 *   lost               an event in its author's chain that a party it is addressed to does not hold; in a run
 *                      with --disaster in anybody's chain, and its author must hold it, too
 *   duplicate effects  two effective events of one number, or an action counted more often than it is in the chain
 *   order violations   a chain with a hole, a wrong predecessor, or another event than other parties have
 * A party that died in the run holds what it held; that others went on by taking over is no violation
 * at it, and what it was never sent is not lost.
 *   readers violated   an opening at a party whose role may not read that group (readers.c)
 */
#include <stdlib.h>
#include <string.h>

#include "agents/rows_case.h"
#include "ops/exercise/exercise.h"

#define AUDIT_ARENA (256u * 1024 * 1024)
#define PARTY_WORDS (EX_PARTIES_MAX / 64)

typedef struct known_event {
    bool used;
    tb_digest id;
    uint64_t held[PARTY_WORDS];      /* by whom, effective */
    uint64_t addressed[PARTY_WORDS]; /* to whom, as its author says */
} known_event;

typedef struct known_place { /* which event is number n of a case: one answer for everybody */
    bool used;
    tb_case_id case_id;
    uint64_t number;
    uint32_t term;
    tb_digest event;
} known_place;

static known_event *events;
static known_place *places;
static size_t table_size;

static size_t hash(const void *data, size_t size)
{
    uint64_t h = 1469598103934665603u;
    for (size_t i = 0; i < size; i++) {
        h = (h ^ ((const uint8_t *)data)[i]) * 1099511628211u;
    }
    return (size_t)(h ^ h >> 29) & (table_size - 1);
}

static known_event *event_of(const tb_digest *id)
{
    size_t at = hash(id->bytes, sizeof id->bytes);
    while (events[at].used && !tb_digest_equal(&events[at].id, id)) {
        at = (at + 1) & (table_size - 1);
    }
    events[at].used = true;
    events[at].id = *id;
    return &events[at];
}

static known_place *place_of(const tb_case_id *case_id, uint64_t number)
{
    struct {
        tb_case_id case_id;
        uint64_t number;
    } key = {*case_id, number};
    size_t at = hash(&key, sizeof key);
    while (places[at].used && !(tb_case_equal(&places[at].case_id, case_id) && places[at].number == number)) {
        at = (at + 1) & (table_size - 1);
    }
    return &places[at];
}

static void set(uint64_t *bits, size_t n)
{
    bits[n / 64] |= 1ull << (n % 64);
}

static void audit_openings(ex_world *world, tb_txn *txn, const ex_party *party, const tb_event *event, const tb_event_key *key, tb_bytes case_type)
{
    tb_opening *openings = NULL;
    size_t count = 0;
    if (tb_party_equal(&event->actor, &party->id) || tb_openings_of(txn, key, &openings, &count) != TB_OK) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        world->audit.readers_violated += !ex_may_ever_read(case_type, openings[i].group, party->role);
    }
}

static void expect_at(ex_world *world, known_event *known, const tb_party *party)
{
    for (size_t p = 0; p < world->party_count; p++) {
        if (tb_party_equal(&world->parties[p].id, party) && !world->parties[p].dead) {
            set(known->addressed, p);
        }
    }
}

static void audit_event(ex_world *world, tb_txn *txn, size_t who, const tb_event_key *key, const tb_event *event, tb_bytes case_type)
{
    const ex_party *party = &world->parties[who];
    known_event *known = event_of(&key->event);
    set(known->held, who);
    world->audit.events++;
    bool own = tb_party_equal(&event->actor, &party->id);
    for (size_t i = 0; i < event->addressee_count && (own || world->options.disaster); i++) {
        expect_at(world, known, &event->addressees[i]);
    }
    if (world->options.disaster) {
        expect_at(world, known, &event->actor); /* who lost its store has its own acts back, too */
    }
    audit_openings(world, txn, party, event, key, case_type);
}

static void audit_case(ex_world *world, tb_txn *txn, size_t who, const tb_case_id *id)
{
    tb_case_row row;
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row stored;
    uint64_t next = 1, effective = 0, counted = 0;
    bool behind = false;
    tb_digest previous = {{0}};
    if (tb_case_get(txn, id, &row) != TB_OK) {
        world->audit.store_faults++;
        return;
    }
    tb_err err = tb_event_first(txn, id, TB_CLASS_CHAIN, &walk, &key, &stored);
    for (; err == TB_OK; err = tb_event_next(txn, &walk, &key, &stored)) {
        tb_event event;
        if (tb_event_decode(stored.event, tb_txn_arena(txn), &event) != TB_ACCEPTED) {
            world->audit.store_faults++;
            continue;
        }
        if (stored.standing != TB_STANDING_EFFECTIVE) {
            continue;
        }
        known_place *place = place_of(id, key.number);
        effective++;
        behind = behind || (world->parties[who].dead && place->used && place->term > key.term);
        if (behind) {
            continue; /* taken over meanwhile: from here on its copy of the case is overtaken */
        }
        world->audit.duplicate_effects += key.number < next;
        world->audit.order_violations += key.number > next || (next > 1 && !tb_digest_equal(&event.previous, &previous));
        world->audit.order_violations += place->used && !tb_digest_equal(&place->event, &key.event);
        *place = (known_place){true, *id, key.number, key.term, key.event};
        previous = key.event;
        next = key.number + 1;
        audit_event(world, txn, who, &key, &event, row.case_type);
    }
    for (size_t i = 0; i < row.view.count_count; i++) {
        counted += row.view.counts[i].count;
    }
    world->audit.duplicate_effects += counted > effective ? counted - effective : 0;
    world->audit.lost += effective > counted ? effective - counted : 0;
}

static void audit_store(ex_world *world, size_t who, tb_arena *arena)
{
    char path[EX_PATH * 2];
    (void)snprintf(path, sizeof path, "%s/%s", world->store_dir, world->parties[who].id.text);
    tb_store_options options = {16u * 1024 * 1024, TB_STORE_AGENT};
    tb_store *store = NULL;
    tb_txn *txn = NULL;
    tb_arena_reset(arena);
    if (tb_store_open(path, &options, &store) != TB_OK || tb_store_begin_read(store, arena, &txn) != TB_OK) {
        ex_fail("the store of %s cannot be opened", world->parties[who].id.text);
    }
    tb_case_id at = {{0}};
    size_t mark = tb_arena_mark(arena);
    while (tb_case_after(txn, &at, false, &at) == TB_OK) {
        audit_case(world, txn, who, &at);
        tb_arena_release(arena, mark);
    }
    tb_bytes prefix = tb_bytes_str(world->parties[who].id.text), key, value;
    uint8_t padded[TB_PARTY_BYTES] = {0};
    memcpy(padded, prefix.data, prefix.size);
    prefix = tb_bytes_of(padded, sizeof padded);
    for (tb_err err = tb_store_seek(txn, TB_TABLE_PROOF, prefix, prefix, &key, &value); err == TB_OK;
         err = tb_store_next(txn, TB_TABLE_PROOF, prefix, key, &key, &value)) {
        world->audit.notices++;
    }
    tb_store_abort(txn);
    tb_store_close(store);
}

void ex_audit_stores(ex_world *world)
{
    table_size = 1;
    while (table_size < 64 * (world->row_count + 64)) {
        table_size *= 2;
    }
    events = calloc(table_size, sizeof *events);
    places = calloc(table_size, sizeof *places);
    void *block = malloc(AUDIT_ARENA);
    if (events == NULL || places == NULL || block == NULL) {
        ex_fail("no memory for the audit");
    }
    tb_arena arena;
    tb_arena_init(&arena, block, AUDIT_ARENA);
    for (size_t p = 0; p < world->party_count; p++) {
        if (!world->parties[p].dead) {
            audit_store(world, p, &arena);
        }
    }
    for (size_t p = 0; p < world->party_count; p++) { /* against what the living hold */
        if (world->parties[p].dead) {
            audit_store(world, p, &arena);
        }
    }
    for (size_t i = 0; i < table_size; i++) {
        for (size_t w = 0; events[i].used && w < PARTY_WORDS; w++) {
            world->audit.lost += (uint64_t)__builtin_popcountll(events[i].addressed[w] & ~events[i].held[w]);
        }
    }
    free(events);
    free(places);
    free(block);
}

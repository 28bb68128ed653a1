/* rows_case - what casework stores: typed rows, and the only code that reads and writes their
 * tables.
 *
 *     CASE        what the chain so far says, so that nobody walks it to judge the next event
 *     EVENT       every event of the case, whatever became of it, under the place it claims there
 *     EVENT_ID    leads to the events nobody finds by their place: side events, and what is held
 *     OPENING     a field group that could be opened here, beside its event
 *     LOOSE       an own event that no notice carries yet
 *     HELD        an event that waits for what comes before it
 *
 * CASE is in rows_case.c, EVENT and OPENING in rows_case_event.c, what waits in rows_case_wait.c.
 * What is read lives in the transaction's arena. A row that does not decode is TB_ERR_CORRUPT.
 */
#ifndef TB_ROWS_CASE_H
#define TB_ROWS_CASE_H

#include "agents/campaign/judge.h"
#include "messages/event.h"
#include "messages/local.h"
#include "store/store.h"

/* What a party on the case has been shown. Follows from the chain, so everybody agrees on it. */
typedef struct tb_knower {
    tb_party party;
    uint64_t upto;   /* it holds the chain up to this number */
    uint64_t handed; /* the last event that made it the holder; 0: none */
    uint32_t groups; /* a bit per field group of the case type: could read it when last addressed */
} tb_knower;

/* The newest value of an indexed field and the number of the event that set it. */
typedef struct tb_indexed {
    tb_bytes field;
    tb_bytes value;
    uint64_t number;
} tb_indexed;

typedef struct tb_case_row {
    tb_case_id id;
    tb_bytes campaign;
    uint32_t campaign_version;
    tb_bytes case_type;
    tb_case_view view; /* campaign and type are NULL until tb_case_load finds them */
    tb_lane lane;
    bool frozen; /* the chain forked */
    bool closed;
    bool mine;       /* has its CASE_MINE row; kept by tb_case_put */
    tb_time opened;  /* civil, of the opening event */
    tb_time at;      /* civil, of the head */
    tb_bytes action; /* of the head */
    tb_knower *knowers;
    size_t knower_count;
    tb_indexed *indexed;
    size_t indexed_count;
    tb_digest *unseen; /* side events here that no event of the chain lists yet */
    size_t unseen_count;
} tb_case_row;

#define TB_CLASS_CHAIN 1
#define TB_CLASS_SIDE  2

typedef struct tb_event_key {
    tb_case_id case_id;
    uint8_t class;
    uint64_t number;
    uint32_t term;
    tb_digest event;
} tb_event_key;

typedef struct tb_event_row {
    tb_bytes event; /* encoded */
    tb_standing standing;
    tb_lane lane;
    tb_time recorded; /* real time */
    /* the notice that proves it; notice 0: none yet */
    tb_party sender;
    tb_incarnation incarnation;
    uint64_t notice;
    uint64_t seen; /* side event: the number of the chain event that lists it */
} tb_event_row;

tb_err tb_case_get(tb_txn *txn, const tb_case_id *id, tb_case_row *out) TB_MUST_USE;
/* Keeps CASE_MINE in step: self holds the case and it is not closed. */
tb_err tb_case_put(tb_txn *txn, tb_case_row *row, const tb_party *self) TB_MUST_USE;
/* The first case after an id, in the order they were opened; only this party's own when mine. Its
 * row may be damaged. */
tb_err tb_case_after(tb_txn *txn, const tb_case_id *after, bool mine, tb_case_id *out) TB_MUST_USE;
tb_err
tb_case_decode(const tb_case_id *id, tb_bytes value, tb_arena *arena, tb_case_row *out) TB_MUST_USE;
tb_err tb_case_encode(const tb_case_row *row, tb_arena *arena, tb_bytes *out) TB_MUST_USE;

/* An event and its id say where it lies: case, number and term are in what is signed. */
tb_event_key tb_event_key_of(const tb_event *event, const tb_digest *id);
tb_err tb_event_get(tb_txn *txn, const tb_event_key *key, tb_event_row *out) TB_MUST_USE;
/* An event of a case; number is its place in the chain, or 0: not known, or a side event. */
tb_err tb_event_in_case(tb_txn *txn,
                        const tb_case_id *case_id,
                        uint8_t class,
                        uint64_t number,
                        const tb_digest *id,
                        tb_event_key *out_key,
                        tb_event_row *out) TB_MUST_USE;
/* Likewise of either class, when only the id is known. */
tb_err tb_event_of_case(tb_txn *txn,
                        const tb_case_id *case_id,
                        const tb_digest *id,
                        tb_event_key *out_key,
                        tb_event_row *out) TB_MUST_USE;
/* By id alone. Side events and held ones are found at once; for any other every event is looked
 * at, newest case first: for questions people ask, never on the way of a notice. */
tb_err tb_event_find(tb_txn *txn, const tb_digest *id, tb_event_key *out_key, tb_event_row *out)
    TB_MUST_USE;
/* Whether the event has an EVENT_ID row. */
bool tb_event_found_by_id(const tb_event_key *key, const tb_event_row *row);
/* Writes EVENT, and EVENT_ID where the event is to be found by its id. */
tb_err tb_event_put(tb_txn *txn, const tb_event_key *key, const tb_event_row *row) TB_MUST_USE;
/* Writes EVENT alone, of an event that is there and is held back as before, or is not as before. */
tb_err tb_event_update(tb_txn *txn, const tb_event_key *key, const tb_event_row *row) TB_MUST_USE;
/* Forgets an event, its id and its openings. */
tb_err tb_event_del(tb_txn *txn, const tb_event_key *key) TB_MUST_USE;

/* All events of a case in one class, by number; the walk stops with TB_ERR_NOT_FOUND. */
typedef struct tb_event_walk {
    tb_bytes prefix;
    tb_bytes key;
} tb_event_walk;
tb_err tb_event_first(tb_txn *txn,
                      const tb_case_id *id,
                      uint8_t class,
                      tb_event_walk *walk,
                      tb_event_key *out_key,
                      tb_event_row *out) TB_MUST_USE;
tb_err tb_event_next(tb_txn *txn, tb_event_walk *walk, tb_event_key *out_key, tb_event_row *out)
    TB_MUST_USE;
tb_err tb_event_key_decode(tb_bytes key, tb_event_key *out) TB_MUST_USE;
tb_err tb_event_row_decode(tb_bytes value, tb_event_row *out) TB_MUST_USE;

/* Openings lie under their event's key. */
tb_err
tb_opening_get(tb_txn *txn, const tb_event_key *event, tb_bytes group, tb_opening *out) TB_MUST_USE;
tb_err
tb_opening_put(tb_txn *txn, const tb_event_key *event, const tb_opening *opening) TB_MUST_USE;
tb_err tb_opening_del(tb_txn *txn, const tb_event_key *event, tb_bytes group) TB_MUST_USE;
/* Every group of an event that is open here. */
tb_err tb_openings_of(tb_txn *txn, const tb_event_key *event, tb_opening **out, size_t *out_count)
    TB_MUST_USE;
tb_err tb_openings_drop(tb_txn *txn, const tb_event_key *event) TB_MUST_USE;
tb_err tb_opening_decode(tb_bytes key, tb_bytes value, tb_opening *out) TB_MUST_USE;

/* Under its number in the chain, or for a side event under TB_LOOSE_SIDE plus a counter. */
#define TB_LOOSE_SIDE (1ull << 63)
tb_err tb_loose_add(tb_txn *txn, const tb_event_key *event) TB_MUST_USE;
/* It is loose no more; not there: nothing happens. */
tb_err tb_loose_del(tb_txn *txn, const tb_event_key *event) TB_MUST_USE;
/* Every loose event of a case, chain first; takes them off when take. */
tb_err tb_loose_of(tb_txn *txn, const tb_case_id *id, bool take, tb_digest **out, size_t *out_count)
    TB_MUST_USE;

/* giver: who sent the held event here; counts against it. */
tb_err tb_held_put(tb_txn *txn,
                   const tb_digest *missing,
                   const tb_digest *held,
                   tb_time since,
                   const tb_party *giver) TB_MUST_USE;
/* The first event behind another, zero for none, that waits for missing. *out_row is its key as it
 * is, also with TB_ERR_CORRUPT. */
tb_err tb_held_next(tb_txn *txn,
                    const tb_digest *missing,
                    const tb_digest *behind,
                    tb_digest *out_held,
                    tb_party *out_giver,
                    tb_bytes *out_row) TB_MUST_USE;
/* It waits no more. */
tb_err tb_held_del(tb_txn *txn, tb_bytes row, const tb_party *giver) TB_MUST_USE;
/* One event less is held back of what a party gave. */
tb_err tb_held_less(tb_txn *txn, const tb_party *giver) TB_MUST_USE;
/* Events held back of what one party gave. */
tb_err tb_held_of(tb_txn *txn, const tb_party *giver, uint64_t *out) TB_MUST_USE;

/* The next value of a named counter in META, from 1. */
tb_err tb_counter_next(tb_txn *txn, const char *name, uint64_t *out) TB_MUST_USE;

#endif

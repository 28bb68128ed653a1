/* rows_duty - duties as stored: DUTY, and DUTY_DUE which leads to it by time.
 *
 *     open --until, in time--> on time     a step of the case, or a side event of the debtor
 *       |  --until, late-----> late          with or without a lapse before
 *       |  --lapse recorded--> lapsed --until--> late
 *       +--taken over--------> released      (a lapsed one stays lapsed)
 *
 * Rows follow from the case's chain and its lapses; they are made anew when the chain is switched.
 * DUTY_DUE has a row to be listed by for each duty that is open or lapsed, and one to be looked at
 * by for each that has a `look`. tb_duty_put keeps both in step.
 */
#ifndef TB_ROWS_DUTY_H
#define TB_ROWS_DUTY_H

#include "agents/campaign/campaign.h"
#include "base/ids.h"
#include "base/limits.h"
#include "base/time.h"
#include "messages/local.h"
#include "store/store.h"

typedef struct tb_duty_key {
    tb_case_id case_id;
    tb_digest from;  /* the event it began with */
    tb_party debtor; /* each of many owes his own */
    tb_bytes duty;   /* id in the campaign */
} tb_duty_key;

typedef struct tb_duty_row {
    tb_duty_key key;
    tb_duty_state state;
    tb_party creditor;
    uint64_t from_number;
    tb_time from_at; /* effective, as far as known */
    tb_time due;
    tb_time look;  /* civil: judged here then; 0: not to be judged here */
    tb_time ended; /* effective time of what ended it; 0: nothing did */
    tb_digest end; /* event; zero likewise */
    tb_digest lapse;
    uint32_t calendar; /* version of the table it was counted by; 0: none */
} tb_duty_row;

/* That it was said, and by which event; of several the first, of re-datings the last put. */
typedef struct tb_duty_said {
    tb_time at; /* effective, as far as known */
    tb_digest event;
} tb_duty_said;

/* Which walk of DUTY_DUE. */
typedef enum tb_duty_walk {
    TB_DUTY_TO_JUDGE = 1, /* by look */
    TB_DUTY_LISTED = 2,   /* by due */
} tb_duty_walk;

tb_err tb_duty_get(tb_txn *txn, const tb_duty_key *key, tb_duty_row *out) TB_MUST_USE;
tb_err tb_duty_put(tb_txn *txn, const tb_duty_row *row) TB_MUST_USE;
/* With what was said of it. */
tb_err tb_duty_del(tb_txn *txn, const tb_duty_key *key) TB_MUST_USE;

/* rows_duty_said.c: DUTY_SAID. word is none of TB_DUTY_NOTHING and TB_DUTY_LAPSES. */
tb_err tb_duty_said_put(tb_txn *txn,
                        const tb_duty_key *key,
                        tb_duty_word word,
                        tb_time at,
                        const tb_digest *event) TB_MUST_USE;
tb_err tb_duty_said_get(tb_txn *txn, const tb_duty_key *key, tb_duty_word word, tb_duty_said *out)
    TB_MUST_USE;
tb_err tb_duty_said_del(tb_txn *txn, const tb_duty_key *key) TB_MUST_USE;
/* For checks: whether a DUTY_SAID row reads, and the key of the DUTY row it is of. */
bool tb_duty_said_reads(tb_bytes key, tb_bytes value, tb_bytes *out_of);

/* Every duty of a case, in the arena. */
tb_err
tb_duties_of(tb_txn *txn, const tb_case_id *id, tb_duty_row **out, size_t *out_count) TB_MUST_USE;

/* The first row of a walk behind the cursor, which is moved; empty: from the beginning. *out_at is
 * the time it stands under. TB_ERR_NOT_FOUND at the end. With TB_ERR_CORRUPT, the duty does not
 * read or is gone, cursor and time are moved all the same. */
tb_err tb_duty_next(tb_txn *txn,
                    tb_duty_walk walk,
                    tb_bytes *cursor,
                    tb_time *out_at,
                    tb_duty_row *out) TB_MUST_USE;
/* The key of the DUTY row that a DUTY_DUE key stands for; empty: it is none. */
tb_bytes tb_duty_of_due(tb_bytes key);
/* When the first is to be looked at. TB_ERR_NOT_FOUND: none. */
tb_err tb_duty_look(tb_txn *txn, tb_time *out) TB_MUST_USE;
/* Whether a cursor that came from outside may be one of this walk. */
bool tb_duty_cursor(tb_duty_walk walk, tb_bytes cursor);

/* A key as stored, in the arena. */
tb_err tb_duty_key_bytes(tb_arena *arena, const tb_duty_key *key, tb_bytes *out) TB_MUST_USE;
/* For checks: the rows as they stand. */
tb_err tb_duty_decode(tb_bytes key, tb_bytes value, tb_duty_row *out) TB_MUST_USE;

#endif

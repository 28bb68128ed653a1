/* rows_offline - what is remembered about parties without a line: events addressed to them, and the
 * letters written.
 *
 *     OFFLINE     recipient, number: an event that addresses the party; its letter, and whether it
 *                 is sealed in the party's stream or waits for a key to be sealed to
 *     LETTER      recipient, letter: document number, date and how many events it lists
 *
 * What is read lives in the transaction's arena. A row that does not decode is TB_ERR_CORRUPT.
 */
#ifndef TB_ROWS_OFFLINE_H
#define TB_ROWS_OFFLINE_H

#include "agents/rows_case.h"
#include "base/ids.h"
#include "base/time.h"
#include "store/store.h"

typedef struct tb_offline_row {
    tb_party recipient;
    uint64_t number; /* in the order they were addressed */
    tb_case_id case_id;
    tb_digest event;
    bool sealed;     /* in a numbered notice of the party's stream */
    bool joined;     /* the party joined since, and what had expired was given again */
    uint64_t letter; /* the letter that lists it; 0: none yet */
} tb_offline_row;

/* A new one gets its number. */
tb_err tb_offline_add(tb_txn *txn, tb_offline_row *row) TB_MUST_USE;
tb_err tb_offline_put(tb_txn *txn, const tb_offline_row *row) TB_MUST_USE;
tb_err tb_offline_decode(tb_bytes key, tb_bytes value, tb_offline_row *out) TB_MUST_USE;
tb_err tb_offline_del(tb_txn *txn, const tb_offline_row *row) TB_MUST_USE;
/* The first of a recipient behind a number; TB_ERR_NOT_FOUND past the last. */
tb_err tb_offline_after(tb_txn *txn,
                        const tb_party *recipient,
                        uint64_t number,
                        tb_offline_row *out) TB_MUST_USE;
/* The first recipient behind one that has rows; an empty party begins. */
tb_err tb_offline_recipient(tb_txn *txn, const tb_party *after, tb_party *out) TB_MUST_USE;

/* The event of a row. */
tb_err tb_offline_event(tb_txn *txn,
                        const tb_case_id *case_id,
                        const tb_digest *id,
                        tb_event_key *out_key,
                        tb_event_row *out) TB_MUST_USE;

typedef struct tb_letter_row {
    tb_party recipient;
    uint64_t letter;      /* from 1 for each recipient */
    tb_bytes document_no; /* 发文字号 */
    tb_time at;           /* civil, when it was written */
    uint32_t items;
} tb_letter_row;

tb_err tb_letter_put(tb_txn *txn, const tb_letter_row *row) TB_MUST_USE;
tb_err tb_letter_get(tb_txn *txn, const tb_party *recipient, uint64_t letter, tb_letter_row *out)
    TB_MUST_USE;
/* The number of the newest letter to a party; 0 when there is none. */
tb_err tb_letter_newest(tb_txn *txn, const tb_party *recipient, uint64_t *out) TB_MUST_USE;

#endif

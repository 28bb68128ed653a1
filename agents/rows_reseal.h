/* rows_reseal - notices whose recipient had retired the key they were sealed to: RESEAL, RESEALED,
 * AHEAD. All are notices of our own. */
#ifndef TB_ROWS_RESEAL_H
#define TB_ROWS_RESEAL_H

#include "base/ids.h"
#include "base/time.h"
#include "store/store.h"

typedef struct tb_reseal_key {
    tb_incarnation incarnation;
    uint64_t notice;
    tb_party recipient;
} tb_reseal_key;

typedef struct tb_resealed_row {
    tb_incarnation incarnation; /* of the new notice */
    uint64_t notice;
    tb_time at;
} tb_resealed_row;

tb_err tb_reseal_put(tb_txn *txn, const tb_reseal_key *key, tb_time since) TB_MUST_USE;
/* Since when it waits; TB_ERR_NOT_FOUND: it does not. */
tb_err tb_reseal_get(tb_txn *txn, const tb_reseal_key *key, tb_time *out_since) TB_MUST_USE;
tb_err tb_reseal_del(tb_txn *txn, const tb_reseal_key *key) TB_MUST_USE;
/* The first behind a key, and since when it waits; the zero key for the first of all. Ends with
 * TB_ERR_NOT_FOUND. *out_row is its key as it is, also with TB_ERR_CORRUPT. */
tb_err tb_reseal_after(tb_txn *txn,
                       const tb_reseal_key *after,
                       tb_reseal_key *out,
                       tb_time *out_since,
                       tb_bytes *out_row) TB_MUST_USE;

tb_err
tb_resealed_put(tb_txn *txn, const tb_reseal_key *key, const tb_resealed_row *row) TB_MUST_USE;
tb_err tb_resealed_get(tb_txn *txn, const tb_reseal_key *key, tb_resealed_row *out) TB_MUST_USE;

/* The events a notice without new events of its own passed on. */
tb_err tb_ahead_put(tb_txn *txn,
                    const tb_incarnation *incarnation,
                    uint64_t notice,
                    const tb_case_id *case_id,
                    const tb_digest *events,
                    size_t count) TB_MUST_USE;
tb_err tb_ahead_get(tb_txn *txn,
                    const tb_incarnation *incarnation,
                    uint64_t notice,
                    tb_case_id *out_case,
                    tb_digest **out,
                    size_t *out_count) TB_MUST_USE;

#endif

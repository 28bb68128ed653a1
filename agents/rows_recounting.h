/* rows_recounting - RECOUNT: figures that were stated, and are being counted anew (recounting.h).
 *
 * A row under 1 is worked on; under 2 its result is known, and stays. What a row counts into are
 * totals in MEASURE and MEASURE_DISTINCT, under a name of its own where those of a campaign stand
 * under the campaign's: no id of a campaign begins with its first character.
 */
#ifndef TB_ROWS_RECOUNTING_H
#define TB_ROWS_RECOUNTING_H

#include "agents/as_of.h"
#include "agents/campaign/period.h"
#include "store/store.h"

#define TB_RECOUNTING_SIGN     '@'
#define TB_RECOUNTING_NAME_MAX 24

/* Figures over these months that an event of a case stated. */
typedef struct tb_recounting_key {
    tb_case_id case_id;
    tb_digest by;
    tb_month first;
    tb_month last;
} tb_recounting_key;

typedef enum tb_recounting_phase {
    TB_RECOUNTING_COUNTS = 1,
    TB_RECOUNTING_CLEARS = 2, /* its totals go; without a result it then counts again */
    TB_RECOUNTING_OVER = 3,
} tb_recounting_phase;

typedef struct tb_recounting_row {
    tb_recounting_key key;
    tb_recounting_phase phase;
    uint64_t number; /* names its totals */
    tb_bytes campaign;
    uint32_t version; /* whose measures are counted */
    tb_as_of as_of;   /* what the cases made up then */
    tb_case_id at;    /* cases up to here were looked at */
    uint64_t looked;
    uint64_t cases;  /* there were, when it began */
    tb_bytes result; /* empty until it was counted to the end (recounting.h) */
} tb_recounting_row;

tb_err tb_recounting_put(tb_txn *txn, const tb_recounting_row *row) TB_MUST_USE;
/* TB_ERR_NOT_FOUND, also where its result does not read any more: it follows from the cases, and
 * can be counted again. */
tb_err
tb_recounting_get(tb_txn *txn, const tb_recounting_key *key, tb_recounting_row *out) TB_MUST_USE;
/* The first that is worked on; its key also of one that does not read. TB_ERR_NOT_FOUND: none. */
tb_err tb_recounting_first(tb_txn *txn, tb_bytes *out_key, tb_recounting_row *out) TB_MUST_USE;
/* The one behind that key, likewise. */
tb_err tb_recounting_after(tb_txn *txn, tb_bytes key, tb_bytes *out_key, tb_recounting_row *out)
    TB_MUST_USE;
/* The first of a case that is worked on. TB_ERR_NOT_FOUND: none. */
tb_err tb_recounting_of_case(tb_txn *txn, const tb_case_id *id, tb_recounting_row *out) TB_MUST_USE;
/* The row worked on whose totals these are, by the name they stand under. TB_ERR_NOT_FOUND. */
tb_err tb_recounting_named(tb_txn *txn, tb_bytes name, tb_recounting_row *out) TB_MUST_USE;
tb_err tb_recounting_decode(tb_bytes key, tb_bytes value, tb_recounting_row *out) TB_MUST_USE;

/* The name its totals stand under. */
tb_bytes tb_recounting_name(const tb_recounting_row *row, char buffer[TB_RECOUNTING_NAME_MAX]);

#endif

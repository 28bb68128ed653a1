/* rows_automatic - what this agent is to do by itself: AUTOMATIC, AUTOMATIC_DUE which leads to it
 * by time, and AUTOMATIC_SWITCH, what the party has switched on.
 *
 * An AUTOMATIC row has one AUTOMATIC_DUE row: under its look time, or, while its action is switched
 * off, under its action. tb_automatic_put keeps the two in step.
 */
#ifndef TB_ROWS_AUTOMATIC_H
#define TB_ROWS_AUTOMATIC_H

#include "base/ids.h"
#include "base/limits.h"
#include "base/time.h"
#include "store/store.h"

typedef struct tb_automatic_row {
    tb_case_id case_id;
    tb_bytes action;
    tb_bytes campaign;
    tb_bytes state; /* of the case; in another one the row is gone */
    tb_time since;  /* civil, when this party came to hold the case in that state */
    tb_time due;    /* civil */
    tb_time look;   /* civil: looked at then; 0: its action is switched off */
} tb_automatic_row;

tb_err tb_automatic_put(tb_txn *txn, const tb_automatic_row *row) TB_MUST_USE;
tb_err tb_automatic_del(tb_txn *txn, const tb_case_id *case_id, tb_bytes action) TB_MUST_USE;
/* Every row of a case, in the arena. */
tb_err tb_automatics_of(tb_txn *txn,
                        const tb_case_id *case_id,
                        tb_automatic_row **out,
                        size_t *out_count) TB_MUST_USE;
/* The row to be looked at first. TB_ERR_NOT_FOUND: none. */
tb_err tb_automatic_first(tb_txn *txn, tb_automatic_row *out) TB_MUST_USE;
/* The first row of an action that waits for its switch. TB_ERR_NOT_FOUND: none. */
tb_err tb_automatic_dormant(tb_txn *txn, tb_bytes campaign, tb_bytes action, tb_automatic_row *out)
    TB_MUST_USE;
tb_err tb_automatic_decode(tb_bytes key, tb_bytes value, tb_automatic_row *out) TB_MUST_USE;

typedef struct tb_switch_row {
    tb_bytes campaign;
    tb_bytes action;
    bool on;
    tb_time at; /* real time */
    tb_bytes account;
} tb_switch_row;

tb_err tb_switch_put(tb_txn *txn, const tb_switch_row *row) TB_MUST_USE;
/* Whether it was switched on; off where nobody did. */
tb_err tb_switch_on(tb_txn *txn, tb_bytes campaign, tb_bytes action, bool *out) TB_MUST_USE;
/* The switch after a cursor, which is moved; empty: the first. TB_ERR_NOT_FOUND at the end. */
tb_err tb_switch_next(tb_txn *txn, tb_bytes *cursor, tb_switch_row *out) TB_MUST_USE;

#endif

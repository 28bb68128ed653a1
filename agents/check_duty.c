/* check_duty - that the rows of DUTY_DUE are those that DUTY asks for, and that what was said of a
 * duty is of one. */
#include "agents/check_rows.h"
#include "agents/rows_duty.h"

static tb_err walk(tb_txn *txn, tb_duty_walk which, tb_faults *faults, uint64_t *out_count)
{
    tb_bytes cursor = tb_bytes_of(NULL, 0);
    *out_count = 0;
    for (;;) {
        tb_time at;
        tb_duty_row row;
        tb_err err = tb_duty_next(txn, which, &cursor, &at, &row);
        if (err == TB_ERR_NOT_FOUND) {
            return TB_OK;
        }
        if (err == TB_ERR_CORRUPT) {
            return tb_fault(faults, "a DUTY_DUE row leads to no DUTY row", cursor);
        }
        if (err != TB_OK) {
            return err;
        }
        (*out_count)++;
        if (at != (which == TB_DUTY_LISTED ? row.due : row.look)) {
            err =
                tb_fault(faults, "a DUTY_DUE row stands under another time than its duty", cursor);
        }
        if (err != TB_OK) {
            return err;
        }
    }
}

typedef struct duty_check {
    tb_txn *txn;
    tb_faults *faults;
    uint64_t wanted; /* rows of DUTY_DUE, by what DUTY says */
} duty_check;

static tb_err look_said(void *context, tb_bytes key, tb_bytes value)
{
    duty_check *c = context;
    tb_bytes of;
    tb_bytes duty;
    if (!tb_duty_said_reads(key, value, &of)) {
        return tb_fault(c->faults, "a DUTY_SAID row does not decode", key);
    }
    tb_err err = tb_store_get(c->txn, TB_TABLE_DUTY, of, &duty);
    return err == TB_ERR_NOT_FOUND
               ? tb_fault(c->faults, "a DUTY_SAID row leads to no DUTY row", key)
               : err;
}

static tb_err look_duty(void *context, tb_bytes key, tb_bytes value)
{
    duty_check *c = context;
    tb_duty_row row;
    if (tb_duty_decode(key, value, &row) != TB_OK) {
        return tb_fault(c->faults, "a DUTY row does not decode", key);
    }
    c->wanted += row.state == TB_DUTY_OPEN || row.state == TB_DUTY_LAPSED;
    c->wanted += row.look != 0;
    return TB_OK;
}

tb_err tb_check_duties_rows(tb_txn *txn, tb_faults *faults)
{
    duty_check c = {.txn = txn, .faults = faults};
    uint64_t listed;
    uint64_t judged;
    tb_bytes all = tb_bytes_of(NULL, 0);
    tb_err err = tb_check_rows(txn, faults, TB_TABLE_DUTY, all, look_duty, &c);
    if (err == TB_OK) {
        err = tb_check_rows(txn, faults, TB_TABLE_DUTY_SAID, all, look_said, &c);
    }
    if (err == TB_OK) {
        err = walk(txn, TB_DUTY_LISTED, faults, &listed);
    }
    if (err == TB_OK) {
        err = walk(txn, TB_DUTY_TO_JUDGE, faults, &judged);
    }
    if (err == TB_OK &&
        (listed + judged != c.wanted || tb_store_rows(txn, TB_TABLE_DUTY_DUE) != c.wanted)) {
        err = tb_fault(faults, "DUTY_DUE has more or fewer rows than DUTY asks for", all);
    }
    return err;
}

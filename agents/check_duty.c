/* check_duty - that the rows of DUTY_DUE are those that DUTY asks for, and that what was said of a
 * duty is of one. */
#include "agents/check_case.h"
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

static tb_err said(tb_txn *txn, tb_faults *faults)
{
    tb_bytes all = tb_bytes_of(NULL, 0);
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_seek(txn, TB_TABLE_DUTY_SAID, all, all, &key, &value);
    while (err == TB_OK) {
        tb_bytes of;
        tb_bytes duty;
        if (!tb_duty_said_reads(key, value, &of)) {
            err = tb_fault(faults, "a DUTY_SAID row does not decode", key);
        } else {
            err = tb_store_get(txn, TB_TABLE_DUTY, of, &duty);
        }
        if (err == TB_ERR_NOT_FOUND) {
            err = tb_fault(faults, "a DUTY_SAID row leads to no DUTY row", key);
        }
        if (err == TB_OK) {
            err = tb_store_next(txn, TB_TABLE_DUTY_SAID, all, key, &key, &value);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_check_duties_rows(tb_txn *txn, tb_faults *faults)
{
    uint64_t wanted = 0;
    uint64_t listed;
    uint64_t judged;
    tb_bytes all = tb_bytes_of(NULL, 0);
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_seek(txn, TB_TABLE_DUTY, all, all, &key, &value);
    while (err == TB_OK) {
        tb_duty_row row;
        if (tb_duty_decode(key, value, &row) != TB_OK) {
            return tb_fault(faults, "a DUTY row does not decode", key);
        }
        wanted += row.state == TB_DUTY_OPEN || row.state == TB_DUTY_LAPSED;
        wanted += row.look != 0;
        err = tb_store_next(txn, TB_TABLE_DUTY, all, key, &key, &value);
    }
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    err = said(txn, faults);
    if (err == TB_OK) {
        err = walk(txn, TB_DUTY_LISTED, faults, &listed);
    }
    if (err == TB_OK) {
        err = walk(txn, TB_DUTY_TO_JUDGE, faults, &judged);
    }
    if (err == TB_OK &&
        (listed + judged != wanted || tb_store_rows(txn, TB_TABLE_DUTY_DUE) != wanted)) {
        err = tb_fault(faults, "DUTY_DUE has more or fewer rows than DUTY asks for", all);
    }
    return err;
}

/* check_recover - what recovering and asking for missing events keeps must agree with itself. */
#include "agents/check_recover.h"

#include "agents/rows_recover.h"

static const tb_bytes all = {NULL, 0};

/* One GAP_DUE row per GAP row, at the time it says. */
static tb_err check_gaps(tb_txn *txn, tb_faults *faults)
{
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_seek(txn, TB_TABLE_GAP_DUE, all, all, &key, &value);
    while (err == TB_OK) {
        tb_digest missing;
        tb_gap_row row;
        if (key.size != 8 + TB_DIGEST_BYTES) {
            return tb_fault(faults, "a GAP_DUE row does not decode", key);
        }
        memcpy(missing.bytes, key.data + 8, TB_DIGEST_BYTES);
        err = tb_gap_get(txn, &missing, &row);
        uint64_t due = 0;
        for (size_t i = 0; i < 8; i++) {
            due = due << 8 | key.data[i];
        }
        if (err == TB_ERR_NOT_FOUND || err == TB_ERR_CORRUPT ||
            (err == TB_OK && row.due != (tb_time)due)) {
            err = tb_fault(faults, "a GAP_DUE row leads to no GAP row of its time", key);
        }
        if (err == TB_OK) {
            err = tb_store_next(txn, TB_TABLE_GAP_DUE, all, key, &key, &value);
        }
    }
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    return tb_store_rows(txn, TB_TABLE_GAP) == tb_store_rows(txn, TB_TABLE_GAP_DUE)
               ? TB_OK
               : tb_fault(faults, "GAP and GAP_DUE differ in number", all);
}

/* What is counted per giver is, together, what is held. */
static tb_err check_givers(tb_txn *txn, tb_faults *faults)
{
    tb_bytes prefix = tb_bytes_str("held by ");
    tb_bytes key;
    tb_bytes value;
    uint64_t total = 0;
    tb_err err = tb_store_seek(txn, TB_TABLE_META, prefix, prefix, &key, &value);
    while (err == TB_OK) {
        uint64_t count = 0;
        for (size_t i = 0; i < value.size && i < 8; i++) {
            count = count << 8 | value.data[i];
        }
        total += count;
        err = tb_store_next(txn, TB_TABLE_META, prefix, key, &key, &value);
    }
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    return total == tb_store_rows(txn, TB_TABLE_HELD)
               ? TB_OK
               : tb_fault(faults, "events are held back that are counted for no giver", prefix);
}

/* A recovery has ended when everybody who was asked has. */
static tb_err check_asked(tb_txn *txn, tb_faults *faults)
{
    tb_bytes cursor = all;
    tb_recovery_row row;
    size_t open = 0;
    tb_err err = tb_recovery_get(txn, &row);
    while (err == TB_OK) {
        tb_party peer;
        tb_asked_row asked;
        err = tb_asked_next(txn, &cursor, &peer, &asked);
        open += err == TB_OK && asked.ended == 0 ? 1 : 0;
    }
    if (err == TB_ERR_CORRUPT) {
        return tb_fault(faults, "a row of the recovery does not decode", all);
    }
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    bool wrong = (row.state == TB_RECOVERY_ENDED && open > 0) ||
                 (row.state == TB_RECOVERY_ASKING && open == 0);
    return wrong ? tb_fault(faults, "the recovery and those who were asked disagree", all) : TB_OK;
}

tb_err tb_check_recover(tb_txn *txn, tb_faults *faults)
{
    tb_err err = check_gaps(txn, faults);
    if (err == TB_OK) {
        err = check_givers(txn, faults);
    }
    return err == TB_OK ? check_asked(txn, faults) : err;
}

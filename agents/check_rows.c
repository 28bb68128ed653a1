#include "agents/check_rows.h"

static tb_err look_at(
    tb_err read, tb_faults *faults, tb_row_look *look, void *context, tb_bytes key, tb_bytes value)
{
    if (read == TB_ERR_CORRUPT) {
        return tb_fault(faults, "a row fails its checksum", key);
    }
    tb_err err = look(context, key, value);
    return tb_fault_is(err) ? tb_fault(faults, "a row does not lead to what it names", key) : err;
}

tb_err tb_check_rows(tb_txn *txn,
                     tb_faults *faults,
                     tb_table table,
                     tb_bytes prefix,
                     tb_row_look *look,
                     void *context)
{
    uint8_t last[TB_KEY_BYTES_MAX];
    tb_bytes key;
    tb_bytes value;
    size_t mark = tb_arena_mark(tb_txn_arena(txn));
    tb_err err = tb_store_seek(txn, table, prefix, prefix, &key, &value);
    while (err == TB_OK || err == TB_ERR_CORRUPT) {
        size_t told = faults->count;
        size_t size = key.size;
        memcpy(last, key.data, size);
        err = look_at(err, faults, look, context, key, value);
        if (err != TB_OK) {
            return err;
        }
        if (faults->count == told) {
            tb_arena_release(tb_txn_arena(txn), mark);
        }
        mark = tb_arena_mark(tb_txn_arena(txn));
        err = tb_store_next(txn, table, prefix, tb_bytes_of(last, size), &key, &value);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

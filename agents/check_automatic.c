/* check_automatic - that AUTOMATIC and AUTOMATIC_DUE are in step. */
#include "agents/automatic.h"
#include "agents/check_case.h"

tb_err tb_check_automatic_rows(tb_txn *txn, tb_faults *faults)
{
    tb_bytes all = tb_bytes_of(NULL, 0);
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_seek(txn, TB_TABLE_AUTOMATIC, all, all, &key, &value);
    while (err == TB_OK) {
        tb_automatic_row row;
        if (tb_automatic_decode(key, value, &row) != TB_OK) {
            return tb_fault(faults, "an AUTOMATIC row does not decode", key);
        }
        err = tb_store_next(txn, TB_TABLE_AUTOMATIC, all, key, &key, &value);
    }
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    return tb_store_rows(txn, TB_TABLE_AUTOMATIC) == tb_store_rows(txn, TB_TABLE_AUTOMATIC_DUE)
               ? TB_OK
               : tb_fault(faults, "AUTOMATIC_DUE has more or fewer rows than AUTOMATIC", all);
}

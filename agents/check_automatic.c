/* check_automatic - that AUTOMATIC and AUTOMATIC_DUE are in step. */
#include "agents/automatic.h"
#include "agents/check_rows.h"

static tb_err look(void *context, tb_bytes key, tb_bytes value)
{
    tb_automatic_row row;
    return tb_automatic_decode(key, value, &row) == TB_OK
               ? TB_OK
               : tb_fault(context, "an AUTOMATIC row does not decode", key);
}

tb_err tb_check_automatic_rows(tb_txn *txn, tb_faults *faults)
{
    tb_bytes all = tb_bytes_of(NULL, 0);
    tb_err err = tb_check_rows(txn, faults, TB_TABLE_AUTOMATIC, all, look, faults);
    if (err != TB_OK) {
        return err;
    }
    return tb_store_rows(txn, TB_TABLE_AUTOMATIC) == tb_store_rows(txn, TB_TABLE_AUTOMATIC_DUE)
               ? TB_OK
               : tb_fault(faults, "AUTOMATIC_DUE has more or fewer rows than AUTOMATIC", all);
}

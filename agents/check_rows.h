/* check_rows - every row of a table, for a check of the store: what is wrong with one is a fault
 * that is told (check_case.h), and no end of the check.
 */
#ifndef TB_CHECK_ROWS_H
#define TB_CHECK_ROWS_H

#include "agents/check_case.h"

/* One row. TB_ERR_NOT_FOUND and TB_ERR_CORRUPT are told of the row; any other error ends the check.
 */
typedef tb_err tb_row_look(void *context, tb_bytes key, tb_bytes value);

/* Looks at the rows whose keys start with prefix, in the order of their keys. A row that fails its
 * checksum is told and not looked at. What a row took of the arena is given back, unless something
 * was told of it. Other errors are those of the store and of look. */
tb_err tb_check_rows(tb_txn *txn,
                     tb_faults *faults,
                     tb_table table,
                     tb_bytes prefix,
                     tb_row_look *look,
                     void *context) TB_MUST_USE;

#endif

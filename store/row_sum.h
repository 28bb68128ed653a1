/* row_sum - the 8 bytes in front of each value in LMDB, which depend on table, key and value, so
 * that a row that rotted, or was put in another's place, is seen. They are against faults: who may
 * write the file can make them.
 */
#ifndef TB_STORE_ROW_SUM_H
#define TB_STORE_ROW_SUM_H

#include "base/base.h"

#define TB_ROW_SUM_BYTES 8u

typedef enum tb_row_sum_form {
    TB_ROW_SUM_XXH3,    /* of a store made today */
    TB_ROW_SUM_SIPHASH, /* of one made before 26 November 2026; it keeps it */
} tb_row_sum_form;

/* What stands for a table, by its name, in both forms. */
void tb_row_sum_table(const char *name, uint8_t out_table[TB_ROW_SUM_BYTES]);

/* table: of tb_row_sum_table. Key and value may be empty. */
void tb_row_sum(tb_row_sum_form form,
                const uint8_t table[TB_ROW_SUM_BYTES],
                tb_bytes key,
                tb_bytes value,
                uint8_t out_sum[TB_ROW_SUM_BYTES]);

/* A hash of table and key, for tables in memory. */
uint64_t tb_row_hash(const uint8_t table[TB_ROW_SUM_BYTES], tb_bytes key);

#endif

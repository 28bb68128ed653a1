/* store_lmdb_late - rows put in a transaction that LMDB has not been given yet.
 *
 * A turn's rows come in the order of its inputs, and what is keyed by a case has no order in time.
 * Put one by one they split pages in the middle; these stay a third empty, and are copied and
 * written all the same. Given at the end, in the order of their keys, they fill them.
 *
 * A row is here at most once, with its newest value. LMDB is given a table's rows before anybody
 * looks at the table otherwise than by a key, and all of them before the commit.
 */
#ifndef TB_STORE_LMDB_LATE_H
#define TB_STORE_LMDB_LATE_H

#include "base/base.h"
#include "store/schema.h"

/* Larger values lie on pages of their own, where no order helps. */
#define TB_LATE_STORED_BYTES_MAX 1900u
#define TB_LATE_BYTES_MAX        (4u << 20)
#define TB_LATE_ROWS_MAX         16384u

/* Numbers of rows are counted from 1; 0 is none. */
typedef struct tb_late_row {
    uint32_t key_at; /* in bytes; what is stored under it stands at stored_at */
    uint32_t key_size;
    uint32_t stored_at;
    uint32_t stored_size;
    uint32_t slot;
    uint32_t in_slot;  /* the row before in the same slot */
    uint32_t in_table; /* the row before in the same table */
    uint32_t table;
} tb_late_row;

typedef struct tb_late {
    uint8_t *bytes; /* TB_LATE_BYTES_MAX, and the lists below: one block */
    uint32_t used;
    tb_late_row *rows;
    uint32_t count;
    uint32_t *slots;                 /* 2 * TB_LATE_ROWS_MAX: the newest row of each */
    uint32_t *order;                 /* room to sort in */
    uint32_t newest[TB_TABLE_COUNT]; /* row of each table */
} tb_late;

/* False when memory ends. What is not written to costs no memory. */
bool tb_late_make(tb_late *late) TB_MUST_USE;
void tb_late_free(tb_late *late);

/* Room for what is stored under the key, to be written by the caller before any other call; NULL
 * when there is none, and nothing is changed. hash: of table and key. */
uint8_t *tb_late_put(tb_late *late, tb_table table, tb_bytes key, uint64_t hash, size_t stored_size)
    TB_MUST_USE;
/* What is stored under the key, alive until the next call; false when it is not here. */
bool tb_late_get(
    const tb_late *late, tb_table table, tb_bytes key, uint64_t hash, tb_bytes *out_stored);

/* How many rows of the table are here; late->order then names them by rising key. They stay until
 * tb_late_drop. */
uint32_t tb_late_sort(tb_late *late, tb_table table) TB_MUST_USE;
tb_bytes tb_late_key(const tb_late *late, uint32_t row);
tb_bytes tb_late_stored(const tb_late *late, uint32_t row);
/* Forgets a table's rows. Their bytes come back when no table has any. */
void tb_late_drop(tb_late *late, tb_table table);
/* Forgets everything. */
void tb_late_reset(tb_late *late);

#endif

/* range - the part of seek, next and last that both forms of the store share: what a prefix bounds.
 *
 * A form implements the two walks below; range.c turns the port's three verbs into them.
 */
#ifndef TB_RANGE_H
#define TB_RANGE_H

#include "store/store.h"

/* Byte order; a key sorts before its extensions. */
int tb_key_compare(tb_bytes a, tb_bytes b);
bool tb_key_starts_with(tb_bytes key, tb_bytes prefix);
/* True for what may be stored under: 1..TB_KEY_BYTES_MAX bytes. */
bool tb_key_valid(tb_bytes key);

/* One end of a walk. With bytes.size 0 it is the end of the table the walk starts from. */
typedef struct tb_bound {
    tb_bytes bytes;
    bool strict; /* the row with just this key is left out */
} tb_bound;

/* The first row at or behind the bound; TB_ERR_NOT_FOUND unless its key starts with prefix. */
tb_err tb_form_forward(tb_txn *txn,
                       tb_table table,
                       tb_bound bound,
                       tb_bytes prefix,
                       tb_bytes *out_key,
                       tb_bytes *out_value) TB_MUST_USE;
/* The last row at or before the bound; TB_ERR_NOT_FOUND unless its key starts with prefix. */
tb_err tb_form_backward(tb_txn *txn,
                        tb_table table,
                        tb_bound bound,
                        tb_bytes prefix,
                        tb_bytes *out_key,
                        tb_bytes *out_value) TB_MUST_USE;

#endif

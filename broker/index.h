/* index - finds things of the running turn by their key: a hash table in the turn's arena.
 *
 * Nothing is ever taken out; iteration goes by the lists of broker/running.h, in order of arrival,
 * never in hash order.
 */
#ifndef TB_BROKER_INDEX_H
#define TB_BROKER_INDEX_H

#include "base/arena.h"

typedef struct tb_index_slot {
    tb_bytes key; /* data NULL: empty */
    void *value;
} tb_index_slot;

typedef struct tb_index {
    tb_index_slot *slots;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
} tb_index;

/* NULL when absent. */
void *tb_index_find(const tb_index *index, tb_bytes key);
/* The key must not be there yet, and must live as long as the index. */
tb_err tb_index_add(tb_index *index, tb_arena *arena, tb_bytes key, void *value) TB_MUST_USE;

#endif

/* load_pool - the memory of a document being read: taken piece by piece, given back at once. */
#ifndef TB_CAMPAIGN_LOAD_POOL_H
#define TB_CAMPAIGN_LOAD_POOL_H

#include "base/base.h"

typedef struct tb_pool {
    struct tb_pool_block *blocks;
    bool exhausted; /* an allocation failed; what was read so far counts for nothing */
} tb_pool;

/* Zeroed, aligned for any type; NULL when there is no memory, which `exhausted` then says. */
void *tb_pool_alloc(tb_pool *pool, size_t count, size_t each);
/* A copy that ends in a NUL; NULL likewise. */
char *tb_pool_text(tb_pool *pool, const char *text, size_t size);
/* `list` with room for one more: grown by doubling into the pool. NULL likewise. */
void *tb_pool_grow(tb_pool *pool, void *list, size_t count, size_t *capacity, size_t each);
void tb_pool_free(tb_pool *pool);

#endif

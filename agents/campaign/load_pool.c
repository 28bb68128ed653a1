#include "agents/campaign/load_pool.h"

#include <stdlib.h>

#define BLOCK_BYTES ((size_t)64 * 1024)
#define ALIGNMENT   16

typedef struct tb_pool_block {
    struct tb_pool_block *next;
    size_t used;
    size_t size;
    _Alignas(ALIGNMENT) uint8_t bytes[];
} tb_pool_block;

static tb_pool_block *add_block(tb_pool *pool, size_t least)
{
    size_t size = least > BLOCK_BYTES ? least : BLOCK_BYTES;
    tb_pool_block *block = calloc(1, sizeof *block + size);
    if (block == NULL) {
        pool->exhausted = true;
        return NULL;
    }
    block->size = size;
    block->next = pool->blocks;
    pool->blocks = block;
    return block;
}

void *tb_pool_alloc(tb_pool *pool, size_t count, size_t each)
{
    TB_ASSERT(each > 0);
    if (count > (SIZE_MAX - BLOCK_BYTES) / each) {
        pool->exhausted = true;
        return NULL;
    }
    size_t size = (count * each + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    tb_pool_block *block = pool->blocks;
    if (block == NULL || block->size - block->used < size) {
        block = add_block(pool, size);
    }
    if (block == NULL) {
        return NULL;
    }
    void *out = block->bytes + block->used;
    block->used += size;
    return out;
}

char *tb_pool_text(tb_pool *pool, const char *text, size_t size)
{
    char *copy = tb_pool_alloc(pool, size + 1, 1);
    if (copy != NULL && size > 0) {
        memcpy(copy, text, size);
    }
    return copy;
}

void *tb_pool_grow(tb_pool *pool, void *list, size_t count, size_t *capacity, size_t each)
{
    if (count < *capacity) {
        return list;
    }
    size_t larger = *capacity == 0 ? 16 : *capacity * 2;
    void *grown = tb_pool_alloc(pool, larger, each);
    if (grown == NULL) {
        return NULL;
    }
    if (count > 0) {
        memcpy(grown, list, count * each);
    }
    *capacity = larger;
    return grown;
}

void tb_pool_free(tb_pool *pool)
{
    while (pool->blocks != NULL) {
        tb_pool_block *next = pool->blocks->next;
        free(pool->blocks);
        pool->blocks = next;
    }
    *pool = (tb_pool){NULL, false};
}

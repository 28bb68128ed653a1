#include "base/arena.h"

#include <stdalign.h>

/* Address arithmetic, because the caller's block may start anywhere. */
static void *take(tb_arena *arena, size_t size, size_t alignment)
{
    if (arena->block == NULL) {
        return NULL;
    }

    size_t gap = (size_t)(-(uintptr_t)(arena->block + arena->used) & (alignment - 1));
    size_t left = arena->size - arena->used;
    if (gap > left || size > left - gap) {
        return NULL;
    }

    void *memory = arena->block + arena->used + gap;
    arena->used += gap + size;
    return memory;
}

void tb_arena_init(tb_arena *arena, void *block, size_t size)
{
    arena->block = block;
    arena->size = size;
    arena->used = 0;
}

void tb_arena_reset(tb_arena *arena)
{
    arena->used = 0;
}

void *tb_arena_raw(tb_arena *arena, size_t size)
{
    return take(arena, size, alignof(max_align_t));
}

void *tb_arena_alloc(tb_arena *arena, size_t size)
{
    void *memory = tb_arena_raw(arena, size);

    if (memory != NULL) {
        memset(memory, 0, size);
    }
    return memory;
}

void *tb_arena_array(tb_arena *arena, size_t count, size_t each)
{
    if (each != 0 && count > SIZE_MAX / each) {
        return NULL;
    }
    return tb_arena_alloc(arena, count * each);
}

tb_err tb_arena_copy(tb_arena *arena, tb_bytes in, tb_bytes *out_copy)
{
    void *memory = take(arena, in.size, 1);

    if (memory == NULL) {
        return TB_ERR_LIMIT;
    }
    if (in.size > 0) {
        memcpy(memory, in.data, in.size);
    }
    *out_copy = tb_bytes_of(memory, in.size);
    return TB_OK;
}

size_t tb_arena_mark(const tb_arena *arena)
{
    return arena->used;
}

void tb_arena_release(tb_arena *arena, size_t mark)
{
    TB_ASSERT(mark <= arena->used);

    arena->used = mark;
}

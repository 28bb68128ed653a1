/* grown - a list in an arena that may have to grow. */
#ifndef TB_GROWN_H
#define TB_GROWN_H

#include "base/arena.h"

/* The array, of count elements of each bytes, with room for `wanted` of them: itself, or a copy
 * with room for twice as many, and *capacity says so. NULL when memory ends, and for an empty array
 * that needs no room. What it took before stays in the arena. */
void *tb_arena_grown(
    tb_arena *arena, void *array, size_t count, size_t wanted, size_t *capacity, size_t each);

#endif

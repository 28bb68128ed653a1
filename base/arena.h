/* arena - the memory of one turn: a fixed block, handed out front to back, reset at the top.
 *
 * Pure code has no other memory. What is allocated in a turn lives until the turn ends, so nothing
 * is ever freed. The size of the block is the bound on what one turn, or one hostile frame, can
 * cost.
 */
#ifndef TB_ARENA_H
#define TB_ARENA_H

#include "base/base.h"

typedef struct tb_arena {
    uint8_t *block;
    size_t size;
    size_t used;
} tb_arena;

/* Takes a block the caller owns and keeps alive longer than the arena. */
void tb_arena_init(tb_arena *arena, void *block, size_t size);

void tb_arena_reset(tb_arena *arena);

/* size bytes, zeroed, aligned for any type; NULL when the block is exhausted (answer TB_ERR_LIMIT).
 */
void *tb_arena_alloc(tb_arena *arena, size_t size);

/* Likewise, but what is in it is not said: for who writes all of it before anybody reads. */
void *tb_arena_raw(tb_arena *arena, size_t size);

/* count * each with overflow checked; otherwise as tb_arena_alloc. */
void *tb_arena_array(tb_arena *arena, size_t count, size_t each);

/* Copies bytes into the arena. TB_ERR_LIMIT when the block is exhausted. */
tb_err tb_arena_copy(tb_arena *arena, tb_bytes in, tb_bytes *out_copy) TB_MUST_USE;

/* A mark to return to: everything allocated since is given back. */
size_t tb_arena_mark(const tb_arena *arena);
void tb_arena_release(tb_arena *arena, size_t mark);

#endif

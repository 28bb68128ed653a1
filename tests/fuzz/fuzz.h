/* fuzz - what every libFuzzer target shares: memory of one run, and reading choices from the input.
 *
 * A target aborts on what must never happen; libFuzzer and the sanitizers see the rest. Its input
 * is whatever the fuzzer made: nothing may be assumed of it.
 */
#ifndef TB_FUZZ_H
#define TB_FUZZ_H

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As in production: what does not fit a turn's memory is refused, and memory is not cleared. */
#define FUZZ_ARENA_BYTES (16u * 1024 * 1024)

static inline tb_arena *fuzz_arena(void)
{
    static tb_arena arena;
    static uint8_t *block;
    if (block == NULL) {
        block = malloc(FUZZ_ARENA_BYTES);
        if (block == NULL) {
            abort();
        }
    }
    tb_arena_init(&arena, block, FUZZ_ARENA_BYTES);
    return &arena;
}

/* Fails the run, saying what does not hold. */
#define FUZZ_CHECK(condition)                                                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);         \
            abort();                                                                               \
        }                                                                                          \
    } while (false)

/* The input as a row of choices; past its end every choice is 0. */
typedef struct fuzz_choices {
    const uint8_t *data;
    size_t size;
} fuzz_choices;

static inline uint8_t fuzz_byte(fuzz_choices *c)
{
    if (c->size == 0) {
        return 0;
    }
    c->size--;
    return *c->data++;
}

static inline size_t fuzz_below(fuzz_choices *c, size_t below)
{
    return fuzz_byte(c) % below;
}

static inline tb_bytes fuzz_bytes(fuzz_choices *c, size_t size)
{
    size = size < c->size ? size : c->size;
    tb_bytes taken = tb_bytes_of(c->data, size);
    c->data += size;
    c->size -= size;
    return taken;
}

#endif

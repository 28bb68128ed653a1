#include "base/arena.h"
#include "tests/test.h"

#include <stdalign.h>

static void memory_is_zeroed_and_aligned_wherever_the_block_starts(void **state)
{
    alignas(max_align_t) uint8_t block[256];
    tb_arena arena;

    (void)state;
    for (size_t skew = 0; skew < 17; skew++) {
        memset(block, 0xa5, sizeof block);
        tb_arena_init(&arena, block + skew, sizeof block - skew);
        for (size_t size = 1; size < 20; size += 6) {
            const uint8_t *memory = tb_arena_alloc(&arena, size);
            assert_non_null(memory);
            assert_int_equal((uintptr_t)memory % alignof(max_align_t), 0);
            for (size_t i = 0; i < size; i++) {
                assert_int_equal(memory[i], 0);
            }
        }
    }
}

static void an_exhausted_block_gives_null_and_keeps_what_it_gave(void **state)
{
    alignas(max_align_t) uint8_t block[64];
    tb_arena arena;

    (void)state;
    tb_arena_init(&arena, block, sizeof block);
    assert_non_null(tb_arena_alloc(&arena, 48));
    assert_null(tb_arena_alloc(&arena, 17));
    assert_non_null(tb_arena_alloc(&arena, 16));
    assert_null(tb_arena_alloc(&arena, 1));
    assert_null(tb_arena_alloc(&arena, SIZE_MAX));
    assert_int_equal(arena.used, 64);
}

static void an_array_whose_size_overflows_is_null(void **state)
{
    alignas(max_align_t) uint8_t block[64];
    tb_arena arena;

    (void)state;
    tb_arena_init(&arena, block, sizeof block);
    assert_null(tb_arena_array(&arena, SIZE_MAX / 2 + 2, 2));
    assert_null(tb_arena_array(&arena, 33, 2));
    assert_non_null(tb_arena_array(&arena, 32, 2));
    assert_non_null(tb_arena_array(&arena, 0, 8));
}

static void a_copy_outlives_its_original(void **state)
{
    uint8_t block[8];
    char original[] = "text";
    tb_arena arena;
    tb_bytes copy = {0};

    (void)state;
    tb_arena_init(&arena, block, sizeof block);
    assert_ok(tb_arena_copy(&arena, tb_bytes_str(original), &copy));
    memset(original, 'x', sizeof original);
    assert_true(tb_bytes_equal(copy, tb_bytes_str("text")));
    assert_ok(tb_arena_copy(&arena, tb_bytes_of(NULL, 0), &copy));
    assert_int_equal(copy.size, 0);
    assert_int_equal(tb_arena_copy(&arena, tb_bytes_str("12345"), &copy), TB_ERR_LIMIT);
    assert_int_equal(copy.size, 0);
}

static void a_mark_gives_back_what_came_after_and_reset_everything(void **state)
{
    alignas(max_align_t) uint8_t block[64];
    tb_arena arena;

    (void)state;
    tb_arena_init(&arena, block, sizeof block);
    assert_non_null(tb_arena_alloc(&arena, 16));
    size_t mark = tb_arena_mark(&arena);
    assert_non_null(tb_arena_alloc(&arena, 48));
    assert_null(tb_arena_alloc(&arena, 1));
    tb_arena_release(&arena, mark);
    assert_non_null(tb_arena_alloc(&arena, 48));
    tb_arena_reset(&arena);
    assert_non_null(tb_arena_alloc(&arena, 64));
}

static void an_arena_without_a_block_has_nothing_to_give(void **state)
{
    tb_arena arena;

    (void)state;
    tb_arena_init(&arena, NULL, 0);
    assert_null(tb_arena_alloc(&arena, 0));
    assert_null(tb_arena_alloc(&arena, 1));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(memory_is_zeroed_and_aligned_wherever_the_block_starts),
    cmocka_unit_test(an_exhausted_block_gives_null_and_keeps_what_it_gave),
    cmocka_unit_test(an_array_whose_size_overflows_is_null),
    cmocka_unit_test(a_copy_outlives_its_original),
    cmocka_unit_test(a_mark_gives_back_what_came_after_and_reset_everything),
    cmocka_unit_test(an_arena_without_a_block_has_nothing_to_give),
};

TB_RUN("base/arena", tests)

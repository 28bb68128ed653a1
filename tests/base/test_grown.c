/* A list in an arena grows, keeps what it holds, and says when memory ends. */
#include "base/grown.h"

#include "tests/test.h"

static uint8_t block[256];

static void a_list_keeps_what_it_holds_while_it_grows(void **state)
{
    (void)state;
    tb_arena arena;
    uint32_t *list = NULL;
    size_t capacity = 0;
    tb_arena_init(&arena, block, sizeof block);
    for (uint32_t i = 0; i < 12; i++) {
        list = tb_arena_grown(&arena, list, i, i + 1, &capacity, sizeof *list);
        assert_non_null(list);
        assert_true(capacity > i);
        list[i] = i;
    }
    for (uint32_t i = 0; i < 12; i++) {
        assert_int_equal(list[i], i);
    }
}

static void what_has_room_stays_where_it_is(void **state)
{
    (void)state;
    tb_arena arena;
    size_t capacity = 0;
    tb_arena_init(&arena, block, sizeof block);
    assert_null(tb_arena_grown(&arena, NULL, 0, 0, &capacity, 4));
    void *list = tb_arena_grown(&arena, NULL, 0, 3, &capacity, 4);
    assert_int_equal(capacity, 6);
    assert_ptr_equal(tb_arena_grown(&arena, list, 3, 6, &capacity, 4), list);
    assert_ptr_not_equal(tb_arena_grown(&arena, list, 6, 7, &capacity, 4), list);
}

static void where_memory_ends_the_old_list_is_as_it_was(void **state)
{
    (void)state;
    tb_arena arena;
    size_t capacity = 0;
    tb_arena_init(&arena, block, sizeof block);
    uint8_t *list = tb_arena_grown(&arena, NULL, 0, 50, &capacity, 1);
    assert_non_null(list);
    list[49] = 7;
    assert_null(tb_arena_grown(&arena, list, 50, 200, &capacity, 1));
    assert_int_equal(capacity, 100);
    assert_int_equal(list[49], 7);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_list_keeps_what_it_holds_while_it_grows),
    cmocka_unit_test(what_has_room_stays_where_it_is),
    cmocka_unit_test(where_memory_ends_the_old_list_is_as_it_was),
};

TB_RUN("base/grown", tests)

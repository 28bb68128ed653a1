#include "tests/test.h"

#include "agents/cli/grid.h"
#include "agents/cli/width.h"

static void chinese_characters_take_two_columns(void **state)
{
    (void)state;
    assert_int_equal(tb_width(tb_bytes_str("")), 0);
    assert_int_equal(tb_width(tb_bytes_str("abc")), 3);
    assert_int_equal(tb_width(tb_bytes_str("浙江省通信管理局")), 16);
    assert_int_equal(tb_width(tb_bytes_str("（一）")), 6);
    assert_int_equal(tb_width(tb_bytes_str("é→…")), 3);
    assert_int_equal(tb_width(tb_bytes_str("e\xCC\x81")), 1);
    assert_int_equal(tb_width(tb_bytes_str("𠮷😀")), 4);
}

static void a_text_is_cut_between_characters(void **state)
{
    (void)state;
    assert_true(tb_bytes_equal(tb_width_cut(tb_bytes_str("浙江省"), 5), tb_bytes_str("浙江")));
    assert_true(tb_bytes_equal(tb_width_cut(tb_bytes_str("浙江省"), 6), tb_bytes_str("浙江省")));
    assert_true(tb_bytes_equal(tb_width_cut(tb_bytes_str("ab"), 0), tb_bytes_str("")));
}

static void columns_line_up(void **state)
{
    (void)state;
    static uint8_t block[64 * 1024];
    char printed[256] = "";
    const char *const headings[] = {"name", "n", NULL};
    tb_arena arena;
    tb_grid grid;
    tb_arena_init(&arena, block, sizeof block);
    tb_grid_init(&grid, &arena, headings);
    tb_grid_text(&grid, "浙江");
    tb_grid_number(&grid, 7);
    tb_grid_text(&grid, "a\nb");
    tb_grid_number(&grid, 18446744073709551615u);

    FILE *out = fmemopen(printed, sizeof printed, "w");
    assert_non_null(out);
    assert_true(tb_grid_print(&grid, out));
    (void)fclose(out);
    assert_string_equal(printed, "name  n\n"
                                 "浙江  7\n"
                                 "a b   18446744073709551615\n");
}

static void memory_that_ends_is_told(void **state)
{
    (void)state;
    static uint8_t block[64];
    const char *const headings[] = {"a", NULL};
    tb_arena arena;
    tb_grid grid;
    tb_arena_init(&arena, block, sizeof block);
    tb_grid_init(&grid, &arena, headings);
    assert_false(tb_grid_print(&grid, stdout));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(chinese_characters_take_two_columns),
    cmocka_unit_test(a_text_is_cut_between_characters),
    cmocka_unit_test(columns_line_up),
    cmocka_unit_test(memory_that_ends_is_told),
};

TB_RUN("width", tests)

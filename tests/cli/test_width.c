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

static void printed_within(size_t columns, char *printed, size_t size)
{
    static uint8_t block[64 * 1024];
    const char *const headings[] = {"id", "办件状态", "n", "why", NULL};
    tb_arena arena;
    tb_grid grid;
    tb_arena_init(&arena, block, sizeof block);
    tb_grid_init(&grid, &arena, headings);
    const char *const cells[] = {"0123456789", "办结",   "1", "not yet",
                                 "9876543210", "已受理", "",  ""};
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        tb_grid_text(&grid, cells[i]);
    }
    memset(printed, 0, size);
    FILE *out = fmemopen(printed, size, "w");
    assert_non_null(out);
    assert_true(tb_grid_print_within(&grid, columns, out));
    (void)fclose(out);
}

static void a_row_wider_than_the_terminal_goes_on_below_under_its_own_headings(void **state)
{
    (void)state;
    char wide[256];
    char within[256];
    printed_within(0, wide, sizeof wide);
    assert_string_equal(wide, "id          办件状态  n  why\n"
                              "0123456789  办结      1  not yet\n"
                              "9876543210  已受理       \n");
    printed_within(32, within, sizeof within);
    assert_string_equal(within, wide);
    printed_within(31, within, sizeof within);
    assert_string_equal(within, "id          办件状态  n\n"
                                "    why\n"
                                "0123456789  办结      1\n"
                                "    not yet\n"
                                "9876543210  已受理    \n");
    printed_within(19, within, sizeof within);
    assert_string_equal(within, "id\n"
                                "    办件状态  n\n"
                                "    why\n"
                                "0123456789\n"
                                "    办结      1\n"
                                "    not yet\n"
                                "9876543210\n"
                                "    已受理    \n");
    printed_within(8, within, sizeof within);
    assert_non_null(strstr(within, "    not \n    yet\n"));
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
    cmocka_unit_test(a_row_wider_than_the_terminal_goes_on_below_under_its_own_headings),
    cmocka_unit_test(memory_that_ends_is_told),
};

TB_RUN("width", tests)

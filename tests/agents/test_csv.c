#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "agents/import/csv.h"

#define ARENA_BYTES (256u * 1024)

static uint8_t block[ARENA_BYTES];

/* All rows as text: fields in [], rows apart by newline, "number:" in front, ! for a broken row. */
static const char *dump(tb_bytes text)
{
    static char out[4096];
    size_t size = 0;
    tb_arena arena;
    tb_csv csv;
    tb_csv_init(&csv, text);
    for (;;) {
        tb_csv_row row;
        tb_arena_init(&arena, block, sizeof block);
        tb_err err = tb_csv_next(&csv, &arena, &row);
        if (err == TB_ERR_NOT_FOUND) {
            break;
        }
        assert_ok(err);
        size += (size_t)snprintf(out + size, sizeof out - size, "%d:%s", (int)row.number,
                                 row.broken ? "!" : "");
        for (size_t i = 0; i < row.count; i++) {
            size += (size_t)snprintf(out + size, sizeof out - size, "[%.*s]",
                                     (int)row.fields[i].size, (const char *)row.fields[i].data);
        }
        size += (size_t)snprintf(out + size, sizeof out - size, ";");
    }
    out[size] = '\0';
    return out;
}

static void check(const char *text, const char *rows)
{
    assert_string_equal(dump(tb_bytes_str(text)), rows);
}

static void rows_end_in_any_line_end(void **state)
{
    (void)state;
    check("a,b\nc,d\n", "1:[a][b];2:[c][d];");
    check("a,b\r\nc,d\r\n", "1:[a][b];2:[c][d];");
    check("a,b\rc,d", "1:[a][b];2:[c][d];");
    check("a\n\n\r\nb", "1:[a];4:[b];");
    check("", "");
    check("\n\n", "");
    check("a,\n,b\n,", "1:[a][];2:[][b];3:[][];");
}

static void quotes_hold_commas_lines_and_quotes(void **state)
{
    (void)state;
    check("\"a,b\",c", "1:[a,b][c];");
    check("\"a\nb\",c\nd,e", "1:[a\nb][c];2:[d][e];");
    check("\"\"\"x\"\"\"", "1:[\"x\"];");
    check("\"\",b", "1:[][b];");
    check("群众举报,\"举报\"\"推销\"\",待核\"\r\n", "1:[群众举报][举报\"推销\",待核];");
}

static void wrong_quoting_costs_one_row(void **state)
{
    (void)state;
    check("a\n\"b\nc\nd\n", "1:[a];2:!;3:[c];4:[d];");
    check("a\"b,c\nd,e", "1:!;2:[d][e];");
    check("\"a\"b,c\nd", "1:!;2:[d];");
    check("x,\"a\"\"\nd", "1:!;2:[d];");
    check("\"", "1:!;");
}

static void a_row_has_bounds(void **state)
{
    (void)state;
    size_t size = TB_CSV_ROW_BYTES_MAX + 10;
    char *text = malloc(size + 3);
    assert_non_null(text);
    memset(text, 'x', size);
    memcpy(text + size, "\nb", 3);
    check(text, "1:!;2:[b];");

    memset(text, ',', TB_CSV_FIELDS_MAX);
    memcpy(text + TB_CSV_FIELDS_MAX, "\nb", 3);
    check(text, "1:!;2:[b];");
    free(text);
}

static void a_row_that_cannot_be_read_says_why(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        tb_refusal code;
    } rows[] = {
        {"a,b", TB_ACCEPTED},
        {"a", TB_REFUSED_ROW},
        {"a,b,", TB_REFUSED_ROW},
        {"a,b\"c", TB_REFUSED_ROW_QUOTES},
        {"a,\"b\"c", TB_REFUSED_ROW_QUOTES},
        {"a,\"b", TB_REFUSED_ROW_QUOTES},
    };
    tb_csv csv;
    tb_csv_row row;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tb_arena arena;
        tb_arena_init(&arena, block, sizeof block);
        tb_csv_init(&csv, tb_bytes_str(rows[i].text));
        assert_int_equal(tb_csv_next(&csv, &arena, &row), TB_OK);
        assert_int_equal(tb_csv_fits(&row, 2), rows[i].code);
    }
    /* a cell at the bound and past it, in quotes or not */
    char *text = malloc(TB_CSV_ROW_BYTES_MAX + 3);
    assert_non_null(text);
    for (unsigned past = 0; past < 2; past++) {
        for (unsigned quotes = 0; quotes < 2; quotes++) {
            tb_arena arena;
            size_t size = TB_CSV_ROW_BYTES_MAX + past;
            memset(text, 'x', size);
            if (quotes > 0) {
                text[0] = text[size - 1] = '"';
            }
            memcpy(text + size, "\n", 2);
            tb_arena_init(&arena, block, sizeof block);
            tb_csv_init(&csv, tb_bytes_str(text));
            assert_int_equal(tb_csv_next(&csv, &arena, &row), TB_OK);
            assert_int_equal(tb_csv_fits(&row, 1), past > 0 ? TB_REFUSED_ROW_SIZE : TB_ACCEPTED);
        }
    }
    free(text);
}

static void too_small_an_arena_is_told(void **state)
{
    (void)state;
    tb_arena arena;
    tb_csv csv;
    tb_csv_row row;
    tb_arena_init(&arena, block, 16);
    tb_csv_init(&csv, tb_bytes_str("a,b"));
    assert_int_equal(tb_csv_next(&csv, &arena, &row), TB_ERR_LIMIT);
}

static void fields_are_quoted_when_they_must_be(void **state)
{
    (void)state;
    assert_false(tb_csv_needs_quotes(tb_bytes_str("abc")));
    assert_false(tb_csv_needs_quotes(tb_bytes_str("")));
    assert_true(tb_csv_needs_quotes(tb_bytes_str("a,b")));
    assert_true(tb_csv_needs_quotes(tb_bytes_str("a\"b")));
    assert_true(tb_csv_needs_quotes(tb_bytes_str("a\r\nb")));
    assert_true(tb_csv_needs_quotes(tb_bytes_str(" a")));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(rows_end_in_any_line_end),
    cmocka_unit_test(quotes_hold_commas_lines_and_quotes),
    cmocka_unit_test(wrong_quoting_costs_one_row),
    cmocka_unit_test(a_row_has_bounds),
    cmocka_unit_test(a_row_that_cannot_be_read_says_why),
    cmocka_unit_test(too_small_an_arena_is_told),
    cmocka_unit_test(fields_are_quoted_when_they_must_be),
};

TB_RUN("csv", tests)

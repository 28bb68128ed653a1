#include "agents/cli/encoding.h"

#include <stdio.h>
#include <unistd.h>

#include "tests/test.h"

static const char list[] = "号码,广东移动\r\n1,囍\r\n";

static void what_is_written_reads_back_the_same(void **state)
{
    (void)state;
    static const char *const encodings[] = {"utf-8", "gb18030"};
    for (size_t i = 0; i < 2; i++) {
        tb_plain_text written;
        tb_plain_text again;
        assert_true(tb_encoding_write(tb_bytes_str(list), encodings[i], &written));
        assert_true(tb_encoding_read(written.text, &again));
        assert_true(tb_bytes_equal(again.text, tb_bytes_str(list)));
        tb_encoding_free(&written);
        tb_encoding_free(&again);
    }
}

static void utf_8_begins_with_the_mark_a_spreadsheet_wants(void **state)
{
    (void)state;
    tb_plain_text written;
    assert_true(tb_encoding_write(tb_bytes_str("a"), "utf-8", &written));
    assert_int_equal(written.text.size, 4);
    assert_memory_equal(written.text.data, "\xEF\xBB\xBF\x61", 4);
    tb_encoding_free(&written);
    assert_true(tb_encoding_write(tb_bytes_str("号"), "gb18030", &written));
    assert_int_equal(written.text.size, 2);
    assert_memory_equal(written.text.data, "\xBA\xC5", 2);
    tb_encoding_free(&written);
    assert_true(tb_encoding_write(tb_bytes_of(NULL, 0), "utf-8", &written));
    assert_int_equal(written.text.size, 3);
    tb_encoding_free(&written);
}

/* What reads it says, to a file instead of to people. */
static void expect_broken(const char *bytes, const char *line)
{
    char said[256];
    tb_plain_text plain;
    (void)fflush(stderr);
    int before = dup(STDERR_FILENO);
    FILE *f = tmpfile();
    assert_non_null(f);
    assert_true(dup2(fileno(f), STDERR_FILENO) >= 0);
    bool read = tb_encoding_read(tb_bytes_str(bytes), &plain);
    (void)fflush(stderr);
    assert_true(dup2(before, STDERR_FILENO) >= 0);
    (void)close(before);
    rewind(f);
    said[fread(said, 1, sizeof said - 1, f)] = '\0';
    (void)fclose(f);
    assert_false(read);
    assert_non_null(strstr(said, line));
}

static void the_line_that_is_broken_is_named_by_the_encoding_the_others_are_in(void **state)
{
    (void)state;
    expect_broken("号\n码\n\xFF\n", "line 3 ");                       /* UTF-8 but for the last */
    expect_broken("\xBA\xC5\n\xC2\xEB\n\xBA\xC5\n\xFF\n", "line 4 "); /* GB18030 but for it */
    expect_broken("\xEF\xBB\xBF号\n\xBA\xC5\n", "line 2 ");           /* the mark says UTF-8 */
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_line_that_is_broken_is_named_by_the_encoding_the_others_are_in),
    cmocka_unit_test(what_is_written_reads_back_the_same),
    cmocka_unit_test(utf_8_begins_with_the_mark_a_spreadsheet_wants),
};

TB_RUN("cli/encoding", tests)

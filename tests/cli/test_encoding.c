#include "agents/cli/encoding.h"

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

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_is_written_reads_back_the_same),
    cmocka_unit_test(utf_8_begins_with_the_mark_a_spreadsheet_wants),
};

TB_RUN("cli/encoding", tests)

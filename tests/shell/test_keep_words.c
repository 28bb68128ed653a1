/* Numbers of bytes as people write them, and a sentence for everything that can go wrong. */
#include "shell/keep.h"
#include "tests/test.h"

static void bytes_take_one_unit_and_nothing_else(void **state)
{
    static const struct {
        const char *text;
        bool good;
        uint64_t value;
    } rows[] = {
        {"4194304", true, 4194304},
        {"1K", true, 1024},
        {"512M", true, 512ull << 20},
        {"2G", true, 2ull << 30},
        {"0", true, 0},
        {"17179869183G", true, 17179869183ull << 30},
        {"17179869184G", false, 0},
        {"18446744073709551615", true, UINT64_MAX},
        {"18446744073709551616", false, 0},
        {"", false, 0},
        {"K", false, 0},
        {"-1", false, 0},
        {"1MM", false, 0},
        {"1 M", false, 0},
        {"1m", false, 0},
        {"1T", false, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t value = 7;
        bool good = tb_keep_bytes(rows[i].text, &value);
        if (good != rows[i].good || (good && value != rows[i].value)) {
            fail_msg("%s", rows[i].text);
        }
    }
}

static void every_error_has_a_sentence_that_says_what_to_do(void **state)
{
    (void)state;
    for (int err = TB_ERR_NOT_FOUND; err <= TB_ERR_BUSY; err++) {
        assert_true(strlen(tb_keep_why((tb_err)err, true)) > 10);
        assert_true(strlen(tb_keep_why((tb_err)err, false)) > 10);
    }
    assert_string_not_equal(tb_keep_why(TB_ERR_BUSY, true), tb_keep_why(TB_ERR_BUSY, false));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(bytes_take_one_unit_and_nothing_else),
    cmocka_unit_test(every_error_has_a_sentence_that_says_what_to_do),
};

TB_RUN("shell/keep_words", tests)

#include "base/text.h"
#include "tests/test.h"

static void text_is_built_front_to_back(void **state)
{
    char buffer[256];
    tb_text text;
    tb_bytes done;

    (void)state;
    tb_text_over(&text, buffer, sizeof buffer);
    tb_text_str(&text, "a=");
    tb_text_u64(&text, 0);
    tb_text_char(&text, ' ');
    tb_text_u64(&text, UINT64_MAX);
    tb_text_char(&text, ' ');
    tb_text_i64(&text, INT64_MIN);
    tb_text_char(&text, ' ');
    tb_text_i64(&text, 42);
    tb_text_char(&text, ' ');
    tb_text_u64_wide(&text, 7, 3);
    tb_text_char(&text, ' ');
    tb_text_u64_wide(&text, 1234, 3);
    tb_text_char(&text, ' ');
    tb_text_hex(&text, tb_bytes_str("\x01\xfe"));
    tb_text_bytes(&text, tb_bytes_of(NULL, 0));
    assert_ok(tb_text_done(&text, &done));
    assert_true(tb_bytes_equal(
        done, tb_bytes_str("a=0 18446744073709551615 -9223372036854775808 42 007 1234 01fe")));
}

static void text_that_does_not_fit_is_a_limit(void **state)
{
    uint8_t block[16];
    tb_arena arena;
    tb_text text;
    tb_bytes done = {0};

    (void)state;
    tb_arena_init(&arena, block, sizeof block);
    tb_text_init(&text, &arena, 4);
    tb_text_str(&text, "1234");
    assert_ok(tb_text_done(&text, &done));
    tb_text_char(&text, '5');
    assert_int_equal(tb_text_done(&text, &done), TB_ERR_LIMIT);
    tb_text_init(&text, &arena, 64);
    assert_int_equal(tb_text_done(&text, &done), TB_ERR_LIMIT);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(text_is_built_front_to_back),
    cmocka_unit_test(text_that_does_not_fit_is_a_limit),
};

TB_RUN("base/text", tests)

#include "base/refusal.h"
#include "tests/test.h"

static const tb_refusal all[] = {
#define TB_REFUSAL_CODE(code, name, key, en, zh) name,
    TB_REFUSALS(TB_REFUSAL_CODE)
#undef TB_REFUSAL_CODE
};
#define COUNT (sizeof all / sizeof all[0])

static void every_refusal_has_a_key_of_its_own_and_a_sentence_in_both_languages(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        assert_true(tb_refusal_known((uint32_t)all[i]));
        for (const char *c = tb_refusal_key(all[i]); *c != 0; c++) {
            assert_true((*c >= 'a' && *c <= 'z') || *c == '_');
        }
        assert_true(strlen(tb_refusal_en(all[i])) > 0);
        assert_true(strlen(tb_refusal_zh(all[i])) > 0);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(tb_refusal_key(all[i]), tb_refusal_key(all[j]));
            assert_string_not_equal(tb_refusal_en(all[i]), tb_refusal_en(all[j]));
            assert_string_not_equal(tb_refusal_zh(all[i]), tb_refusal_zh(all[j]));
        }
    }
}

static void codes_rise_so_that_none_is_used_twice(void **state)
{
    (void)state;
    for (size_t i = 1; i < COUNT; i++) {
        assert_true(all[i] > all[i - 1]);
    }
}

static void a_code_from_a_newer_version_still_gives_a_sentence(void **state)
{
    (void)state;
    assert_false(tb_refusal_known(99));
    assert_false(tb_refusal_known(UINT32_MAX));
    assert_string_equal(tb_refusal_key((tb_refusal)99), "unknown");
    assert_true(strlen(tb_refusal_en((tb_refusal)99)) > 0);
    assert_true(strlen(tb_refusal_zh((tb_refusal)99)) > 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_refusal_has_a_key_of_its_own_and_a_sentence_in_both_languages),
    cmocka_unit_test(codes_rise_so_that_none_is_used_twice),
    cmocka_unit_test(a_code_from_a_newer_version_still_gives_a_sentence),
};

TB_RUN("base/refusal", tests)

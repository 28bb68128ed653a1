#include "tests/test.h"

#include <stdlib.h>

#include "agents/cli/say.h"

static bool addressed_in_chinese(const char *locale, const char *option)
{
    assert_int_equal(unsetenv("LANGUAGE"), 0);
    assert_int_equal(setenv("LC_ALL", locale, 1), 0);
    tb_say_init(option);
    return tb_say_chinese();
}

/* zh_XX is nobody's: what a session names is the language, whichever locales are installed. */
static void a_session_in_chinese_is_answered_in_chinese_where_its_locale_is_not_installed(void **state)
{
    (void)state;
    assert_true(addressed_in_chinese("zh_XX.UTF-8", NULL));
    assert_true(addressed_in_chinese("zh_XX.GB18030", NULL));
    assert_true(addressed_in_chinese("zh_CN.UTF-8", NULL));
    assert_false(addressed_in_chinese("xx_XX.UTF-8", NULL));
    assert_false(addressed_in_chinese("C.UTF-8", NULL));
}

static void what_a_person_asks_for_goes_before_the_session(void **state)
{
    (void)state;
    assert_false(addressed_in_chinese("zh_XX.UTF-8", "en"));
    assert_true(addressed_in_chinese("xx_XX.UTF-8", "zh"));
}

static void the_list_of_languages_goes_before_a_locale_that_is_not_installed(void **state)
{
    (void)state;
    assert_int_equal(setenv("LC_ALL", "zh_XX.UTF-8", 1), 0);
    assert_int_equal(setenv("LANGUAGE", "en", 1), 0);
    tb_say_init(NULL);
    assert_false(tb_say_chinese());
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_session_in_chinese_is_answered_in_chinese_where_its_locale_is_not_installed),
    cmocka_unit_test(what_a_person_asks_for_goes_before_the_session),
    cmocka_unit_test(the_list_of_languages_goes_before_a_locale_that_is_not_installed),
};

TB_RUN("say", tests)

/* The language people are addressed in: --lang first, then the environment. */
#define _POSIX_C_SOURCE 200809L

#include "shell/language.h"
#include "tests/test.h"

#include <stdlib.h>

static const char *with(const char *lc_all, const char *lang, int argc, char **argv, int *left)
{
    assert_int_equal(setenv("LC_ALL", lc_all, 1), 0);
    assert_int_equal(unsetenv("LC_MESSAGES"), 0);
    assert_int_equal(setenv("LANG", lang, 1), 0);
    *left = tb_language_init(argc, argv);
    return tb_language("en", "zh");
}

static void the_environment_decides_in_its_order(void **state)
{
    (void)state;
    char name[] = "program";
    char *argv[] = {name, NULL};
    int left;
    assert_string_equal(with("", "zh_CN.UTF-8", 1, argv, &left), "zh");
    assert_string_equal(with("C.UTF-8", "zh_CN.UTF-8", 1, argv, &left), "en");
    assert_string_equal(with("", "", 1, argv, &left), "en");
    assert_int_equal(left, 1);
}

static void lang_wins_wherever_it_stands_and_is_taken_out(void **state)
{
    (void)state;
    char name[] = "program";
    char option[] = "--lang";
    char zh[] = "zh";
    char word[] = "backup";
    char joined[] = "--lang=en";
    char *first[] = {name, option, zh, word, NULL};
    char *last[] = {name, word, joined, NULL};
    int left;
    assert_string_equal(with("C.UTF-8", "", 4, first, &left), "zh");
    assert_int_equal(left, 2);
    assert_string_equal(first[1], "backup");
    assert_null(first[2]);
    assert_string_equal(with("zh_CN.UTF-8", "", 3, last, &left), "en");
    assert_int_equal(left, 2);
}

static void an_option_without_its_value_stays_to_be_complained_about(void **state)
{
    (void)state;
    char name[] = "program";
    char option[] = "--lang";
    char *argv[] = {name, option, NULL};
    int left;
    assert_string_equal(with("C.UTF-8", "", 2, argv, &left), "en");
    assert_int_equal(left, 2);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_environment_decides_in_its_order),
    cmocka_unit_test(lang_wins_wherever_it_stands_and_is_taken_out),
    cmocka_unit_test(an_option_without_its_value_stays_to_be_complained_about),
};

TB_RUN("shell/language", tests)

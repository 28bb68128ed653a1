#include "tests/test.h"

#include "agents/cli/arguments.h"

static bool flag;
static const char *value;
static const tb_option known[] = {{"flag", &flag, NULL}, {"value", NULL, &value}};
static tb_common common;
static tb_words words;

static bool read_words(int argc, const char *const *list)
{
    static char kept[8][32];
    char *argv[8];
    for (int i = 0; i < argc; i++) {
        strcpy(kept[i], list[i]);
        argv[i] = kept[i];
    }
    flag = false;
    value = NULL;
    return tb_arguments_read(argc, argv, known, 2, &common, &words);
}

static void options_and_words_come_in_any_order(void **state)
{
    (void)state;
    const char *const list[] = {"case", "show",   "--value", "x",
                                "ID",   "--flag", "--json",  "--socket=/s"};
    assert_true(read_words(8, list));
    assert_int_equal(words.count, 2);
    assert_string_equal(words.list[0], "show");
    assert_string_equal(words.list[1], "ID");
    assert_true(flag);
    assert_string_equal(value, "x");
    assert_true(common.json);
    assert_string_equal(common.socket, "/s");
}

static void what_follows_two_dashes_is_a_word(void **state)
{
    (void)state;
    const char *const list[] = {"case", "--", "--flag", "-h"};
    assert_true(read_words(4, list));
    assert_int_equal(words.count, 2);
    assert_false(flag);
    assert_false(common.help);
}

static void a_wrong_option_is_refused(void **state)
{
    (void)state;
    const char *const unknown[] = {"case", "--frob"};
    const char *const lacking[] = {"case", "--value"};
    const char *const filled[] = {"case", "--flag=yes"};
    assert_false(read_words(2, unknown));
    assert_false(read_words(2, lacking));
    assert_false(read_words(2, filled));
}

static void numbers_and_ids_are_read_strictly(void **state)
{
    (void)state;
    long number = 0;
    uint8_t id[16];
    assert_true(tb_arguments_number("n", "17", 1, 20, &number));
    assert_int_equal(number, 17);
    assert_false(tb_arguments_number("n", "21", 1, 20, &number));
    assert_false(tb_arguments_number("n", "x", 1, 20, &number));
    assert_false(tb_arguments_number("n", "", 1, 20, &number));
    assert_false(tb_arguments_number("n", "1x", 1, 20, &number));
    assert_true(tb_arguments_id("000102030405060708090a0b0c0d0e0f", id));
    assert_int_equal(id[15], 15);
    assert_false(tb_arguments_id("0001", id));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(options_and_words_come_in_any_order),
    cmocka_unit_test(what_follows_two_dashes_is_a_word),
    cmocka_unit_test(a_wrong_option_is_refused),
    cmocka_unit_test(numbers_and_ids_are_read_strictly),
};

TB_RUN("arguments", tests)

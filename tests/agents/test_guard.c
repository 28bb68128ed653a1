/* The leak guard: identity numbers in every disguise that people use, and texts marked secret. */
#include "tests/test.h"

#include "agents/campaign/judge.h"

static bool has(const char *text)
{
    return tb_has_identity_number(tb_bytes_str(text));
}

static bool secret(const char *text)
{
    return tb_has_secret_mark(tb_bytes_str(text));
}

static void a_valid_identity_number_is_found_anywhere_in_a_text(void **state)
{
    (void)state;
    assert_true(has("11010519491231002X"));
    assert_true(has("11010519491231002x"));
    assert_true(has("440524188001010014"));
    assert_true(has("机主身份证11010519491231002X,请核查"));
    assert_true(has("ID:440524188001010014."));
    assert_true(has("a11010519491231002Xb"));
    assert_true(has("0440524188001010014"));
    assert_true(has("4405241880010100140"));
}

/* Texts are looked through in blocks first; no place in one is passed over. */
static void an_identity_number_is_found_wherever_it_stands(void **state)
{
    static const char *const numbers[] = {"440524188001010014", "11010519491231002X",
                                          "１１０１０５１９４９１２３１００２Ｘ"};
    static const char *const around[] = {"a", "密", "/", ":", "o", "\xBF", "\xB0"};
    (void)state;
    for (size_t n = 0; n < sizeof numbers / sizeof numbers[0]; n++) {
        for (size_t a = 0; a < sizeof around / sizeof around[0]; a++) {
            for (unsigned before = 0; before < 18; before++) {
                char text[160] = "";
                for (unsigned i = 0; i < before; i++) {
                    strcat(text, around[a]);
                }
                strcat(text, numbers[n]);
                for (unsigned i = 0; i < 17 - before; i++) {
                    strcat(text, around[a]);
                }
                assert_true(has(text));
            }
        }
    }
}

static void a_secret_mark_is_found_wherever_it_stands(void **state)
{
    static const char *const around[] = {"a", "宇", "\xE5", "\xE5\xAF"};
    (void)state;
    for (size_t a = 0; a < sizeof around / sizeof around[0]; a++) {
        for (unsigned before = 0; before < 18; before++) {
            char text[160] = "";
            for (unsigned i = 0; i < before; i++) {
                strcat(text, around[a]);
            }
            assert_false(secret(text));
            strcat(text, "\n机密\n");
            assert_true(secret(text));
        }
    }
}

static void blanks_dashes_and_full_width_digits_hide_nothing(void **state)
{
    (void)state;
    assert_true(has("110105 19491231 002X"));
    assert_true(has("110105-19491231-002X"));
    assert_true(has("1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X"));
    assert_true(has("１１０１０５１９４９１２３１００２Ｘ"));
    assert_true(has("110105 19491231—002X"));
    assert_true(has("110105\n19491231\t002X"));
    assert_true(has("44052418800101\xE2\x80\x8B"
                    "0014")); /* zero-width */
    assert_true(has("11010519491231002Ⅹ"));
}

/* The 17 digits with their check digit, by GB 11643. */
static bool has_dated(const char *date)
{
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    char number[19] = "110105";
    int sum = 0;
    assert_int_equal(strlen(date), 8);
    memcpy(number + 6, date, 8);
    memcpy(number + 14, "002", 3);
    for (size_t i = 0; i < 17; i++) {
        sum += weights[i] * (number[i] - '0');
    }
    number[17] = "10X98765432"[sum % 11];
    return has(number);
}

static void the_date_of_birth_must_exist(void **state)
{
    (void)state;
    static const char *const born[] = {"18500101", "21001231", "20000229", "19040229",
                                       "20230228", "19490430", "19490131"};
    static const char *const unborn[] = {"18491231", "21010101", "19490001", "19491301",
                                         "19490100", "19490132", "19490431", "19000229",
                                         "20230229", "20000230"};
    for (size_t i = 0; i < sizeof born / sizeof born[0]; i++) {
        if (!has_dated(born[i])) {
            fail_msg("not found: born %s", born[i]);
        }
    }
    for (size_t i = 0; i < sizeof unborn / sizeof unborn[0]; i++) {
        if (has_dated(unborn[i])) {
            fail_msg("found: born %s", unborn[i]);
        }
    }
}

static void no_blank_and_no_dash_that_people_type_hides_one(void **state)
{
    (void)state;
    static const char *const between[] = {
        " ",      "\t",     "\n",     "\v",     "\f",     "\r",     "-",      "_",      "\u00A0",
        "\u2000", "\u200B", "\u200F", "\u2028", "\u2029", "\u202F", "\u2060", "\u3000", "\uFEFF",
        "\u00AD", "\u2010", "\u2015", "\u2212", "\uFE58", "\uFE63", "\uFF0D", "\uFF3F",
    };
    char text[64];
    for (size_t i = 0; i < sizeof between / sizeof between[0]; i++) {
        size_t size = strlen(between[i]);
        memcpy(text, "110105", 6);
        memcpy(text + 6, between[i], size);
        memcpy(text + 6 + size, "19491231002X", 13);
        if (!has(text)) {
            fail_msg("hidden by %s", text);
        }
    }
    assert_true(has("11010519491231002\u2169"));
    assert_true(has("11010519491231002\u00D7"));
    assert_true(has("11010519491231002\uFF38"));
    assert_true(has("11010519491231002\uFF58"));
}

static void what_is_not_one_is_left_alone(void **state)
{
    (void)state;
    assert_false(has(""));
    assert_false(has("13800004567"));
    assert_false(has("110105194912310021"));     /* check digit */
    assert_false(has("11010519491331002X"));     /* month 13 */
    assert_false(has("11010519490230002X"));     /* 30 February */
    assert_false(has("990105194912310025"));     /* no such region */
    assert_false(has("1101051949123100"));       /* too short */
    assert_false(has("110105年19491231月002X")); /* words between */
    assert_false(has("GA33-2015-000001 13800004567"));
    assert_false(has("X11010519491231002"));
}

static void broken_text_is_read_to_its_end(void **state)
{
    (void)state;
    assert_false(has("\xE4\xBD"));
    assert_false(has("\xFF\xFE\xF0\x9F"));
    assert_true(has("\xE4\xBD"
                    "11010519491231002X"));
}

static void assert_masked(const char *text, const char *masked)
{
    uint8_t block[1024];
    tb_arena arena;
    tb_arena_init(&arena, block, sizeof block);
    tb_bytes out;
    assert_ok(tb_mask_identity_numbers(tb_bytes_str(text), &arena, &out));
    assert_int_equal(out.size, strlen(masked));
    assert_memory_equal(out.data, masked, out.size);
}

static void every_identity_number_is_masked_and_the_rest_stays(void **state)
{
    (void)state;
    assert_masked("11010519491231002X", "110105********002X");
    assert_masked("甲440524188001010014乙11010519491231002X",
                  "甲440524********0014乙110105********002X");
    assert_masked("110105 19491231 002X", "110105 ******** 002X");
    assert_masked("13800004567", "13800004567");
    assert_masked("", "");
}

static void masking_without_memory_is_an_error(void **state)
{
    (void)state;
    uint8_t block[16];
    tb_arena arena;
    tb_arena_init(&arena, block, sizeof block);
    tb_bytes out;
    assert_int_equal(tb_mask_identity_numbers(tb_bytes_str("11010519491231002X"), &arena, &out),
                     TB_ERR_LIMIT);
}

static void a_secret_mark_is_found_alone_with_a_star_or_in_brackets(void **state)
{
    (void)state;
    static const char *const marked[] = {
        "秘密",           "机密",        "绝密",       " 绝 密 ",
        "机密★10年",      "秘密 ★ 长期", "【机密】",   "（秘密）",
        "[绝密]",         "密级:机密",   "密级：秘密", "标题\n机密\n正文",
        "请见附件(机密)", "绝密★\n某某", "秘密☆1年",   "该文为机密★20年",
    };
    for (size_t i = 0; i < sizeof marked / sizeof marked[0]; i++) {
        if (!secret(marked[i])) {
            fail_msg("%s", marked[i]);
        }
    }
}

static void a_secret_mark_is_found_in_any_brackets_and_with_any_star(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"(", ")"},           {"[", "]"},           {"<", ">"},           {"\uFF08", "\uFF09"},
        {"\u3010", "\u3011"}, {"\u3014", "\u3015"}, {"\u300A", "\u300B"}, {"\u3008", "\u3009"},
        {"\uFF3B", "\uFF3D"}, {"\u300C", "\u300D"}, {"\u300E", "\u300F"}, {"\u2018", "\u2019"},
        {"\u201C", "\u201D"}, {"\"", "\""},
    };
    static const char *const stars[] = {"*", "\u2605", "\u2606"};
    char text[64];
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        size_t size = strlen(pairs[i][0]);
        memcpy(text, pairs[i][0], size);
        memcpy(text + size, "机密", 6);
        memcpy(text + size + 6, pairs[i][1], strlen(pairs[i][1]) + 1);
        if (!secret(text)) {
            fail_msg("%s", text);
        }
    }
    for (size_t i = 0; i < sizeof stars / sizeof stars[0]; i++) {
        memcpy(text, "密件 绝密", 13);
        memcpy(text + 13, stars[i], strlen(stars[i]) + 1);
        if (!secret(text)) {
            fail_msg("%s", text);
        }
    }
}

static void a_secret_mark_is_found_beside_a_degree_of_urgency(void **state)
{
    (void)state;
    static const char *const marked[] = {"机密 特急", "绝密\t加急 关于某案", "特急 机密", "特急\n秘密",
                                         "正文\n特提 绝密\n"};
    static const char *const plain[] = {"特急", "秘密加急办理", "特急 机密级以下", "他的秘密 特急"};
    for (size_t i = 0; i < sizeof marked / sizeof marked[0]; i++) {
        if (!secret(marked[i])) {
            fail_msg("%s", marked[i]);
        }
    }
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        if (secret(plain[i])) {
            fail_msg("%s", plain[i]);
        }
    }
}

static void a_word_in_a_sentence_is_no_mark(void **state)
{
    (void)state;
    static const char *const plain[] = {
        "",           "保守商业秘密", "秘密侦查中", "涉及机密事项", "他的秘密",
        "(商业秘密)", "(秘密侦查)",   "密码",       "机\n密",
    };
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        if (secret(plain[i])) {
            fail_msg("%s", plain[i]);
        }
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_valid_identity_number_is_found_anywhere_in_a_text),
    cmocka_unit_test(an_identity_number_is_found_wherever_it_stands),
    cmocka_unit_test(a_secret_mark_is_found_wherever_it_stands),
    cmocka_unit_test(blanks_dashes_and_full_width_digits_hide_nothing),
    cmocka_unit_test(the_date_of_birth_must_exist),
    cmocka_unit_test(no_blank_and_no_dash_that_people_type_hides_one),
    cmocka_unit_test(a_secret_mark_is_found_in_any_brackets_and_with_any_star),
    cmocka_unit_test(what_is_not_one_is_left_alone),
    cmocka_unit_test(broken_text_is_read_to_its_end),
    cmocka_unit_test(every_identity_number_is_masked_and_the_rest_stays),
    cmocka_unit_test(masking_without_memory_is_an_error),
    cmocka_unit_test(a_secret_mark_is_found_alone_with_a_star_or_in_brackets),
    cmocka_unit_test(a_secret_mark_is_found_beside_a_degree_of_urgency),
    cmocka_unit_test(a_word_in_a_sentence_is_no_mark),
};

TB_RUN("agents/guard", tests)

/* What a value of each type looks like, and which spellings people may use for it. */
#include "tests/test.h"

#include "agents/campaign/fields.h"

static bool is(tb_field_type type, const char *value)
{
    return tb_field_well_formed(type, tb_bytes_str(value));
}

typedef struct sample {
    tb_field_type type;
    const char *value;
} sample;

/* clang-format off */
static const sample good[] = {
    {TB_FIELD_MSISDN, "13800004567"}, {TB_FIELD_MSISDN, "17057755428"}, {TB_FIELD_MSISDN, "14500004567"},
    {TB_FIELD_MSISDN, "1064012345678"}, {TB_FIELD_MSISDN, "1440123456789"},
    {TB_FIELD_ICCID, "8986001101051949123"}, {TB_FIELD_ICCID, "8986001101051949123F"},
    {TB_FIELD_USCC, "91350100M000100Y43"}, {TB_FIELD_REG_NO, "110108000000016"},
    {TB_FIELD_PROVINCE, "33"}, {TB_FIELD_PARTY, "bureau.33"},
    {TB_FIELD_TIME, "2015-02-09T11:39:00+08:00"}, {TB_FIELD_DATE, "2016-02-29"},
    {TB_FIELD_COUNT, "0"}, {TB_FIELD_COUNT, "1234567890"},
    {TB_FIELD_TEXT, "两行\n文字"}, {TB_FIELD_TEXT, "x"}, {TB_FIELD_CHOICE, "telecom_fraud"}, {TB_FIELD_CHOICE, "CM"},
    {TB_FIELD_DIGEST, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
    {TB_FIELD_CASE, "0123456789abcdef0123456789abcdef"}, {TB_FIELD_FLAG, "0"}, {TB_FIELD_FLAG, "1"},
    {TB_FIELD_TEXT, "\xF4\x8F\xBF\xBF"}, {TB_FIELD_TEXT, "\xEF\xBF\xBD"}, {TB_FIELD_TEXT, "\xC2\xA0"},
};

static const sample bad[] = {
    {TB_FIELD_MSISDN, "1380000456"}, {TB_FIELD_MSISDN, "138000045678"}, {TB_FIELD_MSISDN, "12800004567"},
    {TB_FIELD_MSISDN, "03800004567"}, {TB_FIELD_MSISDN, "1380000456x"}, {TB_FIELD_MSISDN, "+8613800004567"},
    {TB_FIELD_MSISDN, "1065012345678"},
    {TB_FIELD_ICCID, "898600110105194912"}, {TB_FIELD_ICCID, "8886001101051949123"}, {TB_FIELD_ICCID, "8986001101051949123G"},
    {TB_FIELD_USCC, "91350100M000100Y44"}, {TB_FIELD_USCC, "91350100M000100I43"}, {TB_FIELD_USCC, "91350100M000100Y4"},
    {TB_FIELD_REG_NO, "110108000000017"}, {TB_FIELD_REG_NO, "11010800000001"}, {TB_FIELD_REG_NO, "11010800000001x"},
    {TB_FIELD_PROVINCE, "3"}, {TB_FIELD_PROVINCE, "331"}, {TB_FIELD_PROVINCE, "03"}, {TB_FIELD_PROVINCE, "浙"},
    {TB_FIELD_PARTY, "Bureau 33"}, {TB_FIELD_PARTY, "a.party.whose.name.is.too.long"},
    {TB_FIELD_TIME, "2015-02-09 11:39"}, {TB_FIELD_TIME, "2015-02-09T03:39:00Z"}, {TB_FIELD_TIME, "2015-02-30T11:39:00+08:00"},
    {TB_FIELD_DATE, "2015-02-29"}, {TB_FIELD_DATE, "2015-2-9"}, {TB_FIELD_DATE, "2015/02/09"},
    {TB_FIELD_COUNT, "-1"}, {TB_FIELD_COUNT, "007"}, {TB_FIELD_COUNT, "1.5"}, {TB_FIELD_COUNT, "1234567890123456"},
    {TB_FIELD_TEXT, "tab\there"}, {TB_FIELD_TEXT, "\x01"}, {TB_FIELD_TEXT, "\xC0\x80"}, {TB_FIELD_TEXT, "\xED\xA0\x80"},
    {TB_FIELD_TEXT, "\xE4\xBD"}, {TB_FIELD_TEXT, "\xFF"}, {TB_FIELD_TEXT, "\xC2\x85"}, {TB_FIELD_TEXT, "\xF4\x90\x80\x80"},
    {TB_FIELD_CHOICE, "telecom fraud"}, {TB_FIELD_CHOICE, "诈骗"},
    {TB_FIELD_DIGEST, "0123"}, {TB_FIELD_DIGEST, "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef"},
    {TB_FIELD_MSISDN, "1"}, {TB_FIELD_ICCID, "898600110105194912/"}, {TB_FIELD_ICCID, "898600110105194912:"},
    {TB_FIELD_ICCID, "898600110105194912@"}, {TB_FIELD_ICCID, "8"}, {TB_FIELD_PROVINCE, "3x"},
    {TB_FIELD_DIGEST, "/123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
    {TB_FIELD_DIGEST, ":123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
    {TB_FIELD_DIGEST, "g123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
    {TB_FIELD_CASE, "0123456789abcdef0123456789abcdeg"}, {TB_FIELD_CASE, "0123456789abcdef0123456789abcde"}, {TB_FIELD_FLAG, "2"}, {TB_FIELD_FLAG, "01"}, {TB_FIELD_FLAG, "yes"},
};
/* clang-format on */

static void values_of_each_type_are_known_by_their_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        if (!is(good[i].type, good[i].value)) {
            fail_msg("refused %s", good[i].value);
        }
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (is(bad[i].type, bad[i].value)) {
            fail_msg("accepted %s", bad[i].value);
        }
    }
}

/* Texts are looked through in blocks first; no place in one is passed over. */
static void a_control_character_is_found_wherever_it_stands(void **state)
{
    (void)state;
    for (unsigned at = 0; at < 19; at++) {
        for (unsigned c = 0; c < 0x80; c++) {
            char text[19];
            memset(text, 'x', sizeof text);
            text[at] = (char)c;
            bool printable = (c >= 0x20 && c < 0x7F) || c == '\n';
            tb_bytes value = tb_bytes_of(text, sizeof text);
            assert_int_equal(tb_field_well_formed(TB_FIELD_TEXT, value), printable);
        }
        for (unsigned c = 0x80; c < 0x100; c++) {
            char text[19];
            memset(text, 'x', sizeof text);
            text[at] = (char)c;
            assert_false(tb_field_well_formed(TB_FIELD_TEXT, tb_bytes_of(text, sizeof text)));
        }
    }
}

static void nothing_and_too_much_are_of_no_type(void **state)
{
    (void)state;
    static uint8_t much[TB_FIELD_BYTES_MAX + 1];
    memset(much, 'x', sizeof much);
    for (int type = TB_FIELD_MSISDN; type <= TB_FIELD_CASE; type++) {
        assert_false(is((tb_field_type)type, ""));
        assert_false(tb_field_well_formed((tb_field_type)type, tb_bytes_of(much, sizeof much)));
    }
    assert_true(tb_field_well_formed(TB_FIELD_TEXT, tb_bytes_of(much, sizeof much - 1)));
}

static const char *spellings[] = {"通讯信息诈骗(电话)", "fraud"};
static tb_choice choices[] = {
    {.id = "telecom_fraud",
     .title = {"通讯信息诈骗", "telecom fraud"},
     .aliases = spellings,
     .alias_count = 2},
    {.id = "other", .title = {"其他", "other"}},
};
static tb_code_list codes[] = {{"offences", choices, 2, false}};
static const tb_campaign campaign = {.codes = codes, .code_count = 1};

static tb_refusal check(tb_field_type type, const char *value)
{
    tb_field_def field = {.id = "f", .type = type, .choices = "offences"};
    return tb_field_check(&campaign, &field, tb_bytes_str(value));
}

static void the_leak_guard_comes_before_the_type(void **state)
{
    (void)state;
    assert_int_equal(check(TB_FIELD_TEXT, "x"), TB_ACCEPTED);
    assert_int_equal(check(TB_FIELD_TEXT, "11010519491231002X"), TB_REFUSED_IDENTITY_NUMBER);
    assert_int_equal(check(TB_FIELD_MSISDN, "440524188001010014"), TB_REFUSED_IDENTITY_NUMBER);
    assert_int_equal(check(TB_FIELD_CHOICE, "11010519491231002X"), TB_REFUSED_IDENTITY_NUMBER);
    assert_int_equal(check(TB_FIELD_TEXT, "机密★1年"), TB_REFUSED_SECRET_MARK);
    assert_int_equal(check(TB_FIELD_MSISDN, "0571-87654321"), TB_REFUSED_FIELD_INVALID);
}

static void numbers_of_companies_and_cards_are_exempt(void **state)
{
    (void)state;
    assert_int_equal(check(TB_FIELD_USCC, "440524188001010014"), TB_REFUSED_FIELD_INVALID);
    assert_int_equal(check(TB_FIELD_REG_NO, "110105194912310"), TB_REFUSED_FIELD_INVALID);
    assert_int_equal(check(TB_FIELD_ICCID, "8944052418800101001"), TB_ACCEPTED);
    assert_int_equal(check(TB_FIELD_ICCID, "89440524188001010014"), TB_ACCEPTED);
    assert_int_equal(
        check(TB_FIELD_DIGEST, "440524188001010014440524188001010014440524188001010014aaaaaaaaaa"),
        TB_ACCEPTED);
    assert_int_equal(check(TB_FIELD_DIGEST, "440524188001010014"), TB_REFUSED_IDENTITY_NUMBER);
}

static void a_choice_is_sent_by_its_id_alone(void **state)
{
    (void)state;
    assert_int_equal(check(TB_FIELD_CHOICE, "telecom_fraud"), TB_ACCEPTED);
    assert_int_equal(check(TB_FIELD_CHOICE, "通讯信息诈骗"), TB_REFUSED_CHOICE);
    assert_int_equal(check(TB_FIELD_CHOICE, "telecom"), TB_REFUSED_CHOICE);
}

static void people_may_write_a_choice_as_they_are_used_to(void **state)
{
    (void)state;
    static const char *const ways[] = {"telecom_fraud", "通讯信息诈骗", "telecom fraud", "fraud",
                                       "通讯信息诈骗(电话)"};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        assert_ptr_equal(tb_choice_find(codes, tb_bytes_str(ways[i])), &choices[0]);
    }
    assert_null(tb_choice_find(codes, tb_bytes_str("诈")));
    assert_null(tb_choice_find(codes, tb_bytes_str("")));
}

static void a_heading_means_a_field_by_id_title_or_alias(void **state)
{
    (void)state;
    const char *aliases[] = {"号码", "phone"};
    tb_field_def field = {
        .id = "number", .title = {"电话号码", NULL}, .aliases = aliases, .alias_count = 2};
    assert_true(tb_field_named(&field, tb_bytes_str("number")));
    assert_true(tb_field_named(&field, tb_bytes_str("电话号码")));
    assert_true(tb_field_named(&field, tb_bytes_str("号码")));
    assert_true(tb_field_named(&field, tb_bytes_str("phone")));
    assert_false(tb_field_named(&field, tb_bytes_str("电话")));
    assert_false(tb_field_named(&field, tb_bytes_str("")));
}

static void a_masked_number_shows_three_and_four_digits(void **state)
{
    (void)state;
    uint8_t block[256];
    tb_arena arena;
    tb_arena_init(&arena, block, sizeof block);
    tb_bytes out;
    assert_ok(tb_mask_number(tb_bytes_str("13812345678"), &arena, &out));
    assert_true(tb_bytes_equal(out, tb_bytes_str("138****5678")));
    assert_ok(tb_mask_number(tb_bytes_str("1064012345678"), &arena, &out));
    assert_true(tb_bytes_equal(out, tb_bytes_str("106******5678")));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(values_of_each_type_are_known_by_their_form),
    cmocka_unit_test(a_control_character_is_found_wherever_it_stands),
    cmocka_unit_test(nothing_and_too_much_are_of_no_type),
    cmocka_unit_test(the_leak_guard_comes_before_the_type),
    cmocka_unit_test(numbers_of_companies_and_cards_are_exempt),
    cmocka_unit_test(a_choice_is_sent_by_its_id_alone),
    cmocka_unit_test(people_may_write_a_choice_as_they_are_used_to),
    cmocka_unit_test(a_heading_means_a_field_by_id_title_or_alias),
    cmocka_unit_test(a_masked_number_shows_three_and_four_digits),
};

TB_RUN("agents/campaign_fields", tests)

#include "base/ids.h"
#include "tests/test.h"

static void a_party_is_parsed_and_padded(void **state)
{
    tb_party party;

    (void)state;
    memset(&party, 0xff, sizeof party);
    assert_true(tb_party_parse(tb_bytes_str("bureau.33"), &party));
    assert_true(tb_bytes_equal(tb_party_bytes(&party), tb_bytes_str("bureau.33")));
    for (size_t i = 9; i < TB_PARTY_BYTES; i++) {
        assert_int_equal(party.text[i], 0);
    }
    assert_false(tb_party_empty(&party));
    assert_true(tb_party_parse(tb_bytes_str("a"), &party));
    assert_true(tb_party_parse(tb_bytes_str("abcdefghijklmnopqrstu-.9"), &party) == false);
    assert_true(tb_party_parse(tb_bytes_str("abcdefghijklmnopqrstu-."), &party));
    assert_int_equal(tb_party_bytes(&party).size, TB_PARTY_BYTES - 1);
}

static void what_is_no_party_is_refused_and_changes_nothing(void **state)
{
    static const char *const bad[] = {"", "Bureau", "a b", "a\n", "浙江", "a_b", "a/b", "a:"};
    tb_party party = {"kept"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(tb_party_parse(tb_bytes_str(bad[i]), &party));
    }
    assert_false(tb_party_parse(tb_bytes_of("a\0b", 3), &party));
    assert_string_equal(party.text, "kept");
}

static void hex_goes_both_ways(void **state)
{
    static const uint8_t bytes[] = {0x00, 0x7f, 0xab, 0xff};
    uint8_t back[4];
    char text[9];

    (void)state;
    tb_hex(bytes, sizeof bytes, text);
    assert_string_equal(text, "007fabff");
    assert_true(tb_hex_parse(tb_bytes_str("007FabfF"), back, sizeof back));
    assert_memory_equal(back, bytes, sizeof bytes);
    memset(back, 9, sizeof back);
    assert_false(tb_hex_parse(tb_bytes_str("007fabf"), back, sizeof back));
    assert_false(tb_hex_parse(tb_bytes_str("007fabff0"), back, sizeof back));
    assert_false(tb_hex_parse(tb_bytes_str("007fabff00"), back, sizeof back));
    assert_false(tb_hex_parse(tb_bytes_str("007fabfg"), back, sizeof back));
    assert_int_equal(back[0], 9);
    assert_true(tb_hex_parse(tb_bytes_str(""), back, 0));
}

static void incarnations_sort_by_counter_then_by_random(void **state)
{
    tb_incarnation low = {1, {9}};
    tb_incarnation high = {2, {1}};
    tb_incarnation copy = {2, {2}};

    (void)state;
    assert_true(tb_incarnation_compare(&low, &high) < 0);
    assert_true(tb_incarnation_compare(&high, &low) > 0);
    assert_true(tb_incarnation_compare(&high, &copy) < 0);
    assert_int_equal(tb_incarnation_compare(&copy, &copy), 0);
}

static void streams_differ_in_every_part(void **state)
{
    tb_stream a = {{"ct.33"}, {7, {1}}, {"bureau.33"}, TB_LANE_NORMAL};
    tb_stream b = a;

    (void)state;
    assert_true(tb_stream_equal(&a, &b));
    b.lane = TB_LANE_BULK;
    assert_false(tb_stream_equal(&a, &b));
    b = a;
    b.incarnation.random[7] = 1;
    assert_false(tb_stream_equal(&a, &b));
    b = a;
    b.recipient.text[0] = 'x';
    assert_false(tb_stream_equal(&a, &b));
    b = a;
    b.sender.text[0] = 'x';
    assert_false(tb_stream_equal(&a, &b));
}

static void zero_ids_are_zero(void **state)
{
    tb_digest digest = {{0}};
    tb_case_id id = {{0}};
    tb_party party = {{0}};

    (void)state;
    assert_true(tb_digest_zero(&digest));
    assert_true(tb_case_zero(&id));
    assert_true(tb_party_empty(&party));
    digest.bytes[31] = 1;
    id.bytes[15] = 1;
    assert_false(tb_digest_zero(&digest));
    assert_false(tb_case_zero(&id));
    assert_true(tb_digest_equal(&digest, &digest));
    assert_true(tb_case_equal(&id, &id));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_party_is_parsed_and_padded),
    cmocka_unit_test(what_is_no_party_is_refused_and_changes_nothing),
    cmocka_unit_test(hex_goes_both_ways),
    cmocka_unit_test(incarnations_sort_by_counter_then_by_random),
    cmocka_unit_test(streams_differ_in_every_part),
    cmocka_unit_test(zero_ids_are_zero),
};

TB_RUN("base/ids", tests)

#include "messages/protocol.h"

#include "messages/link.h"
#include "tests/test.h"

static uint8_t block[16 * 1024];

static void the_highest_common_version_is_found_or_none(void **state)
{
    (void)state;
    static const struct {
        tb_protocol_range a;
        tb_protocol_range b;
        uint32_t common;
    } cases[] = {
        {{1, 1}, {1, 1}, 1}, {{1, 3}, {2, 5}, 3},          {{2, 5}, {1, 3}, 3}, {{1, 2}, {3, 4}, 0},
        {{3, 4}, {1, 2}, 0}, {{1, UINT32_MAX}, {7, 7}, 7}, {{1, 9}, {3, 4}, 4}, {{5, 5}, {5, 9}, 5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(tb_protocol_common(cases[i].a, cases[i].b), cases[i].common);
    }
}

static void both_languages_say_who_must_upgrade(void **state)
{
    (void)state;
    tb_arena arena;
    tb_bytes zh;
    tb_bytes en;
    tb_arena_init(&arena, block, sizeof block);
    assert_ok(
        tb_protocol_words((tb_protocol_range){1, 2}, (tb_protocol_range){3, 3}, &arena, &zh, &en));
    assert_true(tb_bytes_equal(
        zh,
        tb_bytes_str("前置程序支持协议版本 1 至 2,协同平台支持 3,没有共同版本;请升级前置程序。")));
    assert_ok(
        tb_protocol_words((tb_protocol_range){4, 4}, (tb_protocol_range){3, 3}, &arena, &zh, &en));
    assert_true(
        tb_bytes_equal(zh, tb_bytes_str("前置程序支持协议版本 4,协同平台支持 3,没有共同版本;"
                                        "请平台运行单位升级协同平台。")));
    assert_ok(tb_protocol_words((tb_protocol_range){UINT32_MAX - 1, UINT32_MAX},
                                (tb_protocol_range){UINT32_MAX - 3, UINT32_MAX - 2}, &arena, &zh,
                                &en));
    assert_true(zh.size <= TB_REASON_BYTES_MAX && en.size <= TB_REASON_BYTES_MAX);
}

static tb_refusal carried(tb_frame *frame, tb_frame *out)
{
    static tb_arena arena;
    tb_bytes bytes;
    tb_arena_init(&arena, block, sizeof block);
    frame->hub.bytes[0] = 1;
    assert_ok(tb_frame_encode(frame, &arena, &bytes));
    return tb_frame_decode(bytes, &arena, out);
}

static void a_hello_or_bye_of_another_protocol_is_read_and_nothing_else(void **state)
{
    (void)state;
    tb_frame read;
    tb_frame beat = {.kind = TB_FRAME_BEAT, .protocol = TB_PROTOCOL + 1};
    assert_int_equal(carried(&beat, &read), TB_REFUSED_PROTOCOL);

    tb_frame bye = {.kind = TB_FRAME_BYE, .protocol = TB_PROTOCOL + 1};
    bye.bye = (tb_bye){TB_REFUSED_PROTOCOL, tb_bytes_str("upgrade"), 2, 3};
    assert_int_equal(carried(&bye, &read), TB_ACCEPTED);
    assert_int_equal(read.bye.protocol_min, 2);
    assert_int_equal(read.bye.protocol_max, 3);
    bye.bye.protocol_min = 4;
    assert_int_equal(carried(&bye, &read), TB_REFUSED_MALFORMED);

    tb_frame hello = {.kind = TB_FRAME_HELLO, .protocol = TB_PROTOCOL + 1};
    assert_true(tb_party_parse(tb_bytes_str("bureau.33"), &hello.hello.party));
    hello.hello.incarnation.counter = 1;
    hello.hello.incarnation.random[0] = 1;
    hello.hello.protocol_min = TB_PROTOCOL + 1;
    hello.hello.protocol_max = TB_PROTOCOL + 4;
    assert_int_equal(carried(&hello, &read), TB_ACCEPTED);
    assert_int_equal(read.hello.protocol_max, TB_PROTOCOL + 4);
    assert_int_equal(read.hello.document_count, 0);
    hello.protocol = 0;
    assert_int_equal(carried(&hello, &read), TB_REFUSED_PROTOCOL);
    /* a Hello is written in the oldest protocol its sender speaks */
    hello.protocol = TB_PROTOCOL;
    assert_int_equal(carried(&hello, &read), TB_REFUSED_MALFORMED);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_highest_common_version_is_found_or_none),
    cmocka_unit_test(both_languages_say_who_must_upgrade),
    cmocka_unit_test(a_hello_or_bye_of_another_protocol_is_read_and_nothing_else),
};

TB_RUN("messages/protocol", tests)

#include "tests/test.h"

#include <sodium.h>

#include "messages/digest.h"

static void the_domain_and_its_length_come_first(void **state)
{
    (void)state;
    uint8_t expected[32];
    crypto_generichash(expected, 32, (const uint8_t *)"\x0Ctongbao leafabc", 16, NULL, 0);
    tb_digest digest = tb_digest_of("tongbao leaf", tb_bytes_str("abc"));
    assert_memory_equal(digest.bytes, expected, 32);
}

static void another_domain_gives_another_digest(void **state)
{
    (void)state;
    tb_digest leaf = tb_digest_of("tongbao leaf", tb_bytes_str("abc"));
    tb_digest node = tb_digest_of("tongbao node", tb_bytes_str("abc"));
    assert_false(tb_digest_equal(&leaf, &node));
}

static void the_border_of_domain_and_data_cannot_be_moved(void **state)
{
    (void)state;
    tb_digest one = tb_digest_of("tongbao line", tb_bytes_str("s"));
    tb_digest two = tb_digest_of("tongbao lines", tb_bytes_str(""));
    assert_false(tb_digest_equal(&one, &two));
}

static void parts_are_as_their_concatenation(void **state)
{
    (void)state;
    tb_bytes parts[] = {tb_bytes_str("a"), tb_bytes_of(NULL, 0), tb_bytes_str("bc"),
                        tb_bytes_str("d")};
    tb_digest whole = tb_digest_of("tongbao body", tb_bytes_str("abcd"));
    tb_digest joined = tb_digest_parts("tongbao body", parts, 4);
    assert_true(tb_digest_equal(&whole, &joined));
    tb_digest none = tb_digest_parts("tongbao body", NULL, 0);
    tb_digest empty = tb_digest_of("tongbao body", tb_bytes_of(NULL, 0));
    assert_true(tb_digest_equal(&none, &empty));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_domain_and_its_length_come_first),
    cmocka_unit_test(another_domain_gives_another_digest),
    cmocka_unit_test(the_border_of_domain_and_data_cannot_be_moved),
    cmocka_unit_test(parts_are_as_their_concatenation),
};

TB_RUN("messages/digest", tests)

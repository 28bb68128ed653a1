#include "tests/test.h"

#include <sodium.h>

#include "messages/keys.h"

static tb_random seeded(uint8_t first)
{
    uint8_t seed[32] = {first};
    tb_random random;
    tb_random_seed(&random, seed);
    return random;
}

static void a_key_id_depends_on_the_purpose(void **state)
{
    (void)state;
    tb_public_key key = {{1, 2, 3}};
    tb_key_id seal = tb_key_id_of(TB_PURPOSE_SEAL, &key);
    tb_key_id transport = tb_key_id_of(TB_PURPOSE_TRANSPORT, &key);
    tb_key_id again = tb_key_id_of(TB_PURPOSE_SEAL, &key);
    assert_true(tb_key_id_equal(&seal, &again));
    assert_false(tb_key_id_equal(&seal, &transport));
}

static void the_same_seed_makes_the_same_pairs_and_no_pair_twice(void **state)
{
    (void)state;
    tb_random one = seeded(1);
    tb_random two = seeded(1);
    tb_sign_pair a;
    tb_sign_pair b;
    tb_sign_pair_make(&a, &one);
    tb_sign_pair_make(&b, &two);
    assert_memory_equal(&a, &b, sizeof(a));
    tb_sign_pair_make(&b, &two);
    assert_memory_not_equal(&a, &b, sizeof(a));
}

static void a_sign_pair_signs_and_a_seal_pair_agrees(void **state)
{
    (void)state;
    tb_random random = seeded(2);
    tb_sign_pair sign;
    tb_sign_pair_make(&sign, &random);
    uint8_t signature[64];
    crypto_sign_detached(signature, NULL, (const uint8_t *)"m", 1, sign.secret);
    assert_int_equal(
        crypto_sign_verify_detached(signature, (const uint8_t *)"m", 1, sign.public_key.bytes), 0);

    tb_seal_pair a;
    tb_seal_pair b;
    tb_seal_pair_make(&a, &random);
    tb_seal_pair_make(&b, &random);
    uint8_t ab[32];
    uint8_t ba[32];
    assert_int_equal(crypto_scalarmult(ab, a.secret, b.public_key.bytes), 0);
    assert_int_equal(crypto_scalarmult(ba, b.secret, a.public_key.bytes), 0);
    assert_memory_equal(ab, ba, 32);
}

static void a_fingerprint_is_sixteen_groups_of_four_digits(void **state)
{
    (void)state;
    char text[TB_FINGERPRINT_TEXT];
    tb_fingerprint(tb_bytes_str("request"), text);
    assert_int_equal(strlen(text), 79);
    for (size_t i = 0; i < 79; i++) {
        if (i % 5 == 4) {
            assert_int_equal(text[i], ' ');
        } else {
            assert_in_range(text[i], '0', '9');
        }
    }
    char other[TB_FINGERPRINT_TEXT];
    tb_fingerprint(tb_bytes_str("requesu"), other);
    assert_string_not_equal(text, other);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_key_id_depends_on_the_purpose),
    cmocka_unit_test(the_same_seed_makes_the_same_pairs_and_no_pair_twice),
    cmocka_unit_test(a_sign_pair_signs_and_a_seal_pair_agrees),
    cmocka_unit_test(a_fingerprint_is_sixteen_groups_of_four_digits),
};

TB_RUN("messages/keys", tests)

#include "base/ids.h"
#include "base/random.h"
#include "tests/test.h"

static void the_stream_is_chacha20_of_the_seed(void **state)
{
    uint8_t seed[32] = {0};
    uint8_t drawn[32];
    char text[65];
    tb_random random;

    (void)state;
    tb_random_seed(&random, seed);
    tb_random_bytes(&random, drawn, sizeof drawn);
    tb_hex(drawn, sizeof drawn, text);
    /* the first published test vector of ChaCha20 with a zero key and a zero nonce */
    assert_string_equal(text, "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7");
}

static void a_seed_repeats_its_bytes_and_another_seed_does_not(void **state)
{
    uint8_t one[32] = {1};
    uint8_t two[32] = {2};
    uint8_t drawn[3][100];
    tb_random random;

    (void)state;
    tb_random_seed(&random, one);
    tb_random_bytes(&random, drawn[0], 100);
    tb_random_seed(&random, one);
    tb_random_bytes(&random, drawn[1], 100);
    tb_random_seed(&random, two);
    tb_random_bytes(&random, drawn[2], 100);
    assert_memory_equal(drawn[0], drawn[1], 100);
    assert_memory_not_equal(drawn[0], drawn[2], 100);
}

static void no_bytes_are_given_twice(void **state)
{
    static uint8_t drawn[300][8];
    uint8_t seed[32] = {3};
    tb_random random;

    (void)state;
    tb_random_seed(&random, seed);
    for (size_t i = 0; i < 300; i++) {
        uint8_t skipped[200];
        tb_random_bytes(&random, drawn[i], 8);
        tb_random_bytes(&random, skipped, i % 200);
        for (size_t j = 0; j < i; j++) {
            assert_memory_not_equal(drawn[i], drawn[j], 8);
        }
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_stream_is_chacha20_of_the_seed),
    cmocka_unit_test(a_seed_repeats_its_bytes_and_another_seed_does_not),
    cmocka_unit_test(no_bytes_are_given_twice),
};

TB_RUN("base/random", tests)

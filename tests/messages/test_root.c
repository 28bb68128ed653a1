#include "tests/test.h"

#include "messages/root.h"

typedef struct fixture {
    tb_sign_pair pair;
    tb_sign_pair other;
    tb_digest hub;
    tb_root root;
    tb_root_cache cache;
} fixture;

static fixture the;

static int setup(void **state)
{
    uint8_t seed[32] = {7};
    tb_random random;
    tb_random_seed(&random, seed);
    memset(&the, 0, sizeof(the));
    tb_sign_pair_make(&the.pair, &random);
    tb_sign_pair_make(&the.other, &random);
    the.hub.bytes[0] = 1;
    the.root = (tb_root){.suite = TB_SUITE_1,
                         .tree = TB_TREE_HEADERS,
                         .signer = {"bureau.33"},
                         .key = {{1, 2, 3}},
                         .incarnation = {4, {5}},
                         .count = 6,
                         .root = {{7}}};
    tb_root_sign(&the.root, &the.hub, &the.pair);
    *state = &the;
    return 0;
}

static void a_signed_root_verifies(void **state)
{
    fixture *f = *state;
    assert_true(tb_root_verify(&f->root, &f->hub, &f->pair.public_key));
    assert_false(tb_root_verify(&f->root, &f->hub, &f->other.public_key));
}

static void every_field_is_under_the_signature(void **state)
{
    fixture *f = *state;
    tb_root changed[9];
    for (size_t i = 0; i < 9; i++) {
        changed[i] = f->root;
    }
    changed[0].suite = 2;
    changed[1].tree = TB_TREE_LINES;
    changed[2].signer.text[0] = 'c';
    changed[3].key.bytes[7] = 1;
    changed[4].incarnation.counter++;
    changed[5].incarnation.random[7] = 1;
    changed[6].count++;
    changed[7].root.bytes[31] = 1;
    changed[8].signature[0] ^= 1;
    for (size_t i = 0; i < 9; i++) {
        assert_false(tb_root_verify(&changed[i], &f->hub, &f->pair.public_key));
    }
    tb_digest other_hub = {{2}};
    assert_false(tb_root_verify(&f->root, &other_hub, &f->pair.public_key));
}

static void the_cache_answers_for_what_verified_and_for_nothing_else(void **state)
{
    fixture *f = *state;
    assert_true(tb_root_verify_cached(&f->cache, &f->root, &f->hub, &f->pair.public_key));
    assert_int_equal(f->cache.next, 1);
    assert_true(tb_root_verify_cached(&f->cache, &f->root, &f->hub, &f->pair.public_key));
    assert_int_equal(f->cache.next, 1);

    tb_root forged = f->root;
    forged.count++;
    tb_digest other_hub = {{2}};
    for (int again = 0; again < 2; again++) {
        assert_false(tb_root_verify_cached(&f->cache, &forged, &f->hub, &f->pair.public_key));
        assert_false(tb_root_verify_cached(&f->cache, &f->root, &f->hub, &f->other.public_key));
        assert_false(tb_root_verify_cached(&f->cache, &f->root, &other_hub, &f->pair.public_key));
    }
    assert_int_equal(f->cache.next, 1);
}

static void a_full_cache_forgets_and_verifies_again(void **state)
{
    fixture *f = *state;
    assert_true(tb_root_verify_cached(&f->cache, &f->root, &f->hub, &f->pair.public_key));
    memset(f->cache.seen, 0xAA, sizeof(f->cache.seen));
    assert_true(tb_root_verify_cached(&f->cache, &f->root, &f->hub, &f->pair.public_key));
    assert_int_equal(f->cache.next, 2);
}

static void a_public_key_of_small_order_verifies_nothing(void **state)
{
    fixture *f = *state;
    tb_public_key small = {{1}};
    memset(f->root.signature, 0, sizeof(f->root.signature));
    f->root.signature[0] = 1;
    assert_false(tb_root_verify(&f->root, &f->hub, &small));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(a_signed_root_verifies, setup),
    cmocka_unit_test_setup(every_field_is_under_the_signature, setup),
    cmocka_unit_test_setup(the_cache_answers_for_what_verified_and_for_nothing_else, setup),
    cmocka_unit_test_setup(a_full_cache_forgets_and_verifies_again, setup),
    cmocka_unit_test_setup(a_public_key_of_small_order_verifies_nothing, setup),
};

TB_RUN("messages/root", tests)

/* A request shown to be of an account. */
#include "messages/keys.h"
#include "messages/local.h"
#include "tests/messages/bend.h"
#include "tests/test.h"

static tb_sign_pair pair_of(uint8_t seed)
{
    tb_random random;
    tb_sign_pair pair;
    uint8_t bytes[32] = {seed};
    tb_random_seed(&random, bytes);
    tb_sign_pair_make(&pair, &random);
    return pair;
}

static tb_bytes request(tb_arena *arena, tb_sign_pair *pair)
{
    tb_local_request asked = {.kind = TB_REQUEST_STATUS, .account = tb_bytes_str("wang.min")};
    tb_bytes bytes;
    memset(asked.id.bytes, 7, sizeof asked.id);
    assert_ok(tb_local_request_encode(&asked, arena, &bytes));
    if (pair != NULL) {
        assert_ok(tb_local_request_prove(bytes, pair->secret, arena, &bytes));
    }
    return bytes;
}

static void a_proof_is_good_for_its_key_alone(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_sign_pair mine = pair_of(1);
    tb_sign_pair other = pair_of(2);
    tb_bytes proved = request(arena, &mine);
    assert_true(tb_local_request_proved(proved));
    assert_true(tb_local_request_proof_good(proved, mine.public_key.bytes));
    assert_false(tb_local_request_proof_good(proved, other.public_key.bytes));
}

static void a_request_without_proof_has_none(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_sign_pair mine = pair_of(1);
    tb_bytes plain = request(arena, NULL);
    assert_false(tb_local_request_proved(plain));
    assert_false(tb_local_request_proof_good(plain, mine.public_key.bytes));
}

static void a_proved_request_is_read_as_it_was_asked(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_sign_pair mine = pair_of(1);
    tb_local_request out;
    assert_int_equal(tb_local_request_decode(request(arena, &mine), arena, &out), TB_ACCEPTED);
    assert_int_equal(out.kind, TB_REQUEST_STATUS);
    assert_true(tb_bytes_equal(out.account, tb_bytes_str("wang.min")));
}

static void no_byte_of_a_proved_request_can_be_changed(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_sign_pair mine = pair_of(1);
    tb_bytes proved = request(arena, &mine);
    uint8_t *copy = tb_arena_alloc(arena, proved.size);
    for (size_t i = 0; i < proved.size; i++) {
        memcpy(copy, proved.data, proved.size);
        copy[i] ^= 1;
        assert_false(
            tb_local_request_proof_good(tb_bytes_of(copy, proved.size), mine.public_key.bytes));
    }
}

static void the_same_request_has_the_same_proof(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_sign_pair mine = pair_of(1);
    assert_true(tb_bytes_equal(request(arena, &mine), request(arena, &mine)));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_proof_is_good_for_its_key_alone),
    cmocka_unit_test(a_request_without_proof_has_none),
    cmocka_unit_test(a_proved_request_is_read_as_it_was_asked),
    cmocka_unit_test(no_byte_of_a_proved_request_can_be_changed),
    cmocka_unit_test(the_same_request_has_the_same_proof),
};

TB_RUN("messages/local_proof", tests)

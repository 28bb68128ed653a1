#include "messages/bundle.h"

#include "tests/messages/bend.h"
#include "tests/messages/samples.h"
#include "tests/test.h"

static tb_refusal codec(tb_bytes in, tb_arena *arena, tb_bytes *out_again)
{
    tb_sign_pair pair = sample_sign_pair(1);
    tb_bundle bundle;
    tb_refusal refusal = tb_bundle_decode(in, arena, &bundle);

    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_bundle_encode(&bundle, &pair, arena, out_again));
    }
    return refusal;
}

static void every_value_comes_back(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_sign_pair pair = sample_sign_pair(1);
    tb_bundle in = sample_bundle(arena);
    tb_bundle out;
    tb_bytes file = sample_bundle_file(arena);
    check_round_trip(file, codec);
    assert_int_equal(tb_bundle_decode(file, arena, &out), TB_ACCEPTED);
    assert_true(tb_digest_equal(&out.hub, &in.hub));
    assert_string_equal(out.sender.text, "bureau.33");
    assert_string_equal(out.recipient.text, "ct.33");
    assert_int_equal(out.made, SAMPLE_TIME);
    assert_int_equal(out.carry.group_count, 2);
    assert_int_equal(out.carry.body_count, 1);
    assert_int_equal(out.mark_count, 1);
    assert_int_equal(out.refusal_count, 1);
    assert_int_equal(out.stamp_count, 1);
    assert_true(tb_bundle_verify(&out, &pair.public_key));
}

static void the_signature_covers_all_of_it(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_sign_pair pair = sample_sign_pair(1);
    tb_sign_pair other = sample_sign_pair(2);
    tb_bundle out;
    assert_int_equal(tb_bundle_decode(sample_bundle_file(arena), arena, &out), TB_ACCEPTED);
    assert_false(tb_bundle_verify(&out, &other.public_key));
    tb_bundle bent = out;
    bent.hub = sample_digest(0x12);
    assert_false(tb_bundle_verify(&bent, &pair.public_key));
    bent = out;
    bent.sender = sample_party("hq");
    assert_false(tb_bundle_verify(&bent, &pair.public_key));
    bent = out;
    bent.recipient = sample_party("hq");
    assert_false(tb_bundle_verify(&bent, &pair.public_key));
    bent = out;
    bent.digest.bytes[0] ^= 1;
    assert_false(tb_bundle_verify(&bent, &pair.public_key));
    bent = out;
    bent.signature[63] ^= 1;
    assert_false(tb_bundle_verify(&bent, &pair.public_key));
}

static void what_is_cut_short_is_no_bundle(void **state)
{
    (void)state;
    tb_bytes file = sample_bundle_file(bend_arena());
    tb_arena *arena = bend_arena();
    tb_bundle out;
    for (size_t size = 0; size < file.size; size++) {
        size_t mark = tb_arena_mark(arena);
        assert_int_equal(tb_bundle_decode(tb_bytes_of(file.data, size), arena, &out),
                         TB_REFUSED_BUNDLE_CORRUPT);
        tb_arena_release(arena, mark);
    }
}

static uint8_t magic[8];

/* What stands behind the eight bytes that say what the file is. */
static tb_refusal inside_codec(tb_bytes in, tb_arena *arena, tb_bytes *out_again)
{
    static uint8_t whole[1024 * 1024];
    assert_true(in.size < sizeof whole - sizeof magic);
    memcpy(whole, magic, sizeof magic);
    memcpy(whole + sizeof magic, in.data, in.size);
    tb_refusal refusal = codec(tb_bytes_of(whole, sizeof magic + in.size), arena, out_again);
    if (refusal == TB_ACCEPTED) {
        *out_again = tb_bytes_of(out_again->data + sizeof magic, out_again->size - sizeof magic);
    }
    return refusal;
}

static tb_refusal reading(tb_bytes in, tb_arena *arena)
{
    tb_bundle bundle;
    return tb_bundle_decode(in, arena, &bundle);
}

static void whatever_a_field_says_a_bundle_is_refused_or_read(void **state)
{
    (void)state;
    tb_bytes file = sample_bundle_file(bend_arena());
    memcpy(magic, file.data, sizeof magic);
    check_each_field(tb_bytes_of(file.data + sizeof magic, file.size - sizeof magic), inside_codec,
                     false);
    check_room(file, reading);
}

static void more_lines_than_one_carries_are_refused(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_sign_pair pair = sample_sign_pair(1);
    tb_bundle bundle = sample_bundle(arena);
    tb_bundle out;
    tb_bytes file;
    tb_signed_line *stamps = tb_arena_array(arena, TB_BUNDLE_LINES_MAX, sizeof *stamps);
    for (size_t i = 0; i < TB_BUNDLE_LINES_MAX; i++) {
        stamps[i] = bundle.stamps[0];
    }
    bundle.stamps = stamps;
    bundle.stamp_count = TB_BUNDLE_LINES_MAX;
    assert_ok(tb_bundle_encode(&bundle, &pair, arena, &file));
    assert_int_equal(tb_bundle_decode(file, arena, &out), TB_ACCEPTED);

    tb_bytes inside = tb_bytes_of(file.data + 8, file.size - 8);
    tb_bend one_more = {.path = {1, 9}, .op = BEND_AGAIN};
    tb_bytes bent = bend(inside, &one_more, arena);
    uint8_t *longer = tb_arena_alloc(arena, bent.size + 8);
    memcpy(longer, file.data, 8);
    memcpy(longer + 8, bent.data, bent.size);
    assert_int_equal(tb_bundle_decode(tb_bytes_of(longer, bent.size + 8), arena, &out),
                     TB_REFUSED_BUNDLE_CORRUPT);
}

static void a_small_arena_is_an_error(void **state)
{
    (void)state;
    tb_bytes file = sample_bundle_file(bend_arena());
    static uint8_t small[512];
    tb_arena arena;
    tb_bundle out;
    tb_arena_init(&arena, small, sizeof small);
    assert_int_equal(tb_bundle_decode(file, &arena, &out), TB_REFUSED_BUNDLE_CORRUPT);
    assert_int_equal(arena.used, 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_value_comes_back),
    cmocka_unit_test(the_signature_covers_all_of_it),
    cmocka_unit_test(what_is_cut_short_is_no_bundle),
    cmocka_unit_test(whatever_a_field_says_a_bundle_is_refused_or_read),
    cmocka_unit_test(more_lines_than_one_carries_are_refused),
    cmocka_unit_test(a_small_arena_is_an_error),
};

TB_RUN("messages/bundle", tests)

#include "tests/test.h"

#include "messages/seal.h"

static uint8_t block[2 * 1024 * 1024];

#define PARTS 4

/* Two recipients: the first reads parts 0, 1, 3; the second 0 and 2. */
typedef struct fixture {
    tb_arena arena;
    tb_random random;
    tb_seal_context context;
    tb_seal_pair turn;
    tb_seal_pair pairs[2];
    tb_agreement sending[2];
    tb_agreement opening[2];
    tb_seal_reader readers[2];
    tb_bytes parts[PARTS];
    tb_bytes body;
} fixture;

static fixture the;

static int setup(void **state)
{
    uint8_t seed[32] = {9};
    memset(&the, 0, sizeof(the));
    tb_arena_init(&the.arena, block, sizeof(block));
    tb_random_seed(&the.random, seed);
    the.context = (tb_seal_context){
        .hub = {{1}}, .sender = {"bureau.33"}, .incarnation = {3, {4}}, .notice = 5};
    tb_seal_pair_make(&the.turn, &the.random);
    for (size_t i = 0; i < 2; i++) {
        tb_seal_pair_make(&the.pairs[i], &the.random);
        if (!tb_seal_agree_sender(&the.sending[i], &the.turn, &the.pairs[i].public_key) ||
            !tb_seal_agree_recipient(&the.opening[i], &the.pairs[i], &the.turn.public_key)) {
            return 1;
        }
        the.readers[i].key = tb_key_id_of(TB_PURPOSE_SEAL, &the.pairs[i].public_key);
        the.readers[i].agreement = &the.sending[i];
        the.readers[i].parts[0] = true;
    }
    strcpy(the.readers[0].recipient.text, "bureau.44");
    strcpy(the.readers[1].recipient.text, "ct.44");
    the.readers[0].parts[1] = true;
    the.readers[0].parts[3] = true;
    the.readers[1].parts[2] = true;
    the.parts[0] = tb_bytes_str("open part");
    the.parts[1] = tb_bytes_str("police reference");
    the.parts[2] = tb_bytes_str("number");
    the.parts[3] = tb_bytes_of(NULL, 0);
    *state = &the;
    return tb_seal_body(&the.context, the.parts, PARTS, the.readers, 2, &the.random, &the.arena,
                        &the.body) != TB_OK;
}

static tb_refusal open_as(fixture *f,
                          const tb_seal_context *context,
                          tb_bytes body,
                          size_t entry,
                          size_t who,
                          tb_opened *out)
{
    return tb_seal_open(context, body, entry, 2, &f->readers[who].recipient, &f->readers[who].key,
                        &f->opening[who], &f->arena, out);
}

static void both_sides_agree(void **state)
{
    fixture *f = *state;
    assert_memory_equal(&f->sending[0], &f->opening[0], sizeof(tb_agreement));
    assert_memory_not_equal(f->sending[0].shared, f->sending[1].shared, 32);
}

static void a_recipient_opens_its_parts_and_no_other(void **state)
{
    fixture *f = *state;
    tb_opened opened;
    assert_int_equal(open_as(f, &f->context, f->body, 0, 0, &opened), TB_ACCEPTED);
    assert_int_equal(opened.part_count, PARTS);
    assert_true(tb_bytes_equal(opened.parts[0], f->parts[0]));
    assert_true(tb_bytes_equal(opened.parts[1], f->parts[1]));
    assert_null(opened.parts[2].data);
    assert_non_null(opened.parts[3].data);
    assert_int_equal(opened.parts[3].size, 0);

    assert_int_equal(open_as(f, &f->context, f->body, 1, 1, &opened), TB_ACCEPTED);
    assert_true(tb_bytes_equal(opened.parts[0], f->parts[0]));
    assert_null(opened.parts[1].data);
    assert_true(tb_bytes_equal(opened.parts[2], f->parts[2]));
    assert_null(opened.parts[3].data);
}

static void no_plaintext_is_in_the_body(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i + 6 <= f->body.size; i++) {
        assert_memory_not_equal(f->body.data + i, "number", 6);
    }
}

static void parts_are_padded_to_256_bytes(void **state)
{
    fixture *f = *state;
    static const uint8_t plain[600];
    size_t sizes[] = {0, 1, 255, 256, 257, 511, 512};
    size_t padded[] = {256, 256, 256, 512, 512, 512, 768};
    for (size_t i = 0; i < 7; i++) {
        tb_bytes part = tb_bytes_of(plain, sizes[i]);
        tb_bytes body;
        assert_ok(tb_seal_body(&f->context, &part, 1, f->readers, 2, &f->random, &f->arena, &body));
        size_t wraps = 2 * (2 + 32 + 16);
        assert_int_equal(body.size, 3 + padded[i] + 16 + wraps);
        tb_opened opened;
        assert_int_equal(open_as(f, &f->context, body, 0, 0, &opened), TB_ACCEPTED);
        assert_true(tb_bytes_equal(opened.parts[0], part));
    }
}

static void wraps_are_of_one_length_whoever_reads_what(void **state)
{
    fixture *f = *state;
    tb_bytes narrow;
    f->readers[0].parts[1] = false;
    f->readers[0].parts[3] = false;
    assert_ok(
        tb_seal_body(&f->context, f->parts, PARTS, f->readers, 2, &f->random, &f->arena, &narrow));
    assert_int_equal(narrow.size, f->body.size);
}

static void swapped_wraps_open_for_nobody(void **state)
{
    fixture *f = *state;
    size_t size = 3 + PARTS * 32 + 16; /* field, two bytes of length, wrap */
    uint8_t swapped[8192];
    memcpy(swapped, f->body.data, f->body.size);
    memcpy(swapped + f->body.size - 2 * size, f->body.data + f->body.size - size, size);
    memcpy(swapped + f->body.size - size, f->body.data + f->body.size - 2 * size, size);
    tb_bytes body = tb_bytes_of(swapped, f->body.size);
    tb_opened opened;
    assert_int_equal(open_as(f, &f->context, body, 0, 0, &opened), TB_REFUSED_CANNOT_OPEN);
    assert_int_equal(open_as(f, &f->context, body, 1, 1, &opened), TB_REFUSED_CANNOT_OPEN);
}

static void a_wrap_of_another_entry_party_or_key_does_not_open(void **state)
{
    fixture *f = *state;
    tb_opened opened;
    assert_int_equal(open_as(f, &f->context, f->body, 1, 0, &opened), TB_REFUSED_CANNOT_OPEN);

    fixture changed = *f;
    changed.readers[0].key.bytes[0] ^= 1;
    assert_int_equal(open_as(&changed, &f->context, f->body, 0, 0, &opened),
                     TB_REFUSED_CANNOT_OPEN);
    changed = *f;
    changed.readers[0].recipient.text[0] = 'c';
    assert_int_equal(open_as(&changed, &f->context, f->body, 0, 0, &opened),
                     TB_REFUSED_CANNOT_OPEN);
    changed = *f;
    changed.opening[0] = f->opening[1];
    assert_int_equal(open_as(&changed, &f->context, f->body, 0, 0, &opened),
                     TB_REFUSED_CANNOT_OPEN);
}

static void a_body_moved_to_another_notice_hub_sender_or_incarnation_does_not_open(void **state)
{
    fixture *f = *state;
    tb_seal_context moved[5];
    for (size_t i = 0; i < 5; i++) {
        moved[i] = f->context;
    }
    moved[0].notice++;
    moved[1].hub.bytes[31] = 1;
    strcpy(moved[2].sender.text, "bureau.11");
    moved[3].incarnation.counter++;
    moved[4].incarnation.random[0]++;
    for (size_t i = 0; i < 5; i++) {
        tb_opened opened;
        assert_int_equal(open_as(f, &moved[i], f->body, 0, 0, &opened), TB_REFUSED_CANNOT_OPEN);
    }
}

static void a_part_moved_to_another_place_does_not_open_there(void **state)
{
    fixture *f = *state;
    size_t size = 3 + 256 + 16;
    uint8_t moved[8192];
    memcpy(moved, f->body.data, f->body.size);
    memcpy(moved + size, f->body.data + 3 * size, size);
    memcpy(moved + 3 * size, f->body.data + size, size);
    tb_bytes body = tb_bytes_of(moved, f->body.size);
    tb_opened opened;
    assert_int_equal(open_as(f, &f->context, body, 0, 0, &opened), TB_ACCEPTED);
    assert_null(opened.parts[1].data);
    assert_null(opened.parts[3].data);

    memcpy(moved, f->body.data + size, size);
    assert_int_equal(open_as(f, &f->context, body, 0, 0, &opened), TB_REFUSED_CANNOT_OPEN);
}

static void a_part_of_another_notice_to_the_same_recipient_does_not_open(void **state)
{
    fixture *f = *state;
    tb_seal_context next = f->context;
    next.notice++;
    tb_bytes other;
    assert_ok(tb_seal_body(&next, f->parts, PARTS, f->readers, 2, &f->random, &f->arena, &other));
    uint8_t mixed[8192];
    memcpy(mixed, f->body.data, f->body.size);
    memcpy(mixed, other.data, 3 + 256 + 16);
    tb_opened opened;
    assert_int_equal(open_as(f, &f->context, tb_bytes_of(mixed, f->body.size), 0, 0, &opened),
                     TB_REFUSED_CANNOT_OPEN);
}

static void any_changed_byte_is_refused_or_closes_a_part(void **state)
{
    fixture *f = *state;
    uint8_t changed[8192];
    for (size_t i = 0; i < f->body.size; i++) {
        memcpy(changed, f->body.data, f->body.size);
        changed[i] ^= 0x55;
        size_t mark = tb_arena_mark(&f->arena);
        tb_opened opened;
        tb_bytes body = tb_bytes_of(changed, f->body.size);
        for (size_t who = 0; who < 2; who++) {
            if (open_as(f, &f->context, body, who, who, &opened) == TB_ACCEPTED) {
                assert_true(tb_bytes_equal(opened.parts[0], f->parts[0]));
            }
        }
        tb_arena_release(&f->arena, mark);
    }
}

static void a_cut_body_is_refused(void **state)
{
    fixture *f = *state;
    for (size_t size = 0; size < f->body.size; size++) {
        tb_opened opened;
        tb_bytes body = tb_bytes_of(f->body.data, size);
        assert_int_not_equal(open_as(f, &f->context, body, 0, 0, &opened), TB_ACCEPTED);
    }
}

static void a_body_left_without_its_last_part_does_not_open(void **state)
{
    fixture *f = *state;
    size_t part = 3 + 256 + 16;
    size_t wraps = 2 * (3 + PARTS * 32 + 16);
    uint8_t less[8192];
    memcpy(less, f->body.data, f->body.size - wraps - part);
    memcpy(less + f->body.size - wraps - part, f->body.data + f->body.size - wraps, wraps);
    tb_opened opened;
    assert_int_equal(open_as(f, &f->context, tb_bytes_of(less, f->body.size - part), 0, 0, &opened),
                     TB_REFUSED_MALFORMED);
}

static void another_form_of_the_same_message_is_refused(void **state)
{
    fixture *f = *state;
    size_t part = 3 + 256 + 16;
    uint8_t other[8192];
    tb_opened opened;
    memcpy(other, f->body.data, f->body.size);
    memcpy(other + f->body.size, f->body.data, part);
    assert_int_equal(
        open_as(f, &f->context, tb_bytes_of(other, f->body.size + part), 0, 0, &opened),
        TB_REFUSED_MALFORMED);
    other[f->body.size] = 0x1A;
    other[f->body.size + 1] = 0;
    assert_int_equal(open_as(f, &f->context, tb_bytes_of(other, f->body.size + 2), 0, 0, &opened),
                     TB_REFUSED_MALFORMED);
    other[f->body.size] = 0x12;
    assert_int_equal(open_as(f, &f->context, tb_bytes_of(other, f->body.size + 2), 0, 0, &opened),
                     TB_REFUSED_MALFORMED);
    other[0] = 0x0A;
    other[1] = 0x81;
    other[2] = 0x80;
    memset(other + 3, 0x80, 20);
    assert_int_equal(open_as(f, &f->context, tb_bytes_of(other, 30), 0, 0, &opened),
                     TB_REFUSED_MALFORMED);
}

static void keys_of_small_order_are_refused(void **state)
{
    fixture *f = *state;
    static const uint8_t orders[][32] = {
        {0},
        {1},
        {0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3,
         0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32,
         0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00},
        {0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1,
         0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c,
         0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57},
        {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    };
    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        tb_public_key key;
        memcpy(key.bytes, orders[i], 32);
        tb_agreement agreement = f->sending[0];
        assert_false(tb_seal_agree_sender(&agreement, &f->turn, &key));
        assert_false(tb_seal_agree_recipient(&agreement, &f->pairs[0], &key));
        assert_memory_equal(&agreement, &f->sending[0], sizeof(agreement));
    }
}

static void the_widest_body_seals_and_opens(void **state)
{
    fixture *f = *state;
    static tb_seal_reader readers[TB_ENTRIES_MAX];
    tb_bytes parts[TB_PARTS_MAX];
    for (size_t i = 0; i < TB_PARTS_MAX; i++) {
        parts[i] = tb_bytes_of(&block[i], i);
    }
    for (size_t i = 0; i < TB_ENTRIES_MAX; i++) {
        readers[i] = f->readers[0];
        readers[i].parts[TB_PARTS_MAX - 1] = i == TB_ENTRIES_MAX - 1;
    }
    tb_bytes body;
    assert_ok(tb_seal_body(&f->context, parts, TB_PARTS_MAX, readers, TB_ENTRIES_MAX, &f->random,
                           &f->arena, &body));
    tb_opened opened;
    assert_int_equal(tb_seal_open(&f->context, body, TB_ENTRIES_MAX - 1, TB_ENTRIES_MAX,
                                  &f->readers[0].recipient, &f->readers[0].key, &f->opening[0],
                                  &f->arena, &opened),
                     TB_ACCEPTED);
    assert_int_equal(opened.part_count, TB_PARTS_MAX);
    assert_int_equal(opened.parts[TB_PARTS_MAX - 1].size, TB_PARTS_MAX - 1);
}

static void too_large_a_body_is_not_made(void **state)
{
    fixture *f = *state;
    static const uint8_t large[TB_BODY_BYTES_MAX + 1];
    tb_bytes body = {NULL, 0};
    tb_bytes part = tb_bytes_of(large, sizeof(large));
    assert_int_equal(
        tb_seal_body(&f->context, &part, 1, f->readers, 1, &f->random, &f->arena, &body),
        TB_ERR_LIMIT);
    part.size = TB_BODY_BYTES_MAX - 100;
    assert_int_equal(
        tb_seal_body(&f->context, &part, 1, f->readers, 1, &f->random, &f->arena, &body),
        TB_ERR_LIMIT);
    tb_arena small;
    tb_arena_init(&small, block, 64);
    part.size = 1;
    assert_int_equal(tb_seal_body(&f->context, &part, 1, f->readers, 1, &f->random, &small, &body),
                     TB_ERR_LIMIT);
    assert_null(body.data);
}

static void the_body_digest_covers_every_byte(void **state)
{
    fixture *f = *state;
    uint8_t changed[8192];
    memcpy(changed, f->body.data, f->body.size);
    tb_digest before = tb_body_digest(f->body);
    changed[f->body.size - 1] ^= 1;
    tb_digest after = tb_body_digest(tb_bytes_of(changed, f->body.size));
    assert_false(tb_digest_equal(&before, &after));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(both_sides_agree, setup),
    cmocka_unit_test_setup(a_recipient_opens_its_parts_and_no_other, setup),
    cmocka_unit_test_setup(no_plaintext_is_in_the_body, setup),
    cmocka_unit_test_setup(parts_are_padded_to_256_bytes, setup),
    cmocka_unit_test_setup(wraps_are_of_one_length_whoever_reads_what, setup),
    cmocka_unit_test_setup(swapped_wraps_open_for_nobody, setup),
    cmocka_unit_test_setup(a_wrap_of_another_entry_party_or_key_does_not_open, setup),
    cmocka_unit_test_setup(a_body_moved_to_another_notice_hub_sender_or_incarnation_does_not_open,
                           setup),
    cmocka_unit_test_setup(a_part_moved_to_another_place_does_not_open_there, setup),
    cmocka_unit_test_setup(a_part_of_another_notice_to_the_same_recipient_does_not_open, setup),
    cmocka_unit_test_setup(any_changed_byte_is_refused_or_closes_a_part, setup),
    cmocka_unit_test_setup(a_cut_body_is_refused, setup),
    cmocka_unit_test_setup(a_body_left_without_its_last_part_does_not_open, setup),
    cmocka_unit_test_setup(another_form_of_the_same_message_is_refused, setup),
    cmocka_unit_test_setup(keys_of_small_order_are_refused, setup),
    cmocka_unit_test_setup(the_widest_body_seals_and_opens, setup),
    cmocka_unit_test_setup(too_large_a_body_is_not_made, setup),
    cmocka_unit_test_setup(the_body_digest_covers_every_byte, setup),
};

TB_RUN("messages/seal", tests)

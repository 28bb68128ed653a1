/* Whose groups a frame carries, seen without decoding it. */
#include "messages/frame_peek.h"

#include "messages/link.h"
#include "tests/messages/bend.h"
#include "tests/messages/samples.h"
#include "tests/test.h"

static tb_group group_of(tb_arena *arena, const char *signer, size_t items)
{
    tb_group group = sample_group(arena, items, 1, true);
    group.root.signer = sample_party(signer);
    return group;
}

/* Two groups of bureau.11, one of bureau.33, one more of bureau.11. */
static tb_bytes of_two_senders(tb_arena *arena, size_t sizes[4])
{
    static const char *const signers[] = {"bureau.11", "bureau.11", "bureau.33", "bureau.11"};
    tb_frame frame = sample_frame(arena, TB_FRAME_DELIVER);
    tb_group groups[4];
    tb_bytes bytes;

    for (size_t i = 0; i < 4; i++) {
        groups[i] = group_of(arena, signers[i], i + 1);
        assert_ok(tb_group_encode(&groups[i], arena, &bytes));
        sizes[i] = bytes.size;
    }
    frame.carry.groups = groups;
    frame.carry.group_count = 4;
    assert_ok(tb_frame_encode(&frame, arena, &bytes));
    return bytes;
}

static void senders_are_seen_in_the_frames_order_with_their_bytes(void **state)
{
    (void)state;
    size_t sizes[4];
    tb_peeked seen[8];
    tb_party first = sample_party("bureau.11");
    tb_party second = sample_party("bureau.33");
    tb_bytes frame = of_two_senders(bend_arena(), sizes);

    assert_int_equal(tb_frame_peek(frame, seen, 8), 3);
    assert_true(tb_party_equal(&seen[0].sender, &first));
    assert_int_equal(seen[0].bytes, sizes[0] + sizes[1]);
    assert_true(tb_party_equal(&seen[1].sender, &second));
    assert_int_equal(seen[1].bytes, sizes[2]);
    assert_true(tb_party_equal(&seen[2].sender, &first));
    assert_int_equal(seen[2].bytes, sizes[3]);
}

static void what_is_beyond_the_room_counts_in_the_last(void **state)
{
    (void)state;
    size_t sizes[4];
    tb_peeked seen[2];
    tb_bytes frame = of_two_senders(bend_arena(), sizes);

    assert_int_equal(tb_frame_peek(frame, seen, 2), 2);
    assert_int_equal(seen[1].bytes, sizes[2] + sizes[3]);
    assert_int_equal(tb_frame_peek(frame, seen, 1), 1);
    assert_int_equal(seen[0].bytes, sizes[0] + sizes[1] + sizes[2] + sizes[3]);
}

static void other_frames_carry_nothing(void **state)
{
    (void)state;
    for (uint32_t kind = TB_FRAME_HELLO; kind <= TB_FRAME_BYE; kind++) {
        tb_arena *arena = bend_arena();
        tb_frame frame = sample_frame(arena, (tb_frame_kind)kind);
        tb_peeked seen[4];
        tb_bytes bytes;
        assert_ok(tb_frame_encode(&frame, arena, &bytes));
        size_t count = tb_frame_peek(bytes, seen, 4);
        assert_int_equal(count > 0, kind == TB_FRAME_DELIVER);
    }
}

/* In memory of its own size, so that a byte read beyond is noticed. */
static void a_frame_cut_anywhere_is_not_read_beyond_its_end(void **state)
{
    (void)state;
    size_t sizes[4];
    tb_peeked seen[4];
    tb_bytes frame = of_two_senders(bend_arena(), sizes);

    for (size_t size = 0; size < frame.size; size++) {
        uint8_t *cut = test_malloc(size + 1);
        memcpy(cut + 1, frame.data, size);
        assert_in_range(tb_frame_peek(tb_bytes_of(cut + 1, size), seen, 4), 0, 3);
        test_free(cut);
    }
}

static void a_signer_that_is_no_name_is_nobody(void **state)
{
    (void)state;
    static const uint8_t group[] = {/* deliver { groups { root { signer: 30 times 'x' } } } */
                                    0x72, 36, 0x0a, 34, 0x1a, 32, 0x1a, 30};
    static const tb_party nobody = {{0}};
    uint8_t frame[sizeof group + 30];
    tb_peeked seen[1];

    memcpy(frame, group, sizeof group);
    memset(frame + sizeof group, 'x', 30);
    assert_int_equal(tb_frame_peek(tb_bytes_of(frame, sizeof frame), seen, 1), 1);
    assert_true(tb_party_equal(&seen[0].sender, &nobody));
    assert_int_equal(seen[0].bytes, 34);
}

/* A Submit with groups of one, two and three notices. */
static tb_bytes of_six_notices(tb_arena *arena)
{
    tb_frame frame = sample_frame(arena, TB_FRAME_SUBMIT);
    tb_group groups[3];
    tb_bytes bytes;
    for (size_t i = 0; i < 3; i++) {
        groups[i] = sample_group(arena, i + 1, 1, false);
    }
    frame.carry.groups = groups;
    frame.carry.group_count = 3;
    frame.carry.body_count = 0;
    assert_ok(tb_frame_encode(&frame, arena, &bytes));
    return bytes;
}

static void the_notices_of_a_submit_are_counted_and_no_other_frames(void **state)
{
    (void)state;
    size_t notices;
    assert_true(tb_frame_submits(of_six_notices(bend_arena()), &notices));
    assert_int_equal(notices, 6);
    for (uint32_t kind = TB_FRAME_HELLO; kind <= TB_FRAME_BYE; kind++) {
        tb_arena *arena = bend_arena();
        tb_frame frame = sample_frame(arena, (tb_frame_kind)kind);
        tb_bytes bytes;
        assert_ok(tb_frame_encode(&frame, arena, &bytes));
        assert_int_equal(tb_frame_submits(bytes, &notices), kind == TB_FRAME_SUBMIT);
        assert_int_equal(notices > 0, kind == TB_FRAME_SUBMIT);
    }
}

/* What the decoder passes over, or puts together, hides nothing. */
static void notices_do_not_hide_behind_other_fields_or_in_a_second_submit(void **state)
{
    (void)state;
    static const uint8_t fields[] = {
        0x65, 1,    2,    3, 4,                         /* field 12, four bytes: no message */
        0xf9, 0x07, 1,    2, 3,    4, 5,    6, 7,    8, /* field 127, eight bytes */
        0x62, 6,    0x0a, 4, 0x32, 0, 0x32, 0, /* submit { groups { items {} items {} } } */
        0x62, 4,    0x0a, 2, 0x32, 0,          /* another with one */
        0x62, 8,    0x12, 0, 0x12, 0, 0x12, 0, 0x12, 0, /* one with four bodies */
    };
    size_t notices;
    assert_true(tb_frame_submits(tb_bytes_of(fields, sizeof fields), &notices));
    assert_int_equal(notices, 2 + 1 + 4);
}

/* Of fillers each of whose lines has another root one verification is the price. */
static void a_filler_under_a_root_of_its_own_counts_for_many(void **state)
{
    (void)state;
    static const uint8_t fields[] = {
        0x62, 51, 0x0a, 49,                        /* submit { groups { */
        0x32, 7,  0x1a, 5,  0x0a, 3, 0x3a, 1, 'a', /* items { refusal { root { root a */
        0x32, 7,  0x1a, 5,  0x0a, 3, 0x3a, 1, 'a', /* the same */
        0x32, 7,  0x1a, 5,  0x0a, 3, 0x3a, 1, 'b', /* another */
        0x32, 10, 0x1a, 8,  0x0a, 6, 0x3a, 1, 'b', /* root b, */
        0x3a, 1,  'c',                             /*   and c in the place of b */
        0x32, 2,  0x1a, 0,                         /* no root at all */
        0x32, 2,  0x0a, 0,                         /* no filler */
        0x30, 7,                                   /* no item, though of its number */
    };
    size_t notices;
    assert_true(tb_frame_submits(tb_bytes_of(fields, sizeof fields), &notices));
    assert_int_equal(notices, 4 * TB_FILLER_ITEMS + 2 + 1);
}

static void a_submit_cut_anywhere_is_not_read_beyond_its_end(void **state)
{
    (void)state;
    size_t notices;
    tb_bytes frame = of_six_notices(bend_arena());
    for (size_t size = 0; size < frame.size; size++) {
        uint8_t *cut = test_malloc(size + 1);
        memcpy(cut + 1, frame.data, size);
        assert_false(tb_frame_submits(tb_bytes_of(cut + 1, size), &notices));
        test_free(cut);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_notices_of_a_submit_are_counted_and_no_other_frames),
    cmocka_unit_test(notices_do_not_hide_behind_other_fields_or_in_a_second_submit),
    cmocka_unit_test(a_filler_under_a_root_of_its_own_counts_for_many),
    cmocka_unit_test(a_submit_cut_anywhere_is_not_read_beyond_its_end),
    cmocka_unit_test(senders_are_seen_in_the_frames_order_with_their_bytes),
    cmocka_unit_test(what_is_beyond_the_room_counts_in_the_last),
    cmocka_unit_test(other_frames_carry_nothing),
    cmocka_unit_test(a_frame_cut_anywhere_is_not_read_beyond_its_end),
    cmocka_unit_test(a_signer_that_is_no_name_is_nobody),
};

TB_RUN("messages/frame_peek", tests)

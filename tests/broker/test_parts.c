/* What the hub reads of each party before a turn, and what of it goes first. */
#include "broker/shell/parts.h"

#include <stdio.h>

#include "tests/test.h"

#define NOW INT64_C(1700000000000)

static tb_parts parts;
static uint8_t memory[TB_PARTY_BYTES_A_TURN];

static int set_up(void **state)
{
    (void)state;
    memset(&parts, 0, sizeof parts);
    tb_parts_begin(&parts, NOW);
    return 0;
}

static tb_party named(const char *name)
{
    tb_party party;
    assert_true(tb_party_parse(tb_bytes_str(name), &party));
    return party;
}

static size_t put_length(uint8_t *at, size_t length)
{
    at[0] = (uint8_t)(length & 0x7f) | 0x80;
    at[1] = (uint8_t)(length >> 7 & 0x7f) | 0x80;
    at[2] = (uint8_t)(length >> 14);
    return 3;
}

/* submit { groups { items {} ... } }, filled up to so many bytes with a field nobody knows. */
static tb_bytes submit(size_t notices, size_t bytes)
{
    size_t at = 0;
    memory[at++] = 0x62;
    at += put_length(memory + at, 4 + 2 * notices);
    memory[at++] = 0x0a;
    at += put_length(memory + at, 2 * notices);
    for (size_t i = 0; i < notices; i++) {
        memory[at++] = 0x32;
        memory[at++] = 0;
    }
    if (at + 4 <= bytes) {
        memory[at++] = 0x7a; /* taken */
        at += put_length(memory + at, bytes - at - 3);
        at = bytes;
    }
    assert_true(at <= sizeof memory);
    return tb_bytes_of(memory, at);
}

/* taken {} */
static tb_bytes line(void)
{
    static const uint8_t taken[] = {0x7a, 0};
    return tb_bytes_of(taken, sizeof taken);
}

static tb_part_verdict judge(const char *name, tb_bytes frame)
{
    tb_party party = named(name);
    return tb_parts_judge(&parts, &party, frame);
}

static bool behind(const char *name)
{
    tb_party party = named(name);
    return tb_parts_behind(&parts, &party);
}

/* A turn further on; what was kept comes first, as the loop does it. */
static void next(tb_time later)
{
    tb_parts_begin(&parts, parts.now + later);
}

static void who_alone_submits_has_a_part_of_many_frames(void **state)
{
    (void)state;
    for (size_t i = 0; i < TB_PARTY_FRAMES_A_TURN; i++) {
        assert_int_equal(judge("flood", submit(1, 0)), TB_PART_TAKE);
    }
    assert_int_equal(judge("flood", submit(1, 0)), TB_PART_KEEP);
    next(1);
    assert_int_equal(judge("flood", submit(1, 0)), TB_PART_TAKE);
}

static void who_alone_submits_has_a_part_of_many_bytes(void **state)
{
    (void)state;
    assert_int_equal(judge("flood", submit(1, TB_PARTY_BYTES_A_TURN - 1)), TB_PART_TAKE);
    assert_int_equal(judge("flood", submit(1, 0)), TB_PART_TAKE);
    assert_int_equal(judge("flood", submit(1, 0)), TB_PART_KEEP);
    next(1);
    assert_int_equal(judge("flood", submit(1, TB_PARTY_BYTES_A_TURN)), TB_PART_TAKE);
    assert_int_equal(judge("flood", submit(1, 0)), TB_PART_KEEP);
    assert_false(behind("flood"));
}

/* Of a lone sender to many, whose lines wait all the time. */
static void recipients_lines_take_nothing_from_a_lone_sender(void **state)
{
    (void)state;
    for (size_t i = 0; i < TB_PARTY_FRAMES_A_TURN; i++) {
        assert_int_equal(judge("hq", line()), TB_PART_TAKE);
        assert_int_equal(judge("sender", submit(TB_FRAME_ITEMS_MAX + 1, 0)), TB_PART_TAKE);
    }
    assert_int_equal(judge("sender", submit(1, 0)), TB_PART_KEEP);
    assert_false(behind("sender"));
}

static void while_others_submit_a_part_is_one_large_frame(void **state)
{
    (void)state;
    assert_int_equal(judge("flood", submit(1, 0)), TB_PART_TAKE);
    assert_int_equal(judge("honest", submit(1, 0)), TB_PART_TAKE);
    assert_int_equal(judge("hq", line()), TB_PART_TAKE);
    assert_int_equal(judge("flood", submit(1, TB_PARTY_BYTES_SHARED)), TB_PART_TAKE);
    assert_int_equal(judge("flood", submit(1, 0)), TB_PART_KEEP);
    next(TB_SUBMITS_MS - 1);
    assert_int_equal(judge("flood", submit(1, TB_PARTY_BYTES_SHARED)), TB_PART_TAKE);
    assert_int_equal(judge("flood", submit(1, 0)), TB_PART_KEEP);
    next(1); /* so long after the other's last Submit it is alone */
    for (size_t i = 0; i < TB_PARTY_FRAMES_A_TURN; i++) {
        assert_int_equal(judge("flood", submit(1, TB_PARTY_BYTES_SHARED)), TB_PART_TAKE);
    }
    assert_int_equal(judge("flood", submit(1, 0)), TB_PART_KEEP);
}

static void while_others_submit_a_part_is_a_few_small_frames(void **state)
{
    (void)state;
    assert_int_equal(judge("honest", submit(1, 0)), TB_PART_TAKE);
    for (size_t i = 0; i < TB_PARTY_FRAMES_A_TURN; i++) {
        assert_int_equal(judge("flood", submit(1, 64)), TB_PART_TAKE);
    }
    assert_int_equal(judge("flood", submit(1, 64)), TB_PART_KEEP);
    next(1);
    assert_int_equal(judge("flood", submit(1, TB_PARTY_BYTES_SHARED - 1)), TB_PART_TAKE);
    assert_int_equal(judge("flood", submit(1, 64)), TB_PART_TAKE);
    assert_int_equal(judge("flood", submit(1, 64)), TB_PART_KEEP);
}

/* It need not be a Submit, or anything that reads. */
static void a_flood_of_anything_has_the_same_part(void **state)
{
    (void)state;
    memset(memory, 0xff, sizeof memory);
    assert_int_equal(judge("honest", submit(1, 0)), TB_PART_TAKE);
    memset(memory, 0xff, 64);
    tb_bytes noise = tb_bytes_of(memory, TB_PARTY_BYTES_SHARED);
    assert_int_equal(judge("flood", noise), TB_PART_TAKE);
    assert_int_equal(judge("flood", noise), TB_PART_KEEP);
    assert_true(behind("flood"));
    next(1);
    for (size_t i = 0; i < TB_PARTY_FRAMES_A_TURN; i++) {
        assert_int_equal(judge("flood", line()), TB_PART_TAKE);
    }
    assert_int_equal(judge("flood", line()), TB_PART_KEEP);
}

static void what_is_much_goes_behind_while_others_submit(void **state)
{
    (void)state;
    assert_int_equal(judge("flood", submit(1, TB_PARTY_BYTES_SHARED)), TB_PART_TAKE);
    assert_false(behind("flood"));
    assert_int_equal(judge("honest", submit(1, TB_PARTY_BYTES_SHARED - 1)), TB_PART_TAKE);
    assert_int_equal(judge("hq", line()), TB_PART_TAKE);
    assert_true(behind("flood"));
    assert_false(behind("honest"));
    assert_false(behind("hq"));
    assert_false(behind("nobody"));
}

static void a_large_frame_is_put_off_while_others_submit_but_one_in_a_while(void **state)
{
    (void)state;
    assert_int_equal(judge("honest", submit(1, 0)), TB_PART_TAKE);
    assert_int_equal(judge("flood", submit(TB_FRAME_ITEMS_MAX + 1, 0)), TB_PART_TAKE);
    next(TB_LARGE_EVERY_MS - 1);
    assert_int_equal(judge("flood", submit(TB_FRAME_ITEMS_MAX + 1, 0)), TB_PART_DROP);
    assert_int_equal(judge("flood", submit(TB_FRAME_ITEMS_MAX, 0)), TB_PART_TAKE);
    assert_int_equal(judge("other", submit(TB_FRAME_ITEMS_MAX + 1, 0)), TB_PART_TAKE);
    next(1);
    assert_int_equal(judge("flood", submit(TB_FRAME_ITEMS_MAX + 1, 0)), TB_PART_TAKE);
}

/* Who is forgotten of those with large frames begins anew; nothing else follows from their number.
 */
static void more_parties_than_are_remembered_have_their_large_frames_taken(void **state)
{
    (void)state;
    char name[16];
    assert_int_equal(judge("honest", submit(1, 0)), TB_PART_TAKE);
    for (size_t i = 0; i <= TB_PARTS_LARGE; i++) {
        (void)snprintf(name, sizeof name, "flood.%zu", i);
        assert_int_equal(judge(name, submit(TB_FRAME_ITEMS_MAX + 1, 0)), TB_PART_TAKE);
        next(1);
    }
    assert_int_equal(judge("flood.0", submit(TB_FRAME_ITEMS_MAX + 1, 0)), TB_PART_TAKE);
    assert_int_equal(judge("flood.9", submit(TB_FRAME_ITEMS_MAX + 1, 0)), TB_PART_DROP);
}

/* Frames that are put off are not taken, and their parties are read of all the same. */
static void a_reading_has_so_many_parties_and_the_next_begins_the_next(void **state)
{
    (void)state;
    char name[16];
    assert_int_equal(judge("honest", submit(1, 0)), TB_PART_TAKE);
    for (size_t i = 0; i < TB_PARTS_LARGE; i++) {
        (void)snprintf(name, sizeof name, "flood.%zu", i);
        assert_int_equal(judge(name, submit(TB_FRAME_ITEMS_MAX + 1, 0)), TB_PART_TAKE);
    }
    next(1);
    for (size_t i = 0; i < TB_PARTS_LARGE; i++) {
        (void)snprintf(name, sizeof name, "flood.%zu", i);
        assert_int_equal(judge(name, submit(TB_FRAME_ITEMS_MAX + 1, 0)), TB_PART_DROP);
    }
    for (size_t i = TB_PARTS_LARGE; i < TB_BATCH_MAX; i++) {
        (void)snprintf(name, sizeof name, "small.%zu", i);
        assert_int_equal(judge(name, line()), TB_PART_TAKE);
    }
    assert_int_equal(judge("small.32", line()), TB_PART_TAKE);
    assert_int_equal(judge("one-more", line()), TB_PART_KEEP);
    next(0);
    assert_int_equal(judge("one-more", line()), TB_PART_TAKE);
}

static void a_clock_that_is_set_back_forgets(void **state)
{
    (void)state;
    assert_int_equal(judge("honest", submit(1, 0)), TB_PART_TAKE);
    assert_int_equal(judge("flood", submit(TB_FRAME_ITEMS_MAX + 1, 0)), TB_PART_TAKE);
    next(-3600 * 1000);
    assert_int_equal(judge("flood", submit(TB_FRAME_ITEMS_MAX + 1, 0)), TB_PART_TAKE);
    assert_int_equal(judge("flood", submit(1, TB_PARTY_BYTES_SHARED)), TB_PART_TAKE);
    assert_int_equal(judge("honest", submit(1, 0)), TB_PART_TAKE);
    assert_int_equal(judge("flood", submit(1, 0)), TB_PART_KEEP);
}

#define PARTS_TEST(name) cmocka_unit_test_setup(name, set_up)

static const struct CMUnitTest tests[] = {
    PARTS_TEST(who_alone_submits_has_a_part_of_many_frames),
    PARTS_TEST(who_alone_submits_has_a_part_of_many_bytes),
    PARTS_TEST(recipients_lines_take_nothing_from_a_lone_sender),
    PARTS_TEST(while_others_submit_a_part_is_one_large_frame),
    PARTS_TEST(while_others_submit_a_part_is_a_few_small_frames),
    PARTS_TEST(a_flood_of_anything_has_the_same_part),
    PARTS_TEST(what_is_much_goes_behind_while_others_submit),
    PARTS_TEST(a_large_frame_is_put_off_while_others_submit_but_one_in_a_while),
    PARTS_TEST(more_parties_than_are_remembered_have_their_large_frames_taken),
    PARTS_TEST(a_reading_has_so_many_parties_and_the_next_begins_the_next),
    PARTS_TEST(a_clock_that_is_set_back_forgets),
};

TB_RUN("broker/parts", tests)

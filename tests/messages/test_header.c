#include "messages/header.h"

#include "tests/messages/bend.h"
#include "tests/messages/samples.h"
#include "tests/test.h"

static tb_refusal codec(tb_bytes in, tb_arena *arena, tb_bytes *out_again)
{
    tb_header header;
    tb_refusal refusal = tb_header_decode(in, arena, &header);

    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_header_encode(&header, arena, out_again));
    }
    return refusal;
}

static tb_bytes encoded(tb_arena *arena, size_t entries)
{
    tb_header header = sample_header(arena, entries, 2);
    tb_bytes bytes;

    assert_ok(tb_header_encode(&header, arena, &bytes));
    return bytes;
}

/* With the marks of an older incarnation. */
static tb_bytes encoded_first(tb_arena *arena)
{
    tb_header header = sample_header(arena, 1, 1);
    tb_old_mark marks[2] = {
        {sample_party("ct.33"), TB_LANE_URGENT, 4, sample_digest(0x22)},
        {sample_party("hq"), TB_LANE_BULK, 9, sample_digest(0x23)},
    };
    tb_bytes bytes;
    header.has_old = true;
    header.old_incarnation = sample_incarnation(2);
    header.old_marks = marks;
    header.old_mark_count = 2;

    assert_ok(tb_header_encode(&header, arena, &bytes));
    return bytes;
}

static void every_value_comes_back(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_header in = sample_header(arena, 3, 2);
    tb_header out;

    tb_bytes bytes = encoded(arena, 3);
    assert_int_equal(tb_header_decode(bytes, arena, &out), TB_ACCEPTED);

    assert_int_equal(out.suite, TB_SUITE_1);
    assert_true(tb_digest_equal(&out.hub, &in.hub));
    assert_string_equal(out.sender.text, "bureau.33");
    assert_int_equal(out.incarnation.counter, 3);
    assert_int_equal(out.notice, 2);
    assert_int_equal(out.lane, TB_LANE_NORMAL);
    assert_int_equal(out.kind, TB_NOTICE_CASEWORK);
    assert_int_equal(out.made, in.made);
    assert_int_equal(out.expires, in.expires);
    assert_memory_equal(&out.signing_key, &in.signing_key, sizeof in.signing_key);
    assert_memory_equal(&out.ephemeral, &in.ephemeral, sizeof in.ephemeral);
    assert_true(tb_digest_equal(&out.events, &in.events));
    assert_true(tb_digest_equal(&out.body, &in.body));
    assert_int_equal(out.entry_count, 3);
    assert_memory_equal(out.entries, in.entries, 3 * sizeof *in.entries);
    assert_false(out.has_old);
}

static void the_first_header_of_an_incarnation_names_the_old_marks(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_header out;

    assert_int_equal(tb_header_decode(encoded_first(arena), arena, &out), TB_ACCEPTED);

    assert_true(out.has_old);
    assert_int_equal(out.old_incarnation.counter, 2);
    assert_int_equal(out.old_mark_count, 2);
    assert_string_equal(out.old_marks[1].recipient.text, "hq");
    assert_int_equal(out.old_marks[1].number, 9);
}

static void an_entry_is_found_by_its_recipient(void **state)
{
    (void)state;
    tb_header header = sample_header(bend_arena(), 3, 2);
    tb_party hq = sample_party("hq");
    tb_party nobody = sample_party("nobody");

    assert_ptr_equal(tb_header_entry(&header, &hq), &header.entries[1]);
    assert_null(tb_header_entry(&header, &nobody));
}

static const tb_bend bends[] = {
    {"no suite", {1}, BEND_DROP, 0, NULL, TB_REFUSED_SUITE},
    {"suite 2", {1}, BEND_NUMBER, 2, NULL, TB_REFUSED_SUITE},
    {"no hub", {2}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"short hub", {2}, BEND_SIZE, 31, NULL, TB_REFUSED_MALFORMED},
    {"long hub", {2}, BEND_SIZE, 33, NULL, TB_REFUSED_MALFORMED},
    {"no sender", {3}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"sender in capitals", {3}, BEND_TEXT, 0, "Bureau", TB_REFUSED_MALFORMED},
    {"long sender", {3}, BEND_TEXT, 0, "aaaaaaaaaaaaaaaaaaaaaaaa", TB_REFUSED_MALFORMED},
    {"short incarnation", {4}, BEND_SIZE, 15, NULL, TB_REFUSED_MALFORMED},
    {"notice 0", {5}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"notice without a next", {5}, BEND_NUMBER, UINT64_MAX, NULL, TB_REFUSED_MALFORMED},
    {"lane 0", {6}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"lane 4", {6}, BEND_NUMBER, 4, NULL, TB_REFUSED_MALFORMED},
    {"kind 0", {7}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"kind 6", {7}, BEND_NUMBER, 6, NULL, TB_REFUSED_MALFORMED},
    {"made before 1970", {8}, BEND_NUMBER, UINT64_MAX, NULL, TB_REFUSED_MALFORMED},
    {"expires in year 10000", {9}, BEND_NUMBER, 253402300800000, NULL, TB_REFUSED_MALFORMED},
    {"directory 0", {10}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"no directory digest", {11}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"long key id", {12}, BEND_SIZE, 9, NULL, TB_REFUSED_MALFORMED},
    {"no ephemeral", {13}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"no events digest", {14}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"no body digest", {15}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"no entries", {16}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"a recipient twice", {16}, BEND_AGAIN, 0, NULL, TB_REFUSED_MALFORMED},
    {"recipients descending", {16}, BEND_SWAP, 0, NULL, TB_REFUSED_MALFORMED},
    {"65 entries", {16}, BEND_TIMES, 65, NULL, TB_REFUSED_TOO_LARGE},
    {"entry without recipient", {16, 1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"entry with short key id", {16, 2}, BEND_SIZE, 7, NULL, TB_REFUSED_MALFORMED},
    {"entry without number", {16, 3}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"entry without previous", {16, 4}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"unknown field", {1}, BEND_UNKNOWN, 0, NULL, TB_REFUSED_NOT_CANONICAL},
    {"unknown field in an entry", {16, 1}, BEND_UNKNOWN, 0, NULL, TB_REFUSED_NOT_CANONICAL},
    {"suite twice", {1}, BEND_AGAIN, 0, NULL, TB_REFUSED_NOT_CANONICAL},
    {"hub last", {2}, BEND_LAST, 0, NULL, TB_REFUSED_NOT_CANONICAL},
    {"suite in two bytes", {1}, BEND_LONG, 1, NULL, TB_REFUSED_NOT_CANONICAL},
    {"lane in two bytes", {6}, BEND_LONG, 2, NULL, TB_REFUSED_NOT_CANONICAL},
    {"an empty old incarnation", {17}, BEND_SIZE, 0, NULL, TB_REFUSED_NOT_CANONICAL},
    {"old incarnation cut", {17}, BEND_SIZE, 8, NULL, TB_REFUSED_MALFORMED},
    {"too large", {2}, BEND_SIZE, TB_HEADER_BYTES_MAX, NULL, TB_REFUSED_TOO_LARGE},
};

static const tb_bend old_bends[] = {
    {"marks of no incarnation", {17}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"257 old marks", {18}, BEND_TIMES, 257, NULL, TB_REFUSED_TOO_LARGE},
    {"old mark of nobody", {18, 1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"old mark in lane 9", {18, 2}, BEND_NUMBER, 9, NULL, TB_REFUSED_MALFORMED},
    {"old mark at 0", {18, 3}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"old mark without digest", {18, 4}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"unknown field in an old mark", {18, 1}, BEND_UNKNOWN, 0, NULL, TB_REFUSED_NOT_CANONICAL},
};

static void every_bent_field_is_refused(void **state)
{
    (void)state;
    check_refusals(encoded(bend_arena(), 3), bends, sizeof bends / sizeof bends[0], codec);
    check_refusals(encoded_first(bend_arena()), old_bends, sizeof old_bends / sizeof old_bends[0],
                   codec);
}

static void cut_short_or_flipped_it_is_refused_or_the_same(void **state)
{
    (void)state;
    check_truncated(encoded(bend_arena(), 2), codec, true);
    check_flipped(encoded(bend_arena(), 2), codec, true);
    check_each_field(encoded(bend_arena(), 2), codec, true);
    check_truncated(encoded_first(bend_arena()), codec, true);
}

static void hostile_bytes_cost_no_more_than_the_arena(void **state)
{
    (void)state;
    check_hostile(codec);
}

static void a_small_arena_refuses_instead_of_failing(void **state)
{
    (void)state;
    tb_bytes bytes = encoded(bend_arena(), 3);
    static uint8_t small[64 * 1024];

    for (size_t size = 0; size < sizeof small; size += 61) {
        tb_arena arena;
        tb_header header;
        tb_arena_init(&arena, small, size);
        tb_refusal refusal = tb_header_decode(bytes, &arena, &header);
        assert_true(refusal == TB_ACCEPTED || refusal == TB_REFUSED_TOO_LARGE);
        assert_true(refusal == TB_ACCEPTED || arena.used == 0);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_value_comes_back),
    cmocka_unit_test(the_first_header_of_an_incarnation_names_the_old_marks),
    cmocka_unit_test(an_entry_is_found_by_its_recipient),
    cmocka_unit_test(every_bent_field_is_refused),
    cmocka_unit_test(cut_short_or_flipped_it_is_refused_or_the_same),
    cmocka_unit_test(hostile_bytes_cost_no_more_than_the_arena),
    cmocka_unit_test(a_small_arena_refuses_instead_of_failing),
};

TB_RUN("messages/header", tests)

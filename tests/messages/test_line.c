#include "messages/line.h"

#include "tests/messages/bend.h"
#include "tests/messages/samples.h"
#include "tests/test.h"

static const tb_line_kind kinds[] = {TB_LINE_STORED, TB_LINE_ARRIVED, TB_LINE_REFUSED,
                                     TB_LINE_RESENT};

static tb_refusal codec(tb_bytes in, tb_arena *arena, tb_bytes *out_again)
{
    tb_line line;
    tb_refusal refusal = tb_line_decode(in, &line);

    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_line_encode(&line, arena, out_again));
    }
    return refusal;
}

static tb_refusal signed_codec(tb_bytes in, tb_arena *arena, tb_bytes *out_again)
{
    tb_signed_line line;
    tb_refusal refusal = tb_signed_line_decode(in, arena, &line);

    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_signed_line_encode(&line, arena, out_again));
    }
    return refusal;
}

static tb_bytes encoded(tb_arena *arena, tb_line_kind kind)
{
    tb_line line = sample_line(kind);
    tb_bytes bytes;

    assert_ok(tb_line_encode(&line, arena, &bytes));
    return bytes;
}

static tb_bytes encoded_signed(tb_arena *arena)
{
    tb_signed_line line = sample_signed_line(arena, TB_LINE_STORED);
    tb_bytes bytes;

    assert_ok(tb_signed_line_encode(&line, arena, &bytes));
    return bytes;
}

static void every_kind_comes_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        tb_line in = sample_line(kinds[i]);
        tb_line out;
        assert_int_equal(tb_line_decode(encoded(bend_arena(), kinds[i]), &out), TB_ACCEPTED);
        assert_int_equal(out.kind, in.kind);
        assert_true(tb_stream_equal(&out.stream, &in.stream));
        assert_int_equal(out.from, in.from);
        assert_int_equal(out.to, in.to);
        assert_true(tb_digest_equal(&out.digest, &in.digest));
        assert_int_equal(out.at, in.at);
        assert_int_equal(out.civil, in.civil);
        assert_int_equal(out.code, in.code);
        assert_true(tb_digest_equal(&out.event, &in.event));
    }
}

static const tb_bend bends[] = {
    {"no kind", {1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"kind 5", {1}, BEND_NUMBER, 5, NULL, TB_REFUSED_MALFORMED},
    {"no sender", {2}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"sender with a space", {2}, BEND_TEXT, 0, "bureau 33", TB_REFUSED_MALFORMED},
    {"long incarnation", {3}, BEND_SIZE, 17, NULL, TB_REFUSED_MALFORMED},
    {"no recipient", {4}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"lane 0", {5}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"lane 2^32 + 1", {5}, BEND_NUMBER, (UINT64_C(1) << 32) + 1, NULL, TB_REFUSED_NOT_CANONICAL},
    {"from behind to", {6}, BEND_NUMBER, 10, NULL, TB_REFUSED_MALFORMED},
    {"to without a next", {7}, BEND_NUMBER, UINT64_MAX, NULL, TB_REFUSED_MALFORMED},
    {"short digest", {8}, BEND_SIZE, 20, NULL, TB_REFUSED_MALFORMED},
    {"at before 1970", {9}, BEND_NUMBER, UINT64_MAX, NULL, TB_REFUSED_MALFORMED},
    {"civil before 1970", {10}, BEND_NUMBER, UINT64_MAX, NULL, TB_REFUSED_MALFORMED},
    {"stored with a code", {11}, BEND_NUMBER, 1, NULL, TB_REFUSED_MALFORMED},
    {"an unknown code", {11}, BEND_NUMBER, 9999, NULL, TB_REFUSED_MALFORMED},
    {"stored with an event", {12}, BEND_SIZE, 32, NULL, TB_REFUSED_MALFORMED},
    {"short event", {12}, BEND_SIZE, 3, NULL, TB_REFUSED_MALFORMED},
    {"zero event written out", {12}, BEND_ZEROS, 32, NULL, TB_REFUSED_NOT_CANONICAL},
    {"zero code written out", {11}, BEND_NUMBER, 0, NULL, TB_REFUSED_NOT_CANONICAL},
    {"unknown field", {1}, BEND_UNKNOWN, 0, NULL, TB_REFUSED_NOT_CANONICAL},
    {"kind last", {1}, BEND_LAST, 0, NULL, TB_REFUSED_NOT_CANONICAL},
    {"sender twice", {2}, BEND_AGAIN, 0, NULL, TB_REFUSED_NOT_CANONICAL},
    {"kind in two bytes", {1}, BEND_LONG, 1, NULL, TB_REFUSED_NOT_CANONICAL},
    {"257 bytes", {8}, BEND_SIZE, 257, NULL, TB_REFUSED_TOO_LARGE},
};

static const tb_bend arrived_bends[] = {
    {"arrived with from", {6}, BEND_NUMBER, 1, NULL, TB_REFUSED_MALFORMED},
    {"arrived with code", {11}, BEND_NUMBER, 1, NULL, TB_REFUSED_MALFORMED},
};

static const tb_bend refused_bends[] = {
    {"refused without number", {6}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"refused with to", {7}, BEND_NUMBER, 6, NULL, TB_REFUSED_MALFORMED},
    {"refused without code", {11}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
};

static void every_bent_field_is_refused(void **state)
{
    (void)state;
    check_refusals(encoded(bend_arena(), TB_LINE_STORED), bends, sizeof bends / sizeof bends[0],
                   codec);
    check_refusals(encoded(bend_arena(), TB_LINE_ARRIVED), arrived_bends,
                   sizeof arrived_bends / sizeof arrived_bends[0], codec);
    check_refusals(encoded(bend_arena(), TB_LINE_REFUSED), refused_bends,
                   sizeof refused_bends / sizeof refused_bends[0], codec);
}

static const tb_bend signed_bends[] = {
    {"no root", {1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"root of suite 2", {1, 1}, BEND_NUMBER, 2, NULL, TB_REFUSED_SUITE},
    {"root of headers", {1, 2}, BEND_NUMBER, 1, NULL, TB_REFUSED_MALFORMED},
    {"root without signer", {1, 3}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"root with short key id", {1, 4}, BEND_SIZE, 7, NULL, TB_REFUSED_MALFORMED},
    {"root with short incarnation", {1, 5}, BEND_SIZE, 15, NULL, TB_REFUSED_MALFORMED},
    {"root of no leaves", {1, 6}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"root of 8193 leaves", {1, 6}, BEND_NUMBER, 8193, NULL, TB_REFUSED_MALFORMED},
    {"root without digest", {1, 7}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"short signature", {1, 8}, BEND_SIZE, 63, NULL, TB_REFUSED_MALFORMED},
    {"index beyond the leaves", {2}, BEND_NUMBER, 3, NULL, TB_REFUSED_MALFORMED},
    {"14 steps", {3}, BEND_TIMES, 14, NULL, TB_REFUSED_MALFORMED},
    {"short step", {3}, BEND_SIZE, 31, NULL, TB_REFUSED_MALFORMED},
    {"no line", {4}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"line with unknown field", {4, 1}, BEND_UNKNOWN, 0, NULL, TB_REFUSED_NOT_CANONICAL},
    {"too large", {4}, BEND_SIZE, 1024, NULL, TB_REFUSED_TOO_LARGE},
};

static void a_bent_signed_line_is_refused(void **state)
{
    (void)state;
    check_refusals(encoded_signed(bend_arena()), signed_bends,
                   sizeof signed_bends / sizeof signed_bends[0], signed_codec);
}

static void cut_short_or_flipped_it_is_refused_or_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        check_truncated(encoded(bend_arena(), kinds[i]), codec, true);
        check_flipped(encoded(bend_arena(), kinds[i]), codec, true);
        check_each_field(encoded(bend_arena(), kinds[i]), codec, true);
    }
    check_truncated(encoded_signed(bend_arena()), signed_codec, false);
    check_flipped(encoded_signed(bend_arena()), signed_codec, false);
    check_each_field(encoded_signed(bend_arena()), signed_codec, false);
}

static void hostile_bytes_cost_no_more_than_the_arena(void **state)
{
    (void)state;
    check_hostile(codec);
    check_hostile(signed_codec);
}

static void a_line_of_largest_values_fits_its_bound(void **state)
{
    (void)state;
    tb_line line = sample_line(TB_LINE_STORED);
    tb_line out;
    tb_bytes bytes;
    line.stream.sender = sample_party("aaaaaaaaaaaaaaaaaaaaaaa");
    line.stream.recipient = sample_party("bbbbbbbbbbbbbbbbbbbbbbb");
    line.from = INT64_MAX;
    line.to = INT64_MAX;
    line.at = INT64_C(253402300799999);
    line.civil = INT64_C(253402300799999);

    assert_ok(tb_line_encode(&line, bend_arena(), &bytes));
    assert_int_equal(tb_line_decode(bytes, &out), TB_ACCEPTED);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_kind_comes_back),
    cmocka_unit_test(every_bent_field_is_refused),
    cmocka_unit_test(a_bent_signed_line_is_refused),
    cmocka_unit_test(cut_short_or_flipped_it_is_refused_or_the_same),
    cmocka_unit_test(hostile_bytes_cost_no_more_than_the_arena),
    cmocka_unit_test(a_line_of_largest_values_fits_its_bound),
};

TB_RUN("messages/line", tests)

#include "messages/parts.h"

#include "tests/messages/bend.h"
#include "tests/messages/samples.h"
#include "tests/test.h"

static tb_refusal events_codec(tb_bytes in, tb_arena *arena, tb_bytes *out_again)
{
    tb_bytes *events = NULL;
    size_t count = 0;
    tb_refusal refusal = tb_part_events_decode(in, arena, &events, &count);

    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_part_events_encode(events, count, arena, out_again));
    }
    return refusal;
}

static tb_refusal openings_codec(tb_bytes in, tb_arena *arena, tb_bytes *out_again)
{
    tb_opening *openings = NULL;
    size_t count = 0;
    tb_refusal refusal = tb_part_openings_decode(in, arena, &openings, &count);

    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_part_openings_encode(openings, count, arena, out_again));
    }
    return refusal;
}

static tb_refusal passed_codec(tb_bytes in, tb_arena *arena, tb_bytes *out_again)
{
    tb_passed *passed = NULL;
    size_t count = 0;
    tb_refusal refusal = tb_part_passed_decode(in, arena, &passed, &count);

    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_part_passed_encode(passed, count, arena, out_again));
    }
    return refusal;
}

static tb_refusal resend_codec(tb_bytes in, tb_arena *arena, tb_bytes *out_again)
{
    tb_resend resend;
    tb_refusal refusal = tb_resend_decode(in, arena, &resend);

    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_resend_encode(&resend, arena, out_again));
    }
    return refusal;
}

static tb_bytes encoded_events(tb_arena *arena)
{
    tb_event event = sample_event(arena);
    tb_bytes events[2] = {{NULL, 0}, tb_bytes_str("another")};
    tb_bytes bytes;
    assert_ok(tb_event_encode(&event, arena, &events[0]));

    assert_ok(tb_part_events_encode(events, 2, arena, &bytes));
    return bytes;
}

static tb_bytes encoded_openings(tb_arena *arena)
{
    tb_opening openings[2] = {
        {sample_digest(1), tb_bytes_str("number"), {7}, tb_bytes_str("content")},
        {sample_digest(2), tb_bytes_str("police"), {8}, tb_bytes_of(NULL, 0)},
    };
    tb_bytes bytes;

    assert_ok(tb_part_openings_encode(openings, 2, arena, &bytes));
    return bytes;
}

static tb_bytes encoded_passed(tb_arena *arena)
{
    tb_digest id = sample_digest(1);
    tb_opening opening = {id, tb_bytes_str("number"), {7}, tb_bytes_str("content")};
    tb_group group = sample_group(arena, 1, 1, false);
    tb_passed passed[2] = {{
        .event = tb_bytes_str("event"),
        .header = group.items[0].header_bytes,
        .ids = &id,
        .id_count = 1,
        .root = group.root,
        .path = group.siblings,
        .path_count = group.sibling_count,
        .openings = &opening,
        .opening_count = 1,
    }};
    tb_bytes bytes;
    passed[1] = passed[0];
    passed[1].opening_count = 0;

    assert_ok(tb_part_passed_encode(passed, 2, arena, &bytes));
    return bytes;
}

static tb_bytes encoded_resend(tb_arena *arena)
{
    tb_stream_at from[1] = {{{.sender = sample_party("ct.33"),
                              .incarnation = {1, {9}},
                              .recipient = sample_party("hq"),
                              .lane = TB_LANE_BULK},
                             7,
                             sample_digest(6)}};
    tb_resend resend = {.event = sample_digest(4), .from = from, .from_count = 1, .to = 12};
    tb_bytes bytes;
    memset(resend.case_id.bytes, 5, sizeof resend.case_id);

    assert_ok(tb_resend_encode(&resend, arena, &bytes));
    return bytes;
}

static void parts_come_back_in_their_order(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_bytes *events = NULL;
    tb_opening *openings = NULL;
    tb_passed *passed = NULL;
    size_t count = 0;

    assert_int_equal(tb_part_events_decode(encoded_events(arena), arena, &events, &count), 0);
    assert_int_equal(count, 2);
    assert_true(tb_bytes_equal(events[1], tb_bytes_str("another")));

    assert_int_equal(tb_part_openings_decode(encoded_openings(arena), arena, &openings, &count), 0);
    assert_int_equal(count, 2);
    assert_int_equal(openings[0].random[0], 7);
    assert_true(tb_bytes_equal(openings[1].group, tb_bytes_str("police")));

    assert_int_equal(tb_part_passed_decode(encoded_passed(arena), arena, &passed, &count), 0);
    assert_int_equal(count, 2);
    assert_int_equal(passed[0].opening_count, 1);
    assert_int_equal(passed[1].opening_count, 0);
    assert_string_equal(passed[1].root.signer.text, "bureau.33");
}

static void a_resend_may_name_everything_or_one_event(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_resend all = {.to = 0};
    tb_resend out;
    tb_bytes bytes;

    assert_ok(tb_resend_encode(&all, arena, &bytes));
    assert_int_equal(bytes.size, 0);
    assert_int_equal(tb_resend_decode(bytes, arena, &out), TB_ACCEPTED);
    assert_true(tb_case_zero(&out.case_id));
    assert_int_equal(tb_resend_decode(encoded_resend(arena), arena, &out), TB_ACCEPTED);
    assert_int_equal(out.to, 12);
    assert_int_equal(out.from[0].stream.lane, TB_LANE_BULK);
    assert_int_equal(out.from[0].number, 7);
    assert_false(out.ask);
    /* An ask and the end of an answer are two things. */
    all = (tb_resend){.ask = true, .to = 12};
    assert_ok(tb_resend_encode(&all, arena, &bytes));
    assert_int_equal(tb_resend_decode(bytes, arena, &out), TB_REFUSED_MALFORMED);
}

static const tb_bend events_bends[] = {
    {"an empty event", {1}, BEND_SIZE, 0, NULL, TB_REFUSED_MALFORMED},
    {"a large event", {1}, BEND_SIZE, TB_EVENT_BYTES_MAX + 1, NULL, TB_REFUSED_MALFORMED},
    {"65 events", {1}, BEND_TIMES, 65, NULL, TB_REFUSED_TOO_LARGE},
    {"too large", {1}, BEND_SIZE, TB_BODY_BYTES_MAX, NULL, TB_REFUSED_TOO_LARGE},
};

static const tb_bend openings_bends[] = {
    {"of no event", {1, 1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"of no group", {1, 2}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"without random", {1, 3}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"1025 openings", {1}, BEND_TIMES, 1025, NULL, TB_REFUSED_TOO_LARGE},
    {"too large", {1, 4}, BEND_SIZE, TB_BODY_BYTES_MAX, NULL, TB_REFUSED_TOO_LARGE},
};

static const tb_bend passed_bends[] = {
    {"of no event", {1, 1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"opening of no event", {1, 8, 1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"65 passed", {1}, BEND_TIMES, 65, NULL, TB_REFUSED_TOO_LARGE},
};

static const tb_bend resend_bends[] = {
    {"short case", {1}, BEND_SIZE, 15, NULL, TB_REFUSED_MALFORMED},
    {"long event", {2}, BEND_SIZE, 33, NULL, TB_REFUSED_MALFORMED},
    {"from nobody", {3, 1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"from a short stream", {3, 1}, BEND_SIZE, 64, NULL, TB_REFUSED_MALFORMED},
    {"from beyond all numbers", {3, 2}, BEND_NUMBER, UINT64_MAX, NULL, TB_REFUSED_MALFORMED},
    {"from a short digest", {3, 3}, BEND_SIZE, 31, NULL, TB_REFUSED_MALFORMED},
    {"257 streams", {3}, BEND_TIMES, 257, NULL, TB_REFUSED_TOO_LARGE},
    {"to beyond all numbers", {4}, BEND_NUMBER, UINT64_MAX, NULL, TB_REFUSED_MALFORMED},
    {"too large", {2}, BEND_SIZE, TB_BODY_BYTES_MAX, NULL, TB_REFUSED_TOO_LARGE},
};

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

static void every_bent_field_is_refused(void **state)
{
    (void)state;
    check_refusals(encoded_events(bend_arena()), events_bends, COUNT(events_bends), events_codec);
    check_refusals(encoded_openings(bend_arena()), openings_bends, COUNT(openings_bends),
                   openings_codec);
    check_refusals(encoded_passed(bend_arena()), passed_bends, COUNT(passed_bends), passed_codec);
    check_refusals(encoded_resend(bend_arena()), resend_bends, COUNT(resend_bends), resend_codec);
}

static void cut_short_or_flipped_it_is_refused_or_stays_what_it_is(void **state)
{
    (void)state;
    check_truncated(encoded_events(bend_arena()), events_codec, false);
    check_flipped(encoded_events(bend_arena()), events_codec, false);
    check_each_field(encoded_events(bend_arena()), events_codec, false);
    check_truncated(encoded_openings(bend_arena()), openings_codec, false);
    check_flipped(encoded_openings(bend_arena()), openings_codec, false);
    check_each_field(encoded_openings(bend_arena()), openings_codec, false);
    check_truncated(encoded_passed(bend_arena()), passed_codec, false);
    check_flipped(encoded_passed(bend_arena()), passed_codec, false);
    check_each_field(encoded_passed(bend_arena()), passed_codec, false);
    check_truncated(encoded_resend(bend_arena()), resend_codec, false);
    check_flipped(encoded_resend(bend_arena()), resend_codec, false);
    check_each_field(encoded_resend(bend_arena()), resend_codec, false);
}

static void hostile_bytes_cost_no_more_than_the_arena(void **state)
{
    (void)state;
    check_hostile(events_codec);
    check_hostile(openings_codec);
    check_hostile(passed_codec);
    check_hostile(resend_codec);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(parts_come_back_in_their_order),
    cmocka_unit_test(a_resend_may_name_everything_or_one_event),
    cmocka_unit_test(every_bent_field_is_refused),
    cmocka_unit_test(cut_short_or_flipped_it_is_refused_or_stays_what_it_is),
    cmocka_unit_test(hostile_bytes_cost_no_more_than_the_arena),
};

TB_RUN("messages/parts", tests)

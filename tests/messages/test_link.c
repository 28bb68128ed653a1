#include "messages/link.h"

#include "tests/messages/bend.h"
#include "tests/messages/samples.h"
#include "tests/test.h"

static tb_refusal codec(tb_bytes in, tb_arena *arena, tb_bytes *out_again)
{
    tb_frame frame;
    tb_refusal refusal = tb_frame_decode(in, arena, &frame);

    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_frame_encode(&frame, arena, out_again));
    }
    return refusal;
}

static tb_refusal group_codec(tb_bytes in, tb_arena *arena, tb_bytes *out_again)
{
    tb_group group;
    tb_refusal refusal = tb_group_decode(in, arena, &group);

    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_group_encode(&group, arena, out_again));
    }
    return refusal;
}

static tb_bytes encoded(tb_arena *arena, tb_frame_kind kind)
{
    tb_frame frame = sample_frame(arena, kind);
    tb_bytes bytes;

    assert_ok(tb_frame_encode(&frame, arena, &bytes));
    return bytes;
}

/* Three items, the middle one a filler. */
static tb_bytes encoded_group(tb_arena *arena)
{
    tb_group group = sample_group(arena, 3, 1, true);
    tb_signed_line refusal = sample_signed_line(arena, TB_LINE_REFUSED);
    tb_bytes bytes;
    refusal.line.from = 2;
    refusal.line.digest = group.items[1].digest;
    assert_ok(tb_line_encode(&refusal.line, arena, &refusal.encoded));
    group.items[1].refusal = &refusal;
    group.items[1].body = tb_bytes_of(NULL, 0);

    assert_ok(tb_group_encode(&group, arena, &bytes));
    return bytes;
}

static void every_kind_of_frame_comes_back(void **state)
{
    (void)state;
    for (uint32_t kind = TB_FRAME_HELLO; kind <= TB_FRAME_BYE; kind++) {
        tb_arena *arena = bend_arena();
        tb_bytes bytes = encoded(arena, (tb_frame_kind)kind);
        tb_frame frame;
        check_round_trip(bytes, codec);
        assert_int_equal(tb_frame_decode(bytes, arena, &frame), TB_ACCEPTED);
        assert_int_equal(frame.kind, kind);
        assert_int_equal(frame.protocol, TB_PROTOCOL);
        assert_int_equal(frame.civil, SAMPLE_TIME);
    }
}

static void a_hello_says_where_its_agent_stands(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_frame frame;

    assert_int_equal(tb_frame_decode(encoded(arena, TB_FRAME_HELLO), arena, &frame), TB_ACCEPTED);

    const tb_hello *hello = &frame.hello;
    assert_string_equal(hello->party.text, "bureau.33");
    assert_int_equal(hello->incarnation.counter, 3);
    assert_int_equal(hello->document_count, 1);
    assert_int_equal(hello->documents[0].version, 3);
    assert_int_equal(hello->arrived_count, 1);
    assert_int_equal(hello->arrived[0].line.to, 9);
    assert_int_equal(hello->taken_count, 1);
    assert_string_equal(hello->taken[0].stream.recipient.text, "ct.33");
    assert_int_equal(hello->taken[0].stream.lane, TB_LANE_NORMAL);
    assert_int_equal(hello->taken[0].number, 4);
}

static void a_submit_gives_items_with_decoded_headers_and_digests(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_frame frame;

    assert_int_equal(tb_frame_decode(encoded(arena, TB_FRAME_SUBMIT), arena, &frame), TB_ACCEPTED);

    assert_int_equal(frame.carry.group_count, 2);
    const tb_group *group = &frame.carry.groups[0];
    assert_int_equal(group->item_count, 2);
    assert_int_equal(tb_group_number(group, 0), 1);
    assert_int_equal(tb_group_number(group, 1), 2);
    assert_string_equal(tb_group_stream(group).sender.text, "bureau.33");
    tb_digest digest = tb_header_digest(group->items[1].header_bytes);
    assert_true(tb_digest_equal(&group->items[1].digest, &digest));
    assert_true(tb_bytes_equal(group->items[1].body, tb_bytes_str("body")));
    assert_null(group->items[1].refusal);
    assert_false(group->has_stamp);
    assert_int_equal(frame.carry.groups[1].items[0].body.size, 0);
    assert_int_equal(frame.carry.body_count, 1);
    assert_true(tb_bytes_equal(frame.carry.bodies[0].body, tb_bytes_str("body")));
}

static void what_was_decoded_still_verifies(void **state)
{
    (void)state;
    static tb_root_cache cache;
    tb_arena *arena = bend_arena();
    tb_sign_pair sender = sample_sign_pair(1);
    tb_sign_pair hub_pair = sample_sign_pair(9);
    tb_digest hub = sample_digest(0x11);
    tb_frame frame;

    assert_int_equal(tb_frame_decode(encoded(arena, TB_FRAME_DELIVER), arena, &frame), TB_ACCEPTED);

    for (size_t i = 0; i < frame.carry.group_count; i++) {
        const tb_group *group = &frame.carry.groups[i];
        assert_int_equal(tb_group_verify(group, &hub, &sender.public_key, &cache, arena),
                         TB_ACCEPTED);
        assert_true(group->has_stamp);
        assert_int_equal(tb_signed_line_verify(&group->stamp, &hub, &hub_pair.public_key, &cache),
                         TB_ACCEPTED);
    }
}

static void a_filler_stands_without_body_and_says_why(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_group group;

    tb_bytes bytes = encoded_group(arena);
    assert_int_equal(tb_group_decode(bytes, arena, &group), TB_ACCEPTED);

    assert_non_null(group.items[1].refusal);
    assert_int_equal(group.items[1].refusal->line.code, TB_REFUSED_CANNOT_OPEN);
    assert_int_equal(group.items[1].body.size, 0);
    assert_null(group.items[2].refusal);
}

static const tb_bend frame_bends[] = {
    {"no protocol", {1}, BEND_DROP, 0, NULL, TB_REFUSED_PROTOCOL},
    {"no hub", {2}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"civil before 1970", {3}, BEND_NUMBER, UINT64_MAX, NULL, TB_REFUSED_MALFORMED},
    {"nothing inside", {21}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"bye with unknown code", {21, 1}, BEND_NUMBER, 9999, NULL, TB_REFUSED_MALFORMED},
    {"bye with long reason", {21, 2}, BEND_SIZE, 1025, NULL, TB_REFUSED_MALFORMED},
    {"bye with controls", {21, 2}, BEND_TEXT, 0, "\x1b[2J", TB_REFUSED_MALFORMED},
    {"too large", {21, 2}, BEND_SIZE, TB_FRAME_BYTES_MAX, NULL, TB_REFUSED_TOO_LARGE},
};

static const tb_bend hello_bends[] = {
    {"no party", {10, 1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"no incarnation", {10, 2}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"protocols from 0", {10, 3}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"protocols backwards", {10, 3}, BEND_NUMBER, 2, NULL, TB_REFUSED_MALFORMED},
    {"document of kind 4", {10, 5, 1}, BEND_NUMBER, 4, NULL, TB_REFUSED_MALFORMED},
    {"document without name", {10, 5, 2}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"document version 0", {10, 5, 3}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"document without digest", {10, 5, 4}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"65 documents", {10, 5}, BEND_TIMES, 65, NULL, TB_REFUSED_TOO_LARGE},
    {"line without root", {10, 6, 1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"short stream", {10, 7, 1}, BEND_SIZE, 64, NULL, TB_REFUSED_MALFORMED},
    {"stream of ones", {10, 7, 1}, BEND_SIZE, 65, NULL, TB_REFUSED_MALFORMED},
    {"stream of zeros", {10, 7, 1}, BEND_ZEROS, 65, NULL, TB_REFUSED_MALFORMED},
    {"stream at 0", {10, 7, 2}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"stream without digest", {10, 7, 3}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
};

static const tb_bend welcome_bends[] = {
    {"no protocol", {11, 1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"no hub incarnation", {11, 2}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"stored without line", {11, 4, 4}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"closed to nobody", {11, 7}, BEND_SIZE, 0, NULL, TB_REFUSED_MALFORMED},
    {"refused for nothing", {11, 8, 2}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
};

static const tb_bend submit_bends[] = {
    {"no groups", {12, 1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"1025 groups", {12, 1}, BEND_TIMES, 1025, NULL, TB_REFUSED_TOO_LARGE},
    {"body of nobody", {12, 2, 1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"body without incarnation", {12, 2, 2}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"body of no notice", {12, 2, 3}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"no body in the body", {12, 2, 4}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"large body", {12, 2, 4}, BEND_SIZE, TB_BODY_BYTES_MAX + 1, NULL, TB_REFUSED_MALFORMED},
};

static const tb_bend deliver_bends[] = {
    {"no stamp", {14, 1, 7}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"stamp without line", {14, 1, 7, 4}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
};

static const tb_bend refused_bends[] = {
    {"no code", {16, 2}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"unknown code", {16, 2}, BEND_NUMBER, 99, NULL, TB_REFUSED_MALFORMED},
    {"large header", {16, 3}, BEND_SIZE, TB_HEADER_BYTES_MAX + 1, NULL, TB_REFUSED_MALFORMED},
    {"reason no UTF-8", {16, 4}, BEND_TEXT, 0, "\xFF", TB_REFUSED_MALFORMED},
};

static const tb_bend document_bends[] = {
    {"kind 0", {19, 1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"no name", {19, 2}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"no content", {19, 4}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
};

static const tb_bend share_bends[] = {
    {"closed to nobody", {17, 1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
};

static void every_bent_frame_is_refused(void **state)
{
    (void)state;
#define CHECK(kind, rows)                                                                          \
    check_refusals(encoded(bend_arena(), kind), rows, sizeof rows / sizeof rows[0], codec)
    CHECK(TB_FRAME_BYE, frame_bends);
    CHECK(TB_FRAME_HELLO, hello_bends);
    CHECK(TB_FRAME_WELCOME, welcome_bends);
    CHECK(TB_FRAME_SUBMIT, submit_bends);
    CHECK(TB_FRAME_DELIVER, deliver_bends);
    CHECK(TB_FRAME_REFUSED, refused_bends);
    CHECK(TB_FRAME_DOCUMENT, document_bends);
    CHECK(TB_FRAME_CLOSED, share_bends);
#undef CHECK
}

static const tb_bend group_bends[] = {
    {"no recipient", {1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"another recipient", {1}, BEND_TEXT, 0, "hq", TB_REFUSED_MALFORMED},
    {"another lane", {2}, BEND_NUMBER, 1, NULL, TB_REFUSED_MALFORMED},
    {"lane 4", {2}, BEND_NUMBER, 4, NULL, TB_REFUSED_MALFORMED},
    {"no root", {3}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"root of lines", {3, 2}, BEND_NUMBER, 2, NULL, TB_REFUSED_MALFORMED},
    {"root of one leaf", {3, 6}, BEND_NUMBER, 1, NULL, TB_REFUSED_MALFORMED},
    {"no indexes", {4}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"an index too many", {4}, BEND_TEXT, 0, "\x01\x02\x03\x04", TB_REFUSED_MALFORMED},
    {"an index twice", {4}, BEND_TEXT, 0, "\x01\x01\x03", TB_REFUSED_MALFORMED},
    {"indexes descending", {4}, BEND_TEXT, 0, "\x03\x02\x01", TB_REFUSED_MALFORMED},
    {"an index beyond the leaves", {4}, BEND_TEXT, 0, "\x01\x02\x04", TB_REFUSED_MALFORMED},
    {"short sibling", {5}, BEND_SIZE, 31, NULL, TB_REFUSED_MALFORMED},
    {"no items", {6}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"items in another order", {6}, BEND_SWAP, 0, NULL, TB_REFUSED_MALFORMED},
    {"item without header", {6, 1}, BEND_DROP, 0, NULL, TB_REFUSED_SUITE},
    {"item with bent header", {6, 1, 1}, BEND_NUMBER, 2, NULL, TB_REFUSED_SUITE},
    {"header not canonical", {6, 1, 1}, BEND_UNKNOWN, 0, NULL, TB_REFUSED_NOT_CANONICAL},
    {"item without body", {6, 2}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"large body", {6, 2}, BEND_SIZE, TB_BODY_BYTES_MAX + 1, NULL, TB_REFUSED_TOO_LARGE},
    {"stamp of another stream", {7, 4, 4}, BEND_TEXT, 0, "hq", TB_REFUSED_MALFORMED},
    {"stamp that is no stored line", {7, 4, 1}, BEND_NUMBER, 2, NULL, TB_REFUSED_MALFORMED},
};

/* With the filler as the first item. */
static const tb_bend filler_bends[] = {
    {"filler with body", {6, 2}, BEND_TEXT, 0, "body", TB_REFUSED_MALFORMED},
    {"filler of another number", {6, 3, 4, 6}, BEND_NUMBER, 3, NULL, TB_REFUSED_MALFORMED},
    {"filler of another header", {6, 3, 4, 8}, BEND_SIZE, 32, NULL, TB_REFUSED_MALFORMED},
    {"filler of another stream", {6, 3, 4, 4}, BEND_TEXT, 0, "hq", TB_REFUSED_MALFORMED},
    {"filler without reason", {6, 3, 4, 11}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
};

static tb_bytes encoded_filler(tb_arena *arena)
{
    tb_group group = sample_group(arena, 1, 1, false);
    tb_signed_line refusal = sample_signed_line(arena, TB_LINE_REFUSED);
    tb_bytes bytes;
    refusal.line.from = 1;
    refusal.line.digest = group.items[0].digest;
    assert_ok(tb_line_encode(&refusal.line, arena, &refusal.encoded));
    group.items[0].refusal = &refusal;

    assert_ok(tb_group_encode(&group, arena, &bytes));
    return bytes;
}

static void every_bent_group_is_refused(void **state)
{
    (void)state;
    check_refusals(encoded_group(bend_arena()), group_bends,
                   sizeof group_bends / sizeof group_bends[0], group_codec);
    check_refusals(encoded_filler(bend_arena()), filler_bends,
                   sizeof filler_bends / sizeof filler_bends[0], group_codec);
}

static void a_notice_to_several_has_no_body_inside_its_group(void **state)
{
    (void)state;
    static const tb_bend inside = {"body inside",       {6, 2}, BEND_TEXT, 0, "body",
                                   TB_REFUSED_MALFORMED};
    tb_arena *arena = bend_arena();
    tb_group group = sample_group(arena, 1, 2, false);
    tb_bytes bytes;

    assert_ok(tb_group_encode(&group, arena, &bytes));
    check_refusals(bytes, &inside, 1, group_codec);
}

static void cut_short_or_flipped_it_is_refused_or_stays_what_it_is(void **state)
{
    (void)state;
    for (uint32_t kind = TB_FRAME_HELLO; kind <= TB_FRAME_BYE; kind++) {
        check_truncated(encoded(bend_arena(), (tb_frame_kind)kind), codec, false);
        check_flipped(encoded(bend_arena(), (tb_frame_kind)kind), codec, false);
        check_each_field(encoded(bend_arena(), (tb_frame_kind)kind), codec, false);
    }
    check_truncated(encoded_group(bend_arena()), group_codec, false);
    check_flipped(encoded_group(bend_arena()), group_codec, false);
    check_each_field(encoded_group(bend_arena()), group_codec, false);
}

static void hostile_bytes_cost_no_more_than_the_arena(void **state)
{
    (void)state;
    check_hostile(codec);
    check_hostile(group_codec);
}

static void a_frame_above_the_bound_is_not_made(void **state)
{
    (void)state;
    static uint8_t large[TB_FRAME_BYTES_MAX];
    tb_arena *arena = bend_arena();
    tb_frame frame = sample_frame(arena, TB_FRAME_BYE);
    tb_bytes bytes = {NULL, 7};
    size_t mark = tb_arena_mark(arena);
    frame.bye.reason = tb_bytes_of(large, sizeof large);

    assert_int_equal(tb_frame_encode(&frame, arena, &bytes), TB_ERR_LIMIT);
    assert_int_equal(bytes.size, 7);
    assert_int_equal(tb_arena_mark(arena), mark);
}

static void a_full_group_round_trips_and_a_larger_one_is_refused(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_group group = sample_group(arena, TB_GROUP_ITEMS_MAX, 1, false);
    tb_bytes bytes;
    tb_group out;
    static const tb_bend more = {"1025 items", {6}, BEND_TIMES, 1025, NULL, TB_REFUSED_TOO_LARGE};

    assert_ok(tb_group_encode(&group, arena, &bytes));
    assert_int_equal(tb_group_decode(bytes, arena, &out), TB_ACCEPTED);
    assert_int_equal(out.item_count, TB_GROUP_ITEMS_MAX);
    assert_int_equal(tb_group_decode(bend(bytes, &more, arena), arena, &out), more.expect);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_kind_of_frame_comes_back),
    cmocka_unit_test(a_hello_says_where_its_agent_stands),
    cmocka_unit_test(a_submit_gives_items_with_decoded_headers_and_digests),
    cmocka_unit_test(what_was_decoded_still_verifies),
    cmocka_unit_test(a_filler_stands_without_body_and_says_why),
    cmocka_unit_test(every_bent_frame_is_refused),
    cmocka_unit_test(every_bent_group_is_refused),
    cmocka_unit_test(a_notice_to_several_has_no_body_inside_its_group),
    cmocka_unit_test(cut_short_or_flipped_it_is_refused_or_stays_what_it_is),
    cmocka_unit_test(hostile_bytes_cost_no_more_than_the_arena),
    cmocka_unit_test(a_frame_above_the_bound_is_not_made),
    cmocka_unit_test(a_full_group_round_trips_and_a_larger_one_is_refused),
};

TB_RUN("messages/link", tests)

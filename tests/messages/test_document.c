#include "messages/document.h"

#include "base/limits.h"
#include "tests/messages/bend.h"
#include "tests/messages/samples.h"
#include "tests/test.h"

static tb_refusal codec(tb_bytes in, tb_arena *arena, tb_bytes *out_again)
{
    tb_document document;
    tb_refusal refusal = tb_document_decode(in, arena, &document);

    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_document_encode(&document, arena, out_again));
    }
    return refusal;
}

static tb_bytes encoded(tb_arena *arena)
{
    tb_frame frame = sample_frame(arena, TB_FRAME_DOCUMENT);
    tb_bytes bytes;

    assert_ok(tb_document_encode(&frame.document, arena, &bytes));
    return bytes;
}

static void every_value_comes_back(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_frame frame = sample_frame(arena, TB_FRAME_DOCUMENT);
    tb_document out;

    assert_int_equal(tb_document_decode(encoded(arena), arena, &out), TB_ACCEPTED);

    assert_int_equal(out.kind, TB_DOCUMENT_CAMPAIGN);
    assert_true(tb_bytes_equal(out.name, frame.document.name));
    assert_int_equal(out.version, 3);
    assert_true(tb_bytes_equal(out.content, frame.document.content));
    assert_memory_equal(&out.signer_key, &frame.document.signer_key, sizeof out.signer_key);
    assert_memory_equal(out.signature, frame.document.signature, sizeof out.signature);
}

static const tb_bend bends[] = {
    {"no kind", {1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"kind 4", {1}, BEND_NUMBER, 4, NULL, TB_REFUSED_MALFORMED},
    {"no name", {2}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"a path as name", {2}, BEND_TEXT, 0, "../etc/passwd", TB_REFUSED_MALFORMED},
    {"version 0", {3}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"no content", {4}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"large content", {4}, BEND_SIZE, TB_DOCUMENT_BYTES_MAX + 1, NULL, TB_REFUSED_TOO_LARGE},
    {"no signer", {5}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"short signature", {6}, BEND_SIZE, 63, NULL, TB_REFUSED_MALFORMED},
    {"too large", {4}, BEND_SIZE, TB_FRAME_BYTES_MAX, NULL, TB_REFUSED_TOO_LARGE},
};

static void every_bent_field_is_refused(void **state)
{
    (void)state;
    check_refusals(encoded(bend_arena()), bends, sizeof bends / sizeof bends[0], codec);
}

static void cut_short_or_flipped_it_is_refused_or_stays_what_it_is(void **state)
{
    (void)state;
    check_truncated(encoded(bend_arena()), codec, false);
    check_flipped(encoded(bend_arena()), codec, false);
    check_each_field(encoded(bend_arena()), codec, false);
    check_hostile(codec);
}

static void content_above_the_bound_is_not_encoded(void **state)
{
    (void)state;
    static uint8_t large[TB_DOCUMENT_BYTES_MAX + 1];
    tb_arena *arena = bend_arena();
    tb_frame frame = sample_frame(arena, TB_FRAME_DOCUMENT);
    tb_bytes bytes;

    frame.document.content = tb_bytes_of(large, sizeof large);
    assert_int_equal(tb_document_encode(&frame.document, arena, &bytes), TB_ERR_LIMIT);
    frame.document.content.size--;
    assert_ok(tb_document_encode(&frame.document, arena, &bytes));
    assert_ok(tb_frame_encode(&frame, arena, &bytes));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_value_comes_back),
    cmocka_unit_test(every_bent_field_is_refused),
    cmocka_unit_test(cut_short_or_flipped_it_is_refused_or_stays_what_it_is),
    cmocka_unit_test(content_above_the_bound_is_not_encoded),
};

TB_RUN("messages/document", tests)

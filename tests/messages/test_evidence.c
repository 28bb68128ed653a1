#include "messages/evidence.h"

#include "base/limits.h"
#include "tests/messages/bend.h"
#include "tests/messages/samples.h"
#include "tests/test.h"

static tb_evidence_page sample_page(tb_bytes *items)
{
    tb_evidence_page page = {.hub = sample_digest(1),
                             .maker = sample_party("bureau.33"),
                             .report = true,
                             .number = 2,
                             .previous = sample_digest(2),
                             .last = true,
                             .made = SAMPLE_TIME,
                             .documents = items,
                             .document_count = 1,
                             .passed = items + 1,
                             .passed_count = 2,
                             .lines = items,
                             .line_count = 1};
    memset(page.subject.bytes, 0x41, sizeof page.subject.bytes);
    return page;
}

static tb_bytes sample_file(tb_arena *arena)
{
    tb_sign_pair pair = sample_sign_pair(1);
    tb_bytes items[] = {tb_bytes_str("one"), tb_bytes_str("two"), tb_bytes_str("three")};
    tb_evidence_page page = sample_page(items);
    tb_bytes packed;
    assert_ok(tb_evidence_page_encode(&page, &pair, arena, &packed));
    return packed;
}

static void every_value_comes_back_and_the_signature_covers_all_of_it(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_sign_pair pair = sample_sign_pair(1);
    tb_sign_pair other = sample_sign_pair(2);
    tb_evidence_page out;
    assert_int_equal(tb_evidence_page_decode(sample_file(arena), arena, &out), TB_ACCEPTED);
    assert_string_equal(out.maker.text, "bureau.33");
    assert_int_equal(out.number, 2);
    assert_true(out.report && out.last);
    assert_int_equal(out.made, SAMPLE_TIME);
    assert_int_equal(out.document_count, 1);
    assert_int_equal(out.passed_count, 2);
    assert_true(tb_bytes_equal(out.passed[1], tb_bytes_str("three")));
    assert_int_equal(out.line_count, 1);
    assert_true(tb_evidence_page_verify(&out, &pair.public_key));
    assert_false(tb_evidence_page_verify(&out, &other.public_key));
    tb_evidence_page bent = out;
    bent.hub.bytes[0] ^= 1;
    assert_false(tb_evidence_page_verify(&bent, &pair.public_key));
    bent = out;
    bent.maker = sample_party("hq");
    assert_false(tb_evidence_page_verify(&bent, &pair.public_key));
    bent = out;
    bent.digest.bytes[0] ^= 1;
    assert_false(tb_evidence_page_verify(&bent, &pair.public_key));
}

static void any_bit_that_is_bent_or_byte_that_is_missing_shows(void **state)
{
    (void)state;
    static const tb_key_id no_key; /* another one finds another key, or none */
    tb_sign_pair pair = sample_sign_pair(1);
    size_t size = sample_file(bend_arena()).size;
    for (size_t at = 0; at < size; at++) {
        tb_arena *arena = bend_arena();
        tb_bytes file = sample_file(arena);
        tb_evidence_page out;
        uint8_t *bytes = tb_arena_alloc(arena, file.size);
        assert_non_null(bytes);
        memcpy(bytes, file.data, file.size);
        tb_refusal cut = tb_evidence_page_decode(tb_bytes_of(bytes, at), arena, &out);
        assert_true(cut != TB_ACCEPTED);
        bytes[at] ^= 1;
        if (tb_evidence_page_decode(tb_bytes_of(bytes, file.size), arena, &out) == TB_ACCEPTED &&
            tb_evidence_page_verify(&out, &pair.public_key) &&
            memcmp(out.key.bytes, &no_key, sizeof no_key) == 0) {
            fail_msg("byte %zu may be bent", at);
        }
    }
}

static tb_refusal reading(tb_bytes in, tb_arena *arena)
{
    tb_evidence_page page;
    return tb_evidence_page_decode(in, arena, &page);
}

static tb_refusal codec(tb_bytes in, tb_arena *arena, tb_bytes *out_again)
{
    tb_sign_pair pair = sample_sign_pair(1);
    tb_evidence_page page;
    tb_refusal refusal = tb_evidence_page_decode(in, arena, &page);
    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_evidence_page_encode(&page, &pair, arena, out_again));
    }
    return refusal;
}

static void whatever_a_field_says_a_page_is_refused_or_read(void **state)
{
    (void)state;
    check_each_field(sample_file(bend_arena()), codec, false);
    check_room(sample_file(bend_arena()), reading);
}

static void a_page_has_a_bound(void **state)
{
    (void)state;
    static uint8_t large[TB_EVIDENCE_PAGE_BYTES_MAX];
    tb_arena *arena = bend_arena();
    tb_sign_pair pair = sample_sign_pair(1);
    tb_bytes packed;
    tb_bytes items[] = {tb_bytes_of(large, sizeof large - 1024), tb_bytes_str("two"),
                        tb_bytes_str("three")};
    tb_evidence_page page = sample_page(items);
    page.line_count = 0;
    assert_ok(tb_evidence_page_encode(&page, &pair, arena, &packed));
    items[0].size = sizeof large;
    assert_int_equal(tb_evidence_page_encode(&page, &pair, arena, &packed), TB_ERR_LIMIT);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_value_comes_back_and_the_signature_covers_all_of_it),
    cmocka_unit_test(any_bit_that_is_bent_or_byte_that_is_missing_shows),
    cmocka_unit_test(whatever_a_field_says_a_page_is_refused_or_read),
    cmocka_unit_test(a_page_has_a_bound),
};

TB_RUN("messages/evidence", tests)

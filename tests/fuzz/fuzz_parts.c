/* What lies inside an opened notice, and the tables: the first byte chooses the decoder. */
#include "agents/tables/provinces.h"
#include "agents/tables/segments.h"
#include "messages/event.h"
#include "messages/key_request.h"
#include "messages/link.h"
#include "messages/parts.h"
#include "messages/table.h"
#include "tests/fuzz/fuzz.h"

static void try_events(tb_bytes in, tb_arena *arena)
{
    tb_bytes *events;
    size_t count;
    if (tb_part_events_decode(in, arena, &events, &count) == TB_ACCEPTED) {
        tb_bytes encoded;
        FUZZ_CHECK(tb_part_events_encode(events, count, arena, &encoded) == TB_OK);
    }
}

static void try_openings(tb_bytes in, tb_arena *arena)
{
    tb_opening *openings;
    size_t count;
    if (tb_part_openings_decode(in, arena, &openings, &count) == TB_ACCEPTED) {
        tb_bytes encoded;
        FUZZ_CHECK(tb_part_openings_encode(openings, count, arena, &encoded) == TB_OK);
    }
}

static void try_part_passed(tb_bytes in, tb_arena *arena)
{
    tb_passed *passed;
    size_t count;
    tb_bytes encoded;
    if (tb_part_passed_decode(in, arena, &passed, &count) == TB_ACCEPTED) {
        tb_err err = tb_part_passed_encode(passed, count, arena, &encoded);
        FUZZ_CHECK(err == TB_OK || err == TB_ERR_LIMIT);
    }
}

static void try_passed(tb_bytes in, tb_arena *arena)
{
    tb_passed passed;
    tb_bytes encoded;
    if (tb_passed_decode(in, arena, &passed) == TB_ACCEPTED) {
        FUZZ_CHECK(tb_passed_encode(&passed, arena, &encoded) == TB_OK);
    }
}

static void try_resend(tb_bytes in, tb_arena *arena)
{
    tb_resend resend;
    tb_bytes encoded;
    if (tb_resend_decode(in, arena, &resend) == TB_ACCEPTED) {
        FUZZ_CHECK(tb_resend_encode(&resend, arena, &encoded) == TB_OK);
    }
}

static void try_key_request(tb_bytes in, tb_arena *arena)
{
    tb_key_request request;
    (void)!tb_key_request_decode(in, arena, &request);
}

static void try_group(tb_bytes in, tb_arena *arena)
{
    tb_group group;
    tb_bytes encoded;
    if (tb_group_decode(in, arena, &group) == TB_ACCEPTED) {
        FUZZ_CHECK(tb_group_encode(&group, arena, &encoded) == TB_OK);
    }
}

static void try_segments(tb_bytes in, tb_arena *arena)
{
    tb_segments segments;
    tb_segment found;
    if (tb_segments_decode(in, arena, &segments) == TB_ACCEPTED) {
        (void)!tb_segments_find(&segments, tb_bytes_str("13800138000"), &found);
    }
}

static void try_provinces(tb_bytes in, tb_arena *arena)
{
    static tb_provinces provinces;
    if (tb_provinces_decode(in, arena, &provinces) == TB_ACCEPTED ||
        tb_provinces_read(in, arena, &provinces) == TB_ACCEPTED) {
        (void)tb_provinces_find(&provinces, tb_bytes_str("\xe5\xb9\xbf\xe4\xb8\x9c"));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    typedef void try_fn(tb_bytes in, tb_arena * arena);
    static try_fn *const all[] = {try_events, try_openings, try_part_passed,
                                  try_passed, try_resend,   try_key_request,
                                  try_group,  try_segments, try_provinces};
    if (size > 0) {
        all[data[0] % (sizeof all / sizeof all[0])](tb_bytes_of(data + 1, size - 1), fuzz_arena());
    }
    return 0;
}

/* A frame of the link: looked at without decoding; what is accepted is encoded again and accepted
 * as the same. */
#include "messages/frame_peek.h"
#include "messages/link.h"
#include "tests/fuzz/fuzz.h"

static size_t items_of(const tb_carry *carry)
{
    size_t items = 0;
    for (size_t i = 0; i < carry->group_count; i++) {
        items += carry->groups[i].item_count;
    }
    return items;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tb_arena *arena = fuzz_arena();
    tb_frame frame;
    tb_frame again;
    tb_bytes encoded;
    tb_peeked carried[8];
    size_t notices;
    bool submits = tb_frame_submits(tb_bytes_of(data, size), &notices);
    FUZZ_CHECK(tb_frame_peek(tb_bytes_of(data, size), carried, 8) <= 8);
    if (tb_frame_decode(tb_bytes_of(data, size), arena, &frame) != TB_ACCEPTED) {
        return 0;
    }
    FUZZ_CHECK(frame.kind != TB_FRAME_SUBMIT || (submits && notices >= items_of(&frame.carry)));
    tb_err err = tb_frame_encode(&frame, arena, &encoded);
    FUZZ_CHECK(err == TB_OK || err == TB_ERR_LIMIT);
    if (err == TB_OK) {
        tb_refusal refused = tb_frame_decode(encoded, arena, &again);
        FUZZ_CHECK(refused == TB_ACCEPTED || refused == TB_REFUSED_TOO_LARGE);
        FUZZ_CHECK(refused != TB_ACCEPTED || again.kind == frame.kind);
    }
    return 0;
}

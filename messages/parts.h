/* parts - the plaintexts of a sealed body's parts (case.proto PartEvents, PartOpenings, PartPassed,
 * Resend). */
#ifndef TB_PARTS_H
#define TB_PARTS_H

#include "messages/event.h"
#include "messages/header.h"

tb_refusal
tb_part_events_decode(tb_bytes in, tb_arena *arena, tb_bytes **out, size_t *out_count) TB_MUST_USE;
tb_err tb_part_events_encode(const tb_bytes *events, size_t count, tb_arena *arena, tb_bytes *out)
    TB_MUST_USE;

tb_refusal tb_part_openings_decode(tb_bytes in,
                                   tb_arena *arena,
                                   tb_opening **out,
                                   size_t *out_count) TB_MUST_USE;
tb_err tb_part_openings_encode(const tb_opening *openings,
                               size_t count,
                               tb_arena *arena,
                               tb_bytes *out) TB_MUST_USE;

tb_refusal
tb_part_passed_decode(tb_bytes in, tb_arena *arena, tb_passed **out, size_t *out_count) TB_MUST_USE;
tb_err tb_part_passed_encode(const tb_passed *passed, size_t count, tb_arena *arena, tb_bytes *out)
    TB_MUST_USE;

/* A notice of kind resend is one of three:
 *   ask      the event with what comes before it, or everything above `from`
 *   carrier  neither ask nor to: the earlier events are in the reader's own part
 *   end      to: the ask of that notice number is answered, as far as `from` says */
typedef struct tb_resend {
    tb_case_id case_id;
    tb_digest event;
    tb_stream_at *from; /* at most TB_HELD_STREAMS_MAX */
    size_t from_count;
    uint64_t to;
    bool ask;
} tb_resend;

tb_refusal tb_resend_decode(tb_bytes in, tb_arena *arena, tb_resend *out) TB_MUST_USE;
tb_err tb_resend_encode(const tb_resend *resend, tb_arena *arena, tb_bytes *out) TB_MUST_USE;

#endif

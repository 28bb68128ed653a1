/* resend - asking a peer for events, and the end of its answer (parts.h). */
#include "messages/case.pb-c.h"
#include "messages/parts.h"
#include "messages/wire.h"

typedef Tongbao__Wire__Resend wire_resend;
typedef Tongbao__Wire__Held wire_held;

static tb_refusal read_from(const wire_resend *in, tb_arena *arena, tb_resend *out)
{
    if (in->n_from > TB_HELD_STREAMS_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    out->from_count = in->n_from;
    out->from = tb_arena_array(arena, in->n_from, sizeof *out->from);
    if (out->from == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < in->n_from; i++) {
        const wire_held *held = in->from[i];
        tb_stream_at *from = &out->from[i];
        if (!tb_wire_stream(held->stream, &from->stream) ||
            !tb_wire_number_or_zero(held->number, &from->number) ||
            !tb_wire_fixed_or_zero(held->digest, from->digest.bytes, TB_DIGEST_BYTES)) {
            return TB_REFUSED_MALFORMED;
        }
    }
    return TB_ACCEPTED;
}

static tb_refusal read_resend(tb_bytes in, tb_arena *arena, tb_resend *out)
{
    ProtobufCMessage *message = NULL;
    tb_refusal refusal = tb_wire_unpack(&tongbao__wire__resend__descriptor, in, arena, &message);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }

    const wire_resend *wire = (const wire_resend *)message;
    if (!tb_wire_fixed_or_zero(wire->case_id, out->case_id.bytes, TB_CASE_ID_BYTES) ||
        !tb_wire_fixed_or_zero(wire->event, out->event.bytes, TB_DIGEST_BYTES) ||
        !tb_wire_number_or_zero(wire->to, &out->to)) {
        return TB_REFUSED_MALFORMED;
    }
    out->ask = wire->ask != 0;
    if (out->ask && out->to > 0) {
        return TB_REFUSED_MALFORMED;
    }
    return read_from(wire, arena, out);
}

tb_refusal tb_resend_decode(tb_bytes in, tb_arena *arena, tb_resend *out)
{
    if (in.size > TB_BODY_BYTES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }

    size_t mark = tb_arena_mark(arena);
    tb_resend resend = {0};
    tb_refusal refusal = read_resend(in, arena, &resend);
    if (refusal != TB_ACCEPTED) {
        tb_arena_release(arena, mark);
        return refusal;
    }
    *out = resend;
    return TB_ACCEPTED;
}

tb_err tb_resend_encode(const tb_resend *resend, tb_arena *arena, tb_bytes *out)
{
    TB_ASSERT(resend->from_count <= TB_HELD_STREAMS_MAX);

    size_t mark = tb_arena_mark(arena);
    wire_resend wire = TONGBAO__WIRE__RESEND__INIT;
    wire.case_id = tb_wire_raw_or_none(resend->case_id.bytes, TB_CASE_ID_BYTES);
    wire.event = tb_wire_raw_or_none(resend->event.bytes, TB_DIGEST_BYTES);
    wire.to = resend->to;
    wire.ask = resend->ask;
    wire.n_from = resend->from_count;
    wire.from = tb_wire_messages(&tongbao__wire__held__descriptor, resend->from_count, arena);
    if (wire.from == NULL) {
        tb_arena_release(arena, mark);
        return TB_ERR_LIMIT;
    }

    for (size_t i = 0; i < resend->from_count; i++) {
        const tb_stream_at *from = &resend->from[i];
        if (!tb_wire_of_stream(&from->stream, arena, &wire.from[i]->stream)) {
            tb_arena_release(arena, mark);
            return TB_ERR_LIMIT;
        }
        wire.from[i]->number = from->number;
        wire.from[i]->digest = tb_wire_raw_or_none(from->digest.bytes, TB_DIGEST_BYTES);
    }
    return tb_wire_pack_over(&wire.base, TB_BODY_BYTES_MAX, arena, mark, out);
}

#include "messages/parts.h"

#include "messages/case.pb-c.h"
#include "messages/event_wire.h"
#include "messages/wire.h"

typedef Tongbao__Wire__PartEvents wire_events;
typedef Tongbao__Wire__PartOpenings wire_openings;
typedef Tongbao__Wire__PartPassed wire_part_passed;
typedef Tongbao__Wire__Opening wire_opening;

/* Padding to TB_PAD_BYTES and the seal's tag come on top. */
#define PART_BYTES_MAX TB_BODY_BYTES_MAX

static tb_refusal unpack_part(const ProtobufCMessageDescriptor *type,
                              tb_bytes in,
                              tb_arena *arena,
                              ProtobufCMessage **out)
{
    return in.size > PART_BYTES_MAX ? TB_REFUSED_TOO_LARGE : tb_wire_unpack(type, in, arena, out);
}

static tb_refusal read_events(tb_bytes in, tb_arena *arena, tb_bytes **out, size_t *out_count)
{
    ProtobufCMessage *message = NULL;
    tb_refusal refusal = unpack_part(&tongbao__wire__part_events__descriptor, in, arena, &message);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }

    const wire_events *wire = (const wire_events *)message;
    if (wire->n_events > TB_NOTICE_EVENTS_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    tb_bytes *events = tb_arena_array(arena, wire->n_events, sizeof *events);
    if (events == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    for (size_t i = 0; i < wire->n_events; i++) {
        if (wire->events[i].len == 0 ||
            !tb_wire_blob(wire->events[i], TB_EVENT_BYTES_MAX, &events[i])) {
            return TB_REFUSED_MALFORMED;
        }
    }
    *out = events;
    *out_count = wire->n_events;
    return TB_ACCEPTED;
}

tb_refusal tb_part_events_decode(tb_bytes in, tb_arena *arena, tb_bytes **out, size_t *out_count)
{
    size_t mark = tb_arena_mark(arena);
    tb_refusal refusal = read_events(in, arena, out, out_count);

    if (refusal != TB_ACCEPTED) {
        tb_arena_release(arena, mark);
    }
    return refusal;
}

tb_err tb_part_events_encode(const tb_bytes *events, size_t count, tb_arena *arena, tb_bytes *out)
{
    TB_ASSERT(count <= TB_NOTICE_EVENTS_MAX);

    size_t mark = tb_arena_mark(arena);
    wire_events wire = TONGBAO__WIRE__PART_EVENTS__INIT;
    wire.n_events = count;
    wire.events = tb_arena_array(arena, count, sizeof *wire.events);
    if (wire.events == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < count; i++) {
        wire.events[i] = tb_wire_of(events[i]);
    }
    return tb_wire_pack_over(&wire.base, PART_BYTES_MAX, arena, mark, out);
}

static tb_refusal read_openings(tb_bytes in, tb_arena *arena, tb_opening **out, size_t *out_count)
{
    ProtobufCMessage *message = NULL;
    tb_refusal refusal =
        unpack_part(&tongbao__wire__part_openings__descriptor, in, arena, &message);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }

    const wire_openings *wire = (const wire_openings *)message;
    refusal = tb_wire_read_openings(wire->openings, wire->n_openings, arena, out);
    if (refusal == TB_ACCEPTED) {
        *out_count = wire->n_openings;
    }
    return refusal;
}

tb_refusal
tb_part_openings_decode(tb_bytes in, tb_arena *arena, tb_opening **out, size_t *out_count)
{
    size_t mark = tb_arena_mark(arena);
    tb_refusal refusal = read_openings(in, arena, out, out_count);

    if (refusal != TB_ACCEPTED) {
        tb_arena_release(arena, mark);
    }
    return refusal;
}

tb_err
tb_part_openings_encode(const tb_opening *openings, size_t count, tb_arena *arena, tb_bytes *out)
{
    size_t mark = tb_arena_mark(arena);
    wire_openings wire = TONGBAO__WIRE__PART_OPENINGS__INIT;

    wire.n_openings = count;
    wire.openings = tb_wire_write_openings(openings, count, arena);
    if (wire.openings == NULL) {
        tb_arena_release(arena, mark);
        return TB_ERR_LIMIT;
    }
    return tb_wire_pack_over(&wire.base, PART_BYTES_MAX, arena, mark, out);
}

static tb_refusal read_part_passed(tb_bytes in, tb_arena *arena, tb_passed **out, size_t *out_count)
{
    ProtobufCMessage *message = NULL;
    tb_refusal refusal = unpack_part(&tongbao__wire__part_passed__descriptor, in, arena, &message);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }

    const wire_part_passed *wire = (const wire_part_passed *)message;
    if (wire->n_passed > TB_PASSED_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    tb_passed *passed = tb_arena_array(arena, wire->n_passed, sizeof *passed);
    if (passed == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    for (size_t i = 0; i < wire->n_passed; i++) {
        refusal = tb_wire_read_passed(wire->passed[i], arena, &passed[i]);
        if (refusal != TB_ACCEPTED) {
            return refusal;
        }
    }
    *out = passed;
    *out_count = wire->n_passed;
    return TB_ACCEPTED;
}

tb_refusal tb_part_passed_decode(tb_bytes in, tb_arena *arena, tb_passed **out, size_t *out_count)
{
    size_t mark = tb_arena_mark(arena);
    tb_refusal refusal = read_part_passed(in, arena, out, out_count);

    if (refusal != TB_ACCEPTED) {
        tb_arena_release(arena, mark);
    }
    return refusal;
}

tb_err tb_part_passed_encode(const tb_passed *passed, size_t count, tb_arena *arena, tb_bytes *out)
{
    TB_ASSERT(count <= TB_PASSED_MAX);

    size_t mark = tb_arena_mark(arena);
    wire_part_passed wire = TONGBAO__WIRE__PART_PASSED__INIT;
    wire.n_passed = count;
    wire.passed = tb_wire_messages(&tongbao__wire__passed__descriptor, count, arena);
    if (wire.passed == NULL) {
        tb_arena_release(arena, mark);
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < count; i++) {
        if (!tb_wire_write_passed(&passed[i], arena, wire.passed[i])) {
            tb_arena_release(arena, mark);
            return TB_ERR_LIMIT;
        }
    }
    return tb_wire_pack_over(&wire.base, PART_BYTES_MAX, arena, mark, out);
}

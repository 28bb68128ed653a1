#include "messages/local_wire.h"

#include "messages/local.pb-c.h"

typedef Tongbao__Local__Value wire_value;

bool tb_local_text(tb_wire_bytes field, tb_bytes *out)
{
    return tb_wire_text(field, TB_LOCAL_BYTES_MAX, out);
}

tb_refusal
tb_local_read_values(wire_value *const *in, size_t count, tb_arena *arena, tb_field **out)
{
    tb_field *fields = tb_arena_array(arena, count, sizeof *fields);
    if (fields == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < count; i++) {
        if (!tb_wire_name(in[i]->id, &fields[i].id)) {
            return TB_REFUSED_FIELD_UNKNOWN;
        }
        if (!tb_wire_text(in[i]->value, TB_FIGURES_BYTES_MAX, &fields[i].value)) {
            return TB_REFUSED_FIELD_INVALID;
        }
    }
    *out = fields;
    return TB_ACCEPTED;
}

wire_value **tb_local_write_values(const tb_field *in, size_t count, tb_arena *arena)
{
    wire_value **values = tb_wire_messages(&tongbao__local__value__descriptor, count, arena);
    if (values == NULL) {
        return NULL;
    }

    for (size_t i = 0; i < count; i++) {
        values[i]->id = tb_wire_of(in[i].id);
        values[i]->value = tb_wire_of(in[i].value);
    }
    return values;
}

tb_refusal
tb_local_read_texts(const tb_wire_bytes *in, size_t count, tb_arena *arena, tb_bytes **out)
{
    tb_bytes *texts = tb_arena_array(arena, count, sizeof *texts);
    if (texts == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < count; i++) {
        if (!tb_local_text(in[i], &texts[i])) {
            return TB_REFUSED_REQUEST;
        }
    }
    *out = texts;
    return TB_ACCEPTED;
}

tb_wire_bytes *tb_local_write_texts(const tb_bytes *in, size_t count, tb_arena *arena)
{
    tb_wire_bytes *texts = tb_arena_array(arena, count, sizeof *texts);
    if (texts == NULL) {
        return NULL;
    }

    for (size_t i = 0; i < count; i++) {
        texts[i] = tb_wire_of(in[i]);
    }
    return texts;
}

tb_refusal
tb_local_read_parties(const tb_wire_bytes *in, size_t count, tb_arena *arena, tb_party **out)
{
    tb_party *parties = tb_arena_array(arena, count, sizeof *parties);
    if (parties == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < count; i++) {
        if (!tb_wire_party(in[i], &parties[i])) {
            return TB_REFUSED_REQUEST;
        }
    }
    *out = parties;
    return TB_ACCEPTED;
}

tb_wire_bytes *tb_local_write_parties(const tb_party *in, size_t count, tb_arena *arena)
{
    tb_wire_bytes *parties = tb_arena_array(arena, count, sizeof *parties);
    if (parties == NULL) {
        return NULL;
    }

    for (size_t i = 0; i < count; i++) {
        parties[i] = tb_wire_of_party(&in[i]);
    }
    return parties;
}

/* fields - a field group's content (event.h), and the fields any message carries. */
#include "messages/case.pb-c.h"
#include "messages/event_wire.h"
#include "messages/wire.h"

typedef Tongbao__Wire__Field wire_field;
typedef Tongbao__Wire__FieldGroup wire_group;

tb_refusal tb_wire_read_fields(wire_field *const *in, size_t count, tb_arena *arena, tb_field **out)
{
    if (count > TB_FIELDS_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }

    tb_field *fields = tb_arena_array(arena, count, sizeof *fields);
    if (fields == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < count; i++) {
        if (!tb_wire_name(in[i]->id, &fields[i].id) ||
            !tb_wire_text(in[i]->value, TB_FIGURES_BYTES_MAX, &fields[i].value) ||
            (i > 0 && tb_wire_compare(fields[i - 1].id, fields[i].id) >= 0)) {
            return TB_REFUSED_MALFORMED;
        }
    }
    *out = fields;
    return TB_ACCEPTED;
}

wire_field **tb_wire_write_fields(const tb_field *in, size_t count, tb_arena *arena)
{
    wire_field **fields = tb_wire_messages(&tongbao__wire__field__descriptor, count, arena);
    if (fields == NULL) {
        return NULL;
    }

    for (size_t i = 0; i < count; i++) {
        TB_ASSERT(i == 0 || tb_wire_compare(in[i - 1].id, in[i].id) < 0);
        fields[i]->id = tb_wire_of(in[i].id);
        fields[i]->value = tb_wire_of(in[i].value);
    }
    return fields;
}

static tb_refusal read_group(tb_bytes content, tb_arena *arena, tb_field **out, size_t *out_count)
{
    ProtobufCMessage *message = NULL;
    tb_refusal refusal =
        tb_wire_unpack(&tongbao__wire__field_group__descriptor, content, arena, &message);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }
    const wire_group *wire = (const wire_group *)message;
    tb_field *fields = NULL;
    refusal = tb_wire_read_fields(wire->fields, wire->n_fields, arena, &fields);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }

    tb_bytes again;
    tb_arena scratch = tb_wire_scratch(arena, 0);
    if (tb_group_fields_encode(fields, wire->n_fields, &scratch, &again) != TB_OK) {
        return TB_REFUSED_TOO_LARGE;
    }
    if (!tb_bytes_equal(content, again)) {
        return TB_REFUSED_NOT_CANONICAL;
    }
    *out = fields;
    *out_count = wire->n_fields;
    return TB_ACCEPTED;
}

tb_refusal
tb_group_fields_decode(tb_bytes content, tb_arena *arena, tb_field **out, size_t *out_count)
{
    if (content.size > TB_BODY_BYTES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }

    size_t mark = tb_arena_mark(arena);
    tb_refusal refusal = read_group(content, arena, out, out_count);
    if (refusal != TB_ACCEPTED) {
        tb_arena_release(arena, mark);
    }
    return refusal;
}

tb_err tb_group_fields_encode(const tb_field *fields, size_t count, tb_arena *arena, tb_bytes *out)
{
    size_t mark = tb_arena_mark(arena);
    wire_group wire = TONGBAO__WIRE__FIELD_GROUP__INIT;

    wire.n_fields = count;
    wire.fields = tb_wire_write_fields(fields, count, arena);
    if (wire.fields == NULL) {
        tb_arena_release(arena, mark);
        return TB_ERR_LIMIT;
    }
    return tb_wire_pack_over(&wire.base, TB_BODY_BYTES_MAX, arena, mark, out);
}

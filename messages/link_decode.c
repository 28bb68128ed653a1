/* link_decode - a received frame becomes a checked value, or a refusal. */
#include "messages/link.pb-c.h"
#include "messages/link_wire.h"
#include "messages/wire.h"

typedef Tongbao__Wire__Frame wire_frame;
typedef Tongbao__Wire__Hello wire_hello;
typedef Tongbao__Wire__Welcome wire_welcome;
typedef Tongbao__Wire__Body wire_body;
typedef Tongbao__Wire__Refused wire_refused;
typedef Tongbao__Wire__SignedLine wire_signed_line;
typedef Tongbao__Wire__StreamAt wire_stream_at;
typedef Tongbao__Wire__Version wire_version;

static tb_refusal
read_lines(wire_signed_line *const *in, size_t count, tb_arena *arena, tb_signed_line **out)
{
    if (count > TB_LINES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    tb_signed_line *lines = tb_arena_array(arena, count, sizeof *lines);
    if (lines == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < count; i++) {
        tb_refusal refusal = tb_wire_read_line(in[i], &lines[i]);
        if (refusal != TB_ACCEPTED) {
            return refusal;
        }
    }
    *out = lines;
    return TB_ACCEPTED;
}

static tb_refusal
read_versions(wire_version *const *in, size_t count, tb_arena *arena, tb_version **out)
{
    if (count > TB_VERSIONS_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    tb_version *versions = tb_arena_array(arena, count, sizeof *versions);
    if (versions == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < count; i++) {
        if (in[i]->kind < TB_DOCUMENT_DIRECTORY || in[i]->kind > TB_DOCUMENT_TABLE ||
            in[i]->version == 0 || !tb_wire_name(in[i]->name, &versions[i].name) ||
            !tb_wire_fixed(in[i]->digest, versions[i].digest.bytes, TB_DIGEST_BYTES)) {
            return TB_REFUSED_MALFORMED;
        }
        versions[i].kind = in[i]->kind;
        versions[i].version = in[i]->version;
    }
    *out = versions;
    return TB_ACCEPTED;
}

static tb_refusal
read_streams(wire_stream_at *const *in, size_t count, tb_arena *arena, tb_stream_at **out)
{
    if (count > TB_LINES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    tb_stream_at *streams = tb_arena_array(arena, count, sizeof *streams);
    if (streams == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < count; i++) {
        if (!tb_wire_stream(in[i]->stream, &streams[i].stream) ||
            !tb_wire_number(in[i]->number, &streams[i].number) ||
            !tb_wire_fixed(in[i]->digest, streams[i].digest.bytes, TB_DIGEST_BYTES)) {
            return TB_REFUSED_MALFORMED;
        }
    }
    *out = streams;
    return TB_ACCEPTED;
}

/* What a Hello of any protocol says. */
static tb_refusal read_greeting(const wire_hello *in, tb_hello *out)
{
    if (!tb_wire_party(in->party, &out->party) ||
        !tb_wire_incarnation(in->incarnation, &out->incarnation) || in->protocol_min == 0 ||
        in->protocol_min > in->protocol_max) {
        return TB_REFUSED_MALFORMED;
    }
    out->protocol_min = in->protocol_min;
    out->protocol_max = in->protocol_max;
    return TB_ACCEPTED;
}

static tb_refusal read_hello(const wire_hello *in, tb_arena *arena, tb_hello *out)
{
    tb_refusal refusal = read_greeting(in, out);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }
    out->document_count = in->n_documents;
    out->arrived_count = in->n_arrived;
    out->taken_count = in->n_taken;
    out->recovering = in->recovering != 0;

    refusal = read_versions(in->documents, in->n_documents, arena, &out->documents);
    if (refusal == TB_ACCEPTED) {
        refusal = read_lines(in->arrived, in->n_arrived, arena, &out->arrived);
    }
    if (refusal == TB_ACCEPTED) {
        refusal = read_streams(in->taken, in->n_taken, arena, &out->taken);
    }
    return refusal;
}

static tb_refusal read_refused(const wire_refused *in, tb_refused *out)
{
    out->has_line = in->line != NULL;
    if (!tb_wire_code(in->code, &out->code) ||
        !tb_wire_blob(in->header, TB_HEADER_BYTES_MAX, &out->header) ||
        !tb_wire_text(in->reason, TB_REASON_BYTES_MAX, &out->reason)) {
        return TB_REFUSED_MALFORMED;
    }
    if (!out->has_line) {
        return TB_ACCEPTED;
    }

    tb_refusal refusal = tb_wire_read_line(in->line, &out->line);
    if (refusal == TB_ACCEPTED && out->line.line.kind != TB_LINE_REFUSED) {
        return TB_REFUSED_MALFORMED;
    }
    return refusal;
}

static tb_refusal read_closed(const wire_welcome *in, tb_arena *arena, tb_welcome *out)
{
    if (in->n_closed > TB_PARTIES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    out->closed_count = in->n_closed;
    out->closed = tb_arena_array(arena, in->n_closed, sizeof *out->closed);
    if (out->closed == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < in->n_closed; i++) {
        if (!tb_wire_party(in->closed[i], &out->closed[i])) {
            return TB_REFUSED_MALFORMED;
        }
    }
    return TB_ACCEPTED;
}

static tb_refusal read_standing(const wire_welcome *in, tb_arena *arena, tb_welcome *out)
{
    if (in->n_refused > TB_LINES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    out->refused_count = in->n_refused;
    out->refused = tb_arena_array(arena, in->n_refused, sizeof *out->refused);
    if (out->refused == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < in->n_refused; i++) {
        tb_refusal refusal = read_refused(in->refused[i], &out->refused[i]);
        if (refusal != TB_ACCEPTED) {
            return refusal;
        }
    }
    return TB_ACCEPTED;
}

static tb_refusal read_welcome(const wire_welcome *in, tb_arena *arena, tb_welcome *out)
{
    if (in->protocol == 0 || !tb_wire_incarnation(in->hub_incarnation, &out->hub_incarnation)) {
        return TB_REFUSED_MALFORMED;
    }
    out->protocol = in->protocol;
    out->document_count = in->n_documents;
    out->stored_count = in->n_stored;
    out->arrived_count = in->n_arrived;
    out->taken_count = in->n_taken;

    out->more = in->more != 0;
    tb_refusal refusal = read_versions(in->documents, in->n_documents, arena, &out->documents);
    if (refusal == TB_ACCEPTED) {
        refusal = read_lines(in->stored, in->n_stored, arena, &out->stored);
    }
    if (refusal == TB_ACCEPTED) {
        refusal = read_lines(in->arrived, in->n_arrived, arena, &out->arrived);
    }
    if (refusal == TB_ACCEPTED) {
        refusal = read_lines(in->taken, in->n_taken, arena, &out->taken);
    }
    if (refusal == TB_ACCEPTED) {
        refusal = read_closed(in, arena, out);
    }
    if (refusal == TB_ACCEPTED) {
        refusal = read_standing(in, arena, out);
    }
    return refusal;
}

tb_refusal
tb_wire_read_bodies(wire_body *const *in, size_t count, tb_arena *arena, tb_shared_body **out)
{
    if (count > TB_LEAVES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    tb_shared_body *bodies = tb_arena_array(arena, count, sizeof *bodies);
    if (bodies == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < count; i++) {
        if (!tb_wire_party(in[i]->sender, &bodies[i].sender) ||
            !tb_wire_incarnation(in[i]->incarnation, &bodies[i].incarnation) ||
            !tb_wire_number(in[i]->notice, &bodies[i].notice) || in[i]->body.len == 0 ||
            !tb_wire_blob(in[i]->body, TB_BODY_BYTES_MAX, &bodies[i].body)) {
            return TB_REFUSED_MALFORMED;
        }
    }
    *out = bodies;
    return TB_ACCEPTED;
}

/* Submit and Deliver carry the same; a stamp is the hub's to give, and it stamps all it delivers.
 */
static tb_refusal read_carry(Tongbao__Wire__Group *const *groups,
                             size_t group_count,
                             wire_body *const *bodies,
                             size_t body_count,
                             bool stamped,
                             tb_arena *arena,
                             tb_carry *out)
{
    if (group_count == 0) {
        return TB_REFUSED_MALFORMED;
    }
    if (group_count > TB_FRAME_GROUPS_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    out->group_count = group_count;
    out->groups = tb_arena_array(arena, group_count, sizeof *out->groups);
    if (out->groups == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < group_count; i++) {
        tb_refusal refusal = tb_wire_read_group(groups[i], arena, &out->groups[i]);
        if (refusal != TB_ACCEPTED) {
            return refusal;
        }
        if (out->groups[i].has_stamp != stamped) {
            return TB_REFUSED_MALFORMED;
        }
    }
    out->body_count = body_count;
    return tb_wire_read_bodies(bodies, body_count, arena, &out->bodies);
}

static tb_refusal read_carried(const wire_frame *in, tb_arena *arena, tb_frame *out)
{
    tb_carry *carry = &out->carry;

    if (out->kind == TB_FRAME_SUBMIT) {
        return read_carry(in->submit->groups, in->submit->n_groups, in->submit->bodies,
                          in->submit->n_bodies, false, arena, carry);
    }
    return read_carry(in->deliver->groups, in->deliver->n_groups, in->deliver->bodies,
                      in->deliver->n_bodies, true, arena, carry);
}

static tb_refusal read_marks(const wire_frame *in, tb_arena *arena, tb_frame *out)
{
    tb_lines *lines = &out->lines;

    if (out->kind == TB_FRAME_STORED) {
        lines->again = in->stored->again != 0;
        lines->count = in->stored->n_lines;
        return read_lines(in->stored->lines, in->stored->n_lines, arena, &lines->lines);
    }
    lines->again = in->taken->again != 0;
    lines->count = in->taken->n_lines;
    return read_lines(in->taken->lines, in->taken->n_lines, arena, &lines->lines);
}

static bool read_bye(const Tongbao__Wire__Bye *in, tb_bye *out)
{
    out->protocol_min = in->protocol_min;
    out->protocol_max = in->protocol_max;
    return in->protocol_min <= in->protocol_max && tb_wire_code_or_none(in->code, &out->code) &&
           tb_wire_text(in->reason, TB_REASON_BYTES_MAX, &out->reason);
}

static tb_refusal read_body(const wire_frame *in, tb_arena *arena, tb_frame *out)
{
    bool good = true;

    switch (out->kind) {
    case TB_FRAME_HELLO:
        return read_hello(in->hello, arena, &out->hello);
    case TB_FRAME_WELCOME:
        return read_welcome(in->welcome, arena, &out->welcome);
    case TB_FRAME_SUBMIT:
    case TB_FRAME_DELIVER:
        return read_carried(in, arena, out);
    case TB_FRAME_STORED:
    case TB_FRAME_TAKEN:
        return read_marks(in, arena, out);
    case TB_FRAME_REFUSED:
        return read_refused(in->refused, &out->refused);
    case TB_FRAME_CLOSED:
        good = tb_wire_party(in->closed->recipient, &out->share);
        break;
    case TB_FRAME_OPEN:
        good = tb_wire_party(in->open->recipient, &out->share);
        break;
    case TB_FRAME_DOCUMENT:
        return tb_wire_read_document(in->document, &out->document);
    case TB_FRAME_BEAT:
        break;
    case TB_FRAME_BYE:
        good = read_bye(in->bye, &out->bye);
        break;
    }
    return good ? TB_ACCEPTED : TB_REFUSED_MALFORMED;
}

/* Of a protocol this build does not speak: a Hello, which is told so, or a Bye, which tells. */
static tb_refusal read_foreign(const wire_frame *in, tb_frame *out)
{
    if (in->protocol == 0) {
        return TB_REFUSED_PROTOCOL;
    }
    if (out->kind == TB_FRAME_BYE) {
        return read_bye(in->bye, &out->bye) ? TB_ACCEPTED : TB_REFUSED_MALFORMED;
    }
    return out->kind == TB_FRAME_HELLO ? read_greeting(in->hello, &out->hello)
                                       : TB_REFUSED_PROTOCOL;
}

static tb_refusal read_frame(tb_bytes in, tb_arena *arena, tb_frame *out)
{
    ProtobufCMessage *message = NULL;
    tb_refusal refusal = tb_wire_unpack(&tongbao__wire__frame__descriptor, in, arena, &message);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }

    const wire_frame *wire = (const wire_frame *)message;
    bool spoken = wire->protocol >= TB_PROTOCOL_MIN && wire->protocol <= TB_PROTOCOL;
    bool any = wire->body_case == TONGBAO__WIRE__FRAME__BODY_HELLO ||
               wire->body_case == TONGBAO__WIRE__FRAME__BODY_BYE;
    if (!spoken && !any) {
        return TB_REFUSED_PROTOCOL;
    }
    if (wire->body_case == TONGBAO__WIRE__FRAME__BODY__NOT_SET ||
        !tb_wire_fixed(wire->hub, out->hub.bytes, TB_DIGEST_BYTES) ||
        !tb_wire_time(wire->civil_ms, &out->civil)) {
        return TB_REFUSED_MALFORMED;
    }
    out->protocol = wire->protocol;
    /* protobuf-c knows no other case, and each is the field number of its kind. */
    out->kind = (tb_frame_kind)wire->body_case;
    refusal = spoken ? read_body(wire, arena, out) : read_foreign(wire, out);
    if (refusal == TB_ACCEPTED && out->kind == TB_FRAME_HELLO &&
        out->hello.protocol_min != wire->protocol) {
        return TB_REFUSED_MALFORMED; /* it is written in the oldest its sender speaks */
    }
    return refusal;
}

tb_refusal tb_frame_decode(tb_bytes in, tb_arena *arena, tb_frame *out)
{
    if (in.size > TB_FRAME_BYTES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }

    size_t mark = tb_arena_mark(arena);
    tb_frame frame = {0};
    tb_refusal refusal = read_frame(in, arena, &frame);
    if (refusal != TB_ACCEPTED) {
        tb_arena_release(arena, mark);
        return refusal;
    }
    *out = frame;
    return TB_ACCEPTED;
}

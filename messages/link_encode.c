/* link_encode - a value becomes one frame: messages that point to the value, packed once. */
#include "messages/link.pb-c.h"
#include "messages/link_wire.h"
#include "messages/wire.h"

typedef Tongbao__Wire__Frame wire_frame;
typedef Tongbao__Wire__Hello wire_hello;
typedef Tongbao__Wire__Welcome wire_welcome;
typedef Tongbao__Wire__Group wire_group;
typedef Tongbao__Wire__Body wire_body;
typedef Tongbao__Wire__Refused wire_refused;
typedef Tongbao__Wire__SignedLine wire_signed_line;
typedef Tongbao__Wire__StreamAt wire_stream_at;
typedef Tongbao__Wire__Version wire_version;

static bool
write_lines(const tb_signed_line *in, size_t count, tb_arena *arena, wire_signed_line ***out)
{
    wire_signed_line **lines =
        tb_wire_messages(&tongbao__wire__signed_line__descriptor, count, arena);
    if (lines == NULL) {
        return false;
    }

    for (size_t i = 0; i < count; i++) {
        if (!tb_wire_write_line(&in[i], arena, lines[i])) {
            return false;
        }
    }
    *out = lines;
    return true;
}

static bool write_versions(const tb_version *in, size_t count, tb_arena *arena, wire_version ***out)
{
    wire_version **versions = tb_wire_messages(&tongbao__wire__version__descriptor, count, arena);
    if (versions == NULL) {
        return false;
    }

    for (size_t i = 0; i < count; i++) {
        versions[i]->kind = in[i].kind;
        versions[i]->name = tb_wire_of(in[i].name);
        versions[i]->version = in[i].version;
        versions[i]->digest = tb_wire_raw(in[i].digest.bytes, TB_DIGEST_BYTES);
    }
    *out = versions;
    return true;
}

static bool
write_streams(const tb_stream_at *in, size_t count, tb_arena *arena, wire_stream_at ***out)
{
    wire_stream_at **streams =
        tb_wire_messages(&tongbao__wire__stream_at__descriptor, count, arena);
    if (streams == NULL) {
        return false;
    }

    for (size_t i = 0; i < count; i++) {
        if (!tb_wire_of_stream(&in[i].stream, arena, &streams[i]->stream)) {
            return false;
        }
        streams[i]->number = in[i].number;
        streams[i]->digest = tb_wire_raw(in[i].digest.bytes, TB_DIGEST_BYTES);
    }
    *out = streams;
    return true;
}

static bool write_hello(const tb_hello *in, tb_arena *arena, wire_hello *out)
{
    out->party = tb_wire_of_party(&in->party);
    out->protocol_min = in->protocol_min;
    out->protocol_max = in->protocol_max;
    out->n_documents = in->document_count;
    out->n_arrived = in->arrived_count;
    out->n_taken = in->taken_count;
    out->recovering = in->recovering;
    return tb_wire_of_incarnation(&in->incarnation, arena, &out->incarnation) &&
           write_versions(in->documents, in->document_count, arena, &out->documents) &&
           write_lines(in->arrived, in->arrived_count, arena, &out->arrived) &&
           write_streams(in->taken, in->taken_count, arena, &out->taken);
}

static bool write_refused(const tb_refused *in, tb_arena *arena, wire_refused *out)
{
    out->code = (uint32_t)in->code;
    out->header = tb_wire_of(in->header);
    out->reason = tb_wire_of(in->reason);
    if (!in->has_line) {
        return true;
    }
    out->line = tb_wire_write_new_line(&in->line, arena);
    return out->line != NULL;
}

static bool write_standing(const tb_welcome *in, tb_arena *arena, wire_welcome *out)
{
    out->n_refused = in->refused_count;
    out->refused = tb_wire_messages(&tongbao__wire__refused__descriptor, in->refused_count, arena);
    if (out->refused == NULL) {
        return false;
    }

    for (size_t i = 0; i < in->refused_count; i++) {
        if (!write_refused(&in->refused[i], arena, out->refused[i])) {
            return false;
        }
    }
    return true;
}

static bool write_closed(const tb_welcome *in, tb_arena *arena, wire_welcome *out)
{
    out->n_closed = in->closed_count;
    out->closed = tb_arena_array(arena, in->closed_count, sizeof *out->closed);
    if (out->closed == NULL) {
        return false;
    }

    for (size_t i = 0; i < in->closed_count; i++) {
        out->closed[i] = tb_wire_of_party(&in->closed[i]);
    }
    return true;
}

static bool write_welcome(const tb_welcome *in, tb_arena *arena, wire_welcome *out)
{
    out->protocol = in->protocol;
    out->n_documents = in->document_count;
    out->n_stored = in->stored_count;
    out->n_arrived = in->arrived_count;
    out->n_taken = in->taken_count;
    out->more = in->more;
    return tb_wire_of_incarnation(&in->hub_incarnation, arena, &out->hub_incarnation) &&
           write_versions(in->documents, in->document_count, arena, &out->documents) &&
           write_lines(in->stored, in->stored_count, arena, &out->stored) &&
           write_lines(in->arrived, in->arrived_count, arena, &out->arrived) &&
           write_lines(in->taken, in->taken_count, arena, &out->taken) &&
           write_closed(in, arena, out) && write_standing(in, arena, out);
}

static bool
write_groups(const tb_group *in, size_t count, bool stamped, tb_arena *arena, wire_group ***out)
{
    wire_group **groups = tb_wire_messages(&tongbao__wire__group__descriptor, count, arena);
    if (groups == NULL) {
        return false;
    }

    for (size_t i = 0; i < count; i++) {
        TB_ASSERT(in[i].has_stamp == stamped);
        if (!tb_wire_write_group(&in[i], arena, groups[i])) {
            return false;
        }
    }
    *out = groups;
    return true;
}

bool tb_wire_write_bodies(const tb_shared_body *in, size_t count, tb_arena *arena, wire_body ***out)
{
    wire_body **bodies = tb_wire_messages(&tongbao__wire__body__descriptor, count, arena);
    if (bodies == NULL) {
        return false;
    }

    for (size_t i = 0; i < count; i++) {
        bodies[i]->sender = tb_wire_of_party(&in[i].sender);
        bodies[i]->notice = in[i].notice;
        bodies[i]->body = tb_wire_of(in[i].body);
        if (!tb_wire_of_incarnation(&in[i].incarnation, arena, &bodies[i]->incarnation)) {
            return false;
        }
    }
    *out = bodies;
    return true;
}

static bool pack(wire_frame *wire, tb_arena *arena, size_t mark, tb_bytes *out)
{
    return tb_wire_pack_over(&wire->base, TB_FRAME_BYTES_MAX, arena, mark, out) == TB_OK;
}

/* Each body message lives here until its frame is packed; the frame's oneof is a plain union. */
static bool
pack_carry(const tb_frame *in, wire_frame *wire, tb_arena *arena, size_t mark, tb_bytes *out)
{
    const tb_carry *carry = &in->carry;
    bool stamped = in->kind == TB_FRAME_DELIVER;
    Tongbao__Wire__Submit submit = TONGBAO__WIRE__SUBMIT__INIT;
    Tongbao__Wire__Deliver deliver = TONGBAO__WIRE__DELIVER__INIT;
    wire_group **groups = NULL;
    wire_body **bodies = NULL;

    if (!write_groups(carry->groups, carry->group_count, stamped, arena, &groups) ||
        !tb_wire_write_bodies(carry->bodies, carry->body_count, arena, &bodies)) {
        return false;
    }
    if (stamped) {
        deliver.n_groups = carry->group_count;
        deliver.groups = groups;
        deliver.n_bodies = carry->body_count;
        deliver.bodies = bodies;
        wire->deliver = &deliver;
    } else {
        submit.n_groups = carry->group_count;
        submit.groups = groups;
        submit.n_bodies = carry->body_count;
        submit.bodies = bodies;
        wire->submit = &submit;
    }
    return pack(wire, arena, mark, out);
}

static bool
pack_lines(const tb_frame *in, wire_frame *wire, tb_arena *arena, size_t mark, tb_bytes *out)
{
    const tb_lines *lines = &in->lines;
    Tongbao__Wire__Stored stored = TONGBAO__WIRE__STORED__INIT;
    Tongbao__Wire__Taken taken = TONGBAO__WIRE__TAKEN__INIT;
    wire_signed_line **written = NULL;

    if (!write_lines(lines->lines, lines->count, arena, &written)) {
        return false;
    }
    if (in->kind == TB_FRAME_STORED) {
        stored.n_lines = lines->count;
        stored.lines = written;
        stored.again = lines->again;
        wire->stored = &stored;
    } else {
        taken.n_lines = lines->count;
        taken.lines = written;
        taken.again = lines->again;
        wire->taken = &taken;
    }
    return pack(wire, arena, mark, out);
}

static bool
pack_session(const tb_frame *in, wire_frame *wire, tb_arena *arena, size_t mark, tb_bytes *out)
{
    wire_hello hello = TONGBAO__WIRE__HELLO__INIT;
    wire_welcome welcome = TONGBAO__WIRE__WELCOME__INIT;
    bool written = false;

    if (in->kind == TB_FRAME_HELLO) {
        wire->hello = &hello;
        written = write_hello(&in->hello, arena, &hello);
    } else {
        wire->welcome = &welcome;
        written = write_welcome(&in->welcome, arena, &welcome);
    }
    return written && pack(wire, arena, mark, out);
}

static bool
pack_plain(const tb_frame *in, wire_frame *wire, tb_arena *arena, size_t mark, tb_bytes *out)
{
    Tongbao__Wire__Share share = TONGBAO__WIRE__SHARE__INIT;
    Tongbao__Wire__Document document = TONGBAO__WIRE__DOCUMENT__INIT;
    Tongbao__Wire__Beat beat = TONGBAO__WIRE__BEAT__INIT;
    Tongbao__Wire__Bye bye = TONGBAO__WIRE__BYE__INIT;

    if (in->kind == TB_FRAME_CLOSED) {
        share.recipient = tb_wire_of_party(&in->share);
        wire->closed = &share;
    } else if (in->kind == TB_FRAME_OPEN) {
        share.recipient = tb_wire_of_party(&in->share);
        wire->open = &share;
    } else if (in->kind == TB_FRAME_DOCUMENT) {
        tb_wire_write_document(&in->document, &document);
        wire->document = &document;
    } else if (in->kind == TB_FRAME_BYE) {
        bye.code = (uint32_t)in->bye.code;
        bye.reason = tb_wire_of(in->bye.reason);
        bye.protocol_min = in->bye.protocol_min;
        bye.protocol_max = in->bye.protocol_max;
        wire->bye = &bye;
    } else {
        wire->beat = &beat;
    }
    return pack(wire, arena, mark, out);
}

static bool
pack_refused(const tb_frame *in, wire_frame *wire, tb_arena *arena, size_t mark, tb_bytes *out)
{
    wire_refused refused = TONGBAO__WIRE__REFUSED__INIT;

    wire->refused = &refused;
    return write_refused(&in->refused, arena, &refused) && pack(wire, arena, mark, out);
}

static bool
pack_body(const tb_frame *in, wire_frame *wire, tb_arena *arena, size_t mark, tb_bytes *out)
{
    switch (in->kind) {
    case TB_FRAME_HELLO:
    case TB_FRAME_WELCOME:
        return pack_session(in, wire, arena, mark, out);
    case TB_FRAME_SUBMIT:
    case TB_FRAME_DELIVER:
        return pack_carry(in, wire, arena, mark, out);
    case TB_FRAME_STORED:
    case TB_FRAME_TAKEN:
        return pack_lines(in, wire, arena, mark, out);
    case TB_FRAME_REFUSED:
        return pack_refused(in, wire, arena, mark, out);
    case TB_FRAME_CLOSED:
    case TB_FRAME_OPEN:
    case TB_FRAME_DOCUMENT:
    case TB_FRAME_BEAT:
    case TB_FRAME_BYE:
        return pack_plain(in, wire, arena, mark, out);
    }
    TB_UNREACHABLE();
}

tb_err tb_frame_encode(const tb_frame *frame, tb_arena *arena, tb_bytes *out)
{
    size_t mark = tb_arena_mark(arena);
    wire_frame wire = TONGBAO__WIRE__FRAME__INIT;

    wire.protocol = frame->protocol;
    wire.hub = tb_wire_raw(frame->hub.bytes, TB_DIGEST_BYTES);
    wire.civil_ms = frame->civil;
    wire.body_case = (Tongbao__Wire__Frame__BodyCase)frame->kind;
    if (!pack_body(frame, &wire, arena, mark, out)) {
        tb_arena_release(arena, mark);
        return TB_ERR_LIMIT;
    }
    return TB_OK;
}

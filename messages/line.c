#include "messages/line.h"

#include <stdalign.h>

#include "messages/digest.h"
#include "messages/link.pb-c.h"
#include "messages/link_wire.h"
#include "messages/wire.h"

typedef Tongbao__Wire__Line wire_line;
typedef Tongbao__Wire__SignedLine wire_signed_line;

/* A longest line takes about 1 kB unpacked; what takes more is not canonical anyway. */
#define SCRATCH_BYTES 4096

/* What each kind says and what it leaves at zero. */
static bool well_formed(const tb_line *line)
{
    bool refuses = line->code != TB_ACCEPTED;
    bool names = !tb_digest_zero(&line->event);

    switch (line->kind) {
    case TB_LINE_STORED:
        return line->from <= line->to && !refuses && !names;
    case TB_LINE_ARRIVED:
    case TB_LINE_RESENT:
        return line->from == 0 && !refuses && !names;
    case TB_LINE_REFUSED:
        return line->from > 0 && line->to == 0 && refuses;
    }
    return false;
}

static bool read_fields(const wire_line *in, tb_line *out)
{
    if (in->kind < TB_LINE_STORED || in->kind > TB_LINE_RESENT) {
        return false;
    }
    out->kind = (tb_line_kind)in->kind;
    return tb_wire_party(in->sender, &out->stream.sender) &&
           tb_wire_incarnation(in->incarnation, &out->stream.incarnation) &&
           tb_wire_party(in->recipient, &out->stream.recipient) &&
           tb_wire_lane(in->lane, &out->stream.lane) &&
           tb_wire_number_or_zero(in->from, &out->from) &&
           tb_wire_number_or_zero(in->to, &out->to) &&
           tb_wire_fixed(in->digest, out->digest.bytes, TB_DIGEST_BYTES) &&
           tb_wire_time(in->at_ms, &out->at) && tb_wire_time(in->civil_ms, &out->civil) &&
           tb_wire_code_or_none(in->code, &out->code) &&
           tb_wire_fixed_or_zero(in->event, out->event.bytes, TB_DIGEST_BYTES) && well_formed(out);
}

static tb_refusal decode(tb_bytes in, bool again_too, tb_line *out)
{
    alignas(max_align_t) uint8_t block[SCRATCH_BYTES];
    tb_arena scratch;
    tb_arena_init(&scratch, block, sizeof block);
    if (in.size > TB_LINE_BYTES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }

    ProtobufCMessage *message = NULL;
    tb_refusal refusal = tb_wire_unpack(&tongbao__wire__line__descriptor, in, &scratch, &message);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }
    tb_line line = {0};
    if (!read_fields((const wire_line *)message, &line)) {
        return TB_REFUSED_MALFORMED;
    }

    tb_bytes again;
    tb_arena_reset(&scratch);
    if (again_too &&
        (tb_line_encode(&line, &scratch, &again) != TB_OK || !tb_bytes_equal(in, again))) {
        return TB_REFUSED_NOT_CANONICAL;
    }
    *out = line;
    return TB_ACCEPTED;
}

tb_refusal tb_line_decode(tb_bytes in, tb_line *out)
{
    return decode(in, true, out);
}

tb_err tb_line_encode(const tb_line *line, tb_arena *arena, tb_bytes *out)
{
    TB_ASSERT(well_formed(line));

    size_t mark = tb_arena_mark(arena);
    wire_line wire = TONGBAO__WIRE__LINE__INIT;
    wire.kind = (uint32_t)line->kind;
    wire.sender = tb_wire_of_party(&line->stream.sender);
    wire.recipient = tb_wire_of_party(&line->stream.recipient);
    wire.lane = (uint32_t)line->stream.lane;
    wire.from = line->from;
    wire.to = line->to;
    wire.digest = tb_wire_raw(line->digest.bytes, TB_DIGEST_BYTES);
    wire.at_ms = line->at;
    wire.civil_ms = line->civil;
    wire.code = (uint32_t)line->code;
    wire.event = tb_wire_raw_or_none(line->event.bytes, TB_DIGEST_BYTES);
    if (!tb_wire_of_incarnation(&line->stream.incarnation, arena, &wire.incarnation)) {
        return TB_ERR_LIMIT;
    }
    return tb_wire_pack_over(&wire.base, TB_LINE_BYTES_MAX, arena, mark, out);
}

tb_digest tb_line_digest(tb_bytes encoded)
{
    return tb_digest_of("tongbao line", encoded);
}

static tb_refusal read_line(const wire_signed_line *in, bool again_too, tb_signed_line *out)
{
    if (in->root == NULL) {
        return TB_REFUSED_MALFORMED;
    }
    tb_refusal refusal = tb_wire_read_root(in->root, TB_TREE_LINES, &out->root);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }
    if (in->index >= out->root.count || in->n_path > TB_PATH_MAX) {
        return TB_REFUSED_MALFORMED;
    }

    out->index = in->index;
    out->path_count = in->n_path;
    for (size_t i = 0; i < in->n_path; i++) {
        if (!tb_wire_fixed(in->path[i], out->path[i].bytes, TB_DIGEST_BYTES)) {
            return TB_REFUSED_MALFORMED;
        }
    }
    out->encoded = tb_bytes_of(in->line.data, in->line.len);
    return decode(out->encoded, again_too, &out->line);
}

tb_refusal tb_wire_read_line(const wire_signed_line *in, tb_signed_line *out)
{
    return read_line(in, true, out);
}

bool tb_wire_write_line(const tb_signed_line *in, tb_arena *arena, wire_signed_line *out)
{
    TB_ASSERT(in->path_count <= TB_PATH_MAX);

    out->index = in->index;
    out->line = tb_wire_of(in->encoded);
    out->n_path = in->path_count;
    out->root = tb_wire_write_root(&in->root, arena);
    return out->root != NULL && tb_wire_of_digests(in->path, in->path_count, arena, &out->path);
}

wire_signed_line *tb_wire_write_new_line(const tb_signed_line *in, tb_arena *arena)
{
    wire_signed_line *out = tb_arena_alloc(arena, sizeof *out);
    if (out == NULL) {
        return NULL;
    }

    tongbao__wire__signed_line__init(out);
    return tb_wire_write_line(in, arena, out) ? out : NULL;
}

static tb_refusal decode_signed(tb_bytes in, bool again_too, tb_arena *arena, tb_signed_line *out)
{
    if (in.size > TB_SIGNED_LINE_BYTES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }

    size_t mark = tb_arena_mark(arena);
    ProtobufCMessage *message = NULL;
    tb_signed_line line = {0};
    tb_refusal refusal =
        tb_wire_unpack(&tongbao__wire__signed_line__descriptor, in, arena, &message);
    if (refusal == TB_ACCEPTED) {
        refusal = read_line((const wire_signed_line *)message, again_too, &line);
    }
    if (refusal != TB_ACCEPTED) {
        tb_arena_release(arena, mark);
        return refusal;
    }
    *out = line;
    return TB_ACCEPTED;
}

tb_refusal tb_signed_line_decode(tb_bytes in, tb_arena *arena, tb_signed_line *out)
{
    return decode_signed(in, true, arena, out);
}

tb_refusal tb_signed_line_reread(tb_bytes in, tb_arena *arena, tb_signed_line *out)
{
    return decode_signed(in, false, arena, out);
}

tb_err tb_signed_line_encode(const tb_signed_line *in, tb_arena *arena, tb_bytes *out)
{
    size_t mark = tb_arena_mark(arena);
    wire_signed_line wire = TONGBAO__WIRE__SIGNED_LINE__INIT;

    if (!tb_wire_write_line(in, arena, &wire)) {
        tb_arena_release(arena, mark);
        return TB_ERR_LIMIT;
    }
    return tb_wire_pack_over(&wire.base, TB_SIGNED_LINE_BYTES_MAX, arena, mark, out);
}

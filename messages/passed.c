/* passed - openings, and earlier events with what proves them (event.h). */
#include "messages/case.pb-c.h"
#include "messages/event_wire.h"
#include "messages/link.pb-c.h"
#include "messages/link_wire.h"
#include "messages/wire.h"

typedef Tongbao__Wire__Opening wire_opening;
typedef Tongbao__Wire__Passed wire_passed;
typedef Tongbao__Wire__Root wire_root;

/* A packed root takes about 170 bytes. */
#define ROOT_BYTES_MAX 256

static bool read_opening(const wire_opening *in, tb_opening *out)
{
    return tb_wire_fixed(in->event, out->event.bytes, TB_DIGEST_BYTES) &&
           tb_wire_name(in->group, &out->group) &&
           tb_wire_fixed(in->random, out->random, sizeof out->random) &&
           tb_wire_blob(in->content, TB_BODY_BYTES_MAX, &out->content);
}

tb_refusal
tb_wire_read_openings(wire_opening *const *in, size_t count, tb_arena *arena, tb_opening **out)
{
    if (count > TB_OPENINGS_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    tb_opening *openings = tb_arena_array(arena, count, sizeof *openings);
    if (openings == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < count; i++) {
        if (!read_opening(in[i], &openings[i])) {
            return TB_REFUSED_MALFORMED;
        }
    }
    *out = openings;
    return TB_ACCEPTED;
}

wire_opening **tb_wire_write_openings(const tb_opening *in, size_t count, tb_arena *arena)
{
    TB_ASSERT(count <= TB_OPENINGS_MAX);

    wire_opening **openings = tb_wire_messages(&tongbao__wire__opening__descriptor, count, arena);
    if (openings == NULL) {
        return NULL;
    }

    for (size_t i = 0; i < count; i++) {
        openings[i]->event = tb_wire_raw(in[i].event.bytes, TB_DIGEST_BYTES);
        openings[i]->group = tb_wire_of(in[i].group);
        openings[i]->random = tb_wire_raw(in[i].random, sizeof in[i].random);
        openings[i]->content = tb_wire_of(in[i].content);
    }
    return openings;
}

static tb_refusal read_packed_root(tb_wire_bytes in, tb_arena *arena, tb_root *out)
{
    ProtobufCMessage *message = NULL;
    if (in.len > ROOT_BYTES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }

    tb_refusal refusal = tb_wire_unpack(&tongbao__wire__root__descriptor,
                                        tb_bytes_of(in.data, in.len), arena, &message);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }
    return tb_wire_read_root((const wire_root *)message, TB_TREE_HEADERS, out);
}

static bool write_packed_root(const tb_root *in, tb_arena *arena, tb_wire_bytes *out)
{
    size_t mark = tb_arena_mark(arena);
    const wire_root *root = tb_wire_write_root(in, arena);
    tb_bytes packed;

    if (root == NULL ||
        tb_wire_pack_over(&root->base, ROOT_BYTES_MAX, arena, mark, &packed) != TB_OK) {
        return false;
    }
    *out = tb_wire_of(packed);
    return true;
}

tb_refusal tb_wire_read_passed(const wire_passed *in, tb_arena *arena, tb_passed *out)
{
    tb_refusal refusal = read_packed_root(in->root, arena, &out->root);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }
    if (in->event.len == 0 || !tb_wire_blob(in->event, TB_EVENT_BYTES_MAX, &out->event) ||
        in->header.len == 0 || !tb_wire_blob(in->header, TB_HEADER_BYTES_MAX, &out->header) ||
        !tb_wire_blob(in->stamp, TB_SIGNED_LINE_BYTES_MAX, &out->stamp) || in->n_ids == 0 ||
        in->index >= out->root.count) {
        return TB_REFUSED_MALFORMED;
    }

    out->index = in->index;
    out->id_count = in->n_ids;
    out->path_count = in->n_path;
    out->opening_count = in->n_openings;
    refusal = tb_wire_digests(in->ids, in->n_ids, TB_NOTICE_EVENTS_MAX, arena, &out->ids);
    if (refusal == TB_ACCEPTED) {
        refusal = tb_wire_digests(in->path, in->n_path, TB_PATH_MAX, arena, &out->path);
    }
    if (refusal == TB_ACCEPTED) {
        refusal = tb_wire_read_openings(in->openings, in->n_openings, arena, &out->openings);
    }
    return refusal;
}

bool tb_wire_write_passed(const tb_passed *in, tb_arena *arena, wire_passed *out)
{
    TB_ASSERT(in->id_count > 0 && in->id_count <= TB_NOTICE_EVENTS_MAX);
    TB_ASSERT(in->path_count <= TB_PATH_MAX);

    out->event = tb_wire_of(in->event);
    out->header = tb_wire_of(in->header);
    out->index = in->index;
    out->stamp = tb_wire_of(in->stamp);
    out->n_ids = in->id_count;
    out->n_path = in->path_count;
    out->n_openings = in->opening_count;
    out->openings = tb_wire_write_openings(in->openings, in->opening_count, arena);
    return out->openings != NULL && write_packed_root(&in->root, arena, &out->root) &&
           tb_wire_of_digests(in->ids, in->id_count, arena, &out->ids) &&
           tb_wire_of_digests(in->path, in->path_count, arena, &out->path);
}

tb_refusal tb_passed_decode(tb_bytes in, tb_arena *arena, tb_passed *out)
{
    if (in.size > TB_BODY_BYTES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }

    size_t mark = tb_arena_mark(arena);
    ProtobufCMessage *message = NULL;
    tb_passed passed = {0};
    tb_refusal refusal = tb_wire_unpack(&tongbao__wire__passed__descriptor, in, arena, &message);
    if (refusal == TB_ACCEPTED) {
        refusal = tb_wire_read_passed((const wire_passed *)message, arena, &passed);
    }
    if (refusal != TB_ACCEPTED) {
        tb_arena_release(arena, mark);
        return refusal;
    }
    *out = passed;
    return TB_ACCEPTED;
}

tb_err tb_passed_encode(const tb_passed *passed, tb_arena *arena, tb_bytes *out)
{
    size_t mark = tb_arena_mark(arena);
    wire_passed wire = TONGBAO__WIRE__PASSED__INIT;

    if (!tb_wire_write_passed(passed, arena, &wire)) {
        tb_arena_release(arena, mark);
        return TB_ERR_LIMIT;
    }
    return tb_wire_pack_over(&wire.base, TB_BODY_BYTES_MAX, arena, mark, out);
}

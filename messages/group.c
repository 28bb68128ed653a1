/* group - groups of items and the bodies beside them (link.h). */
#include "messages/link.pb-c.h"
#include "messages/link_wire.h"
#include "messages/wire.h"

typedef Tongbao__Wire__Group wire_group;
typedef Tongbao__Wire__Item wire_item;
typedef Tongbao__Wire__SignedLine wire_signed_line;

tb_stream tb_group_stream(const tb_group *group)
{
    const tb_header *header = &group->items[0].header;
    tb_stream stream = {0};

    stream.sender = header->sender;
    stream.incarnation = header->incarnation;
    stream.recipient = group->recipient;
    stream.lane = group->lane;
    return stream;
}

bool tb_group_same_root(const tb_group *a, const tb_group *b)
{
    return tb_digest_equal(&a->root.root, &b->root.root);
}

uint64_t tb_group_number(const tb_group *group, size_t i)
{
    const tb_entry *entry = tb_header_entry(&group->items[i].header, &group->recipient);
    TB_ASSERT(entry != NULL);

    return entry->number;
}

/* The signed line of a filler speaks of exactly this item. */
static tb_refusal
read_filler(const wire_signed_line *in, const tb_group *group, tb_arena *arena, tb_item *item)
{
    tb_signed_line *line = tb_arena_alloc(arena, sizeof *line);
    if (line == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    tb_refusal refusal = tb_wire_read_line(in, line);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }

    tb_stream stream = {item->header.sender, item->header.incarnation, group->recipient,
                        group->lane};
    const tb_entry *entry = tb_header_entry(&item->header, &group->recipient);
    if (line->line.kind != TB_LINE_REFUSED || !tb_stream_equal(&line->line.stream, &stream) ||
        line->line.from != entry->number || !tb_digest_equal(&line->line.digest, &item->digest)) {
        return TB_REFUSED_MALFORMED;
    }
    item->refusal = line;
    return TB_ACCEPTED;
}

static tb_refusal
read_item(const wire_item *in, const tb_group *group, tb_arena *arena, tb_item *item)
{
    item->header_bytes = tb_bytes_of(in->header.data, in->header.len);
    tb_refusal refusal = tb_header_decode(item->header_bytes, arena, &item->header);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }
    item->digest = tb_header_digest(item->header_bytes);
    if (item->header.lane != group->lane ||
        tb_header_entry(&item->header, &group->recipient) == NULL) {
        return TB_REFUSED_MALFORMED;
    }

    if (in->body.len > TB_BODY_BYTES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    bool inside = in->refusal == NULL && item->header.entry_count == 1;
    if (inside != (in->body.len > 0)) {
        return TB_REFUSED_MALFORMED;
    }
    item->body = tb_bytes_of(in->body.data, in->body.len);
    return in->refusal == NULL ? TB_ACCEPTED : read_filler(in->refusal, group, arena, item);
}

/* Item i goes on where the one before it ended. */
static bool follows(const tb_group *group, size_t i)
{
    const tb_header *header = &group->items[i].header;
    const tb_header *before = &group->items[i - 1].header;

    return tb_party_equal(&header->sender, &before->sender) &&
           tb_incarnation_compare(&header->incarnation, &before->incarnation) == 0 &&
           tb_group_number(group, i) == tb_group_number(group, i - 1) + 1;
}

static tb_refusal read_items(const wire_group *in, tb_arena *arena, tb_group *out)
{
    out->item_count = in->n_items;
    out->items = tb_arena_array(arena, in->n_items, sizeof *out->items);
    if (out->items == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < in->n_items; i++) {
        tb_refusal refusal = read_item(in->items[i], out, arena, &out->items[i]);
        if (refusal != TB_ACCEPTED) {
            return refusal;
        }
        if (i > 0 && !follows(out, i)) {
            return TB_REFUSED_MALFORMED;
        }
    }
    return TB_ACCEPTED;
}

/* The indexes stay where they were unpacked. */
static tb_refusal read_proof(const wire_group *in, tb_arena *arena, tb_group *out)
{
    if (in->root == NULL || in->n_indexes != in->n_items) {
        return TB_REFUSED_MALFORMED;
    }
    tb_refusal refusal = tb_wire_read_root(in->root, TB_TREE_HEADERS, &out->root);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }

    for (size_t i = 0; i < in->n_indexes; i++) {
        if (in->indexes[i] >= out->root.count || (i > 0 && in->indexes[i] <= in->indexes[i - 1])) {
            return TB_REFUSED_MALFORMED;
        }
    }
    out->indexes = in->indexes;
    out->sibling_count = in->n_siblings;
    return tb_wire_digests(in->siblings, in->n_siblings, TB_LEAVES_MAX, arena, &out->siblings);
}

static tb_refusal read_stamp(const wire_group *in, tb_group *out)
{
    if (in->stamp == NULL) {
        return TB_ACCEPTED;
    }
    tb_refusal refusal = tb_wire_read_line(in->stamp, &out->stamp);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }

    tb_stream stream = tb_group_stream(out);
    if (out->stamp.line.kind != TB_LINE_STORED ||
        !tb_stream_equal(&out->stamp.line.stream, &stream)) {
        return TB_REFUSED_MALFORMED;
    }
    out->has_stamp = true;
    return TB_ACCEPTED;
}

tb_refusal tb_wire_read_group(const wire_group *in, tb_arena *arena, tb_group *out)
{
    if (in->n_items > TB_GROUP_ITEMS_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    if (in->n_items == 0 || !tb_wire_party(in->recipient, &out->recipient) ||
        !tb_wire_lane(in->lane, &out->lane)) {
        return TB_REFUSED_MALFORMED;
    }
    tb_refusal refusal = read_proof(in, arena, out);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }
    refusal = read_items(in, arena, out);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }
    return read_stamp(in, out);
}

tb_refusal tb_group_decode(tb_bytes in, tb_arena *arena, tb_group *out)
{
    if (in.size > TB_FRAME_BYTES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }

    size_t mark = tb_arena_mark(arena);
    ProtobufCMessage *message = NULL;
    tb_group group = {0};
    tb_refusal refusal = tb_wire_unpack(&tongbao__wire__group__descriptor, in, arena, &message);
    if (refusal == TB_ACCEPTED) {
        refusal = tb_wire_read_group((const wire_group *)message, arena, &group);
    }
    if (refusal != TB_ACCEPTED) {
        tb_arena_release(arena, mark);
        return refusal;
    }
    *out = group;
    return TB_ACCEPTED;
}

static bool write_items(const tb_group *in, tb_arena *arena, wire_group *out)
{
    out->n_items = in->item_count;
    out->items = tb_wire_messages(&tongbao__wire__item__descriptor, in->item_count, arena);
    if (out->items == NULL) {
        return false;
    }

    for (size_t i = 0; i < in->item_count; i++) {
        const tb_item *item = &in->items[i];
        bool inside = item->refusal == NULL && item->header.entry_count == 1;
        out->items[i]->header = tb_wire_of(item->header_bytes);
        out->items[i]->body = inside ? tb_wire_of(item->body) : tb_wire_raw(NULL, 0);
        if (item->refusal != NULL) {
            out->items[i]->refusal = tb_wire_write_new_line(item->refusal, arena);
            if (out->items[i]->refusal == NULL) {
                return false;
            }
        }
    }
    return true;
}

bool tb_wire_write_group(const tb_group *in, tb_arena *arena, wire_group *out)
{
    TB_ASSERT(in->item_count > 0 && in->item_count <= TB_GROUP_ITEMS_MAX);

    out->recipient = tb_wire_of_party(&in->recipient);
    out->lane = (uint32_t)in->lane;
    out->root = tb_wire_write_root(&in->root, arena);
    out->n_indexes = in->item_count;
    out->indexes = in->indexes;
    out->n_siblings = in->sibling_count;
    if (out->root == NULL || !write_items(in, arena, out) ||
        !tb_wire_of_digests(in->siblings, in->sibling_count, arena, &out->siblings)) {
        return false;
    }
    if (!in->has_stamp) {
        return true;
    }
    out->stamp = tb_wire_write_new_line(&in->stamp, arena);
    return out->stamp != NULL;
}

tb_err tb_group_encode(const tb_group *group, tb_arena *arena, tb_bytes *out)
{
    size_t mark = tb_arena_mark(arena);
    wire_group wire = TONGBAO__WIRE__GROUP__INIT;

    if (!tb_wire_write_group(group, arena, &wire)) {
        tb_arena_release(arena, mark);
        return TB_ERR_LIMIT;
    }
    return tb_wire_pack_over(&wire.base, TB_FRAME_BYTES_MAX, arena, mark, out);
}

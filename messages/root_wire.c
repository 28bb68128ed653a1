#include "messages/link.pb-c.h"
#include "messages/link_wire.h"
#include "messages/wire.h"

typedef Tongbao__Wire__Root wire_root;

tb_refusal tb_wire_read_root(const wire_root *in, tb_tree_kind tree, tb_root *out)
{
    if (in->suite != TB_SUITE_1) {
        return TB_REFUSED_SUITE;
    }
    if (in->tree != (uint32_t)tree || in->count == 0 || in->count > TB_LEAVES_MAX ||
        !tb_wire_party(in->signer, &out->signer) ||
        !tb_wire_fixed(in->key, out->key.bytes, sizeof out->key) ||
        !tb_wire_incarnation(in->incarnation, &out->incarnation) ||
        !tb_wire_fixed(in->root, out->root.bytes, TB_DIGEST_BYTES) ||
        !tb_wire_fixed(in->signature, out->signature, sizeof out->signature)) {
        return TB_REFUSED_MALFORMED;
    }

    out->suite = in->suite;
    out->tree = tree;
    out->count = in->count;
    return TB_ACCEPTED;
}

wire_root *tb_wire_write_root(const tb_root *in, tb_arena *arena)
{
    wire_root *out = tb_arena_alloc(arena, sizeof *out);
    if (out == NULL) {
        return NULL;
    }

    tongbao__wire__root__init(out);
    out->suite = in->suite;
    out->tree = (uint32_t)in->tree;
    out->signer = tb_wire_of_party(&in->signer);
    out->key = tb_wire_raw(in->key.bytes, sizeof in->key);
    out->count = in->count;
    out->root = tb_wire_raw(in->root.bytes, TB_DIGEST_BYTES);
    out->signature = tb_wire_raw(in->signature, sizeof in->signature);
    return tb_wire_of_incarnation(&in->incarnation, arena, &out->incarnation) ? out : NULL;
}

#include "messages/document.h"

#include "base/limits.h"
#include "messages/link.pb-c.h"
#include "messages/link_wire.h"
#include "messages/wire.h"

typedef Tongbao__Wire__Document wire_document;

tb_refusal tb_wire_read_document(const wire_document *in, tb_document *out)
{
    if (in->content.len > TB_DOCUMENT_BYTES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    if (in->kind < TB_DOCUMENT_DIRECTORY || in->kind > TB_DOCUMENT_TABLE || in->version == 0 ||
        in->content.len == 0 || !tb_wire_name(in->name, &out->name) ||
        !tb_wire_fixed(in->signer_key, out->signer_key.bytes, sizeof out->signer_key) ||
        !tb_wire_fixed(in->signature, out->signature, sizeof out->signature)) {
        return TB_REFUSED_MALFORMED;
    }

    out->kind = (tb_document_kind)in->kind;
    out->version = in->version;
    out->content = tb_bytes_of(in->content.data, in->content.len);
    return TB_ACCEPTED;
}

void tb_wire_write_document(const tb_document *in, wire_document *out)
{
    out->kind = (uint32_t)in->kind;
    out->name = tb_wire_of(in->name);
    out->version = in->version;
    out->content = tb_wire_of(in->content);
    out->signer_key = tb_wire_raw(in->signer_key.bytes, sizeof in->signer_key);
    out->signature = tb_wire_raw(in->signature, sizeof in->signature);
}

tb_refusal tb_document_decode(tb_bytes in, tb_arena *arena, tb_document *out)
{
    if (in.size > TB_FRAME_BYTES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }

    size_t mark = tb_arena_mark(arena);
    ProtobufCMessage *message = NULL;
    tb_document document = {0};
    tb_refusal refusal = tb_wire_unpack(&tongbao__wire__document__descriptor, in, arena, &message);
    if (refusal == TB_ACCEPTED) {
        refusal = tb_wire_read_document((const wire_document *)message, &document);
    }
    if (refusal != TB_ACCEPTED) {
        tb_arena_release(arena, mark);
        return refusal;
    }
    *out = document;
    return TB_ACCEPTED;
}

tb_err tb_document_encode(const tb_document *document, tb_arena *arena, tb_bytes *out)
{
    wire_document wire = TONGBAO__WIRE__DOCUMENT__INIT;

    if (document->content.size > TB_DOCUMENT_BYTES_MAX) {
        return TB_ERR_LIMIT;
    }
    tb_wire_write_document(document, &wire);
    return tb_wire_pack(&wire.base, TB_FRAME_BYTES_MAX, arena, out);
}

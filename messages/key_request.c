/* key_request - see key_request.h. */
#include "messages/key_request.h"

#include <sodium.h>

#include "messages/directory.pb-c.h"
#include "messages/wire.h"

#define REQUEST_DOMAIN "tongbao key request"
#define REQUEST_KEYS   3

/* Packs the request; with signature or, to be signed, without. */
static tb_err
pack(const tb_key_request *request, bool with_signature, tb_arena *arena, tb_bytes *out)
{
    const tb_public_key *publics[REQUEST_KEYS] = {&request->sign, &request->seal,
                                                  &request->transport};
    Tongbao__Wire__Key keys[REQUEST_KEYS];
    Tongbao__Wire__Key *list[REQUEST_KEYS];
    for (uint32_t i = 0; i < REQUEST_KEYS; i++) {
        tongbao__wire__key__init(&keys[i]);
        keys[i].purpose = TB_PURPOSE_SIGN + i;
        keys[i].public_key = tb_wire_raw(publics[i]->bytes, sizeof(publics[i]->bytes));
        list[i] = &keys[i];
    }

    Tongbao__Wire__KeyRequest message;
    tongbao__wire__key_request__init(&message);
    message.party = tb_wire_of_party(&request->party);
    message.n_keys = REQUEST_KEYS;
    message.keys = list;
    message.made_ms = request->made;
    if (with_signature) {
        message.signature = tb_wire_raw(request->signature, sizeof(request->signature));
    }
    return tb_wire_pack(&message.base, TB_KEY_REQUEST_BYTES_MAX, arena, out);
}

static tb_err signed_bytes(const tb_key_request *request, tb_arena *arena, tb_bytes *out)
{
    tb_bytes packed;
    tb_err err = pack(request, false, arena, &packed);
    if (err != TB_OK) {
        return err;
    }

    size_t prefix = sizeof(REQUEST_DOMAIN) - 1;
    uint8_t *message = tb_arena_alloc(arena, prefix + packed.size);
    if (message == NULL) {
        return TB_ERR_LIMIT;
    }
    memcpy(message, REQUEST_DOMAIN, prefix);
    memcpy(message + prefix, packed.data, packed.size);
    *out = tb_bytes_of(message, prefix + packed.size);
    return TB_OK;
}

tb_err tb_key_request_sign(tb_key_request *request,
                           const tb_sign_pair *pair,
                           tb_arena *arena,
                           tb_bytes *out)
{
    TB_ASSERT(memcmp(request->sign.bytes, pair->public_key.bytes, sizeof(request->sign)) == 0);

    tb_bytes message;
    tb_err err = signed_bytes(request, arena, &message);
    if (err != TB_OK) {
        return err;
    }

    crypto_sign_detached(request->signature, NULL, message.data, message.size, pair->secret);
    return pack(request, true, arena, out);
}

static bool read_keys(const Tongbao__Wire__KeyRequest *in, tb_key_request *out)
{
    tb_public_key *publics[REQUEST_KEYS] = {&out->sign, &out->seal, &out->transport};
    if (in->n_keys != REQUEST_KEYS) {
        return false;
    }
    for (uint32_t i = 0; i < REQUEST_KEYS; i++) {
        const Tongbao__Wire__Key *key = in->keys[i];
        if (key->purpose != TB_PURPOSE_SIGN + i || key->not_before_ms != 0 ||
            !tb_wire_fixed(key->public_key, publics[i]->bytes, sizeof(publics[i]->bytes))) {
            return false;
        }
    }
    return true;
}

tb_refusal tb_key_request_decode(tb_bytes in, tb_arena *arena, tb_key_request *out)
{
    if (in.size > TB_KEY_REQUEST_BYTES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    ProtobufCMessage *unpacked = NULL;
    tb_refusal refusal =
        tb_wire_unpack(&tongbao__wire__key_request__descriptor, in, arena, &unpacked);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }
    const Tongbao__Wire__KeyRequest *message = (const Tongbao__Wire__KeyRequest *)unpacked;
    tb_key_request read;
    if (!tb_wire_party(message->party, &read.party) || !read_keys(message, &read) ||
        !tb_wire_time(message->made_ms, &read.made) ||
        !tb_wire_fixed(message->signature, read.signature, sizeof(read.signature))) {
        return TB_REFUSED_MALFORMED;
    }

    tb_bytes again;
    tb_bytes signed_part;
    if (pack(&read, true, arena, &again) != TB_OK ||
        signed_bytes(&read, arena, &signed_part) != TB_OK) {
        return TB_REFUSED_TOO_LARGE;
    }
    if (!tb_bytes_equal(again, in)) {
        return TB_REFUSED_NOT_CANONICAL;
    }
    if (crypto_sign_verify_detached(read.signature, signed_part.data, signed_part.size,
                                    read.sign.bytes) != 0) {
        return TB_REFUSED_SIGNATURE;
    }
    *out = read;
    return TB_ACCEPTED;
}

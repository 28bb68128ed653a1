/* seal - see seal.h.
 *
 * A SealedBody is written and read here by hand: it is two repeated bytes fields, and opening then
 * borrows from the frame instead of copying it. Only the form we write is read: all parts, then all
 * wraps, nothing else.
 */
#include "messages/seal.h"
#include "base/mutant.h"

#include <sodium.h>

#include "base/pack.h"
#include "messages/digest.h"

#define KEY_BYTES    crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define TAG_BYTES    crypto_aead_xchacha20poly1305_ietf_ABYTES
#define PART_CONTEXT (12 + TB_DIGEST_BYTES + TB_PARTY_BYTES + 16 + 8 + 4)
#define WRAP_CONTEXT (PART_CONTEXT + TB_PARTY_BYTES + 8)
#define FIELD_PARTS  0x0A /* protobuf: field 1, length-delimited */
#define FIELD_WRAPS  0x12 /* field 2 */
#define VARINT_BYTES 5    /* of a length below 2^32 */

_Static_assert(KEY_BYTES == 32, "a slot of a wrap is one key");
_Static_assert(TB_PARTS_MAX *KEY_BYTES < 4096, "the keys of one body fit on the stack");

/* Every key serves one seal, so the nonce carries nothing. */
static const uint8_t zero_nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES];

static bool agree(uint8_t shared[32], const uint8_t secret[32], const tb_public_key *peer)
{
    return crypto_scalarmult(shared, secret, peer->bytes) == 0;
}

bool tb_seal_agree_sender(tb_agreement *out,
                          const tb_seal_pair *ephemeral,
                          const tb_public_key *recipient)
{
    tb_agreement made = {.ephemeral = ephemeral->public_key, .recipient = *recipient};
    if (!agree(made.shared, ephemeral->secret, recipient)) {
        return false;
    }
    *out = made;
    sodium_memzero(&made, sizeof(made));
    return true;
}

bool tb_seal_agree_recipient(tb_agreement *out,
                             const tb_seal_pair *recipient,
                             const tb_public_key *ephemeral)
{
    tb_agreement made = {.ephemeral = *ephemeral, .recipient = recipient->public_key};
    if (!agree(made.shared, recipient->secret, ephemeral)) {
        return false;
    }
    *out = made;
    sodium_memzero(&made, sizeof(made));
    return true;
}

static void
put_context(tb_writer *w, const char *domain, const tb_seal_context *context, uint32_t part)
{
    tb_put_raw(w, domain, 12);
    tb_put_raw(w, context->hub.bytes, TB_DIGEST_BYTES);
    tb_put_raw(w, context->sender.text, TB_PARTY_BYTES);
    tb_put_u64(w, context->incarnation.counter);
    tb_put_raw(w, context->incarnation.random, sizeof(context->incarnation.random));
    tb_put_u64(w, context->notice);
    tb_put_u32(w, part);
}

static void part_context(const tb_seal_context *context, size_t part, uint8_t out[PART_CONTEXT])
{
    tb_writer w;
    tb_writer_init(&w, out, PART_CONTEXT);
    put_context(&w, "tongbao part", context, (uint32_t)part);
    TB_ASSERT(!w.overflow && w.size == PART_CONTEXT);
}

/* The key of one recipient's wrap, and the context it is made from. The part number of a wrap is
 * the count of parts, so that none can be left out. */
static tb_digest wrap_key(const tb_seal_context *context,
                          size_t part_count,
                          const tb_party *recipient,
                          const tb_key_id *key,
                          const tb_agreement *agreement,
                          uint8_t out_context[WRAP_CONTEXT])
{
    tb_writer w;
    tb_writer_init(&w, out_context, WRAP_CONTEXT);
    put_context(&w, "tongbao wrap", context, (uint32_t)part_count);
    tb_put_raw(&w, recipient->text, TB_PARTY_BYTES);
    tb_put_raw(&w, key->bytes, sizeof(key->bytes));
    TB_ASSERT(!w.overflow && w.size == WRAP_CONTEXT);

    tb_bytes inputs[] = {
        tb_bytes_of(agreement->shared, sizeof(agreement->shared)),
        tb_bytes_of(agreement->ephemeral.bytes, sizeof(agreement->ephemeral.bytes)),
        tb_bytes_of(agreement->recipient.bytes, sizeof(agreement->recipient.bytes)),
        tb_bytes_of(out_context, WRAP_CONTEXT),
    };
    return tb_digest_parts("tongbao wrap key", inputs, 4);
}

/* In place: size bytes of plaintext become size bytes of ciphertext and a tag behind them. */
static void encrypt(uint8_t *data,
                    size_t size,
                    const uint8_t *context,
                    size_t context_size,
                    const uint8_t key[KEY_BYTES])
{
    if (TB_MUTANT(SEALED_IN_CLEAR)) {
        memset(data + size, 0, TAG_BYTES);
        return;
    }
    crypto_aead_xchacha20poly1305_ietf_encrypt(data, NULL, data, size, context, context_size, NULL,
                                               zero_nonce, key);
}

static bool decrypt(uint8_t *out,
                    tb_bytes sealed,
                    const uint8_t *context,
                    size_t context_size,
                    const uint8_t key[KEY_BYTES])
{
    if (TB_MUTANT(SEALED_IN_CLEAR)) {
        memmove(out, sealed.data, sealed.size - TAG_BYTES);
        return true;
    }
    return crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, sealed.data, sealed.size,
                                                      context, context_size, zero_nonce, key) == 0;
}

/* ISO/IEC 7816-4 always adds at least one byte. */
static size_t padded_size(size_t size)
{
    return (size / TB_PAD_BYTES + 1) * TB_PAD_BYTES;
}

static size_t wrap_size(size_t part_count)
{
    return part_count * KEY_BYTES + TAG_BYTES;
}

static void put_field_head(tb_writer *w, uint8_t field, size_t size)
{
    tb_put_u8(w, field);
    while (size >= 0x80) {
        tb_put_u8(w, (uint8_t)(0x80 | (size & 0x7F)));
        size >>= 7;
    }
    tb_put_u8(w, (uint8_t)size);
}

/* Room in the writer for bytes that are sealed where they stand; NULL when it is exhausted. */
static uint8_t *put_room(tb_writer *w, size_t size)
{
    if (w->overflow || w->capacity - w->size < size) {
        w->overflow = true;
        return NULL;
    }
    uint8_t *room = w->data + w->size;
    w->size += size;
    return room;
}

static tb_err put_part(tb_writer *w,
                       const tb_seal_context *context,
                       size_t part,
                       tb_bytes plain,
                       const uint8_t key[KEY_BYTES])
{
    size_t padded = padded_size(plain.size);
    put_field_head(w, FIELD_PARTS, padded + TAG_BYTES);
    uint8_t *room = put_room(w, padded + TAG_BYTES);
    if (room == NULL) {
        return TB_ERR_LIMIT;
    }

    if (plain.size > 0) {
        memcpy(room, plain.data, plain.size);
    }
    memset(room + plain.size, 0, padded - plain.size);
    room[plain.size] = 0x80;
    uint8_t with[PART_CONTEXT];
    part_context(context, part, with);
    encrypt(room, padded, with, sizeof(with), key);
    return TB_OK;
}

static tb_err put_wrap(tb_writer *w,
                       const tb_seal_context *context,
                       size_t part_count,
                       const uint8_t *keys,
                       const tb_seal_reader *reader,
                       tb_random *random)
{
    put_field_head(w, FIELD_WRAPS, wrap_size(part_count));
    uint8_t *room = put_room(w, wrap_size(part_count));
    if (room == NULL) {
        return TB_ERR_LIMIT;
    }

    for (size_t part = 0; part < part_count; part++) {
        uint8_t *slot = room + part * KEY_BYTES;
        if (reader->parts[part]) {
            memcpy(slot, keys + part * KEY_BYTES, KEY_BYTES);
        } else {
            tb_random_bytes(random, slot, KEY_BYTES);
        }
    }
    uint8_t with[WRAP_CONTEXT];
    tb_digest key =
        wrap_key(context, part_count, &reader->recipient, &reader->key, reader->agreement, with);
    encrypt(room, part_count * KEY_BYTES, with, sizeof(with), key.bytes);
    sodium_memzero(&key, sizeof(key));
    return TB_OK;
}

tb_err tb_seal_body(const tb_seal_context *context,
                    const tb_bytes *parts,
                    size_t part_count,
                    const tb_seal_reader *readers,
                    size_t reader_count,
                    tb_random *random,
                    tb_arena *arena,
                    tb_bytes *out_body)
{
    TB_ASSERT(part_count >= 1 && part_count <= TB_PARTS_MAX);
    TB_ASSERT(reader_count >= 1 && reader_count <= TB_ENTRIES_MAX);

    size_t capacity = reader_count * (1 + VARINT_BYTES + wrap_size(part_count));
    for (size_t i = 0; i < part_count; i++) {
        if (parts[i].size > TB_BODY_BYTES_MAX) {
            return TB_ERR_LIMIT;
        }
        capacity += 1 + VARINT_BYTES + padded_size(parts[i].size) + TAG_BYTES;
    }
    tb_writer w;
    tb_writer_arena(&w, arena, capacity);

    uint8_t keys[TB_PARTS_MAX * KEY_BYTES];
    tb_random_bytes(random, keys, part_count * KEY_BYTES);
    tb_err err = TB_OK;
    for (size_t i = 0; i < part_count && err == TB_OK; i++) {
        err = put_part(&w, context, i, parts[i], keys + i * KEY_BYTES);
    }
    for (size_t i = 0; i < reader_count && err == TB_OK; i++) {
        TB_ASSERT(readers[i].parts[0]);
        err = put_wrap(&w, context, part_count, keys, &readers[i], random);
    }
    sodium_memzero(keys, sizeof(keys));
    if (err != TB_OK) {
        return err;
    }

    tb_bytes body;
    err = tb_writer_bytes(&w, &body);
    if (err != TB_OK) {
        return err;
    }
    if (body.size > TB_BODY_BYTES_MAX) {
        return TB_ERR_LIMIT;
    }
    *out_body = body;
    return TB_OK;
}

typedef struct sealed_body {
    tb_bytes parts[TB_PARTS_MAX];
    size_t part_count;
    tb_bytes wraps[TB_ENTRIES_MAX];
    size_t wrap_count;
} sealed_body;

/* The next field of a body; false when it is not one we write. */
static bool next_field(tb_reader *r, uint8_t *out_field, tb_bytes *out_value)
{
    uint8_t field = tb_get_u8(r);
    uint64_t size = 0;
    unsigned shift = 0;
    uint8_t byte = 0;
    do {
        byte = tb_get_u8(r);
        size |= (uint64_t)(byte & 0x7F) << shift;
        shift += 7;
    } while ((byte & 0x80) && shift < 7 * VARINT_BYTES);
    if (r->failed || (byte & 0x80) || (byte == 0 && shift > 7) || size > r->size - r->at) {
        return false;
    }

    *out_field = field;
    *out_value = tb_bytes_of(r->data + r->at, (size_t)size);
    r->at += (size_t)size;
    return true;
}

static bool body_read(tb_bytes in, sealed_body *out)
{
    out->part_count = 0;
    out->wrap_count = 0;
    tb_reader r;
    tb_reader_init(&r, in);
    while (r.at < r.size) {
        uint8_t field;
        tb_bytes value;
        if (!next_field(&r, &field, &value)) {
            return false;
        }
        if (field == FIELD_PARTS && out->wrap_count == 0 && out->part_count < TB_PARTS_MAX) {
            out->parts[out->part_count++] = value;
        } else if (field == FIELD_WRAPS && out->wrap_count < TB_ENTRIES_MAX) {
            out->wraps[out->wrap_count++] = value;
        } else {
            return false;
        }
    }
    for (size_t i = 0; i < out->part_count; i++) {
        if (out->parts[i].size < TB_PAD_BYTES + TAG_BYTES ||
            (out->parts[i].size - TAG_BYTES) % TB_PAD_BYTES != 0) {
            return false;
        }
    }
    for (size_t i = 0; i < out->wrap_count; i++) {
        if (out->wraps[i].size != wrap_size(out->part_count)) {
            return false;
        }
    }
    return out->part_count > 0 && out->wrap_count > 0;
}

/* The padding starts in the last 256 bytes: zeros back to one 0x80. */
static bool unpad(const uint8_t *data, size_t padded, size_t *out_size)
{
    size_t at = padded;
    while (at > padded - TB_PAD_BYTES && data[at - 1] == 0) {
        at--;
    }
    if (at == padded - TB_PAD_BYTES || data[at - 1] != 0x80) {
        return false;
    }
    *out_size = at - 1;
    return true;
}

/* Opens what the slots open, into room for all plaintexts. */
static bool open_parts(const tb_seal_context *context,
                       const sealed_body *body,
                       const uint8_t *slots,
                       uint8_t *room,
                       tb_opened *out)
{
    for (size_t part = 0; part < body->part_count; part++) {
        tb_bytes sealed = body->parts[part];
        uint8_t with[PART_CONTEXT];
        part_context(context, part, with);
        if (!decrypt(room, sealed, with, sizeof(with), slots + part * KEY_BYTES)) {
            if (part == 0) {
                return false;
            }
            out->parts[part] = tb_bytes_of(NULL, 0);
            continue;
        }

        size_t size = 0;
        if (!unpad(room, sealed.size - TAG_BYTES, &size)) {
            return false;
        }
        out->parts[part] = tb_bytes_of(room, size);
        room += sealed.size - TAG_BYTES;
    }
    out->part_count = body->part_count;
    return true;
}

tb_refusal tb_seal_open(const tb_seal_context *context,
                        tb_bytes body,
                        size_t entry_index,
                        size_t entry_count,
                        const tb_party *recipient,
                        const tb_key_id *key,
                        const tb_agreement *agreement,
                        tb_arena *arena,
                        tb_opened *out)
{
    TB_ASSERT(entry_index < entry_count);

    sealed_body sealed;
    if (body.size > TB_BODY_BYTES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    if (!body_read(body, &sealed) || sealed.wrap_count != entry_count) {
        return TB_REFUSED_MALFORMED;
    }
    uint8_t *room = tb_arena_raw(arena, body.size);
    if (room == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    uint8_t slots[TB_PARTS_MAX * KEY_BYTES];
    uint8_t with[WRAP_CONTEXT];
    tb_digest unwrap = wrap_key(context, sealed.part_count, recipient, key, agreement, with);
    tb_opened opened;
    bool opens = decrypt(slots, sealed.wraps[entry_index], with, sizeof(with), unwrap.bytes) &&
                 open_parts(context, &sealed, slots, room, &opened);
    sodium_memzero(&unwrap, sizeof(unwrap));
    sodium_memzero(slots, sizeof(slots));
    if (!opens) {
        return TB_REFUSED_CANNOT_OPEN;
    }
    memcpy(out->parts, opened.parts, opened.part_count * sizeof(opened.parts[0]));
    out->part_count = opened.part_count;
    return TB_ACCEPTED;
}

tb_digest tb_body_digest(tb_bytes body)
{
    return tb_digest_of("tongbao body", body);
}

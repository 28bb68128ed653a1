#include "messages/wire.h"

#include "base/limits.h"
#include "base/pack.h"

typedef struct source {
    tb_arena *arena;
    bool exhausted;
} source;

/* No structure that protobuf-c makes is larger. */
#define CLEARED_MAX 512

static void *source_alloc(void *data, size_t size)
{
    source *from = data;
    /* Contents of byte fields are copied in whole; structures are small and begin as zeros. */
    bool contents = size > CLEARED_MAX;
    void *memory =
        contents ? tb_arena_raw(from->arena, size) : tb_arena_alloc(from->arena, size);

    if (memory == NULL) {
        from->exhausted = true;
    }
    return memory;
}

/* The arena takes everything back at once. */
static void source_free(void *data, void *memory)
{
    (void)data;
    (void)memory;
}

tb_refusal tb_wire_unpack(const ProtobufCMessageDescriptor *type,
                          tb_bytes in,
                          tb_arena *arena,
                          ProtobufCMessage **out)
{
    source from = {arena, false};
    ProtobufCAllocator allocator = {source_alloc, source_free, &from};
    ProtobufCMessage *message = protobuf_c_message_unpack(type, &allocator, in.size, in.data);

    if (message == NULL) {
        return from.exhausted ? TB_REFUSED_TOO_LARGE : TB_REFUSED_MALFORMED;
    }

    *out = message;
    return TB_ACCEPTED;
}

tb_err tb_wire_pack(const ProtobufCMessage *message, size_t max, tb_arena *arena, tb_bytes *out)
{
    size_t size = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes = size > max ? NULL : tb_arena_raw(arena, size);
    if (bytes == NULL) {
        return TB_ERR_LIMIT;
    }

    size_t packed = protobuf_c_message_pack(message, bytes);
    TB_ASSERT(packed == size);
    *out = tb_bytes_of(bytes, size);
    return TB_OK;
}

tb_err tb_wire_pack_over(
    const ProtobufCMessage *message, size_t max, tb_arena *arena, size_t mark, tb_bytes *out)
{
    tb_bytes packed;
    tb_err err = tb_wire_pack(message, max, arena, &packed);
    if (err != TB_OK) {
        tb_arena_release(arena, mark);
        return err;
    }

    memmove(arena->block + mark, packed.data, packed.size);
    tb_arena_release(arena, mark + packed.size);
    *out = tb_bytes_of(arena->block + mark, packed.size);
    return TB_OK;
}

tb_arena tb_wire_scratch(const tb_arena *arena, size_t reserve)
{
    size_t left = arena->size - arena->used;
    tb_arena scratch;

    if (arena->block == NULL || left <= reserve) {
        tb_arena_init(&scratch, NULL, 0);
    } else {
        tb_arena_init(&scratch, arena->block + arena->used + reserve, left - reserve);
    }
    return scratch;
}

void *tb_wire_messages(const ProtobufCMessageDescriptor *type, size_t count, tb_arena *arena)
{
    size_t each = type->sizeof_message;
    ProtobufCMessage **pointers = tb_arena_array(arena, count, sizeof *pointers);
    uint8_t *messages = tb_arena_array(arena, count, each);

    if (pointers == NULL || messages == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        /* Every message type begins with a ProtobufCMessage, and zero is every field's default. */
        pointers[i] = (void *)(messages + i * each);
        pointers[i]->descriptor = type;
    }
    return pointers;
}

tb_wire_bytes tb_wire_raw(const void *data, size_t size)
{
    tb_wire_bytes field = {size, NULL};

    /* protobuf-c only reads what it packs, but says so with a pointer that is not const. */
    memcpy(&field.data, &data, sizeof field.data);
    return field;
}

tb_wire_bytes tb_wire_of(tb_bytes bytes)
{
    return tb_wire_raw(bytes.data, bytes.size);
}

tb_wire_bytes tb_wire_raw_or_none(const void *data, size_t size)
{
    const uint8_t *bytes = data;

    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0) {
            return tb_wire_raw(data, size);
        }
    }
    return tb_wire_raw(NULL, 0);
}

tb_wire_bytes tb_wire_of_party(const tb_party *party)
{
    return tb_wire_of(tb_party_bytes(party));
}

static void put_incarnation(tb_writer *w, const tb_incarnation *in)
{
    tb_put_u64(w, in->counter);
    tb_put_raw(w, in->random, sizeof in->random);
}

bool tb_wire_of_incarnation(const tb_incarnation *in, tb_arena *arena, tb_wire_bytes *out)
{
    tb_writer w;
    tb_bytes bytes;

    tb_writer_arena(&w, arena, 16);
    put_incarnation(&w, in);
    if (tb_writer_bytes(&w, &bytes) != TB_OK) {
        return false;
    }
    *out = tb_wire_of(bytes);
    return true;
}

bool tb_wire_of_stream(const tb_stream *in, tb_arena *arena, tb_wire_bytes *out)
{
    tb_writer w;
    tb_bytes bytes;

    tb_writer_arena(&w, arena, TB_STREAM_BYTES);
    tb_put_raw(&w, in->sender.text, TB_PARTY_BYTES);
    put_incarnation(&w, &in->incarnation);
    tb_put_raw(&w, in->recipient.text, TB_PARTY_BYTES);
    tb_put_u8(&w, (uint8_t)in->lane);
    if (tb_writer_bytes(&w, &bytes) != TB_OK) {
        return false;
    }
    *out = tb_wire_of(bytes);
    return true;
}

bool tb_wire_of_digests(const tb_digest *digests,
                        size_t count,
                        tb_arena *arena,
                        tb_wire_bytes **out)
{
    tb_wire_bytes *fields = tb_arena_array(arena, count, sizeof *fields);
    if (fields == NULL) {
        return false;
    }

    for (size_t i = 0; i < count; i++) {
        fields[i] = tb_wire_raw(digests[i].bytes, TB_DIGEST_BYTES);
    }
    *out = fields;
    return true;
}

int tb_wire_compare(tb_bytes a, tb_bytes b)
{
    size_t common = a.size < b.size ? a.size : b.size;
    int order = common == 0 ? 0 : memcmp(a.data, b.data, common);

    if (order != 0 || a.size == b.size) {
        return order;
    }
    return a.size < b.size ? -1 : 1;
}

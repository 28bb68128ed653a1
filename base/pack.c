#include "base/pack.h"

void tb_writer_init(tb_writer *w, void *buffer, size_t capacity)
{
    w->data = buffer;
    w->capacity = capacity;
    w->size = 0;
    w->overflow = false;
}

void tb_writer_arena(tb_writer *w, tb_arena *arena, size_t capacity)
{
    void *buffer = tb_arena_raw(arena, capacity);

    tb_writer_init(w, buffer, buffer == NULL ? 0 : capacity);
    w->overflow = buffer == NULL;
}

void tb_put_raw(tb_writer *w, const void *data, size_t size)
{
    if (w->overflow || size > w->capacity - w->size) {
        w->overflow = true;
        return;
    }
    if (size > 0) {
        memcpy(w->data + w->size, data, size);
        w->size += size;
    }
}

static void put_big_endian(tb_writer *w, uint64_t v, size_t size)
{
    uint8_t bytes[8];

    for (size_t i = 0; i < size; i++) {
        bytes[size - 1 - i] = (uint8_t)(v >> (8 * i));
    }
    tb_put_raw(w, bytes, size);
}

void tb_put_u8(tb_writer *w, uint8_t v)
{
    put_big_endian(w, v, 1);
}

void tb_put_u16(tb_writer *w, uint16_t v)
{
    put_big_endian(w, v, 2);
}

void tb_put_u32(tb_writer *w, uint32_t v)
{
    put_big_endian(w, v, 4);
}

void tb_put_u64(tb_writer *w, uint64_t v)
{
    put_big_endian(w, v, 8);
}

/* The sign bit is flipped, so that byte order is numeric order for negative numbers too. */
void tb_put_i64(tb_writer *w, int64_t v)
{
    put_big_endian(w, (uint64_t)v ^ (UINT64_C(1) << 63), 8);
}

void tb_put_bytes(tb_writer *w, tb_bytes b)
{
    if (b.size > UINT32_MAX) {
        w->overflow = true;
        return;
    }
    tb_put_u32(w, (uint32_t)b.size);
    tb_put_raw(w, b.data, b.size);
}

tb_err tb_writer_bytes(const tb_writer *w, tb_bytes *out)
{
    if (w->overflow) {
        return TB_ERR_LIMIT;
    }
    *out = tb_bytes_of(w->data, w->size);
    return TB_OK;
}

void tb_reader_init(tb_reader *r, tb_bytes in)
{
    static const uint8_t nothing[1];

    r->data = in.data == NULL ? nothing : in.data;
    r->size = in.size;
    r->at = 0;
    r->failed = false;
}

/* NULL, and the reader failed, when size bytes are not there. */
static const uint8_t *get(tb_reader *r, size_t size)
{
    if (r->failed || size > r->size - r->at) {
        r->failed = true;
        return NULL;
    }

    const uint8_t *bytes = r->data + r->at;
    r->at += size;
    return bytes;
}

static uint64_t get_big_endian(tb_reader *r, size_t size)
{
    const uint8_t *bytes = get(r, size);
    uint64_t v = 0;

    for (size_t i = 0; bytes != NULL && i < size; i++) {
        v = v << 8 | bytes[i];
    }
    return v;
}

uint8_t tb_get_u8(tb_reader *r)
{
    return (uint8_t)get_big_endian(r, 1);
}

uint16_t tb_get_u16(tb_reader *r)
{
    return (uint16_t)get_big_endian(r, 2);
}

uint32_t tb_get_u32(tb_reader *r)
{
    return (uint32_t)get_big_endian(r, 4);
}

uint64_t tb_get_u64(tb_reader *r)
{
    return get_big_endian(r, 8);
}

int64_t tb_get_i64(tb_reader *r)
{
    uint64_t v = get_big_endian(r, 8);

    return r->failed ? 0 : (int64_t)(v ^ (UINT64_C(1) << 63));
}

void tb_get_raw(tb_reader *r, void *out, size_t size)
{
    const uint8_t *bytes = get(r, size);

    if (size == 0) {
        return;
    }
    if (bytes == NULL) {
        memset(out, 0, size);
    } else {
        memcpy(out, bytes, size);
    }
}

tb_bytes tb_get_bytes(tb_reader *r)
{
    uint32_t size = tb_get_u32(r);
    const uint8_t *bytes = get(r, size);

    return tb_bytes_of(bytes, bytes == NULL ? 0 : size);
}

bool tb_reader_done(const tb_reader *r)
{
    return !r->failed && r->at == r->size;
}

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

/* The next size bytes, or NULL when they do not fit. */
static uint8_t *room(tb_writer *w, size_t size)
{
    if (w->overflow || size > w->capacity - w->size) {
        w->overflow = true;
        return NULL;
    }

    uint8_t *at = w->data + w->size;
    w->size += size;
    return at;
}

void tb_put_raw(tb_writer *w, const void *data, size_t size)
{
    uint8_t *at = size > 0 ? room(w, size) : NULL;

    if (at != NULL) {
        memcpy(at, data, size);
    }
}

void tb_put_u8(tb_writer *w, uint8_t v)
{
    uint8_t *at = room(w, 1);

    if (at != NULL) {
        *at = v;
    }
}

/* Byte by byte, each of a fixed width: the compiler makes one store of it, and keys and rows are
 * full of these. */
void tb_put_u16(tb_writer *w, uint16_t v)
{
    uint8_t *at = room(w, 2);

    if (at != NULL) {
        at[0] = (uint8_t)(v >> 8);
        at[1] = (uint8_t)v;
    }
}

void tb_put_u32(tb_writer *w, uint32_t v)
{
    uint8_t *at = room(w, 4);

    if (at != NULL) {
        at[0] = (uint8_t)(v >> 24);
        at[1] = (uint8_t)(v >> 16);
        at[2] = (uint8_t)(v >> 8);
        at[3] = (uint8_t)v;
    }
}

void tb_put_u64(tb_writer *w, uint64_t v)
{
    uint8_t *at = room(w, 8);

    if (at != NULL) {
        at[0] = (uint8_t)(v >> 56);
        at[1] = (uint8_t)(v >> 48);
        at[2] = (uint8_t)(v >> 40);
        at[3] = (uint8_t)(v >> 32);
        at[4] = (uint8_t)(v >> 24);
        at[5] = (uint8_t)(v >> 16);
        at[6] = (uint8_t)(v >> 8);
        at[7] = (uint8_t)v;
    }
}

/* The sign bit is flipped, so that byte order is numeric order for negative numbers too. */
void tb_put_i64(tb_writer *w, int64_t v)
{
    tb_put_u64(w, (uint64_t)v ^ (UINT64_C(1) << 63));
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

uint8_t tb_get_u8(tb_reader *r)
{
    const uint8_t *at = get(r, 1);

    return at == NULL ? 0 : *at;
}

uint16_t tb_get_u16(tb_reader *r)
{
    const uint8_t *at = get(r, 2);

    if (at == NULL) {
        return 0;
    }
    return (uint16_t)(at[0] << 8 | at[1]);
}

uint32_t tb_get_u32(tb_reader *r)
{
    const uint8_t *at = get(r, 4);

    if (at == NULL) {
        return 0;
    }
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

uint64_t tb_get_u64(tb_reader *r)
{
    const uint8_t *at = get(r, 8);

    if (at == NULL) {
        return 0;
    }
    return (uint64_t)at[0] << 56 | (uint64_t)at[1] << 48 | (uint64_t)at[2] << 40 |
           (uint64_t)at[3] << 32 | (uint64_t)at[4] << 24 | (uint64_t)at[5] << 16 |
           (uint64_t)at[6] << 8 | at[7];
}

int64_t tb_get_i64(tb_reader *r)
{
    uint64_t v = tb_get_u64(r);

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

#include "base/text.h"

#define DECIMAL_MAX 20

void tb_text_init(tb_text *text, tb_arena *arena, size_t capacity)
{
    void *buffer = tb_arena_alloc(arena, capacity);

    tb_text_over(text, buffer, buffer == NULL ? 0 : capacity);
    text->overflow = buffer == NULL;
}

void tb_text_over(tb_text *text, void *buffer, size_t capacity)
{
    text->data = buffer;
    text->capacity = capacity;
    text->size = 0;
    text->overflow = false;
}

void tb_text_bytes(tb_text *text, tb_bytes b)
{
    if (text->overflow || b.size > text->capacity - text->size) {
        text->overflow = true;
        return;
    }
    if (b.size > 0) {
        memcpy(text->data + text->size, b.data, b.size);
        text->size += b.size;
    }
}

void tb_text_str(tb_text *text, const char *s)
{
    tb_text_bytes(text, tb_bytes_str(s));
}

void tb_text_char(tb_text *text, char c)
{
    tb_text_bytes(text, tb_bytes_of(&c, 1));
}

void tb_text_u64_wide(tb_text *text, uint64_t v, unsigned width)
{
    char digits[DECIMAL_MAX];
    size_t at = sizeof digits;

    do {
        digits[--at] = (char)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    for (size_t have = sizeof digits - at; have < width; have++) {
        tb_text_char(text, '0');
    }
    tb_text_bytes(text, tb_bytes_of(digits + at, sizeof digits - at));
}

void tb_text_u64(tb_text *text, uint64_t v)
{
    tb_text_u64_wide(text, v, 1);
}

void tb_text_i64(tb_text *text, int64_t v)
{
    if (v < 0) {
        tb_text_char(text, '-');
        tb_text_u64(text, 0 - (uint64_t)v);
    } else {
        tb_text_u64(text, (uint64_t)v);
    }
}

void tb_text_hex(tb_text *text, tb_bytes b)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < b.size; i++) {
        tb_text_char(text, digits[b.data[i] >> 4]);
        tb_text_char(text, digits[b.data[i] & 15]);
    }
}

tb_err tb_text_done(const tb_text *text, tb_bytes *out)
{
    if (text->overflow) {
        return TB_ERR_LIMIT;
    }
    *out = tb_bytes_of(text->data, text->size);
    return TB_OK;
}

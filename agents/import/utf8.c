#include "agents/import/utf8.h"

#define REPLACEMENT 0xfffdu

static bool continues(tb_bytes text, size_t at)
{
    return at < text.size && (text.data[at] & 0xc0) == 0x80;
}

/* The length the first byte promises, the bits it carries and the least value of that length. */
static size_t promised(uint8_t first, uint32_t *out_bits, uint32_t *out_least)
{
    if (first < 0x80) {
        *out_bits = first;
        *out_least = 0;
        return 1;
    }
    if (first >= 0xc2 && first < 0xe0) {
        *out_bits = first & 0x1fu;
        *out_least = 0x80;
        return 2;
    }
    if (first >= 0xe0 && first < 0xf0) {
        *out_bits = first & 0x0fu;
        *out_least = 0x800;
        return 3;
    }
    if (first >= 0xf0 && first < 0xf5) {
        *out_bits = first & 0x07u;
        *out_least = 0x10000;
        return 4;
    }
    return 0;
}

static bool take(tb_bytes text, size_t *at, uint32_t *out)
{
    uint32_t character = 0;
    uint32_t least = 0;
    size_t size = promised(text.data[*at], &character, &least);
    if (size == 0) {
        return false;
    }
    for (size_t i = 1; i < size; i++) {
        if (!continues(text, *at + i)) {
            return false;
        }
        character = character << 6 | (text.data[*at + i] & 0x3fu);
    }
    bool surrogate = character >= 0xd800 && character <= 0xdfff;
    if (character < least || character > 0x10ffff || surrogate) {
        return false;
    }
    *at += size;
    *out = character;
    return true;
}

uint32_t tb_utf8_next(tb_bytes text, size_t *at)
{
    TB_ASSERT(*at < text.size);

    uint32_t character = 0;
    if (!take(text, at, &character)) {
        *at += 1;
        return REPLACEMENT;
    }
    return character;
}

size_t tb_utf8_front(tb_bytes text)
{
    size_t at = 0;
    uint32_t character = 0;
    while (at < text.size && take(text, &at, &character)) {
    }
    return at;
}

bool tb_utf8_valid(tb_bytes text)
{
    return tb_utf8_front(text) == text.size;
}

uint32_t tb_utf8_narrow(uint32_t character)
{
    if (character >= 0xff01 && character <= 0xff5e) {
        return character - 0xff01 + '!';
    }
    return character;
}

bool tb_utf8_blank(uint32_t character)
{
    switch (character) {
    case ' ':
    case '\t':
    case '\r':
    case '\n':
    case 0x00a0: /* no-break */
    case 0x1680:
    case 0x200e: /* direction marks, which copied numbers carry */
    case 0x200f:
    case 0x202f:
    case 0x205f:
    case 0x2060:
    case 0x3000: /* ideographic */
    case 0xfeff: /* zero-width no-break, the byte order mark */
        return true;
    default:
        return (character >= 0x2000 && character <= 0x200d) ||
               (character >= 0x202a && character <= 0x202e);
    }
}

bool tb_utf8_dash(uint32_t character)
{
    switch (character) {
    case '-':
    case 0x00ad: /* soft hyphen */
    case 0x2212: /* minus */
    case 0x2500: /* box drawing, which stands for a dash in old files */
    case 0xfe58:
    case 0xfe63:
    case 0xff0d:
        return true;
    default:
        return character >= 0x2010 && character <= 0x2015;
    }
}

bool tb_utf8_bracket(uint32_t character)
{
    switch (tb_utf8_narrow(character)) {
    case '(':
    case ')':
    case '[':
    case ']':
    case 0x3010:
    case 0x3011:
    case 0x3014:
    case 0x3015:
        return true;
    default:
        return false;
    }
}

tb_bytes tb_utf8_trim(tb_bytes text)
{
    size_t start = text.size;
    size_t end = 0;
    for (size_t at = 0; at < text.size;) {
        size_t before = at;
        if (!tb_utf8_blank(tb_utf8_next(text, &at))) {
            if (start == text.size) {
                start = before;
            }
            end = at;
        }
    }
    return end == 0 ? tb_bytes_of(text.data, 0) : tb_bytes_of(text.data + start, end - start);
}

static uint32_t fold(uint32_t character)
{
    uint32_t narrow = tb_utf8_narrow(character);
    return narrow >= 'A' && narrow <= 'Z' ? narrow - 'A' + 'a' : narrow;
}

bool tb_utf8_same(tb_bytes a, tb_bytes b)
{
    tb_bytes left = tb_utf8_trim(a);
    tb_bytes right = tb_utf8_trim(b);
    size_t i = 0;
    size_t j = 0;
    while (i < left.size && j < right.size) {
        if (fold(tb_utf8_next(left, &i)) != fold(tb_utf8_next(right, &j))) {
            return false;
        }
    }
    return i == left.size && j == right.size;
}

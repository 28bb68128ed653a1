#include "base/ids.h"

static bool party_character(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

bool tb_party_parse(tb_bytes text, tb_party *out)
{
    if (text.size == 0 || text.size > TB_PARTY_BYTES - 1) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        if (!party_character(text.data[i])) {
            return false;
        }
    }
    memset(out, 0, sizeof *out);
    memcpy(out->text, text.data, text.size);
    return true;
}

tb_bytes tb_party_bytes(const tb_party *party)
{
    const char *end = memchr(party->text, 0, TB_PARTY_BYTES);

    return tb_bytes_of(party->text, end == NULL ? TB_PARTY_BYTES : (size_t)(end - party->text));
}

bool tb_party_equal(const tb_party *a, const tb_party *b)
{
    return memcmp(a->text, b->text, TB_PARTY_BYTES) == 0;
}

bool tb_party_empty(const tb_party *party)
{
    return party->text[0] == 0;
}

static bool zero(const uint8_t *bytes, size_t size)
{
    uint8_t any = 0;

    for (size_t i = 0; i < size; i++) {
        any |= bytes[i];
    }
    return any == 0;
}

bool tb_digest_equal(const tb_digest *a, const tb_digest *b)
{
    return memcmp(a->bytes, b->bytes, TB_DIGEST_BYTES) == 0;
}

bool tb_digest_zero(const tb_digest *d)
{
    return zero(d->bytes, TB_DIGEST_BYTES);
}

bool tb_case_equal(const tb_case_id *a, const tb_case_id *b)
{
    return memcmp(a->bytes, b->bytes, TB_CASE_ID_BYTES) == 0;
}

bool tb_case_zero(const tb_case_id *id)
{
    return zero(id->bytes, TB_CASE_ID_BYTES);
}

int tb_incarnation_compare(const tb_incarnation *a, const tb_incarnation *b)
{
    if (a->counter != b->counter) {
        return a->counter < b->counter ? -1 : 1;
    }
    return memcmp(a->random, b->random, sizeof a->random);
}

bool tb_stream_equal(const tb_stream *a, const tb_stream *b)
{
    return tb_party_equal(&a->sender, &b->sender) &&
           tb_incarnation_compare(&a->incarnation, &b->incarnation) == 0 &&
           tb_party_equal(&a->recipient, &b->recipient) && a->lane == b->lane;
}

void tb_hex(const void *data, size_t size, char *out)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *bytes = data;

    for (size_t i = 0; i < size; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * size] = 0;
}

/* -1 when c is no hex digit. */
static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

bool tb_hex_parse(tb_bytes text, void *out, size_t size)
{
    uint8_t *bytes = out;

    if (text.size / 2 != size || text.size % 2 != 0) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        if (hex_digit(text.data[i]) < 0) {
            return false;
        }
    }
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(hex_digit(text.data[2 * i]) << 4 | hex_digit(text.data[2 * i + 1]));
    }
    return true;
}

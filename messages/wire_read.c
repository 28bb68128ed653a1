#include "messages/wire.h"

#include "base/limits.h"
#include "base/pack.h"

bool tb_wire_fixed(tb_wire_bytes field, void *out, size_t size)
{
    if (field.len != size) {
        return false;
    }
    memcpy(out, field.data, size);
    return true;
}

bool tb_wire_fixed_or_zero(tb_wire_bytes field, void *out, size_t size)
{
    if (field.len == 0) {
        memset(out, 0, size);
        return true;
    }
    return tb_wire_fixed(field, out, size);
}

bool tb_wire_fixed_not_zero(tb_wire_bytes field, void *out, size_t size)
{
    uint8_t any = 0;

    for (size_t i = 0; i < field.len; i++) {
        any |= field.data[i];
    }
    return any != 0 && tb_wire_fixed(field, out, size);
}

bool tb_wire_party(tb_wire_bytes field, tb_party *out)
{
    return tb_party_parse(tb_bytes_of(field.data, field.len), out);
}

bool tb_wire_party_or_none(tb_wire_bytes field, tb_party *out)
{
    if (field.len == 0) {
        memset(out, 0, sizeof *out);
        return true;
    }
    return tb_wire_party(field, out);
}

static void get_incarnation(tb_reader *r, tb_incarnation *out)
{
    out->counter = tb_get_u64(r);
    tb_get_raw(r, out->random, sizeof out->random);
}

bool tb_wire_incarnation(tb_wire_bytes field, tb_incarnation *out)
{
    tb_reader r;
    tb_incarnation read;

    tb_reader_init(&r, tb_bytes_of(field.data, field.len));
    get_incarnation(&r, &read);
    if (!tb_reader_done(&r)) {
        return false;
    }
    *out = read;
    return true;
}

/* A party id in 24 bytes, zero padded; nothing may stand behind the first zero. */
static bool get_party(tb_reader *r, tb_party *out)
{
    tb_party padded;

    tb_get_raw(r, padded.text, TB_PARTY_BYTES);
    return tb_party_parse(tb_party_bytes(&padded), out) && tb_party_equal(&padded, out);
}

bool tb_wire_stream(tb_wire_bytes field, tb_stream *out)
{
    tb_reader r;
    tb_stream read;

    tb_reader_init(&r, tb_bytes_of(field.data, field.len));
    if (!get_party(&r, &read.sender)) {
        return false;
    }
    get_incarnation(&r, &read.incarnation);
    if (!get_party(&r, &read.recipient) || !tb_wire_lane(tb_get_u8(&r), &read.lane) ||
        !tb_reader_done(&r)) {
        return false;
    }
    *out = read;
    return true;
}

bool tb_wire_lane(uint32_t field, tb_lane *out)
{
    if (field < TB_LANE_FIRST || field > TB_LANE_LAST) {
        return false;
    }
    *out = (tb_lane)field;
    return true;
}

bool tb_wire_time(int64_t field, tb_time *out)
{
    if (field < 0 || field > TB_WIRE_TIME_MAX) {
        return false;
    }
    *out = field;
    return true;
}

bool tb_wire_number(uint64_t field, uint64_t *out)
{
    return field > 0 && tb_wire_number_or_zero(field, out);
}

bool tb_wire_number_or_zero(uint64_t field, uint64_t *out)
{
    if (field > TB_NUMBER_MAX) {
        return false;
    }
    *out = field;
    return true;
}

bool tb_wire_code(uint32_t field, tb_refusal *out)
{
    return field != TB_ACCEPTED && tb_wire_code_or_none(field, out);
}

bool tb_wire_code_or_none(uint32_t field, tb_refusal *out)
{
    if (!tb_refusal_known(field)) {
        return false;
    }
    *out = (tb_refusal)field;
    return true;
}

static bool name_character(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

bool tb_wire_name(tb_wire_bytes field, tb_bytes *out)
{
    return field.len > 0 && tb_wire_name_or_none(field, out);
}

bool tb_wire_name_or_none(tb_wire_bytes field, tb_bytes *out)
{
    if (field.len > TB_NAME_BYTES_MAX) {
        return false;
    }
    for (size_t i = 0; i < field.len; i++) {
        if (!name_character(field.data[i])) {
            return false;
        }
    }
    *out = tb_bytes_of(field.data, field.len);
    return true;
}

/* The length of the UTF-8 sequence lead begins, its own bits of the code point, and the least code
 * point that needs so many bytes. 0: lead begins nothing. */
static size_t sequence(uint8_t lead, uint32_t *out_bits, uint32_t *out_least)
{
    if (lead < 0x80) {
        *out_bits = lead;
        *out_least = 0;
        return 1;
    }
    if (lead >= 0xC0 && lead < 0xE0) {
        *out_bits = lead & 0x1Fu;
        *out_least = 0x80;
        return 2;
    }
    if (lead >= 0xE0 && lead < 0xF0) {
        *out_bits = lead & 0x0Fu;
        *out_least = 0x800;
        return 3;
    }
    if (lead >= 0xF0 && lead < 0xF8) {
        *out_bits = lead & 0x07u;
        *out_least = 0x10000;
        return 4;
    }
    return 0;
}

static bool text_character(uint32_t point)
{
    bool control = (point < 0x20 && point != '\n') || (point >= 0x7F && point < 0xA0);
    bool surrogate = point >= 0xD800 && point < 0xE000;

    return !control && !surrogate && point <= 0x10FFFF;
}

static bool is_text(const uint8_t *data, size_t size)
{
    size_t at = 0;

    while (at < size) {
        uint32_t point = 0;
        uint32_t least = 0;
        size_t length = sequence(data[at], &point, &least);
        if (length == 0 || length > size - at) {
            return false;
        }

        for (size_t i = 1; i < length; i++) {
            if ((data[at + i] & 0xC0u) != 0x80u) {
                return false;
            }
            point = point << 6 | (data[at + i] & 0x3Fu);
        }
        if (point < least || !text_character(point)) {
            return false;
        }
        at += length;
    }
    return true;
}

bool tb_wire_text(tb_wire_bytes field, size_t max, tb_bytes *out)
{
    if (field.len > max || !is_text(field.data, field.len)) {
        return false;
    }
    *out = tb_bytes_of(field.data, field.len);
    return true;
}

bool tb_wire_blob(tb_wire_bytes field, size_t max, tb_bytes *out)
{
    if (field.len > max) {
        return false;
    }
    *out = tb_bytes_of(field.data, field.len);
    return true;
}

tb_refusal tb_wire_digests(
    const tb_wire_bytes *fields, size_t count, size_t max, tb_arena *arena, tb_digest **out)
{
    if (count > max) {
        return TB_REFUSED_TOO_LARGE;
    }

    tb_digest *digests = tb_arena_array(arena, count, sizeof *digests);
    if (digests == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < count; i++) {
        if (!tb_wire_fixed(fields[i], digests[i].bytes, TB_DIGEST_BYTES)) {
            return TB_REFUSED_MALFORMED;
        }
    }
    *out = digests;
    return TB_ACCEPTED;
}

#include "agents/import/number.h"

#include "agents/import/utf8.h"

#define MOBILE_DIGITS 11
#define THINGS_DIGITS 13

/* Digits and at most one plus sign in front; false when anything else was written. */
typedef struct plain {
    char digits[TB_NUMBER_DIGITS_MAX];
    size_t size;
    bool plus;
} plain;

static bool strip(tb_bytes text, plain *out)
{
    plain p = {0};
    for (size_t at = 0; at < text.size;) {
        uint32_t c = tb_utf8_next(text, &at);
        if (tb_utf8_blank(c) || tb_utf8_dash(c) || tb_utf8_bracket(c)) {
            continue;
        }
        c = tb_utf8_narrow(c);
        if (c == '+' && p.size == 0 && !p.plus) {
            p.plus = true;
        } else if (c >= '0' && c <= '9' && p.size < TB_NUMBER_DIGITS_MAX) {
            p.digits[p.size++] = (char)c;
        } else {
            return false;
        }
    }
    *out = p;
    return true;
}

typedef struct reader {
    tb_bytes text;
    size_t at;
    uint32_t next; /* 0 at the end */
} reader;

static void advance(reader *r)
{
    r->next = r->at < r->text.size ? tb_utf8_narrow(tb_utf8_next(r->text, &r->at)) : 0;
}

static size_t skip_digits(reader *r)
{
    size_t count = 0;
    for (; r->next >= '0' && r->next <= '9'; count++) {
        advance(r);
    }
    return count;
}

static void skip_sign(reader *r)
{
    if (r->next == '+' || r->next == '-') {
        advance(r);
    }
}

/* [sign] digits [. digits] E [sign] digits */
static bool scientific(tb_bytes text)
{
    reader r = {.text = tb_utf8_trim(text)};
    advance(&r);
    skip_sign(&r);
    if (skip_digits(&r) == 0) {
        return false;
    }
    if (r.next == '.') {
        advance(&r);
        (void)skip_digits(&r);
    }
    if (r.next != 'E' && r.next != 'e') {
        return false;
    }
    advance(&r);
    skip_sign(&r);
    return skip_digits(&r) > 0 && r.next == 0;
}

static bool starts(const char *digits, size_t size, const char *with)
{
    size_t length = strlen(with);
    return size >= length && memcmp(digits, with, length) == 0;
}

static bool mobile(const char *d, size_t size)
{
    return size == MOBILE_DIGITS && d[0] == '1' && d[1] >= '3';
}

static bool things(const char *d, size_t size)
{
    return size == THINGS_DIGITS && (starts(d, size, "1064") || starts(d, size, "14"));
}

/* An area code without its leading 0 and a line number: 10 and 2x take two digits, others three. */
static bool area_and_line(const char *d, size_t size, size_t extension_max)
{
    if (starts(d, size, "10") || starts(d, size, "2")) {
        return size >= 9 && size <= 10 + extension_max;
    }
    return size >= 10 && size <= 11 + extension_max && d[0] >= '3';
}

/* A fixed line with its leading 0, perhaps with an extension dialled behind it. */
static bool fixed(const char *d, size_t size)
{
    return size > 1 && d[0] == '0' && d[1] != '0' && area_and_line(d + 1, size - 1, 5);
}

/* 400 and 800, 95 and 96, and the short numbers: 110, 10086, 12321, 118114, ports 106… */
static bool service(const char *d, size_t size)
{
    if (starts(d, size, "400") || starts(d, size, "800")) {
        return size >= 10 && size <= 15;
    }
    if (starts(d, size, "95")) {
        return size >= 5 && size <= 20;
    }
    if (starts(d, size, "96")) {
        return size >= 5 && size <= 8;
    }
    if (starts(d, size, "106") && size >= 8 && size <= 20) {
        return true;
    }
    if (starts(d, size, "100") && (size == 7 || size == 8)) {
        return true;
    }
    bool short_one = starts(d, size, "10") || starts(d, size, "11") || starts(d, size, "12");
    return (size == 3 && (starts(d, size, "11") || starts(d, size, "12"))) ||
           (size == 5 && d[0] == '1') || (size == 6 && short_one);
}

static tb_number_kind home_kind(const char *d, size_t size)
{
    if (mobile(d, size)) {
        return TB_NUMBER_MOBILE;
    }
    if (things(d, size)) {
        return TB_NUMBER_THINGS;
    }
    return fixed(d, size) || service(d, size) ? TB_NUMBER_NOT_MOBILE : TB_NUMBER_MALFORMED;
}

static tb_number number_of(tb_number_kind kind, const char *digits, size_t size)
{
    tb_number number = {.kind = kind};
    if (kind == TB_NUMBER_MOBILE || kind == TB_NUMBER_THINGS) {
        memcpy(number.digits, digits, size);
        number.size = size;
    }
    return number;
}

/* Behind a country code 86 that was written as one: an area code may then lack its 0. */
static tb_number behind_86(const char *d, size_t size)
{
    tb_number_kind kind = home_kind(d, size);
    if (kind == TB_NUMBER_MALFORMED && area_and_line(d, size, 5)) {
        kind = TB_NUMBER_NOT_MOBILE;
    }
    return number_of(kind, d, size);
}

static tb_number international(const char *d, size_t size)
{
    if (starts(d, size, "86")) {
        return behind_86(d + 2, size - 2);
    }
    bool foreign = size >= 7 && size <= 15 && d[0] != '0';
    return number_of(foreign ? TB_NUMBER_NOT_MOBILE : TB_NUMBER_MALFORMED, d, size);
}

tb_number tb_number_read(tb_bytes text)
{
    plain p;
    if (!strip(text, &p)) {
        return number_of(scientific(text) ? TB_NUMBER_SCIENTIFIC : TB_NUMBER_MALFORMED, "", 0);
    }
    if (p.plus) {
        return international(p.digits, p.size);
    }
    if (starts(p.digits, p.size, "00")) {
        return international(p.digits + 2, p.size - 2);
    }

    tb_number_kind kind = home_kind(p.digits, p.size);
    if (kind == TB_NUMBER_MALFORMED && starts(p.digits, p.size, "86") && p.size >= 12) {
        return behind_86(p.digits + 2, p.size - 2);
    }
    return number_of(kind, p.digits, p.size);
}

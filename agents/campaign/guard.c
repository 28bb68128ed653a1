/* guard - what must not leave a party: identity numbers (GB 11643) and texts marked secret. */
#include "agents/campaign/judge.h"

#define ID_DIGITS 18

/* One character of UTF-8; a byte that is none counts as a character of its own. */
typedef struct glyph {
    uint32_t code;
    size_t size;
} glyph;

static glyph glyph_at(tb_bytes text, size_t at)
{
    uint8_t lead = text.data[at];
    glyph one = {lead, 1};
    size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (size == 1 || at + size > text.size) {
        return one;
    }
    uint32_t code = lead & (0xFFu >> (size + 1));
    for (size_t i = 1; i < size; i++) {
        uint8_t next = text.data[at + i];
        if ((next & 0xC0) != 0x80) {
            return one;
        }
        code = code << 6 | (next & 0x3Fu);
    }
    return (glyph){code, size};
}

static bool is_blank(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || (c >= 0x2000 && c <= 0x200F) ||
           c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x2060 || c == 0x3000 || c == 0xFEFF;
}

static bool is_dash(uint32_t c)
{
    return c == '-' || c == '_' || c == 0xAD || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 ||
           c == 0xFE58 || c == 0xFE63 || c == 0xFF0D || c == 0xFF3F;
}

/* 0..9; 10 for the X that ends one number in eleven; -1 for anything else. */
static int digit_of(uint32_t c)
{
    if (c >= '0' && c <= '9') {
        return (int)(c - '0');
    }
    if (c >= 0xFF10 && c <= 0xFF19) {
        return (int)(c - 0xFF10);
    }
    bool x = c == 'X' || c == 'x' || c == 0xFF38 || c == 0xFF58 || c == 0x2169 || c == 0xD7;
    return x ? 10 : -1;
}

/* The last digits read, oldest first, and where in the text they stand. */
typedef struct window {
    int digit[ID_DIGITS];
    size_t at[ID_DIGITS];
    unsigned count;
} window;

static void window_push(window *w, int digit, size_t at)
{
    if (w->count == ID_DIGITS) {
        memmove(w->digit, w->digit + 1, sizeof w->digit - sizeof w->digit[0]);
        memmove(w->at, w->at + 1, sizeof w->at - sizeof w->at[0]);
        w->count--;
    }
    w->digit[w->count] = digit;
    w->at[w->count] = at;
    w->count++;
}

static bool is_region(int region)
{
    static const uint8_t known[] = {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34,
                                    35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
                                    53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83, 91};
    return memchr(known, region, sizeof known) != NULL;
}

static bool is_birthday(int year, int month, int day)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1850 || year > 2100 || month < 1 || month > 12 || day < 1 || day > days[month - 1]) {
        return false;
    }
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month != 2 || day < 29 || leap;
}

static bool window_is_identity(const window *w)
{
    static const int weight[ID_DIGITS] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1};
    if (w->count < ID_DIGITS) {
        return false;
    }
    int sum = 0;
    for (unsigned i = 0; i < ID_DIGITS; i++) {
        if (w->digit[i] == 10 && i + 1 < ID_DIGITS) {
            return false;
        }
        sum += w->digit[i] * weight[i];
    }
    const int *d = w->digit;
    int year = d[6] * 1000 + d[7] * 100 + d[8] * 10 + d[9];
    return sum % 11 == 1 && is_region(d[0] * 10 + d[1]) &&
           is_birthday(year, d[10] * 10 + d[11], d[12] * 10 + d[13]);
}

/* Reads on from *at until a valid number ends there; false at the end of the text. */
static bool next_identity(tb_bytes text, size_t *at, window *w)
{
    while (*at < text.size) {
        glyph g = glyph_at(text, *at);
        int digit = digit_of(g.code);
        if (digit >= 0) {
            window_push(w, digit, *at);
        } else if (!is_blank(g.code) && !is_dash(g.code)) {
            w->count = 0;
        }
        *at += g.size;
        if (digit >= 0 && window_is_identity(w)) {
            return true;
        }
    }
    return false;
}

/* Digits, and lead bytes of digits in full width, among eight bytes; all bytes of the count's
 * multiples of 0x01 are added up by the multiplication. */
static unsigned digits_in_block(const uint8_t *at)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t block;
    memcpy(&block, at, sizeof block);
    uint64_t low = block & ones * 0x7F; /* additions below stay within their byte */
    uint64_t digit = (low + ones * (0x80 - '0')) & ~(low + ones * (0x7F - '9')) & ~block;
    uint64_t lead = ~((low ^ ones * 0x6F) + ones * 0x7F) & block;
    uint64_t either = ((digit | lead) >> 7) & ones;
    return (unsigned)(either * ones >> 56);
}

/* Whether there are digits enough for a number, in ASCII or full width (lead byte 0xEF): most texts
 * need no closer look. */
static bool may_hold_identity(tb_bytes text)
{
    size_t digits = 0;
    size_t at = 0;
    for (; text.size - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
        digits += digits_in_block(text.data + at);
    }
    for (; at < text.size; at++) {
        uint8_t c = text.data[at];
        digits += (c >= '0' && c <= '9') || c == 0xEF;
    }
    return digits >= ID_DIGITS - 1;
}

bool tb_has_identity_number(tb_bytes text)
{
    if (!may_hold_identity(text)) {
        return false;
    }
    window w = {0};
    size_t at = 0;
    return next_identity(text, &at, &w);
}

tb_err tb_mask_identity_numbers(tb_bytes text, tb_arena *arena, tb_bytes *out)
{
    uint8_t *hidden = tb_arena_alloc(arena, text.size + 1);
    uint8_t *copy = tb_arena_alloc(arena, text.size + 1);
    if (hidden == NULL || copy == NULL) {
        return TB_ERR_LIMIT;
    }
    window w = {0};
    size_t at = 0;
    while (next_identity(text, &at, &w)) {
        for (unsigned i = 6; i < 14; i++) {
            hidden[w.at[i]] = 1; /* the birth date */
        }
    }
    size_t used = 0;
    for (at = 0; at < text.size;) {
        glyph g = glyph_at(text, at);
        if (hidden[at]) {
            copy[used++] = '*';
        } else {
            memcpy(copy + used, text.data + at, g.size);
            used += g.size;
        }
        at += g.size;
    }
    *out = tb_bytes_of(copy, used);
    return TB_OK;
}

static bool is_star(uint32_t c)
{
    return c == 0x2605 || c == 0x2606 || c == '*';
}

static bool is_bracket_open(uint32_t c)
{
    return c == '(' || c == '[' || c == '<' || c == 0xFF08 || c == 0x3010 || c == 0x3014 ||
           c == 0x300A || c == 0x3008 || c == 0xFF3B || c == 0x300C || c == 0x300E || c == 0x2018 ||
           c == 0x201C || c == '"';
}

static bool is_bracket_close(uint32_t c)
{
    return c == ')' || c == ']' || c == '>' || c == 0xFF09 || c == 0x3011 || c == 0x3015 ||
           c == 0x300B || c == 0x3009 || c == 0xFF3D || c == 0x300D || c == 0x300F || c == 0x2019 ||
           c == 0x201D || c == '"';
}

/* Steps over blanks; with lines, over line ends too. */
static size_t skip_blanks(tb_bytes text, size_t at, bool lines)
{
    while (at < text.size) {
        glyph g = glyph_at(text, at);
        if (!is_blank(g.code) || (!lines && (g.code == '\n' || g.code == '\r'))) {
            break;
        }
        at += g.size;
    }
    return at;
}

/* The end of 秘密, 机密 or 绝密 at this place, official blanks within allowed; 0 when it is not
 * there. */
static size_t secret_word_end(tb_bytes text, size_t at)
{
    glyph first = glyph_at(text, at);
    if (first.code != 0x79D8 && first.code != 0x673A && first.code != 0x7EDD) {
        return 0;
    }
    at = skip_blanks(text, at + first.size, false);
    if (at >= text.size) {
        return 0;
    }
    glyph second = glyph_at(text, at);
    return second.code == 0x5BC6 ? at + second.size : 0;
}

/* The size of the degree of urgency (特急, 加急 …) at this place, which stands beside a mark on
 * official papers; 0 when there is none. */
static size_t urgency_size(tb_bytes text, size_t at)
{
    static const char *const degrees[] = {"特提", "特急", "加急", "平急", "紧急", "急件"};
    for (size_t i = 0; i < sizeof degrees / sizeof degrees[0]; i++) {
        size_t size = strlen(degrees[i]);
        if (text.size - at >= size && memcmp(text.data + at, degrees[i], size) == 0) {
            return size;
        }
    }
    return 0;
}

/* Whether a mark may begin here: at the start of a line, where an urgency may go before it, after a
 * bracket, or after 密级 and a colon. */
typedef enum before {
    BEFORE_NOTHING,
    BEFORE_BRACKET,
    BEFORE_COLON,
    BEFORE_TEXT,
} before;

static bool is_mark(before left, tb_bytes text, size_t end)
{
    size_t at = skip_blanks(text, end, false);
    uint32_t next = at < text.size ? glyph_at(text, at).code : '\n';
    bool line_ends = next == '\n' || next == '\r';
    if (is_star(next)) {
        return true;
    }
    if (left == BEFORE_BRACKET) {
        return is_bracket_close(next);
    }
    bool urgent = at > end && urgency_size(text, at) > 0;
    return left == BEFORE_COLON || (left == BEFORE_NOTHING && (line_ends || urgent));
}

/* Every secret word ends in 密: most texts need no closer look. */
static bool may_hold_secret_word(tb_bytes text)
{
    static const char word[] = "密";
    size_t size = sizeof word - 1;
    const uint8_t *at = text.data;
    size_t left = text.size;
    while (left >= size) {
        const uint8_t *lead = memchr(at, (uint8_t)word[0], left - size + 1);
        if (lead == NULL) {
            return false;
        }
        if (memcmp(lead, word, size) == 0) {
            return true;
        }
        left -= (size_t)(lead + 1 - at);
        at = lead + 1;
    }
    return false;
}

bool tb_has_secret_mark(tb_bytes text)
{
    if (!may_hold_secret_word(text)) {
        return false;
    }
    static const char level[] = "密级";
    before left = BEFORE_NOTHING;
    for (size_t at = 0; at < text.size;) {
        size_t end = secret_word_end(text, at);
        if (end != 0 && is_mark(left, text, end)) {
            return true;
        }
        glyph g = glyph_at(text, at);
        bool colon = g.code == ':' || g.code == 0xFF1A;
        size_t size = sizeof level - 1;
        size_t urgency = left == BEFORE_NOTHING ? urgency_size(text, at) : 0;
        if (urgency > 0) {
            at += urgency;
            continue;
        }
        if (g.code == '\n' || g.code == '\r') {
            left = BEFORE_NOTHING;
        } else if (is_bracket_open(g.code)) {
            left = BEFORE_BRACKET;
        } else if (colon && at >= size && memcmp(text.data + at - size, level, size) == 0) {
            left = BEFORE_COLON;
        } else if (!is_blank(g.code)) {
            left = BEFORE_TEXT;
        }
        at += g.size;
    }
    return false;
}

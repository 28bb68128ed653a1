#include "agents/import/dates.h"

#include "agents/import/utf8.h"

#define CHINA_OFFSET_MINUTES (8 * 60)

/* Years beyond these are slips of the pen. */
#define YEAR_FIRST 1900
#define YEAR_LAST  2999

typedef struct reader {
    tb_bytes text;
    size_t at;
    uint32_t next; /* narrowed; 0 at the end */
    bool failed;
} reader;

static void advance(reader *r)
{
    r->next = r->at < r->text.size ? tb_utf8_narrow(tb_utf8_next(r->text, &r->at)) : 0;
}

static bool is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

static int number(reader *r, unsigned least, unsigned most)
{
    int value = 0;
    unsigned count = 0;
    for (; is_digit(r->next) && count < most; count++) {
        value = value * 10 + (int)(r->next - '0');
        advance(r);
    }
    if (count < least) {
        r->failed = true;
    }
    return value;
}

static bool accept(reader *r, uint32_t wanted)
{
    if (r->next != wanted) {
        return false;
    }
    advance(r);
    return true;
}

static void expect(reader *r, uint32_t wanted)
{
    if (!accept(r, wanted)) {
        r->failed = true;
    }
}

static bool blanks(reader *r)
{
    bool any = false;
    for (; r->next != 0 && tb_utf8_blank(r->next); any = true) {
        advance(r);
    }
    return any;
}

static void date(reader *r, tb_civil *c)
{
    c->year = number(r, 4, 4);
    uint32_t between = r->next;
    bool chinese = between == 0x5e74; /* 年 */
    if (!chinese && between != '-' && between != '/' && between != '.') {
        r->failed = true;
        return;
    }
    advance(r);
    c->month = number(r, 1, 2);
    expect(r, chinese ? 0x6708 : between); /* 月 */
    c->day = number(r, 1, 2);
    if (chinese && !accept(r, 0x65e5)) { /* 日, or spoken 号 */
        expect(r, 0x53f7);
    }
}

static void milliseconds(reader *r, tb_civil *c)
{
    int scale = 100;
    if (!is_digit(r->next)) {
        r->failed = true;
    }
    for (; is_digit(r->next); scale /= 10) {
        c->ms += (int)(r->next - '0') * scale;
        advance(r);
    }
}

static void time_of_day(reader *r, tb_civil *c)
{
    c->hour = number(r, 1, 2);
    if (accept(r, 0x65f6) || accept(r, 0x70b9)) { /* 时, 点 */
        if (is_digit(r->next)) {
            c->minute = number(r, 1, 2);
            expect(r, 0x5206); /* 分 */
            if (is_digit(r->next)) {
                c->second = number(r, 1, 2);
                expect(r, 0x79d2); /* 秒 */
            }
        }
        return;
    }
    expect(r, ':');
    c->minute = number(r, 2, 2);
    if (accept(r, ':')) {
        c->second = number(r, 2, 2);
        if (accept(r, '.')) {
            milliseconds(r, c);
        }
    }
}

/* Minutes east of Greenwich; China's when none is written. */
static int offset(reader *r)
{
    if (accept(r, 'Z') || accept(r, 'z')) {
        return 0;
    }
    bool west = r->next == '-';
    if (!west && r->next != '+') {
        return CHINA_OFFSET_MINUTES;
    }
    advance(r);
    int hours = number(r, 2, 2);
    int minutes = 0;
    if (accept(r, ':') || is_digit(r->next)) {
        minutes = number(r, 2, 2);
    }
    if (hours > 14 || minutes > 59) {
        r->failed = true;
    }
    int east = hours * 60 + minutes;
    return west ? -east : east;
}

bool tb_dates_read(tb_bytes text, tb_time *out)
{
    reader r = {.text = tb_utf8_trim(text)};
    tb_civil civil = {0};
    int minutes_east = CHINA_OFFSET_MINUTES;

    advance(&r);
    date(&r, &civil);
    bool apart = !r.failed && (accept(&r, 'T') || accept(&r, 't') || blanks(&r));
    if (!r.failed && (apart || is_digit(r.next))) {
        time_of_day(&r, &civil);
        (void)blanks(&r);
        minutes_east = offset(&r);
    }

    tb_time instant = 0;
    if (r.failed || r.next != 0 || civil.year < YEAR_FIRST || civil.year > YEAR_LAST ||
        !tb_civil_to(&civil, &instant)) {
        return false;
    }
    *out = instant + (int64_t)(CHINA_OFFSET_MINUTES - minutes_east) * 60 * 1000;
    return true;
}

bool tb_dates_day(tb_bytes text, tb_time *out)
{
    return text.size == 10 && text.data[4] == '-' && text.data[7] == '-' &&
           tb_dates_read(text, out);
}

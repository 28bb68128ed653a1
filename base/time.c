#include "base/time.h"

#include "base/text.h"

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS   (60 * MINUTE_MS)
#define DAY_MS    (24 * HOUR_MS)
#define CHINA_MS  (8 * HOUR_MS)

/* Days are counted in eras of 400 years, which are all alike, from 0000-03-01: a year that begins
 * in March has its leap day at the end. */
#define ERA_DAYS     146097
#define EPOCH_TO_ERA 719468 /* days from 0000-03-01 to 1970-01-01 */

/* Civil milliseconds of 0001-01-01T00:00:00.000 and 9999-12-31T23:59:59.999. */
#define CIVIL_FIRST (INT64_C(-719162) * DAY_MS)
#define CIVIL_LAST  (INT64_C(2932897) * DAY_MS - 1)

static bool leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int year, int month)
{
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month == 2 && leap(year) ? 29 : days[month - 1];
}

/* Days since 1970-01-01 of a real date of year >= 1. */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1;
    int64_t era = y / 400;
    int64_t year_of_era = y % 400;
    int64_t day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * ERA_DAYS + day_of_era - EPOCH_TO_ERA;
}

static void date_of(int64_t days, tb_civil *c)
{
    int64_t z = days + EPOCH_TO_ERA;
    int64_t era = z / ERA_DAYS;
    int64_t day_of_era = z % ERA_DAYS;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;

    c->day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    c->month = (int)(month < 10 ? month + 3 : month - 9);
    c->year = (int)(era * 400 + year_of_era + (c->month <= 2 ? 1 : 0));
}

tb_civil tb_civil_of(tb_time t)
{
    /* An instant may come from a peer: beyond the calendar it shows as the calendar's end. */
    int64_t civil = t > CIVIL_LAST - CHINA_MS ? CIVIL_LAST : t + CHINA_MS;
    if (civil < CIVIL_FIRST) {
        civil = CIVIL_FIRST;
    }

    int64_t since_first = civil - CIVIL_FIRST;
    int64_t of_day = since_first % DAY_MS;
    tb_civil c;
    date_of((civil - of_day) / DAY_MS, &c);
    c.hour = (int)(of_day / HOUR_MS);
    c.minute = (int)(of_day / MINUTE_MS % 60);
    c.second = (int)(of_day / SECOND_MS % 60);
    c.ms = (int)(of_day % SECOND_MS);
    return c;
}

static bool real_civil(const tb_civil *c)
{
    return c->year >= 1 && c->year <= 9999 && c->month >= 1 && c->month <= 12 && c->day >= 1 &&
           c->day <= month_days(c->year, c->month) && c->hour >= 0 && c->hour <= 23 &&
           c->minute >= 0 && c->minute <= 59 && c->second >= 0 && c->second <= 59 && c->ms >= 0 &&
           c->ms <= 999;
}

static int64_t civil_ms(const tb_civil *c)
{
    return days_of(c->year, c->month, c->day) * DAY_MS + c->hour * HOUR_MS + c->minute * MINUTE_MS +
           c->second * SECOND_MS + c->ms;
}

bool tb_civil_to(const tb_civil *c, tb_time *out)
{
    if (!real_civil(c)) {
        return false;
    }
    *out = civil_ms(c) - CHINA_MS;
    return true;
}

void tb_time_print(tb_time t, char out[TB_TIME_TEXT])
{
    tb_civil c = tb_civil_of(t);
    tb_text text;

    tb_text_over(&text, out, TB_TIME_TEXT);
    tb_text_u64_wide(&text, (uint64_t)c.year, 4);
    tb_text_char(&text, '-');
    tb_text_u64_wide(&text, (uint64_t)c.month, 2);
    tb_text_char(&text, '-');
    tb_text_u64_wide(&text, (uint64_t)c.day, 2);
    tb_text_char(&text, 'T');
    tb_text_u64_wide(&text, (uint64_t)c.hour, 2);
    tb_text_char(&text, ':');
    tb_text_u64_wide(&text, (uint64_t)c.minute, 2);
    tb_text_char(&text, ':');
    tb_text_u64_wide(&text, (uint64_t)c.second, 2);
    tb_text_str(&text, "+08:00");
    tb_text_char(&text, 0);
    TB_ASSERT(!text.overflow);
}

/* Reads exactly `digits` decimal digits; false, and at stays, when they are not there. */
static bool number(tb_bytes text, size_t *at, size_t digits, int *out)
{
    int v = 0;

    if (digits > text.size - *at) {
        return false;
    }
    for (size_t i = 0; i < digits; i++) {
        uint8_t c = text.data[*at + i];
        if (c < '0' || c > '9') {
            return false;
        }
        v = v * 10 + (c - '0');
    }
    *at += digits;
    *out = v;
    return true;
}

static bool character(tb_bytes text, size_t *at, char c)
{
    if (*at >= text.size || text.data[*at] != (uint8_t)c) {
        return false;
    }
    (*at)++;
    return true;
}

/* ".5", ".123456": what is finer than a millisecond is dropped. */
static bool fraction(tb_bytes text, size_t *at, int *out_ms)
{
    int weight = 100;
    int digit;

    *out_ms = 0;
    if (!number(text, at, 1, &digit)) {
        return false;
    }
    do {
        *out_ms += weight * digit;
        weight /= 10;
    } while (number(text, at, 1, &digit));
    return true;
}

/* "Z", "+08:00", "-03:30". */
static bool offset(tb_bytes text, size_t *at, int64_t *out_ms)
{
    int hours;
    int minutes;

    if (character(text, at, 'Z')) {
        *out_ms = 0;
        return true;
    }
    bool west = character(text, at, '-');
    if (!west && !character(text, at, '+')) {
        return false;
    }
    if (!number(text, at, 2, &hours) || !character(text, at, ':') ||
        !number(text, at, 2, &minutes) || hours > 23 || minutes > 59) {
        return false;
    }
    *out_ms = (west ? -1 : 1) * (hours * HOUR_MS + minutes * MINUTE_MS);
    return true;
}

bool tb_time_parse(tb_bytes text, tb_time *out)
{
    tb_civil c = {0};
    int64_t offset_ms = 0;
    size_t at = 0;

    bool shaped = number(text, &at, 4, &c.year) && character(text, &at, '-') &&
                  number(text, &at, 2, &c.month) && character(text, &at, '-') &&
                  number(text, &at, 2, &c.day) && character(text, &at, 'T') &&
                  number(text, &at, 2, &c.hour) && character(text, &at, ':') &&
                  number(text, &at, 2, &c.minute) && character(text, &at, ':') &&
                  number(text, &at, 2, &c.second);
    if (!shaped) {
        return false;
    }
    if (character(text, &at, '.') && !fraction(text, &at, &c.ms)) {
        return false;
    }
    if (!offset(text, &at, &offset_ms) || at != text.size || !real_civil(&c)) {
        return false;
    }
    *out = civil_ms(&c) - offset_ms;
    return true;
}

int64_t tb_day_of(tb_time t)
{
    int64_t civil = t > CIVIL_LAST - CHINA_MS ? CIVIL_LAST : t + CHINA_MS;
    if (civil < CIVIL_FIRST) {
        civil = CIVIL_FIRST;
    }
    int64_t of_day = (civil - CIVIL_FIRST) % DAY_MS;
    return (civil - of_day) / DAY_MS;
}

tb_time tb_day_start(int64_t day)
{
    return day * DAY_MS - CHINA_MS;
}

int tb_weekday_of(int64_t day)
{
    int64_t since_monday = (day + 3) % 7; /* 1970-01-01 was a Thursday */
    return (int)(since_monday < 0 ? since_monday + 7 : since_monday) + 1;
}

bool tb_day_parse(tb_bytes text, int64_t *out)
{
    tb_civil c = {0};
    size_t at = 0;
    bool shaped = number(text, &at, 4, &c.year) && character(text, &at, '-') &&
                  number(text, &at, 2, &c.month) && character(text, &at, '-') &&
                  number(text, &at, 2, &c.day);
    if (!shaped || at != text.size || !real_civil(&c)) {
        return false;
    }
    *out = days_of(c.year, c.month, c.day);
    return true;
}

int tb_quarter_of(tb_time t, int *out_year)
{
    tb_civil c = tb_civil_of(t);

    *out_year = c.year;
    return (c.month - 1) / 3 + 1;
}

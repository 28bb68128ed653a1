#include "agents/tables/calendar.h"

#include "agents/import/csv.h"
#include "agents/import/utf8.h"
#include "messages/table.h"

/* Looking for a working day ends here: a table that lets nobody work is not followed for ever. */
#define LOOK_DAYS_MAX (64 * TB_DUTY_DAYS_MAX)

static bool find_column(const tb_csv_row *heading, const char *name, size_t *out)
{
    for (size_t i = 0; i < heading->count; i++) {
        if (tb_utf8_same(heading->fields[i], tb_bytes_str(name))) {
            *out = i;
            return true;
        }
    }
    return false;
}

/* The place of a day, or of the first one after it. */
static size_t find(const tb_calendar *calendar, int64_t day)
{
    size_t low = 0;
    size_t high = calendar->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (calendar->days[middle].day < day) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* A day that stands there twice means nothing one could rely on. */
static bool insert(tb_calendar *calendar, const tb_calendar_day *day)
{
    size_t at = find(calendar, day->day);
    if (at < calendar->count && calendar->days[at].day == day->day) {
        return false;
    }
    memmove(calendar->days + at + 1, calendar->days + at,
            (calendar->count - at) * sizeof *calendar->days);
    calendar->days[at] = *day;
    calendar->count++;
    return true;
}

static bool read_day(const tb_csv_row *row, size_t date, size_t kind, tb_calendar_day *out)
{
    if (date >= row->count || kind >= row->count || !tb_day_parse(row->fields[date], &out->day)) {
        return false;
    }
    out->works = tb_bytes_equal(row->fields[kind], tb_bytes_str("work"));
    return out->works || tb_bytes_equal(row->fields[kind], tb_bytes_str("off"));
}

static tb_refusal refusal_of(tb_err err)
{
    return err == TB_ERR_LIMIT ? TB_REFUSED_TOO_LARGE : TB_REFUSED_MALFORMED;
}

tb_refusal tb_calendar_read(tb_bytes text, tb_arena *arena, tb_calendar *out)
{
    tb_csv csv;
    tb_csv_row row;
    size_t date;
    size_t kind;
    tb_csv_init(&csv, text);
    tb_err err = tb_csv_next(&csv, arena, &row);
    if (err != TB_OK || !find_column(&row, "date", &date) || !find_column(&row, "kind", &kind)) {
        return refusal_of(err);
    }
    tb_calendar calendar = {0};
    calendar.days = tb_arena_array(arena, TB_CALENDAR_DAYS_MAX, sizeof *calendar.days);
    if (calendar.days == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    while ((err = tb_csv_next(&csv, arena, &row)) == TB_OK) {
        tb_calendar_day day;
        if (calendar.count == TB_CALENDAR_DAYS_MAX) {
            return TB_REFUSED_TOO_LARGE;
        }
        if (!read_day(&row, date, kind, &day) || !insert(&calendar, &day)) {
            return TB_REFUSED_MALFORMED;
        }
    }
    if (err != TB_ERR_NOT_FOUND) {
        return refusal_of(err);
    }
    *out = calendar;
    return TB_ACCEPTED;
}

tb_refusal tb_calendar_decode(tb_bytes content, tb_arena *arena, tb_calendar *out)
{
    tb_csv_table table;
    tb_refusal refused = tb_csv_table_decode(content, arena, &table);
    if (refused == TB_ACCEPTED) {
        refused = tb_calendar_read(table.csv, arena, out);
    }
    if (refused == TB_ACCEPTED) {
        out->version = table.version;
    }
    return refused;
}

bool tb_calendar_works(const tb_calendar *calendar, int64_t day)
{
    if (calendar != NULL) {
        size_t at = find(calendar, day);
        if (at < calendar->count && calendar->days[at].day == day) {
            return calendar->days[at].works;
        }
    }
    return tb_weekday_of(day) <= 5;
}

bool tb_calendar_knows(const tb_calendar *calendar, int64_t day)
{
    tb_civil civil = tb_civil_of(tb_day_start(day));
    const tb_civil january = {.year = civil.year, .month = 1, .day = 1};
    tb_time first;
    if (calendar == NULL || !tb_civil_to(&january, &first)) {
        return false;
    }
    size_t at = find(calendar, tb_day_of(first));
    return at < calendar->count && calendar->days[at].day == tb_day_of(first);
}

static int64_t nth(const tb_calendar *calendar, int64_t day, int step, unsigned n)
{
    TB_ASSERT(n > 0);
    for (unsigned looked = 0; n > 0 && looked < LOOK_DAYS_MAX; looked++) {
        day += step;
        n -= tb_calendar_works(calendar, day);
    }
    return day;
}

int64_t tb_calendar_after(const tb_calendar *calendar, int64_t day, unsigned n)
{
    return nth(calendar, day, 1, n);
}

int64_t tb_calendar_before(const tb_calendar *calendar, int64_t day, unsigned n)
{
    return nth(calendar, day, -1, n);
}

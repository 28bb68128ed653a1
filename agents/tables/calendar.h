/* calendar - which days are worked: the table `calendar`, and Monday to Friday where it is silent.
 *
 * The State Council moves days off and days worked about every year; a duty in working days is
 * counted by the calendar its creditor has installed.
 */
#ifndef TB_CALENDAR_H
#define TB_CALENDAR_H

#include "base/arena.h"
#include "base/limits.h"
#include "base/refusal.h"
#include "base/time.h"

#define TB_CALENDAR_DAYS_MAX 4096

typedef struct tb_calendar_day {
    int64_t day; /* as tb_day_of */
    bool works;
} tb_calendar_day;

typedef struct tb_calendar {
    uint32_t version;
    tb_calendar_day *days; /* ascending, each once */
    size_t count;
} tb_calendar;

/* content is a wire CsvTable; the days live in the arena. */
tb_refusal tb_calendar_decode(tb_bytes content, tb_arena *arena, tb_calendar *out) TB_MUST_USE;

/* The same from the lines alone, as in ops/tables/holidays-2015-2016.csv: date, kind (off or work)
 * and whatever else. */
tb_refusal tb_calendar_read(tb_bytes csv, tb_arena *arena, tb_calendar *out) TB_MUST_USE;

/* calendar may be NULL: Monday to Friday. */
bool tb_calendar_works(const tb_calendar *calendar, int64_t day);
/* Whether it knows the year of a day: 1 January stands in it, with which every year's order begins.
 * Else what it says of the day is its weekday alone. */
bool tb_calendar_knows(const tb_calendar *calendar, int64_t day);

/* The nth working day after a day, and before one; n at least 1. */
int64_t tb_calendar_after(const tb_calendar *calendar, int64_t day, unsigned n);
int64_t tb_calendar_before(const tb_calendar *calendar, int64_t day, unsigned n);

#endif

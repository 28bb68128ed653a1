/* time - instants and China Standard Time (UTC+8, no daylight saving; domain.md N17).
 *
 * An instant is milliseconds since 1970-01-01T00:00:00Z. Pure code never asks what time it is:
 * a tb_now comes with every event. In an exercise (演练) civil time stands still and only moves
 * forward; links, key validity and resends use real time (design §13).
 */
#ifndef TB_TIME_H
#define TB_TIME_H

#include "base/base.h"

typedef int64_t tb_time; /* ms */

typedef struct tb_now {
    tb_time real;  /* the machine's wall clock */
    tb_time civil; /* what people mean by now; equals real outside exercises */
} tb_now;

typedef struct tb_civil {
    int year;
    int month; /* 1..12 */
    int day;   /* 1..31 */
    int hour;
    int minute;
    int second;
    int ms;
} tb_civil;

/* The civil date and time in China of an instant; any instant between years 1 and 9999. */
tb_civil tb_civil_of(tb_time t);
/* False unless the fields name a real date and time of day. */
bool tb_civil_to(const tb_civil *c, tb_time *out) TB_MUST_USE;
/* "2015-02-09T11:39:00+08:00" (milliseconds are dropped); out holds TB_TIME_TEXT. */
#define TB_TIME_TEXT 32
void tb_time_print(tb_time t, char out[TB_TIME_TEXT]);
/* Reads exactly the form tb_time_print writes, with optional fraction, and any UTC offset or Z. */
bool tb_time_parse(tb_bytes text, tb_time *out) TB_MUST_USE;
/* The day in China of an instant, counted from 1970-01-01 as 0, and the instant a day begins. */
int64_t tb_day_of(tb_time t);
tb_time tb_day_start(int64_t day);
/* 1 Monday to 7 Sunday. */
int tb_weekday_of(int64_t day);
/* Reads YYYY-MM-DD, a real date. */
bool tb_day_parse(tb_bytes text, int64_t *out) TB_MUST_USE;
/* 1..4 of the China-time quarter and its year. */
int tb_quarter_of(tb_time t, int *out_year);

#endif

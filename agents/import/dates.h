/* dates - instants as people write them: ISO, 2015/2/9 11:39, 2015年2月9日 11时39分. */
#ifndef TB_DATES_H
#define TB_DATES_H

#include "base/time.h"

/* Accepts a date with - / . or 年月日 between its parts, then optionally T or blanks and a time of
 * day with seconds and fraction or not, then optionally Z or an offset. Without an offset it is
 * China time; without a time of day it is 00:00. False for anything else, also 31 June. */
bool tb_dates_read(tb_bytes text, tb_time *out) TB_MUST_USE;

/* "2015-02-09", exactly: the first or last day of a campaign. The instant its day begins in China.
 */
bool tb_dates_day(tb_bytes text, tb_time *out) TB_MUST_USE;

#define TB_DAY_MS (24ll * 3600 * 1000)

#endif

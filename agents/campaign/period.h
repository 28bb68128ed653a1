/* period - 报告期: which months a report is about, and by when it is owed.
 *
 * A month is counted year * 12 + month - 1, in China time. A period is written 2015-01, 2015-Q1,
 * 2015-H1 or 2015; that of a report by date is its day, 2019-11-30, and goes from the campaign's
 * first day to the end of that month.
 */
#ifndef TB_CAMPAIGN_PERIOD_H
#define TB_CAMPAIGN_PERIOD_H

#include "agents/campaign/campaign.h"

typedef uint16_t tb_month;

#define TB_PERIOD_TEXT 16

typedef struct tb_period {
    tb_every every; /* NONE: by date */
    tb_month first;
    tb_month last;
    char text[TB_PERIOD_TEXT];
} tb_period;

/* The month of an instant; months before year 1 and after 5400 do not occur. */
tb_month tb_month_of(tb_time at);
/* The first month of the year a month is in. */
tb_month tb_month_january(tb_month month);

/* Any well-formed period. */
bool tb_period_parse(tb_bytes text, tb_period *out) TB_MUST_USE;
/* The period of a rhythm that a month is in. */
tb_period tb_period_with(tb_every every, tb_month month);
/* The period of the same rhythm before; false for one by date. */
bool tb_period_before(const tb_period *period, tb_period *out) TB_MUST_USE;
/* The first instant after it. */
tb_time tb_period_end(const tb_period *period);

/* A period of a case of the campaign: any well-formed one, of which a day is the last of its month
 * and goes back to the campaign's first. */
bool tb_period_in(const tb_campaign *campaign, tb_bytes text, tb_period *out) TB_MUST_USE;

/* The periods a report is owed for, in order; at most TB_REPORT_PERIODS_MAX. The definition must
 * have been checked: what does not parse counts as none. */
unsigned tb_report_periods(const tb_campaign *campaign, const tb_report_def *report);
tb_period
tb_report_period_at(const tb_campaign *campaign, const tb_report_def *report, unsigned index);
/* The one of this name; false when the report is not owed for it. */
bool tb_report_period(const tb_campaign *campaign,
                      const tb_report_def *report,
                      tb_bytes text,
                      tb_period *out) TB_MUST_USE;
/* The last instant (ms) at which it is in time. */
tb_time tb_report_due_at(const tb_report_def *report, const tb_period *period);

#endif

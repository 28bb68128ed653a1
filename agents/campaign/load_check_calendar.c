/* load_check_calendar - whether the years that the campaign wants a calendar for are those it is
 * lived through in: its own dates, its stages, and the days its reports are due.
 *
 * A campaign that counts by the calendar says which years: else nobody could tell an agency that
 * its own table does not reach (agents/calendar_years.h). The State Council orders the days off and
 * the days worked of a year at a time. Past the years that the table `calendar` knows a day is
 * judged by its weekday alone (agents/tables/calendar.h).
 */
#include "agents/campaign/load_check.h"

#include <stdio.h>

#include "agents/campaign/period.h"
#include "agents/campaign/scene.h"

#define YEAR_BYTES 8

/* "2019" as a text, of a day that is one. */
static bool year_of(const char *day, char out[YEAR_BYTES])
{
    int64_t number;
    if (day == NULL || !tb_day_parse(tb_bytes_str(day), &number)) {
        return false; /* told already */
    }
    (void)snprintf(out, YEAR_BYTES, "%.4s", day);
    return true;
}

static bool wanted(const tb_campaign *campaign, const char *year)
{
    return tb_names_hold((const char *const *)campaign->calendar, campaign->calendar_count,
                         tb_bytes_str(year));
}

static void tell_day(tb_check *check, const char *const *day)
{
    char year[YEAR_BYTES];
    if (year_of(*day, year) && !wanted(check->campaign, year)) {
        tb_check_fault(check, tb_at_value(day), TB_FAULT_CALENDAR_SHORT, *day, year);
    }
}

/* The first due day that lies beyond, of each report. */
static void tell_report(tb_check *check, const tb_report_def *report)
{
    unsigned count = tb_report_periods(check->campaign, report);
    for (unsigned i = 0; i < count && i < TB_REPORT_PERIODS_MAX; i++) {
        tb_period period = tb_report_period_at(check->campaign, report, i);
        char due[TB_TIME_TEXT];
        char year[YEAR_BYTES];
        tb_time_print(tb_report_due_at(report, &period), due);
        due[10] = '\0'; /* the day of it */
        if (year_of(due, year) && !wanted(check->campaign, year)) {
            tb_check_item(check, TB_ITEM_REPORT, report->id, report);
            tb_check_fault(check, tb_at(report), TB_FAULT_CALENDAR_SHORT, due, year);
            return;
        }
    }
}

void tb_check_calendar(tb_check *check)
{
    const tb_campaign *campaign = check->campaign;
    bool named = tb_names_hold((const char *const *)campaign->tables, campaign->table_count,
                               tb_bytes_str("calendar"));
    tb_check_item(check, TB_ITEM_CAMPAIGN, campaign->id, campaign);
    if (campaign->calendar_count > 0 && !named && !check->lacks_table) {
        check->lacks_table = true;
        tb_check_fault(check, tb_at_value(&campaign->calendar), TB_FAULT_NO_TABLE, "calendar",
                       NULL);
    }
    if (campaign->calendar_count == 0 && named && tb_check_given(check, &campaign->calendar)) {
        tb_check_fault(check, tb_at_value(&campaign->tables), TB_FAULT_CALENDAR_UNSAID, NULL, NULL);
    }
    for (unsigned i = 0; i < campaign->calendar_count; i++) {
        const char *const *year = (const char *const *)&campaign->calendar[i];
        char day[16];
        int64_t number;
        (void)snprintf(day, sizeof day, "%.6s-01-01", *year);
        if (strlen(*year) != 4 || !tb_day_parse(tb_bytes_str(day), &number)) {
            tb_check_fault(check, tb_at_value(year), TB_FAULT_CALENDAR_YEAR, *year, NULL);
            return;
        }
    }
    bool ordered =
        campaign->from != NULL && campaign->to != NULL && strcmp(campaign->from, campaign->to) <= 0;
    if (campaign->calendar_count == 0 || !ordered) {
        return;
    }
    tell_day(check, &campaign->from);
    tell_day(check, &campaign->to);
    for (unsigned i = 0; i < campaign->stage_count; i++) {
        const tb_stage *stage = &campaign->stages[i];
        bool within = strcmp(stage->to, campaign->to) <= 0;
        if (within) { /* else that is told */
            tb_check_item(check, TB_ITEM_STAGE, stage->id, stage);
            tell_day(check, &stage->to);
        }
    }
    /* periods are those of a definition without faults */
    for (unsigned i = 0; i < campaign->report_count && check->findings->total == 0; i++) {
        tell_report(check, &campaign->reports[i]);
    }
}

#include "agents/campaign/period.h"

#include "base/text.h"

tb_month tb_month_of(tb_time at)
{
    tb_civil civil = tb_civil_of(at);
    return (tb_month)(civil.year * 12 + civil.month - 1);
}

tb_month tb_month_january(tb_month month)
{
    return (tb_month)(month / 12 * 12);
}

/* ---- names ---- */

static bool digits(tb_bytes text, size_t at, size_t count, unsigned *out)
{
    *out = 0;
    if (at + count > text.size) {
        return false;
    }
    for (size_t i = at; i < at + count; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        *out = *out * 10 + (unsigned)(text.data[i] - '0');
    }
    return true;
}

static unsigned months_in(tb_every every)
{
    switch (every) {
    case TB_EVERY_NONE:
    case TB_EVERY_MONTH:
        return 1;
    case TB_EVERY_QUARTER:
        return 3;
    case TB_EVERY_HALF_YEAR:
        return 6;
    case TB_EVERY_YEAR:
        return 12;
    }
    TB_UNREACHABLE();
}

static void name(tb_period *period)
{
    tb_text text;
    tb_bytes done;
    unsigned part = (unsigned)(period->first % 12) / months_in(period->every) + 1;
    memset(period->text, 0, sizeof period->text);
    tb_text_over(&text, period->text, sizeof period->text - 1);
    tb_text_u64_wide(&text, period->first / 12u, 4);
    switch (period->every) {
    case TB_EVERY_NONE: /* by date: named by the caller */
    case TB_EVERY_YEAR:
        break;
    case TB_EVERY_MONTH:
        tb_text_str(&text, "-");
        tb_text_u64_wide(&text, part, 2);
        break;
    case TB_EVERY_QUARTER:
        tb_text_str(&text, "-Q");
        tb_text_u64(&text, part);
        break;
    case TB_EVERY_HALF_YEAR:
        tb_text_str(&text, "-H");
        tb_text_u64(&text, part);
        break;
    }
    (void)!tb_text_done(&text, &done); /* it fits by its construction */
}

tb_period tb_period_with(tb_every every, tb_month month)
{
    unsigned months = months_in(every);
    tb_month first = (tb_month)(month - month % months); /* years begin at a multiple of 12 */
    tb_period period = {
        .every = every,
        .first = first,
        .last = (tb_month)(first + months - 1),
    };
    name(&period);
    return period;
}

static bool by_date(tb_bytes text, tb_period *out)
{
    int64_t day;
    if (text.size != 10 || !tb_day_parse(text, &day)) {
        return false;
    }
    tb_period period = {.every = TB_EVERY_NONE};
    period.first = period.last = tb_month_of(tb_day_start(day));
    memcpy(period.text, text.data, text.size);
    *out = period;
    return true;
}

bool tb_period_parse(tb_bytes text, tb_period *out)
{
    unsigned year;
    unsigned part = 1;
    if (by_date(text, out)) {
        return true;
    }
    if (!digits(text, 0, 4, &year) || year == 0 || year > 5000) {
        return false;
    }
    tb_every every = TB_EVERY_YEAR;
    bool fine = text.size == 4;
    if (text.size == 7 && text.data[4] == '-' && (text.data[5] == 'Q' || text.data[5] == 'H')) {
        every = text.data[5] == 'Q' ? TB_EVERY_QUARTER : TB_EVERY_HALF_YEAR;
        fine = digits(text, 6, 1, &part);
    } else if (text.size == 7 && text.data[4] == '-') {
        every = TB_EVERY_MONTH;
        fine = digits(text, 5, 2, &part);
    }
    if (!fine || part == 0 || part > 12 / months_in(every)) {
        return false;
    }
    *out = tb_period_with(every, (tb_month)(year * 12 + (part - 1) * months_in(every)));
    return true;
}

bool tb_period_before(const tb_period *period, tb_period *out)
{
    if (period->every == TB_EVERY_NONE || period->first == 0) {
        return false;
    }
    *out = tb_period_with(period->every, (tb_month)(period->first - 1));
    return true;
}

static tb_time month_start(tb_month month)
{
    tb_civil civil = {.year = month / 12, .month = month % 12 + 1, .day = 1};
    tb_time at = 0;
    TB_ASSERT(tb_civil_to(&civil, &at));
    return at;
}

tb_time tb_period_end(const tb_period *period)
{
    return month_start((tb_month)(period->last + 1));
}

/* ---- of a report ---- */

/* Of a report by date everything since the campaign began. */
static tb_period since(const tb_campaign *campaign, tb_period period)
{
    int64_t day;
    if (period.every == TB_EVERY_NONE &&
        tb_day_parse(tb_bytes_str(campaign->from), &day)) {
        tb_month from = tb_month_of(tb_day_start(day));
        period.first = from < period.last ? from : period.last;
    }
    return period;
}

bool tb_period_in(const tb_campaign *campaign, tb_bytes text, tb_period *out)
{
    int64_t day;
    if (!tb_period_parse(text, out)) {
        return false;
    }
    if (out->every == TB_EVERY_NONE &&
        (!tb_day_parse(text, &day) || tb_month_of(tb_day_start(day + 1)) == out->last)) {
        return false;
    }
    *out = since(campaign, *out);
    return true;
}

static bool bounds(const tb_report_def *report, tb_period *first, tb_period *last)
{
    return report->first != NULL && report->last != NULL &&
           tb_period_parse(tb_bytes_str(report->first), first) &&
           tb_period_parse(tb_bytes_str(report->last), last) && first->every == report->every &&
           last->every == report->every && first->first <= last->first;
}

unsigned tb_report_periods(const tb_campaign *campaign, const tb_report_def *report)
{
    (void)campaign;
    tb_period first;
    tb_period last;
    if (report->every == TB_EVERY_NONE) {
        return report->date_count;
    }
    if (!bounds(report, &first, &last)) {
        return 0;
    }
    unsigned count = (unsigned)(last.first - first.first) / months_in(report->every) + 1;
    return count < TB_REPORT_PERIODS_MAX ? count : TB_REPORT_PERIODS_MAX;
}

tb_period
tb_report_period_at(const tb_campaign *campaign, const tb_report_def *report, unsigned index)
{
    tb_period first = {.every = TB_EVERY_NONE};
    tb_period last;
    TB_ASSERT(index < tb_report_periods(campaign, report));
    if (report->every == TB_EVERY_NONE) {
        (void)!tb_period_parse(tb_bytes_str(report->dates[index]), &first);
        return since(campaign, first);
    }
    (void)!bounds(report, &first, &last);
    return tb_period_with(report->every,
                          (tb_month)(first.first + index * months_in(report->every)));
}

bool tb_report_period(const tb_campaign *campaign,
                      const tb_report_def *report,
                      tb_bytes text,
                      tb_period *out)
{
    unsigned count = tb_report_periods(campaign, report);
    for (unsigned i = 0; i < count; i++) {
        tb_period period = tb_report_period_at(campaign, report, i);
        if (tb_bytes_equal(tb_bytes_str(period.text), text)) {
            *out = period;
            return true;
        }
    }
    return false;
}

tb_time tb_report_due_at(const tb_report_def *report, const tb_period *period)
{
    int64_t day;
    if (period->every == TB_EVERY_NONE) {
        return tb_day_parse(tb_bytes_str(period->text), &day) ? tb_day_start(day + 1) - 1 : 0;
    }
    tb_month month = (tb_month)(period->last + report->due.months_after);
    day = tb_day_of(month_start(month)) + (int64_t)report->due.day;
    int64_t next = tb_day_of(month_start((tb_month)(month + 1)));
    return tb_day_start(day < next ? day : next) - 1; /* the 31st of a short month is its last */
}

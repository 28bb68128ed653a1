/* duty_limit - the limits of a duty that name a day, whether a duty is owed at all, and
 * whether its limit counts as law. */
#include "agents/campaign/duty.h"
#include "agents/campaign/stages.h"

/* A day of a month counted from January of year 0; past the month's end, its last. */
static tb_time day_of_month(int64_t month, unsigned day)
{
    tb_civil civil = {.year = (int)(month / 12), .month = (int)(month % 12) + 1, .day = (int)day};
    tb_time start = 0;
    while (civil.day > 28 && !tb_civil_to(&civil, &start)) {
        civil.day--;
    }
    bool is_day = tb_civil_to(&civil, &start);
    TB_ASSERT(is_day); /* the 28th of a month exists, and earlier days too */
    return tb_day_start(tb_day_of(start) + 1) - 1;
}

static bool period_due(const tb_duty_def *duty, tb_time from, tb_time *out)
{
    tb_civil civil = tb_civil_of(from);
    int64_t month = (int64_t)civil.year * 12 + civil.month - 1;
    if (duty->monthly.day > 0) {
        *out = day_of_month(month + 1, duty->monthly.day);
        return true;
    }
    if (duty->quarterly.day > 0) {
        int64_t next = month - month % 3 + 3;
        *out = day_of_month(next + duty->quarterly.month - 1, duty->quarterly.day);
        return true;
    }
    return false;
}

bool tb_duty_fixed(const tb_duty_def *duty, tb_time from, tb_time *out)
{
    const char *date = duty->due_date != NULL ? duty->due_date : duty->stage_end;
    if (date != NULL) {
        *out = tb_date_end(date);
        return true;
    }
    return period_due(duty, from, out);
}

bool tb_duty_owed(const tb_duty_def *duty,
                  const tb_case_view *view,
                  const tb_directory *directory,
                  tb_time at)
{
    return tb_conditions_hold(view, directory, &duty->when, at);
}

bool tb_duty_adopted(const tb_duty_def *duty, tb_time from)
{
    int64_t day;
    return duty->adopted.document_no != NULL &&
           tb_day_parse(tb_bytes_str(duty->adopted.from), &day) && tb_day_of(from) >= day;
}

bool tb_duty_scores(const tb_duty_def *duty, tb_time from)
{
    return !duty->by_default || tb_duty_adopted(duty, from);
}

tb_time tb_duty_due_in(const tb_duty_def *duty,
                       const tb_case_view *view,
                       tb_time from,
                       const tb_calendar *calendar)
{
    int64_t day;
    if (duty->due_field == NULL) {
        return tb_duty_due(duty, from, calendar);
    }
    tb_bytes named = tb_case_view_field(view, tb_bytes_str(duty->due_field));
    bool given = tb_day_parse(named, &day);
    return given ? tb_day_start(day + 1) - 1 : from; /* the definition requires it */
}

#include "agents/calendar_years.h"

#include "agents/campaign/campaign.h"
#include "base/text.h"

#define YEAR_BYTES 4

/* The first day of a year, as a definition names it; a checked one names nothing else. */
static bool first_day(const char *year, int64_t *out)
{
    char day[] = "0000-01-01";
    if (strlen(year) != YEAR_BYTES) {
        return false;
    }
    memcpy(day, year, YEAR_BYTES);
    return tb_day_parse(tb_bytes_str(day), out);
}

static bool lacks(const tb_calendar *calendar, const char *year, int64_t *out_first)
{
    return first_day(year, out_first) &&
           (calendar == NULL || !tb_calendar_knows(calendar, *out_first));
}

tb_err tb_calendar_lacking(const tb_campaign *campaign,
                           const tb_calendar *calendar,
                           tb_arena *arena,
                           tb_bytes *out)
{
    tb_text text;
    tb_text_init(&text, arena, campaign->calendar_count * (YEAR_BYTES + 1));
    for (unsigned i = 0; i < campaign->calendar_count; i++) {
        int64_t first;
        if (lacks(calendar, campaign->calendar[i], &first)) {
            tb_text_str(&text, text.size > 0 ? " " : "");
            tb_text_str(&text, campaign->calendar[i]);
        }
    }
    return tb_text_done(&text, out);
}

bool tb_calendar_warning(const tb_agent *agent, tb_time civil, tb_local_warning *out)
{
    const tb_campaigns *all = agent->campaigns;
    bool any = false;
    int64_t earliest = 0;
    char now[TB_TIME_TEXT];
    tb_time_print(civil, now);
    for (size_t c = 0; c < all->count; c++) {
        const tb_campaign *campaign = all->list[c];
        bool newest = tb_campaigns_newest(all, tb_campaign_text(campaign->id)) == campaign;
        for (unsigned i = 0; newest && i < campaign->calendar_count; i++) {
            const char *year = campaign->calendar[i];
            int64_t first;
            if (lacks(agent->calendar, year, &first) && strncmp(year, now, YEAR_BYTES) >= 0 &&
                (!any || first < earliest)) {
                any = true;
                earliest = first;
            }
        }
    }
    if (any) {
        *out = (tb_local_warning){TB_REFUSED_CALENDAR_SHORT, tb_day_start(earliest)};
    }
    return any;
}

/* calendar_years - the years a campaign wants a calendar for, held against the calendar that is
 * installed here.
 *
 * Days of a year that it does not know are judged by their weekday alone. Nobody is kept from
 * working by that, and people are told: by `status` while the year is not over, and by
 * `campaign list`.
 */
#ifndef TB_CALENDAR_YEARS_H
#define TB_CALENDAR_YEARS_H

#include "agents/agent.h"
#include "messages/local.h"

/* Years that its definition names and the calendar does not know, "2016 2017"; empty: none.
 * calendar NULL: none is installed. */
tb_err tb_calendar_lacking(const tb_campaign *campaign,
                           const tb_calendar *calendar,
                           tb_arena *arena,
                           tb_bytes *out) TB_MUST_USE;

/* The earliest such year of the newest versions here that is not over by the civil time: the
 * warning, until its first day. False: none lacks one. */
bool tb_calendar_warning(const tb_agent *agent, tb_time civil, tb_local_warning *out);

#endif

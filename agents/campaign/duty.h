/* duty - 应办事项: what a campaign says of who owes what by when, as computation.
 *
 * Pure: the case as it is right after the event that begins a duty, the directory, a calendar. When
 * duties are looked at, stored and judged is agents/duties.h.
 */
#ifndef TB_CAMPAIGN_DUTY_H
#define TB_CAMPAIGN_DUTY_H

#include "agents/campaign/judge.h"
#include "agents/tables/calendar.h"

/* The last instant at which a duty that began at `from` is fulfilled on time. A day limit begins
 * with the day after and ends with its last day's last millisecond (design §10). */
tb_time tb_duty_due(const tb_duty_def *duty, tb_time from, const tb_calendar *calendar);

/* The same where the limit names a day: a date, a stage's end, a day of the next month or quarter
 * (duty_limit.c). False: it is counted from `from`. A day may be over when the duty begins: what is
 * then done is late. */
bool tb_duty_fixed(const tb_duty_def *duty, tb_time from, tb_time *out);

/* The same of a duty that began with this view: with the day in the field it names. */
tb_time tb_duty_due_in(const tb_duty_def *duty,
                       const tb_case_view *view,
                       tb_time from,
                       const tb_calendar *calendar);

/* Whether its conditions hold, right after the event that begins it; at is the event's own time. */
bool tb_duty_owed(const tb_duty_def *duty,
                  const tb_case_view *view,
                  const tb_directory *directory,
                  tb_time at);

/* How long after due nothing is said yet. */
tb_time tb_duty_grace(const tb_duty_def *duty);

/* When a duty due then is reminded of, and when its lapse is escalated, office hours aside. What
 * counts in days comes as its day begins. The duty has such a notice. */
tb_time tb_duty_remind_at(const tb_duty_def *duty, tb_time due, const tb_calendar *calendar);
tb_time tb_duty_escalate_at(const tb_duty_def *duty, tb_time due, const tb_calendar *calendar);

/* What the action says of the duty, and the action that says it; NULL: the duty has none. */
tb_duty_word tb_duty_word_of(const tb_duty_def *duty, tb_bytes action);
/* Whether more than one word of the duty is said by the action: nobody could tell which. */
bool tb_duty_word_twice(const tb_duty_def *duty, tb_bytes action);
const char *tb_duty_word_act(const tb_duty_def *duty, tb_duty_word word);

/* Whether headquarters has adopted the duty's default limit for what begins then; and whether a
 * lapse counts in evaluation: what the plan says, and what is adopted (design §10). */
bool tb_duty_adopted(const tb_duty_def *duty, tb_time from);
bool tb_duty_scores(const tb_duty_def *duty, tb_time from);

/* The next debtor, and the creditor; false when there is none, or no creditor yet. Nobody owes
 * himself anything, and of many nobody who cannot be told. *at is 0 before the first. view: right
 * after the event. */
bool tb_duty_parties(const tb_duty_def *duty,
                     const tb_case_view *view,
                     const tb_directory *directory,
                     size_t *at,
                     tb_party *out_debtor,
                     tb_party *out_creditor) TB_MUST_USE;

bool tb_duty_begins(const tb_duty_def *duty, tb_bytes action);
bool tb_duty_ends(const tb_duty_def *duty, tb_bytes action);
/* Whether it is owed on though the case was taken over by this action. */
bool tb_duty_outlives(const tb_duty_def *duty, tb_bytes action);

/* By id, or NULL; none of a case whose version is not here, whose type is NULL. */
const tb_duty_def *tb_case_type_duty(const tb_case_type *type, tb_bytes id);

#endif

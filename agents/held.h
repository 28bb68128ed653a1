/* held - events that wait: for the event before them, or for a campaign to be installed.
 *
 * Held events are stored, shown and bounded: TB_HELD_BACK_MAX in all, TB_HELD_BACK_GIVER_MAX of
 * what one party gave. What they wait for is the first half of their HELD key: an event id, or a
 * digest that names the campaign version.
 */
#ifndef TB_HELD_H
#define TB_HELD_H

#include "agents/apply.h"

/* What events of a campaign version wait for while it is not installed. */
tb_digest tb_held_campaign(tb_bytes campaign, uint32_t version);

/* Whether an event that is held back waits for another event: not while its campaign is missing. */
bool tb_held_for_event(const tb_apply *apply, const tb_event *event);

/* Stores the arrival as held back. *out_full: the bound is reached and nothing is stored. */
tb_err tb_held_add(tb_apply *apply,
                   const tb_arrival *arrival,
                   const tb_digest *missing,
                   bool *out_full) TB_MUST_USE;

/* Places everything that waited for an event, and what waited for that, a bounded number at a time;
 * the rest goes on with the next notice. */
tb_err tb_held_release(tb_apply *apply, const tb_digest *arrived) TB_MUST_USE;

/* Places what can go on now: campaigns that were installed since, and the rest of an earlier
 * release. */
tb_err tb_held_resume(tb_apply *apply) TB_MUST_USE;

/* Places what waited for a directory and need not any more: a slice behind an event, which moves.
 * *out_done: all was looked at. */
tb_err tb_held_directory(tb_apply *apply, tb_digest *behind, bool *out_done) TB_MUST_USE;

#endif

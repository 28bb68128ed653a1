/* freshness - whether the directory this agent acts by is still the newest (design §6).
 *
 *     60, 30, 7 days before an end     a warning, once each, in the log; in `status` all the time
 *     past the directory's end         an alarm, once; nothing is sealed to a first-time recipient
 *     a header of a newer directory    the hub has TB_DIRECTORY_WAIT_MS to give it, then an alarm
 *                                      names it
 *     a header of another one of our version   an alarm
 *
 * Ends are those of the directory (fresh until) and of this party's own keys, where one is planned.
 */
#ifndef TB_FRESHNESS_H
#define TB_FRESHNESS_H

#include "agents/link.h"
#include "messages/local.h"

/* The directory's own time has passed. */
bool tb_directory_stale(const tb_directory *directory, tb_time now);
/* Whether nothing was ever sent to this recipient. */
tb_err tb_first_time(tb_txn *txn, const tb_party *recipient, bool *out) TB_MUST_USE;

/* A verified header of somebody else names the directory it was made by. */
tb_err tb_freshness_seen(tb_step *step, const tb_header *header) TB_MUST_USE;
tb_err tb_freshness_tick(tb_step *step) TB_MUST_USE;
tb_err tb_freshness_due(const tb_agent *agent, tb_txn *txn, tb_time *out) TB_MUST_USE;

/* What is to be done before a date; in the arena. */
tb_err tb_freshness_warnings(const tb_agent *agent,
                             tb_time now,
                             tb_arena *arena,
                             tb_local_warning **out,
                             size_t *out_count) TB_MUST_USE;

#endif

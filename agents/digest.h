/* digest - what is overdue, told to this party's people without flooding them: one alert when
 * something is overdue, one when nothing is any more, and between them one digest a working day, as
 * office hours begin (design §10).
 *
 * Told as lines of the log: event=overdue_begins, event=digest, event=overdue_over. Duties this
 * party owes or is owed count. The alert comes with the first lapse this agent records, else with
 * the day's digest. META keeps `digest_overdue` (1 while the alert stands) and `digest_at` (civil
 * time of the next digest). What is between others and was escalated to this party is counted
 * beside. People see the same counts at any time: `tongbao status`, `tongbao due --digest`.
 */
#ifndef TB_DIGEST_H
#define TB_DIGEST_H

#include "agents/office.h"
#include "agents/rows_duty.h"

tb_err tb_digest_tick(tb_step *step) TB_MUST_USE;
/* This agent has recorded a lapse. */
tb_err tb_digest_lapsed(tb_step *step) TB_MUST_USE;
/* How much this party has to do first, of at most TB_DIGEST_LOOKED_MAX duties by due time. */
tb_err tb_digest_count(const tb_agent *agent, tb_txn *txn, tb_time civil, tb_local_due_counts *out)
    TB_MUST_USE;
/* Owed by or to this party, or lapsed and escalated to it. */
tb_err tb_duty_concerns(const tb_agent *agent, tb_txn *txn, const tb_duty_row *duty, bool *out)
    TB_MUST_USE;
/* The party's office hours are these now: the next digest comes as they begin, on the same day. */
tb_err tb_digest_moved(const tb_agent *agent, tb_txn *txn, const tb_office *office) TB_MUST_USE;
/* Real time of the next digest. TB_ERR_NOT_FOUND: nothing is owed, or the store is full. */
tb_err tb_digest_due(const tb_agent *agent, tb_txn *txn, tb_time *out) TB_MUST_USE;

#endif

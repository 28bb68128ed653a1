/* duties - 应办事项 at an agent: rows that follow the chain, and the creditor's judgement when one
 * is overdue.
 *
 *     event of the chain  --> tb_duties_follow: what it ends, what it begins
 *     chain switched      --> tb_duties_anew: all of it again, along the chain that counts now
 *     version moved       --> the same: what is open by the new version's limits, what it does not
 *                             ask for released
 *     side event arrives  --> tb_duties_beside: a request, which may begin a duty
 *                             (tb_duties_requested), what fulfils its author's, or a lapse
 * (tb_duties_lapsed) due + grace, here   --> tb_duties_tick: the creditor's agent records the
 * lapse, a signed side event of the campaign's action for it before, and after   --> the same: a
 * reminder before it is due, an escalation once it has lapsed, a withdrawal of the lapse of what
 * was done in time after all, a word to whom it was escalated that it is over
 *
 * Each of these is said once: the side event, however it comes back, leaves a DUTY_SAID row.
 * Every party on a case keeps its duties; the creditor's agent alone judges. What a limit is says
 * agents/campaign/duty.h, what a row is agents/rows_duty.h, when a lapse lets somebody take a case
 * over agents/lapses.h. Explanations read the same rows.
 */
#ifndef TB_DUTIES_H
#define TB_DUTIES_H

#include "agents/chain.h"
#include "agents/link.h"
#include "agents/rows_duty.h"

/* An event of the chain took effect; row is the case with it. The row of an event that moves the
 * case to another version is stored already. */
tb_err tb_duties_follow(const tb_agent *agent,
                        tb_txn *txn,
                        const tb_case_row *row,
                        const tb_event *event,
                        const tb_digest *id) TB_MUST_USE;

/* The case's chain is this path now; the case's version is here. */
tb_err tb_duties_anew(const tb_agent *agent,
                      tb_txn *txn,
                      const tb_path *path,
                      const tb_case_row *row) TB_MUST_USE;

/* A side event is here: both of the next. */
tb_err tb_duties_beside(const tb_agent *agent,
                        tb_txn *txn,
                        const tb_case_row *row,
                        const tb_event *event,
                        const tb_digest *id) TB_MUST_USE;
/* duties_beside.c: a side event is here: the duty its author owes may be fulfilled by it; when it
 * is a lapse, the duty it names has lapsed; another word of the creditor is noted. Others are none
 * of ours. */
tb_err tb_duties_lapsed(const tb_agent *agent,
                        tb_txn *txn,
                        const tb_case_row *row,
                        const tb_event *event,
                        const tb_digest *id) TB_MUST_USE;

/* Every side event of the case that counts, one by one. */
typedef tb_err tb_duties_side_fn(const tb_agent *agent,
                                 tb_txn *txn,
                                 const tb_case_row *row,
                                 const tb_event *event,
                                 const tb_digest *id);
tb_err tb_duties_sides(const tb_agent *agent,
                       tb_txn *txn,
                       const tb_case_row *row,
                       tb_duties_side_fn *look) TB_MUST_USE;

/* duties_request.c: a side event is here, and if it is listed already its row says by which event:
 * it may be a request or a supervision that begins a duty. Before its lapse is looked at. */
tb_err tb_duties_requested(const tb_agent *agent,
                           tb_txn *txn,
                           const tb_case_row *row,
                           const tb_event *event,
                           const tb_digest *id) TB_MUST_USE;
/* For it: the duty begins with this event; it is fulfilled by that one. */
tb_err tb_duty_begin(const tb_agent *agent,
                     tb_txn *txn,
                     const tb_case_row *row,
                     const tb_event *event,
                     const tb_digest *id,
                     const tb_duty_def *def) TB_MUST_USE;
tb_err tb_duty_fulfil(const tb_agent *agent,
                      tb_txn *txn,
                      const tb_case_row *row,
                      tb_duty_row *duty,
                      const tb_event *event,
                      const tb_digest *id) TB_MUST_USE;
/* The same where the time that counts is known. */
tb_err tb_duty_fulfil_at(const tb_agent *agent,
                         tb_txn *txn,
                         const tb_case_row *row,
                         tb_duty_row *duty,
                         tb_time at,
                         const tb_digest *by) TB_MUST_USE;
/* The time an event counts from; its own while its row is not written yet. */
tb_err tb_duty_counts_from(const tb_agent *agent,
                           tb_txn *txn,
                           const tb_event *event,
                           const tb_digest *id,
                           tb_time *out) TB_MUST_USE;

/* duties_plan.c: what the creditor's agent says next of the duty, and when; TB_DUTY_NOTHING: no
 * more. A word of office hours is put off to the next, unless the case is urgent, or the duty
 * would be over by then. not_before: civil now, or 0. */
tb_err tb_duty_next_word(const tb_agent *agent,
                         tb_txn *txn,
                         const tb_case_row *row,
                         const tb_duty_row *duty,
                         tb_time not_before,
                         tb_duty_word *out,
                         tb_time *out_at) TB_MUST_USE;
/* When an open duty is due by the newest calendar here, where a newer one re-dates it; else its due
 * time as it stands. */
tb_time tb_duty_redated(const tb_agent *agent, const tb_duty_def *def, const tb_duty_row *duty);
/* duties_replan.c: plans what is to be judged here anew, a slice at a time, for a calendar that is
 * new here, or office hours that changed. */
tb_err tb_duties_replan(tb_step *step) TB_MUST_USE;
/* From the next tick on, all of it: office hours changed. */
tb_err tb_duties_replan_all(tb_txn *txn) TB_MUST_USE;
/* Whether there is any left to look through. */
tb_err tb_duties_replanning(const tb_agent *agent, tb_txn *txn, bool *out) TB_MUST_USE;
/* Sets when the duty is to be looked at here; it is not put. */
tb_err tb_duty_plan(const tb_agent *agent, tb_txn *txn, const tb_case_row *row, tb_duty_row *duty)
    TB_MUST_USE;

/* Judges what is due, a bounded number; the link may sign. */
tb_err tb_duties_tick(tb_step *step) TB_MUST_USE;
/* Real time at which the tick has something to judge. TB_ERR_NOT_FOUND: nothing that time alone
 * brings about. */
tb_err tb_duties_due(const tb_agent *agent, tb_txn *txn, tb_time *out) TB_MUST_USE;

/* duties_query.c: open and lapsed duties, by due time. */
tb_err tb_query_duties(const tb_agent *agent,
                       tb_txn *txn,
                       tb_now now,
                       const tb_local_list_duties *list,
                       tb_local_answer *answer) TB_MUST_USE;
/* One of them, as listed. */
tb_err tb_duty_show(const tb_agent *agent,
                    tb_txn *txn,
                    tb_now now,
                    const tb_duty_row *row,
                    tb_local_duty_line *out) TB_MUST_USE;
/* duties_explain.c: every duty of a case, ended ones too, and how its due time comes about. */
tb_err tb_query_explained(const tb_agent *agent,
                          tb_txn *txn,
                          tb_now now,
                          const tb_case_id *id,
                          tb_local_answer *answer) TB_MUST_USE;

#endif

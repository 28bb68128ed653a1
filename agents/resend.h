/* resend - 补发: giving a peer again what it lost or never saw (design.md §7, §9).
 *
 *     Resend{ask} --tb_resend_take--> ANSWERING --tick by tick--> carriers, then Resend{to}: (gone)
 *
 * A carrier is a notice of kind resend whose reader's part holds earlier events with everything
 * that proves them, the asker's own included, and with the openings its campaign lets it read. An
 * ask for everything is answered case by case: the cases with an event in a notice between the two
 * above the marks the asker named. An ask for one event is answered with the case up to it. Nobody
 * is given an event that it was not shown before.
 */
#ifndef TB_RESEND_H
#define TB_RESEND_H

#include "agents/link.h"
#include "messages/parts.h"

/* A taken notice of kind resend: what it asks is kept, what it ends is ended. */
tb_err tb_resend_take(tb_agent *agent,
                      tb_txn *txn,
                      tb_now now,
                      const tb_incoming *incoming,
                      tb_effects *effects,
                      tb_refusal *out_refused) TB_MUST_USE;

/* Asks a party for an event with what comes before it in its case. *out_notice 0: nothing can
 * be sealed to it, nothing is sent. The caller has asked tb_link_ready. */
tb_err tb_resend_ask_event(tb_step *step,
                           const tb_digest *event,
                           const tb_case_id *case_id,
                           const tb_party *of,
                           uint64_t *out_notice) TB_MUST_USE;
/* Answers a bounded piece. */
tb_err tb_resend_tick(tb_step *step) TB_MUST_USE;
/* TB_ERR_NOT_FOUND: nobody waits for an answer. */
tb_err tb_resend_due(const tb_agent *agent, tb_txn *txn, tb_time *out) TB_MUST_USE;

/* resend_case.c: everything of a case up to a number of its chain (0: all) that a peer was shown,
 * in notices of a lane; *out_events how many. */
tb_err tb_resend_case(tb_step *step,
                      const tb_case_id *case_id,
                      const tb_party *peer,
                      uint64_t upto,
                      tb_lane lane,
                      size_t *out_events) TB_MUST_USE;
/* resend_anew.c: own events in notices of an old stream behind a number, which nobody will take any
 * more: sent again as new ones, in the present incarnation. */
tb_err tb_resend_anew(tb_step *step, const tb_stream *stream, uint64_t behind) TB_MUST_USE;

#endif

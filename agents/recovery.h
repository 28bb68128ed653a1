/* recovery - coming back: this agent's store is not what it signed with (design.md §7).
 *
 *     (fenced) --an officer recovers: new incarnation, Hello--> greeting
 *     greeting --Welcome shows every mark: bases are taken----> asking, or ended when nobody stands
 * above us asking   --every party asked has resent to its marks----> ended
 *
 * As a sender the old streams end where the highest mark stands; what the copy still has of them
 * goes on being submitted, byte for byte. As a recipient the base is our own newest signed mark, so
 * that nothing old is delivered again. The peers whose streams stand above the copy are asked to
 * resend; until all have ended nothing is signed on a case that is not free (rows_recover.h).
 */
#ifndef TB_RECOVERY_H
#define TB_RECOVERY_H

#include "agents/link.h"
#include "agents/marks.h"
#include "agents/rows_recover.h"
#include "messages/local.h"
#include "messages/parts.h"

/* An officer's act at a fenced agent. *out_refused: nothing_to_recover, reason_missing. */
tb_err tb_recovery_begin(tb_step *step, tb_bytes account, tb_bytes reason, tb_refusal *out_refused)
    TB_MUST_USE;
/* A Bye that says our incarnation is not the newest: before the first Welcome of a recovery a
 * higher counter is taken and *out_taken set. */
tb_err tb_recovery_higher(tb_step *step, tb_refusal why, bool *out_taken) TB_MUST_USE;
/* Greeting or asking. */
tb_err tb_recovery_active(tb_txn *txn, bool *out) TB_MUST_USE;
/* Whether a mark above our copy is one that was lost: while recovering, and in the session in which
 * it ended, whose later frames belong to its Welcome; such a mark makes it go on. */
tb_err tb_recovery_hears(tb_txn *txn, bool *out) TB_MUST_USE;

/* A verified mark of a stream of an earlier incarnation of ours, above our copy or over another
 * header than ours: the stream ended there. */
tb_err
tb_recovery_sent(tb_step *step, const tb_signed_line *line, tb_mark_verdict verdict) TB_MUST_USE;
/* A verified arrived mark of our own above our copy, while recovering: our base as recipient. */
tb_err tb_recovery_taken(tb_step *step, const tb_signed_line *line) TB_MUST_USE;
/* The Welcome was looked through: the link is about to be confirmed. */
tb_err tb_recovery_welcomed(tb_step *step) TB_MUST_USE;

/* recovery_held.c: the old streams' last marks, in the first header of a new stream
 * (Header.old_marks). */
tb_err tb_recovery_old_marks(tb_step *step, tb_header *header) TB_MUST_USE;
/* How far we hold the streams with a peer, both ways, of every incarnation: what an ask or the end
 * of an answer names. At most TB_HELD_STREAMS_MAX. */
tb_err tb_recovery_held(const tb_agent *agent,
                        tb_txn *txn,
                        const tb_party *peer,
                        tb_stream_at **out,
                        size_t *out_count) TB_MUST_USE;
/* Adds the stream that the asker's newest asks came in, when the list does not name it: who
 * recovers itself names of it what its copy had, which may be nothing, and an end must say whose
 * ask it answers. list has room for TB_HELD_STREAMS_MAX. */
tb_err tb_recovery_name_asker(const tb_agent *agent,
                              tb_txn *txn,
                              const tb_party *asker,
                              tb_stream_at *list,
                              size_t *count) TB_MUST_USE;

/* recovery_ask.c */

/* When next to look, or that all have ended. */
tb_err tb_recovery_settle(tb_txn *txn, tb_now now, tb_effects *effects) TB_MUST_USE;
/* Asks whom it is time to ask, a bounded number. */
tb_err tb_recovery_tick(tb_step *step) TB_MUST_USE;
/* Nobody is looked at later than if he had been asked now; *moved is set when somebody was. */
tb_err tb_recovery_set_back(tb_step *step, bool *moved) TB_MUST_USE;
/* TB_ERR_NOT_FOUND: nothing is due. */
tb_err tb_recovery_due(tb_txn *txn, tb_time *out) TB_MUST_USE;
/* A peer's resend notice came: a part of its answer, or with resend->to its end. */
tb_err tb_recovery_answer(tb_agent *agent,
                          tb_txn *txn,
                          tb_now now,
                          const tb_party *peer,
                          const tb_resend *resend,
                          tb_effects *effects) TB_MUST_USE;

/* recovery.c: whether nothing may be signed on a case yet. */
tb_err tb_recovery_blocks(tb_txn *txn, const tb_case_id *case_id, bool *out) TB_MUST_USE;
/* While recovering: the case cannot be in the copy we lost track of. */
tb_err
tb_recovery_free(tb_txn *txn, tb_now now, const tb_case_id *case_id, tb_free_why why) TB_MUST_USE;
/* Likewise of a case whose opening came in an ordinary notice, if the hub stored that (0: not
 * known) after all it has of the lost time. What was stored before may have been taken before, and
 * acted on, though its mark never came to the hub. */
tb_err tb_recovery_free_new(tb_txn *txn, tb_now now, const tb_case_id *case_id, tb_time stored)
    TB_MUST_USE;
/* An officer releases one. *out_refused: not_recovering, reason_missing, unknown_case. */
tb_err tb_recovery_release(tb_step *step,
                           const tb_case_id *case_id,
                           tb_bytes account,
                           tb_bytes reason,
                           tb_refusal *out_refused) TB_MUST_USE;
/* recovery_show.c: what people are shown of it. */
tb_err tb_recovery_show(const tb_agent *agent, tb_txn *txn, tb_local_recovery *out) TB_MUST_USE;

#endif

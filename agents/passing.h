/* passing - what goes with an event: everybody it addresses is given all of the case that came
 * before.
 *
 *     new events      the event itself, and own events that no finished notice proves yet
 *     earlier events  per reader: what it has not been shown, each with the notice that proves it,
 *                     and what it may read only now
 *     openings        per reader: the field groups it may read once the event has taken effect
 *
 * What a reader has been shown follows from the chain (tb_knower): whoever addressed it before gave
 * it everything up to there. Side events go along when the case is handed over.
 */
#ifndef TB_PASSING_H
#define TB_PASSING_H

#include "agents/casework.h"

/* The event that is sent. Its openings are stored; its row may not be: sender, incarnation and
 * notice are filled in for the caller to put. */
typedef struct tb_passing {
    tb_event_key key;
    const tb_event *event;
    tb_opening *openings; /* one per commitment */
    tb_event_row *row;
} tb_passing;

/* Makes the notice of an event that addresses somebody. before and after are the case without and
 * with it. Loose events of the case go along and are loose no more. */
tb_err tb_pass_event(tb_agent *agent,
                     tb_txn *txn,
                     const tb_case_row *before,
                     const tb_case_row *after,
                     const tb_passing *sent) TB_MUST_USE;

/* Gives a side event that came here late to the party that holds the case now. */
tb_err tb_pass_side(tb_agent *agent, tb_txn *txn, const tb_case_row *row, const tb_digest *side)
    TB_MUST_USE;

/* Gives a party all that the case's events addressed to it while nothing could be sealed to it: the
 * chain as far as it was to know it, side events for the holder, own events that no notice carries
 * yet. The caller has asked tb_link_ready and made sure of its key. */
tb_err tb_pass_history(tb_agent *agent, tb_txn *txn, const tb_case_row *row, const tb_party *party)
    TB_MUST_USE;
/* passing_again.c: gives events of a case that were given before once more, with the chain before
 * them, in notices of their own. *out_notice: the newest of them, 0 when there was nothing to
 * give. */
tb_err tb_pass_again(tb_agent *agent,
                     tb_txn *txn,
                     const tb_party *recipient,
                     const tb_case_id *case_id,
                     const tb_digest *events,
                     size_t count,
                     tb_lane lane,
                     uint64_t *out_notice) TB_MUST_USE;

/* passing_proof.c */

/* The event of a row with the notice that proves it, without openings; *out_proven false when no
 * finished notice does. */
tb_err
tb_pass_proof(tb_txn *txn, const tb_event_row *row, tb_passed *out, bool *out_proven) TB_MUST_USE;
/* The stamp of a notice: the line that covers the number of any of its entries, packed as it is
 * kept. TB_ERR_NOT_FOUND: none is here. */
tb_err tb_pass_stamp(tb_txn *txn, const tb_header *header, tb_bytes *out_packed, tb_time *out_at)
    TB_MUST_USE;
/* What it takes of a part, at most. */
size_t tb_passed_bytes(const tb_passed *passed);
/* Keeps what proves an earlier event somebody passed on, and says which notice that is. */
tb_err tb_pass_keep(tb_txn *txn, const tb_passed *passed, const tb_header *header) TB_MUST_USE;

/* Likewise, in the place of what is kept under the notice's name. */
tb_err tb_pass_replace(tb_txn *txn, const tb_passed *passed, const tb_header *header) TB_MUST_USE;

/* The stored time of the notice that carried an event, as far as it is known here; 0: not known. */
tb_err tb_pass_stored(tb_txn *txn, const tb_event_row *row, tb_time *out) TB_MUST_USE;

#endif

/* aside - parties to whom an event must be passed on again, in a notice of its own.
 *
 * First, those that hold events which a take-over leaves aside, and that it does not address.
 * Who was handed a case by a disputed or forked event, or by one whose author did not know of the
 * take-over yet, is no party of the chain that goes on. It is told all the same, so that its copy
 * ends with the same chain: the take-over is passed on to it once it is proven and it can be sealed
 * to. Its author tells the parties of every such event it has or comes to have; whoever made one
 * tells those of its own, for its author may never see it. So a take-over follows an overtaken
 * branch from hand to hand, to its end.
 *
 * Second, those that an own event addresses which this party lost with its store and was resent by
 * somebody: the notice to them may have been lost with it. Whoever has the event loses nothing.
 */
#ifndef TB_ASIDE_H
#define TB_ASIDE_H

#include "agents/link.h"
#include "agents/rows_case.h"

/* A take-over took effect here, this party's own or another's: remembers whom to tell. */
tb_err tb_aside_note(tb_agent *agent,
                     tb_txn *txn,
                     const tb_event_key *key,
                     const tb_event *take_over) TB_MUST_USE;
/* An event that a take-over left aside before came only now. `row` is the case as it is. */
tb_err tb_aside_late(tb_agent *agent, tb_txn *txn, const tb_case_row *row, const tb_event *late)
    TB_MUST_USE;
/* An own event of the chain came back from another party and took effect: its addressees are to
 * have it. */
tb_err tb_aside_regained(tb_agent *agent,
                         tb_txn *txn,
                         const tb_event_key *key,
                         const tb_event *event,
                         const tb_party *giver) TB_MUST_USE;
/* Tells a slice of them. Only where tb_link_may_sign. */
tb_err tb_aside_tick(tb_step *step) TB_MUST_USE;
/* TB_ERR_NOT_FOUND: nobody is to be told. */
tb_err tb_aside_due(const tb_agent *agent, tb_txn *txn, tb_time *out) TB_MUST_USE;

#endif

/* offline - parties without a line: what is addressed to them, and what happens when they join.
 *
 *     event addresses an off-line party --> OFFLINE row --letter--> listed
 *         it has a sealing key:  numbered and sealed in its stream, kept in the outbox, not
 * submitted it has none:           nothing can be sealed; its history waits it has a key now -->
 * what waited is sealed and numbered, case by case, in the order it was addressed it is active now
 * --> the outbox submits its stream in order; the OFFLINE rows go
 *
 * The directory says who is off-line. What the party wrote on paper was entered by another
 * (acts.h, paper) and stands.
 */
#ifndef TB_OFFLINE_H
#define TB_OFFLINE_H

#include "agents/link.h"
#include "agents/rows_case.h"
#include "agents/rows_offline.h"

/* Off-line in the directory in force here. */
bool tb_offline_is(const tb_agent *agent, const tb_party *party);

/* Remembers the off-line parties an event addresses. numbered: a notice carries the event now. */
tb_err tb_offline_note(const tb_agent *agent,
                       tb_txn *txn,
                       const tb_event_key *key,
                       const tb_event *event,
                       bool numbered) TB_MUST_USE;

/* Gives parties that can be sealed to, or have joined, what waited for them; a bounded piece at a
 * time. Only while the link may sign. */
tb_err tb_offline_tick(tb_step *step) TB_MUST_USE;
/* Whether tb_offline_tick has something to do now. */
tb_err tb_offline_due(const tb_agent *agent, tb_txn *txn, bool *out) TB_MUST_USE;

#endif

/* link - the session with the hub: Hello, Welcome, Bye, beats, documents, alarms.
 *
 *     down --connection is up: Hello--> greeting --Welcome that agrees--> confirmed
 *       ^                                  |                                  |
 *       +------- connection gone, Bye -----+----------------------------------+
 *
 *     fenced   beside the state: our marks went back, or two copies run. Nothing is signed or
 * taken.
 *
 * Only in `confirmed` without fence are notices numbered, marks signed, groups submitted. The state
 * is in META, so that an aborted turn takes it back; tb_agent_start sets it down.
 */
#ifndef TB_LINK_LOGIC_H
#define TB_LINK_LOGIC_H

#include "agents/agent.h"
#include "agents/rows_link.h"
#include "messages/link.h"

/* What every handler of a turn needs. */
typedef struct tb_step {
    tb_agent *agent;
    tb_txn *txn;
    tb_arena *arena;
    tb_now now;
    tb_random *random;
    tb_effects *effects;
    tb_incarnation incarnation; /* ours */
} tb_step;

tb_err tb_step_make(tb_agent *agent,
                    tb_txn *txn,
                    tb_now now,
                    tb_random *random,
                    tb_effects *effects,
                    tb_step *out) TB_MUST_USE;

/* Hello on the connection there is. */
tb_err tb_link_greet(tb_step *step) TB_MUST_USE;
/* A new connection is up: Hello. */
tb_err tb_link_up(tb_step *step) TB_MUST_USE;
/* It is gone. */
tb_err tb_link_down(tb_step *step) TB_MUST_USE;
/* One frame from the hub. A frame that does not decode ends the session with an alarm. */
tb_err tb_link_frame(tb_step *step, tb_bytes bytes) TB_MUST_USE;
/* Says Hello again when Welcome stays out or the hub has been silent, and beats. */
tb_err tb_link_tick(tb_step *step) TB_MUST_USE;
/* At the end of a tick of a confirmed session: Hello again once in a while. Any frame of the hub may
 * have been lost on a connection that goes on: a mark it passed on, an Open, a document. Welcome
 * says all of that anew. */
tb_err tb_link_greet_again(tb_step *step) TB_MUST_USE;
/* When tb_link_tick has something to do; TB_ERR_NOT_FOUND while the link is down. */
tb_err tb_link_due(tb_agent *agent, tb_txn *txn, tb_time *out) TB_MUST_USE;

/* Hello on this connection again: the hub lacks what it says. */
tb_err tb_link_greet(tb_step *step) TB_MUST_USE;
/* Something stands against signing anything: only recovery or another start takes it away. */
tb_err tb_link_fenced(tb_txn *txn, bool *out) TB_MUST_USE;
/* Confirmed and not fenced: we may sign. */
tb_err tb_link_may_sign(tb_txn *txn, bool *out) TB_MUST_USE;
/* Nothing is signed any more; alarm, and the sentence that says what to do. */
tb_err
tb_link_fence(tb_step *step, tb_refusal why, const tb_stream *stream, uint64_t number) TB_MUST_USE;

/* Fills protocol, hub and clock, encodes and sends. */
tb_err tb_link_send(tb_step *step, tb_frame *frame) TB_MUST_USE;
/* Bye{code}: the session is over; Hello follows after a pause. */
tb_err tb_link_end(tb_step *step, tb_refusal code) TB_MUST_USE;

/* link_welcome.c */
tb_err tb_link_hello(tb_step *step) TB_MUST_USE;
tb_err tb_link_welcome(tb_step *step, const tb_welcome *welcome) TB_MUST_USE;
/* An arrived mark of our own that the hub kept, from Welcome or a Stored frame behind it. */
tb_err tb_link_own_mark(tb_step *step, const tb_signed_line *line) TB_MUST_USE;

/* link_documents.c: a signed directory, campaign or table that came over the link or from a person.
 * *out_refused TB_ACCEPTED: kept, and the shell is told to load it; what is here already is
 * accepted without effect. The first directory of a store is the one the agent was started with.
 * The same directory version with other content stops the agent. A campaign whose definition has
 * faults is refused, and *out_detail (else empty, in the turn's arena) is the first of them. */
tb_err tb_document_install(tb_agent *agent,
                           tb_txn *txn,
                           tb_now now,
                           const tb_document *document,
                           tb_effects *effects,
                           tb_refusal *out_refused,
                           tb_bytes *out_detail) TB_MUST_USE;
/* Keeps one that the caller has judged. */
tb_err tb_document_keep(tb_txn *txn, const tb_document *document) TB_MUST_USE;
/* Shows the hub what a person installed here, when the link is up; else the next Welcome does. */
tb_err tb_document_announce(tb_step *step, const tb_document *document) TB_MUST_USE;
/* Every version of every document, in key order; cursor empty for the first, TB_ERR_NOT_FOUND past
 * the last. For the shell, which loads them. */
tb_err tb_document_next(tb_txn *txn, tb_bytes *cursor, tb_document *out) TB_MUST_USE;
/* One version; TB_ERR_NOT_FOUND when it is not here. */
tb_err tb_document_at(tb_txn *txn,
                      tb_document_kind kind,
                      tb_bytes name,
                      uint32_t version,
                      tb_document *out) TB_MUST_USE;
/* The newest version of every document here, at most TB_VERSIONS_MAX. */
tb_err tb_documents_here(tb_txn *txn, tb_version **out, size_t *out_count) TB_MUST_USE;
/* Sends what is newer here than the hub says it has. */
tb_err tb_documents_offer(tb_step *step, const tb_version *theirs, size_t count) TB_MUST_USE;

/* link_alarm.c: an ALARM row and a NOTE, unless the very same was raised among the latest. */
tb_err tb_alarm_raise(tb_agent *agent, tb_txn *txn, const tb_alarm_row *alarm, tb_effects *effects)
    TB_MUST_USE;

#endif

/* outgoing - what casework hands to the outbox during a turn, and what the inbox hands to casework.
 *
 * The seam between the two halves of the agent. Casework never numbers, seals or signs; the outbox
 * never looks into an event.
 *
 *     act -> casework: event bytes, openings, who gets it     -> tb_outbox_add (this turn)
 *     end of turn: tb_outbox_close: seal, number, header, one root for all, groups, OUTBOX rows,
 * Submit Deliver -> inbox: stream, proof, stamp, mark; opens     -> tb_apply_notice
 */
#ifndef TB_OUTGOING_H
#define TB_OUTGOING_H

#include "base/effects.h"
#include "messages/directory.h"
#include "messages/event.h"
#include "messages/header.h"
#include "messages/line.h"
#include "store/store.h"

typedef struct tb_agent tb_agent;

/* One recipient of a notice. */
typedef struct tb_outgoing_reader {
    tb_party recipient;
    bool *opens;       /* per opening of the notice: may this recipient read it */
    tb_passed *passed; /* earlier events it has not been shown, oldest first; usually none */
    size_t passed_count;
} tb_outgoing_reader;

/* A notice to be made at the end of this turn. All memory is the turn's arena. */
typedef struct tb_outgoing {
    tb_lane lane;
    tb_notice_kind kind;
    tb_case_id case_id; /* whose events they are */
    tb_bytes *events;   /* encoded, in chain order; at least one unless kind is RESEND */
    tb_digest *ids;
    size_t event_count;
    tb_opening *openings;
    size_t opening_count;
    tb_outgoing_reader *readers; /* ascending by recipient */
    size_t reader_count;
    tb_bytes resend; /* kind RESEND: an encoded Resend, sealed as part 0 */
} tb_outgoing;

/* Takes the notice for this turn and gives it its notice number at once, so that the caller can
 * store which notice proves its events. The PROOF row is written at the end of the turn. The caller
 * has asked tb_link_ready. A reader that cannot be sealed to (unknown, not active or without a
 * sealing key) is left out; *out_notice is 0 when nobody is left and nothing is sent.
 * TB_ERR_LIMIT when the turn is full. */
tb_err tb_outbox_add(tb_agent *agent,
                     tb_txn *txn,
                     const tb_outgoing *outgoing,
                     uint64_t *out_notice) TB_MUST_USE;

/* Whether an act addressed to these parties can be signed now, or must wait as a draft: the link's
 * Welcome of this run has confirmed our marks and every recipient's share is open. A record of
 * these that does not decode is as good as no link: the act waits. */
tb_err tb_link_ready(
    tb_agent *agent, tb_txn *txn, const tb_party *recipients, size_t count, bool *out) TB_MUST_USE;

/* A taken notice, opened. events, openings and passed are decoded and checked against each other
 * (ids against the header, openings against commitments); chain and campaign rules are not. */
typedef struct tb_incoming {
    tb_bytes header_bytes;
    const tb_header *header;
    tb_bytes *events;
    tb_event *decoded;
    tb_digest *ids;
    size_t event_count;
    tb_opening *openings;
    size_t opening_count;
    tb_passed *passed; /* proofs already verified */
    size_t passed_count;
    bool has_resend;
    tb_bytes resend;
    bool *beyond_cut; /* of a resend, one for each passed: signed beyond a cut. NULL: none is */
} tb_incoming;

/* Places what was held back and can go on now, a bounded number: the shell asks for a tick when a
 * document came. Nothing is signed or sent. */
tb_err tb_apply_resume(tb_agent *agent, tb_txn *txn, tb_now now, tb_effects *effects) TB_MUST_USE;

/* Casework's half of taking: stores and applies the events, or holds them back, freezes, marks as
 * overtaken; anything about the events that is the sender's fault is *out_refused (TB_ACCEPTED when
 * fine) with the event it concerns, and leaves no row behind except what earlier events wrote. */
tb_err tb_apply_notice(tb_agent *agent,
                       tb_txn *txn,
                       tb_now now,
                       const tb_incoming *incoming,
                       tb_effects *effects,
                       tb_refusal *out_refused,
                       tb_digest *out_event) TB_MUST_USE;

#endif

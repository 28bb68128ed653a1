/* apply - the events of one taken notice: where each of them belongs in its case.
 *
 *     known          only new openings are kept
 *     next           judged, takes effect
 *     predecessor not seen, campaign not installed        held back
 *     a second one for a place that is taken              forked: both kept, the case is frozen
 *     resent, and signed beyond a cut                     disputed: kept, the case is frozen
 *     of a term that is over                              overtaken
 *     take-over      the higher term wins; in one term the position named first, then the smaller
 * id against the rules                                   refused, recorded, never applied
 *
 * tb_apply_notice itself is declared in agents/outgoing.h, where the link finds it.
 */
#ifndef TB_APPLY_H
#define TB_APPLY_H

#include "agents/casework.h"

/* The notice that carried an event. */
typedef struct tb_origin {
    tb_party sender;
    tb_incarnation incarnation;
    uint64_t notice;
    tb_lane lane;
} tb_origin;

/* An event on its way to its place. */
typedef struct tb_arrival {
    tb_bytes encoded;
    tb_event event;
    tb_digest id;
    tb_event_key key;
    tb_origin origin;
    tb_party giver; /* who sent it here */
    tb_time since;  /* real time it came */
    bool disputed;  /* signed beyond a cut: it counts for nobody */
} tb_arrival;

typedef enum tb_place_verdict {
    TB_PLACE_KEPT,    /* stored with a standing of its own */
    TB_PLACE_WAITS,   /* for *missing */
    TB_PLACE_REFUSED, /* for *objection */
} tb_place_verdict;

typedef struct tb_apply {
    tb_agent *agent;
    tb_txn *txn;
    tb_arena *arena;
    tb_now now;
    tb_effects *effects;
    tb_case_id *touched; /* cases to tell watchers of */
    size_t touched_count;
    size_t touched_capacity;
    tb_event_key *unsettled; /* events whose openings may not be ours to read: judged at the end */
    size_t unsettled_count;
    size_t unsettled_capacity;
    bool settled; /* of the event placed last: every group of it is ours to read */
    tb_digest missing;
    tb_objection objection;
} tb_apply;

/* apply_place.c: decides and stores; nothing is written unless it is kept. */
tb_err
tb_place_event(tb_apply *apply, const tb_arrival *arrival, tb_place_verdict *out) TB_MUST_USE;
/* The EVENT row of an arrival with a standing. */
tb_err tb_place_put(tb_apply *apply, const tb_arrival *arrival, tb_standing standing) TB_MUST_USE;
/* openings.c */

/* Whether an opening is a list of fields; if not, an alarm. */
tb_err tb_opening_reads(tb_apply *apply,
                        const tb_arrival *arrival,
                        const tb_opening *opening,
                        bool *out) TB_MUST_USE;
/* Drops, with an alarm, what is kept of a group and is not what the rules let its author put there.
 */
tb_err tb_openings_judge(tb_apply *apply, const tb_arrival *arrival) TB_MUST_USE;
/* Drops, with an alarm, what was opened to this party of an event and never was its to read. */
tb_err tb_openings_settle(tb_apply *apply, const tb_event_key *event) TB_MUST_USE;
/* Watchers hear of the case once, at the end of the notice. */
tb_err tb_apply_touch(tb_apply *apply, const tb_case_id *id) TB_MUST_USE;
/* tb_held_directory, and tells of what it placed. */
tb_err tb_apply_directory(tb_apply *apply, tb_digest *behind, bool *out_done) TB_MUST_USE;
/* ALARM and NOTE about an event of a case. */
tb_err tb_apply_alarm(tb_apply *apply, tb_refusal code, const tb_arrival *arrival, const char *text)
    TB_MUST_USE;

#endif

/* acts - what a person wants done with a case, made into a signed step of it.
 *
 *     wish -> computed fields -> judged by the campaign -> link ready? -> event, row, notice
 *                                       |                     +-> draft
 *                                       +-> refused with code and what is wrong
 */
#ifndef TB_ACTS_H
#define TB_ACTS_H

#include "agents/casework.h"

/* What a person asked for. */
typedef struct tb_wish {
    tb_request_id request; /* whose stored answer follows a draft */
    tb_bytes account;
    bool by_agent;    /* the agent's own act: what it says of a duty */
    bool only_judged; /* nothing is made of it: what its outcome would be (acts_opens.c) */
    bool opens;
    tb_bytes campaign;  /* opens */
    tb_bytes case_type; /* opens */
    tb_lane lane;       /* opens */
    tb_case_id case_id; /* otherwise */
    tb_bytes action;    /* otherwise; of an opening: empty, or which of the type's openings */
    tb_digest head;     /* otherwise: what the person looked at; zero: whatever it is now */
    bool of_copy;       /* not stored: a draft of a store that went back (draft.h) */
    tb_field *fields;
    size_t field_count;
    tb_paper paper; /* entered for an off-line party; on_behalf empty: the party's own act */
    tb_time asked;  /* civil, when the person asked; 0: not known */
    tb_approval *approvals; /* given so far (agents/approval.h), by step */
    size_t approval_count;
} tb_wish;

typedef struct tb_outcome {
    tb_refusal code;
    tb_bytes detail;        /* which field, which state, what changed; may be empty */
    bool draft;             /* the link is not ready: nothing was done */
    tb_approval_step waits; /* nothing was done: it is to be approved first; else TB_STEP_MADE */
    tb_case_id case_id;
    tb_digest event;
    uint64_t number;
    tb_bytes state;
    tb_digest based_on; /* the head it was judged on; zero when it opens */
} tb_outcome;

/* Does it, or says why not, or that it must wait as a draft, for the link or to be approved (the
 * caller keeps it). What role or
 * jurisdiction does not allow is recorded as an alarm. */
tb_err tb_act(tb_agent *agent,
              tb_txn *txn,
              tb_now now,
              tb_random *random,
              const tb_wish *wish,
              tb_effects *effects,
              tb_outcome *out) TB_MUST_USE;

/* The value given for a field; false when none is. out may be NULL. */
bool tb_act_value(const tb_field *values, size_t count, tb_bytes field, tb_bytes *out);

/* acts_compute.c: the values of an action with what the campaign computes from them: number
 * segment, mask, jurisdiction. *out_segments: the version of the table that was used, 0 when none
 * was. */
tb_err tb_act_compute(const tb_agent *agent,
                      tb_arena *arena,
                      const tb_case_view *view,
                      const tb_action *action,
                      const tb_field *values,
                      size_t count,
                      tb_field **out,
                      size_t *out_count,
                      uint32_t *out_segments) TB_MUST_USE;

#endif

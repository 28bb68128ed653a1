/* submission - one Submit frame being looked at: submit_check.c proves its groups, submit_held.c
 * compares them with what the hub holds, submit.c places them. */
#ifndef TB_BROKER_SUBMISSION_H
#define TB_BROKER_SUBMISSION_H

#include "broker/handlers.h"

/* One Submit frame being looked at. */
typedef struct tb_submission {
    tb_broker *b;
    tb_live_party *sender;
    const tb_carry *carry;
    tb_digest *digests; /* of the shared bodies, once computed */
    bool *digested;
    size_t hint; /* where the last shared body was found */
} tb_submission;

/* Sender, hub, keys, cuts, incarnation: what a group says of itself, before anything is proven. */
tb_refusal tb_submission_who(tb_submission *s, const tb_group *group);

/* Of a group that tb_submission_who accepted: proof, signature, order within the group, bodies,
 * size. Fills numbers, bytes and shared bodies of fresh, whose group is set. */
tb_err
tb_submission_check(tb_submission *s, tb_fresh_group *fresh, tb_refusal *out_refused) TB_MUST_USE;

/* Whether the hub holds the group just as it is: it was proven when it was stored, and who repeats
 * himself must not have it proven again and again. */
tb_err tb_submission_held(tb_broker *b,
                          const tb_live_stream *live,
                          const tb_group *group,
                          bool *out) TB_MUST_USE;
/* A proven group that begins at or below what the hub holds: the newest line again, unless the
 * content is another. */
tb_err
tb_submission_repeated(tb_submission *s, tb_live_stream *live, const tb_group *group) TB_MUST_USE;
/* The next number, but not the continuation of what the hub holds. */
tb_err
tb_submission_contradicted(tb_submission *s, tb_live_stream *live, const tb_item *item) TB_MUST_USE;
/* The same number with another content: held is the header the hub has, or empty. */
tb_err tb_submission_forked(tb_submission *s, const tb_item *item, tb_bytes held) TB_MUST_USE;

#endif

/* prover - proving many events that are stored here, each piece of a proof once.
 *
 *     tree     root from every leaf and sibling, one signature      kept for the newest few trees
 *     notice   its header is a leaf of the tree; stamp, cut, ids    kept while its events follow
 *     event    its id is among the ids; each opening's commitment   every event
 *
 * What is kept are verdicts on rows of one transaction: a prover lives no longer than that, and
 * nothing is believed because it is in the store. Proofs that stand alone (inbox_passed.c) cost
 * their own path; their roots are remembered by the agent.
 */
#ifndef TB_PROVER_H
#define TB_PROVER_H

#include "agents/link.h"
#include "agents/rows_case.h"
#include "agents/rows_link.h"

/* Events of a case come from several senders, each in its own tree. 4 MiB in the arena. */
#define TB_PROVER_TREES 16

typedef struct tb_proved_tree {
    tb_party sender;
    tb_incarnation incarnation;
    uint64_t notice; /* it is kept under; 0: none */
    tb_root root;
    bool whole;     /* leaves and siblings make up the root */
    bool is_signed; /* ... and the key verifies it */
    tb_key_id key;
    tb_digest *statements; /* room for TB_LEAVES_MAX */
    size_t count;
} tb_proved_tree;

typedef struct tb_proved_notice {
    tb_party sender;
    tb_incarnation incarnation;
    uint64_t notice; /* 0: none */
    bool stamped;
    tb_refusal refused; /* what is wrong with it, whatever its events say */
    tb_digest ids[TB_NOTICE_EVENTS_MAX];
    size_t id_count;
} tb_proved_notice;

typedef struct tb_prover {
    tb_step *step;
    tb_proved_tree trees[TB_PROVER_TREES];
    unsigned next; /* to be forgotten */
    tb_proved_notice notice;
} tb_prover;

/* Room is taken from the step's arena: release it only to marks taken afterwards. */
tb_err tb_prover_init(tb_step *step, tb_prover *out) TB_MUST_USE;

/* Whether one event that is stored here is proven. */
typedef struct tb_proven {
    bool is_signed;     /* false: no notice carries it yet, which is not wrong */
    bool is_stamped;    /* the hub's stamp is here */
    size_t openings;    /* that were compared with their commitments */
    tb_refusal refused; /* TB_ACCEPTED, or what is wrong with it */
} tb_proven;

/* TB_ERR_CORRUPT: a row of it does not decode. */
tb_err tb_prove_event(tb_prover *prover,
                      const tb_event_key *key,
                      const tb_event_row *row,
                      tb_proven *out) TB_MUST_USE;

#endif

/* turn - read, decide, commit, speak (design §4). The only place a promise leaves a process. */
#ifndef TB_TURN_H
#define TB_TURN_H

#include "base/effects.h"
#include "base/random.h"
#include "base/time.h"
#include "store/store.h"

/* Something that happened: a frame from a peer, a request from a local caller, a tick. */
typedef enum tb_input_kind {
    TB_INPUT_FRAME, /* bytes from peer; party is the authenticated speaker (broker) or "hub" (agent)
                     */
    TB_INPUT_LOCAL, /* a request from the local caller peer */
    TB_INPUT_LINK,  /* agent: a new connection to the hub is up */
    TB_INPUT_GONE,  /* peer's connection is gone */
    TB_INPUT_TICK,  /* the deadline has passed, or might have; early ticks are harmless */
} tb_input_kind;

typedef struct tb_input {
    tb_input_kind kind;
    tb_now now;
    uint64_t peer;
    tb_party party;
    tb_bytes bytes;  /* borrowed for the turn */
    uint64_t person; /* LOCAL: the system's number of who connected, plus 1; 0: not known */
} tb_input;

typedef struct tb_node tb_node;

/* One event, inside the transaction. An error aborts the whole batch. */
typedef tb_err
tb_step_fn(void *logic, tb_txn *txn, const tb_input *input, tb_random *random, tb_effects *effects);
/* After the last event, still inside: batch signing, groups, marks. */
typedef tb_err
tb_close_fn(void *logic, tb_txn *txn, tb_now now, tb_random *random, tb_effects *effects);
/* Before every attempt at a turn: forget what an aborted attempt left in memory. */
typedef void tb_forget_fn(void *logic);
/* After the commit. */
typedef void tb_perform_fn(void *shell, const tb_effects *effects);
/* What may be said of an input that was dropped because its turn failed with err: an answer to who
 * asked, which promises nothing. Effects are performed without a commit: nothing was stored. */
typedef void
tb_dropped_fn(void *logic, const tb_input *input, tb_err err, tb_arena *arena, tb_effects *effects);
/* Fresh random bytes for one attempt at a turn. */
typedef void tb_seed_fn(void *shell, uint8_t out_seed[32]);

struct tb_node {
    tb_store *store;
    tb_arena arena;
    tb_effects effects;
    void *logic;
    tb_step_fn *step;
    tb_close_fn *close;     /* may be NULL */
    tb_forget_fn *forget;   /* may be NULL */
    tb_dropped_fn *dropped; /* may be NULL */
    void *shell;
    tb_perform_fn *perform;
    tb_seed_fn *seed;
    /* An input was dropped because the store is full, or a tick for whatever reason. What is due
     * stays due, so the shell waits a while before its next tick, and takes this back. */
    bool starved;
};

/* One batch of at least one input, one transaction, one batch of effects. TB_ERR_IO: what is on
 * disk is unknown, stop the process. Any other error: nothing happened; replay with tb_turn_each.
 */
tb_err tb_turn(tb_node *node, const tb_input *inputs, size_t count) TB_MUST_USE;
/* Splits the batch, in order, until what fails stands alone in its own transaction, so that one bad
 * record cannot stop its neighbours. An input that fails alone is dropped and noted; only TB_ERR_IO
 * is returned, and then the process must stop. */
tb_err tb_turn_each(tb_node *node, const tb_input *inputs, size_t count) TB_MUST_USE;

#endif

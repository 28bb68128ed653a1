/* broker - 协同平台's core: who carries, as a pure state machine.
 *
 * The shell (broker/shell) or the simulator owns this struct, opens its store, hands in keys and
 * directory, and drives it through tb_turn. Nothing here knows a socket, a clock or a file.
 *
 *     Hello, Bye, ticks     -> sessions.c (welcome.c answers)
 *     Submit                -> submit.c, share.c; refused.c for what is not taken
 *     Taken                 -> taken.c: marks, trimming
 *     Document              -> documents.c
 *     end of the turn       -> marks.c (rows, one signature for all lines), deliver.c, welcome.c
 *
 * All state is in the store; what running.h holds lives for one turn.
 */
#ifndef TB_BROKER_H
#define TB_BROKER_H

#include "broker/running.h"
#include "messages/directory.h"
#include "messages/keys.h"
#include "messages/protocol.h"
#include "messages/root.h"
#include "store/turn.h"

/* Configuration may lower these, never raise them above base/limits.h. */
typedef struct tb_broker_limits {
    uint64_t share_bytes;
    uint64_t credit_bytes;
} tb_broker_limits;

/* Where the search for ended lives stands; a restart begins it again. */
typedef struct tb_expiry_sweep {
    size_t party; /* of the directory */
    size_t lane;
    uint64_t seq;
    tb_time after; /* not before this */
} tb_expiry_sweep;

struct tb_broker {
    /* fixed for the life of the process, or replaced between turns by the shell */
    tb_digest hub;
    const tb_sign_pair *sign; /* in locked memory */
    tb_key_id sign_id;
    const tb_directory *directory;
    tb_broker_limits limits;
    tb_protocol_range speaks;
    /* read from the store by tb_broker_start */
    tb_incarnation incarnation;
    tb_expiry_sweep expiry;
    /* a cache, and the running turn */
    tb_root_cache roots;
    tb_running running;
};

/* Prepares a fresh store or checks that an old one belongs to this hub, ends the sessions of the
 * run before, and installs the directory document when it is newer than the store's. Call it before
 * the first turn, in a transaction of its own. *out_refused: why this store or document must not be
 * used. */
tb_err tb_broker_start(tb_broker *broker,
                       tb_txn *txn,
                       const tb_document *directory,
                       tb_random *random,
                       tb_refusal *out_refused) TB_MUST_USE;

/* The newest directory document in the store: what the shell loads at start and on
 * TB_EFFECT_RELOAD. */
tb_err tb_broker_directory(tb_txn *txn, tb_document *out) TB_MUST_USE;

/* tb_step_fn, tb_close_fn and tb_forget_fn for tb_turn; logic is the tb_broker. */
tb_err tb_broker_step(
    void *logic, tb_txn *txn, const tb_input *input, tb_random *random, tb_effects *effects);
tb_err
tb_broker_close(void *logic, tb_txn *txn, tb_now now, tb_random *random, tb_effects *effects);
void tb_broker_forget(void *logic);
/* tb_dropped_fn: a local request that could not be carried out is answered with why. */
void tb_broker_dropped(
    void *logic, const tb_input *input, tb_err why, tb_arena *arena, tb_effects *effects);

/* When to deliver the next tick (real time). TB_ERR_NOT_FOUND: none needed. */
tb_err tb_broker_deadline(tb_broker *broker, tb_txn *txn, tb_time *out) TB_MUST_USE;

/* Walks every invariant of the hub's tables; each fault is a line in the arena. */
tb_err tb_broker_check(tb_broker *broker, tb_txn *txn, tb_bytes **out_faults, size_t *out_count)
    TB_MUST_USE;

#endif

/* inbox - notices the hub delivers: taken into their stream, opened, applied.
 *
 *     Deliver --verified, next number--> taken --applied in the same turn--> (done)
 *                                          |
 *                                          +-- applying failed before --> INBOX --attempts-->
 * (done) |                                |
 *                                          +-- cannot be opened,            +--> QUARANTINE,
 * refused refused by the rules --> refused
 *
 * Taking moves the mark; what becomes of the notice afterwards never stops the stream. A turn in
 * which applying fails is aborted and played again input by input: the notice is remembered as a
 * suspect and queued in INBOX, where its attempts are counted on disk before each of them.
 */
#ifndef TB_INBOX_H
#define TB_INBOX_H

#include "agents/link.h"
#include "agents/outbox_work.h"

/* A Deliver frame. */
tb_err tb_inbox_deliver(tb_step *step, const tb_carry *carry) TB_MUST_USE;

/* One step with the oldest queued notice: count an attempt, try, or set it aside. */
tb_err tb_inbox_tick(tb_step *step) TB_MUST_USE;
/* When the next step is due; TB_ERR_NOT_FOUND when nothing is queued. */
tb_err tb_inbox_due(tb_agent *agent, tb_txn *txn, tb_time *out) TB_MUST_USE;

/* The end of the turn: arrived marks and refusals, signed as one tree, and the frames that carry
 * them. */
tb_err tb_inbox_close(tb_step *step) TB_MUST_USE;

/* A notice in hand. */
typedef struct tb_arrived_notice {
    tb_stream stream;
    uint64_t number;
    tb_header header;
    tb_bytes header_bytes;
    tb_digest digest;
    tb_bytes body;
    /* what proves it: out of a group its place there and the notice its tree is kept under; out of
     * the queue root, index and path */
    const tb_group *group;
    size_t place;
    uint64_t tree;
    tb_root root;
    uint32_t index;
    tb_digest *path;
    size_t path_count;
} tb_arrived_notice;

/* Opens, keeps the proof, applies; what the sender did wrong is refused with a signed line. An
 * error is ours and aborts the turn. */
tb_err tb_inbox_apply(tb_step *step, const tb_arrived_notice *notice) TB_MUST_USE;
/* A notice that was queued or set aside, in hand again. TB_ERR_CORRUPT when it does not decode. */
tb_err tb_inbox_notice(tb_step *step, const tb_inbox_row *row, tb_arrived_notice *out) TB_MUST_USE;
/* A signed refusal of a notice that arrived. */
tb_err tb_inbox_refuse(tb_step *step,
                       const tb_arrived_notice *notice,
                       tb_refusal code,
                       const tb_digest *event,
                       bool keep) TB_MUST_USE;

/* The pieces of taking a group, for what comes on removable media too (bundle_import.c). */
/* What a group says of itself, its sender and its bodies; carried: it need not be stamped. */
tb_refusal tb_inbox_check_group(tb_step *step, const tb_carry *carry, tb_group *group, bool carried)
    TB_MUST_USE;
bool tb_inbox_beyond_cut(const tb_step *step, const tb_group *group);
/* Another header under a number that is held, or one that does not follow what is; *out_item NULL:
 * none. *out_other: the header held, where it still is. */
tb_err tb_inbox_find_fork(tb_step *step,
                          const tb_taken *taken,
                          const tb_group *group,
                          const tb_item **out_item,
                          tb_bytes *out_other) TB_MUST_USE;
/* Takes what is new of a checked group. A gap or a fork is told the hub. */
tb_err tb_inbox_take_group(tb_step *step, const tb_group *group) TB_MUST_USE;

/* inbox_open.c: everything a notice holds for us, decoded and checked against its header. */
tb_err tb_inbox_open(tb_step *step,
                     const tb_arrived_notice *notice,
                     tb_incoming *out,
                     tb_refusal *out_refused) TB_MUST_USE;

/* inbox_passed.c: whether an earlier event is proven: header, ids, path, root, cut, stamp,
 * openings. *out_beyond: proven, and signed beyond a cut; where that is NULL such an event is
 * refused. */
tb_refusal tb_inbox_check_passed(tb_step *step,
                                 const tb_party *from,
                                 const tb_passed *passed,
                                 bool *out_beyond) TB_MUST_USE;

/* Its pieces, for who proves many events of one notice, or notices of one tree (prover.h). Whose
 * key a root must verify under, and whether it is a root for this header. */
tb_refusal tb_inbox_signing_key(const tb_agent *agent,
                                const tb_root *root,
                                const tb_header *header,
                                const tb_directory_key **out) TB_MUST_USE;
/* Of a notice whose header is proven: stamp, cut, and the list of ids. digest: the header's. */
tb_refusal tb_inbox_check_notice(tb_step *step,
                                 const tb_party *from,
                                 const tb_passed *passed,
                                 const tb_header *header,
                                 const tb_digest *digest,
                                 bool *out_beyond) TB_MUST_USE;
/* Of an event, by its id, that a proven list must name: its bytes and openings. */
tb_refusal
tb_inbox_check_event(tb_step *step, const tb_passed *passed, const tb_digest *id) TB_MUST_USE;

/* inbox_old.c: the first header of a new incarnation says where the old streams ended; another
 * header than ours at that place is the sender's fork: an alarm with both digests. */
tb_err tb_inbox_old_marks(tb_step *step, const tb_arrived_notice *notice) TB_MUST_USE;

/* inbox_proof.c */

/* Keeps once what the group's notices share, under the one at a place: the first not taken yet. */
tb_err tb_inbox_keep_tree(tb_step *step, const tb_group *group, size_t place) TB_MUST_USE;
/* Gives a notice out of a group its own root, index and path. */
tb_err tb_inbox_proof_alone(tb_step *step, tb_arrived_notice *notice) TB_MUST_USE;

#endif

/* draft - acts that wait for the link (待发出): only this party's own staff see them.
 *
 *     (act while the link is not ready) --> waiting --ready, case unchanged--> event, row gone
 *                                              |
 *                                              +------ready, case changed----> returned, with what
 * changed
 *
 * A store that went back (fenced, agents/link.h) may hold drafts that have become events since, and
 * its cases do not show it of an opening or a side event: those return to their author.
 *
 * An act that the campaign wants approved is kept here likewise until it is (agents/approval.h).
 *
 * Nothing of a draft is signed, numbered or shown to others. The stored answer of the request that
 * made it follows it: first "draft", then what became of it.
 */
#ifndef TB_DRAFT_H
#define TB_DRAFT_H

#include "agents/acts.h"

/* A returned draft is shown this long. */
#define TB_DRAFT_KEPT_MS (30ll * 24 * 3600 * 1000)

typedef enum tb_draft_state {
    TB_DRAFT_WAITING = 1,
    TB_DRAFT_RETURNED = 2,
    TB_DRAFT_TO_REVIEW = 3, /* 待审核 */
    TB_DRAFT_TO_SIGN = 4,   /* 待签发 */
} tb_draft_state;

typedef struct tb_draft_row {
    uint64_t number;
    tb_draft_state state;
    tb_time made; /* real time */
    tb_wish wish;
    tb_digest side;  /* not an act: a side event to be passed on; zero otherwise */
    tb_refusal code; /* returned: why */
    tb_bytes detail;
} tb_draft_row;

/* Keeps an act until the link is ready, or until the step it waits for is done. */
tb_err tb_draft_keep(tb_txn *txn,
                     tb_now now,
                     const tb_wish *wish,
                     tb_approval_step waits,
                     uint64_t *out_number) TB_MUST_USE;
/* The approval a draft waits for; TB_STEP_MADE: none. */
tb_approval_step tb_draft_waits(const tb_draft_row *row);
/* Writes a draft that is there. */
tb_err tb_draft_save(tb_txn *txn, const tb_draft_row *row) TB_MUST_USE;
/* Asks for its act again: it becomes an event and the row goes, waits for the link or a further
 * step, or is returned. The stored answer of its request follows. */
tb_err tb_draft_again(tb_agent *agent,
                      tb_txn *txn,
                      tb_now now,
                      tb_random *random,
                      tb_effects *effects,
                      tb_draft_row *row,
                      tb_outcome *out) TB_MUST_USE;
/* The stored answer of its request says what became of it; NULL: it was returned for row->code. */
tb_err tb_draft_tell(tb_txn *txn, const tb_draft_row *row, const tb_outcome *outcome) TB_MUST_USE;
/* Keeps a side event that is to be passed on. */
tb_err tb_draft_side(tb_txn *txn, tb_now now, const tb_case_id *case_id, const tb_digest *side)
    TB_MUST_USE;

/* Does what waits and can be done now, a bounded number, going on where the last call stopped at
 * its bound: after Welcome, when a share opens, and now and then. */
tb_err tb_drafts_release(
    tb_agent *agent, tb_txn *txn, tb_now now, tb_random *random, tb_effects *effects) TB_MUST_USE;
/* Goes on only if a release stopped at its bound. With every request. */
tb_err tb_drafts_resume(
    tb_agent *agent, tb_txn *txn, tb_now now, tb_random *random, tb_effects *effects) TB_MUST_USE;

/* The store went back: what waits here may have been done since. */
tb_err tb_drafts_went_back(tb_txn *txn) TB_MUST_USE;

/* Drafts by number, from after; TB_ERR_NOT_FOUND past the last. */
tb_err tb_draft_next(tb_txn *txn, uint64_t after, tb_draft_row *out) TB_MUST_USE;
tb_err
tb_draft_decode(uint64_t number, tb_bytes value, tb_arena *arena, tb_draft_row *out) TB_MUST_USE;
tb_err tb_draft_del(tb_txn *txn, uint64_t number) TB_MUST_USE;

#endif

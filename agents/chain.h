/* chain - walking a case's chain, and switching to another branch of it when it was taken over.
 *
 *     opening <- 2 <- 3 <- 4        term 1
 *                      \
 *                       4' <- 5'    term 2: taken over on top of 3; 4 is overtaken
 *
 * A path is the events from the opening to a tip, found by their links. What the case is follows
 * from the path of its head and from nothing else.
 */
#ifndef TB_CHAIN_H
#define TB_CHAIN_H

#include "agents/casework.h"

typedef struct tb_chain_event {
    tb_digest id;
    tb_event_key key;
    tb_event_row row;
    tb_event event;
} tb_chain_event;

typedef struct tb_path {
    tb_chain_event *list; /* oldest first */
    size_t count;
} tb_path;

/* Decodes the event of a stored row; one that does not decode is TB_ERR_CORRUPT. */
tb_err tb_chain_decode(tb_txn *txn, const tb_event_row *row, tb_event *out) TB_MUST_USE;

/* The path to a stored event of a case's chain; number is the tip's, or 0 when it is not known. */
tb_err tb_chain_path(tb_txn *txn,
                     const tb_case_id *case_id,
                     uint64_t number,
                     const tb_digest *tip,
                     tb_path *out) TB_MUST_USE;
/* The path to the head of a case. */
tb_err tb_chain_to_head(tb_txn *txn, const tb_case_row *row, tb_path *out) TB_MUST_USE;
/* The newest take-over of a path; NULL: there is none. */
const tb_chain_event *tb_chain_ruling(const tb_path *path);

/* The case as it was right after the first count events of a path: nothing is written. Lane and
 * side events are left as they are in now. */
tb_err tb_chain_replay(const tb_agent *agent,
                       tb_txn *txn,
                       const tb_path *path,
                       size_t count,
                       const tb_case_row *now,
                       tb_case_row *out) TB_MUST_USE;

/* Makes the path's tip the head: its events take effect, all others of the chain are overtaken, the
 * index follows, and the case is no longer frozen. The row is not yet put. */
tb_err tb_chain_switch(const tb_agent *agent, tb_txn *txn, const tb_path *path, tb_case_row *row)
    TB_MUST_USE;

/* Makes the index anew from what is open here now. The row is not yet put. */
tb_err tb_chain_index(tb_txn *txn, tb_case_row *row) TB_MUST_USE;

/* What precedes what when two parties take a case over in the same term: the position the action
 * names first, then the smaller event id. */
bool tb_chain_precedes(const tb_agent *agent,
                       const tb_case_view *before_a,
                       const tb_chain_event *a,
                       const tb_case_view *before_b,
                       const tb_chain_event *b);

#endif

/* rows_link - what the link stores: typed rows, and the only code that reads and writes their
 * tables.
 *
 *     META         party, hub, incarnation, notice counter, link state, exercise clock, closed
 * shares STREAM_OUT   a stream we send: newest number, what was submitted, the two marks, what is
 * in flight OUTBOX       groups until arrived marks cover them; OUTBOX_BODY bodies several groups
 * share OUTBOX_DUE   when each stream with OUTBOX rows is looked at again STREAM_IN    a stream we
 * receive: how far it was taken, and our newest signed mark of it STAMP, REFUSAL, PROOF   what
 * others signed, and what proves an event INBOX, QUARANTINE       taken and not applied; set aside
 *
 * What is read lives in the transaction's arena. A row that does not decode is TB_ERR_CORRUPT.
 */
#ifndef TB_ROWS_LINK_H
#define TB_ROWS_LINK_H

#include "base/limits.h"
#include "base/refusal.h"
#include "base/time.h"
#include "messages/line.h"
#include "messages/root.h"
#include "store/store.h"

/* ---- META ---- */

/* 0 when absent. */
/* META, real time: when the hub was last heard, noted at most every TB_HEARD_NOTE_MS. */
#define TB_META_HEARD "hub heard"
tb_err tb_meta_number(tb_txn *txn, const char *name, uint64_t *out) TB_MUST_USE;
tb_err tb_meta_number_put(tb_txn *txn, const char *name, uint64_t value) TB_MUST_USE;
/* TB_ERR_NOT_FOUND before tb_agent_start prepared the store. */
tb_err tb_meta_incarnation(tb_txn *txn, tb_incarnation *out) TB_MUST_USE;
tb_err tb_meta_incarnation_put(tb_txn *txn, const tb_incarnation *incarnation) TB_MUST_USE;

typedef enum tb_link_state {
    TB_LINK_DOWN = 0,
    TB_LINK_GREETING = 1,  /* Hello is sent, Welcome awaited */
    TB_LINK_CONFIRMED = 2, /* this run's Welcome has confirmed our marks */
} tb_link_state;

typedef struct tb_link_row {
    tb_link_state state;
    tb_refusal fence; /* why nothing is signed; TB_ACCEPTED when nothing stands against it */
    tb_time since;
} tb_link_row;

/* Down and not fenced when absent. */
tb_err tb_link_get(tb_txn *txn, tb_link_row *out) TB_MUST_USE;
tb_err tb_link_put(tb_txn *txn, const tb_link_row *row) TB_MUST_USE;

/* Whether a recipient's share is used up for us. */
tb_err tb_closed_get(tb_txn *txn, const tb_party *recipient, bool *out) TB_MUST_USE;
tb_err tb_closed_put(tb_txn *txn, const tb_party *recipient, bool closed) TB_MUST_USE;
/* Opens every recipient: a Welcome names the closed ones anew. */
tb_err tb_closed_clear(tb_txn *txn) TB_MUST_USE;

/* ---- STREAM_OUT, OUTBOX ---- */

/* A submitted group without stored mark. */
typedef struct tb_flight {
    uint64_t to;
    uint32_t bytes;
    tb_digest digest; /* of number to */
} tb_flight;

/* Groups in flight per stream; with more the stream waits for a stored mark. */
#define TB_FLIGHTS_MAX 64

typedef struct tb_stream_out_row {
    uint64_t number; /* newest given */
    tb_digest digest;
    uint64_t submitted; /* up to here on this session; never below stored */
    uint64_t stored;    /* the hub's mark, or the recipient's where that is higher */
    uint64_t arrived;
    tb_bytes arrived_line; /* packed signed line, or empty */
    uint64_t refused; /* the highest number the hub refused: items up to it may go as fillers */
    tb_time active;   /* last submit or move of a mark */
    tb_time rewound;  /* when it was last sent again from the mark */
    tb_time due;      /* its OUTBOX_DUE key; 0: no OUTBOX rows */
    tb_flight flights[TB_FLIGHTS_MAX];
    size_t flight_count;
} tb_stream_out_row;

/* A stream we send is named by incarnation, recipient and lane; sender is ourselves. */
tb_err tb_stream_out_get(tb_txn *txn, const tb_stream *stream, tb_stream_out_row *out) TB_MUST_USE;
/* Moves the OUTBOX_DUE row when row->due differs from kept_due, what was read. */
tb_err tb_stream_out_put(tb_txn *txn,
                         const tb_stream *stream,
                         tb_time kept_due,
                         const tb_stream_out_row *row) TB_MUST_USE;
/* Streams in key order; cursor empty for the first. Ends with TB_ERR_NOT_FOUND. */
tb_err tb_stream_out_next(tb_txn *txn,
                          tb_bytes *cursor,
                          tb_stream *out_stream,
                          tb_stream_out_row *out) TB_MUST_USE;

typedef struct tb_outbox_row {
    uint64_t from;
    uint64_t to;
    tb_digest digest; /* header digest of number to */
    uint32_t bytes;   /* the group and its shared bodies */
    tb_time made;
    uint64_t *shared; /* notices whose bodies are in OUTBOX_BODY */
    size_t shared_count;
    tb_bytes group; /* encoded; to be put. Read with tb_outbox_group */
} tb_outbox_row;

tb_err tb_outbox_put(tb_txn *txn, const tb_stream *stream, const tb_outbox_row *row) TB_MUST_USE;
tb_err tb_outbox_del(tb_txn *txn, const tb_stream *stream, uint64_t from) TB_MUST_USE;
/* The encoded group of a row that was read. */
tb_err tb_outbox_group(tb_txn *txn,
                       const tb_stream *stream,
                       const tb_outbox_row *row,
                       tb_bytes *out) TB_MUST_USE;
/* The first group that starts behind a number. */
tb_err tb_outbox_after(tb_txn *txn, const tb_stream *stream, uint64_t number, tb_outbox_row *out)
    TB_MUST_USE;
/* The group that holds a number. */
tb_err tb_outbox_holding(tb_txn *txn, const tb_stream *stream, uint64_t number, tb_outbox_row *out)
    TB_MUST_USE;

tb_err tb_outbox_body_put(tb_txn *txn,
                          const tb_incarnation *incarnation,
                          uint64_t notice,
                          uint32_t uses,
                          tb_bytes body) TB_MUST_USE;
tb_err tb_outbox_body_get(tb_txn *txn,
                          const tb_incarnation *incarnation,
                          uint64_t notice,
                          tb_bytes *out) TB_MUST_USE;
/* One use less; the last one takes the body away. */
tb_err
tb_outbox_body_drop(tb_txn *txn, const tb_incarnation *incarnation, uint64_t notice) TB_MUST_USE;

/* The stream that is due first, of whatever incarnation; its sender is ourselves and left empty. */
tb_err tb_outbox_due_first(tb_txn *txn, tb_time *out_due, tb_stream *out_stream) TB_MUST_USE;

/* Takes away a due row that leads to no stream. */
tb_err tb_outbox_due_drop(tb_txn *txn, const tb_stream *stream, tb_time due) TB_MUST_USE;

/* ---- STREAM_IN ---- */

typedef struct tb_stream_in_row {
    uint64_t number;
    tb_digest digest;
    tb_bytes line; /* our newest arrived mark, packed */
} tb_stream_in_row;

/* recipient is ourselves. */
tb_err tb_stream_in_get(tb_txn *txn, const tb_stream *stream, tb_stream_in_row *out) TB_MUST_USE;
tb_err
tb_stream_in_put(tb_txn *txn, const tb_stream *stream, const tb_stream_in_row *row) TB_MUST_USE;
tb_err tb_stream_in_next(tb_txn *txn,
                         const tb_party *self,
                         tb_bytes *cursor,
                         tb_stream *out_stream,
                         tb_stream_in_row *out) TB_MUST_USE;

/* ---- STAMP ---- */

/* Kept under the stream and line.from. The first that comes dates what it covers: another, of a hub
 * that lost its disk and stored it again, changes nothing. */
tb_err tb_stamp_put(tb_txn *txn, const tb_signed_line *line) TB_MUST_USE;
/* The stamp that covers a number of a stream. */
tb_err tb_stamp_get(tb_txn *txn,
                    const tb_stream *stream,
                    uint64_t number,
                    tb_signed_line *out,
                    tb_bytes *out_packed) TB_MUST_USE;

/* ---- STAMP_LOST ---- */

typedef struct tb_lost_stamp_row {
    tb_time due;      /* looked at next; not negative */
    tb_stream stream; /* that we send */
    uint64_t number;  /* the last of a group */
    uint8_t asked;    /* so many times */
    tb_digest event;  /* of a notice of the group, and its case */
    tb_case_id case_id;
} tb_lost_stamp_row;

tb_err tb_lost_stamp_put(tb_txn *txn, const tb_lost_stamp_row *row) TB_MUST_USE;
tb_err tb_lost_stamp_del(tb_txn *txn, const tb_lost_stamp_row *row) TB_MUST_USE;
/* The one due first; TB_ERR_NOT_FOUND: there is none. *out_key as it is, also with TB_ERR_CORRUPT.
 */
tb_err tb_lost_stamp_first(tb_txn *txn,
                           const tb_party *self,
                           tb_lost_stamp_row *out,
                           tb_bytes *out_key) TB_MUST_USE;

/* ---- REFUSAL ---- */

typedef struct tb_refusal_row {
    tb_refusal code;
    tb_lane lane;
    uint64_t number;
    tb_time at;
    tb_digest event;
    tb_bytes line; /* packed signed line */
} tb_refusal_row;

tb_err tb_refusal_put(tb_txn *txn,
                      const tb_stream *stream,
                      uint64_t notice,
                      const tb_refusal_row *row) TB_MUST_USE;
tb_err tb_refusal_get(tb_txn *txn, const tb_stream *stream, uint64_t notice, tb_refusal_row *out)
    TB_MUST_USE;

/* Refusals of a sender's notices by recipient, by notice; cursor empty for the first. Ends with
 * TB_ERR_NOT_FOUND. */
tb_err tb_refusal_next(tb_txn *txn,
                       const tb_party *sender,
                       const tb_party *recipient,
                       tb_bytes *cursor,
                       tb_refusal_row *out) TB_MUST_USE;

/* ---- UNTOLD ---- */

/* A refusal by us; its REFUSAL row has the line. */
typedef struct tb_untold_row {
    tb_stream stream; /* that we receive */
    uint64_t notice;
    uint8_t shown;   /* in so many sessions since */
    tb_bytes header; /* the refused one */
} tb_untold_row;

tb_err tb_untold_put(tb_txn *txn, const tb_untold_row *row) TB_MUST_USE;
tb_err tb_untold_del(tb_txn *txn, const tb_untold_row *row) TB_MUST_USE;
/* The first behind a cursor, which moves; empty for the first of all. Ends with TB_ERR_NOT_FOUND.
 */
tb_err
tb_untold_next(tb_txn *txn, const tb_party *self, tb_bytes *cursor, tb_untold_row *out) TB_MUST_USE;

/* ---- PROOF, PROOF_TREE ---- */

/* What proves a notice's events. */
typedef struct tb_proof_row {
    tb_bytes header;
    tb_digest *ids;
    size_t id_count;
    tb_case_id case_id; /* whose events they are; zero when there are none or it is not known */
    tb_root root;
    uint32_t index;
    tb_digest *path;
    size_t path_count;
} tb_proof_row;

/* Notices proved together: kept once, so that a notice's own row need not hold root and path. */
typedef struct tb_proof_tree {
    const tb_root *root;
    const uint32_t *indexes;
    const tb_digest *statements; /* header digests, one per index */
    size_t count;
    const tb_digest *siblings;
    size_t sibling_count;
} tb_proof_tree;

/* A proof that stands alone: with its root and path. */
tb_err tb_proof_put(tb_txn *txn,
                    const tb_party *sender,
                    const tb_incarnation *incarnation,
                    uint64_t notice,
                    const tb_proof_row *row) TB_MUST_USE;
/* A proof that stands at a place of a tree kept under another notice, or its own: header, ids and
 * case of the row are stored. */
tb_err tb_proof_put_in_tree(tb_txn *txn,
                            const tb_party *sender,
                            const tb_incarnation *incarnation,
                            uint64_t notice,
                            const tb_proof_row *row,
                            uint64_t tree,
                            uint32_t place) TB_MUST_USE;
tb_err tb_proof_tree_put(tb_txn *txn,
                         const tb_party *sender,
                         const tb_incarnation *incarnation,
                         uint64_t notice,
                         const tb_proof_tree *tree) TB_MUST_USE;
/* Everything, the path computed where the proof stands in a tree. */
tb_err tb_proof_get(tb_txn *txn,
                    const tb_party *sender,
                    const tb_incarnation *incarnation,
                    uint64_t notice,
                    tb_proof_row *out) TB_MUST_USE;
/* Header, ids and case alone. */
tb_err tb_proof_head(tb_txn *txn,
                     const tb_party *sender,
                     const tb_incarnation *incarnation,
                     uint64_t notice,
                     tb_proof_row *out) TB_MUST_USE;

/* Likewise, and where it stands: *out_tree the notice its tree is kept under, 0 when the proof
 * stands alone; root and path are there only then. */
tb_err tb_proof_stands(tb_txn *txn,
                       const tb_party *sender,
                       const tb_incarnation *incarnation,
                       uint64_t notice,
                       tb_proof_row *out,
                       uint64_t *out_tree,
                       uint32_t *out_place) TB_MUST_USE;
/* A tree in the arena, its root in *out_root. TB_ERR_CORRUPT: there is none, or it does not decode.
 */
tb_err tb_proof_tree_get(tb_txn *txn,
                         const tb_party *sender,
                         const tb_incarnation *incarnation,
                         uint64_t notice,
                         tb_root *out_root,
                         tb_proof_tree *out) TB_MUST_USE;

/* ---- INBOX, QUARANTINE ---- */

typedef struct tb_inbox_row {
    tb_party sender;
    tb_incarnation incarnation;
    tb_lane lane;
    uint64_t number;
    uint32_t attempts; /* begun, all failed but perhaps the last */
    tb_time at;
    tb_refusal code; /* quarantine: why */
    tb_bytes header;
    tb_bytes body;
    tb_root root;
    uint32_t index;
    tb_digest *path;
    size_t path_count;
} tb_inbox_row;

tb_err tb_inbox_put(tb_txn *txn, const tb_inbox_row *row) TB_MUST_USE;
tb_err tb_inbox_del(tb_txn *txn, const tb_inbox_row *row) TB_MUST_USE;
tb_err tb_inbox_first(tb_txn *txn, tb_inbox_row *out) TB_MUST_USE;
/* Takes away the first row when it cannot be read. */
tb_err tb_inbox_drop_first(tb_txn *txn) TB_MUST_USE;
/* Whether anything of a stream waits. */
tb_err tb_inbox_waits(tb_txn *txn, const tb_stream *stream, bool *out) TB_MUST_USE;
tb_err tb_quarantine_put(tb_txn *txn, uint64_t notice, const tb_inbox_row *row) TB_MUST_USE;
tb_err tb_quarantine_get(tb_txn *txn,
                         const tb_party *sender,
                         const tb_incarnation *incarnation,
                         uint64_t notice,
                         tb_inbox_row *out) TB_MUST_USE;

tb_err tb_quarantine_del(tb_txn *txn,
                         const tb_party *sender,
                         const tb_incarnation *incarnation,
                         uint64_t notice) TB_MUST_USE;
/* Rows in key order; cursor empty for the first. Ends with TB_ERR_NOT_FOUND. */
tb_err tb_quarantine_next(tb_txn *txn, tb_bytes *cursor, uint64_t *out_notice, tb_inbox_row *out)
    TB_MUST_USE;
/* By the name people use, which has the incarnation's counter alone. */
tb_err tb_quarantine_find(tb_txn *txn,
                          const tb_party *sender,
                          uint64_t counter,
                          uint64_t notice,
                          tb_inbox_row *out) TB_MUST_USE;

/* ---- QUARANTINE_DROPPED ---- */

/* What stays of a notice that was dropped: enough to prove which it was. */
typedef struct tb_dropped_row {
    tb_party sender;
    tb_incarnation incarnation;
    uint64_t notice;
    tb_lane lane;
    uint64_t number;
    uint32_t attempts;
    tb_time taken; /* when it was taken */
    tb_refusal code;
    tb_time at; /* when it was dropped */
    tb_bytes account;
    tb_bytes reason;
    tb_bytes header;
    uint64_t bytes; /* of the body that went */
} tb_dropped_row;

tb_err tb_dropped_put(tb_txn *txn, const tb_dropped_row *row) TB_MUST_USE;
tb_err tb_dropped_next(tb_txn *txn, tb_bytes *cursor, tb_dropped_row *out) TB_MUST_USE;

/* ---- ALARM ---- */

typedef struct tb_alarm_row {
    tb_refusal code;
    tb_time at;
    tb_party party; /* whom it is about: the signer of what was refused, or "hub" */
    tb_stream stream;
    uint64_t number;
    tb_digest digest;     /* of what was refused, or the case's event */
    tb_bytes text;        /* one sentence in English, or empty: the code's own */
    tb_bytes evidence[2]; /* both headers of a fork; may be empty */
} tb_alarm_row;

tb_err tb_alarm_put(tb_txn *txn, uint64_t number, const tb_alarm_row *row) TB_MUST_USE;
/* Absent is fine. */
tb_err tb_alarm_drop(tb_txn *txn, uint64_t number) TB_MUST_USE;
/* The newest alarm at or below a number. *out_number is its own also with TB_ERR_CORRUPT; 0 when
 * its key does not read either. */
tb_err
tb_alarm_last(tb_txn *txn, uint64_t upto, uint64_t *out_number, tb_alarm_row *out) TB_MUST_USE;

#endif

/* rows_recover - what coming back and asking for missing events stores: typed rows, and the only
 * code that reads and writes their tables.
 *
 *     META "recovery"   the newest recovery: why, by whom, how far it is
 *     LOST              a stream that was longer than our copy of it: what we had, what was shown
 *     ASKED             a peer that was asked to resend
 *     FREE              a case that may be acted on while this incarnation recovers
 *     ANSWERING         an ask of a peer that is being answered here
 *     GAP, GAP_DUE      a missing event that is asked for
 *
 * What is read lives in the transaction's arena. A row that does not decode is TB_ERR_CORRUPT.
 */
#ifndef TB_ROWS_RECOVER_H
#define TB_ROWS_RECOVER_H

#include "agents/rows_link.h"

typedef enum tb_recovery_state {
    TB_RECOVERY_NONE = 0,     /* this store never recovered */
    TB_RECOVERY_GREETING = 1, /* the new incarnation's first Welcome is awaited */
    TB_RECOVERY_ASKING = 2,   /* some party asked has not ended */
    TB_RECOVERY_ENDED = 3,
} tb_recovery_state;

typedef struct tb_recovery_row {
    tb_recovery_state state;
    tb_incarnation old; /* the incarnation before this recovery */
    tb_time started;    /* real */
    tb_time ended;
    tb_time due;      /* some peer is to be asked or looked at; 0: none */
    tb_bytes account; /* the officer's */
    tb_bytes reason;
} tb_recovery_row;

/* State NONE when absent. */
tb_err tb_recovery_get(tb_txn *txn, tb_recovery_row *out) TB_MUST_USE;
tb_err tb_recovery_put(tb_txn *txn, const tb_recovery_row *row) TB_MUST_USE;

/* A stream with a peer that stood above our copy. */
typedef struct tb_lost_row {
    uint64_t have; /* our copy */
    tb_digest have_digest;
    uint64_t base; /* the highest mark that was shown */
    tb_digest base_digest;
    uint64_t arrived; /* the highest that its recipient signed; at most base */
} tb_lost_row;

/* peer is the other end of the stream, self ours: which of the two sends says the direction. */
tb_err tb_lost_get(tb_txn *txn, const tb_party *self, const tb_stream *stream, tb_lost_row *out)
    TB_MUST_USE;
tb_err tb_lost_put(tb_txn *txn,
                   const tb_party *self,
                   const tb_stream *stream,
                   const tb_lost_row *row) TB_MUST_USE;
/* The streams with one peer; cursor empty for the first. Ends with TB_ERR_NOT_FOUND. The cursor is
 * the row's key as it is, also with TB_ERR_CORRUPT. */
tb_err tb_lost_next(tb_txn *txn,
                    const tb_party *self,
                    const tb_party *peer,
                    tb_bytes *cursor,
                    tb_stream *out_stream,
                    tb_lost_row *out) TB_MUST_USE;

typedef struct tb_asked_row {
    tb_time asked;          /* first ask in this recovery; 0: not yet */
    tb_time last;           /* newest ask */
    uint64_t notice;        /* of the newest ask */
    tb_time heard;          /* newest notice of its answer; 0: none */
    tb_time ended;          /* 0: not yet */
    tb_time due;            /* ask, or ask again; 0 once ended */
    uint32_t short_answers; /* ended below what the hub still holds for it */
    uint64_t missing;       /* notices that nobody could resend, once ended */
} tb_asked_row;

tb_err tb_asked_get(tb_txn *txn, const tb_party *peer, tb_asked_row *out) TB_MUST_USE;
tb_err tb_asked_put(tb_txn *txn, const tb_party *peer, const tb_asked_row *row) TB_MUST_USE;
/* cursor empty for the first. Ends with TB_ERR_NOT_FOUND. With TB_ERR_CORRUPT the cursor has moved,
 * and the peer is there when it reads. */
tb_err
tb_asked_next(tb_txn *txn, tb_bytes *cursor, tb_party *out_peer, tb_asked_row *out) TB_MUST_USE;
/* Likewise for who asks them: one whose row does not read is to be asked at once, as if for the
 * first time. */
tb_err
tb_asked_each(tb_txn *txn, tb_bytes *cursor, tb_party *out_peer, tb_asked_row *out) TB_MUST_USE;
/* Forgets who was asked in an earlier recovery. */
tb_err tb_asked_clear(tb_txn *txn) TB_MUST_USE;

typedef enum tb_free_why {
    TB_FREE_OPENED = 1,   /* by us, since */
    TB_FREE_NEW = 2,      /* opened by another party, and new to us since */
    TB_FREE_RELEASED = 3, /* by an officer */
} tb_free_why;

typedef struct tb_free_row {
    tb_free_why why;
    tb_time at;
    tb_bytes account; /* released: the officer's */
    tb_bytes reason;
} tb_free_row;

/* The first free case behind an id, in one incarnation. */
tb_err tb_free_after(tb_txn *txn,
                     const tb_incarnation *incarnation,
                     const tb_case_id *after,
                     tb_case_id *out_case,
                     tb_free_row *out) TB_MUST_USE;
/* TB_ERR_NOT_FOUND: not free. */
tb_err tb_free_get(tb_txn *txn,
                   const tb_incarnation *incarnation,
                   const tb_case_id *case_id,
                   tb_free_row *out) TB_MUST_USE;
tb_err tb_free_put(tb_txn *txn,
                   const tb_incarnation *incarnation,
                   const tb_case_id *case_id,
                   const tb_free_row *row) TB_MUST_USE;

/* One ask of a peer: for an event, or with the zero digest for everything. */
typedef struct tb_answering_name {
    tb_party asker;
    tb_digest event;
} tb_answering_name;

typedef struct tb_answering_row {
    uint64_t notice; /* of the ask */
    tb_time since;
    tb_case_id after; /* cases up to this one were looked through */
    tb_bytes ask;     /* an encoded Resend */
} tb_answering_row;

tb_err tb_answering_put(tb_txn *txn,
                        const tb_answering_name *name,
                        const tb_answering_row *row) TB_MUST_USE;
tb_err tb_answering_del(tb_txn *txn, const tb_answering_name *name) TB_MUST_USE;
/* The first ask behind a name; the zero name for the first of all. *out_row is its key as it is,
 * also with TB_ERR_CORRUPT. */
tb_err tb_answering_after(tb_txn *txn,
                          const tb_answering_name *after,
                          tb_answering_name *out_name,
                          tb_answering_row *out,
                          tb_bytes *out_row) TB_MUST_USE;
/* Asks of one party, counted up to most. */
tb_err tb_answering_count(tb_txn *txn, const tb_party *asker, size_t most, size_t *out) TB_MUST_USE;

typedef struct tb_gap_ask {
    tb_party of;
    tb_time at;
} tb_gap_ask;

typedef struct tb_gap_row {
    tb_time since;
    tb_time due; /* ask again; when all asks are spent: look whether it came */
    tb_party giver;
    tb_case_id case_id;
    tb_gap_ask asks[8];
    size_t ask_count;
} tb_gap_row;

_Static_assert(TB_GAP_ASKS_MAX == 8, "a row holds every ask");

tb_err tb_gap_get(tb_txn *txn, const tb_digest *missing, tb_gap_row *out) TB_MUST_USE;
/* kept_due: what was read, 0 for a new one; moves the GAP_DUE row. */
tb_err tb_gap_put(tb_txn *txn, const tb_digest *missing, tb_time kept_due, const tb_gap_row *row)
    TB_MUST_USE;
tb_err tb_gap_del(tb_txn *txn, const tb_digest *missing, tb_time due) TB_MUST_USE;
/* *out_row is the GAP_DUE key as it is, also with TB_ERR_CORRUPT. */
tb_err tb_gap_due_first(tb_txn *txn, tb_time *out_due, tb_digest *out_missing, tb_bytes *out_row)
    TB_MUST_USE;

#endif

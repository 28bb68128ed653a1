/* rows_stream - the tables that carry notices: streams, groups, bodies, refusals (store/schema.h).
 */
#ifndef TB_BROKER_ROWS_STREAM_H
#define TB_BROKER_ROWS_STREAM_H

#include "base/ids.h"
#include "base/time.h"
#include "store/store.h"

/* The key of a stream, also the prefix of its HUB_PLACE and HUB_REFUSED rows. */
#define TB_STREAM_KEY_BYTES 65
typedef struct tb_stream_key {
    uint8_t bytes[TB_STREAM_KEY_BYTES];
} tb_stream_key;
tb_stream_key tb_stream_key_of(const tb_stream *stream);
/* TB_ERR_CORRUPT unless key is that of a stream. */
tb_err tb_stream_key_read(tb_bytes key, tb_stream *out) TB_MUST_USE;

/* HUB_STREAM */
typedef struct tb_hub_mark {
    uint64_t number;  /* 0: none */
    tb_digest digest; /* of the header of that number */
    tb_bytes line; /* a packed SignedLine, or empty for a base that was taken over from a party */
} tb_hub_mark;
typedef struct tb_hub_stream {
    tb_hub_mark stored;
    tb_hub_mark arrived;
    uint64_t claimed; /* above the stored mark: what the recipient says it holds; 0: nothing */
    tb_digest claimed_digest;
    uint32_t bases;   /* times the stored mark was taken over from a party's */
    uint32_t refused; /* HUB_REFUSED rows */
} tb_hub_stream;
tb_err tb_hub_stream_get(tb_txn *txn, const tb_stream *stream, tb_hub_stream *out) TB_MUST_USE;
/* With the HUB_STREAM_TO row that goes with it. */
tb_err tb_hub_stream_put(tb_txn *txn,
                         const tb_stream *stream,
                         bool is_new,
                         const tb_hub_stream *row) TB_MUST_USE;
/* The first stream of a sender after this one (NULL: the first). */
tb_err tb_hub_stream_from(tb_txn *txn,
                          const tb_party *sender,
                          const tb_stream *after,
                          tb_stream *out) TB_MUST_USE;
/* The first stream to a recipient after this one (NULL: the first). */
tb_err tb_hub_stream_to(tb_txn *txn,
                        const tb_party *recipient,
                        const tb_stream *after,
                        tb_stream *out) TB_MUST_USE;
/* Streams from a sender to a recipient, at most so many. */
tb_err tb_hub_stream_count(tb_txn *txn,
                           const tb_party *sender,
                           const tb_party *recipient,
                           size_t most,
                           size_t *out) TB_MUST_USE;

/* HUB_GROUP */
typedef struct tb_hub_group {
    tb_party sender;
    tb_incarnation incarnation;
    uint64_t from;
    uint64_t to;
    uint64_t bytes; /* headers and bodies, shared ones too: what shares and credit count */
    tb_bytes stamp; /* a packed SignedLine */
    tb_bytes group; /* a packed Group */
} tb_hub_group;
tb_err tb_hub_group_put(tb_txn *txn,
                        const tb_party *recipient,
                        tb_lane lane,
                        uint64_t seq,
                        const tb_hub_group *row) TB_MUST_USE;
tb_err tb_hub_group_get(tb_txn *txn,
                        const tb_party *recipient,
                        tb_lane lane,
                        uint64_t seq,
                        tb_hub_group *out) TB_MUST_USE;
tb_err
tb_hub_group_del(tb_txn *txn, const tb_party *recipient, tb_lane lane, uint64_t seq) TB_MUST_USE;
/* The recipient's first group of the lane behind a sequence number. */
tb_err tb_hub_group_after(tb_txn *txn,
                          const tb_party *recipient,
                          tb_lane lane,
                          uint64_t after,
                          uint64_t *out_seq,
                          tb_hub_group *out) TB_MUST_USE;

/* Every group; cursor empty for the first, and at a row that does not decode its key. */
tb_err tb_hub_group_walk(tb_txn *txn,
                         tb_bytes *cursor,
                         tb_party *out_recipient,
                         tb_lane *out_lane,
                         uint64_t *out_seq,
                         tb_hub_group *out) TB_MUST_USE;

/* HUB_PLACE */
typedef struct tb_hub_place {
    uint64_t from;
    uint64_t to;
    uint64_t seq;
    uint64_t bytes;
    tb_digest digest; /* of the header of number `to` */
    uint64_t *shared; /* notices whose bodies are in HUB_BODY */
    size_t shared_count;
} tb_hub_place;
tb_err tb_hub_place_put(tb_txn *txn, const tb_stream *stream, const tb_hub_place *row) TB_MUST_USE;
tb_err tb_hub_place_del(tb_txn *txn, const tb_stream *stream, uint64_t from) TB_MUST_USE;
/* The stream's first group that begins at or above a number. */
tb_err
tb_hub_place_at(tb_txn *txn, const tb_stream *stream, uint64_t from, tb_hub_place *out) TB_MUST_USE;
/* The stream's last group that begins at or below a number. */
tb_err tb_hub_place_upto(tb_txn *txn, const tb_stream *stream, uint64_t number, tb_hub_place *out)
    TB_MUST_USE;

/* HUB_BODY, HUB_BODY_USE: one copy, counted. */
typedef struct tb_notice_name {
    tb_party sender;
    tb_incarnation incarnation;
    uint64_t notice;
} tb_notice_name;
/* Stores the body or counts one more use; the caller has seen that the digest is the same. */
tb_err tb_hub_body_use(tb_txn *txn,
                       const tb_notice_name *name,
                       const tb_digest *digest,
                       tb_bytes body) TB_MUST_USE;
tb_err tb_hub_body_digest(tb_txn *txn, const tb_notice_name *name, tb_digest *out) TB_MUST_USE;
tb_err tb_hub_body_drop(tb_txn *txn, const tb_notice_name *name) TB_MUST_USE;
tb_err tb_hub_body_get(tb_txn *txn, const tb_notice_name *name, tb_bytes *out) TB_MUST_USE;

/* HUB_REFUSED */
typedef struct tb_hub_refused {
    uint64_t number;
    bool by_hub;
    tb_time at;
    tb_bytes line; /* a packed SignedLine */
} tb_hub_refused;
/* *out_new: there was no row for this number before. */
tb_err tb_hub_refused_put(tb_txn *txn,
                          const tb_stream *stream,
                          const tb_hub_refused *row,
                          bool *out_new) TB_MUST_USE;
tb_err tb_hub_refused_get(tb_txn *txn,
                          const tb_stream *stream,
                          uint64_t number,
                          tb_hub_refused *out) TB_MUST_USE;
tb_err tb_hub_refused_del(tb_txn *txn, const tb_stream *stream, uint64_t number) TB_MUST_USE;
/* The stream's first refusal at or above a number. */
tb_err tb_hub_refused_at(tb_txn *txn, const tb_stream *stream, uint64_t number, tb_hub_refused *out)
    TB_MUST_USE;
/* The first refusal of a sender's streams behind the cursor, which is empty for the first and moves
 * to the row found, also when its value does not read: TB_ERR_CORRUPT. */
#define TB_HUB_REFUSED_KEY_BYTES (TB_STREAM_KEY_BYTES + 8)
tb_err tb_hub_refused_of(tb_txn *txn, const tb_party *sender, tb_bytes *cursor, tb_hub_refused *out)
    TB_MUST_USE;
/* Every refusal; cursor as above. */
tb_err tb_hub_refused_walk(tb_txn *txn,
                           tb_bytes *cursor,
                           tb_stream *out_stream,
                           tb_hub_refused *out) TB_MUST_USE;

#endif

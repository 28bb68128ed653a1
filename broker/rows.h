/* rows - the hub's tables as typed rows (store/schema.h); nothing else here calls get, put and del.
 *
 * Bytes inside a row that was read live in the turn's arena. A row that does not decode is
 * TB_ERR_CORRUPT; a row that is not there TB_ERR_NOT_FOUND, unless a comment says otherwise.
 */
#ifndef TB_BROKER_ROWS_H
#define TB_BROKER_ROWS_H

#include "base/ids.h"
#include "base/refusal.h"
#include "base/time.h"
#include "broker/rows_stream.h"
#include "messages/document.h"
#include "store/store.h"

#define TB_LANES 3

/* META: numbers of this store by name. Absent reads as 0. */
tb_err tb_hub_number(tb_txn *txn, const char *name, uint64_t *out) TB_MUST_USE;
tb_err tb_hub_number_put(tb_txn *txn, const char *name, uint64_t value) TB_MUST_USE;
tb_err tb_hub_bytes(tb_txn *txn, const char *name, tb_bytes *out) TB_MUST_USE;
tb_err tb_hub_bytes_put(tb_txn *txn, const char *name, tb_bytes value) TB_MUST_USE;

/* META: the newest version of every document, so that a Hello need not read documents. */
typedef struct tb_hub_newest {
    tb_document_kind kind;
    tb_bytes name;
    uint32_t version;
    tb_digest digest;
} tb_hub_newest;
tb_err tb_hub_newest_list(tb_txn *txn, tb_hub_newest **out, size_t *out_count) TB_MUST_USE;
/* DOCUMENT, and its newest row. */
tb_err tb_hub_document_put(tb_txn *txn, const tb_document *document) TB_MUST_USE;
tb_err tb_hub_document(tb_txn *txn,
                       tb_document_kind kind,
                       tb_bytes name,
                       uint32_t version,
                       tb_document *out) TB_MUST_USE;

/* HUB_AGENT */
typedef struct tb_hub_agent {
    tb_incarnation incarnation; /* newest seen */
    bool fenced;                /* two copies of it were seen */
    tb_key_id fenced_key;       /* the transport key in force then: a new one lifts the fence */
    uint32_t streams;           /* HUB_STREAM rows made on its word */
    tb_time alarmed;            /* when its last alarm was kept */
} tb_hub_agent;
/* An absent row reads as zeros. */
tb_err tb_hub_agent_get(tb_txn *txn, const tb_party *party, tb_hub_agent *out) TB_MUST_USE;
tb_err tb_hub_agent_put(tb_txn *txn, const tb_party *party, const tb_hub_agent *row) TB_MUST_USE;

/* HUB_SESSION */
typedef struct tb_hub_session {
    uint64_t peer;
    tb_incarnation incarnation;
    tb_key_id key; /* transport key when it began */
    tb_time heard;
    tb_time beat;              /* when to send the next beat */
    tb_time progress;          /* of taking what was delivered */
    tb_time reset;             /* when delivery last began again */
    tb_time due;               /* of its HUB_DUE row */
    uint32_t repeats;          /* deliveries again without progress between */
    uint64_t in_flight;        /* bytes delivered and not taken */
    uint64_t cursor[TB_LANES]; /* sequence number last delivered */
    bool behind[TB_LANES];     /* rows beyond the cursor are waiting in the store */
    bool telling;              /* standing refusals were not all told; kept only while it is so */
    uint8_t told[TB_HUB_REFUSED_KEY_BYTES]; /* HUB_REFUSED key of the last one told */
} tb_hub_session;
tb_err tb_hub_session_get(tb_txn *txn, const tb_party *party, tb_hub_session *out) TB_MUST_USE;
tb_err
tb_hub_session_put(tb_txn *txn, const tb_party *party, const tb_hub_session *row) TB_MUST_USE;
tb_err tb_hub_session_del(tb_txn *txn, const tb_party *party) TB_MUST_USE;
/* The first session of a party after this one (empty: the first of all). */
tb_err tb_hub_session_after(tb_txn *txn,
                            const tb_party *after,
                            tb_party *out_party,
                            tb_hub_session *out) TB_MUST_USE;

/* HUB_SHARE. An absent row reads as zeros; a zero row is deleted. */
typedef struct tb_hub_share {
    uint64_t bytes;
    bool closed;
} tb_hub_share;
tb_err tb_hub_share_get(tb_txn *txn,
                        const tb_party *sender,
                        const tb_party *recipient,
                        tb_hub_share *out) TB_MUST_USE;
tb_err tb_hub_share_put(tb_txn *txn,
                        const tb_party *sender,
                        const tb_party *recipient,
                        const tb_hub_share *row) TB_MUST_USE;
/* The sender's first pair after this recipient (empty: the first). */
tb_err tb_hub_share_after(tb_txn *txn,
                          const tb_party *sender,
                          const tb_party *after,
                          tb_party *out_recipient,
                          tb_hub_share *out) TB_MUST_USE;

/* HUB_DUE */
#define TB_DUE_KEY_BYTES 80
typedef enum tb_due_kind {
    TB_DUE_SESSION = 1, /* key: party */
    TB_DUE_TRIM = 2,    /* key: stream */
    TB_DUE_REFUSED = 3, /* key: stream, number: a refusal by the recipient is old */
} tb_due_kind;
typedef struct tb_due {
    tb_time at;
    tb_due_kind kind;
    uint8_t key[TB_DUE_KEY_BYTES];
    size_t size;
} tb_due;
tb_err tb_due_put(tb_txn *txn, tb_time at, tb_due_kind kind, tb_bytes key) TB_MUST_USE;
/* Absent is fine. */
tb_err tb_due_del(tb_txn *txn, tb_time at, tb_due_kind kind, tb_bytes key) TB_MUST_USE;
tb_err tb_due_first(tb_txn *txn, tb_due *out) TB_MUST_USE;

/* ALARM */
typedef struct tb_hub_alarm {
    tb_time at;
    tb_refusal code;
    tb_party party; /* whom it is about */
    tb_bytes first; /* evidence, for a fork both headers */
    tb_bytes second;
} tb_hub_alarm;
tb_err tb_hub_alarm_put(tb_txn *txn, uint64_t number, const tb_hub_alarm *row) TB_MUST_USE;
/* Absent is fine. */
tb_err tb_hub_alarm_del(tb_txn *txn, uint64_t number) TB_MUST_USE;
tb_err tb_hub_alarm_get(tb_txn *txn, uint64_t number, tb_hub_alarm *out) TB_MUST_USE;

#endif

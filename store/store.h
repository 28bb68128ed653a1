/* store - the port to what stays: ordered tables of bytes under one atomic transaction.
 *
 * Two forms are linked at build time: store_lmdb.c (daemons) and store_mem.c (tests, simulator: may
 * fail commits, run out of space, and loses what was not committed). One test file runs on both.
 *
 * What you read in a turn lives until the turn ends: reads copy into the transaction's arena.
 * Every value carries a checksum on disk; a value that fails it reads as TB_ERR_CORRUPT.
 * Logic above uses the typed rows of store/rows.h; only those files call get, put and del.
 */
#ifndef TB_STORE_H
#define TB_STORE_H

#include "base/arena.h"
#include "base/base.h"
#include "store/schema.h"

typedef struct tb_store tb_store;
typedef struct tb_txn tb_txn;

typedef struct tb_store_options {
    uint64_t quota_bytes; /* allocated at creation, kept size; >= TB_QUOTA_BYTES_MIN */
    uint32_t kind; /* TB_STORE_BROKER or TB_STORE_AGENT: opening the other kind is TB_ERR_VERSION */
} tb_store_options;

#define TB_STORE_BROKER 1
#define TB_STORE_AGENT  2

/* A key has 1..TB_KEY_BYTES_MAX bytes; get, put and del of any other are TB_ERR_LIMIT. */
#define TB_KEY_BYTES_MAX 511

/* path: a folder (LMDB form), created 0700 when absent; ignored by the memory form. TB_ERR_VERSION
 * for a schema newer than this build or another kind, TB_ERR_OLDER for an older one, TB_ERR_BUSY
 * when another process holds it, TB_ERR_FULL when the quota cannot be allocated. */
tb_err tb_store_open(const char *path, const tb_store_options *options, tb_store **out) TB_MUST_USE;
/* The same, and of an older schema too, which tb_store_open refuses as TB_ERR_OLDER: tb_migrate
 * (store/migrate.h) comes before anything else. */
tb_err
tb_store_open_older(const char *path, const tb_store_options *options, tb_store **out) TB_MUST_USE;
/* A store that was opened so is of this schema now, by tb_migrate: only from here on may a turn
 * stand beside the tables, where a program of the older schema would not look for it. */
void tb_store_migrated(tb_store *store);
/* Beside whoever holds it, to look only: nothing is created or allocated, and only
 * tb_store_begin_read is allowed. It shows whatever was committed before the call, and waits some
 * seconds for a holder to settle (else TB_ERR_BUSY). What stands beside the tables of a store that
 * nobody holds it puts into them, and is the holder meanwhile. TB_ERR_NOT_FOUND when there is no
 * store; TB_ERR_VERSION and TB_ERR_OLDER as above.
 * LMDB form only. */
tb_err tb_store_look(const char *path, uint32_t kind, tb_store **out) TB_MUST_USE;
void tb_store_close(tb_store *store);

/* One transaction at a time per store. Reads land in arena. */
tb_err tb_store_begin(tb_store *store, tb_arena *arena, tb_txn **out) TB_MUST_USE;
/* A snapshot that does not write: for checks, exports, dumps. Close it soon: it pins pages. */
tb_err tb_store_begin_read(tb_store *store, tb_arena *arena, tb_txn **out) TB_MUST_USE;
/* Consumes the transaction whatever the outcome. After an error other than TB_ERR_FULL what is on
 * disk is unknown: the process must stop. One that wrote nothing commits without a flush. */
tb_err tb_store_commit(tb_txn *txn) TB_MUST_USE;
void tb_store_abort(tb_txn *txn);

/* A commit is durable at once; that of a short turn may stand beside the tables, where it costs
 * less, until a later one takes it along. Puts what stands there into the tables: for when nothing
 * else is to be done. What finds no room stays where it is. Between transactions. An error is as
 * one of tb_store_commit. */
tb_err tb_store_settle(tb_store *store) TB_MUST_USE;
/* Nothing stands beside the tables. */
bool tb_store_settled(const tb_store *store);

tb_arena *tb_txn_arena(tb_txn *txn);
/* True once anything was put or deleted in this transaction. */
bool tb_txn_wrote(const tb_txn *txn);

tb_err tb_store_get(tb_txn *txn, tb_table table, tb_bytes key, tb_bytes *out_value) TB_MUST_USE;
/* TB_ERR_FULL at the quota, at the latest by the commit, and for a value of several percent of the
 * quota perhaps before it, when no free stretch is long enough; the transaction is then lost: every
 * later verb and the commit say the same. */
tb_err tb_store_put(tb_txn *txn, tb_table table, tb_bytes key, tb_bytes value) TB_MUST_USE;
/* Absent keys are TB_ERR_NOT_FOUND. */
tb_err tb_store_del(tb_txn *txn, tb_table table, tb_bytes key) TB_MUST_USE;
/* Of a row that fails its checksum seek, next and last write the key all the same, so that it can
 * be passed, set aside or deleted.
 *
 * The first row with key >= from that starts with prefix; TB_ERR_NOT_FOUND past the last one. */
tb_err tb_store_seek(tb_txn *txn,
                     tb_table table,
                     tb_bytes prefix,
                     tb_bytes from,
                     tb_bytes *out_key,
                     tb_bytes *out_value) TB_MUST_USE;
/* The first row after key that starts with prefix. */
tb_err tb_store_next(tb_txn *txn,
                     tb_table table,
                     tb_bytes prefix,
                     tb_bytes key,
                     tb_bytes *out_key,
                     tb_bytes *out_value) TB_MUST_USE;
/* The last row with key <= upto that starts with prefix. */
tb_err tb_store_last(tb_txn *txn,
                     tb_table table,
                     tb_bytes prefix,
                     tb_bytes upto,
                     tb_bytes *out_key,
                     tb_bytes *out_value) TB_MUST_USE;

/* Bytes in use and the quota. Above TB_WATERMARK_PERCENT new work is refused by the logic. */
void tb_store_usage(tb_txn *txn, uint64_t *out_used, uint64_t *out_quota);
bool tb_store_above_watermark(tb_txn *txn);
/* Rows in a table. */
uint64_t tb_store_rows(tb_txn *txn, tb_table table);
/* Reads every row of every table and verifies its checksum, without the arena: TB_ERR_CORRUPT at
 * the first that fails. */
tb_err tb_store_scrub(tb_txn *txn, uint64_t *out_rows) TB_MUST_USE;

/* Memory form only. The nth commit from now that has written something fails and keeps nothing;
 * 1 = the next one, 0 = none. */
void tb_store_mem_fail_commit(tb_store *store, unsigned nth, tb_err with);
void tb_store_mem_limit(tb_store *store, uint64_t quota_bytes);
/* The row reads as TB_ERR_CORRUPT until it is written again. */
tb_err tb_store_mem_damage(tb_store *store, tb_table table, tb_bytes key) TB_MUST_USE;
/* A deep copy of what is committed: an old backup, a snapshot. */
tb_err tb_store_mem_clone(const tb_store *store, tb_store **out) TB_MUST_USE;

#endif

/* migrate - from the schema a store was written with to the one this build knows.
 *
 *     schema n --slice, commit--> ... --last slice, and schema n + 1 in one commit--> schema n + 1
 *
 * A step leads from one schema to the next. It works in slices of bounded size, each committed
 * together with how far it came, so that a migration can be killed at any moment and goes on where
 * it stopped. Nothing else may use the store before it is done. A store never goes back: what an
 * older program must read is a backup made before.
 */
#ifndef TB_MIGRATE_H
#define TB_MIGRATE_H

#include "store/store.h"

/* How far a step has come; kept between its slices. */
typedef struct tb_migration_at {
    uint32_t phase;    /* the step's own; 0 first */
    uint64_t rows;     /* looked at so far */
    uint64_t left_out; /* rows that could not be read or belong to nothing; they are gone */
    tb_bytes key;      /* the step's own, at most TB_KEY_BYTES_MAX; empty first */
} tb_migration_at;

/* One slice: at most TB_MIGRATE_ROWS rows. *out_done: the store is of the next schema now. */
typedef tb_err tb_migration_fn(tb_txn *txn, tb_migration_at *at, bool *out_done);

typedef struct tb_migration {
    uint32_t from;          /* to is from + 1 */
    tb_migration_fn *slice; /* NULL: nothing that is stored changes */
} tb_migration;

/* Told after every commit; left_out rows are the reason for a warning once done. */
typedef struct tb_migration_news {
    uint32_t from;
    uint64_t rows;
    uint64_t left_out;
    bool done;
} tb_migration_news;
typedef void tb_migration_tell(void *context, const tb_migration_news *news);

/* Runs what is missing up to TB_SCHEMA_VERSION; nothing when the store is of it. Reads land in
 * arena, which is reset with every slice. TB_ERR_VERSION: no step leads from the store's schema, or
 * it is newer. TB_ERR_FULL: the quota is too small for a slice; nothing is lost, and a larger one
 * goes on from there. Other errors are those of the store; after TB_ERR_IO the process must stop.
 */
tb_err tb_migrate(tb_store *store,
                  tb_arena *arena,
                  const tb_migration *steps,
                  size_t count,
                  tb_migration_tell *tell,
                  void *context) TB_MUST_USE;

/* ---- for steps ---- */

/* Where a row belongs from now on; TB_ERR_NOT_FOUND leaves it out. Bytes are in the transaction's
 * arena or the row's own. */
typedef tb_err tb_migration_place(tb_txn *txn, tb_bytes key, tb_bytes value, tb_bytes *out_key);

/* Moves a slice of rows from the front of one table to another, under the key place says, or the
 * same when it is NULL. *out_empty: the table it moves from has no more rows. */
tb_err tb_migrate_rows(tb_txn *txn,
                       tb_table from,
                       tb_table to,
                       tb_migration_place *place,
                       tb_migration_at *at,
                       bool *out_empty) TB_MUST_USE;

#endif

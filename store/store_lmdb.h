/* store_lmdb - what the files of the LMDB form share: one environment, one transaction. */
#ifndef TB_STORE_LMDB_H
#define TB_STORE_LMDB_H

#include "store/row_sum.h"
#include "store/store.h"
#include "store/store_lmdb_late.h"
#include "store/turn_log.h"

#include <lmdb.h>

struct tb_txn {
    tb_store *store;
    tb_arena *arena;
    MDB_txn *mdb; /* NULL when no transaction is open */
    /* One cursor per table, opened at its first use; the only one there is on that table. */
    MDB_cursor *cursors[TB_TABLE_COUNT];
    bool reads_only;
    bool wrote;
    bool gave;   /* LMDB has been given changes of it */
    tb_err lost; /* a failed write that ended the transaction before its commit */
};

/* See store_lmdb_room.h; bytes. */
typedef struct tb_lmdb_room {
    uint64_t held;    /* in use when LMDB's last commit began, and what that wrote */
    uint64_t in_use;  /* when its open transaction began */
    uint64_t changes; /* that was given */
    uint64_t values;  /* their bytes */
} tb_lmdb_room;

struct tb_store {
    MDB_env *env;
    MDB_dbi tables[TB_TABLE_COUNT]; /* 0: not there, it has had no row */
    tb_row_sum_form sums;
    uint8_t row_keys[TB_TABLE_COUNT][TB_ROW_SUM_BYTES]; /* of tb_row_sum_table */
    uint64_t quota;
    int folder;     /* holds the lock on the store while open */
    uint64_t begun; /* write transactions */
    bool full;      /* the last failed write found no room */
    bool relieved;  /* and LMDB was given a commit since, to let go of pages */
    tb_late late;   /* rows of the open transaction */
    /* LMDB's transaction behind the last turns, which are in the log and on disk; NULL: the tables
     * on disk have everything. */
    MDB_txn *behind;
    tb_lmdb_room room;
    bool found[TB_TABLE_COUNT]; /* tables that were opened in LMDB's open transaction */
    tb_turn_log log;
    bool logs;   /* turns may go into the log: the store is open to its end, and of this schema */
    bool marked; /* they may as soon as it is of this schema */
    bool broken; /* a commit failed, or what is in the log could not be given to LMDB again */
    tb_txn txn;
};

tb_err tb_lmdb_error(int rc);
/* mdb_env_create; a page that LMDB finds to contradict another raises SIGBUS, where it would call
 * abort: for a process this is the same as a page that cannot be read (daemon/damage.h). */
int tb_lmdb_environment(MDB_env **out) TB_MUST_USE;

static inline tb_bytes bytes_of(const MDB_val *v)
{
    return tb_bytes_of(v->mv_data, v->mv_size);
}

/* LMDB takes what it only reads through a pointer to what is not const. */
static inline MDB_val tb_lmdb_value_of(tb_bytes b)
{
    MDB_val v = {.mv_size = b.size};

    memcpy(&v.mv_data, &b.data, sizeof v.mv_data);
    return v;
}

/* What LMDB says to opening all tables; those that are not there have no rows. */
int tb_lmdb_open_tables(tb_store *store, MDB_txn *mdb) TB_MUST_USE;
const char *tb_lmdb_table_name(tb_table table);
/* The transaction's cursor on a table whose rows LMDB all has; TB_ERR_NOT_FOUND for one that never
 * had any, or why the transaction is lost. */
tb_err tb_lmdb_cursor(tb_txn *txn, tb_table table, MDB_cursor **out_cursor) TB_MUST_USE;

/* Gives LMDB all rows that were put and not yet given; why the transaction is lost. */
tb_err tb_lmdb_give_all(tb_txn *txn) TB_MUST_USE;

/* Leaves LMDB's transaction open behind what the log holds and it was given. */
void tb_lmdb_keep_behind(tb_txn *txn);
/* Forgets it; what it had stays in the log. */
void tb_lmdb_let_go(tb_store *store);

/* The form of this store's sums, once META is open: whichever fits the row that says its schema.
 * When neither does, that row is told as damaged by who reads it. */
tb_err tb_lmdb_find_sums(tb_store *store, MDB_txn *mdb) TB_MUST_USE;

/* The value behind a good checksum, still LMDB's memory. */
tb_err tb_lmdb_verify(const tb_txn *txn,
                      tb_table table,
                      tb_bytes key,
                      tb_bytes stored,
                      tb_bytes *out_value) TB_MUST_USE;

#endif

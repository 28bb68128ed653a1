/* store_lmdb - what store_lmdb_open.c and store_lmdb.c share: one environment, one transaction. */
#ifndef TB_STORE_LMDB_H
#define TB_STORE_LMDB_H

#include "store/store.h"

#include <lmdb.h>

struct tb_txn {
    tb_store *store;
    tb_arena *arena;
    MDB_txn *mdb; /* NULL when no transaction is open */
    /* One cursor per table, opened at its first use; the only one there is on that table. */
    MDB_cursor *cursors[TB_TABLE_COUNT];
    bool reads_only;
    bool wrote;
    tb_err lost; /* a failed write that ended the transaction before its commit */
};

struct tb_store {
    MDB_env *env;
    MDB_dbi tables[TB_TABLE_COUNT];
    uint8_t row_keys[TB_TABLE_COUNT][8]; /* by table name, for the rows' checksums */
    uint64_t quota;
    int folder; /* holds the lock on the store while open */
    tb_txn txn;
};

tb_err tb_lmdb_error(int rc);

#endif

/* The LMDB form of the store: how much it holds, and whether what it holds is whole. */
#include "store/store_lmdb.h"

static uint64_t pages(const MDB_stat *stat)
{
    return stat->ms_branch_pages + stat->ms_leaf_pages + stat->ms_overflow_pages;
}

/* LMDB keeps count of every tree's pages; what belongs to no tree is free. This sees what the
 * transaction itself has written, and costs a look at each tree's root record. */
void tb_store_usage(tb_txn *txn, uint64_t *out_used, uint64_t *out_quota)
{
    static const MDB_dbi of_lmdb[] = {0, 1}; /* the list of free pages, the list of tables */
    uint64_t used = 2;                       /* the two meta pages */
    uint64_t page_bytes = 0;
    MDB_stat stat;

    for (size_t i = 0; i < sizeof of_lmdb / sizeof of_lmdb[0]; i++) {
        if (mdb_stat(txn->mdb, of_lmdb[i], &stat) == MDB_SUCCESS) {
            used += pages(&stat);
            page_bytes = stat.ms_psize;
        }
    }
    for (size_t i = 0; i < TB_TABLE_COUNT; i++) {
        if (txn->store->tables[i] != 0 &&
            mdb_stat(txn->mdb, txn->store->tables[i], &stat) == MDB_SUCCESS) {
            used += pages(&stat);
        }
    }
    *out_used = used * page_bytes + txn->store->late.used;
    *out_quota = txn->store->quota;
}

uint64_t tb_store_rows(tb_txn *txn, tb_table table)
{
    MDB_cursor *cursor;
    MDB_stat stat;

    if (tb_lmdb_cursor(txn, table, &cursor) != TB_OK ||
        mdb_stat(txn->mdb, txn->store->tables[table], &stat) != MDB_SUCCESS) {
        return 0;
    }
    return stat.ms_entries;
}

static tb_err scrub_table(tb_txn *txn, tb_table table, uint64_t *rows)
{
    MDB_cursor *cursor;
    MDB_val k;
    MDB_val v;
    tb_bytes value;

    tb_err err = tb_lmdb_cursor(txn, table, &cursor);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    int rc = mdb_cursor_get(cursor, &k, &v, MDB_FIRST);
    while (rc == MDB_SUCCESS) {
        err = tb_lmdb_verify(txn, table, bytes_of(&k), bytes_of(&v), &value);
        if (err != TB_OK) {
            return err;
        }
        (*rows)++;
        rc = mdb_cursor_get(cursor, &k, &v, MDB_NEXT);
    }
    return rc == MDB_NOTFOUND ? TB_OK : tb_lmdb_error(rc);
}

tb_err tb_store_scrub(tb_txn *txn, uint64_t *out_rows)
{
    uint64_t rows = 0;

    for (size_t table = 0; table < TB_TABLE_COUNT; table++) {
        tb_err err = scrub_table(txn, (tb_table)table, &rows);
        if (err != TB_OK) {
            return err;
        }
    }
    *out_rows = rows;
    return TB_OK;
}

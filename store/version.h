/* version - the two META rows that say what a store is: "schema" and "kind", each a u32. */
#ifndef TB_STORE_VERSION_H
#define TB_STORE_VERSION_H

#include "base/time.h"
#include "store/store.h"

#define TB_STORE_SCHEMA_KEY "schema"

/* Writes both rows into a new store and checks them in an old one: TB_ERR_VERSION for a newer
 * schema or another kind, TB_ERR_OLDER for an older schema, TB_ERR_CORRUPT when META holds rows but
 * not these. */
tb_err tb_store_check_version(tb_txn *txn, uint32_t kind) TB_MUST_USE;

/* The schema the store is of; migrations alone write it. */
tb_err tb_store_schema(tb_txn *txn, uint32_t *out) TB_MUST_USE;
tb_err tb_store_schema_put(tb_txn *txn, uint32_t schema) TB_MUST_USE;
/* Checks them alone, with the same errors, and writes nothing; also TB_ERR_CORRUPT when META is
 * empty. */
tb_err tb_store_same_version(tb_txn *txn, uint32_t kind) TB_MUST_USE;
/* The store was made out of a backup at that time. */
tb_err tb_store_mark_restored(tb_txn *txn, tb_time at) TB_MUST_USE;
/* TB_ERR_NOT_FOUND when it never was. */
tb_err tb_store_restored(tb_txn *txn, tb_time *out) TB_MUST_USE;

#endif

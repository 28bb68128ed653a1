/* version - the two META rows that say what a store is: "schema" and "kind", each a u32. */
#ifndef TB_STORE_VERSION_H
#define TB_STORE_VERSION_H

#include "store/store.h"

/* Writes both rows into a new store and checks them in an old one: TB_ERR_VERSION for a newer
 * schema or another kind, TB_ERR_OLDER for an older schema, TB_ERR_CORRUPT when META holds rows but
 * not these. */
tb_err tb_store_check_version(tb_txn *txn, uint32_t kind) TB_MUST_USE;

/* The schema the store is of; migrations alone write it. */
tb_err tb_store_schema(tb_txn *txn, uint32_t *out) TB_MUST_USE;
tb_err tb_store_schema_put(tb_txn *txn, uint32_t schema) TB_MUST_USE;

#endif

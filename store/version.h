/* version - the two META rows that say what a store is: "schema" and "kind", each a u32. */
#ifndef TB_STORE_VERSION_H
#define TB_STORE_VERSION_H

#include "store/store.h"

/* Writes both rows into a new store and checks them in an old one: TB_ERR_VERSION for another
 * schema or kind, TB_ERR_CORRUPT when META holds rows but not these. */
tb_err tb_store_check_version(tb_txn *txn, uint32_t kind) TB_MUST_USE;

/* Checks them alone, writing nothing; TB_ERR_CORRUPT when they are not there. */
tb_err tb_store_same_version(tb_txn *txn, uint32_t kind) TB_MUST_USE;

#endif

/* store_lmdb_turns - the turn log (turn_log.h) and LMDB: what is in it, into the tables. */
#ifndef TB_STORE_LMDB_TURNS_H
#define TB_STORE_LMDB_TURNS_H

#include "store/store_lmdb.h"

/* The place META "turns" names; TB_ERR_NOT_FOUND in a store that never had a log. */
tb_err tb_lmdb_turns_place(tb_txn *txn, tb_turn_log_place *out) TB_MUST_USE;
tb_err tb_lmdb_turns_mark(tb_txn *txn, const tb_turn_log_place *place) TB_MUST_USE;

/* Every change that the log holds, once more. */
tb_err tb_lmdb_turns_replay(tb_txn *txn, const tb_turn_log *log) TB_MUST_USE;

/* Gives LMDB what the store's log holds for the place its tables are at, and leaves the transaction
 * open behind it; nothing when the log holds nothing for it. The environment is open, nobody else
 * writes to it, and its tables are not open. */
tb_err tb_lmdb_turns_follow(tb_store *store) TB_MUST_USE;

/* Puts what a log holds into a store, or with MDB_NOSUBDIR a file of one, that nobody has open.
 * TB_ERR_FULL when it has no room. */
tb_err tb_lmdb_turns_take_at(const char *path, unsigned flags, const tb_turn_log *log) TB_MUST_USE;

#endif

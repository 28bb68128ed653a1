/* store_lmdb_room - whether LMDB will have room for what stands behind it in the turn log.
 *
 * A turn for which there is no page is turned away. One that is in the log was said, and cannot be:
 * what is in the log must always fit. LMDB writes on no page that one of its last two commits had
 * in use, so that a store that is half full may have no page left for a transaction that touches
 * all of it. Counted here, at the worst, are the pages that cannot be written on: those in use when
 * the commit before this transaction began, those that commit wrote, and those this one has copied.
 *
 *     |-- in use when the last commit began --|-- it wrote --|-- this one wrote --| ... watermark
 *
 * What is between the watermark and the quota is for LMDB's own lists. A reader that hangs may hold
 * more than is counted; then what is in the log waits until it is gone.
 */
#ifndef TB_STORE_LMDB_ROOM_H
#define TB_STORE_LMDB_ROOM_H

#include "store/store_lmdb.h"

/* LMDB's transaction begins; its tables may not yet be open. */
void tb_lmdb_room_begin(tb_txn *txn);
/* LMDB is given a change of so many bytes. */
void tb_lmdb_room_change(tb_store *store, size_t bytes);
/* Whether the turn may go into the log: LMDB can commit it with all that are there. */
bool tb_lmdb_room_to_wait(tb_txn *txn);
/* What the transaction has written at the most, in bytes; before its commit. */
uint64_t tb_lmdb_room_written(tb_txn *txn);
/* It is committed, and had written so much. */
void tb_lmdb_room_committed(tb_store *store, uint64_t written);
/* A transaction goes on that another process began. What its last commit held is not known: as much
 * again as is in use is a guess, until the next commit. */
void tb_lmdb_room_unknown(tb_txn *txn);

#endif

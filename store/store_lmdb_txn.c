/* The LMDB form of the store: transactions.
 *
 * A turn that changed little is written to the turn log, and LMDB's transaction stays open behind
 * it, so that the turns after it see it without a look anywhere else. A turn that changed more,
 * that no longer fits, or that finds the store too full to wait (store_lmdb_room.h) is committed by
 * LMDB, with all that are in the log. When a turn ends without its changes while others are behind
 * it, LMDB, which cannot take back a part, begins anew and is given those others out of the log.
 */
#include "store/store_lmdb_room.h"
#include "store/store_lmdb_turns.h"

/* A backup that was killed leaves its reader behind, which would pin pages for ever: looked for
 * once in so many write transactions, and whenever there is no room. */
#define READERS_EVERY 1024
/* What a transaction of the store's own reads. */
#define OWN_BYTES 256

/* ---- begin ---- */

static void look_for_readers(tb_store *store)
{
    int stale;
    if (store->full || ++store->begun % READERS_EVERY == 0) {
        store->full = false;
        (void)mdb_reader_check(store->env, &stale);
    }
}

static tb_err begin(tb_store *store, tb_arena *arena, unsigned flags, tb_txn **out)
{
    TB_ASSERT(store->txn.mdb == NULL);

    MDB_txn *mdb = store->behind;
    bool writes = (flags & MDB_RDONLY) == 0;
    if (store->broken) {
        return TB_ERR_IO;
    }
    if (writes) {
        look_for_readers(store);
        tb_turn_log_drop(&store->log);
    }
    if (mdb == NULL) {
        int rc = mdb_txn_begin(store->env, NULL, flags, &mdb);
        if (rc != MDB_SUCCESS) {
            return tb_lmdb_error(rc);
        }
        memset(store->found, 0, sizeof store->found);
    }
    store->txn = (tb_txn){.store = store, .arena = arena, .mdb = mdb, .reads_only = !writes};
    if (writes && store->behind == NULL) {
        tb_lmdb_room_begin(&store->txn);
    }
    *out = &store->txn;
    return TB_OK;
}

tb_err tb_store_begin_read(tb_store *store, tb_arena *arena, tb_txn **out)
{
    return begin(store, arena, MDB_RDONLY, out);
}

/* ---- end ---- */

/* LMDB forgets the tables that were found in a transaction that is not committed. */
static void forget_found(tb_store *store)
{
    for (size_t i = 0; i < TB_TABLE_COUNT; i++) {
        if (store->found[i]) {
            store->tables[i] = 0;
        }
    }
}

/* Takes the transaction out of its slot; cursors go before it, as LMDB asks of readers. */
static MDB_txn *finish(tb_txn *txn)
{
    MDB_txn *mdb = txn->mdb;

    TB_ASSERT(mdb != NULL);
    tb_late_reset(&txn->store->late);
    for (size_t i = 0; i < TB_TABLE_COUNT; i++) {
        if (txn->cursors[i] != NULL) {
            mdb_cursor_close(txn->cursors[i]);
        }
    }
    txn->mdb = NULL;
    return mdb;
}

static void abort_lmdb(tb_store *store, MDB_txn *mdb)
{
    mdb_txn_abort(mdb);
    forget_found(store);
    store->behind = NULL;
}

/* The tables' next place, with every commit behind which records may stand: those of one state of
 * the tables fit no other. */
static tb_err mark_next(tb_txn *txn)
{
    tb_turn_log_place next = txn->store->log.place;
    next.epoch++;
    tb_err err = tb_lmdb_turns_mark(txn, &next);
    return err == TB_OK ? tb_lmdb_give_all(txn) : err;
}

/* By LMDB; marked: with the tables' next place, and what is in the log. */
static tb_err commit_lmdb(tb_txn *txn, bool marked)
{
    tb_store *store = txn->store;
    uint64_t written = tb_lmdb_room_written(txn);
    tb_err err = tb_lmdb_error(mdb_txn_commit(finish(txn)));
    store->behind = NULL;
    store->full = err == TB_ERR_FULL;
    if (err != TB_OK) {
        forget_found(store);
        return err;
    }
    tb_lmdb_room_committed(store, written);
    if (marked) {
        tb_turn_log_place next = store->log.place;
        next.epoch++;
        tb_turn_log_begin_anew(&store->log, &next);
    }
    return err;
}

/* LMDB's transaction anew, with the turns that are in the log. They had room in the one before. */
static void give_again(tb_store *store)
{
    tb_txn *txn;
    bool full = store->full; /* for the next turn to know */
    tb_err err = begin(store, NULL, 0, &txn);
    store->full = full;
    if (err == TB_OK) {
        err = tb_lmdb_turns_replay(txn, &store->log);
        err = err == TB_OK ? tb_lmdb_error(tb_lmdb_open_tables(store, txn->mdb)) : err;
        if (err == TB_OK) {
            store->behind = finish(txn);
        } else {
            abort_lmdb(store, finish(txn));
        }
    }
    store->broken = err != TB_OK;
}

static void roll_back(tb_txn *txn)
{
    tb_store *store = txn->store;
    bool touched = txn->gave || txn->lost != TB_OK;
    MDB_txn *mdb = finish(txn);
    if (store->behind == NULL) {
        abort_lmdb(store, mdb);
    } else if (touched) {
        abort_lmdb(store, mdb);
        give_again(store);
    }
}

/* Of a reader a commit writes nothing, but keeps the tables it found. */
static tb_err end_reader(tb_txn *txn)
{
    tb_store *store = txn->store;
    bool keeps = txn->wrote;
    MDB_txn *mdb = finish(txn);
    if (store->behind != NULL) {
        return TB_OK;
    }
    if (!keeps) {
        abort_lmdb(store, mdb);
        return TB_OK;
    }
    return tb_lmdb_error(mdb_txn_commit(mdb));
}

/* Into the log; LMDB's transaction stays. */
static tb_err commit_to_log(tb_txn *txn)
{
    tb_store *store = txn->store;
    tb_err err = tb_turn_log_write(&store->log);
    MDB_txn *mdb = finish(txn);
    if (err != TB_OK) {
        abort_lmdb(store, mdb);
        store->broken = true; /* whether the record is on disk is unknown */
        return err;
    }
    store->behind = mdb;
    return TB_OK;
}

/* By LMDB, with what is in the log if something is. Without room nothing of the turn stays, and all
 * of the log does. */
static tb_err commit_to_tables(tb_txn *txn)
{
    tb_store *store = txn->store;
    bool behind = store->behind != NULL;
    bool marks = behind || store->logs;
    tb_err err = marks ? mark_next(txn) : TB_OK;
    if (err != TB_OK) {
        roll_back(txn);
        return err;
    }
    err = commit_lmdb(txn, marks);
    if (err == TB_ERR_FULL && behind) {
        give_again(store);
    } else if (err != TB_OK && err != TB_ERR_FULL) {
        store->broken = true; /* at which place the tables are is unknown */
    }
    return err;
}

tb_err tb_store_commit(tb_txn *txn)
{
    tb_store *store = txn->store;
    if (txn->reads_only) {
        return end_reader(txn);
    }
    tb_err err = txn->lost == TB_OK ? tb_lmdb_give_all(txn) : txn->lost;
    if (err != TB_OK || !txn->wrote) {
        roll_back(txn);
        return err;
    }
    bool logged = store->logs && tb_turn_log_fits(&store->log) && tb_lmdb_room_to_wait(txn);
    err = logged ? commit_to_log(txn) : commit_to_tables(txn);
    store->relieved = store->relieved && err != TB_OK;
    return err;
}

/* A turn that found no room may find it when LMDB has committed something small: pages that its
 * last commit let go are written on only then. Once: a reader that hangs holds on to them. */
static void relieve(tb_store *store)
{
    uint8_t block[OWN_BYTES];
    tb_arena arena;
    tb_txn *txn;
    store->relieved = true;
    if (tb_store_settle(store) != TB_OK || !tb_store_settled(store)) {
        return;
    }
    tb_arena_init(&arena, block, sizeof block);
    if (begin(store, &arena, 0, &txn) == TB_OK) {
        (void)!commit_to_tables(txn);
    }
}

tb_err tb_store_begin(tb_store *store, tb_arena *arena, tb_txn **out)
{
    if (store->full && store->logs && !store->relieved) {
        relieve(store);
    }
    return begin(store, arena, 0, out);
}

void tb_store_abort(tb_txn *txn)
{
    roll_back(txn);
}

tb_err tb_store_settle(tb_store *store)
{
    uint8_t block[OWN_BYTES];
    tb_arena arena;
    tb_txn *txn;
    if (store->behind == NULL) {
        return TB_OK;
    }
    tb_arena_init(&arena, block, sizeof block);
    tb_err err = begin(store, &arena, 0, &txn);
    err = err == TB_OK ? commit_to_tables(txn) : err;
    return store->broken ? TB_ERR_IO : err == TB_ERR_FULL ? TB_OK : err;
}

void tb_lmdb_keep_behind(tb_txn *txn)
{
    tb_store *store = txn->store;
    store->behind = finish(txn);
}

void tb_lmdb_let_go(tb_store *store)
{
    if (store->behind != NULL) {
        abort_lmdb(store, store->behind);
    }
}

bool tb_store_settled(const tb_store *store)
{
    return store->behind == NULL;
}

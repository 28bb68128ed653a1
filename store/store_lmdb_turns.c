/* store_lmdb_turns - see store_lmdb_turns.h. */
#include "store/store_lmdb_turns.h"

#include "store/store_lmdb_room.h"
#include "store/version.h"

#include <sodium.h>

#define TURNS_KEY   "turns"
#define PLACE_BYTES (TB_TURN_LOG_LINEAGE + 8)
#define ROW_BYTES   256 /* the rows read here */

tb_err tb_lmdb_turns_place(tb_txn *txn, tb_turn_log_place *out)
{
    tb_bytes value;
    tb_reader r;
    tb_err err = tb_store_get(txn, TB_TABLE_META, tb_bytes_str(TURNS_KEY), &value);
    if (err != TB_OK) {
        return err;
    }
    tb_reader_init(&r, value);
    tb_get_raw(&r, out->lineage, sizeof out->lineage);
    out->epoch = tb_get_u64(&r);
    return tb_reader_done(&r) ? TB_OK : TB_ERR_CORRUPT;
}

tb_err tb_lmdb_turns_mark(tb_txn *txn, const tb_turn_log_place *place)
{
    uint8_t buffer[PLACE_BYTES];
    tb_bytes value;
    tb_writer w;
    tb_writer_init(&w, buffer, sizeof buffer);
    tb_put_raw(&w, place->lineage, sizeof place->lineage);
    tb_put_u64(&w, place->epoch);
    tb_err err = tb_writer_bytes(&w, &value);
    return err == TB_OK ? tb_store_put(txn, TB_TABLE_META, tb_bytes_str(TURNS_KEY), value) : err;
}

static tb_err replay_change(void *of, const char *table, tb_bytes key, const tb_bytes *stored)
{
    const tb_txn *txn = of;
    MDB_val k = tb_lmdb_value_of(key);
    MDB_dbi dbi;
    tb_lmdb_room_change(txn->store, stored == NULL ? 0 : stored->size);
    int rc = mdb_dbi_open(txn->mdb, table, MDB_CREATE, &dbi);
    if (rc == MDB_SUCCESS && stored != NULL) {
        MDB_val v = tb_lmdb_value_of(*stored);
        rc = mdb_put(txn->mdb, dbi, &k, &v, 0);
    } else if (rc == MDB_SUCCESS) {
        rc = mdb_del(txn->mdb, dbi, &k, NULL);
    }
    /* A row that goes was there when the turn saw it. */
    return rc == MDB_NOTFOUND ? TB_ERR_CORRUPT : tb_lmdb_error(rc);
}

tb_err tb_lmdb_turns_replay(tb_txn *txn, const tb_turn_log *log)
{
    return tb_turn_log_each(log, replay_change, txn);
}

/* TB_ERR_NOT_FOUND: the tables are at another place than the log, or at none. */
static tb_err follow(tb_store *store, tb_txn *txn)
{
    tb_turn_log_place place;
    tb_err err = tb_lmdb_error(tb_lmdb_open_tables(store, txn->mdb));
    err = err == TB_OK ? tb_lmdb_find_sums(store, txn->mdb) : err;
    err = err == TB_OK ? tb_lmdb_turns_place(txn, &place) : err;
    if (err == TB_OK && !tb_turn_log_same_place(&place, &store->log.place)) {
        return TB_ERR_NOT_FOUND;
    }
    return err == TB_OK ? tb_lmdb_turns_replay(txn, &store->log) : err;
}

tb_err tb_lmdb_turns_follow(tb_store *store)
{
    uint8_t block[ROW_BYTES];
    tb_arena arena;
    tb_txn *txn;
    if (store->log.used == 0) {
        return TB_OK;
    }
    tb_arena_init(&arena, block, sizeof block);
    tb_err err = tb_store_begin(store, &arena, &txn);
    if (err != TB_OK) {
        return err;
    }
    err = follow(store, txn);
    if (err == TB_OK) {
        tb_lmdb_room_unknown(txn);
        tb_lmdb_keep_behind(txn);
        return TB_OK;
    }
    tb_store_abort(txn);
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err take(tb_store *store, const char *path, unsigned flags)
{
    int rc = mdb_env_set_maxdbs(store->env, TB_TABLE_COUNT);
    rc = rc == MDB_SUCCESS ? mdb_env_open(store->env, path, flags, 0600) : rc;
    tb_err err = tb_lmdb_error(rc);
    err = err == TB_OK ? tb_lmdb_turns_follow(store) : err;
    /* Of these tables alone: who wrote the log may go on from another state of them. */
    randombytes_buf(store->log.place.lineage, sizeof store->log.place.lineage);
    err = err == TB_OK ? tb_store_settle(store) : err;
    if (!tb_store_settled(store)) {
        tb_lmdb_let_go(store);
        return TB_ERR_FULL;
    }
    return err;
}

tb_err tb_lmdb_turns_take_at(const char *path, unsigned flags, const tb_turn_log *log)
{
    tb_store store = {.folder = -1, .log = *log};
    if (log->used == 0) {
        return TB_OK;
    }
    if (!tb_late_make(&store.late)) {
        return TB_ERR_LIMIT;
    }
    tb_err err = tb_lmdb_error(tb_lmdb_environment(&store.env));
    if (err == TB_OK) {
        err = take(&store, path, flags);
        mdb_env_close(store.env);
    }
    tb_late_free(&store.late);
    return err;
}

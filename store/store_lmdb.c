/* The LMDB form of the store: rows.
 *
 * LMDB's pointers die at the next write and at the end of the transaction; that they do is a fact
 * of this file only, because every read copies into the arena. LMDB has no checksums: each value is
 * stored behind one of ours (row_sum.h).
 */
#include "store/store_lmdb_room.h"

#include "store/range.h"
#include "store/version.h"

#include <signal.h>

tb_err tb_lmdb_error(int rc)
{
    switch (rc) {
    case MDB_SUCCESS:
        return TB_OK;
    case MDB_NOTFOUND:
        return TB_ERR_NOT_FOUND;
    case MDB_MAP_FULL:
        return TB_ERR_FULL;
    case MDB_TXN_FULL:
    case MDB_BAD_VALSIZE:
        return TB_ERR_LIMIT;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
        return TB_ERR_CORRUPT;
    case MDB_VERSION_MISMATCH:
        return TB_ERR_VERSION;
    default:
        return TB_ERR_IO;
    }
}

static void found_damage(MDB_env *env, const char *what)
{
    (void)env;
    (void)what;
    (void)raise(SIGBUS);
}

int tb_lmdb_environment(MDB_env **out)
{
    int rc = mdb_env_create(out);
    return rc == MDB_SUCCESS ? mdb_env_set_assert(*out, found_damage) : rc;
}

tb_err tb_lmdb_verify(
    const tb_txn *txn, tb_table table, tb_bytes key, tb_bytes stored, tb_bytes *out_value)
{
    uint8_t sum[TB_ROW_SUM_BYTES];

    if (stored.size < TB_ROW_SUM_BYTES) {
        return TB_ERR_CORRUPT;
    }
    tb_bytes value = tb_bytes_of(stored.data + TB_ROW_SUM_BYTES, stored.size - TB_ROW_SUM_BYTES);
    tb_row_sum(txn->store->sums, txn->store->row_keys[table], key, value, sum);
    if (memcmp(sum, stored.data, TB_ROW_SUM_BYTES) != 0) {
        return TB_ERR_CORRUPT;
    }
    *out_value = value;
    return TB_OK;
}

tb_err tb_lmdb_find_sums(tb_store *store, MDB_txn *mdb)
{
    uint8_t sum[TB_ROW_SUM_BYTES];
    tb_bytes key = tb_bytes_str(TB_STORE_SCHEMA_KEY);
    MDB_val k = tb_lmdb_value_of(key);
    MDB_val v;

    store->sums = TB_ROW_SUM_XXH3;
    if (store->tables[TB_TABLE_META] == 0) {
        return TB_OK;
    }
    int rc = mdb_get(mdb, store->tables[TB_TABLE_META], &k, &v);
    if (rc != MDB_SUCCESS || v.mv_size < TB_ROW_SUM_BYTES) {
        return rc == MDB_NOTFOUND || rc == MDB_SUCCESS ? TB_OK : tb_lmdb_error(rc);
    }
    const uint8_t *stored = v.mv_data;
    tb_bytes value = tb_bytes_of(stored + TB_ROW_SUM_BYTES, v.mv_size - TB_ROW_SUM_BYTES);
    tb_row_sum(TB_ROW_SUM_SIPHASH, store->row_keys[TB_TABLE_META], key, value, sum);
    if (memcmp(sum, stored, TB_ROW_SUM_BYTES) == 0) {
        store->sums = TB_ROW_SUM_SIPHASH;
    }
    return TB_OK;
}

static tb_err
read_value(tb_txn *txn, tb_table table, tb_bytes key, const MDB_val *stored, tb_bytes *out_value)
{
    tb_bytes value;

    tb_err err = tb_lmdb_verify(txn, table, key, bytes_of(stored), &value);
    if (err != TB_OK) {
        return err;
    }
    return tb_arena_copy(txn->arena, value, out_value);
}

/* A failed write leaves LMDB's transaction unusable; its own later errors would hide why. */
static tb_err write_result(tb_txn *txn, int rc)
{
    tb_err err = tb_lmdb_error(rc);

    if (err != TB_OK) {
        txn->lost = err;
        txn->store->full = err == TB_ERR_FULL;
    }
    return err;
}

/* A table is made by its first row; one that a reader does not know of may have come since. */
static tb_err find_table(tb_txn *txn, tb_table table, bool makes)
{
    MDB_dbi *found = &txn->store->tables[table];

    if (*found != 0) {
        return TB_OK;
    }
    if (!makes && !txn->reads_only) {
        return TB_ERR_NOT_FOUND;
    }
    int rc = mdb_dbi_open(txn->mdb, tb_lmdb_table_name(table), makes ? MDB_CREATE : 0, found);
    if (rc != MDB_SUCCESS) {
        *found = 0;
        return makes ? write_result(txn, rc) : tb_lmdb_error(rc);
    }
    txn->store->found[table] = true;
    return TB_OK;
}

static tb_err cursor_of(tb_txn *txn, tb_table table, bool makes, MDB_cursor **out_cursor)
{
    TB_ASSERT(txn->mdb != NULL);
    if (txn->lost != TB_OK) {
        return txn->lost;
    }
    if (txn->cursors[table] == NULL) {
        tb_err err = find_table(txn, table, makes);
        if (err != TB_OK) {
            return err;
        }
        int rc = mdb_cursor_open(txn->mdb, txn->store->tables[table], &txn->cursors[table]);
        if (rc != MDB_SUCCESS) {
            return tb_lmdb_error(rc);
        }
    }
    *out_cursor = txn->cursors[table];
    return TB_OK;
}

static tb_err
write_row(tb_txn *txn, tb_table table, MDB_cursor *cursor, tb_bytes key, tb_bytes stored)
{
    MDB_val k = tb_lmdb_value_of(key);
    MDB_val v = tb_lmdb_value_of(stored);

    txn->gave = true;
    tb_lmdb_room_change(txn->store, stored.size);
    tb_turn_log_note(&txn->store->log, tb_lmdb_table_name(table), key, &stored);
    return write_result(txn, mdb_cursor_put(cursor, &k, &v, 0));
}

/* Gives LMDB the rows of a table that were put and not yet given. */
static tb_err give(tb_txn *txn, tb_table table)
{
    tb_late *late = &txn->store->late;
    MDB_cursor *cursor;

    if (late->newest[table] == 0) {
        return TB_OK;
    }
    tb_err err = cursor_of(txn, table, true, &cursor);
    uint32_t count = tb_late_sort(late, table);
    for (uint32_t i = 0; err == TB_OK && i < count; i++) {
        uint32_t row = late->order[i];
        err = write_row(txn, table, cursor, tb_late_key(late, row), tb_late_stored(late, row));
    }
    tb_late_drop(late, table);
    return err;
}

tb_err tb_lmdb_give_all(tb_txn *txn)
{
    tb_err err = TB_OK;

    for (size_t table = 0; table < TB_TABLE_COUNT && err == TB_OK; table++) {
        err = give(txn, (tb_table)table);
    }
    return err;
}

tb_err tb_lmdb_cursor(tb_txn *txn, tb_table table, MDB_cursor **out_cursor)
{
    tb_err err = txn->lost == TB_OK ? give(txn, table) : txn->lost;

    return err == TB_OK ? cursor_of(txn, table, false, out_cursor) : err;
}

tb_arena *tb_txn_arena(tb_txn *txn)
{
    return txn->arena;
}

bool tb_txn_wrote(const tb_txn *txn)
{
    return txn->wrote;
}

/* Rows. */

/* A page that contradicts another is no damaged row: which key it was is not known, and nobody can
 * pass it. The process ends, as it does when a page cannot be read. */
static tb_err read_error(int rc)
{
    tb_err err = tb_lmdb_error(rc);

    return err == TB_ERR_CORRUPT ? TB_ERR_IO : err;
}

static bool late_has(const tb_txn *txn, tb_table table, tb_bytes key, tb_bytes *out_stored)
{
    const tb_late *late = &txn->store->late;

    return late->newest[table] != 0 &&
           tb_late_get(late, table, key, tb_row_hash(txn->store->row_keys[table], key), out_stored);
}

tb_err tb_store_get(tb_txn *txn, tb_table table, tb_bytes key, tb_bytes *out_value)
{
    MDB_cursor *cursor;

    if (!tb_key_valid(key)) {
        return TB_ERR_LIMIT;
    }
    tb_bytes stored;
    if (late_has(txn, table, key, &stored)) {
        stored = tb_bytes_of(stored.data + TB_ROW_SUM_BYTES, stored.size - TB_ROW_SUM_BYTES);
        return tb_arena_copy(txn->arena, stored, out_value);
    }
    tb_err err = cursor_of(txn, table, false, &cursor);
    if (err != TB_OK) {
        return err;
    }

    MDB_val k = tb_lmdb_value_of(key);
    MDB_val v;
    int rc = mdb_cursor_get(cursor, &k, &v, MDB_SET_KEY);
    if (rc != MDB_SUCCESS) {
        return read_error(rc);
    }
    return read_value(txn, table, key, &v, out_value);
}

/* What is stored under a key: the sum, then the value. */
static void fill(tb_txn *txn, tb_table table, tb_bytes key, tb_bytes value, uint8_t *stored)
{
    uint8_t sum[TB_ROW_SUM_BYTES];

    tb_row_sum(txn->store->sums, txn->store->row_keys[table], key, value, sum);
    memcpy(stored, sum, TB_ROW_SUM_BYTES);
    if (value.size > 0) {
        memcpy(stored + TB_ROW_SUM_BYTES, value.data, value.size);
    }
}

/* A row that is not kept for later is written at once. */
static tb_err put_now(tb_txn *txn, tb_table table, tb_bytes key, tb_bytes value)
{
    MDB_cursor *cursor;

    tb_err err = give(txn, table);
    if (err == TB_OK) {
        err = cursor_of(txn, table, true, &cursor);
    }
    if (err != TB_OK) {
        return err;
    }

    MDB_val k = tb_lmdb_value_of(key);
    MDB_val v = {.mv_size = TB_ROW_SUM_BYTES + value.size};
    txn->gave = true;
    tb_lmdb_room_change(txn->store, v.mv_size);
    err = write_result(txn, mdb_cursor_put(cursor, &k, &v, MDB_RESERVE));
    if (err == TB_OK) {
        fill(txn, table, key, value, v.mv_data);
        tb_bytes stored = bytes_of(&v);
        tb_turn_log_note(&txn->store->log, tb_lmdb_table_name(table), key, &stored);
    }
    return err;
}

tb_err tb_store_put(tb_txn *txn, tb_table table, tb_bytes key, tb_bytes value)
{
    TB_ASSERT(!txn->reads_only);
    if (!tb_key_valid(key)) {
        return TB_ERR_LIMIT;
    }
    if (txn->lost != TB_OK) {
        return txn->lost;
    }
    txn->wrote = true;
    tb_late *late = &txn->store->late;
    size_t size = TB_ROW_SUM_BYTES + value.size;
    if (size > TB_LATE_STORED_BYTES_MAX) {
        return put_now(txn, table, key, value);
    }
    uint64_t hash = tb_row_hash(txn->store->row_keys[table], key);
    uint8_t *stored = tb_late_put(late, table, key, hash, size);
    if (stored == NULL) {
        tb_err err = tb_lmdb_give_all(txn);
        if (err != TB_OK) {
            return err;
        }
        stored = tb_late_put(late, table, key, hash, size);
        TB_ASSERT(stored != NULL);
    }
    fill(txn, table, key, value, stored);
    return TB_OK;
}

tb_err tb_store_del(tb_txn *txn, tb_table table, tb_bytes key)
{
    MDB_cursor *cursor;

    TB_ASSERT(!txn->reads_only);
    if (!tb_key_valid(key)) {
        return TB_ERR_LIMIT;
    }
    tb_err err = tb_lmdb_cursor(txn, table, &cursor);
    if (err != TB_OK) {
        return err;
    }

    MDB_val k = tb_lmdb_value_of(key);
    MDB_val v;
    int rc = mdb_cursor_get(cursor, &k, &v, MDB_SET_KEY);
    if (rc != MDB_SUCCESS) {
        return read_error(rc);
    }
    txn->wrote = true;
    txn->gave = true;
    tb_lmdb_room_change(txn->store, 0);
    tb_turn_log_note(&txn->store->log, tb_lmdb_table_name(table), key, NULL);
    return write_result(txn, mdb_cursor_del(cursor, 0));
}

/* Walks. */

/* The row a cursor came to, if it is one of the prefix. */
static tb_err read_row(tb_txn *txn,
                       tb_table table,
                       const MDB_val *k,
                       const MDB_val *v,
                       tb_bytes prefix,
                       tb_bytes *out_key,
                       tb_bytes *out_value)
{
    tb_bytes key;

    if (!tb_key_starts_with(bytes_of(k), prefix)) {
        return TB_ERR_NOT_FOUND;
    }
    tb_err err = tb_arena_copy(txn->arena, bytes_of(k), &key);
    if (err != TB_OK) {
        return err;
    }
    err = read_value(txn, table, key, v, out_value);
    if (err == TB_OK || err == TB_ERR_CORRUPT) {
        *out_key = key;
    }
    return err;
}

tb_err tb_form_forward(tb_txn *txn,
                       tb_table table,
                       tb_bound bound,
                       tb_bytes prefix,
                       tb_bytes *out_key,
                       tb_bytes *out_value)
{
    MDB_cursor *cursor;

    tb_err err = tb_lmdb_cursor(txn, table, &cursor);
    if (err != TB_OK) {
        return err;
    }

    MDB_val k = tb_lmdb_value_of(bound.bytes);
    MDB_val v;
    int rc = mdb_cursor_get(cursor, &k, &v, bound.bytes.size == 0 ? MDB_FIRST : MDB_SET_RANGE);
    if (rc == MDB_SUCCESS && bound.strict && tb_bytes_equal(bytes_of(&k), bound.bytes)) {
        rc = mdb_cursor_get(cursor, &k, &v, MDB_NEXT);
    }
    if (rc != MDB_SUCCESS) {
        return read_error(rc);
    }
    return read_row(txn, table, &k, &v, prefix, out_key, out_value);
}

tb_err tb_form_backward(tb_txn *txn,
                        tb_table table,
                        tb_bound bound,
                        tb_bytes prefix,
                        tb_bytes *out_key,
                        tb_bytes *out_value)
{
    MDB_cursor *cursor;

    tb_err err = tb_lmdb_cursor(txn, table, &cursor);
    if (err != TB_OK) {
        return err;
    }

    MDB_val k = tb_lmdb_value_of(bound.bytes);
    MDB_val v;
    int rc = MDB_NOTFOUND;
    if (bound.bytes.size > 0) {
        rc = mdb_cursor_get(cursor, &k, &v, MDB_SET_RANGE);
    }
    if (rc == MDB_NOTFOUND) {
        rc = mdb_cursor_get(cursor, &k, &v, MDB_LAST);
    } else if (rc == MDB_SUCCESS && (bound.strict || !tb_bytes_equal(bytes_of(&k), bound.bytes))) {
        rc = mdb_cursor_get(cursor, &k, &v, MDB_PREV);
    }
    if (rc != MDB_SUCCESS) {
        return read_error(rc);
    }
    return read_row(txn, table, &k, &v, prefix, out_key, out_value);
}

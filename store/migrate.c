#include "store/migrate.h"

#include "base/limits.h"
#include "base/pack.h"
#include "store/version.h"

#define PROGRESS       "migration"
#define PROGRESS_BYTES (4 + 4 + 8 + 8 + 4 + TB_KEY_BYTES_MAX)

/* ---- how far it has come ---- */

/* Zero when the step has not begun. Progress of another step is none of ours. */
static tb_err read_progress(tb_txn *txn, uint32_t from, tb_migration_at *out)
{
    tb_bytes value;
    tb_err err = tb_store_get(txn, TB_TABLE_META, tb_bytes_str(PROGRESS), &value);
    if (err == TB_ERR_NOT_FOUND) {
        *out = (tb_migration_at){.phase = 0};
        return TB_OK;
    }
    if (err != TB_OK) {
        return err;
    }
    tb_reader r;
    tb_reader_init(&r, value);
    uint32_t step = tb_get_u32(&r);
    tb_migration_at at = {.phase = tb_get_u32(&r)};
    at.rows = tb_get_u64(&r);
    at.left_out = tb_get_u64(&r);
    at.key = tb_get_bytes(&r);
    if (!tb_reader_done(&r) || step != from || at.key.size > TB_KEY_BYTES_MAX) {
        return TB_ERR_CORRUPT;
    }
    *out = at;
    return TB_OK;
}

static tb_err write_progress(tb_txn *txn, uint32_t from, const tb_migration_at *at)
{
    uint8_t buffer[PROGRESS_BYTES];
    tb_writer w;
    tb_bytes value;
    TB_ASSERT(at->key.size <= TB_KEY_BYTES_MAX);
    tb_writer_init(&w, buffer, sizeof buffer);
    tb_put_u32(&w, from);
    tb_put_u32(&w, at->phase);
    tb_put_u64(&w, at->rows);
    tb_put_u64(&w, at->left_out);
    tb_put_bytes(&w, at->key);
    tb_err err = tb_writer_bytes(&w, &value);
    return err == TB_OK ? tb_store_put(txn, TB_TABLE_META, tb_bytes_str(PROGRESS), value) : err;
}

static tb_err finish(tb_txn *txn, uint32_t from)
{
    tb_err err = tb_store_del(txn, TB_TABLE_META, tb_bytes_str(PROGRESS));
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    return tb_store_schema_put(txn, from + 1);
}

/* ---- running ---- */

static const tb_migration *step_from(const tb_migration *steps, size_t count, uint32_t from)
{
    for (size_t i = 0; i < count; i++) {
        if (steps[i].from == from) {
            return &steps[i];
        }
    }
    return NULL;
}

/* One slice and how far it came, inside txn. */
static tb_err slice(tb_txn *txn, const tb_migration *step, tb_migration_news *news)
{
    tb_migration_at at;
    bool done = step->slice == NULL;
    tb_err err = read_progress(txn, step->from, &at);
    if (err == TB_OK && step->slice != NULL) {
        err = step->slice(txn, &at, &done);
    }
    if (err == TB_OK) {
        err = done ? finish(txn, step->from) : write_progress(txn, step->from, &at);
    }
    *news = (tb_migration_news){step->from, at.rows, at.left_out, done};
    return err;
}

/* The next slice, committed. *out_ready: nothing was left to do. */
static tb_err advance(tb_store *store,
                      tb_arena *arena,
                      const tb_migration *steps,
                      size_t count,
                      tb_migration_news *news,
                      bool *out_ready)
{
    tb_txn *txn = NULL;
    uint32_t schema = 0;
    const tb_migration *step = NULL;
    tb_arena_reset(arena);
    tb_err err = tb_store_begin(store, arena, &txn);
    if (err != TB_OK) {
        return err;
    }
    err = tb_store_schema(txn, &schema);
    *out_ready = err == TB_OK && schema == TB_SCHEMA_VERSION;
    if (err == TB_OK && !*out_ready) {
        step = schema < TB_SCHEMA_VERSION ? step_from(steps, count, schema) : NULL;
        err = step == NULL ? TB_ERR_VERSION : slice(txn, step, news);
    }
    if (err != TB_OK || *out_ready) {
        tb_store_abort(txn);
        return err;
    }
    err = tb_store_commit(txn);
    return err == TB_OK || err == TB_ERR_FULL ? err : TB_ERR_IO;
}

tb_err tb_migrate(tb_store *store,
                  tb_arena *arena,
                  const tb_migration *steps,
                  size_t count,
                  tb_migration_tell *tell,
                  void *context)
{
    bool ready = false;
    while (!ready) {
        tb_migration_news news;
        tb_err err = advance(store, arena, steps, count, &news, &ready);
        if (err != TB_OK) {
            return err;
        }
        if (!ready && tell != NULL) {
            tell(context, &news);
        }
    }
    tb_store_migrated(store);
    return TB_OK;
}

/* ---- for steps ---- */

static tb_err move_row(tb_txn *txn,
                       tb_table from,
                       tb_table to,
                       tb_migration_place *place,
                       tb_bytes key,
                       tb_bytes value,
                       tb_migration_at *at)
{
    tb_bytes target = key;
    tb_err err = place == NULL ? TB_OK : place(txn, key, value, &target);
    if (err == TB_OK) {
        err = tb_store_put(txn, to, target, value);
    } else if (err == TB_ERR_NOT_FOUND) {
        at->left_out++;
        err = TB_OK;
    }
    return err == TB_OK ? tb_store_del(txn, from, key) : err;
}

tb_err tb_migrate_rows(tb_txn *txn,
                       tb_table from,
                       tb_table to,
                       tb_migration_place *place,
                       tb_migration_at *at,
                       bool *out_empty)
{
    tb_bytes all = {NULL, 0};
    size_t bytes = 0;
    TB_ASSERT(from != to);
    *out_empty = false;
    for (unsigned i = 0; i < TB_MIGRATE_ROWS && bytes < TB_MIGRATE_BYTES; i++) {
        tb_bytes key;
        tb_bytes value;
        tb_err err = tb_store_seek(txn, from, all, all, &key, &value);
        if (err == TB_ERR_NOT_FOUND) {
            *out_empty = true;
            return TB_OK;
        }
        if (err == TB_ERR_CORRUPT) { /* a row that rotted: its key is known */
            at->left_out++;
            err = tb_store_del(txn, from, key);
        } else if (err == TB_OK) {
            err = move_row(txn, from, to, place, key, value, at);
            bytes += key.size + value.size;
        }
        if (err != TB_OK) {
            return err;
        }
        at->rows++;
    }
    return TB_OK;
}

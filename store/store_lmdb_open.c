/* The LMDB form of the store: from a folder to an open environment, and back.
 *
 * What a process that was killed left in the log of short turns goes into the tables before
 * anything is read.
 *
 * Default flags only: without the second flush an acknowledged commit can be lost, without the
 * first the file can be torn. The map is the quota and the file is given its blocks at once, so
 * that commits go on whatever fills the disk beside it. One environment must never be open twice,
 * in one process or two: an exclusive lock on the folder itself, which no one can delete and exec
 * does not inherit, keeps both out.
 */
#define _GNU_SOURCE

#include "store/store_lmdb_turns.h"
#include "store/version.h"

#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#define DATA_FILE      "data.mdb"
#define FOLDER_MODE    0700
#define FILE_MODE      0600
#define ROW_BYTES_OPEN 256 /* the rows read while opening */
#define LOOK_PAUSE_MS  20
#define LOOK_TRIES     750

static tb_err open_folder(const char *path, int *out_folder)
{
    if (mkdir(path, FOLDER_MODE) != 0 && errno != EEXIST) {
        return TB_ERR_IO;
    }

    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        return TB_ERR_IO;
    }
    if (flock(folder, LOCK_EX | LOCK_NB) != 0) {
        tb_err err = errno == EWOULDBLOCK ? TB_ERR_BUSY : TB_ERR_IO;
        close(folder);
        return err;
    }
    *out_folder = folder;
    return TB_OK;
}

static tb_err open_environment(tb_store *store, const char *path)
{
    int stale;

    int rc = tb_lmdb_environment(&store->env);
    if (rc != MDB_SUCCESS) {
        store->env = NULL;
        return tb_lmdb_error(rc);
    }
    rc = mdb_env_set_maxdbs(store->env, TB_TABLE_COUNT);
    if (rc == MDB_SUCCESS) {
        rc = mdb_env_set_mapsize(store->env, store->quota);
    }
    if (rc == MDB_SUCCESS) {
        rc = mdb_env_open(store->env, path, 0, FILE_MODE);
    }
    if (rc == MDB_SUCCESS) {
        rc = mdb_reader_check(store->env, &stale);
    }
    return tb_lmdb_error(rc);
}

/* Asked before trying, because an attempt that fails leaves the disk full of what it did get. */
static bool has_room(int data, uint64_t quota)
{
    struct stat file;
    struct statvfs disk;

    if (fstat(data, &file) != 0 || fstatvfs(data, &disk) != 0) {
        return false;
    }
    uint64_t has = (uint64_t)file.st_blocks * 512;
    return has >= quota || (quota - has) / disk.f_frsize < disk.f_bavail;
}

/* Blocks for the whole quota; where the file system cannot promise them without lengthening the
 * file, by lengthening it. */
static tb_err allocate(int data, uint64_t quota)
{
    if (!has_room(data, quota)) {
        return TB_ERR_FULL;
    }
    if (fallocate(data, FALLOC_FL_KEEP_SIZE, 0, (off_t)quota) == 0) {
        return TB_OK;
    }
    int why = errno == EOPNOTSUPP ? posix_fallocate(data, 0, (off_t)quota) : errno;
    if (why == 0) {
        return TB_OK;
    }
    return why == ENOSPC || why == EFBIG || why == EDQUOT ? TB_ERR_FULL : TB_ERR_IO;
}

static tb_err allocate_quota(const tb_store *store)
{
    int data = openat(store->folder, DATA_FILE, O_RDWR | O_CLOEXEC);
    if (data < 0) {
        return TB_ERR_IO;
    }

    tb_err err = allocate(data, store->quota);
    close(data);
    return err;
}

const char *tb_lmdb_table_name(tb_table table)
{
    static const char *const names[TB_TABLE_COUNT] = {
#define TB_TABLE_NAME(name, key, value, when) #name,
        TB_TABLES(TB_TABLE_NAME)
#undef TB_TABLE_NAME
    };

    return names[table];
}

int tb_lmdb_open_tables(tb_store *store, MDB_txn *mdb)
{
    for (size_t i = 0; i < TB_TABLE_COUNT; i++) {
        const char *name = tb_lmdb_table_name((tb_table)i);
        tb_row_sum_table(name, store->row_keys[i]);
        if (store->tables[i] != 0) {
            continue;
        }
        int rc = mdb_dbi_open(mdb, name, 0, &store->tables[i]);
        if (rc != MDB_SUCCESS) {
            store->tables[i] = 0;
        }
        if (rc != MDB_SUCCESS && rc != MDB_NOTFOUND) {
            return rc;
        }
        store->found[i] = rc == MDB_SUCCESS;
    }
    return MDB_SUCCESS;
}

static tb_err open_tables(tb_store *store, tb_txn *txn)
{
    int rc = tb_lmdb_open_tables(store, txn->mdb);

    return rc == MDB_SUCCESS ? tb_lmdb_find_sums(store, txn->mdb) : tb_lmdb_error(rc);
}

/* What a process that was ended left in its log stands behind the tables again. */
static tb_err recover(tb_store *store)
{
    tb_err err = tb_turn_log_open(&store->log, store->folder);
    if (err == TB_OK || err == TB_ERR_FULL) { /* without room every turn is committed by LMDB */
        err = tb_turn_log_read(&store->log, store->folder);
    }
    return err == TB_OK ? tb_lmdb_turns_follow(store) : err;
}

/* All tables are opened in the one transaction that also writes or checks what the store is, and
 * takes what was left in the log. */
static tb_err open_schema(tb_store *store, uint32_t kind, bool older)
{
    uint8_t block[ROW_BYTES_OPEN];
    tb_arena arena;
    tb_txn *txn;

    tb_arena_init(&arena, block, sizeof block);
    tb_err err = tb_store_begin(store, &arena, &txn);
    if (err != TB_OK) {
        return err;
    }
    err = open_tables(store, txn);
    if (err == TB_OK) {
        err = tb_store_check_version(txn, kind);
        err = err == TB_ERR_OLDER && older ? TB_OK : err;
    }
    if (err != TB_OK) {
        tb_store_abort(txn);
        return err;
    }
    txn->wrote = true; /* table handles stay valid only when their transaction commits */
    err = tb_store_commit(txn);
    return err == TB_ERR_FULL && store->behind != NULL ? TB_OK : err;
}

/* Records of any other opening are of no use from here on. While there is no room for what one
 * left, it goes on; with none for a row, every turn is committed by LMDB. */
static tb_err begin_log(tb_store *store)
{
    uint8_t block[ROW_BYTES_OPEN];
    tb_arena arena;
    tb_txn *txn;
    tb_turn_log_place place = {.epoch = 0};
    if (store->behind != NULL) {
        store->marked = true;
        return tb_turn_log_write_again(&store->log);
    }
    randombytes_buf(place.lineage, sizeof place.lineage);
    tb_turn_log_begin_anew(&store->log, &place);
    tb_arena_init(&arena, block, sizeof block);
    tb_err err = tb_store_begin(store, &arena, &txn);
    if (err != TB_OK) {
        return err;
    }
    err = tb_lmdb_turns_mark(txn, &place);
    if (err == TB_OK) {
        err = tb_store_commit(txn);
    } else {
        tb_store_abort(txn);
    }
    store->marked = err == TB_OK;
    return err == TB_ERR_FULL ? TB_OK : err;
}

static tb_err sync_file(int folder, const char *name, int flags)
{
    int file = openat(folder, name, flags | O_CLOEXEC);
    if (file < 0) {
        return TB_ERR_IO;
    }

    int rc = fsync(file);
    close(file);
    return rc == 0 ? TB_OK : TB_ERR_IO;
}

/* LMDB flushes neither the folder nor the file's first header, so a store that was just made could
 * vanish after its first acknowledged commit. */
static tb_err sync_folders(const tb_store *store)
{
    tb_err err = sync_file(store->folder, DATA_FILE, O_RDWR);
    if (err == TB_OK) {
        err = sync_file(store->folder, ".", O_RDONLY | O_DIRECTORY);
    }
    if (err == TB_OK) {
        err = sync_file(store->folder, "..", O_RDONLY | O_DIRECTORY);
    }
    return err;
}

static tb_err open_all(tb_store *store, const char *path, uint32_t kind, bool older)
{
    tb_err err = open_folder(path, &store->folder);
    if (err == TB_OK) {
        err = open_environment(store, path);
    }
    if (err == TB_OK) {
        err = allocate_quota(store);
    }
    if (err == TB_OK) {
        err = recover(store);
    }
    if (err == TB_OK) {
        err = open_schema(store, kind, older);
    }
    if (err == TB_OK) {
        err = sync_folders(store);
    }
    return err == TB_OK ? begin_log(store) : err;
}

static tb_err
open_store(const char *path, const tb_store_options *options, bool older, tb_store **out)
{
    if (options->quota_bytes < TB_QUOTA_BYTES_MIN || options->quota_bytes > INT64_MAX) {
        return TB_ERR_LIMIT;
    }

    tb_store *store = calloc(1, sizeof *store);
    if (store == NULL || !tb_late_make(&store->late)) {
        free(store);
        return TB_ERR_LIMIT;
    }
    store->folder = -1;
    if (!tb_turn_log_make(&store->log)) {
        tb_store_close(store);
        return TB_ERR_LIMIT;
    }
    store->quota = options->quota_bytes - options->quota_bytes % (uint64_t)sysconf(_SC_PAGESIZE);
    tb_err err = open_all(store, path, options->kind, older);
    if (err != TB_OK) {
        tb_store_close(store);
        return err;
    }
    store->logs = store->marked && !older;
    *out = store;
    return TB_OK;
}

tb_err tb_store_open(const char *path, const tb_store_options *options, tb_store **out)
{
    return open_store(path, options, false, out);
}

tb_err tb_store_open_older(const char *path, const tb_store_options *options, tb_store **out)
{
    return open_store(path, options, true, out);
}

void tb_store_migrated(tb_store *store)
{
    store->logs = store->marked;
}

static tb_err look_environment(tb_store *store, const char *path)
{
    int rc = tb_lmdb_environment(&store->env);
    if (rc != MDB_SUCCESS) {
        store->env = NULL;
        return tb_lmdb_error(rc);
    }
    rc = mdb_env_set_maxdbs(store->env, TB_TABLE_COUNT);
    if (rc == MDB_SUCCESS) {
        rc = mdb_env_open(store->env, path, MDB_RDONLY, FILE_MODE);
    }
    return rc == ENOENT ? TB_ERR_NOT_FOUND : tb_lmdb_error(rc);
}

static tb_err look_tables(tb_store *store, uint32_t kind)
{
    uint8_t block[ROW_BYTES_OPEN];
    tb_arena arena;
    tb_txn *txn;
    tb_arena_init(&arena, block, sizeof block);
    tb_err err = tb_store_begin_read(store, &arena, &txn);
    if (err != TB_OK) {
        return err;
    }
    err = open_tables(store, txn);
    if (err == TB_OK) {
        err =
            store->tables[TB_TABLE_META] == 0 ? TB_ERR_NOT_FOUND : tb_store_same_version(txn, kind);
    }
    if (err != TB_OK) {
        tb_store_abort(txn);
        return err;
    }
    txn->wrote = true; /* of a reader a commit writes nothing, but keeps the handles */
    return tb_store_commit(txn);
}

/* Whether the log holds turns that the tables on disk do not have. */
static tb_err waits_in_log(tb_store *store, int folder, bool *out)
{
    uint8_t block[ROW_BYTES_OPEN];
    tb_arena arena;
    tb_txn *txn;
    tb_turn_log_place place;
    *out = false;
    tb_err err = tb_turn_log_read(&store->log, folder);
    if (err != TB_OK || store->log.used == 0) {
        return err;
    }
    tb_arena_init(&arena, block, sizeof block);
    err = tb_store_begin_read(store, &arena, &txn);
    if (err != TB_OK) {
        return err;
    }
    err = tb_lmdb_turns_place(txn, &place);
    tb_store_abort(txn);
    *out = err == TB_OK && tb_turn_log_same_place(&place, &store->log.place);
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* Opens what is there for reading. */
static tb_err look_at(tb_store *store, const char *path, uint32_t kind)
{
    tb_err err = look_environment(store, path);
    return err == TB_OK ? look_tables(store, kind) : err;
}

/* Into the tables of a store that nobody holds: what the log has now that nobody adds to it. LMDB
 * allows a process one environment of a store: the end of another ends the locks of this one. */
static tb_err take_turns(tb_store *store, const char *path, uint32_t kind, int folder)
{
    mdb_env_close(store->env);
    store->env = NULL;
    memset(store->tables, 0, sizeof store->tables);
    tb_err err = tb_turn_log_read(&store->log, folder);
    err = err == TB_OK ? tb_lmdb_turns_take_at(path, 0, &store->log) : err;
    return err == TB_OK ? look_at(store, path, kind) : err;
}

/* Until the tables have what the log held: whoever holds the store settles when nothing else is to
 * be done; of a store that nobody holds it is done here. */
static tb_err wait_for_turns(tb_store *store, const char *path, uint32_t kind, int folder)
{
    static const struct timespec pause = {.tv_nsec = LOOK_PAUSE_MS * 1000000L};
    bool waits = true;
    tb_err err = TB_OK;
    for (int tries = 0; tries < LOOK_TRIES; tries++) {
        err = waits_in_log(store, folder, &waits);
        if (err != TB_OK || !waits) {
            return err;
        }
        if (flock(folder, LOCK_EX | LOCK_NB) == 0) {
            err = take_turns(store, path, kind, folder);
            (void)flock(folder, LOCK_UN);
            return err;
        }
        (void)nanosleep(&pause, NULL);
    }
    return TB_ERR_BUSY;
}

static tb_err look_turns(tb_store *store, const char *path, uint32_t kind)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        return TB_ERR_IO;
    }
    tb_err err = wait_for_turns(store, path, kind, folder);
    (void)close(folder);
    return err;
}

tb_err tb_store_look(const char *path, uint32_t kind, tb_store **out)
{
    tb_store *store = calloc(1, sizeof *store);
    if (store == NULL || !tb_turn_log_make(&store->log)) {
        free(store);
        return TB_ERR_LIMIT;
    }
    store->folder = -1;
    tb_err err = look_at(store, path, kind);
    if (err == TB_OK) {
        err = look_turns(store, path, kind);
    }
    if (err != TB_OK) {
        tb_store_close(store);
        return err;
    }
    *out = store;
    return TB_OK;
}

void tb_store_close(tb_store *store)
{
    if (store == NULL) {
        return;
    }
    TB_ASSERT(store->txn.mdb == NULL);
    (void)!tb_store_settle(store); /* else it is in the log, for whoever opens the store next */
    tb_lmdb_let_go(store);
    if (store->env != NULL) {
        mdb_env_close(store->env);
    }
    if (store->folder >= 0) {
        close(store->folder);
    }
    tb_late_free(&store->late);
    tb_turn_log_free(&store->log);
    free(store);
}

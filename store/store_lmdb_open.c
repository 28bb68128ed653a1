/* The LMDB form of the store: from a folder to an open environment, and back.
 *
 * Default flags only: without the second flush an acknowledged commit can be lost, without the
 * first the file can be torn. The map is the quota and the file is given its blocks at once, so
 * that commits go on whatever fills the disk beside it. One environment must never be open twice,
 * in one process or two: an exclusive lock on the folder itself, which no one can delete and exec
 * does not inherit, keeps both out.
 */
#define _GNU_SOURCE

#include "store/store_lmdb.h"
#include "store/version.h"

#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define DATA_FILE      "data.mdb"
#define FOLDER_MODE    0700
#define FILE_MODE      0600
#define ROW_BYTES_OPEN 256 /* the rows read while opening */

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
        int rc = mdb_dbi_open(mdb, name, 0, &store->tables[i]);
        if (rc != MDB_SUCCESS) {
            store->tables[i] = 0;
        }
        if (rc != MDB_SUCCESS && rc != MDB_NOTFOUND) {
            return rc;
        }
    }
    return MDB_SUCCESS;
}

static tb_err open_tables(tb_store *store, tb_txn *txn)
{
    int rc = tb_lmdb_open_tables(store, txn->mdb);

    return rc == MDB_SUCCESS ? tb_lmdb_find_sums(store, txn->mdb) : tb_lmdb_error(rc);
}

/* All tables are opened in the one transaction that also writes or checks what the store is. */
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
    return tb_store_commit(txn);
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
        err = open_schema(store, kind, older);
    }
    if (err == TB_OK) {
        err = sync_folders(store);
    }
    return err;
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
    store->quota = options->quota_bytes - options->quota_bytes % (uint64_t)sysconf(_SC_PAGESIZE);
    tb_err err = open_all(store, path, options->kind, older);
    if (err != TB_OK) {
        tb_store_close(store);
        return err;
    }
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
    txn->wrote = true; /* as above; of a reader a commit writes nothing */
    return tb_store_commit(txn);
}

tb_err tb_store_look(const char *path, uint32_t kind, tb_store **out)
{
    tb_store *store = calloc(1, sizeof *store);
    if (store == NULL) {
        return TB_ERR_LIMIT;
    }
    store->folder = -1;
    tb_err err = look_environment(store, path);
    if (err == TB_OK) {
        err = look_tables(store, kind);
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
    if (store->env != NULL) {
        mdb_env_close(store->env);
    }
    if (store->folder >= 0) {
        close(store->folder);
    }
    tb_late_free(&store->late);
    free(store);
}

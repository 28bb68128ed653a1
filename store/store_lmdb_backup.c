/* The LMDB form of the store: verified copies of a store in use (backup.h). */
#define _GNU_SOURCE

#include "store/backup.h"
#include "store/store_lmdb_files.h"
#include "store/store_lmdb_turns.h"
#include "store/version.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define COPY_FILE   "data.mdb.tmp"
#define PROBE_BYTES (1u << 20)
#define LOOK_MS     100
#define READ_ARENA  (2u * 1024 * 1024)
#define MARK_ARENA  4096

/* LMDB says EIO for a short write, which is what a full disk makes of it. */
static bool disk_is_full(int fd)
{
    uint8_t probe = 0;
    off_t end = lseek(fd, 0, SEEK_END);
    return end >= 0 && pwrite(fd, &probe, 1, end + PROBE_BYTES) < 0 && TB_LMDB_DISK_FULL(errno);
}

static tb_err of_copy(int rc, int fd)
{
    if (rc == MDB_SUCCESS) {
        return TB_OK;
    }
    return TB_LMDB_DISK_FULL(rc) || disk_is_full(fd) ? TB_ERR_FULL : tb_lmdb_error(rc);
}

/* ---- reading a store or a copy ---- */

static tb_err open_tables(tb_store *store)
{
    MDB_txn *mdb = NULL;
    int rc = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &mdb);

    if (rc == MDB_SUCCESS) {
        rc = tb_lmdb_open_tables(store, mdb);
    }
    if (rc == MDB_SUCCESS && store->tables[TB_TABLE_META] == 0) {
        rc = MDB_NOTFOUND;
    }
    if (rc != MDB_SUCCESS) {
        if (mdb != NULL) {
            mdb_txn_abort(mdb);
        }
        return rc == MDB_NOTFOUND ? TB_ERR_VERSION : tb_lmdb_error(rc);
    }
    tb_err err = tb_lmdb_find_sums(store, mdb);
    if (err != TB_OK) {
        mdb_txn_abort(mdb);
        return err;
    }
    return tb_lmdb_error(mdb_txn_commit(mdb)); /* so that the handles stay */
}

/* Opens for reading alone; ends with mdb_env_close. */
static tb_err open_to_read(const char *path, unsigned flags, tb_store *out)
{
    *out = (tb_store){.folder = -1, .log = {.file = -1}};
    int rc = tb_lmdb_environment(&out->env);
    if (rc != MDB_SUCCESS) {
        return tb_lmdb_error(rc);
    }
    rc = mdb_env_set_maxdbs(out->env, TB_TABLE_COUNT);
    if (rc == MDB_SUCCESS) {
        rc = mdb_env_open(out->env, path, MDB_RDONLY | flags, 0600);
    }
    tb_err err = rc == ENOENT ? TB_ERR_NOT_FOUND : tb_lmdb_error(rc);
    if (err == TB_OK) {
        err = open_tables(out);
    }
    if (err != TB_OK) {
        mdb_env_close(out->env);
    }
    return err;
}

static tb_err walk_table(tb_txn *txn, tb_table table, tb_backup *backup, uint64_t total)
{
    MDB_cursor *cursor;
    MDB_stat stat;
    MDB_val k;
    MDB_val v;
    tb_bytes value;
    uint64_t rows = 0;

    tb_err err = tb_lmdb_cursor(txn, table, &cursor);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    int rc = mdb_stat(txn->mdb, txn->store->tables[table], &stat);
    if (rc == MDB_SUCCESS) {
        rc = mdb_cursor_get(cursor, &k, &v, MDB_FIRST);
    }
    while (rc == MDB_SUCCESS) {
        err = tb_lmdb_verify(txn, table, bytes_of(&k), bytes_of(&v), &value);
        if (err != TB_OK) {
            return err;
        }
        rows++;
        backup->bytes += k.mv_size + v.mv_size;
        if (backup->progress != NULL && rows % 256 == 0) {
            backup->progress(backup->context, backup->bytes, total);
        }
        rc = mdb_cursor_get(cursor, &k, &v, MDB_NEXT);
    }
    if (rc != MDB_NOTFOUND) {
        return tb_lmdb_error(rc);
    }
    backup->rows += rows;
    return rows == stat.ms_entries ? TB_OK : TB_ERR_CORRUPT;
}

static tb_err verify_all(tb_store *store, tb_backup *backup, uint64_t total)
{
    uint8_t *block = malloc(READ_ARENA);
    tb_arena arena;
    tb_txn *txn = NULL;
    if (block == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_arena_init(&arena, block, READ_ARENA);
    tb_err err = tb_store_begin_read(store, &arena, &txn);
    if (err == TB_OK) {
        err = tb_store_rows(txn, TB_TABLE_META) == 0 ? TB_ERR_NOT_FOUND
                                                     : tb_store_same_version(txn, backup->kind);
        err = err == TB_ERR_OLDER ? TB_OK : err; /* its daemon migrates what was restored */
        for (size_t table = 0; err == TB_OK && table < TB_TABLE_COUNT; table++) {
            err = walk_table(txn, (tb_table)table, backup, total);
        }
        tb_store_abort(txn);
    }
    free(block);
    return err;
}

/* One file, which nobody else may be writing. */
static tb_err verify_file(const char *path, tb_backup *backup)
{
    tb_store store;
    struct stat file;
    backup->rows = 0;
    backup->bytes = 0;
    if (stat(path, &file) != 0) {
        return tb_lmdb_of_errno();
    }
    tb_err err = open_to_read(path, MDB_NOSUBDIR | MDB_NOLOCK, &store);
    if (err == TB_OK) {
        err = verify_all(&store, backup, (uint64_t)file.st_size);
        mdb_env_close(store.env);
    }
    backup->bytes = (uint64_t)file.st_size;
    return err;
}

tb_err tb_store_verify(const char *folder, tb_backup *backup)
{
    char path[TB_LMDB_PATH_BYTES];
    return tb_lmdb_path_in(path, folder, TB_LMDB_DATA_FILE) ? verify_file(path, backup)
                                                            : TB_ERR_LIMIT;
}

/* ---- backup ---- */

typedef struct copying {
    tb_store *store;
    int fd;
    int rc;
} copying;

static void *copy_apart(void *of)
{
    copying *c = of;
    c->rc = mdb_env_copyfd2(c->store->env, c->fd, MDB_CP_COMPACT);
    return NULL;
}

static void show_growth(pthread_t thread, int fd, tb_backup *backup, uint64_t total)
{
    struct stat file;
    struct timespec until;
    do {
        (void)clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += LOOK_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        if (fstat(fd, &file) == 0) {
            uint64_t done = (uint64_t)file.st_size;
            backup->progress(backup->context, done < total ? done : total, total);
        }
    } while (pthread_timedjoin_np(thread, NULL, &until) != 0);
}

static tb_err used_bytes(tb_store *store, uint64_t *out)
{
    uint8_t block[MARK_ARENA];
    uint64_t quota;
    tb_arena arena;
    tb_txn *txn;
    tb_arena_init(&arena, block, sizeof block);
    tb_err err = tb_store_begin_read(store, &arena, &txn);
    if (err != TB_OK) {
        return err;
    }
    tb_store_usage(txn, out, &quota);
    tb_store_abort(txn);
    return TB_OK;
}

/* The snapshot at this moment, without its free pages. */
static tb_err copy_out(tb_store *store, int fd, tb_backup *backup)
{
    copying c = {store, fd, MDB_SUCCESS};
    uint64_t total;
    pthread_t thread;
    tb_err err = used_bytes(store, &total);
    if (err != TB_OK) {
        return err;
    }
    if (backup->progress == NULL || pthread_create(&thread, NULL, copy_apart, &c) != 0) {
        (void)copy_apart(&c);
    } else {
        show_growth(thread, fd, backup, total);
    }
    err = of_copy(c.rc, fd);
    return err == TB_OK && fsync(fd) != 0 ? TB_ERR_IO : err;
}

static tb_err copy_to(const char *store_path, const char *copy, tb_backup *b)
{
    tb_store store;
    tb_err err = open_to_read(store_path, 0, &store);
    if (err != TB_OK) {
        return err;
    }
    int fd = open(copy, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) {
        err = tb_lmdb_of_errno();
    } else {
        err = copy_out(&store, fd, b);
        (void)close(fd);
    }
    mdb_env_close(store.env);
    return err;
}

static tb_err take_turns(const char *copy, const tb_turn_log *turns)
{
    tb_err err = tb_lmdb_turns_take_at(copy, MDB_NOSUBDIR | MDB_NOLOCK, turns);
    int fd = err == TB_ERR_IO ? open(copy, O_RDWR | O_CLOEXEC) : -1;
    if (fd >= 0) {
        err = disk_is_full(fd) ? TB_ERR_FULL : err;
        (void)close(fd);
    }
    return err;
}

/* And what stands in the log of turns that the tables may not have: read before the copy is begun,
 * so that either the tables copied have it or it still follows them. */
static tb_err copy_whole(const char *store_path, const char *copy, tb_backup *b)
{
    tb_turn_log turns;
    int folder = open(store_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        return tb_lmdb_of_errno();
    }
    tb_err err = tb_turn_log_make(&turns) ? TB_OK : TB_ERR_LIMIT;
    if (err == TB_OK) {
        err = tb_turn_log_read(&turns, folder);
    }
    if (err == TB_OK) {
        err = copy_to(store_path, copy, b);
    }
    if (err == TB_OK) {
        err = take_turns(copy, &turns);
    }
    tb_turn_log_free(&turns);
    (void)close(folder);
    return err;
}

/* A folder for the backup that holds none yet. */
static tb_err make_folder(const char *folder, const char *data)
{
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
        return tb_lmdb_of_errno();
    }
    return access(data, F_OK) == 0 ? TB_ERR_BUSY : TB_OK;
}

tb_err tb_store_backup(const char *store, const char *folder, tb_backup *backup)
{
    char source[TB_LMDB_PATH_BYTES];
    char copy[TB_LMDB_PATH_BYTES];
    char data[TB_LMDB_PATH_BYTES];
    if (!tb_lmdb_path_in(source, store, TB_LMDB_DATA_FILE) ||
        !tb_lmdb_path_in(copy, folder, COPY_FILE) ||
        !tb_lmdb_path_in(data, folder, TB_LMDB_DATA_FILE)) {
        return TB_ERR_LIMIT;
    }
    if (access(source, F_OK) != 0) {
        return TB_ERR_NOT_FOUND;
    }
    tb_err err = make_folder(folder, data);
    if (err != TB_OK) {
        return err;
    }

    err = copy_whole(store, copy, backup);
    if (err == TB_OK) {
        err = verify_file(copy, backup);
    }
    if (err != TB_OK) {
        (void)unlink(copy);
        return err;
    }
    if (rename(copy, data) != 0) {
        return TB_ERR_IO;
    }
    err = tb_lmdb_sync_path(folder, O_RDONLY | O_DIRECTORY);
    return err == TB_OK ? tb_lmdb_sync_parent(folder) : err;
}

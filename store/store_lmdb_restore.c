/* The LMDB form of the store: a store out of a copy (backup.h). */
#define _GNU_SOURCE

#include "store/backup.h"
#include "store/store_lmdb_files.h"
#include "store/turn_log.h"
#include "store/version.h"

#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define RESTORING   "restoring" /* in the store's folder, while it is filled */
#define BLOCK_BYTES (1u << 20)
#define MARK_ARENA  4096

static tb_err copy_blocks(int from, int to, tb_backup *backup, uint64_t total, uint8_t *block)
{
    uint64_t done = 0;
    for (;;) {
        ssize_t got = read(from, block, BLOCK_BYTES);
        if (got <= 0) {
            return got == 0 && fsync(to) == 0 ? TB_OK : TB_ERR_IO;
        }
        for (ssize_t at = 0; at < got;) {
            ssize_t put = write(to, block + at, (size_t)(got - at));
            if (put <= 0) {
                return put < 0 ? tb_lmdb_of_errno() : TB_ERR_IO;
            }
            at += put;
        }
        done += (uint64_t)got;
        if (backup->progress != NULL) {
            backup->progress(backup->context, done < total ? done : total, total);
        }
    }
}

static tb_err copy_file(const char *from_path, const char *to_path, tb_backup *backup)
{
    uint8_t *block = malloc(BLOCK_BYTES);
    int from = open(from_path, O_RDONLY | O_CLOEXEC);
    int to = open(to_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    tb_err err = from < 0 || to < 0 ? tb_lmdb_of_errno() : block == NULL ? TB_ERR_LIMIT : TB_OK;
    if (err == TB_OK) {
        err = copy_blocks(from, to, backup, backup->bytes, block);
    }
    if (to >= 0) {
        (void)close(to);
    }
    if (from >= 0) {
        (void)close(from);
    }
    free(block);
    return err;
}

/* Opened once with its quota, which allocates it, and marked. */
static tb_err finish(const char *path, const tb_store_options *options, tb_time now)
{
    uint8_t block[MARK_ARENA];
    tb_arena arena;
    tb_store *store;
    tb_txn *txn;
    tb_arena_init(&arena, block, sizeof block);
    tb_err err = tb_store_open_older(path, options, &store);
    if (err != TB_OK) {
        return err;
    }
    err = tb_store_begin(store, &arena, &txn);
    if (err == TB_OK) {
        err = tb_store_mark_restored(txn, now);
        if (err == TB_OK) {
            err = tb_store_commit(txn);
        } else {
            tb_store_abort(txn);
        }
    }
    /* Only the tables move up. */
    err = err == TB_OK ? tb_store_settle(store) : err;
    err = err == TB_OK && !tb_store_settled(store) ? TB_ERR_FULL : err;
    tb_store_close(store);
    return err;
}

/* What an attempt that was cut short left behind; only files of a store are ever in it. */
static void clear(const char *path)
{
    static const char *const names[] = {TB_LMDB_DATA_FILE, "lock.mdb", TB_TURN_LOG_FILE};
    char file[TB_LMDB_PATH_BYTES];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (tb_lmdb_path_in(file, path, names[i])) {
            (void)unlink(file);
        }
    }
    (void)rmdir(path);
}

static tb_err fill(const char *folder,
                   const char *fresh,
                   const tb_store_options *options,
                   tb_time now,
                   tb_backup *backup)
{
    char from[TB_LMDB_PATH_BYTES];
    char to[TB_LMDB_PATH_BYTES];
    if (!tb_lmdb_path_in(from, folder, TB_LMDB_DATA_FILE) ||
        !tb_lmdb_path_in(to, fresh, TB_LMDB_DATA_FILE)) {
        return TB_ERR_LIMIT;
    }
    clear(fresh);
    if (mkdir(fresh, 0700) != 0) {
        return tb_lmdb_of_errno();
    }
    tb_err err = copy_file(from, to, backup);
    return err == TB_OK ? finish(fresh, options, now) : err;
}

/* The finished file moves up into the store's folder, which may be a file system of its own. */
static tb_err put_in_place(const char *path, const char *fresh)
{
    char from[TB_LMDB_PATH_BYTES];
    char to[TB_LMDB_PATH_BYTES];
    if (!tb_lmdb_path_in(from, fresh, TB_LMDB_DATA_FILE) ||
        !tb_lmdb_path_in(to, path, TB_LMDB_DATA_FILE)) {
        return TB_ERR_LIMIT;
    }
    if (rename(from, to) != 0) {
        return TB_ERR_IO;
    }
    tb_err err = tb_lmdb_sync_path(path, O_RDONLY | O_DIRECTORY);
    return err == TB_OK ? tb_lmdb_sync_parent(path) : err;
}

/* The store's folder, locked as a daemon locks it, without a store in it. */
static tb_err lock_empty(const char *path, int *out_folder)
{
    char data[TB_LMDB_PATH_BYTES];
    if (!tb_lmdb_path_in(data, path, TB_LMDB_DATA_FILE)) {
        return TB_ERR_LIMIT;
    }
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        return tb_lmdb_of_errno();
    }
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        return tb_lmdb_of_errno();
    }
    if (flock(folder, LOCK_EX | LOCK_NB) != 0 || access(data, F_OK) == 0) {
        (void)close(folder);
        return TB_ERR_BUSY;
    }
    *out_folder = folder;
    return TB_OK;
}

tb_err tb_store_restore(
    const char *folder, const char *path, uint64_t quota_bytes, tb_time now, tb_backup *backup)
{
    tb_store_options options = {quota_bytes, backup->kind};
    char fresh[TB_LMDB_PATH_BYTES];
    int lock = -1;
    if (!tb_lmdb_path_in(fresh, path, RESTORING)) {
        return TB_ERR_LIMIT;
    }
    tb_err err = tb_store_verify(folder, backup);
    if (err == TB_OK && backup->bytes > quota_bytes / 100 * TB_WATERMARK_PERCENT) {
        err = TB_ERR_LIMIT;
    }
    if (err == TB_OK) {
        err = lock_empty(path, &lock);
    }
    if (err != TB_OK) {
        return err;
    }

    err = fill(folder, fresh, &options, now, backup);
    if (err == TB_OK) {
        err = put_in_place(path, fresh);
    }
    clear(fresh);
    (void)close(lock);
    return err;
}

/* turn_log - see turn_log.h. */
#define _GNU_SOURCE

#include "store/turn_log.h"

#include "base/limits.h"
#include "store/store_lmdb_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#define MAGIC          "TBTURN1\n"
#define MAGIC_BYTES    8u
#define SUM_AT         (MAGIC_BYTES + TB_TURN_LOG_LINEAGE + 8 + 4 + 4)
#define HEAD_BYTES     (SUM_AT + 8)
#define TABLE_NAME_MAX 63u

#define CHANGE_PUT 1
#define CHANGE_DEL 2

bool tb_turn_log_make(tb_turn_log *log)
{
    *log = (tb_turn_log){.file = -1, .image = calloc(1, TB_TURN_LOG_BYTES)};
    if (log->image != NULL) {
        tb_turn_log_drop(log);
    }
    return log->image != NULL;
}

static tb_err of_errno(void)
{
    return TB_LMDB_DISK_FULL(errno) ? TB_ERR_FULL : TB_ERR_IO;
}

/* Zeros from its end to its full length, and blocks for all of it, flushed. */
static tb_err lengthen(int file, off_t end)
{
    static const uint8_t zeros[TB_TURN_LOG_BLOCK];
    while (end < (off_t)TB_TURN_LOG_BYTES) {
        size_t left = TB_TURN_LOG_BYTES - (size_t)end;
        ssize_t put = pwrite(file, zeros, left < sizeof zeros ? left : sizeof zeros, end);
        if (put <= 0) {
            return put == 0 ? TB_ERR_FULL : of_errno();
        }
        end += put;
    }
    /* Whoever copied the file may have left out its zeros; a turn must not find that there is no
     * room for them. */
    if (fallocate(file, FALLOC_FL_KEEP_SIZE, 0, TB_TURN_LOG_BYTES) != 0 && errno != EOPNOTSUPP) {
        return of_errno();
    }
    return fsync(file) == 0 ? TB_OK : TB_ERR_IO;
}

tb_err tb_turn_log_open(tb_turn_log *log, int folder)
{
    struct stat status;
    int file = openat(folder, TB_TURN_LOG_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 || fstat(file, &status) != 0) {
        tb_err err = of_errno();
        if (file >= 0) {
            (void)close(file);
        }
        return err;
    }
    tb_err err = lengthen(file, status.st_size);
    (void)close(file);
    if (err != TB_OK) {
        return err;
    }
    log->file = openat(folder, TB_TURN_LOG_FILE, O_WRONLY | O_DSYNC | O_CLOEXEC);
    return log->file < 0 ? TB_ERR_IO : TB_OK;
}

void tb_turn_log_free(tb_turn_log *log)
{
    if (log->file >= 0) {
        (void)close(log->file);
    }
    free(log->image);
    *log = (tb_turn_log){.file = -1};
}

/* ---- writing ---- */

static size_t whole_blocks(size_t bytes)
{
    return (bytes + TB_TURN_LOG_BLOCK - 1) / TB_TURN_LOG_BLOCK * TB_TURN_LOG_BLOCK;
}

void tb_turn_log_drop(tb_turn_log *log)
{
    size_t room = TB_TURN_LOG_BYTES - log->used;
    if (log->image == NULL || room < HEAD_BYTES) {
        tb_writer_init(&log->changes, NULL, 0);
        return;
    }
    size_t most = room - HEAD_BYTES;
    most = most < TB_TURN_LOG_TURN_BYTES_MAX ? most : TB_TURN_LOG_TURN_BYTES_MAX;
    tb_writer_init(&log->changes, log->image + log->used + HEAD_BYTES, most);
}

void tb_turn_log_note(tb_turn_log *log, const char *table, tb_bytes key, const tb_bytes *stored)
{
    tb_put_u8(&log->changes, stored != NULL ? CHANGE_PUT : CHANGE_DEL);
    tb_put_bytes(&log->changes, tb_bytes_str(table));
    tb_put_bytes(&log->changes, key);
    if (stored != NULL) {
        tb_put_bytes(&log->changes, *stored);
    }
}

bool tb_turn_log_fits(const tb_turn_log *log)
{
    return log->file >= 0 && !log->changes.overflow;
}

/* The sum of a record's bytes, as if that of its sum were not there. */
static uint64_t sum_of(const uint8_t *record, size_t size)
{
    uint64_t head = XXH3_64bits(record, SUM_AT);
    return XXH3_64bits_withSeed(record + HEAD_BYTES, size, head);
}

static void write_head(tb_turn_log *log, uint8_t *record, size_t size)
{
    tb_writer w;
    tb_writer_init(&w, record, HEAD_BYTES);
    tb_put_raw(&w, MAGIC, MAGIC_BYTES);
    tb_put_raw(&w, log->place.lineage, sizeof log->place.lineage);
    tb_put_u64(&w, log->place.epoch);
    tb_put_u32(&w, log->count);
    tb_put_u32(&w, (uint32_t)size);
    tb_put_u64(&w, sum_of(record, size));
}

static tb_err write_blocks(const tb_turn_log *log, size_t from, size_t to)
{
    while (from < to) {
        ssize_t put = pwrite(log->file, log->image + from, to - from, (off_t)from);
        if (put <= 0 && !(put < 0 && errno == EINTR)) {
            return TB_ERR_IO;
        }
        from += put > 0 ? (size_t)put : 0;
    }
    return TB_OK;
}

tb_err tb_turn_log_write_again(const tb_turn_log *log)
{
    return log->file >= 0 ? write_blocks(log, log->last, log->used) : TB_OK;
}

tb_err tb_turn_log_write(tb_turn_log *log)
{
    uint8_t *record = log->image + log->used;
    size_t size = log->changes.size;
    size_t whole = whole_blocks(HEAD_BYTES + size);
    TB_ASSERT(tb_turn_log_fits(log) && whole <= TB_TURN_LOG_BYTES - log->used);
    write_head(log, record, size);
    memset(record + HEAD_BYTES + size, 0, whole - HEAD_BYTES - size);
    tb_err err = write_blocks(log, log->used, log->used + whole);
    if (err != TB_OK) {
        return err;
    }
    log->last = log->used;
    log->used += whole;
    log->count++;
    tb_turn_log_drop(log);
    return TB_OK;
}

void tb_turn_log_begin_anew(tb_turn_log *log, const tb_turn_log_place *place)
{
    log->place = *place;
    log->used = 0;
    log->count = 0;
    tb_turn_log_drop(log);
}

/* ---- reading ---- */

/* The record at the log's end, if it is the next one of its place; its whole length. */
static bool next_record(const tb_turn_log *log, tb_turn_log_place *out_place, size_t *out_whole)
{
    const uint8_t *record = log->image + log->used;
    size_t room = TB_TURN_LOG_BYTES - log->used;
    uint8_t magic[MAGIC_BYTES];
    tb_reader r;
    if (room < HEAD_BYTES) {
        return false;
    }
    tb_reader_init(&r, tb_bytes_of(record, HEAD_BYTES));
    tb_get_raw(&r, magic, sizeof magic);
    tb_get_raw(&r, out_place->lineage, sizeof out_place->lineage);
    out_place->epoch = tb_get_u64(&r);
    uint32_t number = tb_get_u32(&r);
    uint32_t size = tb_get_u32(&r);
    uint64_t sum = tb_get_u64(&r);
    *out_whole = whole_blocks(HEAD_BYTES + (size_t)size);
    return memcmp(magic, MAGIC, sizeof magic) == 0 && number == log->count &&
           size <= room - HEAD_BYTES && sum == sum_of(record, size);
}

bool tb_turn_log_same_place(const tb_turn_log_place *a, const tb_turn_log_place *b)
{
    return a->epoch == b->epoch && memcmp(a->lineage, b->lineage, sizeof a->lineage) == 0;
}

/* A file that is cut short reads as zeros behind its end. */
static tb_err read_file(int file, uint8_t *image)
{
    size_t got = 0;
    while (got < TB_TURN_LOG_BYTES) {
        ssize_t n = pread(file, image + got, TB_TURN_LOG_BYTES - got, (off_t)got);
        if (n < 0 && errno != EINTR) {
            return TB_ERR_IO;
        }
        if (n == 0) {
            break;
        }
        got += n > 0 ? (size_t)n : 0;
    }
    memset(image + got, 0, TB_TURN_LOG_BYTES - got);
    return TB_OK;
}

tb_err tb_turn_log_read(tb_turn_log *log, int folder)
{
    tb_turn_log_place at;
    size_t whole;
    log->used = 0;
    log->count = 0;
    int file = openat(folder, TB_TURN_LOG_FILE, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return errno == ENOENT ? TB_OK : TB_ERR_IO;
    }
    tb_err err = read_file(file, log->image);
    (void)close(file);
    while (err == TB_OK && next_record(log, &at, &whole)) {
        if (log->count == 0) {
            log->place = at;
        }
        if (!tb_turn_log_same_place(&at, &log->place)) {
            break;
        }
        log->last = log->used;
        log->used += whole;
        log->count++;
    }
    tb_turn_log_drop(log);
    return err;
}

/* The changes of the record at *at, which moves behind it. */
static tb_bytes changes_at(const tb_turn_log *log, size_t *at)
{
    const uint8_t *record = log->image + *at;
    tb_reader r;
    tb_reader_init(&r, tb_bytes_of(record + SUM_AT - 4, 4));
    uint32_t size = tb_get_u32(&r);
    *at += whole_blocks(HEAD_BYTES + (size_t)size);
    return tb_bytes_of(record + HEAD_BYTES, size);
}

static tb_err one_change(tb_reader *r, tb_turn_log_change *change, void *of)
{
    char table[TABLE_NAME_MAX + 1] = "";
    uint8_t kind = tb_get_u8(r);
    tb_bytes name = tb_get_bytes(r);
    tb_bytes key = tb_get_bytes(r);
    tb_bytes stored = kind == CHANGE_PUT ? tb_get_bytes(r) : tb_bytes_of(NULL, 0);
    if (r->failed || (kind != CHANGE_PUT && kind != CHANGE_DEL) || name.size > TABLE_NAME_MAX) {
        return TB_ERR_CORRUPT;
    }
    memcpy(table, name.data, name.size);
    return change(of, table, key, kind == CHANGE_PUT ? &stored : NULL);
}

tb_err tb_turn_log_each(const tb_turn_log *log, tb_turn_log_change *change, void *of)
{
    tb_err err = TB_OK;
    for (size_t at = 0; err == TB_OK && at < log->used;) {
        tb_reader r;
        tb_reader_init(&r, changes_at(log, &at));
        while (err == TB_OK && !tb_reader_done(&r)) {
            err = one_change(&r, change, of);
        }
    }
    return err;
}

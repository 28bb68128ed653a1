/* turn_log - a file beside the tables that holds the latest short turns until the tables have them.
 *
 * A commit of LMDB writes a page or two for every table that a turn touched, scattered over its
 * file, and flushes twice. What a short turn changed fits a few blocks and one flush: it is written
 * here, durable when the write returns, and LMDB's transaction stays open for the turns behind it.
 * The next commit of LMDB takes them all, and the file is written from its beginning again. What a
 * process leaves here that was killed before that, whoever opens the store puts into the tables.
 *
 * A record is there or not: its sum says so. Each begins at a block of its own, so that none on
 * which something was promised is written again before the tables have it. Which state of the
 * tables the records follow is said by their place: the lineage, drawn anew at each opening, and
 * the epoch, one more with every commit of LMDB since. META "turns" names the tables' own place in
 * the same transaction as their rows; records of another place are of no use.
 *
 *     file:    records, from 0 on, each at a multiple of TB_TURN_LOG_BLOCK
 *     record:  "TBTURN1\n" lineage:16 epoch:u64 number:u32 size:u32 sum:u64, then size bytes
 *     changes: 1 table key stored  (put) or 2 table key  (del), each a u32 length and its bytes
 */
#ifndef TB_TURN_LOG_H
#define TB_TURN_LOG_H

#include "base/base.h"
#include "base/pack.h"

#define TB_TURN_LOG_FILE    "turns.log"
#define TB_TURN_LOG_BYTES   (256u * 1024)
#define TB_TURN_LOG_BLOCK   4096u
#define TB_TURN_LOG_LINEAGE 16u

typedef struct tb_turn_log_place {
    uint8_t lineage[TB_TURN_LOG_LINEAGE];
    uint64_t epoch;
} tb_turn_log_place;

typedef struct tb_turn_log {
    int file;       /* open for durable writes, or -1 */
    uint8_t *image; /* TB_TURN_LOG_BYTES: what the file holds of this place, and the next record */
    size_t used;    /* of it, by records on disk */
    size_t last;    /* where the newest of them begins */
    uint32_t count; /* of them */
    tb_turn_log_place place;
    tb_writer changes; /* of the next record */
} tb_turn_log;

bool tb_turn_log_same_place(const tb_turn_log_place *a, const tb_turn_log_place *b);

/* A log without a file: memory alone, to read into. False when there is none. */
bool tb_turn_log_make(tb_turn_log *log) TB_MUST_USE;
/* Opens the file in a folder, which it makes at its full length when it is not there: blocks that
 * were never written would cost the first turns a flush of the file system's own. TB_ERR_FULL when
 * the disk has no room: then nothing fits, and what stands there can be read. TB_ERR_IO. The caller
 * flushes the folder. */
tb_err tb_turn_log_open(tb_turn_log *log, int folder) TB_MUST_USE;
void tb_turn_log_free(tb_turn_log *log);

/* Reads the records that stand in a folder's file, of the place that the first of them names. None
 * is no error. TB_ERR_IO. */
tb_err tb_turn_log_read(tb_turn_log *log, int folder) TB_MUST_USE;

/* One change of the turn; stored: NULL for a row that goes. */
void tb_turn_log_note(tb_turn_log *log, const char *table, tb_bytes key, const tb_bytes *stored);
/* Whether the turn's changes fit, alone and behind those that are here. */
bool tb_turn_log_fits(const tb_turn_log *log);
/* Writes them; they are durable when it returns. TB_ERR_IO: whether they are is unknown. */
tb_err tb_turn_log_write(tb_turn_log *log) TB_MUST_USE;
/* Writes the newest record that was read once more: whether a process that was ended, or whose
 * write failed, had it on disk is unknown, and what follows stands on it. TB_ERR_IO. */
tb_err tb_turn_log_write_again(const tb_turn_log *log) TB_MUST_USE;
/* Forgets the turn's changes. */
void tb_turn_log_drop(tb_turn_log *log);
/* The tables have it all and are at this place now. */
void tb_turn_log_begin_anew(tb_turn_log *log, const tb_turn_log_place *place);

/* Every change of every record in its order, until one says anything but TB_OK. TB_ERR_CORRUPT for
 * a record whose changes do not read, though its sum is right. */
typedef tb_err
tb_turn_log_change(void *of, const char *table, tb_bytes key, const tb_bytes *stored);
tb_err tb_turn_log_each(const tb_turn_log *log, tb_turn_log_change *change, void *of) TB_MUST_USE;

#endif

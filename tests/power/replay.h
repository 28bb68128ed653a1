/* replay - what a disk may hold after a power cut, made from what the recorder wrote down.
 *
 * A cut falls before a record, or in the middle of it when it is a write. What had been made
 * durable until then is there. Of every other write a random subset is there, any of them perhaps
 * in sectors of 512 bytes; of changed names that were not made durable a random first part is.
 */
#ifndef TB_POWER_REPLAY_H
#define TB_POWER_REPLAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/random.h"
#include "tests/power/record.h"

#define SECTOR_BYTES     512
#define REPLAY_FILES_MAX 4
#define REPLAY_NAME      64

typedef struct replay_record {
    record_head head;
    const uint8_t *bytes;
} replay_record;

/* What the disk is believed to do. The lying ones are there to show that the replay finds loss
 * when there is some: they are what LMDB does under MDB_NOMETASYNC and MDB_NOSYNC. */
typedef enum replay_disk {
    DISK_HONEST,
    DISK_NO_META_SYNC, /* O_DSYNC descriptors flush nothing */
    DISK_NO_SYNC,      /* nothing flushes anything */
} replay_disk;

typedef struct replay {
    uint8_t *block; /* the record as it was read */
    replay_record *records;
    size_t count;
    replay_disk disk;
} replay;

/* Reads a record; a half-written last one is left off. */
bool replay_read(replay *r, const char *path);
void replay_free(replay *r);

/* Writes one state of the disk at a cut before records[cut] into an empty folder. */
bool replay_state(const replay *r, size_t cut, tb_random *chance, const char *folder);

#endif

/* record - the form of what the recorder (recorder.c) writes and the replay (replay.c) reads.
 *
 * One file per process: records in the order in which the process did things. A write is recorded
 * before it is made and a flush after it succeeded, so that a record never promises more than the
 * process did. A message is recorded before it is sent: from then on it may have been read.
 */
#ifndef TB_POWER_RECORD_H
#define TB_POWER_RECORD_H

#include <stdint.h>

typedef enum record_kind {
    RECORD_NAME = 'N',    /* a file of the folder came into sight; bytes: its name */
    RECORD_WRITE = 'W',   /* bytes at `at`, durable when flushed */
    RECORD_DURABLE = 'D', /* the same through an O_DSYNC descriptor: durable when it returned */
    RECORD_LENGTH = 'L',  /* cut or lengthened to `at` */
    RECORD_FLUSH = 'S',   /* the file's bytes and length are durable */
    RECORD_FOLDER = 'F',  /* the names in the folder are durable */
    RECORD_PARENT = 'P',  /* the folder's own name is durable */
    RECORD_RENAME = 'R',  /* bytes: old name, zero byte, new name */
    RECORD_UNLINK = 'U',  /* bytes: a name */
    RECORD_MESSAGE = 'M', /* bytes: a frame for the network */
    RECORD_ANSWER = 'A',  /* bytes: an answer to somebody local */
} record_kind;

typedef struct record_head {
    uint32_t kind;
    uint32_t size; /* of the bytes that follow */
    uint64_t file; /* inode */
    uint64_t at;
} record_head;

#endif

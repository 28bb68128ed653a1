/* bend - for tests of codecs: takes an encoded message and bends one field of it, cuts it short,
 * flips its bits. The decoder must refuse, or give a value that encodes to the very same bytes. */
#ifndef TB_TEST_BEND_H
#define TB_TEST_BEND_H

#include "base/arena.h"
#include "base/refusal.h"

/* Decodes; when accepted, encodes again into out_again. */
typedef tb_refusal (*tb_codec)(tb_bytes in, tb_arena *arena, tb_bytes *out_again);

typedef enum tb_bend_op {
    BEND_NUMBER,  /* the field is this number; 0 writes the zero */
    BEND_TEXT,    /* the field is this text */
    BEND_SIZE,    /* the field is so many bytes of 0x01 */
    BEND_ZEROS,   /* the field is so many zero bytes */
    BEND_DROP,    /* every field of this number goes */
    BEND_AGAIN,   /* the last field of this number stands there twice */
    BEND_TIMES,   /* it stands there so many times */
    BEND_SWAP,    /* the first two fields of this number change places */
    BEND_LAST,    /* the first field of this number moves to the end */
    BEND_LONG,    /* the number stands there in one byte more than needed */
    BEND_UNKNOWN, /* a field nobody knows, number 1000, is added */
} tb_bend_op;

typedef struct tb_bend {
    const char *what;
    uint32_t path[4]; /* from the outermost field to the one bent; 0 ends */
    tb_bend_op op;
    uint64_t number;
    const char *text;
    tb_refusal expect;
} tb_bend;

/* A fresh arena of 16 MiB over one static block; every call forgets what was in it. */
tb_arena *bend_arena(void);

tb_bytes bend(tb_bytes message, const tb_bend *how, tb_arena *arena);

void check_round_trip(tb_bytes message, tb_codec codec);
void check_refusals(tb_bytes message, const tb_bend *bends, size_t count, tb_codec codec);
/* Strict codecs give back the bytes they took; others only something they take again. */
void check_truncated(tb_bytes message, tb_codec codec, bool strict);
void check_flipped(tb_bytes message, tb_codec codec, bool strict);
/* Every field, at any depth, is taken away, stands there twice, or is another number or other bytes;
 * also those that do not stand there because they are zero. */
void check_each_field(tb_bytes message, tb_codec codec, bool strict);
/* Memory that ends at any point of reading: refused, and all of it given back. */
typedef tb_refusal (*tb_reading)(tb_bytes in, tb_arena *arena);
void check_room(tb_bytes message, tb_reading reading);
/* Small hostile messages that unpack large: refused within an arena of 1 MiB, all of it given back.
 */
void check_hostile(tb_codec codec);

#endif

/* vectors - a file of `name = hex`, made by a test and judged line by line.
 *
 * Run with the argument `write` the test prints the file; otherwise it checks that the file says
 * what we encode, and judges every line of the file as a second implementation would: a name begins
 * with its type or with `refused.REASON.` and its type; what begins with `id.` only says what
 * follows from another line.
 */
#ifndef TB_TEST_VECTORS_H
#define TB_TEST_VECTORS_H

#include "base/ids.h"
#include "tests/messages/bend.h"

typedef struct vector_codec {
    const char *type;
    tb_codec codec; /* verifies too what is signed */
} vector_codec;

typedef struct vectors_of {
    const char *path;
    void (*make)(void); /* says every line */
    const vector_codec *codecs;
    size_t codec_count;
    size_t rows_least;
} vectors_of;

/* While the lines are made. */
extern tb_arena *const vectors_memory;
void say(const char *name, tb_bytes value);
void say_digest(const char *name, tb_digest digest);
void say_bent(const char *name, tb_bytes good, tb_bend how);

/* The test's exit code. */
int vectors_run(const char *group, const vectors_of *of, int argc, char **argv);

#endif

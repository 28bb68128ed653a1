/* keep - the verbs `backup` and `restore` of the daemons.
 *
 *     tongbao-broker backup FOLDER --store DIR       while it works, or not
 *     tongbao-broker restore FOLDER --store DIR      into a folder without a store
 *
 * With a bar, rate and time left on a terminal. What is printed is in the language of shell/
 * language.h.
 */
#ifndef TB_KEEP_H
#define TB_KEEP_H

#include "base/base.h"

/* The daemon whose verbs they are. */
typedef struct tb_keep {
    const char *program;
    uint32_t kind;        /* of its store */
    uint64_t quota_bytes; /* without --quota */
    int exit_usage;
    int exit_failed;
} tb_keep;

/* Whether the command is one of ours. */
bool tb_keep_is(const char *verb);
/* argv[1] is the verb. Prints what came of it; an exit code. */
int tb_keep_main(const tb_keep *keep, int argc, char **argv);
/* The two verbs' lines for the daemon's own help. */
const char *tb_keep_help(void);

/* keep_words.c: a number of bytes, with K, M or G. */
bool tb_keep_bytes(const char *text, uint64_t *out);
/* The sentence for what went wrong with a backup or a restore. */
const char *tb_keep_why(tb_err err, bool restores);

#endif

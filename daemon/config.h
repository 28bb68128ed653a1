/* config - a daemon's options from a file as well as from its command line.
 *
 *     # comment
 *     store = /var/lib/tongbao/hub
 *     verbose = yes
 *
 * One "key = value" a line; a key is an option without its dashes; a flag takes yes or no.
 * `--config FILE` stands for the options in the file, at its place: what comes behind it on the
 * command line rules. The words of both are handed on as one list, each knowing where it stood, so
 * that the program's own reader checks them and says where a fault is. Paths are as in the file:
 * relative ones begin where the daemon is started.
 */
#ifndef TB_CONFIG_H
#define TB_CONFIG_H

#include "base/base.h"

#define TB_CONFIG_BYTES_MAX (64 * 1024) /* of a file */
#define TB_CONFIG_WORDS_MAX 512         /* of command line and files together */

/* What a program knows about its own options. */
typedef struct tb_config_form {
    const char *program;        /* begins every line on stderr */
    const char *const *flags;   /* without dashes, ended by NULL: options without a value */
    const char *const *repeats; /* likewise: may stand in a file more than once */
    const char *const *never;   /* likewise: have no place in a file */
} tb_config_form;

typedef struct tb_config {
    int argc;
    char *argv[TB_CONFIG_WORDS_MAX + 1]; /* argv[0] is the program's; ended by NULL */
    /* "FILE:LINE: " of each word, or "" when it stood on the command line. */
    const char *where[TB_CONFIG_WORDS_MAX];
    size_t used;
    char text[2 * TB_CONFIG_BYTES_MAX]; /* words and places of files */
} tb_config;

/* Expands every --config of the command line. False after every fault of the files is on stderr,
 * each with file and line; *out holds the rest all the same, so that its faults are found too. argv
 * must outlive out. */
bool tb_config_read(const tb_config_form *form, int argc, char **argv, tb_config *out) TB_MUST_USE;

#endif

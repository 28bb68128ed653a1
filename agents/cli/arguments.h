/* arguments - options and words of one command, in any order.
 *
 * `--name value` and `--name=value`; `--` ends options. What is not known is an error that names
 * it.
 */
#ifndef TB_ARGUMENTS_H
#define TB_ARGUMENTS_H

#include "base/base.h"
#include "base/ids.h"

#define TB_WORDS_MAX 80

typedef struct tb_option {
    const char *name;   /* without dashes */
    bool *flag;         /* set when given; or */
    const char **value; /* filled with what follows */
} tb_option;

/* What every command takes. */
typedef struct tb_common {
    bool json;
    bool help;
    const char *socket;
    const char *request_id;
    const char *account;
    const char *account_key;
    const char *time;
    const char *timeout;
} tb_common;

typedef struct tb_words {
    const char *list[TB_WORDS_MAX];
    size_t count;
} tb_words;

/* False after saying what is wrong. options may be NULL when count is 0. */
bool tb_arguments_read(int argc,
                       char **argv,
                       const tb_option *options,
                       size_t count,
                       tb_common *out_common,
                       tb_words *out_words);

/* A whole number from least to most; false after saying which option is wrong. */
bool tb_arguments_number(const char *option, const char *text, long least, long most, long *out);

/* 32 hex digits; false after saying so. */
bool tb_arguments_id(const char *text, uint8_t out[16]);

#endif

/* options - the broker's command line, checked as a whole. */
#ifndef TB_BROKER_OPTIONS_H
#define TB_BROKER_OPTIONS_H

#include "base/base.h"

/* Of a journal made without --quota. */
#define TB_BROKER_QUOTA_USUAL (1024ull * 1024 * 1024)

typedef struct tb_broker_options {
    const char *store;
    const char *key;
    const char *directory;
    const char *listen;
    const char *socket; /* of the local socket; NULL: none */
    uint64_t quota_bytes;
    uint64_t share_bytes;
    bool check_config;
    bool verbose;
} tb_broker_options;

typedef enum tb_options_outcome {
    TB_OPTIONS_GOOD,
    TB_OPTIONS_BAD,  /* every fault is on stderr */
    TB_OPTIONS_HELP, /* help or version was asked for and printed */
} tb_options_outcome;

tb_options_outcome tb_options_read(int argc, char **argv, tb_broker_options *out);
/* The values in force, one line. */
void tb_options_print(const tb_broker_options *options);

#endif

/* options - the command line of tongbao-agent as a checked value. */
#ifndef TB_AGENT_OPTIONS_H
#define TB_AGENT_OPTIONS_H

#include "base/ids.h"

#define TB_OPTION_DOCUMENTS_MAX 64
#define TB_OPTION_OLD_KEYS_MAX  3
/* Of a store made without --quota. */
#define TB_AGENT_QUOTA_USUAL (1024ull * 1024 * 1024)

typedef struct tb_agent_options {
    tb_party party;
    const char *store;
    const char *key;
    const char *directory;
    const char *hub;    /* endpoint, tcp://host:port */
    const char *socket; /* path of the local socket */
    uint64_t quota_bytes;
    const char *documents[TB_OPTION_DOCUMENTS_MAX];
    size_t document_count;
    const char *old_keys[TB_OPTION_OLD_KEYS_MAX]; /* key files retired, newest first */
    size_t old_key_count;
    uint64_t old_key_life_s; /* 0: the longest notice life */
    bool only_check;
} tb_agent_options;

/* False: every fault is on stderr, or --help was asked for and *out_code is 0. */
bool tb_agent_options_read(int argc, char **argv, tb_agent_options *out, int *out_code) TB_MUST_USE;
void tb_agent_options_print(const tb_agent_options *options);

#endif

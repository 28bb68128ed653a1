/* shell - the agent's process: sockets, store, keys and the loop that turns what comes in into
 * turns. */
#ifndef TB_AGENT_SHELL_H
#define TB_AGENT_SHELL_H

#include "agents/shell/documents.h"
#include "agents/shell/gather.h"
#include "agents/shell/net.h"
#include "agents/shell/options.h"
#include "keyfile/keyfile.h"
#include "store/turn.h"

/* Local callers that asked to be told of every change. */
#define TB_WATCHERS_MAX 64

typedef struct tb_shell {
    const tb_agent_options *options;
    tb_keyfile keys;
    tb_keyfile old_keys[TB_OPTION_OLD_KEYS_MAX]; /* secrets NULL: not there, or destroyed */
    tb_store *store;
    tb_documents *documents;
    tb_agent agent;
    tb_node node;
    tb_agent_net net;
    tb_gather gather;
    int signals; /* signalfd */
    uint64_t watchers[TB_WATCHERS_MAX];
    size_t watcher_count;
    tb_time tick_after; /* no tick before this: the store had no room for the last one */
    bool touched;       /* a turn used more memory than is kept */
    bool woken;         /* the last wait ended because something came */
    bool reload;        /* a document was installed */
    bool resume;        /* it is in use now: what waited for it goes on with a tick */
    bool stop;
    int exit_code;
} tb_shell;

/* start.c: keys, store, first directory, documents. False: stderr says why. */
bool tb_shell_start(tb_shell *shell, const tb_agent_options *options) TB_MUST_USE;
void tb_shell_end(tb_shell *shell);

/* old_keys.c: key files of before, for opening alone. False: stderr says why. */
bool tb_shell_old_keys(tb_shell *shell) TB_MUST_USE;
/* The old sealing key of this id, its file too. */
void tb_shell_destroy_key(tb_shell *shell, tb_bytes id);
void tb_shell_old_keys_wipe(tb_shell *shell);

/* cut.c: `tongbao-agent cut --store DIR`; argv[0] is "cut". An exit code. */
int tb_shell_cut(int argc, char **argv);

/* loop.c: until a signal, or what cannot go on. */
void tb_shell_run(tb_shell *shell);
tb_now tb_shell_now(void);

/* perform.c: tb_perform_fn and tb_seed_fn. */
void tb_shell_perform(void *shell, const tb_effects *effects);
void tb_shell_seed(void *shell, uint8_t out_seed[32]);
void tb_shell_watch(tb_shell *shell, uint64_t peer);

#endif

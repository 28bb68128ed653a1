/* hub - everything the broker process owns, in one struct, opened front to back and closed back to
 * front. */
#ifndef TB_BROKER_HUB_H
#define TB_BROKER_HUB_H

#include "broker/broker.h"
#include "broker/shell/local.h"
#include "broker/shell/net.h"
#include "broker/shell/options.h"
#include "broker/shell/parts.h"
#include "keyfile/keyfile.h"

/* A directory and the memory it lives in. */
typedef struct tb_loaded {
    void *block;
    tb_arena arena;
    tb_directory directory;
} tb_loaded;

/* Lines printed in the running second; beyond a bound they are counted instead. */
typedef struct tb_printing {
    int64_t second;
    unsigned lines;
    unsigned silent;
    bool verbose;
} tb_printing;

typedef struct tb_hub {
    const tb_broker_options *options;
    tb_keyfile keys;
    tb_loaded loaded[2]; /* the one in use, and the one being loaded */
    unsigned in_use;
    tb_speakers *speakers;
    tb_broker broker;
    tb_node node;
    void *memory;       /* of the node's turns */
    void *small_memory; /* of reads between turns */
    tb_net net;
    tb_parts parts;
    tb_received kept; /* when keeps: read, and the first of the next turn */
    bool keeps;
    tb_hub_socket local;
    tb_printing printing;
    tb_time tick_after; /* no tick before this: the store had no room for the last one */
    bool reload;        /* a directory was taken in the last turn */
    bool stop;
    int signals; /* a signalfd */
} tb_hub;

/* Exit codes, as --help lists them. */
#define TB_EXIT_USAGE  64
#define TB_EXIT_DATA   65
#define TB_EXIT_LISTEN 69
#define TB_EXIT_STORE  73
#define TB_EXIT_COMMIT 74
#define TB_EXIT_BUSY   75

/* start.c: keys and directory; then store, core and socket. 0, or an exit code after a line on
 * stderr. */
int tb_hub_load(tb_hub *hub, const tb_broker_options *options);
int tb_hub_open(tb_hub *hub);
void tb_hub_close(tb_hub *hub);
/* Takes the store's newest directory into use. */
bool tb_hub_reload(tb_hub *hub);

/* cut.c: `tongbao-broker cut PARTY --store DIR`; argv[0] is "cut". An exit code. */
int tb_hub_cut(int argc, char **argv);

/* loop.c: runs until a signal or a failed commit; an exit code. */
int tb_hub_run(tb_hub *hub);

/* perform.c: whether one more line is printed in the running second. */
bool tb_hub_may_print(tb_printing *printing, tb_level level);
/* perform.c: tb_perform_fn and tb_seed_fn; shell is the tb_hub. */
void tb_hub_perform(void *shell, const tb_effects *effects);
void tb_hub_seed(void *shell, uint8_t out_seed[32]);

#endif

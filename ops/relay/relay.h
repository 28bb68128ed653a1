/* relay - measures the way of a notice on one machine: every agent its own process and store.
 *
 *     hub.c        keys, directory and the campaign, made by the product's own commands
 *     processes.c  broker and recipients as real processes; what they cost
 *     sender.c     the sending agent in this process: the shipped logic, store and sockets, whose
 *                  turns also open cases of the campaign "relay"
 *     rounds.c     what is measured: full windows, a fixed rate, one in flight
 *     commits.c    the yardstick: commits of a plain LMDB store on the same disk
 *     report.c     medians, as a table or as one JSON object
 *     restart.c    the other measuring: a hub that holds many notices, killed and started
 */
#ifndef TB_RELAY_H
#define TB_RELAY_H

#include <sys/types.h>

#include "agents/shell/shell.h"

#define RELAY_PATH       512
#define RELAY_RECIPIENTS 33
#define RELAY_TEXT_BYTES 512
/* Notices of one recipient without arrived mark: more would only wait in its share at the hub. */
#define RELAY_WAITING_MAX 4096
#define RELAY_ROUNDS_MAX  9

typedef struct relay_recipient {
    tb_party party;
    tb_stream stream;
    pid_t pid;
    uint64_t given; /* newest number of its stream, and how far the two verified marks are */
    uint64_t stored;
    uint64_t arrived;
    uint64_t marks; /* times the arrived mark moved: commits of the recipient with our notices */
    double scheduled[RELAY_WAITING_MAX]; /* by number */
} relay_recipient;

typedef struct relay_samples {
    double *us;
    size_t count;
    size_t room;
} relay_samples;

typedef struct relay_world {
    const char *programs; /* folder of tongbao, tongbao-agent, tongbao-broker */
    const char *source;
    const char *out;
    unsigned rounds;
    double seconds; /* of one window's measuring */
    unsigned feed; /* notices the sender makes in one turn; 0, or more than the window: half of it,
                      so that it makes the second half while the hub stores the first */
    bool json;
    uint64_t notices; /* what the hub is to hold when it is started again; 0: usual measuring */
    char endpoint[64];
    char socket_dir[64];
    pid_t broker;
    tb_party sender;
    relay_recipient recipients[RELAY_RECIPIENTS];
    size_t next; /* whose turn it is to get a notice */
    /* the sender */
    tb_shell shell;
    tb_agent_options options;
    unsigned to_open; /* cases to open in the running turn */
    double schedule;  /* of the first of them, and from one to the next */
    double interval;
    uint64_t given; /* sums over the recipients */
    uint64_t stored;
    uint64_t arrived;
    double sent_at;   /* when the effects of the last turn that opened cases were about to leave */
    double marked_at; /* when a mark was last verified */
    relay_samples *latencies; /* where arrived notices are noted, or NULL */
} relay_world;

/* Cost of all processes up to now, CPU seconds. */
typedef struct relay_cost {
    double broker;
    double recipients;
    double sender;
} relay_cost;

/* One full window. */
typedef struct relay_flow {
    double per_s;
    double group;  /* notices per commit of a recipient */
    relay_cost us; /* CPU us per notice */
} relay_flow;

typedef struct relay_round {
    relay_flow wide;
    relay_flow narrow;
    double complete_p50;
    double complete_p99;
    double stored_p50;
    double stored_p99;
    double one_complete_p50;
    double commit_p50;
} relay_round;

typedef struct relay_result {
    relay_round rounds[RELAY_ROUNDS_MAX];
    size_t count;
    double broker_rss_anon_mib;
} relay_result;

extern relay_world world;

/* main.c */
void relay_fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
/* Ends the run when the person asked for it. */
void relay_check(void);
double relay_seconds(void); /* monotonic */

/* hub.c */
void relay_hub_make(void);
void relay_hub_load(void);

/* processes.c */
void relay_run(char *const argv[]);
void relay_broker_start(void);
void relay_recipient_start(relay_recipient *recipient);
void relay_watch_processes(void);
void relay_end_all(void);
relay_cost relay_cost_now(void);
double relay_broker_anon_mib(void);

/* sender.c */
void relay_sender_start(void);
void relay_sender_end(void);
/* Whether its session is confirmed. */
bool relay_sender_linked(void);
/* One turn: opens `open` cases, reads what waits, sleeping at most wait_ms when nothing does. */
void relay_turn(unsigned open, long wait_ms);

/* rounds.c */
void relay_settle(void);
void relay_round_run(relay_round *out);

/* restart.c: fills the hub, starts it again, and prints what it found as one JSON object. */
void relay_restart(uint64_t notices);

/* commits.c */
void relay_commits_open(void);
void relay_commits_close(void);
double relay_commit_us(void);

/* report.c */
double relay_percentile(relay_samples *samples, double share);
void relay_report(const relay_result *result);

#endif

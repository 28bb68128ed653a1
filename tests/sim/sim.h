/* sim - a whole hub in one process: one broker, thirty-odd agents, a virtual network, virtual
 * clocks and virtual disks, all from one seed.
 *
 *     world.c      who takes part: keys, directory, campaign, numbers; from the seed
 *     faults.c     which faults a seed draws, and when they strike
 *     lost.c       leads whose case was in a store that is gone
 *     node.c       one process: its store, its turns (the tb_turn that ships), crashes and restarts
 *     net.c        connections and what happens to frames on them
 *     hostile.c    a hub and an agent that do not keep to the protocol
 *     staff.c      the people: open cases, act on what their agent tells, ask again until answered
 *     ledger.c     what was promised, written down as it leaves a process
 *     oracle.c     compares stores with the ledger: after every restart, before healing
 *     oracle_end.c what must be equal and done at the end
 *     oracle_report.c reports against a recount
 *     spy.c        sees what casework applies; memo.c keeps signatures that are known to verify
 *     run.c        one seed: faults, then healing, then everything must finish
 *     main.c       many seeds, a trace, a smaller failure, the exhaustive small hub
 *
 * Nothing here reads a clock or the kernel's random bytes: a seed repeats exactly.
 */
#ifndef TB_SIM_H
#define TB_SIM_H

#include <stdio.h>

#include "agents/agent.h"
#include "agents/campaign/load.h"
#include "broker/broker.h"
#include "messages/local.h"
#include "store/turn.h"

#define SIM_NODES_MAX 48 /* node 0 is the hub */
#define SIM_CASES_MAX 256
#define SIM_KEYS_MAX  4
#define SIM_HUB       0
#define SIM_UNASKED   INT64_MIN

/* ---- what a seed draws ---- */

#define SIM_FAULTS(X)                                                                              \
    X(DROP, "drop")                 /* frames vanish */                                            \
    X(DUPLICATE, "duplicate")       /* frames come twice */                                        \
    X(REORDER, "reorder")           /* frames overtake each other */                               \
    X(DELAY, "delay")               /* up to 20 s on some links */                                 \
    X(PARTITION, "partition")       /* both ways, for a while */                                   \
    X(ONE_WAY, "one-way")           /* one direction is silent */                                  \
    X(CLOG, "clog")                 /* swizzle: links stop one by one, start in another order */   \
    X(RECONNECT, "reconnect")       /* all connections end at once, again and again */             \
    X(SLOW_READER, "slow-reader")   /* an agent that takes a turn only now and then */             \
    X(CRASH_BEFORE, "crash-before") /* the commit fails, the process ends */                       \
    X(CRASH_AFTER, "crash-after")   /* committed, and not one effect left */                       \
    X(CRASH_SOME, "crash-some")     /* committed, and some effects left */                         \
    X(CRASH_HUB, "crash-hub")       /* the hub is among those that crash */                        \
    X(DISK_FULL, "disk-full")       /* for a while */                                              \
    X(CLOCK, "clock")               /* jumps of up to a day */                                     \
    X(SMALL_SHARES, "small-shares") /* the hub keeps little for each pair */                       \
    X(HUB_OLD, "hub-old")           /* the hub comes back from an old copy */                      \
    X(HUB_EMPTY, "hub-empty")       /* the hub comes back with an empty store */                   \
    X(CLONE, "clone")               /* a copy of an agent runs beside it */                        \
    X(AGENT_OLD, "agent-old")       /* an agent comes back from an old copy */                     \
    X(AGENT_EMPTY, "agent-empty")   /* an agent comes back with an empty store */                  \
    X(ROTATE, "rotate")       /* a signing key is replaced and cut while notices are under way */  \
    X(DIRECTORY, "directory") /* new versions of the directory while notices are under way */      \
    X(TAKE_OVER, "take-over") /* headquarters or the finder takes cases over */                    \
    X(BYZANTINE_AGENT, "byzantine-agent") /* forges, replays, forks, floods */                     \
    X(BYZANTINE_HUB, "byzantine-hub")     /* drops, reorders, replays, swaps, lies, freezes */     \
    X(AWAY, "away") /* a party comes back when what waited for it has ended its life */

typedef enum sim_fault {
#define SIM_FAULT_ENUM(name, text) SIM_##name,
    SIM_FAULTS(SIM_FAULT_ENUM)
#undef SIM_FAULT_ENUM
    SIM_FAULT_COUNT
} sim_fault;

extern const char *const sim_fault_names[SIM_FAULT_COUNT];

/* xoshiro-like stream of its own for each concern, so that leaving a fault out moves little else.
 */
typedef struct sim_random {
    uint64_t state;
} sim_random;

uint64_t sim_draw(sim_random *random);
uint64_t sim_below(sim_random *random, uint64_t bound);             /* 0..bound-1 */
int64_t sim_between(sim_random *random, int64_t low, int64_t high); /* both ends included */
bool sim_chance(sim_random *random, unsigned percent_of_100000);

typedef struct sim_options {
    uint64_t seed;
    uint64_t without; /* bits of faults left out, by the minimiser or a person */
    unsigned cases;   /* 0: the seed decides */
    unsigned provinces;
    bool trace;
    bool every_signature; /* without the memory of verified signatures */
    /* the exhaustive small hub: no drawn faults, these instead */
    bool small;
    uint64_t fail_commit; /* the nth commit of all; 0: none */
    unsigned fail_stage;  /* 0 before, 1 after, 2 after some effects */
    uint64_t lose_frame;  /* the nth frame of all; 0: none */
} sim_options;

/* ---- who takes part ---- */

typedef enum sim_role {
    SIM_BROKER,
    SIM_HEADQUARTERS,
    SIM_BUREAU,
    SIM_OPERATOR,
    SIM_POLICE,
    SIM_RESALE
} sim_role;

typedef struct sim_bytes {
    uint8_t *data;
    size_t size;
} sim_bytes;

/* A frame that arrived, or a request, not yet read. */
typedef struct sim_waiting {
    tb_input_kind kind;
    uint64_t peer;
    tb_party party;
    sim_bytes bytes;
    uint64_t request; /* LOCAL: place in the asking list + 1 */
} sim_waiting;

typedef enum sim_crash {
    SIM_NO_CRASH,
    SIM_BEFORE,
    SIM_AFTER,
    SIM_SOME
} sim_crash;

/* A request of the staff that has no answer yet. */
typedef struct sim_ask {
    tb_request_id id;
    sim_bytes bytes;
    tb_request_kind kind;
    size_t lead;
    tb_time sent;
    bool open;
    bool releases; /* a case, while its party recovers */
} sim_ask;
#define SIM_ASKS_MAX 64

typedef struct sim_node sim_node;
struct sim_node {
    size_t index;
    sim_role role;
    tb_party id;
    const char *province; /* "" nation-wide */
    tb_sign_pair sign;
    tb_sign_pair old_sign; /* what it had before a rotation */
    bool rotated;
    tb_seal_pair seal;
    tb_seal_pair transport;
    /* the process */
    tb_store *store;
    tb_node node;
    tb_agent agent;
    tb_directory versions[8]; /* of the directory, that are in its store */
    tb_directories directories;
    tb_broker broker;
    bool up;
    tb_time skew;
    tb_time busy_until; /* a turn takes time; what comes meanwhile makes the next one larger */
    tb_time wake;       /* of the newest WAKE in the heap; older ones are ignored */
    tb_time due;        /* as its logic said since its last turn; SIM_UNASKED: to be asked */
    bool reload;
    bool stopped; /* asked to end itself */
    sim_waiting *inbox;
    size_t inbox_count, inbox_capacity;
    sim_crash crash;     /* of the turn that runs */
    size_t effects_left; /* performed before the crash of stage SOME */
    unsigned starts;
    tb_store *old_copy;     /* a backup that lies around */
    size_t directory_given; /* place of the newest directory its operator gave it */
    /* the connection to the hub */
    uint64_t connection; /* 0: none */
    uint64_t connecting; /* newest attempt */
    unsigned attempts;
    tb_time last_arrival[2]; /* to the hub, from the hub: order is kept unless a fault breaks it */
    bool silent[2];
    bool clogged;
    tb_time delay_max;
    /* what a fault made of it */
    bool hostile;
    bool was_hostile;
    bool doubled; /* two copies of it run, or it lost something: only safety is asked of it */
    bool emptied; /* its store, and the hub knew it */
    bool told_two_copies;
    tb_time recover_asked;
    bool lost; /* the hub knows more of it than its own store: it must sign nothing ... */
    uint64_t lost_counter; /* ... before it recovered, by a counter above this one */
    bool slow;
    bool away; /* its process ended, and nobody starts it until all others have finished */
    unsigned crash_chance; /* per 100000 turns */
    unsigned life;         /* how often its store was replaced by another */
    bool store_replaced;
    /* the staff */
    sim_ask asks[SIM_ASKS_MAX];
    uint64_t asked;
};

/* One lead: a number found somewhere, and the case it becomes. */
typedef struct sim_lead {
    char number[16];
    char found[4];
    char home[4];
    bool mvno;
    size_t submitter; /* node */
    tb_time at;
    bool return_first;
    bool refuse_home;
    bool fed;
    bool has_case;
    tb_case_id case_id;
    bool closed; /* as its home bureau or its submitter saw */
    tb_time shut_down_at;
    uint64_t acted_on[SIM_NODES_MAX]; /* chain number its staff last acted on */
    tb_time acted_at[SIM_NODES_MAX];
    uint64_t ordered; /* bits: nodes that were ordered to verify, or named as host */
    unsigned taken_over;
    bool spoiled; /* a hostile or doubled party acts on it: only safety is asked of it */
    size_t other; /* the lead of the same number + 1; 0: none */
} sim_lead;

/* ---- events in time ---- */

typedef enum sim_event_kind {
    SIM_WAKE,    /* a turn, if there is something to do */
    SIM_ARRIVE,  /* a frame */
    SIM_CONNECT, /* an agent's next attempt to reach the hub */
    SIM_START,   /* a process starts again */
    SIM_FEED,    /* somebody submits a lead */
    SIM_STAFF,   /* somebody looks at a case that was told of */
    SIM_POLL,    /* staff of a node ask what is theirs to do, and ask again what was not answered */
    SIM_STRIKE,  /* a fault begins or ends */
} sim_event_kind;

typedef struct sim_event {
    tb_time at;
    uint64_t order;
    sim_event_kind kind;
    size_t node;
    uint64_t number; /* connection, lead, fault */
    uint64_t extra;
    sim_bytes bytes;
} sim_event;

typedef struct sim_stats {
    uint64_t notices, turns, commits, frames, bytes, events;
    uint64_t crashes[4];
    uint64_t dropped, duplicated, reordered, connections, strikes, hostile, lies;
    uint64_t applied, acts, cases_closed, drafts, alarms, checks, reported, undated;
    tb_time virtual_ms;
} sim_stats;

typedef struct sim_ledger sim_ledger;

typedef struct sim {
    sim_options options;
    bool drawn[SIM_FAULT_COUNT];
    unsigned drop, duplicate, reorder; /* per 100000 frames */
    unsigned crash_chance;
    tb_time now;
    tb_time begin;
    bool healed;
    bool passed; /* a month in which nothing happened, while somebody was away */
    bool hub_clock_jumped; /* stamps are not what the time was */
    bool failed;
    char failure[512];
    sim_random net, fault, people, node_random, hostile;
    uint64_t trace_hash;
    sim_node nodes[SIM_NODES_MAX];
    size_t node_count;
    sim_lead leads[SIM_CASES_MAX];
    size_t lead_count;
    sim_event *heap;
    size_t heap_count, heap_capacity;
    uint64_t ordered;
    uint64_t connections;
    uint64_t commits;     /* of all nodes, that wrote */
    uint64_t frames_sent; /* of all nodes */
    /* documents */
    tb_arena paper;
    tb_random keys;
    tb_sign_pair authority;
    tb_directory directories[8];
    tb_document directory_documents[8];
    size_t directory_count;
    tb_document campaign_document;
    const tb_campaign *campaign;
    tb_campaigns campaigns;
    tb_segments segments;
    sim_ledger *ledger;
    sim_bytes heard[64]; /* frames a hostile hub or agent may use again */
    size_t heard_from[64];
    size_t heard_count;
    sim_stats stats;
} sim;

/* ---- faults.c ---- */
void sim_faults_draw(sim *s);
/* When they strike; the parties are there. */
void sim_faults_plan(sim *s);
void sim_faults_print(const sim *s, FILE *out);
void sim_strike(sim *s, const sim_event *event);
void sim_heal(sim *s);
bool sim_somebody_away(const sim *s);
/* Whoever is away starts again. */
void sim_come_back(sim *s);

/* ---- lost.c ---- */
/* The store of n was replaced: its people look, later, which leads they have to open anew. */
void sim_lost_leads(sim *s, const sim_node *n);
/* Whether the case of a lead is nowhere any more. While that cannot be known they look again. */
bool sim_lead_is_lost(sim *s, sim_node *n, size_t lead);

/* ---- world.c ---- */
void sim_world_make(sim *s);
void sim_world_free(sim *s);
/* The next version of the directory, signed; nobody has it yet. */
const tb_document *sim_directory_next(sim *s);
/* The same with another signing key for n, the old one cut where n's streams stand. n is stopped.
 */
void sim_directory_rotate(sim *s, sim_node *n);
sim_node *sim_find(sim *s, const char *id);
sim_node *sim_party(sim *s, const tb_party *id);

/* ---- run.c ---- */
void sim_schedule(sim *s, sim_event event);
void sim_trace(sim *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sim_fail(sim *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What goes on without who is away, however long: so long that what waits for it ends its life. */
void sim_month(sim *s);
/* True: nothing was broken and everything finished. */
bool sim_run(const sim_options *options, sim_stats *stats, uint64_t *out_hash, FILE *say);

/* ---- node.c ---- */
void sim_node_start(sim *s, sim_node *n);
void sim_node_stop(sim *s, sim_node *n, tb_time down_for);
void sim_node_wake(sim *s, sim_node *n, tb_time at);
void sim_node_turn(sim *s, sim_node *n);
void sim_node_give(sim *s, sim_node *n, const sim_waiting *waiting);
tb_now sim_clock(const sim *s, const sim_node *n);
/* A transaction to look with, in the memory that is for looking; tb_store_abort ends it. */
tb_txn *sim_look(sim *s, const sim_node *n);
/* The product's own check of its store, in a transaction that the caller aborts. */
tb_err sim_check(sim *s, sim_node *n, tb_txn **out_txn, tb_bytes **out_faults, size_t *out_count);
uint64_t sim_store_hash(sim *s, const sim_node *n);

/* ---- net.c ---- */
void sim_send(sim *s, sim_node *from, uint64_t peer, tb_bytes frame);
void sim_deliver_frame(sim *s, const sim_event *event);
void sim_connect_soon(sim *s, sim_node *n, tb_time after);
void sim_connect(sim *s, const sim_event *event);
void sim_disconnect(sim *s, sim_node *n);

/* ---- hostile.c ---- */
/* What a hostile sender makes of a frame: sends what it likes by itself and returns true, or false:
 * the frame goes as it is. */
bool sim_hostile_agent_sends(sim *s, sim_node *n, tb_bytes frame);
bool sim_hostile_hub_sends(sim *s, sim_node *to, tb_bytes frame);

/* ---- staff.c ---- */
void sim_staff_begin(sim *s);
void sim_staff_feed(sim *s, size_t lead);
void sim_staff_changed(sim *s, sim_node *n, tb_bytes answer);
void sim_staff_act(sim *s, const sim_event *event);
void sim_staff_poll(sim *s, sim_node *n);
void sim_staff_answer(sim *s, sim_node *n, tb_bytes answer);
void sim_staff_ask(sim *s, sim_node *n, tb_local_request *request, size_t lead);
sim_lead *sim_lead_of(sim *s, const tb_case_id *id);
bool sim_staff_idle(const sim *s);

/* ---- ledger.c: what left a process ---- */
void sim_ledger_make(sim *s);
void sim_ledger_free(sim *s);
/* The refusals among what a turn will say; when it has committed. */
void sim_ledger_refusals(sim *s, const sim_node *n, const tb_effects *effects);
/* A frame an agent sent, or the hub sent to n; after its commit. */
void sim_ledger_agent_said(sim *s, sim_node *n, tb_bytes frame);
void sim_ledger_hub_said(sim *s, sim_node *to, tb_bytes frame);
void sim_ledger_accepted(sim *s, sim_node *n, const tb_local_answer *answer, size_t lead);
void sim_ledger_drafted(sim *s, const sim_node *n, const tb_request_id *request, size_t lead);
/* The store of n was replaced: what it promised and lost is not held against it. */
void sim_ledger_replaced(sim *s, sim_node *n);
/* spy.c: casework applied a notice in the running turn; counts when the turn commits. */
void sim_spy_begin(sim *s, sim_node *n);
bool sim_spy_any(void);
void sim_spy_commit(sim *s);
void sim_ledger_applied(
    sim *s, sim_node *n, const tb_header *header, const tb_digest *digest, tb_refusal refused);

/* ---- oracle.c ---- */
void sim_check_node(sim *s, sim_node *n); /* after a start: promises are on disk, tables whole */
/* Shares, credit, and nobody kept waiting, while the hub works. */
void sim_check_hub_bounds(sim *s);
/* What one party's frame cost the hub: signatures it verified for it. */
void sim_check_frame_cost(sim *s, const tb_input *input, uint64_t verified);
void sim_check_all(sim *s); /* before healing */
void sim_check_end(sim *s); /* everything finished, equal everywhere */
bool sim_quiet(sim *s, char *why, size_t size);
void sim_check_pace(sim *s); /* some minutes after healing */
/* oracle_report.c */
void sim_check_reports(sim *s);
/* It lies, runs twice, lost its store or is away: what waits for it need not finish. */
bool sim_apart(const sim_node *n);
bool sim_somebody_apart(const sim *s);
/* Who may read which field group of a case, by the plan. */
bool sim_may_read(sim *s, const sim_lead *lead, const sim_node *n, tb_bytes group);

/* ---- memo.c ---- */
extern bool sim_memo_on;
extern uint64_t sim_verified; /* signatures asked for so far, remembered ones too */
void sim_memo_forget(void);

#endif

/* hub - a small hub of real processes for tests: keys, directory and documents made with the
 * project's own commands, a broker, agents, and their local sockets.
 *
 * A test waits for conditions, never for a time. What fails fails the test; whatever was started
 * ends in sys_end, which also looks into the logs for what a sanitizer said.
 */
#ifndef TB_SYSTEM_HUB_H
#define TB_SYSTEM_HUB_H

#include "tests/test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

#include "agents/cli/client.h"

#define SYS_PATH         512
#define SYS_AGENTS_MAX   34
#define SYS_PATIENCE_MS  20000
#define SYS_OUTPUT_BYTES 16384
#define SYS_EXTRA_MAX    4

typedef struct sys_agent {
    struct sys_hub *hub;
    char party[TB_PARTY_BYTES];
    char name[40];      /* of its store, socket and log: the party's id, or another copy's name */
    char endpoint[100]; /* where it looks for the hub */
    unsigned directory; /* the version it is started with; 0: the hub's */
    char key[64];       /* its key file below keys/, without .key; the party's id at first */
    char old_key[64];   /* likewise, given as --old-key; empty: none */
    char old_key_life[24]; /* seconds, given as --old-key-life; empty: as usual */
    char quota[24];        /* of its store, bytes */
    pid_t pid;             /* 0: not running */
    bool talks;
    tb_client client;
    tb_local_answer answer; /* the newest; lives until the next request */
} sys_agent;

typedef struct sys_hub {
    char folder[SYS_PATH];
    char run[SYS_PATH]; /* sockets: their paths must stay short */
    char endpoint[100];
    pid_t broker;        /* 0: not running */
    char broker_key[64]; /* its key file below keys/, without .key */
    unsigned directory;  /* version of the file the broker and agents are started with */
    char store[40];      /* the broker's, below stores/: "hub" */
    char quota[24];      /* of it, bytes */
    sys_agent agents[SYS_AGENTS_MAX];
    size_t agent_count;
    unsigned published;            /* the newest that sys_directory_enrol made; 0: none */
    char extra[SYS_EXTRA_MAX][40]; /* documents beside relay and question */
    size_t extra_count;
    char output[SYS_OUTPUT_BYTES]; /* what the last command printed */
} sys_hub;

/* cmocka set-up and tear-down: an exercise hub of one province (11), nothing running; or of two (11
 * and 12). */
int sys_set_up(void **state);
int sys_set_up_two(void **state);
int sys_set_up_all(void **state); /* all 31 */
/* One province; everything lies in memory where there is room, so that no disk is measured. */
int sys_set_up_in_memory(void **state);
int sys_tear_down(void **state);

/* A path below the hub's folder. */
void sys_path(const sys_hub *hub, char out[SYS_PATH], const char *form, ...)
    __attribute__((format(printf, 3, 4)));
/* Runs `tongbao` with these words, the last NULL; its exit code. Both outputs are in hub->output.
 */
int sys_tongbao(sys_hub *hub, const char *word, ...);

/* Signs a campaign file as documents/NAME.VERSION.doc. */
void sys_sign_campaign(sys_hub *hub, const char *name, const char *version, const char *from);
/* Runs `tongbao-broker` likewise; for what it prints and ends. */
int sys_tongbao_broker(sys_hub *hub, const char *word, ...);
int sys_tongbao_agent(sys_hub *hub, const char *word, ...);
/* The authority publishes the next directory, in which the party is off-line or active; request: a
 * key request to enrol it with, or NULL. A party that is new has the role operator. What runs or
 * starts keeps to hub->directory until it is handed the new one. */
void sys_directory_enrol(sys_hub *hub, const char *party, bool off_line, const char *request);
/* Hands that directory to an agent, which shows it to the hub. */
void sys_directory_install(sys_agent *agent);

void sys_broker_launch(sys_hub *hub); /* returns at once */
void sys_broker_start(sys_hub *hub);  /* returns when it is ready */
void sys_broker_stop(sys_hub *hub, int with);

/* What runs from now on runs with faults (fault.c): its clock is ahead by so many ms; while the
 * file "fault" lies in the hub's folder every write and flush to disk fails. sys_faults_end undoes
 * both for what is started later. */
void sys_faults_begin(sys_hub *hub, int64_t clock_ahead_ms);
void sys_faults_end(sys_hub *hub);
void sys_disk_fails(sys_hub *hub, bool fails);

/* Runs one of the project's programs, as sys_tongbao does. */
int sys_program(sys_hub *hub, const char *program, const char *word, ...);
/* The path of a local socket: an agent's, or "hub" for the broker's. */
void sys_socket(const sys_hub *hub, const char *name, char out[SYS_PATH]);
/* Waits for a process that ends by itself; its exit code. */
int sys_ended(pid_t *pid);
/* Another process beside the hub, its output in logs/NAME.log; it ends well on SIGTERM. */
pid_t sys_beside(sys_hub *hub, const char *name, char *const argv[]);
void sys_beside_end(pid_t *pid, const char *name);
/* Memory of its own (RssAnon: not what it has mapped of a store), kB; 0 when it is gone. */
size_t sys_memory_kb(pid_t pid);
/* The process, and what it starts from now on, runs before everything else of the machine, and
 * before what has a lower priority (1 to 99): for who measures times. False where that is not
 * allowed. */
bool sys_real_time(pid_t pid, int priority);
/* For who looks at memory: a sanitizer keeps freed memory back, to notice who uses it, and that
 * would look like growth. What is started from now on does not. */
void sys_keep_nothing_back(void);

/* A new agent, not started; name is NULL for the party's own. */
sys_agent *sys_agent_add(sys_hub *hub, const char *party, const char *name);
void sys_agent_launch(sys_agent *agent); /* returns at once */
/* What sys_agent_start waits for, and then does, for who launched one that may end by itself. */
bool sys_agent_listens(const sys_agent *agent);
void sys_agent_call(sys_agent *agent);
void sys_agent_start(sys_agent *agent);  /* returns when its socket answers */
void sys_agent_stop(sys_agent *agent, int with);
/* Adds, starts and waits for its link. */
sys_agent *sys_agent_linked(sys_hub *hub, const char *party);

/* The store of an agent, or of "hub", put aside and put back; neither may run. */
void sys_store_keep(sys_hub *hub, const char *name, const char *as);
void sys_store_put_back(sys_hub *hub, const char *name, const char *as);
void sys_store_lose(sys_hub *hub, const char *name);

/* Asks, again under the same id while no answer comes. */
const tb_local_answer *sys_ask(sys_agent *agent, tb_local_request *request);
/* Asks once, under this id; NULL when no answer came in time. */
const tb_local_answer *
sys_ask_once(sys_agent *agent, tb_local_request *request, const tb_request_id *id);
const tb_local_status *sys_status(sys_agent *agent);
/* Opens a case of the campaign relay; the answer, whatever it is. */
const tb_local_answer *sys_send_any(sys_agent *agent, const char *to, const char *text);
/* Likewise, asked once, under this id. */
const tb_local_answer *
sys_send_once(sys_agent *agent, const char *to, const char *text, const tb_request_id *id);
/* The answer of sys_send_any, which must have become an event. */
tb_local_acted sys_send(sys_agent *agent, const char *to, const char *text);
/* Where an event is for one recipient, as the agent says; 0 when it says nothing. */
tb_where sys_where(sys_agent *agent,
                   const tb_digest *event,
                   const char *recipient,
                   tb_local_trace_line *out);
/* How often a text stands in the readable fields of this agent's cases. */
size_t sys_times(sys_agent *agent, const char *text);
/* No invariant of its store is broken. */
bool sys_sound(sys_agent *agent);
/* Whether one of its alarms says this. */
bool sys_alarmed(sys_agent *agent, const char *text);

/* Signs a document of this kind (campaign, table); agents started from now on have it. */
void sys_document(sys_hub *hub, const char *kind, const char *name, const char *from);
/* Runs `tongbao` at an agent's socket, in English; its exit code. */
int sys_tongbao_at(sys_agent *agent, const char *word, ...);
/* From now on this agent is told this time with every request. */
void sys_tell_time(sys_agent *agent, const char *time);
/* Opens a case, or acts on one; fields are "id=value|id=value". The answer, whatever it is. */
const tb_local_answer *
sys_open(sys_agent *agent, const char *campaign, const char *type, const char *fields);
const tb_local_answer *
sys_act(sys_agent *agent, const tb_case_id *id, const char *action, const char *fields);
/* The case as an agent has it; an empty state when it has none. */
tb_local_summary sys_case(sys_agent *agent, const tb_case_id *id);
bool sys_state_is(sys_agent *agent, const tb_case_id *id, const char *state, const char *holder);
/* How many of its events have this standing. */
size_t sys_standing(sys_agent *agent, const tb_case_id *id, tb_standing standing);

bool sys_file_holds(const char *path, const void *data, size_t size);
bool sys_log_says(const sys_hub *hub, const char *name, const char *text);

int64_t sys_now_ms(void);
void sys_pause(void); /* between two looks at a condition */

/* Looks until it holds. */
#define SYS_AWAIT(condition)                                                                       \
    do {                                                                                           \
        int64_t sys_until = sys_now_ms() + SYS_PATIENCE_MS;                                        \
        while (!(condition)) {                                                                     \
            if (sys_now_ms() > sys_until) {                                                        \
                fail_msg("%s:%d: in vain: %s", __FILE__, __LINE__, #condition);                    \
            }                                                                                      \
            sys_pause();                                                                           \
        }                                                                                          \
    } while (false)

#endif

/* exercise - plays a whole hub on one machine: every party its own process and store, staff included.
 *
 *     hub.c         keys, directory, documents of an exercise hub (by the product's own commands)
 *     processes.c   starts, kills, restarts and ends broker and agents
 *     files.c       a file, whole
 *     talk.c        requests to agents and their answers, repeated until answered
 *     leads.c       the leads file, one row each, with the verdict import gives it
 *     play*.c       what staff do beside the notices, from a sheet (ops/exercise/plays)
 *     adopt.c       headquarters adopts a limit: the campaign's next version, to everybody
 *     lapses.c      what was overdue, who was reminded and supervised, and whether it scores
 *     feed.c        submits rows at their own time, in that order
 *     staff.c       what clerks and engineers do when a case reaches them
 *     command.c     the product's own commands, as an operator types them
 *     look.c        how agents are, as they say themselves
 *     disaster*.c   what breaks in a run with --disaster, how it is healed, and the page about it
 *     readers.c     who may ever read what, by a sheet (ops/exercise/readers)
 *     reports.c     the reports at headquarters, and whether their figures are those of the rows
 *     audit.c       opens every store afterwards and compares them
 *     result.c      leads-result.csv, summary.json, and the table by province
 */
#ifndef TB_EXERCISE_H
#define TB_EXERCISE_H

#include <stdio.h>
#include <sys/types.h>

#include "agents/campaign/campaign.h"
#include "agents/campaign/period.h"
#include "agents/import/verdict.h"
#include "agents/tables/segments.h"
#include "messages/directory.h"
#include "messages/local.h"

#define EX_PARTIES_MAX 256
#define EX_PATH        512
#define EX_FORWARDS_MAX 4

typedef struct ex_party {
    tb_party id;
    char role[24];
    char province[4]; /* "" nation-wide */
    char name_zh[96];
    char name_en[128];
    char operator_code[4];
    pid_t pid;
    void *socket; /* to its agent */
    bool watched; /* the agent of this run has been asked to tell changes */
    int64_t outbox; /* last told; -1 not known */
    unsigned touched; /* rows whose case comes to this party */
    unsigned acts;    /* of its staff that its agent took */
    char key[48];     /* its key file below keys/, without .key; "" the party's id */
    bool away;        /* its agent does not run, and is not started again by itself */
    bool idle;        /* its staff acts on no notice */
    bool rested;      /* it did so once, as the play says */
    bool resting;     /* its staff neither submits nor acts */
    bool dead;        /* away for ever: nobody waits for it */
    bool given_up;    /* others know that it is dead: nothing more is ordered from it */
} ex_party;

typedef struct ex_options {
    const char *campaign; /* id: ops/campaigns/ID.yaml */
    const char *leads; /* NULL: none, and the parties are those of ops/exercise/parties/ID.csv */
    const char *play; /* NULL: none */
    const char *out;
    const char *programs; /* folder of tongbao, tongbao-agent, tongbao-broker */
    const char *source;   /* the checkout: campaigns and tables */
    unsigned provinces;
    bool keep;
    bool kill;
    bool disaster;
    bool quiet;
} ex_options;

typedef enum ex_kind { EX_REFUSED, EX_PARKED, EX_LOCAL, EX_FORWARD } ex_kind;

/* One row of the leads file and what became of it. */
/* What an operator did on a lead, in the order of the case's events. */
#define EX_WORK_MAX 8
typedef enum ex_work_kind {
    EX_VERIFIED,
    EX_SHUT_DOWN,
    EX_LAPSED,
    EX_WITHDRAWN, /* a lapse, since withdrawn */
} ex_work_kind;

typedef struct ex_work {
    ex_work_kind kind;
    tb_time at;
    char by[TB_PARTY_BYTES];
    bool scores; /* a lapse: under a limit that was adopted when it was ordered */
} ex_work;

struct json_t; /* jansson's */

typedef struct ex_crossing { /* a case goes to another province, or is signed for there */
    tb_time at;
    char home[8];
} ex_crossing;

typedef struct ex_row {
    tb_field *columns; /* as import understood them */
    size_t column_count;
    tb_bytes lead_no;       /* as written, identity numbers masked */
    tb_bytes reported_text; /* likewise */
    tb_time reported_at;
    char verdict[24];
    char number[16];
    char home[4];
    char operator_code[4];
    bool mvno;
    bool urgent; /* 特急 */
    bool off_line;
    bool refused;
    bool parked;
    char found[4];
    char submitter[TB_PARTY_BYTES];
    bool return_first; /* exercise: once returned for correction */
    bool refuse_home;  /* exercise: once refused as wrong home */
    bool has_case;
    tb_case_id case_id;
    uint64_t acted_on;   /* chain number we last acted on */
    uint64_t known;      /* the longest chain anybody told us of, and who holds the case there */
    char holder[TB_PARTY_BYTES];
    bool deferred;       /* its submitter's staff could not work when it was its turn */
    bool done;           /* closed as the submitter sees it */
    bool overslept;      /* it did not move for long: nobody waits for it */
    bool linked;         /* its number came before */
    bool repeated;       /* there is another row of its number */
    char state[32];
    char outcome[24];
    char resale[TB_PARTY_BYTES];
    tb_time submitted_at, forwarded_at, signed_for_at, verified_at, shut_down_at, answered_at, closed_at;
    tb_time confirmed_at; /* the shutdown of this case; shut_down_at may be that of an earlier one */
    tb_time informed_at;
    tb_time restored_at; /* 复通; the times above are those of before it came back */
    bool came_back;      /* for a review */
    char home_said[8];                  /* by the events taken so far */
    ex_crossing forwards[EX_FORWARDS_MAX]; /* each time: a home may refuse it, and it goes to another */
    ex_crossing signings[EX_FORWARDS_MAX];
    size_t forward_count, signing_count;
    char ordered[TB_PARTY_BYTES]; /* whom last */
    tb_time ordered_at;
    unsigned lapses; /* recorded on its case, of any duty */
    ex_work work[EX_WORK_MAX];
    size_t work_count;
} ex_row;

typedef struct ex_audit {
    uint64_t lost;
    uint64_t duplicate_effects;
    uint64_t order_violations;
    uint64_t readers_violated;
    uint64_t events;
    uint64_t notices;
    uint64_t store_faults;
} ex_audit;

typedef struct ex_world {
    ex_options options;
    char hub_dir[EX_PATH];
    char run_dir[EX_PATH];   /* sockets */
    char store_dir[EX_PATH];
    char log_dir[EX_PATH];
    char endpoint[64];
    pid_t broker;
    ex_party parties[EX_PARTIES_MAX];
    size_t party_count;
    const tb_campaign *campaign;
    const tb_case_type *type; /* of the leads' cases; NULL without leads */
    tb_segments segments;
    ex_row *rows; /* in input order */
    size_t row_count;
    size_t *order; /* rows by reported_at */
    uint32_t *by_case; /* open addressing: row + 1 */
    size_t by_case_size;
    tb_bytes heading;
    size_t fed;
    const ex_row *story; /* the case whose every step is printed */
    uint64_t story_number;
    ex_row *feeding; /* submitted, its case not known yet */
    size_t closed;
    size_t routed;
    size_t due; /* routed rows submitted so far */
    unsigned kills;
    unsigned kills_broker;
    ex_audit audit;
    uint64_t figures; /* of filed reports, counted here as well */
    uint64_t figures_wrong;
    char adopted_duty[32];    /* whose limit headquarters adopted, and when; at 0: none */
    tb_time adopted_at;
    uint64_t unseen;     /* what the play waited for and did not come */
    uint64_t unexpected; /* routed rows that did not end as the staff's rule says */
    double started_s;
    double elapsed_s;
    void *zmq;
    bool stopping;
} ex_world;

/* Prints and ends the whole exercise with exit code 1; for what no person can mend while it runs. */
void ex_fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
double ex_seconds(void); /* monotonic */

/* files.c: in the arena; fails when it cannot be read. */
tb_bytes ex_read_file(const char *path, tb_arena *arena);
/* hub.c */
void ex_hub_make(ex_world *world);
void ex_hub_load(ex_world *world);
/* processes.c */
void ex_broker_start(ex_world *world);
void ex_agent_start(ex_world *world, ex_party *party);
void ex_stop(pid_t *pid, int with); /* and waits for its end */
void ex_end_all(ex_world *world);
void ex_kill_something(ex_world *world);
void ex_reap(ex_world *world);
ex_party *ex_party_find(ex_world *world, const char *id);
void ex_run(char *const argv[]);
/* talk.c */
typedef void ex_answered(ex_world *world, ex_party *party, const tb_local_answer *answer, uint64_t tag);
void ex_talk_open(ex_world *world);
void ex_talk_close(ex_world *world);
/* Sends a request (its id is made here) and calls back with the answer; repeats it until answered. */
void ex_ask(ex_world *world, ex_party *party, tb_local_request *request, ex_answered *answered, uint64_t tag);
/* Serves answers and changes for at most ms; returns what was handled. */
size_t ex_talk_serve(ex_world *world, int ms, ex_answered *changed);
size_t ex_talk_waiting(const ex_world *world);
size_t ex_talk_waiting_for(const ex_party *party);
void ex_talk_forget(const ex_party *party); /* what waits for its answers */
void ex_watch(ex_world *world, ex_party *party);
/* leads.c */
void ex_leads_read(ex_world *world);
/* feed.c */
void ex_feed(ex_world *world);
void ex_drain(ex_world *world); /* until the staff is done with all that it does not leave lying */
void ex_feed_deferred(ex_world *world); /* rows whose submitter's staff works again */
/* main.c: one round of answers, restarts and kills, at most ms long */
void ex_round(ex_world *world, int ms);
void ex_look_again(ex_world *world);
/* Until all that was submitted so far is closed and has arrived everywhere. */
void ex_settle(ex_world *world);
/* staff.c */
void ex_staff_changed(ex_world *world, ex_party *party, const tb_local_answer *answer, uint64_t tag);
ex_row *ex_row_of_case(ex_world *world, const tb_case_id *case_id);
void ex_row_case(ex_world *world, ex_row *row, const tb_case_id *case_id);
/* The party's staff looks at the row's case at that time, and acts. */
void ex_staff_look(ex_world *world, ex_party *party, const ex_row *row, tb_time at);
/* The network operator that is ordered for a row. */
const char *ex_network_in(ex_world *world, const ex_row *row, char out[TB_PARTY_BYTES]);
/* readers.c: whether a role may ever open a group of such cases that another party wrote. */
void ex_readers_load(const ex_world *world);
bool ex_may_ever_read(tb_bytes case_type, tb_bytes group, const char *role);
/* audit.c, result.c */
void ex_audit_stores(ex_world *world);
void ex_collect(ex_world *world);
void ex_compare(ex_world *world); /* with the outcomes the rule names */
void ex_write_results(ex_world *world);
void ex_print_table(const ex_world *world);
/* reports.c: what headquarters has of every report, compared with a count over the rows; written to
 * reports.json. Nothing without reports. */
void ex_collect_reports(ex_world *world);
void ex_write_reports(ex_world *world);
/* evaluations.c: one event of a lead's case; the cases with a score sheet, read back and compared with the
 * leads, and evaluations.json. */
void ex_take_work(const ex_world *world, ex_row *row, const tb_local_event *event);
void ex_collect_evaluations(ex_world *world);
void ex_write_evaluations(ex_world *world);
/* Whether a lapse of that duty, were it recorded now, counts: the case came under the adopted limit, and so
 * did its order. */
bool ex_lapse_scores(const ex_world *world, const ex_row *row, const char *duty);
/* lapses.c: of every case with a lapse what was said of it; lapses.json. */
void ex_collect_lapses(ex_world *world);
void ex_write_lapses(ex_world *world);
/* reconcile_count.c: counts over the leads what provinces sent each other in a period, and holds it against the
 * differences headquarters was told of; all is its answer. */
void ex_count_differences(ex_world *world, const struct json_t *all, const char *id, const char *period);
/* reconcile.c: reconciliation.json, while the agents run. */
void ex_reconcile(ex_world *world);

#endif

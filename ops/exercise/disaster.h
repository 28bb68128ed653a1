/* disaster - what breaks in a run with --disaster, when, and what becomes of it.
 *
 *     planned --prepare--> prepared --strike--> struck --heal--> healed
 *
 * The plan (disaster.c) goes by rows fed; what is done (disaster_acts.c) is done with the product's own
 * commands, as an operator would; the page (disaster_page.c) tells it in Chinese and English.
 */
#ifndef TB_EXERCISE_DISASTER_H
#define TB_EXERCISE_DISASTER_H

#include "ops/exercise/exercise.h"

#define EX_DISASTER_LEADS 200 /* rows of the leads file that such a run takes */
#define EX_DID_MAX        12
#define EX_TEXT           768

typedef enum ex_kind_of_disaster {
    EX_HUB_LOST,
    EX_OLD_COPY,
    EX_STORE_LOST,
    EX_KEY_REVOKED,
    EX_OFF_LINE,
    EX_HOLDER_DEAD,
    EX_DISASTERS
} ex_kind_of_disaster;

typedef enum ex_phase { EX_PLANNED, EX_PREPARED, EX_STRUCK, EX_HEALED } ex_phase;

typedef struct ex_disaster {
    ex_phase phase;
    ex_party *party;  /* NULL: the hub */
    ex_party *helper; /* who sees it, or helps: another party */
    size_t prepare_at, strike_at, heal_at; /* rows fed */
    size_t struck_at;
    unsigned acts_before; /* of its staff, when it was prepared */
    double prepared_s, struck_s, begun_s, healed_s; /* since the run began; begun: its people start to heal it */
    size_t held;      /* cases it held when it was struck */
    size_t waited;    /* cases that waited for it, when it was healed */
    size_t deferred;  /* leads its staff could not hand in */
    size_t resent;    /* notices or events sent once more because of it; found in the logs at the end */
    size_t taken;     /* cases taken back from it */
    char said_zh[EX_TEXT], said_en[EX_TEXT]; /* what people saw, in the product's words */
    char did[EX_DID_MAX][EX_TEXT];           /* the commands, in order */
    size_t did_count;
} ex_disaster;

extern ex_disaster ex_disasters[EX_DISASTERS];

/* command.c */
/* Runs a program of the product with these words, the last NULL. Its output (both) is in ex_output;
 * its exit code. With a disaster the command is noted there, paths shortened to those below --out. */
int ex_command(ex_world *world, ex_disaster *note, const char *program, ...);
extern char ex_output[262144];
/* The command must end with 0. */
void ex_done(ex_world *world, int code);
/* The line of the last output that holds a text, or follows it when the text ends a line; of a table's row
 * its last column. */
void ex_quote(const char *needle, char *out, size_t size);
/* Both languages of what `tongbao WORDS` says at a party, the line that holds the needle. */
void ex_said(ex_world *world, ex_disaster *d, ex_party *at, const char *needle_zh, const char *needle_en,
             const char *w1, const char *w2, const char *w3);
void ex_socket_of(const ex_world *world, const ex_party *party, char out[EX_PATH]);
void ex_note(ex_disaster *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* look.c */
#define EX_PATIENCE_S 120.0 /* what has not come by then never comes */
typedef struct ex_seen {
    bool answered, linked, fenced;
    uint64_t outbox;
    uint32_t recovery;
} ex_seen;
const ex_seen *ex_status_of(ex_world *world, ex_party *party);
bool ex_is_linked(const ex_seen *s);
bool ex_is_fenced(const ex_seen *s);
bool ex_is_recovered(const ex_seen *s);
bool ex_is_empty(const ex_seen *s); /* its outbox */
/* Fails the run when it never is; what: how it should be, in words. */
void ex_await(ex_world *world, ex_party *party, bool (*holds)(const ex_seen *), const char *what);
void ex_rounds(ex_world *world, double seconds);
/* Its staff lays down the work, and no request waits for its agent; takes it up again. */
void ex_lay_down(ex_world *world, ex_party *party);
void ex_take_up(ex_party *party);
size_t ex_outbox_of_all(ex_world *world); /* notices without arrived mark at the agents that run */
bool ex_all_linked(ex_world *world);

/* disaster.c */
void ex_disaster_plan(ex_world *world);
void ex_disaster_step(ex_world *world); /* between two rows */
void ex_disaster_end(ex_world *world);  /* after the last row: what is open is healed, the absent comes back */
/* Open cases that a party holds. */
size_t ex_waiting_on(const ex_world *world, const ex_party *party);
double ex_since_start(const ex_world *world);

/* disaster_acts.c */
void ex_prepare(ex_world *world, ex_kind_of_disaster kind);
void ex_strike(ex_world *world, ex_kind_of_disaster kind);
void ex_heal(ex_world *world, ex_kind_of_disaster kind);
/* Cases the dead holder holds are taken back; how many. */
size_t ex_take_back(ex_world *world);

/* disaster_page.c: DIR/disaster.md */
void ex_disaster_page(ex_world *world);
const char *ex_disaster_key(ex_kind_of_disaster kind);

#endif

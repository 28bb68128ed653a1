/* world - several agents without a hub: what one's outbox takes is given to the others' casework.
 *
 * Each agent has its own memory store and runs the shipped local step; its notices become letters
 * that lie in the world until the test delivers, drops or reorders them. Proofs are made up: what
 * verifies them is the inbox, which is not part of this world.
 */
#ifndef TB_WORLD_H
#define TB_WORLD_H

#include "tests/test.h"

#include "agents/agent.h"
#include "agents/campaign/load.h"
#include "agents/casework.h"
#include "agents/link.h"
#include "agents/rows_link.h"
#include "messages/local.h"
#include "store/migrate.h"

#define WORLD_AGENTS  80
#define WORLD_LETTERS 4096

typedef struct world_person {
    const char *id;
    const char *role;
    const char *jurisdiction;
    const char *name;
} world_person;

typedef struct world_agent {
    tb_party id;
    tb_store *store;
    tb_arena arena;
    tb_agent agent;
    tb_agent before; /* the turn that runs */
    tb_effects *effects;
    tb_refusal refused; /* what it said of the last letter */
} world_agent;

typedef struct letter {
    tb_party to;
    tb_bytes header;
    tb_bytes events;   /* PartEvents */
    tb_bytes openings; /* PartOpenings, what `to` may read */
    tb_bytes passed;   /* PartPassed */
    bool resend;
    tb_bytes asks; /* of kind resend: its Resend */
    tb_digest *ids;
    size_t id_count;
    bool gone; /* delivered or lost */
} letter;

typedef struct world {
    tb_arena memory; /* letters and answers, for the whole test */
    tb_random random;
    tb_time clock;
    tb_campaign_loaded *loaded;
    const tb_campaign *campaign;
    tb_campaigns campaigns;
    tb_campaigns none; /* nothing installed */
    tb_directory directory;
    tb_directory_party parties[WORLD_AGENTS];
    tb_directory_key keys[WORLD_AGENTS];
    tb_segment_run run;
    tb_segments segments;
    world_agent agents[WORLD_AGENTS];
    size_t agent_count;
    letter letters[WORLD_LETTERS];
    size_t letter_count;
    uint64_t requests;
    uint64_t person;       /* who asks, as tb_input.person */
    const uint8_t *secret; /* of the account key that proves requests; NULL: none does */
    tb_case_id case_id;    /* of the last open or act */
    tb_local_answer answer;
} world;

/* setup and teardown in cmocka's form; the campaign is ops/campaigns/black-card.yaml. */
int world_setup(void **state);
int world_teardown(void **state);
/* Another campaign in its place, by a path below the source folder; before the first act. */
void world_campaign(world *w, const char *file);

/* Other parties in the place of those that are there, ascending by id; before the first act. */
void world_people(world *w, const world_person *people, size_t count);
/* Forgets letters and answers, so that many cases fit; nothing may be lying. */
void world_sweep(world *w);

world_agent *who(world *w, const char *id);
/* Its entry in the directory, to be changed by the test. */
tb_directory_party *party_at(world *w, const char *id);

/* The party's agent ends and begins again: what it knows is in its store, and the link comes up. */
void world_restart(world *w, const char *party);

/* Ends a turn of the test's own: its notices become letters, and it is committed. */
void world_end(world *w, world_agent *a, tb_txn *txn);

/* One request through the local step; the answer is decoded into w->answer. */
const tb_local_answer *ask(world *w, const char *party, tb_local_request *request);
/* One turn of a party in which this step runs; what it sends lies here afterwards. */
void turn_with(world *w, const char *party, tb_err (*step)(tb_step *step));
/* Likewise of a step of the product, whose calls may fail (tests/store/failing.h). */
void turn_of(world *w, const char *party, tb_err (*step)(tb_step *step));
/* "id=value|id=value" */
size_t fields_of(world *w, const char *text, tb_field **out);
/* Opens a case of the campaign's only type, or acts on w->case_id; returns the answer's code. */
tb_refusal opens(world *w, const char *party, const char *fields);
/* Likewise of a case type by its id. */
tb_refusal opens_type(world *w, const char *party, const char *type, const char *fields);
tb_refusal acts(world *w, const char *party, const char *action, const char *fields);
/* As acts, naming the head that was looked at. */
tb_refusal
acts_on(world *w, const char *party, const char *action, const char *fields, const tb_digest *head);

/* A tick of one agent, later by so many ms; what it sends becomes letters. */
void tick(world *w, const char *party, tb_time later);
/* Delivers everything that lies here, in order, until nothing is left. */
void deliver_all(world *w);
/* Delivers one letter; what it brings about is left lying. */
tb_refusal deliver(world *w, letter *l);
/* The first undelivered letter to a party, or NULL. */
letter *letter_to(world *w, const char *party);
/* The hub's stamp of the world's first notice, from one to another, as the recipient keeps it. */
void stamp_first(world *w, const char *from, const char *to, tb_time at);
/* The letter's notice at its sender, proven as the outbox would have it; its number. */
uint64_t prove(world *w, const char *id, const letter *l);
/* The hub's stamp on it; nobody signed it. */
tb_signed_line stamp_of(world *w, const letter *l, tb_time at);
/* The one event of a letter, and another in its place, as its author would have made it. */
tb_event event_in(world *w, const letter *l);
void put_event(world *w, letter *l, const tb_event *event);
/* Undelivered letters. */
size_t lying(const world *w);

/* The link of a party: acts become drafts while it is down. */
void link_up(world *w, const char *party, bool up);

/* The party's store has no room for new work, or has it again; what is begun goes on. */
void store_full(world *w, const char *party, bool full);

/* Tells a party's exercise clock a time, as "2015-02-09T11:39:00+08:00". */
void at_time(world *w, const char *party, const char *time);
/* The hub has been quiet, and the party's agent judges what is due by its civil clock. */
void judge_due(world *w, const char *party);
/* Its open and lapsed duties, by due time; in the memory of the whole test. */
tb_local_duties duties_at(world *w, const char *party);

/* The case as a party has it; empty state when it has none. */
tb_local_summary summary_at(world *w, const char *party);
const char *state_at(world *w, const char *party);
const char *holder_at(world *w, const char *party);
/* A field's value as the party sees it, or "". */
const char *value_at(world *w, const char *party, const char *field);
uint64_t alarms_at(world *w, const char *party);

/* tb_migrate of an agent's store. */
tb_err world_migrate(world_agent *a, tb_migration_tell *tell, void *context);

/* Every invariant of every store holds. */
void check_world(world *w);

/* A lead of police.33 whose home is bureau.44, as far as the order to cm.44, which has left and was
 * not delivered yet. */
void order_for(world *w, const char *lead);
/* Likewise, and cm.44 has answered that the home is wrong. That letter is under way to bureau.44:
 * the test delivers it when it will. */
letter *answer_under_way(world *w, const char *lead);

#endif

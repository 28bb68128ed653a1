/* peer - agents over the memory store, a hub that says what the test wants, and no casework.
 *
 *     peer_say(a, "ct.33 hello")          a's staff notify ct.33 of "hello"
 *     peer_say(a, "recover disk")         a's officer recovers it, for this reason
 *     peer_frame(a, TB_FRAME_SUBMIT, 0)   what a sent since peer_forget
 *     town_deliver(a's frame, b)          the hub brings b its groups, stamped
 *     peer_applied(b)                     "hello"
 *
 * Casework is stood in for: an event's account is its text, applying appends it to a row.
 */
#ifndef TB_TEST_PEER_H
#define TB_TEST_PEER_H

#include "agents/agent.h"
#include "agents/link.h"
#include "agents/rows_link.h"
#include "messages/link.h"

#define PEER_SENT_MAX 512
/* The META row that keeps what was applied. */
#define PEER_APPLIED "test applied"
/* And the one that counts how often drafts were told that the store went back. */
#define PEER_WENT_BACK "test went back"
#define TOWN_TIME      INT64_C(1700000000000)
#define TOWN_FRESH_MS  (365ll * 24 * 3600 * 1000) /* the directory's */

typedef struct peer {
    tb_agent agent;
    tb_store *store;
    tb_node node;
    void *block;
    tb_sign_pair sign;
    tb_seal_pair seal;
    tb_bytes sent[PEER_SENT_MAX]; /* frames, copied to the paper */
    size_t sent_count;
    char notes[32768];
    bool stopped;
    unsigned destroyed; /* old keys it was asked to destroy */
    /* casework's stand-in */
    const char *poison; /* applying this text fails */
    tb_err poison_err;
    const char *disliked; /* this text is refused: role */
    unsigned releases;    /* times tb_drafts_release was called */
    unsigned resends;     /* Resend notices applied */
    bool lie;             /* sends an opening that does not match */
    tb_bytes passed;      /* the newest earlier event that was passed on to it, encoded */
} peer;

/* One hub, its directory and three parties: a = bureau.33, b = ct.33, c = hq. */
typedef struct town {
    tb_arena paper; /* whatever the test builds */
    void *block;
    tb_random random;
    tb_sign_pair hub_sign;
    tb_incarnation hub_run;
    tb_sign_pair authority;
    tb_directory directory;
    tb_document document;
    tb_time now;
    peer a, b, c;
} town;

/* A town whose agents are started and not linked. There is one at a time. */
town *town_make(void);
town *town_here(void);
/* The peer an agent is part of. */
peer *town_peer(const tb_agent *agent);
void town_free(town *t);
/* The next directory with these cuts, signed; not given to anybody yet. */
tb_document town_next_directory(town *t, tb_cut *cuts, size_t count, tb_directory *out);
/* A fresh agent over a store: after a restart. */
void town_restart(town *t, peer *p);

/* ---- an agent ---- */

/* One turn as the shell does it: on an error, input by input. */
void peer_step(town *t, peer *p, tb_input_kind kind, tb_bytes bytes);
void peer_say(town *t, peer *p, const char *text);
/* Whatever comes, in one turn. */
void peer_turn(town *t, peer *p, tb_input *inputs, size_t count);
/* Several in one turn. */
void peer_say_all(town *t, peer *p, const char *const *texts, size_t count);
void peer_tick(town *t, peer *p, tb_time later);
void peer_forget(peer *p);
size_t peer_count(const town *t, const peer *p, tb_frame_kind kind);
tb_frame peer_frame_at(const town *t, const peer *p, size_t i);
/* The nth frame of a kind since peer_forget; fails the test when there is none. */
tb_frame peer_frame(town *t, const peer *p, tb_frame_kind kind, size_t nth);
/* Texts applied and committed, blank separated. */
const char *peer_applied(town *t, peer *p);
bool peer_noted(const peer *p, const char *text);
/* Rows of a table. */
uint64_t peer_rows(town *t, peer *p, tb_table table);
tb_stream_out_row peer_stream_out(town *t, peer *p, const char *recipient);
tb_link_row peer_link(town *t, peer *p);
/* The newest alarm's code; TB_ACCEPTED when there is none. */
tb_refusal peer_alarm(town *t, peer *p);
/* A transaction to look with; the caller aborts it. */
tb_txn *peer_look(town *t, peer *p);
/* Every invariant of the link's tables holds. */
void peer_check(town *t, peer *p);

/* ---- the hub ---- */

tb_stream town_stream(const peer *from, const char *to);
void town_send(town *t, peer *p, tb_frame *frame);
/* Connection up, Hello, a Welcome without marks. */
void town_link(town *t, peer *p);
/* All three, and what they sent is forgotten. */
void town_link_all(town *t);
tb_signed_line town_line(town *t, const tb_line *line);
tb_signed_line town_line_by(town *t, const tb_line *line, const peer *signer);
/* The stored line for a whole group. */
tb_line town_stored_line(town *t, const tb_group *group);
/* The arrived mark a recipient would sign for a group. */
tb_line town_arrived_line(town *t, const tb_group *group);
void town_store(town *t, peer *p, const tb_group *group);
/* A Deliver frame with the groups of a submitted frame that are for p, stamped. */
tb_frame town_delivery(town *t, const tb_frame *submitted, const peer *p);
/* What proves an event that a is said to have signed in a turn of its own, under the header of
 * another notice of a's. */
tb_passed town_prove(town *t, tb_bytes event, tb_bytes header);
/* The earlier event that was passed on to p last, to be bent by the test. */
tb_passed town_passed(town *t, const peer *p);
void town_deliver(town *t, const tb_frame *submitted, peer *p);
/* Everything a submitted: stored, delivered, marks passed on. */
void town_relay(town *t, peer *from, peer *to);

#endif

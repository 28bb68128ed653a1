/* agent - 前置程序: an agency's daemon as a pure state machine.
 *
 * The shell (agents/shell) or the simulator owns this struct, opens its store, loads keys,
 * directory, campaigns and tables, and drives it through tb_turn. Nothing here knows a socket, a
 * clock or a file.
 *
 *     frames from the hub   -> link.c (session), inbox.c (take), marks.c (stored, arrived), apply.c
 *     requests from people  -> local.c -> acts.c, queries.c, trace.c
 *     end of the turn       -> outbox_close.c (seal, number, sign), inbox_close.c (arrived marks)
 *
 * What casework may ask of the link: agents/outgoing.h (send), agents/link.h (state, alarms,
 * documents), agents/clock.h (the exercise clock), agents/rows_link.h (rows, to read).
 * What the link asks of casework: tb_local_step (agents/local.h), tb_apply_notice
 * (agents/outgoing.h), tb_drafts_release (agents/draft.h).
 */
#ifndef TB_AGENT_H
#define TB_AGENT_H

#include "agents/campaign/campaign.h"
#include "agents/outgoing.h"
#include "agents/rows_recover.h"
#include "agents/rows_reseal.h"
#include "agents/tables/calendar.h"
#include "agents/tables/segments.h"
#include "messages/directory.h"
#include "messages/keys.h"
#include "messages/root.h"
#include "store/turn.h"

/* Seal keys kept for notices sealed before a rotation; the first is current. */
#define TB_SEAL_KEYS_MAX 4

typedef struct tb_agent_keys {
    const tb_sign_pair *sign; /* in locked memory */
    tb_key_id sign_id;
    const tb_seal_pair *seal[TB_SEAL_KEYS_MAX];
    tb_key_id seal_id[TB_SEAL_KEYS_MAX];
    size_t seal_count;
    tb_time old_seal_life; /* ms an old one is kept behind its cut; at most TB_NOTICE_LIFE_MS */
} tb_agent_keys;

/* Notices added in the turn that is running; reset at its end and by an abort. */
typedef struct tb_pending {
    struct tb_pending_notice *list; /* in the turn's arena */
    size_t count;
    size_t capacity;
    uint64_t last_notice; /* the newest notice number given; 0: not read yet */
} tb_pending;

/* When things happened on this connection. Survives an aborted turn: it says when to speak again,
 * never what is true. */
typedef struct tb_link_times {
    bool connected;
    tb_time hello;       /* last Hello; 0: none on this connection */
    tb_time hello_after; /* no Hello before this */
    bool ask;            /* a mark is long missing: the next tick says Hello to be shown it */
    tb_time sent;        /* last frame of any kind */
    tb_time heard;
    tb_time noted;    /* heard, as META has it */
    tb_time hub_full; /* when the hub last said that its store is full */
    tb_time drafts;   /* when waiting drafts were last looked at */
    tb_time reseal;   /* when notices to be sealed anew are looked at next */
    tb_time gap;      /* first gap in a received stream since the last Hello; 0: none */
} tb_link_times;

/* One notice of a stream we receive. */
typedef struct tb_inbox_place {
    bool set;
    tb_party sender;
    tb_incarnation incarnation;
    tb_lane lane;
    uint64_t number;
    uint32_t attempts;
} tb_inbox_place;

/* The waiting rows a tick has in hand (set_aside.h). Survives an aborted turn. */
#define TB_HAND_KEY_MAX 511 /* the longest of a store */
typedef struct tb_hand_row {
    tb_table table;
    uint8_t key[TB_HAND_KEY_MAX];
    size_t size;
} tb_hand_row;
typedef struct tb_hand {
    tb_hand_row rows[2];
    size_t count;
    bool bad; /* with them the tick failed: they are set aside next */
} tb_hand;

/* Notices whose applying failed in the turn that took them: next time they are queued (inbox.h). */
#define TB_SUSPECTS_MAX 32

/* The versions of the directory that are here, ascending. */
typedef struct tb_directories {
    const tb_directory *list;
    size_t count;
} tb_directories;

/* Whether a campaign may be kept: its definition has no fault. Else *out_finding is the first one
 * with its line, in the arena. The shell's, which can read definitions. */
typedef bool
tb_campaign_judge_fn(const tb_document *document, tb_arena *arena, tb_bytes *out_finding);

struct tb_agent {
    /* fixed for the life of the process, or replaced between turns by the shell */
    tb_party self;
    tb_agent_keys keys;
    tb_digest hub;
    const tb_directory *directory;
    const tb_campaigns *campaigns;
    const tb_segments *segments;          /* NULL when the table is not installed here */
    const tb_calendar *calendar;          /* likewise */
    const tb_directories *directories;    /* older ones too; NULL: only the newest */
    tb_campaign_judge_fn *judge_campaign; /* NULL: every signed campaign is kept */
    uint64_t recount_at_once;             /* cases; with more figures are counted anew in slices; 0:
                                             TB_RECOUNT_CASES_MAX */
    /* caches and the running turn */
    tb_root_cache roots;
    tb_pending pending;
    struct tb_work
        *work; /* what this turn leaves for its end (agents/outbox_work.h); in its arena, or NULL */
    tb_link_times times;
    tb_inbox_place suspects[TB_SUSPECTS_MAX];
    size_t suspect_next;
    tb_inbox_place armed;        /* its attempt is on disk; the next tick may try */
    tb_inbox_place retry_failed; /* of QUARANTINE: its retry aborted the turn before this one */
    tb_err retry_error;
    tb_hand hand;
    tb_time inbox_after;  /* no attempt before this: the store was full */
    bool stale;           /* the directory's time has passed; of the running step */
    tb_time resend_after; /* no piece of an answer before this: the last one waits for room */
    tb_answering_name resend_behind; /* askers up to here had their turn */
    tb_time aside_after;             /* nobody else can be told of a take-over before this */
    tb_reseal_key reseal_behind;     /* RESEAL rows up to here were looked at */
    tb_time seen; /* the time of the newest tick; 0: none since the start (agents/set_back.h) */
    bool watched; /* somebody watches since this process runs: casework tells of changes */
};

/* Prepares META of a fresh store (incarnation 1) or checks an old one belongs to this party and
 * hub. */
tb_err tb_agent_start(tb_agent *agent, tb_txn *txn, tb_random *random, tb_refusal *out_refused)
    TB_MUST_USE;

/* The version of the directory an event names, by which it is judged; the newest when that version
 * is not here. */
const tb_directory *tb_agent_directory(const tb_agent *agent, uint32_t version);

/* tb_step_fn and tb_close_fn for tb_turn; logic is the tb_agent. */
tb_err tb_agent_step(
    void *logic, tb_txn *txn, const tb_input *input, tb_random *random, tb_effects *effects);
tb_err tb_agent_close(void *logic, tb_txn *txn, tb_now now, tb_random *random, tb_effects *effects);
/* tb_forget_fn: forgets what an aborted attempt had pending. */
void tb_agent_forget(void *logic);

/* When to deliver the next tick (real time). TB_ERR_NOT_FOUND: none needed. */
tb_err tb_agent_deadline(tb_agent *agent, tb_txn *txn, tb_time *out) TB_MUST_USE;

/* Walks every invariant of the agent's tables; each fault is a line in the arena. */
tb_err
tb_agent_check(tb_agent *agent, tb_txn *txn, tb_bytes **out_faults, size_t *out_count) TB_MUST_USE;

#endif

/* running - the turn that is running: rows loaded once, what is new, and what will be said.
 *
 * Steps load streams and parties here, change them, and leave new groups and refusals; the close
 * writes every changed row once, signs all lines as one tree, and sends. Everything lives in the
 * turn's arena; an aborted turn is forgotten whole.
 */
#ifndef TB_BROKER_RUNNING_H
#define TB_BROKER_RUNNING_H

#include "base/effects.h"
#include "broker/index.h"
#include "broker/rows.h"
#include "broker/rows_stream.h"
#include "messages/directory.h"
#include "messages/link.h"

typedef struct tb_broker tb_broker;

typedef struct tb_live_stream {
    tb_stream_key key;
    tb_stream stream;
    tb_hub_stream row;
    bool exists; /* has a row in the store */
    bool changed;
    bool held;         /* a group of this turn found no room: those behind it wait too */
    bool show_stored;  /* tell the sender the newest marks again */
    bool show_arrived; /* tell the sender the new arrived mark */
    bool fork_known; /* whether its recipient refused it as forked was looked up in this turn ... */
    bool forked;     /* ... and it did */
    struct tb_live_stream *next;
} tb_live_stream;

/* A line to be sent in a Stored frame. */
typedef struct tb_line_node {
    const tb_signed_line *line;
    struct tb_line_node *next;
} tb_line_node;

typedef struct tb_live_party tb_live_party;

/* A body that several recipients share. */
typedef struct tb_kept_body {
    tb_notice_name name;
    tb_digest digest;
    tb_bytes body;
} tb_kept_body;

/* A group to be stored in this turn. */
typedef struct tb_fresh_group {
    tb_live_stream *stream;
    tb_live_party *sender;
    tb_live_party *recipient;
    tb_group *group;
    tb_kept_body *shared; /* of the items that have several recipients */
    size_t shared_count;
    uint64_t shared_bytes;
    uint64_t from;
    uint64_t to;
    uint64_t bytes; /* headers and bodies, shared ones too */
    uint64_t seq;
    size_t packed_size;    /* of the group as it is kept, with its stamp */
    tb_signed_line *stamp; /* once signed */
    bool covered;          /* its recipient was there before us: nothing is kept */
    struct tb_fresh_group *next;
    struct tb_fresh_group *next_in_lane; /* of its recipient */
} tb_fresh_group;

/* A number the hub refuses, to be signed in this turn. */
typedef struct tb_fresh_refusal {
    tb_live_stream *stream;
    tb_live_party *sender;
    tb_line line;
    tb_bytes header;
    bool keep;
    tb_item *fills; /* of a group that is kept: it becomes a filler; or NULL */
    struct tb_fresh_refusal *next;
} tb_fresh_refusal;

/* A kept group in which items became fillers: it is written again once the lines are signed. */
typedef struct tb_filled_group {
    tb_party recipient;
    tb_lane lane;
    uint64_t seq;
    tb_hub_group row; /* its bytes stay what they were, until it is trimmed */
    tb_group *group;
    struct tb_filled_group *next;
} tb_filled_group;

struct tb_live_party {
    tb_party id;
    bool linked;
    bool changed;
    tb_hub_session session;
    uint64_t dismissed;      /* the last connection that got a Bye in this turn */
    const tb_hello *welcome; /* to be answered */
    bool deliver;
    bool again; /* a number of this party was missing */
    tb_line_node *lines;
    tb_line_node *last_line;
    size_t line_count;
    tb_fresh_group *fresh[TB_LANES];
    tb_fresh_group *last_fresh[TB_LANES];
    tb_live_party *next;
};

/* A document as a frame, made once for all who get it. */
typedef struct tb_document_frame {
    tb_document_kind kind;
    tb_bytes name;
    tb_bytes frame;
    uint32_t version;
    bool spread;   /* taken in this turn: goes to every session */
    tb_party from; /* but not to who sent it */
    struct tb_document_frame *next;
} tb_document_frame;

typedef struct tb_running {
    bool open;
    tb_txn *txn;
    tb_arena *arena;
    tb_effects *effects;
    tb_now now;
    tb_time civil; /* the exercise clock, 0 outside exercises */
    bool civil_moved;
    const tb_directory *directory; /* the newest, also when it was taken in this turn */
    bool directory_taken;
    tb_index stream_index;
    tb_index party_index;
    tb_live_stream *streams;
    tb_live_stream *last_stream;
    tb_live_party *parties;
    tb_live_party *last_party;
    tb_fresh_group *groups;
    tb_fresh_group *last_group;
    size_t group_count;
    tb_fresh_refusal *refusals;
    tb_fresh_refusal *last_refusal;
    size_t refusal_count;
    tb_filled_group *filled;
    tb_document_frame *documents;
    uint64_t seq; /* last used, 0: not read yet */
    uint64_t first_seq;
    bool usage_known;
    uint64_t used;
    uint64_t quota;
    uint64_t backlog; /* bytes read back from the store for delivery */
} tb_running;

/* Begins the turn when it has not begun, and takes over the step's transaction, time and effects.
 */
tb_err
tb_running_enter(tb_broker *broker, tb_txn *txn, tb_now now, tb_effects *effects) TB_MUST_USE;

/* Loaded once per turn. */
tb_err tb_running_party(tb_broker *broker, const tb_party *id, tb_live_party **out) TB_MUST_USE;
tb_err
tb_running_stream(tb_broker *broker, const tb_stream *stream, tb_live_stream **out) TB_MUST_USE;

/* Moves the exercise clock; ignored outside exercises. */
void tb_running_civil(tb_broker *broker, tb_time civil);
tb_err tb_running_keep_civil(tb_broker *broker) TB_MUST_USE;

/* Room below the watermark for so many more bytes. Counts them when there is. */
bool tb_running_room(tb_broker *broker, uint64_t bytes);

/* Encodes the frame under this hub's name and sends it. Frames are bounded by whoever fills them.
 */
tb_err tb_running_send(tb_broker *broker, uint64_t peer, tb_frame *frame) TB_MUST_USE;
/* The same in the protocol of a peer that speaks another: for Bye alone. */
tb_err tb_running_send_as(tb_broker *broker, uint64_t peer, uint32_t protocol, tb_frame *frame)
    TB_MUST_USE;
tb_err tb_running_encode(tb_broker *broker, tb_frame *frame, tb_bytes *out) TB_MUST_USE;

/* Adds a line to the party's next Stored frame. */
tb_err
tb_running_line(tb_broker *broker, tb_live_party *party, const tb_signed_line *line) TB_MUST_USE;

#endif

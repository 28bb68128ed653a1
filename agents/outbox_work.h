/* outbox_work - what a turn leaves for its end: streams to send on, marks and refusals to sign.
 *
 * Lives in the turn's arena and is forgotten with it. Lists grow by doubling, so a turn costs what
 * it does and no more.
 */
#ifndef TB_OUTBOX_WORK_H
#define TB_OUTBOX_WORK_H

#include "agents/link.h"
#include "messages/seal.h"

/* A stream we received something of in this turn. */
typedef struct tb_taken {
    tb_stream stream;
    tb_stream_in_row row;
    bool first;  /* no row of it is stored yet */
    bool moved;  /* sign a new mark; else the old line is shown again */
    bool shown;  /* Taken names it */
    bool forked; /* refused as its sender's fork: nothing more of it in this turn */
    bool queued; /* earlier notices of it wait in INBOX: later ones queue up behind them */
} tb_taken;

/* A notice this turn refuses. */
typedef struct tb_refusing {
    tb_line line;
    uint64_t notice;
    tb_bytes header;
    bool keep; /* it arrived: keep a REFUSAL row */
    bool own;  /* our own notice, which expired: the line goes in its place, and not by itself */
} tb_refusing;

/* The agreement with one ephemeral key, used for every notice of a turn of its sender. */
typedef struct tb_opened_key {
    tb_key_id key;
    tb_agreement agreement;
} tb_opened_key;

/* A group made in this turn, sent without reading it back. */
typedef struct tb_made {
    tb_stream stream;
    tb_outbox_row row; /* without the encoded group */
    tb_group group;
    tb_shared_body *bodies;
    size_t body_count;
} tb_made;

typedef struct tb_work {
    tb_taken *taken;
    size_t taken_count;
    size_t taken_capacity;
    bool again; /* a gap was seen: Taken{again} */
    tb_refusing *refusing;
    size_t refusing_count;
    size_t refusing_capacity;
    tb_opened_key *keys;
    size_t key_count;
    size_t key_capacity;
    tb_stream *sending; /* streams to pump */
    size_t sending_count;
    size_t sending_capacity;
    tb_made *made;
    size_t made_count;
    size_t made_capacity;
    unsigned looked; /* own notices looked through for refused headers */
} tb_work;

/* The turn's work, made on first use. */
tb_err tb_work_of(tb_step *step, tb_work **out) TB_MUST_USE;
/* Room for one more in a list of the arena: *list is replaced when it has to grow. */
tb_err
tb_work_room(tb_arena *arena, void **list, size_t count, size_t *capacity, size_t each) TB_MUST_USE;

tb_err tb_work_send(tb_step *step, const tb_stream *stream) TB_MUST_USE;
tb_err tb_work_refuse(tb_step *step, const tb_refusing *refusing) TB_MUST_USE;
/* The turn's copy of a stream we receive; the row is read on first use. */
tb_err tb_work_taken(tb_step *step, const tb_stream *stream, tb_taken **out) TB_MUST_USE;

/* The streams received of one party as this turn leaves them: what it took is put at its end. Begin
 * with an empty walk. TB_ERR_NOT_FOUND: no more; TB_ERR_CORRUPT for a row that does not read. */
typedef struct tb_work_walk {
    tb_bytes cursor;
    bool stored; /* every row was looked at */
    size_t taken;
} tb_work_walk;
tb_err tb_work_received(const tb_agent *agent,
                        tb_txn *txn,
                        const tb_party *sender,
                        tb_work_walk *walk,
                        tb_stream *out_stream,
                        tb_stream_in_row *out) TB_MUST_USE;

#endif

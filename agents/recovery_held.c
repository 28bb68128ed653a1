/* recovery_held - how far streams are held: what an ask names, the end of an answer, and the first
 * headers of a new incarnation. */
#include "agents/outbox_work.h"
#include "agents/recovery.h"

typedef struct holding {
    const tb_agent *agent;
    tb_txn *txn;
    tb_stream_at *list;
    size_t count;
} holding;

/* Our copy, where the row says more than it: the base was taken over from somebody's mark. */
static tb_err add(holding *h, const tb_stream *stream, uint64_t number, const tb_digest *digest)
{
    tb_lost_row lost;
    tb_stream_at *at = &h->list[h->count];
    if (h->count == TB_HELD_STREAMS_MAX) {
        return TB_OK;
    }
    *at = (tb_stream_at){*stream, number, *digest};
    tb_err err = tb_lost_get(h->txn, &h->agent->self, stream, &lost);
    if (err == TB_OK && lost.have < lost.base) {
        at->number = lost.have;
        at->digest = lost.have_digest;
    }
    if (err == TB_ERR_CORRUPT) {
        at->number = 0; /* asked for from its beginning */
    } else if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    h->count += at->number > 0 ? 1 : 0;
    return TB_OK;
}

static tb_err add_received(holding *h, const tb_party *peer)
{
    tb_work_walk walk = {.taken = 0};
    tb_err err = TB_OK;
    while (err == TB_OK) {
        tb_stream stream;
        tb_stream_in_row row;
        err = tb_work_received(h->agent, h->txn, peer, &walk, &stream, &row);
        if (err == TB_OK) {
            err = add(h, &stream, row.number, &row.digest);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err add_sent(holding *h, const tb_party *peer)
{
    tb_bytes cursor = {NULL, 0};
    tb_err err = TB_OK;
    while (err == TB_OK) {
        tb_stream stream;
        tb_stream_out_row row;
        err = tb_stream_out_next(h->txn, &cursor, &stream, &row);
        if (err == TB_OK && tb_party_equal(&stream.recipient, peer)) {
            stream.sender = h->agent->self;
            err = add(h, &stream, row.number, &row.digest);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_recovery_held(
    const tb_agent *agent, tb_txn *txn, const tb_party *peer, tb_stream_at **out, size_t *out_count)
{
    holding h = {.agent = agent, .txn = txn};
    h.list = tb_arena_array(tb_txn_arena(txn), TB_HELD_STREAMS_MAX + 1, sizeof *h.list);
    if (h.list == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_err err = add_received(&h, peer);
    if (err == TB_OK) {
        err = add_sent(&h, peer);
    }
    if (err != TB_OK) {
        return err;
    }
    *out = h.list;
    *out_count = h.count;
    return TB_OK;
}

static bool names(const tb_stream_at *list, size_t count, const tb_stream *stream)
{
    for (size_t i = 0; i < count; i++) {
        if (tb_stream_equal(&list[i].stream, stream)) {
            return true;
        }
    }
    return false;
}

tb_err tb_recovery_name_asker(
    const tb_agent *agent, tb_txn *txn, const tb_party *asker, tb_stream_at *list, size_t *count)
{
    tb_work_walk walk = {.taken = 0};
    tb_stream_at newest = {.number = 0};
    tb_err err = TB_OK;
    while (err == TB_OK) {
        tb_stream stream;
        tb_stream_in_row row;
        err = tb_work_received(agent, txn, asker, &walk, &stream, &row);
        if (err == TB_OK && row.number > 0 &&
            (newest.number == 0 ||
             tb_incarnation_compare(&stream.incarnation, &newest.stream.incarnation) > 0)) {
            newest = (tb_stream_at){stream, row.number, row.digest};
        }
    }
    if (err == TB_OK || err == TB_ERR_NOT_FOUND) {
        if (newest.number > 0 && *count < TB_HELD_STREAMS_MAX &&
            !names(list, *count, &newest.stream)) {
            list[(*count)++] = newest;
        }
        return TB_OK;
    }
    return err;
}

/* ---- old marks ---- */

/* Old marks named in one header, so that with 64 entries it stays below TB_HEADER_BYTES_MAX. */
#define NAMED_MAX 96

/* Where a stream of the old incarnation ended, as far as anybody has shown; number 0: it never was.
 */
static tb_err end_of(tb_step *step, const tb_stream *stream, tb_old_mark *out)
{
    tb_stream_out_row row;
    tb_lost_row lost;
    *out = (tb_old_mark){.recipient = stream->recipient, .lane = stream->lane};
    tb_err err = tb_stream_out_get(step->txn, stream, &row);
    if (err == TB_OK) {
        out->number = row.number;
        out->digest = row.digest;
    } else if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    err = tb_lost_get(step->txn, &step->agent->self, stream, &lost);
    if (err == TB_OK && lost.base >= out->number) {
        out->number = lost.base;
        out->digest = lost.base_digest;
    }
    return err == TB_ERR_NOT_FOUND || err == TB_ERR_CORRUPT ? TB_OK : err;
}

static tb_err add_marks(tb_step *step, const tb_recovery_row *row, tb_header *header, size_t entry)
{
    tb_err err = TB_OK;
    for (int lane = TB_LANE_FIRST;
         err == TB_OK && lane <= TB_LANE_LAST && header->old_mark_count < NAMED_MAX; lane++) {
        tb_stream stream = {step->agent->self, row->old, header->entries[entry].recipient,
                            (tb_lane)lane};
        tb_old_mark *mark = &header->old_marks[header->old_mark_count];
        err = end_of(step, &stream, mark);
        header->old_mark_count += err == TB_OK && mark->number > 0 ? 1 : 0;
    }
    return err;
}

/* The newest incarnation before this one in which a mark to this recipient is above our copy. */
static tb_err newest_shown(tb_step *step, const tb_party *recipient, tb_incarnation *newest)
{
    tb_bytes cursor = {NULL, 0};
    tb_err err = TB_OK;
    while (err == TB_OK) {
        tb_stream stream;
        tb_lost_row lost;
        err = tb_lost_next(step->txn, &step->agent->self, recipient, &cursor, &stream, &lost);
        if (err == TB_OK && tb_party_equal(&stream.sender, &step->agent->self) &&
            stream.incarnation.counter < step->incarnation.counter &&
            stream.incarnation.counter > newest->counter) {
            *newest = stream.incarnation;
        }
        err = err == TB_ERR_CORRUPT ? TB_OK : err;
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* Which incarnation the marks of a header are of. The one the store had may never have been used:
 * an empty store makes one up before it is told of its own. */
static tb_err choose_old(tb_step *step, tb_recovery_row *row, tb_header *header)
{
    tb_incarnation newest = {.counter = 0};
    tb_err err = TB_OK;
    for (size_t i = 0; err == TB_OK && i < header->entry_count; i++) {
        if (header->entries[i].number != 1) {
            continue;
        }
        header->old_mark_count = 0;
        err = add_marks(step, row, header, i);
        if (err == TB_OK && header->old_mark_count > 0 && row->old.counter >= newest.counter) {
            newest = row->old;
        }
        if (err == TB_OK) {
            err = newest_shown(step, &header->entries[i].recipient, &newest);
        }
    }
    header->old_mark_count = 0;
    if (err == TB_OK && newest.counter > 0) {
        row->old = newest;
    }
    return err;
}

tb_err tb_recovery_old_marks(tb_step *step, tb_header *header)
{
    _Static_assert(NAMED_MAX <= TB_OLD_MARKS_MAX, "a header takes so many");
    tb_recovery_row row;
    bool first = false;
    for (size_t i = 0; i < header->entry_count; i++) {
        first = first || header->entries[i].number == 1;
    }
    tb_err err = first ? tb_recovery_get(step->txn, &row) : TB_OK;
    if (err != TB_OK || !first || row.state == TB_RECOVERY_NONE) {
        return err;
    }
    header->has_old = true;
    header->old_marks = tb_arena_array(step->arena, NAMED_MAX, sizeof *header->old_marks);
    if (header->old_marks == NULL) {
        return TB_ERR_LIMIT;
    }
    err = choose_old(step, &row, header);
    header->old_incarnation = row.old;
    for (size_t i = 0; err == TB_OK && i < header->entry_count; i++) {
        if (header->entries[i].number == 1) {
            err = add_marks(step, &row, header, i);
        }
    }
    return err;
}

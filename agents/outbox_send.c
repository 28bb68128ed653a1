/* outbox_send - what leaves: groups out of this turn's memory or out of the store, packed into
 * frames. */
#include "agents/clock.h"
#include "agents/offline.h"
#include "agents/outbox.h"

/* Room in a frame for everything but groups and bodies, and for what packing adds to each. */
#define FRAME_ROOM  (TB_FRAME_BYTES_MAX - 4096)
#define GROUP_EXTRA 512
#define BODY_EXTRA  96

typedef struct frame_builder {
    tb_group *groups;
    size_t group_count;
    size_t group_capacity;
    size_t roots; /* that the groups lie under */
    size_t items;
    tb_shared_body *bodies;
    size_t body_count;
    size_t body_capacity;
    size_t bytes;
    size_t budget; /* bytes that may still leave in this turn */
} frame_builder;

static tb_err flush(tb_step *step, frame_builder *b)
{
    if (b->group_count == 0) {
        return TB_OK;
    }
    tb_frame frame = {.kind = TB_FRAME_SUBMIT};
    frame.carry.groups = b->groups;
    frame.carry.group_count = b->group_count;
    frame.carry.bodies = b->bodies;
    frame.carry.body_count = b->body_count;
    tb_err err = tb_link_send(step, &frame);

    size_t budget = b->budget;
    *b = (frame_builder){.budget = budget};
    return err;
}

static bool body_in_frame(const frame_builder *b, uint64_t notice)
{
    for (size_t i = b->body_count; i > 0; i--) {
        if (b->bodies[i - 1].notice == notice) {
            return true;
        }
    }
    return false;
}

static bool new_root(const frame_builder *b, const tb_group *group)
{
    return b->group_count == 0 || !tb_group_same_root(&b->groups[b->group_count - 1], group);
}

/* The hub looks no further than this in one frame (base/limits.h). */
static bool is_full(const frame_builder *b, const tb_group *group, size_t cost)
{
    return b->group_count == TB_FRAME_GROUPS_MAX || b->bytes + cost > FRAME_ROOM ||
           b->bytes >= TB_FRAME_LOOKED_BYTES || b->items + group->item_count > TB_FRAME_ITEMS_MAX ||
           (b->roots == TB_FRAME_ROOTS_MAX && new_root(b, group));
}

static tb_err frame_add(tb_step *step,
                        frame_builder *b,
                        const tb_group *group,
                        size_t bytes,
                        const tb_shared_body *bodies,
                        size_t body_count)
{
    size_t cost = bytes + GROUP_EXTRA + group->item_count * BODY_EXTRA;
    if (is_full(b, group, cost)) {
        tb_err err = flush(step, b);
        if (err != TB_OK) {
            return err;
        }
    }
    void *list = b->groups;
    tb_err err =
        tb_work_room(step->arena, &list, b->group_count, &b->group_capacity, sizeof *group);
    if (err != TB_OK) {
        return err;
    }
    b->groups = list;
    b->roots += new_root(b, group) ? 1 : 0;
    b->groups[b->group_count++] = *group;
    b->items += group->item_count;
    b->bytes += cost;
    b->budget = b->budget > cost ? b->budget - cost : 0;

    for (size_t i = 0; i < body_count; i++) {
        if (body_in_frame(b, bodies[i].notice)) {
            continue;
        }
        list = b->bodies;
        err = tb_work_room(step->arena, &list, b->body_count, &b->body_capacity, sizeof *bodies);
        if (err != TB_OK) {
            return err;
        }
        b->bodies = list;
        b->bodies[b->body_count++] = bodies[i];
    }
    return TB_OK;
}

/* ---- out of the store ---- */

/* What the hub refused goes in its place as a filler: header and signed refusal. */
static tb_err fill_refused(tb_step *step, const tb_stream *stream, tb_item *item)
{
    tb_refusal_row refusal;
    tb_err err = tb_refusal_get(step->txn, stream, item->header.notice, &refusal);
    if (err == TB_ERR_NOT_FOUND) {
        return TB_OK;
    }
    if (err != TB_OK) {
        return err;
    }
    tb_signed_line *line = tb_arena_alloc(step->arena, sizeof *line);
    if (line == NULL) {
        return TB_ERR_LIMIT;
    }
    if (tb_signed_line_decode(refusal.line, step->arena, line) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    item->refusal = line;

    item->body = tb_bytes_of(NULL, 0);
    return TB_OK;
}

tb_err tb_outbox_read(tb_step *step,
                      const tb_stream *stream,
                      const tb_stream_out_row *row,
                      tb_outbox_row *kept,
                      tb_made *out)
{
    tb_made made = {.stream = *stream, .row = *kept};
    tb_bytes encoded;
    tb_err read = tb_outbox_group(step->txn, stream, kept, &encoded);
    if (read != TB_OK) {
        return read;
    }
    if (tb_group_decode(encoded, step->arena, &made.group) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    made.bodies = tb_arena_array(step->arena, made.group.item_count, sizeof *made.bodies);
    if (made.bodies == NULL) {
        return TB_ERR_LIMIT;
    }

    for (size_t i = 0; i < made.group.item_count; i++) {
        tb_item *item = &made.group.items[i];
        uint64_t number = kept->from + i;
        tb_err err = TB_OK;
        if (number <= row->refused) {
            err = fill_refused(step, stream, item);
        }
        if (err == TB_OK && item->refusal == NULL && item->header.entry_count > 1) {
            tb_shared_body *body = &made.bodies[made.body_count++];
            *body = (tb_shared_body){stream->sender, stream->incarnation, item->header.notice, {0}};
            err = tb_outbox_body_get(step->txn, &stream->incarnation, body->notice, &body->body);
        }
        if (err != TB_OK) {
            return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
        }
    }
    *out = made;
    return TB_OK;
}

/* The next group to submit: from this turn when it was made now, else from the store. */
static tb_err
next_group(tb_step *step, const tb_stream *stream, const tb_stream_out_row *row, tb_made *out)
{
    const tb_work *work = step->agent->work;
    for (size_t i = 0; i < work->made_count; i++) {
        if (work->made[i].row.from == row->submitted + 1 &&
            tb_stream_equal(&work->made[i].stream, stream)) {
            *out = work->made[i];
            return TB_OK;
        }
    }
    tb_outbox_row kept;
    tb_err err = tb_outbox_after(step->txn, stream, row->submitted, &kept);
    if (err != TB_OK) {
        return err;
    }

    return tb_outbox_read(step, stream, row, &kept, out);
}

/* ---- what is over ---- */

static bool is_over(const tb_step *step, const tb_item *item)
{
    return item->refusal == NULL && item->header.expires <= step->now.real;
}

/* Our own signed word that a notice expired before the hub stored it; kept, and not sent by itself:
 * it goes in the notice's place. */
static tb_err expire(tb_step *step, const tb_stream *stream, const tb_item *item, uint64_t number)
{
    tb_refusing refusing = {
        .line =
            {
                .kind = TB_LINE_REFUSED,
                .stream = *stream,
                .from = number,
                .digest = item->digest,
                .at = step->now.real,
                .code = TB_REFUSED_EXPIRED,
            },
        .notice = item->header.notice,
        .header = item->header_bytes,
        .keep = true,
        .own = true,
    };
    tb_err err = tb_clock_shown(step->agent, step->txn, &refusing.line.civil);
    if (err != TB_OK) {
        return err;
    }
    tb_effects_note(step->effects, step->arena, TB_LEVEL_WARN,
                    "event=expired recipient=%p notice=%u number=%u", &stream->recipient,
                    item->header.notice, number);
    return tb_work_refuse(step, &refusing);
}

/* Whether a group holds what is over: that is signed at the end of this turn, and the stream goes
 * on with fillers in the next. */
static tb_err expire_all(tb_step *step,
                         const tb_stream *stream,
                         tb_stream_out_row *row,
                         const tb_made *next,
                         bool *out_any)
{
    *out_any = false;
    for (size_t i = 0; i < next->group.item_count; i++) {
        uint64_t number = next->row.from + i;
        if (!is_over(step, &next->group.items[i])) {
            continue;
        }
        tb_err err = expire(step, stream, &next->group.items[i], number);
        if (err != TB_OK) {
            return err;
        }
        if (number > row->refused) {
            row->refused = number;
        }
        *out_any = true;
    }
    return TB_OK;
}

/* ---- a stream ---- */

static size_t in_flight(const tb_stream_out_row *row)
{
    size_t bytes = 0;
    for (size_t i = 0; i < row->flight_count; i++) {
        bytes += row->flights[i].bytes;
    }
    return bytes;
}

/* *out_over: the next group held what is over, and goes in the next turn. */
static tb_err submit_stream(tb_step *step,
                            frame_builder *b,
                            const tb_stream *stream,
                            tb_stream_out_row *row,
                            bool *out_over)
{
    *out_over = false;
    size_t flying = in_flight(row);
    while (row->submitted < row->number && row->flight_count < TB_FLIGHTS_MAX &&
           flying < TB_WINDOW_BYTES && b->budget > 0) {
        tb_made next;
        tb_err err = next_group(step, stream, row, &next);
        if (err != TB_OK) {
            return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
        }
        err = expire_all(step, stream, row, &next, out_over);
        if (err != TB_OK || *out_over) {
            return err;
        }
        err = frame_add(step, b, &next.group, next.row.bytes, next.bodies, next.body_count);
        if (err != TB_OK) {
            return err;
        }

        row->submitted = next.row.to;
        row->active = step->now.real;
        row->flights[row->flight_count++] =
            (tb_flight){next.row.to, next.row.bytes, next.row.digest};
        flying += next.row.bytes;
    }
    return TB_OK;
}

static tb_err pump_stream(tb_step *step, frame_builder *b, const tb_stream *stream)
{
    tb_stream_out_row row;
    bool closed = false;
    tb_err err = tb_stream_out_get(step->txn, stream, &row);
    if (err == TB_OK) {
        err = tb_closed_get(step->txn, &stream->recipient, &closed);
    }
    bool waits = closed || tb_offline_is(step->agent, &stream->recipient);
    if (err != TB_OK || waits || row.submitted >= row.number) {
        return err;
    }
    tb_time kept_due = row.due;
    bool over;
    err = submit_stream(step, b, stream, &row, &over);
    if (err != TB_OK) {
        return err;
    }

    tb_time due = tb_outbox_due_of(&row, step->now.real);
    if (over || (b->budget == 0 && row.submitted < row.number)) {
        due = step->now.real;
    }
    /* It only moves nearer here: looking too early is harmless and moves it on. */
    if (row.due == 0 || due < row.due) {
        row.due = due;
    }
    return tb_stream_out_put(step->txn, stream, kept_due, &row);
}

tb_err tb_outbox_pump(tb_step *step)
{
    bool may_sign = false;
    tb_err err = tb_link_may_sign(step->txn, &may_sign);
    if (err != TB_OK || !may_sign || step->agent->work == NULL) {
        return err;
    }

    frame_builder builder = {.budget = TB_SUBMIT_BYTES};
    const tb_work *work = step->agent->work;
    for (size_t i = 0; i < work->sending_count; i++) {
        err = pump_stream(step, &builder, &work->sending[i]);
        if (err == TB_ERR_CORRUPT) {
            /* One stream that cannot be read does not stop the others. */
            tb_effects_note(step->effects, step->arena, TB_LEVEL_ERROR,
                            "event=row_corrupt table=OUTBOX recipient=%p",
                            &work->sending[i].recipient);
            err = TB_OK;
        }
        if (err != TB_OK) {
            return err;
        }
    }
    return flush(step, &builder);
}

/* bundle_export - one bundle for one party (bundle.h). */
#include "agents/bundle.h"
#include "agents/outbox.h"
#include "base/pack.h"

/* Bytes of groups in one bundle: with the lines it stays within TB_BUNDLE_BYTES_MAX. */
#define GROUPS_BYTES (656u * 1024)
/* What packing adds to a group and to each of its items. */
#define GROUP_EXTRA 1024
#define ITEM_EXTRA  128
/* Incarnation, lane, number: behind which group the next bundle goes on. */
#define CURSOR_BYTES (16 + 1 + 8)

_Static_assert(TB_GROUP_BYTES_MAX + GROUP_EXTRA + ITEM_EXTRA * TB_GROUP_ITEMS_MAX <= GROUPS_BYTES,
               "every group fits a bundle");
_Static_assert(GROUPS_BYTES + TB_BUNDLE_LINES_MAX * (TB_SIGNED_LINE_BYTES_MAX + 8) + 4096 <
                   TB_BUNDLE_BYTES_MAX,
               "groups and lines fit a bundle");

typedef struct exporting {
    tb_step *step;
    const tb_party *party;
    tb_bundle bundle;
    size_t group_capacity;
    size_t body_capacity;
    size_t bytes;
    size_t line_room;
    /* where the bundle before ended, or this one does */
    bool resumes;
    tb_stream at;
    uint64_t at_number;
    bool full;
    tb_local_counts counts;
} exporting;

/* ---- the cursor ---- */

static bool read_cursor(exporting *e, tb_bytes after)
{
    tb_reader r;
    if (after.size == 0) {
        return true;
    }
    tb_reader_init(&r, after);
    e->at.incarnation.counter = tb_get_u64(&r);
    tb_get_raw(&r, e->at.incarnation.random, sizeof e->at.incarnation.random);
    e->at.lane = (tb_lane)tb_get_u8(&r);
    e->at_number = tb_get_u64(&r);
    e->resumes = true;
    return tb_reader_done(&r);
}

static tb_err write_cursor(const exporting *e, tb_bytes *out)
{
    tb_writer w;
    tb_writer_arena(&w, e->step->arena, CURSOR_BYTES);
    tb_put_u64(&w, e->at.incarnation.counter);
    tb_put_raw(&w, e->at.incarnation.random, sizeof e->at.incarnation.random);
    tb_put_u8(&w, (uint8_t)e->at.lane);
    tb_put_u64(&w, e->at_number);
    return tb_writer_bytes(&w, out);
}

/* Streams come in key order: those before the cursor's are in earlier bundles. */
static bool done_before(const exporting *e, const tb_stream *stream)
{
    int order = tb_incarnation_compare(&stream->incarnation, &e->at.incarnation);
    return e->resumes && (order < 0 || (order == 0 && stream->lane < e->at.lane));
}

static bool is_cursor(const exporting *e, const tb_stream *stream)
{
    return e->resumes && stream->lane == e->at.lane &&
           tb_incarnation_compare(&stream->incarnation, &e->at.incarnation) == 0;
}

/* ---- notices ---- */

static tb_err add_bodies(exporting *e, const tb_made *made)
{
    tb_carry *carry = &e->bundle.carry;
    for (size_t i = 0; i < made->body_count; i++) {
        void *list = carry->bodies;
        tb_err err = tb_work_room(e->step->arena, &list, carry->body_count, &e->body_capacity,
                                  sizeof *carry->bodies);
        if (err != TB_OK) {
            return err;
        }
        carry->bodies = list;
        carry->bodies[carry->body_count++] = made->bodies[i];
    }
    return TB_OK;
}

static tb_err stamp(exporting *e, const tb_stream *stream, tb_group *group)
{
    tb_bytes packed;
    uint64_t last = tb_group_number(group, group->item_count - 1);
    tb_err err = tb_stamp_get(e->step->txn, stream, last, &group->stamp, &packed);
    group->has_stamp = err == TB_OK && group->stamp.line.from <= tb_group_number(group, 0);
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err add_group(exporting *e, const tb_stream *stream, tb_made *made)
{
    tb_carry *carry = &e->bundle.carry;
    void *list = carry->groups;
    tb_err err = tb_work_room(e->step->arena, &list, carry->group_count, &e->group_capacity,
                              sizeof *carry->groups);
    if (err == TB_OK) {
        carry->groups = list;
        err = stamp(e, stream, &made->group);
    }
    if (err == TB_OK) {
        err = add_bodies(e, made);
    }
    if (err != TB_OK) {
        return err;
    }
    carry->groups[carry->group_count++] = made->group;
    e->counts.notices += (uint32_t)made->group.item_count;
    e->at = *stream;
    e->at_number = made->row.from;
    return TB_OK;
}

/* What of a stream the recipient has not marked as arrived. */
static tb_err add_stream(exporting *e, const tb_stream *stream, const tb_stream_out_row *row)
{
    uint64_t after = is_cursor(e, stream) ? e->at_number : 0;
    for (;;) {
        tb_outbox_row kept;
        tb_made made;
        tb_err err = tb_outbox_after(e->step->txn, stream, after, &kept);
        if (err == TB_OK) {
            err = tb_outbox_read(e->step, stream, row, &kept, &made);
        }
        if (err != TB_OK) {
            return err == TB_ERR_NOT_FOUND ? TB_OK : err;
        }
        size_t cost = kept.bytes + GROUP_EXTRA + ITEM_EXTRA * made.group.item_count;
        bool some = e->bundle.carry.group_count > 0;
        if (some && (e->bytes + cost > GROUPS_BYTES ||
                     e->bundle.carry.group_count == TB_FRAME_GROUPS_MAX)) {
            e->full = true;
            return TB_OK;
        }
        e->bytes += cost;
        after = kept.from;
        err = add_group(e, stream, &made);
        if (err != TB_OK) {
            return err;
        }
    }
}

static tb_err add_notices(exporting *e)
{
    tb_bytes cursor = {NULL, 0};
    tb_stream_out_row *row = tb_arena_alloc(e->step->arena, sizeof *row);
    tb_err err = row == NULL ? TB_ERR_LIMIT : TB_OK;
    while (err == TB_OK && !e->full) {
        tb_stream stream;
        err = tb_stream_out_next(e->step->txn, &cursor, &stream, row);
        if (err != TB_OK || !tb_party_equal(&stream.recipient, e->party)) {
            continue;
        }
        stream.sender = e->step->agent->self;
        if (!done_before(e, &stream)) {
            err = add_stream(e, &stream, row);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* ---- lines, with the last bundle ---- */

static tb_err add_line(exporting *e, tb_bytes packed, tb_signed_line *list, size_t *count)
{
    if (tb_signed_line_decode(packed, e->step->arena, &list[*count]) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    (*count)++;
    e->line_room--;
    return TB_OK;
}

static tb_err add_marks(exporting *e)
{
    tb_bytes cursor = {NULL, 0};
    tb_bundle *b = &e->bundle;
    tb_err err = TB_OK;
    while (err == TB_OK && e->line_room > 0) {
        tb_stream stream;
        tb_stream_in_row row;
        err = tb_stream_in_next(e->step->txn, &e->step->agent->self, &cursor, &stream, &row);
        if (err == TB_OK && row.line.size > 0 && tb_party_equal(&stream.sender, e->party)) {
            err = add_line(e, row.line, b->marks, &b->mark_count);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* The newest that fit: older ones went with earlier bundles. */
static tb_err add_refusals(exporting *e)
{
    tb_bytes cursor = {NULL, 0};
    tb_bundle *b = &e->bundle;
    tb_refusal_row row;
    size_t all = 0;
    size_t seen = 0;
    const tb_party *self = &e->step->agent->self;
    tb_err err = TB_OK;
    while (err == TB_OK) {
        err = tb_refusal_next(e->step->txn, e->party, self, &cursor, &row);
        all += err == TB_OK;
    }
    cursor = tb_bytes_of(NULL, 0);
    size_t skipped = all > e->line_room ? all - e->line_room : 0;
    err = err == TB_ERR_NOT_FOUND ? TB_OK : err;
    while (err == TB_OK && e->line_room > 0) {
        err = tb_refusal_next(e->step->txn, e->party, self, &cursor, &row);
        if (err == TB_OK && seen++ >= skipped) {
            err = add_line(e, row.line, b->refusals, &b->refusal_count);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* Newest first, down to the first number whose stamp is not known here. */
static tb_err add_stamps_of(exporting *e, const tb_stream *stream, uint64_t number)
{
    tb_bundle *b = &e->bundle;
    tb_err err = TB_OK;
    while (err == TB_OK && number > 0 && e->line_room > 0) {
        tb_bytes packed;
        tb_signed_line *line = &b->stamps[b->stamp_count];
        err = tb_stamp_get(e->step->txn, stream, number, line, &packed);
        if (err == TB_OK) {
            number = line->line.from - 1;
            b->stamp_count++;
            e->line_room--;
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* Of notices that went before, perhaps by a bundle that could not be stamped yet. */
static tb_err add_stamps(exporting *e)
{
    tb_bytes cursor = {NULL, 0};
    tb_stream_out_row *row = tb_arena_alloc(e->step->arena, sizeof *row);
    tb_err err = row == NULL ? TB_ERR_LIMIT : TB_OK;
    while (err == TB_OK && e->line_room > 0) {
        tb_stream stream;
        err = tb_stream_out_next(e->step->txn, &cursor, &stream, row);
        if (err == TB_OK && tb_party_equal(&stream.recipient, e->party)) {
            stream.sender = e->step->agent->self;
            err = add_stamps_of(e, &stream, row->arrived);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err add_lines(exporting *e)
{
    tb_bundle *b = &e->bundle;
    tb_arena *arena = e->step->arena;
    b->marks = tb_arena_array(arena, TB_BUNDLE_LINES_MAX + 1, sizeof *b->marks);
    b->refusals = tb_arena_array(arena, TB_BUNDLE_LINES_MAX + 1, sizeof *b->refusals);
    b->stamps = tb_arena_array(arena, TB_BUNDLE_LINES_MAX + 1, sizeof *b->stamps);
    if (b->marks == NULL || b->refusals == NULL || b->stamps == NULL) {
        return TB_ERR_LIMIT;
    }
    e->line_room = TB_BUNDLE_LINES_MAX;
    tb_err err = add_marks(e);
    if (err == TB_OK) {
        err = add_refusals(e);
    }
    if (err == TB_OK) {
        err = add_stamps(e);
    }
    e->counts.marks = (uint32_t)b->mark_count;
    e->counts.refusals = (uint32_t)b->refusal_count;
    e->counts.stamps = (uint32_t)b->stamp_count;
    return err;
}

/* ---- the bundle ---- */

static bool is_empty(const tb_bundle *b)
{
    return b->carry.group_count == 0 && b->mark_count == 0 && b->refusal_count == 0 &&
           b->stamp_count == 0;
}

static tb_err fill_answer(exporting *e, tb_local_answer *answer)
{
    const tb_agent *agent = e->step->agent;
    if (is_empty(&e->bundle)) {
        answer->code = TB_REFUSED_BUNDLE_EMPTY;
        return TB_OK;
    }
    e->bundle.hub = agent->hub;
    e->bundle.sender = agent->self;
    e->bundle.recipient = *e->party;
    e->bundle.made = e->step->now.real;
    e->bundle.key = agent->keys.sign_id;
    answer->bundle.counts = e->counts;
    tb_err err =
        tb_bundle_encode(&e->bundle, agent->keys.sign, e->step->arena, &answer->bundle.content);
    if (err == TB_OK && e->full) {
        err = write_cursor(e, &answer->bundle.next);
    }
    if (err == TB_OK) {
        answer->kind = TB_ANSWER_BUNDLE;
    }
    return err;
}

tb_err tb_bundle_export(tb_step *step, const tb_local_export_bundle *wish, tb_local_answer *answer)
{
    exporting *e = tb_arena_alloc(step->arena, sizeof *e);
    bool fenced = false;
    if (e == NULL) {
        return TB_ERR_LIMIT;
    }
    *e = (exporting){.step = step, .party = &wish->party};
    tb_err err = tb_link_fenced(step->txn, &fenced);
    if (err != TB_OK) {
        return err;
    }
    const tb_directory_party *found = tb_directory_find(step->agent->directory, &wish->party);
    if (fenced) {
        answer->code = TB_REFUSED_FENCED;
    } else if (found == NULL || tb_party_equal(&wish->party, &step->agent->self)) {
        answer->code = TB_REFUSED_UNKNOWN_PARTY;
    } else if (!read_cursor(e, wish->after)) {
        answer->code = TB_REFUSED_REQUEST;
    }
    if (answer->code != TB_ACCEPTED) {
        return TB_OK;
    }
    memset(&answer->bundle, 0, sizeof answer->bundle);
    err = add_notices(e);
    if (err == TB_OK && !e->full) {
        err = add_lines(e);
    }
    return err == TB_OK ? fill_answer(e, answer) : err;
}

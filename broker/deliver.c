#include "base/grown.h"
#include "base/mutant.h"
#include "broker/handlers.h"

/* Bytes read back from the store in one turn, for all recipients together; the rest comes in the
 * next turn, so that many returning parties fit the memory of a turn. */
#define BACKLOG_BYTES (6u * 1024 * 1024)
/* Groups in one frame, and what surrounds groups and bodies in it. */
#define FRAME_GROUPS 256
#define FRAME_BYTES  1024
#define GROUP_BYTES  32
#define BODY_BYTES   80

_Static_assert(FRAME_GROUPS <= TB_FRAME_GROUPS_MAX, "a frame takes so many");

/* A Deliver frame being filled. */
typedef struct filling {
    tb_broker *b;
    tb_live_party *to;
    tb_group *groups;
    size_t group_count;
    size_t group_capacity;
    tb_shared_body *bodies;
    size_t body_count;
    size_t body_capacity;
    uint64_t bytes;
} filling;

void tb_hub_deliver_again(tb_broker *b, tb_live_party *recipient)
{
    tb_hub_session *session = &recipient->session;
    for (size_t i = 0; i < TB_LANES; i++) {
        session->cursor[i] = 0;
        session->behind[i] = true;
    }
    session->in_flight = 0;
    session->progress = b->running.now.real;
    session->reset = b->running.now.real;
    recipient->changed = true;
    recipient->deliver = true;
}

static tb_err flush(filling *f)
{
    if (f->group_count == 0) {
        return TB_OK;
    }

    tb_frame frame;
    memset(&frame, 0, sizeof frame);
    frame.kind = TB_FRAME_DELIVER;
    frame.carry.groups = f->groups;
    frame.carry.group_count = f->group_count;
    frame.carry.bodies = f->bodies;
    frame.carry.body_count = f->body_count;
    f->groups = NULL;
    f->group_count = 0;
    f->group_capacity = 0;
    f->bodies = NULL;
    f->body_count = 0;
    f->body_capacity = 0;
    f->bytes = 0;
    return tb_running_send(f->b, f->to->session.peer, &frame);
}

/* Room for a group with so many bodies in the frame, after sending what would make it too large. */
static tb_err make_room(filling *f, uint64_t bytes, size_t bodies)
{
    if (f->group_count == FRAME_GROUPS || FRAME_BYTES + f->bytes + bytes > TB_FRAME_BYTES_MAX) {
        tb_err err = flush(f);
        if (err != TB_OK) {
            return err;
        }
    }
    f->groups = tb_arena_grown(f->b->running.arena, f->groups, f->group_count, f->group_count + 1,
                               &f->group_capacity, sizeof *f->groups);
    if (f->groups == NULL) {
        return TB_ERR_LIMIT;
    }
    f->bodies = tb_arena_grown(f->b->running.arena, f->bodies, f->body_count,
                               f->body_count + bodies, &f->body_capacity, sizeof *f->bodies);
    return f->bodies == NULL && bodies > 0 ? TB_ERR_LIMIT : TB_OK;
}

static void add_body(filling *f, const tb_notice_name *name, tb_bytes body)
{
    TB_ASSERT(f->body_count < f->body_capacity);

    tb_shared_body *shared = &f->bodies[f->body_count++];
    shared->sender = name->sender;
    shared->incarnation = name->incarnation;
    shared->notice = name->notice;
    shared->body = body;
}

/* Bytes on their way to the recipient, and when it is time to look whether they arrived. */
static tb_err count(filling *f, size_t lane, uint64_t seq, uint64_t bytes)
{
    tb_hub_session *session = &f->to->session;
    tb_time now = f->b->running.now.real;
    if (session->in_flight == 0) {
        session->progress = now;
    }
    session->in_flight += bytes;
    session->cursor[lane] = seq;
    f->to->changed = true;
    return tb_hub_arm(f->b, f->to, now + TB_RESEND_AFTER_MS);
}

static bool has_credit(const filling *f)
{
    return f->to->session.in_flight < f->b->limits.credit_bytes || TB_MUTANT(CREDIT_UNBOUNDED);
}

/* The lane goes on behind this group. */
static void skip(filling *f, size_t lane, uint64_t seq)
{
    f->to->session.cursor[lane] = seq;
    f->to->changed = true;
}

static tb_err deliver_fresh(filling *f, size_t lane, tb_fresh_group *fresh)
{
    uint64_t bytes =
        fresh->packed_size + GROUP_BYTES + fresh->shared_bytes + BODY_BYTES * fresh->shared_count;
    bool forked;
    tb_err err = tb_hub_forked(f->b, fresh->stream, &forked);
    if (err != TB_OK) {
        return err;
    }
    if (forked) {
        skip(f, lane, fresh->seq);
        return TB_OK;
    }
    err = make_room(f, bytes, fresh->shared_count);
    if (err != TB_OK) {
        return err;
    }

    tb_group *group = &f->groups[f->group_count++];
    *group = *fresh->group;
    group->has_stamp = true;
    group->stamp = *fresh->stamp;
    for (size_t i = 0; i < fresh->shared_count; i++) {
        add_body(f, &fresh->shared[i].name, fresh->shared[i].body);
    }
    f->bytes += bytes;
    return count(f, lane, fresh->seq, fresh->bytes);
}

/* The lane has nothing waiting in the store: what came in this turn goes out as it is. */
static tb_err deliver_new(filling *f, size_t lane)
{
    tb_fresh_group *fresh = f->to->fresh[lane];
    while (fresh != NULL && has_credit(f)) {
        tb_err err = deliver_fresh(f, lane, fresh);
        if (err != TB_OK) {
            return err;
        }
        fresh = fresh->next_in_lane;
    }
    if (fresh != NULL) {
        f->to->session.behind[lane] = true;
        f->to->changed = true;
    }
    return TB_OK;
}

/* The bodies a stored group needs: items with several recipients that are no fillers. */
static tb_err fetch_bodies(
    filling *f, const tb_group *group, tb_bytes *bodies, size_t *out_count, uint64_t *out_bytes)
{
    size_t found = 0;
    uint64_t bytes = 0;
    for (size_t i = 0; i < group->item_count; i++) {
        const tb_item *item = &group->items[i];
        if (item->refusal != NULL || item->header.entry_count == 1) {
            continue;
        }
        tb_notice_name name = {item->header.sender, item->header.incarnation, item->header.notice};
        tb_err err = tb_hub_body_get(f->b->running.txn, &name, &bodies[found]);
        if (err != TB_OK) {
            return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
        }
        bytes += bodies[found].size;
        found++;
    }
    *out_count = found;
    *out_bytes = bytes;
    return TB_OK;
}

/* Under the directory in force now. */
static tb_refusal allowed(tb_broker *b, const tb_group *group)
{
    const tb_directory *directory = b->running.directory;
    const tb_header *header = &group->items[0].header;
    const tb_directory_party *party = tb_directory_find(directory, &header->sender);
    uint64_t last = tb_group_number(group, group->item_count - 1);
    if (party == NULL) {
        return TB_REFUSED_UNKNOWN_PARTY;
    }
    if (tb_directory_key_of(party, &header->signing_key) == NULL) {
        return TB_REFUSED_UNKNOWN_KEY;
    }
    if (last > tb_directory_good_until(directory, &header->sender, &header->signing_key,
                                       &header->incarnation, &group->recipient, group->lane)) {
        return TB_REFUSED_KEY_REVOKED;
    }
    for (size_t i = 0; i < group->item_count; i++) {
        if (group->items[i].refusal != NULL && !tb_hub_filler_good(b, group, i)) {
            return TB_REFUSED_SIGNATURE;
        }
    }
    return TB_ACCEPTED;
}

/* What its recipient would have to refuse is not delivered: it would use up the credit of all who
 * write to that recipient. */
tb_err tb_hub_deliverable(tb_broker *b, const tb_group *group, tb_refusal *out_why)
{
    tb_live_stream *live;
    tb_stream stream = tb_group_stream(group);
    bool forked = false;
    *out_why = allowed(b, group);
    tb_err err = tb_running_stream(b, &stream, &live);
    if (err == TB_OK) {
        err = tb_hub_forked(b, live, &forked);
    }
    if (err == TB_OK && forked && *out_why == TB_ACCEPTED) {
        *out_why = TB_REFUSED_FORK;
    }
    return err;
}

/* Stamp and fillers that the hub signed after the directory had taken its key; the stamp is kept
 * anew, so that a party hears of one time alone. */
static tb_err renew(filling *f, size_t lane, uint64_t seq, const tb_hub_group *row, tb_group *group)
{
    tb_broker *b = f->b;
    bool changed;
    tb_hub_group kept = *row;
    tb_err err = tb_hub_renew_line(b, &group->stamp, &changed);
    for (size_t i = 0; err == TB_OK && i < group->item_count; i++) {
        if (group->items[i].refusal == NULL) {
            continue;
        }
        tb_signed_line *line = tb_arena_alloc(b->running.arena, sizeof *line);
        if (line == NULL) {
            return TB_ERR_LIMIT;
        }
        *line = *group->items[i].refusal;
        err = tb_hub_renew_line(b, line, NULL);
        group->items[i].refusal = line;
    }
    if (err != TB_OK || !changed) {
        return err;
    }
    err = tb_signed_line_encode(&group->stamp, b->running.arena, &kept.stamp);
    return err == TB_OK ? tb_hub_group_put(b->running.txn, &f->to->id,
                                           (tb_lane)(lane + TB_LANE_FIRST), seq, &kept)
                        : err;
}

static tb_err deliver_stored(filling *f, size_t lane, uint64_t seq, const tb_hub_group *row)
{
    tb_arena *arena = f->b->running.arena;
    tb_group group;
    if (tb_group_decode(row->group, arena, &group) != TB_ACCEPTED ||
        tb_signed_line_decode(row->stamp, arena, &group.stamp) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    tb_err err = renew(f, lane, seq, row, &group);
    if (err != TB_OK) {
        return err;
    }
    tb_refusal why;
    err = tb_hub_deliverable(f->b, &group, &why);
    if (err != TB_OK) {
        return err;
    }
    if (why != TB_ACCEPTED) {
        skip(f, lane, seq);
        return TB_OK;
    }
    group.has_stamp = true;
    tb_bytes *bodies = tb_arena_array(arena, group.item_count, sizeof *bodies);
    if (bodies == NULL) {
        return TB_ERR_LIMIT;
    }
    size_t body_count;
    uint64_t body_bytes;
    err = fetch_bodies(f, &group, bodies, &body_count, &body_bytes);
    if (err != TB_OK) {
        return err;
    }

    uint64_t bytes =
        row->group.size + row->stamp.size + GROUP_BYTES + body_bytes + BODY_BYTES * body_count;
    err = make_room(f, bytes, body_count);
    if (err != TB_OK) {
        return err;
    }
    size_t at = 0;
    for (size_t i = 0; i < group.item_count; i++) {
        const tb_item *item = &group.items[i];
        if (item->refusal == NULL && item->header.entry_count > 1) {
            tb_notice_name name = {item->header.sender, item->header.incarnation,
                                   item->header.notice};
            add_body(f, &name, bodies[at++]);
        }
    }
    f->groups[f->group_count++] = group;
    f->bytes += bytes;
    return count(f, lane, seq, row->bytes);
}

/* A row that does not decode must not stop its neighbours for ever: it is passed over and noted;
 * its stream shows the gap, and the sender still has what was in it. */
static tb_err pass_over(filling *f, size_t lane, uint64_t seq)
{
    tb_running *t = &f->b->running;
    tb_effects_note(t->effects, t->arena, TB_LEVEL_ERROR, "event=group_corrupt recipient=%p seq=%u",
                    &f->to->id, seq);
    skip(f, lane, seq);
    return TB_OK;
}

static tb_err deliver_waiting(filling *f, size_t lane)
{
    tb_running *t = &f->b->running;
    tb_hub_session *session = &f->to->session;
    while (session->behind[lane] && has_credit(f)) {
        if (t->backlog >= (TB_MUTANT(ONE_FETCHED) ? 1 : BACKLOG_BYTES)) {
            return tb_hub_arm(f->b, f->to, t->now.real);
        }
        uint64_t seq;
        tb_hub_group row;
        tb_err err = tb_hub_group_after(t->txn, &f->to->id, (tb_lane)(lane + TB_LANE_FIRST),
                                        session->cursor[lane], &seq, &row);
        if (err == TB_ERR_CORRUPT) {
            tb_effects_note(t->effects, t->arena, TB_LEVEL_ERROR,
                            "event=lane_corrupt recipient=%p lane=%u behind=%u", &f->to->id,
                            (uint64_t)lane + TB_LANE_FIRST, session->cursor[lane]);
        }
        if (err == TB_ERR_NOT_FOUND || err == TB_ERR_CORRUPT) {
            session->behind[lane] = false;
            f->to->changed = true;
            return TB_OK;
        }
        if (err != TB_OK) {
            return err;
        }
        t->backlog += row.bytes;
        err = deliver_stored(f, lane, seq, &row);
        if (err == TB_ERR_CORRUPT) {
            err = pass_over(f, lane, seq);
        }
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

static tb_err deliver(tb_broker *b, tb_live_party *party)
{
    filling f;
    memset(&f, 0, sizeof f);
    f.b = b;
    f.to = party;
    for (size_t lane = 0; lane < TB_LANES; lane++) {
        tb_err err = party->session.behind[lane] ? TB_OK : deliver_new(&f, lane);
        if (err == TB_OK) {
            err = deliver_waiting(&f, lane);
        }
        if (err != TB_OK) {
            return err;
        }
    }
    return flush(&f);
}

tb_err tb_hub_deliver_close(tb_broker *b)
{
    for (tb_live_party *p = b->running.parties; p != NULL; p = p->next) {
        if (!p->linked || !p->deliver) {
            continue;
        }
        tb_err err = deliver(b, p);
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

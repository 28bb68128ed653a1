/* outbox_close - the end of a turn: number, seal, one tree, one signature, groups.
 *
 * Leaves stand by first recipient, so that a group's proof is short, and then by case, so that what
 * a recipient writes lies side by side; numbers are given in leaf order. The notices of one case
 * stand together, where its first would, in the order they were added in: one may build on another.
 */
#include "agents/outbox.h"
#include "agents/recovery.h"
#include "base/mutant.h"
#include "messages/event.h"
#include "messages/merkle.h"

#define LANES (TB_LANE_LAST - TB_LANE_FIRST + 1)

/* A stream this turn writes to, and the notices it gets, in number order. */
typedef struct out_stream {
    tb_stream stream;
    tb_stream_out_row row;
    tb_time kept_due;
    uint64_t first; /* number of notices[0] */
    uint32_t *notices;
    size_t count;
    size_t capacity;
} out_stream;

typedef struct closing {
    tb_step *step;
    tb_pending_notice *list;
    size_t count;
    uint32_t *order;         /* leaf order: places in list */
    uint32_t *first_of_case; /* by place in list: the place of the first notice of its case */
    out_stream **streams;    /* by directory place and lane; NULL until used */
    out_stream **used;       /* in order of first use */
    size_t used_count;
    size_t used_capacity;
    tb_sealing sealing;
    tb_tree tree;
    tb_root root;
} closing;

/* ---- order ---- */

/* Both compare two places of the list: by case, and by the first recipient of the case's first. */
typedef int compare_places(const closing *c, uint32_t a, uint32_t b);

static int compare_case(const closing *c, uint32_t a, uint32_t b)
{
    const tb_case_id *case_a = &c->list[a].outgoing.case_id;
    const tb_case_id *case_b = &c->list[b].outgoing.case_id;
    return memcmp(case_a->bytes, case_b->bytes, TB_CASE_ID_BYTES);
}

static int compare_first(const closing *c, uint32_t a, uint32_t b)
{
    const tb_pending_notice *first_a = &c->list[c->first_of_case[a]];
    const tb_pending_notice *first_b = &c->list[c->first_of_case[b]];
    int by_party =
        memcmp(first_a->parties[0]->id.text, first_b->parties[0]->id.text, TB_PARTY_BYTES);
    tb_lane lane_a = first_a->outgoing.lane;
    tb_lane lane_b = first_b->outgoing.lane;
    return by_party != 0 ? by_party : (lane_a > lane_b) - (lane_a < lane_b);
}

/* Stable merge sort of the order, with room for as many beside it. */
static void sort_order(const closing *c, uint32_t *room, compare_places *compare)
{
    uint32_t *order = c->order;
    for (size_t width = 1; width < c->count; width *= 2) {
        for (size_t low = 0; low < c->count; low += 2 * width) {
            size_t middle = low + width < c->count ? low + width : c->count;
            size_t high = low + 2 * width < c->count ? low + 2 * width : c->count;
            size_t a = low;
            size_t b = middle;
            for (size_t to = low; to < high; to++) {
                bool from_a = a < middle && (b >= high || compare(c, order[a], order[b]) <= 0);
                room[to] = from_a ? order[a++] : order[b++];
            }
        }
        memcpy(order, room, c->count * sizeof *order);
    }
}

static tb_err choose_order(closing *c)
{
    c->order = tb_arena_array(c->step->arena, c->count, sizeof *c->order);
    c->first_of_case = tb_arena_array(c->step->arena, c->count, sizeof *c->first_of_case);
    uint32_t *room = tb_arena_array(c->step->arena, c->count, sizeof *room);
    if (c->order == NULL || c->first_of_case == NULL || room == NULL) {
        return TB_ERR_LIMIT;
    }

    for (size_t i = 0; i < c->count; i++) {
        c->order[i] = (uint32_t)i;
    }
    sort_order(c, room, compare_case);
    for (size_t i = 0; i < c->count; i++) {
        uint32_t place = c->order[i];
        bool same = i > 0 && compare_case(c, c->order[i - 1], place) == 0;
        c->first_of_case[place] = same ? c->first_of_case[c->order[i - 1]] : place;
    }
    sort_order(c, room, compare_first);
    return TB_OK;
}

/* ---- numbers, bodies, headers ---- */

static size_t stream_place(const closing *c, const tb_directory_party *party, tb_lane lane)
{
    size_t place = (size_t)(party - c->step->agent->directory->parties);
    return place * LANES + (size_t)(lane - TB_LANE_FIRST);
}

static tb_err stream_of(closing *c, const tb_directory_party *party, tb_lane lane, out_stream **out)
{
    tb_step *step = c->step;
    out_stream **slot = &c->streams[stream_place(c, party, lane)];
    if (*slot != NULL) {
        *out = *slot;
        return TB_OK;
    }
    out_stream *s = tb_arena_alloc(step->arena, sizeof *s);
    if (s == NULL) {
        return TB_ERR_LIMIT;
    }
    s->stream = (tb_stream){step->agent->self, step->incarnation, party->id, lane};
    tb_err err = tb_stream_out_get(step->txn, &s->stream, &s->row);
    if (err == TB_ERR_NOT_FOUND) {
        memset(&s->row, 0, sizeof s->row);
    } else if (err != TB_OK) {
        return err;
    }
    s->kept_due = s->row.due;
    s->first = s->row.number + 1;
    void *list = c->used;
    err = tb_work_room(step->arena, &list, c->used_count, &c->used_capacity, sizeof(out_stream *));
    if (err != TB_OK) {
        return err;
    }

    c->used = list;
    c->used[c->used_count++] = s;
    *slot = s;
    *out = s;
    return TB_OK;
}

static tb_err stream_take(closing *c, out_stream *s, uint32_t notice)
{
    void *list = s->notices;
    tb_err err = tb_work_room(c->step->arena, &list, s->count, &s->capacity, sizeof *s->notices);
    if (err != TB_OK) {
        return err;
    }

    s->notices = list;
    s->notices[s->count++] = notice;
    return TB_OK;
}

static tb_err make_entries(closing *c, uint32_t index)
{
    tb_pending_notice *notice = &c->list[index];
    size_t count = notice->outgoing.reader_count;
    tb_entry *entries = tb_arena_array(c->step->arena, count, sizeof *entries);
    if (entries == NULL) {
        return TB_ERR_LIMIT;
    }

    for (size_t r = 0; r < count; r++) {
        const tb_directory_party *party = notice->parties[r];
        out_stream *s;
        tb_err err = stream_of(c, party, notice->outgoing.lane, &s);
        if (err == TB_OK) {
            err = stream_take(c, s, index);
        }
        if (err != TB_OK) {
            return err;
        }
        entries[r].recipient = party->id;
        entries[r].sealing_key = tb_directory_current(party, TB_PURPOSE_SEAL)->id;
        s->row.number += TB_MUTANT(NUMBER_HOLE) && notice->notice % 8 == 0 ? 1 : 0;
        entries[r].number = ++s->row.number;
        entries[r].previous = s->row.digest;
    }
    notice->header.entries = entries;
    notice->header.entry_count = count;
    return TB_OK;
}

static tb_err make_header(closing *c, uint32_t index)
{
    tb_step *step = c->step;
    tb_pending_notice *notice = &c->list[index];
    const tb_directory *directory = step->agent->directory;
    notice->header = (tb_header){
        .suite = TB_SUITE_1,
        .hub = step->agent->hub,
        .sender = step->agent->self,
        .incarnation = step->incarnation,
        .notice = notice->notice,
        .lane = notice->outgoing.lane,
        .kind = notice->outgoing.kind,
        .made = step->now.real,
        .expires = step->now.real + TB_NOTICE_LIFE_MS,
        .directory_version = directory->version,
        .directory_digest = directory->digest,
        .signing_key = step->agent->keys.sign_id,
        .ephemeral = c->sealing.ephemeral.public_key,
        .events = tb_events_digest(notice->outgoing.ids, notice->outgoing.event_count),
        .body = tb_body_digest(notice->body),
    };
    tb_err err = make_entries(c, index);
    if (err == TB_OK) {
        err = tb_recovery_old_marks(step, &notice->header);
    }
    if (err == TB_OK) {
        err = tb_header_encode(&notice->header, step->arena, &notice->header_bytes);
    }
    if (err != TB_OK) {
        return err;
    }

    notice->digest = tb_header_digest(notice->header_bytes);
    for (size_t r = 0; r < notice->header.entry_count; r++) {
        c->streams[stream_place(c, notice->parties[r], notice->outgoing.lane)]->row.digest =
            notice->digest;
    }
    return TB_OK;
}

static tb_err make_notices(closing *c)
{
    size_t places = c->step->agent->directory->party_count;
    c->streams = tb_arena_array(c->step->arena, places * LANES, sizeof *c->streams);
    c->sealing.agreements = tb_arena_array(c->step->arena, places, sizeof(tb_agreement *));
    if (c->streams == NULL || c->sealing.agreements == NULL) {
        return TB_ERR_LIMIT;
    }

    tb_seal_pair_make(&c->sealing.ephemeral, c->step->random);
    for (uint32_t leaf = 0; leaf < c->count; leaf++) {
        uint32_t index = c->order[leaf];
        c->list[index].leaf = leaf;
        tb_err err = tb_outbox_seal(c->step, &c->sealing, &c->list[index]);
        if (err == TB_OK) {
            err = make_header(c, index);
        }
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

/* ---- the tree and its proofs ---- */

static tb_err keep_proofs(closing *c, const tb_digest *digests)
{
    tb_step *step = c->step;
    const tb_party *self = &step->agent->self;
    uint64_t first = c->list[0].notice;
    tb_proof_tree tree = {.root = &c->root, .statements = digests, .count = c->count};
    tb_err err = tb_proof_tree_put(step->txn, self, &step->incarnation, first, &tree);
    for (size_t i = 0; err == TB_OK && i < c->count; i++) {
        const tb_pending_notice *notice = &c->list[i];
        tb_proof_row proof = {
            .header = notice->header_bytes,
            .ids = notice->outgoing.ids,
            .id_count = notice->outgoing.event_count,
            .case_id = notice->outgoing.case_id,
        };
        err = tb_proof_put_in_tree(step->txn, self, &step->incarnation, notice->notice, &proof,
                                   first, notice->leaf);
    }
    return err;
}

static tb_err sign(closing *c)
{
    tb_step *step = c->step;
    tb_digest *digests = tb_arena_array(step->arena, c->count, sizeof *digests);
    if (digests == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < c->count; i++) {
        digests[c->list[i].leaf] = c->list[i].digest;
    }
    tb_err err = tb_tree_build(digests, (uint32_t)c->count, step->arena, &c->tree);
    if (err != TB_OK) {
        return err;
    }

    c->root = (tb_root){
        .suite = TB_SUITE_1,
        .tree = TB_TREE_HEADERS,
        .signer = step->agent->self,
        .key = step->agent->keys.sign_id,
        .incarnation = step->incarnation,
        .count = c->tree.count,
        .root = c->tree.root,
    };
    tb_root_sign(&c->root, &step->agent->hub, step->agent->keys.sign);
    return keep_proofs(c, digests);
}

/* ---- groups ---- */

static size_t item_cost(const tb_pending_notice *notice)
{
    return notice->header_bytes.size + notice->body.size + 64;
}

/* How many of a stream's notices from start on make the next group. */
static size_t group_reach(const closing *c, const out_stream *s, size_t start)
{
    size_t bytes = 0;
    size_t reach = start;
    uint32_t leaf = 0;

    while (reach < s->count && reach - start < TB_GROUP_MADE_ITEMS) {
        const tb_pending_notice *notice = &c->list[s->notices[reach]];
        bytes += item_cost(notice);
        if (reach > start && (bytes > TB_GROUP_BYTES_MAX || notice->leaf <= leaf)) {
            break;
        }
        leaf = notice->leaf;
        reach++;
    }
    return reach - start;
}

static tb_err fill_group(closing *c, const out_stream *s, size_t start, size_t count, tb_made *made)
{
    tb_arena *arena = c->step->arena;
    tb_group *group = &made->group;
    group->items = tb_arena_array(arena, count, sizeof *group->items);
    group->indexes = tb_arena_array(arena, count, sizeof *group->indexes);
    made->bodies = tb_arena_array(arena, count, sizeof *made->bodies);
    made->row.shared = tb_arena_array(arena, count, sizeof *made->row.shared);
    if (group->items == NULL || group->indexes == NULL || made->bodies == NULL ||
        made->row.shared == NULL) {
        return TB_ERR_LIMIT;
    }

    group->recipient = s->stream.recipient;
    group->lane = s->stream.lane;
    group->root = c->root;
    group->item_count = count;
    for (size_t i = 0; i < count; i++) {
        const tb_pending_notice *notice = &c->list[s->notices[start + i]];
        tb_item *item = &group->items[i];
        item->header = notice->header;
        item->header_bytes = notice->header_bytes;
        item->digest = notice->digest;
        group->indexes[i] = notice->leaf;
        made->row.bytes += (uint32_t)item_cost(notice);
        if (notice->header.entry_count == 1) {
            item->body = notice->body;
            continue;
        }
        made->bodies[made->body_count++] =
            (tb_shared_body){s->stream.sender, s->stream.incarnation, notice->notice, notice->body};
        made->row.shared[made->row.shared_count++] = notice->notice;
    }
    made->row.digest = group->items[count - 1].digest;
    return tb_tree_siblings(&c->tree, group->indexes, count, arena, &group->siblings,
                            &group->sibling_count);
}

static tb_err make_group(closing *c, out_stream *s, size_t start, size_t count)
{
    tb_step *step = c->step;
    tb_work *work;
    tb_err err = tb_work_of(step, &work);
    if (err != TB_OK) {
        return err;
    }
    void *list = work->made;
    err = tb_work_room(step->arena, &list, work->made_count, &work->made_capacity,
                       sizeof *work->made);
    if (err != TB_OK) {
        return err;
    }
    work->made = list;
    tb_made *made = &work->made[work->made_count];
    *made = (tb_made){.stream = s->stream};
    err = fill_group(c, s, start, count, made);
    if (err != TB_OK) {
        return err;
    }

    made->row.from = s->first + start;
    made->row.to = made->row.from + count - 1;
    made->row.made = step->now.real;
    made->row.bytes += (uint32_t)(made->group.sibling_count * TB_DIGEST_BYTES);
    err = tb_group_encode(&made->group, step->arena, &made->row.group);
    if (err != TB_OK) {
        return err;
    }
    work->made_count++;
    return tb_outbox_put(step->txn, &s->stream, &made->row);
}

static tb_err group_stream(closing *c, out_stream *s)
{
    for (size_t start = 0; start < s->count;) {
        size_t count = group_reach(c, s, start);
        tb_err err = make_group(c, s, start, count);
        if (err != TB_OK) {
            return err;
        }
        start += count;
    }
    if (s->row.due == 0) {
        s->row.due = tb_outbox_due_of(&s->row, c->step->now.real);
    }
    tb_err err = tb_stream_out_put(c->step->txn, &s->stream, s->kept_due, &s->row);
    if (err != TB_OK) {
        return err;
    }

    return tb_work_send(c->step, &s->stream);
}

/* A body that several groups refer to is kept once. */
static tb_err keep_bodies(closing *c)
{
    for (size_t i = 0; i < c->count; i++) {
        const tb_pending_notice *notice = &c->list[i];
        if (notice->header.entry_count == 1) {
            continue;
        }
        tb_err err = tb_outbox_body_put(c->step->txn, &c->step->incarnation, notice->notice,
                                        (uint32_t)notice->header.entry_count, notice->body);
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

static tb_err close_pending(tb_step *step)
{
    tb_pending *pending = &step->agent->pending;
    closing *c = tb_arena_alloc(step->arena, sizeof *c);
    if (c == NULL) {
        return TB_ERR_LIMIT;
    }
    c->step = step;
    c->list = pending->list;
    c->count = pending->count;
    tb_err err = choose_order(c);
    if (err == TB_OK) {
        err = make_notices(c);
    }
    if (err == TB_OK) {
        err = sign(c);
    }
    if (err == TB_OK) {
        err = keep_bodies(c);
    }
    size_t slice = TB_MUTANT(FAN_OUT_SLICED) && c->used_count > 2 ? 2 : c->used_count;
    for (size_t i = 0; err == TB_OK && i < slice; i++) {
        err = group_stream(c, c->used[i]);
    }
    if (err != TB_OK) {
        return err;
    }

    memset(&c->sealing.ephemeral, 0, sizeof c->sealing.ephemeral);
    if (TB_MUTANT(COUNTER_LOST)) {
        return TB_OK;
    }
    return tb_meta_number_put(step->txn, "notice", pending->last_notice);
}

tb_err tb_outbox_close(tb_step *step)
{
    if (step->agent->pending.count > 0) {
        tb_err err = close_pending(step);
        if (err != TB_OK) {
            return err;
        }
    }
    return tb_outbox_pump(step);
}

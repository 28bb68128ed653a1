#include <string.h>

#include "messages/merkle.h"
#include "messages/seal.h"
#include "tests/broker/world.h"
#include "tests/test.h"

static size_t lane_place(tb_lane lane)
{
    return (size_t)(lane - TB_LANE_FIRST);
}

/* Hello and Welcome */

void say_hello(world *w, party *from)
{
    tb_frame frame = {.kind = TB_FRAME_HELLO};
    tb_hello *hello = &frame.hello;
    hello->party = from->id;
    hello->incarnation = from->incarnation;
    hello->protocol_min = 1;
    hello->protocol_max = 1;
    hello->taken = tb_arena_array(&w->arena, PARTIES * TB_LANES, sizeof *hello->taken);
    for (size_t i = 0; i < PARTIES; i++) {
        for (size_t lane = 0; lane < TB_LANES; lane++) {
            if (from->in[i][lane].number > 0) {
                tb_stream_at *at = &hello->taken[hello->taken_count++];
                at->stream = (tb_stream){w->parties[i].id, w->parties[i].incarnation, from->id,
                                         (tb_lane)(lane + TB_LANE_FIRST)};
                at->number = from->in[i][lane].number;
                at->digest = from->in[i][lane].digest;
            }
        }
    }
    tb_version directory = {TB_DOCUMENT_DIRECTORY, tb_bytes_str("directory"), w->directory.version,
                            w->directory.digest};
    hello->documents = &directory;
    hello->document_count = 1;
    say(w, from, &frame);
}

tb_welcome *link_up(world *w, party *from)
{
    from->peer = w->next_peer++;
    say_hello(w, from);
    turn(w);
    return &expect(w, from, TB_FRAME_WELCOME)->welcome;
}

/* Submit */

static tb_header make_header(world *w, party *from, const size_t *to, size_t to_count, tb_lane lane)
{
    tb_header header = {
        .suite = TB_SUITE_1,
        .hub = w->directory.hub,
        .sender = from->id,
        .incarnation = from->incarnation,
        .notice = ++from->notices,
        .lane = lane,
        .kind = TB_NOTICE_CASEWORK,
        .made = w->now.real,
        .expires = w->now.real + TB_NOTICE_LIFE_MS,
        .directory_version = 1,
        .directory_digest = w->directory.digest,
        .signing_key = from->sign_id,
        .entry_count = to_count,
    };
    tb_random_bytes(&w->random, header.ephemeral.bytes, sizeof header.ephemeral.bytes);
    tb_random_bytes(&w->random, header.events.bytes, sizeof header.events.bytes);
    header.entries = tb_arena_array(&w->arena, to_count, sizeof *header.entries);
    for (size_t i = 0; i < to_count; i++) {
        const party *recipient = &w->parties[to[i]];
        position *at = &from->out[to[i]][lane_place(lane)];
        header.entries[i].recipient = recipient->id;
        header.entries[i].sealing_key = tb_key_id_of(TB_PURPOSE_SEAL, &recipient->seal.public_key);
        header.entries[i].number = ++at->number;
        header.entries[i].previous = at->digest;
    }
    return header;
}

static tb_item
make_item(world *w, party *from, const size_t *to, size_t to_count, tb_lane lane, size_t body_bytes)
{
    uint8_t *body = tb_arena_alloc(&w->arena, body_bytes);
    tb_random_bytes(&w->random, body, body_bytes);
    tb_item item;
    memset(&item, 0, sizeof item);
    item.body = tb_bytes_of(body, body_bytes);
    item.header = make_header(w, from, to, to_count, lane);
    item.header.body = tb_body_digest(item.body);
    assert_ok(tb_header_encode(&item.header, &w->arena, &item.header_bytes));
    item.digest = tb_header_digest(item.header_bytes);
    for (size_t i = 0; i < to_count; i++) {
        from->out[to[i]][lane_place(lane)].digest = item.digest;
    }
    return item;
}

static void prove(world *w, const party *from, tb_group *group)
{
    size_t count = group->item_count;
    tb_digest *digests = tb_arena_array(&w->arena, count, sizeof *digests);
    tb_tree tree;
    group->indexes = tb_arena_array(&w->arena, count, sizeof *group->indexes);
    for (size_t i = 0; i < count; i++) {
        digests[i] = group->items[i].digest;
        group->indexes[i] = (uint32_t)i;
    }
    assert_ok(tb_tree_build(digests, (uint32_t)count, &w->arena, &tree));
    assert_ok(tb_tree_siblings(&tree, group->indexes, count, &w->arena, &group->siblings,
                               &group->sibling_count));
    memset(&group->root, 0, sizeof group->root);
    group->root.suite = TB_SUITE_1;
    group->root.tree = TB_TREE_HEADERS;
    group->root.signer = from->id;
    group->root.key = from->sign_id;
    group->root.incarnation = from->incarnation;
    group->root.count = tree.count;
    group->root.root = tree.root;
    tb_root_sign(&group->root, &w->directory.hub, &from->sign);
}

parcel make(world *w,
            party *from,
            const size_t *to,
            size_t to_count,
            tb_lane lane,
            size_t count,
            size_t body_bytes)
{
    parcel p;
    memset(&p, 0, sizeof p);
    tb_item *items = tb_arena_array(&w->arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++) {
        items[i] = make_item(w, from, to, to_count, lane, body_bytes);
    }
    if (to_count > 1) {
        p.bodies = tb_arena_array(&w->arena, count, sizeof *p.bodies);
        p.body_count = count;
        for (size_t i = 0; i < count; i++) {
            p.bodies[i] = (tb_shared_body){from->id, from->incarnation, items[i].header.notice,
                                           items[i].body};
            items[i].body = tb_bytes_of(NULL, 0);
        }
    }
    p.group_count = to_count;
    for (size_t i = 0; i < to_count; i++) {
        p.groups[i].recipient = w->parties[to[i]].id;
        p.groups[i].lane = lane;
        p.groups[i].items = items;
        p.groups[i].item_count = count;
        prove(w, from, &p.groups[i]);
    }
    return p;
}

parcel make_one(world *w, party *from, size_t to, size_t count)
{
    return make(w, from, &to, 1, TB_LANE_NORMAL, count, 64);
}

void sign_again(world *w, const party *from, parcel *sent)
{
    for (size_t i = 0; i < sent->group_count; i++) {
        tb_group *group = &sent->groups[i];
        for (size_t k = 0; k < group->item_count; k++) {
            assert_ok(tb_header_encode(&group->items[k].header, &w->arena,
                                       &group->items[k].header_bytes));
            group->items[k].digest = tb_header_digest(group->items[k].header_bytes);
        }
        prove(w, from, group);
    }
}

void say_submit(world *w, const party *from, const parcel *sent)
{
    tb_group groups[PARTIES];
    memcpy(groups, sent->groups, sizeof groups);
    tb_frame frame = {.kind = TB_FRAME_SUBMIT};
    frame.carry.groups = groups;
    frame.carry.group_count = sent->group_count;
    frame.carry.bodies = sent->bodies;
    frame.carry.body_count = sent->body_count;
    say(w, from, &frame);
}

/* Taken */

tb_signed_line sign_line(world *w, const party *by, const tb_line *line)
{
    tb_root root;
    tb_signed_line *signed_line;
    memset(&root, 0, sizeof root);
    root.suite = TB_SUITE_1;
    root.signer = by->id;
    root.key = by->sign_id;
    root.incarnation = by->incarnation;
    assert_ok(tb_lines_sign(line, 1, &root, &w->directory.hub, &by->sign, &w->arena, &signed_line));
    return *signed_line;
}

tb_line arrived_line(const world *w, const party *to, size_t from, tb_lane lane)
{
    const position *at = &to->in[from][lane_place(lane)];
    tb_line line;
    memset(&line, 0, sizeof line);
    line.kind = TB_LINE_ARRIVED;
    line.stream = (tb_stream){w->parties[from].id, w->parties[from].incarnation, to->id, lane};
    line.to = at->number;
    line.digest = at->digest;
    line.at = w->now.real;
    return line;
}

void say_taken(world *w, const party *from, const tb_line *lines, size_t count, bool again)
{
    tb_frame frame = {.kind = TB_FRAME_TAKEN};
    frame.lines.lines = tb_arena_array(&w->arena, count, sizeof *frame.lines.lines);
    frame.lines.count = count;
    frame.lines.again = again;
    for (size_t i = 0; i < count; i++) {
        frame.lines.lines[i] = sign_line(w, from, &lines[i]);
    }
    say(w, from, &frame);
}

/* The stamp is the hub's, over these numbers. */
static void check_stamp(world *w, const tb_group *group)
{
    size_t last = group->item_count - 1;
    assert_true(group->has_stamp);
    assert_int_equal(tb_signed_line_verify(&group->stamp, &w->directory.hub,
                                           &w->hub_sign.public_key, &w->broker.roots),
                     TB_ACCEPTED);
    assert_int_equal(group->stamp.line.from, tb_group_number(group, 0));
    assert_int_equal(group->stamp.line.to, tb_group_number(group, last));
    assert_true(tb_digest_equal(&group->stamp.line.digest, &group->items[last].digest));
}

static void check_body(const tb_item *item, const tb_carry *carry)
{
    tb_bytes body = item->body;
    if (item->refusal != NULL) {
        return;
    }
    for (size_t i = 0; i < carry->body_count && body.size == 0; i++) {
        const tb_shared_body *shared = &carry->bodies[i];
        if (shared->notice == item->header.notice &&
            tb_party_equal(&shared->sender, &item->header.sender)) {
            body = shared->body;
        }
    }
    tb_digest digest = tb_body_digest(body);
    assert_true(tb_digest_equal(&digest, &item->header.body));
}

bool take(world *w, party *to, const tb_group *group, const tb_carry *carry)
{
    size_t from = place_of(w, &group->items[0].header.sender);
    position *at = &to->in[from][lane_place(group->lane)];
    assert_true(tb_party_equal(&group->recipient, &to->id));
    assert_int_equal(tb_group_verify(group, &w->directory.hub, &w->parties[from].sign.public_key,
                                     &w->broker.roots, &w->arena),
                     TB_ACCEPTED);
    check_stamp(w, group);
    if (tb_group_number(group, 0) != at->number + 1) {
        return false;
    }
    for (size_t i = 0; i < group->item_count; i++) {
        const tb_entry *entry = tb_header_entry(&group->items[i].header, &to->id);
        assert_true(tb_digest_equal(&entry->previous, &at->digest));
        check_body(&group->items[i], carry);
        at->number++;
        at->digest = group->items[i].digest;
    }
    return true;
}

size_t take_all(world *w, party *to)
{
    size_t taken = 0;
    bool again = false;
    tb_line lines[PARTIES * TB_LANES];
    size_t line_count = 0;
    bool touched[PARTIES][TB_LANES];
    memset(touched, 0, sizeof touched);
    for (size_t i = 0; i < w->inbox_count;) {
        if (w->inbox[i].peer != to->peer || w->inbox[i].frame->kind != TB_FRAME_DELIVER) {
            i++;
            continue;
        }
        const tb_carry *carry = &w->inbox[i].frame->carry;
        for (size_t g = 0; g < carry->group_count; g++) {
            const tb_group *group = &carry->groups[g];
            size_t from = place_of(w, &group->items[0].header.sender);
            bool next = take(w, to, group, carry);
            again =
                again || tb_group_number(group, 0) > to->in[from][lane_place(group->lane)].number;
            taken += next ? group->item_count : 0;
            touched[from][lane_place(group->lane)] = true;
        }
        w->inbox_count--;
        memmove(&w->inbox[i], &w->inbox[i + 1], (w->inbox_count - i) * sizeof w->inbox[0]);
    }
    for (size_t from = 0; from < PARTIES; from++) {
        for (size_t lane = 0; lane < TB_LANES; lane++) {
            if (touched[from][lane] && to->in[from][lane].number > 0) {
                lines[line_count++] = arrived_line(w, to, from, (tb_lane)(lane + TB_LANE_FIRST));
            }
        }
    }
    if (line_count > 0 || again) {
        say_taken(w, to, lines, line_count, again);
    }
    return taken;
}

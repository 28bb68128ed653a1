/* hostile - a hub and an agent that do not keep to the protocol. Both are the shipped logic whose
 * frames are bent after they left it: a liar that knows the keys of its own party and no other. */
#include <stdlib.h>

#include "messages/link.h"
#include "messages/merkle.h"
#include "tests/sim/ledger.h"

#define HEARD_MAX  64
#define BENT_BYTES (32u * 1024 * 1024)

static uint8_t *block;

static void remember(sim *s, const sim_node *with, tb_bytes frame)
{
    size_t at =
        s->heard_count < HEARD_MAX ? s->heard_count++ : (size_t)sim_below(&s->hostile, HEARD_MAX);
    free(s->heard[at].data);
    s->heard[at].data = malloc(frame.size + 1);
    TB_ASSERT(s->heard[at].data != NULL);
    memcpy(s->heard[at].data, frame.data, frame.size);
    s->heard[at].size = frame.size;
    s->heard_from[at] = with->index;
}

/* Says a frame on the agent's connection, in the liar's direction. */
static void say(sim *s, sim_node *liar, sim_node *agent, tb_bytes frame)
{
    s->stats.hostile++;
    sim_send(s, liar, agent->connection, frame);
}

/* A lie that whoever hears it must notice. */
static void lie(sim *s, const sim_node *agent)
{
    s->stats.lies += agent->connection != 0 && !agent->silent[0] && !agent->silent[1] && agent->up;
}

static void flip(sim *s, sim_node *liar, sim_node *agent, tb_bytes frame)
{
    uint8_t *bent = malloc(frame.size + 1);
    TB_ASSERT(bent != NULL);
    memcpy(bent, frame.data, frame.size);
    bent[sim_below(&s->hostile, frame.size)] ^= (uint8_t)(1u << sim_below(&s->hostile, 8));
    say(s, liar, agent, tb_bytes_of(bent, frame.size));
    free(bent);
}

static void replay(sim *s, sim_node *liar, sim_node *agent)
{
    if (s->heard_count > 0) {
        const sim_bytes *old = &s->heard[sim_below(&s->hostile, s->heard_count)];
        say(s, liar, agent, tb_bytes_of(old->data, old->size));
    }
}

static bool take_apart(tb_bytes frame, tb_arena *arena, tb_frame *out)
{
    if (block == NULL) {
        block = malloc(BENT_BYTES);
        TB_ASSERT(block != NULL);
    }
    tb_arena_init(arena, block, BENT_BYTES);
    return tb_frame_decode(frame, arena, out) == TB_ACCEPTED;
}

static void
say_frame(sim *s, sim_node *liar, sim_node *agent, tb_arena *arena, const tb_frame *frame)
{
    tb_bytes bytes;
    if (tb_frame_encode(frame, arena, &bytes) == TB_OK) {
        say(s, liar, agent, bytes);
    }
}

/* ---- an agent ---- */

/* The group's one header is the whole tree. */
static void prove_alone(tb_group *group, tb_arena *arena)
{
    tb_tree tree;
    tb_digest digest = tb_header_digest(group->items[0].header_bytes);
    tb_err err = tb_tree_build(&digest, 1, arena, &tree);
    TB_ASSERT(err == TB_OK);
    group->root.count = tree.count;
    group->root.root = tree.root;
    group->indexes[0] = 0;
    group->sibling_count = 0;
}

/* Headers as if another had sent them. */
static void forge_sender(sim *s, sim_node *n, tb_arena *arena, tb_frame *frame)
{
    const sim_node *other = &s->nodes[1 + sim_below(&s->hostile, s->node_count - 1)];
    for (size_t i = 0; i < frame->carry.group_count; i++) {
        tb_group *group = &frame->carry.groups[i];
        for (size_t k = 0; k < group->item_count; k++) {
            tb_item *item = &group->items[k];
            item->header.sender = other->id;
            if (tb_header_encode(&item->header, arena, &item->header_bytes) != TB_OK) {
                return;
            }
        }
        group->root.signer = other->id;
    }
    lie(s, n);
    say_frame(s, n, n, arena, frame);
}

/* The same numbers with other content, under the liar's own good signature. */
static void fork(sim *s, sim_node *n, tb_arena *arena, tb_frame *frame)
{
    tb_group *group = &frame->carry.groups[0];
    tb_item *item = &group->items[0];
    if (group->item_count != 1 || frame->carry.group_count != 1) {
        return;
    }
    item->header.expires += 1000;
    if (tb_header_encode(&item->header, arena, &item->header_bytes) != TB_OK) {
        return;
    }
    prove_alone(group, arena);
    tb_root_sign(&group->root, &s->directories[0].hub, &n->sign);
    lie(s, n);
    say_frame(s, n, n, arena, frame);
}

/* A single notice for a single recipient among the groups, or NULL: what can be bent alone. */
static tb_group *single(tb_frame *frame)
{
    for (size_t i = 0; i < frame->carry.group_count; i++) {
        tb_group *group = &frame->carry.groups[i];
        if (group->item_count == 1 && group->items[0].header.entry_count == 1) {
            return group;
        }
    }
    return NULL;
}

static bool sign_alone(sim *s, sim_node *n, tb_arena *arena, tb_group *group)
{
    tb_item *item = &group->items[0];
    if (tb_header_encode(&item->header, arena, &item->header_bytes) != TB_OK) {
        return false;
    }
    prove_alone(group, arena);
    tb_root_sign(&group->root, &s->directories[0].hub, &n->sign);
    return true;
}

/* A good notice, but behind another one than the one before it: its recipient, which holds that
 * one, must not apply it. False when the frame has none; it goes as it is. */
static bool unlinked(sim *s, sim_node *n, tb_arena *arena, tb_frame *frame)
{
    tb_group *group = single(frame);
    if (group == NULL || group->items[0].header.entries[0].number == 1) {
        return false;
    }
    tb_entry *entry = &group->items[0].header.entries[0];
    entry->previous.bytes[5] ^= 1;
    if (!sign_alone(s, n, arena, group)) {
        return false;
    }
    sim_trace(s, "unlinked %s %llu", n->id.text, (unsigned long long)entry->number);
    frame->carry.groups = group;
    frame->carry.group_count = 1;
    say_frame(s, n, n, arena, frame);
    return true;
}

/* One frame with more roots than the hub may look at, each under a good signature. */
static void many_roots(sim *s, sim_node *n, tb_arena *arena, tb_frame *frame)
{
    static tb_group groups[TB_FRAME_ROOTS_MAX + 4];
    const tb_group *group = single(frame);
    for (size_t i = 0; group != NULL && i < sizeof groups / sizeof groups[0]; i++) {
        tb_item *item = tb_arena_alloc(arena, sizeof *item);
        tb_entry *entry = tb_arena_alloc(arena, sizeof *entry);
        uint32_t *index = tb_arena_alloc(arena, sizeof *index);
        if (item == NULL || entry == NULL || index == NULL) {
            return;
        }
        *item = group->items[0];
        *entry = item->header.entries[0];
        entry->number += 1 + i;
        item->header.entries = entry;
        groups[i] = *group;
        groups[i].items = item;
        groups[i].indexes = index;
        if (!sign_alone(s, n, arena, &groups[i])) {
            return;
        }
    }
    if (group != NULL) {
        frame->carry.groups = groups;
        frame->carry.group_count = sizeof groups / sizeof groups[0];
        lie(s, n);
        say_frame(s, n, n, arena, frame);
    }
}

/* Whoever has the key that was cut signs on with it. */
static void beyond_the_cut(sim *s, sim_node *n, tb_arena *arena, tb_frame *frame)
{
    tb_group *group = &frame->carry.groups[0];
    tb_item *item = &group->items[0];
    if (!n->rotated || group->item_count != 1 || frame->carry.group_count != 1) {
        return;
    }
    item->header.signing_key = tb_key_id_of(TB_PURPOSE_SIGN, &n->old_sign.public_key);
    if (tb_header_encode(&item->header, arena, &item->header_bytes) != TB_OK) {
        return;
    }
    prove_alone(group, arena);
    group->root.key = item->header.signing_key;
    tb_root_sign(&group->root, &s->directories[0].hub, &n->old_sign);
    say_frame(s, n, n, arena, frame);
}

static void flood(sim *s, sim_node *n, tb_bytes frame)
{
    for (int i = 0; i < 30; i++) {
        say(s, n, n, frame);
    }
}

bool sim_hostile_agent_sends(sim *s, sim_node *n, tb_bytes bytes)
{
    tb_arena arena;
    tb_frame frame;
    bool submit = take_apart(bytes, &arena, &frame) && frame.kind == TB_FRAME_SUBMIT;
    remember(s, n, bytes);
    if (submit && n->rotated && sim_below(&s->hostile, 2) == 0) {
        beyond_the_cut(s, n, &arena, &frame);
        return true;
    }
    switch (sim_below(&s->hostile, 18)) {
    case 0:
        flip(s, n, n, bytes);
        return true;
    case 1:
    case 2:
        replay(s, n, n);
        return false;
    case 3:
        if (submit) {
            forge_sender(s, n, &arena, &frame);
        }
        return false;
    case 4:
    case 5:
        if (submit) {
            fork(s, n, &arena, &frame);
        }
        return sim_below(&s->hostile, 2) == 0;
    case 6:
        flood(s, n, bytes);
        return true;
    case 7:
        s->stats.hostile++;
        return true; /* says nothing */
    case 8:
    case 9:
    case 10:
    case 11:
    case 12:
        return submit && unlinked(s, n, &arena, &frame);
    case 13:
        if (submit) {
            many_roots(s, n, &arena, &frame);
        }
        return false;
    default:
        return false;
    }
}

/* ---- a hub ---- */

/* A notice its sender never signed: with a root of its own under the old signature, or under a root
 * that does not lead to it. The hub's own stamp is good. */
static void forge_notice(sim *s, sim_node *hub, sim_node *to, tb_arena *arena, tb_frame *frame)
{
    tb_group *group = &frame->carry.groups[0];
    tb_item *item = &group->items[0];
    tb_signed_line *stamp;
    if (group->item_count != 1) {
        return;
    }
    item->header.expires += 1000;
    if (tb_header_encode(&item->header, arena, &item->header_bytes) != TB_OK) {
        return;
    }
    if (sim_below(&s->hostile, 2) == 0) {
        prove_alone(group, arena);
    }
    tb_line line = group->stamp.line;
    line.digest = tb_header_digest(item->header_bytes);
    line.from = line.to = tb_group_number(group, 0);
    tb_root root = group->stamp.root;
    if (tb_lines_sign(&line, 1, &root, &s->directories[0].hub, &hub->sign, arena, &stamp) !=
        TB_OK) {
        return;
    }
    group->stamp = *stamp;
    frame->carry.group_count = 1;
    lie(s, to);
    say_frame(s, hub, to, arena, frame);
}

/* Says in a recipient's name that everything arrived. */
static void forge_arrived(sim *s, sim_node *hub, sim_node *to, tb_arena *arena, tb_frame *frame)
{
    tb_signed_line *lines = frame->lines.lines;
    for (size_t i = 0; i < frame->lines.count; i++) {
        tb_line line = lines[i].line;
        tb_signed_line *made;
        if (line.kind != TB_LINE_STORED) {
            continue;
        }
        line.kind = TB_LINE_ARRIVED;
        line.from = 0;
        const sim_node *recipient = sim_party(s, &line.stream.recipient);
        tb_root root = lines[i].root;
        root.signer = line.stream.recipient;
        root.key = tb_key_id_of(TB_PURPOSE_SIGN, &recipient->sign.public_key);
        if (tb_lines_sign(&line, 1, &root, &s->directories[0].hub, &hub->sign, arena, &made) ==
            TB_OK) {
            lines[i] = *made;
        }
    }
    lie(s, to);
    say_frame(s, hub, to, arena, frame);
}

static void swap_bodies(sim *s, sim_node *hub, sim_node *to, tb_arena *arena, tb_frame *frame)
{
    tb_carry *carry = &frame->carry;
    tb_bytes *first = NULL;
    for (size_t i = 0; i < carry->group_count; i++) {
        for (size_t k = 0; k < carry->groups[i].item_count; k++) {
            tb_bytes *body = &carry->groups[i].items[k].body;
            if (body->size > 0 && first != NULL) {
                tb_bytes kept = *first;
                *first = *body;
                *body = kept;
            }
            first = body->size > 0 ? body : first;
        }
    }
    for (size_t i = 1; i < carry->body_count; i++) {
        tb_bytes kept = carry->bodies[0].body;
        carry->bodies[0].body = carry->bodies[i].body;
        carry->bodies[i].body = kept;
    }
    say_frame(s, hub, to, arena, frame);
}

/* Claims, under its own good signature, to hold less than it does. (A mark over a header that was
 * never sent would fence its sender until somebody recovers it, as it must.) */
static void lie_about_marks(sim *s, sim_node *hub, sim_node *to, tb_arena *arena, tb_frame *frame)
{
    tb_signed_line *lines =
        frame->kind == TB_FRAME_STORED ? frame->lines.lines : frame->welcome.stored;
    size_t count =
        frame->kind == TB_FRAME_STORED ? frame->lines.count : frame->welcome.stored_count;
    for (size_t i = 0; i < count; i++) {
        tb_line line = lines[i].line;
        tb_signed_line *made;
        if (line.kind != TB_LINE_STORED || line.to < 2) {
            continue;
        }
        line.to -= 1;
        const sim_header *before = sim_header_of(s->ledger, &line.stream, line.to, false);
        if (before == NULL) {
            continue;
        }
        line.digest = before->digest;
        line.from = line.from > line.to ? line.to : line.from;
        tb_root root = lines[i].root;
        if (tb_lines_sign(&line, 1, &root, &s->directories[0].hub, &hub->sign, arena, &made) ==
            TB_OK) {
            lines[i] = *made;
        }
    }
    say_frame(s, hub, to, arena, frame);
}

/* Half of the groups, in the other order. */
static void reorder_groups(sim *s, sim_node *hub, sim_node *to, tb_arena *arena, tb_frame *frame)
{
    tb_carry *carry = &frame->carry;
    for (size_t i = 0; i < carry->group_count / 2; i++) {
        tb_group kept = carry->groups[i];
        carry->groups[i] = carry->groups[carry->group_count - 1 - i];
        carry->groups[carry->group_count - 1 - i] = kept;
    }
    say_frame(s, hub, to, arena, frame);
}

/* To another than it is for. */
static void misdeliver(sim *s, sim_node *hub, tb_bytes frame)
{
    sim_node *other = &s->nodes[1 + sim_below(&s->hostile, s->node_count - 1)];
    if (other->connection != 0) {
        say(s, hub, other, frame);
    }
}

bool sim_hostile_hub_sends(sim *s, sim_node *to, tb_bytes bytes)
{
    tb_arena arena;
    tb_frame frame;
    sim_node *hub = &s->nodes[SIM_HUB];
    if (!take_apart(bytes, &arena, &frame)) {
        return false;
    }
    remember(s, to, bytes);
    if (frame.kind == TB_FRAME_DOCUMENT) {
        s->stats.hostile++;
        return true; /* freezes the directory */
    }
    bool deliver = frame.kind == TB_FRAME_DELIVER;
    bool marks = frame.kind == TB_FRAME_STORED || frame.kind == TB_FRAME_WELCOME;
    switch (sim_below(&s->hostile, 16)) {
    case 0:
        flip(s, hub, to, bytes);
        return true;
    case 1:
        replay(s, hub, to);
        return false;
    case 2:
        s->stats.hostile++;
        return true;
    case 3:
    case 4:
        if (deliver) {
            swap_bodies(s, hub, to, &arena, &frame);
        }
        return deliver;
    case 5:
        if (deliver) {
            reorder_groups(s, hub, to, &arena, &frame);
        }
        return deliver;
    case 6:
        if (marks) {
            lie_about_marks(s, hub, to, &arena, &frame);
        }
        return marks;
    case 7:
        misdeliver(s, hub, bytes);
        return false;
    case 8:
    case 9:
        if (deliver) {
            forge_notice(s, hub, to, &arena, &frame);
        }
        return deliver;
    case 10:
        if (frame.kind == TB_FRAME_STORED) {
            forge_arrived(s, hub, to, &arena, &frame);
        }
        return frame.kind == TB_FRAME_STORED;
    default:
        return false;
    }
}

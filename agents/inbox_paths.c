/* inbox_paths - a group shares its proof; exported, each notice stands alone.
 *
 * Walks the tree as tb_merkle_root_of_group does and hands every node's sibling to the leaves below
 * it, from the leaves upwards.
 */
#include "agents/inbox.h"

#include "base/pack.h"
#include "messages/digest.h"

typedef struct path_walk {
    const tb_group *group;
    tb_digest *paths; /* TB_PATH_MAX for each item */
    size_t *counts;
    size_t siblings_used;
} path_walk;

static tb_digest leaf_of(const tb_group *group, size_t item)
{
    uint8_t place[8];
    tb_writer w;
    tb_writer_init(&w, place, sizeof place);
    tb_put_u32(&w, group->root.count);
    tb_put_u32(&w, group->indexes[item]);
    tb_bytes parts[] = {tb_bytes_of(place, sizeof place),
                        tb_bytes_of(group->items[item].digest.bytes, TB_DIGEST_BYTES)};
    return tb_digest_parts("tongbao leaf", parts, 2);
}

static tb_digest node_of(const tb_digest *left, const tb_digest *right)
{
    tb_bytes parts[] = {tb_bytes_of(left->bytes, TB_DIGEST_BYTES),
                        tb_bytes_of(right->bytes, TB_DIGEST_BYTES)};
    return tb_digest_parts("tongbao node", parts, 2);
}

static void hand_out(path_walk *walk, size_t from, size_t to, const tb_digest *sibling)
{
    for (size_t i = from; i < to; i++) {
        TB_ASSERT(walk->counts[i] < TB_PATH_MAX);
        walk->paths[i * TB_PATH_MAX + walk->counts[i]++] = *sibling;
    }
}

/* The node over `width` leaves from `first`, which hold items [from, to). Depth: TB_PATH_MAX. */
static tb_digest walk_node(path_walk *walk, uint32_t first, uint32_t width, size_t from, size_t to)
{
    if (from == to) {
        TB_ASSERT(walk->siblings_used < walk->group->sibling_count);
        return walk->group->siblings[walk->siblings_used++];
    }
    if (width == 1) {
        return leaf_of(walk->group, from);
    }
    uint32_t left_width = 1;
    while (left_width * 2 < width) {
        left_width *= 2;
    }
    size_t middle = from;
    while (middle < to && walk->group->indexes[middle] < first + left_width) {
        middle++;
    }

    tb_digest left = walk_node(walk, first, left_width, from, middle);
    tb_digest right = walk_node(walk, first + left_width, width - left_width, middle, to);
    hand_out(walk, from, middle, &right);
    hand_out(walk, middle, to, &left);
    return node_of(&left, &right);
}

tb_err
tb_inbox_paths(const tb_group *group, tb_arena *arena, tb_digest **out_paths, size_t *out_counts)
{
    path_walk walk = {.group = group, .counts = out_counts};
    walk.paths = tb_arena_array(arena, group->item_count * TB_PATH_MAX, sizeof *walk.paths);
    if (walk.paths == NULL) {
        return TB_ERR_LIMIT;
    }

    memset(out_counts, 0, group->item_count * sizeof *out_counts);
    (void)walk_node(&walk, 0, group->root.count, 0, group->item_count);
    *out_paths = walk.paths;
    return TB_OK;
}

/* merkle - see merkle.h.
 *
 * The tree of RFC 6962 equals pairing level by level from the leaves, where an odd last node moves
 * up unchanged. So node i of level k stands for leaves i << k up to (i + 1) << k, cut off at count,
 * and level k has (count + 2^k - 1) >> k nodes. A node that moved up is stored again on each level.
 */
#include "messages/merkle.h"

#include "messages/digest.h"

_Static_assert(TB_LEAVES_MAX == 1 << TB_PATH_MAX,
               "the longest path is the height of the fullest tree");

static uint32_t level_width(uint32_t count, uint32_t level)
{
    return (count + (1u << level) - 1) >> level;
}

static uint32_t tree_height(uint32_t count)
{
    uint32_t height = 0;
    while (level_width(count, height) > 1) {
        height++;
    }
    return height;
}

static tb_digest leaf_of(uint32_t count, uint32_t index, const tb_digest *statement)
{
    uint8_t place[8] = {(uint8_t)(count >> 24), (uint8_t)(count >> 16), (uint8_t)(count >> 8),
                        (uint8_t)count,         (uint8_t)(index >> 24), (uint8_t)(index >> 16),
                        (uint8_t)(index >> 8),  (uint8_t)index};
    tb_bytes parts[] = {tb_bytes_of(place, sizeof(place)),
                        tb_bytes_of(statement->bytes, TB_DIGEST_BYTES)};
    return tb_digest_parts("tongbao leaf", parts, 2);
}

static tb_digest node_of(const tb_digest *left, const tb_digest *right)
{
    tb_bytes parts[] = {tb_bytes_of(left->bytes, TB_DIGEST_BYTES),
                        tb_bytes_of(right->bytes, TB_DIGEST_BYTES)};
    return tb_digest_parts("tongbao node", parts, 2);
}

tb_err tb_tree_build(const tb_digest *statements, uint32_t count, tb_arena *arena, tb_tree *out)
{
    TB_ASSERT(count >= 1 && count <= TB_LEAVES_MAX);

    uint32_t height = tree_height(count);
    size_t total = 0;
    for (uint32_t level = 0; level <= height; level++) {
        total += level_width(count, level);
    }
    tb_digest *nodes = tb_arena_array(arena, total, sizeof(tb_digest));
    if (nodes == NULL) {
        return TB_ERR_LIMIT;
    }

    for (uint32_t i = 0; i < count; i++) {
        nodes[i] = leaf_of(count, i, &statements[i]);
    }
    tb_digest *below = nodes;
    for (uint32_t level = 1; level <= height; level++) {
        uint32_t below_width = level_width(count, level - 1);
        uint32_t width = level_width(count, level);
        tb_digest *here = below + below_width;
        for (uint32_t i = 0; i < width; i++) {
            bool paired = 2 * i + 1 < below_width;
            here[i] = paired ? node_of(&below[2 * i], &below[2 * i + 1]) : below[2 * i];
        }
        below = here;
    }
    *out = (tb_tree){.count = count, .nodes = nodes, .root = nodes[total - 1]};
    return TB_OK;
}

static const tb_digest *node_at(const tb_tree *tree, uint32_t level, uint32_t i)
{
    const tb_digest *row = tree->nodes;
    for (uint32_t k = 0; k < level; k++) {
        row += level_width(tree->count, k);
    }
    return &row[i];
}

tb_err tb_tree_path(
    const tb_tree *tree, uint32_t index, tb_arena *arena, tb_digest **out, size_t *out_count)
{
    TB_ASSERT(index < tree->count);

    tb_digest *path = tb_arena_array(arena, TB_PATH_MAX, sizeof(tb_digest));
    if (path == NULL) {
        return TB_ERR_LIMIT;
    }

    size_t count = 0;
    const tb_digest *row = tree->nodes;
    for (uint32_t level = 0; level_width(tree->count, level) > 1; level++) {
        uint32_t width = level_width(tree->count, level);
        uint32_t sibling = (index >> level) ^ 1;
        if (sibling < width) {
            path[count++] = row[sibling];
        }
        row += width;
    }
    *out = path;
    *out_count = count;
    return TB_OK;
}

/* A run of ascending leaf indexes, with what belongs to each. */
typedef struct leaf_run {
    const uint32_t *indexes;
    const tb_digest *statements; /* NULL while siblings are collected */
    size_t count;
} leaf_run;

/* Cuts a run at the first index that is not below the border. */
static void run_split(leaf_run run, uint32_t border, leaf_run *out_low, leaf_run *out_high)
{
    size_t low = 0;
    size_t high = run.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (run.indexes[middle] < border) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *out_low = (leaf_run){run.indexes, run.statements, low};
    *out_high = (leaf_run){run.indexes + low, run.statements ? run.statements + low : NULL,
                           run.count - low};
}

static bool run_fits(leaf_run run, uint32_t count)
{
    for (size_t i = 0; i < run.count; i++) {
        if (run.indexes[i] >= count || (i > 0 && run.indexes[i] <= run.indexes[i - 1])) {
            return false;
        }
    }
    return run.count > 0;
}

typedef struct sibling_list {
    tb_digest *list;
    size_t capacity;
    size_t count;
} sibling_list;

/* Depth is bounded by the height of the tree, at most TB_PATH_MAX. */
static void
collect(const tb_tree *tree, uint32_t level, uint32_t i, leaf_run run, sibling_list *siblings)
{
    if (run.count == 0) {
        TB_ASSERT(siblings->count < siblings->capacity);
        siblings->list[siblings->count++] = *node_at(tree, level, i);
        return;
    }
    if (level == 0) {
        return;
    }
    if (2 * i + 1 >= level_width(tree->count, level - 1)) {
        collect(tree, level - 1, 2 * i, run, siblings);
        return;
    }

    leaf_run left;
    leaf_run right;
    run_split(run, (2 * i + 1) << (level - 1), &left, &right);
    collect(tree, level - 1, 2 * i, left, siblings);
    collect(tree, level - 1, 2 * i + 1, right, siblings);
}

tb_err tb_tree_siblings(const tb_tree *tree,
                        const uint32_t *indexes,
                        size_t index_count,
                        tb_arena *arena,
                        tb_digest **out,
                        size_t *out_count)
{
    leaf_run run = {indexes, NULL, index_count};
    TB_ASSERT(run_fits(run, tree->count));

    uint32_t height = tree_height(tree->count);
    size_t missing = tree->count - index_count; /* no more siblings than leaves left out ... */
    size_t along = index_count * height;        /* ... nor than nodes beside the paths */
    size_t capacity = missing < along ? missing : along;
    sibling_list siblings = {NULL, capacity, 0};
    siblings.list = tb_arena_array(arena, capacity > 0 ? capacity : 1, sizeof(tb_digest));
    if (siblings.list == NULL) {
        return TB_ERR_LIMIT;
    }

    collect(tree, height, 0, run, &siblings);
    *out = siblings.list;
    *out_count = siblings.count;
    return TB_OK;
}

bool tb_merkle_root_of_path(uint32_t count,
                            uint32_t index,
                            const tb_digest *statement,
                            const tb_digest *path,
                            size_t path_count,
                            tb_digest *out_root)
{
    if (count < 1 || count > TB_LEAVES_MAX || index >= count) {
        return false;
    }

    tb_digest at = leaf_of(count, index, statement);
    size_t used = 0;
    for (uint32_t level = 0; level_width(count, level) > 1; level++) {
        uint32_t here = index >> level;
        if ((here ^ 1) >= level_width(count, level)) {
            continue;
        }
        if (used == path_count) {
            return false;
        }
        const tb_digest *sibling = &path[used++];
        at = (here & 1) ? node_of(sibling, &at) : node_of(&at, sibling);
    }
    if (used != path_count) {
        return false;
    }
    *out_root = at;
    return true;
}

typedef struct sibling_cursor {
    const tb_digest *list;
    size_t count;
    size_t used;
} sibling_cursor;

/* The digest of node i of a level, from the leaves of the run and the next siblings. */
static bool climb(uint32_t count,
                  uint32_t level,
                  uint32_t i,
                  leaf_run run,
                  sibling_cursor *siblings,
                  tb_digest *out)
{
    if (run.count == 0) {
        if (siblings->used == siblings->count) {
            return false;
        }
        *out = siblings->list[siblings->used++];
        return true;
    }
    if (level == 0) {
        *out = leaf_of(count, i, &run.statements[0]);
        return true;
    }
    if (2 * i + 1 >= level_width(count, level - 1)) {
        return climb(count, level - 1, 2 * i, run, siblings, out);
    }

    leaf_run left;
    leaf_run right;
    run_split(run, (2 * i + 1) << (level - 1), &left, &right);
    tb_digest left_node;
    tb_digest right_node;
    if (!climb(count, level - 1, 2 * i, left, siblings, &left_node) ||
        !climb(count, level - 1, 2 * i + 1, right, siblings, &right_node)) {
        return false;
    }
    *out = node_of(&left_node, &right_node);
    return true;
}

bool tb_merkle_root_of_group(uint32_t count,
                             const uint32_t *indexes,
                             const tb_digest *statements,
                             size_t index_count,
                             const tb_digest *siblings,
                             size_t sibling_count,
                             tb_digest *out_root)
{
    leaf_run run = {indexes, statements, index_count};
    if (count < 1 || count > TB_LEAVES_MAX || !run_fits(run, count)) {
        return false;
    }

    sibling_cursor cursor = {siblings, sibling_count, 0};
    tb_digest root;
    if (!climb(count, tree_height(count), 0, run, &cursor, &root) || cursor.used != sibling_count) {
        return false;
    }
    *out_root = root;
    return true;
}

/* The way from the root down to one leaf, and the siblings beside it, found on the way back up. */
typedef struct trail {
    uint32_t index;
    tb_digest *path;
    size_t count;
} trail;

/* As climb, of a node that stands above the trail's leaf. Depth: at most TB_PATH_MAX. */
static bool climb_trail(
    uint32_t count, uint32_t level, uint32_t i, leaf_run run, sibling_cursor *siblings, trail *out)
{
    if (level == 0) {
        return true;
    }
    if (2 * i + 1 >= level_width(count, level - 1)) {
        return climb_trail(count, level - 1, 2 * i, run, siblings, out);
    }

    leaf_run left;
    leaf_run right;
    tb_digest beside;
    uint32_t border = (2 * i + 1) << (level - 1);
    run_split(run, border, &left, &right);
    bool found = out->index < border
                     ? climb_trail(count, level - 1, 2 * i, left, siblings, out) &&
                           climb(count, level - 1, 2 * i + 1, right, siblings, &beside)
                     : climb(count, level - 1, 2 * i, left, siblings, &beside) &&
                           climb_trail(count, level - 1, 2 * i + 1, right, siblings, out);
    if (found) {
        TB_ASSERT(out->count < TB_PATH_MAX);
        out->path[out->count++] = beside;
    }
    return found;
}

tb_err tb_merkle_path_in_group(uint32_t count,
                               const uint32_t *indexes,
                               const tb_digest *statements,
                               size_t index_count,
                               const tb_digest *siblings,
                               size_t sibling_count,
                               size_t which,
                               tb_arena *arena,
                               tb_digest **out,
                               size_t *out_count)
{
    leaf_run run = {indexes, statements, index_count};
    if (count < 1 || count > TB_LEAVES_MAX || !run_fits(run, count) || which >= index_count) {
        return TB_ERR_CORRUPT;
    }
    trail found = {.index = indexes[which]};
    found.path = tb_arena_array(arena, TB_PATH_MAX, sizeof *found.path);
    if (found.path == NULL) {
        return TB_ERR_LIMIT;
    }

    sibling_cursor cursor = {siblings, sibling_count, 0};
    if (!climb_trail(count, tree_height(count), 0, run, &cursor, &found) ||
        cursor.used != sibling_count) {
        return TB_ERR_CORRUPT;
    }
    *out = found.path;
    *out_count = found.count;
    return TB_OK;
}

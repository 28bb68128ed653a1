/* merkle - one signature for many statements: a tree of RFC 6962 shape over the leaves of one turn.
 *
 *     leaf   digest "tongbao leaf" of  u32 count ‖ u32 index ‖ statement digest
 *     node   digest "tongbao node" of  left ‖ right;   a tree of n > 1 leaves splits at the largest power of two below n
 *
 * Count and index are inside the leaf, leaf and node have different domains, so a leaf cannot be
 * shown twice nor an inner node as a leaf.
 */
#ifndef TB_MERKLE_H
#define TB_MERKLE_H

#include "base/arena.h"
#include "base/ids.h"
#include "base/limits.h"

/* A built tree, in the arena. */
typedef struct tb_tree {
    uint32_t count;
    tb_digest *nodes; /* implementation's own order */
    tb_digest root;
} tb_tree;

/* 1 <= count <= TB_LEAVES_MAX. statements[i] is the digest of statement i. TB_ERR_LIMIT: no memory. */
tb_err tb_tree_build(const tb_digest *statements, uint32_t count, tb_arena *arena, tb_tree *out) TB_MUST_USE;

/* The path of one leaf, from the leaf upwards; *out_count <= TB_PATH_MAX. */
tb_err tb_tree_path(const tb_tree *tree, uint32_t index, tb_arena *arena, tb_digest **out, size_t *out_count) TB_MUST_USE;

/* The siblings that prove a set of leaves together: walking the tree from the root, left before
 * right, the root of every subtree that holds none of the indexes while its parent holds some.
 * indexes ascend strictly. */
tb_err tb_tree_siblings(const tb_tree *tree, const uint32_t *indexes, size_t index_count, tb_arena *arena, tb_digest **out, size_t *out_count) TB_MUST_USE;

/* The path of one of the leaves a group proves together, from the leaf upwards: which is its place
 * among them. The arguments are those of tb_merkle_root_of_group; TB_ERR_CORRUPT when they do not
 * fit each other. */
tb_err tb_merkle_path_in_group(uint32_t count, const uint32_t *indexes, const tb_digest *statements, size_t index_count, const tb_digest *siblings, size_t sibling_count, size_t which, tb_arena *arena, tb_digest **out, size_t *out_count) TB_MUST_USE;

/* Recompute the root; false when the shape does not fit (indexes not ascending or not below count,
 * too few or too many siblings). */
bool tb_merkle_root_of_path(uint32_t count, uint32_t index, const tb_digest *statement, const tb_digest *path, size_t path_count, tb_digest *out_root) TB_MUST_USE;
bool tb_merkle_root_of_group(uint32_t count, const uint32_t *indexes, const tb_digest *statements, size_t index_count, const tb_digest *siblings, size_t sibling_count, tb_digest *out_root) TB_MUST_USE;

#endif

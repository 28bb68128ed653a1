/* line_sign - lines of one turn under one signature, and the check of one that stands alone. */
#include "messages/digest.h"
#include "messages/line.h"
#include "messages/merkle.h"

/* Encodes every line into its place in list and takes the digests. */
static tb_err encode_lines(
    const tb_line *lines, size_t count, tb_arena *arena, tb_signed_line *list, tb_digest *digests)
{
    for (size_t i = 0; i < count; i++) {
        list[i].line = lines[i];
        tb_err err = tb_line_encode(&lines[i], arena, &list[i].encoded);
        if (err != TB_OK) {
            return err;
        }

        digests[i] = tb_line_digest(list[i].encoded);
    }
    return TB_OK;
}

static tb_err place_line(
    const tb_tree *tree, uint32_t index, const tb_root *root, tb_arena *arena, tb_signed_line *line)
{
    size_t mark = tb_arena_mark(arena);
    tb_digest *path = NULL;
    size_t path_count = 0;
    tb_err err = tb_tree_path(tree, index, arena, &path, &path_count);
    if (err != TB_OK) {
        return err;
    }

    memcpy(line->path, path, path_count * sizeof(*path));
    line->path_count = path_count;
    line->index = index;
    line->root = *root;
    tb_arena_release(arena, mark);
    return TB_OK;
}

tb_err tb_lines_sign(const tb_line *lines,
                     size_t count,
                     const tb_root *root,
                     const tb_digest *hub,
                     const tb_sign_pair *pair,
                     tb_arena *arena,
                     tb_signed_line **out)
{
    TB_ASSERT(count >= 1 && count <= TB_LEAVES_MAX);

    tb_signed_line *list = tb_arena_array(arena, count, sizeof(*list));
    tb_digest *digests = tb_arena_array(arena, count, sizeof(*digests));
    if (list == NULL || digests == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_err err = encode_lines(lines, count, arena, list, digests);
    if (err != TB_OK) {
        return err;
    }
    tb_tree tree;
    err = tb_tree_build(digests, (uint32_t)count, arena, &tree);
    if (err != TB_OK) {
        return err;
    }

    tb_root made = *root;
    made.tree = TB_TREE_LINES;
    made.count = tree.count;
    made.root = tree.root;
    tb_root_sign(&made, hub, pair);
    for (uint32_t i = 0; i < tree.count; i++) {
        err = place_line(&tree, i, &made, arena, &list[i]);
        if (err != TB_OK) {
            return err;
        }
    }
    *out = list;
    return TB_OK;
}

bool tb_signed_line_same_root(const tb_signed_line *a, const tb_signed_line *b)
{
    return tb_digest_equal(&a->root.root, &b->root.root);
}

tb_refusal tb_signed_line_verify(const tb_signed_line *line,
                                 const tb_digest *hub,
                                 const tb_public_key *public_key,
                                 tb_root_cache *cache)
{
    const tb_root *root = &line->root;
    if (root->suite != TB_SUITE_1) {
        return TB_REFUSED_SUITE;
    }
    if (root->tree != TB_TREE_LINES || line->path_count > TB_PATH_MAX) {
        return TB_REFUSED_PROOF;
    }

    tb_digest digest = tb_line_digest(line->encoded);
    tb_digest led_to;
    if (!tb_merkle_root_of_path(root->count, line->index, &digest, line->path, line->path_count,
                                &led_to) ||
        !tb_digest_equal(&led_to, &root->root)) {
        return TB_REFUSED_PROOF;
    }
    return tb_root_verify_cached(cache, root, hub, public_key) ? TB_ACCEPTED : TB_REFUSED_SIGNATURE;
}

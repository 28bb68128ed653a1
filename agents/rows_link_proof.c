/* rows_link_proof - PROOF and PROOF_TREE: what proves the events of a notice.
 *
 * A row of form 1 holds root and path. A row of form 2 names a PROOF_TREE row and its place there:
 * notices of one turn share root and leaves, and a path is computed when somebody asks for it.
 */
#include "agents/rows_link_keys.h"
#include "messages/merkle.h"

#define FORM_ALONE   1
#define FORM_IN_TREE 2

static void
proof_key(tb_key *key, const tb_party *sender, const tb_incarnation *incarnation, uint64_t notice)
{
    tb_key_begin(key);
    tb_key_party(key, sender);
    tb_key_incarnation(key, incarnation);
    tb_key_number(key, notice);
}

tb_err tb_proof_put(tb_txn *txn,
                    const tb_party *sender,
                    const tb_incarnation *incarnation,
                    uint64_t notice,
                    const tb_proof_row *row)
{
    tb_key key;
    tb_writer w;

    proof_key(&key, sender, incarnation, notice);
    tb_writer_arena(&w, tb_txn_arena(txn),
                    TB_ROOT_ROW_BYTES + 16 + row->header.size +
                        (row->id_count + row->path_count) * TB_DIGEST_BYTES);
    tb_put_u8(&w, FORM_ALONE);
    tb_put_bytes(&w, row->header);
    tb_put_digests(&w, row->ids, row->id_count);
    tb_put_root(&w, &row->root);
    tb_put_u32(&w, row->index);
    tb_put_digests(&w, row->path, row->path_count);
    return tb_row_store(txn, TB_TABLE_PROOF, tb_key_bytes(&key), &w);
}

tb_err tb_proof_put_in_tree(tb_txn *txn,
                            const tb_party *sender,
                            const tb_incarnation *incarnation,
                            uint64_t notice,
                            const tb_proof_row *row,
                            uint64_t tree,
                            uint32_t place)
{
    tb_key key;
    tb_writer w;

    proof_key(&key, sender, incarnation, notice);
    tb_writer_arena(&w, tb_txn_arena(txn), 64 + row->header.size + row->id_count * TB_DIGEST_BYTES);
    tb_put_u8(&w, FORM_IN_TREE);
    tb_put_bytes(&w, row->header);
    tb_put_digests(&w, row->ids, row->id_count);
    tb_put_raw(&w, row->case_id.bytes, TB_CASE_ID_BYTES);
    tb_put_u64(&w, tree);
    tb_put_u32(&w, place);
    return tb_row_store(txn, TB_TABLE_PROOF, tb_key_bytes(&key), &w);
}

/* The turn's own tree has every leaf and no sibling: its indexes need not be written. */
static bool is_whole(const tb_proof_tree *tree)
{
    return tree->count == tree->root->count;
}

tb_err tb_proof_tree_put(tb_txn *txn,
                         const tb_party *sender,
                         const tb_incarnation *incarnation,
                         uint64_t notice,
                         const tb_proof_tree *tree)
{
    tb_key key;
    tb_writer w;

    proof_key(&key, sender, incarnation, notice);
    tb_row_begin(&w, tb_txn_arena(txn),
                 TB_ROOT_ROW_BYTES + 16 + tree->count * (4 + TB_DIGEST_BYTES) +
                     tree->sibling_count * TB_DIGEST_BYTES);
    tb_put_root(&w, tree->root);
    tb_put_digests(&w, tree->statements, tree->count);
    for (size_t i = 0; !is_whole(tree) && i < tree->count; i++) {
        tb_put_u32(&w, tree->indexes[i]);
    }
    tb_put_digests(&w, tree->siblings, tree->sibling_count);
    return tb_row_store(txn, TB_TABLE_PROOF_TREE, tb_key_bytes(&key), &w);
}

static tb_err read_indexes(tb_reader *r, tb_proof_tree *tree, tb_arena *arena)
{
    uint32_t *indexes = tb_arena_array(arena, tree->count + 1, sizeof *indexes);
    if (indexes == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < tree->count; i++) {
        indexes[i] = is_whole(tree) ? (uint32_t)i : tb_get_u32(r);
    }
    tree->indexes = indexes;
    return TB_OK;
}

static tb_err tree_at(tb_txn *txn, tb_bytes key, tb_root *out_root, tb_proof_tree *out)
{
    tb_bytes value;
    tb_arena *arena = tb_txn_arena(txn);
    tb_err err = tb_store_get(txn, TB_TABLE_PROOF_TREE, key, &value);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }

    tb_reader r;
    tb_digest *statements;
    tb_digest *siblings;
    tb_proof_tree tree = {.root = out_root};
    tb_row_read(&r, value);
    *out_root = tb_read_root(&r);
    err = tb_read_digests(&r, TB_LEAVES_MAX, arena, &statements, &tree.count);
    if (err == TB_OK) {
        err = read_indexes(&r, &tree, arena);
    }
    if (err == TB_OK) {
        err = tb_read_digests(&r, TB_LEAVES_MAX, arena, &siblings, &tree.sibling_count);
    }
    if (err != TB_OK) {
        return err;
    }
    if (!tb_reader_done(&r)) {
        return TB_ERR_CORRUPT;
    }
    tree.statements = statements;
    tree.siblings = siblings;
    *out = tree;
    return TB_OK;
}

/* Root, index and path of one place of a tree. */
static tb_err read_path(tb_txn *txn, tb_bytes key, uint32_t place, tb_proof_row *row)
{
    tb_proof_tree tree;
    tb_err err = tree_at(txn, key, &row->root, &tree);
    if (err != TB_OK) {
        return err;
    }
    if (place >= tree.count) {
        return TB_ERR_CORRUPT;
    }
    row->index = tree.indexes[place];
    return tb_merkle_path_in_group(row->root.count, tree.indexes, tree.statements, tree.count,
                                   tree.siblings, tree.sibling_count, place, tb_txn_arena(txn),
                                   &row->path, &row->path_count);
}

static tb_err read_alone(tb_reader *r, tb_arena *arena, tb_proof_row *row)
{
    row->root = tb_read_root(r);
    row->index = tb_get_u32(r);
    return tb_read_digests(r, TB_PATH_MAX, arena, &row->path, &row->path_count);
}

/* Where a proof stands: the tree's notice and the place; notice 0 when it stands alone. */
typedef struct standing {
    uint64_t tree;
    uint32_t place;
} standing;

static tb_err read_row(tb_txn *txn, tb_bytes value, tb_proof_row *out, standing *out_standing)
{
    tb_reader r;
    tb_proof_row row = {.index = 0};
    standing at = {.tree = 0};
    tb_arena *arena = tb_txn_arena(txn);
    tb_reader_init(&r, value);
    uint8_t form = tb_get_u8(&r);
    row.header = tb_get_bytes(&r);
    tb_err err = tb_read_digests(&r, TB_NOTICE_EVENTS_MAX, arena, &row.ids, &row.id_count);
    if (err == TB_OK && form == FORM_IN_TREE) {
        tb_get_raw(&r, row.case_id.bytes, TB_CASE_ID_BYTES);
        at.tree = tb_get_u64(&r);
        at.place = tb_get_u32(&r);
    } else if (err == TB_OK) {
        err = form == FORM_ALONE ? read_alone(&r, arena, &row) : TB_ERR_CORRUPT;
    }
    if (err != TB_OK) {
        return err;
    }
    if (!tb_reader_done(&r)) {
        return TB_ERR_CORRUPT;
    }
    *out = row;
    *out_standing = at;
    return TB_OK;
}

static tb_err get(tb_txn *txn,
                  const tb_party *sender,
                  const tb_incarnation *incarnation,
                  uint64_t notice,
                  tb_proof_row *out,
                  standing *out_standing)
{
    tb_key key;
    tb_bytes value;

    proof_key(&key, sender, incarnation, notice);
    tb_err err = tb_store_get(txn, TB_TABLE_PROOF, tb_key_bytes(&key), &value);
    return err == TB_OK ? read_row(txn, value, out, out_standing) : err;
}

tb_err tb_proof_get(tb_txn *txn,
                    const tb_party *sender,
                    const tb_incarnation *incarnation,
                    uint64_t notice,
                    tb_proof_row *out)
{
    tb_key key;
    standing at;
    tb_err err = get(txn, sender, incarnation, notice, out, &at);
    if (err != TB_OK || at.tree == 0) {
        return err;
    }
    proof_key(&key, sender, incarnation, at.tree);
    return read_path(txn, tb_key_bytes(&key), at.place, out);
}

tb_err tb_proof_head(tb_txn *txn,
                     const tb_party *sender,
                     const tb_incarnation *incarnation,
                     uint64_t notice,
                     tb_proof_row *out)
{
    standing at;
    return get(txn, sender, incarnation, notice, out, &at);
}

tb_err tb_proof_stands(tb_txn *txn,
                       const tb_party *sender,
                       const tb_incarnation *incarnation,
                       uint64_t notice,
                       tb_proof_row *out,
                       uint64_t *out_tree,
                       uint32_t *out_place)
{
    standing at;
    tb_err err = get(txn, sender, incarnation, notice, out, &at);
    if (err == TB_OK) {
        *out_tree = at.tree;
        *out_place = at.place;
    }
    return err;
}

tb_err tb_proof_tree_get(tb_txn *txn,
                         const tb_party *sender,
                         const tb_incarnation *incarnation,
                         uint64_t notice,
                         tb_root *out_root,
                         tb_proof_tree *out)
{
    tb_key key;
    proof_key(&key, sender, incarnation, notice);
    return tree_at(txn, tb_key_bytes(&key), out_root, out);
}

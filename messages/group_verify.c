/* group_verify - that a group's headers lead to its root, and its root to the signer's key. */
#include "base/mutant.h"
#include "messages/link.h"
#include "messages/merkle.h"

/* A root speaks for its signer, key and incarnation alone; so must every header under it. */
static tb_refusal check_header(const tb_header *header, const tb_root *root, const tb_digest *hub)
{
    if (!tb_digest_equal(&header->hub, hub)) {
        return TB_REFUSED_WRONG_HUB;
    }
    if (header->suite != root->suite) {
        return TB_REFUSED_SUITE;
    }
    if (!tb_party_equal(&header->sender, &root->signer) ||
        !tb_key_id_equal(&header->signing_key, &root->key) ||
        tb_incarnation_compare(&header->incarnation, &root->incarnation) != 0) {
        return TB_REFUSED_SIGNATURE;
    }
    return TB_ACCEPTED;
}

tb_refusal tb_group_verify(const tb_group *group,
                           const tb_digest *hub,
                           const tb_public_key *public_key,
                           tb_root_cache *cache,
                           tb_arena *scratch)
{
    const tb_root *root = &group->root;
    if (root->suite != TB_SUITE_1) {
        return TB_REFUSED_SUITE;
    }
    if (root->tree != TB_TREE_HEADERS || group->item_count == 0) {
        return TB_REFUSED_PROOF;
    }

    size_t mark = tb_arena_mark(scratch);
    tb_digest *digests = tb_arena_array(scratch, group->item_count, sizeof(*digests));
    if (digests == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    for (size_t i = 0; i < group->item_count; i++) {
        tb_refusal refusal = check_header(&group->items[i].header, root, hub);
        if (refusal != TB_ACCEPTED) {
            tb_arena_release(scratch, mark);
            return refusal;
        }
        digests[i] = group->items[i].digest;
    }
    tb_digest led_to;
    bool leads = tb_merkle_root_of_group(root->count, group->indexes, digests, group->item_count,
                                         group->siblings, group->sibling_count, &led_to) &&
                 tb_digest_equal(&led_to, &root->root);
    tb_arena_release(scratch, mark);
    if (!leads && !TB_MUTANT(PROOF_UNCHECKED)) {
        return TB_REFUSED_PROOF;
    }
    if (TB_MUTANT(SIGNATURE_UNCHECKED)) {
        return TB_ACCEPTED;
    }
    return tb_root_verify_cached(cache, root, hub, public_key) ? TB_ACCEPTED : TB_REFUSED_SIGNATURE;
}

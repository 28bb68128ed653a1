/* root - the signed root of one turn's statements (design §8 "Signing is by batch").
 *
 * Signed bytes: "tongbao root" ‖ u32 suite ‖ u32 tree ‖ hub id ‖ signer (24) ‖ key id (8) ‖
 * incarnation (16) ‖ u32 count ‖ root (32). Signature: Ed25519 in suite 1.
 */
#ifndef TB_ROOT_H
#define TB_ROOT_H

#include "base/ids.h"
#include "base/refusal.h"
#include "messages/keys.h"

#define TB_SUITE_1         1
#define TB_SIGNATURE_BYTES 64

typedef enum tb_tree_kind {
    TB_TREE_HEADERS = 1,
    TB_TREE_LINES = 2,
} tb_tree_kind;

typedef struct tb_root {
    uint32_t suite;
    tb_tree_kind tree;
    tb_party signer; /* the hub signs as the party id "hub" */
    tb_key_id key;
    tb_incarnation incarnation;
    uint32_t count;
    tb_digest root;
    uint8_t signature[TB_SIGNATURE_BYTES];
} tb_root;

#define TB_HUB_PARTY "hub"

/* Fills signature over the other fields. */
void tb_root_sign(tb_root *root, const tb_digest *hub, const tb_sign_pair *pair);
/* Whether the signature verifies under public_key; the caller chose it by signer and key. */
bool tb_root_verify(const tb_root *root, const tb_digest *hub, const tb_public_key *public_key) TB_MUST_USE;

/* Roots that verified, remembered so that a group costs one verification. A cache only: forgetting
 * is harmless. Key: digest of signed bytes ‖ signature ‖ public key. */
#define TB_ROOT_CACHE 1024
typedef struct tb_root_cache {
    tb_digest seen[TB_ROOT_CACHE];
    uint32_t next;
} tb_root_cache;

bool tb_root_verify_cached(tb_root_cache *cache, const tb_root *root, const tb_digest *hub, const tb_public_key *public_key) TB_MUST_USE;

#endif

/* root - see root.h. */
#include "messages/root.h"

#include <sodium.h>

#include "base/pack.h"
#include "messages/digest.h"

#define ROOT_DOMAIN       "tongbao root"
#define ROOT_SIGNED_BYTES (12 + 4 + 4 + 32 + TB_PARTY_BYTES + 8 + 16 + 4 + 32)
/* Places of the cache one root may take; the oldest of them makes room. */
#define CACHE_WAYS 8

_Static_assert(sizeof(ROOT_DOMAIN) - 1 == 12, "the domain is counted above");
_Static_assert(TB_SIGNATURE_BYTES == crypto_sign_BYTES, "Ed25519");
_Static_assert(TB_ROOT_CACHE % CACHE_WAYS == 0 && TB_ROOT_CACHE / CACHE_WAYS <= 256,
               "one byte picks a set");

static void signed_bytes(const tb_root *root, const tb_digest *hub, uint8_t out[ROOT_SIGNED_BYTES])
{
    tb_writer w;
    tb_writer_init(&w, out, ROOT_SIGNED_BYTES);
    tb_put_raw(&w, ROOT_DOMAIN, sizeof(ROOT_DOMAIN) - 1);
    tb_put_u32(&w, root->suite);
    tb_put_u32(&w, (uint32_t)root->tree);
    tb_put_raw(&w, hub->bytes, TB_DIGEST_BYTES);
    tb_put_raw(&w, root->signer.text, TB_PARTY_BYTES);
    tb_put_raw(&w, root->key.bytes, sizeof(root->key.bytes));
    tb_put_u64(&w, root->incarnation.counter);
    tb_put_raw(&w, root->incarnation.random, sizeof(root->incarnation.random));
    tb_put_u32(&w, root->count);
    tb_put_raw(&w, root->root.bytes, TB_DIGEST_BYTES);
    TB_ASSERT(!w.overflow && w.size == ROOT_SIGNED_BYTES);
}

void tb_root_sign(tb_root *root, const tb_digest *hub, const tb_sign_pair *pair)
{
    TB_ASSERT(root->suite == TB_SUITE_1);

    uint8_t message[ROOT_SIGNED_BYTES];
    signed_bytes(root, hub, message);
    crypto_sign_detached(root->signature, NULL, message, sizeof(message), pair->secret);
}

bool tb_root_verify(const tb_root *root, const tb_digest *hub, const tb_public_key *public_key)
{
    if (root->suite != TB_SUITE_1) {
        return false;
    }

    uint8_t message[ROOT_SIGNED_BYTES];
    signed_bytes(root, hub, message);
    return crypto_sign_verify_detached(root->signature, message, sizeof(message),
                                       public_key->bytes) == 0;
}

bool tb_root_verify_cached(tb_root_cache *cache,
                           const tb_root *root,
                           const tb_digest *hub,
                           const tb_public_key *public_key)
{
    uint8_t message[ROOT_SIGNED_BYTES];
    signed_bytes(root, hub, message);
    tb_bytes parts[] = {tb_bytes_of(message, sizeof(message)),
                        tb_bytes_of(root->signature, sizeof(root->signature)),
                        tb_bytes_of(public_key->bytes, sizeof(public_key->bytes))};
    tb_digest key = tb_digest_parts("tongbao root seen", parts, 3);

    tb_digest *set = &cache->seen[key.bytes[0] % (TB_ROOT_CACHE / CACHE_WAYS) * CACHE_WAYS];
    for (size_t i = 0; i < CACHE_WAYS; i++) {
        if (tb_digest_equal(&set[i], &key)) {
            return true;
        }
    }
    if (!tb_root_verify(root, hub, public_key)) {
        return false;
    }
    set[cache->next % CACHE_WAYS] = key;
    cache->next++;
    return true;
}

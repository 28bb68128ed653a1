/* keys - see keys.h. */
#include "messages/keys.h"

#include <sodium.h>

#include "messages/digest.h"

_Static_assert(sizeof(((tb_sign_pair *)0)->secret) == crypto_sign_SECRETKEYBYTES, "Ed25519");
_Static_assert(sizeof(((tb_seal_pair *)0)->secret) == crypto_scalarmult_SCALARBYTES, "X25519");

tb_key_id tb_key_id_of(tb_purpose purpose, const tb_public_key *key)
{
    uint32_t number = (uint32_t)purpose;
    uint8_t prefix[4] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8),
                         (uint8_t)number};
    tb_bytes parts[] = {tb_bytes_of(prefix, sizeof(prefix)),
                        tb_bytes_of(key->bytes, sizeof(key->bytes))};
    tb_digest digest = tb_digest_parts("tongbao key", parts, 2);

    tb_key_id id;
    memcpy(id.bytes, digest.bytes, sizeof(id.bytes));
    return id;
}

bool tb_key_id_equal(const tb_key_id *a, const tb_key_id *b)
{
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

void tb_sign_pair_make(tb_sign_pair *out, tb_random *random)
{
    uint8_t seed[crypto_sign_SEEDBYTES];
    tb_random_bytes(random, seed, sizeof(seed));
    crypto_sign_seed_keypair(out->public_key.bytes, out->secret, seed);
    sodium_memzero(seed, sizeof(seed));
}

void tb_seal_pair_make(tb_seal_pair *out, tb_random *random)
{
    tb_random_bytes(random, out->secret, sizeof(out->secret));
    crypto_scalarmult_base(out->public_key.bytes, out->secret);
}

void tb_fingerprint(tb_bytes bytes, char out[TB_FINGERPRINT_TEXT])
{
    tb_digest digest = tb_digest_of("tongbao fingerprint", bytes);

    size_t at = 0;
    for (size_t group = 0; group < 16; group++) {
        unsigned value = ((unsigned)digest.bytes[2 * group] << 8) | digest.bytes[2 * group + 1];
        for (unsigned unit = 1000; unit > 0; unit /= 10) {
            out[at++] = (char)('0' + value / unit % 10);
        }
        out[at++] = ' ';
    }
    out[at - 1] = '\0';
    TB_ASSERT(at == TB_FINGERPRINT_TEXT);
}

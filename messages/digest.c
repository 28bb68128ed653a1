/* digest - see digest.h. */
#include "messages/digest.h"

#include <sodium.h>

tb_digest tb_digest_parts(const char *domain, const tb_bytes *parts, size_t count)
{
    size_t domain_size = strlen(domain);
    TB_ASSERT(domain_size > 0 && domain_size <= UINT8_MAX);

    uint8_t length = (uint8_t)domain_size;
    tb_digest out;
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, TB_DIGEST_BYTES);
    crypto_generichash_update(&state, &length, 1);
    crypto_generichash_update(&state, (const uint8_t *)domain, domain_size);
    for (size_t i = 0; i < count; i++) {
        if (parts[i].size > 0) {
            crypto_generichash_update(&state, parts[i].data, parts[i].size);
        }
    }
    crypto_generichash_final(&state, out.bytes, TB_DIGEST_BYTES);
    return out;
}

tb_digest tb_digest_of(const char *domain, tb_bytes data)
{
    return tb_digest_parts(domain, &data, 1);
}

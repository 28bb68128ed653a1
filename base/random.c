#include "base/random.h"

#include <sodium.h>

#define BLOCK_BYTES 64

void tb_random_seed(tb_random *random, const uint8_t seed[32])
{
    _Static_assert(sizeof random->seed == crypto_stream_chacha20_KEYBYTES, "the seed is the key");

    memcpy(random->seed, seed, sizeof random->seed);
    random->drawn = 0;
}

/* Every call starts at a fresh block: what is left of the last one is thrown away, never given. */
void tb_random_bytes(tb_random *random, void *out, size_t size)
{
    static const uint8_t nonce[crypto_stream_chacha20_NONCEBYTES];

    if (size == 0) {
        return;
    }
    memset(out, 0, size);
    crypto_stream_chacha20_xor_ic(out, out, size, nonce, random->drawn, random->seed);
    random->drawn += (size + BLOCK_BYTES - 1) / BLOCK_BYTES;
}

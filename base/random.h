/* random - a stream of random bytes that is handed in, like the time.
 *
 * The shell seeds a fresh stream from the kernel for every attempt at a turn; the simulator seeds
 * it from its seed. Bytes are ChaCha20 output; no byte is given twice.
 */
#ifndef TB_RANDOM_H
#define TB_RANDOM_H

#include "base/base.h"

typedef struct tb_random {
    uint8_t seed[32];
    uint64_t drawn; /* blocks given so far */
} tb_random;

void tb_random_seed(tb_random *random, const uint8_t seed[32]);
void tb_random_bytes(tb_random *random, void *out, size_t size);

#endif

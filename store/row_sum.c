#include "store/row_sum.h"

#include <sodium.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

_Static_assert(crypto_shorthash_BYTES == TB_ROW_SUM_BYTES, "both forms are as long");
_Static_assert(crypto_shorthash_KEYBYTES == 2 * TB_ROW_SUM_BYTES, "two hashes make a key");

void tb_row_sum_table(const char *name, uint8_t out_table[TB_ROW_SUM_BYTES])
{
    static const uint8_t no_key[crypto_shorthash_KEYBYTES];
    crypto_shorthash(out_table, (const uint8_t *)name, strlen(name), no_key);
}

/* In both forms the key goes into what the value is hashed with, so that nothing need be copied
 * together. */
static void siphash(const uint8_t *table, tb_bytes key, tb_bytes value, uint8_t *out_sum)
{
    uint8_t row[crypto_shorthash_KEYBYTES] = {0};

    memcpy(row, table, TB_ROW_SUM_BYTES);
    crypto_shorthash(row + TB_ROW_SUM_BYTES, key.data, key.size, row);
    crypto_shorthash(out_sum, value.data, value.size, row);
}

uint64_t tb_row_hash(const uint8_t table[TB_ROW_SUM_BYTES], tb_bytes key)
{
    uint64_t seed;

    memcpy(&seed, table, sizeof seed);
    return XXH3_64bits_withSeed(key.data, key.size, seed);
}

/* In the byte order of the machine, as all of LMDB's file. A long value is hashed by itself,
 * because XXH3 makes 192 bytes out of a seed first. */
static void xxh3(const uint8_t *table, tb_bytes key, tb_bytes value, uint8_t *out_sum)
{
    uint64_t of_value = XXH3_64bits(value.data, value.size);
    uint64_t sum = XXH3_64bits_withSeed(&of_value, sizeof of_value, tb_row_hash(table, key));

    memcpy(out_sum, &sum, sizeof sum);
}

void tb_row_sum(tb_row_sum_form form,
                const uint8_t table[TB_ROW_SUM_BYTES],
                tb_bytes key,
                tb_bytes value,
                uint8_t out_sum[TB_ROW_SUM_BYTES])
{
    (form == TB_ROW_SUM_XXH3 ? xxh3 : siphash)(table, key, value, out_sum);
}

/* keys - key pairs and their ids.
 *
 * Signing, sealing and transport keys are separate (design §6). Secret halves live in the caller's
 * locked memory (agents/shell, broker/shell) and are only pointed to here.
 */
#ifndef TB_KEYS_H
#define TB_KEYS_H

#include "base/ids.h"
#include "base/random.h"

typedef enum tb_purpose {
    TB_PURPOSE_SIGN = 1,
    TB_PURPOSE_SEAL = 2,
    TB_PURPOSE_TRANSPORT = 3,
    TB_PURPOSE_AUTHORITY = 4,
} tb_purpose;

typedef struct tb_public_key {
    uint8_t bytes[32];
} tb_public_key;

typedef struct tb_sign_pair {
    tb_public_key public_key;
    uint8_t secret[64];
} tb_sign_pair;

typedef struct tb_seal_pair {
    tb_public_key public_key;
    uint8_t secret[32];
} tb_seal_pair;

/* The first 8 bytes of digest "tongbao key" over purpose ‖ public key. */
tb_key_id tb_key_id_of(tb_purpose purpose, const tb_public_key *key);
bool tb_key_id_equal(const tb_key_id *a, const tb_key_id *b);

void tb_sign_pair_make(tb_sign_pair *out, tb_random *random);
void tb_seal_pair_make(tb_seal_pair *out, tb_random *random); /* also transport (CURVE is X25519) */

/* Sixteen groups of four digits, compared by voice: digest "tongbao fingerprint" of the bytes. */
#define TB_FINGERPRINT_TEXT 80
void tb_fingerprint(tb_bytes bytes, char out[TB_FINGERPRINT_TEXT]);

#endif

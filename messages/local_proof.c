/* local_proof - a request shown to be of an account, by the account's key (local.h). */
#include <sodium.h>

#include "messages/digest.h"
#include "messages/local.h"

#define PROOF_DOMAIN "tongbao account request"

/* Field 1000, length-delimited, 64 bytes: the number is above every other, so it stands last. */
static const uint8_t proof_head[] = {0xC2, 0x3E, TB_PROOF_BYTES};

#define SUFFIX_BYTES (sizeof proof_head + TB_PROOF_BYTES)

tb_err
tb_local_request_prove(tb_bytes request, const uint8_t secret[64], tb_arena *arena, tb_bytes *out)
{
    size_t size = request.size + SUFFIX_BYTES;
    uint8_t *bytes = size > TB_LOCAL_BYTES_MAX ? NULL : tb_arena_alloc(arena, size);
    if (bytes == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_digest digest = tb_digest_of(PROOF_DOMAIN, request);
    memcpy(bytes, request.data, request.size);
    memcpy(bytes + request.size, proof_head, sizeof proof_head);
    crypto_sign_detached(bytes + request.size + sizeof proof_head, NULL, digest.bytes,
                         TB_DIGEST_BYTES, secret);
    *out = tb_bytes_of(bytes, size);
    return TB_OK;
}

bool tb_local_request_proved(tb_bytes request)
{
    return request.size > SUFFIX_BYTES &&
           memcmp(request.data + request.size - SUFFIX_BYTES, proof_head, sizeof proof_head) == 0;
}

bool tb_local_request_proof_good(tb_bytes request, const uint8_t key[32])
{
    if (!tb_local_request_proved(request)) {
        return false;
    }
    tb_digest digest =
        tb_digest_of(PROOF_DOMAIN, tb_bytes_of(request.data, request.size - SUFFIX_BYTES));
    return crypto_sign_verify_detached(request.data + request.size - TB_PROOF_BYTES, digest.bytes,
                                       TB_DIGEST_BYTES, key) == 0;
}

/* key_request - the public keys a party asks the authority to enrol, signed by the new signing key
 * itself.
 *
 * The signature proves that whoever asks holds the key; who that is, people find out by comparing
 * the fingerprint by voice. Signed bytes: "tongbao key request" ‖ the packed message without its
 * signature.
 */
#ifndef TB_KEY_REQUEST_H
#define TB_KEY_REQUEST_H

#include "base/arena.h"
#include "base/ids.h"
#include "base/refusal.h"
#include "base/time.h"
#include "messages/keys.h"
#include "messages/root.h"

#define TB_KEY_REQUEST_BYTES_MAX 1024

typedef struct tb_key_request {
    tb_party party;
    tb_public_key sign;
    tb_public_key seal;
    tb_public_key transport;
    tb_time made;
    uint8_t signature[TB_SIGNATURE_BYTES];
} tb_key_request;

/* Fills signature over the other fields, with the secret of request->sign, and packs it. */
tb_err tb_key_request_sign(tb_key_request *request,
                           const tb_sign_pair *pair,
                           tb_arena *arena,
                           tb_bytes *out) TB_MUST_USE;
/* A checked request whose signature verified: malformed, not_canonical, too_large or signature. */
tb_refusal tb_key_request_decode(tb_bytes in, tb_arena *arena, tb_key_request *out) TB_MUST_USE;

#endif

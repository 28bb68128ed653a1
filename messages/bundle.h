/* bundle - 离线数据包: what one party carries to another on removable media instead of the hub.
 *
 *     file      "TBBUNDL1" ‖ BundleFile{Bundle, key id, signature}
 *     signed    "tongbao bundle" ‖ u32 suite ‖ hub id ‖ sender (24) ‖ recipient (24) ‖ digest of
 * the packed Bundle under "tongbao bundle"
 *
 * Inside are the same groups with proof, marks, refusals and stamps that travel over the link, each
 * under its own signature; the bundle's says only that this is all of it and who put it together.
 */
#ifndef TB_BUNDLE_H
#define TB_BUNDLE_H

#include "messages/link.h"

typedef struct tb_bundle {
    tb_digest hub;
    tb_party sender;
    tb_party recipient;
    tb_time made;
    tb_carry carry; /* groups need no stamp */
    tb_signed_line *marks;
    size_t mark_count;
    tb_signed_line *refusals;
    size_t refusal_count;
    tb_signed_line *stamps;
    size_t stamp_count;
    /* of the file */
    tb_key_id key;
    tb_digest digest; /* of the packed bundle */
    uint8_t signature[TB_SIGNATURE_BYTES];
} tb_bundle;

/* Checked values; signatures are not verified. bundle_corrupt for anything that is not a whole
 * bundle: the wrong beginning, a missing end, a part that does not decode. */
tb_refusal tb_bundle_decode(tb_bytes file, tb_arena *arena, tb_bundle *out) TB_MUST_USE;
/* Whether the sender's key made the bundle's signature. */
bool tb_bundle_verify(const tb_bundle *bundle, const tb_public_key *key) TB_MUST_USE;
/* Packs and signs; key names pair. TB_ERR_LIMIT: no memory, or larger than TB_BUNDLE_BYTES_MAX. */
tb_err tb_bundle_encode(tb_bundle *bundle, const tb_sign_pair *pair, tb_arena *arena, tb_bytes *out)
    TB_MUST_USE;

#endif

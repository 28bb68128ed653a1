/* seal - the one place that knows which cryptographic suite is in use (design §8, suite 1).
 *
 *     part   XChaCha20-Poly1305, a fresh random key for each part, zero nonce, associated data =
 *            context of the part; plaintext padded to 256 bytes (ISO/IEC 7816-4)
 *     wrap   the same AEAD under KDF(agreement ‖ both public keys ‖ context of the wrap), zero nonce
 *            (the key serves once); plaintext: one 32-byte slot per part, random where the recipient may not read
 *     agreement   X25519 of the turn's ephemeral key and the recipient's sealing key
 *
 * context = "tongbao part" or "tongbao wrap" ‖ hub id ‖ sender ‖ incarnation ‖ u64 notice ‖ u32 part,
 * for a wrap also recipient ‖ key id.
 */
#ifndef TB_SEAL_H
#define TB_SEAL_H

#include "base/arena.h"
#include "base/ids.h"
#include "base/limits.h"
#include "base/refusal.h"
#include "messages/keys.h"
#include "base/random.h"

typedef struct tb_seal_context {
    tb_digest hub;
    tb_party sender;
    tb_incarnation incarnation;
    uint64_t notice;
} tb_seal_context;

/* The agreement with one peer for one turn (sender) or one group (recipient); computed once, used for
 * every notice. */
typedef struct tb_agreement {
    uint8_t shared[32];
    tb_public_key ephemeral;
    tb_public_key recipient;
} tb_agreement;

/* False when the peer's key is not a usable point. */
bool tb_seal_agree_sender(tb_agreement *out, const tb_seal_pair *ephemeral, const tb_public_key *recipient) TB_MUST_USE;
bool tb_seal_agree_recipient(tb_agreement *out, const tb_seal_pair *recipient, const tb_public_key *ephemeral) TB_MUST_USE;

/* Whom a notice is sealed to, and which parts each may read (bit p = part p). */
typedef struct tb_seal_reader {
    tb_party recipient;
    tb_key_id key;
    const tb_agreement *agreement;
    bool parts[TB_PARTS_MAX];
} tb_seal_reader;

/* Seals plaintext parts for the readers (in header-entry order) into an encoded SealedBody in the arena. */
tb_err tb_seal_body(const tb_seal_context *context, const tb_bytes *parts, size_t part_count, const tb_seal_reader *readers, size_t reader_count, tb_random *random, tb_arena *arena, tb_bytes *out_body) TB_MUST_USE;

/* What one recipient could open: parts[p].data is NULL where it may not read. */
typedef struct tb_opened {
    tb_bytes parts[TB_PARTS_MAX];
    size_t part_count;
} tb_opened;

/* entry_index: the recipient's place among the header's entries. cannot_open: wrap or a part whose
 * key opened fails; a slot whose key does not open its part is "may not read", except part 0, which
 * every recipient must open. */
tb_refusal tb_seal_open(const tb_seal_context *context, tb_bytes body, size_t entry_index, size_t entry_count, const tb_party *recipient, const tb_key_id *key, const tb_agreement *agreement, tb_arena *arena, tb_opened *out) TB_MUST_USE;

/* Domain "tongbao body" over an encoded SealedBody. */
tb_digest tb_body_digest(tb_bytes body);

#endif

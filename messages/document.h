/* document - what the authority (or a named signer) signs: directory, campaign, table.
 *
 * Signed bytes: "tongbao document" ‖ u32 suite ‖ hub id (zero for the first directory) ‖ u32 kind ‖
 * u32 version ‖ name length ‖ name ‖ digest of content. The hub id is the digest of the first
 * directory's content, domain "tongbao document".
 */
#ifndef TB_DOCUMENT_H
#define TB_DOCUMENT_H

#include "base/arena.h"
#include "base/ids.h"
#include "base/refusal.h"
#include "messages/keys.h"
#include "messages/root.h"

typedef enum tb_document_kind {
    TB_DOCUMENT_DIRECTORY = 1,
    TB_DOCUMENT_CAMPAIGN = 2,
    TB_DOCUMENT_TABLE = 3,
} tb_document_kind;

typedef struct tb_document {
    tb_document_kind kind;
    tb_bytes name; /* "directory", "black-card", "segments", "provinces", "calendar" */
    uint32_t version;
    tb_bytes content;
    tb_key_id signer_key;
    uint8_t signature[TB_SIGNATURE_BYTES];
} tb_document;

tb_digest tb_document_digest(const tb_document *document);
void tb_document_sign(tb_document *document, const tb_digest *hub, const tb_sign_pair *pair);
bool tb_document_verify(const tb_document *document,
                        const tb_digest *hub,
                        const tb_public_key *key) TB_MUST_USE;

/* The form kept on disk and in files: a wire Document. */
tb_refusal tb_document_decode(tb_bytes in, tb_arena *arena, tb_document *out) TB_MUST_USE;
tb_err tb_document_encode(const tb_document *document, tb_arena *arena, tb_bytes *out) TB_MUST_USE;

#endif

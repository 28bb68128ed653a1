/* evidence - 核验材料: pages of what a stranger needs to prove a case or a report.
 *
 *     file      "TBPROOF1" ‖ for each page: u32 length ‖ SignedEvidencePage
 *     signed    "tongbao evidence" ‖ u32 suite ‖ hub id ‖ maker (24) ‖ digest of the packed page
 *               under "tongbao evidence"
 *
 * Inside are signed documents, events with what proves them, and marks, each packed as it travels
 * elsewhere and under its own signature. They are left packed here, so that one that does not
 * decode is a fault of its own and hides nothing of the others. The page's signature, its number,
 * the digest of the page before and the mark on the last say that nothing was left out.
 */
#ifndef TB_EVIDENCE_PAGE_H
#define TB_EVIDENCE_PAGE_H

#include "base/arena.h"
#include "base/ids.h"
#include "base/refusal.h"
#include "base/time.h"
#include "messages/keys.h"
#include "messages/root.h"

#define TB_EVIDENCE_MAGIC       "TBPROOF1"
#define TB_EVIDENCE_MAGIC_BYTES 8

typedef struct tb_evidence_page {
    tb_digest hub;
    tb_party maker;
    tb_case_id subject;
    bool report;
    uint32_t number;
    tb_digest previous; /* zero in the first */
    bool last;
    tb_time made;
    tb_bytes *documents;
    size_t document_count;
    tb_bytes *passed;
    size_t passed_count;
    tb_bytes *lines;
    size_t line_count;
    /* of the signed form */
    tb_key_id key;
    tb_digest digest; /* of the packed page */
    uint8_t signature[TB_SIGNATURE_BYTES];
} tb_evidence_page;

/* The signed form without its length. bundle_corrupt for anything that is not a whole page; the
 * signature is not verified. */
tb_refusal tb_evidence_page_decode(tb_bytes in, tb_arena *arena, tb_evidence_page *out) TB_MUST_USE;
/* Whether the maker's key made the page's signature. */
bool tb_evidence_page_verify(const tb_evidence_page *page, const tb_public_key *key) TB_MUST_USE;
/* Packs and signs; page->key names pair; fills in digest and signature. TB_ERR_LIMIT: no memory, or
 * larger than TB_EVIDENCE_PAGE_BYTES_MAX. */
tb_err tb_evidence_page_encode(tb_evidence_page *page,
                               const tb_sign_pair *pair,
                               tb_arena *arena,
                               tb_bytes *out) TB_MUST_USE;

#endif

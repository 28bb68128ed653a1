#include "messages/evidence.h"

#include <sodium.h>

#include "base/limits.h"
#include "base/pack.h"
#include "messages/digest.h"
#include "messages/link.pb-c.h"
#include "messages/wire.h"

typedef Tongbao__Wire__EvidencePage wire_page;
typedef Tongbao__Wire__SignedEvidencePage wire_signed;

#define DOMAIN       "tongbao evidence"
#define SIGNED_BYTES (16 + 4 + TB_DIGEST_BYTES + TB_PARTY_BYTES + TB_DIGEST_BYTES)

_Static_assert(sizeof(DOMAIN) - 1 == 16, "the domain is counted above");
_Static_assert(TB_EVIDENCE_PAGE_BYTES_MAX + 1024 < TB_LOCAL_BYTES_MAX,
               "a page fits a local message");

static void signed_bytes(const tb_evidence_page *page, uint8_t out[SIGNED_BYTES])
{
    tb_writer w;
    tb_writer_init(&w, out, SIGNED_BYTES);
    tb_put_raw(&w, DOMAIN, sizeof(DOMAIN) - 1);
    tb_put_u32(&w, TB_SUITE_1);
    tb_put_raw(&w, page->hub.bytes, TB_DIGEST_BYTES);
    tb_put_raw(&w, page->maker.text, TB_PARTY_BYTES);
    tb_put_raw(&w, page->digest.bytes, TB_DIGEST_BYTES);
    TB_ASSERT(!w.overflow && w.size == SIGNED_BYTES);
}

bool tb_evidence_page_verify(const tb_evidence_page *page, const tb_public_key *key)
{
    uint8_t message[SIGNED_BYTES];
    signed_bytes(page, message);
    return crypto_sign_verify_detached(page->signature, message, sizeof message, key->bytes) == 0;
}

/* ---- reading ---- */

static bool read_blobs(const tb_wire_bytes *in, size_t count, tb_arena *arena, tb_bytes **out)
{
    tb_bytes *list = tb_arena_array(arena, count + 1, sizeof *list);
    for (size_t i = 0; list != NULL && i < count; i++) {
        list[i] = tb_bytes_of(in[i].data, in[i].len);
    }
    *out = list;
    return list != NULL;
}

static bool read_page(tb_bytes packed, tb_arena *arena, tb_evidence_page *out)
{
    ProtobufCMessage *message = NULL;
    if (tb_wire_unpack(&tongbao__wire__evidence_page__descriptor, packed, arena, &message) !=
        TB_ACCEPTED) {
        return false;
    }
    const wire_page *in = (const wire_page *)message;
    out->report = in->report != 0;
    out->number = in->number;
    out->last = in->last != 0;
    out->document_count = in->n_documents;
    out->passed_count = in->n_passed;
    out->line_count = in->n_lines;
    return tb_wire_fixed(in->hub, out->hub.bytes, TB_DIGEST_BYTES) &&
           tb_wire_party(in->maker, &out->maker) &&
           tb_wire_fixed(in->subject, out->subject.bytes, TB_CASE_ID_BYTES) && in->number > 0 &&
           tb_wire_fixed_or_zero(in->previous, out->previous.bytes, TB_DIGEST_BYTES) &&
           tb_wire_time(in->made_ms, &out->made) &&
           read_blobs(in->documents, in->n_documents, arena, &out->documents) &&
           read_blobs(in->passed, in->n_passed, arena, &out->passed) &&
           read_blobs(in->lines, in->n_lines, arena, &out->lines);
}

static bool read_signed(tb_bytes in, tb_arena *arena, tb_evidence_page *out)
{
    ProtobufCMessage *message = NULL;
    if (in.size > TB_EVIDENCE_PAGE_BYTES_MAX ||
        tb_wire_unpack(&tongbao__wire__signed_evidence_page__descriptor, in, arena, &message) !=
            TB_ACCEPTED) {
        return false;
    }
    const wire_signed *wire = (const wire_signed *)message;
    tb_bytes page = tb_bytes_of(wire->page.data, wire->page.len);
    out->digest = tb_digest_of(DOMAIN, page);
    return tb_wire_fixed(wire->key, out->key.bytes, sizeof out->key) &&
           tb_wire_fixed(wire->signature, out->signature, sizeof out->signature) &&
           read_page(page, arena, out);
}

tb_refusal tb_evidence_page_decode(tb_bytes in, tb_arena *arena, tb_evidence_page *out)
{
    size_t mark = tb_arena_mark(arena);
    tb_evidence_page page = {.number = 0};
    if (!read_signed(in, arena, &page)) {
        tb_arena_release(arena, mark);
        return TB_REFUSED_BUNDLE_CORRUPT;
    }
    *out = page;
    return TB_ACCEPTED;
}

/* ---- writing ---- */

static tb_wire_bytes *write_blobs(const tb_bytes *in, size_t count, tb_arena *arena)
{
    tb_wire_bytes *list = tb_arena_array(arena, count + 1, sizeof *list);
    for (size_t i = 0; list != NULL && i < count; i++) {
        list[i] = tb_wire_of(in[i]);
    }
    return list;
}

static tb_err pack_page(const tb_evidence_page *page, tb_arena *arena, tb_bytes *out)
{
    wire_page wire = TONGBAO__WIRE__EVIDENCE_PAGE__INIT;
    wire.hub = tb_wire_raw(page->hub.bytes, TB_DIGEST_BYTES);
    wire.maker = tb_wire_of_party(&page->maker);
    wire.subject = tb_wire_raw(page->subject.bytes, TB_CASE_ID_BYTES);
    wire.report = page->report;
    wire.number = page->number;
    wire.previous = tb_wire_raw_or_none(page->previous.bytes, TB_DIGEST_BYTES);
    wire.last = page->last;
    wire.made_ms = page->made;
    wire.n_documents = page->document_count;
    wire.documents = write_blobs(page->documents, page->document_count, arena);
    wire.n_passed = page->passed_count;
    wire.passed = write_blobs(page->passed, page->passed_count, arena);
    wire.n_lines = page->line_count;
    wire.lines = write_blobs(page->lines, page->line_count, arena);
    if (wire.documents == NULL || wire.passed == NULL || wire.lines == NULL) {
        return TB_ERR_LIMIT;
    }
    return tb_wire_pack(&wire.base, TB_EVIDENCE_PAGE_BYTES_MAX, arena, out);
}

tb_err tb_evidence_page_encode(tb_evidence_page *page,
                               const tb_sign_pair *pair,
                               tb_arena *arena,
                               tb_bytes *out)
{
    tb_bytes packed;
    uint8_t message[SIGNED_BYTES];
    wire_signed wire = TONGBAO__WIRE__SIGNED_EVIDENCE_PAGE__INIT;
    tb_err err = pack_page(page, arena, &packed);
    if (err != TB_OK) {
        return err;
    }
    page->digest = tb_digest_of(DOMAIN, packed);
    signed_bytes(page, message);
    crypto_sign_detached(page->signature, NULL, message, sizeof message, pair->secret);
    wire.page = tb_wire_of(packed);
    wire.key = tb_wire_raw(page->key.bytes, sizeof page->key);
    wire.signature = tb_wire_raw(page->signature, sizeof page->signature);
    return tb_wire_pack(&wire.base, TB_EVIDENCE_PAGE_BYTES_MAX, arena, out);
}

/* document_sign - the digest and the signature of a document. */
#include "messages/document.h"

#include <sodium.h>

#include "base/limits.h"
#include "base/pack.h"
#include "messages/digest.h"

#define DOCUMENT_DOMAIN  "tongbao document"
#define SIGNED_BYTES_MAX (16 + 4 + 32 + 4 + 4 + 4 + TB_NAME_BYTES_MAX + 32)

_Static_assert(sizeof(DOCUMENT_DOMAIN) - 1 == 16, "the domain is counted above");

tb_digest tb_document_digest(const tb_document *document)
{
    return tb_digest_of(DOCUMENT_DOMAIN, document->content);
}

/* The first directory makes the hub id, so it cannot name it: zeros stand there, whatever is given.
 */
static size_t
signed_bytes(const tb_document *document, const tb_digest *hub, uint8_t out[SIGNED_BYTES_MAX])
{
    tb_digest named = *hub;
    if (document->kind == TB_DOCUMENT_DIRECTORY && document->version == 1) {
        memset(&named, 0, sizeof(named));
    }
    tb_digest content = tb_document_digest(document);

    tb_writer w;
    tb_writer_init(&w, out, SIGNED_BYTES_MAX);
    tb_put_raw(&w, DOCUMENT_DOMAIN, sizeof(DOCUMENT_DOMAIN) - 1);
    tb_put_u32(&w, TB_SUITE_1);
    tb_put_raw(&w, named.bytes, TB_DIGEST_BYTES);
    tb_put_u32(&w, (uint32_t)document->kind);
    tb_put_u32(&w, document->version);
    tb_put_bytes(&w, document->name);
    tb_put_raw(&w, content.bytes, TB_DIGEST_BYTES);
    TB_ASSERT(!w.overflow);
    return w.size;
}

void tb_document_sign(tb_document *document, const tb_digest *hub, const tb_sign_pair *pair)
{
    TB_ASSERT(document->name.size <= TB_NAME_BYTES_MAX);

    uint8_t message[SIGNED_BYTES_MAX];
    size_t size = signed_bytes(document, hub, message);
    crypto_sign_detached(document->signature, NULL, message, size, pair->secret);
}

bool tb_document_verify(const tb_document *document, const tb_digest *hub, const tb_public_key *key)
{
    if (document->name.size > TB_NAME_BYTES_MAX) {
        return false;
    }

    uint8_t message[SIGNED_BYTES_MAX];
    size_t size = signed_bytes(document, hub, message);
    return crypto_sign_verify_detached(document->signature, message, size, key->bytes) == 0;
}

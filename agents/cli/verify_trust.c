/* verify_trust - whom exported evidence is held against: its newest directory, if what the reader
 * trusts leads to it, and the others as far as they are bound to that one.
 */
#include "agents/cli/checking.h"

#include <string.h>

#include "agents/cli/say.h"

void tb_checking_trust_directory(tb_checking *c, const char *path)
{
    tb_document document;
    tb_directory mine;
    if (!tb_documents_read(path, &c->keep, &document) ||
        tb_directory_decode(document.content, &c->keep, &mine) != TB_ACCEPTED ||
        !tb_evidence_bound(&mine, &document, 1, 0)) {
        tb_checking_fault(c, _("%s is no signed directory"), path);
        return;
    }
    const tb_directory *newest = &c->directories[c->directory_count - 1];
    if (mine.version > newest->version) {
        c->directory_documents[c->directory_count] = document;
        c->directories[c->directory_count++] = mine;
        return; /* those of the file are bound to it next */
    }
    if (!tb_evidence_follows(&mine, c->directories, c->directory_documents, c->directory_count) ||
        !tb_digest_equal(&newest->hub, &mine.hub)) {
        tb_checking_fault(c, _("the directory in the file is not of the hub and authority of %s"),
                          path);
    }
}

void tb_checking_fingerprint(const tb_directory *directory, char out[TB_FINGERPRINT_TEXT])
{
    tb_fingerprint(tb_bytes_of(directory->authority.key.bytes, sizeof directory->authority.key),
                   out);
}

static void digits_of(const char *text, char out[TB_FINGERPRINT_TEXT])
{
    size_t size = 0;
    for (; *text != '\0' && size + 1 < TB_FINGERPRINT_TEXT; text++) {
        if (*text >= '0' && *text <= '9') {
            out[size++] = *text;
        }
    }
    out[size] = '\0';
}

void tb_checking_trust_fingerprint(tb_checking *c, const char *said)
{
    char here[TB_FINGERPRINT_TEXT];
    char a[TB_FINGERPRINT_TEXT];
    char b[TB_FINGERPRINT_TEXT];
    tb_checking_fingerprint(&c->directories[c->directory_count - 1], here);
    digits_of(said, a);
    digits_of(here, b);
    if (strcmp(a, b) != 0) {
        tb_checking_fault(
            c, _("the directory is signed by another authority: its key has the fingerprint %s"),
            here);
    }
}

bool tb_checking_bind(tb_checking *c)
{
    size_t count = c->directory_count;
    size_t kept = 0;
    if (count == 0 ||
        !tb_evidence_bound(c->directories, c->directory_documents, count, count - 1)) {
        tb_checking_fault(
            c, _("the file has no directory that its authority signed; nothing can be proved"));
        return false;
    }
    bool fine[TB_CHECKED_DOCUMENTS_MAX];
    for (size_t i = 0; i < count; i++) {
        fine[i] = tb_evidence_bound(c->directories, c->directory_documents, count, i);
        if (!fine[i]) {
            tb_checking_fault(c, _("directory version %u is not the authority's"),
                              (unsigned)c->directories[i].version);
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (fine[i]) {
            c->directory_documents[kept] = c->directory_documents[i];
            c->directories[kept++] = c->directories[i];
        }
    }
    c->directory_count = kept;
    if (!tb_digest_equal(&c->first.hub, &c->directories[kept - 1].hub)) {
        tb_checking_fault(c, _("the pages and the directory are of different hubs"));
        return false;
    }
    return true;
}

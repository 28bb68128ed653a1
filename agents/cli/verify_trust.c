/* verify_trust - whom exported evidence is held against: its newest directory, if what the reader
 * trusts leads to it, and the others as far as they are bound to that one.
 */
#include "agents/cli/checking.h"

#include <stdio.h>
#include <string.h>

#include "agents/cli/say.h"
#include "keyfile/disk.h"

#define PATH_BYTES 600

static bool read_version(tb_checking *c, const char *path, tb_document *document, tb_directory *out)
{
    if (tb_documents_read(path, &c->keep, document) &&
        tb_directory_decode(document->content, &c->keep, out) == TB_ACCEPTED &&
        tb_evidence_bound(out, document, 1, 0)) {
        return true;
    }
    tb_checking_fault(c, _("%s is no signed directory"), path);
    return false;
}

/* Whether the folder has this version; its path. */
static bool folder_has(const char *folder, unsigned number, char out[PATH_BYTES])
{
    int size = snprintf(out, PATH_BYTES, "%s/directory.%u.doc", folder, number);
    return size > 0 && size < PATH_BYTES && tb_disk_exists(out);
}

/* Puts a version in its place among those of the file. */
static void put_version(tb_checking *c, const tb_document *document, const tb_directory *directory)
{
    size_t at = c->directory_count;
    while (at > 0 && c->directories[at - 1].version > directory->version) {
        at--;
    }
    if (at > 0 && c->directories[at - 1].version == directory->version) {
        if (!tb_digest_equal(&c->directories[at - 1].digest, &directory->digest)) {
            tb_checking_fault(c, _("directory version %u is not the authority's"),
                              (unsigned)directory->version);
        }
        return;
    }
    if (c->directory_count == TB_CHECKED_DOCUMENTS_MAX) {
        tb_checking_fault(c, _("there are too many versions of the directory"));
        return;
    }
    size_t behind = c->directory_count - at;
    memmove(&c->directories[at + 1], &c->directories[at], behind * sizeof c->directories[0]);
    memmove(&c->directory_documents[at + 1], &c->directory_documents[at],
            behind * sizeof c->directory_documents[0]);
    c->directories[at] = *directory;
    c->directory_documents[at] = *document;
    c->directory_count++;
}

/* The reader's newest against those of the file; it joins them where it is newer still. */
static void trust_newest(tb_checking *c,
                         const char *path,
                         const tb_document *document,
                         const tb_directory *mine)
{
    const tb_directory *newest = &c->directories[c->directory_count - 1];
    if (mine->version > newest->version) {
        put_version(c, document, mine);
        return; /* those of the file are bound to it next */
    }
    if (!tb_evidence_follows(mine, c->directories, c->directory_documents, c->directory_count) ||
        !tb_digest_equal(&newest->hub, &mine->hub)) {
        tb_checking_fault(c, _("the directory in the file is not of the hub and authority of %s"),
                          path);
    }
}

void tb_checking_trust_directory(tb_checking *c, const char *path)
{
    char file[PATH_BYTES];
    tb_document document;
    tb_directory mine;
    unsigned count = 0;
    while (folder_has(path, count + 1, file)) {
        count++;
    }
    if (count > 0) {
        (void)folder_has(path, count, file);
    }
    if (!read_version(c, count > 0 ? file : path, &document, &mine)) {
        return;
    }
    trust_newest(c, path, &document, &mine);
    /* The older ones lead from the file's to it, over the versions that the file cannot have. */
    while (count > 1 && folder_has(path, --count, file) &&
           read_version(c, file, &document, &mine)) {
        put_version(c, &document, &mine);
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

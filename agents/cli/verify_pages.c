/* verify_pages - the pages of exported evidence: that they are one file, and its documents. */
#include "agents/cli/checking.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "agents/cli/say.h"
#include "base/pack.h"

void tb_checking_fault(tb_checking *c, const char *form, ...)
{
    char text[TB_CHECKED_FAULT_BYTES];
    va_list values;
    va_start(values, form);
    int size = vsnprintf(text, sizeof text, form, values);
    va_end(values);
    c->wrong++;
    if (c->fault_count < TB_CHECKED_FAULTS_MAX && size > 0) {
        size_t length = (size_t)size < sizeof text ? (size_t)size : sizeof text - 1;
        c->fault_count += tb_arena_copy(&c->keep, tb_bytes_of((uint8_t *)text, length),
                                        &c->faults[c->fault_count]) == TB_OK;
    }
}

bool tb_checking_next(tb_checking *c, size_t *at, tb_evidence_page *out)
{
    tb_reader r;
    tb_arena_reset(&c->pages);
    if (*at == c->size) {
        return false;
    }
    size_t left = c->size - *at;
    tb_reader_init(&r, tb_bytes_of(c->file + *at, left < 4 ? left : 4));
    uint32_t length = tb_get_u32(&r);
    if (left < 4 || length > left - 4 ||
        tb_evidence_page_decode(tb_bytes_of(c->file + *at + 4, length), &c->pages, out) !=
            TB_ACCEPTED) {
        tb_checking_fault(c, _("behind byte %zu the file is cut off or does not decode"), *at);
        *at = c->size;
        return false;
    }
    *at += 4 + (size_t)length;
    return true;
}

static bool of_one_file(const tb_evidence_page *a, const tb_evidence_page *b)
{
    return tb_digest_equal(&a->hub, &b->hub) && tb_party_equal(&a->maker, &b->maker) &&
           tb_case_equal(&a->subject, &b->subject) && a->report == b->report;
}

/* A campaign or table; events name its version, and one version has one content. */
static void keep_other(tb_checking *c, const tb_document *document, uint32_t page)
{
    for (size_t i = 0; i < c->other_count; i++) {
        const tb_document *other = &c->others[i];
        if (other->kind == document->kind && other->version == document->version &&
            tb_bytes_equal(other->name, document->name)) {
            if (!tb_bytes_equal(other->content, document->content)) {
                tb_checking_fault(c,
                                  _("page %u: document %.*s, version %u stands in the file twice, "
                                    "each time with another content"),
                                  (unsigned)page, (int)document->name.size,
                                  (const char *)document->name.data, (unsigned)document->version);
            }
            return;
        }
    }
    if (c->other_count == TB_CHECKED_DOCUMENTS_MAX) {
        tb_checking_fault(c, _("page %u: there are too many documents in the file"),
                          (unsigned)page);
        return;
    }
    c->others[c->other_count++] = *document;
}

static void keep_document(tb_checking *c, tb_bytes packed, uint32_t page)
{
    tb_document document;
    tb_directory directory;
    if (tb_document_decode(packed, &c->keep, &document) != TB_ACCEPTED) {
        tb_checking_fault(c, _("page %u: a document does not decode"), (unsigned)page);
        return;
    }
    if (document.kind != TB_DOCUMENT_DIRECTORY) {
        keep_other(c, &document, page);
        return;
    }
    if (tb_directory_decode(document.content, &c->keep, &directory) != TB_ACCEPTED ||
        c->directory_count == TB_CHECKED_DOCUMENTS_MAX - 1 ||
        (c->directory_count > 0 &&
         directory.version <= c->directories[c->directory_count - 1].version)) {
        tb_checking_fault(c, _("page %u: a directory does not decode or stands out of order"),
                          (unsigned)page);
        return;
    }
    c->directory_documents[c->directory_count] = document;
    c->directories[c->directory_count++] = directory;
}

bool tb_checking_scan(tb_checking *c)
{
    size_t at = TB_EVIDENCE_MAGIC_BYTES;
    tb_evidence_page page;
    tb_digest previous = {{0}};
    uint32_t number = 0;
    bool last = false;
    while (tb_checking_next(c, &at, &page)) {
        if (number == 0) {
            c->first = page;
        }
        number++;
        if (page.number != number || !tb_digest_equal(&page.previous, &previous) || last ||
            !of_one_file(&c->first, &page)) {
            tb_checking_fault(
                c,
                _("page %u does not follow the page before it: something was taken out, put "
                  "in or moved"),
                (unsigned)number);
        }
        previous = page.digest;
        last = page.last;
        for (size_t i = 0; i < page.document_count; i++) {
            keep_document(c, page.documents[i], number);
        }
    }
    if (number == 0 && c->wrong == 0) {
        tb_checking_fault(c, _("there is no page in the file"));
    }
    if (number > 0 && !last) {
        tb_checking_fault(c, _("the last page is missing"));
    }
    return number > 0;
}

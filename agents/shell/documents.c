#include "agents/shell/documents.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "agents/link.h"
#include "messages/table.h"

#define DOCUMENTS_BYTES (48u * 1024 * 1024)
#define FILE_BYTES_MAX  (TB_DOCUMENT_BYTES_MAX + 64u * 1024)
#define WHY_BYTES       512

bool tb_block_map(size_t size, tb_arena *out)
{
    void *block = mmap(NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (block == MAP_FAILED) {
        return false;
    }

    tb_arena_init(out, block, size);
    return true;
}

void tb_block_unmap(tb_arena *arena)
{
    if (arena->block != NULL) {
        (void)munmap(arena->block, arena->size);
        *arena = (tb_arena){NULL, 0, 0};
    }
}

/* ---- files ---- */

static bool read_file(const char *path, tb_arena *arena, tb_bytes *out)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = tb_arena_alloc(arena, FILE_BYTES_MAX);
    if (file == NULL || bytes == NULL) {
        fprintf(stderr, "level=error event=document file=%s what=\"cannot be read\"\n", path);
        if (file != NULL) {
            (void)fclose(file);
        }
        return false;
    }

    size_t size = fread(bytes, 1, FILE_BYTES_MAX, file);
    bool whole = ferror(file) == 0 && feof(file) != 0;
    (void)fclose(file);
    if (!whole) {
        fprintf(stderr, "level=error event=document file=%s what=\"too large or unreadable\"\n",
                path);
        return false;
    }
    *out = tb_bytes_of(bytes, size);
    return true;
}

bool tb_documents_read(const char *path, tb_arena *arena, tb_document *out)
{
    tb_bytes bytes;
    if (!read_file(path, arena, &bytes)) {
        return false;
    }
    tb_refusal refused = tb_document_decode(bytes, arena, out);
    if (refused != TB_ACCEPTED) {
        fprintf(stderr, "level=error event=document file=%s code=%s what=\"%s\"\n", path,
                tb_refusal_key(refused), tb_refusal_en(refused));
        return false;
    }
    return true;
}

/* ---- what the store holds ---- */

static void skip(const tb_document *document, const char *why)
{
    fprintf(stderr, "level=error event=document_skipped name=%.*s version=%u what=\"%s\"\n",
            (int)document->name.size, (const char *)document->name.data,
            (unsigned)document->version, why);
}

static void load_campaign(tb_documents *d, const tb_document *document)
{
    char why[WHY_BYTES];
    size_t at = d->campaigns.count;
    if (at == TB_CAMPAIGNS_MAX) {
        skip(document, "more campaigns than an agent holds");
        return;
    }
    if (tb_campaign_load(document->content, &d->loaded[at], why, sizeof why) != TB_OK) {
        skip(document, why);
        return;
    }

    d->list[at] = tb_campaign_loaded_get(d->loaded[at]);
    d->campaigns.count++;
}

/* What was decoded borrows from the content, so that is kept with it. */
static tb_refusal load_directory(tb_documents *d, tb_bytes content, uint32_t version)
{
    tb_bytes kept;
    tb_directory directory;
    if (version + TB_DIRECTORIES_MAX <= d->newest_directory) {
        return TB_ACCEPTED; /* too old to judge by */
    }
    if (tb_arena_copy(&d->arena, content, &kept) != TB_OK) {
        return TB_REFUSED_TOO_LARGE;
    }
    tb_refusal refused = tb_directory_decode(kept, &d->arena, &directory);
    if (refused == TB_ACCEPTED) {
        d->directory = directory;
        d->has_directory = true;
        TB_ASSERT(d->directories.count < TB_DIRECTORIES_MAX);
        d->versions[d->directories.count++] = directory;
    }
    return refused;
}

static tb_refusal load_segments(tb_documents *d, tb_bytes content)
{
    tb_bytes kept;
    if (tb_arena_copy(&d->arena, content, &kept) != TB_OK) {
        return TB_REFUSED_TOO_LARGE;
    }
    tb_refusal refused = tb_segments_decode(kept, &d->arena, &d->segments);
    d->has_segments = d->has_segments || refused == TB_ACCEPTED;
    return refused;
}

static tb_refusal load_calendar(tb_documents *d, tb_bytes content)
{
    tb_bytes kept;
    if (tb_arena_copy(&d->arena, content, &kept) != TB_OK) {
        return TB_REFUSED_TOO_LARGE;
    }
    tb_refusal refused = tb_calendar_decode(kept, &d->arena, &d->calendar);
    d->has_calendar = d->has_calendar || refused == TB_ACCEPTED;
    return refused;
}

/* Versions come in ascending order, so the last one that loads stays. */
static void load_one(tb_documents *d, const tb_document *document)
{
    tb_refusal refused = TB_ACCEPTED;
    switch (document->kind) {
    case TB_DOCUMENT_DIRECTORY:
        refused = load_directory(d, document->content, document->version);
        break;
    case TB_DOCUMENT_CAMPAIGN:
        load_campaign(d, document);
        break;
    case TB_DOCUMENT_TABLE:
        if (tb_bytes_equal(document->name, tb_bytes_str("segments"))) {
            refused = load_segments(d, document->content);
        }
        if (tb_bytes_equal(document->name, tb_bytes_str(TB_TABLE_CALENDAR))) {
            refused = load_calendar(d, document->content);
        }
        break;
    }
    if (refused != TB_ACCEPTED) {
        skip(document, tb_refusal_en(refused));
    }
}

static tb_err find_newest_directory(tb_txn *txn, tb_documents *d)
{
    tb_version *here;
    size_t count;
    tb_err err = tb_documents_here(txn, &here, &count);
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        if (here[i].kind == TB_DOCUMENT_DIRECTORY) {
            d->newest_directory = here[i].version;
        }
    }
    return err;
}

static tb_err load_all(tb_store *store, tb_arena *scratch, tb_documents *d)
{
    tb_txn *txn = NULL;
    uint8_t place[TB_KEY_BYTES_MAX];
    tb_bytes cursor = {NULL, 0};
    tb_err err = tb_store_begin_read(store, scratch, &txn);
    if (err != TB_OK) {
        return err;
    }

    d->campaigns.list = d->list;
    d->directories.list = d->versions;
    size_t mark = tb_arena_mark(scratch);
    err = find_newest_directory(txn, d);
    tb_arena_release(scratch, mark);
    /* What is kept was copied: each version gives its memory back, so that their number is no
     * bound.
     */
    while (err == TB_OK) {
        tb_document document;
        err = tb_document_next(txn, &cursor, &document);
        if (err == TB_OK) {
            load_one(d, &document);
            TB_ASSERT(cursor.size <= sizeof place);
            memmove(place, cursor.data, cursor.size);
            cursor = tb_bytes_of(place, cursor.size);
            tb_arena_release(scratch, mark);
        }
    }
    tb_store_abort(txn);
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_documents_load(tb_store *store, tb_documents **out)
{
    tb_arena scratch = {NULL, 0, 0};
    tb_documents *d = calloc(1, sizeof *d);
    if (d == NULL || !tb_block_map(DOCUMENTS_BYTES, &scratch) ||
        !tb_block_map(DOCUMENTS_BYTES, &d->arena)) {
        tb_block_unmap(&scratch);
        free(d);
        return TB_ERR_LIMIT;
    }
    tb_err err = load_all(store, &scratch, d);
    tb_block_unmap(&scratch);
    if (err != TB_OK) {
        tb_documents_free(d);
        return err;
    }

    *out = d;
    return TB_OK;
}

void tb_documents_free(tb_documents *documents)
{
    if (documents == NULL) {
        return;
    }
    for (size_t i = 0; i < documents->campaigns.count; i++) {
        tb_campaign_loaded_free(documents->loaded[i]);
    }
    tb_block_unmap(&documents->arena);
    free(documents);
}

void tb_documents_use(const tb_documents *documents, tb_agent *agent)
{
    agent->directory = &documents->directory;
    agent->campaigns = &documents->campaigns;
    agent->directories = &documents->directories;
    agent->segments = documents->has_segments ? &documents->segments : NULL;
    agent->calendar = documents->has_calendar ? &documents->calendar : NULL;
}

/* evidence_export - the pages of what proves a case or a report (evidence.h). */
#include "agents/evidence.h"

#include "agents/casework.h"
#include "agents/evidence_scope.h"
#include "agents/marks.h"
#include "agents/passing.h"
#include "base/pack.h"

#define STREAMS_MAX  256
#define CURSOR_BYTES (1 + TB_CASE_ID_BYTES + 4 + 4 + TB_DIGEST_BYTES)

/* What goes on a page may be this much larger than where filling stops. */
_Static_assert(TB_EVIDENCE_FILL_BYTES + TB_BODY_BYTES_MAX + STREAMS_MAX * 16 +
                       TB_ENTRIES_MAX * TB_SIGNED_LINE_BYTES_MAX <
                   TB_EVIDENCE_PAGE_BYTES_MAX,
               "an event begun on a page fits it");
_Static_assert(TB_DOCUMENT_BYTES_MAX + 4096 < TB_EVIDENCE_PAGE_BYTES_MAX,
               "a document has room on a page of its own");

typedef enum stage {
    STAGE_DOCUMENTS,
    STAGE_SUBJECT,
    STAGE_BEHIND, /* the cases figures are counted from, of a report or stated in a case */
    STAGE_DONE,
} stage;

/* How far the pages before came. */
typedef struct cursor {
    stage stage;
    tb_case_id at;
    uint32_t skip; /* documents, or events of the case, that are on them already */
    uint32_t number;
    tb_digest previous;
} cursor;

typedef struct exporting {
    tb_step *step;
    const tb_local_export_evidence *wish;
    tb_evidence_scope scope;
    cursor c;
    tb_evidence_page page;
    size_t capacity;
    size_t bytes;
    bool full;
    tb_marks_seen marked; /* streams whose marks are on the page */
} exporting;

static bool read_cursor(tb_bytes in, cursor *out)
{
    tb_reader r;
    *out = (cursor){.stage = STAGE_DOCUMENTS};
    if (in.size == 0) {
        return true;
    }
    tb_reader_init(&r, in);
    uint8_t at = tb_get_u8(&r);
    tb_get_raw(&r, out->at.bytes, TB_CASE_ID_BYTES);
    out->skip = tb_get_u32(&r);
    out->number = tb_get_u32(&r);
    tb_get_raw(&r, out->previous.bytes, TB_DIGEST_BYTES);
    out->stage = (stage)at;
    return tb_reader_done(&r) && at < STAGE_DONE;
}

static tb_err write_cursor(const cursor *c, tb_arena *arena, tb_bytes *out)
{
    tb_writer w;
    tb_writer_arena(&w, arena, CURSOR_BYTES);
    tb_put_u8(&w, (uint8_t)c->stage);
    tb_put_raw(&w, c->at.bytes, TB_CASE_ID_BYTES);
    tb_put_u32(&w, c->skip);
    tb_put_u32(&w, c->number);
    tb_put_raw(&w, c->previous.bytes, TB_DIGEST_BYTES);
    return tb_writer_bytes(&w, out);
}

static bool has_room(exporting *e, size_t more)
{
    e->full = e->full || (e->bytes > 0 && e->bytes + more > TB_EVIDENCE_FILL_BYTES);
    return !e->full;
}

static tb_err put(exporting *e, tb_bytes *list, size_t *count, tb_bytes item)
{
    if (*count == e->capacity) {
        return TB_ERR_LIMIT;
    }
    list[(*count)++] = item;
    e->bytes += item.size + 8;
    return TB_OK;
}

/* ---- documents ---- */

/* Every directory, and every version of the case's campaign: what the events name. */
static bool is_wanted(const exporting *e, const tb_document *document)
{
    return document->kind == TB_DOCUMENT_DIRECTORY ||
           (document->kind == TB_DOCUMENT_CAMPAIGN &&
            tb_bytes_equal(document->name, e->scope.row.campaign));
}

static tb_err add_documents(exporting *e)
{
    tb_bytes place = {NULL, 0};
    uint32_t at = 0;
    for (;;) {
        tb_document document;
        tb_bytes packed;
        tb_err err = tb_document_next(e->step->txn, &place, &document);
        if (err != TB_OK) {
            return err == TB_ERR_NOT_FOUND ? TB_OK : err;
        }
        if (!is_wanted(e, &document) || at++ < e->c.skip) {
            continue;
        }
        if (!has_room(e, document.content.size)) {
            return TB_OK;
        }
        err = tb_document_encode(&document, e->step->arena, &packed);
        if (err == TB_OK) {
            err = put(e, e->page.documents, &e->page.document_count, packed);
        }
        if (err != TB_OK) {
            return err;
        }
        e->c.skip++;
    }
}

/* ---- events ---- */

/* The recipients' newest marks that cover a notice this party sent; each once a page. */
static tb_err put_mark(void *context, tb_bytes line)
{
    exporting *e = context;
    return put(e, e->page.lines, &e->page.line_count, line);
}

/* One that no notice carries yet proves nothing, and is left out. */
static tb_err add_event(exporting *e, const tb_event_key *key, const tb_event_row *row)
{
    tb_passed passed;
    tb_bytes packed;
    bool proven;
    tb_err err = tb_pass_proof(e->step->txn, row, &passed, &proven);
    if (err != TB_OK || !proven) {
        return err;
    }
    err = tb_openings_of(e->step->txn, key, &passed.openings, &passed.opening_count);
    if (err != TB_OK || !has_room(e, tb_passed_bytes(&passed))) {
        return err;
    }
    err = tb_passed_encode(&passed, e->step->arena, &packed);
    if (err == TB_OK) {
        err = put(e, e->page.passed, &e->page.passed_count, packed);
    }
    return err == TB_OK ? tb_marks_covering(e->step, passed.header, &e->marked, put_mark, e) : err;
}

/* What is left of a case: chain, then side events; what is held back is nobody's yet. */
static tb_err add_case(exporting *e, const tb_case_id *id)
{
    uint32_t at = 0;
    tb_err err = TB_OK;
    for (uint8_t class = TB_CLASS_CHAIN; err == TB_OK && class <= TB_CLASS_SIDE; class ++) {
        tb_event_walk walk;
        tb_event_key key;
        tb_event_row row;
        err = tb_event_first(e->step->txn, id, class, &walk, &key, &row);
        while (err == TB_OK && !e->full) {
            if (at++ >= e->c.skip) {
                err = row.standing == TB_STANDING_HELD_BACK ? TB_OK : add_event(e, &key, &row);
                e->c.skip += !e->full;
            }
            if (err == TB_OK && !e->full) {
                err = tb_event_next(e->step->txn, &walk, &key, &row);
            }
        }
        err = err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    if (err == TB_OK && !e->full) {
        e->c.skip = 0;
    }
    return err;
}

/* ---- behind the figures ---- */

/* c.at: the case that is being written while skip is not 0, else the last one looked at. */
static tb_err add_behind(exporting *e, bool *out_end)
{
    tb_err err = e->c.skip > 0 ? add_case(e, &e->c.at) : TB_OK;
    for (size_t looked = 0; err == TB_OK && !e->full && looked < TB_EVIDENCE_LOOKED_MAX; looked++) {
        tb_case_id next;
        bool wanted;
        tb_case_id before = e->c.at;
        err = tb_case_after(e->step->txn, &e->c.at, false, &next);
        if (err == TB_OK) {
            err = tb_evidence_gives(&e->scope, &next, &wanted);
        }
        if (err == TB_OK) {
            e->c.at = next;
            err = wanted ? add_case(e, &next) : TB_OK;
        }
        if (err == TB_OK && e->full && e->c.skip == 0) {
            e->c.at = before; /* nothing of it went on the page */
        }
    }
    *out_end = err == TB_ERR_NOT_FOUND;
    return *out_end ? TB_OK : err;
}

/* ---- a page ---- */

/* One stage, or what of it has room; *out_next is where the export goes on. */
static tb_err add_stage(exporting *e, stage *out_next)
{
    tb_err err = TB_OK;
    bool end = true;
    *out_next = e->c.stage;
    switch (e->c.stage) {
    case STAGE_DOCUMENTS:
        err = add_documents(e);
        *out_next = e->full ? STAGE_DOCUMENTS : e->scope.archive ? STAGE_BEHIND : STAGE_SUBJECT;
        break;
    case STAGE_SUBJECT:
        err = add_case(e, &e->scope.row.id);
        *out_next = e->full ? STAGE_SUBJECT : e->scope.counted ? STAGE_BEHIND : STAGE_DONE;
        break;
    case STAGE_BEHIND:
        err = add_behind(e, &end);
        *out_next = end ? STAGE_DONE : STAGE_BEHIND;
        break;
    case STAGE_DONE:
        break;
    }
    return err;
}

/* Until the page is full, or as many cases were looked through as one turn may. */
static tb_err fill(exporting *e)
{
    for (;;) {
        stage next;
        tb_err err = add_stage(e, &next);
        if (err != TB_OK || next == e->c.stage) {
            return err;
        }
        e->c.skip = 0;
        e->c.stage = next;
    }
}

static tb_err close_page(exporting *e, tb_local_answer *answer)
{
    tb_evidence_page *page = &e->page;
    tb_agent *agent = e->step->agent;
    tb_local_evidence *out = &answer->evidence;
    *out = (tb_local_evidence){{NULL, 0}, {NULL, 0}};
    tb_err err = TB_OK;
    page->last = e->c.stage == STAGE_DONE;
    if (page->last || e->bytes > 0) {
        page->hub = agent->hub;
        page->maker = agent->self;
        page->subject = e->scope.row.id;
        page->report = e->wish->report;
        page->number = e->c.number + 1;
        page->previous = e->c.previous;
        page->made = e->step->now.real;
        page->key = agent->keys.sign_id;
        err = tb_evidence_page_encode(page, agent->keys.sign, e->step->arena, &out->content);
        e->c.number++;
        e->c.previous = page->digest;
    }
    if (err == TB_OK && !page->last) {
        err = write_cursor(&e->c, e->step->arena, &out->next);
    }
    answer->kind = TB_ANSWER_EVIDENCE;
    return err;
}

static tb_err prepare(exporting *e, tb_refusal *out)
{
    bool fenced = false;
    tb_arena *arena = e->step->arena;
    tb_err err = tb_link_fenced(e->step->txn, &fenced);
    if (err == TB_OK && e->wish->campaign.size > 0) {
        *out = tb_evidence_scope_archive(&e->scope, e->wish->campaign);
    } else if (err == TB_OK) {
        err = tb_evidence_scope_case(&e->scope, &e->wish->case_id, e->wish->report, out);
    }
    if (err != TB_OK || *out != TB_ACCEPTED) {
        return err;
    }
    *out = fenced                                ? TB_REFUSED_FENCED
           : !read_cursor(e->wish->after, &e->c) ? TB_REFUSED_REQUEST
                                                 : TB_ACCEPTED;
    e->capacity = TB_EVIDENCE_FILL_BYTES / 256;
    e->page.documents = tb_arena_array(arena, e->capacity, sizeof *e->page.documents);
    e->page.passed = tb_arena_array(arena, e->capacity, sizeof *e->page.passed);
    e->page.lines = tb_arena_array(arena, e->capacity, sizeof *e->page.lines);
    e->marked.room = STREAMS_MAX;
    e->marked.streams = tb_arena_array(arena, STREAMS_MAX, sizeof *e->marked.streams);
    return e->page.documents == NULL || e->page.passed == NULL || e->page.lines == NULL ||
                   e->marked.streams == NULL
               ? TB_ERR_LIMIT
               : TB_OK;
}

tb_err
tb_evidence_export(tb_step *step, const tb_local_export_evidence *wish, tb_local_answer *answer)
{
    exporting *e = tb_arena_alloc(step->arena, sizeof *e);
    if (e == NULL) {
        return TB_ERR_LIMIT;
    }
    memset(e, 0, sizeof *e);
    e->step = step;
    e->scope.step = step;
    e->wish = wish;
    tb_err err = prepare(e, &answer->code);
    if (err != TB_OK || answer->code != TB_ACCEPTED) {
        return err;
    }
    err = fill(e);
    return err == TB_OK ? close_page(e, answer) : err;
}

/* evidence_export - the pages of what proves a case or a report (evidence.h). */
#include "agents/evidence.h"

#include "agents/case_figure.h"
#include "agents/casework.h"
#include "agents/marks.h"
#include "agents/passing.h"
#include "base/pack.h"

#define STREAMS_MAX  256
#define STATED_MAX   4 /* moments at which one case states figures */
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
    tb_case_row row; /* of the subject */
    bool archive;    /* of a campaign instead of a case */
    bool alone;      /* nothing is exported: this is a store that evidence was taken into */
    bool counted;    /* something of this party's own that stands on others: */
    const tb_report_def *summed; /* on filings of this report, or NULL */
    tb_bytes summed_period;
    tb_month first; /* on what counts in these months; none where last is 0 */
    tb_month last;
    tb_as_of
        stated[STATED_MAX]; /* or counted when it was stated: what came since may have ended it */
    size_t stated_count;
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
            tb_bytes_equal(document->name, e->row.campaign));
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

/* Whether the case is one of the filings that a summary puts together. */
static bool is_summed(exporting *e, const tb_case_id *id, tb_err *out_err)
{
    tb_case_row row;
    *out_err = tb_case_load(e->step->agent, e->step->txn, id, &row);
    return *out_err == TB_OK && tb_bytes_equal(row.case_type, tb_bytes_str(e->summed->case_type)) &&
           tb_bytes_equal(tb_report_period_text(&row), e->summed_period);
}

static bool within(const exporting *e, const tb_measured *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i].month >= e->first && list[i].month <= e->last) {
            return true;
        }
    }
    return false;
}

/* Whether something of the case was recorded behind a moment. */
static tb_err came_since(exporting *e, const tb_case_id *id, tb_time moment, bool *out)
{
    tb_err err = TB_OK;
    *out = false;
    for (uint8_t class = TB_CLASS_CHAIN; err == TB_OK && class <= TB_CLASS_SIDE; class ++) {
        tb_event_walk walk;
        tb_event_key key;
        tb_event_row row;
        err = tb_event_first(e->step->txn, id, class, &walk, &key, &row);
        while (err == TB_OK && !*out) {
            *out = row.recorded > moment;
            err = tb_event_next(e->step->txn, &walk, &key, &row);
        }
        err = err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    return err;
}

/* Whether it gave anything when a figure was stated. */
static tb_err gave(exporting *e, const tb_case_id *id, bool *out)
{
    const tb_campaign *newest = tb_campaigns_newest(e->step->agent->campaigns, e->row.campaign);
    tb_case_row row;
    tb_measured *list = NULL;
    size_t count = 0;
    bool since = false;
    bool certain;
    tb_err err = tb_case_load(e->step->agent, e->step->txn, id, &row);
    for (size_t i = 0; err == TB_OK && !*out && row.view.type != NULL && i < e->stated_count; i++) {
        since = e->alone;
        err = since ? TB_OK : came_since(e, id, e->stated[i].recorded, &since);
        if (err == TB_OK && since) {
            err = tb_measure_case(e->step->agent, e->step->txn, &row, newest, &e->stated[i], false,
                                  &list, &count, &certain);
            *out = err == TB_OK && within(e, list, count);
        }
    }
    return err;
}

/* Whether the case gives anything to the campaign's figures in the months the report speaks of, or
 * gave it when they were stated. */
static tb_err gives(exporting *e, const tb_case_id *id, bool *out)
{
    tb_measured *list;
    size_t count;
    size_t mark = tb_arena_mark(e->step->arena);
    *out = false;
    tb_case_row row;
    tb_err err = tb_case_get(e->step->txn, id, &row);
    bool ours = err == TB_OK && tb_bytes_equal(row.campaign, e->row.campaign) &&
                !tb_case_equal(id, &e->row.id);
    if (ours && e->archive) {
        *out = row.closed;
    } else if (ours) {
        *out = e->summed != NULL && is_summed(e, id, &err);
    }
    if (err == TB_OK && ours && !e->archive && !*out && e->last > 0) {
        err = tb_measured_of(e->step->txn, id, &list, &count);
        *out = err == TB_OK && within(e, list, count);
        err = err == TB_OK && !*out ? gave(e, id, out) : err;
    }
    tb_arena_release(e->step->arena, mark);
    return err;
}

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
            err = gives(e, &next, &wanted);
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
        *out_next = e->full ? STAGE_DOCUMENTS : e->archive ? STAGE_BEHIND : STAGE_SUBJECT;
        break;
    case STAGE_SUBJECT:
        err = add_case(e, &e->row.id);
        *out_next = e->full ? STAGE_SUBJECT : e->counted ? STAGE_BEHIND : STAGE_DONE;
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
        page->subject = e->row.id;
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

/* The months of a report's three values. */
static bool months_of(exporting *e, const tb_campaign *campaign, const tb_report_def *report)
{
    tb_period period;
    tb_bytes text = tb_report_period_text(&e->row);
    if (!tb_report_period(campaign, report, text, &period)) {
        return false;
    }
    tb_report_months(&period, &e->first, &e->last);
    return true;
}

/* When a field's value was stated. */
static tb_err add_moment(exporting *e, const tb_field_def *field)
{
    tb_path path;
    tb_bytes value;
    const tb_chain_event *by = NULL;
    tb_as_of moments[2];
    tb_err err = field == NULL ? TB_OK : tb_chain_to_head(e->step->txn, &e->row, &path);
    if (err == TB_OK && field != NULL) {
        err = tb_path_value(e->step->txn, &path, tb_bytes_str(field->id), &value, &by);
    }
    if (err != TB_OK || by == NULL) {
        return err;
    }
    err = tb_as_of_event(e->step->txn, &by->row, !e->alone, moments);
    for (size_t m = 0; err == TB_OK && m < (e->alone ? 2 : 1); m++) {
        bool known = false;
        for (size_t i = 0; i < e->stated_count; i++) {
            known = known || (e->stated[i].recorded == moments[m].recorded &&
                              e->stated[i].at == moments[m].at);
        }
        if (!known && e->stated_count < STATED_MAX) {
            e->stated[e->stated_count++] = moments[m];
        }
    }
    return err;
}

/* The report a case is, of this party's own: what stands behind its figures goes along. */
static tb_err prepare_report(exporting *e, tb_refusal *out)
{
    const tb_campaign *campaign = tb_campaigns_newest(e->step->agent->campaigns, e->row.campaign);
    const tb_report_def *report =
        campaign == NULL ? NULL : tb_campaign_report_of(campaign, e->row.case_type);
    if (report == NULL || e->row.view.type == NULL) {
        *out = TB_REFUSED_REPORT_UNKNOWN;
        return TB_OK;
    }
    *out = TB_ACCEPTED;
    e->counted = tb_party_equal(&e->row.view.opener, &e->step->agent->self) &&
                 months_of(e, campaign, report);
    if (e->counted && report->summary_of != NULL) {
        e->summed = tb_campaign_report(campaign, tb_bytes_str(report->summary_of));
        e->summed_period = tb_report_period_text(&e->row);
        e->last = 0;
    }
    return add_moment(
        e, tb_report_field(e->row.view.type,
                           tb_case_type_action(e->row.view.type, tb_bytes_str(TB_REPORT_FILE)),
                           TB_FIELD_FIGURES));
}

/* The figures a case states of this party's own: what stands behind them goes along. */
static tb_err prepare_stated(exporting *e)
{
    const tb_case_type *type = e->row.view.type;
    tb_err err = TB_OK;
    for (unsigned i = 0; err == TB_OK && type != NULL && i < type->field_count; i++) {
        tb_party author;
        tb_case_figure figure;
        if (type->fields[i].compute != TB_COMPUTE_MEASURE) {
            continue;
        }
        err = tb_case_figure_author(e->step->txn, &e->row, &type->fields[i], &author);
        if (err != TB_OK || !tb_party_equal(&author, &e->step->agent->self) ||
            tb_case_figure_of(e->step->agent, &e->row.view, NULL, 0, &type->fields[i], &figure) !=
                TB_ACCEPTED) {
            continue;
        }
        e->counted = true;
        err = add_moment(e, &type->fields[i]);
        if (err == TB_OK && figure.filed_in != NULL) {
            e->summed = figure.filed_in;
            err =
                tb_arena_copy(e->step->arena, tb_bytes_str(figure.period.text), &e->summed_period);
            continue;
        }
        e->first = e->last == 0 || figure.period.first < e->first ? figure.period.first : e->first;
        e->last = figure.period.last > e->last ? figure.period.last : e->last;
    }
    return err;
}

/* A campaign is archived when its last day is over; what is open then lives on. */
static tb_refusal prepare_archive(exporting *e)
{
    int64_t day;
    const tb_campaign *campaign = tb_campaigns_newest(e->step->agent->campaigns, e->wish->campaign);
    if (campaign == NULL || !tb_day_parse(tb_bytes_str(campaign->to), &day)) {
        return TB_REFUSED_UNKNOWN_CAMPAIGN;
    }
    if (e->step->now.civil < tb_day_start(day + 1)) {
        return TB_REFUSED_CAMPAIGN_RUNNING;
    }
    e->archive = true;
    e->row.campaign = e->wish->campaign;
    return TB_ACCEPTED;
}

static tb_err prepare_case(exporting *e, tb_refusal *out)
{
    tb_err err = tb_case_load(e->step->agent, e->step->txn, &e->wish->case_id, &e->row);
    *out = TB_REFUSED_UNKNOWN_CASE;
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    *out = TB_ACCEPTED;
    return e->wish->report ? prepare_report(e, out) : prepare_stated(e);
}

static tb_err prepare(exporting *e, tb_refusal *out)
{
    bool fenced = false;
    tb_arena *arena = e->step->arena;
    tb_err err = tb_link_fenced(e->step->txn, &fenced);
    if (err == TB_OK && e->wish->campaign.size > 0) {
        *out = prepare_archive(e);
    } else if (err == TB_OK) {
        err = prepare_case(e, out);
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
    e->wish = wish;
    tb_err err = prepare(e, &answer->code);
    if (err != TB_OK || answer->code != TB_ACCEPTED) {
        return err;
    }
    err = fill(e);
    return err == TB_OK ? close_page(e, answer) : err;
}

/* ---- what belongs into it ---- */

tb_err tb_evidence_strangers(tb_step *step,
                             const tb_case_id *subject,
                             bool report,
                             tb_case_id *out,
                             size_t most,
                             size_t *out_count)
{
    const tb_local_export_evidence wish = {.case_id = *subject, .report = report};
    exporting e = {.step = step, .wish = &wish, .alone = true};
    tb_refusal refused = TB_ACCEPTED;
    tb_case_id at = {{0}};
    *out_count = 0;
    tb_err err = prepare_case(&e, &refused);
    while (err == TB_OK && refused == TB_ACCEPTED) {
        bool belongs = true;
        err = tb_case_after(step->txn, &at, false, &at);
        if (err == TB_OK && !tb_case_equal(&at, subject)) {
            err = gives(&e, &at, &belongs);
        }
        if (err == TB_OK && !belongs) {
            *out_count += 1;
            if (*out_count <= most) {
                out[*out_count - 1] = at;
            }
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* Reports as people read them. */
#include "agents/cli/show.h"

#include <stdio.h>

#include "agents/cli/grid.h"
#include "agents/cli/report_words.h"
#include "agents/cli/say.h"
#include "base/text.h"

#define GROUP_NAMES_BYTES 512 /* titles of at most TB_MEASURE_BY_MAX values */

bool tb_show_reports(tb_book *book, const tb_local_reports *reports)
{
    tb_arena *arena = &book->client->arena;
    const char *const headings[] = {_("report"),   _("period"), _("owed by"),
                                    _("due"),      _("state"),  _("timeliness"),
                                    _("filed at"), _("case"),   NULL};
    tb_grid grid;
    tb_grid_init(&grid, arena, headings);
    for (size_t i = 0; i < reports->count; i++) {
        const tb_local_report_line *r = &reports->lines[i];
        tb_grid_put(&grid, tb_say_which(r->title_zh, r->title_en));
        tb_grid_put(&grid, r->period);
        tb_grid_put(&grid, tb_book_party(book, &r->reporter));
        tb_grid_put(&grid, tb_show_time(arena, r->due));
        tb_grid_text(&grid, tb_report_state_word(r->state));
        tb_grid_put(&grid, tb_report_timeliness_word(arena, r));
        tb_grid_put(&grid, tb_show_time(arena, r->filed));
        tb_grid_put(&grid, tb_case_zero(&r->case_id)
                               ? tb_bytes_of(NULL, 0)
                               : tb_show_hex(arena, r->case_id.bytes, TB_CASE_ID_BYTES));
    }
    bool printed = tb_grid_print(&grid, stdout);
    if (reports->count == 0) {
        (void)printf(_("no report is owed\n"));
    }
    return printed;
}

static void show_head(tb_book *book, const tb_local_report_line *line)
{
    tb_arena *arena = &book->client->arena;
    tb_bytes title = tb_say_which(line->title_zh, line->title_en);
    tb_bytes reporter = tb_book_party(book, &line->reporter);
    tb_bytes due = tb_show_time(arena, line->due);
    tb_bytes timeliness = tb_report_timeliness_word(arena, line);
    (void)printf("%.*s %.*s · %.*s\n", (int)title.size, (const char *)title.data,
                 (int)line->period.size, (const char *)line->period.data, (int)reporter.size,
                 (const char *)reporter.data);
    (void)printf(_("due %.*s: %s"), (int)due.size, (const char *)due.data,
                 tb_report_state_word(line->state));
    if (timeliness.size > 0) {
        (void)printf(" · %.*s", (int)timeliness.size, (const char *)timeliness.data);
    }
    if (line->again_by.size > 0) {
        (void)printf(_(" · again by %.*s"), (int)line->again_by.size,
                     (const char *)line->again_by.data);
    }
    (void)printf("\n\n");
}

/* A group's values as the fields mean them that the measure is told apart by: 浙江省, 公安办案. */
tb_bytes
tb_show_group_name(tb_book *book, const tb_local_report *report, tb_bytes id, tb_bytes group)
{
    const tb_campaign *campaign = tb_book_campaign_of(book, report->line.campaign);
    const tb_measure *measure = campaign == NULL ? NULL : tb_campaign_measure(campaign, id);
    tb_text text;
    tb_bytes out;
    const tb_report_def *def =
        campaign == NULL ? NULL : tb_campaign_report(campaign, report->line.report);
    tb_party party;
    bool of_parties =
        (def != NULL && def->summary_of != NULL) || (measure != NULL && measure->lapse_count > 0);
    if (of_parties && tb_party_parse(group, &party)) {
        return tb_book_party(book, &party);
    }
    if (measure == NULL || measure->case_type == NULL) {
        return group;
    }
    tb_local_summary of = {.campaign = report->line.campaign,
                           .case_type = tb_bytes_str(measure->case_type)};
    tb_text_init(&text, &book->client->arena, group.size + GROUP_NAMES_BYTES);
    for (unsigned i = 0; i < measure->by_count; i++) {
        const uint8_t *comma = group.size == 0 ? NULL : memchr(group.data, ',', group.size);
        size_t size = comma == NULL ? group.size : (size_t)(comma - group.data);
        tb_field field = {.id = tb_bytes_str(measure->by[i]),
                          .value = tb_bytes_of(group.data, size)};
        tb_text_str(&text, i > 0 ? ", " : "");
        tb_text_bytes(&text, tb_book_value(book, &of, &field));
        size_t used = comma == NULL ? size : size + 1;
        group = tb_bytes_of(group.data + used, group.size - used);
    }
    return tb_text_done(&text, &out) == TB_OK ? out : group;
}

static tb_bytes figure_name(tb_book *book, const tb_local_report *report, const tb_local_figure *f)
{
    tb_bytes title = tb_report_title(&book->client->arena, f);
    tb_text text;
    tb_bytes out;
    if (f->group.size == 0) {
        return title;
    }
    tb_bytes name = tb_show_group_name(book, report, f->measure, f->group);
    tb_text_init(&text, &book->client->arena, name.size + 2);
    tb_text_str(&text, "  ");
    tb_text_bytes(&text, name);
    return tb_text_done(&text, &out) == TB_OK ? out : title;
}

static bool show_figures(tb_book *book, const tb_local_report *report)
{
    tb_arena *arena = &book->client->arena;
    const char *const headings[] = {_("measure"), _("unit"),   _("this period"), _("year to date"),
                                    _("before"),  _("change"), _("as of"),       NULL};
    tb_grid grid;
    tb_grid_init(&grid, arena, headings);
    for (size_t i = 0; i < report->figure_count; i++) {
        const tb_local_figure *f = &report->figures[i];
        tb_grid_put(&grid, figure_name(book, report, f));
        tb_grid_put(&grid, tb_say_which(f->unit_zh, f->unit_en));
        tb_grid_put(&grid, tb_report_value(arena, f->kind, f->period));
        tb_grid_put(&grid, tb_report_value(arena, f->kind, f->year));
        tb_grid_put(&grid, tb_report_value(arena, f->kind, f->previous));
        tb_grid_put(&grid, tb_report_change(arena, f));
        tb_grid_put(&grid, f->as_of);
    }
    return tb_grid_print(&grid, stdout);
}

/* What was filed stays; what has changed since is shown beside it. */
static void show_corrections(tb_book *book, const tb_local_report *report)
{
    tb_arena *arena = &book->client->arena;
    for (size_t i = 0; i < report->figure_count; i++) {
        const tb_local_figure *f = &report->figures[i];
        if (tb_case_zero(&report->line.case_id) || f->now.size == 0 ||
            tb_bytes_equal(f->now, f->period)) {
            continue;
        }
        tb_bytes name = figure_name(book, report, f);
        tb_bytes filed = tb_report_value(arena, f->kind, f->period);
        tb_bytes now = tb_report_value(arena, f->kind, f->now);
        (void)printf(_("correction: %.*s, filed %.*s, now %.*s; its events: tongbao report show "
                       "CASE --measure %.*s\n"),
                     (int)name.size, (const char *)name.data, (int)filed.size,
                     (const char *)filed.data, (int)now.size, (const char *)now.data,
                     (int)f->measure.size, (const char *)f->measure.data);
    }
}

static bool sums_up(tb_book *book, const tb_local_report *report)
{
    const tb_campaign *campaign = tb_book_campaign_of(book, report->line.campaign);
    const tb_report_def *def =
        campaign == NULL ? NULL : tb_campaign_report(campaign, report->line.report);
    return def != NULL && def->summary_of != NULL;
}

tb_bytes tb_show_declared_by(tb_book *book, const tb_local_report *report)
{
    return sums_up(book, report) ? tb_bytes_of(NULL, 0)
                                 : tb_book_party(book, &report->line.reporter);
}

/* What nobody but who typed it vouches for. */
static void show_declared(tb_book *book, const tb_local_report *report)
{
    tb_arena *arena = &book->client->arena;
    tb_bytes by = tb_show_declared_by(book, report);
    for (size_t i = 0; i < report->figure_count; i++) {
        const tb_local_figure *f = &report->figures[i];
        if (!tb_report_is_declared(f) || f->group.size > 0 || f->period.size == 0) {
            continue;
        }
        tb_bytes title = tb_say_which(f->title_zh, f->title_en);
        tb_bytes word = tb_report_declared_word(arena, &report->line, f, by);
        (void)printf(_("declared: %.*s: %.*s\n"), (int)title.size, (const char *)title.data,
                     (int)word.size, (const char *)word.data);
    }
}

static bool judges_declared(const tb_local_report *report, const tb_local_judged *j)
{
    for (size_t i = 0; i < report->figure_count; i++) {
        if (tb_bytes_equal(report->figures[i].measure, j->measure)) {
            return tb_report_is_declared(&report->figures[i]);
        }
    }
    return false;
}

/* What people call the measure a threshold is for. */
static tb_bytes judged_name(tb_book *book, const tb_local_report *report, tb_bytes measure)
{
    for (size_t i = 0; i < report->figure_count; i++) {
        const tb_local_figure *f = &report->figures[i];
        if (f->group.size == 0 && tb_bytes_equal(f->measure, measure)) {
            return figure_name(book, report, f);
        }
    }
    return measure;
}

static void show_judged(tb_book *book, const tb_local_report *report)
{
    for (size_t i = 0; i < report->judged_count; i++) {
        const tb_local_judged *j = &report->judged[i];
        tb_bytes name = judged_name(book, report, j->measure);
        (void)printf(_("threshold: %.*s at least %u/%u: %s"), (int)name.size,
                     (const char *)name.data, (unsigned)j->numerator, (unsigned)j->denominator,
                     tb_report_verdict_word(j->verdict));
        (void)printf("%s\n", judges_declared(report, j) ? _(", by what was declared") : "");
    }
}

/* What people call the step and the group of an event behind a report's figure. */
static void name_behind(tb_book *book,
                        const tb_local_report *report,
                        tb_bytes measure,
                        const tb_local_behind *b,
                        tb_bytes *out_action,
                        tb_bytes *out_group)
{
    const tb_campaign *campaign = tb_book_campaign_of(book, report->line.campaign);
    const tb_measure *m = campaign == NULL ? NULL : tb_campaign_measure(campaign, measure);
    if (m != NULL && m->case_type != NULL) {
        tb_local_summary of = {.campaign = report->line.campaign,
                               .case_type = tb_bytes_str(m->case_type)};
        *out_action = tb_book_action(book, &of, b->action);
    }
    if (b->group.size > 0) {
        *out_group = tb_show_group_name(book, report, measure, b->group);
    }
}

bool tb_show_report_behind(tb_book *book, const tb_local_report *report, tb_bytes measure)
{
    tb_local_behind *lines =
        tb_arena_array(&book->client->arena, report->behind_count + 1, sizeof *lines);
    if (lines == NULL) {
        return false;
    }
    for (size_t i = 0; i < report->behind_count; i++) {
        lines[i] = report->behind[i];
        name_behind(book, report, measure, &report->behind[i], &lines[i].action, &lines[i].group);
    }
    show_head(book, &report->line);
    return tb_show_behind(book, lines, report->behind_count, report->next);
}

bool tb_show_behind(tb_book *book, const tb_local_behind *lines, size_t count, tb_bytes next)
{
    tb_arena *arena = &book->client->arena;
    const char *const headings[] = {_("case"),  _("step"),   _("action"), _("counts from"),
                                    _("group"), _("amount"), NULL};
    tb_grid grid;
    tb_grid_init(&grid, arena, headings);
    for (size_t i = 0; i < count; i++) {
        const tb_local_behind *b = &lines[i];
        tb_grid_put(&grid, tb_show_hex(arena, b->case_id.bytes, TB_CASE_ID_BYTES));
        if (b->number > 0) {
            tb_grid_number(&grid, b->number);
        } else {
            tb_grid_text(&grid, "-"); /* beside the chain */
        }
        tb_grid_put(&grid, b->action);
        tb_grid_put(&grid, tb_show_time(arena, b->at));
        tb_grid_put(&grid, b->group);
        tb_grid_number(&grid, b->amount);
    }
    bool printed = tb_grid_print(&grid, stdout);
    tb_show_next(arena, next);
    return printed;
}

static bool says_nothing(const tb_local_figure *f)
{
    tb_bytes none = tb_bytes_str("-");
    return tb_bytes_equal(f->period, none) && tb_bytes_equal(f->year, none) &&
           tb_bytes_equal(f->previous, none);
}

/* Of a summary: the parties all of whose figures are missing, each once. */
static void show_missing(tb_book *book, const tb_local_report *report)
{
    bool sums = sums_up(book, report);
    for (size_t i = 0; sums && i < report->figure_count; i++) {
        const tb_local_figure *first = &report->figures[i];
        bool missing = first->group.size > 0;
        tb_party party;
        if (!tb_bytes_equal(first->measure, report->figures[0].measure)) {
            return; /* each party stands under each measure */
        }
        for (size_t k = 0; missing && k < report->figure_count; k++) {
            const tb_local_figure *f = &report->figures[k];
            missing = !tb_bytes_equal(f->group, first->group) || says_nothing(f);
        }
        if (missing && tb_party_parse(first->group, &party)) {
            tb_bytes name = tb_book_party(book, &party);
            (void)printf(_("not filed: %.*s\n"), (int)name.size, (const char *)name.data);
        }
    }
}

static void show_texts(tb_book *book, const tb_local_report *report)
{
    const tb_campaign *campaign = tb_book_campaign_of(book, report->line.campaign);
    const tb_report_def *def =
        campaign == NULL ? NULL : tb_campaign_report(campaign, report->line.report);
    const tb_case_type *type =
        def == NULL ? NULL : tb_campaign_case_type(campaign, tb_bytes_str(def->case_type));
    for (size_t i = 0; i < report->text_count; i++) {
        const tb_field_def *field =
            type == NULL ? NULL : tb_case_type_field(type, report->texts[i].id);
        tb_bytes name =
            field == NULL ? report->texts[i].id : tb_book_label(&field->title, report->texts[i].id);
        (void)printf("\n%.*s\n%.*s\n", (int)name.size, (const char *)name.data,
                     (int)report->texts[i].value.size, (const char *)report->texts[i].value.data);
    }
}

bool tb_show_report(tb_book *book, const tb_local_report *report)
{
    show_head(book, &report->line);
    if (report->figure_count == 0 && report->text_count == 0 && report->behind_count > 0) {
        return tb_show_behind(book, report->behind, report->behind_count, report->next);
    }
    bool printed =
        sums_up(book, report) ? tb_show_summary(book, report) : show_figures(book, report);
    show_missing(book, report);
    show_corrections(book, report);
    show_declared(book, report);
    show_judged(book, report);
    if (report->recounted_of > 0) {
        tb_show_recounting(report->recounted, report->recounted_of);
    }
    show_texts(book, report);
    return printed;
}

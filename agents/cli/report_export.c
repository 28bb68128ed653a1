/* report_export - a report as the annex (附表) that is printed and signed: CSV for spreadsheets. */
#include <stdio.h>

#include "agents/cli/report_export.h"
#include "agents/cli/report_words.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"

/* Quoted whenever it holds what separates; a cell a spreadsheet would take for a formula is text.
 */
static void cell(FILE *out, tb_bytes text, bool last)
{
    bool formula = text.size > 0 && (text.data[0] == '=' || text.data[0] == '@' ||
                                     text.data[0] == '+' || text.data[0] == '-');
    (void)fputc('"', out);
    if (formula && text.data[0] != '+' && text.data[0] != '-') {
        (void)fputc('\'', out);
    }
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"') {
            (void)fputc('"', out);
        }
        (void)fputc(text.data[i], out);
    }
    (void)fputs(last ? "\"\r\n" : "\",", out);
}

static void words(FILE *out, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        cell(out, tb_bytes_str(list[i]), i + 1 == count);
    }
}

static void pair(FILE *out, const char *name, tb_bytes value)
{
    cell(out, tb_bytes_str(name), false);
    cell(out, value, true);
}

static void figures(FILE *out, tb_book *book, const tb_local_report *report)
{
    tb_arena *arena = &book->client->arena;
    const char *const heads[] = {_("No."),          _("measure"),
                                 _("unit"),         tb_report_this_word(report->line.period),
                                 _("year to date"), tb_report_before_word(report->line.period),
                                 _("change")};
    unsigned row = 0;
    words(out, heads, 7);
    for (size_t i = 0; i < report->figure_count; i++) {
        const tb_local_figure *f = &report->figures[i];
        char number[16] = "";
        if (f->group.size == 0) {
            (void)snprintf(number, sizeof number, "%u", ++row);
        }
        cell(out, tb_bytes_str(number), false);
        cell(out,
             f->group.size > 0 ? tb_show_group_name(book, report, f->measure, f->group)
                               : tb_report_title(arena, f),
             false);
        cell(out, tb_say_which(f->unit_zh, f->unit_en), false);
        cell(out, tb_report_value(arena, f->kind, f->period), false);
        cell(out, tb_report_value(arena, f->kind, f->year), false);
        cell(out, tb_report_value(arena, f->kind, f->previous), false);
        cell(out, tb_report_change(arena, f), true);
    }
}

static void texts(FILE *out, tb_book *book, const tb_local_report *report)
{
    const tb_campaign *campaign = tb_book_campaign_of(book, report->line.campaign);
    const tb_report_def *def =
        campaign == NULL ? NULL : tb_campaign_report(campaign, report->line.report);
    const tb_case_type *type =
        def == NULL ? NULL : tb_campaign_case_type(campaign, tb_bytes_str(def->case_type));
    for (size_t i = 0; i < report->text_count; i++) {
        const tb_field_def *field =
            type == NULL ? NULL : tb_case_type_field(type, report->texts[i].id);
        cell(out,
             field == NULL ? report->texts[i].id
                           : tb_book_label(&field->title, report->texts[i].id),
             false);
        cell(out, report->texts[i].value, true);
    }
}

/* Whose word the declared figures are, a line each. */
static void declared(FILE *out, tb_book *book, const tb_local_report *report)
{
    tb_bytes by = tb_show_declared_by(book, report);
    for (size_t i = 0; i < report->figure_count; i++) {
        const tb_local_figure *f = &report->figures[i];
        if (tb_report_is_declared(f) && f->group.size == 0 && f->period.size > 0) {
            cell(out, tb_report_title(&book->client->arena, f), false);
            cell(out, tb_report_declared_word(&book->client->arena, &report->line, f, by), true);
        }
    }
}

static bool has_signed_by(tb_book *book, const tb_local_report *report)
{
    const tb_campaign *campaign = tb_book_campaign_of(book, report->line.campaign);
    const tb_report_def *def =
        campaign == NULL ? NULL : tb_campaign_report(campaign, report->line.report);
    return def != NULL && def->signed_by_count > 0;
}

bool tb_report_export(FILE *out, tb_book *book, const tb_local_report *report)
{
    static const uint8_t mark[] = {0xEF, 0xBB, 0xBF}; /* without it spreadsheets guess wrong */
    (void)fwrite(mark, 1, sizeof mark, out);
    cell(out, tb_say_which(report->line.title_zh, report->line.title_en), true);
    pair(out, _("owed by"), tb_book_party(book, &report->line.reporter));
    pair(out, _("period"), report->line.period);
    figures(out, book, report);
    declared(out, book, report);
    texts(out, book, report);
    if (!has_signed_by(book, report)) { /* signed by hand on the print */
        pair(out, _("filled in by"), tb_bytes_of(NULL, 0));
        pair(out, _("checked by"), tb_bytes_of(NULL, 0));
        pair(out, _("head of the party"), tb_bytes_of(NULL, 0));
        pair(out, _("telephone"), tb_bytes_of(NULL, 0));
    }
    return ferror(out) == 0;
}

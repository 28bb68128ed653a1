#include "agents/cli/report_sheet.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "agents/campaign/figures.h"
#include "agents/cli/report_words.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"

#define COLUMNS    7
#define KIND_HOURS 3
/* Text of one cell, bytes: far above a field's 4096 and below what the format allows. */
#define CELL_BYTES (TB_FIELD_BYTES_MAX + 1)

typedef struct sheet {
    tb_book *book;
    const tb_local_report *report;
    lxw_workbook *workbook;
    lxw_worksheet *page;
    lxw_format *title;
    lxw_format *head;
    lxw_format *cell;
    lxw_format *number;
    lxw_format *words;
    lxw_row_t row;
    lxw_error error; /* the first */
} sheet;

static void note(sheet *s, lxw_error error)
{
    if (s->error == LXW_NO_ERROR) {
        s->error = error;
    }
}

/* The format wants text that ends with a zero. */
static const char *ended(tb_bytes text, char buffer[CELL_BYTES])
{
    size_t size = text.size < CELL_BYTES ? text.size : CELL_BYTES - 1;
    if (size > 0) {
        memcpy(buffer, text.data, size);
    }
    buffer[size] = '\0';
    return buffer;
}

static void put(sheet *s, lxw_col_t column, tb_bytes text, lxw_format *format)
{
    char buffer[CELL_BYTES];
    note(s, worksheet_write_string(s->page, s->row, column, ended(text, buffer), format));
}

/* Over the columns from one to the last. */
static void put_wide(sheet *s, lxw_col_t from, tb_bytes text, lxw_format *format)
{
    char buffer[CELL_BYTES];
    note(s, worksheet_merge_range(s->page, s->row, from, s->row, COLUMNS - 1, ended(text, buffer),
                                  format));
}

static void put_value(sheet *s, lxw_col_t column, uint32_t kind, tb_bytes value)
{
    tb_declared read;
    tb_arena *arena = &s->book->client->arena;
    /* beyond 2^53 a spreadsheet would round: then it stays text */
    if (tb_declared_read(value, &read) && !read.value.ratio &&
        read.value.numerator < (UINT64_C(1) << 53)) {
        double shown = (double)read.value.numerator / (kind == KIND_HOURS ? 10 : 1);
        note(s, worksheet_write_number(s->page, s->row, column, shown, s->number));
        return;
    }
    put(s, column, tb_report_value(arena, kind, value), s->cell);
}

static tb_bytes in_language(tb_bytes zh, tb_bytes en)
{
    return (tb_say_chinese() && zh.size > 0) || en.size == 0 ? zh : en;
}

static lxw_format *format_of(sheet *s, bool bold, bool border, bool wraps, uint8_t align)
{
    lxw_format *format = workbook_add_format(s->workbook);
    if (bold) {
        format_set_bold(format);
    }
    if (border) {
        format_set_border(format, LXW_BORDER_THIN);
    }
    if (wraps) {
        format_set_text_wrap(format);
    }
    format_set_align(format, align);
    format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
    return format;
}

static void begin(sheet *s)
{
    static const double widths[COLUMNS] = {6, 34, 10, 18, 18, 18, 10};
    s->page = workbook_add_worksheet(s->workbook, NULL);
    s->title = format_of(s, true, false, false, LXW_ALIGN_CENTER);
    format_set_font_size(s->title, 16);
    s->head = format_of(s, true, true, true, LXW_ALIGN_CENTER);
    s->cell = format_of(s, false, true, true, LXW_ALIGN_LEFT);
    s->number = format_of(s, false, true, false, LXW_ALIGN_RIGHT);
    s->words = format_of(s, false, true, true, LXW_ALIGN_LEFT);
    for (lxw_col_t i = 0; i < COLUMNS; i++) {
        note(s, worksheet_set_column(s->page, i, i, widths[i], NULL));
    }
    worksheet_set_paper(s->page, 9); /* A4 */
    worksheet_set_landscape(s->page);
    worksheet_fit_to_pages(s->page, 1, 0);
}

static void heading(sheet *s)
{
    const tb_local_report_line *line = &s->report->line;
    tb_text text;
    tb_bytes both = {NULL, 0};
    tb_bytes title = in_language(line->title_zh, line->title_en);
    tb_bytes reporter = tb_book_party(s->book, &line->reporter);
    put_wide(s, 0, title, s->title);
    s->row++;
    tb_text_init(&text, &s->book->client->arena, reporter.size + line->period.size + 64);
    tb_text_bytes(&text, reporter);
    tb_text_str(&text, " · ");
    tb_text_bytes(&text, line->period);
    if (tb_text_done(&text, &both) == TB_OK) {
        put_wide(s, 0, both, NULL);
    }
    s->row += 2;
}

static void figures(sheet *s)
{
    const char *const heads[COLUMNS] = {_("No."),          _("measure"), _("unit"),
                                        _("this period"),  _("year to date"),
                                        _("before"),       _("change")};
    double number = 0;
    for (lxw_col_t i = 0; i < COLUMNS; i++) {
        put(s, i, tb_bytes_str(heads[i]), s->head);
    }
    worksheet_repeat_rows(s->page, s->row, s->row);
    s->row++;
    for (size_t i = 0; i < s->report->figure_count; i++, s->row++) {
        const tb_local_figure *f = &s->report->figures[i];
        bool whole = f->group.size == 0;
        if (whole) {
            note(s, worksheet_write_number(s->page, s->row, 0, ++number, s->number));
        } else {
            put(s, 0, tb_bytes_str(""), s->cell);
        }
        put(s, 1,
            whole ? in_language(f->title_zh, f->title_en)
                  : tb_show_group_name(s->book, s->report, f->measure, f->group),
            s->cell);
        put(s, 2, in_language(f->unit_zh, f->unit_en), s->cell);
        put_value(s, 3, f->kind, f->period);
        put_value(s, 4, f->kind, f->year);
        put_value(s, 5, f->kind, f->previous);
        put(s, 6, tb_report_change(&s->book->client->arena, f), s->number);
    }
    s->row++;
}

/* Sections, then who signs; who did not is asked for by an empty cell. */
static void texts(sheet *s)
{
    const tb_campaign *campaign = tb_book_campaign_of(s->book, s->report->line.campaign);
    const tb_report_def *def =
        campaign == NULL ? NULL : tb_campaign_report(campaign, s->report->line.report);
    const tb_case_type *type =
        def == NULL ? NULL : tb_campaign_case_type(campaign, tb_bytes_str(def->case_type));
    for (size_t i = 0; i < s->report->text_count; i++, s->row++) {
        const tb_field *one = &s->report->texts[i];
        const tb_field_def *field = type == NULL ? NULL : tb_case_type_field(type, one->id);
        put(s, 0, tb_bytes_str(""), s->words);
        put(s, 1, field == NULL ? one->id : tb_book_label(&field->title, one->id), s->words);
        put_wide(s, 2, one->value, s->words);
    }
    const char *const signs[] = {_("filled in by"), _("checked by"), _("head of the party"),
                                 _("telephone")};
    for (size_t i = 0; (def == NULL || def->signed_by_count == 0) && i < 4; i++, s->row++) {
        put(s, 1, tb_bytes_str(signs[i]), s->words);
        put_wide(s, 2, tb_bytes_str(""), s->words);
    }
}

bool tb_report_sheet(const char *path, tb_book *book, const tb_local_report *report)
{
    if (access(path, F_OK) == 0) {
        tb_say_error(_("cannot write %s: %s"), path, strerror(EEXIST));
        return false;
    }
    sheet s = {.book = book, .report = report, .workbook = workbook_new(path)};
    if (s.workbook == NULL) {
        return false;
    }
    begin(&s);
    heading(&s);
    figures(&s);
    texts(&s);
    note(&s, workbook_close(s.workbook));
    if (s.error != LXW_NO_ERROR) {
        tb_say_error(_("cannot write %s: %s"), path, lxw_strerror(s.error));
        (void)unlink(path);
    }
    return s.error == LXW_NO_ERROR;
}

#include "agents/cli/report_sheet.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "agents/campaign/figures.h"
#include "agents/cli/cli.h"
#include "agents/cli/report_words.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"
#include "agents/cli/width.h"

#define COLUMNS    7
#define KIND_HOURS 3
/* Of the merged columns a text stands in, in half-width characters; and a line of it in points. */
#define WORDS_WIDTH 80
#define LINE_POINTS 16
#define LINES_MAX   25 /* a row is at most 409 points high */
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
    lxw_format *part; /* of a figure: 其中 */
    lxw_format *serial;
    lxw_format *count;
    lxw_format *hours;
    lxw_format *change;
    lxw_format *words;
    lxw_row_t row;
    bool exercise;
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

static lxw_format *format_of(sheet *s, bool bold, bool border, bool wraps, uint8_t align);

static lxw_format *number_format(sheet *s, const char *form)
{
    lxw_format *format = format_of(s, false, true, false, LXW_ALIGN_RIGHT);
    format_set_num_format(format, form);
    return format;
}

/* Cut off to what is shown, so that no spreadsheet rounds 89.996 % up; what it is of stands beside,
 * as a part of the format. */
static void put_ratio(sheet *s, lxw_col_t column, uint64_t numerator, uint64_t denominator)
{
    char form[64];
    double share = (double)tb_report_hundredths(numerator, denominator) / 10000;
    (void)snprintf(form, sizeof form, "0.00%%\" (%" PRIu64 "/%" PRIu64 ")\"", numerator,
                   denominator);
    note(s, worksheet_write_number(s->page, s->row, column, share, number_format(s, form)));
}

static void put_value(sheet *s, lxw_col_t column, uint32_t kind, tb_bytes value)
{
    tb_declared read;
    const uint64_t most = UINT64_C(1) << 53; /* beyond it a spreadsheet would round */
    if (!tb_declared_read(value, &read)) {
        put(s, column, tb_bytes_str(""), s->cell);
    } else if (read.value.ratio) {
        put_ratio(s, column, read.value.numerator, read.value.denominator);
    } else if (read.value.numerator < most) {
        bool hours = kind == KIND_HOURS;
        double shown = (double)read.value.numerator / (hours ? 10 : 1);
        note(s, worksheet_write_number(s->page, s->row, column, shown,
                                       hours ? s->hours : s->count));
    } else {
        put(s, column, tb_report_value(&s->book->client->arena, kind, value), s->cell);
    }
}

static void put_change(sheet *s, lxw_col_t column, const tb_local_figure *figure)
{
    int64_t tenths;
    if (tb_report_change_tenths(figure, &tenths)) {
        note(s, worksheet_write_number(s->page, s->row, column, (double)tenths / 1000, s->change));
    } else {
        put(s, column, tb_bytes_str(""), s->cell);
    }
}

static lxw_format *format_of(sheet *s, bool bold, bool border, bool wraps, uint8_t align)
{
    lxw_format *format = workbook_add_format(s->workbook);
    if (tb_say_chinese()) {
        format_set_font_name(format, "宋体");
    }
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

static void lay_out(sheet *s)
{
    static const double widths[COLUMNS] = {6, 40, 10, 20, 20, 20, 11};
    for (lxw_col_t i = 0; i < COLUMNS; i++) {
        note(s, worksheet_set_column(s->page, i, i, widths[i], NULL));
    }
    worksheet_set_paper(s->page, 9); /* A4 */
    worksheet_set_landscape(s->page);
    worksheet_fit_to_pages(s->page, 1, 0);
    worksheet_center_horizontally(s->page);
    worksheet_set_margins(s->page, 0.6, 0.6, 0.7, 0.7);
    note(s, worksheet_set_footer(s->page, _("&Cpage &P of &N")));
}

static void begin(sheet *s)
{
    s->page = workbook_add_worksheet(s->workbook, _("annex"));
    if (s->page == NULL) {
        note(s, LXW_ERROR_MEMORY_MALLOC_FAILED);
        return;
    }
    s->title = format_of(s, true, false, false, LXW_ALIGN_CENTER);
    format_set_font_size(s->title, 16);
    s->head = format_of(s, true, true, true, LXW_ALIGN_CENTER);
    format_set_bg_color(s->head, 0xEDEDED);
    s->cell = format_of(s, false, true, true, LXW_ALIGN_LEFT);
    s->part = format_of(s, false, true, true, LXW_ALIGN_LEFT);
    format_set_indent(s->part, 2);
    s->serial = format_of(s, false, true, false, LXW_ALIGN_CENTER);
    s->count = number_format(s, "#,##0");
    s->hours = number_format(s, "#,##0.0");
    s->change = number_format(s, "+0.0%;-0.0%;0.0%");
    s->words = format_of(s, false, true, true, LXW_ALIGN_LEFT);
    lay_out(s);
}

/* 电话黑卡治理专项行动 季度报告; an exercise says that it is one (design §13). */
static void heading(sheet *s)
{
    const tb_local_report_line *line = &s->report->line;
    tb_arena *arena = &s->book->client->arena;
    const tb_campaign *campaign = tb_book_campaign_of(s->book, line->campaign);
    tb_bytes reporter = tb_book_party(s->book, &line->reporter);
    tb_bytes period = tb_report_period_word(arena, line->period);
    tb_bytes of = campaign == NULL ? line->campaign : tb_book_label(&campaign->title, line->campaign);
    tb_bytes title = tb_say_which(line->title_zh, line->title_en);
    tb_text text;
    tb_bytes both = {NULL, 0};
    tb_text_init(&text, arena, of.size + title.size + 4);
    tb_text_bytes(&text, of);
    tb_text_char(&text, ' ');
    tb_text_bytes(&text, title);
    put_wide(s, 0, tb_text_done(&text, &both) == TB_OK ? both : title, s->title);
    note(s, worksheet_set_row(s->page, s->row++, 30, NULL));
    if (s->exercise) {
        put_wide(s, 0, tb_bytes_str(_("exercise data, not for statistics")), s->head);
        s->row++;
    }
    tb_text_init(&text, arena, reporter.size + period.size + 96);
    tb_text_str(&text, _("reporter"));
    tb_text_str(&text, ": ");
    tb_text_bytes(&text, reporter);
    tb_text_str(&text, "    ");
    tb_text_str(&text, _("period"));
    tb_text_str(&text, ": ");
    tb_text_bytes(&text, period);
    if (tb_text_done(&text, &both) == TB_OK) {
        put_wide(s, 0, both, NULL);
    }
    s->row++;
}

static void heads(sheet *s)
{
    tb_bytes period = s->report->line.period;
    const char *const names[COLUMNS] = {_("No."),
                                        _("measure"),
                                        _("unit"),
                                        tb_report_this_word(period),
                                        _("year to date"),
                                        tb_report_before_word(period),
                                        _("change")};
    for (lxw_col_t i = 0; i < COLUMNS; i++) {
        put(s, i, tb_bytes_str(names[i]), s->head);
    }
    note(s, worksheet_repeat_rows(s->page, s->row, s->row));
    worksheet_freeze_panes(s->page, ++s->row, 0);
}

static void figures(sheet *s)
{
    double number = 0;
    heads(s);
    for (size_t i = 0; i < s->report->figure_count; i++, s->row++) {
        const tb_local_figure *f = &s->report->figures[i];
        bool whole = f->group.size == 0;
        if (whole) {
            note(s, worksheet_write_number(s->page, s->row, 0, ++number, s->serial));
            put(s, 1, tb_report_title(&s->book->client->arena, f), s->cell);
        } else {
            put(s, 0, tb_bytes_str(""), s->serial);
            put(s, 1, tb_show_group_name(s->book, s->report, f->measure, f->group), s->part);
        }
        put(s, 2, tb_say_which(f->unit_zh, f->unit_en), s->serial);
        put_value(s, 3, f->kind, f->period);
        put_value(s, 4, f->kind, f->year);
        put_value(s, 5, f->kind, f->previous);
        put_change(s, 6, f);
    }
    s->row++;
}

/* Over two columns and the rest; a merged cell does not grow by itself. */
static void put_section(sheet *s, tb_bytes name, tb_bytes text)
{
    char buffer[CELL_BYTES];
    size_t lines = 0;
    size_t from = 0;
    for (size_t i = 0; i <= text.size; i++) {
        if (i == text.size || text.data[i] == '\n') {
            lines += 1 + tb_width(tb_bytes_of(text.data + from, i - from)) / WORDS_WIDTH;
            from = i + 1;
        }
    }
    lines = lines < LINES_MAX ? lines : LINES_MAX;
    note(s, worksheet_merge_range(s->page, s->row, 0, s->row, 1, ended(name, buffer), s->words));
    put_wide(s, 2, text, s->words);
    note(s, worksheet_set_row(s->page, s->row++, (double)(lines * LINE_POINTS), NULL));
}

/* Whose word the declared figures are. */
static void declared(sheet *s)
{
    tb_arena *arena = &s->book->client->arena;
    tb_bytes by = tb_show_declared_by(s->book, s->report);
    for (size_t i = 0; i < s->report->figure_count; i++) {
        const tb_local_figure *f = &s->report->figures[i];
        if (tb_report_is_declared(f) && f->group.size == 0 && f->period.size > 0) {
            put_section(s, tb_report_title(arena, f), tb_report_declared_word(arena, &s->report->line, f, by));
        }
    }
}

static bool is_filled(const tb_local_report *report, const char *field)
{
    for (size_t i = 0; i < report->text_count; i++) {
        if (tb_bytes_equal(report->texts[i].id, tb_bytes_str(field))) {
            return true;
        }
    }
    return false;
}

/* Sections, then who signs; who did not is asked for by an empty cell. */
static void texts(sheet *s)
{
    const tb_campaign *campaign = tb_book_campaign_of(s->book, s->report->line.campaign);
    const tb_report_def *def =
        campaign == NULL ? NULL : tb_campaign_report(campaign, s->report->line.report);
    const tb_case_type *type =
        def == NULL ? NULL : tb_campaign_case_type(campaign, tb_bytes_str(def->case_type));
    for (size_t i = 0; i < s->report->text_count; i++) {
        const tb_field *one = &s->report->texts[i];
        const tb_field_def *field = type == NULL ? NULL : tb_case_type_field(type, one->id);
        put_section(s, field == NULL ? one->id : tb_book_label(&field->title, one->id), one->value);
    }
    for (unsigned i = 0; type != NULL && i < def->signed_by_count; i++) {
        const tb_field_def *field = tb_case_type_field(type, tb_bytes_str(def->signed_by[i]));
        if (field != NULL && !is_filled(s->report, field->id)) {
            put_section(s, tb_book_label(&field->title, tb_bytes_str(field->id)), tb_bytes_str(""));
        }
    }
    const char *const signs[] = {_("filled in by"), _("checked by"), _("head of the party"),
                                 _("telephone")};
    for (size_t i = 0; (def == NULL || def->signed_by_count == 0) && i < 4; i++) {
        put_section(s, tb_bytes_str(signs[i]), tb_bytes_str(""));
    }
}

/* Whether the hub is an exercise; false after saying why it is not known. */
static bool ask_exercise(tb_book *book, bool *out)
{
    tb_local_request request = {.kind = TB_REQUEST_STATUS};
    tb_local_answer answer;
    int code = tb_client_get(book->client, &request, TB_ANSWER_STATUS, &answer);
    *out = code == TB_EXIT_DONE && answer.status.exercise;
    return code == TB_EXIT_DONE;
}

bool tb_report_sheet(const char *path, tb_book *book, const tb_local_report *report)
{
    if (access(path, F_OK) == 0) {
        tb_say_error(_("cannot write %s: %s"), path, strerror(EEXIST));
        return false;
    }
    sheet s = {.book = book, .report = report};
    if (!ask_exercise(book, &s.exercise)) {
        return false;
    }
    s.workbook = workbook_new(path);
    if (s.workbook == NULL) {
        return false;
    }
    begin(&s);
    if (s.page != NULL) {
        heading(&s);
        figures(&s);
        declared(&s);
        texts(&s);
    }
    note(&s, workbook_close(s.workbook));
    if (s.error != LXW_NO_ERROR) {
        tb_say_error(_("cannot write %s: %s"), path, lxw_strerror(s.error));
        (void)unlink(path);
    }
    return s.error == LXW_NO_ERROR;
}

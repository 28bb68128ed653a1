#include "agents/cli/import.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "agents/campaign/judge.h"
#include "agents/cli/files.h"
#include "agents/cli/grid.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "agents/import/utf8.h"
#include "agents/import/values.h"

#define SHOWN_MAX 20

/* What is added behind the sender's own columns. */
static const char *const added[] = {"row", "code", "原因", "reason"};
#define ADDED 4

/* Columns of the sender's own: those a refused file of ours had added are not repeated. */
static size_t own_columns(const tb_columns *columns)
{
    if (columns->count <= ADDED) {
        return columns->count;
    }
    size_t own = columns->count - ADDED;
    for (size_t i = 0; i < ADDED; i++) {
        if (!tb_utf8_same(columns->list[own + i].heading, tb_bytes_str(added[i]))) {
            return columns->count;
        }
    }
    return own;
}

static tb_bytes masked(tb_import_run *run, tb_bytes cell)
{
    tb_bytes out;
    if (tb_mask_identity_numbers(cell, &run->row_arena, &out) != TB_OK) {
        return tb_bytes_str("***");
    }
    return out;
}

/* The cell a sentence is about, short enough to stand in one. */
static tb_bytes shown(tb_import_run *run, tb_bytes cell)
{
    tb_bytes text = masked(run, cell);
    size_t end = 0;
    for (size_t at = 0; at < text.size && end < 40;) {
        (void)tb_utf8_next(text, &at);
        end = at;
    }
    return tb_bytes_of(text.data, end);
}

/* What may stand in a column that did not know the value, or what its values look like; "" when
 * there is no short answer. */
static void known_values(tb_import_run *run,
                         const tb_judged *judged,
                         const char *between,
                         bool zh,
                         char *out,
                         size_t size)
{
    out[0] = '\0';
    bool unknown = judged->code == TB_REFUSED_VALUE_UNKNOWN;
    if (judged->field == NULL || !(unknown || judged->code == TB_REFUSED_FIELD_INVALID)) {
        return;
    }
    (void)snprintf(out, size, "%s", tb_value_form(judged->field->type, zh));
    const tb_code_list *codes =
        judged->field->choices == NULL
            ? NULL
            : tb_campaign_codes(run->import.campaign, judged->field->choices);
    size_t used = 0;
    for (unsigned i = 0; codes != NULL && i < codes->choice_count; i++) {
        const tb_choice *choice = &codes->choices[i];
        const char *word = zh ? choice->title.zh : choice->id;
        if (used + strlen(between) + strlen(word) >= size) {
            return;
        }
        used += (size_t)snprintf(out + used, size - used, "%s%s", i > 0 ? between : "", word);
    }
}

/* The sender's own word for the column, else the campaign's. */
static tb_bytes heading_of(tb_import_run *run, const tb_judged *judged, bool zh)
{
    if (judged->heading.size > 0) {
        return shown(run, judged->heading);
    }
    return tb_bytes_str(zh ? judged->field->title.zh : judged->field->title.en);
}

/* Both sentences of an entry, each with the column and cell it is about. */
typedef struct sentences {
    char zh[1024];
    char en[1024];
} sentences;

/* What the agent said about it: the same in Chinese and in English, " / " between them. */
static void split_detail(const char *detail, int *out_zh, const char **out_en)
{
    const char *between = strstr(detail, " / ");
    *out_zh = between == NULL ? (int)strlen(detail) : (int)(between - detail);
    *out_en = between == NULL ? detail : between + 3;
}

static void sentences_of(tb_import_run *run,
                         const tb_import_entry *entry,
                         const tb_judged *judged,
                         sentences *out)
{
    const char *zh = tb_refusal_zh(entry->code);
    const char *en = tb_refusal_en(entry->code);
    if (entry->detail != NULL) {
        int zh_size = 0;
        const char *detail_en = NULL;
        split_detail(entry->detail, &zh_size, &detail_en);
        (void)snprintf(out->zh, sizeof out->zh, "%s(%.*s)", zh, zh_size, entry->detail);
        (void)snprintf(out->en, sizeof out->en, "%s (%s)", en, detail_en);
        return;
    }
    if (judged->heading.size == 0 && judged->field == NULL) {
        (void)snprintf(out->zh, sizeof out->zh, "%s", zh);
        (void)snprintf(out->en, sizeof out->en, "%s", en);
        return;
    }
    tb_bytes cell = shown(run, judged->cell);
    char known[512];
    tb_bytes heading = heading_of(run, judged, true);
    known_values(run, judged, "、", true, known, sizeof known);
    (void)snprintf(out->zh, sizeof out->zh, "%s[%.*s:%.*s]%s%s", zh, (int)heading.size,
                   (const char *)heading.data, (int)cell.size, (const char *)cell.data,
                   known[0] != '\0' ? "可填:" : "", known);
    heading = heading_of(run, judged, false);
    known_values(run, judged, ", ", false, known, sizeof known);
    (void)snprintf(out->en, sizeof out->en, "%s [%.*s: %.*s]%s%s", en, (int)heading.size,
                   (const char *)heading.data, (int)cell.size, (const char *)cell.data,
                   known[0] == '\0'                           ? ""
                   : judged->code == TB_REFUSED_FIELD_INVALID ? " Its form: "
                                                              : " It knows: ",
                   known);
}

/* The sender's cells; a row that has no cells, or more than the heading, is kept whole in one. */
static void put_own(tb_import_run *run, FILE *file, const tb_csv_row *row, size_t own)
{
    bool whole = row->broken || row->count > run->import.columns.count;
    for (size_t i = 0; i < own; i++) {
        tb_bytes cell = tb_bytes_of(NULL, 0);
        if (whole) {
            cell = i == 0 ? row->raw : cell;
        } else if (i < row->count) {
            cell = row->fields[i];
        }
        tb_files_put_cell(file, masked(run, cell));
        (void)fputc(',', file);
    }
}

static bool put_entry(tb_import_run *run, FILE *file, const tb_import_entry *entry, size_t own)
{
    tb_csv_row row;
    tb_judged judged;
    sentences text;
    if (!tb_import_again(run, entry, &row, &judged)) {
        return false;
    }
    put_own(run, file, &row, own);
    sentences_of(run, entry, &judged, &text);
    (void)fprintf(file, "%" PRIu64 ",%s,", entry->row, tb_refusal_key(entry->code));
    tb_files_put_cell(file, tb_bytes_str(text.zh));
    (void)fputc(',', file);
    tb_files_put_cell(file, tb_bytes_str(text.en));
    (void)fputs("\r\n", file);
    return true;
}

static bool put_file(tb_import_run *run, FILE *file)
{
    const tb_columns *columns = &run->import.columns;
    size_t own = own_columns(columns);
    (void)fputs("\xEF\xBB\xBF", file);
    for (size_t i = 0; i < own; i++) {
        tb_files_put_cell(file, columns->list[i].heading);
        (void)fputc(',', file);
    }
    for (size_t i = 0; i < ADDED; i++) {
        (void)fprintf(file, "%s%s", added[i], i + 1 < ADDED ? "," : "\r\n");
    }
    for (size_t i = 0; i < run->count; i++) {
        if (run->entries[i].fate == TB_FATE_REFUSED &&
            !put_entry(run, file, &run->entries[i], own)) {
            return false;
        }
    }
    return ferror(file) == 0;
}

static size_t count_fate(const tb_import_run *run, tb_import_fate fate)
{
    size_t count = 0;
    for (size_t i = 0; i < run->count; i++) {
        count += run->entries[i].fate == fate;
    }
    return count;
}

bool tb_import_write_refused(tb_import_run *run, char *out_path, size_t out_size)
{
    char fresh[4096];
    char before[4096];
    out_path[0] = '\0';
    if (count_fate(run, TB_FATE_REFUSED) == 0) {
        return true;
    }
    (void)snprintf(out_path, out_size, "%s.refused.csv", run->path);
    (void)snprintf(fresh, sizeof fresh, "%s.refused.csv.new", run->path);
    (void)snprintf(before, sizeof before, "%s.refused.csv~", run->path);

    FILE *file = fopen(fresh, "wb");
    bool written = file != NULL && put_file(run, file);
    if (file != NULL && fclose(file) != 0) {
        written = false;
    }
    /* Somebody may be correcting the one before: it is kept. */
    if (written && access(out_path, F_OK) == 0) {
        written = rename(out_path, before) == 0;
    }
    if (!written || rename(fresh, out_path) != 0) {
        (void)unlink(fresh);
        tb_say_error(_("cannot write %s; the refused rows are not lost: import the file again"),
                     out_path);
        out_path[0] = '\0';
        return false;
    }
    return true;
}

static json_t *line_json(tb_import_run *run, const tb_import_entry *entry)
{
    tb_csv_row row;
    tb_judged judged;
    json_t *o = json_object();
    if (!tb_import_again(run, entry, &row, &judged)) {
        return o;
    }
    const tb_segment *segment = &judged.segment;
    char home[4] = "";
    if (judged.has_segment) {
        (void)snprintf(home, sizeof home, "%02u", segment->province);
    }
    (void)json_object_set_new(o, "row", json_integer((json_int_t)entry->row));
    (void)json_object_set_new(o, "verdict", json_string(tb_verdict_key(entry->verdict)));
    (void)json_object_set_new(o, "code", json_string(tb_refusal_key(entry->code)));
    (void)json_object_set_new(o, "number", tb_json_text(tb_number_bytes(&judged.number)));
    (void)json_object_set_new(o, "home_province", json_string(home));
    (void)json_object_set_new(o, "operator",
                              json_string(judged.has_segment ? segment->operator_code : ""));
    (void)json_object_set_new(o, "mvno", json_boolean(judged.has_segment && segment->mvno));
    return o;
}

/* Whether every row must fill the opening's i-th field, and no column is for it. */
static bool missing(const tb_import_run *run, unsigned i, const tb_field_def **out)
{
    const tb_action *open = tb_opening_action(run->import.type);
    *out = tb_case_type_field(run->import.type, tb_bytes_str(open->fields[i].field));
    return open->fields[i].required && *out != NULL && (*out)->compute == TB_COMPUTE_NONE &&
           tb_columns_find(&run->import.columns, *out) == TB_COLUMN_NONE;
}

static void print_json(tb_import_run *run, const size_t *verdicts, const char *refused_path)
{
    json_t *o = json_object();
    json_t *counts = json_object();
    json_t *unused = json_array();
    json_t *lacking = json_array();
    const tb_field_def *field;
    for (unsigned i = 0; i < tb_opening_action(run->import.type)->field_count; i++) {
        if (missing(run, i, &field)) {
            (void)json_array_append_new(lacking, json_string(field->id));
        }
    }
    for (unsigned v = 0; v < TB_VERDICT_COUNT; v++) {
        (void)json_object_set_new(counts, tb_verdict_key(v), json_integer((json_int_t)verdicts[v]));
    }
    for (size_t i = 0; i < own_columns(&run->import.columns); i++) {
        if (run->import.columns.list[i].field == NULL) {
            (void)json_array_append_new(unused, tb_json_text(run->import.columns.list[i].heading));
        }
    }
    static const struct {
        const char *key;
        tb_import_fate fate;
    } fates[] = {{"accepted", TB_FATE_ACCEPTED},        {"drafts", TB_FATE_DRAFT},
                 {"already_imported", TB_FATE_ALREADY}, {"refused", TB_FATE_REFUSED},
                 {"unknown", TB_FATE_UNKNOWN},          {"to_send", TB_FATE_TO_SEND}};
    (void)json_object_set_new(o, "file", json_string(run->path));
    (void)json_object_set_new(o, "encoding", json_string(run->plain.encoding));
    (void)json_object_set_new(o, "dry_run", json_boolean(run->dry));
    (void)json_object_set_new(o, "rows", json_integer((json_int_t)run->count));
    (void)json_object_set_new(o, "verdicts", counts);
    for (size_t i = 0; i < sizeof fates / sizeof fates[0]; i++) {
        (void)json_object_set_new(o, fates[i].key,
                                  json_integer((json_int_t)count_fate(run, fates[i].fate)));
    }
    (void)json_object_set_new(o, "refused_file",
                              refused_path[0] == '\0' ? json_null() : json_string(refused_path));
    (void)json_object_set_new(o, "unused_columns", unused);
    (void)json_object_set_new(o, "missing_columns", lacking);
    if (run->dry) {
        json_t *lines = json_array();
        for (size_t i = 0; i < run->count; i++) {
            (void)json_array_append_new(lines, line_json(run, &run->entries[i]));
        }
        (void)json_object_set_new(o, "lines", lines);
    }
    tb_json_print(o);
}

static void print_refused(tb_import_run *run)
{
    size_t printed = 0;
    for (size_t i = 0; i < run->count && printed < SHOWN_MAX; i++) {
        const tb_import_entry *entry = &run->entries[i];
        tb_csv_row row;
        tb_judged judged;
        sentences text;
        if (entry->fate != TB_FATE_REFUSED || !tb_import_again(run, entry, &row, &judged)) {
            continue;
        }
        sentences_of(run, entry, &judged, &text);
        (void)printf(_("row %" PRIu64 ": [%s] %s\n"), entry->row, tb_refusal_key(entry->code),
                     tb_say_chinese() ? text.zh : text.en);
        printed++;
    }
    size_t refused = count_fate(run, TB_FATE_REFUSED);
    if (refused > printed) {
        const char *more = run->dry ? _("... and %zu more; all of them with: --json\n")
                                    : _("... and %zu more; all of them in the file named below\n");
        (void)printf(more, refused - printed);
    }
}

static void print_missing(const tb_import_run *run)
{
    const tb_action *open = tb_opening_action(run->import.type);
    const tb_field_def *field;
    for (unsigned i = 0; i < open->field_count; i++) {
        if (missing(run, i, &field)) {
            (void)printf(_("no column is \"%s\" (%s), which every row must fill in\n"),
                         tb_say_chinese() ? field->title.zh : field->title.en, field->id);
        }
    }
}

static void print_unused(const tb_import_run *run)
{
    const tb_columns *columns = &run->import.columns;
    for (size_t i = 0; i < own_columns(columns); i++) {
        if (columns->list[i].field == NULL) {
            (void)printf(_("column \"%.*s\" is not used\n"), (int)columns->list[i].heading.size,
                         (const char *)columns->list[i].heading.data);
        }
    }
}

static void print_fates(const tb_import_run *run)
{
    (void)printf(_("accepted %zu"), count_fate(run, TB_FATE_ACCEPTED));
    size_t drafts = count_fate(run, TB_FATE_DRAFT);
    size_t already = count_fate(run, TB_FATE_ALREADY);
    size_t unknown = count_fate(run, TB_FATE_UNKNOWN);
    if (drafts > 0) {
        (void)printf(_(", waiting for the link %zu"), drafts);
    }
    if (already > 0) {
        (void)printf(_(", already imported before %zu"), already);
    }
    if (unknown > 0) {
        (void)printf(_(", not known %zu"), unknown);
    }
    (void)printf(_(", refused %zu\n"), count_fate(run, TB_FATE_REFUSED));
}

void tb_import_print(tb_import_run *run, const char *refused_path)
{
    size_t verdicts[TB_VERDICT_COUNT] = {0};
    for (size_t i = 0; i < run->count; i++) {
        verdicts[run->entries[i].verdict]++;
    }
    if (run->json) {
        print_json(run, verdicts, refused_path);
        return;
    }
    print_missing(run);
    print_unused(run);
    print_refused(run);
    (void)printf(_("%s: %zu rows, %s\n"), run->path, run->count, run->plain.encoding);
    for (unsigned v = 0; v < TB_VERDICT_COUNT; v++) {
        if (verdicts[v] > 0) {
            (void)printf("  %-18s %8zu  %s\n", tb_verdict_key(v), verdicts[v],
                         tb_say_chinese() ? tb_verdict_zh(v) : tb_verdict_en(v));
        }
    }
    if (run->count == 0) {
        (void)printf(_("there is no row below the headings: nothing to do\n"));
    } else if (!run->dry) {
        print_fates(run);
    }
    if (refused_path[0] != '\0') {
        (void)printf(_("what was refused, and why, is in %s; correct it there and import that\n"),
                     refused_path);
    }
}

/* list_check - the gate from the command line: one applicant, or a sheet of them.
 *
 * A sheet goes to the agent in groups; every row comes back with its verdict behind its own
 * columns, so that whoever sent it can read on in the same table.
 */
#include <stdio.h>
#include <stdlib.h>

#include "agents/campaign/fields.h"
#include "agents/cli/cli.h"
#include "agents/cli/encoding.h"
#include "agents/cli/files.h"
#include "agents/cli/help.h"
#include "agents/cli/json.h"
#include "agents/cli/list.h"
#include "agents/cli/say.h"
#include "agents/import/csv.h"
#include "agents/import/names.h"
#include "agents/import/utf8.h"
#include "agents/import/values.h"

/* A sheet, bytes, and the rows of one question. */
#define SHEET_BYTES_MAX (64u * 1024 * 1024)
#define ROWS_A_TIME     64
#define ROW_ARENA_BYTES (2u * 1024 * 1024)

typedef struct gate {
    tb_book *book;
    const tb_list_asked *asked;
    const tb_list_def *list;
    const tb_campaign *campaign;
    const tb_case_type *type;
    tb_bytes province;
} gate;

/* ---- fields ---- */

/* By a field's id, title or alias; "name" and "place" are those the list compares when nothing else
 * is found. NULL: none. */
static const tb_field_def *field_named(const gate *g, tb_bytes text)
{
    const tb_field_def *field = tb_names_field(g->type, text);
    bool place =
        tb_utf8_same(text, tb_bytes_str("place")) || tb_utf8_same(text, tb_bytes_str("district"));
    if (field != NULL || g->list->possible.name == NULL) {
        return field;
    }
    if (tb_utf8_same(text, tb_bytes_str("name"))) {
        return tb_case_type_field(g->type, tb_bytes_str(g->list->possible.name));
    }
    return place ? tb_case_type_field(g->type, tb_bytes_str(g->list->possible.place)) : NULL;
}

static void read_province(gate *g)
{
    if (g->asked->province == NULL) {
        return;
    }
    const tb_provinces *provinces = tb_book_provinces(g->book);
    tb_bytes text = tb_bytes_str(g->asked->province);
    const tb_province *found = provinces != NULL ? tb_provinces_find(provinces, text) : NULL;
    g->province = found != NULL ? found->code : text;
}

/* What a person wrote, as entries hold it: a place, a choice or a party by its id. Numbers and
 * names the agent reads itself. A word that means nothing is refused: it would never be found. */
static tb_refusal meant(const gate *g, const tb_field_def *field, tb_arena *arena, tb_bytes *value)
{
    static const tb_provinces none;
    const tb_provinces *provinces =
        field->type == TB_FIELD_PROVINCE ? tb_book_provinces(g->book) : &none;
    if (field->type == TB_FIELD_PARTY) {
        *value = tb_book_party_id(g->book, *value);
        return TB_ACCEPTED;
    }
    if (provinces == NULL) { /* without the table only codes are known */
        return tb_field_well_formed(field->type, *value) ? TB_ACCEPTED : TB_REFUSED_VALUE_UNKNOWN;
    }
    if (field->type != TB_FIELD_PROVINCE && field->type != TB_FIELD_CHOICE) {
        return TB_ACCEPTED;
    }
    tb_bytes read;
    tb_refusal refused;
    if (tb_value_read(g->campaign, field, provinces, *value, arena, &read, &refused) != TB_OK) {
        return TB_REFUSED_TOO_LARGE;
    }
    *value = read;
    return refused;
}

/* FIELD=VALUE words into one applicant. */
static int read_words(const gate *g, tb_local_applicant *out)
{
    out->fields = tb_arena_array(&g->book->client->arena, TB_FIELDS_MAX, sizeof *out->fields);
    if (out->fields == NULL) {
        return TB_EXIT_INTERNAL;
    }
    for (size_t i = 2; i < g->asked->words.count && out->field_count < TB_FIELDS_MAX; i++) {
        const char *word = g->asked->words.list[i];
        const char *equals = strchr(word, '=');
        const tb_field_def *field =
            equals == NULL ? NULL : field_named(g, tb_bytes_of(word, (size_t)(equals - word)));
        if (field == NULL) {
            tb_say_error(_("the list is not searched by \"%s\"; see: tongbao list check %s --help"),
                         word, g->list->id);
            return TB_EXIT_USAGE;
        }
        tb_bytes value = tb_bytes_str(equals + 1);
        tb_refusal refused = meant(g, field, &g->book->client->arena, &value);
        if (refused != TB_ACCEPTED) {
            tb_say_refusal(refused, tb_bytes_str(word));
            return TB_EXIT_REFUSED;
        }
        out->fields[out->field_count].id = tb_bytes_str(field->id);
        out->fields[out->field_count++].value = value;
    }
    if (out->field_count == 0) {
        return tb_help_wrong("list",
                             _("say who is asked about, as --FIELD VALUE, or --file SHEET"));
    }
    return TB_EXIT_DONE;
}

static int
ask(const gate *g, const tb_local_applicant *applicants, size_t count, tb_local_answer *out)
{
    tb_local_request request = {.kind = TB_REQUEST_CHECK_LIST};
    tb_local_applicant *copy = tb_arena_array(&g->book->client->arena, count + 1, sizeof *copy);
    if (copy == NULL) {
        return TB_EXIT_INTERNAL;
    }
    memcpy(copy, applicants, count * sizeof *copy);
    request.check_list.list = tb_bytes_str(g->list->id);
    request.check_list.province = g->province;
    request.check_list.applicants = copy;
    request.check_list.count = count;
    return tb_client_get(g->book->client, &request, TB_ANSWER_VERDICTS, out);
}

static int exit_of(const tb_local_verdict *verdict)
{
    switch (verdict->verdict) {
    case TB_GATE_LISTED:
        return TB_EXIT_LISTED;
    case TB_GATE_POSSIBLE:
        return TB_EXIT_POSSIBLE;
    case TB_GATE_NOT_FOUND:
        return TB_EXIT_DONE;
    }
    return TB_EXIT_REFUSED;
}

static int check_one(const gate *g)
{
    tb_local_applicant applicant = {0};
    tb_local_answer answer;
    int code = read_words(g, &applicant);
    if (code == TB_EXIT_DONE) {
        code = ask(g, &applicant, 1, &answer);
    }
    if (code != TB_EXIT_DONE) {
        return code;
    }
    const tb_local_verdict *verdict = &answer.verdicts.verdicts[0];
    if (g->book->client->json) {
        tb_json_print(tb_json_verdicts(&answer.verdicts));
    } else if (verdict->verdict == 0) {
        tb_say_refusal(verdict->code, verdict->detail);
    } else {
        tb_show_verdict(g->book, &answer.verdicts, verdict);
    }
    return exit_of(verdict);
}

/* ---- a sheet ---- */

typedef struct sheet {
    const gate *gate;
    tb_csv csv;
    const tb_field_def *columns[TB_CSV_FIELDS_MAX];
    size_t column_count;
    tb_arena arena; /* rows of one question */
    tb_csv_row rows[ROWS_A_TIME];
    tb_refusal refused[ROWS_A_TIME]; /* what cannot be asked */
    tb_local_applicant applicants[ROWS_A_TIME];
    size_t count;
    FILE *out;
    uint64_t told[TB_GATE_LISTED + 1]; /* by verdict; 0: not judged */
    int code;
} sheet;

static bool read_heading(sheet *s)
{
    tb_csv_row heading;
    bool any = false;
    if (tb_csv_next(&s->csv, &s->arena, &heading) != TB_OK || heading.broken) {
        tb_say_error(_("%s is empty; its first row must be the headings"), s->gate->asked->file);
        return false;
    }
    s->column_count = heading.count;
    for (size_t i = 0; i < heading.count; i++) {
        s->columns[i] = field_named(s->gate, tb_utf8_trim(heading.fields[i]));
        any = any || s->columns[i] != NULL;
        tb_files_put_cell(s->out, heading.fields[i]);
        (void)fputc(',', s->out);
    }
    (void)fprintf(s->out, "%s,%s,%s,%s,%s\r\n", _("verdict"), _("entry"), _("since"),
                  _("listed by"), _("note"));
    if (!any) {
        tb_say_error(_("no column of %s is one the list is searched by"), s->gate->asked->file);
    }
    return any;
}

static bool add_row(sheet *s, const tb_csv_row *row)
{
    tb_local_applicant *one = &s->applicants[s->count];
    *one = (tb_local_applicant){
        .fields = tb_arena_array(&s->arena, s->column_count + 1, sizeof *one->fields)};
    if (one->fields == NULL) {
        return false;
    }
    tb_refusal refused = row->broken ? tb_csv_fits(row, s->column_count) : TB_ACCEPTED;
    for (size_t i = 0; !row->broken && i < row->count && i < s->column_count; i++) {
        tb_bytes value = row->fields[i];
        bool given = s->columns[i] != NULL && tb_utf8_trim(value).size > 0;
        if (given && one->field_count < TB_FIELDS_MAX && refused == TB_ACCEPTED) {
            refused = meant(s->gate, s->columns[i], &s->arena, &value);
            one->fields[one->field_count].id = tb_bytes_str(s->columns[i]->id);
            one->fields[one->field_count++].value = value;
        }
    }
    if (refused != TB_ACCEPTED) {
        one->field_count = 0;
    }
    s->refused[s->count] = refused;
    s->rows[s->count++] = *row;
    return true;
}

static void put_row(sheet *s, const tb_csv_row *row, const tb_local_verdict *verdict)
{
    tb_book *book = s->gate->book;
    const tb_local_entry *entry = verdict->count > 0 ? &verdict->entries[0] : NULL;
    for (size_t i = 0; i < s->column_count; i++) {
        if (!row->broken && i < row->count) {
            tb_files_put_cell(s->out, row->fields[i]);
        } else if (row->broken && i == 0) {
            tb_files_put_cell(s->out, row->raw);
        }
        (void)fputc(',', s->out);
    }
    tb_files_put_cell(s->out, tb_bytes_str(tb_gate_words(verdict->verdict)));
    (void)fputc(',', s->out);
    if (entry != NULL) {
        tb_files_put_cell(
            s->out, tb_show_hex(&book->client->arena, entry->case_id.bytes, TB_CASE_ID_BYTES));
        (void)fputc(',', s->out);
        tb_files_put_cell(s->out, tb_show_time(&book->client->arena, entry->listed));
        (void)fputc(',', s->out);
        tb_files_put_cell(s->out, tb_book_party(book, &entry->listed_by));
        (void)fputc(',', s->out);
    } else {
        (void)fputs(",,,", s->out);
    }
    if (verdict->code != TB_ACCEPTED) {
        tb_files_put_cell(s->out, tb_bytes_str(tb_say_chinese() ? tb_refusal_zh(verdict->code)
                                                                : tb_refusal_en(verdict->code)));
    }
    (void)fputs("\r\n", s->out);
    s->told[verdict->verdict]++;
    int code = exit_of(verdict);
    bool more = code == TB_EXIT_LISTED || s->code == TB_EXIT_DONE ||
                (code == TB_EXIT_POSSIBLE && s->code != TB_EXIT_LISTED);
    s->code = more && code != TB_EXIT_DONE ? code : s->code;
}

/* Asks about the rows gathered; what the answer left in the client's memory goes with it. */
static int ask_rows(sheet *s, tb_local_list_line *out_list)
{
    tb_local_answer answer;
    static const tb_party nobody;
    if (s->count == 0) {
        return TB_EXIT_DONE;
    }
    (void)tb_book_find(s->gate->book, &nobody); /* the book keeps the directory: before the mark */
    size_t mark = tb_arena_mark(&s->gate->book->client->arena);
    int code = ask(s->gate, s->applicants, s->count, &answer);
    for (size_t i = 0; code == TB_EXIT_DONE && i < s->count; i++) {
        tb_local_verdict *verdict = &answer.verdicts.verdicts[i];
        if (s->refused[i] != TB_ACCEPTED) {
            *verdict = (tb_local_verdict){.code = s->refused[i]};
        }
        put_row(s, &s->rows[i], verdict);
    }
    if (code == TB_EXIT_DONE) {
        tb_local_list_line line = answer.verdicts.list;
        out_list->heard = line.heard;
        out_list->now = line.now;
        out_list->linked = line.linked;
    }
    tb_arena_release(&s->gate->book->client->arena, mark);
    s->count = 0;
    return code;
}

static int check_rows(sheet *s, tb_local_list_line *out_list)
{
    int code = TB_EXIT_DONE;
    size_t mark = tb_arena_mark(&s->arena);
    for (;;) {
        tb_csv_row row;
        tb_err err = tb_csv_next(&s->csv, &s->arena, &row);
        if (err == TB_ERR_NOT_FOUND) {
            return code == TB_EXIT_DONE ? ask_rows(s, out_list) : code;
        }
        if (err != TB_OK || !add_row(s, &row)) {
            tb_say_error(_("not enough memory"));
            return TB_EXIT_INTERNAL;
        }
        bool room = s->arena.size - s->arena.used > 2 * TB_CSV_ROW_BYTES_MAX;
        if (s->count == ROWS_A_TIME || !room) {
            code = ask_rows(s, out_list);
            tb_arena_release(&s->arena, mark);
        }
        if (code != TB_EXIT_DONE) {
            return code;
        }
    }
}

static int write_sheet(sheet *s, char *text, size_t size, const tb_local_list_line *list)
{
    char path[4096];
    tb_plain_text plain;
    const char *wanted = s->gate->asked->out;
    int length = wanted != NULL
                     ? snprintf(path, sizeof path, "%s", wanted)
                     : snprintf(path, sizeof path, "%s.checked.csv", s->gate->asked->file);
    if (length < 0 || (size_t)length >= sizeof path ||
        !tb_encoding_write(tb_bytes_of(text, size), "utf-8", &plain)) {
        return TB_EXIT_INTERNAL;
    }
    bool written = tb_files_write(path, false, plain.text);
    tb_encoding_free(&plain);
    if (!written) {
        return TB_EXIT_INTERNAL;
    }
    if (s->gate->book->client->json) {
        json_t *o = json_object();
        (void)json_object_set_new(o, "sheet", json_string(path));
        for (int v = 0; v <= TB_GATE_LISTED; v++) {
            (void)json_object_set_new(o, tb_gate_key((tb_gate)v),
                                      json_integer((json_int_t)s->told[v]));
        }
        (void)json_object_set_new(o, "heard_at", tb_json_time(list->heard));
        tb_json_print(o);
        return s->code;
    }
    for (int v = TB_GATE_LISTED; v >= 0; v--) {
        (void)printf("%s: %llu\n", tb_gate_words((tb_gate)v), (unsigned long long)s->told[v]);
    }
    tb_show_age(s->gate->book, list);
    (void)printf(_("the sheet with verdicts: %s\n"), path);
    return s->code;
}

static int check_sheet(const gate *g)
{
    uint8_t *data = NULL;
    size_t size = 0;
    char *text = NULL;
    size_t text_size = 0;
    tb_plain_text plain = {0};
    tb_local_list_line list = {0};
    sheet *s = calloc(1, sizeof *s);
    uint8_t *block = malloc(ROW_ARENA_BYTES);
    int code = TB_EXIT_INTERNAL;
    if (s == NULL || block == NULL) {
        tb_say_error(_("not enough memory"));
    } else if (tb_files_load(g->asked->file, SHEET_BYTES_MAX, &data, &size) &&
               tb_encoding_read(tb_bytes_of(data, size), &plain)) {
        s->gate = g;
        s->out = open_memstream(&text, &text_size);
        tb_arena_init(&s->arena, block, ROW_ARENA_BYTES);
        tb_csv_init(&s->csv, plain.text);
        bool read = s->out != NULL && read_heading(s);
        code = read ? check_rows(s, &list) : TB_EXIT_REFUSED;
        bool closed = s->out != NULL && fclose(s->out) == 0;
        if (code == TB_EXIT_DONE) {
            code = closed ? write_sheet(s, text, text_size, &list) : TB_EXIT_INTERNAL;
        }
    }
    free(text);
    tb_encoding_free(&plain);
    free(data);
    free(block);
    free(s);
    return code;
}

int tb_list_check(tb_book *book, const tb_list_asked *asked)
{
    gate g = {.book = book, .asked = asked};
    if (asked->words.count < 2) {
        return tb_help_wrong("list", _("which list? They are in: tongbao list list"));
    }
    tb_bytes name = tb_bytes_str(asked->words.list[1]);
    g.list = tb_list_named(book, name, &g.campaign, &g.type);
    if (g.list == NULL) {
        tb_say_refusal(TB_REFUSED_LIST_UNKNOWN, name);
        return TB_EXIT_REFUSED;
    }
    read_province(&g);
    return asked->file != NULL ? check_sheet(&g) : check_one(&g);
}

#include "agents/import/csv.h"

void tb_csv_init(tb_csv *csv, tb_bytes text)
{
    *csv = (tb_csv){.text = text};
}

static bool line_end(uint8_t byte)
{
    return byte == '\n' || byte == '\r';
}

static size_t end_of_line(tb_bytes text, size_t at)
{
    while (at < text.size && !line_end(text.data[at])) {
        at++;
    }
    return at;
}

/* Past CRLF, LF or CR. */
static size_t past_end(tb_bytes text, size_t at)
{
    if (at < text.size && text.data[at] == '\r') {
        at++;
        return at < text.size && text.data[at] == '\n' ? at + 1 : at;
    }
    return at < text.size ? at + 1 : at;
}

/* The closing quote of the field that opens at `at`, or false: it does not close within a row. */
static bool closing_quote(tb_bytes text, size_t at, size_t limit, size_t *out, size_t *out_doubled)
{
    size_t doubled = 0;
    for (size_t i = at + 1; i < limit; i++) {
        if (text.data[i] != '"') {
            continue;
        }
        if (i + 1 < text.size && text.data[i + 1] == '"') {
            doubled++;
            i++;
            continue;
        }
        *out = i;
        *out_doubled = doubled;
        return true;
    }
    return false;
}

static tb_err unquote(tb_bytes inside, size_t doubled, tb_arena *arena, tb_bytes *out)
{
    if (doubled == 0) {
        *out = inside;
        return TB_OK;
    }
    uint8_t *copy = tb_arena_alloc(arena, inside.size);
    if (copy == NULL) {
        return TB_ERR_LIMIT;
    }
    size_t size = 0;
    for (size_t i = 0; i < inside.size; i++) {
        copy[size++] = inside.data[i];
        if (inside.data[i] == '"') {
            i++; /* its double */
        }
    }
    TB_ASSERT(size + doubled == inside.size);
    *out = tb_bytes_of(copy, size);
    return TB_OK;
}

static tb_err break_row(tb_csv_row *row, bool too_large)
{
    row->broken = true;
    row->too_large = too_large;
    return TB_OK;
}

/* One field from *at to the comma or line end behind it. The row is broken by wrong quoting. */
static tb_err
field(tb_bytes text, size_t limit, size_t *at, tb_arena *arena, tb_bytes *out, tb_csv_row *row)
{
    size_t start = *at;
    if (start < limit && text.data[start] == '"') {
        size_t quote = 0;
        size_t doubled = 0;
        if (!closing_quote(text, start, limit, &quote, &doubled)) {
            return break_row(row, limit < text.size);
        }
        size_t after = quote + 1;
        if (after < text.size && text.data[after] != ',' && !line_end(text.data[after])) {
            return break_row(row, false);
        }
        *at = after;
        return unquote(tb_bytes_of(text.data + start + 1, quote - start - 1), doubled, arena, out);
    }

    size_t i = start;
    while (i < limit && text.data[i] != ',' && !line_end(text.data[i])) {
        if (text.data[i] == '"') {
            return break_row(row, false);
        }
        i++;
    }
    if (i == limit && i < text.size && !line_end(text.data[i])) {
        return break_row(row, true);
    }
    *at = i;
    *out = tb_bytes_of(text.data + start, i - start);
    return TB_OK;
}

static tb_err keep(const tb_bytes *list, tb_csv_row *row, tb_arena *arena)
{
    row->fields = tb_arena_array(arena, row->count, sizeof *row->fields);
    if (row->fields == NULL) {
        return TB_ERR_LIMIT;
    }
    memcpy(row->fields, list, row->count * sizeof *row->fields);
    return TB_OK;
}

/* All fields of the row that starts at *at; *at then stands at its line end. */
static tb_err fields(tb_bytes text, size_t *at, tb_arena *arena, tb_csv_row *row)
{
    size_t limit = text.size - *at > TB_CSV_ROW_BYTES_MAX ? *at + TB_CSV_ROW_BYTES_MAX : text.size;
    tb_bytes list[TB_CSV_FIELDS_MAX];
    for (;;) {
        if (row->count == TB_CSV_FIELDS_MAX) {
            return break_row(row, true);
        }
        tb_err err = field(text, limit, at, arena, &list[row->count], row);
        if (err != TB_OK || row->broken) {
            return err;
        }
        row->count++;
        if (*at == text.size || line_end(text.data[*at])) {
            return keep(list, row, arena);
        }
        *at += 1; /* the comma */
    }
}

tb_err tb_csv_next(tb_csv *csv, tb_arena *arena, tb_csv_row *out)
{
    while (csv->at < csv->text.size && line_end(csv->text.data[csv->at])) {
        csv->at = past_end(csv->text, csv->at);
        csv->rows++;
    }
    if (csv->at == csv->text.size) {
        return TB_ERR_NOT_FOUND;
    }

    size_t start = csv->at;
    size_t end = start;
    tb_csv_row row = {.number = csv->rows + 1};
    tb_err err = fields(csv->text, &end, arena, &row);
    if (err != TB_OK) {
        return err;
    }
    if (row.broken) {
        row.count = 0;
        end = end_of_line(csv->text, start);
    }
    row.raw = tb_bytes_of(csv->text.data + start, end - start);

    csv->at = past_end(csv->text, end);
    csv->rows++;
    *out = row;
    return TB_OK;
}

tb_refusal tb_csv_fits(const tb_csv_row *row, size_t columns)
{
    if (row->too_large) {
        return TB_REFUSED_ROW_SIZE;
    }
    if (row->broken) {
        return TB_REFUSED_ROW_QUOTES;
    }
    return row->count == columns ? TB_ACCEPTED : TB_REFUSED_ROW;
}

bool tb_csv_needs_quotes(tb_bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"' || text.data[i] == ',' || line_end(text.data[i])) {
            return true;
        }
    }
    return text.size > 0 && (text.data[0] == ' ' || text.data[text.size - 1] == ' ');
}

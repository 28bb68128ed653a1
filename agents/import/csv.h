/* csv - rows of comma-separated text (RFC 4180), one at a time.
 *
 * Lines end in CRLF, LF or CR; a field in quotes may hold commas, line ends and doubled quotes.
 * What spreadsheets and people break must cost one row, not the file: a row with wrong quoting is
 * returned marked broken, and reading goes on behind the end of the line on which that row began.
 * A row's number is what a spreadsheet shows beside it: the heading is 1, empty rows count.
 */
#ifndef TB_CSV_H
#define TB_CSV_H

#include "base/arena.h"
#include "base/refusal.h"

/* One row; a row with more is broken. */
#define TB_CSV_FIELDS_MAX    128
#define TB_CSV_ROW_BYTES_MAX (64u * 1024)

typedef struct tb_csv {
    tb_bytes text; /* borrowed */
    size_t at;
    uint64_t rows; /* read so far, empty ones too */
} tb_csv;

typedef struct tb_csv_row {
    uint64_t number;
    tb_bytes raw; /* as it stands in the text, without its line end */
    tb_bytes *fields;
    size_t count;
    bool broken;    /* quoting or size; fields is then empty */
    bool too_large; /* broken by a bound above: many columns, a long cell, a quote that never closes
                     */
} tb_csv_row;

void tb_csv_init(tb_csv *csv, tb_bytes text);

/* The next row that is not empty. Fields live in the text or the arena. TB_ERR_NOT_FOUND at the
 * end; TB_ERR_LIMIT when the arena is too small for one row. */
tb_err tb_csv_next(tb_csv *csv, tb_arena *arena, tb_csv_row *out) TB_MUST_USE;

/* Whether the row has so many columns: TB_ACCEPTED, or why it cannot be read by its heading. */
tb_refusal tb_csv_fits(const tb_csv_row *row, size_t columns);

/* Whether a field must be quoted when written. */
bool tb_csv_needs_quotes(tb_bytes field);

#endif

/* columns - which column of a sender's table is which field of the case.
 *
 * Headings come in any order, in Chinese or English, by a field's id, title or alias (the campaign
 * says which). Columns nobody knows are carried through to the refused rows and otherwise unused.
 */
#ifndef TB_IMPORT_COLUMNS_H
#define TB_IMPORT_COLUMNS_H

#include "agents/campaign/campaign.h"
#include "agents/import/csv.h"
#include "base/refusal.h"

#define TB_COLUMN_NONE SIZE_MAX

typedef struct tb_column {
    tb_bytes heading;          /* borrowed from the row it was read from */
    const tb_field_def *field; /* NULL: unused */
    bool sent;                 /* the opening action takes it; else it is only looked at */
} tb_column;

typedef struct tb_columns {
    tb_column list[TB_CSV_FIELDS_MAX];
    size_t count;
    size_t number; /* the column of the number; the others may be TB_COLUMN_NONE */
    size_t reported_at;
    size_t found_at;
    size_t found_province;
} tb_columns;

/* What a heading row lacks. */
typedef struct tb_columns_fault {
    tb_refusal code; /* row_quotes, row_size, field_missing (no number column) or field_invalid (one
                        twice) */
    tb_bytes heading;
} tb_columns_fault;

/* The action that opens a case of this type; NULL when it has none. */
const tb_action *tb_opening_action(const tb_case_type *type);

/* Reads the heading. code TB_ACCEPTED: *out is usable. */
tb_columns_fault
tb_columns_read(const tb_case_type *type, const tb_csv_row *heading, tb_columns *out);

/* The column of that field, or TB_COLUMN_NONE. */
size_t tb_columns_find(const tb_columns *columns, const tb_field_def *field);

#endif

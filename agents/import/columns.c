#include "agents/import/columns.h"

#include "agents/import/names.h"
#include "agents/import/utf8.h"

const tb_action *tb_opening_action(const tb_case_type *type)
{
    for (unsigned i = 0; i < type->action_count; i++) {
        if (type->actions[i].kind == TB_ACTION_OPEN) {
            return &type->actions[i];
        }
    }
    return NULL;
}

static bool taken_by(const tb_action *open, const tb_field_def *field)
{
    for (unsigned i = 0; i < open->field_count && field->compute == TB_COMPUTE_NONE; i++) {
        if (strcmp(open->fields[i].field, field->id) == 0) {
            return true;
        }
    }
    return false;
}

static bool is(const tb_field_def *field, const char *id)
{
    return strcmp(field->id, id) == 0;
}

/* The place where this column's number is kept, if the verdict asks for it. */
static void note_purpose(tb_columns *columns, size_t at)
{
    const tb_field_def *field = columns->list[at].field;
    if (field->type == TB_FIELD_MSISDN && columns->list[at].sent) {
        columns->number = at;
    } else if (is(field, "reported_at")) {
        columns->reported_at = at;
    } else if (is(field, "found_at")) {
        columns->found_at = at;
    } else if (is(field, "found_province")) {
        columns->found_province = at;
    }
}

size_t tb_columns_find(const tb_columns *columns, const tb_field_def *field)
{
    for (size_t i = 0; i < columns->count; i++) {
        if (columns->list[i].field == field) {
            return i;
        }
    }
    return TB_COLUMN_NONE;
}

tb_columns_fault
tb_columns_read(const tb_case_type *type, const tb_csv_row *heading, tb_columns *out)
{
    const tb_action *open = tb_opening_action(type);
    TB_ASSERT(open != NULL);

    if (heading->broken) {
        return (tb_columns_fault){.code = tb_csv_fits(heading, heading->count)};
    }
    *out = (tb_columns){.number = TB_COLUMN_NONE,
                        .reported_at = TB_COLUMN_NONE,
                        .found_at = TB_COLUMN_NONE,
                        .found_province = TB_COLUMN_NONE};
    for (size_t i = 0; i < heading->count; i++) {
        const tb_field_def *field = tb_names_field(type, tb_utf8_trim(heading->fields[i]));
        if (field != NULL && tb_columns_find(out, field) != TB_COLUMN_NONE) {
            return (tb_columns_fault){TB_REFUSED_FIELD_INVALID, heading->fields[i]};
        }
        out->list[i] = (tb_column){.heading = tb_utf8_trim(heading->fields[i]),
                                   .field = field,
                                   .sent = field != NULL && taken_by(open, field)};
        out->count = i + 1;
        if (field != NULL) {
            note_purpose(out, i);
        }
    }
    if (out->number == TB_COLUMN_NONE) {
        return (tb_columns_fault){.code = TB_REFUSED_FIELD_MISSING};
    }
    return (tb_columns_fault){.code = TB_ACCEPTED};
}

#include "agents/import/verdict.h"

#include "agents/campaign/judge.h"
#include "agents/import/dates.h"
#include "agents/import/utf8.h"
#include "agents/import/values.h"

static const struct {
    const char *key;
    const char *en;
    const char *zh;
} verdicts[] = {
#define TB_VERDICT_ROW_OF(name, key, en, zh) {key, en, zh},
    TB_VERDICTS(TB_VERDICT_ROW_OF)
#undef TB_VERDICT_ROW_OF
};

const char *tb_verdict_key(tb_verdict verdict)
{
    TB_ASSERT(verdict < TB_VERDICT_COUNT);
    return verdicts[verdict].key;
}

const char *tb_verdict_en(tb_verdict verdict)
{
    TB_ASSERT(verdict < TB_VERDICT_COUNT);
    return verdicts[verdict].en;
}

const char *tb_verdict_zh(tb_verdict verdict)
{
    TB_ASSERT(verdict < TB_VERDICT_COUNT);
    return verdicts[verdict].zh;
}

bool tb_verdict_sent(tb_verdict verdict)
{
    return verdict == TB_VERDICT_UNKNOWN_SEGMENT || verdict == TB_VERDICT_LOCAL ||
           verdict == TB_VERDICT_FORWARD;
}

bool tb_import_init(tb_import *import,
                    const tb_campaign *campaign,
                    const tb_segments *segments,
                    const tb_provinces *provinces)
{
    tb_time from = 0;
    tb_time last = 0;
    if (campaign->case_type_count == 0 || tb_opening_action(&campaign->case_types[0]) == NULL ||
        !tb_dates_day(tb_bytes_str(campaign->from), &from) ||
        !tb_dates_day(tb_bytes_str(campaign->to), &last)) {
        return false;
    }
    *import = (tb_import){.campaign = campaign,
                          .type = &campaign->case_types[0],
                          .segments = segments,
                          .provinces = provinces,
                          .from = from,
                          .until = last + TB_DAY_MS};
    return true;
}

/* One row on its way; each step may end it by refusing. */
typedef struct judging {
    const tb_import *import;
    const tb_csv_row *row;
    tb_arena *arena;
    tb_judged judged;
} judging;

static bool refuse(judging *j, tb_verdict verdict, tb_refusal code, size_t column)
{
    j->judged.verdict = verdict;
    j->judged.code = code;
    if (column != TB_COLUMN_NONE) {
        j->judged.field = j->import->columns.list[column].field;
        j->judged.heading = j->import->columns.list[column].heading;
        j->judged.cell = j->row->fields[column];
    }
    return false;
}

static tb_bytes cell_of(const judging *j, size_t column)
{
    return column == TB_COLUMN_NONE ? tb_bytes_of(NULL, 0) : tb_utf8_trim(j->row->fields[column]);
}

static bool no_identity_number(judging *j)
{
    if (j->row->count != j->import->columns.count) {
        return !tb_has_identity_number(j->row->raw) ||
               refuse(j, TB_VERDICT_IDENTITY_NUMBER, TB_REFUSED_IDENTITY_NUMBER, TB_COLUMN_NONE);
    }
    for (size_t i = 0; i < j->row->count; i++) {
        if (tb_has_identity_number(j->row->fields[i])) {
            return refuse(j, TB_VERDICT_IDENTITY_NUMBER, TB_REFUSED_IDENTITY_NUMBER, i);
        }
    }
    return true;
}

static bool whole(judging *j)
{
    tb_refusal code = tb_csv_fits(j->row, j->import->columns.count);
    return code == TB_ACCEPTED || refuse(j, TB_VERDICT_ROW, code, TB_COLUMN_NONE);
}

static bool mobile(judging *j)
{
    size_t column = j->import->columns.number;
    j->judged.number = tb_number_read(j->row->fields[column]);
    switch (j->judged.number.kind) {
    case TB_NUMBER_MALFORMED:
        return refuse(j, TB_VERDICT_MALFORMED, TB_REFUSED_NUMBER_MALFORMED, column);
    case TB_NUMBER_SCIENTIFIC:
        return refuse(j, TB_VERDICT_MALFORMED, TB_REFUSED_NUMBER_SCIENTIFIC, column);
    case TB_NUMBER_NOT_MOBILE:
        return refuse(j, TB_VERDICT_NOT_MOBILE, TB_REFUSED_NOT_MOBILE, column);
    case TB_NUMBER_MOBILE:
    case TB_NUMBER_THINGS:
        return true;
    }
    TB_UNREACHABLE();
}

static bool date(judging *j, size_t column, tb_time *out, bool *out_given)
{
    tb_bytes cell = cell_of(j, column);
    *out_given = cell.size > 0;
    if (*out_given && !tb_dates_read(cell, out)) {
        return refuse(j, TB_VERDICT_ROW, TB_REFUSED_DATE, column);
    }
    return true;
}

static bool within_campaign(judging *j)
{
    const tb_columns *columns = &j->import->columns;
    tb_time found = 0;
    tb_time reported = 0;
    bool has_found = false;
    bool has_reported = false;
    if (!date(j, columns->found_at, &found, &has_found) ||
        !date(j, columns->reported_at, &reported, &has_reported)) {
        return false;
    }
    if (!has_found && !has_reported) {
        return refuse(j, TB_VERDICT_ROW, TB_REFUSED_DATE, columns->reported_at);
    }

    j->judged.reported = has_reported ? reported : 0;
    tb_time decides = has_found ? found : reported;
    if (decides < j->import->from || decides >= j->import->until) {
        return refuse(j, TB_VERDICT_OUTSIDE_CAMPAIGN, TB_REFUSED_OUTSIDE_CAMPAIGN,
                      has_found ? columns->found_at : columns->reported_at);
    }
    return true;
}

/* Where it was found: what the row says must not differ from where the submitter sits. */
static bool found(judging *j)
{
    const tb_import *import = j->import;
    tb_bytes cell = cell_of(j, import->columns.found_province);
    j->judged.found = import->jurisdiction;
    if (cell.size == 0) {
        return true;
    }
    const tb_province *province = tb_provinces_find(import->provinces, cell);
    if (province == NULL) {
        return refuse(j, TB_VERDICT_ROW, TB_REFUSED_VALUE_UNKNOWN, import->columns.found_province);
    }
    if (import->jurisdiction.size > 0 && !tb_bytes_equal(import->jurisdiction, province->code)) {
        return refuse(j, TB_VERDICT_ROW, TB_REFUSED_JURISDICTION, import->columns.found_province);
    }
    j->judged.found = province->code;
    return true;
}

static void place(judging *j, tb_bytes id, tb_bytes value)
{
    tb_field *fields = j->judged.fields;
    size_t at = j->judged.field_count++;
    for (; at > 0; at--) {
        tb_bytes before = fields[at - 1].id;
        size_t common = before.size < id.size ? before.size : id.size;
        int order = memcmp(before.data, id.data, common);
        if (order < 0 || (order == 0 && before.size < id.size)) {
            break;
        }
        fields[at] = fields[at - 1];
    }
    fields[at] = (tb_field){.id = id, .value = value};
}

static bool has(const judging *j, const char *id)
{
    for (size_t i = 0; i < j->judged.field_count; i++) {
        if (tb_bytes_equal(j->judged.fields[i].id, tb_bytes_str(id))) {
            return true;
        }
    }
    return false;
}

/* The number as it was written, if the campaign keeps that and no column of its own gives it. */
static void keep_raw(judging *j)
{
    const tb_action *open = tb_opening_action(j->import->type);
    tb_bytes raw = cell_of(j, j->import->columns.number);
    for (unsigned i = 0; i < open->field_count; i++) {
        if (strcmp(open->fields[i].field, "number_raw") == 0 && !has(j, "number_raw")) {
            place(j, tb_bytes_str("number_raw"), raw);
        }
    }
}

static bool nothing_missing(judging *j)
{
    const tb_action *open = tb_opening_action(j->import->type);
    for (unsigned i = 0; i < open->field_count; i++) {
        const tb_action_field *wanted = &open->fields[i];
        const tb_field_def *field =
            tb_case_type_field(j->import->type, tb_bytes_str(wanted->field));
        bool given = field == NULL || field->compute != TB_COMPUTE_NONE || has(j, wanted->field);
        if (wanted->required && !given) {
            j->judged.field = field;
            return refuse(j, TB_VERDICT_ROW, TB_REFUSED_FIELD_MISSING,
                          tb_columns_find(&j->import->columns, field));
        }
    }
    return true;
}

/* Fills the fields to send; *out_good is false when a value is refused. */
static tb_err read_values(judging *j, bool *out_good)
{
    const tb_columns *columns = &j->import->columns;
    j->judged.fields = tb_arena_array(j->arena, columns->count + 1, sizeof(tb_field));
    if (j->judged.fields == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < columns->count; i++) {
        const tb_field_def *field = columns->list[i].field;
        if (!columns->list[i].sent) {
            continue;
        }
        tb_bytes value;
        tb_refusal refused;
        tb_err err = tb_value_read(j->import->campaign, field, j->import->provinces,
                                   j->row->fields[i], j->arena, &value, &refused);
        if (err != TB_OK) {
            return err;
        }
        if (refused != TB_ACCEPTED) {
            *out_good = refuse(j, TB_VERDICT_ROW, refused, i);
            return TB_OK;
        }
        if (value.size > 0) {
            place(j, tb_bytes_str(field->id), value);
        }
    }
    keep_raw(j);
    *out_good = nothing_missing(j);
    return TB_OK;
}

static void route(judging *j)
{
    tb_judged *judged = &j->judged;
    judged->code = TB_ACCEPTED;
    judged->has_segment =
        tb_segments_find(j->import->segments, tb_number_bytes(&judged->number), &judged->segment);
    if (!judged->has_segment) {
        judged->verdict = TB_VERDICT_UNKNOWN_SEGMENT;
        return;
    }
    uint8_t home = judged->segment.province;
    const char code[2] = {(char)('0' + home / 10), (char)('0' + home % 10)};
    bool local = tb_bytes_equal(judged->found, tb_bytes_of(code, sizeof code));
    judged->verdict = local ? TB_VERDICT_LOCAL : TB_VERDICT_FORWARD;
}

tb_err
tb_import_judge(const tb_import *import, const tb_csv_row *row, tb_arena *arena, tb_judged *out)
{
    judging j = {.import = import, .row = row, .arena = arena};
    bool good =
        no_identity_number(&j) && whole(&j) && mobile(&j) && within_campaign(&j) && found(&j);
    if (good) {
        tb_err err = read_values(&j, &good);
        if (err != TB_OK) {
            return err;
        }
    }
    if (good) {
        route(&j);
    } else {
        j.judged.field_count = 0;
    }
    *out = j.judged;
    return TB_OK;
}

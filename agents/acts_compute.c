#include "agents/acts.h"

#include "agents/campaign/fields.h"
#include "base/text.h"

/* Numbers the segment table speaks of; the longer IoT form is not among them. */
#define MOBILE_DIGITS 11

bool tb_act_value(const tb_field *values, size_t count, tb_bytes field, tb_bytes *out)
{
    for (size_t i = 0; i < count; i++) {
        if (tb_bytes_equal(values[i].id, field)) {
            if (out != NULL) {
                *out = values[i].value;
            }
            return true;
        }
    }
    return false;
}

static tb_bytes given(const tb_field *values, size_t count, const char *field)
{
    tb_bytes value = tb_bytes_of(NULL, 0);
    if (field != NULL) {
        (void)tb_act_value(values, count, tb_bytes_str(field), &value);
    }
    return value;
}

static tb_bytes known(const tb_case_view *view, const char *field)
{
    return given(view->fields, view->field_count, field);
}

static bool find_segment(const tb_agent *agent, tb_bytes number, tb_segment *out)
{
    return agent->segments != NULL && number.size == MOBILE_DIGITS &&
           tb_field_well_formed(TB_FIELD_MSISDN, number) &&
           tb_segments_find(agent->segments, number, out);
}

static tb_err province_text(tb_arena *arena, uint8_t province, tb_bytes *out)
{
    tb_text text;
    tb_text_init(&text, arena, 8);
    tb_text_u64_wide(&text, province, 2);
    return tb_text_done(&text, out);
}

static tb_bytes jurisdiction(const tb_agent *agent, const tb_case_view *view)
{
    const tb_party *opener = tb_party_empty(&view->opener) ? &agent->self : &view->opener;
    const tb_directory_party *party = tb_directory_find(agent->directory, opener);
    return party == NULL ? tb_bytes_of(NULL, 0) : party->jurisdiction;
}

/* The value of one computed field; empty when it cannot be told. */
static tb_err compute(const tb_agent *agent,
                      tb_arena *arena,
                      const tb_case_view *view,
                      const tb_field_def *def,
                      tb_bytes of,
                      tb_bytes *out,
                      bool *out_table)
{
    tb_segment segment;
    bool found = find_segment(agent, of, &segment);
    *out = tb_bytes_of(NULL, 0);
    *out_table = agent->segments != NULL;
    switch (def->compute) {
    case TB_COMPUTE_NONE:
    case TB_COMPUTE_FIGURES: /* agents/report_acts.c */
    case TB_COMPUTE_MEASURE: /* agents/case_figure.c */
        TB_UNREACHABLE();
    case TB_COMPUTE_JURISDICTION:
        *out = jurisdiction(agent, view);
        *out_table = false;
        return TB_OK;
    case TB_COMPUTE_SEGMENT_PROVINCE:
        return found ? province_text(arena, segment.province, out) : TB_OK;
    case TB_COMPUTE_SEGMENT_CITY:
        *out = found ? segment.city : *out;
        return TB_OK;
    case TB_COMPUTE_SEGMENT_OPERATOR:
        *out = found ? tb_bytes_str(segment.operator_code) : *out;
        return TB_OK;
    case TB_COMPUTE_SEGMENT_MVNO:
        *out = found ? tb_bytes_str(segment.mvno ? "1" : "0") : *out;
        return TB_OK;
    case TB_COMPUTE_MASK:
        *out_table = false;
        return tb_field_well_formed(TB_FIELD_MSISDN, of) ? tb_mask_number(of, arena, out) : TB_OK;
    }
    TB_UNREACHABLE();
}

/* Whether the agent fills the field in: the field it follows from is among the values, or nobody
 * has said it yet. Otherwise the person's own value stands (a home decided by hand). */
static bool
computes(const tb_case_view *view, const tb_field_def *def, const tb_field *values, size_t count)
{
    if (def->compute == TB_COMPUTE_NONE || def->compute == TB_COMPUTE_FIGURES ||
        def->compute == TB_COMPUTE_MEASURE) {
        return false;
    }
    if (def->compute == TB_COMPUTE_JURISDICTION) {
        return given(values, count, def->id).size == 0 && known(view, def->id).size == 0;
    }
    return given(values, count, def->of).size > 0;
}

static void set(tb_field *fields, size_t *count, tb_bytes id, tb_bytes value)
{
    for (size_t i = 0; i < *count; i++) {
        if (tb_bytes_equal(fields[i].id, id)) {
            fields[i].value = value;
            return;
        }
    }
    fields[*count].id = id;
    fields[(*count)++].value = value;
}

tb_err tb_act_compute(const tb_agent *agent,
                      tb_arena *arena,
                      const tb_case_view *view,
                      const tb_action *action,
                      const tb_field *values,
                      size_t count,
                      tb_field **out,
                      size_t *out_count,
                      uint32_t *out_segments)
{
    tb_field *fields = tb_arena_array(arena, count + action->field_count + 1, sizeof *fields);
    if (fields == NULL) {
        return TB_ERR_LIMIT;
    }
    if (count > 0) {
        memcpy(fields, values, count * sizeof *fields);
    }
    size_t total = count;
    uint32_t segments = 0;
    for (unsigned i = 0; i < action->field_count; i++) {
        const tb_field_def *def =
            tb_case_type_field(view->type, tb_bytes_str(action->fields[i].field));
        if (def == NULL || !computes(view, def, values, count)) {
            continue;
        }
        tb_bytes value;
        bool table;
        tb_err err =
            compute(agent, arena, view, def, given(values, count, def->of), &value, &table);
        if (err != TB_OK) {
            return err;
        }
        set(fields, &total, tb_bytes_str(def->id), value);
        segments = table ? agent->segments->version : segments;
    }
    *out = fields;
    *out_count = total;
    *out_segments = segments;
    return TB_OK;
}

/* verify_parts - that the figures of a report do not contradict one another, for whoever has the
 * report alone: where events or declarations are added up, the parts of a figure make up the whole.
 * And how what is wrong with a figure is said (verifying.h).
 */
#include "agents/as_of.h"
#include "agents/campaign/scene.h"
#include "agents/verifying.h"
#include "base/text.h"

#define VALUE_MAX (3 * 64)

/* ---- what is said of a difference ---- */

tb_err tb_verify_tell(tb_verifying *v,
                      tb_bytes name,
                      const tb_measure *measure,
                      tb_bytes stated,
                      const char *against,
                      tb_bytes counted)
{
    tb_text text;
    tb_bytes what;
    const tb_label *title = measure == NULL ? NULL : &measure->title;
    tb_bytes zh = tb_campaign_text(title == NULL ? NULL : title->zh);
    tb_bytes en = tb_campaign_text(title == NULL ? NULL : title->en);
    tb_text_init(&text, v->step->arena,
                 name.size + zh.size + en.size + stated.size + counted.size + 96);
    tb_text_str(&text, TB_VERIFY_FIGURE);
    tb_text_bytes(&text, name);
    if (title != NULL) { /* a later version may not have the measure */
        tb_text_str(&text, " (");
        tb_text_bytes(&text, zh);
        tb_text_str(&text, ", ");
        tb_text_bytes(&text, en);
        tb_text_char(&text, ')');
    }
    tb_text_str(&text, TB_VERIFY_STATED);
    tb_text_bytes(&text, stated);
    tb_text_str(&text, against);
    tb_text_bytes(&text, counted);
    tb_text_char(&text, '\0');
    tb_err err = tb_text_done(&text, &what);
    return err == TB_OK ? tb_verify_fault(v, NULL, (const char *)what.data) : err;
}

tb_err tb_verify_line(tb_arena *arena, const tb_figure *figure, tb_bytes *out_name, tb_bytes *out)
{
    tb_text text;
    tb_bytes line;
    tb_text_init(&text, arena, TB_NAME_BYTES_MAX + TB_MEASURE_GROUP_MAX + VALUE_MAX);
    tb_figure_print(&text, figure);
    tb_err err = tb_text_done(&text, &line);
    if (err != TB_OK) {
        return err;
    }
    const uint8_t *at = memchr(line.data, '=', line.size);
    TB_ASSERT(at != NULL);
    size_t name = (size_t)(at - line.data);
    *out_name = tb_bytes_of(line.data, name);
    *out = tb_bytes_of(at + 1, line.size - name - 2);
    return TB_OK;
}

/* ---- wholes and parts ---- */

static bool adds_up(const tb_measure *measure)
{
    return measure != NULL && measure->distinct == NULL &&
           tb_measure_kind_of(measure) != TB_MEASURE_HOURS;
}

/* A part that says nothing of a value adds nothing to it. */
static void add(tb_figure *sum, const tb_figure *part)
{
    for (int i = 0; i < TB_FIGURE_VALUES; i++) {
        const tb_figure_value *value = &part->values[i];
        sum->values[i].numerator += value->known ? value->numerator : 0;
        sum->values[i].denominator += value->known ? value->denominator : 0;
    }
}

static bool makes_up(const tb_figure *whole, const tb_figure *sum)
{
    for (int i = 0; i < TB_FIGURE_VALUES; i++) {
        const tb_figure_value *a = &whole->values[i];
        const tb_figure_value *b = &sum->values[i];
        if (a->known && (a->numerator != b->numerator || a->denominator != b->denominator)) {
            return false;
        }
    }
    return true;
}

/* One whole, with the sum of the parts behind it. */
static tb_err
compare(tb_verifying *v, const tb_campaign *campaign, const tb_figure *whole, tb_figure *sum)
{
    tb_bytes name;
    tb_bytes stated;
    tb_bytes found;
    const tb_measure *measure = tb_campaign_measure(campaign, whole->measure);
    if (!adds_up(measure) || makes_up(whole, sum)) {
        return TB_OK;
    }
    for (int i = 0; i < TB_FIGURE_VALUES; i++) {
        sum->values[i].known = whole->values[i].known;
        sum->values[i].ratio = whole->values[i].ratio;
    }
    sum->measure = whole->measure;
    tb_err err = tb_verify_line(v->step->arena, sum, &name, &found);
    if (err == TB_OK) {
        err = tb_verify_line(v->step->arena, whole, &name, &stated);
    }
    return err == TB_OK ? tb_verify_tell(v, name, measure, stated, TB_VERIFY_PARTS, found) : err;
}

tb_err tb_verify_parts(tb_verifying *v, const tb_case_row *row, const tb_campaign *campaign)
{
    tb_path path;
    tb_bytes rest;
    tb_figure figure;
    tb_figure whole = {.measure = {NULL, 0}};
    tb_figure sum = whole;
    const tb_chain_event *by;
    bool fine = true;
    bool parts = false;
    const tb_field_def *field = tb_report_field(
        row->view.type, tb_case_type_action(row->view.type, tb_bytes_str(TB_REPORT_FILE)),
        TB_FIELD_FIGURES);
    tb_err err = field == NULL ? TB_OK : tb_chain_to_head(v->step->txn, row, &path);
    if (err == TB_OK && field != NULL) {
        err = tb_path_value(v->step->txn, &path, tb_bytes_str(field->id), &rest, &by);
    }
    for (bool more = err == TB_OK && field != NULL && by != NULL; err == TB_OK && more;) {
        more = tb_figure_read(&rest, &figure, &fine);
        if (more && figure.group.size > 0) {
            add(&sum, &figure);
            parts = true;
            continue;
        }
        err = parts ? compare(v, campaign, &whole, &sum) : TB_OK;
        whole = figure;
        sum = (tb_figure){.measure = {NULL, 0}};
        parts = false;
    }
    return err;
}

#include "agents/case_figure.h"

#include "agents/campaign/scene.h"
#include "agents/chain.h"
#include "base/text.h"

static tb_bytes
value_of(const tb_case_view *view, const tb_field *values, size_t count, const char *id)
{
    tb_bytes value;
    if (id == NULL) {
        return tb_bytes_of(NULL, 0);
    }
    return tb_act_value(values, count, tb_bytes_str(id), &value)
               ? value
               : tb_case_view_field(view, tb_bytes_str(id));
}

tb_refusal tb_case_figure_of(const tb_agent *agent,
                             const tb_case_view *view,
                             const tb_field *values,
                             size_t value_count,
                             const tb_field_def *field,
                             tb_case_figure *out)
{
    const tb_campaign *newest =
        tb_campaigns_newest(agent->campaigns, tb_bytes_str(view->campaign->id));
    tb_case_figure figure = {.campaign = newest, .so_far = field->so_far};
    tb_bytes over = value_of(view, values, value_count, field->over);
    TB_ASSERT(field->compute == TB_COMPUTE_MEASURE);
    TB_ASSERT(newest != NULL);
    figure.measure = tb_campaign_measure(newest, tb_bytes_str(field->measure));
    figure.filed_in =
        field->filed_in == NULL ? NULL : tb_campaign_report(newest, tb_bytes_str(field->filed_in));
    if (figure.measure == NULL || (field->filed_in != NULL && figure.filed_in == NULL)) {
        return TB_REFUSED_MEASURE_UNKNOWN; /* of an older version of the definition alone */
    }
    bool dated = figure.filed_in != NULL
                     ? tb_report_period(newest, figure.filed_in, over, &figure.period)
                     : tb_period_in(newest, over, &figure.period);
    if (!dated) {
        return TB_REFUSED_FIGURE_PERIOD;
    }
    figure.group = value_of(view, values, value_count, field->about);
    if (field->about != NULL &&
        (figure.group.size == 0 || figure.group.size > TB_MEASURE_GROUP_MAX)) {
        return TB_REFUSED_FIGURE_ABOUT;
    }
    *out = figure;
    return TB_ACCEPTED;
}

/* Of a party that owes the report its own figure; of any other group what all filed of it. */
static tb_err count_filed(const tb_agent *agent,
                          tb_txn *txn,
                          const tb_as_of *as_of,
                          const tb_case_figure *figure,
                          tb_figure_value *out)
{
    tb_filing *list;
    size_t count;
    tb_err err = tb_report_filings(agent, txn, as_of, figure->campaign, figure->filed_in,
                                   tb_bytes_str(figure->period.text), figure->measure,
                                   figure->group, &list, &count);
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        const tb_figure_value *one =
            &list[i].figure.values[figure->so_far ? TB_FIGURE_YEAR : TB_FIGURE_PERIOD];
        if (one->known) {
            out->known = true;
            out->ratio = one->ratio;
            out->numerator += one->numerator;
            out->denominator += one->denominator;
        }
    }
    return err;
}

tb_err tb_case_figure_count(const tb_agent *agent,
                            tb_txn *txn,
                            const tb_figures_from *from,
                            const tb_case_figure *figure,
                            tb_figure_value *out)
{
    *out = (tb_figure_value){.known = false};
    if (figure->filed_in != NULL) {
        return count_filed(agent, txn, from == NULL ? NULL : from->as_of, figure, out);
    }
    out->known = true;
    return tb_figure_total(txn, from, figure->campaign, figure->measure, figure->group,
                           figure->period.first, figure->period.last, &out->numerator);
}

static bool says(const tb_event *event, const char *id)
{
    for (size_t i = 0; i < event->field_count; i++) {
        if (tb_bytes_equal(event->fields[i].id, tb_bytes_str(id))) {
            return true;
        }
    }
    return false;
}

tb_err
tb_case_figure_author(tb_txn *txn, const tb_case_row *row, const tb_field_def *field, tb_party *out)
{
    tb_path path;
    *out = (tb_party){{0}};
    tb_err err = tb_chain_to_head(txn, row, &path);
    for (size_t i = 0; err == TB_OK && i < path.count; i++) {
        if (says(&path.list[i].event, field->id)) {
            *out = path.list[i].event.actor;
        }
    }
    return err;
}

/* ---- at the act ---- */

static tb_err object(tb_acting *a, tb_refusal code, const char *field)
{
    a->objection.code = code;
    a->objection.detail_zh = a->objection.detail_en = tb_bytes_str(field);
    return TB_OK;
}

static tb_err fill(tb_acting *a, const tb_field_def *field)
{
    tb_case_figure figure;
    tb_figure_value value;
    tb_text text;
    tb_bytes said = {NULL, 0};
    tb_refusal code =
        tb_case_figure_of(a->agent, &a->row.view, a->values, a->value_count, field, &figure);
    if (code != TB_ACCEPTED) {
        return object(a, code,
                      code == TB_REFUSED_FIGURE_ABOUT    ? field->about
                      : code == TB_REFUSED_FIGURE_PERIOD ? field->over
                                                         : field->id);
    }
    if (a->now.civil < tb_period_end(&figure.period)) {
        return object(a, TB_REFUSED_FIGURE_EARLY, field->over);
    }
    tb_err err = tb_case_figure_count(a->agent, a->txn, NULL, &figure, &value);
    if (err != TB_OK) {
        return err;
    }
    if (!value.known) {
        return object(a, TB_REFUSED_FIGURE_NOT_FILED, field->id);
    }
    tb_text_init(&text, a->arena, 64);
    tb_figure_value_print(&text, &value);
    err = tb_text_done(&text, &said);
    return err == TB_OK ? tb_acting_add(a, tb_bytes_str(field->id), said) : err;
}

tb_err tb_case_figures_prepare(tb_acting *a)
{
    bool ready = false;
    tb_err err = TB_OK;
    for (unsigned i = 0;
         err == TB_OK && a->objection.code == TB_ACCEPTED && i < a->action->field_count; i++) {
        const tb_field_def *field =
            tb_case_type_field(a->row.view.type, tb_bytes_str(a->action->fields[i].field));
        if (field == NULL || field->compute != TB_COMPUTE_MEASURE) {
            continue;
        }
        if (tb_act_value(a->wish->fields, a->wish->field_count, tb_bytes_str(field->id), NULL)) {
            return object(a, TB_REFUSED_FIGURE_TYPED, field->id);
        }
        if (!ready) {
            const tb_campaign *newest =
                tb_campaigns_newest(a->agent->campaigns, tb_bytes_str(a->row.view.campaign->id));
            err = tb_measures_ready(a->agent, a->txn, newest, &ready);
            if (err == TB_OK && !ready) {
                return object(a, TB_REFUSED_REPORT_COUNTING, field->id);
            }
        }
        err = err == TB_OK ? fill(a, field) : err;
    }
    return err;
}

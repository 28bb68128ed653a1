/* report_acts - filing and revising a report: what they need beyond the campaign's own rules. */
#include "agents/campaign/scene.h"
#include "agents/reports.h"
#include "base/text.h"

const tb_field_def *
tb_report_field(const tb_case_type *type, const tb_action *action, tb_field_type wanted)
{
    for (unsigned i = 0; action != NULL && i < action->field_count; i++) {
        const tb_field_def *field = tb_case_type_field(type, tb_bytes_str(action->fields[i].field));
        if (field != NULL && field->type == wanted) {
            return field;
        }
    }
    return NULL;
}

static const tb_field_def *period_field(const tb_case_type *type)
{
    return tb_report_field(type, tb_case_type_action(type, tb_bytes_str(TB_REPORT_FILE)),
                           TB_FIELD_PERIOD);
}

tb_bytes tb_report_period_text(const tb_case_row *row)
{
    const tb_field_def *field = row->view.type == NULL ? NULL : period_field(row->view.type);
    return field == NULL ? tb_bytes_of(NULL, 0)
                         : tb_case_view_field(&row->view, tb_bytes_str(field->id));
}

static bool refuse(tb_acting *a, tb_refusal code, tb_bytes detail)
{
    a->objection = (tb_objection){.code = code, .detail_zh = detail, .detail_en = detail};
    return false;
}

static tb_bytes value_of(const tb_acting *a, const tb_field_def *field)
{
    for (size_t i = 0; field != NULL && i < a->value_count; i++) {
        if (tb_bytes_equal(a->values[i].id, tb_bytes_str(field->id))) {
            return a->values[i].value;
        }
    }
    return field == NULL ? tb_bytes_of(NULL, 0)
                         : tb_case_view_field(&a->row.view, tb_bytes_str(field->id));
}

/* ---- finding ---- */

static tb_err look_at(const tb_agent *agent,
                      tb_txn *txn,
                      const tb_report_def *report,
                      const tb_party *reporter,
                      tb_bytes key,
                      size_t prefix,
                      tb_case_row *out,
                      bool *out_found)
{
    tb_case_id id;
    if (key.size != prefix + TB_CASE_ID_BYTES) {
        return TB_ERR_CORRUPT;
    }
    memcpy(id.bytes, key.data + prefix, TB_CASE_ID_BYTES);
    tb_err err = tb_case_load(agent, txn, &id, out);
    *out_found = err == TB_OK && tb_bytes_equal(out->case_type, tb_bytes_str(report->case_type)) &&
                 tb_party_equal(&out->view.opener, reporter);
    return err;
}

tb_err tb_report_find(const tb_agent *agent,
                      tb_txn *txn,
                      const tb_campaign *campaign,
                      const tb_report_def *report,
                      tb_bytes period,
                      const tb_party *reporter,
                      tb_case_row *out)
{
    const tb_case_type *type = tb_campaign_case_type(campaign, tb_bytes_str(report->case_type));
    const tb_field_def *field = type == NULL ? NULL : period_field(type);
    tb_bytes prefix;
    tb_bytes key;
    tb_bytes none;
    if (field == NULL) {
        return TB_ERR_NOT_FOUND;
    }
    tb_err err = tb_case_index_prefix(tb_txn_arena(txn), tb_bytes_str(campaign->id),
                                      tb_bytes_str(field->id), period, &prefix);
    if (err == TB_OK) {
        err = tb_store_seek(txn, TB_TABLE_FIELD_INDEX, prefix, prefix, &key, &none);
    }
    while (err == TB_OK) {
        bool found;
        err = look_at(agent, txn, report, reporter, key, prefix.size, out, &found);
        if (err != TB_OK || found) {
            return err;
        }
        err = tb_store_next(txn, TB_TABLE_FIELD_INDEX, prefix, key, &key, &none);
    }
    return err;
}

/* ---- filing ---- */

static tb_err file_once(tb_acting *a, const tb_report_def *report, tb_bytes period, bool *out_fine)
{
    tb_case_row other;
    tb_err err = tb_report_find(a->agent, a->txn, a->row.view.campaign, report, period,
                                &a->agent->self, &other);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    char *hex = tb_arena_alloc(a->arena, 2 * TB_CASE_ID_BYTES + 1);
    if (hex == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_hex(other.id.bytes, TB_CASE_ID_BYTES, hex);
    *out_fine = refuse(a, TB_REFUSED_REPORT_FILED, tb_bytes_of(hex, (size_t)2 * TB_CASE_ID_BYTES));
    return TB_OK;
}

static tb_err fill_figures(tb_acting *a,
                           const tb_report_def *report,
                           const tb_period *period,
                           const tb_field_def *field)
{
    tb_figure *figures;
    size_t count;
    bool ready;
    tb_bytes text = {NULL, 0};
    tb_err err = tb_measures_ready(a->agent, a->txn, a->row.view.campaign, &ready);
    if (err != TB_OK || !ready) {
        (void)refuse(a, TB_REFUSED_REPORT_COUNTING, text);
        return err;
    }
    err = tb_report_figures(a->agent, a->txn, NULL, a->row.view.campaign, report, period, &figures, &count);
    if (err == TB_OK) {
        err = tb_report_figures_text(a->arena, figures, count, &text);
    }
    if (err == TB_ERR_LIMIT || (err == TB_OK && count == TB_FIGURES_MAX)) {
        (void)refuse(a, TB_REFUSED_REPORT_LONG, tb_bytes_of(NULL, 0));
        return TB_OK;
    }
    if (err != TB_OK) {
        return err;
    }
    return text.size > 0 ? tb_acting_add(a, tb_bytes_str(field->id), text) : TB_OK;
}

static bool typed(const tb_acting *a, const tb_field_def *field)
{
    for (size_t i = 0; i < a->value_count; i++) {
        if (tb_bytes_equal(a->values[i].id, tb_bytes_str(field->id))) {
            return true;
        }
    }
    return false;
}

tb_err tb_report_prepare(tb_acting *a)
{
    const tb_case_type *type = a->row.view.type;
    const tb_report_def *report =
        tb_campaign_report_of(a->row.view.campaign, tb_bytes_str(type->id));
    if (report == NULL) {
        return TB_OK;
    }
    const tb_action *file = tb_case_type_action(type, tb_bytes_str(TB_REPORT_FILE));
    const tb_field_def *named = tb_report_field(type, file, TB_FIELD_PERIOD);
    const tb_field_def *figures = tb_report_field(type, a->action, TB_FIELD_FIGURES);
    tb_bytes text = value_of(a, named);
    tb_period period;
    bool fine = true;
    tb_err err = TB_OK;
    if (figures != NULL && figures->compute != TB_COMPUTE_FIGURES) {
        figures = NULL;
    }
    if (figures != NULL && typed(a, figures)) {
        (void)refuse(a, TB_REFUSED_REPORT_FIGURES, tb_bytes_str(figures->id));
        return TB_OK;
    }
    if (!tb_report_period(a->row.view.campaign, report, text, &period)) {
        (void)(text.size > 0 && refuse(a, TB_REFUSED_REPORT_PERIOD, text));
        return TB_OK; /* without one the judge asks for it */
    }
    if (a->wish->opens && period.every != TB_EVERY_NONE && a->now.civil < tb_period_end(&period)) {
        (void)refuse(a, TB_REFUSED_REPORT_EARLY, text);
        return TB_OK;
    }
    if (a->wish->opens) {
        err = file_once(a, report, text, &fine);
    }
    return err == TB_OK && fine && figures != NULL ? fill_figures(a, report, &period, figures)
                                                   : err;
}

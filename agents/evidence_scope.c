#include "agents/evidence_scope.h"

#include "agents/case_figure.h"
#include "agents/casework.h"

/* ---- behind the figures ---- */

/* Whether the case is one of the filings that a summary puts together. */
static bool is_summed(tb_evidence_scope *s, const tb_case_id *id, tb_err *out_err)
{
    tb_case_row row;
    *out_err = tb_case_load(s->step->agent, s->step->txn, id, &row);
    return *out_err == TB_OK && tb_bytes_equal(row.case_type, tb_bytes_str(s->summed->case_type)) &&
           tb_bytes_equal(tb_report_period_text(&row), s->summed_period);
}

static bool within(const tb_evidence_scope *s, const tb_measured *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i].month >= s->first && list[i].month <= s->last) {
            return true;
        }
    }
    return false;
}

/* Whether something of the case was recorded behind a moment. */
static tb_err came_since(tb_evidence_scope *s, const tb_case_id *id, tb_time moment, bool *out)
{
    tb_err err = TB_OK;
    *out = false;
    for (uint8_t class = TB_CLASS_CHAIN; err == TB_OK && class <= TB_CLASS_SIDE; class ++) {
        tb_event_walk walk;
        tb_event_key key;
        tb_event_row row;
        err = tb_event_first(s->step->txn, id, class, &walk, &key, &row);
        while (err == TB_OK && !*out) {
            *out = row.recorded > moment;
            err = tb_event_next(s->step->txn, &walk, &key, &row);
        }
        err = err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    return err;
}

/* Whether it gave anything when a figure was stated. */
static tb_err gave(tb_evidence_scope *s, const tb_case_id *id, bool *out)
{
    const tb_campaign *newest = tb_campaigns_newest(s->step->agent->campaigns, s->row.campaign);
    tb_case_row row;
    tb_measured *list = NULL;
    size_t count = 0;
    bool since = false;
    bool certain;
    tb_err err = tb_case_load(s->step->agent, s->step->txn, id, &row);
    for (size_t i = 0; err == TB_OK && !*out && row.view.type != NULL && i < s->stated_count; i++) {
        since = s->alone;
        err = since ? TB_OK : came_since(s, id, s->stated[i].recorded, &since);
        if (err == TB_OK && since) {
            err = tb_measure_case(s->step->agent, s->step->txn, &row, newest, &s->stated[i], false,
                                  &list, &count, &certain);
            *out = err == TB_OK && within(s, list, count);
        }
    }
    return err;
}

tb_err tb_evidence_gives(tb_evidence_scope *s, const tb_case_id *id, bool *out)
{
    tb_measured *list;
    size_t count;
    size_t mark = tb_arena_mark(s->step->arena);
    *out = false;
    tb_case_row row;
    tb_err err = tb_case_get(s->step->txn, id, &row);
    bool ours = err == TB_OK && tb_bytes_equal(row.campaign, s->row.campaign) &&
                !tb_case_equal(id, &s->row.id);
    if (ours && s->archive) {
        *out = row.closed;
    } else if (ours) {
        *out = s->summed != NULL && is_summed(s, id, &err);
    }
    if (err == TB_OK && ours && !s->archive && !*out && s->last > 0) {
        err = tb_measured_of(s->step->txn, id, &list, &count);
        *out = err == TB_OK && within(s, list, count);
        err = err == TB_OK && !*out ? gave(s, id, out) : err;
    }
    tb_arena_release(s->step->arena, mark);
    return err;
}

/* ---- what a subject stands on ---- */

/* The months of a report's three values. */
static bool
months_of(tb_evidence_scope *s, const tb_campaign *campaign, const tb_report_def *report)
{
    tb_period period;
    tb_bytes text = tb_report_period_text(&s->row);
    if (!tb_report_period(campaign, report, text, &period)) {
        return false;
    }
    tb_report_months(&period, &s->first, &s->last);
    return true;
}

/* When a field's value was stated. */
static tb_err add_moment(tb_evidence_scope *s, const tb_field_def *field)
{
    tb_path path;
    tb_bytes value;
    const tb_chain_event *by = NULL;
    tb_as_of moments[2];
    tb_err err = field == NULL ? TB_OK : tb_chain_to_head(s->step->txn, &s->row, &path);
    if (err == TB_OK && field != NULL) {
        err = tb_path_value(s->step->txn, &path, tb_bytes_str(field->id), &value, &by);
    }
    if (err != TB_OK || by == NULL) {
        return err;
    }
    err = tb_as_of_event(s->step->txn, &by->row, !s->alone, moments);
    for (size_t m = 0; err == TB_OK && m < (s->alone ? 2 : 1); m++) {
        bool known = false;
        for (size_t i = 0; i < s->stated_count; i++) {
            known = known || (s->stated[i].recorded == moments[m].recorded &&
                              s->stated[i].at == moments[m].at);
        }
        if (!known && s->stated_count < TB_EVIDENCE_STATED_MAX) {
            s->stated[s->stated_count++] = moments[m];
        }
    }
    return err;
}

/* The report a case is, of this party's own: what stands behind its figures goes along. */
static tb_err prepare_report(tb_evidence_scope *s, tb_refusal *out)
{
    const tb_campaign *campaign = tb_campaigns_newest(s->step->agent->campaigns, s->row.campaign);
    const tb_report_def *report =
        campaign == NULL ? NULL : tb_campaign_report_of(campaign, s->row.case_type);
    if (report == NULL || s->row.view.type == NULL) {
        *out = TB_REFUSED_REPORT_UNKNOWN;
        return TB_OK;
    }
    *out = TB_ACCEPTED;
    s->counted = tb_party_equal(&s->row.view.opener, &s->step->agent->self) &&
                 months_of(s, campaign, report);
    if (s->counted && report->summary_of != NULL) {
        s->summed = tb_campaign_report(campaign, tb_bytes_str(report->summary_of));
        s->summed_period = tb_report_period_text(&s->row);
        s->last = 0;
    }
    return add_moment(
        s, tb_report_field(s->row.view.type,
                           tb_case_type_action(s->row.view.type, tb_bytes_str(TB_REPORT_FILE)),
                           TB_FIELD_FIGURES));
}

/* The figures a case states of this party's own: what stands behind them goes along. */
static tb_err prepare_stated(tb_evidence_scope *s)
{
    const tb_case_type *type = s->row.view.type;
    tb_err err = TB_OK;
    for (unsigned i = 0; err == TB_OK && type != NULL && i < type->field_count; i++) {
        tb_party author;
        tb_case_figure figure;
        if (type->fields[i].compute != TB_COMPUTE_MEASURE) {
            continue;
        }
        err = tb_case_figure_author(s->step->txn, &s->row, &type->fields[i], &author);
        if (err != TB_OK || !tb_party_equal(&author, &s->step->agent->self) ||
            tb_case_figure_of(s->step->agent, &s->row.view, NULL, 0, &type->fields[i], &figure) !=
                TB_ACCEPTED) {
            continue;
        }
        s->counted = true;
        err = add_moment(s, &type->fields[i]);
        if (err == TB_OK && figure.filed_in != NULL) {
            s->summed = figure.filed_in;
            err =
                tb_arena_copy(s->step->arena, tb_bytes_str(figure.period.text), &s->summed_period);
            continue;
        }
        s->first = s->last == 0 || figure.period.first < s->first ? figure.period.first : s->first;
        s->last = figure.period.last > s->last ? figure.period.last : s->last;
    }
    return err;
}

tb_refusal tb_evidence_scope_archive(tb_evidence_scope *s, tb_bytes campaign_id)
{
    int64_t day;
    const tb_campaign *campaign = tb_campaigns_newest(s->step->agent->campaigns, campaign_id);
    if (campaign == NULL || !tb_day_parse(tb_bytes_str(campaign->to), &day)) {
        return TB_REFUSED_UNKNOWN_CAMPAIGN;
    }
    if (s->step->now.civil < tb_day_start(day + 1)) {
        return TB_REFUSED_CAMPAIGN_RUNNING;
    }
    s->archive = true;
    s->row.campaign = campaign_id;
    return TB_ACCEPTED;
}

tb_err tb_evidence_scope_case(tb_evidence_scope *s,
                              const tb_case_id *subject,
                              bool report,
                              tb_refusal *out)
{
    tb_err err = tb_case_load(s->step->agent, s->step->txn, subject, &s->row);
    *out = TB_REFUSED_UNKNOWN_CASE;
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    *out = TB_ACCEPTED;
    return report ? prepare_report(s, out) : prepare_stated(s);
}

/* ---- what does not belong into it ---- */

tb_err tb_evidence_strangers(tb_step *step,
                             const tb_case_id *subject,
                             bool report,
                             tb_case_id *out,
                             size_t most,
                             size_t *out_count)
{
    tb_evidence_scope s = {.step = step, .alone = true};
    tb_refusal refused = TB_ACCEPTED;
    tb_case_id at = {{0}};
    *out_count = 0;
    tb_err err = tb_evidence_scope_case(&s, subject, report, &refused);
    while (err == TB_OK && refused == TB_ACCEPTED) {
        bool belongs = true;
        err = tb_case_after(step->txn, &at, false, &at);
        if (err == TB_OK && !tb_case_equal(&at, subject)) {
            err = tb_evidence_gives(&s, &at, &belongs);
        }
        if (err == TB_OK && !belongs) {
            *out_count += 1;
            if (*out_count <= most) {
                out[*out_count - 1] = at;
            }
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

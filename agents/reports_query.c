/* reports_query - which reports are owed and how they stand; one report, or what one of its figures
 * opens to (behind.c). */
#include "agents/campaign/scene.h"
#include "agents/chain.h"
#include "agents/effective.h"
#include "agents/passing.h"
#include "agents/reports.h"
#include "agents/rows_recounting.h"

#define LINES_MAX 4096

/* ---- how one stands ---- */

/* What an action makes of a report; 0: nothing. */
static tb_report_state state_by(tb_bytes action)
{
    static const struct {
        const char *action;
        tb_report_state state;
    } verbs[] = {{TB_REPORT_FILE, TB_REPORT_FILED},
                 {TB_REPORT_ACCEPT, TB_REPORT_ACCEPTED},
                 {TB_REPORT_RETURN, TB_REPORT_RETURNED},
                 {TB_REPORT_REVISE, TB_REPORT_REVISED}};
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (tb_bytes_equal(action, tb_bytes_str(verbs[i].action))) {
            return verbs[i].state;
        }
    }
    return (tb_report_state)0;
}

/* When the hub had it; in an exercise, whose clock has nothing to do with the hub's, its own time.
 * 0: not known yet. */
static tb_err
stored_time(const tb_agent *agent, tb_txn *txn, const tb_chain_event *at, tb_time *out)
{
    if (agent->directory->exercise) {
        *out = at->event.at;
        return TB_OK;
    }
    return tb_pass_stored(txn, &at->row, out);
}

static void set_timeliness(tb_local_report_line *line, tb_time now)
{
    if (tb_case_zero(&line->case_id)) {
        line->timeliness = now > line->due ? TB_TIMELINESS_MISSING : TB_TIMELINESS_OPEN;
        return;
    }
    if (line->filed == 0) {
        line->timeliness = TB_TIMELINESS_OPEN;
        return;
    }
    line->timeliness = line->filed <= line->due ? TB_TIMELINESS_ON_TIME : TB_TIMELINESS_LATE;
    if (line->timeliness == TB_TIMELINESS_LATE) {
        line->days_late = (uint32_t)(tb_day_of(line->filed) - tb_day_of(line->due));
    }
}

static tb_err
read_history(const tb_agent *agent, tb_txn *txn, const tb_case_row *row, tb_local_report_line *line)
{
    tb_path path;
    tb_err err = tb_chain_to_head(txn, row, &path);
    if (err != TB_OK) {
        return err;
    }
    line->history = tb_arena_array(tb_txn_arena(txn), path.count + 1, sizeof *line->history);
    if (line->history == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; err == TB_OK && i < path.count; i++) {
        const tb_chain_event *at = &path.list[i];
        tb_report_state state = state_by(at->event.action);
        tb_time when = at->event.at;
        bool known;
        if (i == 0) {
            err = stored_time(agent, txn, at, &line->filed);
        }
        if (err == TB_OK) {
            err = tb_effective_time(agent, txn, &at->row, at->event.at, &when, &known);
        }
        if (err == TB_OK && state != 0) {
            line->state = state;
            line->history[line->history_count++] = (tb_report_moment){state, when};
        }
    }
    return err;
}

/* The new date of a return: the date among the fields of the action. */
static tb_bytes again_by(const tb_case_row *row)
{
    const tb_action *action = tb_case_type_action(row->view.type, tb_bytes_str(TB_REPORT_RETURN));
    const tb_field_def *date = tb_report_field(row->view.type, action, TB_FIELD_DATE);
    return date == NULL ? tb_bytes_of(NULL, 0)
                        : tb_case_view_field(&row->view, tb_bytes_str(date->id));
}

typedef struct owing {
    const tb_agent *agent;
    tb_txn *txn;
    tb_time now; /* civil */
    const tb_campaign *campaign;
    const tb_report_def *report;
    tb_period period;
    tb_party reporter;
} owing;

/* *out_row: the case, when one was filed. */
static tb_err stand(const owing *o, tb_local_report_line *line, tb_case_row *out_row)
{
    *line = (tb_local_report_line){
        .campaign = tb_bytes_str(o->campaign->id),
        .report = tb_bytes_str(o->report->id),
        .title_zh = tb_campaign_text(o->report->title.zh),
        .title_en = tb_campaign_text(o->report->title.en),
        .reporter = o->reporter,
        .due = tb_report_due_at(o->report, &o->period),
        .state = o->now < tb_period_end(&o->period) ? TB_REPORT_NOT_DUE : TB_REPORT_DUE,
    };
    tb_err err = tb_arena_copy(tb_txn_arena(o->txn), tb_bytes_str(o->period.text), &line->period);
    if (err == TB_OK) {
        err = tb_report_find(o->agent, o->txn, o->campaign, o->report, line->period, &o->reporter,
                             out_row);
    }
    if (err == TB_OK) {
        line->case_id = out_row->id;
        err = read_history(o->agent, o->txn, out_row, line);
    }
    if (err == TB_OK && line->state == TB_REPORT_RETURNED) {
        line->again_by = again_by(out_row);
    }
    if (err == TB_OK || err == TB_ERR_NOT_FOUND) {
        set_timeliness(line, o->now);
        err = TB_OK;
    }
    return err;
}

/* ---- lists ---- */

bool tb_report_owes(const tb_report_def *report, const tb_directory_party *party)
{
    return tb_names_hold((const char *const *)report->owed_by, report->owed_by_count,
                         party->role) &&
           party->state != TB_PARTY_ENDED;
}

/* Whom this party sees: everybody when reports go to it, else itself. */
static bool
sees(const tb_agent *agent, const tb_report_def *report, const tb_directory_party *party)
{
    const tb_directory_party *self = tb_directory_find(agent->directory, &agent->self);
    bool to_us = self != NULL && tb_bytes_equal(self->role, tb_bytes_str(report->to));
    return tb_report_owes(report, party) && (to_us || tb_party_equal(&party->id, &agent->self));
}

static bool wanted(tb_bytes name, const char *id)
{
    return name.size == 0 || tb_bytes_equal(name, tb_bytes_str(id));
}

static tb_err list_period(owing *o, tb_local_reports *out)
{
    tb_err err = TB_OK;
    for (size_t i = 0; err == TB_OK && i < o->agent->directory->party_count; i++) {
        const tb_directory_party *party = &o->agent->directory->parties[i];
        tb_case_row row;
        if (!sees(o->agent, o->report, party) || out->count == LINES_MAX) {
            continue;
        }
        o->reporter = party->id;
        err = stand(o, &out->lines[out->count], &row);
        out->count += err == TB_OK;
    }
    return err;
}

static tb_err list_campaign(owing *o, const tb_local_list_reports *list, tb_local_reports *out)
{
    tb_err err = TB_OK;
    for (unsigned r = 0; r < o->campaign->report_count; r++) {
        o->report = &o->campaign->reports[r];
        if (!wanted(list->report, o->report->id)) {
            continue;
        }
        unsigned periods = tb_report_periods(o->campaign, o->report);
        for (unsigned p = 0; err == TB_OK && p < periods; p++) {
            o->period = tb_report_period_at(o->campaign, o->report, p);
            if (wanted(list->period, o->period.text)) {
                err = list_period(o, out);
            }
        }
    }
    return err;
}

static bool newest(const tb_agent *agent, const tb_campaign *campaign)
{
    return tb_campaigns_newest(agent->campaigns, tb_bytes_str(campaign->id)) == campaign;
}

tb_err tb_query_reports(const tb_agent *agent,
                        tb_txn *txn,
                        tb_now now,
                        const tb_local_list_reports *list,
                        tb_local_answer *answer)
{
    owing o = {.agent = agent, .txn = txn, .now = now.civil};
    tb_local_reports reports = {.civil = now.civil};
    reports.lines = tb_arena_array(tb_txn_arena(txn), LINES_MAX, sizeof *reports.lines);
    tb_err err = reports.lines == NULL ? TB_ERR_LIMIT : TB_OK;
    for (size_t i = 0; err == TB_OK && i < agent->campaigns->count; i++) {
        o.campaign = agent->campaigns->list[i];
        if (newest(agent, o.campaign) && wanted(list->campaign, o.campaign->id)) {
            err = list_campaign(&o, list, &reports);
        }
    }
    if (err == TB_OK) {
        answer->kind = TB_ANSWER_REPORTS;
        answer->reports = reports;
    }
    return err;
}

/* ---- one report ---- */

typedef struct showing {
    owing o;
    const tb_local_get_report *get;
    bool filed;
    tb_case_row row;
    tb_local_summary summary; /* of a filed one: what this party may read */
    tb_local_report out;
} showing;

static tb_bytes value_of(const showing *s, const char *id)
{
    for (size_t i = 0; s->filed && i < s->summary.field_count; i++) {
        if (tb_bytes_equal(s->summary.fields[i].id, tb_bytes_str(id))) {
            return s->summary.fields[i].value;
        }
    }
    return tb_bytes_of(NULL, 0);
}

static tb_err put_figure(showing *s, const tb_figure *figure, tb_local_figure **out)
{
    tb_arena *arena = tb_txn_arena(s->o.txn);
    const tb_measure *measure = tb_campaign_measure(s->o.campaign, figure->measure);
    *out = NULL;
    if (measure == NULL || s->out.figure_count == TB_FIGURES_MAX) {
        return TB_OK; /* of another version of the definition: only the case still shows it */
    }
    tb_local_figure *line = &s->out.figures[s->out.figure_count++];
    tb_figure_named(measure, line);
    line->group = figure->group;
    tb_err err = tb_figure_text(arena, &figure->values[TB_FIGURE_PERIOD], &line->period);
    if (err == TB_OK) {
        err = tb_figure_text(arena, &figure->values[TB_FIGURE_YEAR], &line->year);
    }
    if (err == TB_OK) {
        err = tb_figure_text(arena, &figure->values[TB_FIGURE_PREVIOUS], &line->previous);
    }
    *out = line;
    return err;
}

static tb_local_figure *line_of(const showing *s, const tb_figure *figure)
{
    for (size_t i = 0; i < s->out.figure_count; i++) {
        tb_local_figure *line = &s->out.figures[i];
        if (tb_bytes_equal(line->measure, figure->measure) &&
            tb_bytes_equal(line->group, figure->group)) {
            return line;
        }
    }
    return NULL;
}

/* As filed, out of the signed field. */
static tb_err filed_figures(showing *s)
{
    const tb_action *file = tb_case_type_action(s->row.view.type, tb_bytes_str(TB_REPORT_FILE));
    const tb_field_def *field = tb_report_field(s->row.view.type, file, TB_FIELD_FIGURES);
    tb_bytes rest = field == NULL ? tb_bytes_of(NULL, 0) : value_of(s, field->id);
    tb_figure figure;
    bool fine;
    tb_err err = TB_OK;
    while (err == TB_OK && tb_figure_read(&rest, &figure, &fine)) {
        tb_local_figure *line;
        err = put_figure(s, &figure, &line);
    }
    return err;
}

/* As counted here now: the figures of a draft, or beside those that were filed; a group that was
 * not filed is there with what is counted now alone. */
static tb_err counted_figures(showing *s)
{
    tb_figure *figures;
    size_t count;
    tb_err err = tb_report_figures(s->o.agent, s->o.txn, NULL, s->o.campaign, s->o.report,
                                   &s->o.period, &figures, &count);
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        tb_local_figure *line = s->filed ? line_of(s, &figures[i]) : NULL;
        if (line == NULL && s->filed && figures[i].values[TB_FIGURE_PERIOD].numerator == 0) {
            continue;
        }
        if (line == NULL) {
            err = put_figure(s, &figures[i], &line);
        }
        if (err == TB_OK && line != NULL) {
            err = tb_figure_text(tb_txn_arena(s->o.txn), &figures[i].values[TB_FIGURE_PERIOD],
                                 &line->now);
        }
    }
    return err;
}

static tb_err declared_figures(showing *s)
{
    tb_err err = TB_OK;
    for (unsigned i = 0; err == TB_OK && i < s->o.report->measure_count; i++) {
        const tb_measure *measure =
            tb_campaign_measure(s->o.campaign, tb_bytes_str(s->o.report->measures[i]));
        tb_declared declared;
        if (measure == NULL || measure->declared == TB_DECLARED_NOT ||
            s->out.figure_count == TB_FIGURES_MAX) {
            continue;
        }
        tb_local_figure *line = &s->out.figures[s->out.figure_count++];
        tb_figure_named(measure, line);
        if (tb_declared_read(value_of(s, measure->id), &declared)) {
            line->as_of = declared.as_of;
            err = tb_figure_text(tb_txn_arena(s->o.txn), &declared.value, &line->period);
        }
    }
    return err;
}

static bool judges(const showing *s, const tb_judged_def *judged)
{
    const tb_directory_party *party = tb_directory_find(s->o.agent->directory, &s->o.reporter);
    return judged->role == NULL ||
           (party != NULL && tb_bytes_equal(party->role, tb_bytes_str(judged->role)));
}

/* Of a figure as of another day than the one it is judged by nothing is said. */
static tb_err judge_one(showing *s, const tb_judged_def *judged)
{
    tb_figure of = {.measure = tb_bytes_str(judged->measure)};
    const tb_local_figure *line = line_of(s, &of);
    tb_declared value;
    if (line == NULL || !judges(s, judged)) {
        return TB_OK;
    }
    bool dated = judged->as_of == NULL || line->as_of.size == 0 ||
                 tb_bytes_equal(line->as_of, tb_bytes_str(judged->as_of));
    bool known = dated && tb_declared_read(line->period, &value);
    if (line->as_of.size > 0 && !dated) {
        return TB_OK;
    }
    s->out.judged[s->out.judged_count++] = (tb_local_judged){
        .measure = of.measure,
        .numerator = judged->at_least.numerator,
        .denominator = judged->at_least.denominator,
        .verdict = !known                                               ? TB_VERDICT_NO_FIGURE
                   : tb_figure_reaches(&value.value, &judged->at_least) ? TB_VERDICT_REACHED
                                                                        : TB_VERDICT_NOT_REACHED,
    };
    return TB_OK;
}

static void put_texts(showing *s, const char **ids, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        tb_bytes value = value_of(s, ids[i]);
        if (value.size > 0) {
            s->out.texts[s->out.text_count++] = (tb_field){tb_bytes_str(ids[i]), value};
        }
    }
}

/* Sections, then who signs. */
static tb_err show_texts(showing *s)
{
    const tb_report_def *report = s->o.report;
    s->out.texts =
        tb_arena_array(tb_txn_arena(s->o.txn), report->text_count + report->signed_by_count + 1,
                       sizeof *s->out.texts);
    if (s->out.texts == NULL) {
        return TB_ERR_LIMIT;
    }
    put_texts(s, report->text, report->text_count);
    put_texts(s, report->signed_by, report->signed_by_count);
    return TB_OK;
}

static tb_err show(showing *s)
{
    tb_arena *arena = tb_txn_arena(s->o.txn);
    bool ours = tb_party_equal(&s->o.reporter, &s->o.agent->self);
    s->out.figures = tb_arena_array(arena, TB_FIGURES_MAX, sizeof *s->out.figures);
    s->out.judged = tb_arena_array(arena, s->o.report->judged_count + 1, sizeof *s->out.judged);
    if (s->out.figures == NULL || s->out.judged == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_err err = s->filed ? filed_figures(s) : TB_OK;
    if (err == TB_OK && ours) {
        err = counted_figures(s);
    }
    if (err == TB_OK && s->o.report->summary_of == NULL) {
        err = declared_figures(s); /* a summary's are among the others */
    }
    for (unsigned i = 0; err == TB_OK && i < s->o.report->judged_count; i++) {
        err = judge_one(s, &s->o.report->judged[i]);
    }
    return err == TB_OK ? show_texts(s) : err;
}

/* ---- what a figure opens to ---- */

static tb_err open_figure(showing *s, const tb_measure *measure)
{
    const tb_behind_wish wish = {
        .campaign = tb_bytes_str(s->o.campaign->id),
        .measure = tb_bytes_str(measure->id),
        .group = s->get->group,
        .first = s->o.period.first,
        .last = s->o.period.last,
        .after = s->get->after,
        .limit = s->get->limit,
    };
    return tb_behind_list(s->o.agent, s->o.txn, &wish, &s->out.behind, &s->out.behind_count,
                          &s->out.next);
}

/* ---- which one ---- */

static tb_err find_filed(showing *s, tb_refusal *out)
{
    const tb_agent *agent = s->o.agent;
    tb_err err = tb_case_load(agent, s->o.txn, &s->get->case_id, &s->row);
    *out = TB_REFUSED_REPORT_UNKNOWN;
    if (err != TB_OK) {
        *out = TB_REFUSED_UNKNOWN_CASE;
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    s->o.campaign = tb_campaigns_newest(agent->campaigns, s->row.campaign);
    s->o.report = s->o.campaign == NULL || s->row.view.type == NULL
                      ? NULL
                      : tb_campaign_report_of(s->o.campaign, s->row.case_type);
    if (s->o.report == NULL) {
        return TB_OK;
    }
    tb_bytes period = tb_report_period_text(&s->row);
    s->o.reporter = s->row.view.opener;
    s->filed = true;
    *out = tb_report_period(s->o.campaign, s->o.report, period, &s->o.period)
               ? TB_ACCEPTED
               : TB_REFUSED_REPORT_PERIOD;
    return tb_case_summary(agent, s->o.txn, &s->row, &s->summary);
}

static bool find_definition(showing *s)
{
    const tb_agent *agent = s->o.agent;
    for (size_t i = 0; i < agent->campaigns->count; i++) {
        const tb_campaign *campaign = agent->campaigns->list[i];
        if (!newest(agent, campaign) || !wanted(s->get->campaign, campaign->id)) {
            continue;
        }
        s->o.campaign = campaign;
        s->o.report = tb_campaign_report(campaign, s->get->report);
        if (s->o.report != NULL) {
            return true;
        }
    }
    return false;
}

static tb_err find_draft(showing *s, tb_refusal *out)
{
    const tb_agent *agent = s->o.agent;
    const tb_directory_party *self = tb_directory_find(agent->directory, &agent->self);
    bool ready = false;
    s->o.reporter = agent->self;
    if (!find_definition(s)) {
        *out = TB_REFUSED_REPORT_UNKNOWN;
        return TB_OK;
    }
    if (!tb_report_period(s->o.campaign, s->o.report, s->get->period, &s->o.period)) {
        *out = TB_REFUSED_REPORT_PERIOD;
        return TB_OK;
    }
    if (self == NULL || !tb_report_owes(s->o.report, self)) {
        *out = TB_REFUSED_REPORT_NOT_OWED;
        return TB_OK;
    }
    tb_err err = tb_measures_ready(agent, s->o.txn, s->o.campaign, &ready);
    *out = ready ? TB_ACCEPTED : TB_REFUSED_REPORT_COUNTING;
    return err;
}

/* Whether its figures are being counted anew. */
static tb_err how_far(tb_txn *txn, const tb_case_id *id, tb_local_report *out)
{
    tb_recounting_row job;
    tb_err err = tb_recounting_of_case(txn, id, &job);
    if (err == TB_OK && job.result.size == 0) {
        out->recounted = job.looked;
        out->recounted_of = job.looked > job.cases ? job.looked : job.cases;
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_query_report(const tb_agent *agent,
                       tb_txn *txn,
                       tb_now now,
                       const tb_local_get_report *get,
                       tb_local_answer *answer)
{
    showing s = {.o = {.agent = agent, .txn = txn, .now = now.civil}, .get = get};
    tb_case_row filed;
    tb_err err =
        tb_case_zero(&get->case_id) ? find_draft(&s, &answer->code) : find_filed(&s, &answer->code);
    if (err != TB_OK || answer->code != TB_ACCEPTED) {
        return err;
    }
    const tb_measure *measure = NULL;
    if (get->measure.size > 0) {
        measure = tb_campaign_measure(s.o.campaign, get->measure);
        if (measure == NULL || measure->case_type == NULL) {
            answer->code = TB_REFUSED_MEASURE_UNKNOWN;
            return TB_OK;
        }
    }
    err = stand(&s.o, &s.out.line, &filed);
    if (err == TB_OK) {
        err = measure != NULL ? open_figure(&s, measure) : show(&s);
    }
    if (err == TB_OK) {
        answer->kind = TB_ANSWER_REPORT;
        answer->report = s.out;
        err = how_far(txn, &get->case_id, &answer->report);
    }
    return err;
}

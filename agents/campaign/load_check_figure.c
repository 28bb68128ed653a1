/* load_check_figure - faults of figures in cases that the agent counts, and of score sheets. */
#include "agents/campaign/load_check.h"

#include "agents/campaign/scene.h"

/* ---- a figure ---- */

/* Its keys have no use in a field that counts nothing. */
static void check_unused(tb_check *check, const tb_field_def *field)
{
    const char *const *names[] = {&field->measure, &field->about, &field->over, &field->filed_in};
    static const char *const keys[] = {"measure", "about", "over", "filed_in"};
    for (int i = 0; i < 4; i++) {
        if (*names[i] != NULL) {
            tb_check_fault(check, tb_at_value(names[i]), TB_FAULT_FIGURE_USELESS, keys[i], NULL);
        }
    }
    if (field->so_far) {
        tb_check_fault(check, tb_at_value(&field->so_far), TB_FAULT_FIGURE_USELESS, "so_far", NULL);
    }
}

/* From the counters a number of something; from a report also what adds up to a ratio. */
static const tb_measure *
check_measure(tb_check *check, const tb_field_def *field, const tb_report_def *report)
{
    const tb_measure *m = field->measure == NULL
                              ? NULL
                              : tb_campaign_measure(check->campaign, tb_bytes_str(field->measure));
    if (m == NULL) {
        tb_check_fault(check, field->measure == NULL ? tb_at(field) : tb_at_value(&field->measure),
                       TB_FAULT_MEASURE_UNKNOWN, field->measure == NULL ? "" : field->measure,
                       NULL);
        return NULL;
    }
    tb_measure_kind kind = tb_measure_kind_of(m);
    bool counted =
        kind == TB_MEASURE_COUNTS || kind == TB_MEASURE_SUMS || kind == TB_MEASURE_LAPSES;
    bool fits = report == NULL ? counted : tb_measure_adds_up(check->campaign, m);
    if (!fits) {
        tb_check_fault(check, tb_at_value(&field->measure), TB_FAULT_FIGURE_MEASURE, field->measure,
                       NULL);
    }
    return fits ? m : NULL;
}

static const tb_report_def *check_report(tb_check *check, const tb_field_def *field)
{
    const tb_report_def *report =
        field->filed_in == NULL
            ? NULL
            : tb_campaign_report(check->campaign, tb_bytes_str(field->filed_in));
    if (field->filed_in == NULL) {
        if (field->so_far) {
            tb_check_fault(check, tb_at_value(&field->so_far), TB_FAULT_FIGURE_USELESS, "so_far",
                           NULL);
        }
        return NULL;
    }
    bool holds = report != NULL && field->measure != NULL &&
                 tb_names_hold((const char *const *)report->measures, report->measure_count,
                               tb_bytes_str(field->measure));
    if (!holds || report->summary_of != NULL) {
        tb_check_fault(check, tb_at_value(&field->filed_in), TB_FAULT_FIGURE_REPORT,
                       field->filed_in, field->measure == NULL ? "" : field->measure);
    }
    return report;
}

/* Whom it is about is told by the one field the measure is told apart by, or by who owed; of a
 * declared figure, by who declares it. */
static void check_about(tb_check *check, const tb_field_def *field, const tb_measure *m)
{
    const tb_field_def *about =
        field->about == NULL ? NULL : tb_check_open_field(check, &field->about);
    const tb_case_type *type =
        m->case_type == NULL ? NULL
                             : tb_campaign_case_type(check->campaign, tb_bytes_str(m->case_type));
    const tb_field_def *by =
        type == NULL || m->by_count != 1 ? NULL : tb_case_type_field(type, tb_bytes_str(m->by[0]));
    if (about == NULL || !tb_check_given(check, &about->type)) {
        return;
    }
    bool party = about->type == TB_FIELD_PARTY;
    bool fits = m->lapse_count > 0 ? party
                : by != NULL       ? by->type == about->type
                                   : party && field->filed_in != NULL;
    bool own = party && field->filed_in != NULL; /* the reporter's own figure */
    bool same_choices = !fits || by == NULL || by->choices == NULL || about->choices == NULL ||
                        strcmp(by->choices, about->choices) == 0;
    if ((!fits && !own) || !same_choices) {
        tb_check_fault(check, tb_at_value(&field->about), TB_FAULT_FIGURE_ABOUT, field->about,
                       m->id);
    }
}

static void check_over(tb_check *check, const tb_field_def *field)
{
    const tb_field_def *over =
        field->over == NULL ? NULL : tb_check_open_field(check, &field->over);
    if (field->over == NULL) {
        tb_check_fault(check, tb_at(field), TB_FAULT_FIGURE_OVER, "", NULL);
    } else if (over != NULL && over->type != TB_FIELD_PERIOD &&
               tb_check_given(check, &over->type)) {
        tb_check_fault(check, tb_at_value(&field->over), TB_FAULT_FIGURE_OVER, field->over, NULL);
    }
}

static void check_type(tb_check *check, const tb_field_def *field, const tb_measure *m)
{
    bool ratio = m->declared == TB_DECLARED_RATIO || m->ratio.of != NULL;
    tb_field_type type = ratio ? TB_FIELD_DECLARED : TB_FIELD_COUNT;
    if (field->type != type && tb_check_given(check, &field->type)) {
        tb_check_fault(check, tb_at_value(&field->type), TB_FAULT_COMPUTED_TYPE,
                       tb_check_type_name(type), NULL);
    }
}

/* Whom and when it is about does not change without it: the act that says so states it anew. */
static void check_acts(tb_check *check, const tb_field_def *field)
{
    for (unsigned i = 0; i < check->type->action_count; i++) {
        const tb_action *action = &check->type->actions[i];
        const char *const about[] = {field->about, field->over};
        bool states = tb_action_field_of(action, tb_bytes_str(field->id)) != NULL;
        for (int k = 0; k < 2; k++) {
            if (about[k] != NULL && !states &&
                tb_action_field_of(action, tb_bytes_str(about[k])) != NULL) {
                tb_check_fault(check, tb_at(field), TB_FAULT_FIGURE_APART, action->id, about[k]);
            }
        }
        if (states && action->kind == TB_ACTION_SIDE) {
            tb_check_fault(check, tb_at(field), TB_FAULT_FIGURE_SIDE, action->id, NULL);
        }
    }
}

void tb_check_figure(tb_check *check, const tb_field_def *field)
{
    if (field->compute != TB_COMPUTE_MEASURE) {
        check_unused(check, field);
        return;
    }
    const tb_report_def *report = check_report(check, field);
    const tb_measure *m = check_measure(check, field, report);
    if (field->group != NULL) {
        tb_check_fault(check, tb_at_value(&field->group), TB_FAULT_FIELD_SEALED, field->id,
                       field->group);
    }
    check_over(check, field);
    check_acts(check, field);
    if (m != NULL) {
        check_type(check, field, m);
        check_about(check, field, m);
    }
}

/* ---- score sheets ---- */

static const tb_field_def *check_part(tb_check *check, const char *const *id)
{
    const tb_field_def *field = tb_check_field_of(check, *id);
    if (field == NULL || field->compute != TB_COMPUTE_MEASURE) {
        tb_check_fault(check, tb_at_value(id), TB_FAULT_SCORE_FIELD, *id, NULL);
        return NULL;
    }
    return field;
}

static bool is_no_share(const tb_threshold *threshold)
{
    return threshold != NULL && threshold->denominator == 0;
}

/* What lapsed under a limit that is the program's own is no ground to judge anybody by. */
static void check_scoring(tb_check *check, const tb_score_def *score, const tb_field_def *of)
{
    const tb_measure *m = of->measure == NULL
                              ? NULL
                              : tb_campaign_measure(check->campaign, tb_bytes_str(of->measure));
    if (m != NULL && m->lapse_count > 0 && !m->scoring &&
        (score->at_least != NULL || score->at_most != NULL)) {
        tb_check_fault(check, tb_at_value(&score->of), TB_FAULT_SCORE_DEFAULTS, m->id, NULL);
    }
}

void tb_check_scores(tb_check *check)
{
    const tb_case_type *type = check->type;
    tb_check_bound(check, &type->scores, "scores", type->score_count, TB_SCORES_MAX);
    tb_check_names(check, TB_ITEM_SCORE, type->scores, type->score_count, sizeof *type->scores);
    for (unsigned i = 0; i < type->score_count; i++) {
        const tb_score_def *score = &type->scores[i];
        tb_check_item(check, TB_ITEM_SCORE, score->id, score);
        tb_check_label(check, &score->title, tb_at(score), "the row", "评估指标");
        const tb_field_def *of = check_part(check, &score->of);
        const tb_field_def *to = score->to != NULL ? check_part(check, &score->to) : NULL;
        if (of != NULL) {
            check_scoring(check, score, of);
        }
        if (to != NULL && of != NULL &&
            (of->type != TB_FIELD_COUNT || to->type != TB_FIELD_COUNT)) {
            tb_check_fault(check, tb_at_value(&score->to), TB_FAULT_SCORE_RATIO, score->of,
                           score->to);
        }
        if ((score->at_least != NULL && score->at_most != NULL) || is_no_share(score->at_least) ||
            is_no_share(score->at_most)) {
            tb_check_fault(check, tb_at(score), TB_FAULT_SCORE_THRESHOLD, NULL, NULL);
        }
    }
}

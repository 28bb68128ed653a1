/* load_check_report - faults of measures and reports: what is counted, what is owed, and whether
 * the cases that reports are can carry what they must. */
#include "agents/campaign/load_check.h"

#include "agents/campaign/duty.h"
#include "agents/campaign/period.h"
#include "agents/campaign/scene.h"

#define DUE_DAY_MAX    31
#define DUE_MONTHS_MAX 12

/* ---- measures ---- */

static unsigned forms_of(const tb_measure *m)
{
    return (unsigned)(m->count_count > 0) + (unsigned)(m->hours.to != NULL) +
           (unsigned)(m->ratio.of != NULL) + (unsigned)(m->declared != TB_DECLARED_NOT) +
           (unsigned)(m->lapse_count > 0);
}

static bool enter_type(tb_check *check, const char *const *name)
{
    check->type =
        *name != NULL ? tb_campaign_case_type(check->campaign, tb_bytes_str(*name)) : NULL;
    if (*name == NULL) {
        tb_check_fault(check, tb_at_value(name), TB_FAULT_KEY_MISSING, "case_type", NULL);
    } else if (check->type == NULL && **name != '\0') {
        tb_check_fault(check, tb_at_value(name), TB_FAULT_CASE_TYPE_UNKNOWN, *name, NULL);
    }
    return check->type != NULL;
}

static const tb_action *counted(tb_check *check, const char *const *id, const char *key)
{
    const tb_action *action = tb_case_type_action(check->type, tb_bytes_str(*id));
    if (action == NULL && **id != '\0') {
        tb_check_fault(check, tb_at_value(id), TB_FAULT_ACTION_UNKNOWN, *id, key);
    } else if (action != NULL && action->kind == TB_ACTION_SIDE) {
        tb_check_fault(check, tb_at_value(id), TB_FAULT_MEASURE_SIDE, *id, NULL);
    }
    return action;
}

static bool local_test(tb_test test)
{
    return test == TB_TEST_LINKED_OPEN || test == TB_TEST_LINKED_DONE ||
           test == TB_TEST_LINKED_NONE_OPEN || test == TB_TEST_LAPSED;
}

static void check_when(tb_check *check, const tb_measure *m, const tb_action *action)
{
    for (unsigned i = 0; i < m->when.count; i++) {
        if (local_test(m->when.list[i].test)) {
            tb_check_fault(check, tb_at(&m->when.list[i]), TB_FAULT_MEASURE_TEST, NULL, NULL);
        }
    }
    if (action != NULL) {
        tb_check_conditions(check, action, &m->when, NULL);
    }
}

/* A field whose value this party must have: open, or of a group that `at` reads. */
static const tb_field_def *check_value(tb_check *check, const tb_measure *m, const char *const *id)
{
    const tb_field_def *field = tb_check_field_of(check, *id);
    if (field == NULL) {
        tb_check_fault(check, tb_at_value(id), TB_FAULT_FIELD_UNKNOWN, *id, NULL);
        return NULL;
    }
    const tb_field_group *group =
        field->group != NULL ? tb_case_type_group(check->type, tb_bytes_str(field->group)) : NULL;
    if (group != NULL &&
        (m->at == NULL ||
         !tb_check_among(check, (const char *const *)group->readers, group->reader_count, m->at))) {
        tb_check_fault(check, tb_at_value(id), TB_FAULT_MEASURE_SEALED, *id, group->id);
    }
    return field;
}

/* Whether one step may come some time behind another. */
static bool can_follow(const tb_case_type *type, const tb_action *from, const tb_action *to)
{
    tb_state_marks marks = {0};
    if (from == to || type->state_count > TB_STATES_MAX) {
        return from != to;
    }
    tb_check_targets(type, from, &marks);
    tb_check_followers(type, &marks);
    return tb_check_comes_from(type, to, &marks);
}

static void check_counted(tb_check *check, const tb_measure *m)
{
    const tb_action *action = NULL;
    if (!enter_type(check, &m->case_type)) {
        return;
    }
    for (unsigned i = 0; i < m->count_count; i++) {
        const tb_action *one = counted(check, (const char *const *)&m->counts[i], "counts");
        action = action == NULL ? one : action;
    }
    if (m->hours.to != NULL) {
        const tb_action *from = counted(check, &m->hours.from, "hours.from");
        action = counted(check, &m->hours.to, "hours.to");
        if (from != NULL && action != NULL && !can_follow(check->type, from, action)) {
            tb_check_fault(check, tb_at_value(&m->hours.to), TB_FAULT_HOURS_NEVER, m->hours.from,
                           m->hours.to);
        }
    }
    if (m->at != NULL) {
        (void)tb_check_position(check, &m->at);
    }
    check_when(check, m, action);
    tb_check_bound(check, &m->by, "by", m->by_count, TB_MEASURE_BY_MAX);
    for (unsigned i = 0; i < m->by_count; i++) {
        (void)tb_check_open_field(check, (const char *const *)&m->by[i]);
    }
    if (m->distinct != NULL) {
        (void)check_value(check, m, &m->distinct);
    }
    const tb_field_def *sums = m->sums != NULL ? check_value(check, m, &m->sums) : NULL;
    if (sums != NULL && sums->type != TB_FIELD_COUNT && tb_check_given(check, &sums->type)) {
        tb_check_fault(check, tb_at_value(&m->sums), TB_FAULT_MEASURE_SUM, m->sums, NULL);
    }
}

/* Lapses are told apart by who owed, and counted by who recorded them: nothing else is asked. */
static void check_lapses(tb_check *check, const tb_measure *m)
{
    if (!enter_type(check, &m->case_type)) {
        return;
    }
    for (unsigned i = 0; i < m->lapse_count; i++) {
        if (tb_case_type_duty(check->type, tb_bytes_str(m->lapses[i])) == NULL) {
            tb_check_fault(check, tb_at_value(&m->lapses[i]), TB_FAULT_LAPSES_DUTY, m->lapses[i],
                           check->type->id);
        }
    }
    const void *useless = m->at != NULL         ? (const void *)&m->at
                          : m->by_count > 0     ? (const void *)&m->by
                          : m->when.count > 0   ? (const void *)&m->when
                          : m->distinct != NULL ? (const void *)&m->distinct
                                                : NULL;
    if (useless != NULL) {
        tb_check_fault(check, tb_at_value(useless), TB_FAULT_MEASURE_USELESS,
                       m->at != NULL       ? "at"
                       : m->by_count > 0   ? "by"
                       : m->when.count > 0 ? "when"
                                           : "distinct",
                       NULL);
    }
}

static void check_part(tb_check *check, const char *const *id)
{
    const tb_measure *part = tb_campaign_measure(check->campaign, tb_bytes_str(*id));
    if (part == NULL) {
        tb_check_fault(check, tb_at_value(id), TB_FAULT_MEASURE_UNKNOWN, *id, NULL);
    } else if (part->count_count == 0) {
        tb_check_fault(check, tb_at_value(id), TB_FAULT_MEASURE_PART, *id, NULL);
    }
}

static void check_measure(tb_check *check, const tb_measure *m)
{
    tb_check_item(check, TB_ITEM_MEASURE, m->id, m);
    tb_check_label(check, &m->title, tb_at(m), "the measure", "指标");
    tb_check_label(check, &m->unit, tb_at(m), "the unit", "计量单位");
    bool twice = m->sums != NULL && m->distinct != NULL;
    if ((forms_of(m) != 1 || (m->sums != NULL && m->count_count == 0) || twice) &&
        tb_check_given(check, &m->counts) && tb_check_given(check, &m->declared)) {
        tb_check_fault(check, tb_at(m), TB_FAULT_MEASURE_FORM, NULL, NULL);
        return;
    }
    if (m->count_count > 0 || m->hours.to != NULL) {
        check_counted(check, m);
    } else if (m->lapse_count > 0) {
        check_lapses(check, m);
    } else if (m->ratio.of != NULL) {
        check_part(check, &m->ratio.of);
        check_part(check, &m->ratio.to);
        if (m->ratio.to != NULL && strcmp(m->ratio.of, m->ratio.to) == 0) {
            tb_check_fault(check, tb_at_value(&m->ratio.to), TB_FAULT_RATIO_ITSELF, NULL, NULL);
        }
    }
    if (m->scoring && m->lapse_count == 0) {
        tb_check_fault(check, tb_at_value(&m->scoring), TB_FAULT_MEASURE_USELESS, "scoring", NULL);
    }
    if (m->case_type != NULL && m->count_count == 0 && m->hours.to == NULL && m->lapse_count == 0) {
        tb_check_fault(check, tb_at_value(&m->case_type), TB_FAULT_MEASURE_USELESS, "case_type",
                       NULL);
    }
}

/* ---- what a report is about ---- */

/* A report is of the campaign's days; a day is one of them or goes back to the first. */
static bool is_outside(const tb_campaign *campaign, tb_time first, tb_time end)
{
    int64_t from;
    int64_t to;
    return tb_day_parse(tb_bytes_str(campaign->from), &from) &&
           tb_day_parse(tb_bytes_str(campaign->to), &to) && from <= to &&
           (end <= tb_day_start(from) || first >= tb_day_start(to + 1));
}

static void check_outside(tb_check *check, const char *const *what, tb_time first, tb_time end)
{
    if (is_outside(check->campaign, first, end)) {
        tb_check_fault3(check, tb_at_value(what), TB_FAULT_REPORT_OUTSIDE, *what,
                        check->campaign->from, check->campaign->to);
    }
}

static void check_bounds(tb_check *check, const tb_report_def *r)
{
    const char *const *names[] = {&r->first, &r->last};
    tb_period periods[2];
    bool fine = true;
    for (int i = 0; i < 2; i++) {
        bool one = *names[i] != NULL && tb_period_parse(tb_bytes_str(*names[i]), &periods[i]) &&
                   periods[i].every == r->every;
        if (!one && tb_check_given(check, names[i])) {
            tb_check_fault(check, tb_at_value(names[i]), TB_FAULT_REPORT_PERIOD,
                           *names[i] != NULL ? *names[i] : "", i == 0 ? "first" : "last");
        }
        fine = fine && one;
        if (one) {
            tb_period before;
            bool any = tb_period_before(&periods[i], &before);
            check_outside(check, names[i], any ? tb_period_end(&before) : 0,
                          tb_period_end(&periods[i]));
        }
    }
    if (fine && periods[0].first > periods[1].first) {
        tb_check_fault(check, tb_at_value(&r->last), TB_FAULT_REPORT_ORDER, r->first, r->last);
    }
    if ((r->due.day == 0 || r->due.day > DUE_DAY_MAX || r->due.months_after == 0 ||
         r->due.months_after > DUE_MONTHS_MAX) &&
        tb_check_given(check, &r->due)) {
        tb_check_fault(check, tb_at(&r->due), TB_FAULT_REPORT_DUE, NULL, NULL);
    }
}

static bool counts_by_month(const tb_check *check, const tb_report_def *r)
{
    for (unsigned i = 0; i < r->measure_count; i++) {
        const tb_measure *m = tb_campaign_measure(check->campaign, tb_bytes_str(r->measures[i]));
        if (m != NULL && (m->declared == TB_DECLARED_NOT || r->summary_of != NULL)) {
            return true;
        }
    }
    return false;
}

static void check_dates(tb_check *check, const tb_report_def *r)
{
    bool by_month = counts_by_month(check, r);
    int64_t before = INT64_MIN;
    for (unsigned i = 0; i < r->date_count; i++) {
        int64_t day = 0;
        if (!tb_day_parse(tb_bytes_str(r->dates[i]), &day)) {
            tb_check_fault(check, tb_at_value(&r->dates[i]), TB_FAULT_NOT_A_DAY, "dates",
                           r->dates[i]);
            continue;
        }
        if (day < before) {
            tb_check_fault(check, tb_at_value(&r->dates[i]), TB_FAULT_REPORT_DATES, r->dates[i - 1],
                           r->dates[i]);
        }
        before = day;
        int64_t from;
        if (tb_day_parse(tb_bytes_str(check->campaign->from), &from) && day < from) {
            tb_check_fault3(check, tb_at_value(&r->dates[i]), TB_FAULT_REPORT_OUTSIDE, r->dates[i],
                            check->campaign->from, check->campaign->to);
        } else if (by_month &&
                   tb_month_of(tb_day_start(day)) == tb_month_of(tb_day_start(day + 1))) {
            tb_check_fault(check, tb_at_value(&r->dates[i]), TB_FAULT_REPORT_DATE_MONTH,
                           r->dates[i], NULL);
        }
    }
}

static void check_periods(tb_check *check, const tb_report_def *r)
{
    bool rhythm = r->every != TB_EVERY_NONE;
    bool dated = r->date_count > 0;
    if (!tb_check_given(check, &r->every) || !tb_check_given(check, &r->dates)) {
        return;
    }
    if (rhythm == dated) {
        tb_check_fault(check, tb_at(r), TB_FAULT_REPORT_RHYTHM, NULL, NULL);
    } else if (rhythm) {
        check_bounds(check, r);
    } else {
        check_dates(check, r);
    }
    if (tb_report_periods(check->campaign, r) >= TB_REPORT_PERIODS_MAX) {
        tb_check_fault3(check, tb_at(r), TB_FAULT_TOO_MANY, "periods", "120 or more", "119");
    }
}

/* ---- what its cases carry ---- */

static const tb_field_def *
field_of_type(const tb_case_type *type, const tb_action *action, tb_field_type wanted)
{
    for (unsigned i = 0; i < action->field_count; i++) {
        const tb_field_def *field = tb_case_type_field(type, tb_bytes_str(action->fields[i].field));
        if (field != NULL && field->type == wanted) {
            return field;
        }
    }
    return NULL;
}

/* Whether filing hands or copies the report to somebody of the role that it is owed to. */
static bool is_told(const tb_check *check, const tb_report_def *r, const tb_action *file)
{
    bool told = false;
    for (unsigned i = 0; !told && i < file->way_count; i++) {
        told = file->ways[i].hands_to == NULL ||
               tb_check_may_have_role(check, file->ways[i].hands_to, r->to);
    }
    for (unsigned i = 0; !told && i < file->copy_count; i++) {
        told = tb_check_may_have_role(check, file->copies[i], r->to);
    }
    return told;
}

static void check_file(tb_check *check, const tb_report_def *r)
{
    const tb_action *file = tb_case_type_action(check->type, tb_bytes_str(TB_REPORT_FILE));
    if (file == NULL || file->kind != TB_ACTION_OPEN) {
        tb_check_fault(check, tb_at_value(&r->case_type), TB_FAULT_REPORT_FILE, NULL, NULL);
        return;
    }
    const tb_field_def *period = field_of_type(check->type, file, TB_FIELD_PERIOD);
    if (period == NULL || period->group != NULL || !period->index) {
        tb_check_fault(check, tb_at_value(&r->case_type), TB_FAULT_REPORT_FIELD, "period", NULL);
    }
    const tb_field_def *figures = field_of_type(check->type, file, TB_FIELD_FIGURES);
    if (counts_by_month(check, r) && (figures == NULL || figures->compute != TB_COMPUTE_FIGURES)) {
        tb_check_fault(check, tb_at_value(&r->case_type), TB_FAULT_REPORT_FIELD, "figures", NULL);
    }
    if (!is_told(check, r, file) && tb_check_given(check, &r->to)) {
        tb_check_fault(check, tb_at_value(&r->to), TB_FAULT_REPORT_TO, r->to, NULL);
    }
    if (r->owed_by_count == 0 && tb_check_given(check, &r->owed_by)) {
        tb_check_fault(check, tb_at_value(&r->owed_by), TB_FAULT_REPORT_UNOWED, NULL, NULL);
    }
    for (unsigned i = 0; i < r->owed_by_count; i++) {
        if (tb_check_role(check, (const char *const *)&r->owed_by[i]) &&
            !tb_names_hold((const char *const *)file->by, file->by_count,
                           tb_bytes_str(r->owed_by[i]))) {
            tb_check_fault(check, tb_at_value(&r->owed_by[i]), TB_FAULT_REPORT_NOBODY,
                           r->owed_by[i], NULL);
        }
    }
}

static bool leads_to(const tb_action *action, const char *state)
{
    for (unsigned i = 0; action != NULL && i < action->way_count; i++) {
        if (action->ways[i].to != NULL && strcmp(action->ways[i].to, state) == 0) {
            return true;
        }
    }
    return false;
}

/* What state a report is in must follow from the state of its case. */
static void check_states(tb_check *check, const tb_report_def *r)
{
    static const char *const verbs[] = {TB_REPORT_FILE, TB_REPORT_ACCEPT, TB_REPORT_RETURN,
                                        TB_REPORT_REVISE};
    for (unsigned s = 0; s < check->type->state_count; s++) {
        const char *state = check->type->states[s].id;
        unsigned leading = 0;
        for (size_t v = 0; v < 4; v++) {
            leading += leads_to(tb_case_type_action(check->type, tb_bytes_str(verbs[v])), state);
        }
        if (leading > 1) {
            tb_check_fault(check, tb_at_value(&r->case_type), TB_FAULT_REPORT_STATE, state, NULL);
        }
    }
}

/* A summary says what others filed: of the same periods, to whom it is that sums up. */
static void check_summary(tb_check *check, const tb_report_def *r)
{
    const tb_report_def *source = tb_campaign_report(check->campaign, tb_bytes_str(r->summary_of));
    bool same_periods =
        source != NULL && source->every == r->every && source->every != TB_EVERY_NONE &&
        source->first != NULL && r->first != NULL && strcmp(source->first, r->first) == 0 &&
        source->last != NULL && r->last != NULL && strcmp(source->last, r->last) == 0;
    if (!same_periods || source->summary_of != NULL ||
        !tb_names_hold((const char *const *)r->owed_by, r->owed_by_count,
                       tb_bytes_str(source->to))) {
        tb_check_fault(check, tb_at_value(&r->summary_of), TB_FAULT_SUMMARY_OF, r->summary_of,
                       NULL);
        return;
    }
    for (unsigned i = 0; i < r->measure_count; i++) {
        if (!tb_names_hold((const char *const *)source->measures, source->measure_count,
                           tb_bytes_str(r->measures[i]))) {
            tb_check_fault(check, tb_at_value(&r->measures[i]), TB_FAULT_SUMMARY_MEASURE,
                           r->measures[i], r->summary_of);
        }
    }
    bool early = r->due.months_after < source->due.months_after ||
                 (r->due.months_after == source->due.months_after && r->due.day < source->due.day);
    if (early && tb_check_given(check, &r->due) && tb_check_given(check, &source->due)) {
        tb_check_fault(check, tb_at(&r->due), TB_FAULT_SUMMARY_EARLY, r->summary_of, NULL);
    }
    if (r->judged_count > 0 || r->reconcile_count > 0) {
        tb_check_fault(check, tb_at(r), TB_FAULT_SUMMARY_JUDGED, NULL, NULL);
    }
}

static void check_fields(tb_check *check, const char **ids, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (tb_check_field_of(check, ids[i]) == NULL) {
            tb_check_fault(check, tb_at_value(&ids[i]), TB_FAULT_FIELD_UNKNOWN, ids[i], NULL);
        }
    }
}

static void check_contents(tb_check *check, const tb_report_def *r)
{
    for (unsigned i = 0; i < r->measure_count; i++) {
        const char *const *id = (const char *const *)&r->measures[i];
        const tb_measure *m = tb_campaign_measure(check->campaign, tb_bytes_str(*id));
        const tb_field_def *field = tb_check_field_of(check, *id);
        if (m == NULL) {
            tb_check_fault(check, tb_at_value(id), TB_FAULT_MEASURE_UNKNOWN, *id, NULL);
        } else if (m->declared != TB_DECLARED_NOT && r->summary_of == NULL &&
                   (field == NULL || field->type != TB_FIELD_DECLARED)) {
            tb_check_fault(check, tb_at_value(id), TB_FAULT_REPORT_DECLARED, *id, NULL);
        }
    }
    check_fields(check, r->text, r->text_count);
    check_fields(check, r->signed_by, r->signed_by_count);
}

static void check_judged(tb_check *check, const tb_report_def *r)
{
    for (unsigned i = 0; i < r->judged_count; i++) {
        const tb_judged_def *j = &r->judged[i];
        const tb_measure *m = tb_campaign_measure(check->campaign, tb_bytes_str(j->measure));
        bool ratio = m != NULL && (m->declared == TB_DECLARED_RATIO || m->ratio.of != NULL);
        bool named = tb_names_hold((const char *const *)r->measures, r->measure_count,
                                   tb_bytes_str(j->measure));
        if (!ratio || !named) {
            tb_check_fault(check, tb_at_value(&j->measure), TB_FAULT_JUDGED_MEASURE, j->measure,
                           NULL);
        }
        if (j->at_least.denominator == 0 || j->at_least.numerator > j->at_least.denominator) {
            tb_check_fault(check, tb_at(j), TB_FAULT_JUDGED_THRESHOLD, NULL, NULL);
        }
        int64_t day;
        if (j->as_of != NULL && !tb_day_parse(tb_bytes_str(j->as_of), &day)) {
            tb_check_fault(check, tb_at_value(&j->as_of), TB_FAULT_NOT_A_DAY, "as_of", j->as_of);
        }
        if (j->as_of != NULL && tb_day_parse(tb_bytes_str(j->as_of), &day)) {
            check_outside(check, &j->as_of, tb_day_start(day), tb_day_start(day + 1));
        }
        if (j->role != NULL && tb_check_role(check, &j->role) &&
            !tb_names_hold((const char *const *)r->owed_by, r->owed_by_count,
                           tb_bytes_str(j->role))) {
            tb_check_fault(check, tb_at_value(&j->role), TB_FAULT_RECONCILE_ROLE, j->role, NULL);
        }
    }
}

static void check_report(tb_check *check, unsigned at)
{
    const tb_report_def *r = &check->campaign->reports[at];
    tb_check_item(check, TB_ITEM_REPORT, r->id, r);
    tb_check_label(check, &r->title, tb_at(r), "the report", "报告");
    (void)tb_check_role(check, &r->to);
    check_periods(check, r);
    check_judged(check, r);
    tb_check_reconciles(check, r);
    tb_check_item(check, TB_ITEM_REPORT, r->id, r);
    if (r->summary_of != NULL) {
        check_summary(check, r);
    }
    for (unsigned i = 0; i < at; i++) {
        if (strcmp(check->campaign->reports[i].case_type, r->case_type) == 0) {
            tb_check_fault(check, tb_at_value(&r->case_type), TB_FAULT_REPORT_TYPE_TWICE,
                           r->case_type, check->campaign->reports[i].id);
        }
    }
    if (enter_type(check, &r->case_type)) {
        check_file(check, r);
        check_states(check, r);
        check_contents(check, r);
    }
}

void tb_check_reports(tb_check *check)
{
    const tb_campaign *campaign = check->campaign;
    tb_check_item(check, TB_ITEM_CAMPAIGN, campaign->id, campaign);
    tb_check_bound(check, &campaign->measures, "measures", campaign->measure_count,
                   TB_MEASURES_MAX);
    tb_check_bound(check, &campaign->reports, "reports", campaign->report_count, TB_REPORTS_MAX);
    tb_check_names(check, TB_ITEM_MEASURE, campaign->measures, campaign->measure_count,
                   sizeof *campaign->measures);
    tb_check_names(check, TB_ITEM_REPORT, campaign->reports, campaign->report_count,
                   sizeof *campaign->reports);
    for (unsigned i = 0; i < campaign->measure_count; i++) {
        check_measure(check, &campaign->measures[i]);
    }
    for (unsigned i = 0; i < campaign->report_count; i++) {
        check_report(check, i);
    }
}

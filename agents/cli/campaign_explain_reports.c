/* campaign_explain_reports - reports and their measures, as a clerk reads them. */
#include <stdio.h>

#include "agents/campaign/duty.h"
#include "agents/campaign/period.h"
#include "agents/cli/campaign_explain.h"
#include "agents/cli/say.h"

static void list_actions(const tb_case_type *type, const char **ids, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        (void)printf("%s%s", tb_explain_between(i), tb_explain_action(type, ids[i]));
    }
}

static void explain_counted(const tb_campaign *campaign, const tb_measure *m)
{
    const tb_case_type *type = tb_campaign_case_type(campaign, tb_bytes_str(m->case_type));
    if (tb_measure_kind_of(m) == TB_MEASURE_HOURS) {
        (void)printf(m->hours.stat == TB_STAT_MAX ? _("longest time from %s to %s")
                                                  : _("median time from %s to %s"),
                     tb_explain_action(type, m->hours.from), tb_explain_action(type, m->hours.to));
    } else {
        if (m->sums != NULL) {
            (void)printf(_("sum of %s over: "), tb_explain_field(type, m->sums));
        } else if (m->distinct != NULL) {
            (void)printf(_("different values of %s over: "), tb_explain_field(type, m->distinct));
        } else {
            (void)printf(_("number of: "));
        }
        list_actions(type, m->counts, m->count_count);
    }
    if (m->at != NULL) {
        (void)printf(_("; counted by the %s"), tb_explain_position(type, m->at));
    }
    for (unsigned i = 0; i < m->by_count; i++) {
        (void)printf("%s%s", i == 0 ? _("; also for each ") : tb_explain_between(i),
                     tb_explain_field(type, m->by[i]));
    }
    if (m->when.count > 0) {
        (void)printf(_("; only if "));
        tb_explain_conditions(campaign, type, &m->when);
    }
}

static const char *measure_title(const tb_campaign *campaign, const char *id)
{
    const tb_measure *m = tb_campaign_measure(campaign, tb_bytes_str(id));
    return m == NULL ? id : tb_explain_label(&m->title, id);
}

static void explain_lapses(const tb_campaign *campaign, const tb_measure *m)
{
    const tb_case_type *type = tb_campaign_case_type(campaign, tb_bytes_str(m->case_type));
    (void)printf("%s", _("recorded lapses, but those withdrawn, of: "));
    for (unsigned i = 0; i < m->lapse_count; i++) {
        const tb_duty_def *duty = tb_case_type_duty(type, tb_bytes_str(m->lapses[i]));
        (void)printf("%s%s", tb_explain_between(i),
                     duty == NULL ? m->lapses[i] : tb_explain_label(&duty->title, duty->id));
    }
    (void)printf("%s", _("; also for each who owed it"));
    if (m->scoring) {
        (void)printf("%s", _("; only under the plan's limits and those headquarters has adopted"));
    }
}

static void explain_measure(const tb_campaign *campaign, const tb_measure *m)
{
    (void)printf("    %s (%s): ", tb_explain_label(&m->title, m->id),
                 tb_explain_label(&m->unit, ""));
    switch (tb_measure_kind_of(m)) {
    case TB_MEASURE_COUNTS:
    case TB_MEASURE_SUMS:
    case TB_MEASURE_HOURS:
        explain_counted(campaign, m);
        break;
    case TB_MEASURE_LAPSES:
        explain_lapses(campaign, m);
        break;
    case TB_MEASURE_RATIO:
        (void)printf(_("%s out of %s"), measure_title(campaign, m->ratio.of),
                     measure_title(campaign, m->ratio.to));
        break;
    case TB_MEASURE_DECLARED:
        (void)printf("%s", _("declared by the party itself"));
        break;
    }
    (void)printf("\n");
}

static void explain_report(const tb_campaign *campaign, const tb_report_def *r)
{
    (void)printf("  %s: ", tb_explain_label(&r->title, r->id));
    for (unsigned i = 0; i < r->owed_by_count; i++) {
        (void)printf("%s%s", tb_explain_between(i), tb_explain_role(campaign, r->owed_by[i]));
    }
    (void)printf(_(" to %s\n"), tb_explain_role(campaign, r->to));
    if (r->summary_of != NULL) {
        const tb_report_def *of = tb_campaign_report(campaign, tb_bytes_str(r->summary_of));
        (void)printf(_("    puts together what was filed as: %s; who filed nothing is missing\n"),
                     of == NULL ? r->summary_of : tb_explain_label(&of->title, of->id));
    }
    unsigned periods = tb_report_periods(campaign, r);
    for (unsigned i = 0; i < periods; i++) {
        char due[TB_TIME_TEXT];
        tb_period period = tb_report_period_at(campaign, r, i);
        tb_time_print(tb_report_due_at(r, &period), due);
        (void)printf(_("    %s, due by the end of %.10s\n"), period.text, due);
    }
    for (unsigned i = 0; i < r->judged_count; i++) {
        const tb_judged_def *j = &r->judged[i];
        (void)printf(_("    %s must be at least %u/%u"), measure_title(campaign, j->measure),
                     j->at_least.numerator, j->at_least.denominator);
        (void)printf("%s%s\n", j->role == NULL ? "" : " · ",
                     j->role == NULL ? "" : tb_explain_role(campaign, j->role));
    }
    for (unsigned i = 0; i < r->reconcile_count; i++) {
        const tb_reconcile_def *def = &r->reconciles[i];
        if (def->whole_role == NULL) {
            (void)printf(_("    reconciled: %s of one party against %s of the other\n"),
                         measure_title(campaign, def->sent),
                         measure_title(campaign, def->received));
            continue;
        }
        (void)printf(_("    reconciled: %s, of %s together, against %s, of %s together\n"),
                     measure_title(campaign, def->sent),
                     tb_explain_role(campaign, def->whole_role),
                     measure_title(campaign, def->received),
                     tb_explain_role(campaign, def->parts_role));
    }
}

static void explain_threshold(const tb_score_def *score)
{
    const tb_threshold *t = score->at_least != NULL ? score->at_least : score->at_most;
    if (t == NULL) {
        (void)printf("%s", _("; shown, does not score"));
    } else if (score->at_least != NULL) {
        (void)printf(_("; met from %u/%u upwards, itself included"), t->numerator, t->denominator);
    } else {
        (void)printf(_("; met up to %u/%u, itself included"), t->numerator, t->denominator);
    }
}

void tb_explain_scores(const tb_campaign *campaign, const tb_case_type *type)
{
    if (type->score_count > 0) {
        (void)printf("%s", _("\n  Score sheet, of figures that the agent counts and nobody types\n\n"));
    }
    for (unsigned i = 0; i < type->score_count; i++) {
        const tb_score_def *score = &type->scores[i];
        const char *const parts[] = {score->of, score->to};
        (void)printf("    %s: ", tb_explain_label(&score->title, score->id));
        for (int k = 0; k < 2 && parts[k] != NULL; k++) {
            const tb_field_def *field = tb_case_type_field(type, tb_bytes_str(parts[k]));
            (void)printf("%s%s", k == 0 ? "" : _(" out of "),
                         measure_title(campaign, field->measure));
            if (field->about != NULL) {
                (void)printf(_(" for the %s"), tb_explain_field(type, field->about));
            }
            if (field->filed_in != NULL) {
                (void)printf(_(", as filed in %s"), field->filed_in);
            }
        }
        explain_threshold(score);
        (void)printf("\n");
    }
}

void tb_explain_reports(const tb_campaign *campaign)
{
    if (campaign->report_count > 0) {
        (void)printf("%s", _("\nReports\n\n"));
    }
    for (unsigned i = 0; i < campaign->report_count; i++) {
        explain_report(campaign, &campaign->reports[i]);
    }
    if (campaign->measure_count > 0) {
        (void)printf("%s", _("\nHow figures are counted, each in the month of its event\n\n"));
    }
    for (unsigned i = 0; i < campaign->measure_count; i++) {
        explain_measure(campaign, &campaign->measures[i]);
    }
}

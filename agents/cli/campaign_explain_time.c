/* campaign_explain_time - parameters, stages, dates, limits that name a day, look-ups, and what a
 * value must be, in words. */
#include <stdio.h>

#include "agents/campaign/stages.h"
#include "agents/cli/campaign_explain.h"
#include "agents/cli/say.h"

static const char *stage_title(const tb_campaign *campaign, const char *id)
{
    const tb_stage *stage = id != NULL ? tb_campaign_stage(campaign, id) : NULL;
    return stage != NULL ? tb_explain_label(&stage->title, id) : id != NULL ? id : "";
}

static void explain_parameters(const tb_campaign *campaign)
{
    if (campaign->parameter_count > 0) {
        (void)printf(_("\nParameters\n\n"));
    }
    for (unsigned i = 0; i < campaign->parameter_count; i++) {
        const tb_parameter *p = &campaign->parameters[i];
        (void)printf(_("  - %s (%s): %s\n"), tb_explain_label(&p->title, p->id), p->id, p->value);
    }
}

void tb_explain_head(const tb_campaign *campaign)
{
    explain_parameters(campaign);
    if (campaign->stage_count > 0) {
        (void)printf(_("\nStages\n\n"));
    }
    for (unsigned i = 0; i < campaign->stage_count; i++) {
        const tb_stage *s = &campaign->stages[i];
        (void)printf(_("  - %s: from %s to %s"), tb_explain_label(&s->title, s->id), s->from,
                     s->to);
        if (s->counts_until != NULL) {
            (void)printf(_("; what is done after %s does not count"), s->counts_until);
        }
        (void)printf("\n");
    }
    if (campaign->counts_until != NULL) {
        (void)printf(_("\nWhat is done after %s does not count.\n"), campaign->counts_until);
    }
}

void tb_explain_action_stages(const tb_campaign *campaign, const tb_action *action)
{
    if (action->stage_count == 0) {
        return;
    }
    (void)printf("%s", _("        in the stages "));
    for (unsigned i = 0; i < action->stage_count; i++) {
        (void)printf("%s%s", tb_explain_between(i), stage_title(campaign, action->stages[i]));
    }
    (void)printf("%s\n", action->outside == TB_OUTSIDE_LATE
                             ? _("; later it is allowed and shown as late")
                             : _("; otherwise it is refused"));
}

void tb_explain_time_condition(const tb_campaign *campaign,
                               const tb_case_type *type,
                               const tb_condition *c)
{
    char what[256];
    if (c->field != NULL) {
        (void)snprintf(what, sizeof what, _("\"%s\""), tb_explain_field(type, c->field));
    } else {
        (void)snprintf(what, sizeof what, "%s", _("the time of the act"));
    }
    switch (c->test) {
    case TB_TEST_SINCE:
        (void)printf(_("%s is %s or later"), what, c->date != NULL ? c->date : "");
        return;
    case TB_TEST_BEFORE:
        (void)printf(_("%s is before %s"), what, c->date != NULL ? c->date : "");
        return;
    case TB_TEST_WITHIN_CAMPAIGN:
        (void)printf(_("%s is within the campaign (%s to %s)"), what, campaign->from, campaign->to);
        return;
    default:
        (void)printf(c->test == TB_TEST_IN_STAGE ? _("%s is in the stage ")
                                                 : _("%s is outside the stage "),
                     what);
        for (unsigned i = 0; i < c->value_count; i++) {
            (void)printf("%s%s", i > 0 ? _(" or ") : "", stage_title(campaign, c->values[i]));
        }
        return;
    }
}

bool tb_explain_fixed_limit(const tb_campaign *campaign,
                            const tb_case_type *type,
                            const tb_duty_def *duty)
{
    if (duty->due_date != NULL) {
        (void)printf(_("by the end of %s"), duty->due_date);
    } else if (duty->due_field != NULL) {
        (void)printf(_("by the end of the day in \"%s\""), tb_explain_field(type, duty->due_field));
    } else if (duty->stage != NULL) {
        const tb_stage *stage = tb_campaign_stage(campaign, duty->stage);
        (void)printf(_("by the end of the stage \"%s\" (%s)"), stage_title(campaign, duty->stage),
                     stage != NULL && stage->to != NULL ? stage->to : "");
    } else if (duty->monthly.day > 0) {
        (void)printf(_("by day %u of the month after"), duty->monthly.day);
    } else if (duty->quarterly.day > 0) {
        (void)printf(_("by day %u of month %u of the quarter after"), duty->quarterly.day,
                     duty->quarterly.month);
    } else {
        return false;
    }
    return true;
}

void tb_explain_field_rules(const tb_case_type *type, const tb_field_def *field)
{
    if (field->max_length > 0) {
        (void)printf(_(" (at most %u characters)"), field->max_length);
    }
    if (field->max > 0) {
        (void)printf(_(" (%u to %u)"), field->min, field->max);
    } else if (field->min > 0) {
        (void)printf(_(" (%u or more)"), field->min);
    }
    if (field->not_future) {
        (void)printf("%s", _(" (not in the future)"));
    }
    if (field->at_most != NULL) {
        (void)printf(_(" (at most \"%s\")"), tb_explain_field(type, field->at_most));
    }
}

static const char *
choice_title(const tb_campaign *campaign, const tb_lookup *lookup, const char *id)
{
    const tb_code_list *codes = tb_campaign_codes(campaign, lookup->choices);
    for (unsigned i = 0; codes != NULL && i < codes->choice_count; i++) {
        if (strcmp(codes->choices[i].id, id) == 0) {
            return tb_explain_label(&codes->choices[i].title, id);
        }
    }
    return id;
}

void tb_explain_looked_up(const tb_campaign *campaign,
                          const tb_case_type *type,
                          const tb_position *p)
{
    const tb_lookup *lookup = p->lookup != NULL ? tb_campaign_lookup(campaign, p->lookup) : NULL;
    (void)printf(_("looked up by \"%s\""), tb_explain_field(type, p->field));
    for (unsigned i = 0; lookup != NULL && i < lookup->row_count; i++) {
        const tb_lookup_row *row = &lookup->rows[i];
        bool more = i > 0 && strcmp(lookup->rows[i - 1].value, row->value) == 0;
        const char *position = row->position != NULL ? row->position : "";
        const char *who = row->role != NULL ? tb_explain_role(campaign, row->role)
                                            : tb_explain_position(type, position);
        if (more) {
            (void)printf("%s%s", tb_explain_between(1), who);
        } else {
            (void)printf("\n      %s: %s", choice_title(campaign, lookup, row->value), who);
        }
    }
}

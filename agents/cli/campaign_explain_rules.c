/* campaign_explain_rules - conditions and duties in words. */
#include <stdio.h>

#include "agents/cli/campaign_explain.h"
#include "agents/cli/say.h"

/* ---- conditions ---- */

static const char *value_title(const tb_campaign *campaign,
                               const tb_case_type *type,
                               const char *field,
                               const char *value)
{
    const tb_field_def *def = field != NULL ? tb_case_type_field(type, tb_bytes_str(field)) : NULL;
    const tb_code_list *codes =
        def != NULL && def->choices != NULL ? tb_campaign_codes(campaign, def->choices) : NULL;
    for (unsigned i = 0; codes != NULL && i < codes->choice_count; i++) {
        if (strcmp(codes->choices[i].id, value) == 0) {
            return tb_explain_label(&codes->choices[i].title, value);
        }
    }
    if (def != NULL && def->type == TB_FIELD_FLAG) {
        return strcmp(value, "1") == 0 ? _("yes") : _("no");
    }
    return value;
}

static void put_values(const tb_campaign *campaign, const tb_case_type *type, const tb_condition *c)
{
    for (unsigned i = 0; i < c->value_count; i++) {
        (void)printf("%s%s", i > 0 ? _(" or ") : "",
                     value_title(campaign, type, c->field, c->values[i]));
    }
}

static void put_roles(const tb_campaign *campaign, const tb_condition *c)
{
    for (unsigned i = 0; i < c->value_count; i++) {
        (void)printf("%s%s", i > 0 ? _(" or ") : "", tb_explain_role(campaign, c->values[i]));
    }
}

static void put_states(const tb_case_type *type, const tb_condition *c)
{
    for (unsigned i = 0; i < c->value_count; i++) {
        (void)printf("%s%s", i > 0 ? _(" or ") : "", tb_explain_state(type, c->values[i]));
    }
}

static void put_pair(const tb_case_type *type, const tb_condition *c, const char *format)
{
    (void)printf(format, tb_explain_position(type, c->a != NULL ? c->a : ""),
                 tb_explain_position(type, c->b != NULL ? c->b : ""));
}

/* Conditions on the case itself. */
static void
put_on_case(const tb_campaign *campaign, const tb_case_type *type, const tb_condition *c)
{
    const char *field = tb_explain_field(type, c->field);
    if (c->test == TB_TEST_KNOWN) {
        (void)printf(_("\"%s\" is known"), field);
    } else if (c->test == TB_TEST_UNKNOWN) {
        (void)printf(_("\"%s\" is not known"), field);
    } else if (c->test == TB_TEST_STATE) {
        (void)printf("%s", _("the state is "));
        put_states(type, c);
    } else if (c->test == TB_TEST_LAPSED) {
        (void)printf(_("\"%s\" is "), field);
        put_values(campaign, type, c);
        (void)printf("%s", _(", a lapse must be on record"));
    } else {
        (void)printf(c->test == TB_TEST_IS ? _("\"%s\" is ") : _("\"%s\" is not "), field);
        put_values(campaign, type, c);
    }
}

/* Conditions on who acts, and on who is who. */
static void
put_on_parties(const tb_campaign *campaign, const tb_case_type *type, const tb_condition *c)
{
    const char *a = tb_explain_position(type, c->a != NULL ? c->a : "");
    if (c->test == TB_TEST_SAME) {
        put_pair(type, c, _("%s and %s are one party"));
    } else if (c->test == TB_TEST_DIFFERENT) {
        put_pair(type, c, _("%s and %s are two parties"));
    } else if (c->test == TB_TEST_ACTOR_HOLDS) {
        (void)printf("%s", _("it holds the case already"));
    } else if (c->test == TB_TEST_WITHIN) {
        (void)printf(_("%s is of the place in \"%s\""), a, tb_explain_field(type, c->field));
    } else if (c->test == TB_TEST_ROLE_OF) {
        (void)printf(_("%s has the role "), a);
        put_roles(campaign, c);
    } else {
        (void)printf("%s", _("it has the role "));
        put_roles(campaign, c);
    }
}

static void put_on_past(const tb_case_type *type, const tb_condition *c)
{
    const char *action = tb_explain_action(type, c->field != NULL ? c->field : "");
    const char *field = tb_explain_field(type, c->field);
    if (c->test == TB_TEST_COUNT_LEAST) {
        (void)printf(_("\"%s\" was done %u times or more"), action, c->count);
    } else if (c->test == TB_TEST_COUNT_BELOW) {
        (void)printf(_("\"%s\" was done fewer than %u times"), action, c->count);
    } else if (c->test == TB_TEST_LINKED_OPEN) {
        (void)printf(_("an earlier case of the same \"%s\" is open"), field);
    } else if (c->test == TB_TEST_LINKED_DONE) {
        (void)printf(_("an earlier case of the same \"%s\" is closed"), field);
    } else {
        (void)printf(_("no earlier case of the same \"%s\" is open"), field);
    }
}

static void
put_condition(const tb_campaign *campaign, const tb_case_type *type, const tb_condition *c)
{
    switch (c->test) {
    case TB_TEST_KNOWN:
    case TB_TEST_UNKNOWN:
    case TB_TEST_IS:
    case TB_TEST_IS_NOT:
    case TB_TEST_STATE:
    case TB_TEST_LAPSED:
        put_on_case(campaign, type, c);
        return;
    case TB_TEST_SAME:
    case TB_TEST_DIFFERENT:
    case TB_TEST_ACTOR_ROLE:
    case TB_TEST_ROLE_OF:
    case TB_TEST_WITHIN:
    case TB_TEST_ACTOR_HOLDS:
        put_on_parties(campaign, type, c);
        return;
    case TB_TEST_COUNT_LEAST:
    case TB_TEST_COUNT_BELOW:
    case TB_TEST_LINKED_OPEN:
    case TB_TEST_LINKED_DONE:
    case TB_TEST_LINKED_NONE_OPEN:
        put_on_past(type, c);
        return;
    case TB_TEST_SINCE:
    case TB_TEST_BEFORE:
    case TB_TEST_WITHIN_CAMPAIGN:
    case TB_TEST_IN_STAGE:
    case TB_TEST_OUTSIDE_STAGE:
        tb_explain_time_condition(campaign, type, c);
        return;
    }
}

void tb_explain_conditions(const tb_campaign *campaign,
                           const tb_case_type *type,
                           const tb_conditions *conditions)
{
    for (unsigned i = 0; i < conditions->count; i++) {
        (void)printf("%s", i > 0 ? _(" and ") : "");
        put_condition(campaign, type, &conditions->list[i]);
    }
}

/* ---- duties ---- */

static void put_limit(const tb_duty_def *duty)
{
    if (duty->hours > 0) {
        (void)printf(duty->hours == 1 ? _("%u hour") : _("%u hours"), duty->hours);
    } else if (duty->days > 0) {
        (void)printf(duty->days == 1 ? _("%u day") : _("%u days"), duty->days);
    } else {
        (void)printf(duty->working_days == 1 ? _("%u working day") : _("%u working days"),
                     duty->working_days);
    }
}

/* sentence: "when" and whom, in words with the figure's place between. */
static void put_notice(const tb_case_type *type, const tb_duty_notice *notice, const char *sentence)
{
    const tb_duty_def limit = {
        .hours = notice->hours, .days = notice->days, .working_days = notice->working_days};
    if (notice->act != NULL) {
        (void)printf("    %s", sentence);
        put_limit(&limit);
        (void)printf(_(", in office hours: %s\n"), tb_explain_action(type, notice->act));
    }
}

static void
explain_duty(const tb_campaign *campaign, const tb_case_type *type, const tb_duty_def *duty)
{
    (void)printf("  - %s\n", tb_explain_label(&duty->title, duty->id));
    (void)printf(_("    %s owes it to %s, from \"%s\" on, "),
                 tb_explain_position(type, duty->owed_by), tb_explain_position(type, duty->to),
                 tb_explain_action(type, duty->from));
    if (!tb_explain_fixed_limit(campaign, type, duty)) {
        (void)printf("%s", _("within "));
        put_limit(duty);
    }
    if (duty->when.count > 0) {
        (void)printf("%s", _("\n    only if "));
        tb_explain_conditions(campaign, type, &duty->when);
    }
    (void)printf("\n%s", _("    done by: "));
    for (unsigned i = 0; i < duty->until_count; i++) {
        (void)printf("%s%s", i > 0 ? _(" or ") : "", tb_explain_action(type, duty->until[i]));
    }
    (void)printf(_("\n    basis: %s\n"), duty->by_default
                                             ? _("the system's default, not in the plan")
                                             : tb_explain_label(&duty->basis, ""));
    if (duty->adopted.document_no != NULL) {
        (void)printf(_("    adopted by headquarters in %s, for what begins on %s or later\n"),
                     duty->adopted.document_no, duty->adopted.from);
    }
    put_notice(type, &duty->remind, _("reminded before it is due by "));
    put_notice(type, &duty->escalate, _("escalated when it lapsed and is overdue by "));
    if (duty->ends_in != NULL) {
        (void)printf(_("    when it lapsed: %s\n"), tb_explain_action(type, duty->ends_in));
    }
    for (unsigned i = 0; i < duty->outlives_count; i++) {
        (void)printf(_("    owed on after: %s\n"), tb_explain_action(type, duty->outlives[i]));
    }
    if (duty->settle != NULL) {
        (void)printf(_("    when what was escalated is over: %s\n"),
                     tb_explain_action(type, duty->settle));
    }
    if (duty->withdraw_lapse != NULL) {
        (void)printf(_("    when it was done in time after all: %s\n"),
                     tb_explain_action(type, duty->withdraw_lapse));
    }
}

static void put_delay(const tb_delay *after)
{
    if (after == NULL || (after->hours == 0 && after->days == 0 && after->working_days == 0)) {
        (void)printf("%s", _("at once"));
    } else if (after->hours > 0) {
        (void)printf(_("after %u hours"), after->hours);
    } else if (after->days > 0) {
        (void)printf(_("after %u days"), after->days);
    } else {
        (void)printf(_("after %u working days"), after->working_days);
    }
}

void tb_explain_approval(const tb_case_type *type, const tb_action *action)
{
    for (unsigned i = 0; i < action->answered_by_count; i++) {
        (void)printf("%s%s",
                     i == 0 ? _("        a request; the holder answers it by: ") : _(" or "),
                     tb_explain_action(type, action->answered_by[i]));
    }
    (void)printf("%s", action->answered_by_count > 0 ? "\n" : "");
    for (unsigned i = 0; i < action->approval_count; i++) {
        (void)printf("%s%s", i == 0 ? _("        before it is made, other accounts: ") : _(", "),
                     strcmp(action->approval[i], TB_APPROVAL_REVIEW) == 0 ? _("review it")
                                                                          : _("sign it"));
    }
    (void)printf("%s", action->approval_count > 0 ? "\n" : "");
    if (action->document_number != NULL) {
        (void)printf(_("        its number is given by the agent, in sequence for each party and "
                       "year: %s\n"),
                     tb_explain_field(type, action->document_number));
    }
    if (action->automatic != NULL) {
        (void)printf("%s", _("        done by the holder's agent itself: "));
        put_delay(action->automatic->after);
        (void)printf("%s\n",
                     action->automatic->switched ? _(", where the party has switched it on") : "");
    }
}

void tb_explain_duties(const tb_campaign *campaign, const tb_case_type *type)
{
    if (type->duty_count == 0) {
        return;
    }
    (void)printf(_("\nDuties\n\n"));
    for (unsigned i = 0; i < type->duty_count; i++) {
        explain_duty(campaign, type, &type->duties[i]);
    }
}

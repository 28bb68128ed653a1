/* load_check_duty - faults of duties: limits, who owes whom, and whether a duty can begin, end and
 * lapse. */
#include "agents/campaign/load_check.h"

#include "agents/campaign/scene.h"

static const tb_action *find_action(tb_check *check, const char *id, const char *as)
{
    const tb_action *action = tb_case_type_action(check->type, tb_bytes_str(id));
    if (action == NULL) {
        tb_check_fault(check, "%s: action '%s' is not declared", as, id);
    }
    return action;
}

static void check_limit(tb_check *check, const tb_duty_def *duty)
{
    int given = (duty->hours > 0) + (duty->days > 0) + (duty->working_days > 0);
    if (given != 1) {
        tb_check_fault(check, "needs one limit: hours, days or working_days", NULL, NULL);
    }
    if (duty->hours > TB_DUTY_HOURS_MAX || duty->grace_hours > TB_DUTY_HOURS_MAX ||
        duty->days > TB_DUTY_DAYS_MAX || duty->working_days > TB_DUTY_DAYS_MAX) {
        tb_check_fault(check, "has a limit of more than ten years", NULL, NULL);
    }
    bool calendar = tb_names_hold(check->campaign->tables, check->campaign->table_count,
                                  tb_bytes_str("calendar"));
    if (duty->working_days > 0 && !calendar) {
        tb_check_fault(check, "counts working days, so the campaign needs the table 'calendar'",
                       NULL, NULL);
    }
    bool clause = duty->basis.zh != NULL || duty->basis.en != NULL;
    if (duty->by_default == clause) {
        tb_check_fault(check, "its limit is a default, or has a basis in the plan: say which", NULL,
                       NULL);
    }
    if (clause) {
        tb_check_label(check, &duty->basis, "the basis");
    }
}

/* That a lapse has the open fields the agent fills in. */
static void check_lapse_field(tb_check *check,
                              const tb_action *lapse,
                              const char *id,
                              tb_field_type type,
                              bool may_be_missing)
{
    bool has = tb_action_field_of(lapse, tb_bytes_str(id)) != NULL;
    if (!has && may_be_missing) {
        return;
    }
    const tb_field_def *field = has ? tb_case_type_field(check->type, tb_bytes_str(id)) : NULL;
    if (field == NULL || field->group != NULL || field->type != type) {
        tb_check_fault(check, "its lapse '%s' has no open field '%s' of the type that is needed",
                       lapse->id, id);
    }
}

static void check_lapse(tb_check *check, const tb_duty_def *duty)
{
    const tb_action *lapse = find_action(check, duty->lapse, "lapse");
    if (lapse == NULL) {
        return;
    }
    if (lapse->kind != TB_ACTION_SIDE) {
        tb_check_fault(check, "its lapse '%s' is not a side event", lapse->id, NULL);
    }
    if (!tb_names_hold(lapse->by, lapse->by_count, tb_bytes_str(duty->to))) {
        tb_check_fault(check, "its lapse '%s' may not be recorded by its creditor '%s'", lapse->id,
                       duty->to);
    }
    check_lapse_field(check, lapse, TB_LAPSE_DUTY, TB_FIELD_CHOICE, false);
    check_lapse_field(check, lapse, TB_LAPSE_DUE, TB_FIELD_TIME, false);
    check_lapse_field(check, lapse, TB_LAPSE_UPTO, TB_FIELD_COUNT, true);
    const tb_field_def *field = tb_case_type_field(check->type, tb_bytes_str(TB_LAPSE_DUTY));
    const tb_code_list *codes = field != NULL && field->choices != NULL
                                    ? tb_campaign_codes(check->campaign, field->choices)
                                    : NULL;
    bool named = false;
    for (unsigned i = 0; codes != NULL && i < codes->choice_count; i++) {
        named = named || strcmp(codes->choices[i].id, duty->id) == 0;
    }
    if (!named) {
        tb_check_fault(check, "is not a choice of field '%s'", TB_LAPSE_DUTY, NULL);
    }
}

static void check_duty(tb_check *check, const tb_duty_def *duty)
{
    tb_check_label(check, &duty->title, "the duty");
    (void)tb_check_position(check, duty->owed_by);
    (void)tb_check_position(check, duty->to);
    const tb_action *from = find_action(check, duty->from, "from");
    if (from != NULL && from->kind == TB_ACTION_SIDE) {
        tb_check_fault(check, "begins with '%s', a side event", from->id, NULL);
    }
    if (duty->until_count == 0) {
        tb_check_fault(check, "nothing ends it (until)", NULL, NULL);
    }
    for (unsigned i = 0; i < duty->until_count; i++) {
        const tb_action *until = find_action(check, duty->until[i], "until");
        if (until != NULL && until->kind != TB_ACTION_CHAIN) {
            tb_check_fault(check, "ends with '%s', which is no step of the case's holder",
                           until->id, NULL);
        }
    }
    check_limit(check, duty);
    check_lapse(check, duty);
    const tb_action *ends_in =
        duty->ends_in != NULL ? find_action(check, duty->ends_in, "ends_in") : NULL;
    if (ends_in != NULL && ends_in->kind != TB_ACTION_TAKE_OVER) {
        tb_check_fault(check, "ends in '%s', which is no take-over", ends_in->id, NULL);
    }
}

void tb_check_duties(tb_check *check)
{
    for (unsigned i = 0; i < check->type->duty_count; i++) {
        tb_check_item(check, "duty", check->type->duties[i].id);
        check_duty(check, &check->type->duties[i]);
    }
}

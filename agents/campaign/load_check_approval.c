/* load_check_approval - faults of approval (审核, 签发), of what agents do by themselves, and of
 * requests and document numbers. */
#include "agents/campaign/load_check.h"

#include "agents/campaign/scene.h"

static void check_steps(tb_check *check, const tb_action *action)
{
    bool signing = false;
    for (unsigned i = 0; i < action->approval_count; i++) {
        const char *const *step = (const char *const *)&action->approval[i];
        bool review = strcmp(*step, TB_APPROVAL_REVIEW) == 0;
        bool sign = strcmp(*step, TB_APPROVAL_SIGN) == 0;
        if (!review && !sign) {
            tb_check_fault(check, tb_at_value(step), TB_FAULT_APPROVAL_STEP, *step, NULL);
        } else if (signing || (review && i > 0)) {
            tb_check_fault(check, tb_at_value(&action->approval), TB_FAULT_APPROVAL_ORDER, NULL,
                           NULL);
            return;
        }
        signing = signing || sign;
    }
    if (action->approval_count > 0 &&
        (action->automatic != NULL || tb_action_by_agent(check->type, action))) {
        tb_check_fault(check, tb_at_value(&action->approval), TB_FAULT_APPROVAL_AGENT, NULL, NULL);
    }
}

/* A list that is written and names nothing: whoever wrote it meant something. */
static void check_named(tb_check *check, const void *list, unsigned count, const char *key)
{
    if (count == 0 && tb_form_line_of(check->form, tb_at_value(list)) > 0 &&
        tb_check_given(check, list)) {
        tb_check_fault(check, tb_at_value(list), TB_FAULT_LIST_EMPTY, key, NULL);
    }
}

static void check_automatic(tb_check *check, const tb_action *action)
{
    const tb_automatic *automatic = action->automatic;
    const tb_delay *after = automatic->after;
    if (action->kind != TB_ACTION_CHAIN && tb_check_given(check, &action->kind)) {
        tb_check_fault(check, tb_at(automatic), TB_FAULT_AUTOMATIC_KIND, NULL, NULL);
    }
    if (after == NULL && !automatic->switched && tb_check_given(check, &automatic->after) &&
        tb_check_given(check, &automatic->switched)) {
        tb_check_fault(check, tb_at(automatic), TB_FAULT_AUTOMATIC_WHEN, NULL, NULL);
    }
    if (after != NULL && (after->hours > 0) + (after->days > 0) + (after->working_days > 0) > 1) {
        tb_check_fault(check, tb_at(after), TB_FAULT_AUTOMATIC_LIMIT, NULL, NULL);
    }
    for (unsigned i = 0; i < action->field_count; i++) {
        const tb_action_field *field = &action->fields[i];
        if (field->required || field->required_when.count > 0) {
            tb_check_fault(check, tb_at(field), TB_FAULT_AUTOMATIC_FIELD, field->field, NULL);
        }
    }
}

static void check_request(tb_check *check, const tb_action *action)
{
    bool told =
        !tb_check_given(check, &action->kind) || !tb_check_given(check, &action->answered_by);
    if (action->request && action->answered_by_count == 0 && !told) {
        tb_check_fault(check, tb_at_value(&action->kind), TB_FAULT_REQUEST_ANSWER, NULL, NULL);
    }
    if (!action->request && action->answered_by_count > 0 && !told) {
        tb_check_fault(check, tb_at_value(&action->answered_by), TB_FAULT_ANSWER_NOT_REQUEST, NULL,
                       NULL);
    }
    for (unsigned i = 0; i < action->answered_by_count; i++) {
        const char *const *id = (const char *const *)&action->answered_by[i];
        const tb_action *answer = tb_case_type_action(check->type, tb_bytes_str(*id));
        if (answer == NULL) {
            tb_check_fault(check, tb_at_value(id), TB_FAULT_ACTION_UNKNOWN, *id, "answered_by");
        } else if (answer->kind != TB_ACTION_CHAIN && tb_check_given(check, &answer->kind)) {
            tb_check_fault(check, tb_at_value(id), TB_FAULT_ANSWER_KIND, *id, NULL);
        }
    }
}

/* The number stands in the open part, where it comes back with the event whoever may read it. */
static void check_number(tb_check *check, const tb_action *action)
{
    const char *const *name = &action->document_number;
    bool listed = false;
    for (unsigned i = 0; i < action->field_count; i++) {
        const char *const *id = &action->fields[i].field;
        const tb_field_def *field = tb_check_field_of(check, *id);
        bool ours = *name != NULL && strcmp(*id, *name) == 0;
        listed = listed || ours;
        if (!ours && field != NULL && field->type == TB_FIELD_NUMBER &&
            tb_check_given(check, &field->type)) {
            tb_check_fault(check, tb_at_value(id), TB_FAULT_NUMBER_TYPED, *id, NULL);
        }
    }
    const tb_field_def *field = tb_check_field_of(check, *name);
    if (*name != NULL &&
        (!listed || field == NULL || field->group != NULL ||
         (field->type != TB_FIELD_NUMBER && tb_check_given(check, &field->type)))) {
        tb_check_fault(check, tb_at_value(name), TB_FAULT_NUMBER_FIELD, *name, NULL);
    }
}

void tb_check_approval(tb_check *check, const tb_action *action)
{
    check_number(check, action);
    check_request(check, action);
    tb_check_supervision(check, action);
    check_named(check, &action->approval, action->approval_count, "approval");
    check_named(check, &action->copies, action->copy_count, "copies");
    check_named(check, &action->stages, action->stage_count, "stages");
    check_steps(check, action);
    if (action->automatic != NULL) {
        check_automatic(check, action);
    }
}

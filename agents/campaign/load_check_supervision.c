/* load_check_supervision - faults of supervision (督办): whom, by when, and what then is owed. */
#include "agents/campaign/load_check.h"

#include "agents/campaign/scene.h"

bool tb_check_requires(tb_check *check,
                       const tb_action *action,
                       const char *field,
                       tb_field_type type)
{
    const tb_action_field *taken = tb_action_field_of(action, tb_bytes_str(field));
    const tb_field_def *def = tb_check_field_of(check, field);
    for (unsigned i = 0; taken == NULL && i < action->field_count; i++) {
        if (action->fields[i].field[0] == '\0') {
            return true; /* that an entry lacks its field is told already */
        }
    }
    return taken != NULL && (taken->required || !tb_check_given(check, &taken->required)) &&
           def != NULL && def->group == NULL &&
           (def->type == type || !tb_check_given(check, &def->type));
}

static void
check_field(tb_check *check, const tb_action *action, const char *field, tb_field_type type)
{
    if (!tb_check_requires(check, action, field, type)) {
        tb_check_fault(check, tb_at_value(&action->supervises), TB_FAULT_SUPERVISES_FIELD, field,
                       tb_check_type_name(type));
    }
}

void tb_check_supervision(tb_check *check, const tb_action *action)
{
    bool owed = false;
    if (action->supervises_count == 0) {
        return;
    }
    if (action->kind != TB_ACTION_SIDE && tb_check_given(check, &action->kind)) {
        tb_check_fault(check, tb_at_value(&action->supervises), TB_FAULT_SUPERVISES_KIND, NULL,
                       NULL);
    }
    for (unsigned i = 0; i < action->supervises_count; i++) {
        (void)tb_check_position(check, (const char *const *)&action->supervises[i]);
    }
    check_field(check, action, TB_SUPERVISED, TB_FIELD_PARTY);
    check_field(check, action, TB_SUPERVISED_UNTIL, TB_FIELD_DATE);
    for (unsigned i = 0; i < check->type->duty_count; i++) {
        owed = owed || strcmp(check->type->duties[i].from, action->id) == 0;
    }
    if (!owed && tb_check_given(check, &check->type->duties)) {
        tb_check_fault(check, tb_at_value(&action->supervises), TB_FAULT_SUPERVISES_DUTY,
                       action->id, NULL);
    }
}

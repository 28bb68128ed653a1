/* load_check_common - faults of common parts: whether a case type uses them, and has whom they
 * name. */
#include "agents/campaign/load_check.h"
#include "agents/campaign/load_common.h"

static void check_uses(tb_check *check, const tb_case_type *type)
{
    tb_check_item(check, TB_ITEM_CASE_TYPE, type->id, type);
    for (unsigned i = 0; i < type->use_count; i++) {
        const char *id = type->uses[i];
        if (id[0] != '\0' && tb_common_find(check->campaign, id) == NULL) {
            tb_check_fault(check, tb_at_value(&type->uses[i]), TB_FAULT_USES_UNKNOWN, id, NULL);
        }
    }
}

static bool uses(const tb_case_type *type, const tb_common_part *common)
{
    for (unsigned i = 0; i < type->use_count; i++) {
        if (strcmp(type->uses[i], common->id) == 0) {
            return true;
        }
    }
    return false;
}

static bool somebody_has(const tb_check *check, const tb_common_part *common, const char *position)
{
    const tb_campaign *campaign = check->campaign;
    for (unsigned i = 0; i < campaign->case_type_count; i++) {
        const tb_case_type *type = &campaign->case_types[i];
        if (uses(type, common) && tb_case_type_position(type, tb_bytes_str(position)) != NULL) {
            return true;
        }
    }
    return false;
}

/* Which a case type need not have; so a misspelt one would be seen nowhere else. */
static void check_positions(tb_check *check,
                            const tb_common_part *common,
                            const char *const *names,
                            unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (names[i][0] != '\0' && !somebody_has(check, common, names[i])) {
            tb_check_fault(check, tb_at_value(&names[i]), TB_FAULT_COMMON_POSITION, names[i], NULL);
        }
    }
}

static void check_named(tb_check *check, const tb_common_part *common)
{
    for (unsigned i = 0; i < common->group_count; i++) {
        const tb_field_group *group = &common->groups[i];
        check_positions(check, common, (const char *const *)group->readers, group->reader_count);
    }
    for (unsigned i = 0; i < common->action_count; i++) {
        const tb_action *action = &common->actions[i];
        check_positions(check, common, (const char *const *)action->by, action->by_count);
        check_positions(check, common, (const char *const *)action->copies, action->copy_count);
        check_positions(check, common, (const char *const *)action->supervises,
                        action->supervises_count);
    }
}

static bool is_used(const tb_check *check, const tb_common_part *common)
{
    for (unsigned i = 0; i < check->campaign->case_type_count; i++) {
        if (uses(&check->campaign->case_types[i], common)) {
            return true;
        }
    }
    return false;
}

void tb_check_common(tb_check *check)
{
    const tb_campaign *campaign = check->campaign;
    for (unsigned i = 0; i < campaign->case_type_count; i++) {
        check_uses(check, &campaign->case_types[i]);
    }
    tb_check_names(check, TB_ITEM_COMMON, campaign->common, campaign->common_count,
                   sizeof *campaign->common);
    for (unsigned i = 0; i < campaign->common_count; i++) {
        const tb_common_part *common = &campaign->common[i];
        tb_check_item(check, TB_ITEM_COMMON, common->id, common);
        tb_check_label(check, &common->title, tb_at(common), "the common part", "共用部分");
        if (!is_used(check, common)) {
            tb_check_fault(check, tb_at(common), TB_FAULT_COMMON_UNUSED, common->id, NULL);
        } else {
            check_named(check, common);
        }
    }
}

/* load_check_fields - faults of fields and of the groups they are sealed in. */
#include "agents/campaign/load_check.h"

#include "agents/campaign/fields.h"

static const char *const type_names[] = {
    [TB_FIELD_MSISDN] = "msisdn",     [TB_FIELD_ICCID] = "iccid",
    [TB_FIELD_USCC] = "uscc",         [TB_FIELD_REG_NO] = "reg-no",
    [TB_FIELD_PARTY] = "party",       [TB_FIELD_TIME] = "time",
    [TB_FIELD_PROVINCE] = "province", [TB_FIELD_DATE] = "date",
    [TB_FIELD_COUNT] = "count",       [TB_FIELD_TEXT] = "text",
    [TB_FIELD_FLAG] = "flag",         [TB_FIELD_CHOICE] = "choice",
    [TB_FIELD_DIGEST] = "digest",     [TB_FIELD_CASE] = "case",
    [TB_FIELD_PERIOD] = "period",     [TB_FIELD_FIGURES] = "figures",
    [TB_FIELD_DECLARED] = "declared", [TB_FIELD_NUMBER] = "document-number",
};

const char *tb_check_type_name(tb_field_type type)
{
    return type_names[type];
}

const tb_field_def *tb_check_field_of(const tb_check *check, const char *id)
{
    return id != NULL ? tb_case_type_field(check->type, tb_bytes_str(id)) : NULL;
}

static bool is_set(const tb_case_type *type, const char *field)
{
    for (unsigned i = 0; i < type->action_count; i++) {
        const tb_action *action = &type->actions[i];
        for (unsigned j = 0; j < action->field_count; j++) {
            if (strcmp(action->fields[j].field, field) == 0) {
                return true;
            }
        }
    }
    return false;
}

const tb_field_def *tb_check_open_field(tb_check *check, const char *const *name)
{
    const tb_field_def *field = tb_check_field_of(check, *name);
    if (*name == NULL || **name == '\0') {
        return NULL;
    }
    if (field == NULL) {
        tb_check_fault(check, tb_at_value(name), TB_FAULT_FIELD_UNKNOWN, *name, NULL);
        return NULL;
    }
    if (field->group != NULL) {
        tb_check_fault(check, tb_at_value(name), TB_FAULT_FIELD_SEALED, *name, field->group);
        return NULL;
    }
    if (!is_set(check->type, *name)) {
        tb_check_fault(check, tb_at_value(name), TB_FAULT_FIELD_NEVER_SET, *name, NULL);
    }
    return field;
}

/* The open part carries ids, codes and times only (what the words say is for the readers of a
 * group). */
static bool may_be_open(tb_field_type type)
{
    switch (type) {
    case TB_FIELD_PROVINCE:
    case TB_FIELD_PARTY:
    case TB_FIELD_TIME:
    case TB_FIELD_DATE:
    case TB_FIELD_COUNT:
    case TB_FIELD_CHOICE:
    case TB_FIELD_FLAG:
    case TB_FIELD_PERIOD:
    case TB_FIELD_FIGURES:
    case TB_FIELD_DECLARED:
    case TB_FIELD_NUMBER:
        return true;
    case TB_FIELD_MSISDN:
    case TB_FIELD_ICCID:
    case TB_FIELD_USCC:
    case TB_FIELD_REG_NO:
    case TB_FIELD_TEXT:
    case TB_FIELD_DIGEST:
    case TB_FIELD_CASE:
        return false;
    }
    return false;
}

/* Cases are found by a number, a code or a name; long texts are not indexed, and what has few
 * values finds nearly every case. */
static bool may_be_indexed(tb_field_type type)
{
    return type != TB_FIELD_TEXT && type != TB_FIELD_FLAG && type != TB_FIELD_TIME &&
           type != TB_FIELD_COUNT;
}

static void check_choices(tb_check *check, const tb_field_def *field)
{
    if (!tb_check_given(check, &field->type) || !tb_check_given(check, &field->choices)) {
        return;
    }
    if ((field->type == TB_FIELD_CHOICE) != (field->choices != NULL)) {
        tb_check_fault(check, tb_at_value(&field->type), TB_FAULT_CHOICES_MISPLACED, NULL, NULL);
    }
    if (field->choices != NULL && tb_campaign_codes(check->campaign, field->choices) == NULL) {
        tb_check_fault(check, tb_at_value(&field->choices), TB_FAULT_CODES_UNKNOWN, field->choices,
                       NULL);
    }
}

static void check_group_of(tb_check *check, const tb_field_def *field)
{
    if (!tb_check_given(check, &field->group)) {
        return;
    }
    if (field->group != NULL &&
        tb_case_type_group(check->type, tb_bytes_str(field->group)) == NULL) {
        tb_check_fault(check, tb_at_value(&field->group), TB_FAULT_GROUP_UNKNOWN, field->group,
                       NULL);
    }
    if (field->group == NULL && tb_check_given(check, &field->type) && !may_be_open(field->type)) {
        tb_check_fault(check, tb_at(field), TB_FAULT_OPEN_TYPE, NULL, NULL);
    }
}

static tb_field_type computed_type(tb_computation compute)
{
    switch (compute) {
    case TB_COMPUTE_JURISDICTION:
    case TB_COMPUTE_SEGMENT_PROVINCE:
        return TB_FIELD_PROVINCE;
    case TB_COMPUTE_SEGMENT_OPERATOR:
        return TB_FIELD_CHOICE;
    case TB_COMPUTE_SEGMENT_MVNO:
        return TB_FIELD_FLAG;
    case TB_COMPUTE_FIGURES:
        return TB_FIELD_FIGURES;
    case TB_COMPUTE_MEASURE: /* or declared: load_check_figure.c */
        return TB_FIELD_COUNT;
    case TB_COMPUTE_NONE:
    case TB_COMPUTE_SEGMENT_CITY:
    case TB_COMPUTE_MASK:
        return TB_FIELD_TEXT;
    }
    return TB_FIELD_TEXT;
}

/* All that is computed of a field is computed of a phone number. */
static void check_source(tb_check *check, const tb_field_def *field)
{
    const tb_field_def *of = tb_check_field_of(check, field->of);
    if (field->of == NULL) {
        tb_check_fault(check, tb_at_value(&field->compute), TB_FAULT_OF_MISSING, NULL, NULL);
    } else if (of == NULL && field->of[0] != '\0') {
        tb_check_fault(check, tb_at_value(&field->of), TB_FAULT_FIELD_UNKNOWN, field->of, NULL);
    } else if (of != NULL && of->type != TB_FIELD_MSISDN && tb_check_given(check, &of->type)) {
        tb_check_fault(check, tb_at_value(&field->of), TB_FAULT_OF_TYPE, field->of, NULL);
    }
}

static void check_computed(tb_check *check, const tb_field_def *field)
{
    if (!tb_check_given(check, &field->compute)) {
        return;
    }
    bool needs_of = field->compute != TB_COMPUTE_NONE &&
                    field->compute != TB_COMPUTE_JURISDICTION &&
                    field->compute != TB_COMPUTE_FIGURES && field->compute != TB_COMPUTE_MEASURE;
    if (needs_of) {
        check_source(check, field);
    } else if (field->of != NULL) {
        tb_check_fault(check, tb_at_value(&field->of), TB_FAULT_OF_USELESS, NULL, NULL);
    }
    tb_field_type type = computed_type(field->compute);
    tb_check_figure(check, field);
    if (field->compute != TB_COMPUTE_NONE && field->compute != TB_COMPUTE_MEASURE &&
        field->type != type && tb_check_given(check, &field->type)) {
        tb_check_fault(check, tb_at_value(&field->type), TB_FAULT_COMPUTED_TYPE,
                       tb_check_type_name(type), NULL);
    }
    if (field->compute == TB_COMPUTE_JURISDICTION && field->group != NULL) {
        tb_check_fault(check, tb_at_value(&field->group), TB_FAULT_JURISDICTION_SEALED, NULL, NULL);
    }
}

/* A heading that means two fields would fill the wrong one. */
static void check_headings(tb_check *check, unsigned at)
{
    const tb_field_def *field = &check->type->fields[at];
    for (unsigned i = 0; i < at; i++) {
        const tb_field_def *other = &check->type->fields[i];
        for (unsigned j = 0; j < field->alias_count; j++) {
            if (tb_field_named(other, tb_bytes_str(field->aliases[j]))) {
                tb_check_fault(check, tb_at_value(&field->aliases[j]), TB_FAULT_ALIAS_FIELD,
                               field->aliases[j], other->id);
            }
        }
        if (field->id[0] != '\0' && strcmp(field->id, other->id) != 0 &&
            tb_field_named(other, tb_bytes_str(field->id))) {
            tb_check_fault(check, tb_at_value(&field->id), TB_FAULT_ID_FIELD, other->id, NULL);
        }
    }
}

void tb_check_fields(tb_check *check)
{
    const tb_case_type *type = check->type;
    tb_check_names(check, TB_ITEM_FIELD, type->fields, type->field_count, sizeof *type->fields);
    for (unsigned i = 0; i < type->field_count; i++) {
        const tb_field_def *field = &type->fields[i];
        tb_check_item(check, TB_ITEM_FIELD, field->id, field);
        tb_check_label(check, &field->title, tb_at(field), "the field", "填写项");
        check_choices(check, field);
        check_group_of(check, field);
        check_computed(check, field);
        tb_check_field_rules(check, field);
        check_headings(check, i);
        if (field->index && tb_check_given(check, &field->type) && !may_be_indexed(field->type)) {
            tb_check_fault(check, tb_at_value(&field->index), TB_FAULT_INDEX_TYPE,
                           tb_check_type_name(field->type), NULL);
        }
    }
}

/* What no action sets is never there, computed or not. */
void tb_check_unused(tb_check *check)
{
    for (unsigned t = 0; t < check->campaign->case_type_count; t++) {
        const tb_case_type *type = &check->campaign->case_types[t];
        for (unsigned i = 0; i < type->field_count; i++) {
            const tb_field_def *field = &type->fields[i];
            if (!is_set(type, field->id)) {
                tb_check_item(check, TB_ITEM_FIELD, field->id, field);
                tb_check_fault(check, tb_at(field), TB_FAULT_FIELD_UNUSED, NULL, NULL);
            }
        }
    }
}

/* ---- groups ---- */

static bool is_copied(const tb_check *check, const char *position)
{
    for (unsigned i = 0; i < check->type->action_count; i++) {
        const tb_action *action = &check->type->actions[i];
        if (tb_check_among(check, (const char *const *)action->copies, action->copy_count,
                           position)) {
            return true;
        }
    }
    return false;
}

static bool has_fields(const tb_check *check, const char *group)
{
    for (unsigned i = 0; i < check->type->field_count; i++) {
        const char *of = check->type->fields[i].group;
        if (of != NULL && strcmp(of, group) == 0) {
            return true;
        }
    }
    return false;
}

static void check_readers(tb_check *check, const tb_field_group *group)
{
    if (group->reader_count == 0 && tb_check_given(check, &group->readers)) {
        tb_check_fault(check, tb_at_value(&group->readers), TB_FAULT_NO_READER, NULL, NULL);
    }
    for (unsigned i = 0; i < group->reader_count; i++) {
        const char *const *reader = (const char *const *)&group->readers[i];
        if (tb_check_position(check, reader) && !tb_check_can_hold(check, *reader) &&
            !is_copied(check, *reader)) {
            tb_check_fault(check, tb_at_value(reader), TB_FAULT_READER_NEVER, *reader, NULL);
        }
    }
}

void tb_check_groups(tb_check *check)
{
    const tb_case_type *type = check->type;
    tb_check_names(check, TB_ITEM_GROUP, type->groups, type->group_count, sizeof *type->groups);
    for (unsigned i = 0; i < type->group_count; i++) {
        const tb_field_group *group = &type->groups[i];
        tb_check_item(check, TB_ITEM_GROUP, group->id, group);
        tb_check_label(check, &group->title, tb_at(group), "the group", "信息组");
        check_readers(check, group);
        if (group->id[0] != '\0' && !has_fields(check, group->id)) {
            tb_check_fault(check, tb_at(group), TB_FAULT_GROUP_UNUSED, NULL, NULL);
        }
    }
}

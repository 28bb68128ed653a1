/* load_check_action - faults of what is done: who may, from where, which ways, with which fields.
 */
#include "agents/campaign/load_check.h"

#include <stdio.h>

static bool listed(const char *const *names, unsigned count, const char *name)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- who, and from where ---- */

static bool somebody_can_hold(const tb_check *check, const tb_action *action)
{
    for (unsigned i = 0; i < action->by_count; i++) {
        const tb_position *p = tb_case_type_position(check->type, tb_bytes_str(action->by[i]));
        if (p == NULL || tb_check_can_hold(check, action->by[i])) {
            return true;
        }
    }
    return false;
}

static void check_by(tb_check *check, const tb_action *action)
{
    bool known_kind = tb_check_given(check, &action->kind);
    if (action->by_count == 0 && tb_check_given(check, &action->by)) {
        tb_check_fault(check, tb_at_value(&action->by), TB_FAULT_NOBODY, NULL, NULL);
    }
    for (unsigned i = 0; known_kind && i < action->by_count; i++) {
        const char *const *by = (const char *const *)&action->by[i];
        if (action->kind == TB_ACTION_OPEN) {
            (void)tb_check_role(check, by);
        } else {
            (void)(tb_check_position(check, by) && action->kind != TB_ACTION_SIDE &&
                   tb_check_one_party(check, by, "by"));
        }
    }
    if (known_kind && action->kind == TB_ACTION_CHAIN && action->by_count > 0 &&
        !somebody_can_hold(check, action)) {
        tb_check_fault(check, tb_at_value(&action->by), TB_FAULT_NEVER_HOLDS, NULL, NULL);
    }
}

static void check_from(tb_check *check, const tb_action *action)
{
    for (unsigned i = 0; i < action->from_count; i++) {
        (void)tb_check_state(check, (const char *const *)&action->from[i]);
    }
    if (!tb_check_given(check, &action->kind) || !tb_check_given(check, &action->from)) {
        return;
    }
    if (action->kind == TB_ACTION_OPEN && action->from_count > 0) {
        tb_check_fault(check, tb_at_value(&action->from), TB_FAULT_OPEN_FROM, NULL, NULL);
    }
    if (action->from_count == 0 &&
        (action->kind == TB_ACTION_CHAIN || action->kind == TB_ACTION_TAKE_OVER)) {
        tb_check_fault(check, tb_at_value(&action->from), TB_FAULT_NO_FROM, NULL, NULL);
    }
}

static void check_copies(tb_check *check, const tb_action *action)
{
    char given[16];
    char most[16];
    for (unsigned i = 0; i < action->copy_count; i++) {
        (void)tb_check_position(check, (const char *const *)&action->copies[i]);
    }
    /* the holder is told too */
    if (action->copy_count > TB_ADDRESSEES_MAX - 1) {
        (void)snprintf(given, sizeof given, "%u", action->copy_count);
        (void)snprintf(most, sizeof most, "%d", TB_ADDRESSEES_MAX - 1);
        tb_check_fault(check, tb_at_value(&action->copies), TB_FAULT_COPIES_MANY, given, most);
    }
}

/* ---- ways ---- */

/* Whom a case is handed to must be able to do something there. */
static void check_hand_over(tb_check *check, const tb_way *way)
{
    const tb_state *state =
        way->to != NULL ? tb_case_type_state(check->type, tb_bytes_str(way->to)) : NULL;
    if (state == NULL || state->closed) {
        return;
    }
    for (unsigned i = 0; i < check->type->action_count; i++) {
        const tb_action *next = &check->type->actions[i];
        bool chain = next->kind == TB_ACTION_CHAIN || !tb_check_given(check, &next->kind);
        bool there = listed((const char *const *)next->from, next->from_count, way->to) ||
                     !tb_check_given(check, &next->from);
        bool may =
            tb_check_among(check, (const char *const *)next->by, next->by_count, way->hands_to) ||
            !tb_check_given(check, &next->by);
        if (chain && there && may) {
            return;
        }
    }
    tb_check_fault(check, tb_at_value(&way->hands_to), TB_FAULT_IDLE_RECIPIENT, way->hands_to,
                   way->to);
}

static void check_opening_way(tb_check *check, const tb_way *way)
{
    const tb_state *state =
        way->to != NULL ? tb_case_type_state(check->type, tb_bytes_str(way->to)) : NULL;
    bool unknown = way->to != NULL && state == NULL; /* that is told already */
    if (!unknown &&
        (state == NULL || (!state->initial && tb_check_given(check, &state->initial)))) {
        tb_check_fault(check, way->to != NULL ? tb_at_value(&way->to) : tb_at(way),
                       TB_FAULT_OPEN_STATE, NULL, NULL);
    }
    if (way->hands_to == NULL && tb_check_given(check, &way->hands_to)) {
        tb_check_fault(check, tb_at(way), TB_FAULT_OPEN_NO_RECIPIENT, NULL, NULL);
    }
}

static void check_way(tb_check *check, const tb_action *action, const tb_way *way)
{
    tb_check_conditions(check, action, &way->when, &action->when);
    if (way->to != NULL) {
        (void)tb_check_state(check, &way->to);
    }
    if (way->hands_to != NULL && tb_check_position(check, &way->hands_to) &&
        tb_check_one_party(check, &way->hands_to, "hands_to")) {
        check_hand_over(check, way);
    }
    if (!tb_check_given(check, &action->kind)) {
        return;
    }
    if (action->kind == TB_ACTION_OPEN) {
        check_opening_way(check, way);
    }
    if (action->kind == TB_ACTION_SIDE && (way->to != NULL || way->hands_to != NULL)) {
        tb_check_fault(check, tb_at(way), TB_FAULT_SIDE_WAY, NULL, NULL);
    }
}

/* Whatever lets the second be taken lets the first be taken before it. */
static bool shadows(const tb_way *first, const tb_way *second)
{
    for (unsigned i = 0; i < first->when.count; i++) {
        bool found = false;
        for (unsigned j = 0; j < second->when.count && !found; j++) {
            found = tb_check_same_condition(&first->when.list[i], &second->when.list[j]);
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

static void check_shadowed(tb_check *check, const tb_action *action, unsigned at)
{
    char line[16];
    for (unsigned i = 0; i < at; i++) {
        const tb_way *before = &action->ways[i];
        if (tb_check_given(check, &before->when.list) && shadows(before, &action->ways[at])) {
            (void)snprintf(line, sizeof line, "%u", tb_form_line_of(check->form, tb_at(before)));
            tb_check_fault(check, tb_at(&action->ways[at]), TB_FAULT_WAY_SHADOWED, line, NULL);
            return;
        }
    }
}

static void check_ways(tb_check *check, const tb_action *action)
{
    tb_check_action_stages(check, action);
    bool needs = action->kind == TB_ACTION_OPEN || action->kind == TB_ACTION_CHAIN;
    if (action->way_count == 0 && needs && tb_check_given(check, &action->kind) &&
        tb_check_given(check, &action->ways)) {
        tb_check_fault(check, tb_at_value(&action->ways), TB_FAULT_NO_WAY, NULL, NULL);
    }
    for (unsigned i = 0; i < action->way_count; i++) {
        check_way(check, action, &action->ways[i]);
        check_shadowed(check, action, i);
    }
}

/* ---- fields ---- */

static bool can_read(const tb_check *check, const tb_action *action, const char *reader)
{
    const tb_position *p = tb_case_type_position(check->type, tb_bytes_str(reader));
    if (p == NULL) {
        return true; /* that is told already */
    }
    if (action->kind != TB_ACTION_OPEN) {
        return tb_check_among(check, (const char *const *)action->by, action->by_count, reader);
    }
    bool any = listed((const char *const *)action->by, action->by_count, TB_ROLE_ANY);
    return p->kind == TB_POSITION_OPENER &&
           (p->role == NULL || any ||
            listed((const char *const *)action->by, action->by_count, p->role));
}

/* What is asked for and sealed from everybody who may write it could not be looked at again. */
static void check_required(tb_check *check,
                           const tb_action *action,
                           const tb_action_field *field,
                           const tb_field_def *def)
{
    const tb_field_group *group =
        def->group != NULL ? tb_case_type_group(check->type, tb_bytes_str(def->group)) : NULL;
    if (!field->required || group == NULL || group->reader_count == 0 || action->by_count == 0 ||
        !tb_check_given(check, &action->kind)) {
        return;
    }
    for (unsigned i = 0; i < group->reader_count; i++) {
        if (can_read(check, action, group->readers[i])) {
            return;
        }
    }
    tb_check_fault(check, tb_at(field), TB_FAULT_REQUIRED_UNREADABLE, field->field, def->group);
}

static void check_fields(tb_check *check, const tb_action *action)
{
    bool asks = false;
    for (unsigned i = 0; i < action->field_count; i++) {
        const tb_action_field *field = &action->fields[i];
        const tb_field_def *def = tb_check_field_of(check, field->field);
        asks = asks || field->required || !tb_check_given(check, &field->required);
        if (def == NULL && field->field[0] != '\0') {
            tb_check_fault(check, tb_at_value(&field->field), TB_FAULT_FIELD_UNKNOWN, field->field,
                           NULL);
        }
        if (def != NULL) {
            check_required(check, action, field, def);
        }
        for (unsigned j = 0; j < i; j++) {
            if (field->field[0] != '\0' && strcmp(action->fields[j].field, field->field) == 0) {
                tb_check_fault(check, tb_at_value(&field->field), TB_FAULT_FIELD_NAMED_TWICE,
                               field->field, NULL);
                break;
            }
        }
        tb_check_conditions(check, action, &field->required_when, NULL);
    }
    if (action->kind == TB_ACTION_TAKE_OVER && !asks && tb_check_given(check, &action->fields)) {
        tb_check_fault(check, tb_at(action), TB_FAULT_NO_REASON, NULL, NULL);
    }
}

/* ---- whether every opener has a way ---- */

/* Whether what is asked of the actor's role lets this one through. */
static bool lets_through(const tb_check *check, const tb_conditions *conditions, const char *role)
{
    for (unsigned i = 0; i < conditions->count; i++) {
        const tb_condition *c = &conditions->list[i];
        if (c->test == TB_TEST_ACTOR_ROLE && tb_check_given(check, &c->test) &&
            !listed((const char *const *)c->values, c->value_count, role)) {
            return false;
        }
    }
    return true;
}

static void check_openers(tb_check *check, const tb_action *action)
{
    for (unsigned i = 0; i < action->by_count; i++) {
        const char *role = action->by[i];
        bool may = action->way_count == 0 || strcmp(role, TB_ROLE_ANY) == 0;
        for (unsigned w = 0; !may && w < action->way_count; w++) {
            may = lets_through(check, &action->ways[w].when, role);
        }
        if (!may || !lets_through(check, &action->when, role)) {
            tb_check_fault(check, tb_at_value(&action->by[i]), TB_FAULT_OPENER_NEVER, role, NULL);
        }
    }
}

/* ---- the whole ---- */

static void check_action(tb_check *check, const tb_action *action)
{
    tb_check_label(check, &action->title, tb_at(action), "the action", "办理动作");
    if (strcmp(action->id, TB_MOVE_ACTION) == 0) {
        tb_check_fault(check, tb_at_value(&action->id), TB_FAULT_ID_RESERVED, NULL, NULL);
    }
    check_by(check, action);
    check_from(check, action);
    check_copies(check, action);
    tb_check_conditions(check, action, &action->when, NULL);
    check_ways(check, action);
    check_fields(check, action);
    if (action->kind == TB_ACTION_OPEN && tb_check_given(check, &action->kind)) {
        check_openers(check, action);
    }
    tb_check_opens_of(check, action);
    tb_check_approval(check, action);
    bool known = action->receipt == NULL || action->receipt[0] == '\0' ||
                 strcmp(action->receipt, "signed_for") == 0 ||
                 strcmp(action->receipt, "answered") == 0;
    if (!known) {
        tb_check_fault(check, tb_at_value(&action->receipt), TB_FAULT_RECEIPT, action->receipt,
                       NULL);
    }
}

void tb_check_actions(tb_check *check)
{
    const tb_case_type *type = check->type;
    bool opens = false;
    tb_check_names(check, TB_ITEM_ACTION, type->actions, type->action_count, sizeof *type->actions);
    for (unsigned i = 0; i < type->action_count; i++) {
        const tb_action *action = &type->actions[i];
        tb_check_item(check, TB_ITEM_ACTION, action->id, action);
        check_action(check, action);
        opens = opens || action->kind == TB_ACTION_OPEN; /* an unknown kind is read as one */
    }
    if (!opens && tb_check_given(check, &type->actions)) {
        tb_check_item(check, TB_ITEM_CASE_TYPE, type->id, type);
        tb_check_fault(check, tb_at_value(&type->actions), TB_FAULT_NO_OPENING, NULL, NULL);
    }
}

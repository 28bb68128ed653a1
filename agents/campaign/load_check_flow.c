/* load_check_flow - faults of what is done: conditions, ways, who may act, and whether a case gets
 * on. */
#include "agents/campaign/load_check.h"

static bool listed(const char *const *names, unsigned count, const char *name)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static void check_values(tb_check *check, const tb_condition *c, const tb_field_def *field)
{
    if (c->value_count == 0) {
        tb_check_fault(check, "a condition on '%s' has no values", c->field, NULL);
    }
    const tb_code_list *codes = field->type == TB_FIELD_CHOICE && field->choices != NULL
                                    ? tb_campaign_codes(check->campaign, field->choices)
                                    : NULL;
    for (unsigned i = 0; codes != NULL && i < c->value_count; i++) {
        bool found = false;
        for (unsigned j = 0; j < codes->choice_count; j++) {
            found = found || strcmp(codes->choices[j].id, c->values[i]) == 0;
        }
        if (!found) {
            tb_check_fault(check, "'%s' is not a choice of field '%s'", c->values[i], c->field);
        }
    }
}

static void check_roles_of(tb_check *check, const tb_condition *c)
{
    if (c->value_count == 0) {
        tb_check_fault(check, "a condition on roles names none", NULL, NULL);
    }
    for (unsigned i = 0; i < c->value_count; i++) {
        (void)tb_check_role(check, c->values[i]);
    }
}

static void check_linked(tb_check *check, const tb_condition *c)
{
    const tb_field_def *field =
        c->field != NULL ? tb_case_type_field(check->type, tb_bytes_str(c->field)) : NULL;
    if (field == NULL || !field->index) {
        tb_check_fault(check, "cases are linked by an indexed field; '%s' is none", c->field, NULL);
    }
}

static void check_count(tb_check *check, const tb_condition *c)
{
    if (c->field == NULL || tb_case_type_action(check->type, tb_bytes_str(c->field)) == NULL) {
        tb_check_fault(check, "a condition counts action '%s', which is not declared", c->field,
                       NULL);
    }
    if (c->count == 0) {
        tb_check_fault(check, "a condition counts to 0", NULL, NULL);
    }
}

static void check_condition(tb_check *check, const tb_condition *c)
{
    const tb_field_def *field = NULL;
    tb_check_label(check, &c->why, "a condition");
    switch (c->test) {
    case TB_TEST_KNOWN:
    case TB_TEST_UNKNOWN:
        (void)tb_check_open_field(check, c->field);
        return;
    case TB_TEST_IS:
    case TB_TEST_IS_NOT:
        field = tb_check_open_field(check, c->field);
        if (field != NULL) {
            check_values(check, c, field);
        }
        return;
    case TB_TEST_SAME:
    case TB_TEST_DIFFERENT:
        (void)tb_check_position(check, c->a);
        (void)tb_check_position(check, c->b);
        return;
    case TB_TEST_COUNT_LEAST:
    case TB_TEST_COUNT_BELOW:
        check_count(check, c);
        return;
    case TB_TEST_STATE:
        for (unsigned i = 0; i < c->value_count; i++) {
            (void)tb_check_state(check, c->values[i]);
        }
        return;
    case TB_TEST_ACTOR_ROLE:
        check_roles_of(check, c);
        return;
    case TB_TEST_ROLE_OF:
        (void)tb_check_position(check, c->a);
        check_roles_of(check, c);
        return;
    case TB_TEST_ACTOR_HOLDS:
        return;
    case TB_TEST_LAPSED:
        field = tb_check_open_field(check, c->field);
        if (field != NULL) {
            check_values(check, c, field);
        }
        return;
    case TB_TEST_WITHIN:
        (void)tb_check_position(check, c->a);
        (void)tb_check_open_field(check, c->field);
        return;
    case TB_TEST_LINKED_OPEN:
    case TB_TEST_LINKED_DONE:
    case TB_TEST_LINKED_NONE_OPEN:
        check_linked(check, c);
        return;
    }
}

static void check_conditions(tb_check *check, const tb_conditions *conditions)
{
    for (unsigned i = 0; i < conditions->count; i++) {
        check_condition(check, &conditions->list[i]);
    }
}

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
        if (next->kind == TB_ACTION_CHAIN && listed(next->from, next->from_count, way->to) &&
            listed(next->by, next->by_count, way->hands_to)) {
            return;
        }
    }
    tb_check_fault(check, "hands to '%s' in state '%s', where it may do nothing", way->hands_to,
                   way->to);
}

static void check_way(tb_check *check, const tb_action *action, const tb_way *way)
{
    check_conditions(check, &way->when);
    if (way->to != NULL) {
        (void)tb_check_state(check, way->to);
    }
    if (way->hands_to != NULL && tb_check_position(check, way->hands_to)) {
        check_hand_over(check, way);
    }
    if (action->kind == TB_ACTION_OPEN) {
        const tb_state *state =
            way->to != NULL ? tb_case_type_state(check->type, tb_bytes_str(way->to)) : NULL;
        if (state == NULL || !state->initial) {
            tb_check_fault(check, "an opening leads to an initial state", NULL, NULL);
        }
        if (way->hands_to == NULL) {
            tb_check_fault(check, "an opening has no recipient (hands_to)", NULL, NULL);
        }
    }
    if (action->kind == TB_ACTION_SIDE && (way->to != NULL || way->hands_to != NULL)) {
        tb_check_fault(check, "a side event changes neither state nor holder", NULL, NULL);
    }
}

static void check_ways(tb_check *check, const tb_action *action)
{
    if (action->way_count == 0 &&
        (action->kind == TB_ACTION_OPEN || action->kind == TB_ACTION_CHAIN)) {
        tb_check_fault(check, "has no way: nothing comes of it", NULL, NULL);
    }
    for (unsigned i = 0; i < action->way_count; i++) {
        check_way(check, action, &action->ways[i]);
        if (action->ways[i].when.count == 0 && i + 1 < action->way_count) {
            tb_check_fault(check,
                           "a way without conditions stands before others, which are never taken",
                           NULL, NULL);
        }
    }
}

static void check_who(tb_check *check, const tb_action *action)
{
    if (action->by_count == 0) {
        tb_check_fault(check, "nobody may take it", NULL, NULL);
    }
    for (unsigned i = 0; i < action->by_count; i++) {
        if (action->kind == TB_ACTION_OPEN) {
            (void)tb_check_role(check, action->by[i]);
        } else {
            (void)tb_check_position(check, action->by[i]);
        }
    }
    for (unsigned i = 0; i < action->from_count; i++) {
        (void)tb_check_state(check, action->from[i]);
    }
    if (action->kind == TB_ACTION_OPEN && action->from_count > 0) {
        tb_check_fault(check, "an opening comes from no state", NULL, NULL);
    }
    if (action->from_count == 0 &&
        (action->kind == TB_ACTION_CHAIN || action->kind == TB_ACTION_TAKE_OVER)) {
        tb_check_fault(check, "is possible in no state (from)", NULL, NULL);
    }
    for (unsigned i = 0; i < action->copy_count; i++) {
        (void)tb_check_position(check, action->copies[i]);
    }
}

static void check_fields(tb_check *check, const tb_action *action)
{
    for (unsigned i = 0; i < action->field_count; i++) {
        const tb_action_field *field = &action->fields[i];
        if (tb_case_type_field(check->type, tb_bytes_str(field->field)) == NULL) {
            tb_check_fault(check, "field '%s' is not declared", field->field, NULL);
        }
        for (unsigned j = 0; j < i; j++) {
            if (strcmp(action->fields[j].field, field->field) == 0) {
                tb_check_fault(check, "field '%s' is named twice", field->field, NULL);
            }
        }
        check_conditions(check, &field->required_when);
    }
}

static void check_action(tb_check *check, const tb_action *action)
{
    tb_check_label(check, &action->title, "the action");
    if (strcmp(action->id, TB_MOVE_ACTION) == 0) {
        tb_check_fault(check, "is an action every campaign has; choose another id", NULL, NULL);
    }
    check_who(check, action);
    check_conditions(check, &action->when);
    check_ways(check, action);
    check_fields(check, action);
    bool known = action->receipt == NULL || strcmp(action->receipt, "signed_for") == 0 ||
                 strcmp(action->receipt, "answered") == 0;
    if (!known) {
        tb_check_fault(check, "receipt '%s' is neither signed_for nor answered", action->receipt,
                       NULL);
    }
}

/* Per state of the type: something holds. */
typedef struct marks {
    bool set[TB_STATES_MAX];
} marks;

static void mark(const tb_case_type *type, marks *m, const char *state, bool *changed)
{
    for (unsigned i = 0; state != NULL && i < type->state_count && i < TB_STATES_MAX; i++) {
        if (strcmp(type->states[i].id, state) == 0 && !m->set[i]) {
            m->set[i] = true;
            *changed = true;
        }
    }
}

static bool any_marked(const tb_case_type *type, const marks *m, const tb_action *action)
{
    for (unsigned i = 0; i < type->state_count && i < TB_STATES_MAX; i++) {
        if (m->set[i] && listed(action->from, action->from_count, type->states[i].id)) {
            return true;
        }
    }
    return false;
}

static marks reachable_states(const tb_case_type *type)
{
    marks m = {0};
    bool changed = true;
    while (changed) {
        changed = false;
        for (unsigned i = 0; i < type->action_count; i++) {
            const tb_action *action = &type->actions[i];
            bool possible = action->kind == TB_ACTION_OPEN || any_marked(type, &m, action);
            for (unsigned j = 0; possible && j < action->way_count; j++) {
                mark(type, &m, action->ways[j].to, &changed);
            }
        }
    }
    return m;
}

/* States from which a closed one can be reached without a take-over. */
static marks ending_states(const tb_case_type *type)
{
    marks m = {0};
    bool changed = true;
    for (unsigned i = 0; i < type->state_count && i < TB_STATES_MAX; i++) {
        m.set[i] = type->states[i].closed;
    }
    while (changed) {
        changed = false;
        for (unsigned i = 0; i < type->action_count; i++) {
            const tb_action *action = &type->actions[i];
            bool leads = false;
            for (unsigned j = 0; action->kind == TB_ACTION_CHAIN && j < action->way_count; j++) {
                for (unsigned k = 0; k < type->state_count && k < TB_STATES_MAX; k++) {
                    const char *to = action->ways[j].to;
                    leads =
                        leads || (to != NULL && m.set[k] && strcmp(type->states[k].id, to) == 0);
                }
            }
            for (unsigned j = 0; leads && j < action->from_count; j++) {
                mark(type, &m, action->from[j], &changed);
            }
        }
    }
    return m;
}

static void check_states_flow(tb_check *check)
{
    const tb_case_type *type = check->type;
    marks reachable = reachable_states(type);
    marks ending = ending_states(type);
    for (unsigned i = 0; i < type->state_count && i < TB_STATES_MAX; i++) {
        tb_check_item(check, "state", type->states[i].id);
        if (!reachable.set[i]) {
            tb_check_fault(check, "no action leads to it", NULL, NULL);
        }
        if (!ending.set[i]) {
            tb_check_fault(check, "no closed state can be reached from it", NULL, NULL);
        }
    }
}

void tb_check_actions(tb_check *check, size_t case_type_at)
{
    const tb_case_type *type = check->type;
    bool opens = false;
    for (unsigned i = 0; i < type->action_count; i++) {
        tb_check_item(check, "action", type->actions[i].id);
        check_action(check, &type->actions[i]);
        opens = opens || type->actions[i].kind == TB_ACTION_OPEN;
    }
    if (!opens) {
        tb_check_fault(check, "no action opens a case", NULL, NULL);
    }
    tb_check_section(check, case_type_at, "states");
    check_states_flow(check);
}

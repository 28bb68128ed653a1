/* load_check_condition - faults of conditions: on what is not there, on what cannot be read, on
 * what can never be, and two that exclude each other. */
#include "agents/campaign/load_check.h"

#include <stdio.h>

#include "agents/campaign/fields.h"

static bool same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool listed(const char *const *names, unsigned count, const char *name)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_value(const tb_condition *c, const char *value)
{
    return listed((const char *const *)c->values, c->value_count, value);
}

bool tb_check_same_condition(const tb_condition *a, const tb_condition *b)
{
    bool alike = a->test == b->test && same(a->field, b->field) && same(a->a, b->a) &&
                 same(a->b, b->b) && same(a->date, b->date) && a->count == b->count &&
                 a->value_count == b->value_count;
    for (unsigned i = 0; alike && i < a->value_count; i++) {
        alike = has_value(b, a->values[i]);
    }
    return alike;
}

/* ---- what one condition needs ---- */

static bool needs(tb_check *check, const tb_condition *c, const char *const *name, const char *key)
{
    if (*name == NULL) {
        tb_check_fault(check, tb_at(c), TB_FAULT_TEST_INCOMPLETE, key, NULL);
        return false;
    }
    return true;
}

static const tb_field_def *open_field(tb_check *check, const tb_condition *c)
{
    return needs(check, c, &c->field, "field") ? tb_check_open_field(check, &c->field) : NULL;
}

static void
check_position(tb_check *check, const tb_condition *c, const char *const *name, const char *key)
{
    if (needs(check, c, name, key)) {
        (void)(tb_check_position(check, name) && tb_check_one_party(check, name, key));
    }
}

static bool may_be(const tb_check *check, const tb_field_def *field, const char *value)
{
    if (field->type != TB_FIELD_CHOICE) {
        return tb_field_well_formed(field->type, tb_bytes_str(value));
    }
    const tb_code_list *codes =
        field->choices != NULL ? tb_campaign_codes(check->campaign, field->choices) : NULL;
    bool found = codes == NULL;
    for (unsigned i = 0; codes != NULL && i < codes->choice_count; i++) {
        found = found || strcmp(codes->choices[i].id, value) == 0;
    }
    return found;
}

static void check_values(tb_check *check, const tb_condition *c, const tb_field_def *field)
{
    if (c->value_count == 0 && tb_check_given(check, &c->values)) {
        tb_check_fault(check, tb_at(c), TB_FAULT_NO_VALUES, c->field, NULL);
    }
    for (unsigned i = 0; tb_check_given(check, &field->type) && i < c->value_count; i++) {
        if (c->values[i][0] == '\0' || may_be(check, field, c->values[i])) {
            continue;
        }
        if (field->type == TB_FIELD_CHOICE) {
            tb_check_fault(check, tb_at_value(&c->values[i]), TB_FAULT_NOT_A_CHOICE, c->values[i],
                           c->field);
        } else {
            tb_check_fault3(check, tb_at_value(&c->values[i]), TB_FAULT_NOT_A_VALUE, c->values[i],
                            c->field, tb_check_type_name(field->type));
        }
    }
}

/* Whether the actor may have a role, as far as the definition says. */
static bool actor_may(const tb_check *check, const tb_action *action, const char *role)
{
    bool may = action->by_count == 0 || !tb_check_given(check, &action->kind);
    for (unsigned i = 0; i < action->by_count; i++) {
        if (action->kind == TB_ACTION_OPEN) {
            may = may || same(action->by[i], role) || same(action->by[i], TB_ROLE_ANY);
        } else {
            may = may || tb_check_may_have_role(check, action->by[i], role);
        }
    }
    return may;
}

/* of NULL: the actor's roles. */
static void
check_roles(tb_check *check, const tb_action *action, const tb_condition *c, const char *of)
{
    if (c->value_count == 0 && tb_check_given(check, &c->values)) {
        tb_check_fault(check, tb_at(c), TB_FAULT_NO_ROLES, NULL, NULL);
    }
    for (unsigned i = 0; i < c->value_count; i++) {
        const char *const *role = (const char *const *)&c->values[i];
        bool possible =
            of != NULL ? tb_check_may_have_role(check, of, *role) : actor_may(check, action, *role);
        if (tb_check_role(check, role) && !possible) {
            tb_check_fault(check, tb_at_value(role), TB_FAULT_ROLE_NEVER, *role, NULL);
        }
    }
}

static void check_states(tb_check *check, const tb_action *action, const tb_condition *c)
{
    bool anywhere = action->from_count == 0 || !tb_check_given(check, &action->from);
    if (c->value_count == 0 && tb_check_given(check, &c->values)) {
        tb_check_fault(check, tb_at(c), TB_FAULT_TEST_INCOMPLETE, "values", NULL);
    }
    for (unsigned i = 0; i < c->value_count; i++) {
        const char *const *state = (const char *const *)&c->values[i];
        if (tb_check_state(check, state) && !anywhere &&
            !listed((const char *const *)action->from, action->from_count, *state)) {
            tb_check_fault(check, tb_at_value(state), TB_FAULT_STATE_NEVER, *state, NULL);
        }
    }
}

static void check_linked(tb_check *check, const tb_condition *c)
{
    if (!needs(check, c, &c->field, "field")) {
        return;
    }
    const tb_field_def *field = tb_check_field_of(check, c->field);
    if (field == NULL || (!field->index && tb_check_given(check, &field->index))) {
        tb_check_fault(check, tb_at_value(&c->field), TB_FAULT_LINKED_FIELD, c->field, NULL);
    }
}

static void check_count(tb_check *check, const tb_condition *c)
{
    if (needs(check, c, &c->field, "field") && c->field[0] != '\0' &&
        tb_case_type_action(check->type, tb_bytes_str(c->field)) == NULL) {
        tb_check_fault(check, tb_at_value(&c->field), TB_FAULT_ACTION_UNKNOWN, c->field, "field");
    }
    if (c->count == 0 && tb_check_given(check, &c->count)) {
        tb_check_fault(check, tb_at(c), TB_FAULT_COUNT_ZERO, NULL, NULL);
    }
}

static void check_within(tb_check *check, const tb_condition *c)
{
    check_position(check, c, &c->a, "a");
    const tb_field_def *field = open_field(check, c);
    if (field != NULL && field->type != TB_FIELD_PROVINCE && tb_check_given(check, &field->type)) {
        tb_check_fault(check, tb_at_value(&c->field), TB_FAULT_WITHIN_TYPE, c->field, NULL);
    }
}

static void check_condition(tb_check *check, const tb_action *action, const tb_condition *c)
{
    const tb_field_def *field = NULL;
    tb_check_label(check, &c->why, tb_at(c), "a condition", "条件");
    if (!tb_check_given(check, &c->test)) {
        return;
    }
    switch (c->test) {
    case TB_TEST_KNOWN:
    case TB_TEST_UNKNOWN:
        (void)open_field(check, c);
        return;
    case TB_TEST_IS:
    case TB_TEST_IS_NOT:
    case TB_TEST_LAPSED:
        field = open_field(check, c);
        if (field != NULL) {
            check_values(check, c, field);
        }
        return;
    case TB_TEST_SAME:
    case TB_TEST_DIFFERENT:
        check_position(check, c, &c->a, "a");
        check_position(check, c, &c->b, "b");
        if (c->a != NULL && c->a[0] != '\0' && c->b != NULL && tb_check_alike(check, c->a, c->b)) {
            tb_check_fault(check, tb_at_value(&c->b), TB_FAULT_SAME_ITSELF, c->a, c->b);
        }
        return;
    case TB_TEST_COUNT_LEAST:
    case TB_TEST_COUNT_BELOW:
        check_count(check, c);
        return;
    case TB_TEST_STATE:
        check_states(check, action, c);
        return;
    case TB_TEST_ACTOR_ROLE:
        check_roles(check, action, c, NULL);
        return;
    case TB_TEST_ROLE_OF:
        check_position(check, c, &c->a, "a");
        check_roles(check, action, c, c->a);
        return;
    case TB_TEST_ACTOR_HOLDS:
        return;
    case TB_TEST_WITHIN:
        check_within(check, c);
        return;
    case TB_TEST_LINKED_OPEN:
    case TB_TEST_LINKED_DONE:
    case TB_TEST_LINKED_NONE_OPEN:
        check_linked(check, c);
        return;
    case TB_TEST_SINCE:
    case TB_TEST_BEFORE:
    case TB_TEST_WITHIN_CAMPAIGN:
    case TB_TEST_IN_STAGE:
    case TB_TEST_OUTSIDE_STAGE:
        tb_check_time_condition(check, c);
        return;
    }
}

/* ---- two that exclude each other ---- */

static bool share_a_value(const tb_condition *a, const tb_condition *b)
{
    bool shared = a->value_count == 0 || b->value_count == 0;
    for (unsigned i = 0; i < a->value_count; i++) {
        shared = shared || has_value(b, a->values[i]);
    }
    return shared;
}

/* Every value of the one is ruled out by the other. */
static bool all_ruled_out(const tb_condition *is, const tb_condition *is_not)
{
    bool all = is->value_count > 0;
    for (unsigned i = 0; i < is->value_count; i++) {
        all = all && has_value(is_not, is->values[i]);
    }
    return all;
}

static bool same_pair(const tb_condition *x, const tb_condition *y)
{
    return (same(x->a, y->a) && same(x->b, y->b)) || (same(x->a, y->b) && same(x->b, y->a));
}

static bool excludes(const tb_condition *x, const tb_condition *y)
{
    switch (x->test) {
    case TB_TEST_UNKNOWN:
        return (y->test == TB_TEST_KNOWN || y->test == TB_TEST_IS || y->test == TB_TEST_WITHIN) &&
               same(x->field, y->field);
    case TB_TEST_IS:
        return same(x->field, y->field) && ((y->test == TB_TEST_IS && !share_a_value(x, y)) ||
                                            (y->test == TB_TEST_IS_NOT && all_ruled_out(x, y)));
    case TB_TEST_SAME:
        return y->test == TB_TEST_DIFFERENT && same_pair(x, y);
    case TB_TEST_COUNT_LEAST:
        return y->test == TB_TEST_COUNT_BELOW && same(x->field, y->field) && y->count <= x->count;
    case TB_TEST_STATE:
    case TB_TEST_ACTOR_ROLE:
        return y->test == x->test && !share_a_value(x, y);
    case TB_TEST_ROLE_OF:
        return y->test == x->test && same(x->a, y->a) && !share_a_value(x, y);
    case TB_TEST_LINKED_OPEN:
        return y->test == TB_TEST_LINKED_NONE_OPEN && same(x->field, y->field);
    case TB_TEST_SINCE:
        return y->test == TB_TEST_BEFORE && same(x->field, y->field) && x->date != NULL &&
               y->date != NULL && strcmp(y->date, x->date) <= 0;
    case TB_TEST_IN_STAGE:
        return y->test == TB_TEST_OUTSIDE_STAGE && same(x->field, y->field) && all_ruled_out(x, y);
    case TB_TEST_BEFORE:
    case TB_TEST_WITHIN_CAMPAIGN:
    case TB_TEST_OUTSIDE_STAGE:
    case TB_TEST_KNOWN:
    case TB_TEST_IS_NOT:
    case TB_TEST_DIFFERENT:
    case TB_TEST_COUNT_BELOW:
    case TB_TEST_ACTOR_HOLDS:
    case TB_TEST_LAPSED:
    case TB_TEST_WITHIN:
    case TB_TEST_LINKED_DONE:
    case TB_TEST_LINKED_NONE_OPEN:
        return false;
    }
    return false;
}

static bool check_against(tb_check *check, const tb_condition *c, const tb_condition *other)
{
    char line[16];
    bool sound = tb_check_given(check, &c->test) && tb_check_given(check, &other->test);
    if (!sound || (!excludes(c, other) && !excludes(other, c))) {
        return false;
    }
    (void)snprintf(line, sizeof line, "%u", tb_form_line_of(check->form, tb_at(other)));
    tb_check_fault(check, tb_at(c), TB_FAULT_CONTRADICTION, line, NULL);
    return true;
}

void tb_check_conditions(tb_check *check,
                         const tb_action *action,
                         const tb_conditions *conditions,
                         const tb_conditions *also)
{
    for (unsigned i = 0; i < conditions->count; i++) {
        const tb_condition *c = &conditions->list[i];
        bool told = false;
        check_condition(check, action, c);
        for (unsigned j = 0; also != NULL && j < also->count && !told; j++) {
            told = check_against(check, c, &also->list[j]);
        }
        for (unsigned j = 0; j < i && !told; j++) {
            told = check_against(check, c, &conditions->list[j]);
        }
    }
}

/* load_check_parties - faults of positions and states; and what a definition says of who can be
 * who.
 */
#include "agents/campaign/load_check.h"

#include "agents/campaign/judge.h"

static bool same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static const tb_position *position_of(const tb_check *check, const char *id)
{
    return id != NULL ? tb_case_type_position(check->type, tb_bytes_str(id)) : NULL;
}

bool tb_check_alike(const tb_check *check, const char *a, const char *b)
{
    if (same(a, b)) {
        return true;
    }
    const tb_position *p = position_of(check, a);
    const tb_position *q = position_of(check, b);
    return p != NULL && q != NULL && p->kind == q->kind && same(p->role, q->role) &&
           same(p->field, q->field) && same(p->lookup, q->lookup);
}

bool tb_check_among(const tb_check *check,
                    const char *const *names,
                    unsigned count,
                    const char *position)
{
    for (unsigned i = 0; i < count; i++) {
        if (tb_check_alike(check, names[i], position)) {
            return true;
        }
    }
    return false;
}

bool tb_check_one_party(tb_check *check, const char *const *position, const char *key)
{
    if (*position == NULL || !tb_position_many(check->type, *position)) {
        return true;
    }
    tb_check_fault(check, tb_at_value(position), TB_FAULT_POSITION_MANY, *position, key);
    return false;
}

bool tb_check_opens(const tb_check *check, const char *role)
{
    for (unsigned i = 0; i < check->type->action_count; i++) {
        const tb_action *action = &check->type->actions[i];
        for (unsigned j = 0; action->kind == TB_ACTION_OPEN && j < action->by_count; j++) {
            if (same(action->by[j], role) || same(action->by[j], TB_ROLE_ANY)) {
                return true;
            }
        }
    }
    return false;
}

static bool is_handed(const tb_check *check, const char *position)
{
    for (unsigned i = 0; i < check->type->action_count; i++) {
        const tb_action *action = &check->type->actions[i];
        for (unsigned j = 0; j < action->way_count; j++) {
            const char *to = action->ways[j].hands_to;
            if (to != NULL && tb_check_alike(check, to, position)) {
                return true;
            }
        }
        if (action->kind == TB_ACTION_TAKE_OVER &&
            tb_check_among(check, (const char *const *)action->by, action->by_count, position)) {
            return true;
        }
    }
    return false;
}

bool tb_check_can_hold(const tb_check *check, const char *position)
{
    const tb_position *p = position_of(check, position);
    bool opener = p != NULL && p->kind == TB_POSITION_OPENER &&
                  (p->role == NULL || tb_check_opens(check, p->role));
    return opener || is_handed(check, position);
}

static bool may_be_looked_up(const tb_check *check, const tb_position *p, const char *role)
{
    const tb_lookup *lookup =
        p->lookup != NULL ? tb_campaign_lookup(check->campaign, p->lookup) : NULL;
    bool may = lookup == NULL;
    for (unsigned i = 0; !may && i < lookup->row_count; i++) {
        const tb_lookup_row *row = &lookup->rows[i];
        const tb_position *q = position_of(check, row->position);
        may = same(row->role, role) || (q != NULL && q->kind != TB_POSITION_LOOKED_UP &&
                                        tb_check_may_have_role(check, q->id, role));
    }
    return may;
}

bool tb_check_may_have_role(const tb_check *check, const char *position, const char *role)
{
    const tb_position *p = position_of(check, position);
    if (p == NULL || !tb_check_given(check, &p->kind)) {
        return true;
    }
    switch (p->kind) {
    case TB_POSITION_OPENER:
        return p->role != NULL ? same(p->role, role) : tb_check_opens(check, role);
    case TB_POSITION_ROLE_OF_FIELD:
    case TB_POSITION_ROLE:
    case TB_POSITION_EVERY:
        return p->role == NULL || same(p->role, role);
    case TB_POSITION_FIELD:
    case TB_POSITION_ACTOR_OF:
        return true;
    case TB_POSITION_LOOKED_UP:
        return may_be_looked_up(check, p, role);
    }
    return true;
}

/* ---- positions ---- */

static void check_position_field(tb_check *check, const tb_position *position, tb_field_type wanted)
{
    if (position->field == NULL) {
        tb_check_fault(check, tb_at(position), TB_FAULT_POSITION_NO_FIELD, NULL, NULL);
        return;
    }
    const tb_field_def *field = tb_check_open_field(check, &position->field);
    if (field != NULL && field->type != wanted && tb_check_given(check, &field->type)) {
        tb_check_fault(check, tb_at_value(&position->field), TB_FAULT_POSITION_FIELD_TYPE,
                       field->id, NULL);
    }
}

static void check_position_role(tb_check *check, const tb_position *position)
{
    if (position->role == NULL) {
        tb_check_fault(check, tb_at(position), TB_FAULT_POSITION_NO_ROLE, NULL, NULL);
        return;
    }
    bool by_place = position->kind == TB_POSITION_ROLE_OF_FIELD ||
                    (position->kind == TB_POSITION_EVERY && position->field != NULL);
    if (tb_check_role(check, &position->role) && by_place &&
        !tb_check_by_jurisdiction(check, position->role)) {
        tb_check_fault(check, tb_at_value(&position->role), TB_FAULT_POSITION_PLACE, position->role,
                       NULL);
    }
}

static void check_actor_of(tb_check *check, const tb_position *position)
{
    if (position->field == NULL) {
        tb_check_fault(check, tb_at(position), TB_FAULT_POSITION_NO_FIELD, NULL, NULL);
    } else if (position->field[0] != '\0' &&
               tb_case_type_action(check->type, tb_bytes_str(position->field)) == NULL) {
        tb_check_fault(check, tb_at_value(&position->field), TB_FAULT_ACTION_UNKNOWN,
                       position->field, "field");
    }
}

static void check_position(tb_check *check, const tb_position *position)
{
    tb_check_label(check, &position->title, tb_at(position), "the position", "案内身份");
    if (!tb_check_given(check, &position->kind)) {
        return;
    }
    switch (position->kind) {
    case TB_POSITION_OPENER:
        if (position->role != NULL) {
            (void)tb_check_role(check, &position->role);
        }
        return;
    case TB_POSITION_ROLE_OF_FIELD:
        check_position_role(check, position);
        check_position_field(check, position, TB_FIELD_PROVINCE);
        return;
    case TB_POSITION_FIELD:
        check_position_field(check, position, TB_FIELD_PARTY);
        return;
    case TB_POSITION_ROLE:
        check_position_role(check, position);
        return;
    case TB_POSITION_ACTOR_OF:
        check_actor_of(check, position);
        return;
    case TB_POSITION_EVERY:
        check_position_role(check, position);
        if (position->field != NULL) {
            check_position_field(check, position, TB_FIELD_PROVINCE);
        }
        return;
    case TB_POSITION_LOOKED_UP:
        tb_check_looked_up(check, position);
        return;
    }
}

void tb_check_positions(tb_check *check)
{
    const tb_case_type *type = check->type;
    tb_check_names(check, TB_ITEM_POSITION, type->positions, type->position_count,
                   sizeof *type->positions);
    for (unsigned i = 0; i < type->position_count; i++) {
        const tb_position *position = &type->positions[i];
        tb_check_item(check, TB_ITEM_POSITION, position->id, position);
        check_position(check, position);
    }
}

/* ---- states ---- */

/* All openings lead to initial states, and none of them to this one. */
static bool is_begun_elsewhere(const tb_check *check, const tb_state *state)
{
    bool begun = false;
    for (unsigned i = 0; i < check->type->action_count; i++) {
        const tb_action *action = &check->type->actions[i];
        for (unsigned j = 0; action->kind == TB_ACTION_OPEN && j < action->way_count; j++) {
            const char *to = action->ways[j].to;
            const tb_state *first =
                to != NULL ? tb_case_type_state(check->type, tb_bytes_str(to)) : NULL;
            if (first == NULL || !first->initial || first == state) {
                return false; /* or told already */
            }
            begun = true;
        }
    }
    return begun;
}

void tb_check_states(tb_check *check)
{
    const tb_case_type *type = check->type;
    bool initial = false;
    bool closed = false;
    tb_check_names(check, TB_ITEM_STATE, type->states, type->state_count, sizeof *type->states);
    for (unsigned i = 0; i < type->state_count; i++) {
        const tb_state *state = &type->states[i];
        tb_check_item(check, TB_ITEM_STATE, state->id, state);
        tb_check_label(check, &state->title, tb_at(state), "the state", "状态");
        initial = initial || state->initial || !tb_check_given(check, &state->initial);
        closed = closed || state->closed || !tb_check_given(check, &state->closed);
        if (state->initial && is_begun_elsewhere(check, state)) {
            tb_check_fault(check, tb_at_value(&state->initial), TB_FAULT_INITIAL_UNUSED, NULL,
                           NULL);
        }
    }
    tb_check_item(check, TB_ITEM_CASE_TYPE, type->id, type);
    if (!initial && tb_check_given(check, &type->states)) {
        tb_check_fault(check, tb_at_value(&type->states), TB_FAULT_NO_INITIAL, NULL, NULL);
    }
    if (!closed && tb_check_given(check, &type->states)) {
        tb_check_fault(check, tb_at_value(&type->states), TB_FAULT_NO_CLOSED, NULL, NULL);
    }
}

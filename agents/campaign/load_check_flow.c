/* load_check_flow - how states follow each other: those nobody reaches, those nobody leaves. */
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

static bool mark(const tb_case_type *type, tb_state_marks *marks, const char *state)
{
    bool changed = false;
    for (unsigned i = 0; state != NULL && i < type->state_count && i < TB_STATES_MAX; i++) {
        if (strcmp(type->states[i].id, state) == 0 && !marks->set[i]) {
            marks->set[i] = true;
            changed = true;
        }
    }
    return changed;
}

bool tb_check_comes_from(const tb_case_type *type,
                         const tb_action *action,
                         const tb_state_marks *marks)
{
    for (unsigned i = 0; i < type->state_count && i < TB_STATES_MAX; i++) {
        if (marks->set[i] &&
            listed((const char *const *)action->from, action->from_count, type->states[i].id)) {
            return true;
        }
    }
    return false;
}

static bool moves(const tb_action *action)
{
    return action->kind == TB_ACTION_CHAIN || action->kind == TB_ACTION_TAKE_OVER;
}

static bool mark_ways(const tb_case_type *type, const tb_action *action, tb_state_marks *marks)
{
    bool changed = false;
    for (unsigned i = 0; i < action->way_count; i++) {
        changed = mark(type, marks, action->ways[i].to) || changed;
    }
    return changed;
}

void tb_check_lead(const tb_case_type *type, const tb_action *action, tb_state_marks *marks)
{
    (void)mark_ways(type, action, marks);
}

void tb_check_targets(const tb_case_type *type, const tb_action *action, tb_state_marks *marks)
{
    bool stays = action->way_count == 0;
    (void)mark_ways(type, action, marks);
    for (unsigned i = 0; i < action->way_count; i++) {
        stays = stays || action->ways[i].to == NULL;
    }
    for (unsigned i = 0; stays && i < action->from_count; i++) {
        (void)mark(type, marks, action->from[i]);
    }
}

void tb_check_followers(const tb_case_type *type, tb_state_marks *marks)
{
    bool changed = true;
    while (changed) {
        changed = false;
        for (unsigned i = 0; i < type->action_count; i++) {
            const tb_action *action = &type->actions[i];
            if (moves(action) && tb_check_comes_from(type, action, marks)) {
                changed = mark_ways(type, action, marks) || changed;
            }
        }
    }
}

static tb_state_marks reachable_states(const tb_check *check)
{
    tb_state_marks marks = {0};
    for (unsigned i = 0; i < check->type->action_count; i++) {
        const tb_action *action = &check->type->actions[i];
        if (action->kind == TB_ACTION_OPEN) { /* an unknown kind is read as one */
            (void)mark_ways(check->type, action, &marks);
        }
    }
    tb_check_followers(check->type, &marks);
    return marks;
}

static bool
leads_into(const tb_case_type *type, const tb_action *action, const tb_state_marks *marks)
{
    for (unsigned i = 0; i < action->way_count; i++) {
        const char *to = action->ways[i].to;
        for (unsigned j = 0; to != NULL && j < type->state_count; j++) {
            if (marks->set[j] && strcmp(type->states[j].id, to) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* A step of the holder, or what may be one. */
static bool steps(const tb_check *check, const tb_action *action)
{
    return action->kind == TB_ACTION_CHAIN || !tb_check_given(check, &action->kind);
}

/* States from which a closed one can be reached without a take-over. */
static tb_state_marks ending_states(const tb_check *check)
{
    const tb_case_type *type = check->type;
    tb_state_marks marks = {0};
    bool changed = true;
    for (unsigned i = 0; i < type->state_count; i++) {
        marks.set[i] = type->states[i].closed || !tb_check_given(check, &type->states[i].closed);
    }
    while (changed) {
        changed = false;
        for (unsigned i = 0; i < type->action_count; i++) {
            const tb_action *action = &type->actions[i];
            bool leads = steps(check, action) && leads_into(type, action, &marks);
            for (unsigned j = 0; leads && j < action->from_count; j++) {
                changed = mark(type, &marks, action->from[j]) || changed;
            }
            bool anywhere = leads && !tb_check_given(check, &action->from); /* told already */
            for (unsigned j = 0; anywhere && j < type->state_count; j++) {
                changed = mark(type, &marks, type->states[j].id) || changed;
            }
        }
    }
    return marks;
}

static bool has_exit(const tb_check *check, const char *state)
{
    for (unsigned i = 0; i < check->type->action_count; i++) {
        const tb_action *action = &check->type->actions[i];
        bool from = listed((const char *const *)action->from, action->from_count, state) ||
                    !tb_check_given(check, &action->from);
        if (steps(check, action) && from) {
            return true;
        }
    }
    return false;
}

/* What agents do by themselves and nothing keeps from being done: adds the states that leads to. */
static bool
mark_by_itself(const tb_case_type *type, const tb_state_marks *from, tb_state_marks *marks)
{
    bool changed = false;
    for (unsigned i = 0; i < type->action_count; i++) {
        const tb_action *action = &type->actions[i];
        bool by_itself = action->automatic != NULL && !action->automatic->switched &&
                         action->when.count == 0 && tb_check_comes_from(type, action, from);
        for (unsigned w = 0; by_itself && w < action->way_count; w++) {
            if (action->ways[w].when.count == 0) {
                changed = mark(type, marks, action->ways[w].to) || changed;
            }
        }
    }
    return changed;
}

/* A case that agents would hand round for ever. */
static void check_loop(tb_check *check, unsigned at)
{
    tb_state_marks from = {0};
    tb_state_marks behind = {0};
    from.set[at] = true;
    bool changed = mark_by_itself(check->type, &from, &behind);
    while (changed) {
        from = behind;
        changed = mark_by_itself(check->type, &from, &behind);
    }
    if (behind.set[at]) {
        tb_check_fault(check, tb_at(&check->type->states[at]), TB_FAULT_AUTOMATIC_LOOP, NULL, NULL);
    }
}

void tb_check_flow(tb_check *check)
{
    const tb_case_type *type = check->type;
    tb_state_marks reachable = reachable_states(check);
    tb_state_marks ending = ending_states(check);
    bool some_closed = false;
    for (unsigned i = 0; i < type->state_count; i++) {
        some_closed = some_closed || ending.set[i];
    }
    for (unsigned i = 0; i < type->state_count; i++) {
        const tb_state *state = &type->states[i];
        if (state->id[0] == '\0') {
            continue;
        }
        tb_check_item(check, TB_ITEM_STATE, state->id, state);
        check_loop(check, i);
        if (!reachable.set[i]) {
            tb_check_fault(check, tb_at(state), TB_FAULT_STATE_UNREACHED, NULL, NULL);
        }
        if (!ending.set[i] && !has_exit(check, state->id)) {
            tb_check_fault(check, tb_at(state), TB_FAULT_STATE_STUCK, NULL, NULL);
        } else if (!ending.set[i] && some_closed) {
            tb_check_fault(check, tb_at(state), TB_FAULT_STATE_NO_END, NULL, NULL);
        }
    }
}

/* load_check_sight - whether who is owed a duty learns of it: its creditor's agent alone records a
 * lapse, and can only of what it was shown.
 *
 *     the beginning     with the action the duty begins with, or with a later step before its end
 *     the end           with every action that ends it; else the lapse of what was done is recorded
 *     the release       with every take-over that may come in between, unless the duty outlives it
 *
 * The limit shows with the beginning: what it is counted from and the day it names are in the open
 * part of that event. Who is shown an event is shown all of the case before it (agents/passing.h).
 */
#include "agents/campaign/load_check.h"

#include "agents/campaign/duty.h"

/* Whether whoever opens the case in this role is the party in the position: as its opener, as the
 * one party of the role, or as that of the jurisdiction the agent fills in. */
static bool opens_as(const tb_check *check, const tb_position *p, const char *role)
{
    bool same = p->role != NULL && strcmp(p->role, role) == 0;
    const tb_field_def *field = p->field != NULL ? tb_check_field_of(check, p->field) : NULL;
    switch (p->kind) {
    case TB_POSITION_OPENER:
        return same || p->role == NULL;
    case TB_POSITION_ROLE:
        return same;
    case TB_POSITION_ROLE_OF_FIELD:
        return same && field != NULL && field->compute == TB_COMPUTE_JURISDICTION;
    case TB_POSITION_FIELD:
    case TB_POSITION_ACTOR_OF:
    case TB_POSITION_EVERY:
    case TB_POSITION_LOOKED_UP:
        return false;
    }
    TB_UNREACHABLE();
}

/* Who acts is the creditor, whoever of `by` it is: roles at an opening. */
static bool acts(const tb_check *check, const tb_action *action, const char *creditor)
{
    const tb_position *p = tb_case_type_position(check->type, tb_bytes_str(creditor));
    bool all = p != NULL && action->by_count > 0;
    for (unsigned i = 0; all && i < action->by_count; i++) {
        all = action->kind == TB_ACTION_OPEN ? opens_as(check, p, action->by[i])
                                             : tb_check_alike(check, action->by[i], creditor);
    }
    return all;
}

static bool hands_over(const tb_check *check, const tb_action *action, const char *creditor)
{
    bool all = action->way_count > 0;
    for (unsigned i = 0; all && i < action->way_count; i++) {
        const char *to = action->ways[i].hands_to;
        all = to != NULL && tb_check_alike(check, to, creditor);
    }
    return all;
}

/* Whether a party is shown the action, by whomever and whichever way it is done. A side event
 * goes to the holder besides, which the party may be. */
static bool shows_one(const tb_check *check, const tb_action *action, const char *creditor)
{
    return !tb_check_given(check, &action->copies) || !tb_check_given(check, &action->by) ||
           tb_check_among(check, (const char *const *)action->copies, action->copy_count,
                          creditor) ||
           acts(check, action, creditor) || hands_over(check, action, creditor) ||
           (action->kind == TB_ACTION_SIDE && tb_check_can_hold(check, creditor));
}

/* Whoever did an action before: each that may have, unless it is this very action. */
static bool shows(const tb_check *check, const tb_action *action, const char *creditor)
{
    const tb_position *p = tb_case_type_position(check->type, tb_bytes_str(creditor));
    const tb_action *did = p->kind == TB_POSITION_ACTOR_OF && p->field != NULL
                               ? tb_case_type_action(check->type, tb_bytes_str(p->field))
                               : NULL;
    if (did == NULL || did->kind == TB_ACTION_OPEN || did == action) {
        return did == action || shows_one(check, action, creditor);
    }
    bool all = true;
    for (unsigned i = 0; all && i < did->by_count; i++) {
        all = tb_check_alike(check, did->by[i], creditor) || shows_one(check, action, did->by[i]);
    }
    return all;
}

static bool ends(const tb_duty_def *duty, const tb_action *action)
{
    return tb_duty_ends(duty, tb_bytes_str(action->id));
}

/* Adds the states a case can be in while the duty is open. */
static void states_meanwhile(const tb_case_type *type,
                             const tb_duty_def *duty,
                             const tb_action *from,
                             tb_state_marks *marks)
{
    tb_check_targets(type, from, marks);
    for (bool changed = true; changed;) {
        tb_state_marks before = *marks;
        for (unsigned i = 0; i < type->action_count; i++) {
            const tb_action *action = &type->actions[i];
            bool step = action->kind == TB_ACTION_CHAIN ||
                        (action->kind == TB_ACTION_TAKE_OVER &&
                         tb_duty_outlives(duty, tb_bytes_str(action->id)));
            if (step && !ends(duty, action) && tb_check_comes_from(type, action, marks)) {
                tb_check_lead(type, action, marks);
            }
        }
        changed = memcmp(&before, marks, sizeof before) != 0;
    }
}

static bool
shown_meanwhile(const tb_check *check, const tb_duty_def *duty, const tb_state_marks *meanwhile)
{
    for (unsigned i = 0; i < check->type->action_count; i++) {
        const tb_action *action = &check->type->actions[i];
        if (action->kind == TB_ACTION_CHAIN && !ends(duty, action) &&
            tb_check_comes_from(check->type, action, meanwhile) && shows(check, action, duty->to)) {
            return true;
        }
    }
    return false;
}

void tb_check_sight(tb_check *check, const tb_duty_def *duty, const tb_action *from)
{
    const tb_case_type *type = check->type;
    tb_state_marks meanwhile = {0};
    states_meanwhile(type, duty, from, &meanwhile);
    if (!shows(check, from, duty->to) && !shown_meanwhile(check, duty, &meanwhile)) {
        tb_check_fault(check, tb_at_value(&duty->to), TB_FAULT_BEGIN_UNSEEN, duty->to, from->id);
    }
    for (unsigned i = 0; i < type->action_count; i++) {
        const tb_action *action = &type->actions[i];
        bool over = action->kind == TB_ACTION_TAKE_OVER &&
                    !tb_duty_outlives(duty, tb_bytes_str(action->id)) &&
                    tb_check_comes_from(type, action, &meanwhile);
        if (shows(check, action, duty->to)) {
            continue;
        }
        if (ends(duty, action)) {
            tb_check_fault(check, tb_at_value(&duty->to), TB_FAULT_END_UNSEEN, duty->to,
                           action->id);
        } else if (over) {
            tb_check_fault(check, tb_at_value(&duty->to), TB_FAULT_RELEASE_UNSEEN, duty->to,
                           action->id);
        }
    }
}

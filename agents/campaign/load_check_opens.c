/* load_check_opens - faults of cases that an act opens: may its actor open them, is all given that
 * they ask for, and does nobody read there what it may not read here.
 *
 * The last is proved, not hoped for. A sealed field may be copied only into a group each of whose
 * readers is surely a reader of the field's own group: the case opened is opened by who acts, and
 * its positions are resolved from fields that were copied from fields of the case acted on and that
 * nothing changes there afterwards.
 */
#include "agents/campaign/load_check.h"

#include "agents/campaign/judge.h"
#include "agents/campaign/scene.h"

typedef struct opening {
    tb_check *check; /* of the case acted on */
    const tb_action *action;
    const tb_opens *opens;
    const tb_case_type *type;  /* opened */
    const tb_action *its_open; /* the action that opens it */
} opening;

static bool same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* ---- who acts ---- */

/* The role of whoever is in a position; NULL: the definition does not say. */
static const char *role_of(const tb_case_type *type, const char *position)
{
    const tb_position *p = tb_case_type_position(type, tb_bytes_str(position));
    return p != NULL && p->kind != TB_POSITION_FIELD && p->kind != TB_POSITION_ACTOR_OF ? p->role
                                                                                        : NULL;
}

static bool may_open(const tb_action *action, const char *role)
{
    return tb_names_hold(action->by, action->by_count, tb_bytes_str(role)) ||
           tb_names_hold(action->by, action->by_count, tb_bytes_str(TB_ROLE_ANY));
}

/* As the agent chooses: the first that the role may take. */
static const tb_action *opening_for(const tb_case_type *type, const char *role)
{
    const tb_action *first = NULL;
    for (unsigned i = 0; i < type->action_count; i++) {
        const tb_action *action = &type->actions[i];
        if (action->kind != TB_ACTION_OPEN) {
            continue;
        }
        first = first == NULL ? action : first;
        if (role != NULL && may_open(action, role)) {
            return action;
        }
    }
    return first;
}

static bool check_actors(opening *o)
{
    const char *role = NULL;
    for (unsigned i = 0; i < o->action->by_count; i++) {
        const char *one = role_of(o->check->type, o->action->by[i]);
        role = one != NULL ? one : role;
    }
    o->its_open = opening_for(o->type, role);
    for (unsigned i = 0; o->its_open != NULL && i < o->action->by_count; i++) {
        const char *one = role_of(o->check->type, o->action->by[i]);
        if (one != NULL && !may_open(o->its_open, one)) {
            tb_check_fault(o->check, tb_at_value(&o->opens->case_type), TB_FAULT_OPENS_ROLE,
                           o->action->by[i], o->its_open->id);
            return false;
        }
    }
    return o->its_open != NULL;
}

/* ---- which field is which ---- */

static const tb_copied_field *copied(const tb_opens *opens, const char *field)
{
    for (unsigned i = 0; field != NULL && i < opens->field_count; i++) {
        if (strcmp(opens->fields[i].field, field) == 0) {
            return &opens->fields[i];
        }
    }
    return NULL;
}

/* Set by the opening and by nothing else. */
static bool stays(const opening *o, const char *field)
{
    for (unsigned i = 0; i < o->type->action_count; i++) {
        const tb_action *action = &o->type->actions[i];
        if (action->kind != TB_ACTION_OPEN &&
            tb_action_field_of(action, tb_bytes_str(field)) != NULL) {
            return false;
        }
    }
    return true;
}

/* The field of the case acted on that this field of the opened case always equals; NULL: none does
 * for sure. A jurisdiction is that of who opens: of who acts, whose own place may be in a field. */
static const char *equal_field(const opening *o, const char *field)
{
    const tb_field_def *def = tb_case_type_field(o->type, tb_bytes_str(field));
    if (def == NULL || !stays(o, field)) {
        return NULL;
    }
    if (def->compute != TB_COMPUTE_JURISDICTION) {
        const tb_copied_field *copy = copied(o->opens, field);
        return copy != NULL ? copy->from : NULL;
    }
    const char *place = NULL;
    for (unsigned i = 0; i < o->action->by_count; i++) {
        const tb_position *p =
            tb_case_type_position(o->check->type, tb_bytes_str(o->action->by[i]));
        bool by_place = p != NULL && p->field != NULL &&
                        (p->kind == TB_POSITION_ROLE_OF_FIELD || p->kind == TB_POSITION_EVERY);
        if (!by_place || (place != NULL && strcmp(place, p->field) != 0)) {
            return NULL;
        }
        place = p->field;
    }
    return place;
}

/* ---- readers ---- */

static bool is_many(const tb_position *p)
{
    return p->kind == TB_POSITION_EVERY;
}

/* Whether whoever is in position p of the opened case is surely one of the reader q of this one. */
static bool covers(const opening *o, const tb_position *q, const tb_position *p)
{
    if (q == NULL) {
        return false;
    }
    bool any_of_role = is_many(q) && q->field == NULL && same(q->role, p->role);
    switch (p->kind) {
    case TB_POSITION_OPENER:
        return false; /* looked at by its acts */
    case TB_POSITION_ROLE:
        return any_of_role || (q->kind == TB_POSITION_ROLE && same(q->role, p->role));
    case TB_POSITION_EVERY:
        if (p->field == NULL) {
            return any_of_role;
        }
        return any_of_role || (is_many(q) && same(q->role, p->role) && q->field != NULL &&
                               same(q->field, equal_field(o, p->field)));
    case TB_POSITION_ROLE_OF_FIELD:
        return any_of_role ||
               ((is_many(q) || q->kind == TB_POSITION_ROLE_OF_FIELD) && same(q->role, p->role) &&
                q->field != NULL && same(q->field, equal_field(o, p->field)));
    case TB_POSITION_FIELD:
        return q->kind == TB_POSITION_FIELD && q->field != NULL &&
               same(q->field, equal_field(o, p->field));
    case TB_POSITION_LOOKED_UP:
    case TB_POSITION_ACTOR_OF:
        return false;
    }
    return false;
}

static bool actors_read(const opening *o, const tb_field_group *group)
{
    for (unsigned i = 0; i < o->action->by_count; i++) {
        if (!tb_check_among(o->check, (const char *const *)group->readers, group->reader_count,
                            o->action->by[i])) {
            return false;
        }
    }
    return true;
}

static bool may_read(const opening *o, const tb_field_group *group, const tb_position *p)
{
    if (p->kind == TB_POSITION_OPENER) {
        return actors_read(o, group);
    }
    for (unsigned i = 0; i < group->reader_count; i++) {
        if (covers(o, tb_case_type_position(o->check->type, tb_bytes_str(group->readers[i])), p)) {
            return true;
        }
    }
    return false;
}

/* The opener reads what it wrote, whoever the group's readers are. */
static void check_seal(opening *o,
                       const tb_copied_field *copy,
                       const tb_field_def *from,
                       const tb_field_def *to)
{
    const tb_field_group *group =
        from->group != NULL ? tb_case_type_group(o->check->type, tb_bytes_str(from->group)) : NULL;
    const tb_field_group *into =
        to->group != NULL ? tb_case_type_group(o->type, tb_bytes_str(to->group)) : NULL;
    if (group == NULL) {
        return; /* everybody on the case reads it */
    }
    if (into == NULL) {
        tb_check_fault3(o->check, tb_at(copy), TB_FAULT_OPENS_UNSEALED, copy->from, from->group,
                        copy->field);
        return;
    }
    for (unsigned i = 0; i < into->reader_count; i++) {
        const tb_position *p = tb_case_type_position(o->type, tb_bytes_str(into->readers[i]));
        if (p != NULL && !may_read(o, group, p)) {
            tb_check_fault3(o->check, tb_at(copy), TB_FAULT_OPENS_READER, copy->from, from->group,
                            into->readers[i]);
            return;
        }
    }
}

/* ---- fields ---- */

static bool alike(const tb_check *check, const tb_field_def *a, const tb_field_def *b)
{
    return a->type == b->type && same(a->choices, b->choices) && tb_check_given(check, &a->type) &&
           tb_check_given(check, &b->type);
}

static void check_copy(opening *o, const tb_copied_field *copy)
{
    const tb_field_def *from = tb_check_field_of(o->check, copy->from);
    const tb_field_def *to = tb_case_type_field(o->type, tb_bytes_str(copy->field));
    if (from == NULL && copy->from[0] != '\0') {
        tb_check_fault(o->check, tb_at_value(&copy->from), TB_FAULT_FIELD_UNKNOWN, copy->from,
                       NULL);
    }
    bool taken = to != NULL && tb_action_field_of(o->its_open, tb_bytes_str(copy->field)) != NULL;
    if (!taken && copy->field[0] != '\0') {
        tb_check_fault(o->check, tb_at_value(&copy->field), TB_FAULT_OPENS_FIELD, copy->field,
                       o->its_open->id);
    }
    if (from == NULL || to == NULL) {
        return;
    }
    if (!alike(o->check, from, to)) {
        tb_check_fault(o->check, tb_at(copy), TB_FAULT_OPENS_TYPE, copy->from, copy->field);
        return;
    }
    check_seal(o, copy, from, to);
}

/* What the opening asks for must come from somewhere: nobody is asked. */
static void check_all_given(opening *o)
{
    for (unsigned i = 0; i < o->its_open->field_count; i++) {
        const tb_action_field *field = &o->its_open->fields[i];
        const tb_field_def *def = tb_case_type_field(o->type, tb_bytes_str(field->field));
        bool computed = def != NULL && def->compute != TB_COMPUTE_NONE;
        if (field->required && !computed && copied(o->opens, field->field) == NULL &&
            !same(field->field, o->opens->parent)) {
            tb_check_fault(o->check, tb_at(o->opens), TB_FAULT_OPENS_MISSING, o->its_open->id,
                           field->field);
        }
    }
}

static void check_parent(opening *o)
{
    const tb_field_def *field = tb_case_type_field(o->type, tb_bytes_str(o->opens->parent));
    bool good = field != NULL && field->type == TB_FIELD_CASE && field->index &&
                tb_action_field_of(o->its_open, tb_bytes_str(o->opens->parent)) != NULL;
    if (!good && o->opens->parent[0] != '\0') {
        tb_check_fault(o->check, tb_at_value(&o->opens->parent), TB_FAULT_OPENS_PARENT,
                       o->opens->parent, NULL);
    }
}

static bool opened_twice(const tb_action *action, unsigned at)
{
    for (unsigned i = 0; i < at; i++) {
        if (same(action->opens[i].case_type, action->opens[at].case_type)) {
            return true;
        }
    }
    return false;
}

void tb_check_opens_of(tb_check *check, const tb_action *action)
{
    bool may = action->kind == TB_ACTION_CHAIN || action->kind == TB_ACTION_TAKE_OVER ||
               !tb_check_given(check, &action->kind);
    for (unsigned i = 0; i < action->opens_count; i++) {
        const tb_opens *opens = &action->opens[i];
        opening o = {.check = check, .action = action, .opens = opens};
        if (!may) {
            tb_check_fault(check, tb_at(opens), TB_FAULT_OPENS_KIND, NULL, NULL);
            continue;
        }
        tb_check_conditions(check, action, &opens->when, &action->when);
        o.type = tb_campaign_case_type(check->campaign, tb_bytes_str(opens->case_type));
        if (o.type == NULL) {
            if (opens->case_type[0] != '\0') {
                tb_check_fault(check, tb_at_value(&opens->case_type), TB_FAULT_CASE_TYPE_UNKNOWN,
                               opens->case_type, NULL);
            }
            continue;
        }
        if (opened_twice(action, i)) {
            tb_check_fault(check, tb_at(opens), TB_FAULT_OPENS_TWICE, opens->case_type, NULL);
        }
        if (!check_actors(&o)) {
            continue;
        }
        check_parent(&o);
        for (unsigned j = 0; j < opens->field_count; j++) {
            check_copy(&o, &opens->fields[j]);
        }
        check_all_given(&o);
    }
}

/* load_check_route - whether whom a case is handed to is somebody, whatever way it came.
 *
 * What is surely known is followed from the openings through the states: an open field is known
 * after an action that requires it or a condition that needs it, an actor after its action. Where
 * ways meet only what is known on all of them is known. A position that hangs on what is not known
 * can be nobody, and the case would have no recipient. Whether the directory has a party of a role
 * is another matter: the agent that hands over says so then.
 */
#include "agents/campaign/load_check.h"

#define WORD_BITS 64
/* Bits of actions stand behind those of fields. */
#define ACTIONS_FROM 128

/* What is surely known: fields by their place in the list, actions that were done by theirs. */
typedef struct facts {
    uint64_t words[(ACTIONS_FROM + TB_ACTIONS_MAX + WORD_BITS - 1) / WORD_BITS];
} facts;

#define WORDS (sizeof(((facts *)0)->words) / sizeof(uint64_t))

_Static_assert(TB_FIELDS_MAX <= ACTIONS_FROM, "a bit per field");

typedef struct flow {
    tb_check *check;
    const tb_case_type *type;
    bool reached[TB_STATES_MAX];
    facts known[TB_STATES_MAX]; /* in a state that is reached */
    bool changed;
    bool telling;
} flow;

/* ---- facts ---- */

static void know_field(const flow *f, facts *known, const char *id)
{
    for (unsigned i = 0; id != NULL && i < f->type->field_count; i++) {
        if (strcmp(f->type->fields[i].id, id) == 0) {
            known->words[i / WORD_BITS] |= UINT64_C(1) << i % WORD_BITS;
        }
    }
}

static void forget_field(const flow *f, facts *known, const char *id)
{
    for (unsigned i = 0; i < f->type->field_count; i++) {
        if (strcmp(f->type->fields[i].id, id) == 0) {
            known->words[i / WORD_BITS] &= ~(UINT64_C(1) << i % WORD_BITS);
        }
    }
}

static void know_action(const flow *f, facts *known, const char *id)
{
    for (unsigned i = 0; id != NULL && i < f->type->action_count; i++) {
        if (strcmp(f->type->actions[i].id, id) == 0) {
            unsigned bit = ACTIONS_FROM + i;
            known->words[bit / WORD_BITS] |= UINT64_C(1) << bit % WORD_BITS;
        }
    }
}

static bool covers(const facts *known, const facts *needed)
{
    for (size_t i = 0; i < WORDS; i++) {
        if ((known->words[i] & needed->words[i]) != needed->words[i]) {
            return false;
        }
    }
    return true;
}

static void add(facts *known, const facts *more)
{
    for (size_t i = 0; i < WORDS; i++) {
        known->words[i] |= more->words[i];
    }
}

static void keep_common(facts *known, const facts *other)
{
    for (size_t i = 0; i < WORDS; i++) {
        known->words[i] &= other->words[i];
    }
}

static facts needed_for(const flow *f, const char *position);
static void add(facts *known, const facts *more);

/* Whatever row it is: the positions of all of them. */
static void need_rows(const flow *f, facts *needed, const tb_position *p)
{
    const tb_lookup *lookup =
        p->lookup != NULL ? tb_campaign_lookup(f->check->campaign, p->lookup) : NULL;
    for (unsigned i = 0; lookup != NULL && i < lookup->row_count; i++) {
        const char *id = lookup->rows[i].position;
        const tb_position *q = id != NULL ? tb_case_type_position(f->type, tb_bytes_str(id)) : NULL;
        if (q != NULL && q->kind != TB_POSITION_LOOKED_UP) {
            facts more = needed_for(f, id);
            add(needed, &more);
        }
    }
}

/* What makes a position somebody. */
static facts needed_for(const flow *f, const char *position)
{
    facts needed = {0};
    const tb_position *p =
        position != NULL ? tb_case_type_position(f->type, tb_bytes_str(position)) : NULL;
    if (p == NULL || !tb_check_given(f->check, &p->kind)) {
        return needed;
    }
    if (p->kind == TB_POSITION_FIELD || p->kind == TB_POSITION_ROLE_OF_FIELD) {
        know_field(f, &needed, p->field);
    }
    if (p->kind == TB_POSITION_ACTOR_OF) {
        know_action(f, &needed, p->field);
    }
    if (p->kind == TB_POSITION_LOOKED_UP) {
        know_field(f, &needed, p->field);
        need_rows(f, &needed, p);
    }
    return needed;
}

static void know_position(const flow *f, facts *known, const char *position)
{
    facts more = needed_for(f, position);
    add(known, &more);
}

/* An opener of one role among several may be of another. */
static bool may_lack_opener(const flow *f, const char *position)
{
    const tb_position *p = tb_case_type_position(f->type, tb_bytes_str(position));
    if (p == NULL || p->kind != TB_POSITION_OPENER || p->role == NULL) {
        return false;
    }
    for (unsigned i = 0; i < f->type->action_count; i++) {
        const tb_action *action = &f->type->actions[i];
        for (unsigned j = 0; action->kind == TB_ACTION_OPEN && j < action->by_count; j++) {
            if (strcmp(action->by[j], p->role) != 0) {
                return true;
            }
        }
    }
    return false;
}

/* ---- what conditions tell ---- */

static void learn(const flow *f, facts *known, const tb_condition *c)
{
    if (!tb_check_given(f->check, &c->test)) {
        return;
    }
    switch (c->test) {
    case TB_TEST_KNOWN:
    case TB_TEST_IS:
        know_field(f, known, c->field);
        return;
    case TB_TEST_SINCE:
    case TB_TEST_BEFORE:
    case TB_TEST_WITHIN_CAMPAIGN:
    case TB_TEST_IN_STAGE:
    case TB_TEST_OUTSIDE_STAGE:
        know_field(f, known, c->field);
        return;
    case TB_TEST_WITHIN:
        know_field(f, known, c->field);
        know_position(f, known, c->a);
        return;
    case TB_TEST_ROLE_OF:
        know_position(f, known, c->a);
        return;
    case TB_TEST_SAME:
        know_position(f, known, c->a);
        know_position(f, known, c->b);
        return;
    case TB_TEST_COUNT_LEAST:
        know_action(f, known, c->field);
        return;
    case TB_TEST_UNKNOWN:
    case TB_TEST_IS_NOT:
    case TB_TEST_DIFFERENT:
    case TB_TEST_COUNT_BELOW:
    case TB_TEST_STATE:
    case TB_TEST_ACTOR_ROLE:
    case TB_TEST_ACTOR_HOLDS:
    case TB_TEST_LAPSED:
    case TB_TEST_LINKED_OPEN:
    case TB_TEST_LINKED_DONE:
    case TB_TEST_LINKED_NONE_OPEN:
        return;
    }
}

static void learn_all(const flow *f, facts *known, const tb_conditions *conditions)
{
    for (unsigned i = 0; i < conditions->count; i++) {
        learn(f, known, &conditions->list[i]);
    }
}

/* A way that was not taken, though one condition alone kept it from being. */
static void learn_not(const flow *f, facts *known, const tb_conditions *conditions)
{
    if (conditions->count != 1 || !tb_check_given(f->check, &conditions->list[0].test)) {
        return;
    }
    const tb_condition *c = &conditions->list[0];
    if (c->test == TB_TEST_UNKNOWN || c->test == TB_TEST_IS_NOT) {
        know_field(f, known, c->field);
    }
    if (c->test == TB_TEST_DIFFERENT) {
        know_position(f, known, c->a);
        know_position(f, known, c->b);
    }
}

/* ---- following the actions ---- */

static void meet(flow *f, const char *state, const facts *known)
{
    for (unsigned i = 0; i < f->type->state_count; i++) {
        if (strcmp(f->type->states[i].id, state) != 0) {
            continue;
        }
        facts before = f->known[i];
        bool reached = f->reached[i];
        f->reached[i] = true;
        f->known[i] = *known;
        if (reached) {
            keep_common(&f->known[i], &before);
        }
        f->changed = f->changed || !reached || !covers(&f->known[i], &before);
        return;
    }
}

static void tell_nobody(flow *f, const tb_action *action, const tb_way *way, const char *from)
{
    tb_check_item(f->check, TB_ITEM_ACTION, action->id, action);
    tb_check_fault(f->check, tb_at_value(&way->hands_to), TB_FAULT_NO_RECIPIENT, way->hands_to,
                   from != NULL ? from : action->id);
}

/* Told once for a way, with the first state that shows it. */
static bool
already_told(const flow *f, const tb_action *action, const tb_way *way, const char *from);

static bool is_nobody(const flow *f, const tb_way *way, const facts *known)
{
    facts needed = needed_for(f, way->hands_to);
    return !covers(known, &needed) || may_lack_opener(f, way->hands_to);
}

/* What is known once the action was done, before its ways are chosen. */
static facts after_action(const flow *f, const tb_action *action, const facts *before)
{
    facts known = *before;
    if (action->kind != TB_ACTION_OPEN && action->by_count == 1) {
        know_position(f, &known, action->by[0]);
    }
    for (unsigned i = 0; i < action->field_count; i++) {
        const tb_action_field *field = &action->fields[i];
        if (field->required || !tb_check_given(f->check, &field->required)) {
            know_field(f, &known, field->field);
        } else {
            forget_field(f, &known, field->field); /* it may be cleared */
        }
    }
    learn_all(f, &known, &action->when);
    return known;
}

/* from NULL: an opening. */
static void follow_ways(flow *f, const tb_action *action, const char *from, const facts *before)
{
    facts known = after_action(f, action, before);
    for (unsigned i = 0; i < action->way_count; i++) {
        const tb_way *way = &action->ways[i];
        facts here = known;
        learn_all(f, &here, &way->when);
        if (f->telling && way->hands_to != NULL && is_nobody(f, way, &here) &&
            !already_told(f, action, way, from)) {
            tell_nobody(f, action, way, from);
        }
        know_action(f, &here, action->id);
        const char *to = way->to != NULL ? way->to : from;
        if (to != NULL) {
            meet(f, to, &here);
        }
        learn_not(f, &known, &way->when);
    }
    if (action->way_count == 0 && from != NULL) {
        know_action(f, &known, action->id);
        meet(f, from, &known);
    }
}

static const facts *known_in(const flow *f, const char *state)
{
    for (unsigned i = 0; i < f->type->state_count; i++) {
        if (f->reached[i] && strcmp(f->type->states[i].id, state) == 0) {
            return &f->known[i];
        }
    }
    return NULL;
}

static void follow(flow *f, const tb_action *action)
{
    static const facts nothing = {0};
    if (!tb_check_given(f->check, &action->kind) || action->kind == TB_ACTION_SIDE) {
        return;
    }
    if (action->kind == TB_ACTION_OPEN) {
        follow_ways(f, action, NULL, &nothing);
        return;
    }
    for (unsigned i = 0; i < action->from_count; i++) {
        const facts *known = known_in(f, action->from[i]);
        if (known != NULL) {
            facts before = *known; /* the state may be met again meanwhile */
            follow_ways(f, action, action->from[i], &before);
        }
    }
}

static bool
already_told(const flow *f, const tb_action *action, const tb_way *way, const char *from)
{
    for (unsigned i = 0; from != NULL && i < action->from_count && action->from[i] != from; i++) {
        const facts *known = known_in(f, action->from[i]);
        if (known == NULL) {
            continue;
        }
        facts here = after_action(f, action, known);
        for (const tb_way *before = action->ways; before != way; before++) {
            learn_not(f, &here, &before->when);
        }
        learn_all(f, &here, &way->when);
        if (is_nobody(f, way, &here)) {
            return true;
        }
    }
    return false;
}

void tb_check_routes(tb_check *check)
{
    flow f = {.check = check, .type = check->type};
    do {
        f.changed = false;
        for (unsigned i = 0; i < check->type->action_count; i++) {
            follow(&f, &check->type->actions[i]);
        }
    } while (f.changed);
    f.telling = true;
    for (unsigned i = 0; i < check->type->action_count; i++) {
        follow(&f, &check->type->actions[i]);
    }
}

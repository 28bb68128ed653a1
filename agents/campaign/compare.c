#include "agents/campaign/comparison.h"

#include "agents/campaign/duty.h"

static void grow(comparison *c)
{
    size_t capacity = c->capacity * 2 + 32;
    tb_difference *longer = tb_arena_array(c->arena, capacity, sizeof *longer);
    if (longer == NULL) {
        c->err = TB_ERR_LIMIT;
        return;
    }
    if (c->count > 0) {
        memcpy(longer, c->list, c->count * sizeof *longer);
    }
    c->list = longer;
    c->capacity = capacity;
}

static void put(comparison *c,
                tb_difference_kind kind,
                const char *state,
                const char *about,
                const char *detail)
{
    if (c->err == TB_OK && c->count == c->capacity) {
        grow(c);
    }
    if (c->err != TB_OK) {
        return;
    }
    const tb_case_type *type = c->from != NULL ? c->from : c->to;
    c->list[c->count++] = (tb_difference){
        .kind = kind,
        .case_type = type != NULL ? type->id : NULL,
        .state = state,
        .about = about,
        .detail = detail,
    };
}

void tb_comparison_put(comparison *c,
                       tb_difference_kind kind,
                       const char *state,
                       const char *about,
                       const char *detail)
{
    put(c, kind, state, about, detail);
}

/* Two names of which each may be absent. */
static bool same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool among(const char *const *names, unsigned count, const char *name)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static bool
same_names(const char *const *a, unsigned a_count, const char *const *b, unsigned b_count)
{
    for (unsigned i = 0; a_count == b_count && i < a_count; i++) {
        if (strcmp(a[i], b[i]) != 0) {
            return false;
        }
    }
    return a_count == b_count;
}

/* ---- states, and who acts in them ---- */

static bool acts_in(const tb_action *action, const char *state, const char *position)
{
    return action->kind == TB_ACTION_CHAIN &&
           among((const char *const *)action->from, action->from_count, state) &&
           among((const char *const *)action->by, action->by_count, position);
}

static bool may_act(const tb_case_type *type, const char *state, const char *position)
{
    for (unsigned i = 0; i < type->action_count; i++) {
        if (acts_in(&type->actions[i], state, position)) {
            return true;
        }
    }
    return false;
}

static void compare_state(comparison *c, const tb_state *from)
{
    const tb_state *to = tb_case_type_state(c->to, tb_bytes_str(from->id));
    if (to == NULL) {
        put(c, TB_DIFFERENCE_STATE_REMOVED, from->id, from->id, NULL);
        return;
    }
    if (from->closed != to->closed) {
        put(c, TB_DIFFERENCE_STATE_CLOSES, from->id, from->id, NULL);
    }
    for (unsigned i = 0; i < c->from->position_count; i++) {
        const char *position = c->from->positions[i].id;
        if (may_act(c->from, from->id, position) && !may_act(c->to, from->id, position)) {
            put(c, TB_DIFFERENCE_HOLDER_STRANDED, from->id, from->id, position);
        }
    }
}

static void compare_states(comparison *c)
{
    for (unsigned i = 0; i < c->from->state_count; i++) {
        compare_state(c, &c->from->states[i]);
    }
    for (unsigned i = 0; i < c->to->state_count; i++) {
        const char *id = c->to->states[i].id;
        if (tb_case_type_state(c->from, tb_bytes_str(id)) == NULL) {
            put(c, TB_DIFFERENCE_STATE_ADDED, NULL, id, NULL);
        }
    }
}

/* ---- positions ---- */

static void compare_positions(comparison *c)
{
    for (unsigned i = 0; i < c->from->position_count; i++) {
        const tb_position *from = &c->from->positions[i];
        const tb_position *to = tb_case_type_position(c->to, tb_bytes_str(from->id));
        if (to == NULL) {
            put(c, TB_DIFFERENCE_POSITION_REMOVED, NULL, from->id, NULL);
        } else if (from->kind != to->kind || !same(from->role, to->role) ||
                   !same(from->field, to->field) || !same(from->lookup, to->lookup)) {
            put(c, TB_DIFFERENCE_POSITION_CHANGED, NULL, from->id, NULL);
        }
    }
    for (unsigned i = 0; i < c->to->position_count; i++) {
        const char *id = c->to->positions[i].id;
        if (tb_case_type_position(c->from, tb_bytes_str(id)) == NULL) {
            put(c, TB_DIFFERENCE_POSITION_ADDED, NULL, id, NULL);
        }
    }
}

/* ---- fields ---- */

static const tb_choice *choice_of(const tb_code_list *codes, const char *id)
{
    for (unsigned i = 0; i < codes->choice_count; i++) {
        if (strcmp(codes->choices[i].id, id) == 0) {
            return &codes->choices[i];
        }
    }
    return NULL;
}

static const tb_code_list *codes_of(const tb_campaign *campaign, const tb_field_def *field)
{
    return field->choices != NULL ? tb_campaign_codes(campaign, field->choices) : NULL;
}

/* By the choices themselves: how their list is called does not matter. */
static void compare_choices(comparison *c, const tb_field_def *from, const tb_field_def *to)
{
    const tb_code_list *before = codes_of(c->from_campaign, from);
    const tb_code_list *after = codes_of(c->to_campaign, to);
    if (before == NULL || after == NULL || (before->of_duties && after->of_duties)) {
        return; /* no choices; or the duties themselves are compared */
    }
    for (unsigned i = 0; i < before->choice_count; i++) {
        if (choice_of(after, before->choices[i].id) == NULL) {
            put(c, TB_DIFFERENCE_CHOICE_REMOVED, NULL, from->id, before->choices[i].id);
        }
    }
    for (unsigned i = 0; i < after->choice_count; i++) {
        if (choice_of(before, after->choices[i].id) == NULL) {
            put(c, TB_DIFFERENCE_CHOICE_ADDED, NULL, from->id, after->choices[i].id);
        }
    }
}

static void compare_field(comparison *c, const tb_field_def *from)
{
    const tb_field_def *to = tb_case_type_field(c->to, tb_bytes_str(from->id));
    if (to == NULL) {
        put(c, TB_DIFFERENCE_FIELD_REMOVED, NULL, from->id, NULL);
        return;
    }
    if (from->type != to->type) {
        put(c, TB_DIFFERENCE_FIELD_TYPE, NULL, from->id, NULL);
    } else {
        compare_choices(c, from, to);
    }
    if (!tb_same_field_rules(from, to)) {
        put(c, TB_DIFFERENCE_FIELD_RULES, NULL, from->id, NULL);
    }
    if (!same(from->group, to->group)) {
        put(c, TB_DIFFERENCE_FIELD_GROUP, NULL, from->id, NULL);
    }
    if (from->compute != to->compute || !same(from->of, to->of) ||
        !same(from->measure, to->measure) || !same(from->about, to->about) ||
        !same(from->over, to->over) || !same(from->filed_in, to->filed_in) ||
        from->so_far != to->so_far) {
        put(c, TB_DIFFERENCE_FIELD_COMPUTED, NULL, from->id, NULL);
    }
}

static void compare_fields(comparison *c)
{
    for (unsigned i = 0; i < c->from->field_count; i++) {
        compare_field(c, &c->from->fields[i]);
    }
    for (unsigned i = 0; i < c->to->field_count; i++) {
        const char *id = c->to->fields[i].id;
        if (tb_case_type_field(c->from, tb_bytes_str(id)) == NULL) {
            put(c, TB_DIFFERENCE_FIELD_ADDED, NULL, id, NULL);
        }
    }
}

/* ---- field groups ---- */

static void compare_group(comparison *c, const tb_field_group *from)
{
    const tb_field_group *to = tb_case_type_group(c->to, tb_bytes_str(from->id));
    if (to == NULL) {
        put(c, TB_DIFFERENCE_GROUP_REMOVED, NULL, from->id, NULL);
        return;
    }
    for (unsigned i = 0; i < to->reader_count; i++) {
        if (!among((const char *const *)from->readers, from->reader_count, to->readers[i])) {
            put(c, TB_DIFFERENCE_READER_ADDED, NULL, from->id, to->readers[i]);
        }
    }
    for (unsigned i = 0; i < from->reader_count; i++) {
        if (!among((const char *const *)to->readers, to->reader_count, from->readers[i])) {
            put(c, TB_DIFFERENCE_READER_REMOVED, NULL, from->id, from->readers[i]);
        }
    }
}

static void compare_groups(comparison *c)
{
    for (unsigned i = 0; i < c->from->group_count; i++) {
        compare_group(c, &c->from->groups[i]);
    }
    for (unsigned i = 0; i < c->to->group_count; i++) {
        const char *id = c->to->groups[i].id;
        if (tb_case_type_group(c->from, tb_bytes_str(id)) == NULL) {
            put(c, TB_DIFFERENCE_GROUP_ADDED, NULL, id, NULL);
        }
    }
}

/* ---- actions ---- */

static bool same_condition(const tb_condition *a, const tb_condition *b)
{
    return a->test == b->test && same(a->field, b->field) && same(a->a, b->a) && same(a->b, b->b) &&
           same(a->date, b->date) && a->count == b->count &&
           same_names((const char *const *)a->values, a->value_count,
                      (const char *const *)b->values, b->value_count);
}

static bool same_conditions(const tb_conditions *a, const tb_conditions *b)
{
    for (unsigned i = 0; a->count == b->count && i < a->count; i++) {
        if (!same_condition(&a->list[i], &b->list[i])) {
            return false;
        }
    }
    return a->count == b->count;
}

static bool same_ways(const tb_action *a, const tb_action *b)
{
    for (unsigned i = 0; a->way_count == b->way_count && i < a->way_count; i++) {
        const tb_way *x = &a->ways[i];
        const tb_way *y = &b->ways[i];
        if (!same(x->to, y->to) || !same(x->hands_to, y->hands_to) ||
            !same_conditions(&x->when, &y->when)) {
            return false;
        }
    }
    return a->way_count == b->way_count;
}

static bool same_action_fields(const tb_action *a, const tb_action *b)
{
    for (unsigned i = 0; a->field_count == b->field_count && i < a->field_count; i++) {
        const tb_action_field *x = &a->fields[i];
        const tb_action_field *y = &b->fields[i];
        if (!same(x->field, y->field) || x->required != y->required ||
            !same_conditions(&x->required_when, &y->required_when)) {
            return false;
        }
    }
    return a->field_count == b->field_count;
}

static bool same_opens(const tb_action *a, const tb_action *b)
{
    for (unsigned i = 0; a->opens_count == b->opens_count && i < a->opens_count; i++) {
        const tb_opens *x = &a->opens[i];
        const tb_opens *y = &b->opens[i];
        bool fields = x->field_count == y->field_count;
        for (unsigned f = 0; fields && f < x->field_count; f++) {
            fields = same(x->fields[f].field, y->fields[f].field) &&
                     same(x->fields[f].from, y->fields[f].from);
        }
        if (!fields || !same(x->case_type, y->case_type) || !same(x->parent, y->parent) ||
            !same_conditions(&x->when, &y->when)) {
            return false;
        }
    }
    return a->opens_count == b->opens_count;
}

static bool same_automatic(const tb_automatic *a, const tb_automatic *b)
{
    static const tb_delay at_once = {0};
    if (a == NULL || b == NULL) {
        return a == b;
    }
    const tb_delay *x = a->after != NULL ? a->after : &at_once;
    const tb_delay *y = b->after != NULL ? b->after : &at_once;
    return a->switched == b->switched && x->hours == y->hours && x->days == y->days &&
           x->working_days == y->working_days;
}

static bool same_action(const tb_action *a, const tb_action *b)
{
    return a->kind == b->kind && a->request == b->request &&
           same_names((const char *const *)a->answered_by, a->answered_by_count,
                      (const char *const *)b->answered_by, b->answered_by_count) &&
           same_automatic(a->automatic, b->automatic) &&
           same_names((const char *const *)a->supervises, a->supervises_count,
                      (const char *const *)b->supervises, b->supervises_count) &&
           same_names((const char *const *)a->approval, a->approval_count,
                      (const char *const *)b->approval, b->approval_count) &&
           same(a->receipt, b->receipt) && same(a->document_number, b->document_number) &&
           tb_same_stages(a, b) &&
           same_names((const char *const *)a->by, a->by_count, (const char *const *)b->by,
                      b->by_count) &&
           same_names((const char *const *)a->from, a->from_count, (const char *const *)b->from,
                      b->from_count) &&
           same_names((const char *const *)a->copies, a->copy_count, (const char *const *)b->copies,
                      b->copy_count) &&
           same_conditions(&a->when, &b->when) && same_ways(a, b) && same_action_fields(a, b) &&
           same_opens(a, b);
}

static void compare_actions(comparison *c)
{
    for (unsigned i = 0; i < c->from->action_count; i++) {
        const tb_action *from = &c->from->actions[i];
        const tb_action *to = tb_case_type_action(c->to, tb_bytes_str(from->id));
        if (to == NULL) {
            put(c, TB_DIFFERENCE_ACTION_REMOVED, NULL, from->id, NULL);
        } else if (!same_action(from, to)) {
            put(c, TB_DIFFERENCE_ACTION_CHANGED, NULL, from->id, NULL);
        }
    }
    for (unsigned i = 0; i < c->to->action_count; i++) {
        const char *id = c->to->actions[i].id;
        if (tb_case_type_action(c->from, tb_bytes_str(id)) == NULL) {
            put(c, TB_DIFFERENCE_ACTION_ADDED, NULL, id, NULL);
        }
    }
}

/* ---- duties ---- */

static bool same_notice(const tb_duty_notice *a, const tb_duty_notice *b)
{
    return same(a->act, b->act) && a->hours == b->hours && a->days == b->days &&
           a->working_days == b->working_days;
}

static bool same_duty(const tb_duty_def *a, const tb_duty_def *b)
{
    return same(a->from, b->from) &&
           same_names((const char *const *)a->until, a->until_count, (const char *const *)b->until,
                      b->until_count) &&
           a->hours == b->hours && a->days == b->days && a->working_days == b->working_days &&
           tb_same_day_limits(a, b) && same(a->due_field, b->due_field) &&
           same_conditions(&a->when, &b->when) && a->grace_hours == b->grace_hours &&
           a->by_default == b->by_default && same(a->lapse, b->lapse) &&
           same(a->ends_in, b->ends_in) &&
           same_names((const char *const *)a->outlives, a->outlives_count,
                      (const char *const *)b->outlives, b->outlives_count) &&
           same_notice(&a->remind, &b->remind) && same_notice(&a->escalate, &b->escalate) &&
           same(a->withdraw_lapse, b->withdraw_lapse) && same(a->redate, b->redate) &&
           same(a->settle, b->settle);
}

static void compare_duties(comparison *c)
{
    for (unsigned i = 0; i < c->from->duty_count; i++) {
        const tb_duty_def *from = &c->from->duties[i];
        const tb_duty_def *to = tb_case_type_duty(c->to, tb_bytes_str(from->id));
        if (to == NULL) {
            put(c, TB_DIFFERENCE_DUTY_REMOVED, NULL, from->id, NULL);
        } else if (!same(from->owed_by, to->owed_by) || !same(from->to, to->to)) {
            put(c, TB_DIFFERENCE_DUTY_PARTIES, NULL, from->id, NULL);
        } else if (!same_duty(from, to)) {
            put(c, TB_DIFFERENCE_DUTY_CHANGED, NULL, from->id, NULL);
        }
        if (to != NULL && (!same(from->adopted.document_no, to->adopted.document_no) ||
                           !same(from->adopted.from, to->adopted.from))) {
            put(c, TB_DIFFERENCE_DUTY_ADOPTED, NULL, from->id, to->adopted.document_no);
        }
    }
    for (unsigned i = 0; i < c->to->duty_count; i++) {
        const char *id = c->to->duties[i].id;
        if (tb_case_type_duty(c->from, tb_bytes_str(id)) == NULL) {
            put(c, TB_DIFFERENCE_DUTY_ADDED, NULL, id, NULL);
        }
    }
}

/* ---- the whole ---- */

static const tb_role *role_of(const tb_campaign *campaign, const char *id)
{
    for (unsigned i = 0; i < campaign->role_count; i++) {
        if (strcmp(campaign->roles[i].id, id) == 0) {
            return &campaign->roles[i];
        }
    }
    return NULL;
}

/* Positions are found by role and jurisdiction: another kind of jurisdiction finds other parties.
 */
static void compare_roles(comparison *c)
{
    for (unsigned i = 0; i < c->from_campaign->role_count; i++) {
        const tb_role *from = &c->from_campaign->roles[i];
        const tb_role *to = role_of(c->to_campaign, from->id);
        if (to != NULL && from->by_jurisdiction != to->by_jurisdiction) {
            put(c, TB_DIFFERENCE_ROLE_SCOPE, NULL, from->id, NULL);
        }
    }
}

/* ---- lists ---- */

static bool same_keys(const tb_list_def *a, const tb_list_def *b)
{
    for (unsigned i = 0; a->key_count == b->key_count && i < a->key_count; i++) {
        if (!same_names((const char *const *)a->keys[i].fields, a->keys[i].count,
                        (const char *const *)b->keys[i].fields, b->keys[i].count)) {
            return false;
        }
    }
    return a->key_count == b->key_count && same(a->possible.name, b->possible.name) &&
           same(a->possible.place, b->possible.place);
}

static bool same_list(const tb_list_def *a, const tb_list_def *b)
{
    return same_names((const char *const *)a->listed_in, a->listed_count,
                      (const char *const *)b->listed_in, b->listed_count) &&
           same_names((const char *const *)a->removed_in, a->removed_count,
                      (const char *const *)b->removed_in, b->removed_count) &&
           same_names((const char *const *)a->subscribers, a->subscriber_count,
                      (const char *const *)b->subscribers, b->subscriber_count) &&
           a->scope == b->scope && same(a->province, b->province) && same_keys(a, b) &&
           a->brake.count == b->brake.count && a->brake.hours == b->brake.hours &&
           same(a->removed_receipt, b->removed_receipt);
}

/* An entry that moved to a version without its list could be found by nobody. */
static void compare_lists(comparison *c)
{
    for (unsigned i = 0; i < c->from_campaign->list_count; i++) {
        const tb_list_def *from = &c->from_campaign->lists[i];
        const tb_list_def *to = tb_campaign_list(c->to_campaign, tb_bytes_str(from->id));
        c->from = tb_campaign_case_type(c->from_campaign, tb_bytes_str(from->case_type));
        if (to == NULL || !same(from->case_type, to->case_type)) {
            put(c, TB_DIFFERENCE_LIST_REMOVED, NULL, from->id, NULL);
        } else if (!same_list(from, to)) {
            put(c, TB_DIFFERENCE_LIST_CHANGED, NULL, from->id, NULL);
        }
    }
    for (unsigned i = 0; i < c->to_campaign->list_count; i++) {
        const tb_list_def *to = &c->to_campaign->lists[i];
        c->from = tb_campaign_case_type(c->to_campaign, tb_bytes_str(to->case_type));
        if (tb_campaign_list(c->from_campaign, tb_bytes_str(to->id)) == NULL) {
            put(c, TB_DIFFERENCE_LIST_ADDED, NULL, to->id, NULL);
        }
    }
    c->from = NULL;
}

/* ---- score sheets, measures and reports ---- */

static bool same_threshold(const tb_threshold *a, const tb_threshold *b)
{
    return (a == NULL) == (b == NULL) &&
           (a == NULL || (a->numerator == b->numerator && a->denominator == b->denominator));
}

static bool same_scores(const tb_case_type *a, const tb_case_type *b)
{
    bool same_all = a->score_count == b->score_count;
    for (unsigned i = 0; same_all && i < a->score_count; i++) {
        const tb_score_def *x = &a->scores[i];
        const tb_score_def *y = &b->scores[i];
        same_all = same(x->id, y->id) && same(x->of, y->of) && same(x->to, y->to) &&
                   same_threshold(x->at_least, y->at_least) &&
                   same_threshold(x->at_most, y->at_most);
    }
    return same_all;
}

static bool same_measure(const tb_measure *a, const tb_measure *b)
{
    return same(a->case_type, b->case_type) && same(a->sums, b->sums) && same(a->at, b->at) &&
           same(a->distinct, b->distinct) && same(a->hours.from, b->hours.from) &&
           same(a->hours.to, b->hours.to) && a->hours.stat == b->hours.stat &&
           same(a->ratio.of, b->ratio.of) && same(a->ratio.to, b->ratio.to) &&
           a->declared == b->declared && a->scoring == b->scoring &&
           same_names((const char *const *)a->lapses, a->lapse_count,
                      (const char *const *)b->lapses, b->lapse_count) &&
           same_conditions(&a->when, &b->when) &&
           same_names((const char *const *)a->counts, a->count_count,
                      (const char *const *)b->counts, b->count_count) &&
           same_names((const char *const *)a->by, a->by_count, (const char *const *)b->by,
                      b->by_count);
}

static void compare_measures(comparison *c)
{
    for (unsigned i = 0; i < c->from_campaign->measure_count; i++) {
        const tb_measure *from = &c->from_campaign->measures[i];
        const tb_measure *to = tb_campaign_measure(c->to_campaign, tb_bytes_str(from->id));
        if (to == NULL) {
            put(c, TB_DIFFERENCE_MEASURE_REMOVED, NULL, from->id, NULL);
        } else if (!same_measure(from, to)) {
            put(c, TB_DIFFERENCE_MEASURE_CHANGED, NULL, from->id, NULL);
        }
    }
    for (unsigned i = 0; i < c->to_campaign->measure_count; i++) {
        const char *id = c->to_campaign->measures[i].id;
        if (tb_campaign_measure(c->from_campaign, tb_bytes_str(id)) == NULL) {
            put(c, TB_DIFFERENCE_MEASURE_ADDED, NULL, id, NULL);
        }
    }
}

static bool same_judged(const tb_report_def *a, const tb_report_def *b)
{
    for (unsigned i = 0; a->judged_count == b->judged_count && i < a->judged_count; i++) {
        const tb_judged_def *x = &a->judged[i];
        const tb_judged_def *y = &b->judged[i];
        if (!same(x->measure, y->measure) || !same(x->role, y->role) || !same(x->as_of, y->as_of) ||
            x->at_least.numerator != y->at_least.numerator ||
            x->at_least.denominator != y->at_least.denominator) {
            return false;
        }
    }
    return a->judged_count == b->judged_count;
}

static bool same_reconciles(const tb_report_def *a, const tb_report_def *b)
{
    for (unsigned i = 0; a->reconcile_count == b->reconcile_count && i < a->reconcile_count; i++) {
        const tb_reconcile_def *x = &a->reconciles[i];
        const tb_reconcile_def *y = &b->reconciles[i];
        if (!same(x->id, y->id) || !same(x->sent, y->sent) || !same(x->received, y->received) ||
            !same(x->settled_by, y->settled_by) || !same(x->whole_role, y->whole_role) ||
            !same(x->parts_role, y->parts_role)) {
            return false;
        }
    }
    return a->reconcile_count == b->reconcile_count;
}

static bool same_report(const tb_report_def *a, const tb_report_def *b)
{
    return same(a->case_type, b->case_type) && same(a->to, b->to) &&
           same(a->summary_of, b->summary_of) && a->every == b->every && same(a->first, b->first) &&
           same(a->last, b->last) && a->due.months_after == b->due.months_after &&
           a->due.day == b->due.day &&
           same_names((const char *const *)a->owed_by, a->owed_by_count,
                      (const char *const *)b->owed_by, b->owed_by_count) &&
           same_names((const char *const *)a->dates, a->date_count, (const char *const *)b->dates,
                      b->date_count) &&
           same_names((const char *const *)a->measures, a->measure_count,
                      (const char *const *)b->measures, b->measure_count) &&
           same_names((const char *const *)a->text, a->text_count, (const char *const *)b->text,
                      b->text_count) &&
           same_names((const char *const *)a->signed_by, a->signed_by_count,
                      (const char *const *)b->signed_by, b->signed_by_count) &&
           same_judged(a, b) && same_reconciles(a, b);
}

static void compare_reports(comparison *c)
{
    for (unsigned i = 0; i < c->from_campaign->report_count; i++) {
        const tb_report_def *from = &c->from_campaign->reports[i];
        const tb_report_def *to = tb_campaign_report(c->to_campaign, tb_bytes_str(from->id));
        if (to == NULL) {
            put(c, TB_DIFFERENCE_REPORT_REMOVED, NULL, from->id, NULL);
        } else if (!same_report(from, to)) {
            put(c, TB_DIFFERENCE_REPORT_CHANGED, NULL, from->id, NULL);
        }
    }
    for (unsigned i = 0; i < c->to_campaign->report_count; i++) {
        const char *id = c->to_campaign->reports[i].id;
        if (tb_campaign_report(c->from_campaign, tb_bytes_str(id)) == NULL) {
            put(c, TB_DIFFERENCE_REPORT_ADDED, NULL, id, NULL);
        }
    }
}

static void compare_type(comparison *c)
{
    if (c->to == NULL) {
        put(c, TB_DIFFERENCE_TYPE_REMOVED, NULL, c->from->id, NULL);
        return;
    }
    compare_states(c);
    compare_positions(c);
    tb_compare_lookups(c);
    compare_groups(c);
    compare_fields(c);
    compare_actions(c);
    compare_duties(c);
    if (!same_scores(c->from, c->to)) {
        put(c, TB_DIFFERENCE_SCORES_CHANGED, NULL, NULL, NULL);
    }
}

tb_err tb_campaign_compare(const tb_campaign *from,
                           const tb_campaign *to,
                           tb_arena *arena,
                           tb_difference **out,
                           size_t *out_count)
{
    comparison c = {.arena = arena, .from_campaign = from, .to_campaign = to};
    if (strcmp(from->id, to->id) != 0) {
        put(&c, TB_DIFFERENCE_OTHER_CAMPAIGN, NULL, to->id, NULL);
    } else if (to->version <= from->version) {
        put(&c, TB_DIFFERENCE_NOT_NEWER, NULL, NULL, NULL);
    }
    tb_compare_dates(&c);
    compare_roles(&c);
    compare_measures(&c);
    compare_reports(&c);
    for (unsigned i = 0; i < from->case_type_count; i++) {
        c.from = &from->case_types[i];
        c.to = tb_campaign_case_type(to, tb_bytes_str(c.from->id));
        compare_type(&c);
    }
    c.from = NULL;
    for (unsigned i = 0; i < to->case_type_count; i++) {
        c.to = &to->case_types[i];
        if (tb_campaign_case_type(from, tb_bytes_str(c.to->id)) == NULL) {
            put(&c, TB_DIFFERENCE_TYPE_ADDED, NULL, c.to->id, NULL);
        }
    }
    compare_lists(&c);
    if (c.err != TB_OK) {
        return c.err;
    }
    *out = c.list;
    *out_count = c.count;
    return TB_OK;
}

/* ---- what a difference means ---- */

typedef struct meaning {
    tb_hindrance hinders;
    const char *key;
    const char *zh;
    const char *en;
} meaning;

static meaning meaning_of(tb_difference_kind kind)
{
    switch (kind) {
#define TB_DIFFERENCE_CASE(name, hinders, key, zh, en)                                             \
    case TB_DIFFERENCE_##name:                                                                     \
        return (meaning){hinders, key, zh, en};
        TB_DIFFERENCES(TB_DIFFERENCE_CASE)
#undef TB_DIFFERENCE_CASE
    }
    TB_UNREACHABLE();
}

tb_hindrance tb_difference_hinders(const tb_difference *difference)
{
    return meaning_of(difference->kind).hinders;
}

bool tb_difference_blocks(const tb_difference *difference, tb_bytes case_type, tb_bytes state)
{
    bool concerns = difference->case_type == NULL ||
                    tb_bytes_equal(tb_bytes_str(difference->case_type), case_type);
    switch (tb_difference_hinders(difference)) {
    case TB_HINDERS_NOBODY:
        return false;
    case TB_HINDERS_TYPE:
        return concerns;
    case TB_HINDERS_STATE:
        return concerns && tb_bytes_equal(tb_bytes_str(difference->state), state);
    }
    TB_UNREACHABLE();
}

const char *tb_difference_key(tb_difference_kind kind)
{
    return meaning_of(kind).key;
}

const char *tb_difference_zh(tb_difference_kind kind)
{
    return meaning_of(kind).zh;
}

const char *tb_difference_en(tb_difference_kind kind)
{
    return meaning_of(kind).en;
}

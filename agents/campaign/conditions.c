/* conditions - whether what a campaign asks for holds. */
#include "agents/campaign/field_rules.h"
#include "agents/campaign/stages.h"

const tb_action_field *tb_action_field_of(const tb_action *action, tb_bytes field)
{
    for (unsigned i = 0; i < action->field_count; i++) {
        if (tb_bytes_equal(tb_bytes_str(action->fields[i].field), field)) {
            return &action->fields[i];
        }
    }
    return NULL;
}

static const tb_directory_party *in_position(const tb_scene *scene, const char *position)
{
    tb_party party;
    if (!tb_position_party(&scene->after, scene->directory, position, &party)) {
        return NULL;
    }
    return tb_directory_find(scene->directory, &party);
}

static bool are_same(const tb_scene *scene, const tb_condition *c)
{
    const tb_directory_party *a = in_position(scene, c->a);
    const tb_directory_party *b = in_position(scene, c->b);
    return a != NULL && a == b;
}

static bool is_within(const tb_scene *scene, const tb_condition *c)
{
    const tb_directory_party *party = in_position(scene, c->a);
    tb_bytes value = tb_case_view_field(&scene->after, tb_bytes_str(c->field));
    return party != NULL && value.size > 0 && tb_bytes_equal(party->jurisdiction, value);
}

static bool role_is_one_of(const tb_directory_party *party, const tb_condition *c)
{
    return party != NULL && tb_names_hold(c->values, c->value_count, party->role);
}

static tb_truth of(bool holds)
{
    return holds ? TB_YES : TB_NO;
}

static tb_truth linked(const tb_scene *scene, tb_test test)
{
    if (scene->known == NULL) {
        return TB_CANNOT_TELL;
    }
    if (test == TB_TEST_LINKED_DONE) {
        return of(scene->known->linked_done);
    }
    return of(scene->known->linked_open == (test == TB_TEST_LINKED_OPEN));
}

static tb_bytes field_value(const tb_scene *scene, const tb_condition *c)
{
    return tb_case_view_field(&scene->after, tb_bytes_str(c->field));
}

static tb_truth judge_condition(const tb_scene *scene, const tb_condition *c)
{
    switch (c->test) {
    case TB_TEST_KNOWN:
        return of(field_value(scene, c).size > 0);
    case TB_TEST_UNKNOWN:
        return of(field_value(scene, c).size == 0);
    case TB_TEST_IS:
        return of(tb_names_hold(c->values, c->value_count, field_value(scene, c)));
    case TB_TEST_IS_NOT:
        return of(!tb_names_hold(c->values, c->value_count, field_value(scene, c)));
    case TB_TEST_SAME:
        return of(are_same(scene, c));
    case TB_TEST_DIFFERENT:
        return of(!are_same(scene, c));
    case TB_TEST_COUNT_LEAST:
        return of(tb_case_view_count(scene->before, c->field) >= c->count);
    case TB_TEST_COUNT_BELOW:
        return of(tb_case_view_count(scene->before, c->field) < c->count);
    case TB_TEST_STATE:
        return of(tb_names_hold(c->values, c->value_count, scene->before->state));
    case TB_TEST_ACTOR_ROLE:
        return of(role_is_one_of(scene->actor, c));
    case TB_TEST_ROLE_OF:
        return of(role_is_one_of(in_position(scene, c->a), c));
    case TB_TEST_WITHIN:
        return of(is_within(scene, c));
    case TB_TEST_ACTOR_HOLDS:
        return of(scene->actor != NULL &&
                  tb_party_equal(&scene->actor->id, &scene->before->holder));
    case TB_TEST_LAPSED:
        return of(scene->before->lapsed || !tb_condition_asks_lapse(c, field_value(scene, c)));
    case TB_TEST_LINKED_OPEN:
    case TB_TEST_LINKED_DONE:
    case TB_TEST_LINKED_NONE_OPEN:
        return linked(scene, c->test);
    case TB_TEST_SINCE:
    case TB_TEST_BEFORE:
    case TB_TEST_WITHIN_CAMPAIGN:
    case TB_TEST_IN_STAGE:
    case TB_TEST_OUTSIDE_STAGE:
        return of(tb_condition_time_holds(scene, c));
    }
    TB_UNREACHABLE();
}

/* Judges all; *out_met counts those that hold before the first that does not. */
static tb_truth
judge_conditions(const tb_scene *scene, const tb_conditions *conditions, unsigned *out_met)
{
    tb_truth truth = TB_YES;
    for (unsigned i = 0; i < conditions->count; i++) {
        tb_truth one = judge_condition(scene, &conditions->list[i]);
        if (one == TB_NO) {
            *out_met = i;
            return TB_NO;
        }
        if (one == TB_CANNOT_TELL) {
            truth = TB_CANNOT_TELL;
        }
    }
    *out_met = conditions->count;
    return truth;
}

bool tb_scene_hold(const tb_scene *scene, const tb_conditions *conditions)
{
    unsigned met = 0;
    return judge_conditions(scene, conditions, &met) == TB_YES;
}

bool tb_conditions_hold(const tb_case_view *view,
                        const tb_directory *directory,
                        const tb_conditions *conditions,
                        tb_time at)
{
    unsigned met = 0;
    tb_scene scene = {.before = view, .after = *view, .directory = directory, .at = at};
    return judge_conditions(&scene, conditions, &met) == TB_YES;
}

static tb_refusal refuse_for(tb_scene *scene, const tb_condition *c)
{
    tb_refusal code = c->test == TB_TEST_ACTOR_ROLE ? TB_REFUSED_ROLE
                      : c->test == TB_TEST_WITHIN   ? TB_REFUSED_JURISDICTION
                      : c->test == TB_TEST_LAPSED   ? TB_REFUSED_NO_LAPSE
                                                    : TB_REFUSED_CONDITION;
    return tb_scene_object(scene, code, &c->why, NULL);
}

static bool is_own(const tb_action *action, const tb_condition *c)
{
    return c->field != NULL && tb_action_field_of(action, tb_bytes_str(c->field)) != NULL;
}

tb_refusal tb_scene_when(tb_scene *scene, bool skip_own)
{
    const tb_conditions *when = &scene->action->when;
    tb_refusal code = tb_scene_stage(scene);
    if (code == TB_ACCEPTED && !skip_own) {
        code = tb_scene_totals(scene);
    }
    if (code != TB_ACCEPTED) {
        return code;
    }
    for (unsigned i = 0; i < when->count; i++) {
        const tb_condition *c = &when->list[i];
        if (!(skip_own && is_own(scene->action, c)) && judge_condition(scene, c) == TB_NO) {
            return refuse_for(scene, c);
        }
    }
    return TB_ACCEPTED;
}

bool tb_scene_requires(const tb_scene *scene, const tb_action_field *field)
{
    unsigned met = 0;
    if (field->required_when.count == 0) {
        return field->required;
    }
    return field->required || judge_conditions(scene, &field->required_when, &met) == TB_YES;
}

tb_truth tb_scene_way(const tb_scene *scene, const tb_way *way, unsigned *out_met)
{
    return judge_conditions(scene, &way->when, out_met);
}

tb_refusal tb_scene_no_way(tb_scene *scene)
{
    const tb_condition *nearest = NULL;
    unsigned most = 0;
    for (unsigned i = 0; i < scene->action->way_count; i++) {
        const tb_way *way = &scene->action->ways[i];
        unsigned met = 0;
        if (tb_scene_way(scene, way, &met) == TB_NO && met >= most) {
            most = met;
            nearest = &way->when.list[met];
        }
    }
    return nearest != NULL ? refuse_for(scene, nearest) : TB_REFUSED_CONDITION;
}

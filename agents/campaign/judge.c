/* judge - an action a person wants: is it allowed, and what does it do. */
#include "agents/campaign/judge.h"
#include "agents/campaign/scene.h"

/* A value given, with the field it is for. */
typedef struct given {
    const tb_field_def *def;
    tb_field field;
} given;

typedef struct givens {
    given *list; /* open fields first, then by group; by id within */
    size_t count;
} givens;

static tb_bytes group_of(const tb_field_def *def)
{
    return def->group != NULL ? tb_bytes_str(def->group) : (tb_bytes){0};
}

static int compare(const given *a, const given *b)
{
    int order = tb_names_compare(group_of(a->def), group_of(b->def));
    return order != 0 ? order : tb_names_compare(a->field.id, b->field.id);
}

/* False when the field is there already. */
static bool insert(givens *all, const given *one)
{
    size_t at = 0;
    while (at < all->count && compare(&all->list[at], one) < 0) {
        at++;
    }
    if (at < all->count && compare(&all->list[at], one) == 0) {
        return false;
    }
    memmove(all->list + at + 1, all->list + at, (all->count - at) * sizeof *one);
    all->list[at] = *one;
    all->count++;
    return true;
}

/* An empty value says something only about an open field that had one. */
static bool clears(const tb_scene *scene, const tb_field_def *def)
{
    return def->group == NULL && tb_case_view_field(scene->before, tb_bytes_str(def->id)).size > 0;
}

static tb_refusal take_value(tb_scene *scene, const tb_field *value, givens *all)
{
    const tb_field_def *def = tb_case_type_field(scene->before->type, value->id);
    if (def == NULL || tb_action_field_of(scene->action, value->id) == NULL) {
        return tb_scene_object_text(scene, TB_REFUSED_FIELD_UNKNOWN, value->id);
    }
    if (value->value.size == 0 && !clears(scene, def)) {
        return TB_ACCEPTED;
    }
    if (value->value.size > 0) {
        tb_refusal code = tb_scene_field(scene, def, value->value);
        if (code != TB_ACCEPTED) {
            return code;
        }
    }
    given one = {def, {tb_bytes_str(def->id), value->value}};
    if (!insert(all, &one)) {
        return tb_scene_object(scene, TB_REFUSED_FIELD_INVALID, &def->title, def->id);
    }
    return TB_ACCEPTED;
}

static tb_refusal take_values(tb_scene *scene, const tb_field *values, size_t count, givens *out)
{
    if (count > TB_FIELDS_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    givens all = {tb_arena_array(scene->arena, count + 1, sizeof(given)), 0};
    if (all.list == NULL) {
        scene->err = TB_ERR_LIMIT;
        return TB_REFUSED_TOO_LARGE;
    }
    for (size_t i = 0; i < count; i++) {
        tb_refusal code = take_value(scene, &values[i], &all);
        if (code != TB_ACCEPTED) {
            return code;
        }
    }
    *out = all;
    return TB_ACCEPTED;
}

static bool is_given(const givens *all, const char *field)
{
    for (size_t i = 0; i < all->count; i++) {
        if (tb_bytes_equal(all->list[i].field.id, tb_bytes_str(field))) {
            return all->list[i].field.value.size > 0;
        }
    }
    return false;
}

/* All that are missing, so that nobody has to ask once for each. */
static tb_refusal check_required(tb_scene *scene, const givens *all)
{
    tb_refusal code = TB_ACCEPTED;
    for (unsigned i = 0; i < scene->action->field_count; i++) {
        const tb_action_field *field = &scene->action->fields[i];
        if (is_given(all, field->field) || !tb_scene_requires(scene, field)) {
            continue;
        }
        const tb_field_def *def =
            tb_case_type_field(scene->before->type, tb_bytes_str(field->field));
        if (def != NULL) {
            tb_scene_add_object(scene, &def->title, def->id);
        }
        code = TB_REFUSED_FIELD_MISSING;
    }
    return code;
}

/* Lays the values out as the event will carry them. */
static tb_err split(tb_scene *scene, const givens *all, tb_ruling *ruling)
{
    tb_field *fields = tb_arena_array(scene->arena, all->count + 1, sizeof *fields);
    struct tb_ruling_group *groups = tb_arena_array(scene->arena, all->count + 1, sizeof *groups);
    if (fields == NULL || groups == NULL) {
        return TB_ERR_LIMIT;
    }
    ruling->open_fields = fields;
    ruling->groups = groups;
    for (size_t i = 0; i < all->count; i++) {
        const given *one = &all->list[i];
        fields[i] = one->field;
        if (one->def->group == NULL) {
            ruling->open_count++;
            continue;
        }
        tb_bytes name = group_of(one->def);
        if (ruling->group_count == 0 ||
            !tb_bytes_equal(groups[ruling->group_count - 1].group, name)) {
            groups[ruling->group_count++] = (struct tb_ruling_group){name, fields + i, 0};
        }
        groups[ruling->group_count - 1].field_count++;
    }
    return TB_OK;
}

static const tb_way *choose_way(const tb_scene *scene)
{
    const tb_way *ways = NULL;
    unsigned count = tb_scene_ways(scene, &ways);
    for (unsigned i = 0; i < count; i++) {
        unsigned met = 0;
        if (tb_scene_way(scene, &ways[i], &met) == TB_YES) {
            return &ways[i];
        }
    }
    return NULL;
}

static tb_refusal rule(tb_scene *scene, tb_ruling *ruling)
{
    const tb_way *way = choose_way(scene);
    if (way == NULL) {
        return tb_scene_no_way(scene);
    }
    tb_refusal code = tb_scene_holder(scene, way, true, &ruling->holder);
    if (code != TB_ACCEPTED) {
        return code;
    }
    ruling->to_state = tb_scene_to_state(scene, way);
    tb_party addressees[TB_ADDRESSEES_MAX];
    size_t count = tb_scene_addressees(scene, &ruling->holder, addressees);
    if (count > TB_ADDRESSEES_MAX) {
        return tb_scene_object(scene, TB_REFUSED_ADDRESSEES_MANY, &scene->action->title,
                               scene->action->id);
    }
    ruling->addressees = tb_arena_array(scene->arena, count + 1, sizeof *addressees);
    if (ruling->addressees == NULL) {
        scene->err = TB_ERR_LIMIT;
        return TB_REFUSED_TOO_LARGE;
    }
    memcpy(ruling->addressees, addressees, count * sizeof *addressees);
    ruling->addressee_count = count;
    return TB_ACCEPTED;
}

/* Who acts: a party for itself, or signer for an off-line one. */
typedef struct acting {
    const tb_party *actor;
    const tb_party *signer; /* NULL: for itself */
    const tb_paper *paper;
    tb_time today;
} acting;

static tb_refusal judge(tb_scene *scene,
                        const acting *who,
                        const tb_field *values,
                        size_t value_count,
                        tb_ruling *ruling)
{
    tb_refusal code = tb_scene_admit(scene, who->actor);
    if (code == TB_ACCEPTED && who->signer != NULL) {
        code = tb_scene_paper(scene, who->signer, who->paper->number, who->paper->date, who->today);
    }
    if (code == TB_ACCEPTED) {
        code = tb_scene_active(scene);
    }
    if (code != TB_ACCEPTED) {
        return code;
    }
    givens all = {0};
    code = take_values(scene, values, value_count, &all);
    if (code != TB_ACCEPTED) {
        return code;
    }
    scene->err = split(scene, &all, ruling);
    if (scene->err == TB_OK) {
        scene->err = tb_scene_merge(scene, ruling->open_fields, ruling->open_count);
    }
    if (scene->err != TB_OK) {
        return TB_REFUSED_TOO_LARGE;
    }
    code = check_required(scene, &all);
    if (code == TB_ACCEPTED) {
        code = tb_scene_when(scene, false);
    }
    if (code == TB_ACCEPTED) {
        code = tb_scene_supervises(scene);
    }
    return code == TB_ACCEPTED ? rule(scene, ruling) : code;
}

static tb_err judge_for(const acting *who,
                        const tb_case_view *view,
                        const tb_directory *directory,
                        tb_bytes action,
                        const tb_field *values,
                        size_t value_count,
                        const tb_local_knowledge *known,
                        tb_arena *arena,
                        tb_ruling *out_ruling,
                        tb_objection *out_objection)
{
    TB_ASSERT(view->campaign != NULL);
    TB_ASSERT(view->type != NULL);

    static const tb_local_knowledge nothing = {0};
    tb_scene scene = {.before = view,
                      .after = *view,
                      .directory = directory,
                      .action = tb_case_type_action(view->type, action),
                      .at = view->at,
                      .acting = true,
                      .known = known != NULL ? known : &nothing,
                      .arena = arena};
    tb_ruling ruling = {.action = scene.action};
    tb_refusal code = scene.action == NULL
                          ? tb_scene_object_text(&scene, TB_REFUSED_UNKNOWN_ACTION, action)
                          : judge(&scene, who, values, value_count, &ruling);
    if (scene.err != TB_OK) {
        return scene.err;
    }
    if (code == TB_ACCEPTED) {
        *out_ruling = ruling;
    }
    *out_objection = (tb_objection){code, scene.detail_zh, scene.detail_en};
    return TB_OK;
}

tb_err tb_judge_act(const tb_case_view *view,
                    const tb_directory *directory,
                    const tb_party *actor,
                    tb_bytes action,
                    const tb_field *values,
                    size_t value_count,
                    const tb_local_knowledge *known,
                    tb_arena *arena,
                    tb_ruling *out_ruling,
                    tb_objection *out_objection)
{
    acting who = {.actor = actor};
    return judge_for(&who, view, directory, action, values, value_count, known, arena, out_ruling,
                     out_objection);
}

tb_err tb_judge_paper(const tb_case_view *view,
                      const tb_directory *directory,
                      const tb_party *signer,
                      const tb_paper *paper,
                      tb_time today,
                      tb_bytes action,
                      const tb_field *values,
                      size_t value_count,
                      const tb_local_knowledge *known,
                      tb_arena *arena,
                      tb_ruling *out_ruling,
                      tb_objection *out_objection)
{
    acting who = {&paper->on_behalf, signer, paper, today};
    return judge_for(&who, view, directory, action, values, value_count, known, arena, out_ruling,
                     out_objection);
}

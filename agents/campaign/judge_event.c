/* judge_event - an event that arrived: would the rules have allowed its author to write it. */
#include "agents/campaign/fields.h"
#include "agents/campaign/judge.h"
#include "agents/campaign/scene.h"

/* Whether who is active may be judged: by the directory the author had, not by a later one. */
static bool same_directory(const tb_scene *scene, const tb_event *event)
{
    return event->directory_version == scene->directory->version;
}

static bool kind_fits(const tb_action *action, const tb_event *event)
{
    switch (action->kind) {
    case TB_ACTION_OPEN:
    case TB_ACTION_CHAIN:
        return event->kind == TB_EVENT_CHAIN;
    case TB_ACTION_SIDE:
    case TB_ACTION_REQUEST:
        return event->kind == TB_EVENT_SIDE;
    case TB_ACTION_TAKE_OVER:
        return event->kind == TB_EVENT_TAKE_OVER;
    case TB_ACTION_VERSION:
        return event->kind == TB_EVENT_VERSION;
    }
    TB_UNREACHABLE();
}

static tb_refusal check_open_field(tb_scene *scene, const tb_field *field)
{
    const tb_field_def *def = tb_case_type_field(scene->before->type, field->id);
    if (def == NULL || def->group != NULL || tb_action_field_of(scene->action, field->id) == NULL) {
        return tb_scene_object_text(scene, TB_REFUSED_FIELD_UNKNOWN, field->id);
    }
    return field->value.size > 0 ? tb_scene_field(scene, def, field->value) : TB_ACCEPTED;
}

static tb_refusal check_open_fields(tb_scene *scene, const tb_event *event)
{
    for (size_t i = 0; i < event->field_count; i++) {
        if (i > 0 && tb_names_compare(event->fields[i - 1].id, event->fields[i].id) >= 0) {
            return tb_scene_object_text(scene, TB_REFUSED_FIELD_INVALID, event->fields[i].id);
        }
        tb_refusal code = check_open_field(scene, &event->fields[i]);
        if (code != TB_ACCEPTED) {
            return code;
        }
    }
    return TB_ACCEPTED;
}

/* The action has a field in this group. */
static bool may_commit(const tb_scene *scene, tb_bytes group)
{
    for (unsigned i = 0; i < scene->action->field_count; i++) {
        const tb_field_def *def =
            tb_case_type_field(scene->before->type, tb_bytes_str(scene->action->fields[i].field));
        if (def != NULL && def->group != NULL && tb_bytes_equal(tb_bytes_str(def->group), group)) {
            return true;
        }
    }
    return false;
}

static tb_refusal check_commitments(tb_scene *scene, const tb_event *event)
{
    for (size_t i = 0; i < event->commitment_count; i++) {
        if (!may_commit(scene, event->commitments[i].group)) {
            return tb_scene_object_text(scene, TB_REFUSED_FIELD_UNKNOWN,
                                        event->commitments[i].group);
        }
    }
    return TB_ACCEPTED;
}

/* Of a sealed field all that everybody sees is that its group was committed to. */
static bool is_given(const tb_event *event, const tb_field_def *def)
{
    for (size_t i = 0; def->group == NULL && i < event->field_count; i++) {
        if (tb_bytes_equal(event->fields[i].id, tb_bytes_str(def->id))) {
            return event->fields[i].value.size > 0;
        }
    }
    for (size_t i = 0; def->group != NULL && i < event->commitment_count; i++) {
        if (tb_bytes_equal(event->commitments[i].group, tb_bytes_str(def->group))) {
            return true;
        }
    }
    return false;
}

static tb_refusal check_required(tb_scene *scene, const tb_event *event)
{
    for (unsigned i = 0; i < scene->action->field_count; i++) {
        const tb_action_field *field = &scene->action->fields[i];
        const tb_field_def *def =
            tb_case_type_field(scene->before->type, tb_bytes_str(field->field));
        if (def != NULL && !is_given(event, def) && tb_scene_requires(scene, field)) {
            return tb_scene_object(scene, TB_REFUSED_FIELD_MISSING, &def->title, def->id);
        }
    }
    return TB_ACCEPTED;
}

static bool holds(const tb_party *list, size_t count, const tb_party *party)
{
    for (size_t i = 0; i < count; i++) {
        if (tb_party_equal(&list[i], party)) {
            return true;
        }
    }
    return false;
}

/* Nobody is told who should not be, and nobody is left out who could be told. */
static bool addressees_fit(const tb_scene *scene, const tb_event *event, const tb_party *holder)
{
    for (size_t i = 0; i < event->addressee_count; i++) {
        if (!tb_scene_may_tell(scene, holder, &event->addressees[i])) {
            return false;
        }
    }
    if (!same_directory(scene, event)) {
        return true;
    }
    tb_party must[TB_ADDRESSEES_MAX];
    size_t must_count = tb_scene_addressees(scene, holder, must);
    for (size_t i = 0; i < must_count; i++) {
        if (i == TB_ADDRESSEES_MAX) {
            return false; /* more than it can name: its author was refused */
        }
        if (!holds(event->addressees, event->addressee_count, &must[i])) {
            return false;
        }
    }
    return true;
}

static tb_refusal check_way(tb_scene *scene, const tb_way *way, const tb_event *event)
{
    tb_party holder;
    if (!tb_bytes_equal(tb_scene_to_state(scene, way), event->to_state)) {
        return tb_scene_object_text(scene, TB_REFUSED_STATE, event->to_state);
    }
    tb_refusal code = tb_scene_holder(scene, way, same_directory(scene, event), &holder);
    if (code != TB_ACCEPTED) {
        return code;
    }
    if (!tb_party_equal(&holder, &event->holder)) {
        return tb_scene_object_text(scene, TB_REFUSED_CONDITION, tb_party_bytes(&event->holder));
    }
    if (!addressees_fit(scene, event, &holder)) {
        static const tb_label about = {"收件单位", "addressees"};
        return tb_scene_object(scene, TB_REFUSED_CONDITION, &about, NULL);
    }
    return TB_ACCEPTED;
}

static tb_refusal check_ways(tb_scene *scene, const tb_event *event)
{
    const tb_way *ways = NULL;
    unsigned count = tb_scene_ways(scene, &ways);
    tb_refusal code = TB_ACCEPTED;
    bool possible = false;
    for (unsigned i = 0; i < count; i++) {
        unsigned met = 0;
        tb_truth truth = tb_scene_way(scene, &ways[i], &met);
        if (truth == TB_NO) {
            continue;
        }
        possible = true;
        code = check_way(scene, &ways[i], event);
        if (code == TB_ACCEPTED || truth == TB_YES) {
            return code;
        }
    }
    return possible ? code : tb_scene_no_way(scene);
}

static tb_refusal judge(tb_scene *scene, const tb_event *event)
{
    if (!kind_fits(scene->action, event)) {
        return tb_scene_object(scene, TB_REFUSED_CONDITION, &scene->action->title,
                               scene->action->id);
    }
    tb_refusal code = tb_scene_admit(scene, tb_event_author(event));
    if (code == TB_ACCEPTED && tb_event_on_paper(event)) {
        code = tb_scene_paper(scene, &event->actor, event->paper_no, event->paper_date, event->at);
    }
    if (code == TB_ACCEPTED && same_directory(scene, event)) {
        code = tb_scene_active(scene);
    }
    if (code != TB_ACCEPTED) {
        return code;
    }
    if (!tb_bytes_equal(event->from_state, scene->before->state)) {
        return tb_scene_object_text(scene, TB_REFUSED_STATE, event->from_state);
    }
    code = check_open_fields(scene, event);
    if (code == TB_ACCEPTED) {
        code = check_commitments(scene, event);
    }
    if (code != TB_ACCEPTED) {
        return code;
    }
    scene->err = tb_scene_merge(scene, event->fields, event->field_count);
    if (scene->err != TB_OK) {
        return TB_REFUSED_TOO_LARGE;
    }
    code = check_required(scene, event);
    if (code == TB_ACCEPTED) {
        code = tb_scene_when(scene, false);
    }
    if (code == TB_ACCEPTED) {
        code = tb_scene_supervises(scene);
    }
    return code == TB_ACCEPTED ? check_ways(scene, event) : code;
}

tb_err tb_judge_event(const tb_case_view *view,
                      const tb_directory *directory,
                      const tb_event *event,
                      tb_arena *arena,
                      tb_objection *out_objection)
{
    TB_ASSERT(view->campaign != NULL);

    tb_case_view opening;
    if (view->type == NULL) {
        opening = *view;
        opening.type = tb_campaign_case_type(view->campaign, event->case_type);
        view = &opening;
    }
    tb_scene scene = {
        .before = view, .after = *view, .directory = directory, .at = event->at, .arena = arena};
    tb_refusal code;
    if (view->type == NULL) {
        code = tb_scene_object_text(&scene, TB_REFUSED_UNKNOWN_CAMPAIGN, event->campaign);
    } else {
        scene.action = tb_case_type_action(view->type, event->action);
        code = scene.action == NULL
                   ? tb_scene_object_text(&scene, TB_REFUSED_UNKNOWN_ACTION, event->action)
                   : judge(&scene, event);
    }
    if (scene.err != TB_OK) {
        return scene.err;
    }
    *out_objection = (tb_objection){code, scene.detail_zh, scene.detail_en};
    return TB_OK;
}

bool tb_judge_sealed(const tb_case_type *type,
                     const tb_event *event,
                     tb_bytes group,
                     const tb_field *fields,
                     size_t count)
{
    const tb_action *action = tb_case_type_action(type, event->action);
    for (size_t i = 0; i < count; i++) {
        const tb_field_def *def = tb_case_type_field(type, fields[i].id);
        if (action == NULL || def == NULL || def->group == NULL ||
            !tb_bytes_equal(tb_bytes_str(def->group), group) ||
            tb_action_field_of(action, fields[i].id) == NULL ||
            (fields[i].value.size > 0 && !tb_field_well_formed(def->type, fields[i].value))) {
            return false;
        }
    }
    return true;
}

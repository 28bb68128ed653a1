/* judge_version - moving a case to a newer version of its campaign: by its holder, where the new
 * definition is safe for the case as it stands. */
#include "agents/campaign/compare.h"
#include "agents/campaign/judge.h"
#include "agents/campaign/scene.h"
#include "base/text.h"

const tb_action tb_action_move = {
    .id = TB_MOVE_ACTION,
    .title = {"换用新版本", "move to a new version"},
    .kind = TB_ACTION_VERSION,
};

/* "what (about, detail)" in one language. */
static tb_bytes describe(tb_scene *scene, const char *what, const tb_difference *difference)
{
    tb_text text;
    tb_bytes done = {0};
    tb_text_init(&text, scene->arena, 512);
    tb_text_str(&text, what);
    if (difference->about != NULL) {
        tb_text_str(&text, " (");
        tb_text_str(&text, difference->about);
        if (difference->detail != NULL) {
            tb_text_str(&text, ", ");
            tb_text_str(&text, difference->detail);
        }
        tb_text_char(&text, ')');
    }
    tb_err err = tb_text_done(&text, &done);
    if (err != TB_OK) {
        scene->err = err;
    }
    return done;
}

/* What everybody checks, whoever moves the case and wherever it is seen. */
static tb_refusal check_safe(tb_scene *scene, const tb_campaign *to)
{
    const tb_case_view *view = scene->before;
    tb_difference *list = NULL;
    size_t count = 0;
    if (strcmp(view->campaign->id, to->id) != 0 || to->version <= view->campaign->version) {
        return tb_scene_object_text(scene, TB_REFUSED_VERSION_NOT_NEWER, tb_bytes_str(to->id));
    }
    scene->err = tb_campaign_compare(view->campaign, to, scene->arena, &list, &count);
    for (size_t i = 0; scene->err == TB_OK && i < count; i++) {
        if (tb_difference_blocks(&list[i], tb_bytes_str(view->type->id), view->state)) {
            scene->detail_zh = describe(scene, tb_difference_zh(list[i].kind), &list[i]);
            scene->detail_en = describe(scene, tb_difference_en(list[i].kind), &list[i]);
            return TB_REFUSED_VERSION_UNSAFE;
        }
    }
    return TB_ACCEPTED;
}

static tb_refusal check_actor(tb_scene *scene, const tb_party *actor, bool must_be_active)
{
    scene->actor = tb_directory_find(scene->directory, actor);
    if (scene->actor == NULL) {
        return tb_scene_object_text(scene, TB_REFUSED_UNKNOWN_PARTY, tb_party_bytes(actor));
    }
    if (must_be_active && scene->actor->state != TB_PARTY_ACTIVE) {
        return tb_scene_object_text(scene, TB_REFUSED_NOT_ACTIVE, tb_party_bytes(actor));
    }
    if (!tb_party_equal(&scene->before->holder, actor)) {
        return tb_scene_object_text(scene, TB_REFUSED_NOT_HOLDER,
                                    tb_party_bytes(&scene->before->holder));
    }
    return TB_ACCEPTED;
}

/* Everybody active who has a position in the case now, ascending, without the actor; beyond the
 * bound some are left out, and learn of the move when they are next told of the case. */
static size_t in_position(const tb_scene *scene, tb_party out[TB_ADDRESSEES_MAX])
{
    const tb_case_type *type = scene->before->type;
    size_t count = 0;
    for (unsigned i = 0; i < type->position_count; i++) {
        size_t at = 0;
        tb_party party;
        while (
            tb_position_next(scene->before, scene->directory, type->positions[i].id, &at, &party)) {
            const tb_directory_party *found = tb_directory_find(scene->directory, &party);
            if (!tb_party_equal(&party, &scene->actor->id) && found != NULL &&
                found->state == TB_PARTY_ACTIVE) {
                count = tb_scene_insert_party(out, count, &party);
            }
        }
    }
    return count;
}

static bool has_position(const tb_scene *scene, const tb_party *party)
{
    const tb_case_type *type = scene->before->type;
    for (unsigned i = 0; i < type->position_count; i++) {
        if (tb_position_holds(scene->before, scene->directory, type->positions[i].id, party)) {
            return !tb_party_equal(party, &scene->actor->id);
        }
    }
    return false;
}

static tb_refusal rule(tb_scene *scene, tb_ruling *out)
{
    tb_party list[TB_ADDRESSEES_MAX];
    size_t count = in_position(scene, list);
    tb_ruling ruling = {
        .action = &tb_action_move,
        .to_state = scene->before->state,
        .holder = scene->before->holder,
        .addressees = tb_arena_array(scene->arena, count + 1, sizeof *list),
        .addressee_count = count,
    };
    if (ruling.addressees == NULL) {
        scene->err = TB_ERR_LIMIT;
        return TB_REFUSED_TOO_LARGE;
    }
    memcpy(ruling.addressees, list, count * sizeof *list);
    *out = ruling;
    return TB_ACCEPTED;
}

tb_err tb_judge_move(const tb_case_view *view,
                     const tb_campaign *to,
                     const tb_directory *directory,
                     const tb_party *actor,
                     tb_arena *arena,
                     tb_ruling *out_ruling,
                     tb_objection *out_objection)
{
    TB_ASSERT(view->campaign != NULL);
    TB_ASSERT(view->type != NULL);

    tb_scene scene = {
        .before = view, .directory = directory, .action = &tb_action_move, .arena = arena};
    tb_refusal code = check_actor(&scene, actor, true);
    if (code == TB_ACCEPTED) {
        code = check_safe(&scene, to);
    }
    if (code == TB_ACCEPTED) {
        code = rule(&scene, out_ruling);
    }
    if (scene.err != TB_OK) {
        return scene.err;
    }
    *out_objection = (tb_objection){code, scene.detail_zh, scene.detail_en};
    return TB_OK;
}

/* Nothing but the version changes, and nobody is told who has no position in the case. */
static tb_refusal check_unchanged(tb_scene *scene, const tb_event *event)
{
    const tb_case_view *view = scene->before;
    if (!tb_bytes_equal(event->action, tb_bytes_str(TB_MOVE_ACTION))) {
        return tb_scene_object_text(scene, TB_REFUSED_UNKNOWN_ACTION, event->action);
    }
    if (!tb_bytes_equal(event->from_state, view->state) ||
        !tb_bytes_equal(event->to_state, view->state)) {
        return tb_scene_object_text(scene, TB_REFUSED_STATE, event->to_state);
    }
    if (!tb_party_equal(&event->holder, &view->holder)) {
        return tb_scene_object_text(scene, TB_REFUSED_CONDITION, tb_party_bytes(&event->holder));
    }
    if (event->field_count > 0) {
        return tb_scene_object_text(scene, TB_REFUSED_FIELD_UNKNOWN, event->fields[0].id);
    }
    if (event->commitment_count > 0) {
        return tb_scene_object_text(scene, TB_REFUSED_FIELD_UNKNOWN, event->commitments[0].group);
    }
    for (size_t i = 0; i < event->addressee_count; i++) {
        if (!has_position(scene, &event->addressees[i])) {
            return tb_scene_object_text(scene, TB_REFUSED_CONDITION,
                                        tb_party_bytes(&event->addressees[i]));
        }
    }
    return TB_ACCEPTED;
}

tb_err tb_judge_move_event(const tb_case_view *view,
                           const tb_campaign *to,
                           const tb_directory *directory,
                           const tb_event *event,
                           tb_arena *arena,
                           tb_objection *out_objection)
{
    TB_ASSERT(event->kind == TB_EVENT_VERSION);
    TB_ASSERT(view->campaign != NULL);
    TB_ASSERT(view->type != NULL);

    tb_scene scene = {
        .before = view, .directory = directory, .action = &tb_action_move, .arena = arena};
    tb_refusal code =
        check_actor(&scene, &event->actor, event->directory_version == directory->version);
    if (code == TB_ACCEPTED) {
        code = check_unchanged(&scene, event);
    }
    if (code == TB_ACCEPTED) {
        code = check_safe(&scene, to);
    }
    if (scene.err != TB_OK) {
        return scene.err;
    }
    *out_objection = (tb_objection){code, scene.detail_zh, scene.detail_en};
    return TB_OK;
}

#include "agents/campaign/scene.h"
#include "agents/campaign/field_rules.h"
#include "agents/campaign/fields.h"
#include "base/mutant.h"
#include "base/text.h"

static const tb_way unchanged = {0};

unsigned tb_scene_ways(const tb_scene *scene, const tb_way **out)
{
    unsigned count = scene->action->way_count;
    *out = count > 0 ? scene->action->ways : &unchanged;
    return count > 0 ? count : 1;
}

tb_refusal tb_scene_object_text(tb_scene *scene, tb_refusal code, tb_bytes text)
{
    tb_bytes copy;
    tb_err err = tb_arena_copy(scene->arena, text, &copy);
    if (err != TB_OK) {
        scene->err = err;
        return code;
    }
    scene->detail_zh = copy;
    scene->detail_en = copy;
    return code;
}

/* "title (id)"; what refuses in words of its own has no id. */
static tb_bytes title_and_id(tb_scene *scene, const char *title, const char *id)
{
    tb_bytes words = tb_campaign_text(title);
    size_t id_size = id != NULL ? strlen(id) : 0;
    tb_text text;
    tb_text_init(&text, scene->arena, words.size + id_size + 4);
    tb_text_bytes(&text, words);
    if (id_size > 0) {
        tb_text_str(&text, " (");
        tb_text_str(&text, id);
        tb_text_char(&text, ')');
    }
    tb_bytes done = {0};
    tb_err err = tb_text_done(&text, &done);
    if (err != TB_OK) {
        scene->err = err;
    }
    return done;
}

tb_refusal tb_scene_object(tb_scene *scene, tb_refusal code, const tb_label *about, const char *id)
{
    scene->detail_zh = title_and_id(scene, about->zh, id);
    scene->detail_en = title_and_id(scene, about->en, id);
    return code;
}

/* Both languages fit the detail of an answer. */
#define DETAIL_BYTES_MAX (TB_REASON_BYTES_MAX / 2 - 16)

static tb_bytes
join(tb_scene *scene, tb_bytes list, const char *comma, tb_bytes one, const char *etc)
{
    if (list.size == 0) {
        return one;
    }
    bool full = list.size + strlen(comma) + one.size + strlen(etc) > DETAIL_BYTES_MAX;
    size_t tail = strlen(etc);
    if (full && list.size >= tail && memcmp(list.data + list.size - tail, etc, tail) == 0) {
        return list; /* said already */
    }
    tb_text text;
    tb_text_init(&text, scene->arena, list.size + strlen(comma) + one.size + tail);
    tb_text_bytes(&text, list);
    tb_text_str(&text, full ? etc : comma);
    tb_text_bytes(&text, full ? tb_bytes_of(NULL, 0) : one);
    tb_err err = tb_text_done(&text, &list);
    if (err != TB_OK) {
        scene->err = err;
    }
    return list;
}

void tb_scene_add_object(tb_scene *scene, const tb_label *about, const char *id)
{
    scene->detail_zh =
        join(scene, scene->detail_zh, "、", title_and_id(scene, about->zh, id), "等");
    scene->detail_en =
        join(scene, scene->detail_en, ", ", title_and_id(scene, about->en, id), " and more");
}

static bool is_opened(const tb_case_view *view)
{
    return view->state.size > 0;
}

static tb_refusal admit_role(tb_scene *scene)
{
    const tb_action *action = scene->action;
    bool allowed = tb_names_hold(action->by, action->by_count, scene->actor->role) ||
                   tb_names_hold(action->by, action->by_count, tb_bytes_str(TB_ROLE_ANY));
    return allowed ? TB_ACCEPTED
                   : tb_scene_object(scene, TB_REFUSED_ROLE, &action->title, action->id);
}

/* The right role in the wrong province is told so. */
static tb_refusal admit_position(tb_scene *scene)
{
    const tb_action *action = scene->action;
    tb_refusal code = TB_REFUSED_ROLE;
    for (unsigned i = 0; i < action->by_count; i++) {
        if (tb_position_holds(scene->before, scene->directory, action->by[i], &scene->actor->id)) {
            return TB_ACCEPTED;
        }
        const tb_position *p =
            tb_case_type_position(scene->before->type, tb_bytes_str(action->by[i]));
        TB_ASSERT(p != NULL);
        bool by_place = p->field != NULL &&
                        (p->kind == TB_POSITION_ROLE_OF_FIELD || p->kind == TB_POSITION_EVERY);
        if (by_place && tb_bytes_equal(tb_bytes_str(p->role), scene->actor->role)) {
            code = TB_REFUSED_JURISDICTION;
        }
    }
    return tb_scene_object(scene, code, &action->title, action->id);
}

static tb_refusal admit_state(tb_scene *scene)
{
    const tb_action *action = scene->action;
    bool any = action->kind == TB_ACTION_SIDE && action->from_count == 0;
    if (any || tb_names_hold(action->from, action->from_count, scene->before->state)) {
        return TB_ACCEPTED;
    }
    const tb_state *state = tb_case_type_state(scene->before->type, scene->before->state);
    if (state == NULL) {
        return tb_scene_object_text(scene, TB_REFUSED_STATE, scene->before->state);
    }
    return tb_scene_object(scene, TB_REFUSED_STATE, &state->title, state->id);
}

tb_refusal tb_scene_admit(tb_scene *scene, const tb_party *actor)
{
    scene->actor = tb_directory_find(scene->directory, actor);
    if (scene->actor == NULL) {
        return tb_scene_object_text(scene, TB_REFUSED_UNKNOWN_PARTY, tb_party_bytes(actor));
    }
    bool opens = scene->action->kind == TB_ACTION_OPEN;
    if (opens == is_opened(scene->before)) {
        return opens ? admit_state(scene) : TB_REFUSED_STATE;
    }
    if (opens) {
        scene->after.opener = *actor;
        return admit_role(scene);
    }
    tb_refusal code = admit_position(scene);
    if (code != TB_ACCEPTED) {
        return code;
    }
    bool holds = tb_party_equal(&scene->before->holder, actor);
    /* Whether the case forked not everybody has seen, so only the holder itself judges this. */
    if (scene->action->kind == TB_ACTION_TAKE_OVER && holds && scene->acting &&
        !scene->before->frozen) {
        return TB_REFUSED_HOLDS;
    }
    if (scene->action->kind == TB_ACTION_CHAIN && !holds && !TB_MUTANT(HOLDER_UNCHECKED)) {
        return tb_scene_object_text(scene, TB_REFUSED_NOT_HOLDER,
                                    tb_party_bytes(&scene->before->holder));
    }
    return admit_state(scene);
}

bool tb_party_reachable(const tb_directory_party *party)
{
    return party != NULL && (party->state == TB_PARTY_ACTIVE || party->state == TB_PARTY_OFF_LINE);
}

tb_refusal tb_scene_active(tb_scene *scene)
{
    const tb_directory_party *signer = scene->signer != NULL ? scene->signer : scene->actor;
    if (scene->signer != NULL && scene->actor->state != TB_PARTY_OFF_LINE) {
        return tb_scene_object_text(scene, TB_REFUSED_PAPER_PARTY,
                                    tb_party_bytes(&scene->actor->id));
    }
    if (signer->state != TB_PARTY_ACTIVE) {
        return tb_scene_object_text(scene, TB_REFUSED_NOT_ACTIVE, tb_party_bytes(&signer->id));
    }
    return TB_ACCEPTED;
}

/* A day that is over or running by the clock of the act. */
static bool date_fits(tb_bytes date, tb_time at)
{
    tb_time day;
    return tb_field_date(date, &day) && day <= at;
}

tb_refusal
tb_scene_paper(tb_scene *scene, const tb_party *signer, tb_bytes number, tb_bytes date, tb_time at)
{
    if (scene->action->kind != TB_ACTION_CHAIN) {
        return tb_scene_object(scene, TB_REFUSED_PAPER_ACTION, &scene->action->title,
                               scene->action->id);
    }
    scene->signer = tb_directory_find(scene->directory, signer);
    if (scene->signer == NULL) {
        return tb_scene_object_text(scene, TB_REFUSED_UNKNOWN_PARTY, tb_party_bytes(signer));
    }
    if (!tb_party_equal(&scene->before->handed_by, signer) ||
        tb_party_equal(&scene->actor->id, signer)) {
        return tb_scene_object_text(scene, TB_REFUSED_PAPER_SENDER,
                                    tb_party_bytes(&scene->before->handed_by));
    }
    if (number.size == 0 || number.size > TB_PAPER_NO_BYTES_MAX || !date_fits(date, at)) {
        return tb_scene_object_text(scene, TB_REFUSED_PAPER_REFERENCE, number);
    }
    if (tb_has_identity_number(number)) {
        return TB_REFUSED_IDENTITY_NUMBER;
    }
    return tb_has_secret_mark(number) ? TB_REFUSED_SECRET_MARK : TB_ACCEPTED;
}

int tb_names_compare(tb_bytes a, tb_bytes b)
{
    size_t shorter = a.size < b.size ? a.size : b.size;
    int order = shorter > 0 ? memcmp(a.data, b.data, shorter) : 0;
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

tb_err tb_scene_merge(tb_scene *scene, const tb_field *fields, size_t count)
{
    const tb_case_view *before = scene->before;
    if (count == 0) {
        return TB_OK;
    }
    tb_field *merged = tb_arena_array(scene->arena, before->field_count + count, sizeof *merged);
    if (merged == NULL) {
        return TB_ERR_LIMIT;
    }
    size_t used = 0;
    size_t old = 0;
    size_t own = 0;
    while (old < before->field_count || own < count) {
        int order = old == before->field_count ? 1
                    : own == count             ? -1
                                   : tb_names_compare(before->fields[old].id, fields[own].id);
        merged[used++] = order < 0 ? before->fields[old] : fields[own];
        old += order <= 0;
        own += order >= 0;
    }
    scene->after.fields = merged;
    scene->after.field_count = used;
    return TB_OK;
}

tb_bytes tb_scene_to_state(const tb_scene *scene, const tb_way *way)
{
    return way->to != NULL ? tb_bytes_str(way->to) : scene->before->state;
}

tb_refusal tb_scene_holder(tb_scene *scene, const tb_way *way, bool check_active, tb_party *out)
{
    bool takes =
        scene->action->kind == TB_ACTION_TAKE_OVER || scene->action->kind == TB_ACTION_OPEN;
    if (way->hands_to == NULL) {
        *out = takes ? scene->actor->id : scene->before->holder;
        return TB_ACCEPTED;
    }
    const tb_position *position =
        tb_case_type_position(scene->before->type, tb_bytes_str(way->hands_to));
    tb_party party;
    TB_ASSERT(position != NULL);
    if (!tb_position_party(&scene->after, scene->directory, way->hands_to, &party)) {
        return tb_scene_object(scene, TB_REFUSED_PARTY_OFF, &position->title, position->id);
    }
    if (check_active && !tb_directory_in_service(scene->directory, &party)) {
        return tb_scene_object(scene, TB_REFUSED_PARTY_OFF, &position->title, position->id);
    }
    *out = party;
    return TB_ACCEPTED;
}

size_t tb_scene_insert_party(tb_party list[TB_ADDRESSEES_MAX], size_t count, const tb_party *party)
{
    size_t at = 0;
    while (at < count && memcmp(&list[at], party, sizeof *party) < 0) {
        at++;
    }
    if (count == TB_ADDRESSEES_MAX || (at < count && tb_party_equal(&list[at], party))) {
        return count;
    }
    memmove(list + at + 1, list + at, (count - at) * sizeof *list);
    list[at] = *party;
    return count + 1;
}

/* A list that says when it had no room. */
typedef struct told {
    tb_party *list;
    size_t count;
    bool over;
} told;

static void tell(told *t, const tb_party *party)
{
    size_t count = tb_scene_insert_party(t->list, t->count, party);
    bool there = count > t->count;
    for (size_t i = 0; !there && i < t->count; i++) {
        there = tb_party_equal(&t->list[i], party);
    }
    t->over = t->over || !there;
    t->count = count;
}

static const tb_party *self_of(const tb_scene *scene)
{
    return scene->signer != NULL ? &scene->signer->id : &scene->actor->id;
}

size_t
tb_scene_addressees(const tb_scene *scene, const tb_party *holder, tb_party out[TB_ADDRESSEES_MAX])
{
    const tb_action *action = scene->action;
    const tb_party *self = self_of(scene);
    told t = {.list = out};
    if (scene->signer != NULL) {
        tell(&t, &scene->actor->id); /* told what was entered in its name */
    }
    if (!tb_party_equal(holder, self)) {
        tell(&t, holder);
    }
    /* who loses the case is told */
    const tb_party *loser = &scene->before->holder;
    if (action->kind == TB_ACTION_TAKE_OVER && !tb_party_equal(loser, self)) {
        tell(&t, loser);
    }
    for (unsigned i = 0; i < action->copy_count; i++) {
        size_t at = 0;
        tb_party party;
        while (tb_position_next(&scene->after, scene->directory, action->copies[i], &at, &party)) {
            if (!tb_party_equal(&party, self) &&
                tb_party_reachable(tb_directory_find(scene->directory, &party))) {
                tell(&t, &party);
            }
        }
    }
    return t.over ? TB_ADDRESSEES_MAX + 1 : t.count;
}

bool tb_scene_may_tell(const tb_scene *scene, const tb_party *holder, const tb_party *party)
{
    const tb_action *action = scene->action;
    if (tb_party_equal(party, self_of(scene))) {
        return false;
    }
    if (tb_party_equal(party, holder) ||
        (scene->signer != NULL && tb_party_equal(party, &scene->actor->id)) ||
        (action->kind == TB_ACTION_TAKE_OVER && tb_party_equal(party, &scene->before->holder))) {
        return true;
    }
    for (unsigned i = 0; i < action->copy_count; i++) {
        if (tb_position_holds(&scene->after, scene->directory, action->copies[i], party)) {
            return true;
        }
    }
    return false;
}

tb_refusal tb_scene_field(tb_scene *scene, const tb_field_def *field, tb_bytes value)
{
    tb_refusal code = tb_field_check(scene->before->campaign, field, value);
    if (code != TB_ACCEPTED) {
        return tb_scene_object(scene, code, &field->title, field->id);
    }
    code = tb_scene_field_rules(scene, field, value);
    if (code != TB_ACCEPTED) {
        return code;
    }
    if (field->compute == TB_COMPUTE_JURISDICTION) {
        const tb_directory_party *opener =
            tb_directory_find(scene->directory, &scene->after.opener);
        if (opener == NULL || !tb_bytes_equal(opener->jurisdiction, value)) {
            return tb_scene_object(scene, TB_REFUSED_JURISDICTION, &field->title, field->id);
        }
    }
    return TB_ACCEPTED;
}

/* judge_view - the case after an event, and what a party could do with it now. */
#include "agents/campaign/judge.h"
#include "agents/campaign/scene.h"

static tb_err open_view(tb_case_view *view, const tb_campaign *campaign, const tb_event *event)
{
    const tb_case_type *type = tb_campaign_case_type(campaign, event->case_type);
    if (type == NULL) {
        return TB_ERR_CORRUPT;
    }
    *view = (tb_case_view){.campaign = campaign, .type = type, .opener = event->actor};
    return TB_OK;
}

/* The id of the case's type in another version of the campaign. */
static tb_err move_view(tb_case_view *view, const tb_campaign *campaign)
{
    if (campaign == view->campaign) {
        return TB_OK;
    }
    const tb_case_type *type = tb_campaign_case_type(campaign, tb_bytes_str(view->type->id));
    if (type == NULL) {
        return TB_ERR_CORRUPT;
    }
    view->campaign = campaign;
    view->type = type;
    return TB_OK;
}

static tb_err count_action(tb_case_view *view, const tb_event *event, tb_arena *arena)
{
    tb_action_count *counts = tb_arena_array(arena, view->count_count + 1, sizeof *counts);
    if (counts == NULL) {
        return TB_ERR_LIMIT;
    }
    size_t at = view->count_count;
    for (size_t i = 0; i < view->count_count; i++) {
        counts[i] = view->counts[i];
        if (tb_bytes_equal(counts[i].action, event->action)) {
            at = i;
        }
    }
    counts[at].action = event->action;
    counts[at].count++;
    counts[at].last_actor = *tb_event_author(event);
    view->count_count += at == view->count_count;
    view->counts = counts;
    return TB_OK;
}

static tb_err merge(tb_case_view *view, const tb_event *event, tb_arena *arena)
{
    tb_scene scene = {.before = view, .after = *view, .arena = arena};
    tb_err err = tb_scene_merge(&scene, event->fields, event->field_count);
    if (err != TB_OK) {
        return err;
    }
    view->fields = scene.after.fields;
    view->field_count = scene.after.field_count;
    return TB_OK;
}

tb_err tb_case_view_apply(tb_case_view *view,
                          const tb_campaign *campaign,
                          const tb_event *event,
                          const tb_digest *event_id,
                          tb_arena *arena)
{
    if (event->kind == TB_EVENT_SIDE) {
        return TB_OK;
    }
    tb_case_view next = *view;
    bool opens = view->state.size == 0;
    tb_err err = opens ? open_view(&next, campaign, event) : move_view(&next, campaign);
    if (err != TB_OK) {
        return err;
    }
    const tb_state *state = tb_case_type_state(next.type, event->to_state);
    if (state == NULL) {
        return TB_ERR_CORRUPT;
    }
    err = merge(&next, event, arena);
    if (err != TB_OK) {
        return err;
    }
    err = count_action(&next, event, arena);
    if (err != TB_OK) {
        return err;
    }
    next.state = tb_bytes_str(state->id);
    if (opens || !tb_party_equal(&next.holder, &event->holder)) {
        next.handed_by = event->actor;
    }
    next.holder = event->holder;
    next.term = event->term;
    next.number = event->number;
    next.head = *event_id;
    *view = next;
    return TB_OK;
}

/* Whether one of the action's ways asks if a case like this is open, and where that way leads. */
static bool asks_linked_open(const tb_action *action, tb_bytes state, bool *out_waits)
{
    bool asks = false;
    for (unsigned i = 0; i < action->way_count; i++) {
        const tb_way *way = &action->ways[i];
        for (unsigned j = 0; j < way->when.count; j++) {
            if (way->when.list[j].test == TB_TEST_LINKED_OPEN) {
                asks = true;
                *out_waits =
                    *out_waits || (way->to != NULL && tb_bytes_equal(tb_bytes_str(way->to), state));
            }
        }
    }
    return asks;
}

bool tb_case_leads(const tb_case_view *view, const tb_party *self)
{
    const tb_state *state = tb_case_type_state(view->type, view->state);
    if (state == NULL || state->closed) {
        return false;
    }
    bool took = false;
    bool waits = false;
    for (size_t i = 0; i < view->count_count; i++) {
        const tb_action *action = tb_case_type_action(view->type, view->counts[i].action);
        bool asks = action != NULL && asks_linked_open(action, view->state, &waits);
        took = took || (asks && tb_party_equal(&view->counts[i].last_actor, self));
    }
    return took && !waits;
}

tb_err tb_judge_possible(const tb_case_view *view,
                         const tb_directory *directory,
                         const tb_party *actor,
                         tb_arena *arena,
                         tb_possible **out,
                         size_t *out_count)
{
    TB_ASSERT(view->type != NULL);

    const tb_case_type *type = view->type;
    tb_possible *list = tb_arena_array(arena, type->action_count + 1u, sizeof *list);
    if (list == NULL) {
        return TB_ERR_LIMIT;
    }
    size_t count = 0;
    for (unsigned i = 0; i < type->action_count; i++) {
        const tb_action *action = &type->actions[i];
        if ((action->kind == TB_ACTION_OPEN) != (view->state.size == 0) ||
            tb_action_by_agent(type, action)) {
            continue;
        }
        tb_scene scene = {.before = view,
                          .after = *view,
                          .directory = directory,
                          .action = action,
                          .at = view->at,
                          .acting = true,
                          .arena = arena};
        tb_refusal code = tb_scene_admit(&scene, actor);
        if (code == TB_ACCEPTED) {
            code = tb_scene_when(&scene, true);
        }
        if (scene.err != TB_OK) {
            return scene.err;
        }
        list[count++] = (tb_possible){action, code};
    }
    *out = list;
    *out_count = count;
    return TB_OK;
}

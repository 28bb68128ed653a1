/* play - plays the steps of a sheet, each when the exercise's clock comes to it. */
#include "ops/exercise/play.h"

#include <stdlib.h>
#include <string.h>

#define PATIENCE_S 60.0 /* until a case must have reached the party that is to act on it */

#define CASES_MAX 8192
#define LOOK_S    0.2

typedef struct named {
    const char *name;
    const char *type;
    ex_party *opener; /* NULL: a lead */
    tb_case_id id;
} named;

static ex_step *steps;
static size_t step_count;
static size_t played;
static named cases[CASES_MAX];
static size_t case_count;

/* The answer to the step that is being played. */
static bool answered;
static tb_refusal code;
static bool draft;
static char detail[256];
static char came_to[64]; /* state */
static tb_case_id opened;
static tb_request_id asked;

static const named *find(const char *name)
{
    for (size_t i = 0; i < case_count; i++) {
        if (strcmp(cases[i].name, name) == 0) {
            return &cases[i];
        }
    }
    return NULL;
}

const tb_case_id *ex_play_case(const char *name)
{
    const named *found = find(name);
    return found != NULL ? &found->id : NULL;
}

static void remember(const char *name, const char *type, ex_party *opener, const tb_case_id *id)
{
    if (ex_play_case(name) != NULL || case_count == CASES_MAX) {
        ex_fail("the play has a case \"%s\" already, or more than %d", name, CASES_MAX);
    }
    cases[case_count++] = (named){name, type, opener, *id};
}

void ex_play_remember(const char *name, const char *case_type, const tb_case_id *id)
{
    remember(name, case_type, NULL, id);
}

bool ex_play_named(size_t at, const char **out_name, ex_party **out_opener, const tb_case_id **out_id)
{
    if (at < case_count) {
        *out_name = cases[at].name;
        *out_opener = cases[at].opener;
        *out_id = &cases[at].id;
    }
    return at < case_count;
}

void ex_play_read(ex_world *world)
{
    if (world->options.play != NULL) {
        steps = ex_play_steps(world, world->options.play, &step_count);
    }
}

static void took(ex_world *world, ex_party *party, const tb_local_answer *answer, uint64_t tag)
{
    (void)world;
    (void)party;
    (void)tag;
    answered = true;
    code = answer->code;
    draft = answer->draft;
    (void)snprintf(detail, sizeof detail, "%.*s", (int)answer->detail.size, (const char *)answer->detail.data);
    if (answer->kind == TB_ANSWER_ACTED && !tb_case_zero(&answer->acted.case_id)) {
        opened = answer->acted.case_id;
        (void)snprintf(came_to, sizeof came_to, "%.*s", (int)answer->acted.state.size, (const char *)answer->acted.state.data);
    }
}

static void ask_with(ex_world *world, ex_party *party, tb_local_request *request, ex_answered *take)
{
    answered = false;
    ex_ask(world, party, request, take, 0);
    while (!answered) {
        ex_round(world, 20);
    }
}

static void ask(ex_world *world, ex_party *party, tb_local_request *request)
{
    ask_with(world, party, request, took);
}

/* What waits for the link is done when it is an event: only then the step's time has passed. */
static void await_event(ex_world *world, ex_party *party)
{
    while (code == TB_ACCEPTED && draft) {
        ex_round(world, 50);
        tb_local_request request = {.kind = TB_REQUEST_GET_REQUEST, .request = asked};
        ask(world, party, &request);
    }
}

/* The case is on its way to the party, or the party's own news of it are. */
static bool not_there_yet(void)
{
    return code == TB_REFUSED_UNKNOWN_CASE || code == TB_REFUSED_NOT_HOLDER || code == TB_REFUSED_STATE ||
           code == TB_REFUSED_CHANGED;
}

static void request_of(const ex_world *world, const ex_step *step, tb_local_request *out)
{
    *out = (tb_local_request){.kind = TB_REQUEST_OPEN_CASE, .time = step->at, .account = tb_bytes_str("clerk")};
    if (step->opens != NULL) {
        out->open = (tb_local_open){tb_bytes_str(world->campaign->id), tb_bytes_str(step->opens), step->fields,
                                    step->field_count, TB_LANE_NORMAL, tb_bytes_str(step->by)};
        return;
    }
    const tb_case_id *id = ex_play_case(step->name);
    if (id == NULL) {
        ex_fail("line %llu of the play: no step opened the case \"%s\"", (unsigned long long)step->line, step->name);
    }
    out->kind = TB_REQUEST_ACT;
    out->act = (tb_local_act){.case_id = *id, .action = tb_bytes_str(step->act), .fields = step->fields,
                              .field_count = step->field_count};
}

/* One line for each line of the sheet, so that a person sees what happens. */
static void tell(const ex_world *world, const ex_step *step)
{
    if (world->options.quiet || step->nth > 1) {
        return;
    }
    const char *id = step->opens != NULL ? step->opens : find(step->name)->type;
    const tb_case_type *type = tb_campaign_case_type(world->campaign, tb_bytes_str(id));
    const tb_action *action = tb_case_type_action(type, tb_bytes_str(step->act));
    for (unsigned a = 0; step->opens != NULL && a < type->action_count; a++) {
        bool meant = *step->by == 0 || strcmp(step->by, type->actions[a].id) == 0;
        action = meant && type->actions[a].kind == TB_ACTION_OPEN ? &type->actions[a] : action;
    }
    const tb_state *state = tb_case_type_state(type, tb_bytes_str(came_to));
    char when[TB_TIME_TEXT], others[32] = "";
    tb_time_print(step->at, when);
    if (step->many > 1) {
        (void)snprintf(others, sizeof others, step->by_one ? "等%u件" : "等%u个单位", step->many);
    }
    (void)printf("  %.16s  %s%s  %s%s  %s  %s%s%s\n", when, step->name, step->by_one ? others : "", step->party->name_zh,
                 step->by_one ? "" : others, action != NULL ? action->title.zh : step->act,
                 code != TB_ACCEPTED ? tb_refusal_zh(code) : "", code == TB_ACCEPTED && state != NULL ? "→  " : "",
                 code == TB_ACCEPTED && state != NULL ? state->title.zh : "");
    (void)fflush(stdout);
}

static void act(ex_world *world, const ex_step *step)
{
    double until = ex_seconds() + PATIENCE_S;
    do {
        tb_local_request request;
        request_of(world, step, &request);
        ask(world, step->party, &request);
        asked = request.id;
        await_event(world, step->party);
        if (not_there_yet() && *step->expect == 0) {
            ex_round(world, 20);
        }
    } while (*step->expect == 0 && not_there_yet() && ex_seconds() < until);
    const char *came = code == TB_ACCEPTED ? "" : tb_refusal_key(code);
    if (strcmp(came, step->expect) != 0) {
        ex_fail("line %llu of the play, %s, %s: %s %s instead of %s", (unsigned long long)step->line,
                step->party->id.text, step->act, *came == 0 ? "accepted" : came, detail,
                *step->expect == 0 ? "accepted" : step->expect);
    }
    tell(world, step);
    if (step->opens != NULL && code == TB_ACCEPTED) {
        remember(step->name, step->opens, step->party, &opened);
    }
}

/* ---- waiting for what agents do by themselves ---- */

static const tb_bytes *awaited; /* action */
static tb_bytes awaited_duty;   /* of a word on a duty; empty: any */
static tb_time came_at;
static char came_by[TB_PARTY_BYTES];
static bool by_itself; /* the agent did it */

static void look_for(ex_world *world, ex_party *party, const tb_local_answer *answer, uint64_t tag)
{
    (void)world;
    (void)party;
    (void)tag;
    answered = true;
    for (size_t i = 0; answer->kind == TB_ANSWER_CASE && i < answer->case_.event_count; i++) {
        const tb_local_event *event = &answer->case_.events[i];
        bool duty = awaited_duty.size == 0;
        for (size_t f = 0; f < event->field_count; f++) {
            duty = duty || (tb_bytes_equal(event->fields[f].id, tb_bytes_str("lapsed_duty")) &&
                            tb_bytes_equal(event->fields[f].value, awaited_duty));
        }
        if (duty && tb_bytes_equal(event->action, *awaited)) {
            came_at = event->at;
            by_itself = tb_bytes_equal(event->account, tb_bytes_str("agent"));
            (void)snprintf(came_by, sizeof came_by, "%s", event->actor.text);
        }
    }
}

static void tell_awaited(ex_world *world, const ex_step *step)
{
    const tb_case_type *type = tb_campaign_case_type(world->campaign, tb_bytes_str(find(step->name)->type));
    const tb_action *action = tb_case_type_action(type, *awaited);
    const ex_party *by = came_at != 0 ? ex_party_find(world, came_by) : NULL;
    char when[TB_TIME_TEXT];
    tb_time_print(came_at != 0 ? came_at : step->at, when);
    (void)printf("  %.16s  %s  %s  %s  %s\n", when, step->name, by != NULL ? by->name_zh : step->party->name_zh,
                 action != NULL ? action->title.zh : "", came_at == 0 ? "未见" : by_itself ? "(前置程序自动办理)" : "(已收到)");
    (void)fflush(stdout);
}

/* The party's agent hears that it is this late; what it then says of the case's duties, or hears, is looked for. */
static void await_action(ex_world *world, const ex_step *step)
{
    double until = ex_seconds() + PATIENCE_S, looked = 0;
    bool duty = step->field_count == 2 && tb_bytes_equal(step->fields[1].id, tb_bytes_str("duty"));
    if (!(duty || step->field_count == 1) || !tb_bytes_equal(step->fields[0].id, tb_bytes_str("action"))) {
        ex_fail("line %llu of the play: action=...; duty=... says what is waited for", (unsigned long long)step->line);
    }
    ex_drain(world); /* or what is on its way would be done as late as that */
    awaited = &step->fields[0].value;
    awaited_duty = duty ? step->fields[1].value : tb_bytes_of(NULL, 0);
    came_at = 0;
    while (came_at == 0 && ex_seconds() < until) {
        if (ex_seconds() - looked > LOOK_S) {
            tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .time = step->at, .case_id = *ex_play_case(step->name)};
            looked = ex_seconds();
            ask_with(world, step->party, &request, look_for);
        }
        ex_round(world, 20);
    }
    world->unseen += came_at == 0;
    if (!world->options.quiet && (step->nth == 1 || came_at == 0)) {
        tell_awaited(world, step);
    }
}

static void play(ex_world *world, const ex_step *step)
{
    bool shelve = strcmp(step->act, "shelve") == 0;
    bool absent = step->opens == NULL && *step->name != 0 && !shelve && ex_play_case(step->name) == NULL &&
                  (ex_play_left_out(step->name) || ex_shelf_empty(world, step->name));
    if (absent) {
        return;
    }
    if (step->party == NULL) {
        ex_settle(world);
    } else if (strcmp(step->act, "rest") == 0) {
        step->party->idle = step->party->rested = true;
    } else if (strcmp(step->act, "work") == 0) {
        /* who comes back sees today's date before anything else */
        tb_local_request request = {.kind = TB_REQUEST_STATUS, .time = step->at};
        ask(world, step->party, &request);
        step->party->idle = false;
        ex_look_again(world);
    } else if (shelve) {
        ex_shelve(step);
    } else if (strcmp(step->act, "take_up") == 0) {
        ex_take_up_shelved(world, step);
    } else if (strcmp(step->act, "await") == 0) {
        await_action(world, step);
    } else if (strcmp(step->act, "adopt") == 0) {
        ex_adopt(world, step);
    } else {
        act(world, step);
    }
}

void ex_play_until(ex_world *world, tb_time next)
{
    for (; played < step_count && steps[played].at < next; played++) {
        play(world, &steps[played]);
    }
}

void ex_play_rest(ex_world *world)
{
    for (; played < step_count; played++) {
        play(world, &steps[played]);
    }
}

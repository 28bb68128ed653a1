/* play - plays the steps of a sheet, each when the exercise's clock comes to it. */
#include "ops/exercise/play.h"

#include <stdlib.h>
#include <string.h>

#define PATIENCE_S 60.0 /* until a case must have reached the party that is to act on it */

typedef struct named {
    const char *name;
    const char *type;
    tb_case_id id;
} named;

static ex_step *steps;
static size_t step_count;
static size_t played;
static named *cases;
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

static void remember(const ex_step *step)
{
    if (ex_play_case(step->name) != NULL) {
        ex_fail("line %llu of the play: there is a case \"%s\" already", (unsigned long long)step->line, step->name);
    }
    cases[case_count++] = (named){step->name, step->opens, opened};
}

void ex_play_read(ex_world *world)
{
    if (world->options.play == NULL) {
        return;
    }
    steps = ex_play_steps(world, world->options.play, &step_count);
    cases = calloc(step_count + 1, sizeof *cases);
    if (cases == NULL) {
        ex_fail("no memory");
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

static void ask(ex_world *world, ex_party *party, tb_local_request *request)
{
    answered = false;
    ex_ask(world, party, request, took, 0);
    while (!answered) {
        ex_round(world, 20);
    }
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
    char when[TB_TIME_TEXT];
    tb_time_print(step->at, when);
    (void)printf("  %.16s  %s  %s  %s  %s%s%s\n", when, step->name, step->party->name_zh, action != NULL ? action->title.zh : step->act,
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
        remember(step);
    }
}

static void play(ex_world *world, const ex_step *step)
{
    bool absent = step->opens == NULL && *step->name != 0 && ex_play_case(step->name) == NULL &&
                  ex_play_left_out(step->name);
    if (absent) {
        return;
    }
    if (step->party == NULL) {
        ex_settle(world);
    } else if (strcmp(step->act, "rest") == 0) {
        step->party->idle = true;
    } else if (strcmp(step->act, "work") == 0) {
        /* who comes back sees today's date before anything else */
        tb_local_request request = {.kind = TB_REQUEST_STATUS, .time = step->at};
        ask(world, step->party, &request);
        step->party->idle = false;
        ex_look_again(world);
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

/* evaluations - what score sheets came to, and whether the figures in them are right: evaluations.json.
 *
 * As with reports the count compared with is made here, over the events of the leads, and knows nothing
 * of measures.
 */
#include <jansson.h>
#include <string.h>

#include "agents/campaign/period.h"
#include "ops/exercise/exercise.h"

#define LIST_MAX  200
#define BAD_SHOWN 10

static json_t *evaluations; /* array, as written */

/* ---- what operators did on a lead ---- */

static bool is_final(tb_bytes result)
{
    static const char *const finals[] = {"identified", "unidentified", "not_in_use", "industry_card"};
    for (size_t i = 0; i < sizeof finals / sizeof finals[0]; i++) {
        if (tb_bytes_equal(result, tb_bytes_str(finals[i]))) {
            return true;
        }
    }
    return false;
}

static tb_bytes said(const tb_local_event *event, const char *field)
{
    for (size_t i = 0; i < event->field_count; i++) {
        if (tb_bytes_equal(event->fields[i].id, tb_bytes_str(field))) {
            return event->fields[i].value;
        }
    }
    return tb_bytes_of(NULL, 0);
}

static bool is(const tb_local_event *event, const char *action)
{
    return tb_bytes_equal(event->action, tb_bytes_str(action));
}

static void note(ex_row *row, ex_work_kind kind, tb_time at, const char *by, bool scores)
{
    if (row->work_count < EX_WORK_MAX) {
        ex_work *work = &row->work[row->work_count++];
        *work = (ex_work){.kind = kind, .at = at, .scores = scores};
        (void)snprintf(work->by, sizeof work->by, "%s", by);
    }
}

bool ex_lapse_scores(const ex_world *world, const ex_row *row, const char *duty)
{
    return world->adopted_at != 0 && strcmp(duty, world->adopted_duty) == 0 && row->submitted_at >= world->adopted_at &&
           row->ordered_at >= world->adopted_at;
}

/* A lapse of what was done in time counts no more once its author withdraws it. */
static void take_lapse(const ex_world *world, ex_row *row, const tb_local_event *event, bool withdrawn)
{
    tb_bytes duty = said(event, "lapsed_duty");
    bool scores = tb_bytes_equal(duty, tb_bytes_str(world->adopted_duty)) && ex_lapse_scores(world, row, world->adopted_duty);
    row->lapses += withdrawn ? 0 : 1;
    tb_bytes debtor = said(event, "lapsed_debtor");
    char by[TB_PARTY_BYTES];
    if (!tb_bytes_equal(duty, tb_bytes_str("verify")) && !tb_bytes_equal(duty, tb_bytes_str("restore"))) {
        return;
    }
    (void)snprintf(by, sizeof by, "%.*s", (int)debtor.size, debtor.size > 0 ? (const char *)debtor.data : "");
    if (!withdrawn) {
        note(row, EX_LAPSED, event->at, by[0] != 0 ? by : row->ordered, scores);
        return;
    }
    for (size_t i = row->work_count; i-- > 0;) {
        if (row->work[i].kind == EX_LAPSED && (by[0] == 0 || strcmp(row->work[i].by, by) == 0)) {
            row->work[i].kind = EX_WITHDRAWN;
            return;
        }
    }
}

void ex_take_work(const ex_world *world, ex_row *row, const tb_local_event *event)
{
    tb_bytes ordered = said(event, "ordered");
    if (event->standing != TB_STANDING_EFFECTIVE) {
        return;
    }
    if (ordered.size > 0) {
        (void)snprintf(row->ordered, sizeof row->ordered, "%.*s", (int)ordered.size, (const char *)ordered.data);
        row->ordered_at = event->at;
    }
    if (is(event, "result") && is_final(said(event, "verify_result"))) {
        note(row, EX_VERIFIED, event->at, row->ordered, false);
    } else if (is(event, "shut_down")) {
        note(row, EX_SHUT_DOWN, event->at, row->ordered, false);
    } else if (is(event, "lapse") || is(event, "withdraw_lapse")) {
        take_lapse(world, row, event, is(event, "withdraw_lapse"));
    }
}

static long long count(const ex_world *world, const char *home, const char *by, const tb_period *period, ex_work_kind kind, bool scoring)
{
    long long found = 0;
    for (size_t i = 0; i < world->row_count; i++) {
        const ex_row *row = &world->rows[i];
        for (size_t k = 0; strcmp(row->home, home) == 0 && k < row->work_count; k++) {
            tb_month month = tb_month_of(row->work[k].at);
            found += row->work[k].kind == kind && (!scoring || row->work[k].scores) && strcmp(row->work[k].by, by) == 0 && month >= period->first &&
                     month <= period->last;
        }
    }
    return found;
}

static void compare_one(ex_world *world, const json_t *one, const char *field, ex_work_kind kind, bool scoring)
{
    tb_period period;
    const char *evaluated = json_string_value(json_object_get(one, "evaluated"));
    const char *over = json_string_value(json_object_get(one, "period"));
    const ex_party *by = ex_party_find(world, json_string_value(json_object_get(one, "by")));
    const char *stated = json_string_value(json_object_get(one, field));
    if (stated == NULL || evaluated == NULL || by == NULL || over == NULL ||
        !tb_period_in(world->campaign, tb_bytes_str(over), &period)) {
        return;
    }
    long long rows = count(world, by->province, evaluated, &period, kind, scoring);
    world->figures++;
    if (strtoll(stated, NULL, 10) != rows && ++world->figures_wrong <= BAD_SHOWN) {
        (void)printf("  evaluation of %s: %s is %s, the leads give %lld\n", evaluated, field, stated, rows);
    }
}

/* ---- the cases ---- */

static json_t *text(tb_bytes in)
{
    return json_stringn(in.size > 0 ? (const char *)in.data : "", in.size);
}

static json_t *scores_of(const tb_local_case *whole)
{
    static const char *const verdicts[] = {"", "shown", "met", "not_met", "no_figure"};
    json_t *list = json_array();
    for (size_t i = 0; i < whole->score_count; i++) {
        const tb_local_score *score = &whole->scores[i];
        (void)json_array_append_new(list, json_pack("{s:o s:o s:o s:o s:s s:b}", "id", text(score->id), "value", text(score->value),
                                                    "at_least", text(score->at_least), "at_most", text(score->at_most), "verdict",
                                                    verdicts[score->verdict], "declared", (int)score->declared));
    }
    return list;
}

static void got_case(ex_world *world, ex_party *party, const tb_local_answer *answer, uint64_t tag)
{
    (void)world;
    (void)tag;
    if (answer->kind != TB_ANSWER_CASE) {
        return;
    }
    const tb_local_summary *s = &answer->case_.summary;
    char id[2 * TB_CASE_ID_BYTES + 1];
    tb_hex(s->case_id.bytes, TB_CASE_ID_BYTES, id);
    json_t *one = json_pack("{s:o s:s s:s s:o}", "type", text(s->case_type), "case", id, "by", party->id.text, "state", text(s->state));
    for (size_t i = 0; i < s->field_count; i++) {
        char key[TB_NAME_BYTES_MAX + 1];
        (void)snprintf(key, sizeof key, "%.*s", (int)s->fields[i].id.size, (const char *)s->fields[i].id.data);
        (void)json_object_set_new(one, key, text(s->fields[i].value));
    }
    (void)json_object_set_new(one, "scores", scores_of(&answer->case_));
    (void)json_array_append_new(evaluations, one);
}

/* Those it opened itself. */
static void got_list(ex_world *world, ex_party *party, const tb_local_answer *answer, uint64_t tag)
{
    (void)tag;
    for (size_t i = 0; answer->kind == TB_ANSWER_CASES && i < answer->cases.count; i++) {
        const tb_local_summary *s = &answer->cases.cases[i];
        tb_local_request get = {.kind = TB_REQUEST_GET_CASE, .case_id = s->case_id};
        if (tb_party_equal(&s->opener, &party->id)) {
            ex_ask(world, party, &get, got_case, 0);
        }
    }
}

static void wait_for_all(ex_world *world)
{
    while (ex_talk_waiting(world) > 0) {
        ex_round(world, 20);
    }
}

void ex_collect_evaluations(ex_world *world)
{
    if (world->options.play == NULL) {
        return;
    }
    evaluations = json_array();
    for (unsigned t = 0; t < world->campaign->case_type_count; t++) {
        const tb_case_type *type = &world->campaign->case_types[t];
        tb_local_request list = {.kind = TB_REQUEST_LIST_CASES, .list = {.case_type = tb_bytes_str(type->id), .limit = LIST_MAX}};
        for (size_t p = 0; type->score_count > 0 && p < world->party_count; p++) {
            ex_ask(world, &world->parties[p], &list, got_list, 0);
            wait_for_all(world);
        }
    }
    for (size_t i = 0; world->type != NULL && i < json_array_size(evaluations); i++) {
        const json_t *one = json_array_get(evaluations, i);
        if (strcmp(json_string_value(json_object_get(one, "type")), "evaluation") == 0) {
            compare_one(world, one, "verified", EX_VERIFIED, false);
            compare_one(world, one, "shut_down", EX_SHUT_DOWN, false);
            compare_one(world, one, "lapses", EX_LAPSED, false);
            compare_one(world, one, "lapses_scoring", EX_LAPSED, true);
        }
    }
}

void ex_write_evaluations(ex_world *world)
{
    char path[EX_PATH * 2];
    (void)snprintf(path, sizeof path, "%s/evaluations.json", world->options.out);
    if (json_array_size(evaluations) > 0) {
        if (json_dump_file(evaluations, path, JSON_INDENT(1)) != 0) {
            ex_fail("cannot write %s", path);
        }
        (void)printf("%zu evaluations with their score sheets\n%s\n", json_array_size(evaluations), path);
    }
    json_decref(evaluations);
    evaluations = NULL;
}

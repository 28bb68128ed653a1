/* lapses - what was not done in time, and what was said of it: lapses.json. Each lapse with who owed what
 * since when, the reminder before it, whom it was escalated to, who was supervised and reported back, and
 * whether it scores in evaluation.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "ops/exercise/play.h"

#define TOLD_MAX 30 /* lapses printed, the first by time */

static json_t *words;  /* by case, everything said of its duties by anybody: {case: [word]} */
static json_t *lapses; /* as written */
static json_t *open_cases; /* of the play, at the end */
static size_t named;       /* all of them */

static const char *const SAID[] = {"lapse", "withdraw_lapse", "remind_due", "escalate", "settle_overdue", "supervise", "report_back"};

static json_t *text(tb_bytes in)
{
    return json_stringn(in.size > 0 ? (const char *)in.data : "", in.size);
}

static const char *of(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value != NULL ? value : "";
}

static bool is_said(tb_bytes action)
{
    for (size_t i = 0; i < sizeof SAID / sizeof SAID[0]; i++) {
        if (tb_bytes_equal(action, tb_bytes_str(SAID[i]))) {
            return true;
        }
    }
    return false;
}

static void add_word(json_t *list, const tb_local_event *event)
{
    char id[2 * sizeof event->event.bytes + 1], at[TB_TIME_TEXT];
    tb_hex(event->event.bytes, sizeof event->event.bytes, id);
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (strcmp(of(json_array_get(list, i), "event"), id) == 0) {
            return; /* another party told of it */
        }
    }
    tb_time_print(event->at, at);
    json_t *word = json_pack("{s:s s:o s:s s:s}", "event", id, "action", text(event->action), "by", event->actor.text, "at", at);
    for (size_t i = 0; i < event->field_count; i++) {
        char key[TB_NAME_BYTES_MAX + 1];
        (void)snprintf(key, sizeof key, "%.*s", (int)event->fields[i].id.size, (const char *)event->fields[i].id.data);
        (void)json_object_set_new(word, key, text(event->fields[i].value));
    }
    (void)json_array_append_new(list, word);
}

/* As its opener sees it at the end. */
static void count_open(ex_world *world, const tb_local_summary *s)
{
    const tb_case_type *type = tb_campaign_case_type(world->campaign, s->case_type);
    const tb_state *state = type != NULL ? tb_case_type_state(type, s->state) : NULL;
    const ex_party *holder = ex_party_find(world, s->holder.text);
    named++;
    if (state != NULL && !state->closed) {
        char id[2 * TB_CASE_ID_BYTES + 1];
        tb_hex(s->case_id.bytes, TB_CASE_ID_BYTES, id);
        (void)json_array_append_new(open_cases, json_pack("{s:s s:s s:s}", "case", id, "state", state->title.zh, "holder",
                                                          holder != NULL ? holder->name_zh : s->holder.text));
    }
}

static void got_case(ex_world *world, ex_party *party, const tb_local_answer *answer, uint64_t tag)
{
    (void)tag;
    if (answer->kind != TB_ANSWER_CASE) {
        return; /* not told of it */
    }
    if (tb_party_equal(&party->id, &answer->case_.summary.opener) && ex_row_of_case(world, &answer->case_.summary.case_id) == NULL) {
        count_open(world, &answer->case_.summary);
    }
    char id[2 * TB_CASE_ID_BYTES + 1];
    tb_hex(answer->case_.summary.case_id.bytes, TB_CASE_ID_BYTES, id);
    json_t *list = json_object_get(words, id);
    for (size_t i = 0; i < answer->case_.event_count; i++) {
        if (is_said(answer->case_.events[i].action)) {
            if (list == NULL) {
                list = json_array();
                (void)json_object_set_new(words, id, list);
                (void)json_array_append_new(list, json_pack("{s:o}", "type", text(answer->case_.summary.case_type)));
            }
            add_word(list, &answer->case_.events[i]);
        }
    }
}

/* ---- one lapse ---- */

/* The first such word of the same duty and debtor. */
static const json_t *said_of(const json_t *list, const json_t *lapse, const char *action)
{
    for (size_t i = 1; i < json_array_size(list); i++) {
        const json_t *word = json_array_get(list, i);
        const char *debtor = of(word, "lapsed_debtor"), *owed = of(lapse, "lapsed_debtor");
        if (strcmp(of(word, "action"), action) == 0 && strcmp(of(word, "lapsed_duty"), of(lapse, "lapsed_duty")) == 0 &&
            (*debtor == 0 || *owed == 0 || strcmp(debtor, owed) == 0)) {
            return word;
        }
    }
    return NULL;
}

static json_t *when_said(const json_t *list, const json_t *lapse, const char *action)
{
    const json_t *word = said_of(list, lapse, action);
    return word != NULL ? json_string(of(word, "at")) : json_null();
}

/* Who supervised the debtor, until when, and when it reported back. */
static json_t *supervisions(const json_t *list, const char *debtor)
{
    json_t *out = json_array();
    for (size_t i = 1; i < json_array_size(list); i++) {
        const json_t *word = json_array_get(list, i);
        if (strcmp(of(word, "action"), "supervise") != 0 || strcmp(of(word, "supervised"), debtor) != 0) {
            continue;
        }
        json_t *one = json_pack("{s:s s:s s:s s:s s:n}", "by", of(word, "by"), "party", of(word, "supervised"), "at", of(word, "at"),
                                "report_by", of(word, "report_by"), "reported_back_at");
        for (size_t k = 1; k < json_array_size(list); k++) {
            const json_t *back = json_array_get(list, k);
            if (strcmp(of(back, "action"), "report_back") == 0 && strcmp(of(back, "by"), of(word, "supervised")) == 0) {
                (void)json_object_set_new(one, "reported_back_at", json_string(of(back, "at")));
            }
        }
        (void)json_array_append_new(out, one);
    }
    return out;
}

static const tb_duty_def *duty_of(const ex_world *world, const char *type_id, const char *duty)
{
    const tb_case_type *type = tb_campaign_case_type(world->campaign, tb_bytes_str(type_id));
    for (unsigned i = 0; type != NULL && i < type->duty_count; i++) {
        if (strcmp(type->duties[i].id, duty) == 0) {
            return &type->duties[i];
        }
    }
    return NULL;
}

static void add_lapses(const ex_world *world, const char *id, const json_t *list, const char *name, const ex_row *row)
{
    const char *type = of(json_array_get(list, 0), "type");
    for (size_t i = 1; i < json_array_size(list); i++) {
        const json_t *lapse = json_array_get(list, i);
        if (strcmp(of(lapse, "action"), "lapse") != 0) {
            continue;
        }
        const tb_duty_def *duty = duty_of(world, type, of(lapse, "lapsed_duty"));
        bool withdrawn = said_of(list, lapse, "withdraw_lapse") != NULL;
        bool scores = duty != NULL && !withdrawn && (!duty->by_default || (row != NULL && ex_lapse_scores(world, row, duty->id)));
        const char *basis = duty == NULL || duty->by_default ? (scores ? "adopted" : "default") : "plan";
        json_t *one = json_pack("{s:s s:s s:s s:s s:s s:s s:s s:s s:b s:b s:s}", "case", id, "name", name, "type", type, "duty",
                                of(lapse, "lapsed_duty"), "debtor", of(lapse, "lapsed_debtor"), "due", of(lapse, "lapsed_due"),
                                "recorded_at", of(lapse, "at"), "recorded_by", of(lapse, "by"), "withdrawn", (int)withdrawn,
                                "scores", (int)scores, "basis", basis);
        (void)json_object_set_new(one, "reminded_at", when_said(list, lapse, "remind_due"));
        (void)json_object_set_new(one, "escalated_at", when_said(list, lapse, "escalate"));
        (void)json_object_set_new(one, "settled_at", when_said(list, lapse, "settle_overdue"));
        (void)json_object_set_new(one, "supervised", supervisions(list, of(lapse, "lapsed_debtor")));
        (void)json_array_append_new(lapses, one);
    }
}

/* ---- all of them ---- */

static void wait_for_all(ex_world *world)
{
    while (ex_talk_waiting(world) > 0) {
        ex_round(world, 20);
    }
}

static void ask_both(ex_world *world, ex_party *first, ex_party *second, const tb_case_id *id)
{
    ex_party *const parties[] = {first, second};
    for (size_t i = 0; i < 2; i++) {
        tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = *id};
        if (parties[i] != NULL && !parties[i]->dead && (i == 0 || parties[0] != parties[1])) {
            ex_ask(world, parties[i], &request, got_case, 0);
        }
    }
    while (ex_talk_waiting(world) > 64) {
        ex_round(world, 20);
    }
}

/* Who is told of everything that was escalated: whom the first report is owed to. */
static ex_party *reader(ex_world *world)
{
    for (size_t i = 0; world->campaign->report_count > 0 && i < world->party_count; i++) {
        if (strcmp(world->parties[i].role, world->campaign->reports[0].to) == 0) {
            return &world->parties[i];
        }
    }
    return NULL;
}

void ex_collect_lapses(ex_world *world)
{
    const char *name;
    ex_party *opener, *head = reader(world);
    const tb_case_id *id;
    if (world->options.play == NULL) {
        return;
    }
    words = json_object();
    open_cases = json_array();
    for (size_t i = 0; i < world->row_count; i++) {
        char discovery[TB_PARTY_BYTES];
        (void)snprintf(discovery, sizeof discovery, "bureau.%s", world->rows[i].found);
        if (world->rows[i].lapses > 0) {
            ask_both(world, ex_party_find(world, discovery), head, &world->rows[i].case_id);
        }
    }
    for (size_t i = 0; ex_play_named(i, &name, &opener, &id); i++) {
        ask_both(world, opener, head, id);
    }
    wait_for_all(world);
}

static int by_time(const void *a, const void *b)
{
    const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
    int order = strcmp(of(x, "recorded_at"), of(y, "recorded_at"));
    return order != 0 ? order : strcmp(of(x, "case"), of(y, "case"));
}

/* What the play calls a case; a lead has its number. */
static void name_of(const ex_world *world, const char *id, char out[128], const ex_row **out_row)
{
    const char *name;
    ex_party *opener;
    const tb_case_id *case_id;
    char hex[2 * TB_CASE_ID_BYTES + 1];
    *out_row = NULL;
    out[0] = 0;
    for (size_t i = 0; i < world->row_count && *out_row == NULL; i++) {
        tb_hex(world->rows[i].case_id.bytes, TB_CASE_ID_BYTES, hex);
        if (world->rows[i].has_case && strcmp(hex, id) == 0) {
            *out_row = &world->rows[i];
            (void)snprintf(out, 128, "%.*s", (int)world->rows[i].lead_no.size, (const char *)world->rows[i].lead_no.data);
        }
    }
    for (size_t i = 0; ex_play_named(i, &name, &opener, &case_id); i++) {
        tb_hex(case_id->bytes, TB_CASE_ID_BYTES, hex);
        if (strcmp(hex, id) == 0) {
            (void)snprintf(out, 128, "%s", name);
        }
    }
}

static const char *who(ex_world *world, const json_t *one, const char *key)
{
    const ex_party *party = ex_party_find(world, of(one, key));
    return party != NULL ? party->name_zh : of(one, key);
}

static void print_one(ex_world *world, const json_t *one)
{
    const tb_duty_def *duty = duty_of(world, of(one, "type"), of(one, "duty"));
    const json_t *supervised = json_object_get(one, "supervised");
    const char *basis = of(one, "basis");
    (void)printf("  %.16s  %s  %s  %s  %s%s", of(one, "recorded_at"), of(one, "name"), who(world, one, "debtor"),
                 duty != NULL ? duty->title.zh : "",
                 strcmp(basis, "plan") == 0      ? "方案规定的时限"
                 : strcmp(basis, "adopted") == 0 ? "专项办已采用的时限，计入评估"
                                                 : "系统默认时限，不计入评估",
                 json_is_true(json_object_get(one, "withdrawn")) ? "  已撤销" : "");
    (void)printf("%s", json_is_null(json_object_get(one, "escalated_at")) ? "" : "  已上报");
    for (size_t i = 0; i < json_array_size(supervised); i++) {
        const json_t *s = json_array_get(supervised, i);
        (void)printf("  %s督办%s%s", who(world, s, "by"), who(world, s, "party"), *of(s, "reported_back_at") != 0 ? "(已报告)" : "(未报告)");
    }
    (void)printf("\n");
}

/* What the play opened and did not bring to its end. */
static void print_open(const ex_world *world)
{
    (void)printf("%zu cases beside the leads, %zu of them open at the end\n", named, json_array_size(open_cases));
    for (size_t i = 0; i < json_array_size(open_cases) && i < TOLD_MAX; i++) {
        char name[128];
        const ex_row *row;
        const json_t *one = json_array_get(open_cases, i);
        name_of(world, of(one, "case"), name, &row);
        (void)printf("  %s  %s  承办单位：%s\n", name, of(one, "state"), of(one, "holder"));
    }
}

void ex_write_lapses(ex_world *world)
{
    const char *id;
    json_t *list;
    if (words == NULL) {
        return;
    }
    lapses = json_array();
    json_object_foreach(words, id, list)
    {
        char name[128];
        const ex_row *row;
        name_of(world, id, name, &row);
        add_lapses(world, id, list, name, row);
    }
    size_t count = json_array_size(lapses), scoring = 0;
    json_t **sorted = calloc(count + 1, sizeof(json_t *));
    json_t *out = json_array();
    for (size_t i = 0; sorted != NULL && i < count; i++) {
        sorted[i] = json_array_get(lapses, i);
        scoring += json_is_true(json_object_get(sorted[i], "scores"));
    }
    if (sorted != NULL) {
        qsort(sorted, count, sizeof *sorted, by_time);
    }
    (void)printf("%zu lapses, %zu of them score\n", count, scoring);
    for (size_t i = 0; sorted != NULL && i < count; i++) {
        (void)json_array_append(out, sorted[i]);
        if (i < TOLD_MAX) {
            print_one(world, sorted[i]);
        }
    }
    free(sorted);
    char path[EX_PATH * 2];
    (void)snprintf(path, sizeof path, "%s/lapses.json", world->options.out);
    if (json_dump_file(out, path, JSON_INDENT(1)) != 0) {
        ex_fail("cannot write %s", path);
    }
    (void)printf("%s\n", path);
    print_open(world);
    json_decref(open_cases);
    json_decref(out);
    json_decref(lapses);
    json_decref(words);
    words = lapses = NULL;
}

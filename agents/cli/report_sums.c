/* report_sums - 对账: what the parties of one role filed of a measure in sum, against what those of
 * another role did: declarations of operator groups against those of the provinces. By the
 * definition, or two measures and roles of choice.
 */
#include "agents/cli/report_reconcile.h"

#include <stdio.h>

#include "agents/campaign/figures.h"
#include "agents/campaign/scene.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"

typedef struct sum {
    const char *measure;
    tb_bytes role;
    tb_figure_value value;  /* known: somebody filed one */
    size_t filed;           /* with a value */
    json_t *without;        /* parties of the role that filed none */
    json_t *with;           /* each that did: {party, value} */
    const tb_party *only;   /* this one; NULL: of the role all, */
    const tb_party *parent; /* or of these the ones whose parent it is; NULL: whatever it is */
    size_t parties;
} sum;

static void add(sum *s, const tb_local_report *report)
{
    tb_declared read;
    json_t *party = tb_json_party(&report->line.reporter);
    for (size_t i = 0; i < report->figure_count; i++) {
        const tb_local_figure *f = &report->figures[i];
        if (f->group.size == 0 && tb_bytes_equal(f->measure, tb_bytes_str(s->measure)) &&
            tb_declared_read(f->period, &read)) {
            s->value.known = true;
            s->value.ratio = read.value.ratio;
            s->value.numerator += read.value.numerator;
            s->value.denominator += read.value.denominator;
            s->filed++;
            (void)json_array_append_new(
                s->with, json_pack("{s:o,s:o}", "party", party, "value", tb_json_text(f->period)));
            return;
        }
    }
    (void)json_array_append_new(s->without, party);
}

static int read_one(const tb_reconciling *r, const tb_local_report_line *line, sum *s)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_REPORT};
    tb_local_answer answer;
    if (tb_case_zero(&line->case_id)) {
        (void)json_array_append_new(s->without, tb_json_party(&line->reporter));
        return TB_EXIT_DONE;
    }
    size_t mark = tb_arena_mark(&r->book->client->arena);
    request.get_report.case_id = line->case_id;
    int code = tb_client_get(r->book->client, &request, TB_ANSWER_REPORT, &answer);
    if (code == TB_EXIT_DONE) {
        add(s, &answer.report);
    }
    tb_arena_release(&r->book->client->arena, mark);
    return code;
}

static bool is_of(const sum *s, const tb_local_report_line *line, const tb_local_party_line *party)
{
    return tb_bytes_equal(party->role, s->role) &&
           (s->only == NULL || tb_party_equal(s->only, &line->reporter)) &&
           (s->parent == NULL || tb_party_equal(s->parent, &party->parent));
}

static int read_all(const tb_reconciling *r, sum *s)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_REPORTS};
    tb_local_answer answer;
    request.list_reports.campaign = tb_bytes_str(r->campaign->id);
    request.list_reports.report = tb_bytes_str(r->report->id);
    request.list_reports.period = tb_bytes_str(r->period->text);
    int code = tb_client_get(r->book->client, &request, TB_ANSWER_REPORTS, &answer);
    for (size_t i = 0; code == TB_EXIT_DONE && i < answer.reports.count; i++) {
        const tb_local_report_line *line = &answer.reports.lines[i];
        const tb_local_party_line *party = tb_book_find(r->book, &line->reporter);
        if (party != NULL && is_of(s, line, party)) {
            s->parties++;
            code = read_one(r, line, s);
        }
    }
    return code;
}

static tb_bytes text_of(const tb_reconciling *r, const sum *s)
{
    tb_text text;
    tb_bytes out;
    tb_text_init(&text, &r->book->client->arena, 64);
    tb_figure_value_print(&text, &s->value);
    return tb_text_done(&text, &out) == TB_OK ? out : tb_bytes_str("-");
}

static json_t *json_of(const tb_reconciling *r, const sum *s)
{
    return json_pack("{s:s, s:o, s:o, s:i, s:O, s:O}", "measure", s->measure, "role",
                     tb_json_text(s->role), "sum", tb_json_text(text_of(r, s)), "filed",
                     (int)s->filed, "without", s->without, "parties", s->with);
}

static void print_one(const tb_reconciling *r, const sum *s)
{
    tb_bytes value = text_of(r, s);
    (void)printf(_("%s of %.*s, %zu filed: %.*s\n"), s->measure, (int)s->role.size,
                 (const char *)s->role.data, s->filed, (int)value.size, (const char *)value.data);
    for (size_t i = 0; i < json_array_size(s->without); i++) {
        (void)printf(_("not filed: %s\n"), json_string_value(json_array_get(s->without, i)));
    }
}

static bool same(const sum *a, const sum *b)
{
    return a->value.known && b->value.known && a->value.numerator == b->value.numerator &&
           a->value.denominator == b->value.denominator;
}

/* Whether everybody filed that could; until then two sums say little. */
static bool complete(const sum *a, const sum *b)
{
    return json_array_size(a->without) == 0 && json_array_size(b->without) == 0;
}

static void print_verdict(bool agree, bool is_complete)
{
    (void)printf(
        "%s",
        agree && is_complete ? _("the two agree\n")
        : is_complete        ? _("the two differ\n")
        : agree
            ? _("the two agree as far as they are filed; what is not filed is missing in the sum\n")
            : _("the two differ, and not everybody has filed\n"));
}

static int check_side(const tb_reconciling *r, const sum *s)
{
    if (!tb_names_hold((const char *const *)r->report->measures, r->report->measure_count,
                       tb_bytes_str(s->measure))) {
        tb_say_refusal(TB_REFUSED_MEASURE_UNKNOWN, tb_bytes_str(s->measure));
        return TB_EXIT_REFUSED;
    }
    return TB_EXIT_DONE;
}

static void tell(const tb_reconciling *r, const sum *left, const sum *right)
{
    bool agree = same(left, right);
    if (r->book->client->json) {
        (void)json_array_append_new(r->told,
                                    json_pack("{s:o, s:o, s:b, s:b}", "left", json_of(r, left),
                                              "right", json_of(r, right), "agree", agree,
                                              "complete", complete(left, right)));
        return;
    }
    print_one(r, left);
    print_one(r, right);
    print_verdict(agree, complete(left, right));
}

static void begin(sum *s)
{
    s->without = json_array();
    s->with = json_array();
}

static void end(sum *s)
{
    json_decref(s->without);
    json_decref(s->with);
}

int tb_report_reconcile_sums(const tb_reconciling *r,
                             const tb_sum_side *left,
                             const tb_sum_side *right)
{
    sum sums[2] = {{.measure = left->measure, .role = tb_bytes_str(left->role)},
                   {.measure = right->measure, .role = tb_bytes_str(right->role)}};
    int code = TB_EXIT_DONE;
    for (int i = 0; i < 2; i++) {
        begin(&sums[i]);
        code = code == TB_EXIT_DONE ? check_side(r, &sums[i]) : code;
        code = code == TB_EXIT_DONE ? read_all(r, &sums[i]) : code;
    }
    if (code == TB_EXIT_DONE) {
        tell(r, &sums[0], &sums[1]);
    }
    end(&sums[0]);
    end(&sums[1]);
    return code;
}

/* ---- by the definition ---- */

/* What was said of the difference over the report of a whole: who, when, why. */
static int read_settled(const tb_reconciling *r, const tb_case_id *id, json_t *into)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = *id};
    tb_local_answer answer;
    size_t mark = tb_arena_mark(&r->book->client->arena);
    int code = tb_client_get(r->book->client, &request, TB_ANSWER_CASE, &answer);
    for (size_t i = 0; code == TB_EXIT_DONE && i < answer.case_.event_count; i++) {
        const tb_local_event *e = &answer.case_.events[i];
        if (tb_bytes_equal(e->action, tb_bytes_str(r->def->settled_by)) &&
            e->standing != TB_STANDING_HELD_BACK) {
            tb_bytes why = e->field_count > 0 ? e->fields[0].value : tb_bytes_of(NULL, 0);
            (void)json_array_append_new(into,
                                        json_pack("{s:o,s:o,s:o,s:o}", "case",
                                                  tb_json_hex_of(id->bytes, TB_CASE_ID_BYTES), "by",
                                                  tb_json_party(&e->actor), "at",
                                                  tb_json_time(e->at), "why", tb_json_text(why)));
        }
    }
    tb_arena_release(&r->book->client->arena, mark);
    return code;
}

static int settled_over(const tb_reconciling *r, const sum *whole, json_t *into)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_REPORTS};
    tb_local_answer answer;
    request.list_reports.campaign = tb_bytes_str(r->campaign->id);
    request.list_reports.report = tb_bytes_str(r->report->id);
    request.list_reports.period = tb_bytes_str(r->period->text);
    if (r->def->settled_by == NULL) {
        return TB_EXIT_DONE;
    }
    int code = tb_client_get(r->book->client, &request, TB_ANSWER_REPORTS, &answer);
    for (size_t i = 0; code == TB_EXIT_DONE && i < answer.reports.count; i++) {
        const tb_local_report_line *line = &answer.reports.lines[i];
        const tb_local_party_line *party = tb_book_find(r->book, &line->reporter);
        if (party != NULL && is_of(whole, line, party) && !tb_case_zero(&line->case_id)) {
            code = read_settled(r, &line->case_id, into);
        }
    }
    return code;
}

static const char *text_in(const json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));
    return text == NULL ? "" : text;
}

/* Where the two differ: what each of them filed, by its id, and what was said of it. */
static void print_behind(const sum sums[2], const json_t *settled)
{
    for (int s = 0; s < 2; s++) {
        for (size_t i = 0; i < json_array_size(sums[s].with); i++) {
            const json_t *one = json_array_get(sums[s].with, i);
            (void)printf("  %s: %s\n", text_in(one, "party"), text_in(one, "value"));
        }
    }
    for (size_t i = 0; i < json_array_size(settled); i++) {
        const json_t *one = json_array_get(settled, i);
        (void)printf(_("  settled: %.*s, %.*s, %.*s: %.*s\n"), 32, text_in(one, "case"),
                     TB_PARTY_BYTES, text_in(one, "by"), 16, text_in(one, "at"), 1000,
                     text_in(one, "why"));
    }
    if (json_array_size(settled) == 0) {
        (void)printf("%s", _("  nothing of it is settled yet\n"));
    }
}

/* One whole, or all together, against its parts. *out_parts: how many it has. */
static int hold(const tb_reconciling *r, const tb_party *whole, bool own_parts, size_t *out_parts)
{
    sum sums[2] = {
        {.measure = r->def->sent, .role = tb_bytes_str(r->def->whole_role), .only = whole},
        {.measure = r->def->received,
         .role = tb_bytes_str(r->def->parts_role),
         .parent = own_parts ? whole : NULL}};
    json_t *settled = json_array();
    begin(&sums[0]);
    begin(&sums[1]);
    int code = read_all(r, &sums[1]);
    *out_parts = sums[1].parties;
    bool any = code == TB_EXIT_DONE && (*out_parts > 0 || !own_parts);
    if (any) {
        code = read_all(r, &sums[0]);
    }
    bool agree = any && same(&sums[0], &sums[1]);
    if (any && code == TB_EXIT_DONE && !agree) {
        code = settled_over(r, &sums[0], settled);
    }
    if (any && code == TB_EXIT_DONE && r->book->client->json) {
        (void)json_array_append_new(
            r->told, json_pack("{s:s,s:o,s:o,s:o,s:b,s:b,s:O}", "reconciles", r->def->id, "whole",
                               whole == NULL ? json_null() : tb_json_party(whole), "left",
                               json_of(r, &sums[0]), "right", json_of(r, &sums[1]), "agree", agree,
                               "complete", complete(&sums[0], &sums[1]), "settled", settled));
    } else if (any && code == TB_EXIT_DONE) {
        print_one(r, &sums[0]);
        print_one(r, &sums[1]);
        print_verdict(agree, complete(&sums[0], &sums[1]));
        if (!agree) {
            print_behind(sums, settled);
        }
    }
    end(&sums[0]);
    end(&sums[1]);
    json_decref(settled);
    return code;
}

/* Where some have parts of their own: a whole without any, or a part of no whole that reports. */
static void print_alone(const tb_reconciling *r, const tb_party *party, bool is_whole)
{
    if (r->book->client->json) {
        (void)json_array_append_new(r->told, json_pack("{s:s,s:s,s:o}", "reconciles", r->def->id,
                                                       "alone", is_whole ? "whole" : "part",
                                                       "party", tb_json_party(party)));
    } else if (is_whole) {
        (void)printf(_("%s: no %s is under it in the directory; what it filed is held against "
                       "nothing\n"),
                     party->text, r->def->parts_role);
    } else {
        (void)printf(
            _("%s: no %s that reports is above it in the directory; what it filed is in no "
              "sum\n"),
            party->text, r->def->whole_role);
    }
}

static bool has_role(const tb_reconciling *r, const tb_party *party, const char *role)
{
    const tb_local_party_line *line = tb_book_find(r->book, party);
    return line != NULL && tb_bytes_equal(line->role, tb_bytes_str(role));
}

/* Whether it has parts among the reporters; or, of a part, its whole. */
static bool is_paired(const tb_reconciling *r, const tb_local_reports *all, const tb_party *party)
{
    bool is_whole = has_role(r, party, r->def->whole_role);
    const tb_local_party_line *self = tb_book_find(r->book, party);
    for (size_t i = 0; i < all->count; i++) {
        const tb_party *other = &all->lines[i].reporter;
        const tb_local_party_line *line = tb_book_find(r->book, other);
        if (is_whole
                ? has_role(r, other, r->def->parts_role) && tb_party_equal(&line->parent, party)
                : has_role(r, other, r->def->whole_role) && tb_party_equal(&self->parent, other)) {
            return true;
        }
    }
    return false;
}

static void tell_alone(const tb_reconciling *r, const tb_local_reports *all)
{
    for (size_t i = 0; i < all->count; i++) {
        const tb_party *party = &all->lines[i].reporter;
        bool is_whole = has_role(r, party, r->def->whole_role);
        if ((is_whole || has_role(r, party, r->def->parts_role)) && !is_paired(r, all, party)) {
            print_alone(r, party, is_whole);
        }
    }
}

int tb_report_reconcile_whole(const tb_reconciling *r)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_REPORTS};
    tb_local_answer answer;
    size_t any = 0;
    size_t parts = 0;
    request.list_reports.campaign = tb_bytes_str(r->campaign->id);
    request.list_reports.report = tb_bytes_str(r->report->id);
    request.list_reports.period = tb_bytes_str(r->period->text);
    int code = tb_client_get(r->book->client, &request, TB_ANSWER_REPORTS, &answer);
    for (size_t i = 0; code == TB_EXIT_DONE && i < answer.reports.count; i++) {
        const tb_party *whole = &answer.reports.lines[i].reporter;
        const tb_local_party_line *party = tb_book_find(r->book, whole);
        if (party != NULL && tb_bytes_equal(party->role, tb_bytes_str(r->def->whole_role))) {
            code = hold(r, whole, true, &parts);
            any += parts;
        }
    }
    if (code == TB_EXIT_DONE && any > 0) {
        tell_alone(r, &answer.reports);
    }
    return code == TB_EXIT_DONE && any == 0 ? hold(r, NULL, false, &parts) : code;
}

/* report_sums - 对账: what the parties of one role filed of a measure in sum, against what those of
 * another role did: declarations of operator groups against those of the provinces.
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
    tb_figure_value value; /* known: somebody filed one */
    size_t filed;          /* with a value */
    json_t *without;       /* parties of the role that filed none */
} sum;

static void add(sum *s, const tb_local_report *report)
{
    tb_declared read;
    for (size_t i = 0; i < report->figure_count; i++) {
        const tb_local_figure *f = &report->figures[i];
        if (f->group.size == 0 && tb_bytes_equal(f->measure, tb_bytes_str(s->measure)) &&
            tb_declared_read(f->period, &read)) {
            s->value.known = true;
            s->value.ratio = read.value.ratio;
            s->value.numerator += read.value.numerator;
            s->value.denominator += read.value.denominator;
            s->filed++;
            return;
        }
    }
    (void)json_array_append_new(s->without, tb_json_party(&report->line.reporter));
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
        if (party != NULL && tb_bytes_equal(party->role, s->role)) {
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
    return json_pack("{s:s, s:o, s:o, s:i, s:O}", "measure", s->measure, "role",
                     tb_json_text(s->role), "sum", tb_json_text(text_of(r, s)), "filed",
                     (int)s->filed, "without", s->without);
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

static int check_side(const tb_reconciling *r, const sum *s)
{
    if (!tb_names_hold((const char *const *)r->report->measures, r->report->measure_count,
                       tb_bytes_str(s->measure))) {
        tb_say_refusal(TB_REFUSED_MEASURE_UNKNOWN, tb_bytes_str(s->measure));
        return TB_EXIT_REFUSED;
    }
    return TB_EXIT_DONE;
}

int tb_report_reconcile_sums(const tb_reconciling *r, const tb_sum_side *left, const tb_sum_side *right)
{
    sum sums[2] = {{.measure = left->measure, .role = tb_bytes_str(left->role)},
                   {.measure = right->measure, .role = tb_bytes_str(right->role)}};
    int code = TB_EXIT_DONE;
    for (int i = 0; i < 2; i++) {
        sums[i].without = json_array();
        code = code == TB_EXIT_DONE ? check_side(r, &sums[i]) : code;
        code = code == TB_EXIT_DONE ? read_all(r, &sums[i]) : code;
    }
    bool agree = same(&sums[0], &sums[1]);
    if (code == TB_EXIT_DONE && r->book->client->json) {
        tb_json_print(json_pack("{s:s, s:o, s:o, s:b}", "period", r->period->text, "left",
                                json_of(r, &sums[0]), "right", json_of(r, &sums[1]), "agree",
                                agree));
    } else if (code == TB_EXIT_DONE) {
        print_one(r, &sums[0]);
        print_one(r, &sums[1]);
        (void)printf("%s", agree ? _("the two agree\n") : _("the two differ\n"));
    }
    json_decref(sums[0].without);
    json_decref(sums[1].without);
    return code;
}

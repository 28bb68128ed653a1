/* report - what is owed to headquarters for a period: drafting, filing, accepting, returning. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli/cli.h"
#include "agents/cli/evidence.h"
#include "agents/cli/help.h"
#include "agents/cli/json.h"
#include "agents/cli/report_export.h"
#include "agents/cli/report_reconcile.h"
#include "agents/cli/report_sheet.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"
#include "agents/cli/values.h"

#define LIMIT_MAX 500

typedef struct options {
    tb_common common;
    tb_words words; /* the verb first */
    const char *campaign;
    const char *period;
    const char *measure;
    const char *group;
    const char *format;
    const char *limit;
    const char *after;
    const char *head;
    const char *report; /* of reconcile */
    const char *of;
    const char *with;
    const char *reason; /* of settle */
    const char *left;   /* measures to be reconciled, and roles where they are summed */
    const char *right;
    const char *left_role;
    const char *right_role;
    const char *out;
    bool is_signed;
} options;

static int ask(tb_book *book, tb_local_request *request, tb_answer_kind kind)
{
    tb_local_answer answer;
    int code = tb_client_get(book->client, request, kind, &answer);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    if (book->client->json) {
        tb_json_print(tb_json_answer(&answer));
        return TB_EXIT_DONE;
    }
    return tb_show_answer(book, &answer) ? TB_EXIT_DONE : TB_EXIT_INTERNAL;
}

static tb_bytes given(tb_book *book, const char *campaign)
{
    return campaign == NULL ? tb_bytes_of(NULL, 0)
                            : tb_book_campaign_id(book, tb_bytes_str(campaign));
}

static int list(tb_book *book, const options *o)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_REPORTS};
    request.list_reports.campaign = given(book, o->campaign);
    if (o->words.count > 1) {
        request.list_reports.report = tb_book_report_id(book, tb_bytes_str(o->words.list[1]));
    }
    if (o->period != NULL) {
        request.list_reports.period = tb_bytes_str(o->period);
    }
    return ask(book, &request, TB_ANSWER_REPORTS);
}

static int wrong_words(void)
{
    return tb_help_wrong("report", _("which report, for which period? For example: tongbao report "
                                     "draft quarterly 2015-Q1; see: tongbao report list"));
}

static bool case_word(const options *o, tb_case_id *out)
{
    if (o->words.count < 2) {
        (void)tb_help_wrong("report", _("which report? Its case is in: tongbao report list"));
        return false;
    }
    return tb_arguments_id(o->words.list[1], out->bytes);
}

/* The campaign given; else the one that has a report of this name for this period, as two may have
 * one called alike; empty: any. False after saying that one must be named. */
static bool campaign_of(tb_book *book, const options *o, tb_bytes *out)
{
    *out = given(book, o->campaign);
    tb_local_request request = {.kind = TB_REQUEST_LIST_REPORTS};
    tb_local_answer answer;
    request.list_reports.report = tb_book_report_id(book, tb_bytes_str(o->words.list[1]));
    request.list_reports.period = tb_bytes_str(o->words.list[2]);
    if (out->size > 0 ||
        tb_client_get(book->client, &request, TB_ANSWER_REPORTS, &answer) != TB_EXIT_DONE) {
        return out->size > 0;
    }
    for (size_t i = 0; i < answer.reports.count; i++) {
        tb_bytes campaign = answer.reports.lines[i].campaign;
        if (out->size > 0 && !tb_bytes_equal(*out, campaign)) {
            tb_say_error(_("%.*s and %.*s both have a report \"%s\": say which with --campaign"),
                         (int)out->size, (const char *)out->data, (int)campaign.size,
                         (const char *)campaign.data, o->words.list[1]);
            return false;
        }
        *out = campaign;
    }
    return true;
}

static int draft_request(tb_book *book, const options *o, tb_local_request *request)
{
    if (o->words.count < 3) {
        return wrong_words();
    }
    request->kind = TB_REQUEST_GET_REPORT;
    if (!campaign_of(book, o, &request->get_report.campaign)) {
        return TB_EXIT_REFUSED;
    }
    request->get_report.report = tb_book_report_id(book, tb_bytes_str(o->words.list[1]));
    request->get_report.period = tb_bytes_str(o->words.list[2]);
    return TB_EXIT_DONE;
}

static int draft(tb_book *book, const options *o)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_REPORT};
    int code = draft_request(book, o, &request);
    return code == TB_EXIT_DONE ? ask(book, &request, TB_ANSWER_REPORT) : code;
}

static bool is_called(tb_bytes text, tb_bytes id, tb_bytes zh, tb_bytes en)
{
    return tb_bytes_equal(text, id) || tb_bytes_equal(text, zh) || tb_bytes_equal(text, en);
}

/* Measure and group as the page of the report prints them, made their ids; what is not found stays,
 * for the agent to refuse. */
static int read_figure(tb_book *book, const options *o, tb_local_get_report *wish)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_REPORT};
    tb_local_answer answer;
    tb_bytes measure = tb_bytes_str(o->measure);
    tb_bytes group = tb_bytes_str(o->group == NULL ? "" : o->group);
    request.get_report.case_id = wish->case_id;
    int code = tb_client_get(book->client, &request, TB_ANSWER_REPORT, &answer);
    wish->measure = measure;
    wish->group = group;
    for (size_t i = 0; code == TB_EXIT_DONE && i < answer.report.figure_count; i++) {
        const tb_local_figure *f = &answer.report.figures[i];
        if (!is_called(measure, f->measure, f->title_zh, f->title_en)) {
            continue;
        }
        wish->measure = f->measure;
        tb_bytes name = tb_show_group_name(book, &answer.report, f->measure, f->group);
        if (group.size > 0 && f->group.size > 0 && is_called(group, f->group, name, name)) {
            wish->group = f->group;
        }
    }
    return code;
}

/* The events behind one figure. */
static int show_events(tb_book *book, tb_local_request *request)
{
    tb_local_answer answer;
    int code = tb_client_get(book->client, request, TB_ANSWER_REPORT, &answer);
    if (code == TB_EXIT_DONE && book->client->json) {
        tb_json_print(tb_json_answer(&answer));
    } else if (code == TB_EXIT_DONE &&
               !tb_show_report_behind(book, &answer.report, request->get_report.measure)) {
        code = TB_EXIT_INTERNAL;
    }
    return code;
}

static int show(tb_book *book, const options *o)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_REPORT};
    long limit = 100;
    uint8_t mark[TB_NAME_BYTES_MAX * 8];
    if (!case_word(o, &request.get_report.case_id)) {
        return TB_EXIT_USAGE;
    }
    if (o->limit != NULL && !tb_arguments_number("limit", o->limit, 1, LIMIT_MAX, &limit)) {
        return TB_EXIT_USAGE;
    }
    request.get_report.limit = (uint32_t)limit;
    if (o->after != NULL) {
        size_t size = strlen(o->after) / 2;
        if (size > sizeof mark || !tb_hex_parse(tb_bytes_str(o->after), mark, size)) {
            return tb_help_wrong("report",
                                 _("--after takes what the page before printed as \"next\""));
        }
        request.get_report.after = tb_bytes_of(mark, size);
    }
    if (o->measure == NULL) {
        return ask(book, &request, TB_ANSWER_REPORT);
    }
    int code = read_figure(book, o, &request.get_report);
    return code == TB_EXIT_DONE ? show_events(book, &request) : code;
}

/* With all that proves it, for who has no agent: tongbao verify FILE. */
static int export_signed(tb_book *book, const options *o)
{
    tb_case_id id;
    if (!case_word(o, &id)) {
        return TB_EXIT_USAGE;
    }
    if (o->out == NULL) {
        return tb_help_wrong("report", _("--signed writes a file: give its name with --out"));
    }
    return tb_evidence_write(book->client, &id, true, o->out);
}

/* As a table: CASE of one that was filed, or REPORT PERIOD for the draft. */
static int export(tb_book *book, const options *o)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_REPORT};
    tb_local_answer answer;
    int code = TB_EXIT_DONE;
    if (o->is_signed) {
        return export_signed(book, o);
    }
    bool sheet = o->format != NULL && strcmp(o->format, "xlsx") == 0;
    if (o->format != NULL && !sheet && strcmp(o->format, "csv") != 0) {
        return tb_help_wrong("report", _("--format is csv or xlsx"));
    }
    if (sheet && o->out == NULL) {
        return tb_help_wrong("report", _("--format xlsx writes a file: give its name with --out"));
    }
    if (o->words.count >= 3) {
        code = draft_request(book, o, &request);
    } else if (!case_word(o, &request.get_report.case_id)) {
        code = TB_EXIT_USAGE;
    }
    if (code == TB_EXIT_DONE) {
        code = tb_client_get(book->client, &request, TB_ANSWER_REPORT, &answer);
    }
    if (code == TB_EXIT_DONE && !(sheet ? tb_report_sheet(o->out, book, &answer.report)
                                        : tb_report_export(stdout, book, &answer.report))) {
        code = TB_EXIT_INTERNAL;
    }
    return code;
}

/* ---- acts ---- */

typedef struct found {
    const tb_campaign *campaign;
    const tb_report_def *report;
    const tb_case_type *type;
} found;

/* The report of that name in that campaign, or where it is empty in any that is installed. */
static bool find_report(tb_book *book, const options *o, tb_bytes only, found *out)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_CAMPAIGNS};
    tb_local_answer answer;
    tb_bytes report = tb_book_report_id(book, tb_bytes_str(o->words.list[1]));
    if (tb_client_get(book->client, &request, TB_ANSWER_CAMPAIGNS, &answer) != TB_EXIT_DONE) {
        return false;
    }
    for (size_t i = 0; i < answer.campaigns.count; i++) {
        const tb_local_campaign_line *line = &answer.campaigns.lines[i];
        if (!line->newest || (only.size > 0 && !tb_bytes_equal(only, line->id))) {
            continue;
        }
        out->campaign = tb_book_campaign_of(book, line->id);
        out->report = out->campaign == NULL ? NULL : tb_campaign_report(out->campaign, report);
        out->type =
            out->report == NULL
                ? NULL
                : tb_campaign_case_type(out->campaign, tb_bytes_str(out->report->case_type));
        if (out->type != NULL) {
            return true;
        }
    }
    return false;
}

/* The open field of type period that filing sets. */
static const tb_field_def *period_field(const tb_case_type *type)
{
    const tb_action *file = tb_case_type_action(type, tb_bytes_str(TB_REPORT_FILE));
    for (unsigned i = 0; file != NULL && i < file->field_count; i++) {
        const tb_field_def *field = tb_case_type_field(type, tb_bytes_str(file->fields[i].field));
        if (field != NULL && field->type == TB_FIELD_PERIOD) {
            return field;
        }
    }
    return NULL;
}

static int by_id(const void *a, const void *b)
{
    const tb_field *x = a;
    const tb_field *y = b;
    size_t least = x->id.size < y->id.size ? x->id.size : y->id.size;
    int order = memcmp(x->id.data, y->id.data, least);
    return order != 0 ? order : (x->id.size > y->id.size) - (x->id.size < y->id.size);
}

static int file(tb_book *book, const options *o)
{
    tb_local_request request = {.kind = TB_REQUEST_OPEN_CASE};
    found f;
    tb_field *fields;
    size_t count;
    if (o->words.count < 3) {
        return wrong_words();
    }
    tb_bytes only;
    if (!campaign_of(book, o, &only)) {
        return TB_EXIT_REFUSED;
    }
    if (!find_report(book, o, only, &f) || period_field(f.type) == NULL) {
        tb_say_refusal(TB_REFUSED_REPORT_UNKNOWN, tb_bytes_str(o->words.list[1]));
        return TB_EXIT_REFUSED;
    }
    if (!tb_values_read(book, f.campaign, f.type, &o->words, 3, &fields, &count)) {
        return TB_EXIT_REFUSED;
    }
    tb_field *all = tb_arena_array(&book->client->arena, count + 1, sizeof *all);
    if (all == NULL) {
        return TB_EXIT_INTERNAL;
    }
    if (count > 0) {
        memcpy(all, fields, count * sizeof *all);
    }
    all[count].id = tb_bytes_str(period_field(f.type)->id);
    all[count].value = tb_bytes_str(o->words.list[2]);
    qsort(all, count + 1, sizeof *all, by_id);
    request.open.campaign = tb_bytes_str(f.campaign->id);
    request.open.case_type = tb_bytes_str(f.type->id);
    request.open.fields = all;
    request.open.field_count = count + 1;
    return ask(book, &request, TB_ANSWER_ACTED);
}

static int act(tb_book *book, const options *o)
{
    tb_local_request look = {.kind = TB_REQUEST_GET_CASE};
    tb_local_request request = {.kind = TB_REQUEST_ACT};
    tb_local_answer answer;
    if (!case_word(o, &look.case_id)) {
        return TB_EXIT_USAGE;
    }
    if (o->head != NULL &&
        !tb_hex_parse(tb_bytes_str(o->head), request.act.head.bytes, TB_DIGEST_BYTES)) {
        return tb_help_wrong("report", _("--head takes the 64 hex digits that case show prints"));
    }
    int code = tb_client_get(book->client, &look, TB_ANSWER_CASE, &answer);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    const tb_local_summary *of = &answer.case_.summary;
    const tb_campaign *campaign = tb_book_campaign_of(book, of->campaign);
    const tb_case_type *type =
        campaign == NULL ? NULL : tb_campaign_case_type(campaign, of->case_type);
    request.act.case_id = look.case_id;
    request.act.action = tb_bytes_str(o->words.list[0]);
    if (!tb_values_read(book, campaign, type, &o->words, 2, &request.act.fields,
                        &request.act.field_count)) {
        return TB_EXIT_REFUSED;
    }
    return ask(book, &request, TB_ANSWER_ACTED);
}

/* The report that reconciles figures, of the name given or the first of any campaign here. */
static bool find_reconciled(tb_book *book, const options *o, tb_reconciling *out)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_CAMPAIGNS};
    tb_local_answer answer;
    tb_bytes only = given(book, o->campaign);
    if (tb_client_get(book->client, &request, TB_ANSWER_CAMPAIGNS, &answer) != TB_EXIT_DONE) {
        return false;
    }
    for (size_t i = 0; i < answer.campaigns.count; i++) {
        const tb_local_campaign_line *line = &answer.campaigns.lines[i];
        if (!line->newest || (only.size > 0 && !tb_bytes_equal(only, line->id))) {
            continue;
        }
        out->campaign = tb_book_campaign_of(book, line->id);
        for (unsigned r = 0; out->campaign != NULL && r < out->campaign->report_count; r++) {
            out->report = &out->campaign->reports[r];
            if (out->report->reconcile_count > 0 &&
                (o->report == NULL || strcmp(o->report, out->report->id) == 0)) {
                return true;
            }
        }
    }
    return false;
}

/* Told apart by one field of province or party, so that it names the other side. */
static bool names_others(const tb_reconciling *r, const char *id)
{
    const tb_measure *m = tb_campaign_measure(r->campaign, tb_bytes_str(id));
    const tb_case_type *type = m == NULL || m->case_type == NULL
                                   ? NULL
                                   : tb_campaign_case_type(r->campaign, tb_bytes_str(m->case_type));
    const tb_field_def *by =
        type == NULL || m->by_count != 1 ? NULL : tb_case_type_field(type, tb_bytes_str(m->by[0]));
    if (by != NULL && (by->type == TB_FIELD_PROVINCE || by->type == TB_FIELD_PARTY)) {
        return true;
    }
    tb_say_refusal(TB_REFUSED_MEASURE_UNKNOWN, tb_bytes_str(id));
    return false;
}

/* Two measures the person chose: pair by pair, or summed over the parties of two roles. */
static int reconcile_chosen(tb_reconciling *r, const options *o)
{
    if (o->left == NULL || o->right == NULL || (o->left_role == NULL) != (o->right_role == NULL)) {
        return tb_help_wrong("report",
                             _("--left and --right belong together, and so do --left-role "
                               "and --right-role"));
    }
    if (o->left_role != NULL) {
        const tb_sum_side left = {o->left, o->left_role};
        const tb_sum_side right = {o->right, o->right_role};
        return tb_report_reconcile_sums(r, &left, &right);
    }
    if (!names_others(r, o->left) || !names_others(r, o->right)) {
        return TB_EXIT_REFUSED;
    }
    const tb_reconcile_def chosen = {.id = "chosen", .sent = o->left, .received = o->right};
    tb_reconciling by_choice = *r;
    by_choice.def = &chosen;
    return tb_report_reconcile_pairs(&by_choice);
}

/* By the definition, each reconciliation of the report; of two parties those between two. */
static int reconcile_all(tb_reconciling *r, bool pair)
{
    int code = TB_EXIT_DONE;
    for (unsigned i = 0; code == TB_EXIT_DONE && i < r->report->reconcile_count; i++) {
        r->def = &r->report->reconciles[i];
        bool whole = r->def->whole_role != NULL;
        if (pair && whole) {
            continue;
        }
        if (!r->book->client->json && r->report->reconcile_count > 1) {
            tb_bytes title = tb_book_label(&r->def->title, tb_bytes_str(r->def->id));
            (void)printf("%s[%.*s]\n", i > 0 ? "\n" : "", (int)title.size,
                         (const char *)title.data);
        }
        code = pair    ? tb_report_reconcile_with(r)
               : whole ? tb_report_reconcile_whole(r)
                       : tb_report_reconcile_pairs(r);
    }
    return code;
}

static int reconcile(tb_book *book, const options *o)
{
    tb_reconciling r = {.book = book};
    tb_period period;
    bool pair = o->of != NULL || o->with != NULL;
    if (o->words.count < 2 || (o->with != NULL && o->of == NULL)) {
        return tb_help_wrong("report",
                             _("which period? For example: tongbao report reconcile "
                               "2015-Q1, or with --of PARTY, or both --of PARTY --with PARTY"));
    }
    if (!find_reconciled(book, o, &r)) {
        tb_say_refusal(TB_REFUSED_REPORT_UNKNOWN, tb_bytes_str(o->report ? o->report : ""));
        return TB_EXIT_REFUSED;
    }
    if (!tb_report_period(r.campaign, r.report, tb_bytes_str(o->words.list[1]), &period)) {
        tb_say_refusal(TB_REFUSED_REPORT_PERIOD, tb_bytes_str(o->words.list[1]));
        return TB_EXIT_REFUSED;
    }
    r.period = &period;
    if (pair && (!tb_book_party_named(book, o->of, &r.of) ||
                 (o->with != NULL && !tb_book_party_named(book, o->with, &r.with)))) {
        return TB_EXIT_USAGE;
    }
    r.told = json_array();
    int code =
        o->left != NULL || o->right != NULL ? reconcile_chosen(&r, o) : reconcile_all(&r, pair);
    if (code == TB_EXIT_DONE && book->client->json) {
        tb_json_print(json_pack("{s:s,s:O}", "period", period.text, "reconciliations", r.told));
    }
    json_decref(r.told);
    return code;
}

/* Says, signed and kept with the case, why both sides need not count it alike: of one case, or of
 * all behind a period's differences. */
static int settle(tb_book *book, const options *o)
{
    tb_reconciling r = {.book = book};
    tb_period period;
    if (o->words.count < 2) {
        return tb_help_wrong("report",
                             _("what is settled? For example: tongbao report settle CASE "
                               "FIELD=VALUE, or settle 2015-Q1 --with PARTY FIELD=VALUE"));
    }
    bool of_period = find_reconciled(book, o, &r);
    if (!of_period ||
        !tb_report_period(r.campaign, r.report, tb_bytes_str(o->words.list[1]), &period)) {
        tb_local_request look = {.kind = TB_REQUEST_GET_CASE};
        return case_word(o, &look.case_id) ? tb_report_settle_case(book, &look.case_id, &o->words)
                                           : TB_EXIT_USAGE;
    }
    r.period = &period;
    if (o->with != NULL && !tb_book_party_named(book, o->with, &r.with)) {
        return TB_EXIT_USAGE;
    }
    return tb_report_settle_period(&r, o->reason, &o->words);
}

typedef int verb_fn(tb_book *book, const options *o);

typedef struct verb {
    const char *word;
    verb_fn *run;
    size_t words_max; /* with itself */
} verb;

static const verb *verb_of(const char *word)
{
    static const verb verbs[] = {{"list", list, 2},
                                 {"show", show, 2},
                                 {"draft", draft, 3},
                                 {"file", file, TB_WORDS_MAX},
                                 {"accept", act, TB_WORDS_MAX},
                                 {"return", act, TB_WORDS_MAX},
                                 {"revise", act, TB_WORDS_MAX},
                                 {"export", export, 3},
                                 {"reconcile", reconcile, 2},
                                 {"settle", settle, TB_WORDS_MAX}};
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(verbs[i].word, word) == 0) {
            return &verbs[i];
        }
    }
    return NULL;
}

int tb_cli_report(int argc, char **argv)
{
    options o = {0};
    const tb_option known[] = {{"campaign", NULL, &o.campaign},
                               {"period", NULL, &o.period},
                               {"measure", NULL, &o.measure},
                               {"group", NULL, &o.group},
                               {"format", NULL, &o.format},
                               {"limit", NULL, &o.limit},
                               {"after", NULL, &o.after},
                               {"head", NULL, &o.head},
                               {"report", NULL, &o.report},
                               {"of", NULL, &o.of},
                               {"with", NULL, &o.with},
                               {"reason", NULL, &o.reason},
                               {"out", NULL, &o.out},
                               {"signed", &o.is_signed, NULL},
                               {"left", NULL, &o.left},
                               {"right", NULL, &o.right},
                               {"left-role", NULL, &o.left_role},
                               {"right-role", NULL, &o.right_role}};
    if (!tb_arguments_read(argc, argv, known, sizeof known / sizeof known[0], &o.common,
                           &o.words)) {
        return TB_EXIT_USAGE;
    }
    if (o.common.help) {
        tb_help_print("report");
        return TB_EXIT_DONE;
    }
    const verb *asked = o.words.count == 0 ? NULL : verb_of(o.words.list[0]);
    if (asked == NULL) {
        return tb_help_wrong(
            "report",
            _("report takes list, draft, file, show, accept, return, revise, export, reconcile or "
              "settle"));
    }
    if (o.words.count > asked->words_max) {
        return tb_help_too_much("report", o.words.list[asked->words_max]);
    }
    tb_client client;
    tb_book book;
    int code = tb_client_open(&o.common, &client);
    if (code == TB_EXIT_DONE) {
        tb_book_init(&book, &client);
        code = asked->run(&book, &o);
        tb_book_close(&book);
        tb_client_close(&client);
    }
    return code;
}

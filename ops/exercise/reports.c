/* reports - what headquarters has of every report that is owed, and whether the figures are right.
 *
 * The count compared with is made here, over the rows of the leads, and knows nothing of measures.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "ops/exercise/exercise.h"

#define REPORTS_MAX 512
#define BAD_SHOWN   10
#define COUNTED     8 /* figures of a bureau that are counted here as well */

static json_t *reports;         /* array, as written */
static tb_case_id ids[REPORTS_MAX];
static size_t id_of[REPORTS_MAX]; /* which of `reports` */
static ex_party *reader_of[REPORTS_MAX];
static size_t filed_count;

static json_t *text(tb_bytes in)
{
    return json_stringn((const char *)in.data, in.size);
}

static json_t *time_text(tb_time at)
{
    char out[TB_TIME_TEXT];
    tb_time_print(at, out);
    return at != 0 ? json_string(out) : json_null();
}

static const char *state_key(tb_report_state state)
{
    static const char *const keys[] = {"", "not_due", "due", "filed", "accepted", "returned", "revised"};
    return keys[state];
}

static const char *timeliness_key(tb_timeliness timeliness)
{
    static const char *const keys[] = {"open", "on_time", "late", "missing"};
    return keys[timeliness];
}

static void take_line(const tb_local_report_line *line, ex_party *reader)
{
    json_t *history = json_array();
    for (size_t i = 0; i < line->history_count; i++) {
        (void)json_array_append_new(history, json_pack("{s:s s:o}", "state", state_key(line->history[i].state), "at",
                                                       time_text(line->history[i].at)));
    }
    json_t *one = json_pack("{s:o s:s s:o s:o s:s s:s s:i s:o s:o}", "report", text(line->report), "reporter",
                            line->reporter.text, "period", text(line->period), "due", time_text(line->due), "state",
                            state_key(line->state), "timeliness", timeliness_key(line->timeliness), "days_late",
                            (int)line->days_late, "history", history, "figures", json_object());
    (void)json_array_append_new(reports, one);
    if (!tb_case_zero(&line->case_id) && filed_count < REPORTS_MAX) {
        ids[filed_count] = line->case_id;
        reader_of[filed_count] = reader;
        id_of[filed_count++] = json_array_size(reports) - 1;
    }
}

static void got_list(ex_world *world, ex_party *party, const tb_local_answer *answer, uint64_t tag)
{
    (void)world;
    (void)tag;
    for (size_t i = 0; answer->kind == TB_ANSWER_REPORTS && i < answer->reports.count; i++) {
        take_line(&answer->reports.lines[i], party);
    }
}

/* "forwarded": 12, "forwarded/44": 3, a ratio "5/24", hours as they stand, in tenths. */
static void got_figures(ex_world *world, ex_party *party, const tb_local_answer *answer, uint64_t tag)
{
    (void)world;
    (void)party;
    json_t *figures = json_object_get(json_array_get(reports, id_of[tag]), "figures");
    for (size_t i = 0; answer->kind == TB_ANSWER_REPORT && i < answer->report.figure_count; i++) {
        const tb_local_figure *f = &answer->report.figures[i];
        char key[128], value[64];
        (void)snprintf(key, sizeof key, "%.*s%s%.*s", (int)f->measure.size, (const char *)f->measure.data,
                       f->group.size > 0 ? "/" : "", (int)f->group.size, (const char *)f->group.data);
        (void)snprintf(value, sizeof value, "%.*s", (int)f->period.size, (const char *)f->period.data);
        bool whole = value[0] != 0 && value[strspn(value, "0123456789")] == 0;
        (void)json_object_set_new(figures, key, whole ? json_integer(strtoll(value, NULL, 10)) : json_string(value));
    }
}

/* ---- the count over the rows ---- */

static bool in_period(tb_time at, const char *period)
{
    int year = 0, quarter = at != 0 ? tb_quarter_of(at, &year) : 0;
    char name[16];
    (void)snprintf(name, sizeof name, "%04d-Q%d", year, quarter);
    return quarter != 0 && strcmp(name, period) == 0;
}

typedef struct counted {
    const char *measure;
    long long rows;
} counted;

static void count_rows(const ex_world *world, const char *province, const char *period, counted out[COUNTED])
{
    static const char *const measures[] = {"received_from_police", "found_otherwise", "forwarded", "received_from_others",
                                           "shut_down",            "informed",        "closed_notices", "restored"};
    for (size_t i = 0; i < COUNTED; i++) {
        out[i] = (counted){measures[i], 0};
    }
    for (size_t i = 0; i < world->row_count; i++) {
        const ex_row *row = &world->rows[i];
        bool found = strcmp(row->found, province) == 0, home = strcmp(row->home, province) == 0;
        bool police = strncmp(row->submitter, "police.", 7) == 0;
        out[0].rows += found && police && in_period(row->submitted_at, period);
        out[1].rows += found && !police && in_period(row->submitted_at, period);
        for (size_t f = 0; f < row->forward_count; f++) {
            out[2].rows += found && in_period(row->forwards[f].at, period);
        }
        out[3].rows += home && !found && in_period(row->signed_for_at, period);
        out[4].rows += home && in_period(row->confirmed_at, period);
        out[5].rows += found && in_period(row->informed_at, period);
        out[6].rows += found && in_period(row->closed_at, period);
        out[7].rows += home && in_period(row->restored_at, period);
    }
}

static void compare(ex_world *world, json_t *one)
{
    const char *reporter = json_string_value(json_object_get(one, "reporter"));
    const char *period = json_string_value(json_object_get(one, "period"));
    json_t *figures = json_object_get(one, "figures");
    const ex_party *party = ex_party_find(world, reporter);
    if (json_object_size(figures) == 0 || party == NULL || strcmp(party->role, "bureau") != 0 || period[4] != '-' || period[5] != 'Q') {
        return;
    }
    counted rows[COUNTED];
    count_rows(world, party->province, period, rows);
    for (size_t i = 0; i < COUNTED; i++) {
        long long said = json_integer_value(json_object_get(figures, rows[i].measure));
        world->figures++;
        if (said != rows[i].rows && ++world->figures_wrong <= BAD_SHOWN) {
            (void)printf("  report %s of %s: %s is %lld, the leads give %lld\n", period, reporter, rows[i].measure, said, rows[i].rows);
        }
    }
}

/* The first party of the role; NULL: none takes part. */
static ex_party *role_holder(ex_world *world, const char *role)
{
    for (size_t i = 0; i < world->party_count; i++) {
        if (strcmp(world->parties[i].role, role) == 0) {
            return &world->parties[i];
        }
    }
    return NULL;
}

void ex_collect_reports(ex_world *world)
{
    if (world->campaign->report_count == 0 || world->options.play == NULL) {
        return;
    }
    reports = json_array();
    for (unsigned r = 0; reports != NULL && r < world->campaign->report_count; r++) {
        const tb_report_def *report = &world->campaign->reports[r];
        tb_local_request list = {.kind = TB_REQUEST_LIST_REPORTS, .list_reports = {.report = tb_bytes_str(report->id)}};
        ex_party *reader = role_holder(world, report->to);
        if (reader != NULL) {
            ex_ask(world, reader, &list, got_list, 0);
        }
        while (ex_talk_waiting(world) > 0) {
            ex_round(world, 20);
        }
    }
    for (size_t i = 0; i < filed_count; i++) {
        tb_local_request get = {.kind = TB_REQUEST_GET_REPORT, .get_report = {.case_id = ids[i]}};
        ex_ask(world, reader_of[i], &get, got_figures, i);
    }
    while (ex_talk_waiting(world) > 0) {
        ex_round(world, 20);
    }
    for (size_t i = 0; world->type != NULL && i < json_array_size(reports); i++) {
        compare(world, json_array_get(reports, i));
    }
}

typedef enum report_kind {
    FILINGS, /* without figures */
    REPORTS,
    SUMMARIES,
} report_kind;

static report_kind kind_of(const tb_report_def *report)
{
    return report->summary_of != NULL ? SUMMARIES : report->measure_count > 0 ? REPORTS : FILINGS;
}

/* Each kind in a file of its own. */
static void write_list(const ex_world *world, const char *name, report_kind kind)
{
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(reports); i++) {
        json_t *one = json_array_get(reports, i);
        const char *id = json_string_value(json_object_get(one, "report"));
        const tb_report_def *report = tb_campaign_report(world->campaign, tb_bytes_str(id));
        if (report != NULL && kind_of(report) == kind) {
            (void)json_array_append(list, one);
        }
    }
    char path[EX_PATH * 2];
    (void)snprintf(path, sizeof path, "%s/%s", world->options.out, name);
    if (json_array_size(list) > 0) {
        if (json_dump_file(list, path, JSON_INDENT(1)) != 0) {
            ex_fail("cannot write %s", path);
        }
        (void)printf("%s\n", path);
    }
    json_decref(list);
}

static size_t of_timeliness(const char *timeliness)
{
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(reports); i++) {
        const json_t *one = json_array_get(reports, i);
        count += strcmp(json_string_value(json_object_get(one, "timeliness")), timeliness) == 0;
    }
    return count;
}

/* How many, and each that was late or never came. */
static void print_timeliness(ex_world *world)
{
    (void)printf("%zu reports owed: %zu on time, %zu late, %zu missing\n", json_array_size(reports), of_timeliness("on_time"),
                 of_timeliness("late"), of_timeliness("missing"));
    for (size_t i = 0; i < json_array_size(reports); i++) {
        const json_t *one = json_array_get(reports, i);
        const char *timeliness = json_string_value(json_object_get(one, "timeliness"));
        const tb_report_def *report = tb_campaign_report(world->campaign, tb_bytes_str(json_string_value(json_object_get(one, "report"))));
        const ex_party *party = ex_party_find(world, json_string_value(json_object_get(one, "reporter")));
        bool late = strcmp(timeliness, "late") == 0;
        if (report != NULL && party != NULL && (late || strcmp(timeliness, "missing") == 0)) {
            (void)printf("  %s %s  %s  ", report->title.zh, json_string_value(json_object_get(one, "period")), party->name_zh);
            (void)(late ? printf("逾期%lld天\n", (long long)json_integer_value(json_object_get(one, "days_late"))) : printf("未报送\n"));
        }
    }
}

void ex_write_reports(ex_world *world)
{
    if (reports == NULL) {
        return;
    }
    print_timeliness(world);
    if (world->figures > 0) {
        (void)printf("%llu of their figures, of the evaluations' and of the reconciliations' were counted over the leads as well: %llu differ\n",
                     (unsigned long long)world->figures, (unsigned long long)world->figures_wrong);
    }
    write_list(world, "reports.json", REPORTS);
    write_list(world, "national.json", SUMMARIES);
    write_list(world, "filings.json", FILINGS);
    json_decref(reports);
    reports = NULL;
}

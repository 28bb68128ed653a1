/* result - what came out: leads-result.csv, summary.json and the table by province. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli/files.h"
#include "ops/exercise/disaster.h"
#include "ops/exercise/rule.h"

#define COLLECT_WINDOW 256

/* ---- reading every case back from the discovery bureau's agent ---- */

/* To whom it goes, or where it was signed for, is the home as the case has it then. */
static void take_crossing(ex_row *row, const tb_local_event *event)
{
    for (size_t i = 0; i < event->field_count; i++) {
        tb_bytes value = event->fields[i].value;
        if (tb_bytes_equal(event->fields[i].id, tb_bytes_str("home_province"))) {
            (void)snprintf(row->home_said, sizeof row->home_said, "%.*s", (int)value.size, (const char *)value.data);
        }
    }
    bool goes = tb_bytes_equal(event->action, tb_bytes_str("forward")), comes = tb_bytes_equal(event->action, tb_bytes_str("sign_for"));
    ex_crossing crossing = {.at = event->at};
    memcpy(crossing.home, row->home_said, sizeof crossing.home);
    if (goes && row->forward_count < EX_FORWARDS_MAX) {
        row->forwards[row->forward_count++] = crossing;
    } else if (comes && row->signing_count < EX_FORWARDS_MAX) {
        row->signings[row->signing_count++] = crossing;
    }
}

static void take_event(const ex_world *world, ex_row *row, const tb_local_event *event)
{
    struct {
        const char *action;
        tb_time *at;
    } times[] = {
        {"submit", &row->submitted_at},   {"forward", &row->forwarded_at},     {"sign_for", &row->signed_for_at},
        {"result", &row->verified_at},    {"shut_down", &row->shut_down_at},   {"answer", &row->answered_at},
        {"answer_from_record", &row->answered_at}, {"close", &row->closed_at},
    };
    if (tb_bytes_equal(event->action, tb_bytes_str("refer_back"))) {
        row->came_back = true;
    }
    if (tb_bytes_equal(event->action, tb_bytes_str("restore"))) {
        row->restored_at = event->at;
    }
    ex_take_work(world, row, event);
    if (row->came_back) {
        return; /* its answer and its end are those of before */
    }
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        if (tb_bytes_equal(event->action, tb_bytes_str(times[i].action))) {
            *times[i].at = event->at;
        }
    }
    if (tb_bytes_equal(event->action, tb_bytes_str("shut_down"))) {
        row->confirmed_at = event->at;
    }
    take_crossing(row, event);
    if (tb_bytes_equal(event->action, tb_bytes_str("pass_on"))) {
        row->informed_at = event->at;
    }
    /* Where found = home nobody answers across provinces: the submitter is informed at once. */
    if (tb_bytes_equal(event->action, tb_bytes_str("pass_on")) && row->answered_at == 0) {
        row->answered_at = event->at;
    }
    for (size_t i = 0; i < event->field_count; i++) {
        tb_bytes value = event->fields[i].value;
        if (tb_bytes_equal(event->fields[i].id, tb_bytes_str("verify_result"))) {
            (void)snprintf(row->outcome, sizeof row->outcome, "%.*s", (int)value.size, (const char *)value.data);
        }
        if (tb_bytes_equal(event->fields[i].id, tb_bytes_str("ordered")) && value.size > 7 && memcmp(value.data, "resale.", 7) == 0) {
            (void)snprintf(row->resale, sizeof row->resale, "%.*s", (int)value.size, (const char *)value.data);
        }
        if (tb_bytes_equal(event->fields[i].id, tb_bytes_str("action_at")) && tb_bytes_equal(event->action, tb_bytes_str("answer_from_record"))) {
            row->shut_down_at = tb_time_parse(value, &row->shut_down_at) ? row->shut_down_at : 0;
        }
    }
}

static void collected(ex_world *world, ex_party *party, const tb_local_answer *answer, uint64_t tag)
{
    (void)party;
    ex_row *row = &world->rows[tag];
    if (answer->kind != TB_ANSWER_CASE) {
        return;
    }
    const tb_local_summary *s = &answer->case_.summary;
    row->closed_at = row->shut_down_at = row->restored_at = 0;
    row->came_back = false;
    row->home_said[0] = '\0';
    row->signing_count = row->forward_count = row->work_count = row->lapses = 0;
    (void)snprintf(row->state, sizeof row->state, "%.*s", (int)s->state.size, (const char *)s->state.data);
    for (size_t i = 0; i < answer->case_.event_count; i++) {
        take_event(world, row, &answer->case_.events[i]);
    }
}

/* Who serves a resale number stands in the case that was verified; a repeat that was answered from that
 * record ordered nobody. */
static void name_resale_of_repeats(ex_world *world)
{
    for (size_t i = 0; i < world->row_count; i++) {
        ex_row *row = &world->rows[i];
        bool unnamed = row->mvno && row->repeated && row->has_case && row->resale[0] == 0;
        for (size_t k = 0; unnamed && k < world->row_count; k++) {
            const ex_row *other = &world->rows[k];
            if (other->resale[0] != 0 && strcmp(other->number, row->number) == 0) {
                memcpy(row->resale, other->resale, sizeof row->resale);
                break;
            }
        }
    }
}

void ex_collect(ex_world *world)
{
    for (size_t i = 0; i < world->row_count; i++) {
        ex_row *row = &world->rows[i];
        char id[TB_PARTY_BYTES];
        (void)snprintf(id, sizeof id, "bureau.%s", row->found);
        ex_party *discovery = ex_party_find(world, id);
        if (!row->has_case || discovery == NULL) {
            continue;
        }
        tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = row->case_id};
        ex_ask(world, discovery, &request, collected, i);
        while (ex_talk_waiting(world) > COLLECT_WINDOW) {
            ex_round(world, 20);
        }
    }
    while (ex_talk_waiting(world) > 0) {
        ex_round(world, 20);
    }
    name_resale_of_repeats(world);
}

/* ---- files ---- */

static void put_time(FILE *f, tb_time t)
{
    char text[TB_TIME_TEXT] = "";
    if (t != 0) {
        tb_time_print(t, text);
    }
    (void)fprintf(f, ",%s", text);
}

static void put_row(FILE *f, const ex_row *row)
{
    char id[33] = "";
    if (row->has_case) {
        tb_hex(row->case_id.bytes, sizeof row->case_id.bytes, id);
    }
    tb_files_put_cell(f, row->lead_no);
    (void)fprintf(f, ",%s,%s,%s,%s,%s,%s,%s,%s,%s,", row->verdict, row->number, row->home, row->operator_code, row->resale,
                  row->submitter, id, row->state, row->outcome);
    tb_files_put_cell(f, row->reported_text);
    put_time(f, row->submitted_at);
    put_time(f, row->forwarded_at);
    put_time(f, row->signed_for_at);
    put_time(f, row->verified_at);
    put_time(f, row->shut_down_at);
    put_time(f, row->answered_at);
    put_time(f, row->closed_at);
    int year = 0, quarter = row->submitted_at != 0 ? tb_quarter_of(row->submitted_at, &year) : 0;
    if (quarter != 0) {
        (void)fprintf(f, ",%dQ%d\n", year, quarter);
    } else {
        (void)fprintf(f, ",\n");
    }
}

static void write_csv(const ex_world *world)
{
    char path[EX_PATH * 2];
    (void)snprintf(path, sizeof path, "%s/leads-result.csv", world->options.out);
    FILE *f = fopen(path, "w");
    if (f == NULL) {
        ex_fail("cannot write %s", path);
    }
    (void)fputs("lead_no,verdict,number,home_province,operator,mvno,submitter,case_id,state,outcome,reported_at,"
                "submitted_at,forwarded_at,signed_for_at,verified_at,shut_down_at,answered_at,closed_at,quarter\n", f);
    for (size_t i = 0; i < world->row_count; i++) {
        put_row(f, &world->rows[i]);
    }
    if (fclose(f) != 0) {
        ex_fail("cannot write %s", path);
    }
}

static void add(json_t *object, const char *key)
{
    json_int_t n = json_integer_value(json_object_get(object, key));
    (void)json_object_set_new(object, key, json_integer(n + 1));
}

static int by_number(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static json_int_t distinct_shut_down(const ex_world *world)
{
    const char **numbers = calloc(world->row_count + 1, sizeof *numbers);
    size_t count = 0;
    json_int_t distinct = 0;
    for (size_t i = 0; numbers != NULL && i < world->row_count; i++) {
        if (world->rows[i].shut_down_at != 0) {
            numbers[count++] = world->rows[i].number;
        }
    }
    if (numbers != NULL) {
        qsort(numbers, count, sizeof *numbers, by_number);
        for (size_t i = 0; i < count; i++) {
            distinct += i == 0 || strcmp(numbers[i], numbers[i - 1]) != 0;
        }
        free(numbers);
    }
    return distinct;
}

static void count_row(const ex_row *row, json_t *verdicts, json_t *by_home, json_t *by_found, json_t *outcomes, json_int_t n[7])
{
    add(verdicts, row->verdict);
    bool routed = !row->refused && !row->parked && !row->off_line;
    if (routed) {
        add(by_home, row->home);
        add(by_found, row->found);
        n[0] += row->linked;
    }
    if (row->outcome[0] != 0) {
        add(outcomes, row->outcome);
    }
    n[1] += row->shut_down_at != 0;
    n[2] += row->answered_at != 0;
    n[3] += row->answered_at != 0 && strncmp(row->submitter, "police.", 7) == 0;
    n[4] += row->parked && !row->off_line;
    n[5] += routed && strcmp(row->state, "closed") != 0;
    n[6] += row->off_line;
}

/* Against the staff's rule (staff.c), which knows nothing of what happened on the way. */
static bool as_expected(const ex_row *row)
{
    const char *outcome = ex_outcome(row->number);
    return strcmp(row->state, "closed") == 0 && row->answered_at != 0 && strcmp(row->outcome, outcome) == 0 &&
           (row->shut_down_at != 0) == (strcmp(outcome, "unidentified") == 0);
}

/* How many rows of each verdict, so that nobody wonders where the others are. */
static void print_verdicts(const ex_world *world)
{
    for (unsigned v = 0; v < TB_VERDICT_COUNT; v++) {
        size_t count = 0;
        for (size_t i = 0; i < world->row_count; i++) {
            count += strcmp(world->rows[i].verdict, tb_verdict_key(v)) == 0;
        }
        if (count > 0) {
            (void)printf("%8zu  %s (%s)\n", count, tb_verdict_zh(v), tb_verdict_key(v));
        }
    }
}

static json_t *disasters(void)
{
    json_t *list = json_array();
    for (size_t i = 0; i < EX_DISASTERS; i++) {
        const ex_disaster *d = &ex_disasters[i];
        json_t *one = json_pack("{s:s s:s s:b s:f s:f s:I s:I s:I s:I}", "what", ex_disaster_key((ex_kind_of_disaster)i), "party",
                                d->party != NULL ? d->party->id.text : "hub", "healed", d->phase == EX_HEALED, "struck_s", d->struck_s,
                                "healed_s", d->healed_s, "resent", (json_int_t)d->resent, "waited", (json_int_t)d->waited,
                                "deferred", (json_int_t)d->deferred, "taken_back", (json_int_t)d->taken);
        (void)json_array_append_new(list, one);
    }
    return list;
}

void ex_compare(ex_world *world)
{
    world->unexpected = 0;
    for (size_t i = 0; i < world->row_count; i++) {
        const ex_row *row = &world->rows[i];
        world->unexpected += !row->refused && !row->parked && !row->off_line && !as_expected(row);
    }
}

void ex_write_results(ex_world *world)
{
    if (world->options.leads != NULL) {
        write_csv(world);
    }
    json_t *verdicts = json_object(), *by_home = json_object(), *by_found = json_object(), *outcomes = json_object();
    json_int_t n[7] = {0};
    for (size_t i = 0; i < world->row_count; i++) {
        count_row(&world->rows[i], verdicts, by_home, by_found, outcomes, n);
    }
    json_t *summary = json_pack(
        "{s:I s:o s:o s:o s:I s:o s:I s:I s:I s:I s:I s:I s:I s:I s:I s:I s:I s:I s:I s:I s:f}",
        "leads", (json_int_t)world->row_count, "verdicts", verdicts, "by_home", by_home, "by_found", by_found,
        "linked", n[0], "outcomes", outcomes, "shut_down", n[1], "shut_down_numbers", distinct_shut_down(world),
        "answered", n[2], "answered_police", n[3], "parked", n[4], "open", n[5], "off_line", n[6],
        "lost", (json_int_t)world->audit.lost, "duplicate_effects", (json_int_t)world->audit.duplicate_effects,
        "order_violations", (json_int_t)world->audit.order_violations,
        "readers_violated", (json_int_t)world->audit.readers_violated, "kills", (json_int_t)world->kills,
        "kills_broker", (json_int_t)world->kills_broker, "notices", (json_int_t)world->audit.notices,
        "elapsed_s", world->elapsed_s);
    if (summary != NULL) {
        (void)json_object_set_new(summary, "unexpected", json_integer((json_int_t)world->unexpected));
    }
    if (summary != NULL && world->options.play != NULL) {
        (void)json_object_set_new(summary, "figures", json_integer((json_int_t)world->figures));
        (void)json_object_set_new(summary, "figures_wrong", json_integer((json_int_t)world->figures_wrong));
    }
    if (summary != NULL && world->options.disaster) {
        (void)json_object_set_new(summary, "disasters", disasters());
    }
    char path[EX_PATH * 2];
    (void)snprintf(path, sizeof path, "%s/summary.json", world->options.out);
    if (summary == NULL || json_dump_file(summary, path, JSON_INDENT(2) | JSON_REAL_PRECISION(6)) != 0) {
        ex_fail("cannot write %s", path);
    }
    json_decref(summary);
}

/* ---- the table people see ---- */

/* A Chinese character is three bytes and two columns. */
static void print_padded(const char *text, int columns)
{
    int wide = 0;
    for (const char *c = text; *c != 0; c++) {
        wide += (*c & 0xC0) != 0x80 ? ((*c & 0x80) != 0 ? 2 : 1) : 0;
    }
    (void)printf("%s%*s", text, wide < columns ? columns - wide : 0, "");
}

static void print_right(const char *text, int columns)
{
    int wide = (int)strlen(text) / 3 * 2;
    (void)printf("%*s%s", columns - wide, "", text);
}

#define NAME_COLUMNS   28
#define NUMBER_COLUMNS 8

static void print_provinces(const ex_world *world)
{
    static const char *headings[] = {"发现", "归属", "已关停", "已查清", "空号", "已办结"};
    (void)printf("\n演练数据,不作统计依据\n");
    print_padded("省份", NAME_COLUMNS);
    for (size_t i = 0; i < 6; i++) {
        print_right(headings[i], NUMBER_COLUMNS);
    }
    (void)printf("\n");
    for (size_t p = 0; p < world->party_count; p++) {
        const ex_party *bureau = &world->parties[p];
        if (strcmp(bureau->role, "bureau") != 0) {
            continue;
        }
        unsigned n[6] = {0};
        for (size_t i = 0; i < world->row_count; i++) {
            const ex_row *row = &world->rows[i];
            if (row->refused || row->off_line || row->parked) {
                continue;
            }
            n[0] += strcmp(row->found, bureau->province) == 0;
            if (strcmp(row->home, bureau->province) == 0) {
                n[1]++;
                n[2] += row->shut_down_at != 0;
                n[3] += strcmp(row->outcome, "identified") == 0;
                n[4] += strcmp(row->outcome, "not_in_use") == 0;
                n[5] += strcmp(row->state, "closed") == 0;
            }
        }
        print_padded(bureau->name_zh, NAME_COLUMNS);
        for (size_t i = 0; i < 6; i++) {
            (void)printf("%*u", NUMBER_COLUMNS, n[i]);
        }
        (void)printf("\n");
    }
}

void ex_print_table(const ex_world *world)
{
    if (world->options.leads != NULL) {
        print_provinces(world);
    }
    if (world->options.leads != NULL) {
        (void)printf("\n");
        print_verdicts(world);
        (void)printf("\n%zu leads, %zu routed, %zu closed, in %.1f s; kills %u\n", world->row_count, world->routed, world->closed, world->elapsed_s, world->kills);
    } else {
        (void)printf("\n演练数据,不作统计依据\n%.1f s\n", world->elapsed_s);
    }
    (void)printf("lost %llu, duplicate effects %llu, order violations %llu, readers violated %llu; outcomes other than the rule's %llu\n%s/summary.json\n",
                 (unsigned long long)world->audit.lost, (unsigned long long)world->audit.duplicate_effects,
                 (unsigned long long)world->audit.order_violations, (unsigned long long)world->audit.readers_violated,
                 (unsigned long long)world->unexpected, world->options.out);
    if (world->options.leads != NULL) {
        (void)printf("%s/leads-result.csv\n", world->options.out);
    }
}

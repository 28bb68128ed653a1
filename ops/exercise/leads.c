/* leads - the leads file, a row each, with the verdict that import gives it (agents/import/verdict.h). */
#include <stdlib.h>
#include <string.h>

#include "agents/campaign/judge.h"
#include "agents/cli/cli.h"
#include "agents/cli/files.h"
#include "agents/cli/import.h"
#include "ops/exercise/disaster.h"

#define LEADS_ARENA (64u * 1024 * 1024)
#define RETURNED_PER_PROVINCE 3
#define REFUSED_PER_PROVINCE  3

static tb_arena arena;

static void copy_text(char *out, size_t size, tb_bytes in)
{
    (void)snprintf(out, size, "%.*s", (int)in.size, (const char *)in.data);
}

/* The cell under the heading of that field, however the sender wrote the heading. */
static tb_bytes cell(const tb_import *import, const tb_csv_row *row, const char *field)
{
    for (size_t i = 0; i < import->columns.count && i < row->count; i++) {
        if (import->columns.list[i].field != NULL && strcmp(import->columns.list[i].field->id, field) == 0) {
            return row->fields[i];
        }
    }
    return tb_bytes_of(NULL, 0);
}

/* What import understood the row to say in that field. */
static tb_bytes understood(const ex_row *row, const char *field)
{
    for (size_t i = 0; i < row->column_count; i++) {
        if (tb_bytes_equal(row->columns[i].id, tb_bytes_str(field))) {
            return row->columns[i].value;
        }
    }
    return tb_bytes_of(NULL, 0);
}

/* As it may be shown: without identity numbers. */
static tb_bytes shown(tb_bytes text)
{
    tb_bytes masked;
    if (tb_mask_identity_numbers(text, &arena, &masked) != TB_OK) {
        ex_fail("the leads need more memory than %u bytes", LEADS_ARENA);
    }
    return masked;
}

static bool province_in(ex_world *world, const char *code)
{
    char id[TB_PARTY_BYTES];
    (void)snprintf(id, sizeof id, "bureau.%.3s", code);
    return ex_party_find(world, id) != NULL;
}

/* source -> who submits (issue: who submits follows source) */
static void choose_submitter(ex_row *row)
{
    tb_bytes source = understood(row, "source");
    if (tb_bytes_equal(source, tb_bytes_str("police_case"))) {
        (void)snprintf(row->submitter, sizeof row->submitter, "police.%s", row->found);
    } else if (tb_bytes_equal(source, tb_bytes_str("operator_check"))) {
        const char *code = strcmp(row->operator_code, "CT") == 0   ? "ct"
                           : strcmp(row->operator_code, "CM") == 0 ? "cm"
                                                                   : "cu";
        (void)snprintf(row->submitter, sizeof row->submitter, "%s.%s", code, row->found);
    } else {
        (void)snprintf(row->submitter, sizeof row->submitter, "bureau.%s", row->found);
    }
}

static void touch(ex_world *world, const char *role, const char *place)
{
    char id[TB_PARTY_BYTES];
    (void)snprintf(id, sizeof id, "%.15s%.8s", role, place);
    ex_party *party = ex_party_find(world, id);
    if (party != NULL) {
        party->touched++;
    }
}

/* Who will see the row's case: for the sizes of the stores. */
static void touch_all(ex_world *world, const ex_row *row)
{
    const char *network = strcmp(row->operator_code, "CT") == 0   ? "ct."
                          : strcmp(row->operator_code, "CM") == 0 ? "cm."
                                                                  : "cu.";
    touch(world, "hq", "");
    touch(world, "bureau.", row->found);
    touch(world, "bureau.", row->home);
    touch(world, network, row->home);
    touch(world, row->submitter, "");
    if (row->mvno) {
        touch(world, "resale.", "1");
        touch(world, "resale.", "2");
        touch(world, "resale.", "3");
    }
}

/* What the police mark as urgent, if the sheet does not say: leads on terror. */
static void mark_urgent(ex_row *row)
{
    bool said = false;
    for (size_t i = 0; i < row->column_count; i++) {
        said = said || tb_bytes_equal(row->columns[i].id, tb_bytes_str("urgency"));
        row->urgent = row->urgent || tb_bytes_equal(row->columns[i].value, tb_bytes_str("terror_related")) ||
                      tb_bytes_equal(row->columns[i].value, tb_bytes_str("urgent"));
    }
    if (row->urgent && !said) {
        tb_field *columns = tb_arena_array(&arena, row->column_count + 1, sizeof *columns);
        if (columns == NULL) {
            ex_fail("the leads need more memory than %u bytes", LEADS_ARENA);
        }
        memcpy(columns, row->columns, row->column_count * sizeof *columns);
        columns[row->column_count++] = (tb_field){tb_bytes_str("urgency"), tb_bytes_str("urgent")};
        row->columns = columns;
    }
}

static void take(ex_world *world, ex_row *row, const tb_judged *judged)
{
    copy_text(row->verdict, sizeof row->verdict, tb_bytes_str(tb_verdict_key(judged->verdict)));
    copy_text(row->number, sizeof row->number, tb_number_bytes(&judged->number));
    copy_text(row->found, sizeof row->found, judged->found);
    row->refused = !tb_verdict_sent(judged->verdict);
    row->parked = judged->verdict == TB_VERDICT_UNKNOWN_SEGMENT;
    if (judged->has_segment) {
        (void)snprintf(row->home, sizeof row->home, "%02u", (unsigned)judged->segment.province % 100);
        copy_text(row->operator_code, sizeof row->operator_code, tb_bytes_str(judged->segment.operator_code));
        row->mvno = judged->segment.mvno;
    }
    if (row->refused) {
        (void)snprintf(row->state, sizeof row->state, "refused");
        return;
    }
    row->columns = judged->fields;
    row->column_count = judged->field_count;
    choose_submitter(row);
    mark_urgent(row);
    row->off_line = !province_in(world, row->found) || (row->home[0] != 0 && !province_in(world, row->home));
    (void)snprintf(row->state, sizeof row->state, row->off_line ? "off_line" : "waiting_to_submit");
    if (!row->off_line) {
        touch_all(world, row);
    }
    world->routed += !row->off_line && !row->parked;
}

static const ex_row *rows_to_sort;

static int by_time(const void *a, const void *b)
{
    size_t i = *(const size_t *)a, j = *(const size_t *)b;
    tb_time x = rows_to_sort[i].reported_at, y = rows_to_sort[j].reported_at;
    return x != y ? (x < y ? -1 : 1) : (i < j ? -1 : i > j);
}

static int by_number(const void *a, const void *b)
{
    size_t i = *(const size_t *)a, j = *(const size_t *)b;
    int order = strcmp(rows_to_sort[i].number, rows_to_sort[j].number);
    return order != 0 ? order : by_time(a, b);
}

/* Feeding order, which rows repeat a number, and the few that staff first send back. */
static void arrange(ex_world *world)
{
    size_t *order = calloc(world->row_count + 1, sizeof *order);
    if (order == NULL) {
        ex_fail("no memory");
    }
    for (size_t i = 0; i < world->row_count; i++) {
        order[i] = i;
    }
    rows_to_sort = world->rows;
    qsort(order, world->row_count, sizeof *order, by_number);
    ex_row *before = NULL;
    for (size_t k = 0; k < world->row_count; k++) {
        ex_row *row = &world->rows[order[k]];
        if (row->refused || row->off_line || row->parked) {
            continue;
        }
        row->linked = before != NULL && strcmp(before->number, row->number) == 0;
        row->repeated = row->linked;
        if (row->linked) {
            before->repeated = true;
        }
        before = row;
    }
    qsort(order, world->row_count, sizeof *order, by_time);
    unsigned returned[100] = {0}, refused[100] = {0};
    for (size_t k = 0; k < world->row_count; k++) {
        ex_row *row = &world->rows[order[k]];
        if (row->refused || row->off_line || row->parked) {
            continue;
        }
        unsigned found = (unsigned)atoi(row->found) % 100, home = (unsigned)atoi(row->home) % 100;
        row->return_first = returned[found]++ < RETURNED_PER_PROVINCE;
        row->refuse_home = found != home && !row->linked && refused[home]++ < REFUSED_PER_PROVINCE;
    }
    world->order = order;
}

/* Every row of the file, judged as import judges it. */
static void read_rows(ex_world *world, tb_bytes text, const tb_provinces *provinces)
{
    tb_import import;
    tb_csv csv;
    tb_csv_row row;
    tb_csv_init(&csv, text);
    if (!tb_import_init(&import, world->campaign, &world->segments, provinces) ||
        tb_import_heading(&import, world->options.leads, &csv, &arena) != TB_EXIT_DONE) {
        ex_fail("%s is not a leads file; see above", world->options.leads);
    }
    size_t most = world->options.disaster ? EX_DISASTER_LEADS : SIZE_MAX;
    while (world->row_count < most && tb_csv_next(&csv, &arena, &row) == TB_OK) {
        ex_row *lead = &world->rows[world->row_count++];
        tb_judged judged;
        if (tb_import_judge(&import, &row, &arena, &judged) != TB_OK) {
            ex_fail("the leads need more memory than %u bytes", LEADS_ARENA);
        }
        if (judged.found.size == 0 && tb_verdict_sent(judged.verdict)) {
            judged.verdict = TB_VERDICT_ROW; /* at an agency it is where that one sits; here it must say */
        }
        lead->lead_no = shown(cell(&import, &row, "lead_no"));
        lead->reported_text = shown(cell(&import, &row, "reported_at"));
        lead->reported_at = judged.reported;
        take(world, lead, &judged);
    }
}

/* As import reads it; kept to the end, since the rows' cells stay in it. */
static tb_plain_text leads_text(const char *path)
{
    uint8_t *data = NULL;
    size_t size = 0;
    tb_plain_text plain;
    bool read = tb_files_load(path, TB_IMPORT_BYTES_MAX, &data, &size) && tb_encoding_read(tb_bytes_of(data, size), &plain);
    free(data);
    if (!read) {
        ex_fail("the leads %s cannot be read; see above", path);
    }
    return plain;
}

/* A row ends with CR, LF or both, or with the text. */
static size_t rows_at_most(tb_bytes text)
{
    size_t rows = 1;
    for (size_t i = 0; i < text.size; i++) {
        rows += text.data[i] == '\n' || text.data[i] == '\r';
    }
    return rows;
}

void ex_leads_read(ex_world *world)
{
    void *block = malloc(LEADS_ARENA);
    if (block == NULL) {
        ex_fail("no memory");
    }
    tb_arena_init(&arena, block, LEADS_ARENA);
    char table[EX_PATH * 2];
    (void)snprintf(table, sizeof table, "%s/ops/tables/provinces.csv", world->options.source);
    static tb_provinces provinces;
    if (tb_provinces_read(ex_read_file(table, &arena), &arena, &provinces) != TB_ACCEPTED) {
        ex_fail("%s is not the table of provinces", table);
    }
    tb_plain_text leads = {.text = tb_bytes_str("")};
    if (world->options.leads != NULL) {
        leads = leads_text(world->options.leads);
    }
    world->rows = calloc(rows_at_most(leads.text), sizeof *world->rows);
    if (world->rows == NULL) {
        ex_fail("no memory");
    }
    if (world->options.leads != NULL) {
        read_rows(world, leads.text, &provinces);
    }
    arrange(world);
    world->by_case_size = 1;
    while (world->by_case_size < 4 * world->row_count + 16) {
        world->by_case_size *= 2;
    }
    world->by_case = calloc(world->by_case_size, sizeof *world->by_case);
    if (world->by_case == NULL) {
        ex_fail("no memory");
    }
}

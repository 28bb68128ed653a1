/* leads - the leads file, a row each, with the verdict that import gives it (agents/import/verdict.h). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ops/exercise/disaster.h"

#define LEADS_ARENA (64u * 1024 * 1024)
#define RETURNED_PER_PROVINCE 3
#define REFUSED_PER_PROVINCE  3

static tb_arena arena;

static tb_bytes read_all(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct stat st;
    if (f == NULL || fstat(fileno(f), &st) != 0) {
        ex_fail("cannot read the leads %s: %s", path, strerror(errno));
    }
    uint8_t *data = malloc((size_t)st.st_size + 1);
    if (data == NULL || fread(data, 1, (size_t)st.st_size, f) != (size_t)st.st_size) {
        ex_fail("cannot read the leads %s", path);
    }
    (void)fclose(f);
    bool bom = st.st_size >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0;
    return tb_bytes_of(data + (bom ? 3 : 0), (size_t)st.st_size - (bom ? 3 : 0));
}

static void copy_text(char *out, size_t size, tb_bytes in)
{
    (void)snprintf(out, size, "%.*s", (int)in.size, (const char *)in.data);
}

static tb_bytes cell(const tb_csv_row *heading, const tb_csv_row *row, const char *name)
{
    for (size_t i = 0; i < heading->count && i < row->count; i++) {
        if (tb_bytes_equal(heading->fields[i], tb_bytes_str(name))) {
            return row->fields[i];
        }
    }
    return tb_bytes_of(NULL, 0);
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
    if (tb_bytes_equal(row->source, tb_bytes_str("police_case"))) {
        (void)snprintf(row->submitter, sizeof row->submitter, "police.%s", row->found);
    } else if (tb_bytes_equal(row->source, tb_bytes_str("operator_check"))) {
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
    choose_submitter(row);
    row->columns = judged->fields;
    row->column_count = judged->field_count;
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
    tb_csv_row heading, row;
    tb_csv_init(&csv, text);
    if (!tb_import_init(&import, world->campaign, &world->segments, provinces) ||
        tb_csv_next(&csv, &arena, &heading) != TB_OK ||
        tb_columns_read(world->type, &heading, &import.columns).code != TB_ACCEPTED) {
        ex_fail("%s is not a leads file: its heading is not understood", world->options.leads);
    }
    size_t most = world->options.disaster ? EX_DISASTER_LEADS : SIZE_MAX;
    while (world->row_count < most && tb_csv_next(&csv, &arena, &row) == TB_OK) {
        ex_row *lead = &world->rows[world->row_count++];
        tb_judged judged;
        if (tb_import_judge(&import, &row, &arena, &judged) != TB_OK) {
            ex_fail("the leads need more memory than %u bytes", LEADS_ARENA);
        }
        lead->lead_no = cell(&heading, &row, "lead_no");
        lead->reported_text = cell(&heading, &row, "reported_at");
        lead->source = cell(&heading, &row, "source");
        lead->reported_at = judged.reported;
        take(world, lead, &judged);
    }
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
    if (tb_provinces_read(read_all(table), &arena, &provinces) != TB_ACCEPTED) {
        ex_fail("%s is not the table of provinces", table);
    }
    tb_bytes text = world->options.leads != NULL ? read_all(world->options.leads) : tb_bytes_str("");
    size_t lines = 1;
    for (size_t i = 0; i < text.size; i++) {
        lines += text.data[i] == '\n';
    }
    world->rows = calloc(lines + 1, sizeof *world->rows);
    if (world->rows == NULL) {
        ex_fail("no memory");
    }
    if (world->options.leads != NULL) {
        read_rows(world, text, &provinces);
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

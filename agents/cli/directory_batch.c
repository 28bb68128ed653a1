/* directory_batch - many enrolments from one CSV file, and the pieces a single one shares. */
#include <stdio.h>

#include "agents/cli/directory.h"
#include "agents/import/csv.h"
#include "keyfile/disk.h"

#define FILE_BYTES_MAX (2u * 1024 * 1024)
#define PATH_BYTES     1024

typedef enum column {
    COLUMN_PARTY,
    COLUMN_ROLE,
    COLUMN_JURISDICTION,
    COLUMN_PARENT,
    COLUMN_NAME_ZH,
    COLUMN_NAME_EN,
    COLUMN_ATTRIBUTES,
    COLUMN_REQUEST,
    COLUMN_STATE,
    COLUMNS,
} column;

typedef struct batch {
    const char *path;
    tb_arena *arena;
    size_t at[COLUMNS]; /* where each column stands; SIZE_MAX: absent */
    size_t width;
    tb_problem *problem;
} batch;

bool tb_enrolment_state(tb_bytes text, tb_party_state *out)
{
    for (int state = TB_PARTY_ACTIVE; state <= TB_PARTY_ENDED; state++) {
        if (tb_bytes_equal(text, tb_bytes_str(tb_party_state_name((tb_party_state)state)))) {
            *out = (tb_party_state)state;
            return true;
        }
    }
    return false;
}

bool tb_enrolment_attribute(tb_enrolment *row, tb_bytes text, tb_problem *problem)
{
    const uint8_t *equals = text.size == 0 ? NULL : memchr(text.data, '=', text.size);
    if (equals == NULL || row->attribute_count == TB_ATTRIBUTES_MAX) {
        return tb_problem_set(problem,
                              "\"%.*s\" is not NAME=VALUE, or there are more than %d attributes.",
                              "“%.*s” 不是 名称=值 的形式,或属性超过 %d 个。", (int)text.size,
                              text.size > 0 ? (const char *)text.data : "", TB_ATTRIBUTES_MAX);
    }
    size_t size = (size_t)(equals - text.data);
    row->attributes[row->attribute_count++] =
        (tb_attribute){tb_bytes_of(text.data, size), tb_bytes_of(equals + 1, text.size - size - 1)};
    return true;
}

bool tb_enrolment_request(tb_enrolment *row, const char *path, tb_arena *arena, tb_problem *problem)
{
    tb_bytes packed;
    if (!tb_disk_read(path, TB_KEY_REQUEST_BYTES_MAX, arena, &packed, problem)) {
        return false;
    }
    tb_refusal refusal = tb_key_request_decode(packed, arena, &row->request);
    if (refusal != TB_ACCEPTED) {
        return tb_problem_refused(problem, path, refusal);
    }
    row->has_request = true;
    return true;
}

static bool wrong(const batch *b, uint64_t number, const char *what_en, const char *what_zh)
{
    unsigned long long row = number;
    snprintf(b->problem->en, TB_PROBLEM_TEXT, "%s row %llu: %s", b->path, row, what_en);
    snprintf(b->problem->zh, TB_PROBLEM_TEXT, "%s 第 %llu 行:%s", b->path, row, what_zh);
    return false;
}

static bool read_heading(batch *b, const tb_csv_row *heading)
{
    static const char *const names[COLUMNS] = {"party",      "role",    "jurisdiction",
                                               "parent",     "name_zh", "name_en",
                                               "attributes", "request", "state"};
    for (size_t c = 0; c < COLUMNS; c++) {
        b->at[c] = SIZE_MAX;
        for (size_t i = 0; i < heading->count; i++) {
            if (tb_bytes_equal(heading->fields[i], tb_bytes_str(names[c]))) {
                b->at[c] = i;
            }
        }
    }
    b->width = heading->count;
    if (b->at[COLUMN_PARTY] == SIZE_MAX) {
        return wrong(b, heading->number, "the heading has no column party.", "表头缺少 party 列。");
    }
    return true;
}

static tb_bytes cell(const batch *b, const tb_csv_row *row, column c)
{
    return b->at[c] == SIZE_MAX ? tb_bytes_of(NULL, 0) : row->fields[b->at[c]];
}

/* "operator=CT;host=CU" */
static bool read_attributes(const batch *b, tb_bytes text, tb_enrolment *out)
{
    out->attributes = tb_arena_array(b->arena, TB_ATTRIBUTES_MAX, sizeof(*out->attributes));
    if (out->attributes == NULL) {
        return tb_problem_refused(b->problem, b->path, TB_REFUSED_TOO_LARGE);
    }
    while (text.size > 0) {
        const uint8_t *end = memchr(text.data, ';', text.size);
        size_t size = end == NULL ? text.size : (size_t)(end - text.data);
        if (size > 0 && !tb_enrolment_attribute(out, tb_bytes_of(text.data, size), b->problem)) {
            return false;
        }
        size_t used = end == NULL ? size : size + 1;
        text = tb_bytes_of(text.data + used, text.size - used);
    }
    return true;
}

/* A path in the file is meant from where the file lies. */
static bool read_request(const batch *b, tb_bytes name, tb_enrolment *out)
{
    char path[PATH_BYTES];
    const char *slash = strrchr(b->path, '/');
    int folder = slash == NULL || name.data[0] == '/' ? 0 : (int)(slash - b->path + 1);
    snprintf(path, sizeof(path), "%.*s%.*s", folder, b->path, (int)name.size,
             (const char *)name.data);
    return tb_enrolment_request(out, path, b->arena, b->problem);
}

static bool read_row(const batch *b, const tb_csv_row *row, tb_enrolment *out)
{
    tb_refusal code = tb_csv_fits(row, b->width);
    if (code != TB_ACCEPTED) {
        return wrong(b, row->number, tb_refusal_en(code), tb_refusal_zh(code));
    }
    tb_bytes parent = cell(b, row, COLUMN_PARENT);
    tb_bytes state = cell(b, row, COLUMN_STATE);
    tb_bytes request = cell(b, row, COLUMN_REQUEST);
    *out = (tb_enrolment){.role = cell(b, row, COLUMN_ROLE),
                          .jurisdiction = cell(b, row, COLUMN_JURISDICTION),
                          .name_zh = cell(b, row, COLUMN_NAME_ZH),
                          .name_en = cell(b, row, COLUMN_NAME_EN),
                          .state = TB_PARTY_ACTIVE};
    if (!tb_party_parse(cell(b, row, COLUMN_PARTY), &out->id) ||
        (parent.size > 0 && !tb_party_parse(parent, &out->parent))) {
        return wrong(b, row->number,
                     "party and parent are ids: up to 23 of a-z, 0-9, dot and dash.",
                     "party 和 parent 须为单位标识:至多 23 个小写字母、数字、点或横线。");
    }
    if (state.size > 0 && !tb_enrolment_state(state, &out->state)) {
        return wrong(b, row->number, "state is active, off_line or ended.",
                     "state 须为 active、off_line 或 ended。");
    }
    return read_attributes(b, cell(b, row, COLUMN_ATTRIBUTES), out) &&
           (request.size == 0 || read_request(b, request, out));
}

static bool read_rows(batch *b, tb_csv *csv, tb_enrolment *list, size_t *out_count)
{
    tb_csv_row row;
    tb_err err = tb_csv_next(csv, b->arena, &row);
    if (err == TB_OK && !read_heading(b, &row)) {
        return false;
    }
    size_t count = 0;
    while (err == TB_OK) {
        err = tb_csv_next(csv, b->arena, &row);
        if (err == TB_OK && count == TB_PARTIES_MAX) {
            err = TB_ERR_LIMIT;
        }
        if (err == TB_OK && !read_row(b, &row, &list[count++])) {
            return false;
        }
    }
    if (err == TB_ERR_LIMIT) {
        return tb_problem_refused(b->problem, b->path, TB_REFUSED_TOO_LARGE);
    }
    if (count == 0) {
        return wrong(b, 1, "there is no row.", "没有数据行。");
    }
    *out_count = count;
    return true;
}

bool tb_enrolments_read(
    const char *path, tb_arena *arena, tb_enrolment **out, size_t *out_count, tb_problem *problem)
{
    static const uint8_t mark[] = {0xEF, 0xBB, 0xBF};
    tb_bytes text;
    if (!tb_disk_read(path, FILE_BYTES_MAX, arena, &text, problem)) {
        return false;
    }
    if (text.size >= sizeof(mark) && memcmp(text.data, mark, sizeof(mark)) == 0) {
        text = tb_bytes_of(text.data + sizeof(mark), text.size - sizeof(mark));
    }
    tb_enrolment *list = tb_arena_array(arena, TB_PARTIES_MAX, sizeof(*list));
    if (list == NULL) {
        return tb_problem_refused(problem, path, TB_REFUSED_TOO_LARGE);
    }

    batch b = {.path = path, .arena = arena, .problem = problem};
    tb_csv csv;
    tb_csv_init(&csv, text);
    if (!read_rows(&b, &csv, list, out_count)) {
        return false;
    }
    *out = list;
    return true;
}

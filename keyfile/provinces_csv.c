/* provinces_csv - see provinces_csv.h. The table has no quoted cells. */
#include "keyfile/provinces_csv.h"

#include <stdlib.h>

#define COLUMNS_MAX 16

/* Cuts the next piece off text at the mark, which may be missing at the end. */
static tb_bytes cut(tb_bytes *text, char mark)
{
    const uint8_t *end = text->size == 0 ? NULL : memchr(text->data, mark, text->size);
    size_t size = end == NULL ? text->size : (size_t)(end - text->data);
    tb_bytes piece = tb_bytes_of(text->data, size);
    size_t used = end == NULL ? size : size + 1;
    *text = tb_bytes_of(text->data + used, text->size - used);
    return piece;
}

static size_t cells(tb_bytes line, tb_bytes out[COLUMNS_MAX])
{
    size_t count = 0;
    if (line.size > 0 && line.data[line.size - 1] == '\r') {
        line.size--;
    }
    while (line.size > 0 && count < COLUMNS_MAX) {
        out[count++] = cut(&line, ',');
    }
    return count;
}

static size_t column(const tb_bytes *heading, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (tb_bytes_equal(heading[i], tb_bytes_str(name))) {
            return i;
        }
    }
    return COLUMNS_MAX;
}

static int by_code(const void *a, const void *b)
{
    return memcmp(((const tb_province_row *)a)->code.data, ((const tb_province_row *)b)->code.data,
                  2);
}

static bool two_digits(tb_bytes code)
{
    return code.size == 2 && code.data[0] >= '0' && code.data[0] <= '9' && code.data[1] >= '0' &&
           code.data[1] <= '9';
}

static bool unreadable(const char *path, tb_problem *problem)
{
    return tb_problem_set(
        problem,
        "%s is not a table of provinces with the columns code2, name_zh, name_en and "
        "bureau_zh; name one with --table.",
        "%s 不是省份表(须有 code2、name_zh、name_en、bureau_zh 列);请用 --table 指定。", path);
}

/* One code, one set of parties and key files. Rows ascend by code. */
static bool
no_code_twice(const tb_province_row *rows, size_t count, const char *path, tb_problem *problem)
{
    for (size_t i = 1; i < count; i++) {
        if (tb_bytes_equal(rows[i - 1].code, rows[i].code)) {
            return tb_problem_set(
                problem, "%s has two rows with code2 %.2s; each province stands there once.",
                "%s 中 code2 为 %.2s 的行重复;每个省份只能出现一次。", path,
                (const char *)rows[i].code.data);
        }
    }
    return true;
}

bool tb_provinces_csv(tb_bytes text,
                      const char *path,
                      tb_province_row out[TB_PROVINCES_MAX],
                      size_t *out_count,
                      tb_problem *problem)
{
    static const char *const names[] = {"code2", "name_zh", "name_en", "bureau_zh"};
    tb_bytes line[COLUMNS_MAX];
    size_t width = cells(cut(&text, '\n'), line);
    size_t at[4];
    for (size_t i = 0; i < 4; i++) {
        at[i] = column(line, width, names[i]);
        if (at[i] == COLUMNS_MAX) {
            return unreadable(path, problem);
        }
    }

    size_t count = 0;
    while (text.size > 0) {
        size_t found = cells(cut(&text, '\n'), line);
        if (found == 0) {
            continue;
        }
        if (found != width || count == TB_PROVINCES_MAX || !two_digits(line[at[0]])) {
            return unreadable(path, problem);
        }
        out[count++] = (tb_province_row){line[at[0]], line[at[1]], line[at[2]], line[at[3]]};
    }
    qsort(out, count, sizeof(*out), by_code);
    *out_count = count;
    return no_code_twice(out, count, path, problem);
}

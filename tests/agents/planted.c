#include "tests/agents/planted.h"

#include <stdio.h>
#include <stdlib.h>

#define TEXT_MAX (1u << 18) /* of the largest that is shipped, with room */

static char *read_source(const char *name)
{
    char path[512];
    char *text = calloc(1, TEXT_MAX);
    assert_non_null(text);
    assert_true(snprintf(path, sizeof path, "%s/%s", TB_SOURCE_DIR, name) > 0);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_in_range(fread(text, 1, TEXT_MAX, file), 1, TEXT_MAX - 1);
    assert_int_equal(fclose(file), 0);
    return text;
}

/* The row planted at or behind `from`, the one that stands first. */
static const planted *
next_row(const char *from, const char *text, const planted *rows, size_t count)
{
    const planted *first = NULL;
    for (size_t i = 0; i < count; i++) {
        const char *at = strstr(text, rows[i].from);
        if (at == NULL) {
            fail_msg("the example has no '%s'", rows[i].from);
        }
        if (at >= from && (first == NULL || at < strstr(text, first->from))) {
            first = &rows[i];
        }
    }
    return first;
}

char *planted_in_example(const planted *rows, size_t count)
{
    return planted_in("ops/campaigns/example.yaml", rows, count);
}

char *planted_in(const char *name, const planted *rows, size_t count)
{
    char *text = read_source(name);
    char *out = calloc(1, 2 * TEXT_MAX);
    assert_non_null(out);
    const char *from = text;
    const planted *row = next_row(from, text, rows, count);
    for (size_t done = 0; row != NULL; done++) {
        assert_true(done < count); /* no two overlap */
        const char *at = strstr(text, row->from);
        strncat(out, from, (size_t)(at - from));
        strcat(out, row->to);
        from = at + strlen(row->from);
        row = next_row(from, text, rows, count);
    }
    strcat(out, from);
    free(text);
    return out;
}

static void take(void *context, const tb_campaign_finding *finding)
{
    planted_told *told = context;
    assert_true(told->count < PLANTED_TOLD_MAX);
    assert_true(told->count == 0 || told->list[told->count - 1].line <= finding->line);
    assert_string_not_equal(finding->reason.zh, finding->reason.en);
    assert_string_not_equal(finding->remedy.zh, finding->remedy.en);
    assert_null(strchr(finding->reason.zh, '{'));
    if (finding->advice) {
        told->advice++;
        told->advice_line = finding->line;
        return;
    }
    told->list[told->count].line = finding->line;
    (void)snprintf(told->list[told->count].key, sizeof told->list[0].key, "%s", finding->key);
    (void)snprintf(told->list[told->count].reason, sizeof told->list[0].reason, "%.280s",
                   finding->reason.en);
    told->count++;
}

planted_told planted_check(const char *text)
{
    planted_told told = {.count = 0};
    unsigned faults = 0;
    assert_ok(tb_campaign_check(tb_bytes_str(text), take, &told, &faults));
    assert_int_equal(faults, told.count);
    return told;
}

static unsigned line_of(const char *text, const char *at)
{
    unsigned line = 1;
    const char *place = strstr(text, at);
    if (place == NULL) {
        fail_msg("'%s' does not stand in the text", at);
    }
    for (const char *c = text; c < place; c++) {
        line += *c == '\n';
    }
    return line;
}

void planted_is_told(const planted *row, const char *text, const planted_told *told)
{
    unsigned line = line_of(text, row->at != NULL ? row->at : row->to);
    for (unsigned i = 0; i < told->count; i++) {
        if (told->list[i].line == line && strcmp(told->list[i].key, row->key) == 0) {
            return;
        }
    }
    for (unsigned i = 0; i < told->count; i++) {
        print_error("%u %s %s\n", told->list[i].line, told->list[i].key, told->list[i].reason);
    }
    fail_msg("not told: %s in line %u", row->key, line);
}

void planted_is_sound(const char *text)
{
    planted_told told = planted_check(text);
    for (unsigned i = 0; i < told.count; i++) {
        print_error("%u %s %s\n", told.list[i].line, told.list[i].key, told.list[i].reason);
    }
    assert_int_equal(told.count, 0);
}

void planted_each_is_told(const char *whole, const planted *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *at = strstr(whole, list[i].from);
        char *text = calloc(1, strlen(whole) + 512);
        assert_non_null(text);
        if (at == NULL) {
            fail_msg("the campaign has no '%s'", list[i].from);
        }
        memcpy(text, whole, (size_t)(at - whole));
        strcat(text, list[i].to);
        strcat(text, at + strlen(list[i].from));
        planted_told told = planted_check(text);
        planted_is_told(&list[i], text, &told);
        free(text);
    }
}

#include "tests/agents/edited.h"

#include <stdio.h>
#include <stdlib.h>

#define TEXT_BYTES (512u * 1024)
#define ELLIPSIS   "[...]"

/* How much text stands for `from`: itself, or with ELLIPSIS in it everything between its two ends. */
static char *find(char *text, const char *from, size_t *out_size)
{
    char begin[128];
    const char *gap = strstr(from, ELLIPSIS);
    *out_size = strlen(from);
    if (gap == NULL) {
        return strstr(text, from);
    }
    assert_true((size_t)(gap - from) < sizeof begin);
    memcpy(begin, from, (size_t)(gap - from));
    begin[gap - from] = '\0';
    char *at = strstr(text, begin);
    const char *end = at != NULL ? strstr(at + strlen(begin), gap + strlen(ELLIPSIS)) : NULL;
    if (end == NULL) {
        return NULL;
    }
    *out_size = (size_t)(end - at) + strlen(gap + strlen(ELLIPSIS));
    return at;
}

static void replace(char *text, const char *from, const char *to)
{
    size_t from_size;
    char *at = find(text, from, &from_size);
    if (at == NULL) {
        fail_msg("the campaign does not say: %s", from);
        return;
    }
    size_t to_size = strlen(to);
    assert_true(strlen(text) + to_size < TEXT_BYTES);
    memmove(at + to_size, at + from_size, strlen(at + from_size) + 1);
    memcpy(at, to, to_size);
}

tb_campaign_loaded *edited(const char *path, const char *const *edits)
{
    char whole[512];
    char error[256] = "";
    tb_campaign_loaded *loaded = NULL;
    char *text = calloc(1, TEXT_BYTES);
    assert_non_null(text);
    assert_true(snprintf(whole, sizeof whole, "%s/%s", TB_SOURCE_DIR, path) < (int)sizeof whole);
    FILE *file = fopen(whole, "rb");
    assert_non_null(file);
    assert_true(fread(text, 1, TEXT_BYTES - 1, file) > 0);
    assert_int_equal(fclose(file), 0);
    for (size_t i = 0; edits != NULL && edits[i] != NULL; i += 2) {
        replace(text, edits[i], edits[i + 1]);
    }
    if (tb_campaign_load(tb_bytes_str(text), &loaded, error, sizeof error) != TB_OK) {
        fail_msg("%s", error);
    }
    free(text);
    return loaded;
}

/* Whatever one word of a shipped definition is changed into, the checker, the loader and the
 * comparison of versions agree about it. */
#include "tests/test.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "agents/campaign/compare.h"
#include "agents/campaign/load.h"

#define TEXT_BYTES   (256u * 1024)
#define MEMORY_BYTES (4u * 1024 * 1024)
#define PAIRS_MAX    16384

/* "key: value" somewhere in the text, in block or flow form. */
typedef struct pair {
    size_t key, key_size;
    size_t value, value_size;
} pair;

static struct {
    char text[TEXT_BYTES];
    size_t size;
    char bent[TEXT_BYTES + 1024];
    pair pairs[PAIRS_MAX];
    size_t count;
    tb_campaign_loaded *loaded;
} whole;

static size_t of_word(size_t at)
{
    size_t end = at;
    while (end < whole.size &&
           (isalnum((unsigned char)whole.text[end]) || whole.text[end] == '_')) {
        end++;
    }
    return end - at;
}

static void find_pairs(void)
{
    whole.count = 0;
    for (size_t at = 0; at < whole.size; at++) {
        size_t size = of_word(at);
        if (size > 0 && strncmp(&whole.text[at + size], ": ", 2) == 0 && whole.count < PAIRS_MAX) {
            size_t value = at + size + 2;
            size_t end = value + strcspn(&whole.text[value], ",}]\n#");
            whole.pairs[whole.count++] = (pair){at, size, value, end - value};
            at = value - 1;
        } else {
            at += size > 0 ? size - 1 : 0;
        }
    }
    assert_in_range(whole.count, 1, PAIRS_MAX - 1);
}

static void read_definition(const char *path)
{
    char error[256] = "";
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    memset(whole.text, 0, sizeof whole.text);
    whole.size = fread(whole.text, 1, TEXT_BYTES - 1, file);
    assert_int_equal(fclose(file), 0);
    tb_campaign_loaded_free(whole.loaded);
    if (tb_campaign_load(tb_bytes_of((uint8_t *)whole.text, whole.size), &whole.loaded, error,
                         sizeof error) != TB_OK) {
        fail_msg("%s: %s", path, error);
    }
    find_pairs();
}

/* The text with `size` bytes at `at` replaced. */
static tb_bytes with(size_t at, size_t size, const char *by, size_t by_size)
{
    memcpy(whole.bent, whole.text, at);
    memcpy(whole.bent + at, by, by_size);
    memcpy(whole.bent + at + by_size, whole.text + at + size, whole.size - at - size);
    return tb_bytes_of((uint8_t *)whole.bent, whole.size - size + by_size);
}

static size_t differences(const tb_campaign *from, const tb_campaign *to)
{
    static uint8_t memory[MEMORY_BYTES];
    tb_arena arena;
    tb_difference *list;
    size_t count;
    tb_arena_init(&arena, memory, sizeof memory);
    assert_ok(tb_campaign_compare(from, to, &arena, &list, &count));
    return count;
}

static void hear(void *context, const tb_campaign_finding *finding)
{
    (void)context;
    assert_true(finding->line > 0 && finding->key[0] != '\0');
    assert_true(finding->reason.zh[0] != '\0' && finding->reason.en[0] != '\0');
    assert_true(finding->remedy.zh[0] != '\0' && finding->remedy.en[0] != '\0');
}

static void judge(tb_bytes text)
{
    char error[256] = "";
    tb_campaign_loaded *loaded = NULL;
    unsigned faults = 0;
    assert_ok(tb_campaign_check(text, hear, NULL, &faults));
    if (tb_campaign_load(text, &loaded, error, sizeof error) != TB_OK) {
        assert_true(faults > 0 && error[0] != '\0');
        return;
    }
    const tb_campaign *was = tb_campaign_loaded_get(whole.loaded);
    const tb_campaign *is = tb_campaign_loaded_get(loaded);
    size_t there = differences(was, is);
    size_t back = differences(is, was);
    if (faults == 0) { /* with faults, names may stand for two things */
        size_t none = differences(was, was);
        assert_int_equal(differences(is, is), none);
        assert_int_equal(there > none, back > none);
    }
    tb_campaign_loaded_free(loaded);
}

/* The next value of the same key that is another. */
static const pair *other_of(size_t i)
{
    const pair *p = &whole.pairs[i];
    for (size_t n = 1; n < whole.count; n++) {
        const pair *o = &whole.pairs[(i + n) % whole.count];
        if (o->key_size == p->key_size &&
            memcmp(&whole.text[o->key], &whole.text[p->key], p->key_size) == 0 &&
            (o->value_size != p->value_size ||
             memcmp(&whole.text[o->value], &whole.text[p->value], p->value_size) != 0)) {
            return o;
        }
    }
    return NULL;
}

static size_t line_start(size_t at)
{
    while (at > 0 && whole.text[at - 1] != '\n') {
        at--;
    }
    return at;
}

static void bend_each(const char *path, size_t stride)
{
    read_definition(path);
    for (size_t i = 0; i < whole.count; i += stride) {
        const pair *p = &whole.pairs[i];
        const pair *other = other_of(i);
        if (other != NULL) {
            judge(with(p->value, p->value_size, &whole.text[other->value], other->value_size));
        }
        judge(with(p->value, p->value_size, "nowhere", 7));
        size_t line = line_start(p->key);
        judge(with(line, strcspn(&whole.text[line], "\n") + 1, "", 0));
    }
}

static void a_word_changed_is_a_fault_or_another_definition(void **state)
{
    (void)state;
    bend_each(TB_SOURCE_DIR "/ops/campaigns/example.yaml", 1);
    bend_each(TB_SOURCE_DIR "/ops/campaigns/relay.yaml", 1);
    bend_each(TB_SOURCE_DIR "/ops/campaigns/black-card.yaml", 61);
    bend_each(TB_SOURCE_DIR "/ops/campaigns/land-requisition.yaml", 29);
    bend_each(TB_SOURCE_DIR "/ops/campaigns/service-quality.yaml", 29);
    tb_campaign_loaded_free(whole.loaded);
    whole.loaded = NULL;
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_word_changed_is_a_fault_or_another_definition),
};

TB_RUN("agents/campaign_lines", tests)

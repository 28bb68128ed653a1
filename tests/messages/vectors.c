#include "tests/messages/vectors.h"

#include "base/ids.h"
#include "tests/test.h"

#include <stdio.h>

#define ARENA_BYTES (16u * 1024 * 1024)
#define TEXT_BYTES  (1024u * 1024)
#define NAME_BYTES  80

static uint8_t block[ARENA_BYTES];
static char text[TEXT_BYTES];
static size_t text_size;
static tb_arena memory;
static const vectors_of *vectors;

tb_arena *const vectors_memory = &memory;

void say(const char *name, tb_bytes value)
{
    size_t name_size = strlen(name);
    assert_true(text_size + name_size + 3 + 2 * value.size + 2 < TEXT_BYTES);

    memcpy(text + text_size, name, name_size);
    memcpy(text + text_size + name_size, " = ", 3);
    text_size += name_size + 3;
    tb_hex(value.data, value.size, text + text_size);
    text_size += 2 * value.size;
    text[text_size++] = '\n';
    text[text_size] = 0;
}

void say_digest(const char *name, tb_digest digest)
{
    say(name, tb_bytes_of(digest.bytes, sizeof digest.bytes));
}

void say_bent(const char *name, tb_bytes good, tb_bend how)
{
    say(name, bend(good, &how, &memory));
}

static void make_text(void)
{
    tb_arena_init(&memory, block, sizeof block);
    text_size = 0;
    vectors->make();
}

static tb_codec codec_of(const char *type)
{
    for (size_t i = 0; i < vectors->codec_count; i++) {
        if (strcmp(vectors->codecs[i].type, type) == 0) {
            return vectors->codecs[i].codec;
        }
    }
    fail_msg("no type %s", type);
    return NULL;
}

/* The word of a name up to the next dot; *at moves behind it. */
static void word(const char *name, size_t *at, char out[NAME_BYTES])
{
    size_t size = 0;

    while (name[*at] != '.' && name[*at] != 0) {
        assert_true(size + 1 < NAME_BYTES);
        out[size++] = name[(*at)++];
    }
    out[size] = 0;
    *at += name[*at] == '.';
}

static void judge_row(const char *name, tb_bytes value)
{
    char first[NAME_BYTES];
    char reason[NAME_BYTES] = "accepted";
    size_t at = 0;
    tb_bytes again = {NULL, 0};
    tb_arena arena;
    static uint8_t room[ARENA_BYTES];

    word(name, &at, first);
    if (strcmp(first, "id") == 0) {
        return;
    }
    if (strcmp(first, "refused") == 0) {
        word(name, &at, reason);
        word(name, &at, first);
    }
    tb_arena_init(&arena, room, sizeof room);
    tb_refusal refusal = codec_of(first)(value, &arena, &again);
    if (strcmp(tb_refusal_key(refusal), reason) != 0) {
        fail_msg("%s: %s", name, tb_refusal_key(refusal));
    }
    if (refusal == TB_ACCEPTED) {
        assert_true(tb_bytes_equal(value, again));
    }
}

static void the_file_says_what_we_encode(void **state)
{
    (void)state;
    static char found[TEXT_BYTES];
    FILE *file = fopen(vectors->path, "rb");
    assert_non_null(file);
    size_t size = fread(found, 1, sizeof found - 1, file);
    fclose(file);
    found[size] = 0;

    make_text();
    assert_string_equal(found, text);
}

static void every_line_of_the_file_is_judged_as_its_name_says(void **state)
{
    (void)state;
    static char line[TEXT_BYTES];
    static uint8_t bytes[TEXT_BYTES / 2];
    size_t rows = 0;
    FILE *file = fopen(vectors->path, "rb");
    assert_non_null(file);

    while (fgets(line, sizeof line, file) != NULL) {
        char *split = strstr(line, " = ");
        assert_non_null(split);
        *split = 0;
        size_t digits = strcspn(split + 3, "\n");
        assert_true(tb_hex_parse(tb_bytes_of(split + 3, digits), bytes, digits / 2));
        judge_row(line, tb_bytes_of(bytes, digits / 2));
        rows++;
    }
    fclose(file);
    assert_true(rows > vectors->rows_least);
}

int vectors_run(const char *group, const vectors_of *of, int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_says_what_we_encode),
        cmocka_unit_test(every_line_of_the_file_is_judged_as_its_name_says),
    };
    vectors = of;
    if (argc > 1 && strcmp(argv[1], "write") == 0) {
        make_text();
        fputs(text, stdout);
        return 0;
    }
    return cmocka_run_group_tests_name(group, tests, NULL, NULL);
}

#include "tests/keyfile/folder.h"

#include "keyfile/cut_file.h"

typedef struct fixture {
    char folder[FOLDER_BYTES];
    tb_arena arena;
    tb_problem problem;
} fixture;

static fixture the;
static uint8_t block[64 * 1024];

static int setup(void **state)
{
    memset(&the, 0, sizeof(the));
    folder_make(the.folder);
    tb_arena_init(&the.arena, block, sizeof(block));
    *state = &the;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    folder_remove(the.folder);
    return 0;
}

#define RUN    "00000000000000020102030405060708"
#define DIGEST "0101010101010101010101010101010101010101010101010101010101010101"

static bool read_text(fixture *f, const char *text, tb_cut_mark **out, size_t *out_count)
{
    const char *path = folder_path(f->folder, "cut.txt");
    folder_write(path, text, strlen(text));
    return tb_cut_file_read(path, &f->arena, out, out_count, &f->problem);
}

static void marks_are_read_and_ordered(void **state)
{
    fixture *f = *state;
    tb_cut_mark *marks = NULL;
    size_t count = 0;
    assert_true(read_text(f,
                          "# streams of bureau.33\n\n" RUN " bureau.44 bulk 7 " DIGEST "\r\n" RUN
                          "  bureau.11\tnormal 9 " DIGEST,
                          &marks, &count));
    assert_int_equal(count, 2);
    assert_string_equal(marks[0].recipient.text, "bureau.11");
    assert_int_equal(marks[0].number, 9);
    assert_int_equal(marks[0].lane, TB_LANE_NORMAL);
    assert_int_equal(marks[0].incarnation.counter, 2);
    assert_int_equal(marks[1].lane, TB_LANE_BULK);
    assert_int_equal(marks[1].digest.bytes[31], 1);
}

static void wrong_lines_are_named(void **state)
{
    fixture *f = *state;
    static const char *const lines[] = {
        RUN " bureau.44 bulk 7\n",
        RUN " bureau.44 bulk 7 " DIGEST " more\n",
        RUN " bureau.44 fast 7 " DIGEST "\n",
        RUN " bureau.44 bulk 0 " DIGEST "\n",
        RUN " bureau.44 bulk -1 " DIGEST "\n",
        RUN " bureau.44 bulk 99999999999999999999 " DIGEST "\n",
        RUN " Bureau bulk 7 " DIGEST "\n",
        "00 bureau.44 bulk 7 " DIGEST "\n",
        RUN " bureau.44 bulk 7 0101\n",
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        tb_cut_mark *marks = NULL;
        size_t count = 0;
        assert_false(read_text(f, lines[i], &marks, &count));
        assert_non_null(strstr(f->problem.en, "line 1"));
    }
}

static void a_stream_is_named_once(void **state)
{
    fixture *f = *state;
    tb_cut_mark *marks = NULL;
    size_t count = 0;
    assert_false(read_text(f, RUN " bureau.44 bulk 7 " DIGEST "\n" RUN " bureau.44 bulk 8 " DIGEST,
                           &marks, &count));
    assert_non_null(strstr(f->problem.en, "twice"));
}

static void what_is_printed_is_read_again(void **state)
{
    fixture *f = *state;
    const char *path = folder_path(f->folder, "printed.txt");
    tb_party party = {"bureau.33"};
    tb_cut_mark in[2] = {{{2, {1, 2, 3, 4, 5, 6, 7, 8}}, {"bureau.11"}, TB_LANE_URGENT, 9, {{1}}},
                         {{3, {8}}, {"hq"}, TB_LANE_BULK, INT64_MAX / 100, {{2}}}};
    tb_cut_mark *marks = NULL;
    size_t count = 0;
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    tb_cut_file_print(file, &party, in, 2);
    assert_int_equal(fclose(file), 0);
    assert_true(tb_cut_file_read(path, &f->arena, &marks, &count, &f->problem));
    assert_int_equal(count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(tb_incarnation_compare(&marks[i].incarnation, &in[i].incarnation), 0);
        assert_string_equal(marks[i].recipient.text, in[i].recipient.text);
        assert_int_equal(marks[i].lane, in[i].lane);
        assert_int_equal(marks[i].number, in[i].number);
        assert_true(tb_digest_equal(&marks[i].digest, &in[i].digest));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    TEST(marks_are_read_and_ordered),
    TEST(wrong_lines_are_named),
    TEST(a_stream_is_named_once),
    TEST(what_is_printed_is_read_again),
};

TB_RUN("keyfile/cut_file", tests)

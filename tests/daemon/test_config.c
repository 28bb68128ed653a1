#include "daemon/config.h"
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const flags[] = {"verbose", NULL};
static const char *const repeats[] = {"document", NULL};
static const char *const never[] = {"config", "help", NULL};
static const tb_config_form form = {"program", flags, repeats, never};

static tb_config config;
static char path[] = "/tmp/tongbao-config-XXXXXX";
static char said[4096];

static int set_up(void **state)
{
    (void)state;
    strcpy(path, "/tmp/tongbao-config-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    return close(fd);
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(path);
}

static void write_file(const char *text, size_t size)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* Reads with stderr into said. */
static bool read_with(int argc, char **argv)
{
    int kept = dup(2);
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_true(dup2(fileno(file), 2) == 2);
    bool good = tb_config_read(&form, argc, argv, &config);
    (void)fflush(stderr);
    assert_true(dup2(kept, 2) == 2);
    (void)close(kept);
    rewind(file);
    said[fread(said, 1, sizeof said - 1, file)] = '\0';
    (void)fclose(file);
    return good;
}

static bool read_text(const char *text)
{
    char *argv[] = {(char[]){"program"}, (char[]){"--config"}, path, NULL};
    write_file(text, strlen(text));
    return read_with(3, argv);
}

static void expect_words(const char *all)
{
    char got[1024] = "";
    for (int i = 1; i < config.argc; i++) {
        strcat(got, i > 1 ? " " : "");
        strcat(got, config.argv[i]);
    }
    assert_string_equal(got, all);
    assert_null(config.argv[config.argc]);
}

static void expect_fault(unsigned line, const char *words)
{
    char whole[512];
    (void)snprintf(whole, sizeof whole, "program: %s:%u: %s\n", path, line, words);
    if (strstr(said, whole) == NULL) {
        fail_msg("not said: %sbut: %s", whole, said);
    }
}

static void each_line_is_an_option_and_knows_where_it_stood(void **state)
{
    (void)state;
    assert_true(read_text("# a comment\n\n  store = /var/lib/a store \r\nquota=1G\n"
                          "verbose = yes\ndocument = a\ndocument = b # not a comment"));
    expect_words("--store /var/lib/a store --quota 1G --verbose --document a --document "
                 "b # not a comment");
    char where[64];
    (void)snprintf(where, sizeof where, "%s:3: ", path);
    assert_string_equal(config.where[1], where);
    assert_string_equal(config.where[2], where);
    assert_string_equal(config.where[0], "");
    assert_string_equal(said, "");
}

static void the_file_stands_at_its_place_among_the_words(void **state)
{
    (void)state;
    char *argv[] = {
        (char[]){"program"}, (char[]){"--quota"}, (char[]){"1"}, (char[]){"--config"}, path,
        (char[]){"--quota"}, (char[]){"3"},       NULL};
    write_file("quota = 2\nverbose = no\n", 23);
    assert_true(read_with(7, argv));
    expect_words("--quota 1 --quota 2 --quota 3");
}

static void every_fault_is_said_with_its_line(void **state)
{
    (void)state;
    assert_false(read_text("nonsense\nstore = a\nstore = b\nverbose = maybe\nquota =\n"
                           "config = x\nSTORE = c\n--store = d\nkey = k\n"));
    expect_fault(1, "write it as: key = value");
    expect_fault(3, "store stands in the file already");
    expect_fault(4, "verbose takes yes or no");
    expect_fault(5, "quota has no value; leave the line out instead");
    expect_fault(6, "config belongs on the command line");
    expect_fault(7, "before = stands the name of an option, in small letters");
    expect_fault(8, "before = stands the name of an option, in small letters");
    /* the rest is handed on, so that its faults are found too */
    expect_words("--store a --key k");
}

static void a_file_that_is_not_there_or_no_text_is_said(void **state)
{
    (void)state;
    char *argv[] = {(char[]){"program"}, (char[]){"--config"}, (char[]){"/nowhere/at.all"}, NULL};
    assert_false(read_with(3, argv));
    assert_non_null(strstr(said, "program: /nowhere/at.all: cannot be read: "));
    assert_false(read_with(2, argv));
    assert_non_null(strstr(said, "--config wants a file"));
    argv[2] = path;
    write_file("store = a\0b\n", 12);
    assert_false(read_with(3, argv));
    assert_non_null(strstr(said, "is no text"));
}

static void a_file_up_to_its_bound_is_read_and_a_larger_one_is_not(void **state)
{
    (void)state;
    char *argv[] = {(char[]){"program"}, (char[]){"--config"}, path, NULL};
    char *text = malloc(TB_CONFIG_BYTES_MAX + 1);
    assert_non_null(text);
    memset(text, '#', TB_CONFIG_BYTES_MAX + 1);
    write_file(text, TB_CONFIG_BYTES_MAX);
    assert_true(read_with(3, argv));
    write_file(text, TB_CONFIG_BYTES_MAX + 1);
    assert_false(read_with(3, argv));
    assert_non_null(strstr(said, "larger than 64 KiB"));
    free(text);
}

static void more_options_than_fit_are_refused(void **state)
{
    (void)state;
    static char text[TB_CONFIG_BYTES_MAX];
    for (int i = 0; i < TB_CONFIG_WORDS_MAX / 2 + 1; i++) {
        strcat(text, "document = x\n");
    }
    assert_false(read_text(text));
    assert_non_null(strstr(said, "more options than a configuration may have"));
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    T(each_line_is_an_option_and_knows_where_it_stood),
    T(the_file_stands_at_its_place_among_the_words),
    T(every_fault_is_said_with_its_line),
    T(a_file_that_is_not_there_or_no_text_is_said),
    T(a_file_up_to_its_bound_is_read_and_a_larger_one_is_not),
    T(more_options_than_fit_are_refused),
};

TB_RUN("daemon/config", tests)

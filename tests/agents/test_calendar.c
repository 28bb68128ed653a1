/* The table of days off and days worked, and counting by it. */
#include "tests/test.h"

#include "agents/tables/calendar.h"
#include "messages/table.h"

#include <stdio.h>
#include <stdlib.h>

#define BLOCK (1u << 20)

static uint8_t block[BLOCK];

static int64_t day(const char *text)
{
    int64_t out;
    assert_true(tb_day_parse(tb_bytes_str(text), &out));
    return out;
}

static tb_calendar shipped(const char *file_name)
{
    static char text[1 << 16];
    tb_arena arena;
    tb_calendar calendar;
    char path[512];
    assert_true(snprintf(path, sizeof path, "%s/ops/tables/%s", TB_SOURCE_DIR, file_name) > 0);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(text, 1, sizeof text, file);
    assert_int_equal(fclose(file), 0);
    tb_arena_init(&arena, block, sizeof block);
    assert_int_equal(tb_calendar_read(tb_bytes_of(text, size), &arena, &calendar), TB_ACCEPTED);
    return calendar;
}

static void without_a_table_monday_to_friday_are_worked(void **state)
{
    (void)state;
    assert_true(tb_calendar_works(NULL, day("2015-02-09")));  /* Monday */
    assert_true(tb_calendar_works(NULL, day("2015-02-13")));  /* Friday */
    assert_false(tb_calendar_works(NULL, day("2015-02-14"))); /* Saturday */
    assert_false(tb_calendar_works(NULL, day("2015-02-15")));
    assert_int_equal(tb_calendar_after(NULL, day("2015-02-13"), 1), day("2015-02-16"));
    assert_int_equal(tb_calendar_after(NULL, day("2015-02-13"), 6), day("2015-02-23"));
}

static void the_shipped_table_moves_days_off_and_days_worked(void **state)
{
    (void)state;
    tb_calendar calendar = shipped("holidays-2015-2016.csv");
    assert_true(calendar.count > 40);
    assert_false(tb_calendar_works(&calendar, day("2015-01-01")));
    assert_true(tb_calendar_works(&calendar, day("2015-01-04"))); /* a Sunday that is worked */
    assert_true(tb_calendar_works(&calendar, day("2015-02-15")));
    assert_false(tb_calendar_works(&calendar, day("2015-02-18")));
    assert_false(tb_calendar_works(&calendar, day("2015-09-03"))); /* announced in May */
    /* Spring Festival: the day after Tuesday the 17th is Wednesday the 25th. */
    assert_int_equal(tb_calendar_after(&calendar, day("2015-02-17"), 1), day("2015-02-25"));
}

/* 国办发明电〔2018〕15号, 〔2019〕3号, 〔2019〕16号 and 〔2020〕1号. */
static void the_second_table_has_both_years_as_they_were_amended(void **state)
{
    (void)state;
    tb_calendar calendar = shipped("holidays-2019-2020.csv");
    assert_true(tb_calendar_works(&calendar, day("2018-12-29")));
    assert_false(tb_calendar_works(&calendar, day("2018-12-31")));
    /* Labour Day as amended in March: Wednesday to Saturday, two Sundays worked for it */
    assert_int_equal(tb_calendar_after(&calendar, day("2019-04-30"), 1), day("2019-05-05"));
    assert_true(tb_calendar_works(&calendar, day("2019-04-28")));
    assert_int_equal(tb_calendar_after(&calendar, day("2019-09-30"), 5), day("2019-10-12"));
    assert_false(tb_calendar_works(&calendar, day("2019-09-13")));
    /* the Spring Festival extended: Saturday 1 February was to be worked */
    assert_int_equal(tb_calendar_after(&calendar, day("2020-01-23"), 1), day("2020-02-03"));
    assert_true(tb_calendar_works(&calendar, day("2020-01-19")));
    assert_int_equal(tb_calendar_after(&calendar, day("2020-09-30"), 2), day("2020-10-10"));
    unsigned worked[2] = {0, 0};
    for (int64_t d = day("2019-01-01"); d <= day("2020-12-31"); d++) {
        worked[d >= day("2020-01-01")] += tb_calendar_works(&calendar, d);
    }
    assert_int_equal(worked[0], 250); /* 251 for 2020 by the order, less the extension's Friday
                                         and Saturday */
    assert_int_equal(worked[1], 249);
}

static void a_year_is_known_from_its_first_day_on(void **state)
{
    (void)state;
    tb_calendar calendar = shipped("holidays-2019-2020.csv");
    assert_false(tb_calendar_knows(&calendar, day("2018-12-31"))); /* though it stands there */
    assert_true(tb_calendar_knows(&calendar, day("2019-01-01")));
    assert_true(tb_calendar_knows(&calendar, day("2020-12-31")));
    assert_false(tb_calendar_knows(&calendar, day("2021-01-01")));
    assert_false(tb_calendar_knows(NULL, day("2019-01-01")));
}

static tb_refusal read(const char *csv)
{
    tb_arena arena;
    tb_calendar calendar;
    tb_arena_init(&arena, block, sizeof block);
    return tb_calendar_read(tb_bytes_str(csv), &arena, &calendar);
}

static void what_is_no_calendar_is_refused(void **state)
{
    (void)state;
    assert_int_equal(read("date,kind\n2015-01-01,off\n"), TB_ACCEPTED);
    assert_int_equal(read("date,kind\n"), TB_ACCEPTED);
    assert_int_equal(read(""), TB_REFUSED_MALFORMED);
    assert_int_equal(read("date\n2015-01-01\n"), TB_REFUSED_MALFORMED);
    assert_int_equal(read("kind\noff\n"), TB_REFUSED_MALFORMED);
    assert_int_equal(read("date,kind\n2015-01-01\n"), TB_REFUSED_MALFORMED);
    assert_int_equal(read("kind,date\noff\n"), TB_REFUSED_MALFORMED);
    assert_int_equal(read("date,kind\n2015-01-02,off\n2015-01-01,work\n2015-01-02,off\n"),
                     TB_REFUSED_MALFORMED);
    assert_int_equal(read("date,kind\n\"2015-01-01,off\n"), TB_REFUSED_MALFORMED);
    assert_int_equal(read("date,kind\n2015-02-29,off\n"), TB_REFUSED_MALFORMED);
    assert_int_equal(read("date,kind\n2015-01-01,holiday\n"), TB_REFUSED_MALFORMED);
    assert_int_equal(read("date,kind\n2015-01-01,off\n2015-01-01,work\n"), TB_REFUSED_MALFORMED);
}

static void a_table_has_a_bound(void **state)
{
    (void)state;
    char *text = malloc(TB_CALENDAR_DAYS_MAX * 20 + 100);
    assert_non_null(text);
    size_t size = (size_t)sprintf(text, "date,kind\n");
    for (int64_t i = 0; i <= TB_CALENDAR_DAYS_MAX; i++) {
        tb_civil c = tb_civil_of(tb_day_start(i));
        size += (size_t)sprintf(text + size, "%04d-%02d-%02d,off\n", c.year, c.month, c.day);
        if (i == TB_CALENDAR_DAYS_MAX - 1) {
            assert_int_equal(read(text), TB_ACCEPTED);
        }
    }
    assert_int_equal(read(text), TB_REFUSED_TOO_LARGE);
    free(text);
}

/* As a signed document carries it: the table with its version around it. */
static void a_calendar_comes_as_a_document_with_its_version(void **state)
{
    (void)state;
    tb_arena arena;
    tb_calendar calendar;
    tb_bytes content;
    tb_arena_init(&arena, block, sizeof block);
    tb_csv_table table = {.name = tb_bytes_str("holidays"),
                          .version = 5,
                          .csv = tb_bytes_str("date,kind\n2015-01-01,off\n")};
    assert_ok(tb_csv_table_encode(&table, &arena, &content));
    assert_int_equal(tb_calendar_decode(content, &arena, &calendar), TB_ACCEPTED);
    assert_int_equal(calendar.version, 5);
    assert_int_equal(calendar.count, 1);
    assert_int_not_equal(
        tb_calendar_decode(tb_bytes_of(content.data, content.size - 3), &arena, &calendar),
        TB_ACCEPTED);
    table.csv = tb_bytes_str("date,kind\n2015-01-01,on\n");
    assert_ok(tb_csv_table_encode(&table, &arena, &content));
    assert_int_equal(tb_calendar_decode(content, &arena, &calendar), TB_REFUSED_MALFORMED);
}

static void too_little_memory_is_said(void **state)
{
    (void)state;
    static const size_t sizes[] = {16, 600};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        tb_arena arena;
        tb_calendar calendar;
        tb_arena_init(&arena, block, sizes[i]);
        assert_int_equal(
            tb_calendar_read(tb_bytes_str("date,kind\n2015-01-01,off\n"), &arena, &calendar),
            TB_REFUSED_TOO_LARGE);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(without_a_table_monday_to_friday_are_worked),
    cmocka_unit_test(the_shipped_table_moves_days_off_and_days_worked),
    cmocka_unit_test(the_second_table_has_both_years_as_they_were_amended),
    cmocka_unit_test(a_year_is_known_from_its_first_day_on),
    cmocka_unit_test(what_is_no_calendar_is_refused),
    cmocka_unit_test(a_table_has_a_bound),
    cmocka_unit_test(a_calendar_comes_as_a_document_with_its_version),
    cmocka_unit_test(too_little_memory_is_said),
};

TB_RUN("agents/calendar", tests)

#define _DEFAULT_SOURCE

#include "base/time.h"
#include "tests/test.h"

#include <time.h>

#define DAY_MS INT64_C(86400000)

static void expect_parse(const char *text, tb_time expected)
{
    tb_time t = 0;

    assert_true(tb_time_parse(tb_bytes_str(text), &t));
    assert_true(t == expected);
}

static void known_instants_print_in_china_time(void **state)
{
    char text[TB_TIME_TEXT];

    (void)state;
    tb_time_print(0, text);
    assert_string_equal(text, "1970-01-01T08:00:00+08:00");
    tb_time_print(1423453140000, text);
    assert_string_equal(text, "2015-02-09T11:39:00+08:00");
    tb_time_print(1423453140999, text);
    assert_string_equal(text, "2015-02-09T11:39:00+08:00");
    tb_time_print(-1, text);
    assert_string_equal(text, "1970-01-01T07:59:59+08:00");
    tb_time_print(1456675200000, text);
    assert_string_equal(text, "2016-02-29T00:00:00+08:00");
}

static void days_are_counted_by_the_china_clock(void **state)
{
    int64_t day = 0;
    (void)state;
    assert_int_equal(tb_day_of(0), 0);
    assert_int_equal(tb_day_of(57599999), 0); /* 1970-01-01T23:59:59.999+08:00 */
    assert_int_equal(tb_day_of(57600000), 1);
    assert_int_equal(tb_day_start(1), 57600000);
    assert_true(tb_day_parse(tb_bytes_str("2015-02-09"), &day));
    assert_int_equal(tb_day_of(1423453140000), day);
    assert_int_equal(tb_weekday_of(day), 1); /* a Monday */
    assert_int_equal(tb_weekday_of(day + 6), 7);
    assert_int_equal(tb_weekday_of(0), 4);  /* a Thursday */
    assert_int_equal(tb_weekday_of(-4), 7); /* and the Sunday before it */
    for (int64_t d = -800; d < 800; d++) {
        assert_int_equal(tb_day_of(tb_day_start(d)), d);
        assert_int_equal(tb_day_of(tb_day_start(d) - 1), d - 1);
    }
    static const char *const wrong[] = {"2015-02-29", "2015-2-9",   "2015-02-09T", "",
                                        "2015-13-01", "0000-01-01", "20150209"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(tb_day_parse(tb_bytes_str(wrong[i]), &day));
    }
}

static void instants_beyond_the_calendar_show_its_ends(void **state)
{
    char text[TB_TIME_TEXT];

    (void)state;
    tb_time_print(INT64_MAX, text);
    assert_string_equal(text, "9999-12-31T23:59:59+08:00");
    tb_time_print(INT64_MIN, text);
    assert_string_equal(text, "0001-01-01T00:00:00+08:00");
}

static void civil_time_agrees_with_the_c_library_on_every_day(void **state)
{
    (void)state;
    for (int64_t day = -719161; day < 2932896; day += 1) {
        tb_time t = day * DAY_MS + 45296789;
        time_t seconds = (time_t)((t - 789) / 1000 + 8 * 3600);
        struct tm expected;
        assert_non_null(gmtime_r(&seconds, &expected));

        tb_civil c = tb_civil_of(t);
        if (c.year != expected.tm_year + 1900 || c.month != expected.tm_mon + 1 ||
            c.day != expected.tm_mday || c.hour != expected.tm_hour ||
            c.minute != expected.tm_min || c.second != expected.tm_sec || c.ms != 789) {
            fail_msg("day %lld", (long long)day);
        }
        tb_time back = 0;
        if (!tb_civil_to(&c, &back) || back != t) {
            fail_msg("day %lld does not come back", (long long)day);
        }
    }
}

static void dates_that_do_not_exist_are_refused(void **state)
{
    static const tb_civil bad[] = {
        {0, 1, 1, 0, 0, 0, 0},     {10000, 1, 1, 0, 0, 0, 0}, {2015, 0, 1, 0, 0, 0, 0},
        {2015, 13, 1, 0, 0, 0, 0}, {2015, 2, 29, 0, 0, 0, 0}, {2100, 2, 29, 0, 0, 0, 0},
        {2015, 4, 31, 0, 0, 0, 0}, {2015, 1, 0, 0, 0, 0, 0},  {2015, 1, 1, 24, 0, 0, 0},
        {2015, 1, 1, 0, 60, 0, 0}, {2015, 1, 1, 0, 0, 60, 0}, {2015, 1, 1, 0, 0, 0, 1000},
        {2015, 1, 1, -1, 0, 0, 0}, {2015, 1, 1, 0, -1, 0, 0}, {2015, 1, 1, 0, 0, -1, 0},
        {2015, 1, 1, 0, 0, 0, -1}, {2015, -1, 1, 0, 0, 0, 0}, {2015, 1, -1, 0, 0, 0, 0},
    };
    tb_time t = 77;
    tb_civil leap_day = {2000, 2, 29, 0, 0, 0, 0};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(tb_civil_to(&bad[i], &t));
    }
    assert_true(t == 77);
    assert_true(tb_civil_to(&leap_day, &t));
}

static void what_is_printed_is_parsed_again(void **state)
{
    char text[TB_TIME_TEXT];

    (void)state;
    for (tb_time t = -62135596800000; t < 253402214400000; t += 7919 * DAY_MS + 3661000) {
        tb_time_print(t, text);
        expect_parse(text, t);
    }
}

static void any_offset_and_fraction_is_read(void **state)
{
    (void)state;
    expect_parse("1970-01-01T00:00:00Z", 0);
    expect_parse("1970-01-01T00:00:00.5Z", 500);
    expect_parse("1970-01-01T00:00:00.1234567Z", 123);
    expect_parse("1969-12-31T20:30:00-03:30", 0);
    expect_parse("2015-02-09T11:39:00+08:00", 1423453140000);
    expect_parse("2015-02-09T03:39:00Z", 1423453140000);
}

static void anything_else_is_no_time(void **state)
{
    static const char *const bad[] = {
        "",
        "2015-02-09",
        "2015-02-09T11:39:00",
        "2015-02-09 11:39:00+08:00",
        "2015-02-09T11:39:00+0800",
        "2015-02-09T11:39:00+08:00 ",
        "2015-02-09T11:39:00.+08:00",
        "2015-02-30T11:39:00+08:00",
        "2015-02-09T24:00:00+08:00",
        "2015-02-09T11:39:00+24:00",
        "2015-02-09T11:39:00+08:60",
        "2015-2-9T11:39:00+08:00",
        "-015-02-09T11:39:00+08:00",
        "0000-02-09T11:39:00Z",
        "2015-02-09T11:39:0aZ",
        "2015-02-09T11:39:00z",
        "2015/02-09T11:39:00Z",
        "2015-aa-09T11:39:00Z",
        "2015-02/09T11:39:00Z",
        "2015-02-aaT11:39:00Z",
        "2015-02-09Taa:39:00Z",
        "2015-02-09T11-39:00Z",
        "2015-02-09T11:aa:00Z",
        "2015-02-09T11:39-00Z",
        "2015-02-09T11:39:00+aa:00",
        "2015-02-09T11:39:00+08:aa",
    };
    tb_time t = 77;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (tb_time_parse(tb_bytes_str(bad[i]), &t)) {
            fail_msg("read as a time: %s", bad[i]);
        }
    }
    assert_true(t == 77);
}

static void quarters_turn_at_midnight_in_china(void **state)
{
    int year = 0;
    tb_time t = 0;

    (void)state;
    assert_true(tb_time_parse(tb_bytes_str("2015-03-31T23:59:59+08:00"), &t));
    assert_int_equal(tb_quarter_of(t, &year), 1);
    assert_int_equal(year, 2015);
    assert_int_equal(tb_quarter_of(t + 1000, &year), 2);
    assert_true(tb_time_parse(tb_bytes_str("2014-12-31T16:00:00Z"), &t));
    assert_int_equal(tb_quarter_of(t, &year), 1);
    assert_int_equal(year, 2015);
    assert_int_equal(tb_quarter_of(t - 1, &year), 4);
    assert_int_equal(year, 2014);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(known_instants_print_in_china_time),
    cmocka_unit_test(days_are_counted_by_the_china_clock),
    cmocka_unit_test(instants_beyond_the_calendar_show_its_ends),
    cmocka_unit_test(civil_time_agrees_with_the_c_library_on_every_day),
    cmocka_unit_test(dates_that_do_not_exist_are_refused),
    cmocka_unit_test(what_is_printed_is_parsed_again),
    cmocka_unit_test(any_offset_and_fraction_is_read),
    cmocka_unit_test(anything_else_is_no_time),
    cmocka_unit_test(quarters_turn_at_midnight_in_china),
};

TB_RUN("base/time", tests)

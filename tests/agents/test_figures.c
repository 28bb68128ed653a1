/* What a report says, as text; periods; thresholds without rounding. */
#include "tests/test.h"

#include "agents/campaign/figures.h"
#include "agents/campaign/period.h"

static tb_period period(const char *text)
{
    tb_period out;
    if (!tb_period_parse(tb_bytes_str(text), &out)) {
        fail_msg("%s is no period", text);
    }
    return out;
}

static void a_period_is_a_month_a_quarter_a_half_year_a_year_or_a_day(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned first;
        unsigned last;
    } good[] = {{"2015-01", 0, 0}, {"2015-12", 11, 11}, {"2015-Q1", 0, 2}, {"2015-Q4", 9, 11},
                {"2015-H1", 0, 5}, {"2015-H2", 6, 11},  {"2015", 0, 11},   {"2015-03-31", 2, 2}};
    static const char *const bad[] = {"",        "2015-00", "2015-13", "2015-Q0",    "2015-Q5",
                                      "2015-H3", "0000",    "15-Q1",   "2015-02-30", "2015-q1",
                                      "2015-Qx", "2015-1x", "2015_01", "5001",       "201",
                                      "2015-1",  "201x",    "201/"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        tb_period p = period(good[i].text);
        assert_int_equal(p.first, 2015 * 12 + good[i].first);
        assert_int_equal(p.last, 2015 * 12 + good[i].last);
        assert_string_equal(p.text, good[i].text);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        tb_period p;
        assert_false(tb_period_parse(tb_bytes_str(bad[i]), &p));
    }
}

static void a_report_is_due_at_the_end_of_its_day_in_china(void **state)
{
    (void)state;
    static const struct {
        const char *period;
        unsigned day;
        const char *due;
    } rows[] = {{"2015-Q1", 15, "2015-04-15T23:59:59+08:00"},
                {"2015-Q4", 15, "2016-01-15T23:59:59+08:00"},
                {"2015-01", 31, "2015-02-28T23:59:59+08:00"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tb_period p = period(rows[i].period);
        tb_report_def report = {.every = p.every, .due = {.months_after = 1, .day = rows[i].day}};
        char text[TB_TIME_TEXT];
        tb_time_print(tb_report_due_at(&report, &p), text);
        assert_string_equal(text, rows[i].due);
    }
    tb_period p = period("2019-11-30");
    tb_report_def dated = {.every = TB_EVERY_NONE};
    char text[TB_TIME_TEXT];
    tb_time_print(tb_report_due_at(&dated, &p), text);
    assert_string_equal(text, "2019-11-30T23:59:59+08:00");
}

static void the_period_before_is_of_the_same_rhythm_and_a_day_has_none(void **state)
{
    (void)state;
    tb_period before;
    tb_period q1 = period("2015-Q1");
    assert_true(tb_period_before(&q1, &before));
    assert_string_equal(before.text, "2014-Q4");
    tb_period day = period("2015-03-31");
    assert_false(tb_period_before(&day, &before));
    static const char *const pairs[][2] = {
        {"2015-01", "2014-12"}, {"2015-H1", "2014-H2"}, {"2015-H2", "2015-H1"}, {"2015", "2014"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        tb_period p = period(pairs[i][0]);
        assert_true(tb_period_before(&p, &before));
        assert_string_equal(before.text, pairs[i][1]);
    }
    tb_period first = period("0001");
    assert_true(tb_period_before(&first, &before));
    assert_false(tb_period_before(&before, &first)); /* nothing is before the year 0 */
}

/* What the check tells of a definition asks this of one that has not passed it. */
static void a_report_whose_bounds_do_not_fit_is_owed_for_no_period(void **state)
{
    (void)state;
    static const struct {
        const char *first;
        const char *last;
        unsigned periods;
    } rows[] = {{"2015-Q1", "2015-Q4", 4}, {"2015-Q2", "2015-Q2", 1},
                {NULL, "2015-Q4", 0},      {"2015-Q1", NULL, 0},
                {"first", "2015-Q4", 0},   {"2015-Q1", "last", 0},
                {"2015-01", "2015-Q4", 0}, {"2015-Q1", "2015-12", 0},
                {"2015-Q4", "2015-Q1", 0}, {"1000-Q1", "2015-Q4", TB_REPORT_PERIODS_MAX}};
    static const tb_campaign campaign = {.from = "2015-01-01", .to = "2015-12-31"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tb_report_def report = {
            .every = TB_EVERY_QUARTER, .first = rows[i].first, .last = rows[i].last};
        tb_period p;
        assert_int_equal(tb_report_periods(&campaign, &report), rows[i].periods);
        assert_int_equal(tb_report_period(&campaign, &report, tb_bytes_str("2015-Q2"), &p),
                         rows[i].periods > 0 && rows[i].periods < 10);
    }
}

/* Of a case it goes back to the campaign's first month; months are counted, so a day ends one. */
static void a_day_is_a_period_of_a_case_where_it_ends_its_month(void **state)
{
    (void)state;
    static const tb_campaign campaigns[] = {
        {.from = "2015-02-10"}, {.from = "2015-06-01"}, {.from = "some day"}};
    static const unsigned first[] = {1, 2, 2};
    for (size_t i = 0; i < 3; i++) {
        tb_period p;
        assert_false(tb_period_in(&campaigns[i], tb_bytes_str("2015-03-30"), &p));
        assert_false(tb_period_in(&campaigns[i], tb_bytes_str("someday"), &p));
        assert_true(tb_period_in(&campaigns[i], tb_bytes_str("2015-Q1"), &p));
        assert_true(tb_period_in(&campaigns[i], tb_bytes_str("2015-03-31"), &p));
        assert_int_equal(p.first, 2015 * 12 + first[i]);
        assert_int_equal(p.last, 2015 * 12 + 2);
    }
}

static void figures_are_read_as_they_are_printed_and_nothing_else_is(void **state)
{
    (void)state;
    static const char text[] = "forwarded=120 340 110\nforwarded/44=118 300 110\n"
                               "share=9/10 - 8/9\n";
    static const char *const bad[] = {
        "",           "a=1 2 3",    "a=1 2\n",     "a=1 2 3 4\n", "=1 2 3\n",      "a=01 2 3\n",
        "a/=1 2 3\n", "a=1  3\n",   "a b=1 2 3\n", "a,b=1 2 3\n", "a/b;c=1 2 3\n", "a=1/ 2 3\n",
        "a=/1 2 3\n", "a[=1 2 3\n", "a{=1 2 3\n",  "a:=1 2 3\n",  "a=1/2/3 2 3\n", "a\n",
        "a=x 2 3\n"};
    tb_bytes rest = tb_bytes_str(text);
    uint8_t buffer[256];
    tb_text out;
    tb_figure figure;
    tb_bytes again;
    bool fine;
    unsigned lines = 0;
    tb_text_over(&out, buffer, sizeof buffer);
    while (tb_figure_read(&rest, &figure, &fine)) {
        tb_figure_print(&out, &figure);
        lines++;
    }
    assert_true(fine);
    assert_int_equal(lines, 3);
    assert_ok(tb_text_done(&out, &again));
    assert_true(tb_bytes_equal(again, tb_bytes_str(text)));
    assert_true(tb_figures_well_formed(tb_bytes_str(text)));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(tb_figures_well_formed(tb_bytes_str(bad[i])));
    }
}

static void a_declared_figure_has_no_zero_below_the_line_and_a_real_day(void **state)
{
    (void)state;
    tb_declared d;
    assert_true(tb_declared_read(tb_bytes_str("9000/10000@2015-12-31"), &d));
    assert_int_equal(d.value.numerator, 9000);
    assert_int_equal(d.value.denominator, 10000);
    assert_true(tb_bytes_equal(d.as_of, tb_bytes_str("2015-12-31")));
    assert_true(tb_declared_read(tb_bytes_str("0"), &d)); /* a zero return */
    static const char *const bad[] = {"", "-", "1/0", "9000/10000@2015-02-30", "1.5", "90%", "@"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(tb_declared_read(tb_bytes_str(bad[i]), &d));
    }
}

static void ninety_percent_is_reached_by_ninety_and_not_by_less(void **state)
{
    (void)state;
    static const tb_threshold ninety = {9, 10};
    static const struct {
        uint64_t numerator;
        uint64_t denominator;
        bool reached;
    } rows[] = {{90, 100, true},
                {900000, 1000000, true},
                {89996, 100000, false},
                {899999, 1000000, false},
                {8999, 10000, false},
                {0, 0, false},
                {UINT64_C(899999999999999999), UINT64_C(999999999999999999), false},
                {UINT64_C(900000000000000000), UINT64_C(999999999999999999), true},
                {UINT64_MAX, 1, true},
                {1, UINT64_MAX, false},
                {1, 0, false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tb_figure_value value = {true, true, rows[i].numerator, rows[i].denominator};
        assert_int_equal(tb_figure_reaches(&value, &ninety), rows[i].reached);
    }
    tb_figure_value none = {.known = false};
    assert_false(tb_figure_reaches(&none, &ninety));
    assert_false(tb_figure_within(&none, &ninety));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_period_is_a_month_a_quarter_a_half_year_a_year_or_a_day),
    cmocka_unit_test(a_report_is_due_at_the_end_of_its_day_in_china),
    cmocka_unit_test(the_period_before_is_of_the_same_rhythm_and_a_day_has_none),
    cmocka_unit_test(figures_are_read_as_they_are_printed_and_nothing_else_is),
    cmocka_unit_test(a_declared_figure_has_no_zero_below_the_line_and_a_real_day),
    cmocka_unit_test(ninety_percent_is_reached_by_ninety_and_not_by_less),
    cmocka_unit_test(a_report_whose_bounds_do_not_fit_is_owed_for_no_period),
    cmocka_unit_test(a_day_is_a_period_of_a_case_where_it_ends_its_month),
};

TB_RUN("figures", tests)

#include "tests/test.h"

#include "agents/import/dates.h"

typedef struct sample {
    const char *text;
    const char *printed; /* NULL: refused */
} sample;

static void check(const sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tb_time time = 0;
        bool read = tb_dates_read(tb_bytes_str(samples[i].text), &time);
        if (read != (samples[i].printed != NULL)) {
            fail_msg("\"%s\" was %s", samples[i].text, read ? "read" : "refused");
        }
        if (read) {
            char printed[TB_TIME_TEXT];
            tb_time_print(time, printed);
            assert_string_equal(printed, samples[i].printed);
        }
    }
}

#define CHECK(samples) check(samples, sizeof(samples) / sizeof(samples)[0])

static void dates_are_read_in_every_usual_form(void **state)
{
    (void)state;
    const sample samples[] = {
        {"2015-02-09T11:39:00+08:00", "2015-02-09T11:39:00+08:00"},
        {"2015-02-09T03:39:00Z", "2015-02-09T11:39:00+08:00"},
        {"2015-02-08T22:39:00.250-05:00", "2015-02-09T11:39:00+08:00"},
        {"2015-02-09T11:39:00+0800", "2015-02-09T11:39:00+08:00"},
        {"2015-02-09T11:39:00", "2015-02-09T11:39:00+08:00"},
        {"2015-02-09 11:39:05", "2015-02-09T11:39:05+08:00"},
        {"2015/2/9 11:39", "2015-02-09T11:39:00+08:00"},
        {"2015/2/9 9:05", "2015-02-09T09:05:00+08:00"},
        {"2015/02/09  11:39:07", "2015-02-09T11:39:07+08:00"},
        {"2015.2.9", "2015-02-09T00:00:00+08:00"},
        {"2015-02-09", "2015-02-09T00:00:00+08:00"},
        {"2015-2-9", "2015-02-09T00:00:00+08:00"},
        {"2015年2月9日", "2015-02-09T00:00:00+08:00"},
        {"2015年02月09日11时39分", "2015-02-09T11:39:00+08:00"},
        {"2015年2月9日 11时39分05秒", "2015-02-09T11:39:05+08:00"},
        {"2015年2月9日 11:39", "2015-02-09T11:39:00+08:00"},
        {"2015年2月9日11时", "2015-02-09T11:00:00+08:00"},
        {"2015年2月9号 11点39分", "2015-02-09T11:39:00+08:00"},
        {"２０１５年２月９日　１１：３９", "2015-02-09T11:39:00+08:00"},
        {" 2015-12-31 23:59:59 ", "2015-12-31T23:59:59+08:00"},
        {"2014-12-31T23:30:00+08:00", "2014-12-31T23:30:00+08:00"},
        {"2014-12-31T16:30:00Z", "2015-01-01T00:30:00+08:00"},
        {"2016-02-29", "2016-02-29T00:00:00+08:00"},
    };
    CHECK(samples);
}

static void what_is_no_date_is_refused(void **state)
{
    (void)state;
    const sample samples[] = {
        {"", NULL},
        {"2015", NULL},
        {"2015-02", NULL},
        {"2015-02-30", NULL},
        {"2015-06-31 10:00", NULL},
        {"2015-13-01", NULL},
        {"2015-00-10", NULL},
        {"2015-02-09 24:00", NULL},
        {"2015-02-09 11:60", NULL},
        {"2015-02-09T", NULL},
        {"2015-02-09 11", NULL},
        {"2015-02-09 11:3", NULL},
        {"2015-02/09", NULL},
        {"15-02-09", NULL},
        {"09/02/2015", NULL},
        {"20150209", NULL},
        {"2015年2月9", NULL},
        {"2015-02-09 11:39 +8", NULL},
        {"2015-02-09T11:39:00+15:00", NULL},
        {"2015-02-09x", NULL},
        {"42044.485", NULL},
        {"0001-01-01", NULL},
        {"昨天", NULL},
    };
    CHECK(samples);
}

static void a_day_begins_at_midnight_in_china(void **state)
{
    (void)state;
    tb_time time = 0;
    assert_true(tb_dates_day(tb_bytes_str("2015-01-01"), &time));
    assert_int_equal(time, 1420041600000);
    assert_false(tb_dates_day(tb_bytes_str("2015-1-1"), &time));
    assert_false(tb_dates_day(tb_bytes_str("2015/01/01"), &time));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(dates_are_read_in_every_usual_form),
    cmocka_unit_test(what_is_no_date_is_refused),
    cmocka_unit_test(a_day_begins_at_midnight_in_china),
};

TB_RUN("dates", tests)

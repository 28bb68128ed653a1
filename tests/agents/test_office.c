/* Office hours, to the millisecond. */
#include "tests/test.h"

#include "agents/office.h"

static tb_time at(const char *text)
{
    tb_time out;
    assert_true(tb_time_parse(tb_bytes_str(text), &out));
    return out;
}

static void office_hours_are_those_of_working_days(void **state)
{
    (void)state;
    const tb_office office = {.from = 540, .to = 1020};
    assert_int_equal(tb_office_next(&office, NULL, at("2015-02-13T08:59:59.999+08:00")),
                     at("2015-02-13T09:00:00+08:00"));
    assert_int_equal(tb_office_next(&office, NULL, at("2015-02-13T09:00:00+08:00")),
                     at("2015-02-13T09:00:00+08:00"));
    assert_int_equal(tb_office_next(&office, NULL, at("2015-02-13T16:59:59.999+08:00")),
                     at("2015-02-13T16:59:59.999+08:00"));
    assert_int_equal(tb_office_next(&office, NULL, at("2015-02-13T17:00:00+08:00")),
                     at("2015-02-16T09:00:00+08:00"));
    assert_int_equal(tb_office_next(&office, NULL, at("2015-02-15T12:00:00+08:00")),
                     at("2015-02-16T09:00:00+08:00"));
    assert_true(tb_office_fits(0, 1440));
    assert_false(tb_office_fits(0, 1441));
    assert_false(tb_office_fits(600, 600));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(office_hours_are_those_of_working_days),
};

TB_RUN("agents/office", tests)

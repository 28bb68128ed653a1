/* The years a campaign wants a calendar for, where the calendar installed has not all of them. */
#include "agents/calendar_years.h"
#include "tests/agents/world.h"

#define A "police.33"

/* 1 January of the years it knows. */
static tb_calendar knowing(const char *const *years, size_t count)
{
    static tb_calendar_day days[4];
    for (size_t i = 0; i < count; i++) {
        char day[] = "0000-01-01";
        memcpy(day, years[i], 4);
        assert_true(tb_day_parse(tb_bytes_str(day), &days[i].day));
    }
    return (tb_calendar){.version = 1, .days = days, .count = count};
}

static const tb_local_campaign_line *campaign_at(world *w)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_CAMPAIGNS};
    const tb_local_answer *answer = ask(w, A, &request);
    assert_int_equal(answer->kind, TB_ANSWER_CAMPAIGNS);
    assert_int_equal(answer->campaigns.count, 1);
    return &answer->campaigns.lines[0];
}

/* What `status` warns of, or NULL. */
static const tb_local_warning *warned_at(world *w)
{
    tb_local_request request = {.kind = TB_REQUEST_STATUS};
    const tb_local_status *status = &ask(w, A, &request)->status;
    for (size_t i = 0; i < status->warning_count; i++) {
        if (status->warnings[i].code == TB_REFUSED_CALENDAR_SHORT) {
            return &status->warnings[i];
        }
    }
    return NULL;
}

static bool lacks(world *w, const char *years)
{
    return tb_bytes_equal(campaign_at(w)->calendar_lacks, tb_bytes_str(years));
}

/* The black card campaign wants 2015 and 2016. */
static void years_the_calendar_does_not_know_are_named_and_warned_of(void **state)
{
    static const char *const both[] = {"2015", "2016"};
    world *w = *state;
    tb_agent *agent = &who(w, A)->agent;
    at_time(w, A, "2015-02-09T10:00:00+08:00");
    assert_true(lacks(w, "2015 2016")); /* none is installed */
    assert_true(warned_at(w)->until == tb_day_start(knowing(both, 1).days[0].day));

    tb_calendar calendar = knowing(both, 1);
    agent->calendar = &calendar;
    assert_true(lacks(w, "2016"));
    tb_time next;
    assert_true(tb_time_parse(tb_bytes_str("2016-01-01T00:00:00+08:00"), &next));
    assert_true(warned_at(w)->until == next);

    calendar = knowing(both, 2);
    assert_true(lacks(w, ""));
    assert_null(warned_at(w));
    agent->calendar = NULL;
}

static void of_a_year_that_is_over_nobody_is_warned(void **state)
{
    static const char *const first[] = {"2015"};
    world *w = *state;
    tb_agent *agent = &who(w, A)->agent;
    tb_calendar calendar = knowing(first, 1);
    agent->calendar = &calendar;
    at_time(w, A, "2016-12-31T23:00:00+08:00");
    assert_non_null(warned_at(w));
    at_time(w, A, "2017-01-01T00:00:00+08:00");
    assert_null(warned_at(w));
    assert_true(lacks(w, "2016"));
    agent->calendar = NULL;
}

/* From 1 January to 31 December 2015. */
static void a_campaign_is_running_to_the_end_of_its_last_day(void **state)
{
    static const struct {
        const char *at;
        tb_when when;
    } times[] = {
        {"2014-12-31T23:59:59+08:00", TB_WHEN_BEFORE},
        {"2015-01-01T00:00:00+08:00", TB_WHEN_RUNNING},
        {"2015-12-31T23:59:50+08:00", TB_WHEN_RUNNING},
        {"2016-01-01T00:00:00+08:00", TB_WHEN_OVER},
    };
    world *w = *state;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        at_time(w, A, times[i].at);
        const tb_local_campaign_line *line = campaign_at(w);
        assert_true(line->newest);
        assert_int_equal(line->when, times[i].when);
    }
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(years_the_calendar_does_not_know_are_named_and_warned_of),
    IN_A_WORLD(of_a_year_that_is_over_nobody_is_warned),
    IN_A_WORLD(a_campaign_is_running_to_the_end_of_its_last_day),
};

TB_RUN("calendar years", tests)

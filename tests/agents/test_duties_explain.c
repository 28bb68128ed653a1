/* How the due time of a duty comes about, told step by step. */
#include "tests/agents/world.h"

#include <stdio.h>
#include <stdlib.h>

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

static const char *everybody[] = {"police.33", "bureau.33", "bureau.44"};

static void forwarded(world *w, const char *time)
{
    for (size_t i = 0; i < 3; i++) {
        at_time(w, everybody[i], time);
    }
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
}

static tb_local_explained_duty explained(world *w, const char *duty)
{
    tb_local_request request = {.kind = TB_REQUEST_EXPLAIN_DUTIES, .case_id = w->case_id};
    const tb_local_answer *answer = ask(w, "bureau.33", &request);
    assert_int_equal(answer->code, TB_ACCEPTED);
    for (size_t i = 0; i < answer->explained.count; i++) {
        if (tb_bytes_equal(answer->explained.duties[i].line.duty, tb_bytes_str(duty))) {
            return answer->explained.duties[i];
        }
    }
    fail_msg("no duty %s", duty);
    return (tb_local_explained_duty){0};
}

static bool is_at(tb_time time, const char *text)
{
    char shown[TB_TIME_TEXT];
    tb_time_print(time, shown);
    return strcmp(shown, text) == 0;
}

static void a_duty_says_what_it_begins_with_and_which_time_counts(void **state)
{
    world *w = *state;
    forwarded(w, "2015-02-09T11:39:00+08:00"); /* a Monday */
    tb_local_explained_duty d = explained(w, "sign_for");
    assert_int_equal(d.number, 3);
    assert_string_equal(d.actor.text, "bureau.33");
    assert_true(is_at(d.own, "2015-02-09T11:39:00+08:00"));
    assert_int_equal(d.why, TB_EFFECTIVE_EXERCISE);
    assert_int_equal(d.unit, TB_LIMIT_WORKING_DAYS);
    assert_int_equal(d.amount, 1);
    assert_int_equal(d.calendar, 0);
    assert_int_equal(d.day_count, 1);
    assert_int_equal(d.days[0].why, TB_DAY_COUNTS);
    assert_true(is_at(d.judged, "2015-02-11T00:14:59+08:00"));
    assert_true(d.line.by_default);
}

/* The first stamp stands; without it another can be tried. */
static void forget_stamp(world *w, const char *party)
{
    static const tb_bytes all = {NULL, 0};
    world_agent *a = who(w, party);
    tb_bytes key;
    tb_bytes value;
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    assert_ok(tb_store_seek(txn, TB_TABLE_STAMP, all, all, &key, &value));
    assert_ok(tb_store_del(txn, TB_TABLE_STAMP, key));
    assert_ok(tb_store_commit(txn));
}

/* Outside an exercise the hub's stamp says when an event came to be; its own time counts when that
 * is within the window after it (design.md §10). */
static void outside_an_exercise_a_stamp_says_which_time_counts(void **state)
{
    world *w = *state;
    w->directory.exercise = false;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    tb_time own = explained(w, "accept").own;
    assert_int_equal(explained(w, "accept").why, TB_EFFECTIVE_UNKNOWN);
    static const struct {
        tb_time after;
        tb_effective_why why;
    } stamps[] = {
        {0, TB_EFFECTIVE_OWN},
        {TB_STAMP_WINDOW_MS, TB_EFFECTIVE_OWN},
        {TB_STAMP_WINDOW_MS + 1, TB_EFFECTIVE_STORED},
        {-1, TB_EFFECTIVE_STORED}, /* a clock that is ahead of the hub's */
    };
    for (size_t i = 0; i < sizeof stamps / sizeof stamps[0]; i++) {
        stamp_first(w, "police.33", "bureau.33", own + stamps[i].after);
        assert_int_equal(explained(w, "accept").why, stamps[i].why);
        forget_stamp(w, "bureau.33");
    }
}

static void a_weekend_is_told_and_not_counted(void **state)
{
    world *w = *state;
    forwarded(w, "2015-02-06T11:39:00+08:00"); /* a Friday */
    tb_local_explained_duty d = explained(w, "sign_for");
    assert_int_equal(d.day_count, 3);
    assert_int_equal(d.days[0].why, TB_DAY_WEEKEND);
    assert_int_equal(d.days[1].why, TB_DAY_WEEKEND);
    assert_int_equal(d.days[2].why, TB_DAY_COUNTS);
    assert_true(is_at(d.line.due, "2015-02-09T23:59:59+08:00"));
}

/* As ops/tables/holidays-2015-2016.csv has it since May 2015: 3 and 4 September off, Sunday the 6th
 * worked. */
static void the_september_holiday_of_2015_is_told_day_by_day(void **state)
{
    static uint8_t block[1 << 20];
    world *w = *state;
    tb_arena arena;
    tb_calendar calendar;
    FILE *file = fopen(TB_SOURCE_DIR "/ops/tables/holidays-2015-2016.csv", "rb");
    char *text = calloc(1, 1 << 16);
    assert_non_null(file);
    assert_non_null(text);
    size_t size = fread(text, 1, 1 << 16, file);
    assert_int_equal(fclose(file), 0);
    tb_arena_init(&arena, block, sizeof block);
    assert_int_equal(tb_calendar_read(tb_bytes_of(text, size), &arena, &calendar), TB_ACCEPTED);
    calendar.version = 2;
    for (size_t i = 0; i < 3; i++) {
        who(w, everybody[i])->agent.calendar = &calendar;
    }
    forwarded(w, "2015-09-02T16:00:00+08:00");
    tb_local_explained_duty d = explained(w, "sign_for");
    assert_int_equal(d.calendar, 2);
    assert_int_equal(d.day_count, 4);
    assert_int_equal(d.days[0].why, TB_DAY_OFF);
    assert_int_equal(d.days[1].why, TB_DAY_OFF);
    assert_int_equal(d.days[2].why, TB_DAY_WEEKEND);
    assert_int_equal(d.days[3].why, TB_DAY_WORKED);
    assert_true(is_at(d.line.due, "2015-09-06T23:59:59+08:00"));
    for (size_t i = 0; i < 3; i++) {
        who(w, everybody[i])->agent.calendar = NULL;
    }
    free(text);
}

static void what_is_judged_by_the_weekday_alone_is_told_as_that(void **state)
{
    world *w = *state;
    tb_calendar_day days[] = {{.works = false}, {.works = false}};
    assert_true(tb_day_parse(tb_bytes_str("2014-01-01"), &days[0].day));
    assert_true(tb_day_parse(tb_bytes_str("2015-02-09"), &days[1].day));
    const tb_calendar older = {.version = 1, .days = days, .count = 2}; /* it knows 2014 */
    for (size_t i = 0; i < 3; i++) {
        who(w, everybody[i])->agent.calendar = &older;
    }
    forwarded(w, "2015-02-06T11:39:00+08:00"); /* a Friday */
    tb_local_explained_duty d = explained(w, "sign_for");
    assert_int_equal(d.day_count, 4);
    assert_int_equal(d.days[0].why, TB_DAY_WEEKEND_ALONE);
    assert_int_equal(d.days[1].why, TB_DAY_WEEKEND_ALONE);
    assert_int_equal(d.days[2].why, TB_DAY_OFF); /* the one day of the year that it has */
    assert_int_equal(d.days[3].why, TB_DAY_COUNTS_ALONE);
    for (size_t i = 0; i < 3; i++) {
        who(w, everybody[i])->agent.calendar = NULL;
    }
}

static void a_duty_that_is_done_is_explained_too(void **state)
{
    world *w = *state;
    forwarded(w, "2015-02-09T11:39:00+08:00");
    assert_int_equal(explained(w, "accept").line.state, TB_DUTY_ON_TIME);
}

static void a_case_that_is_not_here_cannot_be_explained(void **state)
{
    world *w = *state;
    tb_local_request request = {.kind = TB_REQUEST_EXPLAIN_DUTIES, .case_id = {{1}}};
    assert_int_equal(ask(w, "bureau.33", &request)->code, TB_REFUSED_UNKNOWN_CASE);
}

static void what_one_party_owes_is_listed_alone(void **state)
{
    world *w = *state;
    forwarded(w, "2015-02-09T11:39:00+08:00");
    tb_local_request request = {.kind = TB_REQUEST_LIST_DUTIES};
    assert_true(tb_party_parse(tb_bytes_str("bureau.44"), &request.duties.by));
    assert_int_equal(ask(w, "bureau.33", &request)->duties.count, 1);
    assert_true(tb_party_parse(tb_bytes_str("police.33"), &request.duties.by));
    assert_int_equal(ask(w, "bureau.33", &request)->duties.count, 0);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(a_duty_says_what_it_begins_with_and_which_time_counts),
    IN_A_WORLD(outside_an_exercise_a_stamp_says_which_time_counts),
    IN_A_WORLD(a_weekend_is_told_and_not_counted),
    IN_A_WORLD(the_september_holiday_of_2015_is_told_day_by_day),
    IN_A_WORLD(what_is_judged_by_the_weekday_alone_is_told_as_that),
    IN_A_WORLD(a_duty_that_is_done_is_explained_too),
    IN_A_WORLD(a_case_that_is_not_here_cannot_be_explained),
    IN_A_WORLD(what_one_party_owes_is_listed_alone),
};

TB_RUN("duties_explain", tests)

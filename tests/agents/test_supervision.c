/* Supervision (督办): whom a party may call upon, what is owed by it, and what fulfils it. */
#include "tests/agents/world.h"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

#define MONDAY "2015-02-09T11:39:00+08:00"
#define DEMAND "report_by=2015-02-12|supervision=请说明核查进展|supervised="
#define DUE    "2015-02-12T23:59:59+08:00"
#define LAPSED "2015-02-13T00:15:00+08:00"

static const char *const all[] = {"police.33", "bureau.33", "bureau.44", "cm.44", "headquarters"};

static void order(world *w)
{
    for (size_t i = 0; i < 5; i++) {
        at_time(w, all[i], MONDAY);
    }
    order_for(w, LEAD);
    deliver_all(w);
}

static tb_duty_state report_back_at(world *w, const char *party, tb_local_duty_line *out)
{
    tb_local_request request = {.kind = TB_REQUEST_EXPLAIN_DUTIES, .case_id = w->case_id};
    const tb_local_explained *explained = &ask(w, party, &request)->explained;
    for (size_t i = 0; i < explained->count; i++) {
        const tb_local_duty_line *line = &explained->duties[i].line;
        if (tb_bytes_equal(line->duty, tb_bytes_str("report_back"))) {
            if (out != NULL) {
                *out = *line;
            }
            return line->state;
        }
    }
    return (tb_duty_state)0;
}

static void who_is_supervised_owes_a_report_back_by_the_day_named(void **state)
{
    world *w = *state;
    order(w);
    assert_int_equal(acts(w, "bureau.44", "supervise", DEMAND "cm.44"), TB_ACCEPTED);
    deliver_all(w);
    static const char *const told[] = {"bureau.44", "cm.44", "headquarters"};
    for (size_t i = 0; i < 3; i++) {
        tb_local_duty_line line = {0};
        tb_time due;
        assert_true(tb_time_parse(tb_bytes_str("2015-02-13T00:00:00+08:00"), &due));
        assert_int_equal(report_back_at(w, told[i], &line), TB_DUTY_OPEN);
        assert_string_equal(line.debtor.text, "cm.44");
        assert_string_equal(line.creditor.text, "bureau.44");
        assert_int_equal(line.due, due - 1);
        assert_true(line.scores); /* no default: the supervision names the day */
    }
    check_world(w);
}

static void a_report_back_in_time_fulfils_it(void **state)
{
    world *w = *state;
    order(w);
    assert_int_equal(acts(w, "bureau.44", "supervise", DEMAND "cm.44"), TB_ACCEPTED);
    deliver_all(w);
    at_time(w, "cm.44", DUE);
    assert_int_equal(acts(w, "cm.44", "report_back", "supervision=已核查"), TB_ACCEPTED);
    deliver_all(w);
    at_time(w, "bureau.44", LAPSED);
    judge_due(w, "bureau.44");
    assert_int_equal(lying(w), 0);
    assert_int_equal(report_back_at(w, "bureau.44", NULL), TB_DUTY_ON_TIME);
    assert_int_equal(report_back_at(w, "cm.44", NULL), TB_DUTY_ON_TIME);
    check_world(w);
}

static void without_one_it_lapses_by_the_supervisors_word(void **state)
{
    world *w = *state;
    order(w);
    assert_int_equal(acts(w, "bureau.44", "supervise", DEMAND "cm.44"), TB_ACCEPTED);
    deliver_all(w);
    at_time(w, "bureau.44", DUE);
    judge_due(w, "bureau.44");
    assert_int_equal(report_back_at(w, "bureau.44", NULL), TB_DUTY_OPEN);
    at_time(w, "bureau.44", LAPSED);
    judge_due(w, "bureau.44");
    deliver_all(w);
    assert_int_equal(report_back_at(w, "bureau.44", NULL), TB_DUTY_LAPSED);
    assert_int_equal(report_back_at(w, "cm.44", NULL), TB_DUTY_LAPSED);
    at_time(w, "cm.44", LAPSED);
    assert_int_equal(acts(w, "cm.44", "report_back", "supervision=已核查"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(report_back_at(w, "bureau.44", NULL), TB_DUTY_LATE);
    check_world(w);
}

static void a_party_outside_its_province_or_the_case_or_itself_nobody_supervises(void **state)
{
    world *w = *state;
    order(w);
    assert_int_equal(acts(w, "bureau.44", "supervise", DEMAND "bureau.33"),
                     TB_REFUSED_NOT_SUPERVISED);
    assert_int_equal(acts(w, "bureau.44", "supervise", DEMAND "bureau.44"),
                     TB_REFUSED_NOT_SUPERVISED);
    assert_int_equal(acts(w, "bureau.33", "supervise", DEMAND "cm.44"), TB_REFUSED_NOT_SUPERVISED);
    assert_int_equal(acts(w, "bureau.44", "supervise", DEMAND "headquarters"),
                     TB_REFUSED_NOT_SUPERVISED);
    assert_int_equal(acts(w, "bureau.33", "supervise", DEMAND "police.33"), TB_ACCEPTED);
    assert_int_equal(acts(w, "cm.44", "supervise", DEMAND "bureau.44"), TB_REFUSED_ROLE);
    assert_int_equal(acts(w, "bureau.44", "supervise", "report_by=2015-02-12|supervised=cm.44"),
                     TB_REFUSED_FIELD_MISSING);
}

static void headquarters_supervises_whoever_takes_part(void **state)
{
    world *w = *state;
    order(w);
    at_time(w, "bureau.44", "2015-02-17T00:15:00+08:00");
    judge_due(w, "bureau.44"); /* the lapse brings it the case */
    deliver_all(w);
    assert_int_equal(acts(w, "headquarters", "supervise", DEMAND "bureau.33"), TB_ACCEPTED);
    assert_int_equal(acts(w, "headquarters", "supervise", DEMAND "cm.44"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(report_back_at(w, "bureau.33", NULL), TB_DUTY_OPEN);
    assert_int_equal(report_back_at(w, "cm.44", NULL), TB_DUTY_OPEN);
    check_world(w);
}

static void a_report_back_that_is_heard_of_first_counts_all_the_same(void **state)
{
    world *w = *state;
    order(w);
    assert_int_equal(acts(w, "bureau.44", "supervise", DEMAND "cm.44"), TB_ACCEPTED);
    letter *to_headquarters = letter_to(w, "headquarters");
    assert_non_null(to_headquarters);
    to_headquarters->gone = true;
    deliver_all(w);
    assert_int_equal(acts(w, "cm.44", "report_back", "supervision=已核查"), TB_ACCEPTED);
    deliver_all(w);
    to_headquarters->gone = false;
    deliver_all(w);
    assert_int_equal(report_back_at(w, "headquarters", NULL), TB_DUTY_ON_TIME);
    check_world(w);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(who_is_supervised_owes_a_report_back_by_the_day_named),
    IN_A_WORLD(a_report_back_in_time_fulfils_it),
    IN_A_WORLD(without_one_it_lapses_by_the_supervisors_word),
    IN_A_WORLD(a_party_outside_its_province_or_the_case_or_itself_nobody_supervises),
    IN_A_WORLD(headquarters_supervises_whoever_takes_part),
    IN_A_WORLD(a_report_back_that_is_heard_of_first_counts_all_the_same),
};

TB_RUN("supervision", tests)

/* Notified and unanswered: counted by age and by who has it. */
#include "tests/agents/world.h"

#define POLICE "police.33"
#define BUREAU "bureau.33"
#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

static tb_local_unanswered
page(world *w, const char *party, const char *by, const tb_case_id *after)
{
    tb_local_request request = {.kind = TB_REQUEST_UNANSWERED};
    if (by != NULL) {
        assert_true(tb_party_parse(tb_bytes_str(by), &request.get_unanswered.by));
    }
    if (after != NULL) {
        request.get_unanswered.after = *after;
    }
    const tb_local_answer *answer = ask(w, party, &request);
    assert_int_equal(answer->code, TB_ACCEPTED);
    assert_int_equal(answer->kind, TB_ANSWER_UNANSWERED);
    return answer->unanswered;
}

static tb_local_unanswered all(world *w, const char *party)
{
    return page(w, party, NULL, NULL);
}

static void submitted(world *w, const char *time)
{
    at_time(w, POLICE, time);
    at_time(w, BUREAU, time);
    assert_int_equal(opens(w, POLICE, LEAD), TB_ACCEPTED);
    deliver_all(w);
}

static void what_was_never_notified_is_not_counted(void **state)
{
    world *w = *state;
    tb_local_unanswered none = all(w, POLICE);
    assert_int_equal(none.notified, 0);
    assert_int_equal(none.count, 0);
    submitted(w, "2015-02-09T12:00:00+08:00");
    assert_int_equal(all(w, BUREAU).notified, 0); /* it was told, and told nobody */
}

static void a_notice_waits_at_who_has_it_now(void **state)
{
    world *w = *state;
    submitted(w, "2015-02-09T12:00:00+08:00");
    tb_local_unanswered at = all(w, POLICE);
    assert_int_equal(at.notified, 1);
    assert_int_equal(at.answered, 0);
    assert_int_equal(at.count, 1);
    assert_string_equal(at.lines[0].party.text, BUREAU);
    assert_int_equal(at.lines[0].ages[0], 1);
}

static void ages_fall_into_bands_of_days(void **state)
{
    static const struct {
        const char *time;
        size_t band;
    } rows[] = {
        {"2015-02-09T23:59:59+08:00", 0}, {"2015-02-10T00:00:00+08:00", 1},
        {"2015-02-12T23:00:00+08:00", 1}, {"2015-02-13T00:00:00+08:00", 2},
        {"2015-02-16T12:00:00+08:00", 2}, {"2015-02-17T00:00:00+08:00", 3},
        {"2015-02-24T12:00:00+08:00", 3}, {"2015-02-25T00:00:00+08:00", 4},
        {"2015-03-11T12:00:00+08:00", 4}, {"2015-03-12T00:00:00+08:00", 5},
    };
    world *w = *state;
    submitted(w, "2015-02-09T12:00:00+08:00");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        at_time(w, POLICE, rows[i].time);
        tb_local_unanswered at = all(w, POLICE);
        for (size_t b = 0; b < TB_AGES; b++) {
            assert_int_equal(at.lines[0].ages[b], b == rows[i].band ? 1 : 0);
        }
    }
}

static void what_came_back_waits_for_nobody_else(void **state)
{
    world *w = *state;
    submitted(w, "2015-02-09T12:00:00+08:00");
    assert_int_equal(acts(w, BUREAU, "return", "return_reason=incomplete"), TB_ACCEPTED);
    deliver_all(w);
    tb_local_unanswered at = all(w, POLICE);
    assert_int_equal(at.notified, 1);
    assert_int_equal(at.here, 1);
    assert_int_equal(at.count, 0);
    assert_int_equal(all(w, BUREAU).notified, 1); /* it handed it back, and waits for the police */
    assert_string_equal(all(w, BUREAU).lines[0].party.text, POLICE);
}

static void who_hands_on_waits_from_then_and_its_opener_from_the_opening(void **state)
{
    world *w = *state;
    submitted(w, "2015-02-09T12:00:00+08:00");
    assert_int_equal(acts(w, BUREAU, "accept", ""), TB_ACCEPTED);
    at_time(w, BUREAU, "2015-02-20T12:00:00+08:00");
    assert_int_equal(acts(w, BUREAU, "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    at_time(w, POLICE, "2015-02-20T12:00:00+08:00");
    tb_local_unanswered bureau = all(w, BUREAU);
    assert_string_equal(bureau.lines[0].party.text, "bureau.44");
    assert_int_equal(bureau.lines[0].ages[0], 1);
    tb_local_unanswered police = all(w, POLICE);
    assert_string_equal(police.lines[0].party.text, "bureau.44");
    assert_int_equal(police.lines[0].ages[3], 1);
}

static void cases_of_one_party_are_listed_and_of_others_not(void **state)
{
    world *w = *state;
    submitted(w, "2015-02-09T12:00:00+08:00");
    tb_case_id first = w->case_id;
    submitted(w, "2015-02-10T12:00:00+08:00");
    tb_local_unanswered at = page(w, POLICE, BUREAU, NULL);
    assert_int_equal(at.case_count, 2);
    assert_true(tb_case_equal(&at.cases[0].case_id, &first)); /* the oldest */
    assert_int_equal(all(w, POLICE).case_count, 0);
    at = page(w, POLICE, "bureau.44", NULL);
    assert_int_equal(at.notified + at.count + at.case_count, 0);
}

static void a_page_goes_on_behind_the_one_before(void **state)
{
    world *w = *state;
    submitted(w, "2015-02-09T12:00:00+08:00");
    tb_case_id first = w->case_id;
    submitted(w, "2015-02-10T12:00:00+08:00");
    assert_int_equal(page(w, POLICE, NULL, &first).notified, 1);
    assert_int_equal(page(w, POLICE, NULL, &w->case_id).notified, 0);
}

static void what_was_answered_waits_for_nobody_before_it_is_closed(void **state)
{
    world *w = *state;
    order_for(w, LEAD);
    deliver_all(w);
    assert_int_equal(acts(w, "cm.44", "result", "verify_result=not_in_use|action=none"),
                     TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(all(w, POLICE).answered, 0);
    assert_int_equal(acts(w, "bureau.44", "answer", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, BUREAU, "pass_on", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(state_at(w, POLICE), "informed");
    tb_local_unanswered at = all(w, POLICE);
    assert_int_equal(at.notified, 1);
    assert_int_equal(at.answered, 1);
    assert_int_equal(at.count, 0);
}

static void each_party_that_has_some_has_a_line_with_its_oldest(void **state)
{
    world *w = *state;
    submitted(w, "2015-02-09T12:00:00+08:00");
    assert_int_equal(acts(w, BUREAU, "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, BUREAU, "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    submitted(w, "2015-02-10T12:00:00+08:00");
    submitted(w, "2015-02-11T12:00:00+08:00");
    tb_local_unanswered at = all(w, POLICE);
    assert_int_equal(at.count, 2);
    assert_string_equal(at.lines[0].party.text, "bureau.44");
    assert_string_equal(at.lines[1].party.text, BUREAU);
    assert_int_equal(at.lines[1].ages[0] + at.lines[1].ages[1], 2);
    tb_time oldest;
    assert_true(tb_time_parse(tb_bytes_str("2015-02-10T12:00:00+08:00"), &oldest));
    assert_true(at.lines[1].oldest >= oldest && at.lines[1].oldest < oldest + 60 * 1000);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(what_was_never_notified_is_not_counted),
    IN_A_WORLD(a_notice_waits_at_who_has_it_now),
    IN_A_WORLD(ages_fall_into_bands_of_days),
    IN_A_WORLD(what_came_back_waits_for_nobody_else),
    IN_A_WORLD(who_hands_on_waits_from_then_and_its_opener_from_the_opening),
    IN_A_WORLD(cases_of_one_party_are_listed_and_of_others_not),
    IN_A_WORLD(a_page_goes_on_behind_the_one_before),
    IN_A_WORLD(what_was_answered_waits_for_nobody_before_it_is_closed),
    IN_A_WORLD(each_party_that_has_some_has_a_line_with_its_oldest),
};

TB_RUN("unanswered", tests)

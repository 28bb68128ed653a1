/* What comes back from a submitter that was answered, with the black card campaign as it is
 * shipped: it signs for the answer or objects, a closed case is reopened, a card is restored. */
#include "tests/agents/measured.h"

#include "agents/automatic.h"
#include "agents/clock.h"

#define POLICE   "police.11"
#define BUREAU   "bureau.11"
#define HOME     "bureau.44"
#define OPERATOR "cm.44"
#define MONTH    "2015-03", "2015-03"
#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-03-02T08:00:00+" \
    "08:00"

static const char *const parties[] = {POLICE, BUREAU, HOME, OPERATOR, "headquarters"};

static void now(world *w, const char *time)
{
    for (size_t i = 0; i < sizeof parties / sizeof parties[0]; i++) {
        at_time(w, parties[i], time);
    }
}

static void done(world *w, const char *party, const char *action, const char *fields)
{
    tb_refusal code = acts(w, party, action, fields);
    if (code != TB_ACCEPTED) {
        fail_msg("%s %s: %s", party, action, tb_refusal_key(code));
    }
    deliver_all(w);
}

/* A card of Guangdong that was shut down; Beijing's police were told on a Monday at noon. */
static void informed(world *w)
{
    now(w, "2015-03-02T09:00:00+08:00");
    assert_int_equal(opens(w, POLICE, LEAD), TB_ACCEPTED);
    deliver_all(w);
    done(w, BUREAU, "accept", "");
    done(w, BUREAU, "forward", "");
    done(w, HOME, "sign_for", "");
    done(w, HOME, "order", "ordered=" OPERATOR);
    done(w, OPERATOR, "result",
         "verify_result=unidentified|action=shutdown|action_at=2015-03-02T10:00:00+08:00");
    done(w, HOME, "shut_down", "");
    done(w, HOME, "answer", "");
    now(w, "2015-03-02T12:00:00+08:00");
    done(w, BUREAU, "pass_on", "");
}

static tb_err run(tb_step *step)
{
    tb_err err = tb_clock_now(step->agent, step->txn, step->now.real, &step->now);
    return err == TB_OK ? tb_automatic_tick(step) : err;
}

static void by_itself(world *w)
{
    turn_of(w, BUREAU, run);
    deliver_all(w);
}

/* The state of a duty of the case as a party explains it; 0: there is none. */
static tb_duty_state owed(world *w, const char *party, const char *duty)
{
    tb_local_request request = {.kind = TB_REQUEST_EXPLAIN_DUTIES, .case_id = w->case_id};
    const tb_local_answer *answer = ask(w, party, &request);
    tb_duty_state state = (tb_duty_state)0;
    for (size_t i = 0; i < answer->explained.count; i++) {
        const tb_local_duty_line *line = &answer->explained.duties[i].line;
        state = tb_bytes_equal(line->duty, tb_bytes_str(duty)) ? line->state : state;
    }
    return state;
}

static void
an_answer_is_signed_for_and_the_case_closes_by_itself_after_five_working_days(void **state)
{
    world *w = *state;
    informed(w);
    done(w, POLICE, "acknowledge", "");
    assert_string_equal(state_at(w, BUREAU), "informed");
    now(w, "2015-03-09T23:59:59+08:00");
    by_itself(w);
    assert_string_equal(state_at(w, BUREAU), "informed");
    now(w, "2015-03-10T00:00:00+08:00");
    by_itself(w);
    assert_string_equal(state_at(w, POLICE), "closed");
    assert_string_equal(state_at(w, HOME), "closed");
    assert_int_equal(acts(w, POLICE, "acknowledge", ""), TB_REFUSED_STATE);
    check_world(w);
}

/* 及时反馈: who was answered owes it to the police, and is late with what it keeps to itself. */
static void the_police_are_owed_the_answer_within_a_working_day(void **state)
{
    world *w = *state;
    now(w, "2015-03-02T09:00:00+08:00");
    assert_int_equal(opens(w, POLICE, LEAD), TB_ACCEPTED);
    deliver_all(w);
    done(w, BUREAU, "accept", "");
    done(w, BUREAU, "forward", "");
    done(w, HOME, "sign_for", "");
    done(w, HOME, "order", "ordered=" OPERATOR);
    done(w, OPERATOR, "result", "verify_result=not_in_use|action=none");
    assert_int_equal(owed(w, BUREAU, "inform"), 0);
    assert_int_equal(owed(w, BUREAU, "inform_local"), 0); /* it is another province's */
    done(w, HOME, "answer", "");
    assert_int_equal(owed(w, BUREAU, "inform"), TB_DUTY_OPEN);
    now(w, "2015-03-04T00:15:00+08:00");
    judge_due(w, BUREAU); /* what is late is not for the debtor to say */
    assert_int_equal(owed(w, BUREAU, "inform"), TB_DUTY_OPEN);
    judge_due(w, HOME); /* the bureau that answered says it: the police know of no answer yet */
    deliver_all(w);
    assert_int_equal(owed(w, BUREAU, "inform"), TB_DUTY_LAPSED);
    done(w, BUREAU, "pass_on", "");
    assert_int_equal(owed(w, POLICE, "inform"), TB_DUTY_LATE);
    check_world(w);
}

static void at_all(world *w, const char *time)
{
    at_time(w, "police.33", time);
    at_time(w, "bureau.33", time);
    at_time(w, "cm.33", time);
}

/* A local number, ordered: nobody but the submitter waits for its bureau. Seven working days from a
 * Monday end with the Wednesday of the week after. */
static void local(world *w)
{
    at_all(w, "2015-03-02T09:00:00+08:00");
    assert_int_equal(opens(w, "police.33",
                           "number=13900001234|source=police_case|offence=telecom_fraud|reported_"
                           "at=2015-03-02T08:00:00+08:00"),
                     TB_ACCEPTED);
    deliver_all(w);
    done(w, "bureau.33", "accept", "");
    assert_int_equal(owed(w, "police.33", "inform_local"), 0); /* whose it is is not known */
    done(w, "bureau.33", "decide", "home_province=33|home_basis=operator_reply");
    assert_int_equal(owed(w, "police.33", "inform_local_decided"), TB_DUTY_OPEN);
    done(w, "bureau.33", "order", "ordered=cm.33");
}

static void of_a_local_number_the_police_are_owed_an_answer_from_what_they_are_shown(void **state)
{
    world *w = *state;
    local(w);
    done(w, "cm.33", "result", "verify_result=unidentified|action=none");
    done(w, "bureau.33", "shut_down", "action=shutdown|action_at=2015-03-02T10:00:00+08:00");
    at_all(w, "2015-03-11T23:59:59+08:00");
    done(w, "bureau.33", "pass_on", "");
    assert_int_equal(owed(w, "police.33", "inform_local_decided"), TB_DUTY_ON_TIME);
    done(w, "police.33", "object", "objection_reason=result_doubted");
    done(w, "bureau.33", "refer_back", "review_ground=objection");
    assert_int_equal(owed(w, "police.33", "inform_local_reviewed"), TB_DUTY_OPEN);
    done(w, "bureau.33", "uphold", "review_note=as before");
    done(w, "bureau.33", "pass_on", "");
    assert_int_equal(owed(w, "police.33", "inform_local_reviewed"), TB_DUTY_ON_TIME);
    check_world(w);
}

static void
the_police_record_that_no_answer_came_and_taking_the_order_back_excuses_nobody(void **state)
{
    world *w = *state;
    local(w);
    done(w, "bureau.33", "take_back", "take_over_reason=other");
    assert_int_equal(owed(w, "bureau.33", "inform_local_decided"), TB_DUTY_OPEN);
    done(w, "bureau.33", "order", "ordered=cm.33");
    done(w, "cm.33", "result", "verify_result=not_in_use|action=none");
    at_all(w, "2015-03-12T00:14:59+08:00");
    judge_due(w, "police.33"); /* in its grace still */
    deliver_all(w);
    assert_int_equal(owed(w, "bureau.33", "inform_local_decided"), TB_DUTY_OPEN);
    at_all(w, "2015-03-12T00:15:00+08:00");
    judge_due(w, "police.33");
    deliver_all(w);
    assert_int_equal(owed(w, "bureau.33", "inform_local_decided"), TB_DUTY_LAPSED);
    done(w, "bureau.33", "pass_on", "");
    assert_int_equal(owed(w, "bureau.33", "inform_local_decided"), TB_DUTY_LATE);
    assert_int_equal(owed(w, "police.33", "inform_local_decided"), TB_DUTY_LATE);
    check_world(w);
}

/* A finished answer need not wait for a clerk, where the bureau wants that. */
static void a_bureau_may_let_finished_answers_pass_on_at_once(void **state)
{
    world *w = *state;
    now(w, "2015-03-02T09:00:00+08:00");
    assert_int_equal(opens(w, POLICE, LEAD), TB_ACCEPTED);
    deliver_all(w);
    done(w, BUREAU, "accept", "");
    done(w, BUREAU, "forward", "");
    done(w, HOME, "sign_for", "");
    done(w, HOME, "order", "ordered=" OPERATOR);
    done(w, OPERATOR, "result", "verify_result=not_in_use|action=none");
    done(w, HOME, "answer", "");
    by_itself(w);
    assert_string_equal(state_at(w, BUREAU), "answered"); /* not unless it says so */
    tb_local_request request = {.kind = TB_REQUEST_SET_SWITCH, .id = {{77}}};
    request.set_switch.campaign = tb_bytes_str("black-card");
    request.set_switch.action = tb_bytes_str("pass_on");
    request.set_switch.on = true;
    assert_int_equal(ask(w, BUREAU, &request)->code, TB_ACCEPTED);
    by_itself(w);
    assert_string_equal(state_at(w, POLICE), "informed");
    check_world(w);
}

static void an_objection_goes_back_to_the_home_bureau_within_its_duty_and_is_counted(void **state)
{
    world *w = *state;
    informed(w);
    assert_int_equal(acts(w, BUREAU, "refer_back", "review_ground=objection"),
                     TB_REFUSED_CONDITION); /* nobody objected */
    assert_int_equal(acts(w, POLICE, "object", ""), TB_REFUSED_FIELD_MISSING);
    assert_int_equal(acts(w, POLICE, "object", "objection_reason=other"), TB_REFUSED_FIELD_MISSING);
    assert_int_equal(acts(w, HOME, "object", "objection_reason=still_in_use"), TB_REFUSED_ROLE);
    done(w, POLICE, "object", "objection_reason=still_in_use|request_note=昨日仍有通话");
    assert_int_equal(owed(w, BUREAU, "refer_objection"), TB_DUTY_OPEN);
    /* what the police object to is not closed over their heads */
    now(w, "2015-03-10T00:00:00+08:00");
    by_itself(w);
    assert_string_equal(state_at(w, BUREAU), "informed");
    done(w, BUREAU, "refer_back", "review_ground=objection|objection_reason=still_in_use");
    assert_int_equal(owed(w, POLICE, "refer_objection"), TB_DUTY_LATE);
    assert_string_equal(state_at(w, HOME), "reviewing");
    assert_string_equal(holder_at(w, POLICE), HOME);
    assert_int_equal(owed(w, HOME, "review"), TB_DUTY_OPEN);
    /* it is verified anew, and the answer comes the same way */
    done(w, HOME, "order", "ordered=" OPERATOR "|instruction=请再次核查");
    assert_int_equal(owed(w, BUREAU, "review"), TB_DUTY_ON_TIME);
    done(w, OPERATOR, "result",
         "verify_result=unidentified|action=shutdown|action_at=2015-03-10T10:00:00+08:00");
    done(w, HOME, "shut_down", "");
    done(w, HOME, "answer", "");
    done(w, BUREAU, "pass_on", "");
    done(w, POLICE, "acknowledge", "");
    done(w, BUREAU, "close", ""); /* a bureau need not wait */
    settle_all(w);
    assert_int_equal(figure_at(w, HOME, "reviewed", "", MONTH), 1);
    assert_int_equal(figure_at(w, HOME, "reviewed", "objection", MONTH), 1);
    assert_int_equal(figure_at(w, HOME, "numbers_shut_down", "", MONTH), 1);
    check_world(w);
    check_measures(w);
}

static void an_answer_that_is_upheld_travels_back_with_its_reason(void **state)
{
    world *w = *state;
    informed(w);
    done(w, POLICE, "object", "objection_reason=result_doubted");
    done(w, BUREAU, "refer_back", "review_ground=objection");
    assert_int_equal(acts(w, HOME, "uphold", ""), TB_REFUSED_FIELD_MISSING);
    done(w, HOME, "uphold", "review_note=经复核无误");
    assert_string_equal(state_at(w, BUREAU), "answered");
    done(w, BUREAU, "pass_on", "");
    assert_string_equal(value_at(w, POLICE, "review_note"), "经复核无误");
    assert_string_equal(value_at(w, OPERATOR, "review_note"), "");
    check_world(w);
}

static void a_closed_case_is_reopened_on_request_or_declined_with_a_reason(void **state)
{
    world *w = *state;
    informed(w);
    done(w, BUREAU, "close", "");
    done(w, POLICE, "ask_reopen", "request_note=本人已到案");
    assert_int_equal(owed(w, POLICE, "answer_reopen"), TB_DUTY_OPEN);
    assert_int_equal(acts(w, BUREAU, "decline", ""), TB_REFUSED_FIELD_MISSING);
    done(w, BUREAU, "decline", "review_note=与本号无关");
    assert_string_equal(state_at(w, POLICE), "closed");
    assert_int_equal(owed(w, POLICE, "answer_reopen"), TB_DUTY_ON_TIME);
    assert_int_equal(acts(w, BUREAU, "refer_back", "review_ground=new_evidence"),
                     TB_REFUSED_CONDITION);
    done(w, POLICE, "ask_reopen", "review_ground=new_evidence|request_note=新获证据");
    done(w, BUREAU, "refer_back", "review_ground=new_evidence");
    assert_string_equal(state_at(w, HOME), "reviewing");
    settle_all(w);
    assert_int_equal(figure_at(w, HOME, "reviewed", "new_evidence", MONTH), 1);
    check_world(w);
}

static void a_card_is_restored_and_the_corrected_answer_travels_the_whole_way(void **state)
{
    world *w = *state;
    informed(w);
    done(w, BUREAU, "close", "");
    done(w, OPERATOR, "ask_restore", "restore_basis=registered"); /* its subscriber came */
    assert_int_equal(owed(w, BUREAU, "answer_restore"), TB_DUTY_OPEN);
    done(w, BUREAU, "refer_back", "review_ground=restore|restore_basis=registered");
    assert_int_equal(acts(w, OPERATOR, "restore", "action=restored"), TB_REFUSED_NOT_HOLDER);
    done(w, HOME, "order_restore", "restore_basis=registered");
    assert_int_equal(owed(w, HOME, "restore"), TB_DUTY_OPEN);
    assert_int_equal(
        acts(w, OPERATOR, "restore", "action=none|action_at=2015-03-02T13:00:00+08:00"),
        TB_REFUSED_CONDITION);
    done(w, OPERATOR, "restore",
         "action=restored|action_at=2015-03-02T13:00:00+08:00|registration_state=real");
    assert_int_equal(owed(w, HOME, "restore"), TB_DUTY_ON_TIME);
    assert_int_equal(owed(w, HOME, "answer_restored"), TB_DUTY_OPEN);
    done(w, HOME, "answer", "");
    done(w, BUREAU, "pass_on", "");
    assert_string_equal(state_at(w, POLICE), "informed");
    assert_string_equal(value_at(w, POLICE, "action"), "restored");
    done(w, BUREAU, "close", "");
    assert_int_equal(acts(w, POLICE, "ask_restore", "restore_basis=mistaken"),
                     TB_REFUSED_CONDITION); /* it is not shut down any more */
    settle_all(w);
    assert_int_equal(figure_at(w, HOME, "restored", "registered", MONTH), 1);
    /* a notice is answered once and closed once; what came back counts as reviewed */
    assert_int_equal(figure_at(w, BUREAU, "informed", "", MONTH), 1);
    assert_int_equal(figure_at(w, BUREAU, "closed_notices", "", MONTH), 1);
    assert_int_equal(figure_at(w, HOME, "reviewed", "", MONTH), 1);
    check_world(w);
    check_measures(w);
}

static void an_order_to_restore_that_is_not_carried_out_is_taken_back_for_review(void **state)
{
    world *w = *state;
    informed(w);
    done(w, POLICE, "ask_restore", "restore_basis=mistaken");
    done(w, BUREAU, "refer_back", "review_ground=restore");
    done(w, HOME, "order_restore", "restore_basis=mistaken");
    now(w, "2015-03-03T12:15:01+08:00");
    judge_due(w, HOME);
    deliver_all(w);
    assert_int_equal(owed(w, OPERATOR, "restore"), TB_DUTY_LAPSED);
    done(w, HOME, "take_back", "take_over_reason=overdue");
    assert_string_equal(state_at(w, OPERATOR), "reviewing");
    assert_string_equal(holder_at(w, OPERATOR), HOME);
    check_world(w);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(an_answer_is_signed_for_and_the_case_closes_by_itself_after_five_working_days),
    IN_A_WORLD(the_police_are_owed_the_answer_within_a_working_day),
    IN_A_WORLD(of_a_local_number_the_police_are_owed_an_answer_from_what_they_are_shown),
    IN_A_WORLD(the_police_record_that_no_answer_came_and_taking_the_order_back_excuses_nobody),
    IN_A_WORLD(a_bureau_may_let_finished_answers_pass_on_at_once),
    IN_A_WORLD(an_objection_goes_back_to_the_home_bureau_within_its_duty_and_is_counted),
    IN_A_WORLD(an_answer_that_is_upheld_travels_back_with_its_reason),
    IN_A_WORLD(a_closed_case_is_reopened_on_request_or_declined_with_a_reason),
    IN_A_WORLD(a_card_is_restored_and_the_corrected_answer_travels_the_whole_way),
    IN_A_WORLD(an_order_to_restore_that_is_not_carried_out_is_taken_back_for_review),
};

TB_RUN("objections", tests)

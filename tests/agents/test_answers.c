/* Requests: the holder must answer them, within a duty, also after the case is closed. */
#include "tests/agents/edited.h"
#include "tests/agents/world.h"

#include "agents/answers.h"

#define POLICE "police.33"
#define BUREAU "bureau.33"
#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"
#define BEFORE      "      - id: resubmit\n"
#define ACCEPT_DUTY "      - {id: accept, zh: 受理报送"
#define DUTY        "    duties:\n" ACCEPT_DUTY

static const char *const asking[] = {
    /* the shipped campaign's own request */
    "      - {id: ask_withdraw[...]" BEFORE,
    BEFORE,
    "      - {id: answer_withdraw[...]" ACCEPT_DUTY,
    ACCEPT_DUTY,
    BEFORE,
    "      - {id: ask_withdraw, zh: 请求撤回, en: ask to withdraw, kind: request, by: [opener], "
    "answered_by: [withdraw, keep]}\n"
    "      - {id: withdraw, zh: 同意撤回, en: agree to withdraw, kind: chain, by: [discovery], "
    "from: [submitted, accepted], ways: [{to: closed}], copies: [opener]}\n"
    "      - {id: keep, zh: 不同意撤回, en: decline to withdraw, kind: chain, by: [discovery], "
    "from: [submitted, accepted], ways: [{to: accepted}], copies: [opener]}\n"
    "      - {id: ask_anew, zh: 请求重来, en: ask to begin anew, kind: request, by: [opener], "
    "from: [closed], answered_by: [anew]}\n"
    "      - {id: anew, zh: 重来, en: begin anew, kind: chain, by: [discovery], from: [closed], "
    "ways: [{to: submitted}], copies: [opener]}\n" BEFORE,
    DUTY,
    "    duties:\n"
    "      - {id: answer_withdraw, zh: 答复撤回请求, en: answer, owed_by: discovery, to: opener, "
    "from: ask_withdraw, until: [withdraw, keep], working_days: 1, default: true}\n" ACCEPT_DUTY,
    NULL};

static tb_campaign_loaded *loaded;
static const tb_campaign *only[1];
static tb_campaigns campaigns;

static int setup(void **state)
{
    int code = world_setup(state);
    world *w = *state;
    loaded = edited("ops/campaigns/black-card.yaml", asking);
    only[0] = tb_campaign_loaded_get(loaded);
    campaigns = (tb_campaigns){only, 1};
    for (size_t i = 0; i < w->agent_count; i++) {
        w->agents[i].agent.campaigns = &campaigns;
    }
    return code;
}

static int teardown(void **state)
{
    int code = world_teardown(state);
    tb_campaign_loaded_free(loaded);
    return code;
}

static void now(world *w, const char *time)
{
    at_time(w, POLICE, time);
    at_time(w, BUREAU, time);
}

static void submitted(world *w)
{
    now(w, "2015-02-09T11:39:00+08:00");
    assert_int_equal(opens(w, POLICE, LEAD), TB_ACCEPTED);
    deliver_all(w);
}

/* The state of the duty to answer, as a party explains it; 0: there is none. */
static tb_duty_state owed(world *w, const char *party)
{
    tb_local_request request = {.kind = TB_REQUEST_EXPLAIN_DUTIES, .case_id = w->case_id};
    const tb_local_answer *answer = ask(w, party, &request);
    for (size_t i = 0; i < answer->explained.count; i++) {
        if (tb_bytes_equal(answer->explained.duties[i].line.duty,
                           tb_bytes_str("answer_withdraw"))) {
            return answer->explained.duties[i].line.state;
        }
    }
    return (tb_duty_state)0;
}

static void nobody_answers_what_was_not_asked(void **state)
{
    world *w = *state;
    submitted(w);
    assert_int_equal(acts(w, BUREAU, "withdraw", ""), TB_REFUSED_CONDITION);
    assert_string_equal(state_at(w, BUREAU), "submitted");
}

/* Whether the party is told that it may do so now. */
static bool offered(world *w, const char *party, const char *action)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_ACTS, .case_id = w->case_id};
    const tb_local_answer *answer = ask(w, party, &request);
    for (size_t i = 0; i < answer->acts.count; i++) {
        if (tb_bytes_equal(answer->acts.lines[i].action, tb_bytes_str(action))) {
            return answer->acts.lines[i].code == TB_ACCEPTED;
        }
    }
    return false;
}

static void an_answer_is_offered_while_a_request_waits_for_it(void **state)
{
    world *w = *state;
    submitted(w);
    assert_false(offered(w, BUREAU, "withdraw"));
    assert_false(offered(w, BUREAU, "keep"));
    assert_int_equal(acts(w, POLICE, "ask_withdraw", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_true(offered(w, BUREAU, "withdraw"));
    assert_true(offered(w, BUREAU, "keep"));
    assert_int_equal(acts(w, BUREAU, "keep", ""), TB_ACCEPTED);
    assert_false(offered(w, BUREAU, "withdraw"));
}

static void a_request_begins_a_duty_and_its_answer_ends_it(void **state)
{
    world *w = *state;
    submitted(w);
    assert_int_equal(acts(w, POLICE, "ask_withdraw", ""), TB_ACCEPTED);
    assert_int_equal(owed(w, POLICE), TB_DUTY_OPEN);
    deliver_all(w);
    assert_int_equal(owed(w, BUREAU), TB_DUTY_OPEN);
    assert_int_equal(acts(w, BUREAU, "withdraw", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(state_at(w, POLICE), "closed");
    assert_int_equal(owed(w, BUREAU), TB_DUTY_ON_TIME);
    assert_int_equal(owed(w, POLICE), TB_DUTY_ON_TIME);
    check_world(w);
}

static void one_request_is_answered_once(void **state)
{
    world *w = *state;
    submitted(w);
    assert_int_equal(acts(w, POLICE, "ask_withdraw", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, BUREAU, "keep", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, BUREAU, "withdraw", ""), TB_REFUSED_CONDITION);
    deliver_all(w);
    assert_int_equal(acts(w, POLICE, "ask_withdraw", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, BUREAU, "withdraw", ""), TB_ACCEPTED);
}

static void a_step_that_lists_a_request_does_not_answer_it(void **state)
{
    world *w = *state;
    submitted(w);
    assert_int_equal(acts(w, POLICE, "ask_withdraw", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, BUREAU, "accept", ""), TB_ACCEPTED);
    assert_int_equal(owed(w, BUREAU), TB_DUTY_OPEN);
    assert_int_equal(acts(w, BUREAU, "withdraw", ""), TB_ACCEPTED);
    assert_int_equal(owed(w, BUREAU), TB_DUTY_ON_TIME);
}

static void a_request_that_is_not_answered_lapses_by_its_creditors_word(void **state)
{
    world *w = *state;
    submitted(w);
    assert_int_equal(acts(w, POLICE, "ask_withdraw", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, BUREAU, "accept", ""), TB_ACCEPTED);
    deliver_all(w);
    now(w, "2015-02-11T00:15:00+08:00");
    judge_due(w, POLICE);
    assert_int_equal(owed(w, POLICE), TB_DUTY_LAPSED);
    deliver_all(w);
    assert_int_equal(owed(w, BUREAU), TB_DUTY_LAPSED);
    assert_int_equal(acts(w, BUREAU, "withdraw", ""), TB_ACCEPTED);
    assert_int_equal(owed(w, BUREAU), TB_DUTY_LATE);
    check_world(w);
}

static void a_closed_case_is_opened_again_by_its_last_holder_when_asked(void **state)
{
    world *w = *state;
    submitted(w);
    assert_int_equal(acts(w, POLICE, "ask_withdraw", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, BUREAU, "withdraw", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, BUREAU, "anew", ""), TB_REFUSED_CONDITION);
    assert_int_equal(acts(w, POLICE, "ask_anew", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, BUREAU, "anew", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(state_at(w, POLICE), "submitted");
    assert_true(summary_at(w, BUREAU).mine);
    assert_int_equal(acts(w, BUREAU, "accept", ""), TB_ACCEPTED); /* and it goes on */
    check_world(w);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(nobody_answers_what_was_not_asked),
    IN_A_WORLD(an_answer_is_offered_while_a_request_waits_for_it),
    IN_A_WORLD(a_request_begins_a_duty_and_its_answer_ends_it),
    IN_A_WORLD(one_request_is_answered_once),
    IN_A_WORLD(a_step_that_lists_a_request_does_not_answer_it),
    IN_A_WORLD(a_request_that_is_not_answered_lapses_by_its_creditors_word),
    IN_A_WORLD(a_closed_case_is_opened_again_by_its_last_holder_when_asked),
};

TB_RUN("answers", tests)

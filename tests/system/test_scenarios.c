/* Scenarios 2 and 3 of the plans (domain.md §7) on real processes: the agent of a home bureau is
 * down for a day, and the broker is killed in the middle of a batch. The campaign is as shipped. */
#include "tests/system/hub.h"

#include <stdio.h>

#define POLICE "police.11"
#define BUREAU "bureau.11"
#define HOME   "bureau.12"
#define HQ     "hq"

#define FORWARDS 4
#define BATCH    120

static void black_card(sys_hub *hub)
{
    sys_document(hub, "campaign", "black-card", TB_SOURCE_DIR "/ops/campaigns/black-card.yaml");
    sys_document(hub, "table", "calendar", TB_BINARY_DIR "/tables/calendar.table");
    sys_broker_start(hub);
}

static void done(const tb_local_answer *answer)
{
    if (answer->code != TB_ACCEPTED || answer->draft) {
        fail_msg("refused: %s%s", tb_refusal_key(answer->code), answer->draft ? ", a draft" : "");
    }
}

static const tb_local_answer *submit(sys_agent *police, unsigned i)
{
    char lead[200];
    (void)snprintf(lead, sizeof lead,
                   "number=1380000%04u|source=police_case|offence=telecom_fraud|reported_at=2015-"
                   "03-02T08:00:00+08:00",
                   i);
    return sys_open(police, "black-card", "notice", lead);
}

static uint64_t cases_at(sys_agent *agent)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_CASES};
    const tb_local_answer *answer = sys_ask(agent, &request);
    return answer->kind == TB_ANSWER_CASES ? answer->cases.total : 0;
}

/* How often an action stands in a case as an agent has it. */
static size_t times_at(sys_agent *agent, const tb_case_id *id, const char *action)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = *id};
    const tb_local_answer *answer = sys_ask(agent, &request);
    size_t count = 0;
    for (size_t i = 0; answer->kind == TB_ANSWER_CASE && i < answer->case_.event_count; i++) {
        count += tb_bytes_equal(answer->case_.events[i].action, tb_bytes_str(action));
    }
    return count;
}

static void scenario_2_what_is_forwarded_to_an_agent_down_for_a_day_arrives_once(void **state)
{
    sys_hub *hub = *state;
    tb_case_id cases[FORWARDS];
    black_card(hub);
    sys_agent *police = sys_agent_linked(hub, POLICE);
    sys_agent *bureau = sys_agent_linked(hub, BUREAU);
    sys_agent *home = sys_agent_linked(hub, HOME);
    sys_agent_stop(home, SIGTERM);
    for (unsigned i = 0; i < FORWARDS; i++) {
        const tb_local_answer *answer = submit(police, i);
        done(answer);
        cases[i] = answer->acted.case_id;
        SYS_AWAIT(sys_state_is(bureau, &cases[i], "submitted", BUREAU));
        done(sys_act(bureau, &cases[i], "accept", ""));
        done(sys_act(bureau, &cases[i], "decide", "home_province=12|home_basis=operator_reply"));
    }
    sys_tell_time(bureau, "2015-03-02T10:00:00+08:00");
    for (unsigned i = 0; i < FORWARDS; i++) {
        done(sys_act(bureau, &cases[i], "forward", ""));
    }
    SYS_AWAIT(sys_status(bureau)->outbox == FORWARDS); /* kept until they have arrived */

    sys_tell_time(bureau, "2015-03-03T12:00:00+08:00");
    assert_int_equal(sys_tongbao_at(bureau, "unanswered", "--by", HOME, NULL), 0);
    assert_non_null(strstr(hub->output, "forwarded"));
    assert_non_null(strstr(hub->output, "26 h"));
    assert_int_equal(sys_tongbao_at(bureau, "--json", "unanswered", "--by", HOME, NULL), 0);
    assert_non_null(strstr(hub->output, "\"hours\": 26"));
    assert_non_null(strstr(hub->output, "\"unanswered\": 4"));

    sys_agent_start(home);
    for (unsigned i = 0; i < FORWARDS; i++) {
        SYS_AWAIT(sys_state_is(home, &cases[i], "forwarded", HOME));
    }
    SYS_AWAIT(sys_status(bureau)->outbox == 0);
    /* and nothing comes a second time, whoever starts again */
    sys_agent_stop(home, SIGKILL);
    sys_broker_stop(hub, SIGKILL);
    sys_broker_start(hub);
    sys_agent_start(home);
    SYS_AWAIT(sys_status(home)->linked && sys_status(bureau)->linked);
    assert_int_equal(cases_at(home), FORWARDS);
    sys_tell_time(home, "2015-03-03T12:00:00+08:00");
    for (unsigned i = 0; i < FORWARDS; i++) {
        assert_int_equal(times_at(home, &cases[i], "forward"), 1);
        done(sys_act(home, &cases[i], "sign_for", ""));
        SYS_AWAIT(sys_state_is(bureau, &cases[i], "signed_for", HOME));
    }
    assert_true(sys_sound(police) && sys_sound(bureau) && sys_sound(home));
}

/* A figure of a report as it was filed; 0 when the report is not there. */
static uint64_t filed(sys_agent *hq, const tb_case_id *report, const char *measure)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_REPORT};
    request.get_report.case_id = *report;
    const tb_local_answer *answer = sys_ask(hq, &request);
    for (size_t i = 0; answer->kind == TB_ANSWER_REPORT && i < answer->report.figure_count; i++) {
        const tb_local_figure *figure = &answer->report.figures[i];
        if (tb_bytes_equal(figure->measure, tb_bytes_str(measure)) && figure->group.size == 0) {
            uint64_t number = 0;
            for (size_t d = 0; d < figure->period.size; d++) {
                number = number * 10 + (uint64_t)(figure->period.data[d] - '0');
            }
            return number;
        }
    }
    return 0;
}

static void scenario_3_a_broker_killed_in_a_batch_loses_nothing_and_doubles_nothing(void **state)
{
    sys_hub *hub = *state;
    static tb_case_id cases[BATCH];
    static bool draft[BATCH];
    black_card(hub);
    sys_agent *police = sys_agent_linked(hub, POLICE);
    sys_agent *bureau = sys_agent_linked(hub, BUREAU);
    sys_agent *hq = sys_agent_linked(hub, HQ);
    for (unsigned i = 0; i < BATCH; i++) {
        if (i == BATCH / 3 || i == BATCH * 2 / 3) {
            sys_broker_stop(hub, SIGKILL);
        }
        if (i == BATCH / 2 || i == BATCH * 5 / 6) {
            sys_broker_start(hub);
        }
        const tb_local_answer *answer = submit(police, i);
        assert_int_equal(answer->code, TB_ACCEPTED);
        draft[i] = answer->draft;
        cases[i] = answer->acted.case_id;
    }
    SYS_AWAIT(cases_at(bureau) == BATCH);
    SYS_AWAIT(sys_status(police)->outbox == 0);
    assert_int_equal(cases_at(police), BATCH);
    for (unsigned i = 0; i < BATCH; i++) {
        if (!draft[i]) { /* what waited for the link was named when it left */
            assert_int_equal(times_at(bureau, &cases[i], "submit"), 1);
        }
    }
    sys_tell_time(bureau, "2015-04-03T09:00:00+08:00");
    const tb_local_answer *answer = sys_open(bureau, "black-card", "quarterly_report",
                                             "period=2015-Q1|main_work=一批|filled_by=李明");
    done(answer);
    tb_case_id report = answer->acted.case_id;
    SYS_AWAIT(filed(hq, &report, "received_from_police") == BATCH);
    assert_true(sys_sound(police) && sys_sound(bureau) && sys_sound(hq));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(
        scenario_2_what_is_forwarded_to_an_agent_down_for_a_day_arrives_once,
        sys_set_up_two,
        sys_tear_down),
    cmocka_unit_test_setup_teardown(
        scenario_3_a_broker_killed_in_a_batch_loses_nothing_and_doubles_nothing,
        sys_set_up,
        sys_tear_down),
};

TB_RUN("system/scenarios", tests)

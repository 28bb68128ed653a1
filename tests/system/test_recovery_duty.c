/* Duties on real processes: a lapse is recorded once, whatever was killed, told to all, and ends in
 * take-over. */
#include "tests/system/hub.h"

#define POLICE "police.11"
#define BUREAU "bureau.11"
#define FIRST  "ct.11"
#define SECOND "cm.11"
#define HQ     "hq"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-03-02T08:00:00+" \
    "08:00"

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

static tb_duty_state duty_at(sys_agent *agent, const char *duty, tb_local_duty_line *out)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_DUTIES};
    const tb_local_answer *answer = sys_ask(agent, &request);
    assert_int_equal(answer->kind, TB_ANSWER_DUTIES);
    for (size_t i = 0; i < answer->duties.count; i++) {
        if (tb_bytes_equal(answer->duties.lines[i].duty, tb_bytes_str(duty))) {
            if (out != NULL) {
                *out = answer->duties.lines[i];
            }
            return answer->duties.lines[i].state;
        }
    }
    return (tb_duty_state)0;
}

/* How many lapses an agent holds of a case. */
static size_t lapses_at(sys_agent *agent, const tb_case_id *id)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = *id};
    const tb_local_answer *answer = sys_ask(agent, &request);
    size_t count = 0;
    for (size_t i = 0; answer->kind == TB_ANSWER_CASE && i < answer->case_.event_count; i++) {
        count += tb_bytes_equal(answer->case_.events[i].action, tb_bytes_str("lapse"));
    }
    return count;
}

static void an_order_not_answered_lapses_once_and_is_taken_back(void **state)
{
    sys_hub *hub = *state;
    tb_local_duty_line line;
    black_card(hub);
    sys_agent *police = sys_agent_linked(hub, POLICE);
    sys_agent *bureau = sys_agent_linked(hub, BUREAU);
    sys_agent *first = sys_agent_linked(hub, FIRST);
    const tb_local_answer *answer = sys_open(police, "black-card", "notice", LEAD);
    done(answer);
    tb_case_id id = answer->acted.case_id;
    SYS_AWAIT(sys_state_is(bureau, &id, "submitted", BUREAU));
    done(sys_act(bureau, &id, "accept", ""));
    done(sys_act(bureau, &id, "decide", "home_province=11|home_basis=operator_reply"));
    done(sys_act(bureau, &id, "order", "ordered=" FIRST));
    SYS_AWAIT(sys_state_is(first, &id, "verifying", FIRST));
    assert_int_equal(duty_at(first, "verify", &line), TB_DUTY_OPEN);
    assert_string_equal(line.debtor.text, FIRST);
    assert_string_equal(line.creditor.text, BUREAU);
    tb_time midnight;
    assert_true(tb_time_parse(tb_bytes_str("2015-03-10T00:00:00+08:00"), &midnight));
    assert_int_equal(line.due, midnight - 1); /* five working days after Monday */
    assert_int_equal(sys_tongbao_at(first, "due", "--mine", NULL), 0);
    assert_non_null(strstr(hub->output, "not due yet"));
    assert_non_null(strstr(hub->output, "default limit (not of the plan)"));

    /* the creditor is killed, and comes back after it was due */
    sys_agent_stop(bureau, SIGKILL);
    sys_agent_start(bureau);
    SYS_AWAIT(sys_status(bureau)->linked);
    sys_tell_time(bureau, "2015-03-10T00:14:59+08:00");
    assert_int_equal(duty_at(bureau, "verify", &line), TB_DUTY_OPEN);
    assert_true(line.over);
    sys_tell_time(bureau, "2015-03-10T00:15:00+08:00");
    SYS_AWAIT(duty_at(bureau, "verify", NULL) == TB_DUTY_LAPSED);
    sys_agent *all[] = {bureau, first, police};
    for (size_t i = 0; i < 3; i++) {
        SYS_AWAIT(duty_at(all[i], "verify", NULL) == TB_DUTY_LAPSED);
    }
    sys_agent_stop(bureau, SIGKILL);
    sys_agent_start(bureau);
    SYS_AWAIT(sys_status(bureau)->linked);
    sys_tell_time(bureau, "2015-03-11T00:00:00+08:00");
    assert_int_equal(sys_tongbao_at(bureau, "due", "--overdue", NULL), 0);
    assert_non_null(strstr(hub->output, "lapsed"));
    assert_int_equal(sys_tongbao_at(bureau, "--json", "due", "--overdue", NULL), 0);
    assert_non_null(strstr(hub->output, "\"state\": \"lapsed\""));

    done(sys_act(bureau, &id, "take_back", "take_over_reason=overdue"));
    SYS_AWAIT(sys_state_is(first, &id, "to_order", BUREAU));
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(lapses_at(all[i], &id), 1);
        assert_true(sys_sound(all[i]));
    }
}

/* The bureau is gone: what was handed to it and not accepted lapses towards the police, and only
 * headquarters can take it on. */
static void a_handover_nobody_signed_for_is_taken_over_by_headquarters(void **state)
{
    sys_hub *hub = *state;
    black_card(hub);
    sys_agent *police = sys_agent_linked(hub, POLICE);
    sys_agent *bureau = sys_agent_linked(hub, BUREAU);
    sys_agent *hq = sys_agent_linked(hub, HQ);
    sys_agent_stop(bureau, SIGKILL);
    const tb_local_answer *answer = sys_open(police, "black-card", "notice", LEAD);
    done(answer);
    tb_case_id id = answer->acted.case_id;
    sys_tell_time(police, "2015-03-04T00:15:00+08:00");
    SYS_AWAIT(duty_at(police, "accept", NULL) == TB_DUTY_LAPSED);
    SYS_AWAIT(sys_case(hq, &id).stalled == TB_STALL_LAPSED);
    assert_int_equal(sys_tongbao_at(hq, "case", "list", "--stalled", NULL), 0);
    assert_non_null(strstr(hub->output, "a duty lapsed"));
    done(sys_act(hq, &id, "take_over", "take_over_reason=overdue"));
    SYS_AWAIT(sys_state_is(police, &id, "at_headquarters", HQ));

    sys_agent_start(bureau);
    SYS_AWAIT(sys_state_is(bureau, &id, "at_headquarters", HQ));
    assert_int_equal(sys_act(bureau, &id, "accept", "")->code, TB_REFUSED_NOT_HOLDER);
    done(sys_act(hq, &id, "decide_home", "home_province=11|home_basis=headquarters_ruling"));
    SYS_AWAIT(sys_state_is(bureau, &id, "accepted", BUREAU));
    assert_true(sys_sound(police) && sys_sound(bureau) && sys_sound(hq));
}

static void a_time_far_from_every_campaign_is_refused_with_a_sentence(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *bureau = sys_agent_linked(hub, BUREAU);
    assert_int_equal(sys_tongbao_at(bureau, "status", "--time", "2150-01-01 00:00", NULL), 1);
    assert_non_null(strstr(hub->output, "time_far"));
    assert_int_equal(sys_tongbao_at(bureau, "status", "--time", "2015-03-02 09:00", NULL), 0);
    assert_int_equal(sys_tongbao_at(bureau, "campaign", "list", NULL), 0);
    assert_non_null(strstr(hub->output, "relay"));
    assert_non_null(strstr(hub->output, "question"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_order_not_answered_lapses_once_and_is_taken_back,
                                        sys_set_up, sys_tear_down),
        cmocka_unit_test_setup_teardown(a_handover_nobody_signed_for_is_taken_over_by_headquarters,
                                        sys_set_up, sys_tear_down),
        cmocka_unit_test_setup_teardown(a_time_far_from_every_campaign_is_refused_with_a_sentence,
                                        sys_set_up, sys_tear_down),
    };
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests_name("system/recovery_duty", tests, NULL, NULL);
}

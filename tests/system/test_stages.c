/* Stages, a fixed date, a look-up and parameters on real processes. */
#include "tests/system/hub.h"

#define UNIT      "bureau.11"
#define HQ        "hq"
#define FILE_PATH TB_SOURCE_DIR "/tests/system/staged.yaml"

static void done(const tb_local_answer *answer)
{
    if (answer->code != TB_ACCEPTED || answer->draft) {
        fail_msg("refused: %s%s", tb_refusal_key(answer->code), answer->draft ? ", a draft" : "");
    }
}

/* The duty's state at an agent; 0 when it has none of a case. */
static tb_duty_state duty_of(sys_agent *agent, const tb_case_id *id, tb_time *out_due)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_DUTIES};
    const tb_local_answer *answer = sys_ask(agent, &request);
    assert_int_equal(answer->kind, TB_ANSWER_DUTIES);
    for (size_t i = 0; i < answer->duties.count; i++) {
        if (tb_case_equal(&answer->duties.lines[i].case_id, id)) {
            *out_due = answer->duties.lines[i].due;
            return answer->duties.lines[i].state;
        }
    }
    return (tb_duty_state)0;
}

/* How many of a case's events an agent shows like this. */
static size_t shown(sys_agent *agent, const tb_case_id *id, tb_shown_timing timing)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = *id};
    const tb_local_answer *answer = sys_ask(agent, &request);
    size_t count = 0;
    for (size_t i = 0; answer->kind == TB_ANSWER_CASE && i < answer->case_.event_count; i++) {
        count += answer->case_.events[i].timing == timing;
    }
    return count;
}

static void an_act_is_refused_before_its_stage_allowed_in_it_and_late_behind_it(void **state)
{
    sys_hub *hub = *state;
    char hex[2 * TB_CASE_ID_BYTES + 1];
    tb_time due;
    tb_time behind;
    sys_document(hub, "campaign", "staged", FILE_PATH);
    sys_broker_start(hub);
    sys_agent *unit = sys_agent_linked(hub, UNIT);
    sys_agent *hq = sys_agent_linked(hub, HQ);
    sys_tell_time(unit, "2015-07-15T09:00:00+08:00");
    const tb_local_answer *answer = sys_open(unit, "staged", "problem", "item=third");
    done(answer);
    tb_case_id third = answer->acted.case_id;
    answer = sys_open(unit, "staged", "problem", "item=first");
    done(answer);
    tb_case_id first = answer->acted.case_id;

    /* only the third owes by the fixed date, and to whom it owes it sees so too */
    SYS_AWAIT(duty_of(hq, &third, &due) == TB_DUTY_OPEN);
    assert_true(tb_time_parse(tb_bytes_str("2015-08-21T00:00:00+08:00"), &behind));
    assert_int_equal(due, behind - 1);
    assert_int_equal(duty_of(unit, &first, &due), 0);

    assert_int_equal(sys_act(unit, &third, "note", "")->code, TB_REFUSED_STAGE);
    sys_tell_time(unit, "2015-07-16T00:00:00+08:00");
    done(sys_act(unit, &third, "note", ""));

    /* the look-up: the first goes to headquarters, the third would stay */
    done(sys_act(unit, &first, "pass", ""));
    SYS_AWAIT(sys_state_is(hq, &first, "led", HQ));

    sys_tell_time(hq, "2015-08-21T00:15:00+08:00");
    SYS_AWAIT(duty_of(hq, &third, &due) == TB_DUTY_LAPSED);
    SYS_AWAIT(duty_of(unit, &third, &due) == TB_DUTY_LAPSED);

    sys_tell_time(unit, "2015-10-31T10:00:00+08:00");
    done(sys_act(unit, &third, "note", ""));
    SYS_AWAIT(shown(hq, &third, TB_IN_NO_STAGE) == 1);
    assert_int_equal(shown(unit, &third, TB_IN_NO_STAGE), 1);
    tb_hex(third.bytes, TB_CASE_ID_BYTES, hex);
    assert_int_equal(sys_tongbao_at(hq, "case", "show", hex, NULL), 0);
    assert_non_null(strstr(hub->output, "late: in none of the stages it belongs to"));
    assert_int_equal(sys_tongbao_at(hq, "--json", "case", "show", hex, NULL), 0);
    assert_non_null(strstr(hub->output, "\"timing\": \"late\""));
    assert_int_equal(sys_tongbao_at(hq, "campaign", "show", "staged", NULL), 0);
    assert_non_null(strstr(hub->output, "mend: from 2015-09-01 to 2015-10-30"));
    assert_int_equal(sys_tongbao_at(hq, "--json", "campaign", "show", "staged", NULL), 0);
    assert_non_null(strstr(hub->output, "\"to\": \"2015-10-30\""));
    assert_true(sys_sound(unit));
    assert_true(sys_sound(hq));
}

/* What headquarters extends: a new version, to which the holder moves the case. Work goes on in it
 * and does not count. */
static void an_extended_stage_is_worked_in_after_a_move_and_does_not_count(void **state)
{
    sys_hub *hub = *state;
    char command[3 * SYS_PATH];
    char path[SYS_PATH];
    char hex[2 * TB_CASE_ID_BYTES + 1];
    sys_document(hub, "campaign", "staged", FILE_PATH);
    sys_path(hub, path, "staged.2.yaml");
    (void)snprintf(command, sizeof command,
                   "sed -e 's/^version: 1/version: 2/' -e 's/10-30\"}/11-15\", counts_until: "
                   "\"${year}-10-30\"}/' '%s' > '%s'",
                   FILE_PATH, path);
    assert_int_equal(system(command), 0);
    sys_sign_campaign(hub, "staged", "2", path);
    sys_broker_start(hub);
    sys_agent *unit = sys_agent_linked(hub, UNIT);
    sys_agent *hq = sys_agent_linked(hub, HQ);
    sys_tell_time(unit, "2015-10-20T09:00:00+08:00");
    const tb_local_answer *answer = sys_open(unit, "staged", "problem", "item=first");
    done(answer);
    tb_case_id id = answer->acted.case_id;
    tb_hex(id.bytes, TB_CASE_ID_BYTES, hex);
    sys_path(hub, path, "documents/staged.2.doc");
    assert_int_equal(sys_tongbao_at(hq, "document", "install", path, NULL), 0);
    SYS_AWAIT(sys_tongbao_at(unit, "case", "move", hex, "--to", "2", NULL) == 0);
    sys_tell_time(unit, "2015-10-31T10:00:00+08:00");
    done(sys_act(unit, &id, "note", ""));
    SYS_AWAIT(shown(hq, &id, TB_NOT_COUNTED) == 1);
    assert_int_equal(shown(hq, &id, TB_IN_NO_STAGE), 0);
    sys_tell_time(unit, "2015-11-16T00:00:00+08:00");
    done(sys_act(unit, &id, "note", ""));
    SYS_AWAIT(shown(hq, &id, TB_IN_NO_STAGE) == 1);
    assert_int_equal(sys_tongbao_at(unit, "case", "show", hex, NULL), 0);
    assert_non_null(strstr(hub->output, "not counted: done after the day up to which it counts"));
    assert_true(sys_sound(unit));
    assert_true(sys_sound(hq));
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void a_definition_is_set_to_another_year_and_shown_in_words(void **state)
{
    sys_hub *hub = *state;
    char path[SYS_PATH];
    assert_int_equal(sys_tongbao(hub, "campaign", "check", FILE_PATH, NULL), 0);
    assert_int_equal(
        sys_tongbao(hub, "campaign", "set", FILE_PATH, "--parameter", "year=20XX", NULL), 1);
    assert_int_equal(sys_tongbao(hub, "campaign", "set", FILE_PATH, "--parameter", "month=7", NULL),
                     1);
    assert_int_not_equal(
        sys_tongbao(hub, "campaign", "set", FILE_PATH, "--parameter", "year", NULL), 0);
    assert_int_equal(
        sys_tongbao(hub, "campaign", "set", FILE_PATH, "--parameter", "year=2019", NULL), 0);
    sys_path(hub, path, "of2019.yaml");
    write_file(path, hub->output);
    assert_int_equal(sys_tongbao(hub, "campaign", "check", path, NULL), 0);
    assert_int_equal(sys_tongbao(hub, "campaign", "explain", path, NULL), 0);
    assert_non_null(strstr(hub->output, "check: from 2019-07-16 to 2019-08-31"));
    assert_non_null(strstr(hub->output, "in the stages check, mend; later it is allowed"));
    assert_non_null(strstr(hub->output, "by the end of 2019-08-20"));
    assert_non_null(strstr(hub->output, "third: unit, headquarters"));
    assert_int_equal(sys_tongbao(hub, "campaign", "--json", "diff", FILE_PATH, path, NULL), 1);
    assert_non_null(strstr(hub->output, "\"difference\": \"stage_changed\""));
    assert_non_null(strstr(hub->output, "\"difference\": \"parameter\""));
    assert_non_null(strstr(hub->output, "\"difference\": \"dates\""));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(
        an_act_is_refused_before_its_stage_allowed_in_it_and_late_behind_it,
        sys_set_up,
        sys_tear_down),
    cmocka_unit_test_setup_teardown(
        an_extended_stage_is_worked_in_after_a_move_and_does_not_count, sys_set_up, sys_tear_down),
    cmocka_unit_test_setup_teardown(
        a_definition_is_set_to_another_year_and_shown_in_words, sys_set_up, sys_tear_down),
};

TB_RUN("system/stages", tests)

/* Taking over on real processes: a holder that stalls, is dead, is revoked or went out of service;
 * a case that forked; and what becomes of an act that came too late. */
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
        fail_msg("refused: %s %.*s%s", tb_refusal_key(answer->code), (int)answer->detail.size,
                 (const char *)answer->detail.data, answer->draft ? ", a draft" : "");
    }
}

/* A card of Beijing found in Beijing: accepted, decided, and ordered from an operator. */
static tb_case_id ordered(sys_agent *police, sys_agent *bureau, const char *operator)
{
    char fields[80];
    const tb_local_answer *answer = sys_open(police, "black-card", "notice", LEAD);
    done(answer);
    tb_case_id id = answer->acted.case_id;
    SYS_AWAIT(sys_state_is(bureau, &id, "submitted", BUREAU));
    done(sys_act(bureau, &id, "accept", ""));
    done(sys_act(bureau, &id, "decide", "home_province=11|home_basis=operator_reply"));
    (void)snprintf(fields, sizeof fields, "ordered=%s", operator);
    done(sys_act(bureau, &id, "order", fields));
    return id;
}

/* The other operator is ordered and answers, and the case is closed. */
static void finish_with_second(sys_agent *bureau, sys_agent *second, const tb_case_id *id)
{
    done(sys_act(bureau, id, "order", "ordered=" SECOND));
    SYS_AWAIT(sys_state_is(second, id, "verifying", SECOND));
    done(sys_act(second, id, "result", "verify_result=not_in_use|action=none"));
    SYS_AWAIT(sys_state_is(bureau, id, "verified", BUREAU));
    done(sys_act(bureau, id, "pass_on", ""));
    done(sys_act(bureau, id, "close", ""));
}

static void a_stalled_holder_is_taken_over_from(void **state)
{
    sys_hub *hub = *state;
    black_card(hub);
    sys_agent *police = sys_agent_linked(hub, POLICE);
    sys_agent *bureau = sys_agent_linked(hub, BUREAU);
    sys_agent *first = sys_agent_linked(hub, FIRST);
    sys_agent *second = sys_agent_linked(hub, SECOND);
    tb_case_id id = ordered(police, bureau, FIRST);
    SYS_AWAIT(sys_state_is(first, &id, "verifying", FIRST));
    /* not for being overdue while nothing lapsed, and not by who has no say in it */
    assert_int_equal(sys_act(bureau, &id, "take_back", "take_over_reason=overdue")->code,
                     TB_REFUSED_NO_LAPSE);
    assert_int_equal(sys_act(police, &id, "take_over", "take_over_reason=other")->code,
                     TB_REFUSED_ROLE);
    done(sys_act(bureau, &id, "take_back", "take_over_reason=other"));
    SYS_AWAIT(sys_state_is(first, &id, "to_order", BUREAU));
    assert_int_equal(sys_act(first, &id, "result", "verify_result=not_in_use|action=none")->code,
                     TB_REFUSED_NOT_HOLDER);
    finish_with_second(bureau, second, &id);
    SYS_AWAIT(sys_state_is(police, &id, "closed", BUREAU));
    assert_int_equal(sys_case(police, &id).term, 2);
    assert_true(sys_sound(police) && sys_sound(bureau) && sys_sound(first) && sys_sound(second));
}

/* A clerk writes what stands on the screen, and is told what may be written. */
static void people_name_states_actions_fields_and_parties_as_they_see_them(void **state)
{
    sys_hub *hub = *state;
    char hex[2 * TB_CASE_ID_BYTES + 1];
    black_card(hub);
    sys_agent *police = sys_agent_linked(hub, POLICE);
    sys_agent *bureau = sys_agent_linked(hub, BUREAU);
    tb_case_id id = ordered(police, bureau, FIRST);
    tb_hex(id.bytes, sizeof id.bytes, hex);
    assert_int_equal(sys_tongbao_at(bureau, "case", "list", "--state", "核查中", NULL), 0);
    assert_non_null(strstr(hub->output, hex));
    assert_int_equal(sys_tongbao_at(bureau, "case", "list", "--state", "办完", NULL), 2);
    assert_non_null(strstr(hub->output, "no campaign here has a state"));
    assert_int_equal(sys_tongbao_at(bureau, "case", "list", "--field", "受令企业", "--value",
                                    "中国电信北京公司", NULL),
                     0);
    assert_non_null(strstr(hub->output, hex));
    assert_int_equal(
        sys_tongbao_at(bureau, "case", "list", "--field", "颜色", "--value", "红", NULL), 2);
    assert_non_null(strstr(hub->output, "no campaign here has a field"));
    assert_int_equal(
        sys_tongbao_at(bureau, "case", "act", hex, "收回核查指令", "接管原因=不想等", NULL), 1);
    assert_non_null(strstr(hub->output, "a duty lapsed | the holder is out of service"));
    assert_int_equal(
        sys_tongbao_at(bureau, "case", "act", hex, "收回核查指令", "接管原因=其他", NULL), 0);
    assert_int_equal(sys_tongbao_at(bureau, "case", "act", hex, "下达核查指令",
                                    "受令企业=中国移动北京公司", NULL),
                     0);
    assert_true(sys_state_is(bureau, &id, "verifying", SECOND));
    assert_int_equal(
        sys_tongbao_at(bureau, "case", "act", hex, "lapse", "lapsed_duty=verify", NULL), 1);
    assert_non_null(strstr(hub->output, "lapse_by_agent"));
    assert_int_equal(sys_tongbao_at(bureau, "case", "acts", hex, NULL), 0);
    assert_null(strstr(hub->output, "lapse  "));
}

static void a_dead_holder_is_taken_over_from_and_learns_it_when_it_comes_back(void **state)
{
    sys_hub *hub = *state;
    black_card(hub);
    sys_agent *police = sys_agent_linked(hub, POLICE);
    sys_agent *bureau = sys_agent_linked(hub, BUREAU);
    sys_agent *first = sys_agent_linked(hub, FIRST);
    sys_agent *second = sys_agent_linked(hub, SECOND);
    sys_agent_stop(first, SIGKILL);
    tb_case_id id = ordered(police, bureau, FIRST);
    done(sys_act(bureau, &id, "take_back", "take_over_reason=other"));
    finish_with_second(bureau, second, &id);
    SYS_AWAIT(sys_state_is(police, &id, "closed", BUREAU));

    sys_agent_start(first);
    SYS_AWAIT(sys_case(first, &id).term == 2);
    assert_true(sys_state_is(first, &id, "to_order", BUREAU));
    assert_int_equal(sys_case(first, &id).held_back, 0);
    assert_true(sys_sound(first) && sys_sound(bureau));
}

/* A new version of the directory, made by the authority's command and installed at one agent. */
static void publish(sys_hub *hub, sys_agent *through)
{
    char directory[SYS_PATH];
    char newest[SYS_PATH];
    sys_path(hub, directory, "directory");
    sys_path(hub, newest, "newest.doc");
    if (sys_tongbao(hub, "directory", "publish", "--dir", directory, "--out", newest, NULL) != 0 ||
        sys_tongbao_at(through, "directory", "install", newest, NULL) != 0) {
        fail_msg("%s", hub->output);
    }
    SYS_AWAIT(sys_status(through)->directory_version == 3);
}

static void revoke_all(sys_hub *hub, const char *party)
{
    char authority[SYS_PATH];
    char directory[SYS_PATH];
    sys_path(hub, authority, "keys/authority.key");
    sys_path(hub, directory, "directory");
    if (sys_tongbao(hub, "directory", "revoke", party, "--key", "all", "--reason", "stolen",
                    "--authority", authority, "--dir", directory, NULL) != 0) {
        fail_msg("%s", hub->output);
    }
}

static void a_revoked_holder_is_listed_taken_over_from_and_handed_nothing(void **state)
{
    sys_hub *hub = *state;
    black_card(hub);
    sys_agent *police = sys_agent_linked(hub, POLICE);
    sys_agent *bureau = sys_agent_linked(hub, BUREAU);
    sys_agent *first = sys_agent_linked(hub, FIRST);
    sys_agent *second = sys_agent_linked(hub, SECOND);
    tb_case_id id = ordered(police, bureau, FIRST);
    SYS_AWAIT(sys_state_is(first, &id, "verifying", FIRST));
    assert_int_equal(sys_tongbao_at(bureau, "case", "list", "--stalled", NULL), 0);
    assert_null(strstr(hub->output, "out of service"));

    revoke_all(hub, FIRST);
    publish(hub, bureau);
    assert_int_equal(sys_case(bureau, &id).stalled, TB_STALL_PARTY_OFF);
    assert_int_equal(sys_tongbao_at(bureau, "case", "list", "--stalled", NULL), 0);
    assert_non_null(strstr(hub->output, "its holder is out of service"));
    assert_int_equal(sys_tongbao_at(bureau, "--json", "case", "list", "--stalled", NULL), 0);
    assert_non_null(strstr(hub->output, "\"stalled\": \"party_off\""));

    done(sys_act(bureau, &id, "take_back", "take_over_reason=party_off"));
    assert_int_equal(sys_act(bureau, &id, "order", "ordered=" FIRST)->code, TB_REFUSED_PARTY_OFF);
    SYS_AWAIT(sys_status(police)->directory_version == 3);
    SYS_AWAIT(sys_status(second)->directory_version == 3);
    finish_with_second(bureau, second, &id);
    SYS_AWAIT(sys_state_is(police, &id, "closed", BUREAU));
    assert_true(sys_sound(police) && sys_sound(bureau) && sys_sound(second));
}

static void a_party_that_ended_is_handed_nothing(void **state)
{
    sys_hub *hub = *state;
    char batch[SYS_PATH];
    char authority[SYS_PATH];
    char directory[SYS_PATH];
    black_card(hub);
    sys_agent *police = sys_agent_linked(hub, POLICE);
    sys_agent *bureau = sys_agent_linked(hub, BUREAU);
    tb_case_id id = ordered(police, bureau, FIRST);
    sys_path(hub, batch, "ended.csv");
    sys_path(hub, authority, "keys/authority.key");
    sys_path(hub, directory, "directory");
    FILE *file = fopen(batch, "w");
    assert_non_null(file);
    (void)fputs("party,state\n" FIRST ",ended\n", file);
    assert_int_equal(fclose(file), 0);
    if (sys_tongbao(hub, "directory", "enrol", "--dir", directory, "--authority", authority,
                    "--batch", batch, NULL) != 0) {
        fail_msg("%s", hub->output);
    }
    publish(hub, bureau);
    assert_int_equal(sys_case(bureau, &id).stalled, TB_STALL_PARTY_OFF);
    done(sys_act(bureau, &id, "take_back", "take_over_reason=party_off"));
    assert_int_equal(sys_act(bureau, &id, "order", "ordered=" FIRST)->code, TB_REFUSED_PARTY_OFF);
    done(sys_act(bureau, &id, "order", "ordered=" SECOND));
    assert_true(sys_sound(bureau));
}

/* The operator answers while the bureau is away; the bureau, not knowing, takes the order back. */
static void what_came_too_late_is_shown_as_overtaken_and_has_no_effect(void **state)
{
    sys_hub *hub = *state;
    char hex[2 * TB_CASE_ID_BYTES + 1];
    black_card(hub);
    sys_agent *police = sys_agent_linked(hub, POLICE);
    sys_agent *bureau = sys_agent_linked(hub, BUREAU);
    sys_agent *first = sys_agent_linked(hub, FIRST);
    tb_case_id id = ordered(police, bureau, FIRST);
    SYS_AWAIT(sys_state_is(first, &id, "verifying", FIRST));
    SYS_AWAIT(sys_status(bureau)->outbox == 0);
    sys_agent_stop(bureau, SIGTERM);
    const tb_local_answer *answer =
        sys_act(first, &id, "result", "verify_result=not_in_use|action=none");
    done(answer);
    tb_digest result = answer->acted.event;
    SYS_AWAIT(sys_where(first, &result, BUREAU, NULL) == TB_WHERE_STORED);
    sys_broker_stop(hub, SIGTERM);
    sys_agent_start(bureau);
    answer = sys_act(bureau, &id, "take_back", "take_over_reason=other");
    assert_true(answer->code == TB_ACCEPTED && answer->draft);

    sys_broker_start(hub);
    SYS_AWAIT(sys_case(bureau, &id).term == 2 && sys_case(first, &id).term == 2);
    SYS_AWAIT(sys_standing(bureau, &id, TB_STANDING_OVERTAKEN) == 1);
    SYS_AWAIT(sys_standing(first, &id, TB_STANDING_OVERTAKEN) == 1);
    sys_agent *both[] = {bureau, first};
    tb_hex(id.bytes, sizeof id.bytes, hex);
    for (size_t i = 0; i < 2; i++) {
        assert_true(sys_state_is(both[i], &id, "to_order", BUREAU));
        tb_local_summary summary = sys_case(both[i], &id);
        for (size_t f = 0; f < summary.field_count; f++) {
            assert_false(tb_bytes_equal(summary.fields[f].id, tb_bytes_str("verify_result")));
        }
        assert_int_equal(sys_tongbao_at(both[i], "case", "show", hex, NULL), 0);
        assert_non_null(strstr(hub->output, "overtaken"));
        assert_int_equal(sys_tongbao_at(both[i], "--json", "case", "show", hex, NULL), 0);
        assert_non_null(strstr(hub->output, "\"standing\": \"overtaken\""));
        assert_int_equal(sys_tongbao_at(both[i], "trace", hex, NULL), 0);
        assert_non_null(strstr(hub->output, "report the result (overtaken)"));
        assert_true(sys_sound(both[i]));
    }
    /* it may be ordered once more, as if it never had been answered */
    done(sys_act(bureau, &id, "order", "ordered=" FIRST));
    SYS_AWAIT(sys_state_is(first, &id, "verifying", FIRST));
}

/* Hub and bureau come back old together, so that the bureau acts a second time on one head, and
 * nobody was there to stop it. Who is shown both branches freezes the case; headquarters settles
 * it. */
static void a_forked_case_is_frozen_until_it_is_taken_over(void **state)
{
    sys_hub *hub = *state;
    sys_document(hub, "campaign", "fork", TB_SOURCE_DIR "/tests/system/fork.yaml");
    sys_broker_start(hub);
    sys_agent *police = sys_agent_linked(hub, POLICE);
    sys_agent *bureau = sys_agent_linked(hub, BUREAU);
    sys_agent *first = sys_agent_linked(hub, FIRST);
    sys_agent *hq = sys_agent_linked(hub, HQ);
    const tb_local_answer *answer = sys_open(police, "fork", "matter", "to=" BUREAU "|next=" FIRST);
    done(answer);
    tb_case_id id = answer->acted.case_id;
    SYS_AWAIT(sys_state_is(bureau, &id, "given", BUREAU));
    SYS_AWAIT(sys_status(police)->outbox == 0);
    sys_agent_stop(police, SIGTERM);
    sys_agent_stop(bureau, SIGTERM);
    sys_broker_stop(hub, SIGTERM);
    sys_store_keep(hub, "hub", "hub.old");
    sys_store_keep(hub, BUREAU, "bureau.old");
    sys_broker_start(hub);
    sys_agent_start(bureau);
    SYS_AWAIT(sys_status(bureau)->linked && sys_status(first)->linked && sys_status(hq)->linked);
    done(sys_act(bureau, &id, "pass", ""));
    SYS_AWAIT(sys_state_is(first, &id, "passed", FIRST) && sys_state_is(hq, &id, "passed", FIRST));
    SYS_AWAIT(sys_status(bureau)->outbox == 0);

    sys_agent_stop(bureau, SIGTERM);
    sys_agent_stop(first, SIGTERM);
    sys_agent_stop(hq, SIGTERM);
    sys_broker_stop(hub, SIGTERM);
    sys_store_put_back(hub, "hub", "hub.old");
    sys_store_put_back(hub, BUREAU, "bureau.old");
    sys_broker_start(hub);
    sys_agent_start(bureau);
    SYS_AWAIT(sys_status(bureau)->linked);
    (void)sys_send(bureau, SECOND, "takes the notice's number"); /* whose header is another now */
    done(sys_act(bureau, &id, "keep", ""));
    sys_agent_start(police);
    SYS_AWAIT(sys_state_is(police, &id, "kept", BUREAU));
    sys_agent_stop(bureau, SIGTERM);

    sys_agent_start(first);
    SYS_AWAIT(sys_status(first)->linked);
    done(sys_act(first, &id, "report", ""));
    SYS_AWAIT(sys_case(police, &id).frozen);
    assert_true(sys_standing(police, &id, TB_STANDING_FORKED) > 0);
    assert_true(sys_alarmed(police, "forked"));
    assert_int_equal(sys_case(police, &id).stalled, TB_STALL_FROZEN);

    sys_agent_start(hq);
    SYS_AWAIT(sys_state_is(hq, &id, "reported", FIRST));
    done(sys_act(hq, &id, "take_over", "reason=other"));
    SYS_AWAIT(sys_state_is(police, &id, "settled", HQ));
    SYS_AWAIT(sys_state_is(first, &id, "settled", HQ));
    assert_false(sys_case(police, &id).frozen);
    assert_int_equal(sys_standing(police, &id, TB_STANDING_FORKED), 0);
    assert_int_equal(sys_standing(police, &id, TB_STANDING_OVERTAKEN), 1);
    done(sys_act(hq, &id, "finish", ""));
    SYS_AWAIT(sys_state_is(police, &id, "done", HQ));
    assert_true(sys_sound(police) && sys_sound(first) && sys_sound(hq));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_stalled_holder_is_taken_over_from, sys_set_up,
                                        sys_tear_down),
        cmocka_unit_test_setup_teardown(
            people_name_states_actions_fields_and_parties_as_they_see_them, sys_set_up,
            sys_tear_down),
        cmocka_unit_test_setup_teardown(
            a_dead_holder_is_taken_over_from_and_learns_it_when_it_comes_back, sys_set_up,
            sys_tear_down),
        cmocka_unit_test_setup_teardown(
            a_revoked_holder_is_listed_taken_over_from_and_handed_nothing, sys_set_up,
            sys_tear_down),
        cmocka_unit_test_setup_teardown(a_party_that_ended_is_handed_nothing, sys_set_up,
                                        sys_tear_down),
        cmocka_unit_test_setup_teardown(what_came_too_late_is_shown_as_overtaken_and_has_no_effect,
                                        sys_set_up, sys_tear_down),
        cmocka_unit_test_setup_teardown(a_forked_case_is_frozen_until_it_is_taken_over, sys_set_up,
                                        sys_tear_down),
    };
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests_name("system/recovery_takeover", tests, NULL, NULL);
}

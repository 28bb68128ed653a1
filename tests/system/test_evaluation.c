/* A score sheet on real processes: counted by the bureau's agent, typed in by nobody, opened to its
 * events, proved, and exported for who has no agent. */
#include "tests/system/hub.h"

#define BUREAU   "bureau.11"
#define OPERATOR "ct.11"
#define MATTERS  10

static bool prints(const sys_hub *hub, const char *text)
{
    if (strstr(hub->output, text) == NULL) {
        print_error("not in: %s\n", hub->output);
        return false;
    }
    return true;
}

static void matter(sys_agent *bureau, sys_agent *operator, unsigned serial, bool kept)
{
    char fields[100];
    (void)snprintf(fields, sizeof fields, "whom=" OPERATOR "|serial=%u", serial);
    const tb_local_answer *answer = sys_open(bureau, "evaluation", "matter", fields);
    assert_int_equal(answer->code, TB_ACCEPTED);
    tb_case_id id = answer->acted.case_id;
    SYS_AWAIT(sys_state_is(operator, & id, "asked", OPERATOR));
    assert_int_equal(sys_act(operator, & id, "reply", kept ? "kept=1" : "kept=0")->code,
                     TB_ACCEPTED);
    SYS_AWAIT(sys_state_is(bureau, &id, "closed", OPERATOR));
}

static bool evaluates(sys_agent *bureau, tb_case_id *out)
{
    const tb_local_answer *answer =
        sys_open(bureau, "evaluation", "sheet", "whom=" OPERATOR "|period=2015-Q1");
    *out = answer->acted.case_id;
    return answer->code == TB_ACCEPTED && !answer->draft;
}

static void a_sheet_is_counted_opened_proved_and_exported(void **state)
{
    sys_hub *hub = *state;
    char id[2 * TB_CASE_ID_BYTES + 1];
    char path[SYS_PATH];
    tb_case_id sheet;
    sys_document(hub, "campaign", "evaluation", TB_SOURCE_DIR "/tests/system/evaluation.yaml");
    sys_broker_start(hub);
    sys_agent *bureau = sys_agent_linked(hub, BUREAU);
    sys_agent *operator= sys_agent_linked(hub, OPERATOR);
    sys_tell_time(bureau, "2015-03-30T10:00:00+08:00");
    for (unsigned i = 0; i < MATTERS; i++) {
        matter(bureau, operator, i, i > 0);
    }
    /* the quarter is not over, and nobody types a figure */
    assert_int_equal(sys_tongbao_at(bureau, "case", "open", "evaluation", "--type", "sheet",
                                    "whom=" OPERATOR, "period=2015-Q1", "--lang", "en", NULL),
                     1);
    assert_true(prints(hub, "not over yet"));
    sys_tell_time(bureau, "2015-04-03T09:00:00+08:00");
    assert_int_equal(sys_tongbao_at(bureau, "case", "open", "evaluation", "--type", "sheet",
                                    "whom=" OPERATOR, "period=2015-Q1", "replies=40", "--lang",
                                    "en", NULL),
                     1);
    assert_true(prints(hub, "nobody types it") && prints(hub, "replies"));

    SYS_AWAIT(evaluates(bureau, &sheet));
    tb_hex(sheet.bytes, TB_CASE_ID_BYTES, id);
    assert_int_equal(sys_tongbao_at(bureau, "case", "show", id, "--lang", "en", NULL), 0);
    assert_true(prints(hub, "share kept") && prints(hub, "90.00% (9/10)"));
    assert_true(prints(hub, "≥ 90/100") && prints(hub, " met"));
    SYS_AWAIT(sys_state_is(operator, & sheet, "stated", OPERATOR));
    assert_int_equal(sys_tongbao_at(operator, "case", "show", id, "--json", NULL), 0);
    assert_true(prints(hub, "\"verdict\": \"met\"")); /* the same sheet at who is evaluated */

    assert_int_equal(sys_tongbao_at(bureau, "case", "figure", id, "kept", "--json", NULL), 0);
    assert_true(prints(hub, "\"stated\": \"9\"") && prints(hub, "\"now\": \"9\""));
    assert_int_equal(
        sys_tongbao_at(bureau, "case", "figure", id, "kept", "--limit", "4", "--lang", "en", NULL),
        0);
    assert_true(prints(hub, "more: --after"));
    assert_int_equal(sys_tongbao_at(operator, "case", "figure", id, "kept", "--lang", "en", NULL),
                     1);
    assert_true(prints(hub, "the party that stated it"));

    assert_int_equal(sys_tongbao_at(bureau, "verify", "case", id, "--lang", "en", NULL), 0);
    assert_true(prints(hub, "19 of them stand behind the figures"));
    assert_int_equal(sys_tongbao_at(operator, "verify", "case", id, "--lang", "en", NULL), 0);
    assert_true(prints(hub, "attested"));
    sys_path(hub, path, "sheet.proof");
    assert_int_equal(sys_tongbao_at(bureau, "case", "export", id, "--out", path, NULL), 0);
    assert_int_equal(sys_tongbao(hub, "verify", path, "--lang", "en", NULL), 0);
    assert_true(prints(hub, "19 of them stand behind the figures"));
    assert_true(prints(hub, "everything verifies"));
    assert_true(sys_sound(bureau) && sys_sound(operator));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    TEST(a_sheet_is_counted_opened_proved_and_exported),
};

TB_RUN("system/evaluation", tests)

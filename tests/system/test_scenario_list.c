/* Lists on real processes (scenario 11 of the plans): an agent code that was listed is refused in
 * its province and allowed in another, from the command line, with the line down, and by the sheet;
 * a removal is open until it was confirmed; and an act opens another case.
 */
#include "tests/system/authority.h"

#include "agents/cli/cli.h"
#include "agents/cli/files.h"

#define BUREAU   "bureau.11"
#define OPERATOR "cm.11"
#define REGISTER TB_SOURCE_DIR "/tests/agents/register.yaml"

static bool says(const sys_hub *hub, const char *text)
{
    return strstr(hub->output, text) != NULL;
}

static bool holds(const uint8_t *text, size_t size, const char *words)
{
    return memmem(text, size, words, strlen(words)) != NULL;
}

/* The campaign everywhere, and two agents that are linked. */
static void
begin_with(sys_hub *hub, const char *definition, sys_agent **bureau, sys_agent **operator)
{
    char authority[SYS_PATH];
    char directory[SYS_PATH];
    char out[SYS_PATH];
    sys_path(hub, authority, "keys/authority.key");
    sys_path(hub, directory, "directory");
    sys_path(hub, out, "register.doc");
    assert_int_equal(sys_tongbao(hub, "campaign", "publish", definition, "--authority", authority,
                                 "--dir", directory, "--out", out, NULL),
                     TB_EXIT_DONE);
    sys_broker_start(hub);
    *bureau = sys_agent_linked(hub, BUREAU);
    *operator= sys_agent_linked(hub, OPERATOR);
    assert_int_equal(sys_tongbao_at(*bureau, "document", "install", out, NULL), TB_EXIT_DONE);
    SYS_AWAIT(sys_tongbao_at(*operator, "campaign", "show", "register", NULL) == TB_EXIT_DONE);
    sys_tell_time(*bureau, "2015-03-02T09:00:00+08:00");
    sys_tell_time(*operator, "2015-03-02T09:00:00+08:00");
}

static void begin(sys_hub *hub, sys_agent **bureau, sys_agent **operator)
{
    begin_with(hub, REGISTER, bureau, operator);
}

static tb_case_id list_one(sys_agent *bureau)
{
    const tb_local_answer *answer = sys_open(
        bureau, "register", "entry",
        "province=11|operator=CM|agent_code=BJ-00-17|channel_name=某某通讯器材店|district=朝阳区");
    assert_int_equal(answer->code, TB_ACCEPTED);
    tb_case_id id = answer->acted.case_id;
    assert_int_equal(sys_act(bureau, &id, "list", "reason=卖卡不登记")->code, TB_ACCEPTED);
    return id;
}

static int gate(sys_agent *agent, const char *province)
{
    return sys_tongbao_at(agent, "list", "check", "channels", "--operator", "中国移动",
                          "--agent-code", "bj 00 17", "--province", province, NULL);
}

static void
scenario_11_a_listed_agent_code_is_refused_in_its_province_and_allowed_in_another(void **state)
{
    sys_hub *hub = *state;
    sys_agent *bureau;
    sys_agent *operator;
    begin(hub, &bureau, &operator);
    tb_case_id id = list_one(bureau);
    char entry[2 * TB_CASE_ID_BYTES + 1];
    tb_hex(id.bytes, TB_CASE_ID_BYTES, entry);
    SYS_AWAIT(gate(operator, "11") == TB_EXIT_LISTED);
    assert_true(says(hub, entry)); /* with its number, by whom and how old the copy is */
    assert_true(says(hub, "listed by"));
    assert_true(says(hub, "this copy: the hub was heard less than a minute ago"));
    assert_int_equal(gate(operator, "44"), TB_EXIT_DONE);
    assert_true(says(hub, "not found"));
    /* a name alone is for a person to compare */
    assert_int_equal(sys_tongbao_at(operator, "list", "check", "channels", "--name",
                                    "某某 通讯器材店", "--district=朝阳区", NULL),
                     TB_EXIT_POSSIBLE);
    assert_true(says(hub, "possible"));
    assert_int_equal(
        sys_tongbao_at(operator, "list", "check", "channels", "--reg-no", "110108000000017", NULL),
        TB_EXIT_REFUSED);
    assert_int_equal(sys_tongbao_at(operator, "list", "check", "channels", "--colour", "red", NULL),
                     TB_EXIT_USAGE);
    assert_int_equal(sys_tongbao_at(operator, "list", "check", "nothing", "--name", "x", NULL),
                     TB_EXIT_REFUSED);
    assert_int_equal(sys_tongbao_at(operator, "list", "list", "--json", NULL), TB_EXIT_DONE);
    assert_true(says(hub, "\"list\": \"channels\"") && says(hub, "\"scope\": \"province\""));
    /* the gate needs no line, and says so */
    sys_broker_stop(hub, SIGTERM);
    SYS_AWAIT(!sys_status(operator)->linked);
    assert_int_equal(gate(operator, "11"), TB_EXIT_LISTED);
    assert_true(says(hub, "the link is down"));
    /* and how old the copy is is not forgotten by a restart */
    sys_agent_stop(operator, SIGTERM);
    sys_agent_start(operator);
    assert_int_equal(gate(operator, "11"), TB_EXIT_LISTED);
    assert_false(says(hub, "never heard"));
    assert_true(sys_sound(bureau) && sys_sound(operator));
}

static void a_sheet_of_applicants_comes_back_with_verdicts(void **state)
{
    sys_hub *hub = *state;
    sys_agent *bureau;
    sys_agent *operator;
    char sheet[SYS_PATH];
    char checked[SYS_PATH];
    static const char rows[] = "\xEF\xBB\xBF" /* as a spreadsheet saves it */
                               "序号,企业,编号,渠道名称,区县,备注\r\n"
                               "1,移动,ＢＪ－００－１７,甲店,海淀区,\"a,b\"\r\n"
                               "2,移动,BJ-00-18,某某通讯器材店,朝阳区,\r\n"
                               "3,电信,BJ-00-17,乙店,海淀区,\r\n"
                               "4,某公司,BJ-00-17,乙店,海淀区,\r\n"
                               "5,移动,\"BJ\r\n";
    begin(hub, &bureau, &operator);
    (void)list_one(bureau);
    SYS_AWAIT(gate(operator, "11") == TB_EXIT_LISTED);
    sys_path(hub, sheet, "applicants.csv");
    sys_path(hub, checked, "applicants.csv.checked.csv");
    assert_true(tb_files_write(sheet, true, tb_bytes_of(rows, sizeof rows - 1)));
    assert_int_equal(sys_tongbao_at(operator, "list", "check", "channels", "--file", sheet, NULL),
                     TB_EXIT_LISTED);
    assert_true(says(hub, "listed: 1"));
    assert_true(says(hub, "possible: a person must compare: 1"));
    assert_true(says(hub, "not found: 1"));
    assert_true(says(hub, "not judged: 2"));
    uint8_t *text = NULL;
    size_t size = 0;
    assert_true(tb_files_load(checked, 1 << 16, &text, &size));
    assert_true(size > 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0);
    assert_true(holds(text, size, ",\"a,b\",listed,"));
    assert_true(holds(text, size, "3,电信,BJ-00-17,乙店,海淀区,,not found,,,,"));
    free(text);
}

/* Who asks writes the name; the entry holds its code. */
static void a_likely_entry_is_found_by_the_name_of_its_province(void **state)
{
    static const char before[] = "place: district}";
    static const char after[] = "place: province}";
    sys_hub *hub = *state;
    sys_agent *bureau;
    sys_agent *operator;
    char bent[SYS_PATH];
    uint8_t *text = NULL;
    size_t size = 0;
    _Static_assert(sizeof before == sizeof after, "of one length");
    assert_true(tb_files_load(REGISTER, 1 << 16, &text, &size));
    uint8_t *at = memmem(text, size, before, sizeof before - 1);
    assert_non_null(at);
    memcpy(at, after, sizeof after - 1);
    sys_path(hub, bent, "bent.yaml");
    assert_true(tb_files_write(bent, true, tb_bytes_of(text, size)));
    free(text);
    sys_document(hub, "table", "provinces", TB_BINARY_DIR "/tables/provinces.table");
    begin_with(hub, bent, &bureau, &operator);
    (void)list_one(bureau);
    SYS_AWAIT(gate(operator, "11") == TB_EXIT_LISTED);
    static const struct {
        const char *place;
        int code;
    } asked[] = {{"北京", TB_EXIT_POSSIBLE},
                 {"北京市", TB_EXIT_POSSIBLE},
                 {"11", TB_EXIT_POSSIBLE},
                 {"天津", TB_EXIT_DONE},
                 {"江湖", TB_EXIT_REFUSED}};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        assert_int_equal(sys_tongbao_at(operator, "list", "check", "channels", "--name",
                                        "某某通讯器材店", "--place", asked[i].place, NULL),
                         asked[i].code);
    }
}

static void a_removal_is_open_until_it_was_confirmed(void **state)
{
    sys_hub *hub = *state;
    sys_agent *bureau;
    sys_agent *operator;
    begin(hub, &bureau, &operator);
    tb_case_id id = list_one(bureau);
    SYS_AWAIT(gate(operator, "11") == TB_EXIT_LISTED);
    assert_int_equal(sys_act(bureau, &id, "remove", "reason=查无实据")->code, TB_ACCEPTED);
    SYS_AWAIT(gate(operator, "11") == TB_EXIT_DONE);
    assert_int_equal(sys_tongbao_at(bureau, "list", "show", "channels", "--json", NULL),
                     TB_EXIT_DONE);
    assert_true(says(hub, "\"standing\": \"removed\""));
    assert_true(says(hub, "\"confirmed\": []"));
    assert_int_equal(sys_act(operator, & id, "confirm_removal", "")->code, TB_ACCEPTED);
    SYS_AWAIT(sys_tongbao_at(bureau, "list", "show", "channels", NULL) == TB_EXIT_DONE &&
              says(hub, "receipt returned by"));
    assert_true(says(hub, "removal still open, no receipt from")); /* others have not */
    assert_true(sys_sound(bureau) && sys_sound(operator));
}

static void an_act_opens_another_case_and_each_shows_the_other(void **state)
{
    sys_hub *hub = *state;
    sys_agent *bureau;
    sys_agent *operator;
    char hex[2 * TB_CASE_ID_BYTES + 1];
    begin(hub, &bureau, &operator);
    const tb_local_answer *answer =
        sys_open(bureau, "register", "card", "province=11|network=CM|shop_code=1|shop_name=店");
    assert_int_equal(answer->code, TB_ACCEPTED);
    tb_case_id card = answer->acted.case_id;
    assert_int_equal(sys_act(bureau, &card, "consult", "")->code, TB_ACCEPTED);
    SYS_AWAIT(sys_state_is(operator, & card, "open", BUREAU));
    assert_int_equal(sys_act(operator, & card, "opine", "opinion=agree")->code, TB_ACCEPTED);
    tb_hex(card.bytes, TB_CASE_ID_BYTES, hex);
    SYS_AWAIT(sys_tongbao_at(bureau, "case", "show", hex, NULL) == TB_EXIT_DONE &&
              says(hub, "agreed, on time"));
    assert_true(says(hub, "not given yet")); /* the other operators of the province */
    assert_int_equal(sys_act(bureau, &card, "shut", "")->code, TB_ACCEPTED);
    assert_int_equal(sys_tongbao_at(bureau, "case", "show", hex, NULL), TB_EXIT_DONE);
    assert_true(says(hub, "has opened: "));
    assert_int_equal(sys_tongbao_at(bureau, "case", "show", hex, "--json", NULL), TB_EXIT_DONE);
    assert_true(says(hub, "\"children\": ["));
    assert_true(says(hub, "\"case_type\": \"entry\""));
    assert_true(sys_sound(bureau) && sys_sound(operator));
}

/* R2 of the black card plan, with the definition as it is shipped. */
static void a_shipped_list_is_asked_and_a_removal_stays_open_until_it_was_confirmed(void **state)
{
    sys_hub *hub = *state;
    char hex[2 * TB_CASE_ID_BYTES + 1];
    sys_document(hub, "campaign", "black-card", TB_SOURCE_DIR "/ops/campaigns/black-card.yaml");
    sys_document(hub, "table", "calendar", TB_BINARY_DIR "/tables/calendar.table");
    sys_broker_start(hub);
    sys_agent *bureau = sys_agent_linked(hub, BUREAU);
    sys_agent *operator= sys_agent_linked(hub, OPERATOR);
    const tb_local_answer *answer =
        sys_open(operator, "black-card", "agent_entry",
                 "province=11|operator=CM|channel_name=某某通讯器材店|agent_code=BJ-00-17");
    assert_int_equal(answer->code, TB_ACCEPTED);
    tb_case_id id = answer->acted.case_id;
    tb_hex(id.bytes, TB_CASE_ID_BYTES, hex);
    SYS_AWAIT(sys_tongbao_at(bureau, "list", "check", "registered-agents", "--operator", "中国移动",
                             "--agent-code", "bj0017", NULL) == TB_EXIT_LISTED);
    assert_true(says(hub, hex));
    assert_int_equal(
        sys_tongbao_at(operator, "case", "act", hex, "移出登记", "移出理由=代理合同解除", NULL),
        TB_EXIT_DONE);
    SYS_AWAIT(sys_tongbao_at(bureau, "list", "check", "registered-agents", "--operator", "中国移动",
                             "--agent-code", "bj0017", NULL) == TB_EXIT_DONE);
    assert_int_equal(sys_tongbao_at(operator, "list", "show", "registered-agents", NULL),
                     TB_EXIT_DONE);
    assert_true(says(hub, "removal still open"));
    assert_int_equal(sys_act(bureau, &id, "confirm_removal", "")->code, TB_ACCEPTED);
    SYS_AWAIT(sys_tongbao_at(operator, "list", "show", "registered-agents", NULL) == TB_EXIT_DONE &&
              !says(hub, "removal still open"));
    assert_true(sys_sound(bureau) && sys_sound(operator));
}

#define SYSTEM_TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    SYSTEM_TEST(scenario_11_a_listed_agent_code_is_refused_in_its_province_and_allowed_in_another),
    SYSTEM_TEST(a_sheet_of_applicants_comes_back_with_verdicts),
    SYSTEM_TEST(a_likely_entry_is_found_by_the_name_of_its_province),
    SYSTEM_TEST(a_removal_is_open_until_it_was_confirmed),
    SYSTEM_TEST(a_shipped_list_is_asked_and_a_removal_stays_open_until_it_was_confirmed),
    SYSTEM_TEST(an_act_opens_another_case_and_each_shows_the_other),
};

TB_RUN("system/scenario_list", tests)

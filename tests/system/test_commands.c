/* The command line's forms against one small hub: every command that looks speaks Chinese, English
 * and JSON; every command says how it is used, in both languages; without an agent each says so. */
#include "tests/system/hub.h"

#include <jansson.h>

#define POLICE   "police.11"
#define BUREAU   "bureau.11"
#define HOME     "bureau.12"
#define OPERATOR "ct.12"

#define WORDS   16
#define BLACK   TB_SOURCE_DIR "/ops/campaigns/black-card.yaml"
#define SERVICE TB_SOURCE_DIR "/ops/campaigns/service-quality.yaml"
#define LAND    TB_SOURCE_DIR "/ops/campaigns/land-requisition.yaml"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-03-02T08:00:00+" \
    "08:00"

static struct {
    sys_hub *hub;
    char socket[SYS_PATH];
    char case_hex[2 * TB_CASE_ID_BYTES + 1];
    unsigned bad;
} now;

static void start(sys_hub *hub)
{
    memset(&now, 0, sizeof now);
    now.hub = hub;
    memset(now.case_hex, '1', sizeof now.case_hex - 1);
}

/* Words are parted by blanks; CASE stands for the case. What a command prints is in hub->output. */
static int say(const char *line, const char *first, const char *second)
{
    static char text[1024];
    const char *w[WORDS] = {"--socket", now.socket, first, second};
    size_t count = second == NULL ? 3 : 4;
    count -= first == NULL;
    (void)snprintf(text, sizeof text, "%s", line);
    for (char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " ")) {
        assert_true(count < WORDS - 1);
        w[count++] = strcmp(word, "CASE") == 0 ? now.case_hex : word;
    }
    return sys_tongbao(now.hub, w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9], w[10],
                       w[11], w[12], w[13], w[14], (char *)NULL);
}

static bool chinese(const char *text)
{
    while (*text != '\0' && (unsigned char)*text < 0xE4) {
        text++;
    }
    return *text != '\0';
}

/* All of them are told, before the test fails. */
#define bad(...) (print_error(__VA_ARGS__), now.bad++)

/* ---- looking ---- */

static const struct {
    const char *line;
    int code;
} looks[] = {
    {"case list", 0},
    {"case list --mine", 0},
    {"case list --stalled", 0},
    {"case list --type notice --limit 1", 0},
    {"case list --state shut_down", 0},
    {"case list --field number --value 13800001234", 0},
    {"case show CASE", 0},
    {"case acts CASE", 0},
    {"due", 0},
    {"due --mine", 0},
    {"due --overdue", 0},
    {"due --by ct.12", 0},
    {"due --explain CASE", 0},
    {"due --digest", 0},
    {"due --office show", 0},
    {"list list", 0},
    {"list show channel-blacklist", 0},
    {"list check channel-blacklist --uscc 91350100M000100Y43", 0},
    {"report list", 0},
    {"report list quarterly --period 2015-Q1", 0},
    {"report list 季度报告 --period 2015-Q1", 0},
    {"report draft 季度报告 2015-Q1", 0},
    {"unanswered", 0},
    {"unanswered --by ct.12", 0},
    {"trace CASE", 0},
    {"notice list", 0},
    {"notice list --in --limit 1", 0},
    {"quarantine list", 0},
    {"status", 0},
    {"campaign list", 0},
    {"campaign show black-card", 0},
    {"campaign automatic", 0},
    {"directory list", 0},
    {"account list", 0},
    {"approve list", 0},
    {"recover", 0},
    {"verify case CASE", 0},
    {"check", 0},
};

static void looks_in_three_forms(size_t i)
{
    static char english[SYS_OUTPUT_BYTES];
    const char *line = looks[i].line;
    int code = say(line, "--lang", "en");
    memcpy(english, now.hub->output, sizeof english);
    if (code != looks[i].code || english[0] == '\0') {
        bad("%s: exit code %d: %s", line, code, english);
    }
    code = say(line, "--lang", "zh");
    if (code != looks[i].code || !chinese(now.hub->output) ||
        strcmp(english, now.hub->output) == 0) {
        bad("%s in Chinese: exit code %d: %s", line, code, now.hub->output);
    }
    code = say(line, "--json", NULL);
    json_error_t error;
    json_t *object = json_loads(now.hub->output, 0, &error);
    bool whole = strlen(now.hub->output) < SYS_OUTPUT_BYTES - 1; /* a test keeps no more of it */
    if (code != looks[i].code || (whole && !json_is_object(object))) {
        bad("%s as JSON: exit code %d, %s: %s", line, code, error.text, now.hub->output);
    }
    json_decref(object);
}

/* ---- what is wrong ---- */

static const char *const wrong[] = {
    "nonsense",
    "case",
    "case nonsense",
    "case show",
    "case act",
    "case act CASE 没有的动作",
    "case act CASE accept 没有的项=1",
    "case open black-card 没有的项=1",
    "case open",
    "case show zzz",
    "case list --limit x",
    "case list --field number",
    "case paper",
    "case move CASE",
    "case export",
    "case supervise",
    "report",
    "report draft",
    "report file",
    "report file quarterly 2015-Q1 没有的项=1",
    "report draft 没有的报告 2015-Q1",
    "report show zzz",
    "report export",
    "report reconcile",
    "list",
    "list nonsense",
    "list show",
    "list check",
    "due --explain",
    "due --office 9",
    "due extra",
    "unanswered extra",
    "trace",
    "notice",
    "notice show",
    "notice show x",
    "request",
    "request zz",
    "campaign",
    "campaign show",
    "campaign check",
    "campaign diff x",
    "campaign automatic black-card",
    "quarantine",
    "quarantine drop",
    "quarantine show x",
    "document",
    "document install",
    "key",
    "key make",
    "key show",
    "key request",
    "account",
    "account add",
    "account show",
    "account deputy",
    "account add zhao --post nobody",
    "approve",
    "approve show",
    "approve show x",
    "approve send-back 7",
    "directory",
    "directory enrol",
    "directory init",
    "directory publish",
    "directory rotate",
    "directory revoke",
    "directory show",
    "directory exercise",
    "directory hub",
    "bundle",
    "bundle export",
    "bundle import",
    "import",
    "import black-card",
    "recover --release",
    "verify",

    "verify case zz",

    /* one thing at a time, and nobody the directory does not know */
    "case list closed",
    "case show CASE CASE",
    "case acts CASE accept",
    "case export CASE CASE --out OUT",
    "report list quarterly 2015-Q1",
    "report show CASE CASE",
    "verify report",
    "due --by nobody",
    "unanswered --by nobody",

    "--timeout x status",
    "--request-id 12 status",
    "--nonsense status",
};

/* Said as wrong or as refused, in words; nothing is done and nothing ends by accident. */
static void wrong_ones(void)
{
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        int code = say(wrong[i], "--lang", "zh");
        if ((code != 1 && code != 2) || !chinese(now.hub->output)) {
            bad("%s: exit code %d: %s", wrong[i], code, now.hub->output);
        }
    }
}

/* ---- a case on its way ---- */

static void act(sys_agent *agent, const tb_case_id *id, const char *action, const char *fields)
{
    const tb_local_answer *answer = sys_act(agent, id, action, fields);
    if (answer->code != TB_ACCEPTED || answer->draft) {
        fail_msg("%s %s: %s", agent->name, action, tb_refusal_key(answer->code));
    }
}

static void what_looks_speaks_three_forms_and_what_is_wrong_is_told(void **state)
{
    sys_hub *hub = *state;
    start(hub);
    sys_document(hub, "campaign", "black-card", BLACK);
    sys_document(hub, "table", "calendar", TB_BINARY_DIR "/tables/calendar.table");
    sys_broker_start(hub);
    sys_agent *police = sys_agent_linked(hub, POLICE);
    sys_agent *bureau = sys_agent_linked(hub, BUREAU);
    sys_agent *home = sys_agent_linked(hub, HOME);
    sys_agent *operator= sys_agent_linked(hub, OPERATOR);
    const tb_local_answer *answer = sys_open(police, "black-card", "notice", LEAD);
    assert_int_equal(answer->code, TB_ACCEPTED);
    tb_case_id id = answer->acted.case_id;
    tb_hex(id.bytes, TB_CASE_ID_BYTES, now.case_hex);
    SYS_AWAIT(sys_state_is(bureau, &id, "submitted", BUREAU));
    sys_socket(hub, BUREAU, now.socket);
    assert_int_equal(say("case act CASE 受理", "--lang", "zh"), 0);
    assert_int_equal(say("case act CASE accept", "--lang", "en"), 1);
    assert_true(hub->output[0] != '\0');
    act(bureau, &id, "decide", "home_province=12|home_basis=operator_reply");
    act(bureau, &id, "forward", "");
    SYS_AWAIT(sys_state_is(home, &id, "forwarded", HOME));
    act(home, &id, "sign_for", "");
    act(home, &id, "order", "ordered=" OPERATOR);
    SYS_AWAIT(sys_state_is(operator, & id, "verifying", OPERATOR));
    SYS_AWAIT(sys_state_is(bureau, &id, "verifying", OPERATOR));

    for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++) {
        looks_in_three_forms(i);
    }
    assert_int_equal(say("report draft quarterly 2015-Q1", "--lang", "zh"), 0);
    assert_int_equal(say("report draft quarterly 2015-Q1", "--json", NULL), 0);
    wrong_ones();
    assert_true(sys_sound(bureau) && sys_sound(operator));
    assert_int_equal(now.bad, 0);
}

/* ---- without an agent ---- */

static void a_definition_is_explained_in_both_languages(void **state)
{
    start(*state);
    static const char *const forms[] = {
        "campaign check " BLACK,
        "campaign explain " BLACK,
        "campaign explain " LAND,
        "campaign explain " TB_SOURCE_DIR "/ops/campaigns/service-quality.yaml",
        "campaign graph " BLACK,
        "campaign graph " LAND,
    };
    static char english[SYS_OUTPUT_BYTES];
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        (void)snprintf(now.socket, sizeof now.socket, "%s", "/nowhere");
        if (say(forms[i], "--lang", "en") != 0) {
            bad("%s: %s", forms[i], now.hub->output);
        }
        memcpy(english, now.hub->output, sizeof english);
        assert_int_equal(say(forms[i], "--lang", "zh"), 0);
        assert_true(chinese(now.hub->output) && strcmp(english, now.hub->output) != 0);
    }
    assert_int_equal(say("campaign diff " BLACK " " LAND, "--lang", "zh"), 1);
    assert_true(chinese(now.hub->output));
    assert_int_equal(say("campaign check " TB_SOURCE_DIR "/README.md", "--lang", "zh"), 1);
    assert_true(chinese(now.hub->output));
    assert_int_equal(say("campaign set " BLACK " --parameter year=2016", "--lang", "zh"), 1);
    assert_true(chinese(now.hub->output));
    assert_int_equal(say("campaign set " LAND " --parameter year=2016", "--lang", "zh"), 0);
    assert_true(strstr(now.hub->output, "2016") != NULL);
}

static void who_cannot_reach_an_agent_is_told_so(void **state)
{
    start(*state);
    sys_socket(now.hub, "nobody", now.socket);
    for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++) {
        char line[300];
        (void)snprintf(line, sizeof line, "--timeout 1 %s", looks[i].line);
        int code = say(line, "--lang", i % 2 == 0 ? "zh" : "en");
        if (code != 3 || now.hub->output[0] == '\0') {
            bad("%s: exit code %d: %s", line, code, now.hub->output);
        }
    }
    assert_int_equal(now.bad, 0);
}

static void every_noun_says_how_it_is_used(void **state)
{
    static const char *const nouns[] = {
        "import",   "case",   "bundle",  "report",    "verify",     "due",     "list",
        "trace",    "notice", "request", "campaign",  "quarantine", "status",  "unanswered",
        "document", "key",    "account", "directory", "approve",    "recover", "check",
    };
    start(*state);
    sys_socket(now.hub, "nobody", now.socket);
    for (size_t i = 0; i < sizeof nouns / sizeof nouns[0]; i++) {
        char line[64];
        static char english[SYS_OUTPUT_BYTES];
        (void)snprintf(line, sizeof line, "%s --help", nouns[i]);
        assert_int_equal(say(line, "--lang", "en"), 0);
        memcpy(english, now.hub->output, sizeof english);
        assert_int_equal(say(line, "--lang", "zh"), 0);
        assert_true(chinese(now.hub->output) && strcmp(english, now.hub->output) != 0);
    }
    assert_int_equal(now.bad, 0);
}

#define IN_HUB(test) cmocka_unit_test_setup_teardown(test, sys_set_up_two, sys_tear_down)

static const struct CMUnitTest tests[] = {
    IN_HUB(what_looks_speaks_three_forms_and_what_is_wrong_is_told),
    IN_HUB(a_definition_is_explained_in_both_languages),
    IN_HUB(who_cannot_reach_an_agent_is_told_so),
    IN_HUB(every_noun_says_how_it_is_used),
};

TB_RUN("system/commands", tests)

/* Duties on real processes, asked and answered with the command: office hours, reminder,
 * escalation, digest, supervision, an adopted limit, and a lapse that is withdrawn; agents killed
 * on the way. */
#include "tests/system/hub.h"

#define POLICE   "police.11"
#define BUREAU   "bureau.11"
#define OPERATOR "ct.11"
#define HQ       "hq"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-03-02T08:00:00+" \
    "08:00"
/* An order of Monday the 2nd is due five working days later, on Monday the 9th at 24:00. */
#define FRIDAY "2015-03-06T08:30:00+08:00"

typedef struct country {
    sys_hub *hub;
    sys_agent *police;
    sys_agent *bureau;
    sys_agent *ct;
    sys_agent *hq;
    tb_case_id id;
    char hex[2 * TB_CASE_ID_BYTES + 1];
} country;

static void says(country *c, sys_agent *agent, const char *expected, const char *const words[])
{
    const char *w[9] = {NULL};
    for (size_t i = 0; i < 8 && words[i] != NULL; i++) {
        w[i] = words[i];
    }
    int code = sys_tongbao_at(agent, w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], NULL);
    if (code != 0 || (expected != NULL && strstr(c->hub->output, expected) == NULL)) {
        fail_msg("%s %s: exit code %d, not '%s' in: %s", w[0], w[1] != NULL ? w[1] : "", code,
                 expected, c->hub->output);
    }
}
/* What `tongbao ...` prints at an agent holds this. */
#define SAYS(agent, expected, ...)                                                                 \
    says(c, agent, expected, (const char *const[]){__VA_ARGS__, NULL})

static bool does_say(country *c, sys_agent *agent, const char *expected, const char *option)
{
    return sys_tongbao_at(agent, "due", option, NULL) == 0 &&
           strstr(c->hub->output, expected) != NULL;
}

/* A case that was ordered: the operator owes its result. version NULL: of the newest campaign. */
static void ordered(country *c)
{
    const tb_local_answer *answer = sys_open(c->police, "black-card", "notice", LEAD);
    assert_int_equal(answer->code, TB_ACCEPTED);
    c->id = answer->acted.case_id;
    tb_hex(c->id.bytes, TB_CASE_ID_BYTES, c->hex);
    SYS_AWAIT(sys_state_is(c->bureau, &c->id, "submitted", BUREAU));
    SAYS(c->bureau, NULL, "case", "act", c->hex, "accept");
    SAYS(c->bureau, NULL, "case", "act", c->hex, "decide", "home_province=11",
         "home_basis=operator_reply");
    SAYS(c->bureau, NULL, "case", "act", c->hex, "order", "ordered=" OPERATOR);
    SYS_AWAIT(sys_state_is(c->ct, &c->id, "verifying", OPERATOR));
}

static void begin(country *c, sys_hub *hub)
{
    c->hub = hub;
    sys_document(hub, "campaign", "black-card", TB_SOURCE_DIR "/ops/campaigns/black-card.yaml");
    sys_document(hub, "table", "calendar", TB_BINARY_DIR "/tables/calendar.table");
    sys_broker_start(hub);
    c->police = sys_agent_linked(hub, POLICE);
    c->bureau = sys_agent_linked(hub, BUREAU);
    c->ct = sys_agent_linked(hub, OPERATOR);
    c->hq = sys_agent_linked(hub, HQ);
}

static void killed_and_back(sys_agent *agent)
{
    sys_agent_stop(agent, SIGKILL);
    sys_agent_start(agent);
    SYS_AWAIT(sys_status(agent)->linked);
}

static void sound(country *c)
{
    sys_agent *all[] = {c->police, c->bureau, c->ct, c->hq};
    for (size_t i = 0; i < 4; i++) {
        assert_true(sys_sound(all[i]));
    }
}

static void a_clerk_is_reminded_supervised_and_headquarters_hears_of_it(void **state)
{
    country all = {.hub = NULL};
    country *c = &all;
    begin(c, *state);
    SAYS(c->bureau, "09:00 to 17:00 on working days (default", "due", "--office", "show");
    assert_int_equal(sys_tongbao_at(c->bureau, "due", "--office", "25:00-26:00", NULL), 2);
    SAYS(c->bureau, "office hours: 08:30 to 17:30 on working days\n", "due", "--office",
         "08:30-17:30");
    ordered(c);
    SAYS(c->police, "notified 1", "unanswered");

    /* before the reminder the creditor is killed; it is said once */
    sys_tell_time(c->bureau, "2015-03-06T08:29:59+08:00");
    killed_and_back(c->bureau);
    assert_false(does_say(c, c->bureau, "reminded", "--mine"));
    SAYS(c->bureau, "not due yet", "due", "--by", OPERATOR);
    assert_null(strstr(c->hub->output, "reminded"));
    sys_tell_time(c->bureau, FRIDAY);
    SYS_AWAIT(does_say(c, c->ct, "not due yet; reminded 2015-03-06 08:30", "--mine"));
    SAYS(c->ct, "to be done here, due on the next working day: 1\n", "due", "--digest", "--time",
         "2015-03-06 17:25");
    SAYS(c->ct, "to be done here, due today: 1\n", "status", "--time", "2015-03-09 17:55");

    /* it lapses, is escalated, and headquarters sees it first */
    sys_tell_time(c->bureau, "2015-03-10T00:15:00+08:00");
    SYS_AWAIT(does_say(c, c->ct, "lapsed", "--overdue"));
    killed_and_back(c->bureau);
    SAYS(c->bureau, "owed to this party and overdue: 1\n", "due", "--digest");
    sys_tell_time(c->bureau, "2015-03-12T08:30:00+08:00");
    SYS_AWAIT(does_say(c, c->hq, "escalated to this party: 1\n", "--digest"));
    assert_non_null(strstr(c->hub->output, "lapsed; escalated 2015-03-12 08:30"));
    SAYS(c->hq, "\"escalated\": 1", "--json", "status");
    char socket[SYS_PATH];
    sys_socket(c->hub, HQ, socket);
    assert_int_equal(
        sys_tongbao(c->hub, "--socket", socket, "--lang", "zh", "due", "--digest", NULL), 0);
    if (strstr(c->hub->output, "其他单位超期,已上报本单位: 1\n") == NULL) {
        fail_msg("%s", c->hub->output);
    }
    SAYS(c->ct, "to be done here, overdue: 1\n", "due", "--digest");

    /* and calls upon the operator itself */
    SAYS(c->hq, NULL, "case", "supervise", c->hex, OPERATOR, "--by", "2015-03-20", "--text",
         "请于期限前报告");
    SYS_AWAIT(does_say(c, c->ct, "report back on what was supervised", "--mine"));
    killed_and_back(c->ct);
    SAYS(c->ct, NULL, "case", "act", c->hex, "report_back", "supervision=正在核查");
    SYS_AWAIT(!does_say(c, c->ct, "report back on what was supervised", "--mine"));
    SYS_AWAIT(sys_tongbao_at(c->hq, "due", "--explain", c->hex, NULL) == 0 &&
              strstr(c->hub->output, "on time") != NULL);
    assert_non_null(strstr(c->hub->output, "2015-03-20 23:59")); /* the day it names */

    /* the log told it once, and the digest once */
    assert_true(sys_log_says(c->hub, BUREAU, "event=overdue_begins"));
    sound(c);
}

/* The act was in time and comes late: its sender was killed, and the hub with what it had heard. */
static void a_lapse_is_withdrawn_when_a_timely_act_appears_and_both_records_stay(void **state)
{
    country all = {.hub = NULL};
    country *c = &all;
    begin(c, *state);
    ordered(c);
    sys_tell_time(c->ct, "2015-03-09T16:00:00+08:00");
    assert_int_equal(kill(c->hub->broker, SIGSTOP), 0);
    const tb_local_answer *answer =
        sys_act(c->ct, &c->id, "result", "verify_result=not_in_use|action=none");
    assert_int_equal(answer->code, TB_ACCEPTED);
    assert_false(answer->draft);
    sys_agent_stop(c->ct, SIGKILL);
    sys_broker_stop(c->hub, SIGKILL);
    sys_broker_start(c->hub);
    SYS_AWAIT(sys_status(c->bureau)->linked && sys_status(c->hq)->linked);
    sys_tell_time(c->bureau, "2015-03-10T00:15:00+08:00");
    SYS_AWAIT(does_say(c, c->bureau, "lapsed", "--overdue"));
    killed_and_back(c->bureau);

    sys_agent_start(c->ct);
    SYS_AWAIT(sys_status(c->ct)->linked);
    SYS_AWAIT(sys_state_is(c->bureau, &c->id, "verified", BUREAU));
    SYS_AWAIT(sys_tongbao_at(c->bureau, "due", "--explain", c->hex, NULL) == 0 &&
              strstr(c->hub->output, "withdrawn") != NULL);
    SYS_AWAIT(sys_tongbao_at(c->hq, "due", "--explain", c->hex, NULL) == 0 &&
              strstr(c->hub->output, "withdrawn") != NULL);
    SAYS(c->bureau, "record a lapse", "case", "show", c->hex);
    assert_non_null(strstr(c->hub->output, "withdraw the record of a lapse"));
    sound(c);
}

static void a_default_that_headquarters_adopted_says_so_and_counts(void **state)
{
    country all = {.hub = NULL};
    country *c = &all;
    char command[4 * SYS_PATH];
    char path[SYS_PATH];
    begin(c, *state);
    ordered(c); /* under the default */
    sys_path(c->hub, path, "adopted.yaml");
    (void)snprintf(
        command, sizeof command,
        "sed -e 's/^version: 1/version: 2/' -e '/id: verify, zh: 反馈核查结果/s/default: "
        "true/default: true, adopted: {document_no: 专项办〔2015〕3号, from: "
        "\"2015-03-01\"}/' '%s' > '%s'",
        TB_SOURCE_DIR "/ops/campaigns/black-card.yaml", path);
    assert_int_equal(system(command), 0);
    sys_sign_campaign(c->hub, "black-card", "2", path);
    sys_path(c->hub, path, "documents/black-card.2.doc");
    SAYS(c->hq, NULL, "document", "install", path);
    SAYS(c->ct, "default limit (not of the plan)", "due", "--mine");
    sys_agent *others[] = {c->police, c->bureau, c->ct};
    for (size_t i = 0; i < 3; i++) { /* the hub hands it to all */
        SYS_AWAIT(sys_tongbao_at(others[i], "--json", "campaign", "list", NULL) == 0 &&
                  strstr(c->hub->output, "\"version\": 2") != NULL);
    }
    country second = *c;
    const tb_local_answer *answer =
        sys_open(c->police, "black-card", "notice",
                 "number=13800005678|source=police_case|offence=telecom_fraud|reported_at=2015-03-"
                 "02T08:00:00+08:00");
    assert_int_equal(answer->code, TB_ACCEPTED);
    second.id = answer->acted.case_id;
    tb_hex(second.id.bytes, TB_CASE_ID_BYTES, second.hex);
    SYS_AWAIT(sys_state_is(c->bureau, &second.id, "submitted", BUREAU));
    SAYS(c->bureau, NULL, "case", "act", second.hex, "accept");
    SAYS(c->bureau, NULL, "case", "act", second.hex, "decide", "home_province=11",
         "home_basis=operator_reply");
    SAYS(c->bureau, NULL, "case", "act", second.hex, "order", "ordered=" OPERATOR);
    SYS_AWAIT(sys_state_is(c->ct, &second.id, "verifying", OPERATOR));
    SAYS(c->ct, "adopted by headquarters in 专项办〔2015〕3号", "due", "--mine");
    sys_tell_time(c->bureau, "2015-03-10T00:15:00+08:00");
    SYS_AWAIT(sys_tongbao_at(c->ct, "--json", "due", "--explain", second.hex, NULL) == 0 &&
              strstr(c->hub->output, "\"state\": \"lapsed\"") != NULL);
    assert_non_null(strstr(c->hub->output, "\"scores\": true"));
    SYS_AWAIT(sys_tongbao_at(c->ct, "--json", "due", "--explain", c->hex, NULL) == 0 &&
              strstr(c->hub->output, "\"state\": \"lapsed\"") != NULL);
    assert_null(strstr(c->hub->output, "\"scores\": true"));
    sound(c);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)
static const struct CMUnitTest tests[] = {
    TEST(a_clerk_is_reminded_supervised_and_headquarters_hears_of_it),
    TEST(a_lapse_is_withdrawn_when_a_timely_act_appears_and_both_records_stay),
    TEST(a_default_that_headquarters_adopted_says_so_and_counts),
};

TB_RUN("system/duties", tests)

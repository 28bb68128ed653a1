/* Programs, stores and campaigns of different versions meet: real processes. */
#include "messages/protocol.h"
#include "store/schema.h"
#include "tests/system/foreign.h"
#include "tests/system/older.h"
#include "tests/system/question.h"

#include <sys/wait.h>

#define ASKER "bureau.11"
#define ASKED "hq"

/* ---- campaigns ---- */

/* question.yaml with lines changed by a sed script, signed as another version. */
static void publish(sys_hub *hub, const char *version, const char *script)
{
    char path[SYS_PATH];
    char command[4 * SYS_PATH];
    sys_path(hub, path, "documents/question.%s.yaml", version);
    (void)snprintf(command, sizeof command,
                   "sed -e 's/^version: 1$/version: %s/' -e '%s' '%s' > '%s'", version, script,
                   TB_SOURCE_DIR "/tests/system/question.yaml", path);
    assert_int_equal(system(command), 0);
    sys_sign_campaign(hub, "question", version, path);
}

static int tongbao_install(sys_hub *hub, const char *party, const char *version)
{
    char socket[SYS_PATH];
    char path[SYS_PATH];
    (void)snprintf(socket, sizeof socket, "%.300s/%s.sock", hub->run, party);
    sys_path(hub, path, "documents/question.%s.doc", version);
    return sys_tongbao(hub, "document", "install", path, "--socket", socket, (char *)NULL);
}

static int tongbao_move(sys_hub *hub, const char *party, const tb_case_id *id, const char *version)
{
    char socket[SYS_PATH];
    char hex[2 * TB_CASE_ID_BYTES + 1];
    (void)snprintf(socket, sizeof socket, "%.300s/%s.sock", hub->run, party);
    tb_hex(id->bytes, sizeof id->bytes, hex);
    return sys_tongbao(hub, "case", "move", hex, "--to", version, "--socket", socket, "--time",
                       "2015-03-02 09:00", "--lang", "en", (char *)NULL);
}

static uint32_t version_at(sys_agent *agent, const tb_case_id *id)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = *id};
    const tb_local_answer *answer = sys_ask(agent, &request);
    return answer->kind == TB_ANSWER_CASE ? answer->case_.summary.campaign_version : 0;
}

static bool is_in(sys_agent *agent, const tb_case_id *id, const char *state)
{
    char now[TB_NAME_BYTES_MAX + 1];
    return strcmp(question_state(agent, id, now), state) == 0;
}

static void act(sys_agent *agent, const tb_case_id *id, const char *action)
{
    const tb_local_answer *answer = question_act(agent, id, action, NULL);
    assert_int_equal(answer->code, TB_ACCEPTED);
    assert_false(answer->draft);
}

#define MORE                                                                                       \
    "s/^      - {id: to, zh: 收文单位, en: recipient, type: party}$/&\\n"                      \
    "      - {id: more, zh: 补充, en: more, type: text, group: content}/"

static void a_case_moves_to_a_new_version_through_kills_and_who_was_away_catches_up(void **state)
{
    sys_hub *hub = *state;
    publish(hub, "2", MORE);
    sys_broker_start(hub);
    sys_agent *asker = sys_agent_linked(hub, ASKER);
    sys_agent *asked = sys_agent_linked(hub, ASKED);
    tb_case_id id = question_prepare(asker, ASKED, "why?").case_id;
    sys_agent_stop(asked, SIGKILL);

    /* a version that is not here is not moved to */
    assert_int_equal(tongbao_move(hub, ASKER, &id, "2"), 1);
    assert_non_null(strstr(hub->output, "unknown_campaign"));
    assert_int_equal(tongbao_install(hub, ASKER, "2"), 0);
    assert_int_equal(tongbao_move(hub, ASKER, &id, "2"), 0);
    assert_int_equal(version_at(asker, &id), 2);
    act(asker, &id, "ask");
    sys_agent_stop(asker, SIGKILL);
    sys_broker_stop(hub, SIGKILL);

    sys_broker_start(hub);
    sys_agent_start(asker);
    sys_agent_start(asked);
    SYS_AWAIT(version_at(asked, &id) == 2 && is_in(asked, &id, "asked"));
    SYS_AWAIT(sys_status(asked)->linked);
    act(asked, &id, "take");
    SYS_AWAIT(is_in(asker, &id, "taken"));
    assert_int_equal(sys_status(asker)->alarms, 0);
    assert_int_equal(sys_status(asked)->alarms, 0);
    assert_true(sys_sound(asker));
    assert_true(sys_sound(asked));
}

/* How many lines of a case's trace say that the agent lacks the campaign version. */
static size_t parked(sys_agent *agent, const tb_case_id *id)
{
    char hex[2 * TB_CASE_ID_BYTES + 1];
    size_t count = 0;
    tb_hex(id->bytes, sizeof id->bytes, hex);
    tb_local_request request = {.kind = TB_REQUEST_TRACE, .trace = tb_bytes_str(hex)};
    const tb_local_answer *answer = sys_ask(agent, &request);
    for (size_t i = 0; answer->kind == TB_ANSWER_TRACED && i < answer->traced.count; i++) {
        const tb_local_trace_line *line = &answer->traced.lines[i];
        count += line->where == TB_WHERE_HELD_BACK && line->code == TB_REFUSED_UNKNOWN_CAMPAIGN;
    }
    return count;
}

/* The hub lost the new version and its one holder is away: nobody can give it to the asked party.
 */
static void
a_party_that_lags_parks_says_so_in_trace_and_catches_up_when_the_version_comes(void **state)
{
    sys_hub *hub = *state;
    publish(hub, "2", MORE);
    sys_broker_start(hub);
    sys_agent *asker = sys_agent_linked(hub, ASKER);
    tb_case_id id = question_prepare(asker, ASKED, "why?").case_id;
    assert_int_equal(tongbao_install(hub, ASKER, "2"), 0);
    assert_int_equal(tongbao_move(hub, ASKER, &id, "2"), 0);
    const tb_local_answer *asks = question_act(asker, &id, "ask", NULL);
    tb_digest event = asks->acted.event;
    SYS_AWAIT(sys_where(asker, &event, ASKED, NULL) == TB_WHERE_STORED);
    sys_agent_stop(asker, SIGTERM);
    sys_broker_stop(hub, SIGTERM);
    older_hub_without(hub, "question", 2);

    sys_broker_start(hub);
    sys_agent *asked = sys_agent_linked(hub, ASKED);
    SYS_AWAIT(parked(asked, &id) == 2); /* the move, and what was asked after it */
    assert_int_equal(version_at(asked, &id), 1);
    sys_agent_stop(asked, SIGKILL);
    sys_agent_start(asked);
    assert_int_equal(parked(asked, &id), 2);
    assert_true(sys_sound(asked));

    sys_agent_start(asker);
    SYS_AWAIT(version_at(asked, &id) == 2 && is_in(asked, &id, "asked"));
    assert_int_equal(parked(asked, &id), 0);
    act(asked, &id, "take");
    SYS_AWAIT(is_in(asker, &id, "taken"));
    assert_int_equal(sys_status(asked)->alarms, 0);
    assert_true(sys_sound(asked));
}

static void a_version_that_is_not_safe_for_the_case_is_refused_as_diff_says(void **state)
{
    sys_hub *hub = *state;
    char older[SYS_PATH] = TB_SOURCE_DIR "/tests/system/question.yaml";
    char newer[SYS_PATH];
    publish(hub, "2", MORE);
    publish(hub, "3", "s/en: text, type: text/en: text, type: count/");
    sys_path(hub, newer, "documents/question.2.yaml");
    assert_int_equal(sys_tongbao(hub, "campaign", "diff", older, newer, (char *)NULL), 0);
    sys_path(hub, newer, "documents/question.3.yaml");
    assert_int_equal(sys_tongbao(hub, "campaign", "diff", older, newer, "--json", (char *)NULL), 1);
    assert_non_null(strstr(hub->output, "\"field_type\""));

    sys_broker_start(hub);
    sys_agent *asker = sys_agent_linked(hub, ASKER);
    tb_case_id id = question_prepare(asker, ASKED, "why?").case_id;
    assert_int_equal(tongbao_install(hub, ASKER, "3"), 0);
    assert_int_equal(tongbao_move(hub, ASKER, &id, "3"), 1);
    assert_non_null(strstr(hub->output, "version_unsafe"));
    assert_non_null(strstr(hub->output, "a field has another type (text)"));
    /* a version that was passed over may still be put in, and moved to */
    assert_int_equal(tongbao_install(hub, ASKER, "2"), 0);
    SYS_AWAIT(tongbao_move(hub, ASKER, &id, "2") == 0);
    assert_int_equal(version_at(asker, &id), 2);
    assert_true(sys_sound(asker));
}

/* ---- stores ---- */

/* tongbao-agent --check-config on its store, into its log. */
static int check_config(const sys_hub *hub, const char *party)
{
    char command[4 * SYS_PATH];
    const char *at = hub->folder;
    int size = snprintf(command, sizeof command,
                        TB_BINARY_DIR
                        "/bin/tongbao-agent --check-config --party %s --store %s/stores/%s "
                        "--key %s/keys/%s.key --directory %s/directory/directory.2.doc --hub %s "
                        "--socket %s/check.sock --quota 16777216 >>%s/logs/%s.log 2>&1",
                        party, at, party, at, party, at, hub->endpoint, at, at, party);
    assert_true(size < (int)sizeof command);
    int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void an_older_store_is_migrated_on_start_however_often_that_is_killed(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *sender = sys_agent_linked(hub, ASKER);
    sys_agent *recipient = sys_agent_linked(hub, ASKED);
    char text[32];
    for (int i = 0; i < 40; i++) {
        (void)snprintf(text, sizeof text, "number %d", i);
        (void)sys_send(sender, ASKED, text);
    }
    SYS_AWAIT(sys_status(recipient)->cases == 40);
    sys_agent_stop(recipient, SIGTERM);
    older_make(hub, ASKED);
    assert_int_equal(older_schema(hub, ASKED), 1);

    /* who only checks the configuration changes nothing */
    assert_int_equal(check_config(hub, ASKED), 1);
    assert_true(sys_log_says(hub, ASKED, "its daemon migrates it on start"));
    assert_int_equal(older_schema(hub, ASKED), 1);
    /* killed somewhere while it starts */
    for (int i = 0; i < 4; i++) {
        sys_agent_launch(recipient);
        sys_pause();
        sys_agent_stop(recipient, SIGKILL);
    }
    (void)sys_send(sender, ASKED, "while it was away");
    sys_agent_start(recipient);
    assert_true(sys_log_says(hub, ASKED, "event=migrate from=1 to=2"));
    assert_true(sys_log_says(hub, ASKED, "event=migrated from=1 to=2"));
    SYS_AWAIT(sys_status(recipient)->cases == 41);
    for (int i = 0; i < 40; i++) {
        (void)snprintf(text, sizeof text, "number %d", i);
        assert_int_equal(sys_times(recipient, text), 1);
    }
    assert_int_equal(sys_times(recipient, "while it was away"), 1);
    assert_int_equal(sys_status(recipient)->alarms, 0);
    assert_true(sys_sound(recipient));
}

static void what_an_older_store_had_still_to_send_arrives(void **state)
{
    sys_hub *hub = *state;
    char text[32];
    sys_broker_start(hub);
    sys_agent *sender = sys_agent_linked(hub, ASKER);
    /* the hub reads nothing: what is signed stays in the outbox */
    (void)kill(hub->broker, SIGSTOP);
    for (int i = 0; i < 3; i++) {
        (void)snprintf(text, sizeof text, "number %d", i);
        (void)sys_send(sender, ASKED, text);
    }
    assert_int_equal(sys_status(sender)->outbox, 3);
    sys_agent_stop(sender, SIGKILL);
    sys_broker_stop(hub, SIGKILL);
    older_make(hub, ASKER);

    sys_broker_start(hub);
    sys_agent *recipient = sys_agent_linked(hub, ASKED);
    sys_agent_start(sender);
    SYS_AWAIT(sys_status(recipient)->cases == 3);
    SYS_AWAIT(sys_status(sender)->outbox == 0);
    for (int i = 0; i < 3; i++) {
        (void)snprintf(text, sizeof text, "number %d", i);
        assert_int_equal(sys_times(recipient, text), 1);
    }
    assert_int_equal(sys_status(sender)->alarms, 0);
    assert_true(sys_sound(sender));
    assert_true(sys_sound(recipient));
}

static void the_hubs_older_store_is_migrated_and_what_it_holds_arrives(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *sender = sys_agent_linked(hub, ASKER);
    tb_local_acted acted = sys_send(sender, ASKED, "held by the hub");
    SYS_AWAIT(sys_where(sender, &acted.event, ASKED, NULL) == TB_WHERE_STORED);
    sys_broker_stop(hub, SIGTERM);
    older_number(hub, "hub", 1);
    sys_broker_start(hub);
    assert_true(sys_log_says(hub, "hub", "event=migrated from=1 to=2"));
    sys_agent *recipient = sys_agent_linked(hub, ASKED);
    SYS_AWAIT(sys_times(recipient, "held by the hub") == 1);
}

static void a_newer_store_is_refused_with_a_sentence_and_left_as_it_is(void **state)
{
    sys_hub *hub = *state;
    sys_agent *agent = sys_agent_add(hub, ASKED, NULL);
    sys_agent_start(agent);
    sys_agent_stop(agent, SIGTERM);
    older_number(hub, ASKED, TB_SCHEMA_VERSION + 1);
    sys_agent_launch(agent);
    assert_int_equal(sys_ended(&agent->pid), 1);
    assert_true(sys_log_says(hub, ASKED, "the store was written by a newer version"));
}

/* ---- protocols ---- */

static void an_agent_of_another_protocol_is_told_which_side_to_upgrade(void **state)
{
    sys_hub *hub = *state;
    tb_frame answer;
    sys_broker_start(hub);
    foreign_agent(hub, ASKER, TB_PROTOCOL + 1, TB_PROTOCOL + 2, &answer);
    assert_int_equal(answer.kind, TB_FRAME_BYE);
    assert_int_equal(answer.bye.code, TB_REFUSED_PROTOCOL);
    assert_int_equal(answer.bye.protocol_max, TB_PROTOCOL);
    static const char words[] = "The agent speaks protocol 2 to 3, the hub 1; they have none in "
                                "common: whoever runs the hub must upgrade it.";
    assert_true(tb_bytes_equal(answer.bye.reason, tb_bytes_str(words)));
    assert_true(sys_log_says(hub, "hub", "agent_min=2 agent_max=3"));
    /* one that speaks this version among others is welcome */
    foreign_agent(hub, ASKER, TB_PROTOCOL, TB_PROTOCOL + 5, &answer);
    assert_int_equal(answer.kind, TB_FRAME_WELCOME);
    assert_int_equal(answer.welcome.protocol, TB_PROTOCOL);
}

static void
an_agent_says_in_status_and_log_that_the_hub_is_newer_and_links_when_it_is_not(void **state)
{
    sys_hub *hub = *state;
    tb_frame hello;
    sys_agent *agent = sys_agent_add(hub, ASKER, NULL);
    sys_agent_start(agent);
    foreign_hub *newer = foreign_hub_open(hub, TB_PROTOCOL + 1, TB_PROTOCOL + 1, &hello);
    assert_int_equal(hello.kind, TB_FRAME_HELLO);
    assert_int_equal(hello.protocol, tb_protocol_spoken().min);
    assert_int_equal(hello.hello.protocol_max, TB_PROTOCOL);
    SYS_AWAIT(sys_alarmed(agent,
                          "The agent speaks protocol 1, the hub 2; they have none in common: "
                          "upgrade the agent."));
    assert_true(sys_alarmed(agent, "没有共同版本;请升级前置程序。"));
    assert_true(sys_log_says(hub, ASKER, "hub_min=2 hub_max=2 upgrade=agent"));
    assert_false(sys_status(agent)->linked);
    foreign_hub_close(newer);

    sys_agent_stop(agent, SIGTERM);
    sys_broker_start(hub);
    sys_agent_start(agent);
    SYS_AWAIT(sys_status(agent)->linked);
}

#define SYSTEM_TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    SYSTEM_TEST(a_case_moves_to_a_new_version_through_kills_and_who_was_away_catches_up),
    SYSTEM_TEST(a_party_that_lags_parks_says_so_in_trace_and_catches_up_when_the_version_comes),
    SYSTEM_TEST(a_version_that_is_not_safe_for_the_case_is_refused_as_diff_says),
    SYSTEM_TEST(an_older_store_is_migrated_on_start_however_often_that_is_killed),
    SYSTEM_TEST(what_an_older_store_had_still_to_send_arrives),
    SYSTEM_TEST(the_hubs_older_store_is_migrated_and_what_it_holds_arrives),
    SYSTEM_TEST(a_newer_store_is_refused_with_a_sentence_and_left_as_it_is),
    SYSTEM_TEST(an_agent_of_another_protocol_is_told_which_side_to_upgrade),
    SYSTEM_TEST(an_agent_says_in_status_and_log_that_the_hub_is_newer_and_links_when_it_is_not),
};

TB_RUN("system/recovery_versions", tests)

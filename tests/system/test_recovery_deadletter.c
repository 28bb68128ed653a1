/* What the hub refused or cannot deliver is shown with its route and why; what is still held goes
 * again; and a sender is always told. */
#include "tests/system/hub.h"

#include "base/limits.h"

#define A "bureau.11"
#define B "hq"
#define C "ct.11"

/* `tongbao-broker deadletter VERB [ID] [FLAG]`; its exit code. */
static int deadletter(sys_hub *hub, const char *verb, const char *id, const char *flag)
{
    char socket[SYS_PATH];
    sys_socket(hub, "hub", socket);
    if (id == NULL) {
        return sys_program(hub, "tongbao-broker", "deadletter", verb, "--socket", socket, "--lang",
                           "en", (char *)NULL);
    }
    return sys_program(hub, "tongbao-broker", "deadletter", verb, id, "--socket", socket, "--lang",
                       "en", flag, (char *)NULL);
}

static bool said(const sys_hub *hub, const char *text)
{
    return strstr(hub->output, text) != NULL;
}

static void a_hub_without_dead_letters_says_so(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    assert_int_equal(deadletter(hub, "list", NULL, NULL), 0);
    assert_true(said(hub, "no dead letters"));
    assert_int_equal(deadletter(hub, "retry", "bureau.11/1/hq/2/1", NULL), 1);
    assert_true(said(hub, "no_dead_letter"));
    sys_broker_stop(hub, SIGTERM);
    assert_int_equal(deadletter(hub, "list", NULL, NULL), 69);
    assert_true(said(hub, "no hub answers there"));
}

static void what_expired_is_told_listed_and_takes_its_number(void **state)
{
    sys_hub *hub = *state;
    tb_local_trace_line line;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_agent *c = sys_agent_linked(hub, C);
    sys_agent_stop(c, SIGTERM);
    tb_local_acted sent = sys_send(a, C, "too late");
    SYS_AWAIT(sys_where(a, &sent.event, C, NULL) == TB_WHERE_STORED);

    /* A month goes by at the hub. */
    sys_broker_stop(hub, SIGTERM);
    sys_faults_begin(hub, TB_NOTICE_LIFE_MS + 60000);
    sys_broker_start(hub);
    sys_faults_end(hub);
    SYS_AWAIT(sys_where(a, &sent.event, C, &line) == TB_WHERE_EXPIRED);
    assert_int_equal(line.code, TB_REFUSED_EXPIRED);
    assert_int_equal(deadletter(hub, "list", NULL, NULL), 0);
    assert_true(said(hub, "bureau.11/1/ct.11/2/1"));
    assert_true(said(hub, "from bureau.11 to ct.11"));
    assert_true(said(hub, "[expired] by hub"));
    assert_int_equal(deadletter(hub, "show", "bureau.11/1/ct.11/2/1", NULL), 0);
    assert_int_equal(deadletter(hub, "retry", "bureau.11/1/ct.11/2/1", "--dry-run"), 0);
    assert_true(said(hub, "its sender was told"));
    assert_int_equal(deadletter(hub, "retry", "bureau.11/1/ct.11/2/1", NULL), 1);
    assert_true(said(hub, "nothing_held"));

    /* The recipient takes the number without content, and the stream goes on. */
    sys_agent_start(c);
    SYS_AWAIT(sys_status(c)->linked);
    SYS_AWAIT(sys_status(a)->outbox == 0);
    assert_int_equal(sys_times(c, "too late"), 0);
    assert_true(sys_where(a, &sent.event, C, NULL) == TB_WHERE_EXPIRED);
    assert_true(sys_sound(a) && sys_sound(b) && sys_sound(c));
}

static void a_sender_that_was_away_hears_of_it_when_it_returns(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *c = sys_agent_linked(hub, C);
    sys_agent_stop(c, SIGTERM);
    tb_local_acted sent = sys_send(a, C, "too late");
    SYS_AWAIT(sys_where(a, &sent.event, C, NULL) == TB_WHERE_STORED);
    sys_agent_stop(a, SIGTERM);
    sys_broker_stop(hub, SIGTERM);
    sys_faults_begin(hub, TB_NOTICE_LIFE_MS + 60000);
    sys_broker_start(hub);
    sys_faults_end(hub);
    sys_agent_start(c);
    SYS_AWAIT(sys_status(c)->linked);
    SYS_AWAIT(sys_log_says(hub, "hub", "code=expired"));
    sys_agent_start(a);
    SYS_AWAIT(sys_where(a, &sent.event, C, NULL) == TB_WHERE_EXPIRED);
    assert_int_equal(sys_times(c, "too late"), 0);
}

/* A new directory as a person makes it: this command, published, installed through an agent. */
static void publish(sys_hub *hub, sys_agent *through)
{
    char directory[SYS_PATH];
    char newest[SYS_PATH];
    char socket[SYS_PATH];
    sys_path(hub, directory, "directory");
    sys_path(hub, newest, "newest.doc");
    sys_socket(hub, through->name, socket);
    if (sys_tongbao(hub, "directory", "publish", "--dir", directory, "--out", newest,
                    (char *)NULL) != 0 ||
        sys_tongbao(hub, "--socket", socket, "directory", "install", newest, (char *)NULL) != 0) {
        fail_msg("%s", hub->output);
    }
}

static void what_a_revoked_key_sent_is_held_with_its_route_and_shown(void **state)
{
    sys_hub *hub = *state;
    char authority[SYS_PATH];
    char directory[SYS_PATH];
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_agent *c = sys_agent_linked(hub, C);
    sys_agent_stop(c, SIGTERM);
    tb_local_acted sent = sys_send(a, C, "before the theft");
    SYS_AWAIT(sys_where(a, &sent.event, C, NULL) == TB_WHERE_STORED);
    sys_path(hub, authority, "keys/authority.key");
    sys_path(hub, directory, "directory");
    if (sys_tongbao(hub, "directory", "revoke", A, "--key", "all", "--reason", "stolen",
                    "--authority", authority, "--dir", directory, (char *)NULL) != 0) {
        fail_msg("%s", hub->output);
    }
    publish(hub, b);
    SYS_AWAIT(deadletter(hub, "list", NULL, NULL) == 0 && said(hub, "bureau.11/1/ct.11/2/1"));
    assert_true(said(hub, "[key_revoked]"));
    assert_true(said(hub, "forbids delivery"));
    assert_true(said(hub, "bytes held"));
    assert_int_equal(deadletter(hub, "retry", "bureau.11/1/ct.11/2/1", "--dry-run"), 0);
    assert_true(said(hub, "dry run"));
    assert_int_equal(deadletter(hub, "retry", "bureau.11/1/ct.11/2/1", NULL), 1);
    assert_true(said(hub, "key_revoked"));
    sys_agent_start(c);
    SYS_AWAIT(sys_status(c)->linked);
    assert_int_equal(sys_times(c, "before the theft"), 0);
}

static void what_still_waits_is_delivered_again_by_a_retry_and_once(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *c = sys_agent_linked(hub, C);
    sys_agent_stop(c, SIGTERM);
    tb_local_acted sent = sys_send(a, C, "waits");
    SYS_AWAIT(sys_where(a, &sent.event, C, NULL) == TB_WHERE_STORED);
    assert_int_equal(deadletter(hub, "retry", "bureau.11/1/ct.11/2/1", "--dry-run"), 0);
    assert_true(said(hub, "a retry delivers it")); /* at once: its going is not noticed yet */
    sys_agent_start(c);
    SYS_AWAIT(sys_times(c, "waits") == 1);
    int code = deadletter(hub, "retry", "bureau.11/1/ct.11/2/1", NULL);
    assert_true(code == 0 || code == 1); /* arrived meanwhile: there is nothing to retry */
    (void)sys_send(a, C, "next");
    SYS_AWAIT(sys_times(c, "next") == 1);
    assert_int_equal(sys_times(c, "waits"), 1);
}

#define SYSTEM_TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    SYSTEM_TEST(a_hub_without_dead_letters_says_so),
    SYSTEM_TEST(what_expired_is_told_listed_and_takes_its_number),
    SYSTEM_TEST(a_sender_that_was_away_hears_of_it_when_it_returns),
    SYSTEM_TEST(what_a_revoked_key_sent_is_held_with_its_route_and_shown),
    SYSTEM_TEST(what_still_waits_is_delivered_again_by_a_retry_and_once),
};

TB_RUN("system/recovery_deadletter", tests)

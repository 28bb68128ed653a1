/* One notice from one command line to another, while whoever has just taken it is killed. */
#include "tests/system/hub.h"

#include <sodium.h>

#include "keyfile/keyfile.h"

#define SENDER    "bureau.11"
#define RECIPIENT "hq"

/* It ended as it should: there once, forgotten by the sender, every store whole. */
static void ended_well(sys_agent *sender, sys_agent *recipient, const tb_local_acted *acted)
{
    SYS_AWAIT(sys_where(sender, &acted->event, RECIPIENT, NULL) == TB_WHERE_ARRIVED);
    SYS_AWAIT(sys_status(sender)->outbox == 0);
    assert_int_equal(sys_times(recipient, "a notice"), 1);
    assert_int_equal(sys_status(recipient)->cases, 1);
    assert_int_equal(sys_status(recipient)->alarms, 0);
    assert_true(sys_sound(sender));
    assert_true(sys_sound(recipient));
}

static void it_arrives_and_both_say_so(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *sender = sys_agent_linked(hub, SENDER);
    sys_agent *recipient = sys_agent_linked(hub, RECIPIENT);
    char socket[SYS_PATH];
    (void)snprintf(socket, sizeof socket, "%.300s/%s.sock", hub->run, SENDER);
    int code = sys_tongbao(hub, "case", "open", "relay", "to=hq", "text=a notice", "--socket",
                           socket, "--time", "2015-03-02 09:00", (char *)NULL);
    if (code != 0) {
        fail_msg("%s", hub->output);
    }
    SYS_AWAIT(sys_times(recipient, "a notice") == 1);
    SYS_AWAIT(sys_status(sender)->outbox == 0);
    assert_true(sys_sound(sender));
    assert_true(sys_sound(recipient));
}

/* As bytes or as hexadecimal digits. */
static void holds_no_secret(const char *path, const uint8_t secret[32])
{
    char hex[65];
    (void)sodium_bin2hex(hex, sizeof hex, secret, 32);
    assert_false(sys_file_holds(path, secret, 32));
    assert_false(sys_file_holds(path, hex, 64));
}

static void no_log_and_no_store_holds_a_secret_key(void **state)
{
    static const char *const names[] = {"hub", SENDER, RECIPIENT};
    sys_hub *hub = *state;
    char path[SYS_PATH];
    sys_broker_start(hub);
    sys_agent *sender = sys_agent_linked(hub, SENDER);
    (void)sys_agent_linked(hub, RECIPIENT);
    tb_local_acted acted = sys_send(sender, RECIPIENT, "a notice");
    SYS_AWAIT(sys_where(sender, &acted.event, RECIPIENT, NULL) == TB_WHERE_ARRIVED);
    sys_path(hub, path, "stores/%s/turns.log", SENDER);
    assert_true(
        sys_file_holds(path, "a notice", 8)); /* what is looked through is what was written */
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        tb_keyfile keys;
        tb_problem problem;
        sys_path(hub, path, "keys/%s.key", names[k]);
        assert_true(tb_keyfile_read(path, &keys, &problem));
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            static const char *const written[] = {"stores/%s/data.mdb", "stores/%s/turns.log",
                                                  "logs/%s.log"};
            for (size_t w = 0; w < sizeof written / sizeof written[0]; w++) {
                sys_path(hub, path, written[w], names[i]);
                holds_no_secret(path, keys.secrets->sign.secret);
                holds_no_secret(path, keys.secrets->seal.secret);
                holds_no_secret(path, keys.secrets->transport.secret);
            }
        }
        tb_keyfile_wipe(&keys);
    }
}

static void what_was_answered_survives_the_death_of_the_sender_and_of_the_hub(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *sender = sys_agent_linked(hub, SENDER);
    sys_agent *recipient = sys_agent_linked(hub, RECIPIENT);
    /* The hub reads nothing, so the sender's disk is the only place. */
    (void)kill(hub->broker, SIGSTOP);
    tb_local_acted acted = sys_send(sender, RECIPIENT, "a notice");
    sys_agent_stop(sender, SIGKILL);
    sys_broker_stop(hub, SIGKILL);
    assert_int_equal(sys_times(recipient, "a notice"), 0);

    sys_agent_start(sender);
    assert_int_equal(sys_where(sender, &acted.event, RECIPIENT, NULL), TB_WHERE_OUTBOX);
    sys_broker_start(hub);
    ended_well(sender, recipient, &acted);
}

static void what_the_hub_stored_survives_its_death(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *sender = sys_agent_linked(hub, SENDER);
    tb_local_acted acted = sys_send(sender, RECIPIENT, "a notice");
    SYS_AWAIT(sys_where(sender, &acted.event, RECIPIENT, NULL) == TB_WHERE_STORED);
    sys_broker_stop(hub, SIGKILL);
    /* The sender is away: only the hub's disk can bring it. */
    sys_agent_stop(sender, SIGKILL);

    sys_broker_start(hub);
    sys_agent *recipient = sys_agent_linked(hub, RECIPIENT);
    SYS_AWAIT(sys_times(recipient, "a notice") == 1);
    sys_agent_start(sender);
    ended_well(sender, recipient, &acted);
}

static void what_arrived_survives_the_death_of_the_recipient(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *sender = sys_agent_linked(hub, SENDER);
    sys_agent *recipient = sys_agent_linked(hub, RECIPIENT);
    tb_local_acted acted = sys_send(sender, RECIPIENT, "a notice");
    SYS_AWAIT(sys_where(sender, &acted.event, RECIPIENT, NULL) == TB_WHERE_ARRIVED);
    sys_agent_stop(recipient, SIGKILL);
    sys_broker_stop(hub, SIGKILL);
    sys_agent_stop(sender, SIGKILL);

    sys_agent_start(recipient);
    assert_int_equal(sys_times(recipient, "a notice"), 1);
    sys_agent_start(sender);
    sys_broker_start(hub);
    SYS_AWAIT(sys_status(recipient)->linked && sys_status(sender)->linked);
    ended_well(sender, recipient, &acted);
}

/* Each is killed again and again while notices flow; every one comes, once, in order. */
static void all_killed_in_turn_while_notices_flow(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *sender = sys_agent_linked(hub, SENDER);
    sys_agent *recipient = sys_agent_linked(hub, RECIPIENT);
    char text[32];
    for (int i = 0; i < 30; i++) {
        (void)snprintf(text, sizeof text, "number %d", i);
        const tb_local_answer *answer = sys_send_any(sender, RECIPIENT, text);
        assert_int_equal(answer->code, TB_ACCEPTED);
        if (i % 10 == 3) {
            sys_agent_stop(sender, SIGKILL);
            sys_agent_start(sender);
        } else if (i % 10 == 6) {
            sys_agent_stop(recipient, SIGKILL);
            sys_agent_start(recipient);
        } else if (i % 10 == 9) {
            sys_broker_stop(hub, SIGKILL);
            sys_broker_start(hub);
        }
    }
    SYS_AWAIT(sys_status(recipient)->cases == 30);
    SYS_AWAIT(sys_status(sender)->outbox == 0 && sys_status(sender)->drafts == 0);
    for (int i = 0; i < 30; i++) {
        (void)snprintf(text, sizeof text, "number %d", i);
        assert_int_equal(sys_times(recipient, text), 1);
    }
    assert_int_equal(sys_status(sender)->alarms, 0);
    assert_int_equal(sys_status(recipient)->alarms, 0);
    assert_true(sys_sound(sender));
    assert_true(sys_sound(recipient));
}

#define SYSTEM_TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    SYSTEM_TEST(it_arrives_and_both_say_so),
    SYSTEM_TEST(no_log_and_no_store_holds_a_secret_key),
    SYSTEM_TEST(what_was_answered_survives_the_death_of_the_sender_and_of_the_hub),
    SYSTEM_TEST(what_the_hub_stored_survives_its_death),
    SYSTEM_TEST(what_arrived_survives_the_death_of_the_recipient),
    SYSTEM_TEST(all_killed_in_turn_while_notices_flow),
};

TB_RUN("system/notice", tests)

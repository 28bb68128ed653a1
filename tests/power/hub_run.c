/* hub_run - see hub_run.h. */
#include "tests/power/hub_run.h"

#define ROUNDS     12
#define PER_ROUND  4
#define TEXT_BYTES 1500

void hub_run_record(const sys_hub *hub, const char *name, char out[SYS_PATH])
{
    sys_path(hub, out, "%s.rec", name);
}

static void record_begin(const sys_hub *hub, const char *name)
{
    char record[SYS_PATH];
    char store[SYS_PATH];
    hub_run_record(hub, name, record);
    sys_path(hub, store, "stores/%s", name);
    assert_int_equal(setenv("TONGBAO_RECORD_FILE", record, 1), 0);
    assert_int_equal(setenv("TONGBAO_RECORD_STORE", store, 1), 0);
    /* The sanitizer's own library would insist on being the first. */
    assert_int_equal(setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1), 0);
    assert_int_equal(setenv("LD_PRELOAD", TB_RECORDER_LIBRARY, 1), 0);
}

static void record_end(void)
{
    assert_int_equal(unsetenv("LD_PRELOAD"), 0);
    assert_int_equal(unsetenv("TONGBAO_RECORD_FILE"), 0);
}

static sys_agent *start_recorded(sys_hub *hub, const char *party)
{
    sys_agent *agent = sys_agent_add(hub, party, NULL);
    record_begin(hub, party);
    sys_agent_start(agent);
    record_end();
    SYS_AWAIT(sys_status(agent)->linked);
    return agent;
}

/* Texts of different lengths, so that rows are in leaves and on pages of their own. */
static void send_some(sys_agent *from, const char *to, int round)
{
    char text[TEXT_BYTES];
    for (int i = 0; i < PER_ROUND; i++) {
        size_t size = (size_t)(round * 131 + i * 397) % (sizeof text - 40) + 1;
        memset(text, 'a' + i, sizeof text);
        (void)snprintf(text + size, sizeof text - size, " %d %d", round, i);
        (void)sys_send(from, to, text);
    }
}

static bool nothing_waits(sys_agent *agent)
{
    return sys_status(agent)->outbox == 0;
}

void hub_run(sys_hub *hub)
{
    record_begin(hub, "hub");
    sys_broker_start(hub);
    record_end();
    sys_agent *sender = start_recorded(hub, RUN_SENDER);
    sys_agent *recipient = start_recorded(hub, RUN_RECIPIENT);
    for (int round = 0; round < ROUNDS; round++) {
        /* Every third round the recipient stands still, so that the hub keeps what it stored. */
        bool still = round % 3 == 2;
        if (still) {
            assert_int_equal(kill(recipient->pid, SIGSTOP), 0);
        }
        send_some(sender, RUN_RECIPIENT, round);
        if (still) {
            tb_local_acted last = sys_send(sender, RUN_RECIPIENT, "last of the round");
            SYS_AWAIT(sys_where(sender, &last.event, RUN_RECIPIENT, NULL) == TB_WHERE_STORED);
            assert_int_equal(kill(recipient->pid, SIGCONT), 0);
        }
        send_some(recipient, RUN_SENDER, round + 1);
    }
    SYS_AWAIT(nothing_waits(sender) && nothing_waits(recipient));
    sys_agent_stop(sender, SIGTERM);
    sys_agent_stop(recipient, SIGTERM);
    sys_broker_stop(hub, SIGTERM);
}

/* Every write and every flush of a run fails once, one run each: the process ends rather than go on
 * with what it does not know, and its restart has everything that was promised. */
#include "tests/resources/with_shim.h"

#include <errno.h>
#include <sys/wait.h>

#define A "bureau.11"
#define B "hq"

/* The calls of a first start and some notices; TONGBAO_NTH_MAX asks for more. */
#define NTH_SHORT 36

static long nth_max(void)
{
    const char *text = getenv("TONGBAO_NTH_MAX");
    return text == NULL ? NTH_SHORT : atol(text);
}

static void arm(const sys_hub *hub, const char *store, long nth)
{
    char path[SYS_PATH];
    char number[32];
    sys_path(hub, path, "stores/%s", store);
    (void)snprintf(number, sizeof number, "%ld", nth);
    assert_int_equal(setenv("TONGBAO_SHIM_STORE", path, 1), 0);
    assert_int_equal(setenv("TONGBAO_SHIM_NTH", number, 1), 0);
}

/* Whether it has ended, and how: it must say why, never be killed by a signal. */
static bool ended(pid_t *pid)
{
    int status = 0;
    if (*pid == 0 || waitpid(*pid, &status, WNOHANG) != *pid) {
        return *pid == 0;
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) == 0) {
        fail_msg("ended with status %x", (unsigned)status);
    }
    *pid = 0;
    return true;
}

static pid_t start_broker(sys_hub *hub)
{
    char program[] = TB_BINARY_DIR "/bin/tongbao-broker";
    char store[SYS_PATH];
    char key[SYS_PATH];
    char directory[SYS_PATH];
    char log[SYS_PATH];
    sys_path(hub, store, "stores/hub");
    sys_path(hub, key, "keys/hub.key");
    sys_path(hub, directory, "directory/directory.2.doc");
    sys_path(hub, log, "logs/hub.log");
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (freopen(log, "a", stderr) == NULL) {
            _exit(126);
        }
        (void)execl(program, program, "--store", store, "--key", key, "--directory", directory,
                    "--listen", hub->endpoint, "--quota", "16777216", (char *)NULL);
        _exit(127);
    }
    return pid;
}

static void the_hub_survives_the_failure_of_any_write_or_flush(void **state)
{
    sys_hub *hub = *state;
    unsigned sent = 0;
    long died = 0;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_broker_stop(hub, SIGTERM);
    for (long nth = 1; nth <= nth_max(); nth++) {
        char text[32];
        arm(hub, "hub", nth);
        with_shim();
        hub->broker = start_broker(hub);
        without_shim();
        for (int i = 0; i < 3; i++) {
            (void)snprintf(text, sizeof text, "number %u", ++sent);
            const tb_local_answer *answer = sys_send_any(a, B, text);
            assert_int_equal(answer->code, TB_ACCEPTED);
        }
        /* Either it has ended, or it went through before that call came. */
        SYS_AWAIT(ended(&hub->broker) ||
                  (sys_status(a)->outbox == 0 && sys_status(a)->drafts == 0));
        died += hub->broker == 0 ? 1 : 0;
        if (hub->broker != 0) {
            (void)kill(hub->broker, SIGKILL);
            (void)waitpid(hub->broker, NULL, 0);
            hub->broker = 0;
        }
    }
    assert_true(died > 3);
    print_message("%ld of %ld runs ended by the failed call\n", died, nth_max());
    sys_broker_start(hub);
    SYS_AWAIT(sys_status(a)->linked && sys_status(a)->outbox == 0 && sys_status(a)->drafts == 0);
    SYS_AWAIT(sys_status(b)->cases == sent);
    for (unsigned i = 1; i <= sent; i++) {
        char text[32];
        (void)snprintf(text, sizeof text, "number %u", i);
        assert_int_equal(sys_times(b, text), 1);
    }
    assert_int_equal(sys_status(a)->alarms, 0);
    assert_int_equal(sys_status(b)->alarms, 0);
    assert_true(sys_sound(a) && sys_sound(b));
}

/* ---- an agent ---- */

static tb_request_id id_of(long nth)
{
    tb_request_id id = {{0}};
    memcpy(id.bytes, &nth, sizeof nth);
    id.bytes[sizeof id.bytes - 1] = 0xa9;
    return id;
}

static void words_of(char out[32], const char *from, long nth)
{
    (void)snprintf(out, 32, "%s %ld", from, nth);
}

/* Its act of this run, asked for until it is answered or the agent has ended. True when somebody
 * was told that it is done. */
static bool acts(sys_agent *agent, const char *to, long nth)
{
    tb_request_id id = id_of(nth);
    char text[32];
    words_of(text, "back", nth);
    SYS_AWAIT(ended(&agent->pid) || sys_agent_listens(agent));
    if (agent->pid == 0) {
        return false;
    }
    sys_agent_call(agent);
    const tb_local_answer *answer = sys_send_once(agent, to, text, &id);
    while (answer == NULL && !ended(&agent->pid)) {
        answer = sys_send_once(agent, to, text, &id);
    }
    if (answer != NULL) {
        assert_int_equal(answer->code, TB_ACCEPTED);
    }
    return answer != NULL;
}

static void everything_is_there_once(sys_agent *a, sys_agent *b, long runs)
{
    for (long nth = 1; nth <= runs; nth++) {
        char text[32];
        words_of(text, "there", nth);
        SYS_AWAIT(sys_times(b, text) == 1);
        words_of(text, "back", nth);
        SYS_AWAIT(sys_times(a, text) == 1);
    }
    assert_int_equal(sys_status(a)->cases, 2 * runs);
    assert_int_equal(sys_status(b)->cases, 2 * runs);
    assert_int_equal(sys_status(a)->alarms, 0);
    assert_int_equal(sys_status(b)->alarms, 0);
    assert_true(sys_sound(a) && sys_sound(b));
}

static void an_agent_survives_the_failure_of_any_write_or_flush(void **state)
{
    sys_hub *hub = *state;
    long runs = nth_max();
    long died = 0;
    long told = 0;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_agent_stop(b, SIGTERM);
    for (long nth = 1; nth <= runs; nth++) {
        char text[32];
        words_of(text, "there", nth);
        arm(hub, B, nth);
        with_shim();
        sys_agent_launch(b);
        without_shim();
        (void)sys_send(a, B, text);
        told += acts(b, A, nth) ? 1 : 0;
        /* Either it has ended, or it took what was sent to it before that call came. */
        SYS_AWAIT(ended(&b->pid) || sys_status(a)->outbox == 0);
        died += b->pid == 0 ? 1 : 0;
        sys_agent_stop(b, SIGKILL);
    }
    assert_true(died > 3 && told > 3);
    print_message("%ld of %ld runs ended by the failed call, %ld acts told\n", died, runs, told);
    sys_agent_start(b);
    for (long nth = 1; nth <= runs; nth++) {
        assert_true(acts(b, A, nth));
    }
    everything_is_there_once(a, b, runs);
}

#define RESOURCE_TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    RESOURCE_TEST(the_hub_survives_the_failure_of_any_write_or_flush),
    RESOURCE_TEST(an_agent_survives_the_failure_of_any_write_or_flush),
};

TB_RUN("resources/nth", tests)

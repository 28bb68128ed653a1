/* Accounts at real agents: by the system user of the socket, by a key file; an act that is signed
 * by another account before it leaves, over a kill; and the recipient's agent answering by itself.
 */
#include "tests/system/hub.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agents/cli/cli.h"

#define SENDER    "bureau.11"
#define RECIPIENT "hq"

static bool says(const sys_hub *hub, const char *text)
{
    return strstr(hub->output, text) != NULL;
}

/* The officer is who runs this test; the clerk and the signer show keys. */
static void hire(sys_hub *hub, sys_agent *agent, char clerk[SYS_PATH], char signer[SYS_PATH])
{
    char uid[24];
    (void)snprintf(uid, sizeof uid, "%u", (unsigned)getuid());
    sys_path(hub, clerk, "clerk.key");
    sys_path(hub, signer, "signer.key");
    assert_int_equal(sys_tongbao_at(agent, "account", "list", NULL), TB_EXIT_DONE);
    assert_true(says(hub, "whoever may open the agent's socket may act"));
    assert_int_equal(sys_tongbao_at(agent, "account", "add", "zhao.lei", "--name", "赵磊", "--post",
                                    "officer", "--user", uid, NULL),
                     TB_EXIT_DONE);
    assert_int_equal(sys_tongbao_at(agent, "account", "add", "wang.min", "--name", "王敏", "--post",
                                    "clerk", "--key-out", clerk, NULL),
                     TB_EXIT_DONE);
    assert_int_equal(sys_tongbao_at(agent, "account", "add", "chen.chen", "--name", "陈晨",
                                    "--post", "signer", "--key-out", signer, NULL),
                     TB_EXIT_DONE);
}

static int open_as(sys_agent *agent, const char *key)
{
    return key == NULL ? sys_tongbao_at(agent, "case", "open", "approved", "to=" RECIPIENT,
                                        "text=a notice", NULL)
                       : sys_tongbao_at(agent, "case", "open", "approved", "to=" RECIPIENT,
                                        "text=a notice", "--account-key", key, NULL);
}

static void an_act_leaves_when_another_account_has_signed_it(void **state)
{
    sys_hub *hub = *state;
    char clerk[SYS_PATH];
    char signer[SYS_PATH];
    sys_document(hub, "campaign", "approved", TB_SOURCE_DIR "/tests/system/approved.yaml");
    sys_broker_start(hub);
    sys_agent *sender = sys_agent_linked(hub, SENDER);
    sys_agent *recipient = sys_agent_linked(hub, RECIPIENT);
    hire(hub, sender, clerk, signer);
    struct stat about;
    assert_int_equal(stat(clerk, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);

    assert_int_equal(open_as(sender, NULL), TB_EXIT_REFUSED); /* the officer is no clerk */
    assert_true(says(hub, "account_post"));
    assert_int_equal(open_as(sender, clerk), TB_EXIT_DONE);
    assert_true(says(hub, "to be signed"));
    assert_int_equal(
        sys_tongbao_at(sender, "approve", "approve", "1", "--account-key", clerk, NULL),
        TB_EXIT_REFUSED);

    sys_agent_stop(sender, SIGKILL);
    sys_agent_start(sender);
    SYS_AWAIT(sys_status(sender)->linked);
    assert_int_equal(sys_status(sender)->approvals, 1);
    assert_int_equal(sys_tongbao_at(sender, "approve", "show", "1", "--account-key", signer, NULL),
                     TB_EXIT_DONE);
    assert_true(says(hub, "made by 王敏") && says(hub, "a notice") && says(hub, "you may approve"));
    assert_int_equal(
        sys_tongbao_at(sender, "approve", "approve", "1", "--account-key", signer, NULL),
        TB_EXIT_DONE);

    /* the recipient's agent takes note by itself, and the sender sees it */
    SYS_AWAIT(sys_tongbao_at(sender, "case", "list", "--state", "noted", NULL) == TB_EXIT_DONE &&
              says(hub, "noted"));
    const tb_local_answer *answer =
        sys_ask(sender, &(tb_local_request){.kind = TB_REQUEST_LIST_CASES});
    assert_int_equal(answer->cases.count, 1);
    tb_case_id id = answer->cases.cases[0].case_id;
    char hex[2 * TB_CASE_ID_BYTES + 1];
    tb_hex(id.bytes, TB_CASE_ID_BYTES, hex);
    assert_int_equal(sys_tongbao_at(sender, "case", "show", hex, NULL), TB_EXIT_DONE);
    assert_true(says(hub, "signed by 陈晨"));
    assert_int_equal(sys_tongbao_at(recipient, "case", "show", hex, NULL), TB_EXIT_DONE);
    assert_true(says(hub, "signed by a3") && !says(hub, "陈晨")); /* names stay at home */
    assert_true(sys_sound(sender) && sys_sound(recipient));
}

static void a_key_that_others_may_read_is_not_used(void **state)
{
    sys_hub *hub = *state;
    char clerk[SYS_PATH];
    char signer[SYS_PATH];
    sys_document(hub, "campaign", "approved", TB_SOURCE_DIR "/tests/system/approved.yaml");
    sys_broker_start(hub);
    sys_agent *sender = sys_agent_linked(hub, SENDER);
    hire(hub, sender, clerk, signer);
    assert_int_equal(chmod(clerk, 0640), 0);
    assert_int_equal(open_as(sender, clerk), TB_EXIT_USAGE);
    assert_true(says(hub, "chmod 600"));
    assert_int_equal(chmod(clerk, 0600), 0);
    assert_int_equal(open_as(sender, clerk), TB_EXIT_DONE);
}

#define AT_A_HUB(test) cmocka_unit_test_setup_teardown(test, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    AT_A_HUB(an_act_leaves_when_another_account_has_signed_it),
    AT_A_HUB(a_key_that_others_may_read_is_not_used),
};

TB_RUN("system/accounts", tests)

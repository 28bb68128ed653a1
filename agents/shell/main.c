#include "agents/shell/shell.h"
#include "shell/keep.h"
#include "shell/language.h"

#include "daemon/notify.h"

#include <malloc.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* Keys are in this process: no core file, no other process looks in. A build with sanitizers must
 * let its leak check look. */
static void close_doors(void)
{
    struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

/* Signals are read like everything else; those of the library are off. */
static int open_signals(void)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) {
        return -1;
    }
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static int run(tb_shell *shell, const tb_agent_options *options)
{
    tb_agent_options_print(options);
    if (!tb_shell_start(shell, options)) {
        return 1;
    }
    if (options->only_check) {
        fprintf(stderr, "level=info event=checked party=%s directory=%u campaigns=%zu\n",
                options->party.text, (unsigned)shell->agent.directory->version,
                shell->agent.campaigns->count);
        return 0;
    }
    if (!tb_agent_net_open_local(&shell->net, options->socket) ||
        !tb_agent_net_open_hub(&shell->net, shell->agent.directory)) {
        return 1;
    }
    tb_notify_ready();
    tb_shell_run(shell);
    tb_notify_stopping();
    return shell->exit_code;
}

int main(int argc, char **argv)
{
    static tb_shell shell;
    tb_agent_options options;
    int code = 1;
    argc = tb_language_init(argc, argv);
    if (argc > 1 && strcmp(argv[1], "cut") == 0) {
        return tb_shell_cut(argc - 1, argv + 1);
    }
    if (argc > 1 && tb_keep_is(argv[1])) {
        static const tb_keep keep = {"tongbao-agent", TB_STORE_AGENT, TB_AGENT_QUOTA_USUAL, 2, 1};
        return tb_keep_main(&keep, argc, argv);
    }
    close_doors();
    /* Hundreds of agents may share one small machine: one heap each is enough. */
    (void)mallopt(M_ARENA_MAX, 1);
    if (!tb_agent_options_read(argc, argv, &options, &code)) {
        return code;
    }
    if (setenv("ZSYS_SIGHANDLER", "false", 1) != 0 || sodium_init() < 0) {
        fprintf(stderr, "tongbao-agent: cannot start\n");
        return 1;
    }
    shell.signals = open_signals();
    if (shell.signals < 0) {
        fprintf(stderr, "tongbao-agent: cannot wait for signals\n");
        return 1;
    }

    code = run(&shell, &options);
    tb_shell_end(&shell);
    (void)close(shell.signals);
    return code;
}

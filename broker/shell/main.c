/* tongbao-broker - the hub's process. Exit codes: see tb_options_read's help, and hub.h. */
#define _POSIX_C_SOURCE 200809L

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "broker/shell/deadletter.h"
#include "broker/shell/hub.h"
#include "daemon/notify.h"
#include "shell/keep.h"
#include "shell/language.h"

/* Keys and notices in memory must not reach a core file, nor another process of the same account.
 */
static void protect_memory(void)
{
    struct rlimit none = {0, 0};
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    (void)setrlimit(RLIMIT_CORE, &none);
}

/* TERM and INT are read from a descriptor; blocked before any thread exists, so that all inherit
 * it. */
static int catch_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) {
        return -1;
    }
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static int serve(tb_hub *hub)
{
    int code = tb_hub_open(hub);
    if (code != 0) {
        return code;
    }

    char *endpoint = zsock_last_endpoint(hub->net.router);
    fprintf(stderr, "level=info event=ready listen=%s\n", endpoint);
    freen(endpoint);
    tb_notify_ready();
    code = tb_hub_run(hub);
    tb_notify_stopping();
    fprintf(stderr, "level=info event=ended code=%d frames_dropped=%llu\n", code,
            (unsigned long long)hub->net.dropped);
    return code;
}

int main(int argc, char **argv)
{
    static tb_hub hub;
    tb_broker_options options;
    argc = tb_language_init(argc, argv);
    if (argc > 1 && strcmp(argv[1], "cut") == 0) {
        return tb_hub_cut(argc - 1, argv + 1);
    }
    if (argc > 1 && tb_keep_is(argv[1])) {
        static const tb_keep keep = {"tongbao-broker", TB_STORE_BROKER, TB_BROKER_QUOTA_USUAL,
                                     TB_EXIT_USAGE, TB_EXIT_STORE};
        return tb_keep_main(&keep, argc, argv);
    }
    if (argc > 1 && strcmp(argv[1], "deadletter") == 0) {
        return tb_deadletter_main(argc, argv);
    }
    tb_options_outcome outcome = tb_options_read(argc, argv, &options);
    if (outcome != TB_OPTIONS_GOOD) {
        return outcome == TB_OPTIONS_HELP ? 0 : TB_EXIT_USAGE;
    }
    protect_memory();
    setenv("ZSYS_SIGHANDLER", "false", 1);
    tb_options_print(&options);
    hub.signals = catch_signals();
    if (hub.signals < 0) {
        return TB_EXIT_LISTEN;
    }
    int code = tb_hub_load(&hub, &options);
    if (code == 0 && !options.check_config) {
        code = serve(&hub);
    }
    tb_hub_close(&hub);
    close(hub.signals);
    return code;
}

#include "daemon/damage.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Made beforehand: in the handler hardly a function may be called. */
static char line[1024];
static int code;

static void end(int signal)
{
    (void)signal;
    ssize_t written = write(STDERR_FILENO, line, strlen(line));
    (void)written;
    _exit(code);
}

void tb_damage_say(const char *text, int exit_code)
{
    struct sigaction action = {.sa_handler = end};
    code = exit_code;
    (void)snprintf(line, sizeof line, "%s", text);
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGBUS, &action, NULL);
}

void tb_damage_watch(const char *program, const char *path, int exit_code)
{
    char text[sizeof line];
    (void)snprintf(
        text, sizeof text,
        "level=error event=stop what=\"the store's file is damaged or its disk does not "
        "give it back\" store=%.400s do=\"look at the disk and the kernel's log; then put "
        "the folder aside and make a store out of a backup (%s restore --help), or start "
        "without one and recover (tongbao recover --help)\"\n",
        path, program);
    tb_damage_say(text, exit_code);
}

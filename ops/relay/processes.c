/* processes - the broker and the recipients as real processes that end with this one. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ops/relay/relay.h"

#define HUB_QUOTA       "2147483648"
#define HUB_QUOTA_FULL  "8589934592"
#define RECIPIENT_QUOTA "402653184"
#define END_S           10.0

static pid_t start(const char *log_name, char *const argv[])
{
    char log[RELAY_PATH];
    (void)snprintf(log, sizeof log, "%s/logs/%s.log", world.out, log_name);
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid < 0) {
        relay_fail("cannot start %s: %s", argv[0], strerror(errno));
    }
    if (pid > 0) {
        return pid;
    }
    /* A child outlives nothing: not our death, not a Ctrl-C that only we were meant to handle. */
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(1);
    }
    (void)setpgid(0, 0);
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    int null = open("/dev/null", O_RDONLY);
    if (fd < 0 || null < 0 || dup2(null, 0) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0) {
        _exit(1);
    }
    (void)execv(argv[0], argv);
    _exit(127);
}

void relay_run(char *const argv[])
{
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY);
        if (null >= 0) {
            (void)dup2(null, 1);
        }
        (void)execv(argv[0], argv);
        _exit(127);
    }
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
        WEXITSTATUS(status) != 0) {
        relay_fail("%s %s %s failed", argv[0], argv[1], argv[2]);
    }
}

void relay_broker_start(void)
{
    char program[RELAY_PATH], store[RELAY_PATH], key[RELAY_PATH], directory[RELAY_PATH];
    char usual[] = HUB_QUOTA, large[] = HUB_QUOTA_FULL;
    char *quota = world.notices > 0 ? large : usual;
    (void)snprintf(program, sizeof program, "%s/tongbao-broker", world.programs);
    (void)snprintf(store, sizeof store, "%s/stores/hub", world.out);
    (void)snprintf(key, sizeof key, "%s/hub/keys/hub.key", world.out);
    (void)snprintf(directory, sizeof directory, "%s/hub/directory.doc", world.out);
    char *argv[] = {program,   "--store",  store,          "--key",   key,   "--directory",
                    directory, "--listen", world.endpoint, "--quota", quota, NULL};
    world.broker = start("hub", argv);
}

void relay_recipient_start(relay_recipient *recipient)
{
    char program[RELAY_PATH], store[RELAY_PATH], key[RELAY_PATH], directory[RELAY_PATH];
    char socket[RELAY_PATH], campaign[RELAY_PATH];
    char quota[] = RECIPIENT_QUOTA;
    char *party = recipient->party.text;
    (void)snprintf(program, sizeof program, "%s/tongbao-agent", world.programs);
    (void)snprintf(store, sizeof store, "%s/stores/%s", world.out, party);
    (void)snprintf(key, sizeof key, "%s/hub/keys/%s.key", world.out, party);
    (void)snprintf(directory, sizeof directory, "%s/hub/directory.doc", world.out);
    (void)snprintf(socket, sizeof socket, "%s/%s.sock", world.socket_dir, party);
    (void)snprintf(campaign, sizeof campaign, "%s/hub/relay.doc", world.out);
    char *argv[] = {program, "--party",     party,     "--store", store,          "--key",
                    key,     "--directory", directory, "--hub",   world.endpoint, "--socket",
                    socket,  "--document",  campaign,  "--quota", quota,          NULL};
    recipient->pid = start(party, argv);
}

void relay_watch_processes(void)
{
    int status = 0;
    pid_t pid = waitpid(-1, &status, WNOHANG);
    if (pid <= 0) {
        return;
    }
    const char *who = pid == world.broker ? "the hub" : "a process";
    for (size_t i = 0; i < RELAY_RECIPIENTS; i++) {
        who = world.recipients[i].pid == pid ? world.recipients[i].party.text : who;
    }
    relay_fail("%s ended by itself (status %d); see its log in %s/logs", who, status, world.out);
}

static void tell_all(int signal_number)
{
    for (size_t i = 0; i < RELAY_RECIPIENTS; i++) {
        if (world.recipients[i].pid > 0) {
            (void)kill(world.recipients[i].pid, signal_number);
        }
    }
    if (world.broker > 0) {
        (void)kill(world.broker, signal_number);
    }
}

void relay_end_all(void)
{
    double until = relay_seconds() + END_S;
    tell_all(SIGTERM);
    for (;;) {
        pid_t pid = waitpid(-1, NULL, WNOHANG);
        if (pid < 0) {
            return;
        }
        if (pid == 0 && relay_seconds() > until) {
            break;
        }
        if (pid == 0) {
            struct timespec pause = {0, 5000000};
            (void)nanosleep(&pause, NULL);
        }
    }
    tell_all(SIGKILL);
}

/* ---- what they cost ---- */

/* User and system time of a process, fields 14 and 15 behind the name in brackets. */
static double cpu_of(pid_t pid)
{
    char path[64], line[1024];
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return 0;
    }
    const char *name_end = fgets(line, sizeof line, file) == NULL ? NULL : strrchr(line, ')');
    (void)fclose(file);
    unsigned long long user = 0, kernel = 0;
    if (name_end == NULL ||
        sscanf(name_end + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user,
               &kernel) != 2) {
        return 0;
    }
    return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

relay_cost relay_cost_now(void)
{
    relay_cost cost = {.broker = cpu_of(world.broker), .sender = cpu_of(getpid())};
    for (size_t i = 0; i < RELAY_RECIPIENTS; i++) {
        cost.recipients += cpu_of(world.recipients[i].pid);
    }
    return cost;
}

double relay_broker_anon_mib(void)
{
    char path[64], line[256];
    double kib = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)world.broker);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "RssAnon:", 8) == 0) {
            kib = strtod(line + 8, NULL);
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return kib / 1024;
}

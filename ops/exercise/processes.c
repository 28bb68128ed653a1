/* processes - the broker and one agent per party, as real processes that end with this one. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ops/exercise/exercise.h"

static pid_t start(const ex_world *world, const char *log_name, char *const argv[])
{
    char log[EX_PATH * 2];
    (void)snprintf(log, sizeof log, "%s/%s.log", world->log_dir, log_name);
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid < 0) {
        ex_fail("cannot start %s: %s", argv[0], strerror(errno));
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

void ex_broker_start(ex_world *world)
{
    char program[EX_PATH], store[EX_PATH * 2], key[EX_PATH * 2], directory[EX_PATH * 2];
    (void)snprintf(program, sizeof program, "%s/tongbao-broker", world->options.programs);
    (void)snprintf(store, sizeof store, "%s/hub", world->store_dir);
    (void)snprintf(key, sizeof key, "%s/keys/hub.key", world->hub_dir);
    (void)snprintf(directory, sizeof directory, "%s/directory.doc", world->hub_dir);
    char *argv[] = {program, "--store", store, "--key", key, "--directory", directory, "--listen",
                    world->endpoint, "--quota", "268435456", NULL};
    world->broker = start(world, "hub", argv);
}

/* A store's size follows from the cases that will come to it: a case takes about 27 kB with all that
 * proves it, and a store is full at four fifths. */
#define QUOTA_BASE     (6ull * 1024 * 1024)
#define QUOTA_PER_CASE (40ull * 1024)
#define QUOTA_DISASTER 3 /* times as much: what is resent and taken over comes beside what was */

void ex_agent_start(ex_world *world, ex_party *party)
{
    char program[EX_PATH], store[EX_PATH * 2], key[EX_PATH * 2], directory[EX_PATH * 2], sock[EX_PATH * 2];
    char campaign[EX_PATH * 2], segments[EX_PATH * 2], provinces[EX_PATH * 2], calendar[EX_PATH * 2];
    (void)snprintf(program, sizeof program, "%s/tongbao-agent", world->options.programs);
    (void)snprintf(store, sizeof store, "%s/%s", world->store_dir, party->id.text);
    (void)snprintf(key, sizeof key, "%s/keys/%s.key", world->hub_dir, party->key[0] != 0 ? party->key : party->id.text);
    (void)snprintf(directory, sizeof directory, "%s/directory.doc", world->hub_dir);
    (void)snprintf(sock, sizeof sock, "%s/%s.sock", world->run_dir, party->id.text);
    (void)snprintf(campaign, sizeof campaign, "%s/documents/%s.doc", world->hub_dir, world->options.campaign);
    (void)snprintf(segments, sizeof segments, "%s/documents/segments.doc", world->hub_dir);
    (void)snprintf(provinces, sizeof provinces, "%s/documents/provinces.doc", world->hub_dir);
    (void)snprintf(calendar, sizeof calendar, "%s/documents/calendar.doc", world->hub_dir);
    char quota[32];
    unsigned long long per_case = QUOTA_PER_CASE * (world->options.disaster ? QUOTA_DISASTER : 1);
    (void)snprintf(quota, sizeof quota, "%llu", QUOTA_BASE + per_case * party->touched);
    char *argv[] = {program, "--party", party->id.text, "--store", store, "--key", key,
                    "--directory", directory, "--hub", world->endpoint, "--socket", sock,
                    "--document", campaign, "--document", segments, "--document", provinces,
                    "--document", calendar,
                    "--quota", quota, NULL};
    party->pid = start(world, party->id.text, argv);
    party->watched = false;
    party->away = false;
}

ex_party *ex_party_find(ex_world *world, const char *id)
{
    for (size_t i = 0; i < world->party_count; i++) {
        if (strcmp(world->parties[i].id.text, id) == 0) {
            return &world->parties[i];
        }
    }
    return NULL;
}

void ex_run(char *const argv[])
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
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        ex_fail("%s %s %s failed", argv[0], argv[1], argv[1] != NULL ? argv[2] : "");
    }
}

void ex_kill_something(ex_world *world)
{
    /* The broker and one agent at a time, as a machine that loses power would stop them. */
    ex_party *victim = &world->parties[(size_t)random() % world->party_count];
    (void)kill(world->broker, SIGKILL);
    (void)kill(victim->pid, SIGKILL);
    world->kills += 2;
    world->kills_broker++;
    if (!world->options.quiet) {
        (void)printf("  kill -9  hub, %s\n", victim->name_zh);
    }
}

/* Restarts what was killed; what ended by itself is a failure of the program and is told. */
void ex_reap(ex_world *world)
{
    int status = 0;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
        if (!killed && !world->stopping) {
            const char *who = pid == world->broker ? "hub" : "an agent";
            for (size_t i = 0; i < world->party_count; i++) {
                who = world->parties[i].pid == pid ? world->parties[i].id.text : who;
            }
            ex_fail("%s ended by itself (status %d); see its log in %s", who, status, world->log_dir);
        }
        if (world->stopping) {
            continue;
        }
        if (pid == world->broker) {
            ex_broker_start(world);
            continue;
        }
        for (size_t i = 0; i < world->party_count; i++) {
            if (world->parties[i].pid == pid) {
                ex_agent_start(world, &world->parties[i]);
            }
        }
    }
}

void ex_stop(pid_t *pid, int with)
{
    if (*pid > 0) {
        (void)kill(*pid, with);
        while (waitpid(*pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    *pid = 0;
}

void ex_end_all(ex_world *world)
{
    world->stopping = true;
    for (size_t i = 0; i < world->party_count; i++) {
        if (world->parties[i].pid > 0) {
            (void)kill(world->parties[i].pid, SIGTERM);
        }
    }
    if (world->broker > 0) {
        (void)kill(world->broker, SIGTERM);
    }
    double until = ex_seconds() + 10.0;
    for (;;) {
        pid_t pid = waitpid(-1, NULL, WNOHANG);
        if (pid < 0) {
            return;
        }
        if (pid == 0 && ex_seconds() > until) {
            break;
        }
        if (pid == 0) {
            struct timespec pause = {0, 5000000};
            (void)nanosleep(&pause, NULL);
        }
    }
    for (size_t i = 0; i < world->party_count; i++) {
        if (world->parties[i].pid > 0) {
            (void)kill(world->parties[i].pid, SIGKILL);
        }
    }
    if (world->broker > 0) {
        (void)kill(world->broker, SIGKILL);
    }
}

/* tongbao-bench - the program behind ops/bench. */
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ops/relay/relay.h"

#define ROUNDS_USUAL  3
#define SECONDS_USUAL 4.0
#define NOTICES_USUAL 1000000u

relay_world world;
static volatile sig_atomic_t interrupted;

static void on_signal(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

double relay_seconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void clean_up(void)
{
    relay_end_all();
    if (world.socket_dir[0] != '\0') {
        char path[RELAY_PATH];
        for (size_t i = 0; i < RELAY_RECIPIENTS; i++) {
            (void)snprintf(path, sizeof path, "%s/%s.sock", world.socket_dir,
                           world.recipients[i].party.text);
            (void)unlink(path);
        }
        (void)rmdir(world.socket_dir);
    }
}

void relay_fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)fputs("tongbao-bench: ", stderr);
    (void)vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
    va_end(args);
    clean_up();
    (void)fflush(NULL);
    _exit(1); /* the sender's sockets may be open, and leaving by exit() would wait for them */
}

void relay_check(void)
{
    if (interrupted != 0) {
        clean_up();
        exit(130);
    }
}

static int usage(FILE *out, int code)
{
    (void)fputs("tongbao-bench relay --programs DIR --source DIR --out DIR [--json] [--rounds N] "
                "[--seconds S] [--feed N]\n"
                "tongbao-bench restart --programs DIR --source DIR --out DIR [--notices N]\n",
                out);
    return code;
}

static bool read_option(const char *name, const char *value)
{
    if (strcmp(name, "--programs") == 0) {
        world.programs = value;
    } else if (strcmp(name, "--source") == 0) {
        world.source = value;
    } else if (strcmp(name, "--out") == 0) {
        world.out = value;
    } else if (strcmp(name, "--rounds") == 0) {
        world.rounds = (unsigned)strtoul(value, NULL, 10);
    } else if (strcmp(name, "--seconds") == 0) {
        world.seconds = strtod(value, NULL);
    } else if (strcmp(name, "--notices") == 0) {
        world.notices = strtoull(value, NULL, 10);
    } else if (strcmp(name, "--feed") == 0) {
        world.feed = (unsigned)strtoul(value, NULL, 10);
    } else {
        return false;
    }
    return true;
}

static bool read_options(int argc, char **argv)
{
    bool restarts = strcmp(argv[1], "restart") == 0;
    world.notices = restarts ? NOTICES_USUAL : 0;
    world.rounds = ROUNDS_USUAL;
    world.seconds = SECONDS_USUAL;
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            world.json = true;
        } else if (i + 1 == argc || !read_option(argv[i], argv[i + 1])) {
            return false;
        } else {
            i++;
        }
    }
    return world.programs != NULL && world.source != NULL && world.out != NULL &&
           restarts == (world.notices > 0) && world.rounds > 0 && world.rounds <= RELAY_ROUNDS_MAX && world.seconds > 0;
}

/* A port of our own: two measurings must not meet. */
static void choose_endpoint(void)
{
    (void)snprintf(world.endpoint, sizeof world.endpoint, "tcp://127.0.0.1:%u",
                   20000u + (unsigned)getpid() % 20000u);
}

static void measure(relay_result *result)
{
    relay_settle();
    for (unsigned i = 0; i < world.rounds; i++) {
        relay_round *round = &result->rounds[result->count];
        relay_round_run(round);
        result->count++;
        if (!world.json) {
            (void)fprintf(stderr, "round %u of %u: %.0f/s, %.0f/s at 1024\n", i + 1, world.rounds,
                          round->wide.per_s, round->narrow.per_s);
        }
    }
    result->broker_rss_anon_mib = relay_broker_anon_mib();
}

int main(int argc, char **argv)
{
    static relay_result result;
    struct sigaction action = {.sa_handler = on_signal};
    if (argc < 2 || (strcmp(argv[1], "relay") != 0 && strcmp(argv[1], "restart") != 0) || !read_options(argc, argv)) {
        return usage(stderr, 2);
    }
    if (setenv("ZSYS_SIGHANDLER", "false", 1) != 0 || sodium_init() < 0) {
        relay_fail("cannot start");
    }
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    choose_endpoint();
    relay_hub_make();
    relay_hub_load();
    relay_check();
    relay_broker_start();
    if (world.notices > 0) {
        relay_restart(world.notices);
        clean_up();
        return 0;
    }
    for (size_t i = 0; i < RELAY_RECIPIENTS; i++) {
        relay_recipient_start(&world.recipients[i]);
    }
    relay_sender_start();
    relay_commits_open();
    measure(&result);
    relay_report(&result);
    relay_commits_close();
    relay_sender_end();
    clean_up();
    return 0;
}

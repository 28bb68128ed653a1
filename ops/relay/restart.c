/* restart - how soon a hub that holds many notices serves again after it was killed.
 *
 * No recipient runs. One party after the other sends until the hub holds as many as were asked for;
 * then it is killed and started, and the last of them, whose connection is gone like everybody's,
 * is welcomed and has one more notice stored.
 */
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ops/relay/relay.h"

#define TURN        2048u
#define WINDOW      4096u
#define PATIENCE_S  60.0
#define STARTS      5u
#define STARTS_LEFT (RELAY_RECIPIENTS) /* notices each sender leaves room for: one per start */

typedef struct restart_times {
    double ready_ms[STARTS];
    double welcome_ms[STARTS];
    double stored_ms[STARTS];
} restart_times;

/* Everybody but the sender receives; nothing was given yet. */
static void use_sender(const tb_party *all, size_t sender)
{
    size_t place = 0;
    for (size_t i = 0; i <= RELAY_RECIPIENTS; i++) {
        if (i == sender) {
            world.sender = all[i];
        } else {
            world.recipients[place++] = (relay_recipient){.party = all[i]};
        }
    }
    world.given = world.stored = world.arrived = 0;
    memset(&world.shell, 0, sizeof world.shell);
    relay_sender_start();
}

/* Its store goes: each takes gigabytes of the disk from the start. */
static void forget_sender(void)
{
    static const char *const files[] = {"data.mdb", "lock.mdb", "turns.log"};
    char path[RELAY_PATH];
    relay_sender_end();
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/stores/%s/%s", world.out, world.sender.text,
                       files[i]);
        (void)unlink(path);
    }
}

/* Sends up to `notices`; how many it had stored. */
static uint64_t fill(uint64_t notices)
{
    uint64_t most = (uint64_t)RELAY_RECIPIENTS * (RELAY_WAITING_MAX / 2) - STARTS_LEFT;
    uint64_t want = notices < most ? notices : most;
    while (world.stored < want) {
        uint64_t left = want - world.given;
        uint64_t free = WINDOW - (world.given - world.stored);
        uint64_t open = left < TURN ? left : TURN;
        relay_turn(open > free ? 0 : (unsigned)open, 20);
        relay_watch_processes();
    }
    return want;
}

static void kill_broker(void)
{
    (void)kill(world.broker, SIGKILL);
    (void)waitpid(world.broker, NULL, 0);
}

/* How often the hub has said that it is ready. */
static unsigned said_ready(void)
{
    char path[RELAY_PATH], line[1024];
    unsigned times = 0;
    (void)snprintf(path, sizeof path, "%s/logs/hub.log", world.out);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        times += strstr(line, "event=ready") != NULL ? 1 : 0;
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return times;
}

static void wait_until(double until, const char *what)
{
    relay_turn(0, 1);
    if (relay_seconds() > until) {
        relay_fail("after its start the hub %s not within %.0f s", what, PATIENCE_S);
    }
}

static void start_again(restart_times *times, size_t i)
{
    unsigned before = said_ready();
    kill_broker();
    while (relay_sender_linked()) {
        relay_turn(0, 1);
    }
    double from = relay_seconds();
    double until = from + PATIENCE_S;
    relay_broker_start();
    while (said_ready() == before) {
        wait_until(until, "is ready");
    }
    times->ready_ms[i] = (relay_seconds() - from) * 1e3;
    while (!relay_sender_linked()) {
        wait_until(until, "welcomes");
    }
    times->welcome_ms[i] = (relay_seconds() - from) * 1e3;
    relay_turn(1, 0);
    while (world.stored < world.given) {
        wait_until(until, "stores");
    }
    times->stored_ms[i] = (relay_seconds() - from) * 1e3;
}

static json_t *spread(double *ms)
{
    relay_samples samples = {ms, STARTS, STARTS};
    json_t *o = json_object();
    (void)json_object_set_new(o, "min", json_real(relay_percentile(&samples, 0)));
    (void)json_object_set_new(o, "median", json_real(relay_percentile(&samples, 0.5)));
    (void)json_object_set_new(o, "max", json_real(relay_percentile(&samples, 1)));
    return o;
}

static double store_mib(void)
{
    char path[RELAY_PATH];
    struct stat file;
    (void)snprintf(path, sizeof path, "%s/stores/hub/data.mdb", world.out);
    return stat(path, &file) == 0 ? (double)file.st_size / (1024 * 1024) : 0;
}

static void report(uint64_t notices, double seconds, restart_times *times)
{
    json_t *o = json_object();
    (void)json_object_set_new(o, "notices", json_integer((json_int_t)notices));
    (void)json_object_set_new(o, "filled_per_s", json_real((double)notices / seconds));
    (void)json_object_set_new(o, "hub_store_mib", json_real(store_mib()));
    (void)json_object_set_new(o, "starts", json_integer(STARTS));
    (void)json_object_set_new(o, "ready_ms", spread(times->ready_ms));
    (void)json_object_set_new(o, "welcome_ms", spread(times->welcome_ms));
    (void)json_object_set_new(o, "stored_ms", spread(times->stored_ms));
    (void)json_dumpf(o, stdout, JSON_INDENT(2));
    (void)fputc('\n', stdout);
    json_decref(o);
}

void relay_restart(uint64_t notices)
{
    static tb_party all[RELAY_RECIPIENTS + 1];
    static restart_times times;
    double from = relay_seconds();
    uint64_t held = 0;
    all[0] = world.sender;
    for (size_t i = 0; i < RELAY_RECIPIENTS; i++) {
        all[i + 1] = world.recipients[i].party;
    }
    for (size_t i = 0; held < notices; i++) {
        if (i > RELAY_RECIPIENTS) {
            relay_fail("34 parties can leave %llu notices, and no more", (unsigned long long)held);
        }
        if (i > 0) {
            forget_sender();
        }
        use_sender(all, i);
        held += fill(notices - held);
        (void)fprintf(stderr, "\r%llu of %llu notices", (unsigned long long)held,
                      (unsigned long long)notices);
    }
    double took = relay_seconds() - from;
    (void)fputc('\n', stderr);
    for (size_t i = 0; i < STARTS; i++) {
        start_again(&times, i);
    }
    report(held, took, &times);
    relay_sender_end();
}

/* rounds - what is measured, once per round. */
#include <stdlib.h>

#include "ops/relay/relay.h"

#define WIDE         4096u
#define NARROW       1024u
#define WARM_S       0.7
#define RATE_PER_S   2000.0
#define RATE_S       2.0
#define LONE_NOTICES 150
/* One turn opens at most so many: their memory is the turn's. */
#define OPEN_MAX 3072u
#define DRAIN_S  20.0

static double samples_us[16384];

static void drain(void)
{
    double until = relay_seconds() + DRAIN_S;
    while (world.arrived < world.given) {
        relay_turn(0, 5);
        if (relay_seconds() > until) {
            relay_fail("%llu of %llu notices have not arrived",
                       (unsigned long long)(world.given - world.arrived),
                       (unsigned long long)world.given);
        }
    }
    relay_watch_processes();
}

/* Every recipient is there when it has taken one notice. */
void relay_settle(void)
{
    relay_turn(RELAY_RECIPIENTS, 0);
    drain();
}

static unsigned room(unsigned window)
{
    uint64_t out = world.given - world.stored;
    unsigned feed = world.feed == 0 || world.feed > window ? window / 2 : world.feed;
    return out + feed > window ? 0 : feed;
}

static uint64_t marks(void)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < RELAY_RECIPIENTS; i++) {
        sum += world.recipients[i].marks;
    }
    return sum;
}

static void full_window(unsigned window, relay_flow *out)
{
    double start = relay_seconds();
    double from = 0;
    uint64_t arrived = 0, moved = 0;
    relay_cost cost = {0};
    world.latencies = NULL;
    for (;;) {
        double now = relay_seconds();
        if (from == 0 && now - start >= WARM_S) {
            from = now;
            arrived = world.arrived;
            moved = marks();
            cost = relay_cost_now();
        }
        if (from != 0 && now - from >= world.seconds) {
            break;
        }
        relay_turn(room(window), 20);
    }
    double n = (double)(world.arrived - arrived);
    double took = relay_seconds() - from;
    relay_cost end = relay_cost_now();
    out->per_s = n / took;
    out->group = n / (double)(marks() - moved);
    out->us.broker = (end.broker - cost.broker) / n * 1e6;
    out->us.recipients = (end.recipients - cost.recipients) / n * 1e6;
    out->us.sender = (end.sender - cost.sender) / n * 1e6;
    drain();
}

/* Latency counts from the time a notice was due, whether or not its turn came then. */
static void fixed_rate(relay_round *out)
{
    relay_samples samples = {samples_us, 0, sizeof samples_us / sizeof *samples_us};
    uint64_t all = (uint64_t)(RATE_PER_S * RATE_S);
    uint64_t opened = 0;
    double start = relay_seconds();
    world.latencies = &samples;
    world.interval = 1 / RATE_PER_S;
    while (opened < all) {
        double past = (relay_seconds() - start) * RATE_PER_S;
        uint64_t due = past >= (double)all ? all : (uint64_t)past;
        unsigned open = due - opened > OPEN_MAX ? OPEN_MAX : (unsigned)(due - opened);
        world.schedule = start + (double)opened / RATE_PER_S;
        opened += open;
        relay_turn(open, 1);
    }
    drain();
    world.latencies = NULL;
    world.interval = 0;
    out->complete_p50 = relay_percentile(&samples, 0.50);
    out->complete_p99 = relay_percentile(&samples, 0.99);
}

static void one_in_flight(relay_round *out)
{
    static double stored_us[LONE_NOTICES], complete_us[LONE_NOTICES], commit_us[LONE_NOTICES];
    relay_samples stored = {stored_us, 0, LONE_NOTICES};
    relay_samples complete = {complete_us, 0, LONE_NOTICES};
    relay_samples commits = {commit_us, 0, LONE_NOTICES};
    for (size_t i = 0; i < LONE_NOTICES; i++) {
        relay_turn(1, 0);
        double sent = world.sent_at;
        while (world.stored < world.given) {
            relay_turn(0, 100);
        }
        stored.us[stored.count++] = (world.marked_at - sent) * 1e6;
        while (world.arrived < world.given) {
            relay_turn(0, 100);
        }
        complete.us[complete.count++] = (world.marked_at - sent) * 1e6;
        commits.us[commits.count++] = relay_commit_us();
    }
    out->stored_p50 = relay_percentile(&stored, 0.50);
    out->stored_p99 = relay_percentile(&stored, 0.99);
    out->one_complete_p50 = relay_percentile(&complete, 0.50);
    out->commit_p50 = relay_percentile(&commits, 0.50);
}

void relay_round_run(relay_round *out)
{
    full_window(WIDE, &out->wide);
    full_window(NARROW, &out->narrow);
    fixed_rate(out);
    one_in_flight(out);
}

/* report - medians over the rounds, with the least and the greatest. */
#include <jansson.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "ops/relay/relay.h"

typedef struct figure {
    const char *name;
    const char *words;
    size_t at; /* in relay_round */
} figure;

static const figure figures[] = {
    {"notices_per_s", "notices a second, window 4096", offsetof(relay_round, wide.per_s)},
    {"notices_per_s_1024", "notices a second, window 1024", offsetof(relay_round, narrow.per_s)},
    {"complete_p50_us", "complete at 2,000/s, p50 us", offsetof(relay_round, complete_p50)},
    {"complete_p99_us", "complete at 2,000/s, p99 us", offsetof(relay_round, complete_p99)},
    {"one_stored_p50_us", "one in flight, stored p50 us", offsetof(relay_round, stored_p50)},
    {"one_stored_p99_us", "one in flight, stored p99 us", offsetof(relay_round, stored_p99)},
    {"one_complete_p50_us", "one in flight, complete p50 us",
     offsetof(relay_round, one_complete_p50)},
    {"lmdb_commit_p50_us", "one LMDB commit, p50 us", offsetof(relay_round, commit_p50)},
    {"broker_cpu_s_per_million", "hub CPU s per million, window 4096",
     offsetof(relay_round, wide.us.broker)},
    {"recipients_cpu_s_per_million", "recipients' CPU s per million, window 4096",
     offsetof(relay_round, wide.us.recipients)},
    {"sender_cpu_s_per_million", "sender's CPU s per million, window 4096",
     offsetof(relay_round, wide.us.sender)},
    {"notices_per_commit", "notices per recipient's commit, window 4096",
     offsetof(relay_round, wide.group)},
    {"broker_cpu_s_per_million_1024", "hub CPU s per million, window 1024",
     offsetof(relay_round, narrow.us.broker)},
    {"recipients_cpu_s_per_million_1024", "recipients' CPU s per million, window 1024",
     offsetof(relay_round, narrow.us.recipients)},
    {"sender_cpu_s_per_million_1024", "sender's CPU s per million, window 1024",
     offsetof(relay_round, narrow.us.sender)},
    {"notices_per_commit_1024", "notices per recipient's commit, window 1024",
     offsetof(relay_round, narrow.group)},
};
#define FIGURES (sizeof figures / sizeof *figures)

typedef struct spread {
    double median;
    double least;
    double greatest;
} spread;

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return x < y ? -1 : x > y;
}

double relay_percentile(relay_samples *samples, double share)
{
    if (samples->count == 0) {
        return 0;
    }
    qsort(samples->us, samples->count, sizeof *samples->us, ascending);
    return samples->us[(size_t)((double)(samples->count - 1) * share + 0.5)];
}

static spread spread_of(const relay_result *result, size_t at)
{
    double values[RELAY_ROUNDS_MAX];
    for (size_t i = 0; i < result->count; i++) {
        values[i] = *(const double *)((const char *)&result->rounds[i] + at);
    }
    qsort(values, result->count, sizeof *values, ascending);
    return (spread){values[result->count / 2], values[0], values[result->count - 1]};
}

static double rounded(double value)
{
    return value < 1000 ? (double)(long long)(value * 100 + 0.5) / 100
                        : (double)(long long)(value + 0.5);
}

static void print_json(const relay_result *result)
{
    json_t *object = json_object();
    json_t *ranges = json_object();
    int bad = 0;
    for (size_t i = 0; i < FIGURES; i++) {
        spread s = spread_of(result, figures[i].at);
        bad |= json_object_set_new(object, figures[i].name, json_real(rounded(s.median)));
        bad |= json_object_set_new(
            ranges, figures[i].name,
            json_pack("{s:f,s:f}", "min", rounded(s.least), "max", rounded(s.greatest)));
    }
    bad |= json_object_set_new(object, "broker_rss_anon_mib",
                               json_real(rounded(result->broker_rss_anon_mib)));
    bad |= json_object_set_new(object, "agents", json_integer(RELAY_RECIPIENTS + 1));
    bad |= json_object_set_new(object, "window", json_integer(4096));
    bad |= json_object_set_new(object, "rounds", json_integer((json_int_t)result->count));
    bad |= json_object_set_new(object, "range", ranges);
    if (bad != 0 || json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(8)) != 0) {
        relay_fail("the result cannot be written");
    }
    (void)putchar('\n');
    json_decref(object);
}

static void print_table(const relay_result *result)
{
    (void)printf("%d agents, %zu rounds                          median      min..max\n",
                 RELAY_RECIPIENTS + 1, result->count);
    for (size_t i = 0; i < FIGURES; i++) {
        spread s = spread_of(result, figures[i].at);
        (void)printf("%-44s %10.5g      %.5g..%.5g\n", figures[i].words, s.median, s.least,
                     s.greatest);
    }
    (void)printf("%-44s %10.3g\n", "hub's own memory, MiB", result->broker_rss_anon_mib);
}

void relay_report(const relay_result *result)
{
    if (world.json) {
        print_json(result);
    } else {
        print_table(result);
    }
}

/* run - one seed: events in virtual time under the faults it drew, then healing, then everything
 * that is pending must finish. */
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>

#include "tests/sim/sim.h"

#define HEAL_AFTER_MS   (8 * 60 * 1000)
#define SETTLE_EVERY_MS (30 * 1000)
#define LIVENESS_MS     (90 * 60 * 1000)
#define MONTH_MS    (TB_NOTICE_LIFE_MS + 24ll * 3600 * 1000)
#define PACE_AFTER_MS   (3 * 60 * 1000)
#define EVENTS_MAX      200000

/* ---- drawing ---- */

uint64_t sim_draw(sim_random *random)
{
    uint64_t z = (random->state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t sim_below(sim_random *random, uint64_t bound)
{
    return bound == 0 ? 0 : sim_draw(random) % bound;
}

int64_t sim_between(sim_random *random, int64_t low, int64_t high)
{
    return low + (int64_t)sim_below(random, (uint64_t)(high - low) + 1);
}

bool sim_chance(sim_random *random, unsigned percent_of_100000)
{
    return percent_of_100000 > 0 && sim_below(random, 100000) < percent_of_100000;
}

/* ---- what is written down ---- */

void sim_trace(sim *s, const char *format, ...)
{
    char line[512];
    va_list list;
    va_start(list, format);
    int size = vsnprintf(line, sizeof line, format, list);
    va_end(list);
    for (int i = 0; i < size && i < (int)sizeof line - 1; i++) {
        s->trace_hash = (s->trace_hash ^ (uint8_t)line[i]) * UINT64_C(1099511628211);
    }
    if (s->options.trace) {
        printf("%8.3f %s\n", (double)(s->now - s->begin) / 1000.0, line);
    }
}

void sim_fail(sim *s, const char *format, ...)
{
    va_list list;
    if (s->failed) {
        return;
    }
    s->failed = true;
    va_start(list, format);
    (void)vsnprintf(s->failure, sizeof s->failure, format, list);
    va_end(list);
    sim_trace(s, "BROKEN %s", s->failure);
}

/* ---- events ---- */

static bool before(const sim_event *a, const sim_event *b)
{
    return a->at != b->at ? a->at < b->at : a->order < b->order;
}

void sim_schedule(sim *s, sim_event event)
{
    if (s->heap_count == s->heap_capacity) {
        s->heap_capacity = s->heap_capacity == 0 ? 1024 : s->heap_capacity * 2;
        s->heap = realloc(s->heap, s->heap_capacity * sizeof *s->heap);
        TB_ASSERT(s->heap != NULL);
    }
    event.order = ++s->ordered;
    if (event.at < s->now) {
        event.at = s->now;
    }
    size_t at = s->heap_count++;
    while (at > 0 && before(&event, &s->heap[(at - 1) / 2])) {
        s->heap[at] = s->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    s->heap[at] = event;
}

static sim_event next_event(sim *s)
{
    sim_event first = s->heap[0];
    sim_event last = s->heap[--s->heap_count];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= s->heap_count) {
            break;
        }
        if (child + 1 < s->heap_count && before(&s->heap[child + 1], &s->heap[child])) {
            child++;
        }
        if (!before(&s->heap[child], &last)) {
            break;
        }
        s->heap[at] = s->heap[child];
        at = child;
    }
    if (s->heap_count > 0) {
        s->heap[at] = last;
    }
    return first;
}

static void handle(sim *s, const sim_event *event)
{
    sim_node *n = &s->nodes[event->node];
    switch (event->kind) {
    case SIM_WAKE:
        if (n->up && event->at == n->wake && event->number == n->starts) {
            sim_node_turn(s, n);
        }
        break;
    case SIM_ARRIVE:
        sim_deliver_frame(s, event);
        break;
    case SIM_CONNECT:
        sim_connect(s, event);
        break;
    case SIM_START:
        if (!n->up && !n->away && event->number == n->starts) {
            sim_node_start(s, n);
        }
        break;
    case SIM_FEED:
        if (event->extra == 0 || sim_lead_is_lost(s, n, (size_t)event->number)) {
            sim_staff_feed(s, (size_t)event->number);
        }
        break;
    case SIM_STAFF:
        sim_staff_act(s, event);
        break;
    case SIM_POLL:
        if (event->number == n->starts) {
            sim_staff_poll(s, n);
        }
        break;
    case SIM_STRIKE:
        sim_strike(s, event);
        break;
    }
    free(event->bytes.data);
}

/* Everything that happens up to a time; false when something was broken. */
static bool live_until(sim *s, tb_time until)
{
    while (!s->failed && s->heap_count > 0 && s->heap[0].at <= until) {
        sim_event event = next_event(s);
        TB_ASSERT(event.at >= s->now);
        s->now = event.at;
        handle(s, &event);
        if (++s->stats.events > EVENTS_MAX) {
            sim_fail(s, "liveness: more than %d events", EVENTS_MAX);
        }
    }
    if (!s->failed) {
        s->now = until;
    }
    return !s->failed;
}

void sim_month(sim *s)
{
    s->now += MONTH_MS;
    s->passed = true;
    sim_trace(s, "a month passes");
    for (size_t i = 0; i < s->heap_count; i++) {
        s->heap[i].at += MONTH_MS;
    }
    for (size_t i = 0; i < s->node_count; i++) {
        sim_node *n = &s->nodes[i];
        n->wake += n->wake == INT64_MAX ? 0 : MONTH_MS;
        n->due = SIM_UNASKED;
    }
}

/* ---- a run ---- */

static void seed_streams(sim *s)
{
    sim_random root = {s->options.seed * UINT64_C(0x2545F4914F6CDD1D) + 1};
    s->net.state = sim_draw(&root);
    s->fault.state = sim_draw(&root);
    s->people.state = sim_draw(&root);
    s->node_random.state = sim_draw(&root);
    s->hostile.state = sim_draw(&root);
    uint8_t bytes[32];
    for (size_t i = 0; i < 32; i += 8) {
        uint64_t word = sim_draw(&root);
        memcpy(bytes + i, &word, 8);
    }
    tb_random_seed(&s->keys, bytes);
}

static void make(sim *s)
{
    s->trace_hash = UINT64_C(14695981039346656037);
    s->begin = s->now = INT64_C(1423453140000); /* 2015-02-09 11:39, China time */
    seed_streams(s);
    sim_faults_draw(s);
    sim_world_make(s);
    sim_faults_plan(s);
    sim_ledger_make(s);
    for (size_t i = 0; i < s->node_count; i++) {
        sim_node_start(s, &s->nodes[i]);
    }
    sim_staff_begin(s);
}

static void settle(sim *s)
{
    char why[256] = "";
    tb_time deadline = s->now + LIVENESS_MS;
    while (live_until(s, s->now + SETTLE_EVERY_MS)) {
        if (sim_quiet(s, why, sizeof why)) {
            return;
        }
        if (s->now >= deadline - LIVENESS_MS + PACE_AFTER_MS) {
            sim_check_pace(s);
        }
        if (s->now >= deadline) {
            sim_fail(s, "liveness: after %d minutes without faults %s", LIVENESS_MS / 60000, why);
        }
    }
}

static void print_failure(const sim *s, FILE *say)
{
    fprintf(say, "seed %llu BROKEN: %s\n  faults:", (unsigned long long)s->options.seed,
            s->failure);
    sim_faults_print(s, say);
    fprintf(say, "\n  again: tests/sim/run --seed %llu --trace",
            (unsigned long long)s->options.seed);
    for (size_t i = 0; i < SIM_FAULT_COUNT; i++) {
        if ((s->options.without >> i & 1) != 0) {
            fprintf(say, " --without %s", sim_fault_names[i]);
        }
    }
    if (s->options.cases != 0) {
        fprintf(say, " --cases %u", s->options.cases);
    }
    if (s->options.small) {
        fprintf(say, " --small --fail-commit %llu --stage %u --lose %llu",
                (unsigned long long)s->options.fail_commit, s->options.fail_stage,
                (unsigned long long)s->options.lose_frame);
    }
    fprintf(say, "\n");
    fflush(say);
}

bool sim_run(const sim_options *options, sim_stats *stats, uint64_t *out_hash, FILE *say)
{
    sim *s = calloc(1, sizeof *s);
    TB_ASSERT(s != NULL);
    s->options = *options;
    sim_memo_on = !options->every_signature;
    make(s);
    if (s->options.trace) {
        printf("seed %llu parties %zu leads %zu faults:", (unsigned long long)s->options.seed,
               s->node_count - 1, s->lead_count);
        sim_faults_print(s, stdout);
        printf("\n");
    }
    if (live_until(s, s->begin + HEAL_AFTER_MS)) {
        sim_check_all(s);
    }
    sim_heal(s);
    if (!s->failed) {
        settle(s);
    }
    if (!s->failed && sim_somebody_away(s)) {
        sim_month(s);
        sim_come_back(s);
        settle(s);
    }
    if (!s->failed) {
        sim_check_end(s);
    }
    s->stats.virtual_ms = s->now - s->begin;
    if (s->failed && say != NULL) {
        print_failure(s, say);
    }
    *stats = s->stats;
    if (out_hash != NULL) {
        *out_hash = s->trace_hash;
    }
    bool good = !s->failed;
    while (s->heap_count > 0) {
        free(s->heap[--s->heap_count].bytes.data);
    }
    free(s->heap);
    sim_ledger_free(s);
    sim_world_free(s);
    free(s);
    return good;
}

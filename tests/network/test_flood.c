/* A member floods the hub while others work: how much longer notices of the others take is bounded,
 * none of them is lost, what is refused is on record, and the hub's memory stays.
 *
 * Rounds without flood, under floods of good notices, in frames as the hub wants them and in larger
 * ones, and under one of what must be refused follow one another, and the medians of their 99th
 * percentiles are compared, so that what else the machine does tells on all alike. In life
 * everybody has a machine and a disk of its own: here the flooder gives way to all others, in the
 * long form the hub to the honest agents and everything else to the hub, and stores lie in memory,
 * so that what is measured is the hub and not how one machine and one disk are shared out.
 */
#include "tests/network/clocked.h"
#include "tests/system/chance.h"

#define SENDER     "bureau.11"
#define FLOODER    "cm.11"
#define ACCOMPLICE "cu.11"

#define RECIPIENTS 4

#define ROUNDS      3
#define ROUNDS_LONG 5 /* from so many on the times are compared */
#define ROUNDS_MAX  99
/* So few to each recipient that it does not gather (agents/shell/gather.h). */
#define PER_S        28.0
#define SECONDS      2.8
#define WARM_SECONDS 0.4
#define TIMES        3.0

/* Priorities in the long form. */
#define AGENTS_PRIORITY 20
#define HUB_PRIORITY    10

#define MEMORY_KB_MORE (64u * 1024)

#define HUB_QUOTA "134217728"

enum {
    QUIET,
    VALID,
    LARGE,
    REFUSED,
    KINDS
};

static const char *const kinds[KINDS] = {NULL, "valid", "large",
                                         "refused"}; /* as the flooder knows them */
static const char *const names[KINDS] = {"quiet", "valid", "large", "refused"};
static const char *const recipients[] = {"hq", "market.11", "ct.11", "police.11"};

static pid_t flood_begin(sys_hub *hub, const char *kind)
{
    static char words[6][SYS_PATH];
    const char *const text[] = {TB_FLOODER, hub->folder, hub->endpoint, FLOODER, ACCOMPLICE, kind};
    char *argv[7] = {NULL};
    for (size_t i = 0; i < 6; i++) {
        (void)snprintf(words[i], SYS_PATH, "%s", text[i]);
        argv[i] = words[i];
    }
    return sys_beside(hub, "flooder", argv);
}

static double median(const double *values, size_t rounds)
{
    double sorted[ROUNDS_MAX];
    memcpy(sorted, values, rounds * sizeof *sorted);
    for (size_t i = 0; i < rounds; i++) {
        for (size_t k = i; k > 0 && sorted[k] < sorted[k - 1]; k--) {
            double kept = sorted[k];
            sorted[k] = sorted[k - 1];
            sorted[k - 1] = kept;
        }
    }
    return sorted[rounds / 2];
}

typedef struct measured {
    double p50[KINDS][ROUNDS_MAX];
    double p99[KINDS][ROUNDS_MAX];
    size_t kb[KINDS][ROUNDS_MAX]; /* of the hub */
} measured;

static void measure(sys_hub *hub, size_t kind, size_t round, measured *out)
{
    static clocked_times times;
    pid_t flooder = kinds[kind] == NULL ? 0 : flood_begin(hub, kinds[kind]);
    if (flooder != 0) {
        (void)clocked_run(PER_S, WARM_SECONDS, &times);
    }
    (void)clocked_run(PER_S, SECONDS, &times);
    out->kb[kind][round] = sys_memory_kb(hub->broker);
    if (flooder != 0) {
        sys_beside_end(&flooder, "flooder");
    }
    out->p50[kind][round] = clocked_percentile(&times, 0.5);
    out->p99[kind][round] = clocked_percentile(&times, 0.99);
    print_message("round %zu %-8s p50 %7.2f ms p99 %7.2f ms, hub %zu kB\n", round, names[kind],
                  out->p50[kind][round], out->p99[kind][round], out->kb[kind][round]);
}

/* Everything but the flood runs before all else of the machine, where that is allowed. */
static void start_hub(sys_hub *hub, bool apart)
{
    bool real_time = apart && sys_real_time(getpid(), AGENTS_PRIORITY);
    if (apart && !real_time) {
        print_message("without real-time priority: what else this machine does is measured, too\n");
    }
    sys_broker_start(hub);
    assert_true(!real_time || sys_real_time(hub->broker, HUB_PRIORITY));
}

/* Each once, in what its recipient can read. */
static void nothing_was_lost(sys_hub *hub, size_t given)
{
    size_t held = 0;
    for (size_t i = 0; i < RECIPIENTS; i++) {
        sys_agent *agent = &hub->agents[i];
        held += (size_t)sys_status(agent)->cases;
        assert_true(sys_sound(agent));
        assert_int_equal(sys_status(agent)->alarms, 0);
    }
    assert_int_equal(held, given);
}

static void who_floods_the_hub_loses_others_nothing_and_is_on_record(void **state)
{
    static clocked_times times;
    static measured m;
    sys_hub *hub = *state;
    size_t rounds = sys_setting("TONGBAO_FLOOD_ROUNDS", ROUNDS);
    assert_in_range(rounds, 3, ROUNDS_MAX);
    (void)snprintf(hub->quota, sizeof hub->quota, HUB_QUOTA);
    sys_keep_nothing_back();
    start_hub(hub, rounds >= ROUNDS_LONG);
    for (size_t i = 0; i < RECIPIENTS; i++) {
        (void)sys_agent_linked(hub, recipients[i]);
    }
    clocked_start(hub, SENDER, recipients, RECIPIENTS);
    (void)clocked_run(PER_S, 1, &times);
    for (size_t round = 0; round < rounds; round++) {
        for (size_t kind = 0; kind < KINDS; kind++) {
            measure(hub, kind, round, &m);
        }
    }
    size_t given = clocked_run(PER_S, 0.1, &times);
    clocked_end();

    for (size_t kind = 0; kind < KINDS; kind++) {
        print_message("%-8s median p50 %.2f ms, median p99 %.2f ms\n", names[kind],
                      median(m.p50[kind], rounds), median(m.p99[kind], rounds));
    }
    nothing_was_lost(hub, given);
    /* What is refused or put off is on record, in the log and as alarms of the hub. */
    static const char *const record[] = {
        "event=alarm party=" FLOODER " code=malformed",
        "event=alarm party=" FLOODER " code=not_speaker",
        "event=alarm party=" FLOODER " code=signature",
        "event=alarm party=" FLOODER " code=proof",
        "event=frame_put_off party=" FLOODER,
    };
    for (size_t i = 0; i < sizeof record / sizeof record[0]; i++) {
        if (!sys_log_says(hub, "hub", record[i])) {
            fail_msg("the hub's log does not say %s", record[i]);
        }
    }
    /* The first rounds fill pools, queues and the store's pages; from then on memory stays. */
    for (size_t kind = VALID; kind < KINDS; kind++) {
        assert_true(m.kb[kind][rounds - 1] < m.kb[kind][1] + MEMORY_KB_MORE);
    }
    /* Only what one process of a release build sends fills a share in so short a time. */
    assert_true(rounds < ROUNDS_LONG ||
                sys_log_says(hub, "hub", "event=closed sender=" FLOODER " recipient=" ACCOMPLICE));
    double most = TIMES * median(m.p99[QUIET], rounds);
    for (size_t kind = VALID; kind < KINDS; kind++) {
        if (rounds >= ROUNDS_LONG && median(m.p99[kind], rounds) > most) {
            fail_msg("under a flood others wait more than %.0f times as long", TIMES);
        }
    }
}

#define NETWORK_TEST(name)                                                                         \
    cmocka_unit_test_setup_teardown(name, sys_set_up_in_memory, sys_tear_down)

static const struct CMUnitTest tests[] = {
    NETWORK_TEST(who_floods_the_hub_loses_others_nothing_and_is_on_record),
};

TB_RUN("network/flood", tests)

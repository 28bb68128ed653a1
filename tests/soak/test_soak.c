/* A hub and 34 agents at work for a long time while some of them are killed, or stopped for a
 * while: nothing told is lost or twice, and whoever was not killed holds no more memory and no more
 * descriptors than before.
 *
 * The work goes in rounds; after each everybody is linked, nothing is on its way, and it is
 * measured. The first third of the rounds is the warming up: caches and heaps are filled, every
 * stream has begun. TONGBAO_SOAK_ROUNDS and TONGBAO_SOAK_ROUND_MS say how many and how long;
 * TONGBAO_SEED repeats the choices, not the timing.
 */
#include "tests/system/hub.h"

#include <dirent.h>
#include <glob.h>
#include <time.h>

#include "tests/system/chance.h"

#define AGENTS      34
#define LUCKY       22 /* nothing is done to those before this one, nor to the hub but a short stop */
#define ROUNDS      9
#define ROUNDS_MAX  4000
#define ROUND_MS    2500
#define FAULT_MS    400
#define STOPPED_MAX 3000
#define AGENT_QUOTA "268435456"
/* What comes and goes by itself: a page of a heap, a connection that is just being closed. */
#define GROWTH_KB    1024
#define GROWTH_FILES 1

typedef struct sample {
    size_t anon_kb;
    size_t files;
} sample;

/* Of the lucky agents, and the hub behind them. */
static sample samples[LUCKY + 1][ROUNDS_MAX];
static unsigned expected[AGENTS];
static int64_t goes_on[AGENTS]; /* a stopped one: when */
static unsigned kills;
static unsigned stops;

/* ---- measuring ---- */

static size_t open_files(pid_t pid)
{
    char path[64];
    size_t count = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    while (readdir(folder) != NULL) {
        count++;
    }
    (void)closedir(folder);
    return count;
}

static void measure(const sys_hub *hub, size_t round)
{
    for (size_t i = 0; i <= LUCKY; i++) {
        pid_t pid = i < LUCKY ? hub->agents[i].pid : hub->broker;
        samples[i][round] = (sample){sys_memory_kb(pid), open_files(pid)};
    }
}

static int by_size(const void *a, const void *b)
{
    size_t x = *(const size_t *)a;
    size_t y = *(const size_t *)b;
    return x < y ? -1 : x > y;
}

/* The middle one of rounds from..to - 1. */
static sample middle(size_t who, size_t from, size_t to)
{
    static size_t memory[ROUNDS_MAX];
    static size_t files[ROUNDS_MAX];
    size_t count = to - from;
    for (size_t i = 0; i < count; i++) {
        memory[i] = samples[who][from + i].anon_kb;
        files[i] = samples[who][from + i].files;
    }
    qsort(memory, count, sizeof *memory, by_size);
    qsort(files, count, sizeof *files, by_size);
    return (sample){memory[count / 2], files[count / 2]};
}

/* The last third of the rounds against the second. */
static void flat(const sys_hub *hub, size_t rounds)
{
    for (size_t i = 0; i <= LUCKY; i++) {
        const char *name = i < LUCKY ? hub->agents[i].name : "hub";
        sample before = middle(i, rounds / 3, 2 * rounds / 3);
        sample after = middle(i, 2 * rounds / 3, rounds);
        if (i == 0 || i == LUCKY) {
            print_message("%s: %zu kB and %zu descriptors, then %zu kB and %zu\n", name,
                          before.anon_kb, before.files, after.anon_kb, after.files);
        }
        if (after.anon_kb > before.anon_kb + before.anon_kb / 20 + GROWTH_KB ||
            after.files > before.files + GROWTH_FILES) {
            fail_msg("%s grew: %zu kB and %zu descriptors, then %zu kB and %zu", name,
                     before.anon_kb, before.files, after.anon_kb, after.files);
        }
    }
}

/* ---- work and faults ---- */

static void start_all(sys_hub *hub)
{
    char pattern[SYS_PATH];
    glob_t keys;
    (void)snprintf(hub->quota, sizeof hub->quota, "%s", AGENT_QUOTA);
    sys_broker_start(hub);
    sys_path(hub, pattern, "keys/bureau.*.key");
    assert_int_equal(glob(pattern, 0, NULL, &keys), 0);
    sys_path(hub, pattern, "keys/c[mt].*.key");
    assert_int_equal(glob(pattern, GLOB_APPEND, NULL, &keys), 0);
    assert_true(keys.gl_pathc >= AGENTS);
    for (size_t i = 0; i < AGENTS; i++) {
        char party[TB_PARTY_BYTES];
        const char *name = strrchr(keys.gl_pathv[i], '/') + 1;
        (void)snprintf(party, sizeof party, "%.*s", (int)(strlen(name) - strlen(".key")), name);
        sys_agent *agent = sys_agent_add(hub, party, NULL);
        (void)snprintf(agent->quota, sizeof agent->quota, "%s", AGENT_QUOTA);
        sys_agent_start(agent);
    }
    globfree(&keys);
}

static void go_on(sys_hub *hub, bool all)
{
    for (size_t i = 0; i < AGENTS; i++) {
        if (goes_on[i] != 0 && (all || sys_now_ms() >= goes_on[i])) {
            assert_int_equal(kill(hub->agents[i].pid, SIGCONT), 0);
            goes_on[i] = 0;
        }
    }
}

/* The hub stands still for a moment; else one of the unlucky is killed, or stopped. */
static void one_fault(sys_hub *hub)
{
    size_t who = LUCKY + sys_choose(AGENTS - LUCKY);
    struct timespec moment = {0, 300000000};
    size_t kind = sys_choose(8);
    if (kind == 0) {
        assert_int_equal(kill(hub->broker, SIGSTOP), 0);
        (void)nanosleep(&moment, NULL);
        assert_int_equal(kill(hub->broker, SIGCONT), 0);
        stops++;
    } else if (goes_on[who] == 0 && kind < 4) {
        assert_int_equal(kill(hub->agents[who].pid, SIGSTOP), 0);
        goes_on[who] = sys_now_ms() + 1 + (int64_t)sys_choose(STOPPED_MAX);
        stops++;
    } else if (goes_on[who] == 0) {
        sys_agent_stop(&hub->agents[who], SIGKILL);
        sys_agent_start(&hub->agents[who]);
        kills++;
    }
}

static void send_one(sys_hub *hub)
{
    size_t from = sys_choose(AGENTS);
    size_t to = sys_choose(AGENTS);
    if (from == to || goes_on[from] != 0) {
        return;
    }
    const tb_local_answer *answer =
        sys_send_any(&hub->agents[from], hub->agents[to].party, "of a long day");
    if (answer->code != TB_ACCEPTED) {
        fail_msg("%s: %s", hub->agents[from].name, tb_refusal_key(answer->code));
    }
    expected[from]++;
    expected[to]++;
}

static bool quiet(sys_agent *agent, unsigned cases)
{
    const tb_local_status *status = sys_status(agent);
    assert_true(status->cases <= cases);
    return status->linked && status->outbox == 0 && status->drafts == 0 && status->cases == cases;
}

static void one_round(sys_hub *hub, int64_t round_ms)
{
    int64_t end = sys_now_ms() + round_ms;
    int64_t fault = 0;
    while (sys_now_ms() < end) {
        if (sys_now_ms() >= fault) {
            one_fault(hub);
            fault = sys_now_ms() + FAULT_MS;
        }
        go_on(hub, false);
        for (unsigned i = 0; i < 8; i++) {
            send_one(hub);
        }
        sys_pause();
    }
    go_on(hub, true);
    for (size_t i = 0; i < AGENTS; i++) {
        SYS_AWAIT(quiet(&hub->agents[i], expected[i]));
    }
}

static void a_long_day_with_faults_costs_nothing_that_stays(void **state)
{
    sys_hub *hub = *state;
    size_t rounds = sys_setting("TONGBAO_SOAK_ROUNDS", ROUNDS);
    int64_t round_ms = (int64_t)sys_setting("TONGBAO_SOAK_ROUND_MS", ROUND_MS);
    unsigned long seed = sys_setting("TONGBAO_SEED", (unsigned long)time(NULL));
    assert_true(rounds >= 3 && rounds <= ROUNDS_MAX);
    sys_chance_begin(seed);
    print_message("TONGBAO_SEED=%lu\n", seed);

    sys_keep_nothing_back();
    start_all(hub);
    for (size_t i = 0; i < rounds; i++) {
        one_round(hub, round_ms);
        measure(hub, i);
    }
    unsigned long cases = 0;
    for (size_t i = 0; i < AGENTS; i++) {
        assert_true(sys_sound(&hub->agents[i]));
        cases += expected[i];
    }
    print_message("%zu rounds of %ld ms, %lu notices, %u kills, %u stops\n", rounds, (long)round_ms,
                  cases / 2, kills, stops);
    flat(hub, rounds);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(
        a_long_day_with_faults_costs_nothing_that_stays, sys_set_up_all, sys_tear_down),
};

TB_RUN("soak/soak", tests)

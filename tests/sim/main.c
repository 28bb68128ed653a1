/* main - many seeds, one seed with its trace, a smaller failure, the exhaustive small hub.
 *
 *     sim --seeds N --from S [--jobs J]     N seeds; a failure prints how to see it again
 *     sim --seed S [--trace]                one seed
 *     sim --minimise S                      the fewest faults with which seed S still fails
 *     sim --exhaustive [--every K]          every commit point and every single loss, small hub
 */
#include <getopt.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mutant.h"
#include "tests/sim/sim.h"

#define TWICE_EVERY     50 /* seeds run twice, traces compared (I11) */
#define REAL_EVERY      25 /* seeds that compute every signature */
#define SMALL_SEED      7
#define SMALL_PROVINCES 1
#define SMALL_CASES     2

/* What workers tell: in shared memory, so that one that aborts has told where it was. */
typedef struct board {
    uint64_t at; /* seed or point it is at, + 1 */
    uint64_t done, failed, first_failed;
    sim_stats sum;
} board;

static void add_up(sim_stats *sum, const sim_stats *one)
{
    uint64_t *to = (uint64_t *)sum;
    const uint64_t *from = (const uint64_t *)one;
    for (size_t i = 0; i < sizeof *sum / sizeof *to; i++) {
        to[i] += from[i];
    }
}

static double seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- one seed ---- */

static bool run_one(const sim_options *base, uint64_t seed, sim_stats *stats)
{
    sim_options options = *base;
    uint64_t hash = 0, again = 0;
    options.seed = seed;
    options.every_signature = options.every_signature || seed % REAL_EVERY == 0;
    bool good = sim_run(&options, stats, &hash, stdout);
    if (good && seed % TWICE_EVERY == 0) {
        sim_stats other;
        options.every_signature = false;
        good = sim_run(&options, &other, &again, stdout);
        if (hash != again) {
            printf("seed %llu BROKEN: I11 two runs differ: %016llx %016llx\n",
                   (unsigned long long)seed, (unsigned long long)hash, (unsigned long long)again);
            good = false;
        }
    }
    return good;
}

/* ---- many ---- */

typedef bool point_fn(const sim_options *base, uint64_t at, sim_stats *stats);

static void work(board *b,
                 const sim_options *base,
                 uint64_t from,
                 uint64_t until,
                 uint64_t stride,
                 point_fn *point,
                 bool first_only)
{
    for (uint64_t at = from; at < until && !(first_only && b->failed > 0); at += stride) {
        sim_stats stats = {0};
        b->at = at + 1;
        bool good = point(base, at, &stats);
        add_up(&b->sum, &stats);
        b->done++;
        if (!good) {
            b->first_failed = b->failed == 0 ? at : b->first_failed;
            b->failed++;
        }
        b->at = 0;
    }
}

/* In a process of its own: an assertion ends it, and another goes on behind the seed it was at. */
static void work_apart(board *b,
                       const sim_options *base,
                       uint64_t from,
                       uint64_t until,
                       uint64_t stride,
                       point_fn *point,
                       bool first_only)
{
    uint64_t next = from;
    while (next < until && !(first_only && b->failed > 0)) {
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            work(b, base, next, until, stride, point, first_only);
            exit(0); /* not _exit: what gcov counted is written */
        }
        int status = 0;
        if (child < 0 || waitpid(child, &status, 0) != child) {
            printf("cannot start a worker\n");
            b->failed++;
            return;
        }
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
            return;
        }
        uint64_t at = b->at - 1;
        printf("seed %llu BROKEN: the process ended by itself (status %d)\n  again: tests/sim/run "
               "--seed %llu --trace\n",
               (unsigned long long)at, status, (unsigned long long)at);
        b->first_failed = b->failed == 0 ? at : b->first_failed;
        b->failed++;
        b->done++;
        next = at + stride;
    }
}

static board *make_boards(size_t count)
{
    board *boards = mmap(NULL, count * sizeof *boards, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    TB_ASSERT(boards != MAP_FAILED);
    memset(boards, 0, count * sizeof *boards);
    return boards;
}

static board run_many(const sim_options *base,
                      uint64_t from,
                      uint64_t count,
                      unsigned jobs,
                      point_fn *point,
                      bool first_only)
{
    board *boards = make_boards(jobs);
    board all = {0};
    for (unsigned j = 0; j < jobs; j++) {
        fflush(stdout);
        if (jobs == 1) {
            work_apart(&boards[0], base, from, from + count, 1, point, first_only);
        } else if (fork() == 0) {
            work_apart(&boards[j], base, from + j, from + count, jobs, point, first_only);
            fflush(stdout);
            _exit(0);
        }
    }
    while (wait(NULL) > 0) {
    }
    for (unsigned j = 0; j < jobs; j++) {
        all.done += boards[j].done;
        if (boards[j].failed > 0 &&
            (all.failed == 0 || boards[j].first_failed < all.first_failed)) {
            all.first_failed = boards[j].first_failed;
        }
        all.failed += boards[j].failed;
        add_up(&all.sum, &boards[j].sum);
    }
    (void)munmap(boards, jobs * sizeof *boards);
    return all;
}

/* Of this process and all it waited for: what other work a machine does is not counted. */
static double cpu_seconds(void)
{
    struct rusage self, children;
    (void)getrusage(RUSAGE_SELF, &self);
    (void)getrusage(RUSAGE_CHILDREN, &children);
    return (double)(self.ru_utime.tv_sec + children.ru_utime.tv_sec) +
           (double)(self.ru_utime.tv_usec + children.ru_utime.tv_usec) / 1e6;
}

static void print_sum(const board *all, double took, unsigned jobs)
{
    const sim_stats *t = &all->sum;
    double cpu = cpu_seconds();
    printf("%llu seeds, %llu failed, %.1f s with %u jobs, %.1f s of processor: %.0f seeds a "
           "processor minute\n",
           (unsigned long long)all->done, (unsigned long long)all->failed, took, jobs, cpu,
           cpu > 0 ? 60.0 * (double)all->done / cpu : 0.0);
    printf("notices %llu (%.0f a seed)  applied %llu  acts %llu  cases closed %llu  drafts %llu\n",
           (unsigned long long)t->notices, (double)t->notices / (double)(all->done + !all->done),
           (unsigned long long)t->applied, (unsigned long long)t->acts,
           (unsigned long long)t->cases_closed, (unsigned long long)t->drafts);
    printf("turns %llu  commits %llu  virtual hours %.1f  restarts checked %llu  events "
           "reported %llu, without a stamp %llu\n",
           (unsigned long long)t->turns, (unsigned long long)t->commits,
           (double)t->virtual_ms / 3600e3, (unsigned long long)t->checks,
           (unsigned long long)t->reported, (unsigned long long)t->undated);
    printf("crashes: before the commit %llu, after it %llu, after some effects %llu\n",
           (unsigned long long)t->crashes[1], (unsigned long long)t->crashes[2],
           (unsigned long long)t->crashes[3]);
    printf("frames %llu  lost %llu  twice %llu  overtaking %llu  connections %llu  other faults "
           "%llu  hostile frames %llu  alarms %llu\n",
           (unsigned long long)t->frames, (unsigned long long)t->dropped,
           (unsigned long long)t->duplicated, (unsigned long long)t->reordered,
           (unsigned long long)t->connections, (unsigned long long)t->strikes,
           (unsigned long long)t->hostile, (unsigned long long)t->alarms);
}

/* ---- a smaller failure ---- */

static bool fails(sim_options options)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        sim_stats stats;
        _exit(sim_run(&options, &stats, NULL, NULL) ? 0 : 1);
    }
    int status = 0;
    return waitpid(child, &status, 0) == child && !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static int minimise(sim_options options)
{
    if (!fails(options)) {
        printf("seed %llu does not fail\n", (unsigned long long)options.seed);
        return 0;
    }
    for (size_t i = 0; i < SIM_FAULT_COUNT; i++) {
        sim_options fewer = options;
        fewer.without |= UINT64_C(1) << i;
        options = fails(fewer) ? fewer : options;
    }
    for (unsigned cases = 1; cases < 32; cases *= 2) {
        sim_options fewer = options;
        fewer.cases = cases;
        if (fails(fewer)) {
            options = fewer;
            break;
        }
    }
    sim_stats stats;
    (void)sim_run(&options, &stats, NULL, stdout);
    return 1;
}

/* ---- the exhaustive small hub ---- */

static sim_options small_options(void)
{
    return (sim_options){
        .seed = SMALL_SEED, .small = true, .provinces = SMALL_PROVINCES, .cases = SMALL_CASES};
}

/* at: commits * 3 stages, then frames. */
static uint64_t small_commits, small_frames, small_every = 1;

static bool small_point(const sim_options *base, uint64_t at, sim_stats *stats)
{
    sim_options options = small_options();
    (void)base;
    at *= small_every;
    if (at < small_commits * 3) {
        options.fail_commit = at / 3 + 1;
        options.fail_stage = (unsigned)(at % 3);
    } else {
        options.lose_frame = at - small_commits * 3 + 1;
    }
    return sim_run(&options, stats, NULL, stdout);
}

static int exhaustive(unsigned jobs)
{
    sim_options options = small_options();
    sim_stats stats;
    double began = seconds();
    if (!sim_run(&options, &stats, NULL, stdout)) {
        return 1;
    }
    small_commits = stats.commits;
    small_frames = stats.frames;
    uint64_t points = (small_commits * 3 + small_frames) / small_every;
    printf("small hub: %llu commits, %llu frames, %llu points\n", (unsigned long long)small_commits,
           (unsigned long long)small_frames, (unsigned long long)points);
    board all = run_many(&options, 0, points, jobs, small_point, false);
    print_sum(&all, seconds() - began, jobs);
    return all.failed > 0;
}

/* ---- options ---- */

static int usage(void)
{
    fprintf(
        stderr,
        "usage: sim [--seeds N] [--from S] [--jobs J] [--seed S [--trace]] [--minimise S]\n"
        "           [--exhaustive [--every K]] [--without FAULT]... [--cases N] [--provinces N]\n"
        "           [--every-signature] [--mutant NAME] [--first]\n"
        "           [--small --fail-commit N --stage 0..2 --lose N]\n");
    return 2;
}

static bool leave_out(const char *name, uint64_t *mask)
{
    for (size_t i = 0; i < SIM_FAULT_COUNT; i++) {
        if (strcmp(name, sim_fault_names[i]) == 0) {
            *mask |= UINT64_C(1) << i;
            return true;
        }
    }
    fprintf(stderr, "no fault is called %s\n", name);
    return false;
}

int main(int argc, char **argv)
{
    static const struct option known[] = {{"seeds", 1, NULL, 'n'},
                                          {"from", 1, NULL, 'f'},
                                          {"jobs", 1, NULL, 'j'},
                                          {"seed", 1, NULL, 's'},
                                          {"trace", 0, NULL, 't'},
                                          {"minimise", 1, NULL, 'm'},
                                          {"exhaustive", 0, NULL, 'x'},
                                          {"every", 1, NULL, 'e'},
                                          {"without", 1, NULL, 'w'},
                                          {"cases", 1, NULL, 'c'},
                                          {"provinces", 1, NULL, 'p'},
                                          {"every-signature", 0, NULL, 'v'},
                                          {"mutant", 1, NULL, 'M'},
                                          {"first", 0, NULL, '1'},
                                          {"small", 0, NULL, 'S'},
                                          {"fail-commit", 1, NULL, 'C'},
                                          {"stage", 1, NULL, 'G'},
                                          {"lose", 1, NULL, 'L'},
                                          {NULL, 0, NULL, 0}};
    sim_options options = {0};
    uint64_t seeds = 0, from = 1;
    unsigned jobs = 1;
    bool one = false, smaller = false, all_points = false, first_only = false;
    for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        uint64_t number = optarg == NULL ? 0 : strtoull(optarg, NULL, 10);
        switch (c) {
        case 'n':
            seeds = number;
            break;
        case 'f':
            from = number;
            break;
        case 'j':
            jobs = number == 0 ? 1 : (unsigned)number;
            break;
        case 's':
            one = true;
            options.seed = number;
            break;
        case 't':
            options.trace = true;
            break;
        case 'm':
            smaller = true;
            options.seed = number;
            break;
        case 'x':
            all_points = true;
            break;
        case 'e':
            small_every = number == 0 ? 1 : number;
            break;
        case 'w':
            if (!leave_out(optarg, &options.without)) {
                return 2;
            }
            break;
        case 'c':
            options.cases = (unsigned)number;
            break;
        case 'p':
            options.provinces = (unsigned)number;
            break;
        case 'v':
            options.every_signature = true;
            break;
        case 'M':
            if (!tb_mutant_choose(optarg)) {
                fprintf(stderr, "no mutant is called %s, or they are not built in\n", optarg);
                return 2;
            }
            break;
        case '1':
            first_only = true;
            break;
        case 'S': {
            sim_options small = small_options();
            options.small = true;
            options.provinces = small.provinces;
            options.cases = small.cases;
            break;
        }
        case 'C':
            options.fail_commit = number;
            break;
        case 'G':
            options.fail_stage = (unsigned)number;
            break;
        case 'L':
            options.lose_frame = number;
            break;
        default:
            return usage();
        }
    }
    if (sodium_init() < 0) {
        return 1;
    }
    if (smaller) {
        return minimise(options);
    }
    if (all_points) {
        return exhaustive(jobs);
    }
    if (one) {
        sim_stats stats;
        uint64_t hash;
        bool good = sim_run(&options, &stats, &hash, stdout);
        board b = {.done = 1, .failed = !good, .sum = stats};
        print_sum(&b, 1, 1);
        printf("trace %016llx\n", (unsigned long long)hash);
        return !good;
    }
    if (seeds == 0) {
        return usage();
    }
    double began = seconds();
    board all = run_many(&options, from, seeds, jobs, run_one, first_only);
    print_sum(&all, seconds() - began, jobs);
    if (all.failed > 0) {
        printf("first failure: seed %llu\n", (unsigned long long)all.first_failed);
    }
    return all.failed > 0;
}

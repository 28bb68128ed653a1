/* A hub of real processes under CURVE whose broker and agents are killed, or stopped for a while,
 * at any moment while their staff send notices. What a person was told is in a ledger outside the
 * hub; at the end all of it has arrived, once, and nothing else.
 *
 * TONGBAO_KILLS says how many kills there are in all; every KILLS_PER_HUB of them a fresh hub is
 * made, so that its stores stay small. TONGBAO_SEED repeats the choices of a run, not its timing.
 */
#include "tests/kill/ledger.h"

#include <pthread.h>
#include <time.h>

#include "tests/system/chance.h"

#define KILLS_SHORT   200
#define KILLS_PER_HUB 200
/* A kill falls within this time of the first request of its round. */
#define AIM_US 60000
/* How long a stopped process stands still, at most. */
#define STILL_US   1000000
#define STOP_EVERY 8
#define TRY_MS     250

static const char *const parties[] = {"bureau.11", "hq", "ct.11"};
#define AGENTS (sizeof parties / sizeof parties[0])

/* ---- the killer ---- */

/* Another thread, so that the blow falls while a request is on its way. */
typedef struct blow {
    pid_t pid;
    bool only_stops;
    struct timespec aim;
    struct timespec still;
    pthread_t thread;
} blow;

static struct timespec micro(size_t us)
{
    return (struct timespec){(time_t)(us / 1000000), (long)(us % 1000000) * 1000};
}

static void *strike(void *context)
{
    const blow *b = context;
    (void)nanosleep(&b->aim, NULL);
    (void)kill(b->pid, b->only_stops ? SIGSTOP : SIGKILL);
    if (b->only_stops) {
        (void)nanosleep(&b->still, NULL);
        (void)kill(b->pid, SIGCONT);
    }
    return NULL;
}

/* ---- rounds ---- */

static sys_agent *any_agent(sys_hub *hub)
{
    return &hub->agents[sys_choose(hub->agent_count)];
}

static void ask_one(sys_hub *hub, ledger *l)
{
    sys_agent *from = any_agent(hub);
    sys_agent *to = any_agent(hub);
    if (from != to && from->talks) {
        (void)ledger_try(l, ledger_ask(l, from, to), TRY_MS);
    }
}

/* What the killed did not answer is asked again under its id: it must not act twice. */
static void ask_again(ledger *l)
{
    for (size_t i = 0; i < l->count; i++) {
        int64_t until = sys_now_ms() + SYS_PATIENCE_MS;
        while (!l->entries[i].answered && !ledger_try(l, &l->entries[i], 4 * TRY_MS)) {
            assert_true(sys_now_ms() < until);
        }
    }
}

static void one_round(sys_hub *hub, ledger *l, bool only_stops)
{
    size_t target = sys_choose(hub->agent_count + 1);
    sys_agent *victim = target < hub->agent_count ? &hub->agents[target] : NULL;
    blow b = {.pid = victim == NULL ? hub->broker : victim->pid,
              .only_stops = only_stops,
              .aim = micro(sys_choose(AIM_US)),
              .still = micro(sys_choose(STILL_US))};
    assert_int_equal(pthread_create(&b.thread, NULL, strike, &b), 0);
    size_t burst = 1 + sys_choose(8);
    for (size_t i = 0; i < burst; i++) {
        ask_one(hub, l);
    }
    assert_int_equal(pthread_join(b.thread, NULL), 0);
    if (!only_stops && victim == NULL) {
        sys_broker_stop(hub, SIGKILL);
        sys_broker_start(hub);
    } else if (!only_stops) {
        sys_agent_stop(victim, SIGKILL);
        sys_agent_start(victim);
    }
    ask_again(l);
}

static bool quiet(sys_agent *agent)
{
    const tb_local_status *status = sys_status(agent);
    return status->linked && status->outbox == 0 && status->drafts == 0;
}

static void drained(sys_hub *hub)
{
    for (size_t i = 0; i < hub->agent_count; i++) {
        SYS_AWAIT(quiet(&hub->agents[i]));
    }
}

/* Nobody may be accused of what a crash did. */
static void calm(sys_hub *hub)
{
    for (size_t i = 0; i < hub->agent_count; i++) {
        sys_agent *agent = &hub->agents[i];
        assert_true(sys_sound(agent));
        const tb_local_status *status = sys_status(agent);
        assert_int_equal(status->alarms, 0);
        assert_false(status->fenced);
    }
}

static size_t kill_one_hub(unsigned long kills)
{
    static ledger l;
    void *state = NULL;
    assert_int_equal(sys_set_up(&state), 0);
    sys_hub *hub = state;
    ledger_open(&l, hub);
    sys_broker_start(hub);
    for (size_t i = 0; i < AGENTS; i++) {
        (void)sys_agent_linked(hub, parties[i]);
    }
    for (unsigned long i = 0; i < kills; i++) {
        if (i % STOP_EVERY == STOP_EVERY - 1) {
            one_round(hub, &l, true);
        }
        one_round(hub, &l, false);
    }
    drained(hub);
    ledger_compare(&l, hub);
    calm(hub);
    ledger_close(&l);
    assert_int_equal(sys_tear_down(&state), 0);
    return l.count;
}

static void what_a_person_was_told_survives_kills_of_every_process(void **state)
{
    (void)state;
    unsigned long kills = sys_setting("TONGBAO_KILLS", KILLS_SHORT);
    unsigned long seed = sys_setting("TONGBAO_SEED", 1);
    size_t notices = 0;
    sys_chance_begin(seed);
    for (unsigned long done = 0; done < kills;) {
        unsigned long now = kills - done < KILLS_PER_HUB ? kills - done : KILLS_PER_HUB;
        notices += kill_one_hub(now);
        done += now;
    }
    print_message("%lu kills, %zu notices, none lost, none twice\n", kills, notices);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_a_person_was_told_survives_kills_of_every_process),
};

TB_RUN("kill/kill", tests)

/* node - one process: a store, the logic that ships, and the tb_turn that ships. It starts as the
 * shells start it, reads what waits up to their bound, and may end at any point of a turn. */
#include <stdlib.h>

#include "agents/link.h"
#include "agents/local.h"
#include "tests/sim/sim.h"
#include "tests/store/failing.h"

#define ARENA_BYTES TB_AGENT_ARENA_BYTES
#define QUOTA_BYTES (64ull * 1024 * 1024)
#define TURN_BYTES  (1024u * 1024)
/* The shells' longest sleeps. */
#define HUB_SLEEP_MS   1000
#define AGENT_SLEEP_MS 60000
#define RECOVERY_CHECK 4 /* every so many starts are done twice and compared */

/* Turns follow each other, so that all processes share one block; another is for looking. */
static uint8_t *turn_block;
static uint8_t *look_block;
static tb_arena looking;
/* tb_turn's callbacks know the node alone. */
static sim *here;
static bool wrote;

tb_now sim_clock(const sim *s, const sim_node *n)
{
    tb_time real = s->now + n->skew;
    return (tb_now){real, real};
}

tb_txn *sim_look(sim *s, const sim_node *n)
{
    tb_txn *txn = NULL;
    (void)s;
    tb_arena_init(&looking, look_block, ARENA_BYTES);
    tb_err err = tb_store_begin_read(n->store, &looking, &txn);
    TB_ASSERT(err == TB_OK);
    return txn;
}

uint64_t sim_store_hash(sim *s, const sim_node *n)
{
    static const tb_bytes all = {NULL, 0};
    uint64_t hash = UINT64_C(14695981039346656037);
    tb_txn *txn = sim_look(s, n);
    for (int table = 0; table < TB_TABLE_COUNT; table++) {
        tb_bytes key, value;
        size_t mark = tb_arena_mark(&looking);
        tb_err err = tb_store_seek(txn, (tb_table)table, all, all, &key, &value);
        while (err == TB_OK) {
            for (size_t i = 0; i < key.size; i++) {
                hash = (hash ^ key.data[i]) * UINT64_C(1099511628211);
            }
            for (size_t i = 0; i < value.size; i++) {
                hash = (hash ^ value.data[i]) * UINT64_C(1099511628211);
            }
            uint8_t last[TB_KEY_BYTES_MAX];
            memcpy(last, key.data, key.size);
            size_t size = key.size;
            tb_arena_release(&looking, mark);
            err = tb_store_next(txn, (tb_table)table, all, tb_bytes_of(last, size), &key, &value);
        }
    }
    tb_store_abort(txn);
    return hash;
}

/* ---- after a commit ---- */

static void perform_one(sim *s, sim_node *n, const tb_effect *effect)
{
    switch (effect->kind) {
    case TB_EFFECT_SEND:
        if (n->index == SIM_HUB) {
            sim_node *to = NULL;
            for (size_t i = 1; i < s->node_count; i++) {
                to = s->nodes[i].connection == effect->peer ? &s->nodes[i] : to;
            }
            if (to == NULL) {
                return;
            }
            sim_ledger_hub_said(s, to, effect->bytes);
            if (!n->hostile || !sim_hostile_hub_sends(s, to, effect->bytes)) {
                sim_send(s, n, effect->peer, effect->bytes);
            }
            return;
        }
        sim_ledger_agent_said(s, n, effect->bytes);
        if (!n->hostile || !sim_hostile_agent_sends(s, n, effect->bytes)) {
            sim_send(s, n, 0, effect->bytes);
        }
        return;
    case TB_EFFECT_ANSWER:
        sim_staff_answer(s, n, effect->bytes);
        return;
    case TB_EFFECT_CHANGED:
        sim_staff_changed(s, n, effect->bytes);
        return;
    case TB_EFFECT_NOTE:
        if (effect->level != TB_LEVEL_DEBUG) {
            sim_trace(s, "%s: %.*s", n->id.text, (int)effect->note.size,
                      (const char *)effect->note.data);
        }
        return;
    case TB_EFFECT_RELOAD:
        n->reload = true;
        return;
    case TB_EFFECT_STOP:
        n->stopped = true;
        return;
    case TB_EFFECT_CUT:
    case TB_EFFECT_DESTROY:
        return;
    }
}

static void perform(void *shell, const tb_effects *effects)
{
    sim_node *n = shell;
    size_t count = effects->count;
    if (sim_spy_any()) {
        sim_ledger_refusals(here, n, effects);
    }
    sim_spy_commit(here);
    if (n->crash == SIM_AFTER) {
        count = 0;
    } else if (n->crash == SIM_SOME && n->effects_left < count) {
        count = n->effects_left;
    }
    failing_rest(true); /* what looks on into the store is the simulator's */
    for (size_t i = 0; i < count; i++) {
        perform_one(here, n, &effects->list[i]);
    }
    failing_rest(false);
}

static void seed(void *shell, uint8_t out_seed[32])
{
    (void)shell;
    for (size_t i = 0; i < 32; i += 8) {
        uint64_t word = sim_draw(&here->node_random);
        memcpy(out_seed + i, &word, 8);
    }
}

static tb_err
step(void *logic, tb_txn *txn, const tb_input *input, tb_random *random, tb_effects *effects)
{
    sim_node *n = logic;
    if (n->index != SIM_HUB) {
        return tb_agent_step(&n->agent, txn, input, random, effects);
    }
    uint64_t before = sim_verified;
    tb_err err = tb_broker_step(&n->broker, txn, input, random, effects);
    sim_check_frame_cost(here, input, sim_verified - before);
    return err;
}

static tb_err finish(void *logic, tb_txn *txn, tb_now now, tb_random *random, tb_effects *effects)
{
    sim_node *n = logic;
    tb_err err = n->index == SIM_HUB ? tb_broker_close(&n->broker, txn, now, random, effects)
                                     : tb_agent_close(&n->agent, txn, now, random, effects);
    wrote = wrote || tb_txn_wrote(txn);
    return err;
}

static void
dropped(void *logic, const tb_input *input, tb_err why, tb_arena *arena, tb_effects *effects)
{
    sim_node *n = logic;
    if (n->index == SIM_HUB) {
        tb_broker_dropped(&n->broker, input, why, arena, effects);
    } else {
        tb_local_dropped(&n->agent, input, why, arena, effects);
    }
}

static void forget(void *logic)
{
    sim_node *n = logic;
    sim_spy_begin(here, n);
    if (n->index == SIM_HUB) {
        tb_broker_forget(&n->broker);
    } else {
        tb_agent_forget(&n->agent);
    }
}

/* Between failing_begin and failed_again every place on the way to the store or to memory fails
 * once; asleep unless TONGBAO_FAILING is set (tests/store/failing.h). A macro, because the frame of
 * who calls failing_start is the loop's. */
#define failing_begin(n, arena)                                                                    \
    failing_start((n)->store, arena,                                                               \
                  (n)->index == SIM_HUB ? (void *)&(n)->broker : (void *)&(n)->agent,              \
                  (n)->index == SIM_HUB ? sizeof(n)->broker : sizeof(n)->agent)

/* What a process did last it keeps in memory, and what it sends may be lost: with so many failures
 * nothing would ever be said, so that this goes back with the attempt. */
static bool failed_again(tb_txn *txn, tb_err err)
{
    bool again = failing_again(txn, err);
    if (again) {
        failing_put_back();
    }
    return again;
}

tb_err sim_check(sim *s, sim_node *n, tb_txn **out_txn, tb_bytes **out_faults, size_t *out_count)
{
    tb_err err;
    do {
        *out_count = 0;
        failing_begin(n, &looking);
        *out_txn = sim_look(s, n);
        err = n->index == SIM_HUB ? tb_broker_check(&n->broker, *out_txn, out_faults, out_count)
                                  : tb_agent_check(&n->agent, *out_txn, out_faults, out_count);
    } while (failed_again(*out_txn, err));
    return err;
}

/* ---- start ---- */

static void use_documents(sim *s, sim_node *n)
{
    tb_txn *txn = sim_look(s, n);
    uint32_t newest = 1;
    if (n->index == SIM_HUB) {
        tb_document document;
        if (tb_broker_directory(txn, &document) == TB_OK) {
            newest = document.version;
        }
    } else {
        tb_bytes cursor = {NULL, 0};
        tb_document document;
        n->directories = (tb_directories){n->versions, 0};
        while (tb_document_next(txn, &cursor, &document) == TB_OK) {
            if (document.kind == TB_DOCUMENT_DIRECTORY && document.version <= s->directory_count) {
                newest = document.version;
                n->versions[n->directories.count++] = s->directories[newest - 1];
            }
        }
    }
    tb_store_abort(txn);
    TB_ASSERT(newest >= 1 && newest <= s->directory_count);
    if (n->index == SIM_HUB) {
        n->broker.directory = &s->directories[newest - 1];
        n->broker.speaks = tb_protocol_spoken();
    } else {
        n->agent.directory = &s->directories[newest - 1];
        n->agent.campaigns = &s->campaigns;
        n->agent.segments = &s->segments;
        n->agent.directories = &n->directories;
    }
    n->reload = false;
}

static tb_err start_agent(sim *s, sim_node *n, tb_txn *txn, tb_random *random, tb_refusal *refused)
{
    tb_err err = tb_agent_start(&n->agent, txn, random, refused);
    if (err != TB_OK || *refused != TB_ACCEPTED) {
        return err;
    }
    const tb_document *documents[] = {&s->directory_documents[0],
                                      &s->directory_documents[n->directory_given],
                                      &s->campaign_document};
    for (size_t i = 0; i < 3 && err == TB_OK && *refused == TB_ACCEPTED; i++) {
        tb_bytes detail;
        err = tb_document_install(&n->agent, txn, sim_clock(s, n), documents[i], &n->node.effects,
                                  refused, &detail);
    }
    return err;
}

static tb_err start_in(sim *s, sim_node *n, tb_txn *txn, tb_refusal *refused)
{
    uint8_t bytes[32];
    tb_random random;
    memset(bytes, (int)n->index, sizeof bytes);
    memcpy(bytes, &s->options.seed, sizeof s->options.seed);
    memcpy(bytes + 8, &n->life, sizeof n->life);
    tb_random_seed(&random, bytes);
    if (n->index == SIM_HUB) {
        return tb_broker_start(&n->broker, txn, &s->directory_documents[0], &random, refused);
    }
    return start_agent(s, n, txn, &random, refused);
}

/* In one transaction, as the shells do it; false when the store must not be used. */
static bool start_once(sim *s, sim_node *n)
{
    tb_txn *txn = NULL;
    tb_refusal refused;
    tb_err err;
    do {
        refused = TB_ACCEPTED;
        tb_arena_reset(&n->node.arena);
        tb_effects_reset(&n->node.effects);
        failing_begin(n, &n->node.arena);
        err = tb_store_begin(n->store, &n->node.arena, &txn);
        TB_ASSERT(err == TB_OK);
        err = start_in(s, n, txn, &refused);
    } while (failed_again(txn, err));
    if (err != TB_OK || refused != TB_ACCEPTED) {
        tb_store_abort(txn);
        if (err != TB_ERR_FULL) {
            sim_fail(s, "%s does not start on its own store: %s %s", n->id.text, tb_err_text(err),
                     tb_refusal_key(refused));
        }
        return false;
    }
    return tb_store_commit(txn) == TB_OK;
}

static void make_core(sim *s, sim_node *n)
{
    tb_node *node = &n->node;
    node->store = n->store;
    tb_arena_init(&node->arena, turn_block, ARENA_BYTES);
    node->logic = n;
    node->step = step;
    node->close = finish;
    node->forget = forget;
    node->dropped = dropped;
    node->shell = n;
    node->perform = perform;
    node->seed = seed;
    tb_key_id sign_id = tb_key_id_of(TB_PURPOSE_SIGN, &n->sign.public_key);
    if (n->index == SIM_HUB) {
        memset(&n->broker, 0, sizeof n->broker);
        n->broker.hub = s->directories[0].hub;
        n->broker.sign = &n->sign;
        n->broker.sign_id = sign_id;
        n->broker.limits.share_bytes = s->drawn[SIM_SMALL_SHARES] ? 8 * 1024 : TB_SHARE_BYTES;
        n->broker.limits.credit_bytes = s->drawn[SIM_SMALL_SHARES] ? 12 * 1024 : TB_CREDIT_BYTES;
        return;
    }
    memset(&n->agent, 0, sizeof n->agent);
    n->agent.self = n->id;
    n->agent.hub = s->directories[0].hub;
    n->agent.keys.sign = &n->sign;
    n->agent.keys.sign_id = sign_id;
    n->agent.keys.seal[0] = &n->seal;
    n->agent.keys.seal_id[0] = tb_key_id_of(TB_PURPOSE_SEAL, &n->seal.public_key);
    n->agent.keys.seal_count = 1;
}

static void open_store(sim_node *n)
{
    if (turn_block == NULL) {
        turn_block = malloc(ARENA_BYTES);
        look_block = malloc(ARENA_BYTES);
        TB_ASSERT(turn_block != NULL && look_block != NULL);
    }
    if (n->store == NULL) {
        tb_store_options options = {QUOTA_BYTES,
                                    n->index == SIM_HUB ? TB_STORE_BROKER : TB_STORE_AGENT};
        tb_err err = tb_store_open("", &options, &n->store);
        TB_ASSERT(err == TB_OK);
    }
}

void sim_node_start(sim *s, sim_node *n)
{
    here = s;
    open_store(n);
    make_core(s, n);
    use_documents(s, n);
    n->starts++;
    bool good = start_once(s, n);
    if (good && n->starts % RECOVERY_CHECK == 0) {
        uint64_t once = sim_store_hash(s, n);
        good = start_once(s, n);
        if (good && sim_store_hash(s, n) != once) {
            sim_fail(s, "I7 starting %s twice is not starting it once", n->id.text);
        }
    }
    if (!good) {
        sim_schedule(
            s, (sim_event){
                   .at = s->now + 5000, .kind = SIM_START, .node = n->index, .number = n->starts});
        return;
    }
    use_documents(s, n);
    n->up = true;
    n->crash = SIM_NO_CRASH;
    n->stopped = false;
    n->busy_until = s->now;
    n->wake = INT64_MAX;
    n->due = SIM_UNASKED;
    sim_trace(s, "start %s %u", n->id.text, n->starts);
    if (n->starts > 1) {
        sim_check_node(s, n);
    }
    sim_node_wake(s, n, s->now);
    if (n->index != SIM_HUB) {
        n->attempts = 0;
        sim_connect_soon(s, n, sim_between(&s->net, 1, 300));
        sim_schedule(
            s, (sim_event){
                   .at = s->now + 50, .kind = SIM_POLL, .node = n->index, .number = n->starts});
    }
}

static void drop_inbox(sim_node *n)
{
    for (size_t i = 0; i < n->inbox_count; i++) {
        free(n->inbox[i].bytes.data);
    }
    n->inbox_count = 0;
}

void sim_node_stop(sim *s, sim_node *n, tb_time down_for)
{
    if (!n->up) {
        return;
    }
    n->up = false;
    sim_trace(s, "stop %s", n->id.text);
    tb_store_mem_fail_commit(n->store, 0, TB_OK);
    drop_inbox(n);
    for (size_t i = 1; i < s->node_count; i++) {
        if (n->index == SIM_HUB || i == n->index) {
            sim_disconnect(s, &s->nodes[i]);
        }
    }
    if (down_for >= 0) {
        sim_schedule(s, (sim_event){.at = s->now + down_for,
                                    .kind = SIM_START,
                                    .node = n->index,
                                    .number = n->starts});
    }
}

/* ---- turns ---- */

void sim_node_wake(sim *s, sim_node *n, tb_time at)
{
    if (at < n->busy_until) {
        at = n->busy_until;
    }
    if (at < s->now) {
        at = s->now;
    }
    if (!n->up || n->wake <= at) {
        return;
    }
    n->wake = at;
    sim_schedule(s, (sim_event){.at = at, .kind = SIM_WAKE, .node = n->index, .number = n->starts});
}

void sim_node_give(sim *s, sim_node *n, const sim_waiting *waiting)
{
    if (!n->up) {
        free(waiting->bytes.data);
        return;
    }
    if (n->inbox_count == n->inbox_capacity) {
        n->inbox_capacity = n->inbox_capacity == 0 ? 16 : 2 * n->inbox_capacity;
        n->inbox = realloc(n->inbox, n->inbox_capacity * sizeof *n->inbox);
        TB_ASSERT(n->inbox != NULL);
    }
    n->inbox[n->inbox_count++] = *waiting;
    sim_node_wake(s, n, n->slow ? s->now + sim_between(&s->net, 1000, 15000) : s->now);
}

static tb_time ask_due(sim *s, sim_node *n)
{
    tb_time due = 0;
    tb_txn *txn;
    tb_err err;
    do {
        failing_begin(n, &looking);
        txn = sim_look(s, n);
        err = n->index == SIM_HUB ? tb_broker_deadline(&n->broker, txn, &due)
                                  : tb_agent_deadline(&n->agent, txn, &due);
    } while (failed_again(txn, err));
    tb_store_abort(txn);
    return err == TB_OK ? due : INT64_MAX;
}

/* What the logic says changes only with a turn: it is asked once between two. */
static tb_time next_due(sim *s, sim_node *n)
{
    tb_time longest = s->now + (n->index == SIM_HUB ? HUB_SLEEP_MS : AGENT_SLEEP_MS);
    if (n->due == SIM_UNASKED) {
        n->due = ask_due(s, n);
    }
    return n->due == INT64_MAX || n->due - n->skew > longest ? longest : n->due - n->skew;
}

/* What waits, up to the bound, and a tick when it is due or nothing else is there. */
static size_t read_batch(sim *s, sim_node *n, tb_input inputs[TB_BATCH_MAX], size_t *out_taken)
{
    size_t count = 0;
    size_t bytes = 0;
    tb_now now = sim_clock(s, n);
    while (count < n->inbox_count && count < TB_BATCH_MAX - 1 && bytes < TURN_BYTES) {
        const sim_waiting *waiting = &n->inbox[count];
        inputs[count] = (tb_input){.kind = waiting->kind,
                                   .now = now,
                                   .peer = waiting->peer,
                                   .party = waiting->party,
                                   .bytes = tb_bytes_of(waiting->bytes.data, waiting->bytes.size)};
        bytes += waiting->bytes.size;
        count++;
    }
    *out_taken = count;
    if (count == 0 || next_due(s, n) <= s->now) {
        inputs[count++] = (tb_input){.kind = TB_INPUT_TICK, .now = now};
    }
    return count;
}

static void choose_crash(sim *s, sim_node *n)
{
    static const sim_fault faults[] = {SIM_CRASH_BEFORE, SIM_CRASH_AFTER, SIM_CRASH_SOME};
    n->crash = SIM_NO_CRASH;
    if (s->options.fail_commit != 0) {
        if (s->commits + 1 == s->options.fail_commit) {
            n->crash = (sim_crash)(SIM_BEFORE + s->options.fail_stage);
            n->effects_left = 1;
        }
    } else if (!s->healed && sim_chance(&s->fault, n->crash_chance)) {
        size_t kind = (size_t)sim_below(&s->fault, 3);
        if (s->drawn[faults[kind]]) {
            n->crash = (sim_crash)(SIM_BEFORE + kind);
            n->effects_left = (size_t)sim_below(&s->fault, 4);
        }
    }
    tb_store_mem_fail_commit(n->store, n->crash == SIM_BEFORE ? 1 : 0, TB_ERR_IO);
}

static void take_off(sim_node *n, size_t taken)
{
    for (size_t i = 0; i < taken; i++) {
        free(n->inbox[i].bytes.data);
    }
    n->inbox_count -= taken;
    if (n->inbox_count > 0) {
        memmove(n->inbox, n->inbox + taken, n->inbox_count * sizeof *n->inbox);
    }
}

void sim_node_turn(sim *s, sim_node *n)
{
    static tb_input inputs[TB_BATCH_MAX];
    size_t taken;
    size_t count = read_batch(s, n, inputs, &taken);
    unsigned run = n->starts;
    here = s;
    n->wake = INT64_MAX;
    choose_crash(s, n);
    sim_trace(s, "turn %s %zu", n->id.text, count);
    s->stats.turns++;
    tb_err err;
    do {
        wrote = false;
        failing_begin(n, &n->node.arena);
        err = tb_turn(&n->node, inputs, count);
    } while (failed_again(NULL, err));
    if (err != TB_OK && err != TB_ERR_IO) {
        err = tb_turn_each(&n->node, inputs, count);
    }
    TB_ASSERT(n->up && n->starts == run);
    n->due = SIM_UNASKED;
    take_off(n, taken);
    s->commits += wrote;
    s->stats.commits += wrote;
    bool ends = err == TB_ERR_IO || (wrote && n->crash != SIM_NO_CRASH);
    if (ends) {
        s->stats.crashes[n->crash]++;
        sim_node_stop(s, n, sim_between(&s->fault, 100, 8000));
        return;
    }
    if (n->stopped) {
        sim_node_stop(s, n, 30000);
        return;
    }
    if (n->reload) {
        use_documents(s, n);
        if (n->index == SIM_HUB) {
            for (size_t i = 1; i < s->node_count; i++) {
                sim_node *other = &s->nodes[i];
                const tb_directory_party *party =
                    tb_directory_speaker(n->broker.directory, &other->transport.public_key);
                if (party == NULL || !tb_party_equal(&party->id, &other->id)) {
                    sim_disconnect(s, other);
                }
            }
        }
    }
    if (n->index == SIM_HUB && s->stats.turns % 16 == 0) {
        sim_check_hub_bounds(s);
    }
    n->busy_until = s->now + 1 + (tb_time)(count / 32);
    tb_time due = next_due(s, n);
    if (n->node.starved) {
        n->node.starved = false;
        due = due < s->now + TB_FULL_PAUSE_MS ? s->now + TB_FULL_PAUSE_MS : due;
    }
    sim_node_wake(s, n, n->inbox_count > 0 ? s->now : due);
}

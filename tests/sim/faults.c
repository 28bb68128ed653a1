/* faults - which faults a seed draws (swarm: each is there or not), when they begin and end, and
 * what healing is. */
#include <stdlib.h>

#include "agents/rows_link.h"
#include "broker/rows.h"
#include "broker/rows_stream.h"
#include "tests/sim/ledger.h"

#define MINUTE    (60 * 1000)
#define FAULTY_MS (8 * MINUTE)
#define DAY_MS    (24ll * 3600 * 1000)
#define QUOTA     (64ull * 1024 * 1024)

#define SIM_FAULT_TEXT(name, text) text,
const char *const sim_fault_names[SIM_FAULT_COUNT] = {SIM_FAULTS(SIM_FAULT_TEXT)};

/* How many of 12 seeds have the fault: what spoils whole cases is rarer. */
static const unsigned often[SIM_FAULT_COUNT] = {
    [SIM_DROP] = 6,
    [SIM_DUPLICATE] = 6,
    [SIM_REORDER] = 6,
    [SIM_DELAY] = 4,
    [SIM_PARTITION] = 5,
    [SIM_ONE_WAY] = 4,
    [SIM_CLOG] = 4,
    [SIM_RECONNECT] = 4,
    [SIM_SLOW_READER] = 4,
    [SIM_CRASH_BEFORE] = 6,
    [SIM_CRASH_AFTER] = 6,
    [SIM_CRASH_SOME] = 6,
    [SIM_CRASH_HUB] = 6,
    [SIM_DISK_FULL] = 4,
    [SIM_CLOCK] = 4,
    [SIM_SMALL_SHARES] = 4,
    [SIM_HUB_OLD] = 2,
    [SIM_HUB_EMPTY] = 2,
    [SIM_CLONE] = 1,
    [SIM_AGENT_OLD] = 1,
    [SIM_AGENT_EMPTY] = 2,
    [SIM_ROTATE] = 4,
    [SIM_DIRECTORY] = 5,
    [SIM_TAKE_OVER] = 3,
    [SIM_BYZANTINE_AGENT] = 4,
    [SIM_BYZANTINE_HUB] = 2,
    [SIM_AWAY] = 2,
};

static unsigned rate(sim *s, sim_fault fault, unsigned most)
{
    unsigned drawn = (unsigned)sim_below(&s->fault, most) + 1;
    return s->drawn[fault] ? drawn : 0;
}

void sim_faults_draw(sim *s)
{
    for (size_t i = 0; i < SIM_FAULT_COUNT; i++) {
        bool drawn = sim_below(&s->fault, 12) < often[i];
        bool left_out = (s->options.without >> i & 1) != 0;
        s->drawn[i] = drawn && !left_out && !s->options.small;
    }
    if (s->drawn[SIM_HUB_OLD] || s->drawn[SIM_HUB_EMPTY] || s->drawn[SIM_BYZANTINE_HUB]) {
        s->drawn[SIM_AGENT_OLD] = s->drawn[SIM_AGENT_EMPTY] = false; /* somebody must remember */
    }
    s->drop = rate(s, SIM_DROP, 20000);
    s->duplicate = rate(s, SIM_DUPLICATE, 20000);
    s->reorder = rate(s, SIM_REORDER, 30000);
    s->crash_chance = (unsigned)sim_between(&s->fault, 100, 2000);
}

void sim_faults_print(const sim *s, FILE *out)
{
    for (size_t i = 0; i < SIM_FAULT_COUNT; i++) {
        if (s->drawn[i]) {
            fprintf(out, " %s", sim_fault_names[i]);
        }
    }
    fprintf(out, " (drop %u duplicate %u reorder %u crash %u of 100000)", s->drop, s->duplicate,
            s->reorder, s->crash_chance);
}

/* ---- when they strike ---- */

static void strike_at(sim *s, tb_time at, sim_fault fault, size_t node, uint64_t phase)
{
    sim_schedule(s, (sim_event){.at = s->begin + at,
                                .kind = SIM_STRIKE,
                                .node = node,
                                .number = (uint64_t)fault,
                                .extra = phase});
}

static size_t any_agent(sim *s)
{
    return 1 + (size_t)sim_below(&s->fault, s->node_count - 1);
}

/* Begins somewhere in the faulty minutes and ends before them. */
static void interval(sim *s, sim_fault fault, size_t node, tb_time longest)
{
    tb_time from = sim_between(&s->fault, 10000, FAULTY_MS - 20000);
    tb_time until = from + sim_between(&s->fault, 2000, longest);
    strike_at(s, from, fault, node, 1);
    strike_at(s, until < FAULTY_MS ? until : FAULTY_MS - 1, fault, node, 0);
}

static void several(sim *s, sim_fault fault, unsigned most, tb_time longest)
{
    unsigned count = 1 + (unsigned)sim_below(&s->fault, most);
    for (unsigned i = 0; i < count && s->drawn[fault]; i++) {
        interval(s, fault, any_agent(s), longest);
    }
}

/* Every party the lead's case may come to. */
static bool concerns(const sim *s, const sim_lead *lead, const sim_node *n)
{
    bool of_home = strcmp(n->province, lead->home) == 0;
    bool of_found = strcmp(n->province, lead->found) == 0;
    (void)s;
    return n->index == lead->submitter || n->role == SIM_HEADQUARTERS ||
           (n->role == SIM_BUREAU && (of_home || of_found)) ||
           (n->role == SIM_OPERATOR && of_home) || (n->role == SIM_RESALE && lead->mvno);
}

static void spoil(sim *s, const sim_node *n)
{
    for (size_t i = 0; i < s->lead_count; i++) {
        sim_lead *lead = &s->leads[i];
        const sim_lead *other = lead->other > 0 ? &s->leads[lead->other - 1] : NULL;
        lead->spoiled =
            lead->spoiled || concerns(s, lead, n) || (other != NULL && concerns(s, other, n));
    }
}

/* Somebody whose lies spoil few cases. */
static size_t small_fry(sim *s)
{
    size_t at;
    do {
        at = any_agent(s);
    } while (s->nodes[at].role != SIM_OPERATOR && s->nodes[at].role != SIM_POLICE);
    return at;
}

/* One of them who has much to say, or the last one looked at. */
static size_t liar_of(sim *s)
{
    size_t at = small_fry(s);
    for (unsigned tries = 0; tries < 12; tries++) {
        size_t leads = 0;
        for (size_t i = 0; i < s->lead_count; i++) {
            leads += s->leads[i].submitter == at;
        }
        if (leads > 1) {
            break;
        }
        at = small_fry(s);
    }
    return at;
}

static void plan_liar(sim *s)
{
    size_t liar = liar_of(s);
    spoil(s, &s->nodes[liar]);
    if (sim_below(&s->fault, 2) == 0) {
        strike_at(s, 90 * 1000, SIM_ROTATE, liar, 1); /* its old key goes on lying */
    }
    strike_at(s, sim_between(&s->fault, 10000, MINUTE), SIM_BYZANTINE_AGENT, liar, 1);
}

static void plan_rare(sim *s)
{
    if (s->drawn[SIM_HUB_OLD]) {
        tb_time copied = sim_between(&s->fault, MINUTE, 4 * MINUTE);
        strike_at(s, copied, SIM_HUB_OLD, SIM_HUB, 1);
        strike_at(s, copied + sim_between(&s->fault, 10000, 2 * MINUTE), SIM_HUB_OLD, SIM_HUB, 0);
    }
    if (s->drawn[SIM_HUB_EMPTY]) {
        strike_at(s, sim_between(&s->fault, MINUTE, 7 * MINUTE), SIM_HUB_EMPTY, SIM_HUB, 0);
    }
    for (unsigned i = 0; s->drawn[SIM_DIRECTORY] && i < 3; i++) {
        strike_at(s, sim_between(&s->fault, MINUTE, 7 * MINUTE), SIM_DIRECTORY, any_agent(s), 0);
    }
    if (s->drawn[SIM_ROTATE]) {
        strike_at(s, sim_between(&s->fault, MINUTE, 6 * MINUTE), SIM_ROTATE, any_agent(s), 1);
    }
    if (s->drawn[SIM_AGENT_OLD]) {
        size_t node = any_agent(s);
        tb_time copied = sim_between(&s->fault, MINUTE, 4 * MINUTE);
        strike_at(s, copied, SIM_AGENT_OLD, node, 1);
        strike_at(s, copied + sim_between(&s->fault, 10000, 3 * MINUTE), SIM_AGENT_OLD, node, 0);
    }
    if (s->drawn[SIM_AGENT_EMPTY]) {
        strike_at(s, sim_between(&s->fault, MINUTE, 7 * MINUTE), SIM_AGENT_EMPTY, any_agent(s), 0);
    }
    if (s->drawn[SIM_BYZANTINE_AGENT]) {
        plan_liar(s);
        if (sim_below(&s->fault, 3) == 0) {
            plan_liar(s); /* another, or the same one again */
        }
    }
    if (s->drawn[SIM_BYZANTINE_HUB]) {
        interval(s, SIM_BYZANTINE_HUB, SIM_HUB, 4 * MINUTE);
    }
    if (s->drawn[SIM_AWAY]) {
        size_t away = small_fry(s);
        spoil(s, &s->nodes[away]);
        strike_at(s, sim_between(&s->fault, 20000, 7 * MINUTE), SIM_AWAY, away, 1);
    }
    if (s->drawn[SIM_CLONE]) {
        size_t twin = small_fry(s);
        spoil(s, &s->nodes[twin]);
        strike_at(s, sim_between(&s->fault, MINUTE, 4 * MINUTE), SIM_CLONE, twin, 1);
    }
}

void sim_faults_plan(sim *s)
{
    bool crashes =
        s->drawn[SIM_CRASH_BEFORE] || s->drawn[SIM_CRASH_AFTER] || s->drawn[SIM_CRASH_SOME];
    for (size_t i = 0; i < s->node_count; i++) {
        bool may = crashes && (i != SIM_HUB || s->drawn[SIM_CRASH_HUB]);
        s->nodes[i].crash_chance = may ? s->crash_chance : 0;
        s->nodes[i].delay_max = s->drawn[SIM_DELAY] && sim_below(&s->fault, 4) == 0
                                    ? sim_between(&s->fault, 10, 20000)
                                    : 0;
    }
    several(s, SIM_PARTITION, 4, 2 * MINUTE);
    several(s, SIM_ONE_WAY, 4, 2 * MINUTE);
    several(s, SIM_CLOG, 8, MINUTE);
    several(s, SIM_SLOW_READER, 3, 3 * MINUTE);
    several(s, SIM_DISK_FULL, 4, MINUTE);
    several(s, SIM_RECONNECT, 8, 5000);
    for (unsigned i = 0; s->drawn[SIM_CLOCK] && i < 4; i++) {
        size_t node = (size_t)sim_below(&s->fault, s->node_count);
        strike_at(s, sim_between(&s->fault, 10000, FAULTY_MS), SIM_CLOCK, node, 1);
    }
    plan_rare(s);
}

/* ---- what they do ---- */

static void disk(sim *s, sim_node *n, bool full)
{
    uint64_t used, quota;
    n->due = SIM_UNASKED;
    if (!full) {
        tb_store_mem_limit(n->store, QUOTA);
        return;
    }
    tb_txn *txn = sim_look(s, n);
    tb_store_usage(txn, &used, &quota);
    tb_store_abort(txn);
    tb_store_mem_limit(n->store, used + sim_below(&s->fault, 4000));
}

static void clock_jump(sim *s, sim_node *n)
{
    n->skew = sim_between(&s->fault, -DAY_MS, DAY_MS);
    s->hub_clock_jumped = s->hub_clock_jumped || n->index == SIM_HUB;
    sim_node_wake(s, n, s->now);
}

static void replace_store(sim *s, sim_node *n, tb_store *with)
{
    sim_node_stop(s, n, 500);
    tb_store_close(n->store);
    n->store = with;
    sim_ledger_replaced(s, n);
}

/* Whether the hub holds more of a party's streams, either way, than the party's own store. */
static bool lost_something(sim *s, const sim_node *n)
{
    bool lost = false;
    const sim_node *hub = &s->nodes[SIM_HUB];
    for (size_t i = 0; i < s->ledger->stream_count && !lost; i++) {
        const tb_stream *stream = &s->ledger->streams[i].stream;
        bool out = tb_party_equal(&stream->sender, &n->id);
        tb_hub_stream held;
        if (!out && !tb_party_equal(&stream->recipient, &n->id)) {
            continue;
        }
        tb_txn *txn = sim_look(s, hub);
        bool known = tb_hub_stream_get(txn, stream, &held) == TB_OK;
        tb_store_abort(txn);
        tb_stream_out_row sent = {.number = 0};
        tb_stream_in_row taken = {.number = 0};
        txn = sim_look(s, n);
        bool here = out ? tb_stream_out_get(txn, stream, &sent) == TB_OK
                        : tb_stream_in_get(txn, stream, &taken) == TB_OK;
        tb_store_abort(txn);
        uint64_t shown = !known ? 0 : out ? held.stored.number : held.arrived.number;
        lost = shown > (!here ? 0 : out ? sent.number : taken.number);
    }
    return lost;
}

static bool hub_knows(sim *s, const sim_node *n)
{
    tb_hub_agent row;
    tb_txn *txn = sim_look(s, &s->nodes[SIM_HUB]);
    bool known = tb_hub_agent_get(txn, &n->id, &row) == TB_OK && row.incarnation.counter != 0;
    tb_store_abort(txn);
    return known;
}

/* The counter of the incarnation its store holds; an empty one begins with 1. */
static uint64_t counter_of(sim *s, const sim_node *n)
{
    tb_incarnation incarnation = {.counter = 1};
    if (n->store != NULL) {
        tb_txn *txn = sim_look(s, n);
        (void)!tb_meta_incarnation(txn, &incarnation);
        tb_store_abort(txn);
    }
    return incarnation.counter;
}

/* Of what stands there: a disk that is being replaced holds nothing. */
static void take_copy(sim_node *n)
{
    tb_store_close(n->old_copy);
    n->old_copy = NULL;
    if (n->store != NULL) {
        (void)!tb_store_mem_clone(n->store, &n->old_copy);
    }
}

static void agent_back(sim *s, sim_node *n, bool copy, bool empty)
{
    if (copy) {
        take_copy(n);
        return;
    }
    if (n->store == NULL || (!empty && n->old_copy == NULL)) {
        return;
    }
    tb_store *old = empty ? NULL : n->old_copy;
    n->old_copy = NULL;
    replace_store(s, n, old);
    if (old != NULL) {
        tb_store_mem_limit(old, QUOTA);
        n->lost = lost_something(s, n);
    } else {
        n->emptied = n->lost = hub_knows(s, n);
    }
    n->lost_counter = counter_of(s, n);
    sim_lost_leads(s, n);
}

static void rotate(sim *s, sim_node *n)
{
    if (s->directory_count + 1 >= sizeof s->directories / sizeof s->directories[0] || n->rotated ||
        n->store == NULL) {
        return;
    }
    sim_node_stop(s, n, 300);
    sim_directory_rotate(s, n);
}

static void hub_old(sim *s, sim_node *n, bool copy)
{
    if (copy) {
        take_copy(n);
    } else if (n->old_copy != NULL) {
        tb_store *old = n->old_copy;
        n->old_copy = NULL;
        tb_store_mem_limit(old, QUOTA);
        replace_store(s, n, old);
    }
}

static void show_directory(sim *s, sim_node *n)
{
    if (!n->up || s->directory_count + 2 >= sizeof s->directories / sizeof s->directories[0]) {
        return;
    }
    tb_local_request request = {.kind = TB_REQUEST_INSTALL};
    request.install = *sim_directory_next(s);
    sim_staff_ask(s, n, &request, 0);
}

/* A copy of its store, started beside it with the same keys. */
static void clone(sim *s, sim_node *n)
{
    if (s->node_count == SIM_NODES_MAX) {
        return;
    }
    sim_node *twin = &s->nodes[s->node_count];
    memset(twin, 0, sizeof *twin);
    twin->index = s->node_count++;
    twin->role = n->role;
    twin->id = n->id;
    twin->province = n->province;
    twin->sign = n->sign;
    twin->seal = n->seal;
    twin->transport = n->transport;
    twin->hostile = false;
    n->doubled = twin->doubled = true;
    tb_err err = tb_store_mem_clone(n->store, &twin->store);
    TB_ASSERT(err == TB_OK);
    sim_node_start(s, twin);
}

void sim_strike(sim *s, const sim_event *event)
{
    sim_node *n = &s->nodes[event->node];
    bool begins = event->extra != 0;
    if (s->healed || n->away) {
        return;
    }
    s->stats.strikes++;
    sim_trace(s, "fault %s %s %s", sim_fault_names[event->number], n->id.text,
              begins ? "begins" : "ends");
    switch ((sim_fault)event->number) {
    case SIM_PARTITION:
        n->silent[0] = n->silent[1] = begins;
        break;
    case SIM_ONE_WAY:
        n->silent[event->at % 2] = begins;
        if (!begins) {
            n->silent[0] = n->silent[1] = false;
        }
        break;
    case SIM_CLOG:
        n->clogged = begins;
        break;
    case SIM_RECONNECT:
        for (size_t i = 1; i < s->node_count; i++) {
            sim_disconnect(s, &s->nodes[i]);
        }
        break;
    case SIM_SLOW_READER:
        n->slow = begins;
        break;
    case SIM_DISK_FULL:
        disk(s, n, begins);
        break;
    case SIM_CLOCK:
        clock_jump(s, n);
        break;
    case SIM_HUB_OLD:
        hub_old(s, n, begins);
        break;
    case SIM_HUB_EMPTY:
        replace_store(s, n, NULL);
        break;
    case SIM_CLONE:
        clone(s, n);
        break;
    case SIM_AGENT_OLD:
        agent_back(s, n, begins, false);
        break;
    case SIM_AGENT_EMPTY:
        agent_back(s, n, false, true);
        break;
    case SIM_ROTATE:
        rotate(s, n);
        break;
    case SIM_DIRECTORY:
        show_directory(s, n);
        break;
    case SIM_AWAY:
        n->away = true;
        sim_node_stop(s, n, -1);
        break;
    case SIM_BYZANTINE_AGENT:
    case SIM_BYZANTINE_HUB:
        n->hostile = begins;
        n->was_hostile = true;
        break;
    case SIM_DROP:
    case SIM_DUPLICATE:
    case SIM_REORDER:
    case SIM_DELAY:
    case SIM_CRASH_BEFORE:
    case SIM_CRASH_AFTER:
    case SIM_CRASH_SOME:
    case SIM_CRASH_HUB:
    case SIM_SMALL_SHARES:
    case SIM_TAKE_OVER:
    case SIM_FAULT_COUNT:
        break;
    }
}

void sim_heal(sim *s)
{
    sim_trace(s, "healed");
    s->healed = true;
    s->drop = s->duplicate = s->reorder = 0;
    for (size_t i = 0; i < s->node_count; i++) {
        sim_node *n = &s->nodes[i];
        n->silent[0] = n->silent[1] = n->clogged = n->slow = false;
        n->delay_max = 0;
        n->skew = 0;
        n->crash_chance = 0;
        n->hostile = n->hostile && i != SIM_HUB;
        n->due = SIM_UNASKED;
        if (n->store != NULL) {
            tb_store_mem_limit(n->store, QUOTA);
        }
        if (n->up) {
            sim_node_wake(s, n, s->now);
        }
    }
    s->options.fail_commit = 0;
    s->options.lose_frame = 0;
}

bool sim_somebody_away(const sim *s)
{
    bool away = false;
    for (size_t i = 1; i < s->node_count; i++) {
        away = away || s->nodes[i].away;
    }
    return away;
}

void sim_come_back(sim *s)
{
    for (size_t i = 1; i < s->node_count; i++) {
        sim_node *n = &s->nodes[i];
        if (n->away) {
            n->away = false;
            n->skew = 0;
            sim_trace(s, "%s comes back", n->id.text);
            sim_node_start(s, n);
        }
    }
}

/* disaster - the plan: whom each disaster strikes, when by rows fed, and when it is healed. */
#include <stdlib.h>
#include <string.h>

#include "ops/exercise/disaster.h"

ex_disaster ex_disasters[EX_DISASTERS];

/* In percent of the rows: a copy is made, or nothing; it strikes; it is healed. Whoever recovers waits for
 * everybody it asks to resend, so stores come back before others go away for long; the hub's loss comes
 * while all that waits for these is on its disk. */
static const struct {
    unsigned prepare, strike, heal;
} percent[EX_DISASTERS] = {
    [EX_OLD_COPY] = {8, 22, 28},     [EX_STORE_LOST] = {0, 33, 38}, [EX_HOLDER_DEAD] = {0, 42, 85},
    [EX_OFF_LINE] = {0, 45, 1000},   [EX_HUB_LOST] = {0, 52, 52},   [EX_KEY_REVOKED] = {0, 60, 72},
};

#define BITE_S      6.0   /* so long a disaster waits after the last row for a case to wait for it */
#define CLOSE_S     120.0 /* so long everything that can close has for it */
#define TAKE_S      1.0
#define LOOK_S      5.0

double ex_since_start(const ex_world *world)
{
    return ex_seconds() - world->started_s;
}

static bool routed(const ex_row *row)
{
    return !row->refused && !row->parked && !row->off_line;
}

size_t ex_waiting_on(const ex_world *world, const ex_party *party)
{
    size_t count = 0;
    for (size_t i = 0; i < world->row_count; i++) {
        const ex_row *row = &world->rows[i];
        count += row->has_case && row->closed_at == 0 && strcmp(row->holder, party->id.text) == 0;
    }
    return count;
}

/* ---- whom it strikes: who has most of what it hurts ---- */

/* Rows fed from one percent to another that are of a kind which concerns a party. */
static size_t concerned(ex_world *world, const ex_party *party, unsigned from, unsigned to, ex_kind_of_disaster kind)
{
    size_t count = 0;
    char network[TB_PARTY_BYTES];
    for (size_t k = world->row_count * from / 100; k < world->row_count * to / 100; k++) {
        const ex_row *row = &world->rows[world->order[k]];
        if (!routed(row)) {
            continue;
        }
        bool home = strcmp(row->home, party->province) == 0, found = strcmp(row->found, party->province) == 0;
        bool ordered = !row->linked && strcmp(ex_network_in(world, row, network), party->id.text) == 0;
        count += kind == EX_STORE_LOST                             ? strcmp(row->submitter, party->id.text) == 0
                 : kind == EX_KEY_REVOKED || kind == EX_HOLDER_DEAD ? ordered
                                                                   : (size_t)home + found;
    }
    return count;
}

/* A dead party that had something to hand in would leave leads behind that nobody can hand in for it. */
static bool submits(const ex_world *world, const ex_party *party)
{
    for (size_t i = 0; i < world->row_count; i++) {
        if (routed(&world->rows[i]) && strcmp(world->rows[i].submitter, party->id.text) == 0) {
            return true;
        }
    }
    return false;
}

static bool taken(const char *province)
{
    for (size_t i = 0; i < EX_DISASTERS; i++) {
        if (ex_disasters[i].party != NULL && strcmp(ex_disasters[i].party->province, province) == 0) {
            return true;
        }
    }
    return false;
}

static void choose(ex_world *world, ex_kind_of_disaster kind, const char *role, unsigned from, unsigned to)
{
    ex_disaster *d = &ex_disasters[kind];
    size_t most = 0;
    for (size_t i = 0; i < world->party_count; i++) {
        ex_party *party = &world->parties[i];
        if (strcmp(party->role, role) != 0 || taken(party->province) || (kind == EX_HOLDER_DEAD && submits(world, party))) {
            continue;
        }
        size_t count = concerned(world, party, from, to, kind);
        if (count > most) {
            most = count;
            d->party = party;
        }
    }
    if (d->party == NULL) {
        ex_fail("these leads give no party of the role %s a case of its own for every disaster; take leads of at least 5 provinces", role);
    }
    char bureau[TB_PARTY_BYTES];
    (void)snprintf(bureau, sizeof bureau, "bureau.%s", d->party->province);
    d->helper = ex_party_find(world, bureau);
    (void)printf("    %-14s %s  (%zu rows)\n", d->party->id.text, d->party->name_zh, most);
}

void ex_disaster_plan(ex_world *world)
{
    for (size_t i = 0; i < EX_DISASTERS; i++) {
        ex_disasters[i].prepare_at = world->row_count * percent[i].prepare / 100;
        ex_disasters[i].strike_at = world->row_count * percent[i].strike / 100;
        ex_disasters[i].heal_at = world->row_count * percent[i].heal / 100;
    }
    (void)printf("  disasters, each where it hurts most among these leads:\n    %-14s 协同平台\n", "hub");
    choose(world, EX_HOLDER_DEAD, "operator", 40, 85);
    choose(world, EX_OLD_COPY, "bureau", 0, 22);
    choose(world, EX_KEY_REVOKED, "operator", 50, 80);
    choose(world, EX_OFF_LINE, "bureau", 40, 100);
    choose(world, EX_STORE_LOST, "police", 0, 33);
    /* Who tells what it sees of the hub: a bureau nothing happens to. */
    ex_disasters[EX_HUB_LOST].helper = ex_disasters[EX_KEY_REVOKED].helper;
}

/* ---- when ---- */

static void prepare(ex_world *world, ex_kind_of_disaster kind)
{
    ex_disaster *d = &ex_disasters[kind];
    d->prepared_s = ex_since_start(world);
    d->acts_before = d->party != NULL ? d->party->acts : 0;
    ex_prepare(world, kind);
    d->phase = EX_PREPARED;
}

static void strike(ex_world *world, ex_kind_of_disaster kind)
{
    ex_disaster *d = &ex_disasters[kind];
    ex_strike(world, kind); /* which says when it struck */
    d->struck_at = world->fed;
    d->held = d->party != NULL ? ex_waiting_on(world, d->party) : 0;
    d->phase = EX_STRUCK;
    if (!world->options.quiet) {
        (void)printf("  %5.1f s  disaster: %s\n", d->struck_s, d->party != NULL ? d->party->name_zh : "协同平台");
        (void)fflush(stdout);
    }
}

static size_t deferred_by(const ex_world *world, const ex_party *party)
{
    size_t count = 0;
    for (size_t i = 0; i < world->row_count; i++) {
        count += world->rows[i].deferred && strcmp(world->rows[i].submitter, party->id.text) == 0;
    }
    return count;
}

/* Open cases whose submitter a party is. */
static size_t open_of(const ex_world *world, const ex_party *party)
{
    size_t count = 0;
    for (size_t i = 0; i < world->row_count; i++) {
        const ex_row *row = &world->rows[i];
        count += row->has_case && row->closed_at == 0 && strcmp(row->submitter, party->id.text) == 0;
    }
    return count;
}

static void heal(ex_world *world, ex_kind_of_disaster kind)
{
    ex_disaster *d = &ex_disasters[kind];
    if (d->party != NULL) {
        d->waited = kind == EX_STORE_LOST ? open_of(world, d->party) : ex_waiting_on(world, d->party);
        d->deferred = deferred_by(world, d->party);
    }
    d->begun_s = ex_since_start(world);
    ex_heal(world, kind);
    d->healed_s = ex_since_start(world);
    d->phase = EX_HEALED;
    ex_look_again(world);
    if (!world->options.quiet) {
        (void)printf("  %5.1f s  healed:   %s\n", d->healed_s, d->party != NULL ? d->party->name_zh : "协同平台");
        (void)fflush(stdout);
    }
}

/* A key that nothing was sealed to since it was cut, or a holder that holds nothing, would show nothing. */
static bool bites(const ex_world *world, ex_kind_of_disaster kind)
{
    const ex_disaster *d = &ex_disasters[kind];
    bool must = kind == EX_KEY_REVOKED || kind == EX_HOLDER_DEAD;
    size_t before = kind == EX_KEY_REVOKED ? d->held : 0;
    return !must || ex_waiting_on(world, d->party) > before;
}

/* A copy nothing came after is not old, and its agent rightly goes on. */
static bool is_old(const ex_disaster *d, ex_kind_of_disaster kind)
{
    return kind != EX_OLD_COPY || d->party->acts > d->acts_before;
}

void ex_disaster_step(ex_world *world)
{
    for (unsigned i = 0; world->options.disaster && i < EX_DISASTERS; i++) {
        ex_disaster *d = &ex_disasters[i];
        if (d->phase == EX_PLANNED && world->fed >= d->prepare_at) {
            prepare(world, (ex_kind_of_disaster)i);
        }
        if (d->phase == EX_PREPARED && world->fed >= d->strike_at && is_old(d, (ex_kind_of_disaster)i)) {
            strike(world, (ex_kind_of_disaster)i);
        }
        if (d->phase == EX_STRUCK && world->fed >= d->heal_at && bites(world, (ex_kind_of_disaster)i)) {
            heal(world, (ex_kind_of_disaster)i);
        }
    }
}

/* ---- the end ---- */

/* Rows that cannot close while a bureau is away: its own, and others of their numbers, which wait for them. */
static bool held_up(const ex_world *world, const ex_row *row, const ex_party *bureau)
{
    for (size_t i = 0; i < world->row_count; i++) {
        const ex_row *other = &world->rows[i];
        bool same = other == row || (routed(other) && row->repeated && strcmp(other->number, row->number) == 0);
        if (same && (strcmp(other->home, bureau->province) == 0 || strcmp(other->found, bureau->province) == 0)) {
            return true;
        }
    }
    return false;
}

static bool rest_closed(const ex_world *world, const ex_party *absent)
{
    for (size_t i = 0; i < world->row_count; i++) {
        const ex_row *row = &world->rows[i];
        if (routed(row) && row->closed_at == 0 && !held_up(world, row, absent)) {
            return false;
        }
    }
    return true;
}

static void wait_for_the_rest(ex_world *world, const ex_party *absent)
{
    double until = ex_seconds() + CLOSE_S, took_at = 0, looked_at = ex_seconds();
    while (!rest_closed(world, absent) && ex_seconds() < until) {
        ex_round(world, 50);
        if (ex_seconds() - took_at > TAKE_S) {
            took_at = ex_seconds();
            (void)ex_take_back(world);
        }
        if (ex_seconds() - looked_at > LOOK_S) {
            looked_at = ex_seconds();
            ex_look_again(world);
        }
    }
    if (!rest_closed(world, absent)) {
        ex_fail("cases that do not concern %s have not closed in %.0f s", absent->id.text, CLOSE_S);
    }
}

void ex_disaster_end(ex_world *world)
{
    ex_disaster *absent = &ex_disasters[EX_OFF_LINE];
    if (!world->options.disaster) {
        return;
    }
    for (unsigned i = 0; i < EX_DISASTERS; i++) {
        ex_disaster *d = &ex_disasters[i];
        double until = ex_seconds() + BITE_S;
        while (d != absent && d->phase == EX_STRUCK && !bites(world, (ex_kind_of_disaster)i) && ex_seconds() < until) {
            ex_round(world, 50);
        }
        if (d != absent && d->phase == EX_STRUCK) {
            heal(world, (ex_kind_of_disaster)i);
        }
    }
    ex_feed_deferred(world);
    wait_for_the_rest(world, absent->party);
    heal(world, EX_OFF_LINE);
    ex_feed_deferred(world);
}

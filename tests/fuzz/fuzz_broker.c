/* The hub's core fed with a row of things parties may do, in any order: what they send in good
 * faith, again, bent or made up; ticks, restarts, a lost store. Behind every turn all invariants of
 * its tables hold (tb_broker_check, in turn()). */
#include "tests/test.h"

#include "tests/broker/world.h"
#include "tests/fuzz/fuzz.h"

#define STEPS_MAX   40
#define PARCELS_MAX 32
#define LETTERS_MAX 200

typedef struct play {
    world *w;
    fuzz_choices choices;
    parcel parcels[PARCELS_MAX];
    size_t from[PARCELS_MAX];
    size_t parcel_count;
} play;

static party *any_party(play *p)
{
    return &p->w->parties[fuzz_below(&p->choices, PARTIES)];
}

static void connect(play *p)
{
    party *from = any_party(p);
    from->peer = p->w->next_peer++;
    say_hello(p->w, from);
}

static void submit_new(play *p)
{
    size_t from = fuzz_below(&p->choices, PARTIES);
    size_t to = fuzz_below(&p->choices, PARTIES);
    size_t count = 1 + fuzz_below(&p->choices, 3);
    if (from == to || p->parcel_count == PARCELS_MAX) {
        return;
    }
    p->parcels[p->parcel_count] =
        make(p->w, &p->w->parties[from], &to, 1, (tb_lane)(1 + fuzz_below(&p->choices, TB_LANES)),
             count, 1 + fuzz_byte(&p->choices) * 4u);
    p->from[p->parcel_count++] = from;
    say_submit(p->w, &p->w->parties[from], &p->parcels[p->parcel_count - 1]);
}

static void submit_again(play *p, bool as_another)
{
    if (p->parcel_count > 0) {
        size_t i = fuzz_below(&p->choices, p->parcel_count);
        size_t from = as_another ? fuzz_below(&p->choices, PARTIES) : p->from[i];
        say_submit(p->w, &p->w->parties[from], &p->parcels[i]);
    }
}

/* One header of a parcel with another value, signed anew or not. */
static void submit_bent(play *p)
{
    if (p->parcel_count == 0) {
        return;
    }
    size_t i = fuzz_below(&p->choices, p->parcel_count);
    parcel bent = p->parcels[i];
    tb_item item = bent.groups[0].items[0];
    tb_item *kept = bent.groups[0].items;
    bent.groups[0].items = &item;
    bent.groups[0].item_count = 1;
    switch (fuzz_below(&p->choices, 4)) {
    case 0:
        item.header.notice += fuzz_byte(&p->choices);
        break;
    case 1:
        item.header.entries[0].number += fuzz_byte(&p->choices);
        break;
    case 2:
        item.header.made += fuzz_byte(&p->choices) * INT64_C(1000000);
        break;
    default:
        item.body = tb_bytes_of(item.body.data, item.body.size > 0 ? item.body.size - 1 : 0);
        break;
    }
    if (fuzz_below(&p->choices, 2) == 0) {
        sign_again(p->w, &p->w->parties[p->from[i]], &bent);
    }
    say_submit(p->w, &p->w->parties[p->from[i]], &bent);
    bent.groups[0].items = kept;
}

static void say_any_taken(play *p)
{
    party *by = any_party(p);
    size_t from = fuzz_below(&p->choices, PARTIES);
    tb_line line = arrived_line(p->w, by, from, (tb_lane)(1 + fuzz_below(&p->choices, TB_LANES)));
    line.to += fuzz_byte(&p->choices);
    line.digest.bytes[0] ^= fuzz_byte(&p->choices);
    if (line.to > 0) {
        say_taken(p->w, by, &line, 1, fuzz_below(&p->choices, 2) == 1);
    }
}

static void step(play *p)
{
    world *w = p->w;
    switch (fuzz_below(&p->choices, 12)) {
    case 0:
    case 1:
        connect(p);
        break;
    case 2:
    case 3:
        submit_new(p);
        break;
    case 4:
        submit_again(p, false);
        break;
    case 5:
        submit_again(p, true);
        break;
    case 6:
        submit_bent(p);
        break;
    case 7:
        say_any_taken(p);
        break;
    case 8:
        (void)take_all(w, any_party(p));
        break;
    case 9:
        say_bytes(w, any_party(p), fuzz_bytes(&p->choices, fuzz_byte(&p->choices)));
        break;
    case 10:
        tick(w, fuzz_byte(&p->choices) * INT64_C(7001));
        break;
    default:
        if (fuzz_below(&p->choices, 4) == 0) {
            world_lose_store(w);
        } else {
            world_restart(w);
        }
        break;
    }
    if (w->input_count > 0) {
        turn(w);
    }
    if (w->inbox_count > LETTERS_MAX) {
        forget_all(w);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static play p;
    memset(&p, 0, sizeof p);
    p.choices = (fuzz_choices){data, size};
    p.w = world_open();
    for (size_t i = 0; i < STEPS_MAX && p.choices.size > 0; i++) {
        step(&p);
    }
    world_close(p.w);
    return 0;
}

/* Parties and a hub under random loss, repeats, disorder, restarts and lost stores: afterwards,
 * when nothing is lost any more, everything has arrived once and in order and the hub is empty. */
#include "tests/broker/fixture.h"

#define SENT_MAX 160
#define STEPS    120

typedef struct sender {
    parcel sent[SENT_MAX];
    size_t count;
    uint64_t known[PARTIES][TB_LANES]; /* numbers the hub or the recipient is known to hold */
} sender;

typedef struct play {
    world *w;
    tb_random dice;
    sender senders[PARTIES];
    bool linked[PARTIES];
    bool healed;
} play;

static uint32_t roll(play *p, uint32_t sides)
{
    uint32_t v;
    tb_random_bytes(&p->dice, &v, sizeof v);
    return v % sides;
}

static bool chance(play *p, uint32_t percent)
{
    return !p->healed && roll(p, 100) < percent;
}

static void note_line(play *p, size_t place, const tb_signed_line *line)
{
    uint64_t *known =
        &p->senders[place]
             .known[place_of(p->w, &line->line.stream.recipient)][line->line.stream.lane - 1];
    if (line->line.kind != TB_LINE_REFUSED && line->line.to > *known) {
        *known = line->line.to;
    }
}

/* The party reads what it was sent; deliveries stay for take_all. */
static void read_letters(play *p, size_t place)
{
    world *w = p->w;
    for (size_t i = 0; i < w->inbox_count;) {
        tb_frame *frame = w->inbox[i].frame;
        if (w->inbox[i].peer != at(w, place)->peer || frame->kind == TB_FRAME_DELIVER) {
            i++;
            continue;
        }
        if (frame->kind == TB_FRAME_WELCOME) {
            p->linked[place] = true;
            memset(p->senders[place].known, 0, sizeof p->senders[place].known);
            for (size_t k = 0; k < frame->welcome.stored_count; k++) {
                note_line(p, place, &frame->welcome.stored[k]);
            }
            for (size_t k = 0; k < frame->welcome.arrived_count; k++) {
                note_line(p, place, &frame->welcome.arrived[k]);
            }
        }
        if (frame->kind == TB_FRAME_STORED) {
            for (size_t k = 0; k < frame->lines.count; k++) {
                note_line(p, place, &frame->lines.lines[k]);
            }
        }
        assert_int_not_equal(frame->kind, TB_FRAME_REFUSED);
        if (frame->kind == TB_FRAME_BYE) {
            assert_int_equal(frame->bye.code, TB_REFUSED_NO_SESSION);
            p->linked[place] = false;
        }
        w->inbox_count--;
        memmove(&w->inbox[i], &w->inbox[i + 1], (w->inbox_count - i) * sizeof w->inbox[0]);
    }
}

static void connect(play *p, size_t place)
{
    at(p->w, place)->peer = p->w->next_peer++;
    say_hello(p->w, at(p->w, place)); /* linked once the Welcome is read */
}

static void make_some(play *p, size_t place)
{
    sender *s = &p->senders[place];
    size_t to[PARTIES];
    size_t count = 0;
    if (s->count == SENT_MAX) {
        return;
    }
    for (size_t i = 0; i < PARTIES; i++) {
        if (i != place && roll(p, 3) == 0) {
            to[count++] = i;
        }
    }
    if (count > 0) {
        tb_lane lane = (tb_lane)(1 + roll(p, TB_LANES));
        s->sent[s->count++] =
            make(p->w, at(p->w, place), to, count, lane, 1 + roll(p, 4), 1 + roll(p, 600));
    }
}

static bool is_open(const play *p, size_t place, const tb_group *group)
{
    uint64_t last = tb_group_number(group, group->item_count - 1);
    return last > p->senders[place].known[place_of(p->w, &group->recipient)][group->lane - 1];
}

/* Everything without a mark, in order; some of it lost, some twice. */
static void submit_open(play *p, size_t place)
{
    sender *s = &p->senders[place];
    size_t frames = 0;
    for (size_t i = 0; i < s->count && frames < 20; i++) {
        parcel some = s->sent[i];
        some.group_count = 0;
        for (size_t g = 0; g < s->sent[i].group_count; g++) {
            if (is_open(p, place, &s->sent[i].groups[g])) {
                some.groups[some.group_count++] = s->sent[i].groups[g];
            }
        }
        if (some.group_count == 0 || chance(p, 15)) {
            continue;
        }
        say_submit(p->w, at(p->w, place), &some);
        frames++;
        if (chance(p, 10)) {
            say_submit(p->w, at(p->w, place), &some);
            frames++;
        }
    }
}

/* Frames of one connection keep their order on the wire; what is shuffled is who is read first. */
static void shuffle_parties(play *p)
{
    world *w = p->w;
    for (size_t i = 1; i < w->input_count; i++) {
        if (w->inputs[i].peer != w->inputs[i - 1].peer && chance(p, 50)) {
            tb_input input = w->inputs[i];
            w->inputs[i] = w->inputs[i - 1];
            w->inputs[i - 1] = input;
        }
    }
}

static void trouble(play *p)
{
    if (chance(p, 4)) {
        world_restart(p->w);
        memset(p->linked, 0, sizeof p->linked);
    }
    if (chance(p, 2)) {
        world_lose_store(p->w);
        memset(p->linked, 0, sizeof p->linked);
    }
    p->w->lose = chance(p, 10);
}

static void round_of(play *p)
{
    world *w = p->w;
    w->input_count = 0;
    trouble(p);
    for (size_t i = 0; i < PARTIES; i++) {
        read_letters(p, i);
        if (!p->linked[i] && !chance(p, 60)) {
            connect(p, i);
        } else if (p->linked[i]) {
            if (!p->healed && roll(p, 2) == 0) {
                make_some(p, i);
            }
            submit_open(p, i);
            if (!chance(p, 20)) {
                take_all(w, at(w, i));
            }
        }
    }
    shuffle_parties(p);
    tick(w, p->healed ? 2 * TB_RESEND_AFTER_MS : (tb_time)roll(p, 4000));
    w->inbox_count = chance(p, 10) ? 0 : w->inbox_count;
    turn(w);
}

static bool all_arrived(const play *p)
{
    for (size_t s = 0; s < PARTIES; s++) {
        for (size_t r = 0; r < PARTIES; r++) {
            for (size_t lane = 0; lane < TB_LANES; lane++) {
                const position *out = &p->w->parties[s].out[r][lane];
                const position *in = &p->w->parties[r].in[s][lane];
                if (out->number != in->number || !tb_digest_equal(&out->digest, &in->digest)) {
                    return false;
                }
            }
        }
    }
    return true;
}

static void play_seed(uint8_t seed)
{
    static play p;
    uint8_t fixed[32] = {seed, 1};
    memset(&p, 0, sizeof p);
    p.w = world_open();
    tb_random_seed(&p.dice, fixed);
    world_limits(p.w, 6000, 4000);
    for (size_t i = 0; i < STEPS; i++) {
        round_of(&p);
    }
    p.healed = true;
    p.w->lose = false;
    size_t rounds = 0;
    while (!all_arrived(&p) || rows(p.w, TB_TABLE_HUB_GROUP) > 0) {
        round_of(&p);
        rounds++;
        if (rounds == 400) {
            fail_msg("seed %u does not come to rest", seed);
        }
    }
    assert_int_equal(rows(p.w, TB_TABLE_HUB_BODY), 0);
    assert_int_equal(rows(p.w, TB_TABLE_ALARM), 0);
    world_close(p.w);
}

static void everything_arrives_once_and_in_order_whatever_was_lost(void **state)
{
    (void)state;
    for (uint8_t seed = 1; seed <= 12; seed++) {
        play_seed(seed);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(everything_arrives_once_and_in_order_whatever_was_lost),
};

TB_RUN("broker/random", tests)

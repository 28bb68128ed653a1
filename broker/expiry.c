/* expiry - notices whose life ended: refused when they are submitted, and filled when they wait.
 *
 * What waits has a stored mark, so its number stays: the hub signs that it expired and keeps header
 * and signed line in the notice's place, as its sender would. The recipient then takes a number
 * without content, and the sender is told, now or with its next Welcome.
 */
#include "broker/handlers.h"

static bool is_over(const tb_broker *b, const tb_item *item)
{
    return item->refusal == NULL && item->header.expires <= b->running.now.real;
}

static bool any_over(const tb_broker *b, const tb_group *group)
{
    for (size_t i = 0; i < group->item_count; i++) {
        if (is_over(b, &group->items[i])) {
            return true;
        }
    }
    return false;
}

tb_err tb_hub_expiry_refuse(tb_broker *b,
                            tb_live_party *sender,
                            tb_live_stream *live,
                            const tb_group *group,
                            bool *out_refused)
{
    *out_refused = any_over(b, group);
    if (!*out_refused) {
        return TB_OK;
    }
    for (size_t i = 0; i < group->item_count; i++) {
        if (!is_over(b, &group->items[i])) {
            continue;
        }
        /* A group is taken whole: the others come again with it, fillers in these places. */
        tb_err err = tb_hub_refuse_item(b, sender, live, group, i, TB_REFUSED_EXPIRED);
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

/* ---- what waits ---- */

typedef struct waiting {
    const tb_party *recipient;
    tb_lane lane;
    uint64_t seq;
    tb_hub_group row;
} waiting;

/* What goes around headers, bodies, lines and digests in a frame that delivers them, and a line of
 * the hub with root and path, at most. */
#define ITEM_BYTES    32
#define SHARED_BYTES  80
#define SIBLING_BYTES 36
#define FRAME_BYTES   4096
#define LINE_BYTES    (256 + 34 * TB_PATH_MAX)

/* A signed line may be larger than what it takes the place of: a group that would not fit its frame
 * with fillers is left as it is, and arrives late. */
static bool fits_filled(const tb_broker *b, const waiting *w, const tb_group *group)
{
    uint64_t bytes = FRAME_BYTES + SIBLING_BYTES * group->sibling_count;
    uint64_t beside = w->row.bytes; /* of it what is in neither header nor item: shared bodies */
    bool shared = false;
    for (size_t i = 0; i < group->item_count; i++) {
        const tb_item *item = &group->items[i];
        bool filler = item->refusal != NULL || is_over(b, item);
        uint64_t own = item->header_bytes.size + item->body.size;
        beside -= own < beside ? own : beside;
        bytes += ITEM_BYTES + item->header_bytes.size;
        bytes += item->refusal != NULL ? TB_SIGNED_LINE_BYTES_MAX
                 : filler              ? LINE_BYTES
                                       : SHARED_BYTES + item->body.size;
        shared |= !filler && item->header.entry_count > 1;
    }
    return bytes + (shared ? beside : 0) <= TB_FRAME_BYTES_MAX;
}

/* Refusals of one stream that wait to be told. With more, or in a store above its watermark, what
 * is over stays what it is and arrives late: its sender's and recipient's doing must not fill the
 * hub.
 */
#define KEPT_PER_STREAM 16384

static bool has_room(tb_broker *b, const tb_live_stream *live, const tb_group *group)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < group->item_count; i++) {
        bytes += is_over(b, &group->items[i]) ? 2 * LINE_BYTES : 0;
    }
    return live->row.refused < KEPT_PER_STREAM && tb_running_room(b, bytes);
}

/* Refusals for the items that are over, and the group to be kept again once they are signed. */
static tb_err fill(tb_broker *b, const waiting *w, tb_group *group)
{
    tb_running *t = &b->running;
    tb_live_party *sender = NULL;
    tb_live_stream *live = NULL;
    tb_stream stream = tb_group_stream(group);
    tb_filled_group *filled = tb_arena_alloc(t->arena, sizeof *filled);
    if (filled == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_err err = tb_running_party(b, &stream.sender, &sender);
    if (err == TB_OK) {
        err = tb_running_stream(b, &stream, &live);
    }
    if (err != TB_OK || !has_room(b, live, group)) {
        return err;
    }
    for (size_t i = 0; err == TB_OK && i < group->item_count; i++) {
        if (is_over(b, &group->items[i])) {
            err = tb_hub_refuse_item(b, sender, live, group, i, TB_REFUSED_EXPIRED);
            if (err == TB_OK) {
                t->last_refusal->fills = &group->items[i];
            }
        }
    }
    if (err != TB_OK) {
        return err;
    }
    *filled = (tb_filled_group){*w->recipient, w->lane, w->seq, w->row, group, t->filled};
    t->filled = filled;
    return TB_OK;
}

/* One group, when it is not on its way. *out_used: it is needed until the turn ends. */
static tb_err look_at(tb_broker *b, const waiting *w, bool *out_used)
{
    tb_group *group = tb_arena_alloc(b->running.arena, sizeof *group);
    if (group == NULL) {
        return TB_ERR_LIMIT;
    }
    *out_used = false;
    if (tb_group_decode(w->row.group, b->running.arena, group) != TB_ACCEPTED) {
        return TB_OK; /* delivery passes it over and says so */
    }
    *out_used = any_over(b, group) && fits_filled(b, w, group);
    return *out_used ? fill(b, w, group) : TB_OK;
}

/* Notices refused in one tick, soft by one group: each is a note and a frame among the effects of a
 * turn. */
#define REFUSED_A_TICK 1024

_Static_assert(2 * (REFUSED_A_TICK + TB_GROUP_ITEMS_MAX) <= TB_EFFECTS_MAX / 2,
               "a tick that tells of ended lives has room for what else is due");

/* One tick's part of the sweep. */
typedef struct stretch {
    tb_expiry_sweep at;
    bool filled;    /* something was, and the sweep's place stays before it */
    size_t rows;    /* what may still be looked at */
    uint64_t bytes; /* likewise */
} stretch;

/* What is filled stays in the turn's memory until it is signed. */
static bool some_left(const tb_broker *b, const stretch *s)
{
    const tb_running *t = &b->running;
    return s->rows > 0 && s->bytes > 0 && t->refusal_count < REFUSED_A_TICK &&
           t->arena->used < t->arena->size / 4;
}

static void spend(stretch *s, uint64_t bytes)
{
    s->rows--;
    s->bytes -= bytes < s->bytes ? bytes : s->bytes;
}

/* Moves the sweep behind what needed nothing, and never behind what this turn fills: whether the
 * turn is committed is not known here. The next tick looks at it again, and finds it filled. */
static void pass(tb_broker *b, stretch *s, uint64_t seq, bool filled)
{
    if (filled && !s->filled) {
        b->expiry = s->at;
        s->filled = true;
    }
    s->at.seq = seq;
}

/* The lane's rows behind the stretch's place. *out_done: there is no more to look at. */
static tb_err sweep_lane(tb_broker *b, const tb_party *recipient, stretch *s, bool *out_done)
{
    tb_running *t = &b->running;
    tb_live_party *party;
    tb_err err = tb_running_party(b, recipient, &party);
    *out_done = true;
    while (err == TB_OK && some_left(b, s)) {
        waiting w = {.recipient = recipient, .lane = (tb_lane)(s->at.lane + TB_LANE_FIRST)};
        const tb_filled_group *filled = t->filled;
        bool used = false;
        size_t mark = tb_arena_mark(t->arena);
        err = tb_hub_group_after(t->txn, recipient, w.lane, s->at.seq, &w.seq, &w.row);
        if (err == TB_ERR_NOT_FOUND || err == TB_ERR_CORRUPT) {
            return TB_OK; /* a row that cannot be read is delivery's to pass over */
        }
        if (err != TB_OK) {
            return err;
        }
        spend(s, w.row.bytes);
        bool travels = party->linked && w.seq <= party->session.cursor[s->at.lane];
        if (!travels) {
            err = look_at(b, &w, &used);
        }
        pass(b, s, w.seq, t->filled != filled);
        if (!used) {
            tb_arena_release(t->arena, mark);
        }
    }
    *out_done = some_left(b, s);
    return err;
}

static void next_lane(tb_expiry_sweep *sweep)
{
    sweep->seq = 0;
    sweep->lane++;
    if (sweep->lane == TB_LANES) {
        sweep->lane = 0;
        sweep->party++;
    }
}

static tb_err sweep(tb_broker *b, stretch *s)
{
    const tb_directory *directory = b->running.directory;
    while (some_left(b, s)) {
        bool done;
        if (s->at.party >= directory->party_count) {
            s->at = (tb_expiry_sweep){.after = b->running.now.real + TB_EXPIRY_SWEEP_MS,
                                      .waited = true};
            return TB_OK;
        }
        tb_err err = sweep_lane(b, &directory->parties[s->at.party].id, s, &done);
        if (err != TB_OK) {
            return err;
        }
        if (done) {
            next_lane(&s->at);
        }
    }
    return TB_OK;
}

tb_err tb_hub_expiry_tick(tb_broker *b)
{
    tb_time now = b->running.now.real;
    if (!b->expiry.waited) {
        /* The store is a copy of some time ago: first everybody shows what arrived since. */
        b->expiry = (tb_expiry_sweep){.after = now + TB_EXPIRY_SWEEP_MS, .waited = true};
    }
    bool waits = b->expiry.after > now && b->expiry.after <= now + TB_EXPIRY_SWEEP_MS;
    if (waits || !tb_hub_may_sign(b)) {
        return TB_OK;
    }
    stretch s = {.at = b->expiry, .rows = TB_EXPIRY_SLICE, .bytes = TB_EXPIRY_BYTES};
    tb_err err = sweep(b, &s);
    if (err == TB_OK && !s.filled) {
        b->expiry = s.at;
    }
    return err;
}

tb_err tb_hub_expiry_keep(tb_broker *b)
{
    tb_running *t = &b->running;
    for (tb_filled_group *f = t->filled; f != NULL; f = f->next) {
        tb_live_stream *live;
        tb_stream stream = tb_group_stream(f->group);
        tb_err err = tb_running_stream(b, &stream, &live);
        if (err == TB_OK && live->row.arrived.number >= f->row.to) {
            continue; /* as this turn found out: its row is gone, or goes */
        }
        if (err == TB_OK) {
            err = tb_group_encode(f->group, t->arena, &f->row.group);
        }
        if (err == TB_OK) {
            err = tb_hub_group_put(t->txn, &f->recipient, f->lane, f->seq, &f->row);
        }
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

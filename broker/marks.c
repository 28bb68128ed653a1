#include "base/mutant.h"
#include "broker/handlers.h"

#define META_SEQ "seq"
/* Leaves under one of the hub's roots: a turn with more lines signs more than once. */
#define LINES_PER_ROOT 4096
/* Lines in one Stored frame: each is below 1 kB. */
#define LINES_PER_FRAME 900

_Static_assert(LINES_PER_ROOT <= TB_LEAVES_MAX, "a root takes so many");
_Static_assert(LINES_PER_FRAME * 1024 < TB_FRAME_BYTES_MAX, "a frame takes so many");

static tb_root hub_root(const tb_broker *b)
{
    tb_root root;
    memset(&root, 0, sizeof root);
    root.suite = TB_SUITE_1;
    root.tree = TB_TREE_LINES;
    memcpy(root.signer.text, TB_HUB_PARTY, sizeof TB_HUB_PARTY);
    root.key = b->sign_id;
    root.incarnation = b->incarnation;
    return root;
}

/* Signs count lines, a tree for every LINES_PER_ROOT; out has a place for each. */
static tb_err sign_lines(tb_broker *b, const tb_line *lines, size_t count, tb_signed_line **out)
{
    tb_root root = hub_root(b);
    for (size_t at = 0; at < count; at += LINES_PER_ROOT) {
        size_t some = count - at < LINES_PER_ROOT ? count - at : LINES_PER_ROOT;
        tb_signed_line *made;
        tb_err err =
            tb_lines_sign(&lines[at], some, &root, &b->hub, b->sign, b->running.arena, &made);
        if (err != TB_OK) {
            return err;
        }
        for (size_t i = 0; i < some; i++) {
            out[at + i] = &made[i];
        }
    }
    return TB_OK;
}

bool tb_hub_may_sign(const tb_broker *b)
{
    return tb_directory_hub_key_at(b->running.directory, &b->sign_id, b->running.now.real) != NULL;
}

tb_err tb_hub_renew_line(tb_broker *b, tb_signed_line *line, bool *out_changed)
{
    tb_time now = b->running.now.real;
    bool ours = tb_bytes_equal(tb_party_bytes(&line->root.signer), tb_bytes_str(TB_HUB_PARTY));
    const tb_directory *directory = b->running.directory;
    bool renews = ours && tb_hub_may_sign(b) &&
                  tb_directory_hub_key_at(directory, &line->root.key, line->line.at) == NULL;
    if (out_changed != NULL) {
        *out_changed = renews;
    }
    if (!renews) {
        return TB_OK;
    }

    tb_signed_line *made;
    tb_line said = line->line;
    said.at = now;
    said.civil = b->running.civil;
    tb_err err = sign_lines(b, &said, 1, &made);
    if (err == TB_OK) {
        *line = *made;
    }
    return err;
}

static void stored_line(const tb_running *t, const tb_fresh_group *fresh, tb_line *line)
{
    line->kind = TB_LINE_STORED;
    line->stream = fresh->stream->stream;
    line->from = fresh->from;
    line->to = fresh->to;
    line->digest = fresh->group->items[fresh->group->item_count - 1].digest;
    line->at = t->now.real;
    line->civil = t->civil;
}

/* Every line of the turn: groups in the order they came, then refusals. */
static tb_err sign_all(tb_broker *b, tb_signed_line ***out)
{
    tb_running *t = &b->running;
    size_t count = t->group_count + t->refusal_count;
    tb_line *lines = tb_arena_array(t->arena, count, sizeof *lines);
    tb_signed_line **list = tb_arena_array(t->arena, count, sizeof(*list));
    if (lines == NULL || list == NULL) {
        return TB_ERR_LIMIT;
    }

    size_t at = 0;
    for (const tb_fresh_group *g = t->groups; g != NULL; g = g->next) {
        stored_line(t, g, &lines[at++]);
    }
    for (const tb_fresh_refusal *r = t->refusals; r != NULL; r = r->next) {
        lines[at] = r->line;
        lines[at].at = t->now.real;
        lines[at].civil = t->civil;
        at++;
    }
    TB_ASSERT(at == count);
    tb_err err = sign_lines(b, lines, count, list);
    if (err != TB_OK) {
        return err;
    }
    *out = list;
    return TB_OK;
}

/* The recipient was there already: nothing is kept of the group but its mark. */
static tb_err give_back(tb_broker *b, tb_fresh_group *fresh)
{
    fresh->covered = true;
    for (size_t i = 0; i < fresh->shared_count; i++) {
        tb_err err = tb_hub_body_drop(b->running.txn, &fresh->shared[i].name);
        if (err != TB_OK) {
            return err;
        }
    }
    return tb_hub_share_free(b, &fresh->sender->id, &fresh->recipient->id, fresh->bytes);
}

static tb_err put_place(tb_broker *b, const tb_fresh_group *fresh)
{
    tb_running *t = &b->running;
    tb_hub_place place;
    memset(&place, 0, sizeof place);
    place.from = fresh->from;
    place.to = fresh->to;
    place.seq = fresh->seq;
    place.bytes = fresh->bytes;
    place.digest = fresh->stamp->line.digest;
    place.shared_count = fresh->shared_count;
    if (fresh->shared_count > 0) {
        place.shared = tb_arena_array(t->arena, fresh->shared_count, sizeof *place.shared);
        if (place.shared == NULL) {
            return TB_ERR_LIMIT;
        }
    }
    for (size_t i = 0; i < fresh->shared_count; i++) {
        place.shared[i] = fresh->shared[i].name.notice;
    }
    return tb_hub_place_put(t->txn, &fresh->stream->stream, &place);
}

static void line_up(tb_fresh_group *fresh)
{
    size_t lane = (size_t)(fresh->stream->stream.lane - TB_LANE_FIRST);
    tb_live_party *recipient = fresh->recipient;
    if (recipient->fresh[lane] == NULL) {
        recipient->fresh[lane] = fresh;
    } else {
        recipient->last_fresh[lane]->next_in_lane = fresh;
    }
    recipient->last_fresh[lane] = fresh;
    recipient->deliver = true;
}

static tb_err put_group(tb_broker *b, tb_fresh_group *fresh, tb_bytes stamp)
{
    tb_running *t = &b->running;
    const tb_stream *stream = &fresh->stream->stream;
    tb_hub_group row = {stream->sender, stream->incarnation, fresh->from,
                        fresh->to,      fresh->bytes,        stamp,
                        {NULL, 0}};
    tb_err err = tb_group_encode(fresh->group, t->arena, &row.group);
    if (err != TB_OK) {
        return err;
    }

    fresh->packed_size = row.group.size + stamp.size;
    fresh->seq = ++t->seq;
    err = tb_hub_group_put(t->txn, &stream->recipient, stream->lane, fresh->seq, &row);
    if (err != TB_OK) {
        return err;
    }
    err = put_place(b, fresh);
    if (err != TB_OK) {
        return err;
    }
    line_up(fresh);
    return TB_OK;
}

static tb_err keep_group(tb_broker *b, tb_fresh_group *fresh)
{
    tb_running *t = &b->running;
    tb_bytes stamp;
    tb_err err = tb_signed_line_encode(fresh->stamp, t->arena, &stamp);
    if (err != TB_OK) {
        return err;
    }

    tb_hub_stream *row = &fresh->stream->row;
    if (row->stored.number == fresh->to) {
        row->stored.line = stamp;
        fresh->stream->show_stored = false; /* the line below is the newest */
    }
    if (fresh->sender->linked) {
        err = tb_running_line(b, fresh->sender, fresh->stamp);
        if (err != TB_OK) {
            return err;
        }
    }
    if (row->arrived.number >= fresh->to || (TB_MUTANT(STORED_UNKEPT) && fresh->to % 4 == 0)) {
        return give_back(b, fresh);
    }
    return put_group(b, fresh, stamp);
}

/* A notice that waited becomes its filler. */
static tb_err fill_place(tb_broker *b, tb_fresh_refusal *refusal, const tb_signed_line *line)
{
    refusal->fills->refusal = line;
    refusal->fills->body = tb_bytes_of(NULL, 0);
    if (TB_MUTANT(EXPIRED_UNKEPT)) {
        return TB_OK;
    }
    return tb_hub_refused_keep(b, refusal->stream, line);
}

static tb_err keep_refusal(tb_broker *b, tb_fresh_refusal *refusal, const tb_signed_line *line)
{
    tb_running *t = &b->running;
    if (refusal->fills != NULL && refusal->stream->row.arrived.number >= line->line.from) {
        return TB_OK; /* this turn found out that it arrived after all */
    }
    if (refusal->fills != NULL) {
        tb_err err = fill_place(b, refusal, line);
        if (err != TB_OK) {
            return err;
        }
    } else if (refusal->keep) {
        tb_hub_refused row = {line->line.from, true, t->now.real, {NULL, 0}};
        tb_err err = tb_signed_line_encode(line, t->arena, &row.line);
        if (err != TB_OK) {
            return err;
        }
        bool is_new;
        err = tb_hub_refused_put(t->txn, &refusal->stream->stream, &row, &is_new);
        if (err != TB_OK) {
            return err;
        }
        refusal->stream->row.refused += is_new ? 1 : 0;
        refusal->stream->changed = true;
    }
    if (!refusal->sender->linked) {
        return TB_OK;
    }

    tb_frame frame;
    memset(&frame, 0, sizeof frame);
    frame.kind = TB_FRAME_REFUSED;
    frame.refused.has_line = true;
    frame.refused.line = *line;
    frame.refused.code = line->line.code;
    frame.refused.reason = tb_bytes_str(tb_refusal_en(line->line.code));
    return tb_running_send(b, refusal->sender->session.peer, &frame);
}

static tb_err keep_new(tb_broker *b)
{
    tb_running *t = &b->running;
    if (t->group_count + t->refusal_count == 0) {
        return TB_OK;
    }

    tb_signed_line **lines;
    tb_err err = tb_hub_number(t->txn, META_SEQ, &t->seq);
    if (err != TB_OK) {
        return err;
    }
    err = sign_all(b, &lines);
    if (err != TB_OK) {
        return err;
    }
    size_t at = 0;
    for (tb_fresh_group *g = t->groups; g != NULL; g = g->next) {
        g->stamp = lines[at++];
        err = keep_group(b, g);
        if (err != TB_OK) {
            return err;
        }
    }
    for (tb_fresh_refusal *r = t->refusals; r != NULL; r = r->next) {
        err = keep_refusal(b, r, lines[at++]);
        if (err != TB_OK) {
            return err;
        }
    }
    err = tb_hub_expiry_keep(b);
    return err == TB_OK ? tb_hub_number_put(t->txn, META_SEQ, t->seq) : err;
}

static tb_err show(tb_broker *b, tb_live_party *sender, tb_bytes packed)
{
    tb_signed_line *line = tb_arena_alloc(b->running.arena, sizeof *line);
    if (line == NULL) {
        return TB_ERR_LIMIT;
    }
    if (tb_signed_line_decode(packed, b->running.arena, line) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }

    tb_err err = tb_hub_renew_line(b, line, NULL);
    return err == TB_OK ? tb_running_line(b, sender, line) : err;
}

/* What the sender is to hear of a stream besides what is new. */
static tb_err show_marks(tb_broker *b, tb_live_stream *live)
{
    if (!live->show_stored && !live->show_arrived) {
        return TB_OK;
    }
    tb_live_party *sender;
    tb_err err = tb_running_party(b, &live->stream.sender, &sender);
    if (err != TB_OK || !sender->linked || sender->welcome != NULL) {
        return err;
    }

    /* A stored mark taken over from a party has no line; the arrived mark says as much. */
    bool unsigned_mark = live->row.stored.line.size == 0;
    if (live->show_stored && !unsigned_mark) {
        err = show(b, sender, live->row.stored.line);
        if (err != TB_OK) {
            return err;
        }
    }
    if ((live->show_arrived || unsigned_mark) && live->row.arrived.line.size > 0) {
        return show(b, sender, live->row.arrived.line);
    }
    return TB_OK;
}

tb_err tb_hub_marks_close(tb_broker *b)
{
    tb_err err = keep_new(b);
    if (err != TB_OK) {
        return err;
    }

    for (tb_live_stream *s = b->running.streams; s != NULL; s = s->next) {
        if (s->changed) {
            err = tb_hub_stream_put(b->running.txn, &s->stream, !s->exists, &s->row);
            if (err != TB_OK) {
                return err;
            }
            s->exists = true;
        }
        err = show_marks(b, s);
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

static tb_err send_stored(tb_broker *b, tb_live_party *party)
{
    tb_running *t = &b->running;
    const tb_line_node *node = party->lines;
    do {
        tb_frame frame;
        memset(&frame, 0, sizeof frame);
        frame.kind = TB_FRAME_STORED;
        frame.lines.again = party->again;
        frame.lines.lines = tb_arena_array(
            t->arena, LINES_PER_FRAME < party->line_count ? LINES_PER_FRAME : party->line_count + 1,
            sizeof *frame.lines.lines);
        if (frame.lines.lines == NULL) {
            return TB_ERR_LIMIT;
        }
        while (node != NULL && frame.lines.count < LINES_PER_FRAME) {
            frame.lines.lines[frame.lines.count++] = *node->line;
            node = node->next;
        }
        tb_err err = tb_running_send(b, party->session.peer, &frame);
        if (err != TB_OK) {
            return err;
        }
    } while (node != NULL);
    return TB_OK;
}

tb_err tb_hub_stored_close(tb_broker *b)
{
    for (tb_live_party *p = b->running.parties; p != NULL; p = p->next) {
        if (!p->linked || (p->lines == NULL && !p->again)) {
            continue;
        }
        tb_err err = send_stored(b, p);
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

#include "base/grown.h"
#include "broker/handlers.h"

/* Packed bytes of each list of lines in one Welcome; stored and arrived lines beyond it follow in
 * Stored frames, so that the frame stays below its bound. */
#define LINES_BYTES_MAX (290u * 1024)
/* Refusals told in one Welcome; the rest follow (tell.c). */
#define REFUSED_IN_WELCOME 48
/* Closed recipients named; a Submit to any other is answered as always. */
#define CLOSED_MAX 2000

typedef struct line_list {
    tb_signed_line *lines;
    size_t count;
    size_t capacity;
    size_t bytes;
} line_list;

typedef struct writing {
    tb_broker *b;
    tb_live_party *party;
    line_list stored;
    line_list arrived;
    line_list taken;
    tb_refused refused[REFUSED_IN_WELCOME];
    size_t refused_count;
    tb_party *closed;
    size_t closed_count;
    size_t closed_capacity;
    bool more; /* a line did not fit and follows */
} writing;

static tb_err unpack(tb_broker *b, tb_bytes packed, tb_signed_line *out)
{
    if (tb_signed_line_decode(packed, b->running.arena, out) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    return tb_hub_renew_line(b, out, NULL);
}

/* Adds a packed line to a list while it has room; *out_fits says whether it had. */
static tb_err add_line(writing *w, tb_bytes packed, line_list *list, bool *out_fits)
{
    *out_fits = list->count < TB_LINES_MAX && list->bytes + packed.size <= LINES_BYTES_MAX;
    if (!*out_fits) {
        return TB_OK;
    }

    list->lines = tb_arena_grown(w->b->running.arena, list->lines, list->count, list->count + 1,
                                 &list->capacity, sizeof *list->lines);
    if (list->lines == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_err err = unpack(w->b, packed, &list->lines[list->count]);
    if (err != TB_OK) {
        return err;
    }
    list->count++;
    list->bytes += packed.size;
    return TB_OK;
}

static tb_err follow(writing *w, tb_bytes packed)
{
    tb_signed_line *line = tb_arena_alloc(w->b->running.arena, sizeof *line);
    if (line == NULL) {
        return TB_ERR_LIMIT;
    }

    tb_err err = unpack(w->b, packed, line);
    if (err != TB_OK) {
        return err;
    }
    return tb_running_line(w->b, w->party, line);
}

static tb_err show(writing *w, tb_bytes packed, line_list *list)
{
    if (packed.size == 0) {
        return TB_OK;
    }

    bool fits;
    tb_err err = add_line(w, packed, list, &fits);
    if (err != TB_OK || fits) {
        return err;
    }
    w->more = true;
    return follow(w, packed);
}

static tb_err show_marks(writing *w, const tb_hub_stream *row)
{
    tb_err err = show(w, row->stored.line, &w->stored);
    if (err != TB_OK) {
        return err;
    }
    return show(w, row->arrived.line, &w->arrived);
}

/* The streams the party sends: all of this incarnation, of older ones those that have not arrived,
 * and to a party that recovers all of them: it may have lost what it knew of them. */
static tb_err show_sent(writing *w)
{
    tb_txn *txn = w->b->running.txn;
    const tb_incarnation *current = &w->party->session.incarnation;
    tb_stream stream;
    tb_err err = tb_hub_stream_from(txn, &w->party->id, NULL, &stream);
    while (err == TB_OK) {
        size_t mark = tb_arena_mark(w->b->running.arena);
        tb_hub_stream row;
        err = tb_hub_stream_get(txn, &stream, &row);
        if (err != TB_OK) {
            return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
        }

        bool is_current = tb_incarnation_compare(&stream.incarnation, current) == 0;
        if (is_current || w->party->welcome->recovering || row.arrived.number < row.stored.number ||
            row.refused > 0) {
            err = show_marks(w, &row);
            if (err != TB_OK) {
                return err;
            }
        } else {
            tb_arena_release(w->b->running.arena, mark);
        }
        tb_stream last = stream;
        err = tb_hub_stream_from(txn, &w->party->id, &last, &stream);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* The streams the party receives: what it signed itself. */
static tb_err show_taken(writing *w)
{
    tb_txn *txn = w->b->running.txn;
    tb_stream stream;
    tb_err err = tb_hub_stream_to(txn, &w->party->id, NULL, &stream);
    while (err == TB_OK) {
        tb_hub_stream row;
        err = tb_hub_stream_get(txn, &stream, &row);
        if (err != TB_OK) {
            return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
        }

        err = show(w, row.arrived.line, &w->taken);
        if (err != TB_OK) {
            return err;
        }
        tb_stream last = stream;
        err = tb_hub_stream_to(txn, &w->party->id, &last, &stream);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err show_closed(writing *w)
{
    tb_party after;
    memset(&after, 0, sizeof after);
    tb_hub_share share;
    tb_err err = tb_hub_share_after(w->b->running.txn, &w->party->id, &after, &after, &share);
    while (err == TB_OK) {
        if (share.closed && w->closed_count < CLOSED_MAX) {
            w->closed = tb_arena_grown(w->b->running.arena, w->closed, w->closed_count,
                                       w->closed_count + 1, &w->closed_capacity, sizeof *w->closed);
            if (w->closed == NULL) {
                return TB_ERR_LIMIT;
            }
            w->closed[w->closed_count++] = after;
        }
        err = tb_hub_share_after(w->b->running.txn, &w->party->id, &after, &after, &share);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err show_documents(writing *w, tb_welcome *welcome)
{
    tb_hub_newest *newest;
    size_t count;
    tb_err err = tb_hub_newest_list(w->b->running.txn, &newest, &count);
    if (err != TB_OK) {
        return err;
    }

    welcome->documents = tb_arena_array(w->b->running.arena, count, sizeof *welcome->documents);
    if (count > 0 && welcome->documents == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < count; i++) {
        tb_version *version = &welcome->documents[i];
        version->kind = (uint32_t)newest[i].kind;
        version->name = newest[i].name;
        version->version = newest[i].version;
        version->digest = newest[i].digest;
    }
    welcome->document_count = count;
    return TB_OK;
}

static tb_err gather(writing *w)
{
    tb_err err = show_sent(w);
    if (err != TB_OK) {
        return err;
    }
    err = show_taken(w);
    if (err != TB_OK) {
        return err;
    }
    err = tb_hub_tell_refusals(w->b, w->party, REFUSED_IN_WELCOME, w->refused, &w->refused_count);
    return err == TB_OK ? show_closed(w) : err;
}

static tb_err answer(tb_broker *b, tb_live_party *party)
{
    writing w;
    memset(&w, 0, sizeof w);
    w.b = b;
    w.party = party;
    tb_err err = gather(&w);
    if (err != TB_OK) {
        return err;
    }

    tb_frame frame;
    memset(&frame, 0, sizeof frame);
    frame.kind = TB_FRAME_WELCOME;
    tb_welcome *welcome = &frame.welcome;
    tb_protocol_range theirs = {party->welcome->protocol_min, party->welcome->protocol_max};
    welcome->protocol = tb_protocol_common(theirs, b->speaks);
    welcome->hub_incarnation = b->incarnation;
    welcome->stored = w.stored.lines;
    welcome->stored_count = w.stored.count;
    welcome->arrived = w.arrived.lines;
    welcome->arrived_count = w.arrived.count;
    welcome->taken = w.taken.lines;
    welcome->taken_count = w.taken.count;
    welcome->closed = w.closed;
    welcome->closed_count = w.closed_count;
    welcome->refused = w.refused;
    welcome->refused_count = w.refused_count;
    welcome->more = w.more;
    err = show_documents(&w, welcome);
    if (err != TB_OK) {
        return err;
    }
    err = tb_running_send(b, party->session.peer, &frame);
    if (err != TB_OK) {
        return err;
    }
    return tb_hub_documents_for(b, party, party->welcome);
}

tb_err tb_hub_welcome_close(tb_broker *b)
{
    for (tb_live_party *p = b->running.parties; p != NULL; p = p->next) {
        if (!p->linked || p->welcome == NULL) {
            continue;
        }
        tb_err err = answer(b, p);
        if (err != TB_OK) {
            return err;
        }
        p->deliver = true;
    }
    return TB_OK;
}

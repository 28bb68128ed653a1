/* deadletters - 死信: what the hub refused, or holds and cannot deliver, for the people at the hub.
 *
 *     HUB_REFUSED row                        refused by the hub, or by its recipient
 *     HUB_GROUP row, not deliverable now     kept, its route untouched: the directory forbids it
 *
 * Looking changes nothing. A retry delivers again what is still held and may be delivered; it adds
 * no row, so it may be asked as often as one likes. Everything here was told to its sender.
 */
#include "broker/handlers.h"
#include "broker/letter_name.h"
#include "messages/local.h"

#define PAGE     50
#define PAGE_MAX 200
/* Groups looked through for one page; the next page goes on behind them. */
#define LOOKED_MAX 512

#define MARK_REFUSED 'r'
#define MARK_GROUP   'g'

typedef struct letters {
    tb_broker *b;
    const tb_local_request *request;
    tb_local_answer answer;
} letters;

/* ---- one letter ---- */

/* What a retry would come to for a kept group. */
static tb_err
judge(letters *l, const tb_hub_group *row, const tb_party *to, tb_local_dead_letter *out)
{
    tb_arena *arena = l->b->running.arena;
    tb_group group;
    tb_live_party *recipient;
    tb_err err = tb_running_party(l->b, to, &recipient);
    if (err != TB_OK) {
        return err;
    }
    if (tb_group_decode(row->group, arena, &group) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    tb_refusal why;
    err = tb_hub_deliverable(l->b, &group, &why);
    if (err != TB_OK) {
        return err;
    }
    out->bytes = row->bytes;
    if (why != TB_ACCEPTED) {
        out->retry = TB_RETRY_REFUSED;
        out->code = why;
    } else {
        out->retry = recipient->linked ? TB_RETRY_DELIVERS : TB_RETRY_WAITS;
    }
    return TB_OK;
}

/* The kept group that holds a number; TB_ERR_NOT_FOUND. */
static tb_err held_group(tb_txn *txn, const tb_stream *stream, uint64_t number, tb_hub_group *out)
{
    tb_hub_place place;
    tb_err err = tb_hub_place_upto(txn, stream, number, &place);
    if (err != TB_OK || place.to < number) {
        return err == TB_OK ? TB_ERR_NOT_FOUND : err;
    }
    return tb_hub_group_get(txn, &stream->recipient, stream->lane, place.seq, out);
}

static tb_err letter_of_refusal(letters *l,
                                const tb_stream *stream,
                                const tb_hub_refused *row,
                                tb_local_dead_letter *out)
{
    tb_running *t = &l->b->running;
    tb_signed_line line;
    if (tb_signed_line_decode(row->line, t->arena, &line) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    *out = (tb_local_dead_letter){
        .sender = stream->sender,
        .recipient = stream->recipient,
        .lane = stream->lane,
        .number = row->number,
        .to = row->number,
        .since = row->at,
        .code = line.line.code,
        .by = line.root.signer,
        .retry = TB_RETRY_NOTHING,
    };
    tb_err err = tb_letter_name_print(t->arena, stream, row->number, &out->id);
    tb_hub_group group;
    if (err == TB_OK && line.line.code != TB_REFUSED_EXPIRED) {
        err = held_group(t->txn, stream, row->number, &group);
        if (err == TB_OK) {
            err = judge(l, &group, &stream->recipient, out);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* A kept group as a letter; out->retry says whether it is a dead one. */
static tb_err letter_of_group(letters *l,
                              const tb_party *recipient,
                              tb_lane lane,
                              const tb_hub_group *row,
                              tb_local_dead_letter *out)
{
    tb_running *t = &l->b->running;
    tb_stream stream = {row->sender, row->incarnation, *recipient, lane};
    tb_signed_line stamp;
    if (tb_signed_line_decode(row->stamp, t->arena, &stamp) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    *out = (tb_local_dead_letter){
        .sender = row->sender,
        .recipient = *recipient,
        .lane = lane,
        .number = row->from,
        .to = row->to,
        .since = stamp.line.at,
    };
    memcpy(out->by.text, TB_HUB_PARTY, sizeof TB_HUB_PARTY);
    tb_err err = tb_letter_name_print(t->arena, &stream, row->from, &out->id);
    return err == TB_OK ? judge(l, row, recipient, out) : err;
}

/* ---- the list ---- */

typedef struct walk {
    bool groups;
    uint8_t key[TB_KEY_BYTES_MAX];
    tb_bytes cursor; /* in key, or in the turn's memory */
    size_t looked;
} walk;

/* So that memory of rows that are no letters can be given back. */
static void hold_cursor(walk *w)
{
    TB_ASSERT(w->cursor.size <= sizeof w->key);
    if (w->cursor.size > 0) {
        memmove(w->key, w->cursor.data, w->cursor.size);
    }
    w->cursor = tb_bytes_of(w->key, w->cursor.size);
}

static tb_err next_refused(letters *l, walk *w, tb_local_dead_letter *out)
{
    tb_stream stream;
    tb_hub_refused row;
    tb_err err = tb_hub_refused_walk(l->b->running.txn, &w->cursor, &stream, &row);
    if (err == TB_OK) {
        err = letter_of_refusal(l, &stream, &row, out);
    }
    if (err == TB_OK) {
        hold_cursor(w);
    }
    return err;
}

/* The next group that cannot be delivered. TB_ERR_LIMIT: enough was looked at for one page. */
static tb_err next_group(letters *l, walk *w, tb_local_dead_letter *out)
{
    tb_arena *arena = l->b->running.arena;
    for (; w->looked < LOOKED_MAX; w->looked++) {
        tb_party recipient;
        tb_lane lane;
        uint64_t seq;
        tb_hub_group row;
        tb_live_party *party; /* in the turn's index before memory is given back */
        size_t mark = tb_arena_mark(arena);
        tb_err err =
            tb_hub_group_walk(l->b->running.txn, &w->cursor, &recipient, &lane, &seq, &row);
        if (err != TB_OK && err != TB_ERR_CORRUPT) {
            return err;
        }
        hold_cursor(w);
        tb_arena_release(arena, mark);
        if (err == TB_ERR_CORRUPT) {
            continue; /* delivery says so */
        }
        err = tb_running_party(l->b, &recipient, &party);
        if (err != TB_OK) {
            return err;
        }
        mark = tb_arena_mark(arena);
        err = tb_hub_group_get(l->b->running.txn, &recipient, lane, seq, &row);
        if (err == TB_OK) {
            err = letter_of_group(l, &recipient, lane, &row, out);
        }
        if (err == TB_OK && out->retry == TB_RETRY_REFUSED) {
            w->looked++;
            return TB_OK;
        }
        tb_arena_release(arena, mark);
        if (err != TB_OK && err != TB_ERR_CORRUPT) {
            return err;
        }
    }
    return TB_ERR_LIMIT;
}

static tb_err next_letter(letters *l, walk *w, tb_local_dead_letter *out)
{
    if (!w->groups) {
        tb_err err = next_refused(l, w, out);
        if (err != TB_ERR_NOT_FOUND) {
            return err;
        }
        w->groups = true;
        w->cursor = tb_bytes_of(NULL, 0);
    }
    return next_group(l, w, out);
}

static tb_err mark_of(letters *l, const walk *w, tb_bytes *out)
{
    uint8_t *mark = tb_arena_alloc(l->b->running.arena, w->cursor.size + 1);
    if (mark == NULL) {
        return TB_ERR_LIMIT;
    }
    mark[0] = w->groups ? MARK_GROUP : MARK_REFUSED;
    memcpy(mark + 1, w->key, w->cursor.size);
    *out = tb_bytes_of(mark, w->cursor.size + 1);
    return TB_OK;
}

static bool begin_walk(const tb_local_page *page, walk *out)
{
    *out = (walk){.groups = false};
    if (page->after.size == 0) {
        return true;
    }
    out->groups = page->after.data[0] == MARK_GROUP;
    out->cursor = tb_bytes_of(page->after.data + 1, page->after.size - 1);
    if (out->cursor.size > TB_KEY_BYTES_MAX) {
        return false;
    }
    hold_cursor(out);
    return true;
}

static tb_err list(letters *l)
{
    const tb_local_page *page = &l->request->page;
    size_t most = page->limit == 0 || page->limit > PAGE_MAX ? PAGE : page->limit;
    tb_local_dead_letters *out = &l->answer.dead_letters;
    walk *w = tb_arena_alloc(l->b->running.arena, sizeof *w);
    out->letters = tb_arena_array(l->b->running.arena, most, sizeof *out->letters);
    if (w == NULL || out->letters == NULL) {
        return TB_ERR_LIMIT;
    }
    if (!begin_walk(page, w)) {
        l->answer.code = TB_REFUSED_REQUEST;
        return TB_OK;
    }
    l->answer.kind = TB_ANSWER_DEAD_LETTERS;
    tb_err err = TB_OK;
    while (err == TB_OK && out->count < most) {
        err = next_letter(l, w, &out->letters[out->count]);
        out->count += err == TB_OK ? 1 : 0;
    }
    if (err == TB_ERR_NOT_FOUND) {
        return TB_OK;
    }
    return err == TB_OK || err == TB_ERR_LIMIT ? mark_of(l, w, &out->next) : err;
}

/* ---- one of them ---- */

static tb_err find(letters *l, tb_bytes id, tb_stream *out_stream, tb_local_dead_letter *out)
{
    tb_txn *txn = l->b->running.txn;
    uint64_t number;
    tb_hub_refused refused;
    tb_hub_group group;
    tb_err err = tb_letter_name_find(txn, id, out_stream, &number);
    if (err != TB_OK) {
        return err;
    }
    err = tb_hub_refused_get(txn, out_stream, number, &refused);
    if (err == TB_OK) {
        return letter_of_refusal(l, out_stream, &refused, out);
    }
    if (err == TB_ERR_NOT_FOUND) {
        err = held_group(txn, out_stream, number, &group);
    }
    return err == TB_OK ? letter_of_group(l, &out_stream->recipient, out_stream->lane, &group, out)
                        : err;
}

/* The letter alone, as the answer. */
static tb_err show(letters *l, tb_bytes id, tb_stream *out_stream)
{
    tb_local_dead_letters *out = &l->answer.dead_letters;
    out->letters = tb_arena_array(l->b->running.arena, 1, sizeof *out->letters);
    if (out->letters == NULL) {
        return TB_ERR_LIMIT;
    }
    l->answer.kind = TB_ANSWER_DEAD_LETTERS;
    tb_err err = find(l, id, out_stream, &out->letters[0]);
    if (err == TB_ERR_NOT_FOUND) {
        l->answer.code = TB_REFUSED_NO_DEAD_LETTER;
        return TB_OK;
    }
    out->count = err == TB_OK ? 1 : 0;
    return err;
}

static tb_err note_retry(letters *l, const tb_stream *stream, uint64_t number)
{
    tb_running *t = &l->b->running;
    tb_bytes account = l->request->account;
    char *who = tb_arena_alloc(t->arena, account.size + 1); /* zeroed */
    if (who == NULL) {
        return TB_ERR_LIMIT;
    }
    if (account.size > 0) {
        memcpy(who, account.data, account.size);
    }
    tb_effects_note(t->effects, t->arena, TB_LEVEL_INFO,
                    "event=dead_letter_retried sender=%p recipient=%p number=%u account=\"%s\"",
                    &stream->sender, &stream->recipient, number, who);
    return TB_OK;
}

static tb_err retry(letters *l)
{
    tb_stream stream;
    tb_err err = show(l, l->request->retry.id, &stream);
    if (err != TB_OK || l->answer.code != TB_ACCEPTED || l->request->retry.dry_run) {
        return err;
    }
    const tb_local_dead_letter *letter = &l->answer.dead_letters.letters[0];
    if (letter->retry == TB_RETRY_NOTHING || letter->retry == TB_RETRY_REFUSED) {
        l->answer.code = letter->retry == TB_RETRY_NOTHING ? TB_REFUSED_NOTHING_HELD : letter->code;
        return TB_OK;
    }
    tb_live_party *recipient;
    err = tb_running_party(l->b, &stream.recipient, &recipient);
    if (err == TB_OK && recipient->linked) {
        tb_hub_deliver_again(l->b, recipient);
    }
    return err == TB_OK ? note_retry(l, &stream, letter->number) : err;
}

/* ---- requests ---- */

static tb_err answer_it(letters *l)
{
    tb_stream stream;
    switch (l->request->kind) {
    case TB_REQUEST_LIST_DEAD_LETTERS:
        return l->request->page.id.size > 0 ? show(l, l->request->page.id, &stream) : list(l);
    case TB_REQUEST_RETRY_DEAD_LETTER:
        return retry(l);
    default:
        l->answer.code = TB_REFUSED_REQUEST; /* asked of an agent */
        return TB_OK;
    }
}

tb_err tb_hub_local(tb_broker *b, const tb_input *input)
{
    tb_running *t = &b->running;
    letters l = {.b = b};
    tb_local_request request;
    tb_bytes encoded;
    tb_err err = TB_OK;
    l.answer.code = tb_local_request_decode(input->bytes, t->arena, &request);
    if (l.answer.code == TB_ACCEPTED) {
        l.request = &request;
        l.answer.id = request.id;
        err = answer_it(&l);
    }
    if (err == TB_OK && l.answer.code != TB_ACCEPTED) {
        l.answer.kind = TB_ANSWER_NONE;
    }
    if (err == TB_OK) {
        err = tb_local_answer_encode(&l.answer, t->arena, &encoded);
    }
    return err == TB_OK ? tb_effects_answer(t->effects, input->peer, encoded) : err;
}

void tb_broker_dropped(
    void *logic, const tb_input *input, tb_err why, tb_arena *arena, tb_effects *effects)
{
    (void)logic;
    tb_local_request request;
    if (input->kind != TB_INPUT_LOCAL ||
        tb_local_request_decode(input->bytes, arena, &request) != TB_ACCEPTED) {
        return;
    }
    tb_local_answer answer = {
        .id = request.id,
        .code = why == TB_ERR_FULL ? TB_REFUSED_STORE_FULL : TB_REFUSED_NOT_DONE,
        .detail = tb_bytes_str(tb_err_text(why)),
    };
    tb_bytes encoded;
    if (tb_local_answer_encode(&answer, arena, &encoded) == TB_OK) {
        /* Without room even for this the caller hears nothing, and asks again. */
        (void)!tb_effects_answer(effects, input->peer, encoded);
    }
}

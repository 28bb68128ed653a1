#include "base/pack.h"
#include "broker/handlers.h"

/* Standing refusals by recipients per stream; beyond it they are passed on and not kept. */
#define KEPT_PER_STREAM 1024

tb_err tb_hub_refuse_plainly(tb_broker *b, tb_live_party *sender, tb_refusal code, tb_bytes header)
{
    tb_frame frame;
    memset(&frame, 0, sizeof frame);
    frame.kind = TB_FRAME_REFUSED;
    frame.refused.code = code;
    frame.refused.header = header;
    frame.refused.reason = tb_bytes_str(tb_refusal_en(code));
    tb_running *t = &b->running;
    tb_effects_note(t->effects, t->arena, TB_LEVEL_INFO, "event=refused sender=%p code=%s",
                    &sender->id, tb_refusal_key(code));
    return tb_running_send(b, sender->session.peer, &frame);
}

static tb_err refuse_item(tb_broker *b,
                          tb_live_party *sender,
                          tb_live_stream *live,
                          const tb_item *item,
                          uint64_t number,
                          tb_refusal code,
                          bool keep)
{
    tb_running *t = &b->running;
    tb_fresh_refusal *refusal = tb_arena_alloc(t->arena, sizeof *refusal);
    if (refusal == NULL) {
        return TB_ERR_LIMIT;
    }

    refusal->stream = live;
    refusal->sender = sender;
    refusal->header = item->header_bytes;
    refusal->keep = keep;
    refusal->line.kind = TB_LINE_REFUSED;
    refusal->line.stream = live->stream;
    refusal->line.from = number;
    refusal->line.digest = item->digest;
    refusal->line.code = code;
    if (t->refusals == NULL) {
        t->refusals = refusal;
    } else {
        t->last_refusal->next = refusal;
    }
    t->last_refusal = refusal;
    t->refusal_count++;
    return TB_OK;
}

tb_err tb_hub_refuse_group(tb_broker *b,
                           tb_live_party *sender,
                           tb_live_stream *live,
                           const tb_group *group,
                           tb_refusal code,
                           bool keep)
{
    tb_running *t = &b->running;
    bool allowed = true;
    if (keep) {
        tb_err err = tb_hub_new_stream(b, sender, live, &allowed);
        if (err != TB_OK) {
            return err;
        }
        if (allowed) {
            live->changed = true;
        }
    }

    tb_effects_note(t->effects, t->arena, TB_LEVEL_INFO,
                    "event=refused sender=%p recipient=%p code=%s count=%u", &sender->id,
                    &live->stream.recipient, tb_refusal_key(code), (uint64_t)group->item_count);
    for (size_t i = 0; i < group->item_count; i++) {
        tb_err err = refuse_item(b, sender, live, &group->items[i], tb_group_number(group, i), code,
                                 keep && allowed);
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

tb_err tb_hub_refuse_item(tb_broker *b,
                          tb_live_party *sender,
                          tb_live_stream *live,
                          const tb_group *group,
                          size_t item,
                          tb_refusal code)
{
    tb_running *t = &b->running;
    bool allowed;
    tb_err err = tb_hub_new_stream(b, sender, live, &allowed);
    if (err != TB_OK) {
        return err;
    }
    live->changed |= allowed;
    tb_effects_note(t->effects, t->arena, TB_LEVEL_INFO,
                    "event=refused sender=%p recipient=%p number=%u code=%s", &live->stream.sender,
                    &live->stream.recipient, tb_group_number(group, item), tb_refusal_key(code));
    return refuse_item(b, sender, live, &group->items[item], tb_group_number(group, item), code,
                       allowed);
}

static tb_err tell(tb_broker *b, tb_live_party *sender, tb_bytes packed)
{
    tb_frame frame;
    memset(&frame, 0, sizeof frame);
    frame.kind = TB_FRAME_REFUSED;
    frame.refused.has_line = true;
    if (tb_signed_line_decode(packed, b->running.arena, &frame.refused.line) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    tb_err err = tb_hub_renew_line(b, &frame.refused.line, NULL);
    if (err != TB_OK) {
        return err;
    }
    frame.refused.code = frame.refused.line.line.code;
    frame.refused.reason = tb_bytes_str(tb_refusal_en(frame.refused.code));
    return tb_running_send(b, sender->session.peer, &frame);
}

tb_err tb_hub_refused_before(tb_broker *b,
                             tb_live_party *sender,
                             tb_live_stream *live,
                             const tb_group *group,
                             bool *out_told)
{
    *out_told = false;
    for (size_t i = 0; i < group->item_count; i++) {
        if (group->items[i].refusal != NULL) {
            continue;
        }
        tb_hub_refused row;
        tb_err err =
            tb_hub_refused_get(b->running.txn, &live->stream, tb_group_number(group, i), &row);
        if (err == TB_ERR_NOT_FOUND) {
            continue;
        }
        if (err != TB_OK) {
            return err;
        }
        *out_told = true; /* a recipient refuses only what was stored */
        err = tell(b, sender, row.line);
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

/* A filler's line is signed by the hub, the recipient, or for an expiry the sender. */
static const tb_directory_key *filler_key(const tb_directory *directory, const tb_signed_line *line)
{
    const tb_party *signer = &line->root.signer;
    if (tb_bytes_equal(tb_party_bytes(signer), tb_bytes_str(TB_HUB_PARTY))) {
        return tb_directory_hub_key_at(directory, &line->root.key, line->line.at);
    }
    bool recipient = tb_party_equal(signer, &line->line.stream.recipient);
    bool sender =
        tb_party_equal(signer, &line->line.stream.sender) && line->line.code == TB_REFUSED_EXPIRED;
    if (!recipient && !sender) {
        return NULL;
    }
    const tb_directory_key *key = tb_directory_signing_key(directory, signer, &line->root.key);
    /* As strict as the recipient will be: one it refuses would stop the stream for good. */
    if (key == NULL) {
        return NULL;
    }
    bool counts = sender ? tb_directory_expired_counts(directory, &key->id, &line->line.stream,
                                                       line->line.from, line->line.at)
                         : tb_directory_line_counts(directory, signer, &key->id, line->line.at);
    return counts ? key : NULL;
}

bool tb_hub_filler_good(tb_broker *b, const tb_group *group, size_t item)
{
    const tb_signed_line *line = group->items[item].refusal;
    const tb_directory_key *key = filler_key(b->running.directory, line);
    return key != NULL && tb_signed_line_verify(line, &b->hub, &key->key, &b->roots) == TB_ACCEPTED;
}

static tb_refusal check_refused(tb_broker *b, tb_live_party *recipient, const tb_signed_line *line)
{
    if (!tb_party_equal(&line->line.stream.recipient, &recipient->id) ||
        !tb_party_equal(&line->root.signer, &recipient->id)) {
        return TB_REFUSED_NOT_SPEAKER;
    }
    const tb_directory_key *key =
        tb_directory_signing_key(b->running.directory, &recipient->id, &line->root.key);
    if (key == NULL) {
        return TB_REFUSED_UNKNOWN_KEY;
    }
    if (!tb_directory_line_counts(b->running.directory, &recipient->id, &key->id, line->line.at)) {
        return TB_REFUSED_KEY_REVOKED;
    }
    return tb_signed_line_verify(line, &b->hub, &key->key, &b->roots);
}

/* The first word about a number stands, but for what the recipient's people did with a notice that
 * was set aside: that is the last word, and kept as long as the first would have been. */
static tb_err replace_refusal(tb_broker *b,
                              tb_live_stream *live,
                              const tb_signed_line *line,
                              const tb_hub_refused *held)
{
    bool settled =
        line->line.code == TB_REFUSED_APPLIED_LATER || line->line.code == TB_REFUSED_DROPPED;
    if (held->by_hub || !settled) {
        return TB_OK;
    }
    tb_hub_refused row = {line->line.from, false, held->at, {NULL, 0}};
    tb_err err = tb_signed_line_encode(line, b->running.arena, &row.line);
    bool is_new;
    return err == TB_OK ? tb_hub_refused_put(b->running.txn, &live->stream, &row, &is_new) : err;
}

tb_err tb_hub_refused_keep(tb_broker *b, tb_live_stream *live, const tb_signed_line *line)
{
    tb_running *t = &b->running;
    tb_hub_refused held;
    tb_err err = tb_hub_refused_get(t->txn, &live->stream, line->line.from, &held);
    if (err == TB_OK) {
        return replace_refusal(b, live, line, &held);
    }
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }

    tb_hub_refused row = {line->line.from, false, t->now.real, {NULL, 0}};
    err = tb_signed_line_encode(line, t->arena, &row.line);
    if (err != TB_OK) {
        return err;
    }
    bool is_new;
    err = tb_hub_refused_put(t->txn, &live->stream, &row, &is_new);
    if (err != TB_OK) {
        return err;
    }
    TB_ASSERT(is_new);
    live->row.refused++;
    live->changed = true;
    live->fork_known = false;

    uint8_t key[TB_STREAM_KEY_BYTES + 8];
    tb_writer w;
    tb_writer_init(&w, key, sizeof key);
    tb_put_raw(&w, live->key.bytes, sizeof live->key.bytes);
    tb_put_u64(&w, row.number);
    return tb_due_put(t->txn, t->now.real + TB_NOTICE_LIFE_MS, TB_DUE_REFUSED,
                      tb_bytes_of(key, w.size));
}

static tb_err keep_by_recipient(tb_broker *b, tb_live_stream *live, const tb_signed_line *line)
{
    /* One place is left for a fork, which ends the stream: its sender must not use them all up. */
    uint32_t most = KEPT_PER_STREAM + (line->line.code == TB_REFUSED_FORK ? 1 : 0);
    return live->row.refused >= most ? TB_OK : tb_hub_refused_keep(b, live, line);
}

/* A row that does not read says nothing. */
static bool is_fork(tb_broker *b, const tb_hub_refused *row)
{
    tb_signed_line line;
    size_t mark = tb_arena_mark(b->running.arena);
    bool fork = !row->by_hub &&
                tb_signed_line_decode(row->line, b->running.arena, &line) == TB_ACCEPTED &&
                line.line.code == TB_REFUSED_FORK;
    tb_arena_release(b->running.arena, mark);
    return fork;
}

tb_err tb_hub_forked(tb_broker *b, tb_live_stream *live, bool *out)
{
    *out = live->fork_known && live->forked;
    if (live->row.refused == 0 || live->fork_known) {
        return TB_OK;
    }

    tb_hub_refused row;
    uint64_t at = live->row.arrived.number + 1;
    tb_err err = tb_hub_refused_at(b->running.txn, &live->stream, at, &row);
    while (err == TB_OK && !*out) {
        *out = is_fork(b, &row);
        err = tb_hub_refused_at(b->running.txn, &live->stream, row.number + 1, &row);
    }
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    live->fork_known = true;
    live->forked = *out;
    return TB_OK;
}

tb_err tb_hub_notice_refused(tb_broker *b, tb_live_party *recipient, const tb_refused *refused)
{
    tb_running *t = &b->running;
    const tb_signed_line *line = &refused->line;
    tb_refusal code = refused->has_line ? check_refused(b, recipient, line) : TB_REFUSED_MALFORMED;
    if (code != TB_ACCEPTED) {
        tb_bytes none = {NULL, 0};
        tb_err err = tb_hub_raise(b, &recipient->id, code, line->encoded, none);
        return err == TB_OK ? tb_hub_dismiss(b, recipient, recipient->session.peer, code) : err;
    }

    tb_live_stream *live;
    tb_err err = tb_running_stream(b, &line->line.stream, &live);
    if (err != TB_OK) {
        return err;
    }
    tb_effects_note(t->effects, t->arena, TB_LEVEL_INFO,
                    "event=notice_refused sender=%p recipient=%p number=%u code=%s",
                    &live->stream.sender, &recipient->id, line->line.from,
                    tb_refusal_key(line->line.code));
    if (line->line.from > live->row.stored.number) {
        /* Its sender has it still. Of what the recipient's Hello showed the hub knows why. */
        return line->line.from <= live->row.claimed
                   ? TB_OK
                   : tb_hub_raise(b, &recipient->id, TB_REFUSED_UNSTORED, line->encoded,
                                  tb_bytes_of(NULL, 0));
    }
    err = keep_by_recipient(b, live, line);
    if (err != TB_OK) {
        return err;
    }

    tb_live_party *sender;
    err = tb_running_party(b, &live->stream.sender, &sender);
    if (err != TB_OK || !sender->linked) {
        return err;
    }
    tb_frame frame;
    memset(&frame, 0, sizeof frame);
    frame.kind = TB_FRAME_REFUSED;
    frame.refused = *refused;
    return tb_running_send(b, sender->session.peer, &frame);
}

tb_err tb_hub_refused_trim(tb_broker *b, tb_live_stream *live, uint64_t upto)
{
    if (live->row.refused == 0) {
        return TB_OK;
    }

    tb_hub_refused row;
    tb_err err = tb_hub_refused_at(b->running.txn, &live->stream, 0, &row);
    while (err == TB_OK && row.number <= upto) {
        if (row.by_hub) {
            err = tb_hub_refused_del(b->running.txn, &live->stream, row.number);
            if (err != TB_OK) {
                return err;
            }
            live->row.refused -= live->row.refused > 0 ? 1 : 0;
            live->changed = true;
        }
        err = tb_hub_refused_at(b->running.txn, &live->stream, row.number + 1, &row);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_hub_refused_due(tb_broker *b, const tb_due *due)
{
    tb_reader r;
    tb_reader_init(&r, tb_bytes_of(due->key, due->size));
    tb_stream_key key;
    tb_get_raw(&r, key.bytes, sizeof key.bytes);
    uint64_t number = tb_get_u64(&r);
    TB_ASSERT(tb_reader_done(&r)); /* who calls has looked at its size */
    tb_stream stream;
    tb_live_stream *live;
    tb_err err = tb_stream_key_read(tb_bytes_of(key.bytes, sizeof key.bytes), &stream);
    if (err == TB_OK) {
        err = tb_running_stream(b, &stream, &live);
    }
    if (err != TB_OK) {
        return err;
    }
    err = tb_hub_refused_del(b->running.txn, &stream, number);
    if (err == TB_ERR_NOT_FOUND) {
        return TB_OK;
    }
    if (err != TB_OK) {
        return err;
    }
    live->row.refused -= live->row.refused > 0 ? 1 : 0;
    live->changed = true;
    return TB_OK;
}

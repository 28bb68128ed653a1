#include "base/mutant.h"
#include "broker/handlers.h"

/* Groups trimmed at once; a due row remembers the rest. */
#define TRIM_SLICE 256
/* A recipient that misses a number gets everything again at most this often. */
#define AGAIN_EVERY_MS 1000

/* The line is an arrived mark of this recipient, under a key that may still speak. */
static tb_refusal check_line(tb_broker *b, const tb_signed_line *line)
{
    const tb_party *signer = &line->line.stream.recipient;
    if (line->line.kind != TB_LINE_ARRIVED || line->line.to == 0) {
        return TB_REFUSED_MALFORMED;
    }
    if (!tb_party_equal(&line->root.signer, signer)) {
        return TB_REFUSED_NOT_SPEAKER;
    }
    const tb_directory *directory = b->running.directory;
    const tb_directory_key *key = tb_directory_signing_key(directory, signer, &line->root.key);
    if (key == NULL) {
        return TB_REFUSED_UNKNOWN_KEY;
    }
    /* A stolen key must not trim what its owner never got. */
    if (!tb_directory_line_counts(directory, signer, &key->id, line->line.at)) {
        return TB_REFUSED_KEY_REVOKED;
    }
    return tb_signed_line_verify(line, &b->hub, &key->key, &b->roots);
}

static tb_err
drop_place(tb_broker *b, tb_live_stream *live, tb_live_party *recipient, const tb_hub_place *place)
{
    tb_running *t = &b->running;
    const tb_stream *stream = &live->stream;
    tb_err err = tb_hub_group_del(t->txn, &stream->recipient, stream->lane, place->seq);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }
    err = tb_hub_place_del(t->txn, stream, place->from);
    if (err != TB_OK) {
        return err;
    }
    for (size_t i = 0; i < place->shared_count; i++) {
        tb_notice_name name = {stream->sender, stream->incarnation, place->shared[i]};
        err = tb_hub_body_drop(t->txn, &name);
        if (err != TB_OK) {
            return err;
        }
    }

    tb_hub_session *session = &recipient->session;
    if (recipient->linked && place->seq <= session->cursor[stream->lane - TB_LANE_FIRST]) {
        session->in_flight -= place->bytes < session->in_flight ? place->bytes : session->in_flight;
        recipient->changed = true;
        recipient->deliver = true; /* it may be somebody else who showed the mark */
    }
    return TB_OK;
}

/* Deletes what the arrived mark covers, a slice at a time. */
static tb_err trim(tb_broker *b, tb_live_stream *live)
{
    tb_running *t = &b->running;
    tb_live_party *recipient;
    tb_err err = tb_running_party(b, &live->stream.recipient, &recipient);
    if (err != TB_OK) {
        return err;
    }

    uint64_t freed = 0;
    size_t done = 0;
    tb_hub_place place;
    err = tb_hub_place_at(t->txn, &live->stream, 0, &place);
    while (err == TB_OK && place.to <= live->row.arrived.number + TB_MUTANT(TRIM_OFF_BY_ONE) &&
           done < TRIM_SLICE) {
        err = drop_place(b, live, recipient, &place);
        if (err != TB_OK) {
            return err;
        }
        freed += place.bytes;
        done++;
        err = tb_hub_place_at(t->txn, &live->stream, place.to + 1, &place);
    }
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    if (freed > 0) {
        tb_err freeing = tb_hub_share_free(b, &live->stream.sender, &live->stream.recipient, freed);
        if (freeing != TB_OK) {
            return freeing;
        }
    }
    if (err == TB_OK && done == TRIM_SLICE) {
        err = tb_due_put(t->txn, t->now.real, TB_DUE_TRIM,
                         tb_bytes_of(live->key.bytes, sizeof live->key.bytes));
        if (err != TB_OK) {
            return err;
        }
    }
    return tb_hub_refused_trim(b, live, live->row.arrived.number);
}

tb_err tb_hub_trim_due(tb_broker *b, const tb_due *due)
{
    tb_stream stream;
    tb_err err = tb_stream_key_read(tb_bytes_of(due->key, due->size), &stream);
    if (err != TB_OK) {
        return err;
    }
    tb_live_stream *live;
    err = tb_running_stream(b, &stream, &live);
    if (err != TB_OK) {
        return err;
    }

    return trim(b, live);
}

/* The mark that is held, signed anew after its signer's keys changed: the old key's word may not
 * count any longer. */
static bool renews(tb_broker *b, const tb_hub_mark *held, const tb_signed_line *line)
{
    tb_signed_line old;
    return line->line.to == held->number && held->line.size > 0 &&
           tb_signed_line_decode(held->line, b->running.arena, &old) == TB_ACCEPTED &&
           !tb_key_id_equal(&old.root.key, &line->root.key) && line->line.at >= old.line.at;
}

/* A verified mark at or below what the hub holds: kept as the newest, and what it covers goes. */
static tb_err advance(tb_broker *b, tb_live_stream *live, const tb_signed_line *line)
{
    tb_hub_mark *arrived = &live->row.arrived;
    if (line->line.to <= arrived->number && !renews(b, arrived, line)) {
        return TB_OK;
    }

    tb_bytes packed;
    tb_err err = tb_signed_line_encode(line, b->running.arena, &packed);
    if (err != TB_OK) {
        return err;
    }
    arrived->number = line->line.to;
    arrived->digest = line->line.digest;
    arrived->line = packed;
    live->changed = !TB_MUTANT(MARK_UNKEPT);
    live->show_arrived = true;
    return trim(b, live);
}

static tb_err ended(tb_broker *b, tb_live_party *party, tb_refusal code, tb_bytes evidence)
{
    tb_bytes none = {NULL, 0};
    tb_err err = tb_hub_raise(b, &party->id, code, evidence, none);
    if (err != TB_OK) {
        return err;
    }
    return tb_hub_dismiss(b, party, party->session.peer, code);
}

/* A mark above what the hub holds: good when the Hello of this recipient said so, else an alarm. */
static tb_err
beyond(tb_broker *b, tb_live_party *recipient, tb_live_stream *live, const tb_signed_line *line)
{
    bool claimed = live->row.claimed == line->line.to &&
                   tb_digest_equal(&live->row.claimed_digest, &line->line.digest);
    if (!claimed) {
        tb_bytes none = {NULL, 0};
        return tb_hub_raise(b, &recipient->id, TB_REFUSED_GAP, line->encoded, none);
    }
    tb_hub_base(b, live, line->line.to, &line->line.digest);
    return advance(b, live, line);
}

static tb_err take_line(tb_broker *b, tb_live_party *recipient, const tb_signed_line *line)
{
    if (!tb_party_equal(&line->line.stream.recipient, &recipient->id)) {
        return ended(b, recipient, TB_REFUSED_NOT_SPEAKER, line->encoded);
    }
    tb_refusal refused = check_line(b, line);
    if (refused != TB_ACCEPTED) {
        return ended(b, recipient, refused, line->encoded);
    }

    tb_live_stream *live;
    tb_err err = tb_running_stream(b, &line->line.stream, &live);
    if (err != TB_OK) {
        return err;
    }
    if (line->line.to > live->row.stored.number) {
        return beyond(b, recipient, live, line);
    }
    bool agrees;
    err = tb_hub_agrees(b, recipient, live, line->line.to, &line->line.digest, &agrees);
    if (err != TB_OK) {
        return err;
    }
    /* Its word against the sender's, who may have forked its stream after we lost our store: the
     * alarm is raised, and neither loses its session by what the other says. */
    return agrees ? advance(b, live, line) : TB_OK;
}

tb_err tb_hub_taken(tb_broker *b, tb_live_party *recipient, const tb_lines *lines)
{
    tb_time now = b->running.now.real;
    size_t roots = 0;
    for (size_t i = 0; i < lines->count && recipient->linked; i++) {
        const tb_signed_line *line = &lines->lines[i];
        roots += i == 0 || !tb_signed_line_same_root(line - 1, line) ? 1 : 0;
        if (roots > TB_FRAME_ROOTS_MAX) {
            break; /* as lost */
        }
        tb_err err = take_line(b, recipient, line);
        if (err != TB_OK) {
            return err;
        }
    }
    if (!recipient->linked) {
        return TB_OK;
    }

    recipient->session.progress = now;
    recipient->session.repeats = 0;
    recipient->changed = true;
    recipient->deliver = true;
    tb_time since = now - recipient->session.reset;
    if (lines->again && (since < 0 || since >= AGAIN_EVERY_MS)) {
        tb_hub_deliver_again(b, recipient);
    }
    return TB_OK;
}

/* Nothing would come of it: the hub holds this mark, or a later one. */
static bool is_known(tb_broker *b, const tb_live_stream *live, const tb_signed_line *line)
{
    const tb_hub_mark *held = &live->row.arrived;
    bool same = line->line.to == held->number && tb_digest_equal(&line->line.digest, &held->digest);
    return line->line.to < held->number || (same && !renews(b, held, line));
}

static tb_err ignored(tb_broker *b, const tb_party *party)
{
    tb_effects_note(b->running.effects, b->running.arena, TB_LEVEL_WARN,
                    "event=mark_ignored party=%p", party);
    return TB_OK;
}

/* An arrived mark shown by the sender: the base of a hub that lost its store. */
static tb_err show_arrived(tb_broker *b,
                           tb_live_party *sender,
                           const tb_signed_line *line,
                           tb_refusal *out_refused)
{
    *out_refused = TB_REFUSED_NOT_SPEAKER;
    if (!tb_party_equal(&line->line.stream.sender, &sender->id)) {
        return ignored(b, &sender->id);
    }
    tb_live_stream *live;
    tb_err err = tb_running_stream(b, &line->line.stream, &live);
    if (err != TB_OK) {
        return err;
    }
    bool known = is_known(b, live, line);
    *out_refused = known ? TB_ACCEPTED : check_line(b, line);
    if (known || *out_refused != TB_ACCEPTED) {
        return known ? TB_OK : ignored(b, &sender->id);
    }
    bool good;
    if (line->line.to > live->row.stored.number && TB_MUTANT(BASE_IGNORED)) {
        return TB_OK;
    }
    if (line->line.to > live->row.stored.number) {
        err = tb_hub_new_stream(b, sender, live, &good);
        if (err == TB_OK && good) {
            tb_hub_base(b, live, line->line.to, &line->line.digest);
        }
    } else {
        err = tb_hub_agrees(b, sender, live, line->line.to, &line->line.digest, &good);
    }
    if (err != TB_OK || !good) {
        return err;
    }
    return advance(b, live, line);
}

static tb_err show_taken(tb_broker *b, tb_live_party *recipient, const tb_stream_at *at)
{
    if (!tb_party_equal(&at->stream.recipient, &recipient->id) || at->number == 0 ||
        tb_directory_find(b->running.directory, &at->stream.sender) == NULL) {
        return ignored(b, &recipient->id);
    }

    tb_live_stream *live;
    tb_err err = tb_running_stream(b, &at->stream, &live);
    if (err != TB_OK) {
        return err;
    }
    return tb_hub_claim(b, recipient, live, at->number, &at->digest);
}

tb_err tb_hub_hello_marks(tb_broker *b, tb_live_party *party, const tb_hello *hello)
{
    /* Each that is not known costs a verification. Behind one that failed no other is looked at: an
     * agent shows what it has verified itself. */
    tb_refusal refused = TB_ACCEPTED;
    for (size_t i = 0;
         i < hello->arrived_count && refused != TB_REFUSED_SIGNATURE && refused != TB_REFUSED_PROOF;
         i++) {
        tb_err err = show_arrived(b, party, &hello->arrived[i], &refused);
        if (err != TB_OK) {
            return err;
        }
    }
    for (size_t i = 0; i < hello->taken_count; i++) {
        tb_err err = show_taken(b, party, &hello->taken[i]);
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

#include "base/mutant.h"
#include "broker/submission.h"

/* A number is missing before the group, most often because the ones before it found no room. */
static tb_err missing(tb_submission *s, tb_live_stream *live)
{
    tb_hub_share share;
    tb_err err =
        tb_hub_share_get(s->b->running.txn, &s->sender->id, &live->stream.recipient, &share);
    if (err != TB_OK) {
        return err;
    }

    live->held = true;
    if (share.closed) {
        return tb_hub_share_close(s->b, s->sender, &live->stream.recipient);
    }
    live->show_stored = true;
    s->sender->again = true;
    return TB_OK;
}

static tb_refusal recipient_state(const tb_broker *b, const tb_party *recipient)
{
    const tb_directory_party *party = tb_directory_find(b->running.directory, recipient);
    if (party == NULL) {
        return TB_REFUSED_UNKNOWN_PARTY;
    }
    return party->state == TB_PARTY_ACTIVE ? TB_ACCEPTED : TB_REFUSED_NOT_ACTIVE;
}

/* It has no line now and may have one again: its numbers stay with their senders. */
static bool off_line(const tb_broker *b, const tb_party *recipient)
{
    const tb_directory_party *party = tb_directory_find(b->running.directory, recipient);
    return party != NULL && party->state == TB_PARTY_OFF_LINE;
}

static bool only_fillers(const tb_group *group)
{
    for (size_t i = 0; i < group->item_count; i++) {
        if (group->items[i].refusal == NULL) {
            return false;
        }
    }
    return true;
}

/* Whether the group, next in its stream, is taken now; otherwise the sender has been told why. */
static tb_err
find_room(tb_submission *s, tb_live_stream *live, const tb_fresh_group *fresh, bool *out_room)
{
    tb_broker *b = s->b;
    *out_room = false;
    tb_refusal refused = recipient_state(b, &live->stream.recipient);
    if (refused == TB_REFUSED_NOT_ACTIVE && off_line(b, &live->stream.recipient) &&
        !only_fillers(fresh->group)) {
        return tb_hub_share_wait(b, s->sender, &live->stream.recipient);
    }
    if (refused == TB_REFUSED_UNKNOWN_PARTY ||
        (refused != TB_ACCEPTED && !only_fillers(fresh->group))) {
        return tb_hub_refuse_group(b, s->sender, live, fresh->group, refused,
                                   refused != TB_REFUSED_UNKNOWN_PARTY);
    }
    if (live->row.refused > 0) {
        bool told;
        tb_err err = tb_hub_refused_before(b, s->sender, live, fresh->group, &told);
        if (err != TB_OK || told) {
            return err;
        }
    }
    bool over;
    tb_err ended = tb_hub_expiry_refuse(b, s->sender, live, fresh->group, &over);
    if (ended != TB_OK || over) {
        return ended;
    }
    if (!tb_running_room(b, fresh->bytes)) {
        return tb_hub_refuse_plainly(b, s->sender, TB_REFUSED_STORE_FULL,
                                     fresh->group->items[0].header_bytes);
    }

    bool room;
    tb_err err = tb_hub_share_room(b, &s->sender->id, &live->stream.recipient, &room);
    if (err != TB_OK) {
        return err;
    }
    if (!room) {
        return tb_hub_share_close(b, s->sender, &live->stream.recipient);
    }
    *out_room = true;
    return TB_OK;
}

/* Another content under the name of a body that is held is the sender's fork. */
static tb_err bodies_agree(tb_submission *s, const tb_fresh_group *fresh, bool *out_agree)
{
    *out_agree = true;
    for (size_t i = 0; i < fresh->shared_count && *out_agree; i++) {
        const tb_kept_body *kept = &fresh->shared[i];
        tb_digest held;
        tb_err err = tb_hub_body_digest(s->b->running.txn, &kept->name, &held);
        if (err == TB_OK) {
            *out_agree = tb_digest_equal(&held, &kept->digest);
        } else if (err != TB_ERR_NOT_FOUND) {
            return err;
        }
    }
    return TB_OK;
}

static void append(tb_running *t, tb_fresh_group *fresh)
{
    if (t->groups == NULL) {
        t->groups = fresh;
    } else {
        t->last_group->next = fresh;
    }
    t->last_group = fresh;
    t->group_count++;
}

/* What the recipient said it holds is now known from the sender itself. */
static tb_err settle_claim(tb_submission *s, tb_live_stream *live, const tb_fresh_group *fresh)
{
    tb_hub_stream *row = &live->row;
    bool covered = row->claimed >= fresh->from && row->claimed <= fresh->to;
    const tb_item *item = &fresh->group->items[covered ? row->claimed - fresh->from : 0];
    bool other = covered && !tb_digest_equal(&item->digest, &row->claimed_digest);
    tb_digest claimed = row->claimed_digest;
    tb_hub_settle_claim(live);
    if (!other) {
        return TB_OK;
    }
    return tb_hub_raise(s->b, &live->stream.recipient, TB_REFUSED_FORK, item->header_bytes,
                        tb_bytes_of(claimed.bytes, TB_DIGEST_BYTES));
}

/* The sender goes on behind a number that its recipient says it holds. */
static bool follows_claim(const tb_live_stream *live, const tb_group *group)
{
    const tb_item *first = &group->items[0];
    const tb_entry *entry = tb_header_entry(&first->header, &group->recipient);
    return live->row.claimed != 0 && entry->number == live->row.claimed + 1 &&
           tb_digest_equal(&entry->previous, &live->row.claimed_digest);
}

static tb_err take(tb_submission *s, tb_live_stream *live, tb_fresh_group *fresh)
{
    tb_running *t = &s->b->running;
    for (size_t i = 0; i < fresh->shared_count; i++) {
        const tb_kept_body *kept = &fresh->shared[i];
        tb_err err = tb_hub_body_use(t->txn, &kept->name, &kept->digest, kept->body);
        if (err != TB_OK) {
            return err;
        }
    }
    tb_err err = tb_hub_share_add(s->b, &s->sender->id, &live->stream.recipient, fresh->bytes);
    if (err != TB_OK) {
        return err;
    }
    err = tb_running_party(s->b, &live->stream.recipient, &fresh->recipient);
    if (err != TB_OK) {
        return err;
    }

    const tb_item *last = &fresh->group->items[fresh->group->item_count - 1];
    live->row.stored.number = fresh->to;
    live->row.stored.digest = last->digest;
    live->row.stored.line.size = 0; /* signed when the turn closes */
    live->changed = true;
    fresh->stream = live;
    fresh->sender = s->sender;
    append(t, fresh);
    return settle_claim(s, live, fresh);
}

/* The next group of its stream, proven and whole: taken, or the sender is told why not. */
static tb_err offer(tb_submission *s, tb_live_stream *live, tb_fresh_group *fresh)
{
    const tb_item *first = &fresh->group->items[0];
    if (!tb_digest_equal(&tb_header_entry(&first->header, &fresh->group->recipient)->previous,
                         &live->row.stored.digest) &&
        !TB_MUTANT(PREVIOUS_UNCHECKED)) {
        return tb_submission_contradicted(s, live, first);
    }
    bool room;
    tb_err err = find_room(s, live, fresh, &room);
    if (err != TB_OK) {
        return err;
    }
    if (!room) {
        live->held = true;
        return TB_OK;
    }

    bool agree;
    err = bodies_agree(s, fresh, &agree);
    if (err != TB_OK) {
        return err;
    }
    if (!agree) {
        tb_bytes none = {NULL, 0};
        return tb_submission_forked(s, first, none);
    }
    bool allowed;
    err = tb_hub_new_stream(s->b, s->sender, live, &allowed);
    if (err != TB_OK) {
        return err;
    }
    if (!allowed) {
        live->held = true;
        return tb_hub_refuse_plainly(s->b, s->sender, TB_REFUSED_STORE_FULL, first->header_bytes);
    }
    return take(s, live, fresh);
}

/* What does not verify uses no number: the session ends and the header is kept as evidence. */
static tb_err reject(tb_submission *s, const tb_group *group, tb_refusal code)
{
    tb_bytes none = {NULL, 0};
    tb_err err = tb_hub_raise(s->b, &s->sender->id, code, group->items[0].header_bytes, none);
    if (err != TB_OK) {
        return err;
    }
    return tb_hub_dismiss(s->b, s->sender, s->sender->session.peer, code);
}

static tb_err look_at(tb_submission *s, tb_group *group, uint64_t *bytes)
{
    tb_broker *b = s->b;
    tb_refusal refused = tb_submission_who(s, group);
    if (refused != TB_ACCEPTED) {
        return reject(s, group, refused);
    }
    tb_stream stream = tb_group_stream(group);
    tb_live_stream *live;
    bool held;
    tb_err err = tb_running_stream(b, &stream, &live);
    if (err == TB_OK) {
        err = tb_submission_held(b, live, group, &held);
    }
    if (err != TB_OK) {
        return err;
    }
    if (held) {
        live->show_stored = true;
        return TB_OK;
    }

    tb_fresh_group *fresh = tb_arena_alloc(b->running.arena, sizeof *fresh);
    if (fresh == NULL) {
        return TB_ERR_LIMIT;
    }
    group->has_stamp = false;
    fresh->group = group;
    err = tb_submission_check(s, fresh, &refused);
    if (err != TB_OK) {
        return err;
    }
    if (refused != TB_ACCEPTED) {
        return reject(s, group, refused);
    }

    if (fresh->from <= live->row.stored.number) {
        return tb_submission_repeated(s, live, group);
    }
    *bytes += fresh->bytes;
    if (live->held) {
        return TB_OK;
    }
    if (follows_claim(live, group)) {
        tb_hub_base(b, live, live->row.claimed, &live->row.claimed_digest);
    }
    if (fresh->from > live->row.stored.number + 1) {
        return missing(s, live);
    }
    return offer(s, live, fresh);
}

tb_err tb_hub_submit(tb_broker *b, tb_live_party *sender, const tb_carry *carry)
{
    tb_submission s = {b, sender, carry, NULL, NULL, 0};
    if (!tb_hub_may_sign(b)) {
        tb_effects_note(b->running.effects, b->running.arena, TB_LEVEL_ERROR,
                        "event=hub_key_taken what=\"the directory gives the hub other keys; start "
                        "it with them\" party=%p",
                        &sender->id);
        return TB_OK;
    }
    s.digested = tb_arena_array(b->running.arena, carry->body_count + 1, sizeof *s.digested);
    s.digests = tb_arena_array(b->running.arena, carry->body_count + 1, sizeof *s.digests);
    if (s.digests == NULL || s.digested == NULL) {
        return TB_ERR_LIMIT;
    }

    /* A group that ends the session ends the frame. Roots count whether they were verified before
     * or not: what is taken does not depend on what happens to be remembered. */
    uint64_t bytes = 0;
    size_t roots = 0;
    for (size_t i = 0; i < carry->group_count && sender->linked; i++) {
        roots += i == 0 || !tb_group_same_root(&carry->groups[i - 1], &carry->groups[i]) ? 1 : 0;
        if (bytes >= TB_FRAME_LOOKED_BYTES || roots > TB_FRAME_ROOTS_MAX) {
            sender->again = true;
            return TB_OK;
        }
        tb_err err = look_at(&s, &carry->groups[i], &bytes);
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

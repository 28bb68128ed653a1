#include "agents/own_anew.h"

#include "agents/chain.h"
#include "agents/measures.h"
#include "agents/outbox.h"
#include "agents/own_cut.h"
#include "agents/passing.h"
#include "messages/link.h"

typedef struct beyond {
    tb_stream stream;
    tb_stream_out_row *row;
    tb_outbox_row first; /* the first group that counts for nobody */
    tb_digest previous;  /* of the header before it */
} beyond;

/* A notice of ours: its number names it in one incarnation alone. */
typedef struct named {
    tb_incarnation incarnation;
    uint64_t notice;
} named;

typedef struct redoing {
    tb_step *step;
    beyond *streams;
    size_t stream_count;
    size_t stream_capacity;
    named *notices; /* ascending, none twice */
    size_t notice_count;
    size_t notice_capacity;
} redoing;

/* ---- which ---- */

static bool counts(const tb_step *step, const tb_group *group)
{
    tb_stream stream = tb_group_stream(group);
    return tb_group_number(group, group->item_count - 1) <=
           tb_directory_good_until(step->agent->directory, &step->agent->self, &group->root.key,
                                   &stream.incarnation, &stream.recipient, stream.lane);
}

static tb_err
read_group(tb_step *step, const tb_stream *stream, const tb_outbox_row *kept, tb_group *out)
{
    tb_bytes encoded;
    tb_err err = tb_outbox_group(step->txn, stream, kept, &encoded);
    if (err != TB_OK) {
        return err;
    }
    return tb_group_decode(encoded, step->arena, out) == TB_ACCEPTED ? TB_OK : TB_ERR_CORRUPT;
}

/* The first group of a stream that does not count. */
static tb_err find_first(tb_step *step, const tb_stream *stream, beyond *out, bool *out_found)
{
    uint64_t behind = 0;
    *out_found = false;
    for (;;) {
        tb_outbox_row kept;
        tb_group group;
        tb_err err = tb_outbox_after(step->txn, stream, behind, &kept);
        if (err == TB_OK) {
            err = read_group(step, stream, &kept, &group);
        }
        if (err != TB_OK) {
            return err == TB_ERR_NOT_FOUND ? TB_OK : err;
        }
        if (!counts(step, &group)) {
            *out_found = true;
            out->first = kept;
            out->previous = tb_header_entry(&group.items[0].header, &stream->recipient)->previous;
            return TB_OK;
        }
        behind = kept.to;
    }
}

static tb_err find_streams(redoing *r)
{
    tb_step *step = r->step;
    tb_bytes cursor = {NULL, 0};
    tb_err err = TB_OK;
    while (err == TB_OK) {
        beyond found = {.row = tb_arena_alloc(step->arena, sizeof *found.row)};
        bool any = false;
        if (found.row == NULL) {
            return TB_ERR_LIMIT;
        }
        err = tb_stream_out_next(step->txn, &cursor, &found.stream, found.row);
        found.stream.sender = step->agent->self;
        if (err == TB_OK && found.row->arrived < found.row->number) {
            err = find_first(step, &found.stream, &found, &any);
        }
        if (err == TB_OK && any) {
            void *list = r->streams;
            err = tb_work_room(step->arena, &list, r->stream_count, &r->stream_capacity,
                               sizeof *r->streams);
            r->streams = list;
            if (err == TB_OK) {
                r->streams[r->stream_count++] = found;
            }
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* Whether the hub or the recipient has one of them: then somebody knows more than we do. Of an
 * earlier incarnation nothing is numbered again, whoever has it. */
static bool
taken_by_somebody(const redoing *r, const beyond *b, const tb_signed_line *lines, size_t count)
{
    if (tb_incarnation_compare(&b->stream.incarnation, &r->step->incarnation) != 0) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (tb_stream_equal(&lines[i].line.stream, &b->stream) &&
            lines[i].line.to >= b->first.from) {
            return true;
        }
    }
    return b->row->arrived >= b->first.from;
}

/* ---- out of the outbox ---- */

static int compare(const named *a, const named *b)
{
    int by_incarnation = tb_incarnation_compare(&a->incarnation, &b->incarnation);
    return by_incarnation != 0 ? by_incarnation : (a->notice > b->notice) - (a->notice < b->notice);
}

static tb_err remember(redoing *r, const tb_incarnation *incarnation, uint64_t notice)
{
    named name = {*incarnation, notice};
    size_t at = r->notice_count;
    while (at > 0 && compare(&r->notices[at - 1], &name) >= 0) {
        if (compare(&r->notices[at - 1], &name) == 0) {
            return TB_OK;
        }
        at--;
    }
    void *list = r->notices;
    tb_err err = tb_work_room(r->step->arena, &list, r->notice_count, &r->notice_capacity,
                              sizeof *r->notices);
    if (err != TB_OK) {
        return err;
    }
    r->notices = list;
    memmove(&r->notices[at + 1], &r->notices[at], (r->notice_count - at) * sizeof *r->notices);
    r->notices[at] = name;
    r->notice_count++;
    return TB_OK;
}

static tb_err drop_group(redoing *r, const tb_stream *stream, const tb_outbox_row *kept)
{
    tb_group group;
    tb_err err = read_group(r->step, stream, kept, &group);
    for (size_t i = 0; err == TB_OK && i < group.item_count; i++) {
        err = remember(r, &stream->incarnation, group.items[i].header.notice);
    }
    for (size_t i = 0; err == TB_OK && i < kept->shared_count; i++) {
        err = tb_outbox_body_drop(r->step->txn, &stream->incarnation, kept->shared[i]);
    }
    return err == TB_OK ? tb_outbox_del(r->step->txn, stream, kept->from) : err;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static tb_err set_back(redoing *r, beyond *b)
{
    tb_time kept_due = b->row->due;
    tb_outbox_row kept;
    tb_err err = tb_outbox_after(r->step->txn, &b->stream, b->first.from - 1, &kept);
    while (err == TB_OK) {
        uint64_t to = kept.to;
        err = drop_group(r, &b->stream, &kept);
        if (err == TB_OK) {
            err = tb_outbox_after(r->step->txn, &b->stream, to, &kept);
        }
    }
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    b->row->number = b->first.from - 1;
    b->row->digest = b->previous;
    b->row->arrived = least(b->row->arrived, b->row->number);
    b->row->stored = least(b->row->stored, b->row->number);
    tb_outbox_rewind(b->row, r->step->now.real);
    if (b->row->arrived >= b->row->number) {
        b->row->due = 0;
    }
    return tb_stream_out_put(r->step->txn, &b->stream, kept_due, b->row);
}

/* ---- signed anew ---- */

static tb_err pass_chain_event(redoing *r, tb_event_key *key, tb_event_row *row)
{
    tb_step *step = r->step;
    tb_event event;
    tb_path path;
    tb_case_row now;
    tb_case_row before;
    tb_case_row after;
    tb_passing sent = {.key = *key, .event = &event, .row = row};
    size_t count;
    tb_err err = tb_chain_decode(step->txn, row, &event);
    if (err == TB_OK) {
        err = tb_case_load(step->agent, step->txn, &key->case_id, &now);
    }
    if (err != TB_OK || now.view.type == NULL) {
        return err;
    }
    if (event.addressee_count == 0) {
        return tb_loose_add(step->txn, key);
    }
    err = tb_chain_path(step->txn, &key->case_id, key->number, &key->event, &path);
    if (err == TB_OK) {
        err = tb_chain_replay(step->agent, step->txn, &path, path.count - 1, &now, &before);
    }
    if (err == TB_OK) {
        err = tb_chain_replay(step->agent, step->txn, &path, path.count, &now, &after);
    }
    if (err == TB_OK) {
        err = tb_openings_of(step->txn, key, &sent.openings, &count);
    }
    if (err == TB_OK && count != event.commitment_count) {
        err = TB_ERR_CORRUPT; /* of our own event everything is open here */
    }
    return err == TB_OK ? tb_pass_event(step->agent, step->txn, &before, &after, &sent) : err;
}

/* An own event whose only proof counts for nobody. */
static tb_err sign_event(redoing *r, const tb_proof_row *proof, const named *name, size_t place)
{
    tb_step *step = r->step;
    tb_event_key key;
    tb_event_row row;
    tb_err err = tb_event_in_case(step->txn, &proof->case_id, TB_CLASS_CHAIN, 0, &proof->ids[place],
                                  &key, &row);
    if (err == TB_ERR_NOT_FOUND) {
        err = tb_event_find(step->txn, &proof->ids[place], &key, &row);
    }
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    if (row.notice != name->notice ||
        tb_incarnation_compare(&row.incarnation, &name->incarnation) != 0 ||
        !tb_party_equal(&row.sender, &step->agent->self) || row.standing != TB_STANDING_EFFECTIVE) {
        return TB_OK;
    }
    row.notice = 0;
    err = tb_event_update(step->txn, &key, &row);
    if (err == TB_OK) {
        err = tb_measures_touch_case(step->agent, step->txn, &key.case_id);
    }
    if (err != TB_OK) {
        return err;
    }
    if (key.class == TB_CLASS_SIDE) {
        return tb_loose_add(step->txn, &key);
    }
    err = pass_chain_event(r, &key, &row);
    return err == TB_OK ? tb_event_update(step->txn, &key, &row) : err;
}

static tb_err sign_notices(redoing *r)
{
    tb_step *step = r->step;
    tb_err err = TB_OK;
    for (size_t i = 0; err == TB_OK && i < r->notice_count; i++) {
        const named *name = &r->notices[i];
        tb_proof_row proof;
        err =
            tb_proof_head(step->txn, &step->agent->self, &name->incarnation, name->notice, &proof);
        for (size_t e = 0; err == TB_OK && e < proof.id_count; e++) {
            err = sign_event(r, &proof, name, e);
        }
        err = err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    return err;
}

tb_err tb_own_anew(tb_step *step, const tb_welcome *welcome, bool *out_back)
{
    redoing r = {.step = step};
    bool first;
    tb_err err = tb_own_first_welcome(step->agent, step->txn, &first);
    if (err != TB_OK || !first) {
        return err;
    }
    err = find_streams(&r);
    for (size_t i = 0; err == TB_OK && i < r.stream_count; i++) {
        const beyond *b = &r.streams[i];
        if (taken_by_somebody(&r, b, welcome->stored, welcome->stored_count) ||
            taken_by_somebody(&r, b, welcome->arrived, welcome->arrived_count)) {
            *out_back = true;
            return tb_link_fence(step, TB_REFUSED_MARKS_BACK, &b->stream, b->first.from);
        }
    }
    for (size_t i = 0; err == TB_OK && i < r.stream_count; i++) {
        err = set_back(&r, &r.streams[i]);
    }
    if (err == TB_OK && r.notice_count > 0) {
        tb_effects_note(step->effects, step->arena, TB_LEVEL_WARN,
                        "event=signed_anew notices=%u first=%u", (uint64_t)r.notice_count,
                        r.notices[0].notice);
        err = sign_notices(&r);
    }
    return err;
}

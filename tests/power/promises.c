/* promises - see promises.h. */
#include "tests/power/promises.h"

#include <stdio.h>

#include "agents/rows_case.h"
#include "agents/rows_link.h"
#include "broker/rows_stream.h"
#include "messages/link.h"

#define PROMISES_MAX 65536

/* ---- reading ---- */

static void add(promises *p, const promise *one)
{
    TB_ASSERT(p->count < PROMISES_MAX);
    p->list[p->count++] = *one;
}

static void add_lines(promises *p, size_t at, promise_kind kind, const tb_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        const tb_line *line = &lines->lines[i].line;
        tb_line_kind told = kind == PROMISE_STORED ? TB_LINE_STORED : TB_LINE_ARRIVED;
        if (line->kind == told) {
            promise one = {.kind = kind,
                           .at = at,
                           .stream = line->stream,
                           .number = line->to,
                           .digest = line->digest};
            add(p, &one);
        }
    }
}

/* What was submitted has these numbers for ever; what was delivered is on the hub's disk. */
static void add_groups(promises *p, size_t at, promise_kind kind, const tb_carry *carry)
{
    for (size_t i = 0; i < carry->group_count; i++) {
        const tb_group *group = &carry->groups[i];
        const tb_item *last = &group->items[group->item_count - 1];
        promise one = {.kind = kind,
                       .at = at,
                       .number = tb_group_number(group, group->item_count - 1),
                       .digest = last->digest};
        one.stream.sender = last->header.sender;
        one.stream.incarnation = last->header.incarnation;
        one.stream.recipient = group->recipient;
        one.stream.lane = group->lane;
        add(p, &one);
    }
}

static void read_message(promises *p, size_t at, tb_bytes bytes, tb_arena *scratch)
{
    tb_frame frame;
    if (tb_frame_decode(bytes, scratch, &frame) != TB_ACCEPTED) {
        return;
    }
    if (frame.kind == TB_FRAME_STORED) {
        add_lines(p, at, PROMISE_STORED, &frame.lines);
    } else if (frame.kind == TB_FRAME_TAKEN) {
        add_lines(p, at, PROMISE_TAKEN, &frame.lines);
    } else if (frame.kind == TB_FRAME_SUBMIT) {
        add_groups(p, at, PROMISE_NUMBERED, &frame.carry);
    } else if (frame.kind == TB_FRAME_DELIVER) {
        add_groups(p, at, PROMISE_STORED, &frame.carry);
    }
}

static void read_answer(promises *p, size_t at, tb_bytes bytes, tb_arena *scratch)
{
    tb_local_answer answer;
    if (tb_local_answer_decode(bytes, scratch, &answer) == TB_ACCEPTED &&
        answer.kind == TB_ANSWER_ACTED && answer.code == TB_ACCEPTED && !answer.draft) {
        promise one = {.kind = PROMISE_ACTED, .at = at, .case_id = answer.acted.case_id};
        add(p, &one);
    }
}

bool promises_read(const replay *r, tb_arena *arena, tb_arena *scratch, promises *out)
{
    out->count = 0;
    out->list = tb_arena_array(arena, PROMISES_MAX, sizeof *out->list);
    for (size_t i = 0; out->list != NULL && i < r->count; i++) {
        tb_bytes bytes = tb_bytes_of(r->records[i].bytes, r->records[i].head.size);
        tb_arena_reset(scratch);
        if (r->records[i].head.kind == RECORD_MESSAGE) {
            read_message(out, i, bytes, scratch);
        } else if (r->records[i].head.kind == RECORD_ANSWER) {
            read_answer(out, i, bytes, scratch);
        }
    }
    return out->list != NULL;
}

size_t promises_before(const promises *p, size_t cut)
{
    size_t count = 0;
    for (size_t i = 0; i < p->count; i++) {
        count += p->list[i].at < cut ? 1 : 0;
    }
    return count;
}

void promises_made_early(promises *p, const replay *r)
{
    for (size_t i = 0; i < p->count; i++) {
        size_t at = p->list[i].at;
        while (at > 0 && r->records[at].head.kind != RECORD_DURABLE) {
            at--;
        }
        p->list[i].at = at > 0 ? at - 1 : 0;
    }
}

/* ---- comparing ---- */

static bool holds(uint64_t number, const tb_digest *digest, const promise *one)
{
    return number > one->number || (number == one->number && tb_digest_equal(digest, &one->digest));
}

static bool kept_stored(const promise *one, tb_txn *txn)
{
    tb_hub_stream row;
    tb_hub_place place;
    if (tb_hub_stream_get(txn, &one->stream, &row) != TB_OK ||
        !holds(row.stored.number, &row.stored.digest, one)) {
        return false;
    }
    return row.arrived.number >= one->number ||
           (tb_hub_place_upto(txn, &one->stream, one->number, &place) == TB_OK &&
            place.to >= one->number);
}

static bool kept(const promise *one, tb_txn *txn)
{
    tb_stream_in_row in;
    tb_stream_out_row out;
    tb_case_row row;
    switch (one->kind) {
    case PROMISE_STORED:
        return kept_stored(one, txn);
    case PROMISE_TAKEN:
        return tb_stream_in_get(txn, &one->stream, &in) == TB_OK &&
               holds(in.number, &in.digest, one);
    case PROMISE_NUMBERED:
        return tb_stream_out_get(txn, &one->stream, &out) == TB_OK &&
               holds(out.number, &out.digest, one);
    case PROMISE_ACTED:
        return tb_case_get(txn, &one->case_id, &row) == TB_OK;
    }
    TB_UNREACHABLE();
}

size_t promises_broken(const promises *p, size_t cut, tb_txn *txn)
{
    size_t broken = 0;
    for (size_t i = 0; i < p->count; i++) {
        size_t mark = tb_arena_mark(tb_txn_arena(txn));
        broken += p->list[i].at < cut && !kept(&p->list[i], txn) ? 1 : 0;
        tb_arena_release(tb_txn_arena(txn), mark);
    }
    return broken;
}

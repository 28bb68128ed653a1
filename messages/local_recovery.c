/* local_recovery - how far a recovery is, as people's programs are told (local.h). */
#include "messages/local.pb-c.h"
#include "messages/local_wire.h"

typedef Tongbao__Local__Recovery wire_recovery;
typedef Tongbao__Local__Asked wire_asked;
typedef Tongbao__Local__Released wire_released;

/* ---- reading ---- */

static bool read_asked(const wire_asked *in, tb_local_asked *out)
{
    out->missing = in->missing;
    return tb_wire_party(in->party, &out->party) && tb_local_text(in->name_zh, &out->name_zh) &&
           tb_local_text(in->name_en, &out->name_en) && tb_wire_time(in->asked_ms, &out->asked) &&
           tb_wire_time(in->last_ms, &out->last) && tb_wire_time(in->heard_ms, &out->heard) &&
           tb_wire_time(in->ended_ms, &out->ended);
}

static bool read_released(const wire_released *in, tb_local_released *out)
{
    return tb_wire_fixed(in->case_id, out->case_id.bytes, TB_CASE_ID_BYTES) &&
           tb_local_text(in->account, &out->account) && tb_local_text(in->reason, &out->reason) &&
           tb_wire_time(in->at_ms, &out->at);
}

tb_refusal tb_local_read_recovery(const wire_recovery *in, tb_arena *arena, tb_local_recovery *out)
{
    out->state = in->state;
    out->old_counter = in->old_counter;
    out->counter = in->counter;
    out->asked_count = in->n_asked;
    out->released_count = in->n_released;
    if (in->state > 3 || !tb_wire_time(in->started_ms, &out->started) ||
        !tb_wire_time(in->ended_ms, &out->ended) || !tb_local_text(in->account, &out->account) ||
        !tb_local_text(in->reason, &out->reason)) {
        return TB_REFUSED_REQUEST;
    }
    out->asked = tb_arena_array(arena, in->n_asked + 1, sizeof *out->asked);
    out->released = tb_arena_array(arena, in->n_released + 1, sizeof *out->released);
    if (out->asked == NULL || out->released == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    for (size_t i = 0; i < in->n_asked; i++) {
        if (!read_asked(in->asked[i], &out->asked[i])) {
            return TB_REFUSED_REQUEST;
        }
    }
    for (size_t i = 0; i < in->n_released; i++) {
        if (!read_released(in->released[i], &out->released[i])) {
            return TB_REFUSED_REQUEST;
        }
    }
    return TB_ACCEPTED;
}

/* ---- writing ---- */

static void write_asked(const tb_local_asked *in, wire_asked *out)
{
    out->party = tb_wire_of_party(&in->party);
    out->name_zh = tb_wire_of(in->name_zh);
    out->name_en = tb_wire_of(in->name_en);
    out->asked_ms = in->asked;
    out->last_ms = in->last;
    out->heard_ms = in->heard;
    out->ended_ms = in->ended;
    out->missing = in->missing;
}

static void write_released(const tb_local_released *in, wire_released *out)
{
    out->case_id = tb_wire_raw(in->case_id.bytes, TB_CASE_ID_BYTES);
    out->account = tb_wire_of(in->account);
    out->reason = tb_wire_of(in->reason);
    out->at_ms = in->at;
}

wire_recovery *tb_local_write_recovery(const tb_local_recovery *in, tb_arena *arena)
{
    wire_recovery *out = tb_arena_alloc(arena, sizeof *out);
    if (out == NULL) {
        return NULL;
    }
    tongbao__local__recovery__init(out);
    out->state = in->state;
    out->started_ms = in->started;
    out->ended_ms = in->ended;
    out->account = tb_wire_of(in->account);
    out->reason = tb_wire_of(in->reason);
    out->old_counter = in->old_counter;
    out->counter = in->counter;
    out->n_asked = in->asked_count;
    out->n_released = in->released_count;
    out->asked = tb_wire_messages(&tongbao__local__asked__descriptor, in->asked_count, arena);
    out->released =
        tb_wire_messages(&tongbao__local__released__descriptor, in->released_count, arena);
    if (out->asked == NULL || out->released == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < in->asked_count; i++) {
        write_asked(&in->asked[i], out->asked[i]);
    }
    for (size_t i = 0; i < in->released_count; i++) {
        write_released(&in->released[i], out->released[i]);
    }
    return out;
}

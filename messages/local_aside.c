/* local_aside - requests and answers about what is set aside at an agent, and about a hub's dead
 * letters (local.h). */
#include "messages/local.pb-c.h"
#include "messages/local_wire.h"

typedef Tongbao__Local__QuarantineLine wire_aside;
typedef Tongbao__Local__DeadLetter wire_letter;

/* ---- requests ---- */

bool tb_local_read_quarantine_page(const Tongbao__Local__ListQuarantine *in, tb_local_page *out)
{
    out->limit = in->limit;
    return tb_local_text(in->notice, &out->id) &&
           tb_wire_blob(in->after, TB_LOCAL_BYTES_MAX, &out->after);
}

bool tb_local_read_letter_page(const Tongbao__Local__ListDeadLetters *in, tb_local_page *out)
{
    out->limit = in->limit;
    return tb_local_text(in->id, &out->id) &&
           tb_wire_blob(in->after, TB_LOCAL_BYTES_MAX, &out->after);
}

bool tb_local_read_settle(const Tongbao__Local__ActQuarantine *in, tb_local_settle *out)
{
    out->drop = in->drop != 0;
    return tb_local_text(in->notice, &out->notice) &&
           tb_wire_text(in->reason, TB_REASON_BYTES_MAX, &out->reason);
}

bool tb_local_read_retry(const Tongbao__Local__RetryDeadLetter *in, tb_local_retry *out)
{
    out->dry_run = in->dry_run != 0;
    return tb_local_text(in->id, &out->id);
}

void tb_local_write_quarantine_page(const tb_local_page *in, Tongbao__Local__ListQuarantine *out)
{
    tongbao__local__list_quarantine__init(out);
    out->notice = tb_wire_of(in->id);
    out->after = tb_wire_of(in->after);
    out->limit = in->limit;
}

void tb_local_write_letter_page(const tb_local_page *in, Tongbao__Local__ListDeadLetters *out)
{
    tongbao__local__list_dead_letters__init(out);
    out->id = tb_wire_of(in->id);
    out->after = tb_wire_of(in->after);
    out->limit = in->limit;
}

void tb_local_write_settle(const tb_local_settle *in, Tongbao__Local__ActQuarantine *out)
{
    tongbao__local__act_quarantine__init(out);
    out->notice = tb_wire_of(in->notice);
    out->drop = in->drop;
    out->reason = tb_wire_of(in->reason);
}

void tb_local_write_retry(const tb_local_retry *in, Tongbao__Local__RetryDeadLetter *out)
{
    tongbao__local__retry_dead_letter__init(out);
    out->id = tb_wire_of(in->id);
    out->dry_run = in->dry_run;
}

/* ---- set aside ---- */

static bool read_lane(uint32_t in, tb_lane *out)
{
    *out = (tb_lane)in;
    return in >= TB_LANE_FIRST && in <= TB_LANE_LAST;
}

static bool read_aside(const wire_aside *in, tb_local_set_aside *out)
{
    out->attempts = in->attempts;
    out->bytes = in->bytes;
    out->dropped = in->dropped != 0;
    return tb_local_text(in->notice, &out->notice) && tb_wire_party(in->sender, &out->sender) &&
           read_lane(in->lane, &out->lane) && tb_wire_number_or_zero(in->number, &out->number) &&
           tb_wire_time(in->taken_ms, &out->taken) && tb_wire_code_or_none(in->code, &out->code) &&
           tb_wire_time(in->dropped_ms, &out->dropped_at) &&
           tb_local_text(in->account, &out->account) &&
           tb_wire_text(in->reason, TB_REASON_BYTES_MAX, &out->reason);
}

tb_refusal tb_local_read_quarantine(const Tongbao__Local__Quarantine *in,
                                    tb_arena *arena,
                                    tb_local_quarantine *out)
{
    out->count = in->n_lines;
    out->lines = tb_arena_array(arena, in->n_lines, sizeof *out->lines);
    if (out->lines == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    for (size_t i = 0; i < in->n_lines; i++) {
        if (!read_aside(in->lines[i], &out->lines[i])) {
            return TB_REFUSED_REQUEST;
        }
    }
    return tb_wire_blob(in->next, TB_LOCAL_BYTES_MAX, &out->next) ? TB_ACCEPTED
                                                                  : TB_REFUSED_REQUEST;
}

bool tb_local_write_quarantine(const tb_local_quarantine *in,
                               tb_arena *arena,
                               Tongbao__Local__Quarantine *out)
{
    tongbao__local__quarantine__init(out);
    out->next = tb_wire_of(in->next);
    out->n_lines = in->count;
    out->lines = tb_wire_messages(&tongbao__local__quarantine_line__descriptor, in->count, arena);
    if (out->lines == NULL) {
        return false;
    }
    for (size_t i = 0; i < in->count; i++) {
        const tb_local_set_aside *line = &in->lines[i];
        wire_aside *wire = out->lines[i];
        wire->notice = tb_wire_of(line->notice);
        wire->sender = tb_wire_of_party(&line->sender);
        wire->lane = (uint32_t)line->lane;
        wire->number = line->number;
        wire->taken_ms = line->taken;
        wire->attempts = line->attempts;
        wire->code = (uint32_t)line->code;
        wire->bytes = line->bytes;
        wire->dropped = line->dropped;
        wire->dropped_ms = line->dropped_at;
        wire->account = tb_wire_of(line->account);
        wire->reason = tb_wire_of(line->reason);
    }
    return true;
}

bool tb_local_read_settled(const Tongbao__Local__Settled *in, tb_local_settled *out)
{
    out->outcome = (tb_settlement)in->outcome;
    return in->outcome >= TB_SETTLED_APPLIED && in->outcome <= TB_SETTLED_DROPPED &&
           tb_local_text(in->notice, &out->notice) && tb_wire_code_or_none(in->code, &out->code);
}

void tb_local_write_settled(const tb_local_settled *in, Tongbao__Local__Settled *out)
{
    tongbao__local__settled__init(out);
    out->notice = tb_wire_of(in->notice);
    out->outcome = (uint32_t)in->outcome;
    out->code = (uint32_t)in->code;
}

/* ---- dead letters ---- */

static bool read_letter(const wire_letter *in, tb_local_dead_letter *out)
{
    out->bytes = in->bytes;
    out->retry = (tb_retry)in->retry;
    return in->retry >= TB_RETRY_DELIVERS && in->retry <= TB_RETRY_REFUSED &&
           tb_local_text(in->id, &out->id) && tb_wire_party(in->sender, &out->sender) &&
           tb_wire_party(in->recipient, &out->recipient) && read_lane(in->lane, &out->lane) &&
           tb_wire_number_or_zero(in->number, &out->number) &&
           tb_wire_number_or_zero(in->to, &out->to) && tb_wire_time(in->since_ms, &out->since) &&
           tb_wire_code_or_none(in->code, &out->code) && tb_wire_party_or_none(in->by, &out->by);
}

tb_refusal tb_local_read_letters(const Tongbao__Local__DeadLetters *in,
                                 tb_arena *arena,
                                 tb_local_dead_letters *out)
{
    out->count = in->n_letters;
    out->letters = tb_arena_array(arena, in->n_letters, sizeof *out->letters);
    if (out->letters == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    for (size_t i = 0; i < in->n_letters; i++) {
        if (!read_letter(in->letters[i], &out->letters[i])) {
            return TB_REFUSED_REQUEST;
        }
    }
    return tb_wire_blob(in->next, TB_LOCAL_BYTES_MAX, &out->next) ? TB_ACCEPTED
                                                                  : TB_REFUSED_REQUEST;
}

bool tb_local_write_letters(const tb_local_dead_letters *in,
                            tb_arena *arena,
                            Tongbao__Local__DeadLetters *out)
{
    tongbao__local__dead_letters__init(out);
    out->next = tb_wire_of(in->next);
    out->n_letters = in->count;
    out->letters = tb_wire_messages(&tongbao__local__dead_letter__descriptor, in->count, arena);
    if (out->letters == NULL) {
        return false;
    }
    for (size_t i = 0; i < in->count; i++) {
        const tb_local_dead_letter *letter = &in->letters[i];
        wire_letter *wire = out->letters[i];
        wire->id = tb_wire_of(letter->id);
        wire->sender = tb_wire_of_party(&letter->sender);
        wire->recipient = tb_wire_of_party(&letter->recipient);
        wire->lane = (uint32_t)letter->lane;
        wire->number = letter->number;
        wire->to = letter->to;
        wire->since_ms = letter->since;
        wire->code = (uint32_t)letter->code;
        wire->by = tb_wire_of_party(&letter->by);
        wire->bytes = letter->bytes;
        wire->retry = (uint32_t)letter->retry;
    }
    return true;
}

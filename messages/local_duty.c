/* local_duty - what was notified and not answered, and a duty explained step by step (local.h). */
#include "messages/local.pb-c.h"
#include "messages/local_wire.h"

typedef Tongbao__Local__UnansweredLine wire_line;
typedef Tongbao__Local__UnansweredCase wire_case;
typedef Tongbao__Local__ExplainedDuty wire_duty;

/* ---- what is to be done first ---- */

bool tb_local_read_due_counts(const Tongbao__Local__DueCounts *in, tb_local_due_counts *out)
{
    *out = (tb_local_due_counts){.overdue = 0};
    if (in == NULL) {
        return true; /* of an agent that does not count them */
    }
    *out = (tb_local_due_counts){.overdue = in->overdue,
                                 .today = in->today,
                                 .next_day = in->next_day,
                                 .urgent = in->urgent,
                                 .owed = in->owed,
                                 .escalated = in->escalated,
                                 .more = in->more != 0};
    return tb_wire_time(in->until_ms, &out->until);
}

Tongbao__Local__DueCounts *tb_local_write_due_counts(const tb_local_due_counts *in, tb_arena *arena)
{
    Tongbao__Local__DueCounts *out = tb_arena_alloc(arena, sizeof *out);
    if (out == NULL) {
        return NULL;
    }
    tongbao__local__due_counts__init(out);
    out->overdue = in->overdue;
    out->today = in->today;
    out->next_day = in->next_day;
    out->urgent = in->urgent;
    out->owed = in->owed;
    out->escalated = in->escalated;
    out->more = in->more;
    out->until_ms = in->until;
    return out;
}

/* ---- unanswered ---- */

bool tb_local_read_get_unanswered(const Tongbao__Local__GetUnanswered *in,
                                  tb_local_get_unanswered *out)
{
    return tb_wire_party_or_none(in->by, &out->by) &&
           tb_wire_fixed_or_zero(in->after, out->after.bytes, TB_CASE_ID_BYTES);
}

void tb_local_write_get_unanswered(const tb_local_get_unanswered *in,
                                   Tongbao__Local__GetUnanswered *out)
{
    tongbao__local__get_unanswered__init(out);
    out->by = tb_wire_of_party(&in->by);
    out->after = tb_wire_raw_or_none(in->after.bytes, TB_CASE_ID_BYTES);
}

static bool read_line(const wire_line *in, tb_local_unanswered_line *out)
{
    for (size_t i = 0; i < TB_AGES && in->n_ages == TB_AGES; i++) {
        out->ages[i] = in->ages[i];
    }
    return in->n_ages == TB_AGES && tb_wire_party(in->party, &out->party) &&
           tb_wire_time(in->oldest_ms, &out->oldest);
}

static bool read_case(const wire_case *in, tb_local_unanswered_case *out)
{
    return tb_wire_fixed(in->case_id, out->case_id.bytes, TB_CASE_ID_BYTES) &&
           tb_wire_party(in->holder, &out->holder) && tb_local_text(in->campaign, &out->campaign) &&
           tb_local_text(in->case_type, &out->case_type) && tb_local_text(in->state, &out->state) &&
           tb_wire_time(in->since_ms, &out->since) &&
           tb_wire_time(in->reminded_ms, &out->reminded) &&
           tb_wire_time(in->escalated_ms, &out->escalated);
}

tb_refusal tb_local_read_unanswered(const Tongbao__Local__Unanswered *in,
                                    tb_arena *arena,
                                    tb_local_unanswered *out)
{
    out->notified = in->notified;
    out->answered = in->answered;
    out->here = in->here;
    out->count = in->n_lines;
    out->case_count = in->n_cases;
    out->lines = tb_arena_array(arena, in->n_lines + 1, sizeof *out->lines);
    out->cases = tb_arena_array(arena, in->n_cases + 1, sizeof *out->cases);
    if (out->lines == NULL || out->cases == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    bool good = tb_wire_time(in->civil_ms, &out->civil) &&
                tb_wire_fixed_or_zero(in->next, out->next.bytes, TB_CASE_ID_BYTES);
    for (size_t i = 0; good && i < in->n_lines; i++) {
        good = read_line(in->lines[i], &out->lines[i]);
    }
    for (size_t i = 0; good && i < in->n_cases; i++) {
        good = read_case(in->cases[i], &out->cases[i]);
    }
    return good ? TB_ACCEPTED : TB_REFUSED_REQUEST;
}

static bool write_line(const tb_local_unanswered_line *in, tb_arena *arena, wire_line *out)
{
    out->party = tb_wire_of_party(&in->party);
    out->oldest_ms = in->oldest;
    out->n_ages = TB_AGES;
    out->ages = tb_arena_array(arena, TB_AGES, sizeof *out->ages);
    if (out->ages == NULL) {
        return false;
    }
    memcpy(out->ages, in->ages, sizeof in->ages);
    return true;
}

static void write_case(const tb_local_unanswered_case *in, wire_case *out)
{
    out->case_id = tb_wire_raw(in->case_id.bytes, TB_CASE_ID_BYTES);
    out->holder = tb_wire_of_party(&in->holder);
    out->campaign = tb_wire_of(in->campaign);
    out->case_type = tb_wire_of(in->case_type);
    out->state = tb_wire_of(in->state);
    out->since_ms = in->since;
    out->reminded_ms = in->reminded;
    out->escalated_ms = in->escalated;
}

bool tb_local_write_unanswered(const tb_local_unanswered *in,
                               tb_arena *arena,
                               Tongbao__Local__Unanswered *out)
{
    tongbao__local__unanswered__init(out);
    out->notified = in->notified;
    out->answered = in->answered;
    out->here = in->here;
    out->civil_ms = in->civil;
    out->next = tb_wire_raw_or_none(in->next.bytes, TB_CASE_ID_BYTES);
    out->n_lines = in->count;
    out->n_cases = in->case_count;
    out->lines = tb_wire_messages(&tongbao__local__unanswered_line__descriptor, in->count, arena);
    out->cases =
        tb_wire_messages(&tongbao__local__unanswered_case__descriptor, in->case_count, arena);
    if (out->lines == NULL || out->cases == NULL) {
        return false;
    }
    for (size_t i = 0; i < in->count; i++) {
        if (!write_line(&in->lines[i], arena, out->lines[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < in->case_count; i++) {
        write_case(&in->cases[i], out->cases[i]);
    }
    return true;
}

/* ---- explained ---- */

static tb_refusal read_days(const wire_duty *in, tb_arena *arena, tb_local_explained_duty *out)
{
    out->day_count = in->n_days;
    out->days = tb_arena_array(arena, in->n_days + 1, sizeof *out->days);
    if (out->days == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    for (size_t i = 0; i < in->n_days; i++) {
        const Tongbao__Local__ExplainedDay *day = in->days[i];
        out->days[i].why = (tb_day_why)day->why;
        if (day->why > TB_DAY_WEEKEND_ALONE || !tb_wire_time(day->at_ms, &out->days[i].at)) {
            return TB_REFUSED_REQUEST;
        }
    }
    return TB_ACCEPTED;
}

static tb_refusal read_duty(const wire_duty *in, tb_arena *arena, tb_local_explained_duty *out)
{
    out->number = in->number;
    out->why = (tb_effective_why)in->why;
    out->unit = (tb_limit_unit)in->unit;
    out->amount = in->amount;
    out->calendar = in->calendar;
    out->calendar_here = in->calendar_here;
    out->more_days = in->more_days;
    if (in->line == NULL || !tb_local_read_duty(in->line, &out->line) ||
        !tb_wire_fixed(in->event, out->event.bytes, TB_DIGEST_BYTES) ||
        in->why > TB_EFFECTIVE_EXERCISE || in->unit > TB_LIMIT_DAY ||
        !tb_wire_party(in->actor, &out->actor) || !tb_wire_time(in->own_ms, &out->own) ||
        !tb_wire_time(in->stored_ms, &out->stored) || !tb_wire_time(in->judged_ms, &out->judged) ||
        !tb_wire_time(in->was_due_ms, &out->was_due) ||
        !tb_wire_time(in->redated_ms, &out->redated)) {
        return TB_REFUSED_REQUEST;
    }
    return read_days(in, arena, out);
}

tb_refusal tb_local_read_explained(const Tongbao__Local__Explained *in,
                                   tb_arena *arena,
                                   tb_local_explained *out)
{
    out->count = in->n_duties;
    out->duties = tb_arena_array(arena, in->n_duties + 1, sizeof *out->duties);
    if (out->duties == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    for (size_t i = 0; i < in->n_duties; i++) {
        out->duties[i] = (tb_local_explained_duty){0};
        tb_refusal refusal = read_duty(in->duties[i], arena, &out->duties[i]);
        if (refusal != TB_ACCEPTED) {
            return refusal;
        }
    }
    return tb_wire_time(in->civil_ms, &out->civil) ? TB_ACCEPTED : TB_REFUSED_REQUEST;
}

static bool write_duty(const tb_local_explained_duty *in, tb_arena *arena, wire_duty *out)
{
    out->line = tb_arena_alloc(arena, sizeof *out->line);
    out->n_days = in->day_count;
    out->days = tb_wire_messages(&tongbao__local__explained_day__descriptor, in->day_count, arena);
    if (out->line == NULL || out->days == NULL) {
        return false;
    }
    tongbao__local__duty_line__init(out->line);
    tb_local_write_duty(&in->line, out->line);
    for (size_t i = 0; i < in->day_count; i++) {
        out->days[i]->at_ms = in->days[i].at;
        out->days[i]->why = (uint32_t)in->days[i].why;
    }
    out->event = tb_wire_raw(in->event.bytes, TB_DIGEST_BYTES);
    out->number = in->number;
    out->actor = tb_wire_of_party(&in->actor);
    out->own_ms = in->own;
    out->stored_ms = in->stored;
    out->why = (uint32_t)in->why;
    out->unit = (uint32_t)in->unit;
    out->amount = in->amount;
    out->calendar = in->calendar;
    out->calendar_here = in->calendar_here;
    out->more_days = in->more_days;
    out->judged_ms = in->judged;
    out->was_due_ms = in->was_due;
    out->redated_ms = in->redated;
    return true;
}

bool tb_local_write_explained(const tb_local_explained *in,
                              tb_arena *arena,
                              Tongbao__Local__Explained *out)
{
    tongbao__local__explained__init(out);
    out->civil_ms = in->civil;
    out->n_duties = in->count;
    out->duties = tb_wire_messages(&tongbao__local__explained_duty__descriptor, in->count, arena);
    for (size_t i = 0; out->duties != NULL && i < in->count; i++) {
        if (!write_duty(&in->duties[i], arena, out->duties[i])) {
            return false;
        }
    }
    return out->duties != NULL;
}

bool tb_local_read_office(const Tongbao__Local__Office *in, tb_local_office *out)
{
    *out = (tb_local_office){in->from, in->to, in->by_default != 0};
    return in->from < in->to && in->to <= 24 * 60;
}

void tb_local_write_office(const tb_local_office *in, Tongbao__Local__Office *out)
{
    tongbao__local__office__init(out);
    out->from = in->from;
    out->to = in->to;
    out->by_default = in->by_default;
}

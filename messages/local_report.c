/* local_report - requests and answers about reports (local.h). */
#include "messages/local.pb-c.h"
#include "messages/local_wire.h"

typedef Tongbao__Local__ReportLine wire_line;
typedef Tongbao__Local__FigureLine wire_figure;
typedef Tongbao__Local__BehindLine wire_behind;

/* ---- requests ---- */

bool tb_local_read_list_reports(const Tongbao__Local__ListReports *in, tb_local_list_reports *out)
{
    return tb_local_text(in->campaign, &out->campaign) && tb_local_text(in->report, &out->report) &&
           tb_local_text(in->period, &out->period);
}

void tb_local_write_list_reports(const tb_local_list_reports *in, Tongbao__Local__ListReports *out)
{
    tongbao__local__list_reports__init(out);
    out->campaign = tb_wire_of(in->campaign);
    out->report = tb_wire_of(in->report);
    out->period = tb_wire_of(in->period);
}

bool tb_local_read_get_report(const Tongbao__Local__GetReport *in, tb_local_get_report *out)
{
    out->limit = in->limit;
    return tb_wire_fixed_or_zero(in->case_id, out->case_id.bytes, TB_CASE_ID_BYTES) &&
           tb_local_text(in->campaign, &out->campaign) && tb_local_text(in->report, &out->report) &&
           tb_local_text(in->period, &out->period) && tb_local_text(in->measure, &out->measure) &&
           tb_local_text(in->group, &out->group) &&
           tb_wire_blob(in->after, TB_LOCAL_BYTES_MAX, &out->after);
}

void tb_local_write_get_report(const tb_local_get_report *in, Tongbao__Local__GetReport *out)
{
    tongbao__local__get_report__init(out);
    out->case_id = tb_wire_raw_or_none(in->case_id.bytes, TB_CASE_ID_BYTES);
    out->campaign = tb_wire_of(in->campaign);
    out->report = tb_wire_of(in->report);
    out->period = tb_wire_of(in->period);
    out->measure = tb_wire_of(in->measure);
    out->group = tb_wire_of(in->group);
    out->after = tb_wire_of(in->after);
    out->limit = in->limit;
}

/* ---- a line ---- */

static bool read_moment(const Tongbao__Local__ReportMoment *in, tb_report_moment *out)
{
    out->state = (tb_report_state)in->state;
    return in->state >= TB_REPORT_NOT_DUE && in->state <= TB_REPORT_REVISED &&
           tb_wire_time(in->at_ms, &out->at);
}

static tb_refusal read_line(const wire_line *in, tb_arena *arena, tb_local_report_line *out)
{
    out->state = (tb_report_state)in->state;
    out->timeliness = (tb_timeliness)in->timeliness;
    out->days_late = in->days_late;
    bool good =
        in->state >= TB_REPORT_NOT_DUE && in->state <= TB_REPORT_REVISED &&
        in->timeliness <= TB_TIMELINESS_MISSING && tb_local_text(in->campaign, &out->campaign) &&
        tb_local_text(in->report, &out->report) && tb_local_text(in->title_zh, &out->title_zh) &&
        tb_local_text(in->title_en, &out->title_en) &&
        tb_wire_party(in->reporter, &out->reporter) && tb_local_text(in->period, &out->period) &&
        tb_wire_time(in->due_ms, &out->due) &&
        tb_wire_fixed_or_zero(in->case_id, out->case_id.bytes, TB_CASE_ID_BYTES) &&
        tb_wire_time(in->filed_ms, &out->filed) && tb_local_text(in->again_by, &out->again_by);
    out->history_count = in->n_history;
    out->history = tb_arena_array(arena, in->n_history + 1, sizeof *out->history);
    if (out->history == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    for (size_t i = 0; good && i < in->n_history; i++) {
        good = read_moment(in->history[i], &out->history[i]);
    }
    return good ? TB_ACCEPTED : TB_REFUSED_REQUEST;
}

static bool write_line(const tb_local_report_line *in, tb_arena *arena, wire_line *out)
{
    out->campaign = tb_wire_of(in->campaign);
    out->report = tb_wire_of(in->report);
    out->title_zh = tb_wire_of(in->title_zh);
    out->title_en = tb_wire_of(in->title_en);
    out->reporter = tb_wire_of_party(&in->reporter);
    out->period = tb_wire_of(in->period);
    out->due_ms = in->due;
    out->case_id = tb_wire_raw_or_none(in->case_id.bytes, TB_CASE_ID_BYTES);
    out->state = (uint32_t)in->state;
    out->timeliness = (uint32_t)in->timeliness;
    out->days_late = in->days_late;
    out->filed_ms = in->filed;
    out->again_by = tb_wire_of(in->again_by);
    out->n_history = in->history_count;
    out->history =
        tb_wire_messages(&tongbao__local__report_moment__descriptor, in->history_count, arena);
    for (size_t i = 0; out->history != NULL && i < in->history_count; i++) {
        out->history[i]->state = (uint32_t)in->history[i].state;
        out->history[i]->at_ms = in->history[i].at;
    }
    return out->history != NULL;
}

tb_refusal
tb_local_read_reports(const Tongbao__Local__Reports *in, tb_arena *arena, tb_local_reports *out)
{
    out->count = in->n_reports;
    out->lines = tb_arena_array(arena, in->n_reports + 1, sizeof *out->lines);
    if (out->lines == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    tb_refusal refusal = tb_wire_time(in->civil_ms, &out->civil) ? TB_ACCEPTED : TB_REFUSED_REQUEST;
    for (size_t i = 0; refusal == TB_ACCEPTED && i < in->n_reports; i++) {
        refusal = read_line(in->reports[i], arena, &out->lines[i]);
    }
    return refusal;
}

bool tb_local_write_reports(const tb_local_reports *in,
                            tb_arena *arena,
                            Tongbao__Local__Reports *out)
{
    tongbao__local__reports__init(out);
    out->civil_ms = in->civil;
    out->n_reports = in->count;
    out->reports = tb_wire_messages(&tongbao__local__report_line__descriptor, in->count, arena);
    bool good = out->reports != NULL;
    for (size_t i = 0; good && i < in->count; i++) {
        good = write_line(&in->lines[i], arena, out->reports[i]);
    }
    return good;
}

/* ---- one report ---- */

bool tb_local_read_figure_line(const wire_figure *in, tb_local_figure *out)
{
    out->kind = in->kind;
    return in->kind >= 1 && in->kind <= 6 && tb_local_text(in->measure, &out->measure) &&
           tb_local_text(in->title_zh, &out->title_zh) &&
           tb_local_text(in->title_en, &out->title_en) &&
           tb_local_text(in->unit_zh, &out->unit_zh) && tb_local_text(in->unit_en, &out->unit_en) &&
           tb_local_text(in->group, &out->group) && tb_local_text(in->period, &out->period) &&
           tb_local_text(in->year, &out->year) && tb_local_text(in->previous, &out->previous) &&
           tb_local_text(in->now, &out->now) && tb_local_text(in->as_of, &out->as_of);
}

void tb_local_write_figure_line(const tb_local_figure *in, wire_figure *out)
{
    out->measure = tb_wire_of(in->measure);
    out->title_zh = tb_wire_of(in->title_zh);
    out->title_en = tb_wire_of(in->title_en);
    out->unit_zh = tb_wire_of(in->unit_zh);
    out->unit_en = tb_wire_of(in->unit_en);
    out->kind = in->kind;
    out->group = tb_wire_of(in->group);
    out->period = tb_wire_of(in->period);
    out->year = tb_wire_of(in->year);
    out->previous = tb_wire_of(in->previous);
    out->now = tb_wire_of(in->now);
    out->as_of = tb_wire_of(in->as_of);
}

static bool read_judged(const Tongbao__Local__JudgedLine *in, tb_local_judged *out)
{
    out->numerator = in->numerator;
    out->denominator = in->denominator;
    out->verdict = (tb_threshold_verdict)in->verdict;
    return in->verdict >= TB_VERDICT_REACHED && in->verdict <= TB_VERDICT_NO_FIGURE &&
           tb_local_text(in->measure, &out->measure);
}

bool tb_local_read_behind(const wire_behind *in, tb_local_behind *out)
{
    out->amount = in->amount;
    return tb_wire_fixed(in->case_id, out->case_id.bytes, TB_CASE_ID_BYTES) &&
           tb_wire_fixed(in->event, out->event.bytes, TB_DIGEST_BYTES) &&
           tb_wire_number_or_zero(in->number, &out->number) &&
           tb_local_text(in->action, &out->action) && tb_wire_time(in->at_ms, &out->at) &&
           tb_local_text(in->group, &out->group);
}

void tb_local_write_behind(const tb_local_behind *in, wire_behind *out)
{
    out->case_id = tb_wire_raw(in->case_id.bytes, TB_CASE_ID_BYTES);
    out->event = tb_wire_raw(in->event.bytes, TB_DIGEST_BYTES);
    out->number = in->number;
    out->action = tb_wire_of(in->action);
    out->at_ms = in->at;
    out->amount = in->amount;
    out->group = tb_wire_of(in->group);
}

tb_refusal
tb_local_read_report(const Tongbao__Local__Report *in, tb_arena *arena, tb_local_report *out)
{
    if (in->line == NULL) {
        return TB_REFUSED_REQUEST;
    }
    out->next = tb_bytes_of(in->next.data, in->next.len);
    out->recounted = in->recounted;
    out->recounted_of = in->recounted_of;
    out->figure_count = in->n_figures;
    out->judged_count = in->n_judged;
    out->behind_count = in->n_behind;
    out->text_count = in->n_texts;
    out->figures = tb_arena_array(arena, in->n_figures + 1, sizeof *out->figures);
    out->judged = tb_arena_array(arena, in->n_judged + 1, sizeof *out->judged);
    out->behind = tb_arena_array(arena, in->n_behind + 1, sizeof *out->behind);
    if (out->figures == NULL || out->judged == NULL || out->behind == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    tb_refusal refusal = read_line(in->line, arena, &out->line);
    if (refusal == TB_ACCEPTED) {
        refusal = tb_local_read_values(in->texts, in->n_texts, arena, &out->texts);
    }
    bool good = refusal == TB_ACCEPTED;
    for (size_t i = 0; good && i < in->n_figures; i++) {
        good = tb_local_read_figure_line(in->figures[i], &out->figures[i]);
    }
    for (size_t i = 0; good && i < in->n_judged; i++) {
        good = read_judged(in->judged[i], &out->judged[i]);
    }
    for (size_t i = 0; good && i < in->n_behind; i++) {
        good = tb_local_read_behind(in->behind[i], &out->behind[i]);
    }
    return good ? TB_ACCEPTED : refusal != TB_ACCEPTED ? refusal : TB_REFUSED_REQUEST;
}

bool tb_local_write_report(const tb_local_report *in, tb_arena *arena, Tongbao__Local__Report *out)
{
    tongbao__local__report__init(out);
    wire_line **line = tb_wire_messages(&tongbao__local__report_line__descriptor, 1, arena);
    out->figures =
        tb_wire_messages(&tongbao__local__figure_line__descriptor, in->figure_count, arena);
    out->judged =
        tb_wire_messages(&tongbao__local__judged_line__descriptor, in->judged_count, arena);
    out->behind =
        tb_wire_messages(&tongbao__local__behind_line__descriptor, in->behind_count, arena);
    out->texts = tb_local_write_values(in->texts, in->text_count, arena);
    if (line == NULL || out->figures == NULL || out->judged == NULL || out->behind == NULL ||
        out->texts == NULL || !write_line(&in->line, arena, line[0])) {
        return false;
    }
    out->line = line[0];
    out->n_figures = in->figure_count;
    out->n_judged = in->judged_count;
    out->n_behind = in->behind_count;
    out->n_texts = in->text_count;
    out->next = tb_wire_of(in->next);
    out->recounted = in->recounted;
    out->recounted_of = in->recounted_of;
    for (size_t i = 0; i < in->figure_count; i++) {
        tb_local_write_figure_line(&in->figures[i], out->figures[i]);
    }
    for (size_t i = 0; i < in->judged_count; i++) {
        out->judged[i]->measure = tb_wire_of(in->judged[i].measure);
        out->judged[i]->numerator = in->judged[i].numerator;
        out->judged[i]->denominator = in->judged[i].denominator;
        out->judged[i]->verdict = (uint32_t)in->judged[i].verdict;
    }
    for (size_t i = 0; i < in->behind_count; i++) {
        tb_local_write_behind(&in->behind[i], out->behind[i]);
    }
    return true;
}

/* ---- what was proved ---- */

tb_refusal
tb_local_read_verified(const Tongbao__Local__Verified *in, tb_arena *arena, tb_local_verified *out)
{
    out->events = in->events;
    out->signatures = in->signatures;
    out->stamps = in->stamps;
    out->openings = in->openings;
    out->behind = in->behind;
    out->not_looked = in->not_looked;
    out->attested = in->attested != 0;
    out->wrong = in->wrong;
    out->marks = in->marks;
    out->corrected = in->corrected;
    out->recounted = in->recounted;
    out->recounted_of = in->recounted_of;
    out->declared = in->declared;
    out->fault_count = in->n_faults;
    if (!tb_wire_fixed(in->case_id, out->case_id.bytes, TB_CASE_ID_BYTES)) {
        return TB_REFUSED_REQUEST;
    }
    return tb_local_read_texts(in->faults, in->n_faults, arena, &out->faults);
}

bool tb_local_write_verified(const tb_local_verified *in,
                             tb_arena *arena,
                             Tongbao__Local__Verified *out)
{
    tongbao__local__verified__init(out);
    out->case_id = tb_wire_raw(in->case_id.bytes, TB_CASE_ID_BYTES);
    out->events = in->events;
    out->signatures = in->signatures;
    out->stamps = in->stamps;
    out->openings = in->openings;
    out->behind = in->behind;
    out->not_looked = in->not_looked;
    out->attested = in->attested;
    out->wrong = in->wrong;
    out->marks = in->marks;
    out->corrected = in->corrected;
    out->recounted = in->recounted;
    out->recounted_of = in->recounted_of;
    out->declared = in->declared;
    out->n_faults = in->fault_count;
    out->faults = tb_local_write_texts(in->faults, in->fault_count, arena);
    return out->faults != NULL;
}

/* ---- reconciliation ---- */

bool tb_local_read_reconcile(const Tongbao__Local__Reconcile *in, tb_local_reconcile *out)
{
    out->sent = in->sent != 0;
    return tb_local_text(in->campaign, &out->campaign) && tb_local_text(in->report, &out->report) &&
           tb_local_text(in->period, &out->period) &&
           tb_local_text(in->reconcile, &out->reconcile) &&
           tb_wire_party_or_none(in->of, &out->of) && tb_wire_party_or_none(in->with, &out->with) &&
           tb_wire_blob(in->after, TB_LOCAL_BYTES_MAX, &out->after);
}

void tb_local_write_reconcile(const tb_local_reconcile *in, Tongbao__Local__Reconcile *out)
{
    tongbao__local__reconcile__init(out);
    out->campaign = tb_wire_of(in->campaign);
    out->report = tb_wire_of(in->report);
    out->period = tb_wire_of(in->period);
    out->reconcile = tb_wire_of(in->reconcile);
    out->of = tb_wire_of_party(&in->of);
    out->with = tb_wire_of_party(&in->with);
    out->sent = in->sent;
    out->after = tb_wire_of(in->after);
}

static bool read_reconciled_line(const Tongbao__Local__ReconciledLine *in,
                                 tb_local_reconciled_line *out)
{
    out->reason = (tb_reconciled_reason)in->reason;
    out->arrived = in->arrived != 0;
    return in->reason >= TB_RECONCILED_BOTH && in->reason <= TB_RECONCILED_SETTLED &&
           tb_wire_fixed(in->case_id, out->case_id.bytes, TB_CASE_ID_BYTES) &&
           tb_wire_fixed(in->event, out->event.bytes, TB_DIGEST_BYTES) &&
           tb_wire_time(in->at_ms, &out->at) &&
           tb_wire_party_or_none(in->settled_by, &out->settled_by) &&
           tb_wire_time(in->settled_ms, &out->settled_at) &&
           tb_local_text(in->settled, &out->settled) && tb_wire_party(in->of, &out->of) &&
           tb_wire_party(in->with, &out->with);
}

tb_refusal tb_local_read_reconciled(const Tongbao__Local__Reconciled *in,
                                    tb_arena *arena,
                                    tb_local_reconciled *out)
{
    out->count = in->n_lines;
    out->next = tb_bytes_of(in->next.data, in->next.len);
    out->lines = tb_arena_array(arena, in->n_lines + 1, sizeof *out->lines);
    if (out->lines == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    for (size_t i = 0; i < in->n_lines; i++) {
        if (!read_reconciled_line(in->lines[i], &out->lines[i])) {
            return TB_REFUSED_REQUEST;
        }
    }
    return TB_ACCEPTED;
}

bool tb_local_write_reconciled(const tb_local_reconciled *in,
                               tb_arena *arena,
                               Tongbao__Local__Reconciled *out)
{
    tongbao__local__reconciled__init(out);
    out->next = tb_wire_of(in->next);
    out->n_lines = in->count;
    out->lines = tb_wire_messages(&tongbao__local__reconciled_line__descriptor, in->count, arena);
    for (size_t i = 0; out->lines != NULL && i < in->count; i++) {
        const tb_local_reconciled_line *line = &in->lines[i];
        Tongbao__Local__ReconciledLine *wire = out->lines[i];
        wire->case_id = tb_wire_raw(line->case_id.bytes, TB_CASE_ID_BYTES);
        wire->event = tb_wire_raw(line->event.bytes, TB_DIGEST_BYTES);
        wire->at_ms = line->at;
        wire->reason = (uint32_t)line->reason;
        wire->arrived = line->arrived;
        wire->settled_by = tb_wire_of_party(&line->settled_by);
        wire->settled_ms = line->settled_at;
        wire->settled = tb_wire_of(line->settled);
        wire->of = tb_wire_of_party(&line->of);
        wire->with = tb_wire_of_party(&line->with);
    }
    return out->lines != NULL;
}

/* duties_explain - why a duty is due when it is due: the event it began with, the time that counts,
 * and every day on the way. */
#include "agents/campaign/duty.h"
#include "agents/duties.h"
#include "agents/effective.h"
#include "agents/passing.h"

/* ---- where it began ---- */

static tb_effective_why why_of(const tb_agent *agent, tb_time own, tb_time stored)
{
    if (agent->directory->exercise) {
        return TB_EFFECTIVE_EXERCISE;
    }
    if (stored == 0) {
        return TB_EFFECTIVE_UNKNOWN;
    }
    bool in_time = stored >= own && stored - own <= TB_STAMP_WINDOW_MS;
    return in_time ? TB_EFFECTIVE_OWN : TB_EFFECTIVE_STORED;
}

static tb_err explain_beginning(const tb_agent *agent,
                                tb_txn *txn,
                                const tb_duty_row *row,
                                tb_local_explained_duty *out)
{
    tb_event_key key;
    tb_event_row stored;
    tb_event event;
    uint8_t class = row->from_number == 0 ? TB_CLASS_SIDE : TB_CLASS_CHAIN; /* a request */
    tb_err err = tb_event_in_case(txn, &row->key.case_id, class, row->from_number, &row->key.from,
                                  &key, &stored);
    if (err == TB_OK) {
        err = tb_chain_decode(txn, &stored, &event);
    }
    if (err == TB_OK) {
        err = tb_pass_stored(txn, &stored, &out->stored);
    }
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }
    out->event = row->key.from;
    out->number = row->from_number;
    out->actor = event.actor;
    out->own = event.at;
    out->why = why_of(agent, event.at, out->stored);
    return TB_OK;
}

/* ---- day by day ---- */

/* Why a day counts or does not: the calendar where it differs from Monday to Friday. */
static tb_day_why day_why(const tb_calendar *calendar, int64_t day, bool working)
{
    if (!working) {
        return TB_DAY_COUNTS;
    }
    bool week = tb_weekday_of(day) <= 5;
    if (calendar != NULL && !tb_calendar_knows(calendar, day) &&
        tb_calendar_works(calendar, day) == week) {
        return week ? TB_DAY_COUNTS_ALONE : TB_DAY_WEEKEND_ALONE;
    }
    bool works = tb_calendar_works(calendar, day);
    return works ? (week ? TB_DAY_COUNTS : TB_DAY_WORKED) : (week ? TB_DAY_OFF : TB_DAY_WEEKEND);
}

static tb_err explain_days(tb_arena *arena,
                           const tb_calendar *calendar,
                           const tb_duty_row *row,
                           tb_local_explained_duty *out)
{
    int64_t first = tb_day_of(row->from_at) + 1;
    int64_t last = tb_day_of(row->due);
    int64_t all = last < first || out->unit == TB_LIMIT_HOURS || out->unit == TB_LIMIT_DAY
                      ? 0
                      : last - first + 1;
    out->day_count = all < TB_EXPLAINED_DAYS_MAX ? (size_t)all : TB_EXPLAINED_DAYS_MAX;
    out->more_days = (uint32_t)(all - (int64_t)out->day_count);
    out->days = tb_arena_array(arena, out->day_count + 1, sizeof *out->days);
    if (out->days == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < out->day_count; i++) {
        int64_t day = first + (int64_t)i;
        out->days[i].at = tb_day_start(day);
        out->days[i].why = day_why(calendar, day, out->unit == TB_LIMIT_WORKING_DAYS);
    }
    return TB_OK;
}

static void explain_limit(const tb_duty_def *def, tb_local_explained_duty *out)
{
    out->unit = def->hours > 0          ? TB_LIMIT_HOURS
                : def->days > 0         ? TB_LIMIT_DAYS
                : def->working_days > 0 ? TB_LIMIT_WORKING_DAYS
                                        : TB_LIMIT_DAY;
    out->amount = def->hours > 0 ? def->hours : def->days > 0 ? def->days : def->working_days;
}

/* What its creditor's re-dating says it was before. */
static tb_err explain_redating(tb_txn *txn, const tb_duty_row *row, tb_local_explained_duty *out)
{
    tb_duty_said said;
    tb_event_key key;
    tb_event_row stored;
    tb_event event;
    tb_err err = tb_duty_said_get(txn, &row->key, TB_DUTY_REDATES, &said);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    err = tb_event_in_case(txn, &row->key.case_id, TB_CLASS_SIDE, 0, &said.event, &key, &stored);
    if (err == TB_OK) {
        err = tb_chain_decode(txn, &stored, &event);
    }
    for (size_t i = 0; err == TB_OK && i < event.field_count; i++) {
        if (tb_bytes_equal(event.fields[i].id, tb_bytes_str(TB_LAPSE_DUE)) &&
            tb_time_parse(event.fields[i].value, &out->was_due)) {
            out->redated = said.at;
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
}

/* ---- a case ---- */

static tb_err explain_one(const tb_agent *agent,
                          tb_txn *txn,
                          tb_now now,
                          const tb_case_row *owner,
                          const tb_duty_row *row,
                          tb_local_explained_duty *out)
{
    *out = (tb_local_explained_duty){
        .calendar = row->calendar,
        .calendar_here = agent->calendar != NULL ? agent->calendar->version : 0,
        .judged = row->due + TB_DUTY_GRACE_MS,
    };
    tb_err err = tb_duty_show(agent, txn, now, row, &out->line);
    if (err == TB_OK) {
        err = explain_beginning(agent, txn, row, out);
    }
    if (err == TB_OK) {
        err = explain_redating(txn, row, out);
    }
    const tb_duty_def *def =
        owner->view.type == NULL ? NULL : tb_case_type_duty(owner->view.type, row->key.duty);
    if (err != TB_OK || def == NULL) {
        return err; /* its campaign is not installed here now, or has no such duty any more */
    }
    out->judged = row->due + tb_duty_grace(def);
    explain_limit(def, out);
    return explain_days(tb_txn_arena(txn), agent->calendar, row, out);
}

tb_err tb_query_explained(
    const tb_agent *agent, tb_txn *txn, tb_now now, const tb_case_id *id, tb_local_answer *answer)
{
    tb_case_row owner;
    tb_duty_row *list;
    size_t count;
    tb_local_explained explained = {.civil = now.civil};
    tb_err err = tb_case_load(agent, txn, id, &owner);
    if (err == TB_ERR_NOT_FOUND) {
        answer->code = TB_REFUSED_UNKNOWN_CASE;
        return TB_OK;
    }
    if (err == TB_OK) {
        err = tb_duties_of(txn, id, &list, &count);
    }
    if (err != TB_OK) {
        return err;
    }
    explained.duties = tb_arena_array(tb_txn_arena(txn), count + 1, sizeof *explained.duties);
    if (explained.duties == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; err == TB_OK && i < count && i < TB_EXPLAINED_DUTIES_MAX; i++) {
        err = explain_one(agent, txn, now, &owner, &list[i], &explained.duties[explained.count++]);
    }
    answer->kind = TB_ANSWER_EXPLAINED;
    answer->explained = explained;
    return err;
}

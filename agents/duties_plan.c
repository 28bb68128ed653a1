/* duties_plan - what the creditor's agent says of a duty, in the order it says it:
 *
 *     open      that it is due at another time by a newer calendar; a reminder, in office hours
 *               before it is due; the lapse, after due and grace
 *     lapsed    an escalation, in office hours
 *     on time   that its lapse is withdrawn, if one was recorded
 *     late, or taken over    that it is over, if it was escalated
 */
#include "agents/campaign/duty.h"
#include "agents/duties.h"
#include "agents/office.h"

typedef struct planning {
    const tb_agent *agent;
    tb_txn *txn;
    const tb_case_row *row;
    const tb_duty_def *def;
    const tb_duty_row *duty;
    tb_time not_before;
} planning;

static tb_time later(tb_time a, tb_time b)
{
    return a > b ? a : b;
}

static tb_err said(const planning *p, tb_duty_word word, bool *out)
{
    tb_duty_said row;
    tb_err err = tb_duty_said_get(p->txn, &p->duty->key, word, &row);
    *out = err == TB_OK;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* People read it: in their office hours, if that is not past the last instant it is of use. */
static tb_err in_office_hours(const planning *p, tb_time at, tb_time last, tb_time *out)
{
    tb_office office;
    tb_err err = tb_office_get(p->txn, &office);
    tb_time shifted = at;
    if (err == TB_OK && p->row->lane != TB_LANE_URGENT) {
        shifted = tb_office_next(&office, p->agent->calendar, at);
    }
    *out = last != 0 && shifted > last ? at : shifted;
    return err;
}

static tb_err of_open(const planning *p, tb_duty_word *out, tb_time *out_at)
{
    const tb_calendar *calendar = p->agent->calendar;
    if (tb_duty_redated(p->agent, p->def, p->duty) != p->duty->due) {
        *out = TB_DUTY_REDATES;
        *out_at = later(p->duty->from_at, p->not_before);
        return TB_OK;
    }
    tb_time due = p->duty->due;
    tb_time at = tb_duty_remind_at(p->def, due, calendar);
    bool done = true;
    tb_err err = TB_OK;
    *out = TB_DUTY_LAPSES;
    *out_at = due + tb_duty_grace(p->def);
    if (p->def->remind.act != NULL && at > p->duty->from_at && p->not_before <= due) {
        err = said(p, TB_DUTY_REMINDS, &done);
    }
    if (err == TB_OK && !done) {
        *out = TB_DUTY_REMINDS;
        err = in_office_hours(p, later(at, p->not_before), due, out_at);
    }
    return err;
}

static tb_err of_lapsed(const planning *p, tb_duty_word *out, tb_time *out_at)
{
    tb_time at = tb_duty_escalate_at(p->def, p->duty->due, p->agent->calendar);
    bool done = true;
    tb_err err = TB_OK;
    if (p->def->escalate.act != NULL) {
        err = said(p, TB_DUTY_ESCALATES, &done);
    }
    if (err == TB_OK && !done) {
        *out = TB_DUTY_ESCALATES;
        err = in_office_hours(p, later(at, p->not_before), 0, out_at);
    }
    return err;
}

static tb_err of_on_time(const planning *p, tb_duty_word *out, tb_time *out_at)
{
    bool done = true;
    tb_err err = TB_OK;
    if (p->def->withdraw_lapse != NULL && !tb_digest_zero(&p->duty->lapse)) {
        err = said(p, TB_DUTY_WITHDRAWS, &done);
    }
    if (err == TB_OK && !done) {
        *out = TB_DUTY_WITHDRAWS;
        *out_at = later(p->duty->ended, p->not_before);
    }
    return err;
}

/* Who it was escalated to hears that it is over, once. */
static tb_err of_over(const planning *p, tb_duty_word *out, tb_time *out_at)
{
    bool escalated = false;
    bool done = true;
    tb_err err = TB_OK;
    if (p->def->settle != NULL) {
        err = said(p, TB_DUTY_ESCALATES, &escalated);
    }
    if (err == TB_OK && escalated) {
        err = said(p, TB_DUTY_SETTLES, &done);
    }
    if (err == TB_OK && !done) {
        *out = TB_DUTY_SETTLES;
        *out_at = later(p->duty->ended, p->not_before);
    }
    return err;
}

tb_err tb_duty_next_word(const tb_agent *agent,
                         tb_txn *txn,
                         const tb_case_row *row,
                         const tb_duty_row *duty,
                         tb_time not_before,
                         tb_duty_word *out,
                         tb_time *out_at)
{
    planning p = {agent, txn,       row, tb_case_type_duty(row->view.type, duty->key.duty),
                  duty,  not_before};
    *out = TB_DUTY_NOTHING;
    *out_at = 0;
    if (p.def == NULL || !tb_party_equal(&duty->creditor, &agent->self)) {
        return TB_OK;
    }
    switch (duty->state) {
    case TB_DUTY_OPEN:
        return of_open(&p, out, out_at);
    case TB_DUTY_LAPSED:
        return duty->ended == 0 ? of_lapsed(&p, out, out_at) : of_over(&p, out, out_at);
    case TB_DUTY_ON_TIME:
        return of_on_time(&p, out, out_at);
    case TB_DUTY_LATE:
        return of_over(&p, out, out_at);
    case TB_DUTY_RELEASED:
        return TB_OK;
    }
    TB_UNREACHABLE();
}

tb_time tb_duty_redated(const tb_agent *agent, const tb_duty_def *def, const tb_duty_row *duty)
{
    bool newer = agent->calendar != NULL && agent->calendar->version > duty->calendar;
    return newer && def->redate != NULL && def->working_days > 0
               ? tb_duty_due(def, duty->from_at, agent->calendar)
               : duty->due;
}

tb_err tb_duty_plan(const tb_agent *agent, tb_txn *txn, const tb_case_row *row, tb_duty_row *duty)
{
    tb_duty_word word;
    return tb_duty_next_word(agent, txn, row, duty, 0, &word, &duty->look);
}

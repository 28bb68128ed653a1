#include "agents/duties.h"

#include "agents/campaign/duty.h"
#include "agents/effective.h"

tb_err tb_duty_counts_from(
    const tb_agent *agent, tb_txn *txn, const tb_event *event, const tb_digest *id, tb_time *out)
{
    tb_event_key key = tb_event_key_of(event, id);
    tb_event_row row;
    bool known;
    *out = event->at;
    tb_err err = tb_event_get(txn, &key, &row);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    return tb_effective_time(agent, txn, &row, event->at, out, &known);
}

static bool ended(const tb_duty_row *duty)
{
    return duty->ended != 0;
}

/* ---- ends ---- */

static tb_err end_duty(const tb_agent *agent,
                       tb_txn *txn,
                       const tb_case_row *row,
                       tb_duty_row *duty,
                       tb_duty_state state,
                       tb_time at,
                       const tb_digest *by)
{
    duty->state = state;
    duty->ended = at;
    duty->end = *by;
    tb_err err = tb_duty_plan(agent, txn, row, duty);
    return err == TB_OK ? tb_duty_put(txn, duty) : err;
}

/* What was done in time never lapsed: the record of a lapse stays, and its author withdraws it. */
tb_err tb_duty_fulfil_at(const tb_agent *agent,
                         tb_txn *txn,
                         const tb_case_row *row,
                         tb_duty_row *duty,
                         tb_time at,
                         const tb_digest *by)
{
    tb_duty_state state = at <= duty->due ? TB_DUTY_ON_TIME : TB_DUTY_LATE;
    return end_duty(agent, txn, row, duty, state, at, by);
}

tb_err tb_duty_fulfil(const tb_agent *agent,
                      tb_txn *txn,
                      const tb_case_row *row,
                      tb_duty_row *duty,
                      const tb_event *event,
                      const tb_digest *id)
{
    tb_time at;
    tb_err err = tb_duty_counts_from(agent, txn, event, id, &at);
    return err == TB_OK ? tb_duty_fulfil_at(agent, txn, row, duty, at, id) : err;
}

/* A take-over releases the debtor, but of what outlives it; what had lapsed by then stays on record
 * as it is. */
static tb_err end_all(const tb_agent *agent,
                      tb_txn *txn,
                      const tb_case_row *row,
                      const tb_event *event,
                      const tb_digest *id)
{
    tb_duty_row *list;
    size_t count;
    tb_err err = tb_duties_of(txn, &row->id, &list, &count);
    tb_time at = event->at;
    if (err == TB_OK && count > 0) {
        err = tb_duty_counts_from(agent, txn, event, id, &at);
    }
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        const tb_duty_def *def = tb_case_type_duty(row->view.type, list[i].key.duty);
        if (ended(&list[i]) || def == NULL) {
            continue;
        }
        if (event->kind == TB_EVENT_TAKE_OVER && tb_duty_outlives(def, event->action)) {
            continue;
        }
        if (event->kind == TB_EVENT_TAKE_OVER) {
            bool open = list[i].state == TB_DUTY_OPEN;
            err = end_duty(agent, txn, row, &list[i], open ? TB_DUTY_RELEASED : list[i].state, at,
                           id);
        } else if (tb_duty_ends(def, event->action)) {
            err = tb_duty_fulfil_at(agent, txn, row, &list[i], at, id);
        }
    }
    return err;
}

/* ---- begins ---- */

/* One row for each who owes it. */
tb_err tb_duty_begin(const tb_agent *agent,
                     tb_txn *txn,
                     const tb_case_row *row,
                     const tb_event *event,
                     const tb_digest *id,
                     const tb_duty_def *def)
{
    tb_duty_row duty = {
        .key = {.case_id = row->id, .from = *id, .duty = tb_bytes_str(def->id)},
        .state = TB_DUTY_OPEN,
        .from_number = event->number,
        .calendar = agent->calendar != NULL ? agent->calendar->version : 0,
    };
    const tb_directory *directory = tb_agent_directory(agent, event->directory_version);
    if (!tb_duty_owed(def, &row->view, directory, event->at)) {
        return TB_OK;
    }
    tb_err err = tb_duty_counts_from(agent, txn, event, id, &duty.from_at);
    duty.due = tb_duty_due_in(def, &row->view, duty.from_at, agent->calendar);
    size_t at = 0;
    while (err == TB_OK &&
           tb_duty_parties(def, &row->view, directory, &at, &duty.key.debtor, &duty.creditor)) {
        err = tb_duty_plan(agent, txn, row, &duty);
        if (err == TB_OK) {
            err = tb_duty_put(txn, &duty);
        }
    }
    return err;
}

/* ---- another version ---- */

/* By the version the case has moved to: what is open gets its limit, what it does not ask for any
 * more is released as by a take-over. Who owes it to whom is the same in both (compare.h), and what
 * was done before stays judged as it was. New duties begin with later events. */
static tb_err move_all(const tb_agent *agent,
                       tb_txn *txn,
                       const tb_case_row *row,
                       const tb_event *event,
                       const tb_digest *id)
{
    tb_duty_row *list;
    size_t count;
    tb_err err = tb_duties_of(txn, &row->id, &list, &count);
    tb_time at = event->at;
    if (err == TB_OK && count > 0) {
        err = tb_duty_counts_from(agent, txn, event, id, &at);
    }
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        tb_duty_row *duty = &list[i];
        const tb_duty_def *def = tb_case_type_duty(row->view.type, duty->key.duty);
        bool open = duty->state == TB_DUTY_OPEN;
        if (ended(duty)) {
            continue;
        }
        if (def == NULL) {
            err = end_duty(agent, txn, row, duty, open ? TB_DUTY_RELEASED : duty->state, at, id);
            continue;
        }
        if (def->due_field == NULL) {
            duty->due = tb_duty_due(def, duty->from_at, agent->calendar);
        }
        duty->calendar = agent->calendar != NULL ? agent->calendar->version : 0;
        err = tb_duty_plan(agent, txn, row, duty);
        if (err == TB_OK) {
            err = tb_duty_put(txn, duty);
        }
    }
    return err;
}

static tb_err follow(const tb_agent *agent,
                     tb_txn *txn,
                     const tb_case_row *row,
                     const tb_event *event,
                     const tb_digest *id)
{
    const tb_case_type *type = row->view.type;
    if (event->kind == TB_EVENT_VERSION) {
        return move_all(agent, txn, row, event, id);
    }
    if (type->duty_count == 0 || event->kind == TB_EVENT_SIDE) {
        return TB_OK;
    }
    tb_err err = end_all(agent, txn, row, event, id);
    for (unsigned i = 0; err == TB_OK && i < type->duty_count; i++) {
        if (tb_duty_begins(&type->duties[i], event->action)) {
            err = tb_duty_begin(agent, txn, row, event, id, &type->duties[i]);
        }
    }
    return err;
}

/* ---- another chain ---- */

static tb_err forget_all(tb_txn *txn, const tb_case_id *id)
{
    tb_duty_row *list;
    size_t count;
    tb_err err = tb_duties_of(txn, id, &list, &count);
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        err = tb_duty_del(txn, &list[i].key);
    }
    return err;
}

tb_err tb_duties_beside(const tb_agent *agent,
                        tb_txn *txn,
                        const tb_case_row *row,
                        const tb_event *event,
                        const tb_digest *id)
{
    tb_err err = tb_duties_requested(agent, txn, row, event, id);
    return err == TB_OK ? tb_duties_lapsed(agent, txn, row, event, id) : err;
}

tb_err
tb_duties_sides(const tb_agent *agent, tb_txn *txn, const tb_case_row *row, tb_duties_side_fn *look)
{
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row side;
    tb_err err = tb_event_first(txn, &row->id, TB_CLASS_SIDE, &walk, &key, &side);
    while (err == TB_OK) {
        tb_event event;
        if (side.standing == TB_STANDING_EFFECTIVE) {
            err = tb_chain_decode(txn, &side, &event);
            if (err == TB_OK) {
                err = look(agent, txn, row, &event, &key.event);
            }
            if (err != TB_OK) {
                return err;
            }
        }
        err = tb_event_next(txn, &walk, &key, &side);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* Whether any event of the path can have to do with a duty. */
static bool may_owe(const tb_path *path, const tb_case_row *row)
{
    bool may = row->view.type->duty_count > 0;
    for (size_t i = 0; !may && i < path->count; i++) {
        may = path->list[i].event.kind == TB_EVENT_VERSION; /* by the versions before it */
    }
    return may;
}

/* What is dated by an older calendar stays so until its creditor re-dates it. */
static tb_err
keep_date(const tb_agent *agent, tb_txn *txn, const tb_case_row *row, const tb_duty_row *before)
{
    tb_duty_row now;
    const tb_duty_def *def = tb_case_type_duty(row->view.type, before->key.duty);
    tb_err err = tb_duty_get(txn, &before->key, &now);
    bool same = err == TB_OK && def != NULL && now.from_at == before->from_at &&
                now.calendar > before->calendar && now.state == TB_DUTY_OPEN &&
                tb_duty_redated(agent, def, before) == now.due;
    if (!same || now.due == before->due) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    now.due = before->due;
    now.calendar = before->calendar;
    err = tb_duty_plan(agent, txn, row, &now);
    return err == TB_OK ? tb_duty_put(txn, &now) : err;
}

tb_err
tb_duties_anew(const tb_agent *agent, tb_txn *txn, const tb_path *path, const tb_case_row *row)
{
    tb_case_row then;
    tb_duty_row *before;
    size_t count;
    tb_err err = tb_duties_of(txn, &row->id, &before, &count);
    if (err == TB_OK) {
        err = forget_all(txn, &row->id);
    }
    if (err != TB_OK || !may_owe(path, row)) {
        return err;
    }
    err = tb_chain_replay(agent, txn, path, 0, row, &then);
    for (size_t i = 0; err == TB_OK && i < path->count; i++) {
        const tb_chain_event *at = &path->list[i];
        err = tb_case_fold(agent, tb_txn_arena(txn), &then, &at->event, &at->id);
        /* Of a case disputed from its opening the chain still shows; nobody owes anything by it. */
        if (err == TB_OK && at->row.standing != TB_STANDING_DISPUTED) {
            err = follow(agent, txn, &then, &at->event, &at->id);
        }
    }
    /* Side events have no order: what a lapse is of must have begun. */
    if (err == TB_OK) {
        err = tb_duties_sides(agent, txn, row, tb_duties_requested);
    }
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        err = keep_date(agent, txn, row, &before[i]);
    }
    return err == TB_OK ? tb_duties_sides(agent, txn, row, tb_duties_lapsed) : err;
}

tb_err tb_duties_follow(const tb_agent *agent,
                        tb_txn *txn,
                        const tb_case_row *row,
                        const tb_event *event,
                        const tb_digest *id)
{
    if (event->kind != TB_EVENT_VERSION) {
        return follow(agent, txn, row, event, id);
    }
    tb_path path;
    tb_err err = tb_chain_to_head(txn, row, &path);
    return err == TB_OK ? tb_duties_anew(agent, txn, &path, row) : err;
}

#include "agents/automatic.h"

#include "agents/campaign/duty.h"
#include "agents/campaign/scene.h"

/* ---- what is to be done ---- */

static bool any_automatic(const tb_case_type *type)
{
    for (unsigned i = 0; i < type->action_count; i++) {
        if (type->actions[i].automatic != NULL) {
            return true;
        }
    }
    return false;
}

static bool possible_in(const tb_action *action, tb_bytes state)
{
    return action->automatic != NULL && tb_names_hold(action->from, action->from_count, state);
}

/* The first instant at which it is done. */
static tb_time due_of(const tb_agent *agent, const tb_automatic *automatic, tb_time since)
{
    const tb_delay *after = automatic->after;
    if (after == NULL || (after->hours == 0 && after->days == 0 && after->working_days == 0)) {
        return since;
    }
    tb_duty_def limit = {
        .hours = after->hours, .days = after->days, .working_days = after->working_days};
    return tb_duty_due(&limit, since, agent->calendar) + (after->hours > 0 ? 0 : 1);
}

/* The row of an action among those kept before; NULL: none, or of another state. */
static const tb_automatic_row *
kept(const tb_automatic_row *list, size_t count, const tb_case_row *row, const char *action)
{
    for (size_t i = 0; i < count; i++) {
        if (tb_bytes_equal(list[i].action, tb_bytes_str(action)) &&
            tb_bytes_equal(list[i].state, row->view.state)) {
            return &list[i];
        }
    }
    return NULL;
}

/* A step that leaves the state as it is does not begin the wait anew. */
static tb_err plan(const tb_agent *agent,
                   tb_txn *txn,
                   const tb_case_row *row,
                   const tb_action *action,
                   const tb_automatic_row *before)
{
    bool on = true;
    tb_automatic_row next = {
        .case_id = row->id,
        .action = tb_bytes_str(action->id),
        .campaign = row->campaign,
        .state = row->view.state,
        .since = before != NULL ? before->since : row->at,
    };
    tb_err err =
        action->automatic->switched ? tb_switch_on(txn, row->campaign, next.action, &on) : TB_OK;
    if (err != TB_OK) {
        return err;
    }
    next.due = due_of(agent, action->automatic, next.since);
    next.look = on ? next.due : 0;
    return tb_automatic_put(txn, &next);
}

tb_err tb_automatic_follow(const tb_agent *agent, tb_txn *txn, const tb_case_row *row)
{
    tb_automatic_row *list = NULL;
    size_t count = 0;
    bool here = row->view.type != NULL && tb_party_equal(&row->view.holder, &agent->self) &&
                any_automatic(row->view.type);
    if (!here && tb_store_rows(txn, TB_TABLE_AUTOMATIC) == 0) {
        return TB_OK;
    }
    tb_err err = tb_automatics_of(txn, &row->id, &list, &count);
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        err = tb_automatic_del(txn, &row->id, list[i].action);
    }
    for (unsigned i = 0; err == TB_OK && here && i < row->view.type->action_count; i++) {
        const tb_action *action = &row->view.type->actions[i];
        if (possible_in(action, row->view.state)) {
            err = plan(agent, txn, row, action, kept(list, count, row, action->id));
        }
    }
    return err;
}

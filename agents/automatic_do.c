/* automatic_do - the tick: what is due is done, as this party's own act. */
#include "agents/acts.h"
#include "agents/answers.h"
#include "agents/automatic.h"

/* The account in an event nobody asked for. */
#define AGENT_ACCOUNT "agent"

tb_err tb_automatic_due(const tb_agent *agent, tb_txn *txn, tb_time *out)
{
    tb_automatic_row row;
    if (tb_store_rows(txn, TB_TABLE_AUTOMATIC_DUE) == 0 || tb_store_above_watermark(txn)) {
        return TB_ERR_NOT_FOUND; /* a full store signs nothing new */
    }
    tb_err err = tb_automatic_first(txn, &row);
    if (err != TB_OK || !agent->directory->exercise) {
        *out = err == TB_OK ? row.look : *out;
        return err;
    }
    uint64_t civil; /* stands still until somebody moves it; nobody did yet: the real one */
    err = tb_meta_number(txn, "civil", &civil);
    *out = civil == 0 ? row.look : 0;
    return err == TB_OK && civil != 0 && row.look > (tb_time)civil ? TB_ERR_NOT_FOUND : err;
}

static tb_err look_again(tb_step *step, tb_automatic_row *row, tb_time wait)
{
    row->look = step->now.civil + wait;
    return tb_automatic_put(step->txn, row);
}

static tb_err do_one(tb_step *step, tb_automatic_row *row)
{
    tb_case_row owner;
    bool on = true;
    tb_err err = tb_case_load(step->agent, step->txn, &row->case_id, &owner);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }
    const tb_action *action =
        owner.view.type == NULL ? NULL : tb_case_type_action(owner.view.type, row->action);
    if (action == NULL || action->automatic == NULL) {
        return look_again(step, row, TB_DUTY_REFUSED_AGAIN_MS); /* its campaign is not here now */
    }
    if (action->automatic->switched) {
        err = tb_switch_on(step->txn, row->campaign, row->action, &on);
    }
    if (err == TB_OK && !on) {
        row->look = 0;
        return tb_automatic_put(step->txn, row);
    }
    bool asked = false; /* somebody waits for a person's answer, which goes before */
    err = err == TB_OK ? tb_request_waits(step->txn, &owner, &asked) : err;
    if (err == TB_OK && asked) {
        return look_again(step, row, TB_DUTY_REFUSED_AGAIN_MS);
    }
    tb_outcome outcome;
    tb_wish wish = {
        .account = tb_bytes_str(AGENT_ACCOUNT),
        .by_agent = true,
        .case_id = row->case_id,
        .action = row->action,
        .head = owner.view.head,
    };
    if (err == TB_OK) {
        err =
            tb_act(step->agent, step->txn, step->now, step->random, &wish, step->effects, &outcome);
    }
    if (err != TB_OK || (outcome.code == TB_ACCEPTED && !outcome.draft)) {
        return err; /* the case moved on, and the row went with it */
    }
    return look_again(step, row, outcome.draft ? TB_DUTY_AGAIN_MS : TB_DUTY_REFUSED_AGAIN_MS);
}

/* What was dormant and is switched on now. */
static tb_err wake(tb_step *step, unsigned *left)
{
    tb_bytes cursor = tb_bytes_of(NULL, 0);
    tb_err err = TB_OK;
    while (err == TB_OK && *left > 0) {
        tb_switch_row at;
        tb_automatic_row row;
        err = tb_switch_next(step->txn, &cursor, &at);
        tb_err found = err == TB_OK && at.on ? TB_OK : TB_ERR_NOT_FOUND;
        while (found == TB_OK && *left > 0) {
            found = tb_automatic_dormant(step->txn, at.campaign, at.action, &row);
            if (found == TB_OK) {
                row.look = row.due;
                found = tb_automatic_put(step->txn, &row);
                (*left)--;
            }
        }
        err = found == TB_ERR_NOT_FOUND ? err : found;
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_automatic_tick(tb_step *step)
{
    unsigned left = TB_AUTOMATIC_TICK_MAX;
    if (tb_store_rows(step->txn, TB_TABLE_AUTOMATIC_DUE) == 0 ||
        tb_store_above_watermark(step->txn)) {
        return TB_OK;
    }
    tb_err err = wake(step, &left);
    for (left = TB_AUTOMATIC_TICK_MAX; err == TB_OK && left > 0; left--) {
        tb_automatic_row row;
        err = tb_automatic_first(step->txn, &row);
        if (err == TB_OK && row.look > step->now.civil) {
            return TB_OK;
        }
        if (err == TB_OK) {
            err = do_one(step, &row);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

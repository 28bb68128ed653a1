/* measure_lapses - which recorded lapses (超期记录) of a case stand, and score. */
#include "agents/campaign/duty.h"
#include "agents/measures.h"
#include "agents/rows_duty.h"

typedef struct looking {
    const tb_agent *agent;
    tb_txn *txn;
    const tb_as_of *as_of; /* NULL: now */
} looking;

static tb_err known(const looking *l, const tb_event_row *row, bool *out)
{
    *out = true;
    return l->as_of == NULL ? TB_OK : tb_known_as_of(l->agent, l->txn, row, l->as_of, out);
}

/* Withdrawn, with its ground on record, or of what turned out to be done in time: it is none. */
static tb_err stands(const looking *l, const tb_duty_row *duty, bool *out)
{
    tb_duty_said said;
    tb_event_key key;
    tb_event_row row;
    bool withdrawn = true;
    *out = !tb_digest_zero(&duty->lapse) && duty->state != TB_DUTY_ON_TIME;
    tb_err err =
        *out ? tb_duty_said_get(l->txn, &duty->key, TB_DUTY_WITHDRAWS, &said) : TB_ERR_NOT_FOUND;
    if (err == TB_OK) {
        err = tb_event_of_case(l->txn, &duty->key.case_id, &said.event, &key, &row);
        err = err == TB_OK ? known(l, &row, &withdrawn) : err == TB_ERR_NOT_FOUND ? TB_OK : err;
        *out = err == TB_OK && !withdrawn;
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* Its record, where that is here and counts. */
static tb_err
record_of(const looking *l, const tb_duty_row *duty, tb_chain_event *out, bool *out_here)
{
    out->id = duty->lapse;
    tb_err err = tb_event_of_case(l->txn, &duty->key.case_id, &duty->lapse, &out->key, &out->row);
    *out_here = err == TB_OK && out->row.standing == TB_STANDING_EFFECTIVE;
    if (*out_here) {
        err = known(l, &out->row, out_here);
    }
    if (err == TB_OK && *out_here) {
        err = tb_chain_decode(l->txn, &out->row, &out->event);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_standing_lapses(const tb_agent *agent,
                          tb_txn *txn,
                          const tb_case_row *row,
                          const tb_as_of *as_of,
                          tb_standing_lapse **out,
                          size_t *out_count)
{
    const looking l = {agent, txn, as_of};
    tb_duty_row *duties;
    size_t count;
    size_t found = 0;
    TB_ASSERT(row->view.type != NULL);
    tb_err err = tb_duties_of(txn, &row->id, &duties, &count);
    tb_standing_lapse *list =
        err == TB_OK ? tb_arena_array(tb_txn_arena(txn), count + 1, sizeof *list) : NULL;
    if (list == NULL) {
        return err == TB_OK ? TB_ERR_LIMIT : err;
    }
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        const tb_duty_row *duty = &duties[i];
        const tb_duty_def *def = tb_case_type_duty(row->view.type, duty->key.duty);
        tb_standing_lapse *one = &list[found];
        bool is_one = false;
        if (def == NULL || !tb_party_equal(&duty->creditor, &agent->self)) {
            continue;
        }
        err = stands(&l, duty, &is_one);
        if (err == TB_OK && is_one) {
            err = record_of(&l, duty, &one->record, &is_one);
        }
        if (err == TB_OK && is_one) {
            one->duty = duty->key.duty;
            one->debtor = duty->key.debtor;
            one->scores = tb_duty_scores(def, duty->from_at);
            found++;
        }
    }
    *out = list;
    *out_count = found;
    return err;
}

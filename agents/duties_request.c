/* duties_request - a duty that begins with a request, a side event, and ends with its answer. */
#include "agents/answers.h"
#include "agents/campaign/duty.h"
#include "agents/duties.h"

/* The number of the event that lists the request; 0: none yet. */
static tb_err listed_by(tb_txn *txn, const tb_event *event, const tb_digest *id, uint64_t *out)
{
    tb_event_key key = tb_event_key_of(event, id);
    tb_event_row row;
    *out = 0;
    tb_err err = tb_event_get(txn, &key, &row);
    if (err == TB_OK) {
        *out = row.seen;
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* It may come here when it was answered already: then the answer ends what begins with it. */
static tb_err end_answered(const tb_agent *agent,
                           tb_txn *txn,
                           const tb_case_row *row,
                           const tb_duty_def *def,
                           const tb_digest *id,
                           uint64_t listed)
{
    tb_path path;
    size_t at = 0;
    tb_duty_row *list;
    size_t count;
    tb_err err = tb_chain_to_head(txn, row, &path);
    if (err != TB_OK ||
        tb_answer_in(&path, listed, (const char *const *)def->until, def->until_count, &at) == 0) {
        return err;
    }
    err = tb_duties_of(txn, &row->id, &list, &count); /* it may have begun with nobody to owe it */
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        if (tb_digest_equal(&list[i].key.from, id) &&
            tb_bytes_equal(list[i].key.duty, tb_bytes_str(def->id))) {
            err = tb_duty_fulfil(agent, txn, row, &list[i], &path.list[at].event, &path.list[at].id);
        }
    }
    return err;
}

tb_err tb_duties_requested(const tb_agent *agent,
                           tb_txn *txn,
                           const tb_case_row *row,
                           const tb_event *event,
                           const tb_digest *id)
{
    const tb_case_type *type = row->view.type;
    uint64_t listed;
    tb_err err = listed_by(txn, event, id, &listed);
    for (unsigned i = 0; err == TB_OK && type != NULL && i < type->duty_count; i++) {
        const tb_duty_def *def = &type->duties[i];
        if (!tb_duty_begins(def, event->action)) {
            continue;
        }
        err = tb_duty_begin(agent, txn, row, event, id, def);
        if (err == TB_OK && listed > 0) {
            err = end_answered(agent, txn, row, def, id, listed);
        }
    }
    return err;
}

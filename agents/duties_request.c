/* duties_request - a duty that begins with a side event: a request, which ends with its answer, or
 * a supervision (督办), which ends with the report back of whom it calls upon. */
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
            err =
                tb_duty_fulfil(agent, txn, row, &list[i], &path.list[at].event, &path.list[at].id);
        }
    }
    return err;
}

/* The case as it is to who is supervised: with the side event's own values, and its author as the
 * last who did that. */
static tb_err
supervised_view(tb_txn *txn, const tb_case_row *row, const tb_event *event, tb_case_row *out)
{
    tb_arena *arena = tb_txn_arena(txn);
    const tb_case_view *view = &row->view;
    size_t field_count = view->field_count + event->field_count;
    tb_field *fields = tb_arena_array(arena, field_count + 1, sizeof *fields);
    tb_action_count *counts = tb_arena_array(arena, view->count_count + 1, sizeof *counts);
    if (fields == NULL || counts == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < field_count; i++) { /* the first of a name is found */
        fields[i] =
            i < event->field_count ? event->fields[i] : view->fields[i - event->field_count];
    }
    counts[0] = (tb_action_count){
        .action = event->action, .count = 1, .last_actor = *tb_event_author(event)};
    if (view->count_count > 0) {
        memcpy(counts + 1, view->counts, view->count_count * sizeof *counts);
    }
    *out = *row;
    out->view.fields = fields;
    out->view.field_count = field_count;
    out->view.counts = counts;
    out->view.count_count = view->count_count + 1;
    return TB_OK;
}

static tb_err begin_supervised(const tb_agent *agent,
                               tb_txn *txn,
                               const tb_case_row *row,
                               const tb_event *event,
                               const tb_digest *id,
                               const tb_duty_def *def)
{
    tb_case_row with;
    tb_err err = supervised_view(txn, row, event, &with);
    if (err == TB_OK) {
        err = tb_duty_begin(agent, txn, &with, event, id, def);
    }
    /* the report back may have come before */
    return err == TB_OK ? tb_duties_sides(agent, txn, row, tb_duties_lapsed) : err;
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
        const tb_action *from = tb_case_type_action(type, event->action);
        bool supervises = from != NULL && from->supervises_count > 0;
        err = supervises ? begin_supervised(agent, txn, row, event, id, def)
                         : tb_duty_begin(agent, txn, row, event, id, def);
        if (err == TB_OK && listed > 0 && !supervises) {
            err = end_answered(agent, txn, row, def, id, listed);
        }
    }
    return err;
}

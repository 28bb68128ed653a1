#include "agents/answers.h"

#include "agents/campaign/scene.h"

static bool answers_any(const tb_case_type *type, const tb_action *action)
{
    for (unsigned i = 0; i < type->action_count; i++) {
        const tb_action *request = &type->actions[i];
        if (request->request &&
            tb_names_hold((const char *const *)request->answered_by, request->answered_by_count,
                          tb_bytes_str(action->id))) {
            return true;
        }
    }
    return false;
}

uint64_t tb_answer_in(const tb_path *path,
                      uint64_t listed,
                      const char *const *actions,
                      unsigned count,
                      size_t *out_at)
{
    for (size_t i = 0; listed > 0 && i < path->count; i++) {
        const tb_event *event = &path->list[i].event;
        if (event->number >= listed && tb_names_hold(actions, count, event->action)) {
            *out_at = i;
            return event->number;
        }
    }
    return 0;
}

static bool has_requests(const tb_case_type *type)
{
    for (unsigned i = 0; i < type->action_count; i++) {
        if (type->actions[i].request) {
            return true;
        }
    }
    return false;
}

/* Whether a side event is a request that the action (NULL: any) answers and nothing has answered.
 */
static tb_err waits(tb_txn *txn,
                    const tb_case_type *type,
                    const tb_path *path,
                    const tb_event_row *row,
                    const tb_action *action,
                    bool *out)
{
    tb_event event;
    size_t at;
    *out = false;
    tb_err err = tb_chain_decode(txn, row, &event);
    if (err != TB_OK || row->standing != TB_STANDING_EFFECTIVE) {
        return err;
    }
    const tb_action *request = tb_case_type_action(type, event.action);
    if (request == NULL || !request->request) {
        return TB_OK;
    }
    const char *const *by = (const char *const *)request->answered_by;
    unsigned count = request->answered_by_count;
    *out = (action == NULL || tb_names_hold(by, count, tb_bytes_str(action->id))) &&
           tb_answer_in(path, row->seen, by, count, &at) == 0;
    return TB_OK;
}

/* Whether a request that the action (NULL: any) answers waits among the side events. */
static tb_err any_waits(tb_txn *txn, const tb_case_row *row, const tb_action *action, bool *out)
{
    tb_path path;
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row side;
    tb_err err = tb_chain_to_head(txn, row, &path);
    if (err == TB_OK) {
        err = tb_event_first(txn, &row->id, TB_CLASS_SIDE, &walk, &key, &side);
    }
    *out = false;
    while (err == TB_OK && !*out) {
        err = waits(txn, row->view.type, &path, &side, action, out);
        if (err == TB_OK && !*out) {
            err = tb_event_next(txn, &walk, &key, &side);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_answer_unasked(tb_txn *txn, const tb_case_row *row, const tb_action *action, bool *out)
{
    bool waiting = true;
    tb_err err = TB_OK;
    if (row->view.type != NULL && answers_any(row->view.type, action)) {
        err = any_waits(txn, row, action, &waiting);
    }
    *out = !waiting;
    return err;
}

tb_err tb_request_waits(tb_txn *txn, const tb_case_row *row, bool *out)
{
    *out = false;
    bool may = row->view.type != NULL && has_requests(row->view.type);
    return may ? any_waits(txn, row, NULL, out) : TB_OK;
}

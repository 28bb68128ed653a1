#include "agents/lost.h"

#include "agents/recovery.h"

tb_err tb_lost_possible(tb_txn *txn, bool *out)
{
    tb_recovery_row row;
    tb_err err = tb_recovery_get(txn, &row);
    if (err == TB_OK) {
        *out = row.state == TB_RECOVERY_ENDED;
    }
    return err;
}

static tb_err is_lost(const tb_agent *agent,
                      tb_txn *txn,
                      const tb_case_row *row,
                      const tb_event *event,
                      const tb_event_key *key,
                      tb_bytes group,
                      bool *out)
{
    tb_opening opening;
    *out = false;
    if (!tb_party_equal(&event->actor, &agent->self) &&
        !tb_may_read(&row->view, agent->directory, group, &agent->self)) {
        return TB_OK;
    }
    tb_err err = tb_opening_get(txn, key, group, &opening);
    *out = err == TB_ERR_NOT_FOUND;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static void add_fields(
    const tb_case_row *row, const tb_event *event, tb_bytes group, tb_bytes *list, size_t *count)
{
    const tb_action *action = tb_case_type_action(row->view.type, event->action);
    for (unsigned i = 0; action != NULL && i < action->field_count && *count < TB_FIELDS_MAX; i++) {
        tb_bytes id = tb_bytes_str(action->fields[i].field);
        const tb_field_def *def = tb_case_type_field(row->view.type, id);
        if (def != NULL && def->group != NULL && tb_bytes_equal(tb_bytes_str(def->group), group)) {
            list[(*count)++] = id;
        }
    }
}

tb_err tb_lost_fields(const tb_agent *agent,
                      tb_txn *txn,
                      const tb_case_row *row,
                      const tb_event *event,
                      const tb_event_key *key,
                      uint32_t *out_groups,
                      tb_bytes **out,
                      size_t *out_count)
{
    *out_groups = 0;
    *out = NULL;
    *out_count = 0;
    if (row->view.type == NULL || event->commitment_count == 0) {
        return TB_OK;
    }
    tb_bytes *list = tb_arena_array(tb_txn_arena(txn), TB_FIELDS_MAX, sizeof *list);
    size_t count = 0;
    if (list == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < event->commitment_count; i++) {
        bool lost;
        tb_bytes group = event->commitments[i].group;
        tb_err err = is_lost(agent, txn, row, event, key, group, &lost);
        if (err != TB_OK) {
            return err;
        }
        if (lost) {
            *out_groups |= 1u << i;
            add_fields(row, event, group, list, &count);
        }
    }
    *out = list;
    *out_count = count;
    return TB_OK;
}

#include "agents/stalled.h"

#include "agents/campaign/duty.h"
#include "agents/rows_duty.h"

static tb_err any_lapsed(tb_txn *txn, const tb_case_row *row, bool *out)
{
    tb_duty_row *list;
    size_t count;
    *out = false;
    if (row->view.type == NULL || row->view.type->duty_count == 0) {
        return TB_OK;
    }
    tb_err err = tb_duties_of(txn, &row->id, &list, &count);
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        const tb_duty_def *def = tb_case_type_duty(row->view.type, list[i].key.duty);
        *out = *out || (def != NULL && def->ends_in != NULL && list[i].state == TB_DUTY_LAPSED &&
                        list[i].ended == 0);
    }
    return err;
}

tb_err tb_case_stalled(const tb_agent *agent, tb_txn *txn, const tb_case_row *row, tb_stall *out)
{
    *out = TB_STALL_NONE;
    if (row->closed) {
        return TB_OK;
    }
    if (row->frozen) {
        *out = TB_STALL_FROZEN;
        return TB_OK;
    }
    if (!tb_directory_in_service(agent->directory, &row->view.holder)) {
        *out = TB_STALL_PARTY_OFF;
        return TB_OK;
    }
    bool lapsed;
    tb_err err = any_lapsed(txn, row, &lapsed);
    if (err == TB_OK && lapsed) {
        *out = TB_STALL_LAPSED;
    }
    return err;
}

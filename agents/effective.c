#include "agents/effective.h"

#include "agents/passing.h"

tb_err tb_effective_time(const tb_agent *agent,
                         tb_txn *txn,
                         const tb_event_row *row,
                         tb_time at,
                         tb_time *out,
                         bool *out_known)
{
    tb_time stored = 0;
    if (!agent->directory->exercise) {
        tb_err err = tb_pass_stored(txn, row, &stored);
        if (err != TB_OK) {
            return err;
        }
    }
    bool late = stored != 0 && (stored < at || stored - at > TB_STAMP_WINDOW_MS);
    *out = late ? stored : at;
    *out_known = stored != 0 || agent->directory->exercise;
    return TB_OK;
}

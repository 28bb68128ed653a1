#include "agents/effective.h"

#include "agents/passing.h"

tb_time tb_effective_by(const tb_agent *agent, tb_time at, tb_time stored, bool *out_known)
{
    bool late = stored != 0 && (stored < at || stored - at > TB_STAMP_WINDOW_MS);
    *out_known = stored != 0 || agent->directory->exercise;
    return late ? stored : at;
}

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
    *out = tb_effective_by(agent, at, stored, out_known);
    return TB_OK;
}

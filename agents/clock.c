#include "agents/clock.h"

#include "agents/rows_link.h"

#define CIVIL_MAX 253402300799999ll /* the end of year 9999 */

tb_err tb_clock_shown(tb_agent *agent, tb_txn *txn, tb_time *out)
{
    uint64_t kept = 0;
    tb_err err = TB_OK;
    if (agent->directory->exercise) {
        err = tb_meta_number(txn, "civil", &kept);
    }
    if (err != TB_OK) {
        return err;
    }

    if (kept > (uint64_t)CIVIL_MAX) {
        return TB_ERR_CORRUPT;
    }
    *out = (tb_time)kept;
    return TB_OK;
}

bool tb_clock_near(const tb_agent *agent, tb_time civil)
{
    const tb_campaigns *all = agent->campaigns;
    for (size_t i = 0; all != NULL && i < all->count; i++) {
        int64_t first;
        int64_t last;
        if (tb_day_parse(tb_bytes_str(all->list[i]->from), &first) &&
            tb_day_parse(tb_bytes_str(all->list[i]->to), &last) &&
            civil >= tb_day_start(first) - TB_EXERCISE_MARGIN_MS &&
            civil <= tb_day_start(last + 1) + TB_EXERCISE_MARGIN_MS) {
            return true;
        }
    }
    return all == NULL || all->count == 0;
}

tb_err tb_clock_move(tb_agent *agent, tb_txn *txn, tb_time civil)
{
    if (!agent->directory->exercise || civil <= 0 || civil > CIVIL_MAX ||
        !tb_clock_near(agent, civil)) {
        return TB_OK;
    }
    tb_time shown = 0;
    tb_err err = tb_clock_shown(agent, txn, &shown);
    if (err != TB_OK || civil <= shown) {
        return err;
    }

    return tb_meta_number_put(txn, "civil", (uint64_t)civil);
}

tb_err tb_clock_now(tb_agent *agent, tb_txn *txn, tb_time real, tb_now *out)
{
    tb_time shown = 0;
    tb_err err = tb_clock_shown(agent, txn, &shown);
    if (err != TB_OK) {
        return err;
    }

    *out = (tb_now){.real = real, .civil = shown > 0 ? shown : real};
    return TB_OK;
}

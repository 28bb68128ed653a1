#include "agents/old_keys.h"

static tb_time life_of(const tb_agent *agent)
{
    tb_time life = agent->keys.old_seal_life;
    return life > 0 && life < TB_NOTICE_LIFE_MS ? life : TB_NOTICE_LIFE_MS;
}

/* When an old key's time is over; false while the directory has not cut it. */
static bool ends_at(const tb_agent *agent, size_t place, tb_time *out)
{
    const tb_cut *cut =
        tb_directory_cut(agent->directory, &agent->self, &agent->keys.seal_id[place]);
    if (cut != NULL) {
        *out = cut->at + life_of(agent);
    }
    return cut != NULL;
}

static bool something_waits(tb_txn *txn)
{
    return tb_store_rows(txn, TB_TABLE_INBOX) > 0 || tb_store_rows(txn, TB_TABLE_QUARANTINE) > 0;
}

tb_err tb_old_keys_tick(tb_step *step)
{
    const tb_agent *agent = step->agent;
    for (size_t i = 1; i < agent->keys.seal_count; i++) {
        tb_time end;
        if (!ends_at(agent, i, &end) || step->now.real <= end || something_waits(step->txn)) {
            continue;
        }
        tb_effect destroy = {.kind = TB_EFFECT_DESTROY};
        tb_err err =
            tb_arena_copy(step->arena, tb_bytes_of(agent->keys.seal_id[i].bytes, sizeof(tb_key_id)),
                          &destroy.bytes);
        if (err == TB_OK) {
            err = tb_effects_add(step->effects, &destroy);
        }
        if (err != TB_OK) {
            return err;
        }
        tb_effects_note(step->effects, step->arena, TB_LEVEL_INFO, "event=old_key_destroyed key=%x",
                        destroy.bytes);
    }
    return TB_OK;
}

tb_err tb_old_keys_due(const tb_agent *agent, tb_txn *txn, tb_time *out)
{
    bool any = false;
    for (size_t i = 1; i < agent->keys.seal_count; i++) {
        tb_time end;
        if (ends_at(agent, i, &end) && (!any || end < *out)) {
            *out = end + 1;
            any = true;
        }
    }
    /* While something waits, applying it or deciding about it brings the next turn. */
    return any && !something_waits(txn) ? TB_OK : TB_ERR_NOT_FOUND;
}

#include "agents/set_aside.h"

#include "base/pack.h"

static const char *const names[] = {
#define TB_TABLE_NAME(name, key, value, when) #name,
    TB_TABLES(TB_TABLE_NAME)
#undef TB_TABLE_NAME
};

static void keep(tb_hand *hand, tb_table table, tb_bytes key)
{
    if (key.size == 0 || key.size > TB_HAND_KEY_MAX) {
        return;
    }
    TB_ASSERT(hand->count < sizeof hand->rows / sizeof hand->rows[0]);
    tb_hand_row *row = &hand->rows[hand->count++];
    row->table = table;
    row->size = key.size;
    memcpy(row->key, key.data, key.size);
}

void tb_hand_take(tb_agent *agent, tb_table table, tb_bytes key)
{
    agent->hand.count = 0;
    keep(&agent->hand, table, key);
}

void tb_hand_too(tb_agent *agent, tb_table table, tb_bytes key)
{
    keep(&agent->hand, table, key);
}

tb_err tb_hand_work(tb_step *step, tb_err (*part)(tb_step *step))
{
    tb_hand *hand = &step->agent->hand;
    hand->count = 0;
    tb_err err = part(step);
    hand->bad = err == TB_ERR_CORRUPT && hand->count > 0;
    return err;
}

tb_err tb_set_aside(
    tb_agent *agent, tb_txn *txn, tb_now now, tb_table table, tb_bytes key, tb_effects *effects)
{
    tb_arena *arena = tb_txn_arena(txn);
    tb_bytes value = {NULL, 0};
    tb_bytes name = tb_bytes_str(names[table]);
    tb_err err = tb_store_get(txn, table, key, &value);
    if (err != TB_OK && err != TB_ERR_CORRUPT) {
        return err;
    }

    tb_bytes packed;
    tb_writer w;
    tb_writer_arena(&w, arena, name.size + 1 + key.size);
    tb_put_raw(&w, name.data, name.size);
    tb_put_u8(&w, 0);
    tb_put_raw(&w, key.data, key.size);
    tb_bytes kept = err == TB_OK ? value : tb_bytes_of(NULL, 0);
    err = tb_writer_bytes(&w, &packed);
    if (err == TB_OK) {
        err = tb_store_put(txn, TB_TABLE_SET_ASIDE, packed, kept);
    }
    if (err == TB_OK) {
        err = tb_store_del(txn, table, key);
    }
    if (err != TB_OK) {
        return err;
    }
    tb_effects_note(effects, arena, TB_LEVEL_ERROR, "event=row_set_aside table=%s", names[table]);
    tb_alarm_row alarm = {.code = TB_REFUSED_ROW_UNREADABLE,
                          .at = now.real,
                          .party = agent->self,
                          .stream = {.lane = TB_LANE_NORMAL},
                          .evidence = {packed, kept},
                          .text = tb_bytes_str(tb_refusal_en(TB_REFUSED_ROW_UNREADABLE))};
    return tb_alarm_raise(agent, txn, &alarm, effects);
}

tb_err tb_hand_aside(tb_step *step, bool *out_any)
{
    tb_hand *hand = &step->agent->hand;
    tb_err err = TB_OK;
    *out_any = hand->bad;
    if (!hand->bad) {
        return TB_OK;
    }
    for (size_t i = 0; err == TB_OK && i < hand->count; i++) {
        const tb_hand_row *row = &hand->rows[i];
        err = tb_set_aside(step->agent, step->txn, step->now, row->table,
                           tb_bytes_of(row->key, row->size), step->effects);
        err = err == TB_ERR_NOT_FOUND ? TB_OK : err; /* it had no second */
    }
    if (err == TB_OK) {
        hand->bad = false; /* should the turn fail elsewhere, the row is found again */
    }
    return err;
}

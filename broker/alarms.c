#include "broker/handlers.h"

/* About one party at most one alarm is kept in so many ms, so that a forger cannot fill the store.
 */
#define ALARM_EVERY_MS 1000
#define META_ALARMS    "alarms"

static tb_err keep(tb_broker *b, const tb_hub_alarm *alarm)
{
    tb_running *t = &b->running;
    uint64_t number;
    tb_err err = tb_hub_number(t->txn, META_ALARMS, &number);
    if (err != TB_OK) {
        return err;
    }

    number++;
    err = tb_hub_alarm_put(t->txn, number, alarm);
    if (err != TB_OK) {
        return err;
    }
    if (number > TB_ALARMS_MAX) {
        err = tb_hub_alarm_del(t->txn, number - TB_ALARMS_MAX);
        if (err != TB_OK) {
            return err;
        }
    }
    return tb_hub_number_put(t->txn, META_ALARMS, number);
}

tb_err
tb_hub_raise(tb_broker *b, const tb_party *about, tb_refusal code, tb_bytes first, tb_bytes second)
{
    tb_running *t = &b->running;
    tb_effects_note(t->effects, t->arena, TB_LEVEL_WARN, "event=alarm party=%p code=%s", about,
                    tb_refusal_key(code));

    tb_hub_agent agent;
    tb_err err = tb_hub_agent_get(t->txn, about, &agent);
    if (err != TB_OK) {
        return err;
    }
    tb_time since = t->now.real - agent.alarmed;
    if (since >= 0 && since < ALARM_EVERY_MS) {
        return TB_OK;
    }

    agent.alarmed = t->now.real;
    err = tb_hub_agent_put(t->txn, about, &agent);
    if (err != TB_OK) {
        return err;
    }
    tb_hub_alarm alarm = {t->now.real, code, *about, first, second};
    if (!tb_running_room(b, first.size + second.size)) {
        /* The reserve is for draining: without room only what happened is kept. */
        alarm.first.size = 0;
        alarm.second.size = 0;
    }
    return keep(b, &alarm);
}

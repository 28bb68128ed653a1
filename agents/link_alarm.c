#include "agents/link.h"

/* How many alarms back a repeat is recognised: a hub that delivers again raises the same again. */
#define ALARM_LOOK_BACK 32

static bool same_alarm(const tb_alarm_row *a, const tb_alarm_row *b)
{
    return a->code == b->code && tb_party_equal(&a->party, &b->party) &&
           tb_stream_equal(&a->stream, &b->stream) && a->number == b->number &&
           tb_digest_equal(&a->digest, &b->digest);
}

/* One that does not read is like no other: it must not keep what is found amiss from being told. */
static tb_err raised_before(tb_txn *txn, uint64_t newest, const tb_alarm_row *alarm, bool *out)
{
    bool found = false;
    tb_err err = TB_OK;

    for (unsigned i = 0; i < ALARM_LOOK_BACK && newest > 0 && !found; i++) {
        tb_alarm_row row;
        err = tb_alarm_last(txn, newest, &newest, &row);
        if (err == TB_ERR_NOT_FOUND) {
            break;
        }
        if (err != TB_OK && err != TB_ERR_CORRUPT) {
            return err;
        }
        found = err == TB_OK && same_alarm(&row, alarm);
        newest -= newest > 0 ? 1 : 0;
    }
    *out = found;
    return TB_OK;
}

tb_err tb_alarm_raise(tb_agent *agent, tb_txn *txn, const tb_alarm_row *alarm, tb_effects *effects)
{
    uint64_t number = 0;
    bool before = false;
    tb_err err = tb_meta_number(txn, "alarm", &number);
    if (err == TB_OK) {
        err = raised_before(txn, number, alarm, &before);
    }
    if (err != TB_OK || before) {
        return err;
    }
    err = tb_meta_number_put(txn, "alarm", number + 1);
    if (err == TB_OK) {
        err = tb_alarm_put(txn, number + 1, alarm);
    }
    if (err == TB_OK && number >= TB_ALARMS_MAX) {
        err = tb_alarm_drop(txn, number + 1 - TB_ALARMS_MAX);
    }
    if (err != TB_OK) {
        return err;
    }

    tb_effects_note(effects, tb_txn_arena(txn), TB_LEVEL_ERROR,
                    "event=alarm agent=%p code=%s party=%p sender=%p recipient=%p number=%u",
                    &agent->self, tb_refusal_key(alarm->code), &alarm->party, &alarm->stream.sender,
                    &alarm->stream.recipient, alarm->number);
    return TB_OK;
}

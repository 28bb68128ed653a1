#include "agents/digest.h"

#include "agents/rows_duty.h"
#include "agents/rows_link.h"

#define META_OVERDUE "digest_overdue"
#define META_AT      "digest_at"

typedef struct counts {
    uint64_t overdue;
    uint64_t today; /* due by the end of the day */
    bool more;      /* beyond the bound */
} counts;

static bool ours(const tb_agent *agent, const tb_duty_row *duty)
{
    return duty->ended == 0 && (tb_party_equal(&duty->key.debtor, &agent->self) ||
                                tb_party_equal(&duty->creditor, &agent->self));
}

/* Of our duties that are not done, due by the end of the day. */
static tb_err count(const tb_agent *agent, tb_txn *txn, tb_time civil, counts *out)
{
    tb_bytes cursor = tb_bytes_of(NULL, 0);
    tb_time end = tb_day_start(tb_day_of(civil) + 1);
    *out = (counts){.overdue = 0};
    for (unsigned looked = 0; looked < TB_DIGEST_LOOKED_MAX; looked++) {
        tb_time due;
        tb_duty_row duty;
        tb_err err = tb_duty_next(txn, TB_DUTY_LISTED, &cursor, &due, &duty);
        if (err == TB_ERR_NOT_FOUND || (err == TB_OK && due >= end)) {
            return TB_OK;
        }
        if (err != TB_OK && err != TB_ERR_CORRUPT) { /* one that does not read hides no other */
            return err;
        }
        if (err == TB_OK && ours(agent, &duty)) {
            out->overdue += due < civil;
            out->today += due >= civil;
        }
    }
    out->more = true;
    return TB_OK;
}

static tb_err alert(tb_step *step, bool overdue)
{
    uint64_t stands;
    tb_err err = tb_meta_number(step->txn, META_OVERDUE, &stands);
    if (err != TB_OK || overdue == (stands != 0)) {
        return err;
    }
    tb_effects_note(step->effects, step->arena, overdue ? TB_LEVEL_WARN : TB_LEVEL_INFO,
                    overdue ? "event=overdue_begins" : "event=overdue_over");
    return tb_meta_number_put(step->txn, META_OVERDUE, overdue);
}

tb_err tb_digest_lapsed(tb_step *step)
{
    return alert(step, true);
}

static tb_err tell(tb_step *step)
{
    counts now;
    tb_err err = count(step->agent, step->txn, step->now.civil, &now);
    if (err == TB_OK && (now.overdue > 0 || !now.more)) {
        err = alert(step, now.overdue > 0);
    }
    if (err == TB_OK && now.overdue + now.today > 0) {
        tb_effects_note(step->effects, step->arena, TB_LEVEL_INFO,
                        now.more ? "event=digest overdue=%u due_today=%u more=yes"
                                 : "event=digest overdue=%u due_today=%u",
                        now.overdue, now.today);
    }
    return err;
}

tb_err tb_digest_tick(tb_step *step)
{
    uint64_t at;
    tb_office office;
    tb_time civil = step->now.civil;
    if (tb_store_rows(step->txn, TB_TABLE_DUTY) == 0 || tb_store_above_watermark(step->txn)) {
        return TB_OK;
    }
    tb_err err = tb_meta_number(step->txn, META_AT, &at);
    if (err != TB_OK || (at != 0 && civil < (tb_time)at)) {
        return err;
    }
    err = tb_office_get(step->txn, &office);
    if (err != TB_OK) {
        return err;
    }
    tb_time next = tb_office_next(&office, step->agent->calendar, civil);
    if (next == civil) { /* in office hours */
        err = at != 0 ? tell(step) : TB_OK;
        next = tb_office_next(&office, step->agent->calendar, tb_day_start(tb_day_of(civil) + 1));
    }
    return err == TB_OK ? tb_meta_number_put(step->txn, META_AT, (uint64_t)next) : err;
}

tb_err tb_digest_moved(const tb_agent *agent, tb_txn *txn, const tb_office *office)
{
    uint64_t at;
    tb_err err = tb_meta_number(txn, META_AT, &at);
    if (err != TB_OK || at == 0) {
        return err;
    }
    tb_time day = tb_day_start(tb_day_of((tb_time)at));
    return tb_meta_number_put(txn, META_AT,
                              (uint64_t)tb_office_next(office, agent->calendar, day));
}

tb_err tb_digest_due(const tb_agent *agent, tb_txn *txn, tb_time *out)
{
    uint64_t at;
    if (tb_store_rows(txn, TB_TABLE_DUTY) == 0 || tb_store_above_watermark(txn)) {
        return TB_ERR_NOT_FOUND;
    }
    tb_err err = tb_meta_number(txn, META_AT, &at);
    if (err != TB_OK || !agent->directory->exercise) {
        *out = err == TB_OK ? (tb_time)at : *out;
        return err;
    }
    uint64_t civil; /* stands still until somebody moves it; nobody did yet: the real one */
    err = tb_meta_number(txn, "civil", &civil);
    *out = civil == 0 ? (tb_time)at : 0;
    return err == TB_OK && civil != 0 && at > civil ? TB_ERR_NOT_FOUND : err;
}

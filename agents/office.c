#include "agents/office.h"

#include "agents/digest.h"
#include "agents/duties.h"
#include "agents/rows_link.h"

#define META_NAME     "office"
#define DAY_MINUTES   1440u
#define MINUTE_MS     INT64_C(60000)
#define PLACE_OF_FROM 16

bool tb_office_fits(unsigned from, unsigned to)
{
    return from < to && to <= DAY_MINUTES;
}

tb_err tb_office_get(tb_txn *txn, tb_office *out)
{
    uint64_t both;
    tb_err err = tb_meta_number(txn, META_NAME, &both);
    if (err != TB_OK) {
        return err;
    }
    *out = (tb_office){TB_OFFICE_FROM_MINUTE, TB_OFFICE_TO_MINUTE, true};
    if (both != 0) {
        *out = (tb_office){(unsigned)(both >> PLACE_OF_FROM), (unsigned)(both & UINT16_MAX), false};
    }
    return both == 0 || tb_office_fits(out->from, out->to) ? TB_OK : TB_ERR_CORRUPT;
}

tb_err tb_office_put(const tb_agent *agent, tb_txn *txn, const tb_office *office)
{
    TB_ASSERT(tb_office_fits(office->from, office->to));
    tb_err err =
        tb_meta_number_put(txn, META_NAME, (uint64_t)office->from << PLACE_OF_FROM | office->to);
    if (err == TB_OK) {
        err = tb_duties_replan_all(txn);
    }
    return err == TB_OK ? tb_digest_moved(agent, txn, office) : err;
}

tb_time tb_office_next(const tb_office *office, const tb_calendar *calendar, tb_time t)
{
    int64_t day = tb_day_of(t);
    if (tb_calendar_works(calendar, day)) {
        tb_time opens = tb_day_start(day) + (tb_time)office->from * MINUTE_MS;
        if (t < opens) {
            return opens;
        }
        if (t < tb_day_start(day) + (tb_time)office->to * MINUTE_MS) {
            return t;
        }
    }
    return tb_day_start(tb_calendar_after(calendar, day, 1)) + (tb_time)office->from * MINUTE_MS;
}

tb_err tb_query_office(tb_txn *txn, tb_local_answer *answer)
{
    tb_office office;
    tb_err err = tb_office_get(txn, &office);
    if (err == TB_OK) {
        answer->kind = TB_ANSWER_OFFICE;
        answer->office = (tb_local_office){office.from, office.to, office.by_default};
    }
    return err;
}

tb_err tb_office_set(const tb_agent *agent,
                     tb_txn *txn,
                     const tb_local_office *wanted,
                     tb_local_answer *answer)
{
    const tb_office office = {.from = wanted->from, .to = wanted->to};
    tb_err err = tb_office_put(agent, txn, &office);
    return err == TB_OK ? tb_query_office(txn, answer) : err;
}

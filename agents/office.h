/* office - 办公时间: when this party's people read what is not urgent. A setting of the party;
 * until it is set a default, which is shown as a default.
 */
#ifndef TB_OFFICE_H
#define TB_OFFICE_H

#include "agents/link.h"
#include "agents/tables/calendar.h"
#include "messages/local.h"

/* Minutes after midnight, China time, on working days: from <= t < to. */
typedef struct tb_office {
    unsigned from;
    unsigned to;
    bool by_default;
} tb_office;

tb_err tb_office_get(tb_txn *txn, tb_office *out) TB_MUST_USE;
/* office fits: tb_office_fits. What was planned by other hours is planned anew with the next tick
 * (tb_duties_replan_all, tb_digest_moved). */
tb_err tb_office_put(const tb_agent *agent, tb_txn *txn, const tb_office *office) TB_MUST_USE;
bool tb_office_fits(unsigned from, unsigned to);

/* For people: what is set, after setting it. */
tb_err tb_office_set(const tb_agent *agent,
                     tb_txn *txn,
                     const tb_local_office *wanted,
                     tb_local_answer *answer) TB_MUST_USE;
tb_err tb_query_office(tb_txn *txn, tb_local_answer *answer) TB_MUST_USE;

/* The first instant not before t that is in office hours. */
tb_time tb_office_next(const tb_office *office, const tb_calendar *calendar, tb_time t);

#endif

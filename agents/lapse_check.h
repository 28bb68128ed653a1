/* lapse_check - whether the record of a lapse (超期记录) says what the case's own events bear out.
 *
 * Its signature is proved as every event's (verify.h); this looks at what it says: which duty of
 * which debtor, by its creditor, due when, not before due and grace, and that nothing done in time
 * speaks against it, or that it was withdrawn. Whoever has the case's events and its campaign comes
 * to the same verdict; working days are counted by the calendar here.
 */
#ifndef TB_LAPSE_CHECK_H
#define TB_LAPSE_CHECK_H

#include "agents/chain.h"

typedef enum tb_lapse_verdict {
    TB_LAPSE_HOLDS = 0,
    TB_LAPSE_WITHDRAWN,    /* done in time after all, and its author says so */
    TB_LAPSE_OF_NO_DUTY,   /* or not by its creditor */
    TB_LAPSE_OTHER_DUE,    /* the events give another due time */
    TB_LAPSE_EARLY,        /* before due and grace */
    TB_LAPSE_DONE_IN_TIME, /* and not withdrawn */
} tb_lapse_verdict;

/* What is wrong, as a fault is told; NULL: nothing is. */
const char *tb_lapse_fault(tb_lapse_verdict verdict);

/* Whether the side event records a lapse of its case, by the version the case has now. */
bool tb_is_lapse(const tb_case_row *row, const tb_event *event);
/* event is one, effective, of the case. */
tb_err tb_lapse_check(tb_txn *txn,
                      const tb_case_row *row,
                      const tb_event *event,
                      const tb_digest *id,
                      tb_lapse_verdict *out) TB_MUST_USE;

#endif

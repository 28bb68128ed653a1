/* stalled - 待接管: cases that will not move by themselves.
 *
 * Its holder is out of service by the newest directory, its chain forked, or a duty that ends in a
 * take-over lapsed and its debtor still holds it. What may be done about it says the campaign.
 */
#ifndef TB_STALLED_H
#define TB_STALLED_H

#include "agents/casework.h"

/* TB_STALL_NONE for a closed case too. */
tb_err tb_case_stalled(const tb_agent *agent, tb_txn *txn, const tb_case_row *row, tb_stall *out)
    TB_MUST_USE;

#endif

/* check_recover - the invariants of what recovering and asking for missing events keeps. */
#ifndef TB_CHECK_RECOVER_H
#define TB_CHECK_RECOVER_H

#include "agents/check_case.h"

/* Each fault is a line (check_case.h). */
tb_err tb_check_recover(tb_txn *txn, tb_faults *faults) TB_MUST_USE;

#endif

/* check_case - walks every invariant of casework's tables; each fault is a line in the arena.
 *
 *     EVENT and EVENT_ID lead to each other, key and content agree
 *     the chain in effect is contiguous and linked, and CASE says what it says
 *     CASE_MINE, LOOSE, HELD and FIELD_INDEX have exactly the rows they should
 *     every OPENING matches its commitment and was this party's to read
 *     DRAFT and REQUEST rows decode
 */
#ifndef TB_CHECK_CASE_H
#define TB_CHECK_CASE_H

#include "agents/casework.h"

/* Faults told in one check; more are counted in the last line. */
#define TB_CHECK_FAULTS_MAX 256

typedef struct tb_faults {
    tb_arena *arena;
    tb_bytes *list;
    size_t count;
    uint64_t more; /* beyond what is told */
} tb_faults;

tb_err tb_check_cases(const tb_agent *agent, tb_txn *txn, tb_faults *faults) TB_MUST_USE;

/* One fault: what, about which bytes (as hex; may be empty). */
tb_err tb_fault(tb_faults *faults, const char *what, tb_bytes about) TB_MUST_USE;
/* A row that is not there or makes no sense is what the check is for; anything else ends it. */
static inline bool tb_fault_is(tb_err err)
{
    return err == TB_ERR_NOT_FOUND || err == TB_ERR_CORRUPT;
}

/* check_measure.c: figures, their totals and a full recount agree. */
tb_err tb_check_measures(const tb_agent *agent, tb_txn *txn, tb_faults *faults) TB_MUST_USE;

/* check_duty.c: DUTY_DUE is in step with DUTY. */
tb_err tb_check_duties_rows(tb_txn *txn, tb_faults *faults) TB_MUST_USE;
/* check_list.c: LIST_ENTRY says what the cases say, and LIST leads to it. */
tb_err tb_check_lists(const tb_agent *agent, tb_txn *txn, tb_faults *faults) TB_MUST_USE;

#endif

/* lists - 名单 at an agent: our copy of each register, kept in step with the cases its entries are.
 *
 *     (not on it) --state in listed_in--> listed --state in removed_in--> removed --> listed again
 *
 * An entry is a case, so signature, delivery, receipt, take-over and archive are those of cases;
 * what a list adds is the copy that is searched by key (rows_list.h), the gate (lists_gate.c) and
 * the brake. Every party that can read an entry keeps it. The copy follows from the chain in effect
 * and from what is open here, and is made anew whenever a case changed, chain switches and cuts
 * included; check_list.c says whether it is so.
 */
#ifndef TB_LISTS_H
#define TB_LISTS_H

#include "agents/campaign/judge.h"
#include "agents/casework.h"
#include "agents/rows_list.h"

/* Whether a campaign here has a list at all. */
bool tb_lists_any(const tb_agent *agent);

/* The case changed, and its events and row are written: puts its entries right. Cases that are no
 * entry of any list cost nothing. */
tb_err tb_lists_follow(const tb_agent *agent, tb_txn *txn, const tb_case_row *row) TB_MUST_USE;

/* What the entry of this case should be now; *out_is false: it is on the list neither way. */
tb_err tb_lists_entry(const tb_agent *agent,
                      tb_txn *txn,
                      const tb_case_row *row,
                      const tb_list_def *list,
                      tb_list_entry *out,
                      bool *out_is) TB_MUST_USE;

/* Whether an act that lists or removes an entry is more than the brake lets this party do: then
 * *out_list is the list. Of this party's own acts alone, as its copy has them. */
tb_err tb_lists_brake(const tb_agent *agent,
                      tb_txn *txn,
                      tb_now now,
                      const tb_case_row *before,
                      tb_bytes to_state,
                      tb_bytes account,
                      const tb_field *values,
                      size_t count,
                      const tb_list_def **out_list) TB_MUST_USE;

/* A list by its id, in the newest version of whatever campaign here has it; NULL: none. */
const tb_list_def *
tb_lists_find(const tb_agent *agent, tb_bytes id, const tb_campaign **out_campaign);

/* lists_query.c: a list and the age of our copy, with its entries counted or not; and an entry as
 * people see it, with its case. */
tb_err tb_lists_line(const tb_agent *agent,
                     tb_txn *txn,
                     tb_now now,
                     const tb_campaign *campaign,
                     const tb_list_def *list,
                     bool count,
                     tb_local_list_line *out) TB_MUST_USE;
tb_err tb_lists_show(const tb_agent *agent,
                     tb_txn *txn,
                     const tb_list_entry *entry,
                     tb_case_row *row,
                     tb_local_entry *out) TB_MUST_USE;

/* The lists here, and one list with its entries. */
tb_err
tb_query_lists(const tb_agent *agent, tb_txn *txn, tb_now now, tb_local_answer *answer) TB_MUST_USE;
tb_err tb_query_list(const tb_agent *agent,
                     tb_txn *txn,
                     tb_now now,
                     const tb_local_show_list *show,
                     tb_local_answer *answer) TB_MUST_USE;
/* lists_gate.c */
tb_err tb_query_gate(const tb_agent *agent,
                     tb_txn *txn,
                     tb_now now,
                     const tb_local_check_list *check,
                     tb_local_answer *answer) TB_MUST_USE;

#endif

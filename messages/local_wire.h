/* local_wire - private to messages/: what requests and answers share.
 *
 * People's words and identifiers are read alike here: UTF-8 without control characters, as long as
 * the message allows. What they mean is the agent's to judge.
 */
#ifndef TB_LOCAL_WIRE_H
#define TB_LOCAL_WIRE_H

#include "messages/local.h"
#include "messages/wire.h"

struct Tongbao__Local__Value;

bool tb_local_text(tb_wire_bytes field, tb_bytes *out);

/* A refusal of the field itself when an id or a value is not as it must be. */
tb_refusal tb_local_read_values(struct Tongbao__Local__Value *const *in,
                                size_t count,
                                tb_arena *arena,
                                tb_field **out) TB_MUST_USE;
/* NULL when memory ends. */
struct Tongbao__Local__Value **
tb_local_write_values(const tb_field *in, size_t count, tb_arena *arena);

tb_refusal tb_local_read_texts(const tb_wire_bytes *in,
                               size_t count,
                               tb_arena *arena,
                               tb_bytes **out) TB_MUST_USE;
tb_wire_bytes *tb_local_write_texts(const tb_bytes *in, size_t count, tb_arena *arena);

tb_refusal tb_local_read_parties(const tb_wire_bytes *in,
                                 size_t count,
                                 tb_arena *arena,
                                 tb_party **out) TB_MUST_USE;
tb_wire_bytes *tb_local_write_parties(const tb_party *in, size_t count, tb_arena *arena);

/* local_lists.c: lists and their gate, and cases that opened each other. Writers answer NULL when
 * memory ends. */
struct Tongbao__Local__ShowList;
struct Tongbao__Local__CheckList;
struct Tongbao__Local__Lists;
struct Tongbao__Local__ShownList;
struct Tongbao__Local__Verdicts;
struct Tongbao__Local__Family;

bool tb_local_read_show_list(const struct Tongbao__Local__ShowList *in, tb_local_show_list *out);
tb_refusal tb_local_read_check_list(const struct Tongbao__Local__CheckList *in,
                                    tb_arena *arena,
                                    tb_local_check_list *out);
struct Tongbao__Local__ShowList *tb_local_write_show_list(const tb_local_show_list *in,
                                                          tb_arena *arena);
struct Tongbao__Local__CheckList *tb_local_write_check_list(const tb_local_check_list *in,
                                                            tb_arena *arena);
tb_refusal
tb_local_read_lists(const struct Tongbao__Local__Lists *in, tb_arena *arena, tb_local_lists *out);
tb_refusal tb_local_read_shown_list(const struct Tongbao__Local__ShownList *in,
                                    tb_arena *arena,
                                    tb_local_shown_list *out);
tb_refusal tb_local_read_verdicts(const struct Tongbao__Local__Verdicts *in,
                                  tb_arena *arena,
                                  tb_local_verdicts *out);
tb_refusal tb_local_read_family(const struct Tongbao__Local__Family *in,
                                tb_arena *arena,
                                tb_local_family *out);
struct Tongbao__Local__Lists *tb_local_write_lists(const tb_local_lists *in, tb_arena *arena);
struct Tongbao__Local__ShownList *tb_local_write_shown_list(const tb_local_shown_list *in,
                                                            tb_arena *arena);
struct Tongbao__Local__Verdicts *tb_local_write_verdicts(const tb_local_verdicts *in,
                                                         tb_arena *arena);
struct Tongbao__Local__Family *tb_local_write_family(const tb_local_family *in, tb_arena *arena);

/* local_aside.c: what is set aside at an agent, and a hub's dead letters. */
struct Tongbao__Local__ListQuarantine;
struct Tongbao__Local__ActQuarantine;
struct Tongbao__Local__ListDeadLetters;
struct Tongbao__Local__RetryDeadLetter;
struct Tongbao__Local__Quarantine;
struct Tongbao__Local__Settled;
struct Tongbao__Local__DeadLetters;

bool tb_local_read_quarantine_page(const struct Tongbao__Local__ListQuarantine *in,
                                   tb_local_page *out);
bool tb_local_read_settle(const struct Tongbao__Local__ActQuarantine *in, tb_local_settle *out);
bool tb_local_read_letter_page(const struct Tongbao__Local__ListDeadLetters *in,
                               tb_local_page *out);
bool tb_local_read_retry(const struct Tongbao__Local__RetryDeadLetter *in, tb_local_retry *out);
void tb_local_write_quarantine_page(const tb_local_page *in,
                                    struct Tongbao__Local__ListQuarantine *out);
void tb_local_write_settle(const tb_local_settle *in, struct Tongbao__Local__ActQuarantine *out);
void tb_local_write_letter_page(const tb_local_page *in,
                                struct Tongbao__Local__ListDeadLetters *out);
void tb_local_write_retry(const tb_local_retry *in, struct Tongbao__Local__RetryDeadLetter *out);

tb_refusal tb_local_read_quarantine(const struct Tongbao__Local__Quarantine *in,
                                    tb_arena *arena,
                                    tb_local_quarantine *out) TB_MUST_USE;
bool tb_local_read_settled(const struct Tongbao__Local__Settled *in, tb_local_settled *out);
tb_refusal tb_local_read_letters(const struct Tongbao__Local__DeadLetters *in,
                                 tb_arena *arena,
                                 tb_local_dead_letters *out) TB_MUST_USE;
/* False when memory ends. */
bool tb_local_write_quarantine(const tb_local_quarantine *in,
                               tb_arena *arena,
                               struct Tongbao__Local__Quarantine *out);
void tb_local_write_settled(const tb_local_settled *in, struct Tongbao__Local__Settled *out);
bool tb_local_write_letters(const tb_local_dead_letters *in,
                            tb_arena *arena,
                            struct Tongbao__Local__DeadLetters *out);
/* local_account.c: accounts, and acts that wait for approval. */
struct Tongbao__Local__ChangeAccount;
struct Tongbao__Local__ListApprovals;
struct Tongbao__Local__Approve;
struct Tongbao__Local__Accounts;
struct Tongbao__Local__Approvals;
struct Tongbao__Local__Approval;
struct Tongbao__Local__Switch;
struct Tongbao__Local__Switches;

bool tb_local_read_change_account(const struct Tongbao__Local__ChangeAccount *in,
                                  tb_local_change_account *out);
bool tb_local_read_list_approvals(const struct Tongbao__Local__ListApprovals *in,
                                  tb_local_list_approvals *out);
bool tb_local_read_approve(const struct Tongbao__Local__Approve *in, tb_local_approve *out);
void tb_local_write_list_approvals(const tb_local_list_approvals *in,
                                   struct Tongbao__Local__ListApprovals *out);
void tb_local_write_approve(const tb_local_approve *in, struct Tongbao__Local__Approve *out);
tb_refusal tb_local_read_accounts(const struct Tongbao__Local__Accounts *in,
                                  tb_arena *arena,
                                  tb_local_accounts *out) TB_MUST_USE;
tb_refusal tb_local_read_approvals(const struct Tongbao__Local__Approvals *in,
                                   tb_arena *arena,
                                   tb_local_approvals *out) TB_MUST_USE;
tb_refusal tb_local_read_signed(struct Tongbao__Local__Approval *const *in,
                                size_t count,
                                tb_arena *arena,
                                tb_local_approval **out) TB_MUST_USE;
bool tb_local_read_switch(const struct Tongbao__Local__Switch *in, tb_local_switch *out);
void tb_local_write_switch(const tb_local_switch *in, struct Tongbao__Local__Switch *out);
tb_refusal tb_local_read_switches(const struct Tongbao__Local__Switches *in,
                                  tb_arena *arena,
                                  tb_local_switches *out) TB_MUST_USE;
bool tb_local_write_switches(const tb_local_switches *in,
                             tb_arena *arena,
                             struct Tongbao__Local__Switches *out);
/* False, or NULL, when memory ends. */
bool tb_local_write_change_account(const tb_local_change_account *in,
                                   tb_arena *arena,
                                   struct Tongbao__Local__ChangeAccount *out);
bool tb_local_write_accounts(const tb_local_accounts *in,
                             tb_arena *arena,
                             struct Tongbao__Local__Accounts *out);
bool tb_local_write_approvals(const tb_local_approvals *in,
                              tb_arena *arena,
                              struct Tongbao__Local__Approvals *out);
struct Tongbao__Local__Approval **
tb_local_write_signed(const tb_local_approval *in, size_t count, tb_arena *arena);
/* local_report.c */
struct Tongbao__Local__ListReports;
struct Tongbao__Local__GetReport;
struct Tongbao__Local__Reports;
struct Tongbao__Local__Report;
bool tb_local_read_list_reports(const struct Tongbao__Local__ListReports *in,
                                tb_local_list_reports *out);
bool tb_local_read_get_report(const struct Tongbao__Local__GetReport *in, tb_local_get_report *out);
void tb_local_write_list_reports(const tb_local_list_reports *in,
                                 struct Tongbao__Local__ListReports *out);
void tb_local_write_get_report(const tb_local_get_report *in,
                               struct Tongbao__Local__GetReport *out);
tb_refusal tb_local_read_reports(const struct Tongbao__Local__Reports *in,
                                 tb_arena *arena,
                                 tb_local_reports *out) TB_MUST_USE;
tb_refusal tb_local_read_report(const struct Tongbao__Local__Report *in,
                                tb_arena *arena,
                                tb_local_report *out) TB_MUST_USE;
/* False when memory ends. */
bool tb_local_write_reports(const tb_local_reports *in,
                            tb_arena *arena,
                            struct Tongbao__Local__Reports *out);
bool tb_local_write_report(const tb_local_report *in,
                           tb_arena *arena,
                           struct Tongbao__Local__Report *out);

/* local_duty.c */
struct Tongbao__Local__DutyLine;
struct Tongbao__Local__Office;
bool tb_local_read_office(const struct Tongbao__Local__Office *in, tb_local_office *out);
void tb_local_write_office(const tb_local_office *in, struct Tongbao__Local__Office *out);
struct Tongbao__Local__GetUnanswered;
struct Tongbao__Local__Unanswered;
struct Tongbao__Local__Explained;

/* local_answer_*.c: one duty, as it is listed. */
bool tb_local_read_duty(const struct Tongbao__Local__DutyLine *in, tb_local_duty_line *out);
void tb_local_write_duty(const tb_local_duty_line *in, struct Tongbao__Local__DutyLine *out);

bool tb_local_read_get_unanswered(const struct Tongbao__Local__GetUnanswered *in,
                                  tb_local_get_unanswered *out);
void tb_local_write_get_unanswered(const tb_local_get_unanswered *in,
                                   struct Tongbao__Local__GetUnanswered *out);
tb_refusal tb_local_read_unanswered(const struct Tongbao__Local__Unanswered *in,
                                    tb_arena *arena,
                                    tb_local_unanswered *out) TB_MUST_USE;
tb_refusal tb_local_read_explained(const struct Tongbao__Local__Explained *in,
                                   tb_arena *arena,
                                   tb_local_explained *out) TB_MUST_USE;
/* False when memory ends. */
bool tb_local_write_unanswered(const tb_local_unanswered *in,
                               tb_arena *arena,
                               struct Tongbao__Local__Unanswered *out);
bool tb_local_write_explained(const tb_local_explained *in,
                              tb_arena *arena,
                              struct Tongbao__Local__Explained *out);
struct Tongbao__Local__Reconcile;
struct Tongbao__Local__Reconciled;
bool tb_local_read_reconcile(const struct Tongbao__Local__Reconcile *in, tb_local_reconcile *out);
void tb_local_write_reconcile(const tb_local_reconcile *in, struct Tongbao__Local__Reconcile *out);
tb_refusal tb_local_read_reconciled(const struct Tongbao__Local__Reconciled *in,
                                    tb_arena *arena,
                                    tb_local_reconciled *out) TB_MUST_USE;
bool tb_local_write_reconciled(const tb_local_reconciled *in,
                               tb_arena *arena,
                               struct Tongbao__Local__Reconciled *out);
struct Tongbao__Local__Verified;
tb_refusal tb_local_read_verified(const struct Tongbao__Local__Verified *in,
                                  tb_arena *arena,
                                  tb_local_verified *out) TB_MUST_USE;
bool tb_local_write_verified(const tb_local_verified *in,
                             tb_arena *arena,
                             struct Tongbao__Local__Verified *out);

struct Tongbao__Local__DueCounts;
struct Tongbao__Local__Recovery;

/* local_duty.c; absent: nothing counted. NULL: no memory. */
bool tb_local_read_due_counts(const struct Tongbao__Local__DueCounts *in,
                              tb_local_due_counts *out) TB_MUST_USE;
struct Tongbao__Local__DueCounts *tb_local_write_due_counts(const tb_local_due_counts *in,
                                                            tb_arena *arena) TB_MUST_USE;
/* local_recovery.c */
tb_refusal tb_local_read_recovery(const struct Tongbao__Local__Recovery *in,
                                  tb_arena *arena,
                                  tb_local_recovery *out) TB_MUST_USE;
/* NULL when memory ends. */
struct Tongbao__Local__Recovery *tb_local_write_recovery(const tb_local_recovery *in,
                                                         tb_arena *arena);

#endif

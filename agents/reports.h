/* reports - 报告: who owes which, how they stand, and what they say.
 *
 * A report is a case of its definition's type, opened by the reporter's act `file`; its figures are
 * a field of that event, computed from this party's counters (measures.h) and signed with it, so
 * they stay what they were when the counters move on. Two things are apart:
 *
 *     state        not due -> due -> filed -> accepted, or returned -> revised -> ...
 *     timeliness   on time, late by days, or missing: set by the first filing, at the hub's stored
 *                  time (in an exercise at the event's own), and by nothing after it
 *
 *     report_figures.c   the figures of a period from the counters
 *     report_summary.c   the figures of a summary, from the reports filed here
 *     report_acts.c      what filing and revising need beyond the campaign's rules
 *     reports_query.c    lists, and one report
 *     behind.c           what a figure opens to
 */
#ifndef TB_REPORTS_H
#define TB_REPORTS_H

#include "agents/acts_making.h"
#include "agents/campaign/figures.h"
#include "agents/campaign/period.h"
#include "agents/recount.h"

/* What figures are read from: the counters, and filings as they are now; or what was counted anew,
 * in memory or in totals of its own, and filings as they were. A NULL pointer to it stands for the
 * counters. */
typedef struct tb_figures_from {
    const tb_recounted *counted; /* NULL: totals, */
    tb_bytes under;              /* of this name (rows_recounting.h); empty: the counters */
    const tb_as_of *as_of;       /* of filings; NULL: now */
} tb_figures_from;

/* In the order of the report's measures; declared ones are not among them. Of a summary what was
 * filed here (tb_report_summary). */
tb_err tb_report_figures(const tb_agent *agent,
                         tb_txn *txn,
                         const tb_figures_from *from,
                         const tb_campaign *campaign,
                         const tb_report_def *report,
                         const tb_period *period,
                         tb_figure **out,
                         size_t *out_count) TB_MUST_USE;
/* Whole and groups of one measure, over months first to last. */
tb_err tb_figure_total(tb_txn *txn,
                       const tb_figures_from *from,
                       const tb_campaign *campaign,
                       const tb_measure *measure,
                       tb_bytes group,
                       tb_month first,
                       tb_month last,
                       uint64_t *out) TB_MUST_USE;
/* The months its three values speak of: from January, or the period before where that is earlier.
 */
void tb_report_months(const tb_period *period, tb_month *out_first, tb_month *out_last);
/* report_summary.c: of a report with summary_of; a line for each measure, and one for each party
 * that owes the other report, declared measures too. TB_ERR_LIMIT: more than TB_FIGURES_MAX. */
tb_err tb_report_summary(const tb_agent *agent,
                         tb_txn *txn,
                         const tb_as_of *as_of,
                         const tb_campaign *campaign,
                         const tb_report_def *report,
                         const tb_period *period,
                         tb_figure **out,
                         size_t *out_count) TB_MUST_USE;
/* report_summary.c: what was filed here of a measure for a period: by the party `group` names where
 * it owes the report, else by everybody of that group (empty: as a whole). Who filed nothing is not
 * in the list. */
typedef struct tb_filing {
    tb_party party;
    tb_case_id case_id;
    tb_figure figure;
} tb_filing;
tb_err tb_report_filings(const tb_agent *agent,
                         tb_txn *txn,
                         const tb_as_of *as_of,
                         const tb_campaign *campaign,
                         const tb_report_def *report,
                         tb_bytes period,
                         const tb_measure *measure,
                         tb_bytes group,
                         tb_filing **out,
                         size_t *out_count) TB_MUST_USE;
/* As a field of type figures holds them. TB_ERR_LIMIT: longer than figures may be. */
tb_err tb_report_figures_text(tb_arena *arena,
                              const tb_figure *figures,
                              size_t count,
                              tb_bytes *out) TB_MUST_USE;

/* One value as text, and a line's measure with its words. */
tb_err tb_figure_text(tb_arena *arena, const tb_figure_value *value, tb_bytes *out) TB_MUST_USE;
void tb_figure_named(const tb_measure *measure, tb_local_figure *out);

/* The field of a type that an action sets, or NULL. */
const tb_field_def *
tb_report_field(const tb_case_type *type, const tb_action *action, tb_field_type wanted);
/* The period a report's case is about, of a loaded row; empty when it says none. */
tb_bytes tb_report_period_text(const tb_case_row *row);
bool tb_report_owes(const tb_report_def *report, const tb_directory_party *party);
/* The report of this party for a period, by its opening event. TB_ERR_NOT_FOUND: none was filed. */
tb_err tb_report_find(const tb_agent *agent,
                      tb_txn *txn,
                      const tb_campaign *campaign,
                      const tb_report_def *report,
                      tb_bytes period,
                      const tb_party *reporter,
                      tb_case_row *out) TB_MUST_USE;

/* An act on a report, or the filing of one: fills in the figures among the values, or leaves an
 * objection. Any other act: nothing. */
tb_err tb_report_prepare(tb_acting *acting) TB_MUST_USE;

/* behind.c: the events a figure counts, in months first to last, of a group or (empty) of all; a
 * page behind `after`. *out_next empty: that was the last. */
typedef struct tb_behind_wish {
    tb_bytes campaign;
    tb_bytes measure;
    tb_bytes group;
    tb_month first;
    tb_month last;
    tb_bytes after;
    uint32_t limit; /* 0: as many as usual */
} tb_behind_wish;
tb_err tb_behind_list(const tb_agent *agent,
                      tb_txn *txn,
                      const tb_behind_wish *wish,
                      tb_local_behind **out,
                      size_t *out_count,
                      tb_bytes *out_next) TB_MUST_USE;

tb_err tb_query_reports(const tb_agent *agent,
                        tb_txn *txn,
                        tb_now now,
                        const tb_local_list_reports *list,
                        tb_local_answer *answer) TB_MUST_USE;
tb_err tb_query_report(const tb_agent *agent,
                       tb_txn *txn,
                       tb_now now,
                       const tb_local_get_report *get,
                       tb_local_answer *answer) TB_MUST_USE;

#endif

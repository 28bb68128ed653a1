/* case_figure - 统计项: a figure in a case that the agent counts, and nobody types.
 *
 * A field of COMPUTE_MEASURE is filled in by the agent of whoever acts, when he acts: the value of
 * a measure over the months of a period in the case, as a whole or for one group (an operator, say)
 * that another field names. It comes from this party's own counters (measures.h), or from what was
 * filed to it as a report. The event bears it, so it stays what it was; what it opens to, and
 * whether its events make it up, is asked of who stated it.
 */
#ifndef TB_CASE_FIGURE_H
#define TB_CASE_FIGURE_H

#include "agents/reports.h"

typedef struct tb_case_figure {
    const tb_campaign *campaign; /* whose measures are counted: the newest here */
    const tb_measure *measure;
    const tb_report_def *filed_in; /* NULL: from the counters */
    bool so_far;
    tb_bytes group; /* empty: as a whole */
    tb_period period;
} tb_case_figure;

/* What the field's figure is about, by values not in the case yet (those of an act) and by the
 * case. TB_REFUSED_FIGURE_PERIOD, TB_REFUSED_FIGURE_ABOUT: these do not say it. */
tb_refusal tb_case_figure_of(const tb_agent *agent,
                             const tb_case_view *view,
                             const tb_field *values,
                             size_t value_count,
                             const tb_field_def *field,
                             tb_case_figure *out) TB_MUST_USE;

/* Its value; not known where nothing was filed. from: NULL is now (reports.h). */
tb_err tb_case_figure_count(const tb_agent *agent,
                            tb_txn *txn,
                            const tb_figures_from *from,
                            const tb_case_figure *figure,
                            tb_figure_value *out) TB_MUST_USE;

/* Whose word it is: who did the last act of the case that set the open field; empty: nobody. */
tb_err tb_case_figure_author(tb_txn *txn,
                             const tb_case_row *row,
                             const tb_field_def *field,
                             tb_party *out) TB_MUST_USE;

/* An act that sets such fields: fills them in, or leaves an objection. Any other act: nothing. */
tb_err tb_case_figures_prepare(tb_acting *acting) TB_MUST_USE;

/* What a figure opens to, at who stated it: its events, or the reports it was taken from. */
tb_err tb_query_figure(const tb_agent *agent,
                       tb_txn *txn,
                       const tb_local_get_figure *get,
                       tb_local_answer *answer) TB_MUST_USE;

#endif

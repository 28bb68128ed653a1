/* figures - 指标数据: what a report says, as text that is signed.
 *
 * A field of type figures holds one line for each figure, in the order of the report's measures, a
 * measure's own line before those of its groups, these ascending:
 *
 *     forwarded=120 340 110
 *     forwarded/44=118 300 110
 *     verified_share=9/10 - 8/9
 *
 * that is: measure, group if any, then three values: the period's own, the one of the year so far,
 * and the one of the period before. A value is a count, numerator/denominator, or - where there is
 * none. A group that never occurred has no line. Hours are in tenths of an hour, cut off.
 *
 * A field of type declared holds what somebody typed in: 9000, or 9000/10000, and if it is known
 * the day it is true of: 9000/10000@2015-12-31.
 */
#ifndef TB_CAMPAIGN_FIGURES_H
#define TB_CAMPAIGN_FIGURES_H

#include "agents/campaign/campaign.h"
#include "base/arena.h"
#include "base/text.h"

typedef struct tb_figure_value {
    bool known;
    bool ratio;
    uint64_t numerator; /* or the count */
    uint64_t denominator;
} tb_figure_value;

typedef enum tb_figure_of {
    TB_FIGURE_PERIOD,   /* 本期 */
    TB_FIGURE_YEAR,     /* 本年累计 */
    TB_FIGURE_PREVIOUS, /* 上期 */
    TB_FIGURE_VALUES,
} tb_figure_of;

typedef struct tb_figure {
    tb_bytes measure;
    tb_bytes group; /* empty: the measure as a whole */
    tb_figure_value values[TB_FIGURE_VALUES];
} tb_figure;

void tb_figure_value_print(tb_text *text, const tb_figure_value *value);
/* Appends one line. */
void tb_figure_print(tb_text *text, const tb_figure *figure);
/* Takes the first line off; false at the end, and with *out_fine false where it is none. */
bool tb_figure_read(tb_bytes *rest, tb_figure *out, bool *out_fine) TB_MUST_USE;
bool tb_figures_well_formed(tb_bytes text);

typedef struct tb_declared {
    tb_figure_value value;
    tb_bytes as_of; /* YYYY-MM-DD; empty: not said */
} tb_declared;

bool tb_declared_read(tb_bytes text, tb_declared *out) TB_MUST_USE;

/* value >= threshold by cross multiplication, so that nothing is rounded. A ratio of nothing (0/0)
 * reaches none. */
bool tb_figure_reaches(const tb_figure_value *value, const tb_threshold *threshold);
/* value <= threshold likewise. A ratio of nothing is within none. */
bool tb_figure_within(const tb_figure_value *value, const tb_threshold *threshold);

#endif

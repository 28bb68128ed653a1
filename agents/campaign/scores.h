/* scores - 评分表: what the figures of a case come to, held against what its type asks for.
 *
 * Pure: the definition and the case's open fields, so that everybody who has the case sees the same
 * sheet. Judged unrounded, and a threshold includes itself (以上 and 以下 do in Chinese law): 90 %
 * is met by 9000/10000 and not by 89996/100000.
 */
#ifndef TB_CAMPAIGN_SCORES_H
#define TB_CAMPAIGN_SCORES_H

#include "agents/campaign/figures.h"
#include "messages/event.h"

typedef enum tb_score_verdict {
    TB_SCORE_SHOWN = 1, /* no threshold: it does not score */
    TB_SCORE_MET = 2,
    TB_SCORE_NOT_MET = 3,
    TB_SCORE_NO_FIGURE = 4, /* the case has none yet, or it is a share of nothing */
} tb_score_verdict;

/* One row; *out is its value, unknown where the fields do not say it. */
tb_score_verdict tb_score_judge(const tb_score_def *score,
                                const tb_field *fields,
                                size_t count,
                                tb_figure_value *out);

#endif

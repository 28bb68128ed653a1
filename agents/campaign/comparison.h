/* comparison - two versions of a campaign being compared. Private to compare*.c. */
#ifndef TB_CAMPAIGN_COMPARISON_H
#define TB_CAMPAIGN_COMPARISON_H

#include "agents/campaign/compare.h"

typedef struct comparison {
    tb_arena *arena;
    const tb_campaign *from_campaign;
    const tb_campaign *to_campaign;
    const tb_case_type *from; /* the case type, in either version; NULL: the campaign as a whole */
    const tb_case_type *to;
    tb_difference *list;
    size_t count;
    size_t capacity;
    tb_err err;
} comparison;

void tb_comparison_put(comparison *c,
                       tb_difference_kind kind,
                       const char *state,
                       const char *about,
                       const char *detail);

/* ---- compare_dates.c ---- */

/* Dates, parameters and stages of the campaign. */
void tb_compare_dates(comparison *c);
/* Whom the look-ups of the case type's positions name for the choices there were. */
void tb_compare_lookups(comparison *c);
bool tb_same_stages(const tb_action *a, const tb_action *b);
bool tb_same_day_limits(const tb_duty_def *a, const tb_duty_def *b);
bool tb_same_field_rules(const tb_field_def *a, const tb_field_def *b);

#endif

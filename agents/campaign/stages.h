/* stages - 阶段 and dates: what a campaign says of when, as computation.
 *
 * Whether an act is refused is judged by the time the event itself states, which everybody sees
 * alike. Whether it is shown as late, and whether it counts, goes by its effective time (design
 * §10), as far as that is known: nobody is on time by setting a clock back.
 */
#ifndef TB_CAMPAIGN_STAGES_H
#define TB_CAMPAIGN_STAGES_H

#include "agents/campaign/scene.h"

/* An act's time against its action's stages. */
typedef enum tb_timing {
    TB_TIMING_ANY,       /* the action belongs to no stage */
    TB_TIMING_IN_STAGE,  /* in one, and it counts */
    TB_TIMING_UNCOUNTED, /* in one that was extended: done, and not counted (不计入统计) */
    TB_TIMING_LATE,      /* in none of them, and allowed: 不在规定阶段内 */
    TB_TIMING_REFUSED,   /* in none of them, or before the first begins */
} tb_timing;

tb_timing tb_action_timing(const tb_campaign *campaign, const tb_action *action, tb_time at);

/* Whether what was done then counts in figures: not after the campaign's counts_until, and not in
 * the uncounted part of a stage. What is late counts, as late. */
bool tb_time_counts(const tb_campaign *campaign, const tb_action *action, tb_time at);

bool tb_stage_holds(const tb_stage *stage, tb_time at);

/* The last instant of a day written YYYY-MM-DD, China time; of a checked definition. */
tb_time tb_date_end(const char *date);

/* Whether one of the tests on time holds (since, before, within-campaign, in-stage, outside-stage).
 */
bool tb_condition_time_holds(const tb_scene *scene, const tb_condition *c);

/* Refuses an act outside of its action's stages. */
tb_refusal tb_scene_stage(tb_scene *scene);

#endif

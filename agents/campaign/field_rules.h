/* field_rules - what a definition asks of a value beyond its type: lengths, ranges, no future, no
 * part above its whole. */
#ifndef TB_CAMPAIGN_FIELD_RULES_H
#define TB_CAMPAIGN_FIELD_RULES_H

#include "agents/campaign/scene.h"

/* Of one well-formed value: text_long, count_range or future. */
tb_refusal tb_scene_field_rules(tb_scene *scene, const tb_field_def *field, tb_bytes value);

/* Of the open counts after the action's own fields: a part above the count it must not exceed. */
tb_refusal tb_scene_totals(tb_scene *scene);

#endif

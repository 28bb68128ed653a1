#include "agents/campaign/stages.h"

#include "agents/campaign/fields.h"
#include "base/text.h"

static int64_t day_of(const char *date)
{
    int64_t day = 0;
    TB_ASSERT(tb_day_parse(tb_bytes_str(date), &day));
    return day;
}

static tb_time day_begins(const char *date)
{
    return tb_day_start(day_of(date));
}

tb_time tb_date_end(const char *date)
{
    return tb_day_start(day_of(date) + 1) - 1;
}

static bool in_window(const char *from, const char *to, tb_time at)
{
    return at >= day_begins(from) && at <= tb_date_end(to);
}

static const tb_stage *stage_of(const tb_campaign *campaign, const char *id)
{
    const tb_stage *stage = tb_campaign_stage(campaign, id);
    TB_ASSERT(stage != NULL);
    return stage;
}

bool tb_stage_holds(const tb_stage *stage, tb_time at)
{
    return in_window(stage->from, stage->to, at);
}

static bool stage_counts(const tb_stage *stage, tb_time at)
{
    return stage->counts_until == NULL || at <= tb_date_end(stage->counts_until);
}

/* Before every one of the action's stages. */
static bool is_early(const tb_campaign *campaign, const tb_action *action, tb_time at)
{
    for (unsigned i = 0; i < action->stage_count; i++) {
        if (at >= day_begins(stage_of(campaign, action->stages[i])->from)) {
            return false;
        }
    }
    return true;
}

tb_timing tb_action_timing(const tb_campaign *campaign, const tb_action *action, tb_time at)
{
    tb_timing timing = action->stage_count == 0 ? TB_TIMING_ANY : TB_TIMING_REFUSED;
    for (unsigned i = 0; i < action->stage_count; i++) {
        const tb_stage *stage = stage_of(campaign, action->stages[i]);
        if (!tb_stage_holds(stage, at)) {
            continue;
        }
        if (stage_counts(stage, at)) {
            return TB_TIMING_IN_STAGE;
        }
        timing = TB_TIMING_UNCOUNTED;
    }
    if (timing == TB_TIMING_REFUSED && action->outside == TB_OUTSIDE_LATE &&
        !is_early(campaign, action, at)) {
        return TB_TIMING_LATE;
    }
    return timing;
}

bool tb_time_counts(const tb_campaign *campaign, const tb_action *action, tb_time at)
{
    bool over = campaign->counts_until != NULL && at > tb_date_end(campaign->counts_until);
    return !over && tb_action_timing(campaign, action, at) != TB_TIMING_UNCOUNTED;
}

/* ---- conditions ---- */

/* The time a condition is about; false when its field has none. */
static bool time_of(const tb_scene *scene, const tb_condition *c, tb_time *out)
{
    if (c->field == NULL) {
        *out = scene->at;
        return true;
    }
    tb_bytes value = tb_case_view_field(&scene->after, tb_bytes_str(c->field));
    return tb_field_date(value, out) || tb_time_parse(value, out);
}

static bool in_a_stage(const tb_campaign *campaign, const tb_condition *c, tb_time at)
{
    for (unsigned i = 0; i < c->value_count; i++) {
        if (tb_stage_holds(stage_of(campaign, c->values[i]), at)) {
            return true;
        }
    }
    return false;
}

bool tb_condition_time_holds(const tb_scene *scene, const tb_condition *c)
{
    const tb_campaign *campaign = scene->before->campaign;
    tb_time at;
    if (!time_of(scene, c, &at)) {
        return false;
    }
    switch (c->test) {
    case TB_TEST_SINCE:
        return at >= day_begins(c->date);
    case TB_TEST_BEFORE:
        return at < day_begins(c->date);
    case TB_TEST_WITHIN_CAMPAIGN:
        return in_window(campaign->from, campaign->to, at);
    case TB_TEST_IN_STAGE:
        return in_a_stage(campaign, c, at);
    default:
        TB_ASSERT(c->test == TB_TEST_OUTSIDE_STAGE);
        return !in_a_stage(campaign, c, at);
    }
}

/* ---- an act outside its stages ---- */

static tb_bytes describe(tb_scene *scene, bool chinese)
{
    tb_text text;
    tb_bytes done = {0};
    tb_text_init(&text, scene->arena, 1024);
    for (unsigned i = 0; i < scene->action->stage_count && i < 4; i++) {
        const tb_stage *stage = stage_of(scene->before->campaign, scene->action->stages[i]);
        tb_text_str(&text, i > 0 ? (chinese ? "、" : ", ") : "");
        tb_text_bytes(&text, tb_campaign_text(chinese ? stage->title.zh : stage->title.en));
        tb_text_str(&text, chinese ? "（" : " (");
        tb_text_str(&text, stage->from);
        tb_text_str(&text, chinese ? "至" : " to ");
        tb_text_str(&text, stage->to);
        tb_text_str(&text, chinese ? "）" : ")");
    }
    tb_err err = tb_text_done(&text, &done);
    if (err != TB_OK) {
        scene->err = err;
    }
    return done;
}

tb_refusal tb_scene_stage(tb_scene *scene)
{
    if (tb_action_timing(scene->before->campaign, scene->action, scene->at) != TB_TIMING_REFUSED) {
        return TB_ACCEPTED;
    }
    scene->detail_zh = describe(scene, true);
    scene->detail_en = describe(scene, false);
    return TB_REFUSED_STAGE;
}

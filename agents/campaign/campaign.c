#include "agents/campaign/campaign.h"

/* Most names differ in their first letters: nothing is measured before it is compared. */
static bool named(const char *id, tb_bytes name)
{
    for (size_t i = 0; i < name.size; i++) {
        if (id[i] == '\0' || (uint8_t)id[i] != name.data[i]) {
            return false;
        }
    }
    return id[name.size] == '\0';
}

tb_bytes tb_campaign_text(const char *text)
{
    return text == NULL ? tb_bytes_of(NULL, 0) : tb_bytes_str(text);
}

const tb_case_type *tb_campaign_case_type(const tb_campaign *campaign, tb_bytes id)
{
    for (unsigned i = 0; i < campaign->case_type_count; i++) {
        if (named(campaign->case_types[i].id, id)) {
            return &campaign->case_types[i];
        }
    }
    return NULL;
}

const tb_list_def *tb_campaign_list(const tb_campaign *campaign, tb_bytes id)
{
    for (unsigned i = 0; i < campaign->list_count; i++) {
        if (tb_bytes_equal(tb_bytes_str(campaign->lists[i].id), id)) {
            return &campaign->lists[i];
        }
    }
    return NULL;
}

const tb_measure *tb_campaign_measure(const tb_campaign *campaign, tb_bytes id)
{
    for (unsigned i = 0; i < campaign->measure_count; i++) {
        if (named(campaign->measures[i].id, id)) {
            return &campaign->measures[i];
        }
    }
    return NULL;
}

tb_measure_kind tb_measure_kind_of(const tb_measure *measure)
{
    if (measure->declared != TB_DECLARED_NOT) {
        return TB_MEASURE_DECLARED;
    }
    if (measure->ratio.of != NULL) {
        return TB_MEASURE_RATIO;
    }
    if (measure->lapse_count > 0) {
        return TB_MEASURE_LAPSES;
    }
    if (measure->hours.from != NULL) {
        return TB_MEASURE_HOURS;
    }
    return measure->sums != NULL ? TB_MEASURE_SUMS : TB_MEASURE_COUNTS;
}

bool tb_measure_is_grouped(const tb_measure *measure)
{
    return measure->by_count > 0 || measure->lapse_count > 0;
}

bool tb_measure_adds_up(const tb_campaign *campaign, const tb_measure *measure)
{
    if (measure->distinct == NULL) {
        return tb_measure_kind_of(measure) != TB_MEASURE_HOURS;
    }
    const tb_case_type *type = tb_campaign_case_type(campaign, tb_bytes_str(measure->case_type));
    const tb_position *at = type == NULL || measure->at == NULL
                                ? NULL
                                : tb_case_type_position(type, tb_bytes_str(measure->at));
    const tb_field_def *by =
        at == NULL || at->field == NULL ? NULL : tb_case_type_field(type, tb_bytes_str(at->field));
    return by != NULL && by->of != NULL && strcmp(by->of, measure->distinct) == 0;
}

const tb_report_def *tb_campaign_report(const tb_campaign *campaign, tb_bytes id)
{
    for (unsigned i = 0; i < campaign->report_count; i++) {
        if (named(campaign->reports[i].id, id)) {
            return &campaign->reports[i];
        }
    }
    return NULL;
}

const tb_report_def *tb_campaign_report_of(const tb_campaign *campaign, tb_bytes case_type)
{
    for (unsigned i = 0; i < campaign->report_count; i++) {
        if (named(campaign->reports[i].case_type, case_type)) {
            return &campaign->reports[i];
        }
    }
    return NULL;
}

const tb_code_list *tb_campaign_codes(const tb_campaign *campaign, const char *id)
{
    for (unsigned i = 0; i < campaign->code_count; i++) {
        if (strcmp(campaign->codes[i].id, id) == 0) {
            return &campaign->codes[i];
        }
    }
    return NULL;
}

const tb_stage *tb_campaign_stage(const tb_campaign *campaign, const char *id)
{
    for (unsigned i = 0; i < campaign->stage_count; i++) {
        if (strcmp(campaign->stages[i].id, id) == 0) {
            return &campaign->stages[i];
        }
    }
    return NULL;
}

const tb_lookup *tb_campaign_lookup(const tb_campaign *campaign, const char *id)
{
    for (unsigned i = 0; i < campaign->lookup_count; i++) {
        if (strcmp(campaign->lookups[i].id, id) == 0) {
            return &campaign->lookups[i];
        }
    }
    return NULL;
}

const tb_action *tb_case_type_action(const tb_case_type *type, tb_bytes id)
{
    for (unsigned i = 0; i < type->action_count; i++) {
        if (named(type->actions[i].id, id)) {
            return &type->actions[i];
        }
    }
    return NULL;
}

const tb_state *tb_case_type_state(const tb_case_type *type, tb_bytes id)
{
    for (unsigned i = 0; i < type->state_count; i++) {
        if (named(type->states[i].id, id)) {
            return &type->states[i];
        }
    }
    return NULL;
}

const tb_field_def *tb_case_type_field(const tb_case_type *type, tb_bytes id)
{
    for (unsigned i = 0; i < type->field_count; i++) {
        if (named(type->fields[i].id, id)) {
            return &type->fields[i];
        }
    }
    return NULL;
}

const tb_field_group *tb_case_type_group(const tb_case_type *type, tb_bytes id)
{
    for (unsigned i = 0; i < type->group_count; i++) {
        if (named(type->groups[i].id, id)) {
            return &type->groups[i];
        }
    }
    return NULL;
}

const tb_position *tb_case_type_position(const tb_case_type *type, tb_bytes id)
{
    for (unsigned i = 0; i < type->position_count; i++) {
        if (named(type->positions[i].id, id)) {
            return &type->positions[i];
        }
    }
    return NULL;
}

const tb_campaign *tb_campaigns_find(const tb_campaigns *campaigns, tb_bytes id, uint32_t version)
{
    for (size_t i = 0; i < campaigns->count; i++) {
        const tb_campaign *campaign = campaigns->list[i];
        if (campaign->version == version && named(campaign->id, id)) {
            return campaign;
        }
    }
    return NULL;
}

const tb_campaign *tb_campaigns_newest(const tb_campaigns *campaigns, tb_bytes id)
{
    const tb_campaign *newest = NULL;
    for (size_t i = 0; i < campaigns->count; i++) {
        const tb_campaign *campaign = campaigns->list[i];
        if (named(campaign->id, id) && (newest == NULL || campaign->version > newest->version)) {
            newest = campaign;
        }
    }
    return newest;
}

/* compare_dates - what differs in dates, parameters, stages and look-ups. */
#include "agents/campaign/comparison.h"

static bool same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* ---- the campaign ---- */

static const tb_parameter *parameter_of(const tb_campaign *campaign, const char *id)
{
    for (unsigned i = 0; i < campaign->parameter_count; i++) {
        if (strcmp(campaign->parameters[i].id, id) == 0) {
            return &campaign->parameters[i];
        }
    }
    return NULL;
}

/* What a parameter stands in is told where it stands; one that comes or goes changes nothing. */
static void compare_parameters(comparison *c)
{
    for (unsigned i = 0; i < c->from_campaign->parameter_count; i++) {
        const tb_parameter *from = &c->from_campaign->parameters[i];
        const tb_parameter *to = parameter_of(c->to_campaign, from->id);
        if (to != NULL && !same(from->value, to->value)) {
            tb_comparison_put(c, TB_DIFFERENCE_PARAMETER, NULL, from->id, to->value);
        }
    }
}

static void compare_stages(comparison *c)
{
    for (unsigned i = 0; i < c->from_campaign->stage_count; i++) {
        const tb_stage *from = &c->from_campaign->stages[i];
        const tb_stage *to = tb_campaign_stage(c->to_campaign, from->id);
        if (to == NULL) {
            tb_comparison_put(c, TB_DIFFERENCE_STAGE_REMOVED, NULL, from->id, NULL);
        } else if (!same(from->from, to->from) || !same(from->to, to->to) ||
                   !same(from->counts_until, to->counts_until)) {
            tb_comparison_put(c, TB_DIFFERENCE_STAGE_CHANGED, NULL, from->id, to->to);
        }
    }
    for (unsigned i = 0; i < c->to_campaign->stage_count; i++) {
        const char *id = c->to_campaign->stages[i].id;
        if (tb_campaign_stage(c->from_campaign, id) == NULL) {
            tb_comparison_put(c, TB_DIFFERENCE_STAGE_ADDED, NULL, id, NULL);
        }
    }
}

void tb_compare_dates(comparison *c)
{
    const tb_campaign *from = c->from_campaign;
    const tb_campaign *to = c->to_campaign;
    if (!same(from->from, to->from) || !same(from->to, to->to) ||
        !same(from->counts_until, to->counts_until)) {
        tb_comparison_put(c, TB_DIFFERENCE_DATES, NULL, to->id, to->to);
    }
    compare_parameters(c);
    compare_stages(c);
}

/* ---- look-ups ---- */

/* The at-th row of a value; NULL when there are fewer. */
static const tb_lookup_row *row_of(const tb_lookup *lookup, const char *value, unsigned at)
{
    for (unsigned i = 0; i < lookup->row_count; i++) {
        if (strcmp(lookup->rows[i].value, value) == 0 && at-- == 0) {
            return &lookup->rows[i];
        }
    }
    return NULL;
}

static bool same_parties(const tb_lookup *from, const tb_lookup *to, const char *value)
{
    const tb_lookup_row *a;
    const tb_lookup_row *b;
    unsigned at = 0;
    do {
        a = row_of(from, value, at);
        b = row_of(to, value, at++);
        if ((a == NULL) != (b == NULL) ||
            (a != NULL && (!same(a->role, b->role) || !same(a->position, b->position)))) {
            return false;
        }
    } while (a != NULL);
    return true;
}

void tb_compare_lookups(comparison *c)
{
    for (unsigned i = 0; i < c->from->position_count; i++) {
        const char *id = c->from->positions[i].lookup;
        const tb_lookup *from = id != NULL ? tb_campaign_lookup(c->from_campaign, id) : NULL;
        const tb_lookup *to = id != NULL ? tb_campaign_lookup(c->to_campaign, id) : NULL;
        for (unsigned j = 0; from != NULL && to != NULL && j < from->row_count; j++) {
            const char *value = from->rows[j].value;
            bool first = row_of(from, value, 0) == &from->rows[j]; /* each value once */
            if (first && !same_parties(from, to, value)) {
                tb_comparison_put(c, TB_DIFFERENCE_LOOKUP_CHANGED, NULL, id, value);
            }
        }
    }
}

/* ---- parts of actions, duties and fields ---- */

bool tb_same_stages(const tb_action *a, const tb_action *b)
{
    bool alike = a->stage_count == b->stage_count && a->outside == b->outside;
    for (unsigned i = 0; alike && i < a->stage_count; i++) {
        alike = same(a->stages[i], b->stages[i]);
    }
    return alike;
}

static bool same_day(const tb_period_day *a, const tb_period_day *b)
{
    return a->month == b->month && a->day == b->day;
}

bool tb_same_day_limits(const tb_duty_def *a, const tb_duty_def *b)
{
    return same(a->due_date, b->due_date) && same(a->stage, b->stage) &&
           same(a->stage_end, b->stage_end) && same_day(&a->monthly, &b->monthly) &&
           same_day(&a->quarterly, &b->quarterly);
}

bool tb_same_field_rules(const tb_field_def *a, const tb_field_def *b)
{
    return a->max_length == b->max_length && a->min == b->min && a->max == b->max &&
           a->not_future == b->not_future && same(a->at_most, b->at_most);
}

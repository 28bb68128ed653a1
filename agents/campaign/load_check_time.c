/* load_check_time - faults of parameters and stages, of conditions on time, and of limits that name
 * a day. */
#include "agents/campaign/load_check.h"

#include <stdio.h>

#include "agents/campaign/load_parameters.h"

/* ---- parameters ---- */

static bool stands_in(tb_bytes yaml, const char *id)
{
    char name[TB_NAME_BYTES_MAX + 4];
    int size = snprintf(name, sizeof name, "${%s}", id);
    for (size_t i = 0; size > 0 && i + (size_t)size <= yaml.size; i++) {
        if (memcmp(yaml.data + i, name, (size_t)size) == 0) {
            return true;
        }
    }
    return false;
}

void tb_check_parameters(tb_check *check, tb_bytes yaml)
{
    static const char *const types[] = {
        [TB_PARAMETER_YEAR] = "year",
        [TB_PARAMETER_DATE] = "date",
        [TB_PARAMETER_COUNT] = "count",
        [TB_PARAMETER_TEXT] = "text",
    };
    const tb_campaign *campaign = check->campaign;
    tb_check_names(check, TB_ITEM_PARAMETER, campaign->parameters, campaign->parameter_count,
                   sizeof *campaign->parameters);
    for (unsigned i = 0; i < campaign->parameter_count; i++) {
        const tb_parameter *parameter = &campaign->parameters[i];
        tb_check_item(check, TB_ITEM_PARAMETER, parameter->id, parameter);
        tb_check_label(check, &parameter->title, tb_at(parameter), "the parameter", "参数");
        if (tb_check_given(check, &parameter->type) && tb_check_given(check, &parameter->value) &&
            !tb_parameter_fits(parameter->type, tb_bytes_str(parameter->value))) {
            tb_check_fault3(check, tb_at_value(&parameter->value), TB_FAULT_PARAMETER_VALUE,
                            parameter->value, types[parameter->type], parameter->id);
        }
        if (parameter->id[0] != '\0' && strlen(parameter->id) <= TB_NAME_BYTES_MAX &&
            !stands_in(yaml, parameter->id)) {
            tb_check_fault(check, tb_at(parameter), TB_FAULT_PARAMETER_UNUSED, parameter->id, NULL);
        }
    }
}

static const char *find_in(const tb_node *node, const char *word)
{
    size_t size = strlen(word);
    for (size_t i = 0; i + size <= node->size; i++) {
        if (memcmp(node->text + i, word, size) == 0) {
            return node->text + i;
        }
    }
    return NULL;
}

static void tell_placeholder(tb_findings *findings, const tb_node *node)
{
    const char *at = find_in(node, "${");
    if (at != NULL) {
        const char *end = memchr(at, '}', node->size - (size_t)(at - node->text));
        int size = end != NULL && end - at <= 60 ? (int)(end - at) - 2 : 0;
        char name[64];
        (void)snprintf(name, sizeof name, "%.*s", size, at + 2);
        tb_findings_add(findings, node->line, NULL, TB_FAULT_PARAMETER_UNKNOWN, name, NULL, NULL);
    } else if (find_in(node, "20XX") != NULL || find_in(node, "20xx") != NULL) {
        tb_findings_add(findings, node->line, NULL, TB_FAULT_PLACEHOLDER, node->text, NULL, NULL);
    }
}

static void look_for_placeholders(tb_findings *findings, const tb_node *node)
{
    if (node->kind == TB_NODE_SCALAR) {
        tell_placeholder(findings, node);
        return;
    }
    for (const tb_node *child = node->child; child != NULL; child = child->next) {
        look_for_placeholders(findings, child); /* no deeper than TB_NODE_DEPTH_MAX */
    }
}

void tb_check_placeholders(tb_findings *findings, const tb_node *root)
{
    if (root->kind != TB_NODE_MAP) {
        return;
    }
    for (const tb_node *key = root->child; key != NULL; key = key->next->next) {
        bool declares =
            tb_bytes_equal(tb_bytes_of(key->text, key->size), tb_bytes_str("parameters"));
        if (!declares) { /* a value that is none is told there */
            look_for_placeholders(findings, key->next);
        }
    }
}

/* ---- stages ---- */

static bool is_day(const char *text)
{
    int64_t day;
    return text != NULL && tb_day_parse(tb_bytes_str(text), &day);
}

static void
check_counts_until(tb_check *check, const char *const *until, const char *from, const char *to)
{
    if (*until == NULL || !tb_check_day(check, until, "counts_until")) {
        return;
    }
    if (strcmp(*until, from) < 0 || (to != NULL && strcmp(*until, to) > 0)) {
        tb_check_fault3(check, tb_at_value(until), TB_FAULT_COUNTS_UNTIL, *until, from,
                        to != NULL ? to : "9999-12-31");
    }
}

static void check_stage(tb_check *check, const tb_stage *stage)
{
    const tb_campaign *campaign = check->campaign;
    tb_check_label(check, &stage->title, tb_at(stage), "the stage", "阶段");
    bool from = tb_check_day(check, &stage->from, "from");
    bool to = tb_check_day(check, &stage->to, "to");
    if (!from || !to) {
        return;
    }
    if (strcmp(stage->from, stage->to) > 0) {
        tb_check_fault(check, tb_at_value(&stage->to), TB_FAULT_FROM_AFTER_TO, stage->from,
                       stage->to);
        return;
    }
    if (is_day(campaign->from) && is_day(campaign->to) &&
        (strcmp(stage->from, campaign->from) < 0 || strcmp(stage->to, campaign->to) > 0)) {
        tb_check_fault(check, tb_at(stage), TB_FAULT_STAGE_OUTSIDE, campaign->from, campaign->to);
    }
    check_counts_until(check, &stage->counts_until, stage->from, stage->to);
}

void tb_check_stages(tb_check *check)
{
    const tb_campaign *campaign = check->campaign;
    if (is_day(campaign->from)) {
        /* after the last day work goes on: it may still count */
        check_counts_until(check, &campaign->counts_until, campaign->from, NULL);
    }
    tb_check_names(check, TB_ITEM_STAGE, campaign->stages, campaign->stage_count,
                   sizeof *campaign->stages);
    for (unsigned i = 0; i < campaign->stage_count; i++) {
        tb_check_item(check, TB_ITEM_STAGE, campaign->stages[i].id, &campaign->stages[i]);
        check_stage(check, &campaign->stages[i]);
    }
}

static const tb_stage *find_stage(tb_check *check, const char *const *id)
{
    const tb_stage *stage = *id != NULL ? tb_campaign_stage(check->campaign, *id) : NULL;
    if (stage == NULL && *id != NULL && **id != '\0') {
        tb_check_fault(check, tb_at_value(id), TB_FAULT_STAGE_UNKNOWN, *id, NULL);
    }
    return stage;
}

void tb_check_action_stages(tb_check *check, const tb_action *action)
{
    for (unsigned i = 0; i < action->stage_count; i++) {
        (void)find_stage(check, (const char *const *)&action->stages[i]);
    }
    if (action->stage_count == 0 && action->outside != TB_OUTSIDE_REFUSE &&
        tb_check_given(check, &action->stages)) {
        tb_check_fault(check, tb_at_value(&action->outside), TB_FAULT_OUTSIDE_USELESS, NULL, NULL);
    }
}

/* ---- conditions ---- */

/* A rule that comes into force after the last day, or was over before the first, was given a wrong
 * year. What a field says may be of any time. */
static void check_in_campaign(tb_check *check, const tb_condition *c)
{
    const tb_campaign *campaign = check->campaign;
    if (is_day(campaign->from) && is_day(campaign->to) &&
        (c->test == TB_TEST_SINCE ? strcmp(c->date, campaign->to) > 0
                                  : strcmp(c->date, campaign->from) <= 0)) {
        tb_check_fault3(check, tb_at_value(&c->date), TB_FAULT_REPORT_OUTSIDE, c->date,
                        campaign->from, campaign->to);
    }
}

void tb_check_time_condition(tb_check *check, const tb_condition *c)
{
    bool dated = c->test == TB_TEST_SINCE || c->test == TB_TEST_BEFORE;
    bool staged = c->test == TB_TEST_IN_STAGE || c->test == TB_TEST_OUTSIDE_STAGE;
    const tb_field_def *field = c->field != NULL ? tb_check_open_field(check, &c->field) : NULL;
    if (field != NULL && field->type != TB_FIELD_TIME && field->type != TB_FIELD_DATE &&
        tb_check_given(check, &field->type)) {
        tb_check_fault(check, tb_at_value(&c->field), TB_FAULT_TIME_FIELD, c->field, NULL);
    }
    if (dated && c->date == NULL && tb_check_given(check, &c->date)) {
        tb_check_fault(check, tb_at(c), TB_FAULT_TEST_INCOMPLETE, "date", NULL);
    } else if (dated && tb_check_day(check, &c->date, "date") && c->field == NULL) {
        check_in_campaign(check, c);
    }
    if (staged && c->value_count == 0 && tb_check_given(check, &c->values)) {
        tb_check_fault(check, tb_at(c), TB_FAULT_TEST_INCOMPLETE, "values", NULL);
    }
    for (unsigned i = 0; staged && i < c->value_count; i++) {
        (void)find_stage(check, (const char *const *)&c->values[i]);
    }
}

/* ---- limits that name a day ---- */

bool tb_check_has_period(const tb_check *check, const tb_period_day *day)
{
    return day->day > 0 || day->month > 0 || tb_form_line_of(check->form, tb_at(day)) > 0;
}

static void check_period(tb_check *check, const tb_period_day *day, const char *key, bool quarter)
{
    if (!tb_check_has_period(check, day) || !tb_check_given(check, &day->day) ||
        (quarter && !tb_check_given(check, &day->month))) {
        return;
    }
    if (day->day < 1 || day->day > 31 || (quarter && (day->month < 1 || day->month > 3))) {
        tb_check_fault(check, tb_at(day), TB_FAULT_DUE_DAY, key, NULL);
    }
}

/* The stage of the action that begins first; NULL: it may be done at any time. */
static const tb_stage *first_stage(const tb_check *check, const tb_action *action)
{
    const tb_stage *first = NULL;
    for (unsigned i = 0; action != NULL && i < action->stage_count; i++) {
        const tb_stage *stage = tb_campaign_stage(check->campaign, action->stages[i]);
        if (stage == NULL || !is_day(stage->from)) {
            return NULL; /* that is told already */
        }
        first = first == NULL || strcmp(stage->from, first->from) < 0 ? stage : first;
    }
    return first;
}

/* The stage whose begin makes the deadline impossible: of what begins it, or of all that ends it.
 */
static const tb_stage *
stage_after(const tb_check *check, const tb_duty_def *duty, const tb_action *from, const char *due)
{
    const tb_stage *begins = first_stage(check, from);
    const tb_stage *ends = NULL;
    if (begins != NULL && strcmp(due, begins->from) < 0) {
        return begins;
    }
    for (unsigned i = 0; i < duty->until_count; i++) {
        const tb_stage *first =
            first_stage(check, tb_case_type_action(check->type, tb_bytes_str(duty->until[i])));
        if (first == NULL || strcmp(due, first->from) >= 0) {
            return NULL;
        }
        ends = first;
    }
    return ends;
}

static void
check_due(tb_check *check, const tb_duty_def *duty, const tb_action *from, const char *due)
{
    const tb_campaign *campaign = check->campaign;
    tb_place place =
        duty->due_date != NULL ? tb_at_value(&duty->due_date) : tb_at_value(&duty->stage);
    const tb_stage *stage = stage_after(check, duty, from, due);
    if (is_day(campaign->from) && strcmp(due, campaign->from) < 0) {
        tb_check_fault3(check, place, TB_FAULT_DUE_BEFORE, due, campaign->id, campaign->from);
    } else if (stage != NULL) {
        tb_check_fault3(check, place, TB_FAULT_DUE_BEFORE, due, stage->id, stage->from);
    }
}

static bool may_ask(tb_test test)
{
    switch (test) {
    case TB_TEST_STATE:
    case TB_TEST_ACTOR_ROLE:
    case TB_TEST_ACTOR_HOLDS:
    case TB_TEST_LAPSED:
    case TB_TEST_COUNT_LEAST:
    case TB_TEST_COUNT_BELOW:
    case TB_TEST_LINKED_OPEN:
    case TB_TEST_LINKED_DONE:
    case TB_TEST_LINKED_NONE_OPEN:
        return false;
    default:
        return true;
    }
}

void tb_check_fixed_limit(tb_check *check, const tb_duty_def *duty, const tb_action *from)
{
    const tb_stage *stage = find_stage(check, &duty->stage);
    check_period(check, &duty->monthly, "monthly", false);
    check_period(check, &duty->quarterly, "quarterly", true);
    if (duty->due_date != NULL && tb_check_day(check, &duty->due_date, "due_date")) {
        check_due(check, duty, from, duty->due_date);
    } else if (stage != NULL && is_day(stage->to)) {
        check_due(check, duty, from, stage->to);
    }
    for (unsigned i = 0; i < duty->when.count; i++) {
        const tb_condition *c = &duty->when.list[i];
        if (tb_check_given(check, &c->test) && !may_ask(c->test)) {
            tb_check_fault(check, tb_at(c), TB_FAULT_DUTY_TEST, NULL, NULL);
        }
    }
    if (from != NULL) {
        tb_check_conditions(check, from, &duty->when, NULL);
    }
}
